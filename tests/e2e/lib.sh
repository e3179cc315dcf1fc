# SPDX-License-Identifier: GPL-2.0-only
# What the end-to-end tests share: counting, the module in and out, two network namespaces.
#
# A test is a script tests/e2e/NN-name.sh that runs inside a virtual machine as root.  It
# sources this file, calls check, refused and equal, and ends with "finish", which prints
# "NAME: N passed, N failed" last.  What cannot be tried says: skip NAME REASON.
set -u
# The module never goes into the machine that one works on.
[ -n "${VM_DIR:-}" ] || { echo "this runs in a virtual machine: tests/run vmtest, or tests/vm/run" >&2; exit 2; }
MODBPF_ROOT=${MODBPF_ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
cd "$MODBPF_ROOT" || exit 1
PATH=$MODBPF_ROOT/build/user:$PATH
E2E=$MODBPF_ROOT/build/tests/e2e
EXAMPLES=$MODBPF_ROOT/build/examples
KO=$MODBPF_ROOT/build/module-$(uname -r)/modbpf.ko
NAME=$(basename "$0" .sh)
SCRATCH=$(mktemp -d)
if [ "${VM_KERNEL:-}" = debug ] && [ -e "$KO" ]; then
	# Under KASAN the loader takes its time over debug information that nobody reads.
	strip -d -o "$SCRATCH/modbpf.ko" "$KO" && KO=$SCRATCH/modbpf.ko
fi
passed=0 failed=0

ok() {
	passed=$((passed + 1))
	echo "  ok    $*"
}

bad() {
	failed=$((failed + 1))
	echo "  FAIL  $NAME: $*"
}

skip() {	# skip WHAT REASON
	echo "skip: $1: $2"
}

# check WHAT COMMAND...: it succeeds; what it printed is in $out.
check() {
	local what=$1 status
	shift
	out=$("$@" 2>&1 </dev/null)
	status=$?
	if [ $status = 0 ]; then
		ok "$what"
	else
		bad "$what: '$*' ended with $status: ${out:0:600}"
	fi
	return $status
}

# check_aloud WHAT COMMAND...: as check; what it prints is seen at once.
check_aloud() {
	local what=$1
	shift
	if "$@" 2>&1 </dev/null; then
		ok "$what"
	else
		bad "$what: '$*' ended with $?"
	fi
}

# refused WHAT TEXT COMMAND...: it fails, and says TEXT.
refused() {
	local what=$1 text=$2 status
	shift 2
	out=$("$@" 2>&1 </dev/null)
	status=$?
	if [ $status = 0 ]; then
		bad "$what: '$*' succeeded"
	elif [ $status -gt 128 ] && [ $status -lt 255 ]; then
		bad "$what: '$*' died of a signal: $status"
	elif [[ $out != *"$text"* ]]; then
		bad "$what: '$*' does not say '$text' but: ${out:0:600}"
	else
		ok "$what"
	fi
}

# equal WHAT GOT WANT
equal() {
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		bad "$1: '${2:0:600}', not '${3:0:600}'"
	fi
}

# contains WHAT TEXT PART
contains() {
	if [[ $2 == *"$3"* ]]; then
		ok "$1"
	else
		bad "$1: '$3' is not in: ${2:0:1000}"
	fi
}

# within SECONDS COMMAND...: true as soon as it is, false when the time is over. The seconds are those of
# an idle machine; one that is busy has six times as many.
within() {
	local until=$((SECONDS + 6 * $1))
	shift
	until "$@" >/dev/null 2>&1 </dev/null; do
		[ $SECONDS -lt $until ] || return 1
		sleep 0.1
	done
}

# lacks FEATURE: this kernel has none, by tests/matrix/lacking.txt; prints the reason.
lacks() {
	awk -F '\t' -v kernel="${VM_KERNEL:-}" -v feature="$1" '
		!/^#/ && index("," $1 ",", "," kernel ",") && index("," $2 ",", "," feature ",") { print $3; found = 1 }
		END { exit !found }' tests/matrix/lacking.txt
}

# --- the module ----------------------------------------------------------------

insert() {	# insert [PARAMETERS]
	insmod "$KO" "$@"
}

is_in() {
	grep -q '^modbpf ' /proc/modules
}

remove() {
	rmmod modbpf
}

# Programs and links die after grace periods: the module is free a moment later.
remove_soon() {
	within 20 remove
}

links() {
	modbpf link show
}

prog_id() {	# prog_id NAME
	modbpf prog show name "$1" | sed -n 's/^\([0-9]*\): .*/\1/p'
}

link_of() {	# link_of PROG: by its id
	links | sed -n "s/^\([0-9]*\): .*  prog $1$/\1/p" | head -1
}

# link_number MEMBER [NAME]: of the link of the program called so; without a name, of the only link
link_number() {
	modbpf -j link show ${2:+id "$(link_of "$(prog_id "$2")")"} | grep -o "\"$1\":[0-9]*" | tr -dc 0-9
}

nothing_is_attached() {
	[ -z "$(links)" ]
}

# Freed, too: an object counts until its memory is. Debugfs is there.
nobody_is_charged() {
	[ -z "$(cat /sys/kernel/debug/modbpf/users)" ]
}

nothing_is_loaded() {
	[ -z "$(modbpf prog show; modbpf map show; modbpf link show)" ]
}

# "${typed[@]}" COMMAND...: with the kernel's types, from a file where the kernel has none.
typed=()
[ -z "${KERNEL_TYPES:-}" ] || typed=(modbpf run --btf "$KERNEL_TYPES" --)

forget_types() {	# the module keeps them, if it was given any
	[ -z "${KERNEL_TYPES:-}" ] || modbpf btf kernel none
}

# map_u64 NAME INDEX: the 64-bit number at that index of an array, all CPUs added up.
map_u64() {
	"$E2E/mapval" "$1" "$2"
}

set_u64() {	# set_u64 MAP INDEX NUMBER: both below 256
	modbpf map update name "$1" key hex "$(printf '%02x' "$2")" 00 00 00 \
		value hex "$(printf '%02x' "$3")" 00 00 00 00 00 00 00
}

in_background() {	# in_background OUT COMMAND...: its process id is in $holder
	local log=$1
	shift
	rm -f "$log"	# what the one before said in it is not this one's
	"$@" >"$log" 2>&1 </dev/null &
	holder=$!
}

# hold OUT COMMAND...: run in the background until it says that it is attached; its
# process id is in $holder.
hold() {
	local log=$1
	in_background "$@"
	shift
	if ! within 30 grep -q -i 'attached' "$log"; then
		bad "'$*' does not attach: $(head -c 1500 "$log")"
		return 1
	fi
}

# hold_foreign OUT OBJECT PROGRAM: the same on the kernel's own eBPF, with a program that may be refused.
hold_foreign() {
	in_background "$1" "$E2E/foreign" "$2" "$3"
	within 30 grep -q '^attached\|^refused' "$1"
	grep -q '^attached' "$1"
}

# release: end it as Ctrl-C does.
release() {
	kill -INT "$holder" 2>/dev/null || kill -TERM "$holder" 2>/dev/null
	wait "$holder" 2>/dev/null
}

# The smallest BTF that there is: a header, one integer, its name.
write_types() {	# write_types FILE
	printf '\x9f\xeb\x01\0\x18\0\0\0\0\0\0\0\x10\0\0\0\x10\0\0\0\x05\0\0\0' >"$1"
	printf '\x01\0\0\0\0\0\0\x01\x04\0\0\0\x20\0\0\x01\0int\0' >>"$1"
}

# --- two network namespaces ------------------------------------------------------

# left 10.77.0.1 fd77::1  <-- veth -->  right 10.77.0.2 fd77::2
net_up() {
	local side
	ip netns add left && ip netns add right || return 1
	ip link add veth-left netns left type veth peer name veth-right netns right || return 1
	for side in left right; do
		ip netns exec $side sysctl -q -w net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0
		ip -n $side link set lo up
		ip -n $side addr add 10.77.0.$([ $side = left ] && echo 1 || echo 2)/24 dev veth-$side
		ip -n $side addr add fd77::$([ $side = left ] && echo 1 || echo 2)/64 dev veth-$side nodad
		ip -n $side link set veth-$side up
	done
	# The first packet waits for the neighbour to be found: that shall not be a tested one.
	within 10 left ping -c 1 -W 1 10.77.0.2 && within 10 left ping -c 1 -W 1 fd77::2
}

left() {
	ip netns exec left "$@"
}

right() {
	ip netns exec right "$@"
}

net_down() {
	ip netns del left
	ip netns del right
}

# --- two hosts and what is between them: end-a, middle and end-b -----------------------

middle_up() {
	local side
	ip netns add middle || return 1
	for side in a b; do
		ip netns add end-$side && ip link add port-$side netns middle type veth peer name eth0 netns end-$side &&
			ip -n middle link set port-$side up && ip -n end-$side link set eth0 up || return 1
	done
}

# end-a 10.88.0.1  <-- bridge -->  end-b 10.88.0.2
bridge_up() {
	middle_up && ip -n middle link add br0 type bridge && ip -n middle link set br0 up &&
		ip -n middle link set port-a master br0 && ip -n middle link set port-b master br0 || return 1
	ip -n end-a addr add 10.88.0.1/24 dev eth0 && ip -n end-b addr add 10.88.0.2/24 dev eth0 &&
		within 20 ip netns exec end-a ping -c 1 -W 1 10.88.0.2
}

# end-a 10.88.1.1 fd88:1::1  <-- router 10.88.1.9, 10.88.2.9, fd88:1::9, fd88:2::9 -->  end-b 10.88.2.1 fd88:2::1
router_up() {
	local side net=1
	middle_up && ip netns exec middle sysctl -q -w net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 || return 1
	for side in a b; do
		ip -n middle addr add 10.88.$net.9/24 dev port-$side && ip -n end-$side addr add 10.88.$net.1/24 dev eth0 &&
			ip -n middle addr add fd88:$net::9/64 dev port-$side nodad &&
			ip -n end-$side addr add fd88:$net::1/64 dev eth0 nodad &&
			ip -n end-$side route add default via 10.88.$net.9 &&
			ip -n end-$side route add default via fd88:$net::9 || return 1
		net=2
	done
	within 20 ip netns exec end-a ping -c 1 -W 1 10.88.2.1 && within 20 ip netns exec end-a ping -c 1 -W 1 fd88:2::1
}

middle_down() {
	local ns
	for ns in middle end-a end-b; do ip netns del $ns; done
}

# A server on both families that takes one connection after the other.
serve() {	# serve PORT
	local family
	for family in -4 -6; do
		ip netns exec right nc -l -k $family -p "$1" >/dev/null 2>&1 </dev/null &
		echo $! >>"$SCRATCH/servers"
	done
	within 10 listens "$1"
}

# listen_to NAME NC-OPTIONS...: what arrives goes to $SCRATCH/NAME
listen_to() {
	local name=$1
	shift
	right timeout 600 nc -l -k "$@" >>"$SCRATCH/$name" 2>/dev/null </dev/null &
	echo $! >>"$SCRATCH/servers"
}

says() {	# says NAME TEXT: has it arrived?
	grep -q "$2" "$SCRATCH/$1"
}

stop_servers() {
	[ ! -s "$SCRATCH/servers" ] || kill $(<"$SCRATCH/servers") 2>/dev/null
	rm -f "$SCRATCH/servers"
}

listens() {
	[ "$(right ss -H -l -t -n "sport = :$1" | wc -l)" -ge 2 ]
}

connects() {	# connects ADDRESS PORT
	local most=2	# seconds; where the answer is no, it takes that long
	[ "${VM_KERNEL:-}" != debug ] || most=10
	echo hello | timeout $((most + 3)) ip netns exec left nc -N -w $most "$1" "$2"
}

# A device of a module that may go at any time, with a neighbour 10.99.0.2.
dummy_up() {
	rmmod dummy 2>/dev/null
	modprobe dummy numdummies=1 && ip addr add 10.99.0.1/24 dev dummy0 &&
		ip link set dummy0 up && ip neigh add 10.99.0.2 lladdr 02:00:00:00:00:02 dev dummy0
}

finish() {
	stop_servers
	rm -rf "$SCRATCH"
	echo "$NAME: $passed passed, $failed failed"
	[ $failed = 0 ]
	exit
}
