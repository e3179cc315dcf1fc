/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The programs of tests/bench: read from their committed bytecode, verified, compiled,
 * and counted. A count is exact: the processor stops after each instruction of the image.
 */
#ifndef MODBPF_TESTS_SUPPORT_BENCHPROG_H
#define MODBPF_TESTS_SUPPORT_BENCHPROG_H

#include "isa/bind.h"
#include "isa/verified.h"
#include "tests/support/jitrun.h"

#define BENCH_MAX_INSNS 1024
#define BENCH_DATA_BYTES 8192	/* struct bench_data */
#define BENCH_CONSTANT_BYTES 1024

struct bench_prog {
	struct modbpf_insn insns[BENCH_MAX_INSNS];
	u32 insn_cnt;
	u32 constant_cnt;		/* bytes; 0: it has no second map */
	u8 constants[BENCH_CONSTANT_BYTES];
	struct map_bind binds[2];	/* bench_data, constants */
};

/* What bench_data points to in this process; bench_fill() makes the input. */
extern u8 bench_data[BENCH_DATA_BYTES];
void bench_fill(void);

/* Returns 0, or -EINVAL after saying why. */
int bench_read(const char *path, struct bench_prog *prog);
/* NULL, and the reason printed, if the verifier refuses it. */
struct verified_prog *bench_verify(const struct bench_prog *prog);

/* Instructions that lie in @bytes at @image and are executed by one call of @entry. */
u64 bench_count(const void *image, u32 bytes, u64 (*entry)(const void *ctx), u64 *r0);

#endif
