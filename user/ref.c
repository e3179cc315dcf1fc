// SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause
/*
 * Which objects do "id 7", "name x", "tag 0011223344556677" or "pinned FILE" mean?
 * Objects come and go while the list is walked: one that is gone is skipped.
 */
#include "user/ref.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "user/object.h"
#include "user/out.h"

const struct ref_kind ref_prog = {
	.name = "prog", .has_name = true, .has_tag = true, .has_pin = true,
	.next_id = bpf_prog_get_next_id, .open_id = bpf_prog_get_fd_by_id,
};

const struct ref_kind ref_map = {
	.name = "map", .has_name = true, .has_pin = true,
	.next_id = bpf_map_get_next_id, .open_id = bpf_map_get_fd_by_id,
};

const struct ref_kind ref_link = {
	.name = "link", .has_pin = true,
	.next_id = bpf_link_get_next_id, .open_id = bpf_link_get_fd_by_id,
};

const struct ref_kind ref_btf = {
	.name = "btf",
	.next_id = bpf_btf_get_next_id, .open_id = bpf_btf_get_fd_by_id,
};

/* What is looked for; all zero: everything. */
struct wanted {
	const char *name;
	const uint8_t *tag;
};

static int add_fd(struct refs *refs, int fd)
{
	int *more = realloc(refs->fd, (refs->cnt + 1) * sizeof(*more));

	if (!more) {
		close(fd);
		return out_error("no memory");
	}
	refs->fd = more;
	refs->fd[refs->cnt++] = fd;
	return 0;
}

static bool matches(const struct ref_kind *kind, int fd, const struct wanted *wanted)
{
	struct bpf_prog_info prog;
	struct bpf_map_info map;
	bool is_prog = kind == &ref_prog;
	uint32_t len = is_prog ? sizeof(prog) : sizeof(map);
	const char *name;

	if (!wanted->name && !wanted->tag)
		return true;
	memset(&prog, 0, sizeof(prog));
	memset(&map, 0, sizeof(map));
	if (bpf_obj_get_info_by_fd(fd, is_prog ? (void *)&prog : (void *)&map, &len))
		return false;
	if (wanted->tag)
		return !memcmp(prog.tag, wanted->tag, sizeof(prog.tag));
	/* The module keeps 15 bytes of a name. */
	name = is_prog ? prog.name : map.name;
	return !strncmp(name, wanted->name, sizeof(prog.name) - 1);
}

/* Each object found is a descriptor, and there may be more of them than a process usually has. */
static int open_id(const struct ref_kind *kind, uint32_t id)
{
	int fd = kind->open_id(id);
	struct rlimit limit;

	if (fd >= 0 || errno != EMFILE || getrlimit(RLIMIT_NOFILE, &limit))
		return fd;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit))
		return fd;
	return kind->open_id(id);
}

static int walk(const struct ref_kind *kind, const struct wanted *wanted, struct refs *refs)
{
	uint32_t id = 0;
	int fd;

	while (!kind->next_id(id, &id)) {
		fd = open_id(kind, id);
		if (fd < 0 && errno == ENOENT)
			continue;
		if (fd < 0)
			return out_error("%s %u cannot be opened: %s", kind->name, id, error_text(errno));
		if (!matches(kind, fd, wanted))
			close(fd);
		else if (add_fd(refs, fd))
			return -1;
	}
	if (errno != ENOENT)
		return out_error("the %ss cannot be listed: %s", kind->name, error_text(errno));
	return 0;
}

static int find_id(const struct ref_kind *kind, struct args *args, struct refs *refs)
{
	uint64_t id;
	int fd;

	if (args_number(args, "id", UINT32_MAX, &id) || need_device())
		return -1;
	fd = kind->open_id(id);
	if (fd < 0)
		return out_error("get by id (%u): %s", (unsigned int)id, error_text(errno));
	return add_fd(refs, fd);
}

static int find_tag(const struct ref_kind *kind, struct args *args, struct refs *refs)
{
	uint8_t tag[8];
	struct wanted wanted = { .tag = tag };
	const char *word = args_need(args, "tag");
	unsigned int byte;
	size_t i;

	if (!word)
		return -1;
	if (strlen(word) != 16 || strspn(word, "0123456789abcdefABCDEF") != 16)
		return out_error("a tag is 16 hexadecimal digits, not '%s'", word);
	for (i = 0; i < sizeof(tag); i++) {
		sscanf(word + 2 * i, "%2x", &byte);
		tag[i] = byte;
	}
	if (need_device() || walk(kind, &wanted, refs))
		return -1;
	return refs->cnt ? 0 : out_error("no %s has the tag %s", kind->name, word);
}

static int find_name(const struct ref_kind *kind, struct args *args, struct refs *refs)
{
	struct wanted wanted = { .name = args_need(args, "name") };

	if (!wanted.name || need_device() || walk(kind, &wanted, refs))
		return -1;
	return refs->cnt ? 0 : out_error("no %s is named '%s'", kind->name, wanted.name);
}

/* Is what @fd is open for of this @kind? The name of its inode tells. */
static bool is_of_kind(const struct ref_kind *kind, int fd)
{
	char link[64], target[64];
	ssize_t len;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, target, sizeof(target) - 1);
	if (len < 0)
		return false;
	target[len] = 0;
	return strstr(target, kind->name);
}

static int find_pinned(const struct ref_kind *kind, struct args *args, struct refs *refs)
{
	const char *path = args_need(args, "FILE");
	int fd;

	if (!path || need_device())
		return -1;
	fd = bpf_obj_get(path);
	if (fd < 0)
		return out_error("can't open pinned object %s: %s", path, error_text(errno));
	if (!is_of_kind(kind, fd)) {
		close(fd);
		return out_error("%s is no %s", path, kind->name);
	}
	return add_fd(refs, fd);
}

int refs_find(const struct ref_kind *kind, struct args *args, struct refs *refs)
{
	static const struct wanted everything;
	const char *word = args_peek(args);
	int err;

	memset(refs, 0, sizeof(*refs));
	if (!word)
		err = need_device() ? -1 : walk(kind, &everything, refs);
	else if (args_take(args, "id"))
		err = find_id(kind, args, refs);
	else if (kind->has_name && args_take(args, "name"))
		err = find_name(kind, args, refs);
	else if (kind->has_tag && args_take(args, "tag"))
		err = find_tag(kind, args, refs);
	else if (kind->has_pin && args_take(args, "pinned"))
		err = find_pinned(kind, args, refs);
	else
		err = out_error("wanted 'id'%s%s%s, not '%s'", kind->has_name ? ", 'name'" : "",
				kind->has_tag ? ", 'tag'" : "", kind->has_pin ? " or 'pinned'" : "",
				word);
	if (err)
		refs_free(refs);
	return err;
}

void refs_free(struct refs *refs)
{
	size_t i;

	for (i = 0; i < refs->cnt; i++)
		close(refs->fd[i]);
	free(refs->fd);
	memset(refs, 0, sizeof(*refs));
}

int ref_find_one(const struct ref_kind *kind, struct args *args)
{
	struct refs refs;
	int fd = -1;

	if (!args->cnt)
		return out_error("which %s? wanted 'id'%s or 'pinned'", kind->name,
				 kind->has_name ? ", 'name'" : "");
	if (refs_find(kind, args, &refs))
		return -1;
	if (refs.cnt == 1) {
		fd = refs.fd[0];
		refs.cnt = 0;
	} else {
		out_error("%zu %ss match; name one by its id", refs.cnt, kind->name);
	}
	refs_free(&refs);
	return fd;
}
