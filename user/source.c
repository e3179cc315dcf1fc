// SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause
/*
 * Which line of the source does an instruction come from? The records are those
 * that PROG_LOAD is given: they count instructions as the verifier does,
 * subprograms included. Their words are in the object's BTF.
 */
#include "user/source.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "uapi/modbpf.h"
#include "user/transport.h"

static struct bpf_line_info *lines;
static uint32_t line_cnt;

void source_forget(void)
{
	free(lines);
	lines = NULL;
	line_cnt = 0;
}

static void watch(int cmd, const void *given, size_t size)
{
	const char *record;
	union modbpf_attr attr;
	uint32_t i;

	if (cmd != MODBPF_CMD_PROG_LOAD)
		return;
	memset(&attr, 0, sizeof(attr));
	memcpy(&attr, given, size < sizeof(attr) ? size : sizeof(attr));
	if (!attr.line_info_cnt || attr.line_info_rec_size < sizeof(*lines))
		return;
	source_forget();
	lines = calloc(attr.line_info_cnt, sizeof(*lines));
	if (!lines)
		return;
	line_cnt = attr.line_info_cnt;
	record = (const char *)(uintptr_t)attr.line_info;
	for (i = 0; i < line_cnt; i++, record += attr.line_info_rec_size)
		memcpy(&lines[i], record, sizeof(lines[i]));
}

void source_watch(void)
{
	source_forget();
	transport_watch = watch;
}

bool source_find(const struct bpf_object *obj, uint32_t insn, struct source_line *out)
{
	const struct btf *btf = obj ? bpf_object__btf(obj) : NULL;
	const struct bpf_line_info *found = NULL;
	uint32_t i;

	/* In order of instructions; a record holds up to the next. */
	for (i = 0; i < line_cnt && lines[i].insn_off <= insn; i++)
		found = &lines[i];
	if (!found || !btf)
		return false;
	out->file = btf__name_by_offset(btf, found->file_name_off);
	out->text = btf__name_by_offset(btf, found->line_off);
	if (!out->file || !out->text)
		return false;
	out->text += strspn(out->text, " \t");
	out->line = BPF_LINE_INFO_LINE_NUM(found->line_col);
	out->column = BPF_LINE_INFO_LINE_COL(found->line_col);
	return true;
}
