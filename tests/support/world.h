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

#define WORLD_PACKET_BYTES 64
#define WORLD_ENTRIES 4
#define WORLD_RECORDS 4
#define WORLD_MAPS 16

struct world_record {
	u64 words[4];
	u32 bytes;	/* 0: not held */
};

/* Nobody's: what leaves one thing must not come to the next. */
#define WORLD_GAP(name) u64 name[32]

struct world {
	struct skb_ctx ctx;
	WORLD_GAP(gap0);
	u64 skb[8];
	u64 regs[21];	/* the context of a kprobe */
	WORLD_GAP(gap1);
	u8 packet[WORLD_PACKET_BYTES];
	WORLD_GAP(gap2);
	u64 single[RANDVERIFY_SINGLE_BYTES / 8];
	WORLD_GAP(gap3);
	u64 array[WORLD_ENTRIES][RANDVERIFY_ARRAY_BYTES / 8];
	WORLD_GAP(gap4);
	u64 percpu[WORLD_ENTRIES][1];
	WORLD_GAP(gap5);
	u64 hash[WORLD_ENTRIES][RANDVERIFY_SINGLE_BYTES / 8];
	WORLD_GAP(gap6);
	struct world_record records[WORLD_RECORDS];
	u64 outcome;	/* of all memory that helpers read */
};

extern struct world world;
extern u64 world_helpers[];		/* MODBPF_FUNC_LIMIT */
extern struct map_bind world_binds[WORLD_MAPS];

/* Called before a helper reads or writes memory, and with what kind of result it has; NULL: not. */
struct world_watcher {
	void (*reads)(u64 addr, u64 bytes);
	void (*writes)(u64 addr, u64 bytes);
	void (*gives_pointer)(void);
	void (*complain)(const char *what);
};
extern const struct world_watcher *world_watcher;

void world_fill(u64 seed);
/* What R1 points to at the start. */
void *world_context(u32 prog_type);
/* The values of a map: the first, their size and count. False: it has none. */
bool world_values(u32 map, u64 *first, u32 *bytes, u32 *cnt);

#endif
