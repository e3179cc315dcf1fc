/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls of bpf(2) and what "modbpf check" answered to them, in a file: made without a
 * device (record.c), repeated on one (tests/e2e/replay.c). Records stand one behind the
 * other. An fd is what it was where it was recorded; an address is an offset into the
 * record, 0: NULL.
 */
#ifndef MODBPF_TESTS_RECORD_RECORDED_H
#define MODBPF_TESTS_RECORD_RECORDED_H

#include <stddef.h>

#include "isa/platform.h"
#include "uapi/modbpf.h"

#define RECORDED_NAME 160

struct recorded {
	u32 bytes;		/* of the whole record; a multiple of 8 */
	u32 cmd;		/* MAP_CREATE, MAP_UPDATE_ELEM, MAP_FREEZE, BTF_LOAD, PROG_LOAD */
	s32 result;		/* an fd, 0 or -errno */
	u32 log;		/* offset of what was logged, 0: no log was asked for */
	char name[RECORDED_NAME];	/* of what is loaded */
	union modbpf_attr attr;	/* as it was afterwards */
};

/* The addresses in attr, by command. */
static const struct recorded_address {
	u32 cmd, at;	/* offset in attr */
} recorded_addresses[] = {
	{ MODBPF_CMD_MAP_UPDATE_ELEM, offsetof(union modbpf_attr, key) },
	{ MODBPF_CMD_MAP_UPDATE_ELEM, offsetof(union modbpf_attr, value) },
	{ MODBPF_CMD_BTF_LOAD, offsetof(union modbpf_attr, btf) },
	{ MODBPF_CMD_PROG_LOAD, offsetof(union modbpf_attr, insns) },
	{ MODBPF_CMD_PROG_LOAD, offsetof(union modbpf_attr, license) },
	{ MODBPF_CMD_PROG_LOAD, offsetof(union modbpf_attr, func_info) },
	{ MODBPF_CMD_PROG_LOAD, offsetof(union modbpf_attr, line_info) },
};

/* Where in attr a log goes; 0: the command has none. */
static inline u32 recorded_log_at(u32 cmd)
{
	return cmd == MODBPF_CMD_PROG_LOAD ? offsetof(union modbpf_attr, log_buf) :
	       cmd == MODBPF_CMD_BTF_LOAD ? offsetof(union modbpf_attr, btf_log_buf) : 0;
}

/* The whole length of the log, as it was told. */
static inline u32 recorded_log_bytes(u32 cmd, const union modbpf_attr *attr)
{
	return cmd == MODBPF_CMD_PROG_LOAD ? attr->log_true_size : attr->btf_log_true_size;
}

#endif
