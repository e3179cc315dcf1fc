// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Is every path safe, and does it end? Depth first: a path is followed to its
 * end, branches not taken wait in a list. At join points states are kept; a
 * later path that is contained in a kept state ends there.
 *
 * Why paths end: a state prunes others only when all paths from it have ended.
 * While they have not, it is an ancestor of the current path (branches are
 * taken last in, first out), and meeting it again unchanged is a loop for ever.
 * Everything else is bounded by a budget in work units.
 */
#include "verifier/explore.h"

#include "verifier/callback.h"
#include "verifier/exact.h"
#include "verifier/explain.h"
#include "verifier/global.h"
#include "verifier/print.h"
#include "verifier/prune.h"
#include "verifier/stack.h"
#include "verifier/step.h"
#include "verifier/trail.h"

#define YIELD_EVERY 4096	/* work units */
#define MAX_PER_INSN 64	/* states kept at one instruction */
#define MAX_UNMET 16		/* the same, where no path has ended at one of them so far */

struct explorer {
	const struct program *prog;
	struct findings *found;
	struct vlog *log;
	struct verify_stats *stats;
	struct state *state;		/* of the current path */
	struct state *pending;		/* branches to take, last in first */
	u32 pending_cnt;
	struct kept **kept;		/* list per instruction */
	struct kept *evicted;		/* in no list, but with paths that have not ended */
	u32 kept_cnt;
	u32 evicted_cnt;
	u32 max_per_insn;
	u64 bytes;			/* of kept and pending states */
	u64 yield_at;
	u32 last_id;
	u32 jumps, insns;		/* since a state was kept */
	struct id_map ids;
	struct trail trail;		/* of the current path */
	struct reg before[MODBPF_REG_FP + 1];
};

static int refuse_size(struct explorer *x, enum refusal_code code, const char *what)
{
	return refuse_budget(x->log, code, x->state->insn, x->stats->insns_processed, what);
}

static int check_budget(struct explorer *x)
{
	u64 max_work = x->prog->req->max_work ? : EXPLORE_MAX_WORK;

	if (x->stats->insns_processed > EXPLORE_MAX_INSNS)
		return refuse_size(x, REFUSE_BUDGET_INSNS, "instructions processed");
	if (x->stats->work > max_work)
		return refuse_size(x, REFUSE_BUDGET_WORK, "work units");
	if (x->bytes > EXPLORE_MAX_BYTES)
		return refuse_size(x, REFUSE_BUDGET_MEMORY, "memory of states");
	if (x->stats->work < x->yield_at)
		return 0;
	x->yield_at = x->stats->work + YIELD_EVERY;
	return modbpf_yield();
}

/* --- states that are kept ------------------------------------------------- */

static void kept_unlink(struct kept *kept)
{
	*kept->link = kept->next;
	if (kept->next)
		kept->next->link = kept->link;
}

static void kept_insert(struct kept **head, struct kept *kept)
{
	kept->next = *head;
	kept->link = head;
	if (*head)
		(*head)->link = &kept->next;
	*head = kept;
}

static void kept_free(struct explorer *x, struct kept *kept)
{
	kept_unlink(kept);
	x->bytes -= sizeof(*kept) + state_bytes(kept->state);
	x->kept_cnt--;
	x->evicted_cnt -= kept->evicted;
	state_free(kept->state);
	modbpf_free(kept);
}

/*
 * Out of the list, and gone once no path comes from it. Until then marks are
 * passed on through it, but what its registers held is not asked for any more.
 */
static void kept_evict(struct explorer *x, struct kept *kept)
{
	if (!kept->branches) {
		kept_free(x, kept);
		return;
	}
	kept_unlink(kept);
	kept->evicted = true;
	x->evicted_cnt++;
	kept_insert(&x->evicted, kept);
	x->bytes -= state_bytes(kept->state);
	while (kept->state->frame_cnt)
		state_pop_frame(kept->state);
	x->bytes += state_bytes(kept->state);
}

/* A path that came from @kept has ended. */
static void path_ended(struct explorer *x, struct kept *kept)
{
	while (kept) {
		struct kept *parent = kept->state->parent;

		if (--kept->branches)
			return;
		kept->state->parent = NULL;
		if (kept->evicted)
			kept_free(x, kept);
		kept = parent;
	}
}

/* Keep the current state at its instruction; the path goes on from it. */
static int keep_state(struct explorer *x)
{
	struct kept *kept = modbpf_zalloc(sizeof(*kept)), *other;
	u32 cnt = 0;

	if (!kept)
		return -ENOMEM;
	exact_begin(x->state, kept);
	kept->state = state_copy(x->state);
	if (!kept->state) {
		modbpf_free(kept);
		return -ENOMEM;
	}
	kept->branches = 1;
	kept_insert(&x->kept[x->state->insn], kept);
	x->state->parent = kept;
	memset(x->state->written, 0, sizeof(x->state->written));
	x->bytes += sizeof(*kept) + state_bytes(kept->state);
	x->stats->work += state_bytes(kept->state) / 256;
	x->stats->states_total++;
	if (++x->kept_cnt > x->stats->states_peak)
		x->stats->states_peak = x->kept_cnt;
	for (other = kept; other; other = other->next)
		cnt++;
	if (cnt > x->max_per_insn)
		x->max_per_insn = cnt;
	x->jumps = 0;
	x->insns = 0;
	return 0;
}

/* --- join points ---------------------------------------------------------- */

static struct prune prune_of(struct explorer *x)
{
	return (struct prune){ x->prog, &x->ids, &x->stats->work };
}

static bool is_contained(struct explorer *x, const struct state *outer, const struct state *inner,
			 const struct kept *kept)
{
	struct prune prune = prune_of(x);

	return state_contains(&prune, outer, inner, kept);
}

/* What paths from @kept read is read by the current path, which ends here. */
static void inherit_reads(struct explorer *x, const struct kept *kept)
{
	u32 frame, slot;

	for (frame = 0; frame < x->state->frame_cnt; frame++)
		for (slot = 0; slot < MODBPF_STACK_SIZE / 8; slot++)
			if (kept->read[frame] >> slot & 1)
				stack_mark_read(x->state, frame, slot);
}

/*
 * Is the current state worth its memory? Where loops, calls and callbacks come round it
 * is, at other joins only some way after the one kept before; the more are kept, and the
 * more they take, the further, so that they grow slower than the program. @first: none is
 * kept here.
 */
static bool is_worth_keeping(const struct explorer *x, bool first)
{
	u8 flags = x->prog->info[x->state->insn].flags;
	u64 mib = x->bytes >> 20;

	if (flags & INSN_CALLS_BACK)
		return true;
	if (first)
		return flags & (INSN_LOOP | INSN_SUBPROG_START | INSN_AFTER_CALL) ||
		       x->insns >= 4 + x->kept_cnt / 256 + mib * mib / 4;
	return x->jumps >= 2 && x->insns >= 8 + x->evicted_cnt / 32;
}

/* Compare with the states kept here. *@pruned: the path ends. */
static int check_join(struct explorer *x, bool *pruned)
{
	struct kept **head = &x->kept[x->state->insn], *kept, *next, *last = NULL;
	bool is_met = false;
	u32 cnt = 0;

	if (x->prog->info[x->state->insn].flags & INSN_CALLS_BACK && !x->state->called_back)
		state_top(x->state)->arrival = ++x->last_id;
	for (kept = *head; kept; kept = next) {
		next = kept->next;
		last = kept;
		cnt++;
		is_met |= kept->is_met;
		x->stats->work++;
		if (!state_same_place(kept->state, x->state))
			continue;
		if (!kept->branches && callback_may_stand_for(kept->state, x->state) &&
		    is_contained(x, kept->state, x->state, kept)) {
			kept_unlink(kept);
			kept_insert(head, kept);
			kept->is_met = true;
			inherit_reads(x, kept);
			exact_inherit(x->state, kept);
			*pruned = true;
			return 0;
		}
		if (kept->branches && !x->state->called_back &&
		    is_contained(x, kept->state, x->state, NULL) &&
		    is_contained(x, x->state, kept->state, NULL) &&
		    !callback_went_round(x->state, kept)) {
			return refuse_program(x->log, REFUSE_LOOP_INFINITE, x->state->insn,
					      "infinite loop detected at insn %u", x->state->insn);
		}
	}
	if (x->state->called_back) {
		struct prune prune = prune_of(x);

		*pruned = callback_converges(x->state, &prune);
		if (*pruned)
			return 0;
	}
	if (!is_worth_keeping(x, !*head))
		return 0;
	/* The states kept last are those that branches taken back will meet. */
	if (cnt >= (is_met ? MAX_PER_INSN : MAX_UNMET))
		kept_evict(x, last);
	return keep_state(x);
}

/* --- paths ---------------------------------------------------------------- */

static int push_pending(struct explorer *x, struct state *state)
{
	state->next = x->pending;
	x->pending = state;
	x->bytes += state_bytes(state);
	x->stats->work += state_bytes(state) / 256;
	if (state->parent)
		state->parent->branches++;
	if (++x->pending_cnt <= EXPLORE_MAX_PENDING)
		return 0;
	return refuse_program(x->log, REFUSE_BUDGET_BRANCHES, state->insn,
			      "The sequence of %u jumps is too complex.", x->pending_cnt);
}

static bool pop_pending(struct explorer *x)
{
	x->state = x->pending;
	if (!x->state)
		return false;
	x->pending = x->state->next;
	x->state->next = NULL;
	x->pending_cnt--;
	x->bytes -= state_bytes(x->state);
	trail_go_back(&x->trail, x->state->insn, x->state->frame_cnt);
	return true;
}

static u32 changed_regs(struct explorer *x)
{
	const struct reg *now = state_top(x->state)->regs;
	u32 i, changed = 0;

	for (i = 0; i <= MODBPF_REG_FP; i++)
		if (memcmp(&now[i], &x->before[i], sizeof(*now)))
			changed |= 1u << i;
	return changed;
}

static void log_step(struct explorer *x, u32 pc)
{
	if (print_source(x->log, x->prog, pc, true))
		vlog_end(x->log);
	print_insn(x->log, x->prog, pc);
	vlog_add(x->log, " ;");
	print_regs(x->log, x->state, changed_regs(x));
	vlog_end(x->log);
}

/* Note where the path could have gone elsewhere: for who asks how it came to a rejection. */
static int note_turn(struct explorer *x, const struct step *step)
{
	struct turn turn = { step->pc, step->next, x->state->frame_cnt, step->fork != NULL };
	int err;

	if (!step->fork && (step->ended || !insn_turns(step->insn)))
		return 0;
	x->bytes -= trail_bytes(&x->trail);
	err = trail_add(&x->trail, turn);
	x->bytes += trail_bytes(&x->trail);
	return err;
}

/* Carry out one instruction. */
static int run_insn(struct explorer *x, bool *ended)
{
	u32 pc = x->state->insn;
	struct step step = {
		.prog = x->prog, .found = x->found, .log = x->log, .state = x->state,
		.insn = &x->prog->insns[pc], .note = &x->found->notes[pc], .pc = pc,
		.last_id = &x->last_id, .work = &x->stats->work,
	};
	bool verbose = vlog_wants(x->log, VLOG_EVERY);
	int err;

	if (verbose)
		memcpy(x->before, state_top(x->state)->regs, sizeof(x->before));
	err = check_insn(&step);
	step.note->flags |= NOTE_SEEN;
	x->state = step.state;
	if (step.fork && !err)
		err = push_pending(x, step.fork);
	else
		state_free(step.fork);
	if (!err)
		err = note_turn(x, &step);
	if (err)
		return err;
	if (verbose)
		log_step(x, pc);
	if (insn_jumps(step.insn))
		x->jumps++;
	x->insns++;
	x->state->insn = step.next;
	*ended = step.ended;
	return 0;
}

static int follow_path(struct explorer *x)
{
	bool ended = false;
	int err = 0;

	while (!err && !ended) {
		err = check_budget(x);
		if (!err && x->prog->info[x->state->insn].flags & INSN_JOIN)
			err = check_join(x, &ended);
		if (err || ended)
			break;
		x->stats->insns_processed++;
		x->stats->work++;
		err = run_insn(x, &ended);
	}
	return err;
}

/* What is verified by itself: main, a global function, or what timers of a map call. */
struct root {
	u32 routine;
	bool is_timer;
	u32 map;
};

static int begin(struct explorer *x, const struct root *root)
{
	u32 routine = root->routine;
	struct step step;
	struct reg *regs;

	x->found->root = routine;
	x->jumps = 0;
	x->insns = 0;
	x->trail.cnt = 0;
	x->state = state_new();
	if (!x->state || state_push_frame(x->state, 0, routine))
		return -ENOMEM;
	x->state->insn = x->prog->routines[routine].start;
	regs = state_top(x->state)->regs;
	step = (struct step){ .prog = x->prog, .state = x->state, .last_id = &x->last_id };
	if (root->is_timer)
		enter_timer_callback(&step, root->map);
	else if (routine)
		enter_global(x->prog, routine, regs, &x->last_id);
	else
		regs[1] = reg_pointer(REG_CTX);
	return 0;
}

static void explain(struct explorer *x, u32 routine)
{
	const struct refused_path path = { x->state, &x->trail, x->prog->routines[routine].start };

	if (x->log->refusal.code != REFUSE_NOTHING)
		explain_path(x->log, x->prog, &path);
}

static int follow_paths(struct explorer *x, const struct root *root)
{
	int err = begin(x, root);

	while (!err) {
		err = follow_path(x);
		if (err)
			break;
		path_ended(x, x->state->parent);
		state_free(x->state);
		if (!pop_pending(x))
			break;
	}
	if (err)
		explain(x, root->routine);
	return err;
}

/* What was kept is not enough for who is called with more frames above it. */
static void forget_kept(struct explorer *x)
{
	u32 i;

	for (i = 0; i < x->prog->insn_cnt; i++)
		while (x->kept[i])
			kept_free(x, x->kept[i]);
}

/* Follow @routine as whatever it is known to be entered as by now. *@found_more: it was. */
static int follow_entries(struct explorer *x, u32 routine, bool *found_more)
{
	struct entry *entry = &x->found->entries[routine];
	struct root root = { .routine = routine };
	int err = 0;

	if (entry->is_called && !entry->is_verified) {
		if (x->found->notes[x->prog->routines[routine].start].flags & NOTE_SEEN)
			forget_kept(x);
		entry->is_verified = true;
		*found_more = true;
		err = follow_paths(x, &root);
	}
	root.is_timer = true;
	for (; !err && root.map < MODBPF_MAX_USED_MAPS; root.map++) {
		if (!((entry->timer_maps & ~entry->timers_verified) >> root.map & 1))
			continue;
		entry->timers_verified |= 1ULL << root.map;
		*found_more = true;
		err = follow_paths(x, &root);
	}
	return err;
}

static void end(struct explorer *x)
{
	state_free(x->state);
	while (pop_pending(x))
		state_free(x->state);
	if (x->kept)
		forget_kept(x);
	while (x->evicted)
		kept_free(x, x->evicted);
	modbpf_free(x->kept);
	modbpf_free(x->trail.turns);
}

int explore(const struct program *prog, struct findings *found, struct vlog *log,
	    struct verify_stats *stats, u32 *max_states_per_insn)
{
	struct explorer *x = modbpf_zalloc(sizeof(*x));
	bool found_more;
	u32 i;
	int err;

	if (!x)
		return -ENOMEM;
	x->prog = prog;
	x->found = found;
	x->log = log;
	x->stats = stats;
	x->kept = modbpf_zalloc(prog->insn_cnt * sizeof(*x->kept));
	err = x->kept ? 0 : -ENOMEM;
	found->entries[0].is_called = true;
	/*
	 * Callers first: then it is known which are called, and how deep. What timers call
	 * need not be below who sets it.
	 */
	do {
		found_more = false;
		for (i = prog->routine_cnt; i-- > 0 && !err;)
			err = follow_entries(x, prog->callees_first[i], &found_more);
	} while (found_more && !err);
	*max_states_per_insn = x->max_per_insn;
	end(x);
	modbpf_free(x);
	return err;
}
