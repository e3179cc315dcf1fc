// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Which calls of helpers can be shorter? Those whose map is always the same one. An array's
 * values never move, so their addresses are known when the program is compiled; what other
 * maps do is a function of theirs, called without asking the map which. The result is what
 * the helper would have given.
 */
#include "jit/ir.h"
#include "jit/jit.h"

static const u8 map_calls[MODBPF_FUNC_LIMIT] = {	/* enum map_call + 1 */
	[MODBPF_FUNC_map_lookup_elem] = MAP_CALL_LOOKUP + 1,
	[MODBPF_FUNC_map_update_elem] = MAP_CALL_UPDATE + 1,
	[MODBPF_FUNC_map_delete_elem] = MAP_CALL_DELETE + 1,
	[MODBPF_FUNC_map_push_elem] = MAP_CALL_PUSH + 1,
	[MODBPF_FUNC_map_pop_elem] = MAP_CALL_POP + 1,
	[MODBPF_FUNC_map_peek_elem] = MAP_CALL_PEEK + 1,
	[MODBPF_FUNC_map_lookup_percpu_elem] = MAP_CALL_LOOKUP_PERCPU + 1,
};

static bool has_fixed_values(const struct jit_request *req, u32 map)
{
	const struct map_bind *bind = &req->binds[map];

	if (!bind->values || !bind->stride || bind->stride > 0x7fffffff)
		return false;
	if (bind->is_percpu)
		return req->maps[map].type == MODBPF_MAP_PERCPU_ARRAY && req->target->cpu_offset;
	return req->maps[map].type == MODBPF_MAP_ARRAY;
}

/* Bounds and sizes of a map are chosen as constants are: blinded code does not have them. */
static bool inline_lookup(const struct jit_request *req, const struct insn_fact *fact, struct ir_op *op)
{
	const struct map_bind *bind = &req->binds[fact->map];
	bool is_known = fact->flags & FACT_CONST_KEY;

	if (!has_fixed_values(req, fact->map) || (req->blind_seed && (!is_known || bind->is_percpu)))
		return false;
	op->width = 8;
	op->dst = 0;
	if (is_known && (fact->key >= bind->max_entries || !bind->is_percpu)) {
		op->kind = IR_CONST;
		op->imm = fact->key < bind->max_entries ?
			  (s64)(bind->values + (u64)fact->key * bind->stride) : 0;
		return true;
	}
	op->kind = IR_LOOKUP;
	op->a = 2;
	op->imm = fact->map;
	if (is_known) {
		op->flags |= IR_KNOWN;
		op->disp = (s32)fact->key;
	}
	return true;
}

void ir_inline_helper(const struct jit_request *req, const struct insn_fact *fact, struct ir_op *op)
{
	u32 helper = op->imm;
	u64 direct;

	if (req->opt < 2 || !req->maps || !map_calls[helper] || !(fact->flags & FACT_CONST_MAP))
		return;
	if (helper == MODBPF_FUNC_map_lookup_elem && inline_lookup(req, fact, op))
		return;
	direct = req->binds[fact->map].calls[map_calls[helper] - 1];
	if (!direct)
		return;
	op->imm = (s64)direct;
	op->flags |= IR_KNOWN;
}
