// SPDX-License-Identifier: GPL-2.0-only
/* PROG_LOAD, PROG_TEST_RUN and BTF_LOAD. A suite each. */
#include <linux/err.h>
#include <linux/if_ether.h>
#include <linux/netfilter.h>

#include "isa/btf/btf.h"
#include "module/btf.h"
#include "module/caller.h"
#include "module/prog.h"
#include "tests/kunit/command_call.h"

#define LOAD MODBPF_CMD_PROG_LOAD
#define TEST_RUN MODBPF_CMD_PROG_TEST_RUN

static union modbpf_attr load_attr(struct kunit *test, const struct modbpf_insn *insns, u32 cnt)
{
	union modbpf_attr attr = { .prog_type = MODBPF_PROG_SOCKET_FILTER, .insn_cnt = cnt };

	attr.insns = command_put_user(test, insns, cnt * sizeof(*insns));
	attr.license = command_put_user(test, "GPL", 4);
	return attr;
}

/* --- PROG_LOAD ------------------------------------------------------------------------ */

static const struct modbpf_insn good[] = { MOV64_IMM(0, 1), EXIT_INSN };
static const struct modbpf_insn bad[] = { EXIT_INSN };

static void load_takes_each_type(struct kunit *test)
{
	static const u32 types[] = { MODBPF_PROG_SOCKET_FILTER, MODBPF_PROG_KPROBE,
		MODBPF_PROG_SCHED_CLS, MODBPF_PROG_CGROUP_SKB, MODBPF_PROG_NETFILTER };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(types); i++)
		KUNIT_EXPECT_GE(test, command_load_trivial(test, types[i]), 0L);
	KUNIT_EXPECT_EQ(test, command_load_trivial(test, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, command_load_trivial(test, 1000), -EINVAL);
}

static void load_refuses_bad_attrs(struct kunit *test)
{
	union modbpf_attr attr = load_attr(test, good, 2);

	attr.insn_cnt = 0;
	KUNIT_EXPECT_EQ(test, command_try(test, LOAD, &attr), -E2BIG);
	attr.insn_cnt = 1000001;
	KUNIT_EXPECT_EQ(test, command_try(test, LOAD, &attr), -E2BIG);
	attr = load_attr(test, good, 2);
	attr.insns = BAD_ADDRESS;
	KUNIT_EXPECT_EQ(test, command_try(test, LOAD, &attr), -EFAULT);
	attr = load_attr(test, good, 2);
	attr.license = BAD_ADDRESS;
	KUNIT_EXPECT_EQ(test, command_try(test, LOAD, &attr), -EFAULT);
	attr = load_attr(test, good, 2);
	attr.prog_flags = 1u << 31;
	KUNIT_EXPECT_EQ(test, command_try(test, LOAD, &attr), -EINVAL);
	attr = load_attr(test, good, 2);
	attr.prog_name[0] = '/';
	KUNIT_EXPECT_EQ(test, command_try(test, LOAD, &attr), -EINVAL);
}

static void load_writes_its_log(struct kunit *test)
{
	union modbpf_attr attr = load_attr(test, bad, 1);
	char text[640] = {}, end[9] = {};
	u32 length;

	KUNIT_EXPECT_EQ(test, command_try(test, LOAD, &attr), -EACCES);
	attr.log_level = 1;
	attr.log_size = sizeof(text);
	attr.log_buf = command_put_user(test, NULL, sizeof(text));
	KUNIT_EXPECT_EQ(test, command_try(test, LOAD, &attr), -EACCES);
	command_get_user(test, text, attr.log_buf, sizeof(text) - 1);
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, strstr(text, "R0 !read_ok"));
	length = strlen(text) + 1;
	KUNIT_EXPECT_EQ(test, attr.log_true_size, length);
	attr.log_size = sizeof(end);
	KUNIT_EXPECT_EQ(test, command_try(test, LOAD, &attr), -ENOSPC);
	command_get_user(test, end, attr.log_buf, sizeof(end));
	KUNIT_EXPECT_STREQ(test, end, text + length - sizeof(end));
	attr.log_level = 1 | MODBPF_LOG_FIXED;
	KUNIT_EXPECT_EQ(test, command_try(test, LOAD, &attr), -ENOSPC);
	command_get_user(test, end, attr.log_buf, sizeof(end));
	KUNIT_EXPECT_EQ(test, memcmp(end, text, sizeof(end) - 1), 0);
	attr.log_buf = BAD_ADDRESS;
	KUNIT_EXPECT_EQ(test, command_try(test, LOAD, &attr), -EFAULT);
	attr.log_buf = 0;
	KUNIT_EXPECT_EQ(test, command_try(test, LOAD, &attr), -EINVAL);
}

/* A rejected program holds its maps no longer, an accepted one does. */
static void load_refers_to_maps(struct kunit *test)
{
	int map = command_make_map(test, MODBPF_MAP_ARRAY, 4, 8, 1, 0), prog;
	struct modbpf_insn insns[] = {
		{ .code = MODBPF_LD_IMM64, .dst_reg = 1, .src_reg = BPF_PSEUDO_MAP_FD, .imm = map },
		{}, MOV64_IMM(0, 0), EXIT_INSN,
	};

	KUNIT_EXPECT_GE(test, command_load(test, MODBPF_PROG_SOCKET_FILTER, insns, 4), 0L);
	KUNIT_EXPECT_EQ(test, command_load(test, MODBPF_PROG_SOCKET_FILTER, insns, 3), -EINVAL);
	insns[0].imm = 250;
	KUNIT_EXPECT_EQ(test, command_load(test, MODBPF_PROG_SOCKET_FILTER, insns, 4), -EBADF);
	prog = command_load_trivial(test, MODBPF_PROG_SOCKET_FILTER);
	insns[0].imm = prog;
	KUNIT_EXPECT_EQ(test, command_load(test, MODBPF_PROG_SOCKET_FILTER, insns, 4), -EINVAL);
}

static struct kunit_case load_cases[] = {
	KUNIT_CASE(load_takes_each_type),
	KUNIT_CASE(load_refuses_bad_attrs),
	KUNIT_CASE(load_writes_its_log),
	KUNIT_CASE(load_refers_to_maps),
	{}
};

struct kunit_suite kunit_prog_load_command_suite = {
	.name = "modbpf-command-prog-load",
	.init = command_begin,
	.exit = command_end,
	.test_cases = load_cases,
};

/* --- PROG_TEST_RUN ---------------------------------------------------------------------- */

static const u8 packet[64] = { [12] = 8, [14] = 0x45, [63] = 0xab };

/* Returns the byte at @at of the packet that the program is given. */
static int load_byte(struct kunit *test, u32 type, s32 at)
{
	const struct modbpf_insn insns[] = {
		{ .code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = 2, .src_reg = 1, .off = 76 },
		{ .code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = 3, .src_reg = 1, .off = 80 },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 2, .imm = at },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 4, .src_reg = 2 },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 4, .imm = 1 },
		MOV64_IMM(0, 0),
		{ .code = BPF_JMP | BPF_JGT | BPF_X, .dst_reg = 4, .src_reg = 3, .off = 2 },
		{ .code = BPF_LDX | BPF_MEM | BPF_B, .dst_reg = 0, .src_reg = 2 },
		{ .code = BPF_ALU64 | BPF_AND | BPF_K, .dst_reg = 0,
		  .imm = type == MODBPF_PROG_CGROUP_SKB ? 1 : 255 },
		EXIT_INSN,
	};

	return command_load(test, type, insns, ARRAY_SIZE(insns));
}

static void run_shows_the_packet(struct kunit *test)
{
	union modbpf_attr attr = {};
	u8 back[sizeof(packet)] = {};

	attr.test.prog_fd = load_byte(test, MODBPF_PROG_SCHED_CLS, 12);
	attr.test.data_in = command_put_user(test, packet, sizeof(packet));
	attr.test.data_size_in = sizeof(packet);
	attr.test.data_out = command_put_user(test, NULL, sizeof(packet));
	attr.test.data_size_out = sizeof(packet);
	attr.test.repeat = 10;
	KUNIT_EXPECT_EQ(test, command_try(test, TEST_RUN, &attr), 0);
	KUNIT_EXPECT_EQ(test, attr.test.retval, 8u);	/* the MAC header's type */
	KUNIT_EXPECT_EQ(test, attr.test.data_size_out, (u32)sizeof(packet));
	command_get_user(test, back, attr.test.data_out, sizeof(back));
	KUNIT_EXPECT_EQ(test, memcmp(back, packet, sizeof(packet)), 0);
	attr.test.prog_fd = load_byte(test, MODBPF_PROG_CGROUP_SKB, 0);
	KUNIT_EXPECT_EQ(test, command_try(test, TEST_RUN, &attr), 0);
	KUNIT_EXPECT_EQ(test, attr.test.retval, 1u);	/* the IP header's first byte, its low bit */
	attr.test.data_size_out = 10;
	KUNIT_EXPECT_EQ(test, command_try(test, TEST_RUN, &attr), -ENOSPC);
	KUNIT_EXPECT_EQ(test, attr.test.data_size_out, (u32)sizeof(packet));
}

static void run_refuses_bad_input(struct kunit *test)
{
	union modbpf_attr attr = {};

	attr.test.prog_fd = 250;
	KUNIT_EXPECT_EQ(test, command_try(test, TEST_RUN, &attr), -EBADF);
	attr.test.prog_fd = command_load_trivial(test, MODBPF_PROG_KPROBE);
	KUNIT_EXPECT_EQ(test, command_try(test, TEST_RUN, &attr), -ENOTSUPP);
	attr.test.prog_fd = command_load_trivial(test, MODBPF_PROG_SCHED_CLS);
	KUNIT_EXPECT_EQ(test, command_try(test, TEST_RUN, &attr), -EINVAL);
	attr.test.data_in = BAD_ADDRESS;
	attr.test.data_size_in = 64;
	KUNIT_EXPECT_EQ(test, command_try(test, TEST_RUN, &attr), -EFAULT);
	attr.test.data_in = command_put_user(test, packet, sizeof(packet));
	attr.test.data_size_in = ETH_HLEN - 1;
	KUNIT_EXPECT_EQ(test, command_try(test, TEST_RUN, &attr), -EINVAL);
	attr.test.data_size_in = 4096;
	KUNIT_EXPECT_EQ(test, command_try(test, TEST_RUN, &attr), -EINVAL);
	attr.test.data_size_in = 64;
	attr.test.cpu = 1;
	KUNIT_EXPECT_EQ(test, command_try(test, TEST_RUN, &attr), -EINVAL);
	attr.test.cpu = 0;
	attr.test.data_out = BAD_ADDRESS;
	KUNIT_EXPECT_EQ(test, command_try(test, TEST_RUN, &attr), -EFAULT);
}

/* What it sees there: tests/e2e/packet_dynptr.c. */
static void run_of_netfilter_programs(struct kunit *test)
{
	static const u8 bytes[20];
	union modbpf_attr attr = {};
	struct nf_hook_state state = { .pf = NFPROTO_IPV4, .hook = NF_INET_LOCAL_IN };

	attr.test.prog_fd = command_load_trivial(test, MODBPF_PROG_NETFILTER);
	attr.test.data_in = command_put_user(test, bytes, sizeof(bytes));
	attr.test.data_size_in = sizeof(bytes);
	KUNIT_EXPECT_EQ(test, command_try(test, TEST_RUN, &attr), 0);
	KUNIT_EXPECT_EQ(test, attr.test.retval, 1u);
	attr.test.data_size_in--;
	KUNIT_EXPECT_EQ(test, command_try(test, TEST_RUN, &attr), -EINVAL);
	attr.test.ctx_in = command_put_user(test, &state, sizeof(state));
	attr.test.ctx_size_in = sizeof(state);
	attr.test.data_in = command_put_user(test, packet, sizeof(packet));
	attr.test.data_size_in = ETH_HLEN + sizeof(bytes);
	KUNIT_EXPECT_EQ(test, command_try(test, TEST_RUN, &attr), 0);
	attr.test.data_size_in--;
	KUNIT_EXPECT_EQ(test, command_try(test, TEST_RUN, &attr), -EINVAL);
	attr.test.data_size_in = 4096;
	KUNIT_EXPECT_EQ(test, command_try(test, TEST_RUN, &attr), -EINVAL);
}

/* What it is given, and where: tests/e2e/raw_events.c. */
static void run_of_raw_tracepoint_programs(struct kunit *test)
{
	union modbpf_attr attr = {};
	struct modbpf_prog *prog;
	struct caller caller;
	int cpu;

	attr.test.prog_fd = command_load_trivial(test, MODBPF_PROG_RAW_TRACEPOINT);
	KUNIT_EXPECT_EQ(test, command_try(test, TEST_RUN, &attr), 0);
	KUNIT_EXPECT_EQ(test, attr.test.retval, 1u);
	caller_init_current(&caller);
	prog = prog_get_by_fd(&caller, attr.test.prog_fd);
	KUNIT_ASSERT_FALSE(test, IS_ERR(prog));
	/* As if it ran already. */
	for_each_possible_cpu(cpu)
		per_cpu_ptr(prog->cpu, cpu)->active++;
	KUNIT_EXPECT_EQ(test, command_try(test, TEST_RUN, &attr), -EBUSY);
	for_each_possible_cpu(cpu)
		per_cpu_ptr(prog->cpu, cpu)->active--;
	prog_put(prog);
}

static struct kunit_case run_cases[] = {
	KUNIT_CASE(run_shows_the_packet),
	KUNIT_CASE(run_refuses_bad_input),
	KUNIT_CASE(run_of_netfilter_programs),
	KUNIT_CASE(run_of_raw_tracepoint_programs),
	{}
};

struct kunit_suite kunit_prog_test_run_command_suite = {
	.name = "modbpf-command-prog-test-run",
	.init = command_begin,
	.exit = command_end,
	.test_cases = run_cases,
};

/* --- BTF_LOAD -------------------------------------------------------------------------------- */

struct tiny_btf {
	u16 magic;
	u8 version, flags;
	u32 hdr_len, type_off, type_len, str_off, str_len;
	u32 type[4];
	u8 string, pad[3];
};

#define TINY_BYTES 41
#define TINY_BTF { 0xeb9f, 1, 0, 24, 0, 16, 16, 1, { 0, 1 << 24, 4, 32 } }	/* an INT */

static long load_btf(struct kunit *test, struct tiny_btf btf, u32 bytes)
{
	union modbpf_attr attr = { .btf_size = bytes };

	attr.btf = command_put_user(test, &btf, sizeof(btf));
	return command_try(test, MODBPF_CMD_BTF_LOAD, &attr);
}

/* Its bytes, and the tables of two types: void and the INT. */
static void btf_is_charged_for(struct kunit *test)
{
	const struct tiny_btf tiny = TINY_BTF;
	struct caller caller;
	struct modbpf_btf *btf;
	long fd = load_btf(test, tiny, TINY_BYTES);

	KUNIT_ASSERT_GE(test, fd, 0L);
	caller_init_current(&caller);
	btf = btf_get_by_fd(&caller, fd);
	KUNIT_ASSERT_FALSE(test, IS_ERR(btf));
	KUNIT_EXPECT_EQ(test, btf->obj.charge.used[QUOTA_MAP_BYTES],
			(u64)TINY_BYTES + sizeof(struct btf_types) + 2 * 3 * sizeof(u32));
	KUNIT_EXPECT_EQ(test, btf->obj.charge.used[QUOTA_OBJECTS], 1ULL);
	btf_put(btf);
}

static void btf_header_is_checked(struct kunit *test)
{
	const struct tiny_btf good_btf = TINY_BTF;
	struct tiny_btf btf = good_btf;

	KUNIT_EXPECT_GE(test, load_btf(test, btf, TINY_BYTES), 0L);
	KUNIT_EXPECT_EQ(test, load_btf(test, btf, TINY_BYTES - 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, load_btf(test, btf, TINY_BYTES + 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, load_btf(test, btf, 7), -EINVAL);
	KUNIT_EXPECT_EQ(test, load_btf(test, btf, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, load_btf(test, btf, (16 << 20) + 1), -E2BIG);
	btf.magic++;
	KUNIT_EXPECT_EQ(test, load_btf(test, btf, TINY_BYTES), -EINVAL);
	btf = good_btf;
	btf.version = 2;
	KUNIT_EXPECT_EQ(test, load_btf(test, btf, TINY_BYTES), -ENOTSUPP);
	btf = good_btf;
	btf.hdr_len = U32_MAX;
	KUNIT_EXPECT_EQ(test, load_btf(test, btf, TINY_BYTES), -EINVAL);
	btf = good_btf;
	btf.type_len = 4;
	KUNIT_EXPECT_EQ(test, load_btf(test, btf, TINY_BYTES), -EINVAL);
	btf = good_btf;
	btf.str_off = U32_MAX;
	KUNIT_EXPECT_EQ(test, load_btf(test, btf, TINY_BYTES), -EINVAL);
	btf = good_btf;
	btf.string = 'a';
	KUNIT_EXPECT_EQ(test, load_btf(test, btf, TINY_BYTES), -EINVAL);
	btf = good_btf;
	btf.type[3] = 33;	/* more bits than its 4 bytes have */
	KUNIT_EXPECT_EQ(test, load_btf(test, btf, TINY_BYTES), -EINVAL);
}

static void btf_refuses_bad_attrs(struct kunit *test)
{
	union modbpf_attr attr = { .btf_size = TINY_BYTES, .btf = BAD_ADDRESS };

	KUNIT_EXPECT_EQ(test, command_try(test, MODBPF_CMD_BTF_LOAD, &attr), -EFAULT);
	attr.btf_log_size = 100;
	KUNIT_EXPECT_EQ(test, command_try(test, MODBPF_CMD_BTF_LOAD, &attr), -EINVAL);
	attr.btf_log_size = 0;
	attr.btf_flags = 1;
	KUNIT_EXPECT_EQ(test, command_try(test, MODBPF_CMD_BTF_LOAD, &attr), -EINVAL);
}

static struct kunit_case btf_cases[] = {
	KUNIT_CASE(btf_is_charged_for),
	KUNIT_CASE(btf_header_is_checked),
	KUNIT_CASE(btf_refuses_bad_attrs),
	{}
};

struct kunit_suite kunit_btf_load_command_suite = {
	.name = "modbpf-command-btf-load",
	.init = command_begin,
	.exit = command_end,
	.test_cases = btf_cases,
};
