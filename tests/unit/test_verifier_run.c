// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does an accepted program stay within its memory when it runs? Random programs
 * that dare to compute places in map values, the packet and the stack; those
 * that are accepted run in the interpreter, and before each instruction the
 * place that it will access is looked up, and the verifier's facts are checked.
 *
 * And may pruning change what is found? Each program is verified without it, too:
 * what is accepted, what is dead and what is a fact must be so then as well.
 *
 * The first argument is a seed, the second how many programs to make.
 */
#include <stdlib.h>

#include "isa/interp.h"
#include "isa/opcode.h"
#include "tests/support/check.h"
#include "tests/support/randprog.h"
#include "tests/support/verify.h"
#include "verifier/exact.h"
#include "verifier/prune.h"
#include "verifier/ctx_skb.h"

#define MAX_INSNS 1024
#define PACKET_BYTES 48
#define MAPS 16
#define MAP_SINGLE 1	/* its index among the maps of tests/support/verify.c */
#define MAP_ARRAY 0
#define VALUE_BYTES 48
#define ARRAY_VALUE 16
#define ARRAY_ENTRIES 4

static struct rng rng;
static struct modbpf_insn insns[MAX_INSNS];
static u32 insn_cnt;

static void emit(u8 code, u32 dst, u32 src, s32 off, s32 imm)
{
	insns[insn_cnt++] = (struct modbpf_insn){ code, dst, src, off, imm };
}

static void emit_map(u32 dst, u32 kind, u32 map, u32 off)
{
	emit(MODBPF_LD_IMM64, dst, kind, 0, map);
	emit(0, 0, 0, 0, off);
}

/* --- making programs --------------------------------------------------------
 * R6: context, R7: start of memory, R8: end of the packet or the same as R7,
 * R9 and R1 to R5: numbers. Slots fp-8 to fp-32 hold numbers.
 */

static u32 any_number(void)
{
	static const u8 regs[] = { 0, 1, 2, 3, 4, 5, 9 };

	return regs[rng_below(&rng, sizeof(regs))];
}

static u32 any_slot(void)
{
	return 8 * (1 + rng_below(&rng, 4));
}

static void make_alu(void)
{
	static const u8 ops[] = { BPF_ADD, BPF_SUB, BPF_MUL, BPF_DIV, BPF_OR, BPF_AND, BPF_LSH,
				  BPF_RSH, BPF_MOD, BPF_XOR, BPF_ARSH, BPF_MOV, BPF_AND, BPF_MOV };
	u8 op = ops[rng_below(&rng, sizeof(ops))];
	u8 class = rng_below(&rng, 2) ? BPF_ALU64 : BPF_ALU;
	u32 width = class == BPF_ALU64 ? 64 : 32;
	s32 imm = rng_value(&rng);

	if (rng_below(&rng, 2)) {
		u32 off = 0;

		if ((op == BPF_DIV || op == BPF_MOD) && rng_below(&rng, 2))
			off = 1;
		if (op == BPF_MOV && rng_below(&rng, 3) == 0)
			off = 8 << rng_below(&rng, class == BPF_ALU64 ? 3 : 2);
		emit(class | op | BPF_X, any_number(), any_number(), off, 0);
		return;
	}
	if (op == BPF_LSH || op == BPF_RSH || op == BPF_ARSH)
		imm = rng_below(&rng, width);
	if ((op == BPF_DIV || op == BPF_MOD) && !imm)
		imm = 7;
	emit(class | op | BPF_K, any_number(), 0, 0, imm);
}

static void make_swap(void)
{
	emit(rng_below(&rng, 2) ? BPF_ALU | BPF_END | BPF_TO_BE : BPF_ALU64 | BPF_END,
	     any_number(), 0, 0, 16 << rng_below(&rng, 3));
}

/* After a call: numbers in R1 to R5 again. */
static void make_values(void)
{
	if (rng_below(&rng, 3) == 0)
		emit(BPF_ALU64 | BPF_MOV | BPF_X, 9, 0, 0, 0);
	emit(BPF_ALU64 | BPF_MOV | BPF_X, 1, 0, 0, 0);
	emit(BPF_ALU64 | BPF_MOV | BPF_K, 2, 0, 0, rng_value(&rng));
	emit(BPF_ALU64 | BPF_MOV | BPF_X, 3, 9, 0, 0);
	emit(BPF_ALU64 | BPF_MOV | BPF_K, 4, 0, 0, rng_below(&rng, 64));
	emit(BPF_ALU64 | BPF_MOV | BPF_K, 5, 0, 0, rng_below(&rng, 64));
}

static void make_random(void)
{
	emit(BPF_JMP | BPF_CALL, 0, 0, 0, MODBPF_FUNC_get_prandom_u32);
	make_values();
}

static void make_spill(void)
{
	static const u8 sizes[] = { BPF_B, BPF_H, BPF_W, BPF_DW, BPF_DW, BPF_DW };
	u8 size = sizes[rng_below(&rng, sizeof(sizes))];
	u32 bytes = insn_access_bytes(size);
	s32 off = -(s32)any_slot() + rng_below(&rng, 8 / bytes) * bytes;

	if (rng_below(&rng, 2))
		emit(BPF_STX | BPF_MEM | size, MODBPF_REG_FP, any_number(), off, 0);
	else if (size != BPF_DW && rng_below(&rng, 3) == 0)
		emit(BPF_LDX | BPF_MEMSX | size, any_number(), MODBPF_REG_FP, off, 0);
	else
		emit(BPF_LDX | BPF_MEM | size, any_number(), MODBPF_REG_FP, off, 0);
}

static void make_atomic(void)
{
	static const s32 ops[] = { BPF_ADD, BPF_OR | BPF_FETCH, BPF_AND, BPF_XOR | BPF_FETCH,
				   BPF_ADD | BPF_FETCH, BPF_XCHG, BPF_CMPXCHG };
	s32 op = ops[rng_below(&rng, ARRAY_SIZE(ops))];

	emit(BPF_STX | BPF_ATOMIC | (rng_below(&rng, 2) ? BPF_DW : BPF_W),
	     rng_below(&rng, 2) ? MODBPF_REG_FP : 7, any_number(), -(s32)any_slot(), op);
	if (insns[insn_cnt - 1].dst_reg == 7)
		insns[insn_cnt - 1].off += 32;
}

/* Bound a number, well or badly. Jumps are patched later to the end. */
static void make_bound(u32 reg)
{
	static const u8 ops[] = { BPF_JGT, BPF_JGE, BPF_JSGT, BPF_JSGE, BPF_JLT, BPF_JSLT };

	switch (rng_below(&rng, 4)) {
	case 0:
		emit((rng_below(&rng, 4) ? BPF_ALU64 : BPF_ALU) | BPF_AND | BPF_K, reg, 0, 0,
		     rng_below(&rng, 64));
		break;
	case 1:
		emit(BPF_ALU64 | BPF_MOD | BPF_K, reg, 0, 0, 1 + rng_below(&rng, 50));
		break;
	default:
		emit((rng_below(&rng, 4) ? BPF_JMP : BPF_JMP32) |
		     ops[rng_below(&rng, rng_below(&rng, 3) ? 2 : sizeof(ops))] | BPF_K,
		     reg, 0, -1, rng_below(&rng, 50));
		break;
	}
}

static void make_access(u32 place)
{
	static const u8 sizes[] = { BPF_B, BPF_H, BPF_W, BPF_DW };
	u8 size = sizes[rng_below(&rng, sizeof(sizes))];
	s32 off = (s32)rng_below(&rng, 20) - (rng_below(&rng, 4) ? 0 : 8);

	if (place == MODBPF_REG_FP)
		off = -(s32)rng_below(&rng, 40);
	if (rng_below(&rng, 2))
		emit(BPF_LDX | BPF_MEM | size, any_number(), place, off, 0);
	else
		emit(BPF_STX | BPF_MEM | size, place, any_number(), off, 0);
}

static void make_computed_access(void)
{
	u32 index = any_number(), place = any_number();

	if (place == index)
		place = index == 5 ? 4 : 5;
	if (rng_below(&rng, 8))
		make_bound(index);
	emit(BPF_ALU64 | BPF_MOV | BPF_X, place, rng_below(&rng, 5) ? 7 : MODBPF_REG_FP, 0, 0);
	if (insns[insn_cnt - 1].src_reg == MODBPF_REG_FP)
		emit(BPF_ALU64 | BPF_ADD | BPF_K, place, 0, 0, -32);
	emit(BPF_ALU64 | (rng_below(&rng, 8) ? BPF_ADD : BPF_SUB) | BPF_X, place, index, 0, 0);
	make_access(place);
	emit(BPF_ALU64 | BPF_MOV | BPF_K, place, 0, 0, rng_below(&rng, 64));
}

static void make_packet_check(void)
{
	static const u8 ops[] = { BPF_JGT, BPF_JGE, BPF_JLT, BPF_JLE };
	u32 place = any_number();
	bool swapped = rng_below(&rng, 2);

	emit(BPF_ALU64 | BPF_MOV | BPF_X, place, 7, 0, 0);
	emit(BPF_ALU64 | BPF_ADD | BPF_K, place, 0, 0, rng_below(&rng, 40));
	emit(BPF_JMP | ops[rng_below(&rng, sizeof(ops))] | BPF_X, swapped ? 8 : place,
	     swapped ? place : 8, -1, 0);
	if (rng_below(&rng, 2))
		make_access(place);
	emit(BPF_ALU64 | BPF_MOV | BPF_K, place, 0, 0, rng_below(&rng, 64));
	make_access(7);
}

static void make_branch(void)
{
	static const u8 ops[] = { BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET, BPF_JNE, BPF_JSGT,
				  BPF_JSGE, BPF_JLT, BPF_JLE, BPF_JSLT, BPF_JSLE };
	u8 code = (rng_below(&rng, 2) ? BPF_JMP : BPF_JMP32) | ops[rng_below(&rng, sizeof(ops))];

	if (rng_below(&rng, 2))
		emit(code | BPF_X, any_number(), any_number(), -2, 0);
	else
		emit(code | BPF_K, any_number(), 0, -2, rng_value(&rng));
}

/* Two ways that leave something different and meet again: for pruning. */
static void make_choice(void)
{
	static const u8 sizes[] = { BPF_B, BPF_H, BPF_W, BPF_DW };
	u32 branch, cnt = 1 + rng_below(&rng, 3);

	emit(BPF_JMP | BPF_CALL, 0, 0, 0, MODBPF_FUNC_get_prandom_u32);
	make_values();
	branch = insn_cnt;
	emit(BPF_JMP | BPF_JGT | BPF_K, 0, 0, 0, 1000);
	while (cnt--) {
		u8 size = sizes[rng_below(&rng, 4)];
		s32 off = -(s32)any_slot() + rng_below(&rng, 8 / insn_access_bytes(size)) *
						     insn_access_bytes(size);

		switch (rng_below(&rng, 5)) {
		case 0:
			emit(BPF_ALU64 | BPF_MOV | BPF_K, any_number(), 0, 0, rng_below(&rng, 50));
			break;
		case 1:
			emit(BPF_ST | BPF_MEM | size, MODBPF_REG_FP, 0, off,
			     rng_below(&rng, 2) * rng_below(&rng, 50));
			break;
		case 2:
			emit((rng_below(&rng, 2) ? BPF_ALU64 : BPF_ALU) | BPF_MOV | BPF_X,
			     any_number(), any_number(), 0, 0);
			break;
		default:
			make_spill();
			break;
		}
	}
	insns[branch].off = insn_cnt - branch - 1;
}

static void make_lookup(void)
{
	u32 slot = any_slot();

	emit(BPF_ALU64 | BPF_MOV | BPF_X, 2, MODBPF_REG_FP, 0, 0);
	emit(BPF_ALU64 | BPF_ADD | BPF_K, 2, 0, 0, -(s32)slot);
	emit_map(1, BPF_PSEUDO_MAP_FD, MAP_ARRAY, 0);
	emit(BPF_JMP | BPF_CALL, 0, 0, 0, MODBPF_FUNC_map_lookup_elem);
	emit(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, -1, 0);
	if (rng_below(&rng, 2))
		make_access(0);
	make_random();
}

static void make_item(bool packet)
{
	switch (rng_below(&rng, 19)) {
	case 16:
	case 17:
	case 18:
		make_choice();
		break;
	case 0:
		make_random();
		break;
	case 1:
	case 2:
		make_spill();
		break;
	case 3:
		make_atomic();
		break;
	case 4:
	case 5:
	case 6:
		make_computed_access();
		break;
	case 7:
	case 8:
	case 9:
		make_branch();
		break;
	case 10:
		make_swap();
		break;
	case 11:
		make_lookup();
		break;
	case 12:
		if (packet)
			make_packet_check();
		break;
	default:
		make_alu();
		break;
	}
}

/* Jumps marked -1 go to the end, those marked -2 some items on. */
static void patch_jumps(const u32 *items, u32 item_cnt, u32 end)
{
	u32 i, item = 0;

	for (i = 0; i < end; i++) {
		while (item < item_cnt && items[item] <= i)
			item++;
		if (BPF_CLASS(insns[i].code) != BPF_JMP && BPF_CLASS(insns[i].code) != BPF_JMP32)
			continue;
		if (insns[i].off == -1) {
			insns[i].off = end - i - 1;
		} else if (insns[i].off == -2) {
			u32 to = item + rng_below(&rng, 3);

			insns[i].off = (to < item_cnt ? items[to] : end) - i - 1;
		}
	}
}

static void make_program(bool packet)
{
	u32 items[40], item_cnt = 4 + rng_below(&rng, 30), i;

	insn_cnt = 0;
	emit(BPF_ALU64 | BPF_MOV | BPF_X, 6, 1, 0, 0);
	if (packet) {
		emit(BPF_LDX | BPF_MEM | BPF_W, 7, 6, 76, 0);
		emit(BPF_LDX | BPF_MEM | BPF_W, 8, 6, 80, 0);
	} else {
		emit_map(7, BPF_PSEUDO_MAP_VALUE, MAP_SINGLE, rng_below(&rng, 3) * 8);
		emit(BPF_ALU64 | BPF_MOV | BPF_X, 8, 7, 0, 0);
	}
	emit(BPF_ALU64 | BPF_MOV | BPF_K, 9, 0, 0, rng_below(&rng, 64));
	make_random();
	for (i = 1; i <= 4; i++)
		emit(BPF_STX | BPF_MEM | BPF_DW, MODBPF_REG_FP, i, -8 * (s32)i, 0);
	for (i = 0; i < item_cnt; i++) {
		items[i] = insn_cnt;
		make_item(packet);
	}
	patch_jumps(items, item_cnt, insn_cnt);
	emit(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 0);
	emit(BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

/* --- running them ----------------------------------------------------------- */

struct fake_skb {
	u64 words[8];
};

/* Everything that a program may touch. */
static struct {
	struct skb_ctx ctx;
	struct fake_skb skb;
	u8 packet[PACKET_BYTES];
	u64 single[VALUE_BYTES / 8];
	u64 array[ARRAY_ENTRIES][ARRAY_VALUE / 8];
} world;

static const struct verified_prog *running;
static u64 executed;
static s32 upper_zero_reg;
static bool has_escaped;

static void escape(u32 insn, const char *what)
{
	if (!has_escaped)
		check_failed(__FILE__, __LINE__, "final insn %u (from %u): %s", insn,
			     running->origin[insn], what);
	has_escaped = true;
}

static bool is_within(u64 addr, u64 bytes, const void *start, u64 size)
{
	return addr >= (u64)start && bytes <= size && addr - (u64)start <= size - bytes;
}

static void check_place(u32 insn, u64 addr, u32 bytes, u64 fp)
{
	u32 depth = running->subprogs[0].stack_depth;

	if (is_within(addr, bytes, (void *)(fp - depth), depth) ||
	    is_within(addr, bytes, &world.ctx, sizeof(world.ctx)) ||
	    is_within(addr, bytes, &world.skb, sizeof(world.skb)) ||
	    is_within(addr, bytes, world.single, sizeof(world.single)) ||
	    is_within(addr, bytes, world.ctx.data, world.ctx.data_end - world.ctx.data))
		return;
	if (is_within(addr, bytes, world.array, sizeof(world.array)) &&
	    (addr - (u64)world.array) % ARRAY_VALUE + bytes <= ARRAY_VALUE)
		return;
	escape(insn, "accesses what is not its own");
}

static void check_facts(u32 at, const struct modbpf_insn *insn, const u64 *regs)
{
	const struct insn_fact *fact = &running->facts[at];
	const struct opcode *row = opcode_lookup(insn->code);

	if (fact->flags & FACT_DIVISOR_NONZERO && row->form == FORM_ALU_REG) {
		u64 divisor = regs[insn->src_reg];

		if (opcode_is_32bit(insn->code))
			divisor = (u32)divisor;
		if (!divisor)
			escape(at, "the divisor is zero");
	}
	if (fact->flags & FACT_CONST_MAP && regs[1] != fact->map + 1u)
		escape(at, "the map is another");
	if (fact->flags & FACT_CONST_KEY && *(u32 *)regs[2] != fact->key)
		escape(at, "the key is another");
	if (fact->flags & FACT_UPPER_ZERO)
		upper_zero_reg = insn->dst_reg;
}

static void trace(void *cookie, const struct verified_prog *prog, u32 at, const u64 *regs,
		  u32 depth)
{
	const struct modbpf_insn *insn = &prog->insns[at];
	const struct opcode *row = opcode_lookup(insn->code);

	executed++;
	if (upper_zero_reg >= 0 && regs[upper_zero_reg] >> 32)
		escape(at, "the upper half is not zero");
	upper_zero_reg = -1;
	check_facts(at, insn, regs);
	if (row->form == FORM_LOAD)
		check_place(at, regs[insn->src_reg] + insn->off, row->bytes, regs[10]);
	if ((row->form == FORM_STORE_IMM || row->form == FORM_STORE_REG ||
	     row->form == FORM_ATOMIC) && insn->dst_reg != MODBPF_REG_AX)
		check_place(at, regs[insn->dst_reg] + insn->off, row->bytes, regs[10]);
}

static u64 random_helper(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	return rng_value(&rng);
}

static u64 lookup_helper(u64 map, u64 key, u64 r3, u64 r4, u64 r5)
{
	u32 index = *(u32 *)key;

	return index < ARRAY_ENTRIES ? (u64)world.array[index] : 0;
}

static void fill_world(void)
{
	u8 *bytes = (u8 *)&world;
	u32 i;

	for (i = 0; i < sizeof(world); i++)
		bytes[i] = rng_value(&rng);
	world.ctx.data = world.packet;
	world.ctx.data_end = world.packet + rng_below(&rng, PACKET_BYTES + 1);
	world.ctx.skb = &world.skb;
}

static void run_program(const struct verified_prog *prog)
{
	static u64 helpers[MODBPF_FUNC_LIMIT];
	struct map_bind binds[MAPS] = { { 0 } };
	struct interp_env env = { .prog = prog, .binds = binds, .helpers = helpers,
				  .trace = trace, .max_insns = 100000 };
	u32 i;

	helpers[MODBPF_FUNC_get_prandom_u32] = (u64)random_helper;
	helpers[MODBPF_FUNC_map_lookup_elem] = (u64)lookup_helper;
	for (i = 0; i < MAPS; i++)
		binds[i].map = i + 1;
	binds[MAP_SINGLE].values = (u64)world.single;
	running = prog;
	for (i = 0; i < 6 && !has_escaped; i++) {
		fill_world();
		upper_zero_reg = -1;
		modbpf_interp_run(&env, &world.ctx, NULL);
	}
}

/* The linker gives us the verifier's calls: see TEST_LIBS_test_verifier_run. */
bool __real_state_contains(const struct prune *prune, const struct state *outer,
			   const struct state *inner, const struct kept *kept);
bool __wrap_state_contains(const struct prune *prune, const struct state *outer,
			   const struct state *inner, const struct kept *kept);

static bool is_pruning = true;
static u32 pruned, compared;

bool __wrap_state_contains(const struct prune *prune, const struct state *outer,
			   const struct state *inner, const struct kept *kept)
{
	if (!is_pruning || !__real_state_contains(prune, outer, inner, kept))
		return false;
	pruned++;
	return true;
}

void __real_exact_begin(struct state *state, struct kept *kept);
void __wrap_exact_begin(struct state *state, struct kept *kept);

/* Without pruning every number is what it is, and facts need no caution. */
void __wrap_exact_begin(struct state *state, struct kept *kept)
{
	if (is_pruning)
		__real_exact_begin(state, kept);
}

static void compare_with_full(const struct verify_request *req, const struct verified_prog *prog)
{
	struct verified_prog *full;
	struct verify_stats stats;
	u32 i;
	int err;

	is_pruning = false;
	err = modbpf_verify(req, &full, &stats);
	is_pruning = true;
	if (err == -E2BIG)
		return;
	compared++;
	if (err) {
		check_failed(__FILE__, __LINE__, "rejected without pruning: %d", err);
		return;
	}
	if (full->insn_cnt != prog->insn_cnt ||
	    memcmp(full->insns, prog->insns, prog->insn_cnt * sizeof(*prog->insns)))
		check_failed(__FILE__, __LINE__, "another final program without pruning");
	else
		for (i = 0; i < prog->insn_cnt; i++)
			if (prog->facts[i].flags & ~full->facts[i].flags)
				check_failed(__FILE__, __LINE__, "insn %u: facts %#x, without pruning %#x", i,
						     prog->facts[i].flags, full->facts[i].flags);
	modbpf_verified_free(full);
}

/*
 * What the programs of seed 1 cost together, and how many are accepted: a verifier that
 * is sound but forgets, or that does not see where paths meet, is told by this alone.
 * A better one changes the figures.
 */
#define PROGRAMS 10000
#define LEAST_ACCEPTED 2433
#define LEAST_FACTS 34015
#define MOST_FOLLOWED 119474
#define MOST_STATES 6792
#define MOST_WORK 287932

static u32 made, accepted;
static u64 followed, states, work, facts;	/* of what was accepted */
static u64 program_cnt = PROGRAMS, seed = 1;

static void one_program(void)
{
	bool packet = rng_below(&rng, 2);
	struct verify_request req;
	struct verified_prog *prog;
	struct verify_stats stats;
	u64 this_seed = rng.state;
	u32 i;
	int err;

	make_program(packet);
	req = verify_request_of(insns, insn_cnt, MODBPF_PROG_SCHED_CLS);
	made++;
	err = modbpf_verify(&req, &prog, &stats);
	if (err == -EFAULT)
		check_failed(__FILE__, __LINE__, "seed state %#llx: -EFAULT", this_seed);
	if (err)
		return;
	accepted++;
	followed += stats.insns_processed;
	states += stats.states_total;
	work += stats.work;
	for (i = 0; i < prog->insn_cnt; i++)
		facts += (u32)__builtin_popcount(prog->facts[i].flags);
	req.max_work = 2000000;
	compare_with_full(&req, prog);
	has_escaped = false;
	run_program(prog);
	if (has_escaped)
		check_failed(__FILE__, __LINE__, "seed state %#llx", this_seed);
	modbpf_verified_free(prog);
}

static void accepted_programs_stay_inside(void)
{
	u64 i;

	rng_seed(&rng, seed);
	for (i = 0; i < program_cnt; i++)
		one_program();
	printf("seed %llu: %u programs, %u accepted, %u verified without pruning, %u paths pruned, "
	       "%llu instructions executed\n", seed, made, accepted, compared, pruned, executed);
	printf("%llu instructions followed, %llu states kept, %llu work units, %llu facts\n",
	       followed, states, work, facts);
	if (seed == 1 && program_cnt == PROGRAMS) {
		CHECK(accepted >= LEAST_ACCEPTED);
		CHECK(followed <= MOST_FOLLOWED);
		CHECK(states <= MOST_STATES);
		CHECK(work <= MOST_WORK);
		CHECK(facts >= LEAST_FACTS);
	}
	CHECK(compared > 100);
	CHECK(pruned > 100);
	CHECK(accepted * 10 > made);
	CHECK(executed > program_cnt);
}

static const struct check_case cases[] = {
	{ "accepted programs stay within their memory", accepted_programs_stay_inside },
};

int main(int argc, char **argv)
{
	if (argc > 1)
		seed = strtoull(argv[1], NULL, 0);
	if (argc > 2)
		program_cnt = strtoull(argv[2], NULL, 0);
	return check_run("test_verifier_run", cases, ARRAY_SIZE(cases), 1, argv);
}
