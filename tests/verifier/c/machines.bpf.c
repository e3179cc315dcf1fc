// SPDX-License-Identifier: GPL-2.0-only
/* Big switches: a state machine, a small virtual machine, system call numbers, error names. */
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_helpers.h>

enum op { OP_PUSH, OP_ADD, OP_SUB, OP_MUL, OP_AND, OP_OR, OP_XOR, OP_DUP, OP_SWAP, OP_DROP, OP_END };

struct op_code {
	__u8 op, pad[3];
	__u32 arg;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct op_code[16]);
} code SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, __u32);
} states SEC(".maps");

__u64 counts[32];

SEC("kprobe/vm")
int virtual_machine(struct pt_regs *ctx)
{
	__u32 zero = 0, i, sp = 0, a, b;
	struct op_code *ops = bpf_map_lookup_elem(&code, &zero);
	__u32 stack[4] = {};

	if (!ops)
		return 0;
	for (i = 0; i < 8; i++) {
		switch (ops[i].op) {
		case OP_PUSH:
			stack[sp & 3] = ops[i].arg;
			sp++;
			break;
		case OP_ADD:
		case OP_SUB:
		case OP_MUL:
		case OP_AND:
		case OP_OR:
		case OP_XOR:
			a = stack[(sp - 1) & 3];
			b = stack[(sp - 2) & 3];
			sp--;
			if (ops[i].op == OP_ADD)
				a += b;
			else if (ops[i].op == OP_SUB)
				a -= b;
			else if (ops[i].op == OP_MUL)
				a *= b;
			else if (ops[i].op == OP_AND)
				a &= b;
			else if (ops[i].op == OP_OR)
				a |= b;
			else
				a ^= b;
			stack[(sp - 1) & 3] = a;
			break;
		case OP_DUP:
			stack[sp & 3] = stack[(sp - 1) & 3];
			sp++;
			break;
		case OP_SWAP:
			a = stack[(sp - 1) & 3];
			stack[(sp - 1) & 3] = stack[(sp - 2) & 3];
			stack[(sp - 2) & 3] = a;
			break;
		case OP_DROP:
			sp--;
			break;
		default:
			return stack[(sp - 1) & 3];
		}
	}
	return 0;
}

SEC("kprobe/syscall")
int syscall_class(struct pt_regs *ctx)
{
	__u32 class;

	switch (ctx->orig_rax) {
	case 0: case 17: case 19: case 45:
		class = 1;
		break;
	case 1: case 18: case 20: case 46:
		class = 2;
		break;
	case 2: case 257: case 437:
		class = 3;
		break;
	case 3: case 32: case 33: case 292:
		class = 4;
		break;
	case 9 ... 12: case 25 ... 28:
		class = 5;
		break;
	case 41 ... 44: case 47 ... 55:
		class = 6;
		break;
	case 56 ... 62:
		class = 7;
		break;
	case 82 ... 95:
		class = 8;
		break;
	case 202: case 203: case 204:
		class = 9;
		break;
	case 435:
		class = 10;
		break;
	default:
		class = 0;
	}
	counts[class]++;
	return 0;
}

/* A connection as a state machine driven by flags. */
SEC("kprobe/states")
int connection_state(struct pt_regs *ctx)
{
	__u64 key = ctx->rdi;
	__u32 flags = ctx->rsi & 0x3f, *state = bpf_map_lookup_elem(&states, &key), next = 0;

	switch (state ? *state : 0) {
	case 0:
		next = flags & 2 ? 1 : 0;
		break;
	case 1:
		next = (flags & 0x12) == 0x12 ? 2 : flags & 4 ? 0 : 1;
		break;
	case 2:
		next = flags & 0x10 ? 3 : flags & 4 ? 0 : 2;
		break;
	case 3:
		next = flags & 1 ? 4 : flags & 4 ? 0 : 3;
		break;
	case 4:
		next = flags & 1 ? 5 : flags & 4 ? 0 : 4;
		break;
	case 5:
		next = flags & 0x10 ? 0 : 5;
		break;
	}
	if (next)
		bpf_map_update_elem(&states, &key, &next, BPF_ANY);
	else
		bpf_map_delete_elem(&states, &key);
	return next;
}

static __always_inline int error_name(int err, char *name)
{
	switch (-err) {
	case 1: name[0] = 'P'; name[1] = 'E'; name[2] = 'R'; break;
	case 2: name[0] = 'E'; name[1] = 'N'; name[2] = 'T'; break;
	case 4: name[0] = 'I'; name[1] = 'N'; name[2] = 'T'; break;
	case 9: name[0] = 'B'; name[1] = 'A'; name[2] = 'D'; break;
	case 11: name[0] = 'A'; name[1] = 'G'; name[2] = 'N'; break;
	case 12: name[0] = 'M'; name[1] = 'E'; name[2] = 'M'; break;
	case 13: name[0] = 'A'; name[1] = 'C'; name[2] = 'C'; break;
	case 17: name[0] = 'E'; name[1] = 'X'; name[2] = 'I'; break;
	case 22: name[0] = 'I'; name[1] = 'N'; name[2] = 'V'; break;
	default: return 0;
	}
	return 3;
}

SEC("kretprobe/error")
int error_of_return(struct pt_regs *ctx)
{
	char name[8] = {};
	long value = ctx->rax;

	if (value >= 0 || value < -4095)
		return 0;
	if (!error_name(value, name))
		return 0;
	counts[name[0] & 31]++;
	return 0;
}

char _license[] SEC("license") = "GPL";
