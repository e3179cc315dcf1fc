// SPDX-License-Identifier: GPL-2.0-only
/*
 * What does the caller of a PROG_LOAD that is answered in user space find in its
 * log, for buffers of every size? The end of the text, and whether that is all.
 */
#include <stdlib.h>

#include "tests/support/check.h"
#include "user/offline_log.c"	/* of the CLI, not of the library */

#define TEXT_BYTES 20000u

/* Byte @at of the text, whose last is the NUL: the position can be told from it. */
static char byte_of(u32 at)
{
	return at == TEXT_BYTES - 1 ? 0 : '!' + at % 89;
}

/* The whole text in pieces of @piece bytes; what the log's end answers. */
static int write_pieces(char *buf, u32 size, u32 piece, u32 level)
{
	struct offline_log log;
	char part[4096];
	u32 at, i, bytes, true_size;
	int err;

	CHECK(!offline_log_init(&log, level, buf, size));
	for (at = 0; at < TEXT_BYTES - 1; at += bytes) {
		bytes = TEXT_BYTES - 1 - at < piece ? TEXT_BYTES - 1 - at : piece;
		for (i = 0; i < bytes; i++)
			part[i] = byte_of(at + i);
		log.base.write(&log.base, part, bytes);
	}
	err = offline_log_finish(&log, &true_size);
	CHECK(true_size == TEXT_BYTES);
	return err;
}

static void check_size(u32 size, u32 piece)
{
	char *buf = malloc(size);
	u32 kept = size < TEXT_BYTES ? size : TEXT_BYTES, i, wrong = 0;
	int err = write_pieces(buf, size, piece, MODBPF_LOG_LEVEL1);

	CHECK(err == (size < TEXT_BYTES ? -ENOSPC : 0));
	for (i = 0; i < kept; i++)
		wrong += buf[i] != byte_of(TEXT_BYTES - kept + i);
	if (wrong)
		check_failed(__FILE__, __LINE__, "%u bytes in pieces of %u: %u are wrong", size,
			     piece, wrong);
	free(buf);
}

/* Linux since 6.4: the beginning, and a NUL in the last byte. */
static void check_fixed(u32 size, u32 piece)
{
	char *buf = malloc(size);
	u32 kept = size < TEXT_BYTES ? size - 1 : TEXT_BYTES, i, wrong = 0;
	int err = write_pieces(buf, size, piece, MODBPF_LOG_LEVEL1 | MODBPF_LOG_FIXED);

	CHECK(err == (size < TEXT_BYTES ? -ENOSPC : 0));
	for (i = 0; i < kept; i++)
		wrong += buf[i] != byte_of(i);
	if (wrong || (size < TEXT_BYTES && buf[size - 1]))
		check_failed(__FILE__, __LINE__, "%u bytes, fixed, in pieces of %u: %u are wrong",
			     size, piece, wrong);
	free(buf);
}

static void every_size(void)
{
	static const u32 pieces[] = { 1, 7, 80, 1000, 1024, 4096 };
	u32 size, i;

	for (i = 0; i < ARRAY_SIZE(pieces); i++) {
		for (size = 1; size < 200; size++)
			check_size(size, pieces[i]), check_fixed(size, pieces[i]);
		for (size = 1000; size < TEXT_BYTES + 2000; size += 997)
			check_size(size, pieces[i]), check_fixed(size, pieces[i]);
		for (size = TEXT_BYTES - 1; size <= TEXT_BYTES; size++)
			check_size(size, pieces[i]), check_fixed(size, pieces[i]);
	}
}

static void lines(void)
{
	struct offline_log log;
	u32 true_size;
	char buf[16];

	CHECK(!offline_log_init(&log, MODBPF_LOG_LEVEL2, buf, sizeof(buf)));
	offline_log_line(&log, "one");
	offline_log_line(&log, "two");
	CHECK(!offline_log_finish(&log, &true_size));
	CHECK(!strcmp(buf, "one\ntwo\n"));
	CHECK(true_size == 9);
}

static void nobody_reads(void)
{
	struct offline_log log;
	u32 true_size;

	CHECK(!offline_log_init(&log, 0, NULL, 0));
	offline_log_line(&log, "one");
	CHECK(!offline_log_finish(&log, &true_size));
	CHECK(true_size == 0);
	CHECK(!offline_log_init(&log, MODBPF_LOG_LEVEL1, NULL, 0));
	offline_log_line(&log, "one");
	CHECK(!offline_log_finish(&log, &true_size));
	CHECK(true_size == 5);
}

static void what_does_not_go_together(void)
{
	struct offline_log log;
	char buf[16];

	CHECK(offline_log_init(&log, 1, buf, 0) == -EINVAL);
	CHECK(offline_log_init(&log, 1, NULL, 16) == -EINVAL);
	CHECK(offline_log_init(&log, 0, buf, 16) == -EINVAL);
	CHECK(offline_log_init(&log, 16, buf, 16) == -EINVAL);
	CHECK(offline_log_init(&log, 1, buf, LOG_MAX_BYTES + 1) == -EINVAL);
}

static const struct check_case cases[] = {
	{ "every size keeps the end", every_size },
	{ "lines", lines },
	{ "nobody reads", nobody_reads },
	{ "what does not go together", what_does_not_go_together },
};

int main(int argc, char **argv)
{
	return check_run("test_offline_log", cases, ARRAY_SIZE(cases), argc, argv);
}
