// SPDX-License-Identifier: GPL-2.0-only
/*
 * What does a program do with memory whose size is known when it runs? Each access is
 * compared with the size; offsets and sizes have 32 bits, as in Linux's prototypes.
 */
#include "module/helper/dynptr.h"

#include <linux/errno.h>
#include <linux/nospec.h>
#include <linux/string.h>

#include "module/helper/functions.h"
#include "module/map.h"
#include "module/map/ringbuf.h"

static struct modbpf_dynptr *dynptr_arg(u64 reg)
{
	return (struct modbpf_dynptr *)(unsigned long)reg;
}

static void *memory_arg(u64 reg)
{
	return (void *)(unsigned long)reg;
}

/* Where are the @bytes bytes from @off on? 0, -EINVAL: it is nothing, -E2BIG: they are not in it. */
static notrace int find_part(const struct modbpf_dynptr *dynptr, u32 off, u32 bytes, void **part)
{
	unsigned long starts = dynptr->size + 1UL - bytes;	/* places where so many bytes begin */

	if (unlikely(!dynptr->data))
		return -EINVAL;
	if (unlikely(bytes > dynptr->size || off >= starts))
		return -E2BIG;
	/* The guess that they are must not lead outside; of no or fewer than no places it is the first. */
	*part = dynptr->data + array_index_nospec(off, starts);
	return 0;
}

/* data, size, flags, the dynptr that is made */
notrace u64 helper_dynptr_from_mem(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	struct modbpf_dynptr *dynptr = dynptr_arg(r4);
	int err = r2 > DYNPTR_MAX_BYTES ? -E2BIG : r3 ? -EINVAL : 0;

	*dynptr = (struct modbpf_dynptr){ 0 };
	if (unlikely(err))
		return err;
	dynptr->data = memory_arg(r1);
	dynptr->size = r2;
	return 0;
}

/* to, size, dynptr, offset, flags. What is not read is filled with zeroes. */
notrace u64 helper_dynptr_read(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	void *part;
	int err = r5 ? -EINVAL : find_part(dynptr_arg(r3), r4, r2, &part);

	if (unlikely(err)) {
		memset(memory_arg(r1), 0, r2);
		return err;
	}
	/* They may be the same memory. */
	memmove(memory_arg(r1), part, r2);
	return 0;
}

/* dynptr, offset, from, size, flags */
notrace u64 helper_dynptr_write(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	void *part;
	int err = r5 ? -EINVAL : find_part(dynptr_arg(r1), r2, r4, &part);

	if (unlikely(err))
		return err;
	memmove(part, memory_arg(r3), r4);
	return 0;
}

/* dynptr, offset, size */
notrace u64 helper_dynptr_data(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	void *part;

	if (unlikely(find_part(dynptr_arg(r1), r2, r3, &part)))
		return 0;
	return (unsigned long)part;
}

/* map, size, flags, the dynptr that is made */
notrace u64 helper_ringbuf_reserve_dynptr(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	struct modbpf_dynptr *dynptr = dynptr_arg(r4);
	u32 size = r2;

	*dynptr = (struct modbpf_dynptr){ 0 };
	if (unlikely(r3))
		return -EINVAL;
	if (unlikely(size > DYNPTR_MAX_BYTES))
		return -E2BIG;
	dynptr->data = ringbuf_reserve((struct modbpf_map *)memory_arg(r1), size);
	if (!dynptr->data)
		return -EINVAL;
	dynptr->size = size;
	return 0;
}

static u64 release(struct modbpf_dynptr *dynptr, u64 flags, bool discard)
{
	if (dynptr->data)
		ringbuf_commit(dynptr->data, flags, discard);
	*dynptr = (struct modbpf_dynptr){ 0 };
	return 0;
}

/* dynptr, flags */
notrace u64 helper_ringbuf_submit_dynptr(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	return release(dynptr_arg(r1), r2, false);
}

/* dynptr, flags */
notrace u64 helper_ringbuf_discard_dynptr(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	return release(dynptr_arg(r1), r2, true);
}
