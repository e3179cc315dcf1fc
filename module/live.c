// SPDX-License-Identifier: GPL-2.0-only
/* Which programs that hang somewhere run: one lock, so that none is switched on behind the kill switch. */
#include "module/live.h"

#include <linux/errno.h>
#include <linux/lockdep.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(live_lock);	/* the epoch, and writing to what is live; innermost, process context */
static u64 this_epoch;

u64 live_epoch(void)
{
	u64 epoch;

	spin_lock(&live_lock);
	epoch = this_epoch;
	spin_unlock(&live_lock);
	return epoch;
}

void live_begin_epoch(void)
{
	spin_lock(&live_lock);
	this_epoch++;
	spin_unlock(&live_lock);
}

int live_set(struct live *live, struct modbpf_prog *prog, u64 epoch)
{
	int err = -ECANCELED;

	spin_lock(&live_lock);
	if (epoch == this_epoch) {
		rcu_assign_pointer(live->prog, prog);
		err = 0;
	}
	spin_unlock(&live_lock);
	return err;
}

static struct modbpf_prog *swap_if_on(struct live *live, struct modbpf_prog *prog)
{
	struct modbpf_prog *old;

	spin_lock(&live_lock);
	old = rcu_dereference_protected(live->prog, lockdep_is_held(&live_lock));
	if (old)
		rcu_assign_pointer(live->prog, prog);
	spin_unlock(&live_lock);
	return old;
}

bool live_replace(struct live *live, struct modbpf_prog *prog)
{
	return swap_if_on(live, prog);
}

bool live_clear(struct live *live)
{
	return swap_if_on(live, NULL);
}
