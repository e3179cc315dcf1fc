// SPDX-License-Identifier: GPL-2.0-only
/*
 * "turns LINK PROG PROG": two programs take each other's place in a link, by their ids, as
 * often and as fast as it goes until somebody ends it. Says how often.
 */
#include <signal.h>

#include "tests/e2e/abi.h"

static volatile sig_atomic_t is_over;

static void end(int signal)
{
	is_over = 1;
}

int main(int argc, char **argv)
{
	int link, prog[2], err = 0;
	unsigned long cnt = 0;

	device = open(MODBPF_DEVICE, O_RDWR | O_CLOEXEC);
	if (device < 0 || argc != 4)
		return 2;
	link = open_id(MODBPF_CMD_LINK_GET_FD_BY_ID, argv[1]);
	prog[0] = open_id(MODBPF_CMD_PROG_GET_FD_BY_ID, argv[2]);
	prog[1] = open_id(MODBPF_CMD_PROG_GET_FD_BY_ID, argv[3]);
	signal(SIGTERM, end);
	signal(SIGINT, end);
	while (!is_over && !err) {
		/* The first one hangs there. */
		union modbpf_attr attr = { .link_update = {
			.link_fd = link,
			.new_prog_fd = prog[(cnt + 1) % 2],
			.flags = MODBPF_F_REPLACE,
			.old_prog_fd = prog[cnt % 2],
		} };

		err = call(MODBPF_CMD_LINK_UPDATE, &attr, sizeof(attr));
		cnt += !err;
	}
	if (err)
		printf("after %lu turns: %s\n", cnt, strerror(-err));
	else
		printf("%lu\n", cnt);
	return !!err;
}
