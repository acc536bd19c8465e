/* SPDX-License-Identifier: MIT */
/*
 * The bytes of an undo record, little-endian, version 1:
 *
 *     0   8  magic "S7BUNDO\n"
 *     8   4  version 1
 *    12   4  bytes of the text pool
 *    16   8  length of the record without its completion mark, a multiple of 512
 *    24   8  image length before the apply, in bytes
 *    32   8  device of the image file     40  8  inode
 *    48   8  time, FILETIME
 *    56   4  number of writes             60  4  number of values
 *    64   4  image path   68  4  container id   72  4  who   (offsets into the text pool)
 *    76   4  zeros                        80  8  image length after the apply
 *    88   8  zeros
 *    96      writes, 16 bytes each: u64 image offset, u32 length, u32 text
 *            values, 32 bytes each: u32 subject, name, was, becomes (texts), u64 image offset,
 *                    u32 length, u32 0
 *            text pool: UTF-8 strings, each with NUL, in the order in which they are named above
 *                    (header, writes, values), each named once
 *            for every write its old bytes, then its new bytes
 *            zeros up to 32 bytes before a multiple of 512, then sha256 of all that stands before
 *   then 512  completion mark: zeros, or "S7BDONE\n", the sha256 again, zeros
 *
 * A record is believed only when its hash is right; every number is checked again after that,
 * because a hash can be forged as easily as a number.
 */
#include "apply_internal.h"

#include <limits.h>
#include <string.h>

#define MAGIC          "S7BUNDO\n"
#define MARK_MAGIC     "S7BDONE\n"
#define MAGIC_LEN      8u
#define RECORD_VERSION 1u
#define HEADER_LEN     96u
#define WRITE_LEN      16u
#define VALUE_LEN      32u
#define RECORD_UNIT    512u
#define ITEMS_MAX      (1u << 20)   /* writes or values; a whole 512 MiB of sectors */
#define RECORD_MAX     (1ull << 31) /* bytes */

/* ---- encoding ---- */

struct layout {
	uint64_t values_at, texts_at, data_at, hash_at, total;
	uint32_t texts_len;
};

static uint64_t text_len(const char *s)
{
	return strlen(s) + 1;
}

static uint64_t texts_length(const struct undo_record *r)
{
	uint64_t n = text_len(r->image_path) + text_len(r->image_id) + text_len(r->who);
	for (size_t i = 0; i < r->writes.n; i++)
		n += text_len(r->writes.items[i].what.plain);
	for (size_t i = 0; i < r->n_values; i++) {
		const struct undo_value *v = &r->values[i];
		n += text_len(v->subject) + text_len(v->name) + text_len(v->was) +
		     text_len(v->becomes);
	}
	return n;
}

static struct layout layout_of(uint64_t n_writes, uint64_t n_values, uint64_t texts_len,
			       uint64_t data_len)
{
	struct layout l = {.texts_len = (uint32_t)texts_len};
	l.values_at = HEADER_LEN + n_writes * WRITE_LEN;
	l.texts_at = l.values_at + n_values * VALUE_LEN;
	l.data_at = l.texts_at + texts_len;
	uint64_t end = l.data_at + data_len + SHA256_LEN;
	l.total = (end + RECORD_UNIT - 1) / RECORD_UNIT * RECORD_UNIT;
	l.hash_at = l.total - SHA256_LEN;
	return l;
}

static uint64_t data_length(const struct write_list *list)
{
	uint64_t n = 0;
	for (size_t i = 0; i < list->n; i++)
		n += 2 * (uint64_t)list->items[i].len;
	return n;
}

struct encoder {
	uint8_t *p;
	uint64_t texts_at, data_at; /* fixed start, next free byte */
	uint32_t texts_used;
};

static uint32_t put_text(struct encoder *e, const char *s)
{
	uint32_t at = e->texts_used;
	memcpy(e->p + e->texts_at + at, s, strlen(s) + 1);
	e->texts_used += (uint32_t)strlen(s) + 1;
	return at;
}

static void put_data(struct encoder *e, const uint8_t *bytes, size_t len)
{
	memcpy(e->p + e->data_at, bytes, len);
	e->data_at += len;
}

static void put_header(struct encoder *e, const struct undo_record *r, const struct layout *l)
{
	uint8_t *p = e->p;
	memcpy(p, MAGIC, MAGIC_LEN);
	put_le32(p + 8, RECORD_VERSION);
	put_le32(p + 12, l->texts_len);
	put_le64(p + 16, l->total);
	put_le64(p + 24, r->image_length);
	put_le64(p + 32, r->device);
	put_le64(p + 40, r->inode);
	put_le64(p + 48, r->created);
	put_le32(p + 56, (uint32_t)r->writes.n);
	put_le32(p + 60, (uint32_t)r->n_values);
	put_le32(p + 64, put_text(e, r->image_path));
	put_le32(p + 68, put_text(e, r->image_id));
	put_le32(p + 72, put_text(e, r->who));
	put_le64(p + 80, r->new_length);
}

static void put_write(struct encoder *e, size_t i, const struct write *w)
{
	uint8_t *p = e->p + HEADER_LEN + i * WRITE_LEN;
	put_le64(p, w->off);
	put_le32(p + 8, (uint32_t)w->len);
	put_le32(p + 12, put_text(e, w->what.plain));
	put_data(e, w->old_bytes, w->len);
	put_data(e, w->new_bytes, w->len);
}

static void put_value(struct encoder *e, uint8_t *p, const struct undo_value *v)
{
	put_le32(p, put_text(e, v->subject));
	put_le32(p + 4, put_text(e, v->name));
	put_le32(p + 8, put_text(e, v->was));
	put_le32(p + 12, put_text(e, v->becomes));
	put_le64(p + 16, v->file_at);
	put_le32(p + 24, v->len);
}

int undo_encode(const struct undo_record *r, struct arena *arena, struct span *out, struct err *err)
{
	uint64_t texts = texts_length(r), data = data_length(&r->writes);
	if (r->writes.n > ITEMS_MAX || r->n_values > ITEMS_MAX || texts > UINT32_MAX ||
	    data > RECORD_MAX / 2)
		return err_set(err, E_MEMORY, "too much to undo: %zu writes", r->writes.n);
	struct layout l = layout_of(r->writes.n, r->n_values, texts, data);
	uint8_t *p = arena_alloc(arena, (size_t)l.total, err);
	if (!p)
		return -1;
	struct encoder e = {.p = p, .texts_at = l.texts_at, .data_at = l.data_at};
	put_header(&e, r, &l);
	for (size_t i = 0; i < r->writes.n; i++)
		put_write(&e, i, &r->writes.items[i]);
	for (size_t i = 0; i < r->n_values; i++)
		put_value(&e, p + l.values_at + i * VALUE_LEN, &r->values[i]);
	sha256_of((struct span){p, (size_t)l.hash_at}, p + l.hash_at);
	*out = (struct span){p, (size_t)l.total};
	return 0;
}

void undo_mark(struct span encoded, uint8_t mark[UNDO_MARK_LEN])
{
	memset(mark, 0, UNDO_MARK_LEN);
	memcpy(mark, MARK_MAGIC, MAGIC_LEN);
	memcpy(mark + MAGIC_LEN, encoded.p + encoded.len - SHA256_LEN, SHA256_LEN);
}

/* ---- decoding ---- */

struct decoder {
	struct span record; /* without the mark */
	struct span texts;
	struct layout layout;
	struct arena *arena;
	struct err *err;
	uint64_t data_at;
	uint64_t texts_used; /* where the next text must stand */
};

static int corrupt(struct decoder *d, const char *what)
{
	return err_set(d->err, E_CORRUPT, "undo record: %s", SAID_ARG(said_of(what)));
}

/* Texts stand in the order of their use: many entries cannot share, and so multiply, a long one. */
static const char *next_text(struct decoder *d, uint64_t at_record)
{
	uint32_t at = le32(d->record, at_record);
	const uint8_t *end = at < d->texts.len ? memchr(d->texts.p + at, 0, d->texts.len - at)
					       : NULL;
	if (at != d->texts_used || !end)
		return NULL;
	d->texts_used = (uint64_t)(end - d->texts.p) + 1;
	return (const char *)d->texts.p + at;
}

static const char *get_text(struct decoder *d, uint64_t at_record)
{
	const char *s = next_text(d, at_record);
	return s ? text_utf8(d->arena, s) : NULL;
}

/* The image path is opened with, so it must come back byte for byte. */
static const char *get_raw_text(struct decoder *d, uint64_t at_record)
{
	const char *s = next_text(d, at_record);
	return s ? arena_strdup(d->arena, s) : NULL;
}

int undo_check_head(struct span head, uint64_t file_length, struct err *err)
{
	if (head.len < MAGIC_LEN || memcmp(head.p, MAGIC, MAGIC_LEN) != 0)
		return err_set(err, E_FORMAT, "this is not an undo record");
	if (le32(head, 8) != RECORD_VERSION)
		return err_set(err, E_UNSUPPORTED,
			       "undo record of version %u; this program knows version %u",
			       le32(head, 8), RECORD_VERSION);
	uint64_t total = le64(head, 16);
	if (total < HEADER_LEN + SHA256_LEN || total > RECORD_MAX || total % RECORD_UNIT != 0 ||
	    file_length != total + UNDO_MARK_LEN)
		return err_set(err, E_CORRUPT,
			       "undo record: its length is wrong; it was not written to the end");
	return 0;
}

static int check_frame(struct decoder *d, struct span bytes)
{
	if (undo_check_head(bytes, bytes.len, d->err) < 0)
		return -1;
	uint64_t total = bytes.len - UNDO_MARK_LEN;
	d->record = span_sub(bytes, 0, total);
	uint8_t hash[SHA256_LEN];
	sha256_of(span_sub(bytes, 0, total - SHA256_LEN), hash);
	if (memcmp(hash, bytes.p + total - SHA256_LEN, SHA256_LEN) != 0)
		return corrupt(d, "its checksum is wrong");
	return 0;
}

static int check_layout(struct decoder *d)
{
	uint64_t n_writes = le32(d->record, 56), n_values = le32(d->record, 60), data = 0;
	if (n_writes > ITEMS_MAX || n_values > ITEMS_MAX)
		return corrupt(d, "too many entries");
	if (!span_holds(d->record, HEADER_LEN, n_writes * WRITE_LEN))
		return corrupt(d, "its list of writes does not fit");
	for (uint64_t i = 0; i < n_writes; i++)
		data += 2 * (uint64_t)le32(d->record, HEADER_LEN + i * WRITE_LEN + 8);
	d->layout = layout_of(n_writes, n_values, le32(d->record, 12), data);
	if (d->layout.total != d->record.len)
		return corrupt(d, "its lists do not add up to its length");
	d->texts = span_sub(d->record, d->layout.texts_at, d->layout.texts_len);
	d->data_at = d->layout.data_at;
	return 0;
}

static bool is_zero(const uint8_t *p, size_t len)
{
	return len == 0 || (p[0] == 0 && memcmp(p, p + 1, len - 1) == 0);
}

/* A write crosses neither the old end of the image nor the new one; behind the old one there
 * was nothing. */
static bool fits_image(const struct undo_record *r, const struct write *w)
{
	bool behind = w->off >= r->image_length;
	uint64_t end = behind ? r->new_length : r->image_length;
	return w->off < end && w->len <= end - w->off && (!behind || is_zero(w->old_bytes, w->len));
}

static int get_write(struct decoder *d, uint64_t i, const struct undo_record *r, struct write *w)
{
	uint64_t at = HEADER_LEN + i * WRITE_LEN;
	w->off = le64(d->record, at);
	w->len = le32(d->record, at + 8);
	w->what = said_of(get_text(d, at + 12));
	w->old_bytes = d->record.p + d->data_at;
	w->new_bytes = w->old_bytes + w->len;
	d->data_at += 2 * (uint64_t)w->len;
	if (!w->what.plain || w->len == 0)
		return corrupt(d, "an entry is damaged");
	if (!fits_image(r, w))
		return corrupt(d, "an entry lies outside the image");
	return 0;
}

static int get_writes(struct decoder *d, struct undo_record *out)
{
	uint32_t n = le32(d->record, 56);
	out->writes.arena = d->arena;
	for (uint32_t i = 0; i < n; i++) {
		struct write w;
		if (get_write(d, i, out, &w) < 0 || writes_take(&out->writes, &w, d->err) < 0)
			return -1;
	}
	return writes_sort(&out->writes, d->err);
}

static int get_values(struct decoder *d, struct undo_record *out)
{
	out->n_values = le32(d->record, 60);
	out->values = arena_array(d->arena, out->n_values, sizeof(*out->values), d->err);
	if (!out->values)
		return -1;
	for (size_t i = 0; i < out->n_values; i++) {
		uint64_t at = d->layout.values_at + i * VALUE_LEN;
		struct undo_value *v = &out->values[i];
		v->subject = get_text(d, at);
		v->name = get_text(d, at + 4);
		v->was = get_text(d, at + 8);
		v->becomes = get_text(d, at + 12);
		v->file_at = le64(d->record, at + 16);
		v->len = le32(d->record, at + 24);
		if (!v->subject || !v->name || !v->was || !v->becomes)
			return corrupt(d, "a value is damaged");
	}
	return 0;
}

static bool is_complete(struct span bytes, struct span record)
{
	uint8_t mark[UNDO_MARK_LEN];
	undo_mark(record, mark);
	return memcmp(bytes.p + record.len, mark, UNDO_MARK_LEN) == 0;
}

int undo_decode(struct span bytes, struct arena *arena, struct undo_record *out, struct err *err)
{
	*out = (struct undo_record){0};
	struct decoder d = {.arena = arena, .err = err};
	if (check_frame(&d, bytes) < 0 || check_layout(&d) < 0)
		return -1;
	out->image_length = le64(d.record, 24);
	out->new_length = le64(d.record, 80);
	out->device = le64(d.record, 32);
	out->inode = le64(d.record, 40);
	out->created = le64(d.record, 48);
	out->image_path = get_raw_text(&d, 64);
	out->image_id = get_text(&d, 68);
	out->who = get_text(&d, 72);
	out->complete = is_complete(bytes, d.record);
	if (out->new_length < out->image_length)
		return corrupt(&d, "its lengths of the image contradict each other");
	if (!out->image_path || !out->image_id || !out->who)
		return corrupt(&d, "its texts are damaged");
	return get_writes(&d, out) < 0 || get_values(&d, out) < 0 ? -1 : 0;
}
