#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The CLI's commands on programs, maps and links that are there.
. "$(dirname "$0")/lib.sh"

is_json() {
	python3 -c 'import json, sys; json.load(sys.stdin)' <<<"$1"
}

bytes_of() {
	python3 -c 'import json, sys; print("".join(byte[2:] for byte in json.load(sys.stdin)["data_out"]))' <<<"$1"
}

refused "without the module it says what to do" "insert the module" modbpf prog show
check "the module is inserted" insert
check "no programs, no output" nothing_is_loaded
equal "and an empty list in JSON" "$(modbpf -j prog show)" "[]"
check "features" modbpf feature
check "features in JSON" is_json "$(modbpf -j feature)"
check "a program is tried and thrown away" modbpf prog load "$E2E/judge.bpf.o"

hold "$SCRATCH/log" modbpf load "$E2E/count_calls.bpf.o" || finish
id=$(modbpf prog show name umask_entry | sed -n 's/^\([0-9]*\):.*/\1/p')
check "a program has an id" test "${id:-0}" -gt 0
check "prog show by id" modbpf prog show id "$id"
contains "it is a kprobe program" "$out" "kprobe"
contains "it is compiled" "$out" "jited"
check "a unique prefix will do" modbpf p s i "$id"
for what in "prog show" "map show" "link show" "btf show" "prog show id $id"; do
	check "JSON of $what" is_json "$(modbpf -j $what)"
	check "pretty JSON of $what" is_json "$(modbpf -p $what)"
done
contains "types name who uses them" "$(modbpf btf show)" "B  prog_ids $id"
check "its instructions" modbpf prog dump xlated id "$id"
contains "end with exit" "$out" "exit"
check "its machine code" modbpf prog dump jited id "$id"
contains "is code" "$out" "ret"
symbols=/sys/kernel/debug/modbpf/symbols
read -r start size name < <(grep '_umask_entry$' $symbols)
equal "its symbol has its size" "bytes_jited $((16#${size:-0}))" \
	"$(modbpf -j prog show id "$id" | grep -o 'bytes_jited[": ]*[0-9]*' | tr -s '": ' ' ')"
read -r base bytes < <(awk '$1 == "modbpf" {print $6, $2}' /proc/modules)
check "and lies in the module's text" test "$((16#${start:-0} - base))" -gt 0 -a "$((16#${start:-0} - base))" -lt "$bytes"
contains "and is named by its tag" "$(modbpf prog show id "$id")" "tag $(cut -d_ -f3 <<<"$name")"
equal "symbols are for root only" "$(stat -c %a:%u $symbols)" 400:0
code=$(modbpf -j prog dump jited id "$id")
check "its machine code in JSON" is_json "$code"
contains "with lines of the source" "$code" '"src":"'
"$E2E/umasks" 7
contains "its runs are counted" "$(modbpf prog show id "$id")" "run_cnt"

check "a map" modbpf map lookup name call_counts key hex 00 00 00 00
contains "has its value" "$out" "07 00 00 00 00 00 00 00"
check "is changed" modbpf map update name call_counts key hex 05 00 00 00 value hex 2a 00 00 00 00 00 00 00
equal "and read back" "$(map_u64 call_counts 5)" 42
check "is dumped" modbpf map dump name call_counts
contains "to its end" "$out" "Found 8 elements"
refused "has no element 8" "" modbpf map lookup name call_counts key hex 08 00 00 00
refused "an array's element stays" "" modbpf map delete name call_counts key hex 01 00 00 00
refused "no such map" "" modbpf map show id 999999
refused "no such link" "" modbpf link detach id 999999
release
equal "what has gone has no symbol" "$(within 10 nothing_is_loaded; cat $symbols)" ""

cat >"$SCRATCH/packet.py" <<'END'
import sys
# IPv4 header without options, UDP, and eight bytes.
sys.stdout.buffer.write(bytes([0x45, 0, 0, 36, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]
                              + [0] * 16))
END
python3 "$SCRATCH/packet.py" >"$SCRATCH/packet"
if hold "$SCRATCH/judge" modbpf load "$E2E/judge.bpf.o"; then
	check "a program runs on a packet from a file" modbpf prog run name judge data_in "$SCRATCH/packet" repeat 3
	contains "and keeps it" "$out" "Return value: 1"
	answer=$(modbpf -j prog run name judge data_in "$SCRATCH/packet" data_out -)
	check "with its bytes the answer is JSON" is_json "$answer"
	# Those of the link layer's header are not shown to it, and come back as zero.
	equal "and has them" "$(bytes_of "$answer")" "$(printf '0%.0s' {1..28})$(tail -c +15 "$SCRATCH/packet" | od -An -v -tx1 | tr -d ' \n')"
	refused "a program that is not there does not" "" modbpf prog run name nobody data_in "$SCRATCH/packet"
	release
fi
head -c 2000 /dev/urandom >"$SCRATCH/noise"
refused "noise is no object" "" modbpf load "$SCRATCH/noise"
refused "nor is an ELF of another machine" "" modbpf load /bin/true
check "nothing is left" within 10 nothing_is_loaded

mkdir "$SCRATCH/pins"
check "a place for names" mount -t modbpffs none "$SCRATCH/pins"
for i in {1..20}; do
	modbpf map create "$SCRATCH/pins/$i" type array key 4 value 4 entries 1 name many
done
equal "more maps than a process has descriptors" "$(ulimit -Sn 12; modbpf map show | grep -c 'name many')" 20
refused "or than it may have" "Too many open files" bash -c 'ulimit -n 12; modbpf map show'
check "the names go" rm "$SCRATCH"/pins/{1..20}
umount "$SCRATCH/pins"
check "and the maps" within 10 nothing_is_loaded
check "the module leaves" remove_soon
finish
