// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is told of a program: its facts to whoever has a descriptor, its instructions and
 * lines to who may load programs, its machine code to who may trace besides.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "isa/tag.h"
#include "module/btf.h"
#include "module/caller.h"
#include "module/image.h"
#include "module/info.h"
#include "module/prog.h"
#include "module/prog_target.h"
#include "uapi/modbpf.h"

static int put_map_ids(const struct caller *caller, const struct modbpf_prog *prog,
		       struct modbpf_prog_info *info)
{
	u32 ids[PROG_MAP_IDS];
	u32 cnt = prog_map_ids(prog, ids);

	return info_put_array(caller, info->map_ids, &info->nr_map_ids, ids, cnt, sizeof(ids[0]));
}

/* Maps are named by their ids, as Linux shows them: an index means nothing outside. */
static void name_maps(struct modbpf_insn *insns, u32 cnt, const struct modbpf_prog *prog)
{
	u32 i;

	for (i = 0; i + 1 < cnt; i++) {
		if (!insn_is_ld_imm64(&insns[i]))
			continue;
		if ((insns[i].src_reg == BPF_PSEUDO_MAP_FD ||
		     insns[i].src_reg == BPF_PSEUDO_MAP_VALUE) &&
		    (u32)insns[i].imm < prog->map_cnt)
			insns[i].imm = prog->maps[insns[i].imm]->obj.id;
		i++;
	}
}

static int put_xlated(const struct caller *caller, const struct modbpf_prog *prog,
		      struct modbpf_prog_info *info)
{
	u32 cnt = prog->verified->insn_cnt;
	struct modbpf_insn *insns;
	int err;

	if (!info->xlated_prog_len) {
		info->xlated_prog_len = cnt * sizeof(*insns);
		return 0;
	}
	insns = kvmalloc_array(cnt, sizeof(*insns), GFP_KERNEL_ACCOUNT);
	if (!insns)
		return -ENOMEM;
	memcpy(insns, prog->verified->insns, cnt * sizeof(*insns));
	name_maps(insns, cnt, prog);
	err = info_put_array(caller, info->xlated_prog_insns, &info->xlated_prog_len, insns,
			cnt * sizeof(*insns), 1);
	kvfree(insns);
	return err;
}

static int put_jited(const struct caller *caller, const struct modbpf_prog *prog,
		     struct modbpf_prog_info *info)
{
	const void *image;

	if (!prog->jited) {
		info->jited_prog_len = 0;
		return 0;
	}
	image = (const void *)(unsigned long)image_addr(prog->image);
	return info_put_array(caller, info->jited_prog_insns, &info->jited_prog_len, image,
			 prog->jited_bytes, 1);
}

static int put_places(const struct caller *caller, const struct modbpf_prog *prog,
		      struct modbpf_prog_info *info, u32 cnt, u64 *starts, u32 *lens)
{
	u32 i, end;
	int err;

	for (i = 0; i < cnt; i++) {
		end = i + 1 < cnt ? prog->subprog_starts[i + 1] : prog->jited_bytes;
		lens[i] = end - prog->subprog_starts[i];
		starts[i] = image_addr(prog->image) + prog->subprog_starts[i];
	}
	err = info_put_array(caller, info->jited_ksyms, &info->nr_jited_ksyms, starts, cnt,
			sizeof(*starts));
	if (err)
		return err;
	return info_put_array(caller, info->jited_func_lens, &info->nr_jited_func_lens, lens, cnt,
			 sizeof(*lens));
}

/* Where each subprogram's code is, and how long it is. */
static int put_functions(const struct caller *caller, const struct modbpf_prog *prog,
			 struct modbpf_prog_info *info)
{
	u32 cnt = prog->jited ? prog->verified->subprog_cnt : 0;
	u64 *starts = kcalloc(cnt + 1, sizeof(*starts), GFP_KERNEL_ACCOUNT);
	u32 *lens = kcalloc(cnt + 1, sizeof(*lens), GFP_KERNEL_ACCOUNT);
	int err = -ENOMEM;

	if (starts && lens)
		err = put_places(caller, prog, info, cnt, starts, lens);
	kfree(lens);
	kfree(starts);
	return err;
}

static int put_func_info(const struct caller *caller, const struct modbpf_prog *prog,
			 struct modbpf_prog_info *info)
{
	const struct verified_prog *verified = prog->verified;
	u32 cnt = prog->btf && verified->subprogs[0].type ? verified->subprog_cnt : 0, i;
	struct func_info *funcs;
	int err;

	funcs = kcalloc(cnt + 1, sizeof(*funcs), GFP_KERNEL_ACCOUNT);
	if (!funcs)
		return -ENOMEM;
	for (i = 0; i < cnt; i++) {
		funcs[i].insn = verified->subprogs[i].start;
		funcs[i].type = verified->subprogs[i].type;
	}
	err = info_put_array(caller, info->func_info, &info->nr_func_info, funcs, cnt, sizeof(*funcs));
	kfree(funcs);
	return err;
}

/* Which lines the instructions come from. */
static int put_lines(const struct caller *caller, const struct modbpf_prog *prog,
		     struct modbpf_prog_info *info)
{
	int err = put_func_info(caller, prog, info);

	if (err)
		return err;
	return info_put_array(caller, info->line_info, &info->nr_line_info, prog->verified->lines,
			 prog->verified->line_cnt, sizeof(*prog->verified->lines));
}

/* Where in the machine code they begin: addresses. */
static int put_jited_lines(const struct caller *caller, const struct modbpf_prog *prog,
			   struct modbpf_prog_info *info)
{
	u32 cnt = prog->line_starts ? prog->verified->line_cnt : 0, i;
	u64 *addrs = kvmalloc_array(cnt + 1, sizeof(*addrs), GFP_KERNEL_ACCOUNT);
	int err;

	if (!addrs)
		return -ENOMEM;
	for (i = 0; i < cnt; i++)
		addrs[i] = image_addr(prog->image) + prog->line_starts[i];
	err = info_put_array(caller, info->jited_line_info, &info->nr_jited_line_info, addrs, cnt,
			sizeof(*addrs));
	kvfree(addrs);
	return err;
}

/* Of each function: as if it were loaded alone. One that has no other has the program's. */
static int put_tags(const struct caller *caller, const struct modbpf_prog *prog,
		    struct modbpf_prog_info *info)
{
	const struct verified_prog *verified = prog->verified;
	const struct subprog *subprog = verified->subprogs;
	u32 cnt = verified->subprog_cnt, i;
	u8 (*tags)[MODBPF_TAG_BYTES];
	int err;

	if (cnt <= 1 || !info->nr_prog_tags)
		return info_put_array(caller, info->prog_tags, &info->nr_prog_tags, prog->tag, cnt,
				      sizeof(prog->tag));
	tags = kcalloc(cnt, sizeof(*tags), GFP_KERNEL_ACCOUNT);
	if (!tags)
		return -ENOMEM;
	for (i = 0; i < cnt; i++)
		modbpf_prog_tag(verified->insns + subprog[i].start,
				subprog[i].end - subprog[i].start, tags[i]);
	err = info_put_array(caller, info->prog_tags, &info->nr_prog_tags, tags, cnt,
			     sizeof(*tags));
	kfree(tags);
	return err;
}

/* Code tells where the kernel's things are: not for everyone who holds the fd. */
static int put_code(const struct caller *caller, const struct modbpf_prog *prog,
		    struct modbpf_prog_info *info)
{
	int err;

	if (!caller_bpf_capable(caller)) {
		info->xlated_prog_len = 0;
		info->nr_func_info = 0;
		info->nr_line_info = 0;
		info->nr_prog_tags = 0;
	} else {
		err = put_xlated(caller, prog, info);
		if (!err)
			err = put_tags(caller, prog, info);
		if (!err)
			err = put_lines(caller, prog, info);
		if (err)
			return err;
	}
	if (!caller_bpf_capable(caller) || !caller_perfmon_capable(caller)) {
		info->jited_prog_len = 0;
		info->nr_jited_ksyms = 0;
		info->nr_jited_func_lens = 0;
		info->nr_jited_line_info = 0;
		return 0;
	}
	err = put_jited(caller, prog, info);
	if (!err)
		err = put_functions(caller, prog, info);
	return err ? err : put_jited_lines(caller, prog, info);
}

static void prog_facts(const struct modbpf_prog *prog, struct modbpf_prog_info *info)
{
	struct prog_cpu sum;

	prog_counters(prog, &sum);
	info->type = prog->type;
	info->id = prog->obj.id;
	memcpy(info->tag, prog->tag, sizeof(info->tag));
	info->load_time = prog->obj.load_time;
	info->created_by_uid = prog->obj.uid;
	memcpy(info->name, prog->obj.name, sizeof(info->name));
	info->ifindex = 0;
	info->gpl_compatible = prog->gpl_compatible;
	info->pad_bits = 0;
	info->netns_dev = 0;
	info->netns_ino = 0;
	info->btf_id = prog->btf ? prog->btf->obj.id : 0;
	info->func_info_rec_size = sizeof(struct func_info);
	info->line_info_rec_size = sizeof(struct line_info);
	info->jited_line_info_rec_size = sizeof(u64);
	info->run_time_ns = sum.nsecs;
	info->run_cnt = sum.runs;
	info->recursion_misses = sum.misses;
	info->verified_insns = prog->stats.insns_processed;
	info->attach_btf_obj_id = prog->target ? prog->target->btf_obj_id : 0;
	info->attach_btf_id = prog->target ? prog->target->btf_id : 0;
	info->pad_end = 0;
	info->lost = sum.lost;
}

int prog_info(const struct caller *caller, const struct modbpf_prog *prog,
	      struct info_place *place, const struct command_out *out)
{
	struct modbpf_prog_info info;
	int err;

	err = caller_copy_struct(caller, &info, sizeof(info), place->addr, &place->bytes);
	if (err)
		return err;
	/* What Linux's struct may grow to is not known here. */
	if (memchr_inv(info.room, 0, sizeof(info.room)))
		return -E2BIG;
	prog_facts(prog, &info);
	err = put_map_ids(caller, prog, &info);
	if (err)
		return err;
	err = put_code(caller, prog, &info);
	return err ? err : info_write(caller, place, &info, out);
}
