// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who owns which part of the executable arena?
 *
 * Granules that belong to no image hold traps. One that is being freed goes back
 * only after it has been filled with traps: should there be no memory for that
 * now, its image waits on a list, and the next allocation tries again.
 */
#include "module/image.h"

#include <linux/bitmap.h>
#include <linux/err.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "module/arena.h"

#define GRANULES (ARENA_BYTES / ARENA_GRANULE)
#define LARGEST (MODBPF_ARENA_KIB * 1024 / 4)	/* bytes of one image */
#define ALIAS_PAGES 32				/* that are writable at a time */

struct image {
	u32 first;		/* granule */
	u32 bytes;		/* as asked for */
	struct list_head node;	/* in freed */
};

/* Protects granules, granules_used, freed. Never taken by a running program. */
static DEFINE_MUTEX(image_lock);
static DECLARE_BITMAP(granules, GRANULES);
static u32 granules_used;
static LIST_HEAD(freed);	/* images whose bytes are not traps yet */

static u32 granules_of(u32 bytes)
{
	return DIV_ROUND_UP(bytes, ARENA_GRANULE);
}

static u8 *granule_addr(u32 granule)
{
	return arena_base() + granule * ARENA_GRANULE;
}

/*
 * Write to a part of the arena that lies within ALIAS_PAGES pages: through a
 * second mapping of the same pages, which is gone when this returns.
 */
static int write_part(u8 *at, const u8 *code, size_t bytes)
{
	u8 *page = (u8 *)((unsigned long)at & PAGE_MASK);
	struct page *pages[ALIAS_PAGES];
	u32 cnt = 0;
	u8 *alias;

	for (; page < at + bytes; page += PAGE_SIZE) {
		pages[cnt] = vmalloc_to_page(page);
		if (!pages[cnt++])
			return -EFAULT;
	}
	alias = vmap(pages, cnt, VM_MAP, PAGE_KERNEL);
	if (!alias)
		return -ENOMEM;
	if (code)
		memcpy(alias + offset_in_page(at), code, bytes);
	else
		arena_fill_trap(alias + offset_in_page(at), bytes);
	vunmap(alias);
	return 0;
}

/* @code NULL: traps. 0, -ENOMEM: maybe written in part. */
static int arena_write(u8 *at, const u8 *code, size_t bytes)
{
	size_t part;
	int err = 0;

	while (bytes && !err) {
		part = min(bytes, ALIAS_PAGES * PAGE_SIZE - offset_in_page(at));
		err = write_part(at, code, part);
		at += part;
		code = code ? code + part : NULL;
		bytes -= part;
	}
	return err;
}

static void release_freed(void)
{
	struct image *image, *next;
	u32 cnt;

	lockdep_assert_held(&image_lock);
	list_for_each_entry_safe(image, next, &freed, node) {
		cnt = granules_of(image->bytes);
		if (arena_write(granule_addr(image->first), NULL, cnt * ARENA_GRANULE))
			return;
		bitmap_clear(granules, image->first, cnt);
		granules_used -= cnt;
		list_del(&image->node);
		kfree(image);
	}
}

static int reserve(struct image *image)
{
	u32 cnt = granules_of(image->bytes);
	unsigned long first;

	mutex_lock(&image_lock);
	release_freed();
	first = bitmap_find_next_zero_area(granules, GRANULES, 0, cnt, 0);
	if (first < GRANULES) {
		bitmap_set(granules, first, cnt);
		granules_used += cnt;
		image->first = first;
	}
	mutex_unlock(&image_lock);
	return first < GRANULES ? 0 : -ENOSPC;
}

struct image *image_alloc(u32 bytes)
{
	struct image *image;

	if (!bytes)
		return ERR_PTR(-EINVAL);
	if (bytes > LARGEST) {	/* a quarter of the arena */
		pr_err_ratelimited("modbpf: %u bytes of machine code are too many: a program may have %u\n",
				   bytes, LARGEST);
		return ERR_PTR(-ENOSPC);
	}
	image = kzalloc(sizeof(*image), GFP_KERNEL_ACCOUNT);
	if (!image) {
		pr_err_ratelimited("modbpf: no memory for machine code\n");
		return ERR_PTR(-ENOMEM);
	}
	image->bytes = bytes;
	INIT_LIST_HEAD(&image->node);
	if (reserve(image)) {
		pr_err_ratelimited("modbpf: no room for %u bytes of machine code: %u of %u in use (MODBPF_ARENA_KIB)\n",
				   bytes, image_arena_used(), (u32)ARENA_BYTES);
		kfree(image);
		return ERR_PTR(-ENOSPC);
	}
	return image;
}

u64 image_addr(const struct image *image)
{
	return (unsigned long)granule_addr(image->first);
}

u32 image_bytes(const struct image *image)
{
	return image->bytes;
}

int image_write(struct image *image, const u8 *code, u32 bytes)
{
	int err;

	if (WARN_ON_ONCE(bytes != image->bytes))
		return -EINVAL;
	err = arena_write(granule_addr(image->first), code, bytes);
	/* vunmap() is lazy; no CPU may remember the alias once the code runs. */
	vm_unmap_aliases();
	arena_serialise();
	if (err)
		pr_err_ratelimited("modbpf: no memory to write machine code\n");
	return err;
}

void image_free(struct image *image)
{
	if (!image)
		return;
	mutex_lock(&image_lock);
	list_add_tail(&image->node, &freed);
	release_freed();
	mutex_unlock(&image_lock);
}

u32 image_arena_bytes(void)
{
	return ARENA_BYTES;
}

u32 image_arena_used(void)
{
	return READ_ONCE(granules_used) * ARENA_GRANULE;
}

int image_init(void)
{
	u8 *base = arena_base();
	int err;

	BUILD_BUG_ON(ARENA_BYTES % ARENA_GRANULE);
	BUILD_BUG_ON(MODBPF_ARENA_KIB < 64 || MODBPF_ARENA_KIB > 64 * 1024);
	if (WARN_ON(!IS_ALIGNED((unsigned long)base, ARENA_GRANULE)))
		return -EOPNOTSUPP;
	err = arena_write(base, NULL, ARENA_BYTES);
	vm_unmap_aliases();
	arena_serialise();
	if (err)
		return err;
	/* Did the bytes arrive where they are executed? */
	if (!arena_is_trap(base, ARENA_BYTES)) {
		pr_err("modbpf: this kernel's module text cannot be written through an alias\n");
		return -EOPNOTSUPP;
	}
	return 0;
}

void image_exit(void)
{
	struct image *image, *next;

	mutex_lock(&image_lock);
	list_for_each_entry_safe(image, next, &freed, node) {
		granules_used -= granules_of(image->bytes);
		list_del(&image->node);
		kfree(image);
	}
	WARN_ON(granules_used);
	mutex_unlock(&image_lock);
}
