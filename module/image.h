/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Executable memory: images live in an arena in the module's own text, written
 * through a short-lived writable alias; the executable mapping is never
 * writable. Free arena is int3. What the machine is like (the arena's symbol,
 * how cores are synchronised) is in module/arch/.
 */
#ifndef MODBPF_MODULE_IMAGE_H
#define MODBPF_MODULE_IMAGE_H

#include <linux/types.h>

struct image;

/* Process context; sleep. */
int image_init(void);
void image_exit(void);

/*
 * Reserve @bytes, filled with int3. ERR_PTR(-ENOMEM); -ENOSPC: the arena is
 * full, or @bytes is more than a quarter of it; either with a line in the
 * kernel's log (rate-limited) that says so. Sleeps.
 */
struct image *image_alloc(u32 bytes);
u64 image_addr(const struct image *image);
u32 image_bytes(const struct image *image);
/*
 * Write the code, once, before anyone can run it; every CPU sees it when this
 * returns. @bytes as allocated. 0 or -ENOMEM. Sleeps.
 */
int image_write(struct image *image, const u8 *code, u32 bytes);
/* No CPU may run it any more. Fills it with int3. Process context; sleeps; cannot fail. NULL is fine. */
void image_free(struct image *image);

/* Bytes of the arena, and of them in use. */
u32 image_arena_bytes(void);
u32 image_arena_used(void);

#endif
