/* SPDX-License-Identifier: GPL-2.0-only */
/* bpf(2) as the module carries it out, and as Linux does, for a benchmark that shows both. */
#ifndef MODBPF_TESTS_BENCH_SIDE_H
#define MODBPF_TESTS_BENCH_SIDE_H

#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "uapi/modbpf.h"

static int device = -1;

/* Or end the process. */
static inline void open_device(void)
{
	device = open(MODBPF_DEVICE, O_RDWR | O_CLOEXEC);
	if (device < 0) {
		perror(MODBPF_DEVICE);
		_exit(1);
	}
}

static inline long ours_bpf(__u32 cmd, const void *attr, __u32 size)
{
	struct modbpf_call call = { .cmd = cmd, .size = size, .attr = (__u64)attr };

	return ioctl(device, MODBPF_IOC_CALL, &call);
}

#endif
