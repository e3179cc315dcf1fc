#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Programs that rewrite packets: do connections go through, are checksums right where they
# are looked at, and does nobody else see what is written: not a tap, not TCP's own queue?
. "$(dirname "$0")/lib.sh"

checksums() {	# checksums on|off: are they the devices' affair?
	left "$E2E/sniff" veth-left checksums "$1" && right "$E2E/sniff" veth-right checksums "$1"
}

sends() {	# sends ADDRESS PORT TEXT
	echo "$3" | timeout 60 ip netns exec left nc -N -w 10 "$1" "$2"
}

value_of() {	# value_of LOG NAME: what a tap counted
	sed -n "s/.*$2 \([0-9]*\).*/\1/p" "$1"
}

check "the module is inserted" insert
check "two namespaces and a cable" net_up || finish
mac=$(right cat /sys/class/net/veth-right/address)
for address in 10.77.0.9 fd77::9; do
	check "$address is behind the cable" ip -n left neigh add $address lladdr "$mac" dev veth-left
done
for family in 4 6; do
	listen_to tcp$family -$family -p 8080
	listen_to udp$family -$family -u -p 8080
done
listen_to counted -4 -p 9099
listen_to jello -4 -u -p 9099
check "servers" within 10 listens 8080

hold "$SCRATCH/nat" ip netns exec right modbpf load "$E2E/nat.bpf.o" || finish
nat=$holder
for devices in on off; do
	check "checksums by devices: $devices" checksums $devices
	hold "$SCRATCH/right-$devices" ip netns exec right "$E2E/sniff" veth-right && tap_right=$holder
	hold "$SCRATCH/left-$devices" ip netns exec left "$E2E/sniff" veth-left && tap_left=$holder
	check "TCP to what is shown" sends 10.77.0.9 80 tcp4-$devices
	check "IPv6 too" sends fd77::9 80 tcp6-$devices
	left bash -c "echo udp4-$devices >/dev/udp/10.77.0.9/80; echo udp6-$devices >/dev/udp/fd77::9/80"
	for what in tcp4 tcp6 udp4 udp6; do
		check "$what arrives" within 5 says $what $what-$devices
	done
	for holder in $tap_right $tap_left; do release; done
	for side in left right; do
		check "the tap on the $side has packets" test "$(value_of "$SCRATCH/$side-$devices" packets)" -ge 15
		equal "none of those on the $side is to the real address" \
			"$(value_of "$SCRATCH/$side-$devices" real)" 0
	done
done
equal "wrong checksums on the left" "$(value_of "$SCRATCH/left-off" wrong)" 0
equal "wrong checksums on the right" "$(value_of "$SCRATCH/right-off" wrong)" 0
check "packets were rewritten there" test "$(map_u64 rewritten 0)" -ge 16
check "and back" test "$(map_u64 rewritten 1)" -ge 8
check "bytes were written directly" test "$(map_u64 rewritten 3)" -ge 8
equal "no helper failed" "$(map_u64 rewritten 2)" 0
holder=$nat
release
refused "without it nobody is there" "" sends 10.77.0.9 80 nobody

# The first of each two is lost behind the program: TCP sends what it has kept.
for devices in on off; do
	check "checksums by devices: $devices" checksums $devices
	: >"$SCRATCH/counted"
	hold "$SCRATCH/payload" ip netns exec left modbpf load "$E2E/payload.bpf.o" || finish
	check "text is sent and lost" sends 10.77.0.2 9099 hello
	check "and arrives, counted up once" within 5 says counted '^iello$'
	check "it was lost" test "$(map_u64 payloads 1)" -ge 1
	check "and sent again" test "$(map_u64 payloads 0)" -ge 2
	equal "no helper failed" "$(map_u64 payloads 2)" 0
	equal "its socket is in a control group" "$(map_u64 payloads 3)" "$(lacks cgroups >/dev/null && map_u64 payloads 0 || echo 0)"
	release
done
# Checksums are not the devices' affair now: the receiver looks at them.
if hold "$SCRATCH/nf" ip netns exec right "${typed[@]}" modbpf load "$E2E/nf.bpf.o"; then
	left bash -c 'echo hello >/dev/udp/10.77.0.2/9099'
	check "a netfilter program's text arrives" within 5 says jello '^jello$'
	equal "it was written once" "$(map_u64 nf_seen 10)" 1
	equal "nothing is wrong" "$(map_u64 nf_seen 0)" 0
	release
fi
stop_servers
net_down
check "nothing is left" within 10 nothing_is_loaded
check "the module leaves" remove_soon
finish
