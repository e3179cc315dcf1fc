/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The format of a helper that prints, as far as it is known before the program runs. */
#ifndef MODBPF_VERIFIER_FORMAT_H
#define MODBPF_VERIFIER_FORMAT_H

#include "verifier/conversion.h"
#include "verifier/step.h"

/*
 * Walks the conversions of the format at R@regno, from *@off (at first 0) on. False at its end:
 * then the kind is CONVERSION_UNKNOWN if it is one that is not known, or if the bytes are
 * not constants up to their NUL. The path relies on the bytes that were looked at.
 */
bool format_next(struct step *step, u32 regno, s32 *off, struct conversion *conversion);

/*
 * Is argument @arg (from 0) of the format at R@regno an address at which it reads, and
 * which it shows in no way? Only if all of the format is constant and known. R@regno has been
 * checked to be readable for the size that the helper is given; it prints nothing if
 * the NUL lies beyond.
 */
bool format_reads_at(struct step *step, u32 regno, u32 arg);

#endif
