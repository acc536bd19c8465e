/* SPDX-License-Identifier: MIT */
/*
 * The only writer of images. One order for every write: lock, compare, make the undo record
 * durable, write, flush, read back, set the completion mark. At any point a kill leaves either
 * the old image, or an unmarked record from which recover makes all old or all new bytes.
 *
 * Signals wait from the first image byte to the last flush. Nothing is allocated in that stretch.
 * A write that fails is taken back at once; when even that fails the record stays for recover.
 */
#include "apply_internal.h"

#include "stop7b/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK 4096u /* bytes compared at once */

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

enum side { OLD_BYTES, NEW_BYTES };

struct run {
	const struct apply_request *request;
	const struct apply_calls *calls;
	struct arena *arena;
	char *real_path;
	int fd;
	struct record_file record;
	struct undo_record undo;        /* decoded, for undo and recover */
	const struct undo_record *plan; /* what is written: the request's record, or undo */
	struct err *err;
};

static const uint8_t *bytes_of(const struct write *w, enum side side)
{
	return side == OLD_BYTES ? w->old_bytes : w->new_bytes;
}

static void tell(const struct run *r, enum apply_step step, size_t done, size_t of)
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
	tell(r, STEP_LOCKED, 1, 1);
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

/* Behind the old end of the image the file may be shorter than the plan: that reads as zeros. */
static int read_chunk(const struct run *r, uint8_t *buf, size_t len, uint64_t off)
{
	size_t done = 0;
	while (done < len) {
		ssize_t n = pread(r->fd, buf + done, len - done, (off_t)(off + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0 && off >= r->plan->image_length) {
			memset(buf + done, 0, len - done);
			break;
		}
		if (n <= 0)
			return err_set(r->err, E_IO, "image byte 0x%llx: %s",
				       (unsigned long long)(off + done),
				       n < 0 ? strerror(errno)
					     : SAID_ARG(said_of("the file ends here")));
		done += (size_t)n;
	}
	return 0;
}

/* Does the image hold that side's bytes of one write? 1 yes, 0 no with *at, -1 unreadable. */
static int holds(const struct run *r, const struct write *w, enum side side, uint64_t *at)
{
	uint8_t buf[CHUNK];
	const uint8_t *expected = bytes_of(w, side);
	for (size_t done = 0; done < w->len; done += CHUNK) {
		size_t n = w->len - done < CHUNK ? w->len - done : CHUNK;
		if (read_chunk(r, buf, n, w->off + done) < 0)
			return -1;
		for (size_t i = 0; i < n; i++) {
			if (buf[i] == expected[done + i])
				continue;
			*at = w->off + done + i;
			return 0;
		}
	}
	return 1;
}

/* The old side of a write behind the image's old end is that there is nothing. */
static bool is_nothing(const struct run *r, const struct write *w, enum side side)
{
	return side == OLD_BYTES && w->off >= r->plan->image_length;
}

static int all_hold(const struct run *r, enum side side, const char *meaning)
{
	const struct write_list *list = &r->plan->writes;
	for (size_t i = 0; i < list->n; i++) {
		uint64_t at = 0;
		if (is_nothing(r, &list->items[i], side))
			continue;
		int rc = holds(r, &list->items[i], side, &at);
		if (rc < 0)
			return -1;
		if (rc == 0)
			return err_set(r->err, E_CHANGED, "image byte 0x%llx is not %s (%s)",
				       (unsigned long long)at, SAID_ARG(said_of(meaning)),
				       SAID_ARG(list->items[i].what));
	}
	return 0;
}

/* ---- image bytes: from here to the end of put_bytes nothing allocates ---- */

/* The file's length on that side: a container may end behind the last byte that is written. */
static int set_length(const struct run *r, enum side side)
{
	struct stat st;
	uint64_t length = side == NEW_BYTES ? r->plan->new_length : r->plan->image_length;
	if (r->plan->new_length == r->plan->image_length)
		return 0;
	if (fstat(r->fd, &st) == 0 &&
	    ((uint64_t)st.st_size == length || r->calls->resize(r->calls->ctx, r->fd, length) == 0))
		return 0;
	return err_set(r->err, E_WRITE, "the image cannot get its length of %llu bytes: %s",
		       (unsigned long long)length, strerror(errno));
}

/*
 * New bytes from the end of the file to its start, the length first; old ones the other way: what
 * a container's tables point at is there before they point at it, and as long as they do.
 */
static int write_side(const struct run *r, enum side side)
{
	const struct write_list *list = &r->plan->writes;
	if (side == NEW_BYTES && set_length(r, side) < 0)
		return -1;
	for (size_t i = 0; i < list->n; i++) {
		const struct write *w = &list->items[side == NEW_BYTES ? list->n - 1 - i : i];
		if (is_nothing(r, w, side))
			continue;
		if (calls_write_all(r->calls, r->fd, bytes_of(w, side), w->len, w->off) < 0)
			return err_set(r->err, E_WRITE, "image byte 0x%llx: %s",
				       (unsigned long long)w->off, strerror(errno));
	}
	if (side == OLD_BYTES && set_length(r, side) < 0)
		return -1;
	if (r->calls->flush(r->calls->ctx, r->fd) < 0)
		return err_set(r->err, E_WRITE, "the image cannot be flushed: %s", strerror(errno));
	return 0;
}

static int put_bytes(const struct run *r, enum side side)
{
	const struct write_list *list = &r->plan->writes;
	if (write_side(r, side) < 0)
		return -1;
	tell(r, STEP_WRITTEN, list->n, list->n);
	/* Ask the disk, not the page cache, where the system lets us. */
	posix_fadvise(r->fd, 0, 0, POSIX_FADV_DONTNEED);
	if (all_hold(r, side, "what was written a moment ago") < 0) {
		if (r->err)
			r->err->code = E_WRITE;
		return -1;
	}
	tell(r, STEP_READ_BACK, list->n, list->n);
	return 0;
}

/* A failed write is taken back; r->err keeps the cause and gets the outcome. */
static int take_back(struct run *r)
{
	struct err second = {0};
	struct run quiet = *r;
	quiet.err = &second;
	if (write_side(&quiet, OLD_BYTES) < 0 || all_hold(&quiet, OLD_BYTES, "the old content") < 0)
		return err_at(r->err,
			      "the write failed half way and the old bytes could not be put "
			      "back; the undo record is kept, recover when the disk works");
	if (record_remove(r->calls, &r->record) < 0)
		return err_at(r->err,
			      "the write failed and the image was restored byte for byte; "
			      "its undo record could not be removed, recover --undo clears it");
	mark_clear(r->calls, r->real_path, r->arena);
	return err_at(r->err, "the write failed and the image was restored byte for byte");
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

static int write_new(struct run *r)
{
	if (put_bytes(r, NEW_BYTES) < 0)
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
	    all_hold(r, OLD_BYTES, "what was reviewed") < 0)
		return -1;
	tell(r, STEP_COMPARED, record->writes.n, record->writes.n);
	if (undo_encode(record, r->arena, &encoded, r->err) < 0 || make_record(r, encoded) < 0)
		return -1;
	tell(r, STEP_RECORDED, 1, 1);
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
	return err_at(r->err,
		      "the write failed half way; the undo record is kept, recover when the "
		      "disk works again");
}

static int write_undo(struct run *r)
{
	if (load_record(r, true) < 0 ||
	    all_hold(r, NEW_BYTES, "what was applied; nothing was written") < 0)
		return -1;
	tell(r, STEP_COMPARED, r->undo.writes.n, r->undo.writes.n);
	if (record_mark(r->calls, &r->record, false) < 0)
		return err_set(r->err, E_WRITE,
			       "the undo record cannot be changed: %s; the image is untouched",
			       strerror(errno));
	tell(r, STEP_RECORDED, 1, 1);
	if (put_bytes(r, OLD_BYTES) < 0)
		return unfinished(r);
	return remove_record(r);
}

/* Every byte must be an old or a new one; anything else is foreign and stops here. */
static int check_ours(const struct run *r)
{
	uint8_t buf[CHUNK];
	for (size_t i = 0; i < r->undo.writes.n; i++) {
		const struct write *w = &r->undo.writes.items[i];
		for (size_t at = 0; at < w->len; at++) {
			size_t in = at % CHUNK, left = w->len - at;
			if (in == 0 &&
			    read_chunk(r, buf, left < CHUNK ? left : CHUNK, w->off + at) < 0)
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
	tell(r, STEP_COMPARED, r->undo.writes.n, r->undo.writes.n);
	return put_bytes(r, side) < 0 ? unfinished(r) : 0;
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
