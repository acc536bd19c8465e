/* SPDX-License-Identifier: MIT */
/*
 * Do the files of a boot find what they import?
 *
 * A file that imports from one that cannot be loaded cannot be loaded either, and so on along the
 * chain; files may import each other in a ring. Nothing is concluded where one side was not read,
 * and a bad kernel is left to stop the boot by itself: the list would only repeat it for every
 * driver.
 */
#include "rehearsal_internal.h"

static int find_givers(const struct files *f, struct module *m, struct err *err)
{
	if (!m->parsed)
		return 0;
	m->from = arena_array(m->names, m->pe.n_imports, sizeof(*m->from), err);
	if (!m->from)
		return -1;
	for (size_t i = 0; i < m->pe.n_imports; i++)
		m->from[i] = module_named(f, m->pe.imports[i].dll);
	return 0;
}

/* Whom import i of m comes from; NULL when that is no file here. */
static const struct module *giver(const struct files *f, const struct module *m, size_t i)
{
	return m->from[i] == MODULE_NONE ? NULL : &f->modules[m->from[i]];
}

static const struct pe_symbol *missing_symbol(const struct module *from,
					      const struct pe_import *import)
{
	for (size_t i = 0; from && from->parsed && i < import->n; i++) {
		if (!pe_exports(&from->pe, &import->symbols[i]))
			return &import->symbols[i];
	}
	return NULL;
}

static int judge_symbols(const struct files *f, struct module *m, struct err *err)
{
	for (size_t i = 0; m->parsed && i < m->pe.n_imports; i++) {
		const char *dll = m->pe.imports[i].dll;
		const struct pe_symbol *s = missing_symbol(giver(f, m, i), &m->pe.imports[i]);
		if (!s)
			continue;
		return module_say(
			m, LOAD_FILE_BAD,
			s->name ? said_make(f->arena, "imports %s, which %s does not export",
					    s->name, dll)
				: said_make(f->arena, "imports number %u, which %s does not export",
					    s->ordinal, dll),
			err);
	}
	return 0;
}

static struct said fault(const struct rehearsal_module *from, struct arena *arena)
{
	if (from->state == LOAD_FILE_MISSING)
		return said_make(arena, "imports %s, which is missing", from->name);
	if (from->state == LOAD_FILE_EMPTY)
		return said_make(arena, "imports %s, which is empty", from->name);
	return said_make(arena, "imports %s, which cannot be loaded", from->name);
}

/* 1 when a file that cannot be loaded takes m with it. */
static int judge_givers(const struct files *f, struct module *m, struct err *err)
{
	for (size_t i = 0; m->parsed && i < m->pe.n_imports; i++) {
		const struct module *from = giver(f, m, i);
		if (!from || from->shown.kernel || !load_file_fails(from->shown.state))
			continue;
		return module_say(m, LOAD_FILE_BAD, fault(&from->shown, f->arena), err) < 0 ? -1
											    : 1;
	}
	return 0;
}

/* One round over all files that may still load; 1 when one of them may not any more. */
static int judge_round(struct files *f, struct err *err)
{
	int changed = 0;
	for (size_t i = 0; i < f->n; i++) {
		struct module *m = &f->modules[i];
		int found = load_file_fails(m->shown.state) ? 0 : judge_givers(f, m, err);
		if (found < 0)
			return -1;
		changed |= found;
	}
	return changed;
}

int rehearsal_judge_imports(struct files *f, struct err *err)
{
	int rc = 1;
	for (size_t i = 0; i < f->n; i++) {
		if (find_givers(f, &f->modules[i], err) < 0)
			return -1;
	}
	for (size_t i = 0; i < f->n; i++) {
		struct module *m = &f->modules[i];
		if (!load_file_fails(m->shown.state) && judge_symbols(f, m, err) < 0)
			return -1;
	}
	/* Each round but the last loses a file, so there are at most f->n + 1. */
	while (rc > 0)
		rc = judge_round(f, err);
	return rc;
}
