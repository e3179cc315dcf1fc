/* SPDX-License-Identifier: GPL-2.0-only */
/* The names of machine code, for profilers: a file in debugfs. */
#ifndef MODBPF_MODULE_SYMBOLS_H
#define MODBPF_MODULE_SYMBOLS_H

/* Process context; sleep. Nothing fails without debugfs. */
void symbols_init(void);
/* Before the programs go; waits for who reads. */
void symbols_exit(void);

#endif
