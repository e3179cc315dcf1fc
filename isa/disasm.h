/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One instruction as text, in the style of Linux's verifier log and of bpftool's
 * dump: "r0 = 0", "r1 = *(u64 *)(r10 -8)", "if r1 != 0x0 goto pc+3",
 * "call bpf_map_lookup_elem#1". Without an index, an opcode or a newline: the
 * caller puts those around it. A 64-bit constant is "r1 = 0x5 ll", so that no
 * two instructions have the same text; tests/support/asm.h reads all of it.
 */
#ifndef MODBPF_ISA_DISASM_H
#define MODBPF_ISA_DISASM_H

#include "isa/insn.h"

#define MODBPF_DISASM_BYTES 96	/* holds any instruction whose names are below 32 bytes */

/*
 * How to name what only the caller knows. Each writes a terminated text to @buf
 * and returns true, or false for the default. Either may be NULL.
 */
struct disasm_names {
	/* What a ld_imm64 loads: default "map[fd:4]", "map[idx:4][0]+8", "subprog[+3]". */
	bool (*constant)(void *cookie, const struct modbpf_insn *insn, char *buf, u32 size);
	/* What is called: default "bpf_NAME#ID", "unknown#ID", "pc+3", "kfunc#ID". */
	bool (*callee)(void *cookie, const struct modbpf_insn *insn, char *buf, u32 size);
	void *cookie;
};

/*
 * Print @insn (of ld_imm64: its first slot; the second is read, so it must be
 * there) to @buf, cut to @size and terminated. @names may be NULL. An unknown
 * opcode is ".insn 0xCODE dst src off imm". Returns the bytes of the whole
 * text, as snprintf() does.
 */
u32 modbpf_insn_print(const struct modbpf_insn *insn, const struct disasm_names *names,
		      char *buf, u32 size);

#endif
