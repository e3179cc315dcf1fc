// SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause
/* What isa/platform.h asks of its surroundings, in user space. */
#include "user/platform.h"

#include <malloc.h>
#include <stdlib.h>

static u32 fail_in, interrupt_in;
static bool has_failed;
static u64 bytes_now, bytes_peak;

void *modbpf_zalloc(size_t bytes)
{
	void *mem;

	if (fail_in && !--fail_in) {
		has_failed = true;
		return NULL;
	}
	mem = calloc(1, bytes);
	if (mem) {
		bytes_now += malloc_usable_size(mem);
		if (bytes_now > bytes_peak)
			bytes_peak = bytes_now;
	}
	return mem;
}

void modbpf_free(const void *mem)
{
	if (mem)
		bytes_now -= malloc_usable_size((void *)mem);
	free((void *)mem);
}

int modbpf_yield(void)
{
	if (interrupt_in && !--interrupt_in) {
		interrupt_in = 1;	/* a killed caller stays killed */
		return -EINTR;
	}
	return 0;
}

void platform_fail_nth(u32 nth)
{
	fail_in = nth;
	has_failed = false;
}

bool platform_has_failed(void)
{
	return has_failed;
}

void platform_interrupt_at(u32 nth)
{
	interrupt_in = nth;
}

u64 platform_bytes(void)
{
	return bytes_now;
}

u64 platform_peak(void)
{
	return bytes_peak;
}

void platform_reset_peak(void)
{
	bytes_peak = bytes_now;
}
