#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The same module in, a program loaded, attached, fired, its holder killed, all out again,
# $CYCLES times (default 20; "make soak" says 1000).
. "$(dirname "$0")/lib.sh"

if "$E2E/cycles" "$KO" "$E2E/count_calls.bpf.o" "${CYCLES:-20}"; then
	ok "${CYCLES:-20} times in and out"
	echo "soak: insert, load, attach, fire, remove: ${CYCLES:-20}"
else
	bad "not every cycle was whole"
fi
check "the module is out" test ! -e /dev/modbpf
finish
