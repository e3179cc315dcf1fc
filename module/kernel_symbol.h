/* SPDX-License-Identifier: GPL-2.0-only */
/* Where is a symbol of the kernel's or of a module's? */
#ifndef MODBPF_MODULE_KERNEL_SYMBOL_H
#define MODBPF_MODULE_KERNEL_SYMBOL_H

#include <linux/types.h>

struct module;

/* Sleeps. On failure nothing is ever found. */
void kernel_symbol_init(void);
/*
 * The address of @name, "SYMBOL" or "MODULE:SYMBOL", the first one of that name; 0: there
 * is none, or it cannot be told. Process context.
 */
unsigned long kernel_symbol_addr(const char *name);
/*
 * Where ftrace has the entry of the function @name: a probe that is never enabled finds it, and knows what must
 * not be traced. 0 and *@ip; -ENOENT; -EINVAL. Sleeps.
 */
int kernel_symbol_entry(const char *name, unsigned long *ip);
/*
 * Calls @fn for each of the kernel's own symbols that are called @name, until one call
 * returns not 0. Not at all before Linux 6.1. Process context.
 */
void kernel_symbol_each(const char *name, int (*fn)(void *data, unsigned long addr), void *data);
/* The module of that name with a reference, if it is ready; or NULL. Process context. */
struct module *kernel_symbol_module(const char *name);
/* Is @addr a module's that is on its way out? Its notifier may have been called. Any context. */
bool kernel_symbol_is_going(unsigned long addr);

#endif
