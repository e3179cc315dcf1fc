/* SPDX-License-Identifier: GPL-2.0-only */
/* What is tried with each allocation failing: one row for each command and each way to attach. */
#ifndef MODBPF_TESTS_FAIL_FAIL_H
#define MODBPF_TESTS_FAIL_FAIL_H

#include <stdbool.h>
#include <stddef.h>

struct op {
	const char *name;	/* begins with the command's */
	void (*prepare)(void);	/* before each try, with nothing failing; NULL: nothing to do */
	int (*run)(void);	/* 0, an fd, or -errno */
	void (*undo)(int result);	/* after each try, whatever it gave; NULL: close the fd */
};

extern const struct op command_ops[], timer_ops[], attach_ops[];
extern const size_t command_op_cnt, timer_op_cnt, attach_op_cnt;

/* BTF of a function, __x64_sys_umask: an fd or -errno; in it are */
enum { UMASK_FUNC = 4, FILE_NAME = 23, LINE_TEXT = 27 };
int load_types(void);

/* An event that happens seldom, and a link of a program to it. */
int attach_event(void);
int attach_to_event(int event);

/* False, said: -errno instead of an fd. */
bool is_there(const char *what, int fd);

/* What the rows are tried on is there. @fd: the device; @pins: a folder of modbpffs. */
bool commands_begin(int fd, const char *pins);
void commands_end(void);
bool timers_begin(int fd);
void timers_end(void);
bool attach_begin(int fd);
void attach_end(void);

#endif
