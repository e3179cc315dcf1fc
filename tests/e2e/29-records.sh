#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Programs that read a tracepoint's record take the place of perf's function for it: does each see each event
# once, do the kernel's own events and programs on the same tracepoint, and does the module go under fire?
. "$(dirname "$0")/lib.sh"

function_is_called() {
	grep -A 2 '^perf_tp_event ' /sys/kernel/debug/tracing/enabled_functions | grep -q modbpf_shortcut
}

# Linux's own eBPF has its first instruction call a trampoline; $holder is who holds that.
linux_owns_it() {
	rm -f "$SCRATCH/owner"
	"$E2E/foreign" "$E2E/perf_function.bpf.o" on_function >"$SCRATCH/owner" 2>&1 </dev/null &
	holder=$!
	within 30 grep -q '^attached\|^refused' "$SCRATCH/owner"
	grep -q '^attached' "$SCRATCH/owner"
}

# How many the program on umask(2) has seen.
events() {
	modbpf -j link show | tr '{' '\n' | sed -n 's/.*"tracepoint":"sys_enter_umask".*"events":\([0-9]*\).*/\1/p'
}

function_is_free() {
	! function_is_called
}

check "the module is inserted" insert
check "who reads records" "$E2E/records" "$E2E/records.bpf.o" "${RECORD_CYCLES:-10}"
echo "$out"
check "perf's function is its own again" within 10 function_is_free

if why=$(lacks kernel_ebpf); then
	skip "Linux's own program on the same tracepoint" "$why"
else
	hold "$SCRATCH/held" "$E2E/perf_events" "$E2E/perf_events.bpf.o" hold || finish
	lacks tracepoint_direct || check "perf's function begins with ours" function_is_called
	held=$holder
	seen=$(events)
	hold "$SCRATCH/foreign" "$E2E/foreign" "$E2E/perf_events.bpf.o"
	contains "Linux's own program counts its events" "$(<"$SCRATCH/foreign")" "counted 100"
	check "ours sees them, too" test "$(events)" -ge $((seen + 100))
	release
	if linux_owns_it; then
		bad "perf's function has two owners"
	fi
	kill -KILL "$held"
	wait "$held" 2>/dev/null
	check "perf's function is its own again, once more" within 10 function_is_free
	if linux_owns_it; then
		check "who reads records, where Linux's own program is first" "$E2E/records" "$E2E/records.bpf.o" 1 || echo "$out"
		check "perf's function is not ours" function_is_free
		release
		hold "$SCRATCH/held" "$E2E/perf_events" "$E2E/perf_events.bpf.o" hold
		check "perf's function is ours again when it is gone" function_is_called
		kill -KILL "$holder"
		wait "$holder" 2>/dev/null
	else
		skip "Linux's own program first" "its trampolines here take fewer arguments than perf's function has"
	fi
fi
check "nothing is left" within 10 nothing_is_loaded
check "the module leaves" remove_soon

"$E2E/records" fire &
fire=$!
for ((i = 0; i < ${UNLOADS:-5}; i++)); do
	insert && "$E2E/records" "$E2E/records.bpf.o" once >"$SCRATCH/once" && remove_soon || break
done
kill $fire
wait $fire 2>/dev/null
equal "the module goes under fire, that often" $i "${UNLOADS:-5}"
check "it is out" test ! -e /dev/modbpf
finish
