#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Packets that a router passes on: is each met by the programs of its family at FORWARD, in order, and by
# none where packets for the router itself come in; and does none pass that one of them drops?
. "$(dirname "$0")/lib.sh"

shall_drop() {	# shall_drop BITS: 1 INET's, 2 IPv4's, 4 IPv6's program
	set_u64 at_forward 4 "$1"
}

counts() {	# of all so far at INET, IPv4, IPv6; of those for the router itself
	local slot
	for slot in 0 1 2 3; do map_u64 at_forward $slot; done | xargs
}

pings() {	# pings COUNT ADDRESS
	ip netns exec end-a ping -q -c "$1" -i 0.2 -W "${WAIT:-5}" "$2"
}

drops() {
	WAIT=1 refused "$1" "100% packet loss" pings 5 "$2"
}

check "the module is inserted" insert
check "two hosts and a router" router_up || finish
hold "$SCRATCH/forward" ip netns exec middle modbpf load "$E2E/forward.bpf.o" || finish
equal "four links" "$(links | grep -c netfilter)" 4

check "ping passes the router, IPv4" pings 5 10.88.2.1
equal "five requests and five replies" "$(counts)" "10 10 0 0"
check "and IPv6" pings 5 fd88:2::1
equal "as many" "$(counts)" "20 10 10 0"

check "IPv4's shall drop" shall_drop 2
drops "no ping passes, IPv4" 10.88.2.1
equal "five requests came to it, no reply" "$(counts)" "25 15 10 0"
equal "its link counts five drops" "$(link_number drops forward_ipv4)" 5
check "ping passes, IPv6" pings 2 fd88:2::1
equal "two requests and two replies" "$(counts)" "29 15 14 0"

check "IPv6's shall drop" shall_drop 4
drops "no ping passes, IPv6" fd88:2::1
equal "five requests came to it" "$(counts)" "34 15 19 0"
equal "its link counts five drops" "$(link_number drops forward_ipv6)" 5
check "ping passes, IPv4" pings 2 10.88.2.1
equal "two requests and two replies" "$(counts)" "38 19 19 0"

check "INET's shall drop, which come first" shall_drop 1
drops "no ping passes, IPv4" 10.88.2.1
drops "nor does IPv6" fd88:2::1
equal "nobody behind it saw any" "$(counts)" "48 19 19 0"
equal "its link counts ten drops" "$(link_number drops forward_inet)" 10

check "none shall drop" shall_drop 0
check "ping passes, IPv4" pings 2 10.88.2.1
check "and IPv6" pings 2 fd88:2::1
equal "all saw them" "$(counts)" "56 23 23 0"
check "ping of the router itself" pings 3 10.88.1.9
check "at its IPv6 address" pings 3 fd88:1::9
equal "comes in, and is not forwarded" "$(counts)" "56 23 23 6"
equal "no link has dropped more" \
	"$(for name in inet ipv4 ipv6; do echo "$(link_number drops forward_$name)"; done | xargs)" "10 5 5"
check "IPv4's and IPv6's shall drop" shall_drop 6
release
check "nothing is attached any more" within 10 nothing_is_loaded
check "ping passes when the programs are gone" pings 2 10.88.2.1
check "and IPv6" pings 2 fd88:2::1
middle_down
check "the module leaves" remove_soon
finish
