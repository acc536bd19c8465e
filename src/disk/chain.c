/* SPDX-License-Identifier: MIT */
/*
 * From a differencing disk to its parent. Every place where the parent may lie is tried in a
 * fixed order; a file there is identified first, from its own bytes alone, and only the one that
 * fits is opened with its own parents. So a chain costs one full opening per disk, whatever the
 * names in it say.
 *
 * Places: --parent (which may mean any disk of the chain: it is passed over where it does not
 * fit), then the child's own names in the folder where the child really lies. The first file
 * that fits by its identifier is the parent. A file that is there but cannot be read as a disk
 * ends the search with its own fault, because the names promised that it is the parent.
 *
 * Circles are found by device and inode, the length by CHAIN_DISKS_MAX (image_file.c).
 */
#include "chain.h"

#include <inttypes.h>
#include <string.h>

#include "container.h"

struct search {
	struct image_file *child;
	const struct chain_want *want;
	const struct image_options *options;
	struct image_info *info;
	struct arena *arena;
	const char *folder; /* of the child */
	const char *looked; /* the places that were tried, in words */
	const char *tried[CHAIN_NAMES_MAX];
	size_t n_tried;
	bool other; /* a disk was found, but not the one */
};

/*
 * Name the parent in front of what is wrong with it. In a chain the disk at fault is named, not
 * all those that lead to it.
 */
static int at_parent(struct err *err, const char *parent)
{
	if (!err || err->parent_named)
		return -1;
	err->parent_named = true;
	return err_at(err, "parent %s", parent);
}

/* "./base.vhd" for a file in the child's folder. */
static const char *short_path(const struct search *s, const char *path)
{
	size_t n = strlen(s->folder);
	bool beside = strncmp(path, s->folder, n) == 0 && path[n] == '/';
	return beside ? arena_printf(s->arena, ".%s", path + n) : path;
}

/* Remember a place that did not help: 0, or -1 without memory. */
static int looked_at(struct search *s, const char *place, const char *why, struct err *err)
{
	const char *words = place ? text_utf8(s->arena, place) : NULL;
	const char *before = s->looked ? s->looked : "";
	if (words && why)
		s->looked = arena_printf(s->arena, "%s%s%s (%s)", before, s->looked ? ", " : "",
					 words, why);
	return words && why && s->looked ? 0 : no_memory(err);
}

static bool fits(const struct chain_want *want, const struct identity *is)
{
	for (size_t i = 0; i < CHAIN_IDS_MAX; i++)
		if (want->ids[i][0] && strcmp(want->ids[i], is->id) == 0)
			return true;
	return false;
}

/*
 * What is at path? 1 when it is the parent, 0 when it is not (looked_at() says why), -1 with the
 * fault of a disk that should have been it.
 */
static int examine(struct search *s, struct image_file *f, const char *path, struct err *err)
{
	const struct container *container = image_probe(f);
	struct identity is = {0};
	const char *place = short_path(s, path);
	if (!place)
		return no_memory(err);
	if (container != s->want->container)
		return looked_at(s, place,
				 arena_printf(s->arena, "not a %s file", s->want->container->name),
				 err);
	if (container->identify(f, s->arena, &is, err) < 0)
		return at_parent(err, place);
	if (fits(s->want, &is))
		return 1;
	s->other = true;
	return looked_at(s, place, arena_printf(s->arena, "%s %s", s->want->id_name, is.id), err);
}

/* As examine(), for a path. */
static int try_path(struct search *s, const char *path, struct err *err)
{
	struct err why = {0};
	struct image_file *f = image_file_open(path, &why);
	if (!f) {
		const char *place = short_path(s, path);
		return looked_at(s, place, text_utf8(s->arena, why.text), err);
	}
	int rc = examine(s, f, path, err);
	image_file_close(f);
	return rc;
}

static bool was_tried(const struct search *s, const char *path)
{
	for (size_t i = 0; i < s->n_tried; i++)
		if (strcmp(s->tried[i], path) == 0)
			return true;
	return false;
}

/* Two names often mean one file; a name without a path here is shown as the child has it. */
static int try_name(struct search *s, const struct chain_name *name, const char **path,
		    struct err *err)
{
	*path = chain_name_path(name, s->folder, s->arena);
	if (!*path)
		return looked_at(s, chain_name_words(name, s->arena), "no name of use here", err);
	if (was_tried(s, *path))
		return 0;
	s->tried[s->n_tried++] = *path;
	return try_path(s, *path, err);
}

/* --parent may name a disk further down, or one that is already in the chain. */
static int try_option(struct search *s, const char **path, struct err *err)
{
	*path = s->options->parent;
	if (!*path || image_file_leads_from(s->child, *path))
		return 0;
	return try_path(s, *path, err);
}

static const char *words_or(const char *words, const char *other)
{
	return words && words[0] ? words : other;
}

/* The last part of the first name that has one, else that name as it is. */
static const char *wanted_file(const struct search *s)
{
	for (size_t i = 0; i < s->want->n_names; i++) {
		const char *last = chain_name_last(&s->want->names[i], s->arena);
		if (last)
			return last;
	}
	const char *whole = s->want->n_names > 0 ? chain_name_words(&s->want->names[0], s->arena)
						 : NULL;
	return words_or(whole, "a disk without a name");
}

static const char *where(const struct search *s)
{
	const char *list = NULL;
	for (size_t i = 0; i < s->want->n_names; i++)
		list = list ? arena_printf(s->arena, "%s, %s", list, s->want->names[i].where)
			    : s->want->names[i].where;
	return list;
}

static int not_found(const struct search *s, struct err *err)
{
	return err_set(err, E_PARENT, "%s: wanted %s, %s %s; looked at %s; named by %s",
		       s->other ? "the parent disk does not fit" : "the parent disk is missing",
		       wanted_file(s), s->want->id_name, s->want->ids[0],
		       words_or(s->looked, "nowhere"), words_or(where(s), "nothing"));
}

/* The parent's path, or NULL with err. */
static const char *find(struct search *s, struct err *err)
{
	const char *path;
	int found = try_option(s, &path, err);
	for (size_t i = 0; found == 0 && i < s->want->n_names; i++)
		found = try_name(s, &s->want->names[i], &path, err);
	if (found == 0)
		not_found(s, err);
	return found > 0 ? path : NULL;
}

/* ---- what the child's info says of its parents ---- */

static int add_parent(struct image_info *info, const char *path, struct err *err)
{
	if (info->n_parents == IMAGE_PARENTS_MAX)
		return err_set(err, E_PARENT, "the chain has more than %u disks", CHAIN_DISKS_MAX);
	info->parents[info->n_parents++] = path;
	return 0;
}

static int describe(struct search *s, const struct image_info *parent, struct err *err)
{
	if (add_parent(s->info, parent->path, err) < 0)
		return -1;
	for (size_t i = 0; i < parent->n_parents; i++)
		if (add_parent(s->info, parent->parents[i], err) < 0)
			return -1;
	for (size_t i = 0; i < parent->n_notes; i++) {
		const char *name = text_utf8(s->arena, short_path(s, parent->path));
		if (image_note(s->info,
			       said_make(s->arena, "parent %s: %s",
					 words_or(name, said_word(N_("disk"), s->arena)),
					 said_arg(parent->notes[i], s->arena)),
			       err) < 0)
			return -1;
	}
	return 0;
}

/* The option was for some disk of the chain; the last one to be opened can tell. */
static int check_option(struct search *s, struct err *err)
{
	const char *path = s->options->parent;
	if (!path || image_file_is_parent(s->child))
		return 0;
	for (size_t i = 0; i < s->info->n_parents; i++)
		if (strcmp(s->info->parents[i], path) == 0)
			return 0;
	return image_note(s->info,
			  said_make(s->arena,
				    "the disk given as parent, %s, is none of this "
				    "chain; the parents were found by their names",
				    words_or(text_utf8(s->arena, path), "?")),
			  err);
}

static struct image *open_found(struct search *s, const char *path, struct err *err)
{
	struct image *parent = image_open_parent(s->want->container, path, s->child, s->options,
						 err);
	if (!parent) {
		at_parent(err, words_or(text_utf8(s->arena, short_path(s, path)), "?"));
		return NULL;
	}
	if (describe(s, image_info(parent), err) < 0 || check_option(s, err) < 0) {
		image_close(parent);
		return NULL;
	}
	return parent;
}

struct image *chain_open(struct image_file *child, const struct chain_want *want,
			 const struct image_options *options, struct image_info *info,
			 struct arena *arena, struct err *err)
{
	struct search s = {
		.child = child,
		.want = want,
		.options = options,
		.info = info,
		.arena = arena,
		.folder = chain_folder(info->real_path, arena),
	};
	if (!s.folder) {
		no_memory(err);
		return NULL;
	}
	const char *path = find(&s, err);
	return path ? open_found(&s, path, err) : NULL;
}

int chain_check_size(const struct image_info *parent, struct image_info *info, struct err *err)
{
	bool inherited = parent->hint == HINT_PARENT_LARGER || parent->hint == HINT_PARENT_SHORTER;
	bool same = parent->size == info->size;
	enum hint_kind hint = parent->size > info->size   ? HINT_PARENT_LARGER
			      : parent->size < info->size ? HINT_PARENT_SHORTER
			      : inherited                 ? parent->hint
							  : HINT_NONE;
	if (hint == HINT_NONE)
		return 0;
	if (!info->no_writes) {
		info->no_writes = hint_row(hint)->found;
		info->hint = hint;
	}
	return same ? 0 /* its parent's note is there */
		    : image_note(info, said_of(hint_row(hint)->found), err);
}

int chain_read(struct image *parent, uint64_t off, void *buf, size_t len, struct err *err)
{
	uint64_t size = image_info(parent)->size;
	uint64_t left = off < size ? size - off : 0;
	size_t here = len < left ? len : (size_t)left;
	memset((uint8_t *)buf + here, 0, len - here);
	if (here == 0 || image_read(parent, off, buf, here, err) == 0)
		return 0;
	return at_parent(err, image_info(parent)->path);
}

bool chain_names_file(const struct chain_want *want, const char *file, struct arena *arena)
{
	for (size_t i = 0; i < want->n_names; i++) {
		const char *last = chain_name_last(&want->names[i], arena);
		if (last && text_casecmp(last, file) == 0)
			return true;
	}
	return false;
}
