/* SPDX-License-Identifier: MIT */
/*
 * Inside session/ only.
 */
#ifndef STOP7B_SESSION_INTERNAL_H
#define STOP7B_SESSION_INTERNAL_H

#include "stop7b/bootpath_judge.h"
#include "stop7b/session.h"

/* Tell how far opening got; false when it shall stop. progress may be NULL. */
bool session_go_on(session_progress *progress, void *ctx, const char *what, uint64_t done,
		   uint64_t of);

/* Read the hive of a found Windows and model it; failures go into w->error. */
void windows_load(struct session *s, struct windows *w, session_progress *progress, void *ctx);

/* Has the volume a Windows that would resume with what it knew? Counts what cannot be told. */
bool is_hibernated(struct volume *v);

/* ---- session_software.c ---- */

/* The policies of SOFTWARE that concern devices, into w->install. 0, or -1 with E_MEMORY. */
int session_read_policy(struct session *s, struct windows *w, struct err *err);
/* bootpath_request.edition: which edition it is, of one of the session's; NULL: not known. */
const char *session_edition(void *session, const struct install *install);

/* Fill f->guards from the image, the volume and the hive. */
void guards_collect(struct session *s, struct hive_file *f);

/* Who wants to know how far reading got. */
struct session_watch {
	session_progress *progress;
	void *ctx;
	const char *what;
};

/* A hive of the session, not read yet. NULL with E_MEMORY. */
struct hive_file *hive_file_add(struct session *s, const struct partition *p, struct ntfs *vol,
				const char *path, struct err *err);
/* Read and recover it. watch may be NULL. 0, or -1 with err. */
int hive_file_load(struct session *s, struct hive_file *f, const struct session_watch *watch,
		   struct err *err);

/* Compute now, after and the edited hive anew from what is staged and the targets. */
int session_rebuild(struct session *s, struct err *err);

/* Control sets that fixes edit, as diagnose() wants them; n 0 stands for its default. */
size_t session_fix_sets(const struct session *s, unsigned sets[CONTROL_SETS_MAX]);

/* Control sets that an edit by hand goes to: those of fixes, or the booting and the current one. */
size_t session_hand_sets(const struct session *s, unsigned sets[CONTROL_SETS_MAX]);

/* Look for an undo record and, when it is unfinished, compare it with the image. */
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
};

/* Try on the edited copies what verification will demand. 0, or -1 with E_GUARD, E_MEMORY. */
int verify_prepare(struct session *s, struct arena *arena, struct expected *out, struct err *err);
/*
 * Open the image through the libraries, compare the changed hives, diagnose the chosen Windows.
 *   by  who read, "libvhdi, libfsntfs, libregf"; lives in arena
 */
int verify_written(struct session *s, const struct expected *e, struct arena *arena,
		   struct diagnosis *out, const char **by, struct err *err);

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

/* libregf on the clean bytes: root, Select and the services of the findings. */
void second_opinion(struct session *s, struct windows *w);

/*
 * What an edit is about, as it stands in a hive: its type ("" for keys and what is absent) and its
 * data or "absent". NULL without memory. Returns whether it is there.
 */
bool edit_words(const struct hive *h, const struct edit *e, struct arena *arena, const char **type,
		struct said *words);

/*
 * What the judge needs of the disk that a Windows lies on, for diagnose_request.disk.
 *   w  one of the session's
 * 0, or -1 with E_MEMORY.
 */
int session_disk(struct session *s, const struct windows *w, struct bootpath_request *out,
		 struct err *err);

#endif
