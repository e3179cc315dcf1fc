/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * May handlers hang on thousands of functions at once, at their entry (ftrace), at their
 * return (fprobe)? ftrace takes a list of addresses since 6.1; fprobe's handlers have had
 * four signatures since 5.18, the stable series' own among them.
 */
#ifndef MODBPF_MODULE_COMPAT_FTRACE_H
#define MODBPF_MODULE_COMPAT_FTRACE_H

#include <linux/ftrace.h>
#include <linux/ptrace.h>

#if defined(CONFIG_DYNAMIC_FTRACE_WITH_REGS) && defined(COMPAT_FTRACE_SET_FILTER_IPS)
#define COMPAT_HAS_FTRACE 1
#else
#define COMPAT_HAS_FTRACE 0
#endif

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

#else
#define COMPAT_HAS_FPROBE 0
#endif

#endif
