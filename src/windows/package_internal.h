/* SPDX-License-Identifier: MIT */
/*
 * Shared by the package_*.c files only: places that packages come from, and one package being made.
 */
#ifndef STOP7B_PACKAGE_INTERNAL_H
#define STOP7B_PACKAGE_INTERNAL_H

#include "inf.h"

#define PACKAGE_DEPTH_MAX   6u      /* folders below the one that is named */
#define PACKAGE_ENTRIES_MAX 200000u /* files and folders of one source */
#define PACKAGE_PATH_MAX    1024u   /* bytes of a path inside a source */
#define PACKAGE_INF_MAX     4096u   /* .inf files of one source */
#define PACKAGE_NESTED_MAX  64u     /* archives in a folder */
#define PACKAGES_MAX        4096u   /* of one list */
/* Bytes that one source may hand over, in all: an ISO of virtio-win has 30 MiB of .inf files. */
#define PACKAGE_BYTES_MAX  (256u * 1024 * 1024)
#define PACKAGE_DRIVER_MAX (64u * 1024 * 1024) /* of one driver file; the largest have 10 MiB */

/* ---- where they come from ---- */

/* A file that is wanted from a source, by its path there, '/' between names. */
struct package_file {
	const char *path;
	struct span bytes;   /* in the arena, once it was read */
	bool found;          /* it is there */
	struct said problem; /* why it could not be read, or NULL */
};

struct package_source;

struct package_reader {
	/* One .inf. bytes are valid only during the call. -1 with err ends the search. */
	int (*take)(void *ctx, const char *path, struct span bytes, struct err *err);
	/* An archive on this machine, that lies in a folder. The same. */
	int (*archive)(void *ctx, const char *path, struct err *err);
	/* Something that could not be read. The same. */
	int (*problem)(void *ctx, struct said words, struct err *err);
	void *ctx;
};

struct package_place {
	/* Every .inf once, in the order of the place's own. 0, or -1 with err. */
	int (*infs)(struct package_source *source, const struct package_reader *to,
		    struct err *err);
	/* The files that are wanted, in the order of their paths. 0, or -1 with err E_MEMORY. */
	int (*read)(struct package_source *source, struct package_file *files, size_t n,
		    struct arena *arena, struct err *err);
};

struct package_source {
	const struct package_place *place;
	enum package_origin origin;
	const char *name; /* to be shown; "" where paths say all */
	const char *path; /* of the folder or archive on this machine; of the store on the volume */
	const char *only; /* the one .inf that is wanted of a folder; NULL: all */
	struct ntfs *volume;
	const char *architecture; /* of the Windows, for its store */
	uint64_t handed;          /* bytes so far */
};

/*
 * The source that a path of this machine is. 0, or -1 with err: E_OPEN, E_FORMAT, E_MEMORY.
 */
int package_source_open(const char *path, struct arena *arena, struct package_source *out,
			struct err *err);
/* FileRepository of a Windows. */
int package_store_open(const struct install *inst, struct ntfs *volume, struct arena *arena,
		       struct package_source *out, struct err *err);

extern const struct package_place package_folder, package_archive, package_store;

/* Count bytes that a source hands over. -1 with E_UNSUPPORTED beyond PACKAGE_BYTES_MAX. */
int package_hand(struct package_source *source, uint64_t bytes, struct err *err);
/* -1 with E_UNSUPPORTED: there are more than PACKAGE_INF_MAX. */
int package_too_many(struct err *err);
bool package_is_inf(const char *name);
bool package_is_archive(const char *name);
/* The order of two files by their paths inside a source, without case, for qsort and bsearch. */
int package_by_path(const void *a, const void *b);

/* ---- one package ---- */

struct package_windows {
	const struct install *inst;
	struct inf_windows inf;
	struct ntfs *volume; /* or NULL */
};

/* 0, or -1 with err: E_UNSUPPORTED (release or processor not known). */
int package_windows_of(const struct package_request *request, struct package_windows *out,
		       struct err *err);

struct package_list {
	struct package *items;
	size_t n, cap;
};

/*
 * What an .inf offers: a package for each driver of a disk controller, else one that says why not.
 * Only what is below from is filled in for it. 0, or -1 with E_MEMORY.
 */
int package_match(const struct package_windows *w, const struct inf *inf,
		  const struct package *from, struct arena *arena, struct package_list *to,
		  struct err *err);

/* A copy of what package_match() made, in another arena. -1 with E_MEMORY. */
int package_keep(const struct package *p, struct arena *arena, struct package *out,
		 struct err *err);

/* DriverVer of a file: "mm/dd/yyyy,w.x.y.z"; what is not there stays as it is. -1 with E_MEMORY. */
int package_version(const char *date, const char *version, struct package *p, struct arena *arena,
		    struct err *err);
/* "{4d36e97b-...}" in Windows' mixed order; false when it is none. */
bool package_guid(const char *text, uint8_t out[16]);

/* Look at the driver file: does it fit this Windows? -1 with E_MEMORY. */
int package_judge_driver(const struct package_windows *w, struct package *p, struct arena *arena,
			 struct err *err);

/* The Windows that a folder of the path is named after, as virtio-win does. */
void package_folder_words(struct package *p);
/* A folder is named after a newer Windows than this one. */
bool package_folder_is_newer(const struct package *p, const struct install *inst);

/* The first reason why it does not fit counts. -1 with E_MEMORY. */
int package_refuse(struct package *p, struct said why, struct err *err);

/* Sort: what fits first, the best of it first. */
void packages_sort(struct packages *all, const struct install *inst);

#endif
