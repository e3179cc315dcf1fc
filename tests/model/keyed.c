// SPDX-License-Identifier: GPL-2.0-only
/* Maps with keys: mine are as I left them, everybody's are whole. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>

#include "tests/model/threads.h"

#define SWEEP_STEPS (64 * HASH_ENTRIES)	/* of one that ends */

enum {
	INDEXED = 1, FORGETS = 2, HAS_BASE = 4, PERCPU = 8, BATCHES = 16, TAKES = 32,	/* look up and delete */
};

struct keyed {
	enum row row;
	const char *name;
	unsigned int traits;
	__u32 entries;
	int fd;
};

static struct keyed keyed_rows[KEYED_ROWS] = {
	{ ROW_ARRAY, "array", INDEXED | BATCHES, KEY_IDS, -1 },
	{ ROW_HASH, "hash", BATCHES | TAKES, HASH_ENTRIES, -1 },
	{ ROW_PERCPU_ARRAY, "percpu_array", INDEXED | PERCPU, KEY_IDS, -1 },
	{ ROW_PERCPU_HASH, "percpu_hash", PERCPU | BATCHES | TAKES, HASH_ENTRIES, -1 },
	{ ROW_LRU_HASH, "lru_hash", FORGETS | BATCHES | TAKES, LRU_ENTRIES, -1 },
	{ ROW_LRU_PERCPU_HASH, "lru_percpu", FORGETS | PERCPU | BATCHES | TAKES, LRU_ENTRIES, -1 },
	{ ROW_LPM_TRIE, "lpm", HAS_BASE, HASH_ENTRIES, -1 },
};

static const void *key_at(const struct keyed *k, const struct model_key *key, const __u32 *id)
{
	return k->traits & INDEXED ? (const void *)id : (const void *)key;
}

static __u32 id_of(const struct keyed *k, const void *key)
{
	const struct model_key *at = key;
	__u32 address;

	if (k->traits & INDEXED)
		return *(const __u32 *)key;
	address = __builtin_bswap32(at->data);
	return KEY_ID(address >> 16 & 0xff, at->prefixlen == 16 ? BASE : address >> 8 & 0xff);
}

static int copies(const struct keyed *k)
{
	return k->traits & PERCPU ? value_cpus : 1;
}

/* Of a per-CPU map a word may be that of nobody yet. */
static void check_value(const struct keyed *k, __u32 id, const struct pair *value)
{
	bool may_be_zero = k->traits & (PERCPU | INDEXED);
	int i;

	for (i = 0; i < copies(k); i++)
		if ((!is_stamp_of(value[i].first, id) && !(may_be_zero && !value[i].first)) ||
		    (!is_stamp_of(value[i].second, id) && !(may_be_zero && !value[i].second)))
			fault(k->row, NOT_WRITTEN_BY_ANYONE);
}

static void check_known(const struct keyed *k, __u64 known, const struct pair *value)
{
	int i;

	for (i = 0; i < copies(k); i++)
		if (value[i].first != known || value[i].second != known)
			fault(k->row, OTHER_VALUE);
}

/* My key: which answer has to come? */
static void update_mine(struct thread *t, const struct keyed *k, __u64 *known, __u32 id)
{
	__u64 flags = draw(t, 3), word = stamp(id, t->owner, ++t->seq);
	struct model_key key = key_of(id);
	struct pair value[VALUE_CPUS];
	int i, err, want = 0;

	for (i = 0; i < copies(k); i++)
		value[i] = (struct pair){ word, word };
	if (flags == BPF_NOEXIST && (*known || k->traits & INDEXED))
		want = -EEXIST;
	if (flags == BPF_EXIST && !*known && !(k->traits & INDEXED))
		want = -ENOENT;
	err = error(bpf_map_update_elem(k->fd, key_at(k, &key, &id), value, flags));
	if (k->traits & FORGETS)
		want = err == -ENOMEM || (flags == BPF_NOEXIST && err == -EEXIST) ||
		       (flags == BPF_EXIST && err == -ENOENT) ? err : 0;
	if (err != want)
		wrong_errno(k->row, err);
	if (!err)
		*known = word;
}

static void look_at_mine(const struct keyed *k, __u64 known, __u32 id)
{
	struct model_key key = key_of(id);
	struct pair value[VALUE_CPUS];
	int err;

	if (k->traits & HAS_BASE)
		key.prefixlen = 32;
	err = error(bpf_map_lookup_elem(k->fd, key_at(k, &key, &id), value));
	if (!known && k->traits & HAS_BASE)
		known = stamp(KEY_ID(id >> 4, BASE), id >> 4, 0);
	if (err && err != -ENOENT)
		wrong_errno(k->row, err);
	else if (err && (known || k->traits & INDEXED) && !(k->traits & FORGETS))
		fault(k->row, LOST);
	else if (!err && !known && !(k->traits & INDEXED))
		fault(k->row, NOT_THERE_BUT_FOUND);
	else if (!err)
		check_known(k, known, value);
}

static void remove_mine(struct thread *t, const struct keyed *k, __u64 *known, __u32 id)
{
	struct model_key key = key_of(id);
	struct pair value[VALUE_CPUS];
	bool takes = k->traits & TAKES && draw(t, 2);
	int err;

	if (takes)
		err = error(bpf_map_lookup_and_delete_elem(k->fd, &key, value));
	else
		err = error(bpf_map_delete_elem(k->fd, key_at(k, &key, &id)));
	if (k->traits & INDEXED) {
		if (err != -EINVAL)
			wrong_errno(k->row, err);
		return;
	}
	if (err && err != -ENOENT)
		wrong_errno(k->row, err);
	else if (err && *known && !(k->traits & FORGETS))
		fault(k->row, LOST);
	else if (!err && !*known)
		fault(k->row, NOT_THERE_BUT_FOUND);
	else if (!err && takes)
		check_known(k, *known, value);
	if (!err || err == -ENOENT)
		*known = 0;
}

/* What a sweep of all has shown: that of mine which is there has to be among it. */
static void check_sweep(struct thread *t, const struct keyed *k, const __u8 *was_seen)
{
	int which;

	for (which = 0; which < KEYS_EACH; which++)
		if (t->known[k - keyed_rows][which] && !(k->traits & FORGETS) && !was_seen[which])
			fault(k->row, LOST);
}

static void see(struct thread *t, const struct keyed *k, __u8 *was_seen, const void *key,
		const struct pair *value)
{
	__u32 id = id_of(k, key);

	if (id >= KEY_IDS) {
		fault(k->row, NOT_WRITTEN_BY_ANYONE);
		return;
	}
	if (value)
		check_value(k, id, value);
	if (id >> 4 == t->owner && (id & 15) < KEYS_EACH) {
		was_seen[id & 15] = 1;
		if (value && t->known[k - keyed_rows][id & 15])
			check_known(k, t->known[k - keyed_rows][id & 15], value);
	}
}

static void sweep_batches(struct thread *t, const struct keyed *k)
{
	size_t key_bytes = k->traits & INDEXED ? sizeof(__u32) : sizeof(struct model_key);
	struct pair *values = calloc(KEY_IDS, sizeof(*values) * copies(k));
	struct model_key keys[KEY_IDS];
	__u8 was_seen[KEYS_EACH] = {};
	__u32 batch, cnt, i, steps = 0;
	bool is_first = true;
	int err;

	do {
		cnt = 16 + draw(t, KEY_IDS - 16);
		err = error(bpf_map_lookup_batch(k->fd, is_first ? NULL : &batch, &batch, keys, values, &cnt, NULL));
		if (err && err != -ENOENT && err != -ENOSPC)
			wrong_errno(k->row, err);
		for (i = 0; (!err || err == -ENOENT) && i < cnt; i++)
			see(t, k, was_seen, (char *)keys + i * key_bytes, values + i * copies(k));
		is_first = false;
	} while ((!err || err == -ENOSPC) && ++steps < SWEEP_STEPS);
	if (steps >= SWEEP_STEPS)
		fault(k->row, ENDLESS);
	if (err == -ENOENT)
		check_sweep(t, k, was_seen);
	free(values);
}

/* Behind a key that has gone it begins again. */
static void sweep_keys(struct thread *t, const struct keyed *k)
{
	__u8 was_seen[KEYS_EACH] = {};
	struct model_key key;
	__u32 steps = 0;
	int err = error(bpf_map_get_next_key(k->fd, NULL, &key));

	while (!err && ++steps < SWEEP_STEPS) {
		see(t, k, was_seen, &key, NULL);
		err = error(bpf_map_get_next_key(k->fd, &key, &key));
	}
	if (steps >= SWEEP_STEPS)
		fault(k->row, ENDLESS);
	else if (err != -ENOENT)
		wrong_errno(k->row, err);
	else
		check_sweep(t, k, was_seen);
}

/* Everybody's key. */
static void use_shared(struct thread *t, const struct keyed *k)
{
	__u32 id = KEY_ID(NOBODY, draw(t, 8));
	struct model_key key = key_of(id);
	const void *at = key_at(k, &key, &id);
	__u64 word = stamp(id, t->owner, ++t->seq);
	struct pair value[VALUE_CPUS];
	int i, err;

	switch (draw(t, 3)) {
	case 0:
		for (i = 0; i < copies(k); i++)
			value[i] = (struct pair){ word, word };
		err = error(bpf_map_update_elem(k->fd, at, value, BPF_ANY));
		if (k->traits & FORGETS && err == -ENOMEM)
			err = 0;
		break;
	case 1:
		err = error(bpf_map_lookup_elem(k->fd, at, value));
		if (!err)
			check_value(k, id, value);
		break;
	default:
		err = error(bpf_map_delete_elem(k->fd, at));
		if (k->traits & INDEXED && err == -EINVAL)
			err = 0;
	}
	if (err && err != -ENOENT)
		wrong_errno(k->row, err);
}

void use_keyed(struct thread *t)
{
	__u32 row = draw(t, KEYED_ROWS), which = draw(t, KEYS_EACH), id = KEY_ID(t->owner, which);
	const struct keyed *k = &keyed_rows[row];
	__u64 *known = &t->known[row][which];

	switch (draw(t, 16)) {
	case 0 ... 4:
		update_mine(t, k, known, id);
		break;
	case 5 ... 8:
		look_at_mine(k, *known, id);
		break;
	case 9 ... 10:
		remove_mine(t, k, known, id);
		break;
	case 11:
		if (k->traits & BATCHES)
			sweep_batches(t, k);
		else
			sweep_keys(t, k);
		break;
	case 12:
		if (draw(t, 4) == 0)
			sweep_keys(t, k);
		break;
	default:
		use_shared(t, k);
	}
	add(k->row, STEPS, 1);
}

static void check_room(const struct keyed *k)
{
	struct pair value[VALUE_CPUS] = {};
	struct model_key key;
	__u32 i, cnt = 0;
	int err = 0, full = k->traits & FORGETS ? 0 : k->traits & HAS_BASE ? -ENOSPC : -E2BIG;

	if (k->traits & INDEXED)
		return;
	while (!bpf_map_get_next_key(k->fd, NULL, &key) && cnt++ <= KEY_IDS)
		bpf_map_delete_elem(k->fd, &key);
	if (cnt > k->entries)
		fault(k->row, TOO_MANY);
	key.prefixlen = 32;
	for (i = 0; i < k->entries && !err; i++) {
		key.data = i;
		err = bpf_map_update_elem(k->fd, &key, value, BPF_NOEXIST);
	}
	if (err)
		fault(k->row, LOST);
	key.data = i;
	err = error(bpf_map_update_elem(k->fd, &key, value, BPF_NOEXIST));
	if (err != full)
		wrong_errno(k->row, err);
	for (cnt = 0; !bpf_map_get_next_key(k->fd, cnt ? &key : NULL, &key) && cnt <= KEY_IDS;)
		cnt++;
	if (cnt > k->entries)
		fault(k->row, TOO_MANY);
	if (cnt + 8 < k->entries)
		fault(k->row, LOST);
}

void check_rooms(void)
{
	unsigned int i;

	for (i = 0; i < KEYED_ROWS; i++)
		check_room(&keyed_rows[i]);
}

void keyed_begin(void)
{
	unsigned int i;

	for (i = 0; i < KEYED_ROWS; i++)
		keyed_rows[i].fd = model_map(keyed_rows[i].name);
}
