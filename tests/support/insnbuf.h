/* SPDX-License-Identifier: GPL-2.0-only */
/* A program put together instruction by instruction, for tests that generate theirs. */
#ifndef MODBPF_TESTS_SUPPORT_INSNBUF_H
#define MODBPF_TESTS_SUPPORT_INSNBUF_H

#include "isa/insn.h"

struct insn_buf {
	struct modbpf_insn *insns;
	u32 cnt, cap;
};

static inline void insn_put(struct insn_buf *buf, u8 code, u8 dst, u8 src, s16 off, s32 imm)
{
	if (buf->cnt < buf->cap)
		buf->insns[buf->cnt] = (struct modbpf_insn){
			.code = code, .dst_reg = dst, .src_reg = src, .off = off, .imm = imm };
	buf->cnt++;
}

static inline void insn_put_exit(struct insn_buf *buf)
{
	insn_put(buf, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

static inline void insn_put_mov(struct insn_buf *buf, u8 dst, s32 imm)
{
	insn_put(buf, BPF_ALU64 | BPF_MOV | BPF_K, dst, 0, 0, imm);
}

static inline void insn_put_imm64(struct insn_buf *buf, u8 dst, u8 src, u64 value)
{
	insn_put(buf, MODBPF_LD_IMM64, dst, src, 0, (s32)value);
	insn_put(buf, 0, 0, 0, 0, value >> 32);
}

#endif
