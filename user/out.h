/* SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause */
/*
 * How does the CLI answer: as text for people, or as JSON for programs?
 *
 * Text is printed as it is made; under -j and -p a command prints exactly one
 * JSON value (a stream prints one a line), errors included.
 */
#ifndef MODBPF_USER_OUT_H
#define MODBPF_USER_OUT_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

void out_set_json(bool pretty);
bool out_is_json(void);

/* Print @value and put it. */
void out_json(struct json_object *value);
/* The answer of a command that has nothing to say: "null" under -j. */
void out_nothing(void);

/*
 * "Error: ..." to stderr, {"error":"..."} to stdout under -j. The first error
 * of a command is its reason: later ones are not printed. Returns -1.
 */
int out_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The same, with @details (may be NULL; they are put) as member @name of the JSON. Returns -1. */
int out_error_about(const char *name, struct json_object *details, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/*
 * What out_error() would print of @text, and to which descriptor: for a handler of signals, which
 * may not call it. free() it; NULL: no memory.
 */
char *out_error_ahead(const char *text, int *fd);
/* A remark for people: to stderr, nothing under -j. */
void out_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * Text that others made, in which anything may stand, for a terminal: what it would obey, and what is
 * no character, becomes '?'. As one line, or as several.
 */
void out_line(FILE *to, const char *text);
void out_lines(FILE *to, const char *text);

/* strerror(), which does not know all that bpf(2) says. */
const char *error_text(int err);

/* "  WHAT 12.3us", or in ms from there on. */
void out_duration(const char *what, uint64_t ns);
/* "0a 1b ..." */
void out_hex(const void *bytes, size_t size);
/* ["0x0a","0x1b",...] */
struct json_object *json_hex(const void *bytes, size_t size);
/* Members of a JSON object. */
void json_add_u64(struct json_object *object, const char *name, uint64_t value);
void json_add_str(struct json_object *object, const char *name, const char *value);
void json_add_strf(struct json_object *object, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
