// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does the verifier accept and reject what it should, and for the right reason? The cases
 * are data: see tests/support/verify_case.h.
 */
#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/verify_case.h"
#include "user/platform.h"
#include "verifier/print.h"
#include "verifier/refusal.h"

static u32 case_cnt, failed_cnt;

static void check_kept(const char *want, const struct verified_prog *prog)
{
	char got[128] = "";
	u32 i;

	for (i = 0; i < prog->line_cnt; i++)
		sprintf(got + strlen(got), "%s%u", i ? " " : "", prog->lines[i].insn);
	CHECK_STR(got, want);
}

static void check_final(const struct verify_case *data, const struct verify_output *out)
{
	u32 i;
	u64 result;

	for (i = 0; i < data->final_cnt; i++)
		if (!strstr(out->final, data->finals[i]))
			check_failed(__FILE__, __LINE__, "the final program is\n\t%s\nwithout\n\t%s",
				     out->final, data->finals[i]);
	if (data->kept)
		check_kept(data->kept, out->prog);
	if (!data->has_run)
		return;
	result = verify_run(out);
	if (result != data->run)
		check_failed(__FILE__, __LINE__, "R0 is %#llx, not %#llx; final program\n\t%s",
			     result, data->run, out->final);
}

static u32 code_cnt[REFUSE_CODE_COUNT];	/* cases that are refused for each reason */

/* The code that the log names, REFUSE_NOTHING: none, or more than one. */
static enum refusal_code code_of(const char *log)
{
	const char *at = strstr(log, "code: ");
	enum refusal_code code;
	size_t bytes;

	if (!at || strstr(at + 1, "code: "))
		return REFUSE_NOTHING;
	at += strlen("code: ");
	bytes = strcspn(at, "\n");
	for (code = REFUSE_NOTHING + 1; code < REFUSE_CODE_COUNT; code++)
		if (strlen(refusal_row(code)->name) == bytes &&
		    !memcmp(refusal_row(code)->name, at, bytes))
			return code;
	return REFUSE_NOTHING;
}

/* What every refusal says: its code and the row that goes with it. */
static void check_refusal(const struct verify_output *out, const char *file)
{
	enum refusal_code code = code_of(out->log);

	code_cnt[code]++;
	if (code == REFUSE_NOTHING)
		check_failed(file, 0, "not one code in the log:\n%s", out->log);
	else if (refusal_row(code)->err != out->err)
		check_failed(file, 0, "%s is %d, not %d", refusal_row(code)->name,
			     refusal_row(code)->err, out->err);
	else if (!strstr(out->log, refusal_row(code)->needs) ||
		 !strstr(out->log, refusal_row(code)->hint))
		check_failed(file, 0, "the log lacks what is needed, or the hint:\n%s", out->log);
}

/* How many different digits are there among @cnt? */
static u32 different(const char *digits, u32 cnt)
{
	static const char all[] = "0123456789abcdef";
	u32 i, found = 0;

	for (i = 0; all[i]; i++)
		found += memchr(digits, all[i], cnt) != NULL;
	return found;
}

/*
 * A number of 16 hexadecimal digits in the half of the addresses that is the kernel's. One
 * with few different digits is a mask, or a number that may be negative.
 */
static bool has_kernel_address(const char *log)
{
	u32 digits;

	for (; *log; log += digits + !digits) {
		digits = strspn(log, "0123456789abcdef");
		if (digits == 16 && !memcmp(log, "ffff", 4) && different(log + 4, 12) > 3)
			return true;
	}
	return false;
}

/*
 * All that there is to log says nothing of this process: it is the same again, where all
 * that is allocated lies elsewhere.
 */
static void check_addresses(const struct verify_input *given, const char *file)
{
	struct verify_input input = *given;
	struct verify_output first, second;
	void *between;

	input.log_level = 7;
	verify_text(&input, &first);
	between = malloc(100000);
	verify_text(&input, &second);
	if (strcmp(first.log, second.log))
		check_failed(file, 0, "the log is another one the second time:\n%s\n%s", first.log,
			     second.log);
	if (has_kernel_address(first.log))
		check_failed(file, 0, "an address of the kernel in the log:\n%s", first.log);
	free(between);
	verify_output_free(&first);
	verify_output_free(&second);
}

/*
 * One of the allocations fails, another for each case: nothing is accepted, and nothing left
 * behind. What is refused may be refused with less of an explanation.
 */
static void check_failed_allocation(const struct verify_input *input, const char *file, int want_err)
{
	u32 nth = 1 + case_cnt * 37 % 101;
	struct verify_output out;
	u64 before = platform_bytes();
	bool has_failed;

	do {
		platform_fail_nth(nth);
		verify_text(input, &out);
		has_failed = platform_has_failed();
		platform_fail_nth(0);
		/* The records of types are read with the same allocator, before the verifier runs. */
		if (has_failed && !out.syntax[0] &&
		    (out.prog || !out.err || (out.err != -ENOMEM && out.err != want_err)))
			check_failed(file, 0, "allocation %u fails: the verdict is %d", nth, out.err);
		verify_output_free(&out);
		if (platform_bytes() != before)
			check_failed(file, 0, "allocation %u fails: %lld bytes are left", nth,
				     (s64)(platform_bytes() - before));
		failed_cnt += has_failed;
		nth /= 2;
	} while (!has_failed && nth);
}

static void addresses_are_seen(void)
{
	CHECK(has_kernel_address("R1=0xffff888012345678"));
	CHECK(has_kernel_address("ffffffffc0123456:"));
	CHECK(has_kernel_address("at ffffc90000a1b2c8"));
	CHECK(!has_kernel_address("var_off=(0x0; 0xffffffffffffffff)"));
	CHECK(!has_kernel_address("var_off=(0x0; 0xffff800000000000)"));
	CHECK(!has_kernel_address("smin=-9223372036854775808"));
}

static void run_case(const struct verify_case *data, void *cookie)
{
	struct verify_input input = data->input;
	const char *file = data->file;
	char name[256];
	struct verify_output out;
	u32 i;

	snprintf(name, sizeof(name), "%s: %s", file, data->name);
	check_begin(name);
	case_cnt++;
	input.log_level = 1;
	verify_text(&input, &out);
	if (!data->has_verdict)
		check_failed(file, 0, "no verdict is expected");
	if (out.syntax[0])
		check_failed(file, 0, "%s", out.syntax);
	else if (out.err != data->want_err)
		check_failed(file, 0, "the verdict is %d, not %d, log:\n%s", out.err,
			     data->want_err, out.log);
	for (i = 0; i < data->log_cnt; i++)
		if (!strstr(out.log, data->logs[i]))
			check_failed(file, 0, "the log is\n%s\nwithout\n%s", out.log, data->logs[i]);
	if (out.err && !out.syntax[0])
		check_refusal(&out, file);
	if (!out.err && !out.syntax[0])
		check_final(data, &out);
	else if (!out.syntax[0] && !data->log_cnt)
		check_failed(file, 0, "a rejection needs a log line, log:\n%s", out.log);
	/* Each instruction is a line. */
	if (!out.syntax[0] && out.stats.insns_processed < 2000) {
		check_addresses(&input, file);
		check_failed_allocation(&input, file, data->want_err);
	}
	verify_output_free(&out);
	check_end();
}

static void complain(const char *file, const char *what)
{
	check_begin(file);
	check_failed(file, 0, "%s", what);
	check_end();
}

static void enough_cases(void)
{
	CHECK(case_cnt >= 1400);
	CHECK(failed_cnt > case_cnt / 2);
}

/* --- programs that are too long for a data file --------------------------------- */

static void add(char *text, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsprintf(text + strlen(text), fmt, args);
	va_end(args);
}

static void check_made(const char *text, u32 prog_type, enum refusal_code want)
{
	struct verify_input input = { .text = text, .prog_type = prog_type, .log_level = 1 };
	struct verify_output out;

	verify_text(&input, &out);
	if (out.syntax[0])
		check_failed(__FILE__, __LINE__, "%s", out.syntax);
	else if (!out.err)
		check_failed(__FILE__, __LINE__, "not refused as %s", refusal_row(want)->name);
	else if (code_of(out.log) != want)
		check_failed(__FILE__, __LINE__, "not %s, log:\n%s", refusal_row(want)->name, out.log);
	else
		check_refusal(&out, __FILE__);
	verify_output_free(&out);
}

static void long_programs(void)
{
	char *text = calloc(1, 1 << 21);
	u32 i;

	strcpy(text, "r1 = 0; top: r1 += 1; ");
	for (i = 0; i < 40; i++)
		add(text, "r2 = r1; ");
	add(text, "if r1 < 2000000 goto top; r0 = 0; exit");
	check_made(text, 1, REFUSE_BUDGET_INSNS);
	*text = 0;
	for (i = 0; i < 257; i++)
		add(text, "call f%u; ", i);
	add(text, "r0 = 0; exit; ");
	for (i = 0; i < 257; i++)
		add(text, "f%u: r0 = 0; exit; ", i);
	check_made(text, 1, REFUSE_SUBPROG_LIMIT);
	strcpy(text, "call get_prandom_u32; ");
	for (i = 0; i < 9000; i++)
		add(text, "if r0 == %u goto out; ", i);
	add(text, "out: r0 = 0; exit");
	check_made(text, 1, REFUSE_BUDGET_BRANCHES);
	/* Each branch that waits has a whole stack with it. */
	strcpy(text, "call get_prandom_u32; ");
	for (i = 1; i <= 64; i++)
		add(text, "*(u64 *)(r10 -%u) = r0; ", 8 * i);
	for (i = 0; i < 8100; i++)
		add(text, "if r0 == %u goto out; ", i);
	add(text, "out: r0 = 0; exit");
	check_made(text, 1, REFUSE_BUDGET_MEMORY);
	strcpy(text, "r6 = r1; call get_prandom_u32; if r0 == 0 goto out; ");
	for (i = 0; i < 17000; i++)
		add(text, "r0 = *(u32 *)(r6 +8); ");
	add(text, "out: r0 = 0; exit");
	check_made(text, 1, REFUSE_BRANCH_TOO_FAR);
	free(text);
}

/* Jumps back from block to block: that R6 matters at the last is known after a pass for each. */
static void long_way_back(void)
{
	char *text = calloc(1, 1 << 12);
	u32 i;

	strcpy(text, "call get_prandom_u32; r6 = map_value[single] + 0; if r0 != 0 goto bad; goto b40;"
		     "bad: r6 = 5; goto b40; b1: r0 = *(u8 *)(r6 +0); r0 = 0; exit; ");
	for (i = 2; i <= 40; i++)
		add(text, "b%u: goto b%u; ", i, i - 1);
	check_made(text, 1, REFUSE_ACCESS_NUMBER);
	free(text);
}

/* More numbers that are copies of something than a comparison of states has room for. */
static void many_links(void)
{
	char *text = calloc(1, 1 << 16);
	u32 frame, slot;

	for (frame = 0; frame < 4; frame++) {
		add(text, "f%u: ", frame);
		for (slot = 1; slot <= 64; slot++)
			add(text, "call get_prandom_u32; *(u64 *)(r10 -%u) = r0; ", 8 * slot);
		add(text, frame < 3 ? "call f%u; exit; " :
				      "r6 = 0; top: r6 += 1; if r6 < 9 goto top; r0 = 0; exit", frame + 1);
	}
	check_made(text, 1, REFUSE_STACK_DEPTH);
	free(text);
}

/* Each load becomes two instructions: the way around them is longer than 16 bits then. */
static void long_jump_around(void)
{
	struct verify_input input = { .prog_type = 1, .log_level = 1 };
	char *text = calloc(1, 1 << 21);
	struct verify_output out;
	u32 i;

	strcpy(text, "r6 = r1; call get_prandom_u32; if r0 != 0 goto on; goto out; on: ");
	for (i = 0; i < 17000; i++)
		add(text, "r0 = *(u32 *)(r6 +8); ");
	add(text, "out: r0 = 3; exit");
	input.text = text;
	verify_text(&input, &out);
	CHECK_EQ(out.err, 0);
	if (!out.err) {
		CHECK_EQ(out.prog->insn_cnt, 34006);
		CHECK_EQ(out.prog->insns[3].code, BPF_JMP32 | BPF_JA);
		CHECK_EQ(out.prog->insns[3].imm, 34000);
		CHECK_EQ(out.prog->insns[3].off, 0);
		CHECK_EQ(verify_run(&out), 3);
	}
	verify_output_free(&out);
	free(text);
}

/* Half of it is dead: the work and the memory grow with its length, and no faster. */
static void long_and_accepted(void)
{
	struct verify_input input = { .prog_type = 1, .log_level = 1 };
	char *text = calloc(1, 1 << 21);
	struct verify_output out;
	u32 i;

	strcpy(text, "r1 = 1; ");
	for (i = 0; i < 30000; i++)
		add(text, "if r1 == 1 goto pc+1; r2 = 5; ");
	add(text, "r0 = 0; exit");
	input.text = text;
	verify_text(&input, &out);
	CHECK_EQ(out.err, 0);
	CHECK_EQ(out.stats.insns_processed, 30003);
	CHECK(out.stats.states_peak < 30000 / 4);
	if (!out.err)
		CHECK_EQ(out.prog->insn_cnt, 30003);
	verify_output_free(&out);
	free(text);
}

/* The log of "r0 = ...; exit" at a level; the caller's to free. */
static char *log_at(const char *text, u32 level)
{
	struct verify_input input = { .text = text, .prog_type = 1, .log_level = level };
	struct verify_output out;
	char *log;

	verify_text(&input, &out);
	log = strdup(out.log ? : "");
	verify_output_free(&out);
	return log;
}

/*
 * What Linux 6.18 writes at each level: 1 what is refused and where, 2 every instruction, 4 the
 * statistics, in each of them the reason and how much was processed; with 8 alone (the log
 * is fixed) only these.
 */
static void levels(void)
{
	static const struct {
		const char *text, *part;
		u32 levels;	/* bit n: it is there at level n */
	} rows[] = {
		{ "r0 = r2; exit", "R2 !read_ok\n", 0xfffe },
		{ "r0 = r2; exit", "processed 1 insns (limit 1000000)", 0xfffe },
		{ "r0 = r2; exit", "0: (bf) r0 = r2\n", 0xeeee },
		{ "r0 = r2; exit", "known: R2 is not initialised\n", 0xeeee },
		{ "r0 = r2; exit", "code: reg-uninit\n", 0xeeee },
		{ "r0 = r2; exit", "stack depth 0\n", 0xf0f0 },
		{ "r0 = 7; exit", "processed 2 insns (limit 1000000)", 0xfffe },
		{ "r0 = 7; exit", "0: (b7) r0 = 7 ; R0=7\n", 0xcccc },
		{ "r0 = 7; exit", "stack depth 0\n", 0xf0f0 },
	};
	u32 level, i;
	char *log;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		for (level = 0; level < 16; level++) {
			log = log_at(rows[i].text, level);
			if ((strstr(log, rows[i].part) != NULL) != (rows[i].levels >> level & 1))
				check_failed(__FILE__, __LINE__, "row %u at level %u: %s", i, level, log);
			if (*log == '\n' || strstr(log, "\n\n"))
				check_failed(__FILE__, __LINE__, "an empty line at level %u: %s", level, log);
			free(log);
		}
	}
}

struct one_line {
	struct verify_log out;
	u32 bytes;
	char text[80];
};

static void keep_line(struct verify_log *out, const char *text, u32 bytes)
{
	struct one_line *line = (struct one_line *)out;

	line->bytes = bytes;
	snprintf(line->text, sizeof(line->text), "%.*s", (int)bytes, text);
	CHECK_EQ(text[bytes - 1], '\n');
}

static void long_line_is_cut(void)
{
	struct one_line line = { .out = { .level = 1, .write = keep_line } };
	struct {
		struct vlog log;
		char behind[64];
	} at = { .log.out = &line.out, .behind = "as it was" };
	u32 piece, i;

	for (piece = 1; piece < 40; piece += 12) {
		for (i = 0; i < 2 * VLOG_BYTES; i += piece)
			vlog_add(&at.log, "%*s", (int)piece, "x");
		vlog_end(&at.log);
		CHECK(line.bytes <= VLOG_BYTES && line.bytes >= VLOG_BYTES - 2);
		CHECK_STR(at.behind, "as it was");
	}
}

/* A program's author may have written anything, for a terminal to obey. */
static void text_is_printable(void)
{
	struct one_line line = { .out = { .level = 1, .write = keep_line } };
	struct vlog log = { .out = &line.out };

	print_text(&log, "\t  a ~\t!\x1f\n\x7f\x80\xff.");
	vlog_end(&log);
	CHECK_STR(line.text, "a ~ !?????.\n");
}

/* Nobody looks through megabytes of blanks for what is behind them. */
static void blanks_have_an_end(void)
{
	struct one_line line = { .out = { .level = 1, .write = keep_line } };
	struct vlog log = { .out = &line.out };
	char text[1024];

	memset(text, ' ', sizeof(text));
	text[sizeof(text) - 2] = 'x';
	text[sizeof(text) - 1] = 0;
	print_text(&log, text);
	vlog_end(&log);
	CHECK(!strchr(line.text, 'x'));
}

static void no_program(void)
{
	static const struct modbpf_insn nothing;
	struct verify_request req = verify_request_of(NULL, 0, 1);
	struct verified_prog *prog;
	struct verify_stats stats;

	CHECK_EQ(modbpf_verify(&req, &prog, &stats), refusal_row(REFUSE_PROG_SIZE)->err);
	code_cnt[REFUSE_PROG_SIZE]++;
	req.insns = &nothing;
	req.insn_cnt = 1;
	req.map_cnt = MODBPF_MAX_USED_MAPS + 1;
	CHECK_EQ(modbpf_verify(&req, &prog, &stats), refusal_row(REFUSE_USED_MAPS)->err);
	code_cnt[REFUSE_USED_MAPS]++;
}

static void every_code_has_a_case(void)
{
	enum refusal_code code;
	u32 used = 0;

	for (code = REFUSE_NOTHING + 1; code < REFUSE_CODE_COUNT; code++) {
		used += code_cnt[code] > 0;
		if (!code_cnt[code])
			check_failed(__FILE__, __LINE__, "no case is refused as %s", refusal_row(code)->name);
	}
	CHECK(used >= 60);
}

static void rows_are_whole(void)
{
	enum refusal_code code;

	for (code = REFUSE_NOTHING + 1; code < REFUSE_CODE_COUNT; code++) {
		const struct refusal_row *row = refusal_row(code);

		if (!row->name || !row->needs || !row->hint || row->err >= 0)
			check_failed(__FILE__, __LINE__, "row %u lacks something", code);
		else if (code > 1 && strcmp(refusal_row(code - 1)->name, row->name) >= 0)
			check_failed(__FILE__, __LINE__, "%s is out of order", row->name);
	}
}

static const struct check_case cases[] = {
	{ "programs that are too long", long_programs },
	{ "a long way back to where a register is read", long_way_back },
	{ "many numbers that are linked", many_links },
	{ "a long jump around what is rewritten", long_jump_around },
	{ "a long program with dead code", long_and_accepted },
	{ "no program, and too many maps", no_program },
	{ "every reason for a refusal has a case", every_code_has_a_case },
	{ "every reason says what is needed, and what to do", rows_are_whole },
	{ "each level of the log has what it has on Linux", levels },
	{ "text of a program is shown as what can be printed", text_is_printable },
	{ "blanks have an end", blanks_have_an_end },
	{ "a line that is too long is cut", long_line_is_cut },
	{ "an address in a log is seen", addresses_are_seen },
	{ "no data file is lost", enough_cases },
};

int main(int argc, char **argv)
{
	verify_cases_read(run_case, complain, NULL);
	return check_run("test_verifier", cases, ARRAY_SIZE(cases), argc, argv);
}
