// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Is each argument of a helper call of the kind that the helper's row names? */
#include "verifier/arg.h"

#include "verifier/ctx.h"
#include "verifier/dynptr.h"
#include "verifier/exact.h"
#include "verifier/format.h"
#include "verifier/helper.h"
#include "verifier/lock.h"
#include "verifier/map_field.h"
#include "verifier/mem.h"
#include "verifier/stack.h"
#include "verifier/typed.h"

#define MAX_SIZE (1U << 29)

static int refuse_kind(struct step *step, u32 regno, const char *expected)
{
	return refuse(step, REFUSE_ARG_TYPE, regno,
		      "R%u type=%s expected=%s",
		      regno, reg_kind_name(step_regs(step)[regno].kind), expected);
}

static const struct map_desc *map_of(const struct step *step, u32 map)
{
	return prog_map(step->prog, map);
}

/* Memory that the helper reads. */
static int check_readable(struct step *step, u32 regno, u32 bytes)
{
	const struct reg *reg = &step_regs(step)[regno];
	struct span span;
	int err;

	if (reg->kind != REG_STACK)
		return check_region(step, regno, 0, bytes, ACCESS_READ);
	err = check_stack_span(step, regno, 0, bytes, &span);
	return err ? : check_stack_readable(step, reg->frame, span);
}

/*
 * Memory that the helper fills. If where or how much is not known, any byte of
 * it may stay as it was, and so must be initialised already. If not, it stays what it
 * was until all arguments are checked: the helper may read it as another one.
 */
static int check_fillable(struct step *step, u32 regno, u32 bytes, bool exact, struct call_args *args)
{
	const struct reg *reg = &step_regs(step)[regno];
	struct span span;
	int err;

	if (reg_is_packet(reg))
		return refuse_kind(step, regno, "fp, map_value, ringbuf_mem");
	if (reg->kind != REG_STACK)
		return check_region(step, regno, 0, bytes, ACCESS_WRITE);
	err = check_stack_span(step, regno, 0, bytes, &span);
	if (err)
		return err;
	if (exact && scalar_is_const(reg->num)) {
		args->fills = true;
		args->fill_frame = reg->frame;
		args->fill_lo = span.lo;
		args->fill_hi = span.hi;
		/* No dynptr that the helper is given is among them. */
		return check_dynptrs_overwritten(step, reg->frame, span);
	}
	err = check_stack_readable(step, reg->frame, span);
	return err ? : stack_smear(step, reg->frame, span);
}

/* What outlives the call must outlive the program's run: a map's values do. */
static int check_kept(struct step *step, u32 regno, u32 bytes)
{
	if (step_regs(step)[regno].kind != REG_VALUE)
		return refuse_kind(step, regno, "map_value");
	return check_region(step, regno, 0, bytes, ACCESS_READ | ACCESS_WRITE);
}

static void note_map(struct step *step, u32 map)
{
	struct insn_note *note = step->note;

	/* Where a map that was found lies, nobody knows before the program runs. */
	if (map_is_inner(map) || (note->flags & NOTE_MAP && note->map != map))
		note->flags |= NOTE_MAP_VARIES;
	note->flags |= NOTE_MAP;
	note->map = map;
}

/* Helpers that themselves change what a map holds, or copy it out. */
#define MAP_USE_WRITES (MAP_MAY_UPDATE | MAP_MAY_DELETE | MAP_MAY_PUSH | MAP_MAY_POP)
#define MAP_USE_READS (MAP_MAY_POP | MAP_MAY_PEEK)

static int check_map_arg(struct step *step, const struct helper *helper, u32 regno,
			 struct call_args *args)
{
	const struct reg *reg = &step_regs(step)[regno];
	const struct map_rule *rule;

	if (reg->kind != REG_MAP)
		return refuse_kind(step, regno, "map_ptr");
	rule = map_rule_of(map_of(step, reg->map)->type);
	if (!(rule->may & helper->map_use)) {
		return refuse(step, REFUSE_ARG_MAP_TYPE, regno,
			      "cannot pass map_type %u (%s) into func bpf_%s#%d",
			      map_of(step, reg->map)->type, rule->name, helper->name, step->insn->imm);
	}
	if (helper->map_use & MAP_USE_WRITES &&
	    map_of(step, reg->map)->flags & MODBPF_F_RDONLY_PROG) {
		return refuse(step, REFUSE_MAP_WRITE, regno, "write into map forbidden");
	}
	if (helper->map_use & MAP_USE_READS &&
	    map_of(step, reg->map)->flags & MODBPF_F_WRONLY_PROG) {
		return refuse(step, REFUSE_MAP_READ, regno, "read from map forbidden");
	}
	args->map = reg->map;
	note_map(step, reg->map);
	if (helper->flags & HELPER_ONE_MAP && step->note->flags & NOTE_MAP_VARIES) {
		return refuse(step, REFUSE_ARG_MAP_VARIES, regno,
			      "not supported yet: different maps at the same call of bpf_%s",
			      helper->name);
	}
	return 0;
}

/* Is the index of an array lookup known? */
static void note_key(struct step *step, u32 regno, u32 map)
{
	const struct reg *reg = &step_regs(step)[regno];
	struct insn_note *note = step->note;
	u32 key;

	if (note->flags & NOTE_KEY_VARIES)
		return;
	if (!map_rule_of(map_of(step, map)->type)->indexed || reg->kind != REG_STACK ||
	    map_of(step, map)->key_size != 4 || !scalar_is_const(reg->num) ||
	    !stack_const_u32(step->state, reg->frame, (s64)scalar_value(reg->num), &key)) {
		note->flags |= NOTE_KEY_VARIES;
		return;
	}
	if (note->flags & NOTE_KEY && note->key != key)
		note->flags |= NOTE_KEY_VARIES;
	note->flags |= NOTE_KEY;
	note->key = key;
}

static int check_key_arg(struct step *step, u32 regno, const struct call_args *args)
{
	int err = check_readable(step, regno, map_of(step, args->map)->key_size);

	if (!err)
		note_key(step, regno, args->map);
	return err;
}

static int check_value_fill_arg(struct step *step, u32 regno, struct call_args *args)
{
	const struct map_desc *map = map_of(step, args->map);

	if (map_rule_of(map->type)->asked)
		return check_readable(step, regno, map->value_size);
	return check_fillable(step, regno, map->value_size, true, args);
}

/* Argument register of the format of a helper that prints. */
static u32 format_reg(const struct helper *helper)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(helper->args); i++)
		if (helper->args[i] == ARG_FORMAT || helper->args[i] == ARG_CONST_FORMAT)
			return i + 1;
	return 0;
}

/* A format that can be looked at beforehand: does it fit to @arg_cnt arguments? */
static int check_format(struct step *step, u32 regno, u32 arg_cnt)
{
	struct conversion conversion;
	u32 used = 0;
	s32 off = 0;

	while (format_next(step, regno, &off, &conversion))
		used += conversion.kind != CONVERSION_PERCENT;
	if (conversion.kind == CONVERSION_UNKNOWN) {
		return refuse(step, REFUSE_FORMAT, regno,
			      "R%u: the format has an unknown conversion, number %u", regno, used + 1);
	}
	if (used <= arg_cnt)
		return 0;
	return refuse(step, REFUSE_FORMAT, regno,
		      "R%u: the format takes %u arguments and is given %u", regno, used, arg_cnt);
}

/*
 * The arguments of a format: numbers. A pointer may be among them where the format reads at
 * it, which is what the helpers that probe do with any address.
 */
static int check_printed_data(struct step *step, const struct helper *helper, u32 regno, u32 bytes)
{
	const struct reg *reg = &step_regs(step)[regno];
	u32 format = format_reg(helper);
	struct span span, piece;
	int err = 0;

	if (helper->args[format - 1] == ARG_CONST_FORMAT)
		err = check_format(step, format, bytes / 8);
	if (err || (!bytes && is_exactly_null(step->state, reg)))
		return err;
	if (reg->kind != REG_STACK || !scalar_is_const(reg->num))
		return check_readable(step, regno, bytes);
	err = check_stack_span(step, regno, 0, bytes, &span);
	for (piece.lo = span.lo; !err && piece.lo < span.hi; piece.lo = piece.hi) {
		piece.hi = piece.lo + 8 < span.hi ? piece.lo + 8 : span.hi;
		if (stack_holds_pointer(step, reg->frame, piece.lo) &&
		    format_reads_at(step, format, (piece.lo - span.lo) / 8))
			continue;
		err = check_stack_readable(step, reg->frame, piece);
	}
	return err;
}

static bool moves_packet(const struct helper *helper, const struct call_args *args)
{
	return helper->flags & HELPER_MOVES_PACKET || dynptr_moves_packet(helper, args);
}

/* The size of the memory in another argument. */
static int check_size_arg(struct step *step, const struct helper *helper, u32 regno,
			  struct call_args *args)
{
	const struct reg *reg = &step_regs(step)[regno];
	bool zero_ok = helper->args[regno - 1] == ARG_SIZE_OR_ZERO;
	const struct reg *at = &step_regs(step)[regno - 1];
	u8 memory = helper->args[regno - 2];
	bool exact = scalar_is_const(reg->num);
	u32 bytes;

	if (reg->kind != REG_SCALAR)
		return refuse_kind(step, regno, "scalar");
	mark_exact(step->state, reg->deps);
	if (reg->num.r64.smin < 0) {
		return refuse(step, REFUSE_SIZE_NEGATIVE, regno,
			      "R%u min value is negative, either use unsigned or 'var &= const'",
			      regno);
	}
	if (!reg->num.r64.umin && !zero_ok) {
		return refuse(step, REFUSE_SIZE_ZERO, regno,
			      "R%u invalid zero-sized read: u64=[%lld,%lld]",
			      regno, reg->num.r64.umin, reg->num.r64.umax);
	}
	if (reg->num.r64.umax >= MAX_SIZE) {
		return refuse(step, REFUSE_SIZE_UNBOUNDED, regno,
			      "R%u unbounded memory access, use 'var &= const' or 'if (var < const)'",
			      regno);
	}
	bytes = reg->num.r64.umax;
	args->size_max = bytes;
	/* The packet may be gone before the helper is done with it. */
	if (moves_packet(helper, args) && reg_is_in_packet(at))
		return refuse_kind(step, regno - 1, "fp, map_value, ringbuf_mem, mem");
	if (memory == ARG_PRINTED && !exact) {
		return refuse(step, REFUSE_SIZE_NOT_CONSTANT, regno,
			      "R%u is not a known constant", regno);
	}
	if (memory == ARG_PRINTED)
		return check_printed_data(step, helper, regno - 1, bytes);
	if (memory == ARG_KEPT)
		return check_kept(step, regno - 1, bytes);
	if (memory == ARG_FILL_OR_NULL && !bytes && is_exactly_null(step->state, at))
		return 0;
	if (memory == ARG_FILL || memory == ARG_FILL_OR_NULL)
		return check_fillable(step, regno - 1, bytes, exact, args);
	if (memory == ARG_READ_OR_NULL && !bytes && is_exactly_null(step->state, at))
		return 0;
	return check_readable(step, regno - 1, bytes);
}

#define STRING_BYTES 4096	/* longer ones are not looked at */

static int check_string_arg(struct step *step, u32 regno)
{
	const struct reg *reg = &step_regs(step)[regno];
	u64 byte;
	s64 off;

	if (reg->kind != REG_VALUE)
		return refuse_kind(step, regno, "map_value");
	for (off = 0; off < STRING_BYTES && value_is_frozen(step, reg, off, 1, &byte); off++)
		if (!byte)
			return 0;
	return refuse(step, REFUSE_STRING_NOT_CONSTANT, regno,
		      off ? "R%u: the string is not zero-terminated" :
		      "R%u does not point to a constant of a read-only map", regno);
}

static int check_const_size_arg(struct step *step, const struct helper *helper, u32 regno,
				struct call_args *args)
{
	const struct reg *reg = &step_regs(step)[regno];

	if (reg->kind != REG_SCALAR)
		return refuse_kind(step, regno, "scalar");
	mark_exact(step->state, reg->deps);
	if (!scalar_is_const(reg->num)) {
		return refuse(step, REFUSE_SIZE_NOT_CONSTANT, regno,
			      "R%u is not a known constant", regno);
	}
	if (scalar_value(reg->num) >= MAX_SIZE) {
		return refuse(step, REFUSE_SIZE_UNBOUNDED, regno,
			      "R%u unbounded memory access, size is too large", regno);
	}
	args->const_size = scalar_value(reg->num);
	if (helper->args[regno - 2] == ARG_BUFFER_OR_NULL)
		return check_buffer_arg(step, regno - 1, args->const_size, args);
	return 0;
}

static int check_record_arg(struct step *step, u32 regno, struct call_args *args)
{
	const struct reg *reg = &step_regs(step)[regno];

	if (reg->kind != REG_RECORD)
		return refuse_kind(step, regno, "ringbuf_mem");
	if (!scalar_is_const(reg->num) || scalar_value(reg->num)) {
		return refuse(step, REFUSE_RELEASE_OFFSET, regno,
			      "R%u must have zero offset when passed to release func", regno);
	}
	/* It is held: what is released is forgotten in every register and slot. */
	args->ref = reg->ref;
	return 0;
}

static int check_ctx_arg(struct step *step, u32 regno)
{
	if (step_regs(step)[regno].kind != REG_CTX)
		return refuse_kind(step, regno, "ctx");
	return check_ctx_unmoved(step, regno);
}

/* What the hook has given, as it has given it. */
static int check_skb_arg(struct step *step, u32 regno)
{
	const struct reg *reg = &step_regs(step)[regno];
	bool is_hook = step->prog->rule->ctx == CTX_KIND_NF;

	if (reg->kind == (is_hook ? REG_SKB : REG_CTX) && scalar_is_const(reg->num) &&
	    !scalar_value(reg->num))
		return 0;
	return refuse_kind(step, regno, is_hook ? "sk_buff" : "ctx");
}

/* The helper reads a string at a pointer; where it ends is not known before. */
static int check_printed_arg(struct step *step, const struct helper *helper, u32 regno)
{
	u32 format = format_reg(helper);

	/* The arguments stand behind the format and its size. */
	if (!format_reads_at(step, format, regno - format - 2))
		return refuse_kind(step, regno, "scalar");
	return check_readable(step, regno, 1);
}

/*
 * An argument that the program need not set: the final program sets it to zero
 * where it did not, so that the helper sees no left-over of the machine.
 */
static int check_optional_arg(struct step *step, const struct helper *helper, u32 regno)
{
	const struct reg *reg = &step_regs(step)[regno];
	bool unset = reg->kind == REG_UNINIT;
	u8 bit = 1 << regno;

	if (step->note->flags & NOTE_SEEN && !!(step->note->unset_args & bit) != unset) {
		return refuse(step, REFUSE_ARG_UNINIT, regno,
			      "R%u !read_ok on some of the paths here", regno);
	}
	if (unset) {
		step->note->unset_args |= bit;
		return 0;
	}
	if (reg_is_number(step, reg))
		return 0;
	return check_printed_arg(step, helper, regno);
}

static int check_timer_arg(struct step *step, u32 regno, struct call_args *args)
{
	args->map = step_regs(step)[regno].map;
	return check_field_place(step, regno, MAP_FIELD_TIMER);
}

/* What the timer's callback is given, and what its memory belongs to. */
static int check_timer_map_arg(struct step *step, u32 regno, const struct call_args *args)
{
	const struct reg *reg = &step_regs(step)[regno];

	if (reg->kind != REG_MAP)
		return refuse_kind(step, regno, "map_ptr");
	if (reg->map == args->map)
		return 0;
	return refuse(step, REFUSE_TIMER_MAP, regno,
		      "timer pointer in R%u is of another map than map pointer in R%u",
		      regno - 1, regno);
}

static int check_callback_context_arg(struct step *step, u32 regno)
{
	const struct reg *reg = &step_regs(step)[regno];

	if (reg->kind == REG_STACK || is_exactly_null(step->state, reg))
		return 0;
	return refuse_kind(step, regno, "fp, 0");
}

static int check_arg(struct step *step, const struct helper *helper, u32 regno,
		     struct call_args *args)
{
	u8 kind = helper->args[regno - 1];
	int err;

	if (kind == ARG_OPTIONAL_PRINTED)
		return check_optional_arg(step, helper, regno);
	err = check_reg_read(step, regno);
	if (err)
		return err;
	switch (kind) {
	case ARG_NUMBER:
		/* What is known of a pointer is no number. */
		mark_number(step, &step_regs(step)[regno]);
		return reg_is_number(step, &step_regs(step)[regno]) ? 0 :
		       refuse_kind(step, regno, "scalar");
	case ARG_MAP:
		return check_map_arg(step, helper, regno, args);
	case ARG_KEY:
		return check_key_arg(step, regno, args);
	case ARG_VALUE:
		return check_readable(step, regno, map_of(step, args->map)->value_size);
	case ARG_VALUE_FILL:
		return check_value_fill_arg(step, regno, args);
	case ARG_SIZE:
	case ARG_SIZE_OR_ZERO:
		return check_size_arg(step, helper, regno, args);
	case ARG_FILL_8:
		return check_fillable(step, regno, 8, true, args);
	case ARG_STRING:
	case ARG_CONST_FORMAT:
		return check_string_arg(step, regno);
	case ARG_CONST_SIZE:
		return check_const_size_arg(step, helper, regno, args);
	case ARG_CTX:
		return check_ctx_arg(step, regno);
	case ARG_SKB:
		return check_skb_arg(step, regno);
	case ARG_RECORD:
		return check_record_arg(step, regno, args);
	case ARG_LOCK:
		return check_lock_arg(step, regno, !(helper->flags & HELPER_UNLOCKS));
	case ARG_TIMER:
		return check_timer_arg(step, regno, args);
	case ARG_TIMER_MAP:
		return check_timer_map_arg(step, regno, args);
	case ARG_CALLBACK:
		return step_regs(step)[regno].kind == REG_FUNC ? 0 :
		       refuse_kind(step, regno, "func");
	case ARG_CALLBACK_CONTEXT:
		return check_callback_context_arg(step, regno);
	case ARG_DYNPTR:
	case ARG_RING_DYNPTR:
	case ARG_FREE_DYNPTR:
	case ARG_NEW_DYNPTR:
	case ARG_NEW_RING_DYNPTR:
	case ARG_NEW_SKB_DYNPTR:
	case ARG_NEW_SAME_DYNPTR:
		return check_dynptr_arg(step, kind, regno, args);
	default:	/* ARG_ADDRESS: anything; ARG_READ*, ARG_FILL, ARG_BUFFER*: checked with the size */
		return 0;
	}
}

int check_args(struct step *step, const struct helper *helper, struct call_args *args)
{
	u32 regno;
	int err = 0;

	for (regno = 1; regno <= 5 && !err; regno++)
		if (helper->args[regno - 1] != ARG_NONE)
			err = check_arg(step, helper, regno, args);
	if (err || !args->fills)
		return err;
	return stack_fill(step, args->fill_frame, (struct span){ args->fill_lo, args->fill_hi });
}
