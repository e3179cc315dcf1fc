// SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause
/* A rejection as text for people, and as JSON for programs. */
#include <stdio.h>

#include "user/out.h"
#include "user/rejection.h"

/* --- text ------------------------------------------------------------------------- */

static void print_insn(const struct rejection_insn *place)
{
	fputs(place->text[0] ? ": " : "", stdout);
	out_line(stdout, place->text);
	if (place->has_source) {
		fputs("; ", stdout);
		out_line(stdout, place->source.file);
		printf(":%u: ", place->source.line);
		out_line(stdout, place->source.text);
	}
	putchar('\n');
}

static void print_place(const char *key, const struct rejection_insn *place)
{
	if (!place->is_there)
		return;
	printf("\t%s: insn %u", key, place->insn);
	print_insn(place);
}

static void print_text(const char *key, const char *text)
{
	if (!text[0])
		return;
	printf("\t%s: ", key);
	out_line(stdout, text);
	putchar('\n');
}

static void print_turn(const struct rejection_turn *turn)
{
	printf("\tpath: insn %u to %u, %s", turn->at.insn, turn->to, turn->what);
	if (turn->times > 1)
		printf(" %u times", turn->times);
	print_insn(&turn->at);
}

void rejection_print(const struct rejection *why, const char *error)
{
	uint32_t i;

	print_text(error, why->reason[0] ? why->reason : "the verifier does not say why");
	print_place("at", &why->at);
	print_text("known", why->known);
	print_place("set at", &why->set);
	print_place("copied at", &why->copied);
	print_place("lost at", &why->lost);
	if (why->turns_left_out)
		printf("\tpath: %u branches, then\n", why->turns_left_out);
	for (i = 0; i < why->turn_cnt; i++)
		print_turn(&why->turns[i]);
	print_text("needed", why->needed);
	print_text("hint", why->hint);
	print_text("code", why->code);
}

/* --- JSON ------------------------------------------------------------------------- */

static void add_source(struct json_object *object, const struct rejection_insn *place)
{
	struct json_object *source;

	if (!place->has_source)
		return;
	source = json_object_new_object();
	json_add_str(source, "file", place->source.file);
	json_add_u64(source, "line", place->source.line);
	json_add_u64(source, "column", place->source.column);
	json_add_str(source, "text", place->source.text);
	json_object_object_add(object, "source", source);
}

static struct json_object *json_place(const struct rejection_insn *place)
{
	struct json_object *object = json_object_new_object();

	json_add_u64(object, "insn", place->insn);
	json_add_str(object, "text", place->text);
	add_source(object, place);
	return object;
}

static struct json_object *json_turn(const struct rejection_turn *turn)
{
	struct json_object *object = json_place(&turn->at);

	json_add_u64(object, "to", turn->to);
	json_add_str(object, "turn", turn->what);
	json_add_u64(object, "times", turn->times);
	return object;
}

static void add_text(struct json_object *object, const char *name, const char *text)
{
	if (text[0])
		json_add_str(object, name, text);
}

static void add_place(struct json_object *object, const char *name,
		      const struct rejection_insn *place)
{
	if (place->is_there)
		json_object_object_add(object, name, json_place(place));
}

static void add_path(struct json_object *object, const struct rejection *why)
{
	struct json_object *path = json_object_new_array();
	uint32_t i;

	for (i = 0; i < why->turn_cnt; i++)
		json_object_array_add(path, json_turn(&why->turns[i]));
	json_object_object_add(object, "path", path);
	json_add_u64(object, "path_left_out", why->turns_left_out);
}

void rejection_add_json(struct json_object *object, const struct rejection *why)
{
	json_add_str(object, "reason", why->reason);
	if (why->at.is_there) {
		json_add_u64(object, "insn", why->at.insn);
		add_text(object, "insn_text", why->at.text);
		add_source(object, &why->at);
	}
	add_text(object, "known", why->known);
	add_place(object, "set_at", &why->set);
	add_place(object, "copied_at", &why->copied);
	add_place(object, "lost_at", &why->lost);
	if (why->turn_cnt)
		add_path(object, why);
	add_text(object, "state", why->state);
	add_text(object, "needed", why->needed);
	add_text(object, "hint", why->hint);
	add_text(object, "code", why->code);
}
