// SPDX-License-Identifier: GPL-2.0-only
/* Reads the verifier's cases: see verify_case.h. */
#include "tests/support/verify_case.h"

#include <glob.h>
#include <stdlib.h>

struct verdict {
	const char *name;
	int err;
};

static const struct verdict verdicts[] = {
	{ "accept", 0 }, { "EACCES", -EACCES }, { "EINVAL", -EINVAL },
	{ "E2BIG", -E2BIG }, { "EPERM", -EPERM },
};

struct reader {
	struct verify_case data;
	char *text;		/* of its program */
	u32 text_bytes;
	const char *file;
	void (*run)(const struct verify_case *data, void *cookie);
	void (*complain)(const char *file, const char *what);
	void *cookie;
};

static bool set_verdict(struct verify_case *data, const char *value)
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

static bool set_rights(struct verify_case *data, const char *value)
{
	if (!strcmp(value, "none"))
		data->input.withheld = ~0U;
	else if (!strcmp(value, "no write-user"))
		data->input.withheld = VERIFY_RIGHT_WRITE_USER;
	else if (!strcmp(value, "anyone's"))
		data->input.is_restricted = true;
	else
		return !strcmp(value, "all");
	return true;
}

/* One "key: value" line in front of the program. */
static bool set_key(struct verify_case *data, const char *key, char *value)
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
	else if (!strcmp(key, "log") && data->log_cnt < VERIFY_WANTED)
		data->logs[data->log_cnt++] = value;
	else if (!strcmp(key, "final") && data->final_cnt < VERIFY_WANTED)
		data->finals[data->final_cnt++] = value;
	else if (!strcmp(key, "func") && data->input.func_cnt < VERIFY_FUNCS)
		data->input.funcs[data->input.func_cnt++] = value;
	else if (!strcmp(key, "lines"))
		data->input.lines = value;
	else if (!strcmp(key, "kept"))
		data->kept = value;
	else if (!strcmp(key, "golden"))
		data->is_golden = !strcmp(value, "yes");
	else if (!strcmp(key, "run"))
		data->run = strtoull(value, NULL, 0), data->has_run = true;
	else
		return false;
	return true;
}

static void add_program_line(struct reader *reader, const char *line)
{
	u32 bytes = strlen(line);

	reader->text = realloc(reader->text, reader->text_bytes + bytes + 2);
	memcpy(reader->text + reader->text_bytes, line, bytes);
	reader->text[reader->text_bytes + bytes] = '\n';
	reader->text_bytes += bytes + 1;
	reader->text[reader->text_bytes] = 0;
}

static void begin_case(struct reader *reader, const char *name)
{
	memset(&reader->data, 0, sizeof(reader->data));
	reader->data.file = reader->file;
	snprintf(reader->data.name, sizeof(reader->data.name), "%s", name);
	reader->data.input.prog_type = 1;
	reader->text_bytes = 0;
}

static void end_case(struct reader *reader)
{
	reader->data.input.text = reader->text;
	reader->run(&reader->data, reader->cookie);
}

static void complain(struct reader *reader, const char *what, const char *line)
{
	char text[512];

	snprintf(text, sizeof(text), "case '%s': %s '%s'", reader->data.name, what, line);
	reader->complain(reader->file, text);
}

/* A line in front of a program. True: it is the last. */
static bool read_line(struct reader *reader, char *line)
{
	char *value = strchr(line, ':');

	if (!*line || *line == '#')
		return false;
	if (!value) {
		complain(reader, "no 'key: value' in", line);
		return false;
	}
	*value++ = 0;
	value += strspn(value, " \t");
	if (!strcmp(line, "case"))
		begin_case(reader, value);
	else if (strcmp(line, "prog") && !set_key(&reader->data, line, value))
		complain(reader, line, value);
	return !strcmp(line, "prog");
}

/* All cases of a file, whose @text is changed by it. */
static void read_cases(struct reader *reader, char *text)
{
	bool in_program = false;
	char *line;

	while ((line = strsep(&text, "\n"))) {
		if (!in_program) {
			in_program = read_line(reader, line);
		} else if (*line) {
			add_program_line(reader, line);
		} else {
			end_case(reader);
			in_program = false;
		}
	}
	if (in_program)
		end_case(reader);
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

void verify_cases_read(void (*run)(const struct verify_case *data, void *cookie),
		       void (*complain)(const char *file, const char *what), void *cookie)
{
	struct reader reader = { .run = run, .complain = complain, .cookie = cookie };
	glob_t found;
	size_t i;

	if (glob("tests/verifier/*.case", 0, NULL, &found)) {
		complain("tests/verifier", "no *.case here: run from the top of the tree");
		return;
	}
	for (i = 0; i < found.gl_pathc; i++) {
		char *text = read_file(found.gl_pathv[i]);

		reader.file = found.gl_pathv[i];
		if (text)
			read_cases(&reader, text);
		else
			complain(reader.file, "cannot be read");
		free(text);
	}
	free(reader.text);
	globfree(&found);
}
