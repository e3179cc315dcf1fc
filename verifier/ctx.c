// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Which fields does the context have? A table per context kind. Fields of
 * __sk_buff and xdp_md lie elsewhere at run time: the request's ctx_slot table
 * says where, and the access is rewritten. The other contexts are what they seem.
 */
#include "verifier/ctx.h"

#include "isa/opcode.h"
#include "verifier/ctx_trace.h"
#include "verifier/mem.h"
#include "verifier/typed.h"

#define TYPE(type) TYPE_BIT(type)
#define TC TYPES_TC
#define LWT TYPES_LWT
#define ANY_SKB TYPES_SKB
#define NOT_SK_SKB (ANY_SKB & ~TYPE(SK_SKB))
#define ATTACH(type) (1ULL << MODBPF_ATTACH_##type)
#define DIRECT CTX_SOURCE_COUNT	/* at the same place at run time */
#define PT_REGS_BYTES (8 * TRACE_REGS)

enum {
	FIELD_NARROW = 1 << 0,	/* aligned parts may be loaded */
	FIELD_WIDE = 1 << 1,	/* bytes: any aligned access inside, stores too */
	FIELD_ABSENT = 1 << 2,	/* Linux has it, no runtime here: refused by name */
};

struct ctx_field {
	u16 off, size;		/* in the program's view, bytes */
	u8 kind;		/* enum reg_kind of what a load gives */
	u8 source;		/* enum ctx_source, or DIRECT */
	u8 flags;
	u64 read, write;	/* bit n: program type n may */
};

#define SKB(off_, source_, read_, write_) \
	{ off_, 4, REG_SCALAR, CTX_SKB_##source_, FIELD_NARROW, read_, write_ }
#define ABSENT(off_, size_) { off_, size_, REG_SCALAR, DIRECT, FIELD_ABSENT, TYPES_ALL, TYPES_ALL }
#define SKB_POINTER(off_, source_, kind_, read_) \
	{ off_, 4, kind_, CTX_SKB_##source_, 0, read_, 0 }

static const struct ctx_field skb_fields[] = {
	SKB(0, LEN, ANY_SKB, 0),
	SKB(4, PKT_TYPE, ANY_SKB, 0),
	SKB(8, MARK, NOT_SK_SKB, TC | LWT | TYPE(CGROUP_SKB)),
	SKB(12, QUEUE_MAPPING, ANY_SKB, TC),
	SKB(16, PROTOCOL, ANY_SKB, 0),
	SKB(20, VLAN_PRESENT, ANY_SKB, 0),
	SKB(24, VLAN_TCI, ANY_SKB, 0),
	SKB(28, VLAN_PROTO, ANY_SKB, 0),
	SKB(32, PRIORITY, ANY_SKB, ANY_SKB & ~TYPE(SOCKET_FILTER)),
	SKB(36, INGRESS_IFINDEX, ANY_SKB, 0),
	SKB(40, IFINDEX, ANY_SKB, 0),
	SKB(44, TC_INDEX, ANY_SKB, TC | TYPE(SK_SKB)),
	{ 48, 20, REG_SCALAR, CTX_SKB_CB, FIELD_WIDE, ANY_SKB, NOT_SK_SKB },
	SKB(68, HASH, ANY_SKB, 0),
	SKB(72, TC_CLASSID, TC, TC),
	SKB_POINTER(76, DATA, REG_PACKET, ANY_SKB & ~TYPE(SOCKET_FILTER)),
	SKB_POINTER(80, DATA_END, REG_PACKET_END, ANY_SKB & ~TYPE(SOCKET_FILTER)),
	SKB(84, NAPI_ID, ANY_SKB, 0),
	ABSENT(88, 52),		/* addresses and ports of the socket */
	SKB_POINTER(140, DATA_META, REG_PACKET_META, TC),
	ABSENT(144, 8),		/* flow_keys */
	ABSENT(152, 8),		/* tstamp */
	ABSENT(160, 4),		/* wire_len */
	SKB(164, GSO_SEGS, ANY_SKB, 0),
	ABSENT(168, 8),		/* sk */
	SKB(176, GSO_SIZE, ANY_SKB, 0),
	ABSENT(180, 1),		/* tstamp_type */
	ABSENT(184, 8),		/* hwtstamp */
};

/* struct xdp_md. */
static const struct ctx_field xdp_fields[] = {
	SKB_POINTER(0, DATA, REG_PACKET, TYPE(XDP)),
	SKB_POINTER(4, DATA_END, REG_PACKET_END, TYPE(XDP)),
	SKB_POINTER(8, DATA_META, REG_PACKET_META, TYPE(XDP)),
	{ 12, 4, REG_SCALAR, CTX_SKB_INGRESS_IFINDEX, 0, TYPE(XDP), 0 },
	{ 16, 4, REG_SCALAR, CTX_XDP_RX_QUEUE, 0, TYPE(XDP), 0 },
	ABSENT(20, 4),		/* egress_ifindex */
};

/*
 * Contexts that no runtime here has: programs of these types are verified and
 * loaded, and cannot run. The final program sees them as they are.
 */
#define SOCK(off_, flags_, write_) { off_, 4, REG_SCALAR, DIRECT, flags_, \
	TYPE(CGROUP_SOCK), write_ }

/* struct bpf_sock. */
static const struct ctx_field sock_fields[] = {
	SOCK(0, 0, TYPE(CGROUP_SOCK)),		/* bound_dev_if */
	SOCK(4, FIELD_NARROW, 0),		/* family */
	SOCK(8, FIELD_NARROW, 0),		/* type */
	SOCK(12, FIELD_NARROW, 0),		/* protocol */
	SOCK(16, 0, TYPE(CGROUP_SOCK)),		/* mark */
	SOCK(20, 0, TYPE(CGROUP_SOCK)),		/* priority */
	SOCK(24, FIELD_NARROW, 0),		/* src_ip4 */
	SOCK(28, FIELD_NARROW, 0),		/* src_ip6 */
	SOCK(32, FIELD_NARROW, 0),
	SOCK(36, FIELD_NARROW, 0),
	SOCK(40, FIELD_NARROW, 0),
	SOCK(44, FIELD_NARROW, 0),		/* src_port */
	/* dst_port is 2 bytes; programs made before it was may load 4. */
	{ 48, 2, REG_SCALAR, DIRECT, FIELD_NARROW, TYPE(CGROUP_SOCK), 0 },
	SOCK(48, 0, 0),
	SOCK(52, FIELD_NARROW, 0),		/* dst_ip4 */
	SOCK(56, FIELD_NARROW, 0),		/* dst_ip6 */
	SOCK(60, FIELD_NARROW, 0),
	SOCK(64, FIELD_NARROW, 0),
	SOCK(68, FIELD_NARROW, 0),
	SOCK(72, FIELD_NARROW, 0),		/* state */
	SOCK(76, FIELD_NARROW, 0),		/* rx_queue_mapping */
};

#define ADDR(off_, size_, write_) { off_, size_, REG_SCALAR, DIRECT, \
	(size_) == 4 ? FIELD_NARROW : 0, TYPE(CGROUP_SOCK_ADDR), write_ }
#define ADDR_WRITE TYPE(CGROUP_SOCK_ADDR)

/* struct bpf_sock_addr. IPv6 addresses may be accessed by aligned halves, too. */
static const struct ctx_field sock_addr_fields[] = {
	ADDR(0, 4, 0),				/* user_family */
	ADDR(4, 4, ADDR_WRITE),			/* user_ip4 */
	ADDR(8, 4, ADDR_WRITE),			/* user_ip6 */
	ADDR(12, 4, ADDR_WRITE),
	ADDR(16, 4, ADDR_WRITE),
	ADDR(20, 4, ADDR_WRITE),
	ADDR(8, 8, ADDR_WRITE),
	ADDR(16, 8, ADDR_WRITE),
	ADDR(24, 4, ADDR_WRITE),		/* user_port */
	ADDR(28, 4, 0),				/* family */
	ADDR(32, 4, 0),				/* type */
	ADDR(36, 4, 0),				/* protocol */
	ADDR(40, 4, ADDR_WRITE),		/* msg_src_ip4 */
	ADDR(44, 4, ADDR_WRITE),		/* msg_src_ip6 */
	ADDR(48, 4, ADDR_WRITE),
	ADDR(52, 4, ADDR_WRITE),
	ADDR(56, 4, ADDR_WRITE),
	ADDR(48, 8, ADDR_WRITE),
	ABSENT(64, 8),					/* sk */
};

#define OPS(off_, size_, kind_, flags_, write_) \
	{ off_, size_, kind_, DIRECT, flags_, TYPE(SOCK_OPS), write_ }
#define OPS_NUMBER(off_) OPS(off_, 4, REG_SCALAR, 0, 0)
#define OPS_NUMBERS(off_) \
	OPS_NUMBER(off_), OPS_NUMBER(off_ + 4), OPS_NUMBER(off_ + 8), OPS_NUMBER(off_ + 12)

/* struct bpf_sock_ops. */
static const struct ctx_field sock_ops_fields[] = {
	OPS_NUMBER(0),				/* op */
	OPS(4, 4, REG_SCALAR, 0, TYPE(SOCK_OPS)),	/* args, the first is the reply */
	OPS_NUMBER(8), OPS_NUMBER(12), OPS_NUMBER(16),
	OPS_NUMBER(20),				/* family */
	OPS_NUMBER(24), OPS_NUMBER(28),		/* remote_ip4, local_ip4 */
	OPS_NUMBERS(32), OPS_NUMBERS(48),	/* remote_ip6, local_ip6 */
	OPS_NUMBERS(64),			/* remote_port, local_port, is_fullsock, snd_cwnd */
	OPS_NUMBERS(80),			/* srtt_us, cb_flags, state, rtt_min */
	OPS_NUMBERS(96),			/* snd_ssthresh, rcv_nxt, snd_nxt, snd_una */
	OPS_NUMBERS(112),			/* mss_cache, ecn_flags, rate_delivered, rate_interval_us */
	OPS_NUMBERS(128),			/* packets_out, retrans_out, total_retrans, segs_in */
	OPS_NUMBERS(144),			/* data_segs_in, segs_out, data_segs_out, lost_out */
	OPS_NUMBER(160),			/* sacked_out */
	OPS(164, 4, REG_SCALAR, 0, TYPE(SOCK_OPS)),	/* sk_txhash */
	OPS(168, 8, REG_SCALAR, 0, 0),		/* bytes_received */
	OPS(176, 8, REG_SCALAR, 0, 0),		/* bytes_acked */
	ABSENT(184, 8),				/* sk */
	OPS(192, 8, REG_PACKET, 0, 0),		/* skb_data */
	OPS(200, 8, REG_PACKET_END, 0, 0),	/* skb_data_end */
	OPS_NUMBER(208),			/* skb_len */
	OPS(212, 4, REG_SCALAR, FIELD_NARROW, 0),	/* skb_tcp_flags */
	OPS(216, 8, REG_SCALAR, 0, 0),		/* skb_hwtstamp */
};

/* struct bpf_cgroup_dev_ctx. */
static const struct ctx_field device_fields[] = {
	{ 0, 4, REG_SCALAR, DIRECT, FIELD_NARROW, TYPE(CGROUP_DEVICE), 0 },
	{ 4, 4, REG_SCALAR, DIRECT, 0, TYPE(CGROUP_DEVICE), 0 },
	{ 8, 4, REG_SCALAR, DIRECT, 0, TYPE(CGROUP_DEVICE), 0 },
};

static const struct ctx_field regs_fields[] = {
	{ 0, PT_REGS_BYTES, REG_SCALAR, DIRECT, FIELD_WIDE, TYPE(KPROBE), 0 },
};

/* What stands in front of a record's fields is not the program's. */
static const struct ctx_field record_fields[] = {
	{ TRACE_RECORD_HEAD, TRACE_RECORD_BYTES - TRACE_RECORD_HEAD, REG_SCALAR, DIRECT,
	  FIELD_WIDE, TYPE(TRACEPOINT), 0 },
};

static const struct ctx_field sample_fields[] = {
	{ offsetof(struct sample_ctx, regs), PT_REGS_BYTES, REG_SCALAR, DIRECT, FIELD_WIDE,
	  TYPE(PERF_EVENT), 0 },
	{ offsetof(struct sample_ctx, sample_period), 8, REG_SCALAR, DIRECT, FIELD_NARROW,
	  TYPE(PERF_EVENT), 0 },
	{ offsetof(struct sample_ctx, addr), 8, REG_SCALAR, DIRECT, FIELD_NARROW,
	  TYPE(PERF_EVENT), 0 },
};

static const struct ctx_field args_fields[] = {
	{ 0, 8 * TRACE_ARGS, REG_SCALAR, DIRECT, FIELD_WIDE, TYPE(RAW_TRACEPOINT), 0 },
};

static const struct ctx_field nf_fields[] = {
	{ 0, 8, REG_NF_STATE, DIRECT, 0, TYPE(NETFILTER), 0 },
	{ 8, 8, REG_SKB, DIRECT, 0, TYPE(NETFILTER), 0 },
};

static const struct {
	const struct ctx_field *fields;
	u32 cnt;
} tables[] = {
	[CTX_KIND_NONE] = { NULL, 0 },
	[CTX_KIND_SKB] = { skb_fields, ARRAY_SIZE(skb_fields) },
	[CTX_KIND_XDP] = { xdp_fields, ARRAY_SIZE(xdp_fields) },
	[CTX_KIND_SOCK] = { sock_fields, ARRAY_SIZE(sock_fields) },
	[CTX_KIND_SOCK_ADDR] = { sock_addr_fields, ARRAY_SIZE(sock_addr_fields) },
	[CTX_KIND_SOCK_OPS] = { sock_ops_fields, ARRAY_SIZE(sock_ops_fields) },
	[CTX_KIND_DEVICE] = { device_fields, ARRAY_SIZE(device_fields) },
	[CTX_KIND_REGS] = { regs_fields, ARRAY_SIZE(regs_fields) },
	[CTX_KIND_NF] = { nf_fields, ARRAY_SIZE(nf_fields) },
	[CTX_KIND_RECORD] = { record_fields, ARRAY_SIZE(record_fields) },
	[CTX_KIND_SAMPLE] = { sample_fields, ARRAY_SIZE(sample_fields) },
	[CTX_KIND_ARGS] = { args_fields, ARRAY_SIZE(args_fields) },
	[CTX_KIND_CALL] = { NULL, 0 },	/* typed.c; nothing is stored */
};

/* The field that holds all of the access, NULL: none. */
static const struct ctx_field *field_at(const struct program *prog, s32 off, u32 bytes)
{
	u32 i;

	for (i = 0; i < tables[prog->rule->ctx].cnt; i++) {
		const struct ctx_field *field = &tables[prog->rule->ctx].fields[i];

		if (off >= field->off && off + (s32)bytes <= field->off + field->size)
			return field;
	}
	return NULL;
}

static const struct ctx_slot *slot_of(const struct program *prog, const struct ctx_field *field)
{
	static const struct ctx_slot absent;

	return prog->req->ctx ? &prog->req->ctx[field->source] : &absent;
}

static int refuse_field(struct step *step, u32 regno, u32 bytes)
{
	return refuse(step, REFUSE_CTX_FIELD, regno,
		      "invalid bpf_context access off=%d size=%u", step->insn->off, bytes);
}

static int refuse_absent(struct step *step, bool write)
{
	return refuse(step, REFUSE_CTX_FIELD_ABSENT, REFUSAL_NO_REG,
		      "not supported yet: %s of context field at off=%d",
		      write ? "store" : "load", step->insn->off);
}

#define FOR_IP4 (ATTACH(INET4_BIND) | ATTACH(INET4_CONNECT) | ATTACH(UDP4_SENDMSG) | \
		 ATTACH(UDP4_RECVMSG) | ATTACH(INET4_GETPEERNAME) | ATTACH(INET4_GETSOCKNAME))
#define FOR_IP6 (ATTACH(INET6_BIND) | ATTACH(INET6_CONNECT) | ATTACH(UDP6_SENDMSG) | \
		 ATTACH(UDP6_RECVMSG) | ATTACH(INET6_GETPEERNAME) | ATTACH(INET6_GETSOCKNAME))
#define SOCK_LIFE (ATTACH(NONE) | ATTACH(INET_SOCK_CREATE) | ATTACH(INET_SOCK_RELEASE))

/* Bytes off..end-1 of a context are there with some values of expected_attach_type only. */
static const struct {
	u8 ctx;		/* enum ctx_kind */
	u8 off, end;
	u64 attach;	/* bit n: with n */
} attach_rows[] = {
	{ CTX_KIND_SOCK, 0, 4, SOCK_LIFE },
	{ CTX_KIND_SOCK, 16, 24, SOCK_LIFE },
	{ CTX_KIND_SOCK, 24, 28, ATTACH(INET4_POST_BIND) },
	{ CTX_KIND_SOCK, 28, 44, ATTACH(INET6_POST_BIND) },
	{ CTX_KIND_SOCK, 44, 48, ATTACH(INET4_POST_BIND) | ATTACH(INET6_POST_BIND) },
	{ CTX_KIND_SOCK_ADDR, 4, 8, FOR_IP4 },
	{ CTX_KIND_SOCK_ADDR, 8, 24, FOR_IP6 },
	{ CTX_KIND_SOCK_ADDR, 40, 44, ATTACH(UDP4_SENDMSG) },
	{ CTX_KIND_SOCK_ADDR, 44, 60, ATTACH(UDP6_SENDMSG) },
};

static bool fits_attach_type(const struct step *step, const struct ctx_field *field)
{
	u32 attach_type = step->prog->req->expected_attach_type, i;

	for (i = 0; i < ARRAY_SIZE(attach_rows); i++)
		if (attach_rows[i].ctx == step->prog->rule->ctx &&
		    field->off >= attach_rows[i].off && field->off < attach_rows[i].end)
			return attach_type < 64 && attach_rows[i].attach >> attach_type & 1;
	return true;
}

/* The field that is accessed; NULL and *@err otherwise. */
static const struct ctx_field *check_field(struct step *step, u32 regno, u32 bytes, bool write,
					   int *err)
{
	s32 off = step->insn->off;
	const struct ctx_field *field = field_at(step->prog, off, bytes);
	u64 type = 1ULL << step->prog->req->prog_type;
	bool whole = field && bytes == field->size;

	*err = 0;
	if (!field || off % (s32)bytes || !((write ? field->write : field->read) & type) ||
	    !fits_attach_type(step, field))
		*err = refuse_field(step, regno, bytes);
	else if (field->flags & FIELD_ABSENT)
		*err = refuse_absent(step, write);
	else if (!whole && !(field->flags & (write ? FIELD_WIDE : FIELD_NARROW | FIELD_WIDE)))
		*err = refuse_field(step, regno, bytes);
	return *err ? NULL : field;
}

/* Does this runtime have the field, in a form that can be rewritten? */
static int check_slot(struct step *step, const struct ctx_field *field, bool write)
{
	const struct ctx_slot *slot = slot_of(step->prog, field);
	u32 most = field->kind == REG_SCALAR && !write ? 8 : field->kind == REG_SCALAR ? 4 : 8;
	bool usable = slot->size && slot->size <= most && slot->offset < 0x7f00 &&
		      slot->shift < 8 * slot->size;

	if (field->kind != REG_SCALAR)
		usable = usable && slot->size == 8 && !slot->shift && !slot->mask;
	if (field->flags & FIELD_WIDE)
		usable = usable && slot->hop < 0 && !slot->shift && !slot->mask;
	if (write)
		usable = usable && !slot->shift && !slot->mask;
	return usable ? 0 : refuse_absent(step, write);
}

int check_ctx_unmoved(struct step *step, u32 regno)
{
	s64 at = scalar_value(step_regs(step)[regno].num);

	if (!at)
		return 0;
	return refuse(step, REFUSE_CTX_MOVED, regno,
		      "dereference of modified ctx ptr R%u off=%lld disallowed", regno, at);
}

static struct reg loaded(const struct program *prog, const struct ctx_field *field, u32 bytes,
			 bool sign_extend)
{
	if (field->kind == REG_SCALAR)
		return reg_scalar(scalar_loaded(bytes, sign_extend));
	if (prog->rule->ctx == CTX_KIND_NF)
		return hook_pointer(prog, field->kind);
	return reg_pointer(field->kind);
}

int check_ctx_load(struct step *step, u32 regno, u32 bytes, bool sign_extend,
		   struct reg *value)
{
	const struct ctx_field *field;
	int err = check_ctx_unmoved(step, regno);

	if (err)
		return err;
	if (step->prog->rule->ctx == CTX_KIND_CALL)
		return check_call_ctx_load(step, bytes, sign_extend, value);
	field = check_field(step, regno, bytes, false, &err);
	if (!field)
		return err;
	if (sign_extend && (field->source != DIRECT || field->kind != REG_SCALAR)) {
		return refuse(step, REFUSE_CTX_SIGN_LOAD, regno,
			      "not supported yet: sign-extending load from context");
	}
	if (field->source != DIRECT)
		err = check_slot(step, field, false);
	if (!err)
		err = check_same_access(step, field->source == DIRECT ? NOTE_DIRECT : NOTE_CTX);
	if (err)
		return err;
	if (step->found->ctx_end < step->insn->off + bytes)
		step->found->ctx_end = step->insn->off + bytes;
	*value = loaded(step->prog, field, bytes, sign_extend);
	return 0;
}

int check_ctx_store(struct step *step, u32 regno, u32 bytes)
{
	int err = check_ctx_unmoved(step, regno);
	const struct ctx_field *field = err ? NULL : check_field(step, regno, bytes, true, &err);

	if (!field)
		return err;
	if (field->source == DIRECT)
		return check_same_access(step, NOTE_DIRECT);
	err = check_slot(step, field, true);
	return err ? : check_same_access(step, NOTE_CTX);
}

static u8 size_code(u32 bytes)
{
	return bytes == 1 ? BPF_B : bytes == 2 ? BPF_H : bytes == 4 ? BPF_W : BPF_DW;
}

static struct modbpf_insn load_insn(u8 dst, u8 src, u32 bytes, s16 off)
{
	return (struct modbpf_insn){ .code = BPF_LDX | BPF_MEM | size_code(bytes),
				     .dst_reg = dst, .src_reg = src, .off = off };
}

static struct modbpf_insn alu_insn(u8 class, u8 op, u8 dst, s32 imm)
{
	return (struct modbpf_insn){ .code = class | op | BPF_K, .dst_reg = dst, .imm = imm };
}

static u32 rewrite_store(const struct ctx_slot *slot, const struct modbpf_insn *insn, s32 off,
			 u32 bytes, struct modbpf_insn *out)
{
	u32 cnt = 0;
	struct modbpf_insn store = *insn;

	/* The stored register and the base must survive: the hop goes through AX. */
	if (slot->hop >= 0) {
		out[cnt++] = load_insn(MODBPF_REG_AX, insn->dst_reg, 8, slot->hop);
		store.dst_reg = MODBPF_REG_AX;
	}
	store.code = (store.code & ~BPF_SIZE(0xff)) | size_code(bytes);
	store.off = off;
	out[cnt++] = store;
	return cnt;
}

/*
 * Loads the whole slot, then takes the field's part out of it. dst may be the
 * base register: the first load is the last use of the base.
 */
static u32 rewrite_number(const struct ctx_slot *slot, const struct modbpf_insn *insn, u32 skip,
			  u32 bytes, struct modbpf_insn *out)
{
	u8 dst = insn->dst_reg, base = insn->src_reg;
	u8 wide = slot->size == 8 ? BPF_ALU64 : BPF_ALU;
	u32 cnt = 0;

	if (slot->hop >= 0) {
		out[cnt++] = load_insn(dst, base, 8, slot->hop);
		base = dst;
	}
	out[cnt++] = load_insn(dst, base, slot->size, slot->offset);
	if (slot->shift)
		out[cnt++] = alu_insn(wide, BPF_RSH, dst, slot->shift);
	if (slot->mask || slot->size == 8)
		out[cnt++] = alu_insn(BPF_ALU, BPF_AND, dst, slot->mask ? (s32)slot->mask : -1);
	if (skip)
		out[cnt++] = alu_insn(BPF_ALU, BPF_RSH, dst, 8 * skip);
	if (bytes < 4)
		out[cnt++] = alu_insn(BPF_ALU, BPF_AND, dst, (1 << (8 * bytes)) - 1);
	return cnt;
}

u32 ctx_rewrite(const struct program *prog, const struct modbpf_insn *insn,
		struct modbpf_insn *out)
{
	const struct opcode *row = opcode_lookup(insn->code);
	const struct ctx_field *field = field_at(prog, insn->off, row->bytes);
	const struct ctx_slot *slot = slot_of(prog, field);
	u32 skip = insn->off - field->off;

	if (field->flags & FIELD_WIDE) {
		out[0] = *insn;
		out[0].off = slot->offset + skip;
		return 1;
	}
	if (row->form != FORM_LOAD)
		return rewrite_store(slot, insn, slot->offset, slot->size, out);
	if (field->kind != REG_SCALAR) {
		u32 cnt = 0;
		u8 base = insn->src_reg;

		if (slot->hop >= 0) {
			out[cnt++] = load_insn(insn->dst_reg, base, 8, slot->hop);
			base = insn->dst_reg;
		}
		out[cnt++] = load_insn(insn->dst_reg, base, 8, slot->offset);
		return cnt;
	}
	return rewrite_number(slot, insn, skip, row->bytes, out);
}
