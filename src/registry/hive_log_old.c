/* SPDX-License-Identifier: MIT */
/*
 * Logs up to Windows 8 and Server 2012: a bitmap of dirty 512-byte pages, and the pages.
 *
 * Nothing in such a log is hashed. It belongs to the hive when its "last written" time is the
 * primary's; the first of LOG1, LOG2, LOG that does is used, as the boot loader chooses, because
 * the loader is what reads the SYSTEM hive. Two rules are stricter than Windows' own, and both
 * only ever refuse: the log's number must be the primary's or the one before it (Windows 2000 to
 * 2003 number their logs one lower), and beside a log of the newer format an old one is a
 * leftover whose time no longer means anything.
 *
 * Bins are followed from the first on. A bin with dirty pages must begin with a right header, as
 * it will be after the copy; the first one that does not ends the replay, and that bin and all
 * behind it stay as they were.
 *
 * Source: msuhanov/regf, "Windows registry file format specification", "Old format".
 */
#include "hive_log_internal.h"

#include <string.h>

enum {
	PAGE = 512,
	VECTOR_AT = 4,      /* bitmap behind the signature */
	CLUSTERING_MAX = 8, /* sectors of 4096 bytes */
	PAGES_IN_BYTE = 8,
};

struct vector {
	struct span bits;  /* one for every page of the bins, lowest bit first */
	struct span pages; /* the dirty ones, in order */
	uint32_t n;        /* dirty pages */
	uint32_t bins;     /* bytes */
};

static bool is_dirty(const struct vector *v, uint32_t page)
{
	return u8(v->bits, page / PAGES_IN_BYTE) >> page % PAGES_IN_BYTE & 1;
}

/* Dirty pages in [from, to). */
static uint32_t count_dirty(const struct vector *v, uint32_t from, uint32_t to)
{
	uint32_t n = 0;
	for (uint32_t page = from; page < to; page++)
		n += is_dirty(v, page);
	return n;
}

/* Where the parts of a log are. False with a reason when it does not hold what it claims. */
static bool read_vector(struct recovery *r, struct log_file *log, struct vector *v)
{
	uint32_t clustering = le32(log->bytes, BASE_CLUSTERING_AT);
	v->bins = le32(log->bytes, BASE_BINS_AT);
	if (clustering == 0 || clustering > CLUSTERING_MAX)
		return log_refuse(r, log, "clustering factor %u", clustering);
	if (v->bins == 0 || v->bins % BIN_ALIGN != 0 || v->bins > HIVE_RECOVER_MAX)
		return log_refuse(r, log, "%u bytes of bins", v->bins);
	uint32_t sector = clustering * PAGE, n_bits = v->bins / PAGE;
	struct span s = span_sub(log->bytes, sector, VECTOR_AT + n_bits / PAGES_IN_BYTE);
	if (s.len == 0 || memcmp(s.p, "DIRT", VECTOR_AT) != 0)
		return log_refuse(r, log, "it has no list of dirty pages");
	v->bits = span_sub(s, VECTOR_AT, n_bits / PAGES_IN_BYTE);
	v->n = count_dirty(v, 0, n_bits);
	uint64_t at = (sector + s.len + sector - 1) / sector * sector;
	v->pages = span_sub(log->bytes, at, (uint64_t)v->n * PAGE);
	if (v->n > 0 && v->pages.len == 0)
		return log_refuse(r, log, "it ends before its %u dirty pages do", v->n);
	if ((uint64_t)HIVE_BASE + v->bins > r->in->primary.len + v->pages.len)
		return log_refuse(r, log, "it needs more bins than file and log hold");
	return true;
}

static bool log_belongs(struct recovery *r, struct log_file *log)
{
	if (log->kind != LOG_OLD)
		return false;
	for (size_t i = 0; i < HIVE_LOGS; i++)
		if (r->logs[i].kind == LOG_NEW)
			return log_refuse(r, log, "is a leftover of an older Windows");
	if (!log_time_fits(r, log))
		return log_refuse(r, log, "belongs to another hive or time");
	if (r->base_ok && log->sequence != r->sequence[0] && log->sequence + 1 != r->sequence[0])
		return log_refuse(r, log, "is number %u, the hive is at %u", log->sequence,
				  r->sequence[0]);
	return true;
}

/* Copy the dirty pages among [page, end); *done counts the log's pages already copied. */
static void copy_pages(struct recovery *r, const struct vector *v, uint32_t page, uint32_t end,
		       uint32_t *done)
{
	for (; page < end; page++)
		if (is_dirty(v, page))
			memcpy(r->bytes + HIVE_BASE + (size_t)page * PAGE,
			       v->pages.p + (size_t)(*done)++ * PAGE, PAGE);
}

/* Replay bin by bin. The number of pages copied; *stop is the bin that ended it. */
static uint32_t replay(struct recovery *r, const struct vector *v, uint32_t *stop)
{
	uint32_t done = 0, at = 0, size;
	for (; at < v->bins; at += size) {
		uint32_t page = at / PAGE;
		struct span bin = {r->bytes + HIVE_BASE + at, BIN_HEADER};
		if (is_dirty(v, page))
			bin = span_sub(v->pages, (uint64_t)done * PAGE, PAGE);
		if (!bin_fits(bin, at, v->bins))
			break;
		size = le32(bin, BIN_SIZE_AT);
		copy_pages(r, v, page, page + size / PAGE, &done);
	}
	*stop = at;
	return done;
}

static int recover_from(struct recovery *r, struct log_file *log, const struct vector *v)
{
	uint32_t stop;
	if (recovery_copy(r, v->bins))
		return -1;
	uint32_t done = replay(r, v, &stop);
	bool lacking = done == v->n && stop < v->bins && r->base_ok &&
		       stop >= le32(r->in->primary, BASE_BINS_AT);
	if (lacking || (done == 0 && v->n > 0)) {
		log_refuse(r, log,
			   lacking ? N_("the bin at 0x%x would be missing")
				   : N_("the bin at 0x%x would be damaged"),
			   stop);
		return 0;
	}
	r->out->doubtful = done < v->n;
	if (r->out->doubtful)
		log_note(r, "%s: the bin at 0x%x would be damaged; the replay ends before it",
			 log->name, stop);
	recovery_base(r, log, r->base_ok ? r->sequence[0] : log->sequence, v->bins);
	log->used = true;
	r->out->pages = done;
	r->out->page_size = PAGE;
	r->out->entries = 1;
	r->out->last_sequence = log->sequence;
	return 1;
}

int log_old_recover(struct recovery *r)
{
	for (size_t i = 0; i < HIVE_LOGS; i++) {
		struct log_file *log = &r->logs[i];
		struct vector v = {0};
		if (!log_belongs(r, log) || !read_vector(r, log, &v))
			continue;
		int got = recover_from(r, log, &v);
		if (got != 0)
			return got;
	}
	return 0;
}
