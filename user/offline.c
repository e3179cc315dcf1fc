// SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause
/*
 * bpf(2) without a device. Each fd that is given out is a file in memory, which
 * can be mapped and closed as a map's can; what it stands for is remembered
 * here by its number, until the number is given out again.
 */
#define _GNU_SOURCE
#include "user/offline.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "isa/btf/btf.h"
#include "isa/btf/kfunc.h"
#include "uapi/modbpf.h"
#include "user/kernel_types.h"
#include "user/offline_log.h"
#include "user/platform.h"
#include "user/transport.h"
#include "verifier/ctx_skb.h"
#include "verifier/load_rule.h"
#include "verifier/map_attr.h"
#include "verifier/map_btf.h"

#define LICENSE_BYTES 128

enum stand_kind { STANDS_FOR_NOTHING, STANDS_FOR_MAP, STANDS_FOR_BTF, STANDS_FOR_KFUNCS };

#define KFUNCS_ID 1	/* of the only BTF that can be looked for */

/* What an fd stands for. */
struct stand_in {
	enum stand_kind kind;
	struct map_desc map;
	char name[MODBPF_OBJ_NAME_LEN];
	bool holds_maps;	/* which are like .inner */
	struct map_desc inner;
	bool is_frozen;
	u8 *value;		/* of a map whose value can become constant, or NULL */
	u8 *btf;		/* bytes, of which types tells; of kfuncs, whose types nobody asks for */
	u32 btf_bytes;
	struct btf_types *types;
};

static struct stand_in *stand_ins;
static u32 stand_in_cnt;
static const char *asked_log;
static struct offline_verdict *asked;

/* --- fds ------------------------------------------------------------------------ */

/* A fresh fd, or -errno. */
static int new_fd(enum stand_kind kind)
{
	struct stand_in *grown;
	int fd = memfd_create("modbpf", MFD_CLOEXEC);

	if (fd < 0)
		return -errno;
	if ((u32)fd >= stand_in_cnt) {
		grown = realloc(stand_ins, (fd + 1) * sizeof(*grown));
		if (!grown) {
			close(fd);
			return -ENOMEM;
		}
		memset(grown + stand_in_cnt, 0, (fd + 1 - stand_in_cnt) * sizeof(*grown));
		stand_ins = grown;
		stand_in_cnt = fd + 1;
	}
	free(stand_ins[fd].value);
	modbpf_btf_free(stand_ins[fd].types);
	free(stand_ins[fd].btf);
	memset(&stand_ins[fd], 0, sizeof(stand_ins[fd]));
	stand_ins[fd].kind = kind;
	return fd;
}

static struct stand_in *stand_in_of(s32 fd, enum stand_kind kind)
{
	if (fd < 0 || (u32)fd >= stand_in_cnt || stand_ins[fd].kind != kind)
		return NULL;
	return &stand_ins[fd];
}

/* As the device: no file, or one of something else. */
static int wrong_fd(s32 fd)
{
	return fcntl(fd, F_GETFD) < 0 ? -EBADF : -EINVAL;
}

/* As the device: an empty end is no name, nor is what a path cannot have. */
static bool is_name(const char name[MODBPF_OBJ_NAME_LEN])
{
	u32 i;

	for (i = 0; i < MODBPF_OBJ_NAME_LEN && name[i]; i++)
		if (!isalnum((unsigned char)name[i]) && name[i] != '_' && name[i] != '.')
			return false;
	return i < MODBPF_OBJ_NAME_LEN;
}

/* --- maps and BTF ----------------------------------------------------------------- */

static bool can_be_constant(const struct map_desc *map)
{
	return map->type == MODBPF_MAP_ARRAY && map->max_entries == 1 &&
	       map->flags & MODBPF_F_RDONLY_PROG;
}

static int check_map_btf(const union modbpf_attr *attr, const struct map_attr *params,
			 u32 field_end[MAP_FIELD_COUNT])
{
	const struct stand_in *btf;
	int err;

	if (!attr->btf_key_type_id && !attr->btf_value_type_id)
		return 0;
	btf = stand_in_of(attr->btf_fd, STANDS_FOR_BTF);
	if (!btf)
		return wrong_fd(attr->btf_fd);
	err = map_btf_check(params, btf->types, attr->btf_key_type_id, attr->btf_value_type_id);
	if (!err)
		err = map_btf_find_fields(params, btf->types, attr->btf_value_type_id, field_end);
	return err;
}

static struct map_attr attr_of(const struct map_desc *map)
{
	return (struct map_attr){
		.type = map->type, .key_size = map->key_size, .value_size = map->value_size,
		.max_entries = map->max_entries, .flags = map->flags,
		.numa_node = MAP_ATTR_NO_NODE,
	};
}

static int map_create(const union modbpf_attr *attr)
{
	bool holds_maps = map_attr_holds_maps(attr->map_type);
	const struct stand_in *inner = stand_in_of(attr->inner_map_fd, STANDS_FOR_MAP);
	const struct map_desc inner_map = holds_maps && inner ? inner->map : (struct map_desc){ 0 };
	const struct map_attr inner_attr = attr_of(&inner_map);
	struct map_desc map = {
		.type = attr->map_type, .key_size = attr->key_size,
		.value_size = attr->value_size, .max_entries = attr->max_entries,
		.flags = attr->map_flags,
	};
	/* Whether this machine has the node is not asked. */
	const struct map_attr params = {
		.type = attr->map_type, .key_size = attr->key_size,
		.value_size = attr->value_size, .max_entries = attr->max_entries,
		.flags = attr->map_flags, .extra = attr->map_extra,
		.numa_node = (s32)attr->numa_node, .inner = holds_maps ? &inner_attr : NULL,
	};
	int err = holds_maps && !inner ? wrong_fd(attr->inner_map_fd) : map_attr_check(&params), fd;

	if (err)
		return err;
	if (attr->map_ifindex || attr->btf_vmlinux_value_type_id ||
	    attr->value_type_btf_obj_fd || attr->map_token_fd || !is_name(attr->map_name))
		return -EINVAL;
	err = map_fields_check_inside(inner_map.field_end);
	if (!err)
		err = check_map_btf(attr, &params, map.field_end);
	if (err)
		return err;
	fd = new_fd(STANDS_FOR_MAP);
	if (fd < 0)
		return fd;
	stand_ins[fd].map = map;
	memcpy(stand_ins[fd].name, attr->map_name, sizeof(stand_ins[fd].name));
	stand_ins[fd].holds_maps = holds_maps;
	stand_ins[fd].inner = inner_map;
	if (can_be_constant(&map))
		stand_ins[fd].value = calloc(1, map.value_size);
	/* Who maps it finds zeros, as in a new map. */
	if ((can_be_constant(&map) && !stand_ins[fd].value) ||
	    (map.flags & MODBPF_F_MMAPABLE &&
	     ftruncate(fd, (u64)map.value_size * map.max_entries + 4096))) {
		close(fd);
		return -ENOMEM;
	}
	return fd;
}

/* The maps that an object's author put in. */
static int check_inner(const struct stand_in *outer, u64 value)
{
	const struct stand_in *inner = stand_in_of(*(const s32 *)(uintptr_t)value, STANDS_FOR_MAP);
	const struct map_attr made_for = attr_of(&outer->inner);
	struct map_attr attr;

	if (!inner)
		return wrong_fd(*(const s32 *)(uintptr_t)value);
	attr = attr_of(&inner->map);
	return map_attr_fits(&made_for, &attr) &&
	       !memcmp(inner->map.field_end, outer->inner.field_end, sizeof(inner->map.field_end)) ?
	       0 : -EINVAL;
}

static int map_update(const union modbpf_attr *attr)
{
	struct stand_in *stand_in = stand_in_of(attr->map_fd, STANDS_FOR_MAP);

	if (!stand_in)
		return wrong_fd(attr->map_fd);
	if (stand_in->is_frozen)
		return -EPERM;
	if (stand_in->holds_maps)
		return check_inner(stand_in, attr->value);
	if (stand_in->value)
		memcpy(stand_in->value, (const void *)(uintptr_t)attr->value,
		       stand_in->map.value_size);
	return 0;
}

static int map_freeze(const union modbpf_attr *attr)
{
	struct stand_in *stand_in = stand_in_of(attr->map_fd, STANDS_FOR_MAP);

	if (!stand_in)
		return wrong_fd(attr->map_fd);
	stand_in->is_frozen = true;
	return 0;
}

/* Why it is refused goes to the log, as the device has it. */
static int btf_check(union modbpf_attr *attr, const u8 *bytes, struct btf_types **types)
{
	struct offline_log log;
	struct btf_why why;
	int err, log_err;

	err = offline_log_init(&log, attr->btf_log_level, (char *)(uintptr_t)attr->btf_log_buf,
			       attr->btf_log_size);
	if (err)
		return err;
	err = modbpf_btf_parse(bytes, attr->btf_size, &why, types);
	if (err && why.text[0])
		offline_log_line(&log, why.text);
	log_err = offline_log_finish(&log, &attr->btf_log_true_size);
	if (!log_err)
		return err;
	modbpf_btf_free(*types);
	return log_err;
}

static int btf_load(union modbpf_attr *attr)
{
	struct btf_types *types;
	u8 *bytes;
	int err, fd;

	if (attr->btf_size > MODBPF_BTF_MAX_BYTES)
		return -E2BIG;
	bytes = malloc(attr->btf_size + 1);
	if (!bytes)
		return -ENOMEM;
	memcpy(bytes, (const void *)(uintptr_t)attr->btf, attr->btf_size);
	err = btf_check(attr, bytes, &types);
	fd = err ? err : new_fd(STANDS_FOR_BTF);
	if (fd < 0) {
		if (!err)
			modbpf_btf_free(types);
		free(bytes);
		return fd;
	}
	stand_ins[fd].btf = bytes;
	stand_ins[fd].btf_bytes = attr->btf_size;
	stand_ins[fd].types = types;
	return fd;
}

/* What libbpf finds kernel functions in, which the kernel that runs need not have. */
static struct kfunc_btf_base kfunc_base(void)
{
	const struct btf_types *running = kernel_types_running();

	return running ? (struct kfunc_btf_base){ running->cnt, running->string_bytes } :
			 (struct kfunc_btf_base){ 1, 0 };
}

static int btf_next_id(const union modbpf_attr *attr, u32 *next)
{
	*next = KFUNCS_ID;
	return attr->start_id < KFUNCS_ID ? 0 : -ENOENT;
}

static int btf_fd_by_id(const union modbpf_attr *attr)
{
	const struct kfunc_btf_base base = kfunc_base();
	int fd;

	if (attr->btf_id != KFUNCS_ID)
		return -ENOENT;
	fd = new_fd(STANDS_FOR_KFUNCS);
	if (fd < 0)
		return fd;
	stand_ins[fd].btf = kfunc_btf_make(&base, &stand_ins[fd].btf_bytes);
	if (stand_ins[fd].btf)
		return fd;
	close(fd);
	return -ENOMEM;
}

static void copy_fitting(u64 to, u32 room, const void *from, u32 bytes)
{
	if (room)	/* without, there may be no place either */
		memcpy((void *)(uintptr_t)to, from, room < bytes ? room : bytes);
}

/* libbpf asks it of BTF only: to see whether it can ask, and of what it finds kernel functions in. */
static int object_info(const union modbpf_attr *attr)
{
	const struct stand_in *kfuncs = stand_in_of(attr->info.bpf_fd, STANDS_FOR_KFUNCS);
	const struct stand_in *stand_in = kfuncs ? : stand_in_of(attr->info.bpf_fd, STANDS_FOR_BTF);
	struct modbpf_btf_info info = { 0 };
	u32 room = attr->info.info_len;

	if (!stand_in)
		return -EINVAL;
	memcpy(&info, (void *)(uintptr_t)attr->info.info, room < sizeof(info) ? room : sizeof(info));
	copy_fitting(info.btf, info.btf_size, stand_in->btf, stand_in->btf_bytes);
	if (kfuncs)
		copy_fitting(info.name, info.name_len, KFUNC_BTF_NAME, sizeof(KFUNC_BTF_NAME));
	info.name_len = kfuncs ? strlen(KFUNC_BTF_NAME) : 0;
	info.kernel_btf = !!kfuncs;
	info.btf_size = stand_in->btf_bytes;
	info.id = kfuncs ? KFUNCS_ID : attr->info.bpf_fd;
	copy_fitting(attr->info.info, room, &info, sizeof(info));
	return 0;
}

/* --- programs --------------------------------------------------------------------- */

/* The same fields are there as on the device; where, is of no matter to a verdict. */
#define IN_CTX(source, member) [source] = { .hop = -1, \
	.offset = offsetof(struct skb_ctx, member), .size = sizeof(((struct skb_ctx *)0)->member) },
#define IN_SKB(source, member, bytes) [source] = { .hop = offsetof(struct skb_ctx, skb), \
	.offset = 8 * (source), .size = bytes },

static const struct ctx_slot skb_slots[CTX_SOURCE_COUNT] = {
	SKB_CTX_SOURCES(IN_CTX, IN_SKB, IN_SKB)
};

struct load {
	const union modbpf_attr *attr;
	const struct load_type *type;
	struct modbpf_insn *insns;
	struct func_info *funcs;
	struct line_info *lines;
	const struct btf_types *btf;
	struct map_desc maps[MODBPF_MAX_USED_MAPS];
	s32 fds[MODBPF_MAX_USED_MAPS];	/* of maps */
	u32 map_cnt;
	struct offline_log log;
	struct offline_verdict verdict;
};

static int reject(struct load *load, int err, const char *why)
{
	if (why)
		offline_log_line(&load->log, why);
	return err;
}

static int map_index_of(void *cookie, s32 fd, bool by_index)
{
	const struct stand_in *stand_in;
	struct load *load = cookie;
	u32 i;

	if (by_index && !load->attr->fd_array)
		return reject(load, -EPROTO, "fd_idx without fd_array is invalid");
	if (by_index)
		return -EFAULT;	/* libbpf makes none, and where the array ends is not told */
	stand_in = stand_in_of(fd, STANDS_FOR_MAP);
	if (!stand_in)
		return reject(load, wrong_fd(fd), "fd is not pointing to valid bpf_map");
	for (i = 0; i < load->map_cnt; i++)
		if (load->fds[i] == fd)
			return i;
	if (i == MODBPF_MAX_USED_MAPS)
		return reject(load, -E2BIG,
			      "The total number of maps per program has reached the limit of 64");
	load->fds[i] = fd;
	load->maps[i] = stand_in->map;
	load->maps[i].name = stand_in->name;
	load->maps[i].inner = stand_in->holds_maps ? &stand_in->inner : NULL;
	if (stand_in->is_frozen && stand_in->value) {
		load->maps[i].frozen = stand_in->value;
		load->maps[i].frozen_size = stand_in->map.value_size;
	}
	return load->map_cnt++;
}

/* libbpf makes the array if a function is in other BTF than the kernel's, as long as it has to be. */
static int kfunc_name_of(void *cookie, s32 id, s16 off, const char **name)
{
	const struct kfunc_btf_base base = kfunc_base();
	const struct btf_types *running;
	struct load *load = cookie;
	const s32 *fds = (const s32 *)(uintptr_t)load->attr->fd_array;
	struct btf_view view;

	if (off < 0)
		return reject(load, -EINVAL, "negative offset disallowed for kernel module function call");
	if (off && !fds)
		return reject(load, -EPROTO, "kernel function with offset > 0 without fd_array is invalid");
	if (off && !stand_in_of(fds[off], STANDS_FOR_KFUNCS))
		return reject(load, wrong_fd(fds[off]), "invalid module BTF fd specified");
	if (off) {
		*name = kfunc_btf_func(&base, id);
		return 0;
	}
	running = kernel_types_running();
	if (!running || (u32)id >= running->cnt)
		return 0;
	view = btf_view_of(running, id);
	if (view.kind == MODBPF_BTF_FUNC)
		*name = btf_string(running, view.name_off);
	return 0;
}

static int check_attr(struct load *load, u32 rights)
{
	const union modbpf_attr *attr = load->attr;
	const struct load_facts facts = {
		.prog_type = attr->prog_type,
		.expected_attach_type = attr->expected_attach_type,
		.prog_flags = attr->prog_flags,
		.prog_ifindex = attr->prog_ifindex,
		.rights = rights,
		.attach_btf_id = attr->attach_btf_id,
		.attaches_elsewhere = attr->attach_prog_fd,
		.has_core_relos = attr->core_relo_cnt || attr->core_relos ||
				  attr->core_relo_rec_size,
		.has_token = attr->prog_token_fd || attr->fd_array_cnt,
	};
	const char *why = NULL;
	int err;

	err = load_check_features(&facts, &why);
	if (!err)
		err = load_check_type(&facts, &load->type, &why);
	if (err)
		return reject(load, err, why);
	if (!attr->license)
		return -EFAULT;
	if (!attr->insn_cnt || attr->insn_cnt > MODBPF_MAX_INSNS)
		return -E2BIG;
	return is_name(attr->prog_name) ? 0 : -EINVAL;
}

static u64 now_nsecs(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static bool is_gpl(const union modbpf_attr *attr)
{
	char license[LICENSE_BYTES];

	snprintf(license, sizeof(license), "%s", (const char *)(uintptr_t)attr->license);
	return load_license_is_gpl(license);
}

static int verify(struct load *load, u32 rights)
{
	const union modbpf_attr *attr = load->attr;
	const struct verify_request req = {
		.insns = load->insns, .insn_cnt = attr->insn_cnt, .prog_type = attr->prog_type,
		.expected_attach_type = attr->expected_attach_type, .rights = rights,
		.kernel_btf = load_wants_kernel_types(load->type, load->insns, attr->insn_cnt) ? kernel_types() : NULL,
		.attach_btf_id = attr->attach_btf_id,
		.gpl_compatible = is_gpl(attr), .maps = load->maps, .map_cnt = load->map_cnt,
		.ctx = load->type->has_skb ? skb_slots : NULL, .log = &load->log.base,
		.btf = load->btf, .funcs = load->funcs, .func_cnt = attr->func_info_cnt,
		.lines = load->lines, .line_cnt = attr->line_info_cnt,
	};
	struct offline_verdict *verdict = &load->verdict;
	struct verified_prog *prog;
	u64 begin = now_nsecs(), bytes = platform_bytes();
	int err;

	platform_reset_peak();
	err = modbpf_verify(&req, &prog, &verdict->stats);
	verdict->nsecs = now_nsecs() - begin;
	verdict->peak_bytes = platform_peak() - bytes;
	if (!err)
		modbpf_verified_free(prog);
	return err;
}

static int gather_info(struct load *load, enum load_info info, u64 addr, u32 cnt, u32 rec_bytes,
		       void **records)
{
	const char *why = NULL;
	int err = load_check_info(info, cnt, rec_bytes, load->attr->insn_cnt, &why);

	if (err)
		return reject(load, err, why);
	if (!cnt)
		return 0;
	*records = malloc((size_t)cnt * rec_bytes);
	if (!*records)
		return -ENOMEM;
	memcpy(*records, (const void *)(uintptr_t)addr, (size_t)cnt * rec_bytes);
	err = load_pack_info(info, *records, cnt, rec_bytes, &why);
	return err ? reject(load, err, why) : 0;
}

static int gather_btf(struct load *load)
{
	const union modbpf_attr *attr = load->attr;
	const struct stand_in *btf;
	int err;

	if (!attr->func_info_cnt && !attr->line_info_cnt)
		return 0;
	btf = stand_in_of(attr->prog_btf_fd, STANDS_FOR_BTF);
	if (!btf)
		return wrong_fd(attr->prog_btf_fd);
	load->btf = btf->types;
	err = gather_info(load, LOAD_FUNC_INFO, attr->func_info, attr->func_info_cnt,
			  attr->func_info_rec_size, (void **)&load->funcs);
	if (!err)
		err = gather_info(load, LOAD_LINE_INFO, attr->line_info, attr->line_info_cnt,
				  attr->line_info_rec_size, (void **)&load->lines);
	return err;
}

static int load_and_verify(struct load *load)
{
	/* Of the machine that it is for, not of who asks: root's. */
	const u32 rights = VERIFY_RIGHT_PERFMON | VERIFY_RIGHT_NET_ADMIN | VERIFY_RIGHT_SYS_ADMIN;
	const union modbpf_attr *attr = load->attr;
	size_t bytes = attr->insn_cnt * sizeof(*load->insns);
	int err = check_attr(load, rights);

	if (err)
		return err;
	load->insns = malloc(bytes);
	if (!load->insns)
		return -ENOMEM;
	memcpy(load->insns, (const void *)(uintptr_t)attr->insns, bytes);
	err = gather_btf(load);
	if (!err)
		err = modbpf_insns_bind_kfuncs(load->insns, attr->insn_cnt, kfunc_name_of, load);
	if (!err)
		err = modbpf_insns_bind_maps(load->insns, attr->insn_cnt, map_index_of, load);
	if (!err)
		err = verify(load, rights);
	free(load->lines);
	free(load->funcs);
	free(load->insns);
	return err;
}

static int prog_load(union modbpf_attr *attr)
{
	struct load *load = calloc(1, sizeof(*load));
	int err, log_err;

	if (!load)
		return -ENOMEM;
	load->attr = attr;
	load->verdict.insn_cnt = attr->insn_cnt;
	err = offline_log_init(&load->log, attr->log_level, (char *)(uintptr_t)attr->log_buf,
			       attr->log_size);
	if (!err) {
		err = load_and_verify(load);
		load->verdict.was_asked = true;
		load->verdict.err = err;	/* a log that is cut is no verdict */
		log_err = offline_log_finish(&load->log, &attr->log_true_size);
		err = log_err ? log_err : err;
	}
	if (asked && attr->log_buf == (uintptr_t)asked_log)
		*asked = load->verdict;
	free(load);
	return err ? err : new_fd(STANDS_FOR_NOTHING);
}

/* What bpf(2) writes into the attr: of a caller who knows of it. */
#define PUT(given, size, attr, member) do { \
	size_t at_ = offsetof(union modbpf_attr, member); \
	if ((size) >= at_ + sizeof((attr)->member)) \
		memcpy((char *)(uintptr_t)(given) + at_, &(attr)->member, sizeof((attr)->member)); \
} while (0)

static int answer(int cmd, const void *given, size_t size)
{
	union modbpf_attr attr;
	int result;

	memset(&attr, 0, sizeof(attr));
	memcpy(&attr, given, size < sizeof(attr) ? size : sizeof(attr));
	switch (cmd) {
	case MODBPF_CMD_MAP_CREATE:
		return map_create(&attr);
	case MODBPF_CMD_MAP_UPDATE_ELEM:
		return map_update(&attr);
	case MODBPF_CMD_MAP_FREEZE:
		return map_freeze(&attr);
	case MODBPF_CMD_BTF_LOAD:
		result = btf_load(&attr);
		PUT(given, size, &attr, btf_log_true_size);
		return result;
	case MODBPF_CMD_OBJ_GET_INFO_BY_FD:
		return object_info(&attr);
	case MODBPF_CMD_BTF_GET_NEXT_ID:
		result = btf_next_id(&attr, &attr.next_id);
		PUT(given, size, &attr, next_id);
		return result;
	case MODBPF_CMD_BTF_GET_FD_BY_ID:
		return btf_fd_by_id(&attr);
	case MODBPF_CMD_PROG_LOAD:
		result = prog_load(&attr);
		PUT(given, size, &attr, log_true_size);
		return result;
	default:
		return -EINVAL;
	}
}

void offline_begin(const char *log, struct offline_verdict *verdict)
{
	asked_log = log;
	asked = verdict;
	transport_answer = answer;
}
