#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Does what is pinned live on, at work, until its name goes; and only then the module?
. "$(dirname "$0")/lib.sh"

pins=$SCRATCH/pins
check "the module is inserted" insert
mkdir "$pins" "$SCRATCH/second" "$SCRATCH/full"
touch "$SCRATCH/full/file"

check "a firm hold" modbpf load "$E2E/count_calls.bpf.o" pin "$pins"
equal "it is bpffs to who asks" "$(stat -f -c %t "$pins")" cafe4a11
contains "and has a name of its own" "$(cat /proc/self/mounts)" "$pins modbpffs rw,relatime,mode=700"
equal "two links and a map have names" "$(ls "$pins" | wc -l)" 3
equal "the links live" "$(links | grep -c kprobe_multi)" 2
"$E2E/umasks" 50
equal "and count" "$(map_u64 call_counts 0)" 50
contains "the map is found by its name" "$(modbpf map show pinned "$pins/call_counts")" "name call_counts"
refused "a map is no program" "is no prog" modbpf prog show pinned "$pins/call_counts"
refused "the module is needed" "in use" remove
refused "pinned twice" "File exists" modbpf map pin name call_counts "$pins/call_counts"
refused "no directory of ours" "mount -t modbpffs" modbpf map pin name call_counts "$SCRATCH/full/map"

check "another mount" mount -t modbpffs -o mode=0750,uid=1,gid=2 none "$SCRATCH/second"
equal "has options" "$(stat -c '%a %u %g' "$SCRATCH/second")" "750 1 2"
refused "no others" "wrong fs type" mount -t modbpffs -o colour=red none "$SCRATCH/full"
equal "and names of its own" "$(ls "$SCRATCH/second")" ""
check "a second name" modbpf map pin pinned "$pins/call_counts" "$SCRATCH/second/counts"

entry=$(basename "$(ls "$pins"/*entry* | head -1)")
check "who may not read" chmod 000 "$SCRATCH/second/counts"
refused "does not" "Permission denied" setpriv --bounding-set -dac_override,-dac_read_search \
	--inh-caps -dac_override,-dac_read_search \
	"$MODBPF_ROOT/build/user/modbpf" map show pinned "$SCRATCH/second/counts"

check "one name goes" rm "$pins/$entry"
check "and its link" within 5 eval '[ "$(links | grep -c kprobe_multi)" = 1 ]'
"$E2E/umasks" 50
equal "which counts no more" "$(map_u64 call_counts 0)" 50
equal "the other does" "$(map_u64 call_counts 1)" 100
check "all names at once" umount "$pins"
check "and no link is left" within 5 nothing_is_attached
contains "the map has another name" "$(modbpf map show)" call_counts
check "the last" umount "$SCRATCH/second"
check "all is gone" within 10 nothing_is_loaded

check "an empty one" mount -t modbpffs none "$pins"
check "bad input, rights, names" "$E2E/abi_pin" "$pins" || echo "$out"
# What is killed between pin and unlink leaves whole names only.
for try in 2 4 6 8; do
	setsid bash -c 'while :; do modbpf load "$0" pin "$1"; rm -rf "$1"/*; done' \
		"$E2E/count_calls.bpf.o" "$pins" >/dev/null 2>&1 &
	victim=$!
	sleep 0.$try
	kill -9 -- -$victim
	wait $victim 2>/dev/null
done
rm -rf "${pins:?}"/*
within 5 eval '[ -z "$(ls "$pins")" ]'
check "killed at any point, nothing stays" within 10 nothing_is_loaded
check "unmounted" umount "$pins"
check "the module leaves" remove_soon
refused "and its file system with it" "unknown filesystem" mount -t modbpffs none "$pins"
finish
