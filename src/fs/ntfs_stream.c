/* SPDX-License-Identifier: MIT */
/*
 * One stream of a file by its MFT record number: where its clusters lie, how much of it is valid,
 * and whether anybody else claims the same clusters.
 *
 * $MFT comes first: its first piece lies in record 0 at a place the boot sector names; each further
 * piece, named by record 0's attribute list, must lie in the part that is already known. Other
 * files then use the same code. Reads go to the disk directly, never through libfsntfs: this is
 * its cross-check.
 * Source: libyal, "New Technologies File System (NTFS)", section "The attribute list".
 */
#include "ntfs_internal.h"

#include <stdlib.h>
#include <string.h>

#include "stop7b/list.h"

#define LIST_MAX    (256u << 10) /* bytes: the largest attribute list Windows reads */
#define RECORDS_MAX 1024u /* of one file: more than an attribute list of 256 KiB can use well */
#define LIST_ENTRY  26u   /* bytes of an entry without its name */
#define BOOT_BYTES  8192u /* $Boot: the boot sector and the loader behind it */

const struct ntfs_stream_id ntfs_unnamed_data = {NTFS_DATA, ""};

/* ---- reading through runs ---- */

static const struct ntfs_run *run_of(const struct ntfs_runs *runs, uint64_t vcn)
{
	size_t low = 0, high = runs->n;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct ntfs_run *run = &runs->items[mid];
		if (vcn < run->vcn)
			high = mid;
		else if (vcn - run->vcn < run->n)
			return run;
		else
			low = mid + 1;
	}
	return NULL;
}

int ntfs_stream_translate(const struct ntfs_core *core, const struct ntfs_stream *s, uint64_t off,
			  uint64_t *vol_off, uint64_t *run, struct err *err)
{
	uint64_t cluster = core->geometry.cluster;
	const struct ntfs_run *r = run_of(&s->runs, off / cluster);
	if (!r)
		return err_set(err, E_CORRUPT, "no run holds byte %llu of the file",
			       (unsigned long long)off);
	uint64_t inside = off - r->vcn * cluster;
	*run = r->n * cluster - inside;
	*vol_off = r->lcn == NTFS_HOLE ? NTFS_HOLE : r->lcn * cluster + inside;
	return 0;
}

int ntfs_stream_read(struct ntfs_core *core, const struct ntfs_stream *s, uint64_t off, void *buf,
		     size_t len, struct err *err)
{
	if (s->resident) {
		struct span part = span_sub(s->content, off, len);
		if (!part.p)
			return err_set(err, E_CORRUPT, "read behind the end of resident data");
		memcpy(buf, part.p, len);
		return 0;
	}
	uint8_t *p = buf;
	while (len > 0) {
		uint64_t vol_off, run;
		if (ntfs_stream_translate(core, s, off, &vol_off, &run, err) != 0)
			return -1;
		size_t n = run < len ? (size_t)run : len;
		if (vol_off == NTFS_HOLE)
			memset(p, 0, n);
		else if (core->bytes.read(core->bytes.context, vol_off, p, n, err) != 0)
			return -1;
		off += n;
		p += n;
		len -= n;
	}
	return 0;
}

/* ---- records ---- */

static int read_record(struct ntfs_core *core, uint64_t number, uint8_t *buf, struct err *err)
{
	uint32_t len = core->geometry.record;
	uint64_t off;
	if (__builtin_mul_overflow(number, len, &off) || off >= core->mft.size ||
	    len > core->mft.size - off)
		return err_set(err, E_CORRUPT, "MFT record %llu is behind the end of $MFT",
			       (unsigned long long)number);
	if (ntfs_stream_read(core, &core->mft, off, buf, len, err) != 0 ||
	    ntfs_record_check(buf, len, err) != 0)
		return err_at(err, "MFT record %llu", (unsigned long long)number);
	return 0;
}

int ntfs_core_record(struct ntfs_core *core, uint64_t number, struct arena *arena, struct span *out,
		     struct err *err)
{
	uint8_t *buf = arena_alloc(arena, core->geometry.record, err);
	if (!buf || read_record(core, number, buf, err) != 0)
		return -1;
	*out = (struct span){buf, core->geometry.record};
	return 0;
}

/* ---- pieces ---- */

/* What putting a stream together needs; lives for one ntfs_stream_load(). */
struct assembly {
	struct ntfs_core *core;
	const struct ntfs_stream_id *id;
	struct arena *arena;
	uint64_t number; /* base record */
	struct span base;
	uint8_t *extra;  /* room for one other record */
	uint64_t loaded; /* number of the record in extra, UINT64_MAX for none */
	struct ntfs_stream *out;
};

static int add_piece(struct assembly *as, const struct ntfs_attribute *a, struct err *err)
{
	struct ntfs_stream *s = as->out;
	if (s->found && (a->first_vcn == 0 || a->resident || s->resident))
		return err_set(err, E_CORRUPT, "the stream exists twice");
	if (!s->found) {
		s->found = true;
		s->resident = a->resident;
		s->flags = a->flags;
		s->size = a->size;
		s->valid = a->valid;
		if (a->resident)
			s->content = (struct span){arena_copy(as->arena, a->value.p, a->value.len),
						   a->value.len};
		if (a->resident && !s->content.p)
			return err_set(err, E_MEMORY, "no memory for resident data");
	}
	return a->resident ? 0 : ntfs_runs_decode(&s->runs, a, as->core->geometry.clusters, err);
}

static bool wanted(const struct assembly *as, uint32_t type, struct span name)
{
	size_t n = strlen(as->id->name);
	if (type != as->id->type || name.len != 2 * n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (le16(name, 2 * i) != (unsigned char)as->id->name[i])
			return false;
	}
	return true;
}

/* The record that an attribute list entry names, checked to belong to the base record. */
static int listed_record(struct assembly *as, uint64_t reference, struct span *out, struct err *err)
{
	uint64_t number = reference & NTFS_RECORD_MASK;
	if (number == as->number) {
		*out = as->base;
		return 0;
	}
	if (number != as->loaded) {
		as->loaded = UINT64_MAX;
		if (read_record(as->core, number, as->extra, err) != 0)
			return -1;
		as->loaded = number;
	}
	*out = (struct span){as->extra, as->core->geometry.record};
	if (!ntfs_record_in_use(*out) || reference >> 48 != ntfs_record_sequence(*out) ||
	    (ntfs_record_base(*out) & NTFS_RECORD_MASK) != as->number)
		return err_set(err, E_CORRUPT, "MFT record %llu does not belong to the file",
			       (unsigned long long)number);
	return 0;
}

static int add_listed(struct assembly *as, struct span entry, struct err *err)
{
	struct span record;
	struct ntfs_attribute a;
	uint64_t at = 0;
	if (listed_record(as, le64(entry, 16), &record, err) != 0)
		return -1;
	while (ntfs_attribute_next(record, &at, &a, err)) {
		if (wanted(as, a.type, a.name) && a.id == le16(entry, 24) &&
		    a.first_vcn == le64(entry, 8))
			return add_piece(as, &a, err);
	}
	return err_set(err, E_CORRUPT, "an attribute that the attribute list names is missing");
}

/* The first piece, where the base record holds it, was taken by scan_base(). */
static bool in_base(const struct assembly *as, struct span entry)
{
	return as->out->found && le64(entry, 8) == 0 &&
	       (le64(entry, 16) & NTFS_RECORD_MASK) == as->number;
}

static int walk_list(struct assembly *as, struct span list, struct err *err)
{
	for (uint64_t at = 0; at < list.len;) {
		uint16_t len = le16(list, at + 4);
		struct span entry = span_sub(list, at, len);
		if (len < LIST_ENTRY || !entry.p)
			return err_set(err, E_CORRUPT, "attribute list entry of %u bytes at %llu",
				       len, (unsigned long long)at);
		if (le32(entry, 0) == NTFS_REPARSE_POINT)
			as->out->reparse = true;
		struct span name = span_sub(entry, u8(entry, 7), 2u * u8(entry, 6));
		bool ours = wanted(as, le32(entry, 0), name);
		if (ours && !in_base(as, entry) && add_listed(as, entry, err) != 0)
			return -1;
		at += len;
	}
	return 0;
}

/* Content of the attribute list, which may itself be non-resident. */
static int read_list(struct assembly *as, const struct ntfs_attribute *a, struct span *out,
		     struct err *err)
{
	if (a->resident) {
		*out = a->value;
		return 0;
	}
	struct ntfs_stream s = {.size = a->size, .runs = {.arena = as->arena}};
	if (a->size > LIST_MAX || a->valid < a->size)
		return err_set(err, E_CORRUPT, "attribute list of %llu bytes",
			       (unsigned long long)a->size);
	uint8_t *buf = arena_alloc(as->arena, (size_t)a->size, err);
	if (!buf || ntfs_runs_decode(&s.runs, a, as->core->geometry.clusters, err) != 0 ||
	    ntfs_stream_read(as->core, &s, 0, buf, (size_t)a->size, err) != 0)
		return -1;
	*out = (struct span){buf, (size_t)a->size};
	return 0;
}

/* All that the base record alone says; *list is filled where there is an attribute list. */
static int scan_base(struct assembly *as, struct span *list, struct err *err)
{
	struct ntfs_attribute a, data = {0};
	struct err scan = {0};
	bool headless = false;
	uint64_t at = 0;
	while (ntfs_attribute_next(as->base, &at, &a, &scan)) {
		if (a.type == NTFS_ATTRIBUTE_LIST && read_list(as, &a, list, err) != 0)
			return -1;
		if (a.type == NTFS_REPARSE_POINT)
			as->out->reparse = true;
		if (wanted(as, a.type, a.name)) {
			headless |= a.first_vcn != 0;
			data = a.first_vcn == 0 ? a : data;
		}
	}
	if (scan.code)
		return err_pass(err, &scan);
	if (headless && !list->p)
		return err_set(err, E_CORRUPT, "the first piece of the stream is missing");
	/* Before the list: $MFT's first piece is needed to find the records that its list names. */
	return data.type ? add_piece(as, &data, err) : 0;
}

static int check_lengths(const struct ntfs_core *core, const struct ntfs_stream *s, struct err *err)
{
	if (!s->found || s->resident)
		return 0;
	uint64_t held;
	if (s->valid > s->size ||
	    __builtin_mul_overflow(s->runs.end, core->geometry.cluster, &held) || s->size > held)
		return err_set(err, E_CORRUPT, "data of %llu bytes, %llu valid, in %llu clusters",
			       (unsigned long long)s->size, (unsigned long long)s->valid,
			       (unsigned long long)s->runs.end);
	return 0;
}

static int assemble(struct assembly *as, struct err *err)
{
	struct span list = {0};
	if (!ntfs_record_in_use(as->base) || ntfs_record_base(as->base) != 0)
		return err_set(err, E_CORRUPT, "not the base record of a file");
	if (scan_base(as, &list, err) != 0 || (list.p && walk_list(as, list, err) != 0))
		return -1;
	return check_lengths(as->core, as->out, err);
}

int ntfs_stream_load(struct ntfs_core *core, uint64_t number, const struct ntfs_stream_id *id,
		     struct arena *arena, struct ntfs_stream *out, struct err *err)
{
	struct assembly as = {.core = core,
			      .id = id,
			      .arena = arena,
			      .number = number,
			      .loaded = UINT64_MAX,
			      .out = out};
	*out = (struct ntfs_stream){.runs = {.arena = arena}};
	as.extra = arena_alloc(arena, core->geometry.record, err);
	if (!as.extra || ntfs_core_record(core, number, arena, &as.base, err) != 0)
		return -1;
	if (assemble(&as, err) != 0)
		return err_at(err, "MFT record %llu", (unsigned long long)number);
	return 0;
}

/* ---- the records of a file ---- */

/* Add a record number that is not there yet; lists name few records, and those in order mostly. */
static int add_record(uint64_t **numbers, size_t *n, size_t *cap, struct assembly *as,
		      uint64_t number, struct err *err)
{
	for (size_t i = *n; i-- > 0;) {
		if ((*numbers)[i] == number)
			return 0;
	}
	if (*n == RECORDS_MAX)
		return err_set(err, E_CORRUPT, "a file of more than %u records", RECORDS_MAX);
	uint64_t *grown = list_grow(as->arena, *numbers, *n, cap, sizeof(**numbers), err);
	if (!grown)
		return -1;
	*numbers = grown;
	grown[(*n)++] = number;
	return 0;
}

static int records_of(struct assembly *as, uint64_t **out, size_t *n, struct err *err)
{
	size_t cap = 0;
	struct span list = {0}, unused;
	if (scan_base(as, &list, err) != 0 || add_record(out, n, &cap, as, as->number, err) != 0)
		return -1;
	for (uint64_t at = 0; at < list.len;) {
		uint16_t len = le16(list, at + 4);
		struct span entry = span_sub(list, at, len);
		if (len < LIST_ENTRY || !entry.p)
			return err_set(err, E_CORRUPT, "attribute list entry of %u bytes", len);
		if (listed_record(as, le64(entry, 16), &unused, err) != 0 ||
		    add_record(out, n, &cap, as, le64(entry, 16) & NTFS_RECORD_MASK, err) != 0)
			return -1;
		at += len;
	}
	return 0;
}

int ntfs_core_records(struct ntfs_core *core, uint64_t number, struct arena *arena, uint64_t **out,
		      size_t *n, struct err *err)
{
	static const struct ntfs_stream_id none = {0, ""};
	struct ntfs_stream nothing = {.runs = {.arena = arena}};
	struct assembly as = {.core = core,
			      .id = &none,
			      .arena = arena,
			      .number = number,
			      .loaded = UINT64_MAX,
			      .out = &nothing};
	*out = NULL;
	*n = 0;
	as.extra = arena_alloc(arena, core->geometry.record, err);
	if (!as.extra || ntfs_core_record(core, number, arena, &as.base, err) != 0)
		return -1;
	if (records_of(&as, out, n, err) != 0)
		return err_at(err, "MFT record %llu", (unsigned long long)number);
	return 0;
}

/* ---- $MFT ---- */

static int read_boot(struct ntfs_core *core, struct err *err)
{
	uint8_t sector[NTFS_BOOT_SECTOR];
	if (core->bytes.size < sizeof(sector))
		return err_set(err, E_FORMAT, "a partition of %llu bytes holds no NTFS",
			       (unsigned long long)core->bytes.size);
	if (core->bytes.read(core->bytes.context, 0, sector, sizeof(sector), err) != 0)
		return -1;
	return ntfs_boot_parse((struct span){sector, sizeof(sector)}, core->bytes.sector,
			       core->bytes.size, &core->geometry, err);
}

static int open_mft(struct ntfs_core *core, struct err *err)
{
	uint32_t len = core->geometry.record;
	uint8_t *buf = arena_alloc(core->arena, len, err);
	struct assembly as = {.core = core,
			      .id = &ntfs_unnamed_data,
			      .arena = core->arena,
			      .number = NTFS_RECORD_MFT,
			      .base = {buf, len},
			      .loaded = UINT64_MAX,
			      .out = &core->mft};
	core->mft = (struct ntfs_stream){.runs = {.arena = core->arena}};
	as.extra = arena_alloc(core->arena, len, err);
	if (!buf || !as.extra ||
	    core->bytes.read(core->bytes.context, core->geometry.mft_at, buf, len, err) != 0 ||
	    ntfs_record_check(buf, len, err) != 0 || assemble(&as, err) != 0)
		return err_at(err, "$MFT");
	if (!core->mft.found || core->mft.resident || core->mft.flags)
		return err_set(err, E_CORRUPT, "$MFT: its data is not plain clusters");
	return 0;
}

int ntfs_core_open(struct ntfs_core *core, struct err *err)
{
	return read_boot(core, err) == 0 ? open_mft(core, err) : -1;
}

/* ---- clusters used twice ---- */

static int by_lcn(const void *a, const void *b)
{
	const struct ntfs_run *x = a, *y = b;
	return x->lcn < y->lcn ? -1 : x->lcn > y->lcn;
}

static size_t collect(struct ntfs_run *to, size_t n, const struct ntfs_runs *from)
{
	for (size_t i = 0; i < from->n; i++) {
		if (from->items[i].lcn != NTFS_HOLE)
			to[n++] = from->items[i];
	}
	return n;
}

int ntfs_stream_disjoint(const struct ntfs_core *core, const struct ntfs_stream *s, struct err *err)
{
	size_t n = 0, most = s->runs.n + core->mft.runs.n + 1;
	struct ntfs_run *all = calloc(most, sizeof(*all));
	if (!all)
		return err_set(err, E_MEMORY, "no memory to compare %zu runs", most);
	uint64_t cluster = core->geometry.cluster;
	all[n++] = (struct ntfs_run){0, 0, (BOOT_BYTES + cluster - 1) / cluster};
	n = collect(all, n, &s->runs);
	n = collect(all, n, &core->mft.runs);
	qsort(all, n, sizeof(*all), by_lcn);
	int r = 0;
	for (size_t i = 1; i < n && r == 0; i++) {
		if (all[i].lcn - all[i - 1].lcn < all[i - 1].n)
			r = err_set(err, E_CORRUPT, "cluster %llu is used twice",
				    (unsigned long long)all[i].lcn);
	}
	free(all);
	return r;
}
