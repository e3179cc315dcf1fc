/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The commands of MODBPF_IOC_CALL. A command gets an attr that has been copied
 * in, zero-filled beyond what the caller knows, and checked for stray bytes
 * behind the last field that the command has; its row's capability is there.
 * It returns what bpf(2) returns.
 */
#ifndef MODBPF_MODULE_COMMAND_H
#define MODBPF_MODULE_COMMAND_H

#include <linux/stddef.h>
#include <linux/types.h>

#include "uapi/modbpf.h"

struct caller;

/* The attr in the caller's memory, for commands that write fields back. */
struct command_out {
	u64 addr;
	u32 bytes;	/* that the caller named; nothing beyond is written */
};

typedef int (*command_fn)(const struct caller *caller, const union modbpf_attr *attr,
			  const struct command_out *out);

/*
 * Write @bytes at @offset of the attr, if the caller has room for them there.
 * 0 or -EFAULT.
 */
int command_put(const struct caller *caller, const struct command_out *out,
		u32 offset, const void *src, u32 bytes);
#define COMMAND_PUT(caller, out, member, src) \
	command_put(caller, out, offsetof(union modbpf_attr, member), src, \
		    sizeof_field(union modbpf_attr, member))

/* MODBPF_IOC_CALL with @ucall, the user address of a struct modbpf_call. */
long command_call(const struct caller *caller, u64 ucall);

/* module/prog_load.c */
int prog_load_command(const struct caller *caller, const union modbpf_attr *attr,
		      const struct command_out *out);
/* module/test_run.c */
int prog_test_run_command(const struct caller *caller, const union modbpf_attr *attr,
			  const struct command_out *out);
/* module/map.c */
int map_create_command(const struct caller *caller, const union modbpf_attr *attr,
		       const struct command_out *out);
/* module/link.c */
int link_create_command(const struct caller *caller, const union modbpf_attr *attr,
			const struct command_out *out);
int raw_tracepoint_open_command(const struct caller *caller, const union modbpf_attr *attr,
				const struct command_out *out);
int link_update_command(const struct caller *caller, const union modbpf_attr *attr,
			const struct command_out *out);
int link_detach_command(const struct caller *caller, const union modbpf_attr *attr,
			const struct command_out *out);
/* module/btf.c */
int btf_load_command(const struct caller *caller, const union modbpf_attr *attr,
		     const struct command_out *out);
/* module/prog_bind.c */
int prog_bind_map_command(const struct caller *caller, const union modbpf_attr *attr,
			  const struct command_out *out);
/* module/prog_query.c */
int prog_query_command(const struct caller *caller, const union modbpf_attr *attr,
		       const struct command_out *out);
/* module/fd_query.c */
int task_fd_query_command(const struct caller *caller, const union modbpf_attr *attr,
			  const struct command_out *out);
/* module/stats.c */
int stats_enable_command(const struct caller *caller, const union modbpf_attr *attr,
			 const struct command_out *out);
/* module/pin.c */
int object_pin_command(const struct caller *caller, const union modbpf_attr *attr,
		       const struct command_out *out);
int object_get_command(const struct caller *caller, const union modbpf_attr *attr,
		       const struct command_out *out);
/* module/info.c */
int object_info_command(const struct caller *caller, const union modbpf_attr *attr,
			const struct command_out *out);
/* module/ids.c */
int prog_next_id_command(const struct caller *caller, const union modbpf_attr *attr,
			 const struct command_out *out);
int map_next_id_command(const struct caller *caller, const union modbpf_attr *attr,
			const struct command_out *out);
int link_next_id_command(const struct caller *caller, const union modbpf_attr *attr,
			 const struct command_out *out);
int btf_next_id_command(const struct caller *caller, const union modbpf_attr *attr,
			const struct command_out *out);
int prog_fd_by_id_command(const struct caller *caller, const union modbpf_attr *attr,
			  const struct command_out *out);
int map_fd_by_id_command(const struct caller *caller, const union modbpf_attr *attr,
			 const struct command_out *out);
int link_fd_by_id_command(const struct caller *caller, const union modbpf_attr *attr,
			  const struct command_out *out);
int btf_fd_by_id_command(const struct caller *caller, const union modbpf_attr *attr,
			 const struct command_out *out);

/* module/map_cmd.h has those of map elements. */

#endif
