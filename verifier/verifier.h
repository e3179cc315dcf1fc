/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The verifier's contract: a verify_request goes in, a verified_prog comes out,
 * or an errno with a log that gives the reason.
 *
 * What is accepted is safe to run: every access lies inside what the program
 * may touch, every path ends, no pointer of the runtime and no uninitialised
 * byte leaves the program. What the verifier does not understand it rejects.
 *
 * Context: may sleep; takes no lock; the same request gives the same verdict
 * and the same log on every machine.
 */
#ifndef MODBPF_VERIFIER_VERIFIER_H
#define MODBPF_VERIFIER_VERIFIER_H

#include "isa/abi.h"
#include "isa/insn.h"
#include "isa/verified.h"
#include "verifier/map_field.h"

/* What the verifier knows of a map. A program names it by its index. */
struct map_desc {
	u32 type;		/* enum modbpf_map_type */
	u32 key_size;		/* bytes */
	u32 value_size;		/* bytes */
	u32 max_entries;
	u32 flags;		/* MODBPF_F_* */
	const u8 *frozen;	/* the value's bytes if they can never change again, else NULL */
	u32 frozen_size;	/* bytes at frozen */
	const char *name;	/* for the log; NULL: none */
	/* Bytes of a value up to the end of each field of the kernel's; 0: it has none. */
	u32 field_end[MAP_FIELD_COUNT];
	const struct map_desc *inner;	/* of a map of maps: what each that it holds is like; else NULL */
};

/*
 * Where a context field is found when the program runs. The runtime fills one
 * per enum ctx_source of the program type; size 0 means that this runtime does
 * not have the field, and a program that reads it is rejected.
 */
struct ctx_slot {
	s16 hop;	/* offset in the runtime context of a never-null pointer to follow first; -1: none */
	u16 offset;	/* from the runtime context, or from what hop points to */
	u8 size;	/* bytes of the load at offset: 1, 2, 4, 8 */
	u8 shift;	/* value = (load >> shift) & mask */
	u32 mask;	/* 0: no mask; a field with a mask cannot be written */
};

/* The fields of __sk_buff that do not come straight from the program's view. */
enum ctx_source {
	CTX_SKB_DATA,		/* pointers, 8 bytes */
	CTX_SKB_DATA_END,
	CTX_SKB_DATA_META,
	CTX_SKB_LEN,
	CTX_SKB_PKT_TYPE,
	CTX_SKB_MARK,
	CTX_SKB_QUEUE_MAPPING,
	CTX_SKB_PROTOCOL,	/* as Linux: network byte order in the low 16 bits */
	CTX_SKB_VLAN_PRESENT,
	CTX_SKB_VLAN_TCI,
	CTX_SKB_VLAN_PROTO,
	CTX_SKB_PRIORITY,
	CTX_SKB_INGRESS_IFINDEX,
	CTX_SKB_IFINDEX,
	CTX_SKB_TC_INDEX,
	CTX_SKB_CB,		/* 20 bytes, direct only */
	CTX_SKB_HASH,
	CTX_SKB_TC_CLASSID,
	CTX_SKB_NAPI_ID,
	CTX_SKB_GSO_SEGS,
	CTX_SKB_GSO_SIZE,
	CTX_XDP_RX_QUEUE,	/* of xdp_md, which shares the others */
	CTX_SOURCE_COUNT
};

/*
 * Writes one piece of log text. @text is not terminated. Called only with
 * whole lines. The total is counted by the callee, which may drop text.
 */
struct verify_log {
	void (*write)(struct verify_log *log, const char *text, u32 bytes);
	u32 level;		/* BPF_LOG_LEVEL1 (1), LEVEL2 (2), STATS (4), others; 0: nothing is written */
};

/* Rights of the caller, looked up by who knows it. */
enum {
	VERIFY_RIGHT_PERFMON = 1 << 0,	/* probe_read and friends, typed pointers as numbers */
	VERIFY_RIGHT_NET_ADMIN = 1 << 1,
	VERIFY_RIGHT_SYS_ADMIN = 1 << 2,
	VERIFY_RIGHT_WRITE_USER = 1 << 3,	/* change the memory of processes */
};

struct btf_types;

/* One of a program's functions. Main is the first. */
struct func_info {
	u32 insn;		/* of the request, where it begins */
	u32 type;		/* id of its FUNC in the BTF */
};

struct verify_request {
	const struct modbpf_insn *insns;	/* maps named by index: see modbpf_insns_bind_maps() */
	u32 insn_cnt;
	u32 prog_type;			/* enum modbpf_prog_type */
	u32 expected_attach_type;
	const struct btf_types *kernel_btf;	/* the kernel's types; NULL: not known. TRACING needs them */
	u32 attach_btf_id;		/* TRACING: the function or tracepoint in kernel_btf */
	u32 rights;			/* VERIFY_RIGHT_* */
	bool is_restricted;		/* no helper but those that are for anyone */
	bool gpl_compatible;
	const struct map_desc *maps;
	u32 map_cnt;
	const struct btf_types *btf;	/* NULL: there are no records */
	const struct func_info *funcs;
	u32 func_cnt;			/* 0, or one per subprogram, in order */
	const struct line_info *lines;
	u32 line_cnt;			/* 0, or in order, one at the start of each subprogram */
	const struct ctx_slot *ctx;	/* CTX_SOURCE_COUNT entries; NULL: no field of __sk_buff is available */
	struct verify_log *log;
	u64 max_work;			/* work units; 0: the default */
	bool fence;			/* keep what the processor runs ahead from what it may not read: FACT_FENCE */
};

/*
 * Verify @req. On success *@out is the caller's, to be freed with
 * modbpf_verified_free(). Returns 0; -EINVAL, -EACCES, -E2BIG, -EPERM as bpf(2)
 * does for a rejected program; -ENOMEM; -EINTR; -EFAULT only for a bug of ours.
 * @stats is filled in either case.
 */
int modbpf_verify(const struct verify_request *req, struct verified_prog **out,
		  struct verify_stats *stats);
void modbpf_verified_free(struct verified_prog *prog);

/*
 * Replace the map fds (or fd_array indices) of ld_imm64 by map indices: after it
 * src_reg is BPF_PSEUDO_MAP_FD or BPF_PSEUDO_MAP_VALUE and imm is what
 * @index_of() returned. index_of(cookie, fd, is_fd_array_index) returns an index below 64 or
 * -errno. Malformed instructions are left for the verifier to reject.
 */
int modbpf_insns_bind_maps(struct modbpf_insn *insns, u32 insn_cnt,
			   int (*index_of)(void *cookie, s32 fd, bool by_index),
			   void *cookie);

/*
 * Replace the BTF ids of kernel function calls by the numbers of isa/abi.h: src_reg stays
 * BPF_PSEUDO_KFUNC_CALL, off becomes 0. name_of(cookie, id, off, &name) sets the name of the
 * FUNC @id of the kernel's BTF, or of that behind the fd at place @off of fd_array, if @off is not 0;
 * NULL: there is no such function. 0 or -errno. What is none of ours is left for the verifier to
 * reject: imm is below 1 then.
 */
int modbpf_insns_bind_kfuncs(struct modbpf_insn *insns, u32 insn_cnt,
			     int (*name_of)(void *cookie, s32 id, s16 off, const char **name),
			     void *cookie);

#define MODBPF_MAX_USED_MAPS 64	/* Linux's MAX_USED_MAPS */

#endif
