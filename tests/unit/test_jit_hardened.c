// SPDX-License-Identifier: GPL-2.0-only
/*
 * What may an attacker find in an image? Each is read back with another disassembler:
 * endbr64 stands where code is entered indirectly and nowhere else; what goes away
 * indirectly goes through the target's thunk; behind a return, or a jump to a register,
 * there is a trap; an lfence stands at each place that the verifier asked for.
 */
#include <capstone/capstone.h>
#include <stdlib.h>

#include "isa/abi.h"
#include "jit/jit.h"
#include "tests/support/check.h"
#include "tests/support/prog.h"
#include "tests/support/randprog.h"

#define RANDOM_PROGRAMS 600
#define IMAGE_ADDR 0x10000000
#define THUNK 0x10100000
#define HELPER 0x10200000
#define FENCE_EVERY 3

static const char *const map_names[] = { "progs" };
static u64 helpers[MODBPF_FUNC_LIMIT];
static const struct map_bind bind = { .map = 1, .values = 0x7000, .max_entries = 4, .stride = 8 };

struct image {
	struct jit_code *code;
	const struct jit_layout *layout;
	cs_insn *insns;
	size_t cnt;
};

static csh disassembler(void)
{
	static csh handle;

	if (!handle)
		cs_open(CS_ARCH_X86, CS_MODE_64, &handle);
	return handle;
}

static void image_make(struct image *image, const struct verified_prog *prog, struct jit_target target,
		       u32 opt, u64 blind_seed)
{
	const struct jit_request req = { .prog = prog, .binds = &bind, .target = &target, .opt = opt,
					 .blind_seed = blind_seed };
	size_t i, covered = 0;
	u8 *bytes;

	memset(image, 0, sizeof(*image));
	CHECK_EQ(modbpf_jit_compile(&req, &image->code), 0);
	if (!image->code)
		return;
	image->layout = modbpf_jit_layout(image->code);
	bytes = malloc(image->layout->bytes);
	CHECK_EQ(modbpf_jit_emit(image->code, IMAGE_ADDR, bytes), 0);
	image->cnt = cs_disasm(disassembler(), bytes, image->layout->bytes, 0, 0, &image->insns);
	for (i = 0; i < image->cnt; i++)
		covered += image->insns[i].size;
	CHECK_EQ(covered, image->layout->bytes);
	free(bytes);
}

static void image_free(struct image *image)
{
	if (image->cnt)
		cs_free(image->insns, image->cnt);
	modbpf_jit_free(image->code);
}

static bool is_callback(const struct verified_prog *prog, u32 start)
{
	u32 i;

	for (i = 0; i < prog->insn_cnt; i++)
		if (insn_is_func_address(&prog->insns[i]) && i + 1 + prog->insns[i].imm == start)
			return true;
	return false;
}

static bool is_entered_indirectly(const struct image *image, const struct verified_prog *prog, u64 at)
{
	u32 i;

	if (at == image->layout->entry || at == image->layout->tail_entry)
		return true;
	for (i = 0; i < prog->subprog_cnt; i++)
		if (image->layout->subprog[i] == at && is_callback(prog, prog->subprogs[i].start))
			return true;
	return false;
}

static bool is_trap(const struct image *image, size_t i)
{
	return i < image->cnt && !strcmp(image->insns[i].mnemonic, "int3");
}

static void check_insn(const struct image *image, const struct verified_prog *prog, size_t i, bool has_thunks)
{
	const cs_insn *insn = &image->insns[i];
	bool is_jump = !strcmp(insn->mnemonic, "jmp"), is_call = !strcmp(insn->mnemonic, "call");
	bool is_indirect = (is_jump || is_call) && strncmp(insn->op_str, "0x", 2);
	bool returns = !strcmp(insn->mnemonic, "ret");

	CHECK_EQ(!strcmp(insn->mnemonic, "endbr64"), is_entered_indirectly(image, prog, insn->address));
	CHECK(!is_call || !is_indirect);
	CHECK(!has_thunks || (!is_indirect && !returns));
	if (is_indirect || returns)
		CHECK(is_trap(image, i + 1));
}

static void check_image(const struct verified_prog *prog, struct jit_target target, u32 opt, u64 blind_seed)
{
	struct image image;
	u32 lfences = 0, wanted = 0;
	size_t i;

	image_make(&image, prog, target, opt, blind_seed);
	for (i = 0; i < image.cnt; i++) {
		check_insn(&image, prog, i, target.return_thunk);
		lfences += !strcmp(image.insns[i].mnemonic, "lfence");
	}
	for (i = 0; i < prog->insn_cnt; i++)
		wanted += !!(prog->facts[i].flags & FACT_FENCE);
	CHECK_EQ(lfences, wanted);
	CHECK(image.cnt && is_trap(&image, image.cnt - 1));
	image_free(&image);
}

static void check_everywhere(const struct verified_prog *prog)
{
	struct jit_target plain = { .helpers = helpers }, guarded = plain;
	u32 opt, i;

	for (i = 0; i < 4; i++)
		plain.probe_load[i] = guarded.probe_load[i] = HELPER;
	guarded.return_thunk = THUNK;
	guarded.indirect_thunk = THUNK + 64;
	for (opt = 0; opt <= 2; opt++) {
		check_image(prog, plain, opt, 0);
		check_image(prog, guarded, opt, 0);
	}
	check_image(prog, guarded, 2, 0x1234567);
}

/* Every way in and out that there is. */
static void ways_in_and_out(void)
{
	static const char *const texts[] = {
		"r0 = 0\n exit\n",
		"call f\n exit\nf: if r1 == 0 goto out\n r0 = 1\n exit\nout: exit\n",
		"r1 = 2\n r2 = subprog[f]\n r3 = 0\n r4 = 0\n call loop\n call g\n r0 = 0\n exit\n"
		"f: r0 = 0\n exit\ng: r0 = 0\n exit\n",
		"r2 = map[progs]\n r3 = 0\n call tail_call\n r0 = 0\n exit\n",
		"call f\n r0 = 0\n exit\nf: r2 = map[progs]\n r3 = 0\n call tail_call\n r0 = 0\n exit\n",
	};
	struct verified_prog *prog;
	u32 i, k;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		prog = prog_from_text(texts[i], map_names, ARRAY_SIZE(map_names));
		for (k = 0; k < prog->insn_cnt; k++)
			if (prog->insns[k].code == (BPF_JMP | BPF_CALL) && prog->insns[k].imm == MODBPF_FUNC_tail_call)
				prog->facts[k].flags |= FACT_CONST_MAP;
		check_everywhere(prog);
		prog_free(prog);
	}
}

static void random_programs(void)
{
	static struct modbpf_insn insns[RANDPROG_MAX_INSNS];
	struct verified_prog *prog;
	struct rng rng;
	u32 i, k;

	for (i = 1; i <= RANDOM_PROGRAMS; i++) {
		rng_seed(&rng, i);
		prog = prog_build(insns, randprog_make(&rng, false, insns));
		for (k = 0; k < prog->insn_cnt; k += insn_is_ld_imm64(&prog->insns[k]) ? 2 : 1)
			if (rng_below(&rng, FENCE_EVERY) == 0)
				prog->facts[k].flags |= FACT_FENCE;
		check_everywhere(prog);
		prog_free(prog);
	}
}

static const struct check_case cases[] = {
	{ "each way in and out is guarded", ways_in_and_out },
	{ "and in random programs", random_programs },
};

int main(int argc, char **argv)
{
	u32 i;

	for (i = 0; i < MODBPF_FUNC_LIMIT; i++)
		helpers[i] = HELPER + 16 * i;
	return check_run("jit_hardened", cases, ARRAY_SIZE(cases), argc, argv);
}
