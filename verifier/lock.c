// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Is a lock taken and released as it must be? Which lock a pointer means is known by the
 * map and by the look-up that found the value: two look-ups of one key may find two values.
 */
#include "verifier/lock.h"

#include "verifier/map_btf.h"

/* They may run in the middle of whoever holds a lock on the same CPU. */
#define TYPES_WITHOUT_LOCKS (TYPES_TRACING | TYPE_BIT(SOCKET_FILTER))

static int check_place(struct step *step, u32 regno)
{
	const struct reg *reg = &step_regs(step)[regno];
	const struct map_desc *map;

	if (reg->kind != REG_VALUE) {
		return refuse(step, REFUSE_LOCK_PLACE, regno, "R%u type=%s expected=map_value",
			      regno, reg_kind_name(reg->kind));
	}
	map = prog_map(step->prog, reg->map);
	if (!map->lock_end) {
		return refuse(step, REFUSE_LOCK_PLACE, regno,
			      "the values of the map in R%u have no valid bpf_spin_lock", regno);
	}
	if (!scalar_is_const(reg->num)) {
		return refuse(step, REFUSE_LOCK_PLACE, regno,
			      "R%u doesn't have constant offset. bpf_spin_lock has to be at the constant offset",
			      regno);
	}
	if (scalar_value(reg->num) != map->lock_end - MAP_LOCK_BYTES) {
		return refuse(step, REFUSE_LOCK_PLACE, regno,
			      "off %lld doesn't point to 'struct bpf_spin_lock' that is at %u",
			      (s64)scalar_value(reg->num), map->lock_end - MAP_LOCK_BYTES);
	}
	return 0;
}

int check_lock_arg(struct step *step, u32 regno, bool is_taken)
{
	const struct reg *reg = &step_regs(step)[regno];
	struct taken_lock *held = &step->state->lock;
	int err = check_place(step, regno);

	if (err)
		return err;
	if (is_taken) {
		if (held->is_held) {
			return refuse(step, REFUSE_LOCK_HELD, regno,
				      "Locking two bpf_spin_locks are not allowed");
		}
		*held = (struct taken_lock){ .is_held = true, .map = reg->map, .ref = reg->ref };
		return 0;
	}
	if (!held->is_held) {
		return refuse(step, REFUSE_LOCK_NOT_HELD, regno,
			      "bpf_spin_unlock without taking a lock");
	}
	if (held->map != reg->map || held->ref != reg->ref) {
		return refuse(step, REFUSE_LOCK_NOT_HELD, regno,
			      "bpf_spin_unlock of different lock");
	}
	*held = (struct taken_lock){ 0 };
	return 0;
}

int check_unlocked_call(struct step *step)
{
	if (!step->state->lock.is_held)
		return 0;
	return refuse(step, REFUSE_LOCK_CALL, REFUSAL_NO_REG,
		      "function calls are not allowed while holding a lock");
}

int check_unlocked_exit(struct step *step)
{
	if (!step->state->lock.is_held)
		return 0;
	return refuse(step, REFUSE_LOCK_EXIT, REFUSAL_NO_REG, "bpf_spin_unlock is missing");
}

int check_lock_untouched(struct step *step, u32 regno, s64 lo, s64 hi)
{
	const struct reg *reg = &step_regs(step)[regno];
	u32 end = prog_map(step->prog, reg->map)->lock_end;

	if (!end || lo >= end || hi <= (s64)end - MAP_LOCK_BYTES)
		return 0;
	return refuse(step, REFUSE_LOCK_ACCESS, regno,
		      "bpf_spin_lock cannot be accessed directly by load/store");
}

int check_lock_prog_type(struct step *step, const struct map_desc *map)
{
	if (!map->lock_end && !(map->inner && map->inner->lock_end))
		return 0;
	if (!(TYPES_WITHOUT_LOCKS >> step->prog->req->prog_type & 1))
		return 0;
	return refuse(step, REFUSE_LOCK_PROG_TYPE, REFUSAL_NO_REG, "%s cannot use bpf_spin_lock yet",
		      step->prog->req->prog_type == MODBPF_PROG_SOCKET_FILTER ?
		      "socket filter progs" : "tracing progs");
}
