/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is asked of a PROG_LOAD before the verifier sees the program? The device
 * and the CLI's offline check both ask here, so that both answer the same.
 */
#ifndef MODBPF_VERIFIER_LOAD_RULE_H
#define MODBPF_VERIFIER_LOAD_RULE_H

#include "verifier/verifier.h"

struct load_type {
	u32 type;		/* enum modbpf_prog_type */
	u32 right;		/* VERIFY_RIGHT_* that it takes to load one; 0: none */
	u64 attach_types;	/* bit per expected_attach_type; all set: not looked at */
	bool has_skb;		/* the context is the runtime's skb_ctx */
	bool has_kernel_types;	/* its context leads to structures of the kernel's, by itself */
	bool is_for_anyone;	/* by who has no CAP_BPF, where policy=group lets one */
};

/* What of the attributes the rules look at. */
struct load_facts {
	u32 prog_type;
	u32 expected_attach_type;
	u32 prog_flags;
	u32 prog_ifindex;
	bool is_restricted;	/* the caller has not even CAP_BPF */
	u32 rights;		/* VERIFY_RIGHT_* of the caller */
	u32 attach_btf_id;
	bool attaches_elsewhere;	/* attach_prog_fd, which may be attach_btf_obj_fd, is neither 0 nor that */
	bool has_core_relos;
	bool has_token;		/* prog_token_fd, fd_array_cnt */
};

/*
 * 0, or -EINVAL with *@why a line for the log: something is asked for that
 * would have to be ignored.
 */
int load_check_features(const struct load_facts *facts, const char **why);
/* 0 and *@type, or -EINVAL, -EPERM with *@why a line for the log, or NULL. */
int load_check_type(const struct load_facts *facts, const struct load_type **type,
		    const char **why);
/* Does it take the kernel's types to verify this program, whose kernel functions are bound? */
bool load_wants_kernel_types(const struct load_type *type, const struct modbpf_insn *insns, u32 insn_cnt);

enum load_info { LOAD_FUNC_INFO, LOAD_LINE_INFO, LOAD_INFO_COUNT };

/*
 * May there be @cnt records of @rec_bytes each, for a program of @insn_cnt
 * instructions? 0, or -EINVAL with *@why.
 */
int load_check_info(enum load_info info, u32 cnt, u32 rec_bytes, u32 insn_cnt, const char **why);
/*
 * Bring @records from @rec_bytes each to those of struct func_info or line_info, in
 * place. 0, or -E2BIG with *@why: something is in the rest.
 */
int load_pack_info(enum load_info info, void *records, u32 cnt, u32 rec_bytes,
		   const char **why);
/* May a program with this license call what is for GPL programs only? */
bool load_license_is_gpl(const char *license);

#endif
