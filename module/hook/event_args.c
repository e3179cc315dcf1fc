// SPDX-License-Identifier: GPL-2.0-only
/*
 * How many arguments has a tracepoint, and how wide is each? The kernel itself
 * does not know when it runs; its BTF has a typedef btf_trace_NAME of a pointer to
 * the function that a tracepoint calls, the runtime's data first. It is read when
 * the first program asks, and what matters of it is kept.
 *
 * A register holds more than a narrow argument, and behind the last argument lies
 * what others left: neither is shown to a program, hence the masks.
 *
 * A kernel without BTF has the rows of known_rows only; the arguments of a
 * module's tracepoints are counted by the module (compat/raw_event.h).
 */
#include "module/hook/event_args.h"

#include <linux/bits.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#include "isa/btf/kernel.h"
#include "module/compat/raw_event.h"
#include "module/kernel_btf.h"

struct event_row {
	char *name;
	u8 cnt;
	u8 bytes[TRACE_ARGS];
};

/* What all supported kernels have at least; 8 bytes each. */
static const struct {
	const char *name;
	u32 cnt;
} known_rows[] = {
	{ "sched_process_exit", 1 },
	{ "sched_process_fork", 2 },
	{ "sys_enter", 2 },
	{ "sys_exit", 2 },
};

static DEFINE_MUTEX(event_rows_lock);	/* all below */
static struct event_row *event_rows;	/* NULL: not read yet */
static u32 event_row_cnt;

static int fill_row(struct event_row *row, const struct btf_types *types,
		    const struct btf_call *call)
{
	u32 i;

	row->name = kstrdup(call->name, GFP_KERNEL);
	if (!row->name)
		return -ENOMEM;
	row->cnt = call->cnt;
	for (i = 0; i < row->cnt; i++)
		row->bytes[i] = btf_arg_bytes(types, call->args[i]);
	return 0;
}

static void free_rows(void)
{
	u32 i;

	for (i = 0; i < event_row_cnt; i++)
		kfree(event_rows[i].name);
	kvfree(event_rows);
	event_rows = NULL;
	event_row_cnt = 0;
}

static int make_rows(const struct btf_types *types)
{
	struct btf_view view;
	struct btf_call call;
	const char *why;
	u32 id, cnt = 0;
	int err = 0;

	for (id = 1; id < types->cnt; id++) {
		view = btf_view_of(types, id);
		cnt += !!btf_event_name(types, &view);
	}
	event_rows = kvcalloc(cnt + 1, sizeof(*event_rows), GFP_KERNEL);
	if (!event_rows)
		return -ENOMEM;
	for (id = 1; id < types->cnt && !err; id++) {
		if (btf_call_of_event(types, id, &call, &why))
			continue;
		err = fill_row(&event_rows[event_row_cnt], types, &call);
		if (!err)
			event_row_cnt++;
	}
	if (err)
		free_rows();
	return err;
}

static int read_rows(void)
{
	struct kernel_btf *btf;
	int err = kernel_btf_try(NULL, &btf);

	if (err || !btf)
		return err;
	err = make_rows(kernel_btf_types(btf));
	kernel_btf_put(btf);
	return err;
}

static void set_args(struct event_args *args, u32 cnt, const u8 *bytes)
{
	u32 i;

	memset(args, 0, sizeof(*args));
	args->cnt = min_t(u32, cnt, TRACE_ARGS);
	for (i = 0; i < args->cnt; i++)
		args->masks[i] = GENMASK_ULL(bytes ? 8 * bytes[i] - 1 : 63, 0);
}

static void look_up(const char *name, struct event_args *args)
{
	u32 i;

	set_args(args, 0, NULL);
	for (i = 0; i < ARRAY_SIZE(known_rows); i++)
		if (!strcmp(known_rows[i].name, name))
			set_args(args, known_rows[i].cnt, NULL);
	for (i = 0; i < event_row_cnt; i++)
		if (!strcmp(event_rows[i].name, name))
			set_args(args, event_rows[i].cnt, event_rows[i].bytes);
}

int event_args_get(const struct tracepoint *tp, const struct module *module,
		   struct event_args *args)
{
	int err = 0;

	if (module) {
		set_args(args, compat_module_event_args(module, tp), NULL);
		return 0;
	}
	if (mutex_lock_killable(&event_rows_lock))
		return -EINTR;
	if (!event_rows)
		err = read_rows();
	if (!err)
		look_up(tp->name, args);
	mutex_unlock(&event_rows_lock);
	return err;
}

void event_args_exit(void)
{
	free_rows();
}
