// SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause
/* modbpf link: which programs hang where? */
#include <bpf/bpf.h>
#include <errno.h>
#include <limits.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "uapi/modbpf.h"
#include "user/cli.h"
#include "user/link_event.h"
#include "user/names.h"
#include "user/object.h"
#include "user/out.h"
#include "user/pin.h"
#include "user/ref.h"

#define ADDRS_MAX 4096		/* functions of one link that are shown */

struct link_facts {
	struct modbpf_link_info info;
	uint64_t *addrs;	/* of a kprobe_multi link; NULL: none are told */
	uint32_t addr_cnt;
	char name[PATH_MAX];	/* what the place of a raw_tracepoint or perf_event link is called */
};

static int get_info(int fd, struct modbpf_link_info *info)
{
	uint32_t len = sizeof(*info);

	if (bpf_obj_get_info_by_fd(fd, info, &len))
		return out_error("can't get link info: %s", error_text(errno));
	return 0;
}

/* The name's place and length are at the same offsets for each kind of event. */
static int get_event(int fd, struct link_facts *facts)
{
	if (facts->info.perf_event.type == MODBPF_PERF_EVENT_EVENT)
		return 0;
	memset(&facts->info, 0, sizeof(facts->info));
	facts->info.perf_event.kprobe.func_name = (uintptr_t)facts->name;
	facts->info.perf_event.kprobe.name_len = sizeof(facts->name);
	return get_info(fd, &facts->info);
}

static int get_raw_tracepoint(int fd, struct link_facts *facts)
{
	memset(&facts->info, 0, sizeof(facts->info));
	facts->info.raw_tracepoint.tp_name = (uintptr_t)facts->name;
	facts->info.raw_tracepoint.tp_name_len = sizeof(facts->name);
	return get_info(fd, &facts->info);
}

static int get_functions(int fd, struct link_facts *facts)
{
	uint32_t cnt = facts->info.kprobe_multi.count;

	if (!cnt || cnt > ADDRS_MAX)
		return 0;
	facts->addrs = calloc(cnt, sizeof(*facts->addrs));
	if (!facts->addrs)
		return out_error("no memory");
	memset(&facts->info, 0, sizeof(facts->info));
	facts->info.kprobe_multi.addrs = (uintptr_t)facts->addrs;
	facts->info.kprobe_multi.count = cnt;
	if (get_info(fd, &facts->info)) {
		free(facts->addrs);
		return -1;
	}
	/* Addresses are only told to those who may know them. */
	facts->addr_cnt = facts->addrs[0] ? cnt : 0;
	return 0;
}

/* What is behind pointers is asked for once the type is known. */
static int link_facts_get(int fd, struct link_facts *facts)
{
	memset(facts, 0, sizeof(*facts));
	if (get_info(fd, &facts->info))
		return -1;
	switch (facts->info.type) {
	case MODBPF_LINK_TYPE_RAW_TRACEPOINT:	return get_raw_tracepoint(fd, facts);
	case MODBPF_LINK_TYPE_PERF_EVENT:	return get_event(fd, facts);
	case MODBPF_LINK_TYPE_KPROBE_MULTI:	return get_functions(fd, facts);
	default:				return 0;
	}
}

static void add_functions(struct json_object *object, const struct link_facts *facts)
{
	struct json_object *array = json_object_new_array(), *function;
	char name[256];
	uint32_t i;

	for (i = 0; i < facts->addr_cnt; i++) {
		kernel_symbol_name(facts->addrs[i], name, sizeof(name));
		function = json_object_new_object();
		json_add_u64(function, "addr", facts->addrs[i]);
		json_add_str(function, "func", name);
		json_object_array_add(array, function);
	}
	json_object_object_add(object, "funcs", array);
}

static void add_counters(struct json_object *object, const struct modbpf_link_info *info)
{
	if (info->type == MODBPF_LINK_TYPE_NETFILTER) {
		json_add_u64(object, "packets", info->events);
		json_add_u64(object, "drops", info->drops);
	} else {
		json_add_u64(object, "events", info->events);
		json_add_u64(object, "recursion_misses", info->recursion_misses);
		json_add_u64(object, "missed", info->missed);
	}
	json_add_u64(object, "lost", info->lost);
	json_object_object_add(object, "dead", json_object_new_boolean(info->is_dead));
}

static struct json_object *link_json(const struct link_facts *facts)
{
	struct json_object *object = json_object_new_object();
	const struct modbpf_link_info *info = &facts->info;
	const char *type = link_type_name(info->type);

	json_add_u64(object, "id", info->id);
	if (type)
		json_add_str(object, "type", type);
	else
		json_add_u64(object, "type", info->type);
	json_add_u64(object, "prog_id", info->prog_id);
	if (info->type == MODBPF_LINK_TYPE_NETFILTER) {
		json_add_u64(object, "pf", info->netfilter.pf);
		json_add_u64(object, "hook", info->netfilter.hooknum);
		json_object_object_add(object, "prio",
				       json_object_new_int(info->netfilter.priority));
		json_add_u64(object, "flags", info->netfilter.flags);
		if (info->ifindex)
			json_add_u64(object, "ifindex", info->ifindex);
	} else if (info->type == MODBPF_LINK_TYPE_KPROBE_MULTI) {
		json_object_object_add(object, "retprobe", json_object_new_boolean(
				       info->kprobe_multi.flags & MODBPF_KPROBE_MULTI_RETURN));
		json_add_u64(object, "func_cnt", info->kprobe_multi.count);
		add_functions(object, facts);
	} else if (info->type == MODBPF_LINK_TYPE_RAW_TRACEPOINT) {
		json_add_str(object, "tp_name", facts->name);
	} else if (info->type == MODBPF_LINK_TYPE_PERF_EVENT) {
		link_event_json(object, info, facts->name);
	}
	add_counters(object, info);
	return object;
}

static void print_counters(const struct modbpf_link_info *info)
{
	if (info->type == MODBPF_LINK_TYPE_NETFILTER) {
		printf("\tpackets %llu  drops %llu", info->events, info->drops);
	} else {
		printf("\tevents %llu", info->events);
		if (info->recursion_misses)
			printf("  recursion_misses %llu", info->recursion_misses);
		if (info->missed)
			printf("  missed %llu", info->missed);
	}
	if (info->lost)
		printf("  lost %llu", info->lost);
	printf("%s\n", info->is_dead ? "  dead" : "");
}

static void print_netfilter(const struct modbpf_link_info *info)
{
	char device[IF_NAMESIZE];
	const char *family = netfilter_family_name(info->netfilter.pf);
	const char *hook = netfilter_hook_name(info->netfilter.pf, info->netfilter.hooknum);

	if (family)
		printf("\t%s", family);
	else
		printf("\tpf: %u", info->netfilter.pf);
	if (hook)
		printf(" %s", hook);
	else
		printf(" hook %u", info->netfilter.hooknum);
	if (info->ifindex)
		printf(" dev %s", if_indextoname(info->ifindex, device) ? device : "gone or elsewhere");
	printf(" prio %d", info->netfilter.priority);
	if (info->netfilter.flags)
		printf(" flags 0x%x", info->netfilter.flags);
	putchar('\n');
}

static void print_kprobe_multi(const struct link_facts *facts)
{
	const struct modbpf_link_info *info = &facts->info;
	char name[256];
	uint32_t i;

	printf("\t%s.multi  func_cnt %u",
	       info->kprobe_multi.flags & MODBPF_KPROBE_MULTI_RETURN ? "kretprobe" : "kprobe",
	       info->kprobe_multi.count);
	putchar('\n');
	for (i = 0; i < facts->addr_cnt; i++) {
		kernel_symbol_name(facts->addrs[i], name, sizeof(name));
		printf("\t%016llx %s\n", (unsigned long long)facts->addrs[i], name);
	}
}

static void link_print(const struct link_facts *facts)
{
	const char *type = link_type_name(facts->info.type);

	if (type)
		printf("%u: %s  prog %u\n", facts->info.id, type, facts->info.prog_id);
	else
		printf("%u: type %u  prog %u\n", facts->info.id, facts->info.type,
		       facts->info.prog_id);
	if (facts->info.type == MODBPF_LINK_TYPE_NETFILTER)
		print_netfilter(&facts->info);
	else if (facts->info.type == MODBPF_LINK_TYPE_KPROBE_MULTI)
		print_kprobe_multi(facts);
	else if (facts->info.type == MODBPF_LINK_TYPE_RAW_TRACEPOINT)
		printf("\ttp '%s'\n", facts->name);
	else if (facts->info.type == MODBPF_LINK_TYPE_PERF_EVENT)
		link_event_print(&facts->info, facts->name);
	print_counters(&facts->info);
}

static int link_show(struct args *args)
{
	bool is_one = args->cnt;
	struct json_object *array;
	struct link_facts facts;
	struct refs refs;
	size_t i;
	int err;

	if (refs_find(&ref_link, args, &refs))
		return -1;
	err = args_end(args);
	array = json_object_new_array();
	for (i = 0; i < refs.cnt && !err; i++) {
		err = link_facts_get(refs.fd[i], &facts);
		if (err)
			break;
		if (out_is_json())
			json_object_array_add(array, link_json(&facts));
		else
			link_print(&facts);
		free(facts.addrs);
	}
	if (out_is_json() && !err)
		out_json(is_one ? json_object_get(json_object_array_get_idx(array, 0)) :
				  json_object_get(array));
	json_object_put(array);
	refs_free(&refs);
	return err;
}

static int link_detach(struct args *args)
{
	int fd = ref_find_one(&ref_link, args), err = -1;

	if (fd < 0)
		return -1;
	if (!args_end(args)) {
		err = bpf_link_detach(fd);
		if (err)
			out_error("failed link detach: %s", error_text(errno));
		else
			out_nothing();
	}
	close(fd);
	return err ? -1 : 0;
}

static int replace(int link, int fd, struct args *args)
{
	LIBBPF_OPTS(bpf_link_update_opts, opts);
	int old = -1, err = 0;

	if (args_take(args, "replace")) {
		old = ref_find_one(&ref_prog, args);
		if (old < 0)
			return -1;
		opts.flags = MODBPF_F_REPLACE;
		opts.old_prog_fd = old;
	}
	err = args_end(args);
	if (!err && bpf_link_update(link, fd, &opts))
		err = out_error("failed link update: %s", errno == EPERM && old >= 0 ?
				"not permitted, or another program hangs there" : error_text(errno));
	if (old >= 0)
		close(old);
	return err;
}

/* link update LINK prog PROG [replace PROG] */
static int link_update(struct args *args)
{
	int link = ref_find_one(&ref_link, args), fd = -1, err = -1;

	if (link < 0)
		return -1;
	if (!args_take(args, "prog"))
		out_error("wanted 'prog PROG' behind the link");
	else
		fd = ref_find_one(&ref_prog, args);
	if (fd >= 0)
		err = replace(link, fd, args);
	if (!err)
		out_nothing();
	if (fd >= 0)
		close(fd);
	close(link);
	return err;
}

static int link_pin(struct args *args)
{
	return pin_object(&ref_link, args);
}

int link_command(struct args *args)
{
	static const struct command commands[] = {
		{ "show", link_show },
		{ "list", link_show },
		{ "detach", link_detach },
		{ "update", link_update },
		{ "pin", link_pin },
		{ "help", help_command },
		{ NULL, NULL },
	};

	return command_run(commands, "link command", args);
}
