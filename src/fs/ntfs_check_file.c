/* SPDX-License-Identifier: MIT */
/*
 * One file or directory, through all of its MFT records: its names and their entries, its link
 * count, the sizes of its streams against their runs, and its security id against $Secure.
 */
#include "ntfs_check_internal.h"

#include <string.h>

#include "stop7b/list.h"

#define AT_LINKS    18u /* in a record */
#define SECURITY_AT 52u /* in $STANDARD_INFORMATION, from NTFS 3.0 on */
#define SDS_BLOCK   (256u << 10)
#define SDS_MAX     ((uint64_t)64 << 20)
#define SDS_HEADER  20u
#define STREAMS_MAX 4096u /* of one file */

/* One stream, put together from its pieces. */
struct sized {
	uint32_t type;
	struct span name;
	uint64_t allocated, size, valid;
	uint64_t clusters; /* of all pieces, holes too */
	bool first;        /* its first piece was seen */
};

struct look {
	struct ntfs_checker *c;
	uint64_t number;
	struct sized *streams;
	size_t n, cap;
	unsigned names, links;
};

/* ---- names ---- */

/* Does the directory that the name tells hold it? */
static int check_name(struct look *l, struct span key, struct err *err)
{
	struct ntfs_checker *c = l->c;
	struct ntfs_name name;
	uint64_t reference = 0;
	struct err e = {0};
	l->names++;
	if (ntfs_name_parse(key, &name, &e) != 0)
		return ntfs_fault(c, NTFS_FAULT_NAME, l->number, err, "MFT record %llu: %s",
				  (unsigned long long)l->number, ERR_ARG(&e));
	char *raw = text_utf16le_raw(c->arena, name.utf16);
	const char *shown = text_utf16le(c->arena, name.utf16);
	if (!raw || !shown)
		return no_memory(err);
	int r = ntfs_index_find(c->core, name.parent & NTFS_RECORD_MASK, raw, &reference, &e);
	if (r < 0 && e.code != E_CORRUPT && e.code != E_NOTFOUND)
		return err_pass(err, &e);
	if (r == 1 && (reference & NTFS_RECORD_MASK) == l->number)
		return 0;
	return ntfs_fault(c, NTFS_FAULT_NAME, l->number, err,
			  "MFT record %llu: its directory does not hold its name %s",
			  (unsigned long long)l->number, shown);
}

/* ---- streams ---- */

static struct sized *stream_of(struct look *l, const struct ntfs_attribute *a, struct err *err)
{
	for (size_t i = 0; i < l->n; i++) {
		struct sized *s = &l->streams[i];
		if (s->type == a->type && s->name.len == a->name.len &&
		    (s->name.len == 0 || memcmp(s->name.p, a->name.p, a->name.len) == 0))
			return s;
	}
	if (l->n == STREAMS_MAX)
		return err_null(err, E_CORRUPT, "more than %u streams", STREAMS_MAX);
	struct sized *items = list_grow(l->c->arena, l->streams, l->n, &l->cap, sizeof(*items),
					err);
	if (!items)
		return NULL;
	l->streams = items;
	items[l->n] = (struct sized){.type = a->type, .name = a->name};
	return &items[l->n++];
}

static int add_piece(struct look *l, const struct ntfs_attribute *a, struct err *err)
{
	struct sized *s = stream_of(l, a, err);
	struct ntfs_runs runs = {.arena = l->c->arena, .end = a->first_vcn};
	if (!s || ntfs_runs_decode(&runs, a, l->c->core->geometry.clusters, err) != 0)
		return -1;
	s->clusters += runs.end - a->first_vcn;
	if (a->first_vcn == 0) {
		s->first = true;
		s->allocated = a->allocated;
		s->size = a->size;
		s->valid = a->valid;
	}
	return 0;
}

static int check_sizes(struct look *l, struct err *err)
{
	uint32_t cluster = l->c->core->geometry.cluster;
	for (size_t i = 0; i < l->n; i++) {
		const struct sized *s = &l->streams[i];
		bool fits = s->first && s->valid <= s->size && s->size <= s->allocated &&
			    s->allocated / cluster == s->clusters && s->allocated % cluster == 0;
		if (!fits &&
		    ntfs_fault(l->c, NTFS_FAULT_SIZES, l->number, err,
			       "MFT record %llu: stream 0x%x of %llu bytes, %llu valid, "
			       "%llu allocated, in %llu clusters",
			       (unsigned long long)l->number, s->type, (unsigned long long)s->size,
			       (unsigned long long)s->valid, (unsigned long long)s->allocated,
			       (unsigned long long)s->clusters) != 0)
			return -1;
	}
	return 0;
}

/* ---- a file ---- */

static int note_security(struct ntfs_checker *c, uint32_t id, struct err *err)
{
	for (size_t i = 0; i < c->n_securities; i++) {
		if (c->securities[i] == id)
			return 0;
	}
	uint32_t *ids = list_grow(c->arena, c->securities, c->n_securities, &c->cap_securities,
				  sizeof(*ids), err);
	if (!ids)
		return -1;
	c->securities = ids;
	ids[c->n_securities++] = id;
	return 0;
}

static int look_at(struct look *l, const struct ntfs_attribute *a, struct err *err)
{
	if (!a->resident)
		return add_piece(l, a, err);
	if (a->type == NTFS_FILE_NAME)
		return check_name(l, a->value, err);
	if (a->type == NTFS_STANDARD_INFORMATION && le32(a->value, SECURITY_AT) != 0)
		return note_security(l->c, le32(a->value, SECURITY_AT), err);
	return 0;
}

static int look_through(struct look *l, struct err *err)
{
	struct ntfs_checker *c = l->c;
	uint64_t *records;
	size_t n;
	if (ntfs_core_records(c->core, l->number, c->arena, &records, &n, err) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct span record;
		struct ntfs_attribute a;
		struct err e = {0};
		uint64_t at = 0;
		if (ntfs_core_record(c->core, records[i], c->arena, &record, err) != 0)
			return -1;
		if (i == 0)
			l->links = le16(record, AT_LINKS);
		while (ntfs_attribute_next(record, &at, &a, &e)) {
			if (look_at(l, &a, err) != 0)
				return -1;
		}
		if (e.code)
			return err_pass(err, &e);
	}
	return 0;
}

int ntfs_check_file(struct ntfs_checker *c, uint64_t number, struct err *err)
{
	struct look l = {.c = c, .number = number};
	struct err e = {0};
	if (look_through(&l, &e) != 0)
		return e.code != E_CORRUPT
			       ? err_pass(err, &e)
			       : ntfs_fault(c, NTFS_FAULT_RECORD, number, err, "%s", ERR_ARG(&e));
	if (check_sizes(&l, err) != 0)
		return -1;
	if (l.names != l.links)
		return ntfs_fault(c, NTFS_FAULT_LINKS, number, err,
				  "MFT record %llu has %u names and counts %u",
				  (unsigned long long)number, l.names, l.links);
	return 0;
}

/* ---- security ids ---- */

/* Cross out the ids of one block of $SDS; entries follow each other and do not cross its end. */
static void cross_out(struct ntfs_checker *c, struct span block, uint64_t block_at)
{
	for (uint64_t at = 0; at + SDS_HEADER <= block.len;) {
		uint32_t id = le32(block, at + 4), len = le32(block, at + 16);
		if (len < SDS_HEADER || len > block.len - at ||
		    le64(block, at + 8) != block_at + at)
			return;
		for (size_t i = 0; i < c->n_securities; i++) {
			if (c->securities[i] == id)
				c->securities[i] = 0;
		}
		at += ((uint64_t)len + 15) & ~(uint64_t)15;
	}
}

static int read_secure(struct ntfs_checker *c, struct err *err)
{
	static const struct ntfs_stream_id id = {NTFS_DATA, "$SDS"};
	struct ntfs_stream s;
	uint8_t *buf = arena_alloc(c->arena, SDS_BLOCK, err);
	if (!buf || ntfs_stream_load(c->core, NTFS_RECORD_SECURE, &id, c->arena, &s, err) != 0)
		return -1;
	uint64_t size = s.size < SDS_MAX ? s.size : SDS_MAX;
	for (uint64_t at = 0; at < size; at += SDS_BLOCK) {
		size_t len = size - at < SDS_BLOCK ? (size_t)(size - at) : SDS_BLOCK;
		if (ntfs_stream_read(c->core, &s, at, buf, len, err) != 0)
			return -1;
		cross_out(c, (struct span){buf, len}, at);
	}
	return 0;
}

int ntfs_check_securities(struct ntfs_checker *c, struct err *err)
{
	struct err e = {0};
	if (c->n_securities == 0)
		return 0;
	if (read_secure(c, &e) != 0 && e.code != E_CORRUPT)
		return err_pass(err, &e);
	for (size_t i = 0; i < c->n_securities; i++) {
		uint32_t id = c->securities[i];
		if (id && ntfs_fault(c, NTFS_FAULT_SECURITY, id, err,
				     "security id %u is not in $Secure", id) != 0)
			return -1;
	}
	return 0;
}
