// SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause
/*
 * modbpf prog: which programs are there, and what do they look like inside?
 * "load" shows what became of them, and they go with the process, unless it holds
 * or pins them.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "user/cli.h"
#include "user/dump.h"
#include "user/fdinfo.h"
#include "user/names.h"
#include "user/object.h"
#include "user/out.h"
#include "user/pin.h"
#include "user/ref.h"

#define MAP_IDS_MAX 64

struct prog_facts {
	struct bpf_prog_info info;
	uint32_t map_ids[MAP_IDS_MAX];
	uint64_t memlock, lost, verify_ns, jit_ns;	/* 0: not told */
};

static int prog_facts_get(int fd, struct prog_facts *facts)
{
	uint32_t len = sizeof(facts->info);

	memset(facts, 0, sizeof(*facts));
	facts->info.map_ids = (uintptr_t)facts->map_ids;
	facts->info.nr_map_ids = MAP_IDS_MAX;
	if (bpf_obj_get_info_by_fd(fd, &facts->info, &len))
		return out_error("can't get prog info: %s", error_text(errno));
	if (facts->info.nr_map_ids > MAP_IDS_MAX)
		facts->info.nr_map_ids = MAP_IDS_MAX;
	facts->memlock = fdinfo_number(fd, "memlock");
	facts->lost = fdinfo_number(fd, "lost");
	facts->verify_ns = fdinfo_number(fd, "verify_ns");
	facts->jit_ns = fdinfo_number(fd, "jit_ns");
	return 0;
}

/* When it was loaded, on the wall clock. */
static time_t loaded_at(const struct bpf_prog_info *info)
{
	struct timespec wall, boot;

	clock_gettime(CLOCK_REALTIME, &wall);
	clock_gettime(CLOCK_BOOTTIME, &boot);
	return wall.tv_sec - boot.tv_sec + (wall.tv_nsec - boot.tv_nsec + (int64_t)info->load_time) / 1000000000;
}

static void print_type(char *buf, size_t size, uint32_t type)
{
	const char *name = prog_type_name(type);

	if (name)
		snprintf(buf, size, "%s", name);
	else
		snprintf(buf, size, "type %u", type);
}

static void print_tag(char *buf, size_t size, const uint8_t *tag)
{
	size_t i;

	for (i = 0; i < BPF_TAG_SIZE; i++)
		snprintf(buf + 2 * i, size - 2 * i, "%02x", tag[i]);
}

int prog_print(int fd)
{
	struct prog_facts facts;
	const struct bpf_prog_info *info = &facts.info;
	char type[32], tag[2 * BPF_TAG_SIZE + 1], when[64];
	time_t at;
	uint32_t i;

	if (prog_facts_get(fd, &facts))
		return -1;
	print_type(type, sizeof(type), info->type);
	print_tag(tag, sizeof(tag), info->tag);
	at = loaded_at(info);
	strftime(when, sizeof(when), "%FT%T%z", localtime(&at));
	printf("%u: %s", info->id, type);
	if (info->name[0])
		printf("  name %.*s", (int)sizeof(info->name), info->name);
	printf("  tag %s%s", tag, info->gpl_compatible ? "  gpl" : "");
	printf("  run_cnt %llu", info->run_cnt);
	if (info->run_time_ns)
		printf("  run_time_ns %llu", info->run_time_ns);
	if (info->recursion_misses)
		printf("  recursion_misses %llu", info->recursion_misses);
	if (facts.lost)
		printf("  lost %llu", (unsigned long long)facts.lost);
	printf("\n\tloaded_at %s  uid %u\n\txlated %uB", when, info->created_by_uid,
	       info->xlated_prog_len);
	if (info->jited_prog_len)
		printf("  jited %uB", info->jited_prog_len);
	else
		printf("  not jited");
	if (facts.memlock)
		printf("  memlock %lluB", (unsigned long long)facts.memlock);
	for (i = 0; i < info->nr_map_ids; i++)
		printf("%s%u", i ? "," : "  map_ids ", facts.map_ids[i]);
	printf("\n\tverified_insns %u", info->verified_insns);
	if (facts.verify_ns) {
		out_duration("verify", facts.verify_ns);
		out_duration("jit", facts.jit_ns);
	}
	if (info->btf_id)
		printf("\n\tbtf_id %u", info->btf_id);
	putchar('\n');
	return 0;
}

struct json_object *prog_json(int fd)
{
	struct json_object *object, *ids;
	struct prog_facts facts;
	const struct bpf_prog_info *info = &facts.info;
	char text[32];
	uint32_t i;

	if (prog_facts_get(fd, &facts))
		return NULL;
	object = json_object_new_object();
	json_add_u64(object, "id", info->id);
	print_type(text, sizeof(text), info->type);
	json_add_str(object, "type", text);
	if (info->name[0])
		json_add_strf(object, "name", "%.*s", (int)sizeof(info->name), info->name);
	print_tag(text, sizeof(text), info->tag);
	json_add_str(object, "tag", text);
	json_object_object_add(object, "gpl_compatible",
			       json_object_new_boolean(info->gpl_compatible));
	json_add_u64(object, "run_time_ns", info->run_time_ns);
	json_add_u64(object, "run_cnt", info->run_cnt);
	json_add_u64(object, "recursion_misses", info->recursion_misses);
	json_add_u64(object, "lost", facts.lost);
	json_add_u64(object, "loaded_at", loaded_at(info));
	json_add_u64(object, "uid", info->created_by_uid);
	json_add_u64(object, "bytes_xlated", info->xlated_prog_len);
	json_object_object_add(object, "jited", json_object_new_boolean(info->jited_prog_len));
	json_add_u64(object, "bytes_jited", info->jited_prog_len);
	json_add_u64(object, "bytes_memlock", facts.memlock);
	json_add_u64(object, "verified_insns", info->verified_insns);
	json_add_u64(object, "verify_ns", facts.verify_ns);
	json_add_u64(object, "jit_ns", facts.jit_ns);
	ids = json_object_new_array();
	for (i = 0; i < info->nr_map_ids; i++)
		json_object_array_add(ids, json_object_new_int64(facts.map_ids[i]));
	json_object_object_add(object, "map_ids", ids);
	if (info->btf_id)
		json_add_u64(object, "btf_id", info->btf_id);
	return object;
}

static int prog_show(struct args *args)
{
	bool is_one = args->cnt;
	struct json_object *array, *object;
	struct refs refs;
	size_t i;
	int err = 0;

	if (refs_find(&ref_prog, args, &refs))
		return -1;
	if (args_end(args)) {
		refs_free(&refs);
		return -1;
	}
	array = json_object_new_array();
	for (i = 0; i < refs.cnt && !err; i++) {
		object = out_is_json() ? prog_json(refs.fd[i]) : NULL;
		if (object)
			json_object_array_add(array, object);
		else
			err = out_is_json() ? -1 : prog_print(refs.fd[i]);
	}
	/* As bpftool: one object for "id 7", a list for everything. */
	if (out_is_json() && !err)
		out_json(is_one && refs.cnt == 1 ? json_object_get(json_object_array_get_idx(array, 0)) :
						   json_object_get(array));
	json_object_put(array);
	refs_free(&refs);
	return err;
}

static int show_loaded(struct bpf_object *obj)
{
	struct json_object *array = json_object_new_array(), *object;
	struct bpf_program *prog;
	int err = 0;

	bpf_object__for_each_program(prog, obj) {
		if (bpf_program__fd(prog) < 0 || err)
			continue;
		object = out_is_json() ? prog_json(bpf_program__fd(prog)) : NULL;
		if (object)
			json_object_array_add(array, object);
		else
			err = out_is_json() ? -1 : prog_print(bpf_program__fd(prog));
	}
	if (out_is_json() && !err)
		out_json(json_object_get(array));
	json_object_put(array);
	return err;
}

static int prog_load(struct args *args)
{
	const char *path = args_need(args, "FILE"), *only = NULL;
	struct bpf_object *obj;
	bool holds = false;
	int err;

	if (!path)
		return -1;
	for (; args->cnt; args_next(args)) {
		if (!strcmp(args_peek(args), "hold") || !strcmp(args_peek(args), "--hold"))
			holds = true;
		else if (only)
			return args_end(args);
		else
			only = args_peek(args);
	}
	obj = object_open(path);
	if (!obj)
		return -1;
	err = object_load(obj, path, only);
	if (!err)
		err = show_loaded(obj);
	if (!err && holds) {
		catch_end();
		out_note("the programs stay until Ctrl-C");
		while (!is_ended)
			poll(NULL, 0, 200);
	}
	bpf_object__close(obj);
	return err;
}

static int prog_dump(struct args *args)
{
	bool is_jited = false, with_opcodes = false;
	const char *file = NULL;
	int fd, err = -1;

	if (args_take(args, "jited"))
		is_jited = true;
	else if (!args_take(args, "xlated"))
		return out_error("expected 'xlated' or 'jited', got: %s",
				 args->cnt ? args_peek(args) : "nothing");
	fd = ref_find_one(&ref_prog, args);
	if (fd < 0)
		return -1;
	while (args->cnt) {
		if (args_take(args, "opcodes"))
			with_opcodes = true;
		else if (!args_take(args, "file") || !(file = args_need(args, "FILE")))
			goto out;
	}
	err = is_jited ? dump_jited(fd, file, with_opcodes) : dump_xlated(fd, file, with_opcodes);
out:
	if (args->cnt)
		args_end(args);
	close(fd);
	return err;
}

/* What "prog run" is asked to do. */
struct run_request {
	const char *data_in, *data_out;
	uint64_t out_size, repeat;
};

static int run_request_read(struct args *args, struct run_request *request)
{
	memset(request, 0, sizeof(*request));
	request->repeat = 1;
	request->out_size = 1 << 16;
	while (args->cnt) {
		if (args_take(args, "data_in")) {
			request->data_in = args_need(args, "FILE");
			if (!request->data_in)
				return -1;
		} else if (!strcmp(args_peek(args), "data_size_out")) {
			args_next(args);
			if (args_number(args, "data_size_out", 1 << 20, &request->out_size))
				return -1;
		} else if (args_take(args, "data_out")) {
			request->data_out = args_need(args, "FILE");
			if (!request->data_out)
				return -1;
		} else if (args_take(args, "repeat")) {
			if (args_number(args, "repeat", INT32_MAX, &request->repeat))
				return -1;
		} else {
			return out_error("expected 'data_in', 'data_out', 'data_size_out' or 'repeat', got: %s",
					 args_peek(args));
		}
	}
	return 0;
}

/* The file's bytes, to be freed; NULL after an error. "-": standard input. */
static void *read_data(const char *path, size_t *size)
{
	size_t room = 1 << 20;
	char *data = malloc(room);
	FILE *file = strcmp(path, "-") ? fopen(path, "re") : stdin;

	if (!data || !file) {
		out_error("%s: cannot be opened: %s", path, error_text(errno));
		free(data);
		return NULL;
	}
	*size = fread(data, 1, room, file);
	if (ferror(file) || *size == room) {
		out_error("%s: %s", path, ferror(file) ? error_text(errno) : "more than 1 MiB");
		free(data);
		data = NULL;
	}
	if (file != stdin)
		fclose(file);
	return data;
}

static int write_data(const char *path, const void *data, size_t size)
{
	FILE *file = strcmp(path, "-") ? fopen(path, "we") : stdout;
	bool is_written = file && fwrite(data, 1, size, file) == size;

	if (file && file != stdout && fclose(file))
		is_written = false;
	return is_written ? 0 : out_error("%s: cannot be written: %s", path, error_text(errno));
}

static int run_once(int fd, const struct run_request *request, void *in, size_t in_size, void *out)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts,
		    .data_in = in,
		    .data_size_in = in_size,
		    .data_out = out,
		    .data_size_out = out ? request->out_size : 0,
		    .repeat = request->repeat);
	struct json_object *object;
	bool is_member;		/* standard output is for JSON */

	if (bpf_prog_test_run_opts(fd, &opts))
		return out_error("failed to run program: %s", error_text(errno));
	is_member = out && out_is_json() && !strcmp(request->data_out, "-");
	if (out && !is_member && write_data(request->data_out, out, opts.data_size_out))
		return -1;
	if (!out_is_json()) {
		printf("Return value: %u, duration%s: %uns\n", opts.retval,
		       request->repeat > 1 ? " (average)" : "", opts.duration);
		return 0;
	}
	object = json_object_new_object();
	json_add_u64(object, "retval", opts.retval);
	json_add_u64(object, "duration", opts.duration);
	if (is_member)
		json_object_object_add(object, "data_out", json_hex(out, opts.data_size_out));
	out_json(object);
	return 0;
}

static int prog_run(struct args *args)
{
	struct run_request request;
	void *in = NULL, *out = NULL;
	size_t in_size = 0;
	int err = -1, fd = ref_find_one(&ref_prog, args);

	if (fd < 0)
		return -1;
	if (run_request_read(args, &request))
		goto out;
	if (request.data_in) {
		in = read_data(request.data_in, &in_size);
		if (!in)
			goto out;
	}
	if (request.data_out) {
		out = calloc(1, request.out_size + 1);
		if (!out) {
			out_error("no memory");
			goto out;
		}
	}
	err = run_once(fd, &request, in, in_size, out);
out:
	free(in);
	free(out);
	close(fd);
	return err;
}

static int prog_pin(struct args *args)
{
	return pin_object(&ref_prog, args);
}

int prog_command(struct args *args)
{
	static const struct command commands[] = {
		{ "show", prog_show },
		{ "list", prog_show },
		{ "load", prog_load },
		{ "dump", prog_dump },
		{ "run", prog_run },
		{ "pin", prog_pin },
		{ "help", help_command },
		{ NULL, NULL },
	};

	return command_run(commands, "prog command", args);
}
