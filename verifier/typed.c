// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What may be loaded through pointers into the kernel's structures? */
#include "verifier/typed.h"

#include "verifier/mem.h"

#define STEPS_PER_WORK 16	/* members that are looked at for a unit of work */

/* --- the context -------------------------------------------------------------------- */

static int refuse_target(const struct program *prog, struct vlog *log, const char *why)
{
	return refuse_program(log, REFUSE_ATTACH_TARGET, REFUSAL_NO_INSN,
			      "attach_btf_id %u is not supported: %s", prog->req->attach_btf_id, why);
}

int find_call(struct program *prog, struct vlog *log)
{
	const struct verify_request *req = prog->req;
	const char *why;
	int err;

	if (!req->kernel_btf)
		return refuse_program(log, REFUSE_KERNEL_BTF, REFUSAL_NO_INSN,
				      "the types of the kernel are not known");
	switch (req->expected_attach_type) {
	case MODBPF_ATTACH_TRACE_RAW_TP:
		err = btf_call_of_event(req->kernel_btf, req->attach_btf_id, &prog->call, &why);
		break;
	case MODBPF_ATTACH_TRACE_FENTRY:
	case MODBPF_ATTACH_TRACE_FEXIT:
		err = btf_call_of_func(req->kernel_btf, req->attach_btf_id, &prog->call, &why);
		break;
	default:
		return refuse_program(log, REFUSE_ATTACH_TYPE, REFUSAL_NO_INSN,
				      "not supported yet: expected_attach_type %u of a TRACING program",
				      req->expected_attach_type);
	}
	return err ? refuse_target(prog, log, why) : 0;
}

void find_hook_types(struct program *prog)
{
	const struct btf_types *types = prog->req->kernel_btf;

	if (!types)
		return;
	if (prog->rule->ctx == CTX_KIND_NF)
		prog->state_type = btf_struct_named(types, "nf_hook_state");
	prog->skb_type = btf_struct_named(types, "sk_buff");
}

struct reg hook_pointer(const struct program *prog, enum reg_kind kind)
{
	struct reg reg = reg_pointer(kind);

	reg.size = kind == REG_NF_STATE ? prog->state_type : prog->skb_type;
	return reg;
}

/* The type of the 8 bytes at place @at of the context; false: nothing is there. */
static bool type_at(const struct program *prog, u32 at, u32 *type)
{
	bool has_result = prog->req->expected_attach_type == MODBPF_ATTACH_TRACE_FEXIT;

	*type = at < prog->call.cnt ? prog->call.args[at] : prog->call.result;
	return at < prog->call.cnt + has_result;
}

int check_call_ctx_load(struct step *step, u32 bytes, bool sign_extend, struct reg *value)
{
	const struct btf_types *types = step->prog->req->kernel_btf;
	s32 off = step->insn->off;
	u32 type, pointee;

	if (off < 0 || off % (s32)bytes || !type_at(step->prog, off / 8, &type)) {
		return refuse(step, REFUSE_CTX_FIELD, REFUSAL_NO_REG,
			      "invalid bpf_context access off=%d size=%u: func '%s' has %u arguments",
			      off, bytes, step->prog->call.name, step->prog->call.cnt);
	}
	*value = reg_scalar(scalar_loaded(bytes, sign_extend));
	pointee = type ? btf_pointee(types, type) : 0;
	if (bytes == 8 && pointee) {
		*value = reg_pointer(REG_TYPED);
		value->size = pointee;
	}
	return check_same_access(step, NOTE_DIRECT);
}

/* --- what is behind a pointer --------------------------------------------------------- */

static int refuse_outside(struct step *step, u32 regno, s64 off, u32 bytes)
{
	const struct btf_types *types = step->prog->req->kernel_btf;
	const struct btf_view view = btf_view_of(types, step_regs(step)[regno].size);

	return refuse(step, REFUSE_TYPED_BOUNDS, regno,
		      "access beyond struct %.64s at off %lld size %u, sizeof=%u",
		      view.name_off ? btf_string(types, view.name_off) : "(anonymous)",
		      off, bytes, view.size);
}

int check_typed_load(struct step *step, u32 regno, u32 bytes, bool sign_extend,
		     struct reg *value)
{
	const struct reg *reg = &step_regs(step)[regno];
	u64 steps = 0;
	u32 pointee;
	s64 off;

	if (!reg->size) {
		return refuse(step, REFUSE_ACCESS_KERNEL_STRUCT, regno,
			      "R%u invalid mem access '%s': the types of the kernel are not known",
			      regno, reg_kind_name(reg->kind));
	}
	/* Who loads a program of another type with typed pointers has the right. */
	if (reg->kind != REG_TYPED && !(step->prog->req->rights & VERIFY_RIGHT_PERFMON)) {
		return refuse(step, REFUSE_TYPED_RIGHT, regno,
			      "R%u: access to structures of the kernel needs CAP_PERFMON", regno);
	}
	if (!scalar_is_const(reg->num)) {
		return refuse(step, REFUSE_TYPED_OFFSET, regno,
			      "R%u variable offset of a pointer to a kernel structure", regno);
	}
	off = (s64)scalar_value(reg->num) + step->insn->off;
	*value = reg_scalar(scalar_loaded(bytes, sign_extend));
	switch (btf_look_into(step->prog->req->kernel_btf, reg->size, off, bytes, &pointee,
			      &steps)) {
	case BTF_FOUND_NOTHING:
		return refuse_outside(step, regno, off, bytes);
	case BTF_FOUND_POINTER:
		*value = reg_pointer(REG_TYPED);
		value->size = pointee;
		break;
	default:
		break;
	}
	*step->work += steps / STEPS_PER_WORK;
	return check_same_access(step, NOTE_PROBE);
}

/* --- as numbers ----------------------------------------------------------------------- */

bool reg_is_number(const struct step *step, const struct reg *reg)
{
	return reg->kind == REG_SCALAR ||
	       (reg->kind == REG_TYPED && step->prog->req->rights & VERIFY_RIGHT_PERFMON);
}

void mark_number(const struct step *step, struct reg *reg)
{
	if (reg->kind == REG_TYPED && reg_is_number(step, reg))
		*reg = reg_scalar(scalar_unknown());
}
