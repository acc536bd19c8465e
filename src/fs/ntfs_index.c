/* SPDX-License-Identifier: MIT */
/*
 * Directory indexes ($I30): a B-tree of names, its root in the MFT record, its other nodes in
 * index records.
 *
 * Read here and not by libfsntfs because of three things measured with version 20200921: on volumes
 * with clusters larger than an index record it lists nothing and reports no error; it reads a whole
 * directory, and for a listing every subdirectory too, where a lookup needs one node per level;
 * nodes that point at each other keep it busy without end. Here each node is visited once.
 *
 * Names are ordered by their upper-case form. ASCII needs no table: no volume maps another
 * character into it that Windows uses in names of its own. Other names use the volume's $UpCase.
 * Source: libyal, "New Technologies File System (NTFS)", section "The index".
 */
#include "ntfs_internal.h"

#include <stdlib.h>
#include <string.h>

#include "stop7b/utf.h"

#define DEPTH_MAX      16u          /* levels; six names per node already make 10^12 entries */
#define INDEX_MAX      (256u << 20) /* bytes of one directory's index records */
#define NAME_UNITS_MAX 255u         /* UTF-16 units of a file name */
#define UPCASE_BYTES   (128u << 10)
#define ROOT_NODE_AT   16u /* node header in the index root and in an index record */
#define RECORD_NODE_AT 24u
#define ENTRY_HEADER   16u
#define KEY_HEADER     66u /* bytes of $FILE_NAME in front of the name */

enum { ENTRY_HAS_NODE = 1, ENTRY_LAST = 2 };

static const struct ntfs_stream_id root_id = {NTFS_INDEX_ROOT, "$I30"};
static const struct ntfs_stream_id nodes_id = {NTFS_INDEX_ALLOCATION, "$I30"};

struct index {
	struct ntfs_core *core;
	struct arena *arena; /* of this call */
	struct ntfs_stream root, nodes;
	uint8_t *whole; /* all index records, when they are read at once */
	uint8_t *seen;  /* one per index record */
	uint64_t n_records;
	uint32_t record;   /* bytes of an index record */
	uint32_t vcn_unit; /* bytes that a node number counts in */
};

/* ---- opening ---- */

static int check_root(struct index *ix, struct err *err)
{
	struct span r = ix->root.content;
	if (!ix->root.found || !ix->root.resident)
		return err_set(err, E_NOTFOUND, "not a directory");
	if (le32(r, 0) != NTFS_FILE_NAME || le32(r, 4) != 1)
		return err_set(err, E_CORRUPT, "index of type 0x%x", le32(r, 0));
	ix->record = le32(r, 8);
	if (ix->record < NTFS_STRIDE || ix->record > (64u << 10) || ix->record & (ix->record - 1))
		return err_set(err, E_CORRUPT, "index records of %u bytes", ix->record);
	uint32_t cluster = ix->core->geometry.cluster;
	ix->vcn_unit = cluster <= ix->record ? cluster : NTFS_STRIDE;
	if (ix->nodes.found && (ix->nodes.resident || ix->nodes.size > INDEX_MAX))
		return err_set(err, E_UNSUPPORTED, "directory index of %llu bytes",
			       (unsigned long long)ix->nodes.size);
	ix->n_records = ix->nodes.size / ix->record;
	return 0;
}

static int index_open(struct index *ix, struct ntfs_core *core, uint64_t number, struct err *err)
{
	*ix = (struct index){.core = core, .arena = arena_new()};
	if (!ix->arena)
		return err_set(err, E_MEMORY, "no memory for a directory");
	if (ntfs_stream_load(core, number, &root_id, ix->arena, &ix->root, err) != 0 ||
	    ntfs_stream_load(core, number, &nodes_id, ix->arena, &ix->nodes, err) != 0 ||
	    check_root(ix, err) != 0)
		return -1;
	ix->seen = arena_alloc(ix->arena, (size_t)ix->n_records, err);
	return ix->seen ? 0 : -1;
}

/* Read all index records with as few reads as the runs allow. */
static int read_whole(struct index *ix, struct err *err)
{
	size_t len = (size_t)(ix->n_records * ix->record);
	uint8_t *buf = arena_alloc(ix->arena, len, err);
	if (!buf || ntfs_stream_read(ix->core, &ix->nodes, 0, buf, len, err) != 0)
		return -1;
	ix->whole = buf;
	return 0;
}

/* ---- nodes and entries ---- */

/* The entries of a node whose header is at `at`, without slack. */
static int node_entries(struct span node, uint32_t at, struct span *out, struct err *err)
{
	uint32_t first = le32(node, at), used = le32(node, at + 4);
	if (first < ENTRY_HEADER || used < first || !span_holds(node, at, used))
		return err_set(err, E_CORRUPT, "index node with entries at %u to %u", first, used);
	*out = span_sub(node, at + first, used - first);
	return 0;
}

static int read_node(struct index *ix, uint64_t vcn, struct span *entries, struct err *err)
{
	uint64_t off;
	if (__builtin_mul_overflow(vcn, ix->vcn_unit, &off) || off % ix->record ||
	    off / ix->record >= ix->n_records || ix->seen[off / ix->record])
		return err_set(err, E_CORRUPT, "index node %llu is outside or used twice",
			       (unsigned long long)vcn);
	ix->seen[off / ix->record] = 1;
	uint8_t *buf = ix->whole ? ix->whole + off : arena_alloc(ix->arena, ix->record, err);
	if (!buf ||
	    (!ix->whole && ntfs_stream_read(ix->core, &ix->nodes, off, buf, ix->record, err) != 0))
		return -1;
	struct span node = {buf, ix->record};
	if (memcmp(buf, "INDX", 4) != 0 || le64(node, 16) != vcn)
		return err_set(err, E_CORRUPT, "index node %llu is none", (unsigned long long)vcn);
	if (ntfs_fixup(buf, ix->record, err) != 0 ||
	    node_entries(node, RECORD_NODE_AT, entries, err) != 0)
		return err_at(err, "index node %llu", (unsigned long long)vcn);
	return 0;
}

struct entry {
	struct ntfs_name name; /* not filled for the last entry of a node */
	bool last, has_node;
	uint64_t node;
};

int ntfs_name_parse(struct span key, struct ntfs_name *out, struct err *err)
{
	*out = (struct ntfs_name){
		.utf16 = span_sub(key, KEY_HEADER, 2u * u8(key, 64)),
		.modified = le64(key, 16),
		.size = le64(key, 48),
		.attributes = le32(key, 56),
		.parent = le64(key, 0),
		.space = u8(key, 65),
		.dos = u8(key, 65) == NTFS_DOS,
	};
	if (out->utf16.len == 0)
		return err_set(err, E_CORRUPT, "index entry without a name");
	return 0;
}

static int parse_name(struct span e, struct ntfs_name *out, struct err *err)
{
	int r = ntfs_name_parse(span_sub(e, ENTRY_HEADER, le16(e, 10)), out, err);
	out->reference = le64(e, 0);
	return r;
}

/* 1 with the entry at *at, which moves on; 0 behind the last; -1 with err. */
static int next_entry(struct span entries, uint64_t *at, struct entry *out, struct err *err)
{
	uint16_t len = le16(entries, *at + 8), flags = le16(entries, *at + 12);
	struct span e = span_sub(entries, *at, len);
	*out = (struct entry){.last = flags & ENTRY_LAST, .has_node = flags & ENTRY_HAS_NODE};
	if (*at == entries.len)
		return 0;
	if (!e.p || len < ENTRY_HEADER + (out->has_node ? 8u : 0u) || len % 8)
		return err_set(err, E_CORRUPT, "index entry of %u bytes", len);
	if (out->has_node)
		out->node = le64(e, len - 8u);
	if (!out->last && parse_name(e, &out->name, err) != 0)
		return -1;
	*at = out->last ? entries.len : *at + len;
	return 1;
}

/* ---- find ---- */

struct wanted {
	uint8_t units[2 * NAME_UNITS_MAX + 2]; /* UTF-16, with room for half a pair too many */
	size_t n;
	bool ascii;
};

static uint16_t upper(const struct ntfs_core *core, uint16_t unit)
{
	if (unit >= 'a' && unit <= 'z')
		return (uint16_t)(unit - 32);
	return unit < 0x80 || !core->upcase.p ? unit : le16(core->upcase, 2u * unit);
}

/* UTF-8, lone surrogates allowed, to UTF-16. -1 when no file can have that name. */
static int to_utf16(const char *name, struct wanted *w)
{
	const struct span s = {(const uint8_t *)name, strlen(name)};
	w->n = 0;
	w->ascii = true;
	for (size_t at = 0; at < s.len;) {
		uint32_t c = utf8_next(s, &at);
		if (c == UTF_BAD || w->n >= NAME_UNITS_MAX)
			return -1;
		w->n = (size_t)(utf16_put(w->units + 2 * w->n, c) - w->units) / 2;
		w->ascii &= c < 0x80;
	}
	return w->n > 0 && w->n <= NAME_UNITS_MAX ? 0 : -1;
}

int ntfs_name_compare(const struct ntfs_core *core, struct span a, struct span b)
{
	for (size_t i = 0; i < a.len && i < b.len; i += 2) {
		int d = upper(core, le16(a, i)) - upper(core, le16(b, i));
		if (d)
			return d;
	}
	return a.len < b.len ? -1 : a.len > b.len;
}

static int compare(const struct ntfs_core *core, const struct wanted *w, struct span name)
{
	return ntfs_name_compare(core, (struct span){w->units, 2 * w->n}, name);
}

int ntfs_upcase_load(struct ntfs_core *core, struct err *err)
{
	struct ntfs_stream s;
	if (core->upcase.p)
		return 0;
	uint8_t *buf = arena_alloc(core->arena, UPCASE_BYTES, err);
	if (!buf || ntfs_stream_load(core, NTFS_RECORD_UPCASE, &ntfs_unnamed_data, core->arena, &s,
				     err) != 0)
		return -1;
	if (s.size != UPCASE_BYTES)
		return err_set(err, E_CORRUPT, "$UpCase has %llu bytes",
			       (unsigned long long)s.size);
	if (ntfs_stream_read(core, &s, 0, buf, UPCASE_BYTES, err) != 0)
		return -1;
	core->upcase = (struct span){buf, UPCASE_BYTES};
	return 0;
}

int ntfs_upcase(struct ntfs *vol, struct span *out, struct err *err)
{
	struct ntfs_core *core = ntfs_core(vol);
	if (ntfs_upcase_load(core, err) != 0)
		return -1;
	*out = core->upcase;
	return 0;
}

/* Descend from the root node; 1 found, 0 not there, -1 err. */
static int descend(struct index *ix, struct span entries, const struct wanted *w,
		   uint64_t *reference, struct err *err)
{
	for (unsigned depth = 0; depth < DEPTH_MAX; depth++) {
		struct entry e = {0};
		uint64_t at = 0;
		int r, d = 1;
		while ((r = next_entry(entries, &at, &e, err)) == 1 && !e.last) {
			d = compare(ix->core, w, e.name.utf16);
			if (d <= 0)
				break;
		}
		if (r < 0)
			return -1;
		if (r == 1 && !e.last && d == 0) {
			*reference = e.name.reference;
			return 1;
		}
		if (r == 0 || !e.has_node)
			return 0;
		if (read_node(ix, e.node, &entries, err) != 0)
			return -1;
	}
	return err_set(err, E_CORRUPT, "index deeper than %u levels", DEPTH_MAX);
}

int ntfs_index_find(struct ntfs_core *core, uint64_t number, const char *name, uint64_t *reference,
		    struct err *err)
{
	struct index ix;
	struct span entries;
	struct wanted w;
	if (to_utf16(name, &w) != 0)
		return 0;
	if (!w.ascii && ntfs_upcase_load(core, err) != 0)
		return -1;
	int r = index_open(&ix, core, number, err);
	if (r == 0)
		r = node_entries(ix.root.content, ROOT_NODE_AT, &entries, err);
	if (r == 0)
		r = descend(&ix, entries, &w, reference, err);
	arena_free(ix.arena);
	return r;
}

/* ---- walk ---- */

struct level {
	struct span entries;
	uint64_t at;
	struct entry pending; /* its names come after those of the node below it */
	bool has_pending;
};

/* Take one step: 0 go on, 1 the walk is over, -1 err, or what each() answered. */
static int step(struct index *ix, struct level *stack, unsigned *depth, ntfs_index_each *each,
		void *context, struct err *err)
{
	struct level *l = &stack[*depth];
	if (l->has_pending) {
		l->has_pending = false;
		return l->pending.last ? 0 : each(context, &l->pending.name, err);
	}
	int r = next_entry(l->entries, &l->at, &l->pending, err);
	if (r == 0 && (*depth)-- == 0)
		return 1;
	if (r <= 0)
		return r;
	l->has_pending = true;
	if (!l->pending.has_node)
		return 0;
	if (++*depth == DEPTH_MAX)
		return err_set(err, E_CORRUPT, "index deeper than %u levels", DEPTH_MAX);
	stack[*depth] = (struct level){0};
	return read_node(ix, l->pending.node, &stack[*depth].entries, err);
}

static int walk(struct index *ix, ntfs_index_each *each, void *context, struct err *err)
{
	struct level stack[DEPTH_MAX] = {0};
	unsigned depth = 0;
	int r = node_entries(ix->root.content, ROOT_NODE_AT, &stack[0].entries, err);
	if (r == 0 && ix->n_records)
		r = read_whole(ix, err);
	while (r == 0)
		r = step(ix, stack, &depth, each, context, err);
	return r == 1 ? 0 : r;
}

int ntfs_index_walk(struct ntfs_core *core, uint64_t number, ntfs_index_each *each, void *context,
		    struct err *err)
{
	struct index ix;
	int r = index_open(&ix, core, number, err);
	if (r == 0)
		r = walk(&ix, each, context, err);
	arena_free(ix.arena);
	return r;
}

int ntfs_index_survey(struct ntfs_core *core, uint64_t number, struct arena *arena,
		      ntfs_index_each *each, void *context, struct ntfs_index_blocks *out,
		      struct err *err)
{
	struct index ix;
	int r = index_open(&ix, core, number, err);
	if (r == 0)
		r = walk(&ix, each, context, err);
	*out = (struct ntfs_index_blocks){.n = ix.n_records};
	if (r == 0) {
		out->seen = arena_copy(arena, ix.seen, (size_t)ix.n_records);
		r = out->seen ? 0 : no_memory(err);
	}
	arena_free(ix.arena);
	return r;
}
