// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does the verifier accept and reject what it should, and for the right reason?
 * The cases are data, in the files of tests/verifier that end in .case, like
 *
 *	case: a store above the frame
 *	type: KPROBE			program type; SOCKET_FILTER if not given
 *	attach: 1			expected_attach_type, 0
 *	rights: none			none, all (the default), or "no write-user"
 *	license: proprietary		GPL if not given
 *	target: f_task			TRACING: a name in tests/support/kernel_btf.h, or an id
 *	work: 1000			budget in work units
 *	expect: EACCES			accept, or the errno of the rejection
 *	log: invalid access to stack	a part of the log; any number of these
 *	final: r0 = 0; exit		a part of the final program; any number
 *	run: 5				R0 after running the final program
 *	func: global int f(s*, int)	BTF of a function, main first; types: tests/support/verify_btf.h
 *	lines: 0 2			instructions at which a line of the source begins
 *	kept: 0 1			those of the final program
 *	prog:				the program, up to an empty line
 *		*(u64 *)(r10 +8) = 0
 *		r0 = 0
 *		exit
 *
 * The maps and the packet that programs may use are in tests/support/verify.c.
 */
#include <glob.h>
#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/verify.h"
#include "verifier/refusal.h"

struct verdict {
	const char *name;
	int err;
};

static const struct verdict verdicts[] = {
	{ "accept", 0 }, { "EACCES", -EACCES }, { "EINVAL", -EINVAL },
	{ "E2BIG", -E2BIG }, { "EPERM", -EPERM },
};

#define MAX_WANTED 8

/* A case as it stands in the file. */
struct data_case {
	char name[160];
	struct verify_input input;
	int want_err;
	bool has_verdict, has_run;
	u64 run;
	const char *kept;	/* lines; NULL: not looked at */
	const char *logs[MAX_WANTED];
	const char *finals[MAX_WANTED];
	u32 log_cnt, final_cnt;
	char *text;		/* of the program */
	u32 text_bytes;
};

static u32 case_cnt;

static void check_kept(const char *want, const struct verified_prog *prog)
{
	char got[128] = "";
	u32 i;

	for (i = 0; i < prog->line_cnt; i++)
		sprintf(got + strlen(got), "%s%u", i ? " " : "", prog->lines[i].insn);
	CHECK_STR(got, want);
}

static void check_final(const struct data_case *data, const struct verify_output *out)
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

/* What every refusal says: its code, the row that goes with it, and no address of a kernel. */
static void check_refusal(const struct verify_output *out, const char *file)
{
	enum refusal_code code = code_of(out->log);
	const char *at;

	code_cnt[code]++;
	if (code == REFUSE_NOTHING)
		check_failed(file, 0, "not one code in the log:\n%s", out->log);
	else if (refusal_row(code)->err != out->err)
		check_failed(file, 0, "%s is %d, not %d", refusal_row(code)->name,
			     refusal_row(code)->err, out->err);
	else if (!strstr(out->log, refusal_row(code)->needs) ||
		 !strstr(out->log, refusal_row(code)->hint))
		check_failed(file, 0, "the log lacks what is needed, or the hint:\n%s", out->log);
	for (at = out->log; (at = strstr(at, "ffff")); at += 4)
		if (strspn(at, "0123456789abcdef") == 16 && strspn(at + 4, "0f") < 4)
			check_failed(file, 0, "an address of the kernel in the log:\n%s", out->log);
}

static void run_case(struct data_case *data, const char *file)
{
	char name[256];
	struct verify_output out;
	u32 i;

	snprintf(name, sizeof(name), "%s: %s", file, data->name);
	check_begin(name);
	case_cnt++;
	data->input.text = data->text;
	data->input.log_level = 1;
	verify_text(&data->input, &out);
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
	verify_output_free(&out);
	check_end();
}

static bool set_verdict(struct data_case *data, const char *value)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(verdicts); i++) {
		if (strcmp(value, verdicts[i].name))
			continue;
		data->want_err = verdicts[i].err;
		data->has_verdict = true;
		return true;
	}
	return false;
}

static bool set_rights(struct data_case *data, const char *value)
{
	if (!strcmp(value, "none"))
		data->input.withheld = ~0U;
	else if (!strcmp(value, "no write-user"))
		data->input.withheld = VERIFY_RIGHT_WRITE_USER;
	else
		return !strcmp(value, "all");
	return true;
}

/* One "key: value" line in front of the program. */
static bool set_key(struct data_case *data, const char *key, char *value)
{
	if (!strcmp(key, "type"))
		return verify_type_by_name(value, &data->input.prog_type);
	if (!strcmp(key, "expect"))
		return set_verdict(data, value);
	if (!strcmp(key, "attach"))
		data->input.attach_type = strtoul(value, NULL, 0);
	else if (!strcmp(key, "target"))
		data->input.target = value;
	else if (!strcmp(key, "work"))
		data->input.max_work = strtoul(value, NULL, 0);
	else if (!strcmp(key, "rights"))
		return set_rights(data, value);
	else if (!strcmp(key, "license"))
		data->input.proprietary = strcmp(value, "GPL");
	else if (!strcmp(key, "log") && data->log_cnt < MAX_WANTED)
		data->logs[data->log_cnt++] = value;
	else if (!strcmp(key, "final") && data->final_cnt < MAX_WANTED)
		data->finals[data->final_cnt++] = value;
	else if (!strcmp(key, "func") && data->input.func_cnt < VERIFY_FUNCS)
		data->input.funcs[data->input.func_cnt++] = value;
	else if (!strcmp(key, "lines"))
		data->input.lines = value;
	else if (!strcmp(key, "kept"))
		data->kept = value;
	else if (!strcmp(key, "run"))
		data->run = strtoull(value, NULL, 0), data->has_run = true;
	else
		return false;
	return true;
}

static void add_program_line(struct data_case *data, const char *line)
{
	u32 bytes = strlen(line);

	data->text = realloc(data->text, data->text_bytes + bytes + 2);
	memcpy(data->text + data->text_bytes, line, bytes);
	data->text[data->text_bytes + bytes] = '\n';
	data->text_bytes += bytes + 1;
	data->text[data->text_bytes] = 0;
}

static void begin_case(struct data_case *data, const char *name)
{
	free(data->text);
	memset(data, 0, sizeof(*data));
	snprintf(data->name, sizeof(data->name), "%s", name);
	data->input.prog_type = 1;
}

/* Read the lines of a file, which is changed by it. */
static void read_cases(const char *file, char *text)
{
	struct data_case *data = calloc(1, sizeof(*data));
	bool in_program = false;
	char *line, *value;

	while ((line = strsep(&text, "\n"))) {
		if (in_program && *line) {
			add_program_line(data, line);
			continue;
		}
		if (in_program)
			run_case(data, file);
		in_program = false;
		if (!*line || *line == '#')
			continue;
		value = strchr(line, ':');
		if (!value) {
			check_begin(file);
			check_failed(file, 0, "no 'key: value' in '%s'", line);
			check_end();
			continue;
		}
		*value++ = 0;
		value += strspn(value, " \t");
		if (!strcmp(line, "case")) {
			begin_case(data, value);
		} else if (!strcmp(line, "prog")) {
			in_program = true;
		} else if (!set_key(data, line, value)) {
			check_begin(file);
			check_failed(file, 0, "case '%s': unknown '%s: %s'", data->name, line, value);
			check_end();
		}
	}
	if (in_program)
		run_case(data, file);
	free(data->text);
	free(data);
}

static char *read_file(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = NULL;
	long bytes;

	if (!file)
		return NULL;
	fseek(file, 0, SEEK_END);
	bytes = ftell(file);
	rewind(file);
	text = calloc(1, bytes + 1);
	if (fread(text, 1, bytes, file) != (size_t)bytes) {
		free(text);
		text = NULL;
	}
	fclose(file);
	return text;
}

static void data_cases(void)
{
	glob_t found;
	size_t i;

	if (glob("tests/verifier/*.case", 0, NULL, &found)) {
		check_begin("data files");
		check_failed("tests/verifier", 0, "no *.case here: run from the top of the tree");
		check_end();
		return;
	}
	for (i = 0; i < found.gl_pathc; i++) {
		char *text = read_file(found.gl_pathv[i]);

		if (text)
			read_cases(found.gl_pathv[i], text);
		free(text);
	}
	globfree(&found);
}

static void enough_cases(void)
{
	CHECK(case_cnt >= 565);
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

/* Reasons that no program of this size gives: the check stands in front of a bug of ours, or of more memory. */
static bool is_beyond_reach(enum refusal_code code)
{
	return code == REFUSE_BUDGET_MEMORY || code == REFUSE_RELEASE_UNHELD ||
	       code == REFUSE_CTX_MODIFIED;
}

static void every_code_has_a_case(void)
{
	enum refusal_code code;
	u32 used = 0;

	for (code = REFUSE_NOTHING + 1; code < REFUSE_CODE_COUNT; code++) {
		used += code_cnt[code] > 0;
		if (!code_cnt[code] && !is_beyond_reach(code))
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
	{ "no data file is lost", enough_cases },
};

int main(int argc, char **argv)
{
	data_cases();
	return check_run("test_verifier", cases, ARRAY_SIZE(cases), argc, argv);
}
