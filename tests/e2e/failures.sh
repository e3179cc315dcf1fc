#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Each memory allocation of an operation fails in turn: is there an error, and nothing left?
# /proc/self/fail-nth makes the Nth allocation of a task fail (debug kernel only).
. "$(dirname "$0")/lib.sh"

for kind in failslab fail_page_alloc fail_usercopy; do
	dir=/sys/kernel/debug/$kind
	[ -d $dir ] || continue
	echo 0 >$dir/verbose
	[ ! -e $dir/ignore-gfp-wait ] || echo N >$dir/ignore-gfp-wait
	[ ! -e $dir/min-order ] || echo 0 >$dir/min-order
done

check "insmod with each allocation failing" "$E2E/fail_each" insmod "$KO" 40
echo "$out"
check "the module is inserted" insert
pins=$SCRATCH/pins
mkdir "$pins"
mountpoint -q /sys/kernel/tracing || mount -t tracefs none /sys/kernel/tracing
check "a place for pins" mount -t modbpffs none "$pins"
check "each command and attachment with each allocation failing" "$E2E/fail_each" ops "$pins"
echo "$out"
# None is forgotten: the table of commands is in the source.
for command in $(sed -n 's/.*\[MODBPF_CMD_\([A-Z_]*\)\] = { .*/\1/p' module/command.c); do
	grep -q "^$command[: ].*allocations failed in turn" <<<"$out" || bad "$command was not tried"
done
umount "$pins"
check "nothing is left" within 10 nothing_is_loaded
check "nobody is charged" within 10 nobody_is_charged
check "the module leaves" remove_soon
finish
