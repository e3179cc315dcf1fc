// SPDX-License-Identifier: GPL-2.0-only
/*
 * How does a log of any length fit into the caller's buffer? It is written as
 * it comes, round and round, and turned at the end so that its last bytes
 * stand in order. The kernel holds no copy.
 */
#include "module/user_log.h"

#include <linux/kernel.h>
#include <linux/string.h>

#include "module/caller.h"
#include "uapi/modbpf.h"

#define LOG_LEVELS (MODBPF_LOG_LEVEL1 | MODBPF_LOG_LEVEL2 | MODBPF_LOG_STATS | MODBPF_LOG_FIXED)
#define LOG_MAX_BYTES (UINT_MAX >> 2)	/* Linux's */
#define TURN_BYTES 128u

static void copy_out(struct user_log *log, u32 offset, const char *text, u32 bytes)
{
	if (!log->has_faulted && caller_copy_out(log->caller, log->buf + offset, text, bytes))
		log->has_faulted = true;
}

static void write_fixed(struct user_log *log, const char *text, u32 bytes)
{
	if (log->length < log->size)
		copy_out(log, log->length, text, min_t(u32, bytes, log->size - log->length));
}

static void write_round(struct user_log *log, const char *text, u32 bytes)
{
	u64 at = log->length;
	u32 offset, part;

	if (bytes > log->size) {	/* its beginning would be written over at once */
		at += bytes - log->size;
		text += bytes - log->size;
		bytes = log->size;
	}
	offset = at % log->size;
	part = min(bytes, log->size - offset);
	copy_out(log, offset, text, part);
	if (part < bytes)
		copy_out(log, 0, text + part, bytes - part);
}

static void write_text(struct verify_log *base, const char *text, u32 bytes)
{
	struct user_log *log = container_of(base, struct user_log, base);

	if (log->buf && log->is_fixed)
		write_fixed(log, text, bytes);
	else if (log->buf)
		write_round(log, text, bytes);
	log->length += bytes;
}

int user_log_init(struct user_log *log, const struct caller *caller, u32 level, u64 buf, u32 size)
{
	if (!buf != !size || (buf && !level))
		return -EINVAL;
	if (level & ~LOG_LEVELS || size > LOG_MAX_BYTES)
		return -EINVAL;
	memset(log, 0, sizeof(*log));
	log->base.write = write_text;
	log->base.level = level;
	log->is_fixed = level & MODBPF_LOG_FIXED;
	log->caller = caller;
	log->buf = buf;
	log->size = size;
	return 0;
}

void user_log_line(struct user_log *log, const char *text)
{
	if (!log->base.level)
		return;
	write_text(&log->base, text, strlen(text));
	write_text(&log->base, "\n", 1);
}

static void reverse_bytes(char *bytes, u32 cnt)
{
	u32 i;

	for (i = 0; i < cnt / 2; i++)
		swap(bytes[i], bytes[cnt - 1 - i]);
}

/* Reverse the bytes [from, to) of the caller's buffer. */
static void reverse(struct user_log *log, u32 from, u32 to)
{
	char head[TURN_BYTES], tail[TURN_BYTES];
	u32 cnt;

	while (!log->has_faulted && to - from >= 2) {
		cnt = min(TURN_BYTES, (to - from) / 2);
		if (modbpf_yield() ||
		    caller_copy_in(log->caller, head, log->buf + from, cnt) ||
		    caller_copy_in(log->caller, tail, log->buf + to - cnt, cnt)) {
			log->has_faulted = true;
			return;
		}
		reverse_bytes(head, cnt);
		reverse_bytes(tail, cnt);
		copy_out(log, from, tail, cnt);
		copy_out(log, to - cnt, head, cnt);
		from += cnt;
		to -= cnt;
	}
}

int user_log_finish(struct user_log *log, u32 *true_size)
{
	u64 total;
	u32 first;

	*true_size = 0;
	if (!log->base.level)
		return 0;
	write_text(&log->base, "", 1);	/* the NUL is the last byte of the text */
	total = log->length;
	*true_size = min_t(u64, total, U32_MAX);
	if (!log->buf)
		return 0;
	if (total > log->size && log->is_fixed) {
		copy_out(log, log->size - 1, "", 1);
	} else if (total > log->size) {
		/* The oldest byte is at @first: turn left by so many, in three reversals. */
		first = total % log->size;
		reverse(log, 0, first);
		reverse(log, first, log->size);
		reverse(log, 0, log->size);
	}
	if (log->has_faulted)
		return -EFAULT;
	return total > log->size ? -ENOSPC : 0;
}
