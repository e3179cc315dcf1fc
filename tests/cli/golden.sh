#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What are programs in C told that are rejected? All of it, as text and as JSON, is in
# tests/verifier/golden/c.log; "golden.sh print" says what it is now.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/cli/cases
golden=tests/verifier/golden/c.log

# One version of clang, so that its code is always the same; file names without a place.
(cd tests/verifier/golden && clang-14 -O2 -g -Wall -Werror -target bpf -mcpu=v3 -fdebug-compilation-dir=. \
	-I"/usr/include/$(gcc -print-multiarch)" -c -o "$dir/rejected" rejected.bpf.c) || bad clang "cannot compile"

told() {	# without what depends on the machine, and how much work it was
	echo "# SPDX-License-Identifier: GPL-2.0-only"
	"$MODBPF" check "$dir/rejected" | sed 's/  processed [0-9]*  states .*//'
	"$MODBPF" -p check "$dir/rejected" |
		grep -vE '^ {4}"(bytes_peak|verify_ns|insns_processed|states_total|states_peak)":' |
		sed 's/\\nprocessed .*mark_read 0\\n/\\nprocessed ...\\n/'
}

if [ "${1:-}" = print ]; then
	told
	exit
fi
if told | diff "$golden" - >"$dir/diff"; then
	passed=$((passed + 1))
else
	bad "what rejected programs are told" "has changed; 'make golden' writes it anew" "$(head -n 40 "$dir/diff")"
fi
cnt=$(grep -c '"verdict": "rejected"' "$golden")
[ "$cnt" -ge 12 ] || bad "rejected programs" "are only $cnt"
[ "$(grep -c '"verdict"' "$golden")" = "$cnt" ] || bad "rejected programs" "one is accepted"
finish golden
