// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does the opcode table have every opcode, and no other, and refuse every field
 * that an opcode does not use? The expectations are written out from RFC 9669
 * by number, without the names that the table is made of.
 */
#include "isa/opcode.h"
#include "tests/support/check.h"

/*
 * Which fields of an opcode may be other than zero: d(st), s(rc), o(ff), i(mm).
 * A capital letter: only some values, see below.
 */
static const char *fields_of(u32 code)
{
	static const char *const loads[8] = { "L", NULL, NULL, "dso", "dso", NULL, NULL, NULL };
	u32 class = code & 7, high = code >> 4, mode = code >> 5, size = code >> 3 & 3;
	bool reg = code & 8;	/* size: W 0, H 1, B 2, DW 3 */

	switch (class) {
	case 0:	/* LD: ld_imm64 0x18; abs and ind of 1, 2, 4 bytes */
		if (code == 0x18)
			return "dSi";
		return size == 3 ? NULL : mode == 1 ? "i" : mode == 2 ? "si" : NULL;
	case 1:	/* LDX: mem, memsx without 8 bytes */
		return mode == 4 && size == 3 ? NULL : mode == 0 ? NULL : loads[mode];
	case 2:
		return mode == 3 ? "doi" : NULL;
	case 3:	/* STX: mem and atomic */
		return mode == 3 ? "dso" : mode == 6 ? "dsoI" : NULL;
	case 4:
	case 7:
		if (high == 8)
			return reg ? NULL : "d";
		if (high == 13)
			return class == 7 && reg ? NULL : "dI";
		if (high > 13)
			return NULL;
		if (high == 3 || high == 9)
			return reg ? "dsO" : "dOI";
		if (high == 6 || high == 7 || high == 12)
			return reg ? "ds" : "dI";
		if (high == 11)
			return reg ? "dsO" : "di";
		return reg ? "ds" : "di";
	default:
		if (high == 0)
			return reg ? NULL : class == 5 ? "o" : "i";
		if (high == 8)
			return code == 0x85 ? "Si" : NULL;
		if (high == 9)
			return code == 0x95 ? "" : NULL;
		if (high > 13)
			return NULL;
		return reg ? "dso" : "doi";
	}
}

/* An instruction of @code that nothing is wrong with. */
static struct modbpf_insn plain(u32 code)
{
	struct modbpf_insn insn = { .code = code };
	u32 class = code & 7, high = code >> 4;

	if ((class == 4 || class == 7) && high == 13)
		insn.imm = 16;
	else if ((class == 4 || class == 7) && !(code & 8) && (high == 3 || high == 9))
		insn.imm = 1;
	else if (code == 0xd3 || code == 0xcb)
		insn.imm = 0x100;
	return insn;
}

static const char *complaint(struct modbpf_insn insn)
{
	struct modbpf_insn two[2] = { insn };

	return opcode_check(two, 2);
}

static void table_is_complete(void)
{
	u32 code, cnt = 0;

	for (code = 0; code < 256; code++) {
		bool exists = fields_of(code);
		const struct opcode *row = opcode_lookup(code);

		if (code == 0xe5) {
			CHECK(row && row->flags & OPCODE_REFUSED);
			continue;
		}
		if (exists != !!row)
			check_failed(__FILE__, __LINE__, "opcode %#x %s", code,
				     exists ? "is missing" : "does not exist");
		if (exists && complaint(plain(code)))
			check_failed(__FILE__, __LINE__, "opcode %#x: %s", code, complaint(plain(code)));
		cnt += exists;
	}
	/*
	 * 11 operations in 4 forms, 2 + 2 mov, 2 neg, 3 swaps, 7 loads, 4 + 4 stores,
	 * 4 sizes of atomics, ld_imm64, 6 packet loads, 11 conditions in 4 forms,
	 * two gotos, call, exit.
	 */
	CHECK_EQ(cnt, 11 * 4 + 4 + 2 + 3 + 7 + 8 + 4 + 1 + 6 + 11 * 4 + 4);
}

static void unknown_opcodes_are_named(void)
{
	u32 code;

	for (code = 0; code < 256; code++) {
		struct modbpf_insn insn = { .code = code };

		if (!opcode_lookup(code))
			CHECK_STR(complaint(insn), "unknown opcode");
	}
	CHECK_STR(complaint((struct modbpf_insn){ .code = 0xe5 }), "not supported yet: may_goto");
}

/* Sets one field of every opcode; it is complained about unless the opcode uses it. */
static void reserved_fields(void)
{
	static const char letters[] = "dsoi";
	u32 code, f;

	for (code = 0; code < 256; code++) {
		const char *fields = fields_of(code);

		for (f = 0; fields && code != 0xe5 && f < 4; f++) {
			struct modbpf_insn insn = plain(code);
			char letter = letters[f];
			bool used = strchr(fields, letter);

			if (strchr(fields, letter - 32))
				continue;	/* some values: tested by name below */
			if (f == 0)
				insn.dst_reg = 10;
			else if (f == 1)
				insn.src_reg = 10;
			else if (f == 2)
				insn.off = -32768;
			else
				insn.imm = -1;
			if (used != !complaint(insn))
				check_failed(__FILE__, __LINE__, "opcode %#x, field %c: %s", code,
					     letter, complaint(insn) ?: "not refused");
		}
	}
}

static void registers_exist(void)
{
	u32 code, reg;

	for (code = 0; code < 256; code++) {
		const char *fields = fields_of(code);
		struct modbpf_insn insn;

		for (reg = 0; fields && code != 0xe5 && reg < 16; reg++) {
			insn = plain(code);
			insn.dst_reg = strchr(fields, 'd') ? reg : 0;
			CHECK_EQ(!complaint(insn), !strchr(fields, 'd') || reg <= 10);
			insn = plain(code);
			insn.src_reg = strchr(fields, 's') ? reg : 0;
			CHECK_EQ(!complaint(insn), !strchr(fields, 's') || reg <= 10);
		}
	}
}

/* Which values of a field are allowed, of those from -2 to 300 and the extremes. */
static void check_values(u32 code, char field, const char *allowed)
{
	static const s32 extremes[] = { INT32_MIN, INT32_MAX, -32768, 32767, 0x1000 };
	char text[512] = "";
	s32 value;
	u32 i;

	for (i = 0; i < 303 + ARRAY_SIZE(extremes); i++) {
		struct modbpf_insn insn = plain(code);

		value = i < 303 ? (s32)i - 2 : extremes[i - 303];
		if (field == 'o' && (value < -32768 || value > 32767))
			continue;
		if (field == 's' && (value < 0 || value > 15))
			continue;
		if (field == 'o')
			insn.off = value;
		else if (field == 's')
			insn.src_reg = value;
		else
			insn.imm = value;
		if (!complaint(insn))
			sprintf(text + strlen(text), "%s%d", *text ? " " : "", value);
	}
	if (strcmp(text, allowed))
		check_failed(__FILE__, __LINE__, "opcode %#x allows %c: %s, not %s", code, field,
			     text, allowed);
}

static void fields_with_few_values(void)
{
	static const char shift32[] = "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 "
				      "25 26 27 28 29 30 31";
	static const u8 divisions[] = { 0x34, 0x3c, 0x37, 0x3f, 0x94, 0x9c, 0x97, 0x9f };
	static const u8 shifts[] = { 0x60, 0x70, 0xc0 };
	char shift64[256];
	u32 i;

	snprintf(shift64, sizeof(shift64), "%s", shift32);
	for (i = 32; i < 64; i++)
		sprintf(shift64 + strlen(shift64), " %u", i);
	for (i = 0; i < ARRAY_SIZE(divisions); i++)
		check_values(divisions[i], 'o', "0 1");
	for (i = 0; i < ARRAY_SIZE(shifts); i++) {
		check_values(shifts[i] | 4, 'i', shift32);
		check_values(shifts[i] | 7, 'i', shift64);
	}
	check_values(0xbf, 'o', "0 8 16 32");
	check_values(0xbc, 'o', "0 8 16");
	check_values(0xd4, 'i', "16 32 64");
	check_values(0xdc, 'i', "16 32 64");
	check_values(0xd7, 'i', "16 32 64");
	check_values(0xc3, 'i', "0 1 64 65 80 81 160 161 225 241 256 272");
	check_values(0xdb, 'i', "0 1 64 65 80 81 160 161 225 241 256 272");
	check_values(0xcb, 'i', "256 272");
	check_values(0xd3, 'i', "256 272");
	check_values(0x18, 's', "0 1 2 3 4 5 6");
	check_values(0x85, 's', "0 1 2");
}

static void divisors_are_not_zero(void)
{
	static const u8 divisions[] = { 0x34, 0x37, 0x94, 0x97 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(divisions); i++) {
		CHECK_STR(complaint((struct modbpf_insn){ .code = divisions[i] }), "div by zero");
		CHECK(!complaint((struct modbpf_insn){ .code = divisions[i], .imm = -1 }));
	}
}

static void calls(void)
{
	CHECK(!complaint((struct modbpf_insn){ 0x85, 0, 2, 7, 5 }));	/* a kfunc of BTF fd 7 */
	CHECK_STR(complaint((struct modbpf_insn){ 0x85, 0, 0, 7, 5 }),
		  "BPF_CALL uses reserved fields: off must be zero");
	CHECK_STR(complaint((struct modbpf_insn){ 0x85, 0, 1, 7, 5 }),
		  "BPF_CALL uses reserved fields: off must be zero");
	CHECK_STR(complaint((struct modbpf_insn){ 0x85, 1, 0, 0, 5 }),
		  "BPF_CALL uses reserved fields: dst_reg must be zero");
}

static const char *complaint_of_two(struct modbpf_insn first, struct modbpf_insn second, u32 left)
{
	struct modbpf_insn two[2] = { first, second };

	return opcode_check(two, left);
}

static void second_slots(void)
{
	struct modbpf_insn first = { .code = 0x18 }, second = { .imm = -1 };
	u32 src;

	CHECK(!complaint_of_two(first, second, 2));
	CHECK_STR(complaint_of_two(first, second, 1),
		  "BPF_LD_IMM64 is cut off: its second slot is missing");
	CHECK(complaint_of_two(first, (struct modbpf_insn){ .code = 1 }, 2));
	CHECK(complaint_of_two(first, (struct modbpf_insn){ .dst_reg = 1 }, 2));
	CHECK(complaint_of_two(first, (struct modbpf_insn){ .src_reg = 1 }, 2));
	CHECK(complaint_of_two(first, (struct modbpf_insn){ .off = 1 }, 2));
	for (src = 0; src <= 6; src++) {
		first.src_reg = src;	/* a map, an index, a function: one number is enough */
		CHECK_EQ(!!complaint_of_two(first, second, 2), src == 1 || src == 4 || src == 5);
		CHECK(!complaint_of_two(first, (struct modbpf_insn){ .imm = 0 }, 2));
	}
}

static void rows_describe_operands(void)
{
	u32 code;

	for (code = 0; code < 256; code++) {
		const struct opcode *row = opcode_lookup(code);

		if (!row)
			continue;
		CHECK(row->name && row->section);
		if (row->flags & OPCODE_READS_SRC)
			CHECK_EQ(row->src, FIELD_REG);
		if (row->flags & (OPCODE_READS_DST | OPCODE_WRITES_DST))
			CHECK_EQ(row->dst, FIELD_REG);
		if (row->dst == FIELD_REG)
			CHECK(row->flags & (OPCODE_READS_DST | OPCODE_WRITES_DST));
		if (row->form == FORM_LOAD || row->form == FORM_STORE_IMM ||
		    row->form == FORM_STORE_REG || row->form == FORM_ATOMIC)
			CHECK_EQ(row->bytes, insn_access_bytes(code));
		if (row->form <= FORM_NEG || row->form == FORM_BRANCH_IMM || row->form == FORM_BRANCH_REG)
			CHECK_EQ(row->bytes, opcode_is_32bit(code) ? 4 : 8);
	}
	CHECK(!(opcode_lookup(0xb7)->flags & OPCODE_READS_DST));
	CHECK(opcode_lookup(0x07)->flags & OPCODE_READS_DST);
	CHECK(!(opcode_lookup(0x7b)->flags & OPCODE_WRITES_DST));
	CHECK(opcode_lookup(0x81)->flags & OPCODE_SIGN_EXTENDS);
	CHECK(!(opcode_lookup(0x61)->flags & OPCODE_SIGN_EXTENDS));
}

static void atomic_operations(void)
{
	CHECK(!atomic_lookup(2));
	CHECK(!atomic_lookup(0xe0));	/* xchg without fetch */
	CHECK(!atomic_lookup(0xf0));
	CHECK(!atomic_lookup(0x101));
	CHECK_EQ(atomic_lookup(0xf1)->flags, ATOMIC_READS_SRC | ATOMIC_USES_R0);
	CHECK_EQ(atomic_lookup(0xe1)->flags, ATOMIC_READS_SRC | ATOMIC_WRITES_SRC);
	CHECK_EQ(atomic_lookup(0x00)->flags, ATOMIC_READS_SRC);
	CHECK_EQ(atomic_lookup(0x51)->flags, ATOMIC_READS_SRC | ATOMIC_WRITES_SRC);
	CHECK_EQ(atomic_lookup(0x100)->flags, ATOMIC_LOAD | ATOMIC_ANY_SIZE);
}

static void helper_names(void)
{
	CHECK_STR(helper_name(1), "map_lookup_elem");
	CHECK_STR(helper_name(115), "probe_read_kernel_str");
	CHECK(!helper_name(0));
	CHECK(!helper_name(-1));
	CHECK(!helper_name(256));
	CHECK(!helper_name(INT32_MAX));
}

static const struct check_case cases[] = {
	{ "the table has every opcode and no other", table_is_complete },
	{ "an unknown opcode is called that", unknown_opcodes_are_named },
	{ "reserved fields must be zero", reserved_fields },
	{ "only R0 to R10 are registers", registers_exist },
	{ "fields with few values allow no other", fields_with_few_values },
	{ "a constant divisor is not zero", divisors_are_not_zero },
	{ "a call's fields depend on its kind", calls },
	{ "the second slot of ld_imm64 is checked", second_slots },
	{ "rows say what is read and written", rows_describe_operands },
	{ "atomic operations are those of RFC 9669 and two more", atomic_operations },
	{ "helpers are named by id", helper_names },
};

int main(int argc, char **argv)
{
	return check_run("opcode", cases, ARRAY_SIZE(cases), argc, argv);
}
