// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does the DNS filter read names as RFC 1035 has them? Its eBPF source is compiled for this
 * machine, with maps and helpers of our own; the packets are made here.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct __sk_buff;
int dnsfilter(struct __sk_buff *skb);
#include "examples/dnsfilter/dnsfilter.bpf.c"
#include "tests/support/check.h"

#define PACKET_MAX 700
#define BLOCKED_MAX 4

static u8 packet[PACKET_MAX];
static u32 packet_len, blocked_cnt;
static struct dns_key blocked_keys[BLOCKED_MAX];
static __u64 hits[BLOCKED_MAX], counts[COUNTS];
static struct dns_name scratch;

static void *lookup(void *map, const void *key)
{
	u32 i;

	if (map == (void *)&dns_counts)
		return &counts[*(const u32 *)key];
	if (map == (void *)&dns_name)
		return &scratch;
	for (i = 0; i < blocked_cnt; i++)
		if (!memcmp(key, &blocked_keys[i], sizeof(blocked_keys[i])))
			return &hits[i];
	return NULL;
}

static long load_bytes(const void *skb, u32 off, void *to, u32 len)
{
	if (off > packet_len || len > packet_len - off)
		return -EFAULT;
	memcpy(to, packet + off, len);
	return 0;
}

static long loop(u32 rounds, void *callback, void *context, u64 flags)
{
	long (*body)(u32 round, void *context) = callback;
	u32 i;

	for (i = 0; i < rounds; i++)
		if (body(i, context))
			return i + 1;
	return i;
}

/* "a.bc" as 1 'a' 2 'b' 'c' 0; bytes. */
static u32 wire(const char *name, u8 *to)
{
	u32 at = 0;

	while (*name) {
		u32 len = strcspn(name, ".");

		to[at] = len;
		memcpy(&to[at + 1], name, len);
		at += len + 1;
		name += len + (name[len] == '.');
	}
	to[at] = 0;
	return at + 1;
}

static void block(const char *name)
{
	memset(&blocked_keys[blocked_cnt], 0, sizeof(blocked_keys[0]));
	CHECK(wire(name, blocked_keys[blocked_cnt].name) <= KEY_BYTES);
	hits[blocked_cnt++] = 0;
}

static void set_up(void)
{
	bpf_map_lookup_elem = lookup;
	bpf_skb_load_bytes = load_bytes;
	bpf_loop = loop;
	blocked_cnt = 0;
	block("bad.example");
	block("x");
}

/* The headers of a query whose name is @bytes long, which are put behind by the caller. */
static u8 *make_query(u32 bytes, u32 tail)
{
	struct iphdr ip = { .version = 4, .ihl = 5, .protocol = IPPROTO_UDP };
	struct udphdr udp = { .dest = htons(53) };
	struct dns_header dns = { .questions = htons(1) };

	packet_len = sizeof(ip) + sizeof(udp) + sizeof(dns) + bytes + tail;
	CHECK(packet_len <= PACKET_MAX);
	memset(packet, 0x33, sizeof(packet));
	memcpy(packet, &ip, sizeof(ip));
	memcpy(packet + 20, &udp, sizeof(udp));
	memcpy(packet + 28, &dns, sizeof(dns));
	return packet + 40;
}

/* What becomes of the packet, and which counter says so. */
static void judged(u32 want)
{
	struct __sk_buff skb = { .protocol = htons(ETH_P_IP), .len = packet_len };
	u32 i;

	memset(counts, 0, sizeof(counts));
	memset(&scratch, 0xc0, sizeof(scratch));	/* of the packet before: all pointers */
	CHECK_EQ(dnsfilter(&skb), want == COUNT_PASSED);
	for (i = 0; i < COUNTS; i++)
		CHECK_EQ(counts[i], i == want);
	/* Or that of a name which ends right there. */
	memset(&scratch, 0, sizeof(scratch));
	CHECK_EQ(dnsfilter(&skb), want == COUNT_PASSED);
	CHECK_EQ(counts[want], 2);
}

static void query(const char *name, u32 want)
{
	u8 bytes[PACKET_MAX];
	u32 cnt = wire(name, bytes);

	memcpy(make_query(cnt, 4), bytes, cnt);
	judged(want);
}

static void names_and_what_is_below(void)
{
	set_up();
	query("bad.example", COUNT_BLOCKED);
	query("www.bad.example", COUNT_BLOCKED);
	query("a.b.c.d.e.f.g.h.bad.example", COUNT_BLOCKED);
	query("BAD.eXaMpLe", COUNT_BLOCKED);
	query("x", COUNT_BLOCKED);
	query("X", COUNT_BLOCKED);
	query("y.x", COUNT_BLOCKED);
	query("example", COUNT_PASSED);
	query("notbad.example", COUNT_PASSED);
	query("bad.example.com", COUNT_PASSED);
	query("bad.examples", COUNT_PASSED);
	query("x.y", COUNT_PASSED);
	query("xx", COUNT_PASSED);
	query("", COUNT_PASSED);
	/* Bytes beside the letters: '@' and '[', '`' and '{' are 32 apart, too. */
	block("@`[{");
	query("@`[{", COUNT_BLOCKED);
	query("``[{", COUNT_PASSED);
	query("@`{{", COUNT_PASSED);
}

/* A dot, or a zero, inside of a label is no end of one. */
static void labels_are_not_text(void)
{
	static const u8 dotted[] = "\x0b" "bad.example", zero[] = "\x04" "ba\0d" "\x07" "example";

	set_up();
	memcpy(make_query(sizeof(dotted), 4), dotted, sizeof(dotted));
	judged(COUNT_PASSED);
	memcpy(make_query(sizeof(zero), 4), zero, sizeof(zero));
	judged(COUNT_PASSED);
}

/* @name of @bytes with its end, made of labels of 63 and a last one that fits, and a suffix. */
static void long_name(char *name, u32 bytes, const char *suffix)
{
	u32 left = bytes - 2 - strlen(suffix), len;

	for (*name = 0; left; left -= len + 1) {
		len = left > 64 ? 63 : left - 1;
		if (left == 65)
			len = 62;	/* not to leave one byte */
		sprintf(name + strlen(name), "%.*s.", (int)len,
			"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	}
	strcat(name, suffix);
}

static void long_names(void)
{
	char name[400];
	u8 bytes[400];
	u32 cnt;

	set_up();
	for (cnt = 60; cnt <= 255; cnt++) {
		long_name(name, cnt, "bad.example");
		if (wire(name, bytes) != cnt)
			check_failed(__FILE__, __LINE__, "'%s' has not %u bytes", name, cnt);
		query(name, COUNT_BLOCKED);
		long_name(name, cnt, "good.example");
		query(name, COUNT_PASSED);
	}
	long_name(name, 256, "bad.example");
	query(name, COUNT_MALFORMED);
	long_name(name, 300, "bad.example");
	query(name, COUNT_MALFORMED);
}

static void what_cannot_be_read(void)
{
	u8 bytes[32];
	u32 cnt, cut;

	set_up();
	cnt = wire("bad.example", bytes);
	for (cut = 0; cut < cnt; cut++) {
		memcpy(make_query(cut, 0), bytes, cut);
		judged(COUNT_MALFORMED);
	}
	bytes[4] = 0xc0;	/* a pointer */
	memcpy(make_query(cnt, 4), bytes, cnt);
	judged(COUNT_MALFORMED);
	bytes[4] = 64;		/* no length */
	memcpy(make_query(cnt, 4), bytes, cnt);
	judged(COUNT_MALFORMED);
	make_query(0, 0);
	packet_len = 39;	/* no header of DNS */
	judged(COUNT_MALFORMED);
	packet_len = 27;	/* nor of UDP */
	judged(COUNT_MALFORMED);
}

static void what_is_no_query(void)
{
	struct __sk_buff skb = { .protocol = htons(ETH_P_ARP), .len = packet_len };
	u8 bytes[32];
	u32 cnt;

	set_up();
	cnt = wire("bad.example", bytes);
	memcpy(make_query(cnt, 4), bytes, cnt);
	packet[30] = 0x80;	/* a response */
	judged(COUNT_PASSED);
	packet[30] = 0;
	packet[33] = 0;		/* no question */
	judged(COUNT_PASSED);
	packet[33] = 1;
	memset(counts, 0, sizeof(counts));
	CHECK_EQ(dnsfilter(&skb), 1);	/* no IP */
	skb.protocol = htons(ETH_P_IP);
	packet[9] = IPPROTO_TCP;
	CHECK_EQ(dnsfilter(&skb), 1);
	packet[9] = IPPROTO_UDP;
	packet[23] = 54;	/* another port */
	CHECK_EQ(dnsfilter(&skb), 1);
	packet[23] = 53;
	packet[7] = 1;		/* a later fragment */
	CHECK_EQ(dnsfilter(&skb), 1);
	CHECK_EQ(counts[0] + counts[1] + counts[2], 0);
}

static const struct check_case cases[] = {
	{ "names and what is below them", names_and_what_is_below },
	{ "labels are not text", labels_are_not_text },
	{ "long names", long_names },
	{ "what cannot be read is dropped", what_cannot_be_read },
	{ "what is no query passes", what_is_no_query },
};

int main(int argc, char **argv)
{
	return check_run("dnsfilter", cases, ARRAY_SIZE(cases), argc, argv);
}
