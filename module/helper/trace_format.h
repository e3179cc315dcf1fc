/* SPDX-License-Identifier: GPL-2.0-only */
/* The text of trace_printk from its format and arguments. */
#ifndef MODBPF_MODULE_HELPER_TRACE_FORMAT_H
#define MODBPF_MODULE_HELPER_TRACE_FORMAT_H

#include <linux/types.h>

#define TRACE_FORMAT_ARGS 3

/*
 * Write the text, terminated, to @out of @out_bytes; what does not fit is cut.
 * @format is read up to @format_bytes and must be terminated within them.
 * Strings are read by address and are empty where that fails.
 *
 * Known: %% %c %s %p, and %d %i %u %x with nothing, l or ll in front. At most
 * TRACE_FORMAT_ARGS of them take an argument. Returns the length of the text
 * without its NUL, or -EINVAL. Any context.
 */
int trace_format(char *out, u32 out_bytes, const char *format, u32 format_bytes,
		 const u64 args[TRACE_FORMAT_ARGS]);

#endif
