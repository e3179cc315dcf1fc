/* SPDX-License-Identifier: GPL-2.0-only */
/* PROG_TEST_RUN: what the runs of programs with different contexts have in common. */
#ifndef MODBPF_MODULE_TEST_RUN_H
#define MODBPF_MODULE_TEST_RUN_H

#include "module/command.h"

struct caller;
struct modbpf_prog;
struct sk_buff;

struct test_result {
	u32 retval;
	u32 duration;	/* nanoseconds of one run, the mean */
};

/* Of a packet of at least @least bytes, with nothing that is for tracing programs. 0, -EINVAL. */
int test_check_packet(const union modbpf_attr *attr, u32 least);
/*
 * A packet of the bytes that the caller gave, which begins with them and has @headroom
 * bytes of zeroes in front; kfree_skb() it. ERR_PTR(-EINVAL: too many, -ENOMEM, -EFAULT).
 * Sleeps.
 */
struct sk_buff *test_packet_read(const struct caller *caller, const union modbpf_attr *attr,
				 u32 headroom);
/* As often as the caller asked; a signal ends it. 0, -EINTR. Sleeps between the runs. */
int test_run_repeatedly(const struct caller *caller, struct modbpf_prog *prog, const void *ctx,
			u32 repeat, struct test_result *result);
/* Tell what came out, and how many bytes the packet has now. 0, -EFAULT. Sleeps. */
int test_put_result(const struct caller *caller, const struct command_out *out, u32 bytes,
		    const struct test_result *result);

/* Of a NETFILTER program. 0 and -errno as the command's. Sleeps. */
int test_run_netfilter(const struct caller *caller, const union modbpf_attr *attr,
		       const struct command_out *out, struct modbpf_prog *prog);
/* Of a RAW_TRACEPOINT program. The same; -ENXIO: no such CPU; -EBUSY: it runs there already. */
int test_run_raw_tracepoint(const struct caller *caller, const union modbpf_attr *attr,
			    const struct command_out *out, struct modbpf_prog *prog);

#endif
