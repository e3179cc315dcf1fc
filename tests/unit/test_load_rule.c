// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which PROG_LOADs does the verifier not even see? Each rule is broken alone, by
 * a request that is otherwise good.
 */
#include "tests/support/check.h"
#include "uapi/modbpf.h"
#include "verifier/load_rule.h"
#include "verifier/rule.h"

#define ALL_RIGHTS (VERIFY_RIGHT_PERFMON | VERIFY_RIGHT_NET_ADMIN | VERIFY_RIGHT_SYS_ADMIN)

static const struct load_facts good = {
	.prog_type = MODBPF_PROG_KPROBE,
	.rights = ALL_RIGHTS,
};

/* The line that refuses @facts; "" if the errno says it all. */
static const char *refusal(const struct load_facts *facts, int *err)
{
	const struct load_type *type = NULL;
	const char *why = NULL;

	*err = load_check_features(facts, &why);
	if (!*err)
		*err = load_check_type(facts, &type, &why);
	CHECK(*err || type->type == facts->prog_type);
	return !*err ? "let through" : why ? why : "";
}

static void check_refused(struct load_facts facts, int want, const char *line)
{
	int err;

	CHECK_STR(refusal(&facts, &err), line);
	CHECK_EQ(err, want);
}

static bool is_taken(struct load_facts facts)
{
	int err;

	refusal(&facts, &err);
	return !err;
}

static struct load_facts of_type(u32 type, u32 attach_type, u32 rights)
{
	struct load_facts facts = good;

	facts.prog_type = type;
	facts.expected_attach_type = attach_type;
	facts.rights = rights;
	return facts;
}

static void features(void)
{
	struct load_facts facts;

	CHECK(is_taken(good));
	facts = good;
	facts.prog_ifindex = 1;
	check_refused(facts, -EINVAL, "not supported yet: programs for a device");
	facts = good;
	facts.attach_btf_id = 1;
	check_refused(facts, -EINVAL, "not supported yet: attaching to a BTF id");
	facts.prog_type = MODBPF_PROG_TRACING;
	facts.expected_attach_type = MODBPF_ATTACH_TRACE_FENTRY;
	CHECK(is_taken(facts));
	facts.attaches_elsewhere = true;
	check_refused(facts, -EINVAL,
		      "not supported yet: attaching to a program");
	facts = good;
	facts.has_core_relos = true;
	check_refused(facts, -EINVAL, "not supported yet: core_relos");
	facts = good;
	facts.has_token = true;
	check_refused(facts, -EINVAL, "not supported yet: tokens and counted fd arrays");
}

static void flags(void)
{
	const u32 taken = MODBPF_PROG_ANY_ALIGNMENT | MODBPF_PROG_TEST_RND_HI32 |
			  MODBPF_PROG_TEST_STATE_FREQ | MODBPF_PROG_TEST_REG_INVARIANTS;
	struct load_facts facts = good;
	u32 bit;

	for (bit = 0; bit < 32; bit++) {
		facts.prog_flags = 1u << bit;
		if (facts.prog_flags & taken)
			CHECK(is_taken(facts));
		else
			check_refused(facts, -EINVAL, "not supported yet: these prog_flags");
	}
}

static void types(void)
{
	const u64 known = TYPE_BIT(SOCKET_FILTER) | TYPE_BIT(KPROBE) | TYPES_TC | TYPE_BIT(XDP) |
			  TYPE_BIT(CGROUP_SKB) | TYPE_BIT(CGROUP_SOCK) | TYPES_LWT |
			  TYPE_BIT(SK_SKB) | TYPE_BIT(CGROUP_DEVICE) |
			  TYPE_BIT(CGROUP_SOCK_ADDR) | TYPE_BIT(NETFILTER) |
			  TYPE_BIT(TRACEPOINT) | TYPE_BIT(PERF_EVENT) | TYPE_BIT(RAW_TRACEPOINT) |
			  TYPE_BIT(TRACING) | TYPE_BIT(SOCK_OPS);
	u32 type;

	for (type = 0; type < 64; type++) {
		if (known >> type & 1)
			continue;
		check_refused(of_type(type, 0, ALL_RIGHTS), -EINVAL,
			      "not supported yet: programs of this type");
	}
	check_refused(of_type(~0u, 0, ALL_RIGHTS), -EINVAL,
		      "not supported yet: programs of this type");
}

static void rights(void)
{
	CHECK(is_taken(of_type(MODBPF_PROG_SOCKET_FILTER, 0, 0)));
	CHECK(is_taken(of_type(MODBPF_PROG_CGROUP_SKB, MODBPF_ATTACH_CGROUP_INGRESS, 0)));
	CHECK(is_taken(of_type(MODBPF_PROG_KPROBE, 0, VERIFY_RIGHT_PERFMON)));
	CHECK(is_taken(of_type(MODBPF_PROG_SCHED_CLS, 0, VERIFY_RIGHT_NET_ADMIN)));
	CHECK(is_taken(of_type(MODBPF_PROG_NETFILTER, MODBPF_ATTACH_NETFILTER,
			       VERIFY_RIGHT_NET_ADMIN)));
	check_refused(of_type(MODBPF_PROG_KPROBE, 0, ALL_RIGHTS & ~VERIFY_RIGHT_PERFMON), -EPERM, "");
	check_refused(of_type(MODBPF_PROG_SCHED_CLS, 0, ALL_RIGHTS & ~VERIFY_RIGHT_NET_ADMIN),
		      -EPERM, "");
	check_refused(of_type(MODBPF_PROG_NETFILTER, MODBPF_ATTACH_NETFILTER,
			      ALL_RIGHTS & ~VERIFY_RIGHT_NET_ADMIN), -EPERM, "");
}

/* The same for those that trace. */
static void rights_of_tracing(void)
{
	static const u32 of[] = { MODBPF_PROG_KPROBE, MODBPF_PROG_TRACEPOINT, MODBPF_PROG_PERF_EVENT,
				  MODBPF_PROG_RAW_TRACEPOINT };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(of); i++) {
		CHECK(is_taken(of_type(of[i], 0, VERIFY_RIGHT_PERFMON)));
		check_refused(of_type(of[i], 0, ALL_RIGHTS & ~VERIFY_RIGHT_PERFMON), -EPERM, "");
	}
	CHECK(is_taken(of_type(MODBPF_PROG_TRACING, MODBPF_ATTACH_TRACE_RAW_TP,
			       VERIFY_RIGHT_PERFMON)));
	check_refused(of_type(MODBPF_PROG_TRACING, MODBPF_ATTACH_TRACE_RAW_TP,
			      ALL_RIGHTS & ~VERIFY_RIGHT_PERFMON), -EPERM, "");
}

/* Each type for the network alone: the right is asked for, and is enough. */
static void rights_of_network(void)
{
	static const u32 of[][2] = {
		{ MODBPF_PROG_SCHED_ACT, 0 }, { MODBPF_PROG_XDP, 0 },
		{ MODBPF_PROG_CGROUP_SOCK, 0 }, { MODBPF_PROG_LWT_IN, 0 },
		{ MODBPF_PROG_LWT_OUT, 0 }, { MODBPF_PROG_LWT_XMIT, 0 },
		{ MODBPF_PROG_LWT_SEG6LOCAL, 0 }, { MODBPF_PROG_SOCK_OPS, 0 }, { MODBPF_PROG_SK_SKB, 0 },
		{ MODBPF_PROG_CGROUP_DEVICE, 0 },
		{ MODBPF_PROG_CGROUP_SOCK_ADDR, MODBPF_ATTACH_INET4_BIND },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(of); i++) {
		CHECK(is_taken(of_type(of[i][0], of[i][1], VERIFY_RIGHT_NET_ADMIN)));
		check_refused(of_type(of[i][0], of[i][1], ALL_RIGHTS & ~VERIFY_RIGHT_NET_ADMIN),
			      -EPERM, "");
	}
}

static void check_attach(u32 type, u64 fitting)
{
	u32 attach_type;

	for (attach_type = 0; attach_type < 64; attach_type++) {
		if (fitting >> attach_type & 1)
			CHECK(is_taken(of_type(type, attach_type, ALL_RIGHTS)));
		else
			check_refused(of_type(type, attach_type, ALL_RIGHTS), -EINVAL,
				      "expected_attach_type does not fit the program type");
	}
	/* One that a shift would take for a small number. */
	if (~fitting)
		check_refused(of_type(type, 64 + __builtin_ctzll(fitting), ALL_RIGHTS), -EINVAL,
			      "expected_attach_type does not fit the program type");
}

static void attach_types(void)
{
	check_attach(MODBPF_PROG_CGROUP_SKB, 1ULL << 0 | 1ULL << 1);
	check_attach(MODBPF_PROG_NETFILTER, 1ULL << 45);
	check_attach(MODBPF_PROG_KPROBE, ~0ULL);
	check_attach(MODBPF_PROG_SCHED_CLS, ~0ULL);
	check_attach(MODBPF_PROG_SOCKET_FILTER, ~0ULL);
	check_attach(MODBPF_PROG_XDP, ~0ULL);
	check_attach(MODBPF_PROG_CGROUP_SOCK, 1ULL << 0 | 1ULL << 2 | 3ULL << 12 | 1ULL << 34);
	check_attach(MODBPF_PROG_CGROUP_SOCK_ADDR, 15ULL << 8 | 3ULL << 14 | 3ULL << 19 |
						   15ULL << 29);
	check_attach(MODBPF_PROG_TRACING, 7ULL << 23);
}

static void licenses(void)
{
	CHECK(load_license_is_gpl("GPL"));
	CHECK(load_license_is_gpl("GPL v2"));
	CHECK(load_license_is_gpl("GPL and additional rights"));
	CHECK(load_license_is_gpl("Dual BSD/GPL"));
	CHECK(load_license_is_gpl("Dual MIT/GPL"));
	CHECK(load_license_is_gpl("Dual MPL/GPL"));
	CHECK(!load_license_is_gpl(""));
	CHECK(!load_license_is_gpl("gpl"));
	CHECK(!load_license_is_gpl("GPL "));
	CHECK(!load_license_is_gpl("GP"));
	CHECK(!load_license_is_gpl("Proprietary"));
	CHECK(!load_license_is_gpl("BSD"));
}

static void info_sizes(void)
{
	static const struct {
		enum load_info info;
		u32 cnt, bytes;
		const char *why;	/* NULL: taken */
	} rows[] = {
		{ LOAD_FUNC_INFO, 0, 0, NULL },
		{ LOAD_FUNC_INFO, 1, 4, "invalid func info rec size" },
		{ LOAD_FUNC_INFO, 1, 10, "invalid func info rec size" },
		{ LOAD_FUNC_INFO, 1, 8, NULL },
		{ LOAD_FUNC_INFO, 1, 252, NULL },
		{ LOAD_FUNC_INFO, 1, 256, "invalid func info rec size" },
		{ LOAD_FUNC_INFO, 256, 8, NULL },
		{ LOAD_FUNC_INFO, 257, 8, "number of funcs in func_info doesn't match number of subprogs" },
		{ LOAD_LINE_INFO, 1, 12, "invalid line info rec size" },
		{ LOAD_LINE_INFO, 10, 16, NULL },
		{ LOAD_LINE_INFO, 11, 16, "more lines than instructions" },
	};
	const char *why;
	u32 i;
	int err;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		why = "";
		err = load_check_info(rows[i].info, rows[i].cnt, rows[i].bytes, 10, &why);
		CHECK_EQ(err, rows[i].why ? -EINVAL : 0);
		if (rows[i].why)
			CHECK_STR(why, rows[i].why);
	}
}

static void info_is_packed(void)
{
	u32 records[] = { 1, 2, 0, 0, 3, 4, 0, 0, 5, 6, 0, 0 };
	const char *why = "";

	CHECK_EQ(load_pack_info(LOAD_FUNC_INFO, records, 3, 16, &why), 0);
	CHECK(records[0] == 1 && records[1] == 2 && records[2] == 3 && records[3] == 4 &&
	      records[4] == 5 && records[5] == 6);
	records[11] = 1;
	CHECK_EQ(load_pack_info(LOAD_LINE_INFO, records, 1, 48, &why), -E2BIG);
	CHECK_STR(why, "nonzero tailing record in line_info");
}

/* Four types, whatever rights there are besides, and no other. */
static void what_is_for_anyone(void)
{
	struct load_facts facts;
	bool is_for_anyone;
	u32 type;

	for (type = 0; type < 40; type++) {
		facts = of_type(type, type == MODBPF_PROG_NETFILTER ? MODBPF_ATTACH_NETFILTER : 0,
				ALL_RIGHTS);
		facts.is_restricted = true;
		is_for_anyone = type == 1 || type == 3 || type == 8 || type == 32;
		CHECK(is_taken(facts) == is_for_anyone);
		facts.rights = 0;
		CHECK(is_taken(facts) == is_for_anyone);
	}
}

/* What leads there by itself, and of the others who calls for it. */
static void who_wants_kernel_types(void)
{
	struct modbpf_insn insns[] = {
		{ .code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_KFUNC_CALL, .imm = MODBPF_FUNC_dynptr_size },
		{ .code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_KFUNC_CALL,
		  .imm = MODBPF_FUNC_cast_to_kern_ctx },
	};
	const struct load_type *type;
	const char *why;
	u32 i;

	for (i = 0; i < 40; i++) {
		const struct load_facts facts = of_type(i, i == MODBPF_PROG_NETFILTER ? MODBPF_ATTACH_NETFILTER :
							i == MODBPF_PROG_TRACING ? MODBPF_ATTACH_TRACE_FENTRY : 0,
							ALL_RIGHTS);

		if (load_check_type(&facts, &type, &why))
			continue;
		CHECK_EQ(load_wants_kernel_types(type, insns, 1),
			 i == MODBPF_PROG_NETFILTER || i == MODBPF_PROG_TRACING);
		CHECK(load_wants_kernel_types(type, insns, 2));
	}
	CHECK(!load_check_type(&good, &type, &why));
	insns[0].code = BPF_LD | BPF_IMM | BPF_DW;	/* the other half of a number */
	CHECK(!load_wants_kernel_types(type, insns, 2));
	insns[0].code = BPF_JMP | BPF_JA;
	CHECK(load_wants_kernel_types(type, insns, 2));
	insns[1].src_reg = 0;	/* a helper's number */
	CHECK(!load_wants_kernel_types(type, insns, 2));
}

static const struct check_case cases[] = {
	{ "features", features },
	{ "flags", flags },
	{ "types", types },
	{ "rights", rights },
	{ "rights of the types for the network", rights_of_network },
	{ "rights of tracing", rights_of_tracing },
	{ "what is for anyone", what_is_for_anyone },
	{ "who wants the kernel's types", who_wants_kernel_types },
	{ "attach types", attach_types },
	{ "licenses", licenses },
	{ "sizes of records of functions and lines", info_sizes },
	{ "longer records are brought to their size, if nothing is in the rest", info_is_packed },
};

int main(int argc, char **argv)
{
	return check_run("test_load_rule", cases, ARRAY_SIZE(cases), argc, argv);
}
