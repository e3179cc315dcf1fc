// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs on netfilter hooks: which verdict does a packet get?
 *
 * A link does not keep its network namespace or its device alive. All links stand on one
 * list; a namespace or a device that goes takes its links off their hooks and leaves them
 * dead. netfilter_links_lock orders that against attach and detach: link->net
 * is non-NULL exactly while the hook is registered.
 */
#include <linux/capability.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/notifier.h>
#include <linux/rtnetlink.h>
#include <linux/seq_file.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <net/net_namespace.h>

#include "module/caller.h"
#include "module/hook/counters.h"
#include "module/hook/defrag.h"
#include "module/hook/event_args.h"
#include "module/hook/kprobe.h"
#include "module/hook/netfilter.h"
#include "module/hook/packet_watch.h"
#include "module/hook/skb_fill.h"
#include "module/link.h"
#include "module/prog.h"
#include "module/prog_run.h"

struct netfilter_link {
	struct modbpf_link link;
	struct nf_hook_ops hook;
	struct net *net;		/* no reference; NULL: not registered */
	struct list_head node;		/* in netfilter_links while net is set */
	u32 flags;
	u32 ifindex;			/* NFPROTO_NETDEV: of its device, gone or not */
};

static DEFINE_MUTEX(netfilter_links_lock);	/* netfilter_links, every link's net */
static LIST_HEAD(netfilter_links);

atomic64_t netfilter_bad_verdicts = ATOMIC64_INIT(0);

/* TC_ACT_* of <linux/pkt_cls.h>: what a SCHED_CLS program may say. */
unsigned int netfilter_tc_verdict(s32 act)
{
	switch (act) {
	case -1:	/* TC_ACT_UNSPEC */
	case 0:		/* TC_ACT_OK */
	case 1:		/* TC_ACT_RECLASSIFY */
	case 3:		/* TC_ACT_PIPE */
		return NF_ACCEPT;
	case 2:		/* TC_ACT_SHOT */
		return NF_DROP;
	default:
		atomic64_inc(&netfilter_bad_verdicts);
		return NF_DROP;
	}
}

static __always_inline unsigned int counted(const struct netfilter_link *link,
					    unsigned int verdict)
{
	this_cpu_inc(link->link.counters->events);
	if (verdict == NF_DROP)
		this_cpu_inc(link->link.counters->drops);
	return verdict;
}

/* IP's own hooks, most of them, hand in what begins with the network header. */
static __always_inline s32 view_offset(const struct sk_buff *skb, const struct nf_hook_state *state,
				       bool with_link_layer)
{
	if (likely(state->pf == NFPROTO_IPV4 || state->pf == NFPROTO_IPV6))
		return 0;
	return netfilter_view_offset(skb, state, with_link_layer);
}

static __always_inline unsigned int judge_cgroup_skb(const struct netfilter_link *link,
						     struct modbpf_prog *prog, struct sk_buff *skb,
						     const struct nf_hook_state *state)
{
	struct skb_ctx ctx;

	skb_ctx_init(&ctx, skb, view_offset(skb, state, false), state->in, state->out);
	return prog_run_packet(prog, &ctx, link->link.counters) & 1 ? NF_ACCEPT : NF_DROP;
}

static __always_inline unsigned int judge_sched_cls(const struct netfilter_link *link,
						    struct modbpf_prog *prog, struct sk_buff *skb,
						    const struct nf_hook_state *state)
{
	struct skb_ctx ctx;

	skb_ctx_init(&ctx, skb, view_offset(skb, state, true), state->in, state->out);
	return netfilter_tc_verdict((s32)prog_run_packet(prog, &ctx, link->link.counters));
}

static __always_inline unsigned int judge_netfilter(const struct netfilter_link *link,
						    struct modbpf_prog *prog, struct sk_buff *skb,
						    const struct nf_hook_state *state)
{
	struct nf_ctx ctx = { .state = state, .skb = skb };

	/* The verifier has proved 0 or 1; anything else must not steal a packet. */
	return prog_run_packet(prog, &ctx, link->link.counters) == NF_ACCEPT ? NF_ACCEPT : NF_DROP;
}

/* What does @prog, of @type, say of the packet? */
static __always_inline unsigned int judge(const struct netfilter_link *link, u32 type,
					  struct modbpf_prog *prog, struct sk_buff *skb,
					  const struct nf_hook_state *state)
{
	switch (type) {
	case MODBPF_PROG_CGROUP_SKB:
		return judge_cgroup_skb(link, prog, skb, state);
	case MODBPF_PROG_SCHED_CLS:
		return judge_sched_cls(link, prog, skb, state);
	default:
		return judge_netfilter(link, prog, skb, state);
	}
}

/* The same, of one that may write to the packet, or tail-call one that does. */
static noinline unsigned int judge_watched(const struct netfilter_link *link, u32 type,
					   struct modbpf_prog *prog, struct sk_buff *skb,
					   const struct nf_hook_state *state)
{
	struct packet_watch watch;
	unsigned int verdict;

	if (!packet_watch_begin(&watch, skb, state))
		return NF_DROP;
	verdict = judge(link, type, prog, skb, state);
	return packet_watch_end(&watch, skb) ? verdict : NF_DROP;
}

/* @type, a constant, is that of each program the link has; no CGROUP_SKB program writes to packets. */
static __always_inline unsigned int run(const struct netfilter_link *link, u32 type,
					struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct modbpf_prog *prog = live_prog(&link->link.live);

	if (unlikely(!prog))
		return NF_ACCEPT;
	if (type != MODBPF_PROG_CGROUP_SKB && unlikely(prog->verified->uses_packet_write))
		return counted(link, judge_watched(link, type, prog, skb, state));
	return counted(link, judge(link, type, prog, skb, state));
}

static unsigned int run_cgroup_skb(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	return run(priv, MODBPF_PROG_CGROUP_SKB, skb, state);
}

static unsigned int run_sched_cls(void *priv, struct sk_buff *skb,
				  const struct nf_hook_state *state)
{
	return run(priv, MODBPF_PROG_SCHED_CLS, skb, state);
}

static unsigned int run_netfilter(void *priv, struct sk_buff *skb,
				  const struct nf_hook_state *state)
{
	return run(priv, MODBPF_PROG_NETFILTER, skb, state);
}

static nf_hookfn *run_of_type(u32 prog_type)
{
	switch (prog_type) {
	case MODBPF_PROG_CGROUP_SKB:
		return run_cgroup_skb;
	case MODBPF_PROG_SCHED_CLS:
		return run_sched_cls;
	default:
		return run_netfilter;
	}
}

/* netfilter_links_lock is held, link->net is set. A packet may still be in the program. */
static void unhook(struct netfilter_link *link)
{
	nf_unregister_net_hook(link->net, &link->hook);
	if (link->flags & MODBPF_NETFILTER_IP_DEFRAG)
		defrag_put(link->net, link->hook.pf);
	list_del_init(&link->node);
	link->hook.dev = NULL;
	WRITE_ONCE(link->net, NULL);	/* read by fdinfo without the lock */
}

static int netfilter_link_update(const struct caller *caller, struct modbpf_link *base,
				 struct modbpf_prog *prog)
{
	struct netfilter_link *link = container_of(base, struct netfilter_link, link);
	int err = -ENOLINK;

	mutex_lock(&netfilter_links_lock);
	if (link->net)
		err = caller_net_admin(caller, link->net) ? 0 : -EPERM;
	mutex_unlock(&netfilter_links_lock);
	return err;
}

static void netfilter_link_detach(struct modbpf_link *base)
{
	struct netfilter_link *link = container_of(base, struct netfilter_link, link);

	mutex_lock(&netfilter_links_lock);
	if (link->net)
		unhook(link);
	mutex_unlock(&netfilter_links_lock);
	/*
	 * A packet may still be in the program: hooks run under rcu_read_lock. Also
	 * after a namespace that went has unhooked the link a moment ago.
	 */
	synchronize_rcu();
}

static void netfilter_link_destroy(struct modbpf_link *base)
{
	free_percpu(base->counters);
	kfree(container_of(base, struct netfilter_link, link));
}

static int netfilter_link_fill_info(const struct caller *caller,
				    const struct modbpf_link *base,
				    struct modbpf_link_info *info,
				    const struct modbpf_link_info *asked)
{
	const struct netfilter_link *link =
		container_of(base, struct netfilter_link, link);

	info->netfilter.pf = link->hook.pf;
	info->netfilter.hooknum = link->hook.hooknum;
	info->netfilter.priority = link->hook.priority;
	info->netfilter.flags = link->flags;
	info->ifindex = link->ifindex;
	info->is_dead |= !READ_ONCE(link->net);
	return 0;
}

static void netfilter_link_show_fdinfo(const struct modbpf_link *base,
				       struct seq_file *m)
{
	const struct netfilter_link *link =
		container_of(base, struct netfilter_link, link);

	seq_printf(m, "pf:\t%u\nhooknum:\t%u\npriority:\t%d\n", link->hook.pf,
		   link->hook.hooknum, link->hook.priority);
	if (link->ifindex)
		seq_printf(m, "ifindex:\t%u\n", link->ifindex);
	if (!READ_ONCE(link->net) && !link_is_dead(base))
		seq_puts(m, "state:\tdead\n");
}

static const struct link_ops netfilter_link_ops = {
	.type = MODBPF_LINK_TYPE_NETFILTER,
	.name = "netfilter",
	.update = netfilter_link_update,
	.detach = netfilter_link_detach,
	.destroy = netfilter_link_destroy,
	.fill_info = netfilter_link_fill_info,
	.show_fdinfo = netfilter_link_show_fdinfo,
};

static int link_hook(struct netfilter_link *link, struct net *net)
{
	int err = 0;

	if (link->flags & MODBPF_NETFILTER_IP_DEFRAG)
		err = defrag_get(net, link->hook.pf);
	if (err)
		return err;
	mutex_lock(&netfilter_links_lock);
	err = nf_register_net_hook(net, &link->hook);
	if (!err) {
		WRITE_ONCE(link->net, net);
		list_add(&link->node, &netfilter_links);
	}
	mutex_unlock(&netfilter_links_lock);
	if (err && link->flags & MODBPF_NETFILTER_IP_DEFRAG)
		defrag_put(net, link->hook.pf);
	return err;
}

u32 netfilter_links_of(const struct net *net, const struct netfilter_ids *ids)
{
	struct netfilter_link *link;
	u32 cnt = 0;

	mutex_lock(&netfilter_links_lock);
	list_for_each_entry(link, &netfilter_links, node) {
		/* Or is just being made. */
		if (link->net != net || link_is_dead(&link->link))
			continue;
		if (cnt < ids->room) {
			ids->progs[cnt] = link_prog_id(&link->link);
			ids->links[cnt] = link->link.obj.id;
		}
		cnt++;
	}
	mutex_unlock(&netfilter_links_lock);
	return cnt;
}

/* RTNL keeps the device from going until the notifier below would find the link. */
static int link_hook_device(struct netfilter_link *link, struct net *net)
{
	int err = -ENODEV;

	rtnl_lock();
	link->hook.dev = __dev_get_by_index(net, link->ifindex);
	if (link->hook.dev)
		err = link_hook(link, net);
	rtnl_unlock();
	return err;
}

/* The namespace; of a device, which has a number in the caller's own, that. */
static struct net *net_of(const struct caller *caller, const union modbpf_attr *attr)
{
	bool is_device = attr->link_create.netfilter.pf == NFPROTO_NETDEV;

	return caller_net_by_fd(caller, is_device ? 0 : attr->link_create.target_fd);
}

static struct netfilter_link *new_link(const union modbpf_attr *attr, struct modbpf_prog *prog)
{
	struct netfilter_link *link = kzalloc(sizeof(*link), GFP_KERNEL_ACCOUNT);

	if (!link)
		return NULL;
	link_init(&link->link, &netfilter_link_ops, prog, attr->link_create.attach_type,
		  hook_counters_alloc());
	INIT_LIST_HEAD(&link->node);
	link->hook.hook = run_of_type(prog->type);
	link->hook.priv = link;
	link->hook.pf = attr->link_create.netfilter.pf;
	link->hook.hooknum = attr->link_create.netfilter.hooknum;
	link->hook.priority = attr->link_create.netfilter.priority;
	link->flags = attr->link_create.netfilter.flags;
	if (link->hook.pf == NFPROTO_NETDEV)
		link->ifindex = attr->link_create.target_ifindex;
	if (link->link.counters)
		return link;
	netfilter_link_destroy(&link->link);
	return NULL;
}

int netfilter_link_attach(const struct caller *caller, const union modbpf_attr *attr,
			  struct modbpf_prog *prog, struct modbpf_link **out)
{
	struct netfilter_link *link;
	struct net *net;
	int err;

	if (attr->link_create.flags)
		return -EINVAL;
	if (attr->link_create.netfilter.pf == NFPROTO_NETDEV && !attr->link_create.target_ifindex)
		return -ENODEV;
	err = netfilter_check_place(attr->link_create.netfilter.pf,
				    attr->link_create.netfilter.hooknum,
				    attr->link_create.netfilter.priority,
				    attr->link_create.netfilter.flags);
	if (err)
		return err;
	net = net_of(caller, attr);
	if (IS_ERR(net))
		return PTR_ERR(net);
	err = -EPERM;
	if (!caller_net_admin(caller, net))
		goto put_net;
	err = -ENOMEM;
	link = new_link(attr, prog);
	if (!link)
		goto put_net;
	err = link->ifindex ? link_hook_device(link, net) : link_hook(link, net);
	if (err) {
		/* INET: IPv4's half hung there before IPv6's could not. */
		synchronize_rcu();
		netfilter_link_destroy(&link->link);
	} else {
		*out = &link->link;
	}
put_net:
	put_net(net);
	return err;
}

/* A namespace that goes leaves its links dead: detached links are all that may outlive it. */
static void __net_exit netfilter_net_exit(struct net *net)
{
	struct netfilter_link *link, *next;

	mutex_lock(&netfilter_links_lock);
	list_for_each_entry_safe(link, next, &netfilter_links, node) {
		if (link->net == net)
			unhook(link);
	}
	mutex_unlock(&netfilter_links_lock);
}

static struct pernet_operations netfilter_net_ops = {
	.exit = netfilter_net_exit,
};

/* So does a device, also when it moves to another namespace. Under RTNL. */
static int device_event(struct notifier_block *notifier, unsigned long event, void *data)
{
	const struct net_device *device = netdev_notifier_info_to_dev(data);
	struct netfilter_link *link, *next;

	if (event != NETDEV_UNREGISTER)
		return NOTIFY_DONE;
	mutex_lock(&netfilter_links_lock);
	list_for_each_entry_safe(link, next, &netfilter_links, node) {
		if (link->hook.dev == device)
			unhook(link);
	}
	mutex_unlock(&netfilter_links_lock);
	return NOTIFY_DONE;
}

static struct notifier_block device_notifier = {
	.notifier_call = device_event,
};

int netfilter_init(void)
{
	int err = register_pernet_subsys(&netfilter_net_ops);

	if (err)
		return err;
	err = register_netdevice_notifier(&device_notifier);
	if (err)
		unregister_pernet_subsys(&netfilter_net_ops);
	return err;
}

void netfilter_exit(void)
{
	unregister_netdevice_notifier(&device_notifier);
	unregister_pernet_subsys(&netfilter_net_ops);
}
