// SPDX-License-Identifier: GPL-2.0-only
/* Numbers, addresses and fds that a call is made of. */
#include "tests/hostile/hostile.h"

#include <string.h>
#include <unistd.h>

#define KIND_FDS 32	/* that are kept of a kind */

uint8_t *shared;
int device;

static struct {
	int fd;
	uint32_t type;	/* of a map or program, or of a link's program; for a moment, of another */
} kept[KIND_COUNT][KIND_FDS];

uint64_t draw(struct worker *w)
{
	w->state ^= w->state << 13;
	w->state ^= w->state >> 7;
	w->state ^= w->state << 17;
	return w->state;
}

uint64_t below(struct worker *w, uint64_t limit)
{
	return draw(w) % limit;
}

uint64_t in_memory(struct worker *w)
{
	return (uintptr_t)shared + below(w, PAGES * 4096 - 512);
}

uint64_t any_address(struct worker *w)
{
	static const uint64_t odd[] = {
		0, 1, 0x1000, 0x7ffffffff000, 0x7fffffffffff, 0x800000000000, 0xffff800000000000,
		0xffffffff81000000, 0xffffffffffffffff,
	};

	return below(w, 8) ? in_memory(w) : odd[below(w, sizeof(odd) / sizeof(odd[0]))];
}

int any_fd(struct worker *w)
{
	return kept[below(w, KIND_COUNT)][below(w, KIND_FDS)].fd;
}

int fd_of(struct worker *w, enum kind kind, uint32_t type)
{
	unsigned int tries, slot = below(w, KIND_FDS);

	if (!below(w, 10))
		return any_fd(w);
	for (tries = 0; tries < KIND_FDS; tries++) {
		slot = (slot + 1) % KIND_FDS;
		if (kept[kind][slot].fd && (!type || kept[kind][slot].type == type))
			break;
	}
	return kept[kind][slot].fd;
}

uint64_t any_number(struct worker *w)
{
	static const uint64_t odd[] = {
		0, 1, 2, 3, 4, 7, 8, 16, 64, 255, 256, 4095, 4096, 4097, 65535, 65536, 1 << 20,
		0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 0x8000000000000000,
	};

	switch (below(w, 5)) {
	case 0:
		return any_address(w);
	case 1:
		return any_fd(w);
	case 2:
		return below(w, 64);
	case 3:
		return draw(w);
	default:
		return odd[below(w, sizeof(odd) / sizeof(odd[0]))];
	}
}

uint64_t put_name(struct worker *w, const char *name)
{
	uint64_t at = in_memory(w);

	strcpy((char *)(uintptr_t)at, name);
	return at;
}

bool is_in_memory(uint64_t address)
{
	return address >= (uintptr_t)shared && address <= (uintptr_t)shared + PAGES * 4096 - 512;
}

void keep(struct worker *w, enum kind kind, int fd, uint32_t type)
{
	unsigned int slot = below(w, KIND_FDS);
	int old = __atomic_exchange_n(&kept[kind][slot].fd, fd, __ATOMIC_RELAXED);

	kept[kind][slot].type = type;
	if (old > device)
		close(old);
}

void close_kept(void)
{
	unsigned int kind, slot;

	for (kind = 0; kind < KIND_COUNT; kind++)
		for (slot = 0; slot < KIND_FDS; slot++) {
			if (kept[kind][slot].fd > device)
				close(kept[kind][slot].fd);
			kept[kind][slot].fd = 0;
		}
}
