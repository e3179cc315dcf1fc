#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Do helpers that call subprograms make all their rounds, compiled and interpreted?
. "$(dirname "$0")/lib.sh"

head -c 64 /dev/zero >"$SCRATCH/packet"
for jit in 1 0; do
	check "the module is inserted with jit=$jit" insert jit=$jit
	modbpf prog load "$E2E/callbacks.bpf.o" hold >"$SCRATCH/log" 2>&1 </dev/null &
	holder=$!
	if check "the programs are loaded" within 30 modbpf prog show name each_of_hash; then
		while read -r name result; do
			check "$name runs" modbpf prog run name "$name" data_in "$SCRATCH/packet"
			contains "$name returns $result" "$out" "Return value: $result,"
		done <<-END
			loop 4950
			loop_ends 1000
			loop_limits 1
			loop_in_loop 165
			each_of_array 5100
			each_of_hash 105525
			not_static 2050
		END
		contains "a map shows fields" "$(modbpf map dump name kept_sum)" \
			"(__u32)0: (struct sum){.rounds = (__u64)2,.total = (__u64)50,}"
		contains "in JSON too" "$(modbpf -j map lookup name kept_sum key 0 0 0 0)" '"formatted":{"key":"(__u32)0"'
		check "its instructions are shown" modbpf prog dump xlated name not_static
		contains "under the lines they come from" "$out" "; sum->total += by / 2;"
		contains "and the functions' names" "$out" "add_half:"
		if [ $jit = 1 ]; then
			check "its machine code is shown" modbpf prog dump jited name not_static
			contains "under the lines it comes from" "$out" "; sum->total += by / 2;"
			contains "and the functions' names" "$out" "add_half:"
			contains "from the first line on" "$out" "; int not_static(struct __sk_buff *skb)"
		fi
		release
	fi
	check "nothing is left" within 10 nothing_is_loaded
	check "the module leaves" remove_soon
done
finish
