// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * How does text reach the log? In whole lines: one is gathered in a buffer and
 * handed on with its newline, cut if it is too long.
 */
#include "verifier/log.h"

#include "verifier/verifier.h"

bool vlog_wants(const struct vlog *log, u32 levels)
{
	return log->out && log->out->level & levels;
}

static bool is_off(const struct vlog *log)
{
	return !log->out || !log->out->level;
}

static __printf(2, 0) void add_text(struct vlog *log, const char *fmt, va_list args)
{
	u32 room = VLOG_BYTES - 1 - log->used;	/* one byte stays for the newline */
	int bytes = vsnprintf(log->line + log->used, room, fmt, args);

	if (bytes < 0)
		return;
	log->used += (u32)bytes < room ? (u32)bytes : room - 1;
}

void vlog_add(struct vlog *log, const char *fmt, ...)
{
	va_list args;

	if (is_off(log))
		return;
	va_start(args, fmt);
	add_text(log, fmt, args);
	va_end(args);
}

void vlog_end(struct vlog *log)
{
	if (is_off(log))
		return;
	log->line[log->used++] = '\n';
	log->out->write(log->out, log->line, log->used);
	log->used = 0;
}

void vlog_line_args(struct vlog *log, const char *fmt, va_list args)
{
	if (is_off(log))
		return;
	add_text(log, fmt, args);
	vlog_end(log);
}

void vlog_line(struct vlog *log, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vlog_line_args(log, fmt, args);
	va_end(args);
}
