/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The addresses that a map index of a verified program stands for. */
#ifndef MODBPF_ISA_BIND_H
#define MODBPF_ISA_BIND_H

#include "isa/platform.h"

/* Helpers that do nothing but call a function of the map. */
enum map_call {
	MAP_CALL_LOOKUP, MAP_CALL_UPDATE, MAP_CALL_DELETE,
	MAP_CALL_PUSH, MAP_CALL_POP, MAP_CALL_PEEK,
	MAP_CALL_LOOKUP_PERCPU,
	MAP_CALL_COUNT
};

/*
 * What a map index means at run time; for the JIT and the interpreter alike.
 *
 * A program array is max_entries words of 8 bytes at values: where a tail call
 * lands (an address of machine code, or of a struct interp_env where programs
 * are interpreted), 0: empty. An entry may change while it is read.
 */
struct map_bind {
	u64 map;	/* address that helpers take as their map argument */
	u64 values;	/* first value (array), or first entry of a program array; else 0 */
	u32 stride;	/* bytes from one value to the next */
	u32 max_entries;
	bool is_percpu;	/* values, plus the CPU's own offset, is the first value */
	u64 calls[MAP_CALL_COUNT];	/* the map's own function, which does what the helper would; or 0 */
};

#endif
