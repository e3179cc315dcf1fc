// SPDX-License-Identifier: GPL-2.0-only
/* How are values copied of which not all is data, and how is the lock in them taken? */
#include "module/map/value_lock.h"

#include <linux/atomic.h>
#include <linux/irqflags.h>
#include <linux/processor.h>

#include "module/map/value.h"
#include "verifier/map_field.h"

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
	return value + map_field_at(map->field_end, MAP_FIELD_LOCK);
}

/* @bytes at @at, in whole words where they are aligned. */
static void copy_span(void *to, const void *from, u32 at, u32 bytes)
{
	if (at % 8 && bytes >= 4) {
		value_copy_tail(to + at, from + at, 4);
		at += 4;
		bytes -= 4;
	}
	value_copy(to + at, from + at, bytes);
}

/* All but the bytes of the kernel's fields, of which there are two at most. */
static void copy_around(const struct modbpf_map *map, void *to, const void *from)
{
	bool timer_first = map->field_end[MAP_FIELD_TIMER] < map->field_end[MAP_FIELD_LOCK];
	u32 i, at = 0;

	for (i = 0; i < MAP_FIELD_COUNT; i++) {
		u32 field = timer_first ? MAP_FIELD_COUNT - 1 - i : i;

		if (!map->field_end[field])
			continue;
		copy_span(to, from, at, map_field_at(map->field_end, field) - at);
		at = map->field_end[field];
	}
	copy_span(to, from, at, map->value_size - at);
}

static void clear_fields(const struct modbpf_map *map, void *value)
{
	u32 i;

	for (i = 0; i < MAP_FIELD_COUNT; i++)
		if (map->field_end[i])
			memset(value + map_field_at(map->field_end, i), 0, map_field_bytes[i]);
}

notrace void map_value_write(const struct modbpf_map *map, void *value, const void *from,
			     bool is_locked)
{
	unsigned long irq;

	if (likely(!map_has_fields(map->field_end))) {
		value_copy(value, from, map->value_size);
		return;
	}
	is_locked = is_locked && map->field_end[MAP_FIELD_LOCK];
	if (is_locked)
		value_lock(lock_in(map, value), &irq);
	copy_around(map, value, from);
	if (is_locked)
		value_unlock(lock_in(map, value), irq);
}

notrace void map_value_read(const struct modbpf_map *map, void *to, void *value, bool is_locked)
{
	unsigned long irq;

	if (likely(!map_has_fields(map->field_end))) {
		value_copy(to, value, map->value_size);
		return;
	}
	is_locked = is_locked && map->field_end[MAP_FIELD_LOCK];
	if (is_locked)
		value_lock(lock_in(map, value), &irq);
	copy_around(map, to, value);
	if (is_locked)
		value_unlock(lock_in(map, value), irq);
	clear_fields(map, to);
}
