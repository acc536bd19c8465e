/* SPDX-License-Identifier: MIT */
/*
 * First aid in the disk's own boot store: elements of the entry that starts this Windows. A Windows
 * before Vista has boot.ini instead, which is never written: what to add is said.
 *
 * Source: doc/FORMATS/root-causes.md, "First aid"; doc/FORMATS/bcd.md, "Elements".
 */
#include "aid_internal.h"

#define SAFE_BOOT_SHELL 0x26000081u /* safe mode with a command prompt */
#define BOOT_LOG        0x26000090u

struct store_aid {
	const struct aid_entry *entry;
	struct fix x;
	bool *seen; /* objects of the store that were asked already */
};

static const char *element_key(struct store_aid *a, const struct bcd_object *o, uint32_t id)
{
	return arena_printf(a->x.j->arena, "Objects\\%s\\Elements\\%08x", o->guid, id);
}

static int add(struct store_aid *a, struct edit edit, struct err *err)
{
	edit.hive = a->entry->hive;
	edit.name = edit.name ? edit.name : "";
	return edit.key ? fix_add(&a->x, edit, err) : no_memory(err);
}

/* An element's bytes, its key too where there is none. */
static int set_element(struct store_aid *a, uint32_t id, struct span data, struct err *err)
{
	const struct bcd_object *o = a->entry->object;
	const char *key = element_key(a, o, id);
	if (!bcd_element(o, id) &&
	    add(a, (struct edit){.op = HIVE_CREATE_KEY, .key = key}, err) < 0)
		return -1;
	return add(a,
		   (struct edit){.op = HIVE_SET,
				 .key = key,
				 .name = "Element",
				 .type = REG_BINARY,
				 .data = data},
		   err);
}

/* ---- there must be a store with an entry ---- */

/* 1 when there is none and out says so, 0, or -1. */
static int no_entry(const struct aid_request *q, const char *line, struct arena *arena,
		    struct aid_result *out, struct err *err)
{
	int rc;
	if (q->n_entries > 0)
		return 0;
	if (q->inst->release != 0 && q->inst->release < WIN_VISTA)
		rc = aid_refuse(
			out, E_REFUSED,
			said_make(arena,
				  N_("this Windows starts by boot.ini, which is not written "
				     "here: %s"),
				  said_word(line, arena)),
			err);
	else
		rc = aid_refuse(out, E_REFUSED,
				said_of(N_("no boot store of this disk has an entry that starts "
					   "this Windows (a host that boots the disk as a VHD has "
					   "it in its own: bcdedit there)")),
				err);
	return rc < 0 ? -1 : 1;
}

typedef int entry_edits(struct store_aid *a, struct err *err);

static int for_entries(const struct aid_request *q, entry_edits *edits, struct arena *arena,
		       struct aid_result *out, struct err *err)
{
	const struct judge j = {.inst = q->inst, .arena = arena};
	struct store_aid a = {.x.j = &j};
	for (size_t i = 0; i < q->n_entries; i++) {
		a.entry = &q->entries[i];
		if (edits(&a, err) < 0)
			return -1;
	}
	aid_take(out, &a.x);
	return 0;
}

/* The number that counts for an entry, its own or an inherited one; absent where there is none. */
static uint64_t number_of(const struct aid_entry *e, uint32_t id, uint64_t absent)
{
	const struct bcd_element *found = bcd_inherited(e->store, e->object, id);
	return found && !found->problem && found->n == 1 ? found->integers[0] : absent;
}

/* ---- the actions ---- */

static int log_of(struct store_aid *a, struct err *err)
{
	static const uint8_t yes[] = {1};
	if (number_of(a->entry, BOOT_LOG, 0) != 0)
		return 0;
	return set_element(a, BOOT_LOG, (struct span){yes, sizeof(yes)}, err);
}

int aid_boot_log(const struct aid_request *q, struct arena *arena, struct aid_result *out,
		 struct err *err)
{
	int rc = no_entry(q, N_("add /bootlog to its line there"), arena, out, err);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if (for_entries(q, log_of, arena, out, err) < 0)
		return -1;
	return out->n ? 0 : aid_nothing(out, said_of(N_("it writes a log already")), err);
}

static int safe_of(struct store_aid *a, struct err *err)
{
	static const uint8_t minimal[8] = {0};
	if (number_of(a->entry, BCD_SAFE_BOOT, UINT64_MAX) == 0)
		return 0;
	return set_element(a, BCD_SAFE_BOOT, (struct span){minimal, sizeof(minimal)}, err);
}

int aid_safe_mode(const struct aid_request *q, struct arena *arena, struct aid_result *out,
		  struct err *err)
{
	int rc = no_entry(q, N_("add /safeboot:minimal /sos to its line there"), arena, out, err);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if (for_entries(q, safe_of, arena, out, err) < 0)
		return -1;
	return out->n ? 0 : aid_nothing(out, said_of(N_("it starts in safe mode already")), err);
}

/* Delete both elements from an object and from all that it inherits from, each asked once. */
static int end_safe_mode(struct store_aid *a, const struct bcd_object *o, struct err *err)
{
	static const uint32_t ids[] = {BCD_SAFE_BOOT, SAFE_BOOT_SHELL};
	if (!o || a->seen[o - a->entry->store->objects])
		return 0;
	a->seen[o - a->entry->store->objects] = true;
	for (size_t i = 0; i < 2; i++) {
		const struct edit edit = {.op = HIVE_DELETE_KEY, .key = element_key(a, o, ids[i])};
		if (bcd_element(o, ids[i]) && add(a, edit, err) < 0)
			return -1;
	}
	const struct bcd_element *from = bcd_element(o, BCD_INHERITED);
	for (size_t i = 0; from && !from->problem && i < from->n; i++)
		if (end_safe_mode(a, bcd_object(a->entry->store, from->guids[i]), err) < 0)
			return -1;
	return 0;
}

static int normal_of(struct store_aid *a, struct err *err)
{
	a->seen = arena_array(a->x.j->arena, a->entry->store->n, sizeof(*a->seen), err);
	return a->seen ? end_safe_mode(a, a->entry->object, err) : -1;
}

int aid_normal_mode(const struct aid_request *q, struct arena *arena, struct aid_result *out,
		    struct err *err)
{
	int rc = no_entry(q, N_("take /safeboot out of its line there"), arena, out, err);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if (for_entries(q, normal_of, arena, out, err) < 0)
		return -1;
	return out->n ? 0
		      : aid_nothing(out, said_of(N_("no setting makes it start in safe mode")),
				    err);
}
