/* SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause */
/* Which functions of the kernel has a pattern: "tcp_*"? */
#ifndef MODBPF_USER_FUNCTIONS_H
#define MODBPF_USER_FUNCTIONS_H

#include <stddef.h>

struct functions {
	char **name;		/* cnt; sorted, each once; "MODULE:NAME" for a module's */
	size_t cnt;
};

/*
 * Those that can be traced, from tracefs; where that is not to be read, all that
 * /proc/kallsyms knows. @pattern as for fnmatch(3). 0 or -errno: -ENOENT, there are none.
 */
int functions_find(const char *pattern, struct functions *found);
void functions_free(struct functions *found);

#endif
