// SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause
/* Which functions of the kernel has a pattern? One walk over the kernel's list of them. */
#define _GNU_SOURCE
#include "user/functions.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const lists[] = {
	"/sys/kernel/tracing/available_filter_functions",
	"/sys/kernel/debug/tracing/available_filter_functions",
	"/proc/kallsyms",
};

/* The name, and "[MODULE]" behind it, in a line of either format. 0: it is no function's. */
static int split_line(char *line, char **name, char **module)
{
	char *end, *word = line;

	/* kallsyms: ADDRESS TYPE NAME; a function's type is t or T. */
	if (strspn(line, "0123456789abcdef") == 16 && line[16] == ' ') {
		if ((line[17] | 32) != 't' || line[18] != ' ')
			return 0;
		word = line + 19;
	}
	end = word + strcspn(word, " \t\n");
	*module = strchr(end, '[');
	*end = 0;
	*name = word;
	if (*module) {
		(*module)++;
		(*module)[strcspn(*module, "]")] = 0;
	}
	return *word && strncmp(word, "__ftrace_invalid_address__", 26);
}

static int add(struct functions *found, const char *name, const char *module)
{
	char **grown, *copy;

	if (asprintf(&copy, "%s%s%s", module ? module : "", module ? ":" : "", name) < 0)
		return -ENOMEM;
	if (!(found->cnt & (found->cnt - 1))) {
		grown = realloc(found->name, (found->cnt ? 2 * found->cnt : 1) * sizeof(*grown));
		if (!grown) {
			free(copy);
			return -ENOMEM;
		}
		found->name = grown;
	}
	found->name[found->cnt++] = copy;
	return 0;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Static functions of the same name are listed more than once. */
static void sort_out(struct functions *found)
{
	size_t i, kept = 0;

	if (found->cnt)
		qsort(found->name, found->cnt, sizeof(*found->name), compare);
	for (i = 0; i < found->cnt; i++) {
		if (kept && !strcmp(found->name[kept - 1], found->name[i]))
			free(found->name[i]);
		else
			found->name[kept++] = found->name[i];
	}
	found->cnt = kept;
}

static int read_list(FILE *file, const char *pattern, struct functions *found)
{
	char *line = NULL, *name, *module;
	size_t room = 0;
	int err = 0;

	while (!err && getline(&line, &room, file) > 0)
		if (split_line(line, &name, &module) && !fnmatch(pattern, name, 0))
			err = add(found, name, module);
	free(line);
	return err;
}

int functions_find(const char *pattern, struct functions *found)
{
	FILE *file = NULL;
	size_t i;
	int err;

	memset(found, 0, sizeof(*found));
	for (i = 0; !file && i < sizeof(lists) / sizeof(lists[0]); i++)
		file = fopen(lists[i], "re");
	if (!file)
		return -errno;
	err = read_list(file, pattern, found);
	fclose(file);
	sort_out(found);
	if (!err && !found->cnt)
		err = -ENOENT;
	if (err)
		functions_free(found);
	return err;
}

void functions_free(struct functions *found)
{
	while (found->cnt)
		free(found->name[--found->cnt]);
	free(found->name);
	found->name = NULL;
}
