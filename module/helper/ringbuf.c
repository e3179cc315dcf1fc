// SPDX-License-Identifier: GPL-2.0-only
/* How does a program produce records, and consume those of user space? */
#include "module/helper/functions.h"

#include <linux/errno.h>
#include <linux/string.h>

#include "module/helper/callback.h"
#include "module/helper/dynptr.h"
#include "module/map.h"
#include "module/map/ringbuf.h"
#include "module/map/user_ringbuf.h"

static struct modbpf_map *map_arg(u64 reg)
{
	return (struct modbpf_map *)(unsigned long)reg;
}

static void *memory_arg(u64 reg)
{
	return (void *)(unsigned long)reg;
}

/* map, data, size, flags */
notrace u64 helper_ringbuf_output(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	void *record;

	if (unlikely(r4 & ~(u64)(RINGBUF_NO_WAKEUP | RINGBUF_FORCE_WAKEUP)))
		return -EINVAL;
	record = ringbuf_reserve(map_arg(r1), r3);
	if (!record)
		return -EAGAIN;
	memcpy(record, memory_arg(r2), r3);
	ringbuf_commit(record, r4, false);
	return 0;
}

/* map, size, flags */
notrace u64 helper_ringbuf_reserve(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	if (unlikely(r3))
		return 0;
	return (unsigned long)ringbuf_reserve(map_arg(r1), r2);
}

/* record, flags */
notrace u64 helper_ringbuf_submit(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	ringbuf_commit(memory_arg(r1), r2, false);
	return 0;
}

/* record, flags */
notrace u64 helper_ringbuf_discard(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	ringbuf_commit(memory_arg(r1), r2, true);
	return 0;
}

/* map, what */
notrace u64 helper_ringbuf_query(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	return ringbuf_query(map_arg(r1), r2);
}

struct each_sample {
	u64 callback, context;
};

static notrace bool call_for_sample(void *cookie, void *sample, u32 bytes)
{
	const struct each_sample *each = cookie;
	struct modbpf_dynptr dynptr = { .data = sample, .size = bytes };

	return callback_call_pair(each->callback, (unsigned long)&dynptr, each->context);
}

/* map, callback, context, flags: samples consumed, -EINVAL, -E2BIG, -EBUSY */
notrace u64 helper_user_ringbuf_drain(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	struct each_sample each = { .callback = r2, .context = r3 };

	return user_ringbuf_drain(map_arg(r1), r4, call_for_sample, &each);
}
