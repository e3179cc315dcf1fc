// SPDX-License-Identifier: GPL-2.0-only
/*
 * Linux compiles the program; its code is read back and made to work here: a jump out
 * of all functions is its way to return, so it becomes a return; and constants that are
 * addresses of map values, in the order of the loads in the program, become ours. The
 * program is never attached, and is gone when its fd is closed.
 */
#include "tests/bench/lift.h"

#include <capstone/capstone.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MAX_FUNCS 8
#define GS_PREFIX 0x65
#define KERNEL_BASE 0xffff800000000000

static int bpf(int cmd, union bpf_attr *attr)
{
	int got = syscall(__NR_bpf, cmd, attr, sizeof(*attr));

	return got < 0 ? -errno : got;
}

static int make_map(u32 bytes, const void *value, u32 flags)
{
	union bpf_attr attr = { .map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = bytes,
				.max_entries = 1, .map_flags = flags };
	int fd = bpf(BPF_MAP_CREATE, &attr), err;
	u32 key = 0;

	if (fd < 0 || !value)
		return fd;
	attr = (union bpf_attr){ .map_fd = fd, .key = (u64)&key, .value = (u64)value };
	err = bpf(BPF_MAP_UPDATE_ELEM, &attr);
	attr = (union bpf_attr){ .map_fd = fd };
	if (!err)
		err = bpf(BPF_MAP_FREEZE, &attr);
	return err ? err : fd;
}

static int load(const struct bench_prog *prog)
{
	struct modbpf_insn insns[BENCH_MAX_INSNS];
	int maps[2], fd;
	union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_SOCKET_FILTER, .insns = (u64)insns,
				.insn_cnt = prog->insn_cnt, .license = (u64)"GPL" };
	u32 i;

	maps[0] = make_map(BENCH_DATA_BYTES, NULL, 0);
	maps[1] = prog->constant_cnt ?
		  make_map(prog->constant_cnt, prog->constants, BPF_F_RDONLY_PROG) : -1;
	memcpy(insns, prog->insns, sizeof(insns));
	for (i = 0; i < prog->insn_cnt; i += insn_is_ld_imm64(&insns[i]) ? 2 : 1) {
		if (insn_is_ld_imm64(&insns[i]) && insns[i].src_reg == BPF_PSEUDO_MAP_VALUE)
			insns[i].imm = maps[insns[i].imm];
	}
	fd = maps[0] < 0 ? maps[0] : bpf(BPF_PROG_LOAD, &attr);
	close(maps[0]);
	close(maps[1]);
	return fd;
}

struct dump {
	u8 code[LIFT_MAX_BYTES];
	struct modbpf_insn xlated[4 * BENCH_MAX_INSNS];
	u64 starts[MAX_FUNCS];
	u32 lens[MAX_FUNCS];
	u32 func_cnt, xlated_cnt;
};

static int read_back(int fd, struct dump *dump)
{
	struct bpf_prog_info info = {
		.jited_prog_insns = (u64)dump->code, .jited_prog_len = LIFT_MAX_BYTES,
		.xlated_prog_insns = (u64)dump->xlated, .xlated_prog_len = sizeof(dump->xlated),
		.jited_ksyms = (u64)dump->starts, .nr_jited_ksyms = MAX_FUNCS,
		.jited_func_lens = (u64)dump->lens, .nr_jited_func_lens = MAX_FUNCS,
	};
	union bpf_attr attr = { .info = { .bpf_fd = fd, .info_len = sizeof(info), .info = (u64)&info } };
	int err = bpf(BPF_OBJ_GET_INFO_BY_FD, &attr);

	dump->func_cnt = info.nr_jited_func_lens;
	dump->xlated_cnt = info.xlated_prog_len / 8;
	if (err || !info.jited_prog_len || !info.jited_prog_insns || info.nr_jited_ksyms != dump->func_cnt)
		return err ?: -EPERM;
	return dump->func_cnt <= MAX_FUNCS ? 0 : -E2BIG;
}

/* Where the next load of a map value's address in the program leads to here; 0: no more. */
static u64 next_address(const struct dump *dump, const struct bench_prog *prog, u32 *at, s32 *first)
{
	const struct modbpf_insn *insn;

	while (*at < dump->xlated_cnt) {
		insn = &dump->xlated[*at];
		*at += insn_is_ld_imm64(insn) ? 2 : 1;
		if (!insn_is_ld_imm64(insn) || insn->src_reg != BPF_PSEUDO_MAP_VALUE)
			continue;
		/* imm is a map's id now: the first one seen need not be map 0. */
		if (*first < 0)
			*first = insn->imm;
		return (u64)(u32)insn->imm << 32 | (u32)insn[1].imm;
	}
	return 0;
}

/* Map ids ascend in the order in which the maps were made: bench_data's is the lower. */
static u64 lowest_id(const struct dump *dump)
{
	u32 at = 0;
	s32 first = -1;
	u64 low = ~0ULL, got;

	while ((got = next_address(dump, NULL, &at, &first)))
		low = got >> 32 < low ? got >> 32 : low;
	return low;
}

static bool has_both_maps(const struct bench_prog *prog)
{
	u32 i, seen = 0;

	for (i = 0; i < prog->insn_cnt; i += insn_is_ld_imm64(&prog->insns[i]) ? 2 : 1)
		if (insn_is_ld_imm64(&prog->insns[i]) && prog->insns[i].src_reg == BPF_PSEUDO_MAP_VALUE)
			seen |= 1 << prog->insns[i].imm;
	return seen == 3;
}

static int mend(struct lifted *out, u32 from, u32 len, const struct dump *dump,
		const struct bench_prog *prog, u32 *at)
{
	u64 low = lowest_id(dump), id;
	cs_insn *insn;
	size_t cnt, i;
	csh engine;
	s32 first = -1;
	int err = 0;

	cs_open(CS_ARCH_X86, CS_MODE_64, &engine);
	cs_option(engine, CS_OPT_DETAIL, CS_OPT_ON);
	cnt = cs_disasm(engine, out->code + from, len, from, 0, &insn);
	for (i = 0; i < cnt; i++) {
		const cs_x86 *x86 = &insn[i].detail->x86;
		u64 place = insn[i].address, target;

		if (insn[i].id == X86_INS_JMP && insn[i].size == 5 &&
		    (u64)x86->operands[0].imm >= out->bytes) {
			memset(out->code + place, 0xcc, 5);
			out->code[place] = 0xc3;
		}
		if (out->code[place] == GS_PREFIX) {	/* counts calls, on some processors */
			memset(out->code + place, 0x66, insn[i].size);
			out->code[place + insn[i].size - 1] = 0x90;
		}
		if (insn[i].id != X86_INS_MOVABS || (u64)x86->operands[1].imm < KERNEL_BASE)
			continue;
		id = next_address(dump, prog, at, &first);
		if (!id) {
			err = -ENOENT;
			break;
		}
		target = (u32)id;
		target += (id >> 32 != low && has_both_maps(prog)) ?
			  (u64)prog->constants : (u64)bench_data;
		memcpy(out->code + place + 2, &target, 8);
	}
	if (!cnt || insn[cnt - 1].address + insn[cnt - 1].size != from + len)
		err = err ?: -EILSEQ;
	cs_free(insn, cnt);
	cs_close(&engine);
	return err;
}

static int place(const struct dump *dump, const struct bench_prog *prog, struct lifted *out)
{
	u64 base = dump->starts[0];
	u32 i, from = 0, at = 0, begin;
	int err = 0;

	for (i = 0; i < dump->func_cnt; i++)
		base = dump->starts[i] < base ? dump->starts[i] : base;
	memset(out->code, 0xcc, sizeof(out->code));
	out->bytes = out->image_bytes = 0;
	for (i = 0; i < dump->func_cnt; i++) {
		if (dump->starts[i] - base + dump->lens[i] > LIFT_MAX_BYTES)
			return -E2BIG;
		begin = dump->starts[i] - base;
		memcpy(out->code + begin, dump->code + from, dump->lens[i]);
		from += dump->lens[i];
		out->image_bytes += dump->lens[i];
		if (begin + dump->lens[i] > out->bytes)
			out->bytes = begin + dump->lens[i];
	}
	out->entry = dump->starts[0] - base;
	for (i = 0; i < dump->func_cnt && !err; i++)
		err = mend(out, dump->starts[i] - base, dump->lens[i], dump, prog, &at);
	return err;
}

int lift(const struct bench_prog *prog, struct lifted *out)
{
	struct dump *dump = calloc(1, sizeof(*dump));
	int fd = load(prog), err = fd < 0 ? fd : 0;

	if (!err)
		err = read_back(fd, dump);
	if (!err)
		err = place(dump, prog, out);
	if (fd >= 0)
		close(fd);
	free(dump);
	return err;
}
