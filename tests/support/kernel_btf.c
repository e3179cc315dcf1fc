// SPDX-License-Identifier: GPL-2.0-only
/* The types of a kernel that there is not: see kernel_btf.h. */
#include "tests/support/kernel_btf.h"

#include <stdio.h>
#include <stdlib.h>

#define MAX_WORDS 600
#define MAX_CHARS 600

static u32 words[MAX_WORDS], word_cnt, last_id;
static char strings[MAX_CHARS];
static u32 char_cnt = 1;
static u8 bytes[sizeof(struct btf_header) + sizeof(words) + sizeof(strings)];
static struct btf_types *types;

static u32 put_name(const char *name)
{
	u32 at = char_cnt;

	if (!name)
		return 0;
	char_cnt += sprintf(strings + char_cnt, "%s", name) + 1;
	return at;
}

static void put_word(u32 word)
{
	if (word_cnt == MAX_WORDS)
		abort();
	words[word_cnt++] = word;
}

/* Its id. */
static u32 put(const char *name, u32 kind, u32 vlen, u32 size_or_type)
{
	put_word(put_name(name));
	put_word(kind << 24 | vlen);
	put_word(size_or_type);
	return ++last_id;
}

static void put_member(const char *name, u32 type, u32 bits)
{
	put_word(put_name(name));
	put_word(type);
	put_word(bits);
}

static u32 put_int(const char *name, u32 size, u32 encoding)
{
	u32 id = put(name, MODBPF_BTF_INT, 0, size);

	put_word(encoding << 24 | size * 8);
	return id;
}

static u32 put_array(u32 elem, u32 index, u32 cnt)
{
	u32 id = put(NULL, MODBPF_BTF_ARRAY, 0, 0);

	put_word(elem);
	put_word(index);
	put_word(cnt);
	return id;
}

static u32 put_ptr(u32 type)
{
	return put(NULL, MODBPF_BTF_PTR, 0, type);
}

static u32 put_tagged(const char *tag, u32 type)
{
	return put_ptr(put(tag, MODBPF_BTF_TYPE_TAG, 0, type));
}

static u32 put_proto(u32 result, u32 cnt, const u32 *args)
{
	u32 id = put(NULL, MODBPF_BTF_FUNC_PROTO, cnt, result), i;

	for (i = 0; i < cnt; i++) {
		put_word(args[i] ? put_name("arg") : 0);
		put_word(args[i]);
	}
	return id;
}

static void put_func(const char *name, u32 result, u32 cnt, const u32 *args)
{
	put(name, MODBPF_BTF_FUNC, MODBPF_BTF_STATIC, put_proto(result, cnt, args));
}

static void put_event(const char *name, u32 cnt, const u32 *args)
{
	put(name, MODBPF_BTF_TYPEDEF, 0, put_ptr(put_proto(0, cnt, args)));
}

struct basics {
	u32 int_, char_, long_, bool_, list, task, task_ptr, file, file_ptr, void_ptr;
};

/* The structure that all is about; its id is known before it is there. */
static void put_task(const struct basics *b)
{
	u32 comm = put_array(b->char_, b->int_, 16), array = put_array(b->task_ptr, b->int_, 4);
	u32 rows = put_array(put_array(b->file, b->int_, 2), b->int_, 2);
	u32 more = put_array(b->file, b->int_, 0), ints = put_ptr(b->int_);
	u32 opaque = put_ptr(put("opaque", MODBPF_BTF_FWD, 0, 0));
	u32 cv = put(NULL, MODBPF_BTF_CONST, 0, put_ptr(put(NULL, MODBPF_BTF_CONST, 0,
			put(NULL, MODBPF_BTF_VOLATILE, 0, b->task))));
	u32 user = put_tagged("user", b->task), percpu = put_tagged("percpu", b->task);
	u32 rcu = put_tagged("rcu", b->task), inner, halves, either;

	inner = put(NULL, MODBPF_BTF_STRUCT, 2, 16);
	put_member("a", b->int_, 0);
	put_member("inner", b->task_ptr, 64);
	halves = put(NULL, MODBPF_BTF_STRUCT, 2, 8);
	put_member("lo", b->int_, 0);
	put_member("hi", b->int_, 32);
	either = put(NULL, MODBPF_BTF_UNION, 4, 8);
	put_member("number", b->long_, 0);
	put_member(NULL, halves, 0);
	put_member("file", b->file_ptr, 0);
	put_member("twin", b->task_ptr, 0);
	if (put("task", MODBPF_BTF_STRUCT, 17, 232) != b->task)
		abort();
	words[word_cnt - 2] |= 1u << 31;	/* kind_flag: there are bit fields */
	put_member("pid", b->int_, 0);
	put_member("comm", comm, 4 * 8);
	put_member("parent", b->task_ptr, 24 * 8);
	put_member(NULL, inner, 32 * 8);
	put_member(NULL, either, 48 * 8);
	put_member("bits", b->int_, 3 << 24 | 56 * 8);
	put_member("node", b->list, 64 * 8);
	put_member("array", array, 80 * 8);
	put_member("cv", cv, 112 * 8);
	put_member("data", b->void_ptr, 120 * 8);
	put_member("ints", ints, 128 * 8);
	put_member("opaque", opaque, 136 * 8);
	put_member("user", user, 144 * 8);
	put_member("percpu", percpu, 152 * 8);
	put_member("rcu", rcu, 160 * 8);
	put_member("rows", rows, 168 * 8);
	put_member("more", more, 232 * 8);
}

static void put_hook(const struct basics *b)
{
	put("nf_hook_state", MODBPF_BTF_STRUCT, 3, 120);
	put_member("hook", b->char_, 0);
	put_member("pf", b->char_, 8);
	put_member("in", b->task_ptr, 112 * 8);
	put("sk_buff", MODBPF_BTF_STRUCT, 2, 32);
	put_member("len", b->int_, 0);
	put_member("owner", b->task_ptr, 24 * 8);
}

#define TASK_ID 32

static void put_all(void)
{
	struct basics b = { .task = TASK_ID };
	u32 longs[13], i;

	b.int_ = put_int("int", 4, MODBPF_BTF_INT_SIGNED);
	b.char_ = put_int("char", 1, 0);
	b.long_ = put_int("long", 8, MODBPF_BTF_INT_SIGNED);
	b.bool_ = put_int("bool", 1, MODBPF_BTF_INT_BOOL);
	b.void_ptr = put_ptr(0);
	b.task_ptr = put_ptr(TASK_ID);
	b.list = put("list", MODBPF_BTF_STRUCT, 2, 16);
	put_member("next", b.list + 1, 0);
	put_member("prev", b.list + 1, 64);
	put_ptr(b.list);
	b.file = put("file", MODBPF_BTF_STRUCT, 2, 16);
	put_member("pos", b.long_, 0);
	put_member("owner", b.task_ptr, 64);
	b.file_ptr = put_ptr(b.file);
	put_task(&b);
	put_hook(&b);
	for (i = 0; i < 13; i++)
		longs[i] = b.long_;
	put_func("f_task", b.task_ptr, 5, (u32[]){ b.task_ptr, b.int_,
		 put_ptr(put(NULL, MODBPF_BTF_CONST, 0, b.task)), b.void_ptr, b.bool_ });
	put_func("f_void", 0, 0, NULL);
	put_func("f_most", b.long_, 12, longs);
	put_func("f_many", b.long_, 13, longs);
	put_func("f_wide", 0, 1, &b.file);
	put_func("f_dots", 0, 2, (u32[]){ b.int_, 0 });
	put_func("f_struct", b.file, 0, NULL);
	put_event("btf_trace_event", 3, (u32[]){ b.void_ptr, b.task_ptr, b.int_ });
	put_event("btf_trace_empty", 0, NULL);
	put("btf_trace_no_proto", MODBPF_BTF_TYPEDEF, 0, b.int_);
	put("other", MODBPF_BTF_TYPEDEF, 0, b.int_);
}

const struct btf_types *kernel_btf(void)
{
	struct btf_header hdr = { .magic = MODBPF_BTF_MAGIC, .version = MODBPF_BTF_VERSION,
				  .hdr_len = sizeof(hdr) };
	struct btf_why why;

	if (types)
		return types;
	put_all();
	hdr.type_len = word_cnt * sizeof(*words);
	hdr.str_off = hdr.type_len;
	hdr.str_len = char_cnt;
	memcpy(bytes, &hdr, sizeof(hdr));
	memcpy(bytes + sizeof(hdr), words, hdr.type_len);
	memcpy(bytes + sizeof(hdr) + hdr.type_len, strings, char_cnt);
	if (modbpf_btf_parse(bytes, sizeof(hdr) + hdr.type_len + char_cnt, &why, &types)) {
		fprintf(stderr, "kernel_btf: %s\n", why.text);
		abort();
	}
	return types;
}

u32 kernel_btf_id(const char *name)
{
	const char *prefix = "btf_trace_", *found;
	struct btf_view view;
	u32 id;

	for (id = 1; id < kernel_btf()->cnt; id++) {
		view = btf_view_of(types, id);
		found = btf_string(types, view.name_off);
		if (!strcmp(found, name) || (!strncmp(found, prefix, strlen(prefix)) &&
					     !strcmp(found + strlen(prefix), name)))
			return id;
	}
	return 0;
}
