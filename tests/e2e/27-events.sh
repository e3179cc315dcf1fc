#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Do programs on tracepoints see each event and its arguments, and nothing after they are off?
. "$(dirname "$0")/lib.sh"

check "the module is inserted" insert
check "raw tracepoints" "$E2E/raw_events" "$E2E/raw_events.bpf.o" || echo "$out"

# A copy that the kernel can read breakpoints' instructions from, whatever the root is.
cp "$E2E/perf_events" "$SCRATCH/perf_events"
check "events of perf_event_open" "$SCRATCH/perf_events" "$E2E/perf_events.bpf.o" || echo "$out"
cp "$E2E/event_places" "$SCRATCH/event_places"
check "where events are" "$SCRATCH/event_places" "$E2E/event_places.bpf.o" || echo "$out"
grep ^skip: <<<"$out"
cp "$E2E/usdt" "$SCRATCH/usdt"
check "reference counters" "$SCRATCH/usdt" "$E2E/perf_events.bpf.o" || echo "$out"
check "perf buffers" "$E2E/perf_buffers" "$E2E/perf_events.bpf.o" || echo "$out"
ip link set lo up
check "what rings did not take" "$E2E/lost" "$E2E/lost.bpf.o" || echo "$out"

# Their rings count as maps do.
cp "$E2E/perf_buffers" "$SCRATCH/perf_buffers"
chmod 755 "$SCRATCH"
chmod 666 /dev/modbpf
limit=$(</sys/module/modbpf/parameters/limit_map_bytes)
echo $((1 << 20)) >/sys/module/modbpf/parameters/limit_map_bytes
check "perf buffers of a user have a limit" setpriv --reuid=65534 --regid=65534 --clear-groups \
	--inh-caps=+perfmon --ambient-caps=+perfmon "$SCRATCH/perf_buffers" limit || echo "$out"
echo "$limit" >/sys/module/modbpf/parameters/limit_map_bytes
chmod 600 /dev/modbpf
mountpoint -q /sys/kernel/debug || mount -t debugfs none /sys/kernel/debug
check "nothing of his stays charged" within 5 nobody_is_charged

check "what the processor counts" "$E2E/hardware" "$E2E/perf_events.bpf.o" || echo "$out"
grep "^skip: " <<<"$out"
check "clocks in a map" "$E2E/clocks" "$E2E/perf_events.bpf.o" || echo "$out"

check "returns that are missed" "$E2E/missed" "$E2E/missed.bpf.o" || echo "$out"

cp "$E2E/stacks" "$SCRATCH/stacks"
check "stacks" "$SCRATCH/stacks" "$E2E/stacks.bpf.o" || echo "$out"

hold "$SCRATCH/held" "$E2E/lost" "$E2E/lost.bpf.o" hold || finish
contains "the CLI says how many a link has lost" "$(links)" "  lost 45"
contains "in JSON" "$(modbpf -j link show)" '"missed":0,"lost":45'
contains "and how many a program" "$(modbpf prog show name on_umask)" "  lost 45"
contains "in JSON, too" "$(modbpf -j prog show name on_umask)" '"recursion_misses":0,"lost":45'
kill -KILL $holder
wait $holder 2>/dev/null
check "nothing is left of who has lost" within 10 nothing_is_loaded

check "a CPU that comes and goes" "$E2E/hotplug" "$E2E/storm.bpf.o"
echo "$out"

hold "$SCRATCH/held" "$SCRATCH/perf_events" "$E2E/perf_events.bpf.o" hold || finish
shown=$(links)
equal "three links" "$(grep -c ': perf_event' <<<"$shown")" 3
contains "the CLI names the function" "$(sed 's/[0-9a-f]\{16\}/ADDRESS/' <<<"$shown")" "kprobe ADDRESS __x64_sys_umask"
contains "the event" "$shown" "tracepoint sys_enter_umask"
# The text segment lies in the file as in memory.
offset=$((16#$(nm "$SCRATCH/perf_events" | sed -n 's/ T test_probed$//p')))
contains "the file and where in it" "$shown" "uprobe $SCRATCH/perf_events+$(printf %#x $offset)"
shown=$(modbpf -j link show)
contains "so in JSON" "$shown" '"func":"__x64_sys_umask","offset":0,"cookie":0'
contains "the event, too" "$shown" '"tracepoint":"sys_enter_umask","cookie":7'
contains "and the file" "$shown" "\"file\":\"$SCRATCH/perf_events\",\"offset\":$offset"
kill -KILL $holder
wait $holder 2>/dev/null
check "nothing is left of one who was killed at it" within 10 nothing_is_loaded

hold "$SCRATCH/held" "$E2E/raw_events" "$E2E/raw_events.bpf.o" hold || finish
equal "two links" "$(links | grep -c raw_tracepoint)" 2
contains "the CLI names the event" "$(links)" sched_process_fork
refused "the module does not go while they are there" "in use" rmmod modbpf
kill -KILL $holder
wait $holder 2>/dev/null
check "nothing is left of one who was killed" within 10 nothing_is_loaded

check "an event whose program has it in its map" "$E2E/clocks" "$E2E/perf_events.bpf.o" cycle || echo "$out"
contains "which nobody can let go" "$(modbpf prog show)" looks_at_clock
check "the module leaves all the same" remove_soon
finish
