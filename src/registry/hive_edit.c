/* SPDX-License-Identifier: MIT */
/*
 * Edits on a copy of a hive: the copy, the calls, and how a hive is left at the end. What an edit
 * does is in the files beside this one: values, keys, subkey lists, cells, and the journal that
 * takes back an edit which cannot be done whole.
 *
 * A clean hive is left clean: both sequence numbers one above the greatest of its own and of what
 * its logs still carry, so that no entry left there can be taken for newer. The base block's time belongs to the log format:
 * writers up to Windows 8 set it at every flush and match their logs by it, later ones leave it
 * at 0 or at what the installation image had. The hive itself tells which: a writer that keeps
 * the time never leaves the root key newer than the base block.
 *
 * Source: msuhanov/regf, "Windows registry file format specification", "Base block" and
 * "Transaction log files".
 */
#include "hive_edit_internal.h"

#include <stdlib.h>
#include <string.h>

#define MINOR_MAX    6u /* versions above are not known to exist */
#define CLUSTERING   1u
#define UPCASE_BYTES 0x20000u /* a table of 65536 units */

int hive_edit_allowed(const struct hive *h, struct err *err)
{
	if (h->clustering != CLUSTERING || h->minor < DB_MINOR - 1 || h->minor > MINOR_MAX)
		return err_set(err, E_GUARD, "no rules to write version 1.%u, clustering factor %u",
			       h->minor, h->clustering);
	if (h->damaged_bin != HIVE_NONE)
		return err_set(err, E_GUARD, "the hive is damaged: bad bin at 0x%x",
			       h->damaged_bin);
	return 0;
}

/* Does the program that writes this hive keep the base block's time? See the top of the file. */
static bool keeps_time(const struct hive *h)
{
	return h->written != 0 && h->written >= key_written(hive_root(h));
}

struct hive_edit *hive_edit_open(const struct hive *h, struct err *err)
{
	if (hive_edit_allowed(h, err))
		return NULL;
	struct hive_edit *e = calloc(1, sizeof(*e));
	if (e) {
		*e = (struct hive_edit){
			.view = *h, .keeps_time = keeps_time(h), .above = h->sequence[0]};
		e->finder.hive = &e->view;
		e->limit = h->bytes.len;
		e->copy = arena_new();
	}
	if (e && e->copy)
		e->bytes = arena_alloc(e->copy, h->bytes.len, NULL);
	if (!e || !e->bytes) {
		hive_edit_close(e);
		return err_null(err, E_MEMORY, "no memory for a hive of %zu bytes", h->bytes.len);
	}
	memcpy(e->bytes, h->bytes.p, h->bytes.len);
	e->view.bytes.p = e->bytes;
	return e;
}

void hive_edit_close(struct hive_edit *e)
{
	if (!e)
		return;
	edit_cells_free(e);
	edit_bounds_free(e);
	key_finder_forget(&e->finder);
	edit_journal_free(e);
	arena_free(e->arena);
	arena_free(e->copy);
	free(e);
}

const struct hive *hive_edit_view(const struct hive_edit *e)
{
	return &e->view;
}

void hive_edit_limit(struct hive_edit *e, uint64_t bytes)
{
	e->limit = bytes;
}

/* Numbers count modulo 2^32. */
void hive_edit_above(struct hive_edit *e, uint32_t sequence)
{
	if (sequence - e->above <= INT32_MAX)
		e->above = sequence;
}

void hive_edit_replaces(struct hive_edit *e)
{
	e->changed = true;
}

void hive_edit_upcase(struct hive_edit *e, struct span table)
{
	e->upcase = table.len == UPCASE_BYTES ? table : (struct span){0};
}

static int new_arena(struct hive_edit *e, struct err *err)
{
	arena_free(e->arena);
	e->arena = arena_new();
	return e->arena ? 0 : err_set(err, E_MEMORY, "no memory for an edit");
}

/* Bytes of the caller, copied when they are bytes of the copy that is about to change. */
static int own_data(struct hive_edit *e, struct span *data, struct err *err)
{
	uintptr_t from = (uintptr_t)e->bytes, p = (uintptr_t)data->p;
	if (new_arena(e, err))
		return -1;
	if (data->len == 0 || p < from || p - from >= e->view.bytes.len)
		return 0;
	data->p = arena_copy(e->arena, data->p, data->len);
	return data->p ? 0 : err_set(err, E_MEMORY, "no memory for %zu bytes", data->len);
}

static const char *shown(const char *name)
{
	return *name ? name : "(default)";
}

int hive_edit_set(struct hive_edit *e, const char *key_path, const char *name, uint32_t type,
		  struct span data, uint64_t when, struct err *err)
{
	struct key k;
	if (key_finder_find(&e->finder, hive_root(&e->view), key_path, &k, err))
		return -1;
	edit_begin(e);
	int result = own_data(e, &data, err) || edit_check_key(k, err) ||
				     edit_set_value(e, k, name, type, data, when, err)
			     ? -1
			     : 0;
	if (edit_end(e, result, err))
		return err_at(err, "%s: %s", key_path, shown(name));
	return 0;
}

int hive_edit_delete_value(struct hive_edit *e, const char *key_path, const char *name,
			   uint64_t when, struct err *err)
{
	struct key k;
	if (key_finder_find(&e->finder, hive_root(&e->view), key_path, &k, err))
		return -1;
	edit_begin(e);
	int result = edit_check_key(k, err) ? -1 : edit_delete_value(e, k, name, when, err);
	if (edit_end(e, result, err))
		return err_at(err, "%s: %s", key_path, shown(name));
	return 0;
}

int hive_edit_create_key(struct hive_edit *e, const char *key_path, uint64_t when, struct err *err)
{
	if (new_arena(e, err))
		return -1;
	edit_begin(e);
	int result = edit_end(e, edit_create_key(e, key_path, when, err), err);
	return result < 0 ? err_at(err, "%s", key_path) : result;
}

int hive_edit_delete_key(struct hive_edit *e, const char *key_path, uint64_t when, struct err *err)
{
	edit_begin(e);
	if (edit_end(e, edit_delete_key(e, key_path, when, err), err))
		return err_at(err, "%s", key_path);
	return 0;
}

static void put_time(struct hive_edit *e, uint64_t when)
{
	uint8_t *copy = e->bytes + HIVE_BASE + BIN_TIME_AT;
	if (le64(e->view.bytes, HIVE_BASE + BIN_TIME_AT) == e->view.written)
		put_le64(copy, when);
	put_le64(e->bytes + BASE_TIME_AT, when);
}

void hive_edit_finish(struct hive_edit *e, uint64_t when)
{
	if (!e->changed || e->view.dirty)
		return; /* a dirty hive stays dirty: only its log can make it whole */
	e->changed = false;
	uint32_t next = e->above + 1;
	if (e->keeps_time)
		put_time(e, when);
	put_le32(e->bytes + BASE_PRIMARY_AT, next);
	put_le32(e->bytes + BASE_SECONDARY_AT, next);
	put_le32(e->bytes + BASE_CHECKSUM_AT, hive_checksum(e->view.bytes));
	/* The bins chain, new ones too, so this cannot fail where the first open did not. */
	hive_open(&e->view, e->view.bytes, NULL);
	e->above = next;
}
