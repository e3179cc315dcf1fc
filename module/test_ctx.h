/* SPDX-License-Identifier: GPL-2.0-only */
/* The context that a PROG_TEST_RUN of a program on packets is given, and gives back. */
#ifndef MODBPF_MODULE_TEST_CTX_H
#define MODBPF_MODULE_TEST_CTX_H

#include "module/command.h"

struct caller;
struct sk_buff;
struct skb_ctx;

struct test_ctx {
	struct modbpf_sk_buff fields;
	bool is_given, is_wanted;
};

/*
 * What the caller gave. 0, -EFAULT, -E2BIG (a longer struct with a tail that is not zero),
 * -EINVAL (a field that nobody may give). Sleep.
 */
int test_ctx_read(const struct caller *caller, const union modbpf_attr *attr,
		  struct test_ctx *test);
/* Give it to the packet and the program's view of it. 0, -EINVAL: no packet is like that. */
int test_ctx_apply(struct test_ctx *test, struct sk_buff *skb, struct skb_ctx *ctx);
/* Tell the caller what became of it. 0, -EFAULT, -ENOSPC: cut, its true size is told. Sleep. */
int test_ctx_write(const struct caller *caller, const union modbpf_attr *attr,
		   const struct command_out *out, struct test_ctx *test, struct sk_buff *skb,
		   const struct skb_ctx *ctx);

#endif
