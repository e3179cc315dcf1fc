// SPDX-License-Identifier: GPL-2.0-only
/*
 * How does a map come to be, how is its fd used, and when does it go? What a
 * map stores is its type's business, in module/map/.
 */
#include "module/map.h"

#include <linux/capability.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/nodemask.h>
#include <linux/percpu.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "module/btf.h"
#include "module/caller.h"
#include "module/command.h"
#include "module/compat/vma.h"
#include "module/map/timer.h"
#include "verifier/map_btf.h"

struct object_ids modbpf_map_ids = OBJECT_IDS_INIT(modbpf_map_ids);

static void map_destroy(struct modbpf_map *map)
{
	struct map_inner *inner = map->inner;
	struct modbpf_btf *btf = map->btf;
	struct quota_charge charge = map->obj.charge;

	mutex_destroy(&map->lock);
	map_timers_destroy(map);
	map->ops->destroy(map);
	quota_close(&charge);
	kfree(inner);
	btf_put(btf);
}

static void map_free_work(struct work_struct *work)
{
	struct modbpf_map *map = container_of(to_rcu_work(work), struct modbpf_map, free_work);

	map_destroy(map);
	objects_forget_one();
}

void map_put(struct modbpf_map *map)
{
	if (!refcount_dec_and_test(&map->obj.refs))
		return;
	object_withdraw(&modbpf_map_ids, &map->obj);
	queue_rcu_work(modbpf_wq, &map->free_work);
}

/* What they do with the map: all, unless it was made otherwise. */
static fmode_t mode_of_programs(const struct modbpf_map *map)
{
	return (map->flags & MODBPF_F_WRONLY_PROG ? 0 : FMODE_READ) |
	       (map->flags & MODBPF_F_RDONLY_PROG ? 0 : FMODE_WRITE);
}

struct file *map_file_of_fd(const struct caller *caller, int fd, fmode_t mode)
{
	struct file *file = caller_fget(caller, fd);
	int err = 0;

	if (!file)
		return ERR_PTR(-EBADF);
	if (file->f_op != &modbpf_map_fops)
		err = -EINVAL;
	else if ((file->f_mode & mode) != mode)
		err = -EPERM;
	if (!err)
		return file;
	fput(file);
	return ERR_PTR(err);
}

struct modbpf_map *map_get_by_fd(const struct caller *caller, int fd)
{
	struct file *file = map_file_of_fd(caller, fd, 0);
	struct modbpf_map *map;

	if (IS_ERR(file))
		return ERR_CAST(file);
	map = map_get(file->private_data);
	fput(file);
	return map;
}

struct modbpf_map *map_get_for_programs(const struct caller *caller, int fd)
{
	struct file *file = map_file_of_fd(caller, fd, 0);
	struct modbpf_map *map;

	if (IS_ERR(file))
		return ERR_CAST(file);
	map = file->private_data;
	/* Who is not short of anything is not asked for the capability. */
	if (mode_of_programs(map) & ~file->f_mode && !caller_bpf_capable(caller))
		map = ERR_PTR(-EPERM);
	else
		map_get(map);
	fput(file);
	return map;
}

int map_write_begin(struct modbpf_map *map)
{
	int err = 0;

	mutex_lock(&map->lock);
	if (map->frozen)
		err = -EPERM;
	else
		map->writers++;
	mutex_unlock(&map->lock);
	return err;
}

void map_write_end(struct modbpf_map *map)
{
	mutex_lock(&map->lock);
	map->writers--;
	mutex_unlock(&map->lock);
}

u32 map_sys_value_size(const struct modbpf_map *map)
{
	return map->ops->sys_value_size ? map->ops->sys_value_size(map) : map->value_size;
}

void map_attr_of(const struct modbpf_map *map, struct map_attr *attr)
{
	*attr = (struct map_attr){
		.type = map->type, .key_size = map->key_size, .value_size = map->value_size,
		.max_entries = map->max_entries, .flags = map->flags, .extra = map->extra,
		.numa_node = NUMA_NO_NODE,
	};
}

void map_describe(struct modbpf_map *map, struct map_desc *desc)
{
	bool is_constant;

	desc->type = map->type;
	desc->key_size = map->key_size;
	desc->value_size = map->value_size;
	desc->max_entries = map->max_entries;
	desc->flags = map->flags;
	desc->name = map->obj.name;
	desc->frozen = NULL;
	desc->frozen_size = 0;
	memcpy(desc->field_end, map->field_end, sizeof(desc->field_end));
	desc->inner = map->inner ? &map->inner->desc : NULL;
	/* Nobody is left who may write: programs by the flag, user space by the freeze. */
	mutex_lock(&map->lock);
	is_constant = map->frozen && !map->writers && (map->flags & MODBPF_F_RDONLY_PROG);
	mutex_unlock(&map->lock);
	if (!is_constant || !map->ops->frozen_bytes)
		return;
	desc->frozen = map->ops->frozen_bytes(map);
	if (desc->frozen)
		desc->frozen_size = map->value_size;
}

/* --- the fd ------------------------------------------------------------------ */

static void map_release_fd(struct modbpf_map *map)
{
	if (atomic_dec_and_test(&map->fds)) {
		map_timers_stop(map);
		if (map->ops->release_fds)
			map->ops->release_fds(map);
	}
	map_put(map);
}

static int map_release(struct inode *inode, struct file *file)
{
	map_release_fd(file->private_data);
	return 0;
}

/* A copy of a mapping (fork, split) is one more writer. */
static void map_vma_open(struct vm_area_struct *vma)
{
	struct modbpf_map *map = vma->vm_private_data;

	if (!(vma->vm_flags & VM_MAYWRITE))
		return;
	mutex_lock(&map->lock);
	map->writers++;
	mutex_unlock(&map->lock);
}

static void map_vma_close(struct vm_area_struct *vma)
{
	if (vma->vm_flags & VM_MAYWRITE)
		map_write_end(vma->vm_private_data);
}

static const struct vm_operations_struct map_vm_ops = {
	.open = map_vma_open,
	.close = map_vma_close,
};

/* The file holds the map as long as the mapping is there: no reference of its own. */
static int map_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct modbpf_map *map = file->private_data;
	bool is_writable = vma->vm_flags & VM_WRITE;
	int err;

	/* A lock that user space can write is none. */
	if (!map->ops->mmap || map_has_fields(map->field_end))
		return -ENOTSUPP;
	if (!(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	if (is_writable) {
		/*
		 * Refused from the start, not only once frozen: a page that was
		 * pinned through the mapping stays writable after it is gone,
		 * and the verifier takes frozen bytes for constants.
		 */
		if (map->flags & MODBPF_F_RDONLY_PROG)
			return READ_ONCE(map->frozen) ? -EPERM : -EACCES;
		err = map_write_begin(map);
		if (err)
			return err;
	} else {
		/* mprotect() must not make a writer that nobody counted. */
		compat_vm_flags_clear(vma, VM_MAYWRITE);
	}
	compat_vm_flags_clear(vma, VM_MAYEXEC);
	vma->vm_ops = &map_vm_ops;
	vma->vm_private_data = map;
	err = map->ops->mmap(map, vma);
	if (err && is_writable)
		map_write_end(map);
	return err;
}

static __poll_t map_poll(struct file *file, struct poll_table_struct *wait)
{
	struct modbpf_map *map = file->private_data;

	return map->ops->poll ? map->ops->poll(map, file, wait) : EPOLLERR;
}

static void map_show_fdinfo(struct seq_file *m, struct file *file)
{
	struct modbpf_map *map = file->private_data;

	seq_printf(m, "map_type:\t%u\n", map->type);
	seq_printf(m, "key_size:\t%u\n", map->key_size);
	seq_printf(m, "value_size:\t%u\n", map->value_size);
	seq_printf(m, "max_entries:\t%u\n", map->max_entries);
	seq_printf(m, "map_flags:\t%#x\n", map->flags);
	seq_printf(m, "map_extra:\t%#llx\n", map->extra);
	seq_printf(m, "memlock:\t%llu\n", map->memory);
	seq_printf(m, "map_id:\t%u\n", map->obj.id);
	seq_printf(m, "frozen:\t%u\n", READ_ONCE(map->frozen));
	if (map->ops->show_fdinfo)
		map->ops->show_fdinfo(map, m);
}

const struct file_operations modbpf_map_fops = {
	.owner = THIS_MODULE,
	.release = map_release,
	.mmap = map_mmap,
	.poll = map_poll,
	.show_fdinfo = map_show_fdinfo,
};

int map_fd_flags(u32 flags)
{
	switch (flags & (MODBPF_F_RDONLY | MODBPF_F_WRONLY)) {
	case 0:
		return O_RDWR;
	case MODBPF_F_RDONLY:
		return O_RDONLY;
	case MODBPF_F_WRONLY:
		return O_WRONLY;
	default:
		return -EINVAL;
	}
}

int map_fd_install(const struct caller *caller, struct modbpf_map *map, int flags)
{
	int fd;

	/* Before the fd is there: another thread may close it at once. */
	atomic_inc(&map->fds);
	fd = caller_fd_install(caller, "bpf-map", &modbpf_map_fops, map, flags);
	if (fd < 0)
		map_release_fd(map);
	return fd;
}

/* --- MAP_CREATE --------------------------------------------------------------- */

/* The kernel's allocators have to reach as far as the rules promise. */
static_assert(KMALLOC_MAX_SIZE >= MAP_ATTR_ALLOC_BYTES);
static_assert(PCPU_MIN_UNIT_SIZE >= MAP_ATTR_PERCPU_BYTES);
static_assert(NUMA_NO_NODE == MAP_ATTR_NO_NODE);

static int check_create(const union modbpf_attr *attr)
{
	if (attr->map_ifindex || attr->btf_vmlinux_value_type_id)
		return -EINVAL;
	if (attr->value_type_btf_obj_fd || attr->map_token_fd)
		return -EINVAL;
	if (attr->btf_key_type_id && !attr->btf_value_type_id)
		return -EINVAL;
	return 0;
}

static int params_init(struct map_attr *params, const union modbpf_attr *attr,
		       const struct map_attr *inner)
{
	u32 node = attr->numa_node;

	params->inner = inner;
	params->type = attr->map_type;
	params->key_size = attr->key_size;
	params->value_size = attr->value_size;
	params->max_entries = attr->max_entries;
	params->flags = attr->map_flags;
	params->extra = attr->map_extra;
	params->numa_node = NUMA_NO_NODE;
	if (!(attr->map_flags & MODBPF_F_NUMA_NODE) || node == (u32)NUMA_NO_NODE)
		return 0;
	if (node >= nr_node_ids || !node_online(node))
		return -EINVAL;
	params->numa_node = node;
	return 0;
}

static int check_params(const struct map_attr *params, const struct caller *caller)
{
	int err = map_attr_check(params);

	if (!err && map_attr_needs_admin(params) && !caller_capable(caller, CAP_SYS_ADMIN))
		err = -EPERM;
	return err;
}

static int map_set_btf(struct modbpf_map *map, const struct caller *caller,
		       const union modbpf_attr *attr, const struct map_attr *params)
{
	struct modbpf_btf *btf;
	int err;

	if (!attr->btf_key_type_id && !attr->btf_value_type_id)
		return 0;
	btf = btf_get_by_fd(caller, attr->btf_fd);
	if (IS_ERR(btf))
		return PTR_ERR(btf);
	err = map_btf_check(params, btf->types, attr->btf_key_type_id, attr->btf_value_type_id);
	if (!err)
		err = map_btf_find_fields(params, btf->types, attr->btf_value_type_id,
					  map->field_end);
	if (!err && map_has_fields(map->field_end) && !caller_bpf_capable(caller))
		err = -EPERM;
	if (err) {
		btf_put(btf);
		return err;
	}
	map->btf = btf;
	map->btf_key_type_id = attr->btf_key_type_id;
	map->btf_value_type_id = attr->btf_value_type_id;
	return 0;
}

void map_init(struct modbpf_map *map, const struct map_ops *ops, const struct map_attr *params)
{
	map->ops = ops;
	map->type = params->type;
	map->key_size = params->key_size;
	map->value_size = params->value_size;
	if (!map->max_entries)
		map->max_entries = params->max_entries;
	map->flags = params->flags;
	map->extra = params->extra;
	mutex_init(&map->lock);
	INIT_RCU_WORK(&map->free_work, map_free_work);
}

static struct modbpf_map *map_create(const struct map_ops *ops, const struct caller *caller,
				     const struct map_attr *params)
{
	struct quota_charge charge;
	struct modbpf_map *map;
	int err = quota_open(&charge, caller);

	if (err)
		return ERR_PTR(err);
	/* How much it is going to be is for its type to find out; most of it is certain. */
	err = quota_set(&charge, QUOTA_MAP_BYTES,
			map_attr_least_bytes(params, num_possible_cpus()));
	if (err)
		goto close_quota;
	map = ops->create(params);
	err = PTR_ERR_OR_ZERO(map);
	if (err)
		goto close_quota;
	object_init(&map->obj, caller);
	map->obj.charge = charge;
	map_init(map, ops, params);
	err = quota_set(&map->obj.charge, QUOTA_MAP_BYTES, map->memory);
	if (!err)
		return map;
	map_destroy(map);
	return ERR_PTR(err);
close_quota:
	quota_close(&charge);
	return ERR_PTR(err);
}

/* The program's view of the maps inside is that of @inner, of no one in particular. */
static int map_set_inner(struct modbpf_map *map, struct modbpf_map *inner)
{
	int err = inner ? map_fields_check_inside(inner->field_end) : 0;

	if (err || !inner)
		return err;
	map->inner = kzalloc(sizeof(*map->inner), GFP_KERNEL_ACCOUNT);
	if (!map->inner)
		return -ENOMEM;
	map_attr_of(inner, &map->inner->attr);
	map_describe(inner, &map->inner->desc);
	/* Whoever it was: its name and its bytes are not those of the others. */
	map->inner->desc.name = NULL;
	map->inner->desc.frozen = NULL;
	map->inner->desc.frozen_size = 0;
	return 0;
}

/* A map with a number, and without a descriptor. */
static struct modbpf_map *map_make(const struct caller *caller, const union modbpf_attr *attr,
				   const struct map_attr *params, struct modbpf_map *inner)
{
	const struct map_ops *ops = map_ops_of_type(attr->map_type);
	struct modbpf_map *map;
	int err;

	if (!ops)
		return ERR_PTR(-EINVAL);
	map = map_create(ops, caller, params);
	if (IS_ERR(map))
		return map;
	err = object_set_name(&map->obj, attr->map_name);
	if (!err)
		err = map_set_inner(map, inner);
	if (!err)
		err = map_set_btf(map, caller, attr, params);
	if (!err)
		err = map_timers_create(map);
	if (!err)
		err = object_publish(&modbpf_map_ids, &map->obj);
	if (!err)
		return map;
	map_destroy(map);
	return ERR_PTR(err);
}

/* A map like those inside, with a reference; NULL: none is needed. */
static struct modbpf_map *inner_of_attr(const struct caller *caller, const union modbpf_attr *attr)
{
	return map_attr_holds_maps(attr->map_type) ? map_get_by_fd(caller, attr->inner_map_fd) : NULL;
}

int map_create_command(const struct caller *caller, const union modbpf_attr *attr,
		       const struct command_out *out)
{
	struct map_attr params, inner_attr;
	struct modbpf_map *map, *inner;
	int err;

	err = check_create(attr);
	if (err)
		return err;
	inner = inner_of_attr(caller, attr);
	if (IS_ERR(inner))
		return PTR_ERR(inner);
	if (inner)
		map_attr_of(inner, &inner_attr);
	err = params_init(&params, attr, inner ? &inner_attr : NULL);
	if (!err)
		err = check_params(&params, caller);
	map = err ? ERR_PTR(err) : map_make(caller, attr, &params, inner);
	if (inner)
		map_put(inner);
	if (IS_ERR(map))
		return PTR_ERR(map);
	return map_fd_install(caller, map, map_fd_flags(attr->map_flags));
}
