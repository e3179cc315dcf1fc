// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * How is an instruction written? Two different instructions never give the same
 * text: each field that the opcode uses is printed, and an instruction with a
 * field that it does not use is printed raw.
 */
#include "isa/disasm.h"

#include "isa/opcode.h"

/* Text that grows in a caller's buffer; len counts what did not fit, too. */
struct out {
	char *buf;
	u32 size;
	u32 len;
};

static __printf(2, 3) void put(struct out *out, const char *fmt, ...)
{
	u32 room = out->len < out->size ? out->size - out->len : 0;
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(room ? out->buf + out->len : NULL, room, fmt, args);
	va_end(args);
	if (len > 0)
		out->len += len;
}

static char width_letter(u8 code)
{
	return opcode_is_32bit(code) ? 'w' : 'r';
}

static void put_alu(struct out *out, const struct opcode *row, const struct modbpf_insn *insn)
{
	u8 op = BPF_OP(insn->code);
	char reg = width_letter(insn->code);

	put(out, "%c%u %s%s ", reg, insn->dst_reg,
	    (op == BPF_DIV || op == BPF_MOD) && opcode_is_signed(insn) ? "s" : "",
	    row->symbol);
	if (row->form == FORM_ALU_IMM)
		put(out, "%d", insn->imm);
	else if (op == BPF_MOV && opcode_extends_from(insn))
		put(out, "(s%u)%c%u", opcode_extends_from(insn), reg, insn->src_reg);
	else
		put(out, "%c%u", reg, insn->src_reg);
}

/* "*(u32 *)(r1 +4)" without its star: what is at that address, or a pointer to it. */
static void put_place(struct out *out, char sign, u32 bytes, u32 reg, s16 off)
{
	put(out, "(%c%u *)(r%u %+d)", sign, bytes * 8, reg, off);
}

static void put_atomic(struct out *out, const struct opcode *row,
		       const struct modbpf_insn *insn)
{
	const struct atomic_op *op = atomic_lookup(insn->imm);
	u32 dst = insn->dst_reg, src = insn->src_reg;

	if (op->flags & ATOMIC_LOAD) {
		put(out, "r%u = %s(", dst, op->name);
		put_place(out, 'u', row->bytes, src, insn->off);
		put(out, ")");
	} else if (op->flags & ATOMIC_STORE) {
		put(out, "%s(", op->name);
		put_place(out, 'u', row->bytes, dst, insn->off);
		put(out, ", r%u)", src);
	} else if (op->symbol) {
		put(out, "lock *");
		put_place(out, 'u', row->bytes, dst, insn->off);
		put(out, " %s r%u", op->symbol, src);
	} else {
		put(out, "r%u = atomic%s_%s(", op->flags & ATOMIC_USES_R0 ? 0 : src,
		    row->bytes == 8 ? "64" : "", op->name);
		put_place(out, 'u', row->bytes, dst, insn->off);
		put(out, "%s, r%u)", op->flags & ATOMIC_USES_R0 ? ", r0" : "", src);
	}
}

static void put_memory(struct out *out, const struct opcode *row,
		       const struct modbpf_insn *insn)
{
	switch (row->form) {
	case FORM_LOAD:
		put(out, "r%u = *", insn->dst_reg);
		put_place(out, row->flags & OPCODE_SIGN_EXTENDS ? 's' : 'u', row->bytes,
			  insn->src_reg, insn->off);
		break;
	case FORM_STORE_IMM:
		put(out, "*");
		put_place(out, 'u', row->bytes, insn->dst_reg, insn->off);
		put(out, " = %d", insn->imm);
		break;
	case FORM_STORE_REG:
		put(out, "*");
		put_place(out, 'u', row->bytes, insn->dst_reg, insn->off);
		put(out, " = r%u", insn->src_reg);
		break;
	case FORM_LD_ABS:
		put(out, "r0 = *(u%u *)skb[%d]", row->bytes * 8, insn->imm);
		break;
	default:
		put(out, "r0 = *(u%u *)skb[r%u + %d]", row->bytes * 8, insn->src_reg, insn->imm);
		break;
	}
}

static void put_constant(struct out *out, const struct disasm_names *names,
			 const struct modbpf_insn *insn)
{
	char name[MODBPF_DISASM_BYTES];

	put(out, "r%u = ", insn->dst_reg);
	if (insn->src_reg && names && names->constant &&
	    names->constant(names->cookie, insn, name, sizeof(name))) {
		put(out, "%s", name);
		return;
	}
	switch (insn->src_reg) {
	case 0:
		put(out, "0x%llx ll", (unsigned long long)insn_imm64(insn));
		break;
	case BPF_PSEUDO_MAP_FD:
	case BPF_PSEUDO_MAP_IDX:
		put(out, "map[%s:%d]", insn->src_reg == BPF_PSEUDO_MAP_FD ? "fd" : "idx",
		    insn->imm);
		break;
	case BPF_PSEUDO_MAP_VALUE:
	case BPF_PSEUDO_MAP_IDX_VALUE:
		put(out, "map[%s:%d][0]%+d",
		    insn->src_reg == BPF_PSEUDO_MAP_VALUE ? "fd" : "idx", insn->imm, insn[1].imm);
		break;
	case MODBPF_PSEUDO_PROG:
		put(out, "prog");
		break;
	case BPF_PSEUDO_FUNC:
		put(out, "subprog[%+d]", insn->imm);
		break;
	default:
		put(out, "btf[id:%d,fd:%d]", insn->imm, insn[1].imm);
		break;
	}
}

static void put_call(struct out *out, const struct disasm_names *names,
		     const struct modbpf_insn *insn)
{
	char name[MODBPF_DISASM_BYTES];

	if (names && names->callee && names->callee(names->cookie, insn, name, sizeof(name)))
		put(out, "call %s", name);
	else if (insn->src_reg == BPF_PSEUDO_CALL)
		put(out, "call pc%+d", insn->imm);
	else if (insn->src_reg == BPF_PSEUDO_KFUNC_CALL && insn->off)
		put(out, "call kfunc#%d,fd:%d", insn->imm, insn->off);
	else if (insn->src_reg == BPF_PSEUDO_KFUNC_CALL && kfunc_name(insn->imm))
		put(out, "call kfunc#bpf_%s", kfunc_name(insn->imm));
	else if (insn->src_reg == BPF_PSEUDO_KFUNC_CALL)
		put(out, "call kfunc#%d", insn->imm);
	else if (helper_name(insn->imm))
		put(out, "call bpf_%s#%d", helper_name(insn->imm), insn->imm);
	else
		put(out, "call unknown#%d", insn->imm);
}

static void put_jump(struct out *out, const struct opcode *row, const struct modbpf_insn *insn)
{
	char reg = width_letter(insn->code);

	switch (row->form) {
	case FORM_JUMP:
		put(out, "%s pc%+d", row->name,
		    BPF_CLASS(insn->code) == BPF_JMP32 ? insn->imm : insn->off);
		break;
	case FORM_BRANCH_IMM:
		put(out, "if %c%u %s 0x%x goto pc%+d", reg, insn->dst_reg, row->symbol,
		    insn->imm, insn->off);
		break;
	case FORM_BRANCH_REG:
		put(out, "if %c%u %s %c%u goto pc%+d", reg, insn->dst_reg, row->symbol,
		    reg, insn->src_reg, insn->off);
		break;
	default:
		put(out, "exit");
		break;
	}
}

static void put_swap(struct out *out, const struct opcode *row, const struct modbpf_insn *insn)
{
	put(out, "r%u = %s%d r%u", insn->dst_reg, row->name, insn->imm, insn->dst_reg);
}

/*
 * After verification an instruction may name REG_AX, which opcode_check() does
 * not know, and shift or divide by any constant: those are still printed.
 */
static bool is_printable(const struct modbpf_insn *insn)
{
	const struct opcode *row = opcode_lookup(insn->code);
	struct modbpf_insn lookalike[2];

	if (!row)
		return false;
	lookalike[0] = *insn;
	if (row->flags & OPCODE_TWO_SLOTS)
		lookalike[1] = insn[1];
	if (row->dst == FIELD_REG && insn->dst_reg == MODBPF_REG_AX)
		lookalike[0].dst_reg = 0;
	if (row->src == FIELD_REG && insn->src_reg == MODBPF_REG_AX)
		lookalike[0].src_reg = 0;
	if (row->imm == FIELD_SHIFT || row->imm == FIELD_DIVISOR)
		lookalike[0].imm = 1;
	return !opcode_check(lookalike, 2);
}

u32 modbpf_insn_print(const struct modbpf_insn *insn, const struct disasm_names *names,
		      char *buf, u32 size)
{
	const struct opcode *row = opcode_lookup(insn->code);
	struct out out = { buf, size, 0 };

	if (!is_printable(insn)) {
		put(&out, ".insn 0x%02x %u %u %d %d", insn->code, insn->dst_reg, insn->src_reg,
		    insn->off, insn->imm);
		return out.len;
	}
	switch (row->form) {
	case FORM_ALU_IMM:
	case FORM_ALU_REG:
		put_alu(&out, row, insn);
		break;
	case FORM_NEG:
		put(&out, "%c%u = -%c%u", width_letter(insn->code), insn->dst_reg,
		    width_letter(insn->code), insn->dst_reg);
		break;
	case FORM_SWAP:
		put_swap(&out, row, insn);
		break;
	case FORM_ATOMIC:
		put_atomic(&out, row, insn);
		break;
	case FORM_LD_IMM64:
		put_constant(&out, names, insn);
		break;
	case FORM_CALL:
		put_call(&out, names, insn);
		break;
	case FORM_LOAD:
	case FORM_STORE_IMM:
	case FORM_STORE_REG:
	case FORM_LD_ABS:
	case FORM_LD_IND:
		put_memory(&out, row, insn);
		break;
	default:
		put_jump(&out, row, insn);
		break;
	}
	return out.len;
}
