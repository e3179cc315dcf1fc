// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is the image what the layout promised, however long, and is every refusal clean?
 * Sizes, landing pads, jumps of every length, what fails when memory or time does,
 * and that compile time grows with the program and no faster.
 */
#include "isa/abi.h"
#include "isa/bind.h"
#include "jit/jit.h"
#include "tests/support/check.h"
#include "tests/support/insnbuf.h"
#include "tests/support/jitrun.h"
#include "tests/support/prog.h"
#include "user/platform.h"

#include <capstone/capstone.h>
#include <stdlib.h>
#include <time.h>

#define ADDR 0xffffffffc0000000	/* where a module's text may be */

static const char *const map_names[] = { "progs" };
static const struct map_bind binds[] = {
	{ .map = 0x1234, .values = 0x5678, .stride = 8, .max_entries = 4 },
};
static u64 helpers[MODBPF_FUNC_LIMIT] = { [1] = ADDR + 0x100000 };

static const char mixed[] =
	"r6 = r1\n r0 = 1\n r1 = 5\n r0 /= r1\n r0 s%= r1\n call 1\n r1 = 0x123456789abc ll\n"
	"lock *(u64 *)(r10 -8) += r1\n r1 = atomic64_fetch_xor((u64 *)(r10 -8), r1)\n"
	"if r0 > 7 goto out\n r1 = r6\n call sub\n r2 = map[progs]\n r3 = 1\n call tail_call\n"
	"out: exit\n"
	"sub: r0 = 3\n r7 = *(u8 *)(r1 +1)\n if r7 == 3 goto two\n exit\ntwo: r0 = 4\n exit\n";

static int compile(const struct verified_prog *prog, const struct jit_target *target, u32 opt,
		   struct jit_code **code)
{
	struct jit_request req = { .prog = prog, .binds = binds, .target = target, .opt = opt };

	return modbpf_jit_compile(&req, code);
}

/* What compiling @text gives; @change is made to the program first. */
static int compile_text(const char *text, void (*change)(struct verified_prog *prog))
{
	const struct jit_target target = { .helpers = helpers };
	struct verified_prog *prog = prog_from_text(text, map_names, ARRAY_SIZE(map_names));
	struct jit_code *code = NULL;
	int err;

	CHECK(prog);
	if (!prog)
		return 1;
	if (change)
		change(prog);
	err = compile(prog, &target, 2, &code);
	if (!err)
		modbpf_jit_free(code);
	prog_free(prog);
	return err;
}

/* --- the image --------------------------------------------------------------------- */

static u8 *emit(const struct jit_code *code, u64 addr)
{
	u8 *bytes = calloc(1, modbpf_jit_layout(code)->bytes);

	CHECK_EQ(modbpf_jit_emit(code, addr, bytes), 0);
	return bytes;
}

/* Marks where instructions begin; every byte must belong to one. */
static u8 *instruction_starts(const u8 *bytes, u32 len)
{
	u8 *starts = calloc(1, len + 1);
	cs_insn *insn;
	size_t i, cnt;
	u32 at = 0;
	csh engine;

	cs_open(CS_ARCH_X86, CS_MODE_64, &engine);
	cnt = cs_disasm(engine, bytes, len, 0, 0, &insn);
	for (i = 0; i < cnt; i++) {
		CHECK_EQ(insn[i].address, at);
		starts[at] = insn[i].id == X86_INS_ENDBR64 ? 2 : 1;
		at += insn[i].size;
	}
	CHECK_EQ(at, len);
	cs_free(insn, cnt);
	cs_close(&engine);
	return starts;
}

static void check_layout(const struct jit_layout *layout, const struct verified_prog *prog,
			 const u8 *starts)
{
	u32 i, pads = 0;

	CHECK_EQ(layout->entry, 0);
	CHECK_EQ(layout->insn_cnt, prog->insn_cnt);
	CHECK_EQ(layout->subprog_cnt, prog->subprog_cnt);
	CHECK_EQ(starts[layout->entry], 2);
	CHECK_EQ(starts[layout->tail_entry], 2);
	for (i = 0; i < layout->bytes; i++)
		pads += starts[i] == 2;
	CHECK_EQ(pads, layout->entry == layout->tail_entry ? 1 : 2);
	for (i = 0; i < layout->subprog_cnt; i++)
		CHECK(starts[layout->subprog[i]]);
	for (i = 0; i < layout->insn_cnt; i++) {
		CHECK(starts[layout->insn[i]]);
		CHECK(layout->insn[i] > 0 && layout->insn[i] <= layout->bytes);
		if (i)
			CHECK(layout->insn[i] >= layout->insn[i - 1]);
	}
}

static void the_image_is_its_layout(void)
{
	static const char *const texts[] = { mixed, "r0 = 0\n exit\n",
					     "call sub\n exit\nsub: r0 = 1\n exit\n" };
	const struct jit_target target = { .helpers = helpers };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		struct verified_prog *prog = prog_from_text(texts[i], map_names, 1);
		const struct jit_layout *layout;
		struct jit_code *code;
		u8 *bytes, *starts;

		CHECK_EQ(compile(prog, &target, 1, &code), 0);
		layout = modbpf_jit_layout(code);
		bytes = emit(code, ADDR);
		starts = instruction_starts(bytes, layout->bytes);
		check_layout(layout, prog, starts);
		free(starts);
		free(bytes);
		modbpf_jit_free(code);
		prog_free(prog);
	}
}

/* Only the distance of what lies outside depends on the address. */
static void the_address_changes_only_distances(void)
{
	const struct jit_target target = { .helpers = helpers, .return_thunk = ADDR - 64,
					   .indirect_thunk = ADDR - 128 };
	struct verified_prog *prog = prog_from_text(mixed, map_names, 1);
	struct jit_code *code;
	u8 *one, *two;
	u32 i, differ = 0;

	CHECK_EQ(compile(prog, &target, 0, &code), 0);
	one = emit(code, ADDR);
	two = emit(code, ADDR + 0x10);
	for (i = 0; i < modbpf_jit_layout(code)->bytes; i++)
		differ += one[i] != two[i];
	/* helper, tail call, and the returns of entry, main and sub: one byte each, or two with a carry */
	CHECK(differ >= 5 && differ <= 10);
	free(two);
	two = emit(code, ADDR);
	CHECK(!memcmp(one, two, modbpf_jit_layout(code)->bytes));
	free(one);
	free(two);
	modbpf_jit_free(code);
	prog_free(prog);
}

static void targets_out_of_reach(void)
{
	const struct jit_target target = { .helpers = helpers };
	struct verified_prog *prog = prog_from_text("call 1\n exit\n", NULL, 0);
	struct jit_code *code;
	u8 bytes[64];

	CHECK_EQ(compile(prog, &target, 0, &code), 0);
	CHECK(modbpf_jit_layout(code)->bytes <= sizeof(bytes));
	CHECK_EQ(modbpf_jit_emit(code, helpers[1] - 0x7fffffff, bytes), 0);
	CHECK_EQ(modbpf_jit_emit(code, helpers[1] - 0x80000100, bytes), -ERANGE);
	CHECK_EQ(modbpf_jit_emit(code, helpers[1] + 0x7fffff00, bytes), 0);
	CHECK_EQ(modbpf_jit_emit(code, helpers[1] + 0x80000000, bytes), -ERANGE);
	modbpf_jit_free(code);
	prog_free(prog);
}

static u32 image_bytes(const char *text, u32 opt, void (*change)(struct verified_prog *prog))
{
	const struct jit_target target = { .helpers = helpers };
	struct verified_prog *prog = prog_from_text(text, map_names, 1);
	struct jit_code *code;
	u32 bytes;

	if (change)
		change(prog);
	CHECK_EQ(compile(prog, &target, opt, &code), 0);
	bytes = modbpf_jit_layout(code)->bytes;
	modbpf_jit_free(code);
	prog_free(prog);
	return bytes;
}

/* endbr64 4, push 1, mov 3, xor 2, leave 1, ret 1, int3 1, and an int3 behind it all. */
static void no_more_frame_than_needed(void)
{
	CHECK_EQ(image_bytes("r0 = 0\n exit\n", 0, NULL), 14);
	/* mov to rbx 3, push 1, pop 1 */
	CHECK_EQ(image_bytes("r6 = r1\n r0 = 0\n exit\n", 0, NULL), 19);
	/* sub rsp 4, store 8 */
	CHECK_EQ(image_bytes("*(u64 *)(r10 -8) = 1\n r0 = 0\n exit\n", 0, NULL), 26);
}

static void mark_divisor(struct verified_prog *prog)
{
	prog->facts[1].flags |= FACT_DIVISOR_NONZERO;
}

static void mark_upper_zero(struct verified_prog *prog)
{
	prog->facts[0].flags |= FACT_UPPER_ZERO;
}

static void facts_shorten_the_code(void)
{
	static const char divide[] = "r0 = 6\n r0 /= r1\n exit\n";
	static const char shift[] = "r0 >>= 40\n w0 = w0\n exit\n";
	static const char move[] = "r0 = r1\n w0 = w0\n exit\n";

	/* test 3, je 2, jmp 2, xor 2 */
	CHECK_EQ(image_bytes(divide, 0, NULL) - image_bytes(divide, 0, mark_divisor), 9);
	CHECK_EQ(image_bytes(shift, 1, NULL) - image_bytes(shift, 1, mark_upper_zero), 2);
	CHECK_EQ(image_bytes(move, 1, NULL) - image_bytes(move, 1, mark_upper_zero), 2);
	CHECK_EQ(image_bytes(shift, 0, NULL) - image_bytes(shift, 0, mark_upper_zero), 0);
}

static void zero_extensions(void)
{
	static const struct {
		const char *text;
		u32 saved;
	} rows[] = {
		{ "w0 = w1\n w0 = w0\n exit\n", 2 },
		{ "r0 = *(u32 *)(r1 +0)\n w0 = w0\n exit\n", 2 },
		{ "r0 = 7\n w0 = w0\n exit\n", 2 },
		{ "r0 = -7\n w0 = w0\n exit\n", 0 },
		{ "r0 = *(s32 *)(r1 +0)\n w0 = w0\n exit\n", 0 },
		{ "r0 = r1\n w0 = w0\n exit\n", 0 },
		{ "w0 = 1\n r0 += r1\n w0 = w0\n exit\n", 0 },
		{ "w0 = 1\n call 1\n w0 = w0\n exit\n", 0 },
		{ "w0 = 1\n call sub\n w0 = w0\n exit\nsub: r0 = -1\n exit\n", 0 },
		{ "w0 = 1\n r2 = map[progs]\n r3 = 0\n call tail_call\n w0 = w0\n exit\n", 0 },
		{ "w0 = 1\n r2 = 1\n r0 = atomic64_cmpxchg((u64 *)(r1 +0), r0, r2)\n w0 = w0\n exit\n", 0 },
		{ "w0 = 1\n if r1 > 3 goto over\n r0 = r1\nover: w0 = w0\n exit\n", 0 },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		u32 saved = image_bytes(rows[i].text, 0, NULL) - image_bytes(rows[i].text, 1, NULL);

		if (saved != rows[i].saved)
			check_failed(__FILE__, __LINE__, "%u bytes are saved in:\n%s", saved, rows[i].text);
	}
}

/* --- jumps ------------------------------------------------------------------------- */

/* Over or back over @filler additions of 1 to R2; the body of a loop that runs twice. */
static void check_jump_over(struct modbpf_insn *insns, u32 cap, u32 filler)
{
	struct insn_buf buf = { .insns = insns, .cap = cap };
	struct verified_prog *prog;
	struct jit_run run;
	u32 i, top;
	int err;

	insn_put_mov(&buf, 2, 0);
	insn_put_mov(&buf, 3, 0);
	top = buf.cnt;
	insn_put(&buf, BPF_ALU64 | BPF_ADD | BPF_K, 3, 0, 0, 1);
	insn_put(&buf, BPF_JMP | BPF_JEQ | BPF_K, 3, 0, 1, 1);		/* first round: into the filler */
	insn_put(&buf, BPF_JMP32 | BPF_JA, 0, 0, 0, filler);		/* second: over it */
	for (i = 0; i < filler; i++)
		insn_put(&buf, BPF_ALU64 | BPF_ADD | BPF_K, 2, 0, 0, 1);
	insn_put(&buf, BPF_JMP | BPF_JEQ | BPF_K, 3, 0, 1, 2);
	insn_put(&buf, BPF_JMP32 | BPF_JA, 0, 0, 0, (s32)top - (s32)buf.cnt - 1);
	insn_put(&buf, BPF_ALU64 | BPF_MOV | BPF_X, 0, 2, 0, 0);
	insn_put_exit(&buf);
	prog = prog_build(insns, buf.cnt);
	err = jit_run_prepare(&run, prog, NULL, NULL, 0);
	CHECK_EQ(err, 0);
	if (!err) {
		CHECK_EQ(jit_run_call(&run, NULL, NULL), filler);
		jit_run_release(&run);
	}
	prog_free(prog);
}

static void jumps_of_every_length(void)
{
	struct modbpf_insn *insns = calloc(70000, sizeof(*insns));
	u32 filler;

	for (filler = 0; filler < 80; filler++)
		check_jump_over(insns, 70000, filler);
	check_jump_over(insns, 70000, 8200);
	check_jump_over(insns, 70000, 69000);
	free(insns);
}

/* Exactly @bytes of code: moves of 3 and 2 bytes. */
static void put_bytes(struct insn_buf *buf, u32 bytes)
{
	for (; bytes % 3; bytes -= 2)
		insn_put(buf, BPF_ALU | BPF_MOV | BPF_X, 0, 1, 0, 0);
	for (; bytes; bytes -= 3)
		insn_put(buf, BPF_ALU64 | BPF_MOV | BPF_X, 0, 1, 0, 0);
}

static void check_size_and_run(const struct insn_buf *buf, u32 bytes)
{
	struct verified_prog *prog = prog_build(buf->insns, buf->cnt);
	struct jit_run run;

	CHECK_EQ(jit_run_prepare(&run, prog, NULL, NULL, 0), 0);
	CHECK_EQ(run.layout->bytes, bytes);
	jit_run_call(&run, NULL, NULL);
	jit_run_release(&run);
	prog_free(prog);
}

/* A conditional jump of 2 bytes reaches 127 ahead, and 128 back from its end. */
static void jumps_are_short_where_that_reaches(void)
{
	const u32 around = 8 + 4;	/* endbr64, push, mov; leave, ret, int3, int3 */
	struct modbpf_insn insns[128];
	u32 distance;

	for (distance = 110; distance < 140; distance++) {
		struct insn_buf ahead = { .insns = insns, .cap = ARRAY_SIZE(insns) };
		struct insn_buf back = ahead;
		u32 top;

		insn_put(&ahead, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 0, 0);	/* test 3 */
		put_bytes(&ahead, distance);
		insns[0].off = ahead.cnt - 1;
		insn_put_exit(&ahead);
		check_size_and_run(&ahead, around + 3 + distance + (distance <= 127 ? 2 : 6));

		insn_put_mov(&back, 2, 3);					/* 5 */
		top = back.cnt;
		put_bytes(&back, distance - 7);
		insn_put(&back, BPF_ALU64 | BPF_ADD | BPF_K, 2, 0, 0, -1);	/* 4 */
		insn_put(&back, BPF_JMP | BPF_JNE | BPF_K, 2, 0, top - back.cnt - 1, 0);
		insn_put_exit(&back);
		check_size_and_run(&back, around + 5 + distance + (distance + 2 <= 128 ? 2 : 6));
	}
}

/* A ladder of jumps, each over @gap instructions: short ones bring others into reach. */
static void jumps_that_shorten_each_other(void)
{
	static struct modbpf_insn insns[4096];
	struct insn_buf buf = { .insns = insns, .cap = ARRAY_SIZE(insns) };
	struct verified_prog *prog;
	struct jit_run run;
	u32 i;

	insn_put_mov(&buf, 0, 0);
	for (i = 0; i < 1000; i++) {
		insn_put(&buf, BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 40, 5000);
		insn_put(&buf, BPF_ALU64 | BPF_ADD | BPF_K, 0, 0, 0, 1);
	}
	for (i = 0; i < 50; i++)
		insn_put(&buf, BPF_ALU64 | BPF_ADD | BPF_K, 0, 0, 0, 1);
	insn_put_exit(&buf);
	prog = prog_build(insns, buf.cnt);
	CHECK_EQ(jit_run_prepare(&run, prog, NULL, NULL, 0), 0);
	CHECK_EQ(jit_run_call(&run, NULL, NULL), 1050);
	jit_run_release(&run);
	prog_free(prog);
}

/* --- size and time ------------------------------------------------------------------- */

/* Blocks of arithmetic, memory accesses and branches, a few of them far. */
static struct verified_prog *big_prog(u32 cnt)
{
	struct insn_buf buf = { .insns = calloc(cnt + 64, sizeof(struct modbpf_insn)), .cap = cnt + 64 };
	struct verified_prog *prog;
	u32 i;

	for (i = 0; i < 10; i++)
		insn_put_mov(&buf, i, i);
	while (buf.cnt < cnt) {
		insn_put(&buf, BPF_ALU64 | BPF_ADD | BPF_X, 0, buf.cnt % 10, 0, 0);
		insn_put(&buf, BPF_STX | BPF_MEM | BPF_DW, 10, 0, -8, 0);
		insn_put(&buf, BPF_JMP | BPF_JSGT | BPF_K, 2, 0, buf.cnt + 9000 < cnt ? 8001 : 1, 1000);
		insn_put(&buf, BPF_LDX | BPF_MEM | BPF_W, 3, 10, -8, 0);
		insn_put(&buf, BPF_ALU64 | BPF_XOR | BPF_K, 0, 0, 0, 0x55555);
		insn_put(&buf, BPF_JMP | BPF_JEQ | BPF_K, 4, 0, 2, 99);
		insn_put(&buf, BPF_ALU | BPF_MUL | BPF_X, 5, 6, 0, 0);
		insn_put(&buf, BPF_ALU64 | BPF_RSH | BPF_K, 0, 0, 0, 1);
	}
	insn_put_mov(&buf, 0, 4711);
	insn_put_exit(&buf);
	prog = prog_build(buf.insns, buf.cnt);
	free(buf.insns);
	return prog;
}

static u64 thread_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

/* The least of three, in ns per 1000 instructions. */
static u64 compile_time(u32 cnt)
{
	const struct jit_target target = { .helpers = helpers };
	struct verified_prog *prog = big_prog(cnt);
	u64 best = ~0ULL, start, took;
	struct jit_code *code;
	u32 i;

	for (i = 0; i < 3; i++) {
		start = thread_ns();
		CHECK_EQ(compile(prog, &target, 2, &code), 0);
		took = thread_ns() - start;
		if (took < best)
			best = took;
		modbpf_jit_free(code);
	}
	prog_free(prog);
	return best * 1000 / cnt;
}

static void compile_time_is_linear(void)
{
	u64 small = compile_time(20000), large = compile_time(400000);

	if (large > 4 * small)
		check_failed(__FILE__, __LINE__, "%llu ns per 1000 instructions of 20000, %llu of 400000",
			     small, large);
}

static void sixty_thousand_instructions_run(void)
{
	struct verified_prog *prog = big_prog(60000);
	struct jit_run run;

	CHECK_EQ(jit_run_prepare(&run, prog, NULL, NULL, JIT_RUN_BEST), 0);
	CHECK_EQ(jit_run_call(&run, NULL, NULL), 4711);
	jit_run_release(&run);
	prog_free(prog);
}

static void too_large_an_image_is_e2big(void)
{
	const struct jit_target target = { .helpers = helpers };
	u32 i, cnt = 700000;
	struct insn_buf buf = { .insns = calloc(cnt, sizeof(struct modbpf_insn)), .cap = cnt };
	struct verified_prog *prog;
	struct jit_code *code;

	insn_put_mov(&buf, 0, 1);
	for (i = 0; i < cnt - 2; i++)
		insn_put(&buf, BPF_ALU64 | BPF_MOD | BPF_X, 0, 1, 1, 0);
	insn_put_exit(&buf);
	prog = prog_build(buf.insns, buf.cnt);
	free(buf.insns);
	CHECK_EQ(compile(prog, &target, 0, &code), -E2BIG);
	prog_free(prog);
}

/* --- refusals ------------------------------------------------------------------------ */

static void no_memory(void)
{
	u64 before = platform_bytes();
	u32 nth;

	for (nth = 1; ; nth++) {
		int err;

		platform_fail_nth(nth);
		err = compile_text(mixed, NULL);
		if (!platform_has_failed()) {
			CHECK_EQ(err, 0);
			break;
		}
		CHECK_EQ(err, -ENOMEM);
		CHECK_EQ(platform_bytes(), before);
	}
	platform_fail_nth(0);
	CHECK(nth > 10);
	CHECK_EQ(platform_bytes(), before);
}

/* A killed caller is noticed wherever it happens, and nothing stays. */
static void killed(void)
{
	const struct jit_target target = { .helpers = helpers };
	struct verified_prog *prog = big_prog(20000);
	u64 before = platform_bytes();
	struct jit_code *code;
	u32 nth = 0;
	int err;

	do {
		platform_interrupt_at(++nth);
		err = compile(prog, &target, 2, &code);
		if (!err)
			break;
		CHECK_EQ(err, -EINTR);
		CHECK_EQ(platform_bytes(), before);
	} while (nth < 10000);
	platform_interrupt_at(0);
	CHECK_EQ(err, 0);
	CHECK(nth > 20);
	if (!err)
		modbpf_jit_free(code);
	prog_free(prog);
}

static void forget_map(struct verified_prog *prog)
{
	u32 i;

	for (i = 0; i < prog->insn_cnt; i++)
		prog->facts[i].flags &= ~FACT_CONST_MAP;
}

static void mark_probe(struct verified_prog *prog)
{
	prog->facts[0].flags |= FACT_PROBE_LOAD;
}

static void what_it_does_not_know(void)
{
	static const char *const texts[] = {
		"call 200\n exit\n", "call unknown#300\n exit\n", "call kfunc#9\n exit\n",
		"r0 = *(u16 *)skb[12]\n exit\n",
		"r1 = map[idx:0]\n exit\n",
		"may_goto out\nout: exit\n",
		".insn 0x8f 0 0 0 0\n exit\n",		/* NEG with a register */
		".insn 0xe7 0 0 0 0\n exit\n",		/* no ALU operation */
		".insn 0xbf 0 1 5 0\n exit\n",		/* a move that extends 5 bits */
		".insn 0xbc 0 1 32 0\n exit\n",		/* 32 bits to 32 */
		".insn 0x0f 0 1 1 0\n exit\n",		/* signed addition */
		".insn 0x3f 0 1 2 0\n exit\n",
		".insn 0xd4 0 0 0 8\n exit\n",		/* byte order of 8 bits */
		".insn 0xdf 0 0 0 16\n exit\n",
		".insn 0xdb 1 0 0 0x02\n exit\n",	/* no atomic operation */
		".insn 0xd3 1 0 0 0\n exit\n",		/* of one byte */
		".insn 0x99 0 1 0 0\n exit\n",		/* sign extension of 8 bytes */
		".insn 0x6d 11 12 0 0\n exit\n",	/* R12 */
		".insn 0xed 0 0 0 0\n exit\n",
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		int err = compile_text(texts[i], NULL);

		if (err != -EOPNOTSUPP)
			check_failed(__FILE__, __LINE__, "%d for: %s", err, texts[i]);
	}
	CHECK_EQ(compile_text("r2 = map[progs]\n r3 = 0\n call tail_call\n exit\n", NULL), 0);
	CHECK_EQ(compile_text("r2 = map[progs]\n r3 = 0\n call tail_call\n exit\n", forget_map),
		 -EOPNOTSUPP);
	CHECK_EQ(compile_text("r0 = *(u8 *)(r1 +0)\n exit\n", mark_probe), -EOPNOTSUPP);
}

static void shift_subprogs(struct verified_prog *prog)
{
	prog->subprogs[1].start++;
}

static void start_late(struct verified_prog *prog)
{
	prog->subprogs[0].start = 1;
}

static void end_late(struct verified_prog *prog)
{
	prog->subprogs[0].end++;
}

static void overlap(struct verified_prog *prog)
{
	prog->subprogs[0].end = prog->insn_cnt;
}

/* None of these can come from the verifier; they must not become code. */
static void what_no_verifier_makes(void)
{
	CHECK_EQ(compile_text("r0 = 0\n", NULL), -EFAULT);
	CHECK_EQ(compile_text("if r0 > 1 goto out\nout: r0 = 1\n", NULL), -EFAULT);
	CHECK_EQ(compile_text("r0 = 0\n goto pc+1\n exit\n", NULL), -EFAULT);
	CHECK_EQ(compile_text("r0 = 0\n goto pc-3\n exit\n", NULL), -EFAULT);
	CHECK_EQ(compile_text("goto pc+1\n r0 = 1 ll\n exit\n", NULL), -EFAULT);
	CHECK_EQ(compile_text("exit\n .insn 0x18 0 0 0 0\n", NULL), -EFAULT);
	CHECK_EQ(compile_text("r0 = 0\n exit\n", start_late), -EFAULT);
	CHECK_EQ(compile_text("r0 = 0\n exit\n", end_late), -EFAULT);
	CHECK_EQ(compile_text("call sub\n exit\nsub: r0 = 1\n exit\n", shift_subprogs), -EFAULT);
	CHECK_EQ(compile_text("call sub\n exit\nsub: r0 = 1\n exit\n", overlap), -EFAULT);
	CHECK_EQ(compile_text("call sub\n goto sub\nsub: r0 = 1\n exit\n", NULL), -EFAULT);
}

static void mark_dead(struct verified_prog *prog)
{
	prog->facts[2].flags |= FACT_DEAD;
	prog->facts[4].flags |= FACT_DEAD;
}

/* Dead instructions may be anything: they trap, and nothing falls through to them. */
static void dead_instructions(void)
{
	CHECK_EQ(compile_text("r0 = 0\n exit\n call 200\n exit\n call 201\n", mark_dead), 0);
	CHECK_EQ(compile_text("r0 = 0\n exit\n call 200\n exit\n call 201\n", NULL), -EOPNOTSUPP);
}

static const struct check_case cases[] = {
	{ "the image is what the layout says", the_image_is_its_layout },
	{ "the address changes only distances", the_address_changes_only_distances },
	{ "targets out of reach are -ERANGE", targets_out_of_reach },
	{ "no more frame than is needed", no_more_frame_than_needed },
	{ "facts shorten the code", facts_shorten_the_code },
	{ "zero-extensions go only where they change nothing", zero_extensions },
	{ "jumps of every length", jumps_of_every_length },
	{ "jumps are short exactly where that reaches", jumps_are_short_where_that_reaches },
	{ "jumps that shorten each other", jumps_that_shorten_each_other },
	{ "60,000 instructions run", sixty_thousand_instructions_run },
	{ "compile time is linear", compile_time_is_linear },
	{ "too large an image is -E2BIG", too_large_an_image_is_e2big },
	{ "each allocation that fails is -ENOMEM and leaves nothing", no_memory },
	{ "a killed caller is -EINTR and leaves nothing", killed },
	{ "what it does not know is -EOPNOTSUPP", what_it_does_not_know },
	{ "what no verifier makes is -EFAULT", what_no_verifier_makes },
	{ "dead instructions need not be known", dead_instructions },
};

int main(int argc, char **argv)
{
	return check_run("test_jit_image", cases, ARRAY_SIZE(cases), argc, argv);
}
