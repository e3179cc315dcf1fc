// SPDX-License-Identifier: GPL-2.0-only
/* The commands with how often each is tried; events, files and memory; and the table. */
#include "tests/hostile/hostile.h"

#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

unsigned long made_calls;

struct call_row {
	struct tally tally;
	uint32_t cmd, weight;
	void (*fill)(struct worker *w);
	enum kind gives;	/* KIND_COUNT: no fd */
};

/*
 * Links are rare: making one and taking it away waits for grace periods, hundreds of calls long.
 * Loading a program takes as long as forty calls on a map.
 */
#define ROW(name, weight, fill, gives) { { #name, NULL }, MODBPF_CMD_##name, weight, fill, gives }
static struct call_row rows[] = {
	ROW(MAP_CREATE, 30, make_map, KIND_MAP),
	ROW(MAP_LOOKUP_ELEM, 40, use_map, KIND_COUNT),
	ROW(MAP_UPDATE_ELEM, 60, use_map, KIND_COUNT),
	ROW(MAP_DELETE_ELEM, 30, use_key, KIND_COUNT),
	ROW(MAP_GET_NEXT_KEY, 30, use_next_key, KIND_COUNT),
	ROW(MAP_LOOKUP_AND_DELETE_ELEM, 30, take_element, KIND_COUNT),
	ROW(MAP_FREEZE, 4, freeze_map, KIND_COUNT),
	ROW(MAP_LOOKUP_BATCH, 20, use_batch, KIND_COUNT),
	ROW(MAP_LOOKUP_AND_DELETE_BATCH, 20, use_batch, KIND_COUNT),
	ROW(MAP_UPDATE_BATCH, 10, use_batch, KIND_COUNT),
	ROW(MAP_DELETE_BATCH, 20, use_batch, KIND_COUNT),
	ROW(PROG_LOAD, 20, load_prog, KIND_PROG),
	ROW(PROG_TEST_RUN, 40, run_prog, KIND_COUNT),
	ROW(RAW_TRACEPOINT_OPEN, 1, open_raw_tracepoint, KIND_LINK),
	ROW(LINK_CREATE, 4, make_link, KIND_LINK),
	ROW(LINK_UPDATE, 20, update_link, KIND_COUNT),
	ROW(LINK_DETACH, 1, detach_link, KIND_COUNT),
	ROW(MAP_GET_NEXT_ID, 10, next_map, KIND_COUNT),
	ROW(PROG_GET_NEXT_ID, 10, next_prog, KIND_COUNT),
	ROW(LINK_GET_NEXT_ID, 10, next_link, KIND_COUNT),
	ROW(BTF_GET_NEXT_ID, 10, next_btf, KIND_COUNT),
	ROW(MAP_GET_FD_BY_ID, 10, map_by_id, KIND_MAP),
	ROW(PROG_GET_FD_BY_ID, 10, prog_by_id, KIND_PROG),
	ROW(LINK_GET_FD_BY_ID, 10, link_by_id, KIND_LINK),
	ROW(BTF_GET_FD_BY_ID, 10, btf_by_id, KIND_BTF),
	ROW(OBJ_GET_INFO_BY_FD, 40, ask_info, KIND_COUNT),
	ROW(BTF_LOAD, 20, load_btf, KIND_BTF),
	ROW(OBJ_PIN, 20, pin_object, KIND_COUNT),
	ROW(OBJ_GET, 20, name_pin, KIND_OTHER),
	ROW(ENABLE_STATS, 2, enable_stats, KIND_OTHER),
	ROW(PROG_BIND_MAP, 10, bind_map, KIND_COUNT),
	ROW(PROG_QUERY, 10, query_hooks, KIND_COUNT),
	ROW(TASK_FD_QUERY, 10, query_fd, KIND_COUNT),
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

/* What is done to events and to the device besides. */
enum { EVENT_ENABLE, EVENT_DISABLE, EVENT_SET_BPF, EVENT_MMAP, DEVICE_KERNEL_BTF };
static struct tally deeds[] = {
	[EVENT_ENABLE] = { .name = "event: enable" }, [EVENT_DISABLE] = { .name = "event: disable" },
	[EVENT_SET_BPF] = { .name = "event: set program" }, [EVENT_MMAP] = { .name = "event: mmap" },
};

/* What the attr became says what was granted: id, type. */
static void note(struct worker *w, const struct call_row *row, const union modbpf_attr *asked, int result)
{
	bool is_granted = result >= 0;
	uint32_t type = 0;

	count((struct tally *)&row->tally, is_granted);
	if (row->cmd == MODBPF_CMD_MAP_CREATE)
		count(&map_tallies[type = asked->map_type], is_granted);
	if (row->cmd == MODBPF_CMD_PROG_LOAD)
		count(&prog_tallies[type = asked->prog_type], is_granted);
	if (w->variant) {
		count(&variants[w->variant], is_granted);
		type = w->kept_type;
	}
	if (is_granted && row->fill == next_map)
		last_ids[KIND_MAP] = w->attr.next_id;
	if (is_granted && row->fill == next_prog)
		last_ids[KIND_PROG] = w->attr.next_id;
	if (is_granted && row->fill == next_link)
		last_ids[KIND_LINK] = w->attr.next_id;
	if (is_granted && row->fill == next_btf)
		last_ids[KIND_BTF] = w->attr.next_id;
	if (result > device)
		keep(w, row->gives == KIND_COUNT ? KIND_OTHER : row->gives, result, type);
}

/* Half of the calls are as they were made; of the others some words are anything. False: not changed. */
static bool spoil_attr(struct worker *w)
{
	unsigned int words = below(w, 2) ? 1 + below(w, 3) : 0, i;
	uint64_t number;

	for (i = 0; i < words; i++) {
		number = any_number(w);
		if (below(w, 2))
			memcpy(w->bytes + 4 * below(w, ATTR_BYTES / 4), &number, 4);
		else
			memcpy(w->bytes + 8 * below(w, ATTR_BYTES / 8), &number, 8);
	}
	return words > 0;
}

static const struct call_row *any_row(struct worker *w)
{
	static uint32_t all;
	uint32_t i, at, sum = 0;

	if (!all) {
		for (i = 0; i < ROWS; i++)
			sum += rows[i].weight;
		all = sum;
	}
	at = below(w, all);
	for (i = 0; at >= rows[i].weight; i++)
		at -= rows[i].weight;
	return &rows[i];
}

int plain_call(uint32_t cmd, union modbpf_attr *attr)
{
	struct modbpf_call call = { .cmd = cmd, .size = sizeof(*attr), .attr = (uintptr_t)attr };

	return ioctl(device, MODBPF_IOC_CALL, &call);
}

static void call(struct worker *w, const struct call_row *row)
{
	struct modbpf_call call = { .cmd = row->cmd, .size = sizeof(w->attr), .attr = (uintptr_t)&w->attr };
	union modbpf_attr asked;
	bool is_odd;
	int result;

	memset(w->bytes, 0, sizeof(w->bytes));
	w->variant = 0;
	row->fill(w);
	asked = w->attr;
	is_odd = spoil_attr(w);
	if (!below(w, 16)) {
		is_odd = true;
		call.size = below(w, 2) ? below(w, 200) : any_number(w);
	}
	if (!below(w, 60)) {
		is_odd = true;
		call.attr = any_address(w);
	}
	if (!below(w, 60)) {
		is_odd = true;
		call.cmd = any_number(w);
	}
	result = ioctl(device, MODBPF_IOC_CALL, &call);
	__atomic_fetch_add(&made_calls, 1, __ATOMIC_RELAXED);
	if (!is_odd)
		note(w, row, &asked, result);
	else if (result > device)
		keep(w, KIND_OTHER, result, 0);
}

/* perf_event_open(2), in its own ioctl. */
static void call_perf(struct worker *w)
{
	uint32_t variant = CPU_CLOCK + below(w, VARIANT_COUNT - CPU_CLOCK);
	struct modbpf_perf_open open = {
		.attr = (uintptr_t)&w->event, .pid = -1, .cpu = below(w, 2), .group_fd = -1,
	};
	bool is_odd = below(w, 3) == 0;
	int fd;

	ask_event(w, variant);
	if (is_odd) {
		uint64_t number = any_number(w);

		memcpy((uint8_t *)&w->event + 4 * below(w, sizeof(w->event) / 4 - 1), &number, 8);
		if (below(w, 2))
			memcpy((uint8_t *)&open + 8 * below(w, sizeof(open) / 8), &number, 8);
	}
	fd = ioctl(device, MODBPF_IOC_PERF, &open);
	__atomic_fetch_add(&made_calls, 1, __ATOMIC_RELAXED);
	if (!is_odd)
		count(&variants[variant], fd >= 0);
	if (fd > device)
		keep(w, KIND_EVENT, fd, event_prog_types[variant]);
}

static void use_event(struct worker *w)
{
	uint32_t type = event_prog_types[CPU_CLOCK + below(w, VARIANT_COUNT - CPU_CLOCK)];
	int fd = fd_of(w, KIND_EVENT, type), btf = fd_of(w, KIND_BTF, 0);
	void *mem;

	switch (below(w, DEVICE_KERNEL_BTF + 1)) {
	case EVENT_ENABLE:
		count(&deeds[EVENT_ENABLE], !ioctl(fd, PERF_EVENT_IOC_ENABLE, 0));
		break;
	case EVENT_DISABLE:
		count(&deeds[EVENT_DISABLE], !ioctl(fd, PERF_EVENT_IOC_DISABLE, 0));
		break;
	case EVENT_SET_BPF:
		count(&deeds[EVENT_SET_BPF],
		      !ioctl(fd, PERF_EVENT_IOC_SET_BPF, fd_of(w, KIND_PROG, type)));
		break;
	case EVENT_MMAP:
		fd = fd_of(w, KIND_EVENT, event_prog_types[BPF_OUTPUT]);
		mem = mmap(NULL, 2 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		count(&deeds[EVENT_MMAP], mem != MAP_FAILED);
		if (mem != MAP_FAILED)
			munmap(mem, 2 * 4096);
		break;
	default:
		/* A kernel that has its own takes no other, so this may never be granted. */
		ioctl(device, MODBPF_IOC_KERNEL_BTF, below(w, 4) ? &btf : (void *)(uintptr_t)any_address(w));
	}
	__atomic_fetch_add(&made_calls, 1, __ATOMIC_RELAXED);
}

/* What can be done with an fd but pass it to the device. */
static void touch(struct worker *w)
{
	int fd = any_fd(w);
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	uint64_t size = 4096 * (1 + below(w, 4));
	char buf[128];
	void *mem;

	if (fd <= device)
		return;
	switch (below(w, 7)) {
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
		keep(w, KIND_OTHER, dup(fd), 0);
		break;
	case 5:
		snprintf(buf, sizeof(buf), "%.100s/%u", pins ? pins : "/dev/null", (unsigned int)below(w, 8));
		unlink(buf);
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

void act(struct worker *w)
{
	uint64_t what = below(w, 160);

	if (what < 1)
		call_perf(w);
	else if (what < 3)
		use_event(w);
	else if (what < 5)
		fire();
	else if (what < 9)
		touch(w);
	else if (what < 14)
		spoil_memory(w);
	else
		call(w, any_row(w));
}

static const struct call_row *row_of(uint32_t cmd)
{
	unsigned int i;

	for (i = 0; rows[i].cmd != cmd; i++)
		;
	return &rows[i];
}

void act_evenly(struct worker *w)
{
	switch (below(w, 10)) {
	case 0:
		call_perf(w);
		break;
	case 1:
		use_event(w);
		break;
	case 2:
		fire();
		break;
	case 3:
		touch(w);
		break;
	case 4:
		call(w, row_of(MODBPF_CMD_LINK_CREATE));
		break;
	case 5:
		call(w, row_of(MODBPF_CMD_RAW_TRACEPOINT_OPEN));
		break;
	default:
		call(w, &rows[below(w, ROWS)]);
	}
}

#define OBJECTS 60	/* of which a third is not granted */

void make_objects(struct worker *w)
{
	unsigned int i;

	for (i = 0; i < OBJECTS; i++) {
		call(w, row_of(MODBPF_CMD_PROG_LOAD));
		call(w, row_of(MODBPF_CMD_MAP_CREATE));
		if (i % 4)
			continue;
		call_perf(w);
		call(w, row_of(MODBPF_CMD_BTF_LOAD));
	}
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

void calls_begin(void)
{
	unsigned int i;

	for (i = 0; i < ROWS; i++)
		share_tallies(&rows[i].tally, 1);
	share_tallies(variants, COUNT(variants));
	share_tallies(deeds, COUNT(deeds));
	share_tallies(map_tallies, COUNT(map_tallies));
	share_tallies(prog_tallies, COUNT(prog_tallies));
}

bool print_calls(void)
{
	bool has_never = false;
	unsigned int i;

	for (i = 0; i < ROWS; i++)
		has_never |= print_tallies(i ? NULL : "commands", &rows[i].tally, 1);
	has_never |= print_tallies("links, events and timers", variants, COUNT(variants));
	has_never |= print_tallies("what is done to events", deeds, COUNT(deeds));
	has_never |= print_tallies("maps", map_tallies, COUNT(map_tallies));
	has_never |= print_tallies("programs", prog_tallies, COUNT(prog_tallies));
	return has_never;
}
