#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Do programs with typed arguments see each call, by the kernel's types and by those that
# were supplied to a kernel that has none, false ones, too?
. "$(dirname "$0")/lib.sh"

check "the module is inserted" insert
check "typed events" "$E2E/typed_events" "$E2E/typed_events.bpf.o" || echo "$out"
# A task sleeps in a function that it returns from through the module.
sleeper=$("$E2E/typed_events" "$E2E/typed_events.bpf.o" leave)
case $? in
0)
	refused "the module does not go before it wakes" "in use" rmmod modbpf
	kill $sleeper
	check "and goes when it has woken" remove_soon
	check "the module is inserted again" insert
	;;
3) kill $sleeper 2>/dev/null ;;	# a kretprobe: up to 5.14, and without types
*) bad "a program at the exit of a function that sleeps" ;;
esac
if ! lacks fexit >/dev/null; then
	hold "$SCRATCH/ends" modbpf load "$E2E/ends.bpf.o" || finish
	for i in {1..20}; do /bin/true; done
	check "tasks end" test "$(map_u64 numbers 1)" -ge 20
	equal "and do not come back" "$(map_u64 numbers 2)" 0
	release
	check "none of them holds the module" remove_soon
	check "the module is inserted once more" insert
fi
refused "what is no BTF is no kernel's" "no BTF" modbpf btf kernel /etc/passwd
if [ -e /sys/kernel/btf/vmlinux ]; then
	refused "a kernel with types keeps them" "types of its own" modbpf btf kernel /sys/kernel/btf/vmlinux
	chmod 0 /sys/kernel/btf
	contains "whoever may not open them is told that they are there" \
		"$(setpriv --bounding-set=-all,+sys_admin --inh-caps=-all modbpf btf show 2>&1)" "name [vmlinux]"
	chmod 755 /sys/kernel/btf
else
	write_types "$SCRATCH/types"
	check "a kernel is told types" modbpf btf kernel "$SCRATCH/types"
	check "and to forget them" modbpf btf kernel none
	refused "what the module does not take has its reason" "DATASEC" modbpf btf kernel "$E2E/typed_events.bpf.o"
fi

# The types of modules are the kernel's own: nobody supplies them.
if ! lacks module_types >/dev/null; then
	check "a module is there" dummy_up
	check "a module's events" "$E2E/typed_module" "$E2E/typed_module.bpf.o" "$VM_DIR" || echo "$out"
fi
check "the module leaves" remove_soon
finish
