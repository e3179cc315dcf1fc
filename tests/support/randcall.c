// SPDX-License-Identifier: GPL-2.0-only
/*
 * What may a random program call? Any helper, with arguments as its row in
 * verifier/helper.h wants them, so that a new row is tried at once; other programs;
 * its own subprogram, directly or through a helper. And what else is rare: constants
 * of frozen maps, maps that are only written to, pointers to kernel structures.
 */
#include <stdlib.h>

#include "isa/abi.h"
#include "tests/support/randmaker.h"
#include "tests/support/verify.h"
#include "tests/support/world.h"
#include "verifier/helper.h"
#include "verifier/rule.h"

u32 randverify_map(const char *name)
{
	u32 map;

	for (map = 0; strcmp(verify_map_names[map], name); map++)
		if (map + 1 == verify_map_cnt)
			abort();
	return map;
}

bool stack_is_set(const struct maker *mk)
{
	u32 i;

	for (i = 0; i < SLOTS; i++)
		if (mk->known.bytes[i] != 0xff)
			return false;
	return true;
}

void set_slots(struct maker *mk, bool whole)
{
	u32 i;

	for (i = 0; i < SLOTS; i++) {
		forget_slot(mk, i);
		if (whole)
			mk->known.bytes[i] = 0xff;
	}
}

void put_key(struct maker *mk)
{
	u32 branch;

	put(mk, BPF_ST | BPF_MEM | BPF_DW, MODBPF_REG_FP, 0, -40, below(mk, 5));
	if (one_in(mk, 2)) {
		branch = put_condition(mk);
		put(mk, BPF_ST | BPF_MEM | (one_in(mk, 2) ? BPF_W : BPF_DW), MODBPF_REG_FP, 0, -40,
		    below(mk, 5));
		land(mk, branch);
	}
	if (one_in(mk, 4))
		put(mk, BPF_STX | BPF_MEM | BPF_W, MODBPF_REG_FP, number_reg(mk), -40, 0);
}

/* --- any helper ------------------------------------------------------------------------- */

/* What the arguments of a call are made of. */
struct call_plan {
	const struct helper *helper;
	s32 id;
	u32 map, value_bytes;
	u32 wanted_type;	/* of the map; MODBPF_MAP_TYPE_COUNT: any */
	u32 bytes;		/* of memory with a size */
	bool on_stack;		/* that memory, else at R7 */
};

static bool takes(const struct helper *helper, u8 kind)
{
	u32 i;

	for (i = 0; i < 5; i++)
		if (helper->args[i] == kind)
			return true;
	return false;
}

/* May the helper be given the map? */
static bool fits(struct maker *mk, struct call_plan *plan, u32 index)
{
	const struct map_desc *map = &verify_request_of(NULL, 0, 0).maps[index];
	const struct map_rule *rule = map_rule_of(map->type);
	bool writes = plan->helper->map_use & (MAP_MAY_UPDATE | MAP_MAY_DELETE);
	bool has_value = takes(plan->helper, ARG_VALUE) || takes(plan->helper, ARG_VALUE_FILL);

	plan->map = index;
	plan->value_bytes = map->value_size;
	if (plan->wanted_type != MODBPF_MAP_TYPE_COUNT && plan->wanted_type != map->type)
		return false;
	return rule && world_has(index) && rule->may & plan->helper->map_use &&
	       !(writes && map->flags & MODBPF_F_RDONLY_PROG) && (!map_has_fields(map->field_end) || may_lock(mk)) &&
	       (!has_value || map->value_size <= STACK_BYTES) && map->key_size <= 8;
}

static bool choose_map(struct maker *mk, struct call_plan *plan)
{
	u32 first = below(mk, verify_map_cnt), i;

	for (i = 0; i < verify_map_cnt; i++)
		if (fits(mk, plan, (first + i) % verify_map_cnt))
			return true;
	return false;
}

static bool can_pass(struct maker *mk, struct call_plan *plan, u8 kind)
{
	bool at_base = mk->base == BASE_VALUE || mk->base == BASE_ARRAY || mk->base == BASE_RECORD ||
		       mk->base == BASE_MEM;

	switch (kind) {
	case ARG_NONE:
	case ARG_NUMBER:
	case ARG_OPTIONAL_PRINTED:
	case ARG_ADDRESS:
	case ARG_SIZE:
	case ARG_SIZE_OR_ZERO:
	case ARG_KEY:
	case ARG_FILL_8:
	case ARG_STRING:
	case ARG_FORMAT:
	case ARG_CONST_FORMAT:
		return true;
	case ARG_PRINTED:
		return stack_is_set(mk);
	case ARG_CTX:
		return mk->has_ctx;
	case ARG_MAP:
		return choose_map(mk, plan);
	case ARG_VALUE:
	case ARG_VALUE_FILL:
		return stack_is_set(mk);
	case ARG_READ:
	case ARG_READ_OR_NULL:
	case ARG_FILL:
	case ARG_FILL_OR_NULL:
		plan->on_stack = !at_base || one_in(mk, 2);
		plan->bytes = 1 + below(mk, plan->on_stack ? STACK_BYTES : mk->room);
		return !plan->on_stack || kind == ARG_FILL || kind == ARG_FILL_OR_NULL ||
		       stack_is_set(mk);
	default:
		return false;
	}
}

/* One that takes @wanted. */
static bool choose_helper(struct maker *mk, struct call_plan *plan, u8 wanted)
{
	u64 type = 1ULL << mk->prog->prog_type;
	u32 i;

	plan->id = below(mk, MODBPF_FUNC_LIMIT);
	plan->helper = helper_of(plan->id);
	if (!plan->helper || !(plan->helper->types & type) || plan->helper->ret > RET_VALUE_OR_NULL ||
	    plan->helper->callback ||
	    plan->helper->flags & (HELPER_ABSENT | HELPER_INTERNAL | HELPER_ACQUIRES | HELPER_RELEASES |
				   HELPER_LEAVES))
		return false;
	if (!takes(plan->helper, wanted))
		return false;
	for (i = 0; i < 5; i++)
		if (!can_pass(mk, plan, plan->helper->args[i]))
			return false;
	return true;
}

static void put_memory(struct maker *mk, const struct call_plan *plan, u32 reg)
{
	if (plan->on_stack)
		put_fp(mk, reg, one_in(mk, 2) ? plan->bytes : (u32)STACK_BYTES);
	else
		put(mk, BPF_ALU64 | BPF_MOV | BPF_X, reg, 7, 0, 0);
}

/* The size in R@reg of what the argument before it points to. */
static u32 size_of(const struct call_plan *plan, u32 reg)
{
	u8 memory = reg > 1 ? plan->helper->args[reg - 2] : ARG_NONE;

	return memory == ARG_FORMAT ? sizeof("number %d") : memory == ARG_PRINTED ? 8 : plan->bytes;
}

static void put_arg(struct maker *mk, const struct call_plan *plan, u32 reg)
{
	switch (plan->helper->args[reg - 1]) {
	case ARG_NONE:
		break;
	case ARG_MAP:
		put_map(mk, reg, BPF_PSEUDO_MAP_FD, plan->map, 0);
		break;
	case ARG_KEY:
		put_fp(mk, reg, 40);
		break;
	case ARG_FILL_8:
		put_fp(mk, reg, 8 + 8 * below(mk, SLOTS));
		break;
	case ARG_STRING:	/* "plain", or by mistake what does not end */
		put_map(mk, reg, BPF_PSEUDO_MAP_VALUE, randverify_map("text"), errs(mk) ? 80 : 64 + below(mk, 6));
		break;
	case ARG_VALUE:
	case ARG_VALUE_FILL:
		put_fp(mk, reg, plan->value_bytes > 8 ? plan->value_bytes : 8);
		break;
	case ARG_FORMAT:	/* a number is printed */
	case ARG_CONST_FORMAT:
		put_map(mk, reg, BPF_PSEUDO_MAP_VALUE, randverify_map("text"), 0);
		break;
	case ARG_PRINTED:
		put_fp(mk, reg, 8);
		break;
	case ARG_READ:
	case ARG_READ_OR_NULL:
	case ARG_FILL:
	case ARG_FILL_OR_NULL:
		put_memory(mk, plan, reg);
		break;
	case ARG_SIZE:
	case ARG_SIZE_OR_ZERO:
		put(mk, BPF_ALU64 | BPF_MOV | BPF_K, reg, 0, 0,
		    size_of(plan, reg) + (errs(mk) ? 40 : 0));
		break;
	case ARG_CTX:
		put(mk, BPF_ALU64 | BPF_MOV | BPF_X, reg, 6, 0, 0);
		break;
	case ARG_ADDRESS:
		put(mk, BPF_ALU64 | BPF_MOV | BPF_X, reg, one_in(mk, 2) ? (u32)MODBPF_REG_FP : 6, 0, 0);
		break;
	default:
		put(mk, BPF_ALU64 | BPF_MOV | BPF_K, reg, 0, 0, below(mk, 64));
		break;
	}
}

/* The length of what was read is a number to go on with. */
static void put_length(struct maker *mk, const struct call_plan *plan)
{
	if (plan->helper->ret != RET_LENGTH || one_in(mk, 3) || mk->out_cnt > MAX_OUTS - 8)
		return;
	put(mk, BPF_JMP | BPF_JSLT | BPF_K, 0, 0, 0, 0);
	goes_out(mk);
	set_number(mk, 0, plan->bytes, plan->bytes);
}

/* By what it takes: many take a number, few a string or some kinds of maps. */
static u8 choose_kind(struct maker *mk, struct call_plan *plan)
{
	static const u8 rare_kinds[] = { ARG_READ_OR_NULL, ARG_VALUE_FILL, ARG_STRING };
	static const u8 rare[] = { MODBPF_MAP_PERF_EVENT_ARRAY, MODBPF_MAP_PERF_EVENT_ARRAY, MODBPF_MAP_STACK_TRACE,
				   MODBPF_MAP_CGROUP_ARRAY, MODBPF_MAP_BLOOM_FILTER };

	plan->wanted_type = MODBPF_MAP_TYPE_COUNT;
	if (one_in(mk, 2))
		return one_in(mk, 4) ? rare_kinds[below(mk, sizeof(rare_kinds))] : 1 + below(mk, ARG_KIND_COUNT - 1);
	plan->wanted_type = one_in(mk, 3) ? rare[below(mk, sizeof(rare))] : below(mk, MODBPF_MAP_TYPE_COUNT);
	return ARG_MAP;
}

static bool choose_call(struct maker *mk, struct call_plan *plan)
{
	u8 wanted = ARG_NONE;
	u32 tries;

	for (tries = 0; tries < 1000; tries++) {
		if (tries % 200 == 0)	/* perhaps no helper of this type of program takes it */
			wanted = choose_kind(mk, plan);
		if (choose_helper(mk, plan, wanted))
			return true;
	}
	return false;
}

static void put_any_helper(struct maker *mk)
{
	struct call_plan plan = { .helper = NULL };
	u32 reg;

	if (!choose_call(mk, &plan))
		return;
	for (reg = 1; reg <= 5; reg++)
		if (plan.helper->args[reg - 1] == ARG_KEY)
			put_key(mk);
	for (reg = 1; reg <= 5; reg++)
		put_arg(mk, &plan, reg);
	put(mk, BPF_JMP | BPF_CALL, 0, 0, 0, plan.id);
	set_slots(mk, false);
	mk->known.set &= ~0x3fu;
	if (plan.helper->ret == RET_NUMBER || plan.helper->ret == RET_LENGTH)
		set_number(mk, 0, UNBOUNDED, UNBOUNDED);
	put_length(mk, &plan);
	if (!(mk->known.set & 1))
		after_call(mk, false);
}

/* --- programs and subprograms ------------------------------------------------------------- */

static void put_tail_call(struct maker *mk)
{
	u32 index = one_in(mk, 2) && mk->known.set >> 9 & 1 ? 9 : 0;

	if (!mk->has_ctx || mk->base == BASE_RECORD)
		return;
	put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 1, 6, 0, 0);
	put_map(mk, 2, BPF_PSEUDO_MAP_FD, one_in(mk, 2) ? RANDVERIFY_PROGS : RANDVERIFY_PROGS2, 0);
	if (index)
		put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 3, index, 0, 0);
	else
		put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 3, 0, 0, below(mk, 5));
	put(mk, BPF_JMP | BPF_CALL, 0, 0, 0, MODBPF_FUNC_tail_call);
	after_call(mk, true);
}

/* What the helper that calls back is given first; which helper that is. */
static s32 put_rounds(struct maker *mk)
{
	static const u8 maps[] = { RANDVERIFY_ARRAY, RANDVERIFY_HASH, RANDVERIFY_PERCPU };

	if (mk->prog->calls == RANDVERIFY_EACH) {
		put_map(mk, 1, BPF_PSEUDO_MAP_FD, maps[below(mk, sizeof(maps))], 0);
		return MODBPF_FUNC_for_each_map_elem;
	}
	if (mk->prog->calls == RANDVERIFY_SAMPLES) {
		put_map(mk, 1, BPF_PSEUDO_MAP_FD, randverify_map("user_ring"), 0);
		return MODBPF_FUNC_user_ringbuf_drain;
	}
	if (mk->prog->target && mk->has_ctx && one_in(mk, 4))
		put_argument(mk, 1);	/* a pointer that is taken for a number */
	else if (one_in(mk, 3))
		put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 1, number_reg(mk), 0, 0);
	else
		put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 1, 0, 0, 1 + below(mk, 3));
	return MODBPF_FUNC_loop;
}

static void put_callback_call(struct maker *mk)
{
	s32 id = put_rounds(mk);

	mk->calls[mk->call_cnt++] = mk->prog->insn_cnt;
	put_map(mk, 2, BPF_PSEUDO_FUNC, 0, 0);
	put_fp(mk, 3, STACK_BYTES);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 4, 0, 0, 0);
	put(mk, BPF_JMP | BPF_CALL, 0, 0, 0, id);
}

void put_subprog_call(struct maker *mk)
{
	bool global = mk->prog->calls == RANDVERIFY_GLOBAL;

	if (mk->in_subprog || mk->call_cnt == MAX_CALLS || (!stack_is_set(mk) && !errs(mk)))
		return;
	if (is_called_back(mk->prog)) {
		put_callback_call(mk);
	} else {
		put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 3, number_reg(mk), 0, 0);
		put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 4, 0, 0, below(mk, 16));
		put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 1, 6, 0, 0);
		if (global && mk->prog->nullable && one_in(mk, 3))
			put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 2, 0, 0, 0);
		else if (global && (mk->base == BASE_ARRAY || mk->base == BASE_RECORD))
			put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 2, 7, 0, 0);
		else
			put_fp(mk, 2, STACK_BYTES);
		mk->calls[mk->call_cnt++] = mk->prog->insn_cnt;
		put(mk, BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_CALL, 0, 0);
	}
	set_slots(mk, false);
	after_call(mk, true);
}

/* --- what is rare --------------------------------------------------------------------------- */

/* A number that the verifier knows, since the map's bytes can never change. */
static void put_frozen(struct maker *mk)
{
	u32 place, reg = work_reg(mk);
	u8 size = random_size(mk);

	place = place_reg(mk, reg, reg);
	put_map(mk, place, BPF_PSEUDO_MAP_VALUE, RANDVERIFY_RODATA, 0);
	put(mk, BPF_LDX | BPF_MEM | size, reg, place,
	    below(mk, 16 / insn_access_bytes(size)) * insn_access_bytes(size), 0);
	set_number(mk, reg, UNBOUNDED, UNBOUNDED);
	if (one_in(mk, 2)) {
		put(mk, BPF_JMP | BPF_JNE | BPF_K, reg, 0, 1, one_in(mk, 2));
		put(mk, BPF_ALU64 | BPF_ADD | BPF_K, reg, 0, 0, 1);
	}
}

static void put_blind_store(struct maker *mk)
{
	u32 place = place_reg(mk, 10, 10);
	u8 size = random_size(mk);

	put_map(mk, place, BPF_PSEUDO_MAP_VALUE, RANDVERIFY_WRITEONLY, 0);
	if (errs(mk))
		put(mk, BPF_LDX | BPF_MEM | size, place, place, 0, 0);
	else
		put(mk, BPF_ST | BPF_MEM | size, place, 0, 16 - insn_access_bytes(size), 3);
}

/* "%s" and a string, or a format that is not known. */
static void put_print(struct maker *mk)
{
	if (!stack_is_set(mk))
		return;
	put_map(mk, 1, BPF_PSEUDO_MAP_VALUE, RANDVERIFY_RODATA, errs(mk) ? 8 : 12);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 2, 0, 0, 3);
	put_fp(mk, 3, STACK_BYTES);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 4, 0, 0, 1);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 5, 0, 0, 2);
	put(mk, BPF_JMP | BPF_CALL, 0, 0, 0, MODBPF_FUNC_trace_printk);
	after_call(mk, true);
}

/* Its packet is no field of the context, but what a kernel function gives for it. */
static bool has_cast(const struct maker *mk)
{
	return helper_of(MODBPF_FUNC_cast_to_kern_ctx)->types >> mk->prog->prog_type & 1;
}

/* Pointers that a context hands out go through the stack and are compared with null. */
static void put_handed_out(struct maker *mk)
{
	u32 reg = place_reg(mk, 10, 10);

	if (!mk->has_ctx)
		return;
	if (has_cast(mk)) {
		put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 1, 6, 0, 0);
		if (errs(mk))
			put(mk, BPF_ALU64 | BPF_ADD | BPF_K, 1, 0, 0, 8);
		put(mk, BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_KFUNC_CALL, 0, MODBPF_FUNC_cast_to_kern_ctx);
		mk->known.set &= ~0x3fu;
		put(mk, BPF_ALU64 | BPF_MOV | BPF_X, reg, 0, 0, 0);
	} else {
		put(mk, BPF_LDX | BPF_MEM | BPF_DW, reg, 6, one_in(mk, 2) ? 8 : 0, 0);
	}
	put(mk, BPF_STX | BPF_MEM | BPF_DW, MODBPF_REG_FP, reg, -48, 0);
	put(mk, BPF_LDX | BPF_MEM | BPF_DW, reg, MODBPF_REG_FP, -48, 0);
	put(mk, BPF_JMP | BPF_JNE | BPF_K, reg, 0, 0, 0);
	if (errs(mk))
		put(mk, BPF_LDX | BPF_MEM | BPF_W, reg, reg, 0, 0);
	if (has_cast(mk))
		after_call(mk, false);
}

void put_call(struct maker *mk)
{
	if (mk->prog->prog_type == MODBPF_PROG_NETFILTER ? one_in(mk, 4) : has_cast(mk) && one_in(mk, 12)) {
		put_handed_out(mk);
		return;
	}
	if (has_packet_dynptrs(mk) && one_in(mk, 6)) {
		put_kfuncs(mk);
		return;
	}
	switch (below(mk, 24)) {
	case 0:
		put_tail_call(mk);
		break;
	case 10:
	case 12:
	case 13:
		put_lock(mk);
		break;
	case 14:
		put_timer(mk);
		break;
	case 20:
		put_dynptr(mk);
		break;
	case 21:
		put_kfuncs(mk);
		break;
	case 11:
		put_found_map(mk);
		break;
	case 1:
		put_frozen(mk);
		break;
	case 2:
		put_blind_store(mk);
		break;
	case 3:
		put_print(mk);
		break;
	case 4:
	case 5:
	case 18:
	case 19:
	case 22:
	case 23:
		put_burst(mk);
		break;
	default:
		put_any_helper(mk);
		if (one_in(mk, 2))
			put_any_helper(mk);
		break;
	}
}
