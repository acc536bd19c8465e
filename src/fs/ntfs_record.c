/* SPDX-License-Identifier: MIT */
/*
 * MFT records, their attributes and run lists, from bytes alone: nothing here reads a disk.
 *
 * libfsntfs has no call for the valid data length and its view of a run list must not be the only
 * witness before bytes are overwritten; so this is a second, small reader of the same structures.
 * Invariant: a run that leaves here lies inside the volume, and run lists have no gaps.
 * Source: libyal, "New Technologies File System (NTFS)", sections "MFT entry" and "Data runs".
 */
#include "ntfs_internal.h"

#include <string.h>

#include "stop7b/list.h"

#define ATTRIBUTE_END       0xffffffffu
#define RESIDENT_HEADER     24u
#define NON_RESIDENT_HEADER 64u
/* Runs of one file; more than any attribute list of 256 KiB can name in a file worth mapping. */
#define RUNS_MAX (1u << 20)

enum {
	AT_USA = 4,
	AT_USA_COUNT = 6,
	AT_SEQUENCE = 16,
	AT_FIRST = 20,
	AT_FLAGS = 22,
	AT_USED = 24,
	AT_BASE = 32
};

/* ---- record ---- */

int ntfs_fixup(uint8_t *record, size_t len, struct err *err)
{
	struct span r = {record, len};
	size_t at = le16(r, AT_USA), n = le16(r, AT_USA_COUNT);
	if (len % NTFS_STRIDE || n != len / NTFS_STRIDE + 1 || at % 2 ||
	    at + 2 * n > NTFS_STRIDE - 2)
		return err_set(err, E_CORRUPT, "update sequence at %zu with %zu values", at, n);
	for (size_t i = 1; i < n; i++) {
		uint8_t *end = record + i * NTFS_STRIDE - 2;
		if (memcmp(end, record + at, 2) != 0)
			return err_set(err, E_CORRUPT,
				       "sector %zu was written half (update sequence)", i);
		memcpy(end, record + at + 2 * i, 2);
	}
	return 0;
}

int ntfs_record_check(uint8_t *record, size_t len, struct err *err)
{
	struct span r = {record, len};
	if (len < NTFS_STRIDE || memcmp(record, "FILE", 4) != 0)
		return err_set(err, E_CORRUPT, "no FILE signature");
	if (ntfs_fixup(record, len, err) != 0)
		return -1;
	uint32_t first = le16(r, AT_FIRST), used = le32(r, AT_USED);
	if (first % 8 || first < 48 - 8 || used > len || first > used)
		return err_set(err, E_CORRUPT, "attributes at %u, %u bytes used", first, used);
	return 0;
}

bool ntfs_record_in_use(struct span record)
{
	return le16(record, AT_FLAGS) & 1;
}

bool ntfs_record_directory(struct span record)
{
	return le16(record, AT_FLAGS) & 2;
}

uint64_t ntfs_record_base(struct span record)
{
	return le64(record, AT_BASE);
}

uint16_t ntfs_record_sequence(struct span record)
{
	return le16(record, AT_SEQUENCE);
}

/* ---- attribute ---- */

static int parse_resident(struct span a, struct ntfs_attribute *out, struct err *err)
{
	uint32_t len = le32(a, 16), at = le16(a, 20);
	if (a.len < RESIDENT_HEADER || !span_holds(a, at, len))
		return err_set(err, E_CORRUPT, "content outside the attribute");
	out->value = span_sub(a, at, len);
	out->size = out->valid = len;
	return 0;
}

static int parse_non_resident(struct span a, struct ntfs_attribute *out, struct err *err)
{
	uint16_t at = le16(a, 32);
	if (a.len < NON_RESIDENT_HEADER || at < NON_RESIDENT_HEADER || at > a.len)
		return err_set(err, E_CORRUPT, "run list outside the attribute");
	out->value = span_sub(a, at, a.len - at);
	out->first_vcn = le64(a, 16);
	out->last_vcn = le64(a, 24);
	out->allocated = le64(a, 40);
	out->size = le64(a, 48);
	out->valid = le64(a, 56);
	return 0;
}

bool ntfs_attribute_next(struct span record, uint64_t *at, struct ntfs_attribute *out,
			 struct err *err)
{
	struct span used = span_sub(record, 0, le32(record, AT_USED));
	uint64_t here = *at ? *at : le16(record, AT_FIRST);
	if (!span_holds(used, here, 4) || le32(used, here) == ATTRIBUTE_END)
		return false;
	uint32_t len = le32(used, here + 4);
	struct span a = span_sub(used, here, len);
	if (len < RESIDENT_HEADER || len % 8 || !a.p) {
		err_set(err, E_CORRUPT, "attribute at %llu has %u bytes", (unsigned long long)here,
			len);
		return false;
	}
	*out = (struct ntfs_attribute){
		.type = le32(a, 0),
		.resident = u8(a, 8) == 0,
		.name = span_sub(a, le16(a, 10), 2u * u8(a, 9)),
		.flags = le16(a, 12),
		.id = le16(a, 14),
	};
	*at = here + len;
	int r = out->resident ? parse_resident(a, out, err) : parse_non_resident(a, out, err);
	if (r != 0)
		err_at(err, "attribute 0x%x at %llu", out->type, (unsigned long long)here);
	return r == 0;
}

/* ---- runs ---- */

static int grow(struct ntfs_runs *runs, struct err *err)
{
	if (runs->n == RUNS_MAX)
		return err_set(err, E_MEMORY, "more than %u runs", RUNS_MAX);
	struct ntfs_run *items = list_grow(runs->arena, runs->items, runs->n, &runs->cap,
					   sizeof(*items), err);
	if (!items)
		return -1;
	runs->items = items;
	return 0;
}

int ntfs_runs_append(struct ntfs_runs *runs, uint64_t lcn, uint64_t n, struct err *err)
{
	struct ntfs_run *last = runs->n ? &runs->items[runs->n - 1] : NULL;
	uint64_t end;
	if (n == 0 || __builtin_add_overflow(runs->end, n, &end))
		return err_set(err, E_CORRUPT, "run of %llu clusters", (unsigned long long)n);
	bool joins = last &&
		     (lcn == NTFS_HOLE ? last->lcn == NTFS_HOLE
				       : last->lcn != NTFS_HOLE && last->lcn + last->n == lcn);
	if (joins) {
		last->n += n;
	} else {
		if (grow(runs, err) != 0)
			return -1;
		runs->items[runs->n++] = (struct ntfs_run){runs->end, lcn, n};
	}
	runs->end = end;
	return 0;
}

/* A little-endian number of n bytes (0..8), sign-extended. */
static int64_t signed_number(struct span s, uint64_t off, unsigned n)
{
	uint64_t v = 0;
	for (unsigned i = n; i-- > 0;)
		v = v << 8 | u8(s, off + i);
	if (n && n < 8 && u8(s, off + n - 1) & 0x80)
		v |= UINT64_MAX << (8 * n);
	return (int64_t)v;
}

/* Decode one run at *at; lcn is the previous run's cluster, before and after. */
static int decode_run(struct span list, uint64_t *at, int64_t *lcn, struct ntfs_run *out,
		      struct err *err)
{
	unsigned n_len = u8(list, *at) & 15, n_off = u8(list, *at) >> 4;
	if (n_len == 0 || n_len > 8 || n_off > 8 || !span_holds(list, *at, 1u + n_len + n_off))
		return err_set(err, E_CORRUPT, "run header 0x%02x", u8(list, *at));
	int64_t n = signed_number(list, *at + 1, n_len);
	int64_t delta = signed_number(list, *at + 1 + n_len, n_off);
	if (n <= 0 || __builtin_add_overflow(*lcn, delta, lcn) || *lcn < 0)
		return err_set(err, E_CORRUPT, "run of %lld clusters, %lld further", (long long)n,
			       (long long)delta);
	*at += 1u + n_len + n_off;
	out->n = (uint64_t)n;
	out->lcn = n_off ? (uint64_t)*lcn : NTFS_HOLE;
	return 0;
}

int ntfs_runs_decode(struct ntfs_runs *runs, const struct ntfs_attribute *a, uint64_t clusters,
		     struct err *err)
{
	if (a->first_vcn != runs->end)
		return err_set(err, E_CORRUPT, "runs from cluster %llu on where %llu is expected",
			       (unsigned long long)a->first_vcn, (unsigned long long)runs->end);
	int64_t lcn = 0;
	for (uint64_t at = 0; u8(a->value, at) != 0;) {
		struct ntfs_run run = {0};
		if (decode_run(a->value, &at, &lcn, &run, err) != 0)
			return -1;
		if (run.lcn != NTFS_HOLE && (run.lcn >= clusters || run.n > clusters - run.lcn))
			return err_set(err, E_CORRUPT, "run at cluster %llu of %llu ends outside",
				       (unsigned long long)run.lcn, (unsigned long long)clusters);
		if (ntfs_runs_append(runs, run.lcn, run.n, err) != 0)
			return -1;
	}
	if (runs->end != a->last_vcn + 1)
		return err_set(err, E_CORRUPT, "runs end at cluster %llu, last cluster is %llu",
			       (unsigned long long)runs->end, (unsigned long long)a->last_vcn);
	return 0;
}
