/* SPDX-License-Identifier: MIT */
/*
 * A model of bcdedit and of a host's files, for the texts that plans are. It starts from a decoded
 * store, prints it as `bcdedit /enum ... /v` does on a host of a given language, and changes it as
 * the documentation of bcdedit says: /delete ... /cleanup takes the entry out of the display order
 * and deletes its resume object when no other loader names it. An id is never taken by an alias
 * where something is deleted; /f is not known.
 */
#ifndef BCDEDIT_MODEL_H
#define BCDEDIT_MODEL_H

#include "cmd_model.h"

#include "stop7b/bcd.h"

#define MODEL_OBJECTS   80
#define MODEL_ELEMENTS  48
#define MODEL_FILES     4
#define MODEL_MANAGER   "{9dea862c-5cdd-4e70-acc1-f32b344d4795}"
#define MODEL_MEMDIAG   "{b2721d73-1db4-4c62-bf78-c548a880142d}"
#define MODEL_FRESH     "{c0ffee00-0000-11e4-9e43-806e6f6e6963}"
#define MODEL_SYSNATIVE "C:\\Windows\\Sysnative\\bcdedit.exe"

enum model_language { ENGLISH, GERMAN, JAPANESE };

struct model_element {
	const char *name, *text; /* values of a list have '\n' between them */
	bool boolean, list;
};

struct model_object {
	const char *id;
	unsigned type;
	struct model_element elements[MODEL_ELEMENTS];
	size_t n;
};

struct model_state {
	struct model_object objects[MODEL_OBJECTS];
	size_t n;
};

struct model_file {
	char name[300];
	struct model_state state;
	bool empty;
};

struct model {
	struct arena *arena;
	struct model_state now;
	struct model_file files[MODEL_FILES];
	const char *store;   /* the offline store's path; NULL: the system's */
	const char *current; /* id of the running entry, NULL: none in the store */
	const char *drive;   /* between the brackets of a virtual disk */
	enum model_language language;
	bool ascii;       /* the console's code page has only ASCII */
	bool no_access;   /* not run as administrator */
	bool blind;       /* the list of loaders comes out empty */
	bool wow;         /* cmd is a 32-bit one: System32 is another folder to it */
	const char *fail; /* this verb does nothing and fails */
	bool greedy;      /* /delete takes the first other loader as well */
	int changes, deletes, saves;
};

/* ---- from a decoded store ---- */

/* As the host shows it: drive letters and volumes instead of numbers. */
static const char *model_device(struct model *m, const struct bcd_device *d)
{
	const struct bcd_device *vhd = d->kind == BCD_DEVICE_LOCATE ? d->parent : d;
	if (!vhd || vhd->kind != BCD_DEVICE_VHD)
		return d->kind == BCD_DEVICE_PARTITION ? "partition=C:"
		       : d->kind == BCD_DEVICE_BOOT    ? "boot"
						       : bcd_device_text(d, m->arena);
	const char *where = vhd->parent->parent->kind == BCD_DEVICE_LOCATE ? "locate" : m->drive;
	if (d == vhd)
		return arena_printf(m->arena, "vhd=[%s]%s", where, vhd->parent->path);
	return arena_printf(m->arena, "vhd=[%s]%s,locate=custom:%08x", where, vhd->parent->path,
			    d->element);
}

/* A string as it is stored, control characters and all. */
static const char *model_string(struct model *m, struct span raw)
{
	char *out = arena_alloc(m->arena, 3 * raw.len + 1, NULL), *p = out;
	for (size_t i = 0; i + 1 < raw.len && le16(raw, i); i += 2) {
		unsigned u = le16(raw, i);
		if (u >= 0x800)
			*p++ = (char)(0xe0 | u >> 12);
		if (u >= 0x80)
			*p++ = (char)(u >= 0x800 ? 0x80 | (u >> 6 & 0x3f) : 0xc0 | u >> 6);
		*p++ = (char)(u >= 0x80 ? 0x80 | (u & 0x3f) : u);
	}
	return out;
}

static const char *model_value(struct model *m, const struct bcd_element *e)
{
	const char *all = "";
	if (e->string)
		return model_string(m, e->raw);
	if (e->device)
		return model_device(m, e->device);
	for (size_t i = 0; e->guids && i < e->n; i++)
		all = arena_printf(m->arena, "%s%s%s", all, i ? "\n" : "", e->guids[i]);
	return e->guids && e->n ? all : e->text;
}

MODEL_OK static void model_load(struct model *m, const struct bcd_store *store)
{
	m->now.n = store->n;
	assert_true(store->n <= MODEL_OBJECTS);
	for (size_t i = 0; i < store->n; i++) {
		const struct bcd_object *from = &store->objects[i];
		struct model_object *o = &m->now.objects[i];
		*o = (struct model_object){.id = from->guid, .type = from->type, .n = from->n};
		assert_true(from->n <= MODEL_ELEMENTS);
		for (size_t k = 0; k < from->n; k++) {
			const struct bcd_element *e = &from->elements[k];
			o->elements[k] = (struct model_element){
				.name = e->name ? e->name
						: arena_printf(m->arena, "custom:%08x", e->id),
				.text = model_value(m, e),
				.boolean = e->format == BCD_FORMAT_BOOLEAN,
				.list = e->format == BCD_FORMAT_GUIDS,
			};
		}
	}
}

/* ---- looking ---- */

static struct model_object *model_find(struct model *m, const char *id)
{
	for (size_t i = 0; i < m->now.n; i++)
		if (strcasecmp(m->now.objects[i].id, id) == 0)
			return &m->now.objects[i];
	return NULL;
}

MODEL_OK static struct model_element *model_get(struct model *m, const char *id, const char *name)
{
	struct model_object *o = model_find(m, id);
	for (size_t i = 0; o && i < o->n; i++)
		if (strcmp(o->elements[i].name, name) == 0)
			return &o->elements[i];
	return NULL;
}

static const char *model_resolve(struct model *m, const char *id)
{
	const struct model_element *def = model_get(m, MODEL_MANAGER, "default");
	if (strcmp(id, "{default}") == 0)
		return def ? def->text : "";
	if (strcmp(id, "{current}") == 0)
		return m->current && !m->store ? m->current : "";
	return strcmp(id, "{bootmgr}") == 0   ? MODEL_MANAGER
	       : strcmp(id, "{memdiag}") == 0 ? MODEL_MEMDIAG
					      : id;
}

static const char *model_heading(const struct model *m, unsigned type)
{
	static const struct {
		unsigned type;
		const char *words[3];
	} known[] = {
		{BCD_BOOT_MANAGER,
		 {"Windows Boot Manager", "Windows-Start-Manager", "Windows ブート マネージャー"}},
		{BCD_LOADER,
		 {"Windows Boot Loader", "Windows-Startladeprogramm", "Windows ブート ローダー"}},
		{BCD_RESUME,
		 {"Resume from Hibernate", "Wiederaufnahme aus dem Ruhezustand",
		  "休止状態からの再開"}},
	};
	static const char *const other[] = {"Something else", "Etwas anderes", "その他"};
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].type == type)
			return known[i].words[m->language];
	return other[m->language];
}

static const char *model_boolean(const struct model *m, const char *text)
{
	static const char *const yes[] = {"Yes", "Ja", "Yes"}, *const no[] = {"No", "Nein", "No"};
	return strcmp(text, "Yes") == 0 ? yes[m->language] : no[m->language];
}

static void model_print_line(char *out, const char *name, const char *value)
{
	sprintf(out + strlen(out), "%-23s %s\n", name, value);
}

static void model_print(const struct model *m, const struct model_object *o, char *out)
{
	static const char *const identifier[] = {"identifier", "Bezeichner", "識別子"};
	const char *heading = model_heading(m, o->type);
	sprintf(out + strlen(out), "\n%s\n%.*s\n", heading, (int)strlen(heading),
		"---------------------------------------------------------------");
	model_print_line(out, identifier[m->language], o->id);
	for (size_t i = 0; i < o->n; i++) {
		const struct model_element *e = &o->elements[i];
		const char *text = e->boolean ? model_boolean(m, e->text) : e->text;
		if (!e->list)
			model_print_line(out, e->name, text);
		for (const char *p = e->list ? text : NULL; p;
		     p = strchr(p, '\n') ? strchr(p, '\n') + 1 : NULL) {
			char value[LINE_MAX_CMD];
			snprintf(value, sizeof(value), "%.*s", (int)strcspn(p, "\n"), p);
			model_print_line(out, p == text ? e->name : "", value);
		}
	}
}

/* What does not fit the console's code page becomes '?', a character at a time. */
static void model_encode(const struct model *m, char *out)
{
	char *to = out;
	for (; m->ascii && *out; out++)
		if (((unsigned char)*out & 0xc0) != 0x80)
			*to++ = (unsigned char)*out < 0x80 ? *out : '?';
	if (m->ascii)
		*to = '\0';
}

static int model_enum(struct model *m, const char *what, char *out)
{
	static const struct {
		const char *name;
		unsigned type;
	} kinds[] = {{"all", 0}, {"osloader", BCD_LOADER}, {"resume", BCD_RESUME}};
	size_t printed = 0;
	out += strlen(out);
	for (size_t i = 0; i < m->now.n; i++) {
		const struct model_object *o = &m->now.objects[i];
		bool is = strcasecmp(o->id, model_resolve(m, what)) == 0;
		for (size_t k = 0; k < 3; k++)
			is |= strcmp(what, kinds[k].name) == 0 &&
			      (kinds[k].type == 0 || kinds[k].type == o->type);
		if (is)
			model_print(m, o, out);
		printed += is;
	}
	if (printed == 0)
		strcat(out, m->language == GERMAN ? "Es wurden keine passenden Objekte gefunden.\n"
						  : "There are no matching objects.\n");
	model_encode(m, out);
	return printed == 0;
}

/* All of it in one text, to compare. */
MODEL_OK static char *model_dump(struct model *m)
{
	struct model plain = *m;
	char *out = calloc(1, CMD_OUT);
	plain.language = ENGLISH;
	plain.ascii = false;
	model_enum(&plain, "all", out);
	return out;
}

/* ---- changing ---- */

static void model_set(struct model *m, const char *id, const char *name, const char *text)
{
	struct model_object *o = model_find(m, id);
	struct model_element *e = model_get(m, id, name);
	assert_non_null(o);
	if (!e) {
		assert_true(o->n < MODEL_ELEMENTS);
		e = &o->elements[o->n++];
		*e = (struct model_element){.name = arena_strdup(m->arena, name),
					    .list = strstr(name, "order") || strstr(name, "seq")};
	}
	e->text = arena_strdup(m->arena, text);
}

static void model_unset(struct model *m, const char *id, const char *name)
{
	struct model_object *o = model_find(m, id);
	struct model_element *e = model_get(m, id, name);
	if (!e)
		return;
	memmove(e, e + 1, (size_t)(&o->elements[--o->n] - e) * sizeof(*e));
}

static void model_list_remove(struct model *m, const char *list, const char *id)
{
	const struct model_element *e = model_get(m, MODEL_MANAGER, list);
	char out[LINE_MAX_CMD] = "", one[64];
	for (const char *p = e ? e->text : ""; *p; p += strcspn(p, "\n"), p += *p == '\n') {
		snprintf(one, sizeof(one), "%.*s", (int)strcspn(p, "\n"), p);
		if (strcasecmp(one, id) != 0)
			sprintf(out + strlen(out), "%s%s", *out ? "\n" : "", one);
	}
	if (*out)
		model_set(m, MODEL_MANAGER, list, out);
	else
		model_unset(m, MODEL_MANAGER, list);
}

static int model_list(struct model *m, const char *list, const char *id, const char *how)
{
	const struct model_element *e = model_get(m, MODEL_MANAGER, list);
	if (strcmp(how, "/remove") == 0) {
		model_list_remove(m, list, id);
		return 0;
	}
	assert_string_equal(how, "/addlast");
	model_set(m, MODEL_MANAGER, list, e ? arena_printf(m->arena, "%s\n%s", e->text, id) : id);
	return 0;
}

static void model_drop(struct model *m, const char *id)
{
	struct model_object *o = model_find(m, id);
	if (o)
		memmove(o, o + 1, (size_t)(&m->now.objects[--m->now.n] - o) * sizeof(*o));
}

static bool model_resume_used(struct model *m, const char *id)
{
	for (size_t i = 0; i < m->now.n; i++) {
		const struct model_element *e = model_get(m, m->now.objects[i].id, "resumeobject");
		if (m->now.objects[i].type == BCD_LOADER && e && strcasecmp(e->text, id) == 0)
			return true;
	}
	return false;
}

static int model_delete(struct model *m, const char *id)
{
	struct model_object *o = model_find(m, id);
	if (!o || bcd_is_reserved(o->id))
		return 1;
	/* what a plan must never do */
	assert_true(strcasecmp(model_resolve(m, "{default}"), id) != 0);
	assert_true(strcasecmp(model_resolve(m, "{current}"), id) != 0);
	m->deletes++;
	const struct model_element *e = model_get(m, id, "resumeobject");
	char *resume = o->type == BCD_LOADER && e ? arena_strdup(m->arena, e->text) : NULL;
	model_list_remove(m, "displayorder", id);
	model_drop(m, id);
	if (resume && !model_resume_used(m, resume))
		model_drop(m, resume);
	for (size_t i = 0; m->greedy && i < m->now.n; i++)
		if (m->now.objects[i].type == BCD_LOADER) {
			model_drop(m, m->now.objects[i].id);
			break;
		}
	return 0;
}

static int model_copy(struct model *m, const char *id, const char *title, char *out)
{
	const struct model_object *from = model_find(m, model_resolve(m, id));
	if (!from)
		return 1;
	assert_true(m->now.n < MODEL_OBJECTS);
	m->now.objects[m->now.n] = *from;
	m->now.objects[m->now.n++].id = MODEL_FRESH;
	model_set(m, MODEL_FRESH, "description", title);
	sprintf(out + strlen(out),
		m->language == GERMAN ? "Der Eintrag wurde erfolgreich in %s kopiert.\n"
				      : "The entry was successfully copied to %s.\n",
		MODEL_FRESH);
	return 0;
}

/* ---- files ---- */

static struct model_file *model_file(struct model *m, const char *name)
{
	for (size_t i = 0; i < MODEL_FILES; i++)
		if (strcasecmp(m->files[i].name, name) == 0)
			return &m->files[i];
	return NULL;
}

static struct model_file *model_new_file(struct model *m, const char *name)
{
	struct model_file *f = model_file(m, name);
	f = f ? f : model_file(m, "");
	assert_non_null(f);
	snprintf(f->name, sizeof(f->name), "%s", name);
	return f;
}

static bool model_exists(void *state, const char *path)
{
	struct model *m = state;
	if (strcmp(path, MODEL_SYSNATIVE) == 0)
		return m->wow;
	return model_file(m, path) || (m->store && strcasecmp(path, m->store) == 0);
}

static bool model_create(void *state, const char *path)
{
	struct model *m = state;
	if (m->fail && strcmp(m->fail, "/export") == 0)
		return false;
	model_new_file(m, path)->empty = true;
	return true;
}

static int model_export(struct model *m, const char *name)
{
	struct model_file *f = model_new_file(m, name);
	m->saves++;
	f->state = m->now;
	f->empty = false;
	return 0;
}

static int model_import(struct model *m, const char *name)
{
	const struct model_file *f = model_file(m, name);
	if (!f || f->empty)
		return 1;
	m->now = f->state;
	return 0;
}

/* xcopy /h /r /y FROM TO asks a question when TO is not there. */
static int model_xcopy(struct model *m, char **w, size_t n)
{
	assert_int_equal(n, 6);
	assert_string_equal(w[1], "/h");
	assert_string_equal(w[2], "/r");
	assert_string_equal(w[3], "/y");
	assert_non_null(m->store);
	if (m->fail && strcmp(m->fail, "/export") == 0)
		return 4;
	assert_true(model_exists(m, w[5]));
	if (strcasecmp(w[4], m->store) == 0)
		return model_export(m, w[5]);
	assert_string_equal(w[5], m->store);
	return model_import(m, w[4]);
}

/* ---- the program ---- */

static int model_change(struct model *m, char **w, size_t n, char *out)
{
	assert_true(n >= 2);
	if (m->fail && strcmp(m->fail, w[0]) == 0)
		return 1;
	m->changes += strcmp(w[0], "/export") != 0;
	if (strcmp(w[0], "/export") == 0 && !m->store)
		return model_export(m, w[1]);
	if (strcmp(w[0], "/import") == 0 && !m->store)
		return model_import(m, w[1]);
	if (strcmp(w[0], "/default") == 0 && n == 2 && model_find(m, model_resolve(m, w[1]))) {
		model_set(m, MODEL_MANAGER, "default", model_resolve(m, w[1]));
		return 0;
	}
	if ((strcmp(w[0], "/bootsequence") == 0 || strcmp(w[0], "/displayorder") == 0 ||
	     strcmp(w[0], "/toolsdisplayorder") == 0) &&
	    n == 3)
		return model_list(m, w[0] + 1, w[1], w[2]);
	if (strcmp(w[0], "/copy") == 0 && n == 4 && strcmp(w[2], "/d") == 0)
		return model_copy(m, w[1], w[3], out);
	if (strcmp(w[0], "/set") == 0 && n == 4 && model_find(m, w[1])) {
		model_set(m, w[1], w[2], w[3]);
		return 0;
	}
	if (strcmp(w[0], "/delete") == 0 && n == 3 && strcmp(w[2], "/cleanup") == 0)
		return model_delete(m, w[1]);
	fail_msg("bcdedit does not take %s with %zu words", w[0], n);
	return 1;
}

static int model_run(void *state, char **w, size_t n, char *out)
{
	struct model *m = state;
	if (strcmp(w[0], "C:\\Windows\\System32\\xcopy.exe") == 0)
		return model_xcopy(m, w, n);
	assert_string_equal(w[0], m->wow ? MODEL_SYSNATIVE : "C:\\Windows\\System32\\bcdedit.exe");
	if (m->store && strcmp(w[1], "/import") != 0) {
		assert_string_equal(w[1], "/store");
		assert_string_equal(w[2], m->store);
		w += 2;
		n -= 2;
	}
	if (m->no_access) {
		strcat(out, "The boot configuration data store could not be opened.\n");
		return 1;
	}
	assert_true(n >= 2);
	if (strcmp(w[1], "/enum") != 0)
		return model_change(m, w + 1, n - 1, out);
	assert_int_equal(n, 4);
	assert_string_equal(w[3], "/v");
	if (m->blind && strcmp(w[2], "osloader") == 0)
		return 0;
	return model_enum(m, w[2], out);
}

MODEL_OK static struct host model_host(struct model *m)
{
	return (struct host){
		.state = m, .run = model_run, .exists = model_exists, .create = model_create};
}

#endif
