// SPDX-License-Identifier: GPL-2.0-only
/* What bpf-helpers(7) says of dynptrs, for programs that tests run: see dynptr.h. */
#include "tests/support/dynptr.h"

#define MOST_BYTES 0xffffff

struct stand_in {
	u8 *data;	/* NULL: there is nothing */
	u64 size;
};

typedef u64 (*helper_fn)(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5);

static const u64 *table;

static struct stand_in *at(u64 reg)
{
	return (struct stand_in *)reg;
}

/* Where @cnt bytes are, @from bytes from its start. NULL: not in it. */
static u8 *part_of(u64 dynptr, u32 from, u32 cnt)
{
	const struct stand_in *whole = at(dynptr);

	return whole->data && (u64)from + cnt <= whole->size ? whole->data + from : NULL;
}

static u64 from_mem(u64 data, u64 size, u64 flags, u64 made, u64 r5)
{
	*at(made) = (struct stand_in){ flags || size > MOST_BYTES ? NULL : (u8 *)data, size };
	return flags ? -EINVAL : size > MOST_BYTES ? -E2BIG : 0;
}

static u64 reserve(u64 map, u64 size, u64 flags, u64 made, u64 r5)
{
	u64 record = flags || (u32)size > MOST_BYTES ? 0 :
		     ((helper_fn)table[MODBPF_FUNC_ringbuf_reserve])(map, (u32)size, 0, 0, 0);

	*at(made) = (struct stand_in){ (u8 *)record, (u32)size };
	return record ? 0 : !flags && (u32)size > MOST_BYTES ? -E2BIG : -EINVAL;
}

static u64 release(u64 dynptr, u64 flags, u32 by)
{
	u64 record = (u64)at(dynptr)->data;

	*at(dynptr) = (struct stand_in){ NULL, 0 };
	return record ? ((helper_fn)table[by])(record, flags, 0, 0, 0) : 0;
}

static u64 submit(u64 dynptr, u64 flags, u64 r3, u64 r4, u64 r5)
{
	return release(dynptr, flags, MODBPF_FUNC_ringbuf_submit);
}

static u64 discard(u64 dynptr, u64 flags, u64 r3, u64 r4, u64 r5)
{
	return release(dynptr, flags, MODBPF_FUNC_ringbuf_discard);
}

static u64 read(u64 to, u64 size, u64 dynptr, u64 from, u64 flags)
{
	const u8 *data = part_of(dynptr, from, size);
	u64 i;

	for (i = 0; i < size; i++)
		((u8 *)to)[i] = data && !flags ? data[i] : 0;
	return flags || !at(dynptr)->data ? -EINVAL : data ? 0 : -E2BIG;
}

static u64 write(u64 dynptr, u64 to, u64 from, u64 size, u64 flags)
{
	u8 *data = part_of(dynptr, to, size);

	if (flags || !data)
		return flags || !at(dynptr)->data ? -EINVAL : -E2BIG;
	memmove(data, (const void *)from, size);
	return 0;
}

static u64 slice(u64 dynptr, u64 from, u64 size, u64 r4, u64 r5)
{
	return (u64)part_of(dynptr, from, size);
}

void dynptr_add_helpers(u64 *helpers)
{
	table = helpers;
	helpers[MODBPF_FUNC_dynptr_from_mem] = (u64)from_mem;
	helpers[MODBPF_FUNC_ringbuf_reserve_dynptr] = (u64)reserve;
	helpers[MODBPF_FUNC_ringbuf_submit_dynptr] = (u64)submit;
	helpers[MODBPF_FUNC_ringbuf_discard_dynptr] = (u64)discard;
	helpers[MODBPF_FUNC_dynptr_read] = (u64)read;
	helpers[MODBPF_FUNC_dynptr_write] = (u64)write;
	helpers[MODBPF_FUNC_dynptr_data] = (u64)slice;
}

u64 dynptr_call_back(u64 (*call)(u64 handle, u64 r1, u64 r2, u64 r3, u64 r4), u64 handle,
		     void *data, u64 size, u64 r2)
{
	struct stand_in dynptr = { data, size };

	return call(handle, (u64)&dynptr, r2, 0, 0);
}
