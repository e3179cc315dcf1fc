// SPDX-License-Identifier: GPL-2.0-only
/* Functions and a tracepoint of modules, whose types only the modules' own BTF has. */
#include "tests/e2e/events.bpf.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#define TSTATFS 8	/* the request's number in 9P2000.L */

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct net_device {
	char name[16];
};

struct sk_buff {
	unsigned int len;
	__u16 protocol;
};

/* Of 9pnet. */
struct p9_client {
	unsigned int msize;
};
#pragma clang attribute pop

static __always_inline int is_ours(const struct sk_buff *skb, const struct net_device *dev)
{
	return skb->protocol == 0x0008 && dev->name[0] == 'd' && dev->name[5] == '0';
}

SEC("fentry/dummy_xmit")
int BPF_PROG(on_xmit, struct sk_buff *skb, struct net_device *dev)
{
	if (!is_ours(skb, dev))
		return 0;
	add(ENTRIES, 1);
	add(MASKS, skb->len);
	return 0;
}

/* The packet is gone by now. */
SEC("fexit/dummy_xmit")
int BPF_PROG(on_xmit_done, struct sk_buff *skb, struct net_device *dev, int result)
{
	if (dev->name[0] != 'd' || !is_watched())
		return 0;
	add(RETURNS, 1);
	add(RESULTS, result);
	return 0;
}

SEC("tp_btf/9p_client_req")
int BPF_PROG(on_request, struct p9_client *client, signed char type, int tag)
{
	if (!is_watched() || type != TSTATFS)
		return 0;
	add(FRAMES, 1);
	if (client->msize < 4096 || client->msize > 512000)
		add(WRONG, 1);
	return 0;
}
