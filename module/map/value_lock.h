/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The struct bpf_spin_lock in a map's values: a word, 1 while it is held. Programs hold it
 * by the helpers, system calls and updates while they copy. Its bytes are nobody's data:
 * they are not copied in or out, and stay with the memory when an element is used anew.
 *
 * Who holds it has interrupts off, and calls nothing. Programs that could run all the
 * same, probes and samples in an NMI, may not use maps with locks. So a holder is never
 * waited for on its own CPU. Inside of a bucket's lock it may be taken, never around it.
 */
#ifndef MODBPF_MODULE_MAP_VALUE_LOCK_H
#define MODBPF_MODULE_MAP_VALUE_LOCK_H

#include "module/map.h"

/* Any context but NMI. Interrupts are off until value_unlock(). */
void value_lock(u32 *lock, unsigned long *irq);
void value_unlock(u32 *lock, unsigned long irq);

/*
 * A whole value in, or out: bytes of the kernel's fields stay as they are, or are read as zeros. Under
 * the lock if @is_locked.
 */
void map_value_write(const struct modbpf_map *map, void *value, const void *from, bool is_locked);
void map_value_read(const struct modbpf_map *map, void *to, void *value, bool is_locked);

/*
 * Is a copy wanted under the lock? The flag is taken out of *@flags then; where values
 * have no lock it stays, and is refused with what else the type does not know.
 */
static inline bool map_flags_take_lock(const struct modbpf_map *map, u64 *flags)
{
	bool is_locked = *flags & MODBPF_F_LOCK && map->field_end[MAP_FIELD_LOCK];

	if (is_locked)
		*flags &= ~(u64)MODBPF_F_LOCK;
	return is_locked;
}

#endif
