// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which commands are there, and what must hold before one runs? A row says
 * where a command's fields end, what the caller must be allowed, and who
 * carries it out. No attr that has a byte set which is not understood passes.
 */
#include "module/command.h"

#include <linux/capability.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/nospec.h>
#include <linux/string.h>

#include "module/audit.h"
#include "module/caller.h"
#include "module/map_cmd.h"

enum command_right {
	RIGHT_NONE,	/* holding the fd is enough */
	RIGHT_BPF,
	RIGHT_SYS_ADMIN,
};

struct command_row {
	command_fn run;
	u16 end;	/* bytes; beyond the last field */
	u8 right;	/* enum command_right; finer checks are the command's own */
};

#define ENDS(member) offsetofend(union modbpf_attr, member)

static const struct command_row command_rows[MODBPF_CMD_COUNT] = {
	[MODBPF_CMD_MAP_CREATE] = { map_create_command, ENDS(map_token_fd), RIGHT_BPF },
	[MODBPF_CMD_MAP_LOOKUP_ELEM] = { map_lookup_command, ENDS(flags), RIGHT_NONE },
	[MODBPF_CMD_MAP_UPDATE_ELEM] = { map_update_command, ENDS(flags), RIGHT_NONE },
	[MODBPF_CMD_MAP_DELETE_ELEM] = { map_delete_command, ENDS(key), RIGHT_NONE },
	[MODBPF_CMD_MAP_GET_NEXT_KEY] = { map_next_key_command, ENDS(next_key), RIGHT_NONE },
	[MODBPF_CMD_MAP_LOOKUP_AND_DELETE_ELEM] = { map_take_command, ENDS(flags), RIGHT_NONE },
	[MODBPF_CMD_MAP_LOOKUP_BATCH] = { map_lookup_batch_command, ENDS(batch.flags), RIGHT_NONE },
	[MODBPF_CMD_MAP_LOOKUP_AND_DELETE_BATCH] = { map_take_batch_command, ENDS(batch.flags),
						     RIGHT_NONE },
	[MODBPF_CMD_MAP_UPDATE_BATCH] = { map_update_batch_command, ENDS(batch.flags), RIGHT_NONE },
	[MODBPF_CMD_MAP_DELETE_BATCH] = { map_delete_batch_command, ENDS(batch.flags), RIGHT_NONE },
	[MODBPF_CMD_MAP_FREEZE] = { map_freeze_command, ENDS(map_fd), RIGHT_NONE },
	[MODBPF_CMD_PROG_LOAD] = { prog_load_command, ENDS(fd_array_cnt), RIGHT_BPF },
	[MODBPF_CMD_ENABLE_STATS] = { stats_enable_command, ENDS(enable_stats.type), RIGHT_SYS_ADMIN },
	[MODBPF_CMD_OBJ_PIN] = { object_pin_command, ENDS(path_fd), RIGHT_NONE },
	[MODBPF_CMD_OBJ_GET] = { object_get_command, ENDS(path_fd), RIGHT_NONE },
	[MODBPF_CMD_PROG_TEST_RUN] = { prog_test_run_command, ENDS(test.batch_size), RIGHT_NONE },
	[MODBPF_CMD_PROG_GET_NEXT_ID] = { prog_next_id_command, ENDS(next_id), RIGHT_SYS_ADMIN },
	[MODBPF_CMD_MAP_GET_NEXT_ID] = { map_next_id_command, ENDS(next_id), RIGHT_SYS_ADMIN },
	[MODBPF_CMD_BTF_GET_NEXT_ID] = { btf_next_id_command, ENDS(next_id), RIGHT_SYS_ADMIN },
	[MODBPF_CMD_LINK_GET_NEXT_ID] = { link_next_id_command, ENDS(next_id), RIGHT_SYS_ADMIN },
	[MODBPF_CMD_PROG_GET_FD_BY_ID] = { prog_fd_by_id_command, ENDS(prog_id), RIGHT_SYS_ADMIN },
	[MODBPF_CMD_MAP_GET_FD_BY_ID] = { map_fd_by_id_command, ENDS(open_flags), RIGHT_SYS_ADMIN },
	[MODBPF_CMD_BTF_GET_FD_BY_ID] = { btf_fd_by_id_command, ENDS(btf_id), RIGHT_SYS_ADMIN },
	[MODBPF_CMD_LINK_GET_FD_BY_ID] = { link_fd_by_id_command, ENDS(link_id), RIGHT_SYS_ADMIN },
	[MODBPF_CMD_OBJ_GET_INFO_BY_FD] = { object_info_command, ENDS(info.info), RIGHT_NONE },
	[MODBPF_CMD_RAW_TRACEPOINT_OPEN] = { raw_tracepoint_open_command,
					     ENDS(raw_tracepoint.cookie), RIGHT_NONE },
	[MODBPF_CMD_BTF_LOAD] = { btf_load_command, ENDS(btf_token_fd), RIGHT_BPF },
	[MODBPF_CMD_LINK_CREATE] = { link_create_command, ENDS(link_create.kprobe_multi),
				     RIGHT_NONE },
	[MODBPF_CMD_LINK_UPDATE] = { link_update_command, ENDS(link_update.old_prog_fd), RIGHT_NONE },
	[MODBPF_CMD_PROG_BIND_MAP] = { prog_bind_map_command, ENDS(prog_bind_map.flags), RIGHT_NONE },
	[MODBPF_CMD_PROG_QUERY] = { prog_query_command, ENDS(query.revision), RIGHT_NONE },
	[MODBPF_CMD_TASK_FD_QUERY] = { task_fd_query_command, ENDS(task_fd_query.probe_addr),
				       RIGHT_SYS_ADMIN },
	[MODBPF_CMD_LINK_DETACH] = { link_detach_command, ENDS(link_detach.link_fd), RIGHT_NONE },
};

static bool may_run(const struct caller *caller, const struct command_row *row)
{
	switch (row->right) {
	case RIGHT_NONE:
		return true;
	case RIGHT_BPF:
		return caller_bpf_capable(caller) || caller->is_member;
	default:
		return caller_capable(caller, CAP_SYS_ADMIN);
	}
}

/* Copy in what the caller knows; the rest of @attr is zero. What we do not know must be zero. */
static int copy_attr(const struct caller *caller, const struct modbpf_call *call,
		     union modbpf_attr *attr)
{
	int is_zero;

	memset(attr, 0, sizeof(*attr));
	if (call->size > PAGE_SIZE)
		return -E2BIG;
	if (call->size > sizeof(*attr)) {
		is_zero = caller_is_zero(caller, call->attr + sizeof(*attr),
					 call->size - sizeof(*attr));
		if (is_zero <= 0)
			return is_zero < 0 ? is_zero : -E2BIG;
	}
	return caller_copy_in(caller, attr, call->attr,
			      min_t(size_t, call->size, sizeof(*attr)));
}

long command_call(const struct caller *caller, u64 ucall)
{
	const struct command_row *row;
	struct command_out out;
	struct modbpf_call call;
	union modbpf_attr attr;
	u32 cmd;
	int err;

	err = caller_copy_in(caller, &call, ucall, sizeof(call));
	if (err)
		return err;
	err = copy_attr(caller, &call, &attr);
	if (err)
		return err;
	if (call.cmd >= ARRAY_SIZE(command_rows))
		return -EINVAL;
	cmd = array_index_nospec(call.cmd, ARRAY_SIZE(command_rows));
	row = &command_rows[cmd];
	if (!row->run || memchr_inv((u8 *)&attr + row->end, 0, sizeof(attr) - row->end))
		return -EINVAL;
	out.addr = call.attr;
	out.bytes = call.size;
	err = may_run(caller, row) ? row->run(caller, &attr, &out) : -EPERM;
	if (err == -EPERM)
		audit_denial(cmd);
	return err;
}

int command_put(const struct caller *caller, const struct command_out *out,
		u32 offset, const void *src, u32 bytes)
{
	if (offset + bytes > out->bytes)
		return 0;
	return caller_copy_out(caller, out->addr + offset, src, bytes);
}
