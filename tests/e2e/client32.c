// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does a 32-bit process get what a 64-bit one does? Built with -m32 and without a library,
 * since no 32-bit one is installed; system calls are the old gate's. The layouts are the
 * same, so the calls are; an address that it cannot have is refused, not cut to 32 bits.
 */
#include <asm/unistd_32.h>
#include <linux/bpf.h>
#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/mman.h>
#include <linux/perf_event.h>

#include "uapi/modbpf.h"

_Static_assert(sizeof(void *) == 4, "this is about 32-bit callers");

#define HIGH (1ULL << 32)	/* added to an address: one that this process does not have */

static int device, passed, failed;

static long sys(long number, long a, long b, long c, long d, long e)
{
	long result;

	__asm__ volatile ("int $0x80" : "=a" (result)
			  : "0" (number), "b" (a), "c" (b), "d" (c), "S" (d), "D" (e) : "memory");
	return result;
}

/* What the compiler and the kernel call. */
void *memset(void *to, int value, unsigned int bytes);
void *memcpy(void *to, const void *from, unsigned int bytes);
void _start(void);

void *memset(void *to, int value, unsigned int bytes)
{
	unsigned char *at = to;

	while (bytes--)
		*at++ = value;
	return to;
}

void *memcpy(void *to, const void *from, unsigned int bytes)
{
	const unsigned char *source = from;
	unsigned char *at = to;

	while (bytes--)
		*at++ = *source++;
	return to;
}

/* What can be read and written at the start of @fd. */
static unsigned long map_shared(int fd, unsigned long bytes)
{
	const unsigned long args[] = { 0, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0 };

	return sys(__NR_mmap, (long)args, 0, 0, 0, 0);
}

static int compare(const void *a, const void *b, unsigned int bytes)
{
	const unsigned char *left = a, *right = b;

	for (; bytes; bytes--, left++, right++)
		if (*left != *right)
			return *left - *right;
	return 0;
}

/* --- saying ---------------------------------------------------------------------------- */

static void say(const char *text)
{
	unsigned int bytes = 0;

	while (text[bytes])
		bytes++;
	sys(__NR_write, 1, (long)text, bytes, 0, 0);
}

static void say_number(long number)
{
	char text[12], *at = text + sizeof(text);
	unsigned long left = number < 0 ? -number : number;

	*--at = 0;
	do {
		*--at = '0' + left % 10;
		left /= 10;
	} while (left);
	if (number < 0)
		*--at = '-';
	say(at);
}

static void want(const char *what, long got, long wanted)
{
	if (got == wanted) {
		passed++;
		return;
	}
	failed++;
	say("  FAIL  32 bits: ");
	say(what);
	say(": ");
	say_number(got);
	say(", not ");
	say_number(wanted);
	say("\n");
}

static int want_fd(const char *what, long got)
{
	want(what, got < 0 ? got : 0, 0);
	return got;
}

/* --- calling ---------------------------------------------------------------------------- */

static __u64 addr(const void *p)
{
	return (unsigned long)p;
}

static long call(__u32 cmd, union modbpf_attr *attr)
{
	struct modbpf_call call = { .cmd = cmd, .size = sizeof(*attr), .attr = addr(attr) };

	return sys(__NR_ioctl, device, MODBPF_IOC_CALL, (long)&call, 0, 0);
}

static int create_map(__u32 type, __u32 key, __u32 value, __u32 entries, __u32 flags)
{
	union modbpf_attr attr = {
		.map_type = type, .key_size = key, .value_size = value, .max_entries = entries,
		.map_flags = flags,
	};

	return want_fd("a map", call(MODBPF_CMD_MAP_CREATE, &attr));
}

static long element(__u32 cmd, int map, __u64 key, __u64 value)
{
	union modbpf_attr attr = { .map_fd = map, .key = key, .value = value };

	return call(cmd, &attr);
}

#define MOV(dst, value) { .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = dst, .imm = value }
#define EXIT { .code = BPF_JMP | BPF_EXIT }

/* Adds one to the value, an array's first, and returns 7. */
static struct bpf_insn counts[] = {
	{ .code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = 1, .src_reg = BPF_PSEUDO_MAP_VALUE }, {},
	{ .code = BPF_LDX | BPF_DW | BPF_MEM, .dst_reg = 2, .src_reg = 1 },
	{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 2, .imm = 1 },
	{ .code = BPF_STX | BPF_DW | BPF_MEM, .dst_reg = 1, .src_reg = 2 },
	MOV(0, 7), EXIT,
};

static union modbpf_attr load_attr(__u32 type, const struct bpf_insn *insns, __u32 cnt)
{
	return (union modbpf_attr){
		.prog_type = type, .insns = addr(insns), .insn_cnt = cnt, .license = addr("GPL"),
	};
}

static int load_counts(__u32 type, int map, __u32 attach_type)
{
	union modbpf_attr attr = load_attr(type, counts, sizeof(counts) / sizeof(counts[0]));

	counts[0].imm = map;
	attr.expected_attach_type = attach_type;
	return want_fd("a program that counts", call(MODBPF_CMD_PROG_LOAD, &attr));
}

/* --- what is tried ------------------------------------------------------------------------ */

static void try_elements(int map)
{
	__u64 key = 1, value = 0x123456789abcdef0, got = 0;

	want("a value is set", element(MODBPF_CMD_MAP_UPDATE_ELEM, map, addr(&key), addr(&value)), 0);
	want("and found", element(MODBPF_CMD_MAP_LOOKUP_ELEM, map, addr(&key), addr(&got)), 0);
	want("all of it", got == value, 1);
	got = 0;
	want("the first key", element(MODBPF_CMD_MAP_GET_NEXT_KEY, map, 0, addr(&got)), 0);
	want("is that", got == key, 1);
	got = 5;
	want("a key of above", element(MODBPF_CMD_MAP_LOOKUP_ELEM, map, addr(&key) | HIGH, addr(&got)), -EFAULT);
	want("room above", element(MODBPF_CMD_MAP_LOOKUP_ELEM, map, addr(&key), addr(&got) | HIGH), -EFAULT);
	want("a value of above", element(MODBPF_CMD_MAP_UPDATE_ELEM, map, addr(&key), addr(&got) | HIGH), -EFAULT);
	want("a next key above", element(MODBPF_CMD_MAP_GET_NEXT_KEY, map, 0, addr(&got) | HIGH), -EFAULT);
	want("nothing was written", got == 5, 1);
	want("nor taken", element(MODBPF_CMD_MAP_LOOKUP_ELEM, map, addr(&key), addr(&got)), 0);
	want("from below", got == value, 1);
	want("it is deleted", element(MODBPF_CMD_MAP_DELETE_ELEM, map, addr(&key), 0), 0);
	want("and gone", element(MODBPF_CMD_MAP_LOOKUP_ELEM, map, addr(&key), addr(&got)), -ENOENT);
}

static void try_batch(int map)
{
	__u64 keys[3] = { 1, 2, 3 }, values[3] = { 10, 20, 30 }, place, sum = 0, i;
	union modbpf_attr attr = { .batch = {
		.keys = addr(keys), .values = addr(values), .count = 3, .map_fd = map,
	} };

	want("three are set", call(MODBPF_CMD_MAP_UPDATE_BATCH, &attr), 0);
	memset(values, 0, sizeof(values));
	attr.batch.out_batch = addr(&place);
	attr.batch.count = 3;
	call(MODBPF_CMD_MAP_LOOKUP_BATCH, &attr);
	for (i = 0; i < attr.batch.count; i++)
		sum += values[i];
	want("and looked up", sum, 60);
	attr.batch.in_batch = 0;
	attr.batch.count = 3;
	attr.batch.keys |= HIGH;
	want("keys above", call(MODBPF_CMD_MAP_LOOKUP_BATCH, &attr), -EFAULT);
}

static void try_refused(void)
{
	static const struct bpf_insn reads_nothing[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 0, .src_reg = 2 }, EXIT,
	};
	union modbpf_attr attr = load_attr(BPF_PROG_TYPE_SCHED_CLS, reads_nothing, 2);
	static char log[4096];

	attr.log_level = 1;
	attr.log_size = sizeof(log);
	attr.log_buf = addr(log);
	want("a bad program", call(MODBPF_CMD_PROG_LOAD, &attr), -EACCES);
	want("says why", compare(log, "R2 !read_ok\n", 12), 0);
	log[0] = 'x';
	attr.log_buf |= HIGH;
	want("a log above", call(MODBPF_CMD_PROG_LOAD, &attr), -EFAULT);
	want("is not written below", log[0], 'x');
	attr = load_attr(BPF_PROG_TYPE_SCHED_CLS, counts, 7);
	attr.insns |= HIGH;
	want("instructions above", call(MODBPF_CMD_PROG_LOAD, &attr), -EFAULT);
	attr = load_attr(BPF_PROG_TYPE_SCHED_CLS, counts, 7);
	attr.license |= HIGH;
	want("a license above", call(MODBPF_CMD_PROG_LOAD, &attr), -EFAULT);
}

static void try_run(int prog, int map)
{
	static __u8 packet[64], out[64];
	union modbpf_attr attr = { .test = {
		.prog_fd = prog, .data_in = addr(packet), .data_size_in = sizeof(packet),
		.data_out = addr(out), .data_size_out = sizeof(out), .repeat = 5,
	} };
	__u64 got = 0;
	__u32 zero = 0;

	packet[20] = 0x5a;
	want("it runs", call(MODBPF_CMD_PROG_TEST_RUN, &attr), 0);
	want("to its result", attr.test.retval, 7);
	want("with the packet", attr.test.data_size_out, sizeof(packet));
	want("and back", compare(packet, out, sizeof(out)), 0);
	want("its counter", element(MODBPF_CMD_MAP_LOOKUP_ELEM, map, addr(&zero), addr(&got)), 0);
	want("has counted", got, 5);
	attr.test.data_in |= HIGH;
	want("a packet above", call(MODBPF_CMD_PROG_TEST_RUN, &attr), -EFAULT);
	attr.test.data_in = addr(packet);
	attr.test.data_out |= HIGH;
	want("room for it above", call(MODBPF_CMD_PROG_TEST_RUN, &attr), -EFAULT);
}

static void try_info(int prog, int map)
{
	static struct bpf_insn insns[32];
	struct modbpf_prog_info info = { .xlated_prog_len = sizeof(insns), .xlated_prog_insns = addr(insns) };
	struct modbpf_map_info about_map = {};
	union modbpf_attr attr = { .info = {
		.bpf_fd = prog, .info_len = sizeof(info), .info = addr(&info),
	} };
	__u32 cnt;

	want("a program is told of", call(MODBPF_CMD_OBJ_GET_INFO_BY_FD, &attr), 0);
	want("as long as it is", attr.info.info_len, sizeof(info));
	want("its type", info.type, BPF_PROG_TYPE_SCHED_CLS);
	want("that it has an id", info.id > 0, 1);
	cnt = info.xlated_prog_len / sizeof(insns[0]);
	want("its instructions", cnt > 2 && cnt <= 32 && insns[cnt - 1].code == (BPF_JMP | BPF_EXIT), 1);
	attr.info.info |= HIGH;
	want("an answer above", call(MODBPF_CMD_OBJ_GET_INFO_BY_FD, &attr), -EFAULT);
	attr.info.info = addr(&info);
	info.xlated_prog_insns |= HIGH;
	want("room in it above", call(MODBPF_CMD_OBJ_GET_INFO_BY_FD, &attr), -EFAULT);
	attr.info.bpf_fd = map;
	attr.info.info = addr(&about_map);
	attr.info.info_len = sizeof(about_map);
	want("a map is told of", call(MODBPF_CMD_OBJ_GET_INFO_BY_FD, &attr), 0);
	want("its size", about_map.value_size, 8);
}

/* A call of this process' own kind is seen, by a link whose symbol stands behind two addresses. */
static void try_link(int map)
{
	static const char symbol[] = "__ia32_sys_umask";
	__u64 symbols[] = { addr(symbol) }, high[] = { addr(symbol) | HIGH }, got = 0;
	int prog = load_counts(BPF_PROG_TYPE_KPROBE, map, BPF_TRACE_KPROBE_MULTI), link;
	union modbpf_attr attr = { .link_create = { .prog_fd = prog, .attach_type = BPF_TRACE_KPROBE_MULTI } };
	__u32 zero = 0;

	attr.link_create.kprobe_multi.cnt = 1;
	attr.link_create.kprobe_multi.syms = addr(high);
	want("a symbol above", call(MODBPF_CMD_LINK_CREATE, &attr), -EFAULT);
	attr.link_create.kprobe_multi.syms = addr(symbols) | HIGH;
	want("symbols above", call(MODBPF_CMD_LINK_CREATE, &attr), -EFAULT);
	attr.link_create.kprobe_multi.syms = addr(symbols);
	link = want_fd("a link", call(MODBPF_CMD_LINK_CREATE, &attr));
	element(MODBPF_CMD_MAP_UPDATE_ELEM, map, addr(&zero), addr(&got));
	sys(__NR_umask, 022, 0, 0, 0, 0);
	element(MODBPF_CMD_MAP_LOOKUP_ELEM, map, addr(&zero), addr(&got));
	want("sees the call", got, 1);
	sys(__NR_close, link, 0, 0, 0, 0);
	sys(__NR_close, prog, 0, 0, 0, 0);
}

static void try_event(void)
{
	struct perf_event_attr event = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(event), .config = PERF_COUNT_SW_BPF_OUTPUT,
		.sample_type = PERF_SAMPLE_RAW, .sample_period = 1, .wakeup_events = 1,
	};
	struct modbpf_perf_open open = { .attr = addr(&event), .pid = -1, .cpu = 0, .group_fd = -1 };
	int fd = want_fd("an event", sys(__NR_ioctl, device, MODBPF_IOC_PERF, (long)&open, 0, 0));

	want("is enabled", sys(__NR_ioctl, fd, PERF_EVENT_IOC_ENABLE, 0, 0, 0), 0);
	want("and disabled", sys(__NR_ioctl, fd, PERF_EVENT_IOC_DISABLE, 0, 0, 0), 0);
	want("what is no program", sys(__NR_ioctl, fd, PERF_EVENT_IOC_SET_BPF, fd, 0, 0) < 0, 1);
	want("is mapped", map_shared(fd, 2 * 4096) < -4096UL, 1);
	sys(__NR_close, fd, 0, 0, 0, 0);
	open.attr |= HIGH;
	want("an event of above", sys(__NR_ioctl, device, MODBPF_IOC_PERF, (long)&open, 0, 0), -EFAULT);
}

static void try_mapping(void)
{
	int map = create_map(BPF_MAP_TYPE_ARRAY, 4, 8, 4, BPF_F_MMAPABLE);
	unsigned long at = map_shared(map, 4096);
	__u32 key = 1;
	__u64 got = 0;

	want("a map is mapped", at < -4096UL, 1);
	if (at >= -4096UL)
		return;
	((volatile __u64 *)at)[1] = 0x1122334455667788;
	element(MODBPF_CMD_MAP_LOOKUP_ELEM, map, addr(&key), addr(&got));
	want("with its values", got == 0x1122334455667788, 1);
	sys(__NR_munmap, at, 4096, 0, 0, 0);
	sys(__NR_close, map, 0, 0, 0, 0);
}

static void try_call(void)
{
	union modbpf_attr attr = {};
	struct modbpf_call call = {
		.cmd = MODBPF_CMD_PROG_GET_NEXT_ID, .size = sizeof(attr), .attr = addr(&attr) | HIGH,
	};

	want("an attr of above", sys(__NR_ioctl, device, MODBPF_IOC_CALL, (long)&call, 0, 0), -EFAULT);
	want("a call that is nowhere", sys(__NR_ioctl, device, MODBPF_IOC_CALL, 8, 0, 0), -EFAULT);
	want("no such ioctl", sys(__NR_ioctl, device, 0x1234, 0, 0, 0), -ENOTTY);
}

void _start(void)
{
	int counter, hash, prog;

	device = sys(__NR_open, (long)MODBPF_DEVICE, O_RDWR, 0, 0, 0);
	want_fd("the device", device);
	counter = create_map(BPF_MAP_TYPE_ARRAY, 4, 8, 1, 0);
	hash = create_map(BPF_MAP_TYPE_HASH, 8, 8, 16, 0);
	try_call();
	try_elements(hash);
	try_batch(hash);
	try_refused();
	prog = load_counts(BPF_PROG_TYPE_SCHED_CLS, counter, 0);
	try_run(prog, counter);
	try_info(prog, counter);
	try_link(counter);
	try_event();
	try_mapping();
	say("client32: ");
	say_number(passed);
	say(" passed, ");
	say_number(failed);
	say(" failed\n");
	sys(__NR_exit, failed != 0, 0, 0, 0, 0);
}
