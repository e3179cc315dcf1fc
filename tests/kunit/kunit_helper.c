// SPDX-License-Identifier: GPL-2.0-only
/* Helpers, called as programs call them: by id, with five words. */
#include <linux/cred.h>
#include <linux/gfp.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/topology.h>
#include <linux/vmalloc.h>
#include <kunit/test.h>

#include "module/helper.h"
#include "module/helper/trace_format.h"
#include "module/map/ringbuf.h"
#include "tests/kunit/map_fixture.h"
#include "tests/kunit/user_memory.h"
#include "verifier/helper.h"

#define P(address) ((u64)(unsigned long)(address))
#define CALL(name, r1, r2, r3, r4, r5) \
	((s64)modbpf_helpers[MODBPF_FUNC_##name](r1, r2, r3, r4, r5))

#define LISTED(name, id) [id] = true,

/* tail_call is carried out by who runs the program; others may say that they are absent. */
static void table_has_every_helper(struct kunit *test)
{
	static const bool listed[MODBPF_FUNC_LIMIT] = {
		MODBPF_HELPERS(LISTED) MODBPF_KFUNCS(LISTED) MODBPF_OWN_HELPERS(LISTED)
	};
	u32 id;

	for (id = 0; id < MODBPF_FUNC_LIMIT; id++) {
		const struct helper *helper = helper_of(id);
		bool wanted = helper && !(helper->flags & HELPER_ABSENT) &&
			      id != MODBPF_FUNC_tail_call;

		KUNIT_EXPECT_EQ_MSG(test, !!helper, listed[id], "row of %u", id);
		KUNIT_EXPECT_EQ_MSG(test, !!modbpf_helpers[id], wanted, "function of %u", id);
	}
}

static void map_helpers_reach_the_map(struct kunit *test)
{
	struct modbpf_map *map = map_fixture_make(test, (struct map_attr)
						  MAP_PARAMS(HASH, 4, 8, 2, 0));
	u32 key = 1;
	u64 value = 0xabcdef, *at;

	KUNIT_EXPECT_EQ(test, CALL(map_lookup_elem, P(map), P(&key), 0, 0, 0), 0ll);
	KUNIT_EXPECT_EQ(test, CALL(map_update_elem, P(map), P(&key), P(&value), 0, 0), 0ll);
	KUNIT_EXPECT_EQ(test, CALL(map_update_elem, P(map), P(&key), P(&value), MODBPF_NOEXIST, 0),
			(s64)-EEXIST);
	at = (u64 *)(unsigned long)CALL(map_lookup_elem, P(map), P(&key), 0, 0, 0);
	KUNIT_ASSERT_NOT_NULL(test, at);
	KUNIT_EXPECT_EQ(test, *at, value);
	KUNIT_EXPECT_EQ(test, CALL(map_delete_elem, P(map), P(&key), 0, 0, 0), 0ll);
	KUNIT_EXPECT_EQ(test, CALL(map_delete_elem, P(map), P(&key), 0, 0, 0), (s64)-ENOENT);
	map_fixture_free(map);
}

static void ringbuf_helpers_produce(struct kunit *test)
{
	struct modbpf_map *map = map_fixture_make(test, (struct map_attr)
						  MAP_PARAMS(RINGBUF, 0, 0, 4096, 0));
	u8 *record, data[] = "record";

	KUNIT_EXPECT_EQ(test, CALL(ringbuf_reserve, P(map), 8, 1, 0, 0), 0ll);
	record = (u8 *)(unsigned long)CALL(ringbuf_reserve, P(map), 8, 0, 0, 0);
	KUNIT_ASSERT_NOT_NULL(test, record);
	KUNIT_EXPECT_EQ(test, CALL(ringbuf_output, P(map), P(data), sizeof(data), 0, 0), 0ll);
	KUNIT_EXPECT_EQ(test, memcmp(record + 16, data, sizeof(data)), 0);
	KUNIT_EXPECT_EQ(test, CALL(ringbuf_output, P(map), P(data), 4, 4, 0), (s64)-EINVAL);
	KUNIT_EXPECT_EQ(test, CALL(ringbuf_output, P(map), P(data), 5000, 0, 0), (s64)-EAGAIN);
	KUNIT_EXPECT_EQ(test, CALL(ringbuf_submit, P(record), 0, 0, 0, 0), 0ll);
	KUNIT_EXPECT_EQ(test, ((u32 *)record)[-2], 8u);
	record = (u8 *)(unsigned long)CALL(ringbuf_reserve, P(map), 8, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, CALL(ringbuf_discard, P(record), 0, 0, 0, 0), 0ll);
	KUNIT_EXPECT_EQ(test, ((u32 *)record)[-2], 8u | 1u << 30);
	KUNIT_EXPECT_EQ(test, CALL(ringbuf_query, P(map), RINGBUF_RING_SIZE, 0, 0, 0), 4096ll);
	KUNIT_EXPECT_EQ(test, CALL(ringbuf_query, P(map), RINGBUF_PROD_POS, 0, 0, 0), 48ll);
	map_fixture_free(map);
}

static void dynptrs_end_where_they_end(struct kunit *test)
{
	u64 dynptr[2] = { ~0ull, ~0ull }, data[2] = { 1, 2 }, got[2];
	static const u64 far[] = { 9, 16, 1u << 31, ~0u, ~0u - 7, ~0ull, ~0ull - 7 };
	u32 i;

	KUNIT_EXPECT_EQ(test, CALL(dynptr_from_mem, P(data), 1 << 24, 0, P(dynptr), 0), (s64)-E2BIG);
	KUNIT_EXPECT_EQ(test, CALL(dynptr_data, P(dynptr), 0, 0, 0, 0), 0ll);
	KUNIT_EXPECT_EQ(test, CALL(dynptr_from_mem, P(data), 16, 0, P(dynptr), 0), 0ll);
	KUNIT_EXPECT_EQ(test, CALL(dynptr_data, P(dynptr), 8, 8, 0, 0), (s64)P(data + 1));
	KUNIT_EXPECT_EQ(test, CALL(dynptr_data, P(dynptr), 16, 0, 0, 0), (s64)P(data + 2));
	KUNIT_EXPECT_EQ(test, CALL(dynptr_data, P(dynptr), 0, 17, 0, 0), 0ll);
	for (i = 0; i < ARRAY_SIZE(far); i++) {
		got[0] = got[1] = 7;
		KUNIT_EXPECT_EQ(test, CALL(dynptr_read, P(got), 8, P(dynptr), far[i], 0), (s64)-E2BIG);
		KUNIT_EXPECT_EQ(test, got[0], 0ull);
		KUNIT_EXPECT_EQ(test, got[1], 7ull);
		KUNIT_EXPECT_EQ(test, CALL(dynptr_write, P(dynptr), far[i], P(got), 8, 0), (s64)-E2BIG);
		KUNIT_EXPECT_EQ(test, CALL(dynptr_data, P(dynptr), far[i], 8, 0, 0), 0ll);
	}
	KUNIT_EXPECT_EQ(test, CALL(dynptr_read, P(got), 8, P(dynptr), 0, 1), (s64)-EINVAL);
	KUNIT_EXPECT_EQ(test, CALL(dynptr_write, P(dynptr), 0, P(got), 8, 1), (s64)-EINVAL);
	KUNIT_EXPECT_EQ(test, data[0], 1ull);
	/* One place over another. */
	KUNIT_EXPECT_EQ(test, CALL(dynptr_write, P(dynptr), 3, P(data), 13, 0), 0ll);
	KUNIT_EXPECT_EQ(test, data[0], 0x0000000001000001ull);
	KUNIT_EXPECT_EQ(test, CALL(dynptr_read, P(data), 13, P(dynptr), 3, 0), 0ll);
	KUNIT_EXPECT_EQ(test, data[0], 1ull);
}

static void task_helpers_name_the_current_task(struct kunit *test)
{
	u8 buf[32];

	KUNIT_EXPECT_EQ(test, CALL(get_current_pid_tgid, 0, 0, 0, 0, 0),
			(s64)current->tgid << 32 | current->pid);
	KUNIT_EXPECT_EQ(test, CALL(get_current_uid_gid, 0, 0, 0, 0, 0), 0ll);
	KUNIT_EXPECT_EQ(test, CALL(get_current_task, 0, 0, 0, 0, 0), (s64)P(current));
	memset(buf, 0xff, sizeof(buf));
	KUNIT_EXPECT_EQ(test, CALL(get_current_comm, P(buf), sizeof(buf), 0, 0, 0), 0ll);
	KUNIT_EXPECT_STREQ(test, (char *)buf, current->comm);
	KUNIT_EXPECT_NULL(test, memchr_inv(buf + strlen(buf), 0, sizeof(buf) - strlen(buf)));
	memset(buf, 0xff, sizeof(buf));
	KUNIT_EXPECT_EQ(test, CALL(get_current_comm, P(buf), 3, 0, 0, 0), 0ll);
	KUNIT_EXPECT_EQ(test, memcmp(buf, current->comm, 2), 0);
	KUNIT_EXPECT_EQ(test, buf[2], 0);
	KUNIT_EXPECT_EQ(test, buf[3], 0xff);
}

static void time_helpers_go_forward(struct kunit *test)
{
	u64 ns = CALL(ktime_get_ns, 0, 0, 0, 0, 0), boot = CALL(ktime_get_boot_ns, 0, 0, 0, 0, 0);
	u64 ticks;
	u32 i, same = 0, last = CALL(get_prandom_u32, 0, 0, 0, 0, 0), next;
	int cpu, told;

	KUNIT_EXPECT_GT(test, ns, 0ull);
	KUNIT_EXPECT_GE(test, boot, ns);
	KUNIT_EXPECT_GE(test, (u64)CALL(ktime_get_ns, 0, 0, 0, 0, 0), ns);
	for (i = 0; i < 100; i++) {
		next = CALL(get_prandom_u32, 0, 0, 0, 0, 0);
		same += next == last;
		last = next;
	}
	KUNIT_EXPECT_LT(test, same, 3u);
	cpu = get_cpu();
	told = CALL(get_smp_processor_id, 0, 0, 0, 0, 0);
	put_cpu();
	KUNIT_EXPECT_EQ(test, told, cpu);
	KUNIT_EXPECT_EQ(test, CALL(get_numa_node_id, 0, 0, 0, 0, 0), (s64)cpu_to_node(cpu));
	ticks = get_jiffies_64();
	KUNIT_EXPECT_GE(test, (u64)CALL(jiffies64, 0, 0, 0, 0, 0), ticks);
	KUNIT_EXPECT_LE(test, (u64)CALL(jiffies64, 0, 0, 0, 0, 0), get_jiffies_64());
}

static void probe_read_survives_everything(struct kunit *test)
{
	static const u64 bad[] = { 0, 8, 0x123456789000, 1ull << 47, 1ull << 62, ~0ull, ~0ull - 7 };
	u64 source = 0x1122334455667788, got;
	u32 i;

	KUNIT_EXPECT_EQ(test, CALL(probe_read_kernel, P(&got), 8, P(&source), 0, 0), 0ll);
	KUNIT_EXPECT_EQ(test, got, source);
	KUNIT_EXPECT_EQ(test, CALL(probe_read, P(&got), 3, P(&source), 0, 0), 0ll);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		got = ~0ull;
		KUNIT_EXPECT_LT(test, CALL(probe_read_kernel, P(&got), 8, bad[i], 0, 0), 0ll);
		KUNIT_EXPECT_EQ(test, got, 0ull);
		got = ~0ull;
		KUNIT_EXPECT_LT(test, CALL(probe_read, P(&got), 8, bad[i], 0, 0), 0ll);
		KUNIT_EXPECT_EQ(test, got, 0ull);
		got = ~0ull;
		KUNIT_EXPECT_LT(test, CALL(probe_read_user, P(&got), 8, bad[i], 0, 0), 0ll);
		KUNIT_EXPECT_EQ(test, got, 0ull);
	}
	/* A user's read never reaches the kernel. */
	got = ~0ull;
	KUNIT_EXPECT_EQ(test, CALL(probe_read_user, P(&got), 8, P(&source), 0, 0), (s64)-EFAULT);
	KUNIT_EXPECT_EQ(test, got, 0ull);
	KUNIT_EXPECT_EQ(test, CALL(probe_read_user_str, P(&got), 8, P("text"), 0, 0), (s64)-EFAULT);
	KUNIT_EXPECT_EQ(test, CALL(probe_read_kernel, P(&got), 0, 0, 0, 0), 0ll);
}

static void probe_read_reads_the_user(struct kunit *test)
{
	struct user_memory mem;
	u64 at, got = 0, last;
	char text[16];

	user_memory_begin(test, &mem, 2 * PAGE_SIZE);
	at = user_memory_put(test, &mem, "user text", 10);
	KUNIT_EXPECT_EQ(test, CALL(probe_read_user, P(&got), 8, at, 0, 0), 0ll);
	KUNIT_EXPECT_EQ(test, memcmp(&got, "user tex", 8), 0);
	KUNIT_EXPECT_EQ(test, CALL(probe_read_user_str, P(text), 16, at, 0, 0), 10ll);
	KUNIT_EXPECT_STREQ(test, text, "user text");
	got = 0;
	KUNIT_EXPECT_EQ(test, CALL(probe_read, P(&got), 8, at, 0, 0), 0ll);
	KUNIT_EXPECT_EQ(test, memcmp(&got, "user tex", 8), 0);
	KUNIT_EXPECT_EQ(test, CALL(probe_read_str, P(text), 5, at, 0, 0), 5ll);
	KUNIT_EXPECT_STREQ(test, text, "user");
	/* Not an address of the kernel, though it can be read. */
	KUNIT_EXPECT_EQ(test, CALL(probe_read_kernel, P(&got), 8, at, 0, 0), (s64)-ERANGE);
	KUNIT_EXPECT_EQ(test, got, 0ull);
	KUNIT_EXPECT_EQ(test, CALL(probe_read_kernel_str, P(text), 16, at, 0, 0), (s64)-ERANGE);
	/* Half on a page that is there, half on one that would have to be faulted in. */
	last = mem.start + PAGE_SIZE - 4;
	got = ~0ull;
	KUNIT_EXPECT_EQ(test, CALL(probe_read_user, P(&got), 8, last, 0, 0), (s64)-EFAULT);
	KUNIT_EXPECT_EQ(test, got, 0ull);
	user_memory_end(&mem);
}

/* A string that ends with the last byte of mapped memory, and one that does not. */
static void probe_read_str_stops_at_the_end(struct kunit *test)
{
	char *pages = vmalloc(PAGE_SIZE), *end = pages + PAGE_SIZE;
	char got[200];
	u32 len;

	KUNIT_ASSERT_NOT_NULL(test, pages);
	memset(pages, 'x', PAGE_SIZE);
	end[-1] = '\0';
	for (len = 1; len <= 150; len++) {
		memset(got, 0xff, sizeof(got));
		KUNIT_ASSERT_EQ(test, CALL(probe_read_kernel_str, P(got), 180, P(end - len), 0, 0),
				(s64)len);
		KUNIT_ASSERT_EQ(test, memcmp(got, end - len, len), 0);
		KUNIT_ASSERT_NULL(test, memchr_inv(got + len, 0, 180 - len));
		KUNIT_ASSERT_EQ(test, (u8)got[180], 0xff);
		KUNIT_ASSERT_EQ(test, CALL(probe_read_str, P(got), 180, P(end - len), 0, 0), (s64)len);
	}
	/* Cut to what fits. */
	memset(got, 0xff, sizeof(got));
	KUNIT_EXPECT_EQ(test, CALL(probe_read_kernel_str, P(got), 70, P(end - 150), 0, 0), 70ll);
	KUNIT_EXPECT_EQ(test, strlen(got), 69ul);
	KUNIT_EXPECT_EQ(test, (u8)got[70], 0xff);
	KUNIT_EXPECT_EQ(test, CALL(probe_read_kernel_str, P(got), 1, P(end - 150), 0, 0), 1ll);
	KUNIT_EXPECT_EQ(test, got[0], 0);
	/* Not terminated before the guard page. */
	end[-1] = 'x';
	memset(got, 0xff, sizeof(got));
	KUNIT_EXPECT_EQ(test, CALL(probe_read_kernel_str, P(got), 180, P(end - 100), 0, 0),
			(s64)-EFAULT);
	KUNIT_EXPECT_NULL(test, memchr_inv(got, 0, 180));
	vfree(pages);
}

struct format_case {
	const char *format;
	u64 args[3];
	const char *text;	/* NULL: refused */
};

static const struct format_case format_cases[] = {
	{ "", {}, "" },
	{ "plain\n", {}, "plain\n" },
	{ "%d %i %u", { ~0ull, 0x100000005ull, ~0ull }, "-1 5 4294967295" },
	{ "%x %ld %li", { 0xabcdefull << 32 | 0xface, ~0ull, 1ull << 40 }, "face -1 1099511627776" },
	{ "%lu %lx %lld", { ~0ull, ~0ull, ~1ull }, "18446744073709551615 ffffffffffffffff -2" },
	{ "%llu%%%llx", { 7, 0xbeef }, "7%beef" },
	{ "%c%c%c", { 'a', 'b', 'c' }, "abc" },
	{ "%d,%d,%d%%", { 1, 2, 3 }, "1,2,3%" },
	{ "%s", { 0 }, "" },
	{ "%s|", { 1ull << 62 }, "|" },
	{ "%5d|%-5d|%05d", { 42, -42, 42 }, "   42|-42  |00042" },
	{ "%+d|% d|%X", { 42, 42, 0xbeef }, "+42| 42|BEEF" },
	{ "%3c|%-3c|", { 'a', 'b' }, "  a|b  |" },
	{ "%5s|%-5s|", { 0, 0 }, "     |     |" },
	{ "%i|%lx|%s", { ~0ull, 16, 0 }, "-1|10|" },
	{ "%64d", {}, NULL },
	{ "%pd", {}, NULL },
	{ "%5p", {}, NULL },
	{ "%5%", {}, NULL },
	{ "%psx", {}, NULL },
	{ "%pI5", {}, NULL },
	{ "%d %d %d %d", {}, NULL },
	{ "%", {}, NULL },
	{ "%l", {}, NULL },
	{ "%llld", {}, NULL },
	{ "%n", {}, NULL },
	{ "%hd", {}, NULL },
	{ "%ls", {}, NULL },
	{ "%px", {}, NULL },
	{ "%pS %ps", { 0 }, "0x0 0x0" },
	{ "%f", {}, NULL },
	{ "%*d", {}, NULL },
	{ "bell\a", {}, NULL },
	{ "\xc3\xa4", {}, NULL },
};

static void trace_format_writes_what_it_knows(struct kunit *test)
{
	const struct format_case *c;
	char out[64];
	u32 i;
	int len;

	for (i = 0; i < ARRAY_SIZE(format_cases); i++) {
		c = &format_cases[i];
		len = trace_format(out, sizeof(out), c->format, strlen(c->format) + 1, c->args, 3);
		if (!c->text) {
			KUNIT_EXPECT_EQ_MSG(test, len, -EINVAL, "%s", c->format);
			continue;
		}
		KUNIT_EXPECT_EQ_MSG(test, len, (int)strlen(c->text), "%s", c->format);
		KUNIT_EXPECT_STREQ(test, out, c->text);
	}
}

static void trace_format_keeps_to_its_buffer(struct kunit *test)
{
	const u64 args[3] = { P("a string that is longer than what is there for it"), 1234567, 5 };
	const u64 numbers[3] = { 1234567, 5, 0 };
	char out[24];
	u32 bytes;
	int len;

	for (bytes = 1; bytes <= 16; bytes++) {
		memset(out, 0x7f, sizeof(out));
		len = trace_format(out, bytes, "<%s> %d", 8, args, 3);
		KUNIT_EXPECT_EQ(test, len, 59);
		KUNIT_EXPECT_EQ(test, out[bytes - 1], 0);
		KUNIT_EXPECT_NULL(test, memchr_inv(out + bytes, 0x7f, sizeof(out) - bytes));
	}
	len = trace_format(out, 7, "%d%d%d", 7, numbers, 3);
	KUNIT_EXPECT_EQ(test, len, 9);
	/* Not terminated within what it is said to be. */
	KUNIT_EXPECT_EQ(test, trace_format(out, 24, "%d", 2, args, 3), -EINVAL);
	/* A pointer is hashed. */
	len = trace_format(out, 24, "%p", 3, args, 3);
	KUNIT_EXPECT_GT(test, len, 0);
	KUNIT_EXPECT_NULL(test, strstr(out, "ffff8"));
}

static void trace_printk_returns_the_length(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, CALL(trace_printk, P("kunit %d %s\n"), 13, 42, P("text"), 0), 14ll);
	KUNIT_EXPECT_EQ(test, CALL(trace_printk, P("%q"), 3, 0, 0, 0), (s64)-EINVAL);
	KUNIT_EXPECT_EQ(test, CALL(trace_printk, P("x"), 0, 0, 0, 0), (s64)-EINVAL);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(table_has_every_helper),
	KUNIT_CASE(map_helpers_reach_the_map),
	KUNIT_CASE(ringbuf_helpers_produce),
	KUNIT_CASE(dynptrs_end_where_they_end),
	KUNIT_CASE(task_helpers_name_the_current_task),
	KUNIT_CASE(time_helpers_go_forward),
	KUNIT_CASE(probe_read_survives_everything),
	KUNIT_CASE(probe_read_reads_the_user),
	KUNIT_CASE(probe_read_str_stops_at_the_end),
	KUNIT_CASE(trace_format_writes_what_it_knows),
	KUNIT_CASE(trace_format_keeps_to_its_buffer),
	KUNIT_CASE(trace_printk_returns_the_length),
	{}
};

struct kunit_suite kunit_helper_suite = {
	.name = "helper",
	.test_cases = cases,
};
