/* SPDX-License-Identifier: GPL-2.0-only */
/* The consumer's side of a user ring buffer, for the helper. @map is a USER_RINGBUF. Any context. */
#ifndef MODBPF_MODULE_MAP_USER_RINGBUF_H
#define MODBPF_MODULE_MAP_USER_RINGBUF_H

#include <linux/types.h>

struct modbpf_map;

/* True: no more. The sample's memory can be changed by user space at any time. */
typedef bool (*user_ringbuf_visit)(void *cookie, void *sample, u32 bytes);

/*
 * Give what is there to @visit, in order, at most USER_RINGBUF_MOST of it. How many it was
 * called for; -EBUSY: somebody else drains it now; -EINVAL, -E2BIG: what user space wrote is
 * no sample, and stays. @flags: RINGBUF_*_WAKEUP, for who waits for room.
 */
#define USER_RINGBUF_MOST (128 * 1024)
long user_ringbuf_drain(struct modbpf_map *map, u64 flags, user_ringbuf_visit visit, void *cookie);

#endif
