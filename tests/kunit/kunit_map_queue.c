// SPDX-License-Identifier: GPL-2.0-only
/* QUEUE and STACK against a model, re-entered, and under threads: each value to one taker. */
#include <linux/delay.h>
#include <linux/kprobes.h>
#include <linux/kthread.h>
#include <linux/prandom.h>

#include "module/map/lock.h"
#include "tests/kunit/map_fixture.h"

#define MODEL_ROOM 7

struct model {
	u64 value[MODEL_ROOM];
	u32 cnt;
	bool is_stack;
};

static void model_drop(struct model *model, u32 at)
{
	for (model->cnt--; at < model->cnt; at++)
		model->value[at] = model->value[at + 1];
}

static long model_push(struct model *model, u64 value, u64 flags)
{
	if (flags != MODBPF_ANY && flags != MODBPF_EXIST)
		return -EINVAL;
	if (model->cnt == MODEL_ROOM && flags != MODBPF_EXIST)
		return -E2BIG;
	if (model->cnt == MODEL_ROOM)
		model_drop(model, 0);
	model->value[model->cnt++] = value;
	return 0;
}

static long model_read(struct model *model, u64 *value, bool remove)
{
	u32 at = model->is_stack && model->cnt ? model->cnt - 1 : 0;

	*value = 0;
	if (!model->cnt)
		return -ENOENT;
	*value = model->value[at];
	if (remove)
		model_drop(model, at);
	return 0;
}

/* Values of 12 bytes: the last four must not be lost or grow. */
static void model_run(struct kunit *test, u32 type)
{
	struct map_attr params = MAP_PARAMS(QUEUE, 0, 12, MODEL_ROOM, 0);
	struct model model = { .is_stack = type == MODBPF_MAP_STACK };
	struct { u64 number; u32 copy, guard; } got;
	struct modbpf_map *map;
	struct rnd_state random;
	u64 value, flags;
	u32 step, op;
	long err;

	params.type = type;
	map = map_fixture_make(test, params);
	prandom_seed_state(&random, 40 + type);
	for (step = 0; step < 20000; step++) {
		op = prandom_u32_state(&random) % 16;
		flags = prandom_u32_state(&random) % 4;
		/* Now it fills up, now it runs dry. */
		if (op < 2 + (step / 100 % 2) * 10) {
			got.number = prandom_u32_state(&random);
			got.copy = got.number;
			err = map->ops->push(map, &got, flags);
			KUNIT_ASSERT_EQ(test, err, model_push(&model, got.number, flags));
			continue;
		}
		memset(&got, 0xee, sizeof(got));
		err = op & 1 ? map->ops->pop(map, &got) : map->ops->peek(map, &got);
		KUNIT_ASSERT_EQ(test, err, model_read(&model, &value, op & 1));
		KUNIT_ASSERT_EQ(test, got.number, value);
		KUNIT_ASSERT_EQ(test, got.copy, (u32)value);
		KUNIT_ASSERT_EQ(test, got.guard, 0xeeeeeeee);
	}
	map_fixture_free(map);
}

static void queue_does_what_the_model_does(struct kunit *test)
{
	model_run(test, MODBPF_MAP_QUEUE);
}

static void stack_does_what_the_model_does(struct kunit *test)
{
	model_run(test, MODBPF_MAP_STACK);
}

static void queue_has_no_keys(struct kunit *test)
{
	struct modbpf_map *map = map_fixture_make(test, (struct map_attr)
						  MAP_PARAMS(QUEUE, 0, 8, 1, 0));

	KUNIT_EXPECT_NULL(test, map->ops->lookup);
	KUNIT_EXPECT_NULL(test, map->ops->update);
	KUNIT_EXPECT_EQ(test, map->ops->delete(map, NULL), -EINVAL);
	KUNIT_EXPECT_EQ(test, map->ops->next_key(map, NULL, NULL), -EINVAL);
	map_fixture_free(map);
}

static void queue_refuses_giants(struct kunit *test)
{
	struct map_attr params = MAP_PARAMS(QUEUE, 0, 4096, U32_MAX, 0);

	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(map_fixture_try(&params)), -ENOMEM);
}

/* --- re-entered ---------------------------------------------------------------- */

static struct {
	struct modbpf_map *map;
	u32 hits;
	long push, pop, peek;
	u64 popped, peeked;
} reentry;

/* Runs where a section ends, with the lock still held. */
static int reenter(struct kprobe *probe, struct pt_regs *regs)
{
	u64 value = 99;

	reentry.hits++;
	reentry.push = reentry.map->ops->push(reentry.map, &value, MODBPF_EXIST);
	reentry.pop = reentry.map->ops->pop(reentry.map, &reentry.popped);
	reentry.peek = reentry.map->ops->peek(reentry.map, &reentry.peeked);
	return 0;
}

static void queue_is_busy_when_reentered(struct kunit *test)
{
	struct kprobe probe = { .addr = (kprobe_opcode_t *)map_section_ends, .pre_handler = reenter };
	u64 value = 1;

	memset(&reentry, 0xee, sizeof(reentry));
	reentry.hits = 0;
	reentry.map = map_fixture_make(test, (struct map_attr)MAP_PARAMS(QUEUE, 0, 8, 2, 0));
	KUNIT_ASSERT_EQ(test, register_kprobe(&probe), 0);
	KUNIT_EXPECT_EQ(test, reentry.map->ops->push(reentry.map, &value, MODBPF_ANY), 0);
	unregister_kprobe(&probe);
	KUNIT_EXPECT_EQ(test, reentry.hits, 1u);
	KUNIT_EXPECT_EQ(test, reentry.push, -EBUSY);
	KUNIT_EXPECT_EQ(test, reentry.pop, -EBUSY);
	KUNIT_EXPECT_EQ(test, reentry.peek, -EBUSY);
	/* Programs take these for written. */
	KUNIT_EXPECT_EQ(test, reentry.popped, 0ull);
	KUNIT_EXPECT_EQ(test, reentry.peeked, 0ull);
	KUNIT_EXPECT_EQ(test, reentry.map->ops->pop(reentry.map, &value), 0);
	KUNIT_EXPECT_EQ(test, value, 1ull);
	KUNIT_EXPECT_EQ(test, reentry.map->ops->pop(reentry.map, &value), -ENOENT);
	map_fixture_free(reentry.map);
}

/* --- all at once ------------------------------------------------------------------ */

#define STORM_THREADS 4
#define STORM_ROUNDS 20000

struct storm {
	struct modbpf_map *map;
	atomic_t running, threads, wrong;
	atomic64_t pushed, popped;	/* sums of tickets */
};

/* A ticket of 16 bytes, whose second half is the first one's complement. */
static int storm_thread(void *arg)
{
	struct storm *storm = arg;
	struct modbpf_map *map = storm->map;
	u64 ticket = (u64)atomic_inc_return(&storm->threads) << 32;
	u64 value[2];
	u32 i;
	long err;

	for (i = 0; i < STORM_ROUNDS; i++) {
		ticket++;
		value[0] = ticket;
		value[1] = ~ticket;
		err = map->ops->push(map, value, MODBPF_ANY);
		if (!err)
			atomic64_add(ticket, &storm->pushed);
		else if (err != -E2BIG)
			atomic_inc(&storm->wrong);
		err = map->ops->peek(map, value);
		if (err ? err != -ENOENT : value[1] != ~value[0])
			atomic_inc(&storm->wrong);
		err = map->ops->pop(map, value);
		if (!err)
			atomic64_add(value[0], &storm->popped);
		if (err ? err != -ENOENT : value[1] != ~value[0])
			atomic_inc(&storm->wrong);
		if (i % 256 == 0)
			cond_resched();
	}
	atomic_dec(&storm->running);
	return 0;
}

static void queue_loses_nothing_in_a_storm(struct kunit *test)
{
	struct storm storm = { .running = ATOMIC_INIT(0) };
	struct task_struct *task;
	u64 value[2];
	u32 i;

	storm.map = map_fixture_make(test, (struct map_attr)MAP_PARAMS(QUEUE, 0, 16, 3, 0));
	for (i = 0; i < STORM_THREADS; i++) {
		atomic_inc(&storm.running);
		task = kthread_run(storm_thread, &storm, "map-queue/%u", i);
		if (IS_ERR(task)) {
			atomic_dec(&storm.running);
			KUNIT_FAIL(test, "no thread");
		}
	}
	while (atomic_read(&storm.running))
		msleep(10);
	while (!storm.map->ops->pop(storm.map, value))
		atomic64_add(value[0], &storm.popped);
	KUNIT_EXPECT_EQ(test, atomic_read(&storm.wrong), 0);
	KUNIT_EXPECT_EQ(test, atomic64_read(&storm.pushed), atomic64_read(&storm.popped));
	map_fixture_free(storm.map);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(queue_does_what_the_model_does),
	KUNIT_CASE(stack_does_what_the_model_does),
	KUNIT_CASE(queue_has_no_keys),
	KUNIT_CASE(queue_refuses_giants),
	KUNIT_CASE(queue_is_busy_when_reentered),
	KUNIT_CASE(queue_loses_nothing_in_a_storm),
	{}
};

struct kunit_suite kunit_map_queue_suite = {
	.name = "map_queue",
	.test_cases = cases,
};
