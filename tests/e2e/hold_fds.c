// SPDX-License-Identifier: GPL-2.0-only
/*
 * "hold_fds map|prog": make one of the device, say so, and wait to be killed. The
 * device itself is closed again: what is made has to keep the module on its own.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "user/libmodbpf.h"

static int make_prog(void)
{
	struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, "held", "GPL", insns, 2, NULL);
}

int main(int argc, char **argv)
{
	int fd;

	if (argc != 2)
		return 2;
	fd = !strcmp(argv[1], "map") ? bpf_map_create(BPF_MAP_TYPE_HASH, "held", 4, 8, 16, NULL) : make_prog();
	if (fd < 0) {
		printf("failed: %s\n", strerror(errno));
		return 1;
	}
	close(modbpf_device());
	printf("holding\n");
	fflush(stdout);
	pause();
	return 0;
}
