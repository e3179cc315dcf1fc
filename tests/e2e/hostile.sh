#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Random calls of the device that are nearly right, from several threads, killed in the
# middle: does the kernel survive (on the debug kernel: without a complaint), and is
# nothing left?  HOSTILE_SECONDS, default 20; a seed is printed, and taken as HOSTILE_SEED.
. "$(dirname "$0")/lib.sh"

check "the module is inserted" insert
check "random calls for ${HOSTILE_SECONDS:-20} s" "$E2E/hostile" "${HOSTILE_SECONDS:-20}" ${HOSTILE_SEED:-}
echo "$out"
check "nothing is left" within 30 nothing_is_loaded
for delay in 0.3 0.7 1.1; do
	"$E2E/hostile" 10 >/dev/null 2>&1 &
	sleep $delay
	kill -KILL $!
	wait $! 2>/dev/null
done
check "nothing is left of those that were killed" within 30 nothing_is_loaded
check "programs can be loaded as before" modbpf prog load "$E2E/judge.bpf.o"
check "the module leaves" remove_soon
finish
