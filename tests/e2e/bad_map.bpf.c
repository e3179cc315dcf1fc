// SPDX-License-Identifier: GPL-2.0-only
/* Refused: no map has this type. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, 60);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} strange SEC(".maps");

SEC("kprobe/__x64_sys_umask")
int bad_map(void *ctx)
{
	__u32 key = 0;

	return !bpf_map_lookup_elem(&strange, &key);
}

char LICENSE[] SEC("license") = "GPL";
