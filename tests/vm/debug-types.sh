#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Print a file with the debug kernel's types, BTF; it is made in some seconds if it is not there.
#
# That kernel tells none (CONFIG_DEBUG_INFO_BTF wants BPF_SYSCALL). An object of its headers,
# tests/vm/types/, compiled as its own files are, has them with the same layout. It stands
# beside the kernel and is named for what it is made of.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$("$here/debug-kernel.sh")
file=$(dirname "$build")/types-$({ pahole --version; cat "$0" "$here"/types/*; } | sha256sum | cut -c1-16).btf
if [ ! -e "$file" ]; then
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	cp "$here"/types/* "$work"
	if ! make -s -C "$build" M="$work" types.o >"$work/log" 2>&1; then
		grep -m 10 error: "$work/log" >&2 || cat "$work/log" >&2
		echo "debug-types: the debug kernel's types do not compile" >&2
		exit 1
	fi
	pahole -J --btf_gen_floats --btf_encode_detached="$work/types.btf" "$work/types.o"
	# Two may make it at once: each puts a whole one there.
	install -m 644 "$work/types.btf" "$file.$$"
	mv "$file.$$" "$file"
fi
echo "$file"
