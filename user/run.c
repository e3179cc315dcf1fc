// SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause
/*
 * modbpf run: a program made for the kernel's eBPF, unchanged, on the module. Its
 * library's system calls are redirected by an object that is loaded before (preload.c),
 * and it and its children have a view of /sys of their own (run_view.c).
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/btf_file.h"
#include "user/cli.h"
#include "user/libmodbpf.h"
#include "user/out.h"
#include "user/run_log.h"
#include "user/run_record.h"
#include "user/run_view.h"

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

struct run_options {
	const char *types;	/* the file; NULL: none was named */
	bool is_logged;
};

/* Up to the command, whose own options may look like ours. */
static int take_options(struct args *args, struct run_options *options)
{
	const char *word;

	while (args->cnt && args->word[0][0] == '-') {
		word = args_next(args);
		if (!strcmp(word, "--"))
			break;
		if (!strcmp(word, "--log")) {
			options->is_logged = true;
		} else if (!strcmp(word, "--btf")) {
			options->types = args_need(args, "the file behind '--btf'");
			if (!options->types)
				return -1;
		} else {
			return out_error("'%s' is no option of run, which has --log and --btf FILE", word);
		}
	}
	return args->cnt ? 0 : out_error("a command is missing: modbpf run [--log] [--btf FILE] CMD [ARGS]");
}

/*
 * What is in the file becomes the kernel's for the command, and for the module if it knows no
 * better: a run within a run sees others in /sys than the module does.
 */
static int make_view(const char *types)
{
	bool is_told = run_view_has_types();
	struct btf *btf = NULL;
	int err;

	if (types) {
		btf = btf_file_read(types);
		if (!btf)
			return -1;
	}
	err = run_view_make(btf);
	if (!err && btf && !is_told)
		err = btf_file_supply(types, btf);
	btf_file_free(btf);
	return err < 0 ? -1 : 0;
}

int run_command(struct args *args)
{
	char path[PATH_MAX], object[PATH_MAX];
	struct run_options options = {};

	if (take_options(args, &options))
		return -1;
	if (modbpf_device() < 0)
		return out_error("%s", modbpf_device_error(errno));
	find_command(args->word[0], path);
	if (find_preload(object) || check_command_file(path) || make_view(options.types) || preload(object))
		return -1;
	return options.is_logged ? run_logged(path, args->word) : start(path, args->word);
}
