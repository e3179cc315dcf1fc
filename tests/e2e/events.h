/* SPDX-License-Identifier: GPL-2.0-only */
/* The slots of the array "numbers": what programs on events tell who watches them. */
#ifndef MODBPF_TESTS_E2E_EVENTS_H
#define MODBPF_TESTS_E2E_EVENTS_H

#define NR_UMASK 95	/* the system call, x86-64 */
#define PACKET_BYTES 16	/* that are sent */

enum number {
	WATCHED,	/* set from outside: the process that counts */
	ENTRIES, RETURNS, MASKS, RESULTS, FORKS, SWITCHES, WRONG, FRAMES,
	NUMBERS
};

#endif
