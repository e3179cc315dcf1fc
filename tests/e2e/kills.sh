#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Processes that attach, detach, make and use what they can are killed a random time after their
# start, KILLS (default 100) of them: does anything of theirs stay? KILL_SEED is taken, and printed.
. "$(dirname "$0")/lib.sh"

export HOSTILE_PINS=$SCRATCH/pins
seed=${KILL_SEED:-$(date +%s%N)}
check "the module is inserted" insert
mkdir "$HOSTILE_PINS"
check "a place for pins" mount -t modbpffs none "$HOSTILE_PINS"
check_aloud "${KILLS:-100} killed, and nothing left of them" "$E2E/hostile" 0 "$seed" 0 "${KILLS:-100}"
find "$HOSTILE_PINS" -type f -delete
umount "$HOSTILE_PINS"
check "nothing is left" within 30 nothing_is_loaded
check "the module leaves" remove_soon
finish
