/* SPDX-License-Identifier: MIT */
/*
 * Inside session/ only.
 */
#ifndef STOP7B_SESSION_INTERNAL_H
#define STOP7B_SESSION_INTERNAL_H

#include "stop7b/bootpath_judge.h"
#include "stop7b/hive_finder.h"
#include "stop7b/session.h"

/* Tell how far opening got; false when it shall stop. progress may be NULL. */
bool session_go_on(session_progress *progress, void *ctx, const char *what, uint64_t done,
		   uint64_t of);

/* Read the hive of a found Windows and model it; failures go into w->error. */
void windows_load(struct session *s, struct windows *w, session_progress *progress, void *ctx);

/* Look at the files of the drivers of a model, and at those that the catalogue names. */
int windows_look_at_files(struct install *inst, struct ntfs *vol, struct arena *arena,
			  struct err *err);

/* Has the volume a Windows that would resume with what it knew? Counts what cannot be told. */
bool is_hibernated(struct volume *v);

/* Fill the guards of what is no hive: bytes of the disk, or of the image file. */
void guards_of_bytes(struct session *s, struct hive_file *f, enum edit_kind kind);

/* Does the caller accept that guard? */
bool guard_allowed(const struct session *s, enum guard_code code);

/* ---- session_software.c ---- */

/* The policies of SOFTWARE that concern devices, into w->install. 0, or -1 with E_MEMORY. */
int session_read_policy(struct session *s, struct windows *w, struct err *err);
/* Which edition it is, of one of the session's; NULL: not known. */
const char *session_edition(struct session *s, const struct install *install);

/* Fill f->guards from the image, the volume and the hive. */
void guards_collect(struct session *s, struct hive_file *f);
/* cannot-verify: the libraries cannot read it. Its text is in why afterwards, as E_GUARD. */
void guard_unverifiable(struct session *s, struct hive_file *f, struct err *why);

/* Who wants to know how far reading got. */
struct session_watch {
	session_progress *progress;
	void *ctx;
	const char *what;
};

/* A hive of the session, not read yet. NULL with E_MEMORY. */
struct hive_file *hive_file_add(struct session *s, const struct volume *v, const char *path,
				struct err *err);
/* Read and recover it. watch may be NULL. 0, or -1 with err. */
int hive_file_load(struct session *s, struct hive_file *f, const struct session_watch *watch,
		   struct err *err);

/* ---- session_look.c ---- */

#define HIVE_MAX (512u * 1024 * 1024) /* bytes; SYSTEM hives are limited to a part of this */

/*
 * The hive of a Windows, as hive_file_load(), and the model of it: only what the model needs is read,
 * unless there are logs to replay. What is damaged elsewhere is not seen. 0, or -1 with err, which is
 * what hive_file_load() and install_read() say of it.
 */
int hive_file_look(struct session *s, struct hive_file *f, const struct session_watch *watch,
		   struct install *out, struct err *err);
/*
 * Bring in what of f was not read yet; nothing to do where all was. Before its bytes are compared,
 * edited or written over. 0, or -1 with err of reading, or with E_CHANGED.
 */
int hive_file_whole(struct hive_file *f, struct err *err);
/* The same for its bytes alone. */
int hive_file_rest(const struct hive_file *f, struct err *err);
/*
 * Of all hives of the session, before the image is written: afterwards nobody could say what was
 * there. A Windows whose hive cannot be read is chosen no more.
 */
void hive_files_whole(struct session *s);

/* Parts of hive_file_load(): open the file, and which log lies beside it, by its content. */
int hive_file_map_open(struct hive_file *f, struct err *err);
const char *hive_file_log(struct session *s, const struct hive_file *f);

/* Make the edited copy of f unless it is there. 0, or -1 with err of hive_edit_open(). */
int hive_file_edit(struct session *s, struct hive_file *f, struct err *err);
/*
 * The greatest number that the logs beside f carry, seen from a hive with this sequence: those of a
 * clean hive count too, for what they still carry may not become the newer state. 0, or -1 with
 * E_MEMORY.
 */
int hive_file_greatest(struct session *s, const struct hive_file *f, uint32_t sequence,
		       uint32_t *out, struct err *err);
/* Close its file; the hive stays. */
void hive_file_close(struct hive_file *f);
/* The hive's file for a patch: how its bytes are found on the volume. */
struct patch_file hive_file_map(const struct hive_file *f);
/* What the logs beside f make of these bytes of its file. 0, or -1 with E_MEMORY. */
int hive_file_recover(struct session *s, const struct hive_file *f, struct span bytes,
		      struct arena *arena, struct hive_recovery *out, struct err *err);
/* A whole file, read through any image of the disk. 0, or -1 with err of ntfs.h and fat.h. */
int image_file_bytes(struct image *img, const struct partition *p, const char *path,
		     struct arena *arena, struct span *out, struct err *err);
/*
 * Does it hold what is expected? *differs: the first byte that is another, or where the shorter of both
 * ends; UINT64_MAX when they are the same. Reads piece by piece. 0, or -1 with err as above.
 */
int image_file_compare(struct image *img, const struct partition *p, const char *path,
		       struct span expected, struct arena *arena, uint64_t *differs,
		       struct err *err);

/* ---- session_bytes.c: bytes of the disk and of the image file ---- */

#define BYTE_KINDS REVIEW_OTHERS

/* What is staged of that kind, with what stands there now, by rising offset. 0, or -1 with err. */
int bytes_staged(struct session *s, enum edit_kind kind, struct write_list *out, struct err *err);
/* Make the disk as it would be, and the guards. 0, or -1 with err: E_GUARD (not alone), ... */
int bytes_rebuild(struct session *s, struct err *err);
/* "disk", "image file" */
const char *bytes_name(size_t kind);
/* Append their lines to out->values, which has room. 0, or -1 with E_MEMORY. */
int bytes_review(struct session *s, const struct patch_request *request, struct review *out,
		 struct err *err);
/* Are the new bytes of the lists there? lists: of the disk, of the image file. */
int bytes_verify(struct image *img, const struct write_list lists[BYTE_KINDS], struct arena *arena,
		 struct err *err);

/* ---- session_added.c: files added to NTFS volumes ---- */

/* Work out the sectors of the staged ones. 0, or -1 with err of ntfs_write(). */
int added_rebuild(struct session *s, struct err *err);
void added_forget(struct session *s);
/* The same for one that is not staged: would it go? */
int added_try(struct session *s, const struct edit *file, struct err *err);
bool added_any(const struct session *s);
/* Append the sectors, as bytes of the disk, and sort. 0, or -1 with E_MEMORY, E_CORRUPT. */
int added_sectors(const struct session *s, struct write_list *out, struct err *err);
/* Append the lines of the files to out->values, which has room, and fill out->added. */
int added_review(const struct session *s, struct review *out, struct err *err);
/* Are they there, and is NTFS sound? img: as others read it. 0, or -1 with err. */
int added_verify(const struct session *s, struct image *img, struct arena *arena, struct err *err);

/* ---- session_packages.c ---- */

/*
 * Give a repair to the findings of d that miss a driver which a package brings: its file, its
 * service, its binding. One that the disk does not take is counted as refused. Texts and edits live
 * in arena. 0, or -1 with E_MEMORY.
 */
int packages_offer(struct session *s, struct arena *arena, struct diagnosis *d, struct err *err);

/* ---- session_packages_asked.c ---- */

/* Make what the options say of packages the session's own. 0, or -1 with E_MEMORY. */
int packages_own_options(struct session *s, struct err *err);

/* ---- session_view.c: the disk below a Windows; ints are 0, or -1 with err ---- */

struct disk_view {
	struct image *image;
	struct partition_table table;
	struct boot_store *stores;
	size_t n_stores;
	struct bootpath_ways *ways; /* what was judged of it before; NULL: nothing is kept */
};
int view_as_it_is(struct session *s, struct disk_view *out, struct err *err);
/* Does what is staged change what the judge sees of it? */
bool view_differs(struct session *s);
int view_as_it_would_be(struct session *s, struct arena *arena, struct disk_view *out,
			struct err *err);
/* As img shows it, which was opened after a write. */
int view_of_reader(struct session *s, struct image *img, struct arena *arena, struct disk_view *out,
		   struct err *err);

/* session_diagnose() of a given view. */
int session_diagnose_view(struct session *s, const struct windows *w, const struct install *inst,
			  const struct disk_view *view, const struct session_question *question,
			  struct arena *arena, struct diagnosis *out, struct err *err);

/* Compute now, after and the edited hive anew from what is staged and the targets. */
int session_rebuild(struct session *s, struct err *err);

/* Control sets that fixes edit, as diagnose() wants them; n 0 stands for its default. */
size_t session_fix_sets(const struct session *s, unsigned sets[CONTROL_SETS_MAX]);

/* The same, and the default spelled out: the set that boots, and Current where it differs. */
size_t session_edit_sets(const struct session *s, unsigned sets[CONTROL_SETS_MAX]);

/* In session_record.c: the image's undo record, compared with the image when it is unfinished. */
void session_find_record(struct session *s);

/* A changed hive as it must be read back. */
struct expected_hive {
	const struct hive_file *file;
	struct span bytes; /* of the whole file */
	bool whole; /* libregf must read all of it as the walker does; else the numbers set */
};
struct expected {
	struct expected_hive *hives;
	size_t n;
	struct write_list bytes[BYTE_KINDS];
	bool added; /* files too */
};

/* The one of f; NULL: nothing is expected of it. */
const struct expected_hive *expected_of(const struct expected *e, const struct hive_file *f);

/* Try on the edited copies what verification will demand. 0, or -1 with E_GUARD, E_MEMORY. */
int verify_prepare(struct session *s, struct arena *arena, struct expected *out, struct err *err);
/*
 * Open the image through the libraries, compare the changed hives, diagnose the chosen Windows.
 *   by  who read, "libvhdi, libfsntfs, libregf"; lives in arena
 */
int verify_written(struct session *s, const struct expected *e, struct arena *arena,
		   struct diagnosis *out, struct said *by, struct err *err);

/* ---- session_spared.c ---- */

/*
 * The session's image options, with the pages of hives spared that stay as they are: of f when its
 * edits are written, or of all that e expects and of the SYSTEM hive as it lies there now. Ranges live
 * in arena. 0, or -1 with E_MEMORY.
 */
int spare_edited(struct session *s, const struct hive_file *f, struct arena *arena,
		 struct image_options *out, struct err *err);
int spare_written(struct session *s, const struct expected *e, struct arena *arena,
		  struct image_options *out, struct err *err);

/* Can the libraries read this hive off the disk as it is, to the last byte? 0, or -1 with err. */
int verify_readable(struct session *s, const struct hive_file *f, struct err *err);
/*
 * Open the image from zero: container, volumes and hives, by our own code and by the libraries. What
 * s could not read either is no failure. 0, or -1 with err.
 */
int verify_reopens(const struct session *s, struct err *err);

/*
 * Take its fix from every finding that the hive would not take it of; d->refusal says why the
 * first. Nothing is walked when all that is to be mended lies in the bytes of values that are
 * there. Texts live in arena. 0, or -1 with E_MEMORY.
 */
int session_ask_repairs(struct session *s, struct hive_file *f, struct arena *arena,
			struct diagnosis *d, struct err *err);
/* Raise a guard when nothing of what is to be mended can be, and take back the one of before. */
void guard_repairs(struct session *s);

/*
 * May the edited hive of f be written? E_GUARD when the edit leaves damage that was not there, and
 * when it is structural (does more than write into values' own bytes) and the hive had some; else
 * *warning is set where the hive has damage. Texts live in arena.
 */
int damage_check(const struct hive_file *f, bool structural, struct arena *arena,
		 struct said *warning, struct err *err);
/* "2:\\...\\SYSTEM is damaged (1 defect, the first: ...)"; NULL without memory. */
struct hive_report;
struct said damage_words(const struct hive_file *f, const struct hive_report *report,
			 struct arena *arena);
/* Set E_GUARD, or E_MEMORY, for a structural edit of such a hive. Returns -1. */
int damage_refuses(const struct hive_file *f, const struct hive_report *before, struct arena *arena,
		   struct err *err);

/* Do a staged edit to a copy. 0 or more, or -1 with err of hive_edit.h. */
int hive_do(struct hive_edit *h, const struct edit *e, uint64_t when, struct err *err);

/*
 * libregf on the hive as Windows would see it: root, Select and the services of the findings. 0; -1
 * with E_GUARD, and the guard raised, where it does not agree; or with E_MEMORY.
 */
int second_opinion(struct session *s, struct windows *w, struct err *err);

/*
 * What an edit is about, as it stands in a hive: its type ("" for keys and what is absent) and its
 * data or "absent". NULL without memory. Returns whether it is there.
 */
bool edit_words(struct key_finder *in, const struct edit *e, struct arena *arena, const char **type,
		struct said *words);

/*
 * What the judge needs of the disk that a Windows lies on, for diagnose_request.disk.
 *   w      one of the session's
 *   view   must outlive out
 *   arena  owns what out's calls need
 * 0, or -1 with E_MEMORY.
 */
int session_disk(struct session *s, const struct windows *w, const struct disk_view *view,
		 struct arena *arena, struct bootpath_request *out, struct err *err);

/* "481 pages replayed from LOG1+LOG2, with 2472 keys"; NULLs for a hive that was clean. */
struct said recovered_words(const struct hive_file *f, struct arena *arena);

#endif
