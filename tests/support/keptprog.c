// SPDX-License-Identifier: GPL-2.0-only
/* How does a random program become a line of a file, and a line a program? */
#include "tests/support/keptprog.h"

#include <string.h>

#include "tests/support/check.h"

#define TARGET_BYTES 32

void keptprog_write(FILE *file, const struct randverify *prog, const struct verify_request *req)
{
	u64 word;
	u32 i;

	fprintf(file, "%u %u %s %u %u %u %u %u %u", prog->prog_type, prog->attach_type,
		prog->target ? : "-", prog->subprog, prog->calls, prog->nullable, req->rights,
		req->gpl_compatible, req->fence);
	for (i = 0; i < prog->insn_cnt; i++) {
		memcpy(&word, &prog->insns[i], sizeof(word));
		fprintf(file, " %016llx", word);
	}
	fputc('\n', file);
}

static void skip_comments(FILE *file)
{
	int c;

	while ((c = fgetc(file)) == '#')
		while (c != '\n' && c != EOF)
			c = fgetc(file);
	ungetc(c, file);
}

bool keptprog_read(FILE *file, struct randverify *prog, struct verify_request *req)
{
	static char target[TARGET_BYTES];	/* until the next one is read */
	u32 calls, nullable, gpl, fence;
	u64 word;
	int end, got;

	skip_comments(file);
	got = fscanf(file, "%u %u %31s %u %u %u %u %u %u", &prog->prog_type, &prog->attach_type, target,
		     &prog->subprog, &calls, &nullable, &req->rights, &gpl, &fence);
	if (got == EOF)
		return false;
	CHECK_EQ(got, 9);
	prog->target = strcmp(target, "-") ? target : NULL;
	prog->calls = calls;
	prog->nullable = nullable;
	req->gpl_compatible = gpl;
	req->fence = fence;
	prog->insn_cnt = 0;
	while ((end = fgetc(file)) == ' ' && prog->insn_cnt < RANDVERIFY_MAX_INSNS &&
	       fscanf(file, "%16llx", &word) == 1)
		memcpy(&prog->insns[prog->insn_cnt++], &word, sizeof(word));
	CHECK(end == '\n' && prog->insn_cnt);
	return end == '\n';
}
