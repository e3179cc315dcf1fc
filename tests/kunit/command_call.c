// SPDX-License-Identifier: GPL-2.0-only
/* Commands as they come through the ioctl, from the threads of KUnit. */
#include "tests/kunit/command_call.h"

#include <linux/bitmap.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/rcupdate.h>
#include <linux/workqueue.h>

#include "module/btf.h"
#include "module/caller.h"
#include "module/command.h"
#include "module/kfunc.h"
#include "module/link.h"
#include "module/map.h"
#include "module/prog.h"
#include "tests/kunit/user_memory.h"

#define MAX_FD 256

struct command_test {
	struct caller caller;
	struct user_memory mem;
	DECLARE_BITMAP(open, MAX_FD);	/* fds that are the case's */
};

int command_begin(struct kunit *test)
{
	struct command_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	test->priv = t;
	caller_init_current(&t->caller);
	user_memory_begin(test, &t->mem, 256 << 10);
	return 0;
}

/* Files that a kernel thread closes are released by a work. */
static void settle(void)
{
	flush_delayed_fput();
	rcu_barrier();
	flush_workqueue(modbpf_wq);
	rcu_barrier();
	flush_workqueue(modbpf_wq);
}

void command_end(struct kunit *test)
{
	struct command_test *t = test->priv;
	unsigned long fd;

	if (!t)
		return;
	for_each_set_bit(fd, t->open, MAX_FD)
		close_fd(fd);
	kfunc_withdraw();	/* of the module's own, if it was looked for */
	settle();
	KUNIT_EXPECT_EQ(test, object_next_id(&modbpf_prog_ids, 0), 0u);
	KUNIT_EXPECT_EQ(test, object_next_id(&modbpf_map_ids, 0), 0u);
	KUNIT_EXPECT_EQ(test, object_next_id(&modbpf_link_ids, 0), 0u);
	KUNIT_EXPECT_EQ(test, object_next_id(&modbpf_btf_ids, 0), 0u);
	user_memory_end(&t->mem);
}

u64 command_put_user(struct kunit *test, const void *src, size_t bytes)
{
	struct command_test *t = test->priv;

	return user_memory_put(test, &t->mem, src, bytes);
}

void command_get_user(struct kunit *test, void *dst, u64 from, size_t bytes)
{
	user_memory_get(test, dst, from, bytes);
}

static bool makes_fd(u32 cmd)
{
	switch (cmd) {
	case MODBPF_CMD_MAP_CREATE:
	case MODBPF_CMD_PROG_LOAD:
	case MODBPF_CMD_LINK_CREATE:
	case MODBPF_CMD_BTF_LOAD:
	case MODBPF_CMD_PROG_GET_FD_BY_ID:
	case MODBPF_CMD_MAP_GET_FD_BY_ID:
	case MODBPF_CMD_LINK_GET_FD_BY_ID:
	case MODBPF_CMD_BTF_GET_FD_BY_ID:
		return true;
	default:
		return false;
	}
}

long command_try_sized(struct kunit *test, u32 cmd, union modbpf_attr *attr, u32 size)
{
	struct command_test *t = test->priv;
	struct modbpf_call call = { .cmd = cmd, .size = size };
	long result;

	call.attr = command_put_user(test, attr, sizeof(*attr));
	result = command_call(&t->caller, command_put_user(test, &call, sizeof(call)));
	command_get_user(test, attr, call.attr, sizeof(*attr));
	if (makes_fd(cmd) && result >= 0 && result < MAX_FD)
		__set_bit(result, t->open);
	return result;
}

long command_try(struct kunit *test, u32 cmd, union modbpf_attr *attr)
{
	return command_try_sized(test, cmd, attr, sizeof(*attr));
}

long command_make_map(struct kunit *test, u32 type, u32 key, u32 value, u32 entries, u32 flags)
{
	union modbpf_attr attr = {
		.map_type = type, .key_size = key, .value_size = value,
		.max_entries = entries, .map_flags = flags,
	};

	return command_try(test, MODBPF_CMD_MAP_CREATE, &attr);
}

long command_load(struct kunit *test, u32 type, const struct modbpf_insn *insns, u32 cnt)
{
	union modbpf_attr attr = { .prog_type = type, .insn_cnt = cnt };

	attr.insns = command_put_user(test, insns, cnt * sizeof(*insns));
	attr.license = command_put_user(test, "GPL", 4);
	if (type == MODBPF_PROG_NETFILTER)
		attr.expected_attach_type = MODBPF_ATTACH_NETFILTER;
	return command_try(test, MODBPF_CMD_PROG_LOAD, &attr);
}

long command_load_trivial(struct kunit *test, u32 type)
{
	static const struct modbpf_insn insns[] = { MOV64_IMM(0, 1), EXIT_INSN };

	return command_load(test, type, insns, ARRAY_SIZE(insns));
}

long command_element(struct kunit *test, u32 cmd, int map, u64 key, u64 value, u64 flags)
{
	union modbpf_attr attr = { .map_fd = map, .key = key, .value = value, .flags = flags };

	return command_try(test, cmd, &attr);
}

void command_close(struct kunit *test, int fd)
{
	struct command_test *t = test->priv;

	KUNIT_EXPECT_TRUE(test, fd >= 0 && fd < MAX_FD && test_and_clear_bit(fd, t->open));
	close_fd(fd);
	settle();
}
