// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Is a lock taken and released as it must be? Which lock a pointer means is known by the
 * map and by the look-up that found the value: two look-ups of one key may find two values.
 */
#include "verifier/lock.h"

#include "verifier/map_field.h"

int check_lock_arg(struct step *step, u32 regno, bool is_taken)
{
	const struct reg *reg = &step_regs(step)[regno];
	struct taken_lock *held = &step->state->lock;
	int err = check_field_place(step, regno, MAP_FIELD_LOCK);

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
