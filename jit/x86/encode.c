// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * How is an x86-64 instruction written as bytes? The only file that knows opcodes.
 * Each form is a row; prefixes, REX, ModRM and SIB are put together in one place
 * (Intel's manual, volume 2, chapter 2).
 */
#include "jit/x86/encode.h"

#define PREFIX_OPSIZE 0x66
#define PREFIX_GS 0x65
#define PREFIX_LOCK 0xf0
#define FIRST_CAPACITY 4096

enum {
	ROW_0F = 1 << 0,	/* two-byte opcode */
	ROW_16 = 1 << 1,	/* operand-size prefix */
	ROW_BYTE_REG = 1 << 2,	/* reg is a byte register */
	ROW_BYTE_RM = 1 << 3,	/* rm is a byte register */
	ROW_WIDE = 1 << 4,	/* always 64 bits, without REX.W */
	ROW_W = 1 << 5,		/* REX.W whatever the width */
};

struct row {
	u8 opcode;
	u8 flags;
	u8 digit;	/* of ModRM, where there is no register operand */
};

static const struct row rows[X86_FORM_COUNT] = {
	[X86_ADD] = { 0x01 }, [X86_OR] = { 0x09 }, [X86_ADC] = { 0x11 }, [X86_SBB] = { 0x19 },
	[X86_AND] = { 0x21 }, [X86_SUB] = { 0x29 }, [X86_XOR] = { 0x31 }, [X86_CMP] = { 0x39 },
	[X86_TEST] = { 0x85 },
	[X86_MOV] = { 0x89 },
	[X86_MOV8] = { 0x88, ROW_BYTE_REG | ROW_BYTE_RM },
	[X86_MOV16] = { 0x89, ROW_16 },
	[X86_XCHG] = { 0x87 },
	[X86_XADD] = { 0xc1, ROW_0F },
	[X86_CMPXCHG] = { 0xb1, ROW_0F },
	[X86_LOAD] = { 0x8b },
	[X86_ADD_RM] = { 0x03 }, [X86_OR_RM] = { 0x0b }, [X86_AND_RM] = { 0x23 },
	[X86_SUB_RM] = { 0x2b }, [X86_XOR_RM] = { 0x33 }, [X86_CMP_RM] = { 0x3b },
	[X86_IMUL] = { 0xaf, ROW_0F },
	[X86_LEA] = { 0x8d },
	[X86_MOVZX8] = { 0xb6, ROW_0F | ROW_BYTE_RM },
	[X86_MOVZX16] = { 0xb7, ROW_0F },
	[X86_MOVSX8] = { 0xbe, ROW_0F | ROW_BYTE_RM },
	[X86_MOVSX16] = { 0xbf, ROW_0F },
	[X86_MOVSXD] = { 0x63, ROW_W },
	[X86_NOT] = { 0xf7, 0, 2 }, [X86_NEG] = { 0xf7, 0, 3 },
	[X86_DIV] = { 0xf7, 0, 6 }, [X86_IDIV] = { 0xf7, 0, 7 },
	[X86_SHL_CL] = { 0xd3, 0, 4 }, [X86_SHR_CL] = { 0xd3, 0, 5 }, [X86_SAR_CL] = { 0xd3, 0, 7 },
	[X86_JMP_REG] = { 0xff, ROW_WIDE, 4 },
	[X86_SHL] = { 0xc1, 0, 4 }, [X86_SHR] = { 0xc1, 0, 5 }, [X86_SAR] = { 0xc1, 0, 7 },
	[X86_ROL] = { 0xc1, 0, 0 },
	[X86_ROR16] = { 0xc1, ROW_16, 1 },
};

static const struct {
	u8 len;
	u8 bytes[4];
} plain_rows[X86_FORM_COUNT] = {
	[X86_RET] = { 1, { 0xc3 } },
	[X86_LEAVE] = { 1, { 0xc9 } },
	[X86_INT3] = { 1, { 0xcc } },
	[X86_CDQ] = { 1, { 0x99 } },
	[X86_CQO] = { 2, { 0x48, 0x99 } },
	[X86_ENDBR64] = { 4, { 0xf3, 0x0f, 0x1e, 0xfa } },
	[X86_LFENCE] = { 3, { 0x0f, 0xae, 0xe8 } },
};

static void grow(struct x86_buf *buf)
{
	u32 cap = buf->cap ? 2 * buf->cap : FIRST_CAPACITY;
	u8 *bytes;

	if (buf->cap >= buf->limit) {
		buf->err = -E2BIG;
		return;
	}
	bytes = modbpf_zalloc(cap);
	if (!bytes) {
		buf->err = -ENOMEM;
		return;
	}
	if (buf->len)
		memcpy(bytes, buf->bytes, buf->len);
	modbpf_free(buf->bytes);
	buf->bytes = bytes;
	buf->cap = cap;
}

void x86_release(struct x86_buf *buf)
{
	modbpf_free(buf->bytes);
	memset(buf, 0, sizeof(*buf));
}

static void put(struct x86_buf *buf, u8 byte)
{
	if (buf->len == buf->cap && !buf->err)
		grow(buf);
	if (!buf->err)
		buf->bytes[buf->len++] = byte;
}

static void put_le(struct x86_buf *buf, u64 value, u32 bytes)
{
	while (bytes--) {
		put(buf, value & 0xff);
		value >>= 8;
	}
}

static bool fits_s8(s64 value)
{
	return value >= -128 && value <= 127;
}

/* sil, dil, spl and bpl exist only with a REX prefix: without, they are ah to bh. */
static bool needs_rex_as_byte(u8 reg)
{
	return reg >= X86_RSP && reg <= X86_RDI;
}

/* Prefixes and opcode; @index and @base are X86_NO_REG where there are none. */
static void put_opcode(struct x86_buf *buf, const struct row *row, u32 width, u8 reg,
		       u8 index, u8 base, bool is_byte_base)
{
	u8 rex = 0;

	if (row->flags & ROW_16)
		put(buf, PREFIX_OPSIZE);
	if ((width == 8 && !(row->flags & (ROW_16 | ROW_WIDE | ROW_BYTE_REG))) || row->flags & ROW_W)
		rex |= 0x48;
	if (reg & 8)
		rex |= 0x44;
	if (index != X86_NO_REG && index & 8)
		rex |= 0x42;
	if (base != X86_NO_REG && base & 8)
		rex |= 0x41;
	if (row->flags & ROW_BYTE_REG && needs_rex_as_byte(reg))
		rex |= 0x40;
	if (is_byte_base && needs_rex_as_byte(base))
		rex |= 0x40;
	if (rex)
		put(buf, rex);
	if (row->flags & ROW_0F)
		put(buf, 0x0f);
	put(buf, row->opcode);
}

static void put_with_reg(struct x86_buf *buf, const struct row *row, u32 width, u8 reg, u8 rm)
{
	put_opcode(buf, row, width, reg, X86_NO_REG, rm, row->flags & ROW_BYTE_RM);
	put(buf, 0xc0 | (reg & 7) << 3 | (rm & 7));
}

/* ModRM, SIB and displacement. rbp and r13 as base need one; rsp and r12 need a SIB. */
static void put_address(struct x86_buf *buf, u8 reg, const struct x86_mem *mem)
{
	bool has_sib = mem->index != X86_NO_REG || (mem->base & 7) == X86_RSP;
	u8 mod = 2, log2 = 0;

	if (mem->disp == 0 && (mem->base & 7) != X86_RBP)
		mod = 0;
	else if (fits_s8(mem->disp))
		mod = 1;
	put(buf, mod << 6 | (reg & 7) << 3 | (has_sib ? X86_RSP : (mem->base & 7)));
	if (has_sib) {
		while (1U << log2 < mem->scale)
			log2++;
		put(buf, log2 << 6 | (mem->index == X86_NO_REG ? X86_RSP : mem->index & 7) << 3 |
			 (mem->base & 7));
	}
	if (mod)
		put_le(buf, (u32)mem->disp, mod == 1 ? 1 : 4);
}

static void put_with_mem(struct x86_buf *buf, const struct row *row, u32 width, u8 reg,
			 const struct x86_mem *mem)
{
	if (mem->base > X86_R15 || mem->index == X86_RSP)
		buf->err = buf->err ?: -EFAULT;
	put_opcode(buf, row, width, reg, mem->index, mem->base, false);
	put_address(buf, reg, mem);
}

void x86_plain(struct x86_buf *buf, enum x86_form form)
{
	u32 i;

	for (i = 0; i < plain_rows[form].len; i++)
		put(buf, plain_rows[form].bytes[i]);
}

void x86_r(struct x86_buf *buf, enum x86_form form, u32 width, u8 rm)
{
	put_with_reg(buf, &rows[form], width, rows[form].digit, rm);
}

void x86_rr(struct x86_buf *buf, enum x86_form form, u32 width, u8 reg, u8 rm)
{
	put_with_reg(buf, &rows[form], width, reg, rm);
}

void x86_rm(struct x86_buf *buf, enum x86_form form, u32 width, u8 reg, struct x86_mem mem)
{
	put_with_mem(buf, &rows[form], width, reg, &mem);
}

void x86_lock_rm(struct x86_buf *buf, enum x86_form form, u32 width, u8 reg, struct x86_mem mem)
{
	put(buf, PREFIX_LOCK);
	x86_rm(buf, form, width, reg, mem);
}

/* Neither base nor index: a SIB without them, since ModRM alone would mean rip. */
void x86_add_cpu(struct x86_buf *buf, u8 reg, s32 disp)
{
	put(buf, PREFIX_GS);
	put_opcode(buf, &rows[X86_ADD_RM], 8, reg, X86_NO_REG, X86_NO_REG, false);
	put(buf, (reg & 7) << 3 | X86_RSP);
	put(buf, X86_RSP << 3 | X86_RBP);
	put_le(buf, (u32)disp, 4);
}

void x86_ri8(struct x86_buf *buf, enum x86_form form, u32 width, u8 rm, u8 imm)
{
	x86_r(buf, form, width, rm);
	put(buf, imm);
}

void x86_ri(struct x86_buf *buf, enum x86_form form, u32 width, u8 rm, s32 imm)
{
	bool is_short = form != X86_TEST && fits_s8(imm);
	struct row row = { .opcode = is_short ? 0x83 : 0x81, .digit = form - X86_ADD };

	if (form == X86_TEST)
		row = (struct row){ .opcode = 0xf7 };
	else if (form > X86_CMP)
		buf->err = buf->err ?: -EFAULT;
	put_with_reg(buf, &row, width, row.digit, rm);
	put_le(buf, (u32)imm, is_short ? 1 : 4);
}

void x86_cmp_mi(struct x86_buf *buf, u32 bytes, struct x86_mem mem, s32 imm)
{
	bool is_short = bytes == 1 || fits_s8(imm);
	struct row row = { .opcode = bytes == 1 ? 0x80 : is_short ? 0x83 : 0x81 };

	put_with_mem(buf, &row, bytes == 8 ? 8 : 4, 7, &mem);
	put_le(buf, (u32)imm, is_short ? 1 : 4);
}

void x86_imul_rri(struct x86_buf *buf, u32 width, u8 reg, u8 rm, s32 imm)
{
	bool is_short = fits_s8(imm);
	struct row row = { .opcode = is_short ? 0x6b : 0x69 };

	put_with_reg(buf, &row, width, reg, rm);
	put_le(buf, (u32)imm, is_short ? 1 : 4);
}

/* A three-byte VEX prefix: @map 2 or 3, @prefix 1 to 3 for 66, f3, f2; @vvvv a register or 0. */
static void put_vex(struct x86_buf *buf, u8 map, u8 prefix, u32 width, u8 reg, u8 vvvv, u8 rm)
{
	put(buf, 0xc4);
	put(buf, (reg & 8 ? 0 : 0x80) | 0x40 | (rm & 8 ? 0 : 0x20) | map);
	put(buf, (width == 8 ? 0x80 : 0) | (~vvvv & 15) << 3 | prefix);
}

void x86_shift_rrr(struct x86_buf *buf, enum x86_form form, u32 width, u8 reg, u8 rm, u8 count)
{
	u8 prefix = form == X86_SHL_CL ? 1 : form == X86_SAR_CL ? 2 : 3;

	put_vex(buf, 2, prefix, width, reg, count, rm);
	put(buf, 0xf7);
	put(buf, 0xc0 | (reg & 7) << 3 | (rm & 7));
}

void x86_rorx(struct x86_buf *buf, u32 width, u8 reg, u8 rm, u8 imm)
{
	put_vex(buf, 3, 3, width, reg, 0, rm);
	put(buf, 0xf0);
	put(buf, 0xc0 | (reg & 7) << 3 | (rm & 7));
	put(buf, imm);
}

/* An opcode that has the register in its low three bits. */
static void put_short_form(struct x86_buf *buf, u8 map, u8 opcode, u32 width, u8 reg)
{
	u8 rex = (width == 8 ? 0x48 : 0) | (reg & 8 ? 0x41 : 0);

	if (rex)
		put(buf, rex);
	if (map)
		put(buf, map);
	put(buf, opcode | (reg & 7));
}

void x86_mov_const(struct x86_buf *buf, u8 reg, u64 value)
{
	static const struct row sign_extended = { .opcode = 0xc7 };

	if (value == 0) {
		x86_rr(buf, X86_XOR, 4, reg, reg);
	} else if (value >> 32 == 0) {
		put_short_form(buf, 0, 0xb8, 4, reg);
		put_le(buf, value, 4);
	} else if ((s64)value == (s32)value) {
		put_with_reg(buf, &sign_extended, 8, 0, reg);
		put_le(buf, value, 4);
	} else {
		put_short_form(buf, 0, 0xb8, 8, reg);
		put_le(buf, value, 8);
	}
}

void x86_store_imm(struct x86_buf *buf, u32 bytes, struct x86_mem mem, s32 imm)
{
	struct row row = { .opcode = bytes == 1 ? 0xc6 : 0xc7, .flags = bytes == 2 ? ROW_16 : 0 };

	put_with_mem(buf, &row, bytes, 0, &mem);
	put_le(buf, (u32)imm, bytes == 8 ? 4 : bytes);
}

void x86_bswap(struct x86_buf *buf, u32 width, u8 reg)
{
	put_short_form(buf, 0x0f, 0xc8, width, reg);
}

void x86_push(struct x86_buf *buf, u8 reg)
{
	put_short_form(buf, 0, 0x50, 4, reg);
}

void x86_pop(struct x86_buf *buf, u8 reg)
{
	put_short_form(buf, 0, 0x58, 4, reg);
}

u32 x86_jcc_ahead(struct x86_buf *buf, enum x86_cond cond)
{
	put(buf, 0x70 | cond);
	put(buf, 0);
	return buf->len;
}

u32 x86_jmp_ahead(struct x86_buf *buf)
{
	put(buf, 0xeb);
	put(buf, 0);
	return buf->len;
}

void x86_land(struct x86_buf *buf, u32 jump)
{
	if (buf->err)
		return;
	if (jump > buf->len || !fits_s8((s64)buf->len - jump))
		buf->err = -EFAULT;
	else
		buf->bytes[jump - 1] = buf->len - jump;
}

void x86_jcc_back(struct x86_buf *buf, enum x86_cond cond, u32 to)
{
	s64 distance = (s64)to - (buf->len + 2);

	if (!fits_s8(distance))
		buf->err = buf->err ?: -EFAULT;
	put(buf, 0x70 | cond);
	put(buf, distance & 0xff);
}

static u32 put_far(struct x86_buf *buf, u8 opcode)
{
	u32 at;

	put(buf, opcode);
	at = buf->len;
	put_le(buf, 0, 4);
	return at;
}

u32 x86_jmp_far(struct x86_buf *buf)
{
	return put_far(buf, 0xe9);
}

u32 x86_call_far(struct x86_buf *buf)
{
	return put_far(buf, 0xe8);
}

u32 x86_lea_far(struct x86_buf *buf, u8 reg)
{
	put(buf, reg > X86_RDI ? 0x4c : 0x48);
	put(buf, 0x8d);
	return put_far(buf, (reg & 7) << 3 | 5);
}

void x86_put_rel32(u8 *at, s32 distance)
{
	u32 i, value = distance;

	for (i = 0; i < 4; i++)
		at[i] = value >> 8 * i;
}

u32 x86_jump_size(u8 cond, bool is_short)
{
	if (is_short)
		return 2;
	return cond == X86_ALWAYS ? 5 : 6;
}

void x86_put_jump(u8 *at, u8 cond, bool is_short, s32 distance)
{
	if (is_short) {
		at[0] = cond == X86_ALWAYS ? 0xeb : 0x70 | cond;
		at[1] = distance;
	} else if (cond == X86_ALWAYS) {
		at[0] = 0xe9;
		x86_put_rel32(at + 1, distance);
	} else {
		at[0] = 0x0f;
		at[1] = 0x80 | cond;
		x86_put_rel32(at + 2, distance);
	}
}

u32 x86_reserve_jump(struct x86_buf *buf, u8 cond)
{
	u32 at = buf->len;

	put_le(buf, 0, x86_jump_size(cond, false));
	return at;
}
