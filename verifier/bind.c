// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Which maps and kernel functions does a program name? File descriptors and fd_array indices in
 * ld_imm64 become indices of the request's map table, so that nothing behind
 * this point knows of fds, and BTF ids become numbers of functions. Instructions that are malformed stay as they are:
 * the verifier rejects them with a reason.
 */
#include "verifier/verifier.h"

#include "verifier/helper.h"

#define YIELD_INSNS 0x1000

static bool names_map(const struct modbpf_insn *insn)
{
	return insn->src_reg == BPF_PSEUDO_MAP_FD || insn->src_reg == BPF_PSEUDO_MAP_VALUE ||
	       insn->src_reg == BPF_PSEUDO_MAP_IDX || insn->src_reg == BPF_PSEUDO_MAP_IDX_VALUE;
}

static bool is_by_index(const struct modbpf_insn *insn)
{
	return insn->src_reg == BPF_PSEUDO_MAP_IDX ||
	       insn->src_reg == BPF_PSEUDO_MAP_IDX_VALUE;
}

static bool is_value(const struct modbpf_insn *insn)
{
	return insn->src_reg == BPF_PSEUDO_MAP_VALUE ||
	       insn->src_reg == BPF_PSEUDO_MAP_IDX_VALUE;
}

int modbpf_insns_bind_maps(struct modbpf_insn *insns, u32 insn_cnt,
			   int (*index_of)(void *cookie, s32 fd, bool by_index),
			   void *cookie)
{
	u32 i;

	for (i = 0; i + 1 < insn_cnt; i++) {
		struct modbpf_insn *insn = &insns[i];
		int index;

		if (!insn_is_ld_imm64(insn))
			continue;
		i++;	/* the second slot is data, whatever it looks like */
		if (!names_map(insn))
			continue;
		index = index_of(cookie, insn->imm, is_by_index(insn));
		if (index < 0)
			return index;
		if (index >= MODBPF_MAX_USED_MAPS)
			return -E2BIG;
		insn->src_reg = is_value(insn) ? BPF_PSEUDO_MAP_VALUE : BPF_PSEUDO_MAP_FD;
		insn->imm = index;
	}
	return 0;
}

int modbpf_insns_bind_kfuncs(struct modbpf_insn *insns, u32 insn_cnt,
			     int (*name_of)(void *cookie, s32 id, s16 off, const char **name),
			     void *cookie)
{
	const char *name;
	u32 i, seen = 0;
	s32 number;
	int err;

	for (i = 0; i < insn_cnt; i++) {
		struct modbpf_insn *insn = &insns[i];

		if (insn_is_ld_imm64(insn))
			i++;	/* the second slot is data, whatever it looks like */
		if (++seen % YIELD_INSNS == 0 && modbpf_yield())
			return -EINTR;
		if (!insn_is_kfunc_call(insn))
			continue;
		name = NULL;
		err = insn->imm > 0 ? name_of(cookie, insn->imm, insn->off, &name) : 0;
		if (err)
			return err;
		number = name ? helper_kfunc_id(name) : 0;
		if (number || insn->imm > 0)
			insn->imm = number ?: -insn->imm;
		insn->off = 0;
	}
	return 0;
}
