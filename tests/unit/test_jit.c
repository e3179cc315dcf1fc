// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does machine code compute what RFC 9669 section 4 and 5 say, in every register?
 *
 * A program loads R0 to R9 from its context, runs one instruction, and stores them
 * all back; the result and every other register are compared with C's arithmetic
 * on the same values, written from the RFC's text. Each image runs on all values.
 */
#include "tests/support/check.h"
#include "tests/support/insnbuf.h"
#include "tests/support/jitrun.h"
#include "tests/support/prog.h"

#include <pthread.h>
#include <stdlib.h>

#define REGS 10
#define CELL 4			/* where memory operands point: ctx.memory[CELL] */
#define CELL_OFF (-3)		/* bytes from there: unaligned */

struct ctx {
	u64 regs[REGS];
	u64 memory[2 * CELL];
};

static const u64 values[] = {
	0, 1, 2, 7, 31, 32, 63, 64, 0x7f, 0x80, 0x7fff, 0x8000, 0x7fffffff, 0x80000000, 0xffffffff,
	0x100000000, 0x8000000000000000, 0x8000000000000001, 0x7fffffffffffffff,
	0xffffffffffffffff, 0xfffffffffffffffe, 0xffffffff80000000, 0x123456789abcdef0,
};

static const s32 imms[] = { 0, 1, -1, 2, 7, 31, 127, 128, -128, -129, 0x7fffffff, -0x7fffffff - 1, 0x12345678 };

/* The program around one instruction. R10 - 8 keeps the context while R1 is a number. */
static struct verified_prog *wrap(const struct modbpf_insn *insn, u32 cnt)
{
	struct modbpf_insn insns[64];
	struct insn_buf buf = { .insns = insns, .cap = ARRAY_SIZE(insns) };
	u32 i;

	insn_put(&buf, BPF_STX | BPF_MEM | BPF_DW, 10, 1, -8, 0);
	for (i = 0; i < REGS; i++) {
		u32 reg = (i + 2) % REGS;	/* R1 last: it is the base */

		insn_put(&buf, BPF_LDX | BPF_MEM | BPF_DW, reg, 1, 8 * reg, 0);
	}
	for (i = 0; i < cnt; i++)
		insn_put(&buf, insn[i].code, insn[i].dst_reg, insn[i].src_reg, insn[i].off, insn[i].imm);
	for (i = 0; i < REGS; i++)
		insn_put(&buf, BPF_STX | BPF_MEM | BPF_DW, 10, i, -16 - 8 * i, 0);
	insn_put(&buf, BPF_LDX | BPF_MEM | BPF_DW, 1, 10, -8, 0);
	for (i = 0; i < REGS; i++) {
		insn_put(&buf, BPF_LDX | BPF_MEM | BPF_DW, 0, 10, -16 - 8 * i, 0);
		insn_put(&buf, BPF_STX | BPF_MEM | BPF_DW, 1, 0, 8 * i, 0);
	}
	insn_put_exit(&buf);
	return prog_build(insns, buf.cnt);
}

/* What one instruction does to registers and memory, in C. */
typedef void (*model)(struct ctx *ctx, const struct modbpf_insn *insn);

/* Of the images: every case runs at the lowest and at the highest. */
static u32 level;

struct image {
	struct verified_prog *prog;
	struct jit_run run;
};

static bool image_make(struct image *image, const struct modbpf_insn *insn, u32 cnt)
{
	int err;

	image->prog = wrap(insn, cnt);
	err = jit_run_prepare(&image->run, image->prog, NULL, NULL, level);
	if (err) {
		CHECK_EQ(err, 0);
		prog_free(image->prog);
	}
	return !err;
}

static void image_free(struct image *image)
{
	jit_run_release(&image->run);
	prog_free(image->prog);
}

static void report(const struct modbpf_insn *insn, const struct ctx *before, const struct ctx *got,
		   const struct ctx *want)
{
	u32 i;

	for (i = 0; i < REGS; i++)
		if (got->regs[i] != want->regs[i])
			check_failed(__FILE__, __LINE__,
				     "code %#x dst %u src %u off %d imm %d: R%u is %#llx, not %#llx "
				     "(dst %#llx, src %#llx)",
				     insn->code, insn->dst_reg, insn->src_reg, insn->off, insn->imm,
				     i, got->regs[i], want->regs[i],
				     before->regs[insn->dst_reg % REGS], before->regs[insn->src_reg % REGS]);
	if (memcmp(got->memory, want->memory, sizeof(got->memory)))
		check_failed(__FILE__, __LINE__, "code %#x dst %u src %u imm %d: memory differs",
			     insn->code, insn->dst_reg, insn->src_reg, insn->imm);
}

static void compare(const struct image *image, const struct modbpf_insn *insn, model run,
		    const struct ctx *before)
{
	struct ctx got = *before, want = *before;
	bool kept;

	run(&want, insn);
	jit_run_call(&image->run, &got, &kept);
	CHECK(kept);
	if (memcmp(&got, &want, sizeof(got)))
		report(insn, before, &got, &want);
}

static void fill(struct ctx *ctx)
{
	u32 i;

	for (i = 0; i < REGS; i++)
		ctx->regs[i] = 0xa0b0c0d0e0f00000 + 0x0101010101010101 * i;
	for (i = 0; i < ARRAY_SIZE(ctx->memory); i++)
		ctx->memory[i] = 0x8899aabbccddeeff + 0x1011121314151617 * i;
}

/* --- arithmetic ---------------------------------------------------------------- */

static u64 arithmetic(u8 op, bool is_wide, s16 off, u64 a, u64 b)
{
	u32 mask = is_wide ? 63 : 31;

	switch (op) {
	case BPF_ADD: return a + b;
	case BPF_SUB: return a - b;
	case BPF_MUL: return a * b;
	case BPF_OR: return a | b;
	case BPF_AND: return a & b;
	case BPF_XOR: return a ^ b;
	case BPF_MOV: return b;
	case BPF_LSH: return a << (b & mask);
	case BPF_RSH: return is_wide ? a >> (b & mask) : (u32)a >> (b & mask);
	case BPF_ARSH: return is_wide ? (u64)((s64)a >> (b & mask)) : (u64)((s32)a >> (b & mask));
	case BPF_DIV:
		if (!(is_wide ? b : (u32)b))
			return 0;
		if (!off)
			return is_wide ? a / b : (u32)a / (u32)b;
		if ((is_wide ? (s64)b : (s32)b) == -1)
			return 0 - a;
		return is_wide ? (u64)((s64)a / (s64)b) : (u64)((s32)a / (s32)b);
	case BPF_MOD:
		if (!(is_wide ? b : (u32)b))
			return a;
		if (!off)
			return is_wide ? a % b : (u32)a % (u32)b;
		if ((is_wide ? (s64)b : (s32)b) == -1)
			return 0;
		return is_wide ? (u64)((s64)a % (s64)b) : (u64)((s32)a % (s32)b);
	default:
		abort();
	}
}

static void run_arithmetic(struct ctx *ctx, const struct modbpf_insn *insn)
{
	bool is_wide = BPF_CLASS(insn->code) == BPF_ALU64;
	u64 b = BPF_SRC(insn->code) == BPF_X ? ctx->regs[insn->src_reg] : (u64)(s64)insn->imm;
	u64 value = arithmetic(BPF_OP(insn->code), is_wide, insn->off, ctx->regs[insn->dst_reg], b);

	ctx->regs[insn->dst_reg] = is_wide ? value : (u32)value;
}

static const struct {
	u8 op;
	s16 off;
} binary[] = {
	{ BPF_ADD, 0 }, { BPF_SUB, 0 }, { BPF_MUL, 0 }, { BPF_OR, 0 }, { BPF_AND, 0 },
	{ BPF_XOR, 0 }, { BPF_MOV, 0 }, { BPF_LSH, 0 }, { BPF_RSH, 0 }, { BPF_ARSH, 0 },
	{ BPF_DIV, 0 }, { BPF_DIV, 1 }, { BPF_MOD, 0 }, { BPF_MOD, 1 },
};

/* One instruction with register operands on all pairs of values. */
static void on_all_pairs(const struct modbpf_insn *insn, model run)
{
	struct image image;
	struct ctx before;
	u32 a, b;

	if (!image_make(&image, insn, 1))
		return;
	fill(&before);
	for (a = 0; a < ARRAY_SIZE(values); a++)
	for (b = 0; b < ARRAY_SIZE(values); b++) {
		before.regs[insn->dst_reg] = values[a];
		before.regs[insn->src_reg] = values[b];
		compare(&image, insn, run, &before);
	}
	image_free(&image);
}

/* One instruction with one register on all values. */
static void on_all_values(const struct modbpf_insn *insn, model run)
{
	struct image image;
	struct ctx before;
	u32 a;

	if (!image_make(&image, insn, 1))
		return;
	fill(&before);
	for (a = 0; a < ARRAY_SIZE(values); a++) {
		before.regs[insn->dst_reg] = values[a];
		compare(&image, insn, run, &before);
	}
	image_free(&image);
}

static void arithmetic_of_registers(void)
{
	u32 i, pair;

	for (i = 0; i < ARRAY_SIZE(binary); i++)
	for (pair = 0; pair < REGS * REGS; pair++) {
		struct modbpf_insn insn = { .dst_reg = pair / REGS, .src_reg = pair % REGS,
					    .off = binary[i].off };

		insn.code = BPF_ALU64 | BPF_X | binary[i].op;
		on_all_pairs(&insn, run_arithmetic);
		insn.code = BPF_ALU | BPF_X | binary[i].op;
		on_all_pairs(&insn, run_arithmetic);
	}
}

static void arithmetic_with_constants(void)
{
	u32 i, reg, k;

	for (i = 0; i < ARRAY_SIZE(binary); i++)
	for (reg = 0; reg < REGS; reg++)
	for (k = 0; k < ARRAY_SIZE(imms); k++) {
		struct modbpf_insn insn = { .dst_reg = reg, .off = binary[i].off, .imm = imms[k] };

		insn.code = BPF_ALU64 | BPF_K | binary[i].op;
		on_all_values(&insn, run_arithmetic);
		insn.code = BPF_ALU | BPF_K | binary[i].op;
		on_all_values(&insn, run_arithmetic);
	}
}

/* Where a quotient changes: k * d and what is beside it, for small k and the largest. */
static void division_at_the_edges(void)
{
	u32 divisor, i, d;

	for (i = 0; i < 400; i++) {
		struct modbpf_insn insn = { .code = BPF_ALU | BPF_K | (i & 1 ? BPF_MOD : BPF_DIV),
					    .dst_reg = i / 4 % REGS };
		struct image image;
		struct ctx before;

		divisor = i < 200 ? i + 2 : i < 300 ? 0x9e3779b1 * i : 1000003 * (i - 299);
		insn.imm = (s32)divisor;
		if (!image_make(&image, &insn, 1))
			return;
		fill(&before);
		for (d = 0; d < 12; d++) {
			u32 k = d < 6 ? d / 3 + 1 : 0xffffffff / divisor - (d - 6) / 3;

			before.regs[insn.dst_reg] = 0xabcd00000000 + (u64)(k * divisor + d % 3 - 1);
			compare(&image, &insn, run_arithmetic, &before);
		}
		before.regs[insn.dst_reg] = 0xffffffff;
		compare(&image, &insn, run_arithmetic, &before);
		image_free(&image);
	}
}

static u64 reversed(u64 value, u32 bytes)
{
	u64 result = 0;
	u32 i;

	for (i = 0; i < bytes; i++)
		result |= (value >> 8 * i & 0xff) << 8 * (bytes - 1 - i);
	return result;
}

/* NEG, END and MOV with sign extension. */
static void run_unary(struct ctx *ctx, const struct modbpf_insn *insn)
{
	bool is_wide = BPF_CLASS(insn->code) == BPF_ALU64;
	u64 *dst = &ctx->regs[insn->dst_reg], src = ctx->regs[insn->src_reg];
	u32 bytes = insn->imm / 8;

	switch (BPF_OP(insn->code)) {
	case BPF_NEG:
		*dst = 0 - *dst;
		break;
	case BPF_END:
		if (is_wide || BPF_SRC(insn->code) == BPF_TO_BE)
			*dst = reversed(*dst, bytes);
		else if (bytes < 8)
			*dst &= (1ULL << 8 * bytes) - 1;
		return;
	case BPF_MOV:
		*dst = insn->off == 8 ? (u64)(s8)src : insn->off == 16 ? (u64)(s16)src : (u64)(s32)src;
		break;
	}
	if (!is_wide)
		*dst = (u32)*dst;
}

static void negation_and_byte_order(void)
{
	u32 reg, bits;

	for (reg = 0; reg < REGS; reg++) {
		struct modbpf_insn insn = { .code = BPF_ALU64 | BPF_NEG, .dst_reg = reg, .src_reg = 0 };

		on_all_values(&insn, run_unary);
		insn.code = BPF_ALU | BPF_NEG;
		on_all_values(&insn, run_unary);
		for (bits = 16; bits <= 64; bits *= 2) {
			insn.imm = bits;
			insn.code = BPF_ALU | BPF_END | BPF_TO_LE;
			on_all_values(&insn, run_unary);
			insn.code = BPF_ALU | BPF_END | BPF_TO_BE;
			on_all_values(&insn, run_unary);
			insn.code = BPF_ALU64 | BPF_END;
			on_all_values(&insn, run_unary);
		}
	}
}

static void moves_with_sign_extension(void)
{
	u32 pair, bits;

	for (pair = 0; pair < REGS * REGS; pair++)
	for (bits = 8; bits <= 32; bits *= 2) {
		struct modbpf_insn insn = { .dst_reg = pair / REGS, .src_reg = pair % REGS, .off = bits };

		insn.code = BPF_ALU64 | BPF_MOV | BPF_X;
		on_all_pairs(&insn, run_unary);
		insn.code = BPF_ALU | BPF_MOV | BPF_X;
		if (bits < 32)
			on_all_pairs(&insn, run_unary);
	}
}

/* --- jumps --------------------------------------------------------------------- */

static bool is_taken(u8 op, bool is_wide, u64 a, u64 b)
{
	s64 sa = is_wide ? (s64)a : (s32)a, sb = is_wide ? (s64)b : (s32)b;

	if (!is_wide) {
		a = (u32)a;
		b = (u32)b;
	}
	switch (op) {
	case BPF_JEQ: return a == b;
	case BPF_JNE: return a != b;
	case BPF_JSET: return a & b;
	case BPF_JGT: return a > b;
	case BPF_JGE: return a >= b;
	case BPF_JLT: return a < b;
	case BPF_JLE: return a <= b;
	case BPF_JSGT: return sa > sb;
	case BPF_JSGE: return sa >= sb;
	case BPF_JSLT: return sa < sb;
	case BPF_JSLE: return sa <= sb;
	default: abort();
	}
}

/* The jump skips an instruction that adds 1 to R0. */
static void run_jump(struct ctx *ctx, const struct modbpf_insn *insn)
{
	bool is_wide = BPF_CLASS(insn->code) == BPF_JMP;
	u64 b = BPF_SRC(insn->code) == BPF_X ? ctx->regs[insn->src_reg] : (u64)(s64)insn->imm;

	if (!is_taken(BPF_OP(insn->code), is_wide, ctx->regs[insn->dst_reg], b))
		ctx->regs[0]++;
}

static void check_jump(u8 code, u8 dst, u8 src, s32 imm)
{
	struct modbpf_insn insn[2] = {
		{ .code = code, .dst_reg = dst, .src_reg = src, .off = 1, .imm = imm },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 0, .imm = 1 },
	};
	bool is_pair = BPF_SRC(code) == BPF_X;
	struct image image;
	struct ctx before;
	u32 a, b;

	if (!image_make(&image, insn, 2))
		return;
	fill(&before);
	for (a = 0; a < ARRAY_SIZE(values); a++)
	for (b = 0; b < (is_pair ? ARRAY_SIZE(values) : 1); b++) {
		before.regs[dst] = values[a];
		if (is_pair)
			before.regs[src] = values[b];
		compare(&image, insn, run_jump, &before);
	}
	image_free(&image);
}

static void conditional_jumps(void)
{
	static const u8 ops[] = { BPF_JEQ, BPF_JNE, BPF_JSET, BPF_JGT, BPF_JGE, BPF_JLT, BPF_JLE,
				  BPF_JSGT, BPF_JSGE, BPF_JSLT, BPF_JSLE };
	u32 i, dst, src, k;

	for (i = 0; i < ARRAY_SIZE(ops); i++)
	for (dst = 0; dst < REGS; dst++) {
		for (src = 0; src < REGS; src += 3) {
			check_jump(BPF_JMP | BPF_X | ops[i], dst, src, 0);
			check_jump(BPF_JMP32 | BPF_X | ops[i], dst, src, 0);
		}
		for (k = 0; k < ARRAY_SIZE(imms); k++) {
			check_jump(BPF_JMP | BPF_K | ops[i], dst, 0, imms[k]);
			check_jump(BPF_JMP32 | BPF_K | ops[i], dst, 0, imms[k]);
		}
	}
}

/* --- memory -------------------------------------------------------------------- */

static u64 cell_get(const struct ctx *ctx, u32 bytes)
{
	u64 value = 0;

	memcpy(&value, (const u8 *)&ctx->memory[CELL] + CELL_OFF, bytes);
	return value;
}

static void cell_set(struct ctx *ctx, u32 bytes, u64 value)
{
	memcpy((u8 *)&ctx->memory[CELL] + CELL_OFF, &value, bytes);
}

static u64 extended(u64 value, u32 bytes)
{
	return (u64)((s64)(value << (64 - 8 * bytes)) >> (64 - 8 * bytes));
}

static void run_access(struct ctx *ctx, const struct modbpf_insn *insn)
{
	u32 bytes = insn_access_bytes(insn->code);
	u64 value;

	switch (BPF_CLASS(insn->code)) {
	case BPF_LDX:
		value = cell_get(ctx, bytes);
		if (BPF_MODE(insn->code) == BPF_MEMSX)
			value = extended(value, bytes);
		ctx->regs[insn->dst_reg] = value;
		break;
	case BPF_STX:
		cell_set(ctx, bytes, ctx->regs[insn->src_reg]);
		break;
	default:
		cell_set(ctx, bytes, (u64)(s64)insn->imm);
		break;
	}
}

/* @base is the register that holds the address: dst of stores, src of loads. */
static void check_memory(const struct modbpf_insn *insn, u8 base, u8 other, model run)
{
	struct image image;
	struct ctx before;
	struct ctx got, want;
	bool kept;
	u32 a;

	if (!image_make(&image, insn, 1))
		return;
	for (a = 0; a < ARRAY_SIZE(values); a++) {
		fill(&before);
		before.regs[other] = values[a];
		cell_set(&before, 8, values[(a * 5 + 3) % ARRAY_SIZE(values)]);
		got = before;
		got.regs[base] = (u64)&got.memory[CELL];
		want = before;
		want.regs[base] = got.regs[base];
		run(&want, insn);
		jit_run_call(&image.run, &got, &kept);
		CHECK(kept);
		if (memcmp(&got, &want, sizeof(got)))
			report(insn, &before, &got, &want);
	}
	image_free(&image);
}

static void loads_and_stores(void)
{
	static const u8 sizes[] = { BPF_B, BPF_H, BPF_W, BPF_DW };
	u32 pair, i;

	for (pair = 0; pair < REGS * REGS; pair++)
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		u8 base = pair / REGS, other = pair % REGS;
		struct modbpf_insn load = { .code = BPF_LDX | BPF_MEM | sizes[i], .dst_reg = other,
					    .src_reg = base, .off = CELL_OFF };
		struct modbpf_insn store = { .code = BPF_STX | BPF_MEM | sizes[i], .dst_reg = base,
					     .src_reg = other, .off = CELL_OFF };
		struct modbpf_insn constant = { .code = BPF_ST | BPF_MEM | sizes[i], .dst_reg = base,
						.off = CELL_OFF, .imm = -0x12345678 };

		check_memory(&load, base, other, run_access);
		check_memory(&store, base, other, run_access);
		check_memory(&constant, base, other, run_access);
		load.code = BPF_LDX | BPF_MEMSX | sizes[i];
		if (sizes[i] != BPF_DW)
			check_memory(&load, base, other, run_access);
	}
}

static void run_atomic(struct ctx *ctx, const struct modbpf_insn *insn)
{
	u32 bytes = insn_access_bytes(insn->code);
	u64 mask = bytes == 8 ? ~0ULL : (1ULL << 8 * bytes) - 1;
	u64 old = cell_get(ctx, bytes), operand = ctx->regs[insn->src_reg];

	if (insn->imm == MODBPF_LOAD_ACQ) {
		ctx->regs[insn->dst_reg] = old;
		return;
	}
	switch (insn->imm & ~BPF_FETCH) {
	case BPF_ADD: cell_set(ctx, bytes, old + operand); break;
	case BPF_OR: cell_set(ctx, bytes, old | operand); break;
	case BPF_AND: cell_set(ctx, bytes, old & operand); break;
	case BPF_XOR: cell_set(ctx, bytes, old ^ operand); break;
	case BPF_XCHG & ~BPF_FETCH:
	case MODBPF_STORE_REL: cell_set(ctx, bytes, operand); break;
	case BPF_CMPXCHG & ~BPF_FETCH:
		if (old == (ctx->regs[0] & mask))
			cell_set(ctx, bytes, operand);
		ctx->regs[0] = old;
		return;
	}
	if (insn->imm & BPF_FETCH)
		ctx->regs[insn->src_reg] = old;
}

static void check_atomic(u8 size, s32 imm)
{
	u32 pair;

	for (pair = 0; pair < REGS * REGS; pair++) {
		struct modbpf_insn insn = { .code = BPF_STX | BPF_ATOMIC | size, .dst_reg = pair / REGS,
					    .src_reg = pair % REGS, .off = CELL_OFF, .imm = imm };
		bool is_load = imm == MODBPF_LOAD_ACQ;

		check_memory(&insn, is_load ? insn.src_reg : insn.dst_reg,
			     is_load ? insn.dst_reg : insn.src_reg, run_atomic);
	}
}

static void atomic_operations(void)
{
	static const s32 ops[] = {
		BPF_ADD, BPF_ADD | BPF_FETCH, BPF_OR, BPF_OR | BPF_FETCH, BPF_AND,
		BPF_AND | BPF_FETCH, BPF_XOR, BPF_XOR | BPF_FETCH, BPF_XCHG, BPF_CMPXCHG,
		MODBPF_LOAD_ACQ, MODBPF_STORE_REL,
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		check_atomic(BPF_W, ops[i]);
		check_atomic(BPF_DW, ops[i]);
	}
	check_atomic(BPF_B, MODBPF_LOAD_ACQ);
	check_atomic(BPF_H, MODBPF_LOAD_ACQ);
	check_atomic(BPF_B, MODBPF_STORE_REL);
	check_atomic(BPF_H, MODBPF_STORE_REL);
}

/* R0 equal to the cell's value, with other bits above its size. */
static void compare_and_exchange_that_succeeds(void)
{
	u32 pair, size;

	for (pair = REGS; pair < REGS * REGS; pair++)
	for (size = 0; size < 2; size++) {
		struct modbpf_insn insn = { .code = BPF_STX | BPF_ATOMIC | (size ? BPF_DW : BPF_W),
					    .dst_reg = pair / REGS, .src_reg = pair % REGS,
					    .off = CELL_OFF, .imm = BPF_CMPXCHG };
		struct ctx got, want;
		struct image image;

		if (!image_make(&image, &insn, 1))
			return;
		fill(&got);
		cell_set(&got, 8, 0x1122334455667788);
		got.regs[0] = size ? 0x1122334455667788 : 0xdeadbeef55667788;
		got.regs[insn.dst_reg] = (u64)&got.memory[CELL];
		want = got;
		run_atomic(&want, &insn);
		jit_run_call(&image.run, &got, NULL);
		if (memcmp(&got, &want, sizeof(got)))
			report(&insn, &want, &got, &want);
		image_free(&image);
	}
}

/* Each of two threads turns its own bit over; nothing of the other's comes between. */
struct flipper {
	pthread_t thread;
	const struct jit_run *run;
	u64 ctx[4];	/* address, bit, rounds, 0 */
	u64 surprises;
};

static void *flip(void *arg)
{
	struct flipper *flipper = arg;

	flipper->surprises = jit_run_call(flipper->run, flipper->ctx, NULL);
	return NULL;
}

static void atomics_under_contention(void)
{
	/* R0 counts the rounds in which the own bit was not as left the round before */
	struct verified_prog *prog = prog_from_text(
		"r6 = *(u64 *)(r1 +0)\n r7 = *(u64 *)(r1 +8)\n r8 = *(u64 *)(r1 +16)\n r9 = 0\n r0 = 0\n"
		"again: r2 = r7\n r2 = atomic64_fetch_xor((u64 *)(r6 +0), r2)\n r2 &= r7\n"
		"if r2 == r9 goto same\n r0 += 1\nsame: r9 ^= r7\n r8 += -1\n if r8 != 0 goto again\n exit\n",
		NULL, 0);
	struct flipper flippers[2];
	struct jit_run run;
	u64 word = 0;
	u32 i;

	CHECK_EQ(jit_run_prepare(&run, prog, NULL, NULL, 0), 0);
	for (i = 0; i < 2; i++) {
		flippers[i] = (struct flipper){ .run = &run, .ctx = { (u64)&word, 1 + i, 300001 } };
		CHECK_EQ(pthread_create(&flippers[i].thread, NULL, flip, &flippers[i]), 0);
	}
	for (i = 0; i < 2; i++) {
		pthread_join(flippers[i].thread, NULL);
		CHECK_EQ(flippers[i].surprises, 0);
	}
	CHECK_EQ(word, 3);
	jit_run_release(&run);
	prog_free(prog);
}

static const struct check_case cases[] = {
	{ "arithmetic of two registers, all pairs", arithmetic_of_registers },
	{ "arithmetic with a constant, all registers", arithmetic_with_constants },
	{ "division by constants, where the quotient changes", division_at_the_edges },
	{ "negation and byte order", negation_and_byte_order },
	{ "moves with sign extension", moves_with_sign_extension },
	{ "conditional jumps", conditional_jumps },
	{ "loads and stores, unaligned", loads_and_stores },
	{ "atomic operations, all pairs of registers", atomic_operations },
	{ "compare-and-exchange that succeeds", compare_and_exchange_that_succeeds },
	{ "atomic operations of two threads", atomics_under_contention },
};

int main(int argc, char **argv)
{
	static const u32 levels[] = { 0, JIT_RUN_OPT2, JIT_RUN_BEST, JIT_RUN_BEST | JIT_RUN_BLIND };
	int failed = 0;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(levels); i++) {
		level = levels[i];
		failed |= check_run("test_jit", cases, ARRAY_SIZE(cases), argc, argv);
	}
	return failed;
}
