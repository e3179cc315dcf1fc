/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What does a classic filter return? An interpreter of its own, written after the paper
 * (McCanne, Jacobson 1993) and Linux's documentation of the extensions, which shares
 * nothing with the translation that it is compared with.
 */
#ifndef MODBPF_TESTS_SUPPORT_CLASSIC_RUN_H
#define MODBPF_TESTS_SUPPORT_CLASSIC_RUN_H

#include "isa/classic.h"

struct classic_packet {
	const u8 *bytes;
	u32 len;		/* of bytes */
	u32 room;		/* bytes that are there in front of those */
	s32 network, link;	/* where the headers begin, from bytes */
	u32 wire_len;		/* what a load of the length gives */
	u32 beside[CLASSIC_AD_MAX];	/* by offset from SKF_AD_OFF */
};

/* @insns have passed a check. */
u32 classic_run(const struct classic_insn *insns, const struct classic_packet *packet);

#endif
