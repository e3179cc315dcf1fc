// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does docs/isa.md say what is so? It is made here, from the opcode rows and the
 * instruction corpus: "test_isa_page print >docs/isa.md". For each instruction, one case
 * of the corpus (or a program below, where the corpus can have none) is verified,
 * interpreted and run as machine code; "yes" is what did as it should.
 */
#include "isa/abi.h"
#include "isa/disasm.h"
#include "isa/interp.h"
#include "isa/opcode.h"
#include "tests/support/check.h"
#include "tests/support/corpus.h"
#include "tests/support/jitrun.h"
#include "tests/support/verify.h"
#include "tests/support/world.h"

#include <stdlib.h>

#define PAGE "docs/isa.md"
#define MAX_LINES 256

struct line {
	struct modbpf_insn insn[2];	/* a sample */
	u32 cases;
	u32 last_case;		/* the number of the last that was counted */
	bool is_verified, is_interpreted, is_compiled;
};

static struct line lines[MAX_LINES];
static u32 line_cnt, case_cnt;

static const char head[] =
	"# Instructions\n\n"
	"One line per instruction, with the section of RFC 9669 (or Linux, where it is younger). This page is made by\n"
	"`build/asan/test_isa_page print >docs/isa.md` from the rows of `isa/opcode.c` and by running the corpus,\n"
	"`tests/isa`: \"yes\" stands for a program with the instruction that was verified, interpreted, or run as\n"
	"machine code, and gave what it should. The last column is the number of the corpus's cases; its\n"
	"programs have no maps and helpers: for those it is another test. `map[idx:..]` is bound to a map before\n"
	"the verifier sees it.\n\n"
	"| code | instruction | section | verifier | interpreter | JIT | cases |\n"
	"|---|---|---|---|---|---|---|\n";

/* --- which instructions there are ----------------------------------------------------- */

/* Is the instruction that the sample stands for? Registers and numbers do not count. */
static bool is_same_kind(const struct modbpf_insn *sample, const struct modbpf_insn *insn)
{
	const struct opcode *row = opcode_lookup(sample->code);

	return sample->code == insn->code &&
	       (row->src != FIELD_KIND || sample->src_reg == insn->src_reg) &&
	       ((row->off != FIELD_SIGNED && row->off != FIELD_EXTEND) || sample->off == insn->off) &&
	       ((row->imm != FIELD_SWAP_BITS && row->imm != FIELD_ATOMIC) || sample->imm == insn->imm);
}

static void add_line(const struct modbpf_insn *sample)
{
	struct line *line = &lines[line_cnt];

	line->insn[0] = *sample;
	if ((opcode_check(line->insn, 2) && !(opcode_lookup(sample->code)->flags & OPCODE_REFUSED)) ||
	    (line_cnt && is_same_kind(&line[-1].insn[0], sample)))
		return;
	if (++line_cnt == MAX_LINES)
		abort();
}

static void add_opcode(u8 code, const struct opcode *row)
{
	static const s32 offs[] = { 0, 1, 8, 16, 32 }, bits[] = { 16, 32, 64 };
	struct modbpf_insn sample = { .code = code, .dst_reg = row->dst == FIELD_REG };
	u32 i;

	sample.src_reg = row->src == FIELD_REG ? 2 : 0;
	sample.imm = row->imm == FIELD_ANY || row->imm == FIELD_SHIFT || row->imm == FIELD_DIVISOR;
	if (row->off == FIELD_SIGNED || row->off == FIELD_EXTEND)
		for (i = 0; i < ARRAY_SIZE(offs); i++) {
			sample.off = offs[i];
			add_line(&sample);
		}
	else if (row->src == FIELD_KIND)
		for (i = 0; i <= BPF_PSEUDO_MAP_IDX_VALUE; i++) {
			sample.src_reg = i;
			sample.imm = code == (BPF_JMP | BPF_CALL) ? 1 : 0;
			add_line(&sample);
		}
	else if (row->imm == FIELD_SWAP_BITS)
		for (i = 0; i < ARRAY_SIZE(bits); i++) {
			sample.imm = bits[i];
			add_line(&sample);
		}
	else if (row->imm == FIELD_ATOMIC)
		for (i = 0; i < 0x200; i++) {
			sample.imm = i;
			add_line(&sample);
		}
	else
		add_line(&sample);
}

/* --- what runs them -------------------------------------------------------------------- */

static void try_case(const struct corpus_case *c, struct line *line)
{
	const struct map_desc map = { .type = MODBPF_MAP_ARRAY, .key_size = 4,
				      .value_size = CORPUS_VALUE_BYTES, .max_entries = 1 };
	struct modbpf_insn *insns = malloc((c->insn_cnt + CORPUS_WRAP_SLOTS) * sizeof(*insns));
	u64 value[CORPUS_MAX_WORDS + 1] = {};
	const struct map_bind bind = { .values = (u64)value, .stride = sizeof(value), .max_entries = 1 };
	struct verify_request req = verify_request_of(insns, corpus_wrap(c, insns), MODBPF_PROG_KPROBE);
	struct interp_env env = { .binds = &bind };
	struct verified_prog *prog;
	struct verify_stats stats;
	struct jit_run run;

	req.maps = &map;
	req.map_cnt = 1;
	line->is_verified = !modbpf_verify(&req, &prog, &stats);
	free(insns);
	if (!line->is_verified)
		return;
	env.prog = prog;
	memcpy(value, c->before, sizeof(c->before));
	modbpf_interp_run(&env, NULL, NULL);
	line->is_interpreted = value[CORPUS_MAX_WORDS] == c->r0 && !memcmp(value, c->after, c->word_cnt * 8);
	memset(value, 0, sizeof(value));
	memcpy(value, c->before, sizeof(c->before));
	if (!jit_run_prepare(&run, prog, &bind, NULL, JIT_RUN_BEST)) {
		jit_run_call(&run, NULL, NULL);
		line->is_compiled = value[CORPUS_MAX_WORDS] == c->r0 && !memcmp(value, c->after, c->word_cnt * 8);
		jit_run_release(&run);
	}
	modbpf_verified_free(prog);
}

static void count_case(const struct corpus_case *c, void *cookie)
{
	u32 i, k;

	case_cnt++;
	for (i = 0; i < c->insn_cnt; i += insn_is_ld_imm64(&c->insns[i]) ? 2 : 1)
		for (k = 0; k < line_cnt; k++) {
			if (lines[k].last_case == case_cnt || !is_same_kind(lines[k].insn, &c->insns[i]))
				continue;
			lines[k].last_case = case_cnt;
			if (!lines[k].cases++)
				try_case(c, &lines[k]);
		}
}

/* Instructions that the corpus cannot have, a program that has each, and where they are tested. R0 is 0. */
static const struct {
	u8 code, src;
	const char *text, *test;
} others[] = {
	{ BPF_JMP | BPF_CALL, 0, "call get_prandom_u32\n r0 = 0\n exit\n", "`test_jit_call`" },
	{ BPF_JMP | BPF_CALL, BPF_PSEUDO_KFUNC_CALL, "call kfunc#9\n r0 = 0\n exit\n", NULL },
	{ MODBPF_LD_IMM64, BPF_PSEUDO_MAP_FD, "r1 = map[array]\n r0 = 0\n exit\n", "`test_jit_call`" },
	{ MODBPF_LD_IMM64, BPF_PSEUDO_MAP_VALUE,
	  "r1 = map_value[single] + 0\n r0 = *(u8 *)(r1 +0)\n r0 = 0\n exit\n", "`test_jit_call`" },
	{ MODBPF_LD_IMM64, BPF_PSEUDO_FUNC,
	  "r1 = 1\n r2 = subprog[f]\n r3 = 0\n r4 = 0\n call loop\n r0 = 0\n exit\nf: r0 = 0\n exit\n",
	  "`test_jit_call`" },
	{ BPF_LD | BPF_ABS | BPF_W, 0, "r6 = r1\n r0 = *(u32 *)skb[1]\n r0 = 0\n exit\n", "`test_verifier`" },
	{ BPF_LD | BPF_ABS | BPF_H, 0, "r6 = r1\n r0 = *(u16 *)skb[1]\n r0 = 0\n exit\n", "`test_verifier`" },
	{ BPF_LD | BPF_ABS | BPF_B, 0, "r6 = r1\n r0 = *(u8 *)skb[1]\n r0 = 0\n exit\n", "`test_verifier`" },
	{ BPF_LD | BPF_IND | BPF_W, 2, "r6 = r1\n r2 = 0\n r0 = *(u32 *)skb[r2 + 1]\n r0 = 0\n exit\n",
	  "`test_verifier`" },
	{ BPF_LD | BPF_IND | BPF_H, 2, "r6 = r1\n r2 = 0\n r0 = *(u16 *)skb[r2 + 1]\n r0 = 0\n exit\n",
	  "`test_verifier`" },
	{ BPF_LD | BPF_IND | BPF_B, 2, "r6 = r1\n r2 = 0\n r0 = *(u8 *)skb[r2 + 1]\n r0 = 0\n exit\n",
	  "`test_verifier`" },
	{ BPF_JMP | MODBPF_JCOND, 0, "may_goto out\nout: r0 = 0\n exit\n", NULL },
};

static const char *test_of(const struct modbpf_insn *insn)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(others); i++)
		if (others[i].code == insn->code && others[i].src == insn->src_reg)
			return others[i].test;
	return NULL;
}

/* The helper, for machine code that C can call. */
static u64 loop(u64 cnt, u64 callback, u64 ctx, u64 r4, u64 r5)
{
	u64 i;

	for (i = 0; i < cnt; i++)
		((u64 (*)(u64, u64))callback)(i, ctx);
	return cnt;
}

static void try_other(struct line *line, const char *text)
{
	struct verify_input input = { .text = text, .prog_type = MODBPF_PROG_SCHED_CLS };
	struct verify_output out;
	struct jit_run run;

	world_fill(1, input.prog_type);
	world_helpers[MODBPF_FUNC_loop] = (u64)loop;
	verify_text(&input, &out);
	if (out.syntax[0])
		check_failed(__FILE__, __LINE__, "%s: %s", text, out.syntax);
	line->is_verified = out.prog;
	if (out.prog) {
		line->is_interpreted = verify_run(&out) == 0;
		if (!jit_run_prepare(&run, out.prog, world_binds, world_helpers, JIT_RUN_BEST)) {
			line->is_compiled = jit_run_call(&run, world_context(out.prog_type), NULL) == 0;
			jit_run_release(&run);
		}
	}
	verify_output_free(&out);
}

static void fill_lines(void)
{
	u32 code, i, k;

	for (code = 0; code < 256; code++)
		if (opcode_lookup(code))
			add_opcode(code, opcode_lookup(code));
	if (corpus_read("tests/isa", count_case, NULL) < 12500)
		check_failed(__FILE__, __LINE__, "the corpus is not there");
	for (i = 0; i < line_cnt; i++)
		for (k = 0; k < ARRAY_SIZE(others); k++)
			if (!lines[i].cases && others[k].code == lines[i].insn[0].code &&
			    others[k].src == lines[i].insn[0].src_reg)
				try_other(&lines[i], others[k].text);
}

/* --- the page ----------------------------------------------------------------------------- */

static void escape(const char *from, char *to)
{
	do {
		if (*from == '|')
			*to++ = '\\';
		*to++ = *from;
	} while (*from++);
}

static void print_page(FILE *out)
{
	char text[MODBPF_DISASM_BYTES], cell[2 * MODBPF_DISASM_BYTES], cases[64];
	u32 i;

	fputs(head, out);
	for (i = 0; i < line_cnt; i++) {
		const struct line *line = &lines[i];
		const char *test = test_of(line->insn);

		modbpf_insn_print(line->insn, NULL, text, sizeof(text));
		escape(text, cell);
		snprintf(cases, sizeof(cases), "%u", line->cases);
		fprintf(out, "| %#04x | `%s` | %s | %s | %s | %s | %s |\n", line->insn[0].code, cell,
			opcode_lookup(line->insn[0].code)->section, line->is_verified ? "yes" : "refused",
			line->is_interpreted ? "yes" : "-", line->is_compiled ? "yes" : "-",
			!line->cases && test ? test : cases);
	}
}

static char *contents(FILE *file)
{
	char *text = calloc(1, 1 << 16);

	rewind(file);
	if (fread(text, 1, (1 << 16) - 1, file) == 0)
		text[0] = 0;
	fclose(file);
	return text;
}

static void the_page_is_as_made(void)
{
	FILE *page = fopen(PAGE, "r"), *made = tmpfile();
	char *is, *wanted;

	if (!page || !made) {
		check_failed(__FILE__, __LINE__, "%s: %s", PAGE, strerror(errno));
		return;
	}
	fill_lines();
	print_page(made);
	is = contents(page);
	wanted = contents(made);
	if (strcmp(is, wanted))
		check_failed(__FILE__, __LINE__, "old: build/asan/test_isa_page print >" PAGE);
	free(is);
	free(wanted);
}

/* What the verifier takes, both engines run, and a test has. */
static void nothing_is_half_done(void)
{
	u32 i;

	for (i = 0; i < line_cnt; i++) {
		const struct line *line = &lines[i];

		if (line->is_verified != line->is_interpreted || line->is_verified != line->is_compiled ||
		    (line->is_verified && !line->cases && !test_of(line->insn)))
			check_failed(__FILE__, __LINE__, "opcode %#x, src %u, off %d, imm %d", line->insn->code,
				     line->insn->src_reg, line->insn->off, line->insn->imm);
	}
}

static const struct check_case cases[] = {
	{ "docs/isa.md is up to date", the_page_is_as_made },
	{ "what is verified is interpreted, compiled and tested", nothing_is_half_done },
};

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "print")) {
		fill_lines();
		print_page(stdout);
		return 0;
	}
	return check_run("test_isa_page", cases, ARRAY_SIZE(cases), argc, argv);
}
