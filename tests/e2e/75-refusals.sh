#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# An object that cannot be loaded or attached: does the CLI say which part of it, and why?
. "$(dirname "$0")/lib.sh"

# why OBJECT SECTION PROGRAM REASON: in text and in JSON, by "load".
why() {
	local line="$E2E/$1.bpf.o: section '$2', program '$3': $4"
	refused "$1 is refused" "Error: $line" modbpf load "$E2E/$1.bpf.o"
	refused "$1 in JSON" "\"error\":\"$line" modbpf -j load "$E2E/$1.bpf.o"
	check "nothing of it stays" nothing_is_loaded
}

umask=kprobe/__x64_sys_umask
check "the module is inserted" insert
why bad_access $umask bad_access "Permission denied: R"
contains "the log's end is shown" "$(modbpf load "$E2E/bad_access.bpf.o" 2>&1)" "processed "
out=$(modbpf -j load "$E2E/bad_access.bpf.o" 2>&1)
contains "what is known, in JSON" "$out" '"known":"R0 is null or a pointer to a value of map `numbers` (8 bytes)"'
contains "where it was set, in JSON" "$out" '"set_at":{"insn":6,"text":"call bpf_map_lookup_elem#1","source":{"file":"'
why bad_license $umask bad_license "Invalid argument: cannot call GPL-restricted function"
refused "an unknown map type" "bad_map.bpf.o: map 'strange': failed to create" modbpf load "$E2E/bad_map.bpf.o"
why bad_places kprobe/no_kernel_has_this_function bad_place \
	"cannot be attached: the kernel has no such function"
check "it can be loaded" modbpf prog load "$E2E/bad_places.bpf.o"
check "one of it can" modbpf prog load "$E2E/bad_places.bpf.o" bad_place
equal "and is one" "$(modbpf -j prog load "$E2E/bad_places.bpf.o" bad_place | grep -o '"id"' | wc -l)" 1
why no_place netfilter no_place "cannot be attached: its SEC() name says no place"

chmod 666 /dev/modbpf
as_nobody() {
	setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}
# Where the tree is, nobody else may be able to look.
chmod 755 "$SCRATCH"
cp "$E2E/count_calls.bpf.o" "$SCRATCH"
refused "without capabilities nothing is loaded" "not permitted: CAP_BPF is needed" \
	as_nobody modbpf load "$SCRATCH/count_calls.bpf.o"
refused "nor listed" "the progs cannot be listed: Operation not permitted" as_nobody modbpf prog show
refused "nor asked" "not permitted: CAP_BPF is needed to ask" as_nobody modbpf feature
check "the module leaves" remove_soon
finish
