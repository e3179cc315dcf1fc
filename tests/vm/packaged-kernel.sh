#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Fetch a kernel of another of Debian's suites, image, modules and headers, and print the
# folder that it was unpacked in; nothing is installed and no root is needed.
#
# tests/vm/kernels.txt says which and from where. The packages come through apt, with lists and a
# source of their own, checked against the archive's signature, into $MODBPF_CACHE, default
# ~/.cache/modbpf, once. There, "release" has what was fetched; headers and tools are made to
# find each other where they lie.
#
# usage: packaged-kernel.sh [--path] NAME    --path only prints where it is or would be
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${MODBPF_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/modbpf}
only_path=
[ "$1" != --path ] || { only_path=1; shift; }
name=$1
row=$(awk -F '\t' -v name="$name" '!/^#/ && $1 == name && $2 != "-"' "$here/kernels.txt")
[ -n "$row" ] || { echo "packaged-kernel: no kernel '$name' with a release in tests/vm/kernels.txt" >&2; exit 1; }
IFS=$'\t' read -r _ release archive suite tools _ <<<"$row"
dir=$cache/kernel-$name-$({ cut -f 1-5 <<<"$row"; cat "$0"; } | sha256sum | cut -c1-12)
if [ -n "$only_path" ]; then
	echo "$dir"
	exit
fi

keyring=/usr/share/keyrings/debian-archive-keyring.gpg
apt() {	# apt get|cache ARGS: of this kernel's suites alone
	local tool=apt-$1
	shift
	"$tool" -q -o Acquire::Retries=3 -o APT::Sandbox::User=root -o Dir::Etc::sourcelist="$dir/apt/sources.list" \
		-o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferencesparts=/dev/null -o Dir::State::Lists="$dir/apt/lists" \
		-o Dir::State::status=/dev/null -o Dir::Cache="$dir/apt/cache" "$@" </dev/null
}

newest_release() {	# the newest of the series that the suite has
	local flavour=amd64
	[[ $name != *-rt ]] || flavour=rt-amd64
	apt cache pkgnames "linux-image-${name%-rt}." | sed -n "s/^linux-image-\([0-9][^-]*\(-[0-9]*\)\?-$flavour\)\$/\1/p" |
		sort -V | tail -1
}

packages() {	# the image's and the headers' packages, and what of the kernel they depend on
	local todo="linux-image-$release linux-headers-$release" seen=" " next
	while [ -n "$todo" ]; do
		read -r next todo <<<"$todo"
		[[ $seen != *" $next "* ]] || continue
		seen+="$next "
		todo+=" $(apt cache depends --important "$next" | sed -n 's/^ *|\?Depends: \(linux-[a-z]*-[0-9].*\)$/\1/p' |
			grep -v unsigned | tr '\n' ' ')"
	done
	echo $seen
}

unpack() {	# unpack TREE PACKAGE...
	local tree=$1 package
	shift
	mkdir -p "$tree" "$dir/debs"
	(cd "$dir/debs" && apt get download "$@")
	for package in "$dir"/debs/*.deb; do
		dpkg-deb -x "$package" "$tree"
	done
	rm -rf "$dir/debs"
}

# The build tools run by the C library that they were linked with.
wrap_tools() {
	local tool
	find "$dir/usr/lib"/linux-kbuild-* -type f -perm /111 | while read -r tool; do
		readelf -l "$tool" 2>/dev/null | grep -q 'program interpreter' || continue
		mv "$tool" "$tool.elf"
		printf '#!/bin/sh\nexec %q --argv0 "$0" --library-path %q %q "$@"\n' "$dir/tools/usr/lib64/ld-linux-x86-64.so.2" \
			"$dir/tools/usr/lib/x86_64-linux-gnu" "$tool.elf" >"$tool"
		chmod +x "$tool"
	done
}

fetch() {
	local key="signed-by=$keyring" wanted
	mkdir -p "$dir/apt/lists/partial" "$dir/apt/cache/archives/partial"
	echo "deb [$key] http://deb.debian.org/$archive $suite main" >"$dir/apt/sources.list"
	[ "$tools" = - ] || echo "deb [$key] http://deb.debian.org/debian $tools main" >>"$dir/apt/sources.list"
	apt get update
	wanted=$release
	apt cache show "linux-image-$release" >/dev/null 2>&1 || release=$(newest_release)
	[ -n "$release" ] || { echo "$suite has no kernel of the series $name"; return 1; }
	[ "$release" = "$wanted" ] || echo "packaged-kernel: $suite no longer has $wanted: $release instead" >&3
	unpack "$dir" $(packages)
	if [ "$tools" != - ]; then
		unpack "$dir/tools" libc6 libelf1t64 zlib1g libzstd1
		wrap_tools
	fi
	# The headers name each other, and their tools, by where they would be installed.
	grep -rlI --include=Makefile '/usr/src/' "$dir/usr/src" | xargs sed -i "s|\([ =]\)/usr/src/|\1$dir/usr/src/|g"
	[ -d "$dir/lib/modules" ] || { mkdir -p "$dir/lib"; ln -s ../usr/lib/modules "$dir/lib/modules"; }
	[ -e "$dir/boot/vmlinuz-$release" ] ||
		{ mkdir -p "$dir/boot"; ln -s "../usr/lib/modules/$release/vmlinuz" "$dir/boot/vmlinuz-$release"; }
	/sbin/depmod -b "$dir" "$release"
	rm -rf "$dir/apt"
	echo "$release" >"$dir/release"
}

mkdir -p "$cache"
exec 9>"$dir.lock"
flock 9
if [ ! -e "$dir/.done" ]; then
	rm -rf "$dir"
	mkdir -p "$dir"
	echo "packaged-kernel: fetching $name ($release of $suite), log: $dir.log" >&2
	exec 3>&2
	# Not as a condition: it is to stop at its first error.
	set +e
	(set -e; fetch) >"$dir.log" 2>&1
	status=$?
	set -e
	if [ $status != 0 ]; then
		tail -20 "$dir.log" >&2
		echo "packaged-kernel: $name could not be fetched, the whole log: $dir.log" >&2
		exit 1
	fi
	touch "$dir/.done"
fi
echo "$dir"
