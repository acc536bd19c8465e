/* SPDX-License-Identifier: MIT */
/*
 * Recovery of a dirty hive: which logs there are, which format is replayed, and what becomes of
 * the base block.
 *
 * This file reads base blocks only. A log counts when its copy of the base block is whole
 * (signature, checksum, equal numbers) and its file type and second sector name one of the two
 * formats. New logs are tried before old ones: a Windows that writes the new format may have left
 * an old log behind, and has stopped keeping the time by which an old log is recognised. Whatever
 * is wrong with a log becomes a reason in words; nothing here fails but for want of memory.
 *
 * Kept true: the caller's bytes are never written, and the copy is never larger than the primary
 * and its logs together.
 *
 * Source: msuhanov/regf, "Windows registry file format specification", "Format of transaction log
 * files", "Dirty state of a hive", "Multiple transaction log files".
 */
#include "hive_log_internal.h"

#include "stop7b/hive_check.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { TYPE_OLD = 1, TYPE_OLD_2000 = 2, TYPE_NEW = 6 };

static const char *const log_names[HIVE_LOGS] = {"LOG1", "LOG2", "LOG"};

bool log_refuse(struct recovery *r, struct log_file *log, const char *fmt, ...)
{
	va_list args;
	if (log->refused)
		return false;
	log->refused = true;
	va_start(args, fmt);
	const char *why = said_arg(said_makev(r->arena, fmt, args), r->arena);
	va_end(args);
	r->refusals = r->refusals.plain ? said_make(r->arena, "%s; %s: %s",
						    said_arg(r->refusals, r->arena), log->name, why)
					: said_make(r->arena, "%s: %s", log->name, why);
	return false;
}

void log_note(struct recovery *r, const char *fmt, ...)
{
	va_list args;
	if (r->out->n_notes == HIVE_NOTES)
		return;
	va_start(args, fmt);
	struct said note = said_makev(r->arena, fmt, args);
	va_end(args);
	if (note.plain)
		r->out->notes[r->out->n_notes++] = note;
}

bool log_base_is_whole(struct span s)
{
	return span_holds(s, 0, BASE_SECTOR) && memcmp(s.p, "regf", 4) == 0 &&
	       le32(s, BASE_CHECKSUM_AT) == hive_checksum(s);
}

static void read_primary(struct recovery *r)
{
	struct span s = r->in->primary;
	r->base_ok = log_base_is_whole(s) && s.len >= HIVE_BASE;
	r->sequence[0] = le32(s, BASE_PRIMARY_AT);
	r->sequence[1] = le32(s, BASE_SECONDARY_AT);
	r->written = r->base_ok ? le64(s, BASE_TIME_AT)
				: le64(s, (uint64_t)HIVE_BASE + BIN_TIME_AT);
}

/* Which format a log with a whole base block has. */
static enum log_kind kind_of(struct span s)
{
	uint32_t type = le32(s, BASE_TYPE_AT);
	if (type == TYPE_NEW)
		return LOG_NEW;
	return type == TYPE_OLD || type == TYPE_OLD_2000 ? LOG_OLD : LOG_NONE;
}

const char *hive_log_kind(struct span head)
{
	static const char *const words[] = {
		[LOG_NONE] = NULL, [LOG_OLD] = "old", [LOG_NEW] = "new"};
	bool begins = span_holds(head, 0, HIVE_LOG_HEAD) && memcmp(head.p, "regf", 4) == 0;
	return begins ? words[kind_of(head)] : NULL;
}

static void read_log(struct recovery *r, struct log_file *log)
{
	struct span s = log->bytes;
	log->sequence = le32(s, BASE_PRIMARY_AT);
	log->written = le64(s, BASE_TIME_AT);
	if (s.len == 0)
		return;
	if (!log_base_is_whole(s))
		log_refuse(r, log, "its base block is damaged");
	else if (log->sequence != le32(s, BASE_SECONDARY_AT))
		log_refuse(r, log, "writing it was interrupted");
	else if (kind_of(s) == LOG_NONE)
		log_refuse(r, log, "file type %u is not that of a log", le32(s, BASE_TYPE_AT));
	else
		log->kind = kind_of(s);
}

static void read_logs(struct recovery *r)
{
	for (size_t i = 0; i < HIVE_LOGS; i++) {
		struct log_file *log = &r->logs[i];
		*log = (struct log_file){.name = log_names[i], .bytes = r->in->logs[i]};
		read_log(r, log);
	}
}

bool log_time_fits(struct recovery *r, const struct log_file *log)
{
	struct span s = r->in->primary;
	bool bin = bin_fits(span_sub(s, HIVE_BASE, BIN_HEADER), 0, HIVE_RECOVER_MAX);
	if (log->written == r->written && (r->base_ok || bin))
		return true;
	return bin && memcmp(s.p, "regf", 4) == 0 && log->written == le64(s, BASE_TIME_AT);
}

bool bin_fits(struct span s, uint32_t at, uint32_t bins)
{
	uint32_t size = le32(s, BIN_SIZE_AT);
	return span_holds(s, 0, BIN_HEADER) && memcmp(s.p, "hbin", 4) == 0 &&
	       le32(s, BIN_OFFSET_AT) == at && size >= BIN_ALIGN && size % BIN_ALIGN == 0 &&
	       at < bins && size <= bins - at;
}

int recovery_copy(struct recovery *r, uint32_t bins)
{
	struct span s = r->in->primary;
	uint64_t need = (uint64_t)HIVE_BASE + bins;
	r->bytes = arena_alloc(r->arena, s.len > need ? s.len : (size_t)need, r->err);
	if (!r->bytes)
		return -1;
	if (s.len > 0)
		memcpy(r->bytes, s.p, s.len);
	return 0;
}

void recovery_base(struct recovery *r, const struct log_file *log, uint32_t sequence, uint32_t bins)
{
	r->out->base_from_log = !r->base_ok;
	if (!r->base_ok) {
		memcpy(r->bytes, log->bytes.p, BASE_SECTOR);
		log_note(r,
			 log->written == r->written
				 ? N_("the base block is unusable and was taken from %s")
				 : N_("the base block is unusable and was taken from %s, whose "
				      "time is not the first bin's"),
			 log->name);
	}
	put_le32(r->bytes + BASE_PRIMARY_AT, sequence);
	put_le32(r->bytes + BASE_SECONDARY_AT, sequence);
	put_le32(r->bytes + BASE_TYPE_AT, 0);
	put_le32(r->bytes + BASE_BINS_AT, bins);
	r->out->needs_len = (uint64_t)HIVE_BASE + bins;
}

/* "LOG1+LOG2" in the order of the files. */
static const char *used_names(const struct recovery *r)
{
	const char *names = "";
	for (size_t i = 0; i < HIVE_LOGS; i++)
		if (r->logs[i].used && names)
			names = arena_printf(r->arena, "%s%s%s", names, *names ? "+" : "",
					     r->logs[i].name);
	return names;
}

/* Defects of a hive file; UINT64_MAX when it does not even open. -1 with E_MEMORY. */
static int count_defects(struct span bytes, struct arena *arena, uint64_t *n, struct err *err)
{
	struct hive h;
	struct hive_report report;
	*n = UINT64_MAX;
	if (hive_open(&h, bytes, NULL) < 0)
		return 0;
	if (hive_check(&h, arena, &report, err) < 0)
		return -1;
	*n = report.defects;
	return 0;
}

/*
 * Pages of old logs carry no hash, and those of new ones may be forged: what they make of the hive
 * is shown, as Windows would take it, but damage that the primary did not have forbids edits.
 */
static int doubt_damage(struct recovery *r)
{
	uint64_t before, after;
	struct arena *arena = arena_new();
	if (!arena)
		return err_set(r->err, E_MEMORY, "no memory to check a recovered hive");
	int rc = count_defects(r->in->primary, arena, &before, r->err);
	if (rc == 0)
		rc = count_defects(r->out->bytes, arena, &after, r->err);
	arena_free(arena);
	if (rc < 0 || after == 0 || (after <= before && before != UINT64_MAX))
		return rc;
	r->out->doubtful = true;
	log_note(r, "the log is damaged: what it makes of the hive has defects");
	return 0;
}

/* Entries above the last that was applied are changes that Windows had promised to keep. */
static void note_leftovers(struct recovery *r)
{
	struct hive_leftovers left;
	hive_log_leftovers(r->in, r->out->last_sequence, &left);
	if (left.entries == 0)
		return;
	r->out->partial = true;
	log_note(r,
		 left.entries == 1
			 ? N_("%u valid log entry with a number above %u was not applied")
			 : N_("%u valid log entries with numbers above %u were not applied"),
		 left.entries, r->out->last_sequence);
}

static int finish(struct recovery *r, const char *kind)
{
	struct hive_recovery *out = r->out;
	struct span base = {r->bytes, HIVE_BASE};
	put_le32(r->bytes + BASE_CHECKSUM_AT, hive_checksum(base));
	/* An entry may have needed more room than the last one leaves; that is cut off. */
	size_t len = out->needs_len > r->in->primary.len ? (size_t)out->needs_len
							 : r->in->primary.len;
	out->bytes = (struct span){r->bytes, len};
	out->recovered = true;
	out->log_kind = kind;
	const char *names = used_names(r);
	if (names)
		out->words = said_make(r->arena,
				       out->pages == 1 ? N_("%u page replayed from %s")
						       : N_("%u pages replayed from %s"),
				       out->pages, names);
	if (r->refusals.plain)
		log_note(r, "not used: %s", said_arg(r->refusals, r->arena));
	note_leftovers(r);
	if (doubt_damage(r) < 0)
		return -1;
	return names && out->words.plain
		       ? 0
		       : err_set(r->err, E_MEMORY, "no memory for a recovered hive");
}

int hive_recover(const struct hive_log_input *in, struct arena *arena, struct hive_recovery *out,
		 struct err *err)
{
	static const struct {
		const char *name;
		int (*recover)(struct recovery *r);
	} formats[] = {{"new", log_new_recover}, {"old", log_old_recover}};
	struct recovery r = {.in = in, .arena = arena, .out = out, .err = err};
	*out = (struct hive_recovery){
		.bytes = in->primary,
		.log_kind = "none",
		.words = said_of("closed cleanly"),
		.needs_len = in->primary.len,
	};
	read_primary(&r);
	if (r.base_ok && r.sequence[0] == r.sequence[1])
		return 0;
	out->was_dirty = true;
	read_logs(&r);
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		int got = formats[i].recover(&r);
		if (got != 0)
			return got < 0 ? -1 : finish(&r, formats[i].name);
	}
	out->words = r.refusals.plain ? r.refusals : said_of("there is no log");
	return 0;
}
