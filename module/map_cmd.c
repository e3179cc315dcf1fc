// SPDX-License-Identifier: GPL-2.0-only
/*
 * How does user space read and write a map's elements? Keys and values are
 * copied into kernel buffers first, so that no map code ever faults, and out
 * when the map is done.
 */
#include "module/map_cmd.h"

#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "module/caller.h"
#include "module/map.h"
#include "verifier/rule.h"

int map_access_open(struct map_access *access, const struct caller *caller, int fd, fmode_t mode)
{
	int err;

	memset(access, 0, sizeof(*access));
	access->file = map_file_of_fd(caller, fd, mode);
	if (IS_ERR(access->file))
		return PTR_ERR(access->file);
	access->map = access->file->private_data;
	if (!(mode & FMODE_WRITE))
		return 0;
	err = map_write_begin(access->map);
	if (err)
		fput(access->file);
	else
		access->is_writing = true;
	return err;
}

void map_access_close(struct map_access *access)
{
	if (access->is_writing)
		map_write_end(access->map);
	kvfree(access->value);
	kvfree(access->key);
	fput(access->file);
}

/* A map without keys wants none, as bpf(2): the address must be 0. */
static int access_copy_key(struct map_access *access, const struct caller *caller, u64 from)
{
	void *key;

	if (!access->map->key_size)
		return from ? -EINVAL : 0;
	key = caller_dup(caller, from, access->map->key_size);
	if (IS_ERR(key))
		return PTR_ERR(key);
	access->key = key;
	return 0;
}

static int check_lock_flag(const struct modbpf_map *map, u64 flags)
{
	return flags & MODBPF_F_LOCK && !map->field_end[MAP_FIELD_LOCK] ? -EINVAL : 0;
}

/* --- lookup -------------------------------------------------------------------- */

int map_read_value(struct modbpf_map *map, const void *key, void *value, u64 flags)
{
	const struct map_ops *ops = map->ops;
	const void *found;

	if (ops->sys_lookup)
		return ops->sys_lookup(map, key, value, flags);
	if (ops->peek)
		return ops->peek(map, value);
	if (!ops->lookup)
		return -ENOTSUPP;
	rcu_read_lock();
	found = ops->lookup(map, key);
	if (found)
		memcpy(value, found, map->value_size);
	rcu_read_unlock();
	return found ? 0 : -ENOENT;
}

/*
 * Hand out what @read fetches: a lookup, or one that takes the element away. A map
 * that is asked for a value is given it, and only says yes or no.
 */
static int put_value(const struct caller *caller, const union modbpf_attr *attr, fmode_t mode,
		     int (*read)(struct modbpf_map *map, const void *key, void *value, u64 flags))
{
	struct map_access access;
	bool is_asked;
	u32 bytes;
	int err;

	if (attr->flags & ~(u64)MODBPF_F_LOCK)
		return -EINVAL;
	err = map_access_open(&access, caller, attr->map_fd, mode);
	if (err)
		return err;
	err = check_lock_flag(access.map, attr->flags);
	if (err)
		goto close;
	err = access_copy_key(&access, caller, attr->key);
	if (err)
		goto close;
	bytes = map_sys_value_size(access.map);
	err = -ENOMEM;
	/* Zeroed: what a type does not fill must not be the kernel's old bytes. */
	access.value = kvzalloc(bytes, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!access.value)
		goto close;
	is_asked = map_rule_of(access.map->type)->asked;
	err = is_asked ? caller_copy_in(caller, access.value, attr->value, bytes) : 0;
	if (!err)
		err = read(access.map, access.key, access.value, attr->flags);
	if (!err && !is_asked)
		err = caller_copy_out(caller, attr->value, access.value, bytes);
close:
	map_access_close(&access);
	return err;
}

int map_lookup_command(const struct caller *caller, const union modbpf_attr *attr,
		       const struct command_out *out)
{
	return put_value(caller, attr, FMODE_READ, map_read_value);
}

/* --- update, delete --------------------------------------------------------------- */

int map_write_value(const struct caller *caller, struct modbpf_map *map, const void *key,
		    const void *value, u64 flags)
{
	const struct map_ops *ops = map->ops;
	int err;

	if (ops->sys_update)
		return ops->sys_update(caller, map, key, value, flags);
	if (ops->push)
		return ops->push(map, value, flags);
	if (!ops->update)
		return -ENOTSUPP;
	rcu_read_lock();
	err = ops->update(map, key, value, flags);
	rcu_read_unlock();
	return err;
}

int map_update_command(const struct caller *caller, const union modbpf_attr *attr,
		       const struct command_out *out)
{
	struct map_access access;
	void *value;
	int err;

	err = map_access_open(&access, caller, attr->map_fd, FMODE_WRITE);
	if (err)
		return err;
	err = check_lock_flag(access.map, attr->flags);
	if (err)
		goto close;
	err = access_copy_key(&access, caller, attr->key);
	if (err)
		goto close;
	value = caller_dup(caller, attr->value, map_sys_value_size(access.map));
	if (IS_ERR(value)) {
		err = PTR_ERR(value);
		goto close;
	}
	access.value = value;
	err = map_write_value(caller, access.map, access.key, value, attr->flags);
close:
	map_access_close(&access);
	return err;
}

int map_delete_key(struct modbpf_map *map, const void *key)
{
	const struct map_ops *ops = map->ops;
	int err;

	if (ops->sys_delete)
		return ops->sys_delete(map, key);
	if (!ops->delete)
		return -ENOTSUPP;
	rcu_read_lock();
	err = ops->delete(map, key);
	rcu_read_unlock();
	return err;
}

int map_delete_command(const struct caller *caller, const union modbpf_attr *attr,
		       const struct command_out *out)
{
	struct map_access access;
	int err;

	err = map_access_open(&access, caller, attr->map_fd, FMODE_WRITE);
	if (err)
		return err;
	err = access_copy_key(&access, caller, attr->key);
	if (!err)
		err = map_delete_key(access.map, access.key);
	map_access_close(&access);
	return err;
}

static int take_value(struct modbpf_map *map, const void *key, void *value, u64 flags)
{
	int err;

	if (map->ops->pop)
		return map->ops->pop(map, value);
	if (!map->ops->sys_take)
		return -ENOTSUPP;
	rcu_read_lock();
	err = map->ops->sys_take(map, key, value);
	rcu_read_unlock();
	return err;
}

/*
 * MAP_LOOKUP_AND_DELETE_ELEM. As in bpf(2), the element is gone even if its value
 * cannot be copied out: put back, it could meet a new one of the same key.
 */
int map_take_command(const struct caller *caller, const union modbpf_attr *attr,
		     const struct command_out *out)
{
	return put_value(caller, attr, FMODE_READ | FMODE_WRITE, take_value);
}

/* --- iteration, freeze ---------------------------------------------------------------- */

int map_next_key_command(const struct caller *caller, const union modbpf_attr *attr,
			 const struct command_out *out)
{
	struct map_access access;
	int err;

	err = map_access_open(&access, caller, attr->map_fd, FMODE_READ);
	if (err)
		return err;
	err = attr->key ? access_copy_key(&access, caller, attr->key) : 0;
	if (err)
		goto close;
	err = -ENOTSUPP;
	if (!access.map->ops->next_key)
		goto close;
	err = -ENOMEM;
	access.value = kvzalloc(access.map->key_size, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!access.value)
		goto close;
	rcu_read_lock();
	err = access.map->ops->next_key(access.map, access.key, access.value);
	rcu_read_unlock();
	if (!err)
		err = caller_copy_out(caller, attr->next_key, access.value, access.map->key_size);
close:
	map_access_close(&access);
	return err;
}

int map_freeze_command(const struct caller *caller, const union modbpf_attr *attr,
		       const struct command_out *out)
{
	struct file *file = map_file_of_fd(caller, attr->map_fd, FMODE_WRITE);
	struct modbpf_map *map;
	int err = 0;

	if (IS_ERR(file))
		return PTR_ERR(file);
	map = file->private_data;
	mutex_lock(&map->lock);
	/* What is constant cannot be locked. */
	if (map_has_fields(map->field_end))
		err = -ENOTSUPP;
	else if (map->writers || map->frozen)
		err = -EBUSY;
	else if (!caller_bpf_capable(caller))
		err = -EPERM;
	else
		WRITE_ONCE(map->frozen, true);
	mutex_unlock(&map->lock);
	fput(file);
	return err;
}
