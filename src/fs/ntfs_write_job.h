/* SPDX-License-Identifier: MIT */
/*
 * What parent and child know of each other: the steps, the messages, the sectors. Needs no other
 * header of this program, because libntfs-3g's use the same names for other things.
 */
#ifndef STOP7B_NTFS_WRITE_JOB_H
#define STOP7B_NTFS_WRITE_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- steps ---- */

enum ntfs_step_kind {
	NTFS_STEP_DIRECTORY,
	NTFS_STEP_FILE,
	NTFS_STEP_LINK, /* one more name of a file that is there */
	NTFS_STEP_FILL, /* content of an empty file that is there */
};

/* Is it about a file that is there? */
static inline bool ntfs_step_has_file(enum ntfs_step_kind kind)
{
	return kind == NTFS_STEP_LINK || kind == NTFS_STEP_FILL;
}

#define NTFS_MADE_BY_NONE SIZE_MAX

/* One thing to do, by record number: no path is left to the child. */
struct ntfs_step {
	enum ntfs_step_kind kind;
	uint64_t parent;        /* reference of its directory, where made_by is none */
	size_t made_by;         /* the step that makes its directory, or NTFS_MADE_BY_NONE */
	const uint8_t *name;    /* UTF-16LE */
	size_t name_len;        /* bytes */
	const char *short_name; /* 8.3; the name itself where it is one; NULL: none is made */
	uint64_t existing;      /* NTFS_STEP_LINK, NTFS_STEP_FILL: reference of the file */
	const uint8_t *content;
	size_t content_len;
	uint64_t time;
	uint32_t attributes, security;
	const char *path; /* as asked for, escaped, for messages */
};

/* ---- messages ---- */

enum ntfs_message_kind {
	NTFS_ASK = 0x53374201, /* child: bytes [off, off+len) of the volume */
	NTFS_DONE,    /* child: off sectors follow, each u64 offset, old, new; len: bytes */
	NTFS_FAILED,  /* child: off is a enum ntfs_stage, len an errno */
	NTFS_BYTES,   /* parent: len bytes follow */
	NTFS_NO_BYTES /* parent: they cannot be read */
};

struct ntfs_message {
	uint32_t kind, len;
	uint64_t off;
};

/* Where the child stopped. */
enum ntfs_stage {
	NTFS_STAGE_MEMORY,
	NTFS_STAGE_MOUNT,
	NTFS_STAGE_OPEN,
	NTFS_STAGE_MAKE,
	NTFS_STAGE_NAME,
	NTFS_STAGE_CONTENT,
	NTFS_STAGE_LINK,
	NTFS_STAGE_CLOSE,
	NTFS_STAGES
};

#define NTFS_ASK_MAX (4u << 20) /* bytes of one question */

/* All that the child is given. */
struct ntfs_job {
	int in, out; /* pipe ends of the child */
	uint64_t size;
	uint32_t sector;
	const struct ntfs_step *steps;
	size_t n;
};

/* What runs in the child; returns when it has answered. Tests put their own liar there. */
typedef void ntfs_child(const struct ntfs_job *job);
/* The child of this program, by libntfs-3g, and whether that is part of it. */
void ntfs_write_child(const struct ntfs_job *job);
extern const bool ntfs_write_by_3g;

/* Whole pieces over a pipe. 0, or -1 at an error or its end. */
int ntfs_wire_put(int fd, const void *p, size_t len);
/* wait_ms: how long nothing may come, 0 for ever. */
int ntfs_wire_get(int fd, void *p, size_t len, unsigned wait_ms);

/* ---- sectors that the child wrote ---- */

struct ntfs_sector {
	uint64_t number;
	uint8_t *bytes; /* NULL: an empty place of the table */
};

struct ntfs_map {
	struct ntfs_sector *table;
	size_t n, cap; /* cap: 0 or a power of two */
	uint32_t sector;
};

/* The sector of that number, or NULL. */
uint8_t *ntfs_map_find(const struct ntfs_map *map, uint64_t number);
/* The same, zeroed and *fresh where it was not there. NULL without memory. */
uint8_t *ntfs_map_add(struct ntfs_map *map, uint64_t number, bool *fresh);
/* By rising number, in the table's own memory: the map is of no use afterwards. */
struct ntfs_sector *ntfs_map_sort(struct ntfs_map *map);
void ntfs_map_free(struct ntfs_map *map);

#endif
