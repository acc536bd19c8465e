/* SPDX-License-Identifier: MIT */
/*
 * Inside session/ only.
 */
#ifndef STOP7B_SESSION_INTERNAL_H
#define STOP7B_SESSION_INTERNAL_H

#include "stop7b/session.h"

/* Tell how far opening got; false when it shall stop. progress may be NULL. */
bool session_go_on(session_progress *progress, void *ctx, const char *what, uint64_t done,
		   uint64_t of);

/* Read the hive of a found Windows and model it; failures go into w->error. */
void windows_load(struct session *s, struct windows *w, session_progress *progress, void *ctx);

/* Fill w->guards from the image, the volume and the hive. */
void guards_collect(struct session *s, struct windows *w);

/* Compute now, after and the edited hive anew from the plan and the targets. */
int session_rebuild(struct session *s, struct err *err);

/* Diagnose a model for the session's targets and control sets; out lives in arena. */
int session_judge(const struct session *s, const struct install *inst, struct arena *arena,
		  struct diagnosis *out, struct err *err);

/* Control sets that fixes edit, as diagnose() wants them; n 0 stands for its default. */
size_t session_fix_sets(const struct session *s, unsigned sets[CONTROL_SETS_MAX]);

/* Look for an undo record and, when it is unfinished, compare it with the image. */
void session_find_record(struct session *s);

/* libregf on the clean bytes: root, Select and the services of the findings. */
void second_opinion(struct session *s, struct windows *w);

#endif
