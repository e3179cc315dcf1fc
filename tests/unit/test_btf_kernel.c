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

/* A module's BTF by hand: types go on at BLOB_NEXT, strings at NAME_END (Linux's btf.rst, 4.2). */
struct split {
	struct btf_header header;
	u32 records[6];
	char strings[8];
};

static struct split a_split(void)
{
	return (struct split){
		.header = { .magic = MODBPF_BTF_MAGIC, .version = MODBPF_BTF_VERSION, .hdr_len = 24,
			    .type_len = 24, .str_off = 24, .str_len = 8 },
		.records = { BLOB_TYPE(NAME_END, MODBPF_BTF_STRUCT, 0, 1, 8), NAME_END + 4, BLOB_PTR, 0 },
		.strings = "mod\0own",
	};
}

static int join(const struct btf_blob *base, const void *split, u32 bytes, void *to, u32 *joined)
{
	/* Of its exact size, so that the sanitizer sees a byte too many. */
	void *copy = malloc(bytes);
	struct btf_why why;
	int err;

	memcpy(copy, split, bytes);
	err = modbpf_btf_join(base->bytes, base->cnt, copy, bytes, to, joined, &why);
	free(copy);
	return err;
}

/* struct mod { int *own; }; */
static void module_on_top(void)
{
	const struct split split = a_split();
	struct btf_types *types = NULL;
	struct btf_member member;
	struct btf_blob base;
	struct btf_view view;
	struct btf_why why;
	u32 bytes = 0;
	void *to;

	btf_blob_make(&base, NULL, 0);
	to = malloc(base.cnt + sizeof(split));
	CHECK_EQ(join(&base, &split, sizeof(split), to, &bytes), 0);
	CHECK_EQ(bytes, base.cnt + 24 + 8);
	CHECK_EQ(modbpf_btf_parse(to, bytes, &why, &types), 0);
	if (types) {
		CHECK_EQ(types->cnt, BLOB_NEXT + 1);
		view = btf_view_of(types, BLOB_NEXT);
		member = btf_view_member(&view, 0);
		CHECK_STR(btf_string(types, view.name_off), "mod");
		CHECK_STR(btf_string(types, member.name_off), "own");
		CHECK_EQ(btf_kind_of(types, member.type), MODBPF_BTF_PTR);
		view = btf_view_of(types, BLOB_INT);
		CHECK_STR(btf_string(types, view.name_off), "int");
	}
	modbpf_btf_free(types);
	free(to);
}

/* What is no BTF is refused before a byte of it is taken for anything else. */
static void nothing_on_top(void)
{
	static const u32 hdr_lens[] = { 0, 7, 25, 61, 4000000000u };
	struct split split;
	struct btf_blob base;
	u8 *to;
	u32 bytes, i;

	btf_blob_make(&base, NULL, 0);
	to = malloc(base.cnt + sizeof(split));
	for (i = 0; i < sizeof(split); i++) {
		split = a_split();
		CHECK(join(&base, &split, i, to, &bytes) < 0);
	}
	for (i = 0; i < ARRAY_SIZE(hdr_lens); i++) {
		split = a_split();
		split.header.hdr_len = hdr_lens[i];
		CHECK(join(&base, &split, sizeof(split), to, &bytes) < 0);
	}
	split = a_split();
	split.header.type_len = 4000000000u;
	CHECK(join(&base, &split, sizeof(split), to, &bytes) < 0);
	split = a_split();
	split.header.str_off = 4000000000u;
	CHECK(join(&base, &split, sizeof(split), to, &bytes) < 0);
	split = a_split();
	split.strings[7] = 'x';
	CHECK(join(&base, &split, sizeof(split), to, &bytes) < 0);
	free(to);
}

/* A header of 8 bytes promises sections of no bytes: there is no room for a whole one. */
static void short_headers(void)
{
	const struct btf_header header = { .magic = MODBPF_BTF_MAGIC, .version = MODBPF_BTF_VERSION,
					   .hdr_len = 8 };
	struct btf_blob base = { .cnt = 9 };
	u8 to[18];
	u32 bytes;

	memcpy(base.bytes, &header, 8);
	CHECK(join(&base, &header, 8, to, &bytes) < 0);
}

static const struct check_case cases[] = {
	{ "calls", calls },
	{ "offsets", offsets },
	{ "a module's types on top", module_on_top },
	{ "what is no BTF on top", nothing_on_top },
	{ "headers that are short", short_headers },
	{ "unions within unions end", exploding_unions },
};

int main(int argc, char **argv)
{
	return check_run("test_btf_kernel", cases, ARRAY_SIZE(cases), argc, argv);
}
