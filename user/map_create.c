// SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause
/* modbpf map create FILE type T key N value N entries N name S [flags N]: which map is wanted? */
#include "user/map_create.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "user/args.h"
#include "user/names.h"
#include "user/object.h"
#include "user/out.h"
#include "user/pin.h"

struct wanted {
	const char *name;
	uint64_t type, key, value, entries, flags;
};

static int need_type(struct args *args, uint64_t *type)
{
	const char *word = args_need(args, "a map type"), *name;
	uint32_t i;

	if (!word)
		return -1;
	for (i = 1; i < MAP_TYPE_LIMIT && (name = map_type_name(i)); i++) {
		if (!strcmp(word, name)) {
			*type = i;
			return 0;
		}
	}
	return out_error("'%s' is no map type", word);
}

/* One word and what belongs to it. */
static int need_part(struct args *args, struct wanted *wanted)
{
	const struct {
		const char *word;
		uint64_t *number;
	} numbers[] = {
		{ "key", &wanted->key }, { "value", &wanted->value },
		{ "entries", &wanted->entries }, { "flags", &wanted->flags },
	};
	size_t i;

	if (args_take(args, "type"))
		return need_type(args, &wanted->type);
	if (args_take(args, "name")) {
		wanted->name = args_need(args, "NAME");
		return wanted->name ? 0 : -1;
	}
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (args_take(args, numbers[i].word))
			return args_number(args, numbers[i].word, UINT32_MAX, numbers[i].number);
	return out_error("expected 'type', 'key', 'value', 'entries', 'name' or 'flags', got: %s",
			 args_peek(args));
}

int map_create(struct args *args)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts);
	const char *path = args_need(args, "FILE");
	struct wanted wanted = { 0 };
	int fd, err;

	if (!path)
		return -1;
	while (args->cnt)
		if (need_part(args, &wanted))
			return -1;
	if (!wanted.type)
		return out_error("a map needs a type");
	if (!wanted.name)
		return out_error("a map needs a name");
	if (need_device())
		return -1;
	opts.map_flags = wanted.flags;
	fd = bpf_map_create(wanted.type, wanted.name, wanted.key, wanted.value, wanted.entries,
			    &opts);
	if (fd < 0)
		return out_error("can't create the map: %s", error_text(errno));
	err = pin_fd(fd, path);
	if (!err)
		out_nothing();
	close(fd);
	return err;
}
