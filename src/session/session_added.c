/* SPDX-License-Identifier: MIT */
/*
 * Files that are added to NTFS volumes: every staged one of a volume goes through one run of
 * ntfs_write(), which says which sectors that takes. That reads the whole $MFT, so each set of files
 * is worked out once a session: what was tried for an offer is what is staged and reviewed.
 */
#include "session_internal.h"

#include <stdio.h>
#include <string.h>

#include "stop7b/ntfs_write.h"

struct added_file {
	const char *subject;
	const struct edit *edit;
};

/* The files of one volume and what they take. */
struct added {
	const struct volume *volume;
	struct added_file files[NTFS_NEWS_MAX];
	size_t n;
	struct ntfs_written written;
};

#define ADDED_VOLUMES 8u

/* Files that are added together, and what came of it. Lives in its own arena. */
struct added_set {
	struct arena *arena;
	struct added *items[ADDED_VOLUMES];
	size_t n;
	struct err why; /* of ntfs_write(), where it does not go */
	struct added_set *next;
};

/* ---- what is staged ---- */

static const struct volume *volume_of(const struct session *s, unsigned partition)
{
	for (size_t i = 0; s->volumes && i < s->table.n; i++)
		if (s->volumes[i].partition->number == partition && s->volumes[i].ntfs)
			return &s->volumes[i];
	return NULL;
}

static struct added *of_volume(struct added_set *set, const struct volume *v, struct err *err)
{
	for (size_t i = 0; i < set->n; i++)
		if (set->items[i]->volume == v)
			return set->items[i];
	if (set->n == ADDED_VOLUMES)
		return err_null(err, E_UNSUPPORTED, "files for more than %u volumes at once",
				ADDED_VOLUMES);
	struct added *a = arena_alloc(set->arena, sizeof(*a), err);
	if (!a)
		return NULL;
	a->volume = v;
	return set->items[set->n++] = a;
}

static int take_file(const struct session *s, struct added_set *set, const char *subject,
		     const struct edit *e, struct err *err)
{
	const struct volume *v = volume_of(s, e->partition);
	struct added *a = v ? of_volume(set, v, err) : NULL;
	if (!v)
		return err_set(err, E_NOTFOUND, "partition %u has no NTFS volume", e->partition);
	if (!a)
		return -1;
	if (a->n == NTFS_NEWS_MAX)
		return err_set(err, E_UNSUPPORTED, "more than %u files at once", NTFS_NEWS_MAX);
	struct edit *own = arena_alloc(set->arena, sizeof(*own), err);
	subject = arena_strdup(set->arena, subject);
	if (!own || !subject || edit_copy(set->arena, e, own, err) < 0)
		return no_memory(err);
	a->files[a->n++] = (struct added_file){subject, own};
	return 0;
}

static int collect(const struct session *s, struct added_set *set, struct err *err)
{
	for (size_t i = 0; i < staged_count(s->staged); i++) {
		const struct change *change = staged_get(s->staged, i);
		for (size_t j = 0; j < change->n; j++)
			if (change->edits[j].kind == EDIT_FILE &&
			    take_file(s, set, change->subject, &change->edits[j], err) < 0)
				return -1;
	}
	return 0;
}

/* ---- the sectors ---- */

static int fill_new(struct ntfs_new *out, const struct edit *e, uint64_t when, struct arena *arena,
		    struct err *err)
{
	const char *cut = strrchr(e->path, '\\');
	const char *directory = cut ? arena_printf(arena, "%.*s", (int)(cut - e->path), e->path)
				    : NULL;
	if (!directory)
		return cut ? no_memory(err) : err_set(err, E_USAGE, "\"%s\" is no path", e->path);
	*out = (struct ntfs_new){
		.directory = directory,
		.make_directory = true,
		.name = cut + 1,
		.existing = e->linked_from,
		.content = e->linked_from ? (struct span){NULL, 0} : e->data,
		.time = when,
		.attributes = 0x20, /* FILE_ATTRIBUTE_ARCHIVE, as every new file has it */
	};
	return 0;
}

static int work_out(struct added *a, struct arena *arena, struct err *err)
{
	struct ntfs_new news[NTFS_NEWS_MAX];
	uint64_t when = filetime_now();
	for (size_t i = 0; i < a->n; i++)
		if (fill_new(&news[i], a->files[i].edit, when, arena, err) < 0)
			return -1;
	return ntfs_write(a->volume->ntfs, news, a->n, arena, &a->written, err);
}

static bool same_file(const struct edit *a, const struct edit *b)
{
	return a->partition == b->partition && text_equal(a->path, b->path) &&
	       a->data.len == b->data.len && memcmp(a->data.p, b->data.p, a->data.len) == 0 &&
	       (a->linked_from ? text_equal(a->linked_from, b->linked_from) : !b->linked_from);
}

/* The same files, in the same order: what was worked out for them holds. */
static bool same_set(const struct added_set *a, const struct added_set *b)
{
	bool same = a->n == b->n;
	for (size_t i = 0; same && i < a->n; i++) {
		same = a->items[i]->volume == b->items[i]->volume &&
		       a->items[i]->n == b->items[i]->n;
		for (size_t k = 0; same && k < a->items[i]->n; k++)
			same = same_file(a->items[i]->files[k].edit, b->items[i]->files[k].edit);
	}
	return same;
}

/* ---- each set once ---- */

static struct added_set *set_new(struct err *err)
{
	struct arena *arena = arena_new();
	struct added_set *set = arena ? arena_alloc(arena, sizeof(*set), err) : NULL;
	if (set)
		set->arena = arena;
	else
		no_memory(err);
	return set;
}

/* Whoever asks for the files now gives the names under which they are shown. */
static int take_subjects(struct added_set *known, const struct added_set *set, struct err *err)
{
	for (size_t i = 0; i < set->n; i++)
		for (size_t k = 0; k < set->items[i]->n; k++) {
			const char **subject = &known->items[i]->files[k].subject;
			*subject = arena_strdup(known->arena, set->items[i]->files[k].subject);
			if (!*subject)
				return no_memory(err);
		}
	return 0;
}

/* The same files, worked out before or now; gives set away. NULL with err of ntfs_write(). */
static struct added_set *worked_out(struct session *s, struct added_set *set, struct err *err)
{
	for (struct added_set *t = s->tried; t; t = t->next) {
		if (!same_set(t, set))
			continue;
		int rc = take_subjects(t, set, err);
		arena_free(set->arena);
		if (rc == 0 && t->why.code == E_OK)
			return t;
		if (rc == 0)
			err_pass(err, &t->why);
		return NULL;
	}
	for (size_t i = 0; set->why.code == E_OK && i < set->n; i++)
		work_out(set->items[i], set->arena, &set->why);
	set->next = s->tried;
	s->tried = set;
	if (set->why.code == E_OK)
		return set;
	err_pass(err, &set->why);
	return NULL;
}

int added_rebuild(struct session *s, struct err *err)
{
	struct added_set *set = set_new(err);
	s->added = NULL;
	if (!set || collect(s, set, err) < 0) {
		arena_free(set ? set->arena : NULL);
		return -1;
	}
	if (set->n == 0) {
		arena_free(set->arena);
		return 0;
	}
	s->added = worked_out(s, set, err);
	return s->added ? 0 : -1;
}

void added_forget(struct session *s)
{
	for (struct added_set *t = s->tried, *next; t; t = next) {
		next = t->next;
		arena_free(t->arena);
	}
	s->tried = s->added = NULL;
}

int added_try(struct session *s, const struct edit *file, struct err *err)
{
	struct added_set *set = set_new(err);
	if (!set || take_file(s, set, "", file, err) < 0) {
		arena_free(set ? set->arena : NULL);
		return -1;
	}
	return worked_out(s, set, err) ? 0 : -1;
}

static size_t count(const struct session *s)
{
	return s->added ? s->added->n : 0;
}

bool added_any(const struct session *s)
{
	return s->added != NULL;
}

int added_sectors(const struct session *s, struct write_list *out, struct err *err)
{
	for (size_t i = 0; i < count(s); i++) {
		const struct added *a = s->added->items[i];
		for (size_t k = 0; k < a->written.sectors.n; k++) {
			struct write w = a->written.sectors.items[k];
			w.off += a->volume->partition->start;
			if (writes_add(out, &w, err) < 0)
				return -1;
		}
	}
	return writes_sort(out, err);
}

/* ---- the review ---- */

/* Where the first byte lies that is new because of the files of the volume. */
static void find_place(const struct patch *p, const struct added *a, struct review_value *rv)
{
	const struct partition *part = a->volume->partition;
	for (size_t i = 0; i < p->n && rv->bytes == 0; i++) {
		const struct patch_range *r = &p->ranges[i];
		if (r->hive != rv->hive || r->value || r->disk_at < part->start ||
		    r->disk_at - part->start >= part->size)
			continue;
		rv->bytes = r->changed;
		rv->disk_at = r->disk_at;
		rv->file_at = r->file_at;
	}
}

static struct said content_words(const struct edit *e, struct arena *arena)
{
	char hex[2 * SHA256_LEN + 1];
	uint8_t sum[SHA256_LEN];
	if (e->linked_from)
		return said_make(arena, N_("hard link to %s"), e->linked_from);
	sha256_of(e->data, sum);
	for (size_t i = 0; i < SHA256_LEN; i++)
		snprintf(hex + 2 * i, 3, "%02x", sum[i]);
	return said_make(arena, N_("%zu bytes, sha256 %s"), e->data.len, hex);
}

/* "from viostor.inf, version 100.85.104.20200 of 2020-12-28: virtio-win.iso: w10/viostor.inf" */
static struct said package_words(const struct edit_package *p, struct arena *arena)
{
	if (!p->inf)
		return said_of(NULL);
	return said_make(arena, N_("from %s, version %s of %s: %s"), p->inf,
			 p->version ? p->version : "-", p->date ? p->date : "-", p->source);
}

static int add_line(struct review *out, const struct added *a, const struct added_file *f,
		    struct err *err)
{
	const char *cut = strrchr(f->edit->path, '\\');
	struct edit of = {.package = f->edit->package};
	if (edit_copy(out->arena, &of, &of, err) < 0)
		return -1;
	struct review_value rv = {
		.kind = EDIT_FILE,
		.subject = arena_strdup(out->arena, f->subject),
		.key = arena_printf(out->arena, "%u:%.*s", a->volume->partition->number,
				    (int)(cut - f->edit->path), f->edit->path),
		.name = arena_strdup(out->arena, cut + 1),
		.op = HIVE_SET,
		.hive = out->n_hives, /* the disk */
		.type = "file",
		.was_type = "file",
		.was = said_of(f->edit->fills_empty ? N_("empty file") : "absent"),
		.was_there = f->edit->fills_empty,
		.becomes = content_words(f->edit, out->arena),
		.package = of.package,
		.from = package_words(&of.package, out->arena),
		.is_there = true,
	};
	if (!rv.subject || !rv.key || !rv.name || !rv.becomes.plain ||
	    (of.package.inf && !rv.from.plain))
		return no_memory(err);
	find_place(&out->patch, a, &rv);
	out->values[out->n++] = rv;
	return 0;
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

/* "3 MFT records, 2 index blocks, 200 sectors of content in free clusters" */
static const char *places_words(const struct ntfs_places *p, struct arena *arena)
{
	const char *text = arena_printf(arena, "%zu MFT record%s, %zu index block%s", p->records,
					plural(p->records), p->blocks, plural(p->blocks));
	for (enum ntfs_place i = NTFS_PLACE_BITMAP; text && i < NTFS_PLACES; i++)
		if (p->sectors[i])
			text = arena_printf(arena, "%s, %zu sector%s of %s", text, p->sectors[i],
					    plural(p->sectors[i]), ntfs_place_name(i));
	return text;
}

int added_review(const struct session *s, struct review *out, struct err *err)
{
	out->added = arena_array(out->arena, count(s), sizeof(*out->added), err);
	if (!out->added)
		return -1;
	for (size_t i = 0; i < count(s); i++) {
		const struct added *a = s->added->items[i];
		const char *places = places_words(&a->written.places, out->arena);
		for (size_t k = 0; k < a->n; k++)
			if (add_line(out, a, &a->files[k], err) < 0)
				return -1;
		if (!places)
			return no_memory(err);
		out->added[out->n_added++] = said_make(out->arena,
						       N_("NTFS of partition %u changes in %s"),
						       a->volume->partition->number, places);
	}
	return 0;
}

/* ---- read back ---- */

static int verify_file(struct image *img, const struct added *a, const struct edit *e,
		       struct arena *arena, struct err *err)
{
	struct span is, wanted = e->data;
	const struct partition *p = a->volume->partition;
	if (image_file_bytes(img, p, e->path, arena, &is, err) < 0 ||
	    (e->linked_from && image_file_bytes(img, p, e->linked_from, arena, &wanted, err) < 0))
		return -1;
	if (is.len == wanted.len && memcmp(is.p, wanted.p, is.len) == 0)
		return 0;
	return err_set(err, E_CHANGED, "%s does not hold what was added", e->path);
}

static int verify_volume(struct image *img, const struct added *a, struct arena *arena,
			 struct err *err)
{
	const char *paths[NTFS_NEWS_MAX];
	struct ntfs_check check = {.arena = arena};
	struct ntfs *vol = ntfs_open(img, a->volume->partition->start, a->volume->partition->size,
				     err);
	for (size_t i = 0; i < a->n; i++)
		paths[i] = a->files[i].edit->path;
	struct ntfs_bytes bytes;
	int rc = vol ? 0 : -1;
	if (rc == 0) {
		bytes = ntfs_bytes(vol);
		rc = ntfs_check(&bytes, paths, a->n, &check, err);
	}
	const struct ntfs_finding *worst = rc == 0 ? ntfs_check_worst(&check) : NULL;
	if (worst)
		rc = err_set(err, E_CHANGED, "the NTFS volume is not sound: %s",
			     said_arg(worst->text, arena));
	ntfs_close(vol);
	return rc;
}

int added_verify(const struct session *s, struct image *img, struct arena *arena, struct err *err)
{
	for (size_t i = 0; i < count(s); i++) {
		const struct added *a = s->added->items[i];
		for (size_t k = 0; k < a->n; k++)
			if (verify_file(img, a, a->files[k].edit, arena, err) < 0)
				return -1;
		if (verify_volume(img, a, arena, err) < 0)
			return -1;
	}
	return 0;
}
