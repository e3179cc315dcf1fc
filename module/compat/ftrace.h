/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * May handlers hang on thousands of functions at once, at their entry (ftrace), at their
 * return (fprobe)? ftrace takes a list of addresses since 6.1; fprobe's handlers have had
 * four signatures since 5.18, the stable series' own among them.
 *
 * A callback of ftrace's gets the registers that arguments are passed in, and is not kept
 * from recursion: it sees to that itself. Up to 5.10 it gets struct pt_regs, if it asks for
 * it, later struct ftrace_regs, whose layout has become the architecture's.
 */
#ifndef MODBPF_MODULE_COMPAT_FTRACE_H
#define MODBPF_MODULE_COMPAT_FTRACE_H

#include <linux/delay.h>
#include <linux/ftrace.h>
#include <linux/ptrace.h>
#include <linux/string.h>

#if defined(CONFIG_DYNAMIC_FTRACE_WITH_REGS) && defined(COMPAT_FTRACE_SET_FILTER_IPS)
#define COMPAT_HAS_FTRACE 1
#else
#define COMPAT_HAS_FTRACE 0
#endif

/*
 * @ops, which is not registered any more, or was not, has no functions, and may be used anew. Kernels of before 6.1
 * export nothing that frees the filter; to have none in its place takes memory. Sleeps.
 */
static inline void compat_ftrace_forget(struct ftrace_ops *ops)
{
#if COMPAT_HAS_FTRACE
	ftrace_free_filter(ops);
#else
	while (ftrace_set_filter(ops, NULL, 0, 1) == -ENOMEM)
		msleep(10);
#endif
	/* What was freed is still in it; and some kernels leave what a refusal finds there, and refuse the next try. */
	memset(ops, 0, sizeof(*ops));
}

#if defined(CONFIG_FPROBE) && COMPAT_HAS_FTRACE
#include <linux/fprobe.h>
#define COMPAT_HAS_FPROBE 1

#if defined(COMPAT_FPROBE_FTRACE_REGS)
#define COMPAT_FPROBE_EXIT(name, fprobe, ip, regs) \
	void name(struct fprobe *fprobe, unsigned long ip, unsigned long to, \
		  struct ftrace_regs *regs, void *data)
#define compat_fprobe_regs(regs) (&arch_ftrace_regs(regs)->regs)
#elif defined(COMPAT_FPROBE_RET_IP)
#define COMPAT_FPROBE_EXIT(name, fprobe, ip, regs) \
	void name(struct fprobe *fprobe, unsigned long ip, unsigned long to, \
		  struct pt_regs *regs, void *data)
#define compat_fprobe_regs(regs) (regs)
#elif defined(COMPAT_FPROBE_DATA)
#define COMPAT_FPROBE_EXIT(name, fprobe, ip, regs) \
	void name(struct fprobe *fprobe, unsigned long ip, struct pt_regs *regs, void *data)
#define compat_fprobe_regs(regs) (regs)
#else
#define COMPAT_FPROBE_EXIT(name, fprobe, ip, regs) \
	void name(struct fprobe *fprobe, unsigned long ip, struct pt_regs *regs)
#define compat_fprobe_regs(regs) (regs)
#endif

#if defined(COMPAT_FPROBE_FTRACE_REGS)
/* From 6.14 on all fprobes share one filter, and the kernel takes functions of modules that go out of it. */
#define compat_fprobe_filter(fprobe) ((struct ftrace_ops *)NULL)
/* They know functions by where they begin. */
#define COMPAT_FPROBE_PAD 0
#define compat_fprobe_expect(fprobe, cnt) ((void)(cnt))
#else
#define compat_fprobe_filter(fprobe) (&(fprobe)->ops)
#define COMPAT_FPROBE_PAD COMPAT_FTRACE_PAD
/* @cnt returns may be waited for at once. */
#define compat_fprobe_expect(fprobe, cnt) ((fprobe)->nr_maxactive = (cnt))
#endif

#else
#define COMPAT_HAS_FPROBE 0
#define COMPAT_FPROBE_PAD 0
#endif

/*
 * Bytes of the landing pad that functions may begin with: ftrace's call lies behind it then. Told where such a
 * function begins, ftrace takes any call up to the next name, which may be that of a weak function that another one
 * has replaced: it is never switched on. Told where the call is, it takes that.
 */
#ifdef CONFIG_X86_KERNEL_IBT
#define COMPAT_FTRACE_PAD 4
#else
#define COMPAT_FTRACE_PAD 0
#endif

/*
 * May a function's first instruction call an address of ours, without ftrace between? By
 * ftrace_ops up to 6.3 under another name, up to 5.14 not at all.
 */
#if defined(CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS) && \
	(defined(COMPAT_FTRACE_DIRECT_OPS) || defined(COMPAT_FTRACE_DIRECT_MULTI))
#define COMPAT_HAS_FTRACE_DIRECT 1

/*
 * The function whose first instruction is at @ip calls @addr from now on. @ops is zero, was unset, or was refused.
 * 0; -EBUSY: it calls something already. Sleeps.
 */
static inline int compat_ftrace_direct_set(struct ftrace_ops *ops, unsigned long ip,
					   unsigned long addr)
{
	int err = ftrace_set_filter_ip(ops, ip, 0, 0);

	if (!err)
#ifdef COMPAT_FTRACE_DIRECT_OPS
		err = register_ftrace_direct(ops, addr);
#else
		err = register_ftrace_direct_multi(ops, addr);
#endif
	if (err)
		compat_ftrace_forget(ops);
	return err;
}

static inline int compat_ftrace_direct_unset(struct ftrace_ops *ops, unsigned long addr)
{
#ifdef COMPAT_FTRACE_DIRECT_OPS
	int err = unregister_ftrace_direct(ops, addr, false);
#else
	int err = unregister_ftrace_direct_multi(ops, addr);
#endif

	if (!err)
		compat_ftrace_forget(ops);
	return err;
}
#else
#define COMPAT_HAS_FTRACE_DIRECT 0

static inline int compat_ftrace_direct_set(struct ftrace_ops *ops, unsigned long ip,
					   unsigned long addr)
{
	return -EOPNOTSUPP;
}

static inline int compat_ftrace_direct_unset(struct ftrace_ops *ops, unsigned long addr)
{
	return -EOPNOTSUPP;
}
#endif

/* static COMPAT_FTRACE_CALLBACK(name, ops, fregs) { ... } */
#ifdef COMPAT_FTRACE_REGS
#define COMPAT_FTRACE_CALLBACK(name, ops, fregs) \
	notrace void name(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops, \
			  struct ftrace_regs *fregs)
#define COMPAT_FTRACE_FLAGS 0
#ifdef COMPAT_ARCH_FTRACE_REGS
#define compat_ftrace_regs(fregs) (&arch_ftrace_regs(fregs)->regs)
#else
#define compat_ftrace_regs(fregs) (&(fregs)->regs)
#endif
#else
#define COMPAT_FTRACE_CALLBACK(name, ops, fregs) \
	notrace void name(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops, \
			  struct pt_regs *fregs)
#define COMPAT_FTRACE_FLAGS (FTRACE_OPS_FL_SAVE_REGS | FTRACE_OPS_FL_RECURSION_SAFE)
#define compat_ftrace_regs(fregs) (fregs)
#endif

#endif
