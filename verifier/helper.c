// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which row is a helper's? They are kept by subject, in verifier/helper_row/. */
#include "verifier/helper_row.h"

static const struct helper *const tables[] = {
	helper_rows_general,
	helper_rows_kfunc,
	helper_rows_map,
	helper_rows_packet,
	helper_rows_tracing,
};

u32 helper_row_cnt(s32 id)
{
	u32 i, cnt = 0;

	for (i = 0; id >= 0 && id < MODBPF_FUNC_LIMIT && i < ARRAY_SIZE(tables); i++)
		cnt += !!tables[i][id].name;
	return cnt;
}

const struct helper *helper_of(s32 id)
{
	u32 i;

	for (i = 0; id >= 0 && id < MODBPF_FUNC_LIMIT && i < ARRAY_SIZE(tables); i++)
		if (tables[i][id].name)
			return &tables[i][id];
	return NULL;
}

bool helper_runs_callback(const struct helper *helper)
{
	return helper->callback && helper->callback != CALLBACK_TIMER;
}

u32 helper_prog_reg(const struct helper *helper)
{
	u32 i = 0;

	while (helper->args[i] != ARG_NONE)
		i++;
	return i + 1;
}

const struct helper *helper_called(const struct modbpf_insn *insn)
{
	bool is_kfunc = insn_is_kfunc_call(insn);
	const struct helper *helper;

	if (!is_kfunc && !insn_is_helper_call(insn))
		return NULL;
	helper = helper_of(insn->imm);
	return helper && !!(helper->flags & HELPER_KFUNC) == is_kfunc ? helper : NULL;
}

#define KFUNC_PREFIX "bpf_"
#define KFUNC_PREFIX_BYTES (sizeof(KFUNC_PREFIX) - 1)

s32 helper_kfunc_id(const char *name)
{
	s32 id;

	if (strncmp(name, KFUNC_PREFIX, KFUNC_PREFIX_BYTES))
		return 0;
	for (id = MODBPF_FUNC_dynptr_from_skb; id < MODBPF_FUNC_LIMIT; id++)
		if (helper_rows_kfunc[id].name &&
		    !strcmp(helper_rows_kfunc[id].name, name + KFUNC_PREFIX_BYTES))
			return id;
	return 0;
}

u32 helper_arg_regs(const struct helper *helper)
{
	u32 i, regs = 0;

	for (i = 0; i < ARRAY_SIZE(helper->args); i++)
		if (helper->args[i] != ARG_NONE)
			regs |= 1u << (i + 1);
	return regs;
}
