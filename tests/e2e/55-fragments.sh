#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The firewall on packets that do not come in one piece: fragments, segments merged by the
# card, extension headers, packets cut short.  None gets a wrong verdict.
. "$(dirname "$0")/lib.sh"

fw() {
	"$EXAMPLES/firewall" "$@"
}

packets() {	# packets RULE: how many the rule has counted; "rule)" and "(malformed)" too
	fw list | awk -v rule="$1" '$2 == rule || $3 == rule { print $(NF - 1) }'
}

# send 4|6 PROTOCOL HEX [OPTIONS]: a packet from the left with this payload, behind IPv4 options.
cat >"$SCRATCH/send.py" <<'END'
import socket, sys
family = socket.AF_INET6 if sys.argv[1] == "6" else socket.AF_INET
sock = socket.socket(family, socket.SOCK_RAW, int(sys.argv[2]))
if family == socket.AF_INET and len(sys.argv) > 4:
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS, bytes.fromhex(sys.argv[4]))
sock.sendto(bytes.fromhex(sys.argv[3]), ("fd77::2" if sys.argv[1] == "6" else "10.77.0.2", 0))
END
send() {
	left python3 "$SCRATCH/send.py" "$@"
}

cat >"$SCRATCH/receive.py" <<'END'
import socket, sys
sock = socket.create_server(("::", 7070), family=socket.AF_INET6, dualstack_ipv6=True)
while True:
    peer, total = sock.accept()[0], 0
    while data := peer.recv(65536):
        total += len(data)
    print(total, flush=True)
END
send_megabyte() {	# send_megabyte ADDRESS
	left timeout 60 python3 -c '
import socket, sys
sock = socket.create_connection((sys.argv[1], 7070))
sock.sendall(bytes(1 << 20))' "$1"
}

arrived_twice() {
	[ "$(grep -c '^1048576$' "$SCRATCH/received")" = 2 ]
}

check "the module is inserted" insert
check "two namespaces and a cable" net_up || finish
ip netns exec right python3 "$SCRATCH/receive.py" >"$SCRATCH/received" 2>&1 &
receiver=$!
hold "$SCRATCH/log" ip netns exec right "$EXAMPLES/firewall" run || finish

# Several fragments each way; IPv4's are put together before the hook, IPv6's behind it.
check "long pings pass" left ping -q -c 3 -i 0.2 -W 2 -s 5000 10.77.0.2
check "long pings pass, IPv6" left ping -q -c 3 -i 0.2 -W 2 -s 5000 fd77::2
equal "none was malformed" "$(packets '(malformed)')" 0
check "a rule for echo requests" fw add drop icmp/8
check "and those of IPv6" fw add drop icmp6/128
refused "long pings are dropped" "100% packet loss" left ping -q -c 3 -i 0.2 -W 1 -s 5000 10.77.0.2
equal "counted once each" "$(packets icmp/8)" 3
refused "long pings are dropped, IPv6" "100% packet loss" left ping -q -c 3 -i 0.2 -W 1 -s 5000 fd77::2
equal "by their first fragments" "$(packets icmp6/128)" 3
check "the rules go" fw del icmp/8
check "both" fw del icmp6/128

# TCP in segments of up to 64 KiB, their bytes in pages.
check "the receiver listens" within 10 left python3 -c 'import socket; socket.create_connection(("10.77.0.2", 7070))'
check "a rule that passes TCP" fw add pass tcp/7070
for address in 10.77.0.2 fd77::2; do
	check "a megabyte to $address" send_megabyte $address
done
check "arrives whole, twice" within 20 arrived_twice
check "and was judged by its port" test "$(packets tcp/7070)" -gt 20
equal "nothing of it was malformed" "$(packets '(malformed)')" 0

# UDP to port 7 with options; two bytes of UDP; a fragment header; a chain without an end.
check "a rule for UDP" fw add drop udp/7
check "UDP behind IPv4 options" send 4 17 00070007000c0000aabbccdd 01010101010101010101010101010101
equal "is judged by its port" "$(packets udp/7)" 1
check "UDP that is cut short" send 4 17 0007
equal "is malformed" "$(packets '(malformed)')" 1
check "UDP behind IPv6 destination options" send 6 60 110001040000000000070007000c0000aabbccdd
equal "is judged by its port" "$(packets udp/7)" 2
check "a first fragment that ends before its port" send 6 44 11000001000000010007
equal "is malformed" "$(packets '(malformed)')" 2
check "nine extension headers" send 6 60 "$(printf '3c00010400000000%.0s' 1 2 3 4 5 6 7 8)110001040000000000070007000c0000"
equal "are malformed" "$(packets '(malformed)')" 3

release
kill $receiver
check "nothing is attached any more" within 10 nothing_is_loaded
net_down
check "the module leaves" remove_soon
finish
