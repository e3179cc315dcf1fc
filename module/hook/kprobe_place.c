// SPDX-License-Identifier: GPL-2.0-only
/* Which places does a link of kprobes name: "FUNCTION", "MODULE:FUNCTION", "FUNCTION+OFFSET", addresses? */
#include <linux/err.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "isa/platform.h"
#include "module/caller.h"
#include "module/hook/kprobe.h"
#include "module/kernel_symbol.h"

/* Cut the offset off. 0 or -EINVAL. */
static int take_offset(char *symbol, u32 *offset)
{
	char *plus = strchr(symbol, '+');

	*offset = 0;
	if (!plus)
		return 0;
	*plus = 0;
	return kstrtou32(plus + 1, 0, offset) || *offset > INT_MAX ? -EINVAL : 0;
}

/* Linux's errno for a name that no function has: -ESRCH. @room: KSYM_NAME_LEN bytes. */
static int read_symbol(const struct caller *caller, struct place *place, u64 from, char *room)
{
	long len = caller_copy_string(caller, room, from, KSYM_NAME_LEN);
	int err;

	if (len < 0)
		return len;
	err = take_offset(room, &place->offset);
	if (err)
		return err;
	place->symbol = kstrdup(room, GFP_KERNEL_ACCOUNT);
	if (!place->symbol)
		return -ENOMEM;
	place->addr = kernel_symbol_addr(room);
	/* One that can be found shows that what is not found is not there. */
	if (!place->addr && kernel_symbol_addr("register_kprobe"))
		return -ESRCH;
	return kprobe_is_own_text(place->addr + place->offset) ? -EINVAL : 0;
}

static int read_symbols(const struct caller *caller, struct kprobe_link *link, const u64 *strings)
{
	char *room = kmalloc(KSYM_NAME_LEN, GFP_KERNEL);
	int err = 0;
	u32 i;

	if (!room)
		return -ENOMEM;
	for (i = 0; i < link->cnt && !err; i++) {
		err = read_symbol(caller, &link->places[i], strings[i], room);
		err = err ?: modbpf_yield();
	}
	kfree(room);
	return err;
}

static int take_addrs(struct kprobe_link *link, const u64 *addrs)
{
	u32 i;

	for (i = 0; i < link->cnt; i++) {
		if (kprobe_is_own_text(addrs[i]))
			return -EINVAL;
		link->places[i].addr = addrs[i];
	}
	return 0;
}

static int read_cookies(const struct caller *caller, struct kprobe_link *link, u64 from)
{
	u64 *cookies;
	u32 i;

	if (!from)
		return 0;
	cookies = caller_dup(caller, from, link->cnt * sizeof(u64));
	if (IS_ERR(cookies))
		return PTR_ERR(cookies);
	for (i = 0; i < link->cnt; i++)
		link->places[i].cookie = cookies[i];
	kvfree(cookies);
	return 0;
}

int kprobe_places_read(const struct caller *caller, struct kprobe_link *link,
		       const union modbpf_attr *attr)
{
	u64 syms = attr->link_create.kprobe_multi.syms;
	u64 addrs = attr->link_create.kprobe_multi.addrs;
	u64 *given;
	int err;

	err = read_cookies(caller, link, attr->link_create.kprobe_multi.cookies);
	if (err)
		return err;
	given = caller_dup(caller, syms ? syms : addrs, link->cnt * sizeof(u64));
	if (IS_ERR(given))
		return PTR_ERR(given);
	err = syms ? read_symbols(caller, link, given) : take_addrs(link, given);
	kvfree(given);
	return err;
}

void kprobe_places_free(struct kprobe_link *link)
{
	u32 i;

	for (i = 0; link->places && i < link->cnt; i++)
		kfree(link->places[i].symbol);
	kvfree(link->places);
}
