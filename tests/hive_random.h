/* SPDX-License-Identifier: MIT */
/*
 * Random edits, the same for the same seed, made on a hive and on a model of it side by side; and
 * what others say of the result: the whole-hive check, libregf, hivex and chntpw's reged.
 */
#ifndef STOP7B_HIVE_RANDOM_H
#define STOP7B_HIVE_RANDOM_H

#include "hive_model.h"
#include "test.h"

#include "stop7b/hive_check.h"
#include "stop7b/hive_edit.h"
#include "stop7b/hive_reference.h"

#define RANDOM_PATH     4096
#define RANDOM_DATA_MAX 40000u
#define RANDOM_TREE_MAX 300u /* keys in a tree that is deleted at random */
#define RANDOM_DEPTH    40u

struct random_edits {
	struct hive_edit *e;
	struct model_key *m;
	uint32_t state;
	uint64_t when;
	bool disturbed; /* failing edits in between */
	unsigned done, refused;
	struct hive_report before;
};

/* Marsaglia's xorshift. */
static inline uint32_t random_number(struct random_edits *r, uint32_t below)
{
	r->state ^= r->state << 13;
	r->state ^= r->state >> 17;
	r->state ^= r->state << 5;
	return r->state % below;
}

/* Edits in one run: S7B_EDITS, else n. */
static inline unsigned random_count(unsigned n)
{
	const char *wanted = getenv("S7B_EDITS");
	return wanted ? (unsigned)strtoul(wanted, NULL, 10) : n;
}

/* Can the name be given as it is shown? */
static inline bool random_is_plain(const char *name)
{
	for (; *name; name++)
		if (*name < ' ' || *name > '~' || *name == '\\')
			return false;
	return true;
}

/* A key somewhere in the tree; its path, and the key above it. */
static inline struct model_key *random_key(struct random_edits *r, char path[RANDOM_PATH],
					   struct model_key **parent)
{
	struct model_key *k = r->m;
	size_t len = 0;
	path[0] = '\0';
	*parent = NULL;
	for (unsigned depth = 0; depth < RANDOM_DEPTH && k->n_subkeys > 0; depth++) {
		struct model_key *next = k->subkeys[random_number(r, (uint32_t)k->n_subkeys)];
		if (random_number(r, 5) == 0 || !random_is_plain(next->name))
			break;
		len += (size_t)snprintf(path + len, RANDOM_PATH - len, "%s%s", len ? "\\" : "",
					next->name);
		*parent = k;
		k = next;
	}
	return k;
}

static inline size_t random_length(struct random_edits *r)
{
	static const uint32_t most[] = {9, 9, 9, 100, 100, 100, 600, 2000, 17000, RANDOM_DATA_MAX};
	return random_number(r, most[random_number(r, COUNT(most))] + 1);
}

/* The last call failed: rightly so, and the key is as it was. */
static inline void random_refused(struct random_edits *r, const struct err *err, bool expected)
{
	if (err->code != E_UNSUPPORTED || (!expected && !strstr(err->text, "no room: ")))
		fail_msg("edit %u: %s", r->done, err->text);
	r->refused++;
}

static inline void random_set(struct random_edits *r, struct model_key *k, const char *path)
{
	static uint8_t data[RANDOM_DATA_MAX];
	char name[64];
	struct err err = {0};
	size_t len = random_length(r);
	snprintf(name, sizeof(name), "%s%u", random_number(r, 2) ? "Value" : "vALUE with blanks ",
		 random_number(r, 12));
	if (k->n_values > 0 && random_number(r, 2)) {
		const char *there = k->values[random_number(r, (uint32_t)k->n_values)].name;
		if (random_is_plain(there) && strlen(there) < sizeof(name))
			strcpy(name, there);
	}
	memset(data, (int)random_number(r, 256), len);
	struct span s = {data, len};
	uint32_t type = len % 2 ? REG_BINARY : random_number(r, 13); /* libregf minds odd texts */
	bool too_long = hive_edit_view(r->e)->minor < 4 && len > 16344;
	if (hive_edit_set(r->e, path, name, type, s, r->when, &err))
		random_refused(r, &err, k->special || too_long);
	else
		model_set(k, name, type, s, r->when);
}

static inline void random_unset(struct random_edits *r, struct model_key *k, const char *path)
{
	struct err err = {0};
	if (k->n_values == 0) {
		assert_int_equal(hive_edit_delete_value(r->e, path, "nothing", r->when, &err), -1);
		assert_true(err.code == E_NOTFOUND || k->special);
		return;
	}
	const char *name = k->values[random_number(r, (uint32_t)k->n_values)].name;
	if (!random_is_plain(name) || model_value_index(k, name) == k->n_values)
		return;
	char copy[RANDOM_PATH];
	snprintf(copy, sizeof(copy), "%s", name);
	if (hive_edit_delete_value(r->e, path, copy, r->when, &err))
		random_refused(r, &err, k->special);
	else
		model_delete_value(k, copy, r->when);
}

static inline void random_create(struct random_edits *r, struct model_key *k, char *path)
{
	static const char *const stems[] = {"Key", "kEY ", "a", "_", "Z{", "Services", "~"};
	struct err err = {0};
	size_t len = strlen(path);
	for (uint32_t n = 1 + random_number(r, 3); n > 0; n--)
		len += (size_t)snprintf(path + len, RANDOM_PATH - len, "%s%s%u", len ? "\\" : "",
					stems[random_number(r, COUNT(stems))],
					random_number(r, 200));
	bool there = model_find(r->m, path) != NULL;
	int result = hive_edit_create_key(r->e, path, r->when, &err);
	if (result < 0) {
		random_refused(r, &err, k->special);
		return;
	}
	assert_int_equal(result, !there);
	assert_int_equal(model_create(r->m, path, r->when), !there);
}

static inline size_t random_tree_size(const struct model_key *k)
{
	size_t n = 1;
	for (size_t i = 0; i < k->n_subkeys && n <= RANDOM_TREE_MAX; i++)
		n += random_tree_size(k->subkeys[i]);
	return n;
}

/* Delete k unless too much hangs on it; true when it is gone. */
static inline bool random_delete(struct random_edits *r, struct model_key *k,
				 struct model_key *parent, const char *path)
{
	struct err err = {0};
	if (parent && random_tree_size(k) > RANDOM_TREE_MAX)
		return false;
	if (hive_edit_delete_key(r->e, path, r->when, &err)) {
		random_refused(r, &err,
			       !parent || k->special || parent->special || model_is_undeletable(k));
		return false;
	}
	assert_non_null(parent);
	model_delete(parent, k, r->when);
	return true;
}

/* An edit that fails after it has changed much, and must leave no trace. */
static inline void random_disturb(struct random_edits *r)
{
	struct err err = {0};
	assert_int_equal(hive_edit_create_key(r->e, "new one\\new two\\\xff", 1, &err), -1);
	assert_int_equal(err.code, E_UNSUPPORTED);
}

static inline void random_check(struct random_edits *r, const char *when)
{
	struct arena *arena = arena_new();
	struct hive_report now;
	struct err err = {0};
	assert_int_equal(hive_check(hive_edit_view(r->e), arena, &now, &err), 0);
	if (hive_check_no_worse(&r->before, &now, &err))
		fail_msg("%s %u edits: %s", when, r->done, err.text);
	arena_free(arena);
}

static inline void random_edit(struct random_edits *r)
{
	char path[RANDOM_PATH];
	struct model_key *parent, *k = random_key(r, path, &parent);
	uint32_t kind = random_number(r, 20);
	bool gone = false;
	r->when++;
	r->done++;
	if (kind < 8)
		random_set(r, k, path);
	else if (kind < 11)
		random_unset(r, k, path);
	else if (kind < 17)
		random_create(r, k, path);
	else
		gone = random_delete(r, k, parent, path);
	if (r->disturbed)
		random_disturb(r);
	struct key found = {0};
	k = gone ? NULL : model_find(r->m, path);
	assert_int_equal(key_find(hive_root(hive_edit_view(r->e)), path, &found, NULL), k ? 0 : -1);
	if (k)
		model_compare(k, found, false);
}

static inline void random_begin(struct random_edits *r, struct span bytes, uint32_t seed)
{
	struct hive h;
	struct err err = {0};
	struct arena *arena = arena_new();
	assert_int_equal(hive_open(&h, bytes, &err), 0);
	*r = (struct random_edits){.state = seed, .when = 0x01d00000ull << 32};
	r->e = hive_edit_open(&h, &err);
	if (!r->e)
		fail_msg("%s", err.text);
	r->m = model_of(hive_root(&h));
	assert_int_equal(hive_check(&h, arena, &r->before, &err), 0);
	arena_free(arena);
}

static inline void random_end(struct random_edits *r)
{
	model_free(r->m);
	hive_edit_close(r->e);
}

/* ---- what others read ---- */

static inline void random_tally(const struct model_key *m, struct hive_tally *t)
{
	t->keys++;
	t->values += m->n_values;
	for (size_t i = 0; i < m->n_values; i++)
		t->bytes += m->values[i].len;
	for (size_t i = 0; i < m->n_subkeys; i++)
		random_tally(m->subkeys[i], t);
}

static inline int random_compare(const struct hive *h, struct hive_tally *tally, struct err *err)
{
	struct hive_reference *ref = hive_reference_open(h->bytes, err);
	int result = ref ? hive_reference_compare(ref, h, NULL, tally, err) : -1;
	hive_reference_close(ref);
	return result;
}

/* libregf reads what the model has; where it does not read the original it is not asked. */
static inline void random_ask_libregf(struct random_edits *r, struct span original)
{
	struct hive h;
	struct err err = {0};
	struct hive_tally theirs, ours = {0};
	if (random_compare(hive_edit_view(r->e), &theirs, &err)) {
		assert_int_equal(hive_open(&h, original, NULL), 0);
		if (random_compare(&h, &theirs, NULL) == 0)
			fail_msg("%s", err.text);
		return;
	}
	if (theirs.skipped > 0)
		return;
	random_tally(r->m, &ours);
	assert_int_equal(theirs.keys, ours.keys);
	assert_int_equal(theirs.values, ours.values);
	assert_int_equal(theirs.bytes, ours.bytes);
}

/* Line breaks and backslashes in names upset what is counted below. */
static inline bool random_all_plain(const struct model_key *m)
{
	bool plain = random_is_plain(m->name);
	for (size_t i = 0; plain && i < m->n_subkeys; i++)
		plain = random_all_plain(m->subkeys[i]);
	return plain;
}

/* The number that a shell command prints in dir, -1 when it prints none. */
static inline long long random_ask(const char *dir, const char *command)
{
	char whole[2 * TEST_PATH];
	long long n = -1;
	snprintf(whole, sizeof(whole), "cd '%s' && PATH=$PATH:/usr/sbin && %s", dir, command);
	FILE *f = popen(whole, "r");
	assert_non_null(f);
	if (fscanf(f, "%lld", &n) != 1)
		n = -1;
	pclose(f);
	return n;
}

/* Keys and values as hivex counts them, keys as reged does; -1 for what cannot be asked. */
struct random_counts {
	long long hivex_keys, hivex_values, reged_keys;
};

static inline struct random_counts random_counts_of(struct span bytes)
{
	char dir[TEST_PATH], file[TEST_PATH + 16];
	test_scratch(dir);
	snprintf(file, sizeof(file), "%s/hive", dir);
	test_write(file, bytes.p, bytes.len);
	struct random_counts c = {
		random_ask(dir, "hivexml hive >xml 2>log && grep -o '<node ' xml | wc -l"),
		random_ask(dir, "hivexml hive >xml 2>log && grep -o '<value ' xml | wc -l"),
		random_ask(dir, "reged -x hive H '\\' reg >log 2>&1; test -s reg && "
				"tr -d '\\000\\r' <reg | grep -c '^\\[H'"),
	};
	test_scratch_remove(dir);
	return c;
}

/*
 * Others read what the model has; where they do not read the original either, they are not asked.
 */
static inline void random_ask_others(struct random_edits *r, struct span original)
{
	struct hive_tally ours = {0};
	if (!random_all_plain(r->m))
		return;
	random_tally(r->m, &ours);
	struct random_counts now = random_counts_of(hive_edit_view(r->e)->bytes), then = now;
	long long keys = (long long)ours.keys, values = (long long)ours.values;
	if (now.hivex_keys < 0 || now.reged_keys < 0)
		then = random_counts_of(original);
	if (now.hivex_keys != (then.hivex_keys < 0 ? -1 : keys) ||
	    now.hivex_values != (then.hivex_keys < 0 ? -1 : values) ||
	    now.reged_keys != (then.reged_keys < 0 ? -1 : keys))
		fail_msg("%lld keys, %lld values; hivex %lld and %lld, reged %lld keys", keys,
			 values, now.hivex_keys, now.hivex_values, now.reged_keys);
}

#endif
