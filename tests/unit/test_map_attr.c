// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which maps may be made? For each type a map that is good, and then each of its
 * attributes wrong alone; the errno is that of bpf(2).
 */
#include "tests/support/check.h"
#include "verifier/map_attr.h"

#define RDONLY MODBPF_F_RDONLY
#define WRONLY MODBPF_F_WRONLY
#define RDONLY_PROG MODBPF_F_RDONLY_PROG
#define WRONLY_PROG MODBPF_F_WRONLY_PROG
#define NODE MODBPF_F_NUMA_NODE
#define NO_PREALLOC MODBPF_F_NO_PREALLOC
#define ZERO_SEED MODBPF_F_ZERO_SEED
#define MMAPABLE MODBPF_F_MMAPABLE
#define INNER MODBPF_F_INNER_MAP
#define OWN_LRU MODBPF_F_NO_COMMON_LRU
#define KEEP MODBPF_F_PRESERVE_ELEMS
#define ALL_ACCESS (RDONLY | RDONLY_PROG)
#define INT_LIMIT 0x7fffffffu
#define UINT_LIMIT 0xffffffffu
/* An element's own fields are 512 bytes of the largest allocation. */
#define PAIR_LIMIT ((4u << 20) - 512)

struct row {
	u32 type, key, value, entries, flags;
	int err;
};

#define ROW(kind, key, value, entries, flags, err) \
	{ MODBPF_MAP_##kind, key, value, entries, flags, err }

static int check_of(const struct row *row, u64 extra, s32 node)
{
	const struct map_attr attr = {
		.type = row->type, .key_size = row->key, .value_size = row->value,
		.max_entries = row->entries, .flags = row->flags, .extra = extra,
		.numa_node = node,
	};

	return map_attr_check(&attr);
}

static void check_rows(const struct row *rows, u32 cnt)
{
	u32 i;
	int err;

	for (i = 0; i < cnt; i++) {
		err = check_of(&rows[i], 0, MAP_ATTR_NO_NODE);
		if (err != rows[i].err)
			check_failed(__FILE__, __LINE__,
				     "row %u (type %u key %u value %u entries %u flags %#x) is %d, not %d",
				     i, rows[i].type, rows[i].key, rows[i].value, rows[i].entries,
				     rows[i].flags, err, rows[i].err);
	}
}

#define CHECK_ROWS(table) check_rows(table, ARRAY_SIZE(table))

static void array(void)
{
	static const struct row rows[] = {
		ROW(ARRAY, 4, 8, 1, 0, 0),
		ROW(ARRAY, 4, 1, UINT_LIMIT, ALL_ACCESS | NODE | MMAPABLE | INNER, 0),
		ROW(ARRAY, 4, INT_LIMIT, 1, WRONLY | WRONLY_PROG, 0),
		ROW(ARRAY, 0, 8, 1, 0, -EINVAL),
		ROW(ARRAY, 3, 8, 1, 0, -EINVAL),
		ROW(ARRAY, 8, 8, 1, 0, -EINVAL),
		ROW(ARRAY, 4, 0, 1, 0, -EINVAL),
		ROW(ARRAY, 4, 8, 0, 0, -EINVAL),
		ROW(ARRAY, 4, INT_LIMIT + 1, 1, 0, -E2BIG),
		ROW(ARRAY, 4, 8, 1, RDONLY_PROG | WRONLY_PROG, -EINVAL),
		ROW(ARRAY, 4, 8, 1, RDONLY | WRONLY, -EINVAL),
		ROW(ARRAY, 4, 8, 1, NO_PREALLOC, -EINVAL),
		ROW(ARRAY, 4, 8, 1, ZERO_SEED, -EINVAL),
		ROW(ARRAY, 4, 8, 1, OWN_LRU, -EINVAL),
		ROW(ARRAY, 4, 8, 1, KEEP, -EINVAL),
		ROW(ARRAY, 4, 8, 1, 1u << 13, -EINVAL),
		ROW(ARRAY, 4, 8, 1, 1u << 31, -EINVAL),
	};

	CHECK_ROWS(rows);
}

static void percpu_array(void)
{
	static const struct row rows[] = {
		ROW(PERCPU_ARRAY, 4, 8, 1, 0, 0),
		ROW(PERCPU_ARRAY, 4, 32768, UINT_LIMIT, ALL_ACCESS | NODE, 0),
		ROW(PERCPU_ARRAY, 4, 32769, 1, 0, -E2BIG),
		ROW(PERCPU_ARRAY, 8, 8, 1, 0, -EINVAL),
		ROW(PERCPU_ARRAY, 4, 0, 1, 0, -EINVAL),
		ROW(PERCPU_ARRAY, 4, 8, 0, 0, -EINVAL),
		ROW(PERCPU_ARRAY, 4, 8, 1, MMAPABLE, -EINVAL),
		ROW(PERCPU_ARRAY, 4, 8, 1, INNER, -EINVAL),
		ROW(PERCPU_ARRAY, 4, 8, 1, RDONLY_PROG | WRONLY_PROG, -EINVAL),
	};

	CHECK_ROWS(rows);
	CHECK_EQ(check_of(&rows[1], 0, 0), -EINVAL);
}

static void hash(void)
{
	static const struct row rows[] = {
		ROW(HASH, 1, 1, 1, 0, 0),
		ROW(HASH, 4, 8, 1u << 31, ALL_ACCESS | NODE | NO_PREALLOC | ZERO_SEED, 0),
		ROW(HASH, 512, PAIR_LIMIT - 513, 1, 0, 0),
		ROW(HASH, 512, PAIR_LIMIT - 512, 1, 0, -E2BIG),
		ROW(HASH, PAIR_LIMIT - 8, 8, 1, 0, -E2BIG),
		ROW(HASH, UINT_LIMIT, UINT_LIMIT, 1, 0, -E2BIG),
		ROW(HASH, 4, 8, (1u << 31) + 1, 0, -E2BIG),
		ROW(HASH, 0, 8, 1, 0, -EINVAL),
		ROW(HASH, 4, 0, 1, 0, -EINVAL),
		ROW(HASH, 4, 8, 0, 0, -EINVAL),
		ROW(HASH, 4, 8, 1, MMAPABLE, -EINVAL),
		ROW(HASH, 4, 8, 1, OWN_LRU, -EINVAL),
		ROW(HASH, 4, 8, 1, INNER, -EINVAL),
		ROW(HASH, 4, 8, 1, RDONLY_PROG | WRONLY_PROG, -EINVAL),
		ROW(HASH, 4, 8, 1, RDONLY | WRONLY, -EINVAL),
	};

	CHECK_ROWS(rows);
	CHECK_EQ(check_of(&rows[1], 0, 0), 0);
}

static void lpm_trie(void)
{
	static const struct row rows[] = {
		ROW(LPM_TRIE, 8, 1, 1, NO_PREALLOC, 0),
		ROW(LPM_TRIE, 5, 8, UINT_LIMIT, ALL_ACCESS | NODE | NO_PREALLOC, 0),
		ROW(LPM_TRIE, 260, PAIR_LIMIT, 1, NO_PREALLOC, 0),
		ROW(LPM_TRIE, 8, 1, 1, 0, -EINVAL),
		ROW(LPM_TRIE, 4, 1, 1, NO_PREALLOC, -EINVAL),
		ROW(LPM_TRIE, 261, 1, 1, NO_PREALLOC, -EINVAL),
		ROW(LPM_TRIE, 8, 0, 1, NO_PREALLOC, -EINVAL),
		ROW(LPM_TRIE, 8, PAIR_LIMIT + 1, 1, NO_PREALLOC, -EINVAL),
		ROW(LPM_TRIE, 8, 1, 0, NO_PREALLOC, -EINVAL),
		ROW(LPM_TRIE, 8, 1, 1, NO_PREALLOC | ZERO_SEED, -EINVAL),
		ROW(LPM_TRIE, 8, 1, 1, NO_PREALLOC | RDONLY_PROG | WRONLY_PROG, -EINVAL),
	};

	CHECK_ROWS(rows);
}

static void ring_buffer(void)
{
	static const struct row rows[] = {
		ROW(RINGBUF, 0, 0, 4096, 0, 0),
		ROW(RINGBUF, 0, 0, 1u << 31, NODE, 0),
		ROW(RINGBUF, 0, 0, 0, 0, -EINVAL),
		ROW(RINGBUF, 0, 0, 2048, 0, -EINVAL),
		ROW(RINGBUF, 0, 0, 3 * 4096, 0, -EINVAL),
		ROW(RINGBUF, 4, 0, 4096, 0, -EINVAL),
		ROW(RINGBUF, 0, 4, 4096, 0, -EINVAL),
		ROW(RINGBUF, 0, 0, 4096, RDONLY, -EINVAL),
		ROW(RINGBUF, 0, 0, 4096, RDONLY_PROG, -EINVAL),
		ROW(RINGBUF, 0, 0, 4096, MMAPABLE, -EINVAL),
	};

	CHECK_ROWS(rows);
}

static void stack_trace(void)
{
	static const struct row rows[] = {
		ROW(STACK_TRACE, 4, 8, 1, 0, 0),
		ROW(STACK_TRACE, 4, 127 * 8, 1u << 31, RDONLY | NODE, 0),
		ROW(STACK_TRACE, 4, 8, 1, WRONLY, 0),
		ROW(STACK_TRACE, 4, 128 * 8, 1, 0, -EINVAL),
		ROW(STACK_TRACE, 4, 0, 1, 0, -EINVAL),
		ROW(STACK_TRACE, 4, 4, 1, 0, -EINVAL),
		ROW(STACK_TRACE, 4, 12, 1, 0, -EINVAL),
		ROW(STACK_TRACE, 8, 8, 1, 0, -EINVAL),
		ROW(STACK_TRACE, 4, 8, 0, 0, -EINVAL),
		ROW(STACK_TRACE, 4, 8, (1u << 31) + 1, 0, -E2BIG),
		ROW(STACK_TRACE, 4, 8, 1, RDONLY_PROG, -EINVAL),
		ROW(STACK_TRACE, 4, 8, 1, WRONLY_PROG, -EINVAL),
		ROW(STACK_TRACE, 4, 8, 1, NO_PREALLOC, -EINVAL),
		/* Build ids of user space's files are not told. */
		ROW(STACK_TRACE, 4, 32, 1, MODBPF_F_STACK_BUILD_ID, -EINVAL),
	};

	CHECK_ROWS(rows);
}

/* Arrays of 4 bytes that stand for an object; a program neither reads nor writes them. */
static void arrays_of_objects(void)
{
	static const u32 types[] = { MODBPF_MAP_PROG_ARRAY, MODBPF_MAP_CGROUP_ARRAY };
	static const struct row rows[] = {
		ROW(PROG_ARRAY, 4, 4, 1, 0, 0),
		ROW(PROG_ARRAY, 4, 4, UINT_LIMIT, RDONLY | NODE, 0),
		ROW(PROG_ARRAY, 8, 4, 1, 0, -EINVAL),
		ROW(PROG_ARRAY, 4, 8, 1, 0, -EINVAL),
		ROW(PROG_ARRAY, 4, 0, 1, 0, -EINVAL),
		ROW(PROG_ARRAY, 4, 4, 0, 0, -EINVAL),
		ROW(PROG_ARRAY, 4, 4, 1, RDONLY_PROG, -EINVAL),
		ROW(PROG_ARRAY, 4, 4, 1, WRONLY_PROG, -EINVAL),
		ROW(PROG_ARRAY, 4, 4, 1, MMAPABLE, -EINVAL),
		ROW(PROG_ARRAY, 4, 4, 1, RDONLY | WRONLY, -EINVAL),
	};
	struct row row;
	u32 i, t;

	for (t = 0; t < ARRAY_SIZE(types); t++) {
		for (i = 0; i < ARRAY_SIZE(rows); i++) {
			row = rows[i];
			row.type = types[t];
			check_rows(&row, 1);
		}
	}
}

static void percpu_hash(void)
{
	static const struct row rows[] = {
		ROW(PERCPU_HASH, 4, 8, 1, 0, 0),
		ROW(PERCPU_HASH, 1, 32768, 1u << 31, ALL_ACCESS | NODE | NO_PREALLOC | ZERO_SEED, 0),
		ROW(PERCPU_HASH, 4, 32769, 1, 0, -E2BIG),
		ROW(PERCPU_HASH, PAIR_LIMIT - 8, 8, 1, 0, -E2BIG),
		ROW(PERCPU_HASH, 4, 8, (1u << 31) + 1, 0, -E2BIG),
		ROW(PERCPU_HASH, 0, 8, 1, 0, -EINVAL),
		ROW(PERCPU_HASH, 4, 0, 1, 0, -EINVAL),
		ROW(PERCPU_HASH, 4, 8, 0, 0, -EINVAL),
		ROW(PERCPU_HASH, 4, 8, 1, OWN_LRU, -EINVAL),
		ROW(PERCPU_HASH, 4, 8, 1, MMAPABLE, -EINVAL),
		ROW(PERCPU_HASH, 4, 8, 1, INNER, -EINVAL),
		ROW(PERCPU_HASH, 4, 8, 1, RDONLY_PROG | WRONLY_PROG, -EINVAL),
	};
	static const struct row on_a_node = ROW(PERCPU_HASH, 4, 8, 1, NODE, 0);

	CHECK_ROWS(rows);
	CHECK_EQ(check_of(&on_a_node, 0, 0), -EINVAL);
}

static void lru_hash(void)
{
	static const struct row rows[] = {
		ROW(LRU_HASH, 4, 8, 1, 0, 0),
		ROW(LRU_PERCPU_HASH, 4, 8, 1, 0, 0),
		ROW(LRU_HASH, PAIR_LIMIT - 9, 8, 1, 0, 0),
		ROW(LRU_HASH, 4, 8, 1u << 31, ALL_ACCESS | NODE | OWN_LRU | ZERO_SEED, 0),
		ROW(LRU_PERCPU_HASH, 4, 32768, 1, ALL_ACCESS | NODE | OWN_LRU | ZERO_SEED, 0),
		ROW(LRU_PERCPU_HASH, 4, 32769, 1, 0, -E2BIG),
		ROW(LRU_HASH, PAIR_LIMIT - 8, 8, 1, 0, -E2BIG),
		ROW(LRU_HASH, 4, 8, (1u << 31) + 1, 0, -E2BIG),
		ROW(LRU_HASH, 4, 8, 1, NO_PREALLOC, -524),
		ROW(LRU_PERCPU_HASH, 4, 8, 1, NO_PREALLOC | OWN_LRU, -524),
		ROW(LRU_HASH, 0, 8, 1, NO_PREALLOC, -524),
		ROW(LRU_HASH, 4, 8, 1, NO_PREALLOC | MMAPABLE, -EINVAL),
		ROW(LRU_HASH, 0, 8, 1, 0, -EINVAL),
		ROW(LRU_HASH, 4, 0, 1, 0, -EINVAL),
		ROW(LRU_HASH, 4, 8, 0, 0, -EINVAL),
		ROW(LRU_PERCPU_HASH, 4, 8, 0, 0, -EINVAL),
		ROW(LRU_HASH, 4, 8, 1, INNER, -EINVAL),
		ROW(LRU_HASH, 4, 8, 1, RDONLY | WRONLY, -EINVAL),
	};
	static const struct row common = ROW(LRU_HASH, 4, 8, 1, NODE, 0);
	static const struct row own = ROW(LRU_HASH, 4, 8, 1, NODE | OWN_LRU, 0);
	static const struct row percpu = ROW(LRU_PERCPU_HASH, 4, 8, 1, NODE, 0);

	CHECK_ROWS(rows);
	/* A part for each CPU lies on no node. */
	CHECK_EQ(check_of(&common, 0, 0), 0);
	CHECK_EQ(check_of(&own, 0, 0), -EINVAL);
	CHECK_EQ(check_of(&percpu, 0, 0), -EINVAL);
}

static void queue_and_stack(void)
{
	static const struct row rows[] = {
		ROW(QUEUE, 0, 8, 1, 0, 0),
		ROW(STACK, 0, 8, 1, 0, 0),
		ROW(QUEUE, 0, 4 << 20, UINT_LIMIT, ALL_ACCESS | NODE, 0),
		ROW(STACK, 0, 1, 1, WRONLY | WRONLY_PROG | NODE, 0),
		ROW(QUEUE, 4, 8, 1, 0, -EINVAL),
		ROW(STACK, 4, 8, 1, 0, -EINVAL),
		ROW(QUEUE, 0, 0, 1, 0, -EINVAL),
		ROW(QUEUE, 0, 8, 0, 0, -EINVAL),
		ROW(QUEUE, 0, (4 << 20) + 1, 1, 0, -E2BIG),
		ROW(STACK, 0, (4 << 20) + 1, 1, 0, -E2BIG),
		ROW(QUEUE, 0, 8, 1, RDONLY | WRONLY, -EINVAL),
		ROW(QUEUE, 0, 8, 1, RDONLY_PROG | WRONLY_PROG, -EINVAL),
		ROW(QUEUE, 0, 8, 1, NO_PREALLOC, -EINVAL),
		ROW(QUEUE, 0, 8, 1, ZERO_SEED, -EINVAL),
		ROW(QUEUE, 0, 8, 1, MMAPABLE, -EINVAL),
		ROW(QUEUE, 0, 8, 1, INNER, -EINVAL),
		ROW(STACK, 0, 8, 1, OWN_LRU, -EINVAL),
	};

	CHECK_ROWS(rows);
}

static void bloom_filter(void)
{
	static const struct row rows[] = {
		ROW(BLOOM_FILTER, 0, 8, 1, 0, 0),
		ROW(BLOOM_FILTER, 0, 4 << 20, UINT_LIMIT, ALL_ACCESS | NODE | ZERO_SEED, 0),
		ROW(BLOOM_FILTER, 4, 8, 1, 0, -EINVAL),
		ROW(BLOOM_FILTER, 0, 0, 1, 0, -EINVAL),
		ROW(BLOOM_FILTER, 0, 8, 0, 0, -EINVAL),
		ROW(BLOOM_FILTER, 0, (4 << 20) + 1, 1, 0, -E2BIG),
		ROW(BLOOM_FILTER, 0, 8, 1, RDONLY | WRONLY, -EINVAL),
		ROW(BLOOM_FILTER, 0, 8, 1, NO_PREALLOC, -EINVAL),
		ROW(BLOOM_FILTER, 0, 8, 1, MMAPABLE, -EINVAL),
	};

	CHECK_ROWS(rows);
}

#define MAP(kind, key, value, entries, more) { .type = MODBPF_MAP_##kind, .key_size = key, \
	.value_size = value, .max_entries = entries, .flags = more, .numa_node = MAP_ATTR_NO_NODE }

/* What a map of maps may be made for, and then what it takes. */
static void maps_of_maps(void)
{
	static const struct map_attr array = MAP(ARRAY, 4, 8, 4, 0), hash = MAP(HASH, 4, 8, 4, 0);
	static const struct map_attr inner = MAP(ARRAY, 4, 8, 4, INNER);
	static const struct map_attr progs = MAP(PROG_ARRAY, 4, 4, 4, 0);
	static const struct map_attr none = MAP(SOCKMAP, 4, 4, 4, 0);
	static const struct {
		const struct map_attr *inner;
		struct map_attr attr;
		int err;
	} rows[] = {
		{ &array, MAP(ARRAY_OF_MAPS, 4, 4, 4, RDONLY | NODE), 0 },
		{ &hash, MAP(HASH_OF_MAPS, 16, 4, 4, NO_PREALLOC | RDONLY_PROG), 0 },
		{ NULL, MAP(ARRAY_OF_MAPS, 4, 4, 4, 0), -EINVAL },
		{ NULL, MAP(HASH_OF_MAPS, 4, 4, 4, 0), -EINVAL },
		{ &none, MAP(ARRAY_OF_MAPS, 4, 4, 4, 0), -EINVAL },
		{ &progs, MAP(ARRAY_OF_MAPS, 4, 4, 4, 0), -524 },
		{ &rows[0].attr, MAP(ARRAY_OF_MAPS, 4, 4, 4, 0), -EINVAL },
		{ &rows[0].attr, MAP(HASH_OF_MAPS, 4, 4, 4, 0), -EINVAL },
		{ &rows[1].attr, MAP(HASH_OF_MAPS, 4, 4, 4, 0), -EINVAL },
		{ &array, MAP(ARRAY_OF_MAPS, 4, 8, 4, 0), -EINVAL },
		{ &array, MAP(ARRAY_OF_MAPS, 8, 4, 4, 0), -EINVAL },
		{ &array, MAP(ARRAY_OF_MAPS, 4, 4, 4, RDONLY_PROG), -EINVAL },
		{ &array, MAP(ARRAY_OF_MAPS, 4, 4, 4, INNER), -EINVAL },
		{ &array, MAP(HASH_OF_MAPS, 4, 8, 4, 0), -EINVAL },
		{ &array, MAP(HASH_OF_MAPS, 0, 4, 4, 0), -EINVAL },
		{ &none, MAP(ARRAY, 4, 8, 4, 0), 0 },
	};
	struct map_attr attr;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		attr = rows[i].attr;
		attr.inner = rows[i].inner;
		if (map_attr_check(&attr) != rows[i].err)
			check_failed(__FILE__, __LINE__, "row %u is %d", i, map_attr_check(&attr));
	}
	CHECK(map_attr_fits(&array, &array));
	attr = array;
	attr.max_entries = 5;
	CHECK(!map_attr_fits(&array, &attr));
	CHECK(!map_attr_fits(&inner, &array));
	attr.flags = INNER;
	CHECK(map_attr_fits(&inner, &attr));
	attr = hash;
	CHECK(!map_attr_fits(&array, &attr));
	attr.max_entries = 5;
	CHECK(map_attr_fits(&hash, &attr));
	attr.key_size = 8;
	CHECK(!map_attr_fits(&hash, &attr));
	attr = hash;
	attr.value_size = 4;
	CHECK(!map_attr_fits(&hash, &attr));
	attr = hash;
	attr.flags = ZERO_SEED;
	CHECK(!map_attr_fits(&hash, &attr));
	CHECK(!map_attr_fits(&none, &none));
	CHECK(map_attr_holds_maps(MODBPF_MAP_HASH_OF_MAPS));
	CHECK(!map_attr_holds_maps(MODBPF_MAP_HASH));
}

static void types_that_are_not_there(void)
{
	static const struct row rows[] = {
		ROW(SOCKMAP, 4, 4, 1, 0, -EINVAL),
		{ 0, 4, 4, 1, 0, -EINVAL },
		{ MODBPF_MAP_TYPE_COUNT, 4, 4, 1, 0, -EINVAL },
		{ UINT_LIMIT, 4, 4, 1, 0, -EINVAL },
	};

	CHECK_ROWS(rows);
}

static void extra(void)
{
	static const struct row row = ROW(HASH, 4, 4, 1, 0, 0);
	static const struct row bloom = ROW(BLOOM_FILTER, 0, 4, 1, 0, 0);

	CHECK_EQ(check_of(&bloom, 1, MAP_ATTR_NO_NODE), 0);
	CHECK_EQ(check_of(&bloom, 15, MAP_ATTR_NO_NODE), 0);
	CHECK_EQ(check_of(&bloom, 16, MAP_ATTR_NO_NODE), -EINVAL);
	CHECK_EQ(check_of(&bloom, 1ull << 32, MAP_ATTR_NO_NODE), -EINVAL);
	CHECK_EQ(check_of(&row, 1, MAP_ATTR_NO_NODE), -EINVAL);
	CHECK_EQ(check_of(&row, 1ull << 63, MAP_ATTR_NO_NODE), -EINVAL);
}

static bool needs_admin(u32 type, u32 flags)
{
	const struct map_attr attr = { .type = type, .flags = flags };

	return map_attr_needs_admin(&attr);
}

static void admin(void)
{
	CHECK(needs_admin(MODBPF_MAP_HASH, ZERO_SEED));
	CHECK(needs_admin(MODBPF_MAP_PERCPU_HASH, ZERO_SEED));
	CHECK(needs_admin(MODBPF_MAP_LRU_HASH, ZERO_SEED));
	CHECK(needs_admin(MODBPF_MAP_LRU_PERCPU_HASH, ZERO_SEED));
	CHECK(!needs_admin(MODBPF_MAP_BLOOM_FILTER, ZERO_SEED));
	CHECK(!needs_admin(MODBPF_MAP_HASH, NO_PREALLOC));
	CHECK(!needs_admin(MODBPF_MAP_TYPE_COUNT, ZERO_SEED));
}

static u64 least(u32 type, u32 key, u32 value, u32 entries)
{
	const struct map_attr attr = { .type = type, .key_size = key, .value_size = value,
				       .max_entries = entries };

	return map_attr_least_bytes(&attr, 3);
}

/* Each value starts at a multiple of 8; on 3 CPUs there are 3. */
static void bytes_of_values(void)
{
	CHECK_EQ(least(MODBPF_MAP_ARRAY, 4, 10, 7), 7 * 16);
	CHECK_EQ(least(MODBPF_MAP_ARRAY, 4, 8, 7), 7 * 8);
	CHECK(least(MODBPF_MAP_ARRAY, 4, INT_LIMIT, UINT_LIMIT) == 0x80000000ull * UINT_LIMIT);
	CHECK_EQ(least(MODBPF_MAP_PERCPU_ARRAY, 4, 10, 7), 3 * 7 * 16);
	CHECK_EQ(least(MODBPF_MAP_QUEUE, 0, 10, 7), 7 * 16);
	CHECK_EQ(least(MODBPF_MAP_STACK, 0, 1, 7), 7 * 8);
	CHECK_EQ(least(MODBPF_MAP_RINGBUF, 0, 0, 4096), 4096);
	CHECK_EQ(least(MODBPF_MAP_USER_RINGBUF, 0, 0, 8192), 8192);
	/* Addresses; a program array has another word for each. */
	CHECK_EQ(least(MODBPF_MAP_CGROUP_ARRAY, 4, 4, 7), 7 * 8);
	CHECK_EQ(least(MODBPF_MAP_ARRAY_OF_MAPS, 4, 4, 7), 7 * 8);
	CHECK_EQ(least(MODBPF_MAP_PERF_EVENT_ARRAY, 4, 4, 7), 7 * 8);
	CHECK_EQ(least(MODBPF_MAP_PROG_ARRAY, 4, 4, 7), 7 * 16);
	/* What comes later is not certain. */
	CHECK_EQ(least(MODBPF_MAP_LPM_TRIE, 8, 10, UINT_LIMIT), 0);
	CHECK_EQ(least(MODBPF_MAP_TYPE_COUNT, 4, 10, 7), 0);
}

/* An entry has a link, a hash and its number; a bucket the first of a chain, a lock and a count. */
static void bytes_of_hashes(void)
{
	CHECK_EQ(least(MODBPF_MAP_HASH, 4, 10, 7), 7 * (16 + 8 + 16) + 8 * 16);
	CHECK_EQ(least(MODBPF_MAP_HASH, 1, 1, 1), 16 + 8 + 8 + 16);
	CHECK_EQ(least(MODBPF_MAP_HASH, 8, 8, 1025), 1025 * 32 + 2048 * 16);
	CHECK_EQ(least(MODBPF_MAP_HASH, 8, 8, 1u << 31), 48ull << 31);
	CHECK_EQ(least(MODBPF_MAP_HASH_OF_MAPS, 9, 4, 7), 7 * (16 + 16 + 8) + 8 * 16);
	CHECK_EQ(least(MODBPF_MAP_LRU_HASH, 4, 10, 7), 7 * (16 + 8 + 16 + 8) + 8 * 16);
	CHECK_EQ(least(MODBPF_MAP_PERCPU_HASH, 4, 10, 7), 7 * (16 + 8 + 8 + 3 * 16) + 8 * 16);
	CHECK_EQ(least(MODBPF_MAP_LRU_PERCPU_HASH, 4, 10, 7),
		 7 * (16 + 8 + 8 + 8 + 3 * 16) + 8 * 16);
	CHECK_EQ(least(MODBPF_MAP_STACK_TRACE, 4, 80, 9), 9 * (16 + 80) + 16 * 4);
}

static u64 least_of_bloom(u32 entries, u64 hashes)
{
	const struct map_attr attr = { .type = MODBPF_MAP_BLOOM_FILTER, .value_size = 10,
				       .max_entries = entries, .extra = hashes };

	return map_attr_least_bytes(&attr, 3);
}

/* 7/5 bits for each hash of each value, rounded up to a power of two. */
static void bytes_of_bloom_filters(void)
{
	CHECK_EQ(least_of_bloom(1, 1), 8);
	CHECK_EQ(least_of_bloom(9, 0), 8);		/* 63 bits */
	CHECK_EQ(least_of_bloom(10, 0), 16);		/* 70 */
	CHECK_EQ(least_of_bloom(1000, 0), 1024);	/* 7000 */
	CHECK_EQ(least_of_bloom(1000, 15), 4096);	/* 21000 */
	CHECK_EQ(least_of_bloom(1533916892, 1), 256 << 20);	/* 2^31 */
	CHECK_EQ(least_of_bloom(1533916893, 1), 512 << 20);
	CHECK_EQ(least_of_bloom(UINT_LIMIT, 15), 512 << 20);
}

static const struct check_case cases[] = {
	{ "array", array },
	{ "per-CPU array", percpu_array },
	{ "hash", hash },
	{ "LPM trie", lpm_trie },
	{ "ring buffer", ring_buffer },
	{ "per-CPU hash", percpu_hash },
	{ "LRU hash", lru_hash },
	{ "queue and stack", queue_and_stack },
	{ "bloom filter", bloom_filter },
	{ "stack traces", stack_trace },
	{ "arrays of objects", arrays_of_objects },
	{ "maps of maps", maps_of_maps },
	{ "types that are not there", types_that_are_not_there },
	{ "map_extra", extra },
	{ "what the administrator alone may", admin },
	{ "bytes of values", bytes_of_values },
	{ "bytes of hashes", bytes_of_hashes },
	{ "bytes of bloom filters", bytes_of_bloom_filters },
};

int main(int argc, char **argv)
{
	return check_run("test_map_attr", cases, ARRAY_SIZE(cases), argc, argv);
}
