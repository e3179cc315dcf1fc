/* SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause */
/* Knobs of user/platform.c for tests of allocation failure. Not thread-safe. */
#ifndef MODBPF_USER_PLATFORM_H
#define MODBPF_USER_PLATFORM_H

#include "isa/platform.h"

/* The @nth allocation from now on (1: the next) fails, once; 0: none. */
void platform_fail_nth(u32 nth);
/* Did it come to that? */
bool platform_has_failed(void);
/* modbpf_yield() answers -EINTR from the @nth call on; 0: never. */
void platform_interrupt_at(u32 nth);
/* Bytes allocated now, and the most there were since platform_reset_peak(). */
u64 platform_bytes(void);
u64 platform_peak(void);
void platform_reset_peak(void);

#endif
