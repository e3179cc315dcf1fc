// SPDX-License-Identifier: GPL-2.0-only
/* The commands, on objects that are made beforehand. */
#include "tests/fail/fail.h"

#include <stdlib.h>
#include <sys/mman.h>

#include "isa/abi.h"
#include "tests/e2e/abi.h"

#define ELEMENTS 4

static int hash, queue, outer, inner, prog, btf, link_fd, event, scratch = -1;
static __u32 ids[4];		/* of prog, hash, btf, link_fd */
static const char *pins;
static char pin_path[256];
static const __u32 keys[ELEMENTS] = { 1, 2, 3, 4 };
static __u64 values[ELEMENTS];
static char big[1 << 14];	/* room for what commands write */

static void drop_scratch(int result)
{
	close(scratch);
	scratch = -1;
}

static void fill_hash(void)
{
	size_t i;

	for (i = 0; i < ELEMENTS; i++)
		element(MODBPF_CMD_MAP_UPDATE_ELEM, hash, &keys[i], &values[i], 0);
}

/* --- maps: by type, a new one is made ----------------------------------------------------- */

static int make_map(__u32 type, __u32 key, __u32 value, __u32 entries, __u32 flags)
{
	return create_map(type, key, value, entries, flags);
}

#define MAP(id, type, ...) \
static int map_##id(void) \
{ \
	return make_map(MODBPF_MAP_##type, __VA_ARGS__); \
}
MAP(array, ARRAY, 4, 16, 8, 0)
MAP(percpu_array, PERCPU_ARRAY, 4, 16, 8, 0)
MAP(hash, HASH, 4, 16, 8, 0)
MAP(hash_own, HASH, 4, 16, 8, MODBPF_F_NO_PREALLOC)
MAP(percpu_hash, PERCPU_HASH, 4, 16, 8, 0)
MAP(lru_hash, LRU_HASH, 4, 16, 8, 0)
MAP(lru_percpu_hash, LRU_PERCPU_HASH, 4, 16, 8, 0)
MAP(lpm_trie, LPM_TRIE, 8, 16, 8, MODBPF_F_NO_PREALLOC)
MAP(prog_array, PROG_ARRAY, 4, 4, 8, 0)
MAP(perf_event_array, PERF_EVENT_ARRAY, 4, 4, 8, 0)
MAP(stack_trace, STACK_TRACE, 4, 16, 8, 0)
MAP(cgroup_array, CGROUP_ARRAY, 4, 4, 8, 0)
MAP(queue, QUEUE, 0, 16, 8, 0)
MAP(stack, STACK, 0, 16, 8, 0)
MAP(bloom_filter, BLOOM_FILTER, 0, 16, 8, 0)
MAP(ringbuf, RINGBUF, 0, 0, 4096, 0)
MAP(user_ringbuf, USER_RINGBUF, 0, 0, 4096, 0)

static int make_outer(__u32 type)
{
	union modbpf_attr attr = map_attr(type, 4, 4, 4);

	attr.inner_map_fd = inner;
	return call(MODBPF_CMD_MAP_CREATE, &attr, sizeof(attr));
}

static int map_array_of_maps(void)
{
	return make_outer(MODBPF_MAP_ARRAY_OF_MAPS);
}

static int map_hash_of_maps(void)
{
	return make_outer(MODBPF_MAP_HASH_OF_MAPS);
}

/* --- elements ------------------------------------------------------------------------------- */

static int lookup(void)
{
	return element(MODBPF_CMD_MAP_LOOKUP_ELEM, hash, &keys[0], &values[0], 0);
}

static int update(void)
{
	return element(MODBPF_CMD_MAP_UPDATE_ELEM, hash, &keys[0], &values[0], 0);
}

static void make_trie(void)
{
	scratch = map_lpm_trie();
}

static int update_trie(void)
{
	static const __u32 prefix[2] = { 32, 0x0100007f };

	return element(MODBPF_CMD_MAP_UPDATE_ELEM, scratch, prefix, big, 0);
}

static int update_outer(void)
{
	return element(MODBPF_CMD_MAP_UPDATE_ELEM, outer, &keys[0], &inner, 0);
}

static int delete_key(void)
{
	return element(MODBPF_CMD_MAP_DELETE_ELEM, hash, &keys[0], NULL, 0);
}

/* Behind a key that is not there is the first: any that is there may be the last. */
static int next_key(void)
{
	static const __u32 absent = ELEMENTS + 1;

	return element(MODBPF_CMD_MAP_GET_NEXT_KEY, hash, &absent, big, 0);
}

static int take(void)
{
	return element(MODBPF_CMD_MAP_LOOKUP_AND_DELETE_ELEM, hash, &keys[0], big, 0);
}

static void fill_queue(void)
{
	element(MODBPF_CMD_MAP_UPDATE_ELEM, queue, NULL, values, MODBPF_EXIST);
}

static int pop(void)
{
	return element(MODBPF_CMD_MAP_LOOKUP_AND_DELETE_ELEM, queue, NULL, big, 0);
}

/* The last portion says ENOENT. */
static int batch(__u32 cmd, int map, const void *from_keys, const void *from)
{
	union modbpf_attr attr = { .batch = { .out_batch = addr(big), .keys = addr(from_keys),
					      .values = addr(from), .count = ELEMENTS, .map_fd = map } };
	int err = call(cmd, &attr, sizeof(attr));

	return err == -ENOENT ? 0 : err;
}

static int lookup_batch(void)
{
	return batch(MODBPF_CMD_MAP_LOOKUP_BATCH, hash, big + 64, big + 128);
}

static int take_batch(void)
{
	return batch(MODBPF_CMD_MAP_LOOKUP_AND_DELETE_BATCH, hash, big + 64, big + 128);
}

static int take_batch_of_maps(void)
{
	return batch(MODBPF_CMD_MAP_LOOKUP_AND_DELETE_BATCH, outer, big + 64, big + 128);
}

static int update_batch(void)
{
	return batch(MODBPF_CMD_MAP_UPDATE_BATCH, hash, keys, values);
}

static int delete_batch(void)
{
	return batch(MODBPF_CMD_MAP_DELETE_BATCH, hash, keys, NULL);
}

static void fill_outer(void)
{
	update_outer();
}

static void make_frozen(void)
{
	scratch = map_array();
}

static int freeze(void)
{
	return element(MODBPF_CMD_MAP_FREEZE, scratch, NULL, NULL, 0);
}

/* --- programs and BTF ------------------------------------------------------------------------ */

/* Two functions, a map, a branch, and what its BTF knows of lines. */
static int load_prog(void)
{
	const struct modbpf_insn insns[] = {
		LD_MAP_FD(1, hash),
		MOV64_IMM(0, 0),
		{ .code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = 0, .off = 1, .imm = 1 },
		{ .code = BPF_JMP | BPF_CALL, .src_reg = 1, .imm = 1 },
		EXIT_INSN, MOV64_IMM(0, 1), EXIT_INSN,
	};
	static const __u32 funcs[4] = { 0, UMASK_FUNC, 6, UMASK_FUNC };
	static const __u32 lines[8] = { 0, FILE_NAME, LINE_TEXT, 7 << 10, 6, FILE_NAME, LINE_TEXT, 9 << 10 };
	union modbpf_attr attr = load_attr(MODBPF_PROG_SOCKET_FILTER, insns, 8);

	attr.prog_btf_fd = btf;
	attr.func_info = addr(funcs);
	attr.func_info_cnt = 2;
	attr.func_info_rec_size = 8;
	attr.line_info = addr(lines);
	attr.line_info_cnt = 2;
	attr.line_info_rec_size = 16;
	attr.log_level = 2;
	attr.log_buf = addr(big);
	attr.log_size = sizeof(big);
	strcpy(attr.prog_name, "failing");
	return call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr));
}

static int test_run(void)
{
	static const unsigned char packet[64] = { [12] = 8 };
	union modbpf_attr attr = {};

	attr.test.prog_fd = prog;
	attr.test.data_in = addr(packet);
	attr.test.data_size_in = sizeof(packet);
	attr.test.data_out = addr(big);
	attr.test.data_size_out = sizeof(packet);
	return call(MODBPF_CMD_PROG_TEST_RUN, &attr, sizeof(attr));
}

static void make_bindable(void)
{
	scratch = load_prog();
}

static int bind_map(void)
{
	union modbpf_attr attr = { .prog_bind_map = { .prog_fd = scratch, .map_fd = queue } };

	return call(MODBPF_CMD_PROG_BIND_MAP, &attr, sizeof(attr));
}

static int enable_stats(void)
{
	union modbpf_attr attr = {};

	return call(MODBPF_CMD_ENABLE_STATS, &attr, sizeof(attr));
}

/* --- what there is --------------------------------------------------------------------------- */

static int next_id(__u32 cmd)
{
	union modbpf_attr attr = {};

	return call(cmd, &attr, sizeof(attr));
}

static int by_id(__u32 cmd, __u32 id)
{
	union modbpf_attr attr = { .prog_id = id };

	return call(cmd, &attr, sizeof(attr));
}

#define IDS(kind, nr) \
static int next_##kind(void) \
{ \
	return next_id(MODBPF_CMD_##kind##_GET_NEXT_ID); \
} \
static int get_##kind(void) \
{ \
	return by_id(MODBPF_CMD_##kind##_GET_FD_BY_ID, ids[nr]); \
}
IDS(PROG, 0)
IDS(MAP, 1)
IDS(BTF, 2)
IDS(LINK, 3)

static int prog_info(void)
{
	struct modbpf_prog_info info = {
		.jited_prog_len = 4096, .jited_prog_insns = addr(big), .xlated_prog_len = 4096,
		.xlated_prog_insns = addr(big), .nr_map_ids = 4, .map_ids = addr(big),
		.nr_jited_ksyms = 4, .jited_ksyms = addr(big), .nr_jited_func_lens = 4,
		.jited_func_lens = addr(big), .nr_func_info = 4, .func_info = addr(big),
		.nr_line_info = 4, .line_info = addr(big), .nr_jited_line_info = 4,
		.jited_line_info = addr(big), .nr_prog_tags = 4, .prog_tags = addr(big),
	};
	__u32 len = sizeof(info);

	return info_of(prog, &info, &len);
}

static int other_info(int fd)
{
	__u32 len = 64;

	memset(big, 0, len);
	return info_of(fd, big, &len);
}

static int map_info(void)
{
	return other_info(hash);
}

static int btf_info(void)
{
	struct modbpf_btf_info info = { .btf = addr(big), .btf_size = sizeof(big) };
	__u32 len = sizeof(info);

	return info_of(btf, &info, &len);
}

static int link_info(void)
{
	struct modbpf_link_info info = {
		.perf_event.kprobe = { .func_name = addr(big), .name_len = 64 },
	};
	__u32 len = sizeof(info);

	return info_of(link_fd, &info, &len);
}

static int query_hooks(void)
{
	union modbpf_attr attr = {};

	attr.query.attach_type = MODBPF_ATTACH_NETFILTER;
	attr.query.prog_ids = addr(big);
	attr.query.prog_cnt = 16;
	return call(MODBPF_CMD_PROG_QUERY, &attr, sizeof(attr));
}

static int query_fd(void)
{
	union modbpf_attr attr = {};

	attr.task_fd_query.pid = getpid();
	attr.task_fd_query.fd = event;
	attr.task_fd_query.buf = addr(big);
	attr.task_fd_query.buf_len = 64;
	return call(MODBPF_CMD_TASK_FD_QUERY, &attr, sizeof(attr));
}

/* --- names ------------------------------------------------------------------------------------ */

static int pin(void)
{
	union modbpf_attr attr = {};

	attr.pathname = addr(pin_path);
	attr.bpf_fd = prog;
	return call(MODBPF_CMD_OBJ_PIN, &attr, sizeof(attr));
}

static void unpin(int result)
{
	unlink(pin_path);
}

static void pin_first(void)
{
	pin();
}

static int get_pin(void)
{
	union modbpf_attr attr = {};

	attr.pathname = addr(pin_path);
	return call(MODBPF_CMD_OBJ_GET, &attr, sizeof(attr));
}

static void close_and_unpin(int result)
{
	if (result >= 0)
		close(result);
	unlink(pin_path);
}

const struct op command_ops[] = {
	{ "MAP_CREATE ARRAY", NULL, map_array, NULL },
	{ "MAP_CREATE PERCPU_ARRAY", NULL, map_percpu_array, NULL },
	{ "MAP_CREATE HASH", NULL, map_hash, NULL },
	{ "MAP_CREATE HASH without reserve", NULL, map_hash_own, NULL },
	{ "MAP_CREATE PERCPU_HASH", NULL, map_percpu_hash, NULL },
	{ "MAP_CREATE LRU_HASH", NULL, map_lru_hash, NULL },
	{ "MAP_CREATE LRU_PERCPU_HASH", NULL, map_lru_percpu_hash, NULL },
	{ "MAP_CREATE LPM_TRIE", NULL, map_lpm_trie, NULL },
	{ "MAP_CREATE PROG_ARRAY", NULL, map_prog_array, NULL },
	{ "MAP_CREATE PERF_EVENT_ARRAY", NULL, map_perf_event_array, NULL },
	{ "MAP_CREATE STACK_TRACE", NULL, map_stack_trace, NULL },
	{ "MAP_CREATE CGROUP_ARRAY", NULL, map_cgroup_array, NULL },
	{ "MAP_CREATE QUEUE", NULL, map_queue, NULL },
	{ "MAP_CREATE STACK", NULL, map_stack, NULL },
	{ "MAP_CREATE BLOOM_FILTER", NULL, map_bloom_filter, NULL },
	{ "MAP_CREATE RINGBUF", NULL, map_ringbuf, NULL },
	{ "MAP_CREATE USER_RINGBUF", NULL, map_user_ringbuf, NULL },
	{ "MAP_CREATE ARRAY_OF_MAPS", NULL, map_array_of_maps, NULL },
	{ "MAP_CREATE HASH_OF_MAPS", NULL, map_hash_of_maps, NULL },
	{ "MAP_LOOKUP_ELEM", fill_hash, lookup, NULL },
	{ "MAP_UPDATE_ELEM", NULL, update, NULL },
	{ "MAP_UPDATE_ELEM LPM_TRIE", make_trie, update_trie, drop_scratch },
	{ "MAP_UPDATE_ELEM HASH_OF_MAPS", NULL, update_outer, NULL },
	{ "MAP_DELETE_ELEM", fill_hash, delete_key, NULL },
	{ "MAP_GET_NEXT_KEY", fill_hash, next_key, NULL },
	{ "MAP_LOOKUP_AND_DELETE_ELEM", fill_hash, take, NULL },
	{ "MAP_LOOKUP_AND_DELETE_ELEM QUEUE", fill_queue, pop, NULL },
	{ "MAP_LOOKUP_BATCH", fill_hash, lookup_batch, NULL },
	{ "MAP_LOOKUP_AND_DELETE_BATCH", fill_hash, take_batch, NULL },
	{ "MAP_LOOKUP_AND_DELETE_BATCH HASH_OF_MAPS", fill_outer, take_batch_of_maps, NULL },
	{ "MAP_UPDATE_BATCH", NULL, update_batch, NULL },
	{ "MAP_DELETE_BATCH", fill_hash, delete_batch, NULL },
	{ "MAP_FREEZE", make_frozen, freeze, drop_scratch },
	{ "BTF_LOAD", NULL, load_types, NULL },
	{ "PROG_LOAD", NULL, load_prog, NULL },
	{ "PROG_TEST_RUN", NULL, test_run, NULL },
	{ "PROG_BIND_MAP", make_bindable, bind_map, drop_scratch },
	{ "ENABLE_STATS", NULL, enable_stats, NULL },
	{ "PROG_GET_NEXT_ID", NULL, next_PROG, NULL }, { "PROG_GET_FD_BY_ID", NULL, get_PROG, NULL },
	{ "MAP_GET_NEXT_ID", NULL, next_MAP, NULL }, { "MAP_GET_FD_BY_ID", NULL, get_MAP, NULL },
	{ "BTF_GET_NEXT_ID", NULL, next_BTF, NULL }, { "BTF_GET_FD_BY_ID", NULL, get_BTF, NULL },
	{ "LINK_GET_NEXT_ID", NULL, next_LINK, NULL }, { "LINK_GET_FD_BY_ID", NULL, get_LINK, NULL },
	{ "OBJ_GET_INFO_BY_FD program", NULL, prog_info, NULL },
	{ "OBJ_GET_INFO_BY_FD map", NULL, map_info, NULL },
	{ "OBJ_GET_INFO_BY_FD BTF", NULL, btf_info, NULL },
	{ "OBJ_GET_INFO_BY_FD link", NULL, link_info, NULL },
	{ "PROG_QUERY", NULL, query_hooks, NULL },
	{ "TASK_FD_QUERY", NULL, query_fd, NULL },
	{ "OBJ_PIN", NULL, pin, unpin },
	{ "OBJ_GET", pin_first, get_pin, close_and_unpin },
};
const size_t command_op_cnt = sizeof(command_ops) / sizeof(command_ops[0]);

static __u32 id_of(int fd, size_t offset)
{
	char info[256] = {};
	__u32 len = 64, id;

	info_of(fd, info, &len);
	memcpy(&id, info + offset, sizeof(id));
	return id;
}

bool commands_begin(int fd, const char *folder)
{
	device = fd;
	hash = create_map(MODBPF_MAP_HASH, 4, 8, 8, 0);
	queue = create_map(MODBPF_MAP_QUEUE, 0, 8, 8, 0);
	inner = create_map(MODBPF_MAP_ARRAY, 4, 8, 1, 0);
	outer = map_hash_of_maps();
	btf = load_types();
	prog = load_prog();
	event = attach_event();
	link_fd = attach_to_event(event);
	ids[0] = id_of(prog, offsetof(struct modbpf_prog_info, id));
	ids[1] = id_of(hash, offsetof(struct modbpf_map_info, id));
	ids[2] = id_of(btf, offsetof(struct modbpf_btf_info, id));
	ids[3] = id_of(link_fd, offsetof(struct modbpf_link_info, id));
	pins = folder;
	snprintf(pin_path, sizeof(pin_path), "%s/failing", pins);
	fill_hash();
	return is_there("a hash", hash) && is_there("a queue", queue) &&
	       is_there("a hash of maps", outer) && is_there("BTF", btf) &&
	       is_there("a program", prog) && is_there("an event", event) &&
	       is_there("a link", link_fd);
}

void commands_end(void)
{
	const int fds[] = { hash, queue, inner, outer, btf, prog, event, link_fd };
	size_t i;

	for (i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		close(fds[i]);
}
