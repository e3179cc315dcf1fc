// SPDX-License-Identifier: GPL-2.0-only
/* Links, and the events of perf_event_open(2). */
#include "tests/hostile/hostile.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static uint32_t kprobe_type, uprobe_type, tracepoint_id;
static bool has_fentry;

static uint32_t number_in(const char *path)
{
	FILE *file = fopen(path, "re");
	unsigned int number = 0;

	if (file) {
		if (fscanf(file, "%u", &number) != 1)
			number = 0;
		fclose(file);
	}
	return number;
}

void attach_begin(bool has_types)
{
	has_fentry = has_types;
	kprobe_type = number_in("/sys/bus/event_source/devices/kprobe/type");
	uprobe_type = number_in("/sys/bus/event_source/devices/uprobe/type");
	tracepoint_id = number_in("/sys/kernel/tracing/events/syscalls/sys_enter_umask/id");
}

struct tally variants[VARIANT_COUNT] = {
	[KPROBES] = { .name = "kprobe_multi" }, [KRETPROBES] = { .name = "kretprobe_multi" },
	[FENTRY] = { .name = "fentry" }, [ON_EVENT] = { .name = "on an event" },
	[NF_IPV4] = { .name = "IPv4" }, [NF_INET] = { .name = "INET" }, [NF_ARP] = { .name = "ARP" },
	[NF_IPV6] = { .name = "IPv6" }, [NF_BRIDGE] = { .name = "BRIDGE" }, [NF_NETDEV] = { .name = "NETDEV" },
	[RAW_POINT] = { .name = "raw tracepoint" }, [TIMER_MAP] = { .name = "map of timers" },
	[TIMER_PROG] = { .name = "program that uses one" }, [CPU_CLOCK] = { .name = "cpu clock" },
	[TASK_CLOCK] = { .name = "task clock" }, [BPF_OUTPUT] = { .name = "BPF output" },
	[TRACEPOINT] = { .name = "tracepoint" }, [KPROBE] = { .name = "kprobe" }, [UPROBE] = { .name = "uprobe" },
};
const uint32_t event_prog_types[VARIANT_COUNT] = {
	[CPU_CLOCK] = MODBPF_PROG_PERF_EVENT, [TASK_CLOCK] = MODBPF_PROG_PERF_EVENT,
	[BPF_OUTPUT] = UINT32_MAX,
	[TRACEPOINT] = MODBPF_PROG_TRACEPOINT, [KPROBE] = MODBPF_PROG_KPROBE, [UPROBE] = MODBPF_PROG_KPROBE,
};
static const uint8_t families[] = { 2, 1, 3, 10, 7, 5 };	/* of NF_IPV4 to NF_NETDEV */

static void prog_for_link(struct worker *w, uint32_t type)
{
	w->kept_type = type;
	w->attr.link_create.prog_fd = fd_of(w, KIND_PROG, type);
}

static void place_in_netfilter(struct worker *w, uint32_t variant)
{
	static const uint32_t types[] = { MODBPF_PROG_NETFILTER, MODBPF_PROG_CGROUP_SKB, MODBPF_PROG_SCHED_CLS };

	prog_for_link(w, variant < NF_BRIDGE ? types[below(w, 3)] : MODBPF_PROG_SCHED_CLS);
	w->attr.link_create.attach_type = MODBPF_ATTACH_NETFILTER;
	w->attr.link_create.netfilter.pf = families[variant - NF_IPV4];
	w->attr.link_create.netfilter.hooknum = below(w, variant == NF_NETDEV ? 1 : 4);
	w->attr.link_create.netfilter.priority = below(w, 1000) + 1;
	if (variant == NF_ARP)
		w->attr.link_create.netfilter.hooknum = below(w, 2);
	if (variant == NF_NETDEV)
		w->attr.link_create.target_ifindex = 1;
}

void make_link(struct worker *w)
{
	uint64_t names = in_memory(w) & ~7ULL, name;

	do
		w->variant = KPROBES + below(w, RAW_POINT - KPROBES);
	while (w->variant == FENTRY && !has_fentry);
	switch (w->variant) {
	case KPROBES:
	case KRETPROBES:
		name = put_name(w, "__x64_sys_umask");
		memcpy((void *)(uintptr_t)names, &name, sizeof(name));
		prog_for_link(w, MODBPF_PROG_KPROBE);
		w->attr.link_create.attach_type = MODBPF_ATTACH_KPROBE_MULTI;
		w->attr.link_create.kprobe_multi.flags = w->variant == KRETPROBES;
		w->attr.link_create.kprobe_multi.cnt = 1;
		w->attr.link_create.kprobe_multi.syms = names;
		break;
	case FENTRY:
		prog_for_link(w, MODBPF_PROG_TRACING);
		w->attr.link_create.attach_type = MODBPF_ATTACH_TRACE_FENTRY;
		break;
	case ON_EVENT:
		prog_for_link(w, event_prog_types[TRACEPOINT + below(w, 2)]);
		w->attr.link_create.target_fd = fd_of(w, KIND_EVENT, w->kept_type);
		w->attr.link_create.attach_type = MODBPF_ATTACH_PERF_EVENT;
		break;
	default:
		place_in_netfilter(w, w->variant);
	}
}

void open_raw_tracepoint(struct worker *w)
{
	w->variant = RAW_POINT;
	w->kept_type = MODBPF_PROG_RAW_TRACEPOINT;
	w->attr.raw_tracepoint.name = put_name(w, "sys_enter");
	w->attr.raw_tracepoint.prog_fd = fd_of(w, KIND_PROG, MODBPF_PROG_RAW_TRACEPOINT);
}

void update_link(struct worker *w)
{
	static const uint32_t types[] = {
		MODBPF_PROG_KPROBE, MODBPF_PROG_NETFILTER, MODBPF_PROG_CGROUP_SKB, MODBPF_PROG_SCHED_CLS,
	};
	uint32_t type = types[below(w, 4)];

	w->attr.link_update.link_fd = fd_of(w, KIND_LINK, type);
	w->attr.link_update.new_prog_fd = fd_of(w, KIND_PROG, type);
}

void detach_link(struct worker *w)
{
	w->attr.link_detach.link_fd = fd_of(w, KIND_LINK, 0);
}

/* Control groups' types, a network namespace's, netfilter's, and what is none. */
void query_hooks(struct worker *w)
{
	static const uint32_t types[] = { MODBPF_ATTACH_NETFILTER, 0, 1, 17, 36, 41 };

	w->attr.query.attach_type = types[below(w, 3) ? 0 : below(w, 6)];
	w->attr.query.target_fd = below(w, 4) ? 0 : any_fd(w);
	w->attr.query.prog_cnt = below(w, 2) ? below(w, 64) : any_number(w);
	w->attr.query.prog_ids = below(w, 4) ? any_address(w) : 0;
	w->attr.query.link_ids = below(w, 2) ? any_address(w) : 0;
}

void query_fd(struct worker *w)
{
	static const enum kind kinds[] = { KIND_EVENT, KIND_LINK, KIND_LINK, KIND_PROG };
	enum kind kind = kinds[below(w, 4)];

	w->attr.task_fd_query.pid = below(w, 8) ? (uint64_t)getpid() : any_number(w);
	w->attr.task_fd_query.fd = fd_of(w, kind, kind == KIND_LINK ? MODBPF_PROG_RAW_TRACEPOINT :
					 kind == KIND_EVENT ? MODBPF_PROG_TRACEPOINT : 0);
	w->attr.task_fd_query.buf = below(w, 4) ? any_address(w) : 0;
	w->attr.task_fd_query.buf_len = below(w, 2) ? below(w, 64) : any_number(w);
}

void ask_event(struct worker *w, enum variant variant)
{
	struct perf_event_attr *event = &w->event;

	memset(event, 0, sizeof(*event));
	event->size = sizeof(*event);
	event->sample_period = variant <= TASK_CLOCK ? 1000000 + below(w, 100000000) : 1;
	event->type = PERF_TYPE_SOFTWARE;
	switch (variant) {
	case CPU_CLOCK:
		event->config = PERF_COUNT_SW_CPU_CLOCK;
		break;
	case TASK_CLOCK:
		event->config = PERF_COUNT_SW_TASK_CLOCK;
		break;
	case BPF_OUTPUT:
		event->config = PERF_COUNT_SW_BPF_OUTPUT;
		event->sample_type = PERF_SAMPLE_RAW;
		break;
	case TRACEPOINT:
		event->type = PERF_TYPE_TRACEPOINT;
		event->config = tracepoint_id;
		event->sample_type = PERF_SAMPLE_RAW;
		break;
	case KPROBE:
		event->type = kprobe_type;
		event->config = below(w, 2);
		event->config1 = put_name(w, "__x64_sys_umask");
		break;
	default:
		event->type = uprobe_type;
		event->config = below(w, 2);
		event->config1 = put_name(w, "/proc/self/exe");
		event->config2 = 0x1000 + below(w, 256);
	}
}
