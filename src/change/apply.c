/* SPDX-License-Identifier: MIT */
/*
 * The only writer of images. One order for every write: lock, compare, make the undo record
 * durable, write, flush, read back, set the completion mark. At any point a kill leaves either
 * the old image, or an unmarked record from which recover makes all old or all new bytes.
 *
 * Signals wait from the first image byte to the last flush. Nothing is allocated in that stretch.
 * What is done to the bytes themselves stands in apply_bytes.c. A write that fails is taken back at
 * once; when even that fails the record stays for recover.
 */
#include "apply_run.h"

#include "stop7b/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the real system calls ---- */

static int real_open(void *ctx, const char *path, enum open_how how)
{
	static const int flags[] = {
		[OPEN_TO_WRITE] = O_RDWR | O_NONBLOCK,
		[OPEN_RECORD] = O_RDWR | O_NONBLOCK | O_NOFOLLOW,
		[OPEN_NEW] = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW,
		[OPEN_DIRECTORY] = O_RDONLY | O_DIRECTORY,
	};
	(void)ctx;
	return open(path, flags[how] | O_CLOEXEC, 0600);
}

static long real_write(void *ctx, int fd, const void *buf, size_t len, uint64_t off)
{
	(void)ctx;
	return pwrite(fd, buf, len, (off_t)off);
}

static int real_resize(void *ctx, int fd, uint64_t length)
{
	(void)ctx;
	return ftruncate(fd, (off_t)length);
}

static int real_flush(void *ctx, int fd)
{
	(void)ctx;
	return fsync(fd);
}

static int real_move(void *ctx, const char *from, const char *to)
{
	(void)ctx;
	return rename(from, to);
}

static int real_drop(void *ctx, const char *path)
{
	(void)ctx;
	return unlink(path);
}

const struct apply_calls *apply_real_calls(void)
{
	static const struct apply_calls real = {
		.open_file = real_open,
		.write_at = real_write,
		.resize = real_resize,
		.flush = real_flush,
		.move = real_move,
		.drop = real_drop,
	};
	return &real;
}

/* ---- one run over an image ---- */

void run_tell(const struct run *r, enum apply_step step, size_t done, size_t of)
{
	if (r->request->progress)
		r->request->progress(r->request->progress_ctx, step, done, of);
}

static int run_open(struct run *r)
{
	r->arena = arena_new();
	r->real_path = realpath(r->request->path, NULL);
	if (!r->arena || !r->real_path)
		return err_set(r->err, E_OPEN, "%s: %s", r->request->path, strerror(errno));
	/* A writer that locks nothing shows only while this process has no writing descriptor. */
	if (lock_probe(r->real_path, r->err) < 0)
		return -1;
	r->fd = r->calls->open_file(r->calls->ctx, r->real_path, OPEN_TO_WRITE);
	if (r->fd < 0)
		return err_set(r->err, E_GUARD, "the image cannot be opened for writing: %s",
			       strerror(errno));
	if (lock_take(r->fd, r->err) < 0)
		return -1;
	run_tell(r, STEP_LOCKED, 1, 1);
	return 0;
}

static void run_close(struct run *r)
{
	record_close(&r->record);
	if (r->fd >= 0)
		close(r->fd); /* gives the locks back */
	free(r->real_path);
	arena_free(r->arena);
}

/*
 * What is written fresh goes into the very file that was read. A record may find its image as another
 * file: moved, copied, or on another device since; its length and its bytes decide.
 */
static int check_identity(const struct run *r, bool fresh)
{
	struct stat st;
	const struct undo_record *plan = r->plan;
	if (fstat(r->fd, &st) < 0)
		return err_set(r->err, E_IO, "%s: %s", r->request->path, strerror(errno));
	uint64_t least = plan->complete ? plan->new_length : plan->image_length;
	uint64_t most = fresh ? plan->image_length : plan->new_length;
	uint64_t length = (uint64_t)st.st_size;
	if (S_ISREG(st.st_mode) && (length < least || length > most))
		return err_set(r->err, E_CHANGED, "the image is %llu bytes long, it was %llu",
			       (unsigned long long)length, (unsigned long long)most);
	if (fresh && ((uint64_t)st.st_dev != plan->device || (uint64_t)st.st_ino != plan->inode))
		return err_set(r->err, E_CHANGED, "%s is another file than the one that was read",
			       r->request->path);
	return 0;
}

/* ---- the three runs ---- */

static bool may_be_ours(const struct run *r, const struct undo_record *found)
{
	const struct undo_record *plan = r->request->record;
	return strcmp(found->image_id, plan->image_id) == 0 &&
	       plan->image_length >= found->image_length && plan->image_length <= found->new_length;
}

static int refuse_record(const struct run *r, const char *path)
{
	struct undo_record found;
	struct err err = {0};
	if (record_load(path, r->real_path, r->arena, &found, &err) < 0)
		return err_set(r->err, E_GUARD, NO_UNDO_PLACE ": %s", ERR_ARG(&err));
	if (found.complete)
		return 0;
	if (may_be_ours(r, &found))
		return err_set(r->err, E_INTERRUPTED,
			       "an earlier apply of this image was interrupted; recover it first");
	return err_set(r->err, E_GUARD,
		       NO_UNDO_PLACE ": the unfinished undo record here is of %s; recover that "
				     "image first, or name another place with --undo-dir",
		       found.image_path);
}

/* An unfinished record may wait in any of the places where this image's records lie. */
static int refuse_unfinished(const struct run *r)
{
	const struct record_where where = {r->real_path, r->request->undo_dir};
	struct record_list list;
	if (records_find(&where, r->arena, &list, r->err) < 0)
		return -1;
	for (size_t i = 0; i < list.n; i++)
		if (list.items[i].newest && !list.items[i].stray &&
		    refuse_record(r, list.items[i].path) < 0)
			return -1;
	return list.unread.code == E_OK
		       ? 0
		       : err_set(r->err, E_GUARD, NO_UNDO_PLACE ": %s", ERR_ARG(&list.unread));
}

#define HALF_WRITTEN                                                                               \
	"the write failed and the image may stand half written; its undo record is kept: when "    \
	"the disk works again, recover --undo puts the old bytes back, recover --finish writes "   \
	"the rest"

/* A failed write is taken back; r->err keeps the cause and gets the outcome. */
static int take_back(struct run *r)
{
	bool untouched = run_is_whole(r, OLD_BYTES);
	if (!untouched && run_put_back(r) < 0)
		return err_at(r->err, HALF_WRITTEN);
	if (record_remove(r->calls, &r->record) < 0)
		err_at(r->err, "its undo record may still be there, recover --undo clears it then");
	else
		mark_clear(r->calls, r->real_path, r->arena);
	return untouched ? err_at(r->err, "nothing was written, the image is untouched")
			 : err_at(r->err,
				  "the write failed and the image was restored byte for byte");
}

static int write_new(struct run *r)
{
	if (run_put(r, NEW_BYTES) < 0)
		return take_back(r);
	if (record_mark(r->calls, &r->record, true) == 0)
		return 0;
	err_set(r->err, E_WRITE, "the undo record cannot be completed: %s", strerror(errno));
	/* The mark may stand in the file all the same. With it an image that is being taken back
	 * could not be recovered, so it has to go first; new bytes go with either state of it. */
	if (record_mark(r->calls, &r->record, false) < 0)
		return err_at(r->err, "all new bytes are written and nothing is lost; undo or "
				      "recover, whichever is offered, puts the old ones back");
	return take_back(r);
}

/* The record, and where it lies in another folder the mark that leads there: one that cannot be left
 * stops nothing, and the session sees that it is not there. */
static int make_record(struct run *r, struct span encoded)
{
	struct stat st;
	const struct apply_request *q = r->request;
	const struct record_where where = {r->real_path, q->undo_dir};
	const char *home = record_home(&where, r->arena);
	if (!home)
		return no_memory(r->err);
	if (apply_undo_place(r->real_path, q->undo_dir, r->err) < 0 ||
	    record_create(r->calls, home, encoded, r->arena, &r->record, r->err) < 0)
		return r->err && r->err->code == E_GUARD ? err_at(r->err, NO_UNDO_PLACE) : -1;
	if (q->undo_dir && fstat(r->fd, &st) == 0 && S_ISREG(st.st_mode))
		mark_leave(r->calls, r->real_path, home, r->arena);
	return 0;
}

static int write_reviewed(struct run *r)
{
	const struct undo_record *record = r->request->record;
	struct span encoded;
	r->plan = record;
	if (refuse_unfinished(r) < 0 || check_identity(r, true) < 0 ||
	    run_holds(r, OLD_BYTES, "what was reviewed") < 0)
		return -1;
	run_tell(r, STEP_COMPARED, record->writes.n, record->writes.n);
	if (undo_encode(record, r->arena, &encoded, r->err) < 0 || make_record(r, encoded) < 0)
		return -1;
	run_tell(r, STEP_RECORDED, 1, 1);
	return write_new(r);
}

static int load_record(struct run *r, bool complete)
{
	const struct record_where where = {r->real_path, r->request->undo_dir};
	const char *path = r->request->record_path;
	path = path ? path : record_newest(&where, r->arena);
	if (!path)
		return err_set(r->err, E_NORECORD, "there is no undo record of %s", r->real_path);
	if (record_open(r->calls, path, r->real_path, r->arena, &r->record, &r->undo, r->err) < 0)
		return -1;
	if (r->undo.complete && !complete)
		return err_set(r->err, E_NORECORD,
			       "there is nothing to recover: the last apply of "
			       "this image was completed");
	if (!r->undo.complete && complete)
		return err_set(r->err, E_INTERRUPTED,
			       "the last apply or undo of this image was interrupted; recover it");
	r->plan = &r->undo;
	return check_identity(r, false);
}

/* The mark may have the name that the image had when the record was made. */
static void clear_marks(struct run *r)
{
	const char *folder = path_folder(r->real_path, r->arena);
	const char *then = folder ? arena_printf(r->arena, "%s/%s", folder,
						 path_leaf(r->undo.image_path))
				  : NULL;
	mark_clear(r->calls, r->real_path, r->arena);
	if (then)
		mark_clear(r->calls, then, r->arena);
}

static int remove_record(struct run *r)
{
	if (record_remove(r->calls, &r->record) == 0) {
		clear_marks(r);
		return 0;
	}
	return err_set(
		r->err, E_WRITE,
		"the image is as it was before, but its undo record %s cannot be removed: %s",
		r->record.path, strerror(errno));
}

static int unfinished(struct run *r)
{
	if (r->err)
		r->err->code = E_WRITE;
	return err_at(r->err, HALF_WRITTEN);
}

/* Nothing of an undo went into the image: its record is whole again, and it can be asked once more. */
static int undo_failed(struct run *r)
{
	if (!run_is_whole(r, NEW_BYTES) || record_mark(r->calls, &r->record, true) < 0)
		return unfinished(r);
	return err_at(r->err,
		      "nothing was written, the image is untouched and can be undone later");
}

static int write_undo(struct run *r)
{
	if (load_record(r, true) < 0 ||
	    run_holds(r, NEW_BYTES, "what was applied; nothing was written") < 0)
		return -1;
	run_tell(r, STEP_COMPARED, r->undo.writes.n, r->undo.writes.n);
	if (record_mark(r->calls, &r->record, false) < 0)
		return err_set(
			r->err, E_WRITE,
			"the undo record cannot be changed: %s; the image is untouched: undo "
			"or recover, whichever is offered, goes on",
			strerror(errno));
	run_tell(r, STEP_RECORDED, 1, 1);
	if (run_put(r, OLD_BYTES) < 0)
		return undo_failed(r);
	return remove_record(r);
}

/* Every byte must be an old or a new one; anything else is foreign and stops here. */
static int check_ours(const struct run *r)
{
	uint8_t buf[RUN_CHUNK];
	for (size_t i = 0; i < r->undo.writes.n; i++) {
		const struct write *w = &r->undo.writes.items[i];
		for (size_t at = 0; at < w->len; at++) {
			size_t in = at % RUN_CHUNK, left = w->len - at;
			if (in == 0 &&
			    run_read(r, buf, left < RUN_CHUNK ? left : RUN_CHUNK, w->off + at) < 0)
				return -1;
			if (buf[in] != w->old_bytes[at] && buf[in] != w->new_bytes[at])
				return err_set(
					r->err, E_CHANGED,
					"image byte 0x%llx holds 0x%02x, neither its old nor "
					"its new value (%s); nothing was written",
					(unsigned long long)(w->off + at), buf[in],
					SAID_ARG(w->what));
		}
	}
	return 0;
}

static int put_recovered(struct run *r, enum side side)
{
	if (load_record(r, false) < 0 || check_ours(r) < 0)
		return -1;
	run_tell(r, STEP_COMPARED, r->undo.writes.n, r->undo.writes.n);
	return run_put(r, side) < 0 ? unfinished(r) : 0;
}

static int write_back(struct run *r)
{
	if (put_recovered(r, OLD_BYTES) < 0)
		return -1;
	return r->request->keep_record ? 0 : remove_record(r);
}

static int verify_finished(struct run *r)
{
	const struct apply_request *q = r->request;
	if (!q->verify || q->verify(q->verify_ctx, r->err) == 0)
		return 0;
	if (r->err)
		r->err->code = E_WRITE;
	return err_at(r->err, "every new byte is written, but the image does not pass the check; "
			      "its undo record is kept, recover --undo puts the old bytes back");
}

static int write_rest(struct run *r)
{
	if (put_recovered(r, NEW_BYTES) < 0 || verify_finished(r) < 0)
		return -1;
	if (r->request->keep_record || record_mark(r->calls, &r->record, true) == 0)
		return 0;
	return err_set(r->err, E_WRITE,
		       "all new bytes are written, but the undo record cannot be completed: %s",
		       strerror(errno));
}

/* Open, lock, and do one of the runs above with all signals waiting. */
static int run_all(const struct apply_request *request, int (*body)(struct run *), struct err *err)
{
	struct run r = {
		.request = request,
		.calls = request->calls ? request->calls : apply_real_calls(),
		.fd = -1,
		.record.fd = -1,
		.err = err,
	};
	sigset_t all, before;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	int rc = run_open(&r) < 0 ? -1 : body(&r);
	run_close(&r);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return rc;
}

int apply_write(const struct apply_request *request, struct err *err)
{
	return run_all(request, write_reviewed, err);
}

int apply_undo(const struct apply_request *request, struct err *err)
{
	return run_all(request, write_undo, err);
}

int apply_recover(const struct apply_request *request, bool finish, struct err *err)
{
	return run_all(request, finish ? write_rest : write_back, err);
}
