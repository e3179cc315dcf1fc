/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The format of a helper that prints, as far as it is known before the program runs. */
#ifndef MODBPF_VERIFIER_FORMAT_H
#define MODBPF_VERIFIER_FORMAT_H

#include "verifier/step.h"

/*
 * Is argument @arg (from 0) of the format at R@regno printed as a string (%s), and as
 * nothing else? Only if each byte of the format up to its NUL is a constant; the path
 * then relies on those bytes. R@regno has been checked to be readable for
 * the size that the helper is given; it prints nothing if the NUL lies beyond.
 */
bool format_prints_string(struct step *step, u32 regno, u32 arg);

#endif
