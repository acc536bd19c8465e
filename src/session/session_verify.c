/* SPDX-License-Identifier: MIT */
/*
 * Verification: after a write the image is opened from zero by other people's libraries (libvhdi
 * for the container, libfsntfs for the volumes, libregf for the hives). Every changed hive must
 * hold exactly the bytes that were meant, of which libregf had read, where they changed, what the
 * walker reads; and Windows is diagnosed again from what they read. Pages of a hive that do not
 * change are read by our own code, opened from zero (session_spared.c).
 *
 * What verification will demand is tried on the edited copies before a byte is written. A hive of
 * which the two readers disagreed before any edit cannot be compared whole: there only numbers
 * that are set may be edited, and each of them is read back by libregf.
 */
#include "session_internal.h"

#include <string.h>

#include "stop7b/hive_reference.h"

/* ---- what must be there ---- */

/* Do the readers agree about h, where it is not as the other bytes are? */
static int compare_changed(const struct hive *h, struct span other, struct err *err)
{
	struct hive_tally tally;
	struct arena *arena = arena_new();
	struct hive_touched *touched = arena ? hive_touched(h, other, arena, err) : NULL;
	struct hive_reference *r = touched ? hive_reference_open(h->bytes, err) : NULL;
	int rc = r ? hive_reference_compare(r, h, touched, &tally, err) : -1;
	hive_reference_close(r);
	arena_free(arena);
	return arena ? rc : no_memory(err);
}

static int compare_number(struct hive_reference *r, const struct edit *e, struct err *err)
{
	uint32_t is = 0;
	const struct span data = e->data;
	if (e->op != HIVE_SET || e->type != REG_DWORD || data.len != 4)
		return err_set(err, E_GUARD, "only numbers can be set in a hive like this");
	if (hive_reference_u32(r, e->key, e->name, &is, err) < 0)
		return -1;
	return is == le32(data, 0) ? 0 : err_set(err, E_CHANGED, "libregf reads %u", is);
}

static int compare_numbers(struct session *s, const struct hive_file *f, struct span bytes,
			   struct err *err)
{
	struct hive_reference *r = hive_reference_open(bytes, err);
	int rc = r ? 0 : -1;
	for (size_t i = 0; rc == 0 && i < staged_count(s->staged); i++) {
		const struct change *change = staged_get(s->staged, i);
		for (size_t j = 0; rc == 0 && j < change->n; j++) {
			const struct edit *e = &change->edits[j];
			if (e->kind == EDIT_REGISTRY && session_hive(s, e->hive, NULL) == f &&
			    compare_number(r, e, err) < 0)
				rc = err_at(err, "%s: %s", e->key, e->name);
		}
	}
	hive_reference_close(r);
	return rc;
}

static int refuse_hive(const struct err *why, struct err *err)
{
	return err_set(
		err, E_GUARD,
		"hive-damaged: two independent readers do not agree about this hive (%s), so a "
		"write could not be verified; nothing was written",
		ERR_ARG(why));
}

static int prepare_hive(struct session *s, struct hive_file *f, struct expected_hive *out,
			struct err *err)
{
	struct err edited = {0}, before = {0}, numbers = {0};
	const struct hive *h = hive_edit_view(f->edit);
	*out = (struct expected_hive){.file = f, .bytes = h->bytes, .whole = true};
	if (compare_changed(h, f->clean, &edited) == 0)
		return 0;
	if (compare_changed(&f->hive, h->bytes, &before) == 0)
		return refuse_hive(&edited, err);
	out->whole = false;
	return compare_numbers(s, f, h->bytes, &numbers) == 0 ? 0 : refuse_hive(&before, err);
}

int verify_prepare(struct session *s, struct arena *arena, struct expected *out, struct err *err)
{
	*out = (struct expected){.hives = arena_array(arena, s->n_hives, sizeof(*out->hives), err)};
	if (!out->hives)
		return -1;
	for (size_t i = 0; i < s->n_hives; i++)
		if (s->hives[i]->edit &&
		    prepare_hive(s, s->hives[i], &out->hives[out->n++], err) < 0)
			return -1;
	out->added = added_any(s);
	out->bytes[0].arena = out->bytes[1].arena = arena;
	return bytes_staged(s, EDIT_DISK_BYTES, &out->bytes[0], err) < 0 ||
			       added_sectors(s, &out->bytes[0], err) < 0 ||
			       bytes_staged(s, EDIT_CONTAINER_BYTES, &out->bytes[1], err) < 0
		       ? -1
		       : 0;
}

/* ---- what is there ---- */

/* The readers agreed about these bytes before they were written. */
static int verify_hive(struct image *img, const struct expected_hive *e, struct arena *arena,
		       struct err *err)
{
	uint64_t differs;
	if (image_file_compare(img, e->file->partition, e->file->path, e->bytes, arena, &differs,
			       err) < 0)
		return -1;
	if (differs == UINT64_MAX)
		return 0;
	return err_set(err, E_CHANGED, "the hive read back is not the one that was written");
}

const struct expected_hive *expected_of(const struct expected *e, const struct hive_file *f)
{
	for (size_t i = 0; i < e->n; i++)
		if (e->hives[i].file == f)
			return &e->hives[i];
	return NULL;
}

/*
 * The hive of w as the libraries read it: the bytes that verify_hives() found there, or read now and
 * compared where they are not as they were. One that waits for its logs is judged with them.
 */
static int read_judged(struct session *s, struct image *img, const struct expected *e,
		       const struct windows *w, struct arena *arena, struct hive *h,
		       struct err *err)
{
	const struct expected_hive *known = expected_of(e, w->system);
	struct hive_recovery recovery;
	struct span is;
	if (known)
		return hive_open(h, known->bytes, err);
	if (image_file_bytes(img, w->partition, w->system->path, arena, &is, err) < 0 ||
	    hive_file_recover(s, w->system, is, arena, &recovery, err) < 0 ||
	    hive_open(h, recovery.bytes, err) < 0)
		return -1;
	return compare_changed(h, w->system->clean, err);
}

static int judge(struct session *s, struct image *img, struct ntfs *vol, const struct expected *e,
		 struct arena *arena, struct diagnosis *out, struct err *err)
{
	struct disk_view view;
	const struct windows *w = s->chosen;
	struct hive h;
	struct install inst;
	if (read_judged(s, img, e, w, arena, &h, err) < 0 ||
	    install_read(&h, arena, &inst, err) < 0)
		return -1;
	inst.partition = w->partition->number;
	inst.root = w->place.root;
	inst.hive_path = w->place.hive_path;
	if (windows_look_at_files(&inst, vol, arena, err) < 0 ||
	    view_of_reader(s, img, arena, &view, err) < 0)
		return -1;
	return session_diagnose_view(s, w, &inst, &view, NULL, arena, out, err);
}

static struct ntfs *open_volume(struct image *img, const struct partition *p, struct err *err)
{
	return ntfs_open(img, p->start, p->size, err);
}

static int verify_hives(struct session *s, struct image *img, const struct expected *e,
			struct arena *arena, struct err *err)
{
	for (size_t i = 0; i < e->n; i++)
		if (verify_hive(img, &e->hives[i], arena, err) < 0)
			return err_at(err, "%s", e->hives[i].file->name);
	return bytes_verify(img, e->bytes, arena, err) < 0 ||
			       (e->added && added_verify(s, img, arena, err) < 0)
		       ? -1
		       : 0;
}

static int verify_windows(struct session *s, struct image *img, const struct expected *e,
			  struct arena *arena, struct diagnosis *out, struct err *err)
{
	if (!s->chosen)
		return 0;
	struct ntfs *vol = open_volume(img, s->chosen->partition, err);
	int rc = vol ? judge(s, img, vol, e, arena, out, err) : -1;
	ntfs_close(vol);
	return rc;
}

static bool all_whole(const struct expected *e)
{
	for (size_t i = 0; i < e->n; i++)
		if (!e->hives[i].whole)
			return false;
	return true;
}

static bool any_on_fat(const struct expected *e)
{
	for (size_t i = 0; i < e->n; i++)
		if (e->hives[i].file->fat)
			return true;
	return false;
}

static struct said readers(const struct expected *e, const char *of_image, bool spared,
			   struct arena *arena)
{
	static const char *const own[2][2] = {
		{"", N_("; unchanged pages by stop7b itself")},
		{N_("; FAT by stop7b itself"), N_("; FAT and unchanged pages by stop7b itself")},
	};
	const char *some = all_whole(e) ? "" : N_(" for the numbers that were set");
	return said_make(arena, "%s, libfsntfs, libregf%s%s", said_word(of_image, arena),
			 said_word(some, arena), said_word(own[any_on_fat(e)][spared], arena));
}

int verify_written(struct session *s, const struct expected *e, struct arena *arena,
		   struct diagnosis *out, struct said *by, struct err *err)
{
	struct image_options options;
	struct image *img = spare_written(s, e, arena, &options, err) == 0
				    ? image_open_reference(s->path, &options, err)
				    : NULL;
	*by = img ? readers(e, image_info(img)->reader, options.n_spared > 0, arena)
		  : said_as_is(NULL);
	int rc = img ? verify_hives(s, img, e, arena, err) : -1;
	if (rc == 0)
		rc = verify_windows(s, img, e, arena, out, err);
	image_close(img);
	return rc;
}

/* ---- can it be read back? ---- */

static int read_by_others(struct image *img, const struct hive_file *f, struct arena *arena,
			  struct err *err)
{
	uint64_t differs;
	if (image_file_compare(img, f->partition, f->path, f->clean, arena, &differs, err) < 0)
		return err_at(err, "%s", f->name);
	if (differs == UINT64_MAX)
		return 0;
	return err_set(err, E_CHANGED, "%s: byte 0x%llx and behind are read differently", f->name,
		       (unsigned long long)differs);
}

int verify_readable(struct session *s, const struct hive_file *f, struct err *err)
{
	struct arena *arena = arena_new();
	struct image_options options;
	struct image *img = arena && spare_edited(s, f, arena, &options, err) == 0
				    ? image_open_reference(s->path, &options, err)
				    : NULL;
	int rc = img ? read_by_others(img, f, arena, err) : -1;
	image_close(img);
	arena_free(arena);
	return rc;
}

/* ---- does it open? ---- */

/* What is unreadable now and was not before; a session of plain bytes could read nothing. */
static int compare_volumes(const struct session *before, const struct session *now, struct err *err)
{
	bool blind = before->plain || before->open_error.code != E_OK;
	for (size_t i = 0; i < now->table.n; i++) {
		const struct err *why = &now->volumes[i].error;
		bool known = !blind && i < before->table.n && before->volumes[i].error.code != E_OK;
		if ((why->code == E_CORRUPT || why->code == E_IO) && !known)
			return err_pass(err, why);
	}
	return 0;
}

static int compare_windows(const struct session *before, struct session *now, struct err *err)
{
	bool blind = before->plain || before->open_error.code != E_OK;
	for (size_t i = 0; i < now->n_windows; i++) {
		const struct windows *w = &now->windows[i];
		bool known = !blind && i < before->n_windows && !before->windows[i].readable;
		if (!w->readable && !known)
			return err_pass(err, &w->error);
		if (w->readable && (hive_file_whole(w->system, err) < 0 ||
				    verify_readable(now, w->system, err) < 0))
			return -1;
	}
	return 0;
}

int verify_reopens(const struct session *s, struct err *err)
{
	struct session *now = session_open(s->path, &s->options, NULL, NULL, err);
	struct image *img = NULL;
	int rc = -1;
	if (now && now->open_error.code != E_OK)
		err_pass(err, &now->open_error);
	else if (now)
		img = image_open_reference(s->path, &s->options.image, err);
	if (img && compare_volumes(s, now, err) == 0)
		rc = compare_windows(s, now, err);
	image_close(img);
	session_close(now);
	return rc;
}
