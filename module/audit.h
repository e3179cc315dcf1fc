/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What goes to the kernel's audit log: loads, attachments, their ends, and what is denied,
 * with who runs. Nothing if the kernel does not audit, or if too much is said. Sleep.
 */
#ifndef MODBPF_MODULE_AUDIT_H
#define MODBPF_MODULE_AUDIT_H

#include <linux/types.h>

/* @op, a word, was done: to a program if it is "load", "set-bpf" or "unset-bpf", else to a link. */
void audit_say(const char *op, u32 id);
/* A link runs another program from now on. */
void audit_update(u32 link_id, u32 prog_id);
/* The kill switch was thrown. What it ends is told of besides, by workers. */
void audit_detach_all(void);
/* A command of enum modbpf_cmd was refused with -EPERM. */
void audit_denial(u32 cmd);
/* So was an ioctl of the device or of an event, whose number it is. */
void audit_denied_ioctl(u32 number);

#endif
