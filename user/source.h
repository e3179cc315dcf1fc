/* SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause */
/*
 * Which line of the source does an instruction come from? Known for programs
 * compiled with -g, from what libbpf hands to PROG_LOAD.
 */
#ifndef MODBPF_USER_SOURCE_H
#define MODBPF_USER_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

struct bpf_object;

struct source_line {
	const char *file, *text;	/* the object's; text without leading blanks */
	uint32_t line, column;
};

/* Remember where instructions come from, from now on, of the last program that says it. */
void source_watch(void);
/* Before a program is loaded: nothing is known of it yet. */
void source_forget(void);
/* Where is @insn of that program, which is one of @obj (NULL: not known)? False: not known. */
bool source_find(const struct bpf_object *obj, uint32_t insn, struct source_line *out);

#endif
