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
		live->epoch = epoch;
		rcu_assign_pointer(live->prog, prog);
		err = 0;
	}
	spin_unlock(&live_lock);
	return err;
}

/* Under live_lock: was it on? */
static bool swap_if_on(struct live *live, struct modbpf_prog *prog)
{
	bool was_on = live_is_on(live);

	lockdep_assert_held(&live_lock);
	if (was_on)
		rcu_assign_pointer(live->prog, prog);
	return was_on;
}

bool live_replace(struct live *live, struct modbpf_prog *prog)
{
	bool was_on;

	spin_lock(&live_lock);
	was_on = swap_if_on(live, prog);
	spin_unlock(&live_lock);
	return was_on;
}

bool live_clear(struct live *live)
{
	return live_replace(live, NULL);
}

bool live_end(struct live *live)
{
	bool was_on;

	spin_lock(&live_lock);
	was_on = live->epoch != this_epoch && swap_if_on(live, NULL);
	spin_unlock(&live_lock);
	return was_on;
}
