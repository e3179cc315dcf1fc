/* SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause */
/*
 * What is in an object file, and does it load? Whatever is wrong is said with
 * the file, the section and what was wanted.
 */
#ifndef MODBPF_USER_OBJECT_H
#define MODBPF_USER_OBJECT_H

#include <stdbool.h>

#define OBJECT_LOG_BYTES (16 << 20)	/* of which only what is written takes memory */

struct bpf_object;

/* Catch what libbpf says; with @all, print it too. Once, at the start. */
void object_catch_log(bool all);

/* The opened file, or NULL after out_error(). */
struct bpf_object *object_open(const char *path);
/*
 * Between the two, what libbpf makes of a damaged object, up to SIGSEGV, is an error that says so,
 * and status 255. For whoever calls bpf_object__load() himself: those here do it.
 */
void object_mistrust(const char *path);
void object_trust(void);
/*
 * Load it: all its programs, or that named @only. 0, or -1 after out_error(); the
 * end of the verifier's log goes before the error.
 */
int object_load(struct bpf_object *obj, const char *path, const char *only);

/*
 * Why libbpf failed with @err, when it was not for a program's log: its last
 * warning of substance, or the errno's text.
 */
const char *object_warning(int err);

/* 0, or -1 after out_error() with the reason. */
int need_device(void);

#endif
