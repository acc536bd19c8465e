/* SPDX-License-Identifier: MIT */
/*
 * What the files that add names to an NTFS volume share.
 *
 * ntfs_write.c             the door: what is asked, in order
 * ntfs_write_name.c        names that Windows takes, and their short names
 * ntfs_write_look.c        parent: what is there
 * ntfs_write_plan.c        parent: paths -> steps by record number, and what must be refused
 * ntfs_write_fork.c        the child: made, confined, ended
 * ntfs_write_talk.c        parent: gives bytes, takes the answer, believes nothing
 * ntfs_write_wire.c        messages over a pipe, both ends
 * ntfs_write_map.c         child: sectors that were written
 * optional/                child: what needs a library that may be missing
 *   ntfs_write_filter.c      which system calls are left (ntfs_write_unfiltered.c: all)
 *   ntfs_write_3g_device.c   libntfs-3g's device over pipe and map
 *   ntfs_write_3g.c          the steps, by libntfs-3g (ntfs_write_none.c: none)
 * ntfs_fence*.c            parent: what may change
 */
#ifndef STOP7B_NTFS_WRITE_INTERNAL_H
#define STOP7B_NTFS_WRITE_INTERNAL_H

#include "ntfs_internal.h"
#include "ntfs_write_job.h"
#include "stop7b/ntfs_write.h"

/* A sanitizer or valgrind needs more system calls and memory than the child is left. */
#if defined(__SANITIZE_ADDRESS__)
#define NTFS_WRITE_CONFINED false
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define NTFS_WRITE_CONFINED false
#endif
#endif
#ifndef NTFS_WRITE_CONFINED
#define NTFS_WRITE_CONFINED true
#endif

/* ---- steps ---- */

static inline struct span ntfs_step_name(const struct ntfs_step *s)
{
	return (struct span){s->name, s->name_len};
}

struct ntfs_plan {
	struct arena *arena;
	struct ntfs_step *steps;
	size_t n, cap;
};

/* Resolve the names that are asked for. 0, or -1 with err as ntfs_write(). */
int ntfs_plan_make(struct ntfs_core *core, const struct ntfs_new *news, size_t n,
		   struct ntfs_plan *plan, struct err *err);

/* ---- what is there ---- */

#define NTFS_ATTRIBUTE_REPARSE 0x400u

struct ntfs_about {
	uint64_t reference;
	bool directory;
	uint32_t attributes, security;
	uint16_t links;
};

/* Where a path leads as far as it exists. */
struct ntfs_way {
	struct ntfs_about directory; /* the last that exists */
	const char *rest;            /* of the path; "" when all of it exists */
};

/* What a file in use is, by its base record. 0, or -1 with err. */
int ntfs_look_at(struct ntfs_core *core, uint64_t number, struct arena *arena,
		 struct ntfs_about *out, struct err *err);
/* Is it an empty plain file, all of whose names are in directory dir? 1, 0, or -1 with err. */
int ntfs_is_empty(struct ntfs_core *core, uint64_t dir, uint64_t reference, struct arena *arena,
		  struct err *err);
/* Copy the first name of *path, which moves on; NULL at its end or without memory (err set). */
char *ntfs_first_name(struct arena *arena, const char **path, struct err *err);
/* Follow a path of directories. 0 with the way; -1 with err: E_GUARD, E_MAP, as reading says. */
int ntfs_follow(struct ntfs_core *core, const char *path, struct arena *arena, struct ntfs_way *out,
		struct err *err);

/* ---- names ---- */

/* Is this an ASCII name that Windows makes? */
bool ntfs_name_allowed(const char *name);
/* Is it its own short name: at most 8 characters, a dot and 3, and nothing that a short name lacks? */
bool ntfs_name_is_short(const char *name);
#define NTFS_SHORT_NAME  13u /* bytes: 8, a dot, 3 and NUL */
#define NTFS_SHORT_TRIES 13u
/*
 * The short name that Windows gives a long one at the n-th try, 0 <= n < NTFS_SHORT_TRIES; the
 * caller takes the first that nobody has.
 */
void ntfs_short_name(const char *name, unsigned n, char out[NTFS_SHORT_NAME]);

/* ---- child and parent ---- */

struct ntfs_limits {
	uint64_t questions;    /* of one run */
	uint64_t bytes;        /* that it may ask for */
	uint64_t sectors;      /* that it may answer */
	unsigned processor_s;  /* of the child */
	unsigned silence_ms;   /* without a word from it */
	uint64_t memory_bytes; /* that it may take beside what it was born with */
	bool confined;
};
extern const struct ntfs_limits ntfs_write_limits;

/*
 * Run child on the steps and collect its sectors, unchecked but for shape and old bytes: whole
 * sectors of the volume by rising offset, each different from what is there now.
 * 0, or -1 with err: E_MAP (the child broke a rule), E_GUARD (it says that it cannot be done),
 * E_IO, E_MEMORY.
 */
int ntfs_child_run(const struct ntfs_bytes *bytes, const struct ntfs_plan *plan, ntfs_child *child,
		   const struct ntfs_limits *limits, struct write_list *out, struct err *err);

/* Parent's end of the talk; in and out are its pipe ends. 0; 1 when the child hung up; -1 with err. */
struct ntfs_talk {
	const struct ntfs_bytes *bytes;
	const struct ntfs_limits *limits;
	int in, out;
	struct write_list *sectors;
};
int ntfs_talk(const struct ntfs_talk *t, struct err *err);

/* Leave the child nothing but reading, writing and memory. 0, or -1 where it cannot be done. */
int ntfs_child_filter(void);
extern const bool ntfs_child_filtered; /* does it do anything? */

/* ---- fence ---- */

/*
 * May the sectors change, when the steps are done? old and new are the volume before and after.
 * 0 with the places counted and each write's words set; -1 with E_MAP, or what reading says.
 */
int ntfs_fence(struct ntfs_core *old, struct ntfs_core *new, const struct ntfs_plan *plan,
	       struct write_list *sectors, struct ntfs_places *places, struct err *err);

/* The volume of bytes, for the parsers of this room. 0, or -1 with err as ntfs_open(). */
int ntfs_core_of(struct ntfs_core *core, const struct ntfs_bytes *bytes, struct arena *arena,
		 struct err *err);

/*
 * ntfs_write() with another child and other limits: for tests.
 */
int ntfs_write_by(struct ntfs *vol, const struct ntfs_new *news, size_t n, ntfs_child *child,
		  const struct ntfs_limits *limits, struct arena *arena, struct ntfs_written *out,
		  struct err *err);

#endif
