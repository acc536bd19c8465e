/* SPDX-License-Identifier: MIT */
/*
 * boot.ini, the boot menu of Windows before Vista, as NTLDR reads it: which line starts, and what
 * an ARC path such as multi(0)disk(0)rdisk(0)partition(1)\WINDOWS names. Pure; any bytes will do.
 */
#ifndef STOP7B_BOOT_INI_H
#define STOP7B_BOOT_INI_H

#include "stop7b/bytes.h"

#define BOOT_INI_MAX         (64u << 10) /* bytes; own limit, real files have below 1 KiB */
#define BOOT_INI_ENTRIES_MAX 64u         /* own limit; NTLDR shows ten */

enum arc_kind {
	ARC_BAD,       /* no path of a known form */
	ARC_MULTI,     /* by the BIOS' number of the disk */
	ARC_SCSI,      /* by a SCSI adapter's own driver, NTBOOTDD.SYS */
	ARC_SIGNATURE, /* by the MBR's disk signature, with that driver */
	ARC_DRIVE      /* "C:\": another system's boot sector */
};

struct arc_path {
	enum arc_kind kind;
	unsigned disk;      /* SCSI: its id */
	unsigned rdisk;     /* MULTI: the BIOS' number of the disk, from 0 */
	unsigned partition; /* from 1 */
	uint32_t signature;
	const char
		*folder; /* "\WINDOWS"; NULL: not ASCII, so not to be compared; "\": none given */
};

/* A default= line, or a line of [operating systems]. */
struct boot_ini_entry {
	struct span raw;   /* the left side, without blanks around it */
	const char *shown; /* the same, escaped and cut, to show */
	struct arc_path path;
};

struct boot_ini {
	const struct boot_ini_entry *chosen; /* default=; NULL: none, or an empty one */
	bool listed;                         /* chosen equals an entry, whose options it takes */
	struct boot_ini_entry *items;        /* [operating systems] */
	size_t n;
	const char *problem; /* why NTLDR cannot read this text; then there is nothing else */
};

/*
 * Read the text of a boot.ini, up to its first NUL. Everything in out lives in arena and in text.
 * 0, or -1 with E_MEMORY. Source: doc/FORMATS/boot-path.md, "boot.ini".
 */
int boot_ini_read(struct span text, struct arena *arena, struct boot_ini *out, struct err *err);

#endif
