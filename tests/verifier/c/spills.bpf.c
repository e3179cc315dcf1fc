// SPDX-License-Identifier: GPL-2.0-only
/* More values than registers: spills of numbers and pointers, big structs, copies, varying stack offsets. */
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_helpers.h>

struct sample {
	__u64 ip, sp, bp, ax, bx, cx, dx, si, di, flags;
	__u32 pid, tgid, uid, cpu;
	char comm[16];
	__u8 tail[24];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, __u64);
	__type(value, struct sample);
} samples SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096 * 16);
} events SEC(".maps");

__u64 sums[4];

SEC("kprobe/everything")
int whole_sample(struct pt_regs *ctx)
{
	struct sample sample = {};
	__u64 id = bpf_get_current_pid_tgid();

	sample.ip = ctx->rip;
	sample.sp = ctx->rsp;
	sample.bp = ctx->rbp;
	sample.ax = ctx->rax;
	sample.bx = ctx->rbx;
	sample.cx = ctx->rcx;
	sample.dx = ctx->rdx;
	sample.si = ctx->rsi;
	sample.di = ctx->rdi;
	sample.flags = ctx->eflags;
	sample.pid = id;
	sample.tgid = id >> 32;
	sample.uid = bpf_get_current_uid_gid();
	sample.cpu = bpf_get_smp_processor_id();
	bpf_get_current_comm(sample.comm, sizeof(sample.comm));
	__builtin_memcpy(sample.tail, sample.comm, 16);
	bpf_map_update_elem(&samples, &id, &sample, BPF_ANY);
	bpf_ringbuf_output(&events, &sample, sizeof(sample), 0);
	return 0;
}

SEC("kprobe/pressure")
int register_pressure(struct pt_regs *ctx)
{
	__u64 a = ctx->rdi, b = ctx->rsi, c = ctx->rdx, d = ctx->rcx, e = ctx->r8, f = ctx->r9;
	__u64 g = ctx->rax, h = ctx->rbx, i = ctx->r10, j = ctx->r11, k = ctx->r12, l = ctx->r13;
	int n;

	for (n = 0; n < 6; n++) {
		a += l ^ b; b += a ^ c; c += b ^ d; d += c ^ e; e += d ^ f; f += e ^ g;
		g += f ^ h; h += g ^ i; i += h ^ j; j += i ^ k; k += j ^ l; l += k ^ a;
	}
	sums[n & 3] = a ^ b ^ c ^ d ^ e ^ f ^ g ^ h ^ i ^ j ^ k ^ l;
	return 0;
}

SEC("kprobe/two_pointers")
int pointers_across_calls(struct pt_regs *ctx)
{
	__u64 first = ctx->rdi, second = ctx->rsi, now;
	struct sample *a = bpf_map_lookup_elem(&samples, &first);
	struct sample *b = bpf_map_lookup_elem(&samples, &second);
	struct sample *c;

	if (!a || !b)
		return 0;
	now = bpf_ktime_get_ns();
	c = a->ip > b->ip ? a : b;
	bpf_get_current_comm(c->comm, sizeof(c->comm));
	a->flags = now;
	b->flags = now ^ a->flags;
	return c->cpu;
}

SEC("kprobe/variable_offset")
int varying_stack_offset(struct pt_regs *ctx)
{
	char buffer[64] = {};
	__u32 at = ctx->rdi & 31, n = ctx->rsi & 15;

	bpf_probe_read_kernel(buffer + at, n + 1, (void *)ctx->rdx);
	return buffer[at] + buffer[at + n] + buffer[63 - at];
}

SEC("kprobe/copies")
int structs_by_value(struct pt_regs *ctx)
{
	struct sample one = {}, two;
	__u64 key = ctx->rdi;
	struct sample *found;

	one.ip = ctx->rip;
	one.tail[3] = key;
	two = one;
	two.tail[7] = one.tail[3];
	found = bpf_map_lookup_elem(&samples, &key);
	if (found) {
		two = *found;
		two.cpu++;
		*found = two;
	}
	return two.cpu + two.tail[7];
}

SEC("kprobe/narrow")
int narrow_spills(struct pt_regs *ctx)
{
	volatile __u32 words[2];
	volatile __u16 half;
	volatile __u8 byte;

	words[0] = ctx->rdi;
	words[1] = words[0] & 7;
	half = words[1] + 300;
	byte = half;
	if (words[1] > 7 || half > 307)
		return -1;
	return byte + half;
}

SEC("kprobe/record")
int record_in_flight(struct pt_regs *ctx)
{
	struct sample *record = bpf_ringbuf_reserve(&events, sizeof(*record), 0);
	__u64 id, key = ctx->rdi;
	struct sample *old;

	if (!record)
		return 0;
	id = bpf_get_current_pid_tgid();
	__builtin_memset(record, 0, sizeof(*record));
	old = bpf_map_lookup_elem(&samples, &key);
	if (!old) {
		bpf_ringbuf_discard(record, 0);
		return 0;
	}
	*record = *old;
	record->pid = id;
	if (bpf_probe_read_kernel(record->tail, sizeof(record->tail), (void *)ctx->rsi)) {
		bpf_ringbuf_discard(record, BPF_RB_NO_WAKEUP);
		return 1;
	}
	bpf_ringbuf_submit(record, 0);
	return 0;
}

char _license[] SEC("license") = "GPL";
