/* SPDX-License-Identifier: GPL-2.0-only */
/* What storm.bpf.c and its users know. */
#ifndef MODBPF_TESTS_E2E_STORM_H
#define MODBPF_TESTS_E2E_STORM_H

#define STORM_PORT 7007		/* UDP, on the loopback device */
#define STORM_OTHER_PORT 7008	/* the same traffic, which is not counted */

#endif
