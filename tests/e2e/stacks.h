/* SPDX-License-Identifier: GPL-2.0-only */
/* What the programs that look at stacks tell who watches them. */
#ifndef MODBPF_TESTS_E2E_STACKS_H
#define MODBPF_TESTS_E2E_STACKS_H

#define STACK_DEPTH 48

struct stack_pair {
	__s32 kernel, user;
};

struct stack_copy {
	__s64 bytes;
	__u64 ips[STACK_DEPTH];
};

#endif
