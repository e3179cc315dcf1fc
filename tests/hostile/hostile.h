/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What if user space means ill? Calls of the device that are nearly right: what a worker
 * draws, what it makes of it, and how often each kind of call was granted.
 */
#ifndef MODBPF_TESTS_HOSTILE_HOSTILE_H
#define MODBPF_TESTS_HOSTILE_HOSTILE_H

#include <linux/perf_event.h>
#include <stdbool.h>
#include <stdint.h>

#include "isa/abi.h"
#include "uapi/modbpf.h"

#define PAGES 16
#define ATTR_BYTES 192

/* What is made. Fds are kept by what they are, so that calls get what they want. */
enum kind { KIND_MAP, KIND_PROG, KIND_LINK, KIND_BTF, KIND_EVENT, KIND_OTHER, KIND_COUNT };

struct worker {
	uint64_t state;		/* xorshift64 */
	union {
		union modbpf_attr attr;
		uint8_t bytes[ATTR_BYTES];
	};
	struct perf_event_attr event;
	uint32_t variant;	/* enum variant, of what is attached or made */
	uint32_t kept_type;	/* what it is kept as: the type of the program, if one is attached */
};

/* --- draw.c: numbers, addresses, fds ------------------------------------------------------- */

extern uint8_t *shared;		/* pages that any thread writes to, and maps anew */
extern int device;

uint64_t draw(struct worker *w);
uint64_t below(struct worker *w, uint64_t limit);
uint64_t in_memory(struct worker *w);		/* an address in shared, 512 bytes before its end */
uint64_t any_address(struct worker *w);
uint64_t any_number(struct worker *w);
uint64_t put_name(struct worker *w, const char *name);	/* its address */
bool is_in_memory(uint64_t address);
int any_fd(struct worker *w);
/* Mostly one of the kind; with @type, mostly one of that type: a link's, an event's is its program's. */
int fd_of(struct worker *w, enum kind kind, uint32_t type);
/* An fd takes the place of another one, which is closed; sometimes under a thread's feet. */
void keep(struct worker *w, enum kind kind, int fd, uint32_t type);
void close_kept(void);

/* --- what was granted ------------------------------------------------------------------------ */

struct tally {
	const char *name;
	struct tally_count *counts;
};

/* Where they are counted: in memory that children share. Once for each, before count(). */
void share_tallies(struct tally *tallies, unsigned int cnt);
void count(struct tally *tally, bool is_granted);
/* Print them; true: one was tried often, and never granted. */
bool print_tallies(const char *title, const struct tally *tallies, unsigned int cnt);

extern struct tally map_tallies[MODBPF_MAP_TYPE_COUNT], prog_tallies[MODBPF_PROG_TYPE_COUNT];

/* Each way to attach, each kind of event, and timers: they have to be granted, too. */
enum variant {
	VARIANT_NONE, KPROBES, KRETPROBES, FENTRY, ON_EVENT, NF_IPV4, NF_INET, NF_ARP, NF_IPV6,
	NF_BRIDGE, NF_NETDEV, RAW_POINT, TIMER_MAP, TIMER_PROG,
	CPU_CLOCK, TASK_CLOCK, BPF_OUTPUT, TRACEPOINT, KPROBE, UPROBE,
	VARIANT_COUNT
};
extern struct tally variants[VARIANT_COUNT];
extern const uint32_t event_prog_types[VARIANT_COUNT];	/* that an event takes; UINT32_MAX: none */

/* --- object.c: the attrs of commands; all fields are 0 before ---------------------------------- */

extern const char *pins;	/* a folder of modbpffs; NULL: none */
extern uint32_t last_ids[KIND_COUNT];	/* that were told */

void make_map(struct worker *w);
void use_map(struct worker *w);
void use_key(struct worker *w);
void use_next_key(struct worker *w);
void take_element(struct worker *w);
void freeze_map(struct worker *w);
void use_batch(struct worker *w);
void load_prog(struct worker *w);
void run_prog(struct worker *w);
void bind_map(struct worker *w);
void next_map(struct worker *w);
void next_prog(struct worker *w);
void next_link(struct worker *w);
void next_btf(struct worker *w);
void map_by_id(struct worker *w);
void prog_by_id(struct worker *w);
void link_by_id(struct worker *w);
void btf_by_id(struct worker *w);
void ask_info(struct worker *w);
void load_btf(struct worker *w);
void pin_object(struct worker *w);
void name_pin(struct worker *w);
void enable_stats(struct worker *w);
void good_btf_attr(union modbpf_attr *attr);	/* that is accepted */

/* --- attach.c ---------------------------------------------------------------------------------- */

void attach_begin(bool has_types);	/* the kernel has good_btf_attr()'s types */
void make_link(struct worker *w);
void open_raw_tracepoint(struct worker *w);
void update_link(struct worker *w);
void query_hooks(struct worker *w);
void query_fd(struct worker *w);
void detach_link(struct worker *w);
void ask_event(struct worker *w, enum variant variant);	/* goes to w->event */

/* --- call.c -------------------------------------------------------------------------------------- */

extern unsigned long made_calls;

void calls_begin(void);
/* A call as it should be: what bpf(2) would return. */
int plain_call(uint32_t cmd, union modbpf_attr *attr);
/* One thing that user space does to the device or to what it has got from it. */
void act(struct worker *w);
/* As often one that makes something, or uses it, as another. */
void act_evenly(struct worker *w);
/* Objects of each kind, for act_evenly(). */
void make_objects(struct worker *w);
bool print_calls(void);

/* --- kills.c ------------------------------------------------------------------------------------- */

/* Children that do anything are killed at any time, so many. True: each time nothing of them was left. */
bool kill_children(uint64_t seed, unsigned long cnt);

#endif
