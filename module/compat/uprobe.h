/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How is a uprobe registered? By inode and offset each time up to 6.11; since then the
 * registration is an object, and the wait for handlers a call of its own, and a filter is
 * not told why it is asked. A handler has one more argument since 6.13.
 */
#ifndef MODBPF_MODULE_COMPAT_UPROBE_H
#define MODBPF_MODULE_COMPAT_UPROBE_H

#include <linux/err.h>
#include <linux/uprobes.h>

#ifdef COMPAT_UPROBE_DATA
#define COMPAT_UPROBE_HANDLER(name, consumer, regs) \
	int name(struct uprobe_consumer *consumer, struct pt_regs *regs, __u64 *data)
#define COMPAT_UPROBE_RETURN(name, consumer, regs) \
	int name(struct uprobe_consumer *consumer, unsigned long func, struct pt_regs *regs, \
		 __u64 *data)
#else
#define COMPAT_UPROBE_HANDLER(name, consumer, regs) \
	int name(struct uprobe_consumer *consumer, struct pt_regs *regs)
#define COMPAT_UPROBE_RETURN(name, consumer, regs) \
	int name(struct uprobe_consumer *consumer, unsigned long func, struct pt_regs *regs)
#endif

#ifdef COMPAT_UPROBE_FILTER_WHY
#define COMPAT_UPROBE_FILTER(name, consumer, mm) \
	bool name(struct uprobe_consumer *consumer, enum uprobe_filter_ctx why, \
		  struct mm_struct *mm)
#else
#define COMPAT_UPROBE_FILTER(name, consumer, mm) \
	bool name(struct uprobe_consumer *consumer, struct mm_struct *mm)
#endif

struct compat_uprobe {
	struct inode *inode;	/* the caller's reference */
	loff_t offset;
	struct uprobe *uprobe;	/* since 6.12 */
};

static inline int compat_uprobe_register(struct compat_uprobe *probe, loff_t counter,
					 struct uprobe_consumer *consumer)
{
#ifdef COMPAT_UPROBE_OBJECT
	probe->uprobe = uprobe_register(probe->inode, probe->offset, counter, consumer);
	return PTR_ERR_OR_ZERO(probe->uprobe);
#else
	return uprobe_register_refctr(probe->inode, probe->offset, counter, consumer);
#endif
}

/* After it no handler runs. */
static inline void compat_uprobe_unregister(struct compat_uprobe *probe,
					    struct uprobe_consumer *consumer)
{
#ifdef COMPAT_UPROBE_OBJECT
	uprobe_unregister_nosync(probe->uprobe, consumer);
	uprobe_unregister_sync();
#else
	uprobe_unregister(probe->inode, probe->offset, consumer);
#endif
}

#endif
