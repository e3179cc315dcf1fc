// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which of the kernel's types do programs name that are fitted to the kernel (CO-RE)? Those
 * of these headers, some of them the kernel's own; tests/vm/debug-types.sh makes a file of them.
 */
#include <linux/audit.h>
#include <linux/backing-dev.h>
#include <linux/binfmts.h>
#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/cgroup.h>
#include <linux/cpufreq.h>
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/if_vlan.h>
#include <linux/inetdevice.h>
#include <linux/interrupt.h>
#include <linux/ipc_namespace.h>
#include <linux/kernel_stat.h>
#include <linux/kprobes.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mm_inline.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/nsproxy.h>
#include <linux/oom.h>
#include <linux/perf_event.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/sched/cputime.h>
#include <linux/sched/signal.h>
#include <linux/tcp.h>
#include <linux/tick.h>
#include <linux/trace_events.h>
#include <linux/uio.h>
#include <linux/uprobes.h>
#include <linux/user_namespace.h>
#include <linux/utsname.h>
#include <net/af_unix.h>
#include <net/inet_sock.h>
#include <net/net_namespace.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/sock.h>
#include <net/tcp.h>
#include <net/udp.h>

#include "mm/slab.h"

/*
 * What tracepoints record and what they are called with, of those that tools hang on. The
 * kernel is built without CONFIG_BPF_EVENTS, which declares the latter: no structure that
 * has to do with it comes after this.
 */
#define CONFIG_BPF_EVENTS 1
#define CREATE_TRACE_POINTS
#include <trace/events/block.h>
#include <trace/events/irq.h>
#include <trace/events/power.h>
#include <trace/events/sched.h>
#include <trace/events/signal.h>
#include <trace/events/sock.h>
#include <trace/events/task.h>
#include <trace/events/tcp.h>
#include <trace/events/timer.h>
#include <trace/events/vmscan.h>
/* The last one: it names a file that the ones after it would take for theirs. */
#include <trace/events/syscalls.h>
#undef CREATE_TRACE_POINTS
#undef CONFIG_BPF_EVENTS

#include "block/blk-mq.h"
#include "fs/mount.h"
#include "kernel/sched/sched.h"
#include "kernel/trace/trace.h"

/* A type whose being there is the sign of ring buffers: modbpf has them, if not the kernel. */
struct bpf_ringbuf {
	struct bpf_ringbuf *next;
};

/* Functions that programs hang on with their types; their headers say whether these are right. */
#define FUNCTION(result, name, ...) result name(__VA_ARGS__) { return (result)0; }
FUNCTION(int, down_read_interruptible, struct rw_semaphore *sem)
FUNCTION(int, down_read_killable_nested, struct rw_semaphore *sem, int subclass)
FUNCTION(void, down_read_nested, struct rw_semaphore *sem, int subclass)
FUNCTION(int, down_read_trylock, struct rw_semaphore *sem)
FUNCTION(int, down_write_killable_nested, struct rw_semaphore *sem, int subclass)
FUNCTION(void, down_write_nested, struct rw_semaphore *sem, int subclass)
FUNCTION(int, down_write_trylock, struct rw_semaphore *sem)
FUNCTION(int, mutex_lock_interruptible_nested, struct mutex *lock, unsigned int subclass)
FUNCTION(int, mutex_lock_killable_nested, struct mutex *lock, unsigned int subclass)
FUNCTION(void, mutex_lock_nested, struct mutex *lock, unsigned int subclass)
FUNCTION(int, mutex_trylock, struct mutex *lock)
FUNCTION(void, mutex_unlock, struct mutex *lock)
FUNCTION(void, tcp_rcv_established, struct sock *sk, struct sk_buff *skb)
FUNCTION(void, up_read, struct rw_semaphore *sem)
FUNCTION(void, up_write, struct rw_semaphore *sem)
FUNCTION(int, vfs_fsync_range, struct file *file, loff_t start, loff_t end, int datasync)
