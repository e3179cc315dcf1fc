// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What does the text of the program alone tell? Builds struct program from a
 * request: type, structure, live registers.
 */
#include "verifier/program.h"

#include "isa/opcode.h"
#include "verifier/global.h"
#include "verifier/helper.h"
#include "verifier/log.h"
#include "verifier/typed.h"

bool insn_is_goto(const struct modbpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_JA) || insn->code == (BPF_JMP32 | BPF_JA);
}

bool insn_jumps(const struct modbpf_insn *insn)
{
	u8 class = BPF_CLASS(insn->code), op = BPF_OP(insn->code);

	if (class != BPF_JMP && class != BPF_JMP32)
		return false;
	return op != BPF_CALL && op != BPF_EXIT;
}

bool insn_names_subprog(const struct modbpf_insn *insn)
{
	return insn_is_subprog_call(insn) || insn_is_func_address(insn);
}

s64 jump_target(const struct modbpf_insn *insn, u32 pc)
{
	bool far = insn->code == (BPF_JMP32 | BPF_JA) || insn_names_subprog(insn);

	return (s64)pc + 1 + (far ? insn->imm : insn->off);
}

static int check_request(const struct verify_request *req, struct vlog *log)
{
	const struct prog_rule *rule = prog_rule_of(req->prog_type);

	if (!rule) {
		return refuse_program(log, REFUSE_PROG_TYPE_UNKNOWN, REFUSAL_NO_INSN,
				      "unknown program type %u", req->prog_type);
	}
	if (rule->ctx == CTX_KIND_NONE) {
		return refuse_program(log, REFUSE_PROG_TYPE_UNSUPPORTED, REFUSAL_NO_INSN,
				      "not supported yet: program type %u (%s)",
				      req->prog_type, rule->name);
	}
	if (rule->attach_type >= 0 && req->expected_attach_type != (u32)rule->attach_type) {
		return refuse_program(log, REFUSE_ATTACH_TYPE, REFUSAL_NO_INSN,
				      "program type %s needs expected_attach_type %d, not %u",
				      rule->name, rule->attach_type, req->expected_attach_type);
	}
	if (!req->insn_cnt || req->insn_cnt > MODBPF_MAX_INSNS)
		return refuse_program(log, REFUSE_PROG_SIZE, REFUSAL_NO_INSN,
				      "a program has 1 to %u instructions, not %u",
				      MODBPF_MAX_INSNS, req->insn_cnt);
	if (req->map_cnt > MODBPF_MAX_USED_MAPS)
		return refuse_program(log, REFUSE_USED_MAPS, REFUSAL_NO_INSN,
				      "a program uses at most %u maps, not %u",
				      MODBPF_MAX_USED_MAPS, req->map_cnt);
	return 0;
}

/* Does @routine itself, or one that it names? */
static bool may_move_packet(const struct program *prog, const struct routine *routine)
{
	u32 pc;

	for (pc = routine->start; pc < routine->end; pc += insn_slots(&prog->insns[pc])) {
		const struct modbpf_insn *insn = &prog->insns[pc];
		const struct helper *helper = helper_called(insn);

		if (helper && helper->flags & (HELPER_MOVES_PACKET | HELPER_MOVES_DYNPTR |
					       HELPER_LEAVES))
			return true;
		if (insn_names_subprog(insn) &&
		    prog->routines[prog->info[jump_target(insn, pc)].subprog].moves_packet)
			return true;
	}
	return false;
}

/*
 * Whom a routine calls, it calls; a program that is called by a tail call may do anything.
 * More than one round is needed only where a callback names who is above it.
 */
static void mark_packet_movers(struct program *prog)
{
	bool changed;
	u32 i;

	do {
		changed = false;
		for (i = 0; i < prog->routine_cnt; i++) {
			struct routine *routine = &prog->routines[prog->callees_first[i]];

			if (routine->moves_packet || !may_move_packet(prog, routine))
				continue;
			routine->moves_packet = true;
			changed = true;
		}
	} while (changed);
}

int program_build(struct program *prog, const struct verify_request *req, struct vlog *log)
{
	int err = check_request(req, log);

	if (err)
		return err;
	prog->req = req;
	prog->insns = req->insns;
	prog->insn_cnt = req->insn_cnt;
	prog->rule = prog_rule_of(req->prog_type);
	prog->returns = return_rule_of(req->prog_type, req->expected_attach_type);
	err = prog->rule->ctx == CTX_KIND_CALL ? find_call(prog, log) : 0;
	if (err)
		return err;
	if (prog->rule->ctx == CTX_KIND_NF || prog->rule->ctx == CTX_KIND_SKB)
		find_hook_types(prog);
	prog->info = modbpf_zalloc(req->insn_cnt * sizeof(*prog->info));
	prog->routines = modbpf_zalloc(MODBPF_MAX_SUBPROGS * sizeof(*prog->routines));
	prog->callees_first = modbpf_zalloc(MODBPF_MAX_SUBPROGS);
	if (!prog->info || !prog->routines || !prog->callees_first)
		return -ENOMEM;
	err = check_structure(prog, log);
	if (err)
		return err;
	mark_live_registers(prog);
	mark_packet_movers(prog);
	err = check_info(prog, log);
	return err ? : read_signatures(prog);
}

void program_free(struct program *prog)
{
	modbpf_free(prog->info);
	modbpf_free(prog->routines);
	modbpf_free(prog->callees_first);
	modbpf_free(prog->signatures);
}
