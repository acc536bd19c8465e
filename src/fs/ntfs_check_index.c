/* SPDX-License-Identifier: MIT */
/*
 * One directory's index: its names ascend, each leads to a file that says so too, no file says so
 * that it does not hold, and its bitmap calls used what the tree uses and nothing else.
 */
#include "ntfs_check_internal.h"

#include <string.h>

#define NAME_BYTES 510u /* 255 UTF-16 units */

struct look {
	struct ntfs_checker *c;
	uint64_t number, reference; /* of the directory */
	uint8_t last[NAME_BYTES];   /* the name before */
	size_t last_len;
	uint64_t entries;
};

static int check_order(struct look *l, const struct ntfs_name *name, struct err *err)
{
	const struct span last = {l->last, l->last_len};
	int d = l->last_len ? ntfs_name_compare(l->c->core, last, name->utf16) : -1;
	bool twice = d == 0 && last.len == name->utf16.len &&
		     memcmp(last.p, name->utf16.p, last.len) == 0;
	memcpy(l->last, name->utf16.p, name->utf16.len);
	l->last_len = name->utf16.len;
	if (d < 0 || (d == 0 && !twice))
		return 0;
	const char *shown = text_utf16le(l->c->arena, name->utf16);
	return ntfs_fault(l->c, NTFS_FAULT_ORDER, l->number, err,
			  "directory %llu: %s does not stand where it belongs",
			  (unsigned long long)l->number, shown ? shown : "?");
}

static int check_entry(void *context, const struct ntfs_name *name, struct err *err)
{
	struct look *l = context;
	const struct ntfs_survey *s = &l->c->survey;
	uint64_t number = name->reference & NTFS_RECORD_MASK;
	uint32_t want = (uint32_t)(name->reference >> 48) | NTFS_SURVEY_USED;
	uint32_t has = s->whole && number < s->n_records ? s->records[number] : 0;
	bool leads = !s->whole || (has & ~(uint32_t)NTFS_SURVEY_DIRECTORY) == want;
	l->entries++;
	if (check_order(l, name, err) != 0)
		return -1;
	if (leads && name->parent == l->reference)
		return 0;
	const char *shown = text_utf16le(l->c->arena, name->utf16);
	return ntfs_fault(l->c, NTFS_FAULT_ENTRY, l->number, err,
			  "directory %llu: %s leads to MFT record %llu, which is not its file",
			  (unsigned long long)l->number, shown ? shown : "?",
			  (unsigned long long)number);
}

/* ---- blocks ---- */

static int check_blocks(struct look *l, const struct ntfs_index_blocks *blocks, struct err *err)
{
	static const struct ntfs_stream_id id = {NTFS_BITMAP, "$I30"};
	struct ntfs_stream s;
	struct ntfs_checker *c = l->c;
	size_t len = (size_t)(blocks->n + 7) / 8;
	if (blocks->n == 0)
		return 0;
	if (ntfs_stream_load(c->core, l->number, &id, c->arena, &s, err) != 0)
		return -1;
	uint8_t *bits = arena_alloc(c->arena, len, err);
	if (!bits)
		return -1;
	if (!s.found || s.size < len)
		return ntfs_fault(c, NTFS_FAULT_INDEX, l->number, err,
				  "directory %llu: its index's bitmap is too short",
				  (unsigned long long)l->number);
	if (ntfs_stream_read(c->core, &s, 0, bits, len, err) != 0)
		return -1;
	for (uint64_t i = 0; i < blocks->n; i++) {
		bool bit = bits[i / 8] >> i % 8 & 1;
		if (bit != (bool)blocks->seen[i])
			return ntfs_fault(
				c, NTFS_FAULT_INDEX, l->number, err,
				"directory %llu: its bitmap is wrong about index block %llu",
				(unsigned long long)l->number, (unsigned long long)i);
	}
	return 0;
}

static int check_count(struct look *l, const struct ntfs_touched *dir, struct err *err)
{
	if (!l->c->survey.whole || dir->names == l->entries)
		return 0;
	return ntfs_fault(l->c, NTFS_FAULT_NAME, l->number, err,
			  "directory %llu holds %llu names, and files name it %llu times",
			  (unsigned long long)l->number, (unsigned long long)l->entries,
			  (unsigned long long)dir->names);
}

int ntfs_check_index(struct ntfs_checker *c, const struct ntfs_touched *dir, struct err *err)
{
	uint64_t number = dir->number;
	struct look l = {.c = c, .number = number};
	struct ntfs_index_blocks blocks;
	struct span record;
	struct err e = {0};
	if (ntfs_upcase_load(c->core, &e) == 0 &&
	    ntfs_core_record(c->core, number, c->arena, &record, &e) == 0) {
		l.reference = number | (uint64_t)ntfs_record_sequence(record) << 48;
		if (ntfs_index_survey(c->core, number, c->arena, check_entry, &l, &blocks, &e) ==
			    0 &&
		    check_blocks(&l, &blocks, &e) == 0)
			check_count(&l, dir, &e);
	}
	if (e.code == E_OK)
		return 0;
	if (e.code != E_CORRUPT && e.code != E_NOTFOUND)
		return err_pass(err, &e);
	return ntfs_fault(c, NTFS_FAULT_INDEX, number, err, "directory %llu: %s",
			  (unsigned long long)number, ERR_ARG(&e));
}
