/* SPDX-License-Identifier: MIT */
/*
 * What logs still hold: the greatest number that anything in them carries, and valid entries that
 * no replay has used.
 *
 * A hive that is written gets a number above all that its logs still carry, else an entry left
 * behind can count as newer at a later recovery. For that an entry counts as soon as its header is
 * whole, wherever it lies, behind a damaged base block or a torn entry too. It is left over when
 * its pages are whole as well; of a hostile log only so many bytes are hashed, then a header is
 * enough.
 *
 * Source: msuhanov/regf, "Windows registry file format specification", "New format".
 */
#include "hive_log_internal.h"

#include <string.h>

#define HASHED_MAX 4u /* times the length of a log */

struct scan {
	struct hive_leftovers *out;
	uint32_t after;  /* entries up to here were used */
	uint64_t budget; /* bytes that may still be hashed */
};

static void take_number(struct scan *s, uint32_t sequence)
{
	if (sequence_before(s->out->greatest, sequence))
		s->out->greatest = sequence;
}

/* Bytes of the entry that begins s, when it is whole; 0 when only its header is. */
static uint32_t whole_size(struct scan *s, struct span log, uint64_t at)
{
	uint32_t size = le32(log, at + ENTRY_SIZE_AT);
	if (size < ENTRY_HEADER || size % ENTRY_ALIGN != 0 || !span_holds(log, at, size))
		return 0;
	if (size > s->budget)
		return ENTRY_ALIGN;
	s->budget -= size;
	struct span rest = span_sub(log, at + ENTRY_HEADER, size - ENTRY_HEADER);
	return le64(log, at + ENTRY_HASH1_AT) == marvin32(rest) ? size : 0;
}

/* Look at the place of an entry; where to look next. */
static uint64_t scan_entry(struct scan *s, struct span log, uint64_t at)
{
	struct span header = span_sub(log, at, ENTRY_HEADER);
	if (header.len == 0 || memcmp(header.p, "HvLE", 4) != 0 ||
	    le64(header, ENTRY_HASH2_AT) != marvin32(span_sub(header, 0, ENTRY_HASH2_AT)))
		return at + ENTRY_ALIGN;
	uint32_t sequence = le32(header, ENTRY_SEQUENCE_AT), size = whole_size(s, log, at);
	take_number(s, sequence);
	s->out->entries += size > 0 && sequence_before(s->after, sequence);
	return at + (size > 0 ? size : ENTRY_ALIGN);
}

static void scan_log(struct scan *s, struct span log)
{
	s->budget = (uint64_t)log.len * HASHED_MAX;
	if (log_base_is_whole(log)) {
		take_number(s, le32(log, BASE_PRIMARY_AT));
		take_number(s, le32(log, BASE_SECONDARY_AT));
	}
	for (uint64_t at = BASE_SECTOR; at < log.len;)
		at = scan_entry(s, log, at);
}

void hive_log_leftovers(const struct hive_log_input *in, uint32_t after, struct hive_leftovers *out)
{
	struct scan s = {.out = out, .after = after};
	*out = (struct hive_leftovers){.greatest = after};
	for (size_t i = 0; i < HIVE_LOGS; i++)
		scan_log(&s, in->logs[i]);
}
