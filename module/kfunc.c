// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which function does a program call by a BTF id? One object for the whole module: its ids
 * count on from those of the kernel's BTF, as a module's do.
 */
#include "module/kfunc.h"

#include <linux/err.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "isa/btf/btf.h"
#include "isa/btf/kfunc.h"
#include "module/btf.h"
#include "module/caller.h"
#include "module/kernel_btf.h"
#include "module/user_log.h"
#include "verifier/verifier.h"

static DEFINE_MUTEX(kfunc_lock);
static struct modbpf_btf *ours;	/* under the lock; reference; NULL: nobody has looked for it */

static struct modbpf_btf *make(const struct caller *caller, const struct kfunc_btf_base *base)
{
	struct modbpf_btf *btf = kzalloc(sizeof(*btf), GFP_KERNEL);

	if (!btf)
		return NULL;
	btf->data = kfunc_btf_make(base, &btf->bytes);
	if (!btf->data) {
		kfree(btf);
		return NULL;
	}
	/* It is nobody's: no charge. */
	object_init(&btf->obj, caller);
	btf->obj.uid = 0;
	strscpy(btf->obj.name, KFUNC_BTF_NAME, sizeof(btf->obj.name));
	btf->kfuncs = *base;
	return btf;
}

static int publish(const struct caller *caller)
{
	struct kfunc_btf_base base = { .cnt = 1 };
	const struct btf_types *types;
	struct kernel_btf *kernel;
	struct modbpf_btf *btf;
	int err = kernel_btf_try(NULL, &kernel);

	if (err)
		return err;
	if (kernel) {
		types = kernel_btf_types(kernel);
		base = (struct kfunc_btf_base){ types->cnt, types->string_bytes };
	}
	kernel_btf_put(kernel);
	btf = make(caller, &base);
	if (!btf)
		return -ENOMEM;
	err = object_publish(&modbpf_btf_ids, &btf->obj);
	if (!err) {
		ours = btf;
		return 0;
	}
	kvfree(btf->data);
	kfree(btf);
	return err;
}

int kfunc_publish(const struct caller *caller)
{
	int err = 0;

	if (mutex_lock_killable(&kfunc_lock))
		return -EINTR;
	if (!ours)
		err = publish(caller);
	mutex_unlock(&kfunc_lock);
	return err;
}

void kfunc_withdraw(void)
{
	struct modbpf_btf *btf;

	mutex_lock(&kfunc_lock);
	btf = ours;
	ours = NULL;
	mutex_unlock(&kfunc_lock);
	if (!btf)
		return;
	object_withdraw(&modbpf_btf_ids, &btf->obj);
	btf_put(btf);	/* who has its fd keeps it */
}

/* --- calls ---------------------------------------------------------------------------- */

struct kfunc_load {
	const struct caller *caller;
	u64 fd_array;
	struct user_log *log;
	bool is_kernel_known;
	struct kernel_btf *kernel;	/* NULL: it has none */
};

static int reject(const struct kfunc_load *load, int err, const char *why)
{
	user_log_line(load->log, why);
	return err;
}

static int name_in_kernel(struct kfunc_load *load, u32 id, const char **name)
{
	const struct btf_types *types;
	struct btf_view view;
	int err = load->is_kernel_known ? 0 : kernel_btf_try(NULL, &load->kernel);

	if (err)
		return err;
	load->is_kernel_known = true;
	types = load->kernel ? kernel_btf_types(load->kernel) : NULL;
	if (!types || id >= types->cnt)
		return 0;
	view = btf_view_of(types, id);
	if (view.kind == MODBPF_BTF_FUNC)
		*name = btf_string(types, view.name_off);
	return 0;
}

static int name_of(void *cookie, s32 id, s16 off, const char **name)
{
	struct kfunc_load *load = cookie;
	struct modbpf_btf *btf;
	int err = 0;
	s32 fd;

	if (off < 0)
		return reject(load, -EINVAL, "negative offset disallowed for kernel module function call");
	if (!off)
		return name_in_kernel(load, id, name);
	if (!load->fd_array)
		return reject(load, -EPROTO, "kernel function with offset > 0 without fd_array is invalid");
	if (caller_copy_in(load->caller, &fd, load->fd_array + (u32)off * sizeof(fd), sizeof(fd)))
		return -EFAULT;
	btf = btf_get_any_by_fd(load->caller, fd);
	if (IS_ERR(btf))
		return reject(load, PTR_ERR(btf), "invalid module BTF fd specified");
	if (!btf_is_kernel(btf))
		err = reject(load, -EINVAL, "invalid module BTF fd specified");
	else if (btf->kfuncs.cnt)	/* the name is not the object's */
		*name = kfunc_btf_func(&btf->kfuncs, id);
	btf_put(btf);
	return err;
}

int kfunc_bind(const struct caller *caller, u64 fd_array, struct modbpf_insn *insns, u32 insn_cnt,
	       struct user_log *log)
{
	struct kfunc_load load = { .caller = caller, .fd_array = fd_array, .log = log };
	int err = modbpf_insns_bind_kfuncs(insns, insn_cnt, name_of, &load);

	kernel_btf_put(load.kernel);
	return err;
}
