// SPDX-License-Identifier: GPL-2.0-only
/* The loads of the first BPF: a port filter and a counter of options, as socket filters. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/tcp.h>
#include <stddef.h>
#include <bpf/bpf_helpers.h>

unsigned long long load_byte(void *skb, unsigned long long off) asm("llvm.bpf.load.byte");
unsigned long long load_half(void *skb, unsigned long long off) asm("llvm.bpf.load.half");
unsigned long long load_word(void *skb, unsigned long long off) asm("llvm.bpf.load.word");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u64);
} sources SEC(".maps");

SEC("socket")
int ports(struct __sk_buff *skb)
{
	__u32 at = ETH_HLEN, source;
	__u64 *bytes, first = skb->len;

	if (load_half(skb, offsetof(struct ethhdr, h_proto)) != ETH_P_IP)
		return 0;
	if (load_byte(skb, at + offsetof(struct iphdr, protocol)) != IPPROTO_TCP)
		return 0;
	source = load_word(skb, at + offsetof(struct iphdr, saddr));
	at += (load_byte(skb, at) & 15) * 4;
	if (load_half(skb, at + offsetof(struct tcphdr, dest)) != 80)
		return 0;
	bytes = bpf_map_lookup_elem(&sources, &source);
	if (bytes)
		__sync_fetch_and_add(bytes, skb->len);
	else
		bpf_map_update_elem(&sources, &source, &first, BPF_ANY);
	return load_byte(skb, at + 13) & 2 ? 96 : -1;
}

SEC("tc")
int options(struct __sk_buff *skb)
{
	__u32 at = ETH_HLEN + sizeof(struct iphdr), end, cnt = 0, i;

	end = at + (load_byte(skb, ETH_HLEN + sizeof(struct iphdr) + 12) >> 4) * 4;
	at += sizeof(struct tcphdr);
	for (i = 0; i < 12 && at < end; i++) {
		__u8 kind = load_byte(skb, at);

		if (!kind)
			break;
		at += kind == 1 ? 1 : load_byte(skb, at + 1);
		cnt++;
	}
	return cnt > 6 ? 2 : 0;
}

char LICENSE[] SEC("license") = "GPL";
