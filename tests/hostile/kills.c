// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processes that die in the middle of anything: a child attaches, detaches, makes and uses what it
 * can, and is killed a random time later, in a call or between two. What it held must go with it.
 */
#include "tests/hostile/hostile.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define KILLS_EACH 50	/* before all is looked for */
#define KILLERS 4	/* at a time */
#define LEFT_SECONDS 30	/* until grace periods are over */
#define SHORTEST_US 200
#define DOUBLINGS 10	/* up to a fifth of a second */

/* Programs, maps, links: is there one? */
static bool is_anything_left(void)
{
	static const uint32_t cmds[] = {
		MODBPF_CMD_PROG_GET_NEXT_ID, MODBPF_CMD_MAP_GET_NEXT_ID, MODBPF_CMD_LINK_GET_NEXT_ID,
	};
	unsigned int i;

	for (i = 0; i < sizeof(cmds) / sizeof(cmds[0]); i++) {
		union modbpf_attr attr = {};

		if (!plain_call(cmds[i], &attr))
			return true;
	}
	return false;
}

static bool all_has_gone(void)
{
	unsigned int tries;
	char path[128];

	close_kept();
	for (tries = 0; pins && tries < 8; tries++) {
		snprintf(path, sizeof(path), "%s/%u", pins, tries);
		unlink(path);
	}
	for (tries = 0; tries < LEFT_SECONDS * 20; tries++) {
		if (!is_anything_left())
			return true;
		usleep(50000);
	}
	printf("hostile: something of those that were killed is left\n");
	return false;
}

/* As likely soon as late: the time to wait doubles, and is any up to twice that. */
static void wait_a_while(struct worker *w)
{
	uint64_t us = SHORTEST_US << below(w, DOUBLINGS);

	usleep(us + below(w, us));
}

static bool kill_one(struct worker *w, uint64_t seed)
{
	pid_t child = fork();
	int status;

	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		w->state = seed;
		for (;;)
			act_evenly(w);
	}
	wait_a_while(w);
	if (child < 0 || kill(child, SIGKILL) || waitpid(child, &status, 0) != child)
		return false;
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
		printf("hostile: a child ended with %#x before it was killed\n", status);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

/* As a process of its own, beside others. */
static pid_t start_killer(struct worker *w, uint64_t seed, unsigned long cnt)
{
	pid_t killer = fork();

	if (killer)
		return killer;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	w->state = seed;
	while (cnt && kill_one(w, draw(w)))
		cnt--;
	fflush(stdout);
	_exit(cnt != 0);
}

/* Objects for all, children that use them and are killed; then all has to go. */
static bool kill_some(struct worker *w, unsigned long cnt)
{
	pid_t killers[KILLERS];
	bool is_good = true;
	int i, status;

	make_objects(w);
	fflush(stdout);
	for (i = 0; i < KILLERS; i++)
		killers[i] = start_killer(w, draw(w) * 0x9e3779b97f4a7c15ull + 1,
					  cnt / KILLERS + ((unsigned long)i < cnt % KILLERS));
	for (i = 0; i < KILLERS; i++)
		is_good &= killers[i] > 0 && waitpid(killers[i], &status, 0) == killers[i] && !status;
	return all_has_gone() && is_good;
}

bool kill_children(uint64_t seed, unsigned long cnt)
{
	unsigned long done, tenths = 0;
	struct worker w = { .state = seed };

	for (done = 0; done < cnt; done += KILLS_EACH) {
		if (!kill_some(&w, cnt - done < KILLS_EACH ? cnt - done : KILLS_EACH))
			return false;
		if (done * 10 / cnt > tenths) {
			tenths = done * 10 / cnt;
			printf("hostile: %lu of %lu killed\n", done, cnt);
			fflush(stdout);
		}
	}
	printf("soak: kill -9 at random points: %lu\n", cnt);
	return true;
}
