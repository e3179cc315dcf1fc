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

/* What a dynptr of a packet is of; its first piece is so long. */
void dynptr_set_packet(u8 *data, u32 bytes, u32 in_first_piece);

/* What @call makes of a callback that is given a dynptr of @size bytes, and R2. */
u64 dynptr_call_back(u64 (*call)(u64 handle, u64 r1, u64 r2, u64 r3, u64 r4), u64 handle,
		     void *data, u64 size, u64 r2);

#endif
