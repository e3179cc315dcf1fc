#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Real packets between two network namespaces: does each pass, drop and count as it should?
. "$(dirname "$0")/lib.sh"

check "the module is inserted" insert
check "two namespaces and a cable" net_up || finish
check "a TCP server" serve 8080
hold "$SCRATCH/log" ip netns exec right modbpf load "$E2E/judge.bpf.o" || finish
equal "one link" "$(links | grep -c netfilter)" 1

# ICMP 1, TCP 6, UDP 17, ICMPv6 58
check "ping passes" left ping -q -c 5 -i 0.2 -W 2 10.77.0.2
equal "five requests were seen" "$(map_u64 seen 1)" 5
equal "of 84 bytes each" "$(map_u64 bytes 1)" 420
check "TCP passes, IPv4" connects 10.77.0.2 8080
check "TCP passes, IPv6" connects fd77::2 8080
check "TCP was seen" test "$(map_u64 seen 6)" -gt 6

check "ICMP shall drop" set_u64 verdict 1 1
refused "ping is dropped" "100% packet loss" left ping -q -c 3 -i 0.2 -W 1 10.77.0.2
equal "and still counted" "$(map_u64 seen 1)" 8
equal "the link counts three drops" "$(link_number drops)" 3
check "TCP passes all the same" connects 10.77.0.2 8080
check "TCP shall drop" set_u64 verdict 6 1
refused "TCP is dropped, IPv4" "" connects 10.77.0.2 8080
refused "TCP is dropped, IPv6" "" connects fd77::2 8080
check "ICMPv6 passes" left ping -q -c 2 -i 0.2 -W 2 fd77::2
check "ICMP and TCP shall pass" set_u64 verdict 1 0
check "both" set_u64 verdict 6 0
check "ping passes again" left ping -q -c 2 -i 0.2 -W 2 10.77.0.2
equal "ten requests in all" "$(map_u64 seen 1)" 10
check "TCP passes again" connects 10.77.0.2 8080

# Beside nftables: a chain that comes later sees what the program lets pass, and no more.
nft_packets() {
	right nft list chain inet later input | sed -n 's/.*counter packets \([0-9]*\) .*/\1/p'
}
check "an nftables chain behind the program" right nft \
	'table inet later { chain input { type filter hook input priority 10; icmp type echo-request counter; }; }'
check "ping passes both" left ping -q -c 2 -i 0.2 -W 2 10.77.0.2
equal "the chain saw two requests" "$(nft_packets)" 2
check "ICMP shall drop" set_u64 verdict 1 1
refused "ping is dropped" "100% packet loss" left ping -q -c 2 -i 0.2 -W 1 10.77.0.2
equal "the chain saw no more" "$(nft_packets)" 2
check "ICMP shall pass" set_u64 verdict 1 0

# UDP: 50 datagrams, none of them answered.
for i in $(seq 50); do echo "datagram $i"; done >"$SCRATCH/lines"
left bash -c 'while read -r line; do echo "$line" >/dev/udp/10.77.0.2/9; done' <"$SCRATCH/lines" 2>/dev/null
equal "50 datagrams were counted" "$(map_u64 seen 17)" 50

before=$(map_u64 seen 1)
check "the other side is not filtered" right ping -q -c 2 -i 0.2 -W 2 10.77.0.1
# What comes in there are the two replies.
equal "replies come in like requests" "$(map_u64 seen 1)" $((before + 2))
runs=$(modbpf -j prog show name judge | grep -o '"run_cnt":[0-9]*' | tr -dc 0-9)
equal "the link counted each packet that the program ran for" "$(link_number packets)" "$runs"
contains "and shows it" "$(links)" "packets $runs  drops"
contains "so does fdinfo" "$(cat /proc/$holder/fdinfo/* | grep -A 20 'link_type:.*netfilter')" "events:	$runs"
check "ICMP shall drop" set_u64 verdict 1 1
release
check "nothing is attached any more" within 10 nothing_is_loaded
check "ping passes when the program is gone" left ping -q -c 2 -i 0.2 -W 2 10.77.0.2

# Other families: a device, a bridge between two ends of cables, ARP, and fragments put together.
dead() {	# dead NUMBER: how many links say that their place is gone
	[ "$(links | grep -c '  dead$')" = "$1" ]
}

# Five requests of ARP's for 10.77.0.2: how many are answered?
cat >"$SCRATCH/ask.py" <<'END'
import socket, sys
sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0806))
sock.bind(("veth-left", 0x0806))
sock.settimeout(float(sys.argv[1]))
own = sock.getsockname()[4]
request = b"\xff" * 6 + own + bytes.fromhex("0806 0001 0800 06 04 0001") + own
request += bytes([10, 77, 0, 1]) + bytes(6) + bytes([10, 77, 0, 2])
for i in range(5):
    sock.send(request)
answers = 0
try:
    while answers < 5:
        frame = sock.recv(1500)
        answers += frame[20:22] == b"\0\2" and frame[28:32] == bytes([10, 77, 0, 2])
except TimeoutError:
    pass
print(answers)
END
answered() {	# answered SECONDS
	left python3 "$SCRATCH/ask.py" "$1"
}

arp_drops() {
	local before
	# Both know each other for good: neither asks on its own.
	check "a neighbour that is known" ip -n left neigh replace 10.77.0.2 nud permanent dev veth-left \
		lladdr "$(right cat /sys/class/net/veth-right/address)"
	check "and knows" ip -n right neigh replace 10.77.0.1 nud permanent dev veth-right \
		lladdr "$(left cat /sys/class/net/veth-left/address)"
	before="$(map_u64 at_family 3) $(map_u64 at_family 11)"
	set -- $before
	equal "five requests are answered" "$(answered 10)" 5
	equal "five were seen to come" "$(map_u64 at_family 3)" $(($1 + 5))
	equal "five answers to go" "$(map_u64 at_family 11)" $(($2 + 5))
	check "answers shall drop" set_u64 at_family 9 4
	equal "no answer passes" "$(answered 1)" 0
	equal "five came" "$(map_u64 at_family 3)" $(($1 + 10))
	equal "the link of what goes counts five drops" "$(link_number drops at_arp_output)" 5
	check "requests shall drop" set_u64 at_family 9 2
	equal "no request passes" "$(answered 1)" 0
	equal "they were seen" "$(map_u64 at_family 3)" $(($1 + 15))
	equal "none was answered" "$(map_u64 at_family 11)" $(($2 + 10))
	equal "the link of what comes counts five drops" "$(link_number drops at_arp)" 5
	check "none shall drop" set_u64 at_family 9 0
	equal "five are answered again" "$(answered 10)" 5
	equal "and no more dropped" "$(link_number drops at_arp)+$(link_number drops at_arp_output)" 5+5
}

egress_drops() {
	local name before
	for name in whole_frame:1 from_network_on:2; do
		before=$(map_u64 at_egress 1)
		check "${name%:*} shall drop" set_u64 at_egress 2 "${name#*:}"
		refused "replies are dropped" "100% packet loss" left ping -q -c 3 -i 0.2 -W 1 10.77.0.2
		equal "its link counts three drops" "$(link_number drops "${name%:*}")" 3
		equal "${name%:*}: how many the second one sees" $(($(map_u64 at_egress 1) - before)) \
			$((3 * (${name#*:} - 1)))
		check "none shall drop" set_u64 at_egress 2 0
		check "ping passes again" left ping -q -c 2 -i 0.2 -W 2 10.77.0.2
	done
	equal "no more were dropped" "$(link_number drops whole_frame)+$(link_number drops from_network_on)" 3+3
}

egress=() on_device=2
if why=$(lacks nf_egress); then
	refused "no egress ($why)" "Protocol error" ip netns exec right modbpf load "$E2E/egress.bpf.o"
elif hold "$SCRATCH/egress" ip netns exec right modbpf load "$E2E/egress.bpf.o"; then
	egress=($holder) on_device=4
fi
if hold "$SCRATCH/families" ip netns exec right modbpf load "$E2E/families.bpf.o"; then
	contains "the CLI names a device" "$(ip netns exec right modbpf link show)" "netdev ingress dev veth-right prio 0"
	check "ping passes them all" left ping -q -c 3 -i 0.2 -W 2 10.77.0.2
	for slot in 0:ingress "7:priority 6" "8:priority 7 after it" "10:priority 6, attached later, before it"; do
		equal "three pings at ${slot#*:}" "$(map_u64 at_family ${slot%%:*})" 3
	done
	if [ -n "${egress[*]}" ]; then
		equal "three pings at egress" "$(map_u64 at_egress 0)" 3
		equal "three pings at egress, from the network header on" "$(map_u64 at_egress 1)" 3
		egress_drops
	fi
	check "ping in fragments passes" left ping -q -c 2 -i 0.2 -s 4000 -W 2 10.77.0.2
	equal "two whole ones" "$(map_u64 at_family 5)" 2
	# 4008 bytes in pieces of 1480 are three; the last one is of 1048 and 20 bytes.
	equal "of six pieces" "$(map_u64 at_family 6)" 6
	before=$(map_u64 at_family 3)
	# Neither side knows the other: what one asks would answer the other's question.
	left ip neigh flush dev veth-left
	right ip neigh flush dev veth-right
	check "the neighbour is asked for again" left ping -q -c 1 -W 2 10.77.0.2
	check "ARP sees the request" test "$(map_u64 at_family 3)" -gt "$before"
	arp_drops
	before=$(map_u64 at_family 7)
	check "it shall drop at the device" set_u64 at_family 9 1
	refused "ping is dropped there" "100% packet loss" left ping -q -c 2 -i 0.2 -W 1 10.77.0.2
	equal "the link counts two drops" "$(link_number drops at_ingress)" 2
	equal "and local_in sees none" "$(map_u64 at_family 7)+$(map_u64 at_family 8)" "$before+$before"
	check "none shall drop at the device" set_u64 at_family 9 0
	check "ping passes again" left ping -q -c 2 -i 0.2 -W 2 10.77.0.2
	equal "the link counts no more" "$(link_number drops at_ingress)" 2
	equal "no link is dead" "$(links | grep -c '  dead$')" 0
	stop_servers
	# The device of a namespace that goes, goes first.
	check "the device goes" ip -n right link del veth-right
	check "its links say that they are dead" within 5 dead $on_device
	release
	for holder in "${egress[@]}"; do
		release
	done
	ip netns del left
	ip netns del right
	check "namespaces again" net_up
fi
if check "a bridge" bridge_up; then
	cp "$E2E/families.bpf.o" "$SCRATCH/bridge.o"
	ip -n middle link add veth-right type dummy
	if hold "$SCRATCH/bridged" ip netns exec middle modbpf load "$SCRATCH/bridge.o"; then
		check "ping passes the bridge" ip netns exec end-a ping -q -c 3 -i 0.2 -W 2 10.88.0.2
		equal "three requests and replies are forwarded" "$(map_u64 at_family 4)" 6
		check "they shall drop" set_u64 at_family 9 8
		refused "no ping passes" "100% packet loss" ip netns exec end-a ping -q -c 3 -i 0.2 -W 1 10.88.0.2
		equal "three requests were seen" "$(map_u64 at_family 4)" 9
		equal "the link counts three drops" "$(link_number drops at_bridge)" 3
		check "they shall pass" set_u64 at_family 9 0
		check "ping passes again" ip netns exec end-a ping -q -c 2 -i 0.2 -W 2 10.88.0.2
		equal "two more of each" "$(map_u64 at_family 4)" 13
		equal "none was dropped" "$(link_number drops at_bridge)" 3
		release
	fi
	middle_down
fi
# A namespace that nobody is in goes: what hangs there is dead, and takes no program.
ip netns add empty
mkdir -p "$SCRATCH/pins"
check "a place for names" mount -t modbpffs none "$SCRATCH/pins"
check "pinned in a namespace" ip netns exec empty modbpf load "$E2E/judge.bpf.o" pin "$SCRATCH/pins"
check "and eight at all its hooks" ip netns exec empty modbpf load "$E2E/hooks.bpf.o" pin "$SCRATCH/pins"
check "they live" dead 0
ip netns del empty
check "the namespace goes and leaves them dead" within 10 dead 9
refused "a dead link takes no program" "Link has been severed" \
	modbpf link update pinned "$SCRATCH/pins/judge" prog name judge
umount "$SCRATCH/pins"
check "and goes with its name" within 10 nothing_is_loaded

# As Linux's netfilter programs are written: the hook's and the packet's structures.
if hold "$SCRATCH/nf" ip netns exec right "${typed[@]}" modbpf load "$E2E/nf.bpf.o"; then
	check "ping passes" left ping -q -c 3 -i 0.2 -s 100 -W 2 10.77.0.2
	equal "nothing is wrong" "$(map_u64 nf_seen 0)" 0
	equal "three packets at local_in, IPv4" "$(map_u64 nf_seen 1)" 3
	equal "their devices" "$(map_u64 nf_seen 2)" 6
	check "ping in fragments passes, written to and back" left ping -q -c 2 -i 0.2 -s 4000 -W 2 10.77.0.2
	equal "still nothing is wrong" "$(map_u64 nf_seen 0)" 0
	for slot in "3:whole:2" "4:not in one piece:2" "5:copied:2" "6:nothing outside:12" "7:read:2" \
		"8:a part:2" "9:written:4"; do
		IFS=: read -r slot what wanted <<<"$slot"
		equal "$what" "$(map_u64 nf_seen "$slot")" "$wanted"
	done
	release
fi

# Who leaves a packet to another program: its context goes with it, and the other's verdict counts.
if hold "$SCRATCH/hops" ip netns exec right modbpf load "$E2E/hops.bpf.o"; then
	check "ping passes" left ping -q -c 3 -i 0.2 -W 2 10.77.0.2
	equal "the other one of each type saw it" "$(map_u64 hops 0) $(map_u64 hops 1) $(map_u64 hops 2)" "3 3 3"
	for type in cgroup_skb:0 sched_cls:1 netfilter:2; do
		IFS=: read -r name slot <<<"$type"
		before=$(map_u64 hops "$slot")
		check "the other one of $name shall drop" set_u64 hops 4 $((1 << slot))
		refused "ping is dropped" "100% packet loss" left ping -q -c 2 -i 0.2 -W 1 10.77.0.2
		equal "it saw two" $(($(map_u64 hops "$slot") - before)) 2
		equal "its caller's link counts two drops" "$(link_number drops "one_$name")" 2
	done
	equal "each left all to it" "$(map_u64 hops 3)" 0
	release
fi

# Conntrack looks at packets once a rule asks for what it knows. Each type's counts begin elsewhere.
if hold "$SCRATCH/states" ip netns exec right "${typed[@]}" modbpf load "$E2E/conntrack.bpf.o"; then
	check "ping passes" left ping -q -c 2 -i 0.2 -s 100 -W 2 10.77.0.2
	for at in NETFILTER:0 CGROUP_SKB:16 SCHED_CLS:32; do
		equal "${at%:*}: two packets that conntrack has not seen" "$(map_u64 ct_states $((${at#*:} + 8)))" 2
	done
	check "a rule asks for conntrack's state" right nft \
		'table inet asks { chain input { type filter hook input priority 10; ct state new counter; }; }'
	check "ping passes" left ping -q -c 3 -i 0.2 -s 100 -W 2 10.77.0.2
	for at in NETFILTER:0 CGROUP_SKB:16 SCHED_CLS:32; do
		equal "${at%:*}: the first is new" "$(map_u64 ct_states $((${at#*:} + 2)))" 1
		equal "${at%:*}: the others are of what is established" "$(map_u64 ct_states "${at#*:}")" 2
		equal "${at%:*}: none is unknown any more" "$(map_u64 ct_states $((${at#*:} + 8)))" 2
	done
	release
	check "the rule goes" right nft delete table inet asks
fi

# Others come and go before and behind a program under full traffic: it still sees each packet once.
others_come_and_go() {
	local bursts=0 lossy=0 rounds=0 first=0 second=0 until=$((SECONDS + 120)) neighbours one two
	local seen=$(map_u64 at_hook 1) was_first=$(map_u64 at_hook 2) was_second=$(map_u64 at_hook 6)
	one=$(prog_id at_forward) two=$(prog_id turn_one)
	ip netns exec right "$E2E/neighbours" "$one" "$two" >"$SCRATCH/neighbours" 2>&1 &
	neighbours=$!
	# How long they take depends on the machine: there are packets until they were there often enough.
	while { [ "$rounds" -lt 20 ] || [ "$first" = 0 ] || [ "$second" = 0 ]; } &&
		[ $SECONDS -lt $until ] && kill -0 $neighbours 2>/dev/null; do
		left ping -q -f -c 500 -W 5 10.77.0.2 | grep -q ' 500 received, 0% packet loss' || lossy=$((lossy + 1))
		bursts=$((bursts + 1))
		rounds=$(grep -c round "$SCRATCH/neighbours")
		first=$(($(map_u64 at_hook 2) - was_first)) second=$(($(map_u64 at_hook 6) - was_second))
	done
	kill -TERM $neighbours
	wait $neighbours
	equal "others come, are replaced, and go" $? 0
	echo "  $rounds times for $bursts times 500 packets, $first and $second of which met them"
	check "often" test "$rounds" -ge 20
	check "those that came saw some" test "$first" -gt 0
	check "so did those in their place" test "$second" -gt 0
	equal "no packet was lost" $lossy 0
	equal "the one that stayed saw each once" $(($(map_u64 at_hook 1) - seen)) $((bursts * 500))
}

# The hooks: a ping from the left passes prerouting, local_in; its reply local_out, postrouting.
if hold "$SCRATCH/hooks" ip netns exec right modbpf load "$E2E/hooks.bpf.o"; then
	equal "eight programs at hooks" "$(links | grep -c netfilter)" 8
	check "ping passes them all" left ping -q -c 4 -i 0.2 -W 2 10.77.0.2
	equal "prerouting" "$(map_u64 at_hook 0)" 4
	equal "local_in" "$(map_u64 at_hook 1)" 4
	equal "forward" "$(map_u64 at_hook 2)" 0
	equal "local_out" "$(map_u64 at_hook 3)" 4
	equal "postrouting" "$(map_u64 at_hook 4)" 4
	check "a netfilter program at local_in" test "$(map_u64 at_hook 5)" -ge 4
	equal "one turns with another that is not hit" "$(map_u64 at_hook 6)+$(map_u64 at_hook 7)" 4+0
	# Under traffic they take each other's place: each packet meets one of them.
	one=$(prog_id turn_one) two=$(prog_id turn_two) link=$(link_of "$one")
	"$E2E/turns" "$link" "$one" "$two" >"$SCRATCH/turns" &
	turns=$!
	check "ping passes while programs change" left ping -q -f -c 500 -W 5 10.77.0.2
	kill -TERM $turns
	wait $turns
	equal "they did change" $? 0
	echo "  $(<"$SCRATCH/turns") times for 500 packets: $(map_u64 at_hook 6) and $(map_u64 at_hook 7)"
	check "more than once" test "$(<"$SCRATCH/turns")" -gt 10
	check "both were met" test "$(map_u64 at_hook 7)" -gt 0
	equal "each packet met one of them" $(($(map_u64 at_hook 6) + $(map_u64 at_hook 7))) 504
	# Whoever counts what those in their place see has no other place then.
	check "one does not turn any more" modbpf link update id "$link" prog id "$two"
	others_come_and_go
	check "it is back" modbpf link update id "$link" prog id "$one"
	check "the CLI does it" modbpf link update id "$link" prog id "$two"
	refused "not if another is to be there" "another program" \
		modbpf link update id "$link" prog id "$two" replace id "$one"
	refused "nor with another type" "Invalid argument" \
		modbpf link update id "$link" prog name as_netfilter
	contains "it is shown" "$(modbpf link show id "$link")" "prog $two"
	# Who holds them is in the namespace: that has no name any more, but goes with the programs only.
	stop_servers
	net_down
	check "a namespace that somebody is in keeps its programs" dead 0
	release
else
	net_down
fi
check "nothing is left" within 10 nothing_is_loaded
check "the module leaves" remove_soon
finish
