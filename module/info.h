/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What OBJ_GET_INFO_BY_FD tells. In the caller's struct an address with a count is room for
 * that many; the count that goes back is what there is.
 */
#ifndef MODBPF_MODULE_INFO_H
#define MODBPF_MODULE_INFO_H

#include <linux/types.h>

struct caller;
struct command_out;
struct modbpf_prog;

/* The caller's info: where, and how much of it. */
struct info_place {
	u64 addr;
	u32 bytes;	/* after caller_copy_struct(): at most the struct's */
};

/* @info, and how long it is, go back to the caller. 0, -EFAULT. */
int info_write(const struct caller *caller, const struct info_place *place,
	       const void *info, const struct command_out *out);

/*
 * Copy an array of @cnt elements to the room at @addr for *@room of them, as much
 * as fits, and say in *@room how many there are. 0, -EFAULT.
 */
int info_put_array(const struct caller *caller, u64 addr, u32 *room, const void *array,
		   u32 cnt, u32 element_bytes);

/*
 * @name to the room at @addr of *@room bytes; how long it is with its end goes to *@room. 0;
 * -EINVAL: room that is nowhere, or none somewhere; -ENOSPC: it was cut; -EFAULT.
 */
int info_put_name(const struct caller *caller, u64 addr, u32 *room, const char *name);

/* 0, -EFAULT, -E2BIG, -ENOMEM. Sleeps. */
int prog_info(const struct caller *caller, const struct modbpf_prog *prog,
	      struct info_place *place, const struct command_out *out);

#endif
