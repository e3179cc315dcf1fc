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
#include <sys/socket.h>

#include "isa/abi.h"
#include "uapi/modbpf.h"
#include "user/names.h"
#include "user/out.h"
#include "user/run_record.h"

enum kind { NUMBER, SIGNED, HEX, NAME, MAP_TYPE, PROG_TYPE };

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
	MEMBER("numa_node", numa_node, NUMBER), MEMBER("name", map_name, NAME),
	MEMBER("ifindex", map_ifindex, NUMBER), MEMBER("btf_fd", btf_fd, NUMBER),
	MEMBER("btf_key_type_id", btf_key_type_id, NUMBER), MEMBER("btf_value_type_id", btf_value_type_id, NUMBER),
	MEMBER("btf_vmlinux_value_type_id", btf_vmlinux_value_type_id, NUMBER),
	MEMBER("map_extra", map_extra, NUMBER), MEMBER("token_fd", map_token_fd, NUMBER), { 0 }
};
static const struct member element[] = {
	MEMBER("map_fd", map_fd, NUMBER), MEMBER("key", key, HEX), MEMBER("value", value, HEX),
	MEMBER("flags", flags, HEX), { 0 }
};
static const struct member batch[] = {
	MEMBER("map_fd", batch.map_fd, NUMBER), MEMBER("count", batch.count, NUMBER),
	MEMBER("in_batch", batch.in_batch, HEX), MEMBER("out_batch", batch.out_batch, HEX),
	MEMBER("keys", batch.keys, HEX), MEMBER("values", batch.values, HEX),
	MEMBER("elem_flags", batch.elem_flags, HEX), MEMBER("flags", batch.flags, HEX), { 0 }
};
static const struct member prog_load[] = {
	MEMBER("type", prog_type, PROG_TYPE), MEMBER("insn_cnt", insn_cnt, NUMBER), MEMBER("insns", insns, HEX),
	MEMBER("log_level", log_level, NUMBER), MEMBER("log_size", log_size, NUMBER), MEMBER("log_buf", log_buf, HEX),
	MEMBER("kern_version", kern_version, HEX), MEMBER("flags", prog_flags, HEX), MEMBER("name", prog_name, NAME),
	MEMBER("ifindex", prog_ifindex, NUMBER), MEMBER("expected_attach_type", expected_attach_type, NUMBER),
	MEMBER("btf_fd", prog_btf_fd, NUMBER), MEMBER("func_info_cnt", func_info_cnt, NUMBER),
	MEMBER("line_info_cnt", line_info_cnt, NUMBER), MEMBER("attach_btf_id", attach_btf_id, NUMBER),
	MEMBER("attach_prog_fd", attach_prog_fd, NUMBER), MEMBER("core_relo_cnt", core_relo_cnt, NUMBER),
	MEMBER("fd_array", fd_array, HEX), MEMBER("fd_array_cnt", fd_array_cnt, NUMBER),
	MEMBER("token_fd", prog_token_fd, NUMBER), { 0 }
};
static const struct member pin[] = {
	MEMBER("fd", bpf_fd, NUMBER), MEMBER("flags", file_flags, HEX), MEMBER("path_fd", path_fd, NUMBER), { 0 }
};
static const struct member test_run[] = {
	MEMBER("prog_fd", test.prog_fd, NUMBER), MEMBER("retval", test.retval, NUMBER),
	MEMBER("data_size_in", test.data_size_in, NUMBER), MEMBER("data_size_out", test.data_size_out, NUMBER),
	MEMBER("ctx_size_in", test.ctx_size_in, NUMBER), MEMBER("ctx_size_out", test.ctx_size_out, NUMBER),
	MEMBER("repeat", test.repeat, NUMBER), MEMBER("duration", test.duration, NUMBER),
	MEMBER("flags", test.flags, HEX), MEMBER("cpu", test.cpu, NUMBER), { 0 }
};
static const struct member next_id[] = {
	MEMBER("start_id", start_id, NUMBER), MEMBER("next_id", next_id, NUMBER), { 0 }
};
static const struct member by_id[] = { MEMBER("id", start_id, NUMBER), MEMBER("flags", open_flags, HEX), { 0 } };
static const struct member info[] = {
	MEMBER("fd", info.bpf_fd, NUMBER), MEMBER("info_len", info.info_len, NUMBER),
	MEMBER("info", info.info, HEX), { 0 }
};
static const struct member raw_tracepoint[] = {
	MEMBER("prog_fd", raw_tracepoint.prog_fd, NUMBER), MEMBER("cookie", raw_tracepoint.cookie, HEX), { 0 }
};
static const struct member btf_load[] = {
	MEMBER("size", btf_size, NUMBER), MEMBER("log_level", btf_log_level, NUMBER),
	MEMBER("log_size", btf_log_size, NUMBER), MEMBER("flags", btf_flags, HEX), { 0 }
};
static const struct member link_create[] = {
	MEMBER("prog_fd", link_create.prog_fd, NUMBER), MEMBER("target_fd", link_create.target_fd, NUMBER),
	MEMBER("attach_type", link_create.attach_type, NUMBER), MEMBER("flags", link_create.flags, HEX), { 0 }
};
static const struct member link_perf_event[] = { MEMBER("cookie", link_create.perf_event.bpf_cookie, HEX), { 0 } };
static const struct member link_tracing[] = {
	MEMBER("target_btf_id", link_create.tracing.target_btf_id, NUMBER),
	MEMBER("cookie", link_create.tracing.cookie, HEX), { 0 }
};
static const struct member link_kprobe_multi[] = {
	MEMBER("kprobe_multi.flags", link_create.kprobe_multi.flags, HEX),
	MEMBER("cnt", link_create.kprobe_multi.cnt, NUMBER), MEMBER("syms", link_create.kprobe_multi.syms, HEX),
	MEMBER("addrs", link_create.kprobe_multi.addrs, HEX), MEMBER("cookies", link_create.kprobe_multi.cookies, HEX),
	{ 0 }
};
static const struct member link_netfilter[] = {
	MEMBER("pf", link_create.netfilter.pf, NUMBER), MEMBER("hooknum", link_create.netfilter.hooknum, NUMBER),
	MEMBER("priority", link_create.netfilter.priority, SIGNED),
	MEMBER("netfilter.flags", link_create.netfilter.flags, HEX), { 0 }
};
static const struct member link_update[] = {
	MEMBER("link_fd", link_update.link_fd, NUMBER), MEMBER("new_prog_fd", link_update.new_prog_fd, NUMBER),
	MEMBER("flags", link_update.flags, HEX), MEMBER("old_prog_fd", link_update.old_prog_fd, NUMBER), { 0 }
};
static const struct member link_fd[] = { MEMBER("link_fd", link_detach.link_fd, NUMBER), { 0 } };
static const struct member bind_map[] = {
	MEMBER("prog_fd", prog_bind_map.prog_fd, NUMBER), MEMBER("map_fd", prog_bind_map.map_fd, NUMBER),
	MEMBER("flags", prog_bind_map.flags, HEX), { 0 }
};
static const struct member fd_query[] = {
	MEMBER("pid", task_fd_query.pid, NUMBER), MEMBER("fd", task_fd_query.fd, NUMBER),
	MEMBER("flags", task_fd_query.flags, HEX), MEMBER("buf_len", task_fd_query.buf_len, NUMBER),
	MEMBER("prog_id", task_fd_query.prog_id, NUMBER), MEMBER("fd_type", task_fd_query.fd_type, NUMBER),
	MEMBER("probe_offset", task_fd_query.probe_offset, HEX), MEMBER("probe_addr", task_fd_query.probe_addr, HEX),
	{ 0 }
};
static const struct member prog_query[] = {
	MEMBER("target_fd", query.target_fd, NUMBER), MEMBER("attach_type", query.attach_type, NUMBER),
	MEMBER("query_flags", query.query_flags, HEX), MEMBER("attach_flags", query.attach_flags, HEX),
	MEMBER("prog_ids", query.prog_ids, HEX), MEMBER("prog_cnt", query.prog_cnt, NUMBER), { 0 }
};
static const struct member stats[] = { MEMBER("type", enable_stats.type, NUMBER), { 0 } };

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
	COMMAND(OBJ_GET_INFO_BY_FD, info), COMMAND(PROG_QUERY, prog_query),
	COMMAND(RAW_TRACEPOINT_OPEN, raw_tracepoint), COMMAND(BTF_LOAD, btf_load),
	COMMAND(BTF_GET_FD_BY_ID, by_id), COMMAND(TASK_FD_QUERY, fd_query),
	COMMAND(MAP_LOOKUP_AND_DELETE_ELEM, element), COMMAND(MAP_FREEZE, element),
	COMMAND(BTF_GET_NEXT_ID, next_id), COMMAND(MAP_LOOKUP_BATCH, batch),
	COMMAND(MAP_LOOKUP_AND_DELETE_BATCH, batch), COMMAND(MAP_UPDATE_BATCH, batch),
	COMMAND(MAP_DELETE_BATCH, batch), COMMAND(LINK_CREATE, link_create),
	COMMAND(LINK_UPDATE, link_update), COMMAND(LINK_GET_FD_BY_ID, by_id),
	COMMAND(LINK_GET_NEXT_ID, next_id), COMMAND(ENABLE_STATS, stats), COMMAND(ITER_CREATE, NULL),
	COMMAND(LINK_DETACH, link_fd), COMMAND(PROG_BIND_MAP, bind_map), COMMAND(TOKEN_CREATE, NULL),
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
	else if (kind == SIGNED)
		fprintf(stderr, "%d", (int)value);
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

static void print_members(const struct member *member, const uint8_t *attr, const char **separator)
{
	for (; member && member->name; member++)
		print_member(member, attr, separator);
}

/* What more there is depends on where the link hangs. */
static const struct member *link_members(const uint8_t *attr)
{
	uint32_t attach_type;

	memcpy(&attach_type, attr + offsetof(union modbpf_attr, link_create.attach_type), sizeof(attach_type));
	switch (attach_type) {
	case MODBPF_ATTACH_PERF_EVENT:
		return link_perf_event;
	case MODBPF_ATTACH_KPROBE_MULTI:
		return link_kprobe_multi;
	case MODBPF_ATTACH_NETFILTER:
		return link_netfilter;
	case MODBPF_ATTACH_TRACE_RAW_TP:
	case MODBPF_ATTACH_TRACE_FENTRY:
	case MODBPF_ATTACH_TRACE_FEXIT:
		return link_tracing;
	}
	return NULL;
}

static void print_command(const struct run_record *record)
{
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
	print_members(commands[record->cmd].members, record->attr, &separator);
	if (record->cmd == MODBPF_CMD_LINK_CREATE)
		print_members(link_members(record->attr), record->attr, &separator);
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
	if (record->is_event)
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
	static char line[BUFSIZ];	/* more than any record takes */
	struct run_record record;
	unsigned long cnt = 0;
	ssize_t got;

	/* A line is one write: who runs writes to the same place meanwhile. */
	setvbuf(stderr, line, _IOLBF, sizeof(line));
	for (;;) {
		got = recv(fd, &record, sizeof(record), MSG_TRUNC);
		if (!got || (got < 0 && errno != EINTR))
			return cnt;
		if (got != sizeof(record))	/* a program wrote it, by mistake */
			continue;
		print_record(&record);
		cnt++;
	}
}
