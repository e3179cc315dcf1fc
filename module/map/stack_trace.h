/* SPDX-License-Identifier: GPL-2.0-only */
/* What a program does with a STACK_TRACE map. */
#ifndef MODBPF_MODULE_MAP_STACK_TRACE_H
#define MODBPF_MODULE_MAP_STACK_TRACE_H

#include "module/map.h"

struct stack_origin;

/*
 * The id of the stack at @origin, which is kept under it: found again, or new. @flags:
 * MODBPF_F_FAST_STACK_CMP, MODBPF_F_REUSE_STACKID. -EFAULT: there is no such stack;
 * -EEXIST: another stack has the id; -ENOMEM: the map is full; -EBUSY: cannot be done
 * now. Preemption is off; any context, NMI included.
 */
long stack_trace_id(struct modbpf_map *map, const struct stack_origin *origin, u64 flags);

#endif
