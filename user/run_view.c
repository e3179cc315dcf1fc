// SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause
/*
 * What does a command under "modbpf run" see in /sys? In sysfs nobody but the kernel makes
 * a file: where one is missing, a folder with the same entries and that one takes the place.
 */
#define _GNU_SOURCE
#include "user/run_view.h"

#include <bpf/btf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "user/out.h"

#define FILES "/sys/fs/bpf"
#define TYPES_FOLDER "/sys/kernel/btf"
#define TYPES TYPES_FOLDER "/vmlinux"

bool run_view_has_types(void)
{
	struct statfs about;

	return !statfs(TYPES, &about) && about.f_type == SYSFS_MAGIC;
}

static int make_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0444);

	return fd < 0 ? -1 : close(fd);
}

/* An entry of @old, which is hidden by now, in @folder again. */
static int show_entry(int old, const char *folder, const char *name)
{
	char from[PATH_MAX], to[PATH_MAX];
	struct stat about;

	snprintf(from, sizeof(from), "/proc/self/fd/%d/%s", old, name);
	snprintf(to, sizeof(to), "%s/%s", folder, name);
	if (stat(from, &about) || (S_ISDIR(about.st_mode) ? mkdir(to, 0755) : make_file(to)))
		return -1;
	return mount(from, to, NULL, MS_BIND | MS_REC, NULL);
}

/* Another @folder takes its place, with the same entries, and others can be made in it. */
static int replace(const char *folder)
{
	DIR *old = opendir(folder);
	struct dirent *entry;
	int err;

	if (!old)
		return -1;
	err = mount("none", folder, "tmpfs", 0, "mode=755");
	while (!err && (entry = readdir(old)))
		if (entry->d_name[0] != '.')
			err = show_entry(dirfd(old), folder, entry->d_name);
	closedir(old);
	return err;
}

static int show_files(void)
{
	if (access(FILES, F_OK) && (replace("/sys/fs") || mkdir(FILES, 0700)))
		return out_error("a place for " FILES ": %s", error_text(errno));
	if (mount("none", FILES, "modbpffs", 0, NULL))
		return out_error("modbpffs at " FILES ": %s", error_text(errno));
	return 0;
}

static int write_types(const struct btf *types)
{
	FILE *file = fopen(TYPES, "we");
	const void *data;
	__u32 size;
	int err;

	if (!file)
		return -1;
	data = btf__raw_data(types, &size);
	err = fwrite(data, size, 1, file) != 1;
	return fclose(file) || err ? -1 : 0;
}

/* @old, the kernel's, may have the types of modules besides: they stay, and change as before. */
static int put_before(int old, const struct btf *types)
{
	char place[64];

	snprintf(place, sizeof(place), "/proc/self/fd/%d/vmlinux", old);
	if (mount("none", TYPES_FOLDER, "tmpfs", 0, NULL))
		return -1;
	return write_types(types) || mount(TYPES, place, NULL, MS_BIND, NULL) ||
	       umount2(TYPES_FOLDER, MNT_DETACH) ? -1 : 0;
}

static int show_types(const struct btf *types)
{
	int old = open(TYPES_FOLDER, O_PATH | O_DIRECTORY | O_CLOEXEC), err;

	if (old < 0)
		return replace("/sys/kernel") || mkdir(TYPES_FOLDER, 0755) ? -1 : write_types(types);
	err = put_before(old, types);
	close(old);
	return err;
}

static int show(const struct btf *types)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL))
		return out_error("a mount namespace: %s%s", error_text(errno),
				 errno == EPERM ? ": it takes CAP_SYS_ADMIN, become root" : "");
	if (types && show_types(types))
		return out_error("the types at " TYPES ": %s", error_text(errno));
	return show_files();
}

/* The command may become another user, who has to see it too. */
int run_view_make(const struct btf *types)
{
	mode_t mask = umask(022);
	int err = show(types);

	umask(mask);
	return err;
}
