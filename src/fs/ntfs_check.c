/* SPDX-License-Identifier: MIT */
/*
 * The door of the checker: findings with their names, paths to records, and the order of looking.
 *
 * A fault that is found is a finding, never an error; an error is only what keeps it from looking.
 */
#include "ntfs_check_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "stop7b/list.h"

static const struct {
	const char *name;
	bool harmless;
} faults[NTFS_FAULTS] = {
	[NTFS_FAULT_RECORD] = {"record", false},
	[NTFS_FAULT_EXTENSION] = {"extension-record", false},
	[NTFS_FAULT_CLUSTER_TWICE] = {"cluster-twice", false},
	[NTFS_FAULT_CLUSTER_FREE] = {"cluster-free", false},
	[NTFS_FAULT_CLUSTER_LOST] = {"cluster-lost", true},
	[NTFS_FAULT_BITMAP] = {"bitmap", false},
	[NTFS_FAULT_MFT_BITMAP] = {"mft-bitmap", false},
	[NTFS_FAULT_MIRROR] = {"mirror", false},
	[NTFS_FAULT_INDEX] = {"index", false},
	[NTFS_FAULT_ORDER] = {"index-order", false},
	[NTFS_FAULT_ENTRY] = {"index-entry", false},
	[NTFS_FAULT_NAME] = {"file-name", false},
	[NTFS_FAULT_LINKS] = {"link-count", false},
	[NTFS_FAULT_SIZES] = {"sizes", false},
	[NTFS_FAULT_SECURITY] = {"security-id", false},
};

const char *ntfs_fault_name(enum ntfs_fault fault)
{
	return faults[fault].name;
}

bool ntfs_fault_harmless(enum ntfs_fault fault)
{
	return faults[fault].harmless;
}

const struct ntfs_finding *ntfs_check_worst(const struct ntfs_check *c)
{
	for (size_t i = 0; i < c->n; i++) {
		if (!faults[c->findings[i].fault].harmless)
			return &c->findings[i];
	}
	return NULL;
}

/* Is there room for one more of its kind? No kind may fill the list and hide the others. */
static bool has_room(const struct ntfs_check *c, enum ntfs_fault fault)
{
	return c->counts[fault] <= NTFS_CHECK_FINDINGS_MAX / NTFS_FAULTS &&
	       c->n < NTFS_CHECK_FINDINGS_MAX;
}

int ntfs_fault(struct ntfs_checker *c, enum ntfs_fault fault, uint64_t where, struct err *err,
	       const char *fmt, ...)
{
	struct ntfs_check *out = c->out;
	char plain[ERR_TEXT_MAX], shown[ERR_TEXT_MAX];
	va_list args;
	out->counts[fault]++;
	if (!has_room(out, fault))
		return 0;
	struct ntfs_finding *items = list_grow(out->arena, out->findings, out->n, &out->cap,
					       sizeof(*items), err);
	if (!items)
		return -1;
	out->findings = items;
	va_start(args, fmt);
	said_render(plain, shown, sizeof(plain), fmt, args);
	va_end(args);
	struct said text = {arena_strdup(out->arena, plain), arena_strdup(out->arena, shown)};
	items[out->n++] = (struct ntfs_finding){fault, where, text};
	return text.plain && text.shown ? 0 : no_memory(err);
}

static int look_closely(struct ntfs_checker *c, const struct ntfs_touched *t, struct err *err)
{
	struct span record;
	struct err e = {0};
	if (ntfs_core_record(c->core, t->number, c->arena, &record, &e) != 0)
		return e.code != E_CORRUPT ? err_pass(err, &e)
					   : ntfs_fault(c, NTFS_FAULT_RECORD, t->number, err, "%s",
							ERR_ARG(&e));
	if (ntfs_check_file(c, t->number, err) != 0)
		return -1;
	return ntfs_record_directory(record) ? ntfs_check_index(c, t, err) : 0;
}

/* The records that are named, each once. */
static int touch(struct ntfs_checker *c, const uint64_t *records, size_t n, struct err *err)
{
	c->touched = arena_array(c->arena, n + 1, sizeof(*c->touched), err);
	if (!c->touched)
		return -1;
	for (size_t i = 0; i < n; i++) {
		size_t k = 0;
		while (k < c->n_touched && c->touched[k].number != records[i])
			k++;
		if (k == c->n_touched)
			c->touched[c->n_touched++].number = records[i];
	}
	return 0;
}

int ntfs_check_records(struct ntfs_core *core, const uint64_t *records, size_t n,
		       struct ntfs_check *out, struct err *err)
{
	struct ntfs_checker c = {.core = core, .out = out, .arena = arena_new()};
	int r = c.arena ? touch(&c, records, n, err) : no_memory(err);
	if (r == 0)
		r = ntfs_check_volume(&c, err);
	for (size_t i = 0; i < c.n_touched && r == 0; i++)
		r = look_closely(&c, &c.touched[i], err);
	if (r == 0)
		r = ntfs_check_securities(&c, err);
	out->whole = c.survey.whole;
	arena_free(c.arena);
	return r;
}

/* The record that a path leads to. */
static int find_path(struct ntfs_core *core, const char *path, struct arena *arena, uint64_t *out,
		     struct err *err)
{
	uint64_t reference = NTFS_RECORD_ROOT;
	for (path += strspn(path, "\\/"); *path; path += strspn(path, "\\/")) {
		size_t n = strcspn(path, "\\/");
		char *name = arena_alloc(arena, n + 1, err);
		if (!name)
			return -1;
		memcpy(name, path, n);
		int r = ntfs_index_find(core, reference & NTFS_RECORD_MASK, name, &reference, err);
		if (r <= 0) {
			const char *shown = text_utf8(arena, name);
			return r < 0 ? -1
				     : err_set(err, E_NOTFOUND, "%s: no such file",
					       shown ? shown : "?");
		}
		path += n;
	}
	*out = reference & NTFS_RECORD_MASK;
	return 0;
}

int ntfs_check(const struct ntfs_bytes *bytes, const char *const *paths, size_t n,
	       struct ntfs_check *out, struct err *err)
{
	struct arena *arena = arena_new();
	struct ntfs_core core = {.bytes = *bytes, .arena = arena};
	uint64_t *records = arena ? arena_array(arena, n, sizeof(*records), err) : NULL;
	int r = records ? ntfs_core_open(&core, err) : no_memory(err);
	for (size_t i = 0; i < n && r == 0; i++)
		r = find_path(&core, paths[i], arena, &records[i], err);
	if (r == 0)
		r = ntfs_check_records(&core, records, n, out, err);
	arena_free(arena);
	return r;
}
