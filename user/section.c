// SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause
/*
 * What does a SEC() name say: which program type, and where is it attached?
 * libbpf asks through its program handlers; a name that is wrong is refused when
 * the object is opened, before anything is loaded.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "isa/abi.h"
#include "isa/platform.h"
#include "uapi/modbpf.h"
#include "user/functions.h"
#include "user/libmodbpf.h"
#include "user/transport.h"

static const char *const ip_hooks[] = { "prerouting", "local_in", "forward", "local_out", "postrouting", NULL };
static const char *const arp_hooks[] = { "input", "output", "forward", NULL };
static const char *const device_hooks[] = { "ingress", "egress", NULL };

/* By number; the other name, if there is one, is that of nftables or ours. */
static const struct family {
	const char *name, *other;
	uint32_t pf;
	const char *const *hooks;
} families[] = {
	{ "inet", NULL, 1, ip_hooks }, { "ipv4", "ip", 2, ip_hooks }, { "ipv6", "ip6", 10, ip_hooks },
	{ "arp", NULL, 3, arp_hooks }, { "bridge", NULL, 7, ip_hooks },
	{ "netdev", NULL, MODBPF_PLACE_DEVICE, device_hooks },
};

/* Hooks that nftables calls otherwise. */
static const struct {
	const char *name, *ours;
} other_hooks[] = {
	{ "input", "local_in" }, { "output", "local_out" },
};

/* Is the part of @text up to the next '/' @name? */
static bool part_is(const char *text, const char *name)
{
	size_t len = strcspn(text, "/");

	return name && strlen(name) == len && !strncmp(text, name, len);
}

/* What follows the part, or its end. */
static const char *part_skip(const char *text)
{
	text += strcspn(text, "/");
	return *text ? text + 1 : text;
}

static const struct family *parse_family(const char **text)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(families); i++) {
		if (!part_is(*text, families[i].name) && !part_is(*text, families[i].other))
			continue;
		*text = part_skip(*text);
		return &families[i];
	}
	return &families[0];
}

/* DEVICE/ */
static int parse_device(const char **text, struct modbpf_place *place)
{
	size_t len = strcspn(*text, "/");

	if (!len || len >= sizeof(place->device))
		return -EINVAL;
	memcpy(place->device, *text, len);
	*text = part_skip(*text);
	return 0;
}

static bool is_hook(const char *text, const char *hook)
{
	size_t i;

	if (part_is(text, hook))
		return true;
	for (i = 0; i < ARRAY_SIZE(other_hooks); i++)
		if (!strcmp(other_hooks[i].ours, hook) && part_is(text, other_hooks[i].name))
			return true;
	return false;
}

/* The rest, "" or "PRIORITY" with "/defrag" behind it or not. */
static int parse_priority(const char *text, struct modbpf_place *place)
{
	long priority;
	char *end;

	if (!*text)
		return 0;
	errno = 0;
	priority = strtol(text, &end, 10);
	if (isspace((unsigned char)*text) || end == text || errno ||
	    priority < INT_MIN || priority > INT_MAX)
		return -EINVAL;
	place->priority = priority;
	if (!strcmp(end, "/defrag"))
		place->flags |= MODBPF_NETFILTER_IP_DEFRAG;
	else if (*end)
		return -EINVAL;
	return 0;
}

int modbpf_place_parse(const char *text, struct modbpf_place *place, const char **wrong)
{
	const struct family *family;
	const char *ignored;
	uint32_t i;

	if (!wrong)
		wrong = &ignored;
	memset(place, 0, sizeof(*place));
	family = parse_family(&text);
	place->pf = family->pf;
	*wrong = text;
	if (place->pf == MODBPF_PLACE_DEVICE && parse_device(&text, place))
		return -EINVAL;
	*wrong = text;
	for (i = 0; family->hooks[i] && !is_hook(text, family->hooks[i]); i++)
		;
	if (!family->hooks[i])
		return -EINVAL;
	place->hook = i;
	text += strcspn(text, "/");
	if (!*text)
		return 0;
	*wrong = ++text;
	return *text ? parse_priority(text, place) : -EINVAL;
}

/*
 * A link's fd belongs into a struct bpf_link, which only libbpf can make:
 * bpf_program__attach_netns() makes one around a plain BPF_LINK_CREATE, and the
 * transport writes the place into that.
 */
struct bpf_link *modbpf_attach_netfilter(const struct bpf_program *prog,
					 const struct modbpf_place *place)
{
	struct bpf_link *link;

	transport_place = place;
	link = bpf_program__attach_netns(prog, place->netns_fd);
	transport_place = NULL;
	return link;
}

struct bpf_link *modbpf_attach_kprobe(const struct bpf_program *prog, const char *const *symbols,
				      size_t cnt, bool at_return)
{
	LIBBPF_OPTS(bpf_kprobe_multi_opts, opts,
		    .syms = (const char **)symbols,
		    .cnt = cnt,
		    .retprobe = at_return);

	return bpf_program__attach_kprobe_multi_opts(prog, NULL, &opts);
}

/* The cookie of a handler. */
enum {
	AT_PLACE,
	AT_ENTRY,
	AT_RETURN,
	AT_SYSCALL_ENTRY,
	AT_SYSCALL_RETURN,
	AT_ENTRIES,	/* of all functions that have a pattern */
	AT_RETURNS,
};

/* What is behind the first '/' of a section's name, or NULL. */
static const char *section_rest(const struct bpf_program *prog)
{
	const char *slash = strchr(bpf_program__section_name(prog), '/');

	return slash && slash[1] ? slash + 1 : NULL;
}

static void print_warning(libbpf_print_fn_t print, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	print(LIBBPF_WARN, fmt, args);
	va_end(args);
}

/* Said where libbpf says what it thinks of an object. */
static void complain(const struct bpf_program *prog, const char *what)
{
	libbpf_print_fn_t print = libbpf_set_print(NULL);

	libbpf_set_print(print);
	if (print)
		print_warning(print, "SEC(\"%s\") of program '%s': %s\n",
			      bpf_program__section_name(prog), bpf_program__name(prog), what);
}

#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_."

/* FUNCTION, MODULE:FUNCTION or FUNCTION+OFFSET; a pattern of functions. */
static int check_function(const struct bpf_program *prog, const char *rest, long cookie)
{
	const char *letters = NAME_LETTERS ":";

	if (cookie == AT_ENTRIES || cookie == AT_RETURNS)
		letters = NAME_LETTERS "*?[]!-";
	else if (cookie == AT_ENTRY)
		letters = NAME_LETTERS ":+";
	if (strspn(rest, letters) == strlen(rest))
		return 0;
	complain(prog, "wanted the name of a function behind '/', at its entry with +OFFSET or not; "
		 "of a pattern for many: kprobe.multi/, kretprobe.multi/");
	return -EINVAL;
}

static int setup(struct bpf_program *prog, long cookie)
{
	const char *rest = section_rest(prog), *wrong;
	struct modbpf_place place;

	if (cookie == AT_PLACE) {
		if (!rest || !modbpf_place_parse(rest, &place, &wrong))
			return 0;
		complain(prog, "wanted " MODBPF_PLACE_WANTED " behind the type");
		return -EINVAL;
	}
	if (!rest) {
		complain(prog, "the name of a kernel function is missing behind '/'");
		return -EINVAL;
	}
	return check_function(prog, rest, cookie);
}

static struct bpf_link *attach_pattern(const struct bpf_program *prog, const char *pattern,
				       bool at_return)
{
	struct functions found;
	struct bpf_link *link;
	int err = functions_find(pattern, &found);

	if (err) {
		errno = -err;
		return NULL;
	}
	link = modbpf_attach_kprobe(prog, (const char *const *)found.name, found.cnt, at_return);
	err = errno;
	functions_free(&found);
	errno = err;
	return link;
}

static int attach(const struct bpf_program *prog, long cookie, struct bpf_link **link)
{
	const char *rest = section_rest(prog);
	struct modbpf_place place;
	char symbol[256];
	const char *const symbols[] = { symbol };
	bool is_syscall = cookie == AT_SYSCALL_ENTRY || cookie == AT_SYSCALL_RETURN;
	int len;

	*link = NULL;
	if (!rest)
		return 0;	/* SEC("netfilter"): its user attaches it */
	if (cookie == AT_PLACE) {
		if (modbpf_place_parse(rest, &place, NULL))
			return -EINVAL;
		*link = modbpf_attach_netfilter(prog, &place);
	} else if (cookie == AT_ENTRIES || cookie == AT_RETURNS) {
		*link = attach_pattern(prog, rest, cookie == AT_RETURNS);
	} else {
		len = snprintf(symbol, sizeof(symbol), "%s%s", is_syscall ? "__x64_sys_" : "", rest);
		if ((size_t)len >= sizeof(symbol))
			return -ENAMETOOLONG;
		*link = modbpf_attach_kprobe(prog, symbols, 1,
					     cookie == AT_RETURN || cookie == AT_SYSCALL_RETURN);
	}
	return *link ? 0 : -errno;
}

static int register_one(const char *name, uint32_t type, uint32_t attach_type, long cookie)
{
	LIBBPF_OPTS(libbpf_prog_handler_opts, opts,
		    .cookie = cookie,
		    .prog_setup_fn = setup,
		    .prog_attach_fn = attach);
	int id = libbpf_register_prog_handler(name, type, attach_type, &opts);

	return id < 0 ? id : 0;
}

static int register_place(const char *prefix, const char *word, char end, uint32_t type)
{
	char name[64];

	if (!word)
		return 0;
	snprintf(name, sizeof(name), "%s/%s%c", prefix, word, end);
	return register_one(name, type, 0, AT_PLACE);
}

/* PREFIX/FAMILY/... and PREFIX/HOOK[/...]: libbpf keeps cgroup_skb/ingress and the like. */
static int register_places(const char *prefix, uint32_t type)
{
	size_t i;
	int err = 0;

	for (i = 0; !err && i < ARRAY_SIZE(families); i++) {
		err = register_place(prefix, families[i].name, '/', type);
		err = err ? err : register_place(prefix, families[i].other, '/', type);
	}
	for (i = 0; !err && ip_hooks[i]; i++)
		err = register_place(prefix, ip_hooks[i], '+', type);
	for (i = 0; !err && i < ARRAY_SIZE(other_hooks); i++)
		err = register_place(prefix, other_hooks[i].name, '+', type);
	return err;
}

int modbpf_register_sections(void)
{
	static const struct {
		const char *name;
		long cookie;
	} probes[] = {
		{ "kprobe.multi/", AT_ENTRIES }, { "kretprobe.multi/", AT_RETURNS },
		{ "kprobe/", AT_ENTRY }, { "kretprobe/", AT_RETURN },
		{ "ksyscall/", AT_SYSCALL_ENTRY }, { "kretsyscall/", AT_SYSCALL_RETURN },
	};
	static bool is_registered;
	size_t i;
	int err;

	if (is_registered)
		return 0;
	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		err = register_one(probes[i].name, MODBPF_PROG_KPROBE, MODBPF_ATTACH_KPROBE_MULTI,
				   probes[i].cookie);
		if (err)
			return err;
	}
	err = register_one("netfilter+", MODBPF_PROG_NETFILTER, MODBPF_ATTACH_NETFILTER, AT_PLACE);
	if (!err)
		err = register_places("cgroup_skb", MODBPF_PROG_CGROUP_SKB);
	if (!err)
		err = register_places("tc", MODBPF_PROG_SCHED_CLS);
	is_registered = !err;
	return err;
}
