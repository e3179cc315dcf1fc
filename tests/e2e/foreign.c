// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program that knows nothing of modbpf: libbpf as Debian has it, shared, nothing
 * wrapped. "foreign OBJECT [PROGRAM]" counts 100 calls of umask(2), says so, and stays.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/e2e/events.h"

#define CALLS 100

/* In a word, for who waits for it. */
static int refused(void)
{
	printf("refused\n");
	return 1;
}

int main(int argc, char **argv)
{
	const char *name = argc == 3 ? argv[2] : "on_tracepoint";
	struct bpf_object *object;
	struct bpf_program *prog;
	__u64 value = getpid();
	__u32 slot = WATCHED;
	int numbers, i;

	/* A shell ignores it for what it starts in the background. */
	signal(SIGINT, SIG_DFL);
	libbpf_set_strict_mode(LIBBPF_STRICT_ALL);
	object = argc == 2 || argc == 3 ? bpf_object__open(argv[1]) : NULL;
	if (!object)
		return 2;
	bpf_object__for_each_program(prog, object)
		bpf_program__set_autoload(prog, !strcmp(bpf_program__name(prog), name));
	if (bpf_object__load(object))
		return refused();
	numbers = bpf_object__find_map_fd_by_name(object, "numbers");
	bpf_map_update_elem(numbers, &slot, &value, 0);
	prog = bpf_object__find_program_by_name(object, name);
	if (!bpf_program__attach(prog))
		return refused();
	for (i = 0; i < CALLS; i++)
		syscall(NR_UMASK, 022);
	slot = ENTRIES;
	value = 0;
	bpf_map_lookup_elem(numbers, &slot, &value);
	printf("attached, counted %llu\n", (unsigned long long)value);
	fflush(stdout);
	pause();
	return 0;
}
