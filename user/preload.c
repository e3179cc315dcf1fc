// SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause
/*
 * libmodbpf-preload.so: bpf(2) and perf_event_open(2) of a program that nobody has
 * changed go to the module. It defines syscall(), by which libraries make these two, and
 * leaves all other calls as they are.
 *
 * Freestanding, so that one file serves every libc: of it, only the place of errno is
 * needed. The device is opened when it is first needed, at a high number, where programs
 * that close or count their descriptors do not meet it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/syscall.h>

#include "uapi/modbpf.h"

#define DEVICE_FD_MIN 900

int *__errno_location(void);
long syscall(long number, ...);

static int device = -1;	/* atomic */

static long raw(long number, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long result;

	__asm__ volatile("syscall" : "=a"(result)
			 : "0"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}

static int device_fd(void)
{
	int fd = __atomic_load_n(&device, __ATOMIC_ACQUIRE);
	long low, high;

	if (fd >= 0 && raw(SYS_fcntl, fd, F_GETFD, 0, 0, 0, 0) >= 0)
		return fd;
	low = raw(SYS_openat, AT_FDCWD, (long)MODBPF_DEVICE, O_RDWR | O_CLOEXEC, 0, 0, 0);
	if (low < 0)
		return low;
	high = raw(SYS_fcntl, low, F_DUPFD_CLOEXEC, DEVICE_FD_MIN, 0, 0, 0);
	if (high < 0) {		/* so many are not allowed */
		high = low;
		low = -1;
	}
	if (low >= 0)
		raw(SYS_close, low, 0, 0, 0, 0, 0);
	/* Another thread's, if it was first. */
	if (!__atomic_compare_exchange_n(&device, &fd, (int)high, 0, __ATOMIC_ACQ_REL,
					 __ATOMIC_ACQUIRE)) {
		raw(SYS_close, high, 0, 0, 0, 0, 0);
		high = fd;
	}
	return high;
}

static long bpf(const long *arg)
{
	struct modbpf_call call = { .cmd = arg[0], .attr = arg[1], .size = arg[2] };
	int fd = device_fd();

	return fd < 0 ? fd : raw(SYS_ioctl, fd, MODBPF_IOC_CALL, (long)&call, 0, 0, 0);
}

static long perf_event_open(const long *arg)
{
	struct modbpf_perf_open open = {
		.attr = arg[0], .pid = arg[1], .cpu = arg[2], .group_fd = arg[3],
		.flags = arg[4],
	};
	int fd = device_fd();

	return fd < 0 ? fd : raw(SYS_ioctl, fd, MODBPF_IOC_PERF, (long)&open, 0, 0, 0);
}

__attribute__((visibility("default"))) long syscall(long number, ...)
{
	long arg[6], result;
	va_list args;
	int i;

	/* As in libc's own: reading arguments that were not passed is harmless. */
	va_start(args, number);
	for (i = 0; i < 6; i++)
		arg[i] = va_arg(args, long);
	va_end(args);
	switch (number) {
	case SYS_bpf:
		result = bpf(arg);
		break;
	case SYS_perf_event_open:
		result = perf_event_open(arg);
		break;
	default:
		result = raw(number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]);
	}
	if (result >= 0 || result < -4095)
		return result;
	*__errno_location() = -result;
	return -1;
}
