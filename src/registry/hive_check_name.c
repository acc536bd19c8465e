/* SPDX-License-Identifier: MIT */
/*
 * Names as the subkey lists of a hive see them: upper-case UTF-16 units, compared by number.
 *
 * The table by which Windows makes upper case is its own and differs between versions. Known here
 * are the characters of Latin-1, as fold.h has them, and the ideographs, which have no case. What
 * depends on another character is reported as not sure and never as wrong.
 */
#include "hive_check_internal.h"

#include "stop7b/fold.h"

/* Characters; Windows' own limits ("Registry Element Size Limits"). */
#define KEY_NAME_MAX   255u
#define VALUE_NAME_MAX 16383u

#define HINT_UNITS 4u

static uint16_t upper(uint16_t u)
{
	return name_unit_known(u) ? (uint16_t)fold_upper(u) : u;
}

uint32_t check_name_len(struct hive_name n)
{
	return name_units(n) * CHECK_UNIT;
}

static bool is_text(struct hive_name n, uint32_t most)
{
	return name_units(n) <= most && (n.latin1 || n.bytes.len % CHECK_UNIT == 0);
}

bool check_name_value(struct hive_name n)
{
	return is_text(n, VALUE_NAME_MAX);
}

bool check_name_key(struct hive_name n)
{
	uint32_t len = name_units(n);
	for (uint32_t i = 0; i < len; i++)
		if (name_unit(n, i) == '\\')
			return false;
	return len > 0 && is_text(n, KEY_NAME_MAX);
}

int check_name_order(struct hive_name a, struct hive_name b, bool *sure)
{
	uint32_t n_a = name_units(a), n_b = name_units(b);
	*sure = true;
	for (uint32_t i = 0; i < n_a && i < n_b; i++) {
		uint16_t u_a = name_unit(a, i), u_b = name_unit(b, i);
		if (u_a == u_b || upper(u_a) == upper(u_b))
			continue;
		*sure = name_unit_known(u_a) && name_unit_known(u_b);
		return upper(u_a) < upper(u_b) ? -1 : 1;
	}
	return n_a < n_b ? -1 : n_a > n_b;
}

uint32_t check_name_hash(struct hive_name n, bool *sure)
{
	uint32_t hash = 0, len = name_units(n);
	*sure = true;
	for (uint32_t i = 0; i < len; i++) {
		uint16_t u = name_unit(n, i);
		*sure = *sure && name_unit_known(u);
		hash = HASH_FACTOR * hash + upper(u);
	}
	return hash;
}

bool check_name_hint(struct hive_name n, uint32_t hint)
{
	uint32_t len = name_units(n), expected = 0;
	for (uint32_t i = 0; i < HINT_UNITS && i < len; i++) {
		uint16_t u = name_unit(n, i);
		if (u >= NAME_LATIN1_END)
			return (hint & 0xff) == 0;
		expected |= (uint32_t)u << 8 * i;
	}
	return hint == expected;
}
