/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernel functions that programs call. They are found by name: in a BTF object of ours that
 * stands among those of the kernel's modules, which is where libbpf looks for what the kernel
 * itself has not; or in the kernel's own BTF, where that has a function of the same name. Either
 * way the function that is called is ours.
 */
#ifndef MODBPF_MODULE_KFUNC_H
#define MODBPF_MODULE_KFUNC_H

#include <linux/types.h>

struct caller;
struct modbpf_insn;
struct user_log;

/*
 * The object is there from now on: whoever looks for BTF objects finds it. 0, -ENOMEM, -ENOSPC,
 * -EINTR. Sleeps; reads the kernel's BTF the first time.
 */
int kfunc_publish(const struct caller *caller);
/* What the kernel has has changed: the object is made anew when it is looked for. */
void kfunc_withdraw(void);

/*
 * Replace BTF ids in calls by numbers, see modbpf_insns_bind_kfuncs(). @fd_array: the user
 * address of that of the load, 0: there is none. 0; -EINVAL, -EPROTO, -EBADF with a line in the log;
 * -EFAULT, -ENOMEM, -EINTR. Sleeps.
 */
int kfunc_bind(const struct caller *caller, u64 fd_array, struct modbpf_insn *insns, u32 insn_cnt,
	       struct user_log *log);

#endif
