#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Programs that read a tracepoint's record take the place of perf's function for it: does each see each event
# once, do the kernel's own events and programs on the same tracepoint, and does the module go under fire?
. "$(dirname "$0")/lib.sh"

TRACING=/sys/kernel/debug/tracing

function_is_called() {
	grep -A 2 '^perf_tp_event ' "$TRACING"/enabled_functions | grep -q modbpf_shortcut
}

# Linux's own eBPF has its first instruction call a trampoline; $holder is who holds that.
linux_owns_it() {
	hold_foreign "$SCRATCH/owner" "$E2E/perf_function.bpf.o" on_function
}

function_is_free() {
	! function_is_called
}

way=direct
! lacks tracepoint_direct >/dev/null || way=perf
check "the module is inserted" insert
check "who reads records" "$E2E/records" "$E2E/records.bpf.o" "${RECORD_CYCLES:-10}" $way
echo "$out"
check "perf's function is its own again" within 10 function_is_free

# On the way into idle RCU does not watch: what happens there is missed, and counted.
echo 'p:modbpf_idle arch_cpu_idle' >"$TRACING/kprobe_events" 2>/dev/null
if [ -e "$TRACING/events/kprobes/modbpf_idle" ]; then
	check "records on the way into idle" "$E2E/records" "$E2E/records.bpf.o" idle
	echo "$out"
	check "nobody looks there any more" within 10 eval 'echo -:modbpf_idle >>$TRACING/kprobe_events'
fi

if why=$(lacks kernel_ebpf); then
	skip "Linux's own program on the same tracepoint" "$why"
else
	hold "$SCRATCH/held" "$E2E/perf_events" "$E2E/perf_events.bpf.o" hold || finish
	held=$holder
	[ $way = perf ] || check "perf's function begins with ours" function_is_called
	hold "$SCRATCH/foreign" "$E2E/foreign" "$E2E/perf_function.bpf.o" on_umask
	contains "Linux's own program counts its events" "$(<"$SCRATCH/foreign")" "counted 100"
	check "ours sees them, too" "$E2E/records" "$E2E/records.bpf.o" once
	release
	if linux_owns_it; then
		bad "perf's function has two owners"
	fi
	release
	kill -KILL "$held"
	wait "$held" 2>/dev/null
	check "perf's function is its own again, once more" within 10 function_is_free
fi
if why=$(lacks kernel_fentry_wide); then
	skip "Linux's own program first" "$why"
else
	if linux_owns_it; then	# not by check, whose shell $holder would be of
		ok "Linux's own program is first"
	else
		bad "Linux's own program is not attached: $(<"$SCRATCH/owner")"
	fi
	check "who reads records, nevertheless" "$E2E/records" "$E2E/records.bpf.o" 1 perf || echo "$out"
	check "perf's function is not ours" function_is_free
	release
	hold "$SCRATCH/held" "$E2E/perf_events" "$E2E/perf_events.bpf.o" hold
	check "perf's function is ours when it is gone" function_is_called
	kill -KILL "$holder"
	wait "$holder" 2>/dev/null
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
