// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * For which reasons is a program refused, and what does each need? The only
 * place where a refusal's errno comes from.
 */
#include "verifier/refusal.h"

#include "verifier/log.h"
#include "verifier/step.h"

static const struct refusal_row rows[REFUSE_CODE_COUNT] = {
	[REFUSE_ACCESS_KERNEL_STRUCT] = { "access-kernel-struct", -EACCES,
		"a kernel that says what its types are (CONFIG_DEBUG_INFO_BTF), or that "
		"was told",
		"read the packet alone (bpf_dynptr_from_skb), or copy the structure with "
		"bpf_probe_read_kernel" },
	[REFUSE_ACCESS_MAY_BE_NULL] = { "access-may-be-null", -EACCES,
		"a pointer that is known not to be null",
		"compare the pointer with null first, and use it only in the branch "
		"where it is not null" },
	[REFUSE_ACCESS_MISALIGNED] = { "access-misaligned", -EACCES,
		"an address that is a multiple of the size of the access",
		"align the field or the offset, or access it in smaller pieces" },
	[REFUSE_ACCESS_MIXED_POINTERS] = { "access-mixed-pointers", -EINVAL,
		"the same kind of pointer on every path that comes to the instruction",
		"access the context and other memory in separate instructions, each in "
		"its own branch" },
	[REFUSE_ACCESS_NUMBER] = { "access-number", -EACCES,
		"a pointer; what is there is a number",
		"use the pointer itself: one that was computed, truncated or read from "
		"memory is a number; copy foreign memory with bpf_probe_read_kernel" },
	[REFUSE_ACCESS_WRONG_POINTER] = { "access-wrong-pointer", -EACCES,
		"a pointer to memory that a program may access directly",
		"pass a pointer of this kind to a helper, or take the memory behind it "
		"from a lookup" },
	[REFUSE_ARG_MAP_TYPE] = { "arg-map-type", -EINVAL,
		"a map of a type that the helper works on",
		"use a map of another type, or the helper that goes with this type" },
	[REFUSE_ARG_MAP_VARIES] = { "arg-map-varies", -EINVAL,
		"the same map on every path that comes to the call",
		"call the helper in each branch, with a constant map in each" },
	[REFUSE_ARG_TYPE] = { "arg-type", -EACCES,
		"an argument of the kind that the helper expects",
		"look the helper's arguments up, and check that they are in the right "
		"order and were checked for null" },
	[REFUSE_ARG_UNINIT] = { "arg-uninit", -EACCES,
		"an argument that is set on every path to the call, or on none",
		"set the argument before the branches part" },
	[REFUSE_ATOMIC_TARGET] = { "atomic-target", -EACCES,
		"memory that atomic operations work on: stack, map values, records",
		"do the atomic operation on a map value or on the stack" },
	[REFUSE_ATTACH_TARGET] = { "attach-target", -EINVAL,
		"the BTF id of a function or a tracepoint of the kernel, with at most 12 "
		"arguments of at most 8 bytes",
		"compile SEC(\"fentry/NAME\"), SEC(\"fexit/NAME\") or SEC(\"tp_btf/NAME\") for "
		"this kernel, or use a kprobe" },
	[REFUSE_ATTACH_TYPE] = { "attach-type", -EINVAL,
		"the expected_attach_type that goes with the program type",
		"set expected_attach_type, or the section name that implies it" },
	[REFUSE_BRANCH_TOO_FAR] = { "branch-too-far", -E2BIG,
		"a branch whose distance fits 16 bits after context accesses are "
		"rewritten",
		"split the function, or compile for -mcpu=v4, which has long jumps" },
	[REFUSE_BUDGET_BRANCHES] = { "budget-branches", -E2BIG,
		"fewer branches that wait to be followed",
		"make loops shorter, move them into bpf_loop or split the program by "
		"tail calls" },
	[REFUSE_BUDGET_INSNS] = { "budget-insns", -E2BIG,
		"fewer instructions to follow over all paths together",
		"shorten loops, use bpf_loop, or move code into subprograms whose paths"
		" meet again" },
	[REFUSE_BUDGET_MEMORY] = { "budget-memory", -E2BIG,
		"less memory for the states of the paths",
		"keep less on the stack over branches, and split the program by tail "
		"calls" },
	[REFUSE_BUDGET_WORK] = { "budget-work", -E2BIG,
		"less work to compare and follow the paths",
		"let branches meet early: set the variables on which they differ to the"
		" same value" },
	[REFUSE_CALL_OUT_OF_RANGE] = { "call-out-of-range", -EINVAL,
		"a call that leads to an instruction of the program",
		"the program's text is damaged: compile and link it again" },
	[REFUSE_CALL_RECURSIVE] = { "call-recursive", -EINVAL,
		"subprograms that do not call themselves, directly or indirectly",
		"write the recursion as a loop with an array for its stack" },
	[REFUSE_CALL_TOO_DEEP] = { "call-too-deep", -E2BIG,
		"at most 8 frames of calls one in another",
		"inline some of the subprograms (__always_inline)" },
	[REFUSE_CALLBACK_REFERENCES] = { "callback-references", -EINVAL,
		"the same references held at a callback's exit as at its call",
		"release in the callback what it acquires, and release what was acquired "
		"outside of it outside" },
	[REFUSE_CALLBACK_TAIL_CALL] = { "callback-tail-call", -EINVAL,
		"callbacks that return to the helper which called them",
		"make the tail call after the helper, when it has returned" },
	[REFUSE_CTX_FIELD] = { "ctx-field", -EACCES,
		"an offset and size at which this context has a field that may be "
		"accessed so",
		"use a field of this program type's context, with its own size" },
	[REFUSE_CTX_FIELD_ABSENT] = { "ctx-field-absent", -EACCES,
		"a field that this runtime provides",
		"compute the value from other fields, or use a helper" },
	[REFUSE_CTX_MOVED] = { "ctx-moved", -EACCES,
		"the context's own address, and offsets in the instruction that accesses it",
		"keep the compiler from adding to the context first: access its fields "
		"where they are, each in a statement of its own" },
	[REFUSE_CTX_SIGN_LOAD] = { "ctx-sign-load", -EACCES,
		"a load from the context that is not sign-extending",
		"load the field as unsigned, and cast the variable" },
	[REFUSE_DYNPTR_ACCESS] = { "dynptr-access", -EACCES,
		"no load from the bytes of a struct bpf_dynptr",
		"ask bpf_dynptr_read, bpf_dynptr_write or bpf_dynptr_data for what it points to" },
	[REFUSE_DYNPTR_KIND] = { "dynptr-kind", -EINVAL,
		"a dynptr of the type that the helper works on",
		"submit and discard what bpf_ringbuf_reserve_dynptr made, and nothing else" },
	[REFUSE_DYNPTR_MISSING] = { "dynptr-missing", -EINVAL,
		"a dynptr that was made on every path here, and of which no byte was overwritten since",
		"call bpf_dynptr_from_mem or bpf_ringbuf_reserve_dynptr first, with the same variable" },
	[REFUSE_DYNPTR_OVERWRITE] = { "dynptr-overwrite", -EINVAL,
		"a dynptr of a ring to be released before its bytes are used for anything else",
		"call bpf_ringbuf_submit_dynptr or bpf_ringbuf_discard_dynptr first" },
	[REFUSE_DYNPTR_PLACE] = { "dynptr-place", -EINVAL,
		"the address of a struct bpf_dynptr on the stack, which is a multiple of 8",
		"pass the address of a local variable; a dynptr in a map's value is not supported" },
	[REFUSE_ENCODING] = { "encoding", -EINVAL,
		"an instruction with a known operation and no reserved bits set",
		"compile for an instruction set that is supported (-mcpu=v1 to v4)" },
	[REFUSE_FORMAT] = { "format", -EINVAL,
		"a format whose conversions are known, and an argument for each",
		"docs/helpers.md lists the conversions; pass 8 bytes for each" },
	[REFUSE_FRAME_POINTER_WRITE] = { "frame-pointer-write", -EACCES,
		"R10 as it is: the frame pointer is read only",
		"copy R10 to another register and change that" },
	[REFUSE_FUNC_INFO] = { "func-info", -EINVAL,
		"one record per subprogram, in order, each with the id of a FUNC of the"
		" program's BTF",
		"the object's .BTF.ext is damaged: compile and link it again" },
	[REFUSE_GLOBAL_ARG] = { "global-arg", -EINVAL,
		"an argument that is what the called function was declared with",
		"pass a number, the context, or memory of the declared size; or make the"
		" function static, so that it is followed with what it is passed" },
	[REFUSE_GLOBAL_SIGNATURE] = { "global-signature", -EINVAL,
		"a function that is not static to take up to 5 numbers, contexts or "
		"pointers to memory of a known size, and to return a number or nothing",
		"make the function static, or change the types of its arguments" },
	[REFUSE_HELPER_ABSENT] = { "helper-absent", -EINVAL,
		"a helper whose function this runtime has",
		"use another helper: docs/ lists those that there are" },
	[REFUSE_HELPER_GPL] = { "helper-gpl", -EINVAL,
		"a GPL-compatible license for this helper",
		"declare the program's license, SEC(\"license\"), as one that is "
		"compatible with the GPL" },
	[REFUSE_HELPER_PROG_TYPE] = { "helper-prog-type", -EINVAL,
		"a helper that programs of this type may call",
		"use another helper, or another program type" },
	[REFUSE_HELPER_RIGHT] = { "helper-right", -EPERM,
		"a right of the caller that this helper takes",
		"load the program with the capability that the message names" },
	[REFUSE_HELPER_UNKNOWN] = { "helper-unknown", -EINVAL,
		"a helper that this runtime has",
		"use another helper: docs/ lists those that there are" },
	[REFUSE_INSN_UNSUPPORTED] = { "insn-unsupported", -EINVAL,
		"an instruction that this verifier supports",
		"compile without the feature that the log names" },
	[REFUSE_JUMP_OUT_OF_RANGE] = { "jump-out-of-range", -EINVAL,
		"a jump that leads to an instruction of the same subprogram",
		"the program's text is damaged: compile and link it again" },
	[REFUSE_KERNEL_BTF] = { "kernel-btf", -EINVAL,
		"a kernel that says what its types are (CONFIG_DEBUG_INFO_BTF)",
		"use a kprobe or a raw tracepoint, whose arguments are numbers" },
	[REFUSE_KEY_ESCAPES] = { "key-escapes", -EINVAL,
		"a callback's map key only in the callback and what it calls: when it has "
		"returned, the key is gone",
		"copy the key itself, not the pointer to it" },
	[REFUSE_KFUNC_UNSUPPORTED] = { "kfunc-unsupported", -EINVAL,
		"calls of helpers, subprograms, and the kernel functions of docs/helpers.md",
		"use a helper in place of the kernel function" },
	[REFUSE_LAST_INSN] = { "last-insn", -EINVAL,
		"an exit or a jump at the end of each subprogram",
		"return on every path: a function that ends in unreachable code has no "
		"last instruction" },
	[REFUSE_LEAK_INTO_MEMORY] = { "leak-into-memory", -EACCES,
		"a number: pointers of the runtime do not leave the program",
		"store what the pointer points to, not the pointer" },
	[REFUSE_LEAK_INTO_STACK] = { "leak-into-stack", -EACCES,
		"a constant offset at which the pointer is stored",
		"store pointers in variables, not in arrays that are indexed by a "
		"variable" },
	[REFUSE_LEAK_RETURN] = { "leak-return", -EACCES,
		"a number to return",
		"return a constant, or what the pointer points to" },
	[REFUSE_LEAK_THROUGH_STACK] = { "leak-through-stack", -EACCES,
		"bytes of stack that hold no pointer",
		"clear the structure, and do not keep pointers in what a helper reads" },
	[REFUSE_LINE_INFO] = { "line-info", -EINVAL,
		"records of lines in order of instructions, one at the start of each "
		"subprogram, with names of the program's BTF",
		"the object's .BTF.ext is damaged: compile and link it again" },
	[REFUSE_LOCK_ACCESS] = { "lock-access", -EACCES,
		"no access to the bytes of a struct bpf_spin_lock",
		"leave the lock to bpf_spin_lock and bpf_spin_unlock; copy the fields beside it one by one" },
	[REFUSE_LOCK_CALL] = { "lock-call", -EINVAL,
		"no call but bpf_spin_unlock while a lock is held",
		"make the call before the lock is taken, or after it is released" },
	[REFUSE_LOCK_EXIT] = { "lock-exit", -EINVAL,
		"no lock held where a function ends",
		"call bpf_spin_unlock on every path, in the function that took the lock" },
	[REFUSE_LOCK_HELD] = { "lock-held", -EINVAL,
		"no lock held where one is taken",
		"release the first lock before the second is taken" },
	[REFUSE_LOCK_NOT_HELD] = { "lock-not-held", -EINVAL,
		"the lock that is held, by the pointer of the same look-up",
		"release what was taken, through the pointer with which it was taken" },
	[REFUSE_LOCK_PLACE] = { "lock-place", -EINVAL,
		"the address of the struct bpf_spin_lock in a map's value",
		"pass &value->lock, of a map whose values have one and whose types the object tells" },
	[REFUSE_LOCK_PROG_TYPE] = { "lock-prog-type", -EINVAL,
		"a program that cannot interrupt the holder of a lock",
		"tracing programs and socket filters have no locks; use atomic operations" },
	[REFUSE_LOOP_INFINITE] = { "loop-infinite", -EINVAL,
		"a loop in which something that ends it changes",
		"count with a variable that the loop's condition compares" },
	[REFUSE_MAP_INDEX] = { "map-index", -EINVAL,
		"a map that was given along with the program",
		"the program's text is damaged: load it by a library that binds its "
		"maps" },
	[REFUSE_MAP_READ] = { "map-read", -EACCES,
		"a map that programs may read",
		"create the map without BPF_F_WRONLY_PROG" },
	[REFUSE_MAP_TYPE_UNSUPPORTED] = { "map-type-unsupported", -EINVAL,
		"a map of a type that this runtime has",
		"use a map of another type" },
	[REFUSE_MAP_UNBOUND] = { "map-unbound", -EINVAL,
		"a map reference that was bound to a map",
		"load the program by a library that binds its maps (fd_array)" },
	[REFUSE_MAP_VALUE_ADDRESS] = { "map-value-address", -EINVAL,
		"a map whose value's address is known at load: an array with one entry",
		"look the value up with bpf_map_lookup_elem" },
	[REFUSE_MAP_VALUE_OFFSET] = { "map-value-offset", -EINVAL,
		"an offset inside the map's value",
		"the program's text is damaged: compile and link it again" },
	[REFUSE_MAP_WRITE] = { "map-write", -EACCES,
		"a map that programs may write",
		"create the map without BPF_F_RDONLY_PROG; .rodata is constant" },
	[REFUSE_OFFSET_NEGATIVE] = { "offset-negative", -EACCES,
		"an offset that is known not to be negative",
		"use an unsigned variable, or check that it is at least 0" },
	[REFUSE_OFFSET_UNBOUNDED] = { "offset-unbounded", -EACCES,
		"an offset with a known upper bound",
		"compare the offset with a constant, or mask it with 'var &= const', "
		"before it is added" },
	[REFUSE_PACKET_BOUNDS] = { "packet-bounds", -EACCES,
		"bytes that a comparison with data_end has shown to be in the packet",
		"check 'pointer + size <= data_end' on the same path, before the "
		"access, and again after helpers that move the packet" },
	[REFUSE_PACKET_LOAD_CTX] = { "packet-load-ctx", -EINVAL,
		"the program's context in R6",
		"keep the context in R6 until the last load_byte(), load_half() or load_word()" },
	[REFUSE_PACKET_LOAD_TYPE] = { "packet-load-type", -EINVAL,
		"a program of type SOCKET_FILTER, SCHED_CLS or SCHED_ACT",
		"use skb_load_bytes, or another program type" },
	[REFUSE_PACKET_WRITE] = { "packet-write", -EACCES,
		"a packet that programs of this type may write",
		"copy what is to change with a helper, or use another program type" },
	[REFUSE_POINTER_ALU32] = { "pointer-alu32", -EACCES,
		"64-bit arithmetic on pointers",
		"use 64-bit variables for offsets; do not cast the pointer to a 32-bit "
		"type" },
	[REFUSE_POINTER_ARITHMETIC] = { "pointer-arithmetic", -EACCES,
		"a pointer of a kind that offsets can be added to",
		"check for null before adding to a pointer that may be null, and keep "
		"other pointers as they are" },
	[REFUSE_POINTER_COMPARISON] = { "pointer-comparison", -EACCES,
		"two numbers, a pointer and null, two places in the packet, or two known places "
		"in objects, for whether they are the same",
		"compare what the pointers point to" },
	[REFUSE_POINTER_OFFSET] = { "pointer-offset", -EACCES,
		"an offset of less than 2^29 bytes either way",
		"check the variable that is added against the size of what the pointer "
		"points to" },
	[REFUSE_POINTER_OPERATOR] = { "pointer-operator", -EACCES,
		"addition and subtraction only on pointers",
		"compute the offset in a number, then add it to the pointer" },
	[REFUSE_POINTER_PAIR] = { "pointer-pair", -EACCES,
		"a pointer and a number; two pointers can be subtracted only if both "
		"are into the packet",
		"subtract offsets, not pointers" },
	[REFUSE_POINTER_PARTIAL_COPY] = { "pointer-partial-copy", -EACCES,
		"all 64 bits of a pointer",
		"use a 64-bit variable for it" },
	[REFUSE_PROG_SIZE] = { "prog-size", -E2BIG,
		"between 1 and 1,000,000 instructions",
		"split the program by tail calls" },
	[REFUSE_PROG_TYPE_UNKNOWN] = { "prog-type-unknown", -EINVAL,
		"a program type of bpf(2)",
		"set the program's type, or the section name that implies it" },
	[REFUSE_PROG_TYPE_UNSUPPORTED] = { "prog-type-unsupported", -EINVAL,
		"a program type that this runtime has",
		"use another program type" },
	[REFUSE_RECORD_BOUNDS] = { "record-bounds", -EACCES,
		"an access inside the memory that the helper gave",
		"check the offset against the size that was reserved" },
	[REFUSE_REFERENCE_LEAK] = { "reference-leak", -EINVAL,
		"every reference released on every path to the end",
		"submit or discard the record on each path, also where an error makes "
		"the program return early" },
	[REFUSE_REFERENCE_LIMIT] = { "reference-limit", -EINVAL,
		"at most 16 references held at once",
		"release some before more are acquired" },
	[REFUSE_REFERENCE_TAIL_CALL] = { "reference-tail-call", -EINVAL,
		"no reference held at a tail call",
		"submit or discard the record before the tail call" },
	[REFUSE_REG_UNINIT] = { "reg-uninit", -EACCES,
		"a register that was set on every path",
		"initialise the variable; behind a call, set anew what was lost there: R1 "
		"to R5, pointers into a packet that it may move, what it released" },
	[REFUSE_RELEASE_OFFSET] = { "release-offset", -EINVAL,
		"the pointer as the acquiring helper returned it",
		"keep the pointer that was returned, and add to a copy" },
	[REFUSE_RETURN_RANGE] = { "return-range", -EINVAL,
		"a return value in the range that this program type allows",
		"return one of the type's constants on every path" },
	[REFUSE_RETURN_STACK_POINTER] = { "return-stack-pointer", -EINVAL,
		"a return value that does not point into the frame that ends",
		"let the caller pass a buffer" },
	[REFUSE_SIZE_NEGATIVE] = { "size-negative", -EACCES,
		"a size that is known not to be negative",
		"use an unsigned variable, or 'var &= const'" },
	[REFUSE_SIZE_NOT_CONSTANT] = { "size-not-constant", -EACCES,
		"a size that is a constant",
		"pass a constant; branch over the possible sizes" },
	[REFUSE_SIZE_UNBOUNDED] = { "size-unbounded", -EACCES,
		"a size with a known upper bound",
		"mask it with 'var &= const', or check 'if (var < const)'" },
	[REFUSE_SIZE_ZERO] = { "size-zero", -EACCES,
		"a size that is known to be above 0",
		"check that the size is not 0 before the call" },
	[REFUSE_SLICE_WRITE] = { "slice-write", -EACCES,
		"loads only, from what bpf_dynptr_slice gives",
		"call bpf_dynptr_slice_rdwr, or write with bpf_dynptr_write" },
	[REFUSE_STACK_BOUNDS] = { "stack-bounds", -EACCES,
		"an access inside the 512 bytes of stack below R10",
		"check the index against the size of the array" },
	[REFUSE_STACK_DEPTH] = { "stack-depth", -EACCES,
		"at most 512 bytes of stack in all frames of a chain of calls",
		"move large variables into a per-CPU array" },
	[REFUSE_STACK_OFFSET_UNBOUNDED] = { "stack-offset-unbounded", -EACCES,
		"a stack offset with known bounds",
		"compare the index with the size of the array, or mask it, before it is"
		" added" },
	[REFUSE_STACK_PARTIAL_FILL] = { "stack-partial-fill", -EACCES,
		"a read of all 8 bytes of a pointer that was stored",
		"read the pointer as a whole" },
	[REFUSE_STACK_PARTIAL_SPILL] = { "stack-partial-spill", -EACCES,
		"a store of all 8 bytes of a pointer",
		"store the pointer as a whole" },
	[REFUSE_STACK_POINTER_ESCAPES] = { "stack-pointer-escapes", -EINVAL,
		"pointers to a frame only in this frame and those it calls",
		"let the caller pass a buffer, and keep no pointer to a variable that "
		"ends" },
	[REFUSE_STACK_UNINIT_READ] = { "stack-uninit-read", -EACCES,
		"stack bytes that were written on every path",
		"initialise the variable, with its padding: struct s x = {}; or memset" },
	[REFUSE_STRING_NOT_CONSTANT] = { "string-not-constant", -EACCES,
		"a string that ends, and that can never change: a constant of the program",
		"make it a 'static const char []', so that it is in .rodata" },
	[REFUSE_SUBPROG_LIMIT] = { "subprog-limit", -E2BIG,
		"at most 256 subprograms",
		"inline some of them" },
	[REFUSE_TAIL_CALL_STACK] = { "tail-call-stack", -EACCES,
		"at most 256 bytes of stack in the frames above a tail call",
		"make the tail call from the main program, or move variables into a "
		"per-CPU array" },
	[REFUSE_TIMER_ACCESS] = { "timer-access", -EACCES,
		"no access to the bytes of a struct bpf_timer",
		"leave the timer to the helpers that are for it; copy the fields beside it one by one" },
	[REFUSE_TIMER_MAP] = { "timer-map", -EINVAL,
		"the map in whose value the timer is",
		"pass the map that the value was looked up in" },
	[REFUSE_TIMER_PLACE] = { "timer-place", -EINVAL,
		"the address of the struct bpf_timer in a map's value",
		"pass &value->timer, of a map whose values have one and whose types the object tells" },
	[REFUSE_TIMER_PROG_TYPE] = { "timer-prog-type", -EINVAL,
		"a program that runs where timers can be started",
		"programs of kprobes, tracepoints and perf events have no timers; fentry, fexit "
		"and packet programs have" },
	[REFUSE_TYPED_BOUNDS] = { "typed-bounds", -EACCES,
		"a load inside the structure that the pointer points to",
		"compile with the structure's real layout (CO-RE), or copy memory beyond "
		"it with bpf_probe_read_kernel" },
	[REFUSE_TYPED_OFFSET] = { "typed-offset", -EACCES,
		"a constant offset from a pointer to a kernel structure",
		"copy what lies at a variable offset with bpf_probe_read_kernel" },
	[REFUSE_TYPED_RIGHT] = { "typed-right", -EPERM,
		"CAP_PERFMON, for loads from structures of the kernel",
		"load the program with CAP_PERFMON, or read the packet alone" },
	[REFUSE_TYPED_WRITE] = { "typed-write", -EACCES,
		"loads only: neither stores nor helpers reach into the kernel's structures",
		"store into a map or the stack instead; for a helper, copy there what it is to read" },
	[REFUSE_USED_MAPS] = { "used-maps", -E2BIG,
		"at most 64 maps in one program",
		"put several tables into one map" },
	[REFUSE_VALUE_BOUNDS] = { "value-bounds", -EACCES,
		"an access inside the map's value",
		"check the offset against the value's size: 'if (i < size)' before "
		"value[i]" },
};

const struct refusal_row *refusal_row(enum refusal_code code)
{
	return &rows[code];
}

static __printf(5, 0) int refuse_args(struct vlog *log, enum refusal_code code, u32 insn,
				      u32 regno, const char *fmt, va_list args)
{
	vlog_line_args(log, fmt, args);
	log->refusal = (struct refusal){ .code = code, .insn = insn, .regno = regno,
					 .set = REFUSAL_NO_INSN };
	/* A code without a row must not pass for success. */
	return rows[code].err ? : -EFAULT;
}

int refuse(struct step *step, enum refusal_code code, u32 regno, const char *fmt, ...)
{
	va_list args;
	int err;

	va_start(args, fmt);
	err = refuse_args(step->log, code, step->pc, regno, fmt, args);
	va_end(args);
	return err;
}

int refuse_stack(struct step *step, int err, u32 frame, s32 lo, s32 hi)
{
	step->log->refusal.frame = frame;
	step->log->refusal.lo = lo;
	step->log->refusal.hi = hi;
	return err;
}

int refuse_since(struct step *step, int err, u32 set)
{
	step->log->refusal.set = set;
	return err;
}

int refuse_program(struct vlog *log, enum refusal_code code, u32 insn, const char *fmt, ...)
{
	va_list args;
	int err;

	va_start(args, fmt);
	err = refuse_args(log, code, insn, REFUSAL_NO_REG, fmt, args);
	va_end(args);
	return err;
}

int refuse_budget(struct vlog *log, enum refusal_code code, u32 insn, u32 processed,
		  const char *what)
{
	int err = refuse_program(log, code, insn, "BPF program is too large. Processed %u insn",
				 processed);

	vlog_line(log, "limit reached at insn %u: %s", insn, what);
	return err;
}
