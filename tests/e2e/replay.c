// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does the device say of a program what "modbpf check" says? The calls in FILE (see
 * tests/record/recorded.h) are made: errno, length of the log and the log are the same,
 * byte by byte.
 *
 *	replay EVERY FILE...
 *
 * Of the programs each EVERY-th is loaded, 1: all of them.
 */
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "isa/abi.h"
#include "tests/e2e/abi.h"
#include "tests/record/recorded.h"
#include "verifier/program.h"

#define MAX_FDS 4096
#define LOG_BYTES (16 << 20)	/* room for any log; what is not written takes no memory */

static int fds[MAX_FDS];	/* of the device, by the fd that was recorded; 0: none */
static __u32 map_types[MAX_FDS];
static char *device_log;
static __u32 every, seen, loads, rejected;

static int fd_of(__u32 was)
{
	return was < MAX_FDS && fds[was] ? fds[was] : -1;
}

static void keep(__s32 was, long fd)
{
	if (was >= MAX_FDS || fd < 0) {
		failed++;
		printf("  FAIL  fd %d of the record: %ld\n", was, fd);
		return;
	}
	if (fds[was])
		close(fds[was]);
	fds[was] = fd;
}

/* --- the call of the record, with this process' addresses and fds ---------------------------- */

static void place_addresses(struct recorded *record, union modbpf_attr *attr)
{
	__u64 place;
	__u32 i;

	for (i = 0; i < sizeof(recorded_addresses) / sizeof(recorded_addresses[0]); i++) {
		char *at = (char *)attr + recorded_addresses[i].at;

		memcpy(&place, at, sizeof(place));
		if (recorded_addresses[i].cmd != record->cmd || !place)
			continue;
		place += addr(record);
		memcpy(at, &place, sizeof(place));
	}
}

static void place_maps(struct modbpf_insn *insns, __u32 cnt)
{
	__u32 i;

	for (i = 0; i + 1 < cnt; i += insn_slots(&insns[i]))
		if (insn_is_ld_imm64(&insns[i]) && (insns[i].src_reg == BPF_PSEUDO_MAP_FD ||
						    insns[i].src_reg == BPF_PSEUDO_MAP_VALUE))
			insns[i].imm = fd_of(insns[i].imm);
}

/* The values of these are fds. */
static bool has_fds(__u32 map_type)
{
	return map_type == MODBPF_MAP_PROG_ARRAY || map_type == MODBPF_MAP_ARRAY_OF_MAPS ||
	       map_type == MODBPF_MAP_HASH_OF_MAPS;
}

static void place_fds(struct recorded *record, union modbpf_attr *attr)
{
	__u32 was = attr->map_fd, *value;

	switch (record->cmd) {
	case MODBPF_CMD_MAP_CREATE:
		if (attr->inner_map_fd)
			attr->inner_map_fd = fd_of(attr->inner_map_fd);
		if (attr->btf_fd)
			attr->btf_fd = fd_of(attr->btf_fd);
		break;
	case MODBPF_CMD_MAP_UPDATE_ELEM:
		value = (__u32 *)(unsigned long)attr->value;
		if (was < MAX_FDS && has_fds(map_types[was]))
			*value = fd_of(*value);
		attr->map_fd = fd_of(was);
		break;
	case MODBPF_CMD_MAP_FREEZE:
		attr->map_fd = fd_of(was);
		break;
	case MODBPF_CMD_PROG_LOAD:
		place_maps((struct modbpf_insn *)(unsigned long)attr->insns, attr->insn_cnt);
		if (attr->prog_btf_fd)
			attr->prog_btf_fd = fd_of(attr->prog_btf_fd);
	}
}

/* --- comparing ------------------------------------------------------------------------------ */

static void compare_log(const struct recorded *record, const union modbpf_attr *attr)
{
	const char *wanted = (const char *)record + record->log;
	__u32 bytes = recorded_log_bytes(record->cmd, attr);
	__u32 wanted_bytes = recorded_log_bytes(record->cmd, &record->attr);
	size_t at = 0;

	/* Who does not know of the length is not told. */
	if (!strcmp(device_log, wanted) && (!wanted_bytes || wanted_bytes == bytes)) {
		passed++;
		return;
	}
	failed++;
	while (device_log[at] && device_log[at] == wanted[at])
		at++;
	while (at && device_log[at - 1] != '\n')
		at--;
	printf("  FAIL  %s: %u bytes of log, check %u; the device's from where they part\n%.300s\n--\n%.300s\n",
	       record->name, bytes, wanted_bytes, device_log + at, wanted + at);
}

static void place_log(const struct recorded *record, union modbpf_attr *attr)
{
	__u64 log = addr(device_log);

	if (record->cmd == MODBPF_CMD_PROG_LOAD)
		attr->log_true_size = 0;
	else
		attr->btf_log_true_size = 0;
	memcpy((char *)attr + recorded_log_at(record->cmd), &log, sizeof(log));
	device_log[0] = 0;
}

static void replay(struct recorded *record)
{
	union modbpf_attr attr = record->attr;
	long result;

	if (record->cmd == MODBPF_CMD_PROG_LOAD && seen++ % every)
		return;
	if (record->log)
		place_log(record, &attr);
	place_addresses(record, &attr);
	place_fds(record, &attr);
	result = call(record->cmd, &attr, sizeof(attr));
	if (record->cmd == MODBPF_CMD_PROG_LOAD) {
		loads++;
		rejected += result < 0;
	}
	if (result < 0 || record->result < 0)
		want(record->name, result, record->result);
	else
		passed++;
	if (record->log)
		compare_log(record, &attr);
	/* An fd is never 0: that is the terminal's. */
	if (record->result > 0 && result > 0) {
		keep(record->result, result);
		if (record->cmd == MODBPF_CMD_MAP_CREATE)
			map_types[record->result] = attr.map_type;
	}
}

static void replay_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat stat;
	char *start, *at;

	if (fd < 0 || fstat(fd, &stat) || !stat.st_size) {
		want_that(path, false);
		return;
	}
	start = mmap(NULL, stat.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (start == MAP_FAILED) {
		want_that(path, false);
		return;
	}
	for (at = start; at < start + stat.st_size; at += ((struct recorded *)at)->bytes)
		replay((struct recorded *)at);
	munmap(start, stat.st_size);
	close(fd);
}

int main(int argc, char **argv)
{
	int i;

	every = argc > 2 ? atoi(argv[1]) : 0;
	if (!every)
		return 2;
	device = open("/dev/modbpf", O_RDWR | O_CLOEXEC);
	device_log = mmap(NULL, LOG_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (device < 0 || device_log == MAP_FAILED) {
		printf("not available: /dev/modbpf: %s\n", strerror(errno));
		return 2;
	}
	for (i = 2; i < argc; i++)
		replay_file(argv[i]);
	printf("%u programs by both, %u of them rejected\n", loads, rejected);
	return finish("replay");
}
