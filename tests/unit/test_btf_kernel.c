// SPDX-License-Identifier: GPL-2.0-only
/*
 * What do the kernel's types say of calls and structures? Programs that use them are
 * the cases of tests/verifier/typed.case; here is what no program can tell: how wide
 * arguments are, and that looking into a structure ends, however it is nested.
 */
#include <stdlib.h>

#include "isa/btf/kernel.h"
#include "tests/support/btfblob.h"
#include "tests/support/check.h"
#include "tests/support/kernel_btf.h"

static void calls(void)
{
	const struct btf_types *types = kernel_btf();
	const char *why = NULL;
	struct btf_call call;
	u32 i;
	static const u32 bytes[] = { 8, 4, 8, 8, 1 };

	CHECK_EQ(btf_call_of_func(types, kernel_btf_id("f_task"), &call, &why), 0);
	CHECK_STR(call.name, "f_task");
	CHECK_EQ(call.cnt, 5);
	for (i = 0; i < call.cnt; i++)
		CHECK_EQ(btf_arg_bytes(types, call.args[i]), bytes[i]);
	CHECK_EQ(btf_pointee(types, call.result), kernel_btf_id("task"));
	CHECK_EQ(btf_call_of_func(types, kernel_btf_id("f_void"), &call, &why), 0);
	CHECK(!call.cnt && !call.result);
	CHECK_EQ(btf_call_of_event(types, kernel_btf_id("event"), &call, &why), 0);
	CHECK_STR(call.name, "event");
	CHECK_EQ(call.cnt, 2);
	CHECK_EQ(btf_arg_bytes(types, call.args[1]), 4);
	CHECK_EQ(call.result, 0);
}

#define NESTS 100

/* Unions of two of those before, down to an int: 2 to the power of NESTS ways. */
static void exploding_unions(void)
{
	u32 words[NESTS * 9], cnt = 0, i, pointee;
	struct btf_types *types = NULL;
	struct btf_blob blob;
	struct btf_why why;
	u64 steps = 0;

	for (i = 0; i < NESTS; i++) {
		const u32 of = i ? BLOB_NEXT + i - 1 : BLOB_INT;
		const u32 record[] = { BLOB_TYPE(0, MODBPF_BTF_UNION, 0, 2, 4), NAME_A, of, 0, NAME_B, of, 0 };

		if (cnt + ARRAY_SIZE(record) > 30 * 9)
			break;
		memcpy(&words[cnt], record, sizeof(record));
		cnt += ARRAY_SIZE(record);
	}
	btf_blob_make(&blob, words, cnt);
	CHECK_EQ(modbpf_btf_parse(blob.bytes, blob.cnt, &why, &types), 0);
	if (!types)
		return;
	CHECK_EQ(btf_look_into(types, BLOB_NEXT + i - 1, 0, 4, &pointee, &steps), BTF_FOUND_NUMBER);
	CHECK(steps > 1000 && steps <= 16384);
	CHECK_EQ(btf_look_into(types, BLOB_NEXT + i - 1, 0, 8, &pointee, &steps), BTF_FOUND_NOTHING);
	modbpf_btf_free(types);
}

static void offsets(void)
{
	const u32 task = kernel_btf_id("task");
	u32 pointee;
	u64 steps = 0;

	CHECK_EQ(btf_look_into(kernel_btf(), task, -1, 1, &pointee, &steps), BTF_FOUND_NOTHING);
	CHECK_EQ(btf_look_into(kernel_btf(), task, 0, 1, &pointee, &steps), BTF_FOUND_NUMBER);
	CHECK_EQ(btf_look_into(kernel_btf(), task, 24, 8, &pointee, &steps), BTF_FOUND_POINTER);
	CHECK_EQ(pointee, task);
	CHECK_EQ(btf_look_into(kernel_btf(), task, 24, 4, &pointee, &steps), BTF_FOUND_NUMBER);
	CHECK_EQ(pointee, 0);
	/* Behind the structure lies an array that does not end. */
	CHECK_EQ(btf_look_into(kernel_btf(), task, (1LL << 40) + 8, 8, &pointee, &steps), BTF_FOUND_NUMBER);
	CHECK_EQ(btf_look_into(kernel_btf(), kernel_btf_id("list"), 8, 8, &pointee, &steps),
		 BTF_FOUND_POINTER);
	CHECK_EQ(btf_look_into(kernel_btf(), kernel_btf_id("list"), 9, 8, &pointee, &steps),
		 BTF_FOUND_NOTHING);
}

static const struct check_case cases[] = {
	{ "calls", calls },
	{ "offsets", offsets },
	{ "unions within unions end", exploding_unions },
};

int main(int argc, char **argv)
{
	return check_run("test_btf_kernel", cases, ARRAY_SIZE(cases), argc, argv);
}
