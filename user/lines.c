// SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause
/* What is known of a loaded program's source? See lines.h. */
#include "user/lines.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <linux/btf.h>
#include <stdlib.h>
#include <string.h>

/* Room for what @info says that there is. False: no memory. */
static bool make_room(struct prog_lines *lines, const struct bpf_prog_info *info)
{
	if (info->func_info_rec_size != sizeof(*lines->funcs) ||
	    info->line_info_rec_size != sizeof(*lines->lines) ||
	    info->jited_line_info_rec_size != sizeof(*lines->addrs))
		return false;
	lines->funcs = calloc(info->nr_func_info + 1, sizeof(*lines->funcs));
	lines->lines = calloc(info->nr_line_info + 1, sizeof(*lines->lines));
	lines->ksyms = calloc(info->nr_jited_ksyms + 1, sizeof(*lines->ksyms));
	lines->lens = calloc(info->nr_jited_func_lens + 1, sizeof(*lines->lens));
	lines->addrs = calloc(info->nr_jited_line_info + 1, sizeof(*lines->addrs));
	return lines->funcs && lines->lines && lines->ksyms && lines->lens && lines->addrs;
}

static bool read_records(int fd, struct prog_lines *lines, const struct bpf_prog_info *there)
{
	struct bpf_prog_info info = {
		.nr_func_info = there->nr_func_info, .func_info = (uintptr_t)lines->funcs,
		.func_info_rec_size = sizeof(*lines->funcs),
		.nr_line_info = there->nr_line_info, .line_info = (uintptr_t)lines->lines,
		.line_info_rec_size = sizeof(*lines->lines),
		.nr_jited_ksyms = there->nr_jited_ksyms, .jited_ksyms = (uintptr_t)lines->ksyms,
		.nr_jited_func_lens = there->nr_jited_func_lens,
		.jited_func_lens = (uintptr_t)lines->lens,
		.nr_jited_line_info = there->nr_jited_line_info,
		.jited_line_info = (uintptr_t)lines->addrs,
		.jited_line_info_rec_size = sizeof(*lines->addrs),
	};
	uint32_t len = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return false;
	lines->func_cnt = there->nr_func_info;
	lines->line_cnt = there->nr_line_info;
	lines->ksym_cnt = there->nr_jited_ksyms;
	if (there->nr_jited_ksyms != there->nr_jited_func_lens)
		lines->ksym_cnt = 0;
	if (there->nr_jited_line_info == there->nr_line_info)
		return true;
	free(lines->addrs);
	lines->addrs = NULL;
	return true;
}

void prog_lines_read(int fd, struct prog_lines *lines)
{
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);

	memset(lines, 0, sizeof(*lines));
	if (bpf_obj_get_info_by_fd(fd, &info, &len) || !make_room(lines, &info) ||
	    !read_records(fd, lines, &info)) {
		prog_lines_free(lines);
		return;
	}
	if (info.btf_id)
		lines->btf = btf__load_from_kernel_by_id(info.btf_id);
	if (libbpf_get_error(lines->btf))
		lines->btf = NULL;
}

void prog_lines_free(struct prog_lines *lines)
{
	btf__free(lines->btf);
	free(lines->funcs);
	free(lines->lines);
	free(lines->ksyms);
	free(lines->lens);
	free(lines->addrs);
	memset(lines, 0, sizeof(*lines));
}

const char *prog_lines_func(const struct prog_lines *lines, uint32_t at)
{
	const struct btf_type *type = NULL;

	if (lines->btf && at < lines->func_cnt)
		type = btf__type_by_id(lines->btf, lines->funcs[at].type_id);
	return type ? btf__name_by_offset(lines->btf, type->name_off) : NULL;
}

static const char *text_of(const struct prog_lines *lines, uint32_t at)
{
	const char *text = btf__name_by_offset(lines->btf, lines->lines[at].line_off);

	if (text)
		text += strspn(text, " \t");
	return text && *text ? text : NULL;
}

const char *prog_lines_at_insn(const struct prog_lines *lines, uint32_t insn)
{
	uint32_t i;

	for (i = 0; lines->btf && i < lines->line_cnt; i++)
		if (lines->lines[i].insn_off == insn)
			return text_of(lines, i);
	return NULL;
}

/* Lines of which the compiler left nothing begin where the next one does: the last counts. */
const char *prog_lines_at_addr(const struct prog_lines *lines, uint64_t addr)
{
	const char *text = NULL;
	uint32_t i;

	for (i = 0; lines->btf && lines->addrs && i < lines->line_cnt; i++)
		if (lines->addrs[i] == addr)
			text = text_of(lines, i);
	return text;
}
