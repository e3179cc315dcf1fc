/* SPDX-License-Identifier: GPL-2.0-only */
/* A value with a timer, as programs and who reads it see it. Include <linux/bpf.h> before. */
#ifndef MODBPF_TESTS_E2E_TIMER_H
#define MODBPF_TESTS_E2E_TIMER_H

struct timed {
	__u64 calls;
	struct bpf_timer timer;
	__u64 period;		/* nanoseconds; 0: it is not started anew */
	__s32 result;		/* of what the callback tried */
	__u32 key;		/* that the callback was given */
	__u32 cpu;		/* that it ran on */
	__u32 pad;
};

/* What programs are asked to do, in map "asked". */
struct asked {
	__u64 nsecs, flags, clock;
	__u32 key, pad;
};

#endif
