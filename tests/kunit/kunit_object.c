// SPDX-License-Identifier: GPL-2.0-only
/* Are ids, references and names of objects what they promise? */
#include <kunit/test.h>

#include "module/caller.h"
#include "module/object.h"

static struct object_ids ids = OBJECT_IDS_INIT(ids);

static void make(struct object *obj)
{
	struct caller caller;

	memset(obj, 0, sizeof(*obj));
	caller_init_current(&caller);
	object_init(obj, &caller);
}

/* As the owner of an object does it on the last put. */
static void drop(struct object *obj)
{
	if (!refcount_dec_and_test(&obj->refs))
		return;
	object_withdraw(&ids, obj);
	objects_forget_one();
}

static void an_id_finds_only_the_living(struct kunit *test)
{
	struct object obj;
	u32 id;

	make(&obj);
	KUNIT_EXPECT_EQ(test, object_publish(&ids, &obj), 0);
	id = obj.id;
	KUNIT_EXPECT_GT(test, id, 0u);
	KUNIT_EXPECT_PTR_EQ(test, object_get_by_id(&ids, id), &obj);
	KUNIT_EXPECT_EQ(test, refcount_read(&obj.refs), 2u);
	drop(&obj);
	/* The last reference is gone, the id not yet withdrawn: it must not come back. */
	KUNIT_EXPECT_TRUE(test, refcount_dec_and_test(&obj.refs));
	KUNIT_EXPECT_NULL(test, object_get_by_id(&ids, id));
	object_withdraw(&ids, &obj);
	objects_forget_one();
	KUNIT_EXPECT_NULL(test, object_get_by_id(&ids, id));
}

static void an_id_is_not_used_again_at_once(struct kunit *test)
{
	struct object first, second;

	make(&first);
	KUNIT_EXPECT_EQ(test, object_publish(&ids, &first), 0);
	drop(&first);
	make(&second);
	KUNIT_EXPECT_EQ(test, object_publish(&ids, &second), 0);
	KUNIT_EXPECT_GT(test, second.id, first.id);
	KUNIT_EXPECT_EQ(test, object_next_id(&ids, 0), second.id);
	KUNIT_EXPECT_EQ(test, object_next_id(&ids, second.id), 0u);
	KUNIT_EXPECT_EQ(test, object_next_id(&ids, U32_MAX), 0u);
	drop(&second);
}

static void names_are_checked(struct kunit *test)
{
	static const char good[][16] = { "", "a", "under_score.9", "fifteen_letters" };
	static const char bad[][16] = { "a b", "a-b", "/", "\n", "sixteen_letters_" };
	struct object obj;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		make(&obj);
		KUNIT_EXPECT_EQ(test, object_set_name(&obj, good[i]), 0);
		KUNIT_EXPECT_STREQ(test, obj.name, good[i]);
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_EQ(test, object_set_name(&obj, bad[i]), -EINVAL);
}

static void forget_ids(struct kunit *test)
{
	idr_destroy(&ids.idr);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(an_id_finds_only_the_living),
	KUNIT_CASE(an_id_is_not_used_again_at_once),
	KUNIT_CASE(names_are_checked),
	{}
};

struct kunit_suite kunit_object_suite = {
	.name = "modbpf-object",
	.exit = forget_ids,
	.test_cases = cases,
};
