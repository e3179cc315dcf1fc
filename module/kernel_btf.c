// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which types has the kernel, and which has one of its modules? Its BTF is one file of
 * sysfs, a module's another, which counts on from the first: the two are put together. They
 * take megabytes, and are let go with their last user; the kernel's a moment later, since
 * programs are loaded one after the other.
 */
#include "module/kernel_btf.h"

#include <linux/capability.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#include "isa/btf/btf.h"
#include "module/btf.h"
#include "module/caller.h"
#include "module/kfunc.h"
#include "module/sysfs.h"

#define PATH "/sys/kernel/btf/vmlinux"
#define KEPT_SECONDS 5

struct kernel_btf {
	u32 refs;
	struct list_head node;		/* in in_use, or in no list: no newcomer gets it */
	struct modbpf_btf *module;	/* reference; NULL: it is of no module */
	struct modbpf_btf *supplied;	/* reference; NULL: it is the kernel's own, and ours: */
	void *data;
	struct btf_types *types;	/* of data */
};

static DEFINE_MUTEX(kernel_btf_lock);	/* all below, and refs */
static LIST_HEAD(in_use);
static struct modbpf_btf *supplied;	/* reference; NULL: nothing was */
static bool is_unusable;		/* what is there is not understood */
static bool is_over;			/* the module is about to go */

static void kernel_btf_free(struct kernel_btf *btf)
{
	btf_put(btf->module);
	btf_put(btf->supplied);
	modbpf_btf_free(btf->types);
	vfree(btf->data);
	kfree(btf);
}

/* Of @name. Of the kernel itself it is found out once only. */
static int parse(struct kernel_btf *btf, const char *name, size_t bytes)
{
	struct btf_why why = {};
	int err = modbpf_btf_parse(btf->data, bytes, &why, &btf->types);

	if (!err || err == -ENOMEM || err == -EINTR)
		return err;
	pr_warn("modbpf: the BTF of %s is not understood: %s\n", name, why.text);
	is_unusable |= !btf->module;
	return -ENOENT;
}

static int read_own(struct kernel_btf *btf)
{
	ssize_t bytes = is_unusable ? -ENOENT : sysfs_read(PATH, MODBPF_BTF_MAX_BYTES, &btf->data);

	return bytes < 0 ? bytes : parse(btf, PATH, bytes);
}

/* What the kernel has and what the module has, one behind the other. */
static int join(struct kernel_btf *btf, const void *base, u32 base_bytes, const void *split,
		u32 split_bytes)
{
	const char *name = btf->module->file->name;
	struct btf_why why;
	u32 bytes;

	btf->data = vmalloc((size_t)base_bytes + split_bytes);
	if (!btf->data)
		return -ENOMEM;
	if (!modbpf_btf_join(base, base_bytes, split, split_bytes, btf->data, &bytes, &why))
		return parse(btf, name, bytes);
	pr_warn("modbpf: the BTF of %s is not understood: %s\n", name, why.text);
	return -ENOENT;
}

static int read_module(struct kernel_btf *btf)
{
	void *base = NULL, *split = NULL;
	ssize_t bytes, base_bytes;
	int err;

	base_bytes = sysfs_read(PATH, MODBPF_BTF_MAX_BYTES, &base);
	if (base_bytes < 0)
		return base_bytes;
	bytes = kernel_btf_file_read(btf->module, MODBPF_BTF_MAX_BYTES, &split);
	err = bytes < 0 ? bytes : join(btf, base, base_bytes, split, bytes);
	vfree(split);
	vfree(base);
	return err;
}

static struct kernel_btf *kernel_btf_make(struct modbpf_btf *module)
{
	struct kernel_btf *btf = kzalloc(sizeof(*btf), GFP_KERNEL);
	int err = 0;

	if (!btf)
		return ERR_PTR(-ENOMEM);
	if (module) {
		btf->module = btf_get(module);
		err = read_module(btf);
	} else if (supplied) {
		btf->supplied = btf_get(supplied);
	} else {
		err = read_own(btf);
	}
	if (err) {
		kernel_btf_free(btf);
		return ERR_PTR(err);
	}
	list_add(&btf->node, &in_use);
	return btf;
}

/* NULL: nobody uses it. */
static struct kernel_btf *find(const struct modbpf_btf *module)
{
	struct kernel_btf *btf;

	list_for_each_entry(btf, &in_use, node)
		if (btf->module == module)
			return btf;
	return NULL;
}

static struct kernel_btf *kernel_btf_get(struct modbpf_btf *module)
{
	struct kernel_btf *btf;

	if (module && kernel_btf_is_vmlinux(module))
		module = NULL;
	if (mutex_lock_killable(&kernel_btf_lock))
		return ERR_PTR(-EINTR);
	btf = find(module) ?: kernel_btf_make(module);
	if (!IS_ERR(btf))
		btf->refs++;
	mutex_unlock(&kernel_btf_lock);
	return btf;
}

int kernel_btf_try(struct modbpf_btf *module, struct kernel_btf **btf)
{
	int err;

	*btf = kernel_btf_get(module);
	err = PTR_ERR_OR_ZERO(*btf);
	if (err)
		*btf = NULL;
	return err == -ENOENT ? 0 : err;
}

static void forget(struct kernel_btf *btf)
{
	list_del(&btf->node);
	kernel_btf_free(btf);
}

static void forget_unused(struct work_struct *work)
{
	struct kernel_btf *btf;

	mutex_lock(&kernel_btf_lock);
	btf = find(NULL);
	if (btf && !btf->refs)
		forget(btf);
	mutex_unlock(&kernel_btf_lock);
}

static DECLARE_DELAYED_WORK(forgetting, forget_unused);

/* Nobody uses it: may somebody soon, who would read it again? */
static bool keep_a_while(const struct kernel_btf *btf)
{
	if (is_over || btf->module || btf->supplied || list_empty(&btf->node))
		return false;
	mod_delayed_work(system_wq, &forgetting, KEPT_SECONDS * HZ);
	return true;
}

void kernel_btf_put(struct kernel_btf *btf)
{
	if (!btf)
		return;
	mutex_lock(&kernel_btf_lock);
	if (!--btf->refs && !keep_a_while(btf))
		forget(btf);
	mutex_unlock(&kernel_btf_lock);
}

const struct btf_types *kernel_btf_types(const struct kernel_btf *btf)
{
	return btf->supplied ? btf->supplied->types : btf->types;
}

const char *kernel_btf_module(const struct kernel_btf *btf)
{
	return btf->module ? btf->module->file->name : NULL;
}

u32 kernel_btf_id(const struct kernel_btf *btf)
{
	if (btf->module)
		return btf->module->obj.id;
	return btf->supplied ? btf->supplied->obj.id : kernel_btf_list_vmlinux();
}

bool kernel_btf_is_own(const struct kernel_btf *btf)
{
	return !btf->supplied;
}

/* Has the kernel types of its own? Whoever uses supplied ones was told that it has not. */
static int check_has_none(void)
{
	struct kernel_btf own = {};
	int err = supplied ? -ENOENT : read_own(&own);

	modbpf_btf_free(own.types);
	vfree(own.data);
	return err == -ENOENT ? 0 : err ? err : -EEXIST;
}

static int supply(struct modbpf_btf *btf)
{
	struct kernel_btf *old;
	int err;

	if (mutex_lock_killable(&kernel_btf_lock))
		return -EINTR;
	err = check_has_none();
	if (!err) {
		btf_put(supplied);
		supplied = btf ? btf_get(btf) : NULL;
		old = find(NULL);
		if (old && old->refs)	/* its users keep it */
			list_del_init(&old->node);
		else if (old)
			forget(old);
	}
	mutex_unlock(&kernel_btf_lock);
	return err;
}

long kernel_btf_supply(const struct caller *caller, u64 ufd)
{
	struct modbpf_btf *btf = NULL;
	int err;
	s32 fd;

	if (!caller_capable(caller, CAP_SYS_ADMIN))
		return -EPERM;
	if (caller_copy_in(caller, &fd, ufd, sizeof(fd)))
		return -EFAULT;
	if (fd != -1)
		btf = btf_get_by_fd(caller, fd);
	if (IS_ERR(btf))
		return PTR_ERR(btf);
	err = supply(btf);
	if (!err)
		kfunc_withdraw();
	btf_put(btf);
	return err;
}

void kernel_btf_exit(void)
{
	mutex_lock(&kernel_btf_lock);
	is_over = true;
	mutex_unlock(&kernel_btf_lock);
	cancel_delayed_work_sync(&forgetting);
	forget_unused(NULL);
	kernel_btf_list_exit();
	btf_put(supplied);
}
