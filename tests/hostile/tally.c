// SPDX-License-Identifier: GPL-2.0-only
/* How often was each kind of call tried, and granted? */
#include "tests/hostile/hostile.h"

#include <stdio.h>

#define ENOUGH 500	/* of tries; what was never granted by then is a failure */

void count(struct tally *tally, bool is_granted)
{
	__atomic_fetch_add(&tally->tried, 1, __ATOMIC_RELAXED);
	if (is_granted)
		__atomic_fetch_add(&tally->granted, 1, __ATOMIC_RELAXED);
}

bool print_tallies(const char *title, const struct tally *tallies, unsigned int cnt)
{
	bool has_never = false, is_never;
	unsigned int i;

	if (title)
		printf("  %s\n", title);
	for (i = 0; i < cnt; i++) {
		if (!tallies[i].tried)
			continue;
		is_never = tallies[i].tried >= ENOUGH && !tallies[i].granted;
		has_never |= is_never;
		printf("    %-28s %8lu tried %8lu granted%s\n", tallies[i].name, tallies[i].tried,
		       tallies[i].granted, is_never ? "  NEVER" : "");
	}
	return has_never;
}
