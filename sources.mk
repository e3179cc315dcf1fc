# SPDX-License-Identifier: GPL-2.0-only
# Which files make up each part? Each source is named here, once; the module, the
# user-space core library and the tests are built from these same lists.
# One file a line, in alphabetical order, each with its folder.

# The pure code: goes into modbpf.ko and into libmodbpf-core.a.
ISA_SRCS := \
	isa/btf/join.c \
	isa/btf/kernel.c \
	isa/btf/kfunc.c \
	isa/btf/name.c \
	isa/btf/parse.c \
	isa/btf/record.c \
	isa/btf/reference.c \
	isa/btf/resolve.c \
	isa/btf/type.c \
	isa/disasm.c \
	isa/opcode.c \
	isa/tag.c \

# Classic filters are translated in user space: in the library only.
CLASSIC_SRCS := \
	isa/classic.c \

# The interpreter: left out of the module by MODBPF_INTERP=n, always in the library.
INTERP_SRCS := \
	isa/interp.c \

VERIFIER_SRCS := \
	verifier/alu.c \
	verifier/arg.c \
	verifier/atomic.c \
	verifier/bind.c \
	verifier/branch.c \
	verifier/call.c \
	verifier/callback.c \
	verifier/cfg.c \
	verifier/conversion.c \
	verifier/ctx.c \
	verifier/depth.c \
	verifier/dynptr.c \
	verifier/exact.c \
	verifier/explain.c \
	verifier/explore.c \
	verifier/fence.c \
	verifier/final.c \
	verifier/format.c \
	verifier/global.c \
	verifier/helper.c \
	verifier/helper_row/general.c \
	verifier/helper_row/kfunc.c \
	verifier/helper_row/map.c \
	verifier/helper_row/packet.c \
	verifier/helper_row/tracing.c \
	verifier/info.c \
	verifier/live.c \
	verifier/load_rule.c \
	verifier/lock.c \
	verifier/log.c \
	verifier/map_attr.c \
	verifier/map_btf.c \
	verifier/map_field.c \
	verifier/mem.c \
	verifier/packet_load.c \
	verifier/print.c \
	verifier/program.c \
	verifier/prune.c \
	verifier/range.c \
	verifier/range_div.c \
	verifier/refusal.c \
	verifier/rule.c \
	verifier/scalar.c \
	verifier/scalar_branch.c \
	verifier/stack.c \
	verifier/state.c \
	verifier/step.c \
	verifier/tnum.c \
	verifier/trail.c \
	verifier/typed.c \
	verifier/verifier.c \
	verifier/words.c \

JIT_SRCS := \
	jit/address.c \
	jit/blind.c \
	jit/build.c \
	jit/compile.c \
	jit/copy.c \
	jit/inline.c \
	jit/ir.c \
	jit/live.c \
	jit/lower.c \
	jit/operand.c \
	jit/rotate.c \
	jit/strength.c \
	jit/thread.c \
	jit/x86/divide.c \
	jit/x86/encode.c \
	jit/x86/frame.c \
	jit/x86/memory.c \
	jit/x86/relax.c \
	jit/x86/select.c \
	jit/zext.c \

# Kernel code, C and assembly (.S).
MODULE_SRCS := \
	module/arch/x86/arena.S \
	module/arch/x86/arena_sync.c \
	module/arch/x86/shortcut.S \
	module/arch/x86/stack_walk.c \
	module/arch/x86/target.c \
	module/arch/x86/thunk.S \
	module/arch/x86/trampoline.S \
	module/arch/x86/trampoline_code.c \
	module/audit.c \
	module/btf.c \
	module/caller.c \
	module/command.c \
	module/detach.c \
	module/event.c \
	module/event/counter.c \
	module/event/kprobe.c \
	module/event/output.c \
	module/event/record.c \
	module/event/tracepoint.c \
	module/event/types.c \
	module/event/uprobe.c \
	module/fd_query.c \
	module/helper/cgroup.c \
	module/helper/checksum.c \
	module/helper/dynptr.c \
	module/helper/dynptr_packet.c \
	module/helper/event.c \
	module/helper/lock.c \
	module/helper/loop.c \
	module/helper/map.c \
	module/helper/probe.c \
	module/helper/ringbuf.c \
	module/helper/signal.c \
	module/helper/skb.c \
	module/helper/socket.c \
	module/helper/stack.c \
	module/helper/string.c \
	module/helper/table.c \
	module/helper/task.c \
	module/helper/time.c \
	module/helper/timer.c \
	module/helper/trace.c \
	module/helper/trace_format.c \
	module/helper/xdp.c \
	module/hook/counters.c \
	module/hook/defrag.c \
	module/hook/event_args.c \
	module/hook/function.c \
	module/hook/hooks.c \
	module/hook/kprobe.c \
	module/hook/kprobe_each.c \
	module/hook/kprobe_ftrace.c \
	module/hook/kprobe_place.c \
	module/hook/netfilter.c \
	module/hook/netfilter_place.c \
	module/hook/override.c \
	module/hook/packet_watch.c \
	module/hook/perf_event.c \
	module/hook/raw_tracepoint.c \
	module/hook/skb.c \
	module/hook/tracepoint.c \
	module/hook/tracing.c \
	module/hook/trampoline.c \
	module/hook/unhook.c \
	module/ids.c \
	module/image.c \
	module/info.c \
	module/kernel_btf.c \
	module/kernel_btf_list.c \
	module/kernel_symbol.c \
	module/kfunc.c \
	module/link.c \
	module/live.c \
	module/main.c \
	module/map.c \
	module/map/area.c \
	module/map/array.c \
	module/map/array_of_maps.c \
	module/map/bloom_filter.c \
	module/map/cgroup_array.c \
	module/map/fd_array.c \
	module/map/hash.c \
	module/map/hash_of_maps.c \
	module/map/hash_reserve.c \
	module/map/index.c \
	module/map/lock.c \
	module/map/lpm_trie.c \
	module/map/of_maps.c \
	module/map/percpu_area.c \
	module/map/percpu_array.c \
	module/map/perf_event_array.c \
	module/map/prog_array.c \
	module/map/queue.c \
	module/map/ring.c \
	module/map/ringbuf.c \
	module/map/stack_trace.c \
	module/map/timer.c \
	module/map/types.c \
	module/map/user_ringbuf.c \
	module/map/value_lock.c \
	module/map_batch.c \
	module/map_cmd.c \
	module/object.c \
	module/pin.c \
	module/prog.c \
	module/prog_bind.c \
	module/prog_image.c \
	module/prog_info.c \
	module/prog_load.c \
	module/prog_query.c \
	module/prog_target.c \
	module/quota.c \
	module/stats.c \
	module/symbols.c \
	module/sysfs.c \
	module/test_ctx.c \
	module/test_run.c \
	module/test_run_netfilter.c \
	module/test_run_tracing.c \
	module/user_log.c \

# Only in modbpf_kunit.ko, which is otherwise the same module.
KUNIT_SRCS := \
	tests/kunit/c_prog.c \
	tests/kunit/command_call.c \
	tests/kunit/kunit_command.c \
	tests/kunit/kunit_command_id.c \
	tests/kunit/kunit_command_link.c \
	tests/kunit/kunit_command_map.c \
	tests/kunit/kunit_command_map_batch.c \
	tests/kunit/kunit_command_prog.c \
	tests/kunit/kunit_helper.c \
	tests/kunit/kunit_helper_skb.c \
	tests/kunit/kunit_image.c \
	tests/kunit/kunit_jit.c \
	tests/kunit/kunit_kprobe.c \
	tests/kunit/kunit_live.c \
	tests/kunit/kunit_map_array.c \
	tests/kunit/kunit_map_bloom_filter.c \
	tests/kunit/kunit_map_hash.c \
	tests/kunit/kunit_map_lpm_trie.c \
	tests/kunit/kunit_map_lru_hash.c \
	tests/kunit/kunit_map_mmap.c \
	tests/kunit/kunit_map_of_maps.c \
	tests/kunit/kunit_map_percpu_hash.c \
	tests/kunit/kunit_map_prog_array.c \
	tests/kunit/kunit_map_queue.c \
	tests/kunit/kunit_map_ringbuf.c \
	tests/kunit/kunit_map_stack_trace.c \
	tests/kunit/kunit_map_timer.c \
	tests/kunit/kunit_netfilter.c \
	tests/kunit/kunit_nmi.c \
	tests/kunit/kunit_object.c \
	tests/kunit/kunit_platform.c \
	tests/kunit/kunit_prog.c \
	tests/kunit/kunit_quota.c \
	tests/kunit/kunit_target.c \
	tests/kunit/kunit_trampoline.c \
	tests/kunit/kunit_user_log.c \
	tests/kunit/kunit_value_lock.c \
	tests/kunit/suites.c \
	tests/kunit/user_memory.c \

# What isa/platform.h declares, for user space: part of libmodbpf-core.a.
PLATFORM_SRCS := \
	user/platform.c \

# libmodbpf.a: what other people's programs link.
USER_LIB_SRCS := \
	user/functions.c \
	user/libmodbpf.c \
	user/section.c \

# The preloadable shared object.
USER_PRELOAD_SRCS := \
	user/preload.c \

# The CLI, build/user/modbpf.
USER_SRCS := \
	user/args.c \
	user/btf.c \
	user/btf_file.c \
	user/check.c \
	user/dump.c \
	user/fdinfo.c \
	user/feature.c \
	user/filter.c \
	user/kernel_types.c \
	user/lines.c \
	user/link.c \
	user/link_event.c \
	user/load.c \
	user/main.c \
	user/map.c \
	user/map_create.c \
	user/names.c \
	user/object.c \
	user/offline.c \
	user/offline_log.c \
	user/out.c \
	user/pin.c \
	user/prog.c \
	user/ref.c \
	user/rejection.c \
	user/rejection_out.c \
	user/run.c \
	user/run_log.c \
	user/run_view.c \
	user/source.c \
	user/typed.c \

# What reads the instruction corpus: linked into every unit test, and into tests/e2e/corpus.
TEST_CORPUS_SRCS := \
	tests/support/asm.c \
	tests/support/asm_insn.c \
	tests/support/asm_scan.c \
	tests/support/corpus.c \

# Linked into every unit test (tests/unit/test_*.c are found by name).
TEST_SUPPORT_SRCS := \
	tests/support/agreement.c \
	tests/support/benchprog.c \
	tests/support/btfblob.c \
	tests/support/check.c \
	tests/support/claims.c \
	tests/support/classic_run.c \
	tests/support/classic_try.c \
	tests/support/dynptr.c \
	tests/support/fuzz.c \
	tests/support/jitrun.c \
	tests/support/keptprog.c \
	tests/support/kernel_btf.c \
	tests/support/prog.c \
	tests/support/randbase.c \
	tests/support/randcall.c \
	tests/support/randchain.c \
	tests/support/randdynptr.c \
	tests/support/randkfunc.c \
	tests/support/randmap.c \
	tests/support/randnumber.c \
	tests/support/randprog.c \
	tests/support/randtyped.c \
	tests/support/randverify.c \
	tests/support/tally.c \
	tests/support/verify.c \
	tests/support/verify_btf.c \
	tests/support/verify_case.c \
	tests/support/watch.c \
	tests/support/watchdynptr.c \
	tests/support/watchmem.c \
	tests/support/watchstack.c \
	tests/support/world.c \
	tests/support/worldcall.c \
	tests/support/worlddynptr.c \
	tests/support/worldtype.c \

# What a single unit test needs besides.
TEST_LIBS_test_encode := -lcapstone
TEST_LIBS_test_golden := -ljson-c
TEST_LIBS_test_jit_hardened := -lcapstone
TEST_LIBS_test_jit_image := -lcapstone
TEST_LIBS_fuzz_verifier := -Wl,--wrap=state_contains,--wrap=exact_begin,--wrap=check_insn
TEST_LIBS_test_callback_rounds := -Wl,--wrap=state_contains,--wrap=exact_begin
TEST_LIBS_test_verifier_run := -Wl,--wrap=state_contains,--wrap=exact_begin
