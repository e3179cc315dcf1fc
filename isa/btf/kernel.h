/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a program is told by the kernel's own BTF: what a function or a tracepoint
 * is called with, and what lies where in a structure.
 *
 * A wrong answer here is a wrong number in a program, never an access that goes
 * astray: all that is done with these types is to read through loads that may fault.
 */
#ifndef MODBPF_ISA_BTF_KERNEL_H
#define MODBPF_ISA_BTF_KERNEL_H

#include "isa/btf/btf.h"

#define BTF_CALL_ARGS 12	/* Linux's MAX_BPF_FUNC_ARGS */

/* A call of a function or of a tracepoint. */
struct btf_call {
	const char *name;	/* in the strings; of a tracepoint without btf_trace_ */
	u32 cnt;		/* arguments */
	u32 args[BTF_CALL_ARGS];	/* their types */
	u32 result;		/* its type, 0: none */
};

/*
 * The call of the FUNC, or of the tracepoint's TYPEDEF, that @id names. 0, or
 * -EINVAL with *@why: there is no such type, it is another kind, or has arguments
 * that a program cannot be given.
 */
int btf_call_of_func(const struct btf_types *types, u32 id, struct btf_call *call,
		     const char **why);
int btf_call_of_event(const struct btf_types *types, u32 id, struct btf_call *call,
		      const char **why);
/* Of a tracepoint; NULL: the type of @view is none of one. */
const char *btf_event_name(const struct btf_types *types, const struct btf_view *view);
/* Bytes of a register that an argument of @type fills: 1, 2, 4 or 8. */
u32 btf_arg_bytes(const struct btf_types *types, u32 type);

/*
 * The structure or union, of known size, that a pointer of @type points to; 0:
 * @type is no such pointer, or one to memory that is not the kernel's own (the
 * user's, each CPU's).
 */
u32 btf_pointee(const struct btf_types *types, u32 type);

/* The structure of that name; 0: there is none. Looks at all types. */
u32 btf_struct_named(const struct btf_types *types, const char *name);

enum btf_found {
	BTF_FOUND_NOTHING,	/* not all of it is inside of the structure */
	BTF_FOUND_NUMBER,
	BTF_FOUND_POINTER,	/* that btf_pointee() knows */
};

/*
 * What are the @bytes bytes at @off of structure @id? An array without a length goes
 * on for ever. *@pointee: of a pointer. What had to be looked at is added to *@steps; of
 * unions within unions, at most so much is looked at that it ends.
 */
enum btf_found btf_look_into(const struct btf_types *types, u32 id, s64 off, u32 bytes,
			     u32 *pointee, u64 *steps);

#endif
