// SPDX-License-Identifier: GPL-2.0-only
/*
 * What does bad input get from OBJ_PIN and OBJ_GET, and what does a name allow? The
 * argument is an empty modbpffs. The errnos are those that bpf(2) gives; but that a name
 * gives no more than the fd that was pinned is our own.
 */
#include <stdlib.h>
#include <sys/stat.h>

#include "isa/abi.h"
#include "tests/e2e/abi.h"

#define BAD_ADDRESS 0x10ULL
#define TYPE_ARRAY 2

static int dir, map;

static union modbpf_attr pin_attr(const char *path, int fd)
{
	union modbpf_attr attr = {};

	attr.pathname = addr(path);
	attr.bpf_fd = fd;
	return attr;
}

/* @size 12 is what callers before file_flags know. */
static long pin(const char *path, int fd)
{
	union modbpf_attr attr = pin_attr(path, fd);

	return call(MODBPF_CMD_OBJ_PIN, &attr, 12);
}

static long get(const char *path, __u32 flags)
{
	union modbpf_attr attr = pin_attr(path, 0);

	attr.file_flags = flags;
	return call(MODBPF_CMD_OBJ_GET, &attr, sizeof(attr));
}

static void test_attrs(void)
{
	union modbpf_attr attr = pin_attr("map", map);

	want("no fd", pin("x", -1), -EBADF);
	want("the device", pin("x", device), -EINVAL);
	want("a directory", pin("x", dir), -EINVAL);
	want("a path that cannot be read", pin((char *)BAD_ADDRESS, map), -EFAULT);
	want("an empty path", pin("", map), -ENOENT);
	want("no directory", pin("a/b", map), -ENOENT);
	want("another file system", pin("../x", map), -EPERM);
	want("a name with a dot", pin("x.y", map), -EPERM);
	want("a map", pin("map", map), 0);
	want("again", pin("map", map), -EEXIST);
	attr.file_flags = MODBPF_F_RDONLY;
	want("a flag to pin", call(MODBPF_CMD_OBJ_PIN, &attr, sizeof(attr)), -EINVAL);
	attr.file_flags = 0;
	attr.path_fd = dir;
	want("a path fd without its flag", call(MODBPF_CMD_OBJ_PIN, &attr, sizeof(attr)), -EINVAL);
	attr.path_fd = 0;
	want("an fd to get", call(MODBPF_CMD_OBJ_GET, &attr, sizeof(attr)), -EINVAL);
	want("both kinds of rights", get("map", MODBPF_F_RDONLY | MODBPF_F_WRONLY), -EINVAL);
	want("an unknown flag", get("map", 1 << 15), -EINVAL);
	want("what is not there", get("nothing", 0), -ENOENT);
	want("what is no name of ours", get("/etc/passwd", 0), -EACCES);
	want("a directory of ours", get(".", 0), -EACCES);
	want("open(2)", open("map", O_RDONLY) < 0 ? -errno : 0, -EIO);
	close(want_fd("the map", get("map", 0)));
}

static void test_path_fd(void)
{
	union modbpf_attr attr = pin_attr("by_fd", map);

	want("out of the directory", chdir("/"), 0);
	attr.file_flags = MODBPF_F_PATH_FD;
	attr.path_fd = dir;
	want("pinned below an fd", call(MODBPF_CMD_OBJ_PIN, &attr, sizeof(attr)), 0);
	attr.bpf_fd = 0;
	close(want_fd("and found there", call(MODBPF_CMD_OBJ_GET, &attr, sizeof(attr))));
	attr.path_fd = map;
	want("below a map", call(MODBPF_CMD_OBJ_GET, &attr, sizeof(attr)), -ENOTDIR);
	want("back", fchdir(dir), 0);
}

static void test_rights(void)
{
	__u32 key = 0;
	__u64 value = 7;
	int fd;

	fd = want_fd("read only", get("map", MODBPF_F_RDONLY));
	want("reads", element(MODBPF_CMD_MAP_LOOKUP_ELEM, fd, &key, &value, 0), 0);
	want("does not write", element(MODBPF_CMD_MAP_UPDATE_ELEM, fd, &key, &value, 0), -EPERM);
	want("pinned, it stays so", pin("reader", fd), 0);
	close(fd);
	want("no more than was pinned", get("reader", 0), -EPERM);
	want("nor something else", get("reader", MODBPF_F_WRONLY), -EPERM);
	close(want_fd("but as much", get("reader", MODBPF_F_RDONLY)));
	fd = want_fd("a program", load_trivial(1));
	want("is pinned", pin("prog", fd), 0);
	close(fd);
	want("programs have no rights", get("prog", MODBPF_F_RDONLY), -EINVAL);
	close(want_fd("the program", get("prog", 0)));
}

/* One object, more names: each holds it. */
static void test_names(void)
{
	__u32 key = 0;
	__u64 value = 41;
	int fd;

	want("a value", element(MODBPF_CMD_MAP_UPDATE_ELEM, map, &key, &value, 0), 0);
	want("another link", link("map", "twin"), 0);
	want("one name goes", unlink("map"), 0);
	close(map);
	fd = want_fd("the other is there", get("twin", 0));
	value = 0;
	want("with the map", element(MODBPF_CMD_MAP_LOOKUP_ELEM, fd, &key, &value, 0), 0);
	want("and its value", value, 41);
	close(fd);
	want("a folder", mkdir("folder", 0700), 0);
	want("moved there", rename("twin", "folder/map"), 0);
	want("it is full", rmdir("folder") ? -errno : 0, -ENOTEMPTY);
	close(want_fd("found there", get("folder/map", 0)));
	want("an ordinary file", open("file", O_CREAT | O_WRONLY, 0600) < 0 ? -errno : 0, -EACCES);
}

int main(int argc, char **argv)
{
	device = open("/dev/modbpf", O_RDWR);
	if (argc < 2 || device < 0 || chdir(argv[1])) {
		perror("abi_pin");
		return 1;
	}
	dir = open(".", O_RDONLY | O_DIRECTORY);
	map = create_map(TYPE_ARRAY, 4, 8, 1, 0);
	test_attrs();
	test_path_fd();
	test_rights();
	test_names();
	return finish("abi_pin");
}
