/* SPDX-License-Identifier: GPL-2.0-only */
/* Helpers on dynptrs that stand in for the kernel's, for programs that tests run. */
#ifndef MODBPF_TESTS_SUPPORT_DYNPTR_H
#define MODBPF_TESTS_SUPPORT_DYNPTR_H

#include "isa/abi.h"
#include "isa/platform.h"

/*
 * Put them into a table of MODBPF_FUNC_LIMIT addresses; its ringbuf_reserve,
 * ringbuf_submit and ringbuf_discard are called for records.
 */
void dynptr_add_helpers(u64 *helpers);

#endif
