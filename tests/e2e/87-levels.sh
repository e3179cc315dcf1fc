#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Each level of optimisation runs the same program to the same result; there are three.
. "$(dirname "$0")/lib.sh"

for opt in 3 -1; do
	check "there is no level $opt" eval "! insert opt=$opt"
done
for opt in 0 1; do
	check "the module is inserted with opt=$opt" insert opt=$opt
	equal "the level is $opt" "$(cat /sys/module/modbpf/parameters/opt)" $opt
	if hold "$SCRATCH/log$opt" modbpf load "$E2E/count_calls.bpf.o"; then
		check "umask is called 100 times" "$E2E/umasks" 100
		equal "100 entries" "$(map_u64 call_counts 0)" 100
		equal "100 returns" "$(map_u64 call_counts 1)" 100
		equal "the arguments add up" "$(map_u64 call_counts 2)" 4950
		release
	fi
	check "nothing is left" within 10 nothing_is_loaded
	check "the module leaves" remove_soon
done
finish
