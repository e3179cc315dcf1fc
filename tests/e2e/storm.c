// SPDX-License-Identifier: GPL-2.0-only
/*
 * "storm OBJECT CYCLES WORKERS": programs are attached and detached CYCLES times while another process
 * fires at them; each must see one event of ours while it is attached, and none after. WORKERS processes
 * share the work, each with the object's programs and maps, and a port, for itself.
 */
#define _GNU_SOURCE
#include "tests/e2e/workers.h"

#define FIRE_MS 10

/*
 * Of how many cycles one is of which kind, and the rest of the last: ftrace goes through all functions of the
 * kernel for a return, a probe and a tracepoint change code; a hook for packets costs the least.
 */
static const struct { const char *prog; __u32 slot; int of; } kinds[] = {
	{ "on_entry", ENTRIES, 512 }, { "on_return", RETURNS, 512 }, { "on_call", FRAMES, 9 },
	{ "on_packet", SWITCHES, 1 },
};

#define KINDS (int)(sizeof(kinds) / sizeof(kinds[0]))

static int kind_of(int cycle)
{
	int kind = 0;

	while (kind + 1 < KINDS && cycle % kinds[kind].of != kind)
		kind++;
	return kind;
}

static bool cycle(int kind, int port)
{
	struct bpf_link *link = bpf_program__attach(bpf_object__find_program_by_name(object, kinds[kind].prog));
	__u64 during;

	if (!link)
		return false;
	start_at(port);
	umasks(1);
	send_to(port);
	during = number(kinds[kind].slot);
	bpf_link__destroy(link);
	umasks(1);
	send_to(port);
	if (during == 1 && number(kinds[kind].slot) == 1)
		return true;
	printf("storm: %s saw %llu events, then %llu\n", kinds[kind].prog, during, number(kinds[kind].slot));
	return false;
}

static void work(int cycles, int port)
{
	long spent_ms[KINDS] = {}, done[KINDS] = {}, begin;
	int i, kind;

	for (i = 0; i < cycles; i++) {
		kind = kind_of(i);
		begin = now_ms();
		if (cycle(kind, port))
			turn_was_whole();
		spent_ms[kind] += now_ms() - begin;
		done[kind]++;
	}
	printf("  a worker:");
	for (i = 0; i < KINDS; i++)
		printf(" %s %ld in %ld ms%s", kinds[i].prog, done[i], spent_ms[i], i + 1 < KINDS ? "," : "\n");
}

int main(int argc, char **argv)
{
	int cycles;

	if (argc != 4)
		return 2;
	cycles = atoi(argv[2]);
	share_out(argv[1], "cycles", cycles, FIRE_MS, atoi(argv[3]), work);
	want("programs attached, fired and detached under fire", *whole, cycles);
	printf("soak: attached, fired, detached under fire: %d\n", *whole);
	return finish("storm");
}
