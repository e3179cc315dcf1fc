/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The commands of MODBPF_IOC_CALL. A command gets an attr that has been copied
 * in, zero-filled beyond what the caller knows, and checked for stray bytes
 * behind the last field that the command has; its row's capability is there.
 * It returns what bpf(2) returns.
 */
#ifndef MODBPF_MODULE_COMMAND_H
#define MODBPF_MODULE_COMMAND_H

#include <linux/types.h>

struct caller;
union modbpf_attr;

/*
 * @uattr: user address of the attr, for commands that write fields back; only
 * the first @size bytes that the caller named may be written (command_put()
 * checks it).
 */
typedef int (*command_fn)(const struct caller *caller, union modbpf_attr *attr, u64 uattr);

/* MODBPF_IOC_CALL with @ucall, the user address of a struct modbpf_call. */
long command_call(const struct caller *caller, u64 ucall);

/* module/prog_load.c */
int prog_load_command(const struct caller *caller, union modbpf_attr *attr, u64 uattr);
/* module/test_run.c */
int prog_test_run_command(const struct caller *caller, union modbpf_attr *attr, u64 uattr);
/* module/map.c */
int map_create_command(const struct caller *caller, union modbpf_attr *attr, u64 uattr);
/* module/link.c */
int link_create_command(const struct caller *caller, union modbpf_attr *attr, u64 uattr);
int link_detach_command(const struct caller *caller, union modbpf_attr *attr, u64 uattr);
/* module/btf.c */
int btf_load_command(const struct caller *caller, union modbpf_attr *attr, u64 uattr);
/* module/info.c */
int object_info_command(const struct caller *caller, union modbpf_attr *attr, u64 uattr);
int prog_next_id_command(const struct caller *caller, union modbpf_attr *attr, u64 uattr);
int map_next_id_command(const struct caller *caller, union modbpf_attr *attr, u64 uattr);
int link_next_id_command(const struct caller *caller, union modbpf_attr *attr, u64 uattr);
int btf_next_id_command(const struct caller *caller, union modbpf_attr *attr, u64 uattr);
int prog_fd_by_id_command(const struct caller *caller, union modbpf_attr *attr, u64 uattr);
int map_fd_by_id_command(const struct caller *caller, union modbpf_attr *attr, u64 uattr);
int link_fd_by_id_command(const struct caller *caller, union modbpf_attr *attr, u64 uattr);
int btf_fd_by_id_command(const struct caller *caller, union modbpf_attr *attr, u64 uattr);

/*
 * MAP_LOOKUP_ELEM, MAP_UPDATE_ELEM, MAP_DELETE_ELEM, MAP_GET_NEXT_KEY and
 * MAP_FREEZE are in module/map_cmd.h with this signature:
 *	int map_lookup_command(const struct caller *caller, union modbpf_attr *attr, u64 uattr);
 *	map_update_command, map_delete_command, map_next_key_command, map_freeze_command
 */

#endif
