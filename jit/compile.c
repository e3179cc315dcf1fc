// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The JIT's walk: verified program -> operations -> passes -> machine code ->
 * bytes at an address. Nothing is kept of a step but its result.
 */
#include "jit/jit.h"

#include "jit/code.h"
#include "jit/ir.h"

/* A pass and the lowest optimisation level that runs it; in this order. */
static const struct {
	u32 opt;
	int (*run)(struct ir_prog *ir);
} passes[] = {
	{ 1, ir_drop_zero_extensions },
	{ 2, ir_propagate_copies },
	{ 2, ir_reduce_strength },
	{ 2, ir_drop_dead },
	{ 2, ir_find_rotations },
	{ 2, ir_fuse_tests },
	{ 2, ir_fold_addresses },
	{ 2, ir_drop_dead },
	{ 2, ir_fuse_loads },
	{ 2, ir_thread_jumps },
};

static int run_passes(const struct jit_request *req, struct ir_prog *ir)
{
	int err = 0;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(passes) && !err; i++)
		if (req->opt >= passes[i].opt)
			err = passes[i].run(ir);
	if (!err && req->blind_seed)
		err = ir_blind(req, ir);
	return err;
}

int modbpf_jit_compile(const struct jit_request *req, struct jit_code **out)
{
	struct jit_code *code;
	struct ir_prog ir;
	int err;

	code = modbpf_zalloc(sizeof(*code));
	if (!code)
		return -ENOMEM;
	err = ir_build(req, &ir);
	if (err)
		goto free_code;
	err = run_passes(req, &ir);
	if (!err)
		err = machine_compile(req, &ir, code);
	ir_release(&ir);
	if (err)
		goto free_code;
	code->layout.subprog = code->subprog;
	code->layout.insn = code->insn;
	*out = code;
	return 0;

free_code:
	modbpf_jit_free(code);
	return err;
}

const struct jit_layout *modbpf_jit_layout(const struct jit_code *code)
{
	return &code->layout;
}

int modbpf_jit_emit(const struct jit_code *code, u64 addr, u8 *buf)
{
	int err = 0;
	u32 i;

	memcpy(buf, code->bytes, code->layout.bytes);
	for (i = 0; i < code->fixup_cnt && !err; i++)
		err = machine_fix(&code->fixups[i], addr, buf);
	return err;
}

void modbpf_jit_free(struct jit_code *code)
{
	if (!code)
		return;
	modbpf_free(code->bytes);
	modbpf_free(code->fixups);
	modbpf_free(code->subprog);
	modbpf_free(code->insn);
	modbpf_free(code);
}
