/* SPDX-License-Identifier: GPL-2.0-only */
/* Where is a symbol of the kernel's or of a module's? */
#ifndef MODBPF_MODULE_KERNEL_SYMBOL_H
#define MODBPF_MODULE_KERNEL_SYMBOL_H

/* Sleeps. On failure nothing is ever found. */
void kernel_symbol_init(void);
/*
 * The address of @name, "SYMBOL" or "MODULE:SYMBOL", the first one of that name; 0: there
 * is none, or it cannot be told. Process context.
 */
unsigned long kernel_symbol_addr(const char *name);

#endif
