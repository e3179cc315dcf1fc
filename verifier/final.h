/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Makes the verified program out of the original one and what was found. */
#ifndef MODBPF_VERIFIER_FINAL_H
#define MODBPF_VERIFIER_FINAL_H

#include "verifier/log.h"
#include "verifier/program.h"

/*
 * Returns 0 and *@out; -ENOMEM; -E2BIG if a jump does not reach any more
 * (logged); -EFAULT.
 */
int final_build(const struct program *prog, const struct findings *found, struct vlog *log,
		struct verified_prog **out);

/*
 * fence.c: mark the instructions of @out that a fence must stand before. 0; -ENOMEM and
 * -EINTR, and then @out is only to be freed.
 */
int place_fences(const struct findings *found, struct verified_prog *out);

/*
 * The bytes of stack that the deepest chain of calls takes are put into *@depth.
 * Too many: -EACCES, logged.
 */
int check_stack_depth(const struct program *prog, const struct findings *found,
		      struct vlog *log, u32 *depth);

#endif
