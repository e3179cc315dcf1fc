/* SPDX-License-Identifier: GPL-2.0-only */
/* The words of the assembler's text; for tests/support/asm*.c only. */
#ifndef MODBPF_TESTS_SUPPORT_ASM_SCAN_H
#define MODBPF_TESTS_SUPPORT_ASM_SCAN_H

#include "tests/support/asm.h"

#define ASM_NAME_BYTES 48

struct asm_label {
	char name[ASM_NAME_BYTES];
	u32 at;
};

/* A jump, call or function address whose label is looked up at the end. */
struct asm_fixup {
	char name[ASM_NAME_BYTES];
	u32 insn;
	u32 line;
};

struct assembler {
	const char *pos;		/* next character */
	u32 line;
	const char *const *map_names;
	u32 map_cnt;
	struct asm_prog *out;
	u32 room;			/* instructions that out->insns holds */
	struct asm_label *labels;
	u32 label_cnt, label_room;
	struct asm_fixup *fixups;
	u32 fixup_cnt, fixup_room;
};

/* Note the first complaint; returns false always. */
bool scan_fail(struct assembler *as, const char *fmt, ...) __printf(2, 3);

void scan_skip_blanks(struct assembler *as);
/* If @text comes next, step over it. A word must end where @text ends. */
bool scan_take(struct assembler *as, const char *text);
bool scan_need(struct assembler *as, const char *text);
bool scan_take_name(struct assembler *as, char name[ASM_NAME_BYTES]);
bool scan_is_number(struct assembler *as);
bool scan_take_number(struct assembler *as, u64 *value);
bool scan_fits_s32(u64 value);
/* A 32-bit immediate, also as an unsigned number. */
bool scan_need_imm(struct assembler *as, s32 *imm);
bool scan_need_off(struct assembler *as, s16 *off);
/* "r3" or "w3"; *@wide says which. */
bool scan_take_reg(struct assembler *as, u8 *reg, bool *wide);
/* A register of the given width. */
bool scan_need_reg(struct assembler *as, u8 *reg, bool wide);

/* @array with room for one element after @cnt of @size bytes. */
void *asm_grow(void *array, u32 cnt, u32 *room, size_t size);

/* tests/support/asm_insn.c: one instruction. */
bool asm_parse_insn(struct assembler *as);

#endif
