// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is uapi/modbpf.h laid out as Linux's <linux/bpf.h>? Every field that the header
 * at hand has is compared by offset and size, every number by value. Fields that
 * are newer than that header are compared with Linux's offsets in numbers.
 */
#include <linux/bpf.h>
#include <stddef.h>

#include "tests/support/check.h"
#include "uapi/modbpf.h"

#define SIZE(type, member) sizeof(((type *)0)->member)

#define SAME(ours, theirs, member) SAME_AS(ours, member, theirs, member)
#define SAME_AS(ours, our_member, theirs, their_member) do { \
	if (offsetof(ours, our_member) != offsetof(theirs, their_member) || \
	    SIZE(ours, our_member) != SIZE(theirs, their_member)) \
		check_failed(__FILE__, __LINE__, #our_member " is at %zu with %zu bytes, not %zu, %zu", \
			     offsetof(ours, our_member), SIZE(ours, our_member), \
			     offsetof(theirs, their_member), SIZE(theirs, their_member)); \
} while (0)
#define IN_ATTR(member) SAME(union modbpf_attr, union bpf_attr, member)
#define AT(type, member, offset, bytes) do { \
	CHECK_EQ(offsetof(type, member), offset); \
	CHECK_EQ(SIZE(type, member), bytes); \
} while (0)

static void maps(void)
{
	IN_ATTR(map_type);
	IN_ATTR(key_size);
	IN_ATTR(value_size);
	IN_ATTR(max_entries);
	IN_ATTR(map_flags);
	IN_ATTR(inner_map_fd);
	IN_ATTR(numa_node);
	IN_ATTR(map_name);
	IN_ATTR(map_ifindex);
	IN_ATTR(btf_fd);
	IN_ATTR(btf_key_type_id);
	IN_ATTR(btf_value_type_id);
	IN_ATTR(btf_vmlinux_value_type_id);
	IN_ATTR(map_extra);
	AT(union modbpf_attr, value_type_btf_obj_fd, 72, 4);
	AT(union modbpf_attr, map_token_fd, 76, 4);
	IN_ATTR(map_fd);
	IN_ATTR(key);
	IN_ATTR(value);
	IN_ATTR(next_key);
	IN_ATTR(flags);
	IN_ATTR(batch.in_batch);
	IN_ATTR(batch.out_batch);
	IN_ATTR(batch.keys);
	IN_ATTR(batch.values);
	IN_ATTR(batch.count);
	IN_ATTR(batch.map_fd);
	IN_ATTR(batch.elem_flags);
	IN_ATTR(batch.flags);
}

static void prog_load(void)
{
	IN_ATTR(prog_type);
	IN_ATTR(insn_cnt);
	IN_ATTR(insns);
	IN_ATTR(license);
	IN_ATTR(log_level);
	IN_ATTR(log_size);
	IN_ATTR(log_buf);
	IN_ATTR(kern_version);
	IN_ATTR(prog_flags);
	IN_ATTR(prog_name);
	IN_ATTR(prog_ifindex);
	IN_ATTR(expected_attach_type);
	IN_ATTR(prog_btf_fd);
	IN_ATTR(func_info_rec_size);
	IN_ATTR(func_info);
	IN_ATTR(func_info_cnt);
	IN_ATTR(line_info_rec_size);
	IN_ATTR(line_info);
	IN_ATTR(line_info_cnt);
	IN_ATTR(attach_btf_id);
	IN_ATTR(attach_prog_fd);
	IN_ATTR(attach_btf_obj_fd);
	IN_ATTR(core_relo_cnt);
	IN_ATTR(fd_array);
	IN_ATTR(core_relos);
	IN_ATTR(core_relo_rec_size);
	AT(union modbpf_attr, log_true_size, 140, 4);
	AT(union modbpf_attr, prog_token_fd, 144, 4);
	AT(union modbpf_attr, fd_array_cnt, 148, 4);
}

static void other_attributes(void)
{
	IN_ATTR(test.prog_fd);
	IN_ATTR(test.retval);
	IN_ATTR(test.data_size_in);
	IN_ATTR(test.data_size_out);
	IN_ATTR(test.data_in);
	IN_ATTR(test.data_out);
	IN_ATTR(test.repeat);
	IN_ATTR(test.duration);
	IN_ATTR(test.ctx_size_in);
	IN_ATTR(test.ctx_size_out);
	IN_ATTR(test.ctx_in);
	IN_ATTR(test.ctx_out);
	IN_ATTR(test.flags);
	IN_ATTR(test.cpu);
	IN_ATTR(test.batch_size);
	IN_ATTR(start_id);
	IN_ATTR(prog_id);
	IN_ATTR(map_id);
	IN_ATTR(btf_id);
	IN_ATTR(link_id);
	IN_ATTR(next_id);
	IN_ATTR(open_flags);
	AT(union modbpf_attr, fd_by_id_token_fd, 12, 4);
	IN_ATTR(enable_stats.type);
	IN_ATTR(pathname);
	IN_ATTR(bpf_fd);
	IN_ATTR(file_flags);
	AT(union modbpf_attr, path_fd, 16, 4);
	IN_ATTR(info.bpf_fd);
	IN_ATTR(info.info_len);
	IN_ATTR(info.info);
	IN_ATTR(btf);
	IN_ATTR(btf_log_buf);
	IN_ATTR(btf_size);
	IN_ATTR(btf_log_size);
	IN_ATTR(btf_log_level);
	AT(union modbpf_attr, btf_log_true_size, 28, 4);
	AT(union modbpf_attr, btf_flags, 32, 4);
	AT(union modbpf_attr, btf_token_fd, 36, 4);
	IN_ATTR(raw_tracepoint.name);
	IN_ATTR(raw_tracepoint.prog_fd);
	AT(union modbpf_attr, raw_tracepoint.cookie, 16, 8);
	IN_ATTR(link_create.prog_fd);
	IN_ATTR(link_create.target_fd);
	IN_ATTR(link_create.target_ifindex);
	IN_ATTR(link_create.attach_type);
	IN_ATTR(link_create.flags);
	IN_ATTR(link_create.target_btf_id);
	IN_ATTR(link_create.perf_event.bpf_cookie);
	IN_ATTR(link_create.tracing.target_btf_id);
	IN_ATTR(link_create.tracing.cookie);
	IN_ATTR(link_create.kprobe_multi.flags);
	IN_ATTR(link_create.kprobe_multi.cnt);
	IN_ATTR(link_create.kprobe_multi.syms);
	IN_ATTR(link_create.kprobe_multi.addrs);
	IN_ATTR(link_create.kprobe_multi.cookies);
	AT(union modbpf_attr, link_create.netfilter.pf, 16, 4);
	AT(union modbpf_attr, link_create.netfilter.hooknum, 20, 4);
	AT(union modbpf_attr, link_create.netfilter.priority, 24, 4);
	AT(union modbpf_attr, link_create.netfilter.flags, 28, 4);
	IN_ATTR(link_detach.link_fd);
	IN_ATTR(link_update.link_fd);
	IN_ATTR(link_update.new_prog_fd);
	IN_ATTR(link_update.flags);
	IN_ATTR(link_update.old_prog_fd);
	CHECK_EQ(MODBPF_F_REPLACE, BPF_F_REPLACE);
}

static void attributes_of_queries(void)
{
	IN_ATTR(prog_bind_map.prog_fd);
	IN_ATTR(prog_bind_map.map_fd);
	IN_ATTR(prog_bind_map.flags);
	IN_ATTR(task_fd_query.pid);
	IN_ATTR(task_fd_query.fd);
	IN_ATTR(task_fd_query.flags);
	IN_ATTR(task_fd_query.buf_len);
	IN_ATTR(task_fd_query.buf);
	IN_ATTR(task_fd_query.prog_id);
	IN_ATTR(task_fd_query.fd_type);
	IN_ATTR(task_fd_query.probe_offset);
	IN_ATTR(task_fd_query.probe_addr);
	IN_ATTR(query.target_fd);
	IN_ATTR(query.attach_type);
	IN_ATTR(query.query_flags);
	IN_ATTR(query.attach_flags);
	IN_ATTR(query.prog_ids);
	IN_ATTR(query.prog_cnt);
	IN_ATTR(query.prog_attach_flags);
	AT(union modbpf_attr, query.link_ids, 40, 8);
	AT(union modbpf_attr, query.link_attach_flags, 48, 8);
	AT(union modbpf_attr, query.revision, 56, 8);
}

#define IN_PROG(member) SAME(struct modbpf_prog_info, struct bpf_prog_info, member)
static void prog_info(void)
{
	IN_PROG(type);
	IN_PROG(id);
	IN_PROG(tag);
	IN_PROG(jited_prog_len);
	IN_PROG(xlated_prog_len);
	IN_PROG(jited_prog_insns);
	IN_PROG(xlated_prog_insns);
	IN_PROG(load_time);
	IN_PROG(created_by_uid);
	IN_PROG(nr_map_ids);
	IN_PROG(map_ids);
	IN_PROG(name);
	IN_PROG(ifindex);
	IN_PROG(netns_dev);
	IN_PROG(netns_ino);
	IN_PROG(nr_jited_ksyms);
	IN_PROG(nr_jited_func_lens);
	IN_PROG(jited_ksyms);
	IN_PROG(jited_func_lens);
	IN_PROG(btf_id);
	IN_PROG(func_info_rec_size);
	IN_PROG(func_info);
	IN_PROG(nr_func_info);
	IN_PROG(nr_line_info);
	IN_PROG(line_info);
	IN_PROG(jited_line_info);
	IN_PROG(nr_jited_line_info);
	IN_PROG(line_info_rec_size);
	IN_PROG(jited_line_info_rec_size);
	IN_PROG(nr_prog_tags);
	IN_PROG(prog_tags);
	IN_PROG(run_time_ns);
	IN_PROG(run_cnt);
	IN_PROG(recursion_misses);
	IN_PROG(verified_insns);
	IN_PROG(attach_btf_obj_id);
	IN_PROG(attach_btf_id);
	CHECK_EQ(offsetof(struct modbpf_prog_info, room), sizeof(struct bpf_prog_info));
	AT(struct modbpf_prog_info, lost, 320, 8);
}

/* A bit-field has no offset: the same bit in the same place. */
static void gpl_bit(void)
{
	struct modbpf_prog_info ours = { .gpl_compatible = 1 };
	struct bpf_prog_info theirs = { .gpl_compatible = 1 };

	CHECK(!memcmp(&ours, &theirs, sizeof(theirs)));
}

#define IN_MAP(member) SAME(struct modbpf_map_info, struct bpf_map_info, member)
#define IN_SKB(member) SAME(struct modbpf_sk_buff, struct __sk_buff, member)
#define IN_BTF(member) SAME(struct modbpf_btf_info, struct bpf_btf_info, member)
static void other_info(void)
{
	IN_MAP(type);
	IN_MAP(id);
	IN_MAP(key_size);
	IN_MAP(value_size);
	IN_MAP(max_entries);
	IN_MAP(map_flags);
	IN_MAP(name);
	IN_MAP(ifindex);
	IN_MAP(btf_vmlinux_value_type_id);
	IN_MAP(netns_dev);
	IN_MAP(netns_ino);
	IN_MAP(btf_id);
	IN_MAP(btf_key_type_id);
	IN_MAP(btf_value_type_id);
	IN_MAP(map_extra);
	IN_BTF(btf);
	IN_BTF(btf_size);
	IN_BTF(id);
	IN_BTF(name);
	IN_BTF(name_len);
	IN_BTF(kernel_btf);
	IN_SKB(mark);
	IN_SKB(priority);
	IN_SKB(ingress_ifindex);
	IN_SKB(ifindex);
	IN_SKB(cb);
	IN_SKB(data_end);
	IN_SKB(data_meta);
	IN_SKB(tstamp);
	IN_SKB(wire_len);
	IN_SKB(gso_segs);
	IN_SKB(sk);
	IN_SKB(gso_size);
	IN_SKB(hwtstamp);
	SAME(struct modbpf_link_info, struct bpf_link_info, type);
	SAME(struct modbpf_link_info, struct bpf_link_info, id);
	SAME(struct modbpf_link_info, struct bpf_link_info, prog_id);
	SAME(struct modbpf_link_info, struct bpf_link_info, raw_tracepoint.tp_name);
	SAME(struct modbpf_link_info, struct bpf_link_info, raw_tracepoint.tp_name_len);
	AT(struct modbpf_link_info, raw_tracepoint.cookie, 32, 8);
	SAME(struct modbpf_link_info, struct bpf_link_info, tracing.attach_type);
	SAME(struct modbpf_link_info, struct bpf_link_info, tracing.target_obj_id);
	SAME(struct modbpf_link_info, struct bpf_link_info, tracing.target_btf_id);
	AT(struct modbpf_link_info, tracing.cookie, 32, 8);
	AT(struct modbpf_link_info, netfilter.pf, 16, 4);
	AT(struct modbpf_link_info, netfilter.hooknum, 20, 4);
	AT(struct modbpf_link_info, netfilter.priority, 24, 4);
	AT(struct modbpf_link_info, netfilter.flags, 28, 4);
	AT(struct modbpf_link_info, kprobe_multi.addrs, 16, 8);
	AT(struct modbpf_link_info, kprobe_multi.count, 24, 4);
	AT(struct modbpf_link_info, kprobe_multi.flags, 28, 4);
	AT(struct modbpf_link_info, kprobe_multi.missed, 32, 8);
	AT(struct modbpf_link_info, kprobe_multi.cookies, 40, 8);
	AT(struct modbpf_link_info, perf_event.type, 16, 4);
	AT(struct modbpf_link_info, perf_event.uprobe.file_name, 24, 8);
	AT(struct modbpf_link_info, perf_event.uprobe.name_len, 32, 4);
	AT(struct modbpf_link_info, perf_event.uprobe.offset, 36, 4);
	AT(struct modbpf_link_info, perf_event.uprobe.cookie, 40, 8);
	AT(struct modbpf_link_info, perf_event.kprobe.func_name, 24, 8);
	AT(struct modbpf_link_info, perf_event.kprobe.name_len, 32, 4);
	AT(struct modbpf_link_info, perf_event.kprobe.offset, 36, 4);
	AT(struct modbpf_link_info, perf_event.kprobe.addr, 40, 8);
	AT(struct modbpf_link_info, perf_event.kprobe.missed, 48, 8);
	AT(struct modbpf_link_info, perf_event.kprobe.cookie, 56, 8);
	AT(struct modbpf_link_info, perf_event.tracepoint.tp_name, 24, 8);
	AT(struct modbpf_link_info, perf_event.tracepoint.name_len, 32, 4);
	AT(struct modbpf_link_info, perf_event.tracepoint.cookie, 40, 8);
	AT(struct modbpf_link_info, perf_event.event.config, 24, 8);
	AT(struct modbpf_link_info, perf_event.event.type, 32, 4);
	AT(struct modbpf_link_info, perf_event.event.cookie, 40, 8);
}

#define CMD(name) CHECK_EQ(MODBPF_CMD_##name, BPF_##name)
static void numbers(void)
{
	CMD(MAP_CREATE);
	CMD(MAP_LOOKUP_ELEM);
	CMD(MAP_UPDATE_ELEM);
	CMD(MAP_DELETE_ELEM);
	CMD(MAP_GET_NEXT_KEY);
	CMD(PROG_LOAD);
	CMD(OBJ_PIN);
	CMD(OBJ_GET);
	CMD(PROG_ATTACH);
	CMD(PROG_DETACH);
	CMD(PROG_TEST_RUN);
	CMD(PROG_GET_NEXT_ID);
	CMD(MAP_GET_NEXT_ID);
	CMD(PROG_GET_FD_BY_ID);
	CMD(MAP_GET_FD_BY_ID);
	CMD(OBJ_GET_INFO_BY_FD);
	CMD(PROG_QUERY);
	CMD(RAW_TRACEPOINT_OPEN);
	CMD(BTF_LOAD);
	CMD(BTF_GET_FD_BY_ID);
	CMD(TASK_FD_QUERY);
	CMD(MAP_LOOKUP_AND_DELETE_ELEM);
	CMD(MAP_FREEZE);
	CMD(BTF_GET_NEXT_ID);
	CMD(MAP_LOOKUP_BATCH);
	CMD(MAP_LOOKUP_AND_DELETE_BATCH);
	CMD(MAP_UPDATE_BATCH);
	CMD(MAP_DELETE_BATCH);
	CMD(LINK_CREATE);
	CMD(LINK_UPDATE);
	CMD(LINK_GET_FD_BY_ID);
	CMD(LINK_GET_NEXT_ID);
	CMD(ENABLE_STATS);
	CMD(ITER_CREATE);
	CMD(LINK_DETACH);
	CMD(PROG_BIND_MAP);
	CHECK_EQ(MODBPF_CMD_TOKEN_CREATE, 36);
	CHECK_EQ(MODBPF_LINK_TYPE_RAW_TRACEPOINT, BPF_LINK_TYPE_RAW_TRACEPOINT);
	CHECK_EQ(MODBPF_LINK_TYPE_PERF_EVENT, BPF_LINK_TYPE_PERF_EVENT);
	CHECK_EQ(MODBPF_LINK_TYPE_KPROBE_MULTI, BPF_LINK_TYPE_KPROBE_MULTI);
	CHECK_EQ(MODBPF_LINK_TYPE_NETFILTER, 10);
	CHECK_EQ(MODBPF_OBJ_NAME_LEN, BPF_OBJ_NAME_LEN);
	CHECK_EQ(MODBPF_TAG_SIZE, BPF_TAG_SIZE);
	CHECK_EQ(MODBPF_KPROBE_MULTI_RETURN, BPF_F_KPROBE_MULTI_RETURN);
	CHECK_EQ(MODBPF_PROG_STRICT_ALIGNMENT, BPF_F_STRICT_ALIGNMENT);
	CHECK_EQ(MODBPF_PROG_ANY_ALIGNMENT, BPF_F_ANY_ALIGNMENT);
	CHECK_EQ(MODBPF_PROG_TEST_RND_HI32, BPF_F_TEST_RND_HI32);
	CHECK_EQ(MODBPF_PROG_TEST_STATE_FREQ, BPF_F_TEST_STATE_FREQ);
	CHECK_EQ(MODBPF_PROG_SLEEPABLE, BPF_F_SLEEPABLE);
	CHECK_EQ(MODBPF_PROG_XDP_HAS_FRAGS, BPF_F_XDP_HAS_FRAGS);
}

/* The transport is ours: what programs were built with must stay. */
static void transport(void)
{
	CHECK_EQ(MODBPF_IOC_CALL, 0xc010eb00u);
	CHECK_EQ(MODBPF_IOC_PERF, 0xc020eb01u);
	CHECK_EQ(MODBPF_IOC_KERNEL_BTF, 0x4004eb02u);
	AT(struct modbpf_call, cmd, 0, 4);
	AT(struct modbpf_call, size, 4, 4);
	AT(struct modbpf_call, attr, 8, 8);
	AT(struct modbpf_perf_open, attr, 0, 8);
	AT(struct modbpf_perf_open, pid, 8, 4);
	AT(struct modbpf_perf_open, cpu, 12, 4);
	AT(struct modbpf_perf_open, group_fd, 16, 4);
	AT(struct modbpf_perf_open, pad, 20, 4);
	AT(struct modbpf_perf_open, flags, 24, 8);
}

static const struct check_case cases[] = {
	{ "map attributes lie where Linux has them", maps },
	{ "PROG_LOAD's attributes lie where Linux has them", prog_load },
	{ "the other attributes lie where Linux has them", other_attributes },
	{ "attributes of queries", attributes_of_queries },
	{ "program information lies where Linux has it", prog_info },
	{ "gpl_compatible is the same bit", gpl_bit },
	{ "map, link and BTF information lies where Linux has it", other_info },
	{ "command, type and flag numbers are Linux's", numbers },
	{ "the transport is what it was", transport },
};

int main(int argc, char **argv)
{
	return check_run("test_uapi", cases, ARRAY_SIZE(cases), argc, argv);
}
