/* SPDX-License-Identifier: MIT */
/*
 * The review: every staged edit of a hive with what was there and what will be, and the complete list of
 * image bytes that would be written, computed from the edited hives. What is built here is what
 * apply writes; nothing is computed again after a person said yes.
 *
 * Before a list is built each edited hive is checked whole against the hive it was made from: an
 * edit may not leave a hive with damage that it did not have, and a hive that has damage is only
 * changed inside values that are there.
 */
#include "session_review.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "stop7b/bcd.h"
#include "stop7b/records.h"

#define WARNINGS_OF_HIVE (HIVE_NOTES + 1) /* damage, and what is to say of its recovery */

/* ---- what is edited ---- */

static int collect_hives(struct building *b, struct err *err)
{
	struct session *s = b->s;
	b->hives = arena_array(b->scratch, s->n_hives, sizeof(*b->hives), err);
	b->out->hives = arena_array(b->arena, s->n_hives + REVIEW_OTHERS, sizeof(char *), err);
	b->out->recovered = arena_array(b->arena, s->n_hives, sizeof(*b->out->recovered), err);
	b->out->warnings = arena_array(b->arena, s->n_hives * WARNINGS_OF_HIVE + 1,
				       sizeof(*b->out->warnings), err);
	if (!b->hives || !b->out->hives || !b->out->warnings || !b->out->recovered)
		return -1;
	for (size_t i = 0; i < s->n_hives; i++) {
		struct hive_file *f = s->hives[i];
		if (!f->edit)
			continue;
		b->hives[b->n_hives] = (struct edited_hive){
			.file = f,
			.before.hive = &f->hive,
			.after.hive = hive_edit_view(f->edit),
		};
		b->out->hives[b->n_hives++] = arena_printf(b->arena, "P%s", f->name);
	}
	b->out->n_hives = b->n_hives;
	for (size_t i = 0; i < REVIEW_OTHERS; i++)
		b->out->hives[b->n_hives + i] = bytes_name(i);
	return 0;
}

static size_t count_edits(const struct session *s)
{
	size_t n = 0;
	for (size_t i = 0; i < staged_count(s->staged); i++)
		n += staged_get(s->staged, i)->n;
	return n;
}

static size_t hive_index(const struct building *b, const struct edit *e)
{
	const struct hive_file *f = session_hive(b->s, e->hive, NULL);
	size_t i = 0;
	while (i + 1 < b->n_hives && b->hives[i].file != f)
		i++;
	return i;
}

/* By hive, key and name without case; of one value in the order in which it was staged. */
static int by_value(const void *a, const void *b)
{
	const struct placed_edit *const *x = a, *const *y = b;
	int d = (*x)->hive < (*y)->hive ? -1 : (*x)->hive > (*y)->hive;
	d = d ? d : text_casecmp((*x)->edit->key, (*y)->edit->key);
	d = d ? d : text_casecmp((*x)->edit->name, (*y)->edit->name);
	return d ? d : (*x > *y) - (*x < *y);
}

static bool sets_same_value(const struct placed_edit *a, const struct placed_edit *b)
{
	return a->edit->op == HIVE_SET && b->edit->op == HIVE_SET && a->hive == b->hive &&
	       text_equal(a->edit->key, b->edit->key) && text_equal(a->edit->name, b->edit->name);
}

/* Is what the edit is about in that hive? */
static bool is_there(struct key_finder *in, const struct edit *e)
{
	struct key k;
	struct value v;
	if (e->op == HIVE_CREATE_KEY || e->op == HIVE_DELETE_KEY)
		return review_find_key(in, e->key, &k);
	return review_find_value(in, e, &k, &v);
}

/*
 * A text names each key whose values it sets, and deletes what may not be there: a key that is
 * there and stays, and what is in neither hive, is no change.
 */
static bool is_no_change(struct building *b, const struct placed_edit *p, bool keys_stay)
{
	struct edited_hive *h = &b->hives[p->hive];
	const struct edit *e = p->edit;
	if (e->op == HIVE_CREATE_KEY)
		return keys_stay && is_there(&h->before, e);
	return e->op != HIVE_SET && !is_there(&h->before, e) && !is_there(&h->after, e);
}

static void drop_no_changes(struct building *b)
{
	size_t kept = 0;
	bool keys_stay = true;
	for (size_t i = 0; i < b->n_edits; i++)
		keys_stay = keys_stay && b->edits[i].edit->op != HIVE_DELETE_KEY;
	for (size_t i = 0; i < b->n_edits; i++)
		if (!is_no_change(b, &b->edits[i], keys_stay))
			b->edits[kept++] = b->edits[i];
	b->n_edits = kept;
}

/* One value is listed once, whoever asked for it: the last word about it stays. */
static int drop_repeated(struct building *b, struct err *err)
{
	struct placed_edit **sorted = arena_array(b->scratch, b->n_edits, sizeof(*sorted), err);
	size_t kept = 0;
	if (!sorted)
		return -1;
	for (size_t i = 0; i < b->n_edits; i++)
		sorted[i] = &b->edits[i];
	qsort(sorted, b->n_edits, sizeof(struct placed_edit *), by_value);
	for (size_t i = 1; i < b->n_edits; i++)
		if (sets_same_value(sorted[i - 1], sorted[i]))
			sorted[i - 1]->change = NULL;
	for (size_t i = 0; i < b->n_edits; i++)
		if (b->edits[i].change)
			b->edits[kept++] = b->edits[i];
	b->n_edits = kept;
	return 0;
}

static int collect_edits(struct building *b, struct err *err)
{
	struct session *s = b->s;
	b->n_staged = count_edits(s);
	b->edits = arena_array(b->scratch, b->n_staged, sizeof(*b->edits), err);
	if (!b->edits)
		return -1;
	for (size_t i = 0; i < staged_count(s->staged); i++) {
		const struct change *change = staged_get(s->staged, i);
		for (size_t j = 0; j < change->n; j++)
			if (change->edits[j].kind == EDIT_REGISTRY)
				b->edits[b->n_edits++] = (struct placed_edit){
					.change = change,
					.edit = &change->edits[j],
					.hive = hive_index(b, &change->edits[j]),
				};
	}
	drop_no_changes(b);
	return drop_repeated(b, err);
}

/* ---- one line per edit ---- */

/* The first range of a hive that ends behind at. */
static size_t first_range(const struct patch *p, size_t hive, uint64_t at)
{
	size_t low = 0, high = p->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct patch_range *r = &p->ranges[middle];
		if (r->hive < hive || (r->hive == hive && r->hive_at + r->len <= at))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void place_value(struct review_value *rv, const struct patch *patch,
			const struct placed_edit *p)
{
	uint64_t end = p->main.at + p->main.len;
	for (size_t i = first_range(patch, p->hive, p->main.at); i < patch->n; i++) {
		const struct patch_range *r = &patch->ranges[i];
		if (r->hive != p->hive || r->hive_at >= end)
			break;
		if (rv->bytes == 0) {
			rv->hive_at = r->hive_at;
			rv->volume_at = r->volume_at;
			rv->disk_at = r->disk_at;
			rv->file_at = r->file_at;
		}
		rv->bytes += r->changed;
	}
}

/* A sector of the disk as the container places it, whatever of it changes. */
static int place_of_disk(struct building *b, uint64_t disk_at, uint64_t *file_at)
{
	struct image *img = b->s->image;
	uint64_t len = image_info(img)->sector_size, at = disk_at - disk_at % len;
	uint8_t *now = arena_alloc(b->scratch, len, NULL);
	struct write_list extra = {.arena = b->scratch};
	struct placement placed = {.extra = &extra};
	const struct write w = {.off = at, .len = len, .old_bytes = now, .new_bytes = now};
	if (!now || image_read(img, at, now, len, NULL) < 0 ||
	    image_place(img, &w, 1, file_at, &placed, NULL) < 0)
		return -1;
	*file_at += disk_at - at;
	return 0;
}

/* A value that the log held otherwise may lie on the disk as it is wanted: still it has a place. */
static void place_unchanged(struct building *b, const struct placed_edit *p,
			    struct review_value *rv)
{
	const struct hive_file *f = b->hives[p->hive].file;
	const struct patch_file map = hive_file_map(f);
	uint64_t run, file_at;
	if (p->main.len == 0 || map.map(map.file, p->main.at, 1, &rv->volume_at, &run, NULL) < 0)
		return;
	rv->hive_at = p->main.at;
	rv->disk_at = f->partition->start + rv->volume_at;
	if (place_of_disk(b, rv->disk_at, &file_at) == 0)
		rv->file_at = file_at;
}

/*
 * Everything is copied, what value i shares with the one before it once: the review outlives what is
 * staged and the hive that it was made from.
 */
static int fill_value(struct building *b, size_t i, struct review_value *rv, struct err *err)
{
	const struct placed_edit *p = &b->edits[i], *last = i > 0 ? p - 1 : NULL;
	struct edited_hive *h = &b->hives[p->hive];
	bool same_change = last && last->change == p->change;
	bool same_key = last && review_same_key(last, p);
	*rv = (struct review_value){
		.subject = same_change ? rv[-1].subject : text_utf8(b->arena, p->change->subject),
		.key = same_key ? rv[-1].key : text_utf8(b->arena, p->edit->key),
		.name = text_utf8(b->arena, p->edit->name),
		.op = p->edit->op,
		.hive = p->hive,
	};
	struct bcd_key_words element;
	bcd_key_words(h->after.hive, rv->key ? rv->key : "", b->arena, &element);
	rv->element = element.brief;
	rv->element_of = element.whole;
	rv->was_there = edit_words(&h->before, p->edit, b->arena, &rv->was_type, &rv->was);
	rv->is_there = edit_words(&h->after, p->edit, b->arena, &rv->type, &rv->becomes);
	if (!rv->subject || !rv->key || !rv->name || !rv->type || !rv->was_type || !rv->was.plain ||
	    !rv->becomes.plain)
		return no_memory(err);
	place_value(rv, &b->out->patch, p);
	if (rv->bytes == 0)
		place_unchanged(b, p, rv);
	return 0;
}

static int fill_values(struct building *b, struct err *err)
{
	b->out->values = arena_array(b->arena, b->n_staged, sizeof(*b->out->values), err);
	if (!b->out->values)
		return -1;
	b->out->n = b->n_edits;
	for (size_t i = 0; i < b->n_edits; i++)
		if (fill_value(b, i, &b->out->values[i], err) < 0)
			return -1;
	return bytes_review(b->s, &b->request, b->out, err) < 0 ? -1
								: added_review(b->s, b->out, err);
}

/* ---- all of it ---- */

static int build_patch(struct building *b, struct err *err)
{
	struct patch_hive *hives = arena_array(b->scratch, b->n_hives, sizeof(*hives), err);
	if (!hives)
		return -1;
	for (size_t i = 0; i < b->n_hives; i++) {
		const struct edited_hive *h = &b->hives[i];
		b->out->recovered[i] = recovered_words(h->file, b->arena);
		hives[i] = (struct patch_hive){
			.partition_start = h->file->partition->start,
			.file = hive_file_map(h->file),
			.clean = h->file->clean,
			.edited = hive_edit_view(h->file->edit)->bytes,
			.marks = h->marks,
			.n_marks = h->n_marks,
			.unmarked = b->out->recovered[i].plain ? b->out->recovered[i]
							       : said_of("hive bookkeeping"),
		};
	}
	b->request = (struct patch_request){.hives = hives,
					    .n_hives = b->n_hives,
					    .disk.arena = b->arena,
					    .files.arena = b->arena,
					    .container.arena = b->arena};
	if (bytes_staged(b->s, EDIT_DISK_BYTES, &b->request.disk, err) < 0 ||
	    added_sectors(b->s, &b->request.files, err) < 0 ||
	    bytes_staged(b->s, EDIT_CONTAINER_BYTES, &b->request.container, err) < 0)
		return -1;
	return patch_build(b->s->image, &b->request, b->arena, &b->out->patch, err);
}

/* Under another of its names the image does not have its record beside it. */
static int warn_of_links(struct building *b, struct err *err)
{
	struct stat st;
	const char *real_path = image_info(b->s->image)->real_path;
	if (stat(real_path, &st) < 0 || !S_ISREG(st.st_mode) || st.st_nlink < 2)
		return 0;
	struct said words = said_make(b->arena,
				      N_("the image has %lu names (hard links): its undo record is "
					 "found by this one, and by others in the same folder"),
				      (unsigned long)st.st_nlink);
	if (!words.plain)
		return no_memory(err);
	b->out->warnings[b->out->n_warnings++] = words;
	return 0;
}

/* Who will be asked to check the write must be able to read before it. */
static int check_readers(struct building *b, struct err *err)
{
	for (size_t i = 0; i < b->n_hives; i++) {
		struct err why = {0};
		if (b->s->chosen && b->hives[i].file == b->s->chosen->system &&
		    second_opinion(b->s, b->s->chosen, err) < 0)
			return -1;
		if (verify_readable(b->s, b->hives[i].file, &why) == 0)
			continue;
		if (why.code != E_MEMORY)
			guard_unverifiable(b->s, b->hives[i].file, &why);
		return err_pass(err, &why);
	}
	return 0;
}

static int build_all(struct building *b, struct err *err)
{
	struct review *out = b->out;
	if (collect_hives(b, err) < 0 || collect_edits(b, err) < 0 || review_mark(b, err) < 0)
		return -1;
	for (size_t i = 0; i < b->n_hives; i++) {
		const struct hive_recovery *rec = &b->hives[i].file->recovery;
		for (size_t k = 0; rec->recovered && k < rec->n_notes; k++)
			out->warnings[out->n_warnings++] = said_make(
				b->arena, "%s: %s", b->hives[i].file->name,
				said_arg(rec->notes[k], b->arena));
		struct said warning = said_of(NULL);
		if (b->proposed && damage_check(b->hives[i].file, b->hives[i].structural, b->arena,
						&warning, err) < 0)
			return -1;
		if (warning.plain)
			out->warnings[out->n_warnings++] = warning;
	}
	if (build_patch(b, err) < 0 || (b->proposed && check_readers(b, err) < 0) ||
	    warn_of_links(b, err) < 0)
		return -1;
	return fill_values(b, err);
}

static int build(struct session *s, bool proposed, struct review *out, struct err *err)
{
	struct building b = {.s = s,
			     .proposed = proposed,
			     .out = out,
			     .arena = out->arena,
			     .scratch = arena_new()};
	int rc = b.scratch ? build_all(&b, err) : no_memory(err);
	for (size_t i = 0; i < b.n_hives; i++) {
		key_finder_forget(&b.hives[i].before);
		key_finder_forget(&b.hives[i].after);
	}
	arena_free(b.scratch);
	return rc;
}

static int review(struct session *s, bool proposed, struct review *out, struct err *err)
{
	*out = (struct review){.arena = arena_new()};
	if (!out->arena)
		return no_memory(err);
	const struct image_info *info = image_info(s->image);
	const struct record_where where = {info->real_path, s->options.undo_dir};
	out->undo_file = record_home(&where, out->arena);
	out->parent = info->n_parents > 0 ? text_utf8(out->arena, info->parents[0]) : NULL;
	if (!out->undo_file)
		no_memory(err);
	else if (staged_count(s->staged) == 0 || build(s, proposed, out, err) == 0)
		return 0;
	review_free(out);
	return -1;
}

int session_review(struct session *s, struct review *out, struct err *err)
{
	return review(s, true, out, err);
}

int session_preview(struct session *s, struct review *out, struct err *err)
{
	return review(s, false, out, err);
}

void review_free(struct review *r)
{
	arena_free(r->arena);
	*r = (struct review){0};
}
