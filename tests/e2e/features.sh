#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Is on this kernel what tests/matrix/features.txt says, and missing what it gives a reason for? Each row is tried.
. "$(dirname "$0")/lib.sh"

told() {	# told NAME COMMAND...: whether it succeeds
	local name=$1
	shift
	if "$@" >/dev/null 2>&1; then echo "$name yes"; else echo "$name no"; fi
}

check "the module is inserted" insert
"$E2E/features" "$E2E/features.bpf.o" >"$SCRATCH/found" || bad "$(cat "$SCRATCH/found")"
modprobe -q dummy
{
	told kernel_types test -e /sys/kernel/btf/vmlinux
	told module_types test -e /sys/kernel/btf/dummy
	told kernel_ebpf grep -q ' bpf_get_attach_cookie_pe$' /proc/kallsyms
	told kernel_fentry_wide hold_foreign "$SCRATCH/owner" "$E2E/perf_function.bpf.o" on_function
	release
	told tproxy nft -c 'table ip t { chain c { type filter hook prerouting priority -150; tcp dport 1 tproxy to :1; }; }'
	told cgroups grep -q '^cpu' /proc/cgroups
} >>"$SCRATCH/found"
rmmod dummy 2>/dev/null

while IFS=$'\t' read -r name what lacking; do
	[[ $name != \#* ]] || continue
	found=$(sed -n "s/^$name //p" "$SCRATCH/found")
	if why=$(lacks "$name"); then
		contains "no $name ($why)" "$found" "no"
	else
		equal "$name: $what" "$found" yes
	fi
done <tests/matrix/features.txt
equal "each that was tried has a row" "$(cut -d ' ' -f 1 "$SCRATCH/found" | sort)" \
	"$(grep -v '^#' tests/matrix/features.txt | cut -f 1 | sort)"
check "nothing is left" within 10 nothing_is_loaded
check "the module leaves" remove_soon
finish
