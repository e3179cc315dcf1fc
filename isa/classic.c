// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Is a classic filter well formed, and which eBPF does the same? A is R0, where the legacy
 * packet loads leave their result, X is R7, the context R6; M[] lies on the stack. A and X
 * have 32 bits: every operation is one of 32 bits, so the upper halves stay zero. Jumps go
 * forward only, so one pass tells what is reached and which words of M[] are set.
 */
#include "isa/classic.h"

#include "isa/abi.h"

#define A 0
#define X 7
#define SAVED 8		/* keeps A over a load for X */
#define MAX_EXPANSION 7	/* eBPF instructions of one classic one; see expand() */

static_assert(CLASSIC_MAX_INSNS * MAX_EXPANSION < 0x7fff, "every jump fits in 16 bits");

/* Fields of a classic opcode; class, size, mode and operators are those of eBPF. */
#define LEN 0x80
#define MSH 0xa0
#define CLASS_RET 0x06
#define CLASS_MISC 0x07
#define RET_A 0x10
#define MISC_TXA 0x80

enum classic_kind {
	KIND_NONE,
	KIND_LOAD_ABS,		/* A = packet[k], or something beside the packet */
	KIND_LOAD_IND,		/* A = packet[X + k] */
	KIND_LOAD_IMM,		/* A or X = k */
	KIND_LOAD_MEM,		/* A or X = M[k] */
	KIND_LOAD_LEN,		/* A or X = bytes of the packet */
	KIND_LOAD_MSH,		/* X = 4 * (packet[k] & 15) */
	KIND_STORE,		/* M[k] = A or X */
	KIND_ALU,		/* A = A op k or X */
	KIND_NEG,
	KIND_JA,
	KIND_BRANCH,		/* if A op k or X */
	KIND_RETURN_K,
	KIND_RETURN_A,
	KIND_TAX,
	KIND_TXA,
};

#define BY_SIZE(mode, kind) \
	[BPF_LD | BPF_W | (mode)] = kind, [BPF_LD | BPF_H | (mode)] = kind, \
	[BPF_LD | BPF_B | (mode)] = kind
#define BY_SOURCE(code, kind) [(code) | BPF_K] = kind, [(code) | BPF_X] = kind

static const u8 kinds[256] = {
	BY_SIZE(BPF_ABS, KIND_LOAD_ABS), BY_SIZE(BPF_IND, KIND_LOAD_IND),
	[BPF_LD | BPF_IMM] = KIND_LOAD_IMM, [BPF_LDX | BPF_IMM] = KIND_LOAD_IMM,
	[BPF_LD | BPF_MEM] = KIND_LOAD_MEM, [BPF_LDX | BPF_MEM] = KIND_LOAD_MEM,
	[BPF_LD | LEN] = KIND_LOAD_LEN, [BPF_LDX | LEN] = KIND_LOAD_LEN,
	[BPF_LDX | BPF_B | MSH] = KIND_LOAD_MSH,
	[BPF_ST] = KIND_STORE, [BPF_STX] = KIND_STORE,
	BY_SOURCE(BPF_ALU | BPF_ADD, KIND_ALU), BY_SOURCE(BPF_ALU | BPF_SUB, KIND_ALU),
	BY_SOURCE(BPF_ALU | BPF_MUL, KIND_ALU), BY_SOURCE(BPF_ALU | BPF_DIV, KIND_ALU),
	BY_SOURCE(BPF_ALU | BPF_MOD, KIND_ALU), BY_SOURCE(BPF_ALU | BPF_AND, KIND_ALU),
	BY_SOURCE(BPF_ALU | BPF_OR, KIND_ALU), BY_SOURCE(BPF_ALU | BPF_XOR, KIND_ALU),
	BY_SOURCE(BPF_ALU | BPF_LSH, KIND_ALU), BY_SOURCE(BPF_ALU | BPF_RSH, KIND_ALU),
	[BPF_ALU | BPF_NEG] = KIND_NEG,
	[BPF_JMP | BPF_JA] = KIND_JA,
	BY_SOURCE(BPF_JMP | BPF_JEQ, KIND_BRANCH), BY_SOURCE(BPF_JMP | BPF_JGT, KIND_BRANCH),
	BY_SOURCE(BPF_JMP | BPF_JGE, KIND_BRANCH), BY_SOURCE(BPF_JMP | BPF_JSET, KIND_BRANCH),
	[CLASS_RET | BPF_K] = KIND_RETURN_K, [CLASS_RET | RET_A] = KIND_RETURN_A,
	[CLASS_MISC] = KIND_TAX, [CLASS_MISC | MISC_TXA] = KIND_TXA,
};

static u8 kind_of(const struct classic_insn *insn)
{
	return insn->code < ARRAY_SIZE(kinds) ? kinds[insn->code] : KIND_NONE;
}

/* What is beside the packet: a field of struct __sk_buff, or a helper. */
enum { AD_FIELD = 1, AD_FIELD_BE16, AD_HELPER, AD_XOR };

static const struct ancillary {
	u8 how;		/* 0: not here */
	u8 arg;		/* offset of the field, or the helper's id */
} ancillaries[CLASSIC_AD_MAX] = {
	[CLASSIC_AD_PROTOCOL] = { AD_FIELD_BE16, 16 },
	[CLASSIC_AD_PKTTYPE] = { AD_FIELD, 4 },
	[CLASSIC_AD_IFINDEX] = { AD_FIELD, 40 },
	[CLASSIC_AD_MARK] = { AD_FIELD, 8 },
	[CLASSIC_AD_QUEUE] = { AD_FIELD, 12 },
	[CLASSIC_AD_RXHASH] = { AD_FIELD, 68 },
	[CLASSIC_AD_CPU] = { AD_HELPER, MODBPF_FUNC_get_smp_processor_id },
	[CLASSIC_AD_ALU_XOR_X] = { AD_XOR, 0 },
	[CLASSIC_AD_VLAN_TAG] = { AD_FIELD, 24 },
	[CLASSIC_AD_VLAN_TAG_PRESENT] = { AD_FIELD, 20 },
	[CLASSIC_AD_RANDOM] = { AD_HELPER, MODBPF_FUNC_get_prandom_u32 },
	[CLASSIC_AD_VLAN_TPID] = { AD_FIELD_BE16, 28 },
};

/* NULL: @k is a place in the packet. */
static const struct ancillary *ancillary_of(u32 k)
{
	u32 which = k - (u32)CLASSIC_AD_OFF;

	return which < CLASSIC_AD_MAX ? &ancillaries[which] : NULL;
}

/* --- the check ------------------------------------------------------------------- */

/* Words of M[] that are set on every way to an instruction; NOT_REACHED: there is none. */
#define NOT_REACHED 0xffffffffu

static const char *wrong_operand(const struct classic_insn *insn, u32 set)
{
	u8 op = BPF_OP(insn->code);
	bool by_k = BPF_SRC(insn->code) == BPF_K;

	switch (kind_of(insn)) {
	case KIND_NONE:
		return "has an unknown opcode";
	case KIND_LOAD_ABS:
		if ((s32)insn->k >= CLASSIC_AD_OFF && (s32)insn->k < 0 &&
		    (!ancillary_of(insn->k) || !ancillary_of(insn->k)->how))
			return "loads what is not to be had here (SKF_AD_OFF)";
		return NULL;
	case KIND_LOAD_MEM:
		if (insn->k >= CLASSIC_MEMORY)
			return "loads a word of M[] that there is not";
		return set >> insn->k & 1 ? NULL : "loads a word of M[] that no store has set";
	case KIND_STORE:
		return insn->k >= CLASSIC_MEMORY ? "stores to a word of M[] that there is not" : NULL;
	case KIND_ALU:
		if (by_k && (op == BPF_DIV || op == BPF_MOD) && !insn->k)
			return "divides by zero";
		if (by_k && (op == BPF_LSH || op == BPF_RSH) && insn->k >= 32)
			return "shifts by 32 or more";
		return NULL;
	default:
		return NULL;
	}
}

/* @set holds on one more way to instruction @to. */
static bool reach(u32 *sets, u32 cnt, u64 to, u32 set)
{
	if (to >= cnt)
		return false;
	sets[to] &= set;
	return true;
}

static bool follow(const struct classic_insn *insns, u32 cnt, u32 pc, u32 *sets)
{
	const struct classic_insn *insn = &insns[pc];
	u32 set = sets[pc];

	switch (kind_of(insn)) {
	case KIND_RETURN_K:
	case KIND_RETURN_A:
		return true;
	case KIND_JA:
		return reach(sets, cnt, (u64)pc + 1 + insn->k, set);
	case KIND_BRANCH:
		return reach(sets, cnt, (u64)pc + 1 + insn->jt, set) &&
		       reach(sets, cnt, (u64)pc + 1 + insn->jf, set);
	case KIND_STORE:
		return reach(sets, cnt, (u64)pc + 1, set | 1u << insn->k);
	default:
		return reach(sets, cnt, (u64)pc + 1, set);
	}
}

/* For each instruction what of M[] is set there. NULL, or what is wrong with @error->insn. */
static const char *walk(const struct classic_insn *insns, u32 cnt, u32 *sets, u32 *wrong)
{
	const char *what;
	u32 pc;

	*wrong = cnt - 1;
	if (kind_of(&insns[cnt - 1]) != KIND_RETURN_K && kind_of(&insns[cnt - 1]) != KIND_RETURN_A)
		return "is the last, and no return";
	for (pc = 0; pc < cnt; pc++)
		sets[pc] = NOT_REACHED;
	sets[0] = 0;
	for (pc = 0; pc < cnt; pc++) {
		*wrong = pc;
		what = wrong_operand(&insns[pc], sets[pc]);
		if (what)
			return what;
		/* What is not reached must be well formed too, and adds nothing where it goes. */
		if (!follow(insns, cnt, pc, sets))
			return "goes on behind the end";
	}
	return NULL;
}

int classic_check(const struct classic_insn *insns, u32 cnt, struct classic_error *error)
{
	u32 *sets;

	error->insn = 0;
	if (!cnt || cnt > CLASSIC_MAX_INSNS) {
		error->what = "is not the first of 1 to 4096 instructions";
		return -EINVAL;
	}
	sets = modbpf_zalloc(cnt * sizeof(*sets));
	if (!sets)
		return -ENOMEM;
	error->what = walk(insns, cnt, sets, &error->insn);
	modbpf_free(sets);
	return error->what ? -EINVAL : 0;
}

/* --- the translation ---------------------------------------------------------------- */

struct writer {
	struct modbpf_insn *out;
	u32 cnt;
};

static void put(struct writer *w, u8 code, u8 dst, u8 src, s16 off, s32 imm)
{
	w->out[w->cnt++] = (struct modbpf_insn){ .code = code, .dst_reg = dst, .src_reg = src,
						 .off = off, .imm = imm };
}

static void put_move(struct writer *w, u8 dst, u8 src)
{
	put(w, BPF_ALU | BPF_MOV | BPF_X, dst, src, 0, 0);
}

static void put_set(struct writer *w, u8 dst, u32 k)
{
	put(w, BPF_ALU | BPF_MOV | BPF_K, dst, 0, 0, k);
}

static void put_exit(struct writer *w)
{
	put(w, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

static void put_ancillary(struct writer *w, const struct ancillary *ancillary)
{
	switch (ancillary->how) {
	case AD_HELPER:
		put(w, BPF_JMP | BPF_CALL, 0, 0, 0, ancillary->arg);
		put_move(w, A, A);
		break;
	case AD_XOR:
		put(w, BPF_ALU | BPF_XOR | BPF_X, A, X, 0, 0);
		break;
	default:
		put(w, BPF_LDX | BPF_MEM | BPF_W, A, MODBPF_REG_PACKET_CTX, ancillary->arg, 0);
		if (ancillary->how == AD_FIELD_BE16)
			put(w, BPF_ALU | BPF_END | BPF_TO_BE, A, 0, 0, 16);
		break;
	}
}

static void put_alu(struct writer *w, const struct classic_insn *insn)
{
	u8 op = BPF_OP(insn->code);

	if (BPF_SRC(insn->code) == BPF_K) {
		put(w, insn->code, A, 0, 0, insn->k);
		return;
	}
	if (op == BPF_DIV || op == BPF_MOD) {
		put(w, BPF_JMP32 | BPF_JNE | BPF_K, X, 0, 2, 0);
		put_set(w, A, 0);
		put_exit(w);
	}
	put(w, insn->code, A, X, 0, 0);
}

/* The operator that holds when @op does not; 0: none. */
static u8 negation(u8 op)
{
	switch (op) {
	case BPF_JEQ:
		return BPF_JNE;
	case BPF_JGT:
		return BPF_JLE;
	case BPF_JGE:
		return BPF_JLT;
	default:
		return 0;
	}
}

/* @places: where each classic instruction begins; this one at @w->cnt. */
static void put_branch(struct writer *w, const struct classic_insn *insn, const u32 *places)
{
	u8 op = BPF_OP(insn->code), src = BPF_SRC(insn->code), reg = src == BPF_X ? X : 0;
	u32 taken = places[1 + insn->jt], fell = places[1 + insn->jf];
	s32 k = src == BPF_X ? 0 : insn->k;

	if (!insn->jt && insn->jf && negation(op)) {
		put(w, BPF_JMP32 | negation(op) | src, A, reg, fell - w->cnt - 1, k);
		return;
	}
	put(w, BPF_JMP32 | op | src, A, reg, taken - w->cnt - 1, k);
	if (insn->jf)
		put(w, BPF_JMP | BPF_JA, 0, 0, fell - w->cnt - 1, 0);
}

static void put_load(struct writer *w, const struct classic_insn *insn)
{
	u8 dst = BPF_CLASS(insn->code) == BPF_LD ? A : X;

	switch (kind_of(insn)) {
	case KIND_LOAD_ABS:
		if (ancillary_of(insn->k))
			put_ancillary(w, ancillary_of(insn->k));
		else
			put(w, insn->code, 0, 0, 0, insn->k);
		break;
	case KIND_LOAD_IND:
		put(w, insn->code, 0, X, 0, insn->k);
		break;
	case KIND_LOAD_IMM:
		put_set(w, dst, insn->k);
		break;
	case KIND_LOAD_MEM:
		put(w, BPF_LDX | BPF_MEM | BPF_W, dst, MODBPF_REG_FP, -4 * (s32)(insn->k + 1), 0);
		break;
	case KIND_LOAD_LEN:
		put(w, BPF_LDX | BPF_MEM | BPF_W, dst, MODBPF_REG_PACKET_CTX, 0, 0);
		break;
	default:
		put_move(w, SAVED, A);
		put(w, BPF_LD | BPF_ABS | BPF_B, 0, 0, 0, insn->k);
		put(w, BPF_ALU | BPF_AND | BPF_K, A, 0, 0, 15);
		put(w, BPF_ALU | BPF_LSH | BPF_K, A, 0, 0, 2);
		put_move(w, X, A);
		put_move(w, A, SAVED);
		break;
	}
}

/* At most MAX_EXPANSION instructions; as many in the pass that places as in that which writes. */
static void expand(struct writer *w, const struct classic_insn *insn, const u32 *places)
{
	switch (kind_of(insn)) {
	case KIND_STORE:
		put(w, BPF_STX | BPF_MEM | BPF_W, MODBPF_REG_FP,
		    BPF_CLASS(insn->code) == BPF_ST ? A : X, -4 * (s32)(insn->k + 1), 0);
		break;
	case KIND_ALU:
		put_alu(w, insn);
		break;
	case KIND_NEG:
		put(w, BPF_ALU | BPF_NEG, A, 0, 0, 0);
		break;
	case KIND_JA:
		put(w, BPF_JMP | BPF_JA, 0, 0, places[1 + insn->k] - w->cnt - 1, 0);
		break;
	case KIND_BRANCH:
		if (insn->jt != insn->jf)
			put_branch(w, insn, places);
		else
			put(w, BPF_JMP | BPF_JA, 0, 0, places[1 + insn->jt] - w->cnt - 1, 0);
		break;
	case KIND_RETURN_K:
		put_set(w, A, insn->k);
		put_exit(w);
		break;
	case KIND_RETURN_A:
		put_exit(w);
		break;
	case KIND_TAX:
		put_move(w, X, A);
		break;
	case KIND_TXA:
		put_move(w, A, X);
		break;
	default:
		put_load(w, insn);
		break;
	}
}

static void put_start(struct writer *w)
{
	put(w, BPF_ALU64 | BPF_MOV | BPF_X, MODBPF_REG_PACKET_CTX, 1, 0, 0);
	put_set(w, A, 0);
	put_set(w, X, 0);
}

/*
 * Write what is reached. The first pass has no places to jump to and only finds them:
 * @places has one entry more than @cnt.
 */
static u32 write_insns(const struct classic_insn *insns, u32 cnt, const u32 *sets, u32 *places,
		       struct modbpf_insn *out)
{
	struct writer w = { .out = out };
	u32 pc;

	put_start(&w);
	for (pc = 0; pc < cnt; pc++) {
		places[pc] = w.cnt;
		if (sets[pc] != NOT_REACHED)
			expand(&w, &insns[pc], places + pc);
	}
	places[cnt] = w.cnt;
	return w.cnt;
}

int classic_translate(const struct classic_insn *insns, u32 cnt, struct modbpf_insn **out,
		      u32 *out_cnt)
{
	u32 *places = modbpf_zalloc((cnt + 1) * sizeof(*places)), wrong;
	u32 *sets = modbpf_zalloc(cnt * sizeof(*sets));
	int err = -ENOMEM;

	*out = modbpf_zalloc((3 + cnt * MAX_EXPANSION) * sizeof(**out));
	if (!places || !sets || !*out)
		goto out;
	walk(insns, cnt, sets, &wrong);
	write_insns(insns, cnt, sets, places, *out);
	*out_cnt = write_insns(insns, cnt, sets, places, *out);
	err = 0;
out:
	modbpf_free(places);
	modbpf_free(sets);
	if (err)
		modbpf_free(*out);
	return err;
}
