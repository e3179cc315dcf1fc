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

for what in insmod ops; do
	if [ $what = insmod ]; then
		args="insmod $KO 60"
	else
		check "the module is inserted" insert
		args=ops
	fi
	check "$what with each allocation failing" "$E2E/fail_each" $args
	echo "$out"
done
check "nothing is left" within 10 nothing_is_loaded
check "nobody is charged" within 10 nobody_is_charged
check "the module leaves" remove_soon
finish
