/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Accesses to what pointers point to: bounds and permissions. */
#ifndef MODBPF_VERIFIER_MEM_H
#define MODBPF_VERIFIER_MEM_H

#include "verifier/step.h"

enum {
	ACCESS_READ = 1 << 0,
	ACCESS_WRITE = 1 << 1,
};

/*
 * May @bytes bytes at R@regno + @off be accessed (ACCESS_*), at all its offsets?
 * For map values, packets and records; other kinds are refused.
 */
int check_region(struct step *step, u32 regno, s64 off, u32 bytes, u32 access);
/*
 * Must the context access at this instruction be rewritten (@flag NOTE_CTX), or
 * not (NOTE_DIRECT), or may it fault (NOTE_PROBE)? Paths that disagree are refused.
 */
int check_same_access(struct step *step, u16 flag);
/*
 * Can the @bytes (1 to 8) bytes at the map value @reg + @off never change again? *@value:
 * what they are.
 */
bool value_is_frozen(const struct step *step, const struct reg *reg, s64 off, u32 bytes,
		     u64 *value);
/* Does it point to a known place in its stack frame, or in an object whose size is known? */
bool is_inside(const struct step *step, const struct reg *reg);
/* Is R@regno + @off a multiple of @bytes, counted from the object's start? */
bool is_aligned(const struct reg *reg, s64 off, u32 bytes);

/* Refuse that memory is accessed through R@regno, because of what it is. */
int refuse_access(struct step *step, u32 regno);

#endif
