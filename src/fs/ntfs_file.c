/* SPDX-License-Identifier: MIT */
/*
 * Files and directories of an NTFS volume: names, content, and where content lies.
 *
 * Content comes from libfsntfs (ntfs.c), which is asked only for bytes inside the valid data;
 * those behind read as zeros, whatever the clusters hold. A byte is mapped only if it may be
 * overwritten where it lies: plain clusters, inside the valid data, claimed by nobody else, and
 * libfsntfs's extents equal to the run list that ntfs_stream.c read by itself. Files of NTFS
 * itself are never mapped.
 */
#include "ntfs_internal.h"

#include <stdlib.h>
#include <string.h>

#include "stop7b/utf.h"

#define ENTRIES_MAX         1000000u /* entries of one directory */
#define NAME_BYTES_MAX      1024u    /* 255 UTF-16 units as UTF-8, the final NUL and room */
#define ATTRIBUTE_DIRECTORY 0x10u
#define ATTRIBUTE_REPARSE   0x400u
#define DIRECTORY_INDEX     0x10000000u /* how NTFS marks a directory in an index */

enum checked { NOT_CHECKED, MAPPABLE, NOT_MAPPABLE };

struct ntfs_file {
	struct ntfs *vol;
	uint64_t record;
	bool directory;
	char *name;  /* as given, for ntfs_file_stat() */
	char *shown; /* escaped, for messages */
	uint64_t modified;
	uint32_t attributes;
	struct arena *arena;
	struct ntfs_stream data;
	struct ntfs_content *content; /* opened at the first read or map */
	enum checked checked;
	struct err why; /* when NOT_MAPPABLE */
};

/* ---- open ---- */

static int read_header(struct ntfs_file *f, uint64_t reference, struct err *err)
{
	struct span record;
	struct ntfs_attribute a;
	uint64_t at = 0;
	if (ntfs_core_record(ntfs_core(f->vol), f->record, f->arena, &record, err) != 0)
		return -1;
	if (!ntfs_record_in_use(record) ||
	    (reference >> 48 && reference >> 48 != ntfs_record_sequence(record)))
		return err_set(err, E_CORRUPT,
			       "its directory names MFT record %llu, another file's",
			       (unsigned long long)f->record);
	f->directory = ntfs_record_directory(record);
	while (ntfs_attribute_next(record, &at, &a, err)) {
		if (a.type == NTFS_STANDARD_INFORMATION && a.resident) {
			f->modified = le64(a.value, 8);
			f->attributes = le32(a.value, 32);
			break;
		}
	}
	return ntfs_stream_load(ntfs_core(f->vol), f->record, &ntfs_unnamed_data, f->arena,
				&f->data, err);
}

static struct ntfs_file *open_record(struct ntfs *vol, uint64_t reference, const char *name,
				     struct err *err)
{
	struct ntfs_file *f = calloc(1, sizeof(*f));
	if (!f || !(f->arena = arena_new())) {
		free(f);
		return err_null(err, E_MEMORY, "no memory for a file");
	}
	f->vol = vol;
	f->record = reference & NTFS_RECORD_MASK;
	f->name = arena_strdup(f->arena, name);
	f->shown = text_utf8(f->arena, *name ? name : "root directory");
	if (!f->name || !f->shown)
		err_set(err, E_MEMORY, "no memory for a name");
	else if (read_header(f, reference, err) == 0)
		return f;
	else
		err_at(err, "%s", f->shown);
	ntfs_file_close(f);
	return NULL;
}

/* 0 with *reference of name in directory record dir; -1 with err (E_NOTFOUND, ...). */
static int find_in(struct ntfs *vol, uint64_t dir, const char *name, uint64_t *reference,
		   struct err *err)
{
	struct err e = {0};
	int r = ntfs_index_find(ntfs_core(vol), dir, name, reference, &e);
	if (r == 1)
		return 0;
	struct arena *arena = arena_new();
	const char *shown = arena ? text_utf8(arena, name) : NULL;
	if (r == 0)
		err_set(&e, E_NOTFOUND, "no such file");
	err_set(err, e.code, "%s: %s", shown ? shown : "?", ERR_ARG(&e));
	arena_free(arena);
	return -1;
}

/* Copy the next name of a path to part; false when there is none. E_NOTFOUND if it is too long. */
static bool next_part(const char **path, char part[NAME_BYTES_MAX], struct err *err)
{
	*path += strspn(*path, "\\/");
	size_t n = strcspn(*path, "\\/");
	if (n == 0)
		return false;
	if (n >= NAME_BYTES_MAX) {
		err_set(err, E_NOTFOUND, "a name of %zu bytes", n);
		return false;
	}
	memcpy(part, *path, n);
	part[n] = '\0';
	*path += n;
	return true;
}

struct ntfs_file *ntfs_file_open(struct ntfs *vol, const char *path, struct err *err)
{
	char part[NAME_BYTES_MAX] = "";
	uint64_t reference = NTFS_RECORD_ROOT;
	struct err e = {0};
	while (next_part(&path, part, &e)) {
		if (find_in(vol, reference & NTFS_RECORD_MASK, part, &reference, &e) != 0)
			break;
	}
	if (e.code)
		return err_pass_null(err, &e);
	return open_record(vol, reference, part, err);
}

struct ntfs_file *ntfs_file_child(struct ntfs_file *dir, const char *name, struct err *err)
{
	uint64_t reference;
	if (find_in(dir->vol, dir->record, name, &reference, err) != 0)
		return NULL;
	return open_record(dir->vol, reference, name, err);
}

void ntfs_file_close(struct ntfs_file *f)
{
	if (!f)
		return;
	ntfs_content_close(f->content);
	arena_free(f->arena);
	free(f);
}

/* ---- stat and list ---- */

/* UTF-16 to UTF-8; a lone surrogate becomes three bytes of its own, so that it can be found. */
static char *raw_name(struct arena *arena, struct span utf16)
{
	char buf[UTF8_MOST * 255 + 1], *p = buf;
	for (size_t at = 0; at + 1 < utf16.len && p < buf + sizeof(buf) - UTF8_MOST;)
		p = utf8_put(p, utf16_next(utf16, &at));
	*p = '\0';
	return arena_strdup(arena, buf);
}

static int fill_names(struct ntfs_entry *e, struct arena *arena, const char *raw, struct err *err)
{
	e->raw_name = raw;
	e->name = raw ? text_utf8(arena, raw) : NULL;
	return e->name ? 0 : err_set(err, E_MEMORY, "no memory for a name");
}

/* A mark that cannot be read says that the content is not where it should be. */
static enum ntfs_packing packing_of(struct ntfs_file *f)
{
	static const struct ntfs_stream_id id = {NTFS_REPARSE_POINT, ""};
	struct ntfs_core *core = ntfs_core(f->vol);
	uint8_t head[NTFS_REPARSE_HEAD] = {0};
	struct ntfs_stream s;
	struct err why = {0};
	if (!f->data.reparse)
		return NTFS_NOT_PACKED;
	if (ntfs_stream_load(core, f->record, &id, f->arena, &s, &why) != 0 || !s.found)
		return NTFS_PACKED_ELSEWHERE;
	size_t len = s.size < sizeof(head) ? (size_t)s.size : sizeof(head);
	if (ntfs_stream_read(core, &s, 0, head, len, &why) != 0)
		return NTFS_PACKED_ELSEWHERE;
	return ntfs_packing_of((struct span){head, len});
}

int ntfs_file_stat(struct ntfs_file *f, struct arena *arena, struct ntfs_entry *out,
		   struct err *err)
{
	*out = (struct ntfs_entry){
		.size = f->directory ? 0 : f->data.size,
		.modified = f->modified,
		.attributes = f->attributes | (f->directory ? ATTRIBUTE_DIRECTORY : 0),
		.directory = f->directory,
		.reparse = f->data.reparse,
		.packing = packing_of(f),
	};
	return fill_names(out, arena, arena_strdup(arena, f->name), err);
}

struct listing {
	struct arena *arena;
	struct listed {
		struct ntfs_entry entry;
		uint64_t reference;
		size_t place;
	} * items;
	size_t n, cap;
};

static int grow(struct listing *l, struct err *err)
{
	if (l->n < l->cap)
		return 0;
	size_t cap = l->cap ? 2 * l->cap : 64;
	struct listed *items = realloc(l->items, cap * sizeof(*items));
	if (!items)
		return err_set(err, E_MEMORY, "no memory for %zu directory entries", cap);
	l->items = items;
	l->cap = cap;
	return 0;
}

static int list_name(void *context, const struct ntfs_name *name, struct err *err)
{
	struct listing *l = context;
	bool self = name->utf16.len == 2 && le16(name->utf16, 0) == '.';
	if (name->dos || self)
		return 0;
	if (l->n == ENTRIES_MAX)
		return err_set(err, E_UNSUPPORTED, "more than %u directory entries", ENTRIES_MAX);
	if (grow(l, err) != 0)
		return -1;
	struct listed *e = &l->items[l->n];
	bool directory = name->attributes & DIRECTORY_INDEX;
	*e = (struct listed){
		.entry =
			{
				.size = directory ? 0 : name->size,
				.modified = name->modified,
				.attributes = (name->attributes & ~DIRECTORY_INDEX) |
					      (directory ? ATTRIBUTE_DIRECTORY : 0),
				.directory = directory,
				.reparse = name->attributes & ATTRIBUTE_REPARSE,
			},
		.reference = name->reference,
		.place = l->n++,
	};
	return fill_names(&e->entry, l->arena, raw_name(l->arena, name->utf16), err);
}

static int by_record(const void *a, const void *b)
{
	uint64_t x = ((const struct listed *)a)->reference & NTFS_RECORD_MASK;
	uint64_t y = ((const struct listed *)b)->reference & NTFS_RECORD_MASK;
	return x < y ? -1 : x > y;
}

/*
 * A directory's copies of size and time are refreshed late, and never for other hard links: take
 * them from the file's own record. A file that cannot be opened keeps what the directory says.
 */
static int refresh(struct ntfs *vol, struct listed *item, struct err *err)
{
	struct err e = {0};
	struct ntfs_entry *entry = &item->entry;
	struct ntfs_file *f = open_record(vol, item->reference, "", &e);
	if (!f)
		return e.code == E_CORRUPT ? 0 : err_pass(err, &e);
	entry->size = f->directory ? 0 : f->data.size;
	entry->modified = f->modified;
	entry->reparse = f->data.reparse;
	ntfs_file_close(f);
	return 0;
}

int ntfs_file_list(struct ntfs_file *dir, struct arena *arena, struct ntfs_entry **out, size_t *n,
		   struct err *err)
{
	struct listing l = {.arena = arena};
	struct ntfs_entry *entries = NULL;
	int r = ntfs_index_walk(ntfs_core(dir->vol), dir->record, list_name, &l, err);
	/* Records in the order of the disk: one pass over $MFT instead of one seek per name. */
	if (r == 0 && l.n)
		qsort(l.items, l.n, sizeof(*l.items), by_record);
	for (size_t i = 0; i < l.n && r == 0; i++)
		r = refresh(dir->vol, &l.items[i], err);
	if (r == 0 && !(entries = arena_array(arena, l.n, sizeof(*entries), err)))
		r = -1;
	for (size_t i = 0; i < l.n && r == 0; i++)
		entries[l.items[i].place] = l.items[i].entry;
	*out = entries;
	*n = r == 0 ? l.n : 0;
	free(l.items);
	return r;
}

/* ---- content ---- */

uint64_t ntfs_file_size(struct ntfs_file *f)
{
	return f->data.size;
}

static int open_content(struct ntfs_file *f, struct err *err)
{
	if (f->content)
		return 0;
	f->content = ntfs_content_open(f->vol, f->record, err);
	if (!f->content)
		return -1;
	if (ntfs_content_size(f->content) == f->data.size)
		return 0;
	err_set(err, E_CORRUPT, "%llu bytes by its record, %llu by the library",
		(unsigned long long)f->data.size,
		(unsigned long long)ntfs_content_size(f->content));
	ntfs_content_close(f->content);
	f->content = NULL;
	return -1;
}

int ntfs_file_read(struct ntfs_file *f, uint64_t off, void *buf, size_t len, struct err *err)
{
	if (off > f->data.size || len > f->data.size - off)
		return err_set(err, E_USAGE, "%s: %zu bytes at %llu are not inside the file",
			       f->shown, len, (unsigned long long)off);
	/* A compressed system file keeps its bytes in another stream, with its own valid length. */
	uint64_t valid = f->data.reparse ? f->data.size : f->data.valid;
	size_t stored = off >= valid ? 0 : valid - off < len ? (size_t)(valid - off) : len;
	if (stored && (open_content(f, err) != 0 ||
		       ntfs_content_read(f->content, off, buf, stored, err) != 0))
		return err_at(err, "%s", f->shown);
	memset((uint8_t *)buf + stored, 0, len - stored);
	return 0;
}

/* Bytes up to end stand in clusters as they are, all of them written. */
static bool is_plain(const struct ntfs_file *f, uint64_t end)
{
	const struct ntfs_stream *s = &f->data;
	return s->found && !s->resident && !s->reparse && s->flags == 0 && end <= s->valid;
}

int ntfs_file_read_once(struct ntfs_file *f, uint64_t off, void *buf, size_t len, struct err *err)
{
	uint64_t vol_off, run, end;
	if (len == 0 || __builtin_add_overflow(off, len, &end) || end > f->data.size ||
	    !is_plain(f, end) ||
	    ntfs_stream_translate(ntfs_core(f->vol), &f->data, off, &vol_off, &run, NULL) != 0 ||
	    vol_off == NTFS_HOLE || run < len)
		return ntfs_file_read(f, off, buf, len, err);
	return ntfs_read_once(f->vol, vol_off, buf, len, err) ? err_at(err, "%s", f->shown) : 0;
}

int ntfs_file_head(struct ntfs_file *f, void *buf, size_t len, size_t *got, struct err *err)
{
	*got = f->data.size < len ? (size_t)f->data.size : len;
	return ntfs_file_read_once(f, 0, buf, *got, err);
}

int ntfs_file_valid_length(struct ntfs_file *f, uint64_t *out, struct err *err)
{
	if (f->directory)
		return err_set(err, E_MAP, "%s: a directory", f->shown);
	*out = f->data.valid;
	return 0;
}

/* ---- map ---- */

static const char *refusal(const struct ntfs_file *f)
{
	const struct ntfs_stream *s = &f->data;
	const struct {
		bool refuse;
		const char *why;
	} rules[] = {
		{f->record < NTFS_FIRST_USER_RECORD, N_("a file of NTFS itself")},
		{f->directory || !s->found, N_("it has no data of its own")},
		{s->reparse, N_("it is a reparse point (a link or a compressed system file)")},
		{s->resident, N_("its data is resident in its MFT record")},
		{s->flags & NTFS_DATA_COMPRESSED, N_("it is compressed")},
		{s->flags & NTFS_DATA_ENCRYPTED, N_("it is encrypted")},
		{s->flags & NTFS_DATA_SPARSE, N_("it is sparse")},
	};
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (rules[i].refuse)
			return rules[i].why;
	}
	return NULL;
}

static bool same_runs(const struct ntfs_runs *a, const struct ntfs_runs *b)
{
	bool same = a->n == b->n;
	for (size_t i = 0; i < a->n && same; i++)
		same = a->items[i].lcn == b->items[i].lcn && a->items[i].n == b->items[i].n;
	return same;
}

static int check_mappable(struct ntfs_file *f, struct err *err)
{
	struct ntfs_runs library = {.arena = f->arena};
	const char *why = refusal(f);
	if (why)
		return err_set(err, E_MAP, "%s", SAID_ARG(said_of(why)));
	if (open_content(f, err) != 0 || ntfs_content_runs(f->content, &library, err) != 0)
		return -1;
	if (!same_runs(&library, &f->data.runs))
		return err_set(err, E_CORRUPT, "its run list and the library's extents differ");
	for (size_t i = 0; i < f->data.runs.n; i++) {
		if (f->data.runs.items[i].lcn == NTFS_HOLE)
			return err_set(err, E_MAP, "it has holes");
	}
	return ntfs_stream_disjoint(ntfs_core(f->vol), &f->data, err);
}

int ntfs_file_in_place(struct ntfs_file *f, uint64_t len, struct err *err)
{
	if (f->checked == NOT_CHECKED)
		f->checked = check_mappable(f, &f->why) == 0 ? MAPPABLE : NOT_MAPPABLE;
	if (f->checked == NOT_MAPPABLE)
		return err_set(err, f->why.code, "%s: %s", f->shown, ERR_ARG(&f->why));
	if (len > f->data.valid)
		return err_set(err, E_MAP, "%s: byte %llu lies beyond the valid data length %llu",
			       f->shown, (unsigned long long)len - 1,
			       (unsigned long long)f->data.valid);
	return 0;
}

int ntfs_file_map(struct ntfs_file *f, uint64_t off, uint64_t len, uint64_t *vol_off, uint64_t *run,
		  struct err *err)
{
	uint64_t end;
	if (len == 0 || __builtin_add_overflow(off, len, &end) || end > f->data.size)
		return err_set(err, E_USAGE, "%s: %llu bytes at %llu are not inside the file",
			       f->shown, (unsigned long long)len, (unsigned long long)off);
	if (ntfs_file_in_place(f, end, err) != 0)
		return -1;
	if (ntfs_stream_translate(ntfs_core(f->vol), &f->data, off, vol_off, run, err) != 0)
		return err_at(err, "%s", f->shown);
	if (*run > len)
		*run = len;
	return 0;
}
