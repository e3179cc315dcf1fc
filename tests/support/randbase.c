// SPDX-License-Identifier: GPL-2.0-only
/*
 * What kinds of programs are there, what is in their contexts, and to what memory does
 * R7 point? A map value, a record, the packet or its metadata, in which there are distances.
 */
#include "isa/abi.h"
#include "tests/support/randmaker.h"
#include "verifier/rule.h"

#define SKB(type, weight, data, meta) \
	{ MODBPF_PROG_##type, weight, data, (data) < 0 ? -1 : 80, meta, 0, 4, 18, 0xff }

static const struct randtype types[] = {
	SKB(SOCKET_FILTER, 4, -1, -1), SKB(SCHED_CLS, 10, 76, 140), SKB(SCHED_ACT, 1, 76, 140),
	SKB(CGROUP_SKB, 4, 76, -1), SKB(LWT_IN, 1, 76, -1), SKB(LWT_OUT, 1, 76, -1),
	SKB(LWT_XMIT, 1, 76, -1), SKB(LWT_SEG6LOCAL, 1, 76, -1),
	{ MODBPF_PROG_SK_SKB, 1, 76, 80, -1, 12, 4, 8, 0xff },
	{ MODBPF_PROG_XDP, 4, 0, 4, 8, 12, 4, 2, BPF_W },
	{ MODBPF_PROG_KPROBE, 6, -1, -1, -1, 0, 8, 21, BPF_DW },
	{ MODBPF_PROG_PERF_EVENT, 2, -1, -1, -1, 0, 8, 23, BPF_DW },
	{ MODBPF_PROG_TRACEPOINT, 3, -1, -1, -1, 8, 8, 30, BPF_DW },
	{ MODBPF_PROG_RAW_TRACEPOINT, 2, -1, -1, -1, 0, 8, 12, BPF_DW },
	{ MODBPF_PROG_TRACING, 6, -1, -1, -1, 8, 8, 1, BPF_DW },
	{ MODBPF_PROG_SOCK_OPS, 1, -1, -1, -1, 8, 4, 38, BPF_W },
	{ MODBPF_PROG_NETFILTER, 3, -1, -1, -1, 0, 0, 0, BPF_W },
	{ MODBPF_PROG_CGROUP_SOCK, 1, -1, -1, -1, 4, 4, 3, 0xff },
	{ MODBPF_PROG_CGROUP_SOCK_ADDR, 1, -1, -1, -1, 28, 4, 3, 0xff },
	{ MODBPF_PROG_CGROUP_DEVICE, 1, -1, -1, -1, 0, 4, 3, BPF_W },
};

const struct randtype *randtype_of(u32 type)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(types); i++)
		if (types[i].type == type)
			return &types[i];
	return NULL;
}

u32 random_type(struct rng *rng)
{
	u32 i, all = 0, at;

	for (i = 0; i < ARRAY_SIZE(types); i++)
		all += types[i].weight;
	at = rng_below(rng, all);
	for (i = 0; at >= types[i].weight; i++)
		at -= types[i].weight;
	return types[i].type;
}

void put_fp(struct maker *mk, u32 reg, u32 distance)
{
	put(mk, BPF_ALU64 | BPF_MOV | BPF_X, reg, MODBPF_REG_FP, 0, 0);
	put(mk, BPF_ALU64 | BPF_ADD | BPF_K, reg, 0, 0, -(s32)distance);
}

static void put_array_base(struct maker *mk)
{
	put(mk, BPF_ST | BPF_MEM | BPF_W, MODBPF_REG_FP, 0, -40, below(mk, 4));
	put_fp(mk, 2, 40);
	put_map(mk, 1, BPF_PSEUDO_MAP_FD, RANDVERIFY_ARRAY, 0);
	put(mk, BPF_JMP | BPF_CALL, 0, 0, 0, MODBPF_FUNC_map_lookup_elem);
	put(mk, BPF_JMP | BPF_JNE | BPF_K, 0, 0, 2, 0);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 0);
	put(mk, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 7, 0, 0, 0);
	mk->room = RANDVERIFY_ARRAY_BYTES;
}

static void put_record_base(struct maker *mk)
{
	put_map(mk, 1, BPF_PSEUDO_MAP_FD, RANDVERIFY_RING, 0);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 2, 0, 0, RANDVERIFY_RECORD_BYTES);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 3, 0, 0, 0);
	put(mk, BPF_JMP | BPF_CALL, 0, 0, 0, MODBPF_FUNC_ringbuf_reserve);
	put(mk, BPF_JMP | BPF_JNE | BPF_K, 0, 0, 1, 0);
	put(mk, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 7, 0, 0, 0);
	mk->room = RANDVERIFY_RECORD_BYTES;
}

void put_base(struct maker *mk)
{
	const struct randtype *type = randtype_of(mk->prog->prog_type);
	bool meta = type->meta >= 0 && one_in(mk, 4);

	mk->base = type->data >= 0 && one_in(mk, 3) ? BASE_PACKET :
		   one_in(mk, 2) ? BASE_VALUE : one_in(mk, 2) ? BASE_ARRAY : BASE_RECORD;
	switch (mk->base) {
	case BASE_PACKET:
		put(mk, BPF_LDX | BPF_MEM | BPF_W, 7, 6, meta ? type->meta : type->data, 0);
		put(mk, BPF_LDX | BPF_MEM | BPF_W, 8, 6, meta ? type->data : type->data_end, 0);
		return;
	case BASE_ARRAY:
		put_array_base(mk);
		return;
	case BASE_RECORD:
		put_record_base(mk);
		return;
	default:
		mk->room = RANDVERIFY_SINGLE_BYTES - 8 * below(mk, 4);
		put_map(mk, 7, BPF_PSEUDO_MAP_VALUE, RANDVERIFY_SINGLE,
			RANDVERIFY_SINGLE_BYTES - mk->room);
		return;
	}
}

/* Of all of R@place and R7, of their lower halves, or of copies of these that were moved. */
static void put_difference(struct maker *mk, u32 place)
{
	u32 how = below(mk, 6);

	if (how >= 3)
		put(mk, BPF_ALU | BPF_MOV | BPF_X, place, place, 0, 0);
	if (how >= 4)
		put(mk, BPF_ALU | BPF_ADD | BPF_K, place, 0, 0, 1);
	if (how >= 2)
		put(mk, BPF_ALU | BPF_SUB | BPF_K, place, 0, 0, 3);
	put(mk, (how ? BPF_ALU : BPF_ALU64) | BPF_SUB | BPF_X, place, 7, 0, 0);
	if (how >= 2)
		put(mk, BPF_ALU | BPF_AND | BPF_K, place, 0, 0, 7);
}

/* How far a place in the packet, or its end, is from where R7 points. */
void put_distance(struct maker *mk)
{
	u32 number = number_reg(mk), place = work_reg(mk);
	struct bound bound = mk->known.regs[number];
	bool to_end = one_in(mk, 4), by_number = bound.max < 256 && place != number;

	put(mk, BPF_ALU64 | BPF_MOV | BPF_X, place, to_end ? 8 : 7, 0, 0);
	if (to_end)
		bound = (struct bound){ UNBOUNDED, UNBOUNDED };
	else if (by_number)
		put(mk, BPF_ALU64 | BPF_ADD | BPF_X, place, number, 0, 0);
	else
		bound = (struct bound){ 5, 5 };
	if (!to_end && !by_number)
		put(mk, BPF_ALU64 | BPF_ADD | BPF_K, place, 0, 0, 5);
	put_difference(mk, place);
	set_number(mk, place, bound.max, bound.some);
}
