// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program per helper: it passes on what it is given, and what comes back. The test that
 * runs them, helpers.c, knows from elsewhere what that must be.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "tests/e2e/helpers.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct helper_io);
} io_map SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} each_cpu SEC(".maps");

static __always_inline struct helper_io *begin(void)
{
	__u32 zero = 0;
	struct helper_io *io = bpf_map_lookup_elem(&io_map, &zero);

	if (io)
		io->runs++;
	return io;
}

/* A program whose helper's result is all that there is. */
#define RETURNS(name, call) \
SEC("tc") \
int name(struct __sk_buff *skb) \
{ \
	struct helper_io *io = begin(); \
\
	if (io) \
		io->ret = call; \
	return 0; \
}

RETURNS(ktime_ns, bpf_ktime_get_ns())
RETURNS(boot_ns, bpf_ktime_get_boot_ns())
RETURNS(tai_ns, bpf_ktime_get_tai_ns())
RETURNS(coarse_ns, bpf_ktime_get_coarse_ns())
RETURNS(ticks, bpf_jiffies64())
RETURNS(prandom, bpf_get_prandom_u32())
RETURNS(this_cpu, bpf_get_smp_processor_id())
RETURNS(this_node, bpf_get_numa_node_id())
RETURNS(pid_tgid, bpf_get_current_pid_tgid())
RETURNS(uid_gid, bpf_get_current_uid_gid())
RETURNS(this_task, bpf_get_current_task())
RETURNS(comm, bpf_get_current_comm(io->buffer, io->in[0] & 31 ? : 1))
RETURNS(ns_pid_tgid, bpf_get_ns_current_pid_tgid(io->in[0], io->in[1],
						 (struct bpf_pidns_info *)io->out,
						 io->in[2] == 7 ? 7 : 8))
RETURNS(to_long, bpf_strtol(io->text, io->in[0] % IO_TEXT + 1, io->in[1], (long *)&io->out[0]))
RETURNS(to_ulong, bpf_strtoul(io->text, io->in[0] % IO_TEXT + 1, io->in[1],
			      (unsigned long *)&io->out[0]))
RETURNS(compare, bpf_strncmp(io->text, io->in[0] % IO_TEXT + 1, "constant"))
RETURNS(signal_process, bpf_send_signal(io->in[0]))
RETURNS(signal_thread, bpf_send_signal_thread(io->in[0]))
RETURNS(read_kernel, bpf_probe_read_kernel(io->buffer, IO_BUFFER, (void *)io->in[0]))
RETURNS(read_kernel_str, bpf_probe_read_kernel_str(io->buffer, IO_BUFFER, (void *)io->in[0]))
RETURNS(read_user, bpf_probe_read_user(io->buffer, IO_BUFFER, (void *)io->in[0]))
RETURNS(read_user_str, bpf_probe_read_user_str(io->buffer, IO_BUFFER, (void *)io->in[0]))

static const char numbers_format[] = NUMBERS_FORMAT;
static const char strings_format[] = STRINGS_FORMAT;
static const char pointer_format[] = "%p %pK";
static const char symbol_format[] = "%ps";
static const char address_format[] = "%pI4 %pi6 %pI6";
static const char trace_format[] = "q7traced %s %d %lu %x";

#define PRINT(io, bytes, format, data) \
	bpf_snprintf((io)->buffer, bytes, format, data, sizeof(data))

/* A name on the stack, and a text in a map. */
static __always_inline long print_strings(struct helper_io *io)
{
	char name[8] = "stacked";
	__u64 data[] = { (unsigned long)name, (unsigned long)io->text, (unsigned long)io->text };

	return PRINT(io, IO_BUFFER, strings_format, data);
}

static __always_inline long trace_much(struct helper_io *io)
{
	__u64 data[] = { (unsigned long)io->text, io->in[0], io->in[1], io->in[2] };

	return bpf_trace_vprintk(trace_format, sizeof(trace_format), data, sizeof(data));
}

RETURNS(numbers, ({
	__u64 data[] = { io->in[0], io->in[1], io->in[2], io->in[0], io->in[0], io->in[0], 'c' };
	PRINT(io, IO_BUFFER, numbers_format, data);
}))
RETURNS(numbers_cut, ({
	__u64 data[] = { io->in[0], io->in[1], io->in[2], io->in[0], io->in[0], io->in[0], 'c' };
	PRINT(io, 8, numbers_format, data);
}))
RETURNS(length_only, ({
	__u64 data[] = { io->in[0], io->in[1], io->in[2], io->in[0], io->in[0], io->in[0], 'c' };
	bpf_snprintf(NULL, 0, numbers_format, data, sizeof(data));
}))
RETURNS(strings, print_strings(io))
RETURNS(pointer, ({ __u64 data[] = { io->in[0], io->in[0] }; PRINT(io, IO_BUFFER, pointer_format, data); }))
RETURNS(symbol, ({ __u64 data[] = { io->in[0] }; PRINT(io, IO_BUFFER, symbol_format, data); }))
RETURNS(address, ({
	__u64 data[] = { (unsigned long)io->text, (unsigned long)io->text, (unsigned long)io->text };
	PRINT(io, IO_BUFFER, address_format, data);
}))
RETURNS(trace, bpf_trace_printk(trace_format, sizeof(trace_format), io->text, io->in[0], io->in[1]))
RETURNS(trace_few, bpf_trace_printk("q7few %d %x", 12, io->in[0], io->in[1]))
RETURNS(trace_many, trace_much(io))

static __always_inline long make_records(struct helper_io *io)
{
	__u64 *kept = bpf_ringbuf_reserve(&ring, 8, 0), *dropped;

	if (!kept)
		return -1;
	*kept = io->in[0];
	bpf_ringbuf_submit(kept, 0);
	dropped = bpf_ringbuf_reserve(&ring, 8, 0);
	if (!dropped)
		return -2;
	bpf_ringbuf_discard(dropped, 0);
	return bpf_ringbuf_output(&ring, io->text, 8, 0);
}

static __always_inline long look_elsewhere(struct helper_io *io)
{
	__u32 zero = 0;
	__u64 *value = bpf_map_lookup_percpu_elem(&each_cpu, &zero, io->in[0]);

	return value ? *value : -1;
}

RETURNS(records, make_records(io))
RETURNS(in_ring, bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA))
RETURNS(elsewhere, look_elsewhere(io))

/* Those that only tracing programs have run for the process that asked for it. */
#define TRACES(name, call) \
SEC("tracepoint/syscalls/sys_enter_umask") \
int name(void *ctx) \
{ \
	struct helper_io *io = begin(); \
\
	if (io && bpf_get_current_pid_tgid() >> 32 == io->in[3]) \
		io->ret = call; \
	return 0; \
}

TRACES(read_any, bpf_probe_read(io->buffer, IO_BUFFER, (void *)io->in[0]))
TRACES(read_any_str, bpf_probe_read_str(io->buffer, IO_BUFFER, (void *)io->in[0]))
TRACES(write_user, bpf_probe_write_user((void *)io->in[0], io->text, 8))
TRACES(signal_from_event, bpf_send_signal(io->in[0]))

char LICENSE[] SEC("license") = "GPL";
