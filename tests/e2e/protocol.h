/* SPDX-License-Identifier: GPL-2.0-only */
/* Which ports' packets are rewritten to the other protocol by protocol.bpf.c, and what it counts. */
#ifndef MODBPF_TESTS_E2E_PROTOCOL_H
#define MODBPF_TESTS_E2E_PROTOCOL_H

#define PORT_UDP 7001	/* becomes TCP */
#define PORT_TCP 7003	/* becomes UDP, if it has a payload */

enum { PROTOCOL_HOW, PROTOCOL_TO_TCP, PROTOCOL_TO_UDP, PROTOCOL_BENT, PROTOCOL_SLOTS };

/* What is in PROTOCOL_HOW: nothing is changed, or one thing. */
enum {
	CHANGE_NOTHING,
	CHANGE_PROTOCOL,
	CHANGE_SHAPE,	/* of a datagram: IPv4's header length, IPv6's version */
	CHANGE_LENGTH,	/* what the header says of it */
	CHANGE_CLASS,	/* type of service, traffic class */
};

#endif
