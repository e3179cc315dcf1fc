/* SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause */
/*
 * What the parts of libmodbpf share: the place of a link that is being made, and
 * who else answers or hears calls. The latter are for programs of one thread.
 */
#ifndef MODBPF_USER_TRANSPORT_H
#define MODBPF_USER_TRANSPORT_H

#include <stddef.h>

struct modbpf_place;

/* While set, a BPF_LINK_CREATE of this thread goes to netfilter, there. */
extern __thread const struct modbpf_place *transport_place;

/* Answers bpf(2) in the device's place: an fd, 0, or -errno. NULL: the device does. */
extern int (*transport_answer)(int cmd, const void *attr, size_t size);
/* Hears each bpf(2) before it is answered; NULL: nobody does. */
extern void (*transport_watch)(int cmd, const void *attr, size_t size);

#endif
