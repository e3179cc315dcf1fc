/* SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause */
/* What are the ABI's numbers called? The names are bpftool's. NULL: unknown number. */
#ifndef MODBPF_USER_NAMES_H
#define MODBPF_USER_NAMES_H

#include <stddef.h>
#include <stdint.h>

#define PROG_TYPE_LIMIT 64
#define MAP_TYPE_LIMIT 64

/* "kprobe", "sched_cls"; SOCKET_FILTER is 1. */
const char *prog_type_name(uint32_t type);
/* "percpu_array" */
const char *map_type_name(uint32_t type);
/* "kprobe_multi", "netfilter" */
const char *link_type_name(uint32_t type);
/* "ip", "input" */
const char *netfilter_family_name(uint32_t pf);
const char *netfilter_hook_name(uint32_t pf, uint32_t hook);

/*
 * Which function of the kernel is at @addr (/proc/kallsyms)? Writes its name to
 * @buf, or an empty string if it cannot be told.
 */
void kernel_symbol_name(uint64_t addr, char *buf, size_t size);

#endif
