#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Can what runs programs be probed into recursion? The kernel's own tracers hang on every function of
# the module while programs of each kind run: they see what they always see, the machine lives, and what a
# probe missed since it hit itself is counted. PROBED=ALL sets a kprobe on each function, too, not on one in
# twelve, and runs programs of every kind, and all that the helpers' tests have: some minutes.
. "$(dirname "$0")/lib.sh"

tracing=/sys/kernel/debug/tracing

# Each with its address: static ones may share a name.
functions() {
	sed -n 's/^\([0-9a-f]*\) [tT] \([a-z_][A-Za-z0-9_.]*\)\t\[modbpf\]$/0x\1 \2/p' /proc/kallsyms
}

# Programs of each kind, with the counts that they must have.
programs_run() {
	local name
	"$E2E/raw_events" "$E2E/raw_events.bpf.o" || return
	[ "${PROBED:-}" = ALL ] || return 0
	for name in helpers typed_events dynptr missed timer inner lock samples; do
		"$E2E/$name" "$E2E/$name.bpf.o" || return
	done
	"${typed[@]}" "$E2E/packet_dynptr" "$E2E/packet_dynptr.bpf.o" || return
	# With the types the module knows more of tracepoints than raw_events expects.
	forget_types || return
	"$SCRATCH/stacks" "$E2E/stacks.bpf.o" && "$SCRATCH/perf_events" "$E2E/perf_events.bpf.o" &&
		"$E2E/perf_buffers" "$E2E/perf_events.bpf.o" && "$E2E/clocks" "$E2E/perf_events.bpf.o" &&
		modbpf run -- "$E2E/skb_helpers" "$E2E/skb_helpers.bpf.o"
}

packets_run() {
	left ping -c 5 -i 0.05 10.77.0.2
}

written() {	# how many entries the tracer has made
	sed -n 's|^# entries-in-buffer/entries-written: [0-9]*/\([0-9]*\).*|\1|p' $tracing/trace
}

# How many are set is in $set; those that the kernel refuses are in $SCRATCH/refused.
set_kprobes() {	# set_kprobes <addresses and names
	local addr name
	set=0
	while read -r addr name; do
		if { echo "p:own/p$set $addr" >>$tracing/kprobe_events; } 2>/dev/null; then
			set=$((set + 1))
		else
			echo "$addr $name"
		fi
	done >"$SCRATCH/refused"
}

# Of those that it refuses, which may be traced, and are not on its list of what must not be probed?
refused_wrongly() {
	sed -n 's/ \[modbpf\]$//p' $tracing/available_filter_functions >"$SCRATCH/traceable"
	awk -F '[-\t ]' 'FILENAME ~ /traceable$/ { traceable[$1]; next } FILENAME ~ /blacklist$/ { listed[$1]; next }
		$2 in traceable && !($1 in listed)' \
		"$SCRATCH/traceable" /sys/kernel/debug/kprobes/blacklist "$SCRATCH/refused"
}

check "the module is inserted" insert probe_write_user=1
functions >"$SCRATCH/functions"
check "its functions have names ($(wc -l <"$SCRATCH/functions"))" test "$(wc -l <"$SCRATCH/functions")" -gt 500
check "two namespaces" net_up
# Copies that the kernel can read breakpoints' instructions from, whatever the root is.
cp "$E2E/stacks" "$E2E/perf_events" "$SCRATCH"
hold "$SCRATCH/filter" ip netns exec right "$EXAMPLES/firewall" run

echo 64 >$tracing/buffer_size_kb
check "ftrace takes all of them" eval "echo ':mod:modbpf' >$tracing/set_ftrace_filter"
check "and traces them" eval "echo function >$tracing/current_tracer"
check "programs run under ftrace" programs_run || echo "$out"
check "packets, too" packets_run
check "ftrace saw the module's functions ($(written))" test "$(written)" -gt 1000
echo nop >$tracing/current_tracer
echo >$tracing/set_ftrace_filter

[ "${PROBED:-}" = ALL ] && step=1 || step=12
awk -v step=$step 'NR % step == 0' "$SCRATCH/functions" >"$SCRATCH/probed"
set_kprobes <"$SCRATCH/probed"
check "kprobes are set on functions of the module ($set)" test "$set" -gt 20
equal "on each, but for those that must not be traced or probed ($(wc -l <"$SCRATCH/refused"))" "$(refused_wrongly)" ""
check "and armed" eval "echo 1 >$tracing/events/own/enable"
check "programs run under kprobes" programs_run || echo "$out"
check "packets, too" packets_run
hits=$(awk '{ hits += $2; missed += $3 } END { print hits, missed }' $tracing/kprobe_profile)
check "the probes were hit (hits and misses: $hits)" test "${hits% *}" -gt 0
echo 0 >$tracing/events/own/enable
echo >$tracing/kprobe_events
echo >$tracing/trace

release
net_down
check "nothing is left" within 10 nothing_is_loaded
check "the module leaves" remove_soon
finish
