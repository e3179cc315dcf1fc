/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A subprogram that a program handed to a helper. The handle is an address in the
 * program's image, or of its struct interp_callback under jit=0.
 *
 * Context: that of the program; the program lives at least until its run ends.
 */
#ifndef MODBPF_MODULE_HELPER_CALLBACK_H
#define MODBPF_MODULE_HELPER_CALLBACK_H

#include "isa/interp.h"
#include "module/prog.h"

static inline u64 callback_call(u64 handle, u64 r1, u64 r2, u64 r3, u64 r4)
{
	u64 (*entry)(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5) = (void *)(unsigned long)handle;

#if MODBPF_INTERP
	if (!modbpf_jit) {
		u64 args[5] = { r1, r2, r3, r4 };

		return modbpf_interp_callback((void *)(unsigned long)handle, args);
	}
#endif
	return entry(r1, r2, r3, r4, 0);
}

/* One with two arguments: no others are set. */
static inline u64 callback_call_pair(u64 handle, u64 r1, u64 r2)
{
	u64 (*entry)(u64 r1, u64 r2) = (void *)(unsigned long)handle;

#if MODBPF_INTERP
	if (!modbpf_jit)
		return callback_call(handle, r1, r2, 0, 0);
#endif
	return entry(r1, r2);
}

#endif
