// SPDX-License-Identifier: GPL-2.0-only
/* Is what a user has counted once, given back once, and never more than may be had? */
#include <linux/completion.h>
#include <linux/cred.h>
#include <linux/kthread.h>
#include <linux/sizes.h>
#include <linux/user_namespace.h>

#include "module/caller.h"
#include "module/quota.h"
#include "tests/kunit/map_fixture.h"

/* The defaults for who is not root. */
#define MAP_BYTES (256ULL << 20)
#define OBJECTS 4096
#define SOMEBODY 12345

struct somebody {
	struct caller caller;
	struct cred *cred;
};

static int begin(struct kunit *test)
{
	struct somebody *user = kunit_kzalloc(test, sizeof(*user), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, user);
	user->cred = prepare_creds();
	KUNIT_ASSERT_NOT_NULL(test, user->cred);
	user->cred->uid = KUIDT_INIT(SOMEBODY);
	user->caller.cred = user->cred;
	test->priv = user;
	return 0;
}

static void end(struct kunit *test)
{
	struct somebody *user = test->priv;

	if (user && user->cred)
		abort_creds(user->cred);
}

static const struct caller *somebody(struct kunit *test)
{
	struct somebody *user = test->priv;

	return &user->caller;
}

/* Somebody who has nothing may have all. */
static void has_nothing(struct kunit *test)
{
	struct quota_charge charge;

	KUNIT_ASSERT_EQ(test, quota_open(&charge, somebody(test)), 0);
	KUNIT_EXPECT_EQ(test, quota_set(&charge, QUOTA_MAP_BYTES, MAP_BYTES), 0);
	KUNIT_EXPECT_EQ(test, quota_set(&charge, QUOTA_OBJECTS, OBJECTS), 0);
	quota_close(&charge);
}

static void bytes_end_at_the_limit(struct kunit *test)
{
	struct quota_charge first, second;

	KUNIT_ASSERT_EQ(test, quota_open(&first, somebody(test)), 0);
	KUNIT_ASSERT_EQ(test, quota_open(&second, somebody(test)), 0);
	KUNIT_EXPECT_EQ(test, quota_set(&first, QUOTA_MAP_BYTES, MAP_BYTES + 1), -ENOMEM);
	KUNIT_EXPECT_EQ(test, quota_set(&first, QUOTA_MAP_BYTES, U64_MAX), -ENOMEM);
	KUNIT_EXPECT_EQ(test, quota_set(&first, QUOTA_MAP_BYTES, MAP_BYTES - 5), 0);
	KUNIT_EXPECT_EQ(test, quota_set(&second, QUOTA_MAP_BYTES, 6), -ENOMEM);
	KUNIT_EXPECT_EQ(test, quota_set(&second, QUOTA_MAP_BYTES, 5), 0);
	KUNIT_EXPECT_EQ(test, quota_set(&second, QUOTA_MAP_BYTES, U64_MAX - 1), -ENOMEM);
	/* A refusal leaves what was; less is always had, and is there for others. */
	KUNIT_EXPECT_EQ(test, quota_set(&first, QUOTA_MAP_BYTES, MAP_BYTES - 6), 0);
	KUNIT_EXPECT_EQ(test, quota_set(&second, QUOTA_MAP_BYTES, 7), -ENOMEM);
	KUNIT_EXPECT_EQ(test, quota_set(&second, QUOTA_MAP_BYTES, 6), 0);
	quota_close(&first);
	quota_close(&first);
	KUNIT_EXPECT_EQ(test, quota_set(&second, QUOTA_MAP_BYTES, MAP_BYTES + 1), -ENOMEM);
	KUNIT_EXPECT_EQ(test, quota_set(&second, QUOTA_MAP_BYTES, MAP_BYTES), 0);
	quota_close(&second);
	has_nothing(test);
}

static void objects_end_at_the_limit(struct kunit *test)
{
	struct quota_charge *charges = kunit_kcalloc(test, OBJECTS + 1, sizeof(*charges), GFP_KERNEL);
	struct quota_charge moved, others;
	struct caller root;
	u32 i, failed = 0;

	KUNIT_ASSERT_NOT_NULL(test, charges);
	for (i = 0; i < OBJECTS; i++)
		failed += !!quota_open(&charges[i], somebody(test));
	KUNIT_EXPECT_EQ(test, failed, 0u);
	KUNIT_EXPECT_EQ(test, quota_open(&charges[OBJECTS], somebody(test)), -EPERM);
	KUNIT_EXPECT_NULL(test, charges[OBJECTS].user);
	/* Root is another user, with a limit of his own. */
	caller_init_current(&root);
	KUNIT_EXPECT_EQ(test, quota_open(&others, &root), 0);
	KUNIT_EXPECT_EQ(test, quota_set(&others, QUOTA_MAP_BYTES, 4 * MAP_BYTES), 0);
	quota_close(&others);
	moved = charges[0];
	quota_close(&moved);
	KUNIT_EXPECT_EQ(test, quota_open(&charges[0], somebody(test)), 0);
	for (i = 0; i < OBJECTS; i++)
		quota_close(&charges[i]);
	has_nothing(test);
}

static void what_is_nobodys_is_not_counted(struct kunit *test)
{
	struct quota_charge charge = {};

	KUNIT_EXPECT_EQ(test, quota_set(&charge, QUOTA_MAP_BYTES, U64_MAX), 0);
	quota_close(&charge);
	has_nothing(test);
}

/* Whom does @uid count as, in a namespace that @inner made, inside of one that @outer made? */
static void counts_as(struct kunit *test, u32 uid, u32 inner, u32 outer, u32 payer)
{
	struct user_namespace *ns = kunit_kcalloc(test, 2, sizeof(*ns), GFP_KERNEL);
	struct somebody *user = test->priv;
	struct user_namespace *own = user->cred->user_ns;
	struct quota_charge charge, his;

	KUNIT_ASSERT_NOT_NULL(test, ns);
	user->cred->uid = KUIDT_INIT(payer);
	KUNIT_ASSERT_EQ(test, quota_open(&his, somebody(test)), 0);
	ns[0].parent = &init_user_ns;
	ns[0].owner = KUIDT_INIT(outer);
	ns[1].parent = &ns[0];
	ns[1].owner = KUIDT_INIT(inner);
	user->cred->uid = KUIDT_INIT(uid);
	user->cred->user_ns = inner == outer ? &ns[0] : &ns[1];
	KUNIT_EXPECT_EQ(test, quota_open(&charge, somebody(test)), 0);
	user->cred->user_ns = own;
	KUNIT_EXPECT_PTR_EQ_MSG(test, charge.user, his.user, "uid %u, of %u in that of %u", uid,
				inner, outer);
	quota_close(&charge);
	quota_close(&his);
}

static void who_makes_a_namespace_pays(struct kunit *test)
{
	/* Whoever he is there, and as often as he likes. */
	counts_as(test, 100005, SOMEBODY, SOMEBODY, SOMEBODY);
	counts_as(test, SOMEBODY, SOMEBODY, SOMEBODY, SOMEBODY);
	counts_as(test, 100006, 100005, SOMEBODY, SOMEBODY);
	counts_as(test, 0, SOMEBODY, SOMEBODY, SOMEBODY);
	counts_as(test, 100005, 0, SOMEBODY, SOMEBODY);
	/* In what root made each is himself, and nobody is root. */
	counts_as(test, 100005, 0, 0, 100005);
	counts_as(test, 100006, 100005, 0, 100006);
	counts_as(test, 0, 0, 0, 0);
}

struct storm {
	const struct caller *caller;
	struct completion done;
	u32 failed;
};

static int storm_run(void *arg)
{
	struct storm *storm = arg;
	struct quota_charge charge;
	u32 i;

	for (i = 0; i < 5000; i++) {
		storm->failed += !!quota_open(&charge, storm->caller);
		storm->failed += !!quota_set(&charge, QUOTA_MAP_BYTES, i * 7);
		storm->failed += !!quota_set(&charge, QUOTA_JIT_BYTES, i);
		storm->failed += !!quota_set(&charge, QUOTA_MAP_BYTES, i);
		quota_close(&charge);
		if (!(i & 63))
			cond_resched();
	}
	complete(&storm->done);
	return 0;
}

static void nothing_is_lost_in_a_storm(struct kunit *test)
{
	struct storm storms[4];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(storms); i++) {
		storms[i].caller = somebody(test);
		storms[i].failed = 0;
		init_completion(&storms[i].done);
		KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(storm_run, &storms[i], "quota/%u", i)));
	}
	for (i = 0; i < ARRAY_SIZE(storms); i++) {
		wait_for_completion(&storms[i].done);
		KUNIT_EXPECT_EQ(test, storms[i].failed, 0u);
	}
	has_nothing(test);
}

/*
 * A map takes no less than what is certain of it, or too much would be asked for; and not much
 * more, or too much would be had. Locks that are watched are larger.
 */
static void is_certain_of(struct kunit *test, const struct map_attr *params)
{
	u64 least = map_attr_least_bytes(params, num_possible_cpus());
	struct modbpf_map *map = map_fixture_make(test, *params);

	KUNIT_EXPECT_GE_MSG(test, map->memory, least, "type %u", params->type);
	if (params->type != MODBPF_MAP_LPM_TRIE && !IS_ENABLED(CONFIG_DEBUG_SPINLOCK))
		KUNIT_EXPECT_LE_MSG(test, map->memory, 2 * least + SZ_32K, "type %u", params->type);
	map_fixture_free(map);
}

static void what_is_certain_is_not_too_much(struct kunit *test)
{
	static const struct map_attr inner = MAP_PARAMS(ARRAY, 4, 8, 1, 0);
	static const struct map_attr params[] = {
		MAP_PARAMS(ARRAY, 4, 100, 1000, 0), MAP_PARAMS(PERCPU_ARRAY, 4, 100, 1000, 0),
		MAP_PARAMS(ARRAY, 4, 1, 65536, 0), MAP_PARAMS(PERCPU_ARRAY, 4, 1, 9000, 0),
		MAP_PARAMS(HASH, 20, 100, 1000, 0), MAP_PARAMS(PERCPU_HASH, 20, 100, 1000, 0),
		MAP_PARAMS(HASH, 1, 1, 65536, 0), MAP_PARAMS(PERCPU_HASH, 1, 1, 65536, 0),
		MAP_PARAMS(LRU_HASH, 20, 100, 1000, 0), MAP_PARAMS(LRU_PERCPU_HASH, 20, 100, 1000, 0),
		MAP_PARAMS(LRU_HASH, 1, 1, 65537, 0), MAP_PARAMS(LRU_PERCPU_HASH, 1, 1, 65537, 0),
		MAP_PARAMS(LRU_HASH, 9, 9, 1025, MODBPF_F_NO_COMMON_LRU),
		MAP_PARAMS(PROG_ARRAY, 4, 4, 65536, 0), MAP_PARAMS(PERF_EVENT_ARRAY, 4, 4, 65536, 0),
		MAP_PARAMS(CGROUP_ARRAY, 4, 4, 65536, 0), MAP_PARAMS(STACK_TRACE, 4, 80, 1000, 0),
		MAP_PARAMS(STACK_TRACE, 4, 8, 65536, 0),
		MAP_PARAMS(QUEUE, 0, 100, 1000, 0), MAP_PARAMS(STACK, 0, 1, 65536, 0),
		MAP_PARAMS(RINGBUF, 0, 0, 65536, 0), MAP_PARAMS(USER_RINGBUF, 0, 0, 65536, 0),
		MAP_PARAMS(BLOOM_FILTER, 0, 100, 1000, 0), MAP_PARAMS(BLOOM_FILTER, 0, 1, 1 << 20, 0),
		MAP_PARAMS(LPM_TRIE, 8, 100, 1000, MODBPF_F_NO_PREALLOC),
		MAP_PARAMS(ARRAY_OF_MAPS, 4, 4, 65536, 0), MAP_PARAMS(HASH_OF_MAPS, 1, 4, 65536, 0),
	};
	struct map_attr attr;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(params); i++) {
		attr = params[i];
		if (map_attr_holds_maps(attr.type))
			attr.inner = &inner;
		is_certain_of(test, &attr);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(bytes_end_at_the_limit),
	KUNIT_CASE(objects_end_at_the_limit),
	KUNIT_CASE(what_is_nobodys_is_not_counted),
	KUNIT_CASE(who_makes_a_namespace_pays),
	KUNIT_CASE(nothing_is_lost_in_a_storm),
	KUNIT_CASE(what_is_certain_is_not_too_much),
	{}
};

struct kunit_suite kunit_quota_suite = {
	.name = "modbpf-quota",
	.init = begin,
	.exit = end,
	.test_cases = cases,
};
