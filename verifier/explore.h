/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Follows every path through a program, and stops where nothing new can come. */
#ifndef MODBPF_VERIFIER_EXPLORE_H
#define MODBPF_VERIFIER_EXPLORE_H

#include "verifier/log.h"
#include "verifier/program.h"

#define EXPLORE_MAX_INSNS 1000000u	/* processed, all paths together; Linux's limit */
#define EXPLORE_MAX_WORK (48u * EXPLORE_MAX_INSNS)
#define EXPLORE_MAX_BYTES (48u << 20)	/* of abstract states */
#define EXPLORE_MAX_PENDING 8192u	/* branches not yet taken */

/*
 * Returns 0 if all paths are safe and end; found is then filled. -EACCES,
 * -EINVAL, -EPERM, -E2BIG with the reason logged, -ENOMEM, -EINTR.
 */
int explore(const struct program *prog, struct findings *found, struct vlog *log,
	    struct verify_stats *stats, u32 *max_states_per_insn);

#endif
