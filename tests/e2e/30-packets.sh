#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Real packets between two network namespaces: does each pass, drop and count as it should?
. "$(dirname "$0")/lib.sh"

verdict() {	# verdict PROTOCOL 0|1
	modbpf map update name verdict key hex "$(printf '%02x' "$1")" 00 00 00 \
		value hex "0$2" 00 00 00 00 00 00 00
}

link_number() {	# link_number MEMBER: of the only link
	modbpf -j link show | grep -o "\"$1\":[0-9]*" | tr -dc 0-9
}

prog_id() {	# prog_id NAME
	modbpf prog show name "$1" | sed -n 's/^\([0-9]*\): .*/\1/p'
}

link_of() {	# link_of PROG
	links | sed -n "s/^\([0-9]*\): .*  prog $1$/\1/p" | head -1
}

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

check "ICMP shall drop" verdict 1 1
refused "ping is dropped" "100% packet loss" left ping -q -c 3 -i 0.2 -W 1 10.77.0.2
equal "and still counted" "$(map_u64 seen 1)" 8
equal "the link counts three drops" "$(link_number drops)" 3
check "TCP passes all the same" connects 10.77.0.2 8080
check "TCP shall drop" verdict 6 1
refused "TCP is dropped, IPv4" "" connects 10.77.0.2 8080
refused "TCP is dropped, IPv6" "" connects fd77::2 8080
check "ICMPv6 passes" left ping -q -c 2 -i 0.2 -W 2 fd77::2
check "ICMP and TCP shall pass" verdict 1 0
check "both" verdict 6 0
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
check "ICMP shall drop" verdict 1 1
refused "ping is dropped" "100% packet loss" left ping -q -c 2 -i 0.2 -W 1 10.77.0.2
equal "the chain saw no more" "$(nft_packets)" 2
check "ICMP shall pass" verdict 1 0

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
check "ICMP shall drop" verdict 1 1
release
check "nothing is attached any more" within 10 nothing_is_loaded
check "ping passes when the program is gone" left ping -q -c 2 -i 0.2 -W 2 10.77.0.2

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
	check "the CLI does it" modbpf link update id "$link" prog id "$two"
	refused "not if another is to be there" "another program" \
		modbpf link update id "$link" prog id "$two" replace id "$one"
	refused "nor with another type" "Invalid argument" \
		modbpf link update id "$link" prog name as_netfilter
	contains "it is shown" "$(modbpf link show id "$link")" "prog $two"
	# The namespace goes while programs are attached in it.
	stop_servers
	net_down
	check "a namespace that goes takes its programs off the hooks" within 10 test ! -e /run/netns/right
	release
else
	net_down
fi
check "nothing is left" within 10 nothing_is_loaded
check "the module leaves" remove_soon
finish
