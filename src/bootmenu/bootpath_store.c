/* SPDX-License-Identifier: MIT */
/*
 * Where boot stores may lie, which of them counts, and its boot manager: object, file, fallback.
 *
 * BIOS reads \Boot\BCD of the active partition, UEFI \EFI\Microsoft\Boot\BCD of the EFI system
 * partition. Stores elsewhere are leftovers and are judged only when the disk has no other, so
 * that one mistake (an active flag on the wrong partition) gives one finding.
 */
#include "bootpath_internal.h"

#include <string.h>

#define BIOS_STORE   "\\Boot\\BCD"
#define EFI_STORE    "\\EFI\\Microsoft\\Boot\\BCD"
#define BIOS_MANAGER "\\bootmgr"
#define EFI_MANAGER  "\\EFI\\Microsoft\\Boot\\bootmgfw.efi"

/* ---- EFI partitions that firmware cannot read ---- */

/* Another EFI partition that firmware can read: then this one is none. */
static bool has_sound_esp(const struct bootpath *b)
{
	const struct partition_table *t = b->q->table;
	for (size_t i = 0; i < t->n; i++)
		if (bootpath_is_esp(&t->items[i]) && bootpath_is_fat(&t->items[i]))
			return true;
	return false;
}

static int add_unread_esp(struct bootpath *b, const struct partition *p)
{
	const char *subject = bootpath_partition(b, p);
	return bootpath_add(
		b, BOOTPATH_TYPE,
		(struct bootpath_fact){
			.subject = subject,
			.key = subject,
			.value = "file system",
			.found = said_make(
				b->arena,
				"partition %u has the type of an EFI system partition, and no "
				"FAT on it (%s)",
				p->number, filesystem_name(p->filesystem)),
			.needed = said_as_is("FAT"),
			.cure = said_of(
				has_sound_esp(b)
					? N_("Give it the type of what it holds: diskpart, set id.")
					: N_("Format it with FAT32 and run bcdboot C:\\Windows /s "
					     "S: from Windows' installation medium.")),
		});
}

/* A partition of the EFI type that firmware cannot read. */
int bootpath_check_esp(struct bootpath *b)
{
	for (size_t i = 0; b->uefi && i < b->q->table->n; i++) {
		const struct partition *p = &b->q->table->items[i];
		if (bootpath_is_esp(p) && !bootpath_is_fat(p) && add_unread_esp(b, p) < 0)
			return -1;
	}
	return 0;
}

/* ---- which store ---- */

/* Does the firmware come to it, as far as the partition table says? */
static bool is_reached(const struct bootpath *b, const struct boot_store *s)
{
	return s->efi ? b->uefi && bootpath_is_fat(s->partition)
		      : b->bios && s->partition == b->manager;
}

static bool is_on_the_way(const struct bootpath *b, const struct boot_store *s)
{
	return s->efi ? b->uefi : b->bios;
}

static bool is_judged(const struct bootpath *b, const struct boot_store *s)
{
	bool better = false;
	for (size_t i = 0; i < b->q->n_stores; i++)
		better |= b->q->stores[i].efi == s->efi && is_reached(b, &b->q->stores[i]);
	return better ? is_reached(b, s) : is_on_the_way(b, s);
}

/* ---- its manager ---- */

static const char *store_key(struct bootpath *b, const struct boot_store *s)
{
	return arena_printf(b->arena, "%u:%s", s->partition->number, s->path);
}

int bootpath_missing(struct bootpath *b, const struct partition *p, const char *path)
{
	const struct bootpath_fact e = {
		.subject = bootpath_partition(b, p),
		.key = arena_printf(b->arena, "%u:%s", p->number, path),
		.found = said_make(b->arena, "%s is missing on partition %u", path, p->number),
		.needed = said_as_is(path),
	};
	return bootpath_exists(b, p, path) == 0 ? bootpath_add(b, BOOTPATH_MANAGER_MISSING, e) : 0;
}

/* The names that UEFI firmware tries on a disk it has no entry for (UEFI 2.10, section 3.5.1.1). */
static const char *fallback_of(const struct install *inst)
{
	static const struct {
		const char *architecture, *path;
	} names[] = {
		{"x64", "\\EFI\\Boot\\bootx64.efi"},
		{"arm64", "\\EFI\\Boot\\bootaa64.efi"},
		{"x86", "\\EFI\\Boot\\bootia32.efi"},
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (text_equal(inst->architecture, names[i].architecture))
			return names[i].path;
	return NULL;
}

static int check_fallback(struct bootpath *b, const struct partition *p)
{
	const char *path = fallback_of(b->q->install);
	if (!path || bootpath_exists(b, p, path) != 0)
		return 0;
	return bootpath_add(b, BOOTPATH_NO_FALLBACK,
			    (struct bootpath_fact){
				    .subject = bootpath_partition(b, p),
				    .key = arena_printf(b->arena, "%u:%s", p->number, path),
				    .found = said_make(b->arena, "%s is missing on partition %u",
						       path, p->number),
				    .needed = said_as_is(path),
			    });
}

static int check_manager_file(struct bootpath *b, const struct boot_store *s)
{
	if (!s->efi)
		return bootpath_missing(b, s->partition, BIOS_MANAGER);
	return bootpath_missing(b, s->partition, EFI_MANAGER) < 0 ? -1
								  : check_fallback(b, s->partition);
}

/* ---- judging ---- */

static int damaged(struct bootpath *b, const struct boot_store *s, const char *what)
{
	return bootpath_add(
		b, BOOTPATH_STORE_DAMAGED,
		(struct bootpath_fact){
			.subject = bootpath_partition(b, s->partition),
			.key = store_key(b, s),
			.found = what ? said_make(b->arena,
						  "the boot store of partition %u is damaged: %s",
						  s->partition->number, what)
				      : said_make(b->arena,
						  "the boot store of partition %u is damaged",
						  s->partition->number),
			.needed = said_of("a whole boot store"),
		});
}

/* What a whole store says is certain, as long as there is no other way to start. */
static int check_store(struct bootpath *b, const struct boot_store *s)
{
	b->doubtful = (s->error.code == E_OK && !s->store.whole) || (b->bios && b->uefi);
	if (check_manager_file(b, s) < 0)
		return -1;
	if (s->error.code != E_OK)
		return damaged(b, s, ERR_ARG(&s->error));
	if (!s->store.whole && damaged(b, s, s->store.problem) < 0)
		return -1;
	return bootpath_check_entry(b, s);
}

/* The partition that would hold the store, where BitLocker hides what is in it; or NULL. */
static const struct partition *hidden_store(const struct bootpath *b)
{
	const struct partition_table *t = b->q->table;
	for (size_t i = 0; i < t->n; i++)
		if (t->items[i].filesystem == FS_BITLOCKER &&
		    ((b->uefi && bootpath_is_esp(&t->items[i])) || (b->bios && t->items[i].active)))
			return &t->items[i];
	return NULL;
}

static int no_store(struct bootpath *b)
{
	const struct partition *hidden = hidden_store(b);
	return bootpath_add(
		b, BOOTPATH_NO_STORE,
		(struct bootpath_fact){
			.subject = "disk",
			.key = b->uefi ? EFI_STORE : BIOS_STORE,
			.found = hidden ? said_make(b->arena,
						    "no boot store (BCD) is seen: partition %u %s",
						    hidden->number,
						    said_word(hint_row(HINT_BITLOCKER)->found,
							      b->arena))
					: said_of("no boot store (BCD) on this disk: normal for a "
						  "VHD that boots natively"),
			.cure = hidden ? said_make(b->arena,
						   "No firmware reads it so. %s. Or make the boot "
						   "files anew: format it and run bcdboot "
						   "C:\\Windows "
						   "/s S: from Windows' installation medium.",
						   HINT_ARG(HINT_BITLOCKER))
				       : said_of(NULL),
			.needed = said_make(b->arena,
					    b->uefi ? N_("%s on the EFI system partition")
						    : N_("%s on the active partition"),
					    b->uefi ? EFI_STORE : BIOS_STORE),
		});
}

int bootpath_check_stores(struct bootpath *b)
{
	size_t judged = 0;
	if (b->q->native)
		return bootpath_check_native(b);
	if (b->old_loader)
		return bootpath_check_old(b);
	if (!b->bios && !b->uefi)
		return 0;
	for (size_t i = 0; i < b->q->n_stores; i++) {
		if (!is_judged(b, &b->q->stores[i]))
			continue;
		judged++;
		if (check_store(b, &b->q->stores[i]) < 0)
			return -1;
		b->doubtful = false;
	}
	return judged > 0 ? 0 : no_store(b);
}
