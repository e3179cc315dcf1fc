// SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause
/* Which types are in a file, and what does the module say to them? */
#include "user/btf_file.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "uapi/modbpf.h"
#include "user/libmodbpf.h"
#include "user/out.h"

struct btf *btf_file_read(const char *path)
{
	struct btf *btf = btf__parse(path, NULL);

	if (btf)
		return btf;
	/* EIO: a file of fewer bytes than BTF begins with, or a folder. */
	if (errno == LIBBPF_ERRNO__FORMAT || errno == EPROTO || errno == EINVAL || errno == ENODATA || errno == EIO)
		out_error("%s: no BTF: 'pahole --btf_encode_detached=FILE vmlinux' writes some", path);
	else
		out_error("%s: %s", path, error_text(errno));
	return NULL;
}

void btf_file_free(struct btf *btf)
{
	btf__free(btf);
}

/* An fd, or -1 after an error. */
static int load(const char *path, const struct btf *btf)
{
	char log[1024] = "";
	LIBBPF_OPTS(bpf_btf_load_opts, opts, .log_buf = log, .log_size = sizeof(log), .log_level = 1);
	const void *data;
	__u32 size;
	int fd;

	data = btf__raw_data(btf, &size);
	fd = bpf_btf_load(data, size, &opts);
	log[strcspn(log, "\n")] = 0;
	if (fd < 0)
		return out_error("%s: the module does not take it: %s", path, *log ? log : error_text(errno));
	return fd;
}

static bool is_of(int fd, const void *data, __u32 size, void *room)
{
	struct bpf_btf_info info = {};
	__u32 bytes = sizeof(info);

	/* The kernel's own cannot be given to it. */
	if (bpf_obj_get_info_by_fd(fd, &info, &bytes) || info.btf_size != size || info.kernel_btf)
		return false;
	memset(&info, 0, sizeof(info));
	info.btf = (uintptr_t)room;
	info.btf_size = size;
	return !bpf_obj_get_info_by_fd(fd, &info, &bytes) && !memcmp(room, data, size);
}

/* The same types may be there already, some megabytes of them. -1: they are not. */
static int find(const struct btf *btf)
{
	__u32 size, id = 0;
	const void *data = btf__raw_data(btf, &size);
	void *room = malloc(size);
	int fd = -1;

	while (room && fd < 0 && !bpf_btf_get_next_id(id, &id)) {
		fd = bpf_btf_get_fd_by_id(id);
		if (fd >= 0 && !is_of(fd, data, size, room)) {
			close(fd);
			fd = -1;
		}
	}
	free(room);
	return fd;
}

int btf_file_supply(const char *path, const struct btf *btf)
{
	__s32 fd = btf ? find(btf) : -1;
	int err;

	if (btf && fd < 0)
		fd = load(path, btf);
	if (btf && fd < 0)
		return -1;
	err = ioctl(modbpf_device(), MODBPF_IOC_KERNEL_BTF, &fd);
	if (err)
		err = errno == EEXIST ? BTF_FILE_NOT_NEEDED : out_error("%s: %s", path, error_text(errno));
	if (fd >= 0)
		close(fd);
	return err;
}
