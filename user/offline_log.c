// SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause
/*
 * The log of a PROG_LOAD that is answered in this process. Text is gathered in
 * a room twice as large as the caller's; when that is full, its end moves to
 * the front. A fixed log takes no more than fits.
 */
#include "user/offline_log.h"

#include <stdlib.h>

#include "uapi/modbpf.h"

#define LOG_LEVELS (MODBPF_LOG_LEVEL1 | MODBPF_LOG_LEVEL2 | MODBPF_LOG_STATS | MODBPF_LOG_FIXED)
#define LOG_MAX_BYTES (UINT32_MAX >> 2)
#define LINE_BYTES 1024u	/* at least what is written at a time */

static size_t room_of(const struct offline_log *log)
{
	return 2 * (size_t)log->size + LINE_BYTES;
}

static void write_text(struct verify_log *base, const char *text, u32 bytes)
{
	struct offline_log *log = (struct offline_log *)base;

	log->total += bytes;
	if (!log->buf)
		return;
	if (log->is_fixed && log->used + bytes > log->size)
		bytes = log->size - log->used;
	if (bytes > log->size + LINE_BYTES) {
		text += bytes - log->size;
		bytes = log->size;
	}
	if (log->used + bytes > room_of(log)) {
		memmove(log->text, log->text + log->used - log->size, log->size);
		log->used = log->size;
	}
	memcpy(log->text + log->used, text, bytes);
	log->used += bytes;
}

int offline_log_init(struct offline_log *log, u32 level, char *buf, u32 size)
{
	if (!buf != !size || (buf && !level))
		return -EINVAL;
	if (level & ~LOG_LEVELS || size > LOG_MAX_BYTES)
		return -EINVAL;
	memset(log, 0, sizeof(*log));
	log->base.write = write_text;
	log->base.level = level;
	log->is_fixed = level & MODBPF_LOG_FIXED;
	log->buf = buf;
	log->size = size;
	log->text = buf ? malloc(room_of(log)) : NULL;
	return buf && !log->text ? -ENOMEM : 0;
}

void offline_log_line(struct offline_log *log, const char *text)
{
	if (!log->base.level)
		return;
	write_text(&log->base, text, strlen(text));
	write_text(&log->base, "\n", 1);
}

int offline_log_finish(struct offline_log *log, u32 *true_size)
{
	size_t bytes;

	*true_size = 0;
	if (!log->base.level)
		return 0;
	write_text(&log->base, "", 1);	/* the NUL is the last byte of the text */
	*true_size = log->total < UINT32_MAX ? log->total : UINT32_MAX;
	if (!log->buf)
		return 0;
	bytes = log->used < log->size ? log->used : log->size;
	memcpy(log->buf, log->text + log->used - bytes, bytes);
	if (log->total > log->size && log->is_fixed)
		log->buf[log->size - 1] = 0;
	free(log->text);
	log->text = NULL;
	return log->total > log->size ? -ENOSPC : 0;
}
