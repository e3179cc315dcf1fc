// SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause
/* The event that a perf_event link hangs on, as text and as JSON. */
#include "user/link_event.h"

#include <linux/perf_event.h>
#include <stdbool.h>
#include <stdio.h>

#include "uapi/modbpf.h"
#include "user/out.h"

/* A row for each type: what it is called, and which part of the information it has. */
static const struct event_row {
	const char *name;
	enum { PART_NONE, PART_UPROBE, PART_KPROBE, PART_TRACEPOINT, PART_EVENT } part;
	bool is_return;
} rows[] = {
	[MODBPF_PERF_EVENT_UPROBE] = { "uprobe", PART_UPROBE, false },
	[MODBPF_PERF_EVENT_URETPROBE] = { "uretprobe", PART_UPROBE, true },
	[MODBPF_PERF_EVENT_KPROBE] = { "kprobe", PART_KPROBE, false },
	[MODBPF_PERF_EVENT_KRETPROBE] = { "kretprobe", PART_KPROBE, true },
	[MODBPF_PERF_EVENT_TRACEPOINT] = { "tracepoint", PART_TRACEPOINT, false },
	[MODBPF_PERF_EVENT_EVENT] = { "event", PART_EVENT, false },
};

static const struct event_row *row_of(const struct modbpf_link_info *info)
{
	uint32_t type = info->perf_event.type;

	return type < sizeof(rows) / sizeof(rows[0]) && rows[type].name ? &rows[type] : NULL;
}

static const char *const type_names[] = {
	[PERF_TYPE_HARDWARE] = "hardware", [PERF_TYPE_SOFTWARE] = "software",
	[PERF_TYPE_HW_CACHE] = "hw-cache", [PERF_TYPE_RAW] = "raw",
};
static const char *const software_names[PERF_COUNT_SW_MAX] = {
	[PERF_COUNT_SW_CPU_CLOCK] = "cpu-clock", [PERF_COUNT_SW_TASK_CLOCK] = "task-clock",
};
static const char *const hardware_names[PERF_COUNT_HW_MAX] = {
	[PERF_COUNT_HW_CPU_CYCLES] = "cpu-cycles",
	[PERF_COUNT_HW_INSTRUCTIONS] = "instructions",
	[PERF_COUNT_HW_CACHE_REFERENCES] = "cache-references",
	[PERF_COUNT_HW_CACHE_MISSES] = "cache-misses",
	[PERF_COUNT_HW_BRANCH_INSTRUCTIONS] = "branch-instructions",
	[PERF_COUNT_HW_BRANCH_MISSES] = "branch-misses",
	[PERF_COUNT_HW_BUS_CYCLES] = "bus-cycles",
	[PERF_COUNT_HW_STALLED_CYCLES_FRONTEND] = "stalled-cycles-frontend",
	[PERF_COUNT_HW_STALLED_CYCLES_BACKEND] = "stalled-cycles-backend",
	[PERF_COUNT_HW_REF_CPU_CYCLES] = "ref-cycles",
};

/* NULL: it has no name here. */
static const char *type_name(uint32_t type)
{
	return type < sizeof(type_names) / sizeof(type_names[0]) ? type_names[type] : NULL;
}

static const char *config_name(uint32_t type, uint64_t config)
{
	if (type == PERF_TYPE_SOFTWARE && config < PERF_COUNT_SW_MAX)
		return software_names[config];
	if (type == PERF_TYPE_HARDWARE && config < PERF_COUNT_HW_MAX)
		return hardware_names[config];
	return NULL;
}

static uint64_t cookie_of(const struct modbpf_link_info *info, const struct event_row *row)
{
	switch (row->part) {
	case PART_UPROBE:	return info->perf_event.uprobe.cookie;
	case PART_KPROBE:	return info->perf_event.kprobe.cookie;
	case PART_TRACEPOINT:	return info->perf_event.tracepoint.cookie;
	case PART_EVENT:	return info->perf_event.event.cookie;
	default:		return 0;
	}
}

/* The path of a file, perhaps: whoever made it chose it. */
static void print_name(const char *name)
{
	putchar(' ');
	out_line(stdout, name);
}

static void print_uprobe(const struct modbpf_link_info *info, const char *name)
{
	print_name(name);
	printf("+%#x", info->perf_event.uprobe.offset);
}

static void print_kprobe(const struct modbpf_link_info *info, const char *name)
{
	if (info->perf_event.kprobe.addr)
		printf(" %016llx", info->perf_event.kprobe.addr);
	if (name[0])
		print_name(name);
	if (info->perf_event.kprobe.offset)
		printf("+%#x", info->perf_event.kprobe.offset);
}

static void print_event(uint32_t type, uint64_t config)
{
	const char *what = type_name(type), *which = config_name(type, config);

	if (what)
		printf(" %s:", what);
	else
		printf(" %u:", type);
	if (which)
		printf("%s", which);
	else
		printf("%#llx", (unsigned long long)config);
}

void link_event_print(const struct modbpf_link_info *info, const char *name)
{
	const struct event_row *row = row_of(info);

	if (!row) {
		printf("\tevent type %u\n", info->perf_event.type);
		return;
	}
	printf("\t%s", row->name);
	if (row->part == PART_KPROBE)
		print_kprobe(info, name);
	else if (row->part == PART_UPROBE)
		print_uprobe(info, name);
	else if (row->part == PART_TRACEPOINT)
		print_name(name);
	else
		print_event(info->perf_event.event.type, info->perf_event.event.config);
	if (cookie_of(info, row))
		printf("  cookie %llu", (unsigned long long)cookie_of(info, row));
	putchar('\n');
}

/* By its name, or else as a number. */
static void add_named(struct json_object *object, const char *member, const char *name,
		      uint64_t number)
{
	if (name)
		json_add_str(object, member, name);
	else
		json_add_u64(object, member, number);
}

static void add_return(struct json_object *object, const struct event_row *row)
{
	json_object_object_add(object, "retprobe", json_object_new_boolean(row->is_return));
}

/* "missed" is told of each link that can miss something. */
void link_event_json(struct json_object *object, const struct modbpf_link_info *info,
		     const char *name)
{
	const struct event_row *row = row_of(info);
	uint32_t type = info->perf_event.event.type;
	uint64_t config = info->perf_event.event.config;

	if (!row)
		return;
	if (row->part == PART_KPROBE) {
		add_return(object, row);
		json_add_u64(object, "addr", info->perf_event.kprobe.addr);
		json_add_str(object, "func", name);
		json_add_u64(object, "offset", info->perf_event.kprobe.offset);
	} else if (row->part == PART_UPROBE) {
		add_return(object, row);
		json_add_str(object, "file", name);
		json_add_u64(object, "offset", info->perf_event.uprobe.offset);
	} else if (row->part == PART_TRACEPOINT) {
		json_add_str(object, "tracepoint", name);
	} else {
		add_named(object, "event_type", type_name(type), type);
		add_named(object, "event_config", config_name(type, config), config);
	}
	json_add_u64(object, "cookie", cookie_of(info, row));
}
