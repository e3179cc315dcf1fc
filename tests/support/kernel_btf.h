/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The types of a kernel that there is not, for programs with typed pointers:
 *
 *	struct task {
 *		int pid;				0
 *		char comm[16];				4
 *		struct task *parent;			24
 *		struct { int a; struct task *inner; };	32, 40
 *		union { long number; struct { int lo; int hi; }; struct file *file; struct task *twin; };	48
 *		int bits : 3;				56
 *		struct list { struct list *next, *prev; } node;	64
 *		struct task *array[4];			80
 *		const volatile struct task *const cv;	112
 *		void *data;				120
 *		int *ints;				128
 *		struct opaque *opaque;			136
 *		struct task __user *user;		144
 *		struct task __percpu *percpu;		152
 *		struct task __rcu *rcu;			160
 *		struct file { long pos; struct task *owner; } rows[2][2];	168
 *		struct file more[];			232
 *	};
 *
 *	struct nf_hook_state { char hook, pf; struct task *in; };	0, 1, 112 of 120
 *	struct sk_buff { int len; struct task *owner; };	0, 24 of 32
 *
 *	struct task *f_task(struct task *, int, const struct task *, void *, bool);
 *	void f_void(void);
 *	long f_most(12 longs); what is refused: f_many(13 longs), f_wide(struct file), f_dots(int, ...),
 *	struct file f_struct(void)
 *	tracepoint event(struct task *, int); what is none: empty, no_proto, other
 */
#ifndef MODBPF_TESTS_SUPPORT_KERNEL_BTF_H
#define MODBPF_TESTS_SUPPORT_KERNEL_BTF_H

#include "isa/btf/btf.h"

/* Made once. Aborts if it is not good BTF. */
const struct btf_types *kernel_btf(void);
/* The id of the type of that name, of a tracepoint without btf_trace_; 0: none. */
u32 kernel_btf_id(const char *name);

#endif
