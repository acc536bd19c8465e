/* SPDX-License-Identifier: MIT */
/*
 * The review: every staged value with what it was and becomes, and the complete list of image
 * bytes that would be written, computed from the edited hive. What is built here is what apply
 * writes; nothing is computed again after a person said yes.
 */
#include "session_internal.h"

#include <string.h>

#define KEY_TIME_AT 4u	    /* last-written time inside an nk record; regf specification */
#define BIN_TIME_AT 20u	    /* backup of the hive's time inside the first bin's header */
#define FILETIME_LEN 8u
#define MARKS_PER_EDIT 2u   /* the value, its key's time */
#define MARKS_OF_HIVE 2u    /* base block, first bin's time */
#define SHOWN_BYTES 16u	    /* of binary data in a review line */

struct marks {
	struct patch_mark *items;
	size_t n;
};

static void add_mark(struct marks *m, uint64_t at, uint64_t len, const char *what, bool value)
{
	m->items[m->n++] = (struct patch_mark){at, len, what, value};
}

static int mark_edit(struct session *s, const struct change *change, const struct edit *e,
		     struct review *out, struct marks *m, struct err *err)
{
	struct key k;
	struct value v;
	if (key_find(hive_root(&s->chosen->hive), e->key, &k, err) < 0 ||
	    value_find(k, e->name, &v, err) < 0)
		return err_at(err, "%s", e->key);
	bool by_hand = strchr(change->subject, '\\') != NULL;
	add_mark(m, value_data_at(v), v.in_line ? 4 : v.size,
		 by_hand ? arena_strdup(out->arena, change->subject)
			 : arena_printf(out->arena, "%s %s", change->subject, e->name),
		 true);
	add_mark(m, key_at(k) + KEY_TIME_AT, FILETIME_LEN,
		 arena_printf(out->arena, "time of key %s", e->key), false);
	return 0;
}

static int collect_marks(struct session *s, struct review *out, struct marks *m, struct err *err)
{
	m->items = arena_array(out->arena, out->n * MARKS_PER_EDIT + MARKS_OF_HIVE,
			       sizeof(*m->items), err);
	if (!m->items)
		return -1;
	add_mark(m, 0, HIVE_BASE, "hive header", false);
	add_mark(m, HIVE_BASE + BIN_TIME_AT, FILETIME_LEN, "time in the first hive bin", false);
	for (size_t i = 0; i < plan_count(s->plan); i++) {
		const struct change *change = plan_get(s->plan, i);
		for (size_t j = 0; j < change->n; j++)
			if (mark_edit(s, change, &change->edits[j], out, m, err) < 0)
				return -1;
	}
	return 0;
}

/* ---- words ---- */

static char *hex_words(struct arena *arena, struct span data)
{
	char text[3 * SHOWN_BYTES + 3] = "";
	size_t n = data.len < SHOWN_BYTES ? data.len : SHOWN_BYTES;
	for (size_t i = 0; i < n; i++) {
		static const char hex[] = "0123456789abcdef";
		text[3 * i] = hex[data.p[i] >> 4];
		text[3 * i + 1] = hex[data.p[i] & 15];
		text[3 * i + 2] = ' ';
	}
	return arena_printf(arena, "%s%s", text, data.len > n ? ".." : "");
}

static bool is_start(const char *name, const char *key)
{
	size_t len = strlen(key);
	static const char override[] = "\\StartOverride";
	size_t tail = sizeof(override) - 1;
	return text_equal(name, "Start") ||
	       (len > tail && text_equal(key + len - tail, override));
}

static const char *value_words(const struct hive *h, const struct edit *e, struct arena *arena)
{
	struct key k;
	struct value v;
	struct span data;
	uint32_t number;
	char *text;
	if (key_find(hive_root(h), e->key, &k, NULL) < 0 || value_find(k, e->name, &v, NULL) < 0)
		return "absent";
	if (value_u32(v, &number, NULL) == 0) {
		const char *words = is_start(e->name, e->key) ? start_name(number) : "";
		return arena_printf(arena, "%u%s%s", number, *words ? " " : "", words);
	}
	if ((v.type == REG_SZ || v.type == REG_EXPAND_SZ) && value_text(v, arena, &text, NULL) == 0)
		return arena_printf(arena, "\"%s\"", text);
	return value_data(v, arena, &data, NULL) == 0 ? hex_words(arena, data) : "unreadable";
}

static const char *type_words(const struct edit *e, struct arena *arena)
{
	const char *name = reg_type_name(e->type);
	return name ? name : arena_printf(arena, "type 0x%x", e->type);
}

/* ---- one line per edit ---- */

static void place_value(struct review_value *rv, const struct patch *patch,
			const struct patch_mark *mark)
{
	for (size_t i = 0; i < patch->n; i++) {
		const struct patch_range *r = &patch->ranges[i];
		if (r->hive_at < mark->at || r->hive_at >= mark->at + mark->len)
			continue;
		if (rv->bytes == 0) {
			rv->hive_at = r->hive_at;
			rv->volume_at = r->volume_at;
			rv->disk_at = r->disk_at;
			rv->file_at = r->file_at;
		}
		rv->bytes += r->len;
	}
}

/* Everything is copied: the review outlives the plan and the hive that it was made from. */
static int fill_value(struct session *s, const struct change *change, const struct edit *e,
		      struct review *out, struct review_value *rv, struct err *err)
{
	*rv = (struct review_value){
	    .subject = arena_strdup(out->arena, change->subject),
	    .key = arena_strdup(out->arena, e->key),
	    .name = arena_strdup(out->arena, e->name),
	    .type = type_words(e, out->arena),
	    .was = value_words(&s->chosen->hive, e, out->arena),
	    .becomes = value_words(hive_edit_view(s->edit), e, out->arena),
	};
	if (!rv->subject || !rv->key || !rv->name || !rv->type || !rv->was || !rv->becomes)
		return err_set(err, E_MEMORY, "no memory");
	return 0;
}

static int fill_values(struct session *s, struct review *out, const struct marks *m,
		       struct err *err)
{
	size_t n = 0;
	for (size_t i = 0; i < plan_count(s->plan); i++) {
		const struct change *change = plan_get(s->plan, i);
		for (size_t j = 0; j < change->n; j++, n++) {
			if (fill_value(s, change, &change->edits[j], out, &out->values[n], err) < 0)
				return -1;
			place_value(&out->values[n], &out->patch,
				    &m->items[MARKS_OF_HIVE + n * MARKS_PER_EDIT]);
		}
	}
	return 0;
}

static size_t count_edits(const struct session *s)
{
	size_t n = 0;
	for (size_t i = 0; i < plan_count(s->plan); i++)
		n += plan_get(s->plan, i)->n;
	return n;
}

static int build(struct session *s, struct review *out, struct err *err)
{
	struct marks m = {0};
	out->n = count_edits(s);
	out->values = arena_array(out->arena, out->n, sizeof(*out->values), err);
	if (!out->values || collect_marks(s, out, &m, err) < 0)
		return -1;
	const struct patch_hive hive = {
	    .partition_start = s->chosen->partition->start,
	    .file = s->chosen->file,
	    .clean = s->chosen->clean,
	    .edited = hive_edit_view(s->edit)->bytes,
	    .marks = m.items,
	    .n_marks = m.n,
	    .unmarked = s->chosen->recovery.recovered ? "page recovered from the hive's log"
						      : "hive bookkeeping",
	};
	if (patch_build(s->image, &hive, 1, out->arena, &out->patch, err) < 0)
		return -1;
	return fill_values(s, out, &m, err);
}

int session_review(struct session *s, struct review *out, struct err *err)
{
	*out = (struct review){.arena = arena_new()};
	if (!out->arena)
		return err_set(err, E_MEMORY, "no memory");
	if (!s->chosen) {
		review_free(out);
		return err_set(err, E_NOWINDOWS, "no Windows is chosen");
	}
	out->hive_words = arena_printf(out->arena, "P%u:%s", s->chosen->partition->number,
				       s->chosen->place.hive_path);
	out->undo_file = undo_path(image_info(s->image)->real_path, s->options.undo_dir, 0,
				   out->arena);
	const struct image_info *info = image_info(s->image);
	out->parent = info->n_parents > 0 ? text_utf8(out->arena, info->parents[0]) : NULL;
	if (!out->hive_words || !out->undo_file)
		err_set(err, E_MEMORY, "no memory");
	else if (plan_count(s->plan) == 0 || build(s, out, err) == 0)
		return 0;
	review_free(out);
	return -1;
}

void review_free(struct review *r)
{
	arena_free(r->arena);
	*r = (struct review){0};
}
