// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hooks beside those of IP: what a device receives, a bridge, ARP, and whole packets of fragments. Each
 * program counts in a slot of its own what it knows to be one of the test's.
 */
#include "tests/e2e/families.bpf.h"

enum { INGRESS, ARP = 3, BRIDGE, WHOLE, PIECES, FIRST, SECOND, DROPS, NEWER, ANSWERS };

/* What is in DROPS: who shall drop what it counts. */
enum { DROP_INGRESS = 1, DROP_ARP = 2, DROP_ANSWERS = 4, DROP_BRIDGE = 8 };

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u64);
} at_family SEC(".maps");

static __always_inline void count(__u32 slot)
{
	count_in(&at_family, slot);
}

static __always_inline __u64 setting(__u32 slot)
{
	return setting_in(&at_family, slot);
}

/* The verdict of a packet that was counted. */
static __always_inline int verdict(__u64 drop)
{
	return setting(DROPS) & drop ? 2 : 0;
}

SEC("tc/netdev/veth-right/ingress")
int at_ingress(struct __sk_buff *skb)
{
	if (!is_ping_in_frame(skb))
		return 0;
	count(INGRESS);
	return verdict(DROP_INGRESS);
}

/* Hardware type, protocol, lengths, operation, who says so: 10.77.0.HOST. */
static __always_inline int is_arp(struct __sk_buff *skb, __u8 operation, __u8 host)
{
	unsigned char *arp = (void *)(long)skb->data;

	if (arp + 28 > (unsigned char *)(long)skb->data_end)
		return 0;
	return arp[7] == operation && arp[14] == 10 && arp[15] == 77 && arp[17] == host;
}

SEC("tc/arp/input")
int at_arp(struct __sk_buff *skb)
{
	if (!is_arp(skb, 1, 1))
		return 0;
	count(ARP);
	return verdict(DROP_ARP);
}

SEC("tc/arp/output")
int at_arp_output(struct __sk_buff *skb)
{
	if (!is_arp(skb, 2, 2))
		return 0;
	count(ANSWERS);
	return verdict(DROP_ANSWERS);
}

SEC("tc/bridge/forward")
int at_bridge(struct __sk_buff *skb)
{
	if (!is_ping_in_frame(skb))
		return 0;
	count(BRIDGE);
	return verdict(DROP_BRIDGE);
}

/* As many bytes as were sent, at once. */
SEC("tc/ip/prerouting/0/defrag")
int sees_whole(struct __sk_buff *skb)
{
	if (is_ping(skb) && skb->len > 3000)
		count(WHOLE);
	return 0;
}

/* What a device takes in is not put together. */
SEC("cgroup_skb/netdev/veth-right/ingress/-5")
int sees_pieces(struct __sk_buff *skb)
{
	if (is_ping(skb) && skb->len > 1000)
		count(PIECES);
	return 1;
}

/* Whose number is lower sees it first. */
SEC("tc/ip/local_in/7")
int is_second(struct __sk_buff *skb)
{
	if (is_ping(skb) && setting(FIRST) > setting(SECOND))
		count(SECOND);
	return 0;
}

SEC("tc/ip/local_in/6")
int is_first(struct __sk_buff *skb)
{
	if (is_ping(skb) && setting(FIRST) == setting(SECOND))
		count(FIRST);
	return 0;
}

/* Of the same number, but attached later. */
SEC("tc/ip/local_in/6")
int is_newer(struct __sk_buff *skb)
{
	if (is_ping(skb) && setting(NEWER) == setting(FIRST))
		count(NEWER);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
