// SPDX-License-Identifier: GPL-2.0-only
/*
 * What if memory runs out in the middle? Each operation is carried out again and
 * again with its 1st, 2nd, 3rd... allocation failing, until it succeeds without a
 * failure. It may fail, with ENOMEM or what a caller makes of it, and must leave
 * nothing: an operation that then succeeds twice the same has its memory back.
 *
 * "fail_each insmod FILE N": the module is inserted, and removed by this program. Most
 * allocations are the module loader's own, and it warns if some fail; the last N are tried.
 * "fail_each ops": maps of all types, programs, links, on the module that is in.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "user/libmodbpf.h"

#define POINTS_MAX 2000	/* an operation with more allocations than this is not believed */

static int fail_nth_fd = -1;

/* The @nth allocation of this task from now on fails. */
static void arm(int nth)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d", nth);

	/* Reading user memory is one of the things that fail: this write may, but not twice. */
	while (pwrite(fail_nth_fd, text, len, 0) != len && errno == EFAULT)
		;
}

/* Disarm. Did it come to a failure? */
static bool disarm(void)
{
	char text[16] = "";
	int left;

	if (pread(fail_nth_fd, text, sizeof(text) - 1, 0) < 0)
		return false;
	left = atoi(text);
	arm(0);
	return !left;
}

static const char *module_path;

static int op_insmod(void)
{
	int fd = open(module_path, O_RDONLY | O_CLOEXEC), err;

	if (fd < 0)
		return -1;
	err = syscall(SYS_finit_module, fd, "", 0);
	close(fd);
	return err;
}

static void undo_insmod(int fd)
{
	if (syscall(SYS_delete_module, "modbpf", O_NONBLOCK))
		perror("rmmod");
}

static enum bpf_map_type map_type;

static int op_map(void)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts);
	__u32 key_size = 4, value_size = 16, entries = 8;

	if (map_type == BPF_MAP_TYPE_RINGBUF) {
		key_size = value_size = 0;
		entries = 4096;
	}
	if (map_type == BPF_MAP_TYPE_LPM_TRIE) {
		key_size = 8;
		opts.map_flags = BPF_F_NO_PREALLOC;
	}
	if (map_type == BPF_MAP_TYPE_PROG_ARRAY || map_type == BPF_MAP_TYPE_CGROUP_ARRAY)
		value_size = 4;
	if (map_type == BPF_MAP_TYPE_QUEUE || map_type == BPF_MAP_TYPE_BLOOM_FILTER)
		key_size = 0;
	return bpf_map_create(map_type, "failing", key_size, value_size, entries, &opts);
}

/* Elements in a hash and a trie, which may be of memory of their own. */
static int op_update(void)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_NO_PREALLOC);
	char key[8] = { 32 }, value[16] = {};
	int fd = bpf_map_create(map_type, "failing", 8, 16, 8, &opts), i;

	for (i = 0; fd >= 0 && i < 2; i++) {
		key[4] = i;
		if (bpf_map_update_elem(fd, key, value, BPF_ANY)) {
			close(fd);
			return -1;
		}
	}
	return fd;
}

/* A map that is made for another one, which is put in. */
static int op_outer(void)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts);
	int inner = bpf_map_create(BPF_MAP_TYPE_HASH, "inner", 4, 4, 4, &opts), fd = -1;
	__u32 key = 1;

	if (inner < 0)
		return -1;
	opts.inner_map_fd = inner;
	fd = bpf_map_create(map_type, "failing", 4, 4, 4, &opts);
	if (fd >= 0 && bpf_map_update_elem(fd, &key, &inner, BPF_ANY)) {
		close(fd);
		fd = -1;
	}
	close(inner);
	return fd;
}

static int op_prog(void)
{
	struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0 },
		{ .code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = BPF_REG_0, .off = 1 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return bpf_prog_load(BPF_PROG_TYPE_KPROBE, "failing", "GPL", insns, 4, NULL);
}

static int kprobe_prog_fd;

static int op_link(void)
{
	const char *symbols[] = { "__x64_sys_umask" };
	LIBBPF_OPTS(bpf_link_create_opts, opts);

	opts.kprobe_multi.syms = symbols;
	opts.kprobe_multi.cnt = 1;
	return bpf_link_create(kprobe_prog_fd, 0, BPF_TRACE_KPROBE_MULTI, &opts);
}

static int op_run(void)
{
	struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	char packet[64] = { 0x45 };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet, .data_size_in = sizeof(packet));
	int fd = bpf_prog_load(BPF_PROG_TYPE_CGROUP_SKB, "failing", "GPL", insns, 2, NULL);

	if (fd < 0)
		return fd;
	if (bpf_prog_test_run_opts(fd, &opts)) {
		close(fd);
		return -1;
	}
	return fd;
}

static void undo_fd(int fd)
{
	close(fd);
}

/* Carry @op out with its @nth allocation failing: was there one, and did @op fail? */
static bool try_failing(int nth, int (*op)(void), void (*undo)(int fd), int *result)
{
	bool has_failed;

	arm(nth);
	errno = 0;
	*result = op();
	has_failed = disarm();
	if (*result >= 0)
		undo(*result);
	return has_failed;
}

/* Allocations of @op when none fails; 0: it does not even work then. */
static int count_points(int (*op)(void), void (*undo)(int fd))
{
	char text[16] = "";
	int result, left;

	arm(POINTS_MAX);
	result = op();
	left = pread(fail_nth_fd, text, sizeof(text) - 1, 0) > 0 ? atoi(text) : 0;
	arm(0);
	if (result < 0)
		return 0;
	undo(result);
	return POINTS_MAX - left;
}

/* 0: every point from @first on was tried and it ended well. */
static int fail_from(int first, const char *name, int (*op)(void), void (*undo)(int fd))
{
	int nth, result, failures = 0;

	for (nth = first; nth < POINTS_MAX; nth++) {
		if (try_failing(nth, op, undo, &result)) {
			failures += result < 0;
			continue;
		}
		if (result < 0) {
			printf("%s fails without a failing allocation: %s\n", name, strerror(errno));
			return 1;
		}
		printf("%s: %d allocations failed in turn, %d times it failed\n", name, nth - first,
		       failures);
		if (failures)
			return 0;
		printf("%s: no failure was seen\n", name);
		return 1;
	}
	printf("%s: still failing after %d allocations\n", name, POINTS_MAX);
	return 1;
}

static int fail_each(const char *name, int (*op)(void), void (*undo)(int fd))
{
	return fail_from(1, name, op, undo);
}

static int fail_maps(void)
{
	static const struct {
		const char *name;
		enum bpf_map_type type;
		bool has_own_elements;
	} types[] = {
		{ "ARRAY", BPF_MAP_TYPE_ARRAY, false }, { "HASH", BPF_MAP_TYPE_HASH, true },
		{ "PERCPU_ARRAY", BPF_MAP_TYPE_PERCPU_ARRAY, false }, { "RINGBUF", BPF_MAP_TYPE_RINGBUF, false },
		{ "LPM_TRIE", BPF_MAP_TYPE_LPM_TRIE, true }, { "PROG_ARRAY", BPF_MAP_TYPE_PROG_ARRAY, false },
		{ "STACK_TRACE", BPF_MAP_TYPE_STACK_TRACE, false },
		{ "CGROUP_ARRAY", BPF_MAP_TYPE_CGROUP_ARRAY, false },
		{ "LRU_PERCPU_HASH", BPF_MAP_TYPE_LRU_PERCPU_HASH, false }, { "QUEUE", BPF_MAP_TYPE_QUEUE, false },
		{ "BLOOM_FILTER", BPF_MAP_TYPE_BLOOM_FILTER, false },
	};
	int bad = 0;
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		map_type = types[i].type;
		bad += fail_each(types[i].name, op_map, undo_fd);
		if (types[i].has_own_elements)
			bad += fail_each("its elements", op_update, undo_fd);
	}
	map_type = BPF_MAP_TYPE_ARRAY_OF_MAPS;
	bad += fail_each("ARRAY_OF_MAPS", op_outer, undo_fd);
	map_type = BPF_MAP_TYPE_HASH_OF_MAPS;
	bad += fail_each("HASH_OF_MAPS", op_outer, undo_fd);
	return bad;
}

static int fail_programs(void)
{
	int bad = fail_each("program", op_prog, undo_fd);

	bad += fail_each("test run", op_run, undo_fd);
	kprobe_prog_fd = op_prog();
	bad += fail_each("link", op_link, undo_fd);
	close(kprobe_prog_fd);
	return bad;
}

int main(int argc, char **argv)
{
	int points, ours;

	setvbuf(stdout, NULL, _IOLBF, 0);
	fail_nth_fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (fail_nth_fd < 0 || argc < 2) {
		perror("fail-nth");
		return 1;
	}
	libbpf_set_print(NULL);
	if (!strcmp(argv[1], "insmod") && argc > 3) {
		module_path = argv[2];
		count_points(op_insmod, undo_insmod);	/* the first time has a few more */
		points = count_points(op_insmod, undo_insmod);
		ours = atoi(argv[3]);
		printf("insmod: %d allocations, the last %d of them are tried\n", points, ours);
		return points < ours || fail_from(points - ours + 1, "insmod", op_insmod, undo_insmod);
	}
	if (modbpf_device() < 0) {
		printf("%s\n", modbpf_device_error(errno));
		return 1;
	}
	/* Once without, so that what is made on first use is there. */
	close(op_prog());
	return !!(fail_maps() + fail_programs());
}
