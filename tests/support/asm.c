// SPDX-License-Identifier: GPL-2.0-only
/*
 * How does text become a program? Statement by statement; what names a label is
 * filled in at the end.
 */
#include "tests/support/asm_scan.h"

#include <stdlib.h>

void *asm_grow(void *array, u32 cnt, u32 *room, size_t size)
{
	if (cnt < *room)
		return array;
	*room = *room ? *room * 2 : 16;
	array = realloc(array, *room * size);
	if (!array)
		abort();
	return array;
}

static bool is_end(struct assembler *as)
{
	scan_skip_blanks(as);
	return !*as->pos || *as->pos == '\n' || *as->pos == ';' || *as->pos == '#' ||
	       (as->pos[0] == '/' && as->pos[1] == '/');
}

static bool take_label(struct assembler *as)
{
	const char *start;
	struct asm_label *label;
	u32 i;

	as->labels = asm_grow(as->labels, as->label_cnt, &as->label_room, sizeof(*label));
	label = &as->labels[as->label_cnt];
	scan_skip_blanks(as);
	start = as->pos;
	if (!scan_take_name(as, label->name) || *as->pos != ':') {
		as->pos = start;
		return false;
	}
	as->pos++;
	for (i = 0; i < as->label_cnt; i++) {
		if (!strcmp(as->labels[i].name, label->name))
			return scan_fail(as, "label '%s' is defined twice", label->name);
	}
	label->at = as->out->insn_cnt;
	as->label_cnt++;
	return true;
}

static bool parse_repeat(struct assembler *as)
{
	u32 insn_cnt = as->out->insn_cnt, fixup_cnt = as->fixup_cnt;
	const char *start;
	s32 count, i;

	if (!scan_need_imm(as, &count))
		return false;
	if (count < 0 || count > MODBPF_MAX_INSNS)
		return scan_fail(as, "cannot repeat %d times", count);
	start = as->pos;
	for (i = 0; i < count || !i; i++) {
		as->pos = start;
		if (!asm_parse_insn(as))
			return false;
	}
	if (!count) {
		as->out->insn_cnt = insn_cnt;
		as->fixup_cnt = fixup_cnt;
	}
	return true;
}

/* One instruction, if there is one, and what ends it. */
static bool parse_statement(struct assembler *as)
{
	while (take_label(as))
		;
	if (!is_end(as) && !(scan_take(as, ".repeat") ? parse_repeat(as) : asm_parse_insn(as)))
		return scan_fail(as, "cannot be read");
	if (!is_end(as))
		return scan_fail(as, "unexpected '%.20s'", as->pos);
	if (*as->pos == '#' || *as->pos == '/')
		as->pos += strcspn(as->pos, "\n");
	if (*as->pos == '\n')
		as->line++;
	if (*as->pos)
		as->pos++;
	return !as->out->error_line;
}

static bool apply_fixup(struct assembler *as, const struct asm_fixup *fixup)
{
	struct modbpf_insn *insn = &as->out->insns[fixup->insn];
	s64 distance;
	u32 i;

	as->line = fixup->line;
	for (i = 0; i < as->label_cnt; i++) {
		if (!strcmp(as->labels[i].name, fixup->name))
			break;
	}
	if (i == as->label_cnt)
		return scan_fail(as, "no label or helper is named '%s'", fixup->name);
	distance = (s64)as->labels[i].at - fixup->insn - 1;
	if (insn->code == (BPF_JMP | BPF_CALL) || insn->code == (BPF_JMP32 | BPF_JA) ||
	    insn->code == MODBPF_LD_IMM64)
		insn->imm = (s32)distance;
	else if (distance < INT16_MIN || distance > INT16_MAX)
		return scan_fail(as, "label '%s' is too far: use gotol", fixup->name);
	else
		insn->off = (s16)distance;
	return true;
}

int asm_parse(const char *text, const char *const *map_names, u32 map_cnt,
	      struct asm_prog *out)
{
	struct assembler *as = calloc(1, sizeof(*as));
	bool good = true;
	u32 i;

	if (!as)
		abort();
	memset(out, 0, sizeof(*out));
	as->pos = text;
	as->line = 1;
	as->map_names = map_names;
	as->map_cnt = map_cnt;
	as->out = out;
	while (good && *as->pos)
		good = parse_statement(as);
	for (i = 0; good && i < as->fixup_cnt; i++)
		good = apply_fixup(as, &as->fixups[i]);
	free(as->labels);
	free(as->fixups);
	free(as);
	if (good)
		return 0;
	asm_free(out);
	return -EINVAL;
}

void asm_free(struct asm_prog *prog)
{
	free(prog->insns);
	prog->insns = NULL;
	prog->insn_cnt = 0;
}
