/* SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause */
/* The objects of the CLI: one file each. Each returns 0, or -1 after out_error(). */
#ifndef MODBPF_USER_CLI_H
#define MODBPF_USER_CLI_H

#include <stdint.h>

#include "user/args.h"

struct bpf_object;
struct json_object;

int prog_command(struct args *args);
int map_command(struct args *args);
int link_command(struct args *args);
int btf_command(struct args *args);
int feature_command(struct args *args);
int load_command(struct args *args);
int filter_command(struct args *args);
/* Also 1: a program was rejected. */
int check_command(struct args *args);
/* Does not come back, but after an error. */
int run_command(struct args *args);
/* Also the word "help" behind each object. */
int help_command(struct args *args);

/* Set by Ctrl-C and SIGTERM once catch_end() was called; then commands that stay return. */
extern volatile int is_ended;
void catch_end(void);

/* How often -v was given: "check" prints logs. */
extern int verbosity;

/* What "prog show" says of one program: as text, or as a JSON object. */
int prog_print(int fd);
struct json_object *prog_json(int fd);

#endif
