/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Between scalar.c and scalar_branch.c: views that were narrowed by hand. */
#ifndef MODBPF_VERIFIER_SCALAR_SETTLE_H
#define MODBPF_VERIFIER_SCALAR_SETTLE_H

#include "verifier/scalar.h"

#define DOMAIN_HALF (DOMAIN_BITS / 2)

/* Let all views learn from each other. False: no number is left, *s is void. */
bool scalar_settle(struct scalar *s);

#endif
