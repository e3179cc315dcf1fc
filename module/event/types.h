/* SPDX-License-Identifier: GPL-2.0-only */
/* The kinds of events, and which of them an attr asks for. */
#ifndef MODBPF_MODULE_EVENT_TYPES_H
#define MODBPF_MODULE_EVENT_TYPES_H

#include "module/event.h"

extern const struct event_ops clock_event_ops;
extern const struct event_ops hardware_event_ops;
extern const struct event_ops kprobe_event_ops;
extern const struct event_ops output_event_ops;
extern const struct event_ops tracepoint_event_ops;
extern const struct event_ops uprobe_event_ops;

/* ERR_PTR(-ENOENT: there is no such thing; -EOPNOTSUPP: not here; -ENOMEM and others). Sleeps. */
const struct event_ops *event_ops_of(const struct perf_event_attr *attr);

#endif
