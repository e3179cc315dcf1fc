/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The device without a library: attrs as they go over the ioctl, so that a test
 * can get every field and every size wrong.
 */
#ifndef MODBPF_TESTS_E2E_ABI_H
#define MODBPF_TESTS_E2E_ABI_H

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "isa/insn.h"
#include "uapi/modbpf.h"

#define NOT_SUPPORTED 524	/* the kernel's ENOTSUPP, which has no name here */

static int device = -1;
static int passed, failed;

static inline __u64 addr(const void *p)
{
	return (__u64)(unsigned long)p;
}

/* What bpf(2) would return, or -errno. */
static inline long call(__u32 cmd, void *attr, __u32 size)
{
	struct modbpf_call c = { .cmd = cmd, .size = size, .attr = addr(attr) };
	long result = ioctl(device, MODBPF_IOC_CALL, &c);

	return result < 0 ? -errno : result;
}

static inline void want(const char *what, long got, long wanted)
{
	if (got == wanted) {
		passed++;
		return;
	}
	failed++;
	printf("  FAIL  %s: %ld (%s), not %ld (%s)\n", what, got, got < 0 ? strerror(-got) : "",
	       wanted, wanted < 0 ? strerror(-wanted) : "");
}

/* An fd, which is returned. */
static inline int want_fd(const char *what, long got)
{
	if (got < 0)
		want(what, got, 0);
	else
		passed++;
	return got;
}

static inline void want_that(const char *what, bool holds)
{
	want(what, holds, true);
}

static inline int finish(const char *name)
{
	printf("%s: %d passed, %d failed\n", name, passed, failed);
	return failed != 0;
}

/* --- objects to try things on ---------------------------------------------------- */

#define MOV64_IMM(dst, value) { .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = dst, .imm = value }
#define EXIT_INSN { .code = BPF_JMP | BPF_EXIT }
#define LD_MAP_FD(dst, fd) \
	{ .code = MODBPF_LD_IMM64, .dst_reg = dst, .src_reg = BPF_PSEUDO_MAP_FD, .imm = fd }, {}

static const struct modbpf_insn two_insns[] = { MOV64_IMM(0, 1), EXIT_INSN };

static inline union modbpf_attr load_attr(__u32 type, const struct modbpf_insn *insns, __u32 cnt)
{
	union modbpf_attr attr = {};

	attr.prog_type = type;
	attr.insns = addr(insns);
	attr.insn_cnt = cnt;
	attr.license = addr("GPL");
	return attr;
}

static inline long load_trivial(__u32 type)
{
	union modbpf_attr attr = load_attr(type, two_insns, 2);

	if (type == 32)
		attr.expected_attach_type = 45;
	return call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr));
}

static inline union modbpf_attr map_attr(__u32 type, __u32 key, __u32 value, __u32 entries)
{
	union modbpf_attr attr = {};

	attr.map_type = type;
	attr.key_size = key;
	attr.value_size = value;
	attr.max_entries = entries;
	return attr;
}

static inline long create_map(__u32 type, __u32 key, __u32 value, __u32 entries, __u32 flags)
{
	union modbpf_attr attr = map_attr(type, key, value, entries);

	attr.map_flags = flags;
	return call(MODBPF_CMD_MAP_CREATE, &attr, sizeof(attr));
}

static inline long element(__u32 cmd, int map, const void *key, const void *value, __u64 flags)
{
	union modbpf_attr attr = {};

	attr.map_fd = map;
	attr.key = addr(key);
	attr.value = addr(value);
	attr.flags = flags;
	return call(cmd, &attr, sizeof(attr));
}

static inline long info_of(int fd, void *info, __u32 *len)
{
	union modbpf_attr attr = {};
	long err;

	attr.info.bpf_fd = fd;
	attr.info.info_len = *len;
	attr.info.info = addr(info);
	err = call(MODBPF_CMD_OBJ_GET_INFO_BY_FD, &attr, sizeof(attr));
	*len = attr.info.info_len;
	return err;
}

/* A command of the family GET_FD_BY_ID. An fd or -errno. */
static inline long open_id(__u32 cmd, const char *id)
{
	union modbpf_attr attr = { .start_id = strtoul(id, NULL, 10) };

	return call(cmd, &attr, sizeof(attr));
}

/* BTF with three types: int, a prototype, the function s. An fd. */
static inline int info_btf(void)
{
	static const struct {
		__u16 magic;
		__u8 version, flags;
		__u32 hdr_len, type_off, type_len, str_off, str_len;
		__u32 types[10];
		char strings[12];
	} btf = {
		0xeb9f, 1, 0, 24, 0, 40, 40, 12,
		{ 0, 1 << 24, 4, 32, 0, 13 << 24, 1, 4, 12 << 24, 2 },
		"\0x;\0s\0a.c",
	};
	union modbpf_attr attr = { .btf = addr(&btf), .btf_size = 24 + 40 + 12 };

	return want_fd("BTF with a function", call(MODBPF_CMD_BTF_LOAD, &attr, sizeof(attr)));
}

#endif
