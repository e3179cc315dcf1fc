#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Does a program that was made for the kernel's eBPF run on the module, unchanged?
. "$(dirname "$0")/lib.sh"
seconds=3
[ "${VM_KERNEL:-}" != debug ] || seconds=20
a_while="timeout -s INT $seconds '$E2E/foreign' '$E2E/perf_events.bpf.o'; true"

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
check "children are redirected too" modbpf run sh -c "$a_while"
contains "and count" "$out" "counted 100"
device_is="before: none
after: high, closed by exec
map: made"
for name in plain plain-musl; do
	check "a program with the C library alone ($name)" modbpf run -- "$E2E/$name"
	equal "finds the device when it first needs it, out of its way ($name)" "$out" "$device_is"
done
check "what it asks is shown" modbpf run --log -- "$E2E/plain"
equal "as it was asked and answered" \
	"$(grep -c -E '^\[[0-9]+\] MAP_CREATE\(type=array, key_size=4, value_size=8, max_entries=1\) = [0-9]+$' <<<"$out")" 1
# Each write comes out of such a pipe by itself: whatever the program writes meanwhile stands between lines.
cat >"$SCRATCH/writes.py" <<'END'
import os, subprocess, sys
here, there = os.pipe2(os.O_DIRECT | os.O_CLOEXEC)
run = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=there)
os.close(there)
writes = 0
while text := os.read(here, 1 << 16):
    assert text.endswith(b"\n") and text.count(b"\n") == 1, text
    writes += 1
assert run.wait() == 0 and writes > 1, writes
END
check "a line at a time" python3 "$SCRATCH/writes.py" modbpf run --log -- "$E2E/plain"
check "what it asks is shown, of libbpf" modbpf run --log sh -c "$a_while"
contains "with what it loads" "$out" "PROG_LOAD(type="
contains "and maps" "$out" "MAP_CREATE(type="
contains "and events" "$out" "perf_event_open(type="
equal "and where it hangs" "$(grep -c -E 'LINK_CREATE\(prog_fd=[0-9]+, target_fd=[0-9]+, attach_type=41.*\) = [0-9]+$' <<<"$out")" 1
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
check "what is set-user-id for who it is already runs" modbpf run "$SCRATCH/suid"
chown 65534 "$SCRATCH/suid" && chmod u+s "$SCRATCH/suid"
refused "what is set-user-id is not" "set-user-id" modbpf run "$SCRATCH/suid"

# --- types ------------------------------------------------------------------------------------

TYPES=/sys/kernel/btf/vmlinux
types=$SCRATCH/types
write_types "$types"
entries() { ls /sys/kernel /sys/kernel/debug /sys/fs; }
with_types() { modbpf run --btf "$types" "$@"; }
told() { modbpf btf show | grep "size $(stat -c %s "$types")B"; }
not_told() { ! told; }
export -f entries

before=$(entries)
has_types=
[ ! -e $TYPES ] || has_types=$(sha256sum $TYPES)
check "the kernel's types are those of a file" with_types cmp "$types" $TYPES
check "everything else is where it was" with_types bash -c entries
equal "and the same" "$(grep -v -x 'b[pt]f' <<<"$out")" "$(grep -v -x 'b[pt]f' <<<"$before")"
check "what is mounted there, too" with_types test -e /sys/kernel/debug/modbpf/users
check "for it alone" [ "$before" = "$(entries)" ]
if [ -n "$has_types" ]; then
	equal "nobody else has other types" "$(sha256sum $TYPES)" "$has_types"
	check "those of modules stay" with_types ls /sys/kernel/btf
	equal "and are the same" "$out" "$(ls /sys/kernel/btf)"
	refused "the module, too, believes the kernel" "" told
else
	refused "nobody else has types" "" test -e $TYPES
	check "but the module" told
	check "the same types again" with_types true
	check "are no others" told
	equal "and there once" "$(wc -l <<<"$out")" 1
	refused "what it does not take is not shown" "DATASEC" modbpf run --btf "$E2E/typed_events.bpf.o" echo started
	equal "and the command not started" "$(grep -x started <<<"$out")" ""
	check "it forgets them when it is told" modbpf btf kernel none
	check "and has none then" within 10 not_told
fi
objcopy --add-section .BTF="$types" "$(type -P true)" "$SCRATCH/vmlinux"
check "a vmlinux has them, too" modbpf run --btf "$SCRATCH/vmlinux" cmp "$types" $TYPES
check "a run within a run has its own" modbpf run --btf "$SCRATCH/vmlinux" modbpf run --btf "$types" cmp "$types" $TYPES
check "options come in any order" modbpf run --btf "$types" --log -- cmp "$types" $TYPES
check "and in the other" modbpf run --log --btf "$types" cmp "$types" $TYPES
check "whoever it becomes can read them" bash -c \
	"umask 077 && modbpf run --btf '$types' setpriv --reuid 65534 --clear-groups cat $TYPES | cmp - '$types'"
refused "what is no BTF" "no BTF" modbpf run --btf /etc/passwd true
refused "a file that there is not" "No such file" modbpf run --btf "$SCRATCH/none" true
refused "a folder" "no BTF" modbpf run --btf "$SCRATCH" true
: >"$SCRATCH/empty"
refused "a file with nothing in it" "no BTF" modbpf run --btf "$SCRATCH/empty" true
head -c 40 "$types" >"$SCRATCH/cut"
refused "BTF that is cut off" "no BTF" modbpf run --btf "$SCRATCH/cut" true
refused "no file" "is missing" modbpf run --btf
refused "no command behind it" "a command is missing" modbpf run --btf "$types"
refused "an option that there is not" "no option of run" modbpf run --frob true
refused "who may not mount" "CAP_SYS_ADMIN" setpriv --bounding-set -sys_admin modbpf run --btf "$types" true
[ -n "$has_types" ] || check "the module forgets them" modbpf btf kernel none
check "nothing is left" within 10 nothing_is_loaded
check "the module leaves" remove_soon
finish
