/* SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause */
/*
 * Names and lines of the source for what a loaded program is made of: what its info
 * and its BTF tell. A program without BTF has none, and every question is answered so.
 */
#ifndef MODBPF_USER_LINES_H
#define MODBPF_USER_LINES_H

#include <stdbool.h>
#include <stdint.h>

struct bpf_func_info;
struct bpf_line_info;
struct btf;

struct prog_lines {
	struct btf *btf;
	struct bpf_func_info *funcs;
	struct bpf_line_info *lines;
	uint64_t *ksyms;	/* where each function's code is */
	uint32_t *lens;
	uint64_t *addrs;	/* where each line's code begins; NULL: not told */
	uint32_t func_cnt, line_cnt, ksym_cnt;
};

/* All that is told of the program at @fd. Nothing is not an error. */
void prog_lines_read(int fd, struct prog_lines *lines);
void prog_lines_free(struct prog_lines *lines);
/* Name of the @at-th function; NULL: not known. */
const char *prog_lines_func(const struct prog_lines *lines, uint32_t at);
/* The text of the line that begins at instruction @insn, or at address @addr; NULL: none does. */
const char *prog_lines_at_insn(const struct prog_lines *lines, uint32_t insn);
const char *prog_lines_at_addr(const struct prog_lines *lines, uint64_t addr);

#endif
