// SPDX-License-Identifier: GPL-2.0-only
/* Is what is told of programs, maps and links what Linux tells? */
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdlib.h>

#include "tests/e2e/abi.h"
#include "tests/e2e/clock.h"
#include "tests/e2e/kernel_file.h"

#define TYPE_KPROBE 2
#define TYPE_TRACEPOINT 5
#define TYPE_PERF_EVENT 7
#define ATTACH_PERF_EVENT 41
#define COOKIE 0x1234567890ULL

/* --- the time of programs is measured while an fd of ENABLE_STATS is open, or as the parameter says --- */
static __u64 run_time_of(int fd)
{
	struct modbpf_prog_info info = {};
	__u32 len = sizeof(info);

	want("its information", info_of(fd, &info, &len), 0);
	return info.run_time_ns;
}

static void set_param(const char *value)
{
	int fd = open("/sys/module/modbpf/parameters/stats", O_WRONLY);

	want("the parameter is set", write(fd, value, 1), 1);
	close(fd);
}

static void test_stats(void)
{
	unsigned char packet[64] = { [12] = 8 };
	union modbpf_attr attr = {}, run = {};
	int fd = want_fd("a filter", load_trivial(1)), stats, second;
	__u64 measured;

	run.test.prog_fd = fd;
	run.test.data_in = addr(packet);
	run.test.data_size_in = sizeof(packet);
	run.test.repeat = 100;
	want("a run that nobody measures", call(MODBPF_CMD_PROG_TEST_RUN, &run, sizeof(run)), 0);
	want("takes no time", run_time_of(fd), 0);
	attr.enable_stats.type = 1;
	want("other statistics", call(MODBPF_CMD_ENABLE_STATS, &attr, sizeof(attr)), -EINVAL);
	attr.enable_stats.type = 0;
	stats = want_fd("statistics", call(MODBPF_CMD_ENABLE_STATS, &attr, sizeof(attr)));
	second = want_fd("again", call(MODBPF_CMD_ENABLE_STATS, &attr, sizeof(attr)));
	close(second);
	want("a run that is measured", call(MODBPF_CMD_PROG_TEST_RUN, &run, sizeof(run)), 0);
	measured = run_time_of(fd);
	want_that("takes time", measured > 0 && measured < 10000000000ULL);
	close(stats);
	want("a run afterwards", call(MODBPF_CMD_PROG_TEST_RUN, &run, sizeof(run)), 0);
	want_that("takes none", run_time_of(fd) == measured);
	set_param("1");
	stats = want_fd("statistics besides", call(MODBPF_CMD_ENABLE_STATS, &attr, sizeof(attr)));
	close(stats);
	want("with the parameter on", call(MODBPF_CMD_PROG_TEST_RUN, &run, sizeof(run)), 0);
	want_that("it takes time, too", run_time_of(fd) > measured);
	measured = run_time_of(fd);
	set_param("0");
	set_param("0");
	want("and off", call(MODBPF_CMD_PROG_TEST_RUN, &run, sizeof(run)), 0);
	want_that("none", run_time_of(fd) == measured);
	close(fd);
}

/* --- a test run says how long the program took: the mean of its runs, in ns --------------------- */

/* Of all runs together not more than the whole call took, by the same clock. */
static void check_duration(int fd, __u32 repeat)
{
	unsigned char packet[64] = { [12] = 8, [14] = 0x45 };
	union modbpf_attr run = { .test = {
		.prog_fd = fd, .data_in = addr(packet), .data_size_in = sizeof(packet), .repeat = repeat,
		.duration = ~0U,
	} };
	__u64 begin = clock_ns(CLOCK_MONOTONIC), spent, runs = repeat ? repeat : 1;
	long err = call(MODBPF_CMD_PROG_TEST_RUN, &run, sizeof(run));

	spent = clock_ns(CLOCK_MONOTONIC) - begin;
	want("a test run", err, 0);
	want("its verdict", run.test.retval, 1);
	want_that("it takes time", run.test.duration > 0);
	want_that("all runs together no more than the call", run.test.duration * runs <= spent);
}

static void test_duration(void)
{
	static const struct modbpf_insn loop[] = {
		MOV64_IMM(0, 1000),
		{ .code = BPF_ALU64 | BPF_SUB | BPF_K, .dst_reg = 0, .imm = 1 },
		{ .code = BPF_JMP | BPF_JNE | BPF_K, .dst_reg = 0, .imm = 1, .off = -2 },
		EXIT_INSN,
	};
	static const __u32 types[] = { 1, 3, 8, 32 };	/* SOCKET_FILTER, SCHED_CLS, CGROUP_SKB, NETFILTER */
	union modbpf_attr attr;
	size_t i;
	int fd;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		attr = load_attr(types[i], loop, 4);
		if (types[i] == 32)
			attr.expected_attach_type = 45;
		fd = want_fd("a loop", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)));
		check_duration(fd, 0);
		check_duration(fd, 1);
		check_duration(fd, 500);
		close(fd);
	}
}

/* --- tags: SHA-1 of the instructions, by another program (Python's hashlib) ----------------- */

static void test_tags(void)
{
	static const struct modbpf_insn calls[] = {
		{ .code = BPF_JMP | BPF_CALL, .src_reg = 1, .imm = 1 }, EXIT_INSN,
		MOV64_IMM(0, 1), EXIT_INSN,
	};
	static const __u8 whole[8] = { 0x3e, 0x8e, 0x9a, 0x1f, 0xf3, 0x74, 0xd4, 0xf4 };
	static const __u8 first[8] = { 0xb7, 0x26, 0x70, 0x2d, 0x27, 0x2a, 0x70, 0x0b };
	static const __u8 second[8] = { 0x57, 0xcd, 0x31, 0x1f, 0x2e, 0x27, 0x36, 0x6b };
	union modbpf_attr attr = load_attr(1, calls, 4);
	int fd = want_fd("a program of two functions", call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)));
	__u8 tags[2][8] = {};
	struct modbpf_prog_info info = { .nr_prog_tags = 2, .prog_tags = addr(tags) };
	__u32 len = sizeof(info);

	want("its tags", info_of(fd, &info, &len), 0);
	want("are two", info.nr_prog_tags, 2);
	want_that("and its own", !memcmp(info.tag, whole, 8));
	want_that("the first function's", !memcmp(tags[0], first, 8));
	want_that("the second function's", !memcmp(tags[1], second, 8));
	memset(tags, 0, sizeof(tags));
	info = (struct modbpf_prog_info){ .nr_prog_tags = 1, .prog_tags = addr(tags) };
	want("room for one", info_of(fd, &info, &len), 0);
	want("there are two", info.nr_prog_tags, 2);
	want_that("one is told", !memcmp(tags[0], first, 8) && !tags[1][0]);
	info = (struct modbpf_prog_info){ .nr_prog_tags = 1, .prog_tags = 0x10 };
	want("tags that cannot be put", info_of(fd, &info, &len), -EFAULT);
	close(fd);
	fd = want_fd("a program of one", load_trivial(1));
	info = (struct modbpf_prog_info){ .nr_prog_tags = 2, .prog_tags = addr(tags) };
	want("its tags", info_of(fd, &info, &len), 0);
	want_that("one, the program's", info.nr_prog_tags == 1 && !memcmp(tags[0], second, 8) &&
		  !memcmp(info.tag, second, 8));
	close(fd);
}

/* --- what hangs on events ------------------------------------------------------------------ */

static unsigned long long kernel_address(const char *name)
{
	unsigned long long at, found = 0;
	FILE *file = fopen("/proc/kallsyms", "r");
	char line[512], got[256];

	while (file && !found && fgets(line, sizeof(line), file))
		if (sscanf(line, "%llx %*c %255s", &at, got) == 2 && !strcmp(got, name))
			found = at;
	if (file)
		fclose(file);
	return found;
}

int main(int argc, char **argv);

/* Where main() is in this program's file. */
static unsigned long offset_of_main(void)
{
	unsigned long begin, end, offset, at = (unsigned long)main, found = 0;
	FILE *file = fopen("/proc/self/maps", "r");
	char line[512];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "%lx-%lx %*s %lx", &begin, &end, &offset) == 3 &&
		    at >= begin && at < end)
			found = offset + at - begin;
	if (file)
		fclose(file);
	return found;
}

struct event_case {
	const char *what;
	__u32 prog_type;
	struct perf_event_attr attr;
	__u32 type;	/* enum bpf_perf_event_type */
	const char *name;
	__u32 offset;
};

static int link_event(const struct event_case *c)
{
	struct perf_event_attr event = c->attr;
	struct modbpf_perf_open open = { .attr = addr(&event), .pid = -1, .group_fd = -1 };
	union modbpf_attr attr = {};
	int fd, link;

	event.size = sizeof(event);
	fd = ioctl(device, MODBPF_IOC_PERF, &open);
	want_fd(c->what, fd < 0 ? -errno : fd);
	attr.link_create.prog_fd = load_trivial(c->prog_type);
	attr.link_create.target_fd = fd;
	attr.link_create.attach_type = ATTACH_PERF_EVENT;
	attr.link_create.perf_event.bpf_cookie = COOKIE;
	link = want_fd("its link", call(MODBPF_CMD_LINK_CREATE, &attr, sizeof(attr)));
	close(attr.link_create.prog_fd);
	close(fd);
	return link;
}

static void check_kprobe(const struct event_case *c, const struct modbpf_link_info *info)
{
	unsigned long long at = kernel_address("__x64_sys_umask") + c->offset;

	/* Where the kernel puts it: behind a landing pad, if there is one. */
	want_that("where it is", info->perf_event.kprobe.addr == at ||
		  info->perf_event.kprobe.addr == at + 4);
	want("how many it missed", info->perf_event.kprobe.missed, 0);
	want_that("its cookie", info->perf_event.kprobe.cookie == COOKIE);
}

static void check_event(const struct event_case *c)
{
	char name[64] = "junk";
	struct modbpf_link_info info = {
		.perf_event.uprobe.file_name = addr(name), .perf_event.uprobe.name_len = sizeof(name),
	};
	__u32 len = sizeof(info);
	int link = link_event(c);

	want("its information", info_of(link, &info, &len), 0);
	want("is of a perf_event link", info.type, MODBPF_LINK_TYPE_PERF_EVENT);
	want("on that kind of event", info.perf_event.type, c->type);
	if (c->name) {
		want_that(name, !strcmp(name, c->name));
		want("the name's length with its end", info.perf_event.uprobe.name_len, strlen(c->name) + 1);
		want_that("the room's address stays", info.perf_event.uprobe.file_name == addr(name));
		want("the offset", info.perf_event.uprobe.offset, c->offset);
		info = (struct modbpf_link_info){ .perf_event.uprobe.name_len = 8 };
		want("room that is nowhere", info_of(link, &info, &len), -EINVAL);
		info.perf_event.uprobe.file_name = addr(name);
		memset(name, 'x', sizeof(name));
		want("too little room", info_of(link, &info, &len),
		     strlen(c->name) < 8 ? 0 : -ENOSPC);
		want_that("is filled, and no more", strlen(name) < 8 && name[8] == 'x' &&
			  !strncmp(name, c->name, strlen(name)));
		memset(&info, 0, sizeof(info));
		want("no room", info_of(link, &info, &len), 0);
		want("tells the length", info.perf_event.uprobe.name_len, strlen(c->name) + 1);
	}
	switch (c->type) {
	case MODBPF_PERF_EVENT_KPROBE:
	case MODBPF_PERF_EVENT_KRETPROBE:
		check_kprobe(c, &info);
		break;
	case MODBPF_PERF_EVENT_EVENT:
		want("its type", info.perf_event.event.type, c->attr.type);
		want("its config", info.perf_event.event.config, c->attr.config);
		want_that("its cookie", info.perf_event.event.cookie == COOKIE);
		break;
	default:
		want_that("its cookie", info.perf_event.uprobe.cookie == COOKIE);
	}
	close(link);
}

static void test_events(const char *self)
{
	long kprobe = number_in("/sys/bus/event_source/devices/kprobe/type");
	long uprobe = number_in("/sys/bus/event_source/devices/uprobe/type");
	long umask = number_in("/sys/kernel/tracing/events/syscalls/sys_enter_umask/id");
	const char *function = "__x64_sys_umask";
	__u64 at = kernel_address(function), in_file = offset_of_main();
	const struct event_case cases[] = {
		{ "a kprobe", TYPE_KPROBE, { .type = kprobe, .config1 = addr(function) },
		  MODBPF_PERF_EVENT_KPROBE, function, 0 },
		{ "a kretprobe", TYPE_KPROBE, { .type = kprobe, .config = 1, .config1 = addr(function) },
		  MODBPF_PERF_EVENT_KRETPROBE, function, 0 },
		{ "a kprobe by address", TYPE_KPROBE, { .type = kprobe, .config2 = at },
		  MODBPF_PERF_EVENT_KPROBE, "", 0 },
		{ "a uprobe", TYPE_KPROBE, { .type = uprobe, .config1 = addr(self), .config2 = in_file },
		  MODBPF_PERF_EVENT_UPROBE, self, in_file },
		{ "a uretprobe", TYPE_KPROBE,
		  { .type = uprobe, .config = 1, .config1 = addr(self), .config2 = in_file },
		  MODBPF_PERF_EVENT_URETPROBE, self, in_file },
		{ "a tracepoint", TYPE_TRACEPOINT, { .type = PERF_TYPE_TRACEPOINT, .config = umask },
		  MODBPF_PERF_EVENT_TRACEPOINT, "sys_enter_umask", 0 },
		{ "a clock", TYPE_PERF_EVENT, { .type = PERF_TYPE_SOFTWARE,
		  .config = PERF_COUNT_SW_TASK_CLOCK, .sample_period = 1000000000 },
		  MODBPF_PERF_EVENT_EVENT, NULL, 0 },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_event(&cases[i]);
}

/* --- a program array says who may be in it --------------------------------------------------- */

static bool fdinfo_has(int fd, const char *line)
{
	char path[64], text[1024] = "";
	ssize_t len;
	int info;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	info = open(path, O_RDONLY);
	len = read(info, text, sizeof(text) - 1);
	close(info);
	return len > 0 && strstr(text, line);
}

static void test_prog_array(void)
{
	int array = want_fd("a program array", create_map(3, 4, 4, 1, 0));
	int fd = want_fd("a program", load_trivial(TYPE_KPROBE));
	__u32 key = 0;

	want_that("it has no owner", !fdinfo_has(array, "owner_"));
	want("the program is put in", element(MODBPF_CMD_MAP_UPDATE_ELEM, array, &key, &fd, 0), 0);
	want_that("now it has", fdinfo_has(array, "\nowner_prog_type:\t2\n"));
	want_that("which is machine code", fdinfo_has(array, "\nowner_jited:\t1\n"));
	close(array);
	close(fd);
}

int main(int argc, char **argv)
{
	static char self[4096];

	device = open(MODBPF_DEVICE, O_RDWR | O_CLOEXEC);
	if (device < 0 || readlink("/proc/self/exe", self, sizeof(self) - 1) < 0) {
		perror(MODBPF_DEVICE);
		return 1;
	}
	test_stats();
	test_duration();
	test_tags();
	test_events(self);
	test_prog_array();
	return finish("abi_info");
}
