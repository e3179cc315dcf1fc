// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs at a function's entry and exit: what it is called with, and what it
 * returned, 64 bits each. A program always gets CONTEXT_WORDS of them, zero where the
 * function has none: so a tail call to one that looks further reads nothing of others.
 *
 * An entry is a callback of ftrace's, which nothing keeps from recursion: until the
 * context is marked as busy nothing is called that could be traced, but for what reads the
 * arguments on the stack: it has none there itself, so that this ends. An exit is a
 * trampoline, of which the same is true; where there can be none, a kretprobe, which keeps the
 * arguments from the entry on and costs three times as much.
 */
#include <linux/err.h>
#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "module/caller.h"
#include "module/compat/compiler.h"
#include "module/compat/ftrace.h"
#include "module/compat/kprobe.h"
#include "module/hook/busy.h"
#include "module/hook/counters.h"
#include "module/hook/run.h"
#include "module/hook/trampoline.h"
#include "module/hook/unhook.h"
#include "module/kernel_btf.h"
#include "module/kernel_symbol.h"
#include "module/link.h"
#include "module/prog.h"
#include "module/prog_target.h"

#define REGISTER_ARGS TRAMPOLINE_ARGS
#define CONTEXT_WORDS (TRACE_ARGS + 1)	/* the result is behind the last argument */
#define LANDING_PAD 4		/* bytes, which ftrace's call may be behind */
#define EXITS_AT_ONCE 512	/* calls of the function that may be under way; more are missed */

struct function_link {
	struct modbpf_link link;
	struct run_site site;
	struct event_args args;
	u64 result_mask;
	u32 btf_id, btf_obj_id;
	struct ftrace_ops entry;
	struct trampoline *trampoline;	/* NULL: an exit is a kretprobe */
	struct kretprobe exit;
	bool is_kept;			/* by the kernel: is never freed, see unhook.h */
	char name[];
};

static struct function_link *function_link_of(const struct modbpf_link *base)
{
	return container_of(base, struct function_link, link);
}

static bool is_exit(const struct function_link *link)
{
	return link->link.attach_type == MODBPF_ATTACH_TRACE_FEXIT;
}

/* --- events ------------------------------------------------------------------------ */

/* Preemption is off: the program stays. */
static __always_inline void run(const struct function_link *link, u64 *context)
{
	if (unlikely(!rcu_is_watching())) {
		this_cpu_inc(link->link.counters->missed);
		return;
	}
	hook_run(&link->link.live, link->link.counters, context, &link->site);
}

/* The same, unless one of ftrace's programs runs in this context already. */
static __always_inline void run_alone(const struct function_link *link, u64 *context)
{
	u32 bit = hook_context_bit();

	if (unlikely(this_cpu_read(hook_busy_contexts) & bit)) {
		hook_miss(&link->link);
		return;
	}
	this_cpu_or(hook_busy_contexts, bit);
	run(link, context);
	this_cpu_and(hook_busy_contexts, ~bit);
}

/* Registers hold more than a narrow argument, and those that are none hold anything. */
static __always_inline void read_args(const struct function_link *link, struct pt_regs *regs,
				      u64 *args)
{
	args[0] = regs_get_kernel_argument(regs, 0) & link->args.masks[0];
	args[1] = regs_get_kernel_argument(regs, 1) & link->args.masks[1];
	args[2] = regs_get_kernel_argument(regs, 2) & link->args.masks[2];
	args[3] = regs_get_kernel_argument(regs, 3) & link->args.masks[3];
	args[4] = regs_get_kernel_argument(regs, 4) & link->args.masks[4];
	args[5] = regs_get_kernel_argument(regs, 5) & link->args.masks[5];
}

/* The others, behind the address that the function returns to. 0: the stack ends before. */
static __always_inline void read_stack_args(const struct function_link *link,
					    struct pt_regs *regs, u64 *args)
{
	u32 i;

	for (i = REGISTER_ARGS; i < link->args.cnt; i++)
		args[i] = regs_get_kernel_stack_nth(regs, 1 + i - REGISTER_ARGS) & link->args.masks[i];
}

static COMPAT_FTRACE_CALLBACK(run_entry, ops, fregs)
{
	struct function_link *link = container_of(ops, struct function_link, entry);
	u64 context[CONTEXT_WORDS] __uninitialized;

	preempt_disable_notrace();
	read_args(link, compat_ftrace_regs(fregs), context);
	event_args_zero(context, REGISTER_ARGS, CONTEXT_WORDS);
	read_stack_args(link, compat_ftrace_regs(fregs), context);
	run_alone(link, context);
	preempt_enable_notrace();
}
NOKPROBE_SYMBOL(run_entry);

static notrace void run_after_call(struct trampoline *trampoline, struct trampoline_frame *frame)
{
	const struct function_link *link;
	u64 context[CONTEXT_WORDS] __uninitialized;

	preempt_disable_notrace();
	link = trampoline_owner(trampoline);
	if (likely(link)) {
		context[0] = frame->args[0] & link->args.masks[0];
		context[1] = frame->args[1] & link->args.masks[1];
		context[2] = frame->args[2] & link->args.masks[2];
		context[3] = frame->args[3] & link->args.masks[3];
		context[4] = frame->args[4] & link->args.masks[4];
		context[5] = frame->args[5] & link->args.masks[5];
		event_args_zero(context, REGISTER_ARGS, CONTEXT_WORDS);
		context[link->args.cnt] = frame->result[0] & link->result_mask;
		run_alone(link, context);
	}
	preempt_enable_notrace();
	trampoline_leave(trampoline);
}
NOKPROBE_SYMBOL(run_after_call);

/* Of the arguments, while the function runs. */
static __always_inline u32 kept_bytes(const struct function_link *link)
{
	return max_t(u32, link->args.cnt, REGISTER_ARGS) * sizeof(u64);
}

static int keep_args(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	struct kretprobe *exit = compat_kretprobe_of(instance);
	const struct function_link *link;
	u64 *args = (u64 *)instance->data;

	if (!exit)
		return 1;
	link = container_of(exit, struct function_link, exit);
	read_args(link, regs, args);
	read_stack_args(link, regs, args);
	return 0;
}
NOKPROBE_SYMBOL(keep_args);

static int run_exit(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	struct kretprobe *exit = compat_kretprobe_of(instance);
	struct function_link *link;
	u64 context[CONTEXT_WORDS] __uninitialized;

	if (!exit)
		return 0;
	link = container_of(exit, struct function_link, exit);
	event_args_zero(context, REGISTER_ARGS, CONTEXT_WORDS);
	memcpy(context, instance->data, kept_bytes(link));
	context[link->args.cnt] = regs_return_value(regs) & link->result_mask;
	run(link, context);
	return 0;
}
NOKPROBE_SYMBOL(run_exit);

/* --- the link ----------------------------------------------------------------------- */

/* A program must not be hung on what runs programs. */
static bool is_own_text(const void *addr)
{
	return within_module((unsigned long)addr, THIS_MODULE);
}

/* Where ftrace has the function's entry. 0 and *@ip, -ENOENT, -EINVAL. */
static int find_entry(const char *name, unsigned long *ip)
{
	return kernel_symbol_entry(name, ip) ?: is_own_text((void *)*ip) ? -EINVAL : 0;
}

static int attach_entry(struct function_link *link)
{
	unsigned long ip;
	int err = find_entry(link->name, &ip);

	if (err)
		return err;
	link->entry.func = run_entry;
	/* While it hangs there nobody switches ftrace off; if it is off, EBUSY. */
	link->entry.flags = COMPAT_FTRACE_FLAGS | FTRACE_OPS_FL_PERMANENT;
	err = ftrace_set_filter_ip(&link->entry, ip, 0, 0);
	if (err)
		return err;
	err = register_ftrace_function(&link->entry);
	if (err)
		compat_ftrace_forget(&link->entry);
	return err;
}

/*
 * Of functions that may end their task, so that a call never returns: its trampoline, and the module,
 * would be there for good.
 */
static bool may_never_return(const char *name)
{
	static const char *const names[] = {
		"__ia32_sys_exit", "__ia32_sys_exit_group", "__module_put_and_exit", "__module_put_and_kthread_exit",
		"__secure_computing", "__seccomp_filter", "__x64_sys_exit", "__x64_sys_exit_group",
		"arch_cpu_idle_dead", "arch_do_signal_or_restart", "call_usermodehelper_exec_async",
		"complete_and_exit", "cpu_startup_entry", "do_exit", "do_group_exit", "do_idle", "do_task_dead",
		"exit_to_user_mode_loop", "exit_to_user_mode_prepare", "get_signal", "ia32_sys_call",
		"io_sq_thread", "io_wq_worker", "io_wqe_worker", "kthread", "kthread_complete_and_exit",
		"kthread_exit", "kunit_try_catch_throw", "make_task_dead", "native_play_dead", "ret_from_fork",
		"syscall_exit_to_user_mode_work", "syscall_trace_enter", "vhost_task_fn", "x64_sys_call",
	};

	return match_string(names, ARRAY_SIZE(names), name) >= 0;
}

struct places {
	u32 cnt;
	unsigned long addr;
};

static int count_place(void *data, unsigned long addr)
{
	struct places *places = data;

	places->cnt++;
	places->addr = addr;
	return 0;
}

/*
 * The function whose arguments the kernel's own types tell is the one at @ip: the only one of
 * that name, and not a module's. Else some of its arguments might be on the stack, where the trampoline
 * would be in their way.
 */
static bool is_known_call(const struct function_link *link, unsigned long ip)
{
	const struct modbpf_prog *prog = rcu_access_pointer(link->link.prog);
	struct places places = {};

	if (!kernel_btf_is_own(prog->kernel_btf) || !prog->target->is_plain)
		return false;
	kernel_symbol_each(link->name, count_place, &places);
	return places.cnt == 1 && ip - places.addr <= LANDING_PAD;
}

static int attach_trampoline(struct function_link *link)
{
	struct trampoline *trampoline;
	unsigned long ip;
	int err;

	if (link->args.cnt > TRAMPOLINE_ARGS || may_never_return(link->name))
		return -EOPNOTSUPP;
	err = find_entry(link->name, &ip);
	if (err)
		return err;
	if (!is_known_call(link, ip))
		return -EOPNOTSUPP;
	trampoline = trampoline_set(ip, run_after_call, link);
	if (IS_ERR(trampoline))
		return PTR_ERR(trampoline);
	link->trampoline = trampoline;
	return 0;
}

static int attach_kretprobe(struct function_link *link)
{
	int err;

	link->exit.kp.symbol_name = link->name;
	link->exit.entry_handler = keep_args;
	link->exit.handler = run_exit;
	link->exit.data_size = kept_bytes(link);
	link->exit.maxactive = EXITS_AT_ONCE;
	link->exit.kp.flags = KPROBE_FLAG_DISABLED;
	err = register_kretprobe(&link->exit);
	if (err)
		return err;
	err = is_own_text(link->exit.kp.addr) ? -EINVAL : enable_kprobe(&link->exit.kp);
	/* One that is disabled goes without fail. */
	if (err)
		unregister_kretprobe(&link->exit);
	return err;
}

static int attach_exit(struct function_link *link)
{
	return attach_trampoline(link) ? attach_kretprobe(link) : 0;
}

static int function_link_update(const struct caller *caller, struct modbpf_link *base,
				struct modbpf_prog *prog)
{
	return prog_target_same(rcu_dereference_protected(base->prog, true), prog) ? 0 : -EINVAL;
}

static void function_link_detach(struct modbpf_link *base)
{
	struct function_link *link = function_link_of(base);

	if (link->trampoline) {
		trampoline_unset(link->trampoline);
	} else if (is_exit(link)) {
		link->is_kept = !unhook_kprobe(&link->exit.kp);
		if (!link->is_kept)
			unregister_kretprobe(&link->exit);
	} else {
		link->is_kept = !unhook_done(unregister_ftrace_function(&link->entry));
		if (!link->is_kept)
			compat_ftrace_forget(&link->entry);
	}
	unhook_wait();
}

static void function_link_destroy(struct modbpf_link *base)
{
	if (function_link_of(base)->is_kept)
		return;
	free_percpu(base->counters);
	kfree(function_link_of(base));
}

/* Of a kretprobe; ftrace misses nothing. */
static u64 function_link_missed(const struct modbpf_link *base)
{
	const struct function_link *link = function_link_of(base);

	return READ_ONCE(link->exit.nmissed) + READ_ONCE(link->exit.kp.nmissed);
}

static int function_link_fill_info(const struct caller *caller, const struct modbpf_link *base,
				   struct modbpf_link_info *info,
				   const struct modbpf_link_info *asked)
{
	const struct function_link *link = function_link_of(base);

	info->tracing.attach_type = base->attach_type;
	info->tracing.target_obj_id = link->btf_obj_id;
	info->tracing.target_btf_id = link->btf_id;
	info->tracing.cookie = link->site.cookie;
	return 0;
}

static const char *hangs_by(const struct function_link *link)
{
	if (!is_exit(link))
		return "ftrace";
	return link->trampoline ? "trampoline" : "kretprobe";
}

static void function_link_show_fdinfo(const struct modbpf_link *base, struct seq_file *m)
{
	const struct function_link *link = function_link_of(base);

	seq_printf(m, "attach_type:\t%u\ntarget_obj_id:\t%u\ntarget_btf_id:\t%u\n"
		   "target_name:\t%s\ncookie:\t%llu\nhangs_by:\t%s\n", base->attach_type,
		   link->btf_obj_id, link->btf_id, link->name, link->site.cookie, hangs_by(link));
}

static const struct link_ops function_link_ops = {
	.type = MODBPF_LINK_TYPE_TRACING,
	.name = "tracing",
	.update = function_link_update,
	.detach = function_link_detach,
	.destroy = function_link_destroy,
	.fill_info = function_link_fill_info,
	.missed = function_link_missed,
	.show_fdinfo = function_link_show_fdinfo,
};

int function_link_attach(struct modbpf_prog *prog, u64 cookie, struct modbpf_link **out)
{
	const struct prog_target *target = prog->target;
	u32 bytes = strlen(target->name) + 1;
	struct function_link *link;
	int err;

	link = kzalloc(struct_size(link, name, bytes), GFP_KERNEL_ACCOUNT);
	if (!link)
		return -ENOMEM;
	link_init(&link->link, &function_link_ops, prog, prog->expected_attach_type,
		  hook_counters_alloc());
	link->site.cookie = cookie;
	link->site.arg_cnt = target->args.cnt;
	link->site.has_result = is_exit(link);
	link->args = target->args;
	link->result_mask = target->result_mask;
	link->btf_id = target->btf_id;
	link->btf_obj_id = target->btf_obj_id;
	memcpy(link->name, target->name, bytes);
	err = -ENOMEM;
	if (link->link.counters)
		err = is_exit(link) ? attach_exit(link) : attach_entry(link);
	if (err) {
		function_link_destroy(&link->link);
		return err;
	}
	*out = &link->link;
	return 0;
}
