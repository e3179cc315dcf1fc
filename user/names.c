// SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause
/* What are the ABI's numbers called? One table for each kind, made from isa/abi.h. */
#include "user/names.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "isa/abi.h"
#include "isa/platform.h"

#define ROW(name, number) [number] = #name,
static const char *const prog_types[] = { MODBPF_PROG_TYPES(ROW) };
static const char *const map_types[] = { MODBPF_MAP_TYPES(ROW) };

static const char *const link_types[] = {	/* enum bpf_link_type */
	[1] = "raw_tracepoint", [2] = "tracing", [3] = "cgroup", [4] = "iter", [5] = "netns",
	[6] = "xdp", [7] = "perf_event", [8] = "kprobe_multi", [9] = "struct_ops",
	[10] = "netfilter", [11] = "tcx", [12] = "uprobe_multi", [13] = "netkit",
};

static const char *const hooks[] = {	/* enum nf_inet_hooks */
	"prerouting", "input", "forward", "output", "postrouting",
};
static const char *const arp_hooks[] = { "input", "output", "forward" };
static const char *const device_hooks[] = { "ingress", "egress" };

/* The tables have C's upper case; @lower keeps what was made of it. */
static const char *lower_case(const char *const *table, size_t cnt, uint32_t number,
			      char lower[][32])
{
	size_t i;

	if (number >= cnt || !table[number])
		return NULL;
	for (i = 0; table[number][i] && i < sizeof(lower[number]) - 1; i++)
		lower[number][i] = tolower((unsigned char)table[number][i]);
	return lower[number];
}

const char *prog_type_name(uint32_t type)
{
	static char lower[ARRAY_SIZE(prog_types)][32];

	return lower_case(prog_types, ARRAY_SIZE(prog_types), type, lower);
}

const char *map_type_name(uint32_t type)
{
	static char lower[ARRAY_SIZE(map_types)][32];

	return lower_case(map_types, ARRAY_SIZE(map_types), type, lower);
}

const char *link_type_name(uint32_t type)
{
	return type < ARRAY_SIZE(link_types) ? link_types[type] : NULL;
}

const char *netfilter_family_name(uint32_t pf)
{
	switch (pf) {
	case 1:
		return "inet";
	case 2:
		return "ip";
	case 3:
		return "arp";
	case 5:
		return "netdev";
	case 7:
		return "bridge";
	case 10:
		return "ip6";
	default:
		return NULL;
	}
}

const char *netfilter_hook_name(uint32_t pf, uint32_t hook)
{
	switch (pf) {
	case 3:
		return hook < ARRAY_SIZE(arp_hooks) ? arp_hooks[hook] : NULL;
	case 5:
		return hook < ARRAY_SIZE(device_hooks) ? device_hooks[hook] : NULL;
	default:
		return hook < ARRAY_SIZE(hooks) ? hooks[hook] : NULL;
	}
}

struct symbol {
	uint64_t addr;
	char *name;
};

static struct symbol *symbols;	/* functions, by address; read once */
static size_t symbol_cnt;

static int compare_symbols(const void *a, const void *b)
{
	const struct symbol *one = a, *two = b;

	return one->addr < two->addr ? -1 : one->addr > two->addr;
}

static void add_symbol(uint64_t addr, const char *name)
{
	struct symbol *grown;

	if (!(symbol_cnt & (symbol_cnt - 1))) {
		grown = realloc(symbols, (symbol_cnt ? 2 * symbol_cnt : 1) * sizeof(*symbols));
		if (!grown)
			return;
		symbols = grown;
	}
	symbols[symbol_cnt].addr = addr;
	symbols[symbol_cnt].name = strndup(name, strcspn(name, " \t\n"));
	if (symbols[symbol_cnt].name)
		symbol_cnt++;
}

static void read_symbols(void)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	unsigned long long addr;
	char *line = NULL;
	size_t room = 0;
	char type;
	int name;

	while (file && getline(&line, &room, file) > 0) {
		name = 0;
		if (sscanf(line, "%llx %c %n", &addr, &type, &name) >= 2 && name && addr &&
		    strchr("tTwW", type))
			add_symbol(addr, line + name);
	}
	free(line);
	if (file)
		fclose(file);
	if (symbol_cnt)
		qsort(symbols, symbol_cnt, sizeof(*symbols), compare_symbols);
}

void kernel_symbol_name(uint64_t addr, char *buf, size_t size)
{
	static bool is_read;
	size_t low = 0, high, middle;

	if (!is_read)
		read_symbols();
	is_read = true;
	/* The first one that lies behind. */
	high = symbol_cnt;
	while (low < high) {
		middle = low + (high - low) / 2;
		if (symbols[middle].addr <= addr)
			low = middle + 1;
		else
			high = middle;
	}
	/* Of several at one address the first. */
	while (low > 1 && symbols[low - 2].addr == symbols[low - 1].addr)
		low--;
	snprintf(buf, size, "%s", low ? symbols[low - 1].name : "");
}
