#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Programs die by kill -9 while traffic flows and calls are made: does anything stay attached?
. "$(dirname "$0")/lib.sh"

check "the module is inserted" insert
check "two namespaces and a cable" net_up || finish

for round in 1 2; do
	ip netns exec left ping -q -i 0.005 10.77.0.2 >/dev/null 2>&1 &
	flood=$!
	"$E2E/umasks" 1000000 1000 &
	calls=$!
	pids=()
	hold "$SCRATCH/a" ip netns exec right "$EXAMPLES/firewall" run && pids+=($holder)
	hold "$SCRATCH/b" ip netns exec right modbpf load "$E2E/judge.bpf.o" && pids+=($holder)
	hold "$SCRATCH/c" modbpf load "$E2E/count_calls.bpf.o" && pids+=($holder)
	"${typed[@]}" "$EXAMPLES/execsnoop" >"$SCRATCH/d" 2>&1 </dev/null & pids+=($!)
	check "execsnoop runs" within 20 grep -q COMM "$SCRATCH/d"
	check "round $round: eight programs are attached" test "$(links | grep -c '^[0-9]')" = 8
	sleep 0.5
	equal "traffic is seen" "$([ "$(map_u64 seen 1)" -gt 0 ] && echo yes)" yes
	equal "calls are seen" "$([ "$(map_u64 call_counts 0)" -gt 0 ] && echo yes)" yes
	if [ $round = 2 ]; then
		check "all are detached" modbpf detach --all
		echo "  $(dmesg | grep -o 'none runs after .*' | tail -1)"
		packets=$(map_u64 seen 1) made=$(map_u64 call_counts 0)
		sleep 0.3
		equal "no packet is seen any more" "$(map_u64 seen 1)" "$packets"
		equal "no call is seen any more" "$(map_u64 call_counts 0)" "$made"
		equal "the links are there, and dead" "$(links | grep -c '^[0-9]')" 8
		refused "only root may" "ermission" setpriv --reuid=65534 --regid=65534 --clear-groups \
			"$MODBPF_ROOT/build/user/modbpf" detach --all
	fi
	kill -KILL "${pids[@]}"
	wait "${pids[@]}" 2>/dev/null
	check "nothing stays attached" within 20 nothing_is_attached
	check "nothing stays loaded" within 20 nothing_is_loaded
	check "traffic flows" kill -0 $flood
	check "calls are made" kill -0 $calls
	kill $flood $calls
	wait $flood $calls 2>/dev/null
done

if [ -e /proc/sys/vm/unprivileged_userfaultfd ]; then
	check "a link that is made meanwhile does not escape the kill switch" "$E2E/late_attach" || echo "$out"
else
	skip "a link that is made meanwhile" "this kernel has no userfaultfd, by which a call is held up"
fi
check "nothing stays attached" within 20 nothing_is_attached

# Killed at any moment of its start, too.
for delay in 0.01 0.03 0.05 0.08 0.12 0.2 0.3; do
	modbpf load "$E2E/count_calls.bpf.o" >/dev/null 2>&1 </dev/null &
	holder=$!
	sleep $delay
	kill -KILL $holder
	wait $holder 2>/dev/null
done
check "nothing stays of loaders killed at the start" within 20 nothing_is_loaded

# What a user may have. Refused or killed, nobody stays charged with anything.
users=/sys/kernel/debug/modbpf/users
mountpoint -q /sys/kernel/debug || mount -t debugfs none /sys/kernel/debug
limit() {	# limit KIND NUMBER: root's
	echo "1,$2" >"/sys/module/modbpf/parameters/limit_$1"
}
check "nor types" forget_types
check "nobody is charged" within 5 nobody_is_charged
hold "$SCRATCH/c" modbpf load "$E2E/count_calls.bpf.o"
set -- $(cat $users)
check "root is charged for what he holds" test "$#" = 4 -a "$1" = 0 -a "$2" -gt 0 -a "$3" -gt 0 -a "$4" -ge 3
limit objects "$4"
refused "one more object" "not permitted" modbpf load "$E2E/count_calls.bpf.o"
limit objects 1000000; limit jit_bytes $(($3 + 8))
refused "more machine code" "annot allocate memory" modbpf load "$E2E/count_calls.bpf.o"
limit jit_bytes 1000000; limit map_bytes $(($2 + 8))
refused "more of maps" "annot allocate memory" modbpf load "$E2E/count_calls.bpf.o"
only_that_is_charged() { [ "$(cat $users)" = "$before" ]; }
before=$*
check "what was refused is not charged" within 5 only_that_is_charged
kill -KILL $holder; wait $holder 2>/dev/null
check "nor what belonged to who was killed" within 20 nobody_is_charged
net_down
check "the module leaves" remove_soon
finish
