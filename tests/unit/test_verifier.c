// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does the verifier accept and reject what it should, and for the right reason?
 * The cases are data, in the files of tests/verifier that end in .case, like
 *
 *	case: a store above the frame
 *	type: KPROBE			program type; SOCKET_FILTER if not given
 *	attach: 1			expected_attach_type, 0
 *	rights: none			none or all (the default)
 *	license: proprietary		GPL if not given
 *	work: 1000			budget in work units
 *	expect: EACCES			accept, or the errno of the rejection
 *	log: invalid access to stack	a part of the log; any number of these
 *	final: r0 = 0; exit		a part of the final program; any number
 *	run: 5				R0 after running the final program
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
	const char *logs[MAX_WANTED];
	const char *finals[MAX_WANTED];
	u32 log_cnt, final_cnt;
	char *text;		/* of the program */
	u32 text_bytes;
};

static u32 case_cnt;

static void check_final(const struct data_case *data, const struct verify_output *out)
{
	u32 i;
	u64 result;

	for (i = 0; i < data->final_cnt; i++)
		if (!strstr(out->final, data->finals[i]))
			check_failed(__FILE__, __LINE__, "the final program is\n\t%s\nwithout\n\t%s",
				     out->final, data->finals[i]);
	if (!data->has_run)
		return;
	result = verify_run(out);
	if (result != data->run)
		check_failed(__FILE__, __LINE__, "R0 is %#llx, not %#llx; final program\n\t%s",
			     result, data->run, out->final);
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

/* One "key: value" line in front of the program. */
static bool set_key(struct data_case *data, const char *key, char *value)
{
	if (!strcmp(key, "type"))
		return verify_type_by_name(value, &data->input.prog_type);
	if (!strcmp(key, "expect"))
		return set_verdict(data, value);
	if (!strcmp(key, "attach"))
		data->input.attach_type = strtoul(value, NULL, 0);
	else if (!strcmp(key, "work"))
		data->input.max_work = strtoul(value, NULL, 0);
	else if (!strcmp(key, "rights"))
		data->input.no_rights = !strcmp(value, "none");
	else if (!strcmp(key, "license"))
		data->input.proprietary = strcmp(value, "GPL");
	else if (!strcmp(key, "log") && data->log_cnt < MAX_WANTED)
		data->logs[data->log_cnt++] = value;
	else if (!strcmp(key, "final") && data->final_cnt < MAX_WANTED)
		data->finals[data->final_cnt++] = value;
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

static const struct check_case cases[] = {
	{ "no data file is lost", enough_cases },
};

int main(int argc, char **argv)
{
	data_cases();
	return check_run("test_verifier", cases, ARRAY_SIZE(cases), argc, argv);
}
