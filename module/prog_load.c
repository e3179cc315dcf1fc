// SPDX-License-Identifier: GPL-2.0-only
/*
 * PROG_LOAD: gather what the caller gave, verify it, make it runnable, publish
 * it. Nothing is visible to anyone before the last step, which gives out the id
 * and then the fd.
 */
#include <linux/capability.h>
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/slab.h>

#include "isa/tag.h"
#include "module/audit.h"
#include "module/btf.h"
#include "module/caller.h"
#include "module/command.h"
#include "module/hook/skb.h"
#include "module/kernel_btf.h"
#include "module/kfunc.h"
#include "module/map/prog_array.h"
#include "module/prog.h"
#include "module/prog_target.h"
#include "module/user_log.h"
#include "verifier/load_rule.h"

#define LICENSE_BYTES 128

static bool probe_write_user;
module_param(probe_write_user, bool, 0644);
MODULE_PARM_DESC(probe_write_user, "programs of CAP_SYS_ADMIN may change the memory of processes (default 0)");

struct prog_load {
	const struct caller *caller;
	const union modbpf_attr *attr;
	const struct load_type *type;
	struct modbpf_prog *prog;
	struct modbpf_insn *insns;
	struct modbpf_map *maps[MODBPF_MAX_USED_MAPS];
	u32 map_cnt;
	struct map_desc descs[MODBPF_MAX_USED_MAPS];
	struct func_info *funcs;
	struct line_info *lines;
	u32 rights;		/* VERIFY_RIGHT_* */
	bool is_restricted;	/* under policy=group only: no capability is behind this load */
	struct modbpf_btf *attach_btf;	/* the kernel's that attach_btf_id is in; NULL: not said */
	struct user_log log;
};

/* @why NULL: the errno says it all. */
static int reject(struct prog_load *load, int err, const char *why)
{
	if (why)
		user_log_line(&load->log, why);
	return err;
}

/* --- gather --------------------------------------------------------------------- */

static u32 rights_of(const struct caller *caller)
{
	u32 rights = 0;

	if (caller_perfmon_capable(caller))
		rights |= VERIFY_RIGHT_PERFMON;
	if (caller_capable(caller, CAP_NET_ADMIN) || caller_capable(caller, CAP_SYS_ADMIN))
		rights |= VERIFY_RIGHT_NET_ADMIN;
	if (caller_capable(caller, CAP_SYS_ADMIN))
		rights |= VERIFY_RIGHT_SYS_ADMIN;
	if (probe_write_user && caller_may_write_user(caller))
		rights |= VERIFY_RIGHT_WRITE_USER;
	return rights;
}

static struct load_facts facts_of(const struct prog_load *load)
{
	const union modbpf_attr *attr = load->attr;

	return (struct load_facts){
		.prog_type = attr->prog_type,
		.expected_attach_type = attr->expected_attach_type,
		.prog_flags = attr->prog_flags,
		.prog_ifindex = attr->prog_ifindex,
		.rights = load->rights,
		.is_restricted = load->is_restricted,
		.attach_btf_id = attr->attach_btf_id,
		.attaches_elsewhere = attr->attach_prog_fd && !load->attach_btf,
		.has_core_relos = attr->core_relo_cnt || attr->core_relos ||
				  attr->core_relo_rec_size,
		.has_token = attr->prog_token_fd || attr->fd_array_cnt,
	};
}

/* An fd that is none of the kernel's BTF stays one of something else. */
static void gather_attach_btf(struct prog_load *load)
{
	if (load->attr->attach_btf_obj_fd && load->attr->prog_type == MODBPF_PROG_TRACING)
		load->attach_btf = btf_get_kernel_by_fd(load->caller,
							load->attr->attach_btf_obj_fd);
}

static int gather_target(struct prog_load *load)
{
	int err = kernel_btf_list_update(load->caller);

	if (err)
		return err;
	err = prog_target_find(load->prog, load->attach_btf, load->attr->attach_btf_id);
	if (err == -ENOENT)
		return reject(load, err, "the module that the program attaches to is gone");
	return err;
}

static int gather_license(struct prog_load *load)
{
	char license[LICENSE_BYTES];
	long length;

	length = caller_copy_string(load->caller, license, load->attr->license, sizeof(license));
	if (length < 0 && length != -E2BIG)
		return length;
	license[sizeof(license) - 1] = 0;
	load->prog->gpl_compatible = load_license_is_gpl(license);
	return 0;
}

static int gather_insns(struct prog_load *load)
{
	u32 cnt = load->attr->insn_cnt;
	struct modbpf_insn *insns;

	if (!cnt || cnt > MODBPF_MAX_INSNS)
		return -E2BIG;
	insns = caller_dup(load->caller, load->attr->insns, (size_t)cnt * sizeof(*insns));
	if (IS_ERR(insns))
		return PTR_ERR(insns);
	load->insns = insns;
	load->prog->loaded_insns = cnt;
	modbpf_prog_tag(insns, cnt, load->prog->tag);
	return 0;
}

/* @cnt records at @addr, of @rec_bytes each. NULL: there are none. */
static void *gather_info(struct prog_load *load, enum load_info info, u64 addr, u32 cnt,
			 u32 rec_bytes)
{
	const char *why = NULL;
	void *records;
	int err;

	err = load_check_info(info, cnt, rec_bytes, load->attr->insn_cnt, &why);
	if (err)
		return ERR_PTR(reject(load, err, why));
	if (!cnt)
		return NULL;
	records = caller_dup(load->caller, addr, (size_t)cnt * rec_bytes);
	if (IS_ERR(records))
		return records;
	err = load_pack_info(info, records, cnt, rec_bytes, &why);
	if (!err)
		return records;
	kvfree(records);
	return ERR_PTR(reject(load, err, why));
}

static int gather_btf(struct prog_load *load)
{
	const union modbpf_attr *attr = load->attr;
	struct modbpf_btf *btf;
	void *records;

	if (!attr->func_info_cnt && !attr->line_info_cnt)
		return 0;
	btf = btf_get_by_fd(load->caller, attr->prog_btf_fd);
	if (IS_ERR(btf))
		return PTR_ERR(btf);
	load->prog->btf = btf;
	records = gather_info(load, LOAD_FUNC_INFO, attr->func_info, attr->func_info_cnt,
			      attr->func_info_rec_size);
	if (IS_ERR(records))
		return PTR_ERR(records);
	load->funcs = records;
	records = gather_info(load, LOAD_LINE_INFO, attr->line_info, attr->line_info_cnt,
			      attr->line_info_rec_size);
	if (IS_ERR(records))
		return PTR_ERR(records);
	load->lines = records;
	return 0;
}

/* The index of the map, which is new or was named before. */
static int add_map(struct prog_load *load, struct modbpf_map *map)
{
	u32 i;

	for (i = 0; i < load->map_cnt; i++) {
		if (load->maps[i] == map) {
			map_put(map);
			return i;
		}
	}
	if (i == MODBPF_MAX_USED_MAPS) {
		map_put(map);
		return reject(load, -E2BIG, "The total number of maps per program has reached the limit of 64");
	}
	load->maps[i] = map;
	map_describe(map, &load->descs[i]);
	load->map_cnt++;
	return i;
}

static int map_index_of(void *cookie, s32 fd, bool by_index)
{
	struct prog_load *load = cookie;
	struct modbpf_map *map;
	u64 place;

	if (by_index) {
		if (!load->attr->fd_array)
			return reject(load, -EPROTO, "fd_idx without fd_array is invalid");
		place = load->attr->fd_array + (u64)(u32)fd * sizeof(fd);
		if (caller_copy_in(load->caller, &fd, place, sizeof(fd)))
			return -EFAULT;
	}
	map = map_get_for_programs(load->caller, fd);
	if (map == ERR_PTR(-EPERM))
		return reject(load, -EPERM, "the fd of a map is not open for all that a program may do with the map");
	if (IS_ERR(map))
		return reject(load, PTR_ERR(map), "fd is not pointing to valid bpf_map");
	return add_map(load, map);
}

/* The references go from the list of the load to the program that is made. */
static int gather_maps(struct prog_load *load)
{
	struct modbpf_prog *prog = load->prog;
	int err;

	err = modbpf_insns_bind_maps(load->insns, load->attr->insn_cnt, map_index_of, load);
	if (err)
		return err;
	prog->maps = kmemdup(load->maps, load->map_cnt * sizeof(*prog->maps), GFP_KERNEL_ACCOUNT);
	if (!prog->maps)
		return -ENOMEM;
	prog->map_cnt = load->map_cnt;
	load->map_cnt = 0;
	return 0;
}

/*
 * Is a precaution of @level for the programs of who has, or has not, the right? Always for
 * those of who has none at all.
 */
static bool is_for(const struct prog_load *load, u32 level, bool has_right)
{
	return load->is_restricted || level == 2 || (level == 1 && !has_right);
}

static int gather(struct prog_load *load)
{
	const union modbpf_attr *attr = load->attr;
	struct modbpf_prog *prog = load->prog;
	struct load_facts facts;
	const char *why = NULL;
	int err;

	gather_attach_btf(load);
	facts = facts_of(load);
	err = load_check_features(&facts, &why);
	if (err)
		return reject(load, err, why);
	err = gather_license(load);
	if (err)
		return err;
	err = load_check_type(&facts, &load->type, &why);
	if (err)
		return reject(load, err, why);
	prog->is_blinded = is_for(load, modbpf_blind, !load->is_restricted);
	prog->type = attr->prog_type;
	prog->expected_attach_type = attr->expected_attach_type;
	err = gather_insns(load);
	if (err)
		return err;
	err = object_set_name(&prog->obj, attr->prog_name);
	if (err)
		return err;
	err = gather_btf(load);
	if (!err && prog->type == MODBPF_PROG_TRACING)
		err = gather_target(load);
	if (!err)
		err = kfunc_bind(load->caller, attr->fd_array, load->insns, attr->insn_cnt,
				 &load->log);
	if (!err && prog->type != MODBPF_PROG_TRACING &&
	    load_wants_kernel_types(load->type, load->insns, attr->insn_cnt))
		err = kernel_btf_try(NULL, &prog->kernel_btf);
	return err ? err : gather_maps(load);
}

/* --- verify, seal, publish --------------------------------------------------------- */

static int verify(struct prog_load *load)
{
	struct modbpf_prog *prog = load->prog;
	struct verify_request req = {
		.insns = load->insns,
		.insn_cnt = load->attr->insn_cnt,
		.prog_type = prog->type,
		.expected_attach_type = prog->expected_attach_type,
		.kernel_btf = prog->kernel_btf ? kernel_btf_types(prog->kernel_btf) : NULL,
		.attach_btf_id = load->attr->attach_btf_id,
		.rights = load->is_restricted ? 0 : load->rights,
		.is_restricted = load->is_restricted,
		.gpl_compatible = prog->gpl_compatible,
		.maps = load->descs,
		.map_cnt = prog->map_cnt,
		.btf = prog->btf ? prog->btf->types : NULL,
		.funcs = load->funcs,
		.func_cnt = load->attr->func_info_cnt,
		.lines = load->lines,
		.line_cnt = load->attr->line_info_cnt,
		.ctx = load->type->has_skb ? modbpf_skb_slots : NULL,
		.log = &load->log.base,
		.fence = is_for(load, modbpf_fence_level, load->rights & VERIFY_RIGHT_PERFMON),
	};
	u64 begin = ktime_get_ns();
	int err;

	err = modbpf_verify(&req, &prog->verified, &prog->stats);
	prog->verify_nsecs = ktime_get_ns() - begin;
	if (!prog->target) {
		kernel_btf_put(prog->kernel_btf);
		prog->kernel_btf = NULL;
	}
	return err;
}

/* A tail call hands the context over. The arrays that it goes through must hold programs of this kind only. */
static int seal(struct prog_load *load)
{
	struct modbpf_prog *prog = load->prog;
	u32 i;
	int err;

	for (i = 0; i < prog->map_cnt; i++) {
		if (prog->maps[i]->type != MODBPF_MAP_PROG_ARRAY)
			continue;
		err = prog_array_claim(prog->maps[i], prog->type, prog->expected_attach_type,
				       prog->jited);
		if (err)
			return err;
	}
	return 0;
}

static int publish(struct prog_load *load)
{
	int err = object_publish(&modbpf_prog_ids, &load->prog->obj);

	if (err)
		return err;
	audit_say("load", load->prog->obj.id);
	if (load->prog->verified->uses_user_write)
		pr_warn_ratelimited("modbpf: program %u of user %u may change the memory of processes\n",
				    load->prog->obj.id, load->prog->obj.uid);
	return 0;
}

/* Tell the caller how the log went: a log that does not fit is an error. */
static int finish_log(struct prog_load *load, const struct command_out *out)
{
	u32 true_size;
	int err = user_log_finish(&load->log, &true_size);

	if (COMMAND_PUT(load->caller, out, log_true_size, &true_size))
		return -EFAULT;
	return err;
}

/* On success load->prog is published; on failure it is still to be freed. */
static int prog_load(struct prog_load *load, const struct command_out *out)
{
	int err, log_err;

	err = gather(load);
	if (!err)
		err = verify(load);
	log_err = finish_log(load, out);
	if (log_err)
		return log_err;
	if (err)
		return err;
	err = prog_compile(load->prog, load->descs);
	if (err)
		return err;
	err = seal(load);
	if (err)
		return err;
	return publish(load);
}

int prog_load_command(const struct caller *caller, const union modbpf_attr *attr,
		      const struct command_out *out)
{
	struct prog_load *load = kvzalloc(sizeof(*load), GFP_KERNEL_ACCOUNT);
	int err;

	if (!load)
		return -ENOMEM;
	load->caller = caller;
	load->attr = attr;
	load->rights = rights_of(caller);
	load->is_restricted = !caller_bpf_capable(caller);
	err = user_log_init(&load->log, caller, attr->log_level, attr->log_buf, attr->log_size);
	if (err)
		goto free_load;
	load->prog = prog_alloc(caller);
	err = PTR_ERR_OR_ZERO(load->prog);
	if (err)
		goto free_load;
	err = prog_load(load, out);
	if (err)
		goto free_prog;
	err = prog_fd_install(caller, load->prog);
	goto free_insns;
free_prog:
	while (load->map_cnt)
		map_put(load->maps[--load->map_cnt]);
	prog_free(load->prog);
free_insns:
	btf_put(load->attach_btf);
	kvfree(load->lines);
	kvfree(load->funcs);
	kvfree(load->insns);
free_load:
	kvfree(load);
	return err;
}
