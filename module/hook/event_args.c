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
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <linux/vmalloc.h>

#include "isa/btf/btf.h"
#include "module/compat/raw_event.h"
#include "module/sysfs.h"

#define KERNEL_BTF "/sys/kernel/btf/vmlinux"
#define PREFIX "btf_trace_"

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
static bool has_no_types;		/* there is nothing to be read */

static u32 mark_width(const struct btf_types *types, u32 type)
{
	u32 bytes = type ? types->sizes[type] : MODBPF_BTF_NO_SIZE;

	return bytes == 1 || bytes == 2 || bytes == 4 ? bytes : 8;
}

/* The prototype behind a typedef of a pointer to it; false: it is none of a tracepoint. */
static bool proto_of(const struct btf_types *types, const struct btf_view *def,
		     struct btf_view *proto)
{
	struct btf_view pointer;

	if (!def->type)
		return false;
	pointer = btf_view_of(types, def->type);
	if (pointer.kind != MODBPF_BTF_PTR || !pointer.type)
		return false;
	*proto = btf_view_of(types, pointer.type);
	return proto->kind == MODBPF_BTF_FUNC_PROTO && proto->vlen >= 1 &&
	       proto->vlen <= TRACE_ARGS + 1;
}

static const char *event_name(const struct btf_types *types, const struct btf_view *view)
{
	const char *name;

	if (view->kind != MODBPF_BTF_TYPEDEF)
		return NULL;
	name = btf_string(types, view->name_off);
	return name && strstarts(name, PREFIX) ? name + strlen(PREFIX) : NULL;
}

static int fill_row(struct event_row *row, const struct btf_types *types,
		    const struct btf_view *proto, const char *name)
{
	u32 i;

	row->name = kstrdup(name, GFP_KERNEL);
	if (!row->name)
		return -ENOMEM;
	row->cnt = proto->vlen - 1;
	for (i = 0; i < row->cnt; i++)
		row->bytes[i] = mark_width(types, btf_view_param(proto, i + 1).type);
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
	struct btf_view view, proto;
	const char *name;
	u32 id, cnt = 0;
	int err = 0;

	for (id = 1; id < types->cnt; id++) {
		view = btf_view_of(types, id);
		cnt += !!event_name(types, &view);
	}
	event_rows = kvcalloc(cnt + 1, sizeof(*event_rows), GFP_KERNEL);
	if (!event_rows)
		return -ENOMEM;
	for (id = 1; id < types->cnt && !err; id++) {
		view = btf_view_of(types, id);
		name = event_name(types, &view);
		if (!name || !proto_of(types, &view, &proto))
			continue;
		err = fill_row(&event_rows[event_row_cnt], types, &proto, name);
		if (!err)
			event_row_cnt++;
	}
	if (err)
		free_rows();
	return err;
}

static int read_rows(void)
{
	struct btf_types *types;
	struct btf_why why = {};
	void *data;
	ssize_t bytes;
	int err;

	bytes = sysfs_read(KERNEL_BTF, MODBPF_BTF_MAX_BYTES, &data);
	if (bytes < 0) {
		/* It is opened with the rights of whoever asks: who may not, answers for no other. */
		has_no_types = bytes == -ENOENT;
		return bytes == -ENOMEM || bytes == -EINTR ? bytes : 0;
	}
	err = modbpf_btf_parse(data, bytes, &why, &types);
	if (!err) {
		err = make_rows(types);
		modbpf_btf_free(types);
	} else if (err != -ENOMEM && err != -EINTR) {
		pr_warn("modbpf: " KERNEL_BTF " is not understood: %s\n", why.text);
		has_no_types = true;
		err = 0;
	}
	vfree(data);
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
	if (!event_rows && !has_no_types)
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
