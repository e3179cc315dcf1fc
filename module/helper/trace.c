// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where do programs print? To memory of theirs, or to a trace event of our own, which is
 * switched on with the module; see trace_event.h. Its text is made in buffers that were there
 * before, one for each level in which programs interrupt each other on a CPU.
 */
#include "module/helper/functions.h"

#include <linux/errno.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/trace_events.h>

#include "module/helper/trace_format.h"

#define CREATE_TRACE_POINTS
#include "module/helper/trace_event.h"

/* A task, an interrupt on top of it, an NMI on top of that. */
#define TRACE_LEVELS 3
/* Linux's limit of a line. */
#define TRACE_TEXT_BYTES 512

struct trace_buffers {
	int level;	/* how many are in use */
	char text[TRACE_LEVELS][TRACE_TEXT_BYTES];
};

static DEFINE_PER_CPU(struct trace_buffers, trace_buffers);

static long trace_text(const char *format, u32 bytes, const u64 *args, u32 arg_cnt)
{
	struct trace_buffers *buffers;
	long ret = -EBUSY;
	char *text;

	/* Levels are left in the order opposite to that of entry: nothing else runs in between. */
	preempt_disable_notrace();
	buffers = this_cpu_ptr(&trace_buffers);
	if (buffers->level < TRACE_LEVELS) {
		text = buffers->text[buffers->level++];
		/* The level is taken before an interrupt may look at it. */
		barrier();
		ret = trace_format(text, TRACE_TEXT_BYTES, format, bytes, args, arg_cnt);
		if (ret >= TRACE_TEXT_BYTES)
			ret = TRACE_TEXT_BYTES - 1;
		if (ret >= 0)
			trace_bpf_trace_printk(text, ret + 1);
		barrier();
		buffers->level--;
	}
	preempt_enable_notrace();
	return ret;
}

/* format, bytes, up to three arguments */
u64 helper_trace_printk(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	const u64 args[] = { r3, r4, r5 };

	return trace_text((const char *)(unsigned long)r1, r2, args, ARRAY_SIZE(args));
}

static bool is_arg_bytes(u64 bytes)
{
	return !(bytes % sizeof(u64)) && bytes <= TRACE_FORMAT_ARGS * sizeof(u64);
}

/* format, bytes, arguments, bytes of them */
u64 helper_trace_vprintk(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	if (!is_arg_bytes(r4))
		return -EINVAL;
	return trace_text((const char *)(unsigned long)r1, r2, (const u64 *)(unsigned long)r3,
			  r4 / sizeof(u64));
}

/*
 * where to, bytes, format, arguments, bytes of them: bytes that the whole text takes with
 * its NUL; -EINVAL. The format is a constant that the verifier has seen.
 */
u64 helper_snprintf(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	char *out = (char *)(unsigned long)r1;
	u32 bytes = r2, used = 0;
	long ret = -EINVAL;

	if (is_arg_bytes(r5))
		ret = trace_format(out, bytes, (const char *)(unsigned long)r3, U32_MAX,
				   (const u64 *)(unsigned long)r4, r5 / sizeof(u64));
	if (ret >= 0)
		used = min_t(u32, ret, bytes);
	memset(out + used, 0, bytes - used);
	if (bytes)
		out[bytes - 1] = '\0';
	return ret < 0 ? ret : ret + 1;
}

void helper_trace_init(void)
{
	if (trace_set_clr_event("modbpf", "bpf_trace_printk", 1))
		pr_warn("modbpf: trace_printk is silent, its trace event cannot be enabled\n");
}
