/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The rules of the firewall, as both sides know them.
 *
 * The longest source prefix that has a rule decides. If none has, the rule of
 * the packet's protocol and destination port (ICMP: message type) decides, and
 * if there is none, the packet passes. Packets that cannot be read as what they say they
 * are have no verdict of a rule: they are dropped and counted.
 */
#ifndef FIREWALL_H
#define FIREWALL_H

enum {
	FIREWALL_DROP = 0,
	FIREWALL_PASS = 1,
};

#define FIREWALL_SLOTS 256

/* Each rule has a slot, which is where it is counted. These two are always there. */
enum {
	SLOT_MALFORMED = 0,	/* dropped */
	SLOT_NO_RULE = 1,	/* passed */
	SLOT_FIRST_RULE = 2,
};

/* What a rule says; value of the maps fw_prefix4, fw_prefix6 and fw_ports. */
struct firewall_rule {
	__u32 slot;
	__u32 action;		/* FIREWALL_DROP, FIREWALL_PASS */
};

struct firewall_prefix4 {
	__u32 bits;
	__u8 addr[4];
};

struct firewall_prefix6 {
	__u32 bits;
	__u8 addr[16];
};

struct firewall_port {
	__u16 proto;		/* IPPROTO_* */
	__u16 port;		/* host byte order; ICMP: the type */
};

/* Value of fw_slots: which rule has the slot. For the user side only. */
struct firewall_slot {
	__u32 action;
	__u32 family;		/* 4, 6: prefix; 0: port */
	union {
		struct firewall_prefix4 prefix4;
		struct firewall_prefix6 prefix6;
		struct firewall_port port;
	};
};

/* Value of fw_counters, per CPU. */
struct firewall_count {
	__u64 packets;
	__u64 bytes;
};

#endif
