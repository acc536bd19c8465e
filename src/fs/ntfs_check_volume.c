/* SPDX-License-Identifier: MIT */
/*
 * The whole volume: every MFT record in use, the clusters of every run, and the three places that
 * say the same a second time ($Bitmap, $MFT's bitmap, $MFTMirr).
 *
 * $MFT is read once, in large pieces, and each cluster is one bit: time is linear in $MFT and in
 * $Bitmap, whatever the volume's size. A $MFT or a $Bitmap beyond the limits is not walked; then
 * survey.whole stays false and only the files that were named are looked at.
 */
#include "ntfs_check_internal.h"

#include <string.h>

#include "stop7b/list.h"

#define PIECE        (1u << 20)   /* bytes that are read at once */
#define OWNED_MAX    (256u << 20) /* bytes of the table of clusters: 8 TiB of 4 KiB clusters */
#define MIRROR_MAX   (1u << 20)
#define RESERVED     12u /* records from here to RESERVED_END may be marked either way */
#define RESERVED_END 24u
#define AT_NUMBER    44u /* in a record, from NTFS 3.1 on: its own number */
#define USA_3_1      48u /* where the update sequence of such a record begins */

/* A record that continues another. */
struct extension {
	uint64_t number, base; /* base: file reference */
};

struct walk {
	struct ntfs_checker *c;
	struct ntfs_runs runs; /* scratch, of one attribute */
	struct extension *extensions;
	size_t n, cap;
};

/* ---- clusters ---- */

static int claim(struct ntfs_checker *c, uint64_t number, uint64_t cluster, struct err *err)
{
	uint8_t *byte = &c->survey.owned[cluster / 8], bit = (uint8_t)(1u << cluster % 8);
	bool twice = *byte & bit;
	*byte |= bit;
	return twice ? ntfs_fault(c, NTFS_FAULT_CLUSTER_TWICE, cluster, err,
				  "cluster %llu is used twice, once by MFT record %llu",
				  (unsigned long long)cluster, (unsigned long long)number)
		     : 0;
}

static int claim_run(struct ntfs_checker *c, uint64_t number, const struct ntfs_run *run,
		     struct err *err)
{
	uint64_t at = run->lcn, end = run->lcn + run->n;
	while (at < end) {
		uint8_t *byte = &c->survey.owned[at / 8];
		if (at % 8 == 0 && end - at >= 8 && *byte == 0) {
			*byte = 0xff;
			at += 8;
		} else if (claim(c, number, at++, err) != 0) {
			return -1;
		}
	}
	return 0;
}

static int claim_attribute(struct walk *w, uint64_t number, const struct ntfs_attribute *a,
			   struct err *err)
{
	struct err e = {0};
	if (a->resident || (number == NTFS_RECORD_BAD_CLUSTERS && a->name.len))
		return 0;
	w->runs.n = 0;
	w->runs.end = a->first_vcn;
	if (ntfs_runs_decode(&w->runs, a, w->c->core->geometry.clusters, &e) != 0)
		return e.code != E_CORRUPT ? err_pass(err, &e)
					   : ntfs_fault(w->c, NTFS_FAULT_RECORD, number, err,
							"MFT record %llu: %s",
							(unsigned long long)number, ERR_ARG(&e));
	for (size_t i = 0; i < w->runs.n; i++) {
		if (w->runs.items[i].lcn != NTFS_HOLE &&
		    claim_run(w->c, number, &w->runs.items[i], err) != 0)
			return -1;
	}
	return 0;
}

/* ---- records ---- */

static int note_extension(struct walk *w, uint64_t number, uint64_t base, struct err *err)
{
	struct extension *items = list_grow(w->c->arena, w->extensions, w->n, &w->cap,
					    sizeof(*items), err);
	if (!items)
		return -1;
	w->extensions = items;
	items[w->n++] = (struct extension){number, base};
	return 0;
}

/* A name in a directory that is looked at closely: its index must have as many. */
static void count_name(struct ntfs_checker *c, const struct ntfs_attribute *a)
{
	if (a->type != NTFS_FILE_NAME || !a->resident)
		return;
	for (size_t i = 0; i < c->n_touched; i++)
		c->touched[i].names += c->touched[i].number ==
				       (le64(a->value, 0) & NTFS_RECORD_MASK);
}

static int check_used(struct walk *w, uint64_t number, struct span record, struct err *err)
{
	struct ntfs_checker *c = w->c;
	struct ntfs_attribute a;
	struct err e = {0};
	uint64_t at = 0, base = ntfs_record_base(record);
	c->survey.records[number] = ntfs_record_sequence(record) | NTFS_SURVEY_USED |
				    (ntfs_record_directory(record) ? NTFS_SURVEY_DIRECTORY : 0);
	c->out->records++;
	if (le16(record, 4) >= USA_3_1 && le32(record, AT_NUMBER) != (uint32_t)number &&
	    ntfs_fault(c, NTFS_FAULT_RECORD, number, err, "MFT record %llu says that it is %u",
		       (unsigned long long)number, le32(record, AT_NUMBER)) != 0)
		return -1;
	if (base && note_extension(w, number, base, err) != 0)
		return -1;
	while (ntfs_attribute_next(record, &at, &a, &e)) {
		count_name(c, &a);
		if (claim_attribute(w, number, &a, err) != 0)
			return -1;
	}
	return e.code ? ntfs_fault(c, NTFS_FAULT_RECORD, number, err, "MFT record %llu: %s",
				   (unsigned long long)number, ERR_ARG(&e))
		      : 0;
}

/* Records that are not in use may hold anything. */
static int check_record(struct walk *w, uint64_t number, uint8_t *bytes, struct err *err)
{
	uint32_t len = w->c->core->geometry.record;
	struct span record = {bytes, len};
	struct err e = {0};
	if (memcmp(bytes, "FILE", 4) != 0 || !ntfs_record_in_use(record))
		return 0;
	if (ntfs_record_check(bytes, len, &e) != 0)
		return ntfs_fault(w->c, NTFS_FAULT_RECORD, number, err, "MFT record %llu: %s",
				  (unsigned long long)number, ERR_ARG(&e));
	return check_used(w, number, record, err);
}

static int check_extensions(const struct walk *w, struct err *err)
{
	const struct ntfs_survey *s = &w->c->survey;
	for (size_t i = 0; i < w->n; i++) {
		uint64_t base = w->extensions[i].base & NTFS_RECORD_MASK;
		uint32_t want = (uint32_t)(w->extensions[i].base >> 48) | NTFS_SURVEY_USED;
		uint32_t has = base < s->n_records ? s->records[base] : 0;
		if ((has & ~(uint32_t)NTFS_SURVEY_DIRECTORY) != want &&
		    ntfs_fault(w->c, NTFS_FAULT_EXTENSION, w->extensions[i].number, err,
			       "MFT record %llu continues record %llu, which is not in use so",
			       (unsigned long long)w->extensions[i].number,
			       (unsigned long long)base) != 0)
			return -1;
	}
	return 0;
}

static int walk_records(struct ntfs_checker *c, struct err *err)
{
	struct walk w = {.c = c, .runs = {.arena = c->arena}};
	uint32_t len = c->core->geometry.record;
	uint64_t per_piece = PIECE / len;
	uint8_t *buf = arena_alloc(c->arena, PIECE, err);
	if (!buf)
		return -1;
	for (uint64_t first = 0; first < c->survey.n_records; first += per_piece) {
		uint64_t n = c->survey.n_records - first;
		n = n < per_piece ? n : per_piece;
		if (ntfs_stream_read(c->core, &c->core->mft, first * len, buf, (size_t)n * len,
				     err) != 0)
			return -1;
		for (uint64_t i = 0; i < n; i++) {
			if (check_record(&w, first + i, buf + i * len, err) != 0)
				return -1;
		}
	}
	return check_extensions(&w, err);
}

/* ---- bitmaps ---- */

static int mft_bit(struct ntfs_checker *c, uint64_t number, bool used, struct err *err)
{
	return ntfs_fault(c, NTFS_FAULT_MFT_BITMAP, number, err,
			  used ? N_("MFT record %llu is in use and $MFT's bitmap calls it free")
			       : N_("MFT record %llu is free and $MFT's bitmap calls it used"),
			  (unsigned long long)number);
}

static int check_mft_bitmap(struct ntfs_checker *c, struct err *err)
{
	static const struct ntfs_stream_id id = {NTFS_BITMAP, ""};
	uint64_t n = c->survey.n_records, len = (n + 7) / 8;
	struct ntfs_stream s;
	if (ntfs_stream_load(c->core, NTFS_RECORD_MFT, &id, c->arena, &s, err) != 0)
		return -1;
	if (!s.found || s.size < len)
		return ntfs_fault(c, NTFS_FAULT_MFT_BITMAP, 0, err,
				  "$MFT's bitmap is shorter than $MFT");
	uint8_t *bits = arena_alloc(c->arena, (size_t)len, err);
	if (!bits || ntfs_stream_read(c->core, &s, 0, bits, (size_t)len, err) != 0)
		return -1;
	for (uint64_t i = 0; i < n; i++) {
		bool used = c->survey.records[i] & NTFS_SURVEY_USED, bit = bits[i / 8] >> i % 8 & 1;
		if (used != bit && (i < RESERVED || i >= RESERVED_END) &&
		    mft_bit(c, i, used, err) != 0)
			return -1;
	}
	return 0;
}

static int differing_bits(struct ntfs_checker *c, uint64_t cluster, uint8_t owned, uint8_t bits,
			  struct err *err)
{
	for (unsigned i = 0; i < 8 && cluster + i < c->core->geometry.clusters; i++) {
		bool own = owned >> i & 1, bit = bits >> i & 1;
		unsigned long long number = cluster + i;
		int r = 0;
		if (own && !bit)
			r = ntfs_fault(c, NTFS_FAULT_CLUSTER_FREE, number, err,
				       "cluster %llu is in use and $Bitmap calls it free", number);
		if (!own && bit)
			r = ntfs_fault(c, NTFS_FAULT_CLUSTER_LOST, number, err,
				       "cluster %llu is nobody's and $Bitmap calls it used",
				       number);
		if (r != 0)
			return -1;
	}
	return 0;
}

static int check_bitmap(struct ntfs_checker *c, struct err *err)
{
	uint64_t len = (c->core->geometry.clusters + 7) / 8;
	const uint8_t *owned = c->survey.owned;
	struct ntfs_stream s;
	if (ntfs_stream_load(c->core, NTFS_RECORD_BITMAP, &ntfs_unnamed_data, c->arena, &s, err) !=
	    0)
		return -1;
	if (!s.found || s.size < len || s.valid < len)
		return ntfs_fault(c, NTFS_FAULT_BITMAP, 0, err,
				  "$Bitmap is shorter than the volume");
	uint8_t *buf = arena_alloc(c->arena, PIECE, err);
	for (uint64_t at = 0; buf && at < len; at += PIECE) {
		size_t n = len - at < PIECE ? (size_t)(len - at) : PIECE;
		if (ntfs_stream_read(c->core, &s, at, buf, n, err) != 0)
			return -1;
		bool same = memcmp(buf, owned + at, n) == 0;
		for (size_t i = 0; i < n && !same; i++) {
			if (buf[i] != owned[at + i] &&
			    differing_bits(c, (at + i) * 8, owned[at + i], buf[i], err) != 0)
				return -1;
		}
	}
	return buf ? 0 : -1;
}

/* ---- mirror ---- */

static int check_mirror(struct ntfs_checker *c, struct err *err)
{
	struct ntfs_stream s;
	if (ntfs_stream_load(c->core, NTFS_RECORD_MIRROR, &ntfs_unnamed_data, c->arena, &s, err) !=
	    0)
		return -1;
	if (!s.found || s.size == 0 || s.size > MIRROR_MAX || s.size > c->core->mft.size)
		return ntfs_fault(c, NTFS_FAULT_MIRROR, 0, err, "$MFTMirr has %llu bytes",
				  (unsigned long long)s.size);
	uint8_t *both = arena_alloc(c->arena, 2 * (size_t)s.size, err);
	if (!both || ntfs_stream_read(c->core, &s, 0, both, (size_t)s.size, err) != 0 ||
	    ntfs_stream_read(c->core, &c->core->mft, 0, both + s.size, (size_t)s.size, err) != 0)
		return -1;
	if (memcmp(both, both + s.size, (size_t)s.size) != 0)
		return ntfs_fault(c, NTFS_FAULT_MIRROR, 0, err,
				  "$MFTMirr differs from the beginning of $MFT");
	return 0;
}

/* A structure that cannot be read at all is a finding of that kind. */
static int found(struct ntfs_checker *c, int r, enum ntfs_fault fault, struct err *e,
		 struct err *err)
{
	if (r == 0)
		return 0;
	if (e->code != E_CORRUPT)
		return err_pass(err, e);
	int s = ntfs_fault(c, fault, 0, err, "%s", ERR_ARG(e));
	err_clear(e);
	return s;
}

int ntfs_check_volume(struct ntfs_checker *c, struct err *err)
{
	const struct ntfs_geometry *g = &c->core->geometry;
	struct err e = {0};
	uint64_t owned = (g->clusters + 7) / 8;
	if (found(c, check_mirror(c, &e), NTFS_FAULT_MIRROR, &e, err) != 0)
		return -1;
	if (c->core->mft.size > NTFS_CHECK_MFT_MAX || owned > OWNED_MAX)
		return 0;
	c->survey.n_records = c->core->mft.valid / g->record;
	c->survey.owned = arena_alloc(c->arena, (size_t)owned, err);
	c->survey.records = arena_array(c->arena, (size_t)c->survey.n_records, sizeof(uint32_t),
					err);
	if (!c->survey.owned || !c->survey.records)
		return -1;
	c->survey.whole = true;
	if (found(c, walk_records(c, &e), NTFS_FAULT_RECORD, &e, err) != 0 ||
	    found(c, check_mft_bitmap(c, &e), NTFS_FAULT_MFT_BITMAP, &e, err) != 0)
		return -1;
	return found(c, check_bitmap(c, &e), NTFS_FAULT_BITMAP, &e, err);
}
