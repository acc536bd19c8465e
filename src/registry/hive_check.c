/* SPDX-License-Identifier: MIT */
/*
 * The whole-hive check. First the ground: bins and the cells in them. Then all keys, level by
 * level from the root, with everything that hangs on them; then the security records, which keys
 * share; last what nothing led to.
 *
 * Nothing here trusts the walkers of hive_list.c and hive_value.c, and nothing is repaired. A cell
 * is followed once, so keys wait in an array that cannot outgrow the cells that hold them, and
 * time is bounded by the bytes of the hive: 20 ms for a SYSTEM hive of 15 MB.
 *
 * What is a defect was measured on 76 sound hives, most of them left by Windows NT 4 to 10, with
 * 870,000 cells. They have none of those in hive_check_report.c. They do have
 *   lost cells            8, in one hive that Windows 10 recovered from its log
 *   a "largest" field that is too low: 2 keys of Windows XP (names of subkeys); in a Server 2003
 *     seen elsewhere the class names of subkeys, 0 where one has 32 bytes
 *   a reference to a value list that is gone, in keys without values: 2 of Windows NT 4
 *   key names with NUL and line ends
 * and of free cells side by side none; but hivex leaves such. The first two and the last are
 * counted and not defects.
 */
#include "hive_check_internal.h"

static bool prepare(struct check *c)
{
	c->marks = arena_alloc(c->arena, c->h->bins_size / CELL_ALIGN, c->err);
	c->keys = arena_array(c->arena, (size_t)hive_keys_max(c->h) + 1, sizeof(*c->keys), c->err);
	return c->marks && c->keys;
}

int hive_check(const struct hive *h, struct arena *arena, struct hive_report *out, struct err *err)
{
	struct check c = {.h = h, .arena = arena, .out = out, .err = err};
	struct span nk;
	*out = (struct hive_report){0};
	if (!prepare(&c))
		return -1;
	check_bins(&c);
	check_add_key(&c, HIVE_NONE, h->root, 0, &nk);
	for (size_t i = 0; i < c.n_keys && !c.failed; i++)
		check_key(&c, c.keys[i]);
	check_security(&c);
	check_lost(&c);
	return c.failed ? -1 : 0;
}
