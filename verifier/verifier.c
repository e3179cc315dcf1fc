// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Is this program safe to run? The order of the parts: structure, every path,
 * stack depth, final form.
 */
#include "verifier/verifier.h"

#include "verifier/explain.h"
#include "verifier/explore.h"
#include "verifier/final.h"

struct verification {
	struct program prog;
	struct findings found;
	struct vlog log;
	u32 max_states_per_insn;
};

static void log_stats(struct verification *v, const struct verify_stats *stats)
{
	if (vlog_wants(&v->log, VLOG_STATS)) {
		vlog_line(&v->log, "work %llu", stats->work);
		vlog_line(&v->log, "stack depth %u", stats->stack_depth);
	}
	vlog_line(&v->log, "processed %u insns (limit %u) max_states_per_insn %u "
		  "total_states %u peak_states %u mark_read 0",
		  stats->insns_processed, EXPLORE_MAX_INSNS, v->max_states_per_insn,
		  stats->states_total, stats->states_peak);
}

static int verify(struct verification *v, const struct verify_request *req,
		  struct verified_prog **out, struct verify_stats *stats)
{
	int err = program_build(&v->prog, req, &v->log);

	if (err)
		return err;
	v->found.notes = modbpf_zalloc(req->insn_cnt * sizeof(*v->found.notes));
	v->found.stack_depth = modbpf_zalloc(MODBPF_MAX_SUBPROGS * sizeof(*v->found.stack_depth));
	v->found.calls = modbpf_zalloc(v->prog.routine_cnt * v->prog.routine_cnt);
	v->found.entries = modbpf_zalloc(MODBPF_MAX_SUBPROGS * sizeof(*v->found.entries));
	if (!v->found.notes || !v->found.stack_depth || !v->found.calls || !v->found.entries)
		return -ENOMEM;
	err = explore(&v->prog, &v->found, &v->log, stats, &v->max_states_per_insn);
	if (!err)
		err = check_stack_depth(&v->prog, &v->found, &v->log, &stats->stack_depth);
	if (!err)
		err = final_build(&v->prog, &v->found, &v->log, out);
	if (err || !req->fence)
		return err;
	err = place_fences(&v->found, *out);
	if (err) {
		modbpf_verified_free(*out);
		*out = NULL;
	}
	return err;
}

int modbpf_verify(const struct verify_request *req, struct verified_prog **out,
		  struct verify_stats *stats)
{
	struct verification *v = modbpf_zalloc(sizeof(*v));
	int err;

	*out = NULL;
	memset(stats, 0, sizeof(*stats));
	if (!v)
		return -ENOMEM;
	v->log.out = req->log;
	err = verify(v, req, out, stats);
	explain_refusal(&v->log, &v->prog);
	log_stats(v, stats);
	if (!err)
		(*out)->stats = *stats;
	modbpf_free(v->found.notes);
	modbpf_free(v->found.stack_depth);
	modbpf_free(v->found.calls);
	modbpf_free(v->found.entries);
	program_free(&v->prog);
	modbpf_free(v);
	return err;
}
