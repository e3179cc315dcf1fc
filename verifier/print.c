// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* How is a state written in the log? No address is known here, so none is printed. */
#include "verifier/print.h"

#include "isa/btf/btf.h"
#include "isa/disasm.h"

void print_insn(struct vlog *log, const struct program *prog, u32 pc)
{
	/* One that is cut off has no second slot: it is printed as raw numbers. */
	struct modbpf_insn slots[2] = { prog->insns[pc], { .code = 0xff } };
	char text[MODBPF_DISASM_BYTES];

	if (pc + 1 < prog->insn_cnt)
		slots[1] = prog->insns[pc + 1];
	modbpf_insn_print(slots, NULL, text, sizeof(text));
	vlog_add(log, "%u: (%02x) %s", pc, prog->insns[pc].code, text);
}

/* The last record that is not behind @pc. NULL: there are none. */
static const struct line_info *line_of(const struct program *prog, u32 pc)
{
	const struct line_info *lines = prog->req->lines;
	u32 low = 0, high = prog->req->line_cnt, middle;

	while (high > low + 1) {
		middle = (low + high) / 2;
		if (lines[middle].insn > pc)
			high = middle;
		else
			low = middle;
	}
	return prog->req->btf && high ? &lines[low] : NULL;
}

void print_text(struct vlog *log, const char *text)
{
	char shown[128];
	u32 i;

	/* Not all of them, if they are more than a line: megabytes of them, at each instruction. */
	for (i = 0; i < sizeof(shown) && (*text == ' ' || *text == '\t'); i++)
		text++;
	for (i = 0; i + 1 < sizeof(shown) && text[i]; i++)
		shown[i] = text[i] >= ' ' && text[i] <= '~' ? text[i] : text[i] == '\t' ? ' ' : '?';
	shown[i] = 0;
	vlog_add(log, "%s", shown);
}

bool print_source(struct vlog *log, const struct program *prog, u32 pc, bool only_first)
{
	const struct line_info *line = line_of(prog, pc);

	if (!line || (only_first && line->insn != pc))
		return false;
	vlog_add(log, "; ");
	print_text(log, btf_string(prog->req->btf, line->line_off));
	vlog_add(log, " @ ");
	print_text(log, btf_string(prog->req->btf, line->file_name_off));
	vlog_add(log, ":%u", line->line_col >> 10);
	return true;
}

/* What parts one fact from the next: nothing stands in front of the first. */
static const char *comma(bool *is_later)
{
	const char *sep = *is_later ? "," : "";

	*is_later = true;
	return sep;
}

static void print_bounds(struct vlog *log, struct scalar num, bool is_later)
{
	if (scalar_is_const(num)) {
		vlog_add(log, "%s%lld", comma(&is_later), (s64)scalar_value(num));
		return;
	}
	if (num.r64.smin != (s64)(1ULL << 63))
		vlog_add(log, "%ssmin=%lld", comma(&is_later), num.r64.smin);
	if (num.r64.smax != (s64)~(1ULL << 63))
		vlog_add(log, "%ssmax=%lld", comma(&is_later), num.r64.smax);
	if (num.r64.umin)
		vlog_add(log, "%sumin=%llu", comma(&is_later), num.r64.umin);
	if (num.r64.umax != ~0ULL)
		vlog_add(log, "%sumax=%llu", comma(&is_later), num.r64.umax);
	if (num.bits.mask != ~0ULL)
		vlog_add(log, "%svar_off=(0x%llx; 0x%llx)", comma(&is_later), num.bits.value, num.bits.mask);
}

static void print_facts(struct vlog *log, const struct reg *reg)
{
	bool is_later = false;

	if (reg->id)
		vlog_add(log, "%sid=%u", comma(&is_later), reg->id);
	if (reg->kind == REG_MAP || reg->kind == REG_MAP_OR_NULL ||
	    reg->kind == REG_VALUE || reg->kind == REG_VALUE_OR_NULL ||
	    reg->kind == REG_KEY)
		vlog_add(log, "%smap=%u", comma(&is_later), reg->map);
	if (reg->kind == REG_TYPED)
		vlog_add(log, "%stype=%u", comma(&is_later), reg->size);
	if (reg->kind == REG_MEM || reg->kind == REG_MEM_OR_NULL)
		vlog_add(log, "%ssz=%u", comma(&is_later), reg->size);
	if (reg->kind == REG_DYNPTR || reg->kind == REG_DYNPTR_HALF)
		vlog_add(log, "%sref=%u", comma(&is_later), reg->ref);
	if (reg->kind == REG_RECORD || reg->kind == REG_RECORD_OR_NULL)
		vlog_add(log, "%sref=%u,sz=%u", comma(&is_later), reg->ref, reg->size);
	if (reg_is_packet(reg))
		vlog_add(log, "%soff=%d,r=%u", comma(&is_later), reg->off, reg->range);
	print_bounds(log, reg->num, is_later);
}

static void print_reg(struct vlog *log, const struct reg *reg)
{
	if (reg->kind == REG_SCALAR && scalar_is_const(reg->num)) {
		vlog_add(log, "%lld", (s64)scalar_value(reg->num));
		return;
	}
	vlog_add(log, "%s", reg_kind_name(reg->kind));
	if (reg->kind == REG_STACK && scalar_is_const(reg->num)) {
		vlog_add(log, "%lld", (s64)scalar_value(reg->num));
		return;
	}
	vlog_add(log, "(");
	print_facts(log, reg);
	vlog_add(log, ")");
}

void print_regs(struct vlog *log, const struct state *state, u32 regs)
{
	const struct frame *frame = state_top(state);
	u32 i;

	for (i = 0; i <= MODBPF_REG_FP; i++) {
		if (!(regs >> i & 1) || frame->regs[i].kind == REG_UNINIT)
			continue;
		vlog_add(log, " R%u=", i);
		print_reg(log, &frame->regs[i]);
	}
}

void print_slots(struct vlog *log, const struct state *state)
{
	static const char marks[] = "?m0r";
	const struct frame *frame = state_top(state);
	u32 i, byte;

	for (i = 0; i < frame->slot_cnt; i++) {
		const struct slot *slot = &frame->slots[i];
		const struct spill *spill = frame_spill(frame, i, 0);

		if (spill && spill->cnt == 8) {
			vlog_add(log, " fp-%u=", 8 * (i + 1));
			print_reg(log, &spill->reg);
			continue;
		}
		for (byte = 0; byte < 8; byte++)
			if (slot->bytes[byte])
				break;
		if (byte == 8)
			continue;
		vlog_add(log, " fp-%u=", 8 * (i + 1));
		for (byte = 8; byte-- > 0;)
			vlog_add(log, "%c", marks[slot->bytes[byte] < BYTE_SPILL ?
						  slot->bytes[byte] : BYTE_SPILL]);
	}
}
