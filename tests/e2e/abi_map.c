// SPDX-License-Identifier: GPL-2.0-only
/*
 * What does bad input get from the commands on maps, and do fds, mappings and
 * MAP_FREEZE keep their promises? The errnos are those that bpf(2) gives.
 */
#include <poll.h>
#include <sys/mman.h>

#include "tests/e2e/abi.h"

#define BAD_ADDRESS ((void *)0x10)
#define HASH 1
#define ARRAY 2
#define RINGBUF 27
#define F_NUMA_NODE 4
#define F_RDONLY 8
#define F_WRONLY 16
#define F_RDONLY_PROG 128
#define F_MMAPABLE 1024

static void test_create(void)
{
	union modbpf_attr attr = map_attr(ARRAY, 4, 8, 4);

	want("no type", create_map(0, 4, 8, 4, 0), -EINVAL);
	want("an unknown type", create_map(1000, 4, 8, 4, 0), -EINVAL);
	want("an array with long keys", create_map(ARRAY, 8, 8, 4, 0), -EINVAL);
	want("an array without values", create_map(ARRAY, 4, 0, 4, 0), -EINVAL);
	want("an array without entries", create_map(ARRAY, 4, 8, 0, 0), -EINVAL);
	want("giant values", create_map(ARRAY, 4, 0xffffffff, 1, 0), -E2BIG);
	want("all at its most", create_map(ARRAY, 4, 0x7fffffff, 0xffffffff, 0), -ENOMEM);
	want("an unknown flag", create_map(ARRAY, 4, 8, 4, 0x80000000), -EINVAL);
	want("neither read nor written", create_map(ARRAY, 4, 8, 4, F_RDONLY | F_WRONLY), -EINVAL);
	want("a hash without keys", create_map(HASH, 0, 8, 4, 0), -EINVAL);
	attr.map_flags = F_NUMA_NODE;
	attr.numa_node = 12345;
	want("a node that there is not", call(MODBPF_CMD_MAP_CREATE, &attr, sizeof(attr)), -EINVAL);
	attr = map_attr(ARRAY, 4, 8, 4);
	attr.map_extra = 1;
	want("map_extra", call(MODBPF_CMD_MAP_CREATE, &attr, sizeof(attr)), -EINVAL);
	attr = map_attr(ARRAY, 4, 8, 4);
	attr.map_ifindex = 1;
	want("a map on a device", call(MODBPF_CMD_MAP_CREATE, &attr, sizeof(attr)), -EINVAL);
	attr = map_attr(ARRAY, 4, 8, 4);
	strcpy(attr.map_name, "bad-name");
	want("a bad name", call(MODBPF_CMD_MAP_CREATE, &attr, sizeof(attr)), -EINVAL);
	attr = map_attr(ARRAY, 4, 8, 4);
	attr.btf_key_type_id = 1;
	want("a key's type without a value's", call(MODBPF_CMD_MAP_CREATE, &attr, sizeof(attr)), -EINVAL);
	attr.btf_value_type_id = 1;
	attr.btf_fd = 9999;
	want("types without BTF", call(MODBPF_CMD_MAP_CREATE, &attr, sizeof(attr)), -EBADF);
	attr.btf_fd = device;
	want("the device for BTF", call(MODBPF_CMD_MAP_CREATE, &attr, sizeof(attr)), -EINVAL);
	attr.btf_fd = info_btf();
	want("types of another size", call(MODBPF_CMD_MAP_CREATE, &attr, sizeof(attr)), -EINVAL);
	attr.value_size = 4;
	attr.btf_value_type_id = 4;
	want("types that are not there", call(MODBPF_CMD_MAP_CREATE, &attr, sizeof(attr)), -EINVAL);
	attr.btf_value_type_id = 1;
	close(want_fd("types that fit", call(MODBPF_CMD_MAP_CREATE, &attr, sizeof(attr))));
	close(attr.btf_fd);
}

static void test_elements(void)
{
	__u32 key = 1;
	__u64 value = 0x1122334455667788, back = 0;
	int map = want_fd("a hash", create_map(HASH, 4, 8, 4, 0));

	want("lookup in nothing", element(MODBPF_CMD_MAP_LOOKUP_ELEM, 9999, &key, &back, 0), -EBADF);
	want("lookup in the device", element(MODBPF_CMD_MAP_LOOKUP_ELEM, device, &key, &back, 0), -EINVAL);
	want("nothing is there", element(MODBPF_CMD_MAP_LOOKUP_ELEM, map, &key, &back, 0), -ENOENT);
	want("no key at all", element(MODBPF_CMD_MAP_GET_NEXT_KEY, map, NULL, &key, 0), -ENOENT);
	want("nothing to replace", element(MODBPF_CMD_MAP_UPDATE_ELEM, map, &key, &value, 2), -ENOENT);
	want("a value goes in", element(MODBPF_CMD_MAP_UPDATE_ELEM, map, &key, &value, 0), 0);
	want("not again", element(MODBPF_CMD_MAP_UPDATE_ELEM, map, &key, &value, 1), -EEXIST);
	want("a flag that there is not", element(MODBPF_CMD_MAP_UPDATE_ELEM, map, &key, &value, 1000), -EINVAL);
	want("a lock that there is not", element(MODBPF_CMD_MAP_LOOKUP_ELEM, map, &key, &back, 4), -EINVAL);
	want("a lookup flag that there is not", element(MODBPF_CMD_MAP_LOOKUP_ELEM, map, &key, &back, 1), -EINVAL);
	want("a key that cannot be read", element(MODBPF_CMD_MAP_LOOKUP_ELEM, map, BAD_ADDRESS, &back, 0), -EFAULT);
	want("room that cannot be written", element(MODBPF_CMD_MAP_LOOKUP_ELEM, map, &key, BAD_ADDRESS, 0), -EFAULT);
	want("a value that cannot be read", element(MODBPF_CMD_MAP_UPDATE_ELEM, map, &key, BAD_ADDRESS, 0), -EFAULT);
	want("the value comes out", element(MODBPF_CMD_MAP_LOOKUP_ELEM, map, &key, &back, 0), 0);
	want_that("as it went in", back == value);
	key = 77;
	want("the first key", element(MODBPF_CMD_MAP_GET_NEXT_KEY, map, NULL, &key, 0), 0);
	want("is the one", key, 1);
	want("deleted with a stray value", element(MODBPF_CMD_MAP_DELETE_ELEM, map, &key, &value, 0), -EINVAL);
	want("deleted", element(MODBPF_CMD_MAP_DELETE_ELEM, map, &key, NULL, 0), 0);
	want("not twice", element(MODBPF_CMD_MAP_DELETE_ELEM, map, &key, NULL, 0), -ENOENT);
	close(map);
	map = want_fd("a ring buffer", create_map(RINGBUF, 0, 0, 4096, 0));
	want("no lookup there", element(MODBPF_CMD_MAP_LOOKUP_ELEM, map, NULL, &back, 0), -NOT_SUPPORTED);
	want("no keys either", element(MODBPF_CMD_MAP_GET_NEXT_KEY, map, NULL, &key, 0), -NOT_SUPPORTED);
	close(map);
}

static void test_access(void)
{
	__u32 key = 0;
	__u64 value = 5;
	int reader = want_fd("a map to read", create_map(ARRAY, 4, 8, 1, F_RDONLY));
	int writer = want_fd("a map to write", create_map(ARRAY, 4, 8, 1, F_WRONLY));

	want("is read", element(MODBPF_CMD_MAP_LOOKUP_ELEM, reader, &key, &value, 0), 0);
	want("not written", element(MODBPF_CMD_MAP_UPDATE_ELEM, reader, &key, &value, 0), -EPERM);
	want("not frozen", element(MODBPF_CMD_MAP_FREEZE, reader, NULL, NULL, 0), -EPERM);
	want("is written", element(MODBPF_CMD_MAP_UPDATE_ELEM, writer, &key, &value, 0), 0);
	want("not read", element(MODBPF_CMD_MAP_LOOKUP_ELEM, writer, &key, &value, 0), -EPERM);
	close(reader);
	close(writer);
}

static long map_pages(int fd, size_t bytes, int prot, int flags, long offset, void **out)
{
	void *p = mmap(NULL, bytes, prot, flags, fd, offset);

	*out = p;
	return p == MAP_FAILED ? -errno : 0;
}

static void test_freeze(void)
{
	__u32 key = 0;
	__u64 value = 5, *page;
	int map = want_fd("an array to map", create_map(ARRAY, 4, 8, 512, F_MMAPABLE));
	int plain = want_fd("one that is not", create_map(ARRAY, 4, 8, 1, 0));
	int constant = want_fd("one for constants", create_map(ARRAY, 4, 8, 1, F_MMAPABLE | F_RDONLY_PROG));
	int hash = want_fd("a hash", create_map(HASH, 4, 8, 1, 0));
	const int both = PROT_READ | PROT_WRITE;

	want("a hash has no mapping", map_pages(hash, 4096, both, MAP_SHARED, 0, (void **)&page), -NOT_SUPPORTED);
	want("nor has every array", map_pages(plain, 4096, both, MAP_SHARED, 0, (void **)&page), -EINVAL);
	want("no private one", map_pages(map, 4096, both, MAP_PRIVATE, 0, (void **)&page), -EINVAL);
	want("none beyond the end", map_pages(map, 8192, both, MAP_SHARED, 0, (void **)&page), -EINVAL);
	want("none far beyond", map_pages(map, 4096, both, MAP_SHARED, 1L << 40, (void **)&page), -EINVAL);
	want("no writable one of constants", map_pages(constant, 4096, both, MAP_SHARED, 0, (void **)&page), -EACCES);
	want("a mapping", map_pages(map, 4096, both, MAP_SHARED, 0, (void **)&page), 0);
	page[3] = 42;
	key = 3;
	want("a lookup", element(MODBPF_CMD_MAP_LOOKUP_ELEM, map, &key, &value, 0), 0);
	want("sees what was written", value, 42);
	want("no freeze while it is written", element(MODBPF_CMD_MAP_FREEZE, map, NULL, NULL, 0), -EBUSY);
	want("never executable", mprotect(page, 4096, PROT_READ | PROT_EXEC) ? -errno : 0, -EACCES);
	munmap(page, 4096);
	want("frozen", element(MODBPF_CMD_MAP_FREEZE, map, NULL, NULL, 0), 0);
	want("once", element(MODBPF_CMD_MAP_FREEZE, map, NULL, NULL, 0), -EBUSY);
	want("no update then", element(MODBPF_CMD_MAP_UPDATE_ELEM, map, &key, &value, 0), -EPERM);
	want("no writable mapping", map_pages(map, 4096, both, MAP_SHARED, 0, (void **)&page), -EPERM);
	want("a readable one", map_pages(map, 4096, PROT_READ, MAP_SHARED, 0, (void **)&page), 0);
	want("that stays so", mprotect(page, 4096, both) ? -errno : 0, -EACCES);
	close(map);
	want("and outlives its fd", page[3], 42);
	munmap(page, 4096);
	close(plain);
	close(constant);
	close(hash);
}

/* A key and what stands behind it in an fd's fdinfo. */
static bool fdinfo_has(int fd, const char *line)
{
	char path[64], text[2048] = {};
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "r");
	if (!file || !fread(text, 1, sizeof(text) - 1, file))
		return false;
	fclose(file);
	return strstr(text, line);
}

static void test_fds(void)
{
	int map = want_fd("a map", create_map(HASH, 4, 8, 16, 0)), prog;
	struct pollfd poll_fd = { .fd = map, .events = POLLIN };
	char link[64] = {}, path[64];

	want_that("fdinfo: type", fdinfo_has(map, "map_type:\t1\n"));
	want_that("fdinfo: entries", fdinfo_has(map, "max_entries:\t16\n"));
	want_that("fdinfo: frozen", fdinfo_has(map, "frozen:\t0\n"));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", map);
	want_that("the fd has Linux's name", readlink(path, link, sizeof(link) - 1) > 0 &&
		  !strcmp(link, "anon_inode:bpf-map"));
	want("there is nothing to wait for", poll(&poll_fd, 1, 0), 1);
	want("which is said", poll_fd.revents & POLLERR, POLLERR);
	want("it closes on exec", fcntl(map, F_GETFD), FD_CLOEXEC);
	want("it cannot be read like a file", read(map, link, 1) < 0 ? -errno : 0, -EINVAL);
	prog = want_fd("a program", load_trivial(1));
	want_that("fdinfo: type", fdinfo_has(prog, "prog_type:\t1\n"));
	want_that("fdinfo: runs", fdinfo_has(prog, "run_cnt:\t0\n"));
	close(prog);
	close(map);
}

int main(void)
{
	device = open(MODBPF_DEVICE, O_RDWR | O_CLOEXEC);
	if (device < 0) {
		perror(MODBPF_DEVICE);
		return 1;
	}
	test_create();
	test_elements();
	test_access();
	test_freeze();
	test_fds();
	return finish("abi_map");
}
