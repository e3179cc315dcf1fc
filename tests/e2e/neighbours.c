// SPDX-License-Identifier: GPL-2.0-only
/*
 * "neighbours PROG PROG": at IPv4's LOCAL_IN, before and behind what hangs there, the first program comes,
 * the second takes its place, and it goes, again and again until somebody ends it; a line for each time.
 * By their ids; in this process's namespace.
 */
#include <signal.h>

#include "isa/abi.h"
#include "tests/e2e/abi.h"

#define NFPROTO_IPV4 2
#define LOCAL_IN 1
#define FAR 100	/* from priority 0 */
#define STAY_US 5000	/* each of them, so that packets meet it */

static int prog[2];
static volatile sig_atomic_t is_over;

static void end(int signal)
{
	is_over = 1;
}

static int comes(int priority)
{
	union modbpf_attr attr = { .link_create = {
		.prog_fd = prog[0],
		.attach_type = MODBPF_ATTACH_NETFILTER,
		.netfilter = { .pf = NFPROTO_IPV4, .hooknum = LOCAL_IN, .priority = priority },
	} };

	return want_fd("one comes", call(MODBPF_CMD_LINK_CREATE, &attr, sizeof(attr)));
}

static void is_replaced(int link)
{
	union modbpf_attr attr = { .link_update = { .link_fd = link, .new_prog_fd = prog[1] } };

	want("another takes its place", call(MODBPF_CMD_LINK_UPDATE, &attr, sizeof(attr)), 0);
}

int main(int argc, char **argv)
{
	int before, behind, i;

	device = open(MODBPF_DEVICE, O_RDWR | O_CLOEXEC);
	if (device < 0 || argc != 3)
		return 2;
	for (i = 0; i < 2; i++)
		prog[i] = want_fd(argv[1 + i], open_id(MODBPF_CMD_PROG_GET_FD_BY_ID, argv[1 + i]));
	setlinebuf(stdout);
	signal(SIGTERM, end);
	for (i = 0; !is_over && !failed; i++) {
		before = comes(-FAR);
		behind = comes(FAR);
		usleep(STAY_US);
		is_replaced(before);
		is_replaced(behind);
		usleep(STAY_US);
		close(i & 1 ? before : behind);
		close(i & 1 ? behind : before);
		puts("round");
	}
	return finish("neighbours");
}
