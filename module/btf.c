// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is kept of BTF_LOAD? The bytes, behind a header whose sections have been
 * found to lie inside them; the types are not looked at.
 */
#include "module/btf.h"

#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "module/caller.h"
#include "module/command.h"
#include "module/user_log.h"

#define BTF_MAX_BYTES (16u << 20)
#define BTF_MAX_NAME_OFFSET 0x00ffffffu
#define BTF_MAGIC 0xeb9f

struct btf_header {	/* as in the bytes */
	u16 magic;
	u8 version;
	u8 flags;
	u32 hdr_len;
	u32 type_off;	/* from the header's end */
	u32 type_len;
	u32 str_off;
	u32 str_len;
};
static_assert(sizeof(struct btf_header) == 24, "layout of struct btf_header");

struct object_ids modbpf_btf_ids = OBJECT_IDS_INIT(modbpf_btf_ids);

static void btf_free(struct modbpf_btf *btf)
{
	kvfree(btf->data);
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

struct modbpf_btf *btf_get_by_fd(const struct caller *caller, int fd)
{
	struct file *file = caller_fget(caller, fd);
	struct modbpf_btf *btf = ERR_PTR(-EINVAL);

	if (!file)
		return ERR_PTR(-EBADF);
	if (file->f_op == &modbpf_btf_fops) {
		btf = file->private_data;
		refcount_inc(&btf->obj.refs);
	}
	fput(file);
	return btf;
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

/* --- the header ------------------------------------------------------------------- */

static int reject(struct user_log *log, int err, const char *why)
{
	user_log_line(log, why);
	return err;
}

static int check_sections(struct user_log *log, const struct btf_header *hdr, u32 bytes,
			  const char *data)
{
	u32 room = bytes - hdr->hdr_len;
	const char *strings;

	if (hdr->type_off & 3)
		return reject(log, -EINVAL, "Unaligned type_off");
	if (!hdr->type_len && !hdr->str_len)
		return reject(log, -EINVAL, "No data");
	if (hdr->type_off > room || hdr->type_len > room - hdr->type_off ||
	    hdr->str_off > room || hdr->str_len > room - hdr->str_off)
		return reject(log, -EINVAL, "Total section length too long");
	/* Types and strings fill the room, one behind the other. */
	if (hdr->type_len + hdr->str_len != room ||
	    ((hdr->type_off != 0 || hdr->str_off != hdr->type_len) &&
	     (hdr->str_off != 0 || hdr->type_off != hdr->str_len)))
		return reject(log, -EINVAL, "Unsupported section found");
	strings = data + hdr->hdr_len + hdr->str_off;
	if (!hdr->str_len || hdr->str_len - 1 > BTF_MAX_NAME_OFFSET ||
	    strings[0] || strings[hdr->str_len - 1])
		return reject(log, -EINVAL, "Invalid string section");
	return 0;
}

static int check_header(struct user_log *log, const char *data, u32 bytes)
{
	struct btf_header hdr = {};
	u32 known;

	if (bytes < offsetofend(struct btf_header, hdr_len))
		return reject(log, -EINVAL, "hdr_len not found");
	memcpy(&hdr, data, offsetofend(struct btf_header, hdr_len));
	if (hdr.hdr_len < offsetofend(struct btf_header, hdr_len) || hdr.hdr_len > bytes)
		return reject(log, -EINVAL, "btf_header not found");
	known = min_t(u32, hdr.hdr_len, sizeof(hdr));
	memcpy(&hdr, data, known);
	if (memchr_inv(data + known, 0, hdr.hdr_len - known))
		return reject(log, -E2BIG, "Unsupported btf_header");
	if (hdr.magic != BTF_MAGIC)
		return reject(log, -EINVAL, "Invalid magic");
	if (hdr.version != 1)
		return reject(log, -ENOTSUPP, "Unsupported version");
	if (hdr.flags)
		return reject(log, -ENOTSUPP, "Unsupported flags");
	if (hdr.hdr_len == bytes)
		return reject(log, -EINVAL, "No data");
	return check_sections(log, &hdr, bytes, data);
}

static struct modbpf_btf *btf_read(const struct caller *caller, const union modbpf_attr *attr,
				   struct user_log *log)
{
	struct modbpf_btf *btf;
	int err;

	btf = kzalloc(sizeof(*btf), GFP_KERNEL_ACCOUNT);
	if (!btf)
		return ERR_PTR(-ENOMEM);
	object_init(&btf->obj, caller);
	btf->bytes = attr->btf_size;
	btf->data = caller_dup(caller, attr->btf, btf->bytes);
	if (IS_ERR(btf->data)) {
		err = PTR_ERR(btf->data);
		goto free_btf;
	}
	err = check_header(log, btf->data, btf->bytes);
	if (err)
		goto free_data;
	return btf;
free_data:
	kvfree(btf->data);
free_btf:
	kfree(btf);
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
	if (attr->btf_size > BTF_MAX_BYTES)
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
