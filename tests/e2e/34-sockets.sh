#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Packets whose protocol a program rewrites behind the choice of a socket for them (connected
# ones are found early): does a socket only ever get what is of its protocol?
. "$(dirname "$0")/lib.sh"

counter() {	# counter NAME: of the kernel's, on the right
	right nstat -asz "$1" | awk -v name="$1" '$1 == name { print $2 }'
}

rewriting() {	# rewriting 0|1
	modbpf map update name protocols key hex 00 00 00 00 value hex "0$1" 00 00 00 00 00 00 00
}

# datagram FAMILY TEXT: from the port that is connected to; behind UDP's header it reads on as TCP's, with ACK.
datagram() {
	printf '\1\1\1\1\x50\x10\1\1\0\0\0\0%s\n' "$2" |
		left timeout 10 nc -"$1" -u -p 7002 -w 1 "$(address_of "$1" 2)" 7001
}

address_of() {	# address_of FAMILY NUMBER
	[ "$1" = 4 ] && echo "10.77.0.$2" || echo "fd77::$2"
}

another_protocol() {	# another_protocol FAMILY COUNTER-OF-UDP
	local family=$1 no_ports=$2 resets lost tcp udp talker
	right timeout 600 nc -d -"$family" -u -s "$(address_of "$family" 2)" -p 7001 \
		"$(address_of "$family" 1)" 7002 >"$SCRATCH/connected$family" 2>&1 </dev/null &
	echo $! >>"$SCRATCH/servers"
	mkfifo "$SCRATCH/to$family"
	left timeout 600 nc -"$family" "$(address_of "$family" 2)" 7003 <"$SCRATCH/to$family" >/dev/null 2>&1 &
	echo $! >>"$SCRATCH/servers"
	exec {talker}>"$SCRATCH/to$family"
	within 10 eval '[ -n "$(right ss -H -u -n "sport = :7001 and dport = :7002")" ]'
	datagram "$family" plain
	check "IPv$family: a datagram arrives at the connected socket" within 5 says connected"$family" plain
	echo plain >&"$talker"
	check "IPv$family: so does a segment" within 10 says talk"$family" plain

	resets=$(counter TcpOutRsts) lost=$(counter "$no_ports") tcp=$(map_u64 protocols 1) udp=$(map_u64 protocols 2)
	check "they shall be rewritten" rewriting 1
	for i in 1 2 3; do datagram "$family" confused; done
	equal "IPv$family: three datagrams became TCP" $(($(map_u64 protocols 1) - tcp)) 3
	equal "of no connection" $(($(counter TcpOutRsts) - resets)) 3
	refused "UDP's socket got none" "" says connected"$family" confused
	echo later >&"$talker"
	check "IPv$family: a segment becomes UDP" within 10 eval "[ \$(map_u64 protocols 2) -gt $udp ]"
	check "nobody listens for it" within 5 eval "[ \$(counter $no_ports) -gt $lost ]"
	refused "TCP's socket got none" "" says talk"$family" later
	check "they shall stay what they are" rewriting 0
	check "IPv$family: the connection goes on" within 30 says talk"$family" later
	datagram "$family" again
	check "so do datagrams" within 5 says connected"$family" again
	exec {talker}>&-
}

check "the module is inserted" insert
check "two namespaces and a cable" net_up || finish
for family in 4 6; do listen_to talk$family -$family -p 7003; done
check "servers" within 10 listens 7003
if hold "$SCRATCH/protocol" ip netns exec right modbpf load "$E2E/protocol.bpf.o"; then
	another_protocol 4 UdpNoPorts
	another_protocol 6 Udp6NoPorts
	release
fi
stop_servers
net_down
check "nothing is left" within 10 nothing_is_loaded
check "the module leaves" remove_soon
finish
