// SPDX-License-Identifier: GPL-2.0-only
/*
 * The world that the verifier's test programs live in: maps, a packet, the
 * context fields of a made-up runtime, and helpers good enough to run them.
 */
#include "tests/support/verify.h"

#include <stdlib.h>

#include "isa/disasm.h"
#include "isa/interp.h"
#include "tests/support/asm.h"
#include "tests/support/dynptr.h"
#include "tests/support/kernel_btf.h"
#include "tests/support/verify_btf.h"
#include "verifier/ctx_skb.h"

static const u8 ro_bytes[16] = { 1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 8, 0, 0, 0, '%', 's' };

/* Strings at 0, 16, 32, 48 and 64; what is at 80 does not end. */
static const u8 text_bytes[96] =
	"number %d\0______" "%s is %lu\0______" "no such %q\0_____"
	"%d %d %d %d\0____" "plain\0__________" "ends with memory";

/* As "array" is, which is what a look-up in a map of maps finds when a program runs. */
static const struct map_desc inner_array = {
	MODBPF_MAP_ARRAY, 4, 16, 4, MODBPF_F_INNER_MAP, NULL, 0, NULL, { 0 }, NULL
};
static const struct map_desc inner_hash = { MODBPF_MAP_HASH, 8, 48, 16, 0, NULL, 0, NULL, { 0 }, NULL };
static const struct map_desc inner_ring = { MODBPF_MAP_RINGBUF, 0, 0, 4096, 0, NULL, 0, NULL, { 0 }, NULL };
static const struct map_desc inner_locked = { MODBPF_MAP_ARRAY, 4, 16, 4, 0, NULL, 0, NULL, { 4 }, NULL };
static const struct map_desc inner_timed = { MODBPF_MAP_ARRAY, 4, 24, 4, 0, NULL, 0, NULL, { 20, 16 }, NULL };
static const struct map_desc inner_maps = { MODBPF_MAP_ARRAY_OF_MAPS, 4, 4, 4, 0, NULL, 0, NULL, { 0 }, &inner_array };

static const struct {
	const char *name;
	struct map_desc desc;
} maps[] = {
	{ "array", { MODBPF_MAP_ARRAY, 4, 16, 4, 0, NULL, 0, NULL, { 0 }, NULL } },
	{ "single", { MODBPF_MAP_ARRAY, 4, 48, 1, 0, NULL, 0, NULL, { 0 }, NULL } },
	{ "percpu", { MODBPF_MAP_PERCPU_ARRAY, 4, 8, 4, 0, NULL, 0, NULL, { 0 }, NULL } },
	{ "hash", { MODBPF_MAP_HASH, 8, 48, 16, 0, NULL, 0, NULL, { 0 }, NULL } },
	{ "lpm", { MODBPF_MAP_LPM_TRIE, 8, 8, 16, MODBPF_F_NO_PREALLOC, NULL, 0, NULL, { 0 }, NULL } },
	{ "ring", { MODBPF_MAP_RINGBUF, 0, 0, 4096, 0, NULL, 0, NULL, { 0 }, NULL } },
	{ "progs", { MODBPF_MAP_PROG_ARRAY, 4, 4, 4, 0, NULL, 0, NULL, { 0 }, NULL } },
	{ "progs2", { MODBPF_MAP_PROG_ARRAY, 4, 4, 8, 0, NULL, 0, NULL, { 0 }, NULL } },
	{ "rodata", { MODBPF_MAP_ARRAY, 4, 16, 1, MODBPF_F_RDONLY_PROG, ro_bytes, 16, NULL, { 0 }, NULL } },
	{ "readonly", { MODBPF_MAP_ARRAY, 4, 16, 4, MODBPF_F_RDONLY_PROG, NULL, 0, NULL, { 0 }, NULL } },
	{ "writeonly", { MODBPF_MAP_ARRAY, 4, 16, 1, MODBPF_F_WRONLY_PROG, NULL, 0, NULL, { 0 }, NULL } },
	{ "sockmap", { MODBPF_MAP_SOCKMAP, 4, 4, 4, 0, NULL, 0, NULL, { 0 }, NULL } },
	{ "perf", { MODBPF_MAP_PERF_EVENT_ARRAY, 4, 4, 2, 0, NULL, 0, NULL, { 0 }, NULL } },
	{ "percpu_hash", { MODBPF_MAP_PERCPU_HASH, 8, 16, 4, 0, NULL, 0, NULL, { 0 }, NULL } },
	{ "lru", { MODBPF_MAP_LRU_HASH, 8, 16, 4, 0, NULL, 0, NULL, { 0 }, NULL } },
	{ "lru_percpu", { MODBPF_MAP_LRU_PERCPU_HASH, 8, 16, 4, 0, NULL, 0, NULL, { 0 }, NULL } },
	{ "queue", { MODBPF_MAP_QUEUE, 0, 16, 4, 0, NULL, 0, NULL, { 0 }, NULL } },
	{ "stack", { MODBPF_MAP_STACK, 0, 16, 4, 0, NULL, 0, NULL, { 0 }, NULL } },
	{ "bloom", { MODBPF_MAP_BLOOM_FILTER, 0, 16, 4, 0, NULL, 0, NULL, { 0 }, NULL } },
	{ "queue_readonly", { MODBPF_MAP_QUEUE, 0, 16, 4, MODBPF_F_RDONLY_PROG, NULL, 0, NULL, { 0 }, NULL } },
	{ "queue_writeonly", { MODBPF_MAP_QUEUE, 0, 16, 4, MODBPF_F_WRONLY_PROG, NULL, 0, NULL, { 0 }, NULL } },
	{ "text", { MODBPF_MAP_ARRAY, 4, sizeof(text_bytes), 1, MODBPF_F_RDONLY_PROG, text_bytes,
		    sizeof(text_bytes), NULL, { 0 }, NULL } },
	{ "array_of_maps", { MODBPF_MAP_ARRAY_OF_MAPS, 4, 4, 4, 0, NULL, 0, NULL, { 0 }, &inner_array } },
	{ "hash_of_maps", { MODBPF_MAP_HASH_OF_MAPS, 8, 4, 4, 0, NULL, 0, NULL, { 0 }, &inner_hash } },
	{ "of_rings", { MODBPF_MAP_ARRAY_OF_MAPS, 4, 4, 4, 0, NULL, 0, NULL, { 0 }, &inner_ring } },
	{ "of_unknown", { MODBPF_MAP_ARRAY_OF_MAPS, 4, 4, 4, 0, NULL, 0, NULL, { 0 }, NULL } },
	{ "of_maps_of_maps", { MODBPF_MAP_ARRAY_OF_MAPS, 4, 4, 4, 0, NULL, 0, NULL, { 0 }, &inner_maps } },
	{ "locked", { MODBPF_MAP_HASH, 8, 24, 4, 0, NULL, 0, NULL, { 12 }, NULL } },
	{ "locked_array", { MODBPF_MAP_ARRAY, 4, 16, 4, 0, NULL, 0, NULL, { 4 }, NULL } },
	{ "locked_single", { MODBPF_MAP_ARRAY, 4, 16, 1, 0, NULL, 0, NULL, { 4 }, NULL } },
	{ "of_locked", { MODBPF_MAP_ARRAY_OF_MAPS, 4, 4, 4, 0, NULL, 0, NULL, { 0 }, &inner_locked } },
	{ "groups", { MODBPF_MAP_CGROUP_ARRAY, 4, 4, 4, 0, NULL, 0, NULL, { 0 }, NULL } },
	{ "stacks", { MODBPF_MAP_STACK_TRACE, 4, 64, 16, 0, NULL, 0, NULL, { 0 }, NULL } },
	{ "user_ring", { MODBPF_MAP_USER_RINGBUF, 0, 0, 4096, 0, NULL, 0, NULL, { 0 }, NULL } },
	{ "timed", { MODBPF_MAP_HASH, 8, 32, 4, 0, NULL, 0, NULL, { 0, 24 }, NULL } },
	{ "timed_array", { MODBPF_MAP_ARRAY, 4, 24, 4, 0, NULL, 0, NULL, { 20, 16 }, NULL } },
	{ "timed_lru", { MODBPF_MAP_LRU_HASH, 8, 32, 4, 0, NULL, 0, NULL, { 0, 24 }, NULL } },
	{ "timed_single", { MODBPF_MAP_ARRAY, 4, 24, 1, 0, NULL, 0, NULL, { 0, 16 }, NULL } },
	{ "of_timed", { MODBPF_MAP_ARRAY_OF_MAPS, 4, 4, 4, 0, NULL, 0, NULL, { 0 }, &inner_timed } },
};

#define MAP_CNT ARRAY_SIZE(maps)
const u32 verify_map_cnt = MAP_CNT;
const char *const verify_map_names[MAP_CNT] = {
	"array", "single", "percpu", "hash", "lpm", "ring", "progs", "progs2", "rodata",
	"readonly", "writeonly", "sockmap", "perf", "percpu_hash", "lru", "lru_percpu",
	"queue", "stack", "bloom", "queue_readonly", "queue_writeonly", "text",
	"array_of_maps", "hash_of_maps", "of_rings", "of_unknown", "of_maps_of_maps",
	"locked", "locked_array", "locked_single", "of_locked", "groups", "stacks",
	"user_ring", "timed", "timed_array", "timed_lru", "timed_single",
	"of_timed",
};

/* What stands for the kernel's sk_buff. */
struct fake_skb {
	u64 pad;
	u32 mark, priority;
	u16 vlan_tci, queue_mapping;
	u32 hash;
	u64 packed;	/* napi_id is in bits 4..15 */
	u8 gso;		/* gso_segs is in bits 2..4 */
};

#define IN_CTX(member, bytes) { -1, offsetof(struct skb_ctx, member), bytes, 0, 0 }
#define IN_SKB(member, bytes, shift, mask) \
	{ offsetof(struct skb_ctx, skb), offsetof(struct fake_skb, member), bytes, shift, mask }

static const struct ctx_slot slots[CTX_SOURCE_COUNT] = {
	[CTX_SKB_DATA] = IN_CTX(data, 8),
	[CTX_SKB_DATA_END] = IN_CTX(data_end, 8),
	[CTX_SKB_DATA_META] = IN_CTX(data, 8),
	[CTX_SKB_LEN] = IN_CTX(len, 4),
	[CTX_SKB_PKT_TYPE] = IN_CTX(pkt_type, 4),
	[CTX_SKB_MARK] = IN_SKB(mark, 4, 0, 0),
	[CTX_SKB_QUEUE_MAPPING] = IN_SKB(queue_mapping, 2, 0, 0),
	[CTX_SKB_PROTOCOL] = IN_CTX(protocol, 4),
	[CTX_SKB_VLAN_PRESENT] = IN_CTX(vlan_present, 4),
	[CTX_SKB_VLAN_TCI] = IN_SKB(vlan_tci, 2, 0, 0),
	[CTX_SKB_PRIORITY] = IN_SKB(priority, 4, 0, 0),
	[CTX_SKB_INGRESS_IFINDEX] = IN_CTX(ingress_ifindex, 4),
	[CTX_SKB_IFINDEX] = IN_CTX(ifindex, 4),
	[CTX_SKB_CB] = IN_CTX(cb, 4),
	[CTX_SKB_HASH] = IN_SKB(hash, 4, 0, 0),
	[CTX_SKB_TC_CLASSID] = IN_CTX(tc_classid, 4),
	[CTX_XDP_RX_QUEUE] = IN_CTX(rx_queue_index, 4),
	[CTX_SKB_NAPI_ID] = IN_SKB(packed, 8, 4, 0xfff),
	[CTX_SKB_GSO_SEGS] = IN_SKB(gso, 1, 2, 7),
};

#define TYPE_NAME(name, number) [number] = #name,
static const char *const type_names[] = { MODBPF_PROG_TYPES(TYPE_NAME) };

bool verify_type_by_name(const char *name, u32 *type)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(type_names); i++) {
		if (type_names[i] && !strcmp(name, type_names[i])) {
			*type = i;
			return true;
		}
	}
	*type = strtoul(name, NULL, 0);
	return *type != 0;
}

struct growing_log {
	struct verify_log log;
	char *text;
	u32 bytes;
};

static void log_write(struct verify_log *log, const char *text, u32 bytes)
{
	struct growing_log *growing = (struct growing_log *)log;

	growing->text = realloc(growing->text, growing->bytes + bytes + 1);
	memcpy(growing->text + growing->bytes, text, bytes);
	growing->bytes += bytes;
	growing->text[growing->bytes] = 0;
}

struct verify_request verify_request_of(const struct modbpf_insn *insns, u32 insn_cnt,
					u32 prog_type)
{
	static struct map_desc descs[MAP_CNT];
	u32 i;

	for (i = 0; i < MAP_CNT; i++) {
		descs[i] = maps[i].desc;
		descs[i].name = maps[i].name;
	}
	return (struct verify_request){
		.insns = insns, .insn_cnt = insn_cnt, .prog_type = prog_type,
		.rights = VERIFY_RIGHT_PERFMON | VERIFY_RIGHT_NET_ADMIN | VERIFY_RIGHT_SYS_ADMIN |
			  VERIFY_RIGHT_WRITE_USER,
		.gpl_compatible = true, .maps = descs, .map_cnt = MAP_CNT, .ctx = slots,
	};
}

static char *final_text(const struct verified_prog *prog)
{
	char *text = calloc(1, (size_t)prog->insn_cnt * (MODBPF_DISASM_BYTES + 2) + 1);
	u32 i, at = 0;

	for (i = 0; i < prog->insn_cnt; i++) {
		at += sprintf(text + at, "%s", i ? "; " : "");
		at += modbpf_insn_print(&prog->insns[i], NULL, text + at, MODBPF_DISASM_BYTES);
		if (insn_is_ld_imm64(&prog->insns[i]))
			i++;
	}
	return text;
}

void verify_text(const struct verify_input *input, struct verify_output *out)
{
	struct growing_log log = { .log = { log_write, input->log_level } };
	struct verify_request req;
	struct asm_prog assembled;
	struct verify_btf btf;

	memset(out, 0, sizeof(*out));
	if (asm_parse(input->text, verify_map_names, MAP_CNT, &assembled)) {
		snprintf(out->syntax, sizeof(out->syntax), "line %u: %s", assembled.error_line,
			 assembled.error);
		return;
	}
	req = verify_request_of(assembled.insns, assembled.insn_cnt, input->prog_type);
	req.expected_attach_type = input->attach_type;
	req.gpl_compatible = !input->proprietary;
	req.max_work = input->max_work;
	req.fence = input->fence;
	req.log = &log.log;
	req.rights &= ~input->withheld;
	req.is_restricted = input->is_restricted;
	if (req.is_restricted)
		req.rights = 0;
	if (input->target && strcmp(input->target, "none")) {
		req.kernel_btf = kernel_btf();
		req.attach_btf_id = strtoul(input->target, NULL, 0) ? : kernel_btf_id(input->target);
	}
	if (verify_btf_make(&btf, input, &assembled, &req)) {
		snprintf(out->syntax, sizeof(out->syntax), "%.150s",
			 btf.why.text[0] ? btf.why.text : "no memory for BTF");
		asm_free(&assembled);
		return;
	}
	out->prog_type = input->prog_type;
	out->err = modbpf_verify(&req, &out->prog, &out->stats);
	out->log = log.text ? : calloc(1, 1);
	out->final = out->err ? NULL : final_text(out->prog);
	modbpf_btf_free(btf.types);
	asm_free(&assembled);
}

void verify_output_free(struct verify_output *out)
{
	modbpf_verified_free(out->prog);
	free(out->log);
	free(out->final);
}

/* --- running --------------------------------------------------------------- */

static u64 values[MAP_CNT][4 * 48 / 8];
static u64 record[64];

static u64 map_lookup(u64 map, u64 key, u64 r3, u64 r4, u64 r5)
{
	const struct map_desc *desc = &maps[map - 1].desc;
	u32 index = *(const u32 *)key;

	if (index >= 4 || index >= desc->max_entries)
		return 0;
	if (desc->inner)
		return index == 3 ? 0 : 1;
	return (u64)values[map - 1] + index * desc->value_size;
}

static u64 seven(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	return 7;
}

static u64 third(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	return r3;
}

static u64 reserve(u64 r1, u64 size, u64 r3, u64 r4, u64 r5)
{
	return size <= sizeof(record) ? (u64)record : 0;
}

static u64 call_back(u64 handle, u64 r1, u64 r2, u64 r3, u64 r4)
{
	u64 args[5] = { r1, r2, r3, r4 };

	return modbpf_interp_callback((const struct interp_callback *)handle, args);
}

static u64 loop(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	u64 i;

	for (i = 0; i < (u32)r1; i++)
		if (call_back(r2, i, r3, 0, 0))
			return i + 1;
	return i;
}

static u64 for_each(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	u32 i;

	for (i = 0; i < maps[r1 - 1].desc.max_entries; i++)
		if (call_back(r2, r1, (u64)&i, (u64)values[r1 - 1] + i * maps[r1 - 1].desc.value_size, r3))
			return i + 1;
	return i;
}

/* Three samples of 4, 8 and 12 bytes, all of their own length. */
static u64 drain(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	u64 i;

	for (i = 0; i < 3; i++) {
		u8 sample[12];

		memset(sample, 4 * (i + 1), sizeof(sample));
		if (dynptr_call_back(call_back, r2, sample, 4 * (i + 1), r3))
			return i + 1;
	}
	return i;
}

/* Of the 64 bytes that verify_run() makes, as helper_packet_load() in the kernel. */
static u64 packet_load(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	const struct skb_ctx *ctx = (void *)r1;
	u64 number = 0, i;

	if ((s32)r2 < 0 || (s32)r2 + r3 > 64)
		return -14;
	for (i = 0; i < r3; i++)
		number = number << 8 | ctx->data[r2 + i];
	return number;
}

/* Two tasks, and what a program at f_task or event is called with. */
static u64 tasks[2][(232 + 32) / 8];
static u64 call[13];

/* The packet's structure is that of NETFILTER's context, see below. */
static u64 cast(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	return ((const struct skb_ctx *)r1)->len == 64 ? (u64)tasks[0] : 0;
}

static void fill_helpers(u64 *helpers)
{
	helpers[MODBPF_FUNC_cast_to_kern_ctx] = (u64)cast;
	helpers[MODBPF_FUNC_loop] = (u64)loop;
	helpers[MODBPF_FUNC_for_each_map_elem] = (u64)for_each;
	helpers[MODBPF_FUNC_user_ringbuf_drain] = (u64)drain;
	helpers[MODBPF_FUNC_map_lookup_elem] = (u64)map_lookup;
	helpers[MODBPF_FUNC_map_update_elem] = (u64)seven;
	helpers[MODBPF_FUNC_map_delete_elem] = (u64)seven;
	helpers[MODBPF_FUNC_ktime_get_ns] = (u64)seven;
	helpers[MODBPF_FUNC_get_prandom_u32] = (u64)seven;
	helpers[MODBPF_FUNC_get_smp_processor_id] = (u64)seven;
	helpers[MODBPF_FUNC_jiffies64] = (u64)seven;
	helpers[MODBPF_FUNC_get_numa_node_id] = (u64)seven;
	helpers[MODBPF_FUNC_trace_printk] = (u64)third;
	helpers[MODBPF_FUNC_timer_set_callback] = (u64)third;
	helpers[MODBPF_FUNC_skb_pull_data] = (u64)seven;
	helpers[MODBPF_FUNC_packet_load] = (u64)packet_load;
	helpers[MODBPF_FUNC_ringbuf_reserve] = (u64)reserve;
	helpers[MODBPF_FUNC_ringbuf_submit] = (u64)seven;
	helpers[MODBPF_FUNC_ringbuf_discard] = (u64)seven;
	dynptr_add_helpers(helpers);
}

static void fill_binds(struct map_bind *binds, u64 *no_programs)
{
	u32 i;

	memset(values, 0, sizeof(values));
	for (i = 0; i < MAP_CNT; i++) {
		binds[i].map = i + 1;
		binds[i].values = (u64)values[i];
		binds[i].stride = maps[i].desc.value_size;
		binds[i].max_entries = maps[i].desc.max_entries;
		if (maps[i].desc.type == MODBPF_MAP_PROG_ARRAY)
			binds[i].values = (u64)no_programs;
		if (maps[i].desc.frozen)
			memcpy(values[i], maps[i].desc.frozen, maps[i].desc.frozen_size);
	}
}

static void fill_call(void)
{
	const u32 pid = 77;
	u32 i;

	for (i = 0; i < sizeof(tasks); i++)
		((u8 *)tasks)[i] = i;
	tasks[0][24 / 8] = (u64)tasks[1];	/* parent */
	tasks[1][24 / 8] = 0;
	tasks[1][112 / 8] = (u64)tasks[0];	/* cv */
	memcpy(tasks[1], &pid, sizeof(pid));
	memset(call, 0, sizeof(call));
	call[0] = (u64)tasks[0];
	call[1] = 5;
	call[2] = 0;
	call[5] = (u64)tasks[1];		/* the result of f_task */
}

/* What a NETFILTER program is given: where its structures have pointers, the tasks have. */
static u64 hook[] = { (u64)tasks[1], (u64)tasks[0] };

/* Nothing is to be read but the tasks. */
static u64 probe_load(u64 addr, u32 bytes)
{
	u64 value = 0;

	if (addr >= (u64)tasks && addr + bytes <= (u64)tasks + sizeof(tasks))
		memcpy(&value, (void *)addr, bytes);
	return value;
}

u64 verify_run(const struct verify_output *out)
{
	static u64 helpers[MODBPF_FUNC_LIMIT], no_programs[8];
	u8 *packet = malloc(64);
	struct map_bind binds[MAP_CNT];
	struct fake_skb skb = { .mark = 0x11223344, .priority = 0x55667788, .vlan_tci = 0xabcd,
				.queue_mapping = 0x1234, .hash = 0xcafebabe,
				.packed = 0xfedcba9876543210ULL, .gso = 0xd7 };
	struct skb_ctx ctx = { .data = packet, .data_end = packet + 64, .skb = &skb, .len = 64,
			       .protocol = 0x0008, .ifindex = 3, .pkt_type = 2,
			       .ingress_ifindex = 5, .rx_queue_index = 4 };
	u64 regs[21] = { 0 };
	struct interp_callback *callbacks = calloc(out->prog->subprog_cnt, sizeof(*callbacks));
	struct interp_env env = { .prog = out->prog, .binds = binds, .helpers = helpers,
				  .callbacks = callbacks, .max_insns = 10000000, .self = 0x5e1f,
				  .probe_load = probe_load };
	void *context = &ctx;
	u64 result;
	u32 i;

	for (i = 0; i < 64; i++)
		packet[i] = i;
	for (i = 0; i < out->prog->subprog_cnt; i++)
		callbacks[i].env = &env;
	dynptr_set_packet(packet, 64, 32);
	fill_helpers(helpers);
	fill_binds(binds, no_programs);
	fill_call();
	if (out->prog_type == MODBPF_PROG_KPROBE)
		context = regs;
	else if (out->prog_type == MODBPF_PROG_NETFILTER)
		context = hook;
	else if (out->prog_type == MODBPF_PROG_TRACING)
		context = call;
	result = modbpf_interp_run(&env, context, NULL);
	free(callbacks);
	free(packet);
	return result;
}
