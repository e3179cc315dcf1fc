// SPDX-License-Identifier: GPL-2.0-only
/*
 * How does an object get a name that outlives its fds? A file of modbpffs holds the
 * open file that was pinned, and lets it go when the inode dies; a name thus keeps what an
 * fd keeps, and never gives more rights to an object than the fd had.
 */
#include "module/pin.h"

#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/fs_context.h>
#include <linux/fs_parser.h>
#include <linux/magic.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/security.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/statfs.h>

#include "module/caller.h"
#include "module/command.h"
#include "module/compat/inode.h"
#include "module/link.h"
#include "module/map.h"
#include "module/prog.h"

/* Tools look for bpffs by this number of statfs(2). */
#define PIN_FS_MAGIC 0xcafe4a11

static const struct inode_operations pin_file_iops;
static const struct inode_operations pin_dir_iops;

/* --- inodes --------------------------------------------------------------------- */

static struct inode *pin_inode(struct super_block *sb, const struct inode *dir, umode_t mode)
{
	struct inode *inode = new_inode(sb);

	if (!inode)
		return ERR_PTR(-ENOMEM);
	inode->i_ino = get_next_ino();
	compat_inode_init_times(inode);
	inode_init_owner(COMPAT_NO_IDMAP inode, dir, mode);
	return inode;
}

static struct inode *pin_dir_inode(struct super_block *sb, const struct inode *dir, umode_t mode)
{
	struct inode *inode = pin_inode(sb, dir, S_IFDIR | mode);

	if (IS_ERR(inode))
		return inode;
	inode->i_op = &pin_dir_iops;
	inode->i_fop = &simple_dir_operations;
	inc_nlink(inode);	/* its "." */
	return inode;
}

static void pin_instantiate(struct dentry *dentry, struct inode *inode, struct inode *dir)
{
	compat_dentry_pin(dentry, inode);
	compat_inode_changed(dir);
}

/* Names with a dot are kept for files that show something, as in bpffs. */
static struct dentry *pin_lookup(struct inode *dir, struct dentry *dentry, unsigned int flags)
{
	if ((dir->i_mode & 0111) && strchr(dentry->d_name.name, '.'))
		return ERR_PTR(-EPERM);
	return simple_lookup(dir, dentry, flags);
}

static COMPAT_MKDIR_TYPE pin_mkdir(COMPAT_IDMAP struct inode *dir, struct dentry *dentry,
				     umode_t mode)
{
	struct inode *inode = pin_dir_inode(dir->i_sb, dir, mode);

	if (IS_ERR(inode))
		return COMPAT_MKDIR_RESULT(PTR_ERR(inode));
	inc_nlink(dir);
	pin_instantiate(dentry, inode, dir);
	return COMPAT_MKDIR_RESULT(0);
}

static const struct inode_operations pin_dir_iops = {
	.lookup = pin_lookup,
	.mkdir = pin_mkdir,
	.rmdir = simple_rmdir,
	.unlink = simple_unlink,
	.link = simple_link,
	.rename = simple_rename,
};

static const struct inode_operations pin_file_iops = {
};

/* An object is opened by OBJ_GET only. */
static int pin_open(struct inode *inode, struct file *file)
{
	return -EIO;
}

static const struct file_operations pin_file_fops = {
	.owner = THIS_MODULE,
	.open = pin_open,
};

static void pin_evict_inode(struct inode *inode)
{
	struct file *pinned = inode->i_private;

	truncate_inode_pages_final(&inode->i_data);
	clear_inode(inode);
	if (inode->i_op == &pin_file_iops && pinned)
		fput(pinned);
}

/* --- the file system -------------------------------------------------------------- */

struct pin_mount {
	umode_t mode;
	kuid_t uid;
	kgid_t gid;
};

static int pin_show_options(struct seq_file *m, struct dentry *root)
{
	const struct inode *inode = d_inode(root);

	if (!uid_eq(inode->i_uid, GLOBAL_ROOT_UID))
		seq_printf(m, ",uid=%u", from_kuid_munged(&init_user_ns, inode->i_uid));
	if (!gid_eq(inode->i_gid, GLOBAL_ROOT_GID))
		seq_printf(m, ",gid=%u", from_kgid_munged(&init_user_ns, inode->i_gid));
	seq_printf(m, ",mode=%o", inode->i_mode & 07777);
	return 0;
}

static const struct super_operations pin_super_ops = {
	.statfs = simple_statfs,
	.drop_inode = compat_drop_inode,
	.show_options = pin_show_options,
	.evict_inode = pin_evict_inode,
};

enum { OPT_MODE, OPT_UID, OPT_GID };

static const struct fs_parameter_spec pin_params[] = {
	fsparam_u32oct("mode", OPT_MODE),
	fsparam_u32("uid", OPT_UID),
	fsparam_u32("gid", OPT_GID),
	{}
};

static int pin_parse_param(struct fs_context *fc, struct fs_parameter *param)
{
	struct pin_mount *mount = fc->fs_private;
	struct fs_parse_result result;
	int opt = fs_parse(fc, pin_params, param, &result);

	switch (opt) {
	case OPT_MODE:
		mount->mode = result.uint_32 & 07777;
		return 0;
	case OPT_UID:
		mount->uid = make_kuid(fc->user_ns, result.uint_32);
		return uid_valid(mount->uid) ? 0 : invalfc(fc, "uid is not mapped");
	case OPT_GID:
		mount->gid = make_kgid(fc->user_ns, result.uint_32);
		return gid_valid(mount->gid) ? 0 : invalfc(fc, "gid is not mapped");
	default:
		return opt;	/* -ENOPARAM lets the VFS look at "source" */
	}
}

static int pin_fill_super(struct super_block *sb, struct fs_context *fc)
{
	const struct pin_mount *mount = fc->fs_private;
	struct inode *root;

	sb->s_blocksize = PAGE_SIZE;
	sb->s_blocksize_bits = PAGE_SHIFT;
	sb->s_magic = PIN_FS_MAGIC;
	sb->s_op = &pin_super_ops;
	sb->s_time_gran = 1;
	sb->s_maxbytes = MAX_LFS_FILESIZE;
	root = pin_dir_inode(sb, NULL, mount->mode);
	if (IS_ERR(root))
		return PTR_ERR(root);
	root->i_uid = mount->uid;
	root->i_gid = mount->gid;
	sb->s_root = d_make_root(root);
	return sb->s_root ? 0 : -ENOMEM;
}

static int pin_get_tree(struct fs_context *fc)
{
	return get_tree_nodev(fc, pin_fill_super);
}

static void pin_free_context(struct fs_context *fc)
{
	kfree(fc->fs_private);
}

static const struct fs_context_operations pin_context_ops = {
	.parse_param = pin_parse_param,
	.get_tree = pin_get_tree,
	.free = pin_free_context,
};

static int pin_init_context(struct fs_context *fc)
{
	struct pin_mount *mount = kzalloc(sizeof(*mount), GFP_KERNEL);

	if (!mount)
		return -ENOMEM;
	mount->mode = S_ISVTX | 0777;
	mount->uid = GLOBAL_ROOT_UID;
	mount->gid = GLOBAL_ROOT_GID;
	fc->fs_private = mount;
	fc->ops = &pin_context_ops;
	return 0;
}

static struct file_system_type pin_fs_type = {
	.owner = THIS_MODULE,
	.name = "modbpffs",
	.init_fs_context = pin_init_context,
	.parameters = pin_params,
	.kill_sb = compat_kill_pinned_super,
};
MODULE_ALIAS_FS("modbpffs");

void pin_init(void)
{
	int err = register_filesystem(&pin_fs_type);

	if (err)
		pr_warn("modbpf: no modbpffs can be mounted, nothing pinned: error %d\n", err);
}

void pin_exit(void)
{
	unregister_filesystem(&pin_fs_type);
}

/* --- commands ------------------------------------------------------------------- */

/* The fd that paths begin at. -EINVAL for stray fields. */
static int check_path_fd(const union modbpf_attr *attr, u32 flags)
{
	if (attr->file_flags & ~(flags | MODBPF_F_PATH_FD))
		return -EINVAL;
	return !(attr->file_flags & MODBPF_F_PATH_FD) && attr->path_fd ? -EINVAL : 0;
}

static int path_fd(const union modbpf_attr *attr)
{
	return attr->file_flags & MODBPF_F_PATH_FD ? attr->path_fd : AT_FDCWD;
}

static bool is_pinnable(const struct file *file)
{
	return file->f_op == &modbpf_prog_fops || file->f_op == &modbpf_map_fops ||
	       file->f_op == &modbpf_link_fops;
}

/* vfs_mkobj()'s callback: @dentry becomes a file that holds @arg, an open file. */
static int pin_make(struct dentry *dentry, umode_t mode, void *arg)
{
	struct inode *dir = d_inode(dentry->d_parent);
	struct inode *inode = pin_inode(dir->i_sb, dir, mode);

	if (IS_ERR(inode))
		return PTR_ERR(inode);
	inode->i_op = &pin_file_iops;
	inode->i_fop = &pin_file_fops;
	inode->i_private = get_file(arg);
	pin_instantiate(dentry, inode, dir);
	return 0;
}

static int pin_at(const struct caller *caller, const union modbpf_attr *attr, struct file *file)
{
	umode_t mode = S_IFREG | ((S_IRUSR | S_IWUSR) & ~caller_umask(caller));
	struct dentry *dentry;
	struct path path;
	int err;

	dentry = caller_path_create(caller, path_fd(attr), attr->pathname, &path);
	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	err = -EPERM;
	if (d_inode(path.dentry)->i_op != &pin_dir_iops)
		goto out;
	err = security_path_mknod(&path, dentry, mode, 0);
	if (!err)
		err = vfs_mkobj(dentry, mode, pin_make, file);
out:
	compat_path_created(&path, dentry);
	return err;
}

int object_pin_command(const struct caller *caller, const union modbpf_attr *attr,
		       const struct command_out *out)
{
	struct file *file;
	int err = check_path_fd(attr, 0);

	if (err)
		return err;
	file = caller_fget(caller, attr->bpf_fd);
	if (!file)
		return -EBADF;
	err = is_pinnable(file) ? pin_at(caller, attr, file) : -EINVAL;
	fput(file);
	return err;
}

/* A new fd of what @pinned is open for, which must allow what @flags ask. */
static int pinned_install(const struct caller *caller, struct file *pinned, int flags)
{
	fmode_t wanted = OPEN_FMODE(flags) & (FMODE_READ | FMODE_WRITE);
	void *object = pinned->private_data;

	if (wanted & ~pinned->f_mode)
		return -EPERM;
	if (pinned->f_op == &modbpf_map_fops)
		return map_fd_install(caller, map_get(object), flags);
	if (flags != O_RDWR)
		return -EINVAL;
	if (pinned->f_op == &modbpf_prog_fops)
		return prog_fd_install(caller, prog_get(object));
	return link_fd_install(caller, link_get(object));
}

int object_get_command(const struct caller *caller, const union modbpf_attr *attr,
		       const struct command_out *out)
{
	int flags = map_fd_flags(attr->file_flags);
	struct inode *inode;
	struct path path;
	int err = check_path_fd(attr, MODBPF_F_RDONLY | MODBPF_F_WRONLY);

	if (err || attr->bpf_fd || flags < 0)
		return -EINVAL;
	err = caller_path_at(caller, path_fd(attr), attr->pathname, &path);
	if (err)
		return err;
	inode = d_backing_inode(path.dentry);
	err = path_permission(&path, ACC_MODE(flags));
	if (!err)
		err = inode->i_op == &pin_file_iops ?
		      pinned_install(caller, inode->i_private, flags) : -EACCES;
	path_put(&path);
	return err;
}
