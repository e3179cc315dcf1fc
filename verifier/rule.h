/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a program type and a map type allow: rows that the checks read. A type
 * without a row is refused by name.
 */
#ifndef MODBPF_VERIFIER_RULE_H
#define MODBPF_VERIFIER_RULE_H

#include "isa/abi.h"
#include "isa/platform.h"

/* What R1 is when the program starts. */
enum ctx_kind {
	CTX_KIND_NONE,		/* the type is not supported yet */
	CTX_KIND_SKB,		/* struct __sk_buff, rewritten to struct skb_ctx */
	CTX_KIND_REGS,		/* struct pt_regs, as it is */
	CTX_KIND_NF,		/* struct bpf_nf_ctx, as it is */
	CTX_KIND_RECORD,	/* a tracepoint's record, as it is */
	CTX_KIND_SAMPLE,	/* struct bpf_perf_event_data, as it is */
	CTX_KIND_ARGS,		/* a raw tracepoint's arguments, as they are */
	CTX_KIND_CALL,		/* arguments of the function or tracepoint that attach_btf_id names */
	CTX_KIND_XDP,		/* struct xdp_md, rewritten to struct skb_ctx */
	CTX_KIND_SOCK,		/* struct bpf_sock; no runtime has it */
	CTX_KIND_SOCK_ADDR,	/* struct bpf_sock_addr; no runtime has it */
	CTX_KIND_SOCK_OPS,	/* struct bpf_sock_ops; no runtime has it */
	CTX_KIND_DEVICE,	/* struct bpf_cgroup_dev_ctx; no runtime has it */
};

/* Sets of program types: bit n is type n. */
#define TYPE_BIT(type) (1ULL << MODBPF_PROG_##type)
#define TYPES_ALL (~0ULL)
#define TYPES_TRACING \
	(TYPE_BIT(KPROBE) | TYPE_BIT(TRACEPOINT) | TYPE_BIT(PERF_EVENT) | \
	 TYPE_BIT(RAW_TRACEPOINT) | TYPE_BIT(RAW_TRACEPOINT_WRITABLE) | TYPE_BIT(TRACING))
#define TYPES_TC (TYPE_BIT(SCHED_CLS) | TYPE_BIT(SCHED_ACT))
#define TYPES_LWT \
	(TYPE_BIT(LWT_IN) | TYPE_BIT(LWT_OUT) | TYPE_BIT(LWT_XMIT) | TYPE_BIT(LWT_SEG6LOCAL))
/* R1 is struct __sk_buff. */
#define TYPES_SKB \
	(TYPE_BIT(SOCKET_FILTER) | TYPES_TC | TYPE_BIT(CGROUP_SKB) | TYPES_LWT | TYPE_BIT(SK_SKB))
/* Have BPF_LD_[ABS|IND]. */
#define TYPES_PACKET_LOAD (TYPE_BIT(SOCKET_FILTER) | TYPES_TC)
/* Given a packet in whatever form. */
#define TYPES_PACKET (TYPES_SKB | TYPE_BIT(XDP))

struct prog_rule {
	const char *name;
	u8 ctx;			/* enum ctx_kind */
	bool packet_write;	/* direct stores to packets */
	s16 attach_type;	/* the only expected_attach_type allowed, -1: any */
};

/* What R0 may be when the program ends. */
struct return_rule {
	u8 prog_type;
	s16 attach_type;	/* -1: any */
	s32 min, max;
};

/* What helpers may do with a map. */
enum {
	MAP_MAY_LOOKUP = 1 << 0,
	MAP_MAY_UPDATE = 1 << 1,
	MAP_MAY_DELETE = 1 << 2,
	MAP_MAY_TAIL_CALL = 1 << 3,
	MAP_MAY_RINGBUF = 1 << 4,
	MAP_MAY_FOR_EACH = 1 << 5,
	MAP_MAY_EVENT = 1 << 6,
	MAP_MAY_PUSH = 1 << 7,
	MAP_MAY_POP = 1 << 8,
	MAP_MAY_PEEK = 1 << 9,
	MAP_MAY_LOOKUP_PERCPU = 1 << 10,
	MAP_MAY_STACK = 1 << 11,
	MAP_MAY_CGROUP = 1 << 12,
	MAP_MAY_DRAIN = 1 << 13,
};

struct map_rule {
	const char *name;
	u16 may;		/* MAP_MAY_* */
	bool direct;		/* ld_imm64 may load the address of its first value */
	bool indexed;		/* the key is a u32 index below max_entries */
	bool holds_maps;	/* its values are maps: a look-up gives one, or null */
	bool asked;		/* a peek is given a value, and says whether it is there */
};

/* NULL: there is no such type. */
const struct prog_rule *prog_rule_of(u32 prog_type);
/* NULL: any number. */
const struct return_rule *return_rule_of(u32 prog_type, u32 attach_type);
/* NULL: no such type, or not supported yet. */
const struct map_rule *map_rule_of(u32 map_type);

#endif
