// SPDX-License-Identifier: GPL-2.0-only
/*
 * How does a verified program become one that runs? Under jit=1 it is compiled,
 * memory of the known size is taken, and the bytes are written for the address
 * that they got. There is no falling back: no memory is an error.
 */
#include "module/prog.h"

#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "module/image.h"
#include "module/target.h"

/* A function of a type is called as its helper is, with R1 to R5 for arguments. */
static void bind_calls(const struct map_ops *ops, u64 *calls)
{
	calls[MAP_CALL_LOOKUP] = (unsigned long)ops->lookup;
	calls[MAP_CALL_UPDATE] = (unsigned long)ops->update;
	calls[MAP_CALL_DELETE] = (unsigned long)ops->delete;
	calls[MAP_CALL_PUSH] = (unsigned long)ops->push;
	calls[MAP_CALL_POP] = (unsigned long)ops->pop;
	calls[MAP_CALL_PEEK] = (unsigned long)ops->peek;
	calls[MAP_CALL_LOOKUP_PERCPU] = (unsigned long)ops->lookup_percpu;
}

static int bind_maps(struct modbpf_prog *prog)
{
	struct map_bind *bind;
	u32 i;

	prog->binds = kcalloc(prog->map_cnt + 1, sizeof(*prog->binds), GFP_KERNEL_ACCOUNT);
	if (!prog->binds)
		return -ENOMEM;
	for (i = 0; i < prog->map_cnt; i++) {
		bind = &prog->binds[i];
		bind->map = (unsigned long)prog->maps[i];
		bind->max_entries = prog->maps[i]->max_entries;
		bind_calls(prog->maps[i]->ops, bind->calls);
		if (prog->maps[i]->ops->bind)
			prog->maps[i]->ops->bind(prog->maps[i], bind);
	}
	return 0;
}

static int size_image(struct modbpf_prog *prog, const struct map_desc *descs,
		      struct jit_code **code)
{
	struct jit_request req = {
		.prog = prog->verified,
		.maps = descs,
		.binds = prog->binds,
		.self = (unsigned long)prog,
		.target = modbpf_target(),
		.opt = modbpf_opt,
	};

	if (prog->is_blinded)
		req.blind_seed = get_random_u64() | 1;

	return modbpf_jit_compile(&req, code);
}

static int allocate_image(struct modbpf_prog *prog, const struct jit_layout *layout)
{
	int err = quota_set(&prog->obj.charge, QUOTA_JIT_BYTES, layout->bytes);
	struct image *image;

	if (err)
		return err;
	image = image_alloc(layout->bytes);
	if (IS_ERR(image))
		return PTR_ERR(image);
	prog->image = image;
	return 0;
}

static int emit_image(struct modbpf_prog *prog, const struct jit_code *code, u32 bytes, u8 **out)
{
	u8 *buf = kvmalloc(bytes, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	int err;

	if (!buf)
		return -ENOMEM;
	err = modbpf_jit_emit(code, image_addr(prog->image), buf);
	if (err)
		kvfree(buf);
	else
		*out = buf;
	return err;
}

/*
 * Where the code of each line begins. The first of a subprogram begins with the
 * subprogram, what it does on entry included: so readers find it.
 */
static int place_lines(struct modbpf_prog *prog, const struct jit_layout *layout)
{
	const struct verified_prog *verified = prog->verified;
	u32 i, subprog = 0;

	prog->line_starts = kvmalloc_array(verified->line_cnt, sizeof(*prog->line_starts),
					   GFP_KERNEL_ACCOUNT);
	if (!prog->line_starts)
		return -ENOMEM;
	for (i = 0; i < verified->line_cnt; i++) {
		u32 insn = verified->lines[i].insn;

		prog->line_starts[i] = layout->insn[insn];
		if (subprog < verified->subprog_cnt && insn == verified->subprogs[subprog].start)
			prog->line_starts[i] = prog->subprog_starts[subprog++];
	}
	return 0;
}

static int seal_image(struct modbpf_prog *prog, const struct jit_layout *layout, const u8 *buf)
{
	u64 addr = image_addr(prog->image);
	int err;

	prog->subprog_starts = kmemdup(layout->subprog,
				       layout->subprog_cnt * sizeof(*layout->subprog),
				       GFP_KERNEL_ACCOUNT);
	if (!prog->subprog_starts)
		return -ENOMEM;
	prog->subprog_starts[0] = 0;	/* main's code is all before the next one, its entry too */
	err = prog->verified->line_cnt ? place_lines(prog, layout) : 0;
	if (err)
		return err;
	err = image_write(prog->image, buf, layout->bytes);
	if (err)
		return err;
	prog->jited_bytes = layout->bytes;
	prog->entry = (void *)(unsigned long)(addr + layout->entry);
	prog->tail_entry = addr + layout->tail_entry;
	prog->jited = true;
	return 0;
}

static int compile(struct modbpf_prog *prog, const struct map_desc *descs)
{
	const struct jit_layout *layout;
	struct jit_code *code;
	u8 *buf;
	int err;

	err = size_image(prog, descs, &code);
	if (err)
		return err;
	layout = modbpf_jit_layout(code);
	err = allocate_image(prog, layout);
	if (err)
		goto free_code;
	err = emit_image(prog, code, layout->bytes, &buf);
	if (err)
		goto free_image;
	err = seal_image(prog, layout, buf);
	kvfree(buf);
free_image:
	if (err) {
		image_free(prog->image);
		prog->image = NULL;
	}
free_code:
	modbpf_jit_free(code);
	return err;
}

static u64 probe_load(u64 addr, u32 bytes)
{
	u64 value = 0;

	if (copy_from_kernel_nofault(&value, (void *)(unsigned long)addr, bytes))
		return 0;
	return value;
}

static int interpret(struct modbpf_prog *prog)
{
	u32 cnt = prog->verified->subprog_cnt, i;

	prog->callbacks = kcalloc(cnt, sizeof(*prog->callbacks), GFP_KERNEL_ACCOUNT);
	if (!prog->callbacks)
		return -ENOMEM;
	for (i = 0; i < cnt; i++)
		prog->callbacks[i].env = &prog->interp;
	prog->interp.callbacks = prog->callbacks;
	prog->interp.prog = prog->verified;
	prog->interp.binds = prog->binds;
	prog->interp.self = (unsigned long)prog;
	prog->interp.helpers = modbpf_target()->helpers;
	prog->interp.probe_load = probe_load;
	prog->tail_entry = (unsigned long)&prog->interp;
	return 0;
}

int prog_compile(struct modbpf_prog *prog, const struct map_desc *descs)
{
	u64 begin = ktime_get_ns();
	int err = bind_maps(prog);

	if (err)
		return err;
	prog->may_lose = prog->verified->may_lose;
	if (modbpf_jit)
		err = compile(prog, descs);
	else
		err = interpret(prog);
	prog->jit_nsecs = ktime_get_ns() - begin;
	return err;
}
