// SPDX-License-Identifier: GPL-2.0-only
/*
 * Do fences stand where a processor that runs ahead could read what the program may
 * not, and only there? Short programs with the places; and random ones, in which every
 * way is walked: none comes to an access with a jump, or to a load from the stack with
 * a store, that no fence has settled.
 */
#include "tests/support/check.h"
#include "tests/support/randverify.h"
#include "tests/support/verify.h"

#define RANDOM_PROGRAMS 4000
#define NO_FENCE 0xff

struct row {
	const char *name, *text;
	u8 fences[6];	/* final instructions, in order; then NO_FENCE */
};

#define LOOKUP "*(u32 *)(r10 -4) = 0\n r1 = map[array]\n r2 = r10\n r2 += -4\n call map_lookup_elem\n"

static const struct row rows[] = {
	{ "none without a jump or a stack",
	  "r2 = *(u32 *)(r1 +8)\n r0 = *(u32 *)(r1 +8)\n r0 += r2\n r0 = 0\n exit\n", { NO_FENCE } },
	{ "before the first access behind a jump, and no other",
	  "r0 = *(u32 *)(r1 +8)\n if r0 > 5 goto out\n r2 = r0\n r2 = *(u32 *)(r1 +8)\n"
	  "r2 = *(u32 *)(r1 +8)\nout: r0 = 0\n exit\n", { 4, NO_FENCE } },
	{ "on either way",
	  "r2 = *(u32 *)(r1 +8)\n r0 = 0\n if r2 > 5 goto over\n *(u32 *)(r1 +48) = 0\n exit\n"
	  "over: r2 = *(u32 *)(r1 +8)\n exit\n", { 4, 6, NO_FENCE } },
	{ "not behind a jump that always goes one way",
	  "r2 = 7\n if r2 == 7 goto over\nover: goto on\non: r0 = *(u32 *)(r1 +8)\n r0 = 0\n exit\n", { NO_FENCE } },
	{ "in each round of a loop",
	  "r3 = 0\n r0 = 0\nup: r2 = *(u32 *)(r1 +8)\n r3 += 1\n if r3 < 4 goto up\n exit\n", { 2, NO_FENCE } },
	{ "between a store to the stack and a load from it",
	  "*(u64 *)(r10 -8) = 1\n r0 = *(u64 *)(r10 -8)\n r0 = *(u64 *)(r10 -8)\n exit\n", { 1, NO_FENCE } },
	{ "also if it is of another place, and through another register",
	  "*(u64 *)(r10 -8) = 1\n r2 = r10\n *(u64 *)(r10 -16) = 1\n r0 = *(u64 *)(r2 -8)\n exit\n", { 3, NO_FENCE } },
	{ "not between a store and a load from elsewhere",
	  "*(u64 *)(r10 -8) = 1\n r0 = *(u32 *)(r1 +8)\n r0 = 0\n exit\n", { NO_FENCE } },
	{ "an atomic operation on the stack is both",
	  "*(u64 *)(r10 -8) = 1\n r0 = 1\n lock *(u64 *)(r10 -8) += r0\n r0 = *(u64 *)(r10 -8)\n exit\n",
	  { 2, 3, NO_FENCE } },
	{ "a call reads memory, and may jump and store",
	  LOOKUP "if r0 == 0 goto out\n r0 = *(u32 *)(r0 +0)\n r0 = 0\nout: exit\n", { 5, 7, NO_FENCE } },
	{ "a subprogram begins settled, and its caller goes on unsettled",
	  "r6 = r1\n call f\n r0 = *(u32 *)(r6 +8)\n r0 = 0\n exit\n"
	  "f: r0 = *(u32 *)(r1 +8)\n exit\n", { 2, NO_FENCE } },
	{ "a callback begins with a jump and a store unsettled",
	  "r1 = 2\n r2 = subprog[f]\n r3 = r10\n r3 += -8\n *(u64 *)(r10 -8) = 0\n r4 = 0\n call loop\n"
	  "r0 = 0\n exit\n"
	  "f: r3 = *(u64 *)(r2 +0)\n r0 = 0\n exit\n", { 7, 10, NO_FENCE } },
};

static void check_row(const struct row *row)
{
	const struct verify_input input = { .text = row->text, .prog_type = MODBPF_PROG_SCHED_CLS,
					    .log_level = 1, .fence = true };
	struct verify_input plain = input;
	struct verify_output out, other;
	u32 i, next = 0;

	plain.fence = false;
	verify_text(&input, &out);
	verify_text(&plain, &other);
	CHECK_STR(out.syntax, "");
	CHECK_EQ(out.err, 0);
	if (!out.err && !other.err) {
		CHECK_STR(out.final, other.final);
		CHECK_STR(out.log, other.log);
		for (i = 0; i < out.prog->insn_cnt; i++) {
			CHECK_EQ(out.prog->facts[i].flags & FACT_FENCE, row->fences[next] == i ? FACT_FENCE : 0);
			CHECK(!(other.prog->facts[i].flags & FACT_FENCE));
			next += row->fences[next] == i;
		}
		CHECK_EQ(row->fences[next], NO_FENCE);
	}
	verify_output_free(&out);
	verify_output_free(&other);
}

static void the_rows(void)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		check_begin(rows[i].name);
		check_row(&rows[i]);
		check_end();
	}
}

/* --- every way through random programs ------------------------------------------- */

/* What happened since the last fence, as a way comes to an instruction: a number below 4. */
enum { JUMP = 1, STORE = 2 };

struct ways {
	const struct verified_prog *prog;
	u8 walked[4 * RANDVERIFY_MAX_INSNS];	/* bit n: with what happened being n */
	u32 bad, fences;
};

static void walk(struct ways *ways, s64 at, u32 since);

static void walk_call(struct ways *ways, u32 at, u32 since)
{
	const struct modbpf_insn *insn = &ways->prog->insns[at];

	ways->bad += since != 0;
	if (insn->src_reg == BPF_PSEUDO_CALL)
		walk(ways, (s64)at + insn->imm + 1, 0);
	walk(ways, at + 1, JUMP | STORE);
}

static void walk(struct ways *ways, s64 at, u32 since)
{
	const struct modbpf_insn *insn = &ways->prog->insns[at];
	u8 class = BPF_CLASS(insn->code);
	u8 base = class == BPF_LDX ? insn->src_reg : insn->dst_reg;

	if (ways->walked[at] >> since & 1)
		return;
	ways->walked[at] |= 1 << since;
	if (ways->prog->facts[at].flags & FACT_FENCE)
		since = 0;
	if (insn->code == (BPF_LD | BPF_IMM | BPF_DW)) {
		if (insn->src_reg == BPF_PSEUDO_FUNC)
			walk(ways, at + insn->imm + 1, JUMP | STORE);
		walk(ways, at + 2, since);
		return;
	}
	if (insn->code == (BPF_JMP | BPF_EXIT))
		return;
	if (insn->code == (BPF_JMP | BPF_CALL)) {
		walk_call(ways, at, since);
		return;
	}
	if (class == BPF_JMP || class == BPF_JMP32) {
		if (BPF_OP(insn->code) == BPF_JA) {
			walk(ways, at + 1 + (class == BPF_JMP ? insn->off : insn->imm), since);
			return;
		}
		walk(ways, at + 1 + insn->off, since | JUMP);
		walk(ways, at + 1, since | JUMP);
		return;
	}
	if (class == BPF_LDX || class == BPF_ST || class == BPF_STX)
		ways->bad += since & JUMP;
	if (base == MODBPF_REG_FP && (class == BPF_LDX || (class == BPF_STX && BPF_MODE(insn->code) == BPF_ATOMIC)))
		ways->bad += !!(since & STORE);
	if (base == MODBPF_REG_FP && class != BPF_LDX && (class == BPF_ST || class == BPF_STX))
		since |= STORE;
	walk(ways, at + 1, since);
}

static void every_way(void)
{
	static struct randverify program;
	static struct ways ways;
	u32 i, k, accepted = 0, fences = 0, bad = 0;
	struct verify_request req;
	struct verify_stats stats;
	struct verified_prog *prog;
	struct rng rng;

	rng_seed(&rng, 1);
	for (i = 0; i < RANDOM_PROGRAMS; i++) {
		program.calls = i % RANDVERIFY_CALLS_COUNT;
		randverify_make(&rng, &program);
		req = verify_request_of(program.insns, program.insn_cnt, program.prog_type);
		randverify_aim(&program, &req);
		req.fence = true;
		if (modbpf_verify(&req, &prog, &stats))
			continue;
		accepted++;
		memset(&ways, 0, sizeof(ways));
		ways.prog = prog;
		CHECK(prog->insn_cnt <= sizeof(ways.walked));
		walk(&ways, 0, 0);
		for (k = 0; k < prog->insn_cnt; k++)
			fences += !!(prog->facts[k].flags & FACT_FENCE);
		bad += ways.bad;
		modbpf_verified_free(prog);
	}
	CHECK_EQ(bad, 0);
	CHECK(accepted > RANDOM_PROGRAMS / 5);
	CHECK(fences > 2 * accepted);
}

static const struct check_case cases[] = {
	{ "fences stand where they must, and nowhere else", the_rows },
	{ "no way through a random program is without one", every_way },
};

int main(int argc, char **argv)
{
	return check_run("test_fence", cases, ARRAY_SIZE(cases), argc, argv);
}
