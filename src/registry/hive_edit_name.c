/* SPDX-License-Identifier: MIT */
/*
 * New names: from UTF-8 to the form that a record keeps, and their place among others.
 *
 * Windows keeps a name whose units are all below 0x100 in one byte each and calls it compressed,
 * others as UTF-16. Lists of subkeys are sorted and hashed by upper-case units. The table for that
 * is Windows' own and differs between versions, and the volume that the hive lies on has it as
 * $UpCase; without it only names are made whose letters have the same capitals everywhere.
 */
#include "hive_edit_internal.h"

#include <string.h>

#include "stop7b/fold.h"
#include "stop7b/utf.h"

#define HINT_UNITS 4u

/* UTF-16 units that name takes; SIZE_MAX when it is not UTF-8. */
static size_t count_units(const char *name, bool *latin1)
{
	struct span s = {(const uint8_t *)name, strlen(name)};
	size_t n = 0;
	*latin1 = true;
	for (size_t at = 0; at < s.len;) {
		uint32_t c = utf8_next(s, &at);
		if (c == UTF_BAD)
			return SIZE_MAX;
		*latin1 = *latin1 && c < NAME_LATIN1_END;
		n += c < 0x10000 ? 1 : 2;
	}
	return n;
}

static void put_units(const char *name, bool latin1, uint8_t *p)
{
	struct span s = {(const uint8_t *)name, strlen(name)};
	for (size_t at = 0; at < s.len;) {
		uint32_t c = utf8_next(s, &at);
		if (latin1)
			*p++ = (uint8_t)c;
		else
			p = utf16_put(p, c);
	}
}

/* Are the capitals of all letters known? */
static bool has_capitals(const struct hive_edit *e, struct hive_name n)
{
	uint32_t len = name_units(n);
	for (uint32_t i = 0; e->upcase.len == 0 && i < len; i++)
		if (!name_unit_known(name_unit(n, i)))
			return false;
	return true;
}

int edit_name_make(struct hive_edit *e, const char *name, size_t most, struct hive_name *out,
		   struct err *err)
{
	bool latin1;
	size_t n = count_units(name, &latin1);
	if (n == SIZE_MAX)
		return err_set(err, E_UNSUPPORTED, "a new name that is not UTF-8");
	if (n > most)
		return err_set(err, E_UNSUPPORTED, "a new name of more than %zu characters", most);
	uint8_t *p = arena_alloc(e->arena, n * 2 + 1, err);
	if (!p)
		return -1;
	put_units(name, latin1, p);
	*out = (struct hive_name){{p, latin1 ? n : n * 2}, latin1};
	return 0;
}

int edit_name_check(const struct hive_edit *e, struct hive_name n, struct err *err)
{
	if (has_capitals(e, n))
		return 0;
	return err_set(err, E_UNSUPPORTED,
		       "a new name with letters whose capitals only the volume's own table knows");
}

static uint32_t upper(const struct hive_edit *e, uint32_t unit)
{
	return e->upcase.len > 0 ? le16(e->upcase, 2 * (uint64_t)unit) : fold_upper(unit);
}

int edit_name_order(const struct hive_edit *e, struct hive_name a, struct hive_name b)
{
	uint32_t n_a = name_units(a), n_b = name_units(b);
	for (uint32_t i = 0; i < n_a && i < n_b; i++) {
		uint32_t u_a = upper(e, name_unit(a, i)), u_b = upper(e, name_unit(b, i));
		if (u_a != u_b)
			return u_a < u_b ? -1 : 1;
	}
	return n_a < n_b ? -1 : n_a > n_b;
}

uint32_t edit_name_hash(const struct hive_edit *e, struct hive_name n)
{
	uint32_t hash = 0, len = name_units(n);
	for (uint32_t i = 0; i < len; i++)
		hash = HASH_FACTOR * hash + upper(e, name_unit(n, i));
	return hash;
}

uint32_t edit_name_hint(struct hive_name n)
{
	uint32_t hint = 0, len = name_units(n);
	for (uint32_t i = 0; i < HINT_UNITS && i < len; i++) {
		if (name_unit(n, i) >= NAME_LATIN1_END)
			return 0;
		hint |= (uint32_t)name_unit(n, i) << 8 * i;
	}
	return hint;
}
