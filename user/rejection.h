/* SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause */
/* Why was a program rejected, and where? Read out of the verifier's log. */
#ifndef MODBPF_USER_REJECTION_H
#define MODBPF_USER_REJECTION_H

#include "user/source.h"

struct rejection {
	char reason[512];	/* empty: the log does not say */
	bool has_insn;
	uint32_t insn;
	char insn_text[128];	/* "(79) r0 = *(u64 *)(r0 +0)", or empty */
	char known[1024];	/* what was known there: registers and stack, or empty */
	char code[64];		/* stable name of the reason: docs/rejections.md; or empty */
	char needed[256];	/* what must hold, or empty */
	char hint[256];		/* what to change, or empty */
	bool has_source;
	struct source_line source;
};

/* @obj: whose program it is, for the source line; source_watch() was called before. */
void rejection_read(const char *log, const struct bpf_object *obj, struct rejection *out);

#endif
