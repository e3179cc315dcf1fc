#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Does a program on a kprobe see every call, the arguments and the results, and nothing after?
. "$(dirname "$0")/lib.sh"

entry_link() {
	links | sed -n "s/^\([0-9]*\): kprobe_multi.*  prog $(modbpf prog show name umask_entry | sed -n 's/^\([0-9]*\): .*/\1/p')$/\1/p"
}

check "the module is inserted" insert
hold "$SCRATCH/log" modbpf load "$E2E/count_calls.bpf.o" || finish
equal "two links" "$(links | grep -c kprobe_multi)" 2
check "umask is called 100 times" "$E2E/umasks" 100
equal "100 entries were seen" "$(map_u64 call_counts 0)" 100
equal "and 100 returns" "$(map_u64 call_counts 1)" 100
equal "the arguments add up" "$(map_u64 call_counts 2)" 4950
# The results are the masks before: the shell's 022, then 0 to 98.
equal "so do the results" "$(map_u64 call_counts 3)" $((4851 + 8#$(umask)))

# Two at once, on both processors.
"$E2E/umasks" 2000 & one=$!
"$E2E/umasks" 2000 & two=$!
wait $one $two
equal "no call of two processes at once is lost" "$(map_u64 call_counts 0)" 4100
equal "no return either" "$(map_u64 call_counts 1)" 4100

before=$(map_u64 call_counts 4)
(umask 022)
check "others are seen as others" test "$(map_u64 call_counts 4)" -gt "$before"
equal "and not as ours" "$(map_u64 call_counts 0)" 4100

equal "the links count what their programs saw" \
	"$(modbpf -j link show id "$(entry_link)" | grep -o '"events":[0-9]*')" \
	"\"events\":$(($(map_u64 call_counts 0) + $(map_u64 call_counts 4)))"
contains "and miss nothing" "$(modbpf -j link show id "$(entry_link)")" '"recursion_misses":0,"missed":0'

# Take one of the two off, while a program is run on a packet with no end in sight: the kernel frees what
# a probe used when every task has been off it, and one that is only ever preempted would never have been.
first=$(links | sed -n 's/^\([0-9]*\): kprobe_multi.*/\1/p' | head -1)
calls_holder=$holder
hold "$SCRATCH/judge" modbpf load "$E2E/judge.bpf.o" || finish
head -c 64 /dev/zero >"$SCRATCH/packet"
timeout 60 modbpf prog run name judge data_in "$SCRATCH/packet" repeat 2000000000 >"$SCRATCH/run" 2>&1 &
runner=$!
sleep 0.3
check "the first link is detached" modbpf link detach id "$first"
check "during a run without end" kill $runner
release
holder=$calls_holder
"$E2E/umasks" 10
sum=$(($(map_u64 call_counts 0) + $(map_u64 call_counts 1)))
equal "only one of the two still counts" $sum 8210
release
check "all is gone" within 10 nothing_is_loaded
check "calls go on" "$E2E/umasks" 10
check "the module leaves" remove_soon
finish
