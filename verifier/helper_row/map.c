// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Helpers that are given a map, and what a record of a ring may become. In the order of their ids. */
#include "verifier/helper_row.h"

const struct helper helper_rows_map[MODBPF_FUNC_LIMIT] = {
	HELPER(map_lookup_elem)
		.args = { ARG_MAP, ARG_KEY }, .ret = RET_VALUE_OR_NULL,
		.types = TYPES_ALL, .map_use = MAP_MAY_LOOKUP END,
	HELPER(map_update_elem)
		.args = { ARG_MAP, ARG_KEY, ARG_VALUE, ARG_NUMBER },
		.types = TYPES_ALL, .map_use = MAP_MAY_UPDATE END,
	HELPER(map_delete_elem)
		.args = { ARG_MAP, ARG_KEY },
		.types = TYPES_ALL, .map_use = MAP_MAY_DELETE END,
	HELPER(tail_call)
		.args = { ARG_CTX, ARG_MAP, ARG_NUMBER },
		.flags = HELPER_LEAVES | HELPER_ONE_MAP, .types = TYPES_ALL,
		.map_use = MAP_MAY_TAIL_CALL END,
	HELPER(ringbuf_output)
		.args = { ARG_MAP, ARG_READ, ARG_SIZE_OR_ZERO, ARG_NUMBER },
		.types = TYPES_ALL, .map_use = MAP_MAY_RINGBUF END,
	HELPER(ringbuf_reserve)
		.args = { ARG_MAP, ARG_CONST_SIZE, ARG_NUMBER }, .ret = RET_RECORD_OR_NULL,
		.flags = HELPER_ACQUIRES, .types = TYPES_ALL,
		.map_use = MAP_MAY_RINGBUF END,
	HELPER(ringbuf_submit)
		.args = { ARG_RECORD, ARG_NUMBER }, .ret = RET_VOID,
		.flags = HELPER_RELEASES, .types = TYPES_ALL END,
	HELPER(ringbuf_discard)
		.args = { ARG_RECORD, ARG_NUMBER }, .ret = RET_VOID,
		.flags = HELPER_RELEASES, .types = TYPES_ALL END,
	HELPER(ringbuf_query)
		.args = { ARG_MAP, ARG_NUMBER },
		.types = TYPES_ALL, .map_use = MAP_MAY_RINGBUF END,
	HELPER(for_each_map_elem)
		.args = { ARG_MAP, ARG_CALLBACK, ARG_CALLBACK_CONTEXT, ARG_NUMBER },
		.callback = CALLBACK_EACH_ELEM,
		.types = TYPES_ALL, .map_use = MAP_MAY_FOR_EACH END,
};
