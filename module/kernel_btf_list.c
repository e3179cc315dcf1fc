// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which BTF has the kernel, of itself and of its modules? There is a file for each in
 * sysfs; the objects that stand for them are brought up to date when somebody begins to look
 * through the ids. A file is known by its inode number, since a module may come
 * back and be another. Its bytes are read anew each time they are asked for.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "isa/btf/btf.h"
#include "module/btf.h"
#include "module/caller.h"
#include "module/kernel_btf.h"
#include "module/sysfs.h"

#define FOLDER "/sys/kernel/btf"
#define VMLINUX "vmlinux"

static DEFINE_MUTEX(list_lock);
static LIST_HEAD(files);	/* kernel_btf_file.node; each holds a reference to its object */

bool kernel_btf_is_vmlinux(const struct modbpf_btf *btf)
{
	return !strcmp(btf->file->name, VMLINUX);
}

static struct modbpf_btf *new_object(const struct caller *caller, const char *name, u64 inode)
{
	struct modbpf_btf *btf = kzalloc(sizeof(*btf), GFP_KERNEL);
	u32 bytes = strlen(name) + 1;

	if (!btf)
		return NULL;
	btf->file = kzalloc(struct_size(btf->file, name, bytes), GFP_KERNEL);
	if (!btf->file) {
		kfree(btf);
		return NULL;
	}
	object_init(&btf->obj, caller);
	btf->obj.uid = 0;
	btf->file->btf = btf;
	btf->file->inode = inode;
	memcpy(btf->file->name, name, bytes);
	return btf;
}

static int add(const struct caller *caller, const char *name, u64 inode)
{
	struct modbpf_btf *btf = new_object(caller, name, inode);
	int err;

	if (!btf)
		return -ENOMEM;
	err = object_publish(&modbpf_btf_ids, &btf->obj);
	if (err) {
		kfree(btf->file);
		kfree(btf);
		return err;
	}
	btf->file->is_there = true;
	list_add_tail(&btf->file->node, &files);
	return 0;
}

/* Of the folder: an entry that is known, or a new one. */
static int note(void *data, const char *name, u64 inode)
{
	struct kernel_btf_file *file;

	list_for_each_entry(file, &files, node) {
		if (file->inode == inode && !strcmp(file->name, name)) {
			file->is_there = true;
			return 0;
		}
	}
	return add(data, name, inode);
}

/* Nobody who comes later finds it; who has it keeps it. */
static void drop(struct kernel_btf_file *file)
{
	list_del(&file->node);
	object_withdraw(&modbpf_btf_ids, &file->btf->obj);
	btf_put(file->btf);
}

int kernel_btf_list_update(const struct caller *caller)
{
	struct kernel_btf_file *file, *next;
	int err;

	if (mutex_lock_killable(&list_lock))
		return -EINTR;
	list_for_each_entry(file, &files, node)
		file->is_there = false;
	err = sysfs_each(FOLDER, note, (void *)caller);
	if (err == -ENOENT)	/* without a folder there are none */
		err = 0;
	list_for_each_entry_safe(file, next, &files, node)
		if (!file->is_there && !err)
			drop(file);
	mutex_unlock(&list_lock);
	return err;
}

u32 kernel_btf_list_vmlinux(void)
{
	struct kernel_btf_file *file;
	u32 id = 0;

	mutex_lock(&list_lock);
	list_for_each_entry(file, &files, node)
		if (kernel_btf_is_vmlinux(file->btf))
			id = file->btf->obj.id;
	mutex_unlock(&list_lock);
	return id;
}

ssize_t kernel_btf_file_read(const struct modbpf_btf *btf, size_t most, void **data)
{
	char *path = kasprintf(GFP_KERNEL, FOLDER "/%s", btf->file->name);
	ssize_t bytes;

	if (!path)
		return -ENOMEM;
	bytes = sysfs_read_same(path, btf->file->inode, min_t(size_t, most, MODBPF_BTF_MAX_BYTES), data);
	kfree(path);
	return bytes;
}

void kernel_btf_list_exit(void)
{
	struct kernel_btf_file *file, *next;

	list_for_each_entry_safe(file, next, &files, node)
		drop(file);
}
