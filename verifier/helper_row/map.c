// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Helpers that are given a map, and what a record of a ring may become. In the order of their ids. */
#include "verifier/helper_row.h"

const struct helper helper_rows_map[MODBPF_FUNC_LIMIT] = {
	HELPER(map_lookup_elem)
		.flags = HELPER_ANYONE, .args = { ARG_MAP, ARG_KEY }, .ret = RET_VALUE_OR_NULL,
		.types = TYPES_ALL, .map_use = MAP_MAY_LOOKUP END,
	HELPER(map_update_elem)
		.flags = HELPER_ANYONE, .args = { ARG_MAP, ARG_KEY, ARG_VALUE, ARG_NUMBER },
		.types = TYPES_ALL, .map_use = MAP_MAY_UPDATE END,
	HELPER(map_delete_elem)
		.flags = HELPER_ANYONE, .args = { ARG_MAP, ARG_KEY },
		.types = TYPES_ALL, .map_use = MAP_MAY_DELETE END,
	HELPER(tail_call)
		.args = { ARG_CTX, ARG_MAP, ARG_NUMBER },
		.flags = HELPER_ANYONE | HELPER_LEAVES | HELPER_ONE_MAP | HELPER_MAY_LOSE,
		.types = TYPES_ALL, .map_use = MAP_MAY_TAIL_CALL END,
	HELPER(map_push_elem)
		.flags = HELPER_ANYONE, .args = { ARG_MAP, ARG_VALUE, ARG_NUMBER },
		.types = TYPES_ALL, .map_use = MAP_MAY_PUSH END,
	HELPER(map_pop_elem)
		.flags = HELPER_ANYONE, .args = { ARG_MAP, ARG_VALUE_FILL },
		.types = TYPES_ALL, .map_use = MAP_MAY_POP END,
	HELPER(map_peek_elem)
		.flags = HELPER_ANYONE, .args = { ARG_MAP, ARG_VALUE_FILL },
		.types = TYPES_ALL, .map_use = MAP_MAY_PEEK END,
	HELPER(spin_lock)
		.args = { ARG_LOCK }, .ret = RET_VOID, .types = TYPES_ALL END,
	HELPER(spin_unlock)
		.args = { ARG_LOCK }, .ret = RET_VOID,
		.flags = HELPER_UNLOCKS, .types = TYPES_ALL END,
	HELPER(ringbuf_output)
		.flags = HELPER_ANYONE | HELPER_MAY_LOSE,
		.args = { ARG_MAP, ARG_READ, ARG_SIZE_OR_ZERO, ARG_NUMBER },
		.types = TYPES_ALL, .map_use = MAP_MAY_RINGBUF END,
	HELPER(ringbuf_reserve)
		.args = { ARG_MAP, ARG_CONST_SIZE, ARG_NUMBER }, .ret = RET_RECORD_OR_NULL,
		.flags = HELPER_ANYONE | HELPER_ACQUIRES | HELPER_MAY_LOSE, .types = TYPES_ALL,
		.map_use = MAP_MAY_RINGBUF END,
	HELPER(ringbuf_submit)
		.args = { ARG_RECORD, ARG_NUMBER }, .ret = RET_VOID,
		.flags = HELPER_ANYONE | HELPER_RELEASES, .types = TYPES_ALL END,
	HELPER(ringbuf_discard)
		.args = { ARG_RECORD, ARG_NUMBER }, .ret = RET_VOID,
		.flags = HELPER_ANYONE | HELPER_RELEASES, .types = TYPES_ALL END,
	HELPER(ringbuf_query)
		.flags = HELPER_ANYONE, .args = { ARG_MAP, ARG_NUMBER },
		.types = TYPES_ALL, .map_use = MAP_MAY_RINGBUF END,
	HELPER(for_each_map_elem)
		.args = { ARG_MAP, ARG_CALLBACK, ARG_CALLBACK_CONTEXT, ARG_NUMBER },
		.callback = CALLBACK_EACH_ELEM,
		.types = TYPES_ALL, .map_use = MAP_MAY_FOR_EACH END,
	HELPER(timer_init)
		.args = { ARG_TIMER, ARG_TIMER_MAP, ARG_NUMBER },
		.flags = HELPER_GPL, .types = TYPES_ALL END,
	HELPER(timer_set_callback)
		.args = { ARG_TIMER, ARG_CALLBACK }, .callback = CALLBACK_TIMER,
		.flags = HELPER_GPL | HELPER_TAKES_PROG, .types = TYPES_ALL END,
	HELPER(timer_start)
		.args = { ARG_TIMER, ARG_NUMBER, ARG_NUMBER },
		.flags = HELPER_GPL, .types = TYPES_ALL END,
	HELPER(timer_cancel)
		.args = { ARG_TIMER },
		.flags = HELPER_GPL, .types = TYPES_ALL END,
	HELPER(map_lookup_percpu_elem)
		.flags = HELPER_ANYONE,
		.args = { ARG_MAP, ARG_KEY, ARG_NUMBER }, .ret = RET_VALUE_OR_NULL,
		.types = TYPES_ALL, .map_use = MAP_MAY_LOOKUP_PERCPU END,
	HELPER(dynptr_from_mem)
		.args = { ARG_KEPT, ARG_SIZE_OR_ZERO, ARG_NUMBER, ARG_NEW_DYNPTR },
		.types = TYPES_ALL END,
	HELPER(ringbuf_reserve_dynptr)
		.args = { ARG_MAP, ARG_NUMBER, ARG_NUMBER, ARG_NEW_RING_DYNPTR },
		.flags = HELPER_ACQUIRES | HELPER_MAY_LOSE, .types = TYPES_ALL,
		.map_use = MAP_MAY_RINGBUF END,
	HELPER(ringbuf_submit_dynptr)
		.args = { ARG_RING_DYNPTR, ARG_NUMBER }, .ret = RET_VOID,
		.flags = HELPER_RELEASES, .types = TYPES_ALL END,
	HELPER(ringbuf_discard_dynptr)
		.args = { ARG_RING_DYNPTR, ARG_NUMBER }, .ret = RET_VOID,
		.flags = HELPER_RELEASES, .types = TYPES_ALL END,
	HELPER(dynptr_read)
		.args = { ARG_FILL, ARG_SIZE_OR_ZERO, ARG_DYNPTR, ARG_NUMBER, ARG_NUMBER },
		.types = TYPES_ALL END,
	HELPER(dynptr_write)
		.args = { ARG_DYNPTR, ARG_NUMBER, ARG_READ, ARG_SIZE_OR_ZERO, ARG_NUMBER },
		.flags = HELPER_WRITES_DYNPTR | HELPER_MOVES_DYNPTR, .types = TYPES_ALL END,
	HELPER(dynptr_data)
		.args = { ARG_DYNPTR, ARG_NUMBER, ARG_CONST_SIZE }, .ret = RET_SLICE_OR_NULL,
		.types = TYPES_ALL END,
	HELPER(user_ringbuf_drain)
		.args = { ARG_MAP, ARG_CALLBACK, ARG_CALLBACK_CONTEXT, ARG_NUMBER },
		.callback = CALLBACK_SAMPLES,
		.types = TYPES_ALL, .map_use = MAP_MAY_DRAIN END,
};
