#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What does "modbpf filter" make of good and of damaged text?  $MODBPF names the CLI.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/cli/cases

text() {	# text NAME LINE...
	local name=$1
	shift
	printf '%s\n' "$@" >"$dir/$name"
}

# What "tcpdump -y RAW -ddd 'udp dst port 53'" prints, in one line.
text dns "19,48 0 0 0,84 0 0 240,21 0 4 96,48 0 0 6,21 0 13 17,40 0 0 42,21 10 11 53,48 0 0 0,84 0 0 240,21 0 8 64,48 0 0 9,21 0 6 17,40 0 0 6,69 4 0 8191,177 0 0 0,72 0 0 2,21 0 1 53,6 0 0 262144,6 0 0 0"
says 0 stdout "accepted: 19 classic instructions" filter check "$dir/dns"
says 0 stdout "   0: call pc+5" filter check "$dir/dns" -v
says 0 stdout "{" -j filter check "$dir/dns"
text line "4,48 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0"
says 0 stdout "accepted: 4 classic instructions" filter check "$dir/line"
text empty ""
says 255 stderr "Error: $dir/empty: wanted the number of instructions" filter check "$dir/empty"
text none 0
says 255 stderr "Error: $dir/none: wanted the number of instructions" filter check "$dir/none"
text many 4097
says 255 stderr "Error: $dir/many: wanted the number of instructions" filter check "$dir/many"
text short 2 "6 0 0 0"
says 255 stderr "Error: $dir/short: instruction 1 is not 'CODE JT JF K'" filter check "$dir/short"
text large 1 "6 0 256 0"
says 255 stderr "Error: $dir/large: instruction 0 is not 'CODE JT JF K'" filter check "$dir/large"
text word 1 "(000) ldh [12]"
says 255 stderr "Error: $dir/word: instruction 0 is not 'CODE JT JF K'" filter check "$dir/word"
text more 1 "6 0 0 1" "6 0 0 0"
says 255 stderr "Error: $dir/more: more follows behind the last" filter check "$dir/more"
text tail 1 "6 0 0 1x"
says 255 stderr "Error: $dir/tail: more follows behind the last" filter check "$dir/tail"
text jump 2 "5 0 0 7" "6 0 0 0"
says 255 stderr "Error: $dir/jump: instruction 0 goes on behind the end" filter check "$dir/jump"
text netlink 2 "32 0 0 4294963212" "6 0 0 0"
says 255 stderr "Error: $dir/netlink: instruction 0 loads what is not to be had here" filter check "$dir/netlink"
says 255 stderr "Error: $dir/gone: No such file" filter check "$dir/gone"
says 255 stderr "Error: FILE is missing" filter check
says 255 stderr "Error: [FAMILY/]HOOK[/PRIORITY] is missing" filter attach "$dir/dns"
says 255 stderr "Error: 'nowhere' is no place" filter attach "$dir/dns" nowhere
for place in netdev/lo/ingress netdev/lo/egress/5 bridge/forward; do
	says 255 stderr "Error: '$place' is no place for a filter" filter attach "$dir/dns" $place
done
says 255 stderr "Error: 'some' is one word too many" filter attach "$dir/dns" local_in drop some
finish filter
