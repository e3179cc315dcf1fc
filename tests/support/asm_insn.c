// SPDX-License-Identifier: GPL-2.0-only
/* Which instruction does the text say? By its first words, each form of asm.h has one function. */
#include "tests/support/asm_scan.h"

#include "isa/abi.h"
#include "isa/opcode.h"

/* An instruction in the making: the fields of the real one have no addresses. */
struct draft {
	u8 code, dst_reg, src_reg;
	s16 off;
	s32 imm;
};

static bool put(struct assembler *as, struct draft insn)
{
	struct asm_prog *out = as->out;
	struct modbpf_insn *to;

	out->insns = asm_grow(out->insns, out->insn_cnt, &as->room, sizeof(*to));
	to = &out->insns[out->insn_cnt++];
	to->code = insn.code;
	to->dst_reg = insn.dst_reg;
	to->src_reg = insn.src_reg;
	to->off = insn.off;
	to->imm = insn.imm;
	return true;
}

static u8 size_code(u32 bits)
{
	return bits == 8 ? BPF_B : bits == 16 ? BPF_H : bits == 32 ? BPF_W : BPF_DW;
}

/* "(u32 *)(r1 +4)": fills the address register, off, size and signedness. */
static bool need_place(struct assembler *as, u8 *reg, s16 *off, u8 *size, bool *is_signed)
{
	u64 bits;

	if (!scan_need(as, "("))
		return false;
	scan_skip_blanks(as);
	*is_signed = *as->pos == 's';
	if (*as->pos != 's' && *as->pos != 'u')
		return scan_fail(as, "u8 to u64 or s8 to s32 expected at '%.20s'", as->pos);
	as->pos++;
	if (!scan_take_number(as, &bits) || (bits != 8 && bits != 16 && bits != 32 && bits != 64))
		return scan_fail(as, "the size must be 8, 16, 32 or 64 bits");
	*size = size_code(bits);
	*off = 0;
	if (!scan_need(as, "*") || !scan_need(as, ")") || !scan_need(as, "(") || !scan_need_reg(as, reg, true))
		return false;
	return scan_take(as, ")") || (scan_need_off(as, off) && scan_need(as, ")"));
}

static const struct {
	const char *text;
	u8 op;
	bool is_signed;
} alu_ops[] = {
	{ "s>>=", BPF_ARSH, false }, { "s/=", BPF_DIV, true }, { "s%=", BPF_MOD, true },
	{ "+=", BPF_ADD, false }, { "-=", BPF_SUB, false }, { "*=", BPF_MUL, false },
	{ "/=", BPF_DIV, false }, { "%=", BPF_MOD, false }, { "|=", BPF_OR, false },
	{ "&=", BPF_AND, false }, { "^=", BPF_XOR, false }, { "<<=", BPF_LSH, false },
	{ ">>=", BPF_RSH, false },
};

static bool parse_alu(struct assembler *as, struct draft insn, bool wide)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(alu_ops) && !scan_take(as, alu_ops[i].text); i++)
		;
	if (i == ARRAY_SIZE(alu_ops))
		return scan_fail(as, "operator expected at '%.20s'", as->pos);
	insn.code = (wide ? BPF_ALU64 : BPF_ALU) | alu_ops[i].op;
	insn.off = alu_ops[i].is_signed;
	if (scan_is_number(as))
		return scan_need_imm(as, &insn.imm) && put(as, insn);
	insn.code |= BPF_X;
	return scan_need_reg(as, &insn.src_reg, wide) && put(as, insn);
}

static bool add_fixup(struct assembler *as)
{
	struct asm_fixup *fixup;

	as->fixups = asm_grow(as->fixups, as->fixup_cnt, &as->fixup_room, sizeof(*fixup));
	fixup = &as->fixups[as->fixup_cnt];
	if (!scan_take_name(as, fixup->name))
		return scan_fail(as, "label expected at '%.20s'", as->pos);
	fixup->insn = as->out->insn_cnt;
	fixup->line = as->line;
	as->fixup_cnt++;
	return true;
}

/* A jump's target: "pc+3" goes to *@number, a label to the fixups. */
static bool need_target(struct assembler *as, u64 *number)
{
	scan_skip_blanks(as);
	*number = 0;
	if (!strncmp(as->pos, "pc+", 3) || !strncmp(as->pos, "pc-", 3)) {
		as->pos += 2;
		return scan_take_number(as, number) || scan_fail(as, "number expected after pc");
	}
	return add_fixup(as);
}

static bool need_target_off(struct assembler *as, s16 *off)
{
	u64 number;

	if (!need_target(as, &number))
		return false;
	if ((s64)number < INT16_MIN || (s64)number > INT16_MAX)
		return scan_fail(as, "jump of %lld does not fit 16 bits", (long long)number);
	*off = (s16)number;
	return true;
}

static bool put_imm64(struct assembler *as, struct draft insn, u32 low, u32 high)
{
	struct draft second = { .imm = (s32)high };

	insn.code = MODBPF_LD_IMM64;
	insn.imm = (s32)low;
	return put(as, insn) && put(as, second);
}

static bool map_index(struct assembler *as, const char *name, s32 *index)
{
	u32 i;

	for (i = 0; i < as->map_cnt; i++) {
		if (!strcmp(as->map_names[i], name)) {
			*index = i;
			return true;
		}
	}
	return scan_fail(as, "no map is named '%s'", name);
}

/* "fd:3", "idx:3" or a name, up to the closing bracket. */
static bool need_map(struct assembler *as, s32 *imm, bool *by_index)
{
	char name[ASM_NAME_BYTES];

	*by_index = false;
	if (scan_take(as, "fd:"))
		return scan_need_imm(as, imm) && scan_need(as, "]");
	if (scan_take(as, "idx:")) {
		*by_index = true;
		return scan_need_imm(as, imm) && scan_need(as, "]");
	}
	if (!scan_take_name(as, name))
		return scan_fail(as, "map name expected at '%.20s'", as->pos);
	return map_index(as, name, imm) && scan_need(as, "]");
}

/* After "map[" or "map_value[". */
static bool parse_map(struct assembler *as, struct draft insn, bool is_value)
{
	s32 imm, off = 0;
	bool by_index;

	if (!need_map(as, &imm, &by_index))
		return false;
	if (scan_take(as, "[0]"))
		is_value = true;
	if (is_value && scan_is_number(as) && !scan_need_imm(as, &off))
		return false;
	insn.src_reg = by_index ?
		       (is_value ? BPF_PSEUDO_MAP_IDX_VALUE : BPF_PSEUDO_MAP_IDX) :
		       (is_value ? BPF_PSEUDO_MAP_VALUE : BPF_PSEUDO_MAP_FD);
	return put_imm64(as, insn, imm, off);
}

static bool parse_function_address(struct assembler *as, struct draft insn)
{
	s32 imm = 0;

	insn.code = MODBPF_LD_IMM64;	/* the fixup is for this slot */
	insn.src_reg = BPF_PSEUDO_FUNC;
	if (scan_is_number(as)) {
		if (!scan_need_imm(as, &imm))
			return false;
	} else if (!add_fixup(as)) {
		return false;
	}
	return scan_need(as, "]") && put_imm64(as, insn, imm, 0);
}

/* "rN = -5", "wN = 0x80000000", "rN = 0x1234567890 ll". */
static bool parse_constant(struct assembler *as, struct draft insn, bool wide)
{
	u64 value;

	if (!scan_take_number(as, &value))
		return scan_fail(as, "number expected at '%.20s'", as->pos);
	if (wide && (scan_take(as, "ll") || !scan_fits_s32(value)))
		return put_imm64(as, insn, value, value >> 32);
	if (!scan_fits_s32(value) && value > UINT32_MAX)
		return scan_fail(as, "%lld does not fit 32 bits", (long long)value);
	insn.code = (wide ? BPF_ALU64 : BPF_ALU) | BPF_MOV | BPF_K;
	insn.imm = (s32)(u32)value;
	return put(as, insn);
}

static bool parse_swap(struct assembler *as, struct draft insn, bool *matched)
{
	static const struct {
		const char *name;
		u8 code;
	} swaps[] = {
		{ "le", BPF_ALU | BPF_END | BPF_TO_LE }, { "be", BPF_ALU | BPF_END | BPF_TO_BE },
		{ "bswap", BPF_ALU64 | BPF_END },
	};
	u32 i, len;
	u8 reg;

	scan_skip_blanks(as);
	for (i = 0; i < ARRAY_SIZE(swaps); i++) {
		len = strlen(swaps[i].name);
		if (strncmp(as->pos, swaps[i].name, len) || as->pos[len] < '0' || as->pos[len] > '9')
			continue;
		*matched = true;
		as->pos += len;
		insn.code = swaps[i].code;
		if (!scan_need_imm(as, &insn.imm) || !scan_need_reg(as, &reg, true))
			return false;
		if (reg != insn.dst_reg)
			return scan_fail(as, "a swap has one register");
		return put(as, insn);
	}
	return false;
}

/* "(s8)r2". */
static bool parse_extension(struct assembler *as, struct draft insn, bool wide)
{
	u64 bits;

	if (!scan_take_number(as, &bits) || !scan_need(as, ")"))
		return scan_fail(as, "(s8), (s16) or (s32) expected");
	insn.code = (wide ? BPF_ALU64 : BPF_ALU) | BPF_MOV | BPF_X;
	insn.off = (s16)bits;
	return scan_need_reg(as, &insn.src_reg, wide) && put(as, insn);
}

static bool parse_packet_load(struct assembler *as, struct draft insn, u32 bits)
{
	if (insn.dst_reg)
		return scan_fail(as, "skb[..] is loaded to r0");
	insn.code = BPF_LD | BPF_ABS | size_code(bits);
	if (!scan_is_number(as)) {
		insn.code = BPF_LD | BPF_IND | size_code(bits);
		if (!scan_need_reg(as, &insn.src_reg, true))
			return false;
		if (scan_take(as, "]"))
			return put(as, insn);
	}
	return scan_need_imm(as, &insn.imm) && scan_need(as, "]") && put(as, insn);
}

/* After "rN = *": "(u16 *)skb[" has no address register. */
static bool parse_load(struct assembler *as, struct draft insn)
{
	bool is_signed;
	u32 bits;
	int len = 0;
	u8 size;

	scan_skip_blanks(as);
	if (sscanf(as->pos, "(u%u *)skb[%n", &bits, &len) == 1 && len) {
		as->pos += len;
		return parse_packet_load(as, insn, bits);
	}
	if (!need_place(as, &insn.src_reg, &insn.off, &size, &is_signed))
		return false;
	insn.code = BPF_LDX | size | (is_signed ? BPF_MEMSX : BPF_MEM);
	return put(as, insn);
}

static bool parse_load_acquire(struct assembler *as, struct draft insn)
{
	bool is_signed;
	u8 size;

	insn.imm = MODBPF_LOAD_ACQ;
	if (!scan_need(as, "(") || !need_place(as, &insn.src_reg, &insn.off, &size, &is_signed))
		return false;
	insn.code = BPF_STX | BPF_ATOMIC | size;
	return scan_need(as, ")") && put(as, insn);
}

/* "rN = atomic64_fetch_add((u64 *)(r1 +0), r2)"; N is the operand's register, or 0. */
static bool parse_atomic_result(struct assembler *as, u8 result)
{
	static const s32 ops[] = {
		BPF_ADD | BPF_FETCH, BPF_OR | BPF_FETCH, BPF_AND | BPF_FETCH, BPF_XOR | BPF_FETCH,
		BPF_XCHG, BPF_CMPXCHG,
	};
	struct draft insn = {};
	bool is_signed, is_cmpxchg;
	u8 size;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(ops) && !scan_take(as, atomic_lookup(ops[i])->name); i++)
		;
	if (i == ARRAY_SIZE(ops))
		return scan_fail(as, "unknown atomic operation '%.20s'", as->pos);
	insn.imm = ops[i];
	is_cmpxchg = insn.imm == BPF_CMPXCHG;
	if (!scan_need(as, "(") || !need_place(as, &insn.dst_reg, &insn.off, &size, &is_signed))
		return false;
	if (is_cmpxchg && (!scan_need(as, ",") || !scan_need(as, "r0")))
		return false;
	if (!scan_need(as, ",") || !scan_need_reg(as, &insn.src_reg, true) || !scan_need(as, ")"))
		return false;
	if (result != (is_cmpxchg ? 0 : insn.src_reg))
		return scan_fail(as, "the result goes to r%u", is_cmpxchg ? 0 : insn.src_reg);
	insn.code = BPF_STX | BPF_ATOMIC | size;
	return put(as, insn);
}

/* After "rN =": by what comes next. */
static bool parse_assignment(struct assembler *as, struct draft insn, bool wide)
{
	bool matched = false;
	u8 reg;

	if (scan_take(as, "(s"))
		return parse_extension(as, insn, wide);
	if (scan_is_number(as))
		return parse_constant(as, insn, wide);
	if (scan_take(as, "-")) {
		insn.code = (wide ? BPF_ALU64 : BPF_ALU) | BPF_NEG;
		if (!scan_need_reg(as, &reg, wide))
			return false;
		return reg == insn.dst_reg ? put(as, insn) : scan_fail(as, "neg has one register");
	}
	if (wide && (parse_swap(as, insn, &matched) || matched))
		return matched && !as->out->error_line;
	if (wide && scan_take(as, "*"))
		return parse_load(as, insn);
	if (wide && scan_take(as, "map["))
		return parse_map(as, insn, false);
	if (wide && scan_take(as, "map_value["))
		return parse_map(as, insn, true);
	if (wide && scan_take(as, "subprog["))
		return parse_function_address(as, insn);
	if (wide && scan_take(as, "btf[id:")) {
		s32 id, fd;

		insn.src_reg = BPF_PSEUDO_BTF_ID;
		return scan_need_imm(as, &id) && scan_need(as, ",") && scan_need(as, "fd:") &&
		       scan_need_imm(as, &fd) && scan_need(as, "]") && put_imm64(as, insn, id, fd);
	}
	if (wide && scan_take(as, "load_acquire"))
		return parse_load_acquire(as, insn);
	if (wide && (scan_take(as, "atomic64_") || scan_take(as, "atomic_")))
		return parse_atomic_result(as, insn.dst_reg);
	insn.code = (wide ? BPF_ALU64 : BPF_ALU) | BPF_MOV | BPF_X;
	return scan_need_reg(as, &insn.src_reg, wide) && put(as, insn);
}

/* "*(u64 *)(r10 -8) = r1". */
static bool parse_store(struct assembler *as)
{
	struct draft insn = {};
	bool is_signed;
	u8 size;

	if (!need_place(as, &insn.dst_reg, &insn.off, &size, &is_signed) || !scan_need(as, "="))
		return false;
	insn.code = BPF_MEM | size;
	if (scan_is_number(as)) {
		insn.code |= BPF_ST;
		return scan_need_imm(as, &insn.imm) && put(as, insn);
	}
	insn.code |= BPF_STX;
	return scan_need_reg(as, &insn.src_reg, true) && put(as, insn);
}

/* "lock *(u64 *)(r1 +0) += r2". */
static bool parse_locked(struct assembler *as)
{
	static const s32 ops[] = { BPF_ADD, BPF_OR, BPF_AND, BPF_XOR };
	struct draft insn = {};
	bool is_signed;
	u8 size;
	u32 i;

	if (!scan_need(as, "*") || !need_place(as, &insn.dst_reg, &insn.off, &size, &is_signed))
		return false;
	for (i = 0; i < ARRAY_SIZE(ops) && !scan_take(as, atomic_lookup(ops[i])->symbol); i++)
		;
	if (i == ARRAY_SIZE(ops))
		return scan_fail(as, "+=, |=, &= or ^= expected at '%.20s'", as->pos);
	insn.code = BPF_STX | BPF_ATOMIC | size;
	insn.imm = ops[i];
	return scan_need_reg(as, &insn.src_reg, true) && put(as, insn);
}

static bool parse_store_release(struct assembler *as)
{
	struct draft insn = { .imm = MODBPF_STORE_REL };
	bool is_signed;
	u8 size;

	if (!scan_need(as, "(") || !need_place(as, &insn.dst_reg, &insn.off, &size, &is_signed) ||
	    !scan_need(as, ",") || !scan_need_reg(as, &insn.src_reg, true) || !scan_need(as, ")"))
		return false;
	insn.code = BPF_STX | BPF_ATOMIC | size;
	return put(as, insn);
}

static const struct {
	const char *text;
	u8 op;
} conditions[] = {
	{ "s>=", BPF_JSGE }, { "s<=", BPF_JSLE }, { "s>", BPF_JSGT }, { "s<", BPF_JSLT },
	{ "==", BPF_JEQ }, { "!=", BPF_JNE }, { ">=", BPF_JGE }, { "<=", BPF_JLE },
	{ ">", BPF_JGT }, { "<", BPF_JLT }, { "&", BPF_JSET },
};

static bool parse_branch(struct assembler *as)
{
	struct draft insn = {};
	bool wide;
	u32 i;

	if (!scan_take_reg(as, &insn.dst_reg, &wide))
		return scan_fail(as, "register expected at '%.20s'", as->pos);
	for (i = 0; i < ARRAY_SIZE(conditions) && !scan_take(as, conditions[i].text); i++)
		;
	if (i == ARRAY_SIZE(conditions))
		return scan_fail(as, "condition expected at '%.20s'", as->pos);
	insn.code = (wide ? BPF_JMP : BPF_JMP32) | conditions[i].op;
	if (scan_is_number(as)) {
		if (!scan_need_imm(as, &insn.imm))
			return false;
	} else {
		insn.code |= BPF_X;
		if (!scan_need_reg(as, &insn.src_reg, wide))
			return false;
	}
	return scan_need(as, "goto") && need_target_off(as, &insn.off) && put(as, insn);
}

static bool parse_goto(struct assembler *as, u8 code)
{
	struct draft insn = { .code = code };
	u64 number;

	if (code != (BPF_JMP32 | BPF_JA))
		return need_target_off(as, &insn.off) && put(as, insn);
	if (!need_target(as, &number))
		return false;
	insn.imm = (s32)number;
	return put(as, insn);
}

static s32 helper_id(const char *name)
{
	s32 id;

	if (!strncmp(name, "bpf_", 4))
		name += 4;
	for (id = 0; id < MODBPF_FUNC_LIMIT; id++) {
		if (helper_name(id) && !strcmp(helper_name(id), name))
			return id;
	}
	return -1;
}

static bool parse_call(struct assembler *as)
{
	struct draft insn = { .code = BPF_JMP | BPF_CALL };
	const char *start;
	char name[ASM_NAME_BYTES];
	u64 number;
	s32 fd = 0;

	if (scan_take(as, "kfunc#")) {
		insn.src_reg = BPF_PSEUDO_KFUNC_CALL;
		if (!scan_is_number(as) && scan_take_name(as, name)) {	/* one of ours, as it is when it is bound */
			insn.imm = helper_id(name);
			return insn.imm >= 0 ? put(as, insn) : scan_fail(as, "no kernel function of that name");
		}
		if (!scan_need_imm(as, &insn.imm) || (scan_take(as, ",fd:") && !scan_need_imm(as, &fd)))
			return false;
		insn.off = (s16)fd;
		return put(as, insn);
	}
	if (scan_take(as, "unknown#") || scan_is_number(as))
		return scan_need_imm(as, &insn.imm) && put(as, insn);
	scan_skip_blanks(as);
	start = as->pos;
	if (scan_take_name(as, name) && helper_id(name) >= 0) {
		insn.imm = helper_id(name);
		return (scan_take(as, "#") ? scan_need_imm(as, &insn.imm) : true) && put(as, insn);
	}
	as->pos = start;
	insn.src_reg = BPF_PSEUDO_CALL;
	if (!need_target(as, &number))
		return false;
	insn.imm = (s32)number;
	return put(as, insn);
}

static bool parse_raw(struct assembler *as)
{
	struct draft insn;
	s32 code, dst, src, off;

	if (!scan_need_imm(as, &code) || !scan_need_imm(as, &dst) || !scan_need_imm(as, &src) ||
	    !scan_need_imm(as, &off) || !scan_need_imm(as, &insn.imm))
		return false;
	if (code < 0 || code > 255 || dst < 0 || dst > 15 || src < 0 || src > 15 ||
	    off < INT16_MIN || off > INT16_MAX)
		return scan_fail(as, ".insn CODE DST SRC OFF IMM: a field is out of range");
	insn.code = code;
	insn.dst_reg = dst;
	insn.src_reg = src;
	insn.off = off;
	return put(as, insn);
}

bool asm_parse_insn(struct assembler *as)
{
	struct draft insn = {}, exit_insn = { .code = BPF_JMP | BPF_EXIT };
	bool wide;

	if (scan_take(as, ".insn"))
		return parse_raw(as);
	if (scan_take(as, "exit"))
		return put(as, exit_insn);
	if (scan_take(as, "gotol"))
		return parse_goto(as, BPF_JMP32 | BPF_JA);
	if (scan_take(as, "goto"))
		return parse_goto(as, BPF_JMP | BPF_JA);
	if (scan_take(as, "may_goto"))
		return parse_goto(as, BPF_JMP | MODBPF_JCOND);
	if (scan_take(as, "call"))
		return parse_call(as);
	if (scan_take(as, "if"))
		return parse_branch(as);
	if (scan_take(as, "lock"))
		return parse_locked(as);
	if (scan_take(as, "store_release"))
		return parse_store_release(as);
	if (scan_take(as, "*"))
		return parse_store(as);
	if (!scan_take_reg(as, &insn.dst_reg, &wide))
		return scan_fail(as, "unknown instruction '%.30s'", as->pos);
	return scan_take(as, "=") ? parse_assignment(as, insn, wide) : parse_alu(as, insn, wide);
}
