/* SPDX-License-Identifier: MIT */
/*
 * One open image and everything read from it: the object that the screen and the commands share.
 *
 * A session opens layer after layer, keeps the clean hives and one list of staged changes, and after every change
 * of that list or of the targets rebuilds the edited hive and both diagnoses, so that what is
 * shown is always computed from bytes. It is read-only; session_apply() hands the reviewed list
 * to apply.c and then opens the image again from zero.
 */
#ifndef STOP7B_SESSION_H
#define STOP7B_SESSION_H

#include "stop7b/apply.h"
#include "stop7b/bootpath.h"
#include "stop7b/diagnose.h"
#include "stop7b/fat.h"
#include "stop7b/hive_edit.h"
#include "stop7b/hive_log.h"
#include "stop7b/image.h"
#include "stop7b/install.h"
#include "stop7b/ntfs.h"
#include "stop7b/package.h"
#include "stop7b/partition.h"
#include "stop7b/patch.h"
#include "stop7b/said.h"
#include "stop7b/staged.h"

struct session_options {
	struct image_options image;
	const char *undo_dir;
	bool force_parent;  /* write although another disk names this one as its parent */
	bool read_only;     /* -r: applying is not offered */
	bool to_put_back;   /* undo, recover: an image that no longer opens opens as bytes */
	const char *record; /* --record: the only undo record that is looked at, or NULL */
	const char *const *targets; /* NULL: portable */
	size_t n_targets;
	const char *machine;     /* MACHINE_NEW, MACHINE_LAST or an id; NULL: new */
	const char *const *only; /* fix only these services; NULL: all */
	size_t n_only;
	unsigned control_set; /* 0: the set that boots */
	bool all_control_sets;
	unsigned partition;       /* 0: any */
	const char *root;         /* NULL: any */
	bool remove_overrides;    /* delete StartOverride keys instead of setting 0 in them */
	const char *const *allow; /* overridable guards that the caller accepts */
	size_t n_allow;
	const char *const *drivers; /* places of driver packages, --drivers */
	size_t n_drivers;
	const char *const *preferred; /* of packages that are equally good these, by source */
	size_t n_preferred;
	const char *host_store; /* the host's boot store and the disk's path there, as given; */
	const char *host_path;  /* for the screen's plan; NULL: not given */
	const struct apply_calls *calls; /* for tests; NULL: real */
};

enum guard_code {
	GUARD_IN_USE,
	GUARD_HIBERNATED,
	GUARD_BITLOCKER, /* refused when the image is opened */
	GUARD_HIVE_DIRTY,
	GUARD_HIVE_DAMAGED,
	GUARD_CANNOT_VERIFY, /* found by a review, never by looking */
	GUARD_LOG_PARTIAL,
	GUARD_NOT_IN_PLACE,
	GUARD_NTFS_LOG,
	GUARD_DIRTY_VOLUME,
	GUARD_SAVED_STATE,
	GUARD_IS_PARENT,
	GUARD_NO_UNDO_PLACE,
	GUARD_UNSIGNED, /* of a driver package: it is not offered */
	GUARD_CODES
};

/* What lets a guard be overridden: nothing, its id among the allowed ones, a switch of its own. */
enum guard_override { OVERRIDE_NONE, OVERRIDE_ALLOW, OVERRIDE_FORCE_PARENT };

struct guard_kind {
	const char *id; /* "in-use" */
	enum guard_override override;
};

/* All of them, by code. */
extern const struct guard_kind guard_kinds[GUARD_CODES];

struct guard {
	enum guard_code code;
	const char *id;     /* of its kind: "in-use", ...; doc/DESIGN.md, "Guards" */
	struct said text;   /* what was seen and why it matters, one or two sentences */
	struct said action; /* what to do */
	bool blocks;        /* writing is off because of it */
	bool of_repair;     /* about what is to be mended, not about the disk */
};

#define GUARDS_MAX 12

/* One hive file of a volume, read whole and recovered from its logs. */
struct hive_file {
	const char *name; /* "2:\Windows\System32\config\SYSTEM" */
	const struct partition *partition;
	struct ntfs *volume;       /* owned by the session's volume table; NULL on a FAT volume */
	struct fat *fat;           /* the same; NULL on an NTFS volume */
	const char *path;          /* on that volume */
	struct ntfs_file *file;    /* open; NULL when it could not be opened, and on FAT */
	struct fat_file *fat_file; /* the same on FAT */
	uint64_t valid;            /* bytes of the file that hold data; edits stay below */
	struct span clean;         /* its bytes as they lie on the disk, in the arena */
	struct hive_recovery
		recovery;  /* what its logs made of them; bytes == clean when it was clean */
	struct hive hive;  /* view of recovery.bytes: what Windows would see */
	const char *log;   /* "none" | "old" | "new": logs lying beside it */
	uint32_t greatest; /* number that its logs carry, once greatest_known is set */
	bool greatest_known;
	const struct hive_report *report; /* of the whole-hive check, once it was asked for */
	struct hive_edit *edit;           /* edited copy; NULL when nothing is staged in it */
	struct guard guards[GUARDS_MAX];
	size_t n_guards;
};

/* One Windows found in the image; `error` set when its hive could not be read. */
struct windows {
	const struct partition *partition;
	struct ntfs *volume; /* owned by the session's volume table */
	struct install_place place;
	struct hive_file *system;   /* its SYSTEM hive, one of the session's hives */
	bool readable;              /* hive opened and modelled */
	struct err error;           /* why not */
	struct install install;     /* from the hive as Windows would see it */
	struct bootpath_ways *ways; /* to its loader: looked at once, for all diagnoses */
};

struct volume {
	const struct partition *partition;
	struct ntfs *ntfs;       /* NULL when it is none, or could not be opened */
	struct fat *fat;         /* the same */
	struct err error;        /* why neither is open */
	struct ntfs_state state; /* of an NTFS volume, once state_read is set */
	bool state_read;
	struct err state_error; /* why it could not be told */
};

struct boot_store;

struct added_set;

struct session {
	struct arena *arena;   /* lives as long as the session */
	struct arena *scratch; /* rebuilt diagnosis; dies at the next rebuild */
	struct session_options options;
	const char *path; /* as given, to open */
	const char *name; /* the same, to show */
	struct image *image;
	struct partition_table table;
	struct volume *volumes; /* one per partition */
	struct windows *windows;
	size_t n_windows;
	struct windows *chosen; /* NULL when none was found or several wait for a choice */
	struct windows *unread; /* whose hive cannot be read, and that first aid is asked for */
	struct staged *staged;
	const char **targets;
	size_t n_targets;
	const char *machine;      /* that is asked for: as options.machine, never NULL */
	struct diagnosis now;     /* of the chosen Windows as it is */
	struct diagnosis after;   /* with the staged changes */
	struct install edited;    /* model of the edited SYSTEM hive */
	struct hive_file **hives; /* every hive that was opened, those of windows first */
	size_t n_hives, cap_hives;
	/*
	 * Staged bytes of the disk, and the disk with them; NULL: none are staged. Of the disk's
	 * and of the image file's bytes what guards them: files without a hive, NULL when none are staged.
	 */
	struct write_list edited_bytes;
	struct image *edited_image;
	struct hive_file *bytes[2];
	struct boot_store *stores; /* of session_stores(), once stores_read is set */
	size_t n_stores;
	bool stores_read;
	struct boot_store *host; /* the host's, once it was asked for; NULL: none was given */
	struct added_set
		*added; /* files that are staged, and the sectors that they take, or NULL */
	struct added_set *tried;    /* all that were ever worked out: the disk does not change */
	struct packages *packages;  /* of session_packages(); NULL until it was asked */
	bool interrupted;           /* an undo record without completion mark is of this image */
	bool has_undo;              /* a completed undo record is there */
	struct undo_record record;  /* the newest record when interrupted or has_undo */
	const char *record_path;    /* where it lies */
	bool record_kept;           /* another disk still needs it: it is not used up here */
	struct undo_check recovery; /* its comparison with the image, when interrupted */
	struct err record_error;    /* a record that is there and cannot be used */
	struct err open_error;      /* layers unreadable while a record waits to put them right */
	bool plain;                 /* even the container: image holds the file's plain bytes */
};

/*
 * Layer by layer progress of opening: text of the line, a constant and for a layer always the same
 * pointer; bytes done and of (0,0 when unknown).
 */
typedef bool session_progress(void *ctx, const char *what, uint64_t done, uint64_t of);

/*
 * Open an image. NULL with err when the image, its table or every volume cannot be read
 * (codes of image_open, partition_list). An image without Windows opens: n_windows is 0.
 *   progress  may be NULL; returning false stops opening (E_USAGE "stopped")
 */
struct session *session_open(const char *path, const struct session_options *options,
			     session_progress *progress, void *ctx, struct err *err);
void session_close(struct session *s); /* accepts NULL */

/*
 * Choose a Windows and diagnose it. Done by session_open when only one comes into question
 * (partition, root and Windows.old considered). E_NOWINDOWS, or the hive's own error.
 */
int session_choose(struct session *s, size_t windows_index, struct err *err);

/*
 * Change the targets; stages nothing. "all" is every machine of the catalogue. E_USAGE for an
 * unknown one (the old ones stay).
 */
int session_set_targets(struct session *s, const char *const *targets, size_t n, struct err *err);

/* Ask for another machine, as options.machine; stages nothing. E_USAGE: none is known by it. */
int session_set_machine(struct session *s, const char *machine, struct err *err);
/*
 * The machine that comes after the one that is asked for: new, last, each other one that the
 * chosen Windows knows, new. NULL when there is nothing to ask: up to Windows 7.
 */
const char *session_next_machine(const struct session *s);

/*
 * Why writing is off: the first blocking guard of a hive with staged changes, else of the chosen
 * Windows, or NULL.
 */
const struct guard *session_writes_off(const struct session *s);

/*
 * A hive by its name "N:\PATH" (without case), read and recovered when it is first asked for; NULL
 * stands for the SYSTEM hive of the chosen Windows. The session owns it. NULL with err: E_NOTFOUND,
 * E_USAGE (not a name of that form), E_NOWINDOWS, or why it cannot be read.
 */
struct hive_file *session_hive(struct session *s, const char *name, struct err *err);
/* A hive as it would be after an apply: the edited copy, or what Windows would see now. */
const struct hive *session_hive_view(const struct hive_file *f);

/* The first finding about a service in the diagnosis of the disk as it is, or NULL. */
const struct finding *session_finding(const struct session *s, const char *service);

/* Staging. Return the number of changes staged or unstaged, or -1 with err. */
int session_stage_all(struct session *s, struct err *err);
int session_stage_fix(struct session *s, const char *service, struct err *err);
/* Start by hand, 0..4. E_GUARD when 0 is asked for a driver whose file is missing or empty. */
int session_stage_start(struct session *s, const char *service, uint32_t start, struct err *err);
/*
 * Edits by hand, as one change (stop7b set, the registry pages, a .reg file). Keys below
 * CurrentControlSet of a SYSTEM hive mean the set that boots.
 *   subject  NULL: the path of the only edit's value or key
 */
int session_stage_edits(struct session *s, const char *subject, const struct edit *edits, size_t n,
			struct err *err);
/* The subject of a single edit: its value's or key's path, different for any two. NULL: no memory. */
const char *session_edit_subject(const struct edit *e, struct arena *arena);
/*
 * First aid for the chosen Windows: what an action would do, and staging it.
 *   name   of a service, where the action takes one
 *   arena  owns what out holds
 * 0 (look at out), or -1 with E_MEMORY. Staging: 1, 0 when there is nothing to do, or -1 with err:
 * E_REFUSED, E_NOTFOUND, and whatever staging says.
 */
struct aid;
struct aid_result;
/* The chosen Windows, or the one that session_unread() named, or the only one of the disk; NULL. */
const struct windows *session_aided(const struct session *s);
/* First aid is asked for the i-th Windows, which cannot be read: none is chosen, nothing staged. */
int session_unread(struct session *s, size_t i, struct err *err);
int session_aid(struct session *s, const struct aid *aid, const char *name, struct arena *arena,
		struct aid_result *out, struct err *err);
int session_stage_aid(struct session *s, const struct aid *aid, const char *name, struct err *err);

int session_unstage(struct session *s, const char *subject, struct err *err);
/* Subject of what was taken back or repeated, NULL when there was nothing. */
const char *session_undo_stage(struct session *s, struct err *err);
const char *session_redo_stage(struct session *s, struct err *err);

/* A key path for the offline hive: "CurrentControlSet" becomes the set that boots. Lives as long
 * as the session; the path itself when memory runs out. */
const char *session_offline_key(struct session *s, const char *key);

/* One line of what the review says is asked for. */
struct review_value {
	enum edit_kind kind;
	const char *subject;
	const char *key, *name;      /* bytes: "disk byte 0x1be" and what they are */
	const char *element;         /* of a boot store: "device (Windows 10)"; NULL: of none */
	const char *element_of;      /* the same with its object's GUID */
	enum hive_op op;             /* bytes: HIVE_SET */
	size_t hive;                 /* index into review.hives */
	const char *type;            /* "REG_DWORD"; "" for a key; "bytes" */
	const char *was_type;        /* the same when the type stays */
	struct said was, becomes;    /* "4 Disabled", "absent" */
	bool was_there, is_there;    /* before and after an apply */
	struct edit_package package; /* of a file */
	struct said from;            /* the same in words; NULLs where there is none */
	size_t bytes;                /* changed bytes */
	/* Of the first changed byte; the disk's bytes have only the last two, the file's one. */
	uint64_t hive_at, volume_at, disk_at, file_at;
};

#define REVIEW_OTHERS 2u /* behind the hives: the disk's bytes, the image file's */

struct review {
	struct arena *arena; /* owns everything below */
	struct review_value *values;
	size_t n;
	struct patch patch;
	const char **hives; /* changed ones: "P2:\Windows\System32\config\SYSTEM"; behind them
			     * REVIEW_OTHERS more, as in struct patch_range */
	size_t n_hives;
	const char *undo_file; /* where the record will be */
	const char *parent;    /* the disk that missing blocks are copied up from, or NULL */
	struct said *
		recovered; /* of each of hives: pages that its logs held; NULLs where it was clean */
	struct said *warnings; /* of each changed hive: damage of before, notes of its recovery; of
				* hard links */
	size_t n_warnings;
	struct said *added; /* of each volume that gets a file: what of NTFS changes */
	size_t n_added;
};

/*
 * Everything that an apply would write. 0 (n == 0 when nothing is staged), or -1 with err of
 * patch_build. Free with review_free.
 */
int session_review(struct session *s, struct review *out, struct err *err);
void review_free(struct review *r);

/* Result of an apply or undo. */
struct result {
	bool fixed; /* the diagnosis from zero has no stop or likely finding left */
	size_t blocked_before, blocked_after, critical;
	struct said verified_by; /* "libvhdi, libfsntfs, libregf"; NULL if it could not be */
	const char *undo_file;   /* where the record lies; lives as long as the session */
	bool added;        /* a driver was added: Windows has something to do at its first start */
	bool unmarked;     /* only --undo-dir leads there: no mark could be left beside the image */
	struct err reload; /* the image could not be opened again afterwards */
};

/*
 * Write what was reviewed, then open the image from zero through libvhdi, libfsntfs and libregf,
 * compare, diagnose, and reload the session. A failed verification restores the old bytes.
 * 0, or -1 with err of apply_write.
 */
int session_apply(struct session *s, const struct review *review, apply_progress *progress,
		  void *ctx, struct result *out, struct err *err);

/* Put the last applied change back / recover an interrupted one, verify, reload the session. */
int session_undo_written(struct session *s, apply_progress *progress, void *ctx, struct result *out,
			 struct err *err);
int session_recover(struct session *s, bool finish, apply_progress *progress, void *ctx,
		    struct result *out, struct err *err);

/* The image that the record was made of, when that was another path; NULL when it was this one. */
const char *session_record_origin(const struct session *s);

/* What is asked of a Windows besides the session's own targets. */
struct session_question {
	const char *const *targets;
	size_t n;
	bool all_machines; /* the verdicts for every machine identity too */
};

/*
 * Judge a model of a Windows, as it is or edited, for the session's machine and control sets.
 * Everything in out lives in arena. question NULL: the session's targets. 0, or -1 with err of
 * diagnose().
 */
int session_diagnose(struct session *s, const struct windows *w, const struct install *inst,
		     const struct session_question *question, struct arena *arena,
		     struct diagnosis *out, struct err *err);

/*
 * What the staged changes write to, one after another, for its name and guards: hives, then the
 * disk's bytes, then the image file's. NULL behind the last.
 */
const struct hive_file *session_changed(const struct session *s, size_t i);

struct rehearsal;

/*
 * Rehearse the boot of one target with what is staged. Everything in out lives in arena.
 * 0, or -1 with err: E_NOWINDOWS (none is chosen), E_USAGE (unknown target), E_MEMORY.
 */
int session_rehearse(struct session *s, const char *target, struct arena *arena,
		     struct rehearsal *out, struct err *err);

/*
 * The driver packages of the named places and of the chosen Windows' own DriverStore, found when
 * they are first asked for. NULL with err: E_NOWINDOWS, or as packages_find().
 */
const struct packages *session_packages(struct session *s, struct err *err);

/* packages_for() among them, unsigned ones when the options allow them. NULL with err of both. */
const struct package **session_packages_for(struct session *s, const char *target,
					    struct arena *arena, size_t *n, size_t *n_best,
					    struct err *err);

/*
 * Look for packages at one more place, and offer anew what they mend; stages nothing. 0, or -1 with
 * err of packages_find() (the old places stay).
 *   path  as given: a folder, an .inf, .iso, .zip or .cab
 */
int session_add_drivers(struct session *s, const char *path, struct err *err);

/*
 * Prefer one of several packages that are equally good, instead of any other for its targets; a
 * second time gives it up. Stages nothing, and what is staged stays. 0, or -1 with err of
 * session_diagnose() (what was preferred stays).
 *   p  one of session_packages()
 */
int session_prefer_package(struct session *s, const struct package *p, struct err *err);
bool session_prefers_package(const struct session *s, const struct package *p);

/*
 * The registry part of adding one of them: the edits that session_stage_edits() takes. The session
 * says which control sets, and what becomes of StartOverride.
 *   in_store  the driver runs from the DriverStore, where the package lies
 * Edits live in arena. 0, or -1 with err of package_registry().
 */
int session_package_edits(struct session *s, const struct package *package, bool in_store,
			  struct arena *arena, struct edit **out, size_t *n, struct err *err);

/* The NTFS volume of a partition number. NULL with err: E_NOTFOUND, or why it could not be opened. */
struct ntfs *session_volume(struct session *s, unsigned partition, struct err *err);

/* The label of a volume, escaped; NULL when it is not open. */
const char *session_label(const struct volume *v);

/*
 * A file or directory of any volume that can be read, NTFS or FAT. NULL or -1 with err as ntfs.h
 * and fat.h say. Close it before anything is applied.
 */
struct session_file;
struct session_file *session_file_open(struct session *s, unsigned partition, const char *path,
				       struct err *err);
void session_file_close(struct session_file *f); /* accepts NULL */
uint64_t session_file_size(struct session_file *f);
int session_file_read(struct session_file *f, uint64_t off, void *buf, size_t len, struct err *err);
int session_file_stat(struct session_file *f, struct arena *arena, struct ntfs_entry *out,
		      struct err *err);
int session_file_list(struct session_file *dir, struct arena *arena, struct ntfs_entry **out,
		      size_t *n, struct err *err);

/*
 * A whole file of a volume, read into arena: E_UNSUPPORTED when it is larger than limit bytes.
 */
int session_file_bytes(struct session *s, unsigned partition, const char *path, uint64_t limit,
		       struct arena *arena, struct span *out, struct err *err);

#endif
