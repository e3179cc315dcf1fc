#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Does "modbpf check" give the verifier's verdict, with the source line, without a device
# and without rights?  $MODBPF names the CLI.  That the device says the same is for
# tests/e2e/76-check.sh.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/cli/cases
CLANG=${CLANG:-clang}
include=/usr/include/$(gcc -print-multiarch)
chmod 755 "$dir"

# object NAME [FLAGS]: compile the C that comes on standard input.
object() {
	local name=$1
	shift
	{
		printf '%s\n' '#include <linux/bpf.h>' '#include <bpf/bpf_helpers.h>'
		cat
	} >"$dir/$name.bpf.c"
	$CLANG -O2 -g -target bpf -mcpu=v3 -I"$include" "$@" -c -o "$dir/$name" "$dir/$name.bpf.c" ||
		bad "clang" "cannot make $name"
}

line_of() {	# line_of NAME TEXT: where it is in the source
	grep -n -F "$2" "$dir/$1.bpf.c" | head -n 1 | cut -d: -f1
}

# --- accepted, rejected, both ---------------------------------------------------

object good <<'END'
SEC("kprobe/f") int good(void *ctx) { return 0; }
char text[] SEC("license") = "GPL";
END
says 0 stdout "good  section kprobe/f  type kprobe  accepted  insns 2  processed 2  states " check "$dir/good"
says 0 stdout "processed 2 insns (limit " check "$dir/good" -v
says 0 stdout "0: (b4) w0 = 0 ; R0=0" -vv check "$dir/good"
says 0 stdout "0: (b4) w0 = 0 ; R0=0" --verbose check "$dir/good" -v

object mixed <<'END'
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 4);
	 __type(key, __u32); __type(value, __u64); } table SEC(".maps");
SEC("kprobe/first") int first(void *ctx) { return 0; }
static __noinline int read_it(__u64 *value)
{
	return *value;		/* unchecked */
}
SEC("kprobe/second") int second(void *ctx)
{
	__u32 key = bpf_get_prandom_u32();

	return read_it(bpf_map_lookup_elem(&table, &key));
}
SEC("kprobe/third") int third(void *ctx)
{
	__u32 key = bpf_get_prandom_u32();
	__u64 *value = bpf_map_lookup_elem(&table, &key);

	return value ? *value : 0;
}
char text[] SEC("license") = "GPL";
END
where=$(line_of mixed "return *value;")
says 1 stdout "first  section kprobe/first  type kprobe  accepted" check "$dir/mixed"
says 1 stdout "second  section kprobe/second  type kprobe  rejected" check "$dir/mixed"
says 1 stdout "third  section kprobe/third  type kprobe  accepted" check "$dir/mixed"
says 1 stdout $'\tat: insn 10: (79) r0 = *(u64 *)(r1 +0); '"$dir/mixed.bpf.c:$where: return *value;" check "$dir/mixed"
says 1 stdout $'\tknown: R1 is null or a pointer to a value of map `table` (8 bytes)' check "$dir/mixed"
called=$dir/mixed.bpf.c:$(line_of mixed 'return read_it')
says 1 stdout $'\tset at: insn 6: call bpf_map_lookup_elem#1; '"$called: return read_it(" check "$dir/mixed"
says 1 stdout $'\tpath: insn 8 to 10, called: call pc+1; '"$called: return read_it(" check "$dir/mixed"
says 1 stdout $'\t'"Permission denied: R1 invalid mem access 'map_value_or_null'" check "$dir/mixed"

says 1 stdout $'\tneeded: a pointer that is known not to be null' check "$dir/mixed"
says 1 stdout $'\thint: compare the pointer with null first' check "$dir/mixed"
says 1 stdout $'\tcode: access-may-be-null' check "$dir/mixed"

# Choosing.
says 0 stdout "third  " check "$dir/mixed" program third
says 0 stdout "first  " check "$dir/mixed" --section kprobe/first
says 1 stdout "second  " check "$dir/mixed" section kprobe/second
says 255 stderr "Error: $dir/mixed: no program is named 'fourth'" check "$dir/mixed" program fourth
says 255 stderr "Error: $dir/mixed: no program is in a section 'x'" check "$dir/mixed" section x
says 255 stdout "{\"error\":\"$dir/mixed: no program is in a section 'x'\"}" -j check "$dir/mixed" section x
says 255 stderr "Error: a section's name is missing" check "$dir/mixed" section
says 255 stderr "Error: FILE is missing" check
says 255 stderr "Error: 'more' is one word too many" check "$dir/mixed" more
[ "$("$MODBPF" check "$dir/mixed" | grep -c '^[a-z]')" = 3 ] || bad "check" "not one line a program"

# --- JSON ------------------------------------------------------------------------

says 1 stdout '[{"name":"first"' -j check "$dir/mixed"
says 1 stdout '    "name": "first"' -p check "$dir/mixed"
"$MODBPF" -j check "$dir/mixed" >"$dir/json"
if python3 - "$dir/json" "$dir/mixed.bpf.c" "$where" <<'END'
import json
import sys

progs = json.load(open(sys.argv[1]))
assert [p['verdict'] for p in progs] == ['accepted', 'rejected', 'accepted'], progs
for prog in progs:
    assert prog['section'] == 'kprobe/' + prog['name'] and prog['type'] == 'kprobe', prog
    assert prog['insns'] > 1 and prog['insns_processed'] > 1 and prog['bytes_peak'] > 0, prog
    assert prog['verify_ns'] > 0 and 'processed %d insns' % prog['insns_processed'] in prog['log'], prog
    assert ('reason' in prog) == (prog['verdict'] == 'rejected'), prog
bad = progs[1]
assert bad['code'] == 'access-may-be-null' and bad['needed'] and 'null' in bad['hint'], bad
assert bad['errno'] == 13 and bad['reason'] == "R1 invalid mem access 'map_value_or_null'", bad
assert bad['source']['file'] == sys.argv[2] and bad['source']['line'] == int(sys.argv[3]), bad
assert bad['source']['text'].startswith('return *value;') and bad['source']['column'] > 0, bad
assert '%d: %s\n' % (bad['insn'], bad['insn_text']) in bad['log'], bad
assert 'known: %s\n' % bad['known'] in bad['log'] and 'state: %s\n' % bad['state'] in bad['log'], bad
assert bad['set_at']['text'] == 'call bpf_map_lookup_elem#1' and bad['set_at']['source']['line'] < 25, bad
assert [turn['turn'] for turn in bad['path']] == ['called'] and bad['path_left_out'] == 0, bad
END
then
	passed=$((passed + 1))
else
	bad "check -j" "$(head -c 3000 "$dir/json")"
fi

# Without -g there is no line, and the rest is there.
object plain -g0 <<'END'
SEC("kprobe/f") int plain(void *ctx) { return *(int *)(ctx + 4000); }
char text[] SEC("license") = "GPL";
END
says 1 stdout "plain  section kprobe/f  type kprobe  rejected" check "$dir/plain"
says 1 stdout $'\t'"at: insn 0: (61) r0 = *(u32 *)(r1 +4000)" check "$dir/plain"
"$MODBPF" check "$dir/plain" | grep -q "bpf.c:" && bad "check" "a line from nowhere"

# --- what the device knows of a program before it is verified ----------------------

constant() {	# constant NAME VALUE: an index that is a constant of the object
	object "$1" <<-END
	static volatile __u64 table[4];
	const volatile __u32 at = $2;
	SEC("kprobe/f") int constant(void *ctx) { return table[at]; }
	char text[] SEC("license") = "GPL";
	END
}
constant inside 3
says 0 stdout "constant  section kprobe/f  type kprobe  accepted" check "$dir/inside"
constant outside 4
says 1 stdout "constant  section kprobe/f  type kprobe  rejected" check "$dir/outside"

field() {	# field NAME MEMBER: a program that reads it
	object "$1" <<-END
	SEC("tc") int field(struct __sk_buff *skb) { return skb->$2; }
	char text[] SEC("license") = "GPL";
	END
}
for member in len mark tc_index ifindex vlan_proto hash; do
	field there $member
	says 0 stdout "field  section tc  type sched_cls  accepted" check "$dir/there"
done
for member in napi_id gso_size gso_segs; do
	field absent $member
	says 1 stdout "field  section tc  type sched_cls  rejected" check "$dir/absent"
done

license() {	# license NAME TEXT: a program that calls a helper for GPL programs
	object "$1" <<-END
	SEC("kprobe/f") int prints(void *ctx) { bpf_printk("x"); return 0; }
	char text[] SEC("license") = "$2";
	END
}
license gpl "Dual BSD/GPL"
says 0 stdout "prints  section kprobe/f  type kprobe  accepted" check "$dir/gpl"
license other "Proprietary"
says 1 stdout $'\t'"Invalid argument: cannot call GPL-restricted function" check "$dir/other"

# --- for another kernel --------------------------------------------------------------

cat >"$dir/kernel.c" <<'END'
struct task { int pid; struct task *parent; };
typedef void (*btf_trace_event)(void *, struct task *);
void any(btf_trace_event event) { }
long f(struct task *task, int number) { return task->pid + number; }
END
$CLANG -O2 -g -target bpf -c -o "$dir/kernel.o" "$dir/kernel.c" &&
	llvm-objcopy --dump-section .BTF="$dir/kernel.btf" "$dir/kernel.o" || bad "clang" "cannot make a kernel's BTF"
object elsewhere <<'END'
#include <bpf/bpf_tracing.h>
struct task { struct task *parent; } __attribute__((preserve_access_index));
SEC("fentry/f") int BPF_PROG(enters, struct task *task) { return task->parent->parent && 0; }
SEC("fexit/f") int BPF_PROG(exits, struct task *task, int number, long result) { return result && 0; }
SEC("tp_btf/event") int BPF_PROG(happens, struct task *task) { return !task->parent; }
SEC("fentry/g") int BPF_PROG(nowhere, struct task *task) { return 0; }
char text[] SEC("license") = "GPL";
END
for name in enters exits happens; do
	says 0 stdout "$name  section " check "$dir/elsewhere" --btf "$dir/kernel.btf" program $name
done
says 0 stdout "0: (79) r1 = *(u64 *)(r1 +0) ; R1=kernel_ptr(type=" check "$dir/elsewhere" -vv btf "$dir/kernel.btf" section tp_btf/event
says 0 stdout "1: (79) r1 = *(u64 *)(r1 +8) ;" check "$dir/elsewhere" -vv btf "$dir/kernel.btf" section tp_btf/event
says 1 stdout $'\tcode: attach-target' check "$dir/elsewhere" --btf "$dir/kernel.btf" program nowhere
says 255 stderr "Error: $dir/none: No such file" check "$dir/elsewhere" --btf "$dir/none"
says 255 stderr "Error: $dir/kernel.c: btf_header not found" check "$dir/elsewhere" --btf "$dir/kernel.c"
says 255 stderr "Error: a kernel's BTF file is missing" check "$dir/elsewhere" --btf

object sk_msg <<'END'
SEC("sk_msg") int message(void *ctx) { return 1; }
END
says 1 stdout $'\t'"Invalid argument: not supported yet: programs of this type" check "$dir/sk_msg"

map() {	# map TYPE ENTRIES FLAGS KEY: an object with such a map
	object map <<-END
	struct { __uint(type, BPF_MAP_TYPE_$1); __uint(max_entries, $2); __uint(map_flags, $3);
		 __uint(key_size, $4); __uint(value_size, 8); } strange SEC(".maps");
	SEC("kprobe/f") int f(void *ctx) { __u64 key[8] = {}; return !bpf_map_lookup_elem(&strange, key); }
	char text[] SEC("license") = "GPL";
	END
}
map HASH 16 0 8
says 0 stdout "f  section kprobe/f  type kprobe  accepted" check "$dir/map"
map LPM_TRIE 16 BPF_F_NO_PREALLOC 8
says 0 stdout "f  section kprobe/f  type kprobe  accepted" check "$dir/map"
for words in "LPM_TRIE 16 0 8" "HASH 0 0 8" "HASH 16 BPF_F_MMAPABLE 8" "ARRAY 16 0 8" "STACK_TRACE 16 0 8" \
	"HASH 16 BPF_F_RDONLY_PROG|BPF_F_WRONLY_PROG 8" "LPM_TRIE 16 BPF_F_NO_PREALLOC 4"; do
	map $words
	says 255 stderr "Error: $dir/map: map 'strange': failed to create: Invalid argument(-22)" check "$dir/map"
done

# --- the objects of this project ---------------------------------------------------

for source in tests/verifier/c/*.bpf.c; do
	$CLANG -O2 -g -target bpf -mcpu=v3 -I. -I"$include" -c -o "$dir/ours" "$source" || bad "clang" "$source"
	says 0 stdout "" check "$dir/ours"
done
for ours in build/examples/*.bpf.o build/tests/e2e/*.bpf.o; do
	case $ours in
	*/bad_access.bpf.o | */bad_license.bpf.o | */verdicts.bpf.o)
		says 1 stdout "" check "$ours" ;;
	*/helpers.bpf.o)	# it writes to processes, which a module allows only when told to
		says 1 stdout "write_user  section tracepoint/syscalls/sys_enter_umask  type tracepoint  rejected" \
			check "$ours" ;;
	*/bad_map.bpf.o)	says 255 stderr "Error: $ours: map 'strange'" check "$ours" ;;
	build/examples/* | */typed_events.bpf.o | */nf.bpf.o | */packet_dynptr.bpf.o | */conntrack.bpf.o)
		if [ -e /sys/kernel/btf/vmlinux ] ||
		   [[ $ours != *execsnoop* && $ours != *typed* && $ours != *nf.bpf.o && $ours != *packet_dynptr* &&
		      $ours != *conntrack* ]]; then
			says 0 stdout "" check "$ours"
		else
			skip "$ours: this kernel has no BTF"
		fi ;;
	*/typed_module.bpf.o)
		if [ -e /sys/kernel/btf/dummy ] && [ -e /sys/kernel/btf/9pnet ]; then
			says 0 stdout "" check "$ours"
		else
			says 255 stderr "Error: $ours: prog 'on_xmit': failed to prepare load attributes" check "$ours"
		fi ;;
	*)	says 0 stdout "" check "$ours" ;;
	esac
done

# --- without rights ------------------------------------------------------------------

if [ "$(id -u)" = 0 ]; then
	run=$MODBPF
	as_nobody() {
		setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all "$run" "$@"
	}
	if as_nobody version >/dev/null 2>&1; then
		MODBPF=as_nobody
		says 0 stdout "good  section kprobe/f  type kprobe  accepted" check "$dir/good"
		says 1 stdout "second  section kprobe/second  type kprobe  rejected" check "$dir/mixed"
		says 0 stdout "constant  section kprobe/f  type kprobe  accepted" check "$dir/inside"
		MODBPF=$run
	else
		skip "without rights: nobody cannot reach $run"
	fi
fi

# --- text that a terminal would obey ----------------------------------------------------

escape=$(printf '\033')
object hostile <<END
SEC("raw_tracepoint/\\033[2J\\nü") int hostile(void *ctx)
{
	return *(volatile int *)0;	/* ${escape}]0;title */
}
END
says 1 stdout "hostile  section raw_tracepoint/?[2J?ü  type raw_tracepoint  rejected" check "$dir/hostile" -v
if grep -q "$escape" "$dir/stdout" || ! grep -q '/\* ?\]0;title' "$dir/stdout"; then
	bad "check of hostile text" "shows what a terminal obeys, or no source" "$(cat -v "$dir/stdout")"
fi
"$MODBPF" -d check "$dir/hostile" >/dev/null 2>"$dir/stderr"
if grep -q "$escape" "$dir/stderr" || ! grep -q 'raw_tracepoint/?\[2J' "$dir/stderr"; then
	bad "what libbpf says of hostile text" "shows what a terminal obeys, or nothing" "$(cat -v "$dir/stderr")"
fi
object nowhere <<'END'
SEC("nowhere\033[2J") int nowhere(void *ctx) { return 0; }
END
says 255 stderr "Error: $dir/nowhere: section 'nowhere?[2J'" check "$dir/nowhere"
says 255 stderr "Error: $dir/?[2J" check "$dir/$escape[2J"

# --- what is no object, and what is a damaged one ---------------------------------------

says 255 stderr "Error: $dir/none: cannot be opened: No such file" check "$dir/none"
head -c 4000 /dev/urandom | tr '\177' 'x' >"$dir/noise"
says 255 stderr "Error: $dir/noise: not an ELF file" check "$dir/noise"
says 255 stdout "{\"error\":\"$dir/noise: not an ELF file" -j check "$dir/noise"
says 255 stderr "Error: /bin/true: ELF for machine" check /bin/true
cut() {
	local size at
	size=$(stat -c %s "$dir/mixed")
	for ((at = 64; at < size; at += size / 24)); do
		head -c $at "$dir/mixed" >"$dir/cut"
		says 255 stderr "Error: $dir/cut: " check "$dir/cut"
	done
}
cut

# Some bytes changed: a verdict or an error, in JSON too, whatever becomes of libbpf. The same of what is to be
# loaded, for which there is no device.
export ASAN_OPTIONS=${ASAN_OPTIONS:-}:handle_segv=0:handle_abort=0:allocator_may_return_null=1
for seed in $(seq 40); do
	python3 - "$dir/mixed" "$dir/damaged" "$seed" <<-'END'
	import random
	import sys

	data = bytearray(open(sys.argv[1], 'rb').read())
	rand = random.Random(int(sys.argv[3]))
	for _ in range(1 << rand.randrange(5)):
	    data[rand.randrange(20, len(data))] = rand.choice((0, 1, 128, 255, rand.randrange(256)))
	open(sys.argv[2], 'wb').write(data)
	END
	for command in check load; do
		"$MODBPF" -j $command "$dir/damaged" >"$dir/stdout" 2>"$dir/stderr" </dev/null
		status=$?
		if [[ $status = [01] || $status = 255 ]] && python3 -m json.tool "$dir/stdout" >/dev/null 2>&1 &&
			! grep -q 'Sanitizer\|runtime error' "$dir/stderr"; then
			passed=$((passed + 1))
		else
			bad "$command of damage $seed" "exits with $status" "$(head -c 1000 "$dir/stdout" "$dir/stderr")"
		fi
	done
done

# The map's type is none that there is: libbpf looks for it all the same.
python3 - "$dir/mixed" "$dir/wild" <<'END'
import re
import sys

variable = b'\0\0\0\x0e(?s:.{4})\x01\0\0\0'	# BTF_KIND_VAR: kind, type, linkage
data, cnt = re.subn(variable, b'\0\0\0\x0e\xff\xff\0\0\x01\0\0\0', open(sys.argv[1], 'rb').read(), 1)
assert cnt == 1
open(sys.argv[2], 'wb').write(data)
END
for command in check load; do
	says 255 stderr "Error: $dir/wild: libbpf cannot read it: the object is damaged" $command "$dir/wild"
	says 255 stdout "{\"error\":\"$dir/wild: libbpf cannot read it: the object is damaged" -j $command "$dir/wild"
done
finish check
