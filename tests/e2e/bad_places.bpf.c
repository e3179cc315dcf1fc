// SPDX-License-Identifier: GPL-2.0-only
/* Loaded, but not attached: the first is, the second names a function that no kernel has. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("kprobe/__x64_sys_umask")
int good_place(void *ctx)
{
	return 0;
}

SEC("kprobe/no_kernel_has_this_function")
int bad_place(void *ctx)
{
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
