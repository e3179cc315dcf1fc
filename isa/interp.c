// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What does a verified program do, instruction by instruction (RFC 9669 sections
 * 4 and 5)? Nothing here checks what the verifier has proved, but for the bounds
 * of the interpreter's own stacks, which a tail call could overrun.
 *
 * Memory is reached by memcpy: programs may access packet data unaligned.
 */
#include "isa/interp.h"

#include "isa/abi.h"
#include "isa/opcode.h"

#define CALLEE_SAVED 4	/* R6 to R9 */

struct interp_frame {
	u64 saved[CALLEE_SAVED];
	const struct interp_env *env;
	u32 pc;			/* where to go on */
	u32 depth;		/* bytes of stack of this frame */
};

/*
 * A running program. It lies on the C stack, so the stack of all frames together
 * is what Linux allows for a call chain. A frame's R10 is the end of its part;
 * callees lie below.
 */
struct interp {
	u64 regs[MODBPF_REG_COUNT];
	const struct interp_env *root;	/* whose trace and limits count */
	const struct interp_env *env;	/* of the running program: a tail call changes it */
	u32 pc;
	u32 depth;			/* bytes of stack of the running frame */
	u32 stack_used;			/* bytes of stack of its callers */
	u16 frame_cnt;			/* callers */
	u16 tail_calls;
	struct interp_frame frames[MODBPF_MAX_FRAMES - 1];
	u8 stack[MODBPF_STACK_SIZE] __attribute__((aligned(8)));
};

enum step { STEP_ON, STEP_DONE };

static u64 swap_bits(u8 code, s32 bits, u64 value)
{
	bool swap = BPF_CLASS(code) == BPF_ALU64 || BPF_SRC(code) == BPF_TO_BE;

	switch (bits) {
	case 16:
		return swap ? __builtin_bswap16(value) : (u16)value;
	case 32:
		return swap ? __builtin_bswap32(value) : (u32)value;
	default:
		return swap ? __builtin_bswap64(value) : value;
	}
}

/* Section 4.1: a division by zero gives 0, its remainder is the dividend. */
static u64 divide64(u64 a, u64 b, bool is_signed)
{
	if (!b)
		return 0;
	if (!is_signed)
		return a / b;
	return b == ~0ULL ? 0 - a : (u64)((s64)a / (s64)b);
}

static u64 modulo64(u64 a, u64 b, bool is_signed)
{
	if (!b)
		return a;
	if (!is_signed)
		return a % b;
	return b == ~0ULL ? 0 : (u64)((s64)a % (s64)b);
}

static u32 divide32(u32 a, u32 b, bool is_signed)
{
	if (!b)
		return 0;
	if (!is_signed)
		return a / b;
	return b == ~0U ? 0 - a : (u32)((s32)a / (s32)b);
}

static u32 modulo32(u32 a, u32 b, bool is_signed)
{
	if (!b)
		return a;
	if (!is_signed)
		return a % b;
	return b == ~0U ? 0 : (u32)((s32)a % (s32)b);
}

static u64 extend(u64 value, u32 from_bits)
{
	switch (from_bits) {
	case 8:
		return (s8)value;
	case 16:
		return (s16)value;
	case 32:
		return (s32)value;
	default:
		return value;
	}
}

static u64 alu64(const struct modbpf_insn *insn, u64 a, u64 b)
{
	switch (BPF_OP(insn->code)) {
	case BPF_ADD:
		return a + b;
	case BPF_SUB:
		return a - b;
	case BPF_MUL:
		return a * b;
	case BPF_DIV:
		return divide64(a, b, opcode_is_signed(insn));
	case BPF_OR:
		return a | b;
	case BPF_AND:
		return a & b;
	case BPF_LSH:
		return a << (b & 63);
	case BPF_RSH:
		return a >> (b & 63);
	case BPF_NEG:
		return 0 - a;
	case BPF_MOD:
		return modulo64(a, b, opcode_is_signed(insn));
	case BPF_XOR:
		return a ^ b;
	case BPF_ARSH:
		return (s64)a >> (b & 63);
	default:
		return extend(b, opcode_extends_from(insn));
	}
}

static u32 alu32(const struct modbpf_insn *insn, u32 a, u32 b)
{
	switch (BPF_OP(insn->code)) {
	case BPF_ADD:
		return a + b;
	case BPF_SUB:
		return a - b;
	case BPF_MUL:
		return a * b;
	case BPF_DIV:
		return divide32(a, b, opcode_is_signed(insn));
	case BPF_OR:
		return a | b;
	case BPF_AND:
		return a & b;
	case BPF_LSH:
		return a << (b & 31);
	case BPF_RSH:
		return a >> (b & 31);
	case BPF_NEG:
		return 0 - a;
	case BPF_MOD:
		return modulo32(a, b, opcode_is_signed(insn));
	case BPF_XOR:
		return a ^ b;
	case BPF_ARSH:
		return (s32)a >> (b & 31);
	default:
		return extend(b, opcode_extends_from(insn));
	}
}

/* The second operand: a register, or the constant, sign-extended. */
static u64 operand(const struct interp *in, const struct modbpf_insn *insn)
{
	return BPF_SRC(insn->code) == BPF_X ? in->regs[insn->src_reg] : (u64)(s64)insn->imm;
}

static void run_alu(struct interp *in, const struct modbpf_insn *insn)
{
	u64 *dst = &in->regs[insn->dst_reg];

	if (BPF_OP(insn->code) == BPF_END)
		*dst = swap_bits(insn->code, insn->imm, *dst);
	else if (BPF_CLASS(insn->code) == BPF_ALU64)
		*dst = alu64(insn, *dst, operand(in, insn));
	else
		*dst = alu32(insn, *dst, operand(in, insn));
}

static bool compare64(u8 op, u64 a, u64 b)
{
	switch (op) {
	case BPF_JEQ:
		return a == b;
	case BPF_JGT:
		return a > b;
	case BPF_JGE:
		return a >= b;
	case BPF_JSET:
		return a & b;
	case BPF_JNE:
		return a != b;
	case BPF_JSGT:
		return (s64)a > (s64)b;
	case BPF_JSGE:
		return (s64)a >= (s64)b;
	case BPF_JLT:
		return a < b;
	case BPF_JLE:
		return a <= b;
	case BPF_JSLT:
		return (s64)a < (s64)b;
	default:
		return (s64)a <= (s64)b;
	}
}

/* A 32-bit comparison is that of both halves sign-extended: the order is the same. */
static bool is_taken(const struct interp *in, const struct modbpf_insn *insn)
{
	u64 a = in->regs[insn->dst_reg], b = operand(in, insn);

	if (BPF_CLASS(insn->code) == BPF_JMP32) {
		a = (s32)a;
		b = (s32)b;
	}
	return compare64(BPF_OP(insn->code), a, b);
}

static void *address(u64 addr)
{
	return (void *)(unsigned long)addr;
}

/* The bytes at @addr, zero-extended. */
static u64 load(u64 addr, u32 bytes)
{
	u64 wide = 0;

	switch (bytes) {
	case 1:
		memcpy(&wide, address(addr), 1);
		break;
	case 2:
		memcpy(&wide, address(addr), 2);
		break;
	case 4:
		memcpy(&wide, address(addr), 4);
		break;
	default:
		memcpy(&wide, address(addr), 8);
		break;
	}
	return wide;
}

static void store(u64 addr, u32 bytes, u64 value)
{
	switch (bytes) {
	case 1:
		memcpy(address(addr), &value, 1);
		break;
	case 2:
		memcpy(address(addr), &value, 2);
		break;
	case 4:
		memcpy(address(addr), &value, 4);
		break;
	default:
		memcpy(address(addr), &value, 8);
		break;
	}
}

static void run_load(struct interp *in, const struct modbpf_insn *insn)
{
	const struct insn_fact *fact = &in->env->prog->facts[in->pc];
	u32 bytes = insn_access_bytes(insn->code);
	u64 addr = in->regs[insn->src_reg] + insn->off;
	u64 value;

	if (fact->flags & FACT_PROBE_LOAD)
		value = in->root->probe_load(addr, bytes);
	else
		value = load(addr, bytes);
	if (BPF_MODE(insn->code) == BPF_MEMSX)
		value = extend(value, bytes * 8);
	in->regs[insn->dst_reg] = value;
}

static u64 atomic64(s32 op, u64 *at, u64 value, u64 *expected)
{
	switch (op & ~BPF_FETCH) {
	case BPF_ADD:
		return __atomic_fetch_add(at, value, __ATOMIC_SEQ_CST);
	case BPF_OR:
		return __atomic_fetch_or(at, value, __ATOMIC_SEQ_CST);
	case BPF_AND:
		return __atomic_fetch_and(at, value, __ATOMIC_SEQ_CST);
	case BPF_XOR:
		return __atomic_fetch_xor(at, value, __ATOMIC_SEQ_CST);
	case BPF_XCHG & ~BPF_FETCH:
		return __atomic_exchange_n(at, value, __ATOMIC_SEQ_CST);
	default:
		__atomic_compare_exchange_n(at, expected, value, false, __ATOMIC_SEQ_CST,
					    __ATOMIC_SEQ_CST);
		return *expected;	/* what was there, if it was equal or not */
	}
}

static u32 atomic32(s32 op, u32 *at, u32 value, u32 *expected)
{
	switch (op & ~BPF_FETCH) {
	case BPF_ADD:
		return __atomic_fetch_add(at, value, __ATOMIC_SEQ_CST);
	case BPF_OR:
		return __atomic_fetch_or(at, value, __ATOMIC_SEQ_CST);
	case BPF_AND:
		return __atomic_fetch_and(at, value, __ATOMIC_SEQ_CST);
	case BPF_XOR:
		return __atomic_fetch_xor(at, value, __ATOMIC_SEQ_CST);
	case BPF_XCHG & ~BPF_FETCH:
		return __atomic_exchange_n(at, value, __ATOMIC_SEQ_CST);
	default:
		__atomic_compare_exchange_n(at, expected, value, false, __ATOMIC_SEQ_CST,
					    __ATOMIC_SEQ_CST);
		return *expected;
	}
}

/* Loads with acquire and stores with release order, of all four sizes. */
static u64 load_acquire(u64 addr, u32 bytes)
{
	switch (bytes) {
	case 1:
		return __atomic_load_n((u8 *)address(addr), __ATOMIC_ACQUIRE);
	case 2:
		return __atomic_load_n((u16 *)address(addr), __ATOMIC_ACQUIRE);
	case 4:
		return __atomic_load_n((u32 *)address(addr), __ATOMIC_ACQUIRE);
	default:
		return __atomic_load_n((u64 *)address(addr), __ATOMIC_ACQUIRE);
	}
}

static void store_release(u64 addr, u32 bytes, u64 value)
{
	switch (bytes) {
	case 1:
		__atomic_store_n((u8 *)address(addr), value, __ATOMIC_RELEASE);
		break;
	case 2:
		__atomic_store_n((u16 *)address(addr), value, __ATOMIC_RELEASE);
		break;
	case 4:
		__atomic_store_n((u32 *)address(addr), value, __ATOMIC_RELEASE);
		break;
	default:
		__atomic_store_n((u64 *)address(addr), value, __ATOMIC_RELEASE);
		break;
	}
}

static void run_atomic(struct interp *in, const struct modbpf_insn *insn)
{
	u32 bytes = insn_access_bytes(insn->code);
	u64 *src = &in->regs[insn->src_reg];
	u64 addr = in->regs[insn->dst_reg] + insn->off;
	u64 expected64 = in->regs[0], old;
	u32 expected32 = expected64;

	if (insn->imm == MODBPF_LOAD_ACQ) {
		in->regs[insn->dst_reg] = load_acquire(*src + insn->off, bytes);
		return;
	}
	if (insn->imm == MODBPF_STORE_REL) {
		store_release(addr, bytes, *src);
		return;
	}
	if (bytes == 8)
		old = atomic64(insn->imm, address(addr), *src, &expected64);
	else
		old = atomic32(insn->imm, address(addr), *src, &expected32);
	if (insn->imm == BPF_CMPXCHG)
		in->regs[0] = old;
	else if (insn->imm & BPF_FETCH)
		*src = old;
}

static void run_store(struct interp *in, const struct modbpf_insn *insn)
{
	u64 addr = in->regs[insn->dst_reg] + insn->off;

	store(addr, insn_access_bytes(insn->code),
	      BPF_CLASS(insn->code) == BPF_ST ? (u64)(s64)insn->imm : in->regs[insn->src_reg]);
}

/* Subprograms are in ascending order. */
static const struct subprog *subprog_at(const struct verified_prog *prog, u32 start)
{
	u32 low = 0, high = prog->subprog_cnt, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (prog->subprogs[middle].start == start)
			return &prog->subprogs[middle];
		if (prog->subprogs[middle].start < start)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static u64 callback_handle(const struct interp_env *env, u32 start)
{
	const struct subprog *subprog = subprog_at(env->prog, start);

	if (!subprog || !env->callbacks)
		return 0;
	return (unsigned long)&env->callbacks[subprog - env->prog->subprogs];
}

static void run_ld_imm64(struct interp *in, const struct modbpf_insn *insn)
{
	const struct map_bind *binds = in->env->binds;
	u64 *dst = &in->regs[insn->dst_reg];

	if (insn->src_reg == BPF_PSEUDO_MAP_FD)
		*dst = binds[insn->imm].map;
	else if (insn->src_reg == BPF_PSEUDO_MAP_VALUE)
		*dst = binds[insn->imm].values + (u32)insn[1].imm;
	else if (insn->src_reg == BPF_PSEUDO_FUNC)
		*dst = callback_handle(in->env, in->pc + 1 + insn->imm);
	else if (insn->src_reg == MODBPF_PSEUDO_PROG)
		*dst = in->env->self;
	else
		*dst = insn_imm64(insn);
	in->pc += 2;
}

static u64 frame_top(struct interp *in)
{
	return (unsigned long)(in->stack + sizeof(in->stack) - in->stack_used);
}

static enum step enter_subprog(struct interp *in, const struct modbpf_insn *insn)
{
	u32 start = in->pc + 1 + insn->imm;
	const struct subprog *callee = subprog_at(in->env->prog, start);
	struct interp_frame *frame = &in->frames[in->frame_cnt];

	if (!callee || in->frame_cnt == ARRAY_SIZE(in->frames) ||
	    in->stack_used + in->depth + callee->stack_depth > sizeof(in->stack))
		return STEP_DONE;
	memcpy(frame->saved, &in->regs[6], sizeof(frame->saved));
	frame->env = in->env;
	frame->pc = in->pc + 1;
	frame->depth = in->depth;
	in->frame_cnt++;
	in->stack_used += in->depth;
	in->depth = callee->stack_depth;
	in->regs[MODBPF_REG_FP] = frame_top(in);
	in->pc = start;
	return STEP_ON;
}

static enum step leave_subprog(struct interp *in)
{
	const struct interp_frame *frame;

	if (!in->frame_cnt)
		return STEP_DONE;
	frame = &in->frames[--in->frame_cnt];
	memcpy(&in->regs[6], frame->saved, sizeof(frame->saved));
	in->env = frame->env;
	in->pc = frame->pc;
	in->depth = frame->depth;
	in->stack_used -= in->depth;
	in->regs[MODBPF_REG_FP] = frame_top(in);
	return STEP_ON;
}

/*
 * The program that a tail call goes to, NULL if it falls through. The callers of
 * the running frame stay, so what @next needs must fit beside them; it calls at
 * most as deep as it has subprograms, since none is recursive.
 */
static const struct interp_env *tail_target(const struct interp *in)
{
	const struct insn_fact *fact = &in->env->prog->facts[in->pc];
	const struct map_bind *bind;
	u32 index = in->regs[3];
	const struct interp_env *next;
	u64 *entries;

	if (!(fact->flags & FACT_CONST_MAP) || in->tail_calls == MODBPF_MAX_TAIL_CALLS)
		return NULL;
	bind = &in->env->binds[fact->map];
	if (index >= bind->max_entries)
		return NULL;
	index = modbpf_index_nospec(index, bind->max_entries);
	entries = address(bind->values);
	/* Pairs with the release of the entry's update. */
	next = address(__atomic_load_n(&entries[index], __ATOMIC_ACQUIRE));
	if (!next || !in->frame_cnt)
		return next;
	if (in->stack_used + next->prog->stats.stack_depth > sizeof(in->stack) ||
	    in->frame_cnt + next->prog->subprog_cnt > MODBPF_MAX_FRAMES)
		return NULL;
	return next;
}

static void run_tail_call(struct interp *in)
{
	const struct interp_env *next = tail_target(in);

	if (!next) {
		in->regs[0] = INTERP_TAIL_CALL_FAILED;
		in->pc++;
		return;
	}
	in->tail_calls++;
	in->env = next;
	in->pc = 0;
	in->depth = next->prog->subprogs[0].stack_depth;
}

static enum step run_call(struct interp *in, const struct modbpf_insn *insn)
{
	u64 (*helper)(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5);
	u64 *regs = in->regs;

	if (insn_is_subprog_call(insn))
		return enter_subprog(in, insn);
	if (!insn_is_helper_call(insn) || (u32)insn->imm >= MODBPF_FUNC_LIMIT)
		return STEP_DONE;
	if (insn->imm == MODBPF_FUNC_tail_call) {
		run_tail_call(in);
		return STEP_ON;
	}
	helper = address(in->env->helpers[insn->imm]);
	if (!helper)
		return STEP_DONE;
	regs[0] = helper(regs[1], regs[2], regs[3], regs[4], regs[5]);
	in->pc++;
	return STEP_ON;
}

static enum step run_jump(struct interp *in, const struct modbpf_insn *insn)
{
	bool is_32bit = BPF_CLASS(insn->code) == BPF_JMP32;

	switch (BPF_OP(insn->code)) {
	case BPF_EXIT:
		return leave_subprog(in);
	case BPF_CALL:
		return run_call(in, insn);
	case BPF_JA:
		in->pc += 1 + (is_32bit ? insn->imm : insn->off);
		return STEP_ON;
	default:
		in->pc += 1 + (is_taken(in, insn) ? insn->off : 0);
		return STEP_ON;
	}
}

static enum step run_insn(struct interp *in)
{
	const struct modbpf_insn *insn = &in->env->prog->insns[in->pc];

	if (in->env->prog->facts[in->pc].flags & FACT_FENCE)
		modbpf_fence();
	switch (BPF_CLASS(insn->code)) {
	case BPF_JMP:
	case BPF_JMP32:
		return run_jump(in, insn);
	case BPF_LD:
		/* Packet loads (BPF_ABS, BPF_IND) are rewritten before. */
		if (!insn_is_ld_imm64(insn))
			return STEP_DONE;
		run_ld_imm64(in, insn);
		return STEP_ON;
	case BPF_LDX:
		run_load(in, insn);
		break;
	case BPF_STX:
		if (BPF_MODE(insn->code) == BPF_ATOMIC)
			run_atomic(in, insn);
		else
			run_store(in, insn);
		break;
	case BPF_ST:
		run_store(in, insn);
		break;
	default:
		run_alu(in, insn);
		break;
	}
	in->pc++;
	return STEP_ON;
}

/* Apart from its caller, whose frame is full with the machine's state. */
static __attribute__((__noinline__)) u64 run_all(struct interp *in, bool *stopped)
{
	const struct interp_env *root = in->root;
	u64 done;

	for (done = 0; !root->max_insns || done < root->max_insns; done++) {
		if (root->trace)
			root->trace(root->cookie, in->env->prog, in->pc, in->regs, in->frame_cnt);
		if (run_insn(in) == STEP_DONE)
			return in->regs[0];
	}
	if (stopped)
		*stopped = true;
	return ~0ULL;
}

u64 modbpf_interp_callback(const struct interp_callback *callback, const u64 args[5])
{
	const struct interp_env *env = callback->env;
	const struct subprog *subprog = &env->prog->subprogs[callback - env->callbacks];
	struct interp in = { .root = env, .env = env };

	memcpy(&in.regs[1], args, 5 * sizeof(*args));
	in.regs[MODBPF_REG_FP] = frame_top(&in);
	in.pc = subprog->start;
	in.depth = subprog->stack_depth;
	return run_all(&in, NULL);
}

u64 modbpf_interp_run(const struct interp_env *env, const void *ctx, bool *stopped)
{
	/* Zeroed: a bug elsewhere must not show a program what the kernel left there. */
	struct interp in = { .root = env, .env = env };

	in.regs[1] = (unsigned long)ctx;
	in.regs[MODBPF_REG_FP] = frame_top(&in);
	in.depth = env->prog->subprogs[0].stack_depth;
	if (stopped)
		*stopped = false;
	return run_all(&in, stopped);
}
