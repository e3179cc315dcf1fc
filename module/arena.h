/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What module/image.c asks of the machine: memory of the module's own text that
 * nobody else uses. module/arch/ answers.
 */
#ifndef MODBPF_MODULE_ARENA_H
#define MODBPF_MODULE_ARENA_H

#include <linux/types.h>

#define ARENA_GRANULE 64	/* bytes; images begin on a multiple of it */
/* The ends of the section hold the function that the arena pretends to be. */
#define ARENA_BYTES (MODBPF_ARENA_KIB * 1024 - 2 * ARENA_GRANULE)

/* ARENA_BYTES of executable, not writable memory, aligned to ARENA_GRANULE. */
u8 *arena_base(void);
/* Write what stops whoever runs into it. @dst is an ordinary writable address. Any context. */
void arena_fill_trap(u8 *dst, size_t bytes);
bool arena_is_trap(const u8 *at, size_t bytes);
/* When it returns no CPU executes what was fetched from the arena before. Sleeps. */
void arena_serialise(void);

#endif
