// SPDX-License-Identifier: GPL-2.0-only
/* How many instructions does a bench program execute? See benchprog.h. */
#define _GNU_SOURCE
#include "tests/support/benchprog.h"

#include <signal.h>
#include <ucontext.h>

#include "tests/support/randprog.h"
#include "verifier/verifier.h"

u8 bench_data[BENCH_DATA_BYTES] __attribute__((aligned(64)));

/*
 * u64 bench_stepped_call(entry): with the trap flag set, every instruction ends in a
 * SIGTRAP, in whose handler the flag is clear.
 */
__asm__(
	".text\n"
	"bench_stepped_call:\n"
	"	push %rbx\n"
	"	xorl %eax, %eax\n"
	"	movq %rdi, %rbx\n"
	"	xorl %edi, %edi\n"
	"	pushfq; orq $0x100, (%rsp); popfq\n"
	"	call *%rbx\n"
	"	pushfq; andq $~0x100, (%rsp); popfq\n"
	"	pop %rbx\n"
	"	ret\n");

u64 bench_stepped_call(u64 (*entry)(const void *ctx));

static u64 image_begin, image_end, counted;

static void on_step(int number, siginfo_t *info, void *context)
{
	const ucontext_t *uc = context;
	u64 rip = uc->uc_mcontext.gregs[REG_RIP];

	/* What is about to be executed. */
	counted += rip >= image_begin && rip < image_end;
}

u64 bench_count(const void *image, u32 bytes, u64 (*entry)(const void *ctx), u64 *r0)
{
	struct sigaction action = { .sa_sigaction = on_step, .sa_flags = SA_SIGINFO }, before;

	image_begin = (u64)image;
	image_end = image_begin + bytes;
	counted = 0;
	sigaction(SIGTRAP, &action, &before);
	*r0 = bench_stepped_call(entry);
	sigaction(SIGTRAP, &before, NULL);
	return counted;
}

void bench_fill(void)
{
	struct rng rng;
	u32 i;

	rng_seed(&rng, 4711);
	for (i = 0; i < BENCH_DATA_BYTES; i++)
		bench_data[i] = i < 2048 || i >= 4096 ? rng_next(&rng) >> 40 : 0;
}

static bool parse_hex(const char *text, u8 *bytes, u32 cnt)
{
	u32 i;

	for (i = 0; i < cnt; i++) {
		if (sscanf(text + 2 * i, "%2hhx", &bytes[i]) != 1)
			return false;
	}
	return true;
}

static int parse_line(const char *line, struct bench_prog *prog)
{
	static const char constants[] = "constants ";
	u32 len = strlen(line);

	if (line[0] == '#')
		return 0;
	if (!strncmp(line, constants, strlen(constants))) {
		prog->constant_cnt = (len - strlen(constants)) / 2;
		if (prog->constant_cnt > BENCH_CONSTANT_BYTES)
			return -EINVAL;
		return parse_hex(line + strlen(constants), prog->constants, prog->constant_cnt) ?
		       0 : -EINVAL;
	}
	if (len != 16 || prog->insn_cnt == BENCH_MAX_INSNS)
		return -EINVAL;
	return parse_hex(line, (u8 *)&prog->insns[prog->insn_cnt++], 8) ? 0 : -EINVAL;
}

int bench_read(const char *path, struct bench_prog *prog)
{
	static char line[2 * BENCH_CONSTANT_BYTES + 64];
	FILE *file = fopen(path, "r");
	int err = 0;

	memset(prog, 0, sizeof(*prog));
	if (!file)
		return -EINVAL;
	while (!err && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = 0;
		err = parse_line(line, prog);
	}
	fclose(file);
	if (err)
		fprintf(stderr, "%s: what is \"%s\"?\n", path, line);
	prog->binds[0] = (struct map_bind){ .values = (u64)bench_data, .stride = BENCH_DATA_BYTES,
					    .max_entries = 1 };
	prog->binds[1] = (struct map_bind){ .values = (u64)prog->constants,
					    .stride = prog->constant_cnt, .max_entries = 1 };
	return err;
}

static void print_log(struct verify_log *log, const char *text, u32 bytes)
{
	fprintf(stderr, "%.*s", (int)bytes, text);
}

struct verified_prog *bench_verify(const struct bench_prog *prog)
{
	const struct map_desc maps[] = {
		{ .type = MODBPF_MAP_ARRAY, .key_size = 4, .value_size = BENCH_DATA_BYTES, .max_entries = 1 },
		{ .type = MODBPF_MAP_ARRAY, .key_size = 4, .value_size = prog->constant_cnt,
		  .max_entries = 1, .frozen = prog->constants, .frozen_size = prog->constant_cnt },
	};
	struct verify_log log = { .write = print_log };
	struct verify_request req = {
		.insns = prog->insns, .insn_cnt = prog->insn_cnt, .prog_type = MODBPF_PROG_KPROBE,
		.rights = VERIFY_RIGHT_PERFMON | VERIFY_RIGHT_SYS_ADMIN, .gpl_compatible = true,
		.maps = maps, .map_cnt = prog->constant_cnt ? 2 : 1, .log = &log,
	};
	struct verified_prog *verified = NULL;
	struct verify_stats stats;

	if (modbpf_verify(&req, &verified, &stats)) {
		log.level = 1;
		modbpf_verify(&req, &verified, &stats);
		return NULL;
	}
	return verified;
}
