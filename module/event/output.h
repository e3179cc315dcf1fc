/* SPDX-License-Identifier: GPL-2.0-only */
/* Records from programs to a consumer that maps an event's ring: perf buffers. */
#ifndef MODBPF_MODULE_EVENT_OUTPUT_H
#define MODBPF_MODULE_EVENT_OUTPUT_H

#include <linux/types.h>

struct modbpf_event;

/* Is it one for output? */
bool event_takes_output(const struct modbpf_event *event);

/*
 * Put @bytes of @data as a sample into the ring of @event. 0; -EINVAL: not for output;
 * -EOPNOTSUPP: another CPU's; -ENOSPC: there is no ring, or it is full; -E2BIG: no record
 * is that large. Preemption is off; any context, NMI included.
 */
int event_output(struct modbpf_event *event, const void *data, u64 bytes);

#endif
