// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events of kprobes: config1 is the address of a function's name, config2 an offset
 * in it; or config1 is 0 and config2 an address in the kernel. Bit 0 of config: at the
 * function's return. The probe is there, disabled, from when the event is opened.
 */
#include <linux/capability.h>
#include <linux/err.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "isa/abi.h"
#include "module/caller.h"
#include "module/compat/kprobe.h"
#include "module/event/run.h"
#include "module/event/types.h"
#include "module/hook/override.h"
#include "module/hook/unhook.h"
#include "module/kernel_symbol.h"

#define CONFIG_RETURN 1ULL

struct kprobe_event {
	struct modbpf_event event;
	bool on_return;
	char *symbol;		/* NULL: by address */
	unsigned long addr;	/* as it was given; a probe lies behind a landing pad */
	bool is_kept;		/* by the kernel: is never freed, see unhook.h */
	union {
		struct kprobe entry;
		struct kretprobe ret;
	};
};

static struct kprobe_event *kprobe_event_of(struct modbpf_event *event)
{
	return container_of(event, struct kprobe_event, event);
}

static struct kprobe *kprobe_of(struct kprobe_event *probe)
{
	return probe->on_return ? &probe->ret.kp : &probe->entry;
}

/* Preemption is off. 1: the program has overridden what the function returns; the kernel goes on where @regs say. */
static int run_entry(struct kprobe *kprobe, struct pt_regs *regs)
{
	unsigned long ip = instruction_pointer(regs);

	event_run_here(&container_of(kprobe, struct kprobe_event, entry)->event, regs, regs);
	return instruction_pointer(regs) != ip;
}
NOKPROBE_SYMBOL(run_entry);

/* Preemption is off. */
static int run_return(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	struct kretprobe *kretprobe = compat_kretprobe_of(instance);

	if (kretprobe)
		event_run_here(&container_of(kretprobe, struct kprobe_event, ret)->event, regs, regs);
	return 0;
}
NOKPROBE_SYMBOL(run_return);

/* A program must not be hung on what runs programs. */
static bool is_own_text(const struct kprobe *kprobe)
{
	return within_module((unsigned long)kprobe->addr, THIS_MODULE);
}

/* Disabled: that does not fail. */
static void kprobe_event_unregister(struct kprobe_event *probe)
{
	if (probe->on_return)
		unregister_kretprobe(&probe->ret);
	else
		unregister_kprobe(&probe->entry);
	unhook_wait();
}

/* 0: it is amid a function. */
static unsigned long func_ip_of(struct kprobe_event *probe)
{
	if (!compat_kprobe_is_at_entry(kprobe_of(probe)))
		return 0;
	if (probe->symbol)
		return kernel_symbol_addr(probe->symbol);
	return probe->addr;
}

static int kprobe_event_register(struct kprobe_event *probe)
{
	int err;

	if (is_own_text(kprobe_of(probe)))
		return -EINVAL;
	err = probe->on_return ? register_kretprobe(&probe->ret) :
				 register_kprobe(&probe->entry);
	if (err)
		return err;
	probe->event.func_ip = func_ip_of(probe);
	if (!is_own_text(kprobe_of(probe)))
		return 0;
	kprobe_event_unregister(probe);
	return -EINVAL;
}

/* Where it is to be: the kernel resolves the name when the probe is registered. */
static int set_place(const struct caller *caller, struct kprobe_event *probe,
		     const struct perf_event_attr *attr)
{
	struct kprobe *kprobe = kprobe_of(probe);
	long len;

	if (!attr->config1) {
		probe->addr = attr->config2;
		kprobe->addr = (kprobe_opcode_t *)probe->addr;
		return probe->addr ? 0 : -EINVAL;
	}
	/* An offset is that of an instruction in a function. */
	if (attr->config2 > INT_MAX)
		return -EINVAL;
	probe->symbol = kmalloc(KSYM_NAME_LEN, GFP_KERNEL_ACCOUNT);
	if (!probe->symbol)
		return -ENOMEM;
	len = caller_copy_string(caller, probe->symbol, attr->config1, KSYM_NAME_LEN);
	if (len < 0)
		return len;
	kprobe->symbol_name = probe->symbol;
	kprobe->offset = attr->config2;
	return 0;
}

static void kprobe_event_free(struct kprobe_event *probe)
{
	kfree(probe->symbol);
	kfree(probe);
}

static struct modbpf_event *kprobe_event_create(const struct caller *caller,
						const struct event_request *request)
{
	const struct perf_event_attr *attr = &request->attr;
	struct kprobe_event *probe;
	int err;

	if (attr->config & ~CONFIG_RETURN)
		return ERR_PTR(-EINVAL);
	probe = kzalloc(sizeof(*probe), GFP_KERNEL_ACCOUNT);
	if (!probe)
		return ERR_PTR(-ENOMEM);
	probe->on_return = attr->config & CONFIG_RETURN;
	kprobe_of(probe)->flags = KPROBE_FLAG_DISABLED;
	if (probe->on_return)
		probe->ret.handler = run_return;
	else
		probe->entry.pre_handler = run_entry;
	err = set_place(caller, probe, attr);
	if (!err)
		err = kprobe_event_register(probe);
	if (!err)
		return &probe->event;
	kprobe_event_free(probe);
	return ERR_PTR(err);
}

static void kprobe_event_destroy(struct modbpf_event *event)
{
	struct kprobe_event *probe = kprobe_event_of(event);

	/* It runs nothing, and counts nothing. */
	if (probe->is_kept)
		return;
	kprobe_event_unregister(probe);
	kprobe_event_free(probe);
}

static int kprobe_event_arm(struct modbpf_event *event)
{
	return enable_kprobe(kprobe_of(kprobe_event_of(event)));
}

static void kprobe_event_disarm(struct modbpf_event *event)
{
	struct kprobe_event *probe = kprobe_event_of(event);

	if (!probe->is_kept)
		probe->is_kept = !unhook_kprobe(kprobe_of(probe));
}

static int kprobe_event_check_override(struct modbpf_event *event)
{
	struct kprobe_event *probe = kprobe_event_of(event);

	return probe->on_return ? -EINVAL : override_check(kprobe_of(probe));
}

static u64 kprobe_event_missed(struct modbpf_event *event)
{
	struct kprobe_event *probe = kprobe_event_of(event);
	u64 sum = READ_ONCE(kprobe_of(probe)->nmissed);

	return sum + (probe->on_return ? READ_ONCE(probe->ret.nmissed) : 0);
}

static int kprobe_event_place(const struct caller *caller, struct modbpf_event *event, char *room,
			      struct event_place *place)
{
	struct kprobe_event *probe = kprobe_event_of(event);
	const struct kprobe *kprobe = kprobe_of(probe);

	place->fd_type = probe->on_return ? EVENT_FD_KRETPROBE : EVENT_FD_KPROBE;
	place->name = probe->symbol;
	place->offset = probe->symbol ? kprobe->offset : 0;
	place->addr = caller_capable(caller, CAP_SYSLOG) ? (unsigned long)kprobe->addr : 0;
	return 0;
}

const struct event_ops kprobe_event_ops = {
	.name = "kprobe",
	.prog_types = BIT_ULL(MODBPF_PROG_KPROBE),
	.create = kprobe_event_create,
	.destroy = kprobe_event_destroy,
	.arm = kprobe_event_arm,
	.disarm = kprobe_event_disarm,
	.check_override = kprobe_event_check_override,
	.missed = kprobe_event_missed,
	.place = kprobe_event_place,
};
