// SPDX-License-Identifier: GPL-2.0-only
/*
 * PROG_ARRAY: the programs that a tail call can go to.
 *
 * Each slot is a word that running programs read (where the tail call lands),
 * and beside it the reference that keeps the program. A word is replaced
 * before the reference goes; a program's code outlives its last reference by an
 * RCU grace period, so whoever read the old word can still use it.
 *
 * An array that holds a program which uses the array is a cycle of references;
 * it is cut when the user has closed his last descriptor of the array.
 */
#include "module/map/prog_array.h"

#include <linux/err.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "module/map/area.h"
#include "module/map/index.h"
#include "module/map/types.h"
#include "module/prog.h"
#include "verifier/rule.h"

struct prog_array_map {
	struct modbpf_map map;
	u64 *words;			/* prog->tail_entry; 0: empty */
	struct modbpf_prog **progs;	/* references */
	u32 slot_cnt;
	u32 prog_type;			/* of all that meet here; 0: none has come yet */
	const struct return_rule *returns;	/* what all may return; NULL: anything */
	bool jited;
	struct mutex change;		/* progs, prog_type, returns, jited; writing of words */
};

/* Charged for before it is allocated, beside the 8 bytes of a word. */
static_assert(MAP_ATTR_ADDRESS_BYTES <= sizeof(struct modbpf_prog *));

static struct prog_array_map *prog_array_of(struct modbpf_map *map)
{
	return container_of(map, struct prog_array_map, map);
}

static void prog_array_free(struct prog_array_map *array)
{
	map_area_free(array->progs);
	map_area_free(array->words);
	kfree(array);
}

static struct modbpf_map *prog_array_create(const struct map_attr *params)
{
	struct prog_array_map *array;

	array = kzalloc(sizeof(*array), GFP_KERNEL_ACCOUNT);
	if (!array)
		return ERR_PTR(-ENOMEM);
	mutex_init(&array->change);
	array->slot_cnt = params->max_entries;
	array->words = map_area_alloc((u64)array->slot_cnt * sizeof(*array->words),
				      params->numa_node);
	array->progs = map_area_alloc((u64)array->slot_cnt * sizeof(*array->progs),
				      params->numa_node);
	if (!array->words || !array->progs) {
		prog_array_free(array);
		return ERR_PTR(-ENOMEM);
	}
	array->map.memory = sizeof(*array) + (u64)array->slot_cnt *
			    (sizeof(*array->words) + sizeof(*array->progs));
	return &array->map;
}

int prog_array_claim(struct modbpf_map *map, u32 prog_type, u32 attach_type, bool jited)
{
	const struct return_rule *returns = return_rule_of(prog_type, attach_type);
	struct prog_array_map *array = prog_array_of(map);
	int err = 0;

	mutex_lock(&array->change);
	if (!array->prog_type) {
		array->prog_type = prog_type;
		array->returns = returns;
		array->jited = jited;
	} else if (array->prog_type != prog_type || array->returns != returns ||
		   array->jited != jited) {
		err = -EINVAL;
	}
	mutex_unlock(&array->change);
	return err;
}

/* Put @prog, or nothing, into a slot; returns what was there, with its reference. */
static struct modbpf_prog *prog_array_swap(struct prog_array_map *array, u32 index,
					   struct modbpf_prog *prog)
{
	struct modbpf_prog *old;

	mutex_lock(&array->change);
	old = array->progs[index];
	array->progs[index] = prog;
	/* What the word leads to was complete before the program had a descriptor. */
	smp_store_release(&array->words[index], prog ? prog->tail_entry : 0);
	mutex_unlock(&array->change);
	return old;
}

static int prog_array_sys_update(const struct caller *caller, struct modbpf_map *map,
				 const void *key, const void *value, u64 flags)
{
	struct prog_array_map *array = prog_array_of(map);
	u32 index = index_of_key(key);
	struct modbpf_prog *prog;
	int fd, err;

	if (flags != MODBPF_ANY)
		return -EINVAL;
	if (index >= map->max_entries)
		return -E2BIG;
	memcpy(&fd, value, sizeof(fd));
	prog = prog_get_by_fd(caller, fd);
	if (IS_ERR(prog))
		return PTR_ERR(prog);
	/* Who goes there may hang where nobody has asked whether the function bears it. */
	err = prog->verified->uses_override ? -EINVAL :
	      prog_array_claim(map, prog->type, prog->expected_attach_type, prog->jited);
	if (!err)
		prog = prog_array_swap(array, index, prog);
	if (prog)
		prog_put(prog);
	return err;
}

static int prog_array_sys_delete(struct modbpf_map *map, const void *key)
{
	u32 index = index_of_key(key);
	struct modbpf_prog *old;

	if (index >= map->max_entries)
		return -E2BIG;
	old = prog_array_swap(prog_array_of(map), index, NULL);
	if (!old)
		return -ENOENT;
	prog_put(old);
	return 0;
}

/* The value that a system call reads is the program's id. */
static int prog_array_sys_lookup(struct modbpf_map *map, const void *key, void *value, u64 flags)
{
	struct prog_array_map *array = prog_array_of(map);
	u32 index = index_of_key(key), id = 0;

	if (flags)
		return -EINVAL;
	if (index >= map->max_entries)
		return -ENOENT;
	mutex_lock(&array->change);
	if (array->progs[index])
		id = array->progs[index]->obj.id;
	mutex_unlock(&array->change);
	if (!id)
		return -ENOENT;
	memcpy(value, &id, sizeof(id));
	return 0;
}

static void prog_array_clear(struct prog_array_map *array)
{
	struct modbpf_prog *old;
	u32 i;

	for (i = 0; i < array->slot_cnt; i++) {
		if (!(i & 0xfff))
			cond_resched();
		if (!READ_ONCE(array->progs[i]))
			continue;
		old = prog_array_swap(array, i, NULL);
		if (old)
			prog_put(old);
	}
}

static void prog_array_release_fds(struct modbpf_map *map)
{
	prog_array_clear(prog_array_of(map));
}

static void prog_array_destroy(struct modbpf_map *map)
{
	prog_array_clear(prog_array_of(map));
	prog_array_free(prog_array_of(map));
}

static void prog_array_bind(struct modbpf_map *map, struct map_bind *bind)
{
	bind->values = (unsigned long)prog_array_of(map)->words;
	bind->stride = sizeof(u64);
	bind->max_entries = map->max_entries;
}

/* Once something decided what may meet here. */
static void prog_array_show_fdinfo(struct modbpf_map *map, struct seq_file *m)
{
	struct prog_array_map *array = prog_array_of(map);

	mutex_lock(&array->change);
	if (array->prog_type)
		seq_printf(m, "owner_prog_type:\t%u\nowner_jited:\t%u\n", array->prog_type,
			   array->jited);
	mutex_unlock(&array->change);
}

const struct map_ops map_prog_array_ops = {
	.type = MODBPF_MAP_PROG_ARRAY,
	.name = "prog_array",
	.create = prog_array_create,
	.destroy = prog_array_destroy,
	.sys_lookup = prog_array_sys_lookup,
	.sys_update = prog_array_sys_update,
	.sys_delete = prog_array_sys_delete,
	.next_key = index_next_key,
	.bind = prog_array_bind,
	.show_fdinfo = prog_array_show_fdinfo,
	.release_fds = prog_array_release_fds,
};
