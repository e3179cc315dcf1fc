// SPDX-License-Identifier: GPL-2.0-only
/*
 * Do programs hang on what modules have, typed by the modules' own BTF, and hold the modules?
 * libbpf finds the BTF by its id. "typed_module OBJECT FOLDER": dummy0 is up and has a
 * neighbour 10.99.0.2, and the folder is on 9p.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/statfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/e2e/abi.h"
#include "tests/e2e/events.h"
#include "tests/e2e/numbers.h"

#define PACKETS 200
#define PAYLOAD 100
#define HEADERS (14 + 20 + 8)	/* Ethernet, IPv4, UDP */
#define STATFS 30
#define FILE_BYTES (1 << 20)

static void send_packets(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9) };
	static const char payload[PAYLOAD];
	int fd = socket(AF_INET, SOCK_DGRAM, 0), i;

	inet_pton(AF_INET, "10.99.0.2", &to.sin_addr);
	for (i = 0; i < PACKETS; i++)
		sendto(fd, payload, sizeof(payload), 0, (void *)&to, sizeof(to));
	close(fd);
}

/* An fd of the kernel's BTF of that name, or -ENOENT. */
static long kernel_btf(const char *wanted, struct modbpf_btf_info *info)
{
	union modbpf_attr attr = {};
	static char name[64];
	__u32 len;
	int fd;

	for (;;) {
		attr.next_id = 0;
		if (call(MODBPF_CMD_BTF_GET_NEXT_ID, &attr, sizeof(attr)))
			return -ENOENT;
		attr.start_id = attr.next_id;
		fd = bpf_btf_get_fd_by_id(attr.next_id);
		memset(info, 0, sizeof(*info));
		info->name = addr(name);
		info->name_len = sizeof(name);
		len = sizeof(*info);
		if (fd >= 0 && !info_of(fd, info, &len) && info->kernel_btf && !strcmp(name, wanted))
			return fd;
		close(fd);
	}
}

static char in_file[FILE_BYTES], in_object[FILE_BYTES];

static void test_object(int fd)
{
	FILE *file = fopen("/sys/kernel/btf/dummy", "r");
	size_t bytes = file ? fread(in_file, 1, sizeof(in_file), file) : 0;
	struct modbpf_btf_info info = { .btf = addr(in_object), .btf_size = sizeof(in_object) };
	union modbpf_attr map = map_attr(BPF_MAP_TYPE_ARRAY, 4, 8, 1);
	char name[4] = "";
	__u32 len = sizeof(info);

	if (file)
		fclose(file);
	want("its information", info_of(fd, &info, &len), 0);
	want_that("its bytes are the kernel's file", bytes && bytes == info.btf_size &&
		  !memcmp(in_file, in_object, bytes));
	want("the length of its name", info.name_len, 5);
	info.btf_size = 8;
	info.btf = addr(in_object);
	memset(in_object, 0x55, 16);
	info.name = addr(name);
	info.name_len = sizeof(name);
	want("a name that does not fit", info_of(fd, &info, &len), -ENOSPC);
	want_that("is cut", !strcmp(name, "dum"));
	want("how many bytes there are", info.btf_size, bytes);
	want_that("those that fit", !memcmp(in_file, in_object, 8) && in_object[8] == 0x55);
	map.btf_fd = fd;
	map.btf_key_type_id = 1;
	map.btf_value_type_id = 1;
	want("it is for no map", call(MODBPF_CMD_MAP_CREATE, &map, sizeof(map)), -EACCES);
}

static int attached(const char *name)
{
	int prog = bpf_program__fd(bpf_object__find_program_by_name(object, name));

	return want_fd(name, bpf_raw_tracepoint_open(NULL, prog));
}

static void test_events(const char *folder, __u32 id)
{
	int entry = attached("on_xmit"), leave = attached("on_xmit_done");
	int request = attached("on_request"), i;
	struct modbpf_link_info info = {};
	__u32 len = sizeof(info);
	struct statfs fs;

	start();
	send_packets();
	want("packets", number(ENTRIES), PACKETS);
	want("their bytes", number(MASKS), PACKETS * (PAYLOAD + HEADERS));
	want("each is done with", number(RETURNS), PACKETS);
	want("without an error", number(RESULTS), 0);
	for (i = 0; i < STATFS; i++)
		statfs(folder, &fs);
	want("requests to the file system", number(FRAMES), STATFS);
	want("whose client is one", number(WRONG), 0);
	want("a link's information", info_of(entry, &info, &len), 0);
	want("its BTF", info.tracing.target_obj_id, id);
	close(entry);
	close(leave);
	close(request);
	send_packets();
	want("none after", number(ENTRIES) + number(RETURNS), 2 * PACKETS);
}

static long remove_dummy(void)
{
	return syscall(SYS_delete_module, "dummy", O_NONBLOCK) ? -errno : 0;
}

static long load_with(int btf, __u32 id)
{
	union modbpf_attr attr = load_attr(BPF_PROG_TYPE_TRACING, two_insns, 2);

	attr.expected_attach_type = BPF_TRACE_FENTRY;
	attr.attach_btf_id = id;
	attr.attach_btf_obj_fd = btf;
	return call(MODBPF_CMD_PROG_LOAD, &attr, sizeof(attr));
}

static pid_t fire(void)
{
	pid_t child = fork();

	if (child)
		return child;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* It holds no program. */
	close_range(3, ~0U, 0);
	for (;;)
		send_packets();
}

/* Others call the functions all the time: they hang on, and go, and the module goes at once. */
static void test_gone(int btf, __u32 func)
{
	int entry = attached("on_xmit"), leave = attached("on_xmit_done"), i;
	struct modbpf_btf_info info = {};
	__u32 len = sizeof(info);
	pid_t fires = fire();
	__u64 before = number(ENTRIES);

	for (i = 0; i < 1000 && number(ENTRIES) < before + PACKETS; i++)
		usleep(10000);
	want_that("others fire", i < 1000);
	want("its module is held", remove_dummy(), -EWOULDBLOCK);
	close(entry);
	close(leave);
	bpf_object__close(object);
	for (i = 0; i < 1000 && remove_dummy(); i++)
		usleep(10000);
	want_that("until the programs are gone", i < 1000);
	kill(fires, SIGKILL);
	waitpid(fires, NULL, 0);
	want("no more BTF of it", kernel_btf("dummy", &info), -ENOENT);
	memset(&info, 0, sizeof(info));
	want("nor behind an fd", info_of(btf, &info, &len), -ENOENT);
	want("for a module that is gone", load_with(btf, func), -EINVAL);
}

int main(int argc, char **argv)
{
	struct modbpf_btf_info info = {};
	struct bpf_prog_info prog = {};
	__u32 len = sizeof(prog), id;
	int btf, vmlinux;

	if (argc < 3)
		return 2;
	device = modbpf_device();
	vmlinux = want_fd("the kernel's BTF", kernel_btf("vmlinux", &info));
	btf = want_fd("a module's BTF", kernel_btf("dummy", &info));
	id = info.id;
	test_object(btf);
	if (!load(argv[1])) {
		printf("  the object is not loaded\n");
		return 1;
	}
	want("a program", bpf_obj_get_info_by_fd(bpf_program__fd(bpf_object__find_program_by_name(
			object, "on_xmit")), &prog, &len), 0);
	want("is for the module's", prog.attach_btf_obj_id, id);
	want("which the kernel has not", load_with(vmlinux, prog.attach_btf_id), -EINVAL);
	want("no BTF at all", load_with(device, prog.attach_btf_id), -EINVAL);
	test_events(argv[2], id);
	test_gone(btf, prog.attach_btf_id);
	return finish("typed_module");
}
