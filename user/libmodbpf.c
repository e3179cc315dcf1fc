// SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause
/*
 * Which system calls go to the module? bpf(2) and perf_event_open(2), if they
 * were made through syscall() in a program linked with -Wl,--wrap=syscall.
 * Nothing else is touched, and the device is opened only when it is needed.
 */
#include "user/libmodbpf.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "isa/abi.h"
#include "uapi/modbpf.h"
#include "user/transport.h"

#define DEVICE_FD_MIN 800	/* where programs that close or count their descriptors do not meet it */
#define NO_DEVICE UINT64_MAX

/* Atomic; written by whoever opens it first: its descriptor, and from bit 32 on its number. */
static uint64_t device = NO_DEVICE;
__thread const struct modbpf_place *transport_place;
int (*transport_answer)(int cmd, const void *attr, size_t size);
void (*transport_watch)(int cmd, const void *attr, size_t size);

static bool is_device(int fd, struct stat *about)
{
	return !fstat(fd, about) && S_ISCHR(about->st_mode);
}

/* Not closed since by a program that closes all its fds, nor another file's by now. */
static bool is_still_there(uint64_t opened)
{
	struct stat about;

	return opened != NO_DEVICE && is_device((int)opened, &about) && (uint32_t)about.st_rdev == opened >> 32;
}

static int open_high(void)
{
	int low = open(MODBPF_DEVICE, O_RDWR | O_CLOEXEC), high;

	if (low < 0)
		return -1;
	high = fcntl(low, F_DUPFD_CLOEXEC, DEVICE_FD_MIN);
	if (high < 0)		/* so many are not allowed */
		return low;
	close(low);
	return high;
}

int modbpf_device(void)
{
	uint64_t before = __atomic_load_n(&device, __ATOMIC_ACQUIRE), opened;
	struct stat about;
	int fd;

	if (is_still_there(before))
		return (int)before;
	fd = open_high();
	if (fd < 0)
		return -1;
	if (!is_device(fd, &about)) {
		close(fd);
		errno = ENOTTY;
		return -1;
	}
	opened = (uint64_t)about.st_rdev << 32 | (uint32_t)fd;
	if (!__atomic_compare_exchange_n(&device, &before, opened, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
		close(fd);
		fd = (int)before;
	}
	return fd;
}

const char *modbpf_device_error(int err)
{
	switch (err) {
	case ENOENT:
		return "modbpf: " MODBPF_DEVICE " is not there: insert the module (modprobe modbpf)";
	case ENXIO:
	case ENODEV:
		return "modbpf: nothing is behind " MODBPF_DEVICE ": insert the module (modprobe modbpf)";
	case EACCES:
	case EPERM:
		return "modbpf: no permission to open " MODBPF_DEVICE
		       ": become root, or be given the device node";
	case ENOTTY:
	case EISDIR:
		return "modbpf: " MODBPF_DEVICE " is not modbpf's device: remove it and insert the module again";
	case EMFILE:
	case ENFILE:
		return "modbpf: " MODBPF_DEVICE " cannot be opened: too many open files (ulimit -n)";
	default:
		return "modbpf: " MODBPF_DEVICE " cannot be opened: see dmesg";
	}
}

static int answered(int result)
{
	if (result >= 0)
		return result;
	errno = -result;
	return -1;
}

static int call_device(int cmd, const void *attr, size_t size)
{
	struct modbpf_call call = {
		.cmd = cmd,
		.size = size,
		.attr = (uintptr_t)attr,
	};
	int fd = modbpf_device();

	return fd < 0 ? -1 : ioctl(fd, MODBPF_IOC_CALL, &call);
}

int modbpf_bpf(int cmd, const void *attr, size_t size)
{
	if (transport_watch)
		transport_watch(cmd, attr, size);
	return transport_answer ? answered(transport_answer(cmd, attr, size)) :
				  call_device(cmd, attr, size);
}

static int perf_event_open(const void *attr, int pid, int cpu, int group_fd, unsigned long flags)
{
	struct modbpf_perf_open open = {
		.attr = (uintptr_t)attr,
		.pid = pid,
		.cpu = cpu,
		.group_fd = group_fd,
		.flags = flags,
	};
	int fd = modbpf_device();

	return fd < 0 ? -1 : ioctl(fd, MODBPF_IOC_PERF, &open);
}

/*
 * bpf_link_create() of older libbpf cannot name a place in netfilter; the link
 * that is being made on this thread gets it here.
 */
static int link_create_at(const struct modbpf_place *place, const void *asked, size_t size)
{
	union modbpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	memcpy(&attr, asked, size < sizeof(attr) ? size : sizeof(attr));
	attr.link_create.target_fd = place->netns_fd;
	if (place->pf == MODBPF_PLACE_DEVICE) {
		attr.link_create.target_ifindex = if_nametoindex(place->device);
		if (!attr.link_create.target_ifindex)
			return -1;
	}
	attr.link_create.attach_type = MODBPF_ATTACH_NETFILTER;
	attr.link_create.netfilter.pf = place->pf;
	attr.link_create.netfilter.hooknum = place->hook;
	attr.link_create.netfilter.priority = place->priority;
	attr.link_create.netfilter.flags = place->flags;
	return modbpf_bpf(MODBPF_CMD_LINK_CREATE, &attr, sizeof(attr));
}

int modbpf_link_netfilter(int prog_fd, const struct modbpf_place *place)
{
	const union modbpf_attr attr = { .link_create.prog_fd = prog_fd };

	return link_create_at(place, &attr, sizeof(attr));
}

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);

long __wrap_syscall(long number, ...)
{
	long arg[6];
	va_list args;
	int i;

	/* As in libc's own: reading arguments that were not passed is harmless. */
	va_start(args, number);
	for (i = 0; i < 6; i++)
		arg[i] = va_arg(args, long);
	va_end(args);
	switch (number) {
	case SYS_bpf:
		if (arg[0] == MODBPF_CMD_LINK_CREATE && transport_place)
			return link_create_at(transport_place, (const void *)arg[1], arg[2]);
		return modbpf_bpf(arg[0], (const void *)arg[1], arg[2]);
	case SYS_perf_event_open:
		return perf_event_open((const void *)arg[0], arg[1], arg[2], arg[3], arg[4]);
	default:
		return __real_syscall(number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]);
	}
}
