#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The firewall on packets that do not come in one piece: fragments, segments merged by the
# card, extension headers, packets cut short.  None gets a wrong verdict.  And programs that ask the
# kernel to put fragments together.
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

# Pings in three pieces each, at a program before the kernel puts them together, two that ask for it and one
# behind them that does not. All is pinned: what is removed is detached.
came() {	# came 0|1|2|3: pieces and whole ones, IPv4 and IPv6: early, IPv6's and INET's that ask, late
	local slot
	for slot in 0 1 2 3; do map_u64 came $(($1 * 4 + slot)); done | xargs
}

long_pings() {
	check "two long pings pass" left ping -q -c 2 -i 0.2 -W 5 -s 4000 10.77.0.2
	check "two long pings pass, IPv6" left ping -q -c 2 -i 0.2 -W 5 -s 4000 fd77::2
}

put_together() {
	mkdir -p "$SCRATCH/pins"
	check "a place for names" mount -t modbpffs none "$SCRATCH/pins"
	check "two programs that ask, two that do not" right modbpf load "$E2E/defrag.bpf.o" pin "$SCRATCH/pins"
}

is_left() {	# is_left COUNT
	[ "$(links | grep -c netfilter)" = "$1" ]
}

goes() {	# goes NAME COUNT: so many links are left then
	check "$1 goes" rm "$SCRATCH/pins/$1"
	check "its link, too" within 10 is_left "$2"
}

fragments_are_put_together() {
	put_together
	long_pings
	equal "pieces come in" "$(came 0)" "6 0 6 0"
	equal "IPv6's sees whole ones" "$(came 1)" "0 0 0 2"
	equal "INET's sees whole ones of both" "$(came 2)" "0 2 0 2"
	equal "so does one behind them" "$(came 3)" "0 2 0 2"
	goes asks_ipv6 3
	long_pings
	equal "INET's alone sees whole ones of both" "$(came 2)" "0 4 0 4"
	equal "pieces came in" "$(came 0)" "12 0 12 0"
	# It is a module's, and there by now.
	if ! grep -q ' nf_defrag_ipv6_disable\b' /proc/kallsyms; then
		umount "$SCRATCH/pins"
		skip "when nobody asks any more" "this kernel puts fragments together on and on"
		return
	fi
	goes asks_inet 2
	long_pings
	equal "nobody asks: pieces" "$(came 3)" "6 4 6 4"
	umount "$SCRATCH/pins"
	check "all goes" within 10 nothing_is_loaded
	put_together
	goes asks_inet 3
	long_pings
	equal "IPv6's alone sees whole ones" "$(came 1)" "0 0 0 2"
	equal "of IPv6 only" "$(came 3)" "6 0 0 2"
	umount "$SCRATCH/pins"
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
fragments_are_put_together
check "nor by the programs that asked" within 10 nothing_is_loaded
net_down
check "the module leaves" remove_soon
finish
