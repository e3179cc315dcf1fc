// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does hostile BTF get through, or break what reads it? Good types are changed at
 * random and more are added; of what is accepted every promise of isa/btf/btf.h
 * is looked at, by walks of this file's own. Arguments are those of tests/support/fuzz.h.
 */
#include "isa/btf/btf.h"
#include "tests/support/btfblob.h"
#include "tests/support/check.h"
#include "tests/support/fuzz.h"
#include "user/platform.h"

#define MAX_WORDS 60
#define MAX_DEPTH 100	/* of a chain in so few types */

static u64 state;

static u32 draw(u32 below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 20) % below;
}

/* Words that often make a record, and often do not. */
static u32 random_words(u32 *words)
{
	u32 cnt = draw(MAX_WORDS), i;

	for (i = 0; i < cnt; i++) {
		switch (draw(4)) {
		case 0:
			words[i] = (1 + draw(MODBPF_BTF_KIND_COUNT)) << 24 | draw(3) | draw(2) << 31;
			break;
		case 1:
			words[i] = draw(64);
			break;
		default:
			words[i] = draw(BLOB_NEXT + 6);
		}
	}
	return cnt;
}

static void damage(struct btf_blob *blob)
{
	u32 types = blob->cnt - NAME_END, times = draw(3);

	while (times--) {
		u32 at = draw(8) ? sizeof(struct btf_header) + draw(types - 24) : draw(blob->cnt);

		blob->bytes[at] = draw(3) ? blob->bytes[at] ^ 1u << draw(8) : draw(256);
	}
	if (!draw(20))
		blob->cnt = draw(blob->cnt);
}

/* Follow what is part of @id: it must end. */
static void walk(const struct btf_types *types, u32 id, u32 depth)
{
	struct btf_view view;
	u32 i;

	CHECK(id < types->cnt && depth < MAX_DEPTH);
	if (id >= types->cnt || depth >= MAX_DEPTH)
		return;
	view = btf_view_of(types, id);
	CHECK(btf_string(types, view.name_off));
	switch (view.kind) {
	case MODBPF_BTF_STRUCT:
	case MODBPF_BTF_UNION:
		for (i = 0; i < view.vlen; i++) {
			struct btf_member member = btf_view_member(&view, i);

			walk(types, member.type, depth + 1);
			CHECK(btf_member_offset(&view, &member) <= view.size * 8ULL);
			if (!btf_member_bits(&view, &member) && types->sizes[member.type] != MODBPF_BTF_NO_SIZE &&
			    btf_base_of(types, member.type).kind != MODBPF_BTF_INT)
				CHECK(btf_member_offset(&view, &member) / 8 +
				      (u64)types->sizes[member.type] <= view.size);
		}
		return;
	case MODBPF_BTF_ARRAY:
		walk(types, btf_view_array(&view).elem_type, depth + 1);
		walk(types, btf_view_array(&view).index_type, depth + 1);
		return;
	case MODBPF_BTF_FUNC_PROTO:
		for (i = 0; i < view.vlen; i++)
			CHECK(btf_view_param(&view, i).type < types->cnt &&
			      btf_string(types, btf_view_param(&view, i).name_off));
		return;
	case MODBPF_BTF_TYPEDEF:
	case MODBPF_BTF_VOLATILE:
	case MODBPF_BTF_CONST:
	case MODBPF_BTF_RESTRICT:
	case MODBPF_BTF_TYPE_TAG:
	case MODBPF_BTF_VAR:
		walk(types, view.type, depth + 1);
		return;
	case MODBPF_BTF_FUNC:
		CHECK_EQ(btf_kind_of(types, view.type), MODBPF_BTF_FUNC_PROTO);
		return;
	default:
		return;
	}
}

static void check_promises(const struct btf_types *types)
{
	u32 id, at, steps;

	for (id = 0; id < types->cnt; id++) {
		walk(types, id, 0);
		CHECK(types->bases[id] < types->cnt);
		for (at = id, steps = 0; steps < MAX_DEPTH; steps++) {
			struct btf_view view = btf_view_of(types, at);

			if (view.kind != MODBPF_BTF_PTR)
				break;
			at = types->bases[view.type];
		}
		CHECK(steps < MAX_DEPTH);
	}
}

int main(int argc, char **argv)
{
	struct fuzz fuzz;
	u64 cnt = 0, accepted = 0, bytes = platform_bytes();

	fuzz_begin(&fuzz, argc, argv);
	check_begin("random BTF is refused, or is what it promises to be");
	do {
		u32 words[MAX_WORDS];
		struct btf_types *types;
		struct btf_blob blob;
		struct btf_why why;
		u8 *copy;

		state = (fuzz.seed << 32 | fuzz.number) * 0x9e3779b97f4a7c15ULL + 1;
		draw(2);
		btf_blob_make(&blob, words, random_words(words) * draw(2));
		damage(&blob);
		copy = modbpf_zalloc(blob.cnt + 1);
		memcpy(copy, blob.bytes, blob.cnt);
		if (!modbpf_btf_parse(copy, blob.cnt, &why, &types)) {
			check_promises(types);
			modbpf_btf_free(types);
			accepted++;
		}
		modbpf_free(copy);
		cnt++;
	} while (fuzz_next(&fuzz));
	CHECK_EQ(platform_bytes(), bytes);
	check_end();
	printf("seed %llu: %llu blobs, %llu accepted\n", fuzz.seed, cnt, accepted);
	return check_run("fuzz_btf", NULL, 0, 1, argv);
}
