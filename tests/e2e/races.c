// SPDX-License-Identifier: GPL-2.0-only
/*
 * "races SECONDS": threads that make, find by id, use, detach and close each other's
 * maps, programs and links as fast as they can. Nothing is expected of a single
 * command but that its errno is one that can be; all is expected of the kernel.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#include "tests/e2e/abi.h"

#define THREADS 4
#define SHARED_FDS 16	/* fds of any kind, which every thread takes and puts */

static int shared[SHARED_FDS];
static volatile bool is_over;
static unsigned long done[THREADS];

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
	static const __u32 types[] = { 1, 2, 3, 6, 11, 27 };
	__u32 type = types[rnd(state, 6)];

	switch (type) {
	case 3:
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
	struct modbpf_insn insns[] = { LD_MAP_FD(1, some_fd(state)), MOV64_IMM(0, 1), EXIT_INSN };
	union modbpf_attr attr = load_attr(8, insns, 4);

	if (rnd(state, 2))
		share(state, call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr)));
	else
		share(state, load_trivial(rnd(state, 2) ? 8 : 32));
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

static void *work(void *arg)
{
	static void (*const steps[])(__u64 *state) = {
		make_map, make_prog, make_link, detach, update, update, find, find, use_map, use_map, look, run_prog,
	};
	__u64 index = (uintptr_t)arg, state = 0x9e3779b97f4a7c15ull * (index + 1);

	while (!is_over) {
		steps[rnd(&state, sizeof(steps) / sizeof(steps[0]))](&state);
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
