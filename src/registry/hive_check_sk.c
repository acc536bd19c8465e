/* SPDX-License-Identifier: MIT */
/*
 * Security in the whole-hive check. All security records of a hive form one ring, each with links
 * to both neighbours and the number of keys that use it. The keys were followed before: each
 * record they use carries MARK_SK.
 */
#include "hive_check_internal.h"

#include <stdlib.h>
#include <string.h>

enum { SK_NEXT_AT = 4, SK_LAST_AT = 8, SK_USERS_AT = 12, SK_LEN_AT = 16, SK_SIZE = 20 };

static bool is_security(struct span sk)
{
	return span_holds(sk, 0, SK_SIZE) && memcmp(sk.p, "sk", 2) == 0 &&
	       span_holds(sk, SK_SIZE, le32(sk, SK_LEN_AT));
}

/* Keys one after the other that use the same record; most do as the key before. */
struct users {
	uint32_t at, n;
};

static int by_place(const void *a, const void *b)
{
	const struct users *x = a, *y = b;
	return x->at < y->at ? -1 : x->at > y->at;
}

static size_t collect_users(const struct check *c, struct users *out)
{
	size_t n = 0;
	for (size_t i = 0; i < c->n_keys; i++) {
		uint32_t at = le32(check_record(c, c->keys[i].at), CHECK_SK_AT);
		if (n == 0 || out[n - 1].at != at)
			out[n++] = (struct users){at, 0};
		out[n - 1].n++;
	}
	return n;
}

/* One record and the n keys that use it. */
static void check_users(struct check *c, uint32_t at, size_t n)
{
	if (!(check_mark(c, at) & MARK_SK))
		return; /* no security record: said when the key was met */
	struct span sk = check_record(c, at);
	if (!is_security(sk)) {
		check_defect(c, D_SK, at);
		return;
	}
	if (le32(sk, SK_USERS_AT) != n)
		check_defect(c, D_SK_COUNT, at);
	if (!(check_mark(c, at) & MARK_RING))
		check_defect(c, D_SK_STRAY, at);
}

/* The next record on the ring, which began at `first`; HIVE_NONE at its end. */
static uint32_t next_on_ring(struct check *c, uint32_t first, uint32_t at)
{
	uint32_t next = le32(check_record(c, at), SK_NEXT_AT);
	bool known = check_mark(c, next) & MARK_USED;
	struct span sk = known ? check_record(c, next) : (struct span){0};
	if (!is_security(sk) || le32(sk, SK_LAST_AT) != at ||
	    (next != first && check_mark(c, next) & MARK_RING)) {
		check_defect(c, D_SK_RING, at);
		return HIVE_NONE;
	}
	return next == first ? HIVE_NONE : next;
}

static void check_ring(struct check *c, uint32_t first)
{
	if (!(check_mark(c, first) & MARK_SK) || !is_security(check_record(c, first)))
		return;
	for (uint32_t at = first; at != HIVE_NONE; at = next_on_ring(c, first, at)) {
		c->marks[at / CELL_ALIGN] |= MARK_RING;
		if (check_mark(c, at) & MARK_SK)
			continue;
		check_share(c, at, at, MARK_SK);
		if (le32(check_record(c, at), SK_USERS_AT) != 0)
			check_defect(c, D_SK_COUNT, at);
	}
}

void check_security(struct check *c)
{
	struct users *users = arena_array(c->arena, c->n_keys, sizeof(*users), c->err);
	if (!users) {
		c->failed = true;
		return;
	}
	size_t n = collect_users(c, users), next;
	if (n > 0)
		check_ring(c, users[0].at);
	qsort(users, n, sizeof(*users), by_place);
	for (size_t i = 0; i < n; i = next) {
		size_t sum = 0;
		for (next = i; next < n && users[next].at == users[i].at; next++)
			sum += users[next].n;
		check_users(c, users[i].at, sum);
	}
}
