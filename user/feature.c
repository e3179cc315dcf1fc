// SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause
/*
 * modbpf feature: what does the module that is loaded offer? It is asked, not
 * looked up: each program type and map type is tried, and each helper is called
 * in a program of each type.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "isa/abi.h"
#include "isa/insn.h"
#include "isa/opcode.h"
#include "uapi/modbpf.h"
#include "user/cli.h"
#include "user/libmodbpf.h"
#include "user/names.h"
#include "user/object.h"
#include "user/out.h"
#include "verifier/map_attr.h"

#define LOG_BYTES 4096

/* Load @insns as a program of @type: 0 or the errno; @log gets LOG_BYTES or is NULL. */
static int try_load(uint32_t type, const struct modbpf_insn *insns, uint32_t cnt, char *log)
{
	union modbpf_attr attr;
	int fd;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = type;
	attr.insns = (uintptr_t)insns;
	attr.insn_cnt = cnt;
	attr.license = (uintptr_t)"GPL";
	if (type == MODBPF_PROG_NETFILTER)
		attr.expected_attach_type = MODBPF_ATTACH_NETFILTER;
	if (log) {
		log[0] = 0;
		attr.log_buf = (uintptr_t)log;
		attr.log_size = LOG_BYTES;
		attr.log_level = MODBPF_LOG_LEVEL1;
	}
	fd = modbpf_bpf(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr));
	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

/* Load the smallest program there is: 0 or the errno. */
static int try_prog_type(uint32_t type)
{
	static const struct modbpf_insn keep[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return try_load(type, keep, ARRAY_SIZE(keep), NULL);
}

/* Arguments are missing, so the load fails: the reason tells whether the helper is known. */
static bool has_helper(uint32_t type, uint32_t id)
{
	const struct modbpf_insn call[] = {
		{ .code = BPF_JMP | BPF_CALL, .imm = id },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	char log[LOG_BYTES];

	if (!try_load(type, call, ARRAY_SIZE(call), log))
		return true;
	log[LOG_BYTES - 1] = 0;
	return log[0] && !strstr(log, "invalid func ") && !strstr(log, "unknown func ") &&
	       !strstr(log, "program of this type cannot use helper ");
}

/* What a map of maps is made for. */
static int new_array(void)
{
	union modbpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.map_type = MODBPF_MAP_ARRAY;
	attr.key_size = attr.value_size = 4;
	attr.max_entries = 1;
	return modbpf_bpf(MODBPF_CMD_MAP_CREATE, &attr, sizeof(attr));
}

/* A map as each type wants it; types that are not listed: 4, 4, 1. */
static bool has_map_type(uint32_t type)
{
	static const struct {
		uint32_t key, value, entries, flags;
	} shapes[MAP_TYPE_LIMIT] = {
		[MODBPF_MAP_RINGBUF] = { 0, 0, 4096, 0 },
		[MODBPF_MAP_USER_RINGBUF] = { 0, 0, 4096, 0 },
		[MODBPF_MAP_LPM_TRIE] = { 8, 4, 1, MODBPF_F_NO_PREALLOC },
		[MODBPF_MAP_QUEUE] = { 0, 4, 1, 0 },
		[MODBPF_MAP_STACK] = { 0, 4, 1, 0 },
		[MODBPF_MAP_BLOOM_FILTER] = { 0, 4, 1, 0 },
		[MODBPF_MAP_STACK_TRACE] = { 4, 8, 1, 0 },
	};
	union modbpf_attr attr;
	int fd, inner = -1;

	memset(&attr, 0, sizeof(attr));
	attr.map_type = type;
	attr.key_size = shapes[type].entries ? shapes[type].key : 4;
	attr.value_size = shapes[type].entries ? shapes[type].value : 4;
	attr.max_entries = shapes[type].entries ? shapes[type].entries : 1;
	attr.map_flags = shapes[type].flags;
	if (map_attr_holds_maps(type))
		attr.inner_map_fd = inner = new_array();
	fd = modbpf_bpf(MODBPF_CMD_MAP_CREATE, &attr, sizeof(attr));
	if (inner >= 0)
		close(inner);
	if (fd < 0)
		return false;
	close(fd);
	return true;
}

/* A module parameter or attribute, without its newline; empty: it cannot be read. */
static void read_module_text(const char *name, char *buf, size_t size)
{
	char path[128];
	FILE *file;

	buf[0] = 0;
	snprintf(path, sizeof(path), "/sys/module/modbpf/%s", name);
	file = fopen(path, "re");
	if (!file)
		return;
	if (!fgets(buf, size, file))
		buf[0] = 0;
	buf[strcspn(buf, "\n")] = 0;
	fclose(file);
}

/* The kernel shows a switch as 0 and 1, or as N and Y. */
static const char *switch_text(char value)
{
	switch (value) {
	case '1':
	case 'Y':
		return "enabled";
	case '0':
	case 'N':
		return "disabled";
	default:
		return "unknown";
	}
}

static void say_module(struct json_object *object)
{
	char version[64], jit[16];
	struct json_object *module;

	read_module_text("version", version, sizeof(version));
	read_module_text("parameters/jit", jit, sizeof(jit));
	if (!out_is_json()) {
		printf("Module version %s\nJIT compiler is %s\n\n", version[0] ? version : "unknown",
		       switch_text(jit[0]));
		return;
	}
	module = json_object_new_object();
	json_add_str(module, "version", version);
	json_add_str(module, "jit", switch_text(jit[0]));
	json_object_object_add(object, "module", module);
}

/* "eBPF KIND NAME is [NOT] available", or "have_NAME_KIND": true. */
static void say_type(struct json_object *object, const char *kind, const char *name, bool has)
{
	char key[96];

	if (!out_is_json()) {
		printf("eBPF %s %s is %savailable\n", kind, name, has ? "" : "NOT ");
		return;
	}
	snprintf(key, sizeof(key), "have_%s_%s", name, kind);
	json_object_object_add(object, key, json_object_new_boolean(has));
}

static void probe_helpers(struct json_object *object, uint32_t type)
{
	struct json_object *array = json_object_new_array();
	char key[96], text[96];
	const char *name;
	uint32_t id;

	if (!out_is_json())
		printf("eBPF helpers supported for program type %s:\n", prog_type_name(type));
	for (id = 1; id < MODBPF_FUNC_LIMIT; id++) {
		name = helper_name(id);
		if (!name || !has_helper(type, id))
			continue;
		snprintf(text, sizeof(text), "bpf_%s", name);
		if (out_is_json())
			json_object_array_add(array, json_object_new_string(text));
		else
			printf("\t- %s\n", text);
	}
	snprintf(key, sizeof(key), "%s_available_helpers", prog_type_name(type));
	json_object_object_add(object, key, array);
}

static int feature_probe(struct args *args)
{
	struct json_object *all, *progs, *maps, *helpers;
	uint64_t has_type = 0;
	uint32_t type;

	if (args_end(args) || need_device())
		return -1;
	if (try_prog_type(MODBPF_PROG_SOCKET_FILTER) == EPERM)
		return out_error("not permitted: CAP_BPF is needed to ask");
	all = json_object_new_object();
	progs = json_object_new_object();
	maps = json_object_new_object();
	helpers = json_object_new_object();
	say_module(all);
	for (type = 1; type < PROG_TYPE_LIMIT && prog_type_name(type); type++) {
		if (!try_prog_type(type))
			has_type |= 1ULL << type;
		say_type(progs, out_is_json() ? "prog_type" : "program_type", prog_type_name(type),
			 has_type >> type & 1);
	}
	if (!out_is_json())
		putchar('\n');
	for (type = 1; type < MAP_TYPE_LIMIT && map_type_name(type); type++)
		say_type(maps, "map_type", map_type_name(type), has_map_type(type));
	if (!out_is_json())
		putchar('\n');
	for (type = 1; type < PROG_TYPE_LIMIT; type++)
		if (has_type >> type & 1)
			probe_helpers(helpers, type);
	json_object_object_add(all, "program_types", progs);
	json_object_object_add(all, "map_types", maps);
	json_object_object_add(all, "helpers", helpers);
	if (out_is_json())
		out_json(json_object_get(all));
	json_object_put(all);
	return 0;
}

int feature_command(struct args *args)
{
	static const struct command commands[] = {
		{ "probe", feature_probe },
		{ "help", help_command },
		{ NULL, NULL },
	};

	return command_run(commands, "feature command", args);
}
