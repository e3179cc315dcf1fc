/* SPDX-License-Identifier: GPL-2.0-only */
/* The records that perf makes of a tracepoint's events, and the programs that read them. */
#ifndef MODBPF_MODULE_EVENT_RECORD_H
#define MODBPF_MODULE_EVENT_RECORD_H

#include <linux/types.h>

#include "module/event.h"

struct perf_event;
struct perf_sample_data;

/* Who reads records: the context of a counter whose overflow handler is record_run(). */
struct record_reader {
	struct modbpf_event event;
	u32 reach;	/* bytes of a record that the program may look at */
	bool is_on;	/* else it hears of its events in another way */
};

void record_run(struct perf_event *counter, struct perf_sample_data *data, struct pt_regs *regs);

/*
 * Somebody reads records from now on, or does not any more: while there is anybody, records take the shortcut,
 * where this kernel has one. Sleep.
 */
void record_shortcut_get(void);
void record_shortcut_put(void);

/* Nobody reads any. Sleeps. */
void records_exit(void);

#endif
