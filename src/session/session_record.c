/* SPDX-License-Identifier: MIT */
/*
 * Which undo record is the image's. change/ finds names; here their content decides: container
 * identifier and length, and where these prove nothing (a raw disk at another path, a record named
 * after another disk, an image that no longer opens as its container) every byte of it. An unfinished
 * record counts before a complete one, wherever it lies.
 */
#include "session_internal.h"

#include <stdio.h>
#include <string.h>

#include "stop7b/lock.h"
#include "stop7b/records.h"

/* What could be the session's record. */
struct candidate {
	const struct record_at *at;
	struct undo_record record;
	struct undo_check check;
	struct err unread; /* why its bytes could not be compared */
};

/* An image that could only be opened as plain bytes has no identifier to compare. */
static int record_fits(const struct session *s, const struct undo_record *r, struct err *err)
{
	struct image_info info = *image_info(s->image);
	if (s->plain)
		snprintf(info.id, sizeof(info.id), "%s", r->image_id);
	return undo_fits(r, &info, err);
}

static bool bytes_must_prove(const struct session *s, const struct candidate *c)
{
	const struct image_info *info = image_info(s->image);
	bool named = !s->plain && info->id[0];
	return c->at->stray || s->options.record ||
	       (!named && strcmp(c->record.image_path, info->real_path) != 0);
}

/* Old bytes alone prove nothing about a record that another disk may still need. */
static int judge_bytes(struct session *s, struct candidate *c, struct err *err)
{
	bool prove = bytes_must_prove(s, c);
	const char *real_path = image_info(s->image)->real_path;
	if (c->record.complete && !prove)
		return 0;
	if (c->at->stray && record_is_anothers(c->at->path, &c->record, real_path, s->arena))
		return err_set(err, E_NORECORD, "the undo record is of %s", c->record.image_path);
	if (undo_compare(&c->record, s->image, s->arena, &c->check, &c->unread) < 0)
		c->check.state = UNDO_FOREIGN;
	bool ours = c->record.complete ? c->check.state == UNDO_NEW
				       : c->check.state != UNDO_FOREIGN;
	return ours || !prove ? 0
			      : err_set(err, E_CHANGED,
					"the undo record is of %s, and its bytes "
					"are not those of this image",
					c->record.image_path);
}

static int look_at(struct session *s, struct candidate *c, struct err *err)
{
	if (record_load(c->at->path, image_info(s->image)->real_path, s->arena, &c->record, err) <
	    0)
		return -1;
	return record_fits(s, &c->record, err) < 0 ? -1 : judge_bytes(s, c, err);
}

static void take(struct session *s, const struct candidate *c)
{
	struct err err = {0};
	s->record = c->record;
	s->record_path = c->at->path;
	s->has_undo = c->record.complete;
	s->record_kept = s->options.record &&
			 record_is_anothers(s->record_path, &s->record,
					    image_info(s->image)->real_path, s->arena);
	if (c->record.complete)
		return;
	if (lock_probe(image_info(s->image)->real_path, &err) < 0 && err.code == E_LOCKED) {
		err_set(&s->record_error, E_LOCKED, "another stop7b is writing this image");
		return; /* unfinished, not interrupted */
	}
	s->interrupted = true;
	s->recovery = c->check;
	s->record_error = c->unread;
}

static void choose(struct session *s, const struct record_list *list)
{
	struct candidate best = {0};
	struct err first = list->unread;
	for (size_t i = 0; i < list->n && !(best.at && !best.record.complete); i++) {
		struct candidate c = {.at = &list->items[i]};
		struct err why = {0};
		if (!c.at->newest)
			continue;
		if (look_at(s, &c, &why) < 0) {
			if (first.code == E_OK && !c.at->stray && why.code != E_NORECORD)
				first = why;
		} else if (!best.at || !c.record.complete) {
			best = c;
		}
	}
	if (best.at)
		take(s, &best);
	else
		s->record_error = first;
}

void session_find_record(struct session *s)
{
	const struct record_where where = {image_info(s->image)->real_path, s->options.undo_dir};
	const char *given = s->options.record;
	struct record_list list;
	s->has_undo = s->interrupted = false;
	s->record_path = NULL;
	s->record_kept = false;
	err_clear(&s->record_error);
	if (given) {
		struct record_at at = {.path = given, .newest = true};
		list = (struct record_list){.items = &at, .n = 1};
		choose(s, &list);
		if (s->record_error.code == E_OK && !s->record_path)
			err_set(&s->record_error, E_NORECORD, "%s: no such file", given);
	} else if (records_find(&where, s->arena, &list, &s->record_error) == 0) {
		choose(s, &list);
	}
}

/* Of a disk that was moved since: where the record was made. */
const char *session_record_origin(const struct session *s)
{
	const char *real_path = image_info(s->image)->real_path;
	if ((!s->interrupted && !s->has_undo) || strcmp(s->record.image_path, real_path) == 0)
		return NULL;
	return text_utf8(s->arena, s->record.image_path);
}
