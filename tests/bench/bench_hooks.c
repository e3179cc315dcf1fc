// SPDX-License-Identifier: GPL-2.0-only
/*
 * How many instructions does a program add to what it hangs on? The same bytecode is hung on
 * the same hooks by /dev/modbpf and by the kernel's own bpf(2), one after the other, in one
 * boot of a machine whose time stamp counter counts instructions (tests/bench/inside).
 * Each figure is that of an event with the program less that of one without, the least of
 * many rounds: so interrupts are not in it. A program that did not run has no figure. What a
 * hook may cost is told by the other side's figure of the same run; exits with 1 if one costs more.
 */
#include <arpa/inet.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <x86intrin.h>

#include "isa/abi.h"
#include "isa/insn.h"
#include "tests/bench/side.h"

#define ROUNDS 30
#define EVENTS 100	/* of a round */
#define INSNS_MOST 256
#define FUNCTION "__x64_sys_umask"
#define RECORD_PID 8	/* of task_rename's record, bytes */

#define INSN(opcode, dst, src, offset, value) \
	((struct modbpf_insn){ .code = opcode, .dst_reg = dst, .src_reg = src, .off = offset, .imm = value })

/* Who carries out bpf(2) and perf_event_open(2). */
struct side {
	const char *name;
	long (*bpf)(__u32 cmd, const void *attr, __u32 size);
	long (*perf)(struct perf_event_attr *attr);
};

static long ours_perf(struct perf_event_attr *attr)
{
	struct modbpf_perf_open open = {
		.attr = (__u64)attr, .pid = -1, .cpu = 0, .group_fd = -1, .flags = PERF_FLAG_FD_CLOEXEC,
	};

	return ioctl(device, MODBPF_IOC_PERF, &open);
}

static long linux_bpf(__u32 cmd, const void *attr, __u32 size)
{
	return syscall(SYS_bpf, cmd, attr, size);
}

static long linux_perf(struct perf_event_attr *attr)
{
	return syscall(SYS_perf_event_open, attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
}

static const struct side ours = { "modbpf", ours_bpf, ours_perf };
static const struct side theirs = { "Linux", linux_bpf, linux_perf };

/* --- programs -------------------------------------------------------------------------- */

struct code {
	struct modbpf_insn insns[INSNS_MOST];
	__u32 cnt;
};

static void add(struct code *code, struct modbpf_insn insn)
{
	code->insns[code->cnt++] = insn;
}

/* The map's only number goes up by one, atomically. R6 to R9 are kept. */
static void add_count(struct code *code, int map)
{
	add(code, INSN(BPF_ST | BPF_MEM | BPF_W, 10, 0, -4, 0));
	add(code, INSN(BPF_ALU64 | BPF_MOV | BPF_X, 2, 10, 0, 0));
	add(code, INSN(BPF_ALU64 | BPF_ADD | BPF_K, 2, 0, 0, -4));
	add(code, INSN(BPF_LD | BPF_IMM | BPF_DW, 1, BPF_PSEUDO_MAP_FD, 0, map));
	add(code, INSN(0, 0, 0, 0, 0));
	add(code, INSN(BPF_JMP | BPF_CALL, 0, 0, 0, MODBPF_FUNC_map_lookup_elem));
	add(code, INSN(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 2, 0));
	add(code, INSN(BPF_ALU64 | BPF_MOV | BPF_K, 1, 0, 0, 1));
	add(code, INSN(BPF_STX | BPF_ATOMIC | BPF_DW, 0, 1, 0, BPF_ADD));
}

static void add_return(struct code *code, int value)
{
	add(code, INSN(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, value));
	add(code, INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0));
}

/* "ip saddr 10.9.0.N udp dport N drop", @rules of them; UDP that none fits is counted. */
static void add_rules(struct code *code, int map, int rules)
{
	int i;

	add(code, INSN(BPF_LDX | BPF_MEM | BPF_W, 6, 1, 76, 0));	/* data */
	add(code, INSN(BPF_LDX | BPF_MEM | BPF_W, 7, 1, 80, 0));	/* data_end */
	add(code, INSN(BPF_ALU64 | BPF_MOV | BPF_X, 2, 6, 0, 0));
	add(code, INSN(BPF_ALU64 | BPF_ADD | BPF_K, 2, 0, 0, 28));
	add(code, INSN(BPF_JMP | BPF_JGT | BPF_X, 2, 7, 2, 0));
	add(code, INSN(BPF_LDX | BPF_MEM | BPF_B, 3, 6, 9, 0));
	add(code, INSN(BPF_JMP | BPF_JEQ | BPF_K, 3, 0, 2, IPPROTO_UDP));
	add_return(code, 1);
	add(code, INSN(BPF_LDX | BPF_MEM | BPF_W, 4, 6, 12, 0));
	add(code, INSN(BPF_LDX | BPF_MEM | BPF_H, 5, 6, 22, 0));
	for (i = 1; i <= rules; i++) {
		add(code, INSN(BPF_JMP32 | BPF_JNE | BPF_K, 4, 0, 3, htonl(0x0a090000 + i)));
		add(code, INSN(BPF_JMP32 | BPF_JNE | BPF_K, 5, 0, 2, htons(i)));
		add_return(code, 0);
	}
	add_count(code, map);
	add_return(code, 1);
}

static long load(const struct side *side, __u32 type, const struct code *code)
{
	union modbpf_attr attr = { .prog_type = type, .insn_cnt = code->cnt };

	attr.insns = (__u64)code->insns;
	attr.license = (__u64)"GPL";
	attr.expected_attach_type = type == MODBPF_PROG_NETFILTER ? MODBPF_ATTACH_NETFILTER : 0;
	return side->bpf(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr));
}

static long load_multi(const struct side *side, const struct code *code)
{
	union modbpf_attr attr = { .prog_type = MODBPF_PROG_KPROBE, .insn_cnt = code->cnt };

	attr.insns = (__u64)code->insns;
	attr.license = (__u64)"GPL";
	attr.expected_attach_type = MODBPF_ATTACH_KPROBE_MULTI;
	return side->bpf(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr));
}

static int new_map(const struct side *side)
{
	union modbpf_attr attr = { .map_type = MODBPF_MAP_ARRAY, .key_size = 4, .value_size = 8, .max_entries = 1 };

	return side->bpf(MODBPF_CMD_MAP_CREATE, &attr, sizeof(attr));
}

static __u64 counted(const struct side *side, int map)
{
	__u32 key = 0;
	__u64 value = 0;
	union modbpf_attr attr = { .map_fd = map, .key = (__u64)&key, .value = (__u64)&value };

	return side->bpf(MODBPF_CMD_MAP_LOOKUP_ELEM, &attr, sizeof(attr)) ? 0 : value;
}

/* The function's type has the same number on both sides: they read the same BTF. */
static long load_tracing(const struct side *side, const struct code *code, int attach_type)
{
	union modbpf_attr attr = { .prog_type = MODBPF_PROG_TRACING, .insn_cnt = code->cnt };
	int id = libbpf_find_vmlinux_btf_id(FUNCTION, BPF_TRACE_FENTRY);

	if (id < 0)
		return id;
	attr.insns = (__u64)code->insns;
	attr.license = (__u64)"GPL";
	attr.expected_attach_type = attach_type;
	attr.attach_btf_id = id;
	return side->bpf(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr));
}

/* --- hooks: an fd that holds the program there, or a negative number --------------------- */

static int number_in(const char *path)
{
	FILE *file = fopen(path, "r");
	int number = -1;

	if (file && fscanf(file, "%d", &number) != 1)
		number = -1;
	if (file)
		fclose(file);
	return number;
}

static long hang_event(const struct side *side, struct perf_event_attr *attr, long prog)
{
	long fd = side->perf(attr);

	if (fd < 0 || ioctl(fd, PERF_EVENT_IOC_SET_BPF, prog) || ioctl(fd, PERF_EVENT_IOC_ENABLE, 0))
		return -1;
	return fd;
}

static long hang_kprobe(const struct side *side, const struct code *code, int at_return)
{
	struct perf_event_attr attr = { .size = sizeof(attr), .sample_period = 1, .wakeup_events = 1 };

	attr.type = number_in("/sys/bus/event_source/devices/kprobe/type");
	attr.config = at_return;
	attr.config1 = (__u64)FUNCTION;
	return hang_event(side, &attr, load(side, MODBPF_PROG_KPROBE, code));
}

static long hang_multi(const struct side *side, const struct code *code, int at_return)
{
	__u64 symbol = (__u64)FUNCTION;
	union modbpf_attr attr = { .link_create = {
		.prog_fd = load_multi(side, code),
		.attach_type = MODBPF_ATTACH_KPROBE_MULTI,
		.kprobe_multi = { .flags = at_return, .cnt = 1, .syms = (__u64)&symbol },
	} };

	return side->bpf(MODBPF_CMD_LINK_CREATE, &attr, sizeof(attr));
}

static long hang_tracing(const struct side *side, const struct code *code, int attach_type)
{
	union modbpf_attr attr = { .raw_tracepoint = {
		.prog_fd = load_tracing(side, code, attach_type),
	} };

	return side->bpf(MODBPF_CMD_RAW_TRACEPOINT_OPEN, &attr, sizeof(attr));
}

static long hang_raw(const struct side *side, const struct code *code, int ignored)
{
	union modbpf_attr attr = { .raw_tracepoint = {
		.name = (__u64)"task_rename",
		.prog_fd = load(side, MODBPF_PROG_RAW_TRACEPOINT, code),
	} };

	return side->bpf(MODBPF_CMD_RAW_TRACEPOINT_OPEN, &attr, sizeof(attr));
}

static long hang_tracepoint(const struct side *side, const struct code *code, int ignored)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_TRACEPOINT, .size = sizeof(attr),
					.sample_period = 1, .wakeup_events = 1 };

	attr.config = number_in("/sys/kernel/tracing/events/task/task_rename/id");
	return hang_event(side, &attr, load(side, MODBPF_PROG_TRACEPOINT, code));
}

static long hang_netfilter(const struct side *side, const struct code *code, int type)
{
	union modbpf_attr attr = { .link_create = {
		.prog_fd = load(side, type, code),
		.attach_type = MODBPF_ATTACH_NETFILTER,
		.netfilter = { .pf = 2, .hooknum = 1, .priority = 5 },
	} };

	return side->bpf(MODBPF_CMD_LINK_CREATE, &attr, sizeof(attr));
}

/* --- events ---------------------------------------------------------------------------------- */

static int from, to;	/* sockets */

static void call(void)
{
	syscall(SYS_umask, 022);
}

static void rename_task(void)
{
	prctl(PR_SET_NAME, "bench", 0, 0, 0);
}

static void send_packet(void)
{
	char byte[8] = "packet";

	if (send(from, byte, sizeof(byte), 0) != sizeof(byte) ||
	    recv(to, byte, sizeof(byte), MSG_DONTWAIT) != sizeof(byte))
		exit(2);
}

static void open_sockets(void)
{
	struct sockaddr_in addr = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	socklen_t len = sizeof(addr);

	from = socket(AF_INET, SOCK_DGRAM, 0);
	to = socket(AF_INET, SOCK_DGRAM, 0);
	if (ioctl(from, SIOCSIFFLAGS, &lo) || bind(to, (void *)&addr, sizeof(addr)) ||
	    getsockname(to, (void *)&addr, &len) || connect(from, (void *)&addr, sizeof(addr))) {
		perror("sockets");
		exit(2);
	}
}

/* Instructions of one event, the least of all rounds. */
static double cost(void (*event)(void))
{
	unsigned long long least = ~0ULL, begin, spent;
	int round, i;

	for (round = 0; round < ROUNDS; round++) {
		begin = __rdtsc();
		for (i = 0; i < EVENTS; i++)
			event();
		spent = __rdtsc() - begin;
		if (spent < least)
			least = spent;
	}
	return (double)least / EVENTS;
}

/* --- the table --------------------------------------------------------------------------------- */

struct row {
	const char *name;
	long (*hang)(const struct side *side, const struct code *code, int arg);
	int arg;	/* at the return; a type of attachment or of program; looks at the record */
	void (*event)(void);
	int rules;	/* 0: it only counts */
	double most;	/* of ours, in times the other side's; 0: any */
};

static const struct row rows[] = {
	{ "kprobe", hang_kprobe, 0, call, 0, 1 },
	{ "kretprobe", hang_kprobe, 1, call, 0, 1 },
	{ "kprobe.multi", hang_multi, 0, call, 0, 0 },
	{ "kretprobe.multi", hang_multi, 1, call, 0, 0 },
	{ "fentry", hang_tracing, MODBPF_ATTACH_TRACE_FENTRY, call, 0, 2 },
	{ "fexit", hang_tracing, MODBPF_ATTACH_TRACE_FEXIT, call, 0, 2 },
	{ "raw tracepoint", hang_raw, 0, rename_task, 0, 1.2 },
	{ "tracepoint", hang_tracepoint, 0, rename_task, 0, 1 },
	{ "tracepoint, a field", hang_tracepoint, 1, rename_task, 0, 0 },
	{ "netfilter, counter", hang_netfilter, MODBPF_PROG_NETFILTER, send_packet, 0, 0 },
	{ "netfilter, 1 rule", hang_netfilter, MODBPF_PROG_CGROUP_SKB, send_packet, 1, 1 },
	{ "netfilter, 50 rules", hang_netfilter, MODBPF_PROG_CGROUP_SKB, send_packet, 50, 0.25 },
};

/* A negative number: it cannot be hung there. */
static double added(const struct row *row, const struct side *side)
{
	int map = new_map(side);
	struct code code = { .cnt = 0 };
	double without = cost(row->event), with;
	long fd;

	if (row->rules) {
		add_rules(&code, map, row->rules);
	} else {
		if (row->hang == hang_tracepoint && row->arg)
			add(&code, INSN(BPF_LDX | BPF_MEM | BPF_W, 6, 1, RECORD_PID, 0));
		add_count(&code, map);
		add_return(&code, row->hang == hang_netfilter);
	}
	fd = row->hang(side, &code, row->arg);
	if (fd < 0)
		return -errno;
	with = cost(row->event);
	if (counted(side, map) < ROUNDS * EVENTS) {
		fprintf(stderr, "%s, %s: the program did not run each time\n", row->name, side->name);
		with = without - 1;
	}
	close(fd);
	close(map);
	return with - without;
}

/* What nft's rules add, with a counter behind them. */
static double nft(int rules)
{
	double without = cost(send_packet), with;
	FILE *pipe = popen("nft -f - 2>&1", "w");
	int i;

	if (!pipe)
		return -1;
	fprintf(pipe, "table ip bench { chain input { type filter hook input priority 5;\n");
	for (i = 1; i <= rules; i++)
		fprintf(pipe, "ip saddr 10.9.0.%d udp dport %d drop\n", i, i);
	fprintf(pipe, "meta l4proto udp counter\n}\n}\n");
	if (pclose(pipe))
		return -1;
	with = cost(send_packet);
	return system("nft delete table ip bench") ? -1 : with - without;
}

static void print_figure(double figure)
{
	if (figure < 0)
		printf(" %10s", "-");
	else
		printf(" %10.0f", figure);
}

/* Does it cost no more than it may? Where there is nothing to tell that by: no. */
static int bench(const struct row *row)
{
	double figure = added(row, &ours);
	/* Linux has no packet access of this type there. */
	double beside = row->rules ? nft(row->rules) : added(row, &theirs);
	double most = row->most && beside >= 0 ? row->most * beside : -1;
	int is_kept = figure >= 0 && (!row->most || figure <= most);

	printf("%-22s", row->name);
	print_figure(figure);
	print_figure(row->rules ? -1 : beside);
	print_figure(row->rules ? beside : -1);
	print_figure(most);
	printf("%s\n", is_kept ? "" : "  <- too many, or no figure");
	fflush(stdout);
	return is_kept;
}

/* "bench_hooks [PREFIX]": rows whose name begins so, or all. */
int main(int argc, char **argv)
{
	const char *prefix = argc > 1 ? argv[1] : "";
	int are_kept = 1;
	size_t i;

	open_device();
	open_sockets();
	printf("%-22s %10s %10s %10s %10s\n", "instructions an event", "modbpf", "Linux", "nft", "at most");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!strncmp(rows[i].name, prefix, strlen(prefix)) && !bench(&rows[i]))
			are_kept = 0;
	return !are_kept;
}
