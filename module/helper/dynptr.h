/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A dynptr as programs have it in 16 bytes of their stack, and as a helper that calls back
 * may give it to them. The verifier lets nobody else read or write it. Any context, NMI
 * included, for all that is made of it.
 */
#ifndef MODBPF_MODULE_HELPER_DYNPTR_H
#define MODBPF_MODULE_HELPER_DYNPTR_H

#include <linux/build_bug.h>
#include <linux/types.h>

#define DYNPTR_MAX_BYTES ((1U << 24) - 1)	/* as Linux */

struct modbpf_dynptr {
	void *data;	/* NULL: there is nothing, as where making it failed */
	u32 size;	/* bytes, at most DYNPTR_MAX_BYTES; 0 without data */
	u32 pad;
};
static_assert(sizeof(struct modbpf_dynptr) == 16);

#endif
