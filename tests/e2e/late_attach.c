// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does what is being attached while the kill switch is used escape it? LINK_CREATE reads the
 * names of its functions from a page that is not there yet: userfaultfd(2) holds it there
 * until the switch has been used. Then the link must fail, and the next one must not.
 */
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "isa/abi.h"
#include "tests/e2e/abi.h"

#define PAGE 4096

static char *page;	/* where the pointers to names are to be */
static int prog;

static long attach(void)
{
	union modbpf_attr attr = {};

	attr.link_create.prog_fd = prog;
	attr.link_create.attach_type = MODBPF_ATTACH_KPROBE_MULTI;
	attr.link_create.kprobe_multi.cnt = 1;
	attr.link_create.kprobe_multi.syms = addr(page);
	return call(MODBPF_CMD_LINK_CREATE, &attr, sizeof(attr));
}

static void *attach_late(void *result)
{
	*(long *)result = attach();
	return NULL;
}

static int watch_page(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	range.range.start = addr(page);
	range.range.len = PAGE;
	if (fd < 0 || page == MAP_FAILED || ioctl(fd, UFFDIO_API, &api) ||
	    ioctl(fd, UFFDIO_REGISTER, &range)) {
		perror("userfaultfd");
		exit(1);
	}
	return fd;
}

static void put_page(int fd)
{
	static char bytes[PAGE] __attribute__((aligned(PAGE)));
	struct uffdio_copy copy = { .dst = addr(page), .src = addr(bytes), .len = PAGE };

	*(const char **)bytes = "__x64_sys_umask";
	want("the page comes", ioctl(fd, UFFDIO_COPY, &copy), 0);
}

static void detach_all(void)
{
	int fd = open("/sys/module/modbpf/parameters/detach_all", O_WRONLY);

	want("the kill switch", write(fd, "1", 1), 1);
	close(fd);
}

int main(void)
{
	struct modbpf_link_info info = {};
	__u32 len = sizeof(info);
	struct uffd_msg fault;
	pthread_t thread;
	long result = 0;
	int fd, link;

	device = open(MODBPF_DEVICE, O_RDWR | O_CLOEXEC);
	prog = want_fd("a program", load_trivial(MODBPF_PROG_KPROBE));
	fd = watch_page();
	pthread_create(&thread, NULL, attach_late, &result);
	want("a link is being made", read(fd, &fault, sizeof(fault)), sizeof(fault));
	detach_all();
	put_page(fd);
	pthread_join(thread, NULL);
	want("it does not come", result, -ECANCELED);
	link = want_fd("the next one does", attach());
	want("its information", info_of(link, &info, &len), 0);
	want("it lives", info.is_dead, 0);
	detach_all();
	info = (struct modbpf_link_info){};
	want("its information", info_of(link, &info, &len), 0);
	want("it is dead, at once", info.is_dead, 1);
	return finish("late_attach");
}
