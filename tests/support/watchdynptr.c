// SPDX-License-Identifier: GPL-2.0-only
/* Are the dynptrs of a running program made, used and released as they must be? */
#include "tests/support/watchdynptr.h"

static bool is_whole(const struct watch *watch, const struct watch_dynptr *dynptr)
{
	u32 i;

	for (i = 0; i < WATCH_DYNPTR_BYTES; i++)
		if (watch_stack_tag(watch, dynptr->addr + i) != TAG_DYNPTR)
			return false;
	return true;
}

struct watch_dynptr *watch_dynptr_at(struct watch *watch, u64 addr)
{
	u32 i;

	for (i = 0; i < WATCH_DYNPTRS; i++) {
		struct watch_dynptr *dynptr = &watch->dynptrs[i];

		if (dynptr->addr && addr - dynptr->addr < WATCH_DYNPTR_BYTES && is_whole(watch, dynptr))
			return dynptr;
	}
	return NULL;
}

void watch_end_dynptr(struct watch *watch, u64 addr)
{
	struct watch_dynptr *dynptr = watch_dynptr_at(watch, addr);

	if (!dynptr)
		return;
	if (dynptr->is_held)
		watch_complain(watch, "overwrites a dynptr that it holds");
	watch_set_stack(watch, dynptr->addr, WATCH_DYNPTR_BYTES, TAG_UNSET);
	dynptr->addr = 0;
}

void watch_make_dynptr(struct watch *watch, u64 addr, bool is_held)
{
	u32 i;

	for (i = 0; i < WATCH_DYNPTR_BYTES; i += 8)
		watch_end_dynptr(watch, addr + i);
	/* What went with its frame is not looked for again, unless it is held. */
	for (i = 0; i < WATCH_DYNPTRS - 1; i++)
		if (!watch->dynptrs[i].addr || (!watch->dynptrs[i].is_held && !is_whole(watch, &watch->dynptrs[i])))
			break;
	watch->dynptrs[i] = (struct watch_dynptr){ addr, is_held };
	watch_set_stack(watch, addr, WATCH_DYNPTR_BYTES, TAG_DYNPTR);
}

void watch_use_dynptr(struct watch *watch, u64 addr)
{
	const struct watch_dynptr *dynptr = watch_dynptr_at(watch, addr);

	if (addr == (u64)&world.sample && world.sample.data)
		return;
	if (!dynptr || dynptr->addr != addr)
		watch_complain(watch, "uses a dynptr that there is not");
}

void watch_release_dynptr(struct watch *watch, u64 addr)
{
	struct watch_dynptr *dynptr = watch_dynptr_at(watch, addr);

	if (!dynptr || dynptr->addr != addr || !dynptr->is_held)
		watch_complain(watch, "releases a dynptr that it does not hold");
	dynptr->is_held = false;
	watch_end_dynptr(watch, addr);
}

bool watch_holds_dynptrs(const struct watch *watch)
{
	u32 i;

	for (i = 0; i < WATCH_DYNPTRS; i++)
		if (watch->dynptrs[i].addr && watch->dynptrs[i].is_held)
			return true;
	return false;
}
