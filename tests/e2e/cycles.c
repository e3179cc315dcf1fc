// SPDX-License-Identifier: GPL-2.0-only
/*
 * "cycles MODULE OBJECT N": N times the module in, the object's programs loaded and
 * attached by a process that calls umask(2) five times, sees that they counted that,
 * and exits or dies by SIGKILL; the module out. One process per cycle and no shell,
 * so that a thousand cycles take minutes even on the debug kernel.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/e2e/clock.h"
#include "user/libmodbpf.h"

#define CALLS 5
#define REMOVE_MS 20000

static int fail(const char *what)
{
	printf("cycles: %s: %s\n", what, strerror(errno));
	fflush(stdout);
	return 1;
}

static int insert(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err;

	if (fd < 0)
		return fail(path);
	err = syscall(SYS_finit_module, fd, "", 0);
	if (err)
		fail("insert");
	close(fd);
	return err ? 1 : 0;
}

/* What the dead held is put after grace periods. */
static int take_out(void)
{
	int ms;

	for (ms = 0; ms < REMOVE_MS; ms += 5) {
		if (!syscall(SYS_delete_module, "modbpf", O_NONBLOCK))
			return 0;
		usleep(5000);
	}
	return fail("remove");
}

static int has_counted(struct bpf_object *obj, __u32 slot)
{
	int fd = bpf_object__find_map_fd_by_name(obj, "call_counts");
	__u64 value = 0;

	if (bpf_map_lookup_elem(fd, &slot, &value))
		return 0;
	if (value != CALLS)
		printf("cycles: slot %u counted %llu calls, not %d\n", slot, value, CALLS);
	return value == CALLS;
}

/* In the child: load, attach, fire, look; it ends with everything still attached. */
static int use(const char *path)
{
	struct bpf_program *prog;
	struct bpf_object *obj;
	int i;

	prctl(PR_SET_NAME, "umasks");
	modbpf_register_sections();
	obj = bpf_object__open(path);
	if (!obj || bpf_object__load(obj))
		return fail("load");
	bpf_object__for_each_program(prog, obj)
		if (!bpf_program__attach(prog))
			return fail("attach");
	for (i = 0; i < CALLS; i++)
		umask(022);
	return !has_counted(obj, 0) || !has_counted(obj, 1);
}

static double ms_now(void)
{
	return clock_ns(CLOCK_MONOTONIC) / 1e6;
}

/* Of all cycles. */
static double insert_ms, use_ms, remove_ms;

static int cycle(const char *module, const char *object, int is_killed)
{
	double start = ms_now(), inserted, used;
	int status;
	pid_t child;

	if (insert(module))
		return 1;
	inserted = ms_now();
	child = fork();
	if (child < 0)
		return fail("fork");
	if (!child) {
		status = use(object);
		if (!status && is_killed)
			raise(SIGKILL);
		_exit(status);
	}
	if (waitpid(child, &status, 0) != child)
		return fail("wait");
	if (is_killed ? !WIFSIGNALED(status) : !WIFEXITED(status) || WEXITSTATUS(status)) {
		printf("cycles: the process ended with %#x\n", status);
		return 1;
	}
	used = ms_now();
	if (take_out())
		return 1;
	insert_ms += inserted - start;
	use_ms += used - inserted;
	remove_ms += ms_now() - used;
	return 0;
}

int main(int argc, char **argv)
{
	int i, cnt = argc > 3 ? atoi(argv[3]) : 0;

	for (i = 0; i < cnt; i++) {
		if (cycle(argv[1], argv[2], i & 1)) {
			printf("cycles: cycle %d of %d failed\n", i + 1, cnt);
			return 1;
		}
		if (i % 10 == 9) {
			printf("cycles: %d, on average inserted in %.0f ms, used in %.0f, removed in %.0f\n",
			       i + 1, insert_ms / (i + 1), use_ms / (i + 1), remove_ms / (i + 1));
			fflush(stdout);
		}
	}
	printf("cycles: %d were whole\n", cnt);
	return cnt < 1;
}
