/* SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause */
/*
 * What is in an object file, and does it load? Whatever is wrong is said with
 * the file, the section and what was wanted.
 */
#ifndef MODBPF_USER_OBJECT_H
#define MODBPF_USER_OBJECT_H

#include <stdbool.h>

struct bpf_object;

/* Catch what libbpf says; with @all, print it too. Once, at the start. */
void object_catch_log(bool all);

/* The opened file, or NULL after out_error(). */
struct bpf_object *object_open(const char *path);
/*
 * Load it: all its programs, or that named @only. 0, or -1 after out_error(); the
 * end of the verifier's log goes before the error.
 */
int object_load(struct bpf_object *obj, const char *path, const char *only);

/* 0, or -1 after out_error() with the reason. */
int need_device(void);

#endif
