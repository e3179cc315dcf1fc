// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does the firewall example judge packets as firewall.h says? Its eBPF source is
 * compiled for this machine, with maps and helpers of our own. Each packet is
 * judged once for each length of its linear part, from nothing to all of it: the
 * verdict and the counter must be the same. The linear part ends at a page that
 * cannot be read.
 */
#include <arpa/inet.h>
#include <sys/mman.h>
#include <unistd.h>

struct __sk_buff;
int firewall(struct __sk_buff *skb);
#include "examples/firewall/firewall.bpf.c"
#include "examples/firewall/rule.h"
#include "tests/support/check.h"

#define PACKET_MAX 256
#define RULES_MAX 8

/* The rules of the case that runs, as the user side would have entered them. */
static struct firewall_slot rules[RULES_MAX];
static struct firewall_rule entries[RULES_MAX];
static u32 rule_cnt;
static struct firewall_count counts[FIREWALL_SLOTS];

static u8 packet[PACKET_MAX];
static u32 packet_len;
static u8 *page, *page_end;	/* below 4 GiB: the context has 32 bits for an address */

static bool prefix_holds(const u8 *rule, const u8 *addr, u32 bits)
{
	u32 i;

	for (i = 0; i < bits; i++)
		if ((rule[i / 8] ^ addr[i / 8]) & 0x80 >> i % 8)
			return false;
	return true;
}

static void *lookup_prefix(u32 family, const u8 *addr)
{
	struct firewall_rule *best = NULL;
	u32 i, best_bits = 0;

	for (i = 0; i < rule_cnt; i++) {
		if (rules[i].family != family || (best && rules[i].prefix6.bits < best_bits) ||
		    !prefix_holds(rules[i].prefix6.addr, addr, rules[i].prefix6.bits))
			continue;
		best = &entries[i];
		best_bits = rules[i].prefix6.bits;
	}
	return best;
}

static void *lookup(void *map, const void *key)
{
	u32 i;

	if (map == (void *)&fw_counters)
		return &counts[*(const u32 *)key];
	if (map == (void *)&fw_prefix4)
		return lookup_prefix(4, ((const struct firewall_prefix4 *)key)->addr);
	if (map == (void *)&fw_prefix6)
		return lookup_prefix(6, ((const struct firewall_prefix6 *)key)->addr);
	for (i = 0; i < rule_cnt; i++)
		if (!rules[i].family && !memcmp(&rules[i].port, key, sizeof(rules[i].port)))
			return &entries[i];
	return NULL;
}

static long load_bytes(const void *skb, u32 off, void *to, u32 len)
{
	if (off > packet_len || len > packet_len - off)
		return -EFAULT;
	memcpy(to, packet + off, len);
	return 0;
}

static void set_up(void)
{
	rule_cnt = 0;
	if (page)
		return;
	bpf_map_lookup_elem = lookup;
	bpf_skb_load_bytes = load_bytes;
	page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	CHECK(page != MAP_FAILED);
	page_end = page + 4096;
	CHECK(!mprotect(page_end, 4096, PROT_NONE));
}

static void rule(const char *action, const char *text)
{
	memset(&rules[rule_cnt], 0, sizeof(rules[0]));
	CHECK_EQ(rule_parse(text, &rules[rule_cnt]), 0);
	entries[rule_cnt].slot = SLOT_FIRST_RULE + rule_cnt;
	entries[rule_cnt].action = !strcmp(action, "pass") ? FIREWALL_PASS : FIREWALL_DROP;
	rule_cnt++;
}

/* The packet in packet[] gets @verdict, and is counted once in @slot. */
static void judged(u32 protocol, int verdict, u32 slot)
{
	struct __sk_buff skb;
	u32 linear;
	u32 i;

	for (linear = 0; linear <= packet_len; linear++) {
		memset(counts, 0, sizeof(counts));
		memset(&skb, 0, sizeof(skb));
		skb.protocol = htons(protocol);
		skb.len = packet_len;
		skb.data = (uintptr_t)(page_end - linear);
		skb.data_end = (uintptr_t)page_end;
		memcpy(page_end - linear, packet, linear);
		CHECK_EQ(firewall(&skb), verdict);
		for (i = 0; i < FIREWALL_SLOTS; i++) {
			CHECK_EQ(counts[i].packets, i == slot);
			CHECK_EQ(counts[i].bytes, i == slot ? packet_len : 0);
		}
	}
}

/* An IPv4 header with @words of 4 bytes, and @size bytes of payload behind it. */
static void ipv4(const char *source, u8 proto, u32 words, u16 fragment, const void *payload, u32 size)
{
	memset(packet, 1, sizeof(packet));
	packet[0] = 0x40 | words;
	packet[6] = fragment >> 8;
	packet[7] = fragment;
	packet[9] = proto;
	CHECK_EQ(inet_pton(AF_INET, source, packet + 12), 1);
	memcpy(packet + words * 4, payload, size);
	packet_len = words * 4 + size;
}

static void ipv6(const char *source, u8 next, const void *payload, u32 size)
{
	memset(packet, 0, sizeof(packet));
	packet[0] = 0x60;
	packet[6] = next;
	CHECK_EQ(inet_pton(AF_INET6, source, packet + 8), 1);
	memcpy(packet + 40, payload, size);
	packet_len = 40 + size;
}

static const u8 to_80[] = { 0x12, 0x34, 0, 80, 1, 2, 3, 4 };	/* a port pair: 4660 to 80 */
static const u8 to_20480[] = { 0, 80, 80, 0, 1, 2, 3, 4 };
static const u8 echo[] = { 8, 0, 1, 2, 3, 4, 5, 6 };

static void passes_without_rules(void)
{
	set_up();
	ipv4("192.0.2.1", IPPROTO_TCP, 5, 0, to_80, 8);
	judged(ETH_P_IP, 1, SLOT_NO_RULE);
	ipv6("2001:db8::1", IPPROTO_UDP, to_80, 8);
	judged(ETH_P_IPV6, 1, SLOT_NO_RULE);
	ipv4("192.0.2.1", IPPROTO_GRE, 5, 0, "", 0);
	judged(ETH_P_IP, 1, SLOT_NO_RULE);
	judged(ETH_P_ARP, 1, SLOT_NO_RULE);
}

static void longest_prefix_decides(void)
{
	set_up();
	rule("drop", "192.0.2.0/24");
	rule("pass", "192.0.2.128/25");
	rule("drop", "192.0.2.200");
	rule("drop", "tcp/80");
	ipv4("192.0.2.1", IPPROTO_UDP, 5, 0, to_80, 8);
	judged(ETH_P_IP, 0, 2);
	ipv4("192.0.2.129", IPPROTO_TCP, 5, 0, to_80, 8);
	judged(ETH_P_IP, 1, 3);
	ipv4("192.0.2.200", IPPROTO_TCP, 5, 0, to_80, 8);
	judged(ETH_P_IP, 0, 4);
	ipv4("192.0.3.1", IPPROTO_TCP, 5, 0, to_80, 8);
	judged(ETH_P_IP, 0, 5);
	ipv4("192.0.3.1", IPPROTO_UDP, 5, 0, to_80, 8);
	judged(ETH_P_IP, 1, SLOT_NO_RULE);
}

static void ipv6_prefix_decides(void)
{
	set_up();
	rule("drop", "2001:db8::/32");
	rule("pass", "2001:db8:0:1::/64");
	ipv6("2001:db8::1", IPPROTO_TCP, to_80, 8);
	judged(ETH_P_IPV6, 0, 2);
	ipv6("2001:db8:0:1::9", IPPROTO_TCP, to_80, 8);
	judged(ETH_P_IPV6, 1, 3);
	ipv6("2001:db9::1", IPPROTO_TCP, to_80, 8);
	judged(ETH_P_IPV6, 1, SLOT_NO_RULE);
}

static void ports_are_of_their_protocol(void)
{
	set_up();
	rule("drop", "tcp/80");
	rule("pass", "udp/80");
	rule("drop", "icmp/8");
	rule("drop", "icmp6/128");
	ipv4("192.0.2.1", IPPROTO_TCP, 5, 0, to_80, 8);
	judged(ETH_P_IP, 0, 2);
	ipv4("192.0.2.1", IPPROTO_TCP, 5, 0, to_20480, 8);
	judged(ETH_P_IP, 1, SLOT_NO_RULE);
	ipv4("192.0.2.1", IPPROTO_UDP, 5, 0, to_80, 8);
	judged(ETH_P_IP, 1, 3);
	ipv4("192.0.2.1", IPPROTO_ICMP, 5, 0, echo, 8);
	judged(ETH_P_IP, 0, 4);
	ipv6("2001:db8::1", IPPROTO_ICMPV6, "\x80\0\0\0", 4);
	judged(ETH_P_IPV6, 0, 5);
	ipv6("2001:db8::1", IPPROTO_ICMPV6, "\x81\0\0\0", 4);
	judged(ETH_P_IPV6, 1, SLOT_NO_RULE);
}

/* The port is behind the options, not at a fixed place. */
static void options_are_skipped(void)
{
	u32 words;

	set_up();
	rule("drop", "tcp/80");
	for (words = 5; words <= 15; words++) {
		ipv4("192.0.2.1", IPPROTO_TCP, words, 0, to_80, 8);
		judged(ETH_P_IP, 0, 2);
	}
}

static void ipv4_fragments(void)
{
	set_up();
	rule("drop", "tcp/80");
	rule("drop", "198.51.100.0/24");
	/* First of several: more fragments, offset 0. */
	ipv4("192.0.2.1", IPPROTO_TCP, 5, 0x2000, to_80, 8);
	judged(ETH_P_IP, 0, 2);
	/* A later one: what looks like a port is data. */
	ipv4("192.0.2.1", IPPROTO_TCP, 5, 0x2001, to_80, 8);
	judged(ETH_P_IP, 1, SLOT_NO_RULE);
	ipv4("192.0.2.1", IPPROTO_TCP, 5, 0x1fff, "", 0);
	judged(ETH_P_IP, 1, SLOT_NO_RULE);
	ipv4("198.51.100.7", IPPROTO_TCP, 5, 0x1fff, to_80, 8);
	judged(ETH_P_IP, 0, 3);
	/* Don't fragment is none. */
	ipv4("192.0.2.1", IPPROTO_TCP, 5, 0x4000, to_80, 8);
	judged(ETH_P_IP, 0, 2);
}

static void short_packets_are_malformed(void)
{
	u32 size;

	set_up();
	rule("pass", "tcp/80");
	for (size = 0; size < 20; size++) {
		ipv4("192.0.2.1", IPPROTO_TCP, 5, 0, to_80, 8);
		packet_len = size;
		judged(ETH_P_IP, 0, SLOT_MALFORMED);
	}
	for (size = 0; size < 4; size++) {
		ipv4("192.0.2.1", IPPROTO_TCP, 5, 0, to_80, size);
		judged(ETH_P_IP, 0, SLOT_MALFORMED);
	}
	ipv4("192.0.2.1", IPPROTO_ICMP, 5, 0, echo, 1);
	judged(ETH_P_IP, 0, SLOT_MALFORMED);
	for (size = 0; size < 40; size++) {
		ipv6("2001:db8::1", IPPROTO_TCP, to_80, 8);
		packet_len = size;
		judged(ETH_P_IPV6, 0, SLOT_MALFORMED);
	}
	/* Options that the header says to have, and has not. */
	ipv4("192.0.2.1", IPPROTO_TCP, 15, 0, to_80, 8);
	packet_len = 40;
	judged(ETH_P_IP, 0, SLOT_MALFORMED);
}

static void wrong_headers_are_malformed(void)
{
	set_up();
	rule("pass", "tcp/80");
	ipv4("192.0.2.1", IPPROTO_TCP, 5, 0, to_80, 8);
	packet[0] = 0x65;
	judged(ETH_P_IP, 0, SLOT_MALFORMED);
	packet[0] = 0x44;
	judged(ETH_P_IP, 0, SLOT_MALFORMED);
	ipv6("2001:db8::1", IPPROTO_TCP, to_80, 8);
	packet[0] = 0x45;
	judged(ETH_P_IPV6, 0, SLOT_MALFORMED);
}

/* Extension headers: hop-by-hop of 8, destination options of 16, AH of 12 bytes. */
static const u8 extensions[] = {
	60, 0, 0, 0, 0, 0, 0, 0,
	51, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	6, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0x12, 0x34, 0, 80,
};

static void extension_headers_are_skipped(void)
{
	u32 size;

	set_up();
	rule("pass", "tcp/80");
	ipv6("2001:db8::1", IPPROTO_HOPOPTS, extensions, sizeof(extensions));
	judged(ETH_P_IPV6, 1, 2);
	for (size = 0; size < sizeof(extensions); size++) {
		ipv6("2001:db8::1", IPPROTO_HOPOPTS, extensions, size);
		judged(ETH_P_IPV6, 0, SLOT_MALFORMED);
	}
	/* One whose length leads out of the packet. */
	ipv6("2001:db8::1", IPPROTO_ROUTING, "\x06\xff\0\0\0\0\0\0", 8);
	judged(ETH_P_IPV6, 0, SLOT_MALFORMED);
}

static void endless_extensions_are_malformed(void)
{
	u8 chain[9 * 8 + 4] = { 0 };
	u32 i;

	set_up();
	rule("pass", "tcp/80");
	for (i = 0; i < 9; i++)
		chain[i * 8] = IPPROTO_DSTOPTS;
	chain[7 * 8] = IPPROTO_TCP;
	memcpy(chain + 8 * 8, to_80, 4);
	ipv6("2001:db8::1", IPPROTO_DSTOPTS, chain, sizeof(chain));
	judged(ETH_P_IPV6, 0, SLOT_MALFORMED);
	/* Seven are fewer than eight. */
	chain[6 * 8] = IPPROTO_TCP;
	memcpy(chain + 7 * 8, to_80, 4);
	ipv6("2001:db8::1", IPPROTO_DSTOPTS, chain, sizeof(chain));
	judged(ETH_P_IPV6, 1, 2);
}

static void ipv6_fragments(void)
{
	u8 fragment[8 + 8] = { IPPROTO_TCP };

	set_up();
	rule("drop", "tcp/80");
	memcpy(fragment + 8, to_80, 8);
	fragment[3] = 1;	/* first of several */
	ipv6("2001:db8::1", IPPROTO_FRAGMENT, fragment, sizeof(fragment));
	judged(ETH_P_IPV6, 0, 2);
	/* The ports of a first fragment are in it, or it is malformed (RFC 7112). */
	ipv6("2001:db8::1", IPPROTO_FRAGMENT, fragment, 10);
	judged(ETH_P_IPV6, 0, SLOT_MALFORMED);
	fragment[3] = 0;	/* the only one */
	ipv6("2001:db8::1", IPPROTO_FRAGMENT, fragment, sizeof(fragment));
	judged(ETH_P_IPV6, 0, 2);
	fragment[3] = 9;	/* a later one */
	ipv6("2001:db8::1", IPPROTO_FRAGMENT, fragment, sizeof(fragment));
	judged(ETH_P_IPV6, 1, SLOT_NO_RULE);
	fragment[2] = 0x80;
	fragment[3] = 0;
	ipv6("2001:db8::1", IPPROTO_FRAGMENT, fragment, 8);
	judged(ETH_P_IPV6, 1, SLOT_NO_RULE);
}

static void rules_are_read_back(void)
{
	static const struct {
		const char *text, *print;	/* print NULL: no rule */
	} cases[] = {
		{ "192.0.2.0/24", "192.0.2.0/24" }, { "192.0.2.7", "192.0.2.7/32" },
		{ "0.0.0.0/0", "0.0.0.0/0" }, { "2001:db8::/32", "2001:db8::/32" },
		{ "::", "::/128" }, { "::/0", "::/0" }, { "tcp/0", "tcp/0" },
		{ "udp/65535", "udp/65535" }, { "icmp/255", "icmp/255" },
		{ "icmp6/128", "icmp6/128" },
		{ "192.0.2.1/24", NULL }, { "192.0.2.0/33", NULL }, { "192.0.2.0/", NULL },
		{ "192.0.2.0/-1", NULL }, { "192.0.2.0/2x", NULL }, { "192.0.2/24", NULL },
		{ "2001:db8::1/32", NULL }, { "::/129", NULL }, { "tcp", NULL }, { "tcp/", NULL },
		{ "tcp/65536", NULL }, { "tcp/http", NULL }, { "icmp/256", NULL }, { "sctp/1", NULL },
		{ "", NULL }, { "/", NULL }, { "tcp/+1", NULL }, { "udp/4294967376", NULL },
		{ "1234567890123456789012345678901234567890123456789/1", NULL },
	};
	struct firewall_slot slot;
	char text[RULE_TEXT];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		memset(&slot, 0, sizeof(slot));
		if (rule_parse(cases[i].text, &slot)) {
			if (cases[i].print)
				check_failed(__FILE__, __LINE__, "'%s' is refused", cases[i].text);
			continue;
		}
		if (!cases[i].print) {
			check_failed(__FILE__, __LINE__, "'%s' is taken for a rule", cases[i].text);
			continue;
		}
		rule_print(&slot, text);
		CHECK_STR(text, cases[i].print);
	}
}

int main(int argc, char **argv)
{
	static const struct check_case cases[] = {
		{ "a packet without a rule passes and is counted", passes_without_rules },
		{ "the longest IPv4 prefix decides, before ports", longest_prefix_decides },
		{ "the longest IPv6 prefix decides", ipv6_prefix_decides },
		{ "a port's rule holds for its protocol and the destination", ports_are_of_their_protocol },
		{ "IPv4 options are skipped", options_are_skipped },
		{ "IPv4 fragments: the first has ports, the others have not", ipv4_fragments },
		{ "a packet too short for what it says is malformed", short_packets_are_malformed },
		{ "a wrong version or header length is malformed", wrong_headers_are_malformed },
		{ "IPv6 extension headers are skipped", extension_headers_are_skipped },
		{ "a chain of too many extension headers is malformed", endless_extensions_are_malformed },
		{ "IPv6 fragments: the first has ports, the others have not", ipv6_fragments },
		{ "rules are read as they are written, or refused", rules_are_read_back },
	};

	return check_run("firewall", cases, ARRAY_SIZE(cases), argc, argv);
}
