#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Maps of each kind, as programs and the CLI use them.
. "$(dirname "$0")/lib.sh"

head -c 64 /dev/zero >"$SCRATCH/packet"
mkdir "$SCRATCH/pins"
pins=$SCRATCH/pins

check "the module is inserted" insert
modbpf prog load "$E2E/maps.bpf.o" hold >"$SCRATCH/log" 2>&1 </dev/null &
holder=$!
check "the programs are loaded" within 30 modbpf prog show name filters || cat "$SCRATCH/log"
progs=$(modbpf prog show | sed -n 's/.*  name \([a-z_0-9]*\) .*/\1/p')
equal "all of them" "$(wc -w <<<"$progs")" "$(grep -c '^SEC("socket")' tests/e2e/maps.bpf.c)"
for name in $progs; do
	check "$name runs" modbpf prog run name "$name" data_in "$SCRATCH/packet"
	contains "$name is content" "$out" "Return value: 1,"
done
contains "each CPU has a value" "$(modbpf map dump name percpu)" "value (CPU 01):"
equal "an LRU map is full" "$(modbpf map dump name lru | tail -1)" "Found 4 elements"
check "the CLI takes an element out" modbpf -j map pop name percpu key 6 0 0 0
contains "with every CPU's value" "$out" '"cpu":1'
equal "it is gone" "$(modbpf map dump name percpu)" "Found 0 elements"
release

check "a queue is made" modbpf map create "$pins/queue" type queue key 0 value 4 entries 2 name q
check "and takes" modbpf map enqueue pinned "$pins/queue" value 1 0 0 0
check "two" modbpf map push pinned "$pins/queue" value 2 0 0 0
refused "but not three" "update failed" modbpf map push pinned "$pins/queue" value 3 0 0 0
check "without the oldest it does" modbpf map push pinned "$pins/queue" value 3 0 0 0 exist
check "the next is shown" modbpf map peek pinned "$pins/queue"
equal "it is the second" "$out" "value: 02 00 00 00"
check "and taken" modbpf map dequeue pinned "$pins/queue"
equal "as it was shown" "$out" "value: 02 00 00 00"
equal "in JSON too" "$(modbpf -j map pop pinned "$pins/queue")" '{"value":["0x03","0x00","0x00","0x00"]}'
refused "then nothing is left" "" modbpf map pop pinned "$pins/queue"
refused "it cannot be gone through" "without keys" modbpf map dump pinned "$pins/queue"
check "a filter is made" modbpf map create "$pins/bloom" type bloom_filter key 0 value 4 entries 9 name b
refused "without keys" "create" modbpf map create "$pins/no" type bloom_filter key 4 value 4 entries 9 name b

check "maps in maps" "$E2E/inner" "$E2E/inner.bpf.o" || echo "$out"
check "locks in values" "$E2E/lock" "$E2E/lock.bpf.o" || echo "$out"
check "timers in values" "$E2E/timer" "$E2E/timer.bpf.o" || echo "$out"
check "samples from user space" "$E2E/samples" "$E2E/samples.bpf.o" || echo "$out"

umount "$pins"
check "nothing is left" within 10 nothing_is_loaded
check "the module leaves" remove_soon
finish
