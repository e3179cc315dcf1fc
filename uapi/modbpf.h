/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note OR BSD-2-Clause */
/*
 * The interface of /dev/modbpf: bpf(2) and perf_event_open(2), carried by one
 * ioctl each. Numbers and layouts are those of Linux, so that what was written
 * for the two system calls needs another transport and nothing else. Names that
 * Linux has keep its member names; unions here hold what modbpf understands.
 *
 * Self-contained from C and from C++. Padding is explicit and must be zero.
 * tests/unit/test_uapi.c compares every offset with <linux/bpf.h>.
 */
#ifndef MODBPF_UAPI_MODBPF_H
#define MODBPF_UAPI_MODBPF_H

#include <linux/ioctl.h>
#include <linux/types.h>

#ifdef __cplusplus
#define MODBPF_ASSERT_SIZE(type, bytes) \
	static_assert(sizeof(type) == (bytes), "layout of " #type)
#else
#define MODBPF_ASSERT_SIZE(type, bytes) \
	_Static_assert(sizeof(type) == (bytes), "layout of " #type)
#endif

/* --- transport -------------------------------------------------------------- */

/* bpf(cmd, attr, size): the ioctl returns what the system call would. */
struct modbpf_call {
	__u32 cmd;		/* MODBPF_CMD_* */
	__u32 size;		/* bytes of attr that the caller knows */
	__aligned_u64 attr;	/* user address of a union modbpf_attr */
};
MODBPF_ASSERT_SIZE(struct modbpf_call, 16);

/* perf_event_open(attr, pid, cpu, group_fd, flags). */
struct modbpf_perf_open {
	__aligned_u64 attr;	/* user address of a struct perf_event_attr */
	__s32 pid;
	__s32 cpu;
	__s32 group_fd;
	__u32 pad;		/* zero */
	__aligned_u64 flags;
};
MODBPF_ASSERT_SIZE(struct modbpf_perf_open, 32);

/* Of the module, the library and the CLI: they are released together. */
#define MODBPF_VERSION	"0.1.0"

#define MODBPF_DEVICE	"/dev/modbpf"
#define MODBPF_IOC_CALL	_IOWR(0xEB, 0x00, struct modbpf_call)
#define MODBPF_IOC_PERF	_IOWR(0xEB, 0x01, struct modbpf_perf_open)
/*
 * The fd of BTF (BTF_LOAD) that is to be taken for the kernel's, whose own there is none;
 * -1: none any more. What is loaded keeps what it was loaded with. CAP_SYS_ADMIN. 0;
 * EEXIST: the kernel has its own; EPERM; EBADF, EINVAL: no fd of BTF.
 */
#define MODBPF_IOC_KERNEL_BTF	_IOW(0xEB, 0x02, __s32)

/* Values of Linux's enum bpf_cmd. Not every one is offered: those are -EINVAL. */
enum modbpf_cmd {
	MODBPF_CMD_MAP_CREATE = 0,
	MODBPF_CMD_MAP_LOOKUP_ELEM = 1,
	MODBPF_CMD_MAP_UPDATE_ELEM = 2,
	MODBPF_CMD_MAP_DELETE_ELEM = 3,
	MODBPF_CMD_MAP_GET_NEXT_KEY = 4,
	MODBPF_CMD_PROG_LOAD = 5,
	MODBPF_CMD_OBJ_PIN = 6,
	MODBPF_CMD_OBJ_GET = 7,
	MODBPF_CMD_PROG_ATTACH = 8,
	MODBPF_CMD_PROG_DETACH = 9,
	MODBPF_CMD_PROG_TEST_RUN = 10,
	MODBPF_CMD_PROG_GET_NEXT_ID = 11,
	MODBPF_CMD_MAP_GET_NEXT_ID = 12,
	MODBPF_CMD_PROG_GET_FD_BY_ID = 13,
	MODBPF_CMD_MAP_GET_FD_BY_ID = 14,
	MODBPF_CMD_OBJ_GET_INFO_BY_FD = 15,
	MODBPF_CMD_PROG_QUERY = 16,
	MODBPF_CMD_RAW_TRACEPOINT_OPEN = 17,
	MODBPF_CMD_BTF_LOAD = 18,
	MODBPF_CMD_BTF_GET_FD_BY_ID = 19,
	MODBPF_CMD_TASK_FD_QUERY = 20,
	MODBPF_CMD_MAP_LOOKUP_AND_DELETE_ELEM = 21,
	MODBPF_CMD_MAP_FREEZE = 22,
	MODBPF_CMD_BTF_GET_NEXT_ID = 23,
	MODBPF_CMD_MAP_LOOKUP_BATCH = 24,
	MODBPF_CMD_MAP_LOOKUP_AND_DELETE_BATCH = 25,
	MODBPF_CMD_MAP_UPDATE_BATCH = 26,
	MODBPF_CMD_MAP_DELETE_BATCH = 27,
	MODBPF_CMD_LINK_CREATE = 28,
	MODBPF_CMD_LINK_UPDATE = 29,
	MODBPF_CMD_LINK_GET_FD_BY_ID = 30,
	MODBPF_CMD_LINK_GET_NEXT_ID = 31,
	MODBPF_CMD_ENABLE_STATS = 32,
	MODBPF_CMD_ITER_CREATE = 33,
	MODBPF_CMD_LINK_DETACH = 34,
	MODBPF_CMD_PROG_BIND_MAP = 35,
	MODBPF_CMD_TOKEN_CREATE = 36,
	MODBPF_CMD_COUNT
};

/* Values of Linux's enum bpf_link_type, as far as modbpf has such links. */
enum modbpf_link_type {
	MODBPF_LINK_TYPE_RAW_TRACEPOINT = 1,
	MODBPF_LINK_TYPE_TRACING = 2,
	MODBPF_LINK_TYPE_PERF_EVENT = 7,
	MODBPF_LINK_TYPE_KPROBE_MULTI = 8,
	MODBPF_LINK_TYPE_NETFILTER = 10
};

#define MODBPF_OBJ_NAME_LEN	16	/* bytes of a name, its NUL included */
#define MODBPF_TAG_SIZE		8

/* link_create.kprobe_multi.flags */
/* What a perf_event link hangs on: Linux's enum bpf_perf_event_type. */
enum {
	MODBPF_PERF_EVENT_UPROBE = 1,
	MODBPF_PERF_EVENT_URETPROBE = 2,
	MODBPF_PERF_EVENT_KPROBE = 3,
	MODBPF_PERF_EVENT_KRETPROBE = 4,
	MODBPF_PERF_EVENT_TRACEPOINT = 5,
	MODBPF_PERF_EVENT_EVENT = 6
};

#define MODBPF_KPROBE_MULTI_RETURN	(1U << 0)

/* link_update.flags */
#define MODBPF_F_REPLACE		(1U << 2)

/* link_create.netfilter.flags */
#define MODBPF_NETFILTER_IP_DEFRAG	(1U << 0)

/* prog_flags of PROG_LOAD */
#define MODBPF_PROG_STRICT_ALIGNMENT	(1U << 0)
#define MODBPF_PROG_ANY_ALIGNMENT	(1U << 1)
#define MODBPF_PROG_TEST_RND_HI32	(1U << 2)
#define MODBPF_PROG_TEST_STATE_FREQ	(1U << 3)
#define MODBPF_PROG_SLEEPABLE		(1U << 4)
#define MODBPF_PROG_XDP_HAS_FRAGS	(1U << 5)
#define MODBPF_PROG_TEST_REG_INVARIANTS	(1U << 7)

/* log_level of PROG_LOAD and BTF_LOAD */
#define MODBPF_LOG_LEVEL1	1U
#define MODBPF_LOG_LEVEL2	2U
#define MODBPF_LOG_STATS	4U
#define MODBPF_LOG_FIXED	8U	/* keep the log's beginning, not its end */

/* --- attributes -------------------------------------------------------------- */

union modbpf_attr {
	struct {	/* MAP_CREATE */
		__u32 map_type;
		__u32 key_size;		/* bytes */
		__u32 value_size;	/* bytes */
		__u32 max_entries;
		__u32 map_flags;
		__u32 inner_map_fd;
		__u32 numa_node;	/* only with the NUMA_NODE flag */
		char map_name[MODBPF_OBJ_NAME_LEN];
		__u32 map_ifindex;
		__u32 btf_fd;
		__u32 btf_key_type_id;
		__u32 btf_value_type_id;
		__u32 btf_vmlinux_value_type_id;
		__u64 map_extra;
		__s32 value_type_btf_obj_fd;
		__s32 map_token_fd;
	};
	struct {	/* MAP_{LOOKUP,UPDATE,DELETE}_ELEM, MAP_GET_NEXT_KEY, MAP_FREEZE */
		__u32 map_fd;
		__u32 pad_elem;
		__aligned_u64 key;
		union {
			__aligned_u64 value;
			__aligned_u64 next_key;
		};
		__u64 flags;
	};
	struct {	/* MAP_LOOKUP_BATCH, MAP_LOOKUP_AND_DELETE_BATCH, MAP_UPDATE_, MAP_DELETE_ */
		__aligned_u64 in_batch;		/* where to begin; 0: at the start */
		__aligned_u64 out_batch;	/* gets what in_batch of the next call is */
		__aligned_u64 keys;
		__aligned_u64 values;
		__u32 count;			/* in: room; out: elements */
		__u32 map_fd;
		__u64 elem_flags;
		__u64 flags;
	} batch;
	struct {	/* PROG_LOAD */
		__u32 prog_type;
		__u32 insn_cnt;
		__aligned_u64 insns;
		__aligned_u64 license;	/* a string */
		__u32 log_level;
		__u32 log_size;		/* bytes at log_buf */
		__aligned_u64 log_buf;
		__u32 kern_version;	/* not used */
		__u32 prog_flags;
		char prog_name[MODBPF_OBJ_NAME_LEN];
		__u32 prog_ifindex;
		__u32 expected_attach_type;
		__u32 prog_btf_fd;
		__u32 func_info_rec_size;	/* bytes */
		__aligned_u64 func_info;
		__u32 func_info_cnt;
		__u32 line_info_rec_size;	/* bytes */
		__aligned_u64 line_info;
		__u32 line_info_cnt;
		__u32 attach_btf_id;
		union {
			__u32 attach_prog_fd;
			__u32 attach_btf_obj_fd;
		};
		__u32 core_relo_cnt;
		__aligned_u64 fd_array;	/* of __s32 */
		__aligned_u64 core_relos;
		__u32 core_relo_rec_size;	/* bytes */
		__u32 log_true_size;	/* written: bytes of the whole log with its NUL */
		__s32 prog_token_fd;
		__u32 fd_array_cnt;
	};
	struct {	/* PROG_TEST_RUN */
		__u32 prog_fd;
		__u32 retval;		/* written */
		__u32 data_size_in;	/* bytes */
		__u32 data_size_out;	/* room; written: bytes there are */
		__aligned_u64 data_in;
		__aligned_u64 data_out;
		__u32 repeat;		/* 0: once */
		__u32 duration;		/* written: nanoseconds of a run, the mean */
		__u32 ctx_size_in;
		__u32 ctx_size_out;
		__aligned_u64 ctx_in;
		__aligned_u64 ctx_out;
		__u32 flags;
		__u32 cpu;
		__u32 batch_size;
		__u32 pad_test;
	} test;
	struct {	/* *_GET_NEXT_ID, *_GET_FD_BY_ID */
		union {
			__u32 start_id;
			__u32 prog_id;
			__u32 map_id;
			__u32 btf_id;
			__u32 link_id;
		};
		__u32 next_id;		/* written */
		__u32 open_flags;
		__s32 fd_by_id_token_fd;
	};
	struct {	/* ENABLE_STATS */
		__u32 type;		/* 0: run_time_ns of programs */
	} enable_stats;
	struct {	/* OBJ_PIN, OBJ_GET */
		__aligned_u64 pathname;	/* terminated, relative ones from the working directory */
		__u32 bpf_fd;		/* OBJ_PIN: the object; OBJ_GET: 0 */
		__u32 file_flags;	/* MODBPF_F_PATH_FD; OBJ_GET: _RDONLY, _WRONLY too */
		__s32 path_fd;		/* with MODBPF_F_PATH_FD: where relative paths begin */
	};
	struct {	/* OBJ_GET_INFO_BY_FD */
		__u32 bpf_fd;
		__u32 info_len;		/* bytes of room; written: bytes that are filled */
		__aligned_u64 info;
	} info;
	struct {	/* RAW_TRACEPOINT_OPEN */
		__aligned_u64 name;	/* a string */
		__u32 prog_fd;
		__u32 pad_raw_tracepoint;
		__u64 cookie;
	} raw_tracepoint;
	struct {	/* BTF_LOAD */
		__aligned_u64 btf;
		__aligned_u64 btf_log_buf;
		__u32 btf_size;		/* bytes */
		__u32 btf_log_size;	/* bytes */
		__u32 btf_log_level;
		__u32 btf_log_true_size;	/* written */
		__u32 btf_flags;
		__s32 btf_token_fd;
	};
	struct {	/* LINK_CREATE */
		__u32 prog_fd;
		union {
			__u32 target_fd;
			__u32 target_ifindex;
		};
		__u32 attach_type;
		__u32 flags;
		union {
			__u32 target_btf_id;
			struct {
				__u64 bpf_cookie;
			} perf_event;
			struct {
				__u32 target_btf_id;
				__u32 pad;
				__u64 cookie;
			} tracing;
			struct {
				__u32 flags;
				__u32 cnt;		/* of syms, or of addrs */
				__aligned_u64 syms;	/* array of string addresses */
				__aligned_u64 addrs;	/* array of kernel addresses */
				__aligned_u64 cookies;	/* array, or 0 */
			} kprobe_multi;
			struct {
				__u32 pf;
				__u32 hooknum;
				__s32 priority;
				__u32 flags;
			} netfilter;
		};
	} link_create;
	struct {	/* LINK_UPDATE */
		__u32 link_fd;
		__u32 new_prog_fd;
		__u32 flags;		/* MODBPF_F_REPLACE */
		__u32 old_prog_fd;	/* with it: what must hang there */
	} link_update;
	struct {	/* LINK_DETACH */
		__u32 link_fd;
	} link_detach;
	struct {	/* PROG_BIND_MAP */
		__u32 prog_fd;
		__u32 map_fd;
		__u32 flags;		/* 0 */
	} prog_bind_map;
	struct {	/* TASK_FD_QUERY */
		__u32 pid;
		__u32 fd;		/* of that process */
		__u32 flags;		/* 0 */
		__u32 buf_len;		/* bytes of room; written: length of the name */
		__aligned_u64 buf;	/* gets a name: of a tracepoint, a function, a file */
		__u32 prog_id;		/* written, as what follows */
		__u32 fd_type;		/* Linux's enum bpf_task_fd_type */
		__u64 probe_offset;
		__u64 probe_addr;
	} task_fd_query;
	struct {	/* PROG_QUERY */
		__u32 target_fd;
		__u32 attach_type;
		__u32 query_flags;
		__u32 attach_flags;	/* written */
		__aligned_u64 prog_ids;	/* room for prog_cnt numbers */
		__u32 prog_cnt;		/* written: how many there are */
		__u32 pad;
		__aligned_u64 prog_attach_flags;	/* 0 */
		__aligned_u64 link_ids;	/* 0, or as prog_ids */
		__aligned_u64 link_attach_flags;	/* 0 */
		__u64 revision;		/* 0 */
	} query;
} __attribute__((aligned(8)));
MODBPF_ASSERT_SIZE(union modbpf_attr, 152);

/* --- the context of PROG_TEST_RUN ------------------------------------------------ */

/*
 * struct __sk_buff. Given: mark, priority, ingress_ifindex, ifindex, cb, tstamp, wire_len,
 * gso_segs, gso_size and hwtstamp, the others zero. Told: the same, as the program left them.
 */
struct modbpf_sk_buff {
	__u32 len;
	__u32 pkt_type;
	__u32 mark;
	__u32 queue_mapping;
	__u32 protocol;
	__u32 vlan_present;
	__u32 vlan_tci;
	__u32 vlan_proto;
	__u32 priority;
	__u32 ingress_ifindex;
	__u32 ifindex;
	__u32 tc_index;
	__u32 cb[5];
	__u32 hash;
	__u32 tc_classid;
	__u32 data;
	__u32 data_end;
	__u32 napi_id;
	__u32 family;
	__u32 remote_ip4;
	__u32 local_ip4;
	__u32 remote_ip6[4];
	__u32 local_ip6[4];
	__u32 remote_port;
	__u32 local_port;
	__u32 data_meta;
	__aligned_u64 flow_keys;
	__u64 tstamp;			/* nanoseconds */
	__u32 wire_len;			/* bytes; 0: those of the packet */
	__u32 gso_segs;
	__aligned_u64 sk;
	__u32 gso_size;
	__u8 tstamp_type;
	__u8 pad[3];
	__u64 hwtstamp;			/* nanoseconds */
};
MODBPF_ASSERT_SIZE(struct modbpf_sk_buff, 192);

/* --- what OBJ_GET_INFO_BY_FD tells --------------------------------------------- */

/* An address with a length is room of the caller's in, and what there is out. */
struct modbpf_prog_info {
	__u32 type;
	__u32 id;
	__u8 tag[MODBPF_TAG_SIZE];
	__u32 jited_prog_len;		/* bytes */
	__u32 xlated_prog_len;		/* bytes */
	__aligned_u64 jited_prog_insns;
	__aligned_u64 xlated_prog_insns;
	__u64 load_time;		/* nanoseconds since boot */
	__u32 created_by_uid;
	__u32 nr_map_ids;
	__aligned_u64 map_ids;
	char name[MODBPF_OBJ_NAME_LEN];
	__u32 ifindex;
	__u32 gpl_compatible : 1;
	__u32 pad_bits : 31;
	__u64 netns_dev;
	__u64 netns_ino;
	__u32 nr_jited_ksyms;
	__u32 nr_jited_func_lens;
	__aligned_u64 jited_ksyms;
	__aligned_u64 jited_func_lens;
	__u32 btf_id;
	__u32 func_info_rec_size;
	__aligned_u64 func_info;
	__u32 nr_func_info;
	__u32 nr_line_info;
	__aligned_u64 line_info;
	__aligned_u64 jited_line_info;
	__u32 nr_jited_line_info;
	__u32 line_info_rec_size;
	__u32 jited_line_info_rec_size;
	__u32 nr_prog_tags;
	__aligned_u64 prog_tags;
	__u64 run_time_ns;
	__u64 run_cnt;
	__u64 recursion_misses;
	__u32 verified_insns;
	__u32 attach_btf_obj_id;
	__u32 attach_btf_id;
	__u32 pad_end;
	__u64 room[11];			/* Linux's may grow; must be zero */
	/* modbpf's own */
	__u64 lost;			/* records of its runs that rings had no room for */
} __attribute__((aligned(8)));
MODBPF_ASSERT_SIZE(struct modbpf_prog_info, 328);

struct modbpf_map_info {
	__u32 type;
	__u32 id;
	__u32 key_size;
	__u32 value_size;
	__u32 max_entries;
	__u32 map_flags;
	char name[MODBPF_OBJ_NAME_LEN];
	__u32 ifindex;
	__u32 btf_vmlinux_value_type_id;
	__u64 netns_dev;
	__u64 netns_ino;
	__u32 btf_id;
	__u32 btf_key_type_id;
	__u32 btf_value_type_id;
	__u32 btf_vmlinux_id;
	__u64 map_extra;
} __attribute__((aligned(8)));
MODBPF_ASSERT_SIZE(struct modbpf_map_info, 88);

struct modbpf_btf_info {
	__aligned_u64 btf;
	__u32 btf_size;			/* bytes */
	__u32 id;
	__aligned_u64 name;
	__u32 name_len;
	__u32 kernel_btf;
} __attribute__((aligned(8)));
MODBPF_ASSERT_SIZE(struct modbpf_btf_info, 32);

struct modbpf_link_info {
	__u32 type;			/* MODBPF_LINK_TYPE_* */
	__u32 id;
	__u32 prog_id;
	__u32 pad_head;
	union {
		struct {
			__aligned_u64 tp_name;
			__u32 tp_name_len;	/* bytes of room; written: bytes there are */
			__u32 pad_raw_tracepoint;
			__u64 cookie;
		} raw_tracepoint;
		struct {
			__u32 attach_type;
			__u32 target_obj_id;	/* of the BTF that the function is in */
			__u32 target_btf_id;
			__u32 pad;
			__u64 cookie;
		} tracing;
		struct {
			__u32 pf;
			__u32 hooknum;
			__s32 priority;
			__u32 flags;
		} netfilter;
		struct {
			__aligned_u64 addrs;
			__u32 count;
			__u32 flags;
			__u64 missed;
			__aligned_u64 cookies;
		} kprobe_multi;
		/* Which part is filled says type; name_len as tp_name_len above. */
		struct {
			__u32 type;		/* MODBPF_PERF_EVENT_* */
			__u32 pad;
			union {
				struct {
					__aligned_u64 file_name;
					__u32 name_len;
					__u32 offset;	/* in the file, its lower 32 bits */
					__u64 cookie;
				} uprobe;
				struct {
					__aligned_u64 func_name;	/* empty: by address */
					__u32 name_len;
					__u32 offset;	/* in the function */
					__u64 addr;	/* 0 without CAP_SYSLOG */
					__u64 missed;
					__u64 cookie;
				} kprobe;
				struct {
					__aligned_u64 tp_name;
					__u32 name_len;
					__u32 pad_tracepoint;
					__u64 cookie;
				} tracepoint;
				struct {
					__u64 config;	/* of perf_event_attr, as type */
					__u32 type;
					__u32 pad_event;
					__u64 cookie;
				} event;
			};
		} perf_event;
		__u64 room[14];		/* more than Linux's largest, which may grow */
	};
	/* modbpf's own */
	__u64 events;			/* that the program ran for; packets that got a verdict here */
	__u64 drops;			/* packets that were dropped here */
	__u64 recursion_misses;		/* events that came while the program ran on that CPU */
	__u64 missed;			/* events that did not reach it for other reasons */
	__u32 is_dead;			/* 1: detached, or its place is gone */
	__u32 ifindex;			/* of a netfilter link at a device; 0: of all */
	__u64 lost;			/* records of its program's runs that rings had no room for */
} __attribute__((aligned(8)));
MODBPF_ASSERT_SIZE(struct modbpf_link_info, 176);

#endif
