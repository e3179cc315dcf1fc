// SPDX-License-Identifier: GPL-2.0-only
/*
 * What if memory runs out in the middle? Each operation is carried out again and
 * again with its 1st, 2nd, 3rd... allocation failing, until it succeeds without a
 * failure. It may fail, with ENOMEM or EFAULT, and must leave
 * nothing: an operation that then succeeds twice the same has its memory back. What it made is
 * closed in the same way: that cannot fail.
 *
 * "fail_each insmod FILE N": the module is inserted, and removed by this program. Most
 * allocations are the module loader's own, and it warns if some fail; so do the kernel's trace
 * events, which the module's first ones are for. The last N are tried.
 * "fail_each ops PINS [NAME]": all commands, and each way to attach, or those whose name begins
 * so, on the module that is in; PINS is a folder of modbpffs.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "tests/e2e/abi.h"
#include "tests/fail/fail.h"

#define POINTS_MAX 2000	/* an operation with more allocations than this is not believed */
/*
 * A return's probe takes 512 nodes, one by one: of an operation with more allocations than this
 * the first and the last are tried, and some of those between.
 */
#define POINTS_EACH 200
#define POINTS_FIRST 50
#define POINTS_LAST 50	/* of what may be some twenty fewer: slabs have grown meanwhile */
#define POINTS_STEP 125

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

#define INSMOD_COUNTS 3

static const char *module_path;

static int op_insmod(void)
{
	int fd = open(module_path, O_RDONLY | O_CLOEXEC), err;

	if (fd < 0)
		return -errno;
	err = syscall(SYS_finit_module, fd, "", 0);
	/* The loader may make anything of it. */
	err = err ? -ENOMEM : 0;
	close(fd);
	return err;
}

static void undo_insmod(int result)
{
	if (!result && syscall(SYS_delete_module, "modbpf", O_NONBLOCK))
		perror("rmmod");
}

/* An error that says what it is: no memory, or user space that cannot be read. */
static bool is_clean(int err)
{
	return err == -ENOMEM || err == -EFAULT;
}

static void undo(const struct op *op, int result)
{
	if (op->undo)
		op->undo(result);
	else if (result > 0)
		close(result);
}

/* Carry @op out with its @nth allocation failing: was there one? */
static bool try_failing(int nth, const struct op *op, int *result)
{
	bool has_failed;

	if (op->prepare)
		op->prepare();
	arm(nth);
	*result = op->run();
	has_failed = disarm();
	undo(op, *result);
	return has_failed;
}

/* Allocations since arm(POINTS_MAX). */
static int points_since(void)
{
	char text[16] = "";
	int left = pread(fail_nth_fd, text, sizeof(text) - 1, 0) > 0 ? atoi(text) : 0;

	arm(0);
	return POINTS_MAX - left;
}

/* Allocations of @op when none fails, and what came of it. */
static int count_points(const struct op *op, int *result)
{
	int points;

	if (op->prepare)
		op->prepare();
	arm(POINTS_MAX);
	*result = op->run();
	points = points_since();
	undo(op, *result);
	return points;
}

/* Which one is tried behind the @nth of @points. */
static int next_point(int nth, int points)
{
	int last = points - POINTS_LAST;

	if (points <= POINTS_EACH || nth < POINTS_FIRST || nth >= last)
		return nth + 1;
	return nth + POINTS_STEP < last ? nth + POINTS_STEP : last;
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/* 0: the points from @first on, of @points, were tried and it ended well. */
static int fail_from(int first, int points, const struct op *op)
{
	int nth, result, tried = 0, failures = 0;
	double begin = now();

	for (nth = first; nth < POINTS_MAX; nth = next_point(nth, points)) {
		if (try_failing(nth, op, &result)) {
			tried++;
			failures += result < 0;
			if (result >= 0 || is_clean(result))
				continue;
			printf("%s: %s when allocation %d fails\n", op->name, strerror(-result), nth);
			return 1;
		}
		if (result < 0) {
			printf("%s fails without a failing allocation: %s\n", op->name, strerror(-result));
			return 1;
		}
		printf("%s: %d allocations failed in turn, %d times it failed, %.1f s\n", op->name,
		       tried, failures, now() - begin);
		/* Some need no memory. */
		if (failures || !tried)
			return 0;
		printf("%s: no failure was seen\n", op->name);
		return 1;
	}
	printf("%s: still failing after %d allocations\n", op->name, POINTS_MAX);
	return 1;
}

/* An fd that @op made, or -errno, said. */
static int run_to_close(const struct op *op)
{
	int fd;

	if (op->prepare)
		op->prepare();
	fd = op->run();
	if (fd < 0)
		printf("%s fails when closing is tried: %s\n", op->name, strerror(-fd));
	return fd;
}

/* Nobody is told of a failure there: what it leaves is found by who looks at the kernel's memory. */
static int fail_closing(const struct op *op)
{
	int points, tried = 0, nth, fd = run_to_close(op);
	bool has_failed = true;

	if (fd <= 0)
		return !!fd;
	arm(POINTS_MAX);
	close(fd);
	points = points_since();
	for (nth = 1; nth < POINTS_MAX && has_failed; nth = next_point(nth, points)) {
		fd = run_to_close(op);
		if (fd < 0)
			return 1;
		arm(nth);
		close(fd);
		has_failed = disarm();
		tried += has_failed;
	}
	if (tried)
		printf("%s, closed: %d allocations failed in turn\n", op->name, tried);
	return 0;
}

/* Once without, so that what is made on first use is there. */
static int fail_op(const struct op *op)
{
	int result, bad;

	try_failing(0, op, &result);
	bad = fail_from(1, count_points(op, &result), op);
	return bad || op->undo ? bad : fail_closing(op);
}

/* Those whose name begins with @which. */
static int fail_ops(const struct op *ops, size_t cnt, const char *which)
{
	int bad = 0;
	size_t i;

	for (i = 0; i < cnt; i++)
		if (!strncmp(ops[i].name, which, strlen(which)))
			bad += fail_op(&ops[i]);
	return bad;
}

/* Slabs grow now and then, which is an allocation more: the fewest of some counts. */
static int fail_insmod(const char *path, int ours)
{
	static const struct op insmod = { "insmod", NULL, op_insmod, undo_insmod };
	int points = POINTS_MAX, count, result = 0, i;

	module_path = path;
	for (i = 0; i < INSMOD_COUNTS && !result; i++) {
		count = count_points(&insmod, &result);
		points = count < points ? count : points;
	}
	printf("insmod: %d allocations, the last %d of them are tried\n", points, ours);
	return result || points < ours || fail_from(points - ours + 1, 0, &insmod);
}

int main(int argc, char **argv)
{
	const char *which = argc > 3 ? argv[3] : "";
	int bad;

	setvbuf(stdout, NULL, _IOLBF, 0);
	fail_nth_fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (fail_nth_fd < 0 || argc < 3) {
		perror("fail-nth");
		return 1;
	}
	if (!strcmp(argv[1], "insmod") && argc > 3)
		return fail_insmod(argv[2], atoi(argv[3]));
	device = open(MODBPF_DEVICE, O_RDWR | O_CLOEXEC);
	if (device < 0 || !attach_begin(device) || !commands_begin(device, argv[2]) ||
	    !timers_begin(device))
		return 1;
	bad = fail_ops(command_ops, command_op_cnt, which);
	bad += fail_ops(timer_ops, timer_op_cnt, which);
	bad += fail_ops(attach_ops, attach_op_cnt, which);
	timers_end();
	commands_end();
	attach_end();
	return !!bad;
}
