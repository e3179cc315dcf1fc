/* SPDX-License-Identifier: GPL-2.0-only */
/* The names of machine code, for profilers: a file in debugfs. */
#ifndef MODBPF_MODULE_SYMBOLS_H
#define MODBPF_MODULE_SYMBOLS_H

struct dentry;

/* Process context; sleeps. Nothing fails without debugfs. @dir goes before the programs do. */
void symbols_init(struct dentry *dir);

#endif
