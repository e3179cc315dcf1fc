// SPDX-License-Identifier: GPL-2.0-only
/* What has a fuzzer executed? See tally.h. */
#include "tests/support/tally.h"

#include "isa/abi.h"
#include "isa/opcode.h"
#include "tests/support/verify.h"

void tally_begin(struct tally *tally)
{
	memset(tally->kinds, 0, sizeof(tally->kinds));
}

static void note_reg(struct tally *tally, struct step *step, u32 reg)
{
	tally->kinds[step->pc] |= 1u << step_regs(step)[reg].kind;
}

void tally_note(struct tally *tally, struct step *step)
{
	const struct opcode *row = opcode_lookup(step->insn->code);
	const struct helper *helper = helper_of(step->insn->imm);
	u32 i;

	if (step->pc >= RANDVERIFY_MAX_INSNS)
		return;
	if (row->flags & OPCODE_READS_DST)
		note_reg(tally, step, step->insn->dst_reg);
	if (row->flags & OPCODE_READS_SRC)
		note_reg(tally, step, step->insn->src_reg);
	for (i = 0; insn_is_helper_call(step->insn) && helper && i < 5; i++)
		if (helper->args[i] != ARG_NONE)
			note_reg(tally, step, i + 1);
}

/* Which type of map an argument is, of those of tests/support/verify.h. */
static u32 map_type(u64 map)
{
	static u8 types[MODBPF_MAX_USED_MAPS];
	u32 i;

	for (i = 0; !types[0] && i < verify_map_cnt; i++)
		types[verify_map_cnt - 1 - i] = verify_request_of(NULL, 0, 0).maps[verify_map_cnt - 1 - i].type;
	return map && map <= verify_map_cnt ? types[map - 1] : 0;
}

static void count_args(struct tally *tally, const struct watch *watch, const struct helper *helper)
{
	u32 i;

	for (i = 0; helper && i < 5; i++) {
		tally->by_arg[helper->args[i]]++;
		if (helper->args[i] == ARG_MAP)
			tally->by_map[map_type(watch->frames[watch->depth].regs[i + 1])]++;
	}
}

/* What an instruction is made into comes from it; its operands are those of the first. */
static void count_kinds(struct tally *tally, const struct watch *watch)
{
	u32 origin = watch->prog->origin[watch->insn], kind;

	if (watch->insn && watch->prog->origin[watch->insn - 1] == origin)
		return;
	for (kind = 0; kind < REG_KIND_COUNT; kind++)
		tally->by_kind[kind] += tally->kinds[origin] >> kind & 1;
}

void tally_count(struct tally *tally, const struct watch *watch)
{
	const struct modbpf_insn *insn = &watch->prog->insns[watch->insn];
	const struct opcode *row = opcode_lookup(insn->code);

	tally->total++;
	tally->by_type[watch->prog_type]++;
	count_kinds(tally, watch);
	if (row->form == FORM_ATOMIC)
		tally->by_atomic[insn->imm][row->bytes]++;
	else if ((row->form == FORM_ALU_IMM || row->form == FORM_ALU_REG) && insn->off)
		tally->by_signed_code[insn->code]++;
	else
		tally->by_code[insn->code]++;
	if (insn_is_helper_call(insn))
		count_args(tally, watch, helper_of(insn->imm));
}

/* --- the table --------------------------------------------------------------------------- */

static u32 print_row(const char *name, u64 count, u64 least)
{
	printf("\t%-28s %12llu%s\n", name, count, count < least ? "  too few" : "");
	return count < least;
}

static const char *const arg_names[ARG_KIND_COUNT] = {
	[ARG_NUMBER] = "number",
	[ARG_OPTIONAL_PRINTED] = "printed, or none", [ARG_ADDRESS] = "address",
	[ARG_MAP] = "map", [ARG_KEY] = "key", [ARG_VALUE] = "value", [ARG_READ] = "memory to read",
	[ARG_READ_OR_NULL] = "memory to read or null",
	[ARG_FILL] = "memory to fill", [ARG_FILL_8] = "8 bytes to fill", [ARG_VALUE_FILL] = "value to fill",
	[ARG_STRING] = "string", [ARG_FILL_OR_NULL] = "memory to fill or null", [ARG_FORMAT] = "format",
	[ARG_CONST_FORMAT] = "constant format", [ARG_PRINTED] = "numbers to print",
	[ARG_SIZE] = "size", [ARG_SIZE_OR_ZERO] = "size or zero",
	[ARG_CONST_SIZE] = "constant size", [ARG_LOCK] = "lock", [ARG_TIMER] = "timer",
	[ARG_TIMER_MAP] = "map of a timer", [ARG_CTX] = "context", [ARG_RECORD] = "record",
	[ARG_CALLBACK] = "callback", [ARG_CALLBACK_CONTEXT] = "context of a callback",
	[ARG_KEPT] = "memory that is kept", [ARG_DYNPTR] = "dynptr", [ARG_RING_DYNPTR] = "dynptr of a record",
	[ARG_NEW_DYNPTR] = "dynptr to make", [ARG_NEW_RING_DYNPTR] = "dynptr of a record to make",
	[ARG_FREE_DYNPTR] = "dynptr to copy", [ARG_NEW_SAME_DYNPTR] = "dynptr that is a copy",
	[ARG_NEW_SKB_DYNPTR] = "dynptr of a packet to make", [ARG_SKB] = "packet",
	[ARG_BUFFER_OR_NULL] = "buffer or null",
};

/* Some helper that is there takes it. */
static bool is_taken(u8 arg)
{
	s32 id;
	u32 i;

	for (id = 0; id < MODBPF_FUNC_LIMIT; id++) {
		const struct helper *helper = helper_of(id);

		for (i = 0; helper && !(helper->flags & HELPER_ABSENT) && i < 5; i++)
			if (helper->args[i] == arg)
				return true;
	}
	return false;
}

static const char *class_name(u8 code)
{
	static const char *const names[] = { "LD", "LDX", "ST", "STX", "ALU", "JMP", "JMP32", "ALU64" };

	return names[BPF_CLASS(code)];
}

/* Packet loads become calls, and what is refused does not run. */
static bool is_run(const struct opcode *row)
{
	return row && !(row->flags & OPCODE_REFUSED) && row->form != FORM_LD_ABS &&
	       row->form != FORM_LD_IND && row->form != FORM_ATOMIC;
}

static u32 print_codes(const struct tally *tally, u64 least)
{
	u32 code, few = 0;
	char name[64];

	for (code = 0; code < 256; code++) {
		const struct opcode *row = opcode_lookup(code);
		bool by_reg = row && (row->form == FORM_ALU_REG || row->form == FORM_BRANCH_REG);
		u8 op = BPF_OP(code);

		if (!is_run(row))
			continue;
		snprintf(name, sizeof(name), "%s %s %s, %u bytes", class_name(code), row->name,
			 by_reg ? "reg" : "", row->bytes);
		few += print_row(name, tally->by_code[code], least);
		if ((row->form != FORM_ALU_REG && row->form != FORM_ALU_IMM) ||
		    !(op == BPF_DIV || op == BPF_MOD || (op == BPF_MOV && by_reg)))
			continue;
		snprintf(name, sizeof(name), "%s s%s %s, %u bytes", class_name(code), row->name,
			 by_reg ? "reg" : "", row->bytes);
		few += print_row(name, tally->by_signed_code[code], least);
	}
	return few;
}

static u32 print_atomics(const struct tally *tally, u64 least)
{
	u32 imm, bytes, few = 0;
	char name[64];

	for (imm = 0; imm < TALLY_ATOMICS; imm++) {
		const struct atomic_op *op = atomic_lookup(imm);

		for (bytes = op && op->flags & ATOMIC_ANY_SIZE ? 1 : 4; op && bytes <= 8; bytes *= 2) {
			snprintf(name, sizeof(name), "atomic %s, %u bytes", op->name, bytes);
			few += print_row(name, tally->by_atomic[imm][bytes], least);
		}
	}
	return few;
}

/* Halves of dynptrs lie in the stack only; whole ones are for callbacks of a helper that is not there yet. */
static bool is_no_operand(u32 kind)
{
	return kind == REG_DYNPTR_HALF || (kind == REG_DYNPTR &&
					   helper_of(MODBPF_FUNC_user_ringbuf_drain)->flags & HELPER_ABSENT);
}

u32 tally_print(const struct tally *tally, u64 least)
{
	u32 i, few = 0;

	printf("executed instructions: %llu\nwith operands of each kind:\n", tally->total);
	for (i = REG_SCALAR; i < REG_KIND_COUNT; i++)
		few += print_row(reg_kind_name(i), tally->by_kind[i], is_no_operand(i) ? 0 : least);
	printf("by operation:\n");
	few += print_codes(tally, least);
	few += print_atomics(tally, least);
	printf("arguments of helpers:\n");
	for (i = ARG_NONE + 1; i < ARG_KIND_COUNT; i++)
		if (is_taken(i))
			few += print_row(arg_names[i] ? : "(it has no name here)", tally->by_arg[i],
					 arg_names[i] ? least : ~0ULL);
	printf("maps given to helpers:\n");
	for (i = 0; i < MODBPF_MAP_TYPE_COUNT; i++)
		if (map_rule_of(i))
			few += print_row(map_rule_of(i)->name, tally->by_map[i], least);
	printf("in programs of each type:\n");
	for (i = 0; i < ARRAY_SIZE(tally->by_type); i++)
		if (prog_rule_of(i) && prog_rule_of(i)->ctx != CTX_KIND_NONE)
			few += print_row(prog_rule_of(i)->name, tally->by_type[i], least);
	return few;
}
