/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How many arguments has a module's tracepoint? A module says so for Linux's own
 * eBPF, on kernels that are built with it; on others nobody knows.
 */
#ifndef MODBPF_MODULE_COMPAT_RAW_EVENT_H
#define MODBPF_MODULE_COMPAT_RAW_EVENT_H

#include <linux/module.h>
#include <linux/tracepoint-defs.h>

/* @module is held. */
static inline u32 compat_module_event_args(const struct module *module,
					   const struct tracepoint *tp)
{
#ifdef CONFIG_BPF_EVENTS
	unsigned int i;

	for (i = 0; i < module->num_bpf_raw_events; i++)
		if (module->bpf_raw_events[i].tp == tp)
			return module->bpf_raw_events[i].num_args;
#endif
	return 0;
}

#endif
