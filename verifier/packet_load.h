/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* BPF_LD_[ABS|IND]: the check is check_packet_load() of step.h. */
#ifndef MODBPF_VERIFIER_PACKET_LOAD_H
#define MODBPF_VERIFIER_PACKET_LOAD_H

#include "isa/insn.h"

#define PACKET_LOAD_MAX_INSNS 8	/* that one may become */

/* What a checked BPF_LD_[ABS|IND] becomes; returns how many are at @out. */
u32 packet_load_expand(const struct modbpf_insn *insn, struct modbpf_insn *out);

#endif
