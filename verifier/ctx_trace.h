/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What R1 points to while a tracing program runs. None of it is rewritten: the
 * program sees the runtime's bytes where they lie, and only reads them.
 *
 * KPROBE: the registers. TRACEPOINT: the record that perf makes of the event, its
 * fields at the offsets of the event's format file. PERF_EVENT: a struct sample_ctx.
 * RAW_TRACEPOINT: the arguments, 64 bits each.
 *
 * How long a record is, and how many arguments there are, depends on the event:
 * the verifier allows what the longest has, and says in verified_prog.ctx_end how
 * far the program looks. The hook refuses a program that looks too far.
 */
#ifndef MODBPF_VERIFIER_CTX_TRACE_H
#define MODBPF_VERIFIER_CTX_TRACE_H

#include "isa/platform.h"

#define TRACE_REGS 21		/* x86-64 */
#define TRACE_RECORD_BYTES 8192	/* Linux's PERF_MAX_TRACE_SIZE */
#define TRACE_RECORD_HEAD 8	/* bytes in front of the fields that a program may read */
#define TRACE_ARGS 12		/* Linux's MAX_BPF_FUNC_ARGS */

/* Linux's struct bpf_perf_event_data. */
struct sample_ctx {
	u64 regs[TRACE_REGS];
	u64 sample_period;
	u64 addr;
};

#endif
