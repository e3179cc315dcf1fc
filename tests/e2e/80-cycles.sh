#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The same module in, a program loaded, attached, fired, all out again, $CYCLES times
# (default 3; "make soak" says 1000).
. "$(dirname "$0")/lib.sh"

cycle() {
	local seen
	insert || return
	modbpf load "$E2E/count_calls.bpf.o" >"$SCRATCH/log" 2>&1 </dev/null &
	holder=$!
	within 30 grep -q 'umask_return: attached' "$SCRATCH/log" || { echo "does not attach: $(cat "$SCRATCH/log")"; return 1; }
	"$E2E/umasks" 5
	seen=$(map_u64 call_counts 0)-$(map_u64 call_counts 1)
	[ "$seen" = 5-5 ] || { echo "saw $seen calls, not 5-5"; return 1; }
	kill -$((RANDOM % 2 ? 9 : 2)) $holder
	wait $holder 2>/dev/null
	within 30 remove || { echo "cannot be removed"; return 1; }
}

good=0
for ((i = 1; i <= ${CYCLES:-3}; i++)); do
	if ! cycle; then
		bad "cycle $i"
		break
	fi
	good=$i
	[ $((i % 50)) != 0 ] || echo "  $i cycles"
done
equal "every cycle was whole" $good "${CYCLES:-3}"
finish
