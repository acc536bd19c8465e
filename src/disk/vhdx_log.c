/* SPDX-License-Identifier: MIT */
/*
 * The log is a ring of 4 KiB sectors. An entry is a header with descriptors (whole sectors) and
 * one sector for each data descriptor; it may wrap around the end of the ring, but none of its
 * parts crosses a sector. So sectors are addressed by their number in the ring, and an entry never
 * has to be copied together.
 *
 * Entries follow each other with sequence numbers that rise by one. Among the runs of sound
 * entries the one with the greatest number is active, provided that its last entry names an entry
 * of the same run as the oldest one still needed (its tail). Replay goes from that tail to the
 * last entry. A run's own later part has the same last entry, so the search goes on behind it.
 *
 * Entries left over from another log id mean nothing and cost no checksum. The bytes summed up
 * are bounded (SUM_ROUNDS): in a sound log entries do not overlap, and only the torn last entry
 * is looked at more than once.
 *
 * Source: [MS-VHDX] 2.3.1 to 2.3.3.
 */
#include "vhdx_log.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SECTOR     4096u
#define ENTRY_HEAD 64u
#define DESCRIPTOR 32u
#define DATA_HEAD  8u /* of a page, kept in its descriptor */
#define DATA_TAIL  4u
#define DATA_BODY  (SECTOR - DATA_HEAD - DATA_TAIL)

#define ENTRY_CHECKSUM    4
#define ENTRY_LEN         8
#define ENTRY_TAIL        12
#define ENTRY_SEQUENCE    16
#define ENTRY_DESCRIPTORS 24
#define ENTRY_ID          32
#define ENTRY_FLUSHED     48
#define ENTRY_LAST        56

/* Windows and qemu make logs of 1 MiB; this many bytes are held in memory while replaying. */
#define LOG_LEN_MAX (64u << 20)
#define SUM_ROUNDS  8u
/* The file identifier and both headers are never changed by the log. */
#define FIRST_TARGET ((uint64_t)192 * 1024)

struct log {
	const struct vhdx_header *header;
	struct vhdx_file *file;
	struct arena *arena;
	uint8_t *bytes;
	uint32_t n;      /* sectors in the ring */
	uint64_t budget; /* bytes that may still be summed up */
};

struct entry {
	uint32_t start, sectors; /* in the ring */
	uint32_t tail;           /* sector of the oldest entry still needed */
	uint32_t descriptors;
	uint64_t sequence;
	uint64_t flushed, last; /* file sizes */
};

/* Entries one behind the other. */
struct run {
	uint32_t start, sectors;
	struct entry head; /* the last one */
	bool tail_inside;
};

static struct span sector(const struct log *l, uint64_t number)
{
	return (struct span){l->bytes + number % l->n * SECTOR, SECTOR};
}

static uint64_t file_offset(const struct log *l, uint64_t number)
{
	return l->header->log_at + number % l->n * SECTOR;
}

/* ---- finding the active run ---- */

static uint32_t checksum(const struct log *l, const struct entry *e)
{
	static const uint8_t zero[4];
	struct span first = sector(l, e->start);
	uint32_t crc = crc32c_of(span_sub(first, 0, ENTRY_CHECKSUM));
	crc = crc32c_more(crc, (struct span){zero, sizeof(zero)});
	crc = crc32c_more(crc, span_sub(first, ENTRY_LEN, SECTOR - ENTRY_LEN));
	for (uint32_t i = 1; i < e->sectors; i++)
		crc = crc32c_more(crc, sector(l, (uint64_t)e->start + i));
	return crc;
}

static bool looks_like_entry(const struct log *l, struct span raw)
{
	uint32_t len = le32(raw, ENTRY_LEN), tail = le32(raw, ENTRY_TAIL);
	return memcmp(raw.p, "loge", 4) == 0 &&
	       memcmp(raw.p + ENTRY_ID, l->header->log_id, VHDX_GUID_LEN) == 0 && len > 0 &&
	       len % SECTOR == 0 && len / SECTOR <= l->n && tail % SECTOR == 0 &&
	       tail / SECTOR < l->n && le64(raw, ENTRY_SEQUENCE) > 0;
}

/* 1 with *e when a sound entry starts at this sector, 0 when none does, -1 with err. */
static int read_entry(struct log *l, uint32_t start, struct entry *e, struct err *err)
{
	struct span raw = sector(l, start);
	if (!looks_like_entry(l, raw))
		return 0;
	*e = (struct entry){
		.start = start,
		.sectors = le32(raw, ENTRY_LEN) / SECTOR,
		.tail = le32(raw, ENTRY_TAIL) / SECTOR,
		.descriptors = le32(raw, ENTRY_DESCRIPTORS),
		.sequence = le64(raw, ENTRY_SEQUENCE),
		.flushed = le64(raw, ENTRY_FLUSHED),
		.last = le64(raw, ENTRY_LAST),
	};
	uint64_t len = (uint64_t)e->sectors * SECTOR;
	if (len > l->budget)
		return err_set(err, E_CORRUPT,
			       "VHDX log at 0x%" PRIx64 ": too many entries lie over each other",
			       l->header->log_at);
	l->budget -= len;
	return le32(raw, ENTRY_CHECKSUM) == checksum(l, e);
}

/* Follow the entries from one sector on. 0 with *r (no sectors: nothing starts here), or -1. */
static int follow(struct log *l, uint32_t start, struct run *r, struct err *err)
{
	struct entry e;
	*r = (struct run){.start = start};
	while (r->sectors < l->n) {
		int sound = read_entry(l, (start + r->sectors) % l->n, &e, err);
		if (sound < 0)
			return -1;
		bool next = r->sectors == 0 || e.sequence == r->head.sequence + 1;
		if (!sound || !next || e.sectors > l->n - r->sectors)
			break;
		r->head = e;
		r->sectors += e.sectors;
	}
	return 0;
}

/* Is the tail that the last entry names the start of an entry of this run? */
static bool tail_is_inside(const struct log *l, const struct run *r)
{
	for (uint32_t done = 0; done < r->sectors;) {
		uint32_t at = (r->start + done) % l->n;
		if (at == r->head.tail)
			return true;
		done += le32(sector(l, at), ENTRY_LEN) / SECTOR;
	}
	return false;
}

static int find_active(struct log *l, struct run *active, struct err *err)
{
	bool found = false;
	for (uint64_t start = 0; start < l->n;) {
		struct run r;
		if (follow(l, (uint32_t)start, &r, err) < 0)
			return -1;
		if (r.sectors > 0 && tail_is_inside(l, &r) &&
		    (!found || r.head.sequence > active->head.sequence)) {
			*active = r;
			found = true;
		}
		start += r.sectors > 0 ? r.sectors : 1;
	}
	if (found)
		return 0;
	return err_set(err, E_CORRUPT,
		       "VHDX log at 0x%" PRIx64
		       ": the header says that it is in use, but it holds no valid sequence of "
		       "entries",
		       l->header->log_at);
}

/* ---- replaying ---- */

static int bad_entry(const struct log *l, const struct entry *e, const char *why, struct err *err)
{
	return err_set(err, E_CORRUPT, "VHDX log entry at 0x%" PRIx64 ": %s",
		       file_offset(l, e->start), SAID_ARG(said_of(why)));
}

static bool may_change(const struct log *l, uint64_t at, uint64_t len)
{
	uint64_t end, log_end = l->header->log_at + l->header->log_len;
	return at % SECTOR == 0 && len % SECTOR == 0 && at >= FIRST_TARGET &&
	       !__builtin_add_overflow(at, len, &end) && end <= INT64_MAX &&
	       (end <= l->header->log_at || at >= log_end);
}

/* The page that a data sector and its descriptor make together; NULL without memory. */
static uint8_t *restore_page(const struct log *l, struct span desc, struct span data,
			     struct err *err)
{
	uint8_t *page = arena_alloc(l->arena, SECTOR, err);
	if (!page)
		return NULL;
	memcpy(page, desc.p + 8, DATA_HEAD);
	memcpy(page + DATA_HEAD, data.p + 8, DATA_BODY);
	memcpy(page + DATA_HEAD + DATA_BODY, desc.p + 4, DATA_TAIL);
	return page;
}

static int replay_data(struct log *l, const struct entry *e, struct span desc, uint64_t *next,
		       struct err *err)
{
	uint64_t at = le64(desc, 16);
	if (*next >= e->sectors)
		return bad_entry(l, e, "its data does not fit into its length", err);
	struct span data = sector(l, e->start + *next);
	if (memcmp(data.p, "data", 4) != 0 || le32(data, 4) != e->sequence >> 32 ||
	    le32(data, SECTOR - 4) != (uint32_t)e->sequence)
		return bad_entry(l, e, "a data sector belongs to another entry", err);
	if (!may_change(l, at, SECTOR))
		return bad_entry(l, e, "it changes a place that the log may not change", err);
	++*next;
	const uint8_t *page = restore_page(l, desc, data, err);
	return page ? vhdx_file_put(l->file, at, page, err) : -1;
}

static int replay_zeros(struct log *l, const struct entry *e, struct span desc, struct err *err)
{
	uint64_t len = le64(desc, 8), at = le64(desc, 16);
	if (!may_change(l, at, len))
		return bad_entry(l, e, "it zeroes a place that the log may not change", err);
	for (uint64_t done = 0; done < len; done += SECTOR)
		if (vhdx_file_put(l->file, at + done, NULL, err) < 0)
			return -1;
	return 0;
}

static int replay_entry(struct log *l, const struct entry *e, struct err *err)
{
	uint64_t described = ENTRY_HEAD + (uint64_t)e->descriptors * DESCRIPTOR;
	uint64_t next = (described + SECTOR - 1) / SECTOR; /* its next data sector */
	if (next > e->sectors)
		return bad_entry(l, e, "its descriptors do not fit into its length", err);
	for (uint32_t i = 0; i < e->descriptors; i++) {
		uint64_t at = ENTRY_HEAD + (uint64_t)i * DESCRIPTOR;
		struct span desc = span_sub(sector(l, e->start + at / SECTOR), at % SECTOR,
					    DESCRIPTOR);
		int rc = -1;
		if (le64(desc, 24) != e->sequence)
			return bad_entry(l, e, "a descriptor belongs to another entry", err);
		if (memcmp(desc.p, "desc", 4) == 0)
			rc = replay_data(l, e, desc, &next, err);
		else if (memcmp(desc.p, "zero", 4) == 0)
			rc = replay_zeros(l, e, desc, err);
		else
			bad_entry(l, e, "a descriptor of unknown kind", err);
		if (rc < 0)
			return -1;
	}
	vhdx_file_grow(l->file, e->last < INT64_MAX ? e->last : 0);
	return 0;
}

/* Skip the entries before the tail; the last one ends the run. */
static int replay_run(struct log *l, const struct run *r, struct err *err)
{
	bool needed = false;
	for (uint32_t done = 0; done < r->sectors;) {
		struct entry e;
		int sound = read_entry(l, (r->start + done) % l->n, &e, err);
		if (sound <= 0)
			return sound < 0 ? -1 : bad_entry(l, &r->head, "it changed", err);
		needed |= e.start == r->head.tail;
		if (needed && replay_entry(l, &e, err) < 0)
			return -1;
		done += e.sectors;
	}
	return 0;
}

static int replay_active(struct log *l, struct err *err)
{
	struct run active = {0};
	uint64_t size = vhdx_file_raw_size(l->file);
	if (vhdx_file_read(l->file, l->header->log_at, l->bytes, l->header->log_len, err) < 0)
		return err_at(err, "VHDX log");
	if (find_active(l, &active, err) < 0)
		return -1;
	if (active.head.flushed > size)
		return err_set(err, E_CORRUPT,
			       "VHDX log entry at 0x%" PRIx64 ": the file must have %" PRIu64
			       " bytes but has %" PRIu64,
			       file_offset(l, active.head.start), active.head.flushed, size);
	return replay_run(l, &active, err);
}

int vhdx_log_replay(const struct vhdx_header *header, struct vhdx_file *f, struct arena *arena,
		    struct err *err)
{
	if (!header->log_used)
		return 0;
	if (header->log_len > LOG_LEN_MAX)
		return err_set(err, E_UNSUPPORTED,
			       "VHDX log at 0x%" PRIx64 ": %u bytes in use, more than %u",
			       header->log_at, header->log_len, LOG_LEN_MAX);
	struct log l = {
		.header = header,
		.file = f,
		.arena = arena,
		.bytes = malloc(header->log_len),
		.n = header->log_len / SECTOR,
		.budget = (uint64_t)SUM_ROUNDS * header->log_len,
	};
	if (!l.bytes)
		return err_set(err, E_MEMORY, "no memory for the VHDX log");
	int rc = replay_active(&l, err);
	free(l.bytes);
	if (rc == 0)
		vhdx_file_settle(f);
	return rc;
}
