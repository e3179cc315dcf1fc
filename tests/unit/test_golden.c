// SPDX-License-Identifier: GPL-2.0-only
/*
 * What does who wrote a rejected program get to read? The whole log, and the JSON that the
 * CLI makes of it, of each case that says "golden: yes", as they stand in
 * tests/verifier/golden/text.log. "make golden" writes them anew: read them then. What
 * programs in C are told is for tests/cli/golden.sh.
 */
#define _GNU_SOURCE
#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/verify_case.h"
#include "user/out.c"		/* of the CLI, not of the library */
#include "user/rejection.c"
#include "user/rejection_out.c"
#include "verifier/refusal.h"

#define GOLDEN "tests/verifier/golden/text.log"

/* There are no lines of a source here. */
bool source_find(const struct bpf_object *obj, uint32_t insn, struct source_line *out)
{
	return false;
}

static bool has_code[REFUSE_CODE_COUNT];
static u32 code_cnt, case_cnt;

static void note_code(const char *name)
{
	enum refusal_code code;

	for (code = REFUSE_NOTHING + 1; code < REFUSE_CODE_COUNT; code++) {
		if (strcmp(refusal_row(code)->name, name) || has_code[code])
			continue;
		has_code[code] = true;
		code_cnt++;
	}
}

static void write_json(FILE *to, const char *log)
{
	struct json_object *object = json_object_new_object();
	struct rejection why;

	rejection_read(log, NULL, &why);
	note_code(why.code);
	rejection_add_json(object, &why);
	fprintf(to, "%s\n", json_object_to_json_string_ext(object,
		JSON_C_TO_STRING_NOSLASHESCAPE | JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED));
	json_object_put(object);
}

static void write_case(const struct verify_case *data, void *cookie)
{
	struct verify_input input = data->input;
	struct verify_output out;
	FILE *to = cookie;

	if (!data->is_golden)
		return;
	input.log_level = 1;
	verify_text(&input, &out);
	fprintf(to, "%s=== %s\n", case_cnt++ ? "\n" : "", data->name);
	if (!out.syntax[0]) {
		/* Its numbers are of another matter: how much work it was. */
		char *end = strstr(out.log, "\nprocessed ");

		fprintf(to, "%.*sprocessed ...\n", end ? (int)(end + 1 - out.log) : 0, out.log);
		write_json(to, out.log);
	}
	verify_output_free(&out);
}

static void complain(const char *file, const char *what)
{
	check_begin(file);
	check_failed(file, 0, "%s", what);
	check_end();
}

/* All that is said now; the caller's to free. */
static char *write_all(void)
{
	char *text = NULL;
	size_t bytes;
	FILE *to = open_memstream(&text, &bytes);

	fputs("# SPDX-License-Identifier: GPL-2.0-only\n\n", to);
	verify_cases_read(write_case, complain, to);
	fclose(to);
	return text;
}

static char *read_golden(void)
{
	FILE *from = fopen(GOLDEN, "r");
	char *text = calloc(1, 1 << 20);

	if (from) {
		text[fread(text, 1, (1 << 20) - 1, from)] = 0;
		fclose(from);
	}
	return text;
}

/* The first line that differs, and the case that it is of. */
static void compare(const char *got, const char *want)
{
	const char *title = "", *line = got;
	size_t bytes;

	while (*line) {
		if (!strncmp(line, "=== ", 4))
			title = line + 4;
		bytes = strcspn(line, "\n") + 1;
		if (strncmp(line, want, bytes)) {
			check_failed(GOLDEN, 0, "case '%.*s': the line is now\n\t%.*s\nand was\n\t%.*s",
				     (int)strcspn(title, "\n"), title, (int)bytes - 1, line,
				     (int)strcspn(want, "\n"), want);
			return;
		}
		line += bytes;
		want += bytes;
	}
	if (*want)
		check_failed(GOLDEN, 0, "there was more: %.100s", want);
}

static void words_are_as_before(void)
{
	char *got = write_all(), *want = read_golden();

	compare(got, want);
	free(got);
	free(want);
}

static void many_reasons(void)
{
	CHECK(code_cnt >= 60);
	CHECK(case_cnt >= 80);
}

/* Whoever reads the log finds why, and which rule it was. */
static void want_reason(const struct verify_case *data, void *cookie)
{
	struct verify_input input = data->input;
	u32 *rejected = cookie;
	struct verify_output out;
	struct rejection why;

	input.log_level = 1;
	verify_text(&input, &out);
	if (!out.syntax[0] && out.err) {
		rejection_read(out.log, NULL, &why);
		++*rejected;
		if (!why.reason[0] || !why.code[0])
			check_failed(data->file, 0, "case '%s': no reason, or no code, in\n%.600s", data->name,
				     out.log);
	}
	verify_output_free(&out);
}

static void all_have_a_reason(void)
{
	u32 rejected = 0;

	verify_cases_read(want_reason, complain, &rejected);
	CHECK(rejected >= 1000);
}

static const struct check_case cases[] = {
	{ "logs and JSON are as they were when somebody read them", words_are_as_before },
	{ "many different reasons are among them", many_reasons },
	{ "each rejected case has its reason", all_have_a_reason },
};

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "print")) {
		char *text = write_all();

		fputs(text, stdout);
		free(text);
		return 0;
	}
	return check_run("test_golden", cases, ARRAY_SIZE(cases), argc, argv);
}
