/* SPDX-License-Identifier: MIT */
/*
 * The one table of what is met and left alone: other formats, damage in a container, volumes whose
 * content is not read. Sentences and commands only; who finds them is in foreign.c, vhd_end.c,
 * chain.c and partition.c.
 *
 * A command is shown, never run. None of them changes the disk that it is about, save the copy of a
 * footer, which the program offers itself.
 *
 * Sources: doc/FORMATS/raw.md, "Foreign formats"; doc/FORMATS/vhd.md; Microsoft, "Basic and dynamic
 * disks", "Boot to a virtual hard disk (native boot)", "manage-bde", "DISM image management".
 */
#include "stop7b/hint.h"

#include <stdio.h>

#define QEMU_IMG "qemu-img convert -O vpc -o force_size=on"
#define CAPTURE                                                                                    \
	"dism /Capture-Image /ImageFile:D:\\w.wim /CaptureDir:E:\\ /Name:w, dism /Apply-Image "    \
	"/ImageFile:D:\\w.wim /Index:1 /ApplyDir:F:\\, bcdboot F:\\Windows /s F:"

static const struct hint_row rows[HINTS] = {
	[HINT_NONE] = {NULL, NULL, NULL},
	[HINT_CONVERT] = {NULL, N_("make a VHD of it"), QEMU_IMG},
	[HINT_DESCRIBED] = {NULL, N_("make a VHD of the disk that it describes"), QEMU_IMG},
	[HINT_DMG] = {NULL, N_("make a VHD of it"), QEMU_IMG " -f dmg"},
	[HINT_EWF] = {NULL, N_("make a VHD of it"), "ewfexport -f raw, " QEMU_IMG},
	[HINT_AFF] = {NULL, N_("make a VHD of it"), "affconvert -r, " QEMU_IMG},
	[HINT_INSTALLED] = {NULL, N_("give the disk of the installed Windows instead"), NULL},
	[HINT_APPLIED] = {NULL, N_("give the disk that it was applied to"), NULL},
	[HINT_UNPACK] = {NULL, N_("unpack it first"), NULL},
	[HINT_DECRYPT] = {NULL, N_("decrypt it first"), NULL},
	[HINT_ITS_DISK] = {NULL, N_("give the image of the disk that it belongs to"), NULL},
	[HINT_NOT_IN_PLACE] =
		{NULL, N_("Convert the image with qemu-img and work on the converted copy."), NULL},
	[HINT_FOOTER_DAMAGED] =
		{N_("the VHD footer at the end of the file is damaged; the copy at its start is "
		    "used"),
		 N_("Copy the first 512 bytes of the file over its last 512 bytes"),
		 "stop7b fix --yes --only footer-copy"},
	[HINT_FOOTER_GONE] =
		{N_("the VHD footer at the end of the file is damaged; the copy at its start is "
		    "used"),
		 N_("Copy the first 512 bytes of the file over its last 512 bytes, or behind its "
		    "end if the footer was cut off."),
		 NULL},
	[HINT_FOOTERS_DIFFER] =
		{N_("the two copies of the VHD footer differ; the one at the end of the file is "
		    "used"),
		 N_("If that one is right, copy the last 512 bytes of the file over its first 512 "
		    "bytes"),
		 "stop7b fix --yes --only footer-copy"},
	[HINT_FOOTER_OLD] = {N_("the VHD footer has 511 bytes, as only very old programs write it"),
			     N_("Convert the image with qemu-img and work on the converted copy."),
			     NULL},
	[HINT_PARENT_LARGER] =
		{N_("the parent disk is larger than this one: it was resized under its child, and "
		    "Hyper-V refuses such a chain (0xC03A0017)"),
		 N_("Give the parent its old size back, or convert the chain to one disk with "
		    "qemu-img and work on that."),
		 NULL},
	[HINT_PARENT_SHORTER] =
		{N_("the parent disk is shorter than this one: its missing end reads as zeros, and "
		    "Hyper-V refuses such a chain (0xC03A0017)"),
		 N_("Give the parent its old size back, or convert the chain to one disk with "
		    "qemu-img and work on that."),
		 NULL},
	[HINT_DYNAMIC_DISK] =
		{N_("lies on a dynamic disk (LDM), of which only those volumes are read that the "
		    "partition table shows, too"),
		 N_("A virtual machine starts it as it is, a host does not. For native boot attach "
		    "it to another Windows, import it there (Disk Management, Import Foreign "
		    "Disks), and copy its Windows to a new basic disk"),
		 CAPTURE},
	[HINT_STORAGE_SPACES] =
		{N_("belongs to a storage pool (Storage Spaces)"),
		 N_("no Windows starts from a pool; look at it on a Windows that has all disks of "
		    "the pool"),
		 "Get-StoragePool, Get-VirtualDisk"},
	[HINT_BITLOCKER] =
		{N_("is encrypted with BitLocker"),
		 N_("unlock it on the machine that has its key, or with its recovery key, and "
		    "decrypt it there before its disk is looked at here"),
		 "manage-bde -unlock"},
	[HINT_REFS] = {N_("holds a ReFS volume, which is not read here"),
		       N_("copy its Windows to an NTFS volume, on a Windows that reads it"),
		       CAPTURE},
};

const struct hint_row *hint_row(enum hint_kind hint)
{
	return &rows[hint < HINTS ? hint : HINT_NONE];
}

static void put_todo(char out[SAID_ARG_MAX / 2], const char *todo, const char *command)
{
	snprintf(out, SAID_ARG_MAX / 2, "%s%s%s%s", todo, command ? " (" : "",
		 command ? command : "", command ? ")" : "");
}

const char *hint_arg(enum hint_kind hint, char buf[SAID_ARG_MAX])
{
	char plain[SAID_ARG_MAX / 2], shown[SAID_ARG_MAX / 2];
	const struct hint_row *row = hint_row(hint);
	const struct said todo = said_of(row->todo ? row->todo : "");
	put_todo(plain, todo.plain, row->command);
	put_todo(shown, todo.shown, row->command);
	if (said_pair(plain, shown, buf, SAID_ARG_MAX) == plain)
		said_cut(buf, SAID_ARG_MAX, plain);
	return buf;
}

struct said hint_todo(enum hint_kind hint, struct arena *arena)
{
	return said_make(arena, "%s", HINT_ARG(hint));
}
