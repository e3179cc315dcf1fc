/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The producer's side of a ring buffer, for helpers. @map is a RINGBUF. Any
 * context, NMI included.
 */
#ifndef MODBPF_MODULE_MAP_RINGBUF_H
#define MODBPF_MODULE_MAP_RINGBUF_H

#include <linux/types.h>

struct modbpf_map;

/* Flags of submit, discard and output: Linux's BPF_RB_*. */
enum {
	RINGBUF_NO_WAKEUP = 1 << 0,
	RINGBUF_FORCE_WAKEUP = 1 << 1,
};

/* What ringbuf_query() can be asked: Linux's BPF_RB_*. */
enum {
	RINGBUF_AVAIL_DATA = 0,
	RINGBUF_RING_SIZE = 1,
	RINGBUF_CONS_POS = 2,
	RINGBUF_PROD_POS = 3,
};

/*
 * Room for a record of @size bytes, 8-byte aligned, to be given back with
 * ringbuf_commit() before the program ends. NULL: no room, or cannot be
 * done in this context now.
 */
void *ringbuf_reserve(struct modbpf_map *map, u64 size);
/* Hand the record to the consumer, or have him skip it. @flags: RINGBUF_*_WAKEUP, others are ignored. */
void ringbuf_commit(void *record, u64 flags, bool discard);
/* 0 for an unknown question. */
u64 ringbuf_query(struct modbpf_map *map, u64 question);

#endif
