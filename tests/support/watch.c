// SPDX-License-Identifier: GPL-2.0-only
/* Does a running program do what a safe program may not? See watch.h. */
#include "tests/support/watch.h"

#include "isa/abi.h"
#include "isa/interp.h"
#include "isa/opcode.h"
#include "tests/support/jitrun.h"
#include "tests/support/watchdynptr.h"
#include "tests/support/watchmem.h"
#include "tests/support/watchstack.h"
#include "verifier/helper.h"
#include "verifier/rule.h"

static struct watch *watching;

void watch_complain(struct watch *watch, const char *what)
{
	snprintf(watch->complaint, sizeof(watch->complaint), "final insn %u (from %u): %s",
		 watch->insn, watch->prog->origin[watch->insn], what);
	longjmp(watch->leave, 1);
}

bool watch_owns(struct watch *watch, u64 addr, u64 bytes)
{
	return watch_is_on_stack(watch, addr, bytes) || watch_is_in_world(addr, bytes, true);
}

static u8 check_read(struct watch *watch, u64 addr, u64 bytes)
{
	if (watch_is_on_stack(watch, addr, bytes))
		return watch_read_stack(watch, addr, bytes);
	if (watch_is_in_context(watch, addr, bytes, false))
		return watch_context_tag(watch, addr, bytes);
	if (!watch_is_in_world(addr, bytes, false))
		watch_complain(watch, "reads what is not its own");
	return TAG_NUMBER;
}

static void check_write(struct watch *watch, u64 addr, u64 bytes, u8 tag)
{
	if (watch_is_on_stack(watch, addr, bytes)) {
		watch_write_stack(watch, addr, bytes, tag);
		return;
	}
	if (!watch_is_in_world(addr, bytes, true) && !watch_is_in_context(watch, addr, bytes, true))
		watch_complain(watch, "writes what is not its own");
	if (watch_as_number(watch, tag) != TAG_NUMBER)
		watch_complain(watch, "writes a pointer to where others read");
}

/* --- helpers ---------------------------------------------------------------- */

static void helper_reads(u64 addr, u64 bytes)
{
	if (bytes && watch_is_on_stack(watching, addr, bytes)) {
		u64 i;

		for (i = 0; i < bytes; i++)
			watch_read_stack(watching, addr + i, 1);
	} else if (bytes && !watch_is_in_world(addr, bytes, false)) {
		watch_complain(watching, "lets a helper read what is not its own");
	}
}

static void helper_writes(u64 addr, u64 bytes)
{
	if (watch_is_on_stack(watching, addr, bytes))
		watch_write_stack(watching, addr, bytes, TAG_NUMBER);
	else if (!watch_is_in_world(addr, bytes, true))
		watch_complain(watching, "lets a helper write what is not its own");
}

static bool helper_is_given_pointer(u32 reg)
{
	return watch_top(watching)->tags[reg] == TAG_POINTER;
}

static void helper_keeps(u64 addr, u64 bytes)
{
	if (!watch_is_in_values(addr, bytes, true) || !watch_is_in_values(addr, bytes, false))
		watch_complain(watching, "lets a helper keep what is no map's");
}

static void helper_makes_dynptr(u64 addr, bool is_held)
{
	if (addr % 8 || !watch_is_on_stack(watching, addr, WATCH_DYNPTR_BYTES))
		watch_complain(watching, "has a dynptr made elsewhere than in its stack");
	watch_make_dynptr(watching, addr, is_held);
}

static void helper_uses_dynptr(u64 addr)
{
	watch_use_dynptr(watching, addr);
}

static void helper_releases_dynptr(u64 addr)
{
	watch_release_dynptr(watching, addr);
}

static void helper_gives_pointer(void)
{
	watching->result_tag = TAG_POINTER;
}

static void helper_complains(const char *what)
{
	char text[100];

	snprintf(text, sizeof(text), "calls a helper that %s", what);
	watch_complain(watching, text);
}

/* What a callback's first frame begins with; the caller waits in its call of the helper. */
static void helper_calls_back(u32 cnt, u32 pointers)
{
	struct watch *watch = watching;
	struct watch_frame *callee;
	u32 i;

	watch_running_stack(watch)->low = watch_stack_start(watch);
	if (watch->depth + 1 == MODBPF_MAX_FRAMES)
		watch_complain(watch, "calls deeper than programs may");
	watch_top(watch)->call = watch->insn;
	callee = &watch->frames[++watch->depth];
	memset(callee->tags, TAG_UNSET, sizeof(callee->tags));
	for (i = 1; i <= cnt; i++)
		callee->tags[i] = pointers >> i & 1 ? TAG_POINTER : TAG_NUMBER;
	callee->tags[MODBPF_REG_FP] = TAG_POINTER;
	watch->in_call = false;
	memset(&watch->stacks[watch->stack_cnt], 0, sizeof(watch->stacks[0]));
	watch->stacks[watch->stack_cnt++].bottom = watch->depth;
}

static void helper_came_back(u64 result)
{
	struct watch *watch = watching;

	if (watch->elsewhere || watch->depth != watch_running_stack(watch)->bottom)
		watch_complain(watch, "does not return from a callback");
	if (result > 1)
		watch_complain(watch, "returns from a callback what it may not");
	watch->stack_cnt--;
	watch->depth--;
	watch->insn = watch_top(watch)->call;
	watch->in_call = true;
	watch->upper_zero_reg = -1;
	watch->result_tag = TAG_NUMBER;
}

static const struct world_watcher watcher = {
	.reads = helper_reads, .writes = helper_writes,
	.gives_pointer = helper_gives_pointer, .is_given_pointer = helper_is_given_pointer,
	.keeps = helper_keeps, .makes_dynptr = helper_makes_dynptr,
	.uses_dynptr = helper_uses_dynptr, .releases_dynptr = helper_releases_dynptr,
	.calls_back = helper_calls_back, .came_back = helper_came_back, .complain = helper_complains,
};

/* --- instructions ------------------------------------------------------------ */

static u8 read_reg(struct watch *watch, u32 reg)
{
	u8 tag = watch_top(watch)->tags[reg];

	if (tag == TAG_UNSET)
		watch_complain(watch, "reads a register that holds nothing");
	return tag;
}

/* Does OR add to a place on the stack? Compilers make it of an addition to what is aligned. */
static bool is_addition(struct watch *watch, const struct modbpf_insn *insn)
{
	const u64 *regs = watch_top(watch)->regs;
	u64 by = BPF_SRC(insn->code) == BPF_X ? regs[insn->src_reg] : (u64)(s64)insn->imm;

	return BPF_OP(insn->code) == BPF_OR && !(regs[insn->dst_reg] & by) &&
	       watch_is_on_stack(watch, regs[insn->dst_reg], 1);
}

/* A typed pointer and a number make another place in the same structure. */
static bool moves_typed(const struct modbpf_insn *insn, const struct opcode *row, u8 dst, u8 src)
{
	u8 op = BPF_OP(insn->code);

	if (opcode_is_32bit(insn->code) || row->form == FORM_NEG || row->form == FORM_SWAP)
		return false;
	return (dst >= TAG_TYPED && src == TAG_NUMBER && (op == BPF_ADD || op == BPF_SUB)) ||
	       (dst == TAG_NUMBER && src >= TAG_TYPED && op == BPF_ADD);
}

/* Is a lower half moved by a number, or a distance computed from two? */
static bool moves_low(u8 op, u8 dst, u8 src)
{
	return (op == BPF_SUB && dst > TAG_NUMBER) ||
	       (op == BPF_ADD && (dst == TAG_NUMBER || src == TAG_NUMBER));
}

static u8 tag_of_alu(struct watch *watch, const struct modbpf_insn *insn,
		     const struct opcode *row)
{
	u8 op = BPF_OP(insn->code), src = TAG_NUMBER, dst;
	bool is_mov = op == BPF_MOV && row->form != FORM_NEG && row->form != FORM_SWAP;

	if (row->form == FORM_ALU_REG)
		src = read_reg(watch, insn->src_reg);
	if (is_mov) {
		if (opcode_is_32bit(insn->code) || insn->off)
			src = watch_as_number(watch, src);
		if (src > TAG_NUMBER && insn->off)
			watch_complain(watch, "copies a part of a pointer");
		return src > TAG_NUMBER && opcode_is_32bit(insn->code) ? TAG_LOW : src;
	}
	dst = read_reg(watch, insn->dst_reg);
	if (moves_typed(insn, row, dst, src))
		return dst >= TAG_TYPED ? dst : src;
	dst = watch_as_number(watch, dst);
	src = watch_as_number(watch, src);
	if (dst == TAG_NUMBER && src == TAG_NUMBER)
		return TAG_NUMBER;
	if (opcode_is_32bit(insn->code) && moves_low(op, dst, src))
		return dst > TAG_NUMBER && src > TAG_NUMBER ? TAG_NUMBER : TAG_LOW;
	if (opcode_is_32bit(insn->code) || dst == TAG_LOW || src == TAG_LOW ||
	    (op != BPF_ADD && op != BPF_SUB && !is_addition(watch, insn)) ||
	    row->form == FORM_NEG || row->form == FORM_SWAP)
		watch_complain(watch, "computes with a pointer");
	if (dst >= TAG_TYPED || src >= TAG_TYPED)
		watch_complain(watch, "computes with a typed pointer");
	if (op == BPF_SUB && src == TAG_POINTER) {
		if (dst != TAG_POINTER)
			watch_complain(watch, "subtracts a pointer from a number");
		return TAG_NUMBER;
	}
	if (dst != TAG_NUMBER && src != TAG_NUMBER)
		watch_complain(watch, "adds pointers");
	return TAG_POINTER;
}

static void watch_alu(struct watch *watch, const struct modbpf_insn *insn, const struct opcode *row)
{
	struct watch_frame *frame = watch_top(watch);
	bool from_src = row->form == FORM_ALU_REG && frame->tags[insn->src_reg] >= TAG_TYPED;

	frame->tags[insn->dst_reg] = tag_of_alu(watch, insn, row);
	if (from_src)
		frame->bases[insn->dst_reg] = frame->bases[insn->src_reg];
}

static u64 address_of(struct watch *watch, u32 reg, const struct modbpf_insn *insn)
{
	if (read_reg(watch, reg) != TAG_POINTER)
		watch_complain(watch, "takes a number for an address");
	return watch_top(watch)->regs[reg] + insn->off;
}

/* What is there is read when the instruction has run: see trace(). */
static void expect_typed(struct watch *watch, u32 reg)
{
	watch->typed_reg = reg;
}

static void watch_load(struct watch *watch, const struct modbpf_insn *insn, u32 bytes)
{
	struct watch_frame *frame = watch_top(watch);
	u64 addr = address_of(watch, insn->src_reg, insn);
	u8 tag = check_read(watch, addr, bytes);

	frame->tags[insn->dst_reg] = tag;
	if (tag >= TAG_TYPED && watch_is_on_stack(watch, addr, bytes))
		frame->bases[insn->dst_reg] = *watch_stack_base(watch, addr);
	else if (tag >= TAG_TYPED)
		expect_typed(watch, insn->dst_reg);
}

/* A load that may fault goes to a place that its structure has, wherever that is. */
static void watch_probe(struct watch *watch, const struct modbpf_insn *insn, u32 bytes)
{
	struct watch_frame *frame = watch_top(watch);
	u8 tag = read_reg(watch, insn->src_reg);
	s32 member;

	if (tag < TAG_TYPED)
		watch_complain(watch, "probes what is no typed pointer");
	member = world_member(tag - TAG_TYPED,
			      frame->regs[insn->src_reg] - frame->bases[insn->src_reg] + insn->off, bytes);
	if (member == WORLD_OUTSIDE)
		watch_complain(watch, "probes what its structure does not have");
	frame->tags[insn->dst_reg] = member < 0 ? TAG_NUMBER : TAG_TYPED + member;
	if (member >= 0)
		expect_typed(watch, insn->dst_reg);
}

static void watch_store(struct watch *watch, const struct modbpf_insn *insn, u32 bytes)
{
	u64 addr = address_of(watch, insn->dst_reg, insn);
	u8 tag = read_reg(watch, insn->src_reg);

	check_write(watch, addr, bytes, tag);
	if (tag >= TAG_TYPED && watch_stack_tag(watch, addr) == tag)
		*watch_stack_base(watch, addr) = watch_top(watch)->bases[insn->src_reg];
}

static void watch_atomic(struct watch *watch, const struct modbpf_insn *insn, u32 bytes)
{
	const struct atomic_op *op = atomic_lookup(insn->imm);
	u64 addr;

	if (op->flags & ATOMIC_LOAD) {
		watch_load(watch, insn, bytes);
		return;
	}
	addr = address_of(watch, insn->dst_reg, insn);
	if (addr % bytes && !(op->flags & ATOMIC_STORE))
		watch_complain(watch, "has an atomic operation that is not aligned");
	if (op->flags & ATOMIC_STORE) {
		watch_store(watch, insn, bytes);
		return;
	}
	if (watch_as_number(watch, read_reg(watch, insn->src_reg)) != TAG_NUMBER ||
	    watch_as_number(watch, check_read(watch, addr, bytes)) != TAG_NUMBER)
		watch_complain(watch, "has an atomic operation on a pointer");
	check_write(watch, addr, bytes, TAG_NUMBER);
	if (op->flags & ATOMIC_USES_R0 && watch_as_number(watch, read_reg(watch, 0)) != TAG_NUMBER)
		watch_complain(watch, "compares memory with a pointer");
}

static void watch_branch(struct watch *watch, const struct modbpf_insn *insn, bool with_reg)
{
	const struct watch_frame *frame = watch_top(watch);
	u8 dst = read_reg(watch, insn->dst_reg), src = TAG_NUMBER, op = BPF_OP(insn->code);
	u64 other = (s64)insn->imm;

	if (with_reg) {
		src = read_reg(watch, insn->src_reg);
		other = src == TAG_NUMBER ? frame->regs[insn->src_reg] : frame->regs[insn->dst_reg];
	}
	dst = watch_as_number(watch, dst);
	src = watch_as_number(watch, src);
	if (dst == TAG_LOW || src == TAG_LOW)
		watch_complain(watch, "compares the lower half of a pointer");
	if (dst == src && dst < TAG_TYPED)
		return;
	if (dst >= TAG_TYPED && src >= TAG_TYPED && !opcode_is_32bit(insn->code) &&
	    (op == BPF_JEQ || op == BPF_JNE))
		return;
	if (opcode_is_32bit(insn->code) || (op != BPF_JEQ && op != BPF_JNE) || other)
		watch_complain(watch, "compares a pointer with a number");
}

static bool is_kind_of_number(u8 kind)
{
	return kind == ARG_NUMBER || kind == ARG_SIZE ||
	       kind == ARG_SIZE_OR_ZERO || kind == ARG_CONST_SIZE;
}

static bool may_be_null(u8 kind)
{
	return kind == ARG_CALLBACK_CONTEXT || kind == ARG_READ_OR_NULL || kind == ARG_FILL_OR_NULL ||
	       kind == ARG_PRINTED || kind == ARG_BUFFER_OR_NULL;
}

/* Arguments that the helper takes as numbers; its row says which. */
static void watch_helper_call(struct watch *watch, const struct modbpf_insn *insn)
{
	const struct helper *helper = helper_of(insn->imm);
	u32 i;

	for (i = 0; helper && i < 5; i++) {
		u8 kind = helper->args[i], tag;

		if (kind == ARG_NONE)
			continue;
		tag = read_reg(watch, i + 1);
		if (kind == ARG_ADDRESS || kind == ARG_OPTIONAL_PRINTED ||
		    (may_be_null(kind) && !watch_top(watch)->regs[i + 1]) ||
		    kind == ARG_FILL_OR_NULL || kind == ARG_PRINTED ||
		    (kind == ARG_CALLBACK && watch_top(watch)->regs[i + 1] == WORLD_DEAD_CALLBACK))
			continue;
		if (is_kind_of_number(kind) ? watch_as_number(watch, tag) != TAG_NUMBER : tag != TAG_POINTER)
			watch_complain(watch, "passes another kind of argument");
	}
	if (world.lock && !(helper && helper->flags & HELPER_UNLOCKS))
		watch_complain(watch, "calls a helper while it holds a lock");
	/* From a subprogram the way leads back to its caller, who releases what it holds. */
	if (helper && helper->flags & HELPER_LEAVES && !watch->depth && watch_holds(watch))
		watch_complain(watch, "leaves with a record that it holds");
	memset(watch_top(watch)->tags, TAG_UNSET, 6);
	watch->result_tag = helper && helper->ret == RET_VOID ? TAG_UNSET : TAG_NUMBER;
	watch->in_call = true;
}

static void enter_subprog(struct watch *watch, u32 at)
{
	struct watch_frame *caller = watch_top(watch), *callee = caller + 1;
	u64 start = watch_stack_start(watch);

	if (world.lock)
		watch_complain(watch, "calls a function while it holds a lock");
	caller->call = at;
	memset(watch_running_stack(watch)->tags, TAG_UNSET,
	       MODBPF_STACK_SIZE - (watch_running_stack(watch)->end - start));
	memset(callee->tags, TAG_UNSET, sizeof(callee->tags));
	memcpy(&callee->tags[1], &caller->tags[1], 5);
	memcpy(&callee->bases[1], &caller->bases[1], 5 * sizeof(caller->bases[0]));
	callee->tags[MODBPF_REG_FP] = TAG_POINTER;
	memset(caller->tags, TAG_UNSET, 6);
	watch->depth++;
}

static void watch_exit(struct watch *watch)
{
	const struct return_rule *rule = return_rule_of(watch->prog_type, watch->attach_type);
	s64 r0 = watch_top(watch)->regs[0];
	u8 tag = watch_top(watch)->tags[0];

	if (world.lock)
		watch_complain(watch, "ends while it holds a lock");
	if (watch->depth > watch_running_stack(watch)->bottom) {
		watch->depth--;
		watch_top(watch)->bases[0] = watch_top(watch)[1].bases[0];
		watch_top(watch)->tags[0] = tag;	/* a function that returns nothing leaves nothing */
		return;
	}
	if (watch_as_number(watch, read_reg(watch, 0)) != TAG_NUMBER)
		watch_complain(watch, "returns a pointer");
	if (watch->depth)
		return;
	if (rule && (r0 < rule->min || r0 > rule->max))
		watch_complain(watch, "returns what its type may not");
	if (watch_holds(watch))
		watch_complain(watch, "ends with a record that it holds");
}

/* The argument of a call that is a map. */
static u64 map_argument(const struct modbpf_insn *insn, const u64 *regs)
{
	const struct helper *helper = helper_of(insn->imm);
	u32 i;

	for (i = 0; helper && i < 5; i++)
		if (helper->args[i] == ARG_MAP)
			return regs[i + 1];
	return 0;
}

static void check_facts(struct watch *watch, const struct modbpf_insn *insn,
			const struct opcode *row)
{
	const struct insn_fact *fact = &watch->prog->facts[watch->insn];
	const u64 *regs = watch_top(watch)->regs;

	if (fact->flags & FACT_DEAD)
		watch_complain(watch, "comes to what is never reached");
	if (fact->flags & FACT_DIVISOR_NONZERO && row->form == FORM_ALU_REG &&
	    !(opcode_is_32bit(insn->code) ? (u32)regs[insn->src_reg] : regs[insn->src_reg]))
		watch_complain(watch, "the divisor is zero");
	if (fact->flags & FACT_CONST_MAP && map_argument(insn, regs) != fact->map + 1u)
		watch_complain(watch, "the map is another");
	if (fact->flags & FACT_CONST_KEY && world_index(regs[2]) != fact->key)
		watch_complain(watch, "the key is another");
	if (fact->flags & FACT_UPPER_ZERO)
		watch->upper_zero_reg = insn->dst_reg;
}

/* The verifier sets arguments that a call may leave out: only those that were left out. */
static void check_replaced(struct watch *watch, const struct modbpf_insn *insn)
{
	const struct verified_prog *prog = watch->prog;
	u32 last = watch->insn;

	while (last + 1 < prog->insn_cnt && prog->origin[last + 1] == prog->origin[watch->insn])
		last++;
	/* What the helper is told lies in none of its arguments. */
	if (insn_is_helper_call(&prog->insns[last]) && helper_of(prog->insns[last].imm)->told &&
	    !(helper_arg_regs(helper_of(prog->insns[last].imm)) >> insn->dst_reg & 1))
		return;
	if (last != watch->insn && insn_is_helper_call(&prog->insns[last]) &&
	    watch_top(watch)->tags[insn->dst_reg] != TAG_UNSET)
		watch_complain(watch, "loses an argument that it had set");
}

static void watch_insn(struct watch *watch, const struct modbpf_insn *insn)
{
	const struct opcode *row = opcode_lookup(insn->code);
	u8 *tags = watch_top(watch)->tags;

	switch (row->form) {
	case FORM_LOAD:
		if (watch->prog->facts[watch->insn].flags & FACT_PROBE_LOAD)
			watch_probe(watch, insn, row->bytes);
		else
			watch_load(watch, insn, row->bytes);
		break;
	case FORM_STORE_IMM:
		check_write(watch, address_of(watch, insn->dst_reg, insn), row->bytes, TAG_NUMBER);
		break;
	case FORM_STORE_REG:
		watch_store(watch, insn, row->bytes);
		break;
	case FORM_ATOMIC:
		watch_atomic(watch, insn, insn_access_bytes(insn->code));
		break;
	case FORM_LD_IMM64:
		tags[insn->dst_reg] = insn->src_reg ? TAG_POINTER : TAG_NUMBER;
		break;
	case FORM_BRANCH_IMM:
	case FORM_BRANCH_REG:
		watch_branch(watch, insn, row->form == FORM_BRANCH_REG);
		break;
	case FORM_JUMP:
		break;
	case FORM_CALL:
		if (insn_is_subprog_call(insn))
			enter_subprog(watch, watch->insn);
		else
			watch_helper_call(watch, insn);
		break;
	case FORM_EXIT:
		watch_exit(watch);
		break;
	default:
		check_replaced(watch, insn);
		watch_alu(watch, insn, row);
		break;
	}
}

/* Is another program running? Where it ends its caller goes on, as behind a subprogram. */
static bool is_elsewhere(struct watch *watch, const struct verified_prog *prog)
{
	if (prog != watch->prog) {
		watch->elsewhere = true;
		return true;
	}
	if (watch->elsewhere) {
		watch->elsewhere = false;
		watch->in_call = false;
		watch->depth--;
		watch_top(watch)->tags[0] = TAG_NUMBER;
	}
	return false;
}

static void trace(void *cookie, const struct verified_prog *prog, u32 at, const u64 *regs,
		  u32 depth)
{
	struct watch *watch = cookie;
	const struct modbpf_insn *insn = &prog->insns[at];

	watch->executed++;
	if (is_elsewhere(watch, prog))
		return;
	watch->insn = at;
	if (!watch_running_stack(watch)->end)
		watch_running_stack(watch)->end = regs[MODBPF_REG_FP];
	if (watch_running_stack(watch)->bottom + depth != watch->depth)
		watch_complain(watch, "is in another frame than its calls say");
	memcpy(watch_top(watch)->regs, regs, sizeof(watch_top(watch)->regs));
	if (watch->in_call)
		watch_top(watch)->tags[0] = watch->result_tag;
	watch->in_call = false;
	if (watch->upper_zero_reg >= 0 && regs[watch->upper_zero_reg] >> 32)
		watch_complain(watch, "the upper half of the last result is not zero");
	watch->upper_zero_reg = -1;
	if (watch->typed_reg >= 0)
		watch_top(watch)->bases[watch->typed_reg] = regs[watch->typed_reg];
	watch->typed_reg = -1;
	if (watch->check && (!at || prog->origin[at] != prog->origin[at - 1]))
		watch->check(watch);
	if (watch->count)
		watch->count(watch);
	check_facts(watch, insn, opcode_lookup(insn->code));
	watch_insn(watch, insn);
}

static u64 call_back(u64 callback, const u64 args[5])
{
	return modbpf_interp_callback((const struct interp_callback *)callback, args);
}

bool watch_run(struct watch *watch, const struct verified_prog *prog, u64 max_insns, u64 *r0)
{
	struct interp_callback callbacks[MODBPF_MAX_SUBPROGS];
	struct interp_env env = { .prog = prog, .binds = world_binds, .helpers = world_helpers,
				  .callbacks = callbacks, .probe_load = jit_run_probe_load,
				  .trace = trace, .cookie = watch, .max_insns = max_insns };
	bool stopped = false;
	u32 i;

	for (i = 0; i < MODBPF_MAX_SUBPROGS; i++)
		callbacks[i].env = &env;
	world_call_back = call_back;
	watch->prog = prog;
	watch->depth = 0;
	watch->stack_cnt = 1;
	memset(&watch->stacks[0], 0, sizeof(watch->stacks[0]));
	watch->elsewhere = false;
	watch->in_call = false;
	watch->upper_zero_reg = -1;
	watch->typed_reg = -1;
	watch->complaint[0] = 0;
	memset(watch->frames, 0, sizeof(watch->frames));
	memset(watch->dynptrs, 0, sizeof(watch->dynptrs));
	watch->frames[0].tags[1] = TAG_POINTER;
	watch->frames[0].tags[MODBPF_REG_FP] = TAG_POINTER;
	watching = watch;
	world_watcher = &watcher;
	*r0 = ~0ULL;
	if (!setjmp(watch->leave))
		*r0 = modbpf_interp_run(&env, world_context(watch->prog_type), &stopped);
	world_watcher = NULL;
	return !stopped;
}
