// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs the packet filter, and changes its rules while it runs.
 *
 * "firewall run" holds the program and its maps; any other call finds the maps
 * by their names. A rule first gets a slot of its own, then its place in the
 * map that the packets are looked up in; it leaves in the reverse order.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "examples/firewall/firewall.h"
#include "examples/firewall/rule.h"
#include "user/libmodbpf.h"

/* The maps of the firewall that runs. */
static int prefix4_fd, prefix6_fd, ports_fd, counters_fd, slots_fd;

static const struct {
	const char *name;
	int *fd;
	__u32 key_size, value_size;
} maps[] = {
	{ "fw_prefix4", &prefix4_fd, sizeof(struct firewall_prefix4), sizeof(struct firewall_rule) },
	{ "fw_prefix6", &prefix6_fd, sizeof(struct firewall_prefix6), sizeof(struct firewall_rule) },
	{ "fw_ports", &ports_fd, sizeof(struct firewall_port), sizeof(struct firewall_rule) },
	{ "fw_counters", &counters_fd, sizeof(__u32), sizeof(struct firewall_count) },
	{ "fw_slots", &slots_fd, sizeof(__u32), sizeof(struct firewall_slot) },
};

#define MAP_CNT (sizeof(maps) / sizeof(maps[0]))

static int fail(const char *what, int err)
{
	fprintf(stderr, "firewall: %s: %s\n", what, strerror(err));
	return 1;
}

/* An fd of the map at maps[@i], or negative. */
static int find_map(size_t i)
{
	struct bpf_map_info info;
	__u32 id = 0, len;
	int fd;

	while (!bpf_map_get_next_id(id, &id)) {
		fd = bpf_map_get_fd_by_id(id);
		if (fd < 0)
			continue;	/* it went in the meantime */
		memset(&info, 0, sizeof(info));
		len = sizeof(info);
		if (!bpf_obj_get_info_by_fd(fd, &info, &len) && !strcmp(info.name, maps[i].name) &&
		    info.key_size == maps[i].key_size && info.value_size == maps[i].value_size)
			return fd;
		close(fd);
	}
	return -1;
}

static bool find_maps(void)
{
	size_t i;

	for (i = 0; i < MAP_CNT; i++) {
		*maps[i].fd = find_map(i);
		if (*maps[i].fd < 0)
			return false;
	}
	return true;
}

static int need_maps(void)
{
	if (find_maps())
		return 0;
	fprintf(stderr, "firewall: no firewall is running: start 'firewall run' first\n");
	return 1;
}

/* The map that packets are looked up in for @rule, and its key there. */
static int rule_map(const struct firewall_slot *rule)
{
	return rule->family == 4 ? prefix4_fd : rule->family == 6 ? prefix6_fd : ports_fd;
}

static const void *rule_key(const struct firewall_slot *rule)
{
	return &rule->prefix4;	/* the union's members all begin there */
}

/* The slot of the rule that says the same of the same packets; 0: none. */
static __u32 find_slot(const struct firewall_slot *rule)
{
	struct firewall_slot other;
	__u32 slot;

	for (slot = SLOT_FIRST_RULE; slot < FIREWALL_SLOTS; slot++)
		if (!bpf_map_lookup_elem(slots_fd, &slot, &other) && rule_same_key(rule, &other))
			return slot;
	return 0;
}

static int clear_count(__u32 slot)
{
	struct firewall_count *counts = calloc(libbpf_num_possible_cpus(), sizeof(*counts));
	int err;

	if (!counts)
		return -ENOMEM;
	err = bpf_map_update_elem(counters_fd, &slot, counts, BPF_ANY);
	free(counts);
	return err;
}

static int add_rule(const struct firewall_slot *rule)
{
	struct firewall_rule entry = { .action = rule->action };
	__u32 slot;
	int err = -ENOSPC;

	if (find_slot(rule))
		return fail("that rule is there already", EEXIST);
	/* Whoever gets the slot into the map first has it. */
	for (slot = SLOT_FIRST_RULE; slot < FIREWALL_SLOTS; slot++) {
		err = bpf_map_update_elem(slots_fd, &slot, rule, BPF_NOEXIST);
		if (err != -EEXIST)
			break;
	}
	if (slot == FIREWALL_SLOTS || err)
		return fail("no room for another rule", slot == FIREWALL_SLOTS ? ENOSPC : -err);
	entry.slot = slot;
	err = clear_count(slot);
	if (!err)
		err = bpf_map_update_elem(rule_map(rule), rule_key(rule), &entry, BPF_NOEXIST);
	if (!err)
		return 0;
	bpf_map_delete_elem(slots_fd, &slot);
	return fail("the rule cannot be added", -err);
}

static int delete_rule(const struct firewall_slot *rule)
{
	__u32 slot = find_slot(rule);
	int err;

	if (!slot)
		return fail("there is no such rule", ENOENT);
	err = bpf_map_delete_elem(rule_map(rule), rule_key(rule));
	if (err && err != -ENOENT)
		return fail("the rule cannot be deleted", -err);
	bpf_map_delete_elem(slots_fd, &slot);
	return 0;
}

static int print_slot(__u32 slot, const char *action, const char *what)
{
	int cpus = libbpf_num_possible_cpus(), cpu;
	struct firewall_count *counts = calloc(cpus, sizeof(*counts)), sum = {};

	if (!counts || bpf_map_lookup_elem(counters_fd, &slot, counts)) {
		free(counts);
		return fail("the counters cannot be read", errno);
	}
	for (cpu = 0; cpu < cpus; cpu++) {
		sum.packets += counts[cpu].packets;
		sum.bytes += counts[cpu].bytes;
	}
	printf("%-6s %-44s %10llu %12llu\n", action, what, sum.packets, sum.bytes);
	free(counts);
	return 0;
}

static int list_rules(void)
{
	struct firewall_slot rule;
	char what[RULE_TEXT];
	__u32 slot;
	int err = 0;

	printf("%-6s %-44s %10s %12s\n", "ACTION", "RULE", "PACKETS", "BYTES");
	for (slot = SLOT_FIRST_RULE; slot < FIREWALL_SLOTS && !err; slot++) {
		if (bpf_map_lookup_elem(slots_fd, &slot, &rule))
			continue;
		rule_print(&rule, what);
		err = print_slot(slot, rule.action == FIREWALL_PASS ? "pass" : "drop", what);
	}
	if (!err)
		err = print_slot(SLOT_NO_RULE, "pass", "(no rule)");
	if (!err)
		err = print_slot(SLOT_MALFORMED, "drop", "(malformed)");
	return err;
}

/* The object is beside this program, unless an argument names it. */
static struct bpf_object *open_object(const char *path)
{
	char beside[4096];
	ssize_t len;

	if (!path) {
		len = readlink("/proc/self/exe", beside, sizeof(beside) - sizeof(".bpf.o"));
		if (len < 0)
			return NULL;
		strcpy(beside + len, ".bpf.o");
		path = beside;
	}
	return bpf_object__open(path);
}

static int run(const char *path)
{
	struct bpf_object *obj;
	struct bpf_program *prog;
	sigset_t ends;
	int signal;

	if (find_maps()) {
		fprintf(stderr, "firewall: a firewall is running already\n");
		return 1;
	}
	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	obj = open_object(path);
	if (!obj)
		return fail("the object cannot be opened", errno);
	prog = bpf_object__find_program_by_name(obj, "firewall");
	if (!prog || bpf_object__load(obj))
		return fail("the program cannot be loaded", errno);
	if (!bpf_program__attach(prog))
		return fail("the program cannot be attached", errno);
	printf("firewall: attached at %s; Ctrl-C ends it\n", bpf_program__section_name(prog));
	fflush(stdout);
	sigwait(&ends, &signal);
	bpf_object__close(obj);	/* and the link ends with this process */
	return 0;
}

static int usage(void)
{
	fprintf(stderr,
		"usage: firewall run [OBJECT]          attach, and hold on until Ctrl-C\n"
		"       firewall add drop|pass RULE    while it runs\n"
		"       firewall del RULE\n"
		"       firewall list                  the rules with packets and bytes\n"
		"RULE:  a source: 192.0.2.0/24, 192.0.2.7, 2001:db8::/32\n"
		"       or what comes in: tcp/PORT, udp/PORT, icmp/TYPE, icmp6/TYPE\n"
		"The longest prefix decides, then the port's rule; without either a packet passes.\n");
	return 2;
}

int main(int argc, char **argv)
{
	const char *command = argc > 1 ? argv[1] : "";
	bool adds = !strcmp(command, "add") && argc == 4;
	bool deletes = !strcmp(command, "del") && argc == 3;
	bool lists = !strcmp(command, "list") && argc == 2;
	bool runs = !strcmp(command, "run") && argc <= 3;
	struct firewall_slot rule;

	if (!adds && !deletes && !lists && !runs)
		return usage();
	memset(&rule, 0, sizeof(rule));
	if (adds && !strcmp(argv[2], "pass"))
		rule.action = FIREWALL_PASS;
	else if (adds && strcmp(argv[2], "drop"))
		return usage();
	if ((adds || deletes) && rule_parse(argv[argc - 1], &rule)) {
		fprintf(stderr, "firewall: '%s' is no rule\n", argv[argc - 1]);
		return usage();
	}
	if (modbpf_device() < 0) {
		fprintf(stderr, "%s\n", modbpf_device_error(errno));
		return 1;
	}
	modbpf_register_sections();
	if (runs)
		return run(argv[2]);
	if (need_maps())
		return 1;
	return adds ? add_rule(&rule) : deletes ? delete_rule(&rule) : list_rules();
}
