// SPDX-License-Identifier: GPL-2.0-only
/* How does a tool find what others have loaded? *_GET_NEXT_ID and *_GET_FD_BY_ID. */
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/kernel.h>
#include <linux/limits.h>

#include "module/btf.h"
#include "module/caller.h"
#include "module/command.h"
#include "module/kernel_btf.h"
#include "module/kfunc.h"
#include "module/link.h"
#include "module/map.h"
#include "module/prog.h"

static int next_id(const struct caller *caller, struct object_ids *ids,
		   const union modbpf_attr *attr, const struct command_out *out)
{
	u32 next;

	if (attr->next_id || attr->open_flags || attr->start_id >= INT_MAX)
		return -EINVAL;
	next = object_next_id(ids, attr->start_id);
	if (!next)
		return -ENOENT;
	return COMMAND_PUT(caller, out, next_id, &next);
}

int prog_next_id_command(const struct caller *caller, const union modbpf_attr *attr,
			 const struct command_out *out)
{
	return next_id(caller, &modbpf_prog_ids, attr, out);
}

int map_next_id_command(const struct caller *caller, const union modbpf_attr *attr,
			const struct command_out *out)
{
	return next_id(caller, &modbpf_map_ids, attr, out);
}

int link_next_id_command(const struct caller *caller, const union modbpf_attr *attr,
			 const struct command_out *out)
{
	return next_id(caller, &modbpf_link_ids, attr, out);
}

int btf_next_id_command(const struct caller *caller, const union modbpf_attr *attr,
			const struct command_out *out)
{
	int err = 0;

	/* Who begins looks at what there is now. */
	if (!attr->start_id)
		err = kernel_btf_list_update(caller);
	if (!attr->start_id && !err)
		err = kfunc_publish(caller);
	return err ?: next_id(caller, &modbpf_btf_ids, attr, out);
}

int prog_fd_by_id_command(const struct caller *caller, const union modbpf_attr *attr,
			  const struct command_out *out)
{
	struct object *obj = object_get_by_id(&modbpf_prog_ids, attr->prog_id);

	if (!obj)
		return -ENOENT;
	return prog_fd_install(caller, container_of(obj, struct modbpf_prog, obj));
}

int map_fd_by_id_command(const struct caller *caller, const union modbpf_attr *attr,
			 const struct command_out *out)
{
	int flags = map_fd_flags(attr->open_flags);
	struct object *obj;

	if (attr->next_id || flags < 0 ||
	    attr->open_flags & ~(u32)(MODBPF_F_RDONLY | MODBPF_F_WRONLY))
		return -EINVAL;
	obj = object_get_by_id(&modbpf_map_ids, attr->map_id);
	if (!obj)
		return -ENOENT;
	return map_fd_install(caller, container_of(obj, struct modbpf_map, obj), flags);
}

int link_fd_by_id_command(const struct caller *caller, const union modbpf_attr *attr,
			  const struct command_out *out)
{
	struct object *obj = object_get_by_id(&modbpf_link_ids, attr->link_id);

	if (!obj)
		return -ENOENT;
	return link_fd_install(caller, container_of(obj, struct modbpf_link, obj));
}

int btf_fd_by_id_command(const struct caller *caller, const union modbpf_attr *attr,
			 const struct command_out *out)
{
	struct object *obj = object_get_by_id(&modbpf_btf_ids, attr->btf_id);
	struct modbpf_btf *btf;
	int fd;

	if (!obj)
		return -ENOENT;
	btf = container_of(obj, struct modbpf_btf, obj);
	fd = caller_fd_install(caller, "btf", &modbpf_btf_fops, btf, O_RDONLY);
	if (fd < 0)
		btf_put(btf);
	return fd;
}
