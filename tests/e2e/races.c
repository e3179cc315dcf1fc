// SPDX-License-Identifier: GPL-2.0-only
/*
 * "races SECONDS": threads that make, find by id, use, detach and close each other's
 * maps, programs, events and links as fast as they can. Nothing is expected of a single
 * command but that its errno is one that can be; all is expected of the kernel.
 */
#include <linux/perf_event.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>

#include "isa/abi.h"
#include "tests/e2e/abi.h"
#include "tests/e2e/kernel_file.h"

#define THREADS 4
#define SHARED_FDS 16	/* fds of any kind, which every thread takes and puts */

static int shared[SHARED_FDS];
static volatile bool is_over;
static unsigned long done[THREADS];
static __u32 kprobe_type, rename_id;	/* 0: there is none */

static __u32 rnd(__u64 *state, __u32 below)
{
	*state = *state * 6364136223846793005ull + 1442695040888963407ull;
	return (__u32)(*state >> 33) % below;
}

/* Give out @fd for all to use; what was in its place is closed under their hands. */
static void share(__u64 *state, int fd)
{
	int old;

	if (fd < 0)
		return;
	old = __atomic_exchange_n(&shared[rnd(state, SHARED_FDS)], fd, __ATOMIC_SEQ_CST);
	if (old >= 0)
		close(old);
}

static int some_fd(__u64 *state)
{
	return __atomic_load_n(&shared[rnd(state, SHARED_FDS)], __ATOMIC_SEQ_CST);
}

static void make_map(__u64 *state)
{
	static const __u32 types[] = { 1, 2, 3, 4, 6, 11, 27 };
	__u32 type = types[rnd(state, 7)];

	switch (type) {
	case 3:
	case 4:
		share(state, create_map(type, 4, 4, 16, 0));
		break;
	case 27:
		share(state, create_map(type, 0, 0, 4096, 0));
		break;
	case 11:
		share(state, create_map(type, 8, 8, 16, 1));
		break;
	default:
		share(state, create_map(type, 4, 8, 16, 0));
	}
}

static void make_prog(__u64 *state)
{
	static const __u32 types[] = {
		MODBPF_PROG_CGROUP_SKB, MODBPF_PROG_NETFILTER, MODBPF_PROG_KPROBE, MODBPF_PROG_TRACEPOINT,
		MODBPF_PROG_PERF_EVENT, MODBPF_PROG_RAW_TRACEPOINT,
	};
	struct modbpf_insn insns[] = { LD_MAP_FD(1, some_fd(state)), MOV64_IMM(0, 1), EXIT_INSN };
	union modbpf_attr attr = load_attr(8, insns, 4);

	if (rnd(state, 3))
		share(state, load_trivial(types[rnd(state, sizeof(types) / sizeof(types[0]))]));
	else
		share(state, call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)));
}

static void make_link(__u64 *state)
{
	union modbpf_attr attr = {};

	attr.link_create.prog_fd = some_fd(state);
	attr.link_create.attach_type = 45;
	attr.link_create.netfilter.pf = 2;
	attr.link_create.netfilter.hooknum = 1 + 2 * rnd(state, 2);
	share(state, call(MODBPF_CMD_LINK_CREATE, &attr, sizeof(attr)));
}

/* An event of any kind, switched on or not. */
static void make_event(__u64 *state)
{
	struct perf_event_attr attr = { .size = sizeof(attr), .disabled = rnd(state, 2) };
	struct modbpf_perf_open open = { .attr = addr(&attr), .pid = -1, .cpu = rnd(state, 2), .group_fd = -1 };

	switch (rnd(state, 4)) {
	case 0:
		attr.type = kprobe_type;
		attr.config = rnd(state, 2);
		attr.config1 = addr("__x64_sys_umask");
		break;
	case 1:
		attr.type = PERF_TYPE_SOFTWARE;
		attr.config = PERF_COUNT_SW_CPU_CLOCK;
		attr.sample_period = 200000;
		break;
	case 2:
		attr.type = PERF_TYPE_SOFTWARE;
		attr.config = PERF_COUNT_SW_BPF_OUTPUT;
		attr.sample_type = PERF_SAMPLE_RAW;
		break;
	default:
		attr.type = PERF_TYPE_TRACEPOINT;
		attr.config = rename_id;
		attr.sample_period = 1;
	}
	share(state, ioctl(device, MODBPF_IOC_PERF, &open));
}

static void use_event(__u64 *state)
{
	int fd = some_fd(state);
	void *ring;

	switch (rnd(state, 4)) {
	case 0:
		ioctl(fd, PERF_EVENT_IOC_ENABLE, 0);
		break;
	case 1:
		ioctl(fd, PERF_EVENT_IOC_DISABLE, 0);
		break;
	case 2:
		ioctl(fd, PERF_EVENT_IOC_SET_BPF, some_fd(state));
		break;
	default:
		ring = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		if (ring != MAP_FAILED)
			munmap(ring, 8192);
	}
}

/* On an event, on functions, or on a tracepoint. */
static void make_tracing_link(__u64 *state)
{
	static const char *const names[] = { "__x64_sys_umask", "__x64_sys_getppid" };
	__u64 syms[] = { addr(names[0]), addr(names[1]) };
	union modbpf_attr attr = {};

	attr.link_create.prog_fd = some_fd(state);
	attr.link_create.attach_type = rnd(state, 2) ? MODBPF_ATTACH_PERF_EVENT : MODBPF_ATTACH_KPROBE_MULTI;
	if (!rnd(state, 4)) {
		memset(&attr, 0, sizeof(attr));
		attr.raw_tracepoint.name = addr("sys_enter");
		attr.raw_tracepoint.prog_fd = some_fd(state);
		share(state, call(MODBPF_CMD_RAW_TRACEPOINT_OPEN, &attr, sizeof(attr)));
		return;
	}
	if (attr.link_create.attach_type == MODBPF_ATTACH_KPROBE_MULTI) {
		attr.link_create.kprobe_multi.flags = rnd(state, 2);
		attr.link_create.kprobe_multi.cnt = 2;
		attr.link_create.kprobe_multi.syms = addr(syms);
	} else {
		attr.link_create.target_fd = some_fd(state);
		attr.link_create.perf_event.bpf_cookie = *state;
	}
	share(state, call(MODBPF_CMD_LINK_CREATE, &attr, sizeof(attr)));
}

/* What programs may hang on happens. */
static void happen(__u64 *state)
{
	int i;

	for (i = 0; i < 20; i++) {
		syscall(SYS_umask, 022);
		syscall(SYS_getppid);
		prctl(PR_SET_NAME, "a name", 0, 0, 0);
	}
}

static void detach(__u64 *state)
{
	union modbpf_attr attr = {};

	attr.link_detach.link_fd = some_fd(state);
	call(MODBPF_CMD_LINK_DETACH, &attr, sizeof(attr));
}

static void update(__u64 *state)
{
	union modbpf_attr attr = {};

	attr.link_update.link_fd = some_fd(state);
	attr.link_update.new_prog_fd = some_fd(state);
	if (!rnd(state, 4)) {
		attr.link_update.flags = MODBPF_F_REPLACE;
		attr.link_update.old_prog_fd = some_fd(state);
	}
	call(MODBPF_CMD_LINK_UPDATE, &attr, sizeof(attr));
}

static void find(__u64 *state)
{
	static const __u32 cmds[][2] = {
		{ MODBPF_CMD_PROG_GET_NEXT_ID, MODBPF_CMD_PROG_GET_FD_BY_ID },
		{ MODBPF_CMD_MAP_GET_NEXT_ID, MODBPF_CMD_MAP_GET_FD_BY_ID },
		{ MODBPF_CMD_LINK_GET_NEXT_ID, MODBPF_CMD_LINK_GET_FD_BY_ID },
	};
	__u32 kind = rnd(state, 3), steps = rnd(state, 4);
	union modbpf_attr attr = {};

	while (!call(cmds[kind][0], &attr, sizeof(attr)) && steps--) {
		attr.start_id = attr.next_id;
		attr.next_id = 0;
	}
	attr.next_id = 0;
	share(state, call(cmds[kind][1], &attr, sizeof(attr)));
}

static void use_map(__u64 *state)
{
	/* For a program array: one that may use it, closed by others meanwhile. */
	__u64 key = rnd(state, 20), value[64] = { some_fd(state) };
	int fd = some_fd(state);

	switch (rnd(state, 4)) {
	case 0:
		element(MODBPF_CMD_MAP_LOOKUP_ELEM, fd, &key, value, 0);
		break;
	case 1:
		element(MODBPF_CMD_MAP_UPDATE_ELEM, fd, &key, value, 0);
		break;
	case 2:
		element(MODBPF_CMD_MAP_DELETE_ELEM, fd, &key, NULL, 0);
		break;
	default:
		element(MODBPF_CMD_MAP_GET_NEXT_KEY, fd, rnd(state, 2) ? &key : NULL, &key, 0);
	}
}

static void look(__u64 *state)
{
	struct modbpf_prog_info info = {};
	__u32 len = sizeof(info);
	char path[64], text[512];
	int fd = some_fd(state), fdinfo;

	info_of(fd, &info, &len);
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	fdinfo = open(path, O_RDONLY);
	if (fdinfo >= 0) {
		while (read(fdinfo, text, sizeof(text)) > 0)
			;
		close(fdinfo);
	}
}

/* Some of the programs are for packets. */
static void run_prog(__u64 *state)
{
	unsigned char packet[64] = { [12] = 8, [14] = 0x45 };
	union modbpf_attr attr = {};

	attr.test.prog_fd = some_fd(state);
	attr.test.data_in = addr(packet);
	attr.test.data_size_in = sizeof(packet);
	attr.test.repeat = 1 + rnd(state, 8);
	call(MODBPF_CMD_PROG_TEST_RUN, &attr, sizeof(attr));
}

/* What hangs on the kernel's own code takes long: half of the threads do without. */
static void *work(void *arg)
{
	static void (*const quick[])(__u64 *state) = {
		make_map, make_prog, make_link, detach, update, update, find, find, use_map, use_map, look, run_prog,
		happen,
	};
	static void (*const slow[])(__u64 *state) = {
		make_prog, make_event, make_tracing_link, make_tracing_link, use_event, use_event,
	};
	const __u32 quick_cnt = sizeof(quick) / sizeof(quick[0]), slow_cnt = sizeof(slow) / sizeof(slow[0]);
	__u64 index = (uintptr_t)arg, state = 0x9e3779b97f4a7c15ull * (index + 1), step;

	while (!is_over) {
		step = rnd(&state, index % 2 ? quick_cnt + slow_cnt : quick_cnt);
		(step < quick_cnt ? quick[step] : slow[step - quick_cnt])(&state);
		done[index]++;
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t threads[THREADS];
	unsigned long sum = 0;
	uintptr_t i;

	device = open(MODBPF_DEVICE, O_RDWR | O_CLOEXEC);
	if (device < 0 || argc != 2) {
		perror(MODBPF_DEVICE);
		return 1;
	}
	kprobe_type = number_in("/sys/bus/event_source/devices/kprobe/type");
	rename_id = number_in("/sys/kernel/debug/tracing/events/task/task_rename/id");
	memset(shared, 0xff, sizeof(shared));
	for (i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, work, (void *)i))
			return 1;
	sleep(atoi(argv[1]));
	is_over = true;
	for (i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		sum += done[i];
	}
	printf("%lu steps\n", sum);
	return sum == 0;
}
