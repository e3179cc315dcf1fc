// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is a constant that a program chooses kept out of its blinded image? Each opcode that
 * has one is compiled with many seeds: bytes of the constant that stay at their place
 * whatever the seed are the program's choice, others are chance. That blinded code does
 * the same is shown by test_agreement, test_jit, test_jit_call and test_verified.
 */
#include "isa/abi.h"
#include "isa/bind.h"
#include "isa/opcode.h"
#include "jit/jit.h"
#include "tests/support/check.h"
#include "tests/support/insnbuf.h"
#include "tests/support/prog.h"
#include "user/platform.h"

#include <stdlib.h>

#define SEEDS 16
#define ADDR 0xffffffffc0000000

static const char *const map_names[] = { "map" };
static u64 helpers[MODBPF_FUNC_LIMIT] = { [1] = ADDR + 0x100000 };

/* The images of one program, under each seed (from 1 on), or SEEDS times without. */
struct images {
	u8 *bytes[SEEDS];
	u32 len[SEEDS];
};

static void compile_all(struct images *images, const struct verified_prog *prog,
			const struct map_bind *bind, u32 opt, bool is_blinded)
{
	const struct jit_target target = { .helpers = helpers, .probe_load = { ADDR, ADDR, ADDR, ADDR } };
	static const struct map_desc desc = { .type = MODBPF_MAP_ARRAY };
	struct jit_request req = { .prog = prog, .maps = &desc, .binds = bind, .target = &target, .opt = opt };
	struct jit_code *code;
	u32 i;

	memset(images, 0, sizeof(*images));
	for (i = 0; i < SEEDS; i++) {
		req.blind_seed = is_blinded ? i + 1 : 0;
		CHECK_EQ(modbpf_jit_compile(&req, &code), 0);
		images->len[i] = modbpf_jit_layout(code)->bytes;
		images->bytes[i] = malloc(images->len[i]);
		CHECK_EQ(modbpf_jit_emit(code, ADDR, images->bytes[i]), 0);
		modbpf_jit_free(code);
	}
}

static void images_free(struct images *images)
{
	u32 i;

	for (i = 0; i < SEEDS; i++)
		free(images->bytes[i]);
}

/* Do all images have the @width low bytes of @value at @at, seen from the start or from the end? */
static bool is_in_all(const struct images *images, u32 at, u64 value, u32 width, bool from_end)
{
	u32 i;

	for (i = 0; i < SEEDS; i++) {
		u32 len = images->len[i];

		if (at + width > len || memcmp(images->bytes[i] + (from_end ? len - at - width : at), &value, width))
			return false;
	}
	return true;
}

static bool is_chosen(const struct images *images, u64 value, u32 width)
{
	u32 at;

	for (at = 0; at < images->len[0]; at++)
		if (is_in_all(images, at, value, width, false) || is_in_all(images, at, value, width, true))
			return true;
	return false;
}

/* The constant is in the image, and is not in the blinded one. */
static void check_prog(const char *what, const struct verified_prog *prog, const struct map_bind *bind,
		       u64 value, u32 width)
{
	struct images images;
	u32 opt;

	for (opt = 0; opt <= 2; opt += 2) {
		compile_all(&images, prog, bind, opt, false);
		/* a subtraction may be the addition of the negative */
		if (!is_chosen(&images, value, width) && !is_chosen(&images, 0 - value, width))
			check_failed(__FILE__, __LINE__, "%s, opt=%u: %#llx is not in the image that is not blinded",
				     what, opt, value);
		images_free(&images);
		compile_all(&images, prog, bind, opt, true);
		if (is_chosen(&images, value, width) || is_chosen(&images, 0 - value, width))
			check_failed(__FILE__, __LINE__, "%s, opt=%u: %#llx is in the blinded image", what, opt, value);
		images_free(&images);
	}
}

/* Of no power of two and no run of ones, and found in nothing else that the JIT writes. */
static const struct {
	u64 value;
	u32 width;
} constants[] = {
	{ 0x5ab6d2e1, 4 }, { 0xffffffffa5b6d2e3, 4 }, { 0x5bd9, 2 }, { 0xffffffffffffa4d5, 2 },
	{ 0x6b, 1 }, { 0xffffffffffffffa6, 1 },
};

/* R1 is a pointer to memory; what is made of it is used, so that nothing is dropped. */
static void check_opcode(u8 code, u64 value, u32 width)
{
	struct modbpf_insn insns[16];
	struct insn_buf buf = { .insns = insns, .cap = ARRAY_SIZE(insns) };
	const struct opcode *row = opcode_lookup(code);
	bool is_branch = row->form == FORM_BRANCH_IMM;
	struct verified_prog *prog;
	char what[64];

	insn_put(&buf, BPF_LDX | BPF_MEM | BPF_DW, 2, 1, 0, 0);
	insn_put(&buf, BPF_ALU64 | BPF_MOV | BPF_X, 3, 2, 0, 0);
	insn_put(&buf, code, row->form == FORM_STORE_IMM ? 1 : 2, 0, is_branch, (s32)value);
	insn_put(&buf, BPF_ALU64 | BPF_MOV | BPF_X, 0, 2, 0, 0);
	insn_put(&buf, BPF_ALU64 | BPF_ADD | BPF_X, 0, 3, 0, 0);
	insn_put_exit(&buf);
	if (is_branch)
		insns[2].off = 1;
	prog = prog_build(insns, buf.cnt);
	snprintf(what, sizeof(what), "%s, opcode %#x", row->name, code);
	check_prog(what, prog, NULL, value, width);
	prog_free(prog);
}

static bool has_chosen_imm(const struct opcode *row)
{
	return row && (row->form == FORM_ALU_IMM || row->form == FORM_STORE_IMM || row->form == FORM_BRANCH_IMM) &&
	       (row->imm == FIELD_ANY || row->imm == FIELD_DIVISOR);
}

/* Division by a constant is by its reciprocal: there the constant itself is not looked for. */
static bool is_division(u8 code)
{
	return BPF_CLASS(code) == BPF_ALU && (BPF_OP(code) == BPF_DIV || BPF_OP(code) == BPF_MOD);
}

static void immediates_of_every_opcode(void)
{
	u32 code, i, opcodes = 0;

	for (code = 0; code < 256; code++) {
		const struct opcode *row = opcode_lookup(code);

		if (!has_chosen_imm(row) || is_division(code))
			continue;
		opcodes++;
		for (i = 0; i < ARRAY_SIZE(constants); i++) {
			if (row->form != FORM_STORE_IMM || constants[i].width <= row->bytes)
				check_opcode(code, constants[i].value, constants[i].width);
		}
	}
	/* add sub mul or and xor mov by 2, div mod of 64 bits; 11 branches by 2; 4 stores */
	CHECK_EQ(opcodes, 14 + 2 + 22 + 4);
}

static void check_text(const char *text, u64 value, u32 width, const struct map_bind *bind, u8 fact)
{
	struct verified_prog *prog = prog_from_text(text, map_names, 1);
	u32 i;

	if (!prog) {
		check_failed(__FILE__, __LINE__, "not assembled: %s", text);
		return;
	}
	for (i = 0; i < prog->insn_cnt; i++) {
		if (insn_is_helper_call(&prog->insns[i]))
			prog->facts[i].flags |= FACT_CONST_MAP;
		if (BPF_CLASS(prog->insns[i].code) == BPF_LDX)
			prog->facts[i].flags |= fact;
	}
	check_prog(text, prog, bind, value, width);
	prog_free(prog);
}

static void constants_of_64_bits(void)
{
	check_text("r0 = 0x5ab6d2e1c3f4a7b9 ll\n exit\n", 0x5ab6d2e1c3f4a7b9, 8, NULL, 0);
	check_text("r0 = 0x5ab6d2e1c3f4a7b9 ll\n exit\n", 0xc3f4a7b9, 4, NULL, 0);
	check_text("r0 = 0x5ab6d2e1c3f4a7b9 ll\n exit\n", 0x5ab6d2e1, 4, NULL, 0);
	check_text("r0 = 0xd2e1c3f4 ll\n exit\n", 0xd2e1c3f4, 4, NULL, 0);
	check_text("r0 = 0x5ab6 ll\n exit\n", 0x5ab6, 2, NULL, 0);
}

static void offsets(void)
{
	check_text("r0 = *(u64 *)(r1 +0x5bd9)\n exit\n", 0x5bd9, 2, NULL, 0);
	check_text("r0 = *(s8 *)(r1 +0x5bd9)\n exit\n", 0x5bd9, 2, NULL, 0);
	check_text("r0 = *(u16 *)(r1 +0x5bd9)\n exit\n", 0x5bd9, 2, NULL, FACT_PROBE_LOAD);
	check_text("r3 = *(u16 *)(r1 +0x5bd9)\n r0 += r3\n exit\n", 0x5bd9, 2, NULL, FACT_PROBE_LOAD);
	check_text("*(u32 *)(r1 +0x5bd9) = r2\n exit\n", 0x5bd9, 2, NULL, 0);
	check_text("*(u16 *)(r1 +0x5bd9) = 7\n exit\n", 0x5bd9, 2, NULL, 0);
	check_text("lock *(u64 *)(r1 +0x5bd9) += r2\n exit\n", 0x5bd9, 2, NULL, 0);
	check_text("r2 = atomic64_fetch_xor((u64 *)(r1 +0x5bd9), r2)\n exit\n", 0x5bd9, 2, NULL, 0);
	check_text("r0 = atomic64_cmpxchg((u64 *)(r1 +0x5bd9), r0, r2)\n exit\n", 0x5bd9, 2, NULL, 0);
	check_text("r2 = *(u64 *)(r1 +0x5bd9)\n r0 += r2\n exit\n", 0x5bd9, 2, NULL, 0);
	check_text("r2 = *(u64 *)(r1 +0x5bd9)\n if r2 > r0 goto out\n r0 = 0\nout: exit\n", 0x5bd9, 2, NULL, 0);
	check_text("r2 = *(u8 *)(r1 +0x5bd9)\n if r2 > 7 goto out\n r0 = 0\nout: exit\n", 0x5bd9, 2, NULL, 0);
	check_text("r2 = *(u32 *)(r1 +8)\n if r2 == 0x5ab6d2e1 goto out\n r0 = 0\nout: exit\n", 0x5ab6d2e1, 4, NULL, 0);
	check_text("r2 = *(u8 *)(r1 +8)\n if r2 == 0x6b goto out\n r0 = 0\nout: exit\n", 0x6b, 1, NULL, 0);
	/* one that an addition of its own has added */
	check_text("r2 = r1\n r2 += 0x5ab6d2e1\n r0 = *(u64 *)(r2 +0)\n exit\n", 0x5ab6d2e1, 4, NULL, 0);
	check_text("r2 = r1\n r2 += 0x5ab6d2e1\n r2 += r3\n r0 = r2\n exit\n", 0x5ab6d2e1, 4, NULL, 0);
}

/* A map's creator chooses as a program's author does. */
static void sizes_of_maps(void)
{
	const struct map_bind progs = { .values = 0x7fff10203040, .max_entries = 0x5ab6d2e1, .stride = 8 };

	check_text("r3 = *(u32 *)(r1 +0)\n r2 = map[map]\n call tail_call\n exit\n", 0x5ab6d2e1, 4, &progs, 0);
}

/* Where the entry of a known index lies tells the index. */
static void no_known_tail_call(void)
{
	const struct map_bind bind = { .values = 0x7fff10203040, .max_entries = 0x5ab6d2e1, .stride = 8 };
	struct verified_prog *prog = prog_from_text("r2 = map[map]\n r3 = 0x1234567\n call tail_call\n exit\n",
						    map_names, 1);
	struct images images;

	compile_all(&images, prog, &bind, 2, false);
	CHECK(is_chosen(&images, bind.values + 8 * 0x1234567, 8));
	images_free(&images);
	compile_all(&images, prog, &bind, 2, true);
	CHECK(!is_chosen(&images, bind.values + 8 * 0x1234567, 8));
	images_free(&images);
	prog_free(prog);
}

/* The bound and the stride of a lookup that needs no call. */
static void no_lookup_in_place(void)
{
	const struct map_bind bind = { .values = 0x7fff10203040, .max_entries = 0x5ab6d2e1, .stride = 0x4a6b7c88 };
	const char *text = "r1 = map[map]\n r2 = r10\n r2 += -4\n call 1\n exit\n";
	struct verified_prog *prog = prog_from_text(text, map_names, 1);
	struct images images;

	prog->facts[prog->insn_cnt - 2].flags |= FACT_CONST_MAP;
	compile_all(&images, prog, &bind, 2, false);
	CHECK(is_chosen(&images, bind.max_entries, 4));
	CHECK(is_chosen(&images, bind.stride, 4));
	images_free(&images);
	compile_all(&images, prog, &bind, 2, true);
	CHECK(!is_chosen(&images, bind.max_entries, 4));
	CHECK(!is_chosen(&images, bind.stride, 4));
	images_free(&images);
	prog_free(prog);
}

/* The same seed, the same image; another seed, another one. */
static void the_seed_decides(void)
{
	struct verified_prog *prog = prog_from_text("r0 = 0x12345678\n r0 *= 99\n exit\n", NULL, 0);
	struct images one, two;
	u32 i;

	compile_all(&one, prog, NULL, 2, true);
	compile_all(&two, prog, NULL, 2, true);
	for (i = 0; i < SEEDS; i++) {
		CHECK_EQ(one.len[i], two.len[i]);
		CHECK(!memcmp(one.bytes[i], two.bytes[i], one.len[i]));
		CHECK(!i || one.len[i] != one.len[i - 1] || memcmp(one.bytes[i], one.bytes[i - 1], one.len[i]));
	}
	images_free(&one);
	images_free(&two);
	prog_free(prog);
}

/* Each allocation in turn fails, or the caller is killed at each point: nothing stays. */
static void failures(void)
{
	const struct jit_target target = { .helpers = helpers };
	struct verified_prog *prog = prog_from_text("r0 = 0x12345678\n r0 *= 99\n exit\n", NULL, 0);
	struct jit_request req = { .prog = prog, .target = &target, .blind_seed = 1 };
	u64 before = platform_bytes();
	struct jit_code *code;
	u32 nth = 0, allocations;
	int err;

	do {
		platform_fail_nth(++nth);
		err = modbpf_jit_compile(&req, &code);
		CHECK_EQ(err, platform_has_failed() ? -ENOMEM : 0);
		if (!err)
			modbpf_jit_free(code);
		CHECK_EQ(platform_bytes(), before);
	} while (err && nth < 100);
	platform_fail_nth(0);
	allocations = nth;
	CHECK(allocations > 10 && allocations < 100);
	nth = 0;
	do {
		platform_interrupt_at(++nth);
		err = modbpf_jit_compile(&req, &code);
		CHECK(!err || err == -EINTR);
		if (!err)
			modbpf_jit_free(code);
		CHECK_EQ(platform_bytes(), before);
	} while (err && nth < 100);
	platform_interrupt_at(0);
	CHECK(!err && nth > 2);
	prog_free(prog);
}

static const struct check_case cases[] = {
	{ "immediates of every opcode are not in the image", immediates_of_every_opcode },
	{ "nor are constants of 64 bits", constants_of_64_bits },
	{ "nor are offsets of two bytes and more", offsets },
	{ "nor is the size of a map", sizes_of_maps },
	{ "nor are bound and stride of a lookup", no_lookup_in_place },
	{ "nor is the place of a tail call whose index is known", no_known_tail_call },
	{ "the seed decides", the_seed_decides },
	{ "no memory and a killed caller leave nothing", failures },
};

int main(int argc, char **argv)
{
	return check_run("test_jit_blind", cases, ARRAY_SIZE(cases), argc, argv);
}
