#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Does "modbpf check", which asks no device, give the device's verdict and the device's log?
. "$(dirname "$0")/lib.sh"

# Each program of an object by both: the same verdict, the same log where it is rejected,
# as many instructions looked at where it is accepted.
tool=(modbpf)
compare() {	# compare OBJECT PROGRAM
	local what line log device status
	what="$(basename "$1" .bpf.o): $2"
	line=$("${tool[@]}" -v check "$1" program "$2" 2>&1)
	status=$?
	log=$(sed "/^$2  section /,\$d" <<<"$line")
	line=$(grep "^$2  section " <<<"$line")
	if [ $status = 1 ]; then
		contains "$what: check says rejected" "$line" "  rejected  "
		refused "$what: the device rejects it" "Error: $1: section '" "${tool[@]}" -d prog load "$1" "$2"
		contains "$what: with the same log" "$out" "$log"
	else
		equal "$what: check takes it" $status 0
		check "$what: the device takes it" "${tool[@]}" prog load "$1" "$2"
		contains "$what: the same number of instructions" "$line" \
			"  processed $(sed -n 's/.*verified_insns \([0-9]*\).*/\1/p' <<<"$out")  "
	fi
}

check "the verdicts are there" test -e "$E2E/verdicts.bpf.o"
equal "without a device" "$(modbpf check "$E2E/verdicts.bpf.o" | grep -c '^ok_.*  accepted  ')" 5
equal "all that is to be rejected" "$(modbpf check "$E2E/verdicts.bpf.o" | grep -c '^no_.*  rejected  ')" 13
check "the module is inserted" insert
# By hand, of the two commands: what is made to be rejected, and one that reads the kernel's types.
for program in $(modbpf check "$E2E/verdicts.bpf.o" | sed -n 's/^\([a-zA-Z_0-9]*\)  section .*/\1/p'); do
	compare "$E2E/verdicts.bpf.o" "$program"
done
if why=$(lacks fentry); then
	skip "a program that reads the kernel's types" "$why"
else
	compare "$E2E/typed_events.bpf.o" on_entry
fi
tool=("${typed[@]}" modbpf)
compare "$E2E/nf.bpf.o" nf_writes
# The verifier's cases, the instruction corpus and all objects: what is said without a device is recorded by e2e-build.
every=1
[ "${VM_KERNEL:-}" != debug ] || every=10	# a load takes a tenth of a second there
replayed() {	# replayed WHAT EVERY FILE...
	check "$1" "$E2E/replay" "${@:2}" || echo "$out"
	echo "        $(tail -n 2 <<<"$out" | tr '\n' ' ')"
}
replayed "the verifier's cases, 1 in $every" $every "$E2E/cases.recorded"
replayed "all objects" 1 "$E2E"/{objects,compiled}.recorded

# What is wrong before a program is: the same words.
equal "a map that is refused" "$(modbpf check "$E2E/bad_map.bpf.o" 2>&1)" "$(modbpf prog load "$E2E/bad_map.bpf.o" 2>&1)"

# The line of the source is said on the device's path, too.
where="bad_access.bpf.c:$(grep -n 'return \*value;' tests/e2e/bad_access.bpf.c | cut -d: -f1): return *value;"
contains "the source line, checked" "$(modbpf check "$E2E/bad_access.bpf.o" 2>&1)" "$where"
contains "the source line, loaded" "$(modbpf load "$E2E/bad_access.bpf.o" 2>&1)" "$where"
check "the module leaves" remove_soon
finish
