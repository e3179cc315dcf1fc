// SPDX-License-Identifier: GPL-2.0-only
/*
 * "hold_probes entry|return": one link on all the functions that standard input
 * names, one a line. Says "attached CNT in N ms", or "refused" and the errno; ends at SIGINT, and
 * says then how often the program ran and how many events were missed.
 */
#include <signal.h>
#include <stdlib.h>

#include "isa/abi.h"
#include "tests/e2e/abi.h"
#include "tests/e2e/clock.h"

#define MOST 4096

static char names[MOST][128];
static __u64 syms[MOST];

static __u32 read_names(void)
{
	__u32 cnt = 0;

	while (cnt < MOST && fgets(names[cnt], sizeof(names[cnt]), stdin)) {
		names[cnt][strcspn(names[cnt], "\n")] = 0;
		syms[cnt] = addr(names[cnt]);
		cnt++;
	}
	return cnt;
}

static long attach(int prog, __u32 cnt, bool on_return)
{
	union modbpf_attr attr = {};

	attr.link_create.prog_fd = prog;
	attr.link_create.attach_type = MODBPF_ATTACH_KPROBE_MULTI;
	attr.link_create.kprobe_multi.flags = on_return ? MODBPF_KPROBE_MULTI_RETURN : 0;
	attr.link_create.kprobe_multi.cnt = cnt;
	attr.link_create.kprobe_multi.syms = addr(syms);
	return call(MODBPF_CMD_LINK_CREATE, &attr, sizeof(attr));
}

static void tell(int prog, int link)
{
	struct modbpf_prog_info prog_info = {};
	struct modbpf_link_info link_info = {};
	__u32 prog_len = sizeof(prog_info), link_len = sizeof(link_info);

	if (info_of(prog, &prog_info, &prog_len) || info_of(link, &link_info, &link_len))
		printf("no info\n");
	else
		printf("ran %llu missed %llu of %u\n", prog_info.run_cnt,
		       link_info.kprobe_multi.missed, link_info.kprobe_multi.count);
}

int main(int argc, char **argv)
{
	__u64 begin;
	sigset_t wait_for;
	int prog, link, got;
	__u32 cnt;

	sigemptyset(&wait_for);
	sigaddset(&wait_for, SIGINT);
	sigprocmask(SIG_BLOCK, &wait_for, NULL);
	cnt = read_names();
	device = open("/dev/modbpf", O_RDWR | O_CLOEXEC);
	prog = load_trivial(MODBPF_PROG_KPROBE);
	begin = clock_ns(CLOCK_MONOTONIC);
	link = prog < 0 ? prog : attach(prog, cnt, argc > 1 && !strcmp(argv[1], "return"));
	if (link < 0) {
		printf("refused %d\n", -link);
		return 1;
	}
	printf("attached %u in %llu ms\n", cnt, (clock_ns(CLOCK_MONOTONIC) - begin) / 1000000);
	fflush(stdout);
	sigwait(&wait_for, &got);
	tell(prog, link);
	return 0;
}
