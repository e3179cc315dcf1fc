// SPDX-License-Identifier: GPL-2.0-only
/* Programs that come and go while others fire at them: each counts its own process's events, or its port's packets. */
#include "tests/e2e/events.bpf.h"

#include <linux/in.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>

#include "tests/e2e/storm.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} umask_events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} each_cpu SEC(".maps");

SEC("kprobe/__x64_sys_umask")
int on_entry(void *ctx)
{
	if (is_watched())
		add(ENTRIES, 1);
	return 0;
}

SEC("kretprobe/__x64_sys_umask")
int on_return(void *ctx)
{
	if (is_watched())
		add(RETURNS, 1);
	return 0;
}

SEC("raw_tp/sys_enter")
int on_call(__u64 *args)
{
	if (args[1] == NR_UMASK && is_watched())
		add(FRAMES, 1);
	return 0;
}

/* Where it is sent, so that it is seen when sendto() is over. */
SEC("tc/ipv4/local_out")
int on_packet(struct __sk_buff *skb)
{
	struct iphdr *ip = (void *)(long)skb->data;
	struct udphdr *udp = (void *)(ip + 1);
	__u32 slot = PORT_SLOT;
	__u64 *port = bpf_map_lookup_elem(&numbers, &slot);

	if (port && (void *)(udp + 1) <= (void *)(long)skb->data_end && ip->protocol == IPPROTO_UDP &&
	    udp->dest == bpf_htons(*port))
		add(SWITCHES, 1);
	return 0;
}

/* An entry in the array, the processor's, and the ring: each call is in all, or is counted as lost. */
SEC("kprobe/__x64_sys_umask")
int on_any_cpu(void *ctx)
{
	__u64 zero = 0, *here = bpf_map_lookup_elem(&each_cpu, &zero);

	if (!is_watched())
		return 0;
	add(ENTRIES, 1);
	if (here)
		*here += 1;
	if (bpf_ringbuf_output(&umask_events, &zero, sizeof(zero), 0))
		add(WRONG, 1);
	return 0;
}

SEC("perf_event")
int on_clock(void *ctx)
{
	add(FORKS, 1);
	return 0;
}
