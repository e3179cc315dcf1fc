#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Each level of optimisation, blinded and fenced code, run programs to the same results; so does Linux.
. "$(dirname "$0")/lib.sh"

# counts HOW: the program counts and adds up.
counts() {
	local how=$1
	hold "$SCRATCH/log" modbpf load "$E2E/count_calls.bpf.o" || return
	check "$how: umask is called 100 times" "$E2E/umasks" 100
	equal "$how: 100 entries" "$(map_u64 call_counts 0)" 100
	equal "$how: 100 returns" "$(map_u64 call_counts 1)" 100
	equal "$how: the arguments add up" "$(map_u64 call_counts 2)" 4950
	code=$(modbpf prog dump jited name umask_entry)
	release
}

# It compares with the letters of "umask", of which u is 0x75.
is_plain() { [[ $code == *'$0x75,'* ]]; }

is_fenced() { [[ $code == *lfence* ]]; }

# A caller without CAP_PERFMON may load this one; its code comes into $code.
load_without_perfmon() {
	hold "$SCRATCH/log" setpriv --bounding-set -perfmon,-sys_admin --inh-caps -perfmon,-sys_admin \
		modbpf load "$E2E/judge.bpf.o" || return
	code=$(modbpf prog dump jited name judge)
	release
}

for bad in opt=3 opt=-1 blind=3 blind=-1 fence=3 fence=-1; do
	check "there is no $bad" eval "! insert $bad"
done
for params in "opt=0 blind=2 fence=0" "opt=1 blind=0 fence=2" "opt=2 blind=1 fence=1"; do
	check "the module is inserted with $params" insert $params
	for param in $params; do
		equal "$param" "$(cat /sys/module/modbpf/parameters/${param%=*})" "${param#*=}"
	done
	counts "$params"
	check "$params: the instruction corpus" "$E2E/corpus" tests/isa || echo "$out"
	echo "        $(tail -n 2 <<<"$out" | tr '\n' ' ')"
	# Without CAP_BPF nobody loads a program: under blind=1 all that there is has the right.
	case $params in
	*blind=2*) check "constants are not in the code" eval "! is_plain" ;;
	*) check "constants are in the code" is_plain ;;
	esac
	case $params in
	*fence=2) check "fences are in the code" is_fenced ;;
	*) check "no fences are in the code" eval "! is_fenced" ;;
	esac
	load_without_perfmon
	case $params in
	*fence=0) check "nor for who has no CAP_PERFMON" eval "! is_fenced" ;;
	*) check "fences are in the code of who has no CAP_PERFMON" is_fenced ;;
	esac
	check "nothing is left" within 10 nothing_is_loaded
	check "the module leaves" remove_soon
done
out=$("$E2E/corpus" tests/isa linux 2>&1)
case $? in
0) ok "the kernel's own eBPF agrees with the corpus: $(tail -n 1 <<<"$out")" ;;
2) skip "the corpus on the kernel's own eBPF" "$out" ;;
*) bad "the kernel's own eBPF and the corpus: ${out:0:600}" ;;
esac
finish
