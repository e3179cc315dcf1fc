// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does the JIT's code run in this kernel as it does in user space: with its return
 * and indirect thunks, its helpers and its fault-proof loads, out of the arena?
 */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/prandom.h>
#include <linux/slab.h>
#include <linux/stacktrace.h>

#include "isa/abi.h"
#include "isa/interp.h"
#include "jit/jit.h"
#include "module/image.h"
#include "module/target.h"

#define MAX_CODE 128
#define MAX_SUBPROGS 8

/* A program as the verifier would give it, and its image. */
struct jit_fixture {
	struct verified_prog prog;
	struct modbpf_insn insns[MAX_CODE];
	struct insn_fact facts[MAX_CODE];
	struct subprog subprogs[MAX_SUBPROGS];
	struct map_bind bind;
	u64 helpers[MODBPF_FUNC_LIMIT];
	u64 blind_seed;
	struct image *image;
	u64 (*entry)(const void *ctx);
	u64 tail_entry;
};

static struct jit_fixture *new_fixture(struct kunit *test)
{
	struct jit_fixture *fix = kunit_kzalloc(test, sizeof(*fix), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, fix);
	fix->prog.insns = fix->insns;
	fix->prog.facts = fix->facts;
	fix->prog.subprogs = fix->subprogs;
	return fix;
}

static void put(struct jit_fixture *fix, u8 code, u8 dst, u8 src, s16 off, s32 imm)
{
	fix->insns[fix->prog.insn_cnt++] = (struct modbpf_insn){
		.code = code, .dst_reg = dst, .src_reg = src, .off = off, .imm = imm,
	};
}

static void put_mov(struct jit_fixture *fix, u8 dst, s32 imm)
{
	put(fix, BPF_ALU64 | BPF_MOV | BPF_K, dst, 0, 0, imm);
}

/* The instructions since the last subprogram's end are one. */
static void end_subprog(struct jit_fixture *fix, u32 stack_depth)
{
	struct verified_prog *prog = &fix->prog;
	struct subprog *sub = &prog->subprogs[prog->subprog_cnt];

	put(fix, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
	sub->start = prog->subprog_cnt ? sub[-1].end : 0;
	sub->end = prog->insn_cnt;
	sub->stack_depth = stack_depth;
	prog->subprog_cnt++;
}

static int write_image(struct jit_fixture *fix, const struct jit_code *code)
{
	const struct jit_layout *layout = modbpf_jit_layout(code);
	u8 *bytes = kmalloc(layout->bytes, GFP_KERNEL);
	int err = -ENOMEM;

	if (bytes)
		err = modbpf_jit_emit(code, image_addr(fix->image), bytes);
	if (!err)
		err = image_write(fix->image, bytes, layout->bytes);
	kfree(bytes);
	fix->entry = (void *)(unsigned long)(image_addr(fix->image) + layout->entry);
	fix->tail_entry = image_addr(fix->image) + layout->tail_entry;
	return err;
}

static void compile(struct kunit *test, struct jit_fixture *fix)
{
	struct jit_target target = *modbpf_target();
	struct jit_request req = {
		.prog = &fix->prog, .binds = &fix->bind, .target = &target, .opt = 2,
		.blind_seed = fix->blind_seed,
	};
	struct jit_code *code;

	target.helpers = fix->helpers;
	KUNIT_ASSERT_EQ(test, modbpf_jit_compile(&req, &code), 0);
	fix->image = image_alloc(modbpf_jit_layout(code)->bytes);
	KUNIT_ASSERT_FALSE(test, IS_ERR(fix->image));
	KUNIT_ASSERT_EQ(test, write_image(fix, code), 0);
	modbpf_jit_free(code);
}

static void release(struct kunit *test, struct jit_fixture *fix)
{
	image_free(fix->image);
	kunit_kfree(test, fix);
}

/* --- agreement with the interpreter ------------------------------------------------ */

static void put_random_alu(struct jit_fixture *fix, struct rnd_state *rnd)
{
	static const u8 ops[] = {
		BPF_ADD, BPF_SUB, BPF_MUL, BPF_DIV, BPF_OR, BPF_AND, BPF_LSH, BPF_RSH, BPF_MOD,
		BPF_XOR, BPF_MOV, BPF_ARSH,
	};
	u32 r = prandom_u32_state(rnd);
	u8 op = ops[r % ARRAY_SIZE(ops)], dst = r >> 8 & 7, src = r >> 12 & 7;
	u8 class = r & 1 << 16 ? BPF_ALU64 : BPF_ALU;
	bool may_be_signed = op == BPF_DIV || op == BPF_MOD;

	put(fix, class | op | BPF_X, dst, src, may_be_signed && r & 1 << 17, 0);
	if (r & 1 << 18)
		put(fix, BPF_JMP | BPF_JSGT | BPF_X, src, dst, 1, 0);
	if (r & 1 << 19)
		put(fix, BPF_STX | BPF_ATOMIC | BPF_DW, 10, dst, -8, BPF_XOR | BPF_FETCH);
	else
		put(fix, BPF_ALU64 | BPF_ADD | BPF_K, dst, 0, 0, r);
}

static void agrees_with_the_interpreter(struct kunit *test)
{
	struct rnd_state rnd;
	u32 round, reg, i;

	prandom_seed_state(&rnd, 20240917);
	for (round = 0; round < 300; round++) {
		struct jit_fixture *fix = new_fixture(test);
		struct interp_env env = { .prog = &fix->prog };

		fix->blind_seed = round % 2 ? round : 0;
		for (reg = 0; reg < 8; reg++)
			put_mov(fix, reg, prandom_u32_state(&rnd) >> reg * 3);
		put(fix, BPF_STX | BPF_MEM | BPF_DW, 10, 0, -8, 0);
		for (i = 0; i < 30; i++)
			put_random_alu(fix, &rnd);
		for (reg = 1; reg < 8; reg++)
			put(fix, BPF_ALU64 | BPF_XOR | BPF_X, 0, reg, 0, 0);
		end_subprog(fix, 8);
		compile(test, fix);
		KUNIT_EXPECT_EQ(test, fix->entry(NULL), modbpf_interp_run(&env, NULL, NULL));
		release(test, fix);
	}
}

/* --- calls --------------------------------------------------------------------------- */

static unsigned long trace[32];
static unsigned int trace_cnt;

static noinline u64 sum_arguments(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	trace_cnt = stack_trace_save(trace, ARRAY_SIZE(trace), 0);
	return r1 + 10 * r2 + 100 * r3 + 1000 * r4 + 10000 * r5;
}

static bool is_in(unsigned long addr, const struct image *image)
{
	return addr - image_addr(image) < image_bytes(image);
}

/* The main program, seven subprograms each calling the next, and a helper at the bottom. */
static void calls_go_eight_frames_deep(struct kunit *test)
{
	struct jit_fixture *fix = new_fixture(test);
	u32 depth, i, frames = 0;

	fix->helpers[1] = (unsigned long)sum_arguments;
	for (depth = 0; depth < 8; depth++) {
		put(fix, BPF_ST | BPF_MEM | BPF_DW, 10, 0, -56, 1 << depth);
		for (i = 1; i <= 5; i++)
			put_mov(fix, i, i);
		if (depth < 7)
			put(fix, BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_CALL, 0, 3);
		else
			put(fix, BPF_JMP | BPF_CALL, 0, 0, 0, 1);
		put(fix, BPF_LDX | BPF_MEM | BPF_DW, 1, 10, -56, 0);
		put(fix, BPF_ALU64 | BPF_ADD | BPF_X, 0, 1, 0, 0);
		end_subprog(fix, 56);
	}
	compile(test, fix);
	trace_cnt = 0;
	KUNIT_EXPECT_EQ(test, fix->entry(NULL), 54321ULL + 255);
	for (i = 0; i < trace_cnt; i++)
		frames += is_in(trace[i], fix->image);
	KUNIT_EXPECT_EQ(test, frames, 8U);
	KUNIT_EXPECT_FALSE(test, is_in(trace[trace_cnt - 1], fix->image));
	release(test, fix);
}

/* Counts its runs in ctx and goes to itself; @in_subprog: out of a subprogram. */
static void put_tail_caller(struct jit_fixture *fix, bool in_subprog)
{
	u32 call;

	put(fix, BPF_LDX | BPF_MEM | BPF_DW, 6, 1, 0, 0);
	put(fix, BPF_ALU64 | BPF_ADD | BPF_K, 6, 0, 0, 1);
	put(fix, BPF_STX | BPF_MEM | BPF_DW, 1, 6, 0, 0);
	if (in_subprog) {
		put(fix, BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_CALL, 0, 1);
		end_subprog(fix, 0);
	}
	put_mov(fix, 3, 0);
	put_mov(fix, 2, 0);
	call = fix->prog.insn_cnt;
	put(fix, BPF_JMP | BPF_CALL, 0, 0, 0, MODBPF_FUNC_tail_call);
	fix->facts[call] = (struct insn_fact){ .flags = FACT_CONST_MAP };
	put_mov(fix, 0, 7);
	end_subprog(fix, 0);
}

static void tail_calls_stop_after_33(struct kunit *test)
{
	u32 in_subprog;

	for (in_subprog = 0; in_subprog < 2; in_subprog++) {
		struct jit_fixture *fix = new_fixture(test);
		u64 entry = 0, runs = 0;

		fix->bind = (struct map_bind){ .values = (unsigned long)&entry, .max_entries = 1 };
		put_tail_caller(fix, in_subprog);
		compile(test, fix);
		KUNIT_EXPECT_EQ(test, fix->entry(&runs), 7ULL);
		KUNIT_EXPECT_EQ(test, runs, 1ULL);
		entry = fix->tail_entry;
		runs = 0;
		KUNIT_EXPECT_EQ(test, fix->entry(&runs), 7ULL);
		KUNIT_EXPECT_EQ(test, runs, 34ULL);
		release(test, fix);
	}
}

/* --- loads that may fault -------------------------------------------------------------- */

static void probe_loads_of_bad_addresses_give_zero(struct kunit *test)
{
	static const u8 sizes[] = { BPF_B, BPF_H, BPF_W, BPF_DW };
	const u64 value = 0xffeeddccbbaa9988ULL;
	const u64 bad[] = { 0, 8, 0x8000000000000000ULL, ~0ULL - 8 };
	u32 i, k;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct jit_fixture *fix = new_fixture(test);
		u64 addr = (unsigned long)&value;

		put(fix, BPF_LDX | BPF_MEM | BPF_DW, 3, 1, 0, 0);
		fix->facts[fix->prog.insn_cnt].flags = FACT_PROBE_LOAD;
		put(fix, BPF_LDX | BPF_MEM | sizes[i], 0, 3, 0, 0);
		end_subprog(fix, 0);
		compile(test, fix);
		KUNIT_EXPECT_EQ(test, fix->entry(&addr), value & (~0ULL >> (64 - (8 << i))));
		for (k = 0; k < ARRAY_SIZE(bad); k++)
			KUNIT_EXPECT_EQ(test, fix->entry(&bad[k]), 0ULL);
		release(test, fix);
	}
}

static struct kunit_case jit_cases[] = {
	KUNIT_CASE(agrees_with_the_interpreter),
	KUNIT_CASE(calls_go_eight_frames_deep),
	KUNIT_CASE(tail_calls_stop_after_33),
	KUNIT_CASE(probe_loads_of_bad_addresses_give_zero),
	{}
};

struct kunit_suite kunit_jit_suite = {
	.name = "jit",
	.test_cases = jit_cases,
};
