/* SPDX-License-Identifier: MIT */
/*
 * Packages in an .iso, .zip or .cab, read by libarchive: the only file that knows it. Members that
 * nobody wants are passed over; what is wanted is read into memory up to a limit, whatever the
 * archive says of its size. Nothing is written anywhere, no member's name becomes a file's.
 *
 * An archive that is damaged half way gives what stands before.
 */
#include "package_internal.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK      65536u
#define STEP_BYTES 65536u
/* Bytes that all members claim. Of a cabinet each byte is unpacked to be passed over. */
#define CLAIMED_MAX         (16ull << 30)
#define CLAIMED_CABINET_MAX (512ull << 20)

struct opened {
	struct package_source *source;
	const struct package_reader *to;
	struct arena *arena; /* of this pass alone */
	struct archive *archive;
	uint64_t claimed;
	size_t entries, infs;
	bool encrypted; /* the member that is read */
};

/* What to do with one member; its data can be read during the call. */
typedef int member_look(struct opened *o, const char *path, void *ctx, struct err *err);

/* ---- names ---- */

/* "a/b.inf" of "./a\b.inf"; NULL for a name that leads out of the archive, or no name. */
static const char *clean_path(const char *name, struct arena *arena)
{
	char *copy = arena_strdup(arena, name), *rest = NULL;
	const char *path = NULL;
	if (!copy || strlen(copy) > PACKAGE_PATH_MAX)
		return NULL;
	for (char *part = strtok_r(copy, "/\\", &rest); part; part = strtok_r(NULL, "/\\", &rest)) {
		if (strcmp(part, "..") == 0)
			return NULL;
		if (strcmp(part, ".") != 0)
			path = path ? arena_printf(arena, "%s/%s", path, part) : part;
	}
	return path;
}

static const char *member_name(struct archive_entry *entry)
{
	const char *name = archive_entry_pathname_utf8(entry);
	name = name ? name : archive_entry_pathname(entry);
	return name ? name : "";
}

/* Why a member is passed over that somebody may miss; NULL: it is not, or nobody will. */
static const char *passed_over(struct archive_entry *entry, const char *name, const char *path)
{
	if (archive_entry_filetype(entry) == AE_IFDIR)
		return NULL;
	if (package_is_archive(name))
		return "an archive in an archive is not opened: unpack it, and name the folder";
	if (!package_is_inf(name))
		return NULL;
	if (archive_entry_filetype(entry) != AE_IFREG)
		return "not an ordinary file";
	return path ? NULL : "its name leads out of the archive, or is too long";
}

/* ---- data ---- */

static int unreadable(const struct opened *o, struct err *err)
{
	const char *why = archive_error_string(o->archive);
	if (o->encrypted)
		return err_set(err, E_CORRUPT,
			       "encrypted: unpack the archive, and name the folder instead");
	return err_set(err, E_CORRUPT, "cannot be unpacked (%s)", why ? why : "?");
}

/* All bytes of the member, or E_UNSUPPORTED beyond limit, E_CORRUPT; never more memory than data. */
static int read_member(struct opened *o, uint64_t limit, struct arena *arena, struct span *out,
		       struct err *err)
{
	uint8_t *p = NULL;
	size_t len = 0, cap = 0;
	for (;;) {
		if (len == cap) {
			size_t more = cap ? cap * 2 : STEP_BYTES;
			uint8_t *room = realloc(p, more);
			if (!room)
				break;
			p = room;
			cap = more;
		}
		la_ssize_t got = archive_read_data(o->archive, p + len, cap - len);
		if (got <= 0 || (len += (size_t)got) > limit) {
			if (got < 0)
				unreadable(o, err);
			else if (got > 0)
				err_set(err, E_UNSUPPORTED, "longer than %llu MiB",
					(unsigned long long)limit >> 20);
			else
				*out = (struct span){arena_copy(arena, p, len), len};
			free(p);
			return got == 0 ? (out->p ? 0 : no_memory(err)) : -1;
		}
	}
	free(p);
	return no_memory(err);
}

/* ---- one pass ---- */

static int claim(struct opened *o, struct archive_entry *entry, struct err *err)
{
	bool cabinet = (archive_format(o->archive) & ARCHIVE_FORMAT_BASE_MASK) ==
		       ARCHIVE_FORMAT_CAB;
	uint64_t most = cabinet ? CLAIMED_CABINET_MAX : CLAIMED_MAX;
	la_int64_t size = archive_entry_size_is_set(entry) ? archive_entry_size(entry) : 0;
	if (size < 0 || (uint64_t)size > most - o->claimed)
		return err_set(err, E_UNSUPPORTED, "its members claim more than %llu MiB",
			       (unsigned long long)most >> 20);
	o->claimed += (uint64_t)size;
	if (++o->entries > PACKAGE_ENTRIES_MAX)
		return err_set(err, E_UNSUPPORTED, "more than %u files", PACKAGE_ENTRIES_MAX);
	return 0;
}

static int say_problem(struct opened *o, const char *name, const char *why, struct err *err)
{
	struct arena *one = arena_new();
	int rc = one ? o->to->problem(o->to->ctx,
				      *name ? said_make(one, "%s: %s", text_utf8(one, name), why)
					    : said_make(one, "%s", why),
				      err)
		     : no_memory(err);
	arena_free(one);
	return rc;
}

static int each_entry(struct opened *o, struct archive_entry *entry, member_look *look, void *ctx,
		      struct err *err)
{
	const char *name = member_name(entry), *path = clean_path(name, o->arena);
	const char *why = passed_over(entry, name, path);
	o->encrypted = archive_entry_is_encrypted(entry) != 0;
	if (why)
		return o->to ? say_problem(o, name, why, err) : 0;
	return path && archive_entry_filetype(entry) == AE_IFREG ? look(o, path, ctx, err) : 0;
}

/* Every member; damage of the archive ends the pass with E_CORRUPT. */
static int each_member(struct opened *o, member_look *look, void *ctx, struct err *err)
{
	struct archive_entry *entry;
	int rc;
	while ((rc = archive_read_next_header(o->archive, &entry)) == ARCHIVE_OK ||
	       rc == ARCHIVE_WARN)
		if (claim(o, entry, err) < 0 || each_entry(o, entry, look, ctx, err) < 0)
			return -1;
	if (rc == ARCHIVE_EOF)
		return 0;
	const char *why = archive_error_string(o->archive);
	return err_set(err, E_CORRUPT, "damaged (%s)", why ? why : "?");
}

static int pass(struct opened *o, member_look *look, void *ctx, struct err *err)
{
	o->archive = archive_read_new();
	o->arena = arena_new();
	int rc = -1;
	if (!o->archive || !o->arena)
		no_memory(err);
	else if (archive_read_support_format_iso9660(o->archive) != ARCHIVE_OK ||
		 archive_read_support_format_zip(o->archive) != ARCHIVE_OK ||
		 archive_read_support_format_cab(o->archive) != ARCHIVE_OK ||
		 archive_read_open_filename(o->archive, o->source->path, BLOCK) != ARCHIVE_OK)
		err_set(err, E_CORRUPT, "neither an ISO image nor a zip or cab archive");
	else
		rc = each_member(o, look, ctx, err);
	archive_read_free(o->archive);
	arena_free(o->arena);
	return rc;
}

/* ---- .inf files ---- */

static int look_for_inf(struct opened *o, const char *path, void *ctx, struct err *err)
{
	struct span bytes = {0};
	struct err bad = {0};
	(void)ctx;
	if (!package_is_inf(path))
		return 0;
	if (o->infs++ >= PACKAGE_INF_MAX)
		return package_too_many(err);
	struct arena *one = arena_new();
	int rc = one ? 0 : no_memory(err);
	if (rc == 0 && read_member(o, INF_BYTES_MAX, one, &bytes, &bad) < 0)
		rc = say_problem(o, path, ERR_ARG(&bad), err);
	else if (rc == 0 && package_hand(o->source, bytes.len, err) == 0)
		rc = o->to->take(o->to->ctx, path, bytes, err);
	else
		rc = -1;
	arena_free(one);
	return rc;
}

static int archive_infs(struct package_source *source, const struct package_reader *to,
			struct err *err)
{
	struct opened o = {.source = source, .to = to};
	struct err bad = {0};
	if (pass(&o, look_for_inf, NULL, &bad) == 0)
		return 0;
	if (bad.code != E_CORRUPT || o.infs == 0)
		return err_pass(err, &bad);
	return say_problem(&o, "", ERR_ARG(&bad), err);
}

/* ---- wanted files ---- */

struct wanted {
	struct package_file *files;
	size_t n;
	struct arena *arena;
};

static int look_for_wanted(struct opened *o, const char *path, void *ctx, struct err *err)
{
	struct wanted *w = ctx;
	const struct package_file key = {.path = path};
	struct package_file *file = bsearch(&key, w->files, w->n, sizeof(*w->files),
					    package_by_path);
	struct err bad = {0};
	if (!file || file->found)
		return 0;
	file->found = true;
	if (read_member(o, PACKAGE_DRIVER_MAX, w->arena, &file->bytes, &bad) == 0 &&
	    package_hand(o->source, file->bytes.len, &bad) == 0)
		return 0;
	file->bytes = (struct span){0};
	file->problem = said_make(w->arena, "%s", ERR_ARG(&bad));
	return bad.code == E_MEMORY ? err_pass(err, &bad) : 0;
}

static int archive_read(struct package_source *source, struct package_file *files, size_t n,
			struct arena *arena, struct err *err)
{
	struct opened o = {.source = source};
	struct wanted w = {files, n, arena};
	struct err bad = {0};
	if (pass(&o, look_for_wanted, &w, &bad) == 0 || bad.code != E_MEMORY)
		return 0; /* what was not reached stays missing */
	return err_pass(err, &bad);
}

const struct package_place package_archive = {archive_infs, archive_read};
