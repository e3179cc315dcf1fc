#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Is what compilers make of ordinary BPF C accepted?  The programs of tests/verifier/c, made by
# two versions of clang for each ISA version at -O1, -O2 and -Os ("make check-build" compiles
# them to build/corpus/), go through "modbpf check": each program of each object is one test.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/cli/cases

levels=0
for level in build/corpus/*/; do
	levels=$((levels + 1))
	for source in tests/verifier/c/*.bpf.c; do
		object=$level$(basename "$source" .bpf.c).o
		wanted=$(grep -c '^SEC("[^.l]' "$source")
		"$MODBPF" check "$object" >"$dir/verdicts" 2>&1
		accepted=$(grep -c '  accepted  ' "$dir/verdicts")
		passed=$((passed + accepted))
		[ "$accepted" = "$wanted" ] ||
			bad "$object" "$accepted of $wanted programs are accepted" "$(grep -v '  accepted  ' "$dir/verdicts")"
	done
done
programs=$(cat tests/verifier/c/*.bpf.c | grep -c '^SEC("[^.l]')
[ "$programs" -ge 60 ] || bad "tests/verifier/c" "only $programs programs are there"
[ $levels = 21 ] || bad "build/corpus" "$levels ways to compile, not 21: make check-build"
echo "$programs programs, each compiled in $levels ways"
finish compiled
