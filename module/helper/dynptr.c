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

/*
 * Are the @bytes bytes from *@off on in it? 0, -EINVAL: it is nothing, -E2BIG: they are not.
 * The guess that they are must not lead outside: *@off is 0 then.
 */
static __always_inline int check_part(const struct modbpf_dynptr *dynptr, u32 *off, u32 bytes)
{
	unsigned long starts = dynptr->size + 1UL - bytes;	/* places where so many bytes begin */

	if (unlikely(!dynptr->data))
		return -EINVAL;
	if (unlikely(bytes > dynptr->size || *off >= starts))
		return -E2BIG;
	*off = array_index_nospec(*off, starts);
	return 0;
}

static __always_inline void *part_of(const struct modbpf_dynptr *dynptr, u32 off)
{
	return dynptr->data + dynptr->offset + off;
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
	const struct modbpf_dynptr *dynptr = dynptr_arg(r3);
	u32 off = r4;
	int err = r5 ? -EINVAL : check_part(dynptr, &off, r2);

	if (unlikely(err)) {
		memset(memory_arg(r1), 0, r2);
		return err;
	}
	if (dynptr->of != DYNPTR_OF_MEMORY)
		return dynptr_packet_read(dynptr, off, memory_arg(r1), r2);
	/* They may be the same memory. */
	memmove(memory_arg(r1), part_of(dynptr, off), r2);
	return 0;
}

/* dynptr, offset, from, size, flags */
notrace u64 helper_dynptr_write(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	const struct modbpf_dynptr *dynptr = dynptr_arg(r1);
	u32 off = r2;
	int err = dynptr->is_rdonly ? -EINVAL : check_part(dynptr, &off, r4);

	if (unlikely(err))
		return err;
	if (dynptr->of != DYNPTR_OF_MEMORY)
		return dynptr_packet_write(dynptr, off, memory_arg(r3), r4, r5);
	if (unlikely(r5))
		return -EINVAL;
	memmove(part_of(dynptr, off), memory_arg(r3), r4);
	return 0;
}

/* dynptr, offset, size. A packet may lie in pieces: of it there are only the slices below. */
notrace u64 helper_dynptr_data(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	const struct modbpf_dynptr *dynptr = dynptr_arg(r1);
	u32 off = r2;

	if (unlikely(dynptr->of != DYNPTR_OF_MEMORY || dynptr->is_rdonly ||
		     check_part(dynptr, &off, r3)))
		return 0;
	return (unsigned long)part_of(dynptr, off);
}

static __always_inline void *slice(const struct modbpf_dynptr *dynptr, u32 off, void *buffer,
				   u32 bytes)
{
	if (unlikely(check_part(dynptr, &off, bytes)))
		return NULL;
	if (dynptr->of != DYNPTR_OF_MEMORY)
		return dynptr_packet_slice(dynptr, off, buffer, bytes);
	return part_of(dynptr, off);
}

/* dynptr, offset, buffer or null, its size; whether to fill it even if the result is not in it */
notrace u64 helper_dynptr_slice(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	/* The buffer may lie where the dynptr was: it is over then. */
	const struct modbpf_dynptr dynptr = *dynptr_arg(r1);
	void *buffer = memory_arg(r3), *found;

	if (r5 && buffer)
		memset(buffer, 0, (u32)r4);
	found = slice(&dynptr, r2, buffer, r4);
	return (unsigned long)found;
}

/* The same. */
notrace u64 helper_dynptr_slice_rdwr(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	const struct modbpf_dynptr dynptr = *dynptr_arg(r1);
	void *buffer = memory_arg(r3), *found;

	if (r5 && buffer)
		memset(buffer, 0, (u32)r4);
	found = dynptr.is_rdonly ? NULL : slice(&dynptr, r2, buffer, r4);
	return (unsigned long)found;
}

/* dynptr */
notrace u64 helper_dynptr_size(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	return dynptr_arg(r1)->data ? dynptr_arg(r1)->size : (u32)-EINVAL;
}

/* dynptr */
notrace u64 helper_dynptr_is_null(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	return !dynptr_arg(r1)->data;
}

/* dynptr */
notrace u64 helper_dynptr_is_rdonly(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	return dynptr_arg(r1)->data && dynptr_arg(r1)->is_rdonly;
}

/* dynptr, where it shall begin and end */
notrace u64 helper_dynptr_adjust(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	struct modbpf_dynptr *dynptr = dynptr_arg(r1);
	u32 start = r2, end = r3;

	if (!dynptr->data || start > end)
		return -EINVAL;
	if (end > dynptr->size)
		return -ERANGE;
	dynptr->offset += start;
	dynptr->size = end - start;
	return 0;
}

/* dynptr, the one that is made */
notrace u64 helper_dynptr_clone(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	const struct modbpf_dynptr from = *dynptr_arg(r1);

	*dynptr_arg(r2) = from;
	return from.data ? 0 : -EINVAL;
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
