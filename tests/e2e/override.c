// SPDX-License-Identifier: GPL-2.0-only
/*
 * "override OBJECT DIRECTORY allowed|lacking": does a function of the kernel return what a program
 * says, where the kernel allows that of any, without having done anything, for whom the program
 * picks alone, and is every other place refused?
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/e2e/override.h"
#include "tests/e2e/perf_open.h"

#define ALLOWED "__x64_sys_mkdir"	/* system calls bear it */
#define FORBIDDEN "vfs_read"		/* hardly any other function does */

static char path[256];

static long make(void)
{
	return mkdir(path, 0700) ? -errno : 0;
}

static bool is_there(void)
{
	return !access(path, F_OK);
}

/* By somebody else. */
static int make_as_other(void)
{
	int status = -1;
	pid_t child = fork();

	if (!child)
		_exit(-make());
	waitpid(child, &status, 0);
	return status;
}

static void want_overridden(const char *what, long result)
{
	want(what, make(), result);
	want_that("nothing was made", !is_there());
}

static void want_untouched(const char *what)
{
	want(what, make(), 0);
	want("which was made, and goes", rmdir(path) ? -errno : 0, 0);
}

static struct bpf_link *at_entry(const char *name, const char *function, unsigned long offset, bool on_return)
{
	LIBBPF_OPTS(bpf_kprobe_opts, opts, .offset = offset, .retprobe = on_return);

	return bpf_program__attach_kprobe_opts(prog(name), function, &opts);
}

/* Bytes up to an instruction behind the call of ftrace's, in front of which a landing pad may be. */
static unsigned long amid(void)
{
	struct bpf_link *link = at_entry("on_plain", ALLOWED, 9, false);

	bpf_link__destroy(link);
	return link ? 9 : 5;
}

static struct bpf_link *at_many(const char *name, const char **functions, int cnt, bool on_return)
{
	LIBBPF_OPTS(bpf_kprobe_multi_opts, opts, .syms = functions, .cnt = cnt, .retprobe = on_return);

	return bpf_program__attach_kprobe_multi_opts(prog(name), NULL, &opts);
}

static struct bpf_link *in_user_space(const char *name)
{
	LIBBPF_OPTS(bpf_uprobe_opts, opts, .func_name = "main");

	return bpf_program__attach_uprobe_opts(prog(name), -1, "/proc/self/exe", 0, &opts);
}

static void want_refused(const char *what, struct bpf_link *link, long err)
{
	want(what, link ? 0 : -errno, err);
	bpf_link__destroy(link);
}

static void test_entry(void)
{
	struct bpf_link *older = want_link("another at the same function", at_entry("on_plain", ALLOWED, 0, false));
	struct bpf_link *link = want_link("at an entry", at_entry("on_entry", ALLOWED, 0, false)), *newer;

	start();
	want_overridden("overridden", OVERRIDDEN);
	want_overridden("each time", OVERRIDDEN);
	want("the older one does not see that", number(FRAMES), 0);
	want("somebody else's is not", make_as_other(), 0);
	rmdir(path);
	want_that("which the program saw, too", number(ENTRIES) >= 3);
	newer = want_link("a newer one", at_entry("on_plain", ALLOWED, 0, false));
	want_overridden("overridden still", OVERRIDDEN);
	want("the newer one sees that", number(FRAMES), 1);
	want("errors of the helper", number(WRONG), 0);
	bpf_link__destroy(newer);
	bpf_link__destroy(link);
	start();
	want_untouched("detached");
	want("the older one saw it", number(FRAMES), 1);
	bpf_link__destroy(older);
}

static void test_many(void)
{
	const char *functions[] = { ALLOWED, "__x64_sys_rmdir" };
	struct bpf_link *link = want_link("at many entries", at_many("on_many", functions, 2, false));

	start();
	want_overridden("one of many is overridden", OVERRIDDEN_BY_MANY);
	want("so is the other", rmdir(path) ? -errno : 0, OVERRIDDEN_BY_MANY);
	bpf_link__destroy(link);
	want_untouched("detached from many");
}

static void test_update(void)
{
	struct bpf_link *link = want_link("plain", at_entry("on_plain", ALLOWED, 0, false));

	start();
	want("an update brings one that overrides", bpf_link__update_program(link, prog("on_entry")), 0);
	want_overridden("then it does", OVERRIDDEN);
	want("and another takes it away", bpf_link__update_program(link, prog("on_plain")), 0);
	want_untouched("then it does not");
	bpf_link__destroy(link);
}

static void test_places(bool is_allowed)
{
	const char *functions[] = { ALLOWED, FORBIDDEN };
	long err = is_allowed ? -EINVAL : -EOPNOTSUPP;

	want_refused("a function that does not bear it", at_entry("on_entry", FORBIDDEN, 0, false), err);
	want_refused("amid one that does", at_entry("on_entry", ALLOWED, amid(), false), err);
	want_refused("one of many", at_many("on_many", functions, 2, false), err);
	want_refused("a return", at_entry("on_entry", ALLOWED, 0, true), -EINVAL);
	want_refused("many returns", at_many("on_many", functions, 1, true), -EINVAL);
	want_refused("user space", in_user_space("on_user"), -EINVAL);
	bpf_link__destroy(want_link("which bears others", in_user_space("on_plain")));
	want_untouched("what was refused is not there");
}

/* What was not asked for when the place was taken. */
static void test_by_the_back_door(bool is_allowed)
{
	const char *functions[] = { ALLOWED };
	int array = bpf_object__find_map_fd_by_name(object, "programs");
	int plain = bpf_program__fd(prog("on_plain")), overriding = bpf_program__fd(prog("on_entry"));
	struct bpf_link *link = want_link("plain", at_entry("on_plain", FORBIDDEN, 0, false));
	__u32 slot = 0;

	want("an update of a link", bpf_link__update_program(link, prog("on_entry")),
	     is_allowed ? -EINVAL : -EOPNOTSUPP);
	bpf_link__destroy(link);
	link = want_link("many plain", at_many("on_plain_many", functions, 1, false));
	want("an update of a link of many", bpf_link__update_program(link, prog("on_many")), -EINVAL);
	bpf_link__destroy(link);
	want("a tail call", bpf_map_update_elem(array, &slot, &overriding, 0) ? -errno : 0, -EINVAL);
	want("that of a plain one", bpf_map_update_elem(array, &slot, &plain, 0) ? -errno : 0, 0);
}

int main(int argc, char **argv)
{
	bool is_allowed;

	if (argc != 4 || !load(argv[1])) {
		printf("  the object is not loaded\n");
		return 1;
	}
	snprintf(path, sizeof(path), "%s/made", argv[2]);
	is_allowed = !strcmp(argv[3], "allowed");
	want_untouched("before");
	if (is_allowed) {
		test_entry();
		test_many();
		test_update();
	} else {
		want_refused("at an entry", at_entry("on_entry", ALLOWED, 0, false), -EOPNOTSUPP);
	}
	test_places(is_allowed);
	test_by_the_back_door(is_allowed);
	bpf_object__close(object);
	return finish("override");
}
