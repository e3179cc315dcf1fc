// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Do the records of functions and lines belong to this program? Those that are
 * accepted can be looked up without a further check: names are there, types are
 * functions, and instructions are in order.
 */
#include "isa/btf/btf.h"
#include "verifier/log.h"
#include "verifier/program.h"

static int check_func(struct program *prog, u32 at, struct vlog *log)
{
	const struct func_info *func = &prog->req->funcs[at];
	const struct btf_types *btf = prog->req->btf;

	if (func->insn != prog->routines[at].start) {
		return refuse_program(log, REFUSE_FUNC_INFO, REFUSAL_NO_INSN,
				      "func_info BTF section doesn't match subprog layout in BPF program: "
				      "record %u is for insn %u, subprogram %u begins at %u",
				      at, func->insn, at, prog->routines[at].start);
	}
	if (func->type >= btf->cnt || btf_kind_of(btf, func->type) != MODBPF_BTF_FUNC) {
		return refuse_program(log, REFUSE_FUNC_INFO, func->insn,
				      "invalid type id %u in func info", func->type);
	}
	prog->routines[at].type = func->type;
	return 0;
}

static int check_funcs(struct program *prog, struct vlog *log)
{
	u32 i;
	int err = 0;

	if (prog->req->func_cnt && prog->req->func_cnt != prog->routine_cnt) {
		return refuse_program(log, REFUSE_FUNC_INFO, REFUSAL_NO_INSN,
				      "number of funcs in func_info doesn't match number of subprogs: "
				      "%u records, %u subprograms",
				      prog->req->func_cnt, prog->routine_cnt);
	}
	for (i = 0; i < prog->req->func_cnt && !err; i++)
		err = check_func(prog, i, log);
	return err;
}

static int check_line(const struct program *prog, u32 at, struct vlog *log)
{
	const struct line_info *line = &prog->req->lines[at];
	const struct btf_types *btf = prog->req->btf;

	if (line->insn >= prog->insn_cnt || (at && line->insn <= line[-1].insn)) {
		return refuse_program(log, REFUSE_LINE_INFO, REFUSAL_NO_INSN,
				      "Invalid line_info[%u].insn_off:%u (prev_offset:%u prog->len:%u)",
				      at, line->insn, at ? line[-1].insn : 0, prog->insn_cnt);
	}
	if (prog->info[line->insn].flags & INSN_SECOND_SLOT) {
		return refuse_program(log, REFUSE_LINE_INFO, REFUSAL_NO_INSN,
				      "Invalid insn code at line_info[%u].insn_off", at);
	}
	if (!btf_string(btf, line->line_off) || !btf_string(btf, line->file_name_off)) {
		return refuse_program(log, REFUSE_LINE_INFO, line->insn,
				      "Invalid line_info[%u].line_off or .file_name_off", at);
	}
	return 0;
}

static int check_lines(const struct program *prog, struct vlog *log)
{
	u32 i, routine = 0;
	int err = 0;

	for (i = 0; i < prog->req->line_cnt && !err; i++) {
		err = check_line(prog, i, log);
		if (!err && routine < prog->routine_cnt &&
		    prog->req->lines[i].insn == prog->routines[routine].start)
			routine++;
	}
	if (err || !prog->req->line_cnt || routine == prog->routine_cnt)
		return err;
	return refuse_program(log, REFUSE_LINE_INFO, prog->routines[routine].start,
			      "missing bpf_line_info for func#%u", routine);
}

int check_info(struct program *prog, struct vlog *log)
{
	int err;

	if (!prog->req->btf)
		return 0;
	err = check_funcs(prog, log);
	return err ? : check_lines(prog, log);
}
