// SPDX-License-Identifier: GPL-2.0-only
/* A program whose machine code is a C function. */
#include "tests/kunit/c_prog.h"

#include <linux/err.h>

#include "isa/platform.h"
#include "module/caller.h"

struct modbpf_prog *c_prog_new(struct kunit *test, u32 type, u64 (*body)(const void *ctx))
{
	struct modbpf_prog *prog;
	struct caller caller;

	caller_init_current(&caller);
	prog = prog_alloc(&caller);
	KUNIT_ASSERT_FALSE(test, IS_ERR(prog));
	prog->verified = modbpf_zalloc(sizeof(*prog->verified));
	if (!prog->verified)
		prog_free(prog);
	KUNIT_ASSERT_NOT_NULL(test, prog->verified);
	prog->type = type;
	prog->entry = body;
	prog->jited = true;
	return prog;
}

void c_prog_free(struct modbpf_prog *prog)
{
	/* What a program that was published waits for. */
	synchronize_rcu();
	prog_free(prog);
}
