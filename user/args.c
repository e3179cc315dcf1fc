// SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause
/*
 * What do the words of a command line mean? A word that is wrong is named in
 * the error, with what was wanted in its place.
 */
#include "user/args.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/out.h"

const char *args_next(struct args *args)
{
	if (!args->cnt)
		return NULL;
	args->cnt--;
	return *args->word++;
}

const char *args_need(struct args *args, const char *what)
{
	const char *word = args_next(args);

	if (!word)
		out_error("%s is missing", what);
	return word;
}

bool args_take(struct args *args, const char *word)
{
	const char *next = args_peek(args);

	if (!next || !*next || strncmp(word, next, strlen(next)))
		return false;
	args_next(args);
	return true;
}

int args_end(const struct args *args)
{
	if (!args->cnt)
		return 0;
	return out_error("'%s' is one word too many", args_peek(args));
}

static int parse_number(const char *word, int base, uint64_t max, uint64_t *out)
{
	char *end;

	if (*word < '0' || (*word > '9' && base != 16))
		return -1;
	errno = 0;
	*out = strtoull(word, &end, base);
	return *end || end == word || errno || *out > max ? -1 : 0;
}

int args_number(struct args *args, const char *what, uint64_t max, uint64_t *out)
{
	const char *word = args_need(args, what);

	if (!word)
		return -1;
	if (parse_number(word, 0, max, out))
		return out_error("%s is a number from 0 to %llu, not '%s'", what,
				 (unsigned long long)max, word);
	return 0;
}

int args_bytes(struct args *args, const char *what, void *out, size_t size)
{
	unsigned char *byte = out;
	int base = 0;
	uint64_t number;
	const char *word;
	size_t i;

	if (args_peek(args) && !strcmp(args_peek(args), "hex")) {
		args_next(args);
		base = 16;
	}
	for (i = 0; i < size; i++) {
		word = args_next(args);
		if (!word)
			return out_error("%s has %zu bytes, only %zu are given", what, size, i);
		if (parse_number(word, base, 255, &number))
			return out_error("byte %zu of %s: '%s' is not a %s", i, what, word,
					 base ? "hexadecimal byte" : "byte (0 to 255, 0x for hexadecimal)");
		byte[i] = number;
	}
	return 0;
}

/* NULL: none; *@other: one that it could be as well, or NULL. */
static const struct command *match(const struct command *table, const char *word, const struct command **other)
{
	const struct command *row, *found = NULL;
	size_t len = strlen(word);

	*other = NULL;
	for (row = table; row->name; row++) {
		if (!strcmp(row->name, word))
			return row;
		if (!len || strncmp(row->name, word, len))
			continue;
		if (found && found->run != row->run) {
			*other = row;
			return found;
		}
		found = row;
	}
	return found;
}

bool command_is(const struct command *table, const char *word, int (*run)(struct args *args))
{
	const struct command *other, *found = match(table, word, &other);

	return found && !other && found->run == run;
}

const struct command *command_find(const struct command *table, const char *object,
				   const char *word)
{
	const struct command *other, *found = match(table, word, &other);

	if (other) {
		out_error("%s '%s' could be '%s' or '%s'", object, word, found->name, other->name);
		return NULL;
	}
	if (!found)
		out_error("'%s' is no %s; 'modbpf help' lists them", word, object);
	return found;
}

int command_run(const struct command *table, const char *object, struct args *args)
{
	const struct command *row = table;

	if (args->cnt) {
		row = command_find(table, object, args_next(args));
		if (!row)
			return -1;
	}
	return row->run(args);
}
