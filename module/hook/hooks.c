// SPDX-License-Identifier: GPL-2.0-only
/* What do the hooks need while the module is in? To know the kernel, and to hear of what goes from under them. */
#include "module/hook/event_args.h"
#include "module/hook/kprobe.h"
#include "module/hook/netfilter.h"
#include "module/hook/override.h"
#include "module/link.h"

int hooks_init(void)
{
	int err;

	override_init();
	err = netfilter_init();
	if (err)
		return err;
	err = kprobe_ftrace_init();
	if (err)
		netfilter_exit();
	return err;
}

void hooks_exit(void)
{
	kprobe_ftrace_exit();
	netfilter_exit();
	event_args_exit();
}
