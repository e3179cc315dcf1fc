/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Everything that a random program of randverify.h may touch when it runs, and
 * helpers that stand in for the real ones. The same seed gives the same world and
 * the same helpers' results.
 */
#ifndef MODBPF_TESTS_SUPPORT_WORLD_H
#define MODBPF_TESTS_SUPPORT_WORLD_H

#include "isa/bind.h"
#include "tests/support/randverify.h"
#include "verifier/ctx_skb.h"
#include "verifier/verifier.h"

#define WORLD_PACKET_BYTES 64
#define WORLD_ENTRIES 4
#define WORLD_RECORDS 4
#define WORLD_MAPS 64
#define WORLD_TARGETS 4
#define WORLD_DEAD_CALLBACK 1	/* what the final program has for a subprogram that is never called */
#define WORLD_META 16	/* bytes that may lie in front of the packet */
#define WORLD_CTX_WORDS 64	/* of a context that is no packet's */
#define WORLD_OBJECTS 3	/* of each kind that typed pointers lead to */
#define WORLD_TASK_BYTES 264	/* two elements of the array at its end included */

struct world_record {
	u64 words[4];
	u32 bytes;	/* may be 0 */
	bool is_held;
};

struct world_dynptr {
	u64 data, size;	/* 0: it is nothing */
};

/* Nobody's: what leaves one thing must not come to the next. */
#define WORLD_GAP(name) u64 name[32]

struct world {
	struct skb_ctx ctx;
	WORLD_GAP(gap0);
	u64 skb[8];	/* the last is where the metadata begins */
	WORLD_GAP(gap1);
	u64 direct[WORLD_CTX_WORDS];	/* the context of a program that is given no packet */
	WORLD_GAP(gap8);
	u8 meta[WORLD_META], packet[WORLD_PACKET_BYTES];
	WORLD_GAP(gap2);
	u64 single[RANDVERIFY_SINGLE_BYTES / 8];
	WORLD_GAP(gap3);
	u64 array[WORLD_ENTRIES][RANDVERIFY_ARRAY_BYTES / 8];
	WORLD_GAP(gap4);
	u64 percpu[WORLD_ENTRIES][1];
	WORLD_GAP(gap5);
	u64 hash[WORLD_ENTRIES][RANDVERIFY_SINGLE_BYTES / 8];
	WORLD_GAP(gap6);
	u64 trie[WORLD_ENTRIES][1];
	WORLD_GAP(gap9);
	u64 rodata[2], text[RANDVERIFY_TEXT_BYTES / 8], readonly[WORLD_ENTRIES][2];
	WORLD_GAP(gap10);
	u64 writeonly[2];
	WORLD_GAP(gap11);
	u64 locked[WORLD_ENTRIES][3], locked_array[WORLD_ENTRIES][2], locked_single[2];
	WORLD_GAP(gap15);
	u64 timed[WORLD_ENTRIES][4], timed_array[WORLD_ENTRIES][3], timed_single[3];
	WORLD_GAP(gap7);
	u64 key;	/* that of an element which a callback is called for */
	WORLD_GAP(gap12);
	struct world_record records[WORLD_RECORDS];
	struct world_dynptr sample;	/* while a callback has it */
	u64 sample_words[2];
	WORLD_GAP(gap14);
	u64 outcome;	/* of all memory that helpers read */
	u64 prog_type;	/* of the program that runs */
	u64 lock;	/* in which value is held; 0: none */
	WORLD_GAP(gap13);
	/* The structures of tests/support/kernel_btf.h. */
	u64 tasks[WORLD_OBJECTS][WORLD_TASK_BYTES / 8], files[WORLD_OBJECTS][2], lists[WORLD_OBJECTS][2];
	/* Loads through typed pointers go as far as an instruction's offset: it stays zero. */
	u64 far[4096];
};

#define WORLD_BYTES offsetof(struct world, far)	/* that change */

extern struct world world;
extern u64 world_helpers[];		/* MODBPF_FUNC_LIMIT */
extern struct map_bind world_binds[WORLD_MAPS];
extern u64 world_targets[WORLD_TARGETS];	/* entries of both program arrays, for whoever runs */
/* Runs a callback that a helper was given, as the engine that runs does it. */
extern u64 (*world_call_back)(u64 callback, const u64 args[5]);

/* Called before a helper reads or writes memory, and of its result; NULL: not. */
struct world_watcher {
	void (*reads)(u64 addr, u64 bytes);
	void (*writes)(u64 addr, u64 bytes);
	void (*gives_pointer)(void);
	/* Memory of a value that is accessed later; a dynptr is made, used or released. */
	void (*keeps)(u64 addr, u64 bytes);
	void (*makes_dynptr)(u64 addr, bool is_held);
	void (*uses_dynptr)(u64 addr);
	void (*releases_dynptr)(u64 addr);
	bool (*is_given_pointer)(u32 reg);
	/* Around a callback: how many arguments it has, which, a bit each, are pointers, and what it returns. */
	void (*calls_back)(u32 cnt, u32 pointers);
	void (*came_back)(u64 result);
	void (*complain)(const char *what);
};
extern const struct world_watcher *world_watcher;

void world_fill(u64 seed, u32 prog_type);
/* What R1 points to at the start. */
void *world_context(u32 prog_type);
/* Bytes that are there. */
u32 world_context_bytes(u32 prog_type);
/* The values of a map: the first, their size and count. False: it has none, or none that may be accessed so. */
enum world_access { WORLD_ANY, WORLD_READ, WORLD_WRITE };
bool world_values(u32 map, enum world_access access, u64 *first, u32 *bytes, u32 *cnt);
/* May programs name the map? Not an array whose values are not in the world: machine code looks there. */
bool world_has(u32 map);
/* The map that a look-up in @map finds, if it holds maps. */
u32 world_inner(u32 map);
/* The index that a key at @addr is, which may lie at any address. */
u32 world_index(u64 addr);
/* Is @addr that of a field of the kernel's? Do the bytes belong to one? */
bool world_is_field(u64 addr, enum map_field field);
bool world_touches_fields(u64 addr, u64 bytes);
/* For programs that run in the world: where its metadata is, besides tests/support/verify.h. */
const struct ctx_slot *world_slots(const struct ctx_slot *slots);

/* worldtype.c: what typed pointers lead to. */
enum world_type { WORLD_TASK, WORLD_FILE, WORLD_LIST, WORLD_TYPES };
/* Its id in tests/support/kernel_btf.h. */
u32 world_type_id(enum world_type type);
enum { WORLD_OUTSIDE = -2, WORLD_NUMBER = -1 };
/* What do the @bytes bytes at @off of such a structure point to, if they do? */
s32 world_member(enum world_type type, s64 off, u32 bytes);
/* The same of a TRACING program's context, by the attach type of its target with arguments. */
s32 world_argument(u32 attach_type, s64 off, u32 bytes);
void world_fill_types(struct rng *rng);

/* worldcall.c: any helper, by what its row in verifier/helper.h says. */
void world_add_helpers(void);
void world_add_dynptrs(void);	/* worlddynptr.c */
extern struct rng world_results;

#endif
