/* SPDX-License-Identifier: GPL-2.0-only */
/* Frames and stack of a program that is watched. */
#ifndef MODBPF_TESTS_SUPPORT_WATCHSTACK_H
#define MODBPF_TESTS_SUPPORT_WATCHSTACK_H

#include "tests/support/watch.h"

/* Of what runs now: the frame, the stack, and where that begins. */
struct watch_frame *watch_top(struct watch *watch);
struct watch_stack *watch_running_stack(struct watch *watch);
u64 watch_stack_start(struct watch *watch);
/* In the bytes that frames use? */
bool watch_is_on_stack(struct watch *watch, u64 addr, u64 bytes);

/* Who may see addresses may take a typed pointer for a number. */
u8 watch_as_number(const struct watch *watch, u8 tag);
/* Complain of what must not be read or written. */
u8 watch_read_stack(struct watch *watch, u64 addr, u64 bytes);
void watch_write_stack(struct watch *watch, u64 addr, u64 bytes, u8 tag);

#endif
