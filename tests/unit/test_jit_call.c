// SPDX-License-Identifier: GPL-2.0-only
/*
 * Do calls of all kinds arrive, with the right arguments, and come back with
 * nothing lost? Helpers, subprograms, tail calls and probe loads, each with C's own
 * registers checked by the caller (tests/support/jitrun.h).
 */
#include "isa/abi.h"
#include "isa/bind.h"
#include "jit/jit.h"
#include "tests/support/check.h"
#include "tests/support/insnbuf.h"
#include "tests/support/jitrun.h"
#include "tests/support/prog.h"
#include "verifier/verifier.h"

#include <sys/mman.h>

static const char *const map_names[] = { "progs" };
static u64 slots[4];
static const struct map_bind binds[] = {
	{ .map = 0x1234, .values = (u64)slots, .stride = 8, .max_entries = ARRAY_SIZE(slots) },
};

static u64 seen[5];
static u64 lowest_rsp;

static u64 note_arguments(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	u64 args[] = { r1, r2, r3, r4, r5 };

	memcpy(seen, args, sizeof(seen));
	return 0xabcdef0123456789;
}

/* Gives the misalignment of its caller's stack, and leaves nothing in what a call may change. */
u64 test_clobber(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5);
__asm__(
	".text\n"
	"test_clobber:\n"
	"	leaq 8(%rsp), %rax\n"
	"	andq $15, %rax\n"
	"	movq $-1, %rdi; movq $-1, %rsi; movq $-1, %rdx; movq $-1, %rcx\n"
	"	movq $-1, %r8; movq $-1, %r9; movq $-1, %r10; movq $-1, %r11\n"
	"	ret\n"
	/* u64 test_note_rsp(void) */
	"test_note_rsp:\n"
	"	cmpq %rsp, lowest_rsp(%rip)\n"
	"	jbe 1f\n"
	"	movq %rsp, lowest_rsp(%rip)\n"
	"1:	xorl %eax, %eax\n"
	"	ret\n");
u64 test_note_rsp(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5);

static bool callback_kept_registers;

/* Calls R2 back, R1 times, and looks at what C relies on. */
static u64 call_back(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	register u64 kept __asm__("r12") = 0x1212121212121212;
	u64 (*callback)(u64 index, u64 context, u64 third, u64 fourth, u64 fifth) = (void *)r2;
	u64 i;

	callback_kept_registers = !memcmp((const void *)r2, "\xf3\x0f\x1e\xfa", 4);
	for (i = 0; i < r1; i++) {
		__asm__ volatile("" : "+r"(kept));
		if (callback(i, r3, 3, 4, 5))
			break;
		__asm__ volatile("" : "+r"(kept));
		callback_kept_registers &= kept == 0x1212121212121212;
	}
	return i;
}

static const u64 helpers[MODBPF_FUNC_LIMIT] = {
	[4] = (u64)call_back,
	[1] = (u64)note_arguments,
	[2] = (u64)test_clobber,
	[3] = (u64)test_note_rsp,
};

struct loaded {
	struct verified_prog *prog;
	struct jit_run run;
};

static bool load(struct loaded *loaded, const char *text, u32 flags)
{
	int err;

	loaded->prog = prog_from_text(text, map_names, ARRAY_SIZE(map_names));
	if (!loaded->prog) {
		check_failed(__FILE__, __LINE__, "not assembled: %s", text);
		return false;
	}
	err = jit_run_prepare(&loaded->run, loaded->prog, binds, helpers, flags);
	CHECK_EQ(err, 0);
	if (err)
		prog_free(loaded->prog);
	return !err;
}

static void unload(struct loaded *loaded)
{
	jit_run_release(&loaded->run);
	prog_free(loaded->prog);
}

static u64 call(const struct loaded *loaded, const void *ctx)
{
	bool kept;
	u64 r0 = jit_run_call(&loaded->run, ctx, &kept);

	CHECK(kept);
	return r0;
}

/* Load, call once with @ctx in both ways of returning, compare R0. */
static void check_result(const char *text, void *ctx, u64 want)
{
	struct loaded prog;
	u32 flags;

	for (flags = 0; flags <= (JIT_RUN_THUNKS | JIT_RUN_BEST | JIT_RUN_BLIND); flags++) {
		if (!load(&prog, text, flags))
			return;
		CHECK_EQ(call(&prog, ctx), want);
		unload(&prog);
	}
}

/* Over registers that both sides want kept: R6 to R9 hold something in the caller and the callback. */
static void callbacks_run(void)
{
	check_result("*(u64 *)(r10 -8) = 0; r6 = 100; r9 = 7; r1 = 4; r2 = subprog[f]; r3 = r10; r3 += -8; r4 = 0;"
		     "call 4; r0 += r6; r1 = *(u64 *)(r10 -8); r0 += r1; r0 += r9; exit;"
		     "f: r6 = r1; r7 = r2; r8 = r3; r9 = r4; r9 += r5; r1 = *(u64 *)(r7 +0);"
		     "r1 += r6; r1 += r8; r1 += r9; *(u64 *)(r7 +0) = r1; r0 = 0; exit",
		     NULL, 4 + 100 + (0 + 1 + 2 + 3) + 4 * (3 + 9) + 7);
	CHECK(callback_kept_registers);
	/* A subprogram that is both called and called back, behind one that is neither. */
	check_result("r1 = 3; call g; r6 = r0; r1 = 2; r2 = subprog[f]; r3 = 5; r4 = 0; call 4; r0 += r6; exit;"
		     "g: r1 += 1; r2 = 8; call f; r0 += 10; exit;"
		     "f: r0 = 1; if r2 == 5 goto out; r0 = r1; out: exit", NULL, 14);
	CHECK(callback_kept_registers);
}

static void helper_arguments(void)
{
	check_result("r1 = 11\n r2 = 22\n r3 = 33\n r4 = 44\n r5 = 55\n call 1\n exit\n", NULL,
		     0xabcdef0123456789);
	CHECK_EQ(seen[0], 11);
	CHECK_EQ(seen[1], 22);
	CHECK_EQ(seen[2], 33);
	CHECK_EQ(seen[3], 44);
	CHECK_EQ(seen[4], 55);
}

static void saved_registers_over_a_helper(void)
{
	check_result("r6 = 1\n r7 = 20\n r8 = 300\n r9 = 4000\n *(u64 *)(r10 -8) = 50000\n call 2\n"
		     "r0 += r6\n r0 += r7\n r0 += r8\n r0 += r9\n r1 = *(u64 *)(r10 -8)\n r0 += r1\n exit\n",
		     NULL, 54321);
}

/* Any number of saved registers and any stack, in the main program and in a subprogram. */
static void stack_alignment(void)
{
	static const u32 depths[] = { 0, 8, 16, 24, 504, 512 };
	char body[256], text[768];
	u32 used, i;

	for (used = 0; used < 16; used++)
	for (i = 0; i < ARRAY_SIZE(depths); i++) {
		int len = 0;
		u32 reg;

		body[0] = 0;
		for (reg = 0; reg < 4; reg++)
			if (used >> reg & 1)
				len += snprintf(body + len, sizeof(body) - len, "r%u = %u\n", 6 + reg, reg);
		if (depths[i])
			snprintf(body + len, sizeof(body) - len, "*(u64 *)(r10 -%u) = 1\n", depths[i]);
		snprintf(text, sizeof(text), "%s call 2\n exit\n", body);
		check_result(text, NULL, 0);
		if (depths[i] > 256)
			continue;
		snprintf(text, sizeof(text), "%s call sub\n exit\nsub: %s call 2\n exit\n", body, body);
		check_result(text, NULL, 0);
		snprintf(text, sizeof(text), "call sub\n exit\nsub: %s call 2\n exit\n", body);
		check_result(text, NULL, 0);
	}
}

static void subprograms_keep_their_callers_registers(void)
{
	check_result("r6 = 1\n r7 = 2\n r8 = 3\n r9 = 4\n *(u64 *)(r10 -8) = 5\n r1 = 10\n r2 = 20\n"
		     "r3 = 30\n r4 = 40\n r5 = 50\n call sub\n"
		     "r0 += r6\n r0 += r7\n r0 += r8\n r0 += r9\n r1 = *(u64 *)(r10 -8)\n r0 += r1\n exit\n"
		     "sub: r6 = r1\n r7 = r2\n r8 = r3\n r9 = r4\n *(u64 *)(r10 -8) = r5\n"
		     "r0 = r6\n r0 += r7\n r0 += r8\n r0 += r9\n r1 = *(u64 *)(r10 -8)\n r0 += r1\n exit\n",
		     NULL, 165);
}

static void eight_frames_deep(void)
{
	check_result("*(u64 *)(r10 -8) = 1\n r1 = r10\n r1 += -8\n call f1\n r1 = *(u64 *)(r10 -8)\n r0 += r1\n exit\n"
		     "f1: *(u64 *)(r10 -64) = 2\n call f2\n r1 = *(u64 *)(r10 -64)\n r0 += r1\n exit\n"
		     "f2: *(u64 *)(r10 -64) = 4\n call f3\n r1 = *(u64 *)(r10 -64)\n r0 += r1\n exit\n"
		     "f3: *(u64 *)(r10 -64) = 8\n call f4\n r1 = *(u64 *)(r10 -64)\n r0 += r1\n exit\n"
		     "f4: *(u64 *)(r10 -64) = 16\n call f5\n r1 = *(u64 *)(r10 -64)\n r0 += r1\n exit\n"
		     "f5: *(u64 *)(r10 -64) = 32\n call f6\n r1 = *(u64 *)(r10 -64)\n r0 += r1\n exit\n"
		     "f6: *(u64 *)(r10 -64) = 64\n call f7\n r1 = *(u64 *)(r10 -64)\n r0 += r1\n exit\n"
		     "f7: *(u64 *)(r1 +0) = 1000\n r0 = 128\n exit\n", NULL, 1254);
}

static void map_addresses(void)
{
	check_result("r0 = map[progs]\n exit\n", NULL, binds[0].map);
	check_result("r0 = map_value[progs] + 24\n exit\n", NULL, binds[0].values + 24);
}

/* What the verifier puts before a call of timer_set_callback, also where R3 was set before. */
static void the_program_itself(void)
{
	struct loaded loaded;
	struct verified_prog *prog;
	u32 flags, i;
	bool kept;

	for (flags = 0; flags <= (JIT_RUN_THUNKS | JIT_RUN_BEST | JIT_RUN_BLIND); flags++) {
		prog = prog_from_text("r3 = 9; r1 = 1; r2 = subprog[f]; r3 = 7 ll; r4 = 4; r5 = 5; call 1; exit;"
				      "f: r0 = 3; exit", NULL, 0);
		for (i = 0; i < prog->insn_cnt; i++) {
			if (insn_is_ld_imm64(&prog->insns[i]) && !prog->insns[i].src_reg) {
				prog->insns[i].src_reg = MODBPF_PSEUDO_PROG;
				prog->insns[i].imm = 0;
			}
		}
		loaded.prog = prog;
		memset(seen, 0, sizeof(seen));
		CHECK_EQ(jit_run_prepare(&loaded.run, prog, NULL, helpers, flags), 0);
		CHECK_EQ(jit_run_call(&loaded.run, NULL, &kept), 0xabcdef0123456789);
		CHECK(kept);
		CHECK_EQ(seen[0], 1);
		/* The callback can be called as C calls. */
		CHECK_EQ(((u64 (*)(u64, u64, u64, u64, u64))seen[1])(0, 0, 0, 0, 0), 3);
		CHECK_EQ(seen[2], JIT_RUN_SELF);
		CHECK_EQ(seen[3], 4);
		unload(&loaded);
	}
}

/* --- tail calls ------------------------------------------------------------------ */

#define TAIL_TO(index) "r2 = map[progs]\n r3 = " #index "\n call tail_call\n"
#define COUNT_RUN "r6 = r1\n r3 = *(u64 *)(r1 +0)\n r3 += 1\n *(u64 *)(r1 +0) = r3\n"

struct tail_ctx {
	u64 runs;
	u64 other;
};

/* Puts programs into the slots, calls the first, and returns R0; the rest stays empty. */
static u64 run_slots(const char *const *texts, u32 cnt, struct tail_ctx *ctx, u32 flags)
{
	struct loaded progs[ARRAY_SIZE(slots)];
	u32 i, loaded = 0;
	u64 r0 = 0;

	memset(slots, 0, sizeof(slots));
	memset(ctx, 0, sizeof(*ctx));
	while (loaded < cnt && load(&progs[loaded], texts[loaded], flags)) {
		slots[loaded] = progs[loaded].run.tail_entry;
		loaded++;
	}
	if (loaded == cnt)
		r0 = call(&progs[0], ctx);
	for (i = 0; i < loaded; i++)
		unload(&progs[i]);
	memset(slots, 0, sizeof(slots));
	return r0;
}

static void tail_calls_stop_after_33(void)
{
	static const char *const self[] = { COUNT_RUN TAIL_TO(0) "exit\n" };
	static const char *const two[] = {
		COUNT_RUN "r7 = 7\n *(u64 *)(r10 -256) = 1\n r1 = r6\n" TAIL_TO(1) "r0 = 100\n exit\n",
		COUNT_RUN "r9 = 7\n" TAIL_TO(0) "r0 = 200\n exit\n",
	};
	struct tail_ctx ctx;
	u32 flags;

	for (flags = 0; flags <= (JIT_RUN_THUNKS | JIT_RUN_BLIND); flags++) {
		CHECK_EQ(run_slots(self, 1, &ctx, flags), -2);
		CHECK_EQ(ctx.runs, 34);
		CHECK_EQ(run_slots(two, 2, &ctx, flags), 200);
		CHECK_EQ(ctx.runs, 34);
	}
}

/* The second program makes no tail call itself, and has a frame of its own. */
static void a_tail_call_replaces_the_program(void)
{
	static const char *const texts[] = {
		"r6 = 1\n r7 = 2\n r8 = 3\n r9 = 4\n *(u64 *)(r10 -512) = 1\n" TAIL_TO(1) "r0 = 0\n exit\n",
		"*(u64 *)(r1 +8) = 77\n r9 = 9\n *(u64 *)(r10 -8) = r9\n r0 = *(u64 *)(r10 -8)\n exit\n",
	};
	struct tail_ctx ctx;
	u32 flags;

	for (flags = 0; flags <= (JIT_RUN_THUNKS | JIT_RUN_BLIND); flags++) {
		CHECK_EQ(run_slots(texts, 2, &ctx, flags), 9);
		CHECK_EQ(ctx.other, 77);
	}
}

/* Out of a subprogram: its caller goes on with the other program's R0. */
static void a_tail_call_in_a_subprogram(void)
{
	static const char *const texts[] = {
		"r6 = 1000\n r7 = r1\n call sub\n r0 += r6\n exit\n"
		"sub: r6 = 5\n *(u64 *)(r10 -16) = 1\n" TAIL_TO(1) "r0 = 3\n exit\n",
		"r6 = 7\n r0 = r6\n exit\n",
	};
	struct tail_ctx ctx;

	CHECK_EQ(run_slots(texts, 2, &ctx, 0), 1007);
	CHECK_EQ(run_slots(texts, 1, &ctx, 0), 1003);
}

/* Two tail calls per run would be 2^33 runs if each chain had a count of its own. */
static void subprograms_share_the_count(void)
{
	static const char *const texts[] = {
		COUNT_RUN "r1 = r6\n call sub\n r1 = r6\n call sub\n r0 = 5\n exit\n"
		"sub:" TAIL_TO(0) "r0 = 1\n exit\n",
	};
	struct tail_ctx ctx;
	u32 flags;

	for (flags = 0; flags <= (JIT_RUN_THUNKS | JIT_RUN_BLIND); flags++) {
		CHECK_EQ(run_slots(texts, 1, &ctx, flags), 5);
		CHECK_EQ(ctx.runs, 34);
	}
}

static void tail_calls_that_do_not_happen(void)
{
	static const char *const empty[] = { COUNT_RUN TAIL_TO(1) "exit\n" };
	static const char *const beyond[] = { COUNT_RUN TAIL_TO(4) "exit\n" };
	static const char *const negative[] = { COUNT_RUN TAIL_TO(-1) "exit\n" };
	/* the index is 32 bits wide */
	static const char *const wide[] = {
		"r2 = map[progs]\n r3 = 0x100000001 ll\n call tail_call\n exit\n", "r0 = 42\n exit\n",
	};
	/* what did not happen does not count */
	static const char *const often[] = {
		COUNT_RUN "r7 = 100\nagain: r1 = r6\n" TAIL_TO(3) "r7 += -1\n if r7 != 0 goto again\n"
		"r1 = r6\n" TAIL_TO(0) "exit\n",
	};
	/* an index that nobody knows beforehand: that of this run */
	static const char *const runs[] = {
		COUNT_RUN "r2 = map[progs]\n r3 = *(u64 *)(r6 +0)\n call tail_call\n exit\n",
		COUNT_RUN "r2 = map[progs]\n r3 = *(u64 *)(r6 +0)\n call tail_call\n exit\n",
	};
	struct tail_ctx ctx;
	u32 flags;

	for (flags = 0; flags <= (JIT_RUN_THUNKS | JIT_RUN_BLIND); flags++) {
		CHECK_EQ(run_slots(empty, 1, &ctx, flags), -2);
		CHECK_EQ(ctx.runs, 1);
		CHECK_EQ(run_slots(beyond, 1, &ctx, flags), -2);
		CHECK_EQ(run_slots(negative, 1, &ctx, flags), -2);
		CHECK_EQ(run_slots(wide, 2, &ctx, flags), 42);
		CHECK_EQ(run_slots(often, 1, &ctx, flags), -2);
		CHECK_EQ(ctx.runs, 34);
		CHECK_EQ(run_slots(runs, 2, &ctx, flags), -2);
		CHECK_EQ(ctx.runs, 2);
	}
}

/* Frames that tail calls out of subprograms leave behind are at most some 5 KiB. */
static void tail_calls_do_not_use_up_the_stack(void)
{
	static const char *const texts[] = {
		COUNT_RUN "*(u64 *)(r10 -256) = 1\n call 3\n r1 = r6\n call sub\n exit\n"
		"sub: *(u64 *)(r10 -248) = 1\n" TAIL_TO(0) "r0 = 9\n exit\n",
	};
	struct tail_ctx ctx;
	u64 here = (u64)__builtin_frame_address(0);

	lowest_rsp = ~0ULL;
	CHECK_EQ(run_slots(texts, 1, &ctx, 0), 9);
	CHECK(ctx.runs > 8 && ctx.runs < 20);
	CHECK(here - lowest_rsp < 4096 + 2048);
}

/* --- probe loads ----------------------------------------------------------------- */

/* R0 to R9 keep their values but for the destination; all goes through the stack to ctx. */
static struct verified_prog *probe_prog(u8 code, u8 dst, u8 src)
{
	struct modbpf_insn insns[64];
	struct insn_buf buf = { .insns = insns, .cap = ARRAY_SIZE(insns) };
	struct verified_prog *prog;
	u32 i, probe;

	insn_put(&buf, BPF_STX | BPF_MEM | BPF_DW, 10, 1, -8, 0);
	for (i = 0; i < 10; i++)
		insn_put_mov(&buf, i, 100 + i);
	insn_put(&buf, BPF_LDX | BPF_MEM | BPF_DW, src, 10, -8, 0);
	insn_put(&buf, BPF_LDX | BPF_MEM | BPF_DW, src, src, 0, 0);
	probe = buf.cnt;
	insn_put(&buf, code, dst, src, 3, 0);
	for (i = 0; i < 10; i++)
		insn_put(&buf, BPF_STX | BPF_MEM | BPF_DW, 10, i, -16 - 8 * i, 0);
	insn_put(&buf, BPF_LDX | BPF_MEM | BPF_DW, 1, 10, -8, 0);
	for (i = 0; i < 10; i++) {
		insn_put(&buf, BPF_LDX | BPF_MEM | BPF_DW, 0, 10, -16 - 8 * i, 0);
		insn_put(&buf, BPF_STX | BPF_MEM | BPF_DW, 1, 0, 8 + 8 * i, 0);
	}
	insn_put_exit(&buf);
	prog = prog_build(insns, buf.cnt);
	prog->facts[probe].flags |= FACT_PROBE_LOAD;
	return prog;
}

static void check_probe(const struct jit_run *run, u8 dst, u8 src, u64 addr, u64 want)
{
	u64 ctx[11] = { addr };
	bool kept;
	u32 i;

	jit_run_call(run, ctx, &kept);
	CHECK(kept);
	for (i = 0; i < 10; i++)
		CHECK_EQ(ctx[1 + i], i == dst ? want : i == src ? addr : 100 + i);
}

static void probe_loads(void)
{
	static const u8 bytes[16] = { 0, 0, 0, 0x91, 0xa2, 0xb3, 0xc4, 0xd5, 0xe6, 0xf7, 0x88 };
	static const struct {
		u8 code;
		u64 want;
	} rows[] = {
		{ BPF_LDX | BPF_MEM | BPF_B, 0x91 }, { BPF_LDX | BPF_MEM | BPF_H, 0xa291 },
		{ BPF_LDX | BPF_MEM | BPF_W, 0xc4b3a291 },
		{ BPF_LDX | BPF_MEM | BPF_DW, 0x88f7e6d5c4b3a291 },
		{ BPF_LDX | BPF_MEMSX | BPF_B, 0xffffffffffffff91 },
		{ BPF_LDX | BPF_MEMSX | BPF_H, 0xffffffffffffa291 },
		{ BPF_LDX | BPF_MEMSX | BPF_W, 0xffffffffc4b3a291 },
	};
	void *hole = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	u32 i, pair;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
	for (pair = 0; pair < 100; pair++) {
		u8 dst = pair / 10, src = pair % 10;
		struct verified_prog *prog = probe_prog(rows[i].code, dst, src);
		struct jit_run run;

		CHECK_EQ(jit_run_prepare(&run, prog, NULL, NULL, 0), 0);
		check_probe(&run, dst, src, (u64)bytes, rows[i].want);
		check_probe(&run, dst, src, (u64)hole, 0);
		check_probe(&run, dst, src, 0, 0);
		check_probe(&run, dst, src, 0x8000000000000000, 0);
		jit_run_release(&run);
		prog_free(prog);
	}
	CHECK_EQ(jit_run_probe_load((u64)bytes + 3, 2), 0xa291);
	CHECK_EQ(jit_run_probe_load((u64)hole, 8), 0);
	munmap(hole, 4096);
}

/* --- lookups without a call ------------------------------------------------------- */

#define VALUES 5

static u64 refuse_lookup(u64 map, u64 key, u64 r3, u64 r4, u64 r5)
{
	return 0x5ee7;	/* it was called */
}

#define VALUES_AT 0x7fff12340000

/* R0 for a key; @type and @flags as given; @key_fact: also as a constant that the verifier knows. */
static u64 look_up_in(const struct map_bind *bind, u32 type, u32 flags, u32 key, bool key_fact)
{
	static const char *const names[] = { "map" };
	static const u64 lookup_helpers[MODBPF_FUNC_LIMIT] = { [1] = (u64)refuse_lookup };
	const struct map_desc desc = { .type = type };
	struct verified_prog *prog = prog_from_text("r2 = *(u32 *)(r1 +0)\n *(u32 *)(r10 -4) = r2\n r2 = r10\n"
						    "r2 += -4\n r1 = map[map]\n call 1\n exit\n", names, 1);
	struct jit_run run;
	u64 r0;
	u32 i;

	for (i = 0; i < prog->insn_cnt; i++) {
		if (!insn_is_helper_call(&prog->insns[i]))
			continue;
		prog->facts[i] = (struct insn_fact){ .flags = FACT_CONST_MAP, .key = key };
		if (key_fact)
			prog->facts[i].flags |= FACT_CONST_KEY;
	}
	CHECK_EQ(jit_run_prepare_maps(&run, prog, &desc, bind, lookup_helpers, flags), 0);
	r0 = jit_run_call(&run, &key, NULL);
	jit_run_release(&run);
	prog_free(prog);
	return r0;
}

static u64 look_up(u32 type, u32 stride, u32 flags, u32 key, bool key_fact)
{
	const struct map_bind bind = { .values = VALUES_AT, .stride = stride, .max_entries = VALUES };

	return look_up_in(&bind, type, flags, key, key_fact);
}

static void lookups_in_an_array(void)
{
	static const u32 strides[] = { 8, 16, 24, 4096, 0x7ffffff8 };
	static const u32 keys[] = { 0, 1, VALUES - 1, VALUES, VALUES + 1, 0x7fffffff, 0x80000000, 0xffffffff };
	u32 i, k;

	for (i = 0; i < ARRAY_SIZE(strides); i++)
	for (k = 0; k < ARRAY_SIZE(keys); k++) {
		u64 want = keys[k] < VALUES ? VALUES_AT + (u64)keys[k] * strides[i] : 0;

		CHECK_EQ(look_up(MODBPF_MAP_ARRAY, strides[i], JIT_RUN_OPT2, keys[k], false), want);
		CHECK_EQ(look_up(MODBPF_MAP_ARRAY, strides[i], JIT_RUN_OPT2, keys[k], true), want);
	}
	/* Other types, and the lower levels, call; so does blinded code, but for a known index. */
	CHECK_EQ(look_up(MODBPF_MAP_ARRAY, 8, JIT_RUN_OPT2 | JIT_RUN_BLIND, 1, false), 0x5ee7);
	CHECK_EQ(look_up(MODBPF_MAP_ARRAY, 8, JIT_RUN_OPT2 | JIT_RUN_BLIND, 1, true), VALUES_AT + 8);
	CHECK_EQ(look_up(MODBPF_MAP_ARRAY, 8, JIT_RUN_OPT1, 0, true), 0x5ee7);
	CHECK_EQ(look_up(MODBPF_MAP_HASH, 8, JIT_RUN_OPT2, 0, false), 0x5ee7);
	CHECK_EQ(look_up(MODBPF_MAP_PERCPU_ARRAY, 8, JIT_RUN_OPT2, 0, true), 0x5ee7);
}

static void lookups_in_a_percpu_array(void)
{
	static const u32 keys[] = { 0, 1, VALUES - 1, VALUES, 0x7fffffff, 0x80000000, 0xffffffff };
	struct map_bind bind = { .values = VALUES_AT, .stride = 24, .max_entries = VALUES, .is_percpu = true };
	u32 flags = JIT_RUN_OPT2 | JIT_RUN_PERCPU, type = MODBPF_MAP_PERCPU_ARRAY, k;

	for (k = 0; k < ARRAY_SIZE(keys); k++) {
		u64 want = keys[k] < VALUES ? VALUES_AT + JIT_RUN_CPU_OFFSET + keys[k] * 24ULL : 0;

		CHECK_EQ(look_up_in(&bind, type, flags, keys[k], false), want);
		CHECK_EQ(look_up_in(&bind, type, flags, keys[k], true), want);
	}
	bind.max_entries = 0xffffffff;
	CHECK_EQ(look_up_in(&bind, type, flags, 0x80000001, true),
		 VALUES_AT + JIT_RUN_CPU_OFFSET + 0x80000001 * 24ULL);
	/* Blinded code, the lower levels, and who knows no offset, call. */
	CHECK_EQ(look_up_in(&bind, type, flags | JIT_RUN_BLIND, 1, false), 0x5ee7);
	CHECK_EQ(look_up_in(&bind, type, flags | JIT_RUN_BLIND, 1, true), 0x5ee7);
	CHECK_EQ(look_up_in(&bind, type, JIT_RUN_OPT1 | JIT_RUN_PERCPU, 1, true), 0x5ee7);
	CHECK_EQ(look_up_in(&bind, type, JIT_RUN_OPT2, 1, true), 0x5ee7);
	bind.values = 0;
	CHECK_EQ(look_up_in(&bind, type, flags, 1, true), 0x5ee7);
}

static u64 own_function(u64 map, u64 key, u64 r3, u64 r4, u64 r5)
{
	return map + *(u32 *)key + r3 + r4 + r5;
}

/* Each helper that has a function of the map for it, and what it gets there. */
static void functions_of_a_map(void)
{
	static const u32 helpers[MAP_CALL_COUNT] = {
		[MAP_CALL_LOOKUP] = 1, [MAP_CALL_UPDATE] = 2, [MAP_CALL_DELETE] = 3, [MAP_CALL_PUSH] = 87,
		[MAP_CALL_POP] = 88, [MAP_CALL_PEEK] = 89, [MAP_CALL_LOOKUP_PERCPU] = 195,
	};
	static const char *const names[] = { "map" };
	u64 generic[MODBPF_FUNC_LIMIT] = {};
	const struct map_desc desc = { .type = MODBPF_MAP_HASH };
	u32 call, key = 5, i;
	char text[256];

	for (call = 0; call < MAP_CALL_COUNT; call++)
		generic[helpers[call]] = (u64)refuse_lookup;
	for (call = 0; call < 2 * MAP_CALL_COUNT; call++) {
		u32 opt = call < MAP_CALL_COUNT ? JIT_RUN_OPT2 : JIT_RUN_OPT1, which = call % MAP_CALL_COUNT;
		struct map_bind bind = { .map = 100 };
		struct verified_prog *prog;
		struct jit_run run;

		bind.calls[which] = (u64)own_function;
		snprintf(text, sizeof(text), "r2 = r1\n r1 = map[map]\n r3 = 1000\n r4 = 10000\n r5 = 100000\n"
			 "call %u\n exit\n", helpers[which]);
		prog = prog_from_text(text, names, 1);
		for (i = 0; i < prog->insn_cnt; i++)
			if (insn_is_helper_call(&prog->insns[i]))
				prog->facts[i].flags = FACT_CONST_MAP;
		CHECK_EQ(jit_run_prepare_maps(&run, prog, &desc, &bind, generic, opt), 0);
		CHECK_EQ(jit_run_call(&run, &key, NULL), opt == JIT_RUN_OPT2 ? 111105 : 0x5ee7);
		jit_run_release(&run);
		prog_free(prog);
	}
}

static const struct check_case cases[] = {
	{ "lookups in an array need no call", lookups_in_an_array },
	{ "lookups in a per-CPU array need no call", lookups_in_a_percpu_array },
	{ "a map's own function is called for a helper", functions_of_a_map },
	{ "a callback is called as C calls, and keeps what C wants kept", callbacks_run },
	{ "a helper gets R1 to R5 in their order and its result is R0", helper_arguments },
	{ "R6 to R9 and the stack outlive a helper", saved_registers_over_a_helper },
	{ "the stack is aligned at every call", stack_alignment },
	{ "a subprogram keeps its caller's registers and stack", subprograms_keep_their_callers_registers },
	{ "eight frames deep, each with its own stack", eight_frames_deep },
	{ "map and map value addresses", map_addresses },
	{ "a helper that takes the program gets it, and its callback", the_program_itself },
	{ "tail calls stop after 33", tail_calls_stop_after_33 },
	{ "a tail call replaces the program", a_tail_call_replaces_the_program },
	{ "a tail call in a subprogram returns to its caller", a_tail_call_in_a_subprogram },
	{ "subprograms share the count of tail calls", subprograms_share_the_count },
	{ "tail calls that do not happen", tail_calls_that_do_not_happen },
	{ "tail calls do not use up the stack", tail_calls_do_not_use_up_the_stack },
	{ "probe loads give the value or 0 and change nothing else", probe_loads },
};

int main(int argc, char **argv)
{
	return check_run("test_jit_call", cases, ARRAY_SIZE(cases), argc, argv);
}
