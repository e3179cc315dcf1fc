// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which KUnit suites are in modbpf_kunit.ko? One row each, in alphabetical order;
 * the test run counts the rows and fails if a suite did not run.
 *
 * They run when "1" is written to the module's parameter run_suites. The
 * framework's own macro would have them run before the module's init function
 * up to kernel 6.7, with no arena, no work queue and no random numbers.
 */
#include <kunit/test.h>
#include <linux/moduleparam.h>

#define SUITES(row) \
	row(kunit_btf_fd_by_id_command_suite) \
	row(kunit_btf_load_command_suite) \
	row(kunit_btf_next_id_command_suite) \
	row(kunit_command_suite) \
	row(kunit_helper_skb_suite) \
	row(kunit_helper_suite) \
	row(kunit_image_suite) \
	row(kunit_info_command_suite) \
	row(kunit_jit_suite) \
	row(kunit_kprobe_suite) \
	row(kunit_link_create_command_suite) \
	row(kunit_link_detach_command_suite) \
	row(kunit_link_fd_by_id_command_suite) \
	row(kunit_link_next_id_command_suite) \
	row(kunit_live_suite) \
	row(kunit_map_array_suite) \
	row(kunit_map_batch_command_suite) \
	row(kunit_map_bloom_filter_suite) \
	row(kunit_map_create_command_suite) \
	row(kunit_map_delete_command_suite) \
	row(kunit_map_fd_by_id_command_suite) \
	row(kunit_map_freeze_command_suite) \
	row(kunit_map_hash_suite) \
	row(kunit_map_lookup_command_suite) \
	row(kunit_map_lpm_trie_suite) \
	row(kunit_map_lru_hash_suite) \
	row(kunit_map_mmap_suite) \
	row(kunit_map_next_id_command_suite) \
	row(kunit_map_next_key_command_suite) \
	row(kunit_map_of_maps_suite) \
	row(kunit_map_percpu_hash_suite) \
	row(kunit_map_prog_array_suite) \
	row(kunit_map_queue_suite) \
	row(kunit_map_ringbuf_suite) \
	row(kunit_map_stack_trace_suite) \
	row(kunit_map_take_command_suite) \
	row(kunit_map_timer_suite) \
	row(kunit_map_update_command_suite) \
	row(kunit_netfilter_suite) \
	row(kunit_nmi_suite) \
	row(kunit_object_suite) \
	row(kunit_platform_suite) \
	row(kunit_prog_fd_by_id_command_suite) \
	row(kunit_prog_load_command_suite) \
	row(kunit_prog_next_id_command_suite) \
	row(kunit_prog_suite) \
	row(kunit_prog_test_run_command_suite) \
	row(kunit_quota_suite) \
	row(kunit_target_suite) \
	row(kunit_trampoline_suite) \
	row(kunit_user_log_suite) \
	row(kunit_value_lock_suite) \

#define DECLARE_SUITE(name) extern struct kunit_suite name;
#define SUITE_POINTER(name) &name,

SUITES(DECLARE_SUITE)

static struct kunit_suite *suites[] = { SUITES(SUITE_POINTER) };

static int run_suites(const char *value, const struct kernel_param *param)
{
	int err = __kunit_test_suites_init(suites, ARRAY_SIZE(suites));

	__kunit_test_suites_exit(suites, ARRAY_SIZE(suites));
	return err;
}

static const struct kernel_param_ops run_suites_ops = {
	.set = run_suites,
};
module_param_cb(run_suites, &run_suites_ops, NULL, 0200);
