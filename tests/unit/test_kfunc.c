// SPDX-License-Identifier: GPL-2.0-only
/*
 * How is a kernel function found? By a name in BTF of ours, whose ids count on from other
 * BTF; what a program calls by such an id is called by its number behind it. What may be
 * called with what is in tests/verifier/kfunc.case.
 */
#include <errno.h>
#include <stdlib.h>

#include "isa/btf/btf.h"
#include "isa/btf/kfunc.h"
#include "isa/platform.h"
#include "tests/support/check.h"
#include "verifier/helper.h"
#include "verifier/verifier.h"

static const struct {
	const char *name;
	s32 id;
} listed[] = {
#define LIST(name, id) { "bpf_" #name, id },
	MODBPF_KFUNCS(LIST)
#undef LIST
};

static u32 arg_cnt(const struct helper *helper)
{
	u32 cnt = 0;

	while (cnt < ARRAY_SIZE(helper->args) && helper->args[cnt] != ARG_NONE)
		cnt++;
	return cnt;
}

/* Standing for itself it is BTF like any other. */
static void each_has_a_prototype(void)
{
	const struct kfunc_btf_base none = { 1, 0 };
	struct btf_types *types = NULL;
	struct btf_view func, proto;
	u32 bytes, id, i, funcs = 0;
	struct btf_why why;
	u8 *data = kfunc_btf_make(&none, &bytes);

	CHECK(data != NULL);
	CHECK_EQ(modbpf_btf_parse(data, bytes, &why, &types), 0);
	for (id = 1; types && id < types->cnt; id++) {
		func = btf_view_of(types, id);
		CHECK_EQ(kfunc_btf_func(&none, id) != NULL, func.kind == MODBPF_BTF_FUNC);
		if (func.kind != MODBPF_BTF_FUNC)
			continue;
		CHECK(!strcmp(kfunc_btf_func(&none, id), btf_string(types, func.name_off)));
		proto = btf_view_of(types, func.type);
		i = helper_kfunc_id(btf_string(types, func.name_off));
		CHECK(i != 0);
		CHECK_EQ(proto.vlen, arg_cnt(helper_of(i)));
		funcs++;
	}
	CHECK_EQ(funcs, ARRAY_SIZE(listed));
	for (i = 0; i < ARRAY_SIZE(listed); i++) {
		CHECK_EQ(helper_kfunc_id(listed[i].name), listed[i].id);
		CHECK(helper_of(listed[i].id)->flags & HELPER_KFUNC);
	}
	CHECK_EQ(helper_kfunc_id("bpf_map_lookup_elem"), 0);
	CHECK_EQ(helper_kfunc_id("dynptr_size"), 0);
	CHECK_EQ(helper_kfunc_id("xyz_dynptr_size"), 0);
	CHECK_EQ(helper_kfunc_id("bpf_"), 0);
	CHECK_EQ(helper_kfunc_id(""), 0);
	modbpf_btf_free(types);
	modbpf_free(data);
}

/* On top of others, all is the same but that ids and names count on from theirs. */
static void ids_count_on(void)
{
	const struct kfunc_btf_base none = { 1, 0 }, base = { 1000, 5000 };
	u32 bytes, again, id, differ = 0;
	u8 *data = kfunc_btf_make(&none, &bytes), *moved = kfunc_btf_make(&base, &again);

	CHECK(data && moved);
	CHECK_EQ(again, bytes);
	for (id = 0; id < bytes / 4; id++)
		differ += ((u32 *)data)[id] != ((u32 *)moved)[id];
	CHECK(differ > 0);
	for (id = 0; id < 200; id++) {
		const char *name = kfunc_btf_func(&none, id);

		CHECK_EQ(kfunc_btf_func(&base, 999 + id) == name, true);
	}
	CHECK(!kfunc_btf_func(&base, 0));
	CHECK(!kfunc_btf_func(&base, ~0u));
	modbpf_free(data);
	modbpf_free(moved);
}

static int name_of(void *cookie, s32 id, s16 off, const char **name)
{
	u32 *calls = cookie;

	++*calls;
	if (off == 9)
		return -EBADF;
	/* Of another one nothing is said. */
	if (id == 7 && off == 2)
		*name = "bpf_dynptr_size";
	if (id == 8)
		*name = "bpf_task_acquire";
	return 0;
}

#define CALL(src, off_, imm_) \
	{ .code = BPF_JMP | BPF_CALL, .src_reg = (src), .off = (off_), .imm = (imm_) }

static void ids_become_numbers(void)
{
	struct modbpf_insn insns[] = {
		CALL(BPF_PSEUDO_KFUNC_CALL, 2, 7), CALL(BPF_PSEUDO_KFUNC_CALL, 0, 7),
		CALL(BPF_PSEUDO_KFUNC_CALL, 0, 8), CALL(BPF_PSEUDO_KFUNC_CALL, 0, 0),
		CALL(BPF_PSEUDO_KFUNC_CALL, 0, -8), CALL(0, 0, 7), CALL(BPF_PSEUDO_CALL, 0, 7),
		/* The second slot is no call. */
		{ .code = BPF_LD | BPF_IMM | BPF_DW }, CALL(BPF_PSEUDO_KFUNC_CALL, 2, 7),
	};
	const s32 wanted[] = { MODBPF_FUNC_dynptr_size, -7, -8, 0, -8, 7, 7, 0, 7 };
	u32 calls = 0, i;

	CHECK_EQ(modbpf_insns_bind_kfuncs(insns, ARRAY_SIZE(insns), name_of, &calls), 0);
	for (i = 0; i < ARRAY_SIZE(insns); i++)
		CHECK_EQ(insns[i].imm, wanted[i]);
	CHECK_EQ(insns[0].off, 0);
	CHECK_EQ(insns[0].src_reg, BPF_PSEUDO_KFUNC_CALL);
	CHECK_EQ(calls, 3);
	insns[0] = (struct modbpf_insn)CALL(BPF_PSEUDO_KFUNC_CALL, 9, 7);
	CHECK_EQ(modbpf_insns_bind_kfuncs(insns, 1, name_of, &calls), -EBADF);
	/* What is behind the program is not looked at. */
	insns[0] = (struct modbpf_insn)CALL(0, 0, 7);
	insns[1] = (struct modbpf_insn)CALL(BPF_PSEUDO_KFUNC_CALL, 2, 7);
	CHECK_EQ(modbpf_insns_bind_kfuncs(insns, 1, name_of, &calls), 0);
	CHECK_EQ(insns[1].imm, 7);
}

static const struct check_case cases[] = {
	{ "each kernel function has a prototype", each_has_a_prototype },
	{ "ids count on", ids_count_on },
	{ "ids become numbers", ids_become_numbers },
};

int main(int argc, char **argv)
{
	return check_run("test_kfunc", cases, ARRAY_SIZE(cases), argc, argv);
}
