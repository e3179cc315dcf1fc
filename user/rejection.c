// SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause
/*
 * Why was a program rejected, and where? The last lines of a log say it: the
 * reason, the instruction as "N: (op) text", "known there: ...", and what the reason's row
 * says: "needed: ...", "hint: ...", "code: ...".
 */
#include "user/rejection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KNOWN "known there:"

static void copy_line(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%.*s", (int)strcspn(from, "\n"), from);
}

/* "KEY: ..." to @to? */
static bool read_value(const char *line, const char *key, char *to, size_t size)
{
	size_t bytes = strlen(key);

	if (strncmp(line, key, bytes))
		return false;
	line += bytes;
	line += strspn(line, " ");
	copy_line(to, size, line);
	return true;
}

/* A number and a colon: an instruction, or a part of the state. */
static bool is_numbered(const char *line)
{
	size_t digits = strspn(line, "0123456789");

	return digits && line[digits] == ':';
}

/* Lines that say where and how much, not why: an instruction, a state, the statistics. */
static bool is_circumstance(const char *line)
{
	static const char *const beginnings[] = {
		"processed ", "work ", "verification time ", "stack depth ", "; ", "from ",
	};
	size_t i;

	for (i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++)
		if (!strncmp(line, beginnings[i], strlen(beginnings[i])))
			return true;
	return is_numbered(line);
}

static void read_insn(struct rejection *out, const char *line)
{
	const char *text = strstr(line, ": ");
	char *end;

	if (!text || text[2] != '(')
		return;
	out->has_insn = true;
	out->insn = strtoul(line, NULL, 10);
	copy_line(out->insn_text, sizeof(out->insn_text), text + 2);
	/* Behind it, at level 2, is what it changed. */
	end = strstr(out->insn_text, " ;");
	if (end)
		*end = 0;
}

/* Where the whole program is at fault, the reason itself names an instruction. */
static void insn_of_reason(struct rejection *out)
{
	static const char word[] = "insn ";
	const char *at = strstr(out->reason, word);

	if (out->has_insn || !at || !strspn(at + strlen(word), "0123456789"))
		return;
	out->has_insn = true;
	out->insn = strtoul(at + strlen(word), NULL, 10);
}

void rejection_read(const char *log, const struct bpf_object *obj, struct rejection *out)
{
	const char *line, *next, *last_insn = NULL;

	memset(out, 0, sizeof(*out));
	for (line = log; *line; line = next) {
		next = line + strcspn(line, "\n");
		if (is_numbered(line)) {
			last_insn = line;
		} else if (read_value(line, KNOWN, out->known, sizeof(out->known)) ||
			   read_value(line, "needed:", out->needed, sizeof(out->needed)) ||
			   read_value(line, "hint:", out->hint, sizeof(out->hint)) ||
			   read_value(line, "code:", out->code, sizeof(out->code))) {
			/* taken */
		} else if (next > line && !is_circumstance(line)) {
			copy_line(out->reason, sizeof(out->reason), line);
		}
		next += *next == '\n';
	}
	/* Others are of the way there. */
	if (last_insn)
		read_insn(out, last_insn);
	insn_of_reason(out);
	out->has_source = out->has_insn && source_find(obj, out->insn, &out->source);
}
