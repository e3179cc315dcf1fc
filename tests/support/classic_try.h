/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A classic filter through the whole of our side: checked, translated, verified, run in
 * the interpreter, on a packet whose struct __sk_buff the test fills.
 */
#ifndef MODBPF_TESTS_SUPPORT_CLASSIC_TRY_H
#define MODBPF_TESTS_SUPPORT_CLASSIC_TRY_H

#include "tests/support/classic_run.h"

struct verified_prog;

/* The program, or NULL and in *@why what refused it; @log has the verifier's reason. */
struct verified_prog *classic_verify(const struct classic_insn *insns, u32 cnt, const char **why);
/* What @packet makes of it; the fields beside the packet are those that classic_beside() gave. */
u32 classic_try(const struct verified_prog *prog, const struct classic_packet *packet);
/* Fill packet->beside and wire_len with numbers from @seed. */
void classic_beside(struct classic_packet *packet, u64 seed);

#endif
