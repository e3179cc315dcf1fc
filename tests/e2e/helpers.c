// SPDX-License-Identifier: GPL-2.0-only
/*
 * What do helpers give, run as machine code in the kernel? The same as the system calls
 * and the C library give who asks them. "helpers OBJECT".
 */
#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "tests/e2e/abi.h"
#include "tests/e2e/clock.h"
#include "tests/e2e/helpers.h"
#include "user/libmodbpf.h"

#define NR_UMASK 95	/* the system call, x86-64 */

static struct bpf_object *object;
static int io_fd;
static struct helper_io io;

static void put_io(void)
{
	__u32 key = 0;

	io.runs = 0;
	io.ret = -NOT_SUPPORTED;
	memset(io.out, 0xaa, sizeof(io.out));
	memset(io.buffer, 0xaa, sizeof(io.buffer));
	bpf_map_update_elem(io_fd, &key, &io, 0);
}

static void get_io(const char *name)
{
	__u32 key = 0;

	bpf_map_lookup_elem(io_fd, &key, &io);
	if (io.runs != 1)
		want(name, io.runs, 1);
}

/* Run program @name once on a packet of zeros; what its helper returned. */
static long long run(const char *name)
{
	struct bpf_program *prog = bpf_object__find_program_by_name(object, name);
	char packet[64] = {};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet, .data_size_in = sizeof(packet));

	put_io();
	if (bpf_prog_test_run_opts(bpf_program__fd(prog), &opts))
		want(name, -errno, 0);
	get_io(name);
	return io.ret;
}

/* Run program @name once, where this process makes a system call. */
static long long run_in_event(const char *name)
{
	struct bpf_program *prog = bpf_object__find_program_by_name(object, name);
	struct bpf_link *link;

	io.in[3] = getpid();
	put_io();
	link = bpf_program__attach_tracepoint(prog, "syscalls", "sys_enter_umask");
	if (!link)
		want(name, -errno, 0);
	syscall(NR_UMASK, 022);
	bpf_link__destroy(link);
	get_io(name);
	return io.ret;
}

/* --- time ----------------------------------------------------------------------- */

static void test_clock(const char *name, clockid_t clock)
{
	__u64 before = clock_ns(clock), told = run(name), after = clock_ns(clock);

	want_that(name, before <= told && told <= after);
}

/* "jiffies: 4294912345" in /proc/timer_list. */
static __u64 ticks_told(void)
{
	FILE *file = fopen("/proc/timer_list", "r");
	unsigned long long ticks = 0;
	char line[256];

	while (file && !ticks && fgets(line, sizeof(line), file))
		sscanf(line, "jiffies: %llu", &ticks);
	if (file)
		fclose(file);
	return ticks;
}

static void test_time(void)
{
	__u64 before, told, after;
	int i, same = 0;

	test_clock("ktime_ns", CLOCK_MONOTONIC);
	test_clock("boot_ns", CLOCK_BOOTTIME);
	test_clock("tai_ns", CLOCK_TAI);
	test_clock("coarse_ns", CLOCK_MONOTONIC_COARSE);
	before = ticks_told();
	told = run("ticks");
	after = ticks_told();
	want_that("jiffies64", before && before <= told && told <= after);
	for (i = 0; i < 8; i++) {
		before = run("prandom");
		want_that("32 bits", before >> 32 == 0);
		same += before == (__u64)run("prandom");
	}
	want_that("random numbers differ", same < 2);
}

/* --- who and where --------------------------------------------------------------- */

static void test_place(void)
{
	cpu_set_t set, old;
	unsigned int cpu, node;
	int i;

	sched_getaffinity(0, sizeof(old), &old);
	for (i = 0; i < libbpf_num_possible_cpus(); i++) {
		CPU_ZERO(&set);
		CPU_SET(i, &set);
		if (sched_setaffinity(0, sizeof(set), &set))
			continue;
		syscall(SYS_getcpu, &cpu, &node, NULL);
		want("the CPU", run("this_cpu"), cpu);
		want("its node", run("this_node"), node);
	}
	sched_setaffinity(0, sizeof(old), &old);
}

static void test_who(void)
{
	__u64 task;
	bool found = false;
	int i;

	want("ids of the thread", run("pid_tgid"), (__u64)getpid() << 32 | gettid());
	setresgid(1234, 1234, 0);
	setresuid(4321, 4321, 0);
	want("root no more", geteuid(), 4321);
	setresuid(0, 0, 0);
	setresgid(1234, 1234, 0);
	want("ids of the user", run("uid_gid"), 1234ULL << 32);
	setresgid(0, 0, 0);
	prctl(PR_SET_NAME, "q7comm9test");
	io.in[0] = 16;
	want("its name", run("comm"), 0);
	want("is this", memcmp(io.buffer, "q7comm9test\0\0\0\0\0\xaa", 17), 0);
	io.in[0] = 5;
	want("its name, cut", run("comm"), 0);
	want("is that", memcmp(io.buffer, "q7co\0\xaa", 6), 0);
	/* The name is somewhere in what the address of the task is the address of. */
	task = run("this_task");
	for (i = 0; i < 64 && !found; i++) {
		io.in[0] = task + i * (IO_BUFFER - 16);
		found = !run("read_kernel") && memmem(io.buffer, IO_BUFFER, "q7comm9test", 12);
	}
	want_that("the task has its name", found);
	io.in[0] += (char *)memmem(io.buffer, IO_BUFFER, "q7comm9test", 12) - io.buffer + 2;
	want("a string of it", run("read_kernel_str"), 10);
	want("is this", memcmp(io.buffer, "comm9test\0\0", 11), 0);
}

/* In a namespace of its own, which begins to count anew. */
static int ids_in_namespace(void)
{
	struct stat at;
	int status = 0;

	if (unshare(CLONE_NEWPID))
		return 1;
	if (fork() == 0) {
		stat("/proc/self/ns/pid", &at);
		io.in[0] = at.st_dev;
		io.in[1] = at.st_ino;
		io.in[2] = 8;
		_exit(run("ns_pid_tgid") || io.out[0] != (1ULL << 32 | 1));
	}
	wait(&status);
	return status != 0;
}

static void test_namespace(void)
{
	struct stat at;
	int status = 1;

	want("/proc", stat("/proc/self/ns/pid", &at), 0);
	io.in[0] = at.st_dev;
	io.in[1] = at.st_ino;
	io.in[2] = 8;
	want("ids in the namespace", run("ns_pid_tgid"), 0);
	want("are those", io.out[0], (__u64)getpid() << 32 | gettid());
	io.in[2] = 7;
	want("no room", run("ns_pid_tgid"), -EINVAL);
	want("nothing there", io.out[0], 0xaaULL << 56);
	io.in[2] = 8;
	io.in[1]++;
	want("another namespace", run("ns_pid_tgid"), -EINVAL);
	want("no ids there", io.out[0], 0);
	io.in[1]--;
	io.in[0]++;
	want("another device", run("ns_pid_tgid"), -EINVAL);
	if (fork() == 0)
		_exit(ids_in_namespace());
	wait(&status);
	want("ids in a new namespace", status, 0);
}

/* --- text -------------------------------------------------------------------------- */

static const struct {
	const char *text;
	int base;
} numbers[] = {
	{ "0", 10 }, { "42", 10 }, { "-42", 10 }, { "  \t-7 rest", 10 }, { "0x1F", 16 }, { "1f", 16 },
	{ "0x1f", 0 }, { "-0x1f", 0 }, { "017", 0 }, { "017", 8 }, { "089", 0 }, { "12ab", 10 },
	{ "9223372036854775807", 10 }, { "-9223372036854775808", 0 }, { "-0", 10 },
	{ "7fffffffffffffff", 16 }, { "0777777777777777777777", 0 }, { "18446744073709551615", 10 },
	{ "9223372036854775808", 10 }, { "-9223372036854775809", 10 }, { "18446744073709551616", 10 },
	{ "99999999999999999999999999", 10 }, { "ffffffffffffffff", 16 }, { "0xg", 0 },
};

/*
 * strtol(3) is the judge, where bpf-helpers(7) does not say otherwise: out of range is an
 * error, an unsigned number has no sign.
 */
static void test_number(const char *text, int base)
{
	bool minus = strchr(text, '-');
	long number;
	unsigned long positive;
	char *end, what[96];

	memset(io.text, 0, sizeof(io.text));
	strcpy(io.text, text);
	io.in[0] = strlen(text) - 1;
	io.in[1] = base;
	errno = 0;
	number = strtol(text, &end, base);
	snprintf(what, sizeof(what), "strtol '%s' by %d", text, base);
	want(what, run("to_long"), errno ? -errno : end - text);
	want(what, io.out[0], errno ? 0 : number);
	errno = 0;
	positive = strtoul(text, &end, base);
	snprintf(what, sizeof(what), "strtoul '%s' by %d", text, base);
	want(what, run("to_ulong"), minus ? -EINVAL : errno ? -errno : end - text);
	want(what, io.out[0], errno || minus ? 0 : positive);
}

static void test_no_number(const char *text, int base)
{
	char what[96];

	memset(io.text, 0, sizeof(io.text));
	strcpy(io.text, text);
	io.in[0] = strlen(text) - 1;
	io.in[1] = base;
	snprintf(what, sizeof(what), "no number '%s' by %d", text, base);
	want(what, run("to_long"), -EINVAL);
	want(what, io.out[0], 0);
	want(what, run("to_ulong"), -EINVAL);
	want(what, io.out[0], 0);
}

static void test_compare(const char *text)
{
	__u32 bytes;
	long long wanted, got;

	memset(io.text, 0, sizeof(io.text));
	strcpy(io.text, text);
	for (bytes = 1; bytes <= 12; bytes++) {
		io.in[0] = bytes - 1;
		got = run("compare");
		wanted = strncmp(text, "constant", bytes);
		want(text, (got > 0) - (got < 0), (wanted > 0) - (wanted < 0));
	}
}

static void test_text(void)
{
	__u32 i;

	for (i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		test_number(numbers[i].text, numbers[i].base);
	test_no_number(" ", 10);
	test_no_number("-", 10);
	test_no_number("x", 10);
	test_no_number("9", 8);
	test_no_number("12", 7);
	test_no_number("12", 36);
	/* What is behind the given bytes is not looked at. */
	strcpy(io.text, "123456");
	io.in[0] = 2;
	io.in[1] = 10;
	want("the size ends a number", run("to_long"), 3);
	want("it is", io.out[0], 123);
	test_compare("constant");
	test_compare("constants");
	test_compare("consider");
	test_compare("consumer");
}

/* --- printing ------------------------------------------------------------------------- */

static void test_numbers(long a, unsigned long b, unsigned int c)
{
	char wanted[IO_BUFFER];
	int len = snprintf(wanted, sizeof(wanted), NUMBERS_FORMAT, (int)a, b, c, (int)a, (int)a,
			   (int)a, 'c');

	io.in[0] = a;
	io.in[1] = b;
	io.in[2] = c;
	want(wanted, run("numbers"), len + 1);
	want(wanted, strcmp(io.buffer, wanted), 0);
	want("zeros behind", io.buffer[len + 1] | io.buffer[IO_BUFFER - 1], 0);
	want("cut", run("numbers_cut"), len + 1);
	want("to this", memcmp(io.buffer, wanted, 7) || io.buffer[7] || io.buffer[8] != (char)0xaa, 0);
	want("its length", run("length_only"), len + 1);
	want("and no more", io.buffer[0], (char)0xaa);
}

/* "ffffffff81234567 T schedule" */
static __u64 symbol_address(const char *name)
{
	FILE *file = fopen("/proc/kallsyms", "r");
	unsigned long long at, found = 0;
	char symbol[512], line[600];

	while (file && !found && fgets(line, sizeof(line), file))
		if (sscanf(line, "%llx %*c %511s", &at, symbol) == 2 && !strcmp(symbol, name))
			found = at;
	if (file)
		fclose(file);
	return found;
}

static bool is_traced(const char *text)
{
	FILE *file = fopen("/sys/kernel/tracing/trace", "r") ? : fopen("/sys/kernel/debug/tracing/trace", "r");
	bool found = false;
	char line[1024];

	while (file && !found && fgets(line, sizeof(line), file))
		found = strstr(line, "bpf_trace_printk: ") && strstr(line, text);
	if (file)
		fclose(file);
	return found;
}

static void test_tracing(void)
{
	char wanted[128];
	int len;

	strcpy(io.text, "text");
	io.in[0] = -5;
	io.in[1] = 1UL << 40;
	io.in[2] = 0xabc;
	len = sprintf(wanted, "q7traced %s %d %lu %x", "text", -5, 1UL << 40, 0xabc);
	want("much is traced", run("trace_many"), len);
	want_that("and can be read", is_traced(wanted));
	want("too few arguments", run("trace"), -EINVAL);
	len = sprintf(wanted, "q7few %d %x", -5, 0);
	want("little is traced", run("trace_few"), len);
	want_that("and can be read too", is_traced(wanted));
}

static void test_printing(void)
{
	char wanted[IO_BUFFER];
	unsigned char *at = (unsigned char *)io.text;
	int i;

	test_numbers(42, 7, 0xbeef);
	test_numbers(-1, ~0UL, 0);
	test_numbers(-1234567, 1UL << 63, ~0U);
	strcpy(io.text, "a text");
	want("strings", run("strings"), sprintf(wanted, STRINGS_FORMAT, "stacked", io.text, io.text) + 1);
	want("are these", strcmp(io.buffer, wanted), 0);
	memset(io.text, 'x', IO_TEXT - 1);
	io.text[IO_TEXT - 1] = 0;
	want("long strings", run("strings"), sprintf(wanted, STRINGS_FORMAT, "stacked", io.text, io.text) + 1);
	want("are those", strcmp(io.buffer, wanted), 0);
	io.in[0] = run("this_task");
	sprintf(wanted, "%llx", io.in[0]);
	want_that("pointers", run("pointer") > 16);
	want_that("are not bare", !strstr(io.buffer, wanted));
	io.in[0] = symbol_address("schedule");
	want("a symbol", run("symbol"), sizeof("schedule"));
	want("is named", strcmp(io.buffer, "schedule"), 0);
	for (i = 0; i < 16; i++)
		at[i] = 10 * i + 1;
	want_that("addresses", run("address") > 40);
	want("are these", strcmp(io.buffer, "1.11.21.31 010b151f29333d47515b656f79838d97 "
		"010b:151f:2933:3d47:515b:656f:7983:8d97"), 0);
	test_tracing();
}

/* --- memory ------------------------------------------------------------------------- */

static void test_memory(void)
{
	static char here[IO_BUFFER] = "user memory";
	char *nowhere = (char *)8;

	io.in[0] = addr(here);
	want("user memory", run("read_user"), 0);
	want("is this", memcmp(io.buffer, here, sizeof(here)), 0);
	want("a user's string", run("read_user_str"), 12);
	want("is that", strcmp(io.buffer, here), 0);
	want("any memory", run_in_event("read_any"), 0);
	want("is the same", memcmp(io.buffer, here, sizeof(here)), 0);
	want("any string", run_in_event("read_any_str"), 12);
	want("is the same one", strcmp(io.buffer, here), 0);
	want_that("not as the kernel's", run("read_kernel") < 0 && !io.buffer[0] && !io.buffer[99]);
	strcpy(io.text, "written");
	want("written", run_in_event("write_user"), 0);
	want("now it is this", strcmp(here, "written"), 0);
	io.in[0] = addr(nowhere);
	want("nowhere", run_in_event("write_user"), -EFAULT);
	want("nothing there", run("read_user"), -EFAULT);
	want("and zeros came", io.buffer[0] | io.buffer[99], 0);
	io.in[0] = 0xffffffff81000000ULL;
	want("not into the kernel", run_in_event("write_user"), -EFAULT);
}

/* --- maps ------------------------------------------------------------------------------ */

static int record_cnt;
static __u64 records[4];

static int on_record(void *context, void *data, size_t bytes)
{
	want("its size", bytes, 8);
	if (record_cnt < 4)
		memcpy(&records[record_cnt++], data, 8);
	return 0;
}

static void test_ring(void)
{
	struct ring_buffer *ring;
	__u64 text;

	strcpy(io.text, "in ring");
	memcpy(&text, io.text, 8);
	io.in[0] = 0x1122334455667788;
	want("records", run("records"), 0);
	want("three, each behind 8 bytes of its own", run("in_ring"), 3 * 16);
	ring = ring_buffer__new(bpf_object__find_map_fd_by_name(object, "ring"), on_record, NULL, NULL);
	want("two are kept", ring_buffer__consume(ring), 2);
	want("a number", records[0], 0x1122334455667788);
	want("a text", records[1], text);
	want("none is left", run("in_ring"), 0);
	ring_buffer__free(ring);
}

static void test_each_cpu(void)
{
	int cpus = libbpf_num_possible_cpus(), i;
	__u64 *values = calloc(cpus, sizeof(*values));
	__u32 zero = 0;

	for (i = 0; i < cpus; i++)
		values[i] = 1000 + i;
	want("a value for each CPU", bpf_map_update_elem(
	     bpf_object__find_map_fd_by_name(object, "each_cpu"), &zero, values, 0), 0);
	for (i = 0; i < cpus; i++) {
		io.in[0] = i;
		want("another CPU's value", run("elsewhere"), 1000 + i);
	}
	io.in[0] = cpus;
	want("of no CPU", run("elsewhere"), -1);
	free(values);
}

/* --- signals -------------------------------------------------------------------------- */

static volatile int signals, from_kernel;

static void on_signal(int number, siginfo_t *info, void *context)
{
	signals++;
	from_kernel += info->si_code == SI_KERNEL;
}

/* Takes signals no other way than by asking for those that wait. */
static void *blocked_thread(void *unused)
{
	struct timespec second = { .tv_sec = 5 }, now = {};
	sigset_t set;
	int i;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	io.in[0] = SIGUSR1;
	want("to the process", run("signal_process"), 0);
	for (i = 0; i < 500 && !signals; i++)
		usleep(10000);
	want("another thread took it", signals, 1);
	want("from the kernel", from_kernel, 1);
	want("none waits here", sigtimedwait(&set, NULL, &now), -1);
	want("to the thread", run("signal_thread"), 0);
	want("it waits here", sigtimedwait(&set, NULL, &second), SIGUSR1);
	want("and came to no other", signals, 1);
	want("no such signal", run("signal_process") ? : (io.in[0] = 65, run("signal_process")), -EINVAL);
	return NULL;
}

static void test_signals(void)
{
	struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART };
	pthread_t thread;

	sigaction(SIGUSR1, &action, NULL);
	pthread_create(&thread, NULL, blocked_thread, NULL);
	pthread_join(thread, NULL);
	signals = 0;
	io.in[0] = SIGUSR1;
	want("from an event", run_in_event("signal_from_event"), 0);
	want("it has come by now", signals, 1);
	io.in[0] = 0;
	want("none, but may it", run("signal_process"), 0);
	want("none came", signals, 1);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	device = modbpf_device();
	libbpf_set_strict_mode(LIBBPF_STRICT_ALL);
	object = bpf_object__open(argv[1]);
	if (!object || bpf_object__load(object))
		return 1;
	io_fd = bpf_object__find_map_fd_by_name(object, "io_map");
	test_time();
	test_place();
	test_who();
	test_namespace();
	test_text();
	test_printing();
	test_memory();
	test_ring();
	test_each_cpu();
	test_signals();
	bpf_object__close(object);
	return finish("helpers");
}
