// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which number is in a map? "mapval NAME INDEX" prints the 64-bit number at that
 * index of the array named so, that of all CPUs added up. It reads with libbpf
 * and not with the CLI, so that tests of the one do not rest on the other.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int find(const char *name, struct bpf_map_info *info)
{
	__u32 id = 0, len;
	int fd;

	while (!bpf_map_get_next_id(id, &id)) {
		fd = bpf_map_get_fd_by_id(id);
		if (fd < 0)
			continue;
		memset(info, 0, sizeof(*info));
		len = sizeof(*info);
		if (!bpf_obj_get_info_by_fd(fd, info, &len) && !strcmp(info->name, name))
			return fd;
		close(fd);
	}
	return -1;
}

int main(int argc, char **argv)
{
	unsigned long long sum = 0, *values;
	struct bpf_map_info info;
	int cpus = libbpf_num_possible_cpus(), fd, i;
	__u32 key;

	if (argc != 3)
		return 2;
	fd = find(argv[1], &info);
	if (fd < 0) {
		printf("no map %s\n", argv[1]);
		return 1;
	}
	key = strtoul(argv[2], NULL, 0);
	values = calloc(cpus, sizeof(*values));
	if (!values || bpf_map_lookup_elem(fd, &key, values)) {
		printf("no value: %s\n", strerror(errno));
		return 1;
	}
	if (info.type != BPF_MAP_TYPE_PERCPU_ARRAY)
		cpus = 1;
	for (i = 0; i < cpus; i++)
		sum += values[i];
	printf("%llu\n", sum);
	free(values);
	return 0;
}
