/* SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause */
/* Prints the calls that "modbpf run --log" redirected. */
#ifndef MODBPF_USER_RUN_LOG_H
#define MODBPF_USER_RUN_LOG_H

/* Print each record that comes out of the socket @fd, to stderr, until nobody can write any more. Returns how many. */
unsigned long run_log_print(int fd);

#endif
