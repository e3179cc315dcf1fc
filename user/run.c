// SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause
/*
 * modbpf run: a program made for the kernel's eBPF, unchanged, on the module. Its
 * library's system calls are redirected by an object that is loaded before (preload.c),
 * and the module's file system is at /sys/fs/bpf for it and its children alone.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/cli.h"
#include "user/libmodbpf.h"
#include "user/out.h"
#include "user/run_log.h"
#include "user/run_record.h"

#define PRELOAD "libmodbpf-preload.so"
#define LOG_FD_MIN 800

/* Beside the CLI, or where it is installed. */
static int find_preload(char *path)
{
	static const char *const places[] = { "", "../lib/" };
	char self[PATH_MAX - 64], *slash;
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	size_t i;

	if (len < 0)
		return out_error("/proc/self/exe: %s", error_text(errno));
	self[len] = 0;
	slash = strrchr(self, '/');
	if (slash)
		slash[1] = 0;
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(path, PATH_MAX, "%s%s" PRELOAD, self, places[i]);
		if (!access(path, R_OK))
			return 0;
	}
	return out_error(PRELOAD " is not beside modbpf, nor in ../lib: install it");
}

/* Where execvp() would find it; as it is, if nowhere: then execvp() says why. */
static void find_command(const char *name, char *path)
{
	const char *dir = getenv("PATH"), *end;

	snprintf(path, PATH_MAX, "%s", name);
	if (strchr(name, '/') || !dir)
		return;
	for (; *dir; dir = *end ? end + 1 : end) {
		end = strchrnul(dir, ':');
		snprintf(path, PATH_MAX, "%.*s/%s", (int)(end - dir), dir, name);
		if (!access(path, X_OK))
			return;
	}
	snprintf(path, PATH_MAX, "%s", name);
}

/* An ELF file that asks for no loader loads no library either. */
static bool is_static(int fd)
{
	Elf64_Ehdr header;
	Elf64_Phdr part;
	int i;

	if (pread(fd, &header, sizeof(header), 0) != sizeof(header) ||
	    memcmp(header.e_ident, ELFMAG, SELFMAG) || header.e_phentsize != sizeof(part))
		return false;
	for (i = 0; i < header.e_phnum; i++) {
		if (pread(fd, &part, sizeof(part), header.e_phoff + i * sizeof(part)) !=
		    sizeof(part) || part.p_type == PT_INTERP)
			return false;
	}
	return true;
}

/* What cannot be redirected would run on the kernel's own eBPF: say so, do not start it. */
static int check_command_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err = 0;
	struct stat about;

	if (fd < 0)
		return 0;	/* execvp() says it better */
	if (is_static(fd))
		err = out_error("'%s' is linked statically: its system calls cannot be redirected", path);
	else if (!fstat(fd, &about) && about.st_mode & (S_ISUID | S_ISGID))
		err = out_error("'%s' is set-user-id: nothing can be loaded into it", path);
	close(fd);
	return err;
}

/* An entry of @old, which is hidden by now, below /sys/fs again. */
static int show_entry(int old, const char *name)
{
	char from[PATH_MAX], to[PATH_MAX];

	snprintf(from, sizeof(from), "/proc/self/fd/%d/%s", old, name);
	snprintf(to, sizeof(to), "/sys/fs/%s", name);
	return mkdir(to, 0755) || mount(from, to, NULL, MS_BIND | MS_REC, NULL) ? -1 : 0;
}

/*
 * A kernel without eBPF has no /sys/fs/bpf, and in sysfs nobody else makes one: another
 * /sys/fs takes its place, with the same entries (folders, all of them) and that one.
 */
static int make_place(void)
{
	DIR *old = opendir("/sys/fs");
	struct dirent *entry;
	int err;

	if (!old)
		return -1;
	err = mount("none", "/sys/fs", "tmpfs", 0, "mode=755");
	while (!err && (entry = readdir(old)))
		if (entry->d_name[0] != '.')
			err = show_entry(dirfd(old), entry->d_name);
	closedir(old);
	return err ?: mkdir("/sys/fs/bpf", 0700);
}

static int show_files(void)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL))
		return out_error("a mount namespace: %s", error_text(errno));
	if (access("/sys/fs/bpf", F_OK) && make_place())
		return out_error("a place for /sys/fs/bpf: %s", error_text(errno));
	if (mount("none", "/sys/fs/bpf", "modbpffs", 0, NULL))
		return out_error("modbpffs at /sys/fs/bpf: %s", error_text(errno));
	return 0;
}

static int preload(const char *path)
{
	const char *before = getenv("LD_PRELOAD");
	char value[2 * PATH_MAX];

	snprintf(value, sizeof(value), "%s%s%s", path, before ? ":" : "", before ? before : "");
	return setenv("LD_PRELOAD", value, 1) ? out_error("no memory") : 0;
}

/* The words are main()'s, a NULL follows the last one. Returns if it cannot be started. */
static int start(const char *path, char **words)
{
	execv(path, words);
	return out_error("'%s': %s", words[0], error_text(errno));
}

/* A high number, as the device has; its number goes to the command in the environment. */
static int open_log(int *reads, int *writes)
{
	char number[16];
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return out_error("a pipe: %s", error_text(errno));
	*reads = ends[0];
	*writes = fcntl(ends[1], F_DUPFD, LOG_FD_MIN);
	close(ends[1]);
	if (*writes < 0)
		return out_error("a descriptor from %d on: %s", LOG_FD_MIN, error_text(errno));
	snprintf(number, sizeof(number), "%d", *writes);
	return setenv(RUN_LOG_VARIABLE, number, 1) ? out_error("no memory") : 0;
}

/* Signals from the terminal are the command's; its status is ours. */
static int run_logged(const char *path, char **words)
{
	int reads = -1, writes = -1, status = 0;
	unsigned long cnt;
	pid_t child;

	if (open_log(&reads, &writes))
		return -1;
	child = fork();
	if (child < 0)
		return out_error("fork: %s", error_text(errno));
	if (!child)
		_exit(start(path, words) ? 127 : 0);
	close(writes);
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	cnt = run_log_print(reads);
	waitpid(child, &status, 0);
	if (cnt)
		fprintf(stderr, "%lu calls went to the module\n", cnt);
	else
		fprintf(stderr, "No call went to the module: is '%s', or what it starts, linked statically, or "
			"does its library make system calls of its own (Go does)?\n", words[0]);
	exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

int run_command(struct args *args)
{
	char path[PATH_MAX], object[PATH_MAX];
	bool is_logged = args->cnt && !strcmp(args->word[0], "--log");

	if (is_logged)
		args_next(args);

	if (args->cnt && !strcmp(args->word[0], "--"))
		args_next(args);
	if (!args->cnt)
		return out_error("a command is missing: modbpf run [--log] CMD [ARGS]");
	if (modbpf_device() < 0)
		return out_error("%s", modbpf_device_error(errno));
	find_command(args->word[0], path);
	if (find_preload(object) || check_command_file(path) || show_files() || preload(object))
		return -1;
	return is_logged ? run_logged(path, args->word) : start(path, args->word);
}
