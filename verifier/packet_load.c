// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Where may BPF_LD_[ABS|IND] stand, and what do they become? They read the packet
 * whose context is in R6, in network byte order, and clobber R1 to R5 as a call does
 * (RFC 9669 section 5.5). Where the packet has no such bytes, the subprogram they stand
 * in ends with 0: both ways are followed. In the end each is a call of the runtime's own
 * helper packet_load and a test of its result.
 */
#include "verifier/packet_load.h"

#include "isa/opcode.h"
#include "verifier/callback.h"
#include "verifier/ctx.h"
#include "verifier/lock.h"
#include "verifier/step.h"

static int check_place(struct step *step)
{
	const struct reg *ctx = &step_regs(step)[MODBPF_REG_PACKET_CTX];

	if (!(TYPES_PACKET_LOAD >> step->prog->req->prog_type & 1)) {
		return refuse(step, REFUSE_PACKET_LOAD_TYPE, REFUSAL_NO_REG,
			      "BPF_LD_[ABS|IND] instructions not allowed for this program type");
	}
	if (state_in_callback(step->state)) {
		return refuse(step, REFUSE_INSN_UNSUPPORTED, REFUSAL_NO_REG,
			      "not supported yet: BPF_LD_[ABS|IND] in a callback");
	}
	if (ctx->kind != REG_CTX) {
		return refuse(step, REFUSE_PACKET_LOAD_CTX, MODBPF_REG_PACKET_CTX,
			      "at the time of BPF_LD_ABS|IND R6 != pointer to skb");
	}
	return check_ctx_unmoved(step, MODBPF_REG_PACKET_CTX);
}

static int check_index(struct step *step)
{
	u32 src = step->insn->src_reg;
	int err = check_reg_read(step, src);

	if (err || step_regs(step)[src].kind == REG_SCALAR)
		return err;
	return refuse(step, REFUSE_POINTER_OFFSET, src,
		      "R%u pointer cannot be an offset in the packet", src);
}

/* The way that ends here: as an exit with R0 = 0. */
static int check_end(struct step *step)
{
	struct scalar zero = scalar_const(0);
	int err;

	if (step->state->frame_cnt > 1)
		return step_fork_return(step, &zero);
	step_regs(step)[0] = reg_scalar(zero);
	err = check_exit(step);
	step->ended = false;
	return err;
}

int check_packet_load(struct step *step)
{
	const struct opcode *row = opcode_lookup(step->insn->code);
	struct reg *regs = step_regs(step);
	int err = check_unlocked_call(step);
	u32 i;

	if (!err)
		err = check_place(step);
	if (!err && row->form == FORM_LD_IND)
		err = check_index(step);
	if (!err)
		err = check_end(step);
	if (err)
		return err;
	regs[0] = reg_scalar(scalar_loaded(row->bytes, false));
	for (i = 1; i <= 5; i++)
		regs[i] = reg_uninit();
	return 0;
}

static struct modbpf_insn make(u8 code, u8 dst, u8 src, s16 off, s32 imm)
{
	return (struct modbpf_insn){ .code = code, .dst_reg = dst, .src_reg = src, .off = off, .imm = imm };
}

u32 packet_load_expand(const struct modbpf_insn *insn, struct modbpf_insn *out)
{
	const struct opcode *row = opcode_lookup(insn->code);
	u32 cnt = 0;

	/* First the index, which may be in R1. The sum wraps at 32 bits. */
	if (row->form == FORM_LD_IND) {
		out[cnt++] = make(BPF_ALU | BPF_MOV | BPF_X, 2, insn->src_reg, 0, 0);
		out[cnt++] = make(BPF_ALU | BPF_ADD | BPF_K, 2, 0, 0, insn->imm);
	} else {
		out[cnt++] = make(BPF_ALU | BPF_MOV | BPF_K, 2, 0, 0, insn->imm);
	}
	out[cnt++] = make(BPF_ALU64 | BPF_MOV | BPF_X, 1, MODBPF_REG_PACKET_CTX, 0, 0);
	out[cnt++] = make(BPF_ALU64 | BPF_MOV | BPF_K, 3, 0, 0, row->bytes);
	out[cnt++] = make(BPF_JMP | BPF_CALL, 0, 0, 0, MODBPF_FUNC_packet_load);
	out[cnt++] = make(BPF_JMP | BPF_JSGE | BPF_K, 0, 0, 2, 0);
	out[cnt++] = make(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 0);
	out[cnt++] = make(BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
	return cnt;
}
