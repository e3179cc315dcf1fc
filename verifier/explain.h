/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a rejection says below its reason: where it is, what is known there, how the path
 * came there, and what to do. The lines are listed in docs/cli.md; user/rejection.c reads
 * them.
 */
#ifndef MODBPF_VERIFIER_EXPLAIN_H
#define MODBPF_VERIFIER_EXPLAIN_H

#include "verifier/log.h"
#include "verifier/program.h"
#include "verifier/state.h"
#include "verifier/trail.h"

/* The path on which the last refusal of @log happened; it began at @start. */
struct refused_path {
	const struct state *state;
	const struct trail *trail;
	u32 start;
};

/* Where a path was followed; before explain_refusal(). */
void explain_path(struct vlog *log, const struct program *prog, const struct refused_path *path);
/* The instruction, if that is not said yet; what is needed, a hint, the code. */
void explain_refusal(struct vlog *log, const struct program *prog);

#endif
