/* SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause */
/*
 * bpf(2) without a device: maps are remembered and programs verified, in this
 * process, by the verifier that the module has. Nothing can be run or attached.
 * For one thread.
 */
#ifndef MODBPF_USER_OFFLINE_H
#define MODBPF_USER_OFFLINE_H

#include "verifier/verifier.h"

/* What came of a PROG_LOAD. */
struct offline_verdict {
	bool was_asked;		/* it came to that; else the rest is 0 */
	int err;		/* 0 or -errno */
	u32 insn_cnt;
	struct verify_stats stats;
	u64 nsecs;		/* in the verifier */
	u64 peak_bytes;		/* that the verifier held at a time */
};

/*
 * From now on bpf(2) is answered here. *@verdict is about the last PROG_LOAD
 * whose log goes to @log: libbpf makes others of its own. May be called again.
 */
void offline_begin(const char *log, struct offline_verdict *verdict);

#endif
