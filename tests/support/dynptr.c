// SPDX-License-Identifier: GPL-2.0-only
/* What bpf-helpers(7) says of dynptrs, for programs that tests run: see dynptr.h. */
#include "tests/support/dynptr.h"

#define MOST_BYTES 0xffffff

enum { OF_PACKET = 1, READ_ONLY = 2 };

struct stand_in {
	u8 *data;	/* NULL: there is nothing */
	u32 size;
	u32 flags;
};

typedef u64 (*helper_fn)(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5);

static const u64 *table;
static u8 *packet_data;
static u32 packet_bytes, first_piece;

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
	*at(made) = (struct stand_in){ flags || size > MOST_BYTES ? NULL : (u8 *)data, size, 0 };
	return flags ? -EINVAL : size > MOST_BYTES ? -E2BIG : 0;
}

static u64 reserve(u64 map, u64 size, u64 flags, u64 made, u64 r5)
{
	u64 record = flags || (u32)size > MOST_BYTES ? 0 :
		     ((helper_fn)table[MODBPF_FUNC_ringbuf_reserve])(map, (u32)size, 0, 0, 0);

	*at(made) = (struct stand_in){ (u8 *)record, (u32)size, 0 };
	return record ? 0 : !flags && (u32)size > MOST_BYTES ? -E2BIG : -EINVAL;
}

static u64 release(u64 dynptr, u64 flags, u32 by)
{
	u64 record = (u64)at(dynptr)->data;

	*at(dynptr) = (struct stand_in){ NULL, 0, 0 };
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

/* What a checksum is, nobody asks here. */
static u64 write(u64 dynptr, u64 to, u64 from, u64 size, u64 flags)
{
	u32 may_say = at(dynptr)->flags & OF_PACKET ? 3 : 0;
	u8 *data = part_of(dynptr, to, size);
	bool is_wrong = flags & ~(u64)may_say || at(dynptr)->flags & READ_ONLY;

	if (is_wrong || !data)
		return is_wrong || !at(dynptr)->data ? -EINVAL : -E2BIG;
	memmove(data, (const void *)from, size);
	return 0;
}

static u64 data_of(u64 dynptr, u64 from, u64 size, u64 r4, u64 r5)
{
	return at(dynptr)->flags & OF_PACKET ? 0 : (u64)part_of(dynptr, from, size);
}

static u64 from_skb(u64 skb, u64 flags, u64 made, u64 told, u64 r5)
{
	*at(made) = (struct stand_in){
		flags ? NULL : packet_data, packet_bytes, OF_PACKET | (told & 1 ? 0 : READ_ONLY),
	};
	return flags ? -EINVAL : 0;
}

static u64 slice(u64 dynptr, u64 from, u64 buffer, u64 size, u64 fill)
{
	const struct stand_in whole = *at(dynptr);
	u8 *data = part_of(dynptr, from, size);

	if (fill && buffer)
		memset((void *)buffer, 0, size);
	if (!data || !(whole.flags & OF_PACKET) || data + size <= packet_data + first_piece)
		return (u64)data;
	if (buffer)
		memcpy((void *)buffer, data, size);
	return buffer;
}

static u64 slice_to_write(u64 dynptr, u64 from, u64 buffer, u64 size, u64 fill)
{
	u64 found = slice(dynptr, from, buffer, size, fill);

	return at(dynptr)->flags & READ_ONLY ? 0 : found;
}

static u64 size_of(u64 dynptr, u64 r2, u64 r3, u64 r4, u64 r5)
{
	return at(dynptr)->data ? at(dynptr)->size : (u32)-EINVAL;
}

static u64 is_null(u64 dynptr, u64 r2, u64 r3, u64 r4, u64 r5)
{
	return !at(dynptr)->data;
}

static u64 is_rdonly(u64 dynptr, u64 r2, u64 r3, u64 r4, u64 r5)
{
	return !!(at(dynptr)->flags & READ_ONLY);
}

static u64 adjust(u64 dynptr, u64 start, u64 end, u64 r4, u64 r5)
{
	if ((u32)start > (u32)end || (u32)end > at(dynptr)->size)
		return -EINVAL;
	at(dynptr)->data += (u32)start;
	at(dynptr)->size = end - start;
	return 0;
}

static u64 clone(u64 dynptr, u64 made, u64 r3, u64 r4, u64 r5)
{
	*at(made) = *at(dynptr);
	return at(made)->data ? 0 : -EINVAL;
}

void dynptr_set_packet(u8 *data, u32 bytes, u32 in_first_piece)
{
	packet_data = data;
	packet_bytes = bytes;
	first_piece = in_first_piece;
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
	helpers[MODBPF_FUNC_dynptr_data] = (u64)data_of;
	helpers[MODBPF_FUNC_dynptr_from_skb] = (u64)from_skb;
	helpers[MODBPF_FUNC_dynptr_slice] = (u64)slice;
	helpers[MODBPF_FUNC_dynptr_slice_rdwr] = (u64)slice_to_write;
	helpers[MODBPF_FUNC_dynptr_size] = (u64)size_of;
	helpers[MODBPF_FUNC_dynptr_is_null] = (u64)is_null;
	helpers[MODBPF_FUNC_dynptr_is_rdonly] = (u64)is_rdonly;
	helpers[MODBPF_FUNC_dynptr_adjust] = (u64)adjust;
	helpers[MODBPF_FUNC_dynptr_clone] = (u64)clone;
}

u64 dynptr_call_back(u64 (*call)(u64 handle, u64 r1, u64 r2, u64 r3, u64 r4), u64 handle,
		     void *data, u64 size, u64 r2)
{
	struct stand_in dynptr = { data, size, 0 };

	return call(handle, (u64)&dynptr, r2, 0, 0);
}
