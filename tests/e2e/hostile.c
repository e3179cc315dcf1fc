// SPDX-License-Identifier: GPL-2.0-only
/*
 * What if user space means ill? "hostile SECONDS [SEED]": threads make calls of the
 * device that are nearly right: valid ones with some words replaced by numbers, fds and
 * addresses of all kinds, over memory that other threads change and discard meanwhile.
 * Nothing is expected of the answers; the kernel has to survive, and when the process
 * has ended, nothing of it may be left. The tests around it look for both.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/bpf.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "uapi/modbpf.h"

#define THREADS 4
#define FDS 64
#define PAGES 16
#define ATTR_BYTES 192
#define INSNS 12

static uint8_t *shared;		/* pages that any thread writes to, and maps anew */
static int fds[FDS];		/* what calls have returned, closed by anyone */
static int device;
static time_t end;
static unsigned long answers[2];	/* refused, granted */
static unsigned long granted[40];	/* by command */

struct worker {
	uint64_t state;		/* xorshift64 */
	uint8_t attr[ATTR_BYTES] __attribute__((aligned(8)));
};

static uint64_t draw(struct worker *w)
{
	w->state ^= w->state << 13;
	w->state ^= w->state >> 7;
	w->state ^= w->state << 17;
	return w->state;
}

static uint64_t below(struct worker *w, uint64_t limit)
{
	return draw(w) % limit;
}

static uint64_t any_address(struct worker *w)
{
	static const uint64_t odd[] = {
		0, 1, 0x1000, 0x7ffffffff000, 0x7fffffffffff, 0x800000000000, 0xffff800000000000,
		0xffffffff81000000, 0xffffffffffffffff,
	};

	if (below(w, 3))
		return (uintptr_t)shared + below(w, PAGES * 4096);
	return odd[below(w, sizeof(odd) / sizeof(odd[0]))];
}

static uint64_t any_number(struct worker *w)
{
	static const uint64_t odd[] = {
		0, 1, 2, 3, 4, 7, 8, 16, 64, 255, 256, 4095, 4096, 4097, 65535, 65536, 1 << 20,
		0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 0x8000000000000000,
	};

	switch (below(w, 5)) {
	case 0:
		return any_address(w);
	case 1:
		return fds[below(w, FDS)];
	case 2:
		return below(w, 64);
	case 3:
		return draw(w);
	default:
		return odd[below(w, sizeof(odd) / sizeof(odd[0]))];
	}
}

static void put32(struct worker *w, unsigned int offset, uint32_t value)
{
	memcpy(w->attr + offset, &value, sizeof(value));
}

static void put64(struct worker *w, unsigned int offset, uint64_t value)
{
	memcpy(w->attr + offset, &value, sizeof(value));
}

static void make_map(struct worker *w)
{
	static const struct {
		uint32_t type, key, value, entries, flags;
	} maps[] = {
		{ BPF_MAP_TYPE_ARRAY, 4, 8, 64, 0 }, { BPF_MAP_TYPE_ARRAY, 4, 64, 64, BPF_F_MMAPABLE },
		{ BPF_MAP_TYPE_HASH, 8, 16, 64, 0 }, { BPF_MAP_TYPE_HASH, 8, 16, 64, BPF_F_NO_PREALLOC },
		{ BPF_MAP_TYPE_PERCPU_ARRAY, 4, 8, 16, 0 }, { BPF_MAP_TYPE_RINGBUF, 0, 0, 4096, 0 },
		{ BPF_MAP_TYPE_LPM_TRIE, 8, 8, 32, BPF_F_NO_PREALLOC }, { BPF_MAP_TYPE_PROG_ARRAY, 4, 4, 8, 0 },
		{ BPF_MAP_TYPE_PERCPU_HASH, 8, 16, 8, 0 }, { BPF_MAP_TYPE_LRU_HASH, 8, 16, 8, 0 },
		{ BPF_MAP_TYPE_LRU_PERCPU_HASH, 8, 16, 8, BPF_F_NO_COMMON_LRU }, { BPF_MAP_TYPE_QUEUE, 0, 16, 8, 0 },
		{ BPF_MAP_TYPE_STACK, 0, 16, 8, 0 }, { BPF_MAP_TYPE_BLOOM_FILTER, 0, 16, 8, 0 },
	};
	unsigned int i = below(w, sizeof(maps) / sizeof(maps[0]));

	put32(w, 0, maps[i].type);
	put32(w, 4, maps[i].key);
	put32(w, 8, maps[i].value);
	put32(w, 12, maps[i].entries);
	put32(w, 16, maps[i].flags);
}

static void use_map(struct worker *w)
{
	put32(w, 0, fds[below(w, FDS)]);
	put64(w, 8, any_address(w));
	put64(w, 16, any_address(w));
	put64(w, 24, below(w, 3));
	/* Some maps have no keys. */
	if (!below(w, 4))
		put64(w, 8, 0);
}

static void use_batch(struct worker *w)
{
	put64(w, 0, below(w, 2) ? 0 : any_address(w));
	put64(w, 8, any_address(w));
	put64(w, 16, any_address(w));
	put64(w, 24, any_address(w));
	put32(w, 32, below(w, 70));
	put32(w, 36, fds[below(w, FDS)]);
}

/* Instructions that are mostly well-formed, behind a start that makes much of them valid. */
static void load_prog(struct worker *w)
{
	static const uint8_t codes[] = {
		0xb7, 0xb4, 0xbf, 0x07, 0x0f, 0x17, 0x1f, 0x27, 0x37, 0x3f, 0x57, 0x67, 0x77, 0x97, 0xa7,
		0xc7, 0x15, 0x1d, 0x25, 0x2d, 0x55, 0x65, 0x6d, 0x05, 0x85, 0x61, 0x69, 0x71, 0x79, 0x62,
		0x63, 0x7a, 0x7b, 0xdb, 0xc3, 0xdc, 0xd4, 0x18, 0x95, 0x34, 0x3c, 0x84, 0x87,
	};
	static const uint32_t types[] = {
		BPF_PROG_TYPE_SOCKET_FILTER, BPF_PROG_TYPE_KPROBE, BPF_PROG_TYPE_SCHED_CLS,
		BPF_PROG_TYPE_CGROUP_SKB, 32,
	};
	struct bpf_insn *insns = (struct bpf_insn *)(shared + 4096 * below(w, PAGES - 1));
	unsigned int i;

	for (i = 0; i < INSNS; i++)
		insns[i] = (struct bpf_insn){
			.code = codes[below(w, sizeof(codes))], .dst_reg = below(w, 11),
			.src_reg = below(w, 11), .off = below(w, 8) ? below(w, 8) - 4 : draw(w),
			.imm = any_number(w),
		};
	insns[0] = (struct bpf_insn){ .code = 0xb7 };
	insns[INSNS - 1] = (struct bpf_insn){ .code = 0x95 };
	strcpy((char *)shared + 4096 * (PAGES - 1), "GPL");
	put32(w, 0, types[below(w, 5)]);
	put32(w, 4, INSNS);
	if (below(w, 2)) {	/* a program that is accepted, so that there are some */
		insns[0].imm = below(w, 2);
		insns[1] = insns[INSNS - 1];
		put32(w, 4, 2);
	}
	put64(w, 8, (uintptr_t)insns);
	put64(w, 16, (uintptr_t)shared + 4096 * (PAGES - 1));
	if (!below(w, 3)) {
		put32(w, 24, below(w, 8));
		put32(w, 28, 4096);
		put64(w, 32, any_address(w));
	}
	if (w->attr[0] == 32 || w->attr[0] == BPF_PROG_TYPE_KPROBE)
		put32(w, 68, w->attr[0] == 32 ? 45 : 42);
}

static void run_prog(struct worker *w)
{
	put32(w, 0, fds[below(w, FDS)]);
	put32(w, 8, below(w, 100));
	put32(w, 12, below(w, 100));
	put64(w, 16, any_address(w));
	put64(w, 24, any_address(w));
	put32(w, 32, below(w, 5));
}

static void make_link(struct worker *w)
{
	put32(w, 0, fds[below(w, FDS)]);
	if (below(w, 2)) {
		static const char *const symbol[] = { "__x64_sys_umask" };
		uint64_t address = (uintptr_t)shared + 2048;

		memcpy(shared + 2048, symbol, sizeof(symbol));
		put32(w, 8, 42);
		put32(w, 16, below(w, 2));
		put32(w, 20, 1);
		put64(w, 24, address);
		return;
	}
	put32(w, 8, 45);
	put32(w, 16, below(w, 2) ? 2 : below(w, 12));
	put32(w, 20, below(w, 6));
	put32(w, 24, below(w, 1000));
}

static void by_number(struct worker *w)
{
	put32(w, 0, below(w, 40));
}

static void ask_info(struct worker *w)
{
	put32(w, 0, fds[below(w, FDS)]);
	put32(w, 4, below(w, 300));
	put64(w, 8, any_address(w));
}

static void load_btf(struct worker *w)
{
	put64(w, 0, any_address(w));
	put64(w, 8, any_address(w));
	put32(w, 16, below(w, 4096));
	put32(w, 20, below(w, 4096));
}

static const struct {
	uint32_t cmd;
	void (*fill)(struct worker *w);
} calls[] = {
	{ BPF_MAP_CREATE, make_map }, { BPF_MAP_LOOKUP_ELEM, use_map }, { BPF_MAP_UPDATE_ELEM, use_map },
	{ BPF_MAP_DELETE_ELEM, use_map }, { BPF_MAP_GET_NEXT_KEY, use_map }, { BPF_MAP_FREEZE, use_map },
	{ BPF_MAP_LOOKUP_AND_DELETE_ELEM, use_map }, { BPF_MAP_LOOKUP_BATCH, use_batch },
	{ BPF_MAP_LOOKUP_AND_DELETE_BATCH, use_batch }, { BPF_MAP_UPDATE_BATCH, use_batch },
	{ BPF_MAP_DELETE_BATCH, use_batch },
	{ BPF_PROG_LOAD, load_prog }, { BPF_PROG_LOAD, load_prog }, { BPF_PROG_TEST_RUN, run_prog },
	{ BPF_LINK_CREATE, make_link }, { BPF_LINK_DETACH, use_map }, { BPF_PROG_GET_NEXT_ID, by_number },
	{ BPF_MAP_GET_NEXT_ID, by_number }, { BPF_LINK_GET_NEXT_ID, by_number },
	{ BPF_PROG_GET_FD_BY_ID, by_number }, { BPF_MAP_GET_FD_BY_ID, by_number },
	{ BPF_LINK_GET_FD_BY_ID, by_number }, { BPF_OBJ_GET_INFO_BY_FD, ask_info }, { BPF_BTF_LOAD, load_btf },
};

/* An fd takes the place of another one, which is closed; sometimes under a thread's feet. */
static void keep(struct worker *w, int fd)
{
	int old = __atomic_exchange_n(&fds[below(w, FDS)], fd, __ATOMIC_RELAXED);

	if (old > device)
		close(old);
}

static void call(struct worker *w)
{
	unsigned int i = below(w, sizeof(calls) / sizeof(calls[0])), spoilt;
	struct modbpf_call call = { .cmd = calls[i].cmd, .size = 160, .attr = (uintptr_t)w->attr };
	int fd;

	memset(w->attr, 0, sizeof(w->attr));
	calls[i].fill(w);
	for (spoilt = below(w, 4); spoilt > 1; spoilt--) {
		if (below(w, 2))
			put32(w, 4 * below(w, ATTR_BYTES / 4), any_number(w));
		else
			put64(w, 8 * below(w, ATTR_BYTES / 8), any_number(w));
	}
	if (!below(w, 8))
		call.size = below(w, 2) ? below(w, 200) : any_number(w);
	if (!below(w, 30))
		call.attr = any_address(w);
	if (!below(w, 30))
		call.cmd = any_number(w);
	fd = ioctl(device, MODBPF_IOC_CALL, &call);
	__atomic_fetch_add(&answers[fd >= 0], 1, __ATOMIC_RELAXED);
	if (fd >= 0 && call.cmd < sizeof(granted) / sizeof(granted[0]))
		__atomic_fetch_add(&granted[call.cmd], 1, __ATOMIC_RELAXED);
	if (fd > device)
		keep(w, fd);
}

/* What can be done with an fd but pass it to the device. */
static void touch(struct worker *w)
{
	int fd = fds[below(w, FDS)];
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	uint64_t size = 4096 * (1 + below(w, 4));
	char buf[64];
	void *mem;

	if (fd <= device)
		return;
	switch (below(w, 6)) {
	case 0:
		mem = mmap(NULL, size, below(w, 4), MAP_SHARED, fd, 4096 * below(w, 4));
		if (mem != MAP_FAILED) {
			mprotect(mem, size, PROT_READ | PROT_WRITE);
			munmap(mem, size);
		}
		break;
	case 1:
		poll(&poll_fd, 1, 0);
		break;
	case 2:
		if (read(fd, buf, sizeof(buf)) < 0 && write(fd, buf, sizeof(buf)) < 0)
			lseek(fd, 0, SEEK_END);
		break;
	case 3:
		ioctl(fd, MODBPF_IOC_CALL, buf);
		break;
	case 4:
		keep(w, dup(fd));
		break;
	default:
		ioctl(device, below(w, 2) ? MODBPF_IOC_PERF : draw(w), any_address(w));
	}
}

/* What attached programs hang on: a system call, and a packet to this machine. */
static void fire(void)
{
	static const struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = 0x900, .sin_addr.s_addr = 0x100007f,
	};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	umask(022);
	if (fd < 0)
		return;
	sendto(fd, "x", 1, MSG_DONTWAIT, (const struct sockaddr *)&to, sizeof(to));
	close(fd);
}

static void spoil_memory(struct worker *w)
{
	uint8_t *page = shared + 4096 * below(w, PAGES);

	if (below(w, 8)) {
		memset(page + below(w, 4000), draw(w), below(w, 96));
		return;
	}
	/* Gone: the next one to look, the kernel perhaps, gets a fresh page. */
	madvise(page, 4096, MADV_DONTNEED);
	madvise(page, 4096, MADV_REMOVE);
}

static void *work(void *arg)
{
	struct worker *w = arg;

	while (time(NULL) < end) {
		switch (below(w, 9)) {
		case 0:
			touch(w);
			break;
		case 2:
			fire();
			break;
		case 1:
			spoil_memory(w);
			break;
		default:
			call(w);
		}
	}
	return NULL;
}

static void wake(int number)
{
}

/* One that waits for another must not keep the signal from it: those that have ended are before @first. */
static void wake_from(const pthread_t *threads, unsigned int first)
{
	for (; first < THREADS; first++)
		pthread_kill(threads[first], SIGUSR1);
}

int main(int argc, char **argv)
{
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 0) : (uint64_t)time(NULL) * 2654435761u;
	struct worker workers[THREADS];
	pthread_t threads[THREADS];
	unsigned int i;

	if (argc < 2)
		return 2;
	printf("hostile: seed %#llx\n", (unsigned long long)seed);
	fflush(stdout);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGUSR1, wake);
	device = open(MODBPF_DEVICE, O_RDWR | O_CLOEXEC);
	shared = mmap(NULL, PAGES * 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (device < 0 || shared == MAP_FAILED) {
		perror("hostile");
		return 1;
	}
	end = time(NULL) + atoi(argv[1]);
	for (i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){ .state = seed + i + 1 };
		if (pthread_create(&threads[i], NULL, work, &workers[i]))
			return 1;
	}
	/* A test run that was asked to repeat four thousand million times ends by a signal. */
	for (i = 0; i < THREADS; i++)
		while (pthread_tryjoin_np(threads[i], NULL)) {
			usleep(100000);
			if (time(NULL) > end)
				wake_from(threads, i);
		}
	printf("hostile: %lu calls granted, %lu refused; granted by command:", answers[1], answers[0]);
	for (i = 0; i < sizeof(granted) / sizeof(granted[0]); i++)
		if (granted[i])
			printf(" %u:%lu", i, granted[i]);
	putchar('\n');
	/* Too few of either, and this has tried nothing. */
	return answers[1] < 20 || answers[0] < 20;
}
