/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The log buffer that PROG_LOAD and BTF_LOAD write for their caller, with the
 * rules of bpf(2): text and a NUL. When it is too small it keeps the end of
 * the text (the beginning with MODBPF_LOG_FIXED) and the command fails with
 * -ENOSPC.
 */
#ifndef MODBPF_MODULE_USER_LOG_H
#define MODBPF_MODULE_USER_LOG_H

#include "verifier/verifier.h"

struct caller;

struct user_log {
	struct verify_log base;	/* first member */
	const struct caller *caller;
	u64 buf;		/* user address; 0: only counted */
	u32 size;		/* bytes at buf */
	bool is_fixed;
	bool has_faulted;
	u64 length;		/* bytes of text so far */
};

/* 0, or -EINVAL: level, buffer and size do not go together. */
int user_log_init(struct user_log *log, const struct caller *caller, u32 level, u64 buf, u32 size);
/* @text and a newline. Sleeps. */
void user_log_line(struct user_log *log, const char *text);
/*
 * Terminate the text and put it in order. *@true_size: bytes that the whole text
 * takes with its NUL, 0 without a log. 0, -EFAULT, -ENOSPC. Sleeps.
 */
int user_log_finish(struct user_log *log, u32 *true_size);

#endif
