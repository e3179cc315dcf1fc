/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel has found out from a packet's headers before a hook and relies on behind it:
 * is it still so behind a program that may write to the packet?
 */
#ifndef MODBPF_MODULE_HOOK_PACKET_WATCH_H
#define MODBPF_MODULE_HOOK_PACKET_WATCH_H

#include <linux/types.h>

struct nf_hook_state;
struct sk_buff;

struct packet_watch {
	u8 ip_family;		/* NFPROTO_UNSPEC: nobody relies on an IP header */
	bool says_length;	/* that of the packet; not so of the longest GSO packets */
	bool has_socket;	/* chosen for it to be received by */
	u32 least;		/* bytes that the kernel has found there */
	u32 checked;		/* headers that the kernel has read through */
	u32 chosen_by;		/* headers by which the socket was chosen; 0: not known */
	u8 headers[256];	/* the longer of the two, as they were */
};

/*
 * Before a program runs that may write to the packet: false, and the packet is to be dropped, if
 * there is no memory for one of its own, or if its headers are too long to be remembered. Process
 * context or softirq.
 */
bool packet_watch_begin(struct packet_watch *watch, struct sk_buff *skb,
			const struct nf_hook_state *state);
/*
 * Behind it: false, and the packet is to be dropped, if it is not what the kernel relies upon.
 * A socket that was chosen by what is no longer there is taken from it.
 */
bool packet_watch_end(const struct packet_watch *watch, struct sk_buff *skb);

#endif
