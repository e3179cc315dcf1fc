// SPDX-License-Identifier: GPL-2.0-only
/*
 * What do the helpers on packets do to a packet, and what do they return? The programs are
 * in skb_helpers.bpf.c and run by PROG_TEST_RUN; checksums are computed here, from RFC 1071.
 *
 * It knows nothing of modbpf: "modbpf run" has it ask the module, without that it asks
 * the kernel's own eBPF.
 *
 * usage: skb_helpers OBJECT [linux]	linux: leave out what differs there
 */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/e2e/checksum.h"
#include "tests/e2e/skb_helpers.h"

#define NOT_SUPPORTED 524	/* the kernel's ENOTSUPP */
#define PACKET_BYTES 63		/* odd, so that the last byte of a sum is alone */
#define ROOM 4096
#define SOURCE 0x0a4d0001u
#define TARGET 0x0a4d0002u
#define PORT 4000

static struct bpf_object *object;
static int passed, failed;
static bool on_linux;
static long results[16];
static unsigned char in[PACKET_BYTES], want_out[ROOM], out[ROOM];
static unsigned int out_bytes;

static void equal(const char *what, long got, long wanted)
{
	if (got == wanted) {
		passed++;
		return;
	}
	failed++;
	printf("  FAIL  %s: %ld (%#lx), not %ld (%#lx)\n", what, got, got, wanted, wanted);
}

/* --- an independent computation of checksums ------------------------------------------- */

static unsigned int pseudo_sum(const unsigned char *packet, unsigned int bytes)
{
	return sum_bytes(packet + IP_AT + 12, 8, 17 + bytes - UDP_AT);
}

static bool sums_are_right(const unsigned char *packet, unsigned int bytes)
{
	return sum_bytes(packet + IP_AT, IP_BYTES, 0) == 0xffff &&
	       sum_bytes(packet + UDP_AT, bytes - UDP_AT, pseudo_sum(packet, bytes)) == 0xffff;
}

/* --- the packet ------------------------------------------------------------------------- */

static void put16(unsigned char *at, unsigned int value)
{
	at[0] = value >> 8;
	at[1] = value;
}

static void put32(unsigned char *at, unsigned int value)
{
	put16(at, value >> 16);
	put16(at + 2, value);
}

static void make_packet(unsigned int tos)
{
	unsigned int i;

	memset(in, 0, sizeof(in));
	for (i = DATA_AT; i < PACKET_BYTES; i++)
		in[i] = 'a' + i - DATA_AT;
	in[0] = 0x02, in[6] = 0x02, in[11] = 1;
	put16(in + 12, 0x0800);
	in[IP_AT] = 0x45;
	in[IP_AT + 1] = tos;
	put16(in + IP_AT + 2, PACKET_BYTES - IP_AT);
	in[IP_AT + 8] = 64;
	in[IP_AT + 9] = 17;
	put32(in + IP_AT + 12, SOURCE);
	put32(in + IP_AT + 16, TARGET);
	put16(in + UDP_AT, PORT);
	put16(in + UDP_AT + 2, 53);
	put16(in + UDP_AT + 4, PACKET_BYTES - UDP_AT);
	put16(in + IP_AT + 10, ~sum_bytes(in + IP_AT, IP_BYTES, 0));
	put16(in + UDP_AT + 6, ~sum_bytes(in + UDP_AT, PACKET_BYTES - UDP_AT,
					  pseudo_sum(in, PACKET_BYTES)));
	memcpy(want_out, in, sizeof(in));
}

static struct bpf_map *results_map(void)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, object)
		if (strstr(bpf_map__name(map), ".bss"))
			return map;
	printf("  FAIL  there is no map of results\n");
	exit(1);
}

/* Run a program on the packet; what it returned. Whatever stood in the results is gone. */
static long run(const char *name)
{
	struct bpf_program *prog = bpf_object__find_program_by_name(object, name);
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = in, .data_size_in = sizeof(in),
		    .data_out = out, .data_size_out = sizeof(out), .repeat = 1);
	unsigned int zero = 0;
	int err;

	memset(results, 0x55, sizeof(results));
	bpf_map_update_elem(bpf_map__fd(results_map()), &zero, results, 0);
	err = bpf_prog_test_run_opts(bpf_program__fd(prog), &opts);
	if (err || bpf_map_lookup_elem(bpf_map__fd(results_map()), &zero, results)) {
		failed++;
		printf("  FAIL  %s does not run: %d\n", name, err);
		return -1;
	}
	out_bytes = opts.data_size_out;
	return opts.retval;
}

static void results_are(const char *name, unsigned int cnt, const long *wanted)
{
	char what[64];
	unsigned int i;

	for (i = 0; i < cnt; i++) {
		snprintf(what, sizeof(what), "%s, result %u", name, i);
		equal(what, results[i], wanted[i]);
	}
}

#define RESULTS(name, ...) \
	results_are(name, sizeof((long[]){ __VA_ARGS__ }) / sizeof(long), (long[]){ __VA_ARGS__ })

static void packet_is(const char *what, unsigned int bytes)
{
	equal(what, out_bytes, bytes);
	equal(what, memcmp(out, want_out, bytes), 0);
}

/* --- the helpers -------------------------------------------------------------------------- */

static void test_store(void)
{
	make_packet(0);
	run("store");
	RESULTS("store", 0, 0, -EFAULT, -EFAULT, -EFAULT, -EINVAL);
	memcpy(want_out + DATA_AT + 1, "stored", 6);
	memcpy(want_out + PACKET_BYTES - 6, "stored", 6);
	packet_is("what is stored is in the packet", PACKET_BYTES);
}

static void test_rewrite(void)
{
	make_packet(0);
	equal("the packet's checksums are right before", sums_are_right(in, PACKET_BYTES), true);
	run("rewrite");
	RESULTS("rewrite", 0, 0, 0, 0, 0, 0, 0);
	equal("the source is another", memcmp(out + IP_AT + 12, (unsigned char[]){ 192, 168, 1, 23 }, 4), 0);
	equal("the port is another", out[UDP_AT] << 8 | out[UDP_AT + 1], NEW_PORT);
	equal("the checksums are right", sums_are_right(out, PACKET_BYTES), true);
	equal("the rest is as it was", memcmp(out + UDP_AT + 2, in + UDP_AT + 2, 4) ||
	      memcmp(out + DATA_AT, in + DATA_AT, PACKET_BYTES - DATA_AT), 0);
	run("rewrite_by_diff");
	RESULTS("rewrite by differences", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
	equal("the time to live is less", out[IP_AT + 8], 63);
	equal("the checksums are right by differences", sums_are_right(out, PACKET_BYTES), true);
}

static void test_csum_corners(void)
{
	make_packet(0);
	run("udp_zero");
	RESULTS("UDP's zero", 0, 0, 0, 0, 0, 0, (unsigned short)~5, 0, 0, 0, 0xffff, 0, 0, 0, 0);
	run("csum_errors");
	RESULTS("csum errors", -EINVAL, -EFAULT, -EFAULT, -EFAULT, -EINVAL, -EINVAL, -EINVAL,
		-EFAULT, -EINVAL, -EINVAL, -NOT_SUPPORTED, -EACCES, -EINVAL, 0);
	run("csum_levels");
	RESULTS("csum levels", 0, 0, 0, 1, 0, 0, 0, -EACCES);
}

static unsigned int folded(unsigned long value)
{
	while (value >> 16)
		value = (value & 0xffff) + (value >> 16);
	return value;
}

/* In one's complement, as 16-bit words of this machine: both zeros are one. */
static void same_sum(const char *what, long got, unsigned long wanted)
{
	equal(what, folded((unsigned int)got) % 0xffff, folded(wanted) % 0xffff);
}

static void test_diffs(void)
{
	static const unsigned int from[] = DIFF_FROM, to[] = DIFF_TO;
	unsigned long minus = 0, plus = 0, data = 0;
	unsigned int i;

	for (i = 0; i < sizeof(from) / 4; i++)
		minus += (unsigned int)~from[i];
	for (i = 0; i < sizeof(to) / 4; i++)
		plus += to[i];
	make_packet(0);
	for (i = 0; i < 32; i += 2)
		data += in[i] | in[i + 1] << 8;
	run("diffs");
	same_sum("from and to", results[0], DIFF_SEED + minus + plus);
	same_sum("to alone", results[1], DIFF_SEED + plus);
	same_sum("from alone", results[2], DIFF_SEED + minus);
	same_sum("neither", results[3], DIFF_SEED);
	same_sum("no difference", results[4], 0);
	if (!on_linux) {	/* 6.18 does not mind any more */
		equal("3 bytes", results[5], -EINVAL);
		equal("6 bytes", results[6], -EINVAL);
	}
	same_sum("bytes of the packet", results[7], data);
}

static void test_hashes(void)
{
	make_packet(0);
	run("hashes");
	equal("a flow has a hash", results[0] != 0 && results[0] != 0x55555555, true);
	RESULTS("hashes", results[0], 1, 0, 0x12345678, 0x12345678, 0, 1);
}

static void test_relative(void)
{
	static const char *const names[] = { "relative", "relative_cgroup" };
	unsigned int i;

	make_packet(0);
	for (i = 0; i < 2; i++) {
		equal(names[i], run(names[i]), 1);
		RESULTS(names[i], 0, SOURCE, 0, 0x0800, -EFAULT, 0, -EFAULT, 0, -EFAULT);
	}
}

static void test_pull(void)
{
	make_packet(0);
	equal("a byte of what was pulled", run("pull"), 0x45);
	RESULTS("pull", 0, 0, -ENOMEM, -ENOMEM, 1);
	want_out[DATA_AT] = 'P';
	packet_is("a byte written directly", PACKET_BYTES);
}

static void test_tail(void)
{
	make_packet(0);
	run("tail_grows");
	RESULTS("the tail grows", 0, PACKET_BYTES + 600, PACKET_BYTES + 600);
	memset(want_out + PACKET_BYTES, 0, 600);
	packet_is("what is new is zero", PACKET_BYTES + 600);
	run("tail_shrinks");
	RESULTS("the tail shrinks", 0, -EINVAL, -EINVAL, -EINVAL, 0, DATA_AT + 2);
	packet_is("what is left is as it was", DATA_AT + 2);
}

static void test_marks(void)
{
	static const char *const names[] = { "congestion", "congestion_cgroup" };
	unsigned int i;

	make_packet(0);
	run("types");
	RESULTS("types", 0, 3, -EINVAL, 3, 0, 0);
	for (i = 0; i < 2; i++) {
		make_packet(0);
		equal("not capable of ECN", run(names[i]), 0);
		/* Who does not see the Ethernet header gets none back. */
		if (i)
			memset(want_out, 0, MAC_BYTES);
		packet_is("not marked", PACKET_BYTES);
		make_packet(0xb9);
		equal("capable of ECN", run(names[i]), 1);
		equal("marked", out[IP_AT + 1], 0xbb);
		equal("with a right checksum", sums_are_right(out, PACKET_BYTES), true);
	}
}

static void test_xdp(void)
{
	make_packet(0);
	equal("XDP", run("xdp_bytes"), 2);
	RESULTS("XDP", PACKET_BYTES, 0, 0x0800, -EINVAL, 0, 0, -EINVAL, -EFAULT, -EFAULT, 1);
	memcpy(want_out + DATA_AT, "stored", 6);
	packet_is("XDP has stored", PACKET_BYTES);
	make_packet(0);
	run("xdp_head");
	RESULTS("XDP's head", 0, PACKET_BYTES + 100, -EINVAL, -EINVAL, 0, -EINVAL, 0, PACKET_BYTES + 4);
	equal("XDP's packet is longer", out_bytes, PACKET_BYTES + 4);
	equal("by what it put in front", memcmp(out, "head", 4), 0);
	equal("of the packet", memcmp(out + 4, in, PACKET_BYTES), 0);
	run("xdp_tail");
	RESULTS("XDP's tail", 0, PACKET_BYTES + 1000, -EINVAL, -EINVAL, 0, 14, -EINVAL, 0, 20);
	memset(want_out + 14, 0, 6);
	packet_is("XDP's packet is cut, and longer by zeros", 20);
}

static void test_homeless(void)
{
	make_packet(0);
	run("homeless");
	RESULTS("no socket", 0, 65534, 0, 0, 0, 0, 0);
	run("grouped");
	RESULTS("no group", -ENOENT, -ENOENT, -ENOENT);
}

static void test_tags(void)
{
	make_packet(0);
	run("tags");
	RESULTS("tags", 0, 0, 0, 1, 0x6005, 0x88a8, PACKET_BYTES, 0, 0, 0, 0x8100, 0x1fff);
	packet_is("a tag is not in the packet", PACKET_BYTES);
}

/* --- the context of a test run -------------------------------------------------------------- */

static struct __sk_buff ctx_in, ctx_out;
static unsigned int ctx_out_bytes;

/* Run "fields" @repeat times with the first @bytes of the context; 0 or an errno. */
static int run_fields(unsigned int bytes, unsigned int room, unsigned int repeat)
{
	struct bpf_program *prog = bpf_object__find_program_by_name(object, "fields");
	static unsigned char padded[sizeof(ctx_in) + 8];
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = in, .data_size_in = sizeof(in),
		    .ctx_in = bytes ? padded : NULL, .ctx_size_in = bytes,
		    .ctx_out = room ? &ctx_out : NULL, .ctx_size_out = room, .repeat = repeat);
	unsigned int zero = 0;
	int err;

	memset(padded, 0xff, sizeof(padded));
	memcpy(padded, &ctx_in, sizeof(ctx_in));
	if (bytes == sizeof(ctx_in) + 4)	/* a longer one, of a later kernel */
		memset(padded + sizeof(ctx_in), 0, 4);
	memset(&ctx_out, 0, sizeof(ctx_out));
	err = bpf_prog_test_run_opts(bpf_program__fd(prog), &opts);
	bpf_map_lookup_elem(bpf_map__fd(results_map()), &zero, results);
	ctx_out_bytes = opts.ctx_size_out;
	if (!err)
		equal("what the program returns", opts.retval, 3);
	return err;
}

static void test_ctx_values(void)
{
	make_packet(0);
	memset(&ctx_in, 0, sizeof(ctx_in));
	equal("a run without a context", run_fields(0, 0, 1), 0);
	RESULTS("no context", 0, 0, 0, 1, 0, 0, PACKET_BYTES);
	ctx_in = (struct __sk_buff){ .mark = 0x11223344, .priority = 6, .ingress_ifindex = 77,
				     .ifindex = 1, .cb = { 1, 2, 3, 4, 5 }, .tstamp = 1234567890123,
				     .wire_len = 2000, .gso_segs = 3, .gso_size = 500 };
	equal("a run with a context", run_fields(sizeof(ctx_in), sizeof(ctx_out), 1), 0);
	RESULTS("context", 0x11223344, 6, 77, 1, 1, 5, PACKET_BYTES);
	equal("bytes of the context", ctx_out_bytes >= 184, true);
	equal("mark", ctx_out.mark, 0x11223345);
	equal("priority", ctx_out.priority, 0xabcd);
	equal("ingress_ifindex", ctx_out.ingress_ifindex, 77);
	equal("ifindex", ctx_out.ifindex, 1);
	equal("cb[0]", ctx_out.cb[0], 0x101);
	equal("cb[1]", ctx_out.cb[1], 7);
	equal("cb[4]", ctx_out.cb[4], 5);
	equal("tstamp", ctx_out.tstamp == 1234567890123, true);
	equal("wire_len", ctx_out.wire_len, 2000);
	equal("gso_segs", ctx_out.gso_segs, 3);
	equal("gso_size", ctx_out.gso_size, 500);
	equal("what is not given is not told", ctx_out.len || ctx_out.hash || ctx_out.data, false);
	equal("three runs", run_fields(sizeof(ctx_in), sizeof(ctx_out), 3), 0);
	equal("cb goes on", ctx_out.cb[0], 0x301);
	equal("mark goes on", ctx_out.mark, 0x11223347);
	equal("a context out alone", run_fields(0, sizeof(ctx_out), 1), 0);
	equal("its mark", ctx_out.mark, 1);
	equal("its wire_len", ctx_out.wire_len, PACKET_BYTES);
}

static void test_ctx_bounds(void)
{
	const struct __sk_buff empty = {}, bad[] = {
		{ .len = 1 }, { .pkt_type = 1 }, { .queue_mapping = 1 }, { .protocol = 1 },
		{ .tc_index = 1 }, { .hash = 1 }, { .data = 1 }, { .data_end = 1 },
		{ .napi_id = 1 }, { .data_meta = 1 }, { .wire_len = PACKET_BYTES - 1 },
		{ .wire_len = 70000 }, { .gso_segs = 65536 },
	};
	unsigned int i;

	ctx_in = empty;
	ctx_in.mark = 9;
	equal("an older one", run_fields(12, sizeof(ctx_out), 1), 0);
	equal("is known as far as it goes", results[0], 9);
	equal("a newer one", run_fields(sizeof(ctx_in) + 4, sizeof(ctx_out), 1), 0);
	equal("a newer one that says more", run_fields(sizeof(ctx_in) + 8, sizeof(ctx_out), 1), -E2BIG);
	equal("little room", run_fields(sizeof(ctx_in), 12, 1), -ENOSPC);
	equal("its size is told", ctx_out_bytes >= 184, true);
	equal("what fits is there", ctx_out.mark, 10);
	equal("no more", ctx_out.priority, 0);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ctx_in = bad[i];
		equal("what nobody may give", run_fields(sizeof(ctx_in), sizeof(ctx_out), 1), -EINVAL);
	}
	ctx_in = empty;
	ctx_in.ifindex = 99999;
	equal("no such device", run_fields(sizeof(ctx_in), sizeof(ctx_out), 1), -ENODEV);
}

int main(int argc, char **argv)
{
	on_linux = argc > 2;
	object = argc > 1 ? bpf_object__open(argv[1]) : NULL;
	if (!object || bpf_object__load(object)) {
		fprintf(stderr, "skb_helpers: '%s' cannot be loaded\n", argc > 1 ? argv[1] : "");
		return 1;
	}
	test_store();
	test_rewrite();
	test_csum_corners();
	test_diffs();
	test_hashes();
	test_relative();
	test_pull();
	test_tail();
	test_marks();
	test_tags();
	test_xdp();
	test_ctx_values();
	test_ctx_bounds();
	if (!on_linux)	/* a packet has a socket there */
		test_homeless();
	printf("skb_helpers: %d passed, %d failed\n", passed, failed);
	return failed != 0;
}
