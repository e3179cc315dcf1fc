// SPDX-License-Identifier: GPL-2.0-only
/* Which programs that hang somewhere run: one lock, so that none is switched on behind the kill switch. */
#include "module/live.h"

#include <linux/errno.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(live_lock);	/* the epoch, and writing to what is live; innermost, process context */
static u64 this_epoch;

void live_begin(struct live *live, const struct live *with)
{
	spin_lock(&live_lock);
	live->epoch = with ? with->epoch : this_epoch;
	spin_unlock(&live_lock);
}

void live_begin_epoch(void)
{
	spin_lock(&live_lock);
	this_epoch++;
	spin_unlock(&live_lock);
}

int live_set(struct live *live, struct modbpf_prog *prog)
{
	int err = -ECANCELED;

	spin_lock(&live_lock);
	if (live->epoch == this_epoch) {
		rcu_assign_pointer(live->prog, prog);
		err = 0;
	}
	spin_unlock(&live_lock);
	return err;
}

/* Was it on? If it is of this epoch, @spared: as if it were off. */
static bool swap_if_on(struct live *live, struct modbpf_prog *prog, bool spared)
{
	bool was_on;

	spin_lock(&live_lock);
	was_on = live_is_on(live) && !(spared && live->epoch == this_epoch);
	if (was_on)
		rcu_assign_pointer(live->prog, prog);
	spin_unlock(&live_lock);
	return was_on;
}

bool live_replace(struct live *live, struct modbpf_prog *prog)
{
	return swap_if_on(live, prog, false);
}

bool live_clear(struct live *live)
{
	return swap_if_on(live, NULL, false);
}

bool live_end(struct live *live)
{
	return swap_if_on(live, NULL, true);
}
