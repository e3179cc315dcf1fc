#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Does a filter that tcpdump compiled judge real packets?
. "$(dirname "$0")/lib.sh"

filter=$SCRATCH/dns
# What "tcpdump -y RAW -ddd 'udp dst port 53'" prints.
cat >"$filter" <<'END'
19
48 0 0 0
84 0 0 240
21 0 4 96
48 0 0 6
21 0 13 17
40 0 0 42
21 10 11 53
48 0 0 0
84 0 0 240
21 0 8 64
48 0 0 9
21 0 6 17
40 0 0 6
69 4 0 8191
177 0 0 0
72 0 0 2
21 0 1 53
6 0 0 262144
6 0 0 0
END
listen_udp() {	# listen_udp PORT: what arrives goes to $SCRATCH/udp-PORT
	local family
	for family in -4 -6; do
		right timeout 600 nc $family -u -l -k -p "$1" >>"$SCRATCH/udp-$1" 2>/dev/null </dev/null &
		echo $! >>"$SCRATCH/servers"
	done
}

# arrives ADDRESS PORT TEXT: one datagram, sent again and again for a while.
arrives() {
	local try
	for try in $(seq "${TRIES:-40}"); do
		left bash -c 'echo "$2" >"/dev/udp/$0/$1"' "$1" "$2" "$3"
		sleep 0.2
		grep -q "$3" "$SCRATCH/udp-$2" 2>/dev/null && return 0
	done
	return 1
}

never_arrives() {
	! TRIES=4 arrives "$@"
}

check "the module is inserted" insert
check "two namespaces and a cable" net_up || finish
listen_udp 53
listen_udp 5353
check "DNS passes without a filter" arrives 10.77.0.2 53 before4
check "IPv6 too" arrives fd77::2 53 before6

hold "$SCRATCH/log" ip netns exec right modbpf filter attach $filter local_in drop || finish
check "DNS is dropped" never_arrives 10.77.0.2 53 dropped4
check "IPv6 too" never_arrives fd77::2 53 dropped6
check "another port passes" arrives 10.77.0.2 5353 other4
check "IPv6 too" arrives fd77::2 5353 other6
check "ping passes" left ping -q -c 2 -i 0.2 -W 2 10.77.0.2
release
check "DNS passes again" arrives 10.77.0.2 53 after4

mkdir "$SCRATCH/pins"
check "a place for names" mount -t modbpffs none "$SCRATCH/pins"
check "the other way round, pinned" ip netns exec right modbpf filter attach $filter ipv4/local_in/5 accept pin "$SCRATCH/pins/dns"
contains "its link is told" "$out" "attached: link "
contains "it is listed" "$(links)" "prio 5"
check "DNS passes" arrives 10.77.0.2 53 only4
check "nothing else does" never_arrives 10.77.0.2 5353 none4
refused "no ping either" "100% packet loss" left ping -q -c 2 -i 0.2 -W 1 10.77.0.2
check "IPv6 is another matter" arrives fd77::2 5353 ipv6
check "the name goes" rm "$SCRATCH/pins/dns"
check "all passes again" arrives 10.77.0.2 5353 end4
umount "$SCRATCH/pins"
stop_servers
net_down
check "nothing is left" within 10 nothing_is_loaded
check "the module leaves" remove_soon
finish
