/* SPDX-License-Identifier: MIT */
/*
 * Staged bytes that belong to no hive: those of the disk (partition table, boot sectors) and those
 * of the image file itself (a damaged footer copy). They become a list of writes with what stands
 * there now, lines of the review, and what is read back afterwards.
 *
 * Of two edits of the same bytes the later counts; edits that overlap otherwise are refused. Bytes of
 * the image file are what everything else is placed by, so they are staged alone.
 */
#include "session_internal.h"

#include <stdlib.h>
#include <string.h>

#define SHOWN_BYTES 16u /* of what was there and what will be */

static const enum edit_kind kinds[BYTE_KINDS] = {EDIT_DISK_BYTES, EDIT_CONTAINER_BYTES};
static const char *const names[BYTE_KINDS] = {"disk", "image file"};

/* ---- what is staged ---- */

/* The i-th staged edit of all changes, NULL behind the last. */
static const struct edit *staged_edit(const struct session *s, size_t i, const char **subject)
{
	for (size_t c = 0; c < staged_count(s->staged); c++) {
		const struct change *change = staged_get(s->staged, c);
		*subject = change->subject;
		if (i < change->n)
			return &change->edits[i];
		i -= change->n;
	}
	return NULL;
}

static size_t count_kind(const struct session *s, enum edit_kind kind)
{
	const char *subject;
	const struct edit *e;
	size_t n = 0;
	for (size_t i = 0; (e = staged_edit(s, i, &subject)); i++)
		n += e->kind == kind;
	return n;
}

static int read_now(struct session *s, const struct edit *e, uint8_t *buf, struct err *err)
{
	return e->kind == EDIT_DISK_BYTES ? image_read(s->image, e->at, buf, e->data.len, err)
					  : image_read_file(s->image, e->at, buf, e->data.len, err);
}

static int add_bytes(struct session *s, const struct edit *e, struct write_list *out,
		     struct err *err)
{
	uint8_t *now = arena_alloc(out->arena, e->data.len, err);
	if (!now)
		return -1;
	if (e->data.len == 0 || read_now(s, e, now, err) < 0)
		return err_at(err, "%s", e->meaning);
	const struct write w = {e->at, e->data.len, now, e->data.p, said_of(e->meaning)};
	for (size_t i = 0; i < out->n; i++)
		if (out->items[i].off == w.off && out->items[i].len == w.len) {
			out->items[i].new_bytes = arena_copy(out->arena, w.new_bytes, w.len);
			return out->items[i].new_bytes ? 0 : no_memory(err);
		}
	return writes_add(out, &w, err);
}

int bytes_staged(struct session *s, enum edit_kind kind, struct write_list *out, struct err *err)
{
	const char *subject;
	const struct edit *e;
	for (size_t i = 0; (e = staged_edit(s, i, &subject)); i++)
		if (e->kind == kind && add_bytes(s, e, out, err) < 0)
			return -1;
	return writes_sort(out, err);
}

/* ---- the disk as it would be ---- */

static int check_alone(const struct session *s, struct err *err)
{
	size_t n = count_kind(s, EDIT_CONTAINER_BYTES);
	const char *subject;
	size_t all = 0;
	while (staged_edit(s, all, &subject))
		all++;
	if (n == 0 || n == all)
		return 0;
	return err_set(err, E_GUARD,
		       "a repair of the image file itself is written alone: everything else is "
		       "placed by what it mends");
}

static int guard_bytes(struct session *s, size_t kind, struct err *err)
{
	struct hive_file *f = s->bytes[kind];
	s->bytes[kind] = NULL;
	bool files = kinds[kind] == EDIT_DISK_BYTES && added_any(s);
	if (count_kind(s, kinds[kind]) == 0 && !files)
		return 0;
	if (!f) {
		f = arena_alloc(s->arena, sizeof(*f), err);
		if (!f)
			return -1;
		*f = (struct hive_file){.name = names[kind], .log = "none"};
		guards_of_bytes(s, f, kinds[kind]);
	}
	s->bytes[kind] = f;
	return 0;
}

int bytes_rebuild(struct session *s, struct err *err)
{
	struct write_list own = {.arena = s->scratch};
	s->edited_bytes = (struct write_list){.arena = s->scratch};
	if (check_alone(s, err) < 0 ||
	    bytes_staged(s, EDIT_DISK_BYTES, &s->edited_bytes, err) < 0 ||
	    added_sectors(s, &s->edited_bytes, err) < 0 ||
	    bytes_staged(s, EDIT_CONTAINER_BYTES, &own, err) < 0)
		return -1;
	for (size_t i = 0; i < BYTE_KINDS; i++)
		if (guard_bytes(s, i, err) < 0)
			return -1;
	if (s->edited_bytes.n == 0)
		return 0;
	s->edited_image = image_open_overlay(s->image, &s->edited_bytes, err);
	return s->edited_image ? 0 : -1;
}

const struct hive_file *session_changed(const struct session *s, size_t i)
{
	for (size_t h = 0; h < s->n_hives; h++)
		if (s->hives[h]->edit && i-- == 0)
			return s->hives[h];
	for (size_t k = 0; k < BYTE_KINDS; k++)
		if (s->bytes[k] && i-- == 0)
			return s->bytes[k];
	return NULL;
}

/* ---- the review ---- */

static const char *hex_words(const uint8_t *p, size_t len, struct arena *arena)
{
	char text[3 * SHOWN_BYTES + 1] = "";
	size_t n = len < SHOWN_BYTES ? len : SHOWN_BYTES;
	for (size_t i = 0; i < n; i++) {
		static const char digits[] = "0123456789abcdef";
		text[3 * i] = digits[p[i] >> 4];
		text[3 * i + 1] = digits[p[i] & 15];
		text[3 * i + 2] = i + 1 < n ? ' ' : '\0';
	}
	return arena_printf(arena, "%s%s", text, n < len ? " ..." : "");
}

/* Who asked for the bytes there; the last one counts. */
static const char *subject_of(const struct session *s, enum edit_kind kind, uint64_t at)
{
	const char *subject, *found = "";
	const struct edit *e;
	for (size_t i = 0; (e = staged_edit(s, i, &subject)); i++)
		if (e->kind == kind && e->at == at)
			found = subject;
	return found;
}

static void find_bytes(const struct patch *p, const struct write *w, struct review_value *rv)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct patch_range *r = &p->ranges[i];
		if (r->hive != rv->hive || r->hive_at < w->off || r->hive_at >= w->off + w->len)
			continue;
		if (rv->bytes == 0) {
			rv->disk_at = r->disk_at;
			rv->file_at = r->file_at;
		}
		rv->bytes += r->changed;
	}
}

static int add_line(struct session *s, struct review *out, size_t kind, const struct write *w,
		    struct err *err)
{
	struct review_value rv = {
		.kind = kinds[kind],
		.subject = arena_strdup(out->arena, subject_of(s, kinds[kind], w->off)),
		.key = arena_printf(out->arena, "%s byte 0x%llx", names[kind],
				    (unsigned long long)w->off),
		.name = w->what.plain,
		.op = HIVE_SET,
		.hive = out->n_hives + kind,
		.type = "bytes",
		.was_type = "bytes",
		.was = said_as_is(hex_words(w->old_bytes, w->len, out->arena)),
		.becomes = said_as_is(hex_words(w->new_bytes, w->len, out->arena)),
		.was_there = true,
		.is_there = true,
	};
	if (!rv.subject || !rv.key || !rv.was.plain || !rv.becomes.plain)
		return no_memory(err);
	find_bytes(&out->patch, w, &rv);
	if (rv.bytes > 0)
		out->values[out->n++] = rv;
	return 0;
}

int bytes_review(struct session *s, const struct patch_request *request, struct review *out,
		 struct err *err)
{
	const struct write_list *lists[BYTE_KINDS] = {&request->disk, &request->container};
	for (size_t k = 0; k < BYTE_KINDS; k++)
		for (size_t i = 0; i < lists[k]->n; i++)
			if (add_line(s, out, k, &lists[k]->items[i], err) < 0)
				return -1;
	return 0;
}

const char *bytes_name(size_t kind)
{
	return names[kind];
}

/* ---- read back ---- */

static int read_again(struct image *img, size_t kind, const struct write *w, struct arena *arena,
		      struct err *err)
{
	uint8_t *is = arena_alloc(arena, w->len, err);
	if (!is ||
	    (kinds[kind] == EDIT_DISK_BYTES ? image_read(img, w->off, is, w->len, err)
					    : image_read_file(img, w->off, is, w->len, err)) < 0)
		return -1;
	if (memcmp(is, w->new_bytes, w->len) == 0)
		return 0;
	return err_set(err, E_CHANGED, "the bytes read back are not those that were written (%s)",
		       said_arg(w->what, arena));
}

int bytes_verify(struct image *img, const struct write_list lists[BYTE_KINDS], struct arena *arena,
		 struct err *err)
{
	for (size_t k = 0; k < BYTE_KINDS; k++)
		for (size_t i = 0; i < lists[k].n; i++)
			if (read_again(img, k, &lists[k].items[i], arena, err) < 0)
				return -1;
	return 0;
}
