// SPDX-License-Identifier: GPL-2.0-only
/* Strings: length, comparison, search, conversion, tokens, globs, encodings. */
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_helpers.h>

#define MAX_NAME 64

struct text {
	char bytes[256];
	__u32 len;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, struct text);
} texts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 512);
	__type(key, char[MAX_NAME]);
	__type(value, __u64);
} names SEC(".maps");

const volatile char wanted_prefix[16] = "/usr/lib/";
const char digits[16] = "0123456789abcdef";
const char base64[64] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static __always_inline struct text *text_at(__u32 index)
{
	return bpf_map_lookup_elem(&texts, &index);
}

SEC("kprobe/length")
int length_of_user_string(struct pt_regs *ctx)
{
	char name[MAX_NAME];
	int i, len = 0;

	__builtin_memset(name, 0, sizeof(name));
	bpf_probe_read_user(name, sizeof(name) - 1, (void *)ctx->rdi);
	for (i = 0; i < MAX_NAME; i++) {
		if (!name[i])
			break;
		len++;
	}
	return len;
}

SEC("kprobe/prefix")
int has_wanted_prefix(struct pt_regs *ctx)
{
	char name[MAX_NAME] = {};
	__u64 one = 1, *seen;
	int i;

	if (bpf_probe_read_user_str(name, sizeof(name), (void *)ctx->rsi) < 0)
		return 0;
	for (i = 0; i < (int)sizeof(wanted_prefix); i++) {
		if (!wanted_prefix[i])
			break;
		if (name[i] != wanted_prefix[i])
			return 0;
	}
	seen = bpf_map_lookup_elem(&names, name);
	if (seen)
		__sync_fetch_and_add(seen, 1);
	else
		bpf_map_update_elem(&names, name, &one, BPF_NOEXIST);
	return 1;
}

SEC("kprobe/decimal")
int decimal_of_pid(struct pt_regs *ctx)
{
	struct text *text = text_at(0);
	__u32 pid = bpf_get_current_pid_tgid() >> 32;
	char backwards[12] = {};
	int i, n = 0;

	if (!text)
		return 0;
	for (i = 0; i < 10; i++) {
		backwards[i] = '0' + pid % 10;
		n++;
		pid /= 10;
		if (!pid)
			break;
	}
	for (i = 0; i < 10; i++) {
		if (i >= n)
			break;
		text->bytes[i] = backwards[(n - 1 - i) & 7];
	}
	text->len = n;
	return n;
}

SEC("kprobe/hex")
int hex_of_registers(struct pt_regs *ctx)
{
	struct text *text = text_at(1);
	__u64 v = ctx->rdi;
	int i;

	if (!text)
		return 0;
	for (i = 15; i >= 0; i--) {
		text->bytes[i] = digits[v & 15];
		v >>= 4;
	}
	text->len = 16;
	return 0;
}

SEC("kprobe/base64")
int base64_of_comm(struct pt_regs *ctx)
{
	struct text *text = text_at(2);
	char comm[18] = {};
	__u32 i, out = 0;

	if (!text)
		return 0;
	bpf_get_current_comm(comm, 16);
	for (i = 0; i + 2 < sizeof(comm); i += 3) {
		__u32 v = (__u8)comm[i] << 16 | (__u8)comm[i + 1] << 8 | (__u8)comm[i + 2];

		text->bytes[out++ & 255] = base64[v >> 18 & 63];
		text->bytes[out++ & 255] = base64[v >> 12 & 63];
		text->bytes[out++ & 255] = base64[v >> 6 & 63];
		text->bytes[out++ & 255] = base64[v & 63];
	}
	text->len = out;
	return 0;
}

/* Is the name of the form *.so or *.so.N? */
SEC("kprobe/suffix")
int shared_object(struct pt_regs *ctx)
{
	char name[MAX_NAME] = {};
	long len = bpf_probe_read_user_str(name, sizeof(name), (void *)ctx->rsi);
	int i;

	if (len < 4)
		return 0;
	for (i = 0; i < MAX_NAME - 3; i++) {
		if (!name[i])
			return 0;
		if (name[i] == '.' && name[i + 1] == 's' && name[i + 2] == 'o' &&
		    (!name[i + 3] || name[i + 3] == '.'))
			return 1;
	}
	return 0;
}

SEC("kprobe/tokens")
int third_field(struct pt_regs *ctx)
{
	struct text *text = text_at(3);
	__u32 i, field = 0, start = 0;

	if (!text)
		return 0;
	bpf_probe_read_kernel(text->bytes, sizeof(text->bytes), (void *)ctx->rdi);
	for (i = 0; i < 48; i++) {
		char c = text->bytes[i];

		if (c == ' ' || c == '\t' || !c) {
			if (field == 2)
				break;
			field++;
			start = i + 1;
			if (!c)
				return 0;
		}
	}
	if (field != 2 || i <= start)
		return 0;
	text->len = i - start;
	return text->bytes[start & 255];
}

/* Match against "*.conf", one star, the greedy way. */
static __noinline int glob_conf(const char *name, __u32 size)
{
	static const char tail[] = ".conf";
	__u32 i, j;

	for (i = 0; i < 32; i++) {
		if (i >= size || !name[i])
			return 0;
		for (j = 0; j < 5; j++) {
			if (i + j >= size || name[i + j] != tail[j])
				break;
		}
		if (j == 5)
			return 1;
	}
	return 0;
}

SEC("kprobe/glob")
int is_config(struct pt_regs *ctx)
{
	char name[40] = {};

	if (bpf_probe_read_user_str(name, sizeof(name), (void *)ctx->rsi) < 0)
		return 0;
	return glob_conf(name, sizeof(name));
}

char _license[] SEC("license") = "GPL";
