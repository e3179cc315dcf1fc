// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What does each program type and each map type allow? Rows, and nothing else. */
#include "verifier/rule.h"

#define TYPE_ROW(type_, number_) [number_] = { .name = #type_ },
/* Types that exist; those which are supported have a row further down. */
static const struct prog_rule known_types[MODBPF_PROG_TYPE_COUNT] = {
	MODBPF_PROG_TYPES(TYPE_ROW)
};

static const struct prog_rule prog_rules[MODBPF_PROG_TYPE_COUNT] = {
	[MODBPF_PROG_SOCKET_FILTER] = {
		.name = "SOCKET_FILTER", .ctx = CTX_KIND_SKB,
		.attach_type = -1,
	},
	[MODBPF_PROG_KPROBE] = {
		.name = "KPROBE", .ctx = CTX_KIND_REGS,
		.attach_type = -1,
	},
	[MODBPF_PROG_SCHED_CLS] = {
		.name = "SCHED_CLS", .ctx = CTX_KIND_SKB,
		.packet_write = true, .attach_type = -1,
	},
	[MODBPF_PROG_SCHED_ACT] = {
		.name = "SCHED_ACT", .ctx = CTX_KIND_SKB,
		.packet_write = true, .attach_type = -1,
	},
	[MODBPF_PROG_TRACEPOINT] = {
		.name = "TRACEPOINT", .ctx = CTX_KIND_RECORD,
		.attach_type = -1,
	},
	[MODBPF_PROG_XDP] = {
		.name = "XDP", .ctx = CTX_KIND_XDP,
		.packet_write = true, .attach_type = -1,
	},
	[MODBPF_PROG_PERF_EVENT] = {
		.name = "PERF_EVENT", .ctx = CTX_KIND_SAMPLE,
		.attach_type = -1,
	},
	[MODBPF_PROG_CGROUP_SKB] = {
		.name = "CGROUP_SKB", .ctx = CTX_KIND_SKB,
		.attach_type = -1,
	},
	[MODBPF_PROG_CGROUP_SOCK] = {
		.name = "CGROUP_SOCK", .ctx = CTX_KIND_SOCK,
		.attach_type = -1,
	},
	[MODBPF_PROG_LWT_IN] = {
		.name = "LWT_IN", .ctx = CTX_KIND_SKB,
		.attach_type = -1,
	},
	[MODBPF_PROG_LWT_OUT] = {
		.name = "LWT_OUT", .ctx = CTX_KIND_SKB,
		.attach_type = -1,
	},
	[MODBPF_PROG_LWT_XMIT] = {
		.name = "LWT_XMIT", .ctx = CTX_KIND_SKB,
		.packet_write = true, .attach_type = -1,
	},
	[MODBPF_PROG_SOCK_OPS] = {
		.name = "SOCK_OPS", .ctx = CTX_KIND_SOCK_OPS,
		.attach_type = -1,
	},
	[MODBPF_PROG_SK_SKB] = {
		.name = "SK_SKB", .ctx = CTX_KIND_SKB,
		.packet_write = true, .attach_type = -1,
	},
	[MODBPF_PROG_CGROUP_DEVICE] = {
		.name = "CGROUP_DEVICE", .ctx = CTX_KIND_DEVICE,
		.attach_type = -1,
	},
	[MODBPF_PROG_RAW_TRACEPOINT] = {
		.name = "RAW_TRACEPOINT", .ctx = CTX_KIND_ARGS,
		.attach_type = -1,
	},
	[MODBPF_PROG_CGROUP_SOCK_ADDR] = {
		.name = "CGROUP_SOCK_ADDR", .ctx = CTX_KIND_SOCK_ADDR,
		.attach_type = -1,
	},
	[MODBPF_PROG_LWT_SEG6LOCAL] = {
		.name = "LWT_SEG6LOCAL", .ctx = CTX_KIND_SKB,
		.attach_type = -1,
	},
	[MODBPF_PROG_TRACING] = {
		.name = "TRACING", .ctx = CTX_KIND_CALL,
		.attach_type = -1,
	},
	[MODBPF_PROG_NETFILTER] = {
		.name = "NETFILTER", .ctx = CTX_KIND_NF, .packet_write = true,
		.attach_type = MODBPF_ATTACH_NETFILTER,
	},
};

/* The first row that fits counts. */
static const struct return_rule return_rules[] = {
	{ MODBPF_PROG_CGROUP_SKB, MODBPF_ATTACH_CGROUP_EGRESS, 0, 3 },
	{ MODBPF_PROG_CGROUP_SKB, -1, 0, 1 },
	{ MODBPF_PROG_CGROUP_SOCK, -1, 0, 1 },
	{ MODBPF_PROG_SOCK_OPS, -1, 0, 1 },
	{ MODBPF_PROG_CGROUP_DEVICE, -1, 0, 1 },
	{ MODBPF_PROG_CGROUP_SOCK_ADDR, MODBPF_ATTACH_INET4_BIND, 0, 3 },
	{ MODBPF_PROG_CGROUP_SOCK_ADDR, MODBPF_ATTACH_INET6_BIND, 0, 3 },
	{ MODBPF_PROG_CGROUP_SOCK_ADDR, MODBPF_ATTACH_UDP4_RECVMSG, 1, 1 },
	{ MODBPF_PROG_CGROUP_SOCK_ADDR, MODBPF_ATTACH_UDP6_RECVMSG, 1, 1 },
	{ MODBPF_PROG_CGROUP_SOCK_ADDR, MODBPF_ATTACH_INET4_GETPEERNAME, 1, 1 },
	{ MODBPF_PROG_CGROUP_SOCK_ADDR, MODBPF_ATTACH_INET6_GETPEERNAME, 1, 1 },
	{ MODBPF_PROG_CGROUP_SOCK_ADDR, MODBPF_ATTACH_INET4_GETSOCKNAME, 1, 1 },
	{ MODBPF_PROG_CGROUP_SOCK_ADDR, MODBPF_ATTACH_INET6_GETSOCKNAME, 1, 1 },
	{ MODBPF_PROG_CGROUP_SOCK_ADDR, -1, 0, 1 },
	{ MODBPF_PROG_TRACING, MODBPF_ATTACH_TRACE_FENTRY, 0, 0 },
	{ MODBPF_PROG_TRACING, MODBPF_ATTACH_TRACE_FEXIT, 0, 0 },
	{ MODBPF_PROG_NETFILTER, -1, 0, 1 },
};

#define MAP_MAY_ALL_KEYS (MAP_MAY_LOOKUP | MAP_MAY_UPDATE | MAP_MAY_DELETE)
#define MAP_MAY_TABLE (MAP_MAY_ALL_KEYS | MAP_MAY_FOR_EACH)

static const struct map_rule map_rules[MODBPF_MAP_TYPE_COUNT] = {
	[MODBPF_MAP_HASH] = { "HASH", MAP_MAY_TABLE },
	[MODBPF_MAP_PERCPU_HASH] = { "PERCPU_HASH", MAP_MAY_TABLE | MAP_MAY_LOOKUP_PERCPU },
	[MODBPF_MAP_LRU_HASH] = { "LRU_HASH", MAP_MAY_TABLE },
	[MODBPF_MAP_LRU_PERCPU_HASH] = { "LRU_PERCPU_HASH", MAP_MAY_TABLE | MAP_MAY_LOOKUP_PERCPU },
	[MODBPF_MAP_ARRAY] = { "ARRAY", MAP_MAY_TABLE, true, true },
	[MODBPF_MAP_PERCPU_ARRAY] = {
		"PERCPU_ARRAY", MAP_MAY_TABLE | MAP_MAY_LOOKUP_PERCPU, false, true,
	},
	[MODBPF_MAP_LPM_TRIE] = { "LPM_TRIE", MAP_MAY_ALL_KEYS, false, false },
	[MODBPF_MAP_PROG_ARRAY] = { "PROG_ARRAY", MAP_MAY_TAIL_CALL, false, true },
	[MODBPF_MAP_PERF_EVENT_ARRAY] = { "PERF_EVENT_ARRAY", MAP_MAY_EVENT, false, true },
	[MODBPF_MAP_QUEUE] = { "QUEUE", MAP_MAY_PUSH | MAP_MAY_POP | MAP_MAY_PEEK },
	[MODBPF_MAP_STACK] = { "STACK", MAP_MAY_PUSH | MAP_MAY_POP | MAP_MAY_PEEK },
	[MODBPF_MAP_CGROUP_ARRAY] = { "CGROUP_ARRAY", MAP_MAY_CGROUP, .indexed = true },
	[MODBPF_MAP_STACK_TRACE] = { "STACK_TRACE", MAP_MAY_STACK },
	[MODBPF_MAP_ARRAY_OF_MAPS] = {
		"ARRAY_OF_MAPS", MAP_MAY_LOOKUP, .indexed = true, .holds_maps = true,
	},
	[MODBPF_MAP_HASH_OF_MAPS] = { "HASH_OF_MAPS", MAP_MAY_LOOKUP, .holds_maps = true },
	[MODBPF_MAP_RINGBUF] = { "RINGBUF", MAP_MAY_RINGBUF, false, false },
	[MODBPF_MAP_USER_RINGBUF] = { "USER_RINGBUF", MAP_MAY_DRAIN },
	[MODBPF_MAP_BLOOM_FILTER] = {
		"BLOOM_FILTER", MAP_MAY_PUSH | MAP_MAY_PEEK, .asked = true,
	},
};

const struct prog_rule *prog_rule_of(u32 prog_type)
{
	if (prog_type >= MODBPF_PROG_TYPE_COUNT || !known_types[prog_type].name)
		return NULL;
	return prog_rules[prog_type].name ? &prog_rules[prog_type] : &known_types[prog_type];
}

const struct return_rule *return_rule_of(u32 prog_type, u32 attach_type)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(return_rules); i++) {
		const struct return_rule *rule = &return_rules[i];

		if (rule->prog_type == prog_type &&
		    (rule->attach_type < 0 || (u32)rule->attach_type == attach_type))
			return rule;
	}
	return NULL;
}

const struct map_rule *map_rule_of(u32 map_type)
{
	if (map_type >= MODBPF_MAP_TYPE_COUNT || !map_rules[map_type].name)
		return NULL;
	return &map_rules[map_type];
}
