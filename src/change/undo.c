/* SPDX-License-Identifier: MIT */
/*
 * What an undo record means for an image: whether it belongs to it, and byte by byte whether the
 * image holds old bytes, new bytes, a mix, or something foreign. Where the image lies and which
 * file it is (path, device, inode) decides nothing: disks are renamed, copied and mounted elsewhere
 * between an apply and its undo.
 */
#include "stop7b/undo.h"

#include <stdlib.h>
#include <string.h>

/* After an apply the image has its new length; an interrupted one may have any in between. */
static bool length_fits(const struct undo_record *r, uint64_t length)
{
	uint64_t least = r->complete ? r->new_length : r->image_length;
	return length >= least && length <= r->new_length;
}

int undo_fits(const struct undo_record *r, const struct image_info *info, struct err *err)
{
	if (strcmp(r->image_id, info->id) != 0)
		return err_set(err, E_CHANGED,
			       "the undo record is of a disk with id %s, this one has id %s",
			       r->image_id, info->id);
	if (!length_fits(r, info->file_size))
		return err_set(err, E_CHANGED,
			       "the image is %llu bytes long, it was %llu when it was changed",
			       (unsigned long long)info->file_size,
			       (unsigned long long)r->new_length);
	return 0;
}

/* What the bytes of one stretch are, from byte-wise comparison; notes the first foreign byte. */
static enum undo_state state_of(const struct write *w, const uint8_t *is, struct undo_check *check)
{
	bool all_old = true, all_new = true;
	for (size_t i = 0; i < w->len; i++) {
		bool is_old = is[i] == w->old_bytes[i], is_new = is[i] == w->new_bytes[i];
		if (!is_old && !is_new) {
			if (check->foreign_at == UINT64_MAX) {
				check->foreign_at = w->off + i;
				check->foreign_byte = is[i];
			}
			return UNDO_FOREIGN;
		}
		all_old &= is_old;
		all_new &= is_new;
	}
	return all_old ? UNDO_OLD : all_new ? UNDO_NEW : UNDO_MIXED;
}

static enum undo_state together(const enum undo_state *states, size_t n)
{
	enum undo_state all = n > 0 ? states[0] : UNDO_OLD;
	for (size_t i = 0; i < n; i++) {
		if (states[i] == UNDO_FOREIGN)
			return UNDO_FOREIGN;
		if (states[i] != all)
			all = UNDO_MIXED;
	}
	return all;
}

/* The last write that begins at or before byte at; writes.n when there is none. */
static size_t write_before(const struct write_list *list, uint64_t at)
{
	size_t low = 0, high = list->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (list->items[middle].off <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 ? low - 1 : list->n;
}

/* A value's bytes lie inside one write; its state is that of this part alone. */
static enum undo_state value_state(const struct undo_record *r, const struct undo_value *v,
				   uint8_t *const *is, struct undo_check *check)
{
	size_t i = write_before(&r->writes, v->file_at);
	if (i == r->writes.n || v->file_at - r->writes.items[i].off >= r->writes.items[i].len)
		return UNDO_FOREIGN;
	const struct write *w = &r->writes.items[i];
	size_t in = (size_t)(v->file_at - w->off);
	size_t len = v->len < w->len - in ? v->len : w->len - in;
	const struct write part = {v->file_at, len, w->old_bytes + in, w->new_bytes + in, w->what};
	return state_of(&part, is[i] + in, check);
}

static uint8_t **read_all(const struct undo_record *r, struct image *img, struct arena *arena,
			  struct err *err)
{
	uint8_t **is = arena_array(arena, r->writes.n, sizeof(uint8_t *), err);
	for (size_t i = 0; is && i < r->writes.n; i++) {
		const struct write *w = &r->writes.items[i];
		uint64_t size = image_info(img)->file_size;
		uint64_t there = size > w->off ? size - w->off : 0;
		size_t len = there < w->len ? (size_t)there : w->len;
		is[i] = arena_alloc(arena, w->len, err); /* zeros where the file ends before */
		if (!is[i] || (len > 0 && image_read_file(img, w->off, is[i], len, err) < 0))
			return NULL;
	}
	return is;
}

int undo_compare(const struct undo_record *r, struct image *img, struct arena *arena,
		 struct undo_check *out, struct err *err)
{
	*out = (struct undo_check){.foreign_at = UINT64_MAX};
	uint8_t **is = read_all(r, img, arena, err);
	out->writes = arena_array(arena, r->writes.n, sizeof(*out->writes), err);
	out->values = arena_array(arena, r->n_values, sizeof(*out->values), err);
	if (!is || !out->writes || !out->values)
		return -1;
	for (size_t i = 0; i < r->writes.n; i++)
		out->writes[i] = state_of(&r->writes.items[i], is[i], out);
	for (size_t i = 0; i < r->n_values; i++)
		out->values[i] = value_state(r, &r->values[i], is, out);
	out->state = together(out->writes, r->writes.n);
	return 0;
}
