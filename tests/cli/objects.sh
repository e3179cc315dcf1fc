#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Does the CLI name the file, the section and what it wanted, when an object is not right?
# The objects are made here; none of them gets as far as the device.  $MODBPF names the CLI.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/cli/cases
CLANG=${CLANG:-clang}

# object NAME SECTION: an eBPF object with one program in that section.
object() {
	printf '%s\n' "__attribute__((section(\"$2\"), used)) int prog(void *ctx) { return 0; }" \
		'char text[] __attribute__((section("license"), used)) = "GPL";' >"$dir/$1.c"
	$CLANG -O2 -g -target "${3:-bpf}" -c -o "$dir/$1" "$dir/$1.c" || bad "clang" "cannot make $1"
}

refused() {	# refused NAME BEGINNING: by "load" and "prog load", in text and in JSON
	says 255 stderr "Error: $dir/$1: $2" load "$dir/$1"
	says 255 stderr "Error: $dir/$1: $2" prog load "$dir/$1"
	says 255 stdout "{\"error\":\"$dir/$1: ${2//\"/\\\"}" -j load "$dir/$1"
}

refused missing "cannot be opened: No such file or directory"
mkdir "$dir/folder"
refused folder "cannot be read: Is a directory"
: >"$dir/empty"
refused empty "not an ELF file; wanted an object made by 'clang -target bpf'"
head -c 4000 /dev/urandom | tr '\177' 'x' >"$dir/noise"
refused noise "not an ELF file; wanted"
cp /bin/true "$dir/program"
refused program "ELF for machine 62, not for eBPF (247); wanted an object made by 'clang -target bpf'"
object big-endian kprobe/f bpfeb
refused big-endian "a big-endian object; wanted little-endian"
object good kprobe/f
head -c 300 "$dir/good" >"$dir/cut"
refused cut ""

printf 'int x = 1;\n' >"$dir/data.c"
$CLANG -O2 -target bpf -c -o "$dir/data" "$dir/data.c"
refused data "no section with a program; wanted a function with SEC() kprobe/FUNCTION"
object unknown made/up
refused unknown "section 'made/up' (program 'prog'): unknown SEC() name; wanted kprobe/FUNCTION"
says 255 stderr "Error: $dir/good: no program is named 'other'" prog load "$dir/good" other

# Names that libmodbpf knows, with something wrong behind the first part.
where="wanted [inet|ipv4|ipv6|bridge/]prerouting|local_in|forward|local_out|postrouting[/PRIORITY[/defrag]], arp/input|output[/PRIORITY] or netdev/DEVICE/ingress|egress[/PRIORITY] behind the type"
for sec in netfilter/local netfilter/inet netfilter/inet/ netfilter/local_in/ netfilter/local_in/x \
	netfilter/local_in/5/6 netfilter/local_in/99999999999 netfilter/ipv5/local_in netfilter//local_in \
	netfilter/local_inn "netfilter/local_in/ 5" cgroup_skb/inet/in cgroup_skb/local_in/+ tc/ipv6/local_in/0x \
	tc/ipv4/xyz tc/netdev/ingress tc/netdev/eth0/local_in tc/netdev/abcdefghijklmnop/ingress tc/arp/local_in \
	netfilter/local_in/5/defra netfilter/ip/prerouting/defrag; do
	object bad-place "$sec"
	refused bad-place "SEC(\"$sec\") of program 'prog': $where"
done
for sec in "kprobe/f*" "kretprobe/f+0x4" "kprobe.multi/f+4" "kretprobe.multi/a b" "ksyscall/a,b" "kretsyscall/x y"; do
	object bad-symbol "$sec"
	refused bad-symbol "SEC(\"$sec\") of program 'prog': wanted the name of a function behind '/'"
done

# The right ones get as far as the device.
if [ -e /dev/modbpf ]; then
	skip "the right names: /dev/modbpf is there"
else
	for sec in kprobe/f kretprobe/f.isra.0 ksyscall/execve kretsyscall/read netfilter netfilter/local_in \
		netfilter/ipv4/forward netfilter/inet/local_out/-100 cgroup_skb/local_in cgroup_skb/ipv6/prerouting/5 \
		tc/postrouting/+7 tc/inet/local_in tc/ip/input tc/ip6/output/3 tc/bridge/forward cgroup_skb/arp/input/-1 \
		tc/netdev/eth0/ingress netfilter/ip/prerouting/0/defrag kprobe/f+0x4 kprobe/mod:f \
		"kprobe.multi/tcp_*" "kretprobe.multi/[ab]?" cgroup_skb/ingress tc socket; do
		object right "$sec"
		says 255 stderr "Error: modbpf: /dev/modbpf is not there" prog load "$dir/right"
	done
fi
finish objects
