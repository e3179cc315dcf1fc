#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Does a program that was made for the kernel's eBPF run on the module, unchanged?
. "$(dirname "$0")/lib.sh"

has_program() {
	modbpf prog show | grep -q 'name on_tracepoint'
}

refused "without the module it is not started" "insert the module" modbpf run true
check "the module is inserted" insert
hold "$SCRATCH/run" modbpf run -- "$E2E/foreign" "$E2E/perf_events.bpf.o" || finish
contains "it counts as it would there" "$(cat "$SCRATCH/run")" "counted 100"
check "its program is the module's" has_program
echo 1 >/sys/module/modbpf/parameters/stats
"$E2E/umasks" 50 0
prog=$(modbpf prog show | sed -n 's/:.* name on_tracepoint.*//p')
check "bpftool puts it into a program array" modbpf run -- \
	bpftool map update name next key 0 0 0 0 value id "$prog"
cat >"$SCRATCH/shown.py" <<'END'
import json, subprocess, time
def show(what):
    return json.loads(subprocess.check_output(["bpftool", "-j", what, "show"]))
maps = {m["name"]: m for m in show("map")}
(prog,), (link,) = show("prog"), show("link")
assert (prog["type"], prog["name"], prog["gpl_compatible"], prog["jited"], prog["uid"]) == \
    ("tracepoint", "on_tracepoint", True, True, 0)
assert 0 < prog["run_time_ns"] < 10 ** 10 and prog["run_cnt"] >= 150
assert abs(prog["loaded_at"] - time.time()) < 300
assert prog["map_ids"] == [maps["numbers"]["id"]] and prog["btf_id"] == maps["numbers"]["btf_id"]
assert prog["bytes_memlock"] > prog["bytes_xlated"] + prog["bytes_jited"] > 0
assert (link["type"], link["prog_id"]) == ("perf_event", prog["id"])
assert [maps["numbers"][k] for k in ("type", "bytes_key", "bytes_value", "max_entries", "flags", "frozen")] == \
    ["array", 4, 8, 9, 0, 0]
assert maps["numbers"]["bytes_memlock"] >= 9 * 8
assert (maps["next"]["owner_prog_type"], maps["next"]["owner_jited"]) == ("tracepoint", True)
END
check "bpftool shows what there is" modbpf run -- python3 "$SCRATCH/shown.py"
release
check "all is gone" within 10 nothing_is_loaded
# The same by itself is the kernel's affair.
if why=$(lacks kernel_ebpf); then
	skip "a program by itself" "$why"
else
	hold "$SCRATCH/run" "$E2E/foreign" "$E2E/perf_events.bpf.o" || finish
	check "by itself it is not" nothing_is_loaded
	release
fi
check "children are redirected too" modbpf run sh -c "timeout -s INT 3 '$E2E/foreign' '$E2E/perf_events.bpf.o'; true"
contains "and count" "$out" "counted 100"
check "what it asks is shown" modbpf run --log sh -c "timeout -s INT 3 '$E2E/foreign' '$E2E/perf_events.bpf.o'; true"
contains "with what it loads" "$out" "PROG_LOAD(type="
contains "and maps" "$out" "MAP_CREATE(type="
contains "and events" "$out" "perf_event_open(type="
contains "and how many calls there were" "$out" "calls went to the module"
contains "and its own output" "$out" "counted 100"
refused "its status is ours" "No call went to the module" modbpf run --log false
check "options are the command's" modbpf run echo -j --pretty
equal "and reach it" "$out" "-j --pretty"
check "the module's files are at /sys/fs/bpf" modbpf run grep modbpffs /proc/mounts
check "for it alone" sh -c '! grep modbpffs /proc/mounts'
refused "a status is handed on" "" modbpf run false
refused "what there is not" "No such file" modbpf run modbpf-no-such-command
refused "no command" "missing" modbpf run
gcc -static -nostdlib -x c -o "$SCRATCH/static" - <<<'void _start(void) { for (;;); }' 2>/dev/null
if [ -x "$SCRATCH/static" ]; then
	refused "what is linked statically is not started" "statically" modbpf run "$SCRATCH/static"
else
	skip "a static program" "no compiler"
fi
cp "$(type -P true)" "$SCRATCH/suid" && chmod u+s "$SCRATCH/suid"
refused "what is set-user-id is not" "set-user-id" modbpf run "$SCRATCH/suid"
check "nothing is left" within 10 nothing_is_loaded
check "the module leaves" remove_soon
finish
