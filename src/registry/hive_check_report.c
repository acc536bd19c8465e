/* SPDX-License-Identifier: MIT */
/*
 * What the whole-hive check found: the sentence of every kind of defect, counting, and comparing
 * the report on an edited hive with the one on its original.
 *
 * Edits move records, and the defects inside them move along. So an edited hive is worse when it
 * has more defects of any one kind; the place only serves to name one of them.
 */
#include "hive_check_internal.h"

#include "stop7b/i18n.h"

_Static_assert(D_KINDS == HIVE_DEFECT_KINDS, "the reports count every kind");

static const char *const sentences[] = {
	[D_BIN] = N_("the header of the bin is wrong"),
	[D_CELL_SIZE] = N_("the size of the cell does not fit its bin"),
	[D_NO_CELL] = N_("the record refers to a place where no cell begins"),
	[D_FREE] = N_("a record refers to the cell, and it is free"),
	[D_TWICE] = N_("two records refer to the same cell"),
	[D_NK] = N_("the cell does not hold a whole key record"),
	[D_NK_NAME] = N_("the name of the key is not a possible name"),
	[D_NK_PARENT] = N_("the key does not name the key above it as its parent"),
	[D_DEPTH] = N_("the key is nested too deep"),
	[D_CLASS] = N_("the class name is longer than its cell"),
	[D_LIST] = N_("the cell does not hold a subkey list"),
	[D_LIST_LEN] = N_("the subkey list is longer than its cell"),
	[D_LIST_EMPTY] = N_("the subkey list is empty"),
	[D_LIST_NESTED] = N_("the subkey list is an index root inside an index root"),
	[D_LIST_VERSION] = N_(
		"the subkey list is of a kind that this version of hive does not have"),
	[D_LIST_FAST] = N_("the subkey list is a fast leaf under an index root"),
	[D_LIST_COUNT] = N_("the key has another number of subkeys than it says"),
	[D_LEFTOVER] = N_("the key says that it has nothing in a list, and refers to one"),
	[D_ORDER] = N_("the key is not in its place in the order of names"),
	[D_HASH] = N_("the hash of the name of the key is wrong"),
	[D_HINT] = N_("the hint to the name of the key is wrong"),
	[D_VALUE_LIST] = N_("the value list of the key is shorter than the number of values"),
	[D_VK] = N_("the cell does not hold a whole value record"),
	[D_VK_NAME] = N_("the name of the value is not a possible name"),
	[D_VK_TWICE] = N_("the key has two values of the same name"),
	[D_IN_LINE] = N_("the value keeps more data in its record than fits there"),
	[D_DATA] = N_("the data of the value is longer than its cell"),
	[D_DB] = N_("the value is big, and its cell does not hold a big data record"),
	[D_DB_COUNT] = N_("the big data has another number of segments than its size needs"),
	[D_SEGMENT] = N_("the segment of big data is too short"),
	[D_SK] = N_("the cell does not hold a whole security record"),
	[D_SK_RING] = N_("the ring of security records is broken"),
	[D_SK_STRAY] = N_("the security record is not in the ring of the others"),
	[D_SK_COUNT] = N_("the security record has another number of users than it says"),
};

void check_defect(struct check *c, enum defect kind, uint32_t at)
{
	struct hive_report *r = c->out;
	if (r->defects < HIVE_DEFECTS_MAX)
		r->first[r->defects] = (struct hive_defect){sentences[kind], at};
	r->defects++;
	r->of_kind[kind]++;
}

void check_bounds(struct check *c, uint32_t key, bool low)
{
	uint8_t *mark = &c->marks[key / CELL_ALIGN];
	c->out->low_bounds += low && !(*mark & MARK_LOW);
	*mark |= low ? MARK_LOW : 0;
}

static bool names(const struct hive_report *r, const struct hive_defect *d)
{
	for (size_t i = 0; i < HIVE_DEFECTS_MAX && i < r->defects; i++)
		if (r->first[i].what == d->what && r->first[i].at == d->at)
			return true;
	return false;
}

/* A defect of this kind that only the edited hive has; with no place when none is named. */
static struct hive_defect new_defect(const struct hive_report *original,
				     const struct hive_report *edited, const char *what)
{
	struct hive_defect d = {what, HIVE_NONE};
	for (size_t i = 0; i < HIVE_DEFECTS_MAX && i < edited->defects; i++)
		if (edited->first[i].what == what && !names(original, &edited->first[i]))
			return edited->first[i];
	return d;
}

static int no_more(uint32_t original, uint32_t edited, const char *what, struct err *err)
{
	if (edited <= original)
		return 0;
	return err_set(err, E_GUARD, "the edit would damage the hive: %u more %s",
		       edited - original, what);
}

int hive_check_no_worse(const struct hive_report *original, const struct hive_report *edited,
			struct err *err)
{
	for (size_t i = 0; i < D_KINDS; i++) {
		if (edited->of_kind[i] <= original->of_kind[i])
			continue;
		struct hive_defect d = new_defect(original, edited, sentences[i]);
		if (d.at == HIVE_NONE)
			return err_set(err, E_GUARD, "the edit would damage the hive: %s", d.what);
		return err_set(err, E_GUARD, "the edit would damage the hive: 0x%x: %s", d.at,
			       d.what);
	}
	if (no_more(original->cells_lost, edited->cells_lost, "cells that nothing leads to", err) ||
	    no_more(original->free_pairs, edited->free_pairs, "free cells not joined", err) ||
	    no_more(original->low_bounds, edited->low_bounds, "bounds too low for what a key holds",
		    err))
		return -1;
	return 0;
}
