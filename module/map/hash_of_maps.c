// SPDX-License-Identifier: GPL-2.0-only
/*
 * HASH_OF_MAPS: maps by key. Inside is a HASH whose values are the maps' addresses; it
 * has no descriptor and no number, and system calls alone change it, one at a time. What
 * a program found outlives its last reference by a grace period.
 */
#include <linux/err.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "module/map/of_maps.h"
#include "module/map/types.h"

struct hash_of_maps {
	struct modbpf_map map;
	struct modbpf_map *table;	/* values: references */
	void *keys;			/* room for two, of who empties the table */
	struct mutex change;
};

static struct hash_of_maps *hash_of(struct modbpf_map *map)
{
	return container_of(map, struct hash_of_maps, map);
}

static struct modbpf_map *table_create(const struct map_attr *params)
{
	struct map_attr attr = *params;
	struct modbpf_map *table;

	attr.type = MODBPF_MAP_HASH;
	attr.value_size = sizeof(struct modbpf_map *);
	attr.inner = NULL;
	table = map_hash_ops.create(&attr);
	if (!IS_ERR(table))
		map_init(table, &map_hash_ops, &attr);
	return table;
}

static struct modbpf_map *hash_of_maps_create(const struct map_attr *params)
{
	struct hash_of_maps *hash = kzalloc(sizeof(*hash), GFP_KERNEL_ACCOUNT);

	if (!hash)
		return ERR_PTR(-ENOMEM);
	hash->keys = kvzalloc(2 * (size_t)params->key_size, GFP_KERNEL_ACCOUNT);
	hash->table = hash->keys ? table_create(params) : ERR_PTR(-ENOMEM);
	if (IS_ERR(hash->table)) {
		kvfree(hash->keys);
		kfree(hash);
		return ERR_PTR(-ENOMEM);
	}
	mutex_init(&hash->change);
	hash->map.memory = sizeof(*hash) + 2 * (u64)params->key_size + hash->table->memory;
	return &hash->map;
}

static struct modbpf_map *table_find(struct modbpf_map *table, const void *key)
{
	struct modbpf_map **slot = map_hash_ops.lookup(table, key);

	return slot ? READ_ONCE(*slot) : NULL;
}

/* No program runs, no system call is under way. */
static void table_clear(struct hash_of_maps *hash)
{
	void *last = NULL, *next = hash->keys;
	struct modbpf_map *inner;

	for (;;) {
		cond_resched();
		rcu_read_lock();
		inner = NULL;
		if (!map_hash_ops.next_key(hash->table, last, next))
			map_hash_ops.sys_take(hash->table, next, &inner);
		rcu_read_unlock();
		if (!inner)
			return;
		map_put(inner);
		last = next;
		next = last == hash->keys ? hash->keys + hash->map.key_size : hash->keys;
	}
}

static void hash_of_maps_destroy(struct modbpf_map *map)
{
	struct hash_of_maps *hash = hash_of(map);

	table_clear(hash);
	mutex_destroy(&hash->table->lock);
	map_hash_ops.destroy(hash->table);
	mutex_destroy(&hash->change);
	kvfree(hash->keys);
	kfree(hash);
}

static notrace void *hash_of_maps_lookup(struct modbpf_map *map, const void *key)
{
	return table_find(hash_of(map)->table, key);
}

static int hash_of_maps_sys_lookup(struct modbpf_map *map, const void *key, void *value, u64 flags)
{
	const struct modbpf_map *inner;
	u32 id = 0;

	if (flags)
		return -EINVAL;
	rcu_read_lock();
	inner = table_find(hash_of(map)->table, key);
	if (inner)
		id = inner_map_id(inner);
	rcu_read_unlock();
	memcpy(value, &id, sizeof(id));
	return inner ? 0 : -ENOENT;
}

static int hash_of_maps_sys_update(const struct caller *caller, struct modbpf_map *map,
				   const void *key, const void *value, u64 flags)
{
	struct hash_of_maps *hash = hash_of(map);
	struct modbpf_map *inner = inner_map_get(caller, map, value), *old;
	int err;

	if (IS_ERR(inner))
		return PTR_ERR(inner);
	mutex_lock(&hash->change);
	rcu_read_lock();
	old = table_find(hash->table, key);
	err = map_hash_ops.update(hash->table, key, &inner, flags);
	rcu_read_unlock();
	mutex_unlock(&hash->change);
	if (err)
		map_put(inner);
	else if (old)
		map_put(old);
	return err;
}

static int hash_of_maps_sys_delete(struct modbpf_map *map, const void *key)
{
	struct hash_of_maps *hash = hash_of(map);
	struct modbpf_map *old;
	int err;

	mutex_lock(&hash->change);
	rcu_read_lock();
	err = map_hash_ops.sys_take(hash->table, key, &old);
	rcu_read_unlock();
	mutex_unlock(&hash->change);
	if (!err)
		map_put(old);
	return err;
}

static int hash_of_maps_next_key(struct modbpf_map *map, const void *key, void *next)
{
	return map_hash_ops.next_key(hash_of(map)->table, key, next);
}

/* A value is the number of a map. What is taken goes with the reference that the table had. */
static int hash_of_maps_read_bucket(struct modbpf_map *map, u32 bucket, void *keys, void *values,
				    u32 room, u32 *cnt, u32 how)
{
	struct hash_of_maps *hash = hash_of(map);
	struct modbpf_map **inner = kvmalloc_array(room, sizeof(*inner), GFP_KERNEL_ACCOUNT);
	u32 *ids = values, i;
	int err;

	if (!inner)
		return -ENOMEM;
	/* As long as nobody changes the table, what stands in it stays. */
	mutex_lock(&hash->change);
	err = map_hash_ops.read_bucket(hash->table, bucket, keys, inner, room, cnt, how);
	for (i = 0; !err && i < *cnt; i++)
		ids[i] = inner_map_id(inner[i]);
	mutex_unlock(&hash->change);
	for (i = 0; !err && how & MAP_READ_TAKE && i < *cnt; i++)
		map_put(inner[i]);
	kvfree(inner);
	return err;
}

static u32 hash_of_maps_bucket_cnt(const struct modbpf_map *map)
{
	return map_hash_ops.bucket_cnt(container_of(map, struct hash_of_maps, map)->table);
}

const struct map_ops map_hash_of_maps_ops = {
	.type = MODBPF_MAP_HASH_OF_MAPS,
	.name = "hash_of_maps",
	.create = hash_of_maps_create,
	.destroy = hash_of_maps_destroy,
	.lookup = hash_of_maps_lookup,
	.sys_lookup = hash_of_maps_sys_lookup,
	.sys_update = hash_of_maps_sys_update,
	.sys_delete = hash_of_maps_sys_delete,
	.next_key = hash_of_maps_next_key,
	.batches = MAP_BATCH_LOOKUP | MAP_BATCH_UPDATE | MAP_BATCH_DELETE | MAP_BATCH_TAKE,
	.read_bucket = hash_of_maps_read_bucket,
	.bucket_cnt = hash_of_maps_bucket_cnt,
};
