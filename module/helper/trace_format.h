/* SPDX-License-Identifier: GPL-2.0-only */
/* The text of trace_printk, trace_vprintk and snprintf from their formats and arguments. */
#ifndef MODBPF_MODULE_HELPER_TRACE_FORMAT_H
#define MODBPF_MODULE_HELPER_TRACE_FORMAT_H

#include <linux/types.h>

#define TRACE_FORMAT_ARGS 12	/* Linux's limit; trace_printk has 3 */

/*
 * Write the text, terminated, to @out of @out_bytes; what does not fit is cut.
 * @format is read up to @format_bytes and must be terminated within them.
 * Strings are read by address and are empty where that fails; long ones are cut.
 *
 * The conversions are those of verifier/conversion.h; at most @arg_cnt of them take an
 * argument. Returns the length that the whole text would have without its NUL, or -EINVAL
 * with any text in @out. Any context.
 */
int trace_format(char *out, u32 out_bytes, const char *format, u32 format_bytes,
		 const u64 *args, u32 arg_cnt);

#endif
