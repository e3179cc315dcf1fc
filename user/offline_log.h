/* SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause */
/*
 * The log of a PROG_LOAD that is answered in this process, with the rules of
 * bpf(2): a buffer that is too small keeps the end of the text, or with
 * MODBPF_LOG_FIXED its beginning.
 */
#ifndef MODBPF_USER_OFFLINE_LOG_H
#define MODBPF_USER_OFFLINE_LOG_H

#include "verifier/verifier.h"

struct offline_log {
	struct verify_log base;	/* first member */
	char *buf;		/* the caller's; NULL: nobody reads */
	u32 size;		/* bytes there */
	char *text;		/* the last of the text, at least @size bytes if it has them */
	size_t used;		/* bytes at text */
	bool is_fixed;		/* it keeps the beginning */
	u64 total;		/* bytes that were written */
};

/* 0, or -EINVAL: level, buffer and size do not go together; -ENOMEM. */
int offline_log_init(struct offline_log *log, u32 level, char *buf, u32 size);
/* @text and a newline. */
void offline_log_line(struct offline_log *log, const char *text);
/*
 * Give the caller the text, with a NUL. *@true_size: bytes that the whole text takes with it,
 * 0 without a log. 0, or -ENOSPC: the caller has only the end, or of a fixed log the beginning.
 */
int offline_log_finish(struct offline_log *log, u32 *true_size);

#endif
