// SPDX-License-Identifier: GPL-2.0-only
/* The world that a translated filter runs in: a packet, and struct __sk_buff over it. */
#include "tests/support/classic_try.h"

#include "isa/interp.h"
#include "tests/support/randprog.h"
#include "tests/support/verify.h"
#include "verifier/ctx_skb.h"
#include "verifier/verifier.h"

#define IN_CTX(member) { .hop = -1, .offset = offsetof(struct skb_ctx, member), .size = 4 }
#define IN_SKB(member) { .hop = offsetof(struct skb_ctx, skb), \
	.offset = offsetof(struct skb, member), .size = sizeof(((struct skb *)0)->member) }

static struct skb {
	u32 mark, hash;
	u16 queue_mapping, vlan_tci, vlan_proto;
} skb;
static struct skb_ctx ctx = { .skb = &skb };
static const struct classic_packet *current;

static const struct ctx_slot slots[CTX_SOURCE_COUNT] = {
	[CTX_SKB_LEN] = IN_CTX(len),
	[CTX_SKB_PKT_TYPE] = IN_CTX(pkt_type),
	[CTX_SKB_MARK] = IN_SKB(mark),
	[CTX_SKB_QUEUE_MAPPING] = IN_SKB(queue_mapping),
	[CTX_SKB_PROTOCOL] = IN_CTX(protocol),
	[CTX_SKB_VLAN_PRESENT] = IN_CTX(vlan_present),
	[CTX_SKB_VLAN_TCI] = IN_SKB(vlan_tci),
	[CTX_SKB_VLAN_PROTO] = IN_SKB(vlan_proto),
	[CTX_SKB_IFINDEX] = IN_CTX(ifindex),
	[CTX_SKB_HASH] = IN_SKB(hash),
};

static u64 packet_load(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	const u8 *at = current->bytes + (s32)r2, *end = current->bytes + current->len;
	u64 number = 0;

	if ((s32)r2 < 0 && (s32)r2 >= -0x100000)
		at = current->bytes + current->network + ((s32)r2 + 0x100000);
	else if ((s32)r2 < 0 && (s32)r2 >= -0x200000)
		at = current->bytes + current->link + ((s32)r2 + 0x200000);
	if (at < current->bytes - current->room || at > end || r3 > (u64)(end - at))
		return -14;
	while (r3--)
		number = number << 8 | *at++;
	return number;
}

/* The upper half is what a helper may leave there. */
static u64 random_number(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	return 0x1234567800000000 | current->beside[CLASSIC_AD_RANDOM];
}

static u64 cpu(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	return current->beside[CLASSIC_AD_CPU];
}

struct verified_prog *classic_verify(const struct classic_insn *insns, u32 cnt, const char **why)
{
	struct verify_request req;
	struct verified_prog *prog = NULL;
	struct verify_stats stats;
	struct classic_error error;
	struct modbpf_insn *out;
	u32 out_cnt;

	*why = NULL;
	if (classic_check(insns, cnt, &error)) {
		*why = error.what;
		return NULL;
	}
	if (classic_translate(insns, cnt, &out, &out_cnt))
		return NULL;
	req = verify_request_of(out, out_cnt, MODBPF_PROG_SCHED_CLS);
	req.ctx = slots;
	req.rights = 0;
	if (modbpf_verify(&req, &prog, &stats))
		*why = "the verifier";
	modbpf_free(out);
	return prog;
}

static u16 swap(u16 number)
{
	return number << 8 | number >> 8;
}

u32 classic_try(const struct verified_prog *prog, const struct classic_packet *packet)
{
	static const u64 helpers[MODBPF_FUNC_LIMIT] = {
		[MODBPF_FUNC_packet_load] = (u64)packet_load,
		[MODBPF_FUNC_get_prandom_u32] = (u64)random_number,
		[MODBPF_FUNC_get_smp_processor_id] = (u64)cpu,
	};
	struct interp_env env = { .prog = prog, .helpers = helpers, .max_insns = 1000000 };

	current = packet;
	ctx.len = packet->wire_len;
	ctx.pkt_type = packet->beside[CLASSIC_AD_PKTTYPE];
	ctx.ifindex = packet->beside[CLASSIC_AD_IFINDEX];
	ctx.protocol = swap(packet->beside[CLASSIC_AD_PROTOCOL]);
	ctx.vlan_present = packet->beside[CLASSIC_AD_VLAN_TAG_PRESENT];
	skb.mark = packet->beside[CLASSIC_AD_MARK];
	skb.hash = packet->beside[CLASSIC_AD_RXHASH];
	skb.queue_mapping = packet->beside[CLASSIC_AD_QUEUE];
	skb.vlan_tci = packet->beside[CLASSIC_AD_VLAN_TAG];
	skb.vlan_proto = swap(packet->beside[CLASSIC_AD_VLAN_TPID]);
	return modbpf_interp_run(&env, &ctx, NULL);
}

void classic_beside(struct classic_packet *packet, u64 seed)
{
	struct rng rng;

	rng_seed(&rng, seed);
	memset(packet->beside, 0, sizeof(packet->beside));
	packet->wire_len = packet->len + rng_below(&rng, 100);
	packet->beside[CLASSIC_AD_PROTOCOL] = (u16)rng_value(&rng);
	packet->beside[CLASSIC_AD_PKTTYPE] = rng_below(&rng, 5);
	packet->beside[CLASSIC_AD_IFINDEX] = rng_below(&rng, 10);
	packet->beside[CLASSIC_AD_MARK] = rng_value(&rng);
	packet->beside[CLASSIC_AD_QUEUE] = (u16)rng_value(&rng);
	packet->beside[CLASSIC_AD_RXHASH] = rng_value(&rng);
	packet->beside[CLASSIC_AD_CPU] = rng_below(&rng, 64);
	packet->beside[CLASSIC_AD_VLAN_TAG] = (u16)rng_value(&rng);
	packet->beside[CLASSIC_AD_VLAN_TAG_PRESENT] = rng_below(&rng, 2);
	packet->beside[CLASSIC_AD_RANDOM] = rng_value(&rng);
	packet->beside[CLASSIC_AD_VLAN_TPID] = (u16)rng_value(&rng);
}
