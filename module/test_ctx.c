// SPDX-License-Identifier: GPL-2.0-only
/*
 * What of struct __sk_buff may a test run be given, and where does it go? Some fields no
 * program reads here; the packet carries them all the same, for what is told in the end.
 */
#include "module/test_ctx.h"

#include <linux/errno.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/skbuff.h>
#include <linux/string.h>

#include "module/caller.h"
#include "verifier/ctx_skb.h"

#define GSO_SEGS_MAX 65535
#define WIRE_LEN_MAX 65536

#define FIELD(member) { offsetof(struct modbpf_sk_buff, member), \
			offsetofend(struct modbpf_sk_buff, member) }
/* In the order of their places; what is in none must be zero. */
static const struct {
	u16 begin, end;
} given[] = {
	FIELD(mark), FIELD(priority), FIELD(ingress_ifindex), FIELD(ifindex), FIELD(cb),
	FIELD(tstamp), FIELD(wire_len), FIELD(gso_segs), FIELD(gso_size),
	FIELD(hwtstamp), { sizeof(struct modbpf_sk_buff), 0 },
};

static int check_zero(const struct modbpf_sk_buff *fields)
{
	const u8 *bytes = (const u8 *)fields;
	u32 i, at = 0;

	for (i = 0; i < ARRAY_SIZE(given); i++) {
		if (given[i].begin > at && memchr_inv(bytes + at, 0, given[i].begin - at))
			return -EINVAL;
		at = given[i].end;
	}
	return 0;
}

int test_ctx_read(const struct caller *caller, const union modbpf_attr *attr,
		  struct test_ctx *test)
{
	u32 known = attr->test.ctx_size_in;
	int err;

	memset(test, 0, sizeof(*test));
	test->is_given = attr->test.ctx_in || attr->test.ctx_out;
	test->is_wanted = attr->test.ctx_out;
	if (!attr->test.ctx_in)
		return 0;
	err = caller_copy_struct(caller, &test->fields, sizeof(test->fields),
				 attr->test.ctx_in, &known);
	return err ? err : check_zero(&test->fields);
}

int test_ctx_apply(struct test_ctx *test, struct sk_buff *skb, struct skb_ctx *ctx)
{
	struct modbpf_sk_buff *fields = &test->fields;

	if (!test->is_given)
		return 0;
	if (!fields->wire_len)
		fields->wire_len = skb->len;
	if (fields->wire_len < skb->len || fields->wire_len > WIRE_LEN_MAX ||
	    fields->gso_segs > GSO_SEGS_MAX)
		return -EINVAL;
	skb->mark = fields->mark;
	skb->priority = fields->priority;
	skb->skb_iif = fields->ingress_ifindex;
	ctx->ingress_ifindex = fields->ingress_ifindex;
	skb->tstamp = fields->tstamp;
	skb_shinfo(skb)->gso_segs = fields->gso_segs;
	skb_shinfo(skb)->gso_size = fields->gso_size;
	skb_hwtstamps(skb)->hwtstamp = ns_to_ktime(fields->hwtstamp);
	memcpy(ctx->cb, fields->cb, sizeof(ctx->cb));
	return 0;
}

int test_ctx_write(const struct caller *caller, const union modbpf_attr *attr,
		   const struct command_out *out, struct test_ctx *test, struct sk_buff *skb,
		   const struct skb_ctx *ctx)
{
	struct modbpf_sk_buff *fields = &test->fields;
	u32 size = sizeof(*fields), fits = min(size, attr->test.ctx_size_out);

	if (!test->is_wanted)
		return 0;
	fields->mark = skb->mark;
	fields->priority = skb->priority;
	fields->ingress_ifindex = ctx->ingress_ifindex;
	fields->ifindex = ctx->ifindex;
	fields->tstamp = skb->tstamp;
	fields->gso_segs = skb_shinfo(skb)->gso_segs;
	fields->hwtstamp = ktime_to_ns(skb_hwtstamps(skb)->hwtstamp);
	memcpy(fields->cb, ctx->cb, sizeof(fields->cb));
	if (caller_copy_out(caller, attr->test.ctx_out, fields, fits) ||
	    COMMAND_PUT(caller, out, test.ctx_size_out, &size))
		return -EFAULT;
	return fits < size ? -ENOSPC : 0;
}
