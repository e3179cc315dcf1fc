/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A program's tag: the first eight bytes of the SHA-1 of its instructions, as
 * Linux shows it. It names a program by what it does: map fds do not count, so
 * that the tag stays the same from one load to the next.
 */
#ifndef MODBPF_ISA_TAG_H
#define MODBPF_ISA_TAG_H

#include "isa/insn.h"

#define MODBPF_TAG_BYTES 8
#define MODBPF_SHA1_BYTES 20

/* @insns: as user space gave them, before modbpf_insns_bind_maps(). */
void modbpf_prog_tag(const struct modbpf_insn *insns, u32 insn_cnt,
		     u8 tag[MODBPF_TAG_BYTES]);

/* FIPS 180-4. Not for secrets. */
void modbpf_sha1(const u8 *data, size_t bytes, u8 digest[MODBPF_SHA1_BYTES]);

#endif
