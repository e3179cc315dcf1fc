// SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause
/* modbpf btf: which types are known, and who uses them? */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "uapi/modbpf.h"
#include "user/btf_file.h"
#include "user/cli.h"
#include "user/object.h"
#include "user/out.h"
#include "user/ref.h"

/* The ids of the objects of one kind whose types are those of BTF @id. */
static struct json_object *users_of(uint32_t id, const struct ref_kind *kind)
{
	struct json_object *ids = json_object_new_array();
	struct modbpf_prog_info prog;
	struct modbpf_map_info map;
	bool is_prog = kind == &ref_prog;
	uint32_t object = 0, len;
	int fd;

	while (!kind->next_id(object, &object)) {
		fd = kind->open_id(object);
		if (fd < 0)	/* gone, or not ours to see */
			continue;
		memset(&prog, 0, sizeof(prog));
		memset(&map, 0, sizeof(map));
		len = is_prog ? sizeof(prog) : sizeof(map);
		if (!bpf_obj_get_info_by_fd(fd, is_prog ? (void *)&prog : (void *)&map, &len) &&
		    (is_prog ? prog.btf_id : map.btf_id) == id)
			json_object_array_add(ids, json_object_new_int64(object));
		close(fd);
	}
	return ids;
}

static int btf_json(int fd, struct json_object *array)
{
	struct bpf_btf_info info = {};
	struct json_object *object;
	uint32_t len = sizeof(info);
	char name[64] = "";

	info.name = (uintptr_t)name;
	info.name_len = sizeof(name);
	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return out_error("can't get BTF info: %s", error_text(errno));
	object = json_object_new_object();
	json_add_u64(object, "id", info.id);
	json_add_u64(object, "size", info.btf_size);
	json_object_object_add(object, "prog_ids", users_of(info.id, &ref_prog));
	json_object_object_add(object, "map_ids", users_of(info.id, &ref_map));
	json_object_object_add(object, "kernel", json_object_new_boolean(info.kernel_btf));
	json_add_str(object, "name", name);
	json_object_array_add(array, object);
	return 0;
}

static void print_ids(struct json_object *btf, const char *name)
{
	struct json_object *ids = json_object_object_get(btf, name);
	size_t i, cnt = json_object_array_length(ids);

	if (cnt)
		printf("  %s", name);
	for (i = 0; i < cnt; i++)
		printf("%c%s", i ? ',' : ' ', json_object_get_string(json_object_array_get_idx(ids, i)));
}

static void btf_print(struct json_object *btf)
{
	bool is_kernel = json_object_get_boolean(json_object_object_get(btf, "kernel"));
	const char *name = json_object_get_string(json_object_object_get(btf, "name"));

	printf("%s: name %s%s%s  size %sB", json_object_get_string(json_object_object_get(btf, "id")),
	       is_kernel ? "[" : "", *name ? name : "<anon>", is_kernel ? "]" : "",
	       json_object_get_string(json_object_object_get(btf, "size")));
	print_ids(btf, "prog_ids");
	print_ids(btf, "map_ids");
	putchar('\n');
}

static int btf_show(struct args *args)
{
	bool is_one = args->cnt;
	struct json_object *array;
	struct refs refs;
	size_t i;
	int err;

	if (refs_find(&ref_btf, args, &refs))
		return -1;
	err = args_end(args);
	array = json_object_new_array();
	for (i = 0; i < refs.cnt && !err; i++) {
		err = btf_json(refs.fd[i], array);
		if (!err && !out_is_json())
			btf_print(json_object_array_get_idx(array, i));
	}
	if (out_is_json() && !err)
		out_json(json_object_get(is_one ? json_object_array_get_idx(array, 0) : array));
	json_object_put(array);
	refs_free(&refs);
	return err;
}

/* btf kernel { FILE | none } */
static int btf_kernel(struct args *args)
{
	const char *path = args_need(args, "FILE or 'none'");
	struct btf *btf = NULL;
	int err;

	if (!path || args_end(args) || need_device())
		return -1;
	if (strcmp(path, "none")) {
		btf = btf_file_read(path);
		if (!btf)
			return -1;
	}
	err = btf_file_supply(path, btf);
	btf_file_free(btf);
	if (err == BTF_FILE_NOT_NEEDED)
		return out_error("%s: this kernel has types of its own", path);
	if (!err)
		out_nothing();
	return err;
}

int btf_command(struct args *args)
{
	static const struct command commands[] = {
		{ "show", btf_show },
		{ "list", btf_show },
		{ "kernel", btf_kernel },
		{ "help", help_command },
		{ NULL, NULL },
	};

	return command_run(commands, "btf command", args);
}
