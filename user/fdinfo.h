/* SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause */
/* What does /proc/self/fdinfo tell of a map, a program or a link? */
#ifndef MODBPF_USER_FDINFO_H
#define MODBPF_USER_FDINFO_H

#include <stdint.h>

/* The number behind "@key:", 0 if there is none. */
uint64_t fdinfo_number(int fd, const char *key);

#endif
