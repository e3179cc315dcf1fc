/* SPDX-License-Identifier: GPL-2.0-only */
/* What storm.bpf.c and its users know. */
#ifndef MODBPF_TESTS_E2E_STORM_H
#define MODBPF_TESTS_E2E_STORM_H

#define STORM_PORT 7007		/* UDP, on the loopback device; the first worker's, the next one's is one more */
#define STORM_OTHER_PORT 7006	/* the same traffic, which is not counted */
#define PORT_SLOT MASKS		/* of the array "numbers", set from outside: which port is counted */

#endif
