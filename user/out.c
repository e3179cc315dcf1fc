// SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause
/*
 * How does the CLI answer: as text for people, or as JSON for programs? Under
 * -j stdout holds JSON and nothing else, whatever happens.
 */
#define _GNU_SOURCE
#include "user/out.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum { OUT_TEXT, OUT_JSON, OUT_PRETTY } format;
static bool had_error;

void out_set_json(bool pretty)
{
	format = pretty ? OUT_PRETTY : OUT_JSON;
}

bool out_is_json(void)
{
	return format != OUT_TEXT;
}

static void put_json(FILE *to, struct json_object *value)
{
	int flags = JSON_C_TO_STRING_NOSLASHESCAPE;

	flags |= format == OUT_PRETTY ? JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED
				      : JSON_C_TO_STRING_PLAIN;
	fputs(json_object_to_json_string_ext(value, flags), to);
	fputc('\n', to);
	json_object_put(value);
}

void out_json(struct json_object *value)
{
	put_json(stdout, value);
	fflush(stdout);
}

void out_nothing(void)
{
	if (out_is_json())
		out_json(NULL);
}

/* Bytes of the UTF-8 character at @text, 0 if it is none (RFC 3629, section 4). */
static size_t character_bytes(const unsigned char *text)
{
	size_t cnt = text[0] < 0x80 ? 1 : text[0] < 0xc2 ? 0 : text[0] < 0xe0 ? 2 :
		     text[0] < 0xf0 ? 3 : text[0] < 0xf5 ? 4 : 0, i;

	for (i = 1; i < cnt; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	/* Too long for what it says, a surrogate, or beyond the last character. */
	if ((text[0] == 0xe0 && text[1] < 0xa0) || (text[0] == 0xed && text[1] > 0x9f) ||
	    (text[0] == 0xf0 && text[1] < 0x90) || (text[0] == 0xf4 && text[1] > 0x8f))
		return 0;
	return cnt;
}

/* Bytes of what is at @text, 0 if it is for no terminal: C1, too, can begin a sequence that it obeys. */
static size_t shown_bytes(const char *text, const char *blanks)
{
	const unsigned char *byte = (const unsigned char *)text;

	if (strchr(blanks, *text))
		return 1;
	if (*byte < ' ' || *byte == 0x7f || (byte[0] == 0xc2 && byte[1] < 0xa0))
		return 0;
	return character_bytes(byte);
}

static void put_clean(FILE *to, const char *text, const char *blanks)
{
	const char *begin = text;
	size_t bytes;

	for (;;) {	/* what is clean is one write */
		bytes = *text ? shown_bytes(text, blanks) : 0;
		text += bytes;
		if (bytes)
			continue;
		fwrite(begin, 1, text - begin, to);
		if (!*text)
			return;
		fputc('?', to);
		begin = ++text;
	}
}

void out_line(FILE *to, const char *text)
{
	put_clean(to, text, "\t");
}

void out_lines(FILE *to, const char *text)
{
	put_clean(to, text, "\t\n");
}

static FILE *error_stream(void)
{
	return out_is_json() ? stdout : stderr;
}

/* @details, if there are any, become member @name of the JSON. */
static void put_error(FILE *to, const char *name, struct json_object *details, const char *text)
{
	struct json_object *object;

	if (!out_is_json()) {
		fputs("Error: ", to);
		out_lines(to, text);
		fputc('\n', to);
		return;
	}
	object = json_object_new_object();
	json_add_str(object, "error", text);
	if (details)
		json_object_object_add(object, name, json_object_get(details));
	put_json(to, object);
}

static void say_error(const char *name, struct json_object *details, const char *fmt, va_list args)
{
	char *text;

	had_error = true;
	if (vasprintf(&text, fmt, args) < 0) {
		fputs("Error: no memory\n", stderr);
		return;
	}
	fflush(stdout);
	put_error(error_stream(), name, details, text);
	fflush(stdout);
	free(text);
}

char *out_error_ahead(const char *text, int *fd)
{
	char *ahead = NULL;
	size_t bytes;
	FILE *memory = open_memstream(&ahead, &bytes);

	if (!memory)
		return NULL;
	put_error(memory, NULL, NULL, text);
	if (fclose(memory))
		return NULL;
	*fd = fileno(error_stream());
	return ahead;
}

int out_error(const char *fmt, ...)
{
	va_list args;

	if (had_error)
		return -1;
	va_start(args, fmt);
	say_error(NULL, NULL, fmt, args);
	va_end(args);
	return -1;
}

int out_error_about(const char *name, struct json_object *details, const char *fmt, ...)
{
	va_list args;

	if (!had_error) {
		va_start(args, fmt);
		say_error(name, details, fmt, args);
		va_end(args);
	}
	json_object_put(details);
	return -1;
}

void out_note(const char *fmt, ...)
{
	va_list args;
	char *text;
	int len;

	if (out_is_json())
		return;
	fflush(stdout);
	va_start(args, fmt);
	len = vasprintf(&text, fmt, args);
	va_end(args);
	if (len < 0)
		return;
	out_lines(stderr, text);
	fputc('\n', stderr);
	free(text);
}

const char *error_text(int err)
{
	/* Linux's ENOTSUPP, which is in no header of user space. */
	return err == 524 ? "this type does not offer that" : strerror(err);
}

void out_duration(const char *what, uint64_t ns)
{
	if (ns < 1000000)
		printf("  %s %.1fus", what, ns / 1e3);
	else
		printf("  %s %.1fms", what, ns / 1e6);
}

void out_hex(const void *bytes, size_t size)
{
	const unsigned char *byte = bytes;
	size_t i;

	for (i = 0; i < size; i++)
		printf("%s%02x", i ? " " : "", byte[i]);
}

struct json_object *json_hex(const void *bytes, size_t size)
{
	struct json_object *array = json_object_new_array();
	const unsigned char *byte = bytes;
	char text[sizeof("0xff")];
	size_t i;

	for (i = 0; i < size; i++) {
		snprintf(text, sizeof(text), "0x%02x", byte[i]);
		json_object_array_add(array, json_object_new_string(text));
	}
	return array;
}

void json_add_u64(struct json_object *object, const char *name, uint64_t value)
{
	json_object_object_add(object, name, json_object_new_uint64(value));
}

/* Names come from files and from other processes: what is no text is shown as '?'. */
void json_add_str(struct json_object *object, const char *name, const char *value)
{
	char *text = strdup(value), *at;
	size_t bytes;

	if (!text)
		return;
	for (at = text; *at; at += bytes) {
		bytes = character_bytes((const unsigned char *)at);
		if (!bytes) {
			*at = '?';
			bytes = 1;
		}
	}
	json_object_object_add(object, name, json_object_new_string(text));
	free(text);
}

void json_add_strf(struct json_object *object, const char *name, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	json_add_str(object, name, text);
}
