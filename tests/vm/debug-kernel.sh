#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Build the debug kernel once and print the folder it was built in.
#
# The source is Debian's package linux-source-6.1, the configuration stands beside
# this file.  The result is cached by a hash of both, outside the tree, and is
# never built twice: $MODBPF_CACHE, default ~/.cache/modbpf.
#
# usage: debug-kernel.sh [--path]    --path only prints where it is or would be
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${MODBPF_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/modbpf}
tarball=/usr/src/linux-source-6.1.tar.xz
config=$here/debug-kernel.config
version=$(dpkg-query -W -f '${Version}' linux-source-6.1 2>/dev/null || true)
if [ -z "$version" ] || [ ! -e "$tarball" ]; then
	echo "debug-kernel: package linux-source-6.1 is missing; 'make deps' installs it" >&2
	exit 1
fi
hash=$({ echo "$version"; gcc -dumpfullversion; cat "$config"; } | sha256sum | cut -c1-16)
dir=$cache/debug-kernel-$hash
if [ "${1:-}" = --path ]; then
	echo "$dir"
	exit 0
fi
FILES=2390	# lines of the build log that name a file

progress() {
	local done
	done=$(grep -c '^  ' "$dir/build.log" 2>/dev/null || true)
	echo "debug-kernel: ${done:-0} of about $FILES steps" >&2
}

mkdir -p "$cache"
exec 9>"$dir.lock"
if ! flock -n 9; then
	echo "debug-kernel: is being built already, waiting for it; log: $dir/build.log" >&2
	until flock -w 30 9; do
		progress
	done
fi
if [ ! -e "$dir/.done" ]; then
	rm -rf "$dir"
	mkdir -p "$dir/src" "$dir/build"
	echo "debug-kernel: building $version (about 10 minutes on two idle cores), log: $dir/build.log" >&2
	tar -C "$dir/src" --strip-components=1 -xf "$tarball"
	{
		make -C "$dir/src" O="$dir/build" allnoconfig
		(cd "$dir/build" && "$dir/src/scripts/kconfig/merge_config.sh" -m -O . .config "$config")
		make -C "$dir/src" O="$dir/build" olddefconfig
	} >"$dir/build.log" 2>&1
	nice make -C "$dir/src" O="$dir/build" -j"$(nproc)" bzImage modules >>"$dir/build.log" 2>&1 &
	builder=$!
	while sleep 30 && kill -0 "$builder" 2>/dev/null; do
		progress
	done
	if ! wait "$builder"; then
		tail -30 "$dir/build.log" >&2
		echo "debug-kernel: the build failed, the whole log: $dir/build.log" >&2
		exit 1
	fi
	touch "$dir/.done"
fi
echo "$dir/build"
