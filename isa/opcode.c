// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Which opcodes are there, and what may their fields hold? Every opcode is one
 * row of the table below; what is not in it does not exist.
 */
#include "isa/opcode.h"

#include "isa/abi.h"

/* X(enum, name in complaints) */
#define GROUPS(X) \
	X(ALU, "BPF_ALU") X(NEG, "BPF_NEG") X(END, "BPF_END") X(MOV, "BPF_MOV") \
	X(LDX, "BPF_LDX") X(ST, "BPF_ST") X(STX, "BPF_STX") X(ATOMIC, "BPF_ATOMIC") \
	X(LD_IMM64, "BPF_LD_IMM64") X(LD_ABS, "BPF_LD_[ABS|IND]") X(JA, "BPF_JA") \
	X(JMP, "BPF_JMP/JMP32") X(CALL, "BPF_CALL") X(EXIT, "BPF_EXIT") X(JCOND, "BPF_JCOND")

#define DEFINE_GROUP(id, text) GROUP_##id,
enum { GROUPS(DEFINE_GROUP) GROUP_COUNT };

#define ALU_FLAGS_IMM	(OPCODE_READS_DST | OPCODE_WRITES_DST)
#define ALU_FLAGS_REG	(ALU_FLAGS_IMM | OPCODE_READS_SRC)

#define ROW(code, ...) [code] = { __VA_ARGS__ }
#define REG FIELD_REG
#define ANY FIELD_ANY
#define ZERO FIELD_ZERO

/* An operation in its four forms: 32 and 64 bits, constant and register. */
#define ALU(op, name, symbol, off, imm) \
	ROW(BPF_ALU | op | BPF_K, name, symbol, FORM_ALU_IMM, ALU_FLAGS_IMM, 4, \
	    REG, ZERO, off, imm, GROUP_ALU, "4.1"), \
	ROW(BPF_ALU | op | BPF_X, name, symbol, FORM_ALU_REG, ALU_FLAGS_REG, 4, \
	    REG, REG, off, ZERO, GROUP_ALU, "4.1"), \
	ROW(BPF_ALU64 | op | BPF_K, name, symbol, FORM_ALU_IMM, ALU_FLAGS_IMM, 8, \
	    REG, ZERO, off, imm, GROUP_ALU, "4.1"), \
	ROW(BPF_ALU64 | op | BPF_X, name, symbol, FORM_ALU_REG, ALU_FLAGS_REG, 8, \
	    REG, REG, off, ZERO, GROUP_ALU, "4.1")

#define MOV(class, bytes) \
	ROW(class | BPF_MOV | BPF_K, "mov", "=", FORM_ALU_IMM, OPCODE_WRITES_DST, bytes, \
	    REG, ZERO, ZERO, ANY, GROUP_MOV, "4.1"), \
	ROW(class | BPF_MOV | BPF_X, "mov", "=", FORM_ALU_REG, \
	    OPCODE_WRITES_DST | OPCODE_READS_SRC, bytes, \
	    REG, REG, FIELD_EXTEND, ZERO, GROUP_MOV, "4.1")

#define NEG(class, bytes) \
	ROW(class | BPF_NEG, "neg", NULL, FORM_NEG, ALU_FLAGS_IMM, bytes, \
	    REG, ZERO, ZERO, ZERO, GROUP_NEG, "4.1")

#define SWAP(code, name) \
	ROW(code, name, NULL, FORM_SWAP, ALU_FLAGS_IMM, 8, \
	    REG, ZERO, ZERO, FIELD_SWAP_BITS, GROUP_END, "4.2")

#define LDX(size, bytes) \
	ROW(BPF_LDX | BPF_MEM | size, "ldx", NULL, FORM_LOAD, \
	    OPCODE_READS_SRC | OPCODE_WRITES_DST, bytes, REG, REG, ANY, ZERO, GROUP_LDX, "5.1")
#define LDSX(size, bytes) \
	ROW(BPF_LDX | BPF_MEMSX | size, "ldsx", NULL, FORM_LOAD, \
	    OPCODE_READS_SRC | OPCODE_WRITES_DST | OPCODE_SIGN_EXTENDS, bytes, \
	    REG, REG, ANY, ZERO, GROUP_LDX, "5.2")
#define STORE(size, bytes) \
	ROW(BPF_ST | BPF_MEM | size, "st", NULL, FORM_STORE_IMM, OPCODE_READS_DST, bytes, \
	    REG, ZERO, ANY, ANY, GROUP_ST, "5.1"), \
	ROW(BPF_STX | BPF_MEM | size, "stx", NULL, FORM_STORE_REG, \
	    OPCODE_READS_DST | OPCODE_READS_SRC, bytes, REG, REG, ANY, ZERO, GROUP_STX, "5.1")
#define ATOMIC(size, bytes, section) \
	ROW(BPF_STX | BPF_ATOMIC | size, "atomic", NULL, FORM_ATOMIC, \
	    OPCODE_READS_DST | OPCODE_READS_SRC, bytes, \
	    REG, REG, ANY, FIELD_ATOMIC, GROUP_ATOMIC, section)
#define PACKET(size, bytes) \
	ROW(BPF_LD | BPF_ABS | size, "ldabs", NULL, FORM_LD_ABS, 0, bytes, \
	    ZERO, ZERO, ZERO, ANY, GROUP_LD_ABS, "5.5"), \
	ROW(BPF_LD | BPF_IND | size, "ldind", NULL, FORM_LD_IND, OPCODE_READS_SRC, bytes, \
	    ZERO, REG, ZERO, ANY, GROUP_LD_ABS, "5.5")

#define BRANCH_FORMS(class, op, bytes, name, symbol) \
	ROW(class | op | BPF_K, name, symbol, FORM_BRANCH_IMM, OPCODE_READS_DST, bytes, \
	    REG, ZERO, ANY, ANY, GROUP_JMP, "4.3"), \
	ROW(class | op | BPF_X, name, symbol, FORM_BRANCH_REG, \
	    OPCODE_READS_DST | OPCODE_READS_SRC, bytes, REG, REG, ANY, ZERO, GROUP_JMP, "4.3")
#define BRANCH(op, name, symbol) \
	BRANCH_FORMS(BPF_JMP, op, 8, name, symbol), \
	BRANCH_FORMS(BPF_JMP32, op, 4, name, symbol)

static const struct opcode opcodes[256] = {
	ALU(BPF_ADD, "add", "+=", ZERO, ANY),
	ALU(BPF_SUB, "sub", "-=", ZERO, ANY),
	ALU(BPF_MUL, "mul", "*=", ZERO, ANY),
	ALU(BPF_DIV, "div", "/=", FIELD_SIGNED, FIELD_DIVISOR),
	ALU(BPF_OR, "or", "|=", ZERO, ANY),
	ALU(BPF_AND, "and", "&=", ZERO, ANY),
	ALU(BPF_LSH, "lsh", "<<=", ZERO, FIELD_SHIFT),
	ALU(BPF_RSH, "rsh", ">>=", ZERO, FIELD_SHIFT),
	ALU(BPF_MOD, "mod", "%=", FIELD_SIGNED, FIELD_DIVISOR),
	ALU(BPF_XOR, "xor", "^=", ZERO, ANY),
	ALU(BPF_ARSH, "arsh", "s>>=", ZERO, FIELD_SHIFT),
	MOV(BPF_ALU, 4),
	MOV(BPF_ALU64, 8),
	NEG(BPF_ALU, 4),
	NEG(BPF_ALU64, 8),
	SWAP(BPF_ALU | BPF_END | BPF_TO_LE, "le"),
	SWAP(BPF_ALU | BPF_END | BPF_TO_BE, "be"),
	SWAP(BPF_ALU64 | BPF_END, "bswap"),

	LDX(BPF_B, 1), LDX(BPF_H, 2), LDX(BPF_W, 4), LDX(BPF_DW, 8),
	LDSX(BPF_B, 1), LDSX(BPF_H, 2), LDSX(BPF_W, 4),
	STORE(BPF_B, 1), STORE(BPF_H, 2), STORE(BPF_W, 4), STORE(BPF_DW, 8),
	ATOMIC(BPF_B, 1, "Linux"), ATOMIC(BPF_H, 2, "Linux"),
	ATOMIC(BPF_W, 4, "5.3"), ATOMIC(BPF_DW, 8, "5.3"),
	ROW(MODBPF_LD_IMM64, "ld_imm64", NULL, FORM_LD_IMM64,
	    OPCODE_WRITES_DST | OPCODE_TWO_SLOTS, 8,
	    REG, FIELD_KIND, ZERO, ANY, GROUP_LD_IMM64, "5.4"),
	PACKET(BPF_B, 1), PACKET(BPF_H, 2), PACKET(BPF_W, 4),

	BRANCH(BPF_JEQ, "jeq", "=="),
	BRANCH(BPF_JGT, "jgt", ">"),
	BRANCH(BPF_JGE, "jge", ">="),
	BRANCH(BPF_JSET, "jset", "&"),
	BRANCH(BPF_JNE, "jne", "!="),
	BRANCH(BPF_JSGT, "jsgt", "s>"),
	BRANCH(BPF_JSGE, "jsge", "s>="),
	BRANCH(BPF_JLT, "jlt", "<"),
	BRANCH(BPF_JLE, "jle", "<="),
	BRANCH(BPF_JSLT, "jslt", "s<"),
	BRANCH(BPF_JSLE, "jsle", "s<="),
	ROW(BPF_JMP | BPF_JA, "goto", NULL, FORM_JUMP, 0, 0,
	    ZERO, ZERO, ANY, ZERO, GROUP_JA, "4.3"),
	ROW(BPF_JMP32 | BPF_JA, "gotol", NULL, FORM_JUMP, 0, 0,
	    ZERO, ZERO, ZERO, ANY, GROUP_JA, "4.3"),
	ROW(BPF_JMP | BPF_CALL, "call", NULL, FORM_CALL, 0, 0,
	    ZERO, FIELD_KIND, FIELD_CALL, FIELD_CALL, GROUP_CALL, "4.3.1"),
	ROW(BPF_JMP | BPF_EXIT, "exit", NULL, FORM_EXIT, 0, 0,
	    ZERO, ZERO, ZERO, ZERO, GROUP_EXIT, "4.3"),
	ROW(BPF_JMP | MODBPF_JCOND, "may_goto", NULL, FORM_MAY_GOTO, OPCODE_REFUSED, 0,
	    ZERO, ZERO, ANY, ZERO, GROUP_JCOND, "Linux"),
};

#undef REG
#undef ANY
#undef ZERO

#define FETCHES (ATOMIC_READS_SRC | ATOMIC_WRITES_SRC)

static const struct atomic_op atomic_ops[] = {
	{ BPF_ADD, "add", "+=", ATOMIC_READS_SRC },
	{ BPF_OR, "or", "|=", ATOMIC_READS_SRC },
	{ BPF_AND, "and", "&=", ATOMIC_READS_SRC },
	{ BPF_XOR, "xor", "^=", ATOMIC_READS_SRC },
	{ BPF_ADD | BPF_FETCH, "fetch_add", NULL, FETCHES },
	{ BPF_OR | BPF_FETCH, "fetch_or", NULL, FETCHES },
	{ BPF_AND | BPF_FETCH, "fetch_and", NULL, FETCHES },
	{ BPF_XOR | BPF_FETCH, "fetch_xor", NULL, FETCHES },
	{ BPF_XCHG, "xchg", NULL, FETCHES },
	{ BPF_CMPXCHG, "cmpxchg", NULL, ATOMIC_READS_SRC | ATOMIC_USES_R0 },
	{ MODBPF_LOAD_ACQ, "load_acquire", NULL, ATOMIC_LOAD | ATOMIC_ANY_SIZE },
	{ MODBPF_STORE_REL, "store_release", NULL,
	  ATOMIC_STORE | ATOMIC_READS_SRC | ATOMIC_ANY_SIZE },
};

const struct opcode *opcode_lookup(u8 code)
{
	return opcodes[code].name ? &opcodes[code] : NULL;
}

const struct atomic_op *atomic_lookup(s32 imm)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(atomic_ops); i++) {
		if (atomic_ops[i].imm == imm)
			return &atomic_ops[i];
	}
	return NULL;
}

const char *helper_name(s32 id)
{
#define HELPER_NAME(name, id) [id] = #name,
	static const char *const names[MODBPF_FUNC_LIMIT] = {
		MODBPF_HELPERS(HELPER_NAME) MODBPF_KFUNCS(HELPER_NAME)
		MODBPF_OWN_HELPERS(HELPER_NAME)
	};
#undef HELPER_NAME

	return id >= 0 && id < MODBPF_FUNC_LIMIT ? names[id] : NULL;
}

const char *kfunc_name(s32 id)
{
	switch (id) {
#define KFUNC_CASE(name, id) case id:
	MODBPF_KFUNCS(KFUNC_CASE)
#undef KFUNC_CASE
		return helper_name(id);
	default:
		return NULL;
	}
}

/* The fields that a complaint may be about. */
enum { IN_DST, IN_SRC, IN_OFF, IN_IMM, IN_SECOND_SLOT, IN_COUNT };

static const char *reserved(u32 group, u32 field)
{
#define COMPLAINTS(id, text) { \
	text " uses reserved fields: dst_reg must be zero", \
	text " uses reserved fields: src_reg must be zero", \
	text " uses reserved fields: off must be zero", \
	text " uses reserved fields: imm must be zero", \
	text " uses reserved fields: the second slot must be zero but for imm" },
	static const char *const complaints[GROUP_COUNT][IN_COUNT] = { GROUPS(COMPLAINTS) };
#undef COMPLAINTS

	return complaints[group][field];
}

static const char *wrong_register(const struct opcode *row, u32 rule, u8 reg, u32 field)
{
	if (rule == FIELD_ZERO && reg)
		return reserved(row->group, field);
	if (rule != FIELD_REG || reg <= MODBPF_REG_FP)
		return NULL;
	return field == IN_DST ? "dst_reg is invalid: the registers are R0 to R10" :
				 "src_reg is invalid: the registers are R0 to R10";
}

static const char *wrong_off(const struct opcode *row, const struct modbpf_insn *insn)
{
	s16 off = insn->off;

	switch (row->off) {
	case FIELD_ZERO:
		return off ? reserved(row->group, IN_OFF) : NULL;
	case FIELD_SIGNED:
		return off == 0 || off == 1 ? NULL :
		       "BPF_DIV/BPF_MOD uses reserved fields: off must be 0 or 1 (signed)";
	case FIELD_EXTEND:
		if (off == 0 || off == 8 || off == 16 || (off == 32 && row->bytes == 8))
			return NULL;
		return row->bytes == 8 ?
		       "BPF_MOV uses reserved fields: off must be 0, 8, 16 or 32" :
		       "BPF_MOV uses reserved fields: off must be 0, 8 or 16 for 32 bits";
	default:
		return NULL;
	}
}

static const char *wrong_atomic(const struct opcode *row, s32 imm)
{
	const struct atomic_op *op = atomic_lookup(imm);

	if (!op)
		return "BPF_ATOMIC uses an unknown operation in imm";
	if (row->bytes < 4 && !(op->flags & ATOMIC_ANY_SIZE))
		return "BPF_ATOMIC of 1 or 2 bytes must be load_acquire or store_release";
	return NULL;
}

static const char *wrong_imm(const struct opcode *row, s32 imm)
{
	switch (row->imm) {
	case FIELD_ZERO:
		return imm ? reserved(row->group, IN_IMM) : NULL;
	case FIELD_SWAP_BITS:
		return imm == 16 || imm == 32 || imm == 64 ? NULL :
		       "BPF_END uses reserved fields: imm must be 16, 32 or 64";
	case FIELD_SHIFT:
		return imm >= 0 && imm < row->bytes * 8 ? NULL :
		       "invalid shift: imm must be below the operand's bits";
	case FIELD_DIVISOR:
		return imm ? NULL : "div by zero";
	case FIELD_ATOMIC:
		return wrong_atomic(row, imm);
	default:
		return NULL;
	}
}

static const char *wrong_call(const struct modbpf_insn *insn)
{
	if (insn->src_reg > BPF_PSEUDO_KFUNC_CALL)
		return "BPF_CALL uses reserved fields: src_reg must be 0, 1 or 2";
	if (insn->off && insn->src_reg != BPF_PSEUDO_KFUNC_CALL)
		return reserved(GROUP_CALL, IN_OFF);
	return NULL;
}

static const char *wrong_ld_imm64(const struct modbpf_insn *insn, u32 left)
{
	if (left < 2)
		return "BPF_LD_IMM64 is cut off: its second slot is missing";
	if (insn[1].code || insn[1].dst_reg || insn[1].src_reg || insn[1].off)
		return reserved(GROUP_LD_IMM64, IN_SECOND_SLOT);
	if (insn->src_reg > BPF_PSEUDO_MAP_IDX_VALUE)
		return "BPF_LD_IMM64 uses reserved fields: src_reg must be 0 to 6";
	switch (insn->src_reg) {
	case BPF_PSEUDO_MAP_FD:
	case BPF_PSEUDO_MAP_IDX:
	case BPF_PSEUDO_FUNC:
		return insn[1].imm ?
		       "BPF_LD_IMM64 uses reserved fields: imm of the second slot must be zero" :
		       NULL;
	default:
		return NULL;
	}
}

const char *opcode_check(const struct modbpf_insn *insn, u32 left)
{
	const struct opcode *row = opcode_lookup(insn->code);
	const char *wrong;

	if (!row)
		return "unknown opcode";
	if (row->flags & OPCODE_REFUSED)
		return "not supported yet: may_goto";
	wrong = wrong_register(row, row->dst, insn->dst_reg, IN_DST);
	if (!wrong)
		wrong = wrong_register(row, row->src, insn->src_reg, IN_SRC);
	if (!wrong)
		wrong = wrong_off(row, insn);
	if (!wrong)
		wrong = wrong_imm(row, insn->imm);
	if (!wrong && row->form == FORM_CALL)
		wrong = wrong_call(insn);
	if (!wrong && row->form == FORM_LD_IMM64)
		wrong = wrong_ld_imm64(insn, left);
	return wrong;
}
