/* SPDX-License-Identifier: GPL-2.0-only */
/* Which ports' packets are rewritten to the other protocol by protocol.bpf.c, and what it counts. */
#ifndef MODBPF_TESTS_E2E_PROTOCOL_H
#define MODBPF_TESTS_E2E_PROTOCOL_H

#define PORT_UDP 7001	/* becomes TCP */
#define PORT_TCP 7003	/* becomes UDP, if it has a payload */

enum { PROTOCOL_ON, PROTOCOL_TO_TCP, PROTOCOL_TO_UDP, PROTOCOL_SLOTS };

#endif
