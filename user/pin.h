/* SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause */
/* How does an object get a name in a file system, and live on when its fds are closed? */
#ifndef MODBPF_USER_PIN_H
#define MODBPF_USER_PIN_H

#include "user/args.h"

struct ref_kind;

/*
 * Pin @fd at @path. An empty directory that is no modbpffs becomes one: it is mounted
 * there, readable by root only. 0, or -1 after out_error().
 */
int pin_fd(int fd, const char *path);

/* The command "pin OBJECT FILE" of a kind. 0, or -1 after out_error(). */
int pin_object(const struct ref_kind *kind, struct args *args);

#endif
