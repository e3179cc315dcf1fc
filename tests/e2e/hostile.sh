#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Random calls of the device that are nearly right, from several threads, killed in the
# middle: does the kernel survive (on the debug kernel: without a complaint), and is
# nothing left?  HOSTILE_SECONDS, default 20, and at least HOSTILE_CALLS calls; a seed is
# printed, and taken as HOSTILE_SEED.
. "$(dirname "$0")/lib.sh"

export HOSTILE_PINS=$SCRATCH/pins
seed=${HOSTILE_SEED:-$(date +%s%N)}
check "the module is inserted" insert
mkdir "$HOSTILE_PINS"
check "a place for pins" mount -t modbpffs none "$HOSTILE_PINS"
check_aloud "random calls for ${HOSTILE_SECONDS:-20} s, each kind granted" \
	"$E2E/hostile" "${HOSTILE_SECONDS:-20}" "$seed" "${HOSTILE_CALLS:-0}"
find "$HOSTILE_PINS" -type f -delete
check "nothing is left" within 30 nothing_is_loaded
for delay in 0.3 0.7 1.1; do
	"$E2E/hostile" 10 >/dev/null 2>&1 &
	sleep $delay
	kill -KILL $!
	wait $! 2>/dev/null
done
find "$HOSTILE_PINS" -type f -delete
check "nothing is left of those that were killed" within 30 nothing_is_loaded
check "programs can be loaded as before" modbpf prog load "$E2E/judge.bpf.o"
umount "$HOSTILE_PINS"
check "the module leaves" remove_soon
finish
