// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* How is what is known said to a reader who does not know the verifier? */
#include "verifier/words.h"

#include "isa/btf/btf.h"
#include "verifier/print.h"
#include "verifier/stack.h"

#define S64_LEAST ((s64)(1ULL << 63))
#define S64_MOST ((s64)~(1ULL << 63))

/* --- numbers ----------------------------------------------------------------------------- */

/* " from 0 to 5": signed where the number may be negative, and that says something. */
static void add_bounds(struct vlog *log, struct value_range r)
{
	if (r.smin < 0 && (r.smin != S64_LEAST || r.smax != S64_MOST)) {
		if (r.smin == S64_LEAST)
			vlog_add(log, " of at most %lld", r.smax);
		else if (r.smax == S64_MOST)
			vlog_add(log, " of at least %lld", r.smin);
		else
			vlog_add(log, " from %lld to %lld", r.smin, r.smax);
	} else if (r.umax == ~0ULL || (r.smin >= 0 && r.smax == S64_MOST)) {
		vlog_add(log, " of at least %llu%s", r.umin, r.smin < 0 ? " (unsigned)" : "");
	} else {
		vlog_add(log, " from %llu to %llu%s", r.umin, r.umax, r.smin < 0 ? " (unsigned)" : "");
	}
}

static bool is_bounded(struct value_range r)
{
	return r.umin || r.umax != ~0ULL || r.smin != S64_LEAST || r.smax != S64_MOST;
}

/* Half of all numbers or more, in either order: as much as the lower half tells of all bits. */
static bool is_vast(struct value_range r)
{
	return (r.umax - r.umin) >> 63 && ((u64)r.smax - (u64)r.smin) >> 63;
}

/* ", a multiple of 4": what the low bits tell. */
static void add_multiple(struct vlog *log, struct tnum bits)
{
	u64 unit = bits.mask & -bits.mask, rest = bits.value & (unit - 1);

	if (unit <= 1 || unit > 1ULL << 31)
		return;
	if (rest)
		vlog_add(log, ", %llu more than a multiple of %llu", rest, unit);
	else
		vlog_add(log, ", a multiple of %llu", unit);
}

static void add_number(struct vlog *log, struct scalar num)
{
	if (scalar_is_const(num)) {
		vlog_add(log, "the number %lld", (s64)scalar_value(num));
		return;
	}
	vlog_add(log, "a number");
	if (is_vast(num.r64) && (num.r32.umin || num.r32.umax != 0xffffffff))
		vlog_add(log, " whose low 32 bits are from %llu to %llu", num.r32.umin, num.r32.umax);
	else if (is_bounded(num.r64))
		add_bounds(log, num.r64);
	else
		vlog_add(log, " that may be anything");
	add_multiple(log, num.bits);
}

/* "offset 4", "an offset from 0 to 60". */
static void add_offset(struct vlog *log, struct scalar num)
{
	if (scalar_is_const(num)) {
		vlog_add(log, "offset %lld", (s64)scalar_value(num));
		return;
	}
	vlog_add(log, is_bounded(num.r64) ? "an offset" : "an unknown offset");
	if (is_bounded(num.r64))
		add_bounds(log, num.r64);
	add_multiple(log, num.bits);
}

/* --- pointers ---------------------------------------------------------------------------- */

enum { HAS_OFFSET = 1, HAS_MAP = 2, IS_VALUE = 4, IS_KEY = 8, HAS_SIZE = 16, MAY_BE_NULL = 32,
       HAS_TYPE = 64, IS_IT = 128 /* and no pointer to it */ };

static const struct {
	const char *text;	/* NULL: its name in the state must do */
	u32 has;
} kinds[REG_KIND_COUNT] = {
	[REG_CTX] = { "the program's context", HAS_OFFSET | IS_IT },
	[REG_MAP] = { "the map", HAS_MAP | IS_IT },
	[REG_MAP_OR_NULL] = { "a map", HAS_MAP | MAY_BE_NULL },
	[REG_VALUE] = { "a value of map", HAS_OFFSET | HAS_MAP | IS_VALUE },
	[REG_VALUE_OR_NULL] = { "a value of map", HAS_MAP | IS_VALUE | MAY_BE_NULL },
	[REG_KEY] = { "a key of map", HAS_OFFSET | HAS_MAP | IS_KEY },
	[REG_PACKET] = { "the packet", HAS_OFFSET },
	[REG_PACKET_META] = { "what stands in front of the packet (data_meta)", HAS_OFFSET },
	[REG_PACKET_END] = { "the end of the packet (data_end)", 0 },
	[REG_PACKET_LOW] = { "the lower half of a place in the packet, for distances only", IS_IT },
	[REG_RECORD] = { "a record", HAS_OFFSET | HAS_SIZE },
	[REG_RECORD_OR_NULL] = { "a record", HAS_SIZE | MAY_BE_NULL },
	[REG_MEM] = { "memory that the caller passes", HAS_OFFSET | HAS_SIZE },
	[REG_MEM_OR_NULL] = { "memory that the caller passes", HAS_SIZE | MAY_BE_NULL },
	[REG_TYPED] = { "the kernel's", HAS_OFFSET | HAS_TYPE | MAY_BE_NULL },
	[REG_NF_STATE] = { "the kernel's nf_hook_state", HAS_OFFSET },
	[REG_SKB] = { "the kernel's sk_buff", HAS_OFFSET },
	[REG_DYNPTR] = { "a dynptr", 0 },
	[REG_DYNPTR_HALF] = { "half of a dynptr", IS_IT },
};

static void add_map(struct vlog *log, const struct program *prog, u32 map)
{
	u32 named = map_is_inner(map) ? map - inner_map_of(0) : map;
	const char *name = prog->req->maps[named].name;

	if (map_is_inner(map))
		vlog_add(log, " found in map");
	if (name && *name) {
		vlog_add(log, " `");
		print_text(log, name);
		vlog_add(log, "`");
	} else {
		vlog_add(log, " number %u", named);
	}
}

static void add_type(struct vlog *log, const struct program *prog, u32 type)
{
	const struct btf_types *btf = prog->req->kernel_btf;

	vlog_add(log, " ");
	print_text(log, btf_string(btf, btf_view_of(btf, type).name_off));
}

static void add_size(struct vlog *log, const struct program *prog, const struct reg *reg, u32 has)
{
	u32 size = reg->size;

	if (has & IS_VALUE)
		size = prog_map(prog, reg->map)->value_size;
	if (has & IS_KEY)
		size = prog_map(prog, reg->map)->key_size;
	vlog_add(log, " (%u bytes)", size);
}

static void add_stack_pointer(struct vlog *log, const struct state *state, const struct reg *reg)
{
	const char *whose = reg->frame + 1u < state->frame_cnt ? " of a caller" : "";

	if (scalar_is_const(reg->num) && !scalar_value(reg->num))
		vlog_add(log, "the frame pointer%s", whose);
	else if (scalar_is_const(reg->num) && (s64)scalar_value(reg->num) < 0)
		vlog_add(log, "a pointer to fp%lld on the stack%s", (s64)scalar_value(reg->num), whose);
	else
		vlog_add(log, "a pointer to the stack%s", whose);
	if (scalar_is_const(reg->num) && (s64)scalar_value(reg->num) <= 0)
		return;
	vlog_add(log, ", at ");
	add_offset(log, reg->num);
	vlog_add(log, " from the frame pointer");
}

/* How many bytes of the packet were shown to be there, from where the pointer is. */
static void add_packet_room(struct vlog *log, const struct reg *reg)
{
	s64 room = (s64)reg->range - reg->off;

	if (reg->range && room > 0)
		vlog_add(log, "; %lld bytes from there were compared with data_end", room);
	else
		vlog_add(log, "; no byte from there was compared with data_end");
}

static void add_pointer(struct vlog *log, const struct program *prog, const struct reg *reg)
{
	bool is_slice = (reg->kind == REG_MEM || reg->kind == REG_MEM_OR_NULL) && reg->ref;
	u32 has = kinds[reg->kind].has;

	if (!kinds[reg->kind].text) {
		vlog_add(log, "a pointer of kind '%s'", reg_kind_name(reg->kind));
		return;
	}
	vlog_add(log, "%s%s%s", has & MAY_BE_NULL ? "null or " : "",
		 has & IS_IT ? "" : "a pointer to ",
		 is_slice ? "memory of a dynptr" : kinds[reg->kind].text);
	if (has & HAS_TYPE)
		add_type(log, prog, reg->size);
	if (has & HAS_MAP)
		add_map(log, prog, reg->map);
	if (has & (HAS_SIZE | IS_VALUE | IS_KEY))
		add_size(log, prog, reg, has);
	if (has & HAS_OFFSET && !(reg->kind == REG_CTX && scalar_is_const(reg->num) &&
				  !scalar_value(reg->num))) {
		vlog_add(log, ", at ");
		add_offset(log, reg->num);
	}
	if (reg_is_packet(reg))
		add_packet_room(log, reg);
}

static void add_reg(struct vlog *log, const struct program *prog, const struct state *state,
		    const struct reg *reg)
{
	if (reg->kind == REG_UNINIT)
		vlog_add(log, "not initialised");
	else if (reg->kind == REG_SCALAR)
		add_number(log, reg->num);
	else if (reg->kind == REG_STACK)
		add_stack_pointer(log, state, reg);
	else if (reg->kind == REG_FUNC)
		vlog_add(log, "the address of the subprogram at insn %u", reg->size);
	else
		add_pointer(log, prog, reg);
}

void words_of_reg(struct vlog *log, const struct program *prog, const struct state *state,
		  u32 regno)
{
	vlog_add(log, "R%u is ", regno);
	add_reg(log, prog, state, &state_top(state)->regs[regno]);
}

/* --- stack ------------------------------------------------------------------------------- */

/* The pointer that lies in one of the bytes; NULL: none. */
static const struct reg *pointer_in(const struct frame *frame, s32 lo, s32 hi)
{
	const struct reg *pointer = NULL;

	for (; lo < hi && !pointer; lo++)
		pointer = stack_pointer(frame, lo);
	return pointer;
}

/* The first run of bytes that are uninitialised, from @lo on. False: there is none. */
static bool next_gap(const struct frame *frame, s32 lo, s32 hi, s32 *first, s32 *end)
{
	while (lo < hi && stack_byte(frame, lo) != BYTE_UNINIT)
		lo++;
	*first = lo;
	while (lo < hi && stack_byte(frame, lo) == BYTE_UNINIT)
		lo++;
	*end = lo;
	return *first < *end;
}

void words_of_stack(struct vlog *log, const struct program *prog, const struct state *state,
		    u32 frame_no, s32 lo, s32 hi)
{
	const struct frame *frame = state->frames[frame_no];
	const struct reg *pointer = pointer_in(frame, lo, hi);
	s32 first, end = lo, left = hi - lo;
	const char *sep = "not initialised: ";

	while (next_gap(frame, end, hi, &first, &end)) {
		vlog_add(log, "%sfp%d", sep, first);
		if (end - first > 1)
			vlog_add(log, " to fp%d", end - 1);
		sep = ", ";
		left -= end - first;
	}
	if (left == hi - lo && pointer) {
		vlog_add(log, "fp%d to fp%d hold ", lo, hi - 1);
		add_reg(log, prog, state, pointer);
	} else if (left) {
		vlog_add(log, "; the other bytes of fp%d to fp%d are initialised", lo, hi - 1);
	}
}
