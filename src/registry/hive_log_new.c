/* SPDX-License-Identifier: MIT */
/*
 * Logs of Windows 8.1, Server 2012 R2 and later: entries of whole pages, numbered and hashed.
 *
 * Two passes. The first follows the entries and believes one when its number is the expected one,
 * both hashes agree and all that it says fits: its pages lie inside the bins it names, and bins
 * beyond the end of the file are made of pages that some entry brought along. The first entry that
 * fails ends the chain; nothing behind it is looked at. The second pass only copies.
 *
 * Which logs: the one that begins earlier, then the other if it goes on where the first ended. A
 * log that begins before the primary's secondary number was replayed already. A gap between that
 * number and the first entry is normal: Windows writes the pages of a log out before it starts
 * that log anew, and leaves the numbers as they are. With an unusable primary base block Windows
 * uses one log alone, the later one. The single LOG counts when neither LOG1 nor LOG2 belongs.
 * If the earlier log lacks its own first entry nothing is replayed, because the entries of the
 * other one may build on what is lost.
 *
 * Afterwards every bin that a log touched must begin with a right header; what does not is
 * replaced by empty bins, as Windows does, and counted.
 *
 * Source: msuhanov/regf, "Windows registry file format specification", "New format".
 */
#include "hive_log_internal.h"

#include <string.h>

#define FLAG_KTM 1u /* the only flag that goes from an entry to the base block */

struct log_entry {
	const struct log_file *log; /* where it stands */
	struct span bytes;
	uint32_t sequence, flags, bins, n_refs;
	uint64_t page_bytes; /* in all its pages */
};

struct chain {
	struct log_entry *entries;
	size_t n;
	uint32_t next;   /* number that the next entry must have */
	uint32_t most;   /* largest size of the bins on the way */
	uint64_t backed; /* bytes of bins that the file and the pages so far can make up */
};

static struct span ref_at(const struct log_entry *e, uint32_t i)
{
	return span_sub(e->bytes, ENTRY_HEADER + (uint64_t)REF_SIZE * i, REF_SIZE);
}

/* NULL when the entry's pages are all there and inside its bins, else what is wrong. */
static const char *check_pages(struct log_entry *e)
{
	uint64_t room = e->bytes.len - ENTRY_HEADER;
	if (e->n_refs > room / REF_SIZE)
		return N_("names more pages than it can hold");
	room -= (uint64_t)REF_SIZE * e->n_refs;
	for (uint32_t i = 0; i < e->n_refs; i++) {
		struct span ref = ref_at(e, i);
		uint32_t off = le32(ref, 0), size = le32(ref, REF_SIZE_AT);
		if (off % ENTRY_ALIGN != 0 || size % ENTRY_ALIGN != 0 || off > e->bins ||
		    size > e->bins - off)
			return N_("has a page outside the bins");
		e->page_bytes += size;
		if (e->page_bytes > room)
			return N_("names more pages than it can hold");
	}
	return NULL;
}

static bool hashes_agree(struct span s)
{
	struct span header = span_sub(s, 0, ENTRY_HASH2_AT);
	struct span rest = span_sub(s, ENTRY_HEADER, s.len - ENTRY_HEADER);
	return le64(s, ENTRY_HASH2_AT) == marvin32(header) &&
	       le64(s, ENTRY_HASH1_AT) == marvin32(rest);
}

/*
 * The entry at `at` of a log, if its number is the expected one. NULL with *e filled; "" when no
 * such entry stands there, which is how every log ends; else what is wrong with it.
 */
static const char *read_entry(const struct log_file *log, uint64_t at, uint32_t expected,
			      struct log_entry *e)
{
	struct span s = span_sub(log->bytes, at, ENTRY_HEADER);
	if (s.len == 0 || memcmp(s.p, "HvLE", 4) != 0 || le32(s, ENTRY_SEQUENCE_AT) != expected)
		return "";
	uint32_t size = le32(s, ENTRY_SIZE_AT);
	if (size < ENTRY_HEADER || size % ENTRY_ALIGN != 0 || !span_holds(log->bytes, at, size))
		return N_("has an impossible size");
	s = span_sub(log->bytes, at, size);
	if (!hashes_agree(s))
		return N_("has a wrong hash");
	*e = (struct log_entry){
		.log = log,
		.bytes = s,
		.sequence = expected,
		.flags = le32(s, ENTRY_FLAGS_AT),
		.bins = le32(s, ENTRY_BINS_AT),
		.n_refs = le32(s, ENTRY_COUNT_AT),
	};
	if (e->bins == 0 || e->bins % BIN_ALIGN != 0 || e->bins > HIVE_RECOVER_MAX)
		return N_("names an impossible size of the bins");
	return check_pages(e);
}

/* Add e to the chain. False when its bins are more than file and pages can make up. */
static bool chain_add(struct chain *c, const struct log_entry *e)
{
	if (e->bins > c->backed + e->page_bytes)
		return false;
	c->backed += e->page_bytes;
	c->most = e->bins > c->most ? e->bins : c->most;
	c->entries[c->n++] = *e;
	c->next = e->sequence + 1;
	return true;
}

static void follow_log(struct recovery *r, struct chain *c, struct log_file *log)
{
	struct log_entry e;
	const char *wrong;
	uint64_t at = BASE_SECTOR;
	while (!(wrong = read_entry(log, at, c->next, &e)) && chain_add(c, &e)) {
		at += e.bytes.len;
		log->used = true;
	}
	if (!wrong)
		wrong = N_("needs more bins than the file and the logs hold");
	if (!log->used)
		log_refuse(r, log, "its first entry, %u, %s", c->next,
			   said_word(*wrong ? wrong : N_("is missing"), r->arena));
	else if (*wrong)
		r->out->partial = true;
	if (log->used && *wrong)
		log_note(r, "%s: entry %u %s; the replay ends before it", log->name, c->next,
			 said_word(wrong, r->arena));
}

static bool log_belongs(struct recovery *r, struct log_file *log)
{
	if (log->kind != LOG_NEW)
		return false;
	if (r->base_ok && sequence_before(log->sequence, r->sequence[1]))
		return log_refuse(r, log, "begins with entry %u, the hive holds all before %u",
				  log->sequence, r->sequence[1]);
	if (!r->base_ok && !log_time_fits(r, log))
		return log_refuse(r, log, "belongs to another hive or time");
	return true;
}

/* The logs to replay, in order; NULL for none. */
static void choose_logs(struct recovery *r, struct log_file *out[2])
{
	struct log_file *a = log_belongs(r, &r->logs[0]) ? &r->logs[0] : NULL;
	struct log_file *b = log_belongs(r, &r->logs[1]) ? &r->logs[1] : NULL;
	if (!a && !b && log_belongs(r, &r->logs[2]))
		a = &r->logs[2];
	if (!a || (b && sequence_before(b->sequence, a->sequence))) {
		struct log_file *earlier = b;
		b = a;
		a = earlier;
	}
	if (!r->base_ok && b) {
		log_refuse(r, a, "is the earlier one, and the base block must come from a log");
		a = b;
		b = NULL;
	}
	out[0] = a;
	out[1] = b;
}

static int chain_collect(struct recovery *r, struct chain *c)
{
	struct log_file *logs[2];
	size_t most = 0;
	choose_logs(r, logs);
	for (size_t i = 0; i < 2 && logs[i]; i++)
		most += logs[i]->bytes.len / ENTRY_ALIGN;
	if (most == 0)
		return 0;
	c->entries = arena_array(r->arena, most, sizeof(*c->entries), r->err);
	if (!c->entries)
		return -1;
	c->backed = r->in->primary.len > HIVE_BASE ? r->in->primary.len - HIVE_BASE : 0;
	c->next = logs[0]->sequence;
	follow_log(r, c, logs[0]);
	if (logs[1] && logs[1]->sequence == c->next)
		follow_log(r, c, logs[1]);
	else if (logs[1])
		log_refuse(r, logs[1], "begins with entry %u where %u is next", logs[1]->sequence,
			   c->next);
	return 0;
}

/* What a byte of the map says of 4096 bytes of the bins. */
enum { FROM_LOG = 1, GROWN = 2 };

/* Copy the pages of an entry into the bins and mark them in the map. */
static void apply_entry(struct recovery *r, const struct log_entry *e, uint8_t *touched)
{
	uint64_t from = ENTRY_HEADER + (uint64_t)REF_SIZE * e->n_refs;
	for (uint32_t i = 0; i < e->n_refs; i++) {
		uint32_t off = le32(ref_at(e, i), 0), size = le32(ref_at(e, i), REF_SIZE_AT);
		if (size == 0)
			continue;
		memcpy(r->bytes + HIVE_BASE + off, e->bytes.p + from, size);
		from += size;
		for (uint32_t page = off / BIN_ALIGN; page <= (off + size - 1) / BIN_ALIGN; page++)
			touched[page] |= FROM_LOG;
	}
}

/* Bins that the primary does not have are the logs' to fill, whether they did it or not. */
static void mark_grown(const struct recovery *r, uint8_t *touched, uint32_t bins)
{
	uint32_t had = le32(r->in->primary, BASE_BINS_AT);
	if (r->base_ok)
		for (uint32_t page = had / BIN_ALIGN; page < bins / BIN_ALIGN; page++)
			touched[page] |= GROWN;
}

static void put_dummy_bin(uint8_t *bin, uint32_t at)
{
	memset(bin, 0, BIN_ALIGN);
	memcpy(bin, "hbin", 4);
	put_le32(bin + BIN_OFFSET_AT, at);
	put_le32(bin + BIN_SIZE_AT, BIN_ALIGN);
	put_le32(bin + BIN_HEADER, BIN_ALIGN - BIN_HEADER); /* one free cell */
}

/*
 * Follow the chain of bins. Where a page that the logs had to bring should be a bin's header and
 * is none, empty bins are put until a header stands where it should. A header that was wrong
 * before the recovery stays; the chain is then found again at the next right one.
 */
static uint32_t heal_bins(struct recovery *r, const uint8_t *touched, uint32_t bins)
{
	enum { SOUND, LOST, HEALING } state = SOUND;
	uint32_t dummies = 0, size;
	for (uint32_t at = 0; at < bins; at += size) {
		uint8_t *bin = r->bytes + HIVE_BASE + at;
		struct span header = {bin, BIN_HEADER};
		size = BIN_ALIGN;
		if (bin_fits(header, at, bins)) {
			state = SOUND;
			size = le32(header, BIN_SIZE_AT);
			continue;
		}
		if (state == SOUND)
			state = touched[at / BIN_ALIGN] ? HEALING : LOST;
		if (state == HEALING) {
			put_dummy_bin(bin, at);
			dummies++;
		}
	}
	return dummies;
}

static void set_result(struct recovery *r, const struct chain *c, const uint8_t *touched)
{
	const struct log_entry *last = &c->entries[c->n - 1];
	recovery_base(r, last->log, last->sequence + 1, last->bins);
	uint32_t flags = le32((struct span){r->bytes, HIVE_BASE}, BASE_FLAGS_AT);
	put_le32(r->bytes + BASE_FLAGS_AT, (flags & ~FLAG_KTM) | (last->flags & FLAG_KTM));
	for (uint32_t i = 0; i < last->bins / BIN_ALIGN; i++)
		r->out->pages += touched[i] & FROM_LOG;
	r->out->page_size = BIN_ALIGN;
	r->out->entries = c->n;
	r->out->last_sequence = last->sequence;
}

int log_new_recover(struct recovery *r)
{
	struct chain c = {0};
	if (chain_collect(r, &c))
		return -1;
	if (c.n == 0)
		return 0;
	uint8_t *touched = arena_alloc(r->arena, c.most / BIN_ALIGN, r->err);
	if (!touched || recovery_copy(r, c.most))
		return -1;
	for (size_t i = 0; i < c.n; i++)
		apply_entry(r, &c.entries[i], touched);
	set_result(r, &c, touched);
	mark_grown(r, touched, c.most);
	r->out->dummy_bins = heal_bins(r, touched, c.entries[c.n - 1].bins);
	r->out->doubtful = r->out->dummy_bins > 0;
	if (r->out->doubtful)
		log_note(r, "bins that the logs damage or leave out are empty now: %u",
			 r->out->dummy_bins);
	return 1;
}
