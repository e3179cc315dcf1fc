// SPDX-License-Identifier: GPL-2.0-only
/*
 * STACK_TRACE: the stacks that programs met, each once, by number.
 *
 * A stack's number is its bucket, and that is a hash of it: so whoever meets the same
 * stack gets the same number, without a search. A bucket holds one stack; another one
 * with the same number is refused, or takes its place. All stacks are allocated with
 * the map. What a bucket holds is read, compared and changed under its lock.
 *
 * A stack is taken down in scratch memory first, of which each CPU has a piece for
 * as many programs as may interrupt one another there.
 */
#include "module/map/stack_trace.h"

#include <linux/err.h>
#include <linux/jhash.h>
#include <linux/log2.h>
#include <linux/percpu.h>
#include <linux/slab.h>

#include "module/map/area.h"
#include "module/map/index.h"
#include "module/map/lock.h"
#include "module/map/types.h"
#include "module/stack_walk.h"

#define SCRATCH_LEVELS 4	/* task, softirq, interrupt, NMI */

struct stack_trace {
	u32 hash;
	u32 cnt;	/* addresses */
	u32 next;	/* free: index + 1 of the next free one, or 0 */
	u32 pad;
	u64 ips[];
};

struct stack_bucket {
	raw_spinlock_t lock;	/* trace, and what it leads to */
	u32 trace;		/* index + 1; 0: none */
};

/* What is charged for before it is allocated must not be more than is allocated. */
static_assert(MAP_ATTR_STACK_ENTRY_BYTES <= sizeof(struct stack_trace));
static_assert(MAP_ATTR_STACK_BUCKET_BYTES <= sizeof(struct stack_bucket));

struct stack_scratch {
	u32 level;		/* pieces in use */
	u32 pad;
	u64 ips[];		/* SCRATCH_LEVELS times as many as a value has */
};

struct stack_trace_map {
	struct modbpf_map map;
	struct stack_bucket *buckets;
	u8 *traces;
	u32 trace_size;		/* bytes */
	u32 depth;		/* addresses of a value */
	u32 bucket_cnt;
	raw_spinlock_t free_lock;	/* first_free, next of free traces; inside a bucket's lock */
	u32 first_free;		/* index + 1; 0: the map is full */
	struct stack_scratch __percpu *scratch;
};

static struct stack_trace_map *stack_trace_map_of(struct modbpf_map *map)
{
	return container_of(map, struct stack_trace_map, map);
}

/* @number: index + 1. */
static struct stack_trace *trace_at(const struct stack_trace_map *stacks, u32 number)
{
	return (struct stack_trace *)(stacks->traces + (u64)(number - 1) * stacks->trace_size);
}

/* --- life ------------------------------------------------------------------------- */

static int stack_trace_alloc(struct stack_trace_map *stacks, const struct map_attr *params)
{
	u64 bucket_bytes = (u64)stacks->bucket_cnt * sizeof(*stacks->buckets);
	u64 trace_bytes = (u64)params->max_entries * stacks->trace_size;
	u32 scratch_bytes = sizeof(*stacks->scratch) + SCRATCH_LEVELS * params->value_size;

	stacks->buckets = map_area_alloc(bucket_bytes, params->numa_node);
	if (!stacks->buckets)
		return -ENOMEM;
	stacks->traces = map_area_alloc(trace_bytes, params->numa_node);
	if (!stacks->traces)
		return -ENOMEM;
	stacks->scratch = __alloc_percpu_gfp(scratch_bytes, 8, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!stacks->scratch)
		return -ENOMEM;
	stacks->map.memory = sizeof(*stacks) + bucket_bytes + trace_bytes +
			     (u64)scratch_bytes * num_possible_cpus();
	return 0;
}

static void stack_trace_free(struct stack_trace_map *stacks)
{
	free_percpu(stacks->scratch);
	map_area_free(stacks->traces);
	map_area_free(stacks->buckets);
	kfree(stacks);
}

static struct modbpf_map *stack_trace_create(const struct map_attr *params)
{
	struct stack_trace_map *stacks = kzalloc(sizeof(*stacks), GFP_KERNEL_ACCOUNT);
	u32 i;

	if (!stacks)
		return ERR_PTR(-ENOMEM);
	raw_spin_lock_init(&stacks->free_lock);
	stacks->depth = params->value_size / sizeof(u64);
	stacks->trace_size = sizeof(struct stack_trace) + params->value_size;
	stacks->bucket_cnt = roundup_pow_of_two(params->max_entries);
	if (stack_trace_alloc(stacks, params)) {
		stack_trace_free(stacks);
		return ERR_PTR(-ENOMEM);
	}
	for (i = 0; i < stacks->bucket_cnt; i++) {
		raw_spin_lock_init(&stacks->buckets[i].lock);
		if (!(i & 0xffff))
			cond_resched();
	}
	for (i = 1; i <= params->max_entries; i++) {
		trace_at(stacks, i)->next = i < params->max_entries ? i + 1 : 0;
		if (!(i & 0xffff))
			cond_resched();
	}
	stacks->first_free = 1;
	return &stacks->map;
}

static void stack_trace_destroy(struct modbpf_map *map)
{
	stack_trace_free(stack_trace_map_of(map));
}

/* --- programs --------------------------------------------------------------------- */

/* Inside a bucket's section. A number, or -ENOMEM, -EBUSY. */
static long take_free(struct stack_trace_map *stacks)
{
	u32 number;

	if (!map_lock_nest(&stacks->free_lock))
		return -EBUSY;
	number = stacks->first_free;
	if (number)
		stacks->first_free = trace_at(stacks, number)->next;
	map_unlock_nest(&stacks->free_lock);
	return number ? (long)number : -ENOMEM;
}

static bool is_same(const struct stack_trace *trace, u32 hash, const u64 *ips, u32 cnt)
{
	return trace->hash == hash && trace->cnt == cnt &&
	       !memcmp(trace->ips, ips, cnt * sizeof(*ips));
}

/* The bucket is locked. Does it hold the stack now? */
static long bucket_take(struct stack_trace_map *stacks, struct stack_bucket *bucket, u32 hash,
			const u64 *ips, u32 cnt, u64 flags)
{
	struct stack_trace *trace;
	long number = bucket->trace;

	if (number) {
		trace = trace_at(stacks, number);
		if (flags & MODBPF_F_FAST_STACK_CMP ? trace->hash == hash :
						      is_same(trace, hash, ips, cnt))
			return 0;
		if (!(flags & MODBPF_F_REUSE_STACKID))
			return -EEXIST;
	} else {
		number = take_free(stacks);
		if (number < 0)
			return number;
		trace = trace_at(stacks, number);
		bucket->trace = number;
	}
	trace->hash = hash;
	trace->cnt = cnt;
	memcpy(trace->ips, ips, cnt * sizeof(*ips));
	return 0;
}

static long keep_stack(struct stack_trace_map *stacks, const u64 *ips, u32 cnt, u64 flags)
{
	u32 hash = jhash2((const u32 *)ips, cnt * sizeof(*ips) / sizeof(u32), 0);
	u32 id = hash & (stacks->bucket_cnt - 1);
	struct stack_bucket *bucket = &stacks->buckets[id];
	unsigned long irq;
	long err;

	if (!map_lock(&bucket->lock, &irq))
		return -EBUSY;
	err = bucket_take(stacks, bucket, hash, ips, cnt, flags);
	map_unlock(&bucket->lock, irq);
	return err ? : id;
}

notrace long stack_trace_id(struct modbpf_map *map, const struct stack_origin *origin, u64 flags)
{
	struct stack_trace_map *stacks = stack_trace_map_of(map);
	struct stack_scratch *scratch = this_cpu_ptr(stacks->scratch);
	u32 level = READ_ONCE(scratch->level), seen;
	long id = -EFAULT;
	u64 *ips;

	if (unlikely(level == SCRATCH_LEVELS))
		return -EBUSY;
	/* Who interrupts puts the level back before it leaves. */
	WRITE_ONCE(scratch->level, level + 1);
	barrier();
	ips = scratch->ips + level * stacks->depth;
	seen = stack_walk(origin, ips, stacks->depth);
	if (seen > origin->skip)
		id = keep_stack(stacks, ips, seen - origin->skip, flags);
	barrier();
	WRITE_ONCE(scratch->level, level);
	return id;
}

/* --- system calls ------------------------------------------------------------------ */

/* Under the bucket's lock. */
static void bucket_read(const struct stack_trace_map *stacks, const struct stack_bucket *bucket,
			void *value)
{
	const struct stack_trace *trace = trace_at(stacks, bucket->trace);
	u32 bytes = trace->cnt * sizeof(*trace->ips);

	memcpy(value, trace->ips, bytes);
	memset(value + bytes, 0, stacks->map.value_size - bytes);
}

/* Under the bucket's lock. */
static int bucket_clear(struct stack_trace_map *stacks, struct stack_bucket *bucket)
{
	if (!map_lock_nest(&stacks->free_lock))
		return -EBUSY;
	trace_at(stacks, bucket->trace)->next = stacks->first_free;
	stacks->first_free = bucket->trace;
	bucket->trace = 0;
	map_unlock_nest(&stacks->free_lock);
	return 0;
}

/* Read the stack @key, unless @value is NULL, and remove it if @removes. */
static int stack_trace_access(struct modbpf_map *map, const void *key, void *value, bool removes)
{
	struct stack_trace_map *stacks = stack_trace_map_of(map);
	u32 id = index_of_key(key);
	struct stack_bucket *bucket;
	unsigned long irq;
	int err = 0;

	if (id >= stacks->bucket_cnt)
		return -ENOENT;
	bucket = &stacks->buckets[id];
	if (!map_lock(&bucket->lock, &irq))
		return -EBUSY;
	if (!bucket->trace)
		err = -ENOENT;
	if (!err && value)
		bucket_read(stacks, bucket, value);
	if (!err && removes)
		err = bucket_clear(stacks, bucket);
	map_unlock(&bucket->lock, irq);
	return err;
}

static int stack_trace_sys_lookup(struct modbpf_map *map, const void *key, void *value, u64 flags)
{
	return flags ? -EINVAL : stack_trace_access(map, key, value, false);
}

static int stack_trace_sys_take(struct modbpf_map *map, const void *key, void *value)
{
	return stack_trace_access(map, key, value, true);
}

static int stack_trace_sys_delete(struct modbpf_map *map, const void *key)
{
	if (index_of_key(key) >= stack_trace_map_of(map)->bucket_cnt)
		return -E2BIG;
	return stack_trace_access(map, key, NULL, true);
}

/* Only programs know stacks. */
static int stack_trace_sys_update(const struct caller *caller, struct modbpf_map *map,
				  const void *key, const void *value, u64 flags)
{
	return -EINVAL;
}

/* After a number that has no stack comes the first, as in bpf(2). */
static int stack_trace_next_key(struct modbpf_map *map, const void *key, void *next)
{
	struct stack_trace_map *stacks = stack_trace_map_of(map);
	u32 id = key ? index_of_key(key) : U32_MAX;

	if (id >= stacks->bucket_cnt || !READ_ONCE(stacks->buckets[id].trace))
		id = 0;
	else
		id++;
	while (id < stacks->bucket_cnt && !READ_ONCE(stacks->buckets[id].trace))
		id++;
	if (id >= stacks->bucket_cnt)
		return -ENOENT;
	memcpy(next, &id, sizeof(id));
	return 0;
}

const struct map_ops map_stack_trace_ops = {
	.type = MODBPF_MAP_STACK_TRACE,
	.name = "stack_trace",
	.create = stack_trace_create,
	.destroy = stack_trace_destroy,
	.sys_lookup = stack_trace_sys_lookup,
	.sys_update = stack_trace_sys_update,
	.sys_delete = stack_trace_sys_delete,
	.sys_take = stack_trace_sys_take,
	.next_key = stack_trace_next_key,
};
