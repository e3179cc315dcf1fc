/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The prototype of each helper function: what it must be given, what it gives
 * back, and to whom. The function behind a row may rely on all of it.
 *
 * What the rows promise in turn, on every path of the function: a buffer to fill
 * (ARG_FILL) is written in its whole size, after an error too; a RET_LENGTH
 * result is at most the size that was passed, or -4095..-1.
 */
#ifndef MODBPF_VERIFIER_HELPER_H
#define MODBPF_VERIFIER_HELPER_H

#include "isa/abi.h"
#include "isa/insn.h"

enum arg_kind {
	ARG_NONE,
	ARG_NUMBER,
	/* Or memory that the format prints as a string; zero is passed where the program set nothing. */
	ARG_OPTIONAL_PRINTED,
	ARG_ADDRESS,		/* number or pointer, only used as an address to probe */
	ARG_MAP,		/* always the same map, of a type that .map_use allows */
	ARG_KEY,		/* readable memory of the map's key size */
	ARG_VALUE,		/* readable memory of the map's value size */
	ARG_VALUE_FILL,		/* memory of the value size that is filled; read if the map is asked */
	ARG_READ,		/* readable memory, size in the next argument */
	ARG_READ_OR_NULL,	/* or null, with a size of 0 */
	ARG_FILL,		/* writable memory, not read, size in the next argument */
	ARG_FILL_OR_NULL,	/* or null, if the size is zero */
	ARG_FILL_8,		/* 8 bytes of writable memory, not read */
	ARG_STRING,		/* terminated, in a map that can never change */
	ARG_FORMAT,		/* readable memory, size in the next argument */
	ARG_CONST_FORMAT,	/* as ARG_STRING; it must fit to what is printed */
	ARG_PRINTED,		/* 8 bytes for each conversion, constant size in the next; null, if that is zero */
	ARG_SIZE,		/* of the previous or next argument, above 0 */
	ARG_SIZE_OR_ZERO,
	ARG_CONST_SIZE,		/* a constant: size of the record that is returned */
	ARG_CTX,
	ARG_RECORD,		/* a held record, from its start */
	ARG_LOCK,		/* the lock in a map's value */
	ARG_TIMER,		/* the timer in a map's value */
	ARG_TIMER_MAP,		/* the map that the ARG_TIMER before it is in */
	ARG_CALLBACK,		/* a subprogram, called as .callback says */
	ARG_CALLBACK_CONTEXT,	/* stack or null, handed to it as it is */
	ARG_KEPT,		/* memory of a map's value that is used after the call, size in the next argument */
	ARG_DYNPTR,		/* one that is there; see dynptr.h */
	ARG_RING_DYNPTR,	/* a record of a ring */
	ARG_FREE_DYNPTR,	/* one in the stack that need not be released */
	ARG_NEW_DYNPTR,		/* stack in which one is made */
	ARG_NEW_RING_DYNPTR,	/* which must be released, whatever the helper returns */
	ARG_NEW_SKB_DYNPTR,	/* of a packet */
	ARG_NEW_SAME_DYNPTR,	/* of the kind of the ARG_FREE_DYNPTR */
	ARG_SKB,		/* the packet: the context, or what the context calls skb */
	ARG_BUFFER_OR_NULL,	/* memory that the result may lie in, constant size in the next; or null */
	ARG_KIND_COUNT
};

/* How the ARG_CALLBACK is called; rows in callback.c. */
enum callback_kind {
	CALLBACK_NONE,
	CALLBACK_LOOP,
	CALLBACK_EACH_ELEM,
	CALLBACK_SAMPLES,
	CALLBACK_TIMER,		/* not by the helper, but at any time after it */
	CALLBACK_KIND_COUNT
};

enum return_kind {
	RET_NUMBER,
	RET_VOID,
	RET_LENGTH,		/* up to the size argument, or a negative errno */
	RET_VALUE_OR_NULL,	/* a value of the map */
	RET_RECORD_OR_NULL,
	RET_SLICE_OR_NULL,	/* memory of the dynptr, of the constant size */
	RET_CONST_SLICE_OR_NULL,	/* the same, not to be written */
	RET_SKB,		/* the packet's struct sk_buff, never null: see typed.h */
	RET_KIND_COUNT
};

enum {
	HELPER_GPL = 1 << 0,
	HELPER_PERFMON = 1 << 1,
	HELPER_ACQUIRES = 1 << 2,	/* the result must be released */
	HELPER_RELEASES = 1 << 3,	/* the ARG_RECORD or ARG_RING_DYNPTR */
	HELPER_LEAVES = 1 << 4,		/* may not come back: no reference may be held */
	HELPER_ONE_MAP = 1 << 5,	/* the map must be the same on all paths */
	HELPER_ABSENT = 1 << 6,		/* has no function yet: calls are refused by name */
	HELPER_MOVES_PACKET = 1 << 7,	/* pointers into the packet are void afterwards */
	HELPER_WRITES_PACKET = 1 << 8,	/* as a direct store does */
	HELPER_INTERNAL = 1 << 9,	/* called by what the verifier writes, never by a program */
	HELPER_UNLOCKS = 1 << 11,	/* releases the ARG_LOCK; who does not, takes it */
	HELPER_WRITES_USER = 1 << 10,	/* changes the memory of the process that runs */
	HELPER_TAKES_PROG = 1 << 13,	/* is given the program, too, behind its other arguments */
	HELPER_KFUNC = 1 << 14,		/* called as a kernel function is, not by its number */
	HELPER_WRITES_DYNPTR = 1 << 15,	/* through the ARG_DYNPTR: the packet, if it is one of it */
	HELPER_MOVES_DYNPTR = 1 << 16,	/* which moves the packet then, or fails where it may not be written */
	HELPER_OVERRIDES = 1 << 17,	/* a function of the kernel returns what the program says */
	HELPER_MAY_LOSE = 1 << 18,	/* puts a record into a ring, or runs who may */
	HELPER_ANYONE = 1 << 12,	/* for who has no CAP_BPF: tells nothing but of maps, the packet, time */
};

/*
 * What the final program tells a function in a register that the program does not set. Of
 * the packet: HELPER_TOLD_*. Of the buffer: 1, it is to be filled whether it is used or not.
 */
enum told_kind { TOLD_NOTHING, TOLD_PACKET_IN_R4, TOLD_BUFFER_IN_R5 };

enum {
	HELPER_TOLD_WRITABLE = 1 << 0,	/* programs of this type may write to packets */
	HELPER_TOLD_IS_SKB = 1 << 1,	/* R1 is not the context but what the runtime calls skb */
};

struct helper {
	const char *name;
	u8 args[5];		/* enum arg_kind */
	u8 ret;			/* enum return_kind */
	u8 callback;		/* enum callback_kind */
	u8 told;		/* enum told_kind */
	u32 flags;		/* HELPER_* */
	u32 map_use;		/* MAP_MAY_* that the map needs */
	u64 types;		/* bit n: programs of type n have it; see TYPES_* */
};

/* Rows that are there for this id: 1, or 0 if there is no such helper. For tests. */
u32 helper_row_cnt(s32 id);
/* NULL: no such helper. */
const struct helper *helper_of(s32 id);
/* Does it call its ARG_CALLBACK itself? */
bool helper_runs_callback(const struct helper *helper);
/* The register that a program behind its arguments is in. */
u32 helper_prog_reg(const struct helper *helper);
/* What a call calls; NULL: no call of a helper or a kernel function, or of none that there is. */
const struct helper *helper_called(const struct modbpf_insn *insn);
/* The number of the kernel function of that name; 0: it is none of ours. */
s32 helper_kfunc_id(const char *name);
/* Bit n: argument register Rn is read. */
u32 helper_arg_regs(const struct helper *helper);

#endif
