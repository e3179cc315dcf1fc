#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The examples that bound what comes in: connections of a prefix, a flood of SYNs, names of DNS.
. "$(dirname "$0")/lib.sh"

bytes_of() {	# bytes_of NUMBER: 4 bytes, as the CLI takes them
	echo $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24 & 255))
}

prefix4() {	# prefix4 A B C D BITS: a struct source_prefix
	echo "$(bytes_of $((96 + $5))) 0 0 0 0 0 0 0 0 0 0 255 255 $1 $2 $3 $4"
}

limit() {	# limit PER_SECOND BURST BITS KEY...
	local value="$(bytes_of "$1") $(bytes_of "$2") $(bytes_of "$3")"
	shift 3
	modbpf map update name rl_limits key $* value $value 0 0 0 0 0 0 0 0 0 0 0 0
}

flood() {	# flood SOURCE COUNT, or random SECONDS
	left "$E2E/flood" 10.77.0.2 8080 "$@"
}

# With room for all that is half open: whom does the program keep out, not TCP, which may have no cookies.
serve_patiently() {
	right sysctl -q -w net.core.somaxconn=4096 net.ipv4.tcp_max_syn_backlog=4096
	right python3 -c 'if True:
		import socket
		server = socket.create_server(("10.77.0.2", 8080), backlog=4096)
		while True:
			with server.accept()[0] as client:
				client.settimeout(20)
				try:
					while client.recv(100):
						pass
				except OSError:
					pass' >/dev/null 2>&1 </dev/null &
	echo $! >>"$SCRATCH/servers"
	within 10 eval "right ss -H -l -t -n 'sport = :8080' | grep -q ."
}

half_open() { right ss -H -n -t state syn-recv | wc -l; }

between() {	# between WHAT NUMBER LEAST MOST
	check "$1: $2 of $3 to $4" test "$2" -ge "$3" -a "$2" -le "$4"
}

check "the module is inserted" insert
check "two namespaces and a cable" net_up || finish
check "answers go back" ip -n right route add default via 10.77.0.1
check "a server" serve_patiently

# Connections of a source prefix.
hold "$SCRATCH/limit" ip netns exec right modbpf load "$EXAMPLES/ratelimit.bpf.o" || finish
check "without a limit" connects 10.77.0.2 8080
equal "there is none" "$(map_u64 rl_counts 2)" 1
check "each of 198.18.0.0/16 has its own" limit 1 3 128 "$(prefix4 198 18 0 0 16)"
check "198.19.1.0/24 has one together" limit 1 3 120 "$(prefix4 198 19 1 0 24)"
start=$SECONDS
for source in 198.18.0.1 198.18.0.2; do equal "from $source" "$(flood $source 20)" 20; done
passed1=$(map_u64 rl_counts 0)
between "two sources" "$passed1" 6 $((6 + 2 * (SECONDS - start + 1)))
equal "the others were dropped" "$(map_u64 rl_counts 1)" $((40 - passed1))
start=$SECONDS
for source in 198.19.1.1 198.19.1.2; do equal "from $source" "$(flood $source 20)" 20; done
between "one prefix" $(($(map_u64 rl_counts 0) - passed1)) 3 $((3 + SECONDS - start + 1))
equal "each packet has been judged" $(($(map_u64 rl_counts 0) + $(map_u64 rl_counts 1))) 80
check "others are not limited" connects 10.77.0.2 8080
equal "nobody lacks a bucket" "$(map_u64 rl_counts 3)" 0
release

has_lines() { [ "$(wc -l <"$SCRATCH/lines")" -ge "$1" ]; }

# A flood, and whom it does not keep out.
hold "$SCRATCH/guard" ip netns exec right modbpf load "$EXAMPLES/synguard.bpf.o" || finish
check "5 a second each, 20 in all" modbpf map update name syn_settings key 0 0 0 0 value 5 0 0 0 20 0 0 0
check "10.77.0.1 is welcome" modbpf map update name syn_allowed key $(prefix4 10 77 0 1 32) value 1 0 0 0
right timeout 600 nc -l -4 -p 9191 >"$SCRATCH/lines" 2>/dev/null </dev/null &
echo $! >>"$SCRATCH/servers"
sleep 0.3
{ for i in $(seq 1 200); do echo "line $i"; sleep 0.1; done; } | left timeout 600 nc -N 10.77.0.2 9191 &
talk=$!
check "somebody talks" within 5 grep -q 'line 3$' "$SCRATCH/lines"
half_open_before=$(half_open)
flood random 2 >"$SCRATCH/sent" &
flood=$!
sleep 0.5
before=$(wc -l <"$SCRATCH/lines")
check "who is welcome gets in during the flood" connects 10.77.0.2 8080
check "and once more" connects 10.77.0.2 8080
wait $flood
sent=$(<"$SCRATCH/sent")
# How fast, the flood leaves to the processor, which is its sender's, too.
during=$(wc -l <"$SCRATCH/lines")
check "who talked goes on in the flood ($before lines, then $during)" test "$during" -gt "$before"
check "and after it" within 10 has_lines $((during + 5))
between "SYNs that passed, of $sent" "$(map_u64 syn_counts 0)" 20 $((20 + 20 * 6))
check "the others were dropped" test $(($(map_u64 syn_counts 2) + $(map_u64 syn_counts 3))) -gt $((sent / 2))
equal "three connections were let in" "$(map_u64 syn_counts 1)" 3
check "TCP has no more half-open ones than passed" \
	test $(($(half_open) - half_open_before)) -le "$(map_u64 syn_counts 0)"
before=$(map_u64 syn_counts 2)
check "one source alone" flood 203.0.113.5 30
check "has a limit of its own" test $(($(map_u64 syn_counts 2) - before)) -ge 15
kill $talk 2>/dev/null
release

# Names.
wire() {	# wire NAME: as it is in a query, for printf
	local label
	for label in ${1//./ }; do
		printf '\\x%02x%s' ${#label} "$label"
	done
	printf '\\x00'
}

query() {	# query NAME
	left bash -c "printf '\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00$(wire "$1")\x00\x01\x00\x01' >/dev/udp/10.77.0.2/53"
}

arrived() {	# arrived TEXT
	grep -a -q "$1" "$SCRATCH/queries"
}

right timeout 600 nc -4 -u -l -k -p 53 >"$SCRATCH/queries" 2>/dev/null </dev/null &
echo $! >>"$SCRATCH/servers"
hold "$SCRATCH/dns" ip netns exec right modbpf load "$EXAMPLES/dnsfilter.bpf.o" || finish
for name in bad.example ads.test; do
	check "$name is blocked" modbpf map update name dns_blocked \
		key hex $("$MODBPF_ROOT/examples/dnsfilter/key" $name) value 0 0 0 0 0 0 0 0
done
long=$(printf 'a%.0s' {1..63})
for name in bad.example www.bad.example $long.$long.ads.test ADS.test BaD.ExAmPlE; do query $name; done
equal "five were dropped" "$(map_u64 dns_counts 1)" 5
for name in good.example notbad.example bad.example.com ad.s.test; do query $name; done
equal "four passed" "$(map_u64 dns_counts 0)" 4
check "and arrived" within 5 arrived notbad
check "no other did" sh -c "! grep -a -i -q -e www -e '$long' '$SCRATCH/queries'"
left bash -c "printf '\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\xc0\x0c\x00\x01\x00\x01' >/dev/udp/10.77.0.2/53"
left bash -c "printf '\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03bad' >/dev/udp/10.77.0.2/53"
left bash -c "printf '\x12\x34\x01\x00' >/dev/udp/10.77.0.2/53"
equal "what cannot be read was dropped" "$(map_u64 dns_counts 2)" 3
contains "the name was counted" "$(modbpf map lookup name dns_blocked key hex \
	$("$MODBPF_ROOT/examples/dnsfilter/key" bad.example))" "03 00 00 00 00 00 00 00"
release
stop_servers
net_down
check "nothing is left" within 10 nothing_is_loaded
check "the module leaves" remove_soon
finish
