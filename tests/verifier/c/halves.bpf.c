// SPDX-License-Identifier: GPL-2.0-only
/* Two ints to a slot of the stack: counters, cursors and small structs whose address is taken. */
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_helpers.h>

#define LINE 64

struct cursor {
	__u32 at, end;
};

struct ring {
	__u32 head, tail;
	__u16 sizes[8];
};

char line[LINE];
__u32 words, longest, sums[2];
struct ring ring;

/* The next byte of the line; -1: it ends. */
static __attribute__((noinline)) int next_byte(struct cursor *c)
{
	if (c->at >= c->end || c->at >= LINE)
		return -1;
	return (unsigned char)line[c->at++];
}

SEC("kprobe/words")
int count_words(struct pt_regs *ctx)
{
	struct cursor c = { 0, 24 };
	int byte, in_word = 0;

	while ((byte = next_byte(&c)) >= 0) {
		if (byte == ' ')
			in_word = 0;
		else if (!in_word++)
			words++;
	}
	return 0;
}

/* Two cursors over one line: runs of equal bytes. */
SEC("kprobe/runs")
int longest_run(struct pt_regs *ctx)
{
	volatile __u32 start = 0, end = 0;

	while (end < 20) {
		__u32 at = end;

		if (at >= LINE || start >= LINE)
			break;
		if (line[at] != line[start]) {
			if (at - start > longest)
				longest = at - start;
			start = at;
		}
		end = at + 1;
	}
	return 0;
}

static __attribute__((noinline)) void step(struct cursor *c, __u32 by)
{
	c->at += by;
	c->end -= 1;
}

SEC("kprobe/towards")
int towards_each_other(struct pt_regs *ctx)
{
	struct cursor c = { .at = 0, .end = 31 };
	int i;

	for (i = 0; c.at < c.end && i < 40; i++) {
		sums[0] += line[c.at & (LINE - 1)];
		sums[1] += line[c.end & (LINE - 1)];
		step(&c, 1);
	}
	return 0;
}

/* A copy of both at once. */
SEC("kprobe/copied")
int copied_pair(struct pt_regs *ctx)
{
	struct cursor c = { ctx->rdi & 15, ctx->rsi & 31 }, saved;

	step(&c, 0);
	saved = c;
	step(&c, 3);
	if (c.at >= 24)
		c = saved;
	if (c.at < LINE)
		line[c.at] = saved.end;
	return 0;
}

SEC("kprobe/nested")
int nested_ints(struct pt_regs *ctx)
{
	volatile struct { int row, col, sum, last; } v = { 0 };

	for (v.row = 0; v.row < 6; v.row++)
		for (v.col = 0; v.col < 5; v.col++) {
			int at = v.row * 8 + v.col;

			if (at < 0 || at >= LINE)
				return 0;
			v.last = line[at];
			v.sum += v.last;
		}
	sums[0] = v.sum;
	return 0;
}

char _license[] SEC("license") = "GPL";
