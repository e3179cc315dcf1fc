/* SPDX-License-Identifier: GPL-2.0-only */
/* What stands for what in nat.bpf.c: a service at addresses that no machine has. */
#ifndef MODBPF_TESTS_E2E_NAT_H
#define MODBPF_TESTS_E2E_NAT_H

#define SHOWN_ADDRESS 0x0a4d0009	/* 10.77.0.9, and fd77::9 */
#define REAL_ADDRESS 0x0a4d0002		/* 10.77.0.2, and fd77::2 */
#define ADDRESS6_PREFIX 0xfd770000
#define SHOWN_ADDRESS6_END 9
#define REAL_ADDRESS6_END 2
#define SHOWN_PORT 80
#define REAL_PORT 8080

/* Payload to this TCP port has its first byte counted up by one where it is sent. */
#define COUNTED_PORT 9099

#endif
