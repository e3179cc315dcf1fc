#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Threads close, find, use and detach each other's objects: does the kernel bear it, and is
# everything gone afterwards? Programs attached and detached under fire ($ATTACH_CYCLES times, default 200):
# does each see what it should?
. "$(dirname "$0")/lib.sh"

check "the module is inserted" insert
ip link set lo up
ping -q -i 0.002 127.0.0.1 >/dev/null 2>&1 &
flood=$!
check "threads race" "$E2E/races" "${RACES_SECONDS:-5}" && echo "  $out"
# A ping that cannot keep up does not look at SIGINT.
kill $flood
check_aloud "storms" "$E2E/storm" "$E2E/storm.bpf.o" "${ATTACH_CYCLES:-200}" "${STORM_WORKERS:-4}"
check "nothing is left" within 10 nothing_is_loaded
check "the module leaves" remove_soon
finish
