// SPDX-License-Identifier: GPL-2.0-only
/* Each way to attach a program, and each kind of event. */
#include "tests/fail/fail.h"

#include <linux/perf_event.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "isa/abi.h"
#include "tests/e2e/abi.h"

#define UMASK "__x64_sys_umask"

static int kprobe, netfilter, raw, tracepoint, sampler, fentry = -1, fexit = -1;
static int event = -1, link_fd = -1;

int load_types(void)
{
	static const struct {
		__u16 magic;
		__u8 version, flags;
		__u32 hdr_len, type_off, type_len, str_off, str_len;
		__u32 types[16];
		char strings[30];
	} btf = {
		0xeb9f, 1, 0, 24, 0, 64, 64, 30,
		{ 1, 1 << 24, 4, 1 << 24 | 32, 1, 1 << 24, 8, 1 << 24 | 64,	/* 1, 2: long */
		  0, 13 << 24 | 1, 2, 1, 2, 7, 12 << 24, 3 },			/* 3: long(long); 4 */
		"\0long\0\0" UMASK "\0a.c\0x;",
	};
	union modbpf_attr attr = { .btf = addr(&btf), .btf_size = 24 + 64 + 30 };

	return call(MODBPF_CMD_BTF_LOAD, &attr, sizeof(attr));
}

/* --- links ------------------------------------------------------------------------------------ */

static int link_kprobes(const char *first, const char *second, __u32 flags)
{
	const __u64 names[2] = { addr(first), addr(second) };
	const __u64 cookies[2] = { 1, 2 };
	union modbpf_attr attr = {};

	attr.link_create.prog_fd = kprobe;
	attr.link_create.attach_type = MODBPF_ATTACH_KPROBE_MULTI;
	attr.link_create.kprobe_multi.flags = flags;
	attr.link_create.kprobe_multi.cnt = second ? 2 : 1;
	attr.link_create.kprobe_multi.syms = addr(names);
	attr.link_create.kprobe_multi.cookies = addr(cookies);
	return call(MODBPF_CMD_LINK_CREATE, &attr, sizeof(attr));
}

static int link_entry(void)
{
	return link_kprobes(UMASK, NULL, 0);
}

static int link_entries(void)
{
	return link_kprobes(UMASK, "__x64_sys_getpid", 0);
}

static int link_return(void)
{
	return link_kprobes(UMASK, NULL, MODBPF_KPROBE_MULTI_RETURN);
}

/* What is amid a function is a kprobe's. */
static int link_amid(void)
{
	return link_kprobes(UMASK "+0x9", NULL, 0);
}

static int link_netfilter(__u32 pf, __u32 hook, __u32 flags)
{
	union modbpf_attr attr = {};

	attr.link_create.prog_fd = netfilter;
	attr.link_create.attach_type = MODBPF_ATTACH_NETFILTER;
	attr.link_create.target_ifindex = pf == 5;
	attr.link_create.netfilter.pf = pf;
	attr.link_create.netfilter.hooknum = hook;
	attr.link_create.netfilter.priority = flags ? -100 : 1;
	attr.link_create.netfilter.flags = flags;
	return call(MODBPF_CMD_LINK_CREATE, &attr, sizeof(attr));
}

#define NETFILTER(name, pf, hook, flags) \
static int link_##name(void) \
{ \
	return link_netfilter(pf, hook, flags); \
}
NETFILTER(inet, 1, 1, 0)
NETFILTER(ipv4, 2, 1, 0)
NETFILTER(defrag, 2, 0, MODBPF_NETFILTER_IP_DEFRAG)
NETFILTER(arp, 3, 0, 0)
NETFILTER(netdev, 5, 0, 0)
NETFILTER(bridge, 7, 1, 0)
NETFILTER(ipv6, 10, 1, 0)

static int link_typed(int prog, __u32 attach_type)
{
	union modbpf_attr attr = {};

	attr.link_create.prog_fd = prog;
	attr.link_create.attach_type = attach_type;
	return call(MODBPF_CMD_LINK_CREATE, &attr, sizeof(attr));
}

static int link_fentry(void)
{
	return link_typed(fentry, MODBPF_ATTACH_TRACE_FENTRY);
}

static int link_fexit(void)
{
	return link_typed(fexit, MODBPF_ATTACH_TRACE_FEXIT);
}

static int open_raw(int prog, const char *name)
{
	union modbpf_attr attr = {};

	attr.raw_tracepoint.name = addr(name);
	attr.raw_tracepoint.prog_fd = prog;
	return call(MODBPF_CMD_RAW_TRACEPOINT_OPEN, &attr, sizeof(attr));
}

static int link_raw(void)
{
	return open_raw(raw, "sys_enter");
}

static int open_fentry(void)
{
	return open_raw(fentry, NULL);
}

/* --- events ----------------------------------------------------------------------------------- */

static __u32 number_in(const char *path)
{
	char text[32] = "";
	int fd = open(path, O_RDONLY);
	ssize_t len = read(fd, text, sizeof(text) - 1);

	close(fd);
	return len > 0 ? atoi(text) : 0;
}

static int open_event(__u32 type, __u64 config, __u64 config1, __u64 config2)
{
	struct perf_event_attr attr = { .type = type, .size = sizeof(attr), .config = config,
					.config1 = config1, .config2 = config2, .sample_period = 1 };
	struct modbpf_perf_open open = { .attr = addr(&attr), .pid = -1, .group_fd = -1 };
	int fd;

	if (type == PERF_TYPE_SOFTWARE && config == PERF_COUNT_SW_BPF_OUTPUT)
		attr.sample_type = PERF_SAMPLE_RAW;
	if (type == PERF_TYPE_SOFTWARE && config != PERF_COUNT_SW_BPF_OUTPUT)
		attr.sample_period = 1000000000;
	fd = ioctl(device, MODBPF_IOC_PERF, &open);
	return fd < 0 ? -errno : fd;
}

static __u32 kprobe_type, uprobe_type, umask_id;
static char self[4096];
static __u64 in_file;

#define EVENT(name, ...) \
static int event_##name(void) \
{ \
	return open_event(__VA_ARGS__); \
}
EVENT(kprobe, kprobe_type, 0, addr(UMASK), 0)
EVENT(kretprobe, kprobe_type, 1, addr(UMASK), 0)
EVENT(uprobe, uprobe_type, 0, addr(self), in_file)
EVENT(uretprobe, uprobe_type, 1, addr(self), in_file)
EVENT(tracepoint, PERF_TYPE_TRACEPOINT, umask_id, 0, 0)
EVENT(cpu_clock, PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK, 0, 0)
EVENT(task_clock, PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK, 0, 0)
EVENT(output, PERF_TYPE_SOFTWARE, PERF_COUNT_SW_BPF_OUTPUT, 0, 0)

/* Each kind, and a program put to it: by a link, or by the event's ioctl. */
static void make_output(void)
{
	event = event_output();
}

static void make_kprobe(void)
{
	event = event_kprobe();
}

static void make_tracepoint(void)
{
	event = event_tracepoint();
}

static void make_clock(void)
{
	event = event_cpu_clock();
}

static void close_event(int result)
{
	if (result > 0)
		close(result);
	close(event);
	event = -1;
}

static int map_output(void)
{
	void *mem = mmap(NULL, 2 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, event, 0);

	if (mem == MAP_FAILED)
		return -errno;
	munmap(mem, 2 * 4096);
	return 0;
}

static int set_prog(int prog)
{
	return ioctl(event, PERF_EVENT_IOC_SET_BPF, prog) ? -errno : 0;
}

static int set_kprobe(void)
{
	return set_prog(kprobe);
}

static int set_tracepoint(void)
{
	return set_prog(tracepoint);
}

static int set_sampler(void)
{
	return set_prog(sampler);
}

static int link_event(void)
{
	union modbpf_attr attr = {};

	attr.link_create.prog_fd = kprobe;
	attr.link_create.target_fd = event;
	attr.link_create.attach_type = MODBPF_ATTACH_PERF_EVENT;
	return call(MODBPF_CMD_LINK_CREATE, &attr, sizeof(attr));
}

/* --- what there is to do with a link ------------------------------------------------------------- */

static void make_link(void)
{
	link_fd = link_ipv4();
}

static void close_link(int result)
{
	close(link_fd);
	link_fd = -1;
}

static int update_link(void)
{
	union modbpf_attr attr = {};

	attr.link_update.link_fd = link_fd;
	attr.link_update.new_prog_fd = netfilter;
	return call(MODBPF_CMD_LINK_UPDATE, &attr, sizeof(attr));
}

static int detach_link(void)
{
	union modbpf_attr attr = {};

	attr.link_detach.link_fd = link_fd;
	return call(MODBPF_CMD_LINK_DETACH, &attr, sizeof(attr));
}

/* With no allocation failing: the kernel warns if it cannot disarm a kprobe, and stops at warnings here. */
static void close_kprobe(int result)
{
	if (result > 0)
		close(result);
}

const struct op attach_ops[] = {
	{ "LINK_CREATE entry", NULL, link_entry, NULL },
	{ "LINK_CREATE entries", NULL, link_entries, NULL },
	{ "LINK_CREATE return", NULL, link_return, NULL },
	{ "LINK_CREATE amid a function", NULL, link_amid, NULL },
	{ "LINK_CREATE INET", NULL, link_inet, NULL },
	{ "LINK_CREATE IPV4", NULL, link_ipv4, NULL },
	{ "LINK_CREATE IPV4 defrag", NULL, link_defrag, NULL },
	{ "LINK_CREATE ARP", NULL, link_arp, NULL },
	{ "LINK_CREATE NETDEV", NULL, link_netdev, NULL },
	{ "LINK_CREATE BRIDGE", NULL, link_bridge, NULL },
	{ "LINK_CREATE IPV6", NULL, link_ipv6, NULL },
	{ "LINK_CREATE perf event", make_kprobe, link_event, close_event },
	{ "LINK_CREATE fentry", NULL, link_fentry, NULL },
	{ "LINK_CREATE fexit", NULL, link_fexit, close_kprobe },
	{ "RAW_TRACEPOINT_OPEN", NULL, link_raw, NULL },
	{ "RAW_TRACEPOINT_OPEN fentry", NULL, open_fentry, NULL },
	{ "LINK_UPDATE", make_link, update_link, close_link },
	{ "LINK_DETACH", make_link, detach_link, close_link },
	{ "perf_event_open kprobe", NULL, event_kprobe, NULL },
	{ "perf_event_open kretprobe", NULL, event_kretprobe, NULL },
	{ "perf_event_open uprobe", NULL, event_uprobe, NULL },
	{ "perf_event_open uretprobe", NULL, event_uretprobe, NULL },
	{ "perf_event_open tracepoint", NULL, event_tracepoint, NULL },
	{ "perf_event_open cpu clock", NULL, event_cpu_clock, NULL },
	{ "perf_event_open task clock", NULL, event_task_clock, NULL },
	{ "perf_event_open output", NULL, event_output, NULL },
	{ "mmap output", make_output, map_output, close_event },
	{ "SET_BPF kprobe", make_kprobe, set_kprobe, close_event },
	{ "SET_BPF tracepoint", make_tracepoint, set_tracepoint, close_event },
	{ "SET_BPF clock", make_clock, set_sampler, close_event },
};
const size_t attach_op_cnt = sizeof(attach_ops) / sizeof(attach_ops[0]);

bool is_there(const char *what, int fd)
{
	if (fd < 0)
		printf("%s: %s\n", what, strerror(-fd));
	return fd >= 0;
}

static int load_typed(__u32 attach_type)
{
	static const struct modbpf_insn insns[] = { MOV64_IMM(0, 0), EXIT_INSN };
	union modbpf_attr attr = load_attr(MODBPF_PROG_TRACING, insns, 2);

	attr.expected_attach_type = attach_type;
	attr.attach_btf_id = UMASK_FUNC;
	return call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr));
}

static void find_self(void)
{
	unsigned long begin, end, offset, at = (unsigned long)load_types;
	FILE *file = fopen("/proc/self/maps", "r");
	char line[512];

	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		self[0] = 0;
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "%lx-%lx %*s %lx", &begin, &end, &offset) == 3 &&
		    at >= begin && at < end)
			in_file = offset + at - begin;
	if (file)
		fclose(file);
}

/* The debug kernel has no types of its own. */
bool attach_begin(int fd)
{
	int types;

	device = fd;
	types = load_types();
	/* A kernel that has some takes no others. */
	ioctl(device, MODBPF_IOC_KERNEL_BTF, &types);
	close(types);
	find_self();
	kprobe_type = number_in("/sys/bus/event_source/devices/kprobe/type");
	uprobe_type = number_in("/sys/bus/event_source/devices/uprobe/type");
	umask_id = number_in("/sys/kernel/tracing/events/syscalls/sys_enter_umask/id");
	kprobe = load_trivial(MODBPF_PROG_KPROBE);
	netfilter = load_trivial(MODBPF_PROG_NETFILTER);
	raw = load_trivial(MODBPF_PROG_RAW_TRACEPOINT);
	tracepoint = load_trivial(MODBPF_PROG_TRACEPOINT);
	sampler = load_trivial(MODBPF_PROG_PERF_EVENT);
	fentry = load_typed(MODBPF_ATTACH_TRACE_FENTRY);
	fexit = load_typed(MODBPF_ATTACH_TRACE_FEXIT);
	return is_there("a kprobe program", kprobe) && is_there("a netfilter program", netfilter) &&
	       is_there("a raw tracepoint's program", raw) &&
	       is_there("a tracepoint's program", tracepoint) &&
	       is_there("a clock's program", sampler) && is_there("fentry", fentry) &&
	       is_there("fexit", fexit);
}

/* Not where the others are: they would only be added to a probe that is armed. */
int attach_event(void)
{
	return open_event(kprobe_type, 0, addr("__x64_sys_sethostname"), 0);
}

int attach_to_event(int to)
{
	int link;

	event = to;
	link = link_event();
	event = -1;
	return link;
}

void attach_end(void)
{
	const int fds[] = { kprobe, netfilter, raw, tracepoint, sampler, fentry, fexit };
	const int none = -1;
	size_t i;

	for (i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		close(fds[i]);
	ioctl(device, MODBPF_IOC_KERNEL_BTF, &none);	/* what was supplied goes */
}
