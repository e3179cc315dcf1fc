/* SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause */
/* What preload.c writes of each call that it redirects, for run_log.c to print: a message to a socket. */
#ifndef MODBPF_USER_RUN_RECORD_H
#define MODBPF_USER_RUN_RECORD_H

#include <linux/types.h>

#define RUN_LOG_VARIABLE "MODBPF_RUN_LOG"	/* environment: "FD:INODE" of the socket */
#define RUN_RECORD_ATTR 152			/* bytes: all of union modbpf_attr */

struct run_record {
	__s32 pid;
	__s32 cmd;		/* MODBPF_CMD_*, or whatever else was asked for */
	__u32 is_event;		/* perf_event_open(): there is no cmd */
	__u32 unused;
	__s64 result;		/* of the call, or -errno */
	__s32 arg[4];		/* perf_event_open(): pid, cpu, group_fd, flags */
	__u8 attr[RUN_RECORD_ATTR];	/* after the call, as much as the caller gave; then zeroes */
	char text[72];		/* the string that the attr begins with, if it does; terminated */
};

#endif
