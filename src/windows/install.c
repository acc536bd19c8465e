/* SPDX-License-Identifier: MIT */
/*
 * The model of one installation: puts the parts together, answers questions about it, and says
 * where Windows' loader looks for a driver's file.
 *
 * Which set boots is Select\Default, else Current; a number whose set is not there is said and
 * not used. The model is read-only once made and lives in the arena.
 *
 * ImagePath as the loader resolves it (boot-driver reference, section 9): relative paths and
 * \SystemRoot\ start at the system root, %SystemRoot% likewise, \??\ and drive letters name a
 * volume, and no path means drivers\<service>.sys.
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
	char text[ERR_TEXT_MAX + 128];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (r->out->n_notes == COUNT(r->out->notes))
		return;
	char *note = arena_strdup(r->arena, text);
	if (note)
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
		install_note(&r, "Select cannot be read: %s", why.text);
	if (read_machine(&r, err) < 0 || read_sets(&r, err) < 0)
		return -1;
	if (found < 0 && out->n_sets == 0)
		return err_set(err, E_NOWINDOWS, "not a SYSTEM hive: no Select and no control set");
	if (found == 0)
		read_select(&r, k);
	if (out->boots_with == 0)
		install_note(&r, "Select names no control set that is there");
	if (read_version(&r, err) < 0)
		return -1;
	return read_controllers(&r, err);
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

static const char *const start_names[] = {"Boot", "System", "Automatic", "Manual", "Disabled"};

const char *start_name(uint32_t start)
{
	return start < COUNT(start_names) ? start_names[start] : "";
}

const char *start_words(uint32_t start, char buf[24])
{
	if (start == START_ABSENT)
		return "absent";
	if (start == START_BAD)
		return "bad type";
	snprintf(buf, 24, start < COUNT(start_names) ? "%u %s" : "%u", start, start_name(start));
	return buf;
}

static void copy_set_files(const struct control_set *from, struct control_set *to)
{
	for (size_t i = 0; i < to->n; i++) {
		struct service *s = &to->services[i];
		const struct service *old = set_service(from, s->name);
		if (old && text_equal(old->image_path, s->image_path))
			s->file = old->file;
	}
}

void install_copy_files(const struct install *from, struct install *to)
{
	for (size_t i = 0; i < to->n_sets; i++)
		copy_set_files(install_set(from, to->sets[i].number), &to->sets[i]);
}

/* ---- where a driver's file is ---- */

/* What stands behind prefix in path, compared without case; NULL if path begins otherwise. */
static const char *behind(const char *path, const char *prefix)
{
	size_t len = strlen(prefix);
	return strncasecmp(path, prefix, len) == 0 ? path + len : NULL;
}

/*
 * A path with a drive letter. Which volume a letter names is not stored in a form that survives a
 * move; C:, and any letter in front of the system root, is taken for the Windows volume.
 */
static char *resolve_letter(const char *path, const char *root, struct arena *arena)
{
	if (!path[0] || path[1] != ':' || path[2] != '\\')
		return NULL;
	const char *rest = behind(path + 2, root);
	if ((rest && *rest == '\\') || path[0] == 'C' || path[0] == 'c')
		return arena_strdup(arena, path + 2);
	return NULL;
}

char *image_path_resolve(const char *image_path, const char *service, const char *root,
			 struct arena *arena)
{
	static const char *const from_root[] = {"\\SystemRoot\\", "%SystemRoot%\\", "%windir%\\"};
	if (!image_path || !*image_path)
		return arena_printf(arena, "%s\\System32\\drivers\\%s.sys", root, service);
	for (size_t i = 0; i < COUNT(from_root); i++) {
		const char *rest = behind(image_path, from_root[i]);
		if (rest)
			return arena_printf(arena, "%s\\%s", root, rest);
	}
	const char *device = behind(image_path, "\\??\\");
	if (device || (image_path[0] && image_path[1] == ':'))
		return resolve_letter(device ? device : image_path, root, arena);
	if (image_path[0] == '\\')
		return NULL;
	return arena_printf(arena, "%s\\%s", root, image_path);
}
