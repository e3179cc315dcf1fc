#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# One link on many functions, on none because of a bad one, and on a function that goes away
# while it is called: what does the kernel's own list of probes say?
. "$(dirname "$0")/lib.sh"

tracing=/sys/kernel/debug/tracing

by_kprobes() {	# how many functions, for us or not
	grep -c . /sys/kernel/debug/kprobes/list
}

by_ftrace() {
	grep -c . $tracing/enabled_functions
}

probes() {	# by kprobes or else by ftrace
	local cnt
	cnt=$(by_kprobes)
	[ "$cnt" != 0 ] || cnt=$(by_ftrace)
	echo "$cnt"
}

is_out_of_service() {
	grep -q GONE /sys/kernel/debug/kprobes/list || ! grep -q dummy_xmit $tracing/enabled_functions
}

some_probes() {
	[ "$(probes)" != 0 ]
}

no_probes() {
	[ "$(probes)" = 0 ]
}

system_calls() {	# names of COUNT functions, one a line
	sed -n 's/^[0-9a-f]* [tT] \(__x64_sys_[a-z0-9_]*\)$/\1/p' /proc/kallsyms | sort -u | head -"$1"
}

pick() {	# 1,500 of the names that occur once, from everywhere between the first and the last
	sort | uniq -u | awk '{ name[NR] = $0 } END { for (i = 1; i <= 1500; i++) print name[int(i * NR / 1500)] }'
}

probe() {	# probe NAME entry|return <names: hold a link; its output is in $SCRATCH/NAME
	# Said outright, since what runs in the background would read nothing.
	"$E2E/hold_probes" "$2" >"$SCRATCH/$1" 2>&1 <&0 &
	holder=$!
	within 60 grep -q '^attached' "$SCRATCH/$1"
}

events() {	# of the only link
	modbpf -j link show | grep -o '"events":[0-9]*' | tr -dc 0-9
}

place_of_dummy() {
	sed -n 's/ [tT] dummy_xmit\t.*//p' /proc/kallsyms
}

in_the_same_place() {	# in_the_same_place ADDRESS: a module comes and goes until its function is there
	local try
	for try in {1..30}; do
		dummy_up || return 1
		[ "$(place_of_dummy)" != "$1" ] || return 0
	done
	return 1
}

check "the module is inserted" insert
equal "no probe is there" "$(probes)" 0
system_calls 100 >"$SCRATCH/hundred"
equal "a hundred system calls have names" "$(wc -l <"$SCRATCH/hundred")" 100

fast_entries=entry fast_returns=return
! why=$(lacks kprobe_multi_at_once) || { fast_entries= && skip "1,500 entries at once" "$why"; }
! why=$(lacks kretprobe_multi_at_once) || { fast_returns= && skip "1,500 returns at once" "$why"; }
for kind in entry return; do
	start=$SECONDS
	probe many $kind <"$SCRATCH/hundred" || { bad "a hundred places, $kind: $(cat "$SCRATCH/many")"; finish; }
	echo "  a hundred places, $kind: $((SECONDS - start)) s"
	equal "all of them are probed, $kind" "$(probes)" 100
	equal "none is disabled, $kind" "$(grep -c DISABLED /sys/kernel/debug/kprobes/list)" 0
	release
	equal "none is left, $kind" "$(probes)" 0
	check "they have fired, $kind" grep -q '^ran [1-9][0-9]* missed 0 of 100$' "$SCRATCH/many"
done

# From all over the kernel: locks, RCU and the scheduler too, which programs themselves call.
sed -n 's/^\([a-z_][a-z0-9_]*\)$/\1/p' $tracing/available_filter_functions | grep -v ftrace_invalid >"$SCRATCH/all"
pick <"$SCRATCH/all" >"$SCRATCH/names"
equal "1,500 functions have names" "$(sort -u "$SCRATCH/names" | wc -l)" 1500
for kind in $fast_entries $fast_returns; do
	probe thousands $kind <"$SCRATCH/names" || { bad "1,500 places, $kind: $(cat "$SCRATCH/thousands")"; continue; }
	echo "  $(grep ^attached "$SCRATCH/thousands"), $kind"
	equal "all of them, $kind" "$(by_ftrace)" 1500
	equal "none by a kprobe, $kind" "$(by_kprobes)" 0
	check "a process under them, $kind" ls -l /proc/self
	release
	check "they have fired, $kind" grep -q '^ran [1-9]' "$SCRATCH/thousands"
	echo "  $(grep ^ran "$SCRATCH/thousands")"
	equal "none is left of 1,500, $kind" "$(probes)" 0
done

{ cat "$SCRATCH/hundred"; echo modbpf_no_such_function; } >"$SCRATCH/one_bad"
"$E2E/hold_probes" entry <"$SCRATCH/one_bad" >"$SCRATCH/bad" 2>&1
equal "a bad name behind a hundred good ones is ESRCH" "$(cat "$SCRATCH/bad")" "refused 3"
equal "and leaves no probe" "$(probes)" 0
echo image_alloc | "$E2E/hold_probes" entry >"$SCRATCH/own" 2>&1
equal "the module's own text is EINVAL" "$(cat "$SCRATCH/own")" "refused 22"

# Killed on the way, where each place is probed by itself and all of them take long: it stops at the next one.
if [ -z "$fast_returns" ]; then
	awk '{ print $NF }' /sys/kernel/debug/kprobes/blacklist >"$SCRATCH/never"
	grep -v -x -F -f "$SCRATCH/never" "$SCRATCH/all" | pick >"$SCRATCH/returns"
	"$E2E/hold_probes" return <"$SCRATCH/returns" >"$SCRATCH/killed" 2>&1 &
	holder=$!
	check "1,500 returns begin to be probed" within 20 some_probes
	sleep 0.3
	there=$(by_kprobes)
	kill -KILL $holder
	start=$SECONDS
	wait $holder 2>/dev/null
	took=$((SECONDS - start))
	echo "  killed at $there of 1,500 returns, gone $took s later"
	check "some are, not all" test "$there" -gt 0 -a "$there" -lt 1500
	check "who is killed is gone soon" test $took -le 5
	equal "and has not attached" "$(<"$SCRATCH/killed")" ""
	check "no probe is left of one who was killed" within 30 no_probes
fi

# By pattern: the CLI finds the functions.
if hold "$SCRATCH/many" modbpf load "$E2E/many.bpf.o"; then
	check "umask is called" "$E2E/umasks" 200
	check "entries are seen ($(map_u64 many_calls 0))" test "$(map_u64 many_calls 0)" -ge 200
	check "and returns ($(map_u64 many_calls 1))" test "$(map_u64 many_calls 1)" -ge 200
	out=$(links)
	contains "the CLI names the function" "$out" " __x64_sys_umask"
	contains "and each of many" "$out" " __x64_sys_getsockname"
	check "a pattern that fits many" test "$(grep -c ' __x64_sys_[gs]et' <<<"$out")" -gt 20
	release
fi

# A module that goes while its function is called and probed.
if modinfo dummy >/dev/null 2>&1; then
	for kind in entry return; do
		check "a module is there, $kind" dummy_up
		probe gone $kind <<<dummy:dummy_xmit
		equal "a module's function is probed, $kind" "$(probes)" 1
		place=$(place_of_dummy)
		ping -q -i 0.005 10.99.0.2 >/dev/null 2>&1 &
		flood=$!
		sleep 1
		check "the module goes under fire, $kind" rmmod dummy
		kill $flood
		wait $flood 2>/dev/null
		check "its probe is out of service, $kind" is_out_of_service
		check "the link is still there, $kind" test "$(links | grep -c kprobe_multi)" = 1
		# Another module in its place is none of the link's affair.
		seen=$(events)
		if in_the_same_place "$place"; then
			ping -q -c 5 -i 0.05 -W 1 10.99.0.2 >/dev/null 2>&1
			equal "what is there now is not probed, $kind" "$(events)" "$seen"
		else
			skip "what comes into its place, $kind" "it does not come there"
		fi
		rmmod dummy
		release
		check "the program has run, $kind" grep -q '^ran [1-9]' "$SCRATCH/gone"
		equal "no probe is left, $kind" "$(probes)" 0
	done
	check "a module is there once more" dummy_up
	check "and another" modprobe ifb numifbs=0
	place=$(place_of_dummy)
	probe both entry <<<$'dummy:dummy_xmit\nifb:ifb_xmit\n__x64_sys_umask'
	equal "their functions are probed, and one of the kernel's own" "$(probes)" 3
	check "the module goes" rmmod dummy
	seen=$(events)
	"$E2E/umasks" 100
	check "the kernel's own is still probed" test "$(events)" -ge $((seen + 100))
	if ! in_the_same_place "$place"; then
		skip "another in its place" "it does not come there"
	elif [ -n "$fast_entries" ]; then
		# Probes one by one are the kernel's to put out of service: 5.10 keeps the place of one, and does not call it.
		equal "another comes into its place, and is not probed" "$(grep -c dummy_xmit $tracing/enabled_functions)" 0
	fi
	check "the other module goes, too" rmmod ifb
	[ -z "$fast_entries" ] || equal "it is still not probed" "$(grep -c dummy_xmit $tracing/enabled_functions)" 0
	"$E2E/umasks" 100
	check "the kernel's own still is" test "$(events)" -ge $((seen + 200))
	rmmod dummy
	release
	equal "no probe is left of both" "$(probes)" 0
else
	skip "a probed module that goes" "the dummy network driver cannot be loaded"
fi
check "nothing is left" within 10 nothing_is_loaded
check "the module leaves" remove_soon
finish
