#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The example firewall: do rules come, count and go while traffic flows?
. "$(dirname "$0")/lib.sh"

fw() {
	"$EXAMPLES/firewall" "$@"
}

packets() {	# packets RULE: how many the rule has counted
	fw list | awk -v rule="$1" '$2 == rule { print $(NF - 1) }'
}

check "the module is inserted" insert
check "two namespaces and a cable" net_up || finish
check "a server" serve 8080
check "another" serve 9090
hold "$SCRATCH/log" ip netns exec right "$EXAMPLES/firewall" run || finish

check "ping passes" left ping -q -c 2 -i 0.2 -W 2 10.77.0.2
check "ping passes, IPv6" left ping -q -c 2 -i 0.2 -W 2 fd77::2
check "TCP passes" connects 10.77.0.2 8080

check "a rule for echo requests" fw add drop icmp/8
refused "the same again" "" fw add drop icmp/8
refused "ping is dropped" "100% packet loss" left ping -q -c 4 -i 0.2 -W 1 10.77.0.2
equal "the rule counted four" "$(packets icmp/8)" 4
check "TCP passes all the same" connects 10.77.0.2 8080
check "the rule goes" fw del icmp/8
refused "it cannot go twice" "" fw del icmp/8
check "ping passes again" left ping -q -c 2 -i 0.2 -W 2 10.77.0.2

check "a rule for a port" fw add drop tcp/8080
refused "that port is shut, IPv4" "" connects 10.77.0.2 8080
refused "and IPv6" "" connects fd77::2 8080
check "the other is open" connects 10.77.0.2 9090
check "packets were counted" test "$(packets tcp/8080)" -ge 2
check "the rule goes" fw del tcp/8080
check "the port is open again" connects 10.77.0.2 8080

check "a rule for a network" fw add drop 10.77.0.0/24
refused "nothing from there passes" "100% packet loss" left ping -q -c 2 -i 0.2 -W 1 10.77.0.2
check "IPv6 is another matter" left ping -q -c 2 -i 0.2 -W 2 fd77::2
check "an exception in it" fw add pass 10.77.0.1/32
check "the longer prefix decides" left ping -q -c 2 -i 0.2 -W 2 10.77.0.2
check "a rule for an IPv6 network" fw add drop fd77::/64
refused "nothing from there passes" "100% packet loss" left ping -q -c 2 -i 0.2 -W 1 fd77::2
for rule in 10.77.0.0/24 10.77.0.1/32 fd77::/64; do
	check "rule $rule goes" fw del $rule
done

link_drops() {	# of all links
	modbpf -j link show | grep -o '"drops":[0-9]*' | awk -F : '{ sum += $2 } END { print sum + 0 }'
}

flood() {	# until somebody says that it is enough; each round waits for the answer to its last packet
	until [ -e "$SCRATCH/enough" ]; do
		left ping -q -c 50 -i 0.05 -W 5 10.77.0.2
	done >"$SCRATCH/flood" 2>&1
}

flooded() {	# flooded transmitted|received: of all rounds
	grep -o "[0-9]* \(packets \)\?$1" "$SCRATCH/flood" | awk '{ sum += $1 } END { print sum + 0 }'
}

# Rules come and go under traffic: each packet is either answered or counted by the link, which
# counts on when a rule goes with its own count.
before=$(link_drops)
flood &
flood=$!
by_rules=0
for change in {1..10}; do
	check "a rule comes under traffic, time $change" fw add drop icmp/8
	sleep 0.1
	by_rules=$((by_rules + $(packets icmp/8)))
	check "and goes" fw del icmp/8
	sleep 0.1
done
touch "$SCRATCH/enough"
wait $flood
dropped=$(($(link_drops) - before))
answered=$(flooded received)
check "packets were answered ($answered)" test "$answered" -gt 0
check "packets were dropped by rules ($by_rules counted before they went)" test "$by_rules" -gt 0
check "the link counted those, too ($dropped)" test "$dropped" -ge "$by_rules"
equal "each packet was answered or counted" $((answered + dropped)) "$(flooded transmitted)"
check "ping passes after it" left ping -q -c 2 -i 0.2 -W 2 10.77.0.2

hears() {	# hears PORT
	[ -n "$(right ss -H -l -t -n "sport = :$1")" ]
}

# A generator of traffic, for $IPERF_SECONDS seconds (default 3): rules change, and what is never allowed never passes.
iperf_under_rules() {
	local changes=0 kbits
	right iperf3 -s -1 >/dev/null 2>&1 &
	right nc -u -l -k -p 7777 >"$SCRATCH/forbidden" 2>/dev/null </dev/null &
	echo $! >>"$SCRATCH/servers"
	check "a rule that stays" fw add drop udp/7777
	check "the other end of it" within 10 hears 5201
	left iperf3 -c 10.77.0.2 -t "${IPERF_SECONDS:-3}" -J >"$SCRATCH/iperf" 2>&1 &
	local generator=$!
	left bash -c 'while sleep 0.02; do echo forbidden >/dev/udp/10.77.0.2/7777; done' 2>/dev/null &
	local sender=$!
	while kill -0 $generator 2>/dev/null; do
		for rule in tcp/9090 icmp/8 10.99.0.0/16 fd99::/32; do
			fw add drop $rule && fw del $rule && changes=$((changes + 1))
		done
	done
	wait $generator
	equal "the traffic came to its end" $? 0
	kill $sender
	kbits=$(sed -n '/"sum_received"/,/}/s/.*"bits_per_second":[^0-9]*\([0-9]*\)[0-9]\{3\}[.,].*/\1/p' "$SCRATCH/iperf")
	echo "soak: rules changed under iperf3: $changes"
	echo "  $kbits kbit/s, $(packets udp/7777) datagrams of the forbidden kind were dropped"
	check "it had throughput" test "${kbits:-0}" -gt 0
	check "rules changed" test $changes -gt 0
	check "the forbidden kind was sent" test "$(packets udp/7777)" -gt 0
	equal "none of it passed" "$(cat "$SCRATCH/forbidden")" ""
	check "that rule goes" fw del udp/7777
}
iperf_under_rules

refused "what is no rule is refused" "is no rule" fw add drop tcp/70000
release
refused "without a firewall there are no rules" "no firewall is running" fw list
check "nothing is attached any more" within 10 nothing_is_loaded
net_down
check "the module leaves" remove_soon
finish
