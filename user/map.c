// SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause
/*
 * modbpf map: which maps are there, and what is in them? Keys and values are
 * bytes. A per-CPU map has a value for each possible CPU, each in a multiple of
 * 8 bytes.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "isa/abi.h"
#include "user/cli.h"
#include "user/fdinfo.h"
#include "user/map_create.h"
#include "user/names.h"
#include "user/object.h"
#include "user/out.h"
#include "user/pin.h"
#include "user/ref.h"
#include "user/typed.h"

/* A map with room for a key, the next key and a value as the system calls see it. */
struct open_map {
	int fd;
	struct bpf_map_info info;
	int cpus;		/* 0: one value */
	size_t stride;		/* bytes from one CPU's value to the next */
	void *key, *next, *value;
	struct typed_map *types;	/* NULL: none are kept */
};

static bool is_per_cpu(uint32_t type)
{
	switch (type) {
	case MODBPF_MAP_PERCPU_HASH:
	case MODBPF_MAP_PERCPU_ARRAY:
	case MODBPF_MAP_LRU_PERCPU_HASH:
	case MODBPF_MAP_PERCPU_CGROUP_STORAGE:
		return true;
	default:
		return false;
	}
}

static int map_info(int fd, struct bpf_map_info *info)
{
	uint32_t len = sizeof(*info);

	memset(info, 0, sizeof(*info));
	if (bpf_obj_get_info_by_fd(fd, info, &len))
		return out_error("can't get map info: %s", error_text(errno));
	return 0;
}

static void map_close(struct open_map *map)
{
	free(map->key);
	free(map->next);
	free(map->value);
	typed_map_close(map->types);
	close(map->fd);
}

static int map_open(struct args *args, struct open_map *map)
{
	memset(map, 0, sizeof(*map));
	map->fd = ref_find_one(&ref_map, args);
	if (map->fd < 0)
		return -1;
	if (map_info(map->fd, &map->info)) {
		close(map->fd);
		return -1;
	}
	map->types = typed_map_open(&map->info);
	map->stride = map->info.value_size;
	if (is_per_cpu(map->info.type)) {
		map->cpus = libbpf_num_possible_cpus();
		map->stride = (map->stride + 7) & ~7UL;
	}
	map->key = calloc(1, map->info.key_size + 1);
	map->next = calloc(1, map->info.key_size + 1);
	map->value = map->cpus >= 0 ? calloc(map->cpus ? map->cpus : 1, map->stride + 1) : NULL;
	if (map->key && map->next && map->value)
		return 0;
	map_close(map);
	return out_error("no memory");
}

static struct json_object *map_json(int fd, const struct bpf_map_info *info)
{
	struct json_object *object = json_object_new_object();
	const char *type = map_type_name(info->type);

	json_add_u64(object, "id", info->id);
	if (type)
		json_add_str(object, "type", type);
	else
		json_add_u64(object, "type", info->type);
	if (info->name[0])
		json_add_strf(object, "name", "%.*s", (int)sizeof(info->name), info->name);
	json_add_u64(object, "flags", info->map_flags);
	json_add_u64(object, "bytes_key", info->key_size);
	json_add_u64(object, "bytes_value", info->value_size);
	json_add_u64(object, "max_entries", info->max_entries);
	json_add_u64(object, "bytes_memlock", fdinfo_number(fd, "memlock"));
	json_add_u64(object, "frozen", fdinfo_number(fd, "frozen"));
	if (info->btf_id)
		json_add_u64(object, "btf_id", info->btf_id);
	return object;
}

static void map_print(int fd, const struct bpf_map_info *info)
{
	const char *type = map_type_name(info->type);

	if (type)
		printf("%u: %s", info->id, type);
	else
		printf("%u: type %u", info->id, info->type);
	if (info->name[0])
		printf("  name %.*s", (int)sizeof(info->name), info->name);
	printf("  flags 0x%x\n\tkey %uB  value %uB  max_entries %u", info->map_flags,
	       info->key_size, info->value_size, info->max_entries);
	printf("  memlock %lluB%s\n", (unsigned long long)fdinfo_number(fd, "memlock"),
	       fdinfo_number(fd, "frozen") ? "  frozen" : "");
	if (info->btf_id)
		printf("\tbtf_id %u\n", info->btf_id);
}

static int map_show(struct args *args)
{
	bool is_one = args->cnt;
	struct json_object *array;
	struct bpf_map_info info;
	struct refs refs;
	size_t i;
	int err;

	if (refs_find(&ref_map, args, &refs))
		return -1;
	err = args_end(args);
	array = json_object_new_array();
	for (i = 0; i < refs.cnt && !err; i++) {
		err = map_info(refs.fd[i], &info);
		if (!err && out_is_json())
			json_object_array_add(array, map_json(refs.fd[i], &info));
		else if (!err)
			map_print(refs.fd[i], &info);
	}
	if (out_is_json() && !err)
		out_json(is_one && refs.cnt == 1 ? json_object_get(json_object_array_get_idx(array, 0)) :
						   json_object_get(array));
	json_object_put(array);
	refs_free(&refs);
	return err;
}

static const char *cpu_value(const struct open_map *map, int cpu)
{
	return (const char *)map->value + cpu * map->stride;
}

/* What the bytes mean, beside them. */
static void json_add_typed(struct json_object *object, const char *name, char *text)
{
	if (text)
		json_add_str(object, name, text);
	free(text);
}

static struct json_object *formatted_json(const struct open_map *map, const void *key,
					  const void *value)
{
	struct json_object *object = json_object_new_object();

	json_add_typed(object, "key", typed_key(map->types, key, map->info.key_size));
	json_add_typed(object, "value", typed_value(map->types, value, map->info.value_size));
	return object;
}

static struct json_object *entry_json(const struct open_map *map, const void *key)
{
	struct json_object *object = json_object_new_object(), *values, *one;
	int cpu;

	if (map->info.key_size)
		json_object_object_add(object, "key", json_hex(key, map->info.key_size));
	if (!map->cpus) {
		json_object_object_add(object, "value", json_hex(map->value, map->info.value_size));
		if (map->types)
			json_object_object_add(object, "formatted",
					       formatted_json(map, key, map->value));
		return object;
	}
	values = json_object_new_array();
	for (cpu = 0; cpu < map->cpus; cpu++) {
		one = json_object_new_object();
		json_add_u64(one, "cpu", cpu);
		json_object_object_add(one, "value",
				       json_hex(cpu_value(map, cpu), map->info.value_size));
		if (map->types)
			json_object_object_add(one, "formatted",
					       formatted_json(map, key, cpu_value(map, cpu)));
		json_object_array_add(values, one);
	}
	json_object_object_add(object, "values", values);
	return object;
}

static void print_labelled(const char *label, const void *bytes, size_t size)
{
	bool is_long = size > 16;

	printf("%s:%c", label, is_long ? '\n' : ' ');
	out_hex(bytes, size);
}

/* "	KEY: VALUE" as their types have them. */
static void print_typed(const struct open_map *map, const void *key, const void *value)
{
	char *key_text = typed_key(map->types, key, map->info.key_size);
	char *value_text = typed_value(map->types, value, map->info.value_size);

	if (value_text)
		printf("\t%s%s%s\n", key_text ? key_text : "", key_text ? ": " : "", value_text);
	free(value_text);
	free(key_text);
}

static void entry_print(const struct open_map *map, const void *key)
{
	bool is_long = map->info.key_size > 16 || map->info.value_size > 16;
	int cpu;

	if (map->cpus) {
		printf("key:\n");
		out_hex(key, map->info.key_size);
		for (cpu = 0; cpu < map->cpus; cpu++) {
			printf("\nvalue (CPU %02d):%c", cpu, map->info.value_size > 16 ? '\n' : ' ');
			out_hex(cpu_value(map, cpu), map->info.value_size);
		}
		putchar('\n');
		for (cpu = 0; cpu < map->cpus; cpu++)
			print_typed(map, key, cpu_value(map, cpu));
		return;
	}
	if (map->info.key_size) {
		print_labelled("key", key, map->info.key_size);
		printf(is_long ? "\n" : "  ");
	}
	print_labelled("value", map->value, map->info.value_size);
	putchar('\n');
	print_typed(map, key, map->value);
}

/* A key that went while the map was walked is no failure. */
static int dump_entry(const struct open_map *map, struct json_object *array, unsigned int *cnt)
{
	if (bpf_map_lookup_elem(map->fd, map->next, map->value)) {
		if (errno == ENOENT)
			return 0;
		return out_error("can't look a key up: %s", error_text(errno));
	}
	++*cnt;
	if (out_is_json())
		json_object_array_add(array, entry_json(map, map->next));
	else
		entry_print(map, map->next);
	return 0;
}

static int map_dump(struct args *args)
{
	struct json_object *array;
	struct open_map map;
	unsigned int cnt = 0;
	bool is_first = true;
	int err = 0;

	if (map_open(args, &map))
		return -1;
	array = json_object_new_array();
	if (args_end(args)) {
		err = -1;
		goto out;
	}
	if (!map.info.key_size) {
		err = out_error("a map without keys cannot be gone through: 'peek' and 'pop' show values");
		goto out;
	}
	while (!err && !bpf_map_get_next_key(map.fd, is_first ? NULL : map.key, map.next)) {
		err = dump_entry(&map, array, &cnt);
		memcpy(map.key, map.next, map.info.key_size);
		is_first = false;
	}
	if (!err && errno != ENOENT)
		err = out_error("can't get next key: %s", error_text(errno));
	if (!err && out_is_json())
		out_json(json_object_get(array));
	else if (!err)
		printf("Found %u element%s\n", cnt, cnt == 1 ? "" : "s");
out:
	json_object_put(array);
	map_close(&map);
	return err;
}

/* A queue, a stack, a filter have none. */
static int need_key(struct args *args, struct open_map *map)
{
	if (!map->info.key_size)
		return 0;
	if (!args_take(args, "key"))
		return out_error("expected 'key', got: %s", args->cnt ? args_peek(args) : "nothing");
	return args_bytes(args, "the key", map->key, map->info.key_size);
}

/* One value, given once, is that of every CPU. */
static int need_value(struct args *args, struct open_map *map)
{
	int cpu;

	if (!args_take(args, "value"))
		return out_error("expected 'value', got: %s", args->cnt ? args_peek(args) : "nothing");
	if (args_bytes(args, "the value", map->value, map->info.value_size))
		return -1;
	for (cpu = 1; cpu < map->cpus; cpu++)
		memcpy((char *)map->value + cpu * map->stride, map->value, map->info.value_size);
	return 0;
}

/* bpf(2) takes no address of a key that is not there. */
static const void *sys_key(const struct open_map *map)
{
	return map->info.key_size ? map->key : NULL;
}

/* The one that was asked for. */
static void entry_show(struct open_map *map)
{
	if (out_is_json())
		out_json(entry_json(map, map->key));
	else
		entry_print(map, map->key);
}

/* Open the map that is named, read its key, if it has one, and do something with both. */
static int map_with_key(struct args *args, int (*work)(struct open_map *map))
{
	struct open_map map;
	int err;

	if (map_open(args, &map))
		return -1;
	err = need_key(args, &map) || args_end(args) ? -1 : work(&map);
	map_close(&map);
	return err;
}

static int lookup(struct open_map *map)
{
	if (!bpf_map_lookup_elem(map->fd, sys_key(map), map->value)) {
		entry_show(map);
		return 0;
	}
	if (errno != ENOENT) {
		out_error("lookup failed: %s", error_text(errno));
	} else if (out_is_json()) {
		out_nothing();
	} else if (!map->info.key_size) {
		printf("Not found\n");
	} else {
		printf("key:\n");
		out_hex(map->key, map->info.key_size);
		printf("\n\nNot found\n");
	}
	return -1;
}

static int map_lookup(struct args *args)
{
	return map_with_key(args, lookup);
}

/* pop, dequeue: the value is shown, and gone. */
static int take(struct open_map *map)
{
	if (!bpf_map_lookup_and_delete_elem(map->fd, sys_key(map), map->value)) {
		entry_show(map);
		return 0;
	}
	if (errno != ENOENT)
		out_error("can't take a value out: %s", error_text(errno));
	else if (out_is_json())
		out_nothing();
	else
		printf("Error: empty map\n");
	return -1;
}

static int map_take(struct args *args)
{
	return map_with_key(args, take);
}

static int map_getnext(struct args *args)
{
	struct json_object *object;
	struct open_map map;
	bool has_key;
	int err = -1;

	if (map_open(args, &map))
		return -1;
	has_key = args->cnt;
	if ((has_key && need_key(args, &map)) || args_end(args))
		goto out;
	if (bpf_map_get_next_key(map.fd, has_key ? map.key : NULL, map.next)) {
		out_error("can't get next key: %s", error_text(errno));
		goto out;
	}
	err = 0;
	if (out_is_json()) {
		object = json_object_new_object();
		json_object_object_add(object, "next_key", json_hex(map.next, map.info.key_size));
		out_json(object);
	} else {
		printf("next key:\n");
		out_hex(map.next, map.info.key_size);
		putchar('\n');
	}
out:
	map_close(&map);
	return err;
}

static int update_flags(struct args *args, uint64_t *flags)
{
	static const char *const names[] = { "any", "noexist", "exist" };
	uint64_t i;

	*flags = BPF_ANY;
	if (!args->cnt)
		return 0;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (args_take(args, names[i])) {
			*flags = i;
			return args_end(args);
		}
	}
	return out_error("expected 'any', 'noexist' or 'exist', got: %s", args_peek(args));
}

static int map_update(struct args *args)
{
	struct open_map map;
	uint64_t flags;
	int err = -1;

	if (map_open(args, &map))
		return -1;
	if (need_key(args, &map) || need_value(args, &map) ||
	    update_flags(args, &flags))
		goto out;
	if (bpf_map_update_elem(map.fd, sys_key(&map), map.value, flags)) {
		out_error("update failed: %s", error_text(errno));
		goto out;
	}
	err = 0;
	out_nothing();
out:
	map_close(&map);
	return err;
}

static int delete(struct open_map *map)
{
	if (bpf_map_delete_elem(map->fd, map->key)) {
		out_error("delete failed: %s", error_text(errno));
		return -1;
	}
	out_nothing();
	return 0;
}

static int map_delete(struct args *args)
{
	return map_with_key(args, delete);
}

static int map_freeze(struct args *args)
{
	int fd = ref_find_one(&ref_map, args), err = -1;

	if (fd < 0)
		return -1;
	if (!args_end(args)) {
		err = bpf_map_freeze(fd);
		if (err)
			out_error("can't freeze map for user-space: %s", error_text(errno));
		else
			out_nothing();
	}
	close(fd);
	return err ? -1 : 0;
}

static int map_pin(struct args *args)
{
	return pin_object(&ref_map, args);
}

int map_command(struct args *args)
{
	static const struct command commands[] = {
		{ "show", map_show },
		{ "list", map_show },
		{ "dump", map_dump },
		{ "lookup", map_lookup },
		{ "update", map_update },
		{ "delete", map_delete },
		{ "getnext", map_getnext },
		{ "create", map_create },
		{ "peek", map_lookup },
		{ "push", map_update },
		{ "enqueue", map_update },
		{ "pop", map_take },
		{ "dequeue", map_take },
		{ "freeze", map_freeze },
		{ "pin", map_pin },
		{ "help", help_command },
		{ NULL, NULL },
	};

	return command_run(commands, "map command", args);
}
