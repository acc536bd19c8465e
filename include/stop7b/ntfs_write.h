/* SPDX-License-Identifier: MIT */
/*
 * Adding names to an NTFS volume: a file with its content, or a hard link to a file that is there.
 *
 * Nothing is written: the answer is a list of sectors with old and new bytes. libntfs-3g lays them
 * out in a forked child that can only ask for bytes of the volume; the fence then lets through
 * only what adding those names may touch, and ntfs_check() finds the result as sound as the volume
 * was. Nothing that is there is replaced, grown or moved; only a file that is empty gets its content.
 */
#ifndef STOP7B_NTFS_WRITE_H
#define STOP7B_NTFS_WRITE_H

#include "stop7b/ntfs_check.h"
#include "stop7b/writes.h"

#define NTFS_NEWS_MAX    64u                  /* names of one run */
#define NTFS_CONTENT_MAX ((size_t)256u << 20) /* bytes of a new file: no driver comes near */

/* One name that shall be there. */
struct ntfs_new {
	const char *directory; /* path as in ntfs.h */
	bool make_directory;   /* make what is missing of it, at most its last two names */
	const char *name;      /* ASCII; not there yet, or an empty file, which takes the content */
	const char *existing;  /* hard link to this file; NULL: a new file, of what follows */
	struct span content;
	uint64_t time;       /* FILETIME: all four times of the file, and of a directory made */
	uint32_t attributes; /* FILE_ATTRIBUTE_READONLY, HIDDEN, SYSTEM, ARCHIVE; others ignored */
};

/* What a changed sector belongs to. */
enum ntfs_place {
	NTFS_PLACE_RECORD,     /* MFT records: of the new file, its directory, $MFT */
	NTFS_PLACE_MIRROR,     /* $MFTMirr */
	NTFS_PLACE_INDEX,      /* index blocks of the directory, and their bitmap */
	NTFS_PLACE_BITMAP,     /* $Bitmap */
	NTFS_PLACE_MFT_BITMAP, /* the bitmap of $MFT */
	NTFS_PLACE_CONTENT,    /* content, in clusters that were free */
	NTFS_PLACE_FREE,       /* other sectors of clusters that were free */
	NTFS_PLACES
};

struct ntfs_places {
	size_t sectors[NTFS_PLACES];
	size_t records; /* MFT records with changes */
	size_t blocks;  /* index blocks with changes */
};

struct ntfs_written {
	struct write_list sectors; /* one whole sector of the volume each, by rising offset */
	struct ntfs_places places;
	struct ntfs_check check; /* of the volume as it will be: nothing but harmless faults */
};

/* Is libntfs-3g part of this program? Without it ntfs_write() answers E_UNSUPPORTED. */
bool ntfs_write_built(void);

/*
 * Work out the sectors that add n names, 1..NTFS_NEWS_MAX.
 *
 *   vol    open volume; nothing that it holds is changed
 *   arena  owns what out holds
 *   out    offsets are bytes of the volume
 *
 * The result depends on vol and news alone. 0, or -1 with err: E_GUARD (the state of the disk
 * forbids it: unclean log, dirty, hibernated, no room, structures not sound, a reparse point in
 * the way, no security id to borrow), E_MAP (a name is taken by another file, the file to link is
 * compressed or encrypted, sectors outside the fence), E_NOTFOUND (directory or existing),
 * E_UNSUPPORTED (no libntfs-3g), E_USAGE (a name that is none), E_CORRUPT, E_IO, E_MEMORY.
 */
int ntfs_write(struct ntfs *vol, const struct ntfs_new *news, size_t n, struct arena *arena,
	       struct ntfs_written *out, struct err *err);

/* Plural words for a place, for lists: "MFT records", ...; not translated. */
const char *ntfs_place_name(enum ntfs_place place);

/* ---- the volume as it will be ---- */

struct ntfs_overlay {
	struct ntfs_bytes below;
	const struct write_list *sectors; /* as in struct ntfs_written */
};

/* The bytes of o->below with the new sectors over them, for as long as *o lives. */
struct ntfs_bytes ntfs_overlay_bytes(struct ntfs_overlay *o);

#endif
