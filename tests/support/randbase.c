// SPDX-License-Identifier: GPL-2.0-only
/* To what memory does R7 of a random program point? A map value, a record or the packet. */
#include "isa/abi.h"
#include "tests/support/randmaker.h"

void put_fp(struct maker *mk, u32 reg, u32 distance)
{
	put(mk, BPF_ALU64 | BPF_MOV | BPF_X, reg, MODBPF_REG_FP, 0, 0);
	put(mk, BPF_ALU64 | BPF_ADD | BPF_K, reg, 0, 0, -(s32)distance);
}

void put_base(struct maker *mk)
{
	mk->base = mk->prog->prog_type == MODBPF_PROG_SCHED_CLS ||
		   mk->prog->prog_type == MODBPF_PROG_CGROUP_SKB ? below(mk, 6) : below(mk, 3);
	switch (mk->base) {
	case BASE_PACKET:
		if (mk->prog->prog_type != MODBPF_PROG_SCHED_CLS &&
		    mk->prog->prog_type != MODBPF_PROG_CGROUP_SKB)
			break;
		put(mk, BPF_LDX | BPF_MEM | BPF_W, 7, 6, 76, 0);
		put(mk, BPF_LDX | BPF_MEM | BPF_W, 8, 6, 80, 0);
		return;
	case BASE_ARRAY:
		put(mk, BPF_ST | BPF_MEM | BPF_W, MODBPF_REG_FP, 0, -40, below(mk, 4));
		put_fp(mk, 2, 40);
		put_map(mk, 1, BPF_PSEUDO_MAP_FD, RANDVERIFY_ARRAY, 0);
		put(mk, BPF_JMP | BPF_CALL, 0, 0, 0, MODBPF_FUNC_map_lookup_elem);
		put(mk, BPF_JMP | BPF_JNE | BPF_K, 0, 0, 2, 0);
		put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 0);
		put(mk, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
		put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 7, 0, 0, 0);
		mk->room = RANDVERIFY_ARRAY_BYTES;
		return;
	case BASE_RECORD:
		put_map(mk, 1, BPF_PSEUDO_MAP_FD, RANDVERIFY_RING, 0);
		put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 2, 0, 0, RANDVERIFY_RECORD_BYTES);
		put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 3, 0, 0, 0);
		put(mk, BPF_JMP | BPF_CALL, 0, 0, 0, MODBPF_FUNC_ringbuf_reserve);
		put(mk, BPF_JMP | BPF_JNE | BPF_K, 0, 0, 1, 0);
		put(mk, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
		put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 7, 0, 0, 0);
		mk->room = RANDVERIFY_RECORD_BYTES;
		return;
	default:
		break;
	}
	mk->base = BASE_VALUE;
	mk->room = RANDVERIFY_SINGLE_BYTES - 8 * below(mk, 4);
	put_map(mk, 7, BPF_PSEUDO_MAP_VALUE, RANDVERIFY_SINGLE, RANDVERIFY_SINGLE_BYTES - mk->room);
}
