/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Typed pointers: into structures of the kernel, as its BTF describes them. Nothing
 * vouches for them. They may be null or stale, so loads through them may fault and then
 * give 0; nothing is stored through them, and no helper takes one for what it points to, but
 * for ARG_SKB of a netfilter program, whose context is no packet's.
 *
 * What a netfilter program's context points to, and the packet that __sk_buff stands for
 * (RET_SKB), are there for sure, and nothing else: these pointers have kinds of their own, and
 * are no numbers.
 *
 * With CAP_PERFMON a typed pointer is a number wherever one is wanted; what was a
 * number never becomes a pointer.
 */
#ifndef MODBPF_VERIFIER_TYPED_H
#define MODBPF_VERIFIER_TYPED_H

#include "verifier/step.h"

/* A program whose context is a call: what it is called with goes to prog->call. 0, -EINVAL. */
int find_call(struct program *prog, struct vlog *log);
/* The types of what a packet program's context leads to, as far as they are known. */
void find_hook_types(struct program *prog);
/* A pointer to one of them. */
struct reg hook_pointer(const struct program *prog, enum reg_kind kind);
/* A load from the context of a call, which R@regno points to. */
int check_call_ctx_load(struct step *step, u32 bytes, bool sign_extend,
			struct reg *value);
/* A load through the typed pointer R@regno. */
int check_typed_load(struct step *step, u32 regno, u32 bytes, bool sign_extend,
		     struct reg *value);

/* Is @reg a number, or a typed pointer of a program that may see addresses? */
bool reg_is_number(const struct step *step, const struct reg *reg);
/* What reg_is_number() allows becomes that number. */
void mark_number(const struct step *step, struct reg *reg);

/* Does it point to a structure of the kernel's? */
static inline bool reg_is_typed(const struct reg *reg)
{
	return reg->kind == REG_TYPED || reg->kind == REG_NF_STATE || reg->kind == REG_SKB;
}

#endif
