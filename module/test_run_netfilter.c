// SPDX-License-Identifier: GPL-2.0-only
/*
 * PROG_TEST_RUN of a NETFILTER program: the hook that it is called at is what the caller
 * says in a struct nf_hook_state of this kernel; as on Linux, of that the family and the hook's number only. A
 * packet that leaves begins with its IP header, any other with an Ethernet header, which is
 * behind it when the program sees it. Neither packet nor state is given back.
 */
#include <linux/err.h>
#include <linux/etherdevice.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <net/net_namespace.h>

#include "module/caller.h"
#include "module/hook/netfilter.h"
#include "module/test_run.h"

/* Which of a hook's devices the packet has. */
enum { HAS_IN = 1, HAS_OUT = 2 };
static const u8 devices[NF_INET_NUMHOOKS] = {
	[NF_INET_PRE_ROUTING] = HAS_IN,
	[NF_INET_LOCAL_IN] = HAS_IN,
	[NF_INET_FORWARD] = HAS_IN | HAS_OUT,
	[NF_INET_LOCAL_OUT] = HAS_OUT,
	[NF_INET_POST_ROUTING] = HAS_OUT,
};

/* Without one of the caller's: an IPv4 packet leaves. */
static int read_state(const struct caller *caller, const union modbpf_attr *attr,
		      struct net_device *dev, struct nf_hook_state *state)
{
	struct nf_hook_state given = {};
	u32 bytes = attr->test.ctx_size_in;
	int err;

	state->pf = NFPROTO_IPV4;
	state->hook = NF_INET_LOCAL_OUT;
	if (attr->test.ctx_in || attr->test.ctx_out) {
		err = attr->test.ctx_in ? caller_copy_struct(caller, &given, sizeof(given),
							     attr->test.ctx_in, &bytes) : 0;
		if (err)
			return err;
		if (given.in || given.out || given.net || given.sk || given.okfn ||
		    (given.pf != NFPROTO_IPV4 && given.pf != NFPROTO_IPV6) ||
		    given.hook >= ARRAY_SIZE(devices))
			return -EINVAL;
		state->pf = given.pf;
		state->hook = given.hook;
	}
	if (devices[state->hook] & HAS_IN)
		state->in = dev;
	if (devices[state->hook] & HAS_OUT)
		state->out = dev;
	return 0;
}

static u32 ip_bytes(u8 pf)
{
	return pf == NFPROTO_IPV4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);
}

static __be16 protocol_of(u8 pf)
{
	return pf == NFPROTO_IPV4 ? htons(ETH_P_IP) : htons(ETH_P_IPV6);
}

/* Its data begins at the IP header then, all of which is there. */
static int place_packet(struct sk_buff *skb, const struct nf_hook_state *state)
{
	bool has_link_layer = state->hook != NF_INET_LOCAL_OUT;

	if (skb->len < (has_link_layer ? ETH_HLEN : 0) + ip_bytes(state->pf))
		return -EINVAL;
	if (has_link_layer) {
		skb->protocol = eth_type_trans(skb, state->in ? state->in : state->out);
		if (skb->protocol != htons(ETH_P_IP) && skb->protocol != htons(ETH_P_IPV6))
			return -EPROTO;
		if (skb->protocol != protocol_of(state->pf))
			return -EINVAL;
	}
	skb->protocol = protocol_of(state->pf);
	skb_reset_network_header(skb);
	return 0;
}

static int test_on(const struct caller *caller, const union modbpf_attr *attr,
		   const struct command_out *out, struct modbpf_prog *prog,
		   const struct nf_hook_state *state)
{
	struct nf_ctx ctx = { .state = state };
	struct test_result result;
	int err;

	ctx.skb = test_packet_read(caller, attr, NET_SKB_PAD + NET_IP_ALIGN);
	if (IS_ERR(ctx.skb))
		return PTR_ERR(ctx.skb);
	err = place_packet(ctx.skb, state);
	if (!err)
		err = test_run_repeatedly(caller, prog, &ctx, attr->test.repeat, &result);
	if (!err)
		err = test_put_result(caller, out, 0, &result);
	kfree_skb(ctx.skb);
	return err;
}

int test_run_netfilter(const struct caller *caller, const union modbpf_attr *attr,
		       const struct command_out *out, struct modbpf_prog *prog)
{
	struct nf_hook_state state = {};
	struct net_device *dev;
	int err = test_check_packet(attr, sizeof(struct iphdr));

	if (err)
		return err;
	dev = dev_get_by_index(caller->net, LOOPBACK_IFINDEX);
	if (!dev)
		return -ENODEV;
	err = read_state(caller, attr, dev, &state);
	if (!err)
		err = test_on(caller, attr, out, prog, &state);
	dev_put(dev);
	return err;
}
