/* SPDX-License-Identifier: GPL-2.0-only */
/* What in the world of tests/support/world.h a program that is watched may touch, its stack apart. */
#ifndef MODBPF_TESTS_SUPPORT_WATCHMEM_H
#define MODBPF_TESTS_SUPPORT_WATCHMEM_H

#include "tests/support/watch.h"

bool watch_is_within(u64 addr, u64 bytes, const void *start, u64 size);
bool watch_is_in_values(u64 addr, u64 bytes, bool write);
/* A record, or a dynptr that must be released? */
bool watch_holds(const struct watch *watch);
/* Values but their locks, records, the packet and, to read, the key of an element. */
bool watch_is_in_world(u64 addr, u64 bytes, bool write);
bool watch_is_in_context(const struct watch *watch, u64 addr, u64 bytes, bool write);
/* What a load from the context gives. */
u8 watch_context_tag(const struct watch *watch, u64 addr, u64 bytes);

#endif
