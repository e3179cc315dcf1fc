/* SPDX-License-Identifier: GPL-2.0-only */
/* What maps.bpf.c does in a run, and what bench_maps.c has to know of it. */
#ifndef MODBPF_TESTS_BENCH_MAPS_H
#define MODBPF_TESTS_BENCH_MAPS_H

#define OPS 256		/* of one run */
#define PREFIXES 10000
#define TAIL_RESULT 9
#define TAIL_CALLS 33	/* as many as a program may make */

/* Numbers that look random; the lowest bits of successive ones are all different. */
static inline __u32 scatter(__u32 number)
{
	return number * 0x9e3779b1U;
}

/* IPv4, the first byte at the lowest address: prefixes of 8 to 32 bits, most of them 16 to 24. */
static inline __u32 prefix_addr(__u32 nr)
{
	__u32 number = scatter(nr % PREFIXES + 1);

	return number ^ number >> 15;
}

static inline __u32 prefix_bits(__u32 nr)
{
	__u32 number = scatter(nr % PREFIXES + 1) >> 7;

	return number % 8 ? 16 + number / 8 % 9 : 8 + number / 8 % 25;
}

#endif
