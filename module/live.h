/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Does a program that hangs somewhere run? A handler runs what it finds in a struct live, or
 * nothing. It is switched on when an attachment is whole, and off at once by who ends it or
 * by the kill switch, however long it takes then to unhook; a grace period later it runs no more.
 *
 * The kill switch begins an epoch, then ends what is of an earlier one: that cannot be switched on any
 * more, either, so that nothing escapes. What is begun in the new one is left as it is: two of these that belong
 * together, a link's and its event's, have the same epoch and the same end.
 */
#ifndef MODBPF_MODULE_LIVE_H
#define MODBPF_MODULE_LIVE_H

#include <linux/rcupdate.h>
#include <linux/types.h>

struct modbpf_prog;

struct live {
	struct modbpf_prog __rcu *prog;	/* NULL: off. No reference: who switches it has one */
	u64 epoch;			/* in which the attachment was begun */
};

/* An attachment is begun, in this epoch, or in that of @with, to which it belongs. @live is off. */
void live_begin(struct live *live, const struct live *with);
/* What was begun is whole. 0; -ECANCELED: its epoch is over. */
int live_set(struct live *live, struct modbpf_prog *prog);
/* Of the kill switch. */
void live_begin_epoch(void);

/* @prog instead of what runs: false, it is off, and stays so. */
bool live_replace(struct live *live, struct modbpf_prog *prog);
/* True: it was on. */
bool live_clear(struct live *live);
/* The same, if it was begun before this epoch. */
bool live_end(struct live *live);

static inline bool live_is_on(const struct live *live)
{
	return rcu_access_pointer(live->prog);
}

/*
 * NULL: nothing runs. For a handler that looks once an event: so each event meets the old
 * program or the new one. Under rcu_read_lock, and good as long as that.
 */
static inline struct modbpf_prog *live_prog(const struct live *live)
{
	return rcu_dereference(live->prog);
}

/* The same for handlers of tracing, with preemption off: calls nothing that could be traced. */
static __always_inline struct modbpf_prog *live_prog_untraced(const struct live *live)
{
	return rcu_dereference_raw(live->prog);
}

#endif
