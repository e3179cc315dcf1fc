// SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause
/*
 * modbpf load: an object's programs, loaded and attached where their SEC() names
 * say, until Ctrl-C; what they write to ring buffers is printed as it comes.
 * All programs are attached or none: the links end with the process, or are pinned,
 * all or none, and stay.
 */
#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "uapi/modbpf.h"
#include "user/cli.h"
#include "user/names.h"
#include "user/object.h"
#include "user/out.h"
#include "user/pin.h"

#define POLL_MS 200

struct attached {
	struct bpf_link **link;
	size_t cnt;
};

static void say_attached(struct json_object *array, const struct bpf_program *prog,
			 const struct bpf_link *link)
{
	struct modbpf_link_info info;
	uint32_t len = sizeof(info);
	struct json_object *object;
	const char *type;

	memset(&info, 0, sizeof(info));
	if (bpf_obj_get_info_by_fd(bpf_link__fd(link), &info, &len))
		memset(&info, 0, sizeof(info));
	type = link_type_name(info.type);
	if (!out_is_json()) {
		out_line(stdout, bpf_program__name(prog));
		fputs(": attached to ", stdout);
		out_line(stdout, bpf_program__section_name(prog));
		printf("  link %u  prog %u\n", info.id, info.prog_id);
		return;
	}
	object = json_object_new_object();
	json_add_str(object, "name", bpf_program__name(prog));
	json_add_str(object, "section", bpf_program__section_name(prog));
	json_add_str(object, "type", type ? type : "unknown");
	json_add_u64(object, "link_id", info.id);
	json_add_u64(object, "prog_id", info.prog_id);
	json_object_array_add(array, object);
}

static bool overrides_return(const struct bpf_program *prog)
{
	const struct bpf_insn *insns = bpf_program__insns(prog);
	size_t cnt = bpf_program__insn_cnt(prog), i;

	for (i = 0; i < cnt; i++)
		if (insns[i].code == (BPF_JMP | BPF_CALL) && !insns[i].src_reg &&
		    insns[i].imm == BPF_FUNC_override_return)
			return true;
	return false;
}

static const char *attach_reason(const struct bpf_program *prog, int err)
{
	if (err == EOPNOTSUPP && overrides_return(prog))
		return "bpf_override_return() needs a kernel with CONFIG_FUNCTION_ERROR_INJECTION";
	if (err == EINVAL && overrides_return(prog))
		return "the kernel does not let bpf_override_return() speak for this function, or not there: "
		       "/sys/kernel/debug/error_injection/list has those at whose entry it may";
	switch (err) {
	case EOPNOTSUPP:
		return "its SEC() name says no place, or none where modbpf attaches it today";
	case ESRCH:
	case ENOENT:
		return "the kernel has no such function, or it cannot be probed";
	default:
		return error_text(err);
	}
}

static int attach_all(struct bpf_object *obj, const char *path, struct attached *attached,
		      struct json_object *array)
{
	struct bpf_program *prog;
	struct bpf_link *link;
	size_t cnt = 0;

	bpf_object__for_each_program(prog, obj)
		cnt++;
	attached->link = calloc(cnt, sizeof(struct bpf_link *));
	if (!attached->link)
		return out_error("no memory");
	bpf_object__for_each_program(prog, obj) {
		link = bpf_program__attach(prog);
		if (!link)
			return out_error("%s: section '%s', program '%s': cannot be attached: %s",
					 path, bpf_program__section_name(prog),
					 bpf_program__name(prog), attach_reason(prog, errno));
		attached->link[attached->cnt++] = link;
		say_attached(array, prog, link);
	}
	return 0;
}

static void detach_all(struct attached *attached)
{
	while (attached->cnt)
		bpf_link__destroy(attached->link[--attached->cnt]);
	free(attached->link);
}

static int print_event(void *cookie, void *data, size_t size)
{
	const struct bpf_map *map = cookie;
	struct json_object *object;

	if (out_is_json()) {
		object = json_object_new_object();
		json_add_str(object, "map", bpf_map__name(map));
		json_object_object_add(object, "data", json_hex(data, size));
		out_json(object);
		return 0;
	}
	printf("%s: %zu bytes: ", bpf_map__name(map), size);
	out_hex(data, size);
	putchar('\n');
	fflush(stdout);
	return 0;
}

/* All ring buffers of @obj in *@out, NULL if it has none. 0 or -1 after an error. */
static int open_rings(struct bpf_object *obj, struct ring_buffer **out)
{
	struct ring_buffer *rings = NULL;
	struct bpf_map *map;
	int err = 0;

	bpf_object__for_each_map(map, obj) {
		if (bpf_map__type(map) != BPF_MAP_TYPE_RINGBUF)
			continue;
		if (!rings) {
			rings = ring_buffer__new(bpf_map__fd(map), print_event, map, NULL);
			err = rings ? 0 : -errno;
		} else {
			err = ring_buffer__add(rings, bpf_map__fd(map), print_event, map);
		}
		if (err) {
			ring_buffer__free(rings);
			return out_error("ring buffer '%s' cannot be opened: %s",
					 bpf_map__name(map), error_text(-err));
		}
	}
	*out = rings;
	return 0;
}

static int stream(struct ring_buffer *rings)
{
	int err = 0;

	while (!is_ended && err >= 0) {
		err = rings ? ring_buffer__poll(rings, POLL_MS) : (poll(NULL, 0, POLL_MS), 0);
		if (err == -EINTR)
			err = 0;
		if (ferror(stdout))
			return -1;	/* whoever read it has gone */
	}
	/* What came since the last poll. */
	if (err >= 0 && rings)
		err = ring_buffer__consume(rings);
	return err < 0 ? out_error("ring buffers cannot be read: %s", error_text(-err)) : 0;
}

/* Pin @fd at @dir/@name and note the path in @pins; the last one there is NULL. */
static int pin_one(char **pins, int fd, const char *dir, const char *name)
{
	char *path;

	while (*pins)
		pins++;
	if (asprintf(&path, "%s/%s", dir, name) < 0)
		return out_error("no memory");
	if (pin_fd(fd, path)) {
		free(path);
		return -1;
	}
	*pins = path;
	return 0;
}

/* The maps of .data, .rodata and the like go with the programs. */
static bool is_own_map(const struct bpf_map *map)
{
	return !strchr(bpf_map__name(map), '.');
}

/* Links by the names of their programs, maps by their own. All or none. */
static int pin_all(struct bpf_object *obj, const struct attached *attached, const char *dir)
{
	struct bpf_program *prog;
	struct bpf_map *map;
	size_t cnt = attached->cnt + 1, i = 0;
	char **pins;
	int err = 0;

	bpf_object__for_each_map(map, obj)
		cnt++;
	pins = calloc(cnt, sizeof(*pins));
	if (!pins)
		return out_error("no memory");
	bpf_object__for_each_program(prog, obj)
		if (!err)
			err = pin_one(pins, bpf_link__fd(attached->link[i++]), dir,
				      bpf_program__name(prog));
	bpf_object__for_each_map(map, obj)
		if (!err && is_own_map(map))
			err = pin_one(pins, bpf_map__fd(map), dir, bpf_map__name(map));
	for (i = 0; pins[i]; i++) {
		if (err)
			unlink(pins[i]);
		free(pins[i]);
	}
	free(pins);
	return err;
}

/* Attach all; then stay and stream, or pin at @pin_dir and go. */
static int run(struct bpf_object *obj, const char *path, const char *pin_dir)
{
	struct json_object *array = json_object_new_array(), *object;
	struct attached attached = { 0 };
	struct ring_buffer *rings = NULL;
	int err = 0;

	/* First the readers: no event of the first moment is lost. */
	if (!pin_dir)
		err = open_rings(obj, &rings);
	if (!err)
		err = attach_all(obj, path, &attached, array);
	if (!err && pin_dir)
		err = pin_all(obj, &attached, pin_dir);
	if (!err && out_is_json()) {
		object = json_object_new_object();
		json_object_object_add(object, "attached", json_object_get(array));
		out_json(object);
	}
	fflush(stdout);
	if (!err && !pin_dir) {
		out_note("Ctrl-C detaches");
		err = stream(rings);
	}
	detach_all(&attached);
	ring_buffer__free(rings);
	json_object_put(array);
	return err;
}

int load_command(struct args *args)
{
	const char *path = args_need(args, "FILE"), *pin_dir = NULL;
	struct bpf_object *obj;
	int err;

	if (!path)
		return -1;
	if (args_take(args, "pin")) {
		pin_dir = args_need(args, "DIR");
		if (!pin_dir)
			return -1;
	}
	if (args_end(args))
		return -1;
	obj = object_open(path);
	if (!obj)
		return -1;
	catch_end();
	err = object_load(obj, path, NULL);
	if (!err)
		err = run(obj, path, pin_dir);
	bpf_object__close(obj);
	return err;
}
