/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The maker of random programs for the verifier: its account of what holds, and
 * what its parts, numbers (randnumber.c), chains of joins (randchain.c), calls
 * (randcall.c), maps (randmap.c), typed pointers (randtyped.c) and places
 * (randverify.c), share.
 *
 * Registers: R6 is the context, R7 the start of some memory, R8 the packet's end
 * or a number, the rest numbers. Slots fp-8 .. fp-32 hold numbers; what lies
 * below is scratch of single items.
 */
#ifndef MODBPF_TESTS_SUPPORT_RANDMAKER_H
#define MODBPF_TESTS_SUPPORT_RANDMAKER_H

#include "tests/support/randverify.h"

#define UNBOUNDED (~0u)
#define SLOTS 4

/* The largest value on any path, and that on some path. */
struct bound {
	u32 max, some;
};

struct account {
	u16 set;			/* registers that hold numbers */
	struct bound regs[10];
	struct bound slots[SLOTS];	/* of the slot's first bytes */
	struct bound highs[SLOTS];	/* of its upper half */
	u8 bytes[SLOTS];		/* initialised, a bit each */
	u32 range;			/* packet bytes checked from R7 on */
};

enum base { BASE_VALUE, BASE_ARRAY, BASE_PACKET, BASE_RECORD, BASE_CALLER, BASE_MEM };

#define MAX_OUTS 64
#define MAX_CALLS 4
#define STACK_BYTES (8 * SLOTS)

struct maker {
	struct rng *rng;
	struct randverify *prog;
	struct account known;
	enum base base;
	u32 room;			/* bytes at R7, the packet's apart */
	u8 work[4];			/* registers that most items use */
	u32 work_cnt, slot_cnt;
	u32 outs[MAX_OUTS], out_cnt;	/* branches to where the program ends early */
	u32 calls[MAX_CALLS], call_cnt;
	u32 mistakes;			/* that may still be made */
	bool in_subprog, has_ctx;	/* in R6 */
};

static inline u32 below(struct maker *mk, u32 limit)
{
	return rng_below(mk->rng, limit);
}

static inline bool one_in(struct maker *mk, u32 cnt)
{
	return !rng_below(mk->rng, cnt);
}

void put(struct maker *mk, u8 code, u32 dst, u32 src, s32 off, s32 imm);
void put_map(struct maker *mk, u32 dst, u32 kind, u32 map, u32 off);
/* Let the branch at @at go to what comes next. */
void land(struct maker *mk, u32 at);
/* The branch just written goes to where the program ends early. */
void goes_out(struct maker *mk);
/* Use up a mistake? */
bool errs(struct maker *mk);

/* A register that items use: any; one that holds a number. */
u32 work_reg(struct maker *mk);
u32 number_reg(struct maker *mk);
/* One among R0 to R5 that is neither @a nor @b, and no longer a number. */
u32 place_reg(struct maker *mk, u32 a, u32 b);
/* Nothing is known of the numbers in it. */
void forget_slot(struct maker *mk, u32 slot);
void set_number(struct maker *mk, u32 reg, u32 max, u32 some);
/* An unknown number of 1, 2 or 4 bytes, or 8 where the context has them. */
void put_unknown(struct maker *mk, u32 reg);
/* After a call: R1 to R5 are gone and R0 is a number or, if not @has_result, gone. */
void after_call(struct maker *mk, bool has_result);
struct account account_meet(const struct account *a, const struct account *b);
u8 random_size(struct maker *mk);

/* One instruction or a few on numbers in registers and slots. */
void put_move(struct maker *mk);
/* Many operations of all kinds on two numbers of which nothing is known in the end. */
void put_burst(struct maker *mk);
/* Bound @reg from above to at most @limit, else out, by itself or through a copy. */
void put_guard(struct maker *mk, u32 reg, u32 limit);
/* A branch on numbers, for whatever comes next; returns where it is. */
u32 put_condition(struct maker *mk);

/* R@reg = fp - @distance */
void put_fp(struct maker *mk, u32 reg, u32 distance);
/* R7: what most accesses go to. */
void put_base(struct maker *mk);
/* Of places in the packet, to which R7 points: a number. */
void put_distance(struct maker *mk);

/* What its kind of program finds in the context. */
struct randtype {
	u8 type, weight;
	s16 data, data_end, meta;	/* where the packet's fields are, -1: none */
	s16 first, step;		/* numbers */
	u8 cnt;
	u8 size;			/* BPF_W and such; 0xff: 4 bytes or a part of them */
};
u32 random_type(struct rng *rng);
const struct randtype *randtype_of(u32 type);

/* Are all SLOTS initialised? */
bool stack_is_set(const struct maker *mk);
/* Nothing is known of their numbers; @whole: they are initialised. */
void set_slots(struct maker *mk, bool whole);
/* The key of a lookup: in fp-40. */
void put_key(struct maker *mk);
/* A call of whatever helper the program may call, or something else that is rare. */
void put_call(struct maker *mk);
/* A call of the program's subprogram, in the way it is called. */
void put_subprog_call(struct maker *mk);

/* The key in fp-40, and in R0 what the map's look-up gives. */
void put_lookup(struct maker *mk, const char *map);
/* A lock in a value is taken and released. */
void put_lock(struct maker *mk);
/* A timer in a value is set up, started, cancelled. */
void put_timer(struct maker *mk);
bool may_lock(const struct maker *mk);
/* A map that is found in another, and used. */
void put_found_map(struct maker *mk);

/* Is the subprogram called back by a helper? */
static inline bool is_called_back(const struct randverify *prog)
{
	return prog->calls == RANDVERIFY_LOOPS || prog->calls == RANDVERIFY_EACH ||
	       prog->calls == RANDVERIFY_SAMPLES;
}

/* A dynptr is made, used and, if it must be, released. */
void put_dynptr(struct maker *mk);
/* Kernel functions on one of a packet or a value. */
void put_kfuncs(struct maker *mk);
/* May there be one of a packet? */
bool has_packet_dynptrs(const struct maker *mk);
/* That which a callback is given, in R6, is used; R9 is a number then. */
void put_sample(struct maker *mk);

/* What a TRACING program is loaded for. */
void choose_target(struct rng *rng, struct randverify *prog);
/* R@reg = a task, of its context, which is in R6; if it errs, half of one, a number, or nothing. */
void put_argument(struct maker *mk, u32 reg);
/* Pointers that its context hands out are followed. */
void put_typed(struct maker *mk);

/* A few numbers through several joins, then an access that relies on one of them. */
void put_chain(struct maker *mk);

#endif
