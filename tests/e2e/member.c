// SPDX-License-Identifier: GPL-2.0-only
/*
 * What may a member of the device's group do under policy=group? "member": the rights, as
 * a user without capabilities. "member event": an event with a program, and its end. "member
 * hold": holds a program until killed. "member image ID": are there fences, and constants, in
 * the machine code of that program? "member namespace": whom does a map count as that 65534
 * makes in a user namespace of his own, where he is 100005? As root. "member flood": loads 300
 * programs, and is refused 100 times. "member update": a link gets another program; says which.
 */
#define _GNU_SOURCE
#include <grp.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "isa/abi.h"
#include "tests/e2e/abi.h"
#include "tests/e2e/kernel_file.h"

#define CONSTANT 0x2badcafe

/* An access behind a conditional jump, and a constant. */
static const struct modbpf_insn guarded[] = {
	{ .code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = 2, .src_reg = 1 },
	{ .code = BPF_JMP | BPF_JGT | BPF_K, .dst_reg = 2, .off = 1, .imm = 10 },
	{ .code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = 2, .src_reg = 1, .off = 8 },
	MOV64_IMM(0, CONSTANT),
	{ .code = BPF_ALU64 | BPF_ADD | BPF_X, .dst_reg = 0, .src_reg = 2 },
	EXIT_INSN,
};

static long load(__u32 type, const struct modbpf_insn *insns, __u32 cnt)
{
	union modbpf_attr attr = load_attr(type, insns, cnt);

	return call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr));
}

static long load_caller(__s32 helper)
{
	const struct modbpf_insn insns[] = {
		MOV64_IMM(1, 9), { .code = BPF_JMP | BPF_CALL, .imm = helper },
		MOV64_IMM(0, 1), EXIT_INSN,
	};

	return load(8, insns, 4);
}

static long by_id(__u32 cmd)
{
	union modbpf_attr attr = {};

	attr.prog_id = cmd == MODBPF_CMD_PROG_GET_FD_BY_ID || cmd == MODBPF_CMD_MAP_GET_FD_BY_ID;
	return call(cmd, &attr, sizeof(attr));
}

static void test_programs(void)
{
	static const __u32 good[] = { 1, 3, 8, 32 }, bad[] = { 2, 4, 5, 6, 7, 9, 10, 13, 17, 26 };
	int i, fd;

	for (i = 0; i < 4; i++) {
		fd = want_fd("a type that is for members", load_trivial(good[i]));
		close(fd);
	}
	for (i = 0; i < 10; i++)
		want("a type that is not", load_trivial(bad[i]), -EPERM);
	want("a signal", load_caller(109), -EPERM);
	want("who runs", load_caller(14), -EPERM);
	close(want_fd("the time", load_caller(5)));
}

static void test_objects(void)
{
	int prog = load(1, guarded, 6), map = want_fd("a map", create_map(1, 4, 8, 4, 0)), fds[64], i;
	struct modbpf_prog_info info = {};
	union modbpf_attr attr = {};
	__u32 len = sizeof(info), key = 1;
	__u64 value = 5;

	want("an element", element(MODBPF_CMD_MAP_UPDATE_ELEM, map, &key, &value, 0), 0);
	want("the program's info", info_of(prog, &info, &len), 0);
	want("without its code", info.jited_prog_len + info.xlated_prog_len + info.nr_jited_ksyms, 0);
	want("a seed of zero", create_map(1, 4, 8, 4, 64), -EPERM);
	close(info_btf());
	want("others' programs", by_id(MODBPF_CMD_PROG_GET_FD_BY_ID), -EPERM);
	want("others' maps", by_id(MODBPF_CMD_MAP_GET_FD_BY_ID), -EPERM);
	want("whose there are", by_id(MODBPF_CMD_PROG_GET_NEXT_ID), -EPERM);
	want("which maps there are", by_id(MODBPF_CMD_MAP_GET_NEXT_ID), -EPERM);
	want("which links", by_id(MODBPF_CMD_LINK_GET_NEXT_ID), -EPERM);
	want("statistics", call(MODBPF_CMD_ENABLE_STATS, &attr, sizeof(attr)), -EPERM);
	want("others' descriptors", call(MODBPF_CMD_TASK_FD_QUERY, &attr, sizeof(attr)), -EPERM);
	want("to freeze", element(MODBPF_CMD_MAP_FREEZE, map, NULL, NULL, 0), -EPERM);
	attr.link_create.prog_fd = load_trivial(8);
	attr.link_create.attach_type = 45;
	attr.link_create.netfilter.pf = 2;
	want("to attach", call(MODBPF_CMD_LINK_CREATE, &attr, sizeof(attr)), -EPERM);
	for (i = 0; i < 64; i++) {
		fds[i] = create_map(1, 4, 8, 4, 0);
		if (fds[i] < 0)
			break;
	}
	want("more than a user may have", fds[i < 64 ? i : 63], -EPERM);
	while (i--)
		close(fds[i]);
}

/* A test run keeps the packet's device: only the loopback device, whose end nobody waits for. */
static void test_devices(void)
{
	struct modbpf_sk_buff ctx = { .ifindex = 1 };
	__u8 packet[64] = {};
	union modbpf_attr attr = {
		.test.prog_fd = load_trivial(1), .test.data_in = addr(packet),
		.test.data_size_in = sizeof(packet), .test.ctx_in = addr(&ctx), .test.ctx_size_in = sizeof(ctx),
	};

	want("a packet of the loopback device", call(MODBPF_CMD_PROG_TEST_RUN, &attr, sizeof(attr)), 0);
	ctx.ifindex = 2;
	want("of another", call(MODBPF_CMD_PROG_TEST_RUN, &attr, sizeof(attr)), -EPERM);
	close(attr.test.prog_fd);
}

/* By his programs he does no more with a map than its descriptor lets him do. */
static void test_modes(void)
{
	static const struct { __u32 flags; long err; } rows[] = {
		{ 0, 0 }, { MODBPF_F_RDONLY, -EPERM }, { MODBPF_F_WRONLY, -EPERM },
		{ MODBPF_F_RDONLY | MODBPF_F_RDONLY_PROG, 0 }, { MODBPF_F_WRONLY | MODBPF_F_WRONLY_PROG, 0 },
		{ MODBPF_F_RDONLY | MODBPF_F_WRONLY_PROG, -EPERM },
	};
	__u32 i, key = 0;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int map = want_fd("a map", create_map(2, 4, 8, 1, rows[i].flags));
		const struct modbpf_insn uses[] = { LD_MAP_FD(1, map), MOV64_IMM(0, 0), EXIT_INSN };
		union modbpf_attr attr = map_attr(12, 4, 4, 1);
		long prog = load(1, uses, sizeof(uses) / sizeof(uses[0]));
		int outer;

		want("a program that uses it", prog < 0 ? prog : 0, rows[i].err);
		close(prog);
		attr.inner_map_fd = map;
		outer = want_fd("a map for maps like it", call(MODBPF_CMD_MAP_CREATE, &attr, sizeof(attr)));
		want("it stands there", element(MODBPF_CMD_MAP_UPDATE_ELEM, outer, &key, &map, 0), rows[i].err);
		close(outer);
		close(map);
	}
}

/* As much text as goes beyond limit_map_bytes, behind one type. */
static void test_types(void)
{
	static struct {
		__u16 magic;
		__u8 version, flags;
		__u32 hdr_len, type_off, type_len, str_off, str_len;
		__u32 types[4];
		char strings[300 << 10];
	} btf = { 0xeb9f, 1, 0, 24, 0, 16, 16, sizeof(btf.strings), { 0, 1 << 24, 4, 32 }, "" };
	union modbpf_attr attr = { .btf = addr(&btf), .btf_size = 24 + 16 + sizeof(btf.strings) };

	want("BTF that is too large", call(MODBPF_CMD_BTF_LOAD, &attr, sizeof(attr)), -ENOMEM);
	btf.str_len = 100 << 10;
	attr.btf_size = 24 + 16 + btf.str_len;
	close(want_fd("BTF that is not", call(MODBPF_CMD_BTF_LOAD, &attr, sizeof(attr))));
}

static void test_events(void)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_SOFTWARE, .size = sizeof(attr),
					.config = PERF_COUNT_SW_CPU_CLOCK, .sample_period = 100000 };
	struct modbpf_perf_open open = { .attr = addr(&attr), .pid = 0, .cpu = -1, .group_fd = -1 };

	want("an event", ioctl(device, MODBPF_IOC_PERF, &open) < 0 ? -errno : 0, -EACCES);
}

/* As root: a program is put to an event, and goes with it. */
static int use_event(void)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_SOFTWARE, .size = sizeof(attr),
					.config = PERF_COUNT_SW_CPU_CLOCK, .sample_period = 100000000 };
	struct modbpf_perf_open open = { .attr = addr(&attr), .pid = 0, .cpu = -1, .group_fd = -1 };
	int fd = ioctl(device, MODBPF_IOC_PERF, &open);

	return fd < 0 || ioctl(fd, PERF_EVENT_IOC_SET_BPF, load_trivial(7)) || close(fd);
}

/* Makes a map as another when told to, and keeps it until told again. */
static int be_another(int parent)
{
	const gid_t group = 1234;
	char byte = 0;

	if (setgroups(1, &group) || setresgid(65533, 65533, 65533) ||
	    setresuid(65534, 65534, 65534) || unshare(CLONE_NEWUSER))
		return 1;
	if (write(parent, &byte, 1) != 1 || read(parent, &byte, 1) != 1 || setresuid(5, 5, 5) ||
	    create_map(1, 4, 8, 4, 0) < 0)
		return 1;
	return write(parent, &byte, 1) != 1 || read(parent, &byte, 1) < 0;
}

static int show_users(void)
{
	char line[100];
	FILE *users = fopen("/sys/kernel/debug/modbpf/users", "r");

	while (users && fgets(line, sizeof(line), users))
		printf("%d\n", atoi(line));
	return !users || fclose(users);
}

static int use_namespace(void)
{
	char path[32], byte;
	int pair[2], child, err = 1;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		return 1;
	child = fork();
	if (!child) {
		close(pair[0]);
		_exit(be_another(pair[1]));
	}
	close(pair[1]);
	snprintf(path, sizeof(path), "/proc/%d/uid_map", child);
	if (read(pair[0], &byte, 1) == 1 && write_to(path, "0 100000 10") &&
	    write(pair[0], &byte, 1) == 1 && read(pair[0], &byte, 1) == 1)
		err = show_users();
	close(pair[0]);
	waitpid(child, NULL, 0);
	return err;
}

static int flood(void)
{
	int i, fd;

	for (i = 0; i < 300; i++) {
		fd = load_trivial(1);
		if (fd < 0)
			return 1;
		close(fd);
	}
	for (i = 0; i < 100; i++)
		if (by_id(MODBPF_CMD_PROG_GET_FD_BY_ID) != -EPERM)
			return 1;
	return 0;
}

static int use_update(void)
{
	union modbpf_attr attr = { .link_create = { .prog_fd = load_trivial(32), .attach_type = 45 } };
	int prog = load_trivial(32), link;
	struct modbpf_prog_info prog_info = {};
	struct modbpf_link_info link_info = {};
	__u32 prog_len = sizeof(prog_info), link_len = sizeof(link_info);

	attr.link_create.netfilter.pf = 2;
	attr.link_create.netfilter.priority = 5;
	link = call(MODBPF_CMD_LINK_CREATE, &attr, sizeof(attr));
	attr = (union modbpf_attr){ .link_update = { .link_fd = link, .new_prog_fd = prog } };
	if (call(MODBPF_CMD_LINK_UPDATE, &attr, sizeof(attr)) || info_of(prog, &prog_info, &prog_len) ||
	    info_of(link, &link_info, &link_len))
		return 1;
	printf("id=%u prog=%u\n", link_info.id, prog_info.id);
	return 0;
}

static int show_image(const char *id)
{
	static unsigned char code[4096];
	struct modbpf_prog_info info = { .jited_prog_insns = addr(code), .jited_prog_len = sizeof(code) };
	const int constant = CONSTANT;
	union modbpf_attr attr = { .prog_id = atoi(id) };
	int fences = 0, constants = 0, i, fd = call(MODBPF_CMD_PROG_GET_FD_BY_ID, &attr, sizeof(attr));
	__u32 len = sizeof(info);

	if (info_of(fd, &info, &len))
		return 1;
	for (i = 0; i + 4 <= (int)info.jited_prog_len; i++) {
		fences += !memcmp(code + i, "\x0f\xae\xe8", 3);
		constants += !memcmp(code + i, &constant, 4);
	}
	printf("fences %d constants %d\n", fences, constants);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct { const char *name; int (*run)(void); } deeds[] = {
		{ "event", use_event }, { "namespace", use_namespace }, { "flood", flood }, { "update", use_update },
	};
	struct modbpf_prog_info info = {};
	__u32 len = sizeof(info), i;

	device = open(MODBPF_DEVICE, O_RDWR | O_CLOEXEC);
	if (device < 0)
		return 1;
	for (i = 0; argc > 1 && i < sizeof(deeds) / sizeof(deeds[0]); i++)
		if (!strcmp(argv[1], deeds[i].name))
			return deeds[i].run();
	if (argc > 2)
		return show_image(argv[2]);
	if (argc > 1) {
		if (info_of(load(1, guarded, 6), &info, &len))
			return 1;
		printf("attached to nothing: %u\n", info.id);
		fflush(stdout);
		return pause();
	}
	/* First: the log has a limit for what is denied. */
	test_events();
	test_programs();
	test_devices();
	test_types();
	test_modes();
	/* Last: what was closed counts for a while. */
	test_objects();
	return finish("member");
}
