// SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause
/*
 * How does an object get a name in a file system, and live on when its fds are closed?
 * The module's own file system takes the names; the kernel's bpffs cannot.
 */
#include "user/pin.h"

#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <libgen.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "user/out.h"
#include "user/ref.h"

static bool is_empty(const char *dir)
{
	struct dirent *entry;
	DIR *open = opendir(dir);
	bool empty = true;

	if (!open)
		return false;
	while (empty && (entry = readdir(open)))
		empty = !strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..");
	closedir(open);
	return empty;
}

/* The module has said that @dir is none of its own. */
static int mount_at(const char *dir)
{
	struct statfs fs;

	if (statfs(dir, &fs))
		return out_error("%s: %s", dir, error_text(errno));
	if (fs.f_type == BPF_FS_MAGIC)
		return out_error("%s belongs to the kernel's own bpffs; modbpf pins in a modbpffs: "
				 "name a file in an empty directory elsewhere", dir);
	if (!is_empty(dir))
		return out_error("%s is no modbpffs, and not empty: 'mount -t modbpffs none DIR' makes one",
				 dir);
	if (mount("modbpffs", dir, "modbpffs", 0, "mode=0700"))
		return out_error("a modbpffs cannot be mounted at %s: %s", dir, error_text(errno));
	out_note("mounted a modbpffs at %s", dir);
	return 0;
}

int pin_fd(int fd, const char *path)
{
	char *copy;
	int err;

	if (!bpf_obj_pin(fd, path))
		return 0;
	if (errno != EPERM)
		return out_error("can't pin at %s: %s", path, error_text(errno));
	copy = strdup(path);
	if (!copy)
		return out_error("no memory");
	err = mount_at(dirname(copy));
	free(copy);
	if (!err && bpf_obj_pin(fd, path))
		err = out_error("can't pin at %s: %s", path, error_text(errno));
	return err;
}

int pin_object(const struct ref_kind *kind, struct args *args)
{
	int fd = ref_find_one(kind, args), err = -1;
	const char *path;

	if (fd < 0)
		return -1;
	path = args_need(args, "FILE");
	if (path && !args_end(args))
		err = pin_fd(fd, path);
	if (!err)
		out_nothing();
	close(fd);
	return err;
}
