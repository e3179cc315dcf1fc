/* SPDX-License-Identifier: GPL-2.0-only */
/* What the programs of nf.bpf.c count, and of which packets. */
#ifndef MODBPF_TESTS_E2E_NF_H
#define MODBPF_TESTS_E2E_NF_H

#define NF_DROP 0	/* Linux's */
#define NF_ACCEPT 1
#define NF_HOOK_LOCAL_IN 1
#define NF_FAMILY_IPV4 2

#define NF_LENGTH 128	/* bytes of a ping's packet with 100 of its own */

#define NF_PAYLOAD 28		/* bytes in front of a ping's own */
#define NF_PIECES_LENGTH 4028	/* of a ping's packet with 4000 of its own */
#define NF_FAR 3000		/* bytes from its start */
#define NF_PORT 9099

/* Slots of the map. */
enum {
	NF_WRONG, NF_PLACES, NF_DEVICES, NF_WHOLE, NF_NOT_LINEAR, NF_COPIED, NF_OUTSIDE, NF_READ,
	NF_PART, NF_WRITTEN, NF_JELLO, NF_SLOTS = 16
};

#endif
