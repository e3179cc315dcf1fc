// SPDX-License-Identifier: GPL-2.0-only
/*
 * How does user space read and write many elements with one call? MAP_*_BATCH.
 *
 * Where a batch ended is what the caller hands in for the next one: the last key, or for
 * hashes the number of a bucket, so that what others remove between two calls
 * costs no element that stayed. A hash is read bucket by bucket, each whole: one that
 * does not fit in what is left waits for the next call, or is -ENOSPC if it is
 * the first. How many elements were done is written back, after an error too.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "isa/platform.h"
#include "module/caller.h"
#include "module/map.h"
#include "module/map_cmd.h"

/* Elements of a bucket that are expected; more get more room. */
#define USUAL_ROOM 8

struct batch {
	const struct caller *caller;
	const union modbpf_attr *attr;
	struct modbpf_map *map;
	u32 key_size, value_size;	/* as the caller sees them */
	u64 flags;			/* of each element: F_LOCK or none */
	u32 done;
	u8 *keys, *values;		/* kernel buffers for room elements */
	u32 room;
};

static int batch_make_room(struct batch *batch, u32 room)
{
	kvfree(batch->keys);
	kvfree(batch->values);
	batch->room = room;
	batch->keys = kvmalloc_array(room, batch->key_size, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	/* Zeroed: what a type does not fill must not be the kernel's old bytes. */
	batch->values = kvcalloc(room, batch->value_size, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	return batch->keys && batch->values ? 0 : -ENOMEM;
}

/* @nth element of a user's array. */
static u64 key_addr(const struct batch *batch, u32 nth)
{
	return batch->attr->batch.keys + (u64)nth * batch->key_size;
}

static u64 value_addr(const struct batch *batch, u32 nth)
{
	return batch->attr->batch.values + (u64)nth * batch->value_size;
}

/* Hand out the first @cnt elements of the buffers. */
static int batch_put(struct batch *batch, u32 cnt)
{
	int err;

	err = caller_copy_out(batch->caller, key_addr(batch, batch->done), batch->keys,
			      (size_t)cnt * batch->key_size);
	if (!err)
		err = caller_copy_out(batch->caller, value_addr(batch, batch->done), batch->values,
				      (size_t)cnt * batch->value_size);
	if (!err)
		batch->done += cnt;
	return err;
}

/* --- hashes: bucket by bucket ------------------------------------------------------- */

/* -ENOENT behind the last bucket. *@bucket: where to go on. */
static int read_buckets(struct batch *batch, u32 *bucket, u32 how)
{
	const struct map_ops *ops = batch->map->ops;
	u32 left, cnt;
	int err = batch_make_room(batch, min_t(u32, batch->attr->batch.count, USUAL_ROOM));

	while (!err) {
		left = batch->attr->batch.count - batch->done;
		err = ops->read_bucket(batch->map, *bucket, batch->keys, batch->values,
				       min(left, batch->room), &cnt, how);
		if (err == -ENOSPC && cnt > left)
			return batch->done ? 0 : err;
		if (err == -ENOSPC) {
			err = batch_make_room(batch, cnt);
			continue;
		}
		if (!err && cnt)
			err = batch_put(batch, cnt);
		if (!err)
			++*bucket;
		if (!err)
			err = modbpf_yield();
	}
	return err;
}

static int batch_of_buckets(struct batch *batch, u32 how)
{
	const union modbpf_attr *attr = batch->attr;
	u32 bucket = 0;
	int err, copied;

	if (attr->batch.in_batch) {
		err = caller_copy_in(batch->caller, &bucket, attr->batch.in_batch, sizeof(bucket));
		if (err)
			return err;
	}
	if (bucket >= batch->map->ops->bucket_cnt(batch->map))
		return -ENOENT;
	err = read_buckets(batch, &bucket, how | (batch->flags ? MAP_READ_LOCKED : 0));
	if (err == -EFAULT)
		return err;
	copied = caller_copy_out(batch->caller, attr->batch.out_batch, &bucket, sizeof(bucket));
	return copied ? : err;
}

/* --- others: key by key ---------------------------------------------------------------- */

/*
 * The element after @prev (NULL: the first) into the buffers' first place. Empty slots,
 * and keys that go while they are asked for, are passed over: what follows a key can be
 * put where the key is.
 */
static int read_next(struct batch *batch, const void *prev)
{
	int err;

	do {
		rcu_read_lock();
		err = batch->map->ops->next_key(batch->map, prev, batch->keys);
		rcu_read_unlock();
		if (err)
			return err;
		err = map_read_value(batch->map, batch->keys, batch->values, batch->flags);
		if (err != -ENOENT)
			return err;
		prev = batch->keys;
	} while (!(err = modbpf_yield()));
	return err;
}

static int read_keys(struct batch *batch, void *prev, bool has_prev)
{
	int err = batch_make_room(batch, 1);

	while (!err && batch->done < batch->attr->batch.count) {
		err = read_next(batch, has_prev ? prev : NULL);
		if (!err)
			err = batch_put(batch, 1);
		if (err)
			break;
		memcpy(prev, batch->keys, batch->key_size);
		has_prev = true;
		err = modbpf_yield();
	}
	return err;
}

static int batch_of_keys(struct batch *batch)
{
	const union modbpf_attr *attr = batch->attr;
	void *prev = attr->batch.in_batch ?
		     caller_dup(batch->caller, attr->batch.in_batch, batch->key_size) :
		     kvmalloc(batch->key_size, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	int err, copied = 0;

	if (IS_ERR_OR_NULL(prev))
		return prev ? PTR_ERR(prev) : -ENOMEM;
	err = read_keys(batch, prev, attr->batch.in_batch);
	if (batch->done && err != -EFAULT)
		copied = caller_copy_out(batch->caller, attr->batch.out_batch, prev,
					 batch->key_size);
	kvfree(prev);
	return copied ? : err;
}

/* --- update, delete ------------------------------------------------------------------------ */

static int batch_update(struct batch *batch)
{
	int err = batch_make_room(batch, 1);

	while (!err && batch->done < batch->attr->batch.count) {
		err = caller_copy_in(batch->caller, batch->keys, key_addr(batch, batch->done),
				     batch->key_size);
		if (!err)
			err = caller_copy_in(batch->caller, batch->values,
					     value_addr(batch, batch->done), batch->value_size);
		if (!err)
			err = map_write_value(batch->caller, batch->map, batch->keys,
					      batch->values, batch->flags);
		batch->done += !err;
		if (!err)
			err = modbpf_yield();
	}
	return err;
}

static int batch_delete(struct batch *batch)
{
	int err = batch_make_room(batch, 1);

	while (!err && batch->done < batch->attr->batch.count) {
		err = caller_copy_in(batch->caller, batch->keys, key_addr(batch, batch->done),
				     batch->key_size);
		if (!err)
			err = map_delete_key(batch->map, batch->keys);
		batch->done += !err;
		if (!err)
			err = modbpf_yield();
	}
	return err;
}

static int batch_lookup(struct batch *batch)
{
	return batch->map->ops->read_bucket ? batch_of_buckets(batch, 0) : batch_of_keys(batch);
}

static int batch_take(struct batch *batch)
{
	return batch_of_buckets(batch, MAP_READ_TAKE);
}

/* --- commands ------------------------------------------------------------------------------ */

static int run(struct batch *batch, const struct command_out *out,
	       int (*carry_out)(struct batch *batch))
{
	const u32 zero = 0;
	int err, put;

	if (!batch->attr->batch.count)
		return 0;
	err = COMMAND_PUT(batch->caller, out, batch.count, &zero);
	if (err)
		return err;
	err = carry_out(batch);
	kvfree(batch->keys);
	kvfree(batch->values);
	put = COMMAND_PUT(batch->caller, out, batch.count, &batch->done);
	return put ? : err;
}

static int batch_command(const struct caller *caller, const union modbpf_attr *attr,
			 const struct command_out *out, fmode_t mode, u32 kind,
			 int (*carry_out)(struct batch *batch))
{
	struct batch batch = { .caller = caller, .attr = attr };
	struct map_access access;
	int err;

	err = map_access_open(&access, caller, attr->batch.map_fd, mode);
	if (err)
		return err;
	batch.map = access.map;
	batch.key_size = access.map->key_size;
	batch.value_size = map_sys_value_size(access.map);
	batch.flags = attr->batch.elem_flags;
	if (!(access.map->ops->batches & kind))
		err = -ENOTSUPP;
	else if (attr->batch.flags || attr->batch.elem_flags & ~(u64)MODBPF_F_LOCK ||
		 (attr->batch.elem_flags && !access.map->field_end[MAP_FIELD_LOCK]))
		err = -EINVAL;
	else
		err = run(&batch, out, carry_out);
	map_access_close(&access);
	return err;
}

int map_lookup_batch_command(const struct caller *caller, const union modbpf_attr *attr,
			     const struct command_out *out)
{
	return batch_command(caller, attr, out, FMODE_READ, MAP_BATCH_LOOKUP, batch_lookup);
}

int map_take_batch_command(const struct caller *caller, const union modbpf_attr *attr,
			   const struct command_out *out)
{
	return batch_command(caller, attr, out, FMODE_READ | FMODE_WRITE, MAP_BATCH_TAKE, batch_take);
}

int map_update_batch_command(const struct caller *caller, const union modbpf_attr *attr,
			     const struct command_out *out)
{
	return batch_command(caller, attr, out, FMODE_WRITE, MAP_BATCH_UPDATE, batch_update);
}

int map_delete_batch_command(const struct caller *caller, const union modbpf_attr *attr,
			     const struct command_out *out)
{
	return batch_command(caller, attr, out, FMODE_WRITE, MAP_BATCH_DELETE, batch_delete);
}
