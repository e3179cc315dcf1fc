#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Does a function of the kernel return what a program says, where the kernel allows it, and nowhere else?
. "$(dirname "$0")/lib.sh"

allows=allowed
! lacks override_return >/dev/null || allows=lacking
for jit in 1 0; do
	check "the module is inserted, jit=$jit" insert jit=$jit
	check "programs that override, $allows" "$E2E/override" "$E2E/override.bpf.o" "$SCRATCH" $allows
	echo "$out"
	if [ $allows = allowed ]; then
		refused "the CLI says which functions may be overridden" "error_injection/list has those" \
			modbpf load "$E2E/bad_override.bpf.o"
	else
		refused "the CLI says what the kernel lacks" "needs a kernel with CONFIG_FUNCTION_ERROR_INJECTION" \
			modbpf load "$E2E/bad_override.bpf.o"
	fi
	check "nothing is left" within 10 nothing_is_loaded
	check "the module leaves" remove_soon
done
finish
