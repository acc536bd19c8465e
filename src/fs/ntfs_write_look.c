/* SPDX-License-Identifier: MIT */
/*
 * What is there before something is added: a file by its record, a path as far as it exists. A
 * reparse point on the way, or an encrypted directory, ends it: what it leads to is not written.
 */
#include "ntfs_write_internal.h"

#include <string.h>

#define ATTRIBUTE_ENCRYPTED 0x4000u
#define AT_SECURITY         52u /* in $STANDARD_INFORMATION */
#define AT_LINKS            18u /* in a record */

int ntfs_look_at(struct ntfs_core *core, uint64_t number, struct arena *arena,
		 struct ntfs_about *out, struct err *err)
{
	struct span record;
	struct ntfs_attribute a;
	uint64_t at = 0;
	struct err e = {0};
	if (ntfs_core_record(core, number, arena, &record, err) != 0)
		return -1;
	if (!ntfs_record_in_use(record) || ntfs_record_base(record) != 0)
		return err_set(err, E_CORRUPT, "MFT record %llu is no file",
			       (unsigned long long)number);
	*out = (struct ntfs_about){
		.reference = number | (uint64_t)ntfs_record_sequence(record) << 48,
		.directory = ntfs_record_directory(record),
		.links = le16(record, AT_LINKS),
	};
	while (ntfs_attribute_next(record, &at, &a, &e)) {
		if (a.type == NTFS_STANDARD_INFORMATION && a.resident) {
			out->attributes = le32(a.value, 32);
			out->security = le32(a.value, AT_SECURITY);
		}
		if (a.type == NTFS_REPARSE_POINT)
			out->attributes |= NTFS_ATTRIBUTE_REPARSE;
	}
	return e.code ? err_pass(err, &e) : 0;
}

struct names_here {
	uint64_t reference;
	size_t n;
};

static int count_name(void *context, const struct ntfs_name *name, struct err *err)
{
	struct names_here *here = context;
	(void)err;
	here->n += name->reference == here->reference;
	return 0;
}

int ntfs_is_empty(struct ntfs_core *core, uint64_t dir, uint64_t reference, struct arena *arena,
		  struct err *err)
{
	struct ntfs_about a;
	struct ntfs_stream data;
	struct names_here here = {.reference = reference};
	uint64_t number = reference & NTFS_RECORD_MASK;
	if (ntfs_look_at(core, number, arena, &a, err) != 0 ||
	    ntfs_index_walk(core, dir, count_name, &here, err) != 0)
		return -1;
	if (a.directory || a.attributes & NTFS_ATTRIBUTE_REPARSE || a.reference != reference ||
	    number < NTFS_FIRST_USER_RECORD || here.n != a.links)
		return 0;
	if (ntfs_stream_load(core, number, &ntfs_unnamed_data, arena, &data, err) != 0)
		return -1;
	return data.found && data.size == 0 && data.flags == 0 && !data.reparse;
}

char *ntfs_first_name(struct arena *arena, const char **path, struct err *err)
{
	*path += strspn(*path, "\\/");
	size_t n = strcspn(*path, "\\/");
	char *name = n ? arena_alloc(arena, n + 1, err) : NULL;
	if (name)
		memcpy(name, *path, n);
	*path += n;
	return name;
}

static int check_directory(const struct ntfs_about *a, const char *name, struct err *err)
{
	if (a->attributes & NTFS_ATTRIBUTE_REPARSE)
		return err_set(err, E_GUARD,
			       "%s is a reparse point: what it leads to is not written", name);
	if (!a->directory)
		return err_set(err, E_MAP, "%s is a file, not a directory", name);
	if (a->attributes & ATTRIBUTE_ENCRYPTED)
		return err_set(err, E_GUARD, "%s is encrypted", name);
	return 0;
}

int ntfs_follow(struct ntfs_core *core, const char *path, struct arena *arena, struct ntfs_way *out,
		struct err *err)
{
	struct err e = {0};
	char *name;
	if (ntfs_look_at(core, NTFS_RECORD_ROOT, arena, &out->directory, err) != 0)
		return -1;
	for (out->rest = path; (name = ntfs_first_name(arena, &path, &e)); out->rest = path) {
		uint64_t reference, dir = out->directory.reference & NTFS_RECORD_MASK;
		const char *shown = text_utf8(arena, name);
		int r = ntfs_index_find(core, dir, name, &reference, err);
		if (r == 0)
			return 0;
		if (r < 0 || !shown ||
		    ntfs_look_at(core, reference & NTFS_RECORD_MASK, arena, &out->directory, err) ||
		    check_directory(&out->directory, shown, err) != 0)
			return -1;
	}
	out->rest = "";
	return e.code ? err_pass(err, &e) : 0;
}
