// SPDX-License-Identifier: GPL-2.0-only
/*
 * What does the verifier take for programs that are made to take long? Shapes whose
 * paths explode, whose loops do not end in time, or that are merely large: each is to
 * be accepted or refused within a second and 64 MiB. Next to it what this machine's own
 * kernel takes, where bpf(2) may be used; not for programs that would block it for long.
 */
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "isa/insn.h"
#include "user/platform.h"
#include "verifier/verifier.h"

#define ROUNDS 3
#define MAX_INSNS_SHAPE 300000
#define PRANDOM 7

static struct modbpf_insn insns[MAX_INSNS_SHAPE];
static u32 cnt;

static void emit(u8 code, u32 dst, u32 src, s32 off, s32 imm)
{
	insns[cnt++] = (struct modbpf_insn){ code, dst, src, off, imm };
}

static void set(u32 reg, s32 value)
{
	emit(BPF_ALU64 | BPF_MOV | BPF_K, reg, 0, 0, value);
}

static void leave(void)
{
	set(0, 0);
	emit(BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

/* R0 = any number */
static void any_number(void)
{
	emit(BPF_JMP | BPF_CALL, 0, 0, 0, PRANDOM);
}

/* Eight frames; each function calls the next @n times and branches before each call. */
static void call_tree(u32 n)
{
	u32 frame, i, at, call[16];

	for (frame = 0; frame < MODBPF_MAX_FRAMES - 1; frame++) {
		for (i = 0; i < n; i++) {
			any_number();
			emit(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 0, i);
			call[i] = cnt;
			emit(BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_CALL, 0, 0);
		}
		leave();
		for (i = 0, at = cnt; i < n; i++)
			insns[call[i]].imm = at - call[i] - 1;
	}
	any_number();
	emit(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1, 0);
	set(0, 1);
	emit(BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

/* @n branches that each leave a bit in R6 or not. */
static void leave_bits(u32 n)
{
	u32 i;

	set(6, 0);
	for (i = 0; i < n; i++) {
		any_number();
		emit(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1, 0);
		emit(BPF_ALU64 | BPF_OR | BPF_K, 6, 0, 0, 1 << (i % 31));
	}
}

static void diamonds(u32 n)
{
	leave_bits(n);
	emit(BPF_JMP | BPF_JEQ | BPF_K, 6, 0, 1, 0x12345);
	set(6, 0);
	leave();
}

/* The same, and nothing depends on it. */
static void harmless_diamonds(u32 n)
{
	leave_bits(n);
	leave();
}

/* Branches on constants: half of the program is dead. */
/* The bits that @n branches set lie in the stack, and a division wants to know them. */
static void diamonds_in_stack(u32 n)
{
	u32 i;

	emit(BPF_ST | BPF_MEM | BPF_W, 10, 0, -8, 0);
	for (i = 0; i < n; i++) {
		any_number();
		emit(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 3, 0);
		emit(BPF_LDX | BPF_MEM | BPF_W, 6, 10, -8, 0);
		emit(BPF_ALU | BPF_OR | BPF_K, 6, 0, 0, (s32)(1U << i % 32));
		emit(BPF_STX | BPF_MEM | BPF_W, 10, 6, -8, 0);
	}
	emit(BPF_LDX | BPF_MEM | BPF_W, 1, 10, -8, 0);
	set(0, 1000);
	emit(BPF_ALU | BPF_DIV | BPF_X, 0, 1, 0, 0);
	leave();
}

/* A loop in which every register is computed with, by operations that take the verifier longest. */
static void arithmetic_loop(u32 n)
{
	static const u8 ops[] = { BPF_MUL, BPF_XOR, BPF_ARSH, BPF_ADD, BPF_OR, BPF_SUB, BPF_LSH, BPF_AND, BPF_RSH };
	u32 i, top;

	any_number();
	for (i = 1; i < 9; i++)
		emit(BPF_ALU64 | BPF_MOV | BPF_X, i, 0, 0, 0);
	set(9, 0);
	top = cnt;
	for (i = 0; i < 400; i++)
		emit((i & 1 ? BPF_ALU : BPF_ALU64) | ops[i % ARRAY_SIZE(ops)] | BPF_X, 1 + i % 8, 1 + i * 3 % 8, 0, 0);
	emit(BPF_ALU64 | BPF_ADD | BPF_K, 9, 0, 0, 1);
	emit(BPF_JMP | BPF_JLT | BPF_K, 9, 0, (s32)top - (s32)cnt - 1, (s32)n);
	leave();
}

static void constant_branches(u32 n)
{
	set(1, 1);
	while (cnt + 4 < n) {
		emit(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 1, 0);
		set(2, 5);
	}
	leave();
}

/* Jumps over dead code, forwards, then back. */
static void long_jumps(u32 n)
{
	while (cnt + 4 < n) {
		emit(BPF_JMP32 | BPF_JA, 0, 0, 0, 1);
		set(2, 5);
	}
	leave();
}

static void straight(u32 n)
{
	set(1, 1);
	while (cnt + 2 < n)
		emit(BPF_ALU64 | BPF_ADD | BPF_K, 1, 0, 0, 3);
	leave();
}

/* Live branches one after the other, which all meet. */
static void meeting_branches(u32 n)
{
	any_number();
	emit(BPF_ALU64 | BPF_MOV | BPF_X, 6, 0, 0, 0);
	while (cnt + 4 < n) {
		emit(BPF_JMP | BPF_JEQ | BPF_K, 6, 0, 1, cnt);
		set(2, 5);
	}
	leave();
}

static void counted_loop(u32 n)
{
	set(1, 0);
	emit(BPF_ALU64 | BPF_ADD | BPF_K, 1, 0, 0, 1);
	emit(BPF_JMP | BPF_JLT | BPF_K, 1, 0, -2, n);
	leave();
}

/* A loop around a branch that leaves a trace. */
static void branching_loop(u32 n)
{
	set(6, 0);
	set(7, 0);
	any_number();
	emit(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1, 0);
	emit(BPF_ALU64 | BPF_ADD | BPF_K, 7, 0, 0, 1);
	emit(BPF_ALU64 | BPF_ADD | BPF_K, 6, 0, 0, 1);
	emit(BPF_JMP | BPF_JLT | BPF_K, 6, 0, -5, n);
	emit(BPF_JMP | BPF_JEQ | BPF_K, 7, 0, 0, 3);
	leave();
}

/*
 * Numbers with bounds in registers and in both halves of slots, links between them, calls,
 * branches on all of them, and every so often a short loop.
 */
static void stack_blocks(u32 n)
{
	u32 i;

	any_number();
	for (i = 1; i <= 8; i++)
		emit(BPF_STX | BPF_MEM | BPF_DW, 10, 0, -8 * (s32)i, 0);
	for (i = 0; cnt + 22 < n; i++) {
		any_number();
		emit(BPF_ALU64 | BPF_MOV | BPF_X, 7, 0, 0, 0);
		emit(BPF_ALU | BPF_AND | BPF_K, 7, 0, 0, 255);
		emit(BPF_JMP | BPF_JGT | BPF_K, 7, 0, 8, 40 + i % 7);
		emit(BPF_STX | BPF_MEM | BPF_W, 10, 7, -4 * (s32)(1 + i % 16), 0);
		emit(BPF_LDX | BPF_MEM | BPF_W, 8, 10, -4 * (s32)(1 + i * 5 % 16), 0);
		emit(BPF_ALU | BPF_ADD | BPF_X, 8, 7, 0, 0);
		emit(BPF_JMP32 | BPF_JLT | BPF_K, 8, 0, 2, 3);
		emit(BPF_ALU64 | BPF_MOV | BPF_X, 9, 8, 0, 0);
		emit(BPF_ALU | BPF_RSH | BPF_K, 9, 0, 0, 1);
		emit(BPF_STX | BPF_MEM | BPF_B, 10, 7, -4 * (s32)(1 + (i + 7) % 16), 0);
		if (i % 16)
			continue;
		set(6, 0);
		emit(BPF_ALU64 | BPF_ADD | BPF_K, 6, 0, 0, 1);
		emit(BPF_LDX | BPF_MEM | BPF_W, 8, 10, -8, 0);
		emit(BPF_ALU | BPF_ADD | BPF_X, 8, 6, 0, 0);
		emit(BPF_STX | BPF_MEM | BPF_W, 10, 8, -8, 0);
		emit(BPF_JMP | BPF_JLT | BPF_K, 6, 0, -5, 20);
	}
	leave();
}

/* A loop of loads that put two numbers together. */
static void loads_of_pieces(u32 n)
{
	u32 i, top;

	any_number();
	emit(BPF_ALU | BPF_AND | BPF_K, 0, 0, 0, 77);
	emit(BPF_STX | BPF_MEM | BPF_W, 10, 0, -8, 0);
	emit(BPF_STX | BPF_MEM | BPF_W, 10, 0, -4, 0);
	set(9, 0);
	top = cnt;
	for (i = 0; i < 400; i++)
		emit(BPF_LDX | BPF_MEM | BPF_DW, 1 + i % 8, 10, -8, 0);
	emit(BPF_ALU64 | BPF_ADD | BPF_K, 9, 0, 0, 1);
	emit(BPF_JMP | BPF_JLT | BPF_K, 9, 0, (s32)top - (s32)cnt - 1, (s32)n);
	leave();
}

static const struct shape {
	const char *name;
	void (*make)(u32 n);
	u32 n;
	bool spares_linux;	/* blocks a CPU for long */
} shapes[] = {
	{ "straight, 250,000", straight, 250000, true },
	{ "straight, 4,000", straight, 4000, false },
	{ "stack that matters, 4,000", stack_blocks, 4000, false },
	{ "stack that matters, 10,000", stack_blocks, 10000, true },
	{ "branches that meet, 60,000", meeting_branches, 60000, true },
	{ "branches that meet, 4,000", meeting_branches, 4000, false },
	{ "constant branches, 250,000", constant_branches, 250000, true },
	{ "constant branches, 60,000", constant_branches, 60000, true },
	{ "constant branches, 4,000", constant_branches, 4000, false },
	{ "jumps, 250,000", long_jumps, 250000, true },
	{ "call tree, 2 calls each", call_tree, 2, true },
	{ "call tree, 3 calls each", call_tree, 3, true },
	{ "diamonds that matter, 16", diamonds, 16, false },
	{ "diamonds that matter, 64", diamonds, 64, true },
	{ "diamonds that do not, 1,000", harmless_diamonds, 1000, false },
	{ "diamonds in the stack, 24", diamonds_in_stack, 24, false },
	{ "arithmetic, 2,000 rounds of 400", arithmetic_loop, 2000, true },
	{ "pieces, 2,000 rounds of 400", loads_of_pieces, 2000, true },
	{ "loop of 10,000", counted_loop, 10000, false },
	{ "loop of 10,000,000", counted_loop, 10000000, true },
	{ "loop with a branch, 1,000", branching_loop, 1000, false },
	{ "loop with a branch, 100,000", branching_loop, 100000, true },
};

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

/* "0.012 s", or why not. */
static const char *linux_text(const struct shape *shape)
{
	static char text[64];
	union bpf_attr attr = { 0 };
	double start;
	long fd;

	if (shape->spares_linux)
		return "not asked";
	attr.prog_type = BPF_PROG_TYPE_SOCKET_FILTER;
	attr.insns = (unsigned long)insns;
	attr.insn_cnt = cnt;
	attr.license = (unsigned long)"GPL";
	start = seconds();
	fd = syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
	if (fd < 0 && errno == EPERM)
		return "no right";
	snprintf(text, sizeof(text), "%s %.3f s", fd < 0 ? "refused" : "accepted", seconds() - start);
	if (fd >= 0)
		close(fd);
	return text;
}

static bool measure(const struct shape *shape)
{
	struct verify_request req = { .insns = insns, .prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
				      .gpl_compatible = true };
	struct verified_prog *prog;
	struct verify_stats stats;
	double best = 1e9, start, took;
	u32 i;
	int err;

	cnt = 0;
	shape->make(shape->n);
	req.insn_cnt = cnt;
	platform_reset_peak();
	for (i = 0; i < ROUNDS; i++) {
		start = seconds();
		err = modbpf_verify(&req, &prog, &stats);
		took = seconds() - start;
		best = took < best ? took : best;
		modbpf_verified_free(prog);
	}
	printf("%-30s %7u  %-8s %6.3f s  %8u processed %8u states %7llu KiB%s   Linux: %s\n", shape->name,
	       cnt, err ? "refused" : "accepted", best, stats.insns_processed, stats.states_total,
	       platform_peak() >> 10, best > 1 || platform_peak() > 64 << 20 ? "  OVER" : "",
	       linux_text(shape));
	return best <= 1 && platform_peak() <= 64 << 20;
}

int main(void)
{
	u32 i, over = 0;

	for (i = 0; i < ARRAY_SIZE(shapes); i++)
		over += !measure(&shapes[i]);
	printf("%u of %zu shapes take more than a second or 64 MiB\n", over, ARRAY_SIZE(shapes));
	return 0;
}
