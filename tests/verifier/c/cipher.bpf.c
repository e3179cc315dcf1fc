// SPDX-License-Identifier: GPL-2.0-only
/* Rounds of ciphers and hashes: many values live at once, rotates, unrolled and rolled loops. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ptrace.h>
#include <bpf/bpf_helpers.h>

static __always_inline __u64 rotl64(__u64 v, int n)
{
	return v << n | v >> (64 - n);
}

static __always_inline __u32 rotl32(__u32 v, int n)
{
	return v << n | v >> (32 - n);
}

__u64 hash_key[2] = { 0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL };
__u32 cipher_key[8];
__u32 block[16];

#define SIP_ROUND do { \
	v0 += v1; v1 = rotl64(v1, 13); v1 ^= v0; v0 = rotl64(v0, 32); \
	v2 += v3; v3 = rotl64(v3, 16); v3 ^= v2; \
	v0 += v3; v3 = rotl64(v3, 21); v3 ^= v0; \
	v2 += v1; v1 = rotl64(v1, 17); v1 ^= v2; v2 = rotl64(v2, 32); } while (0)

SEC("kprobe/siphash")
int sip_hash(struct pt_regs *ctx)
{
	__u64 words[4] = { ctx->rdi, ctx->rsi, ctx->rdx, ctx->rcx };
	__u64 v0 = hash_key[0] ^ 0x736f6d6570736575ULL, v1 = hash_key[1] ^ 0x646f72616e646f6dULL;
	__u64 v2 = hash_key[0] ^ 0x6c7967656e657261ULL, v3 = hash_key[1] ^ 0x7465646279746573ULL;
	int i;

	for (i = 0; i < 4; i++) {
		v3 ^= words[i];
		SIP_ROUND;
		SIP_ROUND;
		v0 ^= words[i];
	}
	v2 ^= 0xff;
	SIP_ROUND;
	SIP_ROUND;
	SIP_ROUND;
	return v0 ^ v1 ^ v2 ^ v3;
}

#define QUARTER(a, b, c, d) do { \
	x[a] += x[b]; x[d] = rotl32(x[d] ^ x[a], 16); \
	x[c] += x[d]; x[b] = rotl32(x[b] ^ x[c], 12); \
	x[a] += x[b]; x[d] = rotl32(x[d] ^ x[a], 8); \
	x[c] += x[d]; x[b] = rotl32(x[b] ^ x[c], 7); } while (0)

SEC("kprobe/chacha")
int chacha_block(struct pt_regs *ctx)
{
	__u32 x[16];
	int i;

	for (i = 0; i < 16; i++)
		x[i] = block[i];
	for (i = 0; i < 4; i++) {
		QUARTER(0, 4, 8, 12);
		QUARTER(1, 5, 9, 13);
		QUARTER(2, 6, 10, 14);
		QUARTER(3, 7, 11, 15);
		QUARTER(0, 5, 10, 15);
		QUARTER(1, 6, 11, 12);
		QUARTER(2, 7, 8, 13);
		QUARTER(3, 4, 9, 14);
	}
	for (i = 0; i < 16; i++)
		block[i] += x[i];
	return 0;
}

SEC("kprobe/xtea")
int xtea(struct pt_regs *ctx)
{
	__u32 v0 = ctx->rdi, v1 = ctx->rsi, sum = 0, i;

	for (i = 0; i < 32; i++) {
		v0 += ((v1 << 4 ^ v1 >> 5) + v1) ^ (sum + cipher_key[sum & 3]);
		sum += 0x9e3779b9;
		v1 += ((v0 << 4 ^ v0 >> 5) + v0) ^ (sum + cipher_key[sum >> 11 & 3]);
	}
	return v0 ^ v1;
}

#define JHASH_MIX(a, b, c) do { \
	a -= c; a ^= rotl32(c, 4); c += b; \
	b -= a; b ^= rotl32(a, 6); a += c; \
	c -= b; c ^= rotl32(b, 8); b += a; \
	a -= c; a ^= rotl32(c, 16); c += b; \
	b -= a; b ^= rotl32(a, 19); a += c; \
	c -= b; c ^= rotl32(b, 4); b += a; } while (0)

SEC("tc")
int jhash_of_addresses(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	struct iphdr *ip = data + sizeof(struct ethhdr);
	__u32 a, b, c;

	if ((void *)(ip + 1) > end)
		return 0;
	a = b = c = 0xdeadbeef + 12 + cipher_key[0];
	a += ip->saddr;
	b += ip->daddr;
	c += ip->protocol;
	JHASH_MIX(a, b, c);
	skb->mark = c;
	return 0;
}

SEC("tc")
int fnv_of_payload(struct __sk_buff *skb)
{
	__u8 *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	__u64 hash = 0xcbf29ce484222325ULL;
	int i;

	for (i = 0; i < 128; i++) {
		if (data + i + 1 > end)
			break;
		hash ^= data[i];
		hash *= 0x100000001b3ULL;
	}
	skb->mark = hash ^ hash >> 32;
	return 0;
}

char _license[] SEC("license") = "GPL";
