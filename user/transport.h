/* SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause */
/* What the parts of libmodbpf share: the place of a link that is being made. */
#ifndef MODBPF_USER_TRANSPORT_H
#define MODBPF_USER_TRANSPORT_H

struct modbpf_place;

/* While set, a BPF_LINK_CREATE of this thread goes to netfilter, there. */
extern __thread const struct modbpf_place *transport_place;

#endif
