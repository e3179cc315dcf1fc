# SPDX-License-Identifier: GPL-2.0-only
# What does this kernel's API look like? Facts are read off its headers and become
# macros; the headers of this folder turn them into one API. Stable series backport API
# changes, so a version number alone would lie.
#
# $(call compat-fact,HEADER,PATTERN,MACRO): define MACRO if a line of HEADER matches the
# extended regular expression PATTERN, which may hold no comma and no parenthesis.
compat-fact = $(if $(shell grep -lsE '$(2)' $(srctree)/include/$(1)),-D$(3))

ccflags-y += $(call compat-fact,linux/kprobes.h,kretprobe \*get_kretprobe,COMPAT_GET_KRETPROBE)
ccflags-y += $(call compat-fact,linux/ftrace.h,struct ftrace_regs \*fregs,COMPAT_FTRACE_REGS)
ccflags-y += $(call compat-fact,linux/ftrace.h,__arch_ftrace_regs,COMPAT_ARCH_FTRACE_REGS)
ccflags-y += $(call compat-fact,linux/hrtimer.h,void hrtimer_setup[^_],COMPAT_HRTIMER_SETUP)
ccflags-y += $(call compat-fact,linux/dcache.h,d_make_persistent,COMPAT_D_MAKE_PERSISTENT)
ccflags-y += $(call compat-fact,linux/namei.h,start_creating_user_path,COMPAT_START_CREATING_USER_PATH)
ccflags-y += $(call compat-fact,net/netfilter/ipv4/nf_defrag_ipv4.h,nf_defrag_ipv4_disable,COMPAT_DEFRAG_DISABLE)
ccflags-y += $(call compat-fact,linux/ftrace.h,int ftrace_set_filter_ips,COMPAT_FTRACE_SET_FILTER_IPS)
ccflags-y += $(call compat-fact,linux/ftrace.h,int register_ftrace_direct.struct,COMPAT_FTRACE_DIRECT_OPS)
ccflags-y += $(call compat-fact,linux/ftrace.h,int register_ftrace_direct_multi,COMPAT_FTRACE_DIRECT_MULTI)
ccflags-y += $(call compat-fact,linux/fprobe.h,struct ftrace_regs \*,COMPAT_FPROBE_FTRACE_REGS)
ccflags-y += $(call compat-fact,linux/fprobe.h,long ret_ip,COMPAT_FPROBE_RET_IP)
ccflags-y += $(call compat-fact,linux/fprobe.h,void \*entry_data,COMPAT_FPROBE_DATA)
ccflags-y += $(call compat-fact,linux/uprobes.h,uprobe_unregister_nosync,COMPAT_UPROBE_OBJECT)
ccflags-y += $(call compat-fact,linux/uprobes.h,__u64 \*data,COMPAT_UPROBE_DATA)
ccflags-y += $(call compat-fact,linux/uprobes.h,enum uprobe_filter_ctx,COMPAT_UPROBE_FILTER_WHY)
ccflags-y += $(call compat-fact,linux/perf_event.h,void perf_tp_event.u16 event_type,COMPAT_PERF_TP_EVENT)
ccflags-y += $(call compat-fact,linux/timekeeping.h,ktime_get_tai_fast_ns,COMPAT_TAI_FAST)
ccflags-y += $(call compat-fact,linux/security.h,LOCKDOWN_BPF_READ_KERNEL,COMPAT_LOCKDOWN_READ_KERNEL)
ccflags-y += $(call compat-fact,linux/fs.h,inode_just_drop,COMPAT_INODE_JUST_DROP)
