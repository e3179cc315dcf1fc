// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does the assembler write the instruction it was asked for? Every form with every
 * register, and with the addresses that x86 encodes specially, is read back by an
 * independent disassembler (capstone) and compared operand by operand.
 */
#include "jit/x86/encode.h"
#include "tests/support/check.h"

#include <capstone/capstone.h>

static csh engine;

/* Numbered as in ModRM: by size, then register. */
static const u16 names[9][16] = {
	[1] = { X86_REG_AL, X86_REG_CL, X86_REG_DL, X86_REG_BL, X86_REG_SPL, X86_REG_BPL,
		X86_REG_SIL, X86_REG_DIL, X86_REG_R8B, X86_REG_R9B, X86_REG_R10B, X86_REG_R11B,
		X86_REG_R12B, X86_REG_R13B, X86_REG_R14B, X86_REG_R15B },
	[2] = { X86_REG_AX, X86_REG_CX, X86_REG_DX, X86_REG_BX, X86_REG_SP, X86_REG_BP,
		X86_REG_SI, X86_REG_DI, X86_REG_R8W, X86_REG_R9W, X86_REG_R10W, X86_REG_R11W,
		X86_REG_R12W, X86_REG_R13W, X86_REG_R14W, X86_REG_R15W },
	[4] = { X86_REG_EAX, X86_REG_ECX, X86_REG_EDX, X86_REG_EBX, X86_REG_ESP, X86_REG_EBP,
		X86_REG_ESI, X86_REG_EDI, X86_REG_R8D, X86_REG_R9D, X86_REG_R10D, X86_REG_R11D,
		X86_REG_R12D, X86_REG_R13D, X86_REG_R14D, X86_REG_R15D },
	[8] = { X86_REG_RAX, X86_REG_RCX, X86_REG_RDX, X86_REG_RBX, X86_REG_RSP, X86_REG_RBP,
		X86_REG_RSI, X86_REG_RDI, X86_REG_R8, X86_REG_R9, X86_REG_R10, X86_REG_R11,
		X86_REG_R12, X86_REG_R13, X86_REG_R14, X86_REG_R15 },
};

#define ROW(name, text, ...) { .form = X86_##name, .mnemonic = text, ##__VA_ARGS__ }

/* Forms with two operands. A size of 0 is the width of the operation. */
static const struct pair_row {
	enum x86_form form;
	const char *mnemonic;
	bool reg_first;
	u8 reg_bytes, rm_bytes;
	bool only_memory, may_lock;
} pair_rows[] = {
	ROW(ADD, "add", .may_lock = true), ROW(OR, "or", .may_lock = true),
	ROW(AND, "and", .may_lock = true), ROW(XOR, "xor", .may_lock = true),
	ROW(ADC, "adc"), ROW(SBB, "sbb"), ROW(SUB, "sub"), ROW(CMP, "cmp"),
	ROW(TEST, "test"), ROW(MOV, "mov"), ROW(XCHG, "xchg"),
	ROW(MOV8, "mov", .reg_bytes = 1, .rm_bytes = 1),
	ROW(MOV16, "mov", .reg_bytes = 2, .rm_bytes = 2),
	ROW(XADD, "xadd", .may_lock = true), ROW(CMPXCHG, "cmpxchg", .may_lock = true),
	ROW(LOAD, "mov", .reg_first = true), ROW(IMUL, "imul", .reg_first = true),
	ROW(LEA, "lea", .reg_first = true, .only_memory = true),
	ROW(MOVZX8, "movzx", .reg_first = true, .rm_bytes = 1),
	ROW(MOVZX16, "movzx", .reg_first = true, .rm_bytes = 2),
	ROW(MOVSX8, "movsx", .reg_first = true, .rm_bytes = 1),
	ROW(MOVSX16, "movsx", .reg_first = true, .rm_bytes = 2),
	ROW(MOVSXD, "movsxd", .reg_first = true, .reg_bytes = 8, .rm_bytes = 4),
};

static const s32 disps[] = { 0, 1, -1, 127, -128, 128, -129, 0x7fffffff, -0x7fffffff - 1 };

/* One instruction, of exactly the bytes in @buf, which is emptied. Free with cs_free(). */
static cs_insn *read_back(struct x86_buf *buf, const char *mnemonic)
{
	cs_insn *insn = NULL;

	CHECK_EQ(buf->err, 0);
	if (cs_disasm(engine, buf->bytes, buf->len, 0, 0, &insn) != 1) {
		check_failed(__FILE__, __LINE__, "%s: not one instruction", mnemonic);
		buf->len = 0;
		return NULL;
	}
	CHECK_EQ(insn->size, buf->len);
	CHECK_STR(insn->mnemonic, mnemonic);
	buf->len = 0;
	return insn;
}

static void check_reg(const cs_insn *insn, u32 operand, u16 reg)
{
	const cs_x86_op *op = &insn->detail->x86.operands[operand];

	CHECK_EQ(op->type, X86_OP_REG);
	CHECK_EQ(op->reg, reg);
}

static void check_imm(const cs_insn *insn, u32 operand, s64 imm)
{
	const cs_x86_op *op = &insn->detail->x86.operands[operand];

	CHECK_EQ(op->type, X86_OP_IMM);
	CHECK_EQ(op->imm, imm);
}

static void check_mem(const cs_insn *insn, u32 operand, struct x86_mem mem, u32 bytes)
{
	const cs_x86_op *op = &insn->detail->x86.operands[operand];
	u32 disp_bytes = insn->detail->x86.encoding.disp_size;

	CHECK_EQ(op->type, X86_OP_MEM);
	CHECK_EQ(op->mem.base, names[8][mem.base]);
	CHECK_EQ(op->mem.index, mem.index == X86_NO_REG ? X86_REG_INVALID : names[8][mem.index]);
	if (mem.index != X86_NO_REG)
		CHECK_EQ(op->mem.scale, mem.scale);
	CHECK_EQ(op->mem.disp, mem.disp);
	if (bytes)
		CHECK_EQ(op->size, bytes);
	/* as short as can be; capstone counts 2 for 4 behind an operand-size prefix */
	if (mem.disp < -128 || mem.disp > 127)
		CHECK(disp_bytes == 4 || disp_bytes == 2);
	else if (mem.disp || (mem.base & 7) == X86_RBP)
		CHECK_EQ(disp_bytes, 1);
	else
		CHECK_EQ(disp_bytes, 0);
}

static void pair_of_registers(void)
{
	struct x86_buf buf = { .limit = 4096 };
	u32 i, width, reg, rm;

	for (i = 0; i < ARRAY_SIZE(pair_rows) * 2 * 256; i++) {
		const struct pair_row *row = &pair_rows[i >> 9];
		cs_insn *insn;

		width = i & 256 ? 8 : 4;
		reg = i >> 4 & 15;
		rm = i & 15;
		if (row->only_memory)
			continue;
		x86_rr(&buf, row->form, width, reg, rm);
		insn = read_back(&buf, row->mnemonic);
		if (!insn)
			continue;
		check_reg(insn, !row->reg_first, names[row->reg_bytes ?: width][reg]);
		check_reg(insn, row->reg_first, names[row->rm_bytes ?: width][rm]);
		cs_free(insn, 1);
	}
	x86_release(&buf);
}

static void check_pair_with(struct x86_buf *buf, const struct pair_row *row, u32 width, u8 reg,
			    struct x86_mem mem)
{
	cs_insn *insn;

	x86_rm(buf, row->form, width, reg, mem);
	insn = read_back(buf, row->mnemonic);
	if (!insn)
		return;
	check_reg(insn, !row->reg_first, names[row->reg_bytes ?: width][reg]);
	check_mem(insn, row->reg_first, mem, row->only_memory ? 0 : row->rm_bytes ?: width);
	cs_free(insn, 1);
}

/* Each base, index and displacement for one form; few registers, as they do not interact. */
static void check_pair(struct x86_buf *buf, const struct pair_row *row)
{
	static const u8 indices[] = { X86_NO_REG, X86_RAX, X86_RBP, X86_RDI, X86_R8, X86_R12, X86_R13 };
	static const u8 regs[] = { X86_RAX, X86_RSP, X86_RDI, X86_R13 };
	u32 base, index, disp, reg;

	for (base = 0; base < 16; base++)
	for (index = 0; index < ARRAY_SIZE(indices); index++)
	for (disp = 0; disp < ARRAY_SIZE(disps); disp++)
	for (reg = 0; reg < ARRAY_SIZE(regs); reg++) {
		struct x86_mem mem = { .base = base, .index = indices[index],
				       .scale = 1 << (base + disp) % 4, .disp = disps[disp] };

		check_pair_with(buf, row, 4, regs[reg], mem);
		check_pair_with(buf, row, 8, regs[reg], mem);
	}
}

static void pair_with_memory(void)
{
	struct x86_buf buf = { .limit = 4096 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(pair_rows); i++)
		check_pair(&buf, &pair_rows[i]);
	x86_release(&buf);
}

static void locked(void)
{
	struct x86_buf buf = { .limit = 4096 };
	char mnemonic[32];
	u32 i, reg, base;

	for (i = 0; i < ARRAY_SIZE(pair_rows); i++) {
		if (!pair_rows[i].may_lock)
			continue;
		snprintf(mnemonic, sizeof(mnemonic), "lock %s", pair_rows[i].mnemonic);
		for (reg = 0; reg < 16; reg++)
		for (base = 0; base < 16; base++) {
			cs_insn *insn;

			x86_lock_rm(&buf, pair_rows[i].form, reg & 1 ? 8 : 4, reg, x86_at(base, 8));
			insn = read_back(&buf, mnemonic);
			if (!insn)
				continue;
			CHECK_EQ(insn->detail->x86.prefix[0], X86_PREFIX_LOCK);
			check_mem(insn, 0, x86_at(base, 8), reg & 1 ? 8 : 4);
			check_reg(insn, 1, names[reg & 1 ? 8 : 4][reg]);
			cs_free(insn, 1);
		}
	}
	x86_release(&buf);
}

static void the_cpus_own(void)
{
	struct x86_buf buf = { .limit = 4096 };
	u32 reg, i;

	for (reg = 0; reg < 16; reg++)
	for (i = 0; i < ARRAY_SIZE(disps); i++) {
		const cs_x86_op *op;
		cs_insn *insn;

		x86_add_cpu(&buf, reg, disps[i]);
		insn = read_back(&buf, "add");
		if (!insn)
			continue;
		check_reg(insn, 0, names[8][reg]);
		op = &insn->detail->x86.operands[1];
		CHECK_EQ(op->type, X86_OP_MEM);
		CHECK_EQ(op->size, 8);
		CHECK_EQ(op->mem.segment, X86_REG_GS);
		CHECK_EQ(op->mem.base, X86_REG_INVALID);
		CHECK_EQ(op->mem.index, X86_REG_INVALID);
		CHECK_EQ(op->mem.disp, disps[i]);
		cs_free(insn, 1);
	}
	x86_release(&buf);
}

static void one_register(void)
{
	static const struct {
		enum x86_form form;
		const char *mnemonic;
		bool by_cl;
	} rows[] = {
		ROW(NOT, "not"), ROW(NEG, "neg"), ROW(DIV, "div"), ROW(IDIV, "idiv"),
		ROW(SHL_CL, "shl", .by_cl = true), ROW(SHR_CL, "shr", .by_cl = true),
		ROW(SAR_CL, "sar", .by_cl = true), ROW(JMP_REG, "jmp"),
	};
	struct x86_buf buf = { .limit = 4096 };
	u32 i, reg, width;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
	for (reg = 0; reg < 16; reg++)
	for (width = 4; width <= 8; width += 4) {
		cs_insn *insn;

		x86_r(&buf, rows[i].form, width, reg);
		insn = read_back(&buf, rows[i].mnemonic);
		if (!insn)
			continue;
		check_reg(insn, 0, names[rows[i].form == X86_JMP_REG ? 8 : width][reg]);
		CHECK_EQ(insn->detail->x86.op_count, rows[i].by_cl ? 2 : 1);
		if (rows[i].by_cl)
			check_reg(insn, 1, X86_REG_CL);
		cs_free(insn, 1);
	}
	x86_release(&buf);
}

static void register_and_byte(void)
{
	static const struct {
		enum x86_form form;
		const char *mnemonic;
		u8 bytes;
	} rows[] = {
		{ X86_SHL, "shl", 0 }, { X86_SHR, "shr", 0 }, { X86_SAR, "sar", 0 },
		{ X86_ROR16, "ror", 2 },
	};
	struct x86_buf buf = { .limit = 4096 };
	u32 i, reg, width, imm;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
	for (reg = 0; reg < 16; reg++)
	for (width = 4; width <= 8; width += 4)
	for (imm = 0; imm < width * 8; imm += 7) {
		cs_insn *insn;

		x86_ri8(&buf, rows[i].form, width, reg, imm);
		insn = read_back(&buf, rows[i].mnemonic);
		if (!insn)
			continue;
		check_reg(insn, 0, names[rows[i].bytes ?: width][reg]);
		check_imm(insn, 1, imm);
		cs_free(insn, 1);
	}
	x86_release(&buf);
}

/* The disassembler gives an immediate cut to the operation's width, with or without sign. */
static void check_cut_imm(const cs_insn *insn, u32 operand, s32 imm, u32 width)
{
	u64 mask = width == 8 ? ~0ULL : (1ULL << 8 * width) - 1;

	CHECK_EQ(insn->detail->x86.operands[operand].type, X86_OP_IMM);
	CHECK_EQ(insn->detail->x86.operands[operand].imm & mask, (s64)imm & mask);
}

static void register_and_immediate(void)
{
	static const char *const mnemonics[] = {
		[X86_ADD] = "add", [X86_OR] = "or", [X86_ADC] = "adc", [X86_SBB] = "sbb",
		[X86_AND] = "and", [X86_SUB] = "sub", [X86_XOR] = "xor", [X86_CMP] = "cmp",
		[X86_TEST] = "test",
	};
	struct x86_buf buf = { .limit = 4096 };
	u32 form, reg, width, i;
	cs_insn *insn;

	for (form = 0; form < ARRAY_SIZE(mnemonics); form++)
	for (reg = 0; reg < 16; reg++)
	for (width = 4; width <= 8; width += 4)
	for (i = 0; i < ARRAY_SIZE(disps); i++) {
		bool is_short = form != X86_TEST && disps[i] >= -128 && disps[i] <= 127;

		x86_ri(&buf, form, width, reg, disps[i]);
		insn = read_back(&buf, mnemonics[form]);
		if (!insn)
			continue;
		check_reg(insn, 0, names[width][reg]);
		check_cut_imm(insn, 1, disps[i], width);
		CHECK_EQ(insn->detail->x86.encoding.imm_size, is_short ? 1 : 4);
		cs_free(insn, 1);
	}
	x86_ri(&buf, X86_MOV, 8, X86_RAX, 1);	/* no such form */
	CHECK_EQ(buf.err, -EFAULT);
	x86_release(&buf);
}

static void multiply_by_immediate(void)
{
	struct x86_buf buf = { .limit = 4096 };
	u32 pair, width, i;

	for (pair = 0; pair < 256; pair++)
	for (width = 4; width <= 8; width += 4)
	for (i = 0; i < ARRAY_SIZE(disps); i++) {
		cs_insn *insn;

		x86_imul_rri(&buf, width, pair & 15, pair >> 4, disps[i]);
		insn = read_back(&buf, "imul");
		if (!insn)
			continue;
		check_reg(insn, 0, names[width][pair & 15]);
		check_reg(insn, 1, names[width][pair >> 4]);
		check_cut_imm(insn, 2, disps[i], width);
		cs_free(insn, 1);
	}
	x86_release(&buf);
}

static void constants(void)
{
	static const struct {
		u64 value;
		const char *mnemonic;
		u32 bytes;		/* for registers below r8 */
	} rows[] = {
		{ 0, "xor", 2 }, { 1, "mov", 5 }, { 0x7fffffff, "mov", 5 }, { 0xffffffff, "mov", 5 },
		{ 0x80000000, "mov", 5 }, { 0xffffffff80000000, "mov", 7 }, { ~0ULL, "mov", 7 },
		{ 0xffffffff7fffffff, "movabs", 10 }, { 0x100000000, "movabs", 10 },
		{ 0x123456789abcdef0, "movabs", 10 },
	};
	struct x86_buf buf = { .limit = 4096 };
	u32 i, reg;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
	for (reg = 0; reg < 16; reg++) {
		bool is_low = rows[i].value >> 32 == 0;
		cs_insn *insn;

		x86_mov_const(&buf, reg, rows[i].value);
		insn = read_back(&buf, rows[i].mnemonic);
		if (!insn)
			continue;
		check_reg(insn, 0, names[is_low ? 4 : 8][reg]);
		if (!rows[i].value)
			check_reg(insn, 1, names[4][reg]);
		else if (is_low)
			CHECK_EQ((u32)insn->detail->x86.operands[1].imm, rows[i].value);
		else
			check_imm(insn, 1, rows[i].value);
		CHECK_EQ(insn->size, rows[i].bytes + (is_low && reg >= 8));
		cs_free(insn, 1);
	}
	x86_release(&buf);
}

static void stores_of_constants(void)
{
	struct x86_buf buf = { .limit = 4096 };
	u32 base, bytes, i;

	for (base = 0; base < 16; base++)
	for (bytes = 1; bytes <= 8; bytes *= 2)
	for (i = 0; i < ARRAY_SIZE(disps); i++) {
		cs_insn *insn;

		x86_store_imm(&buf, bytes, x86_at(base, disps[i]), 0x7badcafe);
		insn = read_back(&buf, "mov");
		if (!insn)
			continue;
		check_mem(insn, 0, x86_at(base, disps[i]), bytes);
		check_cut_imm(insn, 1, 0x7badcafe, bytes);
		cs_free(insn, 1);
	}
	x86_release(&buf);
}

static void opcodes_with_a_register(void)
{
	struct x86_buf buf = { .limit = 4096 };
	cs_insn *insn;
	u32 reg, i;

	for (reg = 0; reg < 16; reg++)
	for (i = 0; i < 4; i++) {
		static const char *const mnemonics[] = { "push", "pop", "bswap", "bswap" };

		if (i == 0)
			x86_push(&buf, reg);
		else if (i == 1)
			x86_pop(&buf, reg);
		else
			x86_bswap(&buf, i == 2 ? 4 : 8, reg);
		insn = read_back(&buf, mnemonics[i]);
		if (!insn)
			continue;
		check_reg(insn, 0, names[i == 2 ? 4 : 8][reg]);
		cs_free(insn, 1);
	}
	x86_release(&buf);
}

static void without_operands(void)
{
	static const struct {
		enum x86_form form;
		const char *mnemonic;
	} rows[] = {
		{ X86_RET, "ret" }, { X86_LEAVE, "leave" }, { X86_INT3, "int3" }, { X86_CDQ, "cdq" },
		{ X86_CQO, "cqo" }, { X86_ENDBR64, "endbr64" }, { X86_LFENCE, "lfence" },
	};
	struct x86_buf buf = { .limit = 4096 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		cs_insn *insn;

		x86_plain(&buf, rows[i].form);
		insn = read_back(&buf, rows[i].mnemonic);
		if (insn)
			cs_free(insn, 1);
	}
	x86_release(&buf);
}

static const char *const jcc_names[16] = {
	[X86_B] = "jb", [X86_AE] = "jae", [X86_E] = "je", [X86_NE] = "jne", [X86_BE] = "jbe",
	[X86_A] = "ja", [X86_S] = "js", [X86_NS] = "jns", [X86_L] = "jl", [X86_GE] = "jge",
	[X86_LE] = "jle", [X86_G] = "jg",
};

static void check_jump(u8 cond, bool is_short, s32 distance)
{
	struct x86_buf buf = { .limit = 4096 };
	u32 bytes = x86_jump_size(cond, is_short);
	cs_insn *insn;

	CHECK_EQ(x86_reserve_jump(&buf, cond), 0);
	CHECK_EQ(buf.len, x86_jump_size(cond, false));
	x86_put_jump(buf.bytes, cond, is_short, distance);
	buf.len = bytes;
	insn = read_back(&buf, cond == X86_ALWAYS ? "jmp" : jcc_names[cond]);
	if (insn) {
		check_imm(insn, 0, (s64)bytes + distance);
		cs_free(insn, 1);
	}
	x86_release(&buf);
}

static void jumps_between_blocks(void)
{
	u32 cond, i;

	for (cond = 0; cond <= 16; cond++) {
		u8 c = cond == 16 ? X86_ALWAYS : cond;

		if (cond < 16 && !jcc_names[cond])
			continue;
		for (i = 0; i < ARRAY_SIZE(disps); i++) {
			check_jump(c, false, disps[i]);
			if (disps[i] >= -128 && disps[i] <= 127)
				check_jump(c, true, disps[i]);
		}
	}
}

static void far_calls_and_jumps(void)
{
	struct x86_buf buf = { .limit = 4096 };
	cs_insn *insn;
	u32 at;

	at = x86_call_far(&buf);
	x86_put_rel32(buf.bytes + at, -0x12345);
	insn = read_back(&buf, "call");
	check_imm(insn, 0, 5 - 0x12345);
	cs_free(insn, 1);
	at = x86_jmp_far(&buf);
	x86_put_rel32(buf.bytes + at, 0x7ffffff0);
	insn = read_back(&buf, "jmp");
	check_imm(insn, 0, 5 + 0x7ffffff0LL);
	cs_free(insn, 1);
	x86_release(&buf);
}

/* Lays @filler bytes between a jump and where it goes; what that gives as an error. */
static int jump_over(u32 filler, bool is_back)
{
	struct x86_buf buf = { .limit = 4096 };
	u32 i, jump = 0;
	int err;

	if (!is_back)
		jump = x86_jcc_ahead(&buf, X86_E);
	for (i = 0; i < filler; i++)
		x86_plain(&buf, X86_INT3);
	if (is_back)
		x86_jcc_back(&buf, X86_NE, 0);
	else
		x86_land(&buf, jump);
	if (!buf.err)
		CHECK_EQ((s8)buf.bytes[is_back ? filler + 1 : 1], is_back ? -(s32)filler - 2 : (s32)filler);
	err = buf.err;
	x86_release(&buf);
	return err;
}

static void local_jumps_reach_127_bytes(void)
{
	CHECK_EQ(jump_over(0, false), 0);
	CHECK_EQ(jump_over(127, false), 0);
	CHECK_EQ(jump_over(128, false), -EFAULT);
	CHECK_EQ(jump_over(126, true), 0);
	CHECK_EQ(jump_over(127, true), -EFAULT);
}

static void too_much_is_e2big(void)
{
	struct x86_buf buf = { .limit = 8192 };
	u32 i;

	for (i = 0; i < 8192; i++)
		x86_plain(&buf, X86_INT3);
	CHECK_EQ(buf.err, 0);
	x86_plain(&buf, X86_INT3);
	CHECK_EQ(buf.err, -E2BIG);
	CHECK_EQ(buf.len, 8192);
	x86_release(&buf);
}

static void impossible_addresses_are_refused(void)
{
	struct x86_buf buf = { .limit = 4096 };

	x86_rm(&buf, X86_MOV, 8, X86_RAX, (struct x86_mem){ .base = X86_RAX, .index = X86_RSP, .scale = 1 });
	CHECK_EQ(buf.err, -EFAULT);
	x86_release(&buf);
	buf.limit = 4096;
	x86_rm(&buf, X86_MOV, 8, X86_RAX, x86_at(X86_NO_REG, 0));
	CHECK_EQ(buf.err, -EFAULT);
	x86_release(&buf);
}

static const struct check_case cases[] = {
	{ "two registers, every form and pair", pair_of_registers },
	{ "a register and memory, every form and address", pair_with_memory },
	{ "locked forms", locked },
	{ "what is added for the CPU", the_cpus_own },
	{ "one register", one_register },
	{ "a register and a byte", register_and_byte },
	{ "a register and an immediate", register_and_immediate },
	{ "multiplication by an immediate", multiply_by_immediate },
	{ "constants take the shortest form", constants },
	{ "stores of constants", stores_of_constants },
	{ "opcodes that hold their register", opcodes_with_a_register },
	{ "instructions without operands", without_operands },
	{ "jumps between blocks", jumps_between_blocks },
	{ "far calls and jumps", far_calls_and_jumps },
	{ "local jumps reach 127 bytes and no further", local_jumps_reach_127_bytes },
	{ "more bytes than the limit are -E2BIG", too_much_is_e2big },
	{ "impossible addresses are refused", impossible_addresses_are_refused },
};

int main(int argc, char **argv)
{
	int failed;

	if (cs_open(CS_ARCH_X86, CS_MODE_64, &engine) != CS_ERR_OK)
		return 1;
	cs_option(engine, CS_OPT_DETAIL, CS_OPT_ON);
	failed = check_run("test_encode", cases, ARRAY_SIZE(cases), argc, argv);
	cs_close(&engine);
	return failed;
}
