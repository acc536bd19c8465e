/* SPDX-License-Identifier: MIT */
/*
 * The second opinion: libregf reads the same bytes, from memory, and both trees are compared.
 *
 * This is the only file that knows libregf and libbfio. libregf decides nothing about places; it
 * is asked for names, times, types and data, and every difference is reported, never explained
 * away. Where its reading is known to be wrong (data of 1 to 3 bytes in the record, big data of
 * version 1.4) it only says where the record lies, and the raw bytes there are compared. It opens
 * neither keys nor values with half of a surrogate pair in their names: those, and what is below
 * such a key, have no second opinion.
 *
 * Where only some keys were touched, those are compared with the keys above them, and the names and
 * times of all that stand beside them on the way.
 *
 * Both walks go through the tree in stored order and in lock step, with a stack of their own whose
 * depth is bounded by HIVE_DEPTH_MAX; keys, values and bytes of data are bounded by what fits into
 * the hive, so a list that leads in circles ends the walk.
 *
 * libregf keeps every bin that it has read and searches them one by one for each cell: its time would
 * grow with the square of the keys. So it is opened anew after some keys, and its way down to the
 * place of the walk is asked of it again.
 */
#include "stop7b/hive_reference.h"
#include "hive_internal.h"

#include <libbfio.h>
#include <libregf.h>
#include <stdlib.h>
#include <string.h>

#include "stop7b/utf.h"

#define ERROR_MAX      160u /* bytes of libregf's own words in a message */
#define SURROGATES     0xd800u
#define SURROGATES_END 0xe000u
#define NAME_UNITS     65536u /* the longest name a record can state, and a terminator */
#define KEYS_AT_ONCE   1024u  /* compared by one opening of libregf */

struct hive_reference {
	struct span bytes; /* of the hive, borrowed */
	libbfio_handle_t *io;
	libregf_file_t *file;
};

/* One key on the way down, as both readers see it. */
struct frame {
	struct key_iter it;
	libregf_key_t *theirs;
	int i, n; /* next subkey, and how many libregf counts */
};

struct walk {
	const struct hive *hive;
	struct span bytes;               /* that libregf reads */
	const struct hive_touched *only; /* goes below these keys; NULL: below all */
	struct arena *arena;             /* big data */
	uint8_t *data;                   /* libregf's copy of a value's data */
	size_t cap;
	struct frame *frames; /* HIVE_DEPTH_MAX of them */
	size_t depth;
	uint32_t since; /* keys compared since libregf was opened */
	struct hive_tally tally;
	uint16_t name[NAME_UNITS]; /* libregf's copy of a name */
};

/* E_CORRUPT with the first line of what libregf says; frees theirs. */
static int refused(libregf_error_t *theirs, struct err *err)
{
	char text[ERROR_MAX] = "no reason given";
	if (theirs)
		libregf_error_sprint(theirs, text, sizeof(text));
	libregf_error_free(&theirs);
	text[strcspn(text, "\n")] = '\0';
	return err_set(err, E_CORRUPT, "libregf: %s", text);
}

static int open_memory(struct hive_reference *r, struct span bytes)
{
	/* libbfio's call lacks a const; the handle is only ever opened for reading. */
	union {
		const uint8_t *given;
		uint8_t *wanted;
	} p = {.given = bytes.p};
	if (libbfio_memory_range_initialize(&r->io, NULL) != 1)
		return -1;
	return libbfio_memory_range_set(r->io, p.wanted, bytes.len, NULL) == 1 ? 0 : -1;
}

static int open_file(struct hive_reference *r, struct err *err)
{
	libregf_error_t *theirs = NULL;
	if (open_memory(r, r->bytes) || libregf_file_initialize(&r->file, &theirs) != 1 ||
	    libregf_file_set_ascii_codepage(r->file, LIBREGF_CODEPAGE_WINDOWS_1252, &theirs) != 1 ||
	    libregf_file_open_file_io_handle(r->file, r->io, libregf_get_access_flags_read(),
					     &theirs) != 1)
		return refused(theirs, err);
	return 0;
}

static void close_file(struct hive_reference *r)
{
	libregf_file_free(&r->file, NULL);
	libbfio_handle_free(&r->io, NULL);
}

struct hive_reference *hive_reference_open(struct span bytes, struct err *err)
{
	struct hive_reference *r = calloc(1, sizeof(*r));
	if (!r)
		return err_null(err, E_MEMORY, "no memory for libregf");
	r->bytes = bytes;
	if (open_file(r, err) == 0)
		return r;
	hive_reference_close(r);
	return NULL;
}

void hive_reference_close(struct hive_reference *r)
{
	if (!r)
		return;
	close_file(r);
	free(r);
}

static int their_u32(libregf_value_t *value, uint32_t *out, struct err *err)
{
	libregf_error_t *theirs = NULL;
	uint8_t data[4] = {0};
	uint32_t type;
	size_t size;
	if (libregf_value_get_value_type(value, &type, &theirs) != 1 ||
	    libregf_value_get_value_data_size(value, &size, &theirs) != 1)
		return refused(theirs, err);
	if (type != REG_DWORD || size != sizeof(data))
		return err_set(err, E_CORRUPT, "libregf: type %u of %zu bytes, not a REG_DWORD",
			       type, size);
	if (libregf_value_get_value_data(value, data, sizeof(data), &theirs) != 1)
		return refused(theirs, err);
	*out = le32((struct span){data, sizeof(data)}, 0);
	return 0;
}

int hive_reference_u32(struct hive_reference *r, const char *key_path, const char *name,
		       uint32_t *out, struct err *err)
{
	libregf_error_t *theirs = NULL;
	libregf_key_t *root = NULL, *key = NULL;
	libregf_value_t *value = NULL;
	int result = -1;
	int found = libregf_file_get_root_key(r->file, &root, &theirs);
	if (found == 1)
		found = libregf_key_get_sub_key_by_utf8_path(root, (const uint8_t *)key_path,
							     strlen(key_path), &key, &theirs);
	if (found == 1)
		found = libregf_key_get_value_by_utf8_name(key, (const uint8_t *)name, strlen(name),
							   &value, &theirs);
	if (found == 1)
		result = their_u32(value, out, err);
	else if (found == 0)
		err_set(err, E_NOTFOUND, "libregf finds no %s in %s", name, key_path);
	else
		refused(theirs, err);
	libregf_value_free(&value, NULL);
	libregf_key_free(&key, NULL);
	libregf_key_free(&root, NULL);
	return result;
}

/* ---- the comparison ---- */

/*
 * Is stored unit i what libregf reads? It takes no code page for Latin-1; in the nearest one,
 * Windows 1252, bytes 0x80 to 0x9f (control characters in Latin-1) are other characters: these
 * are not compared.
 */
static bool same_unit(struct hive_name stored, size_t i, uint16_t unit)
{
	if (!stored.latin1)
		return le16(stored.bytes, 2 * i) == unit;
	uint8_t c = u8(stored.bytes, i);
	return c == unit || (c >= 0x80 && c < 0xa0);
}

/* Does stored equal n units of UTF-16 in host order, libregf's terminator not counted? */
static bool same_name(struct hive_name stored, const uint16_t *units, size_t n)
{
	if (stored.bytes.len / (stored.latin1 ? 1 : 2) != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!same_unit(stored, i, units[i]))
			return false;
	return true;
}

/* A name with half of a surrogate pair in it: libregf refuses those. */
static bool is_refused_name(struct hive_name n)
{
	for (size_t at = 0; !n.latin1 && at + 1 < n.bytes.len;) {
		uint32_t c = utf16_next(n.bytes, &at);
		if (c >= SURROGATES && c < SURROGATES_END)
			return true;
	}
	return false;
}

static bool has_refused_name(struct key k)
{
	struct span nk;
	return hive_key_record(k, &nk, NULL) == 0 && is_refused_name(hive_key_name(nk));
}

/* libregf counts a terminator in names, and gives size 0 for the name of a default value. */
static int compare_key_name(struct walk *w, struct hive_name stored, libregf_key_t *key,
			    struct err *err)
{
	libregf_error_t *theirs = NULL;
	size_t size = 0;
	if (libregf_key_get_utf16_name_size(key, &size, &theirs) != 1)
		return refused(theirs, err);
	if (size > NAME_UNITS ||
	    (size > 0 && libregf_key_get_utf16_name(key, w->name, size, &theirs) != 1))
		return refused(theirs, err);
	if (!same_name(stored, w->name, size > 0 ? size - 1 : 0))
		return err_set(err, E_CORRUPT, "libregf reads another name for this key");
	return 0;
}

static int compare_value_name(struct walk *w, struct hive_name stored, libregf_value_t *value,
			      struct err *err)
{
	libregf_error_t *theirs = NULL;
	size_t size = 0;
	if (libregf_value_get_utf16_name_size(value, &size, &theirs) != 1)
		return refused(theirs, err);
	if (size > NAME_UNITS ||
	    (size > 0 && libregf_value_get_utf16_name(value, w->name, size, &theirs) != 1))
		return refused(theirs, err);
	if (!same_name(stored, w->name, size > 0 ? size - 1 : 0))
		return err_set(err, E_CORRUPT, "libregf reads another name");
	return 0;
}

static int reserve(struct walk *w, size_t len, struct err *err)
{
	if (len <= w->cap)
		return 0;
	uint8_t *p = realloc(w->data, len);
	if (!p)
		return err_set(err, E_MEMORY, "no memory for %zu bytes", len);
	w->data = p;
	w->cap = len;
	return 0;
}

static bool same_bytes(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

/* Does libregf find this record where it is, with these bytes? */
static bool same_record(const struct walk *w, uint64_t at, struct span record,
			libregf_value_t *value)
{
	off64_t theirs = -1;
	return libregf_value_get_offset(value, &theirs, NULL) == 1 && (uint64_t)theirs == at &&
	       same_bytes(span_sub(w->bytes, at, record.len), record);
}

/*
 * libregf gives REG_SZ and REG_EXPAND_SZ a length of its own: up to and with the first NUL in the
 * data cell, whatever size the record states. So the common part must be equal, a shorter
 * text must end in a NUL, and a longer one must not have had a NUL to stop at.
 */
static bool same_text(struct span data, struct span theirs)
{
	if (theirs.len > data.len) {
		for (size_t i = 0; span_holds(data, i, 2); i += 2)
			if (le16(data, i) == 0)
				return false;
		return same_bytes(data, span_sub(theirs, 0, data.len));
	}
	return theirs.len >= 2 && le16(theirs, theirs.len - 2) == 0 &&
	       same_bytes(span_sub(data, 0, theirs.len), theirs);
}

/* Is this data that libregf 20201007 reads wrongly? */
static bool is_misread(struct value v)
{
	if (v.in_line)
		return v.size > 0 && v.size < VK_IN_LINE_MAX;
	return v.size > DB_SEGMENT && v.hive->minor == DB_MINOR;
}

static bool same_data(struct value ours, struct span data, struct span theirs)
{
	if (same_bytes(data, theirs))
		return true;
	return (ours.type == REG_SZ || ours.type == REG_EXPAND_SZ) && same_text(data, theirs);
}

static int compare_data(struct walk *w, struct value ours, struct span vk, libregf_value_t *value,
			struct err *err)
{
	libregf_error_t *theirs = NULL;
	struct span data;
	uint32_t type;
	size_t size;
	if (libregf_value_get_value_type(value, &type, &theirs) != 1 ||
	    libregf_value_get_value_data_size(value, &size, &theirs) != 1)
		return refused(theirs, err);
	if (value_data(ours, w->arena, &data, err) || reserve(w, size, err))
		return -1;
	if (size > 0 && libregf_value_get_value_data(value, w->data, size, &theirs) != 1)
		return refused(theirs, err);
	bool same = is_misread(ours) ? same_record(w, value_at(ours), vk, value)
				     : same_data(ours, data, (struct span){w->data, size});
	if (type != ours.type || !same)
		return err_set(err, E_CORRUPT,
			       "type %u, %zu bytes; libregf reads type %u, %zu bytes%s", ours.type,
			       data.len, type, size, data.len == size ? " with other content" : "");
	w->tally.bytes += data.len;
	return 0;
}

static int compare_value(struct walk *w, struct value ours, libregf_key_t *key, int i,
			 struct err *err)
{
	libregf_error_t *theirs = NULL;
	libregf_value_t *value = NULL;
	struct span vk;
	if (hive_value_record(w->hive, ours.at, &vk, err))
		return -1;
	struct hive_name name = hive_value_name(vk);
	int result = 0;
	if (libregf_key_get_value(key, i, &value, &theirs) != 1)
		result = is_refused_name(name) ? 0 : refused(theirs, err);
	else if (compare_value_name(w, name, value, err) || compare_data(w, ours, vk, value, err))
		result = -1;
	if (is_refused_name(name)) {
		libregf_error_free(&theirs);
		w->tally.skipped++;
	}
	libregf_value_free(&value, NULL);
	if (result)
		return err_at(err, "value %d, vk cell at 0x%x", i, ours.at);
	if (++w->tally.values > hive_values_max(w->hive) || w->tally.bytes > w->hive->bins_size)
		return err_set(err, E_CORRUPT,
			       "more values than fit into the hive: some are shared");
	return 0;
}

/* libregf's count of something must be ours; damage noted by our iterator comes first. */
static int compare_end(const struct err *walk, bool more, bool theirs, const char *what,
		       struct err *err)
{
	if (walk->code != E_OK)
		return err_pass(err, walk);
	if (more != theirs)
		return err_set(err, E_CORRUPT, "libregf reads %s %s", more ? "fewer" : "more",
			       what);
	return 0;
}

static int compare_values(struct walk *w, struct key ours, libregf_key_t *key, struct err *err)
{
	libregf_error_t *theirs = NULL;
	struct value_iter it = key_values(ours);
	struct value v;
	int n = 0, i = 0;
	if (libregf_key_get_number_of_values(key, &n, &theirs) != 1)
		return refused(theirs, err);
	bool more = value_next(&it, &v);
	for (; it.err.code == E_OK && more && i < n; i++) {
		if (compare_value(w, v, key, i, err))
			return -1;
		more = value_next(&it, &v);
	}
	return compare_end(&it.err, more, i < n, "values", err);
}

static bool goes_below(const struct walk *w, struct key k)
{
	return !w->only || hive_is_touched(w->only, k);
}

static int compare_key(struct walk *w, struct key ours, libregf_key_t *key, struct err *err)
{
	libregf_error_t *theirs = NULL;
	struct span nk;
	uint64_t written;
	if (hive_key_record(ours, &nk, err) || compare_key_name(w, hive_key_name(nk), key, err))
		return -1;
	if (libregf_key_get_last_written_time(key, &written, &theirs) != 1)
		return refused(theirs, err);
	if (written != key_written(ours))
		return err_set(err, E_CORRUPT, "libregf reads another last-written time");
	if (goes_below(w, ours) && compare_values(w, ours, key, err))
		return -1;
	w->since++;
	if (++w->tally.keys > hive_keys_max(w->hive))
		return err_set(err, E_CORRUPT, "more keys than fit into the hive: some are shared");
	return 0;
}

/* Compare a key and make it the top of the stack, which owns theirs from here on. */
static int enter(struct walk *w, struct key ours, libregf_key_t *theirs, struct err *err)
{
	libregf_error_t *refusal = NULL;
	if (w->depth == HIVE_DEPTH_MAX) {
		libregf_key_free(&theirs, NULL);
		return err_set(err, E_CORRUPT, "keys nest deeper than %u", HIVE_DEPTH_MAX);
	}
	struct frame *top = &w->frames[w->depth++];
	*top = (struct frame){.it = key_subkeys(ours), .theirs = theirs};
	if (libregf_key_get_number_of_sub_keys(theirs, &top->n, &refusal) != 1)
		return refused(refusal, err);
	return compare_key(w, ours, theirs, err);
}

static void leave(struct walk *w)
{
	libregf_key_free(&w->frames[--w->depth].theirs, NULL);
}

/* Open libregf anew, and have it find the keys on the stack once more. */
static int renew(struct walk *w, struct hive_reference *r, struct err *err)
{
	libregf_error_t *refusal = NULL;
	for (size_t i = 0; i < w->depth; i++)
		libregf_key_free(&w->frames[i].theirs, NULL);
	close_file(r);
	w->since = 0;
	if (open_file(r, err) < 0)
		return -1;
	int rc = libregf_file_get_root_key(r->file, &w->frames[0].theirs, &refusal);
	for (size_t i = 1; rc == 1 && i < w->depth; i++) {
		const struct frame *above = &w->frames[i - 1];
		rc = libregf_key_get_sub_key(above->theirs, above->i - 1, &w->frames[i].theirs,
					     &refusal);
	}
	return rc == 1 ? 0 : refused(refusal, err);
}

/*
 * libregf multiplies a key's number of values or subkeys in 32 bits before it looks at the list:
 * numbers that our walker finds impossible never reach it.
 */
static int check_counts(struct key k, struct err *err)
{
	struct key sub;
	struct value v;
	struct key_iter keys = key_subkeys(k);
	struct value_iter values = key_values(k);
	if (key_subkey_count(k) > 0 && !key_next(&keys, &sub))
		return err_set(err, E_CORRUPT, "%s",
			       keys.err.code ? ERR_ARG(&keys.err)
					     : "a list of subkeys without subkeys");
	if (key_value_count(k) > 0 && !value_next(&values, &v))
		return err_set(err, E_CORRUPT, "%s",
			       values.err.code ? ERR_ARG(&values.err)
					       : "a list of values without values");
	if (key_value_count(k) > hive_values_max(k.hive) ||
	    key_subkey_count(k) > hive_keys_max(k.hive))
		return err_set(err, E_CORRUPT, "more values or subkeys than the hive can hold");
	return 0;
}

/* One step of the walk: into the next subkey of the top, or out of it. */
static int step(struct walk *w, struct err *err)
{
	libregf_error_t *refusal = NULL;
	libregf_key_t *theirs = NULL;
	struct frame *top = &w->frames[w->depth - 1];
	struct key ours;
	bool more = key_next(&top->it, &ours);
	if (compare_end(&top->it.err, more, top->i < top->n, "subkeys", err))
		return -1;
	if (!more) {
		leave(w);
		return 0;
	}
	if (check_counts(ours, err))
		return -1;
	if (libregf_key_get_sub_key(top->theirs, top->i++, &theirs, &refusal) == 1) {
		int rc = enter(w, ours, theirs, err);
		if (rc == 0 && !goes_below(w, ours))
			leave(w);
		return rc;
	}
	if (!has_refused_name(ours))
		return refused(refusal, err);
	libregf_error_free(&refusal);
	w->tally.skipped++;
	return 0;
}

/* Put the path of the key on top of the stack in front of the message; empties the stack. */
static void place(struct walk *w, struct err *err)
{
	while (w->depth > 0) {
		char *name = key_name(w->frames[w->depth - 1].it.key, w->arena);
		err_at(err, "%s", name ? name : "?");
		leave(w);
	}
}

static int walk_tree(struct walk *w, struct hive_reference *r, struct err *err)
{
	libregf_error_t *refusal = NULL;
	libregf_key_t *root = NULL;
	if (check_counts(hive_root(w->hive), err))
		return -1;
	if (libregf_file_get_root_key(r->file, &root, &refusal) != 1)
		return refused(refusal, err);
	int result = enter(w, hive_root(w->hive), root, err);
	while (result == 0 && w->depth > 0)
		result = w->since < KEYS_AT_ONCE ? step(w, err) : renew(w, r, err);
	if (result)
		place(w, err);
	return result;
}

int hive_reference_compare(struct hive_reference *r, const struct hive *h,
			   const struct hive_touched *only, struct hive_tally *tally,
			   struct err *err)
{
	int result = -1;
	struct walk *w = calloc(1, sizeof(*w));
	if (!w)
		return err_set(err, E_MEMORY, "no memory to compare hives");
	w->hive = h;
	w->only = only;
	w->bytes = r->bytes;
	w->arena = arena_new();
	w->frames = calloc(HIVE_DEPTH_MAX, sizeof(*w->frames));
	if (!w->arena || !w->frames) {
		err_set(err, E_MEMORY, "no memory to compare hives");
		goto out;
	}
	result = walk_tree(w, r, err);
	*tally = w->tally;
out:
	arena_free(w->arena);
	free(w->frames);
	free(w->data);
	free(w);
	return result;
}
