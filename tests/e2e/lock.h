/* SPDX-License-Identifier: GPL-2.0-only */
/* A value with a lock, as programs and who reads it see it. Include <linux/bpf.h> before. */
#ifndef MODBPF_TESTS_E2E_LOCK_H
#define MODBPF_TESTS_E2E_LOCK_H

struct locked {
	__u64 first;
	struct bpf_spin_lock lock;
	__u32 work;
	__u64 second;
};

#endif
