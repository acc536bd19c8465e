/* SPDX-License-Identifier: MIT */
/*
 * Writing, and what follows it: apply.c writes the reviewed list; then the image is verified
 * (session_verify.c). A failed verification is taken back through the undo record. At the end the
 * session itself is opened anew, so that nothing shown later comes from before the write.
 */
#include "session_internal.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "stop7b/records.h"

#define HOST_MAX 256

/* ---- the record ---- */

static const char *who(struct arena *arena)
{
	char host[HOST_MAX] = "";
	if (gethostname(host, sizeof(host) - 1) < 0 || !host[0])
		strcpy(host, "localhost");
	const struct passwd *user = getpwuid(geteuid());
	if (user)
		return arena_printf(arena, "%s@%s", user->pw_name, host);
	return arena_printf(arena, "%ld@%s", (long)geteuid(), host);
}

static int fill_values(const struct review *review, struct undo_record *record, struct arena *arena,
		       struct err *err)
{
	record->values = arena_array(arena, review->n, sizeof(*record->values), err);
	if (!record->values)
		return -1;
	for (size_t i = 0; i < review->n; i++) {
		const struct review_value *rv = &review->values[i];
		if (rv->bytes == 0)
			continue;
		const char *leaf = strrchr(rv->key, '\\');
		bool is_key = rv->op == HIVE_CREATE_KEY || rv->op == HIVE_DELETE_KEY;
		bool below = !is_key && leaf && text_equal(leaf + 1, "StartOverride");
		record->values[record->n_values++] = (struct undo_value){
			.subject = rv->subject,
			.name = rv->element_of ? rv->element_of
				: below        ? arena_printf(arena, "StartOverride\\%s", rv->name)
				: is_key       ? leaf ? leaf + 1 : rv->key
					       : rv->name,
			.was = rv->was.plain,
			.becomes = rv->becomes.plain,
			.file_at = rv->file_at,
			.len = (uint32_t)rv->bytes,
		};
	}
	return 0;
}

static int make_record(struct session *s, const struct review *review, struct arena *arena,
		       struct undo_record *record, struct err *err)
{
	const struct image_info *info = image_info(s->image);
	struct stat st;
	if (stat(info->real_path, &st) < 0)
		return err_set(err, E_OPEN, "%s is no longer there", info->real_path);
	*record = (struct undo_record){
		.image_path = info->real_path,
		.image_id = info->id,
		.image_length = info->file_size,
		.new_length = review->patch.file_length,
		.device = (uint64_t)st.st_dev,
		.inode = (uint64_t)st.st_ino,
		.created = filetime_now(),
		.who = who(arena),
		.writes = review->patch.sectors,
	};
	if (!record->who)
		return no_memory(err);
	return fill_values(review, record, arena, err);
}

/* ---- the session again, from zero ---- */

/* Open the image anew with the same options, targets and choice, and take its place. */
static void reload(struct session *s, struct err *err)
{
	struct session_options options = s->options;
	const struct windows *chosen = s->chosen ? s->chosen : s->unread;
	size_t choice = chosen ? (size_t)(chosen - s->windows) : SIZE_MAX;
	options.targets = s->targets;
	options.n_targets = s->n_targets;
	options.machine = s->machine;
	struct session *again = session_open(s->path, &options, NULL, NULL, err);
	if (!again)
		return;
	if (!again->chosen && choice < again->n_windows) {
		if (again->windows[choice].readable)
			session_choose(again, choice, err);
		else
			again->unread = &again->windows[choice];
	}
	struct session old = *s;
	*s = *again;
	*again = old;
	/* What the caller gave belongs to the caller; only targets and machine were ours. */
	s->options.targets = old.options.targets;
	s->options.n_targets = old.options.n_targets;
	s->options.machine = old.options.machine;
	session_close(again);
}

static struct apply_request request_of(const struct session *s, const struct undo_record *record,
				       apply_progress *progress, void *ctx)
{
	return (struct apply_request){
		.path = s->path,
		.undo_dir = s->options.undo_dir,
		.record = record,
		.record_path = s->record_path,
		.keep_record = s->record_kept,
		.calls = s->options.calls,
		.progress = progress,
		.progress_ctx = ctx,
	};
}

/* ---- apply ---- */

static int refuse_read_only(const struct session *s, struct err *err)
{
	if (!s->options.read_only)
		return 0;
	return err_set(err, E_GUARD, "the image was opened read-only (-r); nothing was written");
}

static int refuse(const struct session *s, struct err *err)
{
	const struct guard *g = session_writes_off(s);
	if (refuse_read_only(s, err) < 0)
		return -1;
	if (s->interrupted)
		return err_set(err, E_INTERRUPTED,
			       "an earlier apply of this image was interrupted; recover it first");
	if (g)
		return err_set(err, g->code == GUARD_IN_USE ? E_LOCKED : E_GUARD, "%s: %s", g->id,
			       said_arg(g->text, s->arena));
	return 0;
}

static int take_back_unverified(struct session *s, struct err *err)
{
	struct err second = {0};
	struct apply_request request = request_of(s, NULL, NULL, NULL);
	request.record_path = NULL; /* the one that was just made */
	err->code = E_WRITE;
	if (apply_undo(&request, &second) == 0)
		return err_at(err, "the written image did not pass the check and was restored byte "
				   "for byte");
	return err_at(err,
		      "the written image did not pass the check and could not be restored (%s); "
		      "the undo record is kept",
		      ERR_ARG(&second));
}

static int write_and_verify(struct session *s, const struct review *review,
			    apply_progress *progress, void *ctx, struct arena *arena,
			    struct diagnosis *found, struct said *by, struct err *err)
{
	struct undo_record record;
	struct err local = {0};
	struct expected e;
	if (verify_prepare(s, arena, &e, err) < 0 ||
	    make_record(s, review, arena, &record, err) < 0)
		return -1;
	const struct apply_request request = request_of(s, &record, progress, ctx);
	if (apply_write(&request, err) < 0)
		return -1;
	if (verify_written(s, &e, arena, found, by, &local) < 0) {
		take_back_unverified(s, &local);
		if (err)
			*err = local;
		return -1;
	}
	if (progress)
		progress(ctx, STEP_DIAGNOSED, 1, 1);
	return 0;
}

static void tell_undo_file(struct session *s, struct result *out)
{
	struct record_where where = {image_info(s->image)->real_path, s->options.undo_dir};
	out->undo_file = record_home(&where, s->arena);
	if (!where.undo_dir || !out->undo_file)
		return;
	struct stat told, untold;
	bool there = stat(out->undo_file, &told) == 0;
	where.undo_dir = NULL;
	const char *home = record_home(&where, s->arena);
	bool marked = home && stat(home, &untold) == 0 && untold.st_dev == told.st_dev &&
		      untold.st_ino == told.st_ino;
	out->unmarked = there && !marked;
}

static void conclude(struct session *s, const struct diagnosis *found, size_t before,
		     struct said by, struct result *out)
{
	*out = (struct result){
		.fixed = s->chosen &&
			 verdict_is_good(verdict_worst(found->targets, found->n_targets)),
		.blocked_before = before,
		.blocked_after = found->n_blocked,
		.critical = found->n_critical,
	};
	reload(s, &out->reload);
	out->verified_by = said_copy(by, s->arena);
	tell_undo_file(s, out);
}

int session_apply(struct session *s, const struct review *review, apply_progress *progress,
		  void *ctx, struct result *out, struct err *err)
{
	struct diagnosis found = {0};
	*out = (struct result){0};
	if (review->patch.sectors.n == 0)
		return err_set(err, E_USAGE, "nothing is staged");
	if (refuse(s, err) < 0)
		return -1;
	struct arena *arena = arena_new();
	if (!arena)
		return no_memory(err);
	struct said by = {NULL, NULL};
	size_t before = s->now.n_blocked;
	int rc = write_and_verify(s, review, progress, ctx, arena, &found, &by, err);
	if (rc == 0)
		conclude(s, &found, before, by, out);
	else if (err && err->code == E_CHANGED)
		reload(s, &out->reload); /* somebody else wrote: show what is there now */
	else
		session_find_record(s); /* a half-written image waits for recovery now */
	out->added = rc == 0 && review->n_added > 0;
	arena_free(arena);
	return rc;
}

/* ---- undo and recover ---- */

/* After undo or recovery: read and judge through the libraries; a damaged old hive is no failure
 * of the undo, so what cannot be judged is only left out of the result. */
static void check_afterwards(struct session *s, apply_progress *progress, void *ctx,
			     struct result *out)
{
	struct diagnosis found = {0};
	struct arena *arena = arena_new();
	size_t before = s->now.n_blocked;
	struct said by = {NULL, NULL};
	bool verified = false;
	if (arena && s->chosen) {
		const struct expected nothing = {0};
		verified = verify_written(s, &nothing, arena, &found, &by, NULL) == 0;
	}
	conclude(s, &found, before, verified ? by : said_as_is(NULL), out);
	out->fixed = verified && out->fixed;
	if (verified && progress)
		progress(ctx, STEP_DIAGNOSED, 1, 1);
	arena_free(arena);
}

/* A record that is damaged or of another file is never written from. */
static int check_record(const struct session *s, struct err *err)
{
	if (refuse_read_only(s, err) < 0)
		return -1;
	if (s->record_error.code == E_OK)
		return 0;
	if (err && err->code == E_OK)
		*err = s->record_error;
	return -1;
}

static int refuse_hibernated(const struct session *s, struct err *err)
{
	for (size_t i = 0; s->volumes && i < s->table.n; i++)
		if (is_hibernated(&s->volumes[i]))
			return err_set(
				err, E_GUARD,
				"hibernated: the Windows on partition %u is hibernated or was "
				"shut down with Fast Startup",
				s->volumes[i].partition->number);
	return 0;
}

int session_undo_written(struct session *s, apply_progress *progress, void *ctx, struct result *out,
			 struct err *err)
{
	*out = (struct result){0};
	const struct apply_request request = request_of(s, NULL, progress, ctx);
	if (check_record(s, err) < 0 || refuse_hibernated(s, err) < 0)
		return -1;
	if (apply_undo(&request, err) < 0) {
		session_find_record(s);
		return -1;
	}
	check_afterwards(s, progress, ctx, out);
	return 0;
}

static int reopens(void *session, struct err *err)
{
	return verify_reopens(session, err);
}

int session_recover(struct session *s, bool finish, apply_progress *progress, void *ctx,
		    struct result *out, struct err *err)
{
	*out = (struct result){0};
	struct apply_request request = request_of(s, NULL, progress, ctx);
	request.verify = reopens;
	request.verify_ctx = s;
	if (check_record(s, err) < 0)
		return -1;
	if (apply_recover(&request, finish, err) < 0) {
		session_find_record(s);
		return -1;
	}
	check_afterwards(s, progress, ctx, out);
	return 0;
}
