// SPDX-License-Identifier: GPL-2.0-only
/* Does a log of any length come out right in a buffer of any size? */
#include <kunit/test.h>

#include "module/caller.h"
#include "module/user_log.h"
#include "tests/kunit/user_memory.h"
#include "uapi/modbpf.h"

#define LINES 40
#define TEXT_BYTES 1000
#define ROOM 1100
#define GUARD 0x5a

struct fixture {
	struct caller caller;
	struct user_memory mem;
	char whole[TEXT_BYTES];	/* all lines, terminated */
	u32 length;		/* without the NUL */
	char got[ROOM];
	u64 buf;
};

static int begin(struct kunit *test)
{
	struct fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, f);
	test->priv = f;
	caller_init_current(&f->caller);
	for (i = 0; i < LINES; i++)	/* lines of different lengths */
		f->length += scnprintf(f->whole + f->length, TEXT_BYTES - f->length,
				       "%u: %.*s\n", i, (int)(i % 23), "abcdefghijklmnopqrstuvw");
	user_memory_begin(test, &f->mem, 64 << 10);
	f->buf = user_memory_put(test, &f->mem, NULL, ROOM);
	return 0;
}

static void end(struct kunit *test)
{
	struct fixture *f = test->priv;

	user_memory_end(&f->mem);
}

static void write_lines(struct fixture *f, struct user_log *log)
{
	const char *at = f->whole, *stop;

	while (*at) {
		stop = strchr(at, '\n') + 1;
		log->base.write(&log->base, at, stop - at);
		at = stop;
	}
}

/* Write all of it to a buffer of @size; what is there comes to f->got. */
static int log_into(struct kunit *test, u32 level, u32 size, u32 *true_size)
{
	struct fixture *f = test->priv;
	struct user_log log;
	int err;

	memset(f->got, GUARD, ROOM);
	KUNIT_EXPECT_EQ(test, caller_copy_out(&f->caller, f->buf, f->got, ROOM), 0);
	KUNIT_EXPECT_EQ(test, user_log_init(&log, &f->caller, level, f->buf, size), 0);
	write_lines(f, &log);
	err = user_log_finish(&log, true_size);
	user_memory_get(test, f->got, f->buf, ROOM);
	return err;
}

static void every_size_keeps_the_end(struct kunit *test)
{
	struct fixture *f = test->priv;
	u32 size, true_size, wrong = 0;
	int err;

	for (size = 1; size < ROOM; size++) {
		u32 fits = min(size, f->length + 1);

		err = log_into(test, 1, size, &true_size);
		wrong += err != (size > f->length ? 0 : -ENOSPC);
		wrong += true_size != f->length + 1;
		wrong += !!memcmp(f->got, f->whole + f->length + 1 - fits, fits);
		wrong += f->got[size] != GUARD;
	}
	KUNIT_EXPECT_EQ(test, wrong, 0u);
}

static void every_size_keeps_the_beginning_if_fixed(struct kunit *test)
{
	struct fixture *f = test->priv;
	u32 size, true_size, wrong = 0;
	int err;

	for (size = 1; size < ROOM; size++) {
		u32 fits = min(size - 1, f->length);

		err = log_into(test, 1 | MODBPF_LOG_FIXED, size, &true_size);
		wrong += err != (size > f->length ? 0 : -ENOSPC);
		wrong += true_size != f->length + 1;
		wrong += !!memcmp(f->got, f->whole, fits) || f->got[fits];
		wrong += f->got[size] != GUARD;
	}
	KUNIT_EXPECT_EQ(test, wrong, 0u);
}

static void no_buffer_counts_only(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct user_log log;
	u32 true_size;

	KUNIT_EXPECT_EQ(test, user_log_init(&log, &f->caller, 1, 0, 0), 0);
	write_lines(f, &log);
	KUNIT_EXPECT_EQ(test, user_log_finish(&log, &true_size), 0);
	KUNIT_EXPECT_EQ(test, true_size, f->length + 1);
	KUNIT_EXPECT_EQ(test, user_log_init(&log, &f->caller, 0, 0, 0), 0);
	user_log_line(&log, "not logged");
	KUNIT_EXPECT_EQ(test, user_log_finish(&log, &true_size), 0);
	KUNIT_EXPECT_EQ(test, true_size, 0u);
}

static void a_fault_is_told(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct user_log log;
	u32 true_size;

	KUNIT_EXPECT_EQ(test, user_log_init(&log, &f->caller, 1, 16, 100), 0);
	write_lines(f, &log);
	KUNIT_EXPECT_EQ(test, user_log_finish(&log, &true_size), -EFAULT);
}

static void what_does_not_fit_together_is_refused(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct user_log log;

	KUNIT_EXPECT_EQ(test, user_log_init(&log, &f->caller, 1, f->buf, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, user_log_init(&log, &f->caller, 1, 0, 10), -EINVAL);
	KUNIT_EXPECT_EQ(test, user_log_init(&log, &f->caller, 0, f->buf, 10), -EINVAL);
	KUNIT_EXPECT_EQ(test, user_log_init(&log, &f->caller, 16, f->buf, 10), -EINVAL);
	KUNIT_EXPECT_EQ(test, user_log_init(&log, &f->caller, 1, f->buf, U32_MAX), -EINVAL);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(every_size_keeps_the_end),
	KUNIT_CASE(every_size_keeps_the_beginning_if_fixed),
	KUNIT_CASE(no_buffer_counts_only),
	KUNIT_CASE(a_fault_is_told),
	KUNIT_CASE(what_does_not_fit_together_is_refused),
	{}
};

struct kunit_suite kunit_user_log_suite = {
	.name = "modbpf-user-log",
	.init = begin,
	.exit = end,
	.test_cases = cases,
};
