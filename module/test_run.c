// SPDX-License-Identifier: GPL-2.0-only
/*
 * PROG_TEST_RUN: what does a packet program make of these bytes? The packet is
 * a real sk_buff that no device ever sees. The bytes begin with an Ethernet
 * header; as on Linux, SCHED_CLS, SCHED_ACT and XDP see it, the other types see what
 * is behind. For NETFILTER see test_run_netfilter.c, for tracing test_run_tracing.c.
 */
#include "module/test_run.h"

#include <linux/err.h>
#include <linux/etherdevice.h>
#include <linux/if_ether.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <net/net_namespace.h>

#include "module/caller.h"
#include "module/hook/skb_fill.h"
#include "module/prog.h"
#include "module/prog_run.h"
#include "module/test_ctx.h"
#include "verifier/rule.h"

/* The packet is in a page, with what an sk_buff needs behind it, and in front as on Linux. */
#define TEST_BYTES SKB_WITH_OVERHEAD(PAGE_SIZE)
#define XDP_HEADROOM 256

#define SEES_MAC (TYPES_TC | TYPE_BIT(XDP))
#define SEES_NETWORK (TYPE_BIT(SOCKET_FILTER) | TYPE_BIT(CGROUP_SKB) | TYPES_LWT)

static bool is_type_in(u32 type, u64 types)
{
	return type < 64 && types >> type & 1;
}

static u32 headroom_of(u32 prog_type)
{
	return prog_type == MODBPF_PROG_XDP ? XDP_HEADROOM : NET_SKB_PAD + NET_IP_ALIGN;
}

static int check_test(const union modbpf_attr *attr)
{
	if (!attr->test.ctx_size_in != !attr->test.ctx_in ||
	    !attr->test.ctx_size_out != !attr->test.ctx_out)
		return -EINVAL;
	return 0;
}

/* What only packet programs look at, after the type is known to be one. */
static int check_packet_test(const union modbpf_attr *attr, u32 prog_type)
{
	/* Not supported yet: struct xdp_md. */
	if (prog_type == MODBPF_PROG_XDP && (attr->test.ctx_in || attr->test.ctx_out))
		return -EINVAL;
	return test_check_packet(attr, ETH_HLEN);
}

int test_check_packet(const union modbpf_attr *attr, u32 least)
{
	if (attr->test.flags || attr->test.cpu || attr->test.batch_size)
		return -EINVAL;
	return attr->test.data_size_in < least ? -EINVAL : 0;
}

struct sk_buff *test_packet_read(const struct caller *caller, const union modbpf_attr *attr,
				 u32 headroom)
{
	u32 bytes = attr->test.data_size_in;
	struct sk_buff *skb;
	int err;

	if (bytes > TEST_BYTES - headroom)
		return ERR_PTR(-EINVAL);
	skb = alloc_skb(TEST_BYTES, GFP_KERNEL_ACCOUNT);
	if (!skb)
		return ERR_PTR(-ENOMEM);
	/* An XDP program may have the packet begin there. */
	memset(skb->data, 0, headroom);
	skb_reserve(skb, headroom);
	err = caller_copy_in(caller, skb_put(skb, bytes), attr->test.data_in, bytes);
	if (err) {
		kfree_skb(skb);
		return ERR_PTR(err);
	}
	return skb;
}

static u32 run_once(struct modbpf_prog *prog, const void *ctx)
{
	u32 retval;

	rcu_read_lock();
	retval = prog_run_packet(prog, ctx, NULL);
	rcu_read_unlock();
	return retval;
}

int test_run_repeatedly(const struct caller *caller, struct modbpf_prog *prog, const void *ctx,
			u32 repeat, struct test_result *result)
{
	u32 runs = max(repeat, 1u), i;
	u64 begin, spent = 0;

	for (i = 0; i < runs; i++) {
		begin = ktime_get_ns();
		result->retval = run_once(prog, ctx);
		spent += ktime_get_ns() - begin;
		if (caller_is_interrupted(caller))
			return -EINTR;
		cond_resched_tasks_rcu_qs();
	}
	result->duration = min_t(u64, div_u64(spent, runs), U32_MAX);
	return 0;
}

static int put_packet(const struct caller *caller, const union modbpf_attr *attr,
		      const struct sk_buff *skb)
{
	u32 fits = skb->len;
	int err = 0;

	if (!attr->test.data_out)
		return 0;
	/* Without a size there is room for all, says the ABI. */
	if (attr->test.data_size_out && fits > attr->test.data_size_out) {
		fits = attr->test.data_size_out;
		err = -ENOSPC;
	}
	if (caller_copy_out(caller, attr->test.data_out, skb->data, fits))
		return -EFAULT;
	return err;
}

int test_put_result(const struct caller *caller, const struct command_out *out, u32 bytes,
		    const struct test_result *result)
{
	if (COMMAND_PUT(caller, out, test.data_size_out, &bytes) ||
	    COMMAND_PUT(caller, out, test.retval, &result->retval) ||
	    COMMAND_PUT(caller, out, test.duration, &result->duration))
		return -EFAULT;
	return 0;
}

static int test_on(const struct caller *caller, const union modbpf_attr *attr,
		   const struct command_out *out, struct modbpf_prog *prog,
		   struct net_device *dev, struct test_ctx *test)
{
	bool sees_mac = is_type_in(prog->type, SEES_MAC);
	struct test_result result;
	struct sk_buff *skb;
	struct skb_ctx ctx;
	int err, ctx_err;

	skb = test_packet_read(caller, attr, headroom_of(prog->type));
	if (IS_ERR(skb))
		return PTR_ERR(skb);
	skb->protocol = eth_type_trans(skb, dev);
	skb_reset_network_header(skb);
	if (sees_mac)
		__skb_push(skb, ETH_HLEN);
	/* On Linux XDP programs see where it came from, others where it is. */
	skb_ctx_init(&ctx, skb, 0, prog->type == MODBPF_PROG_XDP ? dev : NULL, dev);
	err = test_ctx_apply(test, skb, &ctx);
	if (!err)
		err = test_run_repeatedly(caller, prog, &ctx, attr->test.repeat, &result);
	if (err)
		goto free_skb;
	if (!sees_mac)	/* what it did not see it does not get back */
		memset(__skb_push(skb, ETH_HLEN), 0, ETH_HLEN);
	/* Everything is told even if packet or context were cut: -ENOSPC. */
	err = put_packet(caller, attr, skb);
	if (err != -EFAULT && test_put_result(caller, out, skb->len, &result))
		err = -EFAULT;
	if (err != -EFAULT) {
		ctx_err = test_ctx_write(caller, attr, out, test, skb, &ctx);
		err = ctx_err ? ctx_err : err;
	}
free_skb:
	kfree_skb(skb);
	return err;
}

/*
 * The device that the packet has come to; a reference is held. While runs last, as many as the
 * caller likes, the device cannot go, nor the network namespace that it leaves with: only who
 * could keep it anyway names one that is not the loopback device, which stays as long as its namespace.
 * ERR_PTR(-ENODEV, -EPERM).
 */
static struct net_device *device_of(const struct caller *caller, const struct test_ctx *test)
{
	u32 ifindex = test->fields.ifindex ? : LOOPBACK_IFINDEX;
	struct net_device *dev;

	if (ifindex != LOOPBACK_IFINDEX && !caller_net_admin(caller, caller->net))
		return ERR_PTR(-EPERM);
	dev = dev_get_by_index(caller->net, ifindex);
	return dev ? dev : ERR_PTR(-ENODEV);
}

static int test_packet(const struct caller *caller, const union modbpf_attr *attr,
		       const struct command_out *out, struct modbpf_prog *prog)
{
	struct net_device *dev;
	struct test_ctx test;
	int err;

	err = check_packet_test(attr, prog->type);
	if (!err)
		err = test_ctx_read(caller, attr, &test);
	if (err)
		return err;
	dev = device_of(caller, &test);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	err = test_on(caller, attr, out, prog, dev, &test);
	dev_put(dev);
	return err;
}

int prog_test_run_command(const struct caller *caller, const union modbpf_attr *attr,
			  const struct command_out *out)
{
	struct modbpf_prog *prog;
	int err;

	err = check_test(attr);
	if (err)
		return err;
	prog = prog_get_by_fd(caller, attr->test.prog_fd);
	if (IS_ERR(prog))
		return PTR_ERR(prog);
	err = -ENOTSUPP;
	if (is_type_in(prog->type, SEES_MAC | SEES_NETWORK))
		err = test_packet(caller, attr, out, prog);
	else if (prog->type == MODBPF_PROG_NETFILTER)
		err = test_run_netfilter(caller, attr, out, prog);
	else if (prog->type == MODBPF_PROG_RAW_TRACEPOINT)
		err = test_run_raw_tracepoint(caller, attr, out, prog);
	prog_put(prog);
	return err;
}
