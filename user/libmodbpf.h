/* SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause */
/*
 * libmodbpf: programs written for libbpf, on /dev/modbpf.
 *
 * Link with -Wl,--wrap=syscall and libmodbpf.a before libbpf.a: bpf(2) and
 * perf_event_open(2), made through syscall(), then go to the device; every
 * other system call goes to the kernel as before. Call
 * modbpf_register_sections() before opening an object, so that the SEC() names
 * below load and attach as modbpf does it.
 *
 * SEC() names, on top of libbpf's own (docs/cli.md has the table):
 *   kprobe/SYMBOL, kretprobe/SYMBOL		through BPF_TRACE_KPROBE_MULTI
 *   kprobe.multi/PATTERN, kretprobe.multi/PATTERN	one link on all functions of it: tcp_*
 *   ksyscall/NAME, kretsyscall/NAME		the same on a system call's function
 *   netfilter[/PLACE]				BPF_PROG_TYPE_NETFILTER
 *   cgroup_skb/PLACE				BPF_PROG_TYPE_CGROUP_SKB at netfilter
 *   tc/PLACE					BPF_PROG_TYPE_SCHED_CLS at netfilter
 * PLACE is [FAMILY/]HOOK[/PRIORITY[/defrag]]: FAMILY inet (default), ipv4 (or ip), ipv6
 * (ip6) or bridge; HOOK prerouting, local_in (input), forward, local_out (output) or
 * postrouting; or arp/input, arp/output, or netdev/DEVICE/ingress, netdev/DEVICE/egress.
 * PRIORITY is a number as nftables has it, default 0; defrag: fragments are put together before.
 */
#ifndef MODBPF_USER_LIBMODBPF_H
#define MODBPF_USER_LIBMODBPF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct bpf_link;
struct bpf_program;

/* The fd of /dev/modbpf, opened on first use and kept; -1 with errno. Thread-safe. */
int modbpf_device(void);

/* Why modbpf_device() failed with @err, and what to do, in one line. */
const char *modbpf_device_error(int err);

/*
 * bpf(2) on the device: @attr has @size bytes in the layout of Linux's union
 * bpf_attr. An fd, 0, or -1 with the errno of bpf(2).
 */
int modbpf_bpf(int cmd, const void *attr, size_t size);

/* Make the SEC() names known to libbpf; once is enough. 0 or -errno. */
int modbpf_register_sections(void);

/* Where in netfilter a program hangs. */
struct modbpf_place {
	uint32_t pf;		/* NFPROTO_INET 1, _IPV4 2, _ARP 3, _NETDEV 5, _BRIDGE 7, _IPV6 10 */
	uint32_t hook;		/* of the family's */
	int32_t priority;	/* low ones run first */
	uint32_t flags;		/* BPF_F_NETFILTER_* */
	int netns_fd;		/* network namespace; 0: that of the caller */
	char device[16];	/* NFPROTO_NETDEV: in the caller's namespace, when the link is made */
};

#define MODBPF_PLACE_DEVICE 5
#define MODBPF_PLACE_WANTED \
	"[inet|ipv4|ipv6|bridge/]prerouting|local_in|forward|local_out|postrouting[/PRIORITY[/defrag]], " \
	"arp/input|output[/PRIORITY] or netdev/DEVICE/ingress|egress[/PRIORITY]"

/*
 * Read "[FAMILY/]HOOK[/PRIORITY]". 0, or -EINVAL with *@wrong, if not NULL,
 * pointing at the part of @text that is wrong.
 */
int modbpf_place_parse(const char *text, struct modbpf_place *place, const char **wrong);

/*
 * Hang @prog there. A link to be destroyed with bpf_link__destroy(), or NULL with
 * errno, as libbpf's attach functions answer.
 */
struct bpf_link *modbpf_attach_netfilter(const struct bpf_program *prog,
					 const struct modbpf_place *place);
/* The same for a program that is an fd only: a link's fd, or -1 with errno. */
int modbpf_link_netfilter(int prog_fd, const struct modbpf_place *place);
/* Hang @prog on the entry or the return of @cnt kernel functions, all or none. */
struct bpf_link *modbpf_attach_kprobe(const struct bpf_program *prog, const char *const *symbols,
				      size_t cnt, bool at_return);

#ifdef __cplusplus
}
#endif

#endif
