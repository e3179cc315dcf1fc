/* SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause */
/* Why was a program rejected, where, and how did it come there? Read out of the verifier's log. */
#ifndef MODBPF_USER_REJECTION_H
#define MODBPF_USER_REJECTION_H

#include "user/source.h"

#define REJECTION_TURNS 16

/* An instruction that the log names. */
struct rejection_insn {
	bool is_there;
	uint32_t insn;
	char text[128];		/* "r0 = *(u64 *)(r0 +0)", or empty */
	bool has_source;
	struct source_line source;
};

/* A branch of the path, a call or a return. */
struct rejection_turn {
	struct rejection_insn at;
	uint32_t to;		/* the instruction that came next */
	uint32_t times;		/* in a row */
	char what[32];		/* "taken", "not taken", "called", ... */
};

/* Texts are empty where the log does not say. */
struct rejection {
	char reason[512];
	struct rejection_insn at;	/* its text has the opcode in front: "(79) r0 = ..." */
	char known[512];	/* of the register or the stack bytes at fault, in words */
	char state[1024];	/* all registers, and the stack */
	struct rejection_insn set;	/* what gave the register its value */
	struct rejection_insn copied;	/* what moved it to the register, if it was another one's */
	struct rejection_insn lost;	/* what took the register its value */
	uint32_t turns_left_out;	/* in front of the first turn */
	uint32_t turn_cnt;
	struct rejection_turn turns[REJECTION_TURNS];
	char code[64];		/* stable name of the reason: docs/rejections.md */
	char needed[256];	/* what must hold */
	char hint[256];		/* what to change */
};

struct json_object;

/* @obj: whose program it is, for source lines, or NULL; source_watch() was called before. */
void rejection_read(const char *log, const struct bpf_object *obj, struct rejection *out);
/* Lines with a tab in front, to stdout; @error: what the errno says. */
void rejection_print(const struct rejection *why, const char *error);
/* Add all that is known to @object. */
void rejection_add_json(struct json_object *object, const struct rejection *why);

#endif
