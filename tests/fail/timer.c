// SPDX-License-Identifier: GPL-2.0-only
/* A map whose values have a timer, and a program that starts it. */
#include "tests/fail/fail.h"

#include "isa/abi.h"
#include "tests/e2e/abi.h"

#define INSN(op, dst, src, offset, number) \
	{ .code = op, .dst_reg = dst, .src_reg = src, .off = offset, .imm = number }
#define HELPER(id) INSN(BPF_JMP | BPF_CALL, 0, 0, 0, id)
#define MOV64_REG(dst, src) INSN(BPF_ALU64 | BPF_MOV | BPF_X, dst, src, 0, 0)

enum { TYPE_INT = 1, TYPE_LONG, TYPE_TIMER, TYPE_VALUE };
enum { STARTS_AT = 12, CALLBACK = 25, INSN_COUNT = 27 };	/* in the program below */

static int types, map, prog;

static int load_timer_types(void)
{
	static const struct {
		__u16 magic;
		__u8 version, flags;
		__u32 hdr_len, type_off, type_len, str_off, str_len;
		__u32 types[23];
		char strings[22];
	} btf = {
		0xeb9f, 1, 0, 24, 0, 92, 92, 22,
		{ 1, 1 << 24, 4, 1 << 24 | 32,			/* int */
		  5, 1 << 24, 8, 1 << 24 | 64,			/* long */
		  10, 4 << 24 | 2, 16, 0, TYPE_LONG, 0, 0, TYPE_LONG, 64,	/* struct bpf_timer */
		  0, 4 << 24 | 1, 16, 20, TYPE_TIMER, 0 },	/* struct { struct bpf_timer t; } */
		"\0int\0long\0bpf_timer\0t",
	};
	union modbpf_attr attr = { .btf = addr(&btf), .btf_size = 24 + 92 + 22 };

	return call(MODBPF_CMD_BTF_LOAD, &attr, sizeof(attr));
}

static int create_timers(void)
{
	union modbpf_attr attr = map_attr(MODBPF_MAP_ARRAY, 4, 16, 4);

	attr.btf_fd = types;
	attr.btf_key_type_id = TYPE_INT;
	attr.btf_value_type_id = TYPE_VALUE;
	return call(MODBPF_CMD_MAP_CREATE, &attr, sizeof(attr));
}

/* What a run begins with was stopped, and is set and started anew. */
static int load_starter(void)
{
	const struct modbpf_insn insns[INSN_COUNT] = {
		INSN(BPF_ST | BPF_MEM | BPF_W, 10, 0, -4, 0),
		MOV64_REG(2, 10),
		INSN(BPF_ALU64 | BPF_ADD | BPF_K, 2, 0, 0, -4),
		LD_MAP_FD(1, map),
		HELPER(MODBPF_FUNC_map_lookup_elem),
		INSN(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 16, 0),
		MOV64_REG(6, 0),
		MOV64_REG(1, 6),
		LD_MAP_FD(2, map),
		MOV64_IMM(3, 1),
		[STARTS_AT] = HELPER(MODBPF_FUNC_timer_init),
		MOV64_REG(1, 6),
		{ .code = MODBPF_LD_IMM64, .dst_reg = 2, .src_reg = BPF_PSEUDO_FUNC,
		  .imm = CALLBACK - STARTS_AT - 3 }, {},
		HELPER(MODBPF_FUNC_timer_set_callback),
		MOV64_REG(1, 6),
		MOV64_IMM(2, 0x7fffffff),
		MOV64_IMM(3, 0),
		HELPER(MODBPF_FUNC_timer_start),
		MOV64_REG(1, 6),
		HELPER(MODBPF_FUNC_timer_cancel),
		MOV64_IMM(0, 0),
		EXIT_INSN,
		[CALLBACK] = MOV64_IMM(0, 0),
		EXIT_INSN,
	};
	union modbpf_attr attr = load_attr(MODBPF_PROG_SCHED_CLS, insns, INSN_COUNT);

	return call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr));
}

static int run_starter(void)
{
	static const unsigned char packet[64] = { [12] = 8 };
	union modbpf_attr attr = {};

	attr.test.prog_fd = prog;
	attr.test.data_in = addr(packet);
	attr.test.data_size_in = sizeof(packet);
	return call(MODBPF_CMD_PROG_TEST_RUN, &attr, sizeof(attr));
}

const struct op timer_ops[] = {
	{ "MAP_CREATE timers", NULL, create_timers, NULL },
	{ "PROG_LOAD timers", NULL, load_starter, NULL },
	{ "PROG_TEST_RUN timers", NULL, run_starter, NULL },
};
const size_t timer_op_cnt = sizeof(timer_ops) / sizeof(timer_ops[0]);

bool timers_begin(int fd)
{
	device = fd;
	types = load_timer_types();
	map = create_timers();
	prog = load_starter();
	return is_there("a timer's types", types) && is_there("a map of timers", map) &&
	       is_there("a program that starts them", prog);
}

void timers_end(void)
{
	close(types);
	close(map);
	close(prog);
}
