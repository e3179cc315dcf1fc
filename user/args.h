/* SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause */
/*
 * What do the words of a command line mean? Words may be shortened to a prefix
 * that only one word of the place has.
 */
#ifndef MODBPF_USER_ARGS_H
#define MODBPF_USER_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is left of the command line. */
struct args {
	int cnt;
	char **word;
};

static inline const char *args_peek(const struct args *args)
{
	return args->cnt ? args->word[0] : NULL;
}

/* The next word, NULL if there is none. */
const char *args_next(struct args *args);
/* The next word; NULL after an error that says that @what is missing. */
const char *args_need(struct args *args, const char *what);
/* Is the next word @word, or a prefix of it? Then it is taken. */
bool args_take(struct args *args, const char *word);
/* 0 if nothing is left, else -1 after an error. */
int args_end(const struct args *args);
/* A number: decimal, 0x hexadecimal or 0 octal, at most @max. 0 or -1 after an error. */
int args_number(struct args *args, const char *what, uint64_t max, uint64_t *out);

/*
 * Bytes: decimal, 0x hexadecimal, 0 octal, or hexadecimal throughout after the
 * word "hex". Exactly @size of them. 0 or -1 after an error.
 */
int args_bytes(struct args *args, const char *what, void *out, size_t size);

struct command {
	const char *name;
	int (*run)(struct args *args);	/* 0, or -1 after out_error() */
};

/*
 * Which of @table (ended by a NULL name) does @word name? An exact name wins
 * over a prefix. NULL after an error if none, or more than one.
 */
const struct command *command_find(const struct command *table, const char *object,
				   const char *word);
/* Does @word name that which @run runs, and no other? */
bool command_is(const struct command *table, const char *word, int (*run)(struct args *args));
/* Run the command that the next word names; no word: the table's first. */
int command_run(const struct command *table, const char *object, struct args *args);

#endif
