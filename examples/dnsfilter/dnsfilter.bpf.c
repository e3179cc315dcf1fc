// SPDX-License-Identifier: GPL-2.0-only
/*
 * DNS queries over UDP for names that are blocked are dropped, and for all names below
 * them; dns_blocked counts them. Names compare as DNS has it, small letters being as
 * good as capitals. A query whose name cannot be read is dropped, too.
 *
 * Not seen: the second and later queries of a packet that segmentation offload has merged (UDP GRO,
 * or a local sender's UDP_SEGMENT over a virtual device), and the second question of a query.
 *
 *	modbpf map update name dns_blocked key hex $(examples/dnsfilter/key bad.example) \
 *		value 0 0 0 0 0 0 0 0
 */
#include <linux/udp.h>
#include <stdbool.h>

#include "examples/headers.h"

#define DNS_PORT 53
#define NAME_MAX 255	/* bytes of a name, its end counted; RFC 1035, 2.3.4 */
#define NAME_ROOM 256
#define LABELS_MAX 128
#define KEY_BYTES 64	/* longer names cannot be blocked, but what they end in can */
#define BLOCKED 65536

/* A name as it is in a query: each label behind its length; zeros follow. */
struct dns_key {
	__u8 name[KEY_BYTES];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, BLOCKED);
	__type(key, struct dns_key);
	__type(value, __u64);
} dns_blocked SEC(".maps");

/*
 * Packets that come in are handled one after the other on a CPU. Not so behind an NFQUEUE at an
 * earlier priority of prerouting: who gives packets back may be interrupted by others.
 */
struct dns_name {
	__u8 bytes[NAME_ROOM + KEY_BYTES];
} __attribute__((aligned(8)));

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct dns_name);
} dns_name SEC(".maps");

enum { COUNT_PASSED, COUNT_BLOCKED, COUNT_MALFORMED, COUNTS };

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, COUNTS);
	__type(key, __u32);
	__type(value, __u64);
} dns_counts SEC(".maps");

struct dns_header {
	__be16 id, flags, questions, answers, authorities, additional;
};

#define IS_RESPONSE 0x8000

static __always_inline int count(__u32 slot, int verdict)
{
	__u64 *value = bpf_map_lookup_elem(&dns_counts, &slot);

	if (value)
		__sync_fetch_and_add(value, 1);
	return verdict;
}

/* A walk through the labels of the name. */
struct walk {
	__u32 at;		/* where a label begins */
	bool found;		/* what was looked for */
};

static __always_inline struct dns_name *the_name(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&dns_name, &zero);
}

/* To the name's end. A length above 63 is a pointer: not in a question. */
static long find_end(__u32 round, void *context)
{
	struct dns_name *name = the_name();
	struct walk *walk = context;
	__u32 at = walk->at;

	if (!name || at >= NAME_MAX || name->bytes[at] > 63)
		return 1;
	walk->found = !name->bytes[at];
	if (!walk->found)
		walk->at = at + name->bytes[at] + 1;
	return walk->found;
}

/* Have zeros behind the name, which has @bytes at most. False: it does not end. */
static __always_inline bool end_name(struct dns_name *name, __u32 bytes)
{
	struct walk walk = {};
	__u32 i;

	bpf_loop(LABELS_MAX, find_end, &walk, 0);
	if (!walk.found || walk.at >= bytes || walk.at >= NAME_MAX)
		return false;
	for (i = 0; i < KEY_BYTES; i++)
		name->bytes[walk.at + i] = 0;
	return true;
}

/* Eight bytes at a time: bit 7 of each says whether it is 'A' to 'Z'. Lengths are less. */
static __always_inline void make_small(struct dns_name *name)
{
	__u64 *words = (__u64 *)name->bytes, word, low, capital;
	__u32 i;

	for (i = 0; i < NAME_ROOM / 8; i++) {
		word = words[i];
		low = word & 0x7f7f7f7f7f7f7f7full;
		capital = (low + 0x3f3f3f3f3f3f3f3full) & ~(low + 0x2525252525252525ull) & ~word &
			  0x8080808080808080ull;
		words[i] = word | capital >> 2;
	}
}

/*
 * From the name itself to all that it ends in. What is longer than a key is cut, and then is no
 * key: those end within their bytes.
 */
static long look_up(__u32 round, void *context)
{
	struct dns_name *name = the_name();
	struct walk *walk = context;
	__u32 at = walk->at;
	__u64 *hits;

	if (!name || at >= NAME_MAX)
		return 1;
	hits = bpf_map_lookup_elem(&dns_blocked, &name->bytes[at]);
	if (hits) {
		__sync_fetch_and_add(hits, 1);
		walk->found = true;
	}
	walk->at = at + name->bytes[at] + 1;
	return hits || !name->bytes[at];
}

static __always_inline bool is_blocked(void)
{
	struct walk walk = {};

	bpf_loop(LABELS_MAX, look_up, &walk, 0);
	return walk.found;
}

static __always_inline int judge(struct __sk_buff *skb, __u32 at)
{
	struct dns_header header;
	struct dns_name *name;
	__u32 bytes;

	if (bpf_skb_load_bytes(skb, at, &header, sizeof(header)))
		return count(COUNT_MALFORMED, 0);
	at += sizeof(header);
	if (header.flags & bpf_htons(IS_RESPONSE) || !header.questions)
		return count(COUNT_PASSED, 1);
	name = the_name();
	bytes = skb->len - at;
	if (!name || at >= skb->len)
		return count(COUNT_MALFORMED, 0);
	if (bytes > NAME_MAX)
		bytes = NAME_MAX;
	if (bytes < 1 || bpf_skb_load_bytes(skb, at, name->bytes, bytes))
		return count(COUNT_MALFORMED, 0);
	make_small(name);
	if (!end_name(name, bytes))
		return count(COUNT_MALFORMED, 0);
	return is_blocked() ? count(COUNT_BLOCKED, 0) : count(COUNT_PASSED, 1);
}

SEC("cgroup_skb/inet/prerouting/-200")
int dnsfilter(struct __sk_buff *skb)
{
	struct headers h;
	struct udphdr udp;

	switch (headers_read(skb, &h)) {
	case HEADERS_WHOLE:
		break;
	case HEADERS_OTHER:
		return 1;
	default:
		return count(COUNT_MALFORMED, 0);
	}
	if (h.proto != IPPROTO_UDP)
		return 1;
	if (bpf_skb_load_bytes(skb, h.transport_at, &udp, sizeof(udp)))
		return count(COUNT_MALFORMED, 0);
	if (udp.dest != bpf_htons(DNS_PORT))
		return 1;
	return judge(skb, h.transport_at + sizeof(udp));
}

char LICENSE[] SEC("license") = "GPL";
