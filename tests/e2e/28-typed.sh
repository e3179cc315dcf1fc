#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Do programs with typed arguments see each call, by the kernel's types and by those that
# were supplied to a kernel that has none, false ones, too?
. "$(dirname "$0")/lib.sh"

check "the module is inserted" insert
check "typed events" "$E2E/typed_events" "$E2E/typed_events.bpf.o" || echo "$out"
# The types of modules are the kernel's own: nobody supplies them.
if ! lacks module_types >/dev/null; then
	check "a module is there" dummy_up
	check "a module's events" "$E2E/typed_module" "$E2E/typed_module.bpf.o" "$VM_DIR" || echo "$out"
fi
check "the module leaves" remove_soon
finish
