// SPDX-License-Identifier: GPL-2.0-only
/* One program for each way to attach that a kernel may lack: its name is the feature's in tests/matrix/features.txt. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define FEATURE(name, section, result) \
	SEC(section) int name(void *ctx) \
	{ \
		return result; \
	}

FEATURE(kprobe, "kprobe/__x64_sys_umask", 0)
FEATURE(kretprobe, "kretprobe/__x64_sys_umask", 0)
SEC("kprobe/__x64_sys_umask")
int override_return(struct pt_regs *regs)
{
	/* Nobody's. */
	return bpf_get_current_pid_tgid() == ~0ULL ? bpf_override_return(regs, 0) : 0;
}
FEATURE(kprobe_multi, "kprobe.multi/__x64_sys_get*", 0)
FEATURE(kretprobe_multi, "kretprobe.multi/__x64_sys_get*", 0)
FEATURE(tracepoint, "tracepoint/syscalls/sys_enter_umask", 0)
/* One that reads the record. */
SEC("tracepoint/task/task_rename")
int tracepoint_direct(const int *record)
{
	return record[2] == 0;
}
FEATURE(raw_tracepoint, "raw_tp/sys_enter", 0)
FEATURE(tp_btf, "tp_btf/sys_enter", 0)
FEATURE(fentry, "fentry/__x64_sys_umask", 0)
FEATURE(fexit, "fexit/__x64_sys_umask", 0)
FEATURE(uprobe, "uprobe//proc/self/exe:main", 0)
FEATURE(uretprobe, "uretprobe//proc/self/exe:main", 0)
FEATURE(perf_clock, "perf_event", 0)
FEATURE(nf_ipv4, "tc/ipv4/local_in", 0)
FEATURE(nf_ipv6, "tc/ipv6/local_in", 0)
FEATURE(nf_inet, "tc/inet/local_in", 0)
FEATURE(nf_typed, "netfilter/ipv4/local_in", 1)
FEATURE(nf_defrag, "tc/ipv4/prerouting/0/defrag", 0)
FEATURE(nf_arp, "tc/arp/input", 0)
FEATURE(nf_bridge, "tc/bridge/forward", 0)
FEATURE(nf_ingress, "tc/netdev/lo/ingress", 0)
FEATURE(nf_egress, "tc/netdev/lo/egress", 0)

char LICENSE[] SEC("license") = "GPL";
