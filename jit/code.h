/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Compiled code that has no address yet, and what a machine has to provide.
 *
 * Invariant: the bytes are final but for the fields named by fixups, whose size
 * does not depend on the address: the layout is the same wherever the image runs.
 */
#ifndef MODBPF_JIT_CODE_H
#define MODBPF_JIT_CODE_H

#include "jit/jit.h"

struct ir_prog;

/* A field of the code that depends on the image's address. */
struct jit_fixup {
	u64 target;	/* absolute address that the field leads to */
	u32 at;		/* where the field is, bytes from the start */
};

struct jit_code {
	struct jit_layout layout;	/* subprog and insn point to the arrays below */
	u8 *bytes;
	struct jit_fixup *fixups;
	u32 fixup_cnt;
	u32 *subprog;
	u32 *insn;
};

#define JIT_MAX_IMAGE (16U << 20)	/* bytes; what may be had of an arena is its owner's rule */

/*
 * Make the machine's code for @ir in the zeroed @code. On an error what hangs on
 * @code is the caller's to free. Returns 0, -ENOMEM, -EINTR, -E2BIG, -EOPNOTSUPP.
 */
int machine_compile(const struct jit_request *req, const struct ir_prog *ir,
		    struct jit_code *code);

/*
 * Write the field for @fixup in @buf, a copy of the code that will run at @addr.
 * Returns 0, or -ERANGE if the target is out of reach.
 */
int machine_fix(const struct jit_fixup *fixup, u64 addr, u8 *buf);

#endif
