// SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause
/*
 * libmodbpf-preload.so: bpf(2) and perf_event_open(2) of a program that nobody has
 * changed go to the module. It defines syscall(), by which libraries make these two, and
 * leaves all other calls as they are.
 *
 * Freestanding, so that one file serves every libc: of it, only the place of errno is
 * needed. The device is opened when it is first needed, at a high number, where programs
 * that close or count their descriptors do not meet it. Under "modbpf run --log" each call is
 * told to who started it, through a pipe whose number is in the environment.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/syscall.h>

#include "uapi/modbpf.h"
#include "user/run_record.h"

#define DEVICE_FD_MIN 900
#define NO_LOG (-2)		/* whether there is one is not known: NOT_ASKED */
#define NOT_ASKED (-1)

int *__errno_location(void);
long syscall(long number, ...);

extern char **environ;

static int device = -1;	/* atomic */
static int log_pipe = NOT_ASKED;

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

/* --- the log ------------------------------------------------------------------------ */

/* The number behind NAME=, if @entry is that. */
static int number_of(const char *entry)
{
	const char *name = RUN_LOG_VARIABLE "=";
	int number = 0;

	while (*name)
		if (*entry++ != *name++)
			return NO_LOG;
	for (; *entry >= '0' && *entry <= '9'; entry++)
		number = 10 * number + *entry - '0';
	return number;
}

static int find_log(void)
{
	int found = NO_LOG;
	char **entry;

	for (entry = environ; entry && *entry && found == NO_LOG; entry++)
		found = number_of(*entry);
	log_pipe = found;
	return found;
}

static void copy(void *to, const void *from, unsigned long bytes)
{
	unsigned long i;

	for (i = 0; i < bytes; i++)
		((volatile char *)to)[i] = ((const char *)from)[i];
}

/* @text and the @attr_bytes at @attr have just been read by the kernel, if @result says so. */
static void log_call(struct run_record *record, long attr, unsigned long attr_bytes, int has_text, long result)
{
	int fd = log_pipe == NOT_ASKED ? find_log() : log_pipe;
	unsigned long i;
	const char *text;

	if (fd < 0)
		return;
	record->pid = raw(SYS_getpid, 0, 0, 0, 0, 0, 0);
	record->result = result;
	if (result != -EFAULT && attr_bytes >= 8)
		copy(record->attr, (const void *)attr,
		     attr_bytes < RUN_RECORD_ATTR ? attr_bytes : RUN_RECORD_ATTR);
	text = *(const char *const *)record->attr;
	for (i = 0; has_text && text && i < sizeof(record->text) - 1 && text[i]; i++)
		record->text[i] = text[i];
	raw(SYS_write, fd, (long)record, sizeof(*record), 0, 0, 0);
}

/* --- the calls ------------------------------------------------------------------------ */

static int begins_with_text(int cmd)
{
	return cmd == MODBPF_CMD_OBJ_PIN || cmd == MODBPF_CMD_OBJ_GET ||
	       cmd == MODBPF_CMD_RAW_TRACEPOINT_OPEN;
}

static long bpf(const long *arg)
{
	struct modbpf_call call = { .cmd = arg[0], .attr = arg[1], .size = arg[2] };
	struct run_record record = { .cmd = call.cmd };
	int fd = device_fd();
	long result = fd < 0 ? fd : raw(SYS_ioctl, fd, MODBPF_IOC_CALL, (long)&call, 0, 0, 0);

	log_call(&record, arg[1], call.size, begins_with_text(call.cmd), result);
	return result;
}

static long perf_event_open(const long *arg)
{
	struct modbpf_perf_open open = {
		.attr = arg[0], .pid = arg[1], .cpu = arg[2], .group_fd = arg[3],
		.flags = arg[4],
	};
	struct run_record record = { .cmd = -1, .arg = { arg[1], arg[2], arg[3], arg[4] } };
	int fd = device_fd();
	long result = fd < 0 ? fd : raw(SYS_ioctl, fd, MODBPF_IOC_PERF, (long)&open, 0, 0, 0);

	log_call(&record, arg[0], 64, 0, result);	/* 64: the attribute's first and smallest form */
	return result;
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
