/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs a program's machine code in a test's own process: executable memory, the
 * thunks that a jit_target names, and calls that check what C relies on.
 */
#ifndef MODBPF_TESTS_SUPPORT_JITRUN_H
#define MODBPF_TESTS_SUPPORT_JITRUN_H

#include "isa/bind.h"
#include "isa/verified.h"

struct jit_layout;
struct map_desc;

enum {
	JIT_RUN_THUNKS = 1 << 0,	/* return and jump through thunks, as a kernel may want it */
	JIT_RUN_OPT1 = 1 << 1,		/* optimisation level 1; else 0 */
	JIT_RUN_OPT2 = 1 << 2,		/* level 2 */
	JIT_RUN_BMI2 = 1 << 3,		/* as for a processor with BMI2 */
	JIT_RUN_BLIND = 1 << 4,		/* constants are blinded, by a seed that goes with the length */
	JIT_RUN_PERCPU = 1 << 5,	/* per-CPU values of this CPU lie JIT_RUN_CPU_OFFSET behind their addresses */
	JIT_RUN_BEST = JIT_RUN_OPT2 | JIT_RUN_BMI2,
};

#define JIT_RUN_CPU_OFFSET 0x300000
#define JIT_RUN_SELF 0xffff88805e1f0008	/* what helpers take the program for */

struct jit_run {
	u64 (*entry)(const void *ctx);
	u64 tail_entry;		/* what a program array's entry holds */
	const struct jit_layout *layout;
	const u8 *image;
	/* private */
	struct jit_code *code;
	size_t mapped;
};

/*
 * Compile @prog, which must stay, and make it executable. @binds per map index, may be
 * NULL; @helpers has MODBPF_FUNC_LIMIT addresses and may be NULL; they may lie
 * anywhere. Returns 0 or what the JIT did.
 */
int jit_run_prepare(struct jit_run *run, const struct verified_prog *prog,
		    const struct map_bind *binds, const u64 *helpers, u32 flags);
/* The same, with what the maps are, so that lookups are inlined. */
int jit_run_prepare_maps(struct jit_run *run, const struct verified_prog *prog,
			 const struct map_desc *maps, const struct map_bind *binds,
			 const u64 *helpers, u32 flags);
void jit_run_release(struct jit_run *run);

/* Call it. *@kept is false if it did not leave a register as C wants it; may be NULL. */
u64 jit_run_call(const struct jit_run *run, const void *ctx, bool *kept);

/* The value at @addr, 0 if it cannot be read: what FACT_PROBE_LOAD does (interp_env.probe_load). */
u64 jit_run_probe_load(u64 addr, u32 bytes);

#endif
