#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Packets whose protocol a program rewrites behind the choice of a socket for them (connected
# ones are found early): does a socket only ever get what is of its protocol? One that TPROXY has
# chosen stays while nothing is changed, and a packet whose header no longer holds goes to nobody.
. "$(dirname "$0")/lib.sh"

counter() {	# counter NAME: of the kernel's, on the right
	right nstat -asz "$1" | awk -v name="$1" '$1 == name { print $2 }'
}

rewriting() {	# rewriting 0|1|2|3|4: nothing, the protocol, the header's shape, the length in it, the class
	set_u64 protocols 0 "$1"
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
	within 10 eval '[ -n "$(right ss -"$family" -H -u -n "sport = :7001 and dport = :7002")" ]'
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

# Behind another_protocol, which has a socket connected.
bent_header() {	# bent_header FAMILY
	local family=$1 kind bent drops
	for kind in "2 shape" "3 length"; do
		drops=$(link_number drops) bent=$(map_u64 protocols 3)
		check "IPv$family: the header's ${kind#* } shall change" rewriting "${kind% *}"
		datagram "$family" "${kind#* }"
		equal "of one datagram" $(($(map_u64 protocols 3) - bent)) 1
		equal "which is dropped" $(($(link_number drops) - drops)) 1
		refused "it does not arrive" "" says connected"$family" "${kind#* }"
	done
	check "IPv$family: the class shall change" rewriting 4
	datagram "$family" class
	check "that arrives" within 5 says connected"$family" class
	equal "changed" $(($(map_u64 protocols 3) - bent)) 2
	equal "and not dropped" $(($(link_number drops) - drops)) 1
	check "they shall stay what they are" rewriting 0
}

cat >"$SCRATCH/proxy.py" <<'END'
import socket
sock = socket.socket()
sock.setsockopt(socket.SOL_IP, 19, 1)  # IP_TRANSPARENT
sock.bind(("0.0.0.0", 7005))
sock.listen()
print("listens", flush=True)
while True:
    peer = sock.accept()[0]
    print(peer.getsockname(), peer.recv(100), flush=True)
END

# What comes to any address behind the right is given to a proxy's socket, which nobody would find by the address.
proxied() {
	local drops
	check "a rule of TPROXY" right nft 'table ip proxy { chain chooses { type filter hook prerouting priority -150;
		tcp dport 7004 tproxy to :7005 meta mark set 1 accept; }; }'
	check "comes in" right ip rule add fwmark 1 lookup 100
	check "whatever its address" right ip route add local 0.0.0.0/0 dev lo table 100
	check "which is on the right" left ip route add 10.78.0.0/24 via 10.77.0.2
	ip netns exec right timeout 600 python3 "$SCRATCH/proxy.py" >"$SCRATCH/proxy" 2>&1 </dev/null &
	echo $! >>"$SCRATCH/servers"
	check "a proxy listens" within 10 says proxy listens
	drops=$(link_number drops)
	check "a connection to an address that nobody has" eval 'echo hello | left timeout 20 nc -N -w 10 10.78.0.1 7004'
	check "is the proxy's" within 10 says proxy "('10.78.0.1', 7004) b'hello"
	equal "nothing is dropped" "$(link_number drops)" "$drops"
	check "without the rule" right nft delete table ip proxy
	refused "it is nobody's" "" eval 'echo hello | left timeout 20 nc -N -w 2 10.78.0.1 7004'
}

check "the module is inserted" insert
check "two namespaces and a cable" net_up || finish
for family in 4 6; do listen_to talk$family -$family -p 7003; done
check "servers" within 10 listens 7003
if hold "$SCRATCH/protocol" ip netns exec right modbpf load "$E2E/protocol.bpf.o"; then
	another_protocol 4 UdpNoPorts
	another_protocol 6 Udp6NoPorts
	bent_header 4
	bent_header 6
	if why=$(lacks tproxy); then skip "a socket that TPROXY has chosen" "$why"; else proxied; fi
	release
fi
stop_servers
net_down
check "nothing is left" within 10 nothing_is_loaded
check "the module leaves" remove_soon
finish
