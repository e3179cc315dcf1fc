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

says 0 stdout "accepted: 19 classic instructions" filter check tests/e2e/dns.ddd
says 0 stdout "   0: call pc+5" filter check tests/e2e/dns.ddd -v
says 0 stdout "{" -j filter check tests/e2e/dns.ddd
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
text jump 2 "5 0 0 7" "6 0 0 0"
says 255 stderr "Error: $dir/jump: instruction 0 goes on behind the end" filter check "$dir/jump"
text netlink 2 "32 0 0 4294963212" "6 0 0 0"
says 255 stderr "Error: $dir/netlink: instruction 0 loads what is not to be had here" filter check "$dir/netlink"
says 255 stderr "Error: $dir/gone: No such file" filter check "$dir/gone"
says 255 stderr "Error: FILE is missing" filter check
says 255 stderr "Error: [FAMILY/]HOOK[/PRIORITY] is missing" filter attach tests/e2e/dns.ddd
says 255 stderr "Error: 'nowhere' is no place" filter attach tests/e2e/dns.ddd nowhere
says 255 stderr "Error: 'some' is one word too many" filter attach tests/e2e/dns.ddd local_in drop some
finish filter
