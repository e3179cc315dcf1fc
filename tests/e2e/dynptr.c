// SPDX-License-Identifier: GPL-2.0-only
/*
 * What do the helpers on dynptrs read and write, and where do they end, as machine code in
 * the kernel? Results are those of bpf-helpers(7). "dynptr OBJECT".
 */
#include "tests/e2e/dynptr.h"
#include "tests/e2e/numbers.h"
#include "tests/e2e/test_run.h"

#define BYTES 248		/* of the buffer that are in the dynptr */
#define NUMBER 0x1122334455667788ULL

static struct dynptr_io io;

static void run_once(const char *name)
{
	__u32 key = 0;

	want("put in", bpf_map_update_elem(map_fd("io_map"), &key, &io, 0), 0);
	want(name, run(name, 1), 1);
	want("got out", bpf_map_lookup_elem(map_fd("io_map"), &key, &io), 0);
}

static void try_value(const char *what, __u64 to, __u64 from, __s64 err)
{
	unsigned char expected[DYNPTR_BYTES];
	__u64 number = NUMBER, read = 0, sliced;
	int i;

	for (i = 0; i < DYNPTR_BYTES; i++)
		expected[i] = io.buffer[i] = i + 1;
	io.number = number;
	io.to = to;
	io.from = from;
	io.size = BYTES;
	io.flags = 0;
	if (!err) {
		memcpy(expected + to, &number, 8);
		memcpy(&read, expected + from, 8);
	}
	memcpy(&sliced, expected, 8);
	run_once("in_value");
	want("a dynptr is made", io.made, 0);
	want(what, io.written, err);
	want(what, io.was_read, err);
	want("what is read, or zeroes", io.read, read);
	want("what a slice shows", io.sliced, sliced);
	want("the memory itself", memcmp(io.buffer, expected, DYNPTR_BYTES), 0);
}

static void test_value(void)
{
	try_value("at the first byte", 0, 0, 0);
	try_value("to the last byte", BYTES - 8, BYTES - 8, 0);
	try_value("one byte too far", BYTES - 7, BYTES - 7, -E2BIG);
	try_value("between", 17, 5, 0);
	try_value("behind", BYTES, BYTES, -E2BIG);
	try_value("in front", -8ULL, -1ULL, -E2BIG);
	try_value("far away", 1U << 31, ~0U - 6, -E2BIG);
	io.flags = 1;
	run_once("in_value");
	want("flags there are none", io.made, -EINVAL);
	want("to nothing", io.written, -EINVAL);
	want("from nothing", io.was_read, -EINVAL);
	want("no byte of nothing", io.read, 0);
	want("no slice of nothing", io.sliced, 0);
	io.flags = 0;
	io.size = 0;
	run_once("in_value");
	want("of no bytes", io.made, 0);
	want("to no bytes", io.written, -E2BIG);
	want("no slice of no bytes", io.sliced, 0);
}

static int on_record(void *context, void *data, size_t bytes)
{
	__u64 numbers[2];

	memcpy(numbers, data, sizeof(numbers));
	want("as long as was asked for", bytes, 24);
	want("by a slice", numbers[0], ~NUMBER);
	want("by bpf_dynptr_write", numbers[1], NUMBER);
	return 0;
}

static void try_refused(const char *what, __u64 size, __u64 flags, __s64 err)
{
	io.size = size;
	io.flags = flags;
	run_once("in_ring");
	want(what, io.made, err);
	want("nor another", io.other, err);
	want("nor written", io.written, -EINVAL);
	want("no byte is in the ring", io.read, 0);
}

static void test_ring(void)
{
	struct ring_buffer *ring = ring_buffer__new(map_fd("ring"), on_record, NULL, NULL);

	io.number = NUMBER;
	io.size = 24;
	io.flags = 0;
	run_once("in_ring");
	want("one is reserved", io.made, 0);
	want("and another", io.other, 0);
	want("it is written", io.written, 0);
	want("two, each behind 8 bytes of its own", io.read, 2 * 32);
	want("one is kept", ring_buffer__consume(ring), 1);
	try_refused("more than the ring has", 5000, 0, -EINVAL);
	try_refused("more than a dynptr has", 1 << 24, 0, -E2BIG);
	try_refused("flags there are none", 8, 1, -EINVAL);
	ring_buffer__free(ring);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	if (!load(argv[1]))
		return 1;
	test_value();
	test_ring();
	bpf_object__close(object);
	return finish("dynptr");
}
