/* SPDX-License-Identifier: MIT */
/*
 * Driver packages: an .inf file with the driver that it installs, and whether it serves one Windows.
 *
 * Packages come from what a person names (a folder, an .inf, an .iso, .zip or .cab) and from the
 * DriverStore of the image itself. Nothing is unpacked to disk, nothing is written. Every package
 * that has to do with a disk controller is listed; one that does not serve says why.
 * Source: doc/FORMATS/packages.md.
 */
#ifndef STOP7B_PACKAGE_H
#define STOP7B_PACKAGE_H

#include "stop7b/catalogue.h"
#include "stop7b/install.h"
#include "stop7b/said.h"

/* A registry value that the .inf gives to the service. */
struct package_value {
	const char *subkey; /* below the service's key; "" for the key itself */
	const char *name;   /* "" for the default value; NULL: the key alone */
	uint32_t type;      /* enum reg_type */
	struct span data;
	bool keep; /* what is there already is kept */
};

/* A hardware id that the package binds. */
struct package_id {
	const char *id;            /* as the .inf spells it: "PCI\VEN_1AF4&DEV_1001"; plain ASCII */
	const char *configuration; /* its install section with the decoration; the same */
	unsigned
		position; /* in its line: 1 the hardware id, from 2 on what it is compatible with */
};

/* A target that it serves. */
struct package_target {
	const struct target *target;
	unsigned position; /* the best of the ids that the target's controller shows */
	bool partly; /* of a target whose machines show one of several ids, or boards, only some */
};

enum package_origin { PACKAGE_GIVEN, PACKAGE_IN_STORE };

/* Texts are escaped, to be shown, but for those marked raw. Absent ones are NULL. */
struct package {
	enum package_origin origin;
	const char *source;   /* where it is: "virtio-win.iso: viostor/w10/amd64/viostor.inf" */
	const char *raw_path; /* of the .inf, inside its source */
	const char *inf;      /* "viostor.inf"; plain ASCII where it fits */
	const char *label; /* raw: its folder in FileRepository; NULL when it is not from there */
	const char *provider, *class_name;
	uint8_t class_guid[16]; /* as stored, first three fields little-endian */
	bool has_class_guid;
	const char *version; /* "100.85.104.20200"; NULL: none */
	uint16_t version_parts[4];
	char date[11];            /* "2020-12-28"; "" when there is none */
	uint64_t filetime;        /* the same at 00:00 UTC; 0: none */
	const char *architecture; /* of the driver file: "x64"; of the Windows until it is read */
	const char *description;

	/* what the .inf says of the driver; names and group are plain ASCII */
	const char *service, *group;
	const char *file; /* "viostor.sys" */
	uint32_t error_control;
	uint8_t feature_score;
	bool runs_in_store;                 /* its service runs from FileRepository (dirid 13) */
	const struct package_value *values; /* names in them are raw */
	size_t n_values;
	const struct package_id *ids;
	size_t n_ids;
	const struct said *left; /* what it leaves to Windows, in words */
	size_t n_left;

	/* the driver file */
	struct span bytes;      /* empty until it is read */
	const char *raw_file;   /* its path inside the source */
	const char *store_path; /* raw: on the Windows volume, when it is from the store */
	uint8_t sha256[SHA256_LEN];
	bool is_signed;    /* it has an embedded signature, which nobody here verifies */
	uint16_t made_for; /* enum release: the oldest Windows it is made for */
	uint16_t
		folder_release; /* enum release that a folder on its path is named after; 0: none */
	unsigned folder_build;  /* the same, its build */
	bool folder_server;     /* and whether that is a server */
	bool folder_is_own;     /* as this Windows is */

	const struct package_target *targets; /* that it serves */
	size_t n_targets;
	bool fits;
	bool unsigned_64bit; /* it fits, but for the signature: only with --allow unsigned */
	struct said why;     /* why it does not fit; both NULL when it does */
};

struct packages {
	struct package *items; /* those that fit first, best first; then by source */
	size_t n;
	struct said *problems; /* files of the sources that could not be read, in words */
	size_t n_problems;
};

struct package_request {
	const struct install *inst; /* the Windows that they are for */
	struct ntfs *volume;        /* that it lies on; NULL: what it has besides is not known */
	const char *const *paths;   /* --drivers */
	size_t n_paths;
	bool store; /* and its own FileRepository */
};

/* Is each path there, and of a kind that is read? As packages_find() answers. */
int packages_present(const char *const *paths, size_t n, struct arena *arena, struct err *err);

/*
 * Find and judge. Everything in out lives in arena. 0, or -1 with err: E_OPEN (a path is not there),
 * E_FORMAT (it is none of the kinds that are read), E_UNSUPPORTED (which release this Windows
 * is, or its processor, is not known), E_MEMORY. A damaged package or archive, or one beyond a limit,
 * is a problem of the list, no error.
 */
int packages_find(const struct package_request *request, struct arena *arena, struct packages *out,
		  struct err *err);

/*
 * The packages that serve a target, best first: a hardware id before a compatible one, all of the
 * target's ids before some, the newer date, the newer version, then the one made for the newest
 * Windows. Those of unsigned drivers come only when they are allowed.
 *
 *   n_best  how many of the first are equally good; 1 where they are the same file, else a person
 *           decides
 *
 * NULL with err E_MEMORY; *n is 0 when none serves.
 */
const struct package **packages_for(const struct packages *all, const char *target,
				    bool allow_unsigned, struct arena *arena, size_t *n,
				    size_t *n_best, struct err *err);

#endif
