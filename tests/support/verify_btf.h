/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * BTF for a program that is given as text: what its functions were declared with,
 * and where lines begin.
 *
 *	static|global RESULT NAME(TYPE, TYPE...) [@INSN] [#ID]
 *
 * Types: void, int, enum, float, s (a struct of 8 bytes), s*, int*, a16* (16 bytes), long
 * (8 bytes), wide (16 bytes), nil* (no bytes), ctx (const struct __sk_buff *), regs
 * (bpf_user_pt_regs_t *), dynptr* (struct bpf_dynptr *), void*, fwd* (nothing is known of it).
 * Behind one of an argument: ! is __arg_nonnull, ^ is __arg_ctx, ? a tag that means nothing
 * here; behind the parenthesis: the same of the function itself.
 * Functions stand in the order of their code; @INSN says that one begins elsewhere, #ID
 * that it is said to be another type.
 *
 * Lines: numbers of instructions; behind one, /N has the text at offset N of the names.
 */
#ifndef MODBPF_TESTS_SUPPORT_VERIFY_BTF_H
#define MODBPF_TESTS_SUPPORT_VERIFY_BTF_H

#include "isa/btf/btf.h"
#include "tests/support/asm.h"
#include "tests/support/btfblob.h"
#include "tests/support/verify.h"

#define VERIFY_LINES 16

struct verify_btf {
	struct btf_blob blob;
	struct btf_types *types;	/* the caller's to free; NULL: there is none */
	struct func_info funcs[VERIFY_FUNCS];
	struct line_info lines[VERIFY_LINES];
	struct btf_why why;
};

/* What @input says of functions and lines goes to @req. 0, or -EINVAL with btf->why. */
int verify_btf_make(struct verify_btf *btf, const struct verify_input *input,
		    const struct asm_prog *prog, struct verify_request *req);

#endif
