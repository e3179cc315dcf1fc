// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which fields of values are the kernel's, and who may come near them? */
#include "verifier/map_field.h"

#include "verifier/step.h"

#define TYPES_EVENT (TYPES_TRACING & ~TYPE_BIT(TRACING))

const struct map_field_row map_field_rows[MAP_FIELD_COUNT] = {
	[MAP_FIELD_LOCK] = {
		.name = "bpf_spin_lock", .align = 4, .may_be_inside = true,
		/* They may run in the middle of whoever holds a lock on the same CPU. */
		.types_without = TYPES_TRACING | TYPE_BIT(SOCKET_FILTER),
		.access_code = REFUSE_LOCK_ACCESS, .place_code = REFUSE_LOCK_PLACE,
		.type_code = REFUSE_LOCK_PROG_TYPE,
	},
	[MAP_FIELD_TIMER] = {
		.name = "bpf_timer", .align = 8,
		/* They may run where a timer can be neither started nor waited for. */
		.types_without = TYPES_EVENT,
		.access_code = REFUSE_TIMER_ACCESS, .place_code = REFUSE_TIMER_PLACE,
		.type_code = REFUSE_TIMER_PROG_TYPE,
	},
};

int check_field_place(struct step *step, u32 regno, enum map_field field)
{
	const struct map_field_row *row = &map_field_rows[field];
	const struct reg *reg = &step_regs(step)[regno];
	const struct map_desc *map;

	if (reg->kind != REG_VALUE) {
		return refuse(step, row->place_code, regno, "R%u type=%s expected=map_value",
			      regno, reg_kind_name(reg->kind));
	}
	map = prog_map(step->prog, reg->map);
	if (map_is_inner(reg->map) && !row->may_be_inside) {	/* no such map can be made, either */
		return refuse(step, row->place_code, regno, "%s in R%u is of a map in a map",
			      row->name, regno);
	}
	if (!map->field_end[field]) {
		return refuse(step, row->place_code, regno,
			      "the values of the map in R%u have no valid %s", regno, row->name);
	}
	if (!scalar_is_const(reg->num)) {
		return refuse(step, row->place_code, regno,
			      "R%u doesn't have constant offset. %s has to be at the constant offset",
			      regno, row->name);
	}
	if (scalar_value(reg->num) == map_field_at(map->field_end, field))
		return 0;
	return refuse(step, row->place_code, regno,
		      "off %lld doesn't point to 'struct %s' that is at %u",
		      (s64)scalar_value(reg->num), row->name, map_field_at(map->field_end, field));
}

int check_fields_untouched(struct step *step, u32 regno, s64 lo, s64 hi)
{
	const u32 *field_end = prog_map(step->prog, step_regs(step)[regno].map)->field_end;
	u32 i;

	for (i = 0; i < MAP_FIELD_COUNT; i++) {
		s64 end = field_end[i];

		if (!end || lo >= end || hi <= end - map_field_bytes[i])
			continue;
		return refuse(step, map_field_rows[i].access_code, regno,
			      "%s cannot be accessed directly by load/store",
			      map_field_rows[i].name);
	}
	return 0;
}

int check_fields_prog_type(struct step *step, const struct map_desc *map)
{
	u32 type = step->prog->req->prog_type, i;

	for (i = 0; i < MAP_FIELD_COUNT; i++) {
		if (!map->field_end[i] && !(map->inner && map->inner->field_end[i]))
			continue;
		if (!(map_field_rows[i].types_without >> type & 1))
			continue;
		return refuse(step, map_field_rows[i].type_code, REFUSAL_NO_REG,
			      "%s cannot use %s yet", type == MODBPF_PROG_SOCKET_FILTER ?
			      "socket filter progs" : "tracing progs", map_field_rows[i].name);
	}
	return 0;
}
