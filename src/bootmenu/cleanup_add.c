/* SPDX-License-Identifier: MIT */
/*
 * The plan that makes a native-boot entry: a copy of an entry that works, with both devices set to
 * the virtual disk, as Microsoft's how-to for native boot of a VHD does it. The id of the new entry
 * is known only when the copy is made, so CLEANUP_NEW stands for it.
 */
#include "cleanup_internal.h"

#include <string.h>

#define TITLE_MAX 100 /* bytes; the boot menu has no room for more */
#define COMMANDS  6

static const char *title_of(const struct planner *p)
{
	const char *name = strrchr(p->plan->vhd, '\\') + 1;
	const char *text = p->request->title ? text_utf8(p->arena, p->request->title)
					     : arena_printf(p->arena, "Windows (%s)", name);
	size_t n = 0;
	char *title = text ? arena_strdup(p->arena, text) : NULL;
	for (; title && title[n] && n < TITLE_MAX; n++) {
		if (title[n] == '"' || title[n] == '\\')
			title[n] = '\'';
	}
	while (title && n > 0 && ((unsigned char)title[n] & 0xc0) == 0x80)
		n--; /* not in the middle of a character */
	if (title)
		title[n] = '\0';
	return title;
}

static void command(struct cleanup_block *b, struct cleanup_command c)
{
	while (c.n < CLEANUP_WORDS && c.words[c.n])
		c.n++;
	b->commands[b->n_commands++] = c;
}

static void add_commands(const struct planner *p, struct cleanup_block *b)
{
	const char *source = p->request->store_on_host ? "{default}" : "{current}";
	command(b, (struct cleanup_command){.words = {"/copy", source, "/d", p->plan->title},
					    .why = "a copy of an entry that works; prints its id"});
	command(b, (struct cleanup_command){.words = {"/set", CLEANUP_NEW, "device", b->device},
					    .why = "its loader is on the virtual disk"});
	command(b, (struct cleanup_command){.words = {"/set", CLEANUP_NEW, "osdevice", b->device},
					    .why = "so is its Windows"});
	command(b, (struct cleanup_command){.words = {"/set", CLEANUP_NEW, "detecthal", "on"},
					    .why = "the disk comes from another machine"});
	command(b, (struct cleanup_command){.words = {"/displayorder", CLEANUP_NEW, "/addlast"},
					    .why = "into the boot menu, last"});
	b->undo = (struct cleanup_command){.words = {"/delete", CLEANUP_NEW, "/cleanup"},
					   .n = 3,
					   .why = "takes the new entry away again"};
}

static const char *space_note(const struct planner *p)
{
	if (!p->request->grows)
		return NULL;
	if (p->request->virtual_size == 0)
		return "Windows makes a growing disk as large as it can get when it starts from "
		       "it: "
		       "keep that much free on the host's volume.";
	return arena_printf(
		p->arena,
		"Windows makes a growing disk as large as it can get when it starts from "
		"it: keep %llu MiB free on the host's volume, less what the file has now.",
		(unsigned long long)((p->request->virtual_size + 0xfffff) >> 20));
}

static void add_notes(const struct planner *p)
{
	const char *space = space_note(p);
	planner_note(p, "The file must lie on an NTFS volume of a local disk.");
	if (space)
		planner_note(p, space);
	planner_note(p, "Where BitLocker protects the host, suspend it first; the volume that "
			"holds the file must not be encrypted.");
	planner_note(p,
		     "Not every edition of Windows starts from a virtual disk: Windows 7 only as "
		     "Enterprise, Ultimate or Server; VHDX only from Windows 8 on.");
	planner_note(p,
		     "The copy keeps the path of the entry it is made from: winload.efi on a UEFI "
		     "machine, winload.exe on a BIOS machine.");
}

const char *planner_device(const struct planner *p, bool locate)
{
	const char *vhd = p->plan->vhd;
	return locate ? arena_printf(p->arena, "vhd=[locate]%s", vhd + 2)
		      : arena_printf(p->arena, "vhd=[%.2s]%s", vhd, vhd + 2);
}

int planner_add(const struct planner *p, struct err *err)
{
	struct cleanup_plan *plan = p->plan;
	const char *vhd = p->request->vhd ? p->request->vhd : "";
	if (planner_check_path(p, vhd, "--vhd", err) != 0)
		return -1;
	plan->title = title_of(p);
	plan->blocks = arena_array(p->arena, 1, sizeof(*plan->blocks), err);
	struct cleanup_block *b = plan->blocks;
	const char *device = planner_device(p, p->request->locate);
	if (!b || !device || !plan->title)
		return no_memory(err);
	*b = (struct cleanup_block){
		.guid = CLEANUP_NEW,
		.description = plan->title,
		.kind = "osloader",
		.vhd = plan->vhd + 2,
		.device = device,
		.osdevice = device,
		.matched = "made for this disk",
		.commands = arena_array(p->arena, COMMANDS, sizeof(*b->commands), err),
	};
	if (!b->commands)
		return -1;
	add_commands(p, b);
	add_notes(p);
	plan->n = 1;
	return 0;
}
