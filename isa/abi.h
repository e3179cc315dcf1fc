/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The numbers of Linux's bpf(2) ABI that the pure code must know: program
 * types, attach types, map types, map flags and helper ids. They are facts of
 * <linux/bpf.h>; tests/unit/test_abi.c compares them with the newest one at
 * hand. The layouts of the system call are in uapi/modbpf.h.
 */
#ifndef MODBPF_ISA_ABI_H
#define MODBPF_ISA_ABI_H

#define MODBPF_ENOTSUPP 524	/* Linux's ENOTSUPP, for which user space has no name */

/* X(name, Linux's number); the name is that behind BPF_PROG_TYPE_. */
#define MODBPF_PROG_TYPES(X) \
	X(SOCKET_FILTER, 1) X(KPROBE, 2) X(SCHED_CLS, 3) X(SCHED_ACT, 4) \
	X(TRACEPOINT, 5) X(XDP, 6) X(PERF_EVENT, 7) X(CGROUP_SKB, 8) \
	X(CGROUP_SOCK, 9) X(LWT_IN, 10) X(LWT_OUT, 11) X(LWT_XMIT, 12) \
	X(SOCK_OPS, 13) X(SK_SKB, 14) X(CGROUP_DEVICE, 15) X(SK_MSG, 16) \
	X(RAW_TRACEPOINT, 17) X(CGROUP_SOCK_ADDR, 18) X(LWT_SEG6LOCAL, 19) \
	X(LIRC_MODE2, 20) X(SK_REUSEPORT, 21) X(FLOW_DISSECTOR, 22) \
	X(CGROUP_SYSCTL, 23) X(RAW_TRACEPOINT_WRITABLE, 24) \
	X(CGROUP_SOCKOPT, 25) X(TRACING, 26) X(STRUCT_OPS, 27) X(EXT, 28) \
	X(LSM, 29) X(SK_LOOKUP, 30) X(SYSCALL, 31) X(NETFILTER, 32)

/* X(name, Linux's number); the name is that behind BPF_MAP_TYPE_. */
#define MODBPF_MAP_TYPES(X) \
	X(HASH, 1) X(ARRAY, 2) X(PROG_ARRAY, 3) X(PERF_EVENT_ARRAY, 4) \
	X(PERCPU_HASH, 5) X(PERCPU_ARRAY, 6) X(STACK_TRACE, 7) \
	X(CGROUP_ARRAY, 8) X(LRU_HASH, 9) X(LRU_PERCPU_HASH, 10) \
	X(LPM_TRIE, 11) X(ARRAY_OF_MAPS, 12) X(HASH_OF_MAPS, 13) \
	X(DEVMAP, 14) X(SOCKMAP, 15) X(CPUMAP, 16) X(XSKMAP, 17) \
	X(SOCKHASH, 18) X(CGROUP_STORAGE, 19) X(REUSEPORT_SOCKARRAY, 20) \
	X(PERCPU_CGROUP_STORAGE, 21) X(QUEUE, 22) X(STACK, 23) \
	X(SK_STORAGE, 24) X(DEVMAP_HASH, 25) X(STRUCT_OPS, 26) X(RINGBUF, 27) \
	X(INODE_STORAGE, 28) X(TASK_STORAGE, 29) X(BLOOM_FILTER, 30) \
	X(USER_RINGBUF, 31) X(CGRP_STORAGE, 32) X(ARENA, 33)

#define MODBPF_DEFINE_PROG_TYPE(name, number) MODBPF_PROG_##name = number,
enum modbpf_prog_type {
	MODBPF_PROG_TYPES(MODBPF_DEFINE_PROG_TYPE)
	MODBPF_PROG_TYPE_COUNT
};

#define MODBPF_DEFINE_MAP_TYPE(name, number) MODBPF_MAP_##name = number,
enum modbpf_map_type {
	MODBPF_MAP_TYPES(MODBPF_DEFINE_MAP_TYPE)
	MODBPF_MAP_TYPE_COUNT
};

/* enum bpf_attach_type, the ones that are used here. */
enum {
	MODBPF_ATTACH_NONE = 0,	/* what a program has that names none */
	MODBPF_ATTACH_CGROUP_INGRESS = 0,
	MODBPF_ATTACH_CGROUP_EGRESS = 1,
	MODBPF_ATTACH_INET_SOCK_CREATE = 2,
	MODBPF_ATTACH_INET4_BIND = 8,
	MODBPF_ATTACH_INET6_BIND = 9,
	MODBPF_ATTACH_INET4_CONNECT = 10,
	MODBPF_ATTACH_INET6_CONNECT = 11,
	MODBPF_ATTACH_INET4_POST_BIND = 12,
	MODBPF_ATTACH_INET6_POST_BIND = 13,
	MODBPF_ATTACH_UDP4_SENDMSG = 14,
	MODBPF_ATTACH_UDP6_SENDMSG = 15,
	MODBPF_ATTACH_UDP4_RECVMSG = 19,
	MODBPF_ATTACH_UDP6_RECVMSG = 20,
	MODBPF_ATTACH_TRACE_RAW_TP = 23,
	MODBPF_ATTACH_TRACE_FENTRY = 24,
	MODBPF_ATTACH_TRACE_FEXIT = 25,
	MODBPF_ATTACH_INET4_GETPEERNAME = 29,
	MODBPF_ATTACH_INET6_GETPEERNAME = 30,
	MODBPF_ATTACH_INET4_GETSOCKNAME = 31,
	MODBPF_ATTACH_INET6_GETSOCKNAME = 32,
	MODBPF_ATTACH_INET_SOCK_RELEASE = 34,
	MODBPF_ATTACH_PERF_EVENT = 41,
	MODBPF_ATTACH_KPROBE_MULTI = 42,
	MODBPF_ATTACH_NETFILTER = 45,
};

/* Map creation flags (BPF_F_*). */
enum {
	MODBPF_F_NO_PREALLOC = 1 << 0,
	MODBPF_F_NO_COMMON_LRU = 1 << 1,
	MODBPF_F_NUMA_NODE = 1 << 2,
	MODBPF_F_RDONLY = 1 << 3,
	MODBPF_F_WRONLY = 1 << 4,
	MODBPF_F_STACK_BUILD_ID = 1 << 5,
	MODBPF_F_ZERO_SEED = 1 << 6,
	MODBPF_F_RDONLY_PROG = 1 << 7,
	MODBPF_F_WRONLY_PROG = 1 << 8,
	MODBPF_F_CLONE = 1 << 9,
	MODBPF_F_MMAPABLE = 1 << 10,
	MODBPF_F_PRESERVE_ELEMS = 1 << 11,
	MODBPF_F_INNER_MAP = 1 << 12,
	MODBPF_F_PATH_FD = 1 << 14,	/* OBJ_PIN, OBJ_GET */
};

/* Flags of get_stackid and get_stack. */
enum {
	MODBPF_F_SKIP_FIELD_MASK = 0xff,
	MODBPF_F_USER_STACK = 1 << 8,
	MODBPF_F_FAST_STACK_CMP = 1 << 9,
	MODBPF_F_REUSE_STACKID = 1 << 10,
	MODBPF_F_USER_BUILD_ID = 1 << 11,
};

/* Flags of map_update_elem. */
enum {
	MODBPF_ANY = 0,
	MODBPF_NOEXIST = 1,
	MODBPF_EXIST = 2,
	MODBPF_F_LOCK = 4,
};

/*
 * X(name, Linux's id): the helpers that are known here; the name is that behind bpf_.
 */
#define MODBPF_HELPERS(X) \
	X(map_lookup_elem, 1) X(map_update_elem, 2) X(map_delete_elem, 3) \
	X(probe_read, 4) X(ktime_get_ns, 5) X(trace_printk, 6) X(get_prandom_u32, 7) \
	X(get_smp_processor_id, 8) X(skb_store_bytes, 9) X(l3_csum_replace, 10) \
	X(l4_csum_replace, 11) X(tail_call, 12) X(clone_redirect, 13) \
	X(get_current_pid_tgid, 14) X(get_current_uid_gid, 15) \
	X(get_current_comm, 16) X(get_cgroup_classid, 17) X(skb_vlan_push, 18) X(skb_vlan_pop, 19) \
	X(skb_get_tunnel_key, 20) X(skb_set_tunnel_key, 21) X(perf_event_read, 22) \
	X(redirect, 23) X(get_route_realm, 24) X(perf_event_output, 25) \
	X(skb_load_bytes, 26) X(get_stackid, 27) X(csum_diff, 28) \
	X(skb_get_tunnel_opt, 29) X(skb_set_tunnel_opt, 30) X(skb_change_proto, 31) \
	X(skb_change_type, 32) X(skb_under_cgroup, 33) X(get_hash_recalc, 34) \
	X(get_current_task, 35) X(probe_write_user, 36) \
	X(current_task_under_cgroup, 37) X(skb_change_tail, 38) X(skb_pull_data, 39) \
	X(csum_update, 40) X(set_hash_invalid, 41) X(get_numa_node_id, 42) \
	X(skb_change_head, 43) X(xdp_adjust_head, 44) X(probe_read_str, 45) \
	X(get_socket_cookie, 46) X(get_socket_uid, 47) X(set_hash, 48) X(skb_adjust_room, 50) \
	X(redirect_map, 51) X(xdp_adjust_meta, 54) X(perf_event_read_value, 55) \
	X(perf_prog_read_value, 56) X(override_return, 58) X(xdp_adjust_tail, 65) \
	X(get_stack, 67) X(skb_load_bytes_relative, 68) X(fib_lookup, 69) \
	X(lwt_push_encap, 73) X(lwt_seg6_store_bytes, 74) X(lwt_seg6_adjust_srh, 75) \
	X(lwt_seg6_action, 76) X(skb_cgroup_id, 79) X(get_current_cgroup_id, 80) \
	X(skb_ancestor_cgroup_id, 83) X(map_push_elem, 87) X(map_pop_elem, 88) \
	X(map_peek_elem, 89) X(spin_lock, 93) X(spin_unlock, 94) \
	X(skb_ecn_set_ce, 97) X(strtol, 105) X(strtoul, 106) X(send_signal, 109) \
	X(probe_read_user, 112) X(probe_read_kernel, 113) \
	X(probe_read_user_str, 114) X(probe_read_kernel_str, 115) \
	X(send_signal_thread, 117) X(jiffies64, 118) X(read_branch_records, 119) \
	X(get_ns_current_pid_tgid, 120) X(get_current_ancestor_cgroup_id, 123) \
	X(ktime_get_boot_ns, 125) X(ringbuf_output, 130) X(ringbuf_reserve, 131) \
	X(ringbuf_submit, 132) X(ringbuf_discard, 133) X(ringbuf_query, 134) \
	X(csum_level, 135) X(d_path, 147) X(copy_from_user, 148) \
	X(snprintf_btf, 149) X(skb_cgroup_classid, 151) X(redirect_neigh, 152) \
	X(per_cpu_ptr, 153) X(this_cpu_ptr, 154) X(redirect_peer, 155) \
	X(get_current_task_btf, 158) X(ktime_get_coarse_ns, 160) X(check_mtu, 163) \
	X(for_each_map_elem, 164) X(snprintf, 165) X(timer_init, 169) \
	X(timer_set_callback, 170) X(timer_start, 171) X(timer_cancel, 172) \
	X(get_func_ip, 173) X(get_attach_cookie, 174) X(task_pt_regs, 175) \
	X(get_branch_snapshot, 176) X(trace_vprintk, 177) X(find_vma, 180) \
	X(loop, 181) X(strncmp, 182) X(get_func_arg, 183) X(get_func_ret, 184) \
	X(get_func_arg_cnt, 185) X(xdp_get_buff_len, 188) X(xdp_load_bytes, 189) \
	X(xdp_store_bytes, 190) X(copy_from_user_task, 191) X(skb_set_tstamp, 192) \
	X(map_lookup_percpu_elem, 195) X(dynptr_from_mem, 197) \
	X(ringbuf_reserve_dynptr, 198) X(ringbuf_submit_dynptr, 199) \
	X(ringbuf_discard_dynptr, 200) X(dynptr_read, 201) X(dynptr_write, 202) \
	X(dynptr_data, 203) X(ktime_get_tai_ns, 208) X(user_ringbuf_drain, 209)

/*
 * Functions that a program calls by the id of their FUNC in BTF (BPF_PSEUDO_KFUNC_CALL), not
 * by a number of Linux's: these numbers are the runtime's own. The name is that behind bpf_.
 */
#define MODBPF_KFUNCS(X) \
	X(dynptr_from_skb, 240) X(dynptr_slice, 241) X(dynptr_slice_rdwr, 242) \
	X(dynptr_size, 243) X(dynptr_is_null, 244) X(dynptr_is_rdonly, 245) \
	X(dynptr_adjust, 246) X(dynptr_clone, 247) X(cast_to_kern_ctx, 248)

/* The runtime's own, which no program can call: BPF_LD_[ABS|IND] become calls of it. */
#define MODBPF_OWN_HELPERS(X) X(packet_load, 255)

#define MODBPF_DEFINE_HELPER(name, id) MODBPF_FUNC_##name = id,
enum modbpf_helper_id {
	MODBPF_HELPERS(MODBPF_DEFINE_HELPER)
	MODBPF_KFUNCS(MODBPF_DEFINE_HELPER)
	MODBPF_OWN_HELPERS(MODBPF_DEFINE_HELPER)
	MODBPF_FUNC_LIMIT = 256,	/* no id is this high */
};

#endif
