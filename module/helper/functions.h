/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The helper functions, for the table in table.c. Arguments and results are
 * those of Linux's helper of the same name; see module/helper.h for what has been
 * proved about them. None sleeps. None allocates and all can be called from NMI, but for
 * ktime_get_coarse_ns and those of checksum.c, dynptr_packet.c, skb.c and socket.c, which packet
 * programs alone have.
 */
#ifndef MODBPF_MODULE_HELPER_FUNCTIONS_H
#define MODBPF_MODULE_HELPER_FUNCTIONS_H

#include <linux/types.h>

#define DECLARE_HELPER(name) u64 helper_##name(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)

/* cgroup.c */
DECLARE_HELPER(current_task_under_cgroup);
DECLARE_HELPER(get_current_cgroup_id);
DECLARE_HELPER(get_current_ancestor_cgroup_id);
/* checksum.c */
DECLARE_HELPER(l3_csum_replace);
DECLARE_HELPER(l4_csum_replace);
DECLARE_HELPER(csum_diff);
DECLARE_HELPER(csum_update);
DECLARE_HELPER(csum_level);
/* dynptr.c */
DECLARE_HELPER(dynptr_from_mem);
DECLARE_HELPER(dynptr_read);
DECLARE_HELPER(dynptr_write);
DECLARE_HELPER(dynptr_data);
DECLARE_HELPER(dynptr_slice);
DECLARE_HELPER(dynptr_slice_rdwr);
DECLARE_HELPER(dynptr_size);
DECLARE_HELPER(dynptr_is_null);
DECLARE_HELPER(dynptr_is_rdonly);
DECLARE_HELPER(dynptr_adjust);
DECLARE_HELPER(dynptr_clone);
DECLARE_HELPER(ringbuf_reserve_dynptr);
DECLARE_HELPER(ringbuf_submit_dynptr);
DECLARE_HELPER(ringbuf_discard_dynptr);
/* dynptr_packet.c */
DECLARE_HELPER(dynptr_from_skb);
/* event.c */
DECLARE_HELPER(perf_event_output);
DECLARE_HELPER(perf_event_read);
DECLARE_HELPER(perf_event_read_value);
DECLARE_HELPER(perf_prog_read_value);
DECLARE_HELPER(override_return);
DECLARE_HELPER(get_func_ip);
DECLARE_HELPER(get_func_arg);
DECLARE_HELPER(get_func_ret);
DECLARE_HELPER(get_func_arg_cnt);
DECLARE_HELPER(get_attach_cookie);
/* lock.c */
DECLARE_HELPER(spin_lock);
DECLARE_HELPER(spin_unlock);
/* loop.c */
DECLARE_HELPER(loop);
DECLARE_HELPER(for_each_map_elem);
/* map.c */
DECLARE_HELPER(map_lookup_elem);
DECLARE_HELPER(map_update_elem);
DECLARE_HELPER(map_delete_elem);
DECLARE_HELPER(map_push_elem);
DECLARE_HELPER(map_pop_elem);
DECLARE_HELPER(map_peek_elem);
DECLARE_HELPER(map_lookup_percpu_elem);
/* probe.c */
DECLARE_HELPER(probe_read);
DECLARE_HELPER(probe_read_str);
DECLARE_HELPER(probe_read_user);
DECLARE_HELPER(probe_read_user_str);
DECLARE_HELPER(probe_read_kernel);
DECLARE_HELPER(probe_read_kernel_str);
DECLARE_HELPER(probe_write_user);
/* ringbuf.c */
DECLARE_HELPER(ringbuf_output);
DECLARE_HELPER(ringbuf_reserve);
DECLARE_HELPER(ringbuf_submit);
DECLARE_HELPER(ringbuf_discard);
DECLARE_HELPER(ringbuf_query);
DECLARE_HELPER(user_ringbuf_drain);
/* signal.c */
DECLARE_HELPER(send_signal);
DECLARE_HELPER(send_signal_thread);
/* skb.c */
DECLARE_HELPER(skb_load_bytes);
DECLARE_HELPER(cast_to_kern_ctx);
DECLARE_HELPER(skb_vlan_push);
DECLARE_HELPER(skb_vlan_pop);
DECLARE_HELPER(skb_load_bytes_relative);
DECLARE_HELPER(packet_load);
DECLARE_HELPER(skb_store_bytes);
DECLARE_HELPER(skb_pull_data);
DECLARE_HELPER(skb_change_tail);
DECLARE_HELPER(skb_change_type);
DECLARE_HELPER(skb_ecn_set_ce);
DECLARE_HELPER(get_hash_recalc);
DECLARE_HELPER(set_hash);
DECLARE_HELPER(set_hash_invalid);
/* socket.c */
DECLARE_HELPER(get_socket_cookie);
DECLARE_HELPER(get_socket_uid);
DECLARE_HELPER(get_cgroup_classid);
DECLARE_HELPER(skb_cgroup_classid);
DECLARE_HELPER(skb_cgroup_id);
DECLARE_HELPER(skb_under_cgroup);
DECLARE_HELPER(skb_ancestor_cgroup_id);
DECLARE_HELPER(get_route_realm);
/* string.c */
DECLARE_HELPER(strtol);
DECLARE_HELPER(strtoul);
DECLARE_HELPER(strncmp);
/* stack.c */
DECLARE_HELPER(get_stackid);
DECLARE_HELPER(get_stack);
/* task.c */
DECLARE_HELPER(get_current_pid_tgid);
DECLARE_HELPER(get_current_uid_gid);
DECLARE_HELPER(get_current_comm);
DECLARE_HELPER(get_current_task);
DECLARE_HELPER(get_ns_current_pid_tgid);
DECLARE_HELPER(get_smp_processor_id);
DECLARE_HELPER(get_numa_node_id);
/* time.c */
DECLARE_HELPER(ktime_get_ns);
DECLARE_HELPER(ktime_get_boot_ns);
DECLARE_HELPER(ktime_get_tai_ns);
DECLARE_HELPER(ktime_get_coarse_ns);
DECLARE_HELPER(jiffies64);
DECLARE_HELPER(get_prandom_u32);
/* timer.c */
DECLARE_HELPER(timer_init);
DECLARE_HELPER(timer_set_callback);
DECLARE_HELPER(timer_start);
DECLARE_HELPER(timer_cancel);
/* trace.c */
DECLARE_HELPER(trace_printk);
DECLARE_HELPER(trace_vprintk);
DECLARE_HELPER(snprintf);

/* signal.c: before the first signal is sent, and behind the last. The latter sleeps. */
void helper_signal_init(void);
void helper_signal_exit(void);
/* task.c: find out what the device of namespaces is. Sleeps. */
void helper_task_init(void);
/* xdp.c */
DECLARE_HELPER(xdp_get_buff_len);
DECLARE_HELPER(xdp_load_bytes);
DECLARE_HELPER(xdp_store_bytes);
DECLARE_HELPER(xdp_adjust_head);
DECLARE_HELPER(xdp_adjust_tail);

/* time.c: seed what get_prandom_u32 draws from, follow the clocks. */
void helper_time_init(void);
void helper_time_exit(void);
/* trace.c: switch on the trace event that trace_printk makes. Sleeps. */
void helper_trace_init(void);

#endif
