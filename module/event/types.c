// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which kind of event does an attr ask for? One row each. The kernel gives kprobes
 * and uprobes a type number when it boots, and tells it in /sys.
 */
#include "module/event/types.h"

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/vmalloc.h>

#include "module/sysfs.h"

#define ANY_CONFIG U64_MAX

static const struct {
	const char *type_file;	/* NULL: the type is a constant */
	u32 type;
	u64 config;
	const struct event_ops *ops;
} rows[] = {
	{ NULL, PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK, &clock_event_ops },
	{ NULL, PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK, &clock_event_ops },
	{ NULL, PERF_TYPE_SOFTWARE, PERF_COUNT_SW_BPF_OUTPUT, &output_event_ops },
	{ NULL, PERF_TYPE_HARDWARE, ANY_CONFIG, &hardware_event_ops },
	{ NULL, PERF_TYPE_HW_CACHE, ANY_CONFIG, &hardware_event_ops },
	{ NULL, PERF_TYPE_RAW, ANY_CONFIG, &hardware_event_ops },
	{ NULL, PERF_TYPE_TRACEPOINT, ANY_CONFIG, &tracepoint_event_ops },
	{ "/sys/bus/event_source/devices/kprobe/type", 0, ANY_CONFIG, &kprobe_event_ops },
	{ "/sys/bus/event_source/devices/uprobe/type", 0, ANY_CONFIG, &uprobe_event_ops },
};

/* The number in a file to *@type; 0, which is PERF_TYPE_HARDWARE, if there is none. 0, -ENOMEM, -ENFILE and others. */
static int type_in(const char *file, u32 *type)
{
	void *text;
	ssize_t bytes = sysfs_read(file, 16, &text);

	*type = 0;
	if (bytes < 0)
		return bytes == -ENOENT ? 0 : bytes;
	if (kstrtou32(strim(text), 10, type))
		*type = 0;
	vfree(text);
	return 0;
}

const struct event_ops *event_ops_of(const struct perf_event_attr *attr)
{
	bool is_known = attr->type < PERF_TYPE_MAX;
	u32 i, type;
	int err;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].type_file && is_known)
			continue;
		type = rows[i].type;
		err = rows[i].type_file ? type_in(rows[i].type_file, &type) : 0;
		if (err)
			return ERR_PTR(err);
		if (type == attr->type &&
		    (rows[i].config == ANY_CONFIG || rows[i].config == attr->config))
			return rows[i].ops;
	}
	return ERR_PTR(is_known ? -EOPNOTSUPP : -ENOENT);
}
