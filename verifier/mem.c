// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Which loads and stores are safe, and what does a load give? Stack bytes are
 * tracked in stack.c and context fields in ctx.c; everything else is a region
 * with a size, and holds unknown numbers.
 */
#include "verifier/mem.h"

#include "isa/opcode.h"
#include "verifier/ctx.h"
#include "verifier/map_field.h"
#include "verifier/stack.h"
#include "verifier/typed.h"

#define FAR (1LL << 29)

bool is_aligned(const struct reg *reg, s64 off, u32 bytes)
{
	struct tnum at = tnum_add(reg->num.bits, tnum_const(off));

	return !((at.value | at.mask) & (bytes - 1));
}

static int check_permission(struct step *step, u32 regno, u32 access)
{
	const struct reg *reg = &step_regs(step)[regno];
	const struct map_desc *map = prog_map(step->prog, reg->map);

	if (reg->kind == REG_KEY && access & ACCESS_WRITE)
		return refuse(step, REFUSE_MAP_WRITE, regno,
			      "write into map key forbidden, key_size=%u", map->key_size);
	if (reg->mem & MEM_READ_ONLY && access & ACCESS_WRITE)
		return refuse(step, REFUSE_SLICE_WRITE, regno,
			      "R%u cannot write into rdonly_mem", regno);
	if (reg->kind != REG_VALUE)
		return 0;
	if (access & ACCESS_WRITE && map->flags & MODBPF_F_RDONLY_PROG) {
		return refuse(step, REFUSE_MAP_WRITE, regno,
			      "write into map forbidden, value_size=%u", map->value_size);
	}
	if (access & ACCESS_READ && map->flags & MODBPF_F_WRONLY_PROG) {
		return refuse(step, REFUSE_MAP_READ, regno,
			      "read from map forbidden, value_size=%u", map->value_size);
	}
	return 0;
}

static int refuse_bounds(struct step *step, u32 regno, s64 off, u32 bytes, u32 size)
{
	const struct reg *reg = &step_regs(step)[regno];
	s64 at = reg->num.r64.smin + off;
	int err;

	if (reg->kind == REG_VALUE)
		err = refuse(step, REFUSE_VALUE_BOUNDS, regno,
			     "invalid access to map value, value_size=%u off=%lld size=%u",
			     size, at, bytes);
	else if (reg->kind == REG_RECORD || reg->kind == REG_MEM || reg->kind == REG_KEY)
		err = refuse(step, REFUSE_RECORD_BOUNDS, regno,
			     "invalid access to memory, mem_size=%u off=%lld size=%u",
			     size, at, bytes);
	else
		err = refuse(step, REFUSE_PACKET_BOUNDS, regno,
			     "invalid access to packet, off=%lld size=%u, R%u(id=%u,off=%d,r=%u)",
			     at, bytes, regno, reg->id, reg->off, reg->range);
	if (!scalar_is_const(reg->num))
		vlog_line(step->log, "R%u max value is outside of the allowed memory range", regno);
	return err;
}

int refuse_access(struct step *step, u32 regno)
{
	const struct reg *reg = &step_regs(step)[regno];
	enum refusal_code code = reg->kind == REG_SCALAR ? REFUSE_ACCESS_NUMBER :
				 reg_may_be_null(reg) ? REFUSE_ACCESS_MAY_BE_NULL :
				 REFUSE_ACCESS_WRONG_POINTER;

	if (reg_is_typed(reg))
		return refuse(step, REFUSE_TYPED_WRITE, regno, "only read is supported: R%u is a %s",
			      regno, reg_kind_name(reg->kind));
	return refuse(step, code, regno, "R%u invalid mem access '%s'", regno,
		      reg_kind_name(reg->kind));
}

static int check_offset_bounded(struct step *step, u32 regno, s64 off)
{
	const struct reg *reg = &step_regs(step)[regno];
	s64 lo = reg->num.r64.smin, hi = reg->num.r64.smax;

	if (lo <= -FAR || (lo + off < 0 && !scalar_is_const(reg->num))) {
		return refuse(step, REFUSE_OFFSET_NEGATIVE, regno,
			      "R%u min value is negative, "
			      "either use unsigned index or do a if (index >=0) check.", regno);
	}
	if (hi >= FAR) {
		return refuse(step, REFUSE_OFFSET_UNBOUNDED, regno,
			      "R%u unbounded memory access, make sure to bounds check any such access",
			      regno);
	}
	return 0;
}

/*
 * Bytes base..base+range-1 were compared with the packet's end, base being .off
 * before the pointer. Nothing is known of bytes before the base, and no offset
 * may lie before the packet.
 */
static int check_packet_region(struct step *step, u32 regno, s64 off, u32 bytes)
{
	const struct reg *reg = &step_regs(step)[regno];
	s64 lo = reg->num.r64.smin + off, from_base = reg->off + off;

	if (lo < 0 || from_base < 0 || from_base + bytes > reg->range)
		return refuse_bounds(step, regno, off, bytes, reg->range);
	return 0;
}

/* How many bytes may be accessed where it points to; -1: none, or they are not told by a size. */
static s64 region_size(const struct step *step, const struct reg *reg)
{
	switch (reg->kind) {
	case REG_VALUE:
		return prog_map(step->prog, reg->map)->value_size;
	case REG_KEY:
		return prog_map(step->prog, reg->map)->key_size;
	case REG_RECORD:
	case REG_MEM:
		return reg->size;
	default:
		return -1;
	}
}

bool is_inside(const struct step *step, const struct reg *reg)
{
	s64 at = scalar_value(reg->num);

	if (!scalar_is_const(reg->num))
		return false;
	if (reg->kind == REG_STACK)
		return at >= -(s64)MODBPF_STACK_SIZE && at <= 0;
	return at >= 0 && at < region_size(step, reg);
}

int check_region(struct step *step, u32 regno, s64 off, u32 bytes, u32 access)
{
	const struct reg *reg = &step_regs(step)[regno];
	s64 lo = reg->num.r64.smin, hi = reg->num.r64.smax;
	s64 size = region_size(step, reg);
	int err;

	if (reg_is_packet(reg)) {
		err = check_offset_bounded(step, regno, off);
		return err ? : check_packet_region(step, regno, off, bytes);
	}
	if (size < 0)
		return refuse_access(step, regno);
	err = check_permission(step, regno, access);
	if (!err)
		err = check_offset_bounded(step, regno, off);
	if (err)
		return err;
	if (lo + off < 0 || hi + off + bytes > size)
		return refuse_bounds(step, regno, off, bytes, size);
	return reg->kind == REG_VALUE ? check_fields_untouched(step, regno, lo + off, hi + off + bytes) : 0;
}

int check_same_access(struct step *step, u16 flag)
{
	u16 kinds;

	step->note->flags |= flag;
	kinds = step->note->flags & (NOTE_CTX | NOTE_DIRECT | NOTE_PROBE);
	if (kinds & (kinds - 1)) {
		return refuse(step, REFUSE_ACCESS_MIXED_POINTERS, REFUSAL_NO_REG,
			      "same insn cannot be used with different pointers");
	}
	return 0;
}

bool value_is_frozen(const struct step *step, const struct reg *reg, s64 off, u32 bytes,
		     u64 *value)
{
	const struct map_desc *map = prog_map(step->prog, reg->map);
	u64 at = scalar_value(reg->num) + off;
	u32 i;

	if (!map->frozen || !(map->flags & MODBPF_F_RDONLY_PROG) || map->max_entries != 1 || !scalar_is_const(reg->num))
		return false;
	if (at > map->frozen_size || bytes > map->frozen_size - at)
		return false;
	*value = 0;
	for (i = 0; i < bytes; i++)
		*value |= (u64)map->frozen[at + i] << (8 * i);
	return true;
}

static int check_stack_aligned(struct step *step, u32 regno, s64 off, u32 bytes)
{
	const struct reg *reg = &step_regs(step)[regno];

	if (is_aligned(reg, off, bytes))
		return 0;
	return refuse(step, REFUSE_ACCESS_MISALIGNED, regno,
		      "misaligned stack access off %lld+%lld size %u",
		      reg->num.r64.smin, off, bytes);
}

static int check_stack_load(struct step *step, u32 bytes, bool sign_extend, struct reg *value)
{
	const struct modbpf_insn *insn = step->insn;
	const struct reg *src = &step_regs(step)[insn->src_reg];
	struct span span;
	int err = check_stack_aligned(step, insn->src_reg, insn->off, bytes);

	if (!err)
		err = check_stack_span(step, insn->src_reg, insn->off, bytes, &span);
	if (err)
		return err;
	if (scalar_is_const(src->num))
		return stack_load(step, src->frame, span.lo, bytes, sign_extend, value);
	*value = reg_scalar(scalar_loaded(bytes, sign_extend));
	return check_stack_readable(step, src->frame, span);
}

static int check_value_load(struct step *step, u32 bytes, bool sign_extend, struct reg *value)
{
	const struct modbpf_insn *insn = step->insn;
	const struct reg *src = &step_regs(step)[insn->src_reg];
	u64 frozen;
	int err = check_region(step, insn->src_reg, insn->off, bytes, ACCESS_READ);

	if (err)
		return err;
	*value = reg_scalar(scalar_loaded(bytes, sign_extend));
	if (src->kind == REG_VALUE && value_is_frozen(step, src, insn->off, bytes, &frozen))
		*value = reg_scalar(scalar_truncate(scalar_const(frozen), bytes, sign_extend));
	return 0;
}

int check_load(struct step *step)
{
	const struct modbpf_insn *insn = step->insn;
	const struct opcode *row = opcode_lookup(insn->code);
	bool sign_extend = row->flags & OPCODE_SIGN_EXTENDS;
	const struct reg *src = &step_regs(step)[insn->src_reg];
	struct reg value = reg_uninit();
	int err = check_reg_write(step, insn->dst_reg);

	if (!err)
		err = check_reg_read(step, insn->src_reg);
	if (err)
		return err;
	if (src->kind == REG_CTX) {
		err = check_ctx_load(step, insn->src_reg, row->bytes, sign_extend, &value);
	} else if (reg_is_typed(src)) {
		err = check_typed_load(step, insn->src_reg, row->bytes, sign_extend, &value);
	} else {
		err = check_same_access(step, NOTE_DIRECT);
		if (!err && src->kind == REG_STACK) {
			step->note->flags |= NOTE_STACK;
			err = check_stack_load(step, row->bytes, sign_extend, &value);
		} else if (!err) {
			err = check_value_load(step, row->bytes, sign_extend, &value);
		}
	}
	if (err)
		return err;
	step_regs(step)[insn->dst_reg] = value;
	if (value.kind != REG_SCALAR || value.deps || value.num.r64.umax > 0xffffffff)
		step->note->flags |= NOTE_UPPER_SET;
	return 0;
}

static int check_stack_store(struct step *step, u32 bytes, struct reg *value)
{
	const struct modbpf_insn *insn = step->insn;
	const struct reg *dst = &step_regs(step)[insn->dst_reg];
	struct span span;
	int err = check_stack_aligned(step, insn->dst_reg, insn->off, bytes);

	if (!err)
		err = check_stack_span(step, insn->dst_reg, insn->off, bytes, &span);
	if (err)
		return err;
	if (scalar_is_const(dst->num))
		return stack_store(step, dst->frame, span.lo, bytes, value);
	if (value->kind != REG_SCALAR) {
		return refuse(step, REFUSE_LEAK_INTO_STACK, insn->src_reg,
			      "R%u leaks addr into stack at a variable offset", insn->src_reg);
	}
	return stack_smear(step, dst->frame, span);
}

/* A store to anything but the stack must be of a number. */
static int check_number_stored(struct step *step, const struct reg *value)
{
	const struct reg *dst = &step_regs(step)[step->insn->dst_reg];

	if (value->kind == REG_SCALAR)
		return 0;
	return refuse(step, REFUSE_LEAK_INTO_MEMORY, step->insn->src_reg,
		      "R%u leaks addr into %s", step->insn->src_reg,
		      dst->kind == REG_VALUE ? "map" : dst->kind == REG_CTX ? "ctx" :
		      dst->kind == REG_PACKET ? "packet" : "mem");
}

static int check_packet_store(struct step *step)
{
	const struct reg *dst = &step_regs(step)[step->insn->dst_reg];

	if (!reg_is_packet(dst))
		return 0;
	if (!step->prog->rule->packet_write) {
		return refuse(step, REFUSE_PACKET_WRITE, step->insn->dst_reg,
			      "cannot write into packet");
	}
	step->found->packet_write = true;
	return 0;
}

static int check_store_to(struct step *step, u32 bytes, struct reg *value)
{
	const struct modbpf_insn *insn = step->insn;
	const struct reg *dst = &step_regs(step)[insn->dst_reg];
	bool is_spill = dst->kind == REG_STACK && scalar_is_const(dst->num) && bytes == 8;
	struct reg number = *value;
	int err;

	if (value->kind == REG_TYPED && !is_spill) {
		mark_number(step, &number);
		value = &number;
	}
	if (dst->kind == REG_CTX) {
		err = check_number_stored(step, value);
		return err ? : check_ctx_store(step, insn->dst_reg, bytes);
	}
	err = check_same_access(step, NOTE_DIRECT);
	if (err)
		return err;
	if (dst->kind == REG_STACK) {
		step->note->flags |= NOTE_STACK;
		return check_stack_store(step, bytes, value);
	}
	err = check_region(step, insn->dst_reg, insn->off, bytes, ACCESS_WRITE);
	if (!err)
		err = check_number_stored(step, value);
	if (!err)
		err = check_packet_store(step);
	return err;
}

int check_store(struct step *step)
{
	const struct modbpf_insn *insn = step->insn;
	const struct opcode *row = opcode_lookup(insn->code);
	struct reg imm = reg_scalar(scalar_const((s64)insn->imm));
	struct reg *value = &imm;
	int err = check_reg_read(step, insn->dst_reg);

	if (!err && row->form != FORM_STORE_IMM) {	/* store-release has an operation in imm */
		value = &step_regs(step)[insn->src_reg];
		err = check_reg_read(step, insn->src_reg);
	}
	return err ? : check_store_to(step, row->bytes, value);
}
