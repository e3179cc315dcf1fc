/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands on a map's elements, and MAP_FREEZE; see module/command.h. */
#ifndef MODBPF_MODULE_MAP_CMD_H
#define MODBPF_MODULE_MAP_CMD_H

#include <linux/fs.h>

#include "module/command.h"

struct modbpf_map;

/*
 * A command's map and its buffers. The file is held, not only the map: while a
 * command is under way its descriptor counts as open. A program array is emptied
 * with its last descriptor; what came into it afterwards would stay for ever.
 */
struct map_access {
	struct file *file;	/* reference */
	struct modbpf_map *map;	/* the file's */
	void *key;
	void *value;
	bool is_writing;	/* map_write_begin() was called */
};

/* @mode: FMODE_READ, FMODE_WRITE. 0, -EBADF, -EINVAL: no map, -EPERM: not for this, or frozen. */
int map_access_open(struct map_access *access, const struct caller *caller, int fd, fmode_t mode);
/* Frees the buffers, too. */
void map_access_close(struct map_access *access);

/* One element, as the element commands have it; keys and values are kernel buffers. */
int map_read_value(struct modbpf_map *map, const void *key, void *value, u64 flags);
int map_write_value(const struct caller *caller, struct modbpf_map *map, const void *key,
		    const void *value, u64 flags);
int map_delete_key(struct modbpf_map *map, const void *key);

int map_lookup_command(const struct caller *caller, const union modbpf_attr *attr,
		       const struct command_out *out);
int map_update_command(const struct caller *caller, const union modbpf_attr *attr,
		       const struct command_out *out);
int map_delete_command(const struct caller *caller, const union modbpf_attr *attr,
		       const struct command_out *out);
/* MAP_LOOKUP_AND_DELETE_ELEM. */
int map_take_command(const struct caller *caller, const union modbpf_attr *attr,
		     const struct command_out *out);
int map_next_key_command(const struct caller *caller, const union modbpf_attr *attr,
			 const struct command_out *out);
int map_freeze_command(const struct caller *caller, const union modbpf_attr *attr,
		       const struct command_out *out);

/* module/map_batch.c */
int map_lookup_batch_command(const struct caller *caller, const union modbpf_attr *attr,
			     const struct command_out *out);
/* MAP_LOOKUP_AND_DELETE_BATCH. */
int map_take_batch_command(const struct caller *caller, const union modbpf_attr *attr,
			   const struct command_out *out);
int map_update_batch_command(const struct caller *caller, const union modbpf_attr *attr,
			     const struct command_out *out);
int map_delete_batch_command(const struct caller *caller, const union modbpf_attr *attr,
			     const struct command_out *out);

#endif
