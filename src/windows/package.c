/* SPDX-License-Identifier: MIT */
/*
 * Driver packages found and judged: each source is searched for .inf files, each .inf is asked what
 * it offers to this Windows, and the driver files of what is left are read and looked at.
 *
 * A file is taken apart in memory of its own; only what it offers is kept. Of the store, which holds
 * hundreds of others, what has nothing to do with a disk controller of a target's is not listed.
 */
#include "package_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "stop7b/list.h"

struct finder {
	struct package_windows w;
	struct arena *arena;
	struct package_list list;
	struct packages *out;
	size_t cap_problems;
	struct package_source *source;
	const char *nested[PACKAGE_NESTED_MAX]; /* archives in the folder that is searched */
	size_t n_nested;
};

int package_hand(struct package_source *source, uint64_t bytes, struct err *err)
{
	source->handed += bytes;
	if (source->handed <= PACKAGE_BYTES_MAX)
		return 0;
	return err_set(err, E_UNSUPPORTED, "its packages take more than %u MiB",
		       PACKAGE_BYTES_MAX >> 20);
}

int package_too_many(struct err *err)
{
	return err_set(err, E_UNSUPPORTED, "more than %u .inf files: the others are not read",
		       PACKAGE_INF_MAX);
}

bool package_is_inf(const char *name)
{
	size_t len = strlen(name);
	return len > 4 && text_equal(name + len - 4, ".inf");
}

bool package_is_archive(const char *name)
{
	static const char *const ends[] = {".iso", ".zip", ".cab"};
	size_t len = strlen(name);
	for (size_t i = 0; len > 4 && i < sizeof(ends) / sizeof(ends[0]); i++)
		if (text_equal(name + len - 4, ends[i]))
			return true;
	return false;
}

int package_by_path(const void *a, const void *b)
{
	return text_casecmp(((const struct package_file *)a)->path,
			    ((const struct package_file *)b)->path);
}

/* ---- sources ---- */

static bool has_ending(const char *path, const char *ending)
{
	size_t len = strlen(path), end = strlen(ending);
	return len > end && text_equal(path + len - end, ending);
}

/* An .inf stands for the folder that it lies in. */
static int open_inf(const char *path, struct arena *arena, struct package_source *out,
		    struct err *err)
{
	const char *slash = strrchr(path, '/');
	out->place = &package_folder;
	out->only = slash ? slash + 1 : path;
	out->path = slash ? arena_printf(arena, "%.*s", (int)(slash - path) + 1, path) : ".";
	const char *shown = slash && out->path ? text_utf8(arena, out->path) : "";
	out->name = shown;
	return out->path && shown ? 0 : no_memory(err);
}

int package_source_open(const char *path, struct arena *arena, struct package_source *out,
			struct err *err)
{
	struct stat st;
	*out = (struct package_source){
		.origin = PACKAGE_GIVEN, .path = path, .name = text_utf8(arena, path)};
	if (!out->name)
		return no_memory(err);
	if (stat(path, &st) < 0)
		return err_set(err, E_OPEN, "%s: cannot be opened (%s)", out->name,
			       strerror(errno));
	if (S_ISREG(st.st_mode) && package_is_inf(path))
		return open_inf(path, arena, out, err);
	if (S_ISDIR(st.st_mode))
		out->place = &package_folder;
	else if (S_ISREG(st.st_mode) &&
		 (has_ending(path, ".iso") || has_ending(path, ".zip") || has_ending(path, ".cab")))
		out->place = &package_archive;
	return out->place
		       ? 0
		       : err_set(err, E_FORMAT,
				 "%s: no folder, and no .inf, .iso, .zip or .cab file", out->name);
}

/* What stands between the name of a source and a path in it. */
static const char *source_words(const struct package_source *source, const char *path,
				struct arena *arena)
{
	const char *shown = text_utf8(arena, path);
	size_t len = strlen(source->name);
	if (!shown)
		return NULL;
	if (source->origin == PACKAGE_IN_STORE) {
		char *all = arena_printf(arena, "%s\\%s", source->path, shown);
		for (char *p = all; p && *p; p++)
			*p = *p == '/' ? '\\' : *p;
		return all;
	}
	if (source->place == &package_archive)
		return arena_printf(arena, "%s: %s", source->name, shown);
	return arena_printf(arena, "%s%s%s", source->name,
			    len && source->name[len - 1] != '/' ? "/" : "", shown);
}

/* ---- .inf files ---- */

static int add_problem(void *ctx, struct said words, struct err *err)
{
	struct finder *f = ctx;
	struct packages *out = f->out;
	if (out->n_problems == PACKAGES_MAX)
		return 0;
	out->problems = list_grow(f->arena, out->problems, out->n_problems, &f->cap_problems,
				  sizeof(*out->problems), err);
	if (!out->problems || !words.plain)
		return no_memory(err);
	const char *name = f->source->origin == PACKAGE_IN_STORE ? f->source->path
								 : f->source->name;
	struct said *to = &out->problems[out->n_problems++];
	*to = said_make(f->arena, "%s: %s", name, said_arg(words, f->arena));
	return to->plain ? 0 : no_memory(err);
}

/* What every package of a file has in common. */
static int head_of(const struct package_source *source, const char *path, struct arena *arena,
		   struct package *out, struct err *err)
{
	const char *slash = strrchr(path, '/');
	*out = (struct package){.origin = source->origin, .raw_path = path};
	out->source = source_words(source, path, arena);
	out->inf = text_utf8(arena, slash ? slash + 1 : path);
	if (out->origin == PACKAGE_IN_STORE && slash)
		out->label = arena_printf(arena, "%.*s", (int)(slash - path), path);
	return out->source && out->inf && (out->label || !slash || out->origin == PACKAGE_GIVEN)
		       ? 0
		       : no_memory(err);
}

/* Worth keeping: it has to do with a target's controller, or a person named its place. */
static bool is_listed(const struct finder *f, const struct package_list *list)
{
	if (f->source->origin == PACKAGE_GIVEN)
		return true;
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i].service)
			return true;
	return false;
}

/* A file that is beyond a limit keeps nobody from the others. */
static int match(struct finder *f, const struct package *head, struct span bytes,
		 struct arena *arena, struct package_list *to, struct err *err)
{
	struct err bad = {0};
	struct inf inf;
	size_t before = to->n;
	if (inf_read(bytes, arena, &inf, &bad) == 0 &&
	    package_match(&f->w, &inf, head, arena, to, &bad) == 0)
		return 0;
	if (bad.code == E_MEMORY)
		return err_pass(err, &bad);
	struct package p = *head;
	to->n = before;
	if (package_refuse(&p, said_make(arena, "%s", ERR_ARG(&bad)), err) < 0)
		return -1;
	to->items = list_grow(arena, to->items, to->n, &to->cap, sizeof(p), err);
	if (!to->items)
		return -1;
	to->items[to->n++] = p;
	return 0;
}

static int keep(struct finder *f, const struct package_list *found, struct err *err)
{
	struct package_list *to = &f->list;
	for (size_t i = 0; i < found->n && to->n < PACKAGES_MAX; i++) {
		to->items = list_grow(f->arena, to->items, to->n, &to->cap, sizeof(*to->items),
				      err);
		if (!to->items ||
		    package_keep(&found->items[i], f->arena, &to->items[to->n], err) < 0)
			return -1;
		to->n++;
	}
	return 0;
}

static int take_inf(void *ctx, const char *path, struct span bytes, struct err *err)
{
	struct finder *f = ctx;
	struct package head;
	struct package_list found = {0};
	struct arena *scratch = arena_new();
	if (!scratch)
		return no_memory(err);
	int rc = head_of(f->source, path, scratch, &head, err);
	if (rc == 0)
		rc = match(f, &head, bytes, scratch, &found, err);
	if (rc == 0 && is_listed(f, &found))
		rc = keep(f, &found, err);
	arena_free(scratch);
	return rc;
}

/* ---- driver files ---- */

/* The files that packages from first on still want, sorted, each once. NULL with E_MEMORY. */
static struct package_file *wanted_files(struct finder *f, size_t first, size_t *n, struct err *err)
{
	struct package_file *files = arena_array(f->arena, f->list.n - first, sizeof(*files), err);
	size_t all = 0;
	*n = 0;
	for (size_t i = first; files && i < f->list.n; i++)
		if (f->list.items[i].fits)
			files[all++] = (struct package_file){.path = f->list.items[i].raw_file};
	if (all)
		qsort(files, all, sizeof(*files), package_by_path);
	for (size_t i = 0; i < all; i++)
		if (i == 0 || package_by_path(&files[i], &files[*n - 1]) != 0)
			files[(*n)++] = files[i];
	return files;
}

static int judge_file(struct finder *f, struct package *p, const struct package_file *file,
		      struct err *err)
{
	if (!file->found)
		return package_refuse(p, said_make(f->arena, "%s is not in the package", p->file),
				      err);
	if (file->problem.plain)
		return package_refuse(
			p,
			said_make(f->arena, "%s: %s", p->file, said_arg(file->problem, f->arena)),
			err);
	p->bytes = file->bytes;
	if (p->origin == PACKAGE_IN_STORE) {
		char *path = arena_printf(f->arena, "%s\\%s", f->source->path, p->raw_file);
		for (char *c = path; c && *c; c++)
			*c = *c == '/' ? '\\' : *c;
		p->store_path = path;
		if (!path)
			return no_memory(err);
	}
	return package_judge_driver(&f->w, p, f->arena, err);
}

static int read_drivers(struct finder *f, size_t first, struct err *err)
{
	size_t n;
	struct package_file *files = wanted_files(f, first, &n, err);
	if (!files || (n && f->source->place->read(f->source, files, n, f->arena, err) < 0))
		return -1;
	for (size_t i = first; i < f->list.n; i++) {
		struct package *p = &f->list.items[i];
		const struct package_file key = {.path = p->raw_file};
		if (p->fits &&
		    judge_file(f, p, bsearch(&key, files, n, sizeof(*files), package_by_path),
			       err) < 0)
			return -1;
	}
	return 0;
}

/* ---- all of it ---- */

static int note_archive(void *ctx, const char *path, struct err *err)
{
	struct finder *f = ctx;
	if (f->n_nested == PACKAGE_NESTED_MAX)
		return add_problem(f,
				   said_make(f->arena, N_("%s: there are more than %u archives"),
					     text_utf8(f->arena, path), PACKAGE_NESTED_MAX),
				   err);
	f->nested[f->n_nested] = arena_strdup(f->arena, path);
	return f->nested[f->n_nested++] ? 0 : no_memory(err);
}

static int search(struct finder *f, struct package_source *source, struct err *err)
{
	const struct package_reader to = {take_inf, note_archive, add_problem, f};
	struct err bad = {0};
	size_t first = f->list.n;
	f->source = source;
	if (source->place->infs(source, &to, &bad) < 0) {
		if (bad.code == E_MEMORY)
			return err_pass(err, &bad);
		if (add_problem(f, said_make(f->arena, "%s", ERR_ARG(&bad)), err) < 0)
			return -1;
	}
	return read_drivers(f, first, err);
}

/* Archives that lie in a folder: one that cannot be read keeps nobody from the others. */
static int search_nested(struct finder *f, struct err *err)
{
	for (size_t i = 0; i < f->n_nested; i++) {
		struct package_source source;
		struct err bad = {0};
		if (package_source_open(f->nested[i], f->arena, &source, &bad) == 0) {
			if (search(f, &source, err) < 0)
				return -1;
		} else if (bad.code == E_MEMORY) {
			return err_pass(err, &bad);
		} else if (add_problem(f, said_make(f->arena, "%s", ERR_ARG(&bad)), err) < 0) {
			return -1;
		}
	}
	f->n_nested = 0;
	return 0;
}

int package_windows_of(const struct package_request *request, struct package_windows *out,
		       struct err *err)
{
	const struct install *inst = request->inst;
	*out = (struct package_windows){
		.inst = inst,
		.inf = {.major = inst->release >> 8,
			.minor = inst->release & 0xff,
			.build = inst->build,
			.architecture = inst->architecture,
			.server = inst->edition == EDITION_SERVER,
			.product_known = inst->edition != EDITION_UNKNOWN},
		.volume = request->volume,
	};
	if (!inst->release || !inf_architecture(inst->architecture))
		return err_set(
			err, E_UNSUPPORTED,
			"which release this Windows is, or for which processor, is not known");
	return 0;
}

int packages_present(const char *const *paths, size_t n, struct arena *arena, struct err *err)
{
	struct package_source source;
	for (size_t i = 0; i < n; i++)
		if (package_source_open(paths[i], arena, &source, err) < 0)
			return -1;
	return 0;
}

int packages_find(const struct package_request *request, struct arena *arena, struct packages *out,
		  struct err *err)
{
	struct finder f = {.arena = arena, .out = out};
	struct package_source source;
	*out = (struct packages){0};
	if (package_windows_of(request, &f.w, err) < 0)
		return -1;
	for (size_t i = 0; i < request->n_paths; i++)
		if (package_source_open(request->paths[i], arena, &source, err) < 0 ||
		    search(&f, &source, err) < 0 || search_nested(&f, err) < 0)
			return -1;
	if (request->store && request->volume &&
	    (package_store_open(request->inst, request->volume, arena, &source, err) < 0 ||
	     search(&f, &source, err) < 0))
		return -1;
	out->items = f.list.items;
	out->n = f.list.n;
	packages_sort(out, request->inst);
	return 0;
}
