/* SPDX-License-Identifier: MIT */
/*
 * The model of one installation: puts the parts together and answers questions about it.
 *
 * Which set boots is Select\Default, else Current; a number whose set is not there is said and
 * not used. The model is read-only once made and lives in the arena.
 */
#include "install_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
/* Of a bare hive; whoever found the installation puts the real ones in. */
#define DEFAULT_ROOT "\\Windows"

/* ---- what the readers share ---- */

void install_note(struct reader *r, const char *fmt, ...)
{
	va_list ap;
	if (r->out->n_notes == COUNT(r->out->notes))
		return;
	va_start(ap, fmt);
	struct said note = said_makev(r->arena, fmt, ap);
	va_end(ap);
	if (note.plain)
		r->out->notes[r->out->n_notes++] = note;
}

int read_text(struct reader *r, struct key k, const char *name, const char **out, struct err *err)
{
	struct err why = {0};
	char *text = NULL;
	*out = NULL;
	if (key_text(k, name, r->arena, &text, &why) < 0)
		return why.code == E_MEMORY ? err_set(err, E_MEMORY, "%s", why.text) : 0;
	if (text && *text)
		*out = text;
	return 0;
}

const char *direct_text(const char *text)
{
	if (!text || *text != '@')
		return text;
	const char *last = strrchr(text, ';');
	return last && last[1] ? last + 1 : NULL;
}

/* ---- reading ---- */

static unsigned select_value(struct key k, const char *name)
{
	uint32_t n = 0;
	return key_u32(k, name, &n, NULL) == 0 ? n : 0;
}

/* The set that a value of Select names; 0 and a note when there is no such set. */
static unsigned existing_set(struct reader *r, const char *name, unsigned number)
{
	if (number == 0 || install_set(r->out, number))
		return number;
	install_note(r, "Select\\%s names ControlSet%03u, which is not there", name, number);
	return 0;
}

static void read_select(struct reader *r, struct key k)
{
	struct install *out = r->out;
	out->select_current = select_value(k, "Current");
	out->select_default = select_value(k, "Default");
	out->select_failed = select_value(k, "Failed");
	out->select_last_good = select_value(k, "LastKnownGood");
	out->boots_with = existing_set(r, "Default", out->select_default);
	if (out->boots_with == 0)
		out->boots_with = existing_set(r, "Current", out->select_current);
}

int install_read(const struct hive *h, struct arena *arena, struct install *out, struct err *err)
{
	struct reader r = {.hive = h, .arena = arena, .out = out};
	struct err why = {0};
	struct key k;
	*out = (struct install){.root = DEFAULT_ROOT,
				.hive_path = DEFAULT_ROOT HIVE_BELOW_ROOT,
				.version = "Windows"};
	int found = key_find(hive_root(h), "Select", &k, &why);
	if (found < 0 && why.code != E_NOTFOUND)
		install_note(&r, "Select cannot be read: %s", ERR_ARG(&why));
	if (read_machine(&r, err) < 0 || read_sets(&r, err) < 0)
		return -1;
	if (found < 0 && out->n_sets == 0)
		return err_set(err, E_NOWINDOWS, "not a SYSTEM hive: no Select and no control set");
	if (found == 0)
		read_select(&r, k);
	if (out->boots_with == 0)
		install_note(&r, "Select names no control set that is there");
	if (read_version(&r, err) < 0 || read_bindings(&r, err) < 0)
		return -1;
	return read_controllers(&r, err) < 0 ? -1 : read_history(&r, err);
}

/* ---- questions ---- */

const struct control_set *install_set(const struct install *inst, unsigned number)
{
	for (size_t i = 0; i < inst->n_sets; i++) {
		if (inst->sets[i].number == number)
			return &inst->sets[i];
	}
	return NULL;
}

static int by_service_name(const void *name, const void *s)
{
	return text_casecmp(name, ((const struct service *)s)->name);
}

const struct service *set_service(const struct control_set *set, const char *name)
{
	if (!set || !name || set->n == 0)
		return NULL;
	return bsearch(name, set->services, set->n, sizeof(*set->services), by_service_name);
}

const struct driver_file *install_absent_file(const struct install *inst, const char *service)
{
	for (size_t i = 0; i < inst->n_absent; i++) {
		if (text_equal(inst->absent[i].name, service))
			return &inst->absent[i].file;
	}
	return NULL;
}

const struct binding *install_bindings(const struct install *inst, const struct control_set *set,
				       size_t *n)
{
	*n = inst->has_driver_database ? inst->n_bindings : set->n_bindings;
	return inst->has_driver_database ? inst->bindings : set->bindings;
}

uint64_t service_changed(const struct service *s)
{
	return s->file.modified > s->written ? s->file.modified : s->written;
}

const char *file_state_words(enum file_state s)
{
	return s == FILE_MISSING  ? N_("missing")
	       : s == FILE_EMPTY  ? N_("empty")
	       : s == FILE_PACKED ? N_("compressed")
	       : s == FILE_BAD    ? N_("bad")
				  : "";
}

struct said driver_file_fault(const struct driver_file *f)
{
	return f->state == FILE_BAD ? f->fault : said_of(file_state_words(f->state));
}

static const char *const start_names[] = {N_("Boot"), N_("System"), N_("Automatic"), N_("Manual"),
					  N_("Disabled")};

const char *start_name(uint32_t start)
{
	return start < COUNT(start_names) ? start_names[start] : "";
}

const char *start_words(uint32_t start, char buf[24])
{
	static const char *const words[] = {N_("0 Boot"), N_("1 System"), N_("2 Automatic"),
					    N_("3 Manual"), N_("4 Disabled")};
	if (start == START_ABSENT)
		return N_("absent");
	if (start == START_BAD)
		return N_("bad type");
	if (start < COUNT(words))
		return words[start];
	snprintf(buf, 24, "%u", start);
	return buf;
}

/* Whether an image path names the file that a service without one would have. */
static bool is_default_path(const struct install *inst, const char *image_path, const char *path)
{
	const char *below = path_behind(path, inst->root);
	const char *rest = image_path ? path_behind(image_path, "\\SystemRoot\\") : NULL;
	if (!image_path)
		return true;
	return below && *below == '\\' && text_equal(rest ? rest : image_path, below + 1);
}

/* A service that was made again has the file that was looked up while it was not there. */
static void take_absent_file(const struct install *from, struct service *s)
{
	const struct driver_file *file = install_absent_file(from, s->name);
	if (file && file->path && is_default_path(from, stored_image_path(s), file->path))
		s->file = *file;
}

static void copy_program_files(const struct control_set *from, struct control_set *to)
{
	for (size_t i = 0; from && i < to->n_programs; i++) {
		for (size_t k = 0; k < from->n_programs; k++) {
			if (text_equal(from->programs[k].command, to->programs[i].command))
				to->programs[i].file = from->programs[k].file;
		}
	}
}

static void copy_set_files(const struct install *from, struct control_set *to)
{
	const struct control_set *same = install_set(from, to->number);
	copy_program_files(same, to);
	for (size_t i = 0; i < to->n; i++) {
		struct service *s = &to->services[i];
		const struct service *old = set_service(same, s->name);
		if (old && old->start != START_ABSENT &&
		    text_equal(stored_image_path(old), stored_image_path(s)))
			s->file = old->file;
		else if (!old || old->start == START_ABSENT)
			take_absent_file(from, s);
	}
}

void install_copy_files(const struct install *from, struct install *to)
{
	for (size_t i = 0; i < to->n_sets; i++)
		copy_set_files(from, &to->sets[i]);
	to->absent = from->absent;
	to->n_absent = from->n_absent;
	to->pending_xml = from->pending_xml;
	memcpy(to->kernel, from->kernel, sizeof(to->kernel));
	if (text_equal(from->raw_setup_command, to->raw_setup_command))
		to->setup_program = from->setup_program;
}
