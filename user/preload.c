// SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause
/*
 * libmodbpf-preload.so: bpf(2) and perf_event_open(2) of a program that nobody has
 * changed go to the module. It defines syscall(), by which libraries make these two, and
 * leaves all other calls as they are.
 *
 * Freestanding, so that one file serves every libc: of it, only the place of errno is
 * needed. The device is opened when it is first needed, at a high number, where programs
 * that close or count their descriptors do not meet it. Under "modbpf run --log" each call is
 * told to who started it, through a socket that the environment names.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "uapi/modbpf.h"
#include "user/run_record.h"

#define DEVICE_FD_MIN 900
#define NO_LOG (-2)		/* whether there is one is not known: NOT_ASKED */
#define NOT_ASKED (-1)
#define NO_DEVICE (-1L)
#define TEXT_OF(number) #number
#define TEXT(number) TEXT_OF(number)

int *__errno_location(void);

extern char **environ;

static long device = NO_DEVICE;	/* atomic: its descriptor, and from bit 32 on its number */
static int log_socket = NOT_ASKED;
static unsigned long log_inode;

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

static int is_device(int fd, struct stat *about)
{
	return !raw(SYS_fstat, fd, (long)about, 0, 0, 0, 0) && S_ISCHR(about->st_mode);
}

/* Not closed since, nor another file's by now. */
static int is_still_there(long opened)
{
	struct stat about;

	return opened != NO_DEVICE && is_device((int)opened, &about) &&
	       (unsigned int)about.st_rdev == (unsigned long)opened >> 32;
}

static long open_high(void)
{
	long low, high;

	low = raw(SYS_openat, AT_FDCWD, (long)MODBPF_DEVICE, O_RDWR | O_CLOEXEC, 0, 0, 0);
	if (low < 0)
		return low;
	high = raw(SYS_fcntl, low, F_DUPFD_CLOEXEC, DEVICE_FD_MIN, 0, 0, 0);
	if (high < 0)		/* so many are not allowed */
		return low;
	raw(SYS_close, low, 0, 0, 0, 0, 0);
	return high;
}

static int device_fd(void)
{
	long before = __atomic_load_n(&device, __ATOMIC_ACQUIRE), fd, opened;
	struct stat about;

	if (is_still_there(before))
		return (int)before;
	fd = open_high();
	if (fd < 0)
		return fd;
	if (!is_device(fd, &about)) {
		raw(SYS_close, fd, 0, 0, 0, 0, 0);
		return -ENOTTY;
	}
	opened = (long)((unsigned long)about.st_rdev << 32 | (unsigned long)fd);
	/* Another thread's, if it was first. */
	if (!__atomic_compare_exchange_n(&device, &before, opened, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
		raw(SYS_close, fd, 0, 0, 0, 0, 0);
		return (int)before;
	}
	return fd;
}

/* --- the log ------------------------------------------------------------------------ */

static unsigned long take_number(const char **text)
{
	unsigned long number = 0;

	for (; **text >= '0' && **text <= '9'; ++*text)
		number = 10 * number + **text - '0';
	return number;
}

/* "FD:INODE" behind NAME=, if @entry is that. */
static int take_log(const char *entry)
{
	const char *name = RUN_LOG_VARIABLE "=";
	int fd;

	while (*name)
		if (*entry++ != *name++)
			return NO_LOG;
	fd = take_number(&entry);
	if (*entry++ != ':')
		return NO_LOG;
	log_inode = take_number(&entry);
	return fd;
}

static int find_log(void)
{
	int found = NO_LOG;
	char **entry;

	for (entry = environ; entry && *entry && found == NO_LOG; entry++)
		found = take_log(*entry);
	__atomic_store_n(&log_socket, found, __ATOMIC_RELEASE);
	return found;
}

/* The program may have closed it, and another file have got its number. */
static int is_log(int fd)
{
	struct stat about;

	return !raw(SYS_fstat, fd, (long)&about, 0, 0, 0, 0) && S_ISSOCK(about.st_mode) &&
	       about.st_ino == log_inode;
}

static void copy_from_file(void *to, unsigned long from, unsigned long bytes)
{
	long fd = raw(SYS_openat, AT_FDCWD, (long)"/proc/self/mem", O_RDONLY | O_CLOEXEC, 0, 0, 0);

	if (fd < 0)
		return;
	raw(SYS_pread64, fd, (long)to, bytes, from, 0, 0);
	raw(SYS_close, fd, 0, 0, 0, 0, 0);
}

/* As far as it can be read, which nobody may have tried before: what is not touched stays zero. */
static void copy(long pid, void *to, unsigned long from, unsigned long bytes)
{
	struct iovec here = { to, bytes }, there = { (void *)from, bytes };
	long result = raw(SYS_process_vm_readv, pid, (long)&here, 1, (long)&there, 1, 0);

	/* A kernel without CROSS_MEMORY_ATTACH, a container that may not. */
	if (result == -ENOSYS || result == -EPERM)
		copy_from_file(to, from, bytes);
}

/* The reader may be gone: that is no reason to end the program. */
static void send_record(int fd, const struct run_record *record)
{
	long result;

	do
		result = raw(SYS_sendto, fd, (long)record, sizeof(*record), MSG_NOSIGNAL, 0, 0);
	while (result == -EINTR);
}

/* There are @attr_bytes at @attr, says the caller. */
static void log_call(struct run_record *record, long attr, unsigned long attr_bytes, int has_text, long result)
{
	int fd = __atomic_load_n(&log_socket, __ATOMIC_ACQUIRE);

	if (fd == NOT_ASKED)
		fd = find_log();
	if (fd < 0 || !is_log(fd))
		return;
	record->pid = raw(SYS_getpid, 0, 0, 0, 0, 0, 0);
	record->result = result;
	copy(record->pid, record->attr, attr, attr_bytes < RUN_RECORD_ATTR ? attr_bytes : RUN_RECORD_ATTR);
	if (has_text && attr_bytes >= sizeof(unsigned long))
		copy(record->pid, record->text, *(const unsigned long *)record->attr, sizeof(record->text) - 1);
	send_record(fd, record);
}

/* --- the calls ------------------------------------------------------------------------ */

static int begins_with_text(int cmd)
{
	return cmd == MODBPF_CMD_OBJ_PIN || cmd == MODBPF_CMD_OBJ_GET ||
	       cmd == MODBPF_CMD_RAW_TRACEPOINT_OPEN;
}

static long bpf(int cmd, long attr, unsigned int size)
{
	struct modbpf_call call = { .cmd = cmd, .attr = attr, .size = size };
	struct run_record record = { .cmd = cmd };
	int fd = device_fd();
	long result = fd < 0 ? fd : raw(SYS_ioctl, fd, MODBPF_IOC_CALL, (long)&call, 0, 0, 0);

	log_call(&record, attr, size, begins_with_text(cmd), result);
	return result;
}

static long perf_event_open(long attr, int pid, int cpu, int group_fd, unsigned long flags)
{
	struct modbpf_perf_open open = {
		.attr = attr, .pid = pid, .cpu = cpu, .group_fd = group_fd, .flags = flags,
	};
	struct run_record record = { .is_event = 1, .arg = { pid, cpu, group_fd, flags } };
	int fd = device_fd();
	long result = fd < 0 ? fd : raw(SYS_ioctl, fd, MODBPF_IOC_PERF, (long)&open, 0, 0, 0);

	log_call(&record, attr, 64, 0, result);	/* 64: the attribute's first and smallest form */
	return result;
}

__attribute__((used)) static long fail(long result)
{
	*__errno_location() = -result;
	return -1;
}

__attribute__((used)) static long redirect(long number, long a, long b, long c, long d, long e)
{
	long result = number == SYS_bpf ? bpf(a, b, c) : perf_event_open(a, b, c, d, e);

	return result < 0 ? fail(result) : result;
}

/*
 * syscall(). Of the two that are redirected, neither has more arguments than registers have. All
 * others are made as libc makes them, without a frame: a child of clone() returns on a stack of its
 * own, one of vfork() on that of its parent.
 */
__asm__(".text\n"
	".globl syscall\n"
	".type syscall, @function\n"
	"syscall:\n"
	"	.cfi_startproc\n"
	"	endbr64\n"
	"	cmpq $" TEXT(SYS_bpf) ", %rdi\n"
	"	je redirect\n"
	"	cmpq $" TEXT(SYS_perf_event_open) ", %rdi\n"
	"	je redirect\n"
	"	movq %rdi, %rax\n"
	"	movq %rsi, %rdi\n"
	"	movq %rdx, %rsi\n"
	"	movq %rcx, %rdx\n"
	"	movq %r8, %r10\n"
	"	movq %r9, %r8\n"
	"	movq 8(%rsp), %r9\n"
	"	syscall\n"
	"	cmpq $-4095, %rax\n"
	"	jae 1f\n"
	"	ret\n"
	"1:	movq %rax, %rdi\n"
	"	jmp fail\n"
	"	.cfi_endproc\n"
	".size syscall, . - syscall\n");
