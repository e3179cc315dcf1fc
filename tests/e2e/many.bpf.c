// SPDX-License-Identifier: GPL-2.0-only
/* One program on all system calls whose names have a pattern, at their entry and at their return. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} many_calls SEC(".maps");

static __always_inline int count(__u32 slot)
{
	__u64 *value = bpf_map_lookup_elem(&many_calls, &slot);

	if (value)
		__sync_fetch_and_add(value, 1);
	return 0;
}

SEC("kprobe.multi/__x64_sys_um[a]s?")
int on_entry(void *ctx)
{
	return count(0);
}

SEC("kretprobe.multi/__x64_sys_[u]mas*")
int on_return(void *ctx)
{
	return count(1);
}

SEC("kprobe.multi/__x64_sys_[gs]et[a-z]*")
int on_many(void *ctx)
{
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
