#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Programs at an event that what they do is: do they run on top of one another once, and is the rest counted?
. "$(dirname "$0")/lib.sh"

misses() {	# of the twelve, added up
	modbpf -j prog show | python3 -c '
import json, sys
print(sum(prog["recursion_misses"] for prog in json.load(sys.stdin) if prog["name"].startswith("fall_")))'
}

check "the module is inserted" insert
hold "$SCRATCH/faults" modbpf load "$E2E/faults.bpf.o" || finish
equal "none of them has missed any" "$(misses)" 0
check "they shall read what is not there" set_u64 faults 0 1
# The kernel writes where no page is yet.
check "page faults" dd if=/dev/zero of=/dev/null bs=1M count=8
check "they shall not any more" set_u64 faults 0 0
reads=$(map_u64 faults 1)
check "each has read" test "$reads" -ge 144
# By a read of one the other eleven run, and read; by theirs none does. One and eleven times twelve are missed.
equal "twelve reads, whoever begins" $((reads % 12)) 0
equal "and no run on top of two" "$(misses)" $((reads / 12 * (1 + 11 * 12)))
release
check "nothing is attached any more" within 10 nothing_is_loaded
check "the module leaves" remove_soon
finish
