// SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause
/*
 * What did a foreign program ask of bpf(2)? A line a call, as strace has it:
 *	[PID] MAP_CREATE(type=hash, key_size=4, ...) = 5
 * Rows say which members of the attribute each command has; what is zero is left out.
 */
#define _GNU_SOURCE
#include "user/run_log.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "uapi/modbpf.h"
#include "user/names.h"
#include "user/out.h"
#include "user/run_record.h"

enum kind { NUMBER, HEX, NAME, MAP_TYPE, PROG_TYPE };

struct member {
	const char *name;
	uint16_t off, size;
	enum kind kind;
};

#define MEMBER(label, member, kind) \
	{ label, offsetof(union modbpf_attr, member), sizeof(((union modbpf_attr *)0)->member), kind }

static const struct member map_create[] = {
	MEMBER("type", map_type, MAP_TYPE), MEMBER("key_size", key_size, NUMBER),
	MEMBER("value_size", value_size, NUMBER), MEMBER("max_entries", max_entries, NUMBER),
	MEMBER("flags", map_flags, HEX), MEMBER("inner_map_fd", inner_map_fd, NUMBER),
	MEMBER("name", map_name, NAME), MEMBER("btf_fd", btf_fd, NUMBER),
	MEMBER("map_extra", map_extra, NUMBER), { 0 }
};
static const struct member element[] = {
	MEMBER("map_fd", map_fd, NUMBER), MEMBER("flags", flags, HEX), { 0 }
};
static const struct member prog_load[] = {
	MEMBER("type", prog_type, PROG_TYPE), MEMBER("insn_cnt", insn_cnt, NUMBER),
	MEMBER("log_level", log_level, NUMBER), MEMBER("flags", prog_flags, HEX),
	MEMBER("name", prog_name, NAME), MEMBER("expected_attach_type", expected_attach_type, NUMBER),
	MEMBER("btf_fd", prog_btf_fd, NUMBER), MEMBER("attach_btf_id", attach_btf_id, NUMBER),
	MEMBER("attach_prog_fd", attach_prog_fd, NUMBER), { 0 }
};
static const struct member pin[] = { MEMBER("fd", bpf_fd, NUMBER), MEMBER("flags", file_flags, HEX), { 0 } };
static const struct member test_run[] = {
	MEMBER("prog_fd", test.prog_fd, NUMBER), MEMBER("retval", test.retval, NUMBER),
	MEMBER("repeat", test.repeat, NUMBER), { 0 }
};
static const struct member next_id[] = {
	MEMBER("start_id", start_id, NUMBER), MEMBER("next_id", next_id, NUMBER), { 0 }
};
static const struct member by_id[] = { MEMBER("id", start_id, NUMBER), { 0 } };
static const struct member info[] = {
	MEMBER("fd", info.bpf_fd, NUMBER), MEMBER("info_len", info.info_len, NUMBER), { 0 }
};
static const struct member raw_tracepoint[] = { MEMBER("prog_fd", raw_tracepoint.prog_fd, NUMBER), { 0 } };
static const struct member btf_load[] = { MEMBER("size", btf_size, NUMBER), { 0 } };
static const struct member link_create[] = {
	MEMBER("prog_fd", link_create.prog_fd, NUMBER), MEMBER("target_fd", link_create.target_fd, NUMBER),
	MEMBER("attach_type", link_create.attach_type, NUMBER), MEMBER("flags", link_create.flags, HEX), { 0 }
};
static const struct member link_update[] = {
	MEMBER("link_fd", link_update.link_fd, NUMBER), MEMBER("new_prog_fd", link_update.new_prog_fd, NUMBER),
	MEMBER("flags", link_update.flags, HEX), MEMBER("old_prog_fd", link_update.old_prog_fd, NUMBER), { 0 }
};
static const struct member link_fd[] = { MEMBER("link_fd", link_detach.link_fd, NUMBER), { 0 } };

#define COMMAND(name, members) [MODBPF_CMD_##name] = { #name, members }

static const struct {
	const char *name;
	const struct member *members;	/* up to one without a name; NULL: none are known */
} commands[] = {
	COMMAND(MAP_CREATE, map_create),
	COMMAND(MAP_LOOKUP_ELEM, element), COMMAND(MAP_UPDATE_ELEM, element),
	COMMAND(MAP_DELETE_ELEM, element), COMMAND(MAP_GET_NEXT_KEY, element),
	COMMAND(PROG_LOAD, prog_load), COMMAND(OBJ_PIN, pin), COMMAND(OBJ_GET, pin),
	COMMAND(PROG_ATTACH, NULL), COMMAND(PROG_DETACH, NULL), COMMAND(PROG_TEST_RUN, test_run),
	COMMAND(PROG_GET_NEXT_ID, next_id), COMMAND(MAP_GET_NEXT_ID, next_id),
	COMMAND(PROG_GET_FD_BY_ID, by_id), COMMAND(MAP_GET_FD_BY_ID, by_id),
	COMMAND(OBJ_GET_INFO_BY_FD, info), COMMAND(PROG_QUERY, NULL),
	COMMAND(RAW_TRACEPOINT_OPEN, raw_tracepoint), COMMAND(BTF_LOAD, btf_load),
	COMMAND(BTF_GET_FD_BY_ID, by_id), COMMAND(TASK_FD_QUERY, NULL),
	COMMAND(MAP_LOOKUP_AND_DELETE_ELEM, element), COMMAND(MAP_FREEZE, element),
	COMMAND(BTF_GET_NEXT_ID, next_id), COMMAND(MAP_LOOKUP_BATCH, NULL),
	COMMAND(MAP_LOOKUP_AND_DELETE_BATCH, NULL), COMMAND(MAP_UPDATE_BATCH, NULL),
	COMMAND(MAP_DELETE_BATCH, NULL), COMMAND(LINK_CREATE, link_create),
	COMMAND(LINK_UPDATE, link_update), COMMAND(LINK_GET_FD_BY_ID, by_id),
	COMMAND(LINK_GET_NEXT_ID, next_id), COMMAND(ENABLE_STATS, NULL), COMMAND(ITER_CREATE, NULL),
	COMMAND(LINK_DETACH, link_fd), COMMAND(PROG_BIND_MAP, NULL), COMMAND(TOKEN_CREATE, NULL),
};

/* It came from another process: only what can be printed is. */
static void print_text(const char *text, size_t size)
{
	size_t i;

	fputc('"', stderr);
	for (i = 0; i < size && text[i]; i++)
		fputc(text[i] >= ' ' && text[i] < 0x7f ? text[i] : '?', stderr);
	fputc('"', stderr);
}

static void print_number(enum kind kind, uint64_t value)
{
	const char *name = kind == MAP_TYPE ? map_type_name(value) : kind == PROG_TYPE ? prog_type_name(value) : NULL;

	if (name)
		fputs(name, stderr);
	else
		fprintf(stderr, kind == HEX ? "%#llx" : "%llu", (unsigned long long)value);
}

static void print_member(const struct member *member, const uint8_t *attr, const char **separator)
{
	uint64_t value = 0;

	if (member->kind == NAME ? !attr[member->off] : 0)
		return;
	if (member->kind != NAME) {
		memcpy(&value, attr + member->off, member->size);
		if (!value && member->kind != MAP_TYPE && member->kind != PROG_TYPE)
			return;
	}
	fprintf(stderr, "%s%s=", *separator, member->name);
	*separator = ", ";
	if (member->kind == NAME)
		print_text((const char *)attr + member->off, member->size);
	else
		print_number(member->kind, value);
}

static void print_command(const struct run_record *record)
{
	const struct member *member;
	const char *separator = "";

	if ((uint32_t)record->cmd >= sizeof(commands) / sizeof(commands[0])) {
		fprintf(stderr, "command %d(", record->cmd);
		return;
	}
	fprintf(stderr, "%s(", commands[record->cmd].name);
	if (record->text[0]) {
		print_text(record->text, sizeof(record->text));
		separator = ", ";
	}
	for (member = commands[record->cmd].members; member && member->name; member++)
		print_member(member, record->attr, &separator);
}

static void print_event(const struct run_record *record)
{
	struct perf_event_attr attr = { 0 };

	memcpy(&attr, record->attr, sizeof(attr) < RUN_RECORD_ATTR ? sizeof(attr) : RUN_RECORD_ATTR);
	fprintf(stderr, "perf_event_open(type=%u, config=%#llx, pid=%d, cpu=%d, group_fd=%d, flags=%#x",
		attr.type, (unsigned long long)attr.config, record->arg[0], record->arg[1],
		record->arg[2], (unsigned int)record->arg[3]);
}

static void print_record(const struct run_record *record)
{
	const char *name;

	fprintf(stderr, "[%d] ", record->pid);
	if (record->cmd < 0)
		print_event(record);
	else
		print_command(record);
	if (record->result >= 0) {
		fprintf(stderr, ") = %lld\n", (long long)record->result);
		return;
	}
	name = strerrorname_np((int)-record->result);
	fprintf(stderr, ") = -1 %s (%s)\n", name ? name : "errno", error_text((int)-record->result));
}

unsigned long run_log_print(int fd)
{
	struct run_record record;
	unsigned long cnt = 0;
	ssize_t got;

	for (;;) {
		got = read(fd, &record, sizeof(record));
		if (got < 0 && errno == EINTR)
			continue;
		if (got != sizeof(record))	/* whole records are written at once */
			return cnt;
		print_record(&record);
		cnt++;
	}
}
