// SPDX-License-Identifier: GPL-2.0-only
/*
 * What do programs see of a packet through its dynptr, and at which hook does a netfilter
 * program think it is, in PROG_TEST_RUN? What is seen is what was put in. "packet_dynptr OBJECT".
 */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/netfilter.h>
#include <string.h>

#include "isa/abi.h"
#include "tests/e2e/abi.h"
#include "tests/e2e/packet_dynptr.h"
#include "user/libmodbpf.h"

#define LOOPBACK 1		/* its index, in each network namespace */
#define STATE_BYTES 48		/* of struct nf_hook_state; its pointers are the last five */
#define STATE_POINTER 8		/* where the first one is */

static struct bpf_object *object;
static unsigned char frame[ETH_HLEN + 60];
static struct packet_told told;

static struct bpf_program *program_of(const char *name)
{
	return bpf_object__find_program_by_name(object, name);
}

/* An older libbpf does not know the section "netfilter". */
static bool load(const char *path)
{
	modbpf_device();
	libbpf_set_strict_mode(LIBBPF_STRICT_ALL);
	object = bpf_object__open(path);
	if (!object)
		return false;
	bpf_program__set_type(program_of("of_netfilter"), (enum bpf_prog_type)MODBPF_PROG_NETFILTER);
	bpf_program__set_expected_attach_type(program_of("of_netfilter"),
					      (enum bpf_attach_type)MODBPF_ATTACH_NETFILTER);
	return !bpf_object__load(object);
}

/* Where a member of the kernel's struct nf_hook_state is. */
static int place_of(const char *name)
{
	struct btf *btf = btf__load_vmlinux_btf();
	const struct btf_type *type = NULL;
	int id = btf ? btf__find_by_name_kind(btf, "nf_hook_state", BTF_KIND_STRUCT) : -1, i, at = -1;

	if (id > 0)
		type = btf__type_by_id(btf, id);
	for (i = 0; type && i < btf_vlen(type); i++)
		if (!strcmp(btf__name_by_offset(btf, btf_members(type)[i].name_off), name))
			at = btf_member_bit_offset(type, i) / 8;
	btf__free(btf);
	return at;
}

static int run_program(const char *name, struct bpf_test_run_opts *opts)
{
	static const struct packet_told nothing;
	int map = bpf_object__find_map_fd_by_name(object, "told_map"), err;
	__u32 key = 0;

	bpf_map_update_elem(map, &key, &nothing, 0);
	err = bpf_prog_test_run_opts(bpf_program__fd(program_of(name)), opts);
	bpf_map_lookup_elem(map, &key, &told);
	return err;
}

static void want_bytes(const char *what, const unsigned char *from)
{
	want(what, memcmp(told.bytes, from, sizeof(told.bytes)), 0);
}

/* Of struct sk_buff, for programs that are given struct __sk_buff. */
static void want_structure(unsigned int length)
{
	want("its structure: the length", told.length, length);
	want("the protocol", told.protocol, htons(frame[12] << 8 | frame[13]));
	want("the device", told.in, LOOPBACK);
}

static void test_sk_buffs(void)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = sizeof(frame));

	want("SCHED_CLS runs", run_program("of_sched_cls", &opts), 0);
	want("to its end", opts.retval, 1);
	want("all of the packet", told.size, sizeof(frame));
	want_bytes("from the Ethernet header on", frame);
	want("to be written", told.is_rdonly, 0);
	want("which it is", told.written, 0);
	want_structure(sizeof(frame));
	want("CGROUP_SKB runs", run_program("of_cgroup_skb", &opts), 0);
	want("to its end, too", opts.retval, 1);
	want("all behind the Ethernet header", told.size, sizeof(frame) - ETH_HLEN);
	want_bytes("from the IP header on", frame + ETH_HLEN);
	want("not to be written", told.is_rdonly, 1);
	want("which it is not", told.written, -EINVAL);
	want_structure(sizeof(frame) - ETH_HLEN);
}

/* The packet begins with an Ethernet header of @protocol unless it leaves. */
static int run_at(unsigned char hook, unsigned char family, unsigned short protocol)
{
	unsigned char state[STATE_BYTES] = {};
	bool leaves = hook == NF_INET_LOCAL_OUT;
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame + (leaves ? ETH_HLEN : 0),
		    .data_size_in = sizeof(frame) - (leaves ? ETH_HLEN : 0), .ctx_in = state,
		    .ctx_size_in = sizeof(state));
	int err;

	frame[12] = protocol >> 8;
	frame[13] = protocol;
	state[place_of("hook")] = hook;
	state[place_of("pf")] = family;
	err = run_program("of_netfilter", &opts);
	return err ? err : (int)opts.retval;
}

static void test_hooks(void)
{
	static const struct {
		unsigned char hook, in, out;
	} hooks[] = {
		{ NF_INET_PRE_ROUTING, LOOPBACK, 0 }, { NF_INET_LOCAL_IN, LOOPBACK, 0 },
		{ NF_INET_FORWARD, LOOPBACK, LOOPBACK }, { NF_INET_LOCAL_OUT, 0, LOOPBACK },
		{ NF_INET_POST_ROUTING, 0, LOOPBACK },
	};
	unsigned int i;

	for (i = 0; i < 2 * sizeof(hooks) / sizeof(*hooks); i++) {
		unsigned short protocol = i & 1 ? ETH_P_IPV6 : ETH_P_IP;
		unsigned char family = i & 1 ? NFPROTO_IPV6 : NFPROTO_IPV4;

		want("a run at a hook", run_at(hooks[i / 2].hook, family, protocol), 1);
		want("the hook", told.hook, hooks[i / 2].hook);
		want("its family", told.family, family);
		want("where it came from", told.in, hooks[i / 2].in);
		want("where it goes to", told.out, hooks[i / 2].out);
		want("its protocol", told.protocol, htons(protocol));
		want("all of it", told.size, sizeof(frame) - ETH_HLEN);
		want_bytes("from the IP header on", frame + ETH_HLEN);
		want("written", told.written, 0);
	}
	want("no such hook", run_at(NF_INET_POST_ROUTING + 1, NFPROTO_IPV4, ETH_P_IP), -EINVAL);
	want("no such family", run_at(NF_INET_LOCAL_IN, NFPROTO_ARP, ETH_P_ARP), -EINVAL);
	want("no family", run_at(NF_INET_LOCAL_IN, 0, ETH_P_IP), -EINVAL);
	want("another family's packet", run_at(NF_INET_LOCAL_IN, NFPROTO_IPV6, ETH_P_IP), -EINVAL);
	want("a packet of none", run_at(NF_INET_LOCAL_IN, NFPROTO_IPV4, ETH_P_ARP), -EPROTO);
}

static void test_input(void)
{
	unsigned char state[STATE_BYTES + 8] = {}, back[sizeof(frame)];
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame + ETH_HLEN, .data_size_in = 20,
		    .data_out = back, .data_size_out = sizeof(back), .repeat = 3);
	unsigned int at;

	want("without a state", run_program("of_netfilter", &opts), 0);
	want("it runs", opts.retval, 1);
	want("it is on its way out", told.hook, NF_INET_LOCAL_OUT);
	want("with an IPv4 header", told.size, 20);
	want("no packet comes back", opts.data_size_out, 0);
	opts.data_size_in = 19;
	want("less than that", run_program("of_netfilter", &opts), -EINVAL);
	opts.data_size_in = 33;
	opts.ctx_in = state;
	opts.ctx_size_in = STATE_BYTES;
	state[place_of("pf")] = NFPROTO_IPV4;
	state[place_of("hook")] = NF_INET_LOCAL_IN;
	want("less behind an Ethernet header", run_program("of_netfilter", &opts), -EINVAL);
	state[place_of("hook")] = NF_INET_LOCAL_OUT;
	for (at = STATE_POINTER; at < STATE_BYTES; at += 8) {
		state[at] = 1;
		want("a pointer", run_program("of_netfilter", &opts), -EINVAL);
		state[at] = 0;
	}
	opts.ctx_size_in = sizeof(state);
	want("more zeroes than there are members", run_program("of_netfilter", &opts), 0);
	state[STATE_BYTES] = 1;
	want("more than zeroes", run_program("of_netfilter", &opts), -E2BIG);
	opts.ctx_in = (void *)8;
	want("a state that cannot be read", run_program("of_netfilter", &opts), -EFAULT);
	opts.ctx_in = NULL;
	opts.ctx_size_in = 0;
	opts.flags = 1;
	want("a flag", run_program("of_netfilter", &opts), -EINVAL);
	opts.flags = 0;
	opts.cpu = 1;
	want("a CPU", run_program("of_netfilter", &opts), -EINVAL);
}

int main(int argc, char **argv)
{
	unsigned int i;

	if (argc < 2)
		return 2;
	for (i = 0; i < sizeof(frame); i++)
		frame[i] = i + 1;
	if (!load(argv[1]))
		return 1;
	test_sk_buffs();
	test_hooks();
	test_input();
	bpf_object__close(object);
	return finish("packet_dynptr");
}
