// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What is asked of a PROG_LOAD before the verifier sees the program? What is
 * there and is not understood is refused, never ignored.
 */
#include "verifier/load_rule.h"

#include "verifier/helper.h"

#define ANY_ATTACH (~0ULL)
#define ATTACH(type) (1ULL << MODBPF_ATTACH_##type)

#define SOCK_ATTACH (ATTACH(NONE) | ATTACH(INET_SOCK_CREATE) | ATTACH(INET_SOCK_RELEASE) | \
		     ATTACH(INET4_POST_BIND) | ATTACH(INET6_POST_BIND))
#define SOCK_ADDR_ATTACH (ATTACH(INET4_BIND) | ATTACH(INET6_BIND) | ATTACH(INET4_CONNECT) | \
			  ATTACH(INET6_CONNECT) | ATTACH(UDP4_SENDMSG) | ATTACH(UDP6_SENDMSG) | \
			  ATTACH(UDP4_RECVMSG) | ATTACH(UDP6_RECVMSG) | \
			  ATTACH(INET4_GETPEERNAME) | ATTACH(INET6_GETPEERNAME) | \
			  ATTACH(INET4_GETSOCKNAME) | ATTACH(INET6_GETSOCKNAME))

#define TRACING_ATTACH (ATTACH(TRACE_RAW_TP) | ATTACH(TRACE_FENTRY) | ATTACH(TRACE_FEXIT))

static const struct load_type load_types[] = {
	{ MODBPF_PROG_SOCKET_FILTER, 0, ANY_ATTACH, true, false, true },
	{ MODBPF_PROG_KPROBE, VERIFY_RIGHT_PERFMON, ANY_ATTACH, false, false, false },
	{ MODBPF_PROG_SCHED_CLS, VERIFY_RIGHT_NET_ADMIN, ANY_ATTACH, true, false, true },
	{ MODBPF_PROG_SCHED_ACT, VERIFY_RIGHT_NET_ADMIN, ANY_ATTACH, true, false, false },
	{ MODBPF_PROG_TRACEPOINT, VERIFY_RIGHT_PERFMON, ANY_ATTACH, false, false, false },
	{ MODBPF_PROG_XDP, VERIFY_RIGHT_NET_ADMIN, ANY_ATTACH, true, false, false },
	{ MODBPF_PROG_PERF_EVENT, VERIFY_RIGHT_PERFMON, ANY_ATTACH, false, false, false },
	{ MODBPF_PROG_CGROUP_SKB, 0, ATTACH(CGROUP_INGRESS) | ATTACH(CGROUP_EGRESS), true, false, true },
	{ MODBPF_PROG_CGROUP_SOCK, VERIFY_RIGHT_NET_ADMIN, SOCK_ATTACH, false, false, false },
	{ MODBPF_PROG_LWT_IN, VERIFY_RIGHT_NET_ADMIN, ANY_ATTACH, true, false, false },
	{ MODBPF_PROG_LWT_OUT, VERIFY_RIGHT_NET_ADMIN, ANY_ATTACH, true, false, false },
	{ MODBPF_PROG_LWT_XMIT, VERIFY_RIGHT_NET_ADMIN, ANY_ATTACH, true, false, false },
	{ MODBPF_PROG_SOCK_OPS, VERIFY_RIGHT_NET_ADMIN, ANY_ATTACH, false, false, false },
	{ MODBPF_PROG_SK_SKB, VERIFY_RIGHT_NET_ADMIN, ANY_ATTACH, true, false, false },
	{ MODBPF_PROG_CGROUP_DEVICE, VERIFY_RIGHT_NET_ADMIN, ANY_ATTACH, false, false, false },
	{ MODBPF_PROG_RAW_TRACEPOINT, VERIFY_RIGHT_PERFMON, ANY_ATTACH, false, false, false },
	{ MODBPF_PROG_CGROUP_SOCK_ADDR, VERIFY_RIGHT_NET_ADMIN, SOCK_ADDR_ATTACH, false, false, false },
	{ MODBPF_PROG_LWT_SEG6LOCAL, VERIFY_RIGHT_NET_ADMIN, ANY_ATTACH, true, false, false },
	{ MODBPF_PROG_TRACING, VERIFY_RIGHT_PERFMON, TRACING_ATTACH, false, true, false },
	{ MODBPF_PROG_NETFILTER, VERIFY_RIGHT_NET_ADMIN, ATTACH(NETFILTER), false, true, true },
};

enum {	/* prog_flags of bpf(2) */
	LOAD_ANY_ALIGNMENT = 1 << 1,
	LOAD_TEST_RND_HI32 = 1 << 2,
	LOAD_TEST_STATE_FREQ = 1 << 3,
	LOAD_TEST_REG_INVARIANTS = 1 << 7,
};

/* Flags of tests, which change no verdict here. The others are refused. */
#define LOAD_FLAGS (LOAD_ANY_ALIGNMENT | LOAD_TEST_RND_HI32 | LOAD_TEST_STATE_FREQ | \
		    LOAD_TEST_REG_INVARIANTS)

static int refuse(const char **why, int err, const char *text)
{
	*why = text;
	return err;
}

int load_check_features(const struct load_facts *facts, const char **why)
{
	if (facts->prog_flags & ~LOAD_FLAGS)
		return refuse(why, -EINVAL, "not supported yet: these prog_flags");
	if (facts->prog_ifindex)
		return refuse(why, -EINVAL, "not supported yet: programs for a device");
	if (facts->attach_btf_id && facts->prog_type != MODBPF_PROG_TRACING)
		return refuse(why, -EINVAL, "not supported yet: attaching to a BTF id");
	if (facts->attaches_elsewhere)
		return refuse(why, -EINVAL, "not supported yet: attaching to a program");
	if (facts->has_core_relos)
		return refuse(why, -EINVAL, "not supported yet: core_relos");
	if (facts->has_token)
		return refuse(why, -EINVAL, "not supported yet: tokens and counted fd arrays");
	return 0;
}

static const struct load_type *load_type_of(u32 type)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(load_types); i++)
		if (load_types[i].type == type)
			return &load_types[i];
	return NULL;
}

int load_check_type(const struct load_facts *facts, const struct load_type **type,
		    const char **why)
{
	const struct load_type *found = load_type_of(facts->prog_type);

	if (!found)
		return refuse(why, -EINVAL, "not supported yet: programs of this type");
	if (facts->is_restricted ? !found->is_for_anyone : !!(found->right & ~facts->rights))
		return refuse(why, -EPERM, NULL);
	if (found->attach_types != ANY_ATTACH &&
	    (facts->expected_attach_type >= 64 ||
	     !(found->attach_types & 1ULL << facts->expected_attach_type)))
		return refuse(why, -EINVAL, "expected_attach_type does not fit the program type");
	*type = found;
	return 0;
}

bool load_wants_kernel_types(const struct load_type *type, const struct modbpf_insn *insns, u32 insn_cnt)
{
	const struct helper *helper;
	u32 i;

	if (type->has_kernel_types)
		return true;
	for (i = 0; i < insn_cnt; i++) {
		helper = helper_called(&insns[i]);
		if (helper && helper->ret == RET_SKB)
			return true;
		i += insn_is_ld_imm64(&insns[i]);
	}
	return false;
}

bool load_license_is_gpl(const char *license)
{
	static const char *const compatible[] = {
		"GPL", "GPL v2", "GPL and additional rights", "Dual BSD/GPL", "Dual MIT/GPL",
		"Dual MPL/GPL",
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(compatible); i++)
		if (!strcmp(license, compatible[i]))
			return true;
	return false;
}

#define INFO_REC_MAX_BYTES 252u	/* Linux's */

static const struct info_row {
	u32 bytes;		/* of a record, as far as they mean something */
	const char *bad_size, *bad_count, *bad_rest;
} info_rows[LOAD_INFO_COUNT] = {
	[LOAD_FUNC_INFO] = { sizeof(struct func_info), "invalid func info rec size",
		"number of funcs in func_info doesn't match number of subprogs",
		"nonzero tailing record in func_info" },
	[LOAD_LINE_INFO] = { sizeof(struct line_info), "invalid line info rec size",
		"more lines than instructions", "nonzero tailing record in line_info" },
};
static_assert(sizeof(struct func_info) == 8 && sizeof(struct line_info) == 16, "Linux's layout");

int load_check_info(enum load_info info, u32 cnt, u32 rec_bytes, u32 insn_cnt, const char **why)
{
	const struct info_row *row = &info_rows[info];
	u32 most = info == LOAD_FUNC_INFO ? MODBPF_MAX_SUBPROGS : insn_cnt;

	if (!cnt)
		return 0;
	*why = row->bad_size;
	if (rec_bytes < row->bytes || rec_bytes > INFO_REC_MAX_BYTES || rec_bytes % 4)
		return -EINVAL;
	*why = row->bad_count;
	return cnt > most ? -EINVAL : 0;
}

int load_pack_info(enum load_info info, void *records, u32 cnt, u32 rec_bytes, const char **why)
{
	const struct info_row *row = &info_rows[info];
	u8 *to = records, *from = records;
	u32 i, at;

	for (i = 0; i < cnt; i++, to += row->bytes, from += rec_bytes) {
		*why = row->bad_rest;
		for (at = row->bytes; at < rec_bytes; at++)
			if (from[at])
				return -E2BIG;
		memmove(to, from, row->bytes);
	}
	return 0;
}
