// SPDX-License-Identifier: GPL-2.0-only
/* How often was each kind of call tried, and granted? */
#include "tests/hostile/hostile.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

/* Tries: of the rarest kind one in thirty is granted, so what never was by then is a failure. */
#define ENOUGH 200

#define MAX_TALLIES 512

struct tally_count {
	unsigned long tried, granted;
};

void share_tallies(struct tally *tallies, unsigned int cnt)
{
	static struct tally_count *shared_counts;
	static unsigned int used;
	unsigned int i;

	if (!shared_counts)
		shared_counts = mmap(NULL, MAX_TALLIES * sizeof(*shared_counts), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared_counts == MAP_FAILED || used + cnt > MAX_TALLIES)
		abort();
	for (i = 0; i < cnt; i++)
		tallies[i].counts = &shared_counts[used++];
}

void count(struct tally *tally, bool is_granted)
{
	__atomic_fetch_add(&tally->counts->tried, 1, __ATOMIC_RELAXED);
	if (is_granted)
		__atomic_fetch_add(&tally->counts->granted, 1, __ATOMIC_RELAXED);
}

bool print_tallies(const char *title, const struct tally *tallies, unsigned int cnt)
{
	bool has_never = false, is_never;
	unsigned long tried, granted;
	unsigned int i;

	if (title)
		printf("  %s\n", title);
	for (i = 0; i < cnt; i++) {
		tried = tallies[i].counts->tried;
		granted = tallies[i].counts->granted;
		if (!tried)
			continue;
		is_never = tried >= ENOUGH && !granted;
		has_never |= is_never;
		printf("    %-28s %8lu tried %8lu granted%s\n", tallies[i].name, tried, granted,
		       is_never ? "  NEVER" : "");
	}
	return has_never;
}
