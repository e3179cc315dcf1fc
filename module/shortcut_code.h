/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What module/event/record.c asks of the machine: code for a function's first instruction to call, which drops
 * where that call would return to, and goes on in record_arrive(). module/arch/ answers.
 */
#ifndef MODBPF_MODULE_SHORTCUT_CODE_H
#define MODBPF_MODULE_SHORTCUT_CODE_H

#include <linux/types.h>

struct hlist_head;
struct pt_regs;
struct task_struct;

extern const u8 modbpf_shortcut[];

/* compat_tp_event_fn */
void record_arrive(u16 type, u64 count, void *record, int size, struct pt_regs *regs,
		   struct hlist_head *head, int context, struct task_struct *task);

#endif
