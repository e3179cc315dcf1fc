// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is a loop over a callback found safe only if each of its rounds is? Random
 * programs with loops of up to three rounds are verified twice: as they are, where a
 * round that is within an earlier one is not followed and numbers are widened from
 * round to round; and round by round, without either. What is accepted the first way
 * must be the second way, and no instruction may be dead the first way only.
 *
 * Round by round less may be known here and there: of a slot that is written to in pieces,
 * round after round, not every byte is kept account of. So a program that is rejected then is
 * a failure if a run does what it may not, in any of many worlds; few may be left.
 *
 * The first argument is a seed, the second how many programs to make.
 */
#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/randverify.h"
#include "tests/support/verify.h"
#include "tests/support/watch.h"
#include "verifier/exact.h"
#include "verifier/prune.h"

bool __real_state_contains(const struct prune *prune, const struct state *outer,
			   const struct state *inner, const struct kept *kept);
bool __wrap_state_contains(const struct prune *prune, const struct state *outer,
			   const struct state *inner, const struct kept *kept);
void __real_exact_begin(struct state *state, struct kept *kept);
void __wrap_exact_begin(struct state *state, struct kept *kept);

static bool by_round;
#define WORLDS 300
#define DOUBTS_IN 100	/* programs that are compared: one may be rejected without a run that shows why */
#define MAX_RUN_INSNS 100000

static u32 converged, doubted;
static u64 seed = 1, program_cnt = 3000;

bool __wrap_state_contains(const struct prune *prune, const struct state *outer,
			   const struct state *inner, const struct kept *kept)
{
	if (by_round || !__real_state_contains(prune, outer, inner, kept))
		return false;
	converged += inner->called_back;
	return true;
}

void __wrap_exact_begin(struct state *state, struct kept *kept)
{
	__real_exact_begin(state, kept);
	if (by_round)
		kept->decisive = ~0ULL;	/* nothing is widened */
}

static void run_in_worlds(const struct verified_prog *prog, const struct verify_request *req, u64 at)
{
	static struct watch watch;
	u32 world;
	u64 r0;

	doubted++;
	watch.prog_type = req->prog_type;
	watch.attach_type = req->expected_attach_type;
	watch.sees_addresses = req->rights & VERIFY_RIGHT_PERFMON;
	for (world = 0; world < WORLDS; world++) {
		world_fill(at + world, req->prog_type);
		watch_run(&watch, prog, MAX_RUN_INSNS, &r0);
		if (!watch.complaint[0])
			continue;
		check_failed(__FILE__, __LINE__, "seed state %#llx: rejected round by round, and %s", at,
			     watch.complaint);
		return;
	}
}

static bool has_origin(const struct verified_prog *prog, u32 origin)
{
	u32 i;

	for (i = 0; i < prog->insn_cnt; i++)
		if (prog->origin[i] == origin)
			return true;
	return false;
}

static void compare_round_by_round(struct verify_request *req, const struct verified_prog *prog,
				   u64 at, u32 *compared)
{
	struct verified_prog *full;
	struct verify_stats stats;
	u32 i;
	int err;

	req->max_work = 300000;
	by_round = true;
	err = modbpf_verify(req, &full, &stats);
	by_round = false;
	if (err == -E2BIG)
		return;
	++*compared;
	if (err) {
		run_in_worlds(prog, req, at);
		return;
	}
	for (i = 0; i < full->insn_cnt; i++)
		if (!has_origin(prog, full->origin[i]))
			check_failed(__FILE__, __LINE__, "seed state %#llx: insn %u is not dead", at,
				     full->origin[i]);
	modbpf_verified_free(full);
}

static void every_round_is_safe(void)
{
	static struct randverify program = { .calls = RANDVERIFY_LOOPS };
	u32 accepted = 0, compared = 0, made = 0;
	struct verify_request req;
	struct verified_prog *prog;
	struct verify_stats stats;
	struct rng rng;
	u64 i, at;
	int err;

	rng_seed(&rng, seed);
	for (i = 0; i < program_cnt; i++) {
		at = rng.state;
		randverify_make(&rng, &program);
		req = verify_request_of(program.insns, program.insn_cnt, program.prog_type);
		randverify_aim(&program, &req);
		err = modbpf_verify(&req, &prog, &stats);
		if (err == -EFAULT)
			check_failed(__FILE__, __LINE__, "seed state %#llx: -EFAULT", at);
		if (prog && prog->subprog_cnt > 1)
			made++;
		if (err)
			continue;
		accepted++;
		if (prog->subprog_cnt > 1)
			compare_round_by_round(&req, prog, at, &compared);
		modbpf_verified_free(prog);
	}
	printf("seed %llu: %llu programs, %u accepted, %u with a loop, %u followed round by round, "
	       "%u rounds within earlier ones, %u in doubt\n", seed, program_cnt, accepted, made, compared,
	       converged, doubted);
	CHECK(doubted <= 1 + compared / DOUBTS_IN);
	CHECK(compared > 50);	/* chance has its way with what programs are made of */
	CHECK(converged > 100);
}

static const struct check_case cases[] = {
	{ "what is accepted is so in every round", every_round_is_safe },
};

int main(int argc, char **argv)
{
	if (argc > 1)
		seed = strtoull(argv[1], NULL, 0);
	if (argc > 2)
		program_cnt = strtoull(argv[2], NULL, 0);
	return check_run("test_callback_rounds", cases, ARRAY_SIZE(cases), 1, argv);
}
