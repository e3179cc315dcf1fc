// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is every instruction printed so that it can be read back, and does the assembler
 * read what its header says? Each is the other's oracle; the encodings and texts in
 * the table are written by hand from RFC 9669.
 */
#include "isa/disasm.h"

#include "isa/opcode.h"
#include "tests/support/asm.h"
#include "tests/support/check.h"
#include "tests/support/corpus.h"

static const struct {
	const char *text;
	struct modbpf_insn insn[2];
} known[] = {
	{ "r0 = 0", { { 0xb7, 0, 0, 0, 0 } } },
	{ "r3 = -1", { { 0xb7, 3, 0, 0, -1 } } },
	{ "w3 = 7", { { 0xb4, 3, 0, 0, 7 } } },
	{ "r1 = r2", { { 0xbf, 1, 2, 0, 0 } } },
	{ "w1 = w2", { { 0xbc, 1, 2, 0, 0 } } },
	{ "r1 = (s8)r2", { { 0xbf, 1, 2, 8, 0 } } },
	{ "r1 = (s32)r2", { { 0xbf, 1, 2, 32, 0 } } },
	{ "w1 = (s16)w2", { { 0xbc, 1, 2, 16, 0 } } },
	{ "r1 += 5", { { 0x07, 1, 0, 0, 5 } } },
	{ "w1 -= w9", { { 0x1c, 1, 9, 0, 0 } } },
	{ "r1 *= r2", { { 0x2f, 1, 2, 0, 0 } } },
	{ "r1 /= 3", { { 0x37, 1, 0, 0, 3 } } },
	{ "r1 s/= r2", { { 0x3f, 1, 2, 1, 0 } } },
	{ "w1 s%= -7", { { 0x94, 1, 0, 1, -7 } } },
	{ "r1 %= r2", { { 0x9f, 1, 2, 0, 0 } } },
	{ "r1 |= r2", { { 0x4f, 1, 2, 0, 0 } } },
	{ "r1 &= 255", { { 0x57, 1, 0, 0, 255 } } },
	{ "r1 <<= 63", { { 0x67, 1, 0, 0, 63 } } },
	{ "r1 <<= 77", { { 0x67, 1, 0, 0, 77 } } },		/* refused elsewhere, yet printed */
	{ "r1 /= 0", { { 0x37, 1, 0, 0, 0 } } },
	{ "w1 >>= w2", { { 0x7c, 1, 2, 0, 0 } } },
	{ "r1 s>>= 3", { { 0xc7, 1, 0, 0, 3 } } },
	{ "r1 ^= r2", { { 0xaf, 1, 2, 0, 0 } } },
	{ "r4 = -r4", { { 0x87, 4, 0, 0, 0 } } },
	{ "w4 = -w4", { { 0x84, 4, 0, 0, 0 } } },
	{ "r4 = le16 r4", { { 0xd4, 4, 0, 0, 16 } } },
	{ "r4 = be32 r4", { { 0xdc, 4, 0, 0, 32 } } },
	{ "r4 = bswap64 r4", { { 0xd7, 4, 0, 0, 64 } } },
	{ "r1 = *(u64 *)(r10 -8)", { { 0x79, 1, 10, -8, 0 } } },
	{ "r1 = *(u8 *)(r2 +3)", { { 0x71, 1, 2, 3, 0 } } },
	{ "r1 = *(s16 *)(r2 +0)", { { 0x89, 1, 2, 0, 0 } } },
	{ "*(u64 *)(r10 -8) = r1", { { 0x7b, 10, 1, -8, 0 } } },
	{ "*(u16 *)(r1 +2) = -5", { { 0x6a, 1, 0, 2, -5 } } },
	{ "lock *(u64 *)(r1 +0) += r2", { { 0xdb, 1, 2, 0, 0 } } },
	{ "lock *(u32 *)(r1 +4) ^= r2", { { 0xc3, 1, 2, 4, 0xa0 } } },
	{ "r2 = atomic64_fetch_or((u64 *)(r1 +0), r2)", { { 0xdb, 1, 2, 0, 0x41 } } },
	{ "r2 = atomic_fetch_and((u32 *)(r1 +0), r2)", { { 0xc3, 1, 2, 0, 0x51 } } },
	{ "r2 = atomic64_xchg((u64 *)(r1 +0), r2)", { { 0xdb, 1, 2, 0, 0xe1 } } },
	{ "r0 = atomic64_cmpxchg((u64 *)(r1 -16), r0, r2)", { { 0xdb, 1, 2, -16, 0xf1 } } },
	{ "r1 = load_acquire((u8 *)(r2 +1))", { { 0xd3, 1, 2, 1, 0x100 } } },
	{ "store_release((u16 *)(r1 +2), r2)", { { 0xcb, 1, 2, 2, 0x110 } } },
	{ "r1 = 0x123456789abcdef0 ll",
	  { { 0x18, 1, 0, 0, (s32)0x9abcdef0 }, { 0, 0, 0, 0, 0x12345678 } } },
	{ "r1 = 0x5 ll", { { 0x18, 1, 0, 0, 5 }, {} } },
	{ "r1 = map[fd:4]", { { 0x18, 1, 1, 0, 4 }, {} } },
	{ "r1 = map[fd:4][0]+8", { { 0x18, 1, 2, 0, 4 }, { 0, 0, 0, 0, 8 } } },
	{ "r1 = btf[id:9,fd:2]", { { 0x18, 1, 3, 0, 9 }, { 0, 0, 0, 0, 2 } } },
	{ "r1 = subprog[+3]", { { 0x18, 1, 4, 0, 3 }, {} } },
	{ "r1 = map[idx:4]", { { 0x18, 1, 5, 0, 4 }, {} } },
	{ "r1 = map[idx:4][0]+8", { { 0x18, 1, 6, 0, 4 }, { 0, 0, 0, 0, 8 } } },
	{ "r0 = *(u16 *)skb[12]", { { 0x28, 0, 0, 0, 12 } } },
	{ "r0 = *(u8 *)skb[r6 + 14]", { { 0x50, 0, 6, 0, 14 } } },
	{ "r0 = *(u32 *)skb[r6 + -4]", { { 0x40, 0, 6, 0, -4 } } },
	{ "goto pc+3", { { 0x05, 0, 0, 3, 0 } } },
	{ "gotol pc-70000", { { 0x06, 0, 0, 0, -70000 } } },
	{ "if r1 == 0x5 goto pc+1", { { 0x15, 1, 0, 1, 5 } } },
	{ "if r1 != r2 goto pc-2", { { 0x5d, 1, 2, -2, 0 } } },
	{ "if w1 s> 0xffffffff goto pc+0", { { 0x66, 1, 0, 0, -1 } } },
	{ "if w1 & w2 goto pc+1", { { 0x4e, 1, 2, 1, 0 } } },
	{ "if r1 s<= r2 goto pc+1", { { 0xdd, 1, 2, 1, 0 } } },
	{ "call bpf_map_lookup_elem#1", { { 0x85, 0, 0, 0, 1 } } },
	{ "call unknown#254", { { 0x85, 0, 0, 0, 254 } } },
	{ "call pc+7", { { 0x85, 0, 1, 0, 7 } } },
	{ "call kfunc#9", { { 0x85, 0, 2, 0, 9 } } },
	{ "call kfunc#9,fd:3", { { 0x85, 0, 2, 3, 9 } } },
	{ "exit", { { 0x95, 0, 0, 0, 0 } } },
	{ ".insn 0xe5 0 0 3 0", { { 0xe5, 0, 0, 3, 0 } } },	/* may_goto: not supported */
	{ ".insn 0xff 15 15 -1 -1", { { 0xff, 15, 15, -1, -1 } } },
	{ ".insn 0x07 1 2 0 5", { { 0x07, 1, 2, 0, 5 } } },	/* a reserved field is not hidden */
	{ ".insn 0x95 0 0 0 1", { { 0x95, 0, 0, 0, 1 } } },
	{ ".insn 0xd3 1 2 0 0", { { 0xd3, 1, 2, 0, 0 } } },	/* 8-bit atomic add */
	{ "r11 = r1", { { 0xbf, 11, 1, 0, 0 } } },		/* as the verifier may write it */
};

static u32 slots(const struct modbpf_insn *insn)
{
	return insn_is_ld_imm64(insn) ? 2 : 1;
}

static void known_texts(void)
{
	char text[MODBPF_DISASM_BYTES];
	struct asm_prog prog;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(known); i++) {
		modbpf_insn_print(known[i].insn, NULL, text, sizeof(text));
		CHECK_STR(text, known[i].text);
		if (asm_parse(known[i].text, NULL, 0, &prog)) {
			check_failed(__FILE__, __LINE__, "%s: %s", known[i].text, prog.error);
			continue;
		}
		CHECK_EQ(prog.insn_cnt, slots(known[i].insn));
		if (memcmp(prog.insns, known[i].insn, prog.insn_cnt * sizeof(*prog.insns)))
			check_failed(__FILE__, __LINE__, "%s is read differently", known[i].text);
		asm_free(&prog);
	}
}

/* asm(disasm(x)) == x. */
static void read_back(const struct modbpf_insn *insn)
{
	char text[MODBPF_DISASM_BYTES];
	struct asm_prog prog;
	u32 len = modbpf_insn_print(insn, NULL, text, sizeof(text));

	if (len != strlen(text))
		check_failed(__FILE__, __LINE__, "%s is cut off", text);
	if (asm_parse(text, NULL, 0, &prog)) {
		check_failed(__FILE__, __LINE__, "%s: %s", text, prog.error);
		return;
	}
	/* What is printed raw is one slot, even of an opcode with two. */
	if (prog.insn_cnt > slots(insn) ||
	    memcmp(prog.insns, insn, prog.insn_cnt * sizeof(*insn)))
		check_failed(__FILE__, __LINE__, "%s is read differently", text);
	asm_free(&prog);
}

/* Every opcode with every combination of these fields, allowed or not. */
static void every_encoding(void)
{
	static const s32 imms[] = { 0, 1, -1, 16, 32, 64, 0x40, 0x41, 0x50, 0x51, 0xa0, 0xa1,
				    0xe1, 0xf1, 0x100, 0x110, 134, INT32_MIN, INT32_MAX };
	static const s16 offs[] = { 0, 1, 8, 16, 32, -1, INT16_MIN, INT16_MAX };
	static const u8 regs[] = { 0, 1, 2, 5, 6, 10, 11, 15 };
	struct modbpf_insn insn[2] = {};
	u32 code, d, s, o, i;

	for (code = 0; code < 256; code++)
		for (d = 0; d < ARRAY_SIZE(regs); d++)
			for (s = 0; s < ARRAY_SIZE(regs); s++)
				for (o = 0; o < ARRAY_SIZE(offs); o++) {
					i = (code + d + s * 3 + o * 5) % ARRAY_SIZE(imms);
					insn[0].code = code;
					insn[0].dst_reg = regs[d];
					insn[0].src_reg = regs[s];
					insn[0].off = offs[o];
					insn[0].imm = imms[i];
					insn[1].imm = imms[(i + o) % ARRAY_SIZE(imms)];
					read_back(insn);
				}
}

/* Every imm of every opcode whose fields are otherwise in order. */
static void every_constant(void)
{
	struct modbpf_insn insn[2] = {};
	u32 code;
	s32 imm;

	for (code = 0; code < 256; code++) {
		for (imm = -2; imm < 300; imm++) {
			insn[0].code = code;
			insn[0].imm = imm;
			read_back(insn);
		}
	}
}

static void read_back_case(const struct corpus_case *c, void *cookie)
{
	u32 i;

	for (i = 0; i < c->insn_cnt && i < 100; i += slots(&c->insns[i]))
		read_back(&c->insns[i]);
}

static void the_corpus(void)
{
	CHECK(corpus_read("tests/isa", read_back_case, NULL) > 12000);
}

static bool name_constant(void *cookie, const struct modbpf_insn *insn, char *buf, u32 size)
{
	snprintf(buf, size, "map[id:%d]", insn->imm + 100);
	return insn->imm != 3;
}

static bool name_callee(void *cookie, const struct modbpf_insn *insn, char *buf, u32 size)
{
	snprintf(buf, size, "%s", (const char *)cookie);
	return true;
}

static const char *named(const char *source)
{
	static char text[MODBPF_DISASM_BYTES];
	struct disasm_names names = { name_constant, name_callee, "a_function" };
	struct asm_prog prog;

	CHECK_EQ(asm_parse(source, NULL, 0, &prog), 0);
	modbpf_insn_print(prog.insns, &names, text, sizeof(text));
	asm_free(&prog);
	return text;
}

static void callbacks_name_things(void)
{
	CHECK_STR(named("r1 = map[fd:4]"), "r1 = map[id:104]");
	CHECK_STR(named("r1 = map[fd:3]"), "r1 = map[fd:3]");
	CHECK_STR(named("r1 = 4 ll"), "r1 = 0x4 ll");
	CHECK_STR(named("call pc+5"), "call a_function");
}

static void small_buffers(void)
{
	struct modbpf_insn insn = { 0x79, 1, 10, -8, 0 };
	char text[32];

	memset(text, 'x', sizeof(text));
	CHECK_EQ(modbpf_insn_print(&insn, NULL, text, 6), strlen("r1 = *(u64 *)(r10 -8)"));
	CHECK_STR(text, "r1 = ");
	CHECK_EQ(text[6], 'x');
	CHECK_EQ(modbpf_insn_print(&insn, NULL, NULL, 0), strlen("r1 = *(u64 *)(r10 -8)"));
}

static const struct {
	const char *text;
	u32 line;
	const char *error;
} wrong[] = {
	{ "r0 = 0\nr1 = nonsense", 2, "register expected at 'nonsense'" },
	{ "goto nowhere", 1, "no label or helper is named 'nowhere'" },
	{ "\n\nr1 += w2", 3, "w2 must be r2 here" },
	{ "r1 += 0x100000000", 1, "4294967296 does not fit 32 bits" },
	{ "r1 = *(u64 *)(r2 +32768)", 1, "offset 32768 does not fit 16 bits" },
	{ "a: exit; a: exit", 1, "label 'a' is defined twice" },
	{ "r1 = map[absent]", 1, "no map is named 'absent'" },
	{ "goto far; .repeat 40000 r0 = 1; far: exit", 1, "label 'far' is too far: use gotol" },
	{ "exit exit", 1, "unexpected 'exit'" },
	{ "r1 = be16 r2", 1, "a swap has one register" },
	{ "r1 = -r2", 1, "neg has one register" },
	{ "r1 = atomic64_xchg((u64 *)(r3 +0), r2)", 1, "the result goes to r2" },
	{ "r16 = 1", 1, "unknown instruction 'r16 = 1'" },
	{ "w1 = *(u8 *)(r2 +0)", 1, "register expected at '*(u8 *)(r2 +0)'" },
	{ ".insn 256 0 0 0 0", 1, ".insn CODE DST SRC OFF IMM: a field is out of range" },
};

static void wrong_text_is_refused(void)
{
	struct asm_prog prog;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		CHECK_EQ(asm_parse(wrong[i].text, NULL, 0, &prog), -EINVAL);
		CHECK_STR(prog.error, wrong[i].error);
		CHECK_EQ(prog.error_line, wrong[i].line);
		CHECK(!prog.insns && !prog.insn_cnt);
	}
}

static void labels_maps_and_comments(void)
{
	static const char *const maps[] = { "first", "second-map" };
	static const char text[] =
		"# a comment\n"
		"start: r1 = map[second-map]	// which\n"
		"r2 = map_value[first] + 8 # and where\n"
		"r3 = subprog[sub]; call sub; call trace_printk\n"
		"again: if r1 == 0 goto start; gotol again\n"
		"sub: exit";
	static const struct modbpf_insn want[] = {
		{ 0x18, 1, 1, 0, 1 }, {}, { 0x18, 2, 2, 0, 0 }, { 0, 0, 0, 0, 8 },
		{ 0x18, 3, 4, 0, 5 }, {}, { 0x85, 0, 1, 0, 3 }, { 0x85, 0, 0, 0, 6 },
		{ 0x15, 1, 0, -9, 0 }, { 0x06, 0, 0, 0, -2 }, { 0x95, 0, 0, 0, 0 },
	};
	struct asm_prog prog;

	CHECK_EQ(asm_parse(text, maps, 2, &prog), 0);
	CHECK_EQ(prog.insn_cnt, ARRAY_SIZE(want));
	if (prog.insn_cnt == ARRAY_SIZE(want))
		CHECK(!memcmp(prog.insns, want, sizeof(want)));
	asm_free(&prog);
}

static const struct check_case cases[] = {
	{ "known instructions are printed and read as known", known_texts },
	{ "every opcode with every field is read back as it was", every_encoding },
	{ "every opcode with every small constant is, too", every_constant },
	{ "the corpus is, too", the_corpus },
	{ "callbacks name maps and callees", callbacks_name_things },
	{ "a small buffer is not overrun", small_buffers },
	{ "wrong text is refused with its line", wrong_text_is_refused },
	{ "labels, maps and comments are understood", labels_maps_and_comments },
};

int main(int argc, char **argv)
{
	return check_run("disasm", cases, ARRAY_SIZE(cases), argc, argv);
}
