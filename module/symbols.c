// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which function of which program lies where? /sys/kernel/debug/modbpf/symbols, for root:
 * a line "START SIZE NAME" in hexadecimal for each function of machine code, as perf reads
 * it from /tmp/perf-PID.map. Main is bpf_prog_TAG_NAME as on Linux, its subprogram N
 * bpf_prog_TAG_NAME.N. Without debugfs the file is not there, and nothing else is lost.
 */
#include "module/symbols.h"

#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/seq_file.h>

#include "module/image.h"
#include "module/prog.h"

/* The next program above id @pos, with a reference. */
static struct modbpf_prog *prog_above(loff_t *pos)
{
	struct object *obj = NULL;
	u32 id;

	while (!obj && *pos < U32_MAX) {
		id = object_next_id(&modbpf_prog_ids, *pos);
		if (!id)
			return NULL;
		*pos = id;
		obj = object_get_by_id(&modbpf_prog_ids, id);
	}
	return obj ? container_of(obj, struct modbpf_prog, obj) : NULL;
}

/* *@pos is the id of the program before, and at last that of the program itself. */
static void *symbols_start(struct seq_file *seq, loff_t *pos)
{
	loff_t above = *pos;

	return prog_above(&above);
}

static void *symbols_next(struct seq_file *seq, void *v, loff_t *pos)
{
	struct modbpf_prog *prog = v;

	*pos = prog->obj.id;
	prog_put(prog);
	return symbols_start(seq, pos);
}

static void symbols_stop(struct seq_file *seq, void *v)
{
	if (v)
		prog_put(v);
}

static int symbols_show(struct seq_file *seq, void *v)
{
	const struct modbpf_prog *prog = v;
	u32 cnt = prog->jited ? prog->verified->subprog_cnt : 0, i;

	for (i = 0; i < cnt; i++) {
		u32 start = prog->subprog_starts[i];
		u32 end = i + 1 < cnt ? prog->subprog_starts[i + 1] : prog->jited_bytes;

		seq_printf(seq, "%llx %x bpf_prog_%*phN%s%s", image_addr(prog->image) + start, end - start,
			   (int)sizeof(prog->tag), prog->tag, prog->obj.name[0] ? "_" : "", prog->obj.name);
		if (i)
			seq_printf(seq, ".%u", i);
		seq_putc(seq, '\n');
	}
	return 0;
}

static const struct seq_operations symbols_ops = {
	.start = symbols_start,
	.next = symbols_next,
	.stop = symbols_stop,
	.show = symbols_show,
};

static int symbols_open(struct inode *inode, struct file *file)
{
	return seq_open(file, &symbols_ops);
}

static const struct file_operations symbols_fops = {
	.owner = THIS_MODULE,
	.open = symbols_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = seq_release,
};

void symbols_init(struct dentry *dir)
{
	debugfs_create_file("symbols", 0400, dir, NULL, &symbols_fops);
}
