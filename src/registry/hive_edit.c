/* SPDX-License-Identifier: MIT */
/*
 * Edits on a copy of a hive. Bytes change in three places only: the value (its vk record, or the
 * data cell it already owns), the key's record (last-written time, largest data size), and at the
 * end the base block with the copy of its time in the first bin. No cell is allocated, freed or
 * moved; what would need that is refused.
 *
 * A clean hive is left clean: both sequence numbers one above the old primary number, so that no entry
 * of an old log can be taken for newer. The base block's time belongs to the log format: writers
 * up to Windows 8 set it at every flush and match their logs by it, later ones leave it at 0 or
 * at what the installation image had. The hive itself tells which: a writer that keeps the time
 * never leaves the root key newer than the base block.
 *
 * Source: M. Suhanov, "Windows registry file format specification", 2015-2018, "Base block" and
 * "Transaction log files".
 */
#include "stop7b/hive_edit.h"
#include "hive_internal.h"

#include <stdlib.h>
#include <string.h>

#define MINOR_MAX  6u /* versions above are not known to exist */
#define CLUSTERING 1u

struct hive_edit {
	struct hive view; /* walks bytes */
	uint8_t *bytes;
	struct arena *arena; /* big data that had to be compared */
	bool keeps_time;     /* the hive's writer keeps the base block's time */
	bool changed;
};

static int check_writable(const struct hive *h, struct err *err)
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
	if (check_writable(h, err))
		return NULL;
	struct hive_edit *e = calloc(1, sizeof(*e));
	if (e) {
		*e = (struct hive_edit){.view = *h, .keeps_time = keeps_time(h)};
		e->bytes = malloc(h->bytes.len);
		e->arena = arena_new();
	}
	if (!e || !e->bytes || !e->arena) {
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
	arena_free(e->arena);
	free(e->bytes);
	free(e);
}

const struct hive *hive_edit_view(const struct hive_edit *e)
{
	return &e->view;
}

static int check_key(struct key k, struct err *err)
{
	struct span nk;
	if (hive_key_record(k, &nk, err))
		return -1;
	uint16_t flags = le16(nk, NK_FLAGS_AT);
	if (flags & NK_SYMLINK)
		return err_set(err, E_UNSUPPORTED, "the key is a symbolic link");
	if (flags & NK_PREDEFINED)
		return err_set(err, E_UNSUPPORTED, "the key is a predefined handle");
	if (k.hive->flags & BASE_LAYERED && (u8(nk, NK_LAYERS_AT) & NK_LAYER_MASK) == NK_TOMBSTONE)
		return err_set(err, E_UNSUPPORTED, "the key is the tombstone of a layer");
	return 0;
}

/* May len bytes be stored where v stores its data now? */
static int check_storage(struct value v, size_t len, struct err *err)
{
	if (v.in_line && len <= VK_IN_LINE_MAX)
		return 0;
	if (!v.in_line && v.size > DB_SEGMENT)
		return err_set(err, E_UNSUPPORTED, "big data of %u bytes is not edited in place",
			       v.size);
	if (!v.in_line && len > 0 && len <= v.size)
		return 0;
	return err_set(err, E_UNSUPPORTED, "%zu bytes need another cell than the %u bytes there",
		       len, v.size);
}

static bool is_there_already(struct value v, uint32_t type, struct span old, struct span data)
{
	return v.type == type && old.len == data.len &&
	       (old.len == 0 || memcmp(old.p, data.p, old.len) == 0);
}

static void put_data(struct hive_edit *e, struct value v, uint32_t type, struct span data)
{
	uint8_t *vk = e->bytes + value_at(v), *to = e->bytes + value_data_at(v);
	if (v.in_line)
		memset(to, 0, VK_IN_LINE_MAX);
	if (data.len > 0)
		memcpy(to, data.p, data.len);
	put_le32(vk + VK_SIZE_AT, (uint32_t)data.len | (v.in_line ? VK_IN_LINE : 0));
	put_le32(vk + VK_TYPE_AT, type);
}

static void put_key(struct hive_edit *e, struct key k, size_t len, uint64_t when)
{
	uint8_t *nk = e->bytes + key_at(k);
	put_le64(nk + NK_TIME_AT, when);
	if (len > le32(e->view.bytes, key_at(k) + NK_LARGEST_DATA_AT))
		put_le32(nk + NK_LARGEST_DATA_AT, (uint32_t)len);
}

static int set_value(struct hive_edit *e, struct key k, struct value v, uint32_t type,
		     struct span data, uint64_t when, struct err *err)
{
	struct span old;
	if (value_data(v, e->arena, &old, err))
		return -1;
	if (is_there_already(v, type, old, data))
		return 0;
	if (check_storage(v, data.len, err))
		return -1;
	put_data(e, v, type, data);
	put_key(e, k, data.len, when);
	e->changed = true;
	return 0;
}

int hive_edit_set(struct hive_edit *e, const char *key_path, const char *name, uint32_t type,
		  struct span data, uint64_t when, struct err *err)
{
	struct key k;
	struct value v;
	if (key_find(hive_root(&e->view), key_path, &k, err))
		return -1;
	if (check_key(k, err) || value_find(k, name, &v, err) ||
	    set_value(e, k, v, type, data, when, err))
		return err_at(err, "%s: %s", key_path, *name ? name : "(default)");
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
	uint32_t next = e->view.sequence[0] + 1;
	if (e->keeps_time)
		put_time(e, when);
	put_le32(e->bytes + BASE_PRIMARY_AT, next);
	put_le32(e->bytes + BASE_SECONDARY_AT, next);
	put_le32(e->bytes + BASE_CHECKSUM_AT, hive_checksum(e->view.bytes));
	/* Sizes and root were not touched, so this cannot fail where the first open did not. */
	hive_open(&e->view, e->view.bytes, NULL);
}
