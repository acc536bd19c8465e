/* SPDX-License-Identifier: MIT */
/*
 * The frame of the boot path checks: what kind of start the disk is made for, the order of the
 * checks, and how their facts look. Each check is in one of the bootpath_*.c beside it.
 *
 * A disk with an MBR starts by BIOS unless it carries only an EFI store; one with a GPT starts by
 * UEFI. Checks of a way that the disk is not made for, or that the target does not go, are left
 * out. A Windows that its host starts as a virtual disk uses none of the disk's own boot files.
 */
#include "bootpath_internal.h"

#include "stop7b/i18n.h"

#define FACTS_MAX 64u /* one disk gives below 40: a few for each rule */
#define ESP_GUID  "c12a7328-f81f-11d2-ba4b-00a0c93ec93b"
#define ESP_MBR   "0xef"

/* ---- facts ---- */

int bootpath_add(struct bootpath *b, enum bootpath_rule rule, struct bootpath_fact fact)
{
	if (!fact.subject || !fact.key || !fact.found.plain || !fact.needed.plain)
		return err_set(b->err, E_MEMORY, "no memory for a finding");
	if (b->n == b->cap)
		return 0;
	fact.rule = rule;
	fact.doubtful |= b->doubtful;
	b->items[b->n++] = fact;
	return 0;
}

const char *bootpath_partition(struct bootpath *b, const struct partition *p)
{
	return arena_printf(b->arena, "partition %u", p->number);
}

int bootpath_exists(struct bootpath *b, const struct partition *p, const char *path)
{
	return p && b->q->exists ? b->q->exists(b->q->ctx, p, path) : -1;
}

bool bootpath_is_fat(const struct partition *p)
{
	return p->filesystem == FS_FAT12 || p->filesystem == FS_FAT16 || p->filesystem == FS_FAT32;
}

/* By rule; facts of one rule stay in the order they were noticed. */
static void sort_facts(struct bootpath *b)
{
	for (size_t i = 1; i < b->n; i++) {
		const struct bootpath_fact f = b->items[i];
		size_t k = i;
		for (; k > 0 && b->items[k - 1].rule > f.rule; k--)
			b->items[k] = b->items[k - 1];
		b->items[k] = f;
	}
}

/* ---- what kind of start ---- */

static const struct partition *by_number(const struct partition_table *t, unsigned number)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->items[i].number == number)
			return &t->items[i];
	return NULL;
}

static const struct partition *only_active(const struct partition_table *t)
{
	const struct partition *found = NULL;
	for (size_t i = 0; i < t->n; i++) {
		if (!t->items[i].active)
			continue;
		if (found)
			return NULL;
		found = &t->items[i];
	}
	return found;
}

/* Where a store of that kind lies, or NULL. */
static const struct partition *store_partition(const struct bootpath_request *q, bool efi)
{
	for (size_t i = 0; i < q->n_stores; i++)
		if (q->stores[i].efi == efi)
			return q->stores[i].partition;
	return NULL;
}

static bool has_esp(const struct partition_table *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (text_equal(t->items[i].type_id, ESP_GUID) ||
		    text_equal(t->items[i].type_id, ESP_MBR))
			return true;
	return false;
}

static void find_ways(struct bootpath *b)
{
	const struct bootpath_request *q = b->q;
	bool efi = has_esp(q->table) || store_partition(q, true);
	const struct partition *bios = store_partition(q, false);
	b->windows = by_number(q->table, q->install->partition);
	b->active = only_active(q->table);
	b->manager = b->active ? b->active : bios;
	b->old_loader = q->install->release != 0 && q->install->release < WIN_VISTA;
	b->bios = !q->native && q->table->scheme == SCHEME_MBR && q->firmware != FIRMWARE_UEFI &&
		  (!efi || bios || b->active);
	b->uefi = !q->native && !b->old_loader && q->firmware != FIRMWARE_BIOS &&
		  (efi || q->table->scheme == SCHEME_GPT);
}

enum firmware bootpath_made_for(const struct bootpath_request *request)
{
	struct bootpath_request whole = *request;
	struct bootpath b = {.q = &whole};
	whole.firmware = FIRMWARE_ANY;
	whole.native = false;
	find_ways(&b);
	return b.bios == b.uefi ? FIRMWARE_ANY : b.bios ? FIRMWARE_BIOS : FIRMWARE_UEFI;
}

/* Not of the way, but of the file that holds it: nothing can be written as long as it stands. */
static int check_copy(struct bootpath *b)
{
	struct mending m = {.b = b};
	struct bootpath_fact fact = {
		.subject = "footer-copy",
		.key = "image file",
		.value = "footer",
		.found = said_of(b->q->damage),
		.needed = said_of("two equal copies"),
	};
	if (b->q->copy.len == 0)
		return 0;
	mend_file(&m, b->q->copy_to, b->q->copy, "footer copy");
	return mend_done(&m, N_("copy it"), &fact) < 0
		       ? -1
		       : bootpath_add(b, BOOTPATH_FOOTER_COPY, fact);
}

const struct bcd_object *bootpath_entry(const struct bootpath_request *request,
					const struct boot_store *store)
{
	struct bootpath b = {.q = request};
	find_ways(&b);
	return b.windows && store->error.code == E_OK ? judged_choose(&b, store).object : NULL;
}

int bootpath_check(const struct bootpath_request *request, struct arena *arena,
		   struct bootpath_fact **out, size_t *n, struct err *err)
{
	struct bootpath b = {.q = request, .arena = arena, .err = err, .cap = FACTS_MAX};
	b.items = arena_array(arena, b.cap, sizeof(*b.items), err);
	*out = b.items;
	*n = 0;
	if (!b.items)
		return -1;
	find_ways(&b);
	if (bootpath_check_kernel(&b) < 0)
		return -1;
	*n = b.n;
	if (request->table->scheme == SCHEME_NONE || !b.windows)
		return 0; /* a volume without its disk: nothing starts it and nothing is known */
	if (bootpath_check_stores(&b) < 0 || bootpath_check_disk(&b) < 0 ||
	    bootpath_check_sectors(&b) < 0 || bootpath_check_letter(&b) < 0 || check_copy(&b) < 0)
		return -1;
	sort_facts(&b);
	*n = b.n;
	return 0;
}
