// SPDX-License-Identifier: GPL-2.0-only
/*
 * PROG_BIND_MAP: a map that no instruction of a program names lives as long as the program,
 * and is shown with it. libbpf binds .rodata, where a program has metadata of itself.
 */
#include <linux/err.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "module/caller.h"
#include "module/command.h"
#include "module/prog.h"

static DEFINE_MUTEX(bind_lock);		/* bound and bound_cnt of all programs */

static bool has_map(struct modbpf_map *const *maps, u32 cnt, const struct modbpf_map *map)
{
	u32 i;

	for (i = 0; i < cnt; i++)
		if (maps[i] == map)
			return true;
	return false;
}

/* Takes over the reference to @map after 0 only; 1: it is there already. */
static int bind_map(struct modbpf_prog *prog, struct modbpf_map *map)
{
	struct modbpf_map **bound;
	int err = 0;

	if (has_map(prog->maps, prog->map_cnt, map))
		return 1;
	mutex_lock(&bind_lock);
	if (has_map(prog->bound, prog->bound_cnt, map))
		err = 1;
	else if (prog->bound_cnt == MODBPF_MAX_USED_MAPS)
		err = -E2BIG;
	if (err)
		goto unlock;
	err = -ENOMEM;
	bound = krealloc(prog->bound, (prog->bound_cnt + 1) * sizeof(*bound), GFP_KERNEL_ACCOUNT);
	if (!bound)
		goto unlock;
	bound[prog->bound_cnt] = map;
	prog->bound = bound;
	prog->bound_cnt++;
	err = 0;
unlock:
	mutex_unlock(&bind_lock);
	return err;
}

int prog_bind_map_command(const struct caller *caller, const union modbpf_attr *attr,
			  const struct command_out *out)
{
	struct modbpf_prog *prog;
	struct modbpf_map *map;
	int err;

	if (attr->prog_bind_map.flags)
		return -EINVAL;
	prog = prog_get_by_fd(caller, attr->prog_bind_map.prog_fd);
	if (IS_ERR(prog))
		return PTR_ERR(prog);
	map = map_get_by_fd(caller, attr->prog_bind_map.map_fd);
	err = PTR_ERR_OR_ZERO(map);
	if (err)
		goto put_prog;
	err = bind_map(prog, map);
	if (err)
		map_put(map);
put_prog:
	prog_put(prog);
	return err < 0 ? err : 0;
}

u32 prog_map_ids(const struct modbpf_prog *prog, u32 ids[PROG_MAP_IDS])
{
	u32 cnt, i;

	for (i = 0; i < prog->map_cnt; i++)
		ids[i] = prog->maps[i]->obj.id;
	cnt = prog->map_cnt;
	mutex_lock(&bind_lock);
	for (i = 0; i < prog->bound_cnt; i++)
		ids[cnt++] = prog->bound[i]->obj.id;
	mutex_unlock(&bind_lock);
	return cnt;
}

void prog_unbind_maps(struct modbpf_prog *prog)
{
	while (prog->bound_cnt)
		map_put(prog->bound[--prog->bound_cnt]);
	kfree(prog->bound);
}
