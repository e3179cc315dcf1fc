/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading memory that may not be there. Any context. */
#ifndef MODBPF_MODULE_HELPER_PROBE_H
#define MODBPF_MODULE_HELPER_PROBE_H

#include <linux/types.h>

enum probe_space {
	PROBE_KERNEL,
	PROBE_USER,
	PROBE_EITHER,	/* told by the address */
};

/*
 * Copy a string of at most @size bytes, NUL included, to @dst. All @size bytes of
 * @dst are written: the string, cut if need be, and zeros. Returns its length with
 * the NUL, or -EFAULT, -ERANGE (not an address of @space), @dst being zero.
 */
long probe_read_string(enum probe_space space, char *dst, u32 size, u64 from);

/* Copy @size bytes, or zeros where they cannot be read. */
void probe_read_any(void *dst, u32 size, u64 from);

#endif
