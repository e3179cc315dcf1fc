// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does a program at a function's entry or exit, or on a tracepoint with the kernel's
 * types, run once for each event, and read what is there? libbpf fits its accesses to the
 * kernel and finds what it hangs on; libmodbpf redirects the system calls. "typed_events OBJECT [leave]".
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <linux/ptrace.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "tests/e2e/abi.h"
#include "tests/e2e/events.h"
#include "tests/e2e/kernel_file.h"
#include "tests/e2e/numbers.h"

#define CALLS 500
#define OPENS 40
#define ROUNDS 10	/* attached and detached under fire */

static int prog_fd(const char *name)
{
	return bpf_program__fd(bpf_object__find_program_by_name(object, name));
}

/* Both ways to attach come to the same. */
static int opened(const char *name)
{
	return want_fd(name, bpf_raw_tracepoint_open(NULL, prog_fd(name)));
}

static int created(const char *name, enum bpf_attach_type type)
{
	return want_fd(name, bpf_link_create(prog_fd(name), 0, type, NULL));
}

/* What fdinfo says of how a link hangs there. */
static bool hangs_by(int link, const char *way)
{
	char path[64], line[128], wanted[64];
	bool found = false;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", link);
	snprintf(wanted, sizeof(wanted), "hangs_by:\t%s\n", way);
	file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file))
		found |= !strcmp(line, wanted);
	if (file)
		fclose(file);
	return found;
}

static void test_function(void)
{
	mode_t before = umask(0);
	int entry, leave;

	start();
	umasks(CALLS);
	want("nothing runs before", number(ENTRIES), 0);
	syscall(NR_UMASK, 0);
	entry = opened("on_entry");
	umasks(CALLS);
	want("entries", number(ENTRIES), CALLS);
	want("the registers that its argument points to", number(MASKS), CALLS * (CALLS - 1) / 2);
	close(entry);
	umasks(CALLS);
	want("nothing runs after", number(ENTRIES), CALLS);

	start();
	syscall(NR_UMASK, 0);
	leave = created("on_exit", BPF_TRACE_FEXIT);
	umasks(CALLS);
	close(leave);
	want("exits", number(RETURNS), CALLS);
	want("what is asked for by number", number(WRONG), 0);
	want("arguments at the exit", number(MASKS), CALLS * (CALLS - 1) / 2);
	/* Each returns the mask before: 0, then 0 to CALLS - 2. */
	want("results", number(RESULTS), (CALLS - 1) * (CALLS - 2) / 2);
	umasks(CALLS);
	want("none after", number(RETURNS), CALLS);
	umask(before);
}

/* Nobody blinds a program by switching ftrace off: not while one hangs there, and then none is hung. */
static void test_switched_off(void)
{
	const char *path = "/proc/sys/kernel/ftrace_enabled";
	int entry = opened("on_entry"), leave, err = write_to(path, "0") ? 0 : errno;

	close(entry);
	want_that("ftrace stays on for an entry", err == EBUSY || err == EOPNOTSUPP);
	if (err == EOPNOTSUPP)	/* nobody switches it off any more: 7.3 */
		return;
	leave = created("on_exit", BPF_TRACE_FEXIT);
	if (hangs_by(leave, "trampoline"))
		want_that("ftrace stays on for an exit", !write_to(path, "0") && errno == EBUSY);
	close(leave);
	want_that("it is switched off when nothing hangs there", write_to(path, "0"));
	errno = 0;
	want("an entry then", bpf_raw_tracepoint_open(NULL, prog_fd("on_entry")), -EBUSY);
	want_that("it is on again", write_to(path, "1"));
	test_function();
}

/* What the object calls do_filp_open is do_file_open in 7.x. */
static void name_open(void)
{
	bpf_program__set_attach_target(bpf_object__find_program_by_name(object, "on_open"), 0, "do_file_open");
}

static void test_open(void)
{
	int leave = opened("on_open"), i;
	struct stat passwd = {};

	start();
	stat("/etc/passwd", &passwd);
	for (i = 0; i < OPENS; i++)
		close(open("/etc/passwd", O_RDONLY));
	close(open("/etc/no such file", O_RDONLY));
	close(leave);
	want("opens", number(ENTRIES), OPENS + 1);
	want("an int has its sign", number(RETURNS), OPENS + 1);
	want("the files' numbers; 0 for none", number(RESULTS), OPENS * passwd.st_ino);
}

/* What a function gets on the stack. */
static void test_packets(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int entry = opened("on_packet"), leave = opened("on_packet_made");
	int sock = socket(AF_INET, SOCK_DGRAM, 0), i;
	char bytes[PACKET_BYTES] = {};

	want_that("it is no trampoline", hangs_by(leave, "kretprobe"));
	want("lo is up", ioctl(sock, SIOCSIFFLAGS, &lo), 0);
	start();
	for (i = 0; i < OPENS; i++)
		sendto(sock, bytes, sizeof(bytes), i & 1 ? MSG_DONTWAIT : MSG_NOSIGNAL, (void *)&to,
		       sizeof(to));
	close(sock);
	close(entry);
	close(leave);
	want("packets", number(ENTRIES), OPENS);
	want("their flags", number(MASKS), OPENS / 2 * (MSG_DONTWAIT + MSG_NOSIGNAL));
	want("packets made", number(RETURNS), OPENS);
	want("their flags", number(RESULTS), OPENS / 2 * (MSG_DONTWAIT + MSG_NOSIGNAL));
	want("all with what they should see", number(WRONG), 0);
}

static void test_tracepoint(void)
{
	int link = opened("on_switch"), i;

	start();
	/* On a machine that is slow enough, a short sleep may be over before it begins. */
	for (i = 0; i < 5000 && number(SWITCHES) < 100; i++)
		usleep(1000);
	close(link);
	want_that("switches", number(SWITCHES) >= 100);
	want("of whom they should be", number(WRONG), 0);
	link = created("on_any", BPF_TRACE_RAW_TP);
	start();
	umasks(CALLS);
	close(link);
	want("calls", number(ENTRIES), CALLS);
}

static void test_recursion(void)
{
	int link = opened("on_itself"), caller = opened("on_any");
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);

	start();
	umasks(CALLS);
	close(caller);
	close(link);
	want("information", bpf_obj_get_info_by_fd(prog_fd("on_itself"), &info, &len), 0);
	want_that("what another's helper calls is seen", number(FRAMES) >= CALLS);
	want_that("what its own helper calls is missed, and counted", info.recursion_misses >= CALLS);
	want("each time", info.recursion_misses, info.run_cnt);
}

/* Linux's name for the BTF that the kernel itself has. */
static void test_types_of(__u32 id)
{
	static char name[16];
	struct modbpf_btf_info info = { .name = addr(name), .name_len = sizeof(name) };
	__u32 len = sizeof(info);
	int fd = want_fd("the types that it was looked for in", bpf_btf_get_fd_by_id(id));

	want("their information", info_of(fd, &info, &len), 0);
	want_that("are the kernel's", info.kernel_btf && !strcmp(name, "vmlinux"));
	close(fd);
}

static void test_info(void)
{
	int link = opened("on_entry"), progs[2] = { prog_fd("on_entry"), prog_fd("on_entry_too") };
	struct modbpf_link_info info = {};
	struct bpf_prog_info prog = {};
	__u32 len = sizeof(info), bytes = sizeof(prog);

	want("a link's information", info_of(link, &info, &len), 0);
	want("a program's", bpf_obj_get_info_by_fd(progs[0], &prog, &bytes), 0);
	want("its type", info.type, MODBPF_LINK_TYPE_TRACING);
	want("how it hangs", info.tracing.attach_type, BPF_TRACE_FENTRY);
	want("on what", info.tracing.target_btf_id, prog.attach_btf_id);
	want("of which types", info.tracing.target_obj_id, prog.attach_btf_obj_id);
	test_types_of(prog.attach_btf_obj_id);
	start();
	want("another for the same function", bpf_link_update(link, progs[1], NULL), 0);
	umasks(CALLS);
	want("the old one is off", number(ENTRIES), 0);
	want("the new one is on", number(FRAMES), CALLS);
	want("one for its exit", bpf_link_update(link, prog_fd("on_exit"), NULL), -EINVAL);
	want("one for another function", bpf_link_update(link, prog_fd("on_itself"), NULL), -EINVAL);
	want("off", bpf_link_detach(link), 0);
	umasks(CALLS);
	want("it runs no more", number(FRAMES), CALLS);
	close(link);
}

static long create(union modbpf_attr *attr)
{
	return call(MODBPF_CMD_LINK_CREATE, attr, sizeof(*attr));
}

static void test_wrong(void)
{
	struct modbpf_link_info info = {};
	union modbpf_attr attr = {};
	int prog = prog_fd("on_entry"), link;
	__u32 len = sizeof(info);

	want("a name beside the BTF id", bpf_raw_tracepoint_open("sys_enter", prog), -EINVAL);
	/* Not through libbpf, which tries the other way then. */
	attr.link_create.prog_fd = prog;
	attr.link_create.attach_type = BPF_TRACE_FEXIT;
	want("an exit for an entry's program", create(&attr), -EINVAL);
	attr.link_create.attach_type = BPF_PERF_EVENT;
	want("another type's attachment", create(&attr), -EINVAL);
	attr.link_create.attach_type = BPF_TRACE_FENTRY;
	attr.link_create.tracing.target_btf_id = 1;
	want("onto a program", create(&attr), -EINVAL);
	attr.link_create.tracing.target_btf_id = 0;
	attr.link_create.tracing.pad = 1;
	want("padding", create(&attr), -EINVAL);
	attr.link_create.tracing.pad = 0;
	attr.link_create.flags = 1;
	want("flags", create(&attr), -EINVAL);
	attr.link_create.flags = 0;
	attr.link_create.tracing.cookie = 7;
	link = want_fd("with a cookie", create(&attr));
	want("its information", info_of(link, &info, &len), 0);
	want("the cookie", info.tracing.cookie, 7);
	close(link);
}

static int with_cookie(const char *name, enum bpf_attach_type type, __u64 cookie)
{
	union modbpf_attr attr = {};

	attr.link_create.prog_fd = prog_fd(name);
	attr.link_create.attach_type = type;
	attr.link_create.tracing.cookie = cookie;
	return want_fd(name, create(&attr));
}

/* The second exit is no trampoline: a function calls one at a time. */
static void test_cookies(void)
{
	const __u64 cookies[] = { 1ULL << 40 | 3, 1ULL << 41 | 5, 1ULL << 42 | 7, 1ULL << 43 | 9 };
	int links[] = {
		with_cookie("cookie_at_entry", BPF_TRACE_FENTRY, cookies[0]),
		with_cookie("cookie_at_exit", BPF_TRACE_FEXIT, cookies[1]),
		with_cookie("cookie_at_exit_too", BPF_TRACE_FEXIT, cookies[2]),
		with_cookie("cookie_of_event", BPF_TRACE_RAW_TP, cookies[3]),
	};
	unsigned int i;

	want_that("the second exit is a kretprobe", hangs_by(links[2], "kretprobe"));
	start();
	umasks(CALLS);
	want("an entry's cookie", number(ENTRIES), CALLS * cookies[0]);
	want("an exit's", number(RETURNS), CALLS * cookies[1]);
	want("another exit's", number(RESULTS), CALLS * cookies[2]);
	want("a tracepoint's", number(SWITCHES), CALLS * cookies[3]);
	for (i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		close(links[i]);
}

static volatile bool is_over;

static void *fire(void *cookie)
{
	while (!is_over)
		umasks(100);
	return NULL;
}

static void test_under_fire(void)
{
	pthread_t thread;
	int i, entry, leave;
	__u64 seen;

	start();
	pthread_create(&thread, NULL, fire, NULL);
	for (i = 0; i < ROUNDS; i++) {
		entry = bpf_raw_tracepoint_open(NULL, prog_fd("on_entry"));
		leave = bpf_raw_tracepoint_open(NULL, prog_fd("on_exit"));
		if (entry < 0 || leave < 0)
			break;
		close(entry);
		close(leave);
	}
	want("attached and detached under fire", i, ROUNDS);
	seen = number(ENTRIES) + number(RETURNS);
	usleep(20000);
	want("none later", number(ENTRIES) + number(RETURNS), seen);
	is_over = true;
	pthread_join(thread, NULL);
}

/* A function calls one trampoline at a time; who comes second gets there all the same. */
static void test_two_exits(void)
{
	int first = opened("on_exit"), second = opened("on_exit_too");

	start();
	want_that("the second is a kretprobe", hangs_by(second, "kretprobe"));
	umasks(CALLS);
	want("exits of the first", number(RETURNS), CALLS);
	want("exits of the second", number(FORKS), CALLS);
	close(first);
	umasks(CALLS);
	want("the second alone", number(FORKS), 2 * CALLS);
	close(second);
	first = opened("on_exit");
	umasks(CALLS);
	want("the first again", number(RETURNS), 2 * CALLS);
	want("with what they should see", number(WRONG), 0);
	close(first);
}

static bool sleeps(pid_t task)
{
	int number = system_call_of(task);

	return number == SYS_nanosleep || number == SYS_clock_nanosleep;
}

static void on_signal(int number)
{
}

static volatile pid_t sleeper;

static void *sleep_long(void *was_interrupted)
{
	struct timespec long_time = { .tv_sec = 1000 };

	sleeper = syscall(SYS_gettid);
	*(bool *)was_interrupted = nanosleep(&long_time, NULL) && errno == EINTR;
	return NULL;
}

/* The call goes on, and returns to where it came from. */
static void test_sleeper(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	bool was_interrupted = false;
	int link = opened("on_wake");
	pthread_t thread;

	start();
	usleep(1);
	want("who woke", number(FORKS), 1);
	sigaction(SIGUSR1, &action, NULL);
	pthread_create(&thread, NULL, sleep_long, &was_interrupted);
	while (!sleeper || !sleeps(sleeper))
		sched_yield();
	close(link);
	want_that("it sleeps still", sleeps(sleeper));
	pthread_kill(thread, SIGUSR1);
	pthread_join(thread, NULL);
	want_that("and wakes", was_interrupted);
	want("nobody is told", number(FORKS), 1);
}

/*
 * Leaves the module with a task of another program's, whose number is printed, that sleeps in
 * the function. 3: it does not return through the module.
 */
static int leave_a_sleeper(void)
{
	int link = opened("on_wake"), tries;
	pid_t task = fork();

	if (!task) {
		close(link);
		close(device);
		close(1);
		execl("/bin/sleep", "sleep", "1000", NULL);
		_exit(1);
	}
	for (tries = 0; tries < 3000 && !sleeps(task); tries++)
		usleep(10000);
	printf("%d\n", task);
	if (!sleeps(task))
		return 1;
	return hangs_by(link, "trampoline") ? 0 : 3;
}

/* --- a kernel without types ------------------------------------------------------- */

static long supply(int btf)
{
	return ioctl(device, MODBPF_IOC_KERNEL_BTF, &btf) ? -errno : 0;
}

/* Loads @btf and frees it; an fd. */
static int load_btf(struct btf *btf)
{
	union modbpf_attr attr = {};
	__u32 size;
	int number;

	attr.btf = addr(btf__raw_data(btf, &size));
	attr.btf_size = size;
	number = want_fd("types of a kernel", call(MODBPF_CMD_BTF_LOAD, &attr, sizeof(attr)));
	btf__free(btf);
	return number;
}

/* What of a kernel's types a program at umask() looks at. The function's id goes to @func. */
static int made_btf(__u32 *func)
{
	struct btf *btf = btf__new_empty();
	int number = btf__add_int(btf, "long", 8, 0);

	btf__add_struct(btf, "pt_regs", sizeof(struct pt_regs));
	btf__add_field(btf, "rdi", number, 8 * offsetof(struct pt_regs, rdi), 0);
	btf__add_ptr(btf, number + 1);
	btf__add_func_proto(btf, number);
	btf__add_func_param(btf, "regs", number + 2);
	*func = btf__add_func(btf, "__x64_sys_umask", BTF_FUNC_STATIC, number + 3);
	return load_btf(btf);
}

#define FAR (1 << 25)	/* bytes behind the registers */

/* A lie: a number of user space's is a pointer, a structure goes on for megabytes, arguments are twelve. */
static int false_btf(__u32 *func)
{
	struct btf *btf = btf__new_empty();
	int number = btf__add_int(btf, "long", 8, 0), i;

	btf__add_struct(btf, "pt_regs", FAR + 8);
	btf__add_field(btf, "rdi", number + 2, 8 * offsetof(struct pt_regs, rdi), 0);
	btf__add_field(btf, "far", number + 2, 8 * FAR, 0);
	btf__add_ptr(btf, number + 1);
	btf__add_func_proto(btf, number + 2);
	for (i = 0; i < 12; i++)
		btf__add_func_param(btf, "regs", number + 2);
	*func = btf__add_func(btf, "__x64_sys_umask", BTF_FUNC_STATIC, number + 3);
	return load_btf(btf);
}

#define LOAD(dst, src, offset) \
	{ .code = BPF_LDX | BPF_MEM | BPF_DW, .dst_reg = dst, .src_reg = src, .off = offset }
#define ADD(dst, number) { .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = dst, .imm = number }

/* Follows every pointer that it is told of; @is_exit: the result, too. */
static long load_credulous(bool is_exit, __u32 func)
{
	const short rdi = offsetof(struct pt_regs, rdi);
	const struct modbpf_insn insns[] = {
		LOAD(6, 1, 0), LOAD(7, 1, 88), LOAD(8, 1, is_exit ? 96 : 8),
		LOAD(2, 6, rdi), LOAD(3, 2, rdi), LOAD(3, 3, rdi),
		LOAD(3, 7, rdi), LOAD(3, 3, rdi), LOAD(3, 8, rdi), LOAD(3, 3, rdi),
		ADD(6, FAR), LOAD(3, 6, 0), LOAD(3, 3, rdi), ADD(2, FAR), LOAD(3, 2, 0),
		MOV64_IMM(0, 0), EXIT_INSN,
	};
	union modbpf_attr attr = load_attr(BPF_PROG_TYPE_TRACING, insns,
					   sizeof(insns) / sizeof(insns[0]));

	attr.expected_attach_type = is_exit ? BPF_TRACE_FEXIT : BPF_TRACE_FENTRY;
	attr.attach_btf_id = func;
	return call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr));
}

static void run_credulous(bool is_exit, __u32 func)
{
	/* Addresses of nobody, of the kernel's, and that are none. */
	static const unsigned long given[] = { 0, 1, 4096, 1UL << 47, ~0UL << 47, ~0UL, ~7UL,
					       1UL << 63, 0xffffffff81000000 };
	int prog = want_fd("a program that believes it", load_credulous(is_exit, func)), link, i;
	union modbpf_attr attr = {};
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);

	attr.raw_tracepoint.prog_fd = prog;
	link = want_fd("on the function", call(MODBPF_CMD_RAW_TRACEPOINT_OPEN, &attr, sizeof(attr)));
	for (i = 0; i < CALLS; i++)
		syscall(NR_UMASK, given[i % (sizeof(given) / sizeof(given[0]))]);
	close(link);
	want("its information", info_of(prog, &info, &len), 0);
	want_that("it has run, and come back", info.run_cnt >= CALLS);
	close(prog);
}

/* A program that reads what umask() was given; an fd, or -errno. */
static long load_at_umask(enum bpf_attach_type type, __u32 func)
{
	const struct modbpf_insn insns[] = {
		{ .code = BPF_LDX | BPF_MEM | BPF_DW, .dst_reg = 1, .src_reg = 1 },
		{ .code = BPF_LDX | BPF_MEM | BPF_DW, .dst_reg = 2, .src_reg = 1,
		  .off = offsetof(struct pt_regs, rdi) },
		MOV64_IMM(0, 0), EXIT_INSN,
	};
	union modbpf_attr attr = load_attr(BPF_PROG_TYPE_TRACING, insns, 4);

	attr.expected_attach_type = type;
	attr.attach_btf_id = func;
	return call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr));
}

static void run_at_umask(enum bpf_attach_type type, __u32 func)
{
	int prog = want_fd("a program with supplied types", load_at_umask(type, func)), link;
	struct bpf_prog_info info = {};
	union modbpf_attr attr = {};
	__u32 len = sizeof(info);

	attr.raw_tracepoint.prog_fd = prog;
	link = want_fd("on its function", call(MODBPF_CMD_RAW_TRACEPOINT_OPEN, &attr, sizeof(attr)));
	umasks(CALLS);
	close(link);
	want("its information", info_of(prog, &info, &len), 0);
	want_that("it has run each time", info.run_cnt >= CALLS);
	want("what it hangs on", info.attach_btf_id, func);
	close(prog);
}

/* A number of one BTF's may be another type in the next one. */
static void test_other_types(__u32 func)
{
	int old = want_fd("a program", load_at_umask(BPF_TRACE_FENTRY, func)), btf = made_btf(&func);
	union modbpf_attr attr = {};
	int link, other;

	attr.raw_tracepoint.prog_fd = old;
	link = want_fd("its link", call(MODBPF_CMD_RAW_TRACEPOINT_OPEN, &attr, sizeof(attr)));
	want("other types are supplied", supply(btf), 0);
	other = want_fd("a program by them", load_at_umask(BPF_TRACE_FENTRY, func));
	memset(&attr, 0, sizeof(attr));
	attr.link_update.link_fd = link;
	attr.link_update.new_prog_fd = other;
	want("it takes no other's place", call(MODBPF_CMD_LINK_UPDATE, &attr, sizeof(attr)), -EINVAL);
	close(link);
	close(other);
	close(old);
	close(btf);
}

static int without_types(void)
{
	__u32 func;
	int btf;

	device = open("/dev/modbpf", O_RDWR);
	btf = made_btf(&func);
	want("a program without types", load_at_umask(BPF_TRACE_FENTRY, func), -EINVAL);
	want("no fd", supply(-2), -EBADF);
	want("another fd", supply(0), -EINVAL);
	want("supplied", supply(btf), 0);
	run_at_umask(BPF_TRACE_FENTRY, func);
	run_at_umask(BPF_TRACE_FEXIT, func);
	want("supplied again", supply(btf), 0);
	close(btf);
	run_at_umask(BPF_TRACE_FENTRY, func);
	test_other_types(func);
	btf = false_btf(&func);
	want("a lie is supplied", supply(btf), 0);
	close(btf);
	run_credulous(false, func);
	run_credulous(true, func);
	want("none any more", supply(-1), 0);
	want("again without", load_at_umask(BPF_TRACE_FENTRY, func), -EINVAL);
	return finish("typed_events");
}

int main(int argc, char **argv)
{
	int btf;

	if (argc < 2)
		return 2;
	if (access("/sys/kernel/btf/vmlinux", F_OK))
		return argc > 2 ? 3 : without_types();
	if (!load_prepared(argv[1], name_open)) {
		printf("  the object is not loaded\n");
		return 1;
	}
	if (argc > 2)
		return leave_a_sleeper();
	btf = info_btf();
	want("types for a kernel that has its own", supply(btf), -EEXIST);
	close(btf);
	test_function();
	test_switched_off();
	test_open();
	test_packets();
	test_tracepoint();
	test_recursion();
	test_info();
	test_wrong();
	test_cookies();
	test_two_exits();
	test_sleeper();
	test_under_fire();
	bpf_object__close(object);
	return finish("typed_events");
}
