/* SPDX-License-Identifier: MIT */
/*
 * The frame of the boot path checks: what kind of start the disk is made for, the order of the
 * checks, and how their findings look. Each check is in one of the bootpath_*.c beside it.
 *
 * A disk with an MBR starts by BIOS unless it carries only an EFI store; one with a GPT starts by
 * UEFI. Checks of a way that the disk is not made for, or that the target does not go, are left
 * out. A Windows that its host starts as a virtual disk uses none of the disk's own boot files.
 */
#include "bootpath_internal.h"

#include <stdlib.h>
#include <string.h>

#define FINDINGS_MAX 64u /* one disk gives below 40: a few for each rule */
#define ESP_GUID     "c12a7328-f81f-11d2-ba4b-00a0c93ec93b"
#define ESP_MBR      "0xef"

static const char no_fix[] = "stop7b changes registry values of Windows and nothing else on a disk";

/* ---- findings ---- */

int bootpath_add(struct bootpath *b, enum rule rule, struct evidence e)
{
	size_t n;
	const struct explanation *row = &bootpath_rules(&n)[rule];
	if (!e.subject || !e.key || !e.found || !e.needed)
		return err_set(b->err, E_MEMORY, "no memory for a finding");
	if (b->n == b->cap)
		return 0;
	b->items[b->n++] = (struct finding){
		.rule = row->id,
		.severity = SEVERITY_NOTE,
		.subject = e.subject,
		.key = e.key,
		.value = e.value,
		.found = e.found,
		.needed = e.needed,
		.fix_words = "",
		.why = row->stops,
		.no_fix = no_fix,
	};
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

/* By rule; findings of one rule stay in the order they were made. */
static void sort_findings(struct bootpath *b)
{
	for (size_t i = 1; i < b->n; i++) {
		const struct finding f = b->items[i];
		size_t k = i;
		for (; k > 0 && atoi(b->items[k - 1].rule + 1) > atoi(f.rule + 1); k--)
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
static const struct partition *store_place(const struct bootpath_request *q, bool efi)
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
	bool efi = has_esp(q->table) || store_place(q, true);
	const struct partition *bios = store_place(q, false);
	b->windows = by_number(q->table, q->install->partition);
	b->active = only_active(q->table);
	b->manager = b->active ? b->active : bios;
	b->old_loader = q->install->release != 0 && q->install->release < WIN_VISTA;
	b->bios = !q->native && q->table->scheme == SCHEME_MBR && q->firmware != FIRMWARE_UEFI &&
		  (!efi || bios || b->active);
	b->uefi = !q->native && !b->old_loader && q->firmware != FIRMWARE_BIOS &&
		  (efi || q->table->scheme == SCHEME_GPT);
}

int bootpath_check(const struct bootpath_request *request, struct arena *arena,
		   struct finding **out, size_t *n, struct err *err)
{
	struct bootpath b = {.q = request, .arena = arena, .err = err, .cap = FINDINGS_MAX};
	b.items = arena_array(arena, b.cap, sizeof(*b.items), err);
	*out = b.items;
	*n = 0;
	if (!b.items)
		return -1;
	find_ways(&b);
	if (request->table->scheme == SCHEME_NONE || !b.windows)
		return 0; /* a volume without its disk: nothing starts it and nothing is known */
	if (bootpath_check_stores(&b) < 0 || bootpath_check_disk(&b) < 0 ||
	    bootpath_check_sectors(&b) < 0)
		return -1;
	sort_findings(&b);
	*n = b.n;
	return 0;
}

/* ---- for the boot rehearsal ---- */

/* What a rule says about the step that reads the store; rules that are not listed say nothing. */
static const struct {
	enum rule rule;
	enum rehearsal_state state;
	const char *words;
} steps[] = {
	{RULE_NO_STORE, REHEARSAL_UNKNOWN, "no boot store on this disk"},
	{RULE_STORE_DAMAGED, REHEARSAL_UNKNOWN, "the boot store is damaged"},
	{RULE_NO_ENTRY, REHEARSAL_LIKELY, "no entry for this Windows"},
	{RULE_OTHER_DISK, REHEARSAL_LIKELY, "its entry names another disk"},
	{RULE_DEVICES_DIFFER, REHEARSAL_LIKELY, "its entry names two partitions"},
	{RULE_LOADER_KIND, REHEARSAL_LIKELY, "its loader is for other firmware"},
	{RULE_LOADER_MISSING, REHEARSAL_LIKELY, "its loader is missing"},
	{RULE_SYSTEM_ROOT, REHEARSAL_LIKELY, "its entry names another folder"},
	{RULE_MANAGER_MISSING, REHEARSAL_LIKELY, "the boot manager is missing"},
	{RULE_MANAGER_ENTRY, REHEARSAL_LIKELY, "the boot manager's entry is wrong"},
	{RULE_ACTIVE, REHEARSAL_LIKELY, "the active partition is wrong"},
	{RULE_FIRMWARE, REHEARSAL_LIKELY, "the disk is for other firmware"},
	{RULE_NO_ESP, REHEARSAL_LIKELY, "no EFI system partition"},
	{RULE_MBR_CODE, REHEARSAL_LIKELY, "the MBR has no boot code"},
	{RULE_BOOT_SECTOR, REHEARSAL_LIKELY, "the boot sector starts nothing"},
	{RULE_HIDDEN_SECTORS, REHEARSAL_LIKELY, "the boot sector has a wrong start"},
	{RULE_OTHER_MODE, REHEARSAL_OK, "entry found, but not for an ordinary start"},
};

/* A finding of that rule, or NULL. */
static const struct finding *of_rule(const struct finding *findings, size_t n, const char *id)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(findings[i].rule, id) == 0)
			return &findings[i];
	return NULL;
}

struct bootpath_step bootpath_store_words(const struct bootpath_request *request,
					  const struct finding *findings, size_t n)
{
	size_t n_rules;
	const struct explanation *rules = bootpath_rules(&n_rules);
	if (request->native && request->n_host_stores == 0)
		return (struct bootpath_step){REHEARSAL_UNKNOWN, "the host's boot store", NULL};
	if (request->table->scheme == SCHEME_NONE)
		return (struct bootpath_step){REHEARSAL_UNKNOWN, "a volume without its disk", NULL};
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		const struct finding *f = of_rule(findings, n, rules[steps[i].rule].id);
		if (f)
			return (struct bootpath_step){steps[i].state, steps[i].words, f->why};
	}
	if (request->install->release != 0 && request->install->release < WIN_VISTA)
		return (struct bootpath_step){REHEARSAL_OK, "NTLDR found", NULL};
	return (struct bootpath_step){REHEARSAL_OK, "entry found, path right", NULL};
}
