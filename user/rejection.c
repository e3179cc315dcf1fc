// SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause
/*
 * Why was a program rejected, and where? The last lines of a log say it: the reason, the
 * instruction as "N: (op) text", and below it lines that begin with a key each.
 */
#include "user/rejection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void copy_line(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%.*s", (int)strcspn(from, "\n"), from);
}

/* The value behind the key that @line begins with; NULL: it begins otherwise. */
static const char *value_of(const char *line, const char *key)
{
	size_t bytes = strlen(key);

	return strncmp(line, key, bytes) ? NULL : line + bytes + strspn(line + bytes, " ");
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

/* The text of an instruction up to what stands behind it: where it comes from, or what it changed. */
static void read_text(struct rejection_insn *out, const char *text)
{
	char *end;

	copy_line(out->text, sizeof(out->text), text);
	end = strstr(out->text, "; ");
	if (!end)
		return;
	while (end > out->text && end[-1] == ' ')
		end--;
	*end = 0;
}

/* "insn 5: TEXT; source", or "the start of the program, insn 0". */
static void read_place(struct rejection_insn *out, const char *value)
{
	const char *at = strstr(value, "insn "), *text;
	char *end;

	if (!at)
		return;
	out->is_there = true;
	out->insn = strtoul(at + strlen("insn "), &end, 10);
	text = at == value && *end == ':' ? end + 2 : value;
	read_text(out, text);
	if (text == value)
		out->text[strcspn(out->text, ",")] = 0;
}

/* "insn 9 to 8, taken 29 times: TEXT; source", or "40 branches, then". */
static void read_turn(struct rejection *out, const char *value)
{
	struct rejection_turn *turn = &out->turns[out->turn_cnt];
	int what = 0, end = 0, times = 0;

	if (out->turn_cnt == REJECTION_TURNS)
		return;
	if (sscanf(value, "insn %u to %u, %n%31[^:]%n: ", &turn->at.insn, &turn->to, &what,
		   turn->what, &end) < 3 || !end) {
		out->turns_left_out = strtoul(value, NULL, 10);
		return;
	}
	out->turn_cnt++;
	turn->at.is_there = true;
	turn->times = 1;
	if (strstr(turn->what, " times")) {
		char *at = strstr(turn->what, " times");

		*at = 0;
		at = strrchr(turn->what, ' ');
		if (at && sscanf(at, "%d", &times) == 1 && times > 0) {
			*at = 0;
			turn->times = times;
		}
	}
	read_text(&turn->at, value + end + strspn(value + end, ": "));
}

/* A line with a key, below the instruction. False: it has none. */
static bool read_key(struct rejection *out, const char *line)
{
	const struct {
		const char *key;
		char *text;
		size_t size;
		struct rejection_insn *place;
	} rows[] = {
		{ "known:", out->known, sizeof(out->known), NULL },
		{ "state:", out->state, sizeof(out->state), NULL },
		{ "needed:", out->needed, sizeof(out->needed), NULL },
		{ "hint:", out->hint, sizeof(out->hint), NULL },
		{ "code:", out->code, sizeof(out->code), NULL },
		{ "set at:", NULL, 0, &out->set },
		{ "copied at:", NULL, 0, &out->copied },
		{ "lost at:", NULL, 0, &out->lost },
		{ "path:", NULL, 0, NULL },
	};
	const char *value = NULL;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]) && !value; i++)
		value = value_of(line, rows[i].key);
	if (!value)
		return false;
	if (rows[--i].text)
		copy_line(rows[i].text, rows[i].size, value);
	else if (rows[i].place)
		read_place(rows[i].place, value);
	else
		read_turn(out, value);
	return true;
}

/* A reason may have more than one line: the first is the root. */
static void read_reason(struct rejection *out, const char *line)
{
	size_t used = strlen(out->reason);

	if (used)
		used += snprintf(out->reason + used, sizeof(out->reason) - used, "; ");
	if (used < sizeof(out->reason))
		copy_line(out->reason + used, sizeof(out->reason) - used, line);
}

static void read_insn(struct rejection_insn *out, const char *line)
{
	const char *text = strstr(line, ": ");

	if (!text || text[2] != '(')
		return;
	out->is_there = true;
	out->insn = strtoul(line, NULL, 10);
	read_text(out, text + 2);
}

/* Where the whole program is at fault, the reason itself names an instruction. */
static void insn_of_reason(struct rejection *out)
{
	static const char word[] = "insn ";
	const char *at = strstr(out->reason, word);

	if (out->at.is_there || !at || !strspn(at + strlen(word), "0123456789"))
		return;
	out->at.is_there = true;
	out->at.insn = strtoul(at + strlen(word), NULL, 10);
}

static void find_sources(struct rejection *out, const struct bpf_object *obj)
{
	struct rejection_insn *places[4 + REJECTION_TURNS] = {
		&out->at, &out->set, &out->copied, &out->lost,
	};
	uint32_t i;

	for (i = 0; i < out->turn_cnt; i++)
		places[4 + i] = &out->turns[i].at;
	for (i = 0; i < 4 + out->turn_cnt; i++)
		places[i]->has_source = places[i]->is_there &&
					source_find(obj, places[i]->insn, &places[i]->source);
}

void rejection_read(const char *log, const struct bpf_object *obj, struct rejection *out)
{
	const char *line, *next, *last_insn = NULL;

	memset(out, 0, sizeof(*out));
	for (line = log; *line; line = next) {
		next = line + strcspn(line, "\n");
		if (is_numbered(line))
			last_insn = line;
		else if (next > line && !read_key(out, line) && !is_circumstance(line))
			read_reason(out, line);
		next += *next == '\n';
	}
	/* Others are of the way there. */
	if (last_insn)
		read_insn(&out->at, last_insn);
	insn_of_reason(out);
	find_sources(out, obj);
}
