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
#include <sys/socket.h>
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

/* LD_PRELOAD is a list. */
static int check_place(const char *path)
{
	if (!path[strcspn(path, ": \t\n\v\f\r")])
		return 0;
	return out_error("'%s' cannot be preloaded, for its path has a blank or a colon in it: install it elsewhere",
			 path);
}

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
			return check_place(path);
	}
	return out_error(PRELOAD " is not beside modbpf, nor in ../lib: install it");
}

/* What may be executed: 0, or the errno that says why not. */
static int why_not(const char *path)
{
	struct stat about;

	if (stat(path, &about))
		return errno;
	return S_ISREG(about.st_mode) && !access(path, X_OK) ? 0 : EACCES;
}

/* In a folder of PATH; an empty one is the current folder. Returns an errno. */
static int find_in_path(const char *name, char *path)
{
	const char *dir = getenv("PATH") ?: "/bin:/usr/bin", *end;
	int len, err, why = ENOENT;

	for (;; dir = end + 1) {
		end = strchrnul(dir, ':');
		len = end > dir ? snprintf(path, PATH_MAX, "%.*s/%s", (int)(end - dir), dir, name) :
				  snprintf(path, PATH_MAX, "./%s", name);
		err = len < PATH_MAX ? why_not(path) : ENAMETOOLONG;
		if (!err)
			return 0;
		if (err == EACCES)
			why = err;	/* it is somewhere, that says more than that it is nowhere */
		if (!*end)
			return why;
	}
}

/* Where execvp() would find it. What is nowhere in PATH is not taken from the current folder. */
static int find_command(const char *name, char *path)
{
	int err;

	if (!*name) {
		err = ENOENT;
	} else if (!strchr(name, '/')) {
		err = find_in_path(name, path);
	} else {
		err = strlen(name) < PATH_MAX ? 0 : ENAMETOOLONG;
		if (!err)
			err = why_not(strcpy(path, name));
	}
	return err ? out_error("'%s': %s", name, error_text(err)) : 0;
}

/* A header of another class is shorter: what is missing in @header stays zero. */
static bool read_elf(int fd, Elf64_Ehdr *header)
{
	memset(header, 0, sizeof(*header));
	return pread(fd, header, sizeof(*header), 0) >= EI_NIDENT && !memcmp(header->e_ident, ELFMAG, SELFMAG);
}

/* The preloaded object is of this kind; the loader leaves it out of others, and starts them all the same. */
static bool is_foreign(const Elf64_Ehdr *header)
{
	return header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB ||
	       header->e_machine != EM_X86_64;
}

/* An ELF file that asks for no loader loads no library either. */
static bool is_static(int fd, const Elf64_Ehdr *header)
{
	Elf64_Phdr part;
	int i;

	if (header->e_phentsize != sizeof(part))
		return false;
	for (i = 0; i < header->e_phnum; i++) {
		if (pread(fd, &part, sizeof(part), header->e_phoff + i * sizeof(part)) !=
		    sizeof(part) || part.p_type == PT_INTERP)
			return false;
	}
	return true;
}

/* Only that takes LD_PRELOAD away: who has these ids already is loaded into as everybody is. */
static bool changes_user(const struct stat *about)
{
	const mode_t group = S_ISGID | S_IXGRP;

	return (about->st_mode & S_ISUID && about->st_uid != getuid()) ||
	       ((about->st_mode & group) == group && about->st_gid != getgid());
}

/* What cannot be redirected would run on the kernel's own eBPF: say so, do not start it. */
static int check_command_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err = 0;
	struct stat about;
	Elf64_Ehdr header;
	bool is_elf;

	if (fd < 0)
		return 0;	/* who may execute it need not be allowed to read it */
	is_elf = read_elf(fd, &header);
	if (is_elf && is_foreign(&header))
		err = out_error("'%s' is not a program for 64-bit x86: its system calls cannot be redirected", path);
	else if (is_elf && is_static(fd, &header))
		err = out_error("'%s' is linked statically: its system calls cannot be redirected", path);
	else if (!fstat(fd, &about) && changes_user(&about))
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

/* As a program meets it least; low, if so many are not allowed. */
static int keep_high(int fd)
{
	int high = fcntl(fd, F_DUPFD, LOG_FD_MIN);

	return high < 0 && errno == EINVAL ? fcntl(fd, F_DUPFD, 3) : high;
}

/*
 * The command finds its end by number, and by inode: it may have closed it, and opened something
 * else under that number.
 */
static int tell_log(int fd)
{
	struct stat about;
	char text[48];

	if (fstat(fd, &about))
		return out_error("a socket: %s", error_text(errno));
	snprintf(text, sizeof(text), "%d:%llu", fd, (unsigned long long)about.st_ino);
	return setenv(RUN_LOG_VARIABLE, text, 1) ? out_error("no memory") : 0;
}

/* Not a pipe: messages keep apart what a program writes by mistake, and who is left alone gets no signal. */
static int open_log(int *reads, int *writes)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return out_error("a socket: %s", error_text(errno));
	*reads = ends[0];
	*writes = keep_high(ends[1]);
	close(ends[1]);
	if (*writes < 0)
		return out_error("a descriptor: %s", error_text(errno));
	return tell_log(*writes);
}

/* It says itself why it cannot be started; @failed, which a start closes, says that it could not. */
static void start_child(const char *path, char **words, int failed)
{
	start(path, words);
	_exit(write(failed, "", 1) == 1 ? 127 : 126);
}

static pid_t fork_command(const char *path, char **words, int *failed)
{
	int ends[2];
	pid_t child;

	if (pipe2(ends, O_CLOEXEC))
		return out_error("a pipe: %s", error_text(errno));
	child = fork();
	if (!child)
		start_child(path, words, ends[1]);
	close(ends[1]);
	*failed = ends[0];
	return child < 0 ? out_error("fork: %s", error_text(errno)) : child;
}

static void print_sum(unsigned long cnt, const char *name)
{
	if (cnt)
		fprintf(stderr, "%lu calls went to the module\n", cnt);
	else
		fprintf(stderr, "No call went to the module: is '%s', or what it starts, linked statically, or "
			"does its library make system calls of its own (Go does)?\n", name);
}

/* Signals from the terminal are the command's; its status is ours. */
static int run_logged(const char *path, char **words)
{
	int reads = -1, writes = -1, failed = -1, status = 0;
	unsigned long cnt;
	pid_t child;
	char byte;

	if (open_log(&reads, &writes))
		return -1;
	child = fork_command(path, words, &failed);
	if (child < 0)
		return -1;
	close(writes);
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	cnt = run_log_print(reads);
	waitpid(child, &status, 0);
	if (read(failed, &byte, 1) == 1)
		return -1;
	print_sum(cnt, words[0]);
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
	if (find_command(args->word[0], path) || check_command_file(path))
		return -1;
	if (modbpf_device() < 0)
		return out_error("%s", modbpf_device_error(errno));
	if (find_preload(object) || make_view(options.types) || preload(object))
		return -1;
	return options.is_logged ? run_logged(path, args->word) : start(path, args->word);
}
