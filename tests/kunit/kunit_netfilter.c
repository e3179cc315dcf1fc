// SPDX-License-Identifier: GPL-2.0-only
/* Do programs on netfilter hooks see packets, and does their verdict hold? */
#include <kunit/test.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/net.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/skbuff.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "module/caller.h"
#include "module/hook/counters.h"
#include "module/hook/netfilter.h"
#include "module/hook/skb.h"
#include "module/link.h"
#include "tests/kunit/c_prog.h"

#define PORT 4711

struct fixture {
	struct caller caller;
	struct modbpf_prog *prog;
	struct modbpf_link *link;
	struct socket *from, *to;
};

/* What the program says, and what it saw of UDP packets to PORT. */
static u64 verdict;
static u32 seen;
static struct skb_ctx last;
static u8 version;
static u8 bend;	/* what it changes of the header's first byte */
static u8 lie;	/* and of the length that it says */

static bool is_ours(const u8 *data, const u8 *end, u32 *ip_version)
{
	u32 header;

	if (data + 40 + 8 > end && data + 20 + 8 > end)
		return false;
	*ip_version = data[0] >> 4;
	header = *ip_version == 4 ? 20 : 40;
	if (data + header + 4 > end || data[*ip_version == 4 ? 9 : 6] != IPPROTO_UDP)
		return false;
	return (data[header + 2] << 8 | data[header + 3]) == PORT;
}

static u64 skb_body(const void *ctx)
{
	const struct skb_ctx *skb = ctx;
	u32 ip_version;

	if (!is_ours(skb->data, skb->data_end, &ip_version))
		return 1;	/* keep; for SCHED_CLS: accept */
	seen++;
	last = *skb;
	version = ip_version;
	skb->data[0] ^= bend;
	skb->data[ip_version == 4 ? 3 : 5] ^= lie;
	return verdict;
}

static u64 nf_body(const void *ctx)
{
	const struct nf_ctx *nf = ctx;
	u32 ip_version;

	if (!is_ours(nf->skb->data, nf->skb->data + skb_headlen(nf->skb), &ip_version))
		return NF_ACCEPT;
	seen++;
	version = nf->state->pf == NFPROTO_IPV4 ? 4 : 6;
	return verdict;
}

static int begin(struct kunit *test)
{
	struct fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	test->priv = f;
	caller_init_current(&f->caller);
	seen = 0;
	bend = 0;
	lie = 0;
	return 0;
}

static void end(struct kunit *test)
{
	struct fixture *f = test->priv;

	if (f->link) {
		f->link->ops->detach(f->link);
		f->link->ops->destroy(f->link);
	}
	if (f->from)
		sock_release(f->from);
	if (f->to)
		sock_release(f->to);
	if (f->prog)
		c_prog_free(f->prog);
}

static int attach(struct kunit *test, u32 type, u32 pf, u32 hooknum)
{
	struct fixture *f = test->priv;
	union modbpf_attr attr = { .link_create = {
		.attach_type = MODBPF_ATTACH_NETFILTER,
		.netfilter = { .pf = pf, .hooknum = hooknum, .priority = -5 },
	} };

	int err;

	f->prog = c_prog_new(test, type, type == MODBPF_PROG_NETFILTER ? nf_body : skb_body);
	err = netfilter_link_attach(&f->caller, &attr, f->prog, &f->link);
	return err ?: link_go_live(f->link);
}

static void open_sockets(struct kunit *test, int family, struct sockaddr *addr, int bytes)
{
	struct fixture *f = test->priv;

	KUNIT_ASSERT_EQ(test, sock_create_kern(&init_net, family, SOCK_DGRAM, 0, &f->to), 0);
	KUNIT_ASSERT_EQ(test, kernel_bind(f->to, addr, bytes), 0);
	f->to->sk->sk_rcvtimeo = HZ / 5;
	KUNIT_ASSERT_EQ(test, sock_create_kern(&init_net, family, SOCK_DGRAM, 0, &f->from), 0);
	KUNIT_ASSERT_EQ(test, kernel_connect(f->from, addr, bytes, 0), 0);
}

static void open_ipv4(struct kunit *test)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET, .sin_port = htons(PORT),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	open_sockets(test, AF_INET, (struct sockaddr *)&addr, sizeof(addr));
}

static void open_ipv6(struct kunit *test)
{
	struct sockaddr_in6 addr = {
		.sin6_family = AF_INET6, .sin6_port = htons(PORT),
		.sin6_addr = IN6ADDR_LOOPBACK_INIT,
	};

	open_sockets(test, AF_INET6, (struct sockaddr *)&addr, sizeof(addr));
}

/* Does a packet from one socket arrive at the other? */
static bool arrives(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct msghdr out = {}, in = {};
	char sent[12] = "hello, hook", got[16] = "";
	struct kvec out_vec = { sent, sizeof(sent) };
	struct kvec in_vec = { got, sizeof(got) };
	int err;

	err = kernel_sendmsg(f->from, &out, &out_vec, 1, sizeof(sent));
	/* Dropped on the way out. */
	if (err == -EPERM)
		return false;
	KUNIT_EXPECT_EQ(test, err, (int)sizeof(sent));
	err = kernel_recvmsg(f->to, &in, &in_vec, 1, sizeof(got), 0);
	if (err == -EAGAIN)
		return false;
	KUNIT_EXPECT_EQ(test, err, (int)sizeof(sent));
	KUNIT_EXPECT_EQ(test, memcmp(got, sent, sizeof(sent)), 0);
	return true;
}

static void tc_verdicts_are_mapped(struct kunit *test)
{
	static const struct { s32 act; unsigned int verdict; u32 bad; } rows[] = {
		{ -1, NF_ACCEPT, 0 }, { 0, NF_ACCEPT, 0 }, { 1, NF_ACCEPT, 0 },
		{ 2, NF_DROP, 0 }, { 3, NF_ACCEPT, 0 }, { 4, NF_DROP, 1 },
		{ 7, NF_DROP, 1 }, { -2, NF_DROP, 1 }, { S32_MAX, NF_DROP, 1 },
	};
	s64 before;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		before = atomic64_read(&netfilter_bad_verdicts);
		KUNIT_EXPECT_EQ_MSG(test, netfilter_tc_verdict(rows[i].act), rows[i].verdict,
				    "act %d", rows[i].act);
		KUNIT_EXPECT_EQ(test, atomic64_read(&netfilter_bad_verdicts) - before,
				(s64)rows[i].bad);
	}
}

static void places_are_checked(struct kunit *test)
{
	static const struct { u32 pf, hooknum; s32 priority; u32 flags; int err; } rows[] = {
		{ NFPROTO_INET, 0, 0, 0, 0 },
		{ NFPROTO_IPV4, NF_INET_POST_ROUTING, -1000, 0, 0 },
		{ NFPROTO_IPV6, NF_INET_LOCAL_OUT, S32_MAX - 1, 0, 0 },
		{ NFPROTO_IPV4, NF_INET_POST_ROUTING + 1, 0, 0, -EPROTO },
		{ NFPROTO_INET, U32_MAX, 0, 0, -EPROTO },
		{ NFPROTO_UNSPEC, 0, 0, 0, -EAFNOSUPPORT },
		{ NFPROTO_BRIDGE, NF_INET_POST_ROUTING, 0, 0, 0 },
		{ NFPROTO_BRIDGE, NF_INET_POST_ROUTING + 1, 0, 0, -EPROTO },
		{ NFPROTO_ARP, 2, 0, 0, 0 },
		{ NFPROTO_ARP, 3, 0, 0, -EPROTO },
		{ NFPROTO_NETDEV, 1, 0, 0, 0 },
		{ NFPROTO_NETDEV, 2, 0, 0, -EPROTO },
		{ NFPROTO_NETDEV, 0, 0, 1, -EOPNOTSUPP },
		{ NFPROTO_ARP, 0, 0, 1, -EOPNOTSUPP },
		{ NFPROTO_NUMPROTO, 0, 0, 0, -EAFNOSUPPORT },
		{ U32_MAX, 0, 0, 0, -EAFNOSUPPORT },
		{ NFPROTO_INET, 0, 0, 1, 0 },
		{ NFPROTO_INET, 0, 0, 2, -EOPNOTSUPP },
		{ NFPROTO_IPV4, 0, -400, 1, -ERANGE },
		{ NFPROTO_IPV6, 0, -399, 1, 0 },
		{ NFPROTO_INET, 0, S32_MIN, 0, -ERANGE },
		{ NFPROTO_INET, 0, S32_MAX, 0, -ERANGE },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		KUNIT_EXPECT_EQ_MSG(test,
				    netfilter_check_place(rows[i].pf, rows[i].hooknum,
							  rows[i].priority, rows[i].flags),
				    rows[i].err, "row %u", i);
}

/* A frame of 60 bytes, skb->data at its start or behind its link layer's header. */
static void views_begin_at_a_header(struct kunit *test)
{
	static const struct { u8 pf, hook; bool in_front; s32 with_link_layer, without; } rows[] = {
		{ NFPROTO_IPV4, NF_INET_LOCAL_IN, false, 0, 0 },
		{ NFPROTO_IPV6, NF_INET_LOCAL_OUT, false, 0, 0 },
		{ NFPROTO_NETDEV, 0, false, -ETH_HLEN, 0 },
		{ NFPROTO_NETDEV, 1, true, 0, ETH_HLEN },
		{ NFPROTO_BRIDGE, NF_INET_FORWARD, false, -ETH_HLEN, 0 },
		{ NFPROTO_BRIDGE, NF_INET_LOCAL_OUT, true, 0, ETH_HLEN },
		{ NFPROTO_ARP, 0, false, 0, 0 },
		{ NFPROTO_ARP, 1, true, ETH_HLEN, ETH_HLEN },
		{ NFPROTO_ARP, 2, false, 0, 0 },
	};
	struct sk_buff *skb;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct nf_hook_state state = { .pf = rows[i].pf, .hook = rows[i].hook };

		skb = alloc_skb(128, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, skb);
		skb_reserve(skb, 32);
		skb_put(skb, 60);
		skb_reset_mac_header(skb);
		skb_set_network_header(skb, ETH_HLEN);
		if (!rows[i].in_front)
			skb_pull(skb, ETH_HLEN);
		KUNIT_EXPECT_EQ_MSG(test, netfilter_view_offset(skb, &state, true),
				    rows[i].with_link_layer, "row %u", i);
		KUNIT_EXPECT_EQ_MSG(test, netfilter_view_offset(skb, &state, false),
				    rows[i].without, "row %u", i);
		/* What was made by hand says that it begins behind its end. */
		skb_set_network_header(skb, skb_headlen(skb) + 1);
		KUNIT_EXPECT_EQ_MSG(test, netfilter_view_offset(skb, &state, false), 0, "row %u", i);
		kfree_skb(skb);
	}
}

static void refused_attach_leaves_nothing(struct kunit *test)
{
	struct fixture *f = test->priv;
	union modbpf_attr attr = { .link_create = {
		.attach_type = MODBPF_ATTACH_NETFILTER, .flags = 1,
		.netfilter = { .pf = NFPROTO_IPV4, .hooknum = NF_INET_LOCAL_IN },
	} };

	KUNIT_EXPECT_EQ(test, attach(test, MODBPF_PROG_CGROUP_SKB, NFPROTO_IPV4, 5), -EPROTO);
	KUNIT_EXPECT_EQ(test, netfilter_link_attach(&f->caller, &attr, f->prog, &f->link),
			-EINVAL);
	attr.link_create.flags = 0;
	attr.link_create.target_fd = 12345;
	KUNIT_EXPECT_EQ(test, netfilter_link_attach(&f->caller, &attr, f->prog, &f->link),
			-EBADF);
	KUNIT_EXPECT_NULL(test, f->link);
}

static void verdict_holds(struct kunit *test, u32 type, u64 keep, u64 drop)
{
	struct fixture *f = test->priv;
	struct hook_counters sum;

	verdict = keep;
	KUNIT_EXPECT_TRUE(test, arrives(test));
	KUNIT_EXPECT_EQ(test, seen, 1U);
	verdict = drop;
	KUNIT_EXPECT_FALSE(test, arrives(test));
	KUNIT_EXPECT_EQ(test, seen, 2U);
	f->link->ops->detach(f->link);
	KUNIT_EXPECT_TRUE(test, arrives(test));
	KUNIT_EXPECT_EQ(test, seen, 2U);
	/* Once more is nothing more. */
	f->link->ops->detach(f->link);
	hook_counters_sum(f->link->counters, &sum);
	KUNIT_EXPECT_EQ(test, sum.drops, 1ULL);
	KUNIT_EXPECT_GE(test, sum.events, 2ULL);
}

static void cgroup_skb_keeps_and_drops(struct kunit *test)
{
	open_ipv4(test);
	KUNIT_ASSERT_EQ(test, attach(test, MODBPF_PROG_CGROUP_SKB, NFPROTO_IPV4,
				     NF_INET_LOCAL_IN), 0);
	verdict_holds(test, MODBPF_PROG_CGROUP_SKB, 1, 0);
	KUNIT_EXPECT_EQ(test, last.ifindex, (u32)LOOPBACK_IFINDEX);
	KUNIT_EXPECT_EQ(test, last.ingress_ifindex, (u32)LOOPBACK_IFINDEX);
	KUNIT_EXPECT_EQ(test, last.len, 20U + 8 + 12);
	KUNIT_EXPECT_EQ(test, last.protocol, (__force u32)htons(ETH_P_IP));
	KUNIT_EXPECT_EQ(test, version, 4);
}

static void cgroup_skb_drops_by_bit_zero(struct kunit *test)
{
	open_ipv4(test);
	KUNIT_ASSERT_EQ(test, attach(test, MODBPF_PROG_CGROUP_SKB, NFPROTO_INET,
				     NF_INET_PRE_ROUTING), 0);
	verdict_holds(test, MODBPF_PROG_CGROUP_SKB, 3, 2);
}

static void sched_cls_accepts_and_drops(struct kunit *test)
{
	open_ipv4(test);
	KUNIT_ASSERT_EQ(test, attach(test, MODBPF_PROG_SCHED_CLS, NFPROTO_INET,
				     NF_INET_LOCAL_OUT), 0);
	verdict_holds(test, MODBPF_PROG_SCHED_CLS, 0, 2);
	/* On the way out the packet has come from no device. */
	KUNIT_EXPECT_EQ(test, last.ingress_ifindex, 0U);
	KUNIT_EXPECT_EQ(test, last.ifindex, (u32)LOOPBACK_IFINDEX);
}

/* What writes to packets may not make a header longer than it was when it was checked. */
static void sched_cls_keeps_the_header_length(struct kunit *test)
{
	struct fixture *f = test->priv;
	s64 before = atomic64_read(&netfilter_bad_verdicts);

	open_ipv4(test);
	KUNIT_ASSERT_EQ(test, attach(test, MODBPF_PROG_SCHED_CLS, NFPROTO_IPV4,
				     NF_INET_LOCAL_OUT), 0);
	f->prog->verified->uses_packet_write = true;
	verdict = 0;
	KUNIT_EXPECT_TRUE(test, arrives(test));
	KUNIT_EXPECT_EQ(test, atomic64_read(&netfilter_bad_verdicts), before);
	bend = 0x0a;	/* 5 words of header become 15 */
	KUNIT_EXPECT_FALSE(test, arrives(test));
	KUNIT_EXPECT_EQ(test, seen, 2U);
	KUNIT_EXPECT_EQ(test, atomic64_read(&netfilter_bad_verdicts), before + 1);
}

/* Nor make it say another length than the packet has. */
static void sched_cls_keeps_the_length_true(struct kunit *test)
{
	struct fixture *f = test->priv;
	s64 before = atomic64_read(&netfilter_bad_verdicts);

	open_ipv6(test);
	KUNIT_ASSERT_EQ(test, attach(test, MODBPF_PROG_SCHED_CLS, NFPROTO_INET,
				     NF_INET_LOCAL_OUT), 0);
	f->prog->verified->uses_packet_write = true;
	verdict = 0;
	KUNIT_EXPECT_TRUE(test, arrives(test));
	KUNIT_EXPECT_EQ(test, atomic64_read(&netfilter_bad_verdicts), before);
	lie = 0x40;
	KUNIT_EXPECT_FALSE(test, arrives(test));
	KUNIT_EXPECT_EQ(test, seen, 2U);
	KUNIT_EXPECT_EQ(test, atomic64_read(&netfilter_bad_verdicts), before + 1);
}

static void netfilter_sees_ipv6(struct kunit *test)
{
	open_ipv6(test);
	KUNIT_ASSERT_EQ(test, attach(test, MODBPF_PROG_NETFILTER, NFPROTO_IPV6,
				     NF_INET_POST_ROUTING), 0);
	verdict_holds(test, MODBPF_PROG_NETFILTER, NF_ACCEPT, NF_DROP);
	KUNIT_EXPECT_EQ(test, version, 6);
}

/* A verdict that would steal or queue the packet is none that a program may give. */
static void netfilter_drops_what_is_no_verdict(struct kunit *test)
{
	open_ipv4(test);
	KUNIT_ASSERT_EQ(test, attach(test, MODBPF_PROG_NETFILTER, NFPROTO_IPV4,
				     NF_INET_LOCAL_IN), 0);
	verdict_holds(test, MODBPF_PROG_NETFILTER, NF_ACCEPT, NF_STOLEN);
}

static void inet_sees_both_families(struct kunit *test)
{
	open_ipv6(test);
	KUNIT_ASSERT_EQ(test, attach(test, MODBPF_PROG_CGROUP_SKB, NFPROTO_INET,
				     NF_INET_LOCAL_IN), 0);
	verdict_holds(test, MODBPF_PROG_CGROUP_SKB, 1, 0);
	KUNIT_EXPECT_EQ(test, version, 6);
}

static void ipv4_does_not_see_ipv6(struct kunit *test)
{
	open_ipv6(test);
	KUNIT_ASSERT_EQ(test, attach(test, MODBPF_PROG_CGROUP_SKB, NFPROTO_IPV4,
				     NF_INET_LOCAL_IN), 0);
	verdict = 0;
	KUNIT_EXPECT_TRUE(test, arrives(test));
	KUNIT_EXPECT_EQ(test, seen, 0U);
}

static void info_tells_the_place(struct kunit *test)
{
	struct modbpf_link_info info = {}, asked = {};
	struct fixture *f = test->priv;

	KUNIT_ASSERT_EQ(test, attach(test, MODBPF_PROG_CGROUP_SKB, NFPROTO_IPV6,
				     NF_INET_FORWARD), 0);
	KUNIT_EXPECT_EQ(test, f->link->ops->fill_info(&f->caller, f->link, &info, &asked), 0);
	KUNIT_EXPECT_EQ(test, info.netfilter.pf, (u32)NFPROTO_IPV6);
	KUNIT_EXPECT_EQ(test, info.netfilter.hooknum, (u32)NF_INET_FORWARD);
	KUNIT_EXPECT_EQ(test, info.netfilter.priority, -5);
	KUNIT_EXPECT_EQ(test, info.netfilter.flags, 0U);
}

static struct kunit_case netfilter_cases[] = {
	KUNIT_CASE(tc_verdicts_are_mapped),
	KUNIT_CASE(places_are_checked),
	KUNIT_CASE(views_begin_at_a_header),
	KUNIT_CASE(refused_attach_leaves_nothing),
	KUNIT_CASE(cgroup_skb_keeps_and_drops),
	KUNIT_CASE(cgroup_skb_drops_by_bit_zero),
	KUNIT_CASE(sched_cls_accepts_and_drops),
	KUNIT_CASE(sched_cls_keeps_the_header_length),
	KUNIT_CASE(sched_cls_keeps_the_length_true),
	KUNIT_CASE(netfilter_sees_ipv6),
	KUNIT_CASE(netfilter_drops_what_is_no_verdict),
	KUNIT_CASE(inet_sees_both_families),
	KUNIT_CASE(ipv4_does_not_see_ipv6),
	KUNIT_CASE(info_tells_the_place),
	{}
};

struct kunit_suite kunit_netfilter_suite = {
	.name = "netfilter",
	.init = begin,
	.exit = end,
	.test_cases = netfilter_cases,
};
