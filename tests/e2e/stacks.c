// SPDX-License-Identifier: GPL-2.0-only
/*
 * Do stacks lead from where a program hangs to where the call came from? The kernel's
 * part is checked against /proc/kallsyms, that of user space against this program's own
 * functions, and JITed code against the list of it in debugfs. "stacks OBJECT".
 */
#include <stdlib.h>
#include <sys/wait.h>

#include "tests/e2e/numbers.h"
#include "tests/e2e/stacks.h"

#define CALLS 100

void asks_inner(void);
void asks_outer(void);

/* Not through a library, whose functions may have no frame pointers; this one has one that is asked for. */
__attribute__((noinline, optimize("no-omit-frame-pointer"))) void asks_inner(void)
{
	long result = NR_UMASK;

	__asm__ volatile("syscall" : "+a"(result) : "D"(022), "r"(__builtin_frame_address(0)) :
			 "rcx", "r11", "memory");
}

__attribute__((noinline, optimize("no-omit-frame-pointer"))) void asks_outer(void)
{
	asks_inner();
	__asm__ volatile("");
}

static void ask(int cnt)
{
	int i;

	for (i = 0; i < cnt; i++)
		asks_outer();
}

/* Where @name begins and the next symbol does, of lines "START ... NAME". */
static bool find_symbol(const char *path, const char *format, const char *name, __u64 *start,
			__u64 *end)
{
	FILE *file = fopen(path, "re");
	char line[512], symbol[256];
	unsigned long long at;

	*start = 0;
	*end = -1ULL;
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, format, &at, symbol) == 2 && !strcmp(symbol, name))
			*start = at;
	if (file)
		rewind(file);
	while (file && *start && fgets(line, sizeof(line), file))
		if (sscanf(line, format, &at, symbol) == 2 && at > *start && at < *end)
			*end = at;
	if (file)
		fclose(file);
	return *start;
}

/* The place in @ips of an address inside the kernel's function @name, or -1. */
static int place_of(const __u64 *ips, const char *name)
{
	__u64 start, end;
	int i;

	if (!find_symbol("/proc/kallsyms", "%llx %*c %255s", name, &start, &end))
		return -1;
	for (i = 0; i < STACK_DEPTH; i++)
		if (ips[i] >= start && ips[i] < end)
			return i;
	return -1;
}

static bool is_inside(__u64 ip, void (*function)(void))
{
	return ip - (__u64)(unsigned long)function < 64;
}

static int is_jited(__u64 ip)
{
	FILE *file = fopen("/sys/kernel/debug/modbpf/symbols", "re");
	unsigned long long start, size;
	char name[256];
	bool is = false;

	while (file && fscanf(file, "%llx %llx %255s", &start, &size, name) == 3)
		is |= ip - start < size && strstr(name, "on_raw_tracep");
	if (file)
		fclose(file);
	return is;
}

static int stacks_of(const char *whose)
{
	return bpf_object__find_map_fd_by_name(object, whose);
}

static void get_stack(const char *whose, int id, __u64 *ips)
{
	memset(ips, 0xff, STACK_DEPTH * sizeof(*ips));
	want("the stack of a number", bpf_map_lookup_elem(stacks_of(whose), &id, ips), 0);
}

/* Else one of them might have the place that the next one needs. */
static void forget_stacks(const char *whose)
{
	__u32 key;

	while (!bpf_map_get_next_key(stacks_of(whose), NULL, &key))
		if (bpf_map_delete_elem(stacks_of(whose), &key))
			break;
}

/* The pair that was met; what was counted, forgotten. */
static struct stack_pair take_pair(const char *what, __u64 wanted)
{
	int counts = bpf_object__find_map_fd_by_name(object, "counts");
	struct stack_pair pair = { -1, -1 }, next;
	__u64 cnt = 0;

	bpf_map_get_next_key(counts, NULL, &pair);
	bpf_map_lookup_elem(counts, &pair, &cnt);
	want(what, cnt, wanted);
	want_that("all calls have one stack", bpf_map_get_next_key(counts, &pair, &next));
	bpf_map_delete_elem(counts, &pair);
	return pair;
}

static void check_user(int id)
{
	__u64 ips[STACK_DEPTH];

	get_stack("user_stacks", id, ips);
	want_that("user space: the call", is_inside(ips[0], asks_inner));
	want_that("user space: its caller", is_inside(ips[1], asks_outer));
	want("zeros behind it", ips[STACK_DEPTH - 1], 0);
}

/* The kernel's entry code is met on each way in. */
static void check_kernel(int id, const char *first)
{
	__u64 ips[STACK_DEPTH];
	int entry;

	get_stack("kernel_stacks", id, ips);
	entry = place_of(ips, "do_syscall_64");
	if (first)
		want(first, place_of(ips, first), 0);
	want_that("kernel: its entry", entry > 0);
	want("kernel: nothing behind it but assembly", ips[entry + 2], 0);
}

static struct bpf_link *attach(const char *name)
{
	struct bpf_link *link;

	start();
	forget_stacks("kernel_stacks");
	forget_stacks("user_stacks");
	link = bpf_program__attach(bpf_object__find_program_by_name(object, name));
	want(name, link ? 0 : -errno, 0);
	ask(CALLS);
	return link;
}

static void test_kprobe(void)
{
	struct bpf_link *link = attach("on_kprobe");
	struct stack_pair pair = take_pair("kprobe", CALLS);

	check_kernel(pair.kernel, "__x64_sys_umask");
	check_user(pair.user);
	bpf_link__destroy(link);
}

/* A system call's tracepoint tells the registers of user space: there is no stack of the kernel. */
static void test_tracepoint(void)
{
	struct bpf_link *link = attach("on_tracepoint");
	struct stack_pair pair = take_pair("tracepoint", CALLS);

	want("no stack of the kernel", pair.kernel, -EFAULT);
	check_user(pair.user);
	bpf_link__destroy(link);
	/* Another's stack begins where the tracepoint is, not in what calls the program. */
	link = attach("on_fork");
	if (!fork())
		_exit(0);
	wait(NULL);
	pair = take_pair("fork", 1);
	check_kernel(pair.kernel, "kernel_clone");
	bpf_link__destroy(link);
}

/* The stack begins in machine code that the module made, and goes on behind it. */
static void test_raw_tracepoint(void)
{
	int copies = bpf_object__find_map_fd_by_name(object, "copies");
	struct bpf_link *link = attach("on_raw_tracepoint");
	struct stack_pair pair = take_pair("raw tracepoint", CALLS);
	__u32 kernel = 0, user = 1;
	struct stack_copy copy;
	__u64 ips[STACK_DEPTH];
	int i;

	get_stack("kernel_stacks", pair.kernel, ips);
	want_that("JITed code", is_jited(ips[0]));
	check_kernel(pair.kernel, NULL);
	check_user(pair.user);
	bpf_map_lookup_elem(copies, &kernel, &copy);
	want_that("get_stack: as many bytes as there are addresses", copy.bytes > 16 &&
		  copy.bytes < (long)sizeof(copy.ips) && copy.ips[copy.bytes / 8 - 1] &&
		  !copy.ips[copy.bytes / 8]);
	/* Another call in the same function. */
	want_that("get_stack: JITed code", is_jited(copy.ips[0]) && copy.ips[0] != ips[0]);
	for (i = 1; i < STACK_DEPTH && copy.ips[i] == ips[i]; i++)
		;
	want("get_stack: the rest is the same", i, STACK_DEPTH);
	bpf_map_lookup_elem(copies, &user, &copy);
	want_that("get_stack: user space", is_inside(copy.ips[0], asks_inner));
	want_that("get_stack: its caller", is_inside(copy.ips[1], asks_outer));
	bpf_link__destroy(link);
}

/* In user space there is no stack of the kernel. */
static void test_uprobe(const char *self)
{
	LIBBPF_OPTS(bpf_uprobe_opts, opts, .func_name = "asks_inner");
	struct bpf_link *link;
	struct stack_pair pair;
	__u64 ips[STACK_DEPTH];

	start();
	forget_stacks("user_stacks");
	link = bpf_program__attach_uprobe_opts(
		bpf_object__find_program_by_name(object, "on_uprobe"), getpid(), self, 0, &opts);
	want("uprobe", link ? 0 : -errno, 0);
	ask(CALLS);
	pair = take_pair("uprobe", CALLS);
	want("no stack of the kernel", pair.kernel, -EFAULT);
	get_stack("user_stacks", pair.user, ips);
	want_that("uprobe: where it is", is_inside(ips[0], asks_inner));
	bpf_link__destroy(link);
}

static void test_dump(void)
{
	int stacks = stacks_of("kernel_stacks"), cnt = 0;
	__u64 ips[STACK_DEPTH];
	__u32 key = -1U, next;

	while (!bpf_map_get_next_key(stacks, cnt ? &key : NULL, &next)) {
		key = next;
		if (cnt++ > 100)
			break;
		want("each is there", bpf_map_lookup_elem(stacks, &key, ips), 0);
	}
	want_that("one was kept", cnt == 1);
	want("taken away", bpf_map_lookup_and_delete_elem(stacks, &key, ips), 0);
	want("and no more", bpf_map_lookup_elem(stacks, &key, ips), -ENOENT);
	want("no stack from outside", bpf_map_update_elem(stacks, &key, ips, 0), -EINVAL);
	want("CLI", system("modbpf map dump name kernel_stacks | grep -q 'Found [0-9]* element'"), 0);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	if (!load(argv[1]))
		return 1;
	test_kprobe();
	test_tracepoint();
	test_raw_tracepoint();
	test_uprobe(argv[0]);
	test_dump();
	bpf_object__close(object);
	return finish("stacks");
}
