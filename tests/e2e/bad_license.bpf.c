// SPDX-License-Identifier: GPL-2.0-only
/* Refused: a helper that is for programs under the GPL, in a program that does not say so. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("kprobe/__x64_sys_umask")
int bad_license(void *ctx)
{
	__u64 value = 0;

	bpf_probe_read_kernel(&value, sizeof(value), ctx);
	return value;
}
