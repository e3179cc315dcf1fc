/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Classic BPF: the packet filters of McCanne and Jacobson (USENIX 1993), as `tcpdump -ddd`
 * prints them and `struct sock_filter` holds them. They are checked, and translated to eBPF:
 * a program of type SOCKET_FILTER, SCHED_CLS or SCHED_ACT, whose result, 32 bits, is the
 * filter's. The verifier finds nothing in it to refuse, but its budget can be too small for
 * a long filter that computes another number on each of its ways (budget-work).
 *
 * As on Linux, a load from outside of the packet, and a division by an X of zero, end the
 * filter with 0; A and X are zero at the start; offsets from SKF_AD_OFF on ask for what is
 * known of the packet beside its bytes.
 */
#ifndef MODBPF_ISA_CLASSIC_H
#define MODBPF_ISA_CLASSIC_H

#include "isa/insn.h"

#define CLASSIC_MAX_INSNS 4096	/* Linux's BPF_MAXINSNS */
#define CLASSIC_MEMORY 16	/* words M[] */

/* Linux's struct sock_filter. */
struct classic_insn {
	u16 code;
	u8 jt, jf;	/* instructions to skip if true, if false */
	u32 k;
};
static_assert(sizeof(struct classic_insn) == 8, "layout of struct sock_filter");

/* Offsets of a load that are no places in the packet, to be added to SKF_AD_OFF. */
#define CLASSIC_AD_OFF (-0x1000)
enum {
	CLASSIC_AD_PROTOCOL = 0,	/* EtherType */
	CLASSIC_AD_PKTTYPE = 4,		/* PACKET_* */
	CLASSIC_AD_IFINDEX = 8,
	CLASSIC_AD_NLATTR = 12,
	CLASSIC_AD_NLATTR_NEST = 16,
	CLASSIC_AD_MARK = 20,
	CLASSIC_AD_QUEUE = 24,
	CLASSIC_AD_HATYPE = 28,
	CLASSIC_AD_RXHASH = 32,
	CLASSIC_AD_CPU = 36,
	CLASSIC_AD_ALU_XOR_X = 40,	/* no load: A ^= X */
	CLASSIC_AD_VLAN_TAG = 44,
	CLASSIC_AD_VLAN_TAG_PRESENT = 48,
	CLASSIC_AD_PAY_OFFSET = 52,
	CLASSIC_AD_RANDOM = 56,
	CLASSIC_AD_VLAN_TPID = 60,
	CLASSIC_AD_MAX = 64,
};

struct classic_error {
	u32 insn;
	const char *what;	/* a sentence without its subject: "jumps behind the end" */
};

/*
 * Check a filter of @cnt instructions. 0, or -EINVAL with *@error filled; -ENOMEM.
 * May sleep.
 */
int classic_check(const struct classic_insn *insns, u32 cnt, struct classic_error *error);

/*
 * Translate a filter that classic_check() passed. *@out is the caller's, to be freed with
 * modbpf_free(). 0 or -ENOMEM. May sleep.
 */
int classic_translate(const struct classic_insn *insns, u32 cnt, struct modbpf_insn **out,
		      u32 *out_cnt);

#endif
