/* SPDX-License-Identifier: MIT */
/*
 * Before Vista: NTLDR, NTDETECT.COM and boot.ini in the root of the active partition, and where the
 * line of boot.ini that starts leads.
 *
 * NTLDR numbers partitions as the MBR lists them, primary ones first, then logical ones; unused
 * entries and extended partitions have no number. Without boot.ini, or without a default in it,
 * it starts the first partition's \WINDOWS (\WINNT before XP). A line for another disk is wrong
 * here: a disk that goes somewhere is the first one there.
 *
 * Source: doc/FORMATS/boot-path.md, "boot.ini".
 */
#include "bootpath_internal.h"

#include <stdlib.h>
#include <string.h>

#include "boot_ini.h"

#define BOOT_INI   "\\boot.ini"
#define SCSI_FILE  "\\ntbootdd.sys"
#define KERNEL     "system32\\ntoskrnl.exe"
#define LINE_START "multi(0)disk(0)rdisk(0)"

enum leads {
	LEADS_HERE,
	LEADS_TO_OTHER, /* another Windows, or another system's boot sector */
	LEADS_NOWHERE,
	LEADS_UNSURE
};

/* Where a line leads, and how that is said behind it: "names partition 2, which is not there". */
struct lead {
	enum leads where;
	struct said words;
};

/* ---- partitions as NTLDR numbers them ---- */

static bool has_number(const struct partition *p)
{
	return !text_equal(p->type_id, "0x05") && !text_equal(p->type_id, "0x0f");
}

/* NTLDR's number of a partition, from 1. */
static unsigned number_of(const struct partition_table *t, const struct partition *wanted)
{
	unsigned n = 1;
	for (size_t i = 0; i < t->n; i++)
		n += has_number(&t->items[i]) && t->items[i].number < wanted->number;
	return n;
}

static const struct partition *numbered(const struct partition_table *t, unsigned number)
{
	for (size_t i = 0; i < t->n; i++)
		if (has_number(&t->items[i]) && number_of(t, &t->items[i]) == number)
			return &t->items[i];
	return NULL;
}

static const char *default_folder(const struct bootpath *b)
{
	return b->q->install->release < WIN_XP ? "\\WINNT" : "\\WINDOWS";
}

/* The left side of the line that would be right. */
static const char *right_line(struct bootpath *b)
{
	return arena_printf(b->arena, LINE_START "partition(%u)%s",
			    number_of(b->q->table, b->windows), b->q->install->root);
}

/* ---- where a line leads ---- */

static struct lead nowhere(struct said words)
{
	return (struct lead){LEADS_NOWHERE, words};
}

static struct lead unsure(struct said words)
{
	return (struct lead){LEADS_UNSURE, words};
}

static struct lead folder_lead(struct bootpath *b, const struct partition *p, const char *folder)
{
	if (!folder)
		return unsure(said_of("names a folder whose letters depend on the code page"));
	if (p == b->windows && text_equal(folder, b->q->install->root))
		return (struct lead){LEADS_HERE, said_of("is this Windows")};
	const char *kernel = arena_printf(b->arena, "%s%s" KERNEL, folder,
					  text_equal(folder, "\\") ? "" : "\\");
	int there = kernel ? bootpath_exists(b, p, kernel) : 0;
	const char *where = said_arg(said_make(b->arena, "%s of partition %u", folder, p->number),
				     b->arena);
	if (there < 0)
		return unsure(said_make(b->arena, "names %s, which cannot be read", where));
	if (there > 0)
		return (struct lead){LEADS_TO_OTHER,
				     said_make(b->arena, "is another Windows, %s", where)};
	return nowhere(said_make(b->arena, "names %s, where no Windows is", where));
}

/* The adapter's own driver, which must fit the machine. */
static struct lead scsi_lead(struct bootpath *b, struct lead lead)
{
	if (lead.where == LEADS_HERE && bootpath_exists(b, b->active, SCSI_FILE) == 0)
		return nowhere(said_of("needs NTBOOTDD.SYS, which is missing"));
	if (lead.where == LEADS_HERE)
		return unsure(
			said_of("starts through NTBOOTDD.SYS, the driver of one SCSI adapter"));
	return lead;
}

static bool is_other_disk(const struct bootpath *b, const struct arc_path *path)
{
	const char *id = b->q->table->disk_id;
	return path->kind == ARC_SIGNATURE ? !id || strtoul(id, NULL, 16) != path->signature
					   : path->kind == ARC_MULTI && path->rdisk != 0;
}

static struct lead lead_of(struct bootpath *b, const struct arc_path *path)
{
	if (path->kind == ARC_DRIVE)
		return (struct lead){LEADS_TO_OTHER, said_of("is a boot sector of another system")};
	if (path->kind == ARC_BAD)
		return unsure(said_of("is no path that NTLDR is known to take"));
	if (path->kind == ARC_SIGNATURE && is_other_disk(b, path))
		return nowhere(said_make(b->arena,
					 "names the disk signature %08x, this disk has %s",
					 path->signature,
					 b->q->table->disk_id ? b->q->table->disk_id
							      : said_word(N_("none"), b->arena)));
	if (is_other_disk(b, path))
		return nowhere(said_make(b->arena, "names another disk, number %u of the BIOS",
					 path->rdisk));
	const struct partition *p = numbered(b->q->table, path->partition);
	if (!p)
		return nowhere(said_make(b->arena,
					 "names partition %u, which this disk does not have",
					 path->partition));
	struct lead lead = folder_lead(b, p, path->folder);
	return path->kind == ARC_SCSI ? scsi_lead(b, lead) : lead;
}

/* ---- facts ---- */

static int add(struct bootpath *b, enum bootpath_rule rule, bool doubtful, struct said found)
{
	const char *line = right_line(b);
	const struct install *inst = b->q->install;
	return bootpath_add(
		b, rule,
		(struct bootpath_fact){
			.subject = "boot.ini",
			.key = arena_printf(b->arena, "%u:" BOOT_INI, b->active->number),
			.value = "default",
			.found = found,
			.needed = said_make(b->arena, "default=%s", line),
			.cure = said_make(b->arena,
					  "Write into boot.ini, by Windows or its installation "
					  "medium: below [boot loader] default=%s, and below "
					  "[operating systems] %s=\"%s\" /fastdetect.",
					  line, line, inst->version ? inst->version : "Windows"),
			.doubtful = doubtful,
		});
}

static bool has_line_for_this(struct bootpath *b, const struct boot_ini *ini)
{
	for (size_t i = 0; i < ini->n; i++)
		if (lead_of(b, &ini->items[i].path).where == LEADS_HERE)
			return true;
	return false;
}

/* No boot.ini, or nothing in it that NTLDR would start: it says so, and takes the usual one. */
static int check_usual(struct bootpath *b, const struct boot_ini *ini, const char *why)
{
	const struct arc_path usual = {
		.kind = ARC_MULTI, .partition = 1, .folder = default_folder(b)};
	struct lead lead = lead_of(b, &usual);
	const struct said found = said_make(
		b->arena,
		lead.where == LEADS_HERE
			? N_("%s: NTLDR then starts %s of the first partition, which is this "
			     "Windows")
			: N_("%s: NTLDR then starts %s of the first partition, which is not this "
			     "Windows"),
		said_word(why, b->arena), usual.folder);
	if (lead.where == LEADS_HERE)
		return add(b, BOOTPATH_BOOT_INI_DEFAULT, false, found);
	return add(b, BOOTPATH_BOOT_INI, lead.where == LEADS_UNSURE || has_line_for_this(b, ini),
		   found);
}

static int check_default(struct bootpath *b, const struct boot_ini *ini)
{
	struct lead lead = lead_of(b, &ini->chosen->path);
	const struct said found = said_make(b->arena, "the default of boot.ini, %s, %s",
					    ini->chosen->shown, said_arg(lead.words, b->arena));
	if (lead.where == LEADS_HERE && ini->listed)
		return 0;
	if (lead.where == LEADS_HERE)
		return add(b, BOOTPATH_BOOT_INI_DEFAULT, false,
			   said_of("the default of boot.ini is this Windows, and equals no line of "
				   "[operating systems], so no options are taken"));
	if (lead.where == LEADS_TO_OTHER && has_line_for_this(b, ini))
		return add(b, BOOTPATH_BOOT_INI_DEFAULT, false, found);
	return add(b, BOOTPATH_BOOT_INI, lead.where == LEADS_UNSURE, found);
}

static int unreadable(struct bootpath *b, const char *why)
{
	return add(b, BOOTPATH_BOOT_INI_DAMAGED, true,
		   said_make(b->arena, "boot.ini cannot be used: %s", why));
}

static int check_text(struct bootpath *b, struct span text)
{
	struct boot_ini ini;
	if (boot_ini_read(text, b->arena, &ini, b->err) < 0)
		return -1;
	if (ini.problem)
		return unreadable(b, said_word(ini.problem, b->arena));
	return ini.chosen ? check_default(b, &ini)
			  : check_usual(b, &ini, N_("boot.ini has no default"));
}

static int check_boot_ini(struct bootpath *b)
{
	static const struct boot_ini none = {.n = 0};
	struct span text;
	struct err why = {0};
	if (!b->q->read_file)
		return 0;
	if (b->q->read_file(b->q->ctx, b->active, BOOT_INI, BOOT_INI_MAX, b->arena, &text, &why) ==
	    0)
		return check_text(b, text);
	if (why.code == E_MEMORY)
		return err_set(b->err, E_MEMORY, "%s", ERR_ARG(&why));
	if (why.code == E_NOTFOUND)
		return check_usual(b, &none, N_("there is no boot.ini"));
	return unreadable(b, ERR_ARG(&why));
}

int bootpath_check_old(struct bootpath *b)
{
	if (!b->bios || !b->active)
		return 0;
	return bootpath_missing(b, b->active, "\\ntldr") < 0 ||
			       bootpath_missing(b, b->active, "\\NTDETECT.COM") < 0 ||
			       check_boot_ini(b) < 0
		       ? -1
		       : 0;
}
