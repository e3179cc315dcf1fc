// SPDX-License-Identifier: GPL-2.0-only
/* Which function is behind each helper id? One row each. */
#include "module/helper/functions.h"

#include "module/helper.h"

const helper_fn modbpf_helpers[MODBPF_FUNC_LIMIT] = {
	[MODBPF_FUNC_map_lookup_elem] = helper_map_lookup_elem,
	[MODBPF_FUNC_map_update_elem] = helper_map_update_elem,
	[MODBPF_FUNC_map_delete_elem] = helper_map_delete_elem,
	[MODBPF_FUNC_probe_read] = helper_probe_read,
	[MODBPF_FUNC_ktime_get_ns] = helper_ktime_get_ns,
	[MODBPF_FUNC_trace_printk] = helper_trace_printk,
	[MODBPF_FUNC_get_prandom_u32] = helper_get_prandom_u32,
	[MODBPF_FUNC_get_smp_processor_id] = helper_get_smp_processor_id,
	[MODBPF_FUNC_skb_store_bytes] = helper_skb_store_bytes,
	[MODBPF_FUNC_l3_csum_replace] = helper_l3_csum_replace,
	[MODBPF_FUNC_l4_csum_replace] = helper_l4_csum_replace,
	/* MODBPF_FUNC_tail_call is not a call: JIT and interpreter carry it out themselves. */
	[MODBPF_FUNC_get_current_pid_tgid] = helper_get_current_pid_tgid,
	[MODBPF_FUNC_get_current_uid_gid] = helper_get_current_uid_gid,
	[MODBPF_FUNC_get_current_comm] = helper_get_current_comm,
	[MODBPF_FUNC_get_cgroup_classid] = helper_get_cgroup_classid,
	[MODBPF_FUNC_get_route_realm] = helper_get_route_realm,
	[MODBPF_FUNC_perf_event_output] = helper_perf_event_output,
	[MODBPF_FUNC_skb_load_bytes] = helper_skb_load_bytes,
	[MODBPF_FUNC_get_stackid] = helper_get_stackid,
	[MODBPF_FUNC_csum_diff] = helper_csum_diff,
	[MODBPF_FUNC_skb_change_type] = helper_skb_change_type,
	[MODBPF_FUNC_get_hash_recalc] = helper_get_hash_recalc,
	[MODBPF_FUNC_get_current_task] = helper_get_current_task,
	[MODBPF_FUNC_probe_write_user] = helper_probe_write_user,
	[MODBPF_FUNC_current_task_under_cgroup] = helper_current_task_under_cgroup,
	[MODBPF_FUNC_skb_change_tail] = helper_skb_change_tail,
	[MODBPF_FUNC_skb_pull_data] = helper_skb_pull_data,
	[MODBPF_FUNC_csum_update] = helper_csum_update,
	[MODBPF_FUNC_set_hash_invalid] = helper_set_hash_invalid,
	[MODBPF_FUNC_get_numa_node_id] = helper_get_numa_node_id,
	[MODBPF_FUNC_xdp_adjust_head] = helper_xdp_adjust_head,
	[MODBPF_FUNC_probe_read_str] = helper_probe_read_str,
	[MODBPF_FUNC_get_socket_cookie] = helper_get_socket_cookie,
	[MODBPF_FUNC_get_socket_uid] = helper_get_socket_uid,
	[MODBPF_FUNC_set_hash] = helper_set_hash,
	[MODBPF_FUNC_xdp_adjust_tail] = helper_xdp_adjust_tail,
	[MODBPF_FUNC_skb_load_bytes_relative] = helper_skb_load_bytes_relative,
	[MODBPF_FUNC_skb_cgroup_id] = helper_skb_cgroup_id,
	[MODBPF_FUNC_skb_ancestor_cgroup_id] = helper_skb_ancestor_cgroup_id,
	[MODBPF_FUNC_map_push_elem] = helper_map_push_elem,
	[MODBPF_FUNC_map_pop_elem] = helper_map_pop_elem,
	[MODBPF_FUNC_map_peek_elem] = helper_map_peek_elem,
	[MODBPF_FUNC_spin_lock] = helper_spin_lock,
	[MODBPF_FUNC_spin_unlock] = helper_spin_unlock,
	[MODBPF_FUNC_skb_ecn_set_ce] = helper_skb_ecn_set_ce,
	[MODBPF_FUNC_strtol] = helper_strtol,
	[MODBPF_FUNC_strtoul] = helper_strtoul,
	[MODBPF_FUNC_send_signal] = helper_send_signal,
	[MODBPF_FUNC_get_stack] = helper_get_stack,
	[MODBPF_FUNC_get_current_cgroup_id] = helper_get_current_cgroup_id,
	[MODBPF_FUNC_probe_read_user] = helper_probe_read_user,
	[MODBPF_FUNC_probe_read_kernel] = helper_probe_read_kernel,
	[MODBPF_FUNC_probe_read_user_str] = helper_probe_read_user_str,
	[MODBPF_FUNC_probe_read_kernel_str] = helper_probe_read_kernel_str,
	[MODBPF_FUNC_send_signal_thread] = helper_send_signal_thread,
	[MODBPF_FUNC_jiffies64] = helper_jiffies64,
	[MODBPF_FUNC_get_ns_current_pid_tgid] = helper_get_ns_current_pid_tgid,
	[MODBPF_FUNC_get_current_ancestor_cgroup_id] = helper_get_current_ancestor_cgroup_id,
	[MODBPF_FUNC_ktime_get_boot_ns] = helper_ktime_get_boot_ns,
	[MODBPF_FUNC_ringbuf_output] = helper_ringbuf_output,
	[MODBPF_FUNC_ringbuf_reserve] = helper_ringbuf_reserve,
	[MODBPF_FUNC_ringbuf_submit] = helper_ringbuf_submit,
	[MODBPF_FUNC_ringbuf_discard] = helper_ringbuf_discard,
	[MODBPF_FUNC_ringbuf_query] = helper_ringbuf_query,
	[MODBPF_FUNC_user_ringbuf_drain] = helper_user_ringbuf_drain,
	[MODBPF_FUNC_csum_level] = helper_csum_level,
	[MODBPF_FUNC_skb_cgroup_classid] = helper_skb_cgroup_classid,
	[MODBPF_FUNC_ktime_get_coarse_ns] = helper_ktime_get_coarse_ns,
	[MODBPF_FUNC_for_each_map_elem] = helper_for_each_map_elem,
	[MODBPF_FUNC_snprintf] = helper_snprintf,
	[MODBPF_FUNC_get_func_ip] = helper_get_func_ip,
	[MODBPF_FUNC_get_attach_cookie] = helper_get_attach_cookie,
	[MODBPF_FUNC_trace_vprintk] = helper_trace_vprintk,
	[MODBPF_FUNC_loop] = helper_loop,
	[MODBPF_FUNC_strncmp] = helper_strncmp,
	[MODBPF_FUNC_xdp_get_buff_len] = helper_xdp_get_buff_len,
	[MODBPF_FUNC_xdp_load_bytes] = helper_xdp_load_bytes,
	[MODBPF_FUNC_xdp_store_bytes] = helper_xdp_store_bytes,
	[MODBPF_FUNC_map_lookup_percpu_elem] = helper_map_lookup_percpu_elem,
	[MODBPF_FUNC_dynptr_from_mem] = helper_dynptr_from_mem,
	[MODBPF_FUNC_ringbuf_reserve_dynptr] = helper_ringbuf_reserve_dynptr,
	[MODBPF_FUNC_ringbuf_submit_dynptr] = helper_ringbuf_submit_dynptr,
	[MODBPF_FUNC_ringbuf_discard_dynptr] = helper_ringbuf_discard_dynptr,
	[MODBPF_FUNC_dynptr_read] = helper_dynptr_read,
	[MODBPF_FUNC_dynptr_write] = helper_dynptr_write,
	[MODBPF_FUNC_dynptr_data] = helper_dynptr_data,
	[MODBPF_FUNC_ktime_get_tai_ns] = helper_ktime_get_tai_ns,
	[MODBPF_FUNC_packet_load] = helper_packet_load,
};

void helpers_init(void)
{
	helper_random_init();
	helper_signal_init();
	helper_task_init();
	helper_trace_init();
}

void helpers_exit(void)
{
	helper_signal_exit();
}
