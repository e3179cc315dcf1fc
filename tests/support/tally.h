/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What has a fuzzer executed? Instructions by the kinds of pointers that they use, by
 * operator and width, and helper calls by the kinds of their arguments and of the maps
 * among them; and that in programs of which type. Each row of the verifier's tables is
 * one here, executed or not.
 *
 * Which kinds of pointers an instruction uses is what the verifier had there on some
 * path: where several ways lead to one instruction, each of their kinds is counted.
 */
#ifndef MODBPF_TESTS_SUPPORT_TALLY_H
#define MODBPF_TESTS_SUPPORT_TALLY_H

#include "tests/support/watch.h"
#include "verifier/helper.h"
#include "verifier/state.h"
#include "verifier/step.h"

#define TALLY_ATOMICS 0x200	/* no operator's number is that high */

struct tally {
	u32 kinds[RANDVERIFY_MAX_INSNS];	/* of the program at hand: a bit per enum reg_kind */
	u64 total, by_kind[REG_KIND_COUNT], by_arg[ARG_KIND_COUNT], by_type[64];
	u64 by_map[MODBPF_MAP_TYPE_COUNT];
	u64 by_code[256], by_signed_code[256];	/* signed division, or a move that extends */
	u64 by_atomic[TALLY_ATOMICS][9];	/* by bytes */
};

void tally_begin(struct tally *tally);
/* The verifier is at an instruction. */
void tally_note(struct tally *tally, struct step *step);
/* It runs. */
void tally_count(struct tally *tally, const struct watch *watch);
/* The table; how many rows are below @least. */
u32 tally_print(const struct tally *tally, u64 least);

#endif
