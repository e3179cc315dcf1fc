// SPDX-License-Identifier: GPL-2.0-only
/* Loaded, but not attached: SEC("netfilter") does not say where. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("netfilter")
int no_place(void *ctx)
{
	return 1;
}

char LICENSE[] SEC("license") = "GPL";
