// SPDX-License-Identifier: GPL-2.0-only
/* What user space sees of an ARRAY and a RINGBUF when it maps them, and what it may do there. */
#include <linux/anon_inodes.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/uaccess.h>

#include "isa/bind.h"
#include "module/map/ringbuf.h"
#include "tests/kunit/map_fixture.h"
#include "tests/kunit/user_memory.h"

/* The type's part of mmap alone: what a map's descriptor adds is tested elsewhere. */
static int mmap_map(struct file *file, struct vm_area_struct *vma)
{
	struct modbpf_map *map = file->private_data;

	return map->ops->mmap(map, vma);
}

static const struct file_operations mmap_fops = {
	.owner = THIS_MODULE,
	.mmap = mmap_map,
};

static struct file *open_map(struct kunit *test, struct modbpf_map *map)
{
	struct file *file = anon_inode_getfile("kunit-map", &mmap_fops, map, O_RDWR);

	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	return file;
}

/* The address, or a negative errno. */
static long map_pages(struct file *file, u32 first, u32 cnt, unsigned long prot)
{
	return vm_mmap(file, 0, cnt * PAGE_SIZE, prot, MAP_SHARED, first * PAGE_SIZE);
}

static bool may_become_writable(unsigned long at)
{
	struct vm_area_struct *vma;
	bool may;

	mmap_read_lock(current->mm);
	vma = find_vma(current->mm, at);
	may = !vma || (vma->vm_flags & VM_MAYWRITE);
	mmap_read_unlock(current->mm);
	return may;
}

static u64 user_read(unsigned long at)
{
	u64 value = ~0ull;

	return copy_from_user(&value, (void __user *)at, 8) ? ~0ull : value;
}

static bool user_write(unsigned long at, u64 value)
{
	return !copy_to_user((void __user *)at, &value, 8);
}

static void array_is_mapped(struct kunit *test)
{
	struct modbpf_map *map = map_fixture_make(test, (struct map_attr)
						  MAP_PARAMS(ARRAY, 4, 8, 1000, MODBPF_F_MMAPABLE));
	struct file *file = open_map(test, map);
	struct user_memory mem;
	u64 value = 77, got;
	u32 key = 513;
	long at;

	user_memory_begin(test, &mem, PAGE_SIZE);
	at = map_pages(file, 0, 2, PROT_READ | PROT_WRITE);
	KUNIT_ASSERT_GT(test, at, 0l);
	KUNIT_EXPECT_EQ(test, map_fixture_update(map, &key, &value, MODBPF_ANY), 0);
	KUNIT_EXPECT_EQ(test, user_read(at + 513 * 8), 77ull);
	KUNIT_EXPECT_TRUE(test, user_write(at + 513 * 8, 78));
	KUNIT_EXPECT_EQ(test, map->ops->sys_lookup(map, &key, &got, 0), 0);
	KUNIT_EXPECT_EQ(test, got, 78ull);
	/* Behind the values the last page is zero. */
	KUNIT_EXPECT_EQ(test, user_read(at + 1000 * 8), 0ull);
	vm_munmap(at, 2 * PAGE_SIZE);
	at = map_pages(file, 1, 1, PROT_READ);
	KUNIT_ASSERT_GT(test, at, 0l);
	KUNIT_EXPECT_EQ(test, user_read(at + 8), 78ull);
	vm_munmap(at, PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, map_pages(file, 0, 3, PROT_READ), (long)-EINVAL);
	KUNIT_EXPECT_EQ(test, map_pages(file, 2, 1, PROT_READ), (long)-EINVAL);
	KUNIT_EXPECT_EQ(test, map_pages(file, 1u << 20, 1, PROT_READ), (long)-EINVAL);
	user_memory_end(&mem);
	fput(file);
	flush_delayed_fput();
	map_fixture_free(map);
}

static void array_is_not_mapped_unless_asked(struct kunit *test)
{
	struct modbpf_map *map = map_fixture_make(test, (struct map_attr)
						  MAP_PARAMS(ARRAY, 4, 8, 1000, 0));
	struct file *file = open_map(test, map);
	struct user_memory mem;

	user_memory_begin(test, &mem, PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, map_pages(file, 0, 1, PROT_READ), (long)-EINVAL);
	user_memory_end(&mem);
	fput(file);
	flush_delayed_fput();
	map_fixture_free(map);
}

/* Two pages of data: consumer, producer, 0, 1, 0, 1. */
static void check_ringbuf_rights(struct kunit *test, struct file *file)
{
	const unsigned long rw = PROT_READ | PROT_WRITE;
	long at;

	KUNIT_EXPECT_EQ(test, map_pages(file, 0, 2, rw), (long)-EPERM);
	KUNIT_EXPECT_EQ(test, map_pages(file, 1, 1, rw), (long)-EPERM);
	KUNIT_EXPECT_EQ(test, map_pages(file, 2, 1, rw), (long)-EPERM);
	KUNIT_EXPECT_EQ(test, map_pages(file, 0, 6, rw), (long)-EPERM);
	KUNIT_EXPECT_EQ(test, map_pages(file, 0, 7, PROT_READ), (long)-EINVAL);
	KUNIT_EXPECT_EQ(test, map_pages(file, 1, 6, PROT_READ), (long)-EINVAL);
	KUNIT_EXPECT_EQ(test, map_pages(file, 7, 1, PROT_READ), (long)-EINVAL);
	at = map_pages(file, 1, 5, PROT_READ);
	KUNIT_ASSERT_GT(test, at, 0l);
	KUNIT_EXPECT_FALSE(test, may_become_writable(at));
	KUNIT_EXPECT_FALSE(test, user_write(at, 1));
	KUNIT_EXPECT_FALSE(test, user_write(at + PAGE_SIZE, 1));
	vm_munmap(at, 5 * PAGE_SIZE);
}

static void ringbuf_is_mapped_as_in_linux(struct kunit *test)
{
	struct modbpf_map *map = map_fixture_make(test, (struct map_attr)
						  MAP_PARAMS(RINGBUF, 0, 0, 2 * PAGE_SIZE, 0));
	struct file *file = open_map(test, map);
	struct user_memory mem;
	long consumer, ro;
	u64 *record;

	user_memory_begin(test, &mem, PAGE_SIZE);
	check_ringbuf_rights(test, file);
	consumer = map_pages(file, 0, 1, PROT_READ | PROT_WRITE);
	ro = map_pages(file, 1, 5, PROT_READ);
	KUNIT_ASSERT_TRUE(test, consumer > 0 && ro > 0);
	record = ringbuf_reserve(map, 8);
	KUNIT_ASSERT_NOT_NULL(test, record);
	*record = 0x1234;
	KUNIT_EXPECT_EQ(test, user_read(ro), 16ull);
	KUNIT_EXPECT_EQ(test, (u32)user_read(ro + PAGE_SIZE), 8 | 1u << 31);
	ringbuf_commit(record, 0, false);
	KUNIT_EXPECT_EQ(test, (u32)user_read(ro + PAGE_SIZE), 8u);
	KUNIT_EXPECT_EQ(test, user_read(ro + PAGE_SIZE + 8), 0x1234ull);
	/* The data once more, behind themselves. */
	KUNIT_EXPECT_EQ(test, user_read(ro + 3 * PAGE_SIZE + 8), 0x1234ull);
	KUNIT_EXPECT_EQ(test, ringbuf_query(map, RINGBUF_AVAIL_DATA), 16ull);
	KUNIT_EXPECT_TRUE(test, user_write(consumer, 16));
	KUNIT_EXPECT_EQ(test, ringbuf_query(map, RINGBUF_CONS_POS), 16ull);
	KUNIT_EXPECT_EQ(test, ringbuf_query(map, RINGBUF_AVAIL_DATA), 0ull);
	vm_munmap(consumer, PAGE_SIZE);
	vm_munmap(ro, 5 * PAGE_SIZE);
	user_memory_end(&mem);
	fput(file);
	flush_delayed_fput();
	map_fixture_free(map);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(array_is_mapped),
	KUNIT_CASE(array_is_not_mapped_unless_asked),
	KUNIT_CASE(ringbuf_is_mapped_as_in_linux),
	{}
};

struct kunit_suite kunit_map_mmap_suite = {
	.name = "map_mmap",
	.test_cases = cases,
};
