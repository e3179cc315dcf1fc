/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * modbpffs: programs, maps and links that have a name in a file system live on
 * when the last fd is closed, until the name is unlinked or the file system is
 * unmounted. `mount -t modbpffs none DIR`, options mode=, uid=, gid= for its root.
 */
#ifndef MODBPF_MODULE_PIN_H
#define MODBPF_MODULE_PIN_H

/* Register and unregister the file system's type. Where that fails the kernel's log says so. Sleep. */
void pin_init(void);
void pin_exit(void);

#endif
