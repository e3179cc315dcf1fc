/* SPDX-License-Identifier: GPL-2.0-only */
/* What the programs in samples.bpf.c and their test share. */
#ifndef MODBPF_TESTS_E2E_SAMPLES_H
#define MODBPF_TESTS_E2E_SAMPLES_H

#define RING_BYTES 4096
#define LAST_SAMPLE 1000000ULL	/* no more, for now */

enum { SUM, SHORT, NESTED, SAMPLE_NUMBERS };

#endif
