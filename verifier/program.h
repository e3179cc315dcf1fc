/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The program under verification: its instructions and what their text alone
 * tells (subprograms, join points, live registers). Made once, then only read.
 *
 * What exploring finds out is kept apart, in struct findings: per instruction
 * what was seen there on any path.
 */
#ifndef MODBPF_VERIFIER_PROGRAM_H
#define MODBPF_VERIFIER_PROGRAM_H

#include "isa/btf/kernel.h"
#include "verifier/rule.h"
#include "verifier/verifier.h"

struct vlog;

enum {
	INSN_SECOND_SLOT = 1 << 0,
	INSN_SUBPROG_START = 1 << 1,
	INSN_JOIN = 1 << 2,	/* several paths may meet here: states are kept */
	INSN_AFTER_CALL = 1 << 3,	/* follows a call of a subprogram */
	INSN_CALLS_BACK = 1 << 4,	/* calls a helper that calls a subprogram: states are always kept */
	INSN_LOOP = 1 << 5,	/* a jump leads back to here */
};

struct insn_info {
	u8 flags;
	u8 subprog;
	u16 live;	/* registers whose value may matter before this instruction */
};

struct routine {	/* a subprogram */
	u32 start, end;
	u16 live_in;	/* live at start */
	u32 type;	/* of its FUNC in the BTF; 0: not known */
	bool moves_packet;	/* itself or a callee, on any path */
};

struct program {
	const struct verify_request *req;
	const struct modbpf_insn *insns;	/* req->insns */
	u32 insn_cnt;
	const struct prog_rule *rule;
	const struct return_rule *returns;	/* NULL: any number */
	struct btf_call call;			/* CTX_KIND_CALL: what the program is called with */
	u32 state_type, skb_type;		/* what a packet's context leads to; 0: not known */
	struct insn_info *info;			/* per instruction */
	struct routine *routines;
	u32 routine_cnt;
	u8 *callees_first;	/* routine indices, every callee before its callers */
	struct signature *signatures;	/* per routine; NULL: none is verified on its own */
};

/* How a routine that is verified on its own is entered, over all paths. */
struct entry {
	bool is_called;
	bool is_verified;	/* for all below, so far */
	u8 frames_above;	/* at most */
	u8 callbacks_above;	/* among them */
	u64 timer_maps;		/* bit n: timers of map n call it */
	u64 timers_verified;
};

/* What is true of an instruction, over all paths that came there. */
enum {
	NOTE_SEEN = 1 << 0,
	NOTE_TAKEN = 1 << 1,		/* the jump was taken */
	NOTE_FELL = 1 << 2,		/* the jump was not taken */
	NOTE_CTX = 1 << 3,		/* accesses a context field that must be rewritten */
	NOTE_DIRECT = 1 << 4,		/* accesses anything else, but for NOTE_PROBE */
	NOTE_DIVISOR_ZERO = 1 << 5,	/* the divisor may be zero */
	NOTE_UPPER_SET = 1 << 6,	/* the upper half of the result may be set */
	NOTE_MAP = 1 << 7,		/* .map was passed */
	NOTE_MAP_VARIES = 1 << 8,
	NOTE_KEY = 1 << 9,		/* .key was looked up */
	NOTE_KEY_VARIES = 1 << 10,
	NOTE_STACK = 1 << 11,		/* loads from a stack, or stores to one */
	NOTE_PROBE = 1 << 12,		/* loads through a pointer of the kernel's */
	NOTE_BUFFER_UNSET = 1 << 13,	/* the buffer that is passed may hold what must not be seen */
};

struct insn_note {
	u16 flags;
	u8 unset_args;	/* bit n: argument Rn was uninitialised each time */
	u8 map;
	union {
		u32 key;
		u32 arrivals;	/* at a division, by a divisor that may not be relied upon as it is */
	};
};

struct findings {
	struct insn_note *notes;	/* per instruction */
	u16 *stack_depth;		/* per routine, bytes */
	u32 root;			/* the routine that is being verified: 0, or a global one */
	struct entry *entries;		/* per routine */
	u8 *calls;	/* [caller * routine_cnt + callee]: 1 if it calls that routine, or has it called back */
	bool packet_write;
	bool user_write;
	bool override;	/* of what a function of the kernel returns */
	bool may_lose;	/* a record of a ring that is full */
	u32 ctx_end;	/* bytes of the context up to the end of the furthest load */
};

/*
 * Check the structure of @req's program and build *@prog (zeroed by the
 * caller; program_free() in any case). Returns 0, -EINVAL, -E2BIG (logged),
 * -ENOMEM.
 */
int program_build(struct program *prog, const struct verify_request *req, struct vlog *log);
void program_free(struct program *prog);

/* cfg.c: encodings, jumps, subprograms, the call graph. */
int check_structure(struct program *prog, struct vlog *log);
/* info.c: the records of functions and lines. */
int check_info(struct program *prog, struct vlog *log);
/* live.c: fills insn_info.live and routine.live_in. */
void mark_live_registers(struct program *prog);

/* Where the jump, branch or subprogram call at @pc goes to; the subprogram that it names. */
s64 jump_target(const struct modbpf_insn *insn, u32 pc);
/* Does @insn call a subprogram, or load the address of one: that at jump_target()? */
bool insn_names_subprog(const struct modbpf_insn *insn);
/* Is @insn one that may go to jump_target(), calls apart? */
bool insn_jumps(const struct modbpf_insn *insn);
/* Is @insn an unconditional jump? */
bool insn_is_goto(const struct modbpf_insn *insn);

/*
 * Maps that a program does not name but finds in one that it does: their index is that
 * of the map that holds them, moved behind those that programs can name.
 */
static inline u32 inner_map_of(u32 map)
{
	return MODBPF_MAX_USED_MAPS + map;
}

static inline bool map_is_inner(u32 map)
{
	return map >= MODBPF_MAX_USED_MAPS;
}

static inline const struct map_desc *prog_map(const struct program *prog, u32 map)
{
	const struct map_desc *maps = prog->req->maps;

	return map_is_inner(map) ? maps[map - MODBPF_MAX_USED_MAPS].inner : &maps[map];
}

static inline u32 insn_slots(const struct modbpf_insn *insn)
{
	return insn_is_ld_imm64(insn) ? 2 : 1;
}

#endif
