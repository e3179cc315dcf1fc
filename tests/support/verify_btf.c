// SPDX-License-Identifier: GPL-2.0-only
/* BTF for a program that is given as text: see verify_btf.h. */
#include "tests/support/verify_btf.h"

#include <stdlib.h>

#include "verifier/program.h"

#define MAX_WORDS 300

/* Types that functions may have, behind those of every blob. */
enum {
	TYPE_SKB = BLOB_NEXT, TYPE_CONST_SKB, TYPE_CTX, TYPE_STRUCT_PTR, TYPE_VOID_PTR, TYPE_FWD_PTR,
	TYPE_ARRAY_PTR, TYPE_REGS_NAME, TYPE_CONST_REGS, TYPE_REGS, TYPE_NIL, TYPE_NIL_PTR, TYPE_LONG,
	TYPE_WIDE, TYPE_DYNPTR, TYPE_DYNPTR_PTR, TYPE_NEXT
};

static const u32 pointers[] = {
	BLOB_TYPE(NAME_SKB, MODBPF_BTF_STRUCT, 0, 0, 192),
	BLOB_TYPE(0, MODBPF_BTF_CONST, 0, 0, TYPE_SKB),
	BLOB_TYPE(0, MODBPF_BTF_PTR, 0, 0, TYPE_CONST_SKB),
	BLOB_TYPE(0, MODBPF_BTF_PTR, 0, 0, BLOB_STRUCT),
	BLOB_TYPE(0, MODBPF_BTF_PTR, 0, 0, 0),
	BLOB_TYPE(0, MODBPF_BTF_PTR, 0, 0, BLOB_FWD),
	BLOB_TYPE(0, MODBPF_BTF_PTR, 0, 0, BLOB_ARRAY),
	BLOB_TYPE(NAME_REGS, MODBPF_BTF_TYPEDEF, 0, 0, BLOB_STRUCT),
	BLOB_TYPE(0, MODBPF_BTF_CONST, 0, 0, TYPE_REGS_NAME),
	BLOB_TYPE(0, MODBPF_BTF_PTR, 0, 0, TYPE_CONST_REGS),
	BLOB_TYPE(0, MODBPF_BTF_STRUCT, 0, 0, 0),
	BLOB_TYPE(0, MODBPF_BTF_PTR, 0, 0, TYPE_NIL),
	BLOB_TYPE(NAME_A, MODBPF_BTF_INT, 0, 0, 8), 64,
	BLOB_TYPE(NAME_A, MODBPF_BTF_INT, 0, 0, 16), 128,
	BLOB_TYPE(NAME_DYNPTR, MODBPF_BTF_STRUCT, 0, 0, 16),
	BLOB_TYPE(0, MODBPF_BTF_PTR, 0, 0, TYPE_DYNPTR),
};

static const struct {
	const char *name;
	u32 type;
} types[] = {
	{ "void*", TYPE_VOID_PTR }, { "void", 0 }, { "int*", BLOB_PTR }, { "int", BLOB_INT },
	{ "enum", BLOB_ENUM }, { "float", BLOB_FLOAT }, { "s*", TYPE_STRUCT_PTR },
	{ "s", BLOB_STRUCT }, { "a16*", TYPE_ARRAY_PTR }, { "ctx", TYPE_CTX },
	{ "fwd*", TYPE_FWD_PTR }, { "regs", TYPE_REGS }, { "nil*", TYPE_NIL_PTR },
	{ "long", TYPE_LONG }, { "wide", TYPE_WIDE }, { "dynptr*", TYPE_DYNPTR_PTR },
};

static const struct {
	char mark;
	u32 name;
} tags[] = { { '!', NAME_NONNULL }, { '^', NAME_CTX }, { '?', NAME_OTHER } };

struct words {
	u32 words[MAX_WORDS];
	u32 cnt;
	u32 next;	/* id of the next type */
};

static void add_type(struct words *to, u32 name, u32 kind, u32 vlen, u32 size)
{
	const u32 record[] = { BLOB_TYPE(name, kind, 0, vlen, size) };

	memcpy(&to->words[to->cnt], record, sizeof(record));
	to->cnt += ARRAY_SIZE(record);
	to->next++;
}

/* The type that @text begins with, which is gone from it. False: none. */
static bool take_type(const char **text, u32 *type)
{
	u32 i;

	*text += strspn(*text, " ,(");
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		if (strncmp(*text, types[i].name, strlen(types[i].name)))
			continue;
		*text += strlen(types[i].name);
		*type = types[i].type;
		return true;
	}
	return false;
}

/* The tag that a mark in @text stands for, 0: none. */
static u32 tag_at(const char *text)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(tags); i++)
		if (*text == tags[i].mark)
			return tags[i].name;
	return 0;
}

static void add_tag(struct words *to, u32 name, u32 func, u32 at)
{
	if (!name)
		return;
	add_type(to, name, MODBPF_BTF_DECL_TAG, 0, func);
	to->words[to->cnt++] = at;
}

/* One function; its FUNC is the type that comes last but for tags. */
static bool add_func(struct words *to, const char *text, struct func_info *func)
{
	bool is_global = !strncmp(text, "global ", 7);
	u32 marks[8] = { 0 }, params[8], cnt = 0, result, i;
	const char *at, *end;

	if (!is_global && strncmp(text, "static ", 7))
		return false;
	text += 7;
	if (!take_type(&text, &result))
		return false;
	text = strchr(text, '(');
	while (text && cnt < 8 && take_type(&text, &params[cnt])) {
		marks[cnt] = tag_at(text);
		text += marks[cnt++] != 0;
	}
	end = text ? strchr(text, ')') : NULL;
	if (!end)
		return false;
	at = strchr(text, '@');
	if (at)
		func->insn = strtoul(at + 1, NULL, 0);
	add_type(to, 0, MODBPF_BTF_FUNC_PROTO, cnt, result);
	for (i = 0; i < cnt; i++) {
		to->words[to->cnt++] = NAME_A;
		to->words[to->cnt++] = params[i];
	}
	func->type = strchr(text, '#') ? strtoul(strchr(text, '#') + 1, NULL, 0) : to->next;
	add_type(to, NAME_S, MODBPF_BTF_FUNC, is_global, to->next - 1);
	for (i = 0; i < cnt; i++)
		add_tag(to, marks[i], func->type, i);
	add_tag(to, tag_at(end + 1), func->type, ~0u);
	return true;
}

/* Where the @nth subprogram begins, 0xffff: there are not so many. */
static u32 start_of(const struct asm_prog *prog, u32 nth)
{
	u32 start = 0, next, pc;

	while (nth--) {
		next = 0xffff;
		for (pc = 0; pc < prog->insn_cnt; pc += insn_slots(&prog->insns[pc])) {
			u32 target = jump_target(&prog->insns[pc], pc);

			if (insn_names_subprog(&prog->insns[pc]) && target > start && target < next)
				next = target;
		}
		start = next;
	}
	return start;
}

static u32 read_lines(struct verify_btf *btf, const char *text)
{
	u32 cnt = 0;
	char *end;

	for (; text && *text && cnt < VERIFY_LINES; cnt++) {
		struct line_info *line = &btf->lines[cnt];

		*line = (struct line_info){ strtoul(text, &end, 0), NAME_INT, NAME_BLANK, 7 << 10 };
		if (*end == '/')
			line->line_off = strtoul(end + 1, &end, 0);
		text = end + strspn(end, " ");
	}
	return cnt;
}

int verify_btf_make(struct verify_btf *btf, const struct verify_input *input,
		    const struct asm_prog *prog, struct verify_request *req)
{
	struct words words = { .next = TYPE_NEXT, .cnt = ARRAY_SIZE(pointers) };
	u32 i;

	memset(btf, 0, sizeof(*btf));
	if (!input->func_cnt && !input->lines)
		return 0;
	memcpy(words.words, pointers, sizeof(pointers));
	for (i = 0; i < input->func_cnt; i++) {
		btf->funcs[i].insn = start_of(prog, i);
		if (add_func(&words, input->funcs[i], &btf->funcs[i]))
			continue;
		snprintf(btf->why.text, sizeof(btf->why.text), "no function in '%s'",
			 input->funcs[i]);
		return -EINVAL;
	}
	btf_blob_make(&btf->blob, words.words, words.cnt);
	req->btf = NULL;
	if (modbpf_btf_parse(btf->blob.bytes, btf->blob.cnt, &btf->why, &btf->types))
		return -EINVAL;
	req->btf = btf->types;
	req->funcs = btf->funcs;
	req->func_cnt = input->func_cnt;
	req->lines = btf->lines;
	req->line_cnt = read_lines(btf, input->lines);
	return 0;
}
