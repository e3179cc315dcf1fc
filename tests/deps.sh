#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Are the packages of tests/deps.txt installed, and if not, get them.
# Costs one dpkg-query when nothing is missing; asks nothing.
#
# usage: deps.sh build|all|compat	MODBPF_DEPS names another list, MODBPF_NO_DEPS=1 skips it all
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
list=${MODBPF_DEPS:-$here/deps.txt}
group=${1:-all}
[ -z "${MODBPF_NO_DEPS:-}" ] || exit 0

if ! command -v dpkg-query >/dev/null; then
	echo "deps: not a Debian system: the packages of $list have to be there by other means" >&2
	exit 0
fi
wanted=$(awk -F '\t' -v g="$group" '!/^#/ && NF && ((g == "all" && $2 != "compat") || $2 == g) { print $1 }' "$list")
present=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' $wanted 2>/dev/null |
	  awk '$2 == "installed" { print $1 }' || true)
missing=$(comm -23 <(sort -u <<<"$wanted") <(sort -u <<<"$present"))
[ -n "$missing" ] || exit 0

echo "deps: these packages are missing and are installed now:"
for package in $missing; do
	awk -F '\t' -v p="$package" '$1 == p { printf "  %-24s %s\n", p, $3; exit }' "$list"
done

as_root=
if [ "$(id -u)" != 0 ]; then
	if ! command -v sudo >/dev/null; then
		echo "deps: not root and no sudo; run as root: apt-get install $(echo $missing)" >&2
		exit 1
	fi
	as_root=sudo
fi

# A mirror that stumbles is asked again; one that says no is believed at the end.
retry() {
	local try
	for try in 1 2 3 4; do
		if "$@"; then
			return 0
		fi
		[ $try = 4 ] || { echo "deps: '$*' failed, try $((try + 1)) of 4 in $((try * 5)) s" >&2; sleep $((try * 5)); }
	done
	return 1
}

apt() {
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o Acquire::Retries=3 \
		-o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" </dev/null
}

if ! retry apt update >/dev/null; then
	echo "deps: apt-get update failed" >&2
	exit 1
fi
if ! retry apt install -y --no-install-recommends $missing >"${TMPDIR:-/tmp}/modbpf-deps.$$" 2>&1; then
	tail -20 "${TMPDIR:-/tmp}/modbpf-deps.$$" >&2
	rm -f "${TMPDIR:-/tmp}/modbpf-deps.$$"
	echo "deps: these packages could not be installed: $(echo $missing)" >&2
	exit 1
fi
rm -f "${TMPDIR:-/tmp}/modbpf-deps.$$"
echo "deps: installed $(wc -w <<<"$missing") packages"
