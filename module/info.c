// SPDX-License-Identifier: GPL-2.0-only
/*
 * OBJ_GET_INFO_BY_FD: what is known of an object? The caller's struct may be
 * shorter than ours or longer with a zero tail.
 */
#include "module/info.h"

#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "isa/btf/btf.h"
#include "module/btf.h"
#include "module/caller.h"
#include "module/command.h"
#include "module/hook/counters.h"
#include "module/kernel_btf.h"
#include "module/link.h"
#include "module/map.h"
#include "module/prog.h"

int info_write(const struct caller *caller, const struct info_place *place,
	       const void *info, const struct command_out *out)
{
	int err = caller_copy_out(caller, place->addr, info, place->bytes);

	return err ? err : COMMAND_PUT(caller, out, info.info_len, &place->bytes);
}

int info_put_array(const struct caller *caller, u64 addr, u32 *room, const void *array,
		   u32 cnt, u32 element_bytes)
{
	u32 fits = min(*room, cnt);

	*room = cnt;
	if (!fits)
		return 0;
	if (!addr)
		return -EFAULT;
	return caller_copy_out(caller, addr, array, (size_t)fits * element_bytes);
}

int info_put_name(const struct caller *caller, u64 addr, u32 *room, const char *name)
{
	u32 had = *room;

	if (!addr != !had)
		return -EINVAL;
	*room = strlen(name) + 1;
	return addr ? caller_put_name(caller, addr, had, name) : 0;
}

static int map_info(const struct caller *caller, const struct modbpf_map *map,
		    struct info_place *place, const struct command_out *out)
{
	struct modbpf_map_info info;
	int err = caller_copy_struct(caller, &info, sizeof(info), place->addr, &place->bytes);

	if (err)
		return err;
	memset(&info, 0, sizeof(info));
	info.type = map->type;
	info.id = map->obj.id;
	info.key_size = map->key_size;
	info.value_size = map->value_size;
	info.max_entries = map->max_entries;
	info.map_flags = map->flags;
	info.map_extra = map->extra;
	memcpy(info.name, map->obj.name, sizeof(info.name));
	if (map->btf) {
		info.btf_id = map->btf->obj.id;
		info.btf_key_type_id = map->btf_key_type_id;
		info.btf_value_type_id = map->btf_value_type_id;
	}
	return info_write(caller, place, &info, out);
}

static void link_facts(const struct modbpf_link *link, struct modbpf_link_info *info)
{
	struct hook_counters sum;

	hook_counters_sum(link->counters, &sum);
	memset(info, 0, sizeof(*info));
	info->type = link->ops->type;
	info->id = link->obj.id;
	info->prog_id = link_prog_id(link);
	info->events = sum.events;
	info->drops = sum.drops;
	info->recursion_misses = sum.recursion_misses;
	info->missed = link_missed(link);
	info->lost = sum.lost;
	info->is_dead = link_is_dead(link);
}

static int link_info(const struct caller *caller, struct modbpf_link *link,
		     struct info_place *place, const struct command_out *out)
{
	struct modbpf_link_info asked, info;
	int err = caller_copy_struct(caller, &asked, sizeof(asked), place->addr, &place->bytes);

	if (err)
		return err;
	link_facts(link, &info);
	if (link->ops->fill_info) {
		err = link->ops->fill_info(caller, link, &info, &asked);
		if (err)
			return err;
	}
	return info_write(caller, place, &info, out);
}

/* As much of its bytes as there is room for. */
static int put_btf_data(const struct caller *caller, const struct modbpf_btf *btf,
			struct modbpf_btf_info *info)
{
	u32 room = info->btf_size;
	void *data = NULL;
	ssize_t bytes;
	int err;

	if (!btf->file)
		return info_put_array(caller, info->btf, &info->btf_size, btf->data, btf->bytes, 1);
	bytes = kernel_btf_file_read(btf, MODBPF_BTF_MAX_BYTES, room ? &data : NULL);
	if (bytes < 0)
		return bytes;
	err = info_put_array(caller, info->btf, &info->btf_size, data, bytes, 1);
	vfree(data);
	return err;
}

/* What user space loads has no name: an empty string. That of our functions has. */
static int put_btf_name(const struct caller *caller, const struct modbpf_btf *btf,
			struct modbpf_btf_info *info)
{
	const char *name = btf->file ? btf->file->name : btf->obj.name;
	int err = info_put_name(caller, info->name, &info->name_len, name);

	info->name_len = strlen(name);
	return err;
}

static int btf_info(const struct caller *caller, const struct modbpf_btf *btf,
		    struct info_place *place, const struct command_out *out)
{
	struct modbpf_btf_info info;
	int name_err;
	int err = caller_copy_struct(caller, &info, sizeof(info), place->addr, &place->bytes);

	if (err)
		return err;
	name_err = put_btf_name(caller, btf, &info);
	if (name_err && name_err != -ENOSPC)
		return name_err;
	err = put_btf_data(caller, btf, &info);
	if (err)
		return err;
	info.id = btf->obj.id;
	info.kernel_btf = btf_is_kernel(btf);
	/* A name that was cut: what there is is told all the same. */
	return info_write(caller, place, &info, out) ?: name_err;
}

int object_info_command(const struct caller *caller, const union modbpf_attr *attr,
			const struct command_out *out)
{
	struct info_place place = { attr->info.info, attr->info.info_len };
	struct file *file = caller_fget(caller, attr->info.bpf_fd);
	int err = -EINVAL;

	if (!file)
		return -EBADF;
	/* The file holds the object. */
	if (file->f_op == &modbpf_prog_fops)
		err = prog_info(caller, file->private_data, &place, out);
	else if (file->f_op == &modbpf_map_fops)
		err = map_info(caller, file->private_data, &place, out);
	else if (file->f_op == &modbpf_link_fops)
		err = link_info(caller, file->private_data, &place, out);
	else if (file->f_op == &modbpf_btf_fops)
		err = btf_info(caller, file->private_data, &place, out);
	fput(file);
	return err;
}
