/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The verifier's log: text is gathered into lines, and only whole lines leave.
 * Nothing printed here ever contains an address.
 */
#ifndef MODBPF_VERIFIER_LOG_H
#define MODBPF_VERIFIER_LOG_H

#include "isa/platform.h"
#include "verifier/refusal.h"

#define VLOG_BYTES 1024

/* Bits of verify_log.level. */
enum {
	VLOG_PATH = 1,		/* the path that led to a rejection */
	VLOG_EVERY = 2,		/* each instruction with what changed */
	VLOG_STATS = 4,
};

struct verify_log;

struct vlog {
	struct verify_log *out;	/* NULL: nobody reads */
	struct refusal refusal;	/* the last, for what is said below it */
	u32 used;
	char line[VLOG_BYTES];
};

/* Is one of @levels asked for? */
bool vlog_wants(const struct vlog *log, u32 levels);
/* Add to the line that is being made; what does not fit is cut off. */
void vlog_add(struct vlog *log, const char *fmt, ...) __printf(2, 3);
/* Let the line go. */
void vlog_end(struct vlog *log);
/* A line of its own. */
void vlog_line(struct vlog *log, const char *fmt, ...) __printf(2, 3);
void vlog_line_args(struct vlog *log, const char *fmt, va_list args) __printf(2, 0);

#endif
