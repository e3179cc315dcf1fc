#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Does the module come and go as it should, and not while anything of it is in use?
. "$(dirname "$0")/lib.sh"

check "the module is inserted" insert
equal "the device is root's alone" "$(stat -c '%F %a %U' /dev/modbpf)" "character special file 600 root"
equal "jit is on" "$(cat /sys/module/modbpf/parameters/jit)" "1"
refused "a second one is refused" "File exists" insert
check "the module leaves" remove
check "and takes its device along" test ! -e /dev/modbpf

check "it comes back" insert
exec 9<>/dev/modbpf
refused "an open device keeps it" "is in use" remove
exec 9>&-
check "a closed one does not" remove_soon

check "again" insert
"$E2E/hold_fds" map >"$SCRATCH/map" &
holder=$!
check "a map is held" within 10 grep -q holding "$SCRATCH/map"
refused "a map keeps the module" "is in use" remove
kill -KILL $holder
wait $holder 2>/dev/null
check "its holder's death frees it" remove_soon

check "again" insert
"$E2E/hold_fds" prog >"$SCRATCH/prog" &
holder=$!
check "a program is held" within 10 grep -q holding "$SCRATCH/prog"
refused "a program keeps the module" "is in use" remove
kill -KILL $holder
wait $holder 2>/dev/null
check "its holder's death frees it" remove_soon

check "again" insert
if hold "$SCRATCH/link" modbpf load "$E2E/count_calls.bpf.o"; then
	refused "an attached program keeps the module" "is in use" remove
	release
	check "a detached one does not" remove_soon
fi

refused "an unknown parameter value is refused" "" insert jit=7
is_in && remove
check "a user without rights has no access" insert
refused "as nobody" "Permission denied" setpriv --reuid=65534 --clear-groups bash -c 'exec 9<>/dev/modbpf'
check "the end" remove_soon
finish
