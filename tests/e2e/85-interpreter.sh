#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# With jit=0 the interpreter runs the programs: do they see and do the same?
. "$(dirname "$0")/lib.sh"

check "the module is inserted with jit=0" insert jit=0
equal "jit is off" "$(cat /sys/module/modbpf/parameters/jit)" 0
if hold "$SCRATCH/log" modbpf load "$E2E/count_calls.bpf.o"; then
	contains "nothing is compiled" "$(modbpf prog show name umask_entry)" "not jited"
	check "umask is called 100 times" "$E2E/umasks" 100
	equal "100 entries" "$(map_u64 call_counts 0)" 100
	equal "100 returns" "$(map_u64 call_counts 1)" 100
	equal "the arguments add up" "$(map_u64 call_counts 2)" 4950
	release
fi
check "perf buffers" "$E2E/perf_buffers" "$E2E/perf_events.bpf.o" || echo "$out"
ip link set lo up
check "what rings did not take" "$E2E/lost" "$E2E/lost.bpf.o" || echo "$out"
check "two namespaces and a cable" net_up || finish
if hold "$SCRATCH/fw" ip netns exec right "$EXAMPLES/firewall" run; then
	check "ping passes" left ping -q -c 3 -i 0.2 -W 2 10.77.0.2
	check "a rule" "$EXAMPLES/firewall" add drop icmp/8
	refused "ping is dropped" "100% packet loss" left ping -q -c 3 -i 0.2 -W 1 10.77.0.2
	release
fi
net_down
check "nothing is left" within 10 nothing_is_loaded
check "the module leaves" remove_soon
finish
