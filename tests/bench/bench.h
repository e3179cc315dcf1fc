/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the bench programs share: compiled for BPF, by gcc and by clang natively. Each
 * is one function run(), which works on bench_data and returns a sum of what it found.
 * A function called bpf2bpf is marked CALLED. The input is pseudo-random bytes.
 */
#ifndef MODBPF_TESTS_BENCH_H
#define MODBPF_TESTS_BENCH_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef int s32;

#define CALLED static __attribute__((noinline))
#define INLINE static inline __attribute__((always_inline))
#define ROL32(x, n) ((x) << (n) | (x) >> (32 - (n)))
#define ROL64(x, n) ((x) << (n) | (x) >> (64 - (n)))

struct bench_data {
	u8 in[2048];
	u8 out[2048];
	u32 words[512];
	u64 longs[256];
};

#ifdef __bpf__
struct bench_data bench_data;
#else
extern struct bench_data bench_data;
#endif

#ifndef run
#define run run
#endif
u64 run(void *ctx);

#endif
