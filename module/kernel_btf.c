// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which types has the kernel? Its BTF is one file of sysfs, which is read with the
 * rights of whoever asks first. It takes megabytes, and is let go with its last user.
 */
#include "module/kernel_btf.h"

#include <linux/capability.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "isa/btf/btf.h"
#include "module/btf.h"
#include "module/caller.h"
#include "module/sysfs.h"

#define PATH "/sys/kernel/btf/vmlinux"

struct kernel_btf {
	u32 refs;
	struct modbpf_btf *supplied;	/* reference; NULL: it is the kernel's own, and ours: */
	void *data;
	struct btf_types *types;	/* of data */
};

static DEFINE_MUTEX(kernel_btf_lock);	/* all below, and refs */
static struct kernel_btf *in_use;	/* NULL: by nobody */
static struct modbpf_btf *supplied;	/* reference; NULL: nothing was */
static bool is_unusable;		/* what is there is not understood */

static void kernel_btf_free(struct kernel_btf *btf)
{
	btf_put(btf->supplied);
	modbpf_btf_free(btf->types);
	vfree(btf->data);
	kfree(btf);
}

static int parse(struct kernel_btf *btf, size_t bytes)
{
	struct btf_why why = {};
	int err = modbpf_btf_parse(btf->data, bytes, &why, &btf->types);

	if (!err || err == -ENOMEM || err == -EINTR)
		return err;
	pr_warn("modbpf: " PATH " is not understood: %s\n", why.text);
	is_unusable = true;
	return -ENOENT;
}

static int read_own(struct kernel_btf *btf)
{
	ssize_t bytes = is_unusable ? -ENOENT : sysfs_read(PATH, MODBPF_BTF_MAX_BYTES, &btf->data);

	return bytes < 0 ? bytes : parse(btf, bytes);
}

static struct kernel_btf *kernel_btf_make(void)
{
	struct kernel_btf *btf = kzalloc(sizeof(*btf), GFP_KERNEL);
	int err = 0;

	if (!btf)
		return ERR_PTR(-ENOMEM);
	if (supplied)
		btf->supplied = btf_get(supplied);
	else
		err = read_own(btf);
	if (!err)
		return btf;
	kernel_btf_free(btf);
	return ERR_PTR(err);
}

struct kernel_btf *kernel_btf_get(void)
{
	struct kernel_btf *btf;

	if (mutex_lock_killable(&kernel_btf_lock))
		return ERR_PTR(-EINTR);
	btf = in_use ? in_use : kernel_btf_make();
	if (!IS_ERR(btf)) {
		btf->refs++;
		in_use = btf;
	}
	mutex_unlock(&kernel_btf_lock);
	return btf;
}

int kernel_btf_try(struct kernel_btf **btf)
{
	int err;

	*btf = kernel_btf_get();
	err = PTR_ERR_OR_ZERO(*btf);
	if (err)
		*btf = NULL;
	return err == -ENOMEM || err == -EINTR ? err : 0;
}

void kernel_btf_put(struct kernel_btf *btf)
{
	if (!btf)
		return;
	mutex_lock(&kernel_btf_lock);
	if (!--btf->refs) {
		if (in_use == btf)
			in_use = NULL;
		kernel_btf_free(btf);
	}
	mutex_unlock(&kernel_btf_lock);
}

const struct btf_types *kernel_btf_types(const struct kernel_btf *btf)
{
	return btf->supplied ? btf->supplied->types : btf->types;
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
	int err;

	if (mutex_lock_killable(&kernel_btf_lock))
		return -EINTR;
	err = check_has_none();
	if (!err) {
		btf_put(supplied);
		supplied = btf ? btf_get(btf) : NULL;
		in_use = NULL;	/* its users keep it */
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
	btf_put(btf);
	return err;
}

void kernel_btf_exit(void)
{
	btf_put(supplied);
}
