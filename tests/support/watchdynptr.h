/* SPDX-License-Identifier: GPL-2.0-only */
/* Dynptrs in the stack of a program that is watched. */
#ifndef MODBPF_TESTS_SUPPORT_WATCHDYNPTR_H
#define MODBPF_TESTS_SUPPORT_WATCHDYNPTR_H

#include "tests/support/watch.h"

#define WATCH_DYNPTR_BYTES 16

/* That which the byte at @addr belongs to, NULL: none that is whole. */
struct watch_dynptr *watch_dynptr_at(struct watch *watch, u64 addr);
/* The byte at @addr is overwritten: the dynptr ends, which must not be held. */
void watch_end_dynptr(struct watch *watch, u64 addr);
/* What helpers do; bytes in which one is made are the stack's, whatever they were. */
void watch_make_dynptr(struct watch *watch, u64 addr, bool is_held);
void watch_use_dynptr(struct watch *watch, u64 addr);
void watch_release_dynptr(struct watch *watch, u64 addr);
bool watch_holds_dynptrs(const struct watch *watch);

#endif
