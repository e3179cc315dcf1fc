// SPDX-License-Identifier: GPL-2.0-only
/*
 * What does bad input get from the device's commands on programs, links, BTF and
 * information? The errnos are those that bpf(2) gives.
 */
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "tests/e2e/abi.h"

#define BAD_ADDRESS 0x10ULL
#define TYPE_SOCKET_FILTER 1
#define TYPE_KPROBE 2
#define TYPE_SCHED_CLS 3
#define TYPE_CGROUP_SKB 8
#define TYPE_NETFILTER 32

static int socket_filter, array_map;

static void test_transport(void)
{
	static char big[8192];
	struct modbpf_call c = { .cmd = MODBPF_CMD_MAP_CREATE, .size = 16, .attr = BAD_ADDRESS };
	union modbpf_attr *attr = (void *)big;

	want("an ioctl that there is not", ioctl(device, 0x1234, 0) < 0 ? -errno : 0, -ENOTTY);
	want("no call at all", ioctl(device, MODBPF_IOC_CALL, 0x10) < 0 ? -errno : 0, -EFAULT);
	want("an attr that cannot be read", ioctl(device, MODBPF_IOC_CALL, &c) < 0 ? -errno : 0, -EFAULT);
	want("more than a page", call(MODBPF_CMD_MAP_CREATE, big, 4097), -E2BIG);
	big[sizeof(*attr) + 3] = 1;
	want("a byte behind what is known", call(MODBPF_CMD_MAP_CREATE, big, 4096), -E2BIG);
	want("the same for a command that there is not", call(9999, big, 4096), -E2BIG);
	big[sizeof(*attr) + 3] = 0;
	*attr = map_attr(2, 4, 4, 1);
	close(want_fd("a long tail of zeros", call(MODBPF_CMD_MAP_CREATE, big, 4096)));
	close(want_fd("an old caller's short attr", call(MODBPF_CMD_MAP_CREATE, big, 20)));
	want("an empty attr", call(MODBPF_CMD_MAP_CREATE, big, 0), -EINVAL);
	want("a command above all", call(9999, big, 16), -EINVAL);
	want("the last possible command", call(0xffffffff, big, 16), -EINVAL);
	want("a command that is not offered", call(MODBPF_CMD_TOKEN_CREATE, big, 16), -EINVAL);
	memset(big, 0, sizeof(big));
	attr->map_fd = array_map;
	attr->value = 1;
	want("a byte behind the command's last field", call(MODBPF_CMD_MAP_FREEZE, big, sizeof(*attr)), -EINVAL);
}

static void test_load_attr(void)
{
	union modbpf_attr attr = load_attr(TYPE_SOCKET_FILTER, two_insns, 0);

	want("no instructions", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)), -E2BIG);
	attr.insn_cnt = 1000001;
	want("a million and one", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)), -E2BIG);
	attr.insn_cnt = 0xffffffff;
	want("four billion", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)), -E2BIG);
	attr = load_attr(TYPE_SOCKET_FILTER, (void *)BAD_ADDRESS, 2);
	want("instructions that cannot be read", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)), -EFAULT);
	attr = load_attr(TYPE_SOCKET_FILTER, two_insns, 2);
	attr.license = BAD_ADDRESS;
	want("a license that cannot be read", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)), -EFAULT);
	attr = load_attr(0, two_insns, 2);
	want("no type", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)), -EINVAL);
	attr = load_attr(12345, two_insns, 2);
	want("an unknown type", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)), -EINVAL);
	attr = load_attr(TYPE_SOCKET_FILTER, two_insns, 2);
	attr.prog_flags = 0x80000000;
	want("an unknown flag", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)), -EINVAL);
	attr = load_attr(TYPE_SOCKET_FILTER, two_insns, 2);
	memset(attr.prog_name, 'a', 16);
	want("a name without an end", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)), -EINVAL);
	strcpy(attr.prog_name, "a b");
	want("a name with a space", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)), -EINVAL);
	strcpy(attr.prog_name, "a_b.c9");
	close(want_fd("a good name", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr))));
	attr = load_attr(TYPE_NETFILTER, two_insns, 2);
	want("netfilter without its attach type", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)), -EINVAL);
	attr = load_attr(TYPE_CGROUP_SKB, two_insns, 2);
	attr.expected_attach_type = 7;
	want("cgroup_skb with another's", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)), -EINVAL);
	attr.expected_attach_type = 64;
	want("an attach type past all bits", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)), -EINVAL);
	attr = load_attr(TYPE_SOCKET_FILTER, two_insns, 2);
	attr.func_info_cnt = 1;
	attr.func_info_rec_size = 8;
	attr.prog_btf_fd = -1;
	want("function info without BTF", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)), -EBADF);
	attr.prog_btf_fd = array_map;
	want("a map for BTF", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)), -EINVAL);
	attr.func_info_rec_size = 7;
	want("records of seven bytes", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)), -EINVAL);
}

static void test_load_info(void)
{
	__u32 funcs[3] = { 0, 3, 0 }, lines[8] = { 0, 6, 1, 7 << 10, 1, 6, 4, 9 << 10 };
	__u32 got_funcs[2] = { 9, 9 }, got_lines[8] = {}, len = sizeof(struct modbpf_prog_info);
	union modbpf_attr attr = load_attr(TYPE_SOCKET_FILTER, two_insns, 2);
	__u64 addrs[2] = {}, start[1] = {};
	struct modbpf_prog_info info = {
		.nr_func_info = 1, .func_info = addr(got_funcs),
		.nr_line_info = 2, .line_info = addr(got_lines),
		.nr_jited_line_info = 2, .jited_line_info = addr(addrs),
		.nr_jited_ksyms = 1, .jited_ksyms = addr(start),
	};
	int fd;

	attr.prog_btf_fd = info_btf();
	attr.func_info = addr(funcs);
	attr.func_info_cnt = 1;
	attr.func_info_rec_size = 8;
	attr.line_info = addr(lines);
	attr.line_info_cnt = 2;
	attr.line_info_rec_size = 16;
	fd = want_fd("records of functions and lines", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)));
	want("their info", info_of(fd, &info, &len), 0);
	want_that("gives back the function", info.nr_func_info == 1 && !memcmp(got_funcs, funcs, 8));
	want_that("gives back the lines", info.nr_line_info == 2 && !memcmp(got_lines, lines, 32));
	want_that("tells where the lines' code is",
		  info.nr_jited_line_info == 2 && addrs[0] == start[0] && addrs[1] > addrs[0]);
	close(fd);
	attr.func_info_rec_size = 12;
	close(want_fd("longer records", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr))));
	funcs[2] = 1;
	want("with something in the rest", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)), -E2BIG);
	attr.func_info_rec_size = 8;
	funcs[1] = 2;
	want("a function that is none", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)), -EINVAL);
	funcs[1] = 4;
	want("a type that is not there", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)), -EINVAL);
	funcs[1] = 3;
	lines[4] = 2;
	want("a line behind the end", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)), -EINVAL);
	attr.line_info_cnt = 3;
	want("more lines than instructions", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)), -EINVAL);
	attr.line_info_cnt = 0;
	attr.func_info = BAD_ADDRESS;
	want("records that cannot be read", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)), -EFAULT);
	close(attr.prog_btf_fd);
}

static void test_load_maps(void)
{
	struct modbpf_insn insns[] = { LD_MAP_FD(1, 0), MOV64_IMM(0, 0), EXIT_INSN };
	union modbpf_attr attr = load_attr(TYPE_SOCKET_FILTER, insns, 4);
	__s32 fds[2] = { -1, array_map };
	struct modbpf_prog_info info;
	__u32 len = sizeof(info), id = 0;
	int fd;

	insns[0].imm = 9999;
	want("a map fd that is not open", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)), -EBADF);
	insns[0].imm = device;
	want("a map fd that is no map", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)), -EINVAL);
	insns[0].imm = array_map;
	close(want_fd("a map", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr))));
	insns[0].src_reg = BPF_PSEUDO_MAP_IDX;
	insns[0].imm = 1;
	want("an index without an array", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)), -EPROTO);
	attr.fd_array = BAD_ADDRESS;
	want("an array that cannot be read", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)), -EFAULT);
	attr.fd_array = addr(fds);
	insns[0].imm = 0;
	want("an index of no map", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)), -EBADF);
	insns[0].imm = 1;
	fd = want_fd("an index of a map", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)));
	memset(&info, 0, sizeof(info));
	info.nr_map_ids = 1;
	info.map_ids = addr(&id);
	want("its info", info_of(fd, &info, &len), 0);
	want("names one map", info.nr_map_ids, 1);
	want_that("by its id", id != 0);
	close(fd);
}

static void test_load_log(void)
{
	static const struct modbpf_insn bad[] = { EXIT_INSN };
	union modbpf_attr attr = load_attr(TYPE_SOCKET_FILTER, bad, 1);
	char whole[4096] = {}, part[16];
	__u32 size;

	want("R0 is not set", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)), -EACCES);
	attr.log_level = 1;
	attr.log_buf = addr(whole);
	want("a log of no size", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)), -EINVAL);
	attr.log_size = sizeof(whole);
	attr.log_level = 0;
	want("a log of no level", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)), -EINVAL);
	attr.log_level = 64;
	want("an unknown level", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)), -EINVAL);
	attr.log_level = 1;
	attr.log_size = 0xffffffff;
	want("a log of 4 GiB", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)), -EINVAL);
	attr.log_size = sizeof(whole);
	attr.log_buf = BAD_ADDRESS;
	want("a log that cannot be written", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)), -EFAULT);
	attr.log_buf = addr(whole);
	want("with a log", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)), -EACCES);
	want_that("the log says why", strstr(whole, "R0 !read_ok"));
	want("and how long it is", attr.log_true_size, strlen(whole) + 1);
	size = attr.log_true_size;
	attr.log_buf = addr(part);
	attr.log_size = sizeof(part);
	want("too small a log", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)), -ENOSPC);
	want("the size is the whole one's", attr.log_true_size, size);
	want_that("the end is kept", !strcmp(part, whole + size - sizeof(part)));
	attr.log_level = 1 | MODBPF_LOG_FIXED;
	want("too small a fixed log", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)), -ENOSPC);
	want_that("the beginning is kept", !strncmp(part, whole, sizeof(part) - 1) && !part[sizeof(part) - 1]);
	attr.log_true_size = 77;
	want("a caller that does not know the true size",
	     call(MODBPF_CMD_PROG_LOAD, &attr, offsetof(union modbpf_attr, log_true_size)), -ENOSPC);
	want("is not written to", attr.log_true_size, 77);
}

static void test_run_attr(void)
{
	unsigned char packet[64] = { [12] = 8 }, back[64];
	union modbpf_attr attr = {};
	int kprobe = want_fd("a kprobe program", load_trivial(TYPE_KPROBE));

	attr.test.prog_fd = 9999;
	want("no program", call(MODBPF_CMD_PROG_TEST_RUN, &attr, sizeof(attr)), -EBADF);
	attr.test.prog_fd = array_map;
	want("a map", call(MODBPF_CMD_PROG_TEST_RUN, &attr, sizeof(attr)), -EINVAL);
	attr.test.prog_fd = kprobe;
	want("a program that takes no packet", call(MODBPF_CMD_PROG_TEST_RUN, &attr, sizeof(attr)), -NOT_SUPPORTED);
	close(kprobe);
	attr.test.prog_fd = socket_filter;
	want("no packet", call(MODBPF_CMD_PROG_TEST_RUN, &attr, sizeof(attr)), -EINVAL);
	attr.test.data_in = addr(packet);
	attr.test.data_size_in = 13;
	want("less than an Ethernet header", call(MODBPF_CMD_PROG_TEST_RUN, &attr, sizeof(attr)), -EINVAL);
	attr.test.data_size_in = 0xffffffff;
	want("more than a page", call(MODBPF_CMD_PROG_TEST_RUN, &attr, sizeof(attr)), -EINVAL);
	attr.test.data_size_in = sizeof(packet);
	attr.test.data_in = BAD_ADDRESS;
	want("a packet that cannot be read", call(MODBPF_CMD_PROG_TEST_RUN, &attr, sizeof(attr)), -EFAULT);
	attr.test.data_in = addr(packet);
	attr.test.ctx_size_in = 8;
	want("a context's size without a context", call(MODBPF_CMD_PROG_TEST_RUN, &attr, sizeof(attr)), -EINVAL);
	attr.test.ctx_size_in = 0;
	attr.test.flags = 1;
	want("a flag", call(MODBPF_CMD_PROG_TEST_RUN, &attr, sizeof(attr)), -EINVAL);
	attr.test.flags = 0;
	attr.test.repeat = 100;
	want("a run", call(MODBPF_CMD_PROG_TEST_RUN, &attr, sizeof(attr)), 0);
	want("its result", attr.test.retval, 1);
	want("the packet's size", attr.test.data_size_out, sizeof(packet));
	attr.test.data_out = addr(back);
	attr.test.data_size_out = 20;
	want("too little room", call(MODBPF_CMD_PROG_TEST_RUN, &attr, sizeof(attr)), -ENOSPC);
	want("the packet's size all the same", attr.test.data_size_out, sizeof(packet));
	want("a run with room", call(MODBPF_CMD_PROG_TEST_RUN, &attr, sizeof(attr)), 0);
	memset(packet, 0, 14);	/* a socket filter does not see the Ethernet header */
	want_that("what it saw comes back", !memcmp(packet, back, sizeof(packet)));
	attr.test.data_out = BAD_ADDRESS;
	want("a result that cannot be written", call(MODBPF_CMD_PROG_TEST_RUN, &attr, sizeof(attr)), -EFAULT);
}

/* R0 = the half word at R7, of a packet that is this Ethernet header and the numbers from 14. */
static void test_packet_load(void)
{
	struct modbpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 6, .src_reg = 1 },
		MOV64_IMM(7, 0),
		{ .code = BPF_LD | BPF_IND | BPF_H, .src_reg = 7, .imm = 4 },
		EXIT_INSN,
	};
	const struct { __s32 at; __u32 type, want; } rows[] = {
		{ 0, TYPE_SOCKET_FILTER, 18 << 8 | 19 },	/* behind the Ethernet header */
		{ 10, TYPE_SCHED_CLS, 14 << 8 | 15 },
		{ 44, TYPE_SOCKET_FILTER, 62 << 8 | 63 },
		{ 45, TYPE_SOCKET_FILTER, 0 },
		{ -0x100000, TYPE_SCHED_CLS, 18 << 8 | 19 },	/* SKF_NET_OFF */
		{ -0x200000 + 8, TYPE_SOCKET_FILTER, 0x0800 },	/* SKF_LL_OFF */
	};
	unsigned char packet[64] = { [12] = 8 };
	union modbpf_attr attr;
	size_t i;
	int fd;

	for (i = 14; i < sizeof(packet); i++)
		packet[i] = i;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		insns[1].imm = rows[i].at;
		attr = load_attr(rows[i].type, insns, 4);
		fd = want_fd("a program that loads from its packet",
			     call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)));
		memset(&attr, 0, sizeof(attr));
		attr.test.prog_fd = fd;
		attr.test.data_in = addr(packet);
		attr.test.data_size_in = sizeof(packet);
		want("runs", call(MODBPF_CMD_PROG_TEST_RUN, &attr, sizeof(attr)), 0);
		want("and finds", attr.test.retval, rows[i].want);
		close(fd);
	}
}

static void test_links(void)
{
	union modbpf_attr attr = {};
	int filter = want_fd("a filter", load_trivial(TYPE_CGROUP_SKB)), link;
	struct modbpf_link_info info = {};
	__u32 len = sizeof(info);

	attr.link_create.prog_fd = 9999;
	attr.link_create.attach_type = 45;
	want("no program", call(MODBPF_CMD_LINK_CREATE, &attr, sizeof(attr)), -EBADF);
	attr.link_create.prog_fd = array_map;
	want("a map", call(MODBPF_CMD_LINK_CREATE, &attr, sizeof(attr)), -EINVAL);
	attr.link_create.prog_fd = socket_filter;
	want("a program of another type", call(MODBPF_CMD_LINK_CREATE, &attr, sizeof(attr)), -EINVAL);
	attr.link_create.attach_type = 41;
	attr.link_create.target_fd = -1;
	want("a perf link to nothing", call(MODBPF_CMD_LINK_CREATE, &attr, sizeof(attr)), -EBADF);
	attr.link_create.attach_type = 0xffffffff;
	want("an unknown attach type", call(MODBPF_CMD_LINK_CREATE, &attr, sizeof(attr)), -EINVAL);
	memset(&attr, 0, sizeof(attr));
	attr.link_create.prog_fd = filter;
	attr.link_create.attach_type = 45;
	attr.link_create.netfilter.pf = 2;
	attr.link_create.netfilter.hooknum = 5;
	want("a hook past the last", call(MODBPF_CMD_LINK_CREATE, &attr, sizeof(attr)), -EPROTO);
	attr.link_create.netfilter.hooknum = 1;
	attr.link_create.netfilter.pf = 1000;
	want("a family that there is not", call(MODBPF_CMD_LINK_CREATE, &attr, sizeof(attr)), -EAFNOSUPPORT);
	attr.link_create.netfilter.pf = 2;
	attr.link_create.flags = 1;
	want("a flag", call(MODBPF_CMD_LINK_CREATE, &attr, sizeof(attr)), -EINVAL);
	attr.link_create.flags = 0;
	attr.link_create.target_fd = 9999;
	want("a namespace that is no fd", call(MODBPF_CMD_LINK_CREATE, &attr, sizeof(attr)), -EBADF);
	attr.link_create.target_fd = 0;
	link = want_fd("a link", call(MODBPF_CMD_LINK_CREATE, &attr, sizeof(attr)));
	want("its info", info_of(link, &info, &len), 0);
	want("is of a netfilter link", info.type, MODBPF_LINK_TYPE_NETFILTER);
	want("at local_in", info.netfilter.hooknum, 1);
	memset(&attr, 0, sizeof(attr));
	attr.link_detach.link_fd = filter;
	want("a program is detached", call(MODBPF_CMD_LINK_DETACH, &attr, sizeof(attr)), -EINVAL);
	attr.link_detach.link_fd = 9999;
	want("nothing is detached", call(MODBPF_CMD_LINK_DETACH, &attr, sizeof(attr)), -EBADF);
	attr.link_detach.link_fd = link;
	want("a link is detached", call(MODBPF_CMD_LINK_DETACH, &attr, sizeof(attr)), 0);
	want("and again", call(MODBPF_CMD_LINK_DETACH, &attr, sizeof(attr)), 0);
	close(link);
	close(filter);
}

static int update_link(int link, int prog, __u32 flags, int old)
{
	union modbpf_attr attr = {};

	attr.link_update.link_fd = link;
	attr.link_update.new_prog_fd = prog;
	attr.link_update.flags = flags;
	attr.link_update.old_prog_fd = old;
	return call(MODBPF_CMD_LINK_UPDATE, &attr, sizeof(attr));
}

static __u32 prog_of_link(int link)
{
	struct modbpf_link_info info = {};
	__u32 len = sizeof(info);

	return info_of(link, &info, &len) ? 0 : info.prog_id;
}

static long query(union modbpf_attr *attr, __u32 type, int target, __u32 room)
{
	static __u32 progs[4], links[4];

	memset(attr, 0, sizeof(*attr));
	attr->query.attach_type = type;
	attr->query.target_fd = target;
	attr->query.prog_ids = addr(progs);
	attr->query.link_ids = addr(links);
	attr->query.prog_cnt = room;
	memset(progs, 0, sizeof(progs));
	return call(MODBPF_CMD_PROG_QUERY, attr, sizeof(*attr));
}

/* What hangs at netfilter; of control groups, nothing. */
static void test_query(void)
{
	int filter = want_fd("a filter", load_trivial(TYPE_CGROUP_SKB)), links[2], i, group;
	struct modbpf_prog_info info = {};
	union modbpf_attr attr;
	__u32 len = sizeof(info);

	want("its number", info_of(filter, &info, &len), 0);
	want("nothing hangs", query(&attr, 45, 0, 4), 0);
	want("which is 0", attr.query.prog_cnt, 0);
	for (i = 0; i < 2; i++) {
		memset(&attr, 0, sizeof(attr));
		attr.link_create.prog_fd = filter;
		attr.link_create.attach_type = 45;
		attr.link_create.netfilter.pf = 2;
		attr.link_create.netfilter.hooknum = 1 + i;
		links[i] = want_fd("a link", call(MODBPF_CMD_LINK_CREATE, &attr, sizeof(attr)));
	}
	want("two hang", query(&attr, 45, 0, 4), 0);
	want("they are counted", attr.query.prog_cnt, 2);
	want("the first one's program", *(__u32 *)(unsigned long)attr.query.prog_ids, info.id);
	want_that("its link", *(__u32 *)(unsigned long)attr.query.link_ids);
	want("room for one", query(&attr, 45, 0, 1), -ENOSPC);
	want("there are two", attr.query.prog_cnt, 2);
	want_that("no more was written", !((__u32 *)(unsigned long)attr.query.prog_ids)[1]);
	attr.query.prog_ids = BAD_ADDRESS;
	want("room that is none", call(MODBPF_CMD_PROG_QUERY, &attr, sizeof(attr)), -EFAULT);
	close(links[0]);
	close(links[1]);
	want("none hangs any more", query(&attr, 45, 0, 4), 0);
	want("no one", attr.query.prog_cnt, 0);
	want("no namespace", query(&attr, 45, array_map, 4), -EINVAL);
	want("a type that cannot be asked", query(&attr, 5, 0, 4), -EINVAL);
	want("a type that there is not", query(&attr, 1000, 0, 4), -EINVAL);
	want("no control group", query(&attr, 0, array_map, 4), -EBADF);
	group = open("/sys/fs/cgroup", O_RDONLY | O_DIRECTORY);
	if (group >= 0 && query(&attr, 0, group, 4) != -EBADF)
		want("a control group has nothing", attr.query.prog_cnt, 0);
	close(group);
	close(filter);
}

static void test_bind_map(void)
{
	int bound = want_fd("a map", create_map(2, 4, 8, 1, 0)), prog = load_trivial(TYPE_CGROUP_SKB), i;
	struct modbpf_prog_info info = {};
	union modbpf_attr attr = {};
	__u32 len = sizeof(info), ids[4] = {};
	long err = 0;

	attr.prog_bind_map.prog_fd = prog;
	attr.prog_bind_map.map_fd = prog;
	want("a program is no map", call(MODBPF_CMD_PROG_BIND_MAP, &attr, sizeof(attr)), -EINVAL);
	attr.prog_bind_map.map_fd = bound;
	attr.prog_bind_map.flags = 1;
	want("a flag", call(MODBPF_CMD_PROG_BIND_MAP, &attr, sizeof(attr)), -EINVAL);
	attr.prog_bind_map.flags = 0;
	want("bound", call(MODBPF_CMD_PROG_BIND_MAP, &attr, sizeof(attr)), 0);
	want("twice is once", call(MODBPF_CMD_PROG_BIND_MAP, &attr, sizeof(attr)), 0);
	close(bound);
	info.map_ids = addr(ids);
	info.nr_map_ids = 4;
	want("the program's info", info_of(prog, &info, &len), 0);
	want("has the map", info.nr_map_ids, 1);
	memset(&attr, 0, sizeof(attr));
	attr.map_id = ids[0];
	want_fd("which lives", bound = call(MODBPF_CMD_MAP_GET_FD_BY_ID, &attr, sizeof(attr)));
	close(bound);
	for (i = 0; i < 64 && !err; i++) {
		memset(&attr, 0, sizeof(attr));
		attr.prog_bind_map.prog_fd = prog;
		attr.prog_bind_map.map_fd = create_map(2, 4, 8, 1, 0);
		err = call(MODBPF_CMD_PROG_BIND_MAP, &attr, sizeof(attr));
		close(attr.prog_bind_map.map_fd);
	}
	want("at most 64", err, -E2BIG);
	want("those", i, 64);
	close(prog);
	usleep(300000);
	memset(&attr, 0, sizeof(attr));
	attr.map_id = ids[0];
	want("and dies with it", call(MODBPF_CMD_MAP_GET_FD_BY_ID, &attr, sizeof(attr)), -ENOENT);
}

static void test_link_update(void)
{
	int one = want_fd("a filter", load_trivial(TYPE_CGROUP_SKB));
	int two = want_fd("another", load_trivial(TYPE_CGROUP_SKB));
	int other = want_fd("one of another type", load_trivial(TYPE_NETFILTER)), link;
	union modbpf_attr attr = {};
	__u32 first;

	attr.link_create.prog_fd = one;
	attr.link_create.attach_type = 45;
	attr.link_create.netfilter.pf = 2;
	attr.link_create.netfilter.hooknum = 1;
	link = want_fd("a link", call(MODBPF_CMD_LINK_CREATE, &attr, sizeof(attr)));
	first = prog_of_link(link);
	want("a flag that there is not", update_link(link, two, 1, 0), -EINVAL);
	want("an old one without the flag", update_link(link, two, 0, one), -EINVAL);
	want("no link", update_link(9999, two, 0, 0), -EBADF);
	want("a program for a link", update_link(one, two, 0, 0), -EINVAL);
	want("no program", update_link(link, 9999, 0, 0), -EBADF);
	want("a map for a program", update_link(link, array_map, 0, 0), -EINVAL);
	want("an old one that is no fd", update_link(link, two, MODBPF_F_REPLACE, 9999), -EBADF);
	want("an old one that hangs elsewhere", update_link(link, two, MODBPF_F_REPLACE, two), -EPERM);
	want("one of another type", update_link(link, other, 0, 0), -EINVAL);
	want("nothing of it", prog_of_link(link) == first, 1);
	want("replaced, the old one named", update_link(link, two, MODBPF_F_REPLACE, one), 0);
	want("another is there", prog_of_link(link) != first, 1);
	want("the old one is not any more", update_link(link, one, MODBPF_F_REPLACE, one), -EPERM);
	want("and back", update_link(link, one, 0, 0), 0);
	want("by itself", update_link(link, one, MODBPF_F_REPLACE, one), 0);
	want("the first one is there", prog_of_link(link), first);
	attr = (union modbpf_attr){ .link_detach.link_fd = link };
	want("detached", call(MODBPF_CMD_LINK_DETACH, &attr, sizeof(attr)), 0);
	want("a dead link", update_link(link, two, 0, 0), -ENOLINK);
	close(link);
	close(other);
	close(two);
	close(one);
}

static void test_ids(void)
{
	union modbpf_attr attr = {};
	struct modbpf_prog_info info = {};
	__u32 len = sizeof(info);
	int fd;

	want("info of the program", info_of(socket_filter, &info, &len), 0);
	attr.start_id = 0x7fffffff;
	want("behind the last id", call(MODBPF_CMD_PROG_GET_NEXT_ID, &attr, sizeof(attr)), -EINVAL);
	attr.start_id = info.id - 1;
	want("the id after the one before", call(MODBPF_CMD_PROG_GET_NEXT_ID, &attr, sizeof(attr)), 0);
	want("is the program's", attr.next_id, info.id);
	attr.next_id = 0;
	attr.start_id = info.id;
	want("no further id", call(MODBPF_CMD_PROG_GET_NEXT_ID, &attr, sizeof(attr)), -ENOENT);
	memset(&attr, 0, sizeof(attr));
	attr.prog_id = info.id;
	fd = want_fd("an fd by id", call(MODBPF_CMD_PROG_GET_FD_BY_ID, &attr, sizeof(attr)));
	close(fd);
	attr.prog_id = 0;
	want("no id", call(MODBPF_CMD_PROG_GET_FD_BY_ID, &attr, sizeof(attr)), -ENOENT);
	want("no map's id", call(MODBPF_CMD_MAP_GET_FD_BY_ID, &attr, sizeof(attr)), -ENOENT);
	want("no link's id", call(MODBPF_CMD_LINK_GET_FD_BY_ID, &attr, sizeof(attr)), -ENOENT);
	want("no BTF's id", call(MODBPF_CMD_BTF_GET_FD_BY_ID, &attr, sizeof(attr)), -ENOENT);
	attr.prog_id = 0xffffffff;
	want("an id past all", call(MODBPF_CMD_PROG_GET_FD_BY_ID, &attr, sizeof(attr)), -ENOENT);
	want("no link is there", call(MODBPF_CMD_LINK_GET_NEXT_ID, &(union modbpf_attr){}, 8), -ENOENT);
	want("BTF of our functions is there at least", call(MODBPF_CMD_BTF_GET_NEXT_ID, &(union modbpf_attr){}, 8), 0);
}

static void test_info(void)
{
	struct modbpf_insn xlated[2] = {};
	static char big[4096];
	struct modbpf_prog_info info = {};
	__u32 len = sizeof(info);

	want("info of nothing", info_of(9999, &info, &len), -EBADF);
	len = sizeof(info);
	want("info of the device", info_of(device, &info, &len), -EINVAL);
	len = sizeof(info);
	want("nowhere to put it", info_of(socket_filter, (void *)BAD_ADDRESS, &len), -EFAULT);
	len = 5000;
	want("room of more than a page", info_of(socket_filter, big, &len), -E2BIG);
	big[300] = 1;
	len = sizeof(big);
	want("a byte behind what is known", info_of(socket_filter, big, &len), -E2BIG);
	big[300] = 0;
	len = sizeof(big);
	want("more room than there is info", info_of(socket_filter, big, &len), 0);
	want("it says how much there is", len, sizeof(info));
	len = 8;
	want("little room", info_of(socket_filter, &info, &len), 0);
	want("is filled", len, 8);
	want_that("and no more", info.type == TYPE_SOCKET_FILTER && info.id && !info.load_time);
	memset(&info, 0, sizeof(info));
	info.xlated_prog_len = sizeof(xlated);
	info.xlated_prog_insns = addr(xlated);
	len = sizeof(info);
	want("with instructions", info_of(socket_filter, &info, &len), 0);
	want("their size", info.xlated_prog_len, sizeof(two_insns));
	want_that("are what was loaded", !memcmp(xlated, two_insns, sizeof(xlated)));
	want_that("and there is code", info.jited_prog_len > 0 && info.nr_jited_ksyms == 1);
	memset(&info, 0, sizeof(info));
	info.jited_prog_len = 1 << 20;
	info.jited_prog_insns = BAD_ADDRESS;
	len = sizeof(info);
	want("code that cannot be put", info_of(socket_filter, &info, &len), -EFAULT);
}

static void test_btf(void)
{
	struct {
		__u16 magic;
		__u8 version, flags;
		__u32 hdr_len, type_off, type_len, str_off, str_len;
		__u32 type[4];
		char strings[8];
	} btf = { 0xeb9f, 1, 0, 24, 0, 16, 16, 1, { 0, 1 << 24, 4, 32 }, "" };
	union modbpf_attr attr = {};
	struct modbpf_btf_info info = {};
	__u32 len = sizeof(info);
	char back[41] = {};
	char log[200] = "";
	int fd;

	want("no BTF", call(MODBPF_CMD_BTF_LOAD, &attr, sizeof(attr)), -EINVAL);
	attr.btf = addr(&btf);
	attr.btf_size = 41;
	fd = want_fd("the smallest BTF", call(MODBPF_CMD_BTF_LOAD, &attr, sizeof(attr)));
	info.btf = addr(back);
	info.btf_size = sizeof(back);
	want("its info", info_of(fd, &info, &len), 0);
	want_that("gives the bytes back", info.btf_size == 41 && !memcmp(back, &btf, 41));
	close(fd);
	btf.magic = 0;
	want("another magic", call(MODBPF_CMD_BTF_LOAD, &attr, sizeof(attr)), -EINVAL);
	btf.magic = 0xeb9f;
	btf.version = 2;
	want("another version", call(MODBPF_CMD_BTF_LOAD, &attr, sizeof(attr)), -NOT_SUPPORTED);
	btf.version = 1;
	btf.hdr_len = 0xfffffff0;
	want("a giant header", call(MODBPF_CMD_BTF_LOAD, &attr, sizeof(attr)), -EINVAL);
	btf.hdr_len = 24;
	btf.str_off = 0xffffffff;
	want("strings beyond the end", call(MODBPF_CMD_BTF_LOAD, &attr, sizeof(attr)), -EINVAL);
	btf.str_off = 16;
	btf.str_len = 2;
	want("strings longer than the rest", call(MODBPF_CMD_BTF_LOAD, &attr, sizeof(attr)), -EINVAL);
	btf.str_len = 1;
	btf.type[3] = 33;
	attr.btf_log_buf = addr(log);
	attr.btf_log_size = sizeof(log);
	attr.btf_log_level = 1;
	want("a number of 33 bits in 4 bytes", call(MODBPF_CMD_BTF_LOAD, &attr, sizeof(attr)), -EINVAL);
	want_that("says why", strstr(log, "[1] INT (anon): nr_bits exceeds type_size"));
	attr.btf_size = (16 << 20) + 1;
	want("more than 16 MiB", call(MODBPF_CMD_BTF_LOAD, &attr, sizeof(attr)), -E2BIG);
	attr.btf_size = 41;
	attr.btf = BAD_ADDRESS;
	want("BTF that cannot be read", call(MODBPF_CMD_BTF_LOAD, &attr, sizeof(attr)), -EFAULT);
}

int main(void)
{
	device = open(MODBPF_DEVICE, O_RDWR | O_CLOEXEC);
	if (device < 0) {
		perror(MODBPF_DEVICE);
		return 1;
	}
	array_map = want_fd("an array", create_map(2, 4, 8, 4, 0));
	socket_filter = want_fd("a socket filter", load_trivial(TYPE_SOCKET_FILTER));
	test_transport();
	test_load_attr();
	test_load_info();
	test_load_maps();
	test_load_log();
	test_run_attr();
	test_packet_load();
	test_links();
	test_link_update();
	test_query();
	test_bind_map();
	test_ids();
	test_info();
	test_btf();
	return finish("abi");
}
