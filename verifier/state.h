/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is known at one point of one path: registers and stack of each frame,
 * and the references that are held. A state stands for all concrete states
 * that lie within it.
 */
#ifndef MODBPF_VERIFIER_STATE_H
#define MODBPF_VERIFIER_STATE_H

#include "isa/insn.h"
#include "verifier/scalar.h"

enum reg_kind {
	REG_UNINIT,
	REG_SCALAR,
	REG_CTX,		/* .num is a constant, and 0 wherever it is used for more than an address */
	REG_STACK,		/* of frame .frame; .num counts from its end (R10) */
	REG_MAP,		/* the map .map itself */
	REG_MAP_OR_NULL,	/* found in another one */
	REG_VALUE,		/* a value of map .map */
	REG_VALUE_OR_NULL,
	REG_KEY,		/* a key of map .map, read only, that is gone with the callback of frame .frame */
	REG_FUNC,		/* the subprogram that begins at instruction .size */
	REG_PACKET,		/* .num counts from data */
	REG_PACKET_META,	/* .num counts from data_meta */
	REG_PACKET_END,
	REG_PACKET_LOW,		/* the lower half of one of these: of use only for distances */
	REG_RECORD,		/* .size bytes that must be released */
	REG_RECORD_OR_NULL,
	REG_MEM,		/* .size bytes of somebody else's: of a caller that is not known */
	REG_MEM_OR_NULL,
	REG_TYPED,		/* the kernel's structure of type .size, or null, or anything: see typed.h */
	REG_NF_STATE,
	REG_SKB,
	REG_DYNPTR,		/* a dynptr of the helper's that calls back; .size is its kind: see dynptr.h */
	REG_DYNPTR_HALF,	/* in the stack only: a part of a dynptr of kind .size, .off bytes from its start */
	REG_KIND_COUNT
};

/* What a slice of a dynptr is, besides memory. */
enum {
	MEM_READ_ONLY = 1 << 0,
	MEM_PACKET = 1 << 1,	/* of a packet: gone when that moves */
	MEM_LENT = 1 << 2,	/* or .size bytes of the stack of frame .frame, from .off on, see dynptr.h */
};

struct reg {
	u8 kind;	/* enum reg_kind */
	u8 frame;	/* stack, key, lent memory: index of the frame that it goes with */
	u8 map;		/* map index */
	u8 mem;		/* memory: MEM_* */
	/*
	 * Scalars with the same id are equal. Pointers that may be null are
	 * null together. Packet pointers of one id differ by constants. 0: none.
	 */
	u32 id;
	/* Record: the reference that it is; value with a lock: the look-up; dynptr and its slices: the dynptr. */
	u32 ref;
	u32 size;	/* record, memory: bytes; subprogram: instruction; typed: id in the kernel's BTF */
	s32 off;	/* packet: distance from the base that id names; dynptr: 0 or 8; lent memory: from R10 */
	u32 range;	/* packet: bytes from that base that are inside the packet */
	u64 deps;	/* scalar: numbers of the parent state that it comes from; see exact.h */
	struct scalar num;	/* scalar: the value; pointer: bytes from the start */
};

/* What one byte of stack holds. */
enum slot_byte {
	BYTE_UNINIT,
	BYTE_MISC,	/* some number */
	BYTE_ZERO,
	BYTE_SPILL,	/* and above: part of the frame's spill of that number, counted from here */
};

struct slot {
	u8 bytes[8];		/* by address */
};

/* A register in the stack. */
struct spill {
	u8 slot;
	u8 first, cnt;		/* bytes of the slot; cnt is 8 for a pointer */
	struct reg reg;		/* a number is that which the bytes hold, zero-extended */
};

#define SPILL_HALF 4u	/* a half of a slot has one spill, or a part of one */
#define MAX_SPILLS (MODBPF_STACK_SIZE / SPILL_HALF)

static_assert(BYTE_SPILL + MAX_SPILLS <= 256, "the number of a spill fits a byte");

struct frame {
	struct reg regs[MODBPF_REG_FP + 1];
	u32 call_insn;		/* the call that made it */
	u32 routine;
	bool is_callback;	/* called by the helper that call_insn calls */
	u32 refs_before;	/* callback: references held at its call */
	u32 last_id_before;	/* callback: no id was higher then */
	u32 dynptr;		/* callback: .ref of what it was given, which ends with it; 0: none */
	u32 rounds;		/* of the callback that this frame waits for, if their number is bounded */
	u32 turns;		/* those of any callback that this frame waits for */
	u32 arrival;		/* id of the arrival at that callback's call; 0: it waits for none */
	u32 slot_cnt;		/* slots below R10 that exist; those beyond are uninitialised */
	u32 slot_room;
	struct slot *slots;	/* [0] is at R10 - 8 */
	u32 spill_cnt;
	u32 spill_room;
	struct spill *spills;	/* in no order */
};

#define MAX_REFS 16

struct ref {
	u32 id;
	u32 insn;	/* where it was acquired */
};

/* Of a map's value: the map, and the look-up that found the value. */
struct taken_lock {
	bool is_held;
	u8 map;
	u32 ref;	/* 0: the address of the only value */
};

struct kept;

struct state {
	struct state *next;	/* in whichever list it is */
	struct kept *parent;	/* the state kept last on the way here, NULL: none */
	u32 insn;		/* the instruction that comes next */
	bool has_lent;		/* there may be memory that is lent */
	bool called_back;	/* a callback has just returned to insn, which called it */
	u32 ref_cnt;
	u32 frame_cnt;
	struct frame *frames[MODBPF_MAX_FRAMES];
	u64 written[MODBPF_MAX_FRAMES];	/* slots overwritten since parent, a bit each */
	struct ref refs[MAX_REFS];
	struct taken_lock lock;
};

#define EXACT_BITS 64

/* A state that was kept at a join point, to prune later paths by. */
struct kept {
	struct kept *next;	/* at the same instruction, or among the evicted */
	struct kept **link;	/* what points to it */
	struct state *state;
	u32 branches;		/* paths from here that have not ended */
	bool evicted;		/* in no list any more: goes when its paths have ended */
	bool is_met;		/* a path has ended here, since it had come to nothing else */
	u64 read[MODBPF_MAX_FRAMES];	/* slots that paths from here read, a bit each */
	u64 exact;	/* numbers that paths from here relied on, by their deps bit */
	u64 decisive;	/* those among them that a check looked at; the others are exact for caution */
	u64 origin[EXACT_BITS];	/* what each of them came from: deps of the parent */
};

struct state *state_new(void);
/* NULL: no memory. */
struct state *state_copy(const struct state *from);
void state_free(struct state *state);	/* NULL is fine */
/* Bytes that it takes. */
u64 state_bytes(const struct state *state);

/* Add an empty frame. -ENOMEM. The caller checks MODBPF_MAX_FRAMES. */
int state_push_frame(struct state *state, u32 call_insn, u32 routine);
void state_pop_frame(struct state *state);

static inline struct frame *state_top(const struct state *state)
{
	return state->frames[state->frame_cnt - 1];
}

/* Does it lead into the packet, or to what stands in front of it? */
static inline bool reg_is_packet(const struct reg *reg)
{
	return reg->kind == REG_PACKET || reg->kind == REG_PACKET_META;
}

/* Does it lead into the packet in whatever way? */
static inline bool reg_is_in_packet(const struct reg *reg)
{
	return reg_is_packet(reg) || reg->mem & MEM_PACKET;
}

/* May it lead to bytes of that frame's stack, though it is no pointer to the stack? */
static inline bool reg_is_lent_by(const struct reg *reg, u32 frame)
{
	return reg->mem & MEM_LENT && reg->frame == frame;
}

/* Does it lead into the packet, or to its end? */
static inline bool reg_is_packet_place(const struct reg *reg)
{
	return reg_is_packet(reg) || reg->kind == REG_PACKET_END;
}

/* The same, or is it the lower half of one? These are what is gone when the packet moves. */
static inline bool reg_has_packet_low(const struct reg *reg)
{
	return reg_is_packet_place(reg) || reg->kind == REG_PACKET_LOW;
}

static inline u8 frame_byte(const struct frame *frame, u32 slot, u32 byte)
{
	return slot < frame->slot_cnt ? frame->slots[slot].bytes[byte] : BYTE_UNINIT;
}

/* What the byte is part of; NULL: of no spill. */
static inline struct spill *frame_spill(const struct frame *frame, u32 slot, u32 byte)
{
	u8 held = frame_byte(frame, slot, byte);

	return held < BYTE_SPILL ? NULL : &frame->spills[held - BYTE_SPILL];
}

/* What the byte of a number that @spill is holds. */
static inline u8 spill_byte(const struct spill *spill, u32 byte)
{
	return scalar_value(spill->reg.num) >> (8 * (byte - spill->first));
}

/* Is it known which number the byte holds? Then *@value is that. */
static inline bool frame_known_byte(const struct frame *frame, u32 slot, u32 byte, u8 *value)
{
	const struct spill *spill = frame_spill(frame, slot, byte);

	*value = 0;
	if (!spill)
		return frame_byte(frame, slot, byte) == BYTE_ZERO;
	if (spill->reg.kind != REG_SCALAR || !scalar_is_const(spill->reg.num))
		return false;
	*value = spill_byte(spill, byte);
	return true;
}

/* @spill lies in a slot that exists, and in bytes that are of no other. -ENOMEM. */
int frame_add_spill(struct frame *frame, const struct spill *spill);
/* Its bytes are uninitialised. The last spill moves to its place. */
void frame_drop_spill(struct frame *frame, struct spill *spill);

struct reg reg_uninit(void);
struct reg reg_scalar(struct scalar num);
struct reg reg_derived(struct scalar num, u64 deps);
struct reg reg_pointer(enum reg_kind kind);	/* at offset 0 */

bool reg_is_pointer(const struct reg *reg);
bool reg_may_be_null(const struct reg *reg);
/* What a pointer of a kind that may be null is when it is not. */
enum reg_kind reg_kind_not_null(enum reg_kind kind);
const char *reg_kind_name(enum reg_kind kind);

/*
 * Walks all registers and spilled registers of all frames:
 *	struct reg_walk walk = { .state = state };
 *	while ((reg = reg_walk_next(&walk)))
 */
struct reg_walk {
	struct state *state;
	u32 frame, at;
};
struct reg *reg_walk_next(struct reg_walk *walk);

/* A reference that is held, NULL: it is not. */
struct ref *state_find_ref(struct state *state, u32 id);
/* Forget reference @id and all pointers to what it was. */
void state_drop_ref(struct state *state, u32 id);
/* Bytes @lo..@hi-1 of a frame's stack are overwritten: forget memory that they may be. */
void state_drop_lent(struct state *state, u32 frame, s32 lo, s32 hi);
/* The packet may have moved: forget all pointers into it. */
void state_drop_packet(struct state *state);

#endif
