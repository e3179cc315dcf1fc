// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is kept of BTF_LOAD? The bytes, which the pure core has checked, and the
 * tables that it made of them.
 */
#include "module/btf.h"

#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "isa/btf/btf.h"
#include "module/caller.h"
#include "module/command.h"
#include "module/user_log.h"

struct object_ids modbpf_btf_ids = OBJECT_IDS_INIT(modbpf_btf_ids);

static void btf_free(struct modbpf_btf *btf)
{
	modbpf_btf_free(btf->types);
	kvfree(btf->data);
	kfree(btf->file);
	quota_close(&btf->obj.charge);
	kfree(btf);
}

/* No program looks at BTF: nothing has to be waited for. */
void btf_put(struct modbpf_btf *btf)
{
	if (!btf || !refcount_dec_and_test(&btf->obj.refs))
		return;
	object_withdraw(&modbpf_btf_ids, &btf->obj);
	btf_free(btf);
	objects_forget_one();
}

struct modbpf_btf *btf_get_any_by_fd(const struct caller *caller, int fd)
{
	struct file *file = caller_fget(caller, fd);
	struct modbpf_btf *btf = ERR_PTR(-EINVAL);

	if (!file)
		return ERR_PTR(-EBADF);
	if (file->f_op == &modbpf_btf_fops)
		btf = btf_get(file->private_data);
	fput(file);
	return btf;
}

struct modbpf_btf *btf_get_by_fd(const struct caller *caller, int fd)
{
	struct modbpf_btf *btf = btf_get_any_by_fd(caller, fd);

	if (IS_ERR(btf) || !btf_is_kernel(btf))
		return btf;
	btf_put(btf);
	return ERR_PTR(-EACCES);
}

struct modbpf_btf *btf_get_kernel_by_fd(const struct caller *caller, int fd)
{
	struct modbpf_btf *btf = btf_get_any_by_fd(caller, fd);

	if (IS_ERR(btf) || btf->file)
		return IS_ERR(btf) ? NULL : btf;
	btf_put(btf);
	return NULL;
}

static int btf_release(struct inode *inode, struct file *file)
{
	btf_put(file->private_data);
	return 0;
}

static void btf_show_fdinfo(struct seq_file *m, struct file *file)
{
	const struct modbpf_btf *btf = file->private_data;

	seq_printf(m, "btf_id:\t%u\n", btf->obj.id);
}

const struct file_operations modbpf_btf_fops = {
	.owner = THIS_MODULE,
	.release = btf_release,
	.show_fdinfo = btf_show_fdinfo,
};

/* What is kept is charged for, before it is there where it is known before. */
static int btf_fill(struct modbpf_btf *btf, const struct caller *caller,
		    const union modbpf_attr *attr, struct user_log *log)
{
	int err = quota_set(&btf->obj.charge, QUOTA_MAP_BYTES, attr->btf_size);
	struct btf_why why;
	void *data;

	if (err)
		return err;
	data = caller_dup(caller, attr->btf, attr->btf_size);
	if (IS_ERR(data))
		return PTR_ERR(data);
	btf->data = data;
	btf->bytes = attr->btf_size;
	err = modbpf_btf_parse(btf->data, btf->bytes, &why, &btf->types);
	if (err && why.text[0])
		user_log_line(log, why.text);
	return err ? : quota_set(&btf->obj.charge, QUOTA_MAP_BYTES,
				 btf->bytes + modbpf_btf_table_bytes(btf->types));
}

static struct modbpf_btf *btf_read(const struct caller *caller, const union modbpf_attr *attr,
				   struct user_log *log)
{
	struct modbpf_btf *btf = kzalloc(sizeof(*btf), GFP_KERNEL_ACCOUNT);
	int err;

	if (!btf)
		return ERR_PTR(-ENOMEM);
	object_init(&btf->obj, caller);
	err = quota_open(&btf->obj.charge, caller);
	if (!err)
		err = btf_fill(btf, caller, attr, log);
	if (!err)
		return btf;
	btf_free(btf);
	return ERR_PTR(err);
}

int btf_load_command(const struct caller *caller, const union modbpf_attr *attr,
		     const struct command_out *out)
{
	struct user_log log;
	struct modbpf_btf *btf;
	u32 true_size;
	int err, log_err;

	if (attr->btf_flags || attr->btf_token_fd)
		return -EINVAL;
	if (attr->btf_size > MODBPF_BTF_MAX_BYTES)
		return -E2BIG;
	err = user_log_init(&log, caller, attr->btf_log_level, attr->btf_log_buf,
			    attr->btf_log_size);
	if (err)
		return err;
	btf = btf_read(caller, attr, &log);
	log_err = user_log_finish(&log, &true_size);
	if (COMMAND_PUT(caller, out, btf_log_true_size, &true_size))
		log_err = -EFAULT;
	if (IS_ERR(btf))
		return log_err ? log_err : PTR_ERR(btf);
	err = log_err ? log_err : object_publish(&modbpf_btf_ids, &btf->obj);
	if (err) {
		btf_free(btf);
		return err;
	}
	err = caller_fd_install(caller, "btf", &modbpf_btf_fops, btf, O_RDONLY);
	if (err < 0)
		btf_put(btf);
	return err;
}
