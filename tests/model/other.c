// SPDX-License-Identifier: GPL-2.0-only
/* Maps without keys, and those that hold something else than values. */
#include <bpf/bpf.h>
#include <errno.h>
#include <unistd.h>

#include "tests/model/threads.h"

struct locked {
	__u32 lock, pad;
	__u64 words[4];
};

/* --- what goes in comes out --------------------------------------------------------------- */

/* What comes from one producer comes in its order. */
void check_order(enum row row, __u32 *last, __u64 value)
{
	__u32 owner = stamp_owner(value);

	if (!is_stamp_of(value, owner) || owner >= OWNERS) {
		fault(row, NOT_WRITTEN_BY_ANYONE);
		return;
	}
	if (stamp_seq(value) <= last[owner])
		fault(row, OUT_OF_ORDER);
	last[owner] = stamp_seq(value);
}

int pop(enum row row, int fd, __u32 *last)
{
	__u64 value;
	int err = error(bpf_map_lookup_and_delete_elem(fd, NULL, &value));

	if (err)
		return err;
	add(row, OUT_CNT, 1);
	add(row, OUT_SUM, value);
	if (last)
		check_order(row, last, value);
	else if (!is_stamp(value))
		fault(row, NOT_WRITTEN_BY_ANYONE);
	return 0;
}

void use_queue(struct thread *t)
{
	enum row row = draw(t, 2) ? ROW_QUEUE : ROW_STACK;
	int fd = model_map(row == ROW_QUEUE ? "queue" : "stack"), err;
	__u64 value = stamp(t->owner, t->owner, ++t->seq);

	add(row, STEPS, 1);
	if (draw(t, 2)) {
		err = pop(row, fd, row == ROW_QUEUE ? t->last : NULL);
		if (err && err != -ENOENT)
			wrong_errno(row, err);
		return;
	}
	err = error(bpf_map_update_elem(fd, NULL, &value, BPF_ANY));
	if (err == -E2BIG) {
		add(row, DROPPED, 1);
	} else if (err) {
		wrong_errno(row, err);
	} else {
		add(row, IN_CNT, 1);
		add(row, IN_SUM, value);
	}
}

void use_bloom(struct thread *t)
{
	__u64 value = stamp(t->owner, t->owner, ++t->seq % 64);
	int fd = model_map("bloom");

	add(ROW_BLOOM_FILTER, STEPS, 1);
	if (bpf_map_update_elem(fd, NULL, &value, BPF_ANY))
		wrong_errno(ROW_BLOOM_FILTER, -errno);
	if (bpf_map_lookup_elem(fd, NULL, &value))
		fault(ROW_BLOOM_FILTER, LOST);
}

/* --- maps in maps, programs, stacks, cgroups, locks ------------------------------------------ */

void use_inner(struct thread *t)
{
	enum row row = draw(t, 2) ? ROW_ARRAY_OF_MAPS : ROW_HASH_OF_MAPS;
	int outer = model_map(row == ROW_ARRAY_OF_MAPS ? "outer_array" : "outer_hash"), inner, err;
	__u64 value = stamp(INNER_ID, t->owner, ++t->seq);
	__u32 which = draw(t, 2), zero = 0;

	add(row, STEPS, 1);
	if (!draw(t, 3)) {
		err = error(bpf_map_delete_elem(outer, &which));
		if (err && err != -ENOENT)
			wrong_errno(row, err);
		return;
	}
	inner = bpf_map_create(BPF_MAP_TYPE_ARRAY, "inner", 4, 8, 1, NULL);
	if (inner < 0 || bpf_map_update_elem(inner, &zero, &value, 0) ||
	    bpf_map_update_elem(outer, &which, &inner, 0))
		wrong_errno(row, -errno);
	else
		add(row, IN_CNT, 1);
	close(inner);
}

void use_jumps(struct thread *t)
{
	int fd = model_map("jumps"), target = model_prog("jumped_to"), err;
	__u32 which = draw(t, 3);

	add(ROW_PROG_ARRAY, STEPS, 1);
	err = error(draw(t, 2) ? bpf_map_update_elem(fd, &which, &target, 0) : bpf_map_delete_elem(fd, &which));
	if (err && err != -ENOENT)
		wrong_errno(ROW_PROG_ARRAY, err);
}

void use_stacks(struct thread *t)
{
	int fd = model_map("stacks"), i, err;
	__u32 id = draw(t, 64);
	__u64 frames[8];

	add(ROW_STACK_TRACE, STEPS, 1);
	err = error(draw(t, 4) ? bpf_map_lookup_elem(fd, &id, frames) : bpf_map_delete_elem(fd, &id));
	if (err && err != -ENOENT)
		wrong_errno(ROW_STACK_TRACE, err);
	if (bpf_map_lookup_elem(fd, &id, frames))
		return;
	for (i = 0; i < 8; i++)
		if (frames[i] && frames[i] < 0xffff800000000000)
			fault(ROW_STACK_TRACE, NOT_WRITTEN_BY_ANYONE);
	if (!frames[0])
		fault(ROW_STACK_TRACE, NOT_WRITTEN_BY_ANYONE);
}

void use_cgroups(struct thread *t)
{
	int fd = model_map("cgroups"), err;
	__u32 zero = 0;

	add(ROW_CGROUP_ARRAY, STEPS, 1);
	err = error(draw(t, 2) ? bpf_map_update_elem(fd, &zero, &cgroup_fd, 0) : bpf_map_delete_elem(fd, &zero));
	if (err && err != -ENOENT)
		wrong_errno(ROW_CGROUP_ARRAY, err);
}

void use_locked(struct thread *t)
{
	int fd = model_map("locked"), i;
	struct locked value = {};
	__u32 zero = 0;

	add(ROW_LOCKED, STEPS, 1);
	for (i = 0; i < 4; i++)
		value.words[i] = t->seq;
	if (draw(t, 2) && bpf_map_update_elem(fd, &zero, &value, BPF_F_LOCK))
		wrong_errno(ROW_LOCKED, -errno);
	if (bpf_map_lookup_elem_flags(fd, &zero, &value, BPF_F_LOCK))
		wrong_errno(ROW_LOCKED, -errno);
	for (i = 1; i < 4; i++)
		if (value.words[i] != value.words[0])
			fault(ROW_LOCKED, OTHER_VALUE);
}
