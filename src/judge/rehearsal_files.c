/* SPDX-License-Identifier: MIT */
/*
 * The files that a boot reads: drivers, kernel, HAL, and the DLLs that any of them import.
 *
 * A file is bad when the loader must refuse it: no PE file, cut short, for another machine, or
 * importing what no file here gives. It is doubtful when only an oddity is known. What cannot be
 * read stays unchecked, and nothing is concluded from it. Each file is read once, its bytes are
 * given back at once and only names are kept; a disk made to exhaust memory meets the limits of
 * rehearsal.h, behind which files stay unchecked.
 *
 * Imports are looked for as the loader does: among the files read, else in System32\drivers, else
 * in System32. API sets ("api-ms-...", "ext-ms-...") are not files; the schema that maps them is
 * not read, so they count as there. Signatures are not checked.
 * Source: doc/FORMATS/driver-files.md, "What makes a file unloadable".
 */
#include "rehearsal_internal.h"

#include <string.h>
#include <strings.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* What every boot begins with, below the system root. */
static const char *const kernel_files[] = {"System32\\ntoskrnl.exe", "System32\\hal.dll"};
static const char *const dll_places[] = {"System32\\drivers", "System32"};

bool load_file_fails(enum load_file s)
{
	return s == LOAD_FILE_MISSING || s == LOAD_FILE_EMPTY || s == LOAD_FILE_BAD;
}

const char *path_name(const char *path)
{
	const char *slash = path ? strrchr(path, '\\') : NULL;
	return slash ? slash + 1 : path;
}

const char *item_file_name(const struct load_item *item, struct arena *arena)
{
	const struct driver_file f = {.path = item->file, .raw_path = item->raw_file};
	return driver_file_name(&f, arena);
}

/* ---- the table of files ---- */

size_t module_named(const struct files *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++) {
		if (text_equal(f->modules[i].shown.name, name))
			return i;
	}
	return MODULE_NONE;
}

static size_t module_at(const struct files *f, const char *path)
{
	for (size_t i = 0; i < f->n; i++) {
		if (text_equal(f->modules[i].shown.file, path))
			return i;
	}
	return MODULE_NONE;
}

/* *at: where the file stands in the table, or MODULE_NONE without room. -1 only with E_MEMORY. */
static int add_module(struct files *f, const struct rehearsal_module *shown, size_t *at,
		      struct err *err)
{
	*at = MODULE_NONE;
	if (f->n == REHEARSAL_FILES_MAX)
		return 0;
	f->modules = list_grow(f->arena, f->modules, f->n, &f->cap, sizeof(*f->modules), err);
	if (!f->modules)
		return -1;
	struct module *m = &f->modules[f->n];
	*m = (struct module){.shown = *shown};
	if (!m->shown.name)
		m->shown.name = arena_strdup(f->arena, path_name(shown->file));
	if (!m->shown.name)
		return no_memory(err);
	*at = f->n++;
	return 0;
}

static int add_kernel(struct files *f, struct err *err)
{
	for (size_t i = 0; i < COUNT(kernel_files); i++) {
		struct rehearsal_module m = {.kernel = true};
		size_t at;
		m.file = arena_printf(f->arena, "%s\\%s", f->request->install->root,
				      kernel_files[i]);
		if (!m.file)
			return no_memory(err);
		if (add_module(f, &m, &at, err) < 0)
			return -1;
	}
	return 0;
}

static int add_dll(struct files *f, const char *dll, const char *importer, struct err *err)
{
	const char *paths[COUNT(dll_places)];
	struct rehearsal_module m = {.needed_by = importer};
	size_t at;
	for (size_t i = 0; i < COUNT(paths); i++) {
		paths[i] = arena_printf(f->arena, "%s\\%s\\%s", f->request->install->root,
					dll_places[i], dll);
		if (!paths[i])
			return no_memory(err);
	}
	m.file = paths[0];
	if (add_module(f, &m, &at, err) < 0)
		return -1;
	if (at != MODULE_NONE)
		f->modules[at].other_place = paths[1];
	return 0;
}

/* ---- one file ---- */

int module_say(struct module *m, enum load_file state, struct said words, struct err *err)
{
	m->shown.state = state;
	m->shown.words = words;
	return words.plain ? 0 : no_memory(err);
}

static const char *wanted_machine(const struct files *f)
{
	const struct module *kernel = &f->modules[0];
	if (f->request->install->architecture)
		return f->request->install->architecture;
	return kernel->parsed ? pe_machine_name(kernel->pe.machine) : NULL;
}

static int judge_pe(struct files *f, struct module *m, struct err *err)
{
	struct err why = {0};
	const struct said unfit = pe_unfit(&m->pe, wanted_machine(f), f->arena, &why);
	m->shown.state = LOAD_FILE_GOOD;
	m->shown.words = said_of(NULL);
	if (why.code)
		return err_pass(err, &why);
	if (unfit.plain)
		return module_say(m, LOAD_FILE_BAD, unfit, err);
	if (!m->pe.checksum_ok)
		return module_say(m, LOAD_FILE_DOUBTFUL, said_of("its checksum is wrong"), err);
	if (!m->pe.native)
		return module_say(m, LOAD_FILE_DOUBTFUL, said_of("it is not marked as a driver"),
				  err);
	return 0;
}

static int parse(struct files *f, struct module *m, struct span bytes, struct err *err)
{
	struct err why = {0};
	if (bytes.len == 0)
		return module_say(m, LOAD_FILE_EMPTY, said_of("empty"), err);
	m->names = arena_new();
	if (!m->names)
		return no_memory(err);
	if (pe_read(bytes, m->names, &m->pe, &why) < 0) {
		if (why.code == E_MEMORY)
			return err_set(err, E_MEMORY, "%s", ERR_ARG(&why));
		return module_say(m, LOAD_FILE_BAD, err_said(&why, f->arena), err);
	}
	m->parsed = true;
	f->names += m->pe.text_bytes;
	return judge_pe(f, m, err);
}

/* The file cannot be looked at; what that means depends on why. */
static int not_read(struct files *f, struct module *m, const struct err *why, struct err *err)
{
	if (why->code == E_MEMORY)
		return err_set(err, E_MEMORY, "%s", ERR_ARG(why));
	if (why->code == E_NOTFOUND)
		return module_say(m, LOAD_FILE_MISSING, said_of("missing"), err);
	return module_say(m, LOAD_FILE_UNCHECKED, err_said(why, f->arena), err);
}

static int read_module(struct files *f, struct module *m, struct err *err)
{
	struct err why = {0};
	struct span bytes = {0};
	struct arena *scratch = arena_new();
	if (!scratch)
		return no_memory(err);
	const char *path = m->raw_file ? m->raw_file : m->shown.file;
	int rc = f->request->read_file(f->request->ctx, path, scratch, &bytes, &why);
	if (rc < 0 && why.code == E_NOTFOUND && m->other_place) {
		err_clear(&why);
		m->shown.file = m->other_place;
		rc = f->request->read_file(f->request->ctx, m->shown.file, scratch, &bytes, &why);
	}
	f->bytes += rc == 0 ? bytes.len : 0;
	if (rc == 0 && bytes.len > REHEARSAL_FILE_MAX)
		rc = err_set(&why, E_UNSUPPORTED, "larger than any driver: not checked");
	rc = rc < 0 ? not_read(f, m, &why, err) : parse(f, m, bytes, err);
	arena_free(scratch);
	return rc;
}

static bool is_api_set(const char *dll)
{
	return strncmp(dll, "api-", 4) == 0 || strncmp(dll, "ext-", 4) == 0;
}

/* Imports join the table behind all others and are read when their turn comes. */
static int read_all(struct files *f, struct err *err)
{
	for (size_t i = 0; i < f->n; i++) {
		if (load_file_fails(f->modules[i].shown.state))
			continue;
		if (f->bytes > REHEARSAL_BYTES_MAX || f->names > REHEARSAL_NAMES_MAX) {
			module_say(&f->modules[i], LOAD_FILE_UNCHECKED,
				   said_of("not read: too many bytes"), err);
			continue;
		}
		if (read_module(f, &f->modules[i], err) < 0)
			return -1;
		const struct pe pe = f->modules[i].pe;
		for (size_t k = 0; k < pe.n_imports; k++) {
			const char *dll = pe.imports[k].dll;
			if (is_api_set(dll) || module_named(f, dll) != MODULE_NONE)
				continue;
			if (add_dll(f, dll, f->modules[i].shown.name, err) < 0)
				return -1;
		}
	}
	return 0;
}

/* ---- drivers ---- */

static enum load_file known_state(const struct load_item *item)
{
	enum file_state known = item->service->file.state;
	if (known == FILE_MISSING)
		return LOAD_FILE_MISSING;
	if (known == FILE_PACKED || known == FILE_BAD)
		return LOAD_FILE_BAD;
	return known == FILE_EMPTY ? LOAD_FILE_EMPTY : LOAD_FILE_UNCHECKED;
}

/* What the model knows already is not looked up again: its word is the diagnosis' word. */
static int add_driver(struct files *f, struct load_item *item, size_t *at, struct err *err)
{
	struct rehearsal_module m = {.file = item->file, .state = known_state(item)};
	*at = MODULE_NONE;
	item->state = m.state;
	if (load_file_fails(m.state))
		m.words = item->words = driver_file_fault(&item->service->file);
	if (!item->file || item->service->file.state == FILE_ELSEWHERE) {
		item->words = said_of("its path names another volume");
		return 0;
	}
	*at = module_at(f, item->file);
	if (*at != MODULE_NONE)
		return 0;
	if (!item->words.plain)
		item->words = said_of("not read: too many files");
	m.name = item_file_name(item, f->arena);
	if (!m.name || add_module(f, &m, at, err) < 0)
		return no_memory(err);
	if (*at != MODULE_NONE)
		f->modules[*at].raw_file = item->raw_file;
	return 0;
}

/* The model resolves a path only where it looked the file up. */
static int resolve_path(struct files *f, struct load_item *item, struct err *err)
{
	const struct service *s = item->service;
	if (item->file || s->file.state == FILE_ELSEWHERE)
		return 0;
	char *raw = service_path(s, f->request->install->root, f->arena);
	if (!raw)
		return 0;
	item->file = text_utf8(f->arena, raw);
	if (!item->file)
		return no_memory(err);
	item->raw_file = strcmp(item->file, raw) ? raw : NULL;
	return 0;
}

static int add_drivers(struct files *f, struct load_list *list, size_t *at, struct err *err)
{
	for (size_t i = 0; i < list->n; i++) {
		if (resolve_path(f, &list->items[i], err) < 0 ||
		    add_driver(f, &list->items[i], &at[i], err) < 0)
			return -1;
	}
	return 0;
}

static int publish(const struct files *f, const size_t *at, struct rehearsal *out, struct err *err)
{
	out->modules = arena_array(f->arena, f->n, sizeof(*out->modules), err);
	if (!out->modules)
		return -1;
	for (size_t i = 0; i < out->list.n; i++) {
		if (at[i] == MODULE_NONE)
			continue;
		out->list.items[i].state = f->modules[at[i]].shown.state;
		out->list.items[i].words = f->modules[at[i]].shown.words;
	}
	for (size_t i = 0; i < f->n; i++) {
		const struct rehearsal_module *m = &f->modules[i].shown;
		out->files_checked |= m->state != LOAD_FILE_UNCHECKED;
		if (m->kernel || m->needed_by)
			out->modules[out->n_modules++] = *m;
	}
	return 0;
}

int rehearsal_check_files(const struct rehearsal_request *request, struct arena *arena,
			  struct rehearsal *out, struct err *err)
{
	struct files f = {.request = request, .arena = arena};
	bool reads = request->read_file != NULL;
	size_t *at = arena_array(arena, out->list.n, sizeof(*at), err);
	int rc = at ? 0 : -1;
	if (rc == 0 && reads)
		rc = add_kernel(&f, err);
	if (rc == 0)
		rc = add_drivers(&f, &out->list, at, err);
	if (rc == 0 && reads)
		rc = read_all(&f, err);
	if (rc == 0 && reads)
		rc = rehearsal_judge_imports(&f, err);
	if (rc == 0)
		rc = publish(&f, at, out, err);
	for (size_t i = 0; i < f.n; i++)
		arena_free(f.modules[i].names);
	return rc;
}
