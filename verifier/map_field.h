/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Fields in a map's values that are the kernel's. A program passes their address to the
 * helpers that are for them; neither it nor user space reads or writes the bytes, which are
 * no data: they are not copied in or out, and user space sees zeros. The map's BTF tells
 * where they are, at the top of the value's struct, one of each kind at most.
 */
#ifndef MODBPF_VERIFIER_MAP_FIELD_H
#define MODBPF_VERIFIER_MAP_FIELD_H

#include "isa/platform.h"

#define MAP_LOCK_BYTES 4	/* struct bpf_spin_lock */
#define MAP_TIMER_BYTES 16	/* struct bpf_timer */

enum map_field { MAP_FIELD_LOCK, MAP_FIELD_TIMER, MAP_FIELD_COUNT };

static const u8 map_field_bytes[MAP_FIELD_COUNT] = {
	[MAP_FIELD_LOCK] = MAP_LOCK_BYTES,
	[MAP_FIELD_TIMER] = MAP_TIMER_BYTES,
};

struct map_field_row {
	const char *name;	/* of the struct, as in C */
	u8 align;
	bool may_be_inside;	/* in maps that stand in a map of maps */
	u64 types_without;	/* of programs; bit n: type n may not use such a map */
	u8 access_code, place_code, type_code;	/* enum refusal_code: of its bytes, of another address, of the types */
};

extern const struct map_field_row map_field_rows[MAP_FIELD_COUNT];

struct map_desc;
struct step;

/* Does R@regno point to the @field of a map's value? */
int check_field_place(struct step *step, u32 regno, enum map_field field);
/* Does the access at offsets @lo to @hi of R@regno, a map's value, leave its fields alone? */
int check_fields_untouched(struct step *step, u32 regno, s64 lo, s64 hi);
/* May programs of this type use @map? */
int check_fields_prog_type(struct step *step, const struct map_desc *map);

/* Where @field begins, in values that have it. */
static inline u32 map_field_at(const u32 field_end[MAP_FIELD_COUNT], enum map_field field)
{
	return field_end[field] - map_field_bytes[field];
}

/* Has a value any? */
static inline bool map_has_fields(const u32 field_end[MAP_FIELD_COUNT])
{
	return field_end[MAP_FIELD_LOCK] || field_end[MAP_FIELD_TIMER];
}

#endif
