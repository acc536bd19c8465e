/* SPDX-License-Identifier: MIT */
/*
 * Logical partitions: a chain of tables inside the extended partition. In each table the first
 * entry of another type is a logical partition, counted from the table itself; the first extended
 * entry leads to the next table, counted from the start of the extended partition. Tables without
 * a partition do not take a number, so the first logical one is 5 as everywhere else.
 *
 * The chain is bounded by LOGICALS_MAX tables, and a table that was already read ends it. Whatever
 * is wrong with it concerns the extended partition alone: the others are listed, and so are the
 * logical ones before the damage.
 *
 * Source: doc/FORMATS/partitions.md, "Logical partitions".
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "gpt.h"
#include "mbr.h"

struct chain {
	struct image *img;
	struct arena *arena;
	struct partition_table *out;
	struct partition *extended;
	uint32_t sector;       /* bytes */
	uint64_t first, count; /* sectors of the extended partition */
	uint64_t seen[LOGICALS_MAX];
	unsigned n; /* tables read */
};

/* What one table says. */
struct link {
	struct mbr_entry partition, next;
	bool more; /* entries that nobody follows */
};

static struct link parse(struct span table)
{
	struct link l = {0};
	for (unsigned i = 0; i < MBR_ENTRIES; i++) {
		struct mbr_entry e = mbr_entry(table, i);
		struct mbr_entry *to = mbr_type_is_extended(e.type) ? &l.next : &l.partition;
		if (!mbr_entry_is_used(e))
			continue;
		l.more |= mbr_entry_is_used(*to);
		if (!mbr_entry_is_used(*to))
			*to = e;
	}
	return l;
}

/* Said in the notes and in the list; the chain ends here. */
static int damaged(struct chain *c, struct said words, struct err *err)
{
	if (!words.plain)
		return err_set(err, E_MEMORY, "no memory for a note");
	c->extended->problem = words;
	return partition_note(c->out,
			      said_make(c->arena, "extended partition %u: %s", c->extended->number,
					said_arg(words, c->arena)),
			      err);
}

static bool was_seen(const struct chain *c, uint64_t at)
{
	for (unsigned i = 0; i < c->n; i++)
		if (c->seen[i] == at)
			return true;
	return false;
}

/* Why the table in this sector must not be read; NULLs if it may, "" without memory. */
static struct said refuse_place(const struct chain *c, uint64_t at)
{
	struct said words;
	if (at - c->first >= c->count)
		words = said_make(c->arena,
				  "its chain of tables leads out of it, to sector %" PRIu64, at);
	else if (was_seen(c, at))
		words = said_make(c->arena, "its chain of tables comes back to sector %" PRIu64,
				  at);
	else if (c->n == LOGICALS_MAX)
		words = said_make(c->arena, "its chain has more than %u tables", LOGICALS_MAX);
	else
		return said_of(NULL);
	return words.plain ? words : said_as_is("");
}

static struct said outside(const struct chain *c, const struct partition *p)
{
	uint64_t end = (c->first + c->count) * c->sector;
	if (p->start < end && p->size <= end - p->start)
		return said_of(NULL);
	struct said words = said_make(c->arena, "lies outside the extended partition %u",
				      c->extended->number);
	return words.plain ? words : said_of("lies outside the extended partition");
}

static int add_logical(struct chain *c, struct mbr_entry e, uint64_t at, struct err *err)
{
	if (!mbr_entry_is_used(e))
		return 0;
	struct partition *last = &c->out->items[c->out->n - 1];
	struct partition *p = &c->out->items[c->out->n];
	if (mbr_fill(e, at, c->sector, c->arena, p, err) < 0)
		return -1;
	p->number = last->number < MBR_LOGICAL ? MBR_LOGICAL : last->number + 1;
	if (!p->problem.plain)
		p->problem = outside(c, p);
	c->out->n++;
	return 0;
}

static bool is_empty(struct span s)
{
	return s.p[0] == 0 && memcmp(s.p, s.p + 1, s.len - 1) == 0;
}

/* 1 with l filled, 0 when the chain ends here, -1 with err. */
static int read_link(struct chain *c, uint64_t at, struct link *l, struct err *err)
{
	uint8_t bytes[MBR_LEN];
	struct span table = {bytes, sizeof(bytes)};
	struct err why = {0};
	const struct said refusal = refuse_place(c, at);
	if (refusal.plain)
		return damaged(c, refusal, err);
	c->seen[c->n++] = at;
	if (image_read(c->img, at * c->sector, bytes, sizeof(bytes), &why) < 0)
		return damaged(c,
			       said_make(c->arena,
					 "its table in sector %" PRIu64 " cannot be read: %s", at,
					 ERR_ARG(&why)),
			       err);
	if (c->n == 1 && is_empty(table))
		return 0; /* an extended partition in which nothing was made yet */
	if (!mbr_has_signature(table))
		return damaged(c, said_make(c->arena, "sector %" PRIu64 " holds no table", at),
			       err);
	*l = parse(table);
	return 1;
}

static int note_more(const struct chain *c, uint64_t at, struct err *err)
{
	return partition_note(c->out,
			      said_make(c->arena,
					"the table of logical partitions in sector %" PRIu64
					" has entries that no system follows",
					at),
			      err);
}

static int walk(struct chain *c, struct err *err)
{
	struct link l = {0};
	int rc;
	for (uint64_t at = c->first; (rc = read_link(c, at, &l, err)) > 0;) {
		if (add_logical(c, l.partition, at, err) < 0 ||
		    (l.more && note_more(c, at, err) < 0))
			return -1;
		if (!mbr_entry_is_used(l.next))
			return 0;
		at = c->first + l.next.first;
	}
	return rc;
}

bool extended_is(const struct partition *p)
{
	return p->scheme == SCHEME_MBR && p->number < MBR_LOGICAL &&
	       mbr_type_is_extended((uint8_t)strtoul(p->type_id, NULL, 16));
}

bool extended_holds(const struct partition *outer, const struct partition *p)
{
	return extended_is(outer) && p->number >= MBR_LOGICAL;
}

int extended_read(struct image *img, struct partition *extended, struct arena *arena,
		  struct partition_table *out, struct err *err)
{
	uint32_t sector = image_info(img)->sector_size;
	struct chain c = {
		.img = img,
		.arena = arena,
		.out = out,
		.extended = extended,
		.sector = sector,
		.first = extended->start / sector,
		.count = extended->size / sector,
	};
	return walk(&c, err);
}
