// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What are the functions called with that programs call by their BTF id? As Linux declares them. */
#include "isa/btf/kfunc.h"

#include "isa/btf/layout.h"

/* Types that the prototypes use, in the order of their ids. */
enum type { VOID, INT, U32, U64, BOOL, POINTER, SKB, SKB_POINTER, DYNPTR, DYNPTR_POINTER,
	    CONST_DYNPTR, CONST_DYNPTR_POINTER, TYPE_CNT };

static const struct {
	const char *name;	/* NULL: it has none */
	u8 kind;		/* enum modbpf_btf_kind */
	u8 encoding;		/* of an INT */
	u32 size_or_type;	/* a type: enum type */
} types[TYPE_CNT] = {
	[INT] = { "int", MODBPF_BTF_INT, MODBPF_BTF_INT_SIGNED, 4 },
	[U32] = { "unsigned int", MODBPF_BTF_INT, 0, 4 },
	[U64] = { "unsigned long long", MODBPF_BTF_INT, 0, 8 },
	[BOOL] = { "_Bool", MODBPF_BTF_INT, MODBPF_BTF_INT_BOOL, 1 },
	[POINTER] = { NULL, MODBPF_BTF_PTR, 0, VOID },
	[SKB] = { "__sk_buff", MODBPF_BTF_STRUCT, 0, 0 },
	[SKB_POINTER] = { NULL, MODBPF_BTF_PTR, 0, SKB },
	[DYNPTR] = { "bpf_dynptr", MODBPF_BTF_STRUCT, 0, 16 },
	[DYNPTR_POINTER] = { NULL, MODBPF_BTF_PTR, 0, DYNPTR },
	[CONST_DYNPTR] = { NULL, MODBPF_BTF_CONST, 0, DYNPTR },
	[CONST_DYNPTR_POINTER] = { NULL, MODBPF_BTF_PTR, 0, CONST_DYNPTR },
};

#define MAX_ARGS 5

static const struct {
	const char *name;
	u8 result;
	struct {
		u8 type;	/* VOID: there are no more */
		const char *name;
	} args[MAX_ARGS];
} funcs[] = {
	{ "bpf_dynptr_from_skb", INT,
	  { { SKB_POINTER, "s" }, { U64, "flags" }, { DYNPTR_POINTER, "ptr__uninit" } } },
	{ "bpf_dynptr_slice", POINTER,
	  { { CONST_DYNPTR_POINTER, "p" }, { U32, "offset" }, { POINTER, "buffer__opt" },
	    { U32, "buffer__szk" } } },
	{ "bpf_dynptr_slice_rdwr", POINTER,
	  { { CONST_DYNPTR_POINTER, "p" }, { U32, "offset" }, { POINTER, "buffer__opt" },
	    { U32, "buffer__szk" } } },
	{ "bpf_dynptr_size", U32, { { CONST_DYNPTR_POINTER, "p" } } },
	{ "bpf_dynptr_is_null", BOOL, { { CONST_DYNPTR_POINTER, "p" } } },
	{ "bpf_dynptr_is_rdonly", BOOL, { { CONST_DYNPTR_POINTER, "p" } } },
	{ "bpf_dynptr_adjust", INT,
	  { { CONST_DYNPTR_POINTER, "p" }, { U32, "start" }, { U32, "end" } } },
	{ "bpf_dynptr_clone", INT,
	  { { CONST_DYNPTR_POINTER, "p" }, { DYNPTR_POINTER, "clone__uninit" } } },
	{ "bpf_cast_to_kern_ctx", POINTER, { { POINTER, "obj" } } },
};

/* Bytes that are enough: a record has three words, an argument two, a name at most 32 bytes. */
#define MOST_TYPES (12 * (TYPE_CNT + 2 * ARRAY_SIZE(funcs)) + 4 * TYPE_CNT + 8 * MAX_ARGS * ARRAY_SIZE(funcs))
#define MOST_STRINGS (32 * (1 + TYPE_CNT + (1 + MAX_ARGS) * ARRAY_SIZE(funcs)))

struct maker {
	const struct kfunc_btf_base *base;
	u32 *words;
	u32 word_cnt;
	char *strings;
	u32 string_bytes;
};

static void put(struct maker *mk, u32 word)
{
	mk->words[mk->word_cnt++] = word;
}

static void put_name(struct maker *mk, const char *name)
{
	u32 bytes = name ? strlen(name) + 1 : 0;

	put(mk, name ? mk->base->string_bytes + mk->string_bytes : 0);
	if (name)
		memcpy(mk->strings + mk->string_bytes, name, bytes);
	mk->string_bytes += bytes;
}

static u32 id_of(const struct kfunc_btf_base *base, u32 type)
{
	return type == VOID ? 0 : base->cnt + type - 1;
}

static u32 first_func(const struct kfunc_btf_base *base)
{
	return id_of(base, TYPE_CNT);
}

static void put_record(struct maker *mk, const char *name, u32 kind, u32 vlen, u32 size_or_type)
{
	put_name(mk, name);
	put(mk, kind << 24 | vlen);
	put(mk, size_or_type);
}

static void put_type(struct maker *mk, u32 at)
{
	bool refers = types[at].kind == MODBPF_BTF_PTR || types[at].kind == MODBPF_BTF_CONST;
	u32 size_or_type = types[at].size_or_type;

	put_record(mk, types[at].name, types[at].kind, 0,
		   refers ? id_of(mk->base, size_or_type) : size_or_type);
	if (types[at].kind == MODBPF_BTF_INT)
		put(mk, types[at].encoding << 24 | 8 * size_or_type);
}

/* The prototype, and the function behind it. */
static void put_func(struct maker *mk, u32 at)
{
	u32 cnt = 0, i;

	while (cnt < MAX_ARGS && funcs[at].args[cnt].type != VOID)
		cnt++;
	put_record(mk, NULL, MODBPF_BTF_FUNC_PROTO, cnt, id_of(mk->base, funcs[at].result));
	for (i = 0; i < cnt; i++) {
		put_name(mk, funcs[at].args[i].name);
		put(mk, id_of(mk->base, funcs[at].args[i].type));
	}
	put_record(mk, funcs[at].name, MODBPF_BTF_FUNC, MODBPF_BTF_STATIC,
		   first_func(mk->base) + 2 * at);
}

u8 *kfunc_btf_make(const struct kfunc_btf_base *base, u32 *bytes)
{
	struct btf_header hdr = { .magic = MODBPF_BTF_MAGIC, .version = MODBPF_BTF_VERSION,
				  .hdr_len = sizeof(hdr) };
	u8 *data = modbpf_zalloc(sizeof(hdr) + MOST_TYPES + MOST_STRINGS);
	struct maker mk = { .base = base, .string_bytes = 1 };
	u32 i;

	if (!data)
		return NULL;
	mk.words = (u32 *)(data + sizeof(hdr));
	mk.strings = (char *)data + sizeof(hdr) + MOST_TYPES;
	for (i = VOID + 1; i < TYPE_CNT; i++)
		put_type(&mk, i);
	for (i = 0; i < ARRAY_SIZE(funcs); i++)
		put_func(&mk, i);
	hdr.type_len = mk.word_cnt * sizeof(*mk.words);
	hdr.str_off = hdr.type_len;
	hdr.str_len = mk.string_bytes;
	memcpy(data, &hdr, sizeof(hdr));
	memmove(data + sizeof(hdr) + hdr.str_off, mk.strings, hdr.str_len);
	*bytes = sizeof(hdr) + hdr.str_off + hdr.str_len;
	return data;
}

const char *kfunc_btf_func(const struct kfunc_btf_base *base, u32 id)
{
	u32 first = first_func(base);

	if (id < first || (id - first) / 2 >= ARRAY_SIZE(funcs) || !((id - first) & 1))
		return NULL;
	return funcs[(id - first) / 2].name;
}
