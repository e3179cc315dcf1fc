/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Commands as they come through the ioctl, from a KUnit case: the attr is in user
 * memory, fds are real. A suite has .init = command_begin, .exit = command_end.
 */
#ifndef MODBPF_TESTS_KUNIT_COMMAND_CALL_H
#define MODBPF_TESTS_KUNIT_COMMAND_CALL_H

#include <kunit/test.h>

#include "isa/abi.h"
#include "isa/insn.h"
#include "uapi/modbpf.h"

#define BAD_ADDRESS 16ULL	/* nothing is mapped there */
#define MOV64_IMM(dst, value) { .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = dst, .imm = value }
#define EXIT_INSN { .code = BPF_JMP | BPF_EXIT }

int command_begin(struct kunit *test);
/* Closes what is still open; a case that left objects behind fails. */
void command_end(struct kunit *test);

/* What bpf(2) would return. @attr is written back. */
long command_try(struct kunit *test, u32 cmd, union modbpf_attr *attr);
/* The caller knows @size bytes of @attr only. */
long command_try_sized(struct kunit *test, u32 cmd, union modbpf_attr *attr, u32 size);
/* The user address of a copy. @src NULL: zeros. */
u64 command_put_user(struct kunit *test, const void *src, size_t bytes);
void command_get_user(struct kunit *test, void *dst, u64 from, size_t bytes);

/* An fd or -errno. The fd is closed by command_end() if not before. */
long command_make_map(struct kunit *test, u32 type, u32 key, u32 value, u32 entries, u32 flags);
long command_load(struct kunit *test, u32 type, const struct modbpf_insn *insns, u32 cnt);
/* A program of @type that returns 1. */
long command_load_trivial(struct kunit *test, u32 type);
/* On a map's element; @key, @value: user addresses. */
long command_element(struct kunit *test, u32 cmd, int map, u64 key, u64 value, u64 flags);
void command_close(struct kunit *test, int fd);

#endif
