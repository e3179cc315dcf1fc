/* SPDX-License-Identifier: GPL-2.0-only */
/* Rules as people write them: "192.0.2.0/24", "2001:db8::1", "tcp/80", "icmp/8". */
#ifndef FIREWALL_RULE_H
#define FIREWALL_RULE_H

#include <arpa/inet.h>
#include <linux/types.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "examples/firewall/firewall.h"

#define RULE_TEXT 64

static const struct {
	const char *name;
	__u16 proto;
	unsigned int max;
} rule_protos[] = {
	{ "tcp", IPPROTO_TCP, 65535 },
	{ "udp", IPPROTO_UDP, 65535 },
	{ "icmp", IPPROTO_ICMP, 255 },
	{ "icmp6", IPPROTO_ICMPV6, 255 },
};

/* A decimal number up to @max and nothing else. */
static inline bool rule_number(const char *text, unsigned int max, unsigned int *out)
{
	char *end;
	unsigned long number;

	if (*text < '0' || *text > '9')
		return false;
	number = strtoul(text, &end, 10);
	*out = number;
	return !*end && number <= max;
}

/* Bits behind the prefix must be zero: what is meant is not guessed. */
static inline bool rule_host_bits_clear(const __u8 *addr, unsigned int bits, unsigned int total)
{
	unsigned int i;

	for (i = bits; i < total; i++)
		if (addr[i / 8] & 0x80 >> i % 8)
			return false;
	return true;
}

/* Fills all but the action. 0 or -1. */
static inline int rule_parse(const char *text, struct firewall_slot *rule)
{
	char head[INET6_ADDRSTRLEN];
	const char *slash = strchr(text, '/');
	size_t len = slash ? (size_t)(slash - text) : strlen(text), i;
	unsigned int number;

	if (len >= sizeof(head))
		return -1;
	memcpy(head, text, len);
	head[len] = 0;
	for (i = 0; i < sizeof(rule_protos) / sizeof(rule_protos[0]); i++) {
		if (strcmp(head, rule_protos[i].name))
			continue;
		if (!slash || !rule_number(slash + 1, rule_protos[i].max, &number))
			return -1;
		rule->family = 0;
		rule->port.proto = rule_protos[i].proto;
		rule->port.port = number;
		return 0;
	}
	if (inet_pton(AF_INET, head, rule->prefix4.addr) == 1) {
		rule->family = 4;
		number = 32;
	} else if (inet_pton(AF_INET6, head, rule->prefix6.addr) == 1) {
		rule->family = 6;
		number = 128;
	} else {
		return -1;
	}
	if (slash && !rule_number(slash + 1, number, &number))
		return -1;
	rule->prefix4.bits = number;
	return rule_host_bits_clear(rule->prefix6.addr, number, rule->family == 4 ? 32 : 128) ? 0 : -1;
}

static inline bool rule_same_key(const struct firewall_slot *a, const struct firewall_slot *b)
{
	return a->family == b->family && !memcmp(&a->prefix6, &b->prefix6, sizeof(a->prefix6));
}

static inline void rule_print(const struct firewall_slot *rule, char text[RULE_TEXT])
{
	char addr[INET6_ADDRSTRLEN];
	const char *name = "?";
	size_t i;

	if (rule->family) {
		inet_ntop(rule->family == 4 ? AF_INET : AF_INET6, rule->prefix6.addr, addr,
			  sizeof(addr));
		snprintf(text, RULE_TEXT, "%s/%u", addr, rule->prefix4.bits);
		return;
	}
	for (i = 0; i < sizeof(rule_protos) / sizeof(rule_protos[0]); i++)
		if (rule_protos[i].proto == rule->port.proto)
			name = rule_protos[i].name;
	snprintf(text, RULE_TEXT, "%s/%u", name, rule->port.port);
}

#endif
