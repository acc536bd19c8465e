/* SPDX-License-Identifier: MIT */
/*
 * Does the driver file of a package fit this Windows? Machine, the Windows that it is made for, the
 * port drivers that it imports, whether a signature is embedded, which nobody here verifies, and that
 * its service is no other driver's.
 * Source: doc/FORMATS/packages.md, "Which file fits".
 */
#include "package_internal.h"

#include <string.h>

#include "stop7b/pe.h"

int package_refuse(struct package *p, struct said why, struct err *err)
{
	if (!p->why.plain)
		p->why = why;
	p->fits = false;
	return why.plain ? 0 : no_memory(err);
}

static const char *release_words(uint16_t version, struct arena *arena)
{
	const char *text = arena_printf(arena, "%u.%u", version >> 8, version & 0xff);
	return text ? text : "?";
}

static int judge_machine(const struct package_windows *w, struct package *p, const struct pe *pe,
			 struct arena *arena, struct err *err)
{
	const char *machine = pe_machine_name(pe->machine);
	p->architecture = machine;
	if (machine && text_equal(machine, w->inst->architecture))
		return 0;
	return package_refuse(p,
			      said_make(arena, "%s is for %s, this Windows is %s", p->file,
					machine ? machine : "another processor",
					w->inst->architecture),
			      err);
}

/* ".sys" files that it imports must be in System32\drivers, or the loader gives up. */
static int judge_imports(const struct package_windows *w, struct package *p, const struct pe *pe,
			 struct arena *arena, struct err *err)
{
	for (size_t i = 0; w->volume && i < pe->n_imports; i++) {
		const char *dll = pe->imports[i].dll;
		size_t len = strlen(dll);
		if (len < 4 || !text_equal(dll + len - 4, ".sys") || !inf_plain_name(dll))
			continue;
		const char *path = arena_printf(arena, "%s\\System32\\drivers\\%s", w->inst->root,
						dll);
		struct err why = {0};
		struct ntfs_file *f = path ? ntfs_file_open(w->volume, path, &why) : NULL;
		if (!path)
			return no_memory(err);
		ntfs_file_close(f);
		if (!f && why.code == E_NOTFOUND &&
		    package_refuse(p,
				   said_make(arena, "%s needs %s, which this Windows does not have",
					     p->file, dll),
				   err) < 0)
			return -1;
	}
	return 0;
}

/* The name of the file that a service runs. */
static const char *file_of(const struct service *s, struct arena *arena)
{
	const char *path = s->file.path ? s->file.path : s->image_path;
	const char *slash = path ? strrchr(path, '\\') : NULL;
	if (slash)
		return slash + 1;
	return path ? path : arena_printf(arena, "%s.sys", s->name);
}

/* A service of that name that runs another file is another driver, whose work would be lost. */
static int judge_service(const struct package_windows *w, struct package *p, struct arena *arena,
			 struct err *err)
{
	for (size_t i = 0; i < w->inst->n_sets; i++) {
		const struct service *s = set_service(&w->inst->sets[i], p->service);
		if (!s || s->file.state == FILE_MISSING || s->file.state == FILE_EMPTY)
			continue;
		const char *file = file_of(s, arena);
		if (!file)
			return no_memory(err);
		if (!text_equal(file, p->file))
			return package_refuse(p,
					      said_make(arena,
							"this Windows has a driver %s already, and "
							"its file is %s",
							p->service, file),
					      err);
	}
	return 0;
}

static int judge_pe(const struct package_windows *w, struct package *p, const struct pe *pe,
		    struct arena *arena, struct err *err)
{
	p->made_for = pe->made_for;
	p->is_signed = pe->has_signature;
	p->unsigned_64bit = !p->is_signed && !text_equal(w->inst->architecture, "x86");
	if (judge_machine(w, p, pe, arena, err) < 0)
		return -1;
	if (pe->problem)
		return package_refuse(p, said_make(arena, "%s: %s", p->file, pe->problem), err);
	if (!pe->native)
		return package_refuse(p, said_make(arena, "%s is no driver", p->file), err);
	if (pe->made_for > w->inst->release)
		return package_refuse(p,
				      said_make(arena,
						"%s is made for Windows %s and later, this is %s",
						p->file, release_words(pe->made_for, arena),
						release_words(w->inst->release, arena)),
				      err);
	return judge_service(w, p, arena, err) < 0 ? -1 : judge_imports(w, p, pe, arena, err);
}

int package_judge_driver(const struct package_windows *w, struct package *p, struct arena *arena,
			 struct err *err)
{
	struct err bad = {0};
	struct pe pe;
	if (!p->bytes.len)
		return package_refuse(p, said_make(arena, "%s is empty", p->file), err);
	sha256_of(p->bytes, p->sha256);
	if (pe_read(p->bytes, arena, &pe, &bad) == 0)
		return judge_pe(w, p, &pe, arena, err);
	if (bad.code == E_MEMORY)
		return err_pass(err, &bad);
	return package_refuse(p, said_make(arena, "%s: %s", p->file, ERR_ARG(&bad)), err);
}
