/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The JIT's contract: a verified_prog and what it is bound to go in, machine
 * code comes out. Compiling and emitting are apart, so that the size is known
 * before memory is allocated, and the address before the bytes are written.
 *
 * Context: may sleep; takes no lock; touches no live kernel object.
 */
#ifndef MODBPF_JIT_JIT_H
#define MODBPF_JIT_JIT_H

#include "isa/bind.h"
#include "verifier/verifier.h"

/*
 * What the machine and the kernel that runs the code want. Addresses lie within
 * +-2 GiB of the image.
 */
struct jit_target {
	const u64 *helpers;	/* address by helper id, MODBPF_FUNC_LIMIT entries; 0: absent */
	u64 return_thunk;	/* jump there instead of ret; 0: ret; int3 */
	u64 indirect_thunk;	/* x86: jump or call there with the target in rax; 0: plain indirect */
	/*
	 * Loads that may fault, for 1, 2, 4 and 8 bytes. x86: the address is in
	 * rax, the zero-extended value comes back in rax, 0 after a fault; no
	 * other register changes.
	 */
	u64 probe_load[4];
	/*
	 * Where the CPU's own offset is, which the addresses of per-CPU values lack: x86, the
	 * displacement from gs; 0: nowhere.
	 */
	s32 cpu_offset;
	u32 features;		/* JIT_CPU_* */
};

enum {
	JIT_CPU_BMI2 = 1 << 0,
};

struct jit_request {
	const struct verified_prog *prog;
	const struct map_desc *maps;
	const struct map_bind *binds;	/* per map index */
	u64 self;			/* what helpers take the program for */
	const struct jit_target *target;
	u32 opt;			/* optimisation level 0..2 */
	u64 blind_seed;			/* random: no constant of the program is in the image; 0: they may be */
};

struct jit_code;	/* compiled, not yet placed */

/* Where things are in an emitted image; offsets in bytes from its start. */
struct jit_layout {
	u32 bytes;
	u32 entry;		/* u64 entry(const void *ctx): called from C */
	u32 tail_entry;		/* where a tail call lands */
	u32 subprog_cnt;
	const u32 *subprog;	/* start of each subprogram's code */
	u32 insn_cnt;
	const u32 *insn;	/* final insn -> its first byte */
};

/*
 * Returns 0, -ENOMEM, -EINTR, -E2BIG (an image above 16 MiB), -EOPNOTSUPP (an
 * instruction, a helper or a tail call that has no code here), -EFAULT (not what
 * the verifier makes: a bug of ours).
 */
int modbpf_jit_compile(const struct jit_request *req, struct jit_code **out);
const struct jit_layout *modbpf_jit_layout(const struct jit_code *code);
/*
 * Write the bytes for an image that will run at @addr to @buf, which holds
 * layout->bytes. Returns 0, or -ERANGE if a target is out of reach of @addr.
 */
int modbpf_jit_emit(const struct jit_code *code, u64 addr, u8 *buf);
void modbpf_jit_free(struct jit_code *code);

#endif
