// SPDX-License-Identifier: GPL-2.0-only
/* How are values copied whose lock is not data, and how is the lock taken? */
#include "module/map/value_lock.h"

#include <linux/atomic.h>
#include <linux/irqflags.h>
#include <linux/processor.h>

#include "module/map/value.h"
#include "verifier/map_btf.h"

notrace void value_lock(u32 *lock, unsigned long *irq)
{
	local_irq_save(*irq);
	/* Pairs with the release in value_unlock(). */
	while (cmpxchg_acquire(lock, 0, 1) != 0)
		cpu_relax();
}

notrace void value_unlock(u32 *lock, unsigned long irq)
{
	smp_store_release(lock, 0);
	local_irq_restore(irq);
}

static u32 *lock_in(const struct modbpf_map *map, void *value)
{
	return value + map->lock_end - MAP_LOCK_BYTES;
}

/* All but the lock's bytes, in whole words where they are aligned. */
static void copy_around(const struct modbpf_map *map, void *to, const void *from)
{
	u32 at = map->lock_end, rest = map->value_size - at;

	value_copy(to, from, at - MAP_LOCK_BYTES);
	if (at % 8 && rest >= 4) {
		value_copy_tail(to + at, from + at, 4);
		at += 4;
		rest -= 4;
	}
	value_copy(to + at, from + at, rest);
}

notrace void map_value_write(const struct modbpf_map *map, void *value, const void *from,
			     bool is_locked)
{
	unsigned long irq;

	if (likely(!map->lock_end)) {
		value_copy(value, from, map->value_size);
		return;
	}
	if (is_locked)
		value_lock(lock_in(map, value), &irq);
	copy_around(map, value, from);
	if (is_locked)
		value_unlock(lock_in(map, value), irq);
}

notrace void map_value_read(const struct modbpf_map *map, void *to, void *value, bool is_locked)
{
	unsigned long irq;

	if (likely(!map->lock_end)) {
		value_copy(to, value, map->value_size);
		return;
	}
	if (is_locked)
		value_lock(lock_in(map, value), &irq);
	copy_around(map, to, value);
	if (is_locked)
		value_unlock(lock_in(map, value), irq);
	memset(lock_in(map, to), 0, MAP_LOCK_BYTES);
}
