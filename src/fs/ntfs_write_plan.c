/* SPDX-License-Identifier: MIT */
/*
 * What is asked for by path becomes steps by record number, and what must not be done is refused
 * here, in words, before any other program looks at the volume.
 *
 * A name that is taken by another file is refused; one that an empty file has is that file's, which
 * gets the content and keeps the rest.
 *
 * The security descriptor of a new file is one that the volume has already: the id of a .sys file
 * beside it (a new directory takes its own directory's), so that $Secure stays as it is.
 */
#include "ntfs_write_internal.h"

#include <stdlib.h>
#include <string.h>

#include "stop7b/list.h"

#define NEIGHBOURS 64u   /* .sys files that are asked for a security id */
#define LINKS_MAX  1023u /* names of one file; Windows stops there */
#define MADE_MAX   2u    /* directories made for one path */

struct planner {
	struct ntfs_core *core;
	struct ntfs_plan *plan;
};

/* ---- security ids ---- */

struct neighbours {
	uint64_t records[NEIGHBOURS];
	size_t n;
	size_t twins;      /* short names of long ones */
	size_t long_names; /* names that would have one */
};

/* The last four characters, without case. */
static bool ends_in_sys(struct span name)
{
	static const char want[] = ".sys";
	if (name.len < 2 * 4)
		return false;
	for (size_t i = 0; i < 4; i++) {
		uint16_t c = le16(name, name.len - 8 + 2 * i);
		if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != want[i])
			return false;
	}
	return true;
}

static bool longer_than_short(struct span name)
{
	char ascii[NTFS_SHORT_NAME];
	size_t n = name.len / 2;
	if (n >= sizeof(ascii))
		return true;
	for (size_t i = 0; i < n; i++)
		ascii[i] = le16(name, 2 * i) < 0x80 ? (char)le16(name, 2 * i) : ' ';
	ascii[n] = '\0';
	return !ntfs_name_is_short(ascii);
}

static int count_neighbour(void *context, const struct ntfs_name *name, struct err *err)
{
	struct neighbours *n = context;
	(void)err;
	n->twins += name->dos;
	n->long_names += name->space == NTFS_WIN32 && longer_than_short(name->utf16);
	if (!name->dos && n->n < NEIGHBOURS && ends_in_sys(name->utf16))
		n->records[n->n++] = name->reference & NTFS_RECORD_MASK;
	return 0;
}

/* Which id new files of this directory take. */
static int borrow(struct planner *p, const struct neighbours *n, uint32_t *out, struct err *err)
{
	for (size_t i = 0; i < n->n; i++) {
		struct ntfs_about a;
		if (ntfs_look_at(p->core, n->records[i], p->plan->arena, &a, err) != 0)
			return -1;
		if (a.security != 0) {
			*out = a.security;
			return 0;
		}
	}
	return err_set(err, E_GUARD,
		       "no .sys file beside the new one has a security descriptor to take over");
}

/* ---- steps ---- */

static struct ntfs_step *add_step(struct ntfs_plan *plan, struct err *err)
{
	struct ntfs_step *steps = list_grow(plan->arena, plan->steps, plan->n, &plan->cap,
					    sizeof(*steps), err);
	if (!steps)
		return NULL;
	plan->steps = steps;
	steps[plan->n] = (struct ntfs_step){.made_by = NTFS_MADE_BY_NONE};
	return &steps[plan->n++];
}

static bool same_directory(const struct ntfs_step *a, const struct ntfs_step *b)
{
	return a->made_by == b->made_by &&
	       (a->made_by != NTFS_MADE_BY_NONE || a->parent == b->parent);
}

static bool same_name(const struct ntfs_step *s, const char *name, struct span utf16)
{
	if (s->short_name && text_equal(s->short_name, name))
		return true;
	const struct span own = ntfs_step_name(s);
	bool same = own.len == utf16.len;
	for (size_t i = 0; same && i < utf16.len; i += 2) {
		uint16_t x = le16(own, i), y = le16(utf16, i);
		x = x >= 'a' && x <= 'z' ? (uint16_t)(x - 32) : x;
		y = y >= 'a' && y <= 'z' ? (uint16_t)(y - 32) : y;
		same = x == y;
	}
	return same;
}

/* Has the directory of step that name already, or will it have by an earlier step? -1 with err. */
static int taken(struct planner *p, const struct ntfs_step *step, const char *name, struct err *err)
{
	uint64_t reference;
	struct span utf16;
	if (text_to_utf16le(p->plan->arena, name, &utf16, err) != 0)
		return -1;
	for (const struct ntfs_step *s = p->plan->steps; s < step; s++) {
		if (same_directory(s, step) && same_name(s, name, utf16))
			return 1;
	}
	if (step->made_by != NTFS_MADE_BY_NONE)
		return 0;
	return ntfs_index_find(p->core, step->parent & NTFS_RECORD_MASK, name, &reference, err);
}

/* Does a volume or a directory make short names? Where all long names lack one, it does not. */
static bool makes_short_names(const struct neighbours *n)
{
	return n->twins > 0 || n->long_names == 0;
}

static int choose_short(struct planner *p, struct ntfs_step *step, const char *name,
			const struct neighbours *n, struct err *err)
{
	char candidate[NTFS_SHORT_NAME];
	if (ntfs_name_is_short(name)) {
		step->short_name = arena_strdup(p->plan->arena, name);
		return step->short_name ? 0 : no_memory(err);
	}
	for (unsigned i = 0; i < NTFS_SHORT_TRIES && makes_short_names(n); i++) {
		ntfs_short_name(name, i, candidate);
		int r = taken(p, step, candidate, err);
		if (r < 0)
			return -1;
		if (r == 0) {
			step->short_name = arena_strdup(p->plan->arena, candidate);
			return step->short_name ? 0 : no_memory(err);
		}
	}
	return makes_short_names(n) ? err_set(err, E_MAP, "every short name of %s is taken", name)
				    : 0;
}

static int give_name(struct planner *p, struct ntfs_step *step, const char *name, struct err *err)
{
	struct arena *arena = p->plan->arena;
	if (!ntfs_name_allowed(name)) {
		const char *shown = text_utf8(arena, name);
		return err_set(err, E_USAGE, "%s is no name for a new file", shown ? shown : "it");
	}
	struct span utf16;
	if (text_to_utf16le(arena, name, &utf16, err) != 0)
		return -1;
	step->name = utf16.p;
	step->name_len = utf16.len;
	return 0;
}

/* Name the step and find out that nobody has it. */
static int name_step(struct planner *p, struct ntfs_step *step, const char *name, struct err *err)
{
	if (give_name(p, step, name, err) != 0)
		return -1;
	int r = taken(p, step, name, err);
	return r == 1 ? err_set(err, E_MAP,
				"%s is there already, another file of that name: nothing is "
				"replaced; delete or rename it first",
				name)
		      : r;
}

/* ---- one name that is asked for ---- */

static int add_directory(struct planner *p, const struct ntfs_way *way, size_t made_by,
			 const char *name, const struct ntfs_new *new, struct err *err)
{
	static const struct neighbours none;
	struct ntfs_step *step = add_step(p->plan, err);
	if (!step)
		return -1;
	step->kind = NTFS_STEP_DIRECTORY;
	step->parent = way->directory.reference;
	step->made_by = made_by;
	step->time = new->time;
	step->security = way->directory.security;
	step->path = name;
	if (step->security == 0)
		return err_set(err, E_GUARD,
			       "the directory above %s has no security descriptor to take over",
			       name);
	if (name_step(p, step, name, err) != 0)
		return -1;
	return choose_short(p, step, name, &none, err);
}

/* An earlier step that makes this very directory, or NTFS_MADE_BY_NONE. */
static size_t made_before(const struct planner *p, uint64_t parent, size_t made_by,
			  const char *name)
{
	const struct ntfs_step want = {.parent = parent, .made_by = made_by};
	for (size_t i = 0; i < p->plan->n; i++) {
		const struct ntfs_step *s = &p->plan->steps[i];
		if (s->kind == NTFS_STEP_DIRECTORY && same_directory(s, &want) &&
		    text_equal(s->path, name))
			return i;
	}
	return NTFS_MADE_BY_NONE;
}

/* Steps for what is missing of the directory; *made_by is the last of them. */
static int add_missing(struct planner *p, const struct ntfs_new *new, const struct ntfs_way *way,
		       size_t *made_by, struct err *err)
{
	const char *rest = way->rest;
	struct err e = {0};
	char *name;
	*made_by = NTFS_MADE_BY_NONE;
	for (size_t n = 0; (name = ntfs_first_name(p->plan->arena, &rest, &e)); n++) {
		if (!new->make_directory || n == MADE_MAX) {
			const char *shown = text_utf8(p->plan->arena, name);
			return err_set(err, E_NOTFOUND, "%s: no such directory",
				       shown ? shown : "?");
		}
		size_t before = made_before(p, way->directory.reference, *made_by, name);
		if (before == NTFS_MADE_BY_NONE) {
			if (add_directory(p, way, *made_by, name, new, err) != 0)
				return -1;
			before = p->plan->n - 1;
		}
		*made_by = before;
	}
	return e.code ? err_pass(err, &e) : 0;
}

static int check_data(const struct ntfs_stream *s, const char *path, struct err *err)
{
	if (s->flags & NTFS_DATA_COMPRESSED)
		return err_set(err, E_MAP, "%s is compressed: a link to it cannot serve", path);
	if (s->flags & NTFS_DATA_ENCRYPTED)
		return err_set(err, E_MAP, "%s is encrypted: a link to it cannot serve", path);
	if (!s->found || s->reparse || s->flags & NTFS_DATA_SPARSE)
		return err_set(err, E_MAP,
			       "%s is sparse or a reparse point: a link to it cannot serve", path);
	return 0;
}

static int plan_link(struct planner *p, struct ntfs_step *step, const char *path, struct err *err)
{
	struct arena *arena = p->plan->arena;
	const char *shown = text_utf8(arena, path), *last = path + strlen(path);
	uint64_t reference;
	struct ntfs_way way;
	struct ntfs_about a;
	struct ntfs_stream data;
	while (last > path && !strchr("\\/", last[-1]))
		last--;
	char *above = arena_printf(arena, "%.*s", (int)(last - path), path);
	if (!shown || !above)
		return no_memory(err);
	if (ntfs_follow(p->core, above, p->plan->arena, &way, err) != 0)
		return -1;
	int r = *way.rest ? 0
			  : ntfs_index_find(p->core, way.directory.reference & NTFS_RECORD_MASK,
					    last, &reference, err);
	if (r <= 0)
		return r < 0 ? -1 : err_set(err, E_NOTFOUND, "%s: no such file", shown);
	uint64_t number = reference & NTFS_RECORD_MASK;
	if (ntfs_look_at(p->core, number, arena, &a, err) != 0 ||
	    ntfs_stream_load(p->core, number, &ntfs_unnamed_data, arena, &data, err) != 0)
		return -1;
	if (a.directory || a.attributes & NTFS_ATTRIBUTE_REPARSE || number < NTFS_FIRST_USER_RECORD)
		return err_set(err, E_MAP, "%s is no plain file: a link to it cannot serve", shown);
	if (a.links >= LINKS_MAX)
		return err_set(err, E_MAP, "%s has %u names already", shown, a.links);
	step->existing = a.reference;
	return check_data(&data, shown, err);
}

static int plan_content(struct planner *p, struct ntfs_step *step, const struct ntfs_new *new,
			const struct neighbours *n, struct err *err)
{
	if (new->content.len > NTFS_CONTENT_MAX)
		return err_set(err, E_USAGE, "%s has %zu bytes: no driver is that large", new->name,
			       new->content.len);
	step->content = new->content.p;
	step->content_len = new->content.len;
	step->time = new->time;
	step->attributes = new->attributes;
	if (step->kind == NTFS_STEP_FILL)
		return 0;
	if (borrow(p, n, &step->security, err) != 0)
		return -1;
	return choose_short(p, step, new->name, n, err);
}

/* The empty file of that name, to be filled, in *out: 1. 0 when there is none, -1 with err. */
static int find_empty(struct planner *p, const struct ntfs_step *step, const char *name,
		      uint64_t *out, struct err *err)
{
	uint64_t dir = step->parent & NTFS_RECORD_MASK;
	int r = step->made_by != NTFS_MADE_BY_NONE ? 0
						   : ntfs_index_find(p->core, dir, name, out, err);
	return r <= 0 ? r : ntfs_is_empty(p->core, dir, *out, p->plan->arena, err);
}

static int plan_name(struct planner *p, struct ntfs_step *step, const struct ntfs_new *new,
		     struct err *err)
{
	int r = new->existing ? 0 : find_empty(p, step, new->name, &step->existing, err);
	if (r <= 0)
		return r < 0 ? -1 : name_step(p, step, new->name, err);
	for (const struct ntfs_step *s = p->plan->steps; s < step; s++)
		if (s->kind == NTFS_STEP_FILL && s->existing == step->existing)
			return err_set(err, E_USAGE, "%s is asked for twice", new->name);
	step->kind = NTFS_STEP_FILL;
	return give_name(p, step, new->name, err);
}

static int plan_one(struct planner *p, const struct ntfs_new *new, struct err *err)
{
	struct ntfs_way way;
	struct neighbours n = {0};
	size_t made_by;
	if (ntfs_follow(p->core, new->directory, p->plan->arena, &way, err) != 0 ||
	    add_missing(p, new, &way, &made_by, err) != 0 ||
	    ntfs_index_walk(p->core, way.directory.reference & NTFS_RECORD_MASK, count_neighbour,
			    &n, err) != 0)
		return -1;
	struct ntfs_step *step = add_step(p->plan, err);
	if (!step)
		return -1;
	step->kind = new->existing ? NTFS_STEP_LINK : NTFS_STEP_FILE;
	step->parent = way.directory.reference;
	step->made_by = made_by;
	step->path = new->name;
	if (plan_name(p, step, new, err) != 0)
		return -1;
	return new->existing ? plan_link(p, step, new->existing, err)
			     : plan_content(p, step, new, &n, err);
}

int ntfs_plan_make(struct ntfs_core *core, const struct ntfs_new *news, size_t n,
		   struct ntfs_plan *plan, struct err *err)
{
	struct planner p = {core, plan};
	if (n == 0 || n > NTFS_NEWS_MAX)
		return err_set(err, E_USAGE, "%zu names to add", n);
	for (size_t i = 0; i < n; i++) {
		if (plan_one(&p, &news[i], err) != 0) {
			const char *dir = text_utf8(plan->arena, news[i].directory);
			return err_at(err, "%s", dir ? dir : "?");
		}
	}
	return 0;
}
