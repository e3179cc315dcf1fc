/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The form of a program after verification: final instructions, where each came
 * from, and what is known of each. The verifier makes it; the interpreter and
 * the JIT only read it.
 *
 * R10 is a multiple of 8 when a program runs: the verifier takes an OR that fits
 * for an addition.
 *
 * In the final instructions a subprogram call (BPF_PSEUDO_CALL) keeps its imm
 * as an instruction offset, and so does the address of a subprogram
 * (BPF_PSEUDO_FUNC); ld_imm64 of BPF_PSEUDO_MAP_FD and _MAP_VALUE has a map index
 * in imm (of the first slot) and the offset into the value in the second slot's
 * imm; its address is bound by who runs the program, and so is that of MODBPF_PSEUDO_PROG.
 */
#ifndef MODBPF_ISA_VERIFIED_H
#define MODBPF_ISA_VERIFIED_H

#include "isa/insn.h"

/* What is true of one final instruction on every path that reaches it. */
enum {
	FACT_PROBE_LOAD = 1 << 0,	/* the load may fault and then gives 0: use the probe thunk */
	FACT_DIVISOR_NONZERO = 1 << 1,
	FACT_UPPER_ZERO = 1 << 2,	/* the upper half of the result is zero (64-bit operation) */
	/* Helper call: R1 (R2 of tail_call, which needs this) is always the map with index .map. */
	FACT_CONST_MAP = 1 << 3,
	FACT_CONST_KEY = 1 << 4,	/* lookup in an array map: the index is always .key */
	FACT_DEAD = 1 << 5,		/* never reached; replaced by a jump to itself or removed */
	/* Before it, the processor must know which way all jumps went and what all stores stored. */
	FACT_FENCE = 1 << 6,
};

struct insn_fact {
	u16 flags;	/* FACT_* */
	u16 map;	/* map index */
	u32 key;
};

struct subprog {
	u32 start;		/* first final insn */
	u32 end;		/* one past the last */
	u16 stack_depth;	/* bytes of the frame that are used, a multiple of 8, up to 512 */
	u32 type;		/* of its FUNC in the BTF, 0: not known */
	bool has_tail_call;	/* itself */
	bool reaches_tail_call;	/* itself or a callee */
};

/* From @insn on, up to the next record, instructions come from this line of the source. */
struct line_info {
	u32 insn;
	u32 file_name_off, line_off;	/* names in the BTF */
	u32 line_col;		/* line << 10 | column */
};

/* Counts for the log's last line, OBJ_GET_INFO_BY_FD and the benchmarks. */
struct verify_stats {
	u32 insns_processed;
	u32 states_total;
	u32 states_peak;
	u32 stack_depth;	/* of the deepest call chain, bytes */
	u64 work;		/* work units spent */
};

struct verified_prog {
	struct modbpf_insn *insns;	/* final: context accesses rewritten, dead code gone */
	u32 insn_cnt;
	u32 *origin;			/* final insn -> insn of the request */
	struct insn_fact *facts;	/* per final insn */
	struct subprog *subprogs;	/* in order of start; [0] is the main program */
	u32 subprog_cnt;
	struct line_info *lines;	/* in order of final insns; the first of each subprogram is there */
	u32 line_cnt;			/* 0: not known */
	bool uses_packet_write;		/* it, or who it tail-calls, may store to packet data */
	bool uses_user_write;		/* changes the memory of processes */
	bool uses_override;		/* has a function of the kernel return what it says */
	bool may_lose;			/* it, or who it tail-calls, puts records into rings */
	bool uses_ctx;			/* the context's address is used; if not, nothing ever looks at it */
	u32 ctx_end;			/* bytes of the context up to the end of the furthest load */
	struct verify_stats stats;
};

#endif
