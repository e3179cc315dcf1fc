// SPDX-License-Identifier: GPL-2.0-only
/* Commands on maps, programs, BTF, ids and pins: attrs that may well be granted. */
#include "tests/hostile/hostile.h"

#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>

#include "isa/insn.h"

#define INSNS 12

const char *pins;
uint32_t last_ids[KIND_COUNT];

/* --- maps ------------------------------------------------------------------------------------ */

#define MAP(name, key, value, entries, flags) { MODBPF_MAP_##name, key, value, entries, flags }
static const struct {
	uint32_t type, key, value, entries, flags;
} maps[] = {
	MAP(HASH, 8, 16, 64, 0), MAP(HASH, 8, 16, 64, BPF_F_NO_PREALLOC), MAP(ARRAY, 4, 8, 64, 0),
	MAP(ARRAY, 4, 64, 64, BPF_F_MMAPABLE), MAP(PROG_ARRAY, 4, 4, 8, 0), MAP(PERF_EVENT_ARRAY, 4, 4, 8, 0),
	MAP(PERCPU_HASH, 8, 16, 8, 0), MAP(PERCPU_ARRAY, 4, 8, 16, 0), MAP(STACK_TRACE, 4, 64, 16, 0),
	MAP(CGROUP_ARRAY, 4, 4, 4, 0), MAP(LRU_HASH, 8, 16, 8, 0),
	MAP(LRU_PERCPU_HASH, 8, 16, 8, BPF_F_NO_COMMON_LRU), MAP(LPM_TRIE, 8, 8, 32, BPF_F_NO_PREALLOC),
	MAP(ARRAY_OF_MAPS, 4, 4, 4, 0), MAP(HASH_OF_MAPS, 8, 4, 4, 0), MAP(QUEUE, 0, 16, 8, 0),
	MAP(STACK, 0, 16, 8, 0), MAP(RINGBUF, 0, 0, 4096, 0), MAP(BLOOM_FILTER, 0, 16, 8, 0),
	MAP(USER_RINGBUF, 0, 0, 4096, 0),
};
#define TYPE_TALLY(type, number) [number] = { .name = #type },
struct tally map_tallies[MODBPF_MAP_TYPE_COUNT] = { MODBPF_MAP_TYPES(TYPE_TALLY) };
struct tally prog_tallies[MODBPF_PROG_TYPE_COUNT] = { MODBPF_PROG_TYPES(TYPE_TALLY) };

/* In good_btf. */
enum { BTF_INT_ID = 1, BTF_LONG_ID, BTF_FUNC_ID = 4, BTF_TIMER_ID, BTF_VALUE_ID };

#define KEPT_TIMERS 0x100	/* no type of a map */

/* Its values are a timer. */
static void make_timers(struct worker *w)
{
	bool is_hash = below(w, 2);

	w->attr.map_type = is_hash ? MODBPF_MAP_HASH : MODBPF_MAP_ARRAY;
	w->attr.key_size = is_hash ? 8 : 4;
	w->attr.value_size = 16;
	w->attr.max_entries = 8;
	w->attr.btf_fd = fd_of(w, KIND_BTF, 0);
	w->attr.btf_key_type_id = is_hash ? BTF_LONG_ID : BTF_INT_ID;
	w->attr.btf_value_type_id = BTF_VALUE_ID;
	w->variant = TIMER_MAP;
	w->kept_type = KEPT_TIMERS;
}

void make_map(struct worker *w)
{
	unsigned int i = below(w, sizeof(maps) / sizeof(maps[0]) + 1);

	if (i == sizeof(maps) / sizeof(maps[0])) {
		make_timers(w);
		return;
	}
	w->attr.map_type = maps[i].type;
	w->attr.key_size = maps[i].key;
	w->attr.value_size = maps[i].value;
	w->attr.max_entries = maps[i].entries;
	w->attr.map_flags = maps[i].flags;
	if (maps[i].type == MODBPF_MAP_ARRAY_OF_MAPS || maps[i].type == MODBPF_MAP_HASH_OF_MAPS)
		w->attr.inner_map_fd = fd_of(w, KIND_MAP, MODBPF_MAP_ARRAY + (below(w, 2) ? 0 : 20));
}

/* A small key, so that it is there already or will be asked for again; a value, an fd perhaps. */
void use_map(struct worker *w)
{
	uint64_t key = below(w, 8), value = below(w, 3) ? draw(w) : (uint32_t)any_fd(w);

	w->attr.map_fd = fd_of(w, KIND_MAP, 0);
	w->attr.key = any_address(w);
	w->attr.value = any_address(w);
	w->attr.flags = below(w, 4) ? 0 : below(w, 6);
	if (is_in_memory(w->attr.key))
		memcpy((void *)(uintptr_t)w->attr.key, &key, sizeof(key));
	if (is_in_memory(w->attr.value))
		memcpy((void *)(uintptr_t)w->attr.value, &value, sizeof(value));
	/* Some maps have no keys. */
	if (!below(w, 4))
		w->attr.key = 0;
}

/* Half of what is to go is put there before: by chance little is there. */
static void put_before(struct worker *w)
{
	union modbpf_attr attr = w->attr;

	if (below(w, 2))
		return;
	attr.value = in_memory(w);
	plain_call(MODBPF_CMD_MAP_UPDATE_ELEM, &attr);
}

void use_key(struct worker *w)
{
	use_map(w);
	if (below(w, 2))
		w->attr.map_fd = fd_of(w, KIND_MAP, MODBPF_MAP_HASH);
	w->attr.value = 0;
	w->attr.flags = 0;
	put_before(w);
}

void use_next_key(struct worker *w)
{
	use_map(w);
	w->attr.flags = 0;
}

void take_element(struct worker *w)
{
	static const uint32_t types[] = { MODBPF_MAP_HASH, MODBPF_MAP_QUEUE, MODBPF_MAP_STACK };

	use_map(w);
	w->attr.map_fd = fd_of(w, KIND_MAP, types[below(w, 3)]);
	w->attr.flags = 0;
	put_before(w);
}

/* Rarely enough that most maps stay changeable. */
void freeze_map(struct worker *w)
{
	w->attr.map_fd = below(w, 4) ? any_fd(w) : fd_of(w, KIND_MAP, 0);
}

void use_batch(struct worker *w)
{
	uint64_t keys[8] = { 0, 1, 2, 3, 4, 5, 6, 7 };

	w->attr.batch.in_batch = below(w, 2) ? 0 : any_address(w);
	w->attr.batch.out_batch = any_address(w);
	w->attr.batch.keys = any_address(w);
	w->attr.batch.values = any_address(w);
	w->attr.batch.count = below(w, 2) ? below(w, 4) : below(w, 70);
	w->attr.batch.map_fd = fd_of(w, KIND_MAP, below(w, 2) ? MODBPF_MAP_HASH : 0);
	if (is_in_memory(w->attr.batch.keys))
		memcpy((void *)(uintptr_t)w->attr.batch.keys, keys, sizeof(keys));
}

/* --- programs -------------------------------------------------------------------------------- */

static const struct {
	uint32_t type, attach_type;
} progs[] = {
	{ MODBPF_PROG_SOCKET_FILTER, 0 }, { MODBPF_PROG_KPROBE, 0 }, { MODBPF_PROG_KPROBE, MODBPF_ATTACH_KPROBE_MULTI },
	{ MODBPF_PROG_SCHED_CLS, 0 }, { MODBPF_PROG_TRACEPOINT, 0 }, { MODBPF_PROG_XDP, 0 },
	{ MODBPF_PROG_PERF_EVENT, 0 }, { MODBPF_PROG_CGROUP_SKB, 0 }, { MODBPF_PROG_RAW_TRACEPOINT, 0 },
	{ MODBPF_PROG_TRACING, MODBPF_ATTACH_TRACE_FENTRY }, { MODBPF_PROG_NETFILTER, MODBPF_ATTACH_NETFILTER },
};

static struct modbpf_insn insn(uint8_t code, uint8_t dst, uint8_t src, int16_t off, int32_t imm)
{
	return (struct modbpf_insn){ .code = code, .dst_reg = dst, .src_reg = src, .off = off, .imm = imm };
}

/* A key and a value on the stack, and one of the helpers of maps. */
static unsigned int with_map(struct worker *w, struct modbpf_insn *to)
{
	static const uint8_t helpers[] = { 1, 2, 3, 87, 88, 89 };	/* look up to delete, push, pop, peek */
	uint8_t helper = helpers[below(w, sizeof(helpers))];
	unsigned int n = 0;

	to[n++] = insn(0x7a, 10, 0, -8, below(w, 8));		/* the key */
	to[n++] = insn(0x7a, 10, 0, -16, draw(w));		/* the value, of up to 16 bytes */
	to[n++] = insn(MODBPF_LD_IMM64, 1, BPF_PSEUDO_MAP_FD, 0, fd_of(w, KIND_MAP, 0));
	to[n++] = insn(0, 0, 0, 0, 0);
	to[n++] = insn(0xbf, 2, 10, 0, 0);
	to[n++] = insn(0x07, 2, 0, 0, helper < 87 ? -8 : -16);
	to[n++] = insn(0xbf, 3, 10, 0, 0);
	to[n++] = insn(0x07, 3, 0, 0, -16);
	if (helper == 2 || helper == 87)
		to[n++] = insn(0xb7, helper == 2 ? 4 : 3, 0, 0, 0);
	to[n++] = insn(0x85, 0, 0, 0, helper);
	to[n++] = insn(0xb7, 0, 0, 0, 0);
	return n;
}

/*
 * An element's timer is set to call back soon, and perhaps taken back; the callback deletes the
 * element: its registers are the arguments as they are.
 */
static unsigned int with_timer(struct worker *w, struct modbpf_insn *to)
{
	int32_t map = fd_of(w, KIND_MAP, KEPT_TIMERS);
	const struct modbpf_insn insns[] = {
		insn(0x7a, 10, 0, -8, below(w, 8)),		/* the key */
		insn(MODBPF_LD_IMM64, 1, BPF_PSEUDO_MAP_FD, 0, map), insn(0, 0, 0, 0, 0),
		insn(0xbf, 2, 10, 0, 0),
		insn(0x07, 2, 0, 0, -8),
		insn(0x85, 0, 0, 0, 1),
		insn(0x15, 0, 0, 16, 0),			/* there is none */
		insn(0xbf, 6, 0, 0, 0),
		insn(0xbf, 1, 6, 0, 0),
		insn(MODBPF_LD_IMM64, 2, BPF_PSEUDO_MAP_FD, 0, map), insn(0, 0, 0, 0, 0),
		insn(0xb7, 3, 0, 0, below(w, 4) ? 1 : draw(w)),	/* the clock */
		insn(0x85, 0, 0, 0, 169),
		insn(0xbf, 1, 6, 0, 0),
		insn(MODBPF_LD_IMM64, 2, BPF_PSEUDO_FUNC, 0, 10), insn(0, 0, 0, 0, 0),
		insn(0x85, 0, 0, 0, 170),
		insn(0xbf, 1, 6, 0, 0),
		insn(0xb7, 2, 0, 0, below(w, 2) ? below(w, 1 << 20) : draw(w)),	/* nanoseconds */
		insn(0xb7, 3, 0, 0, below(w, 4)),
		insn(0x85, 0, 0, 0, 171),
		insn(0xbf, 1, 6, 0, 0),
		below(w, 2) ? insn(0x85, 0, 0, 0, 172) : insn(0xbf, 1, 6, 0, 0),
		insn(0xb7, 0, 0, 0, 0),
		insn(0x95, 0, 0, 0, 0),
		insn(0x85, 0, 0, 0, 3),
		insn(0xb7, 0, 0, 0, 0),
	};

	memcpy(to, insns, sizeof(insns));
	return sizeof(insns) / sizeof(insns[0]);
}

/* Instructions that are mostly well-formed, behind a start that makes much of them valid. */
static unsigned int with_anything(struct worker *w, struct modbpf_insn *to)
{
	static const uint8_t codes[] = {
		0xb7, 0xb4, 0xbf, 0x07, 0x0f, 0x17, 0x1f, 0x27, 0x37, 0x3f, 0x57, 0x67, 0x77, 0x97, 0xa7,
		0xc7, 0x15, 0x1d, 0x25, 0x2d, 0x55, 0x65, 0x6d, 0x05, 0x85, 0x61, 0x69, 0x71, 0x79, 0x62,
		0x63, 0x7a, 0x7b, 0xdb, 0xc3, 0xdc, 0xd4, 0x18, 0x95, 0x34, 0x3c, 0x84, 0x87,
	};
	unsigned int i;

	to[0] = insn(0xb7, 0, 0, 0, 0);
	for (i = 1; i < INSNS - 1; i++)
		to[i] = insn(codes[below(w, sizeof(codes))], below(w, 11), below(w, 11),
			     below(w, 8) ? below(w, 8) - 4 : draw(w), any_number(w));
	return i;
}

void load_prog(struct worker *w)
{
	struct modbpf_insn *insns = (struct modbpf_insn *)(shared + 4096 * below(w, PAGES - 1));
	char *license = (char *)shared + 4096 * (PAGES - 1);
	unsigned int i = below(w, sizeof(progs) / sizeof(progs[0])), n = 1;

	insns[0] = insn(0xb7, 0, 0, 0, progs[i].type == MODBPF_PROG_TRACING ? 0 : below(w, 2));
	switch (below(w, 5)) {
	case 0:
		n = with_anything(w, insns);
		break;
	case 1:
		n = with_map(w, insns);
		break;
	case 2:
		n = with_timer(w, insns);
		w->variant = TIMER_PROG;
		w->kept_type = progs[i].type;
	}
	insns[n++] = insn(0x95, 0, 0, 0, 0);
	strcpy(license, "GPL");
	w->attr.prog_type = progs[i].type;
	w->attr.expected_attach_type = progs[i].attach_type;
	w->attr.insns = (uintptr_t)insns;
	w->attr.insn_cnt = n;
	w->attr.license = (uintptr_t)license;
	if (progs[i].type == MODBPF_PROG_TRACING)
		w->attr.attach_btf_id = BTF_FUNC_ID;
	if (below(w, 3))
		return;
	w->attr.log_level = below(w, 8);
	w->attr.log_size = 4096;
	w->attr.log_buf = any_address(w);
}

void run_prog(struct worker *w)
{
	static const uint32_t types[] = { MODBPF_PROG_SCHED_CLS, MODBPF_PROG_XDP, MODBPF_PROG_SOCKET_FILTER };

	w->attr.test.prog_fd = fd_of(w, KIND_PROG, types[below(w, 3)]);
	w->attr.test.data_size_in = below(w, 100);
	w->attr.test.data_size_out = below(w, 100);
	w->attr.test.data_in = any_address(w);
	w->attr.test.data_out = any_address(w);
	w->attr.test.repeat = below(w, 5);
}

/* --- the rest ---------------------------------------------------------------------------------- */

/* Begin at 0 or at the last id; ids are soon above what is drawn. */
static void next_id(struct worker *w, enum kind kind)
{
	w->attr.start_id = below(w, 4) ? 0 : last_ids[kind] + below(w, 4);
}

static void fd_by_id(struct worker *w, enum kind kind)
{
	w->attr.prog_id = below(w, 4) ? last_ids[kind] : below(w, 1000);
}

#define BY_ID(name, kind) \
	void next_##name(struct worker *w) { next_id(w, kind); } \
	void name##_by_id(struct worker *w) { fd_by_id(w, kind); }
BY_ID(map, KIND_MAP)
BY_ID(prog, KIND_PROG)
BY_ID(link, KIND_LINK)
BY_ID(btf, KIND_BTF)

void ask_info(struct worker *w)
{
	uint64_t at = any_address(w);

	w->attr.info.bpf_fd = fd_of(w, below(w, KIND_EVENT), 0);
	w->attr.info.info_len = below(w, 300);
	w->attr.info.info = at;
	if (below(w, 2) && is_in_memory(at))
		memset((void *)(uintptr_t)at, 0, 300);
}

/*
 * int, long, the prototype long(long), and a function of the kernel: enough for a fentry program.
 * struct bpf_timer, and a structure of one.
 */
static const struct {
	uint16_t magic;
	uint8_t version, flags;
	uint32_t hdr_len, type_off, type_len, str_off, str_len;
	uint32_t types[4 + 4 + 5 + 3 + 9 + 6];
	char strings[35];
} good_btf = {
	0xeb9f, 1, 0, 24, 0, 124, 124, 35,
	{ 1, 1 << 24, 4, 1 << 24 | 32, 1, 1 << 24, 8, 1 << 24 | 64, 0, 13 << 24 | 1, 2, 1, 2, 7, 12 << 24, 3,
	  23, 4 << 24 | 2, 16, 0, BTF_LONG_ID, 0, 0, BTF_LONG_ID, 64,
	  0, 4 << 24 | 1, 16, 33, BTF_TIMER_ID, 0 },
	"\0long\0\0__x64_sys_umask\0bpf_timer\0t",
};

void good_btf_attr(union modbpf_attr *attr)
{
	attr->btf = (uintptr_t)&good_btf;
	attr->btf_size = good_btf.hdr_len + good_btf.type_len + good_btf.str_len;
}

void load_btf(struct worker *w)
{
	w->attr.btf = any_address(w);
	w->attr.btf_size = below(w, 4096);
	if (below(w, 2))
		good_btf_attr(&w->attr);
	if (below(w, 2))
		return;
	w->attr.btf_log_buf = any_address(w);
	w->attr.btf_log_size = below(w, 4096);
	w->attr.btf_log_level = below(w, 3);
}

void name_pin(struct worker *w)
{
	char name[128];

	snprintf(name, sizeof(name), "%s/%u", pins ? pins : "/dev/null", (unsigned int)below(w, 8));
	w->attr.pathname = put_name(w, name);
}

void pin_object(struct worker *w)
{
	name_pin(w);
	w->attr.bpf_fd = fd_of(w, below(w, KIND_BTF), 0);
}

void bind_map(struct worker *w)
{
	w->attr.prog_bind_map.prog_fd = fd_of(w, KIND_PROG, 0);
	w->attr.prog_bind_map.map_fd = fd_of(w, KIND_MAP, 0);
}

void enable_stats(struct worker *w)
{
	w->attr.enable_stats.type = below(w, 4) ? 0 : below(w, 3);
}
