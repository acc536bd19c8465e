/* SPDX-License-Identifier: MIT */
/*
 * What one .inf offers to one Windows: which of its models are for it, which of those are for the
 * controller of a target, and which driver they install. A package is one driver; models that lead
 * to the same one are one package with all their ids. Files are not looked at here.
 * Source: doc/FORMATS/packages.md, "The .inf file".
 */
#include "package_internal.h"

#include <string.h>

#include "stop7b/list.h"

#define GROUPS_MAX 64u  /* install sections for disk controllers in one file */
#define IDS_MAX    512u /* hardware ids of one package */
#define ID_LEN_MAX 200u /* characters of one hardware id; Windows' own limit */

struct matching {
	const struct package_windows *w;
	const struct inf *inf;
	const struct package *from;
	struct arena *arena;
	struct package_list *to;
	struct inf_model *models;
	size_t n_models;
	struct package_target *targets; /* room for all */
	struct err *err;
};

/* ---- what serves whom ---- */

/* An id that is written into the registry as it stands. */
static bool is_plain_id(const char *id)
{
	size_t len = strlen(id);
	if (len == 0 || len >= ID_LEN_MAX || id[0] == '\\' || id[len - 1] == '\\' ||
	    strstr(id, "\\\\"))
		return false;
	for (; *id; id++)
		if (*id <= ' ' || *id > '~')
			return false;
	return true;
}

/* A controller that this Windows has met, where the target means those. */
static bool is_met(const struct package_windows *w, const struct target *t, const char *id)
{
	const struct install *inst = w->inst;
	for (size_t i = 0; t->own_controllers && i < inst->n_controllers; i++)
		if (catalogue_device_shows(inst->controllers[i].hardware, id))
			return true;
	return false;
}

static enum id_shown shows(const struct package_windows *w, const struct target *t, const char *id)
{
	enum id_shown best = is_met(w, t, id) ? ID_SHOWN : ID_NOT_SHOWN;
	for (const char *const *own = t->ids; *own; own++) {
		enum id_shown shown = catalogue_id_shown(*own, id);
		best = shown > best ? shown : best;
	}
	return best;
}

static bool for_a_target(const struct package_windows *w, const struct inf_model *model)
{
	size_t n;
	const struct target *all = catalogue_targets(&n);
	for (size_t t = 0; t < n; t++)
		for (size_t i = 0; i < model->n; i++)
			if (shows(w, &all[t], model->ids[i]))
				return true;
	return false;
}

static bool runs_there(const struct package_windows *w, const struct target *t)
{
	static const struct {
		const char *name;
		unsigned bit;
	} processors[] = {{"x86", ARCH_X86}, {"x64", ARCH_X64}, {"arm64", ARCH_ARM64}};
	bool runs = t->runs == 0;
	for (size_t i = 0; i < sizeof(processors) / sizeof(processors[0]); i++)
		runs |= (t->runs & processors[i].bit) &&
			text_equal(processors[i].name, w->inst->architecture);
	return runs && w->inst->release >= t->since;
}

/* The package binds that id of the target. */
static bool binds(const struct package *p, const char *own)
{
	for (size_t i = 0; i < p->n_ids; i++)
		if (catalogue_id_shown(own, p->ids[i].id) == ID_SHOWN)
			return true;
	return false;
}

/*
 * How a package serves a target; position 0: not at all. One for single boards counts where its driver is
 * one that the catalogue expects there.
 */
static struct package_target serve(const struct package_windows *w, const struct package *p,
				   const struct target *t)
{
	struct package_target s = {.target = t};
	enum id_shown best = ID_NOT_SHOWN;
	for (size_t i = 0; i < p->n_ids; i++) {
		enum id_shown shown = shows(w, t, p->ids[i].id);
		if (shown && (!s.position || p->ids[i].position < s.position))
			s.position = p->ids[i].position;
		best = shown > best ? shown : best;
	}
	s.partly = best == ID_ON_SOME_BOARDS;
	if (s.partly && !catalogue_is_own(t, p->service))
		s.position = 0; /* nothing says that such a driver is the one of this machine */
	for (const char *const *own = t->ids; t->every_id && *own; own++)
		s.partly |= !binds(p, *own);
	return s;
}

static int serve_all(struct matching *m, struct package *p)
{
	size_t n;
	const struct target *all = catalogue_targets(&n);
	struct package_target *out = arena_array(m->arena, n, sizeof(*out), m->err);
	if (!out)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct package_target s = serve(m->w, p, &all[i]);
		if (s.position && runs_there(m->w, &all[i]))
			out[p->n_targets++] = s;
	}
	p->targets = out;
	return 0;
}

/* ---- one package ---- */

static int add_package(struct matching *m, const struct package *p)
{
	struct package_list *to = m->to;
	to->items = list_grow(m->arena, to->items, to->n, &to->cap, sizeof(*p), m->err);
	if (!to->items)
		return -1;
	to->items[to->n++] = *p;
	return 0;
}

/* The whole file says one thing. */
static int add_refused(struct matching *m, struct said why)
{
	struct package p = *m->from;
	return package_refuse(&p, why, m->err) < 0 ? -1 : add_package(m, &p);
}

/* Every id of the models of an install section. */
static int add_ids(struct matching *m, struct package *p, const char *install,
		   const char *configuration)
{
	struct package_id *ids = arena_array(m->arena, IDS_MAX, sizeof(*ids), m->err);
	if (!ids)
		return -1;
	if (p->n_ids)
		memcpy(ids, p->ids, p->n_ids * sizeof(*ids));
	p->ids = ids;
	for (size_t i = 0; i < m->n_models; i++) {
		const struct inf_model *model = &m->models[i];
		for (size_t k = 0; text_equal(model->install, install) && k < model->n; k++) {
			if (!is_plain_id(model->ids[k]))
				continue;
			if (p->n_ids == IDS_MAX)
				return err_set(m->err, E_UNSUPPORTED,
					       "a driver of more than %u hardware ids", IDS_MAX);
			ids[p->n_ids++] = (struct package_id){model->ids[k], configuration,
							      (unsigned)k + 1};
		}
	}
	return 0;
}

static bool same_values(const struct inf_service *s, const struct package *p)
{
	bool same = s->n_values == p->n_values;
	for (size_t i = 0; same && i < s->n_values; i++) {
		const struct package_value *a = &s->values[i], *b = &p->values[i];
		same = text_equal(a->subkey, b->subkey) && text_equal(a->name, b->name) &&
		       a->type == b->type && a->data.len == b->data.len &&
		       (!a->data.len || memcmp(a->data.p, b->data.p, a->data.len) == 0);
	}
	return same;
}

/* A package of this file that installs the same driver in the same way. */
static struct package *sibling(struct matching *m, size_t first, const struct inf_install *in)
{
	for (size_t i = first; i < m->to->n; i++) {
		struct package *p = &m->to->items[i];
		if (!p->why.plain && text_equal(p->service, in->service.name) &&
		    text_equal(p->raw_file, in->service.source) &&
		    p->feature_score == in->feature_score && same_values(&in->service, p))
			return p;
	}
	return NULL;
}

/* The driver's path inside the source: beside the .inf. */
static int place_file(struct matching *m, struct package *p, const char *source)
{
	const char *slash = strrchr(p->raw_path, '/');
	int folder = slash ? (int)(slash - p->raw_path) + 1 : 0;
	p->raw_file = arena_printf(m->arena, "%.*s%s", folder, p->raw_path, source);
	return p->raw_file ? 0 : no_memory(m->err);
}

static int fill(struct matching *m, struct package *p, const struct inf_install *in)
{
	const struct inf_service *s = &in->service;
	p->service = s->name && inf_plain_name(s->name) ? s->name : NULL;
	p->group = s->group && inf_plain_name(s->group) ? s->group : NULL;
	p->error_control = s->error_control;
	p->file = s->file && inf_plain_name(s->file) ? s->file : NULL;
	p->raw_file = s->source;
	p->runs_in_store = s->dirid == DIR_STORE;
	p->values = s->values;
	p->n_values = s->n_values;
	p->left = in->left;
	p->n_left = in->n_left;
	p->feature_score = in->feature_score;
	if (in->refused.plain)
		return package_refuse(p, in->refused, m->err);
	if (!p->has_class_guid)
		return package_refuse(p, said_make(m->arena, "it has no ClassGuid"), m->err);
	if (!s->name)
		return package_refuse(
			p, said_make(m->arena, "its device needs no driver ([%s])", in->section),
			m->err);
	if (!inf_plain_name(in->section) || (s->group && !p->group) ||
	    (p->inf && !inf_plain_name(p->inf)))
		return package_refuse(p, said_make(m->arena, "a name in it is not plain"), m->err);
	if (p->runs_in_store && (m->w->inst->release < WIN_81 || p->origin != PACKAGE_IN_STORE))
		return package_refuse(p,
				      said_make(m->arena,
						"%s runs from the DriverStore, where it is not",
						s->file),
				      m->err);
	return 0;
}

static int take_group(struct matching *m, const struct inf_model *model, size_t first)
{
	struct inf_install in;
	if (inf_install(m->inf, model->install, &m->w->inf, m->arena, &in, m->err) < 0)
		return -1;
	struct package *same = in.refused.plain ? NULL : sibling(m, first, &in);
	if (same)
		return add_ids(m, same, model->install, in.section);
	struct package p = *m->from;
	p.description = text_utf8(m->arena, model->description);
	if (!p.description)
		return no_memory(m->err);
	if (fill(m, &p, &in) < 0 || add_ids(m, &p, model->install, in.section) < 0)
		return -1;
	return add_package(m, &p);
}

/* ---- [Version] ---- */

static int take_version(struct matching *m, struct package *p)
{
	const struct inf_section *version = inf_section(m->inf, "Version");
	const char *class = inf_value(version, "Class"), *guid = inf_value(version, "ClassGuid"),
		   *provider = inf_value(version, "Provider");
	size_t at = 0;
	const struct inf_line *date = inf_next(version, "DriverVer", &at);
	p->class_name = class ? text_utf8(m->arena, class) : NULL;
	p->provider = provider ? text_utf8(m->arena, provider) : NULL;
	p->has_class_guid = guid && package_guid(guid, p->class_guid);
	if ((class && !p->class_name) || (provider && !p->provider))
		return no_memory(m->err);
	return date ? package_version(inf_field(date, 0), inf_field(date, 1), p, m->arena, m->err)
		    : 0;
}

static bool is_for_windows(const struct inf *inf)
{
	const char *signature = inf_value(inf_section(inf, "Version"), "Signature");
	return text_equal(signature, "$Windows NT$") || text_equal(signature, "$CHICAGO$");
}

/* ---- the whole file ---- */

static bool seen_before(const char *const *groups, size_t n, const char *install)
{
	for (size_t i = 0; i < n; i++)
		if (text_equal(groups[i], install))
			return true;
	return false;
}

static int take_models(struct matching *m)
{
	const char *groups[GROUPS_MAX];
	size_t n = 0, first = m->to->n;
	for (size_t i = 0; i < m->n_models && n < GROUPS_MAX; i++) {
		const struct inf_model *model = &m->models[i];
		if (!for_a_target(m->w, model) || seen_before(groups, n, model->install))
			continue;
		groups[n++] = model->install;
		if (take_group(m, model, first) < 0)
			return -1;
	}
	for (size_t i = first; i < m->to->n; i++) {
		struct package *p = &m->to->items[i];
		if (serve_all(m, p) < 0 || (p->raw_file && place_file(m, p, p->raw_file) < 0))
			return -1;
	}
	return n ? 0
		 : add_refused(m,
			       said_make(m->arena, "it drives no disk controller of a target's"));
}

/* Why it serves none of the targets, although it is for one. */
static struct said no_target(struct matching *m, const struct package *p)
{
	size_t n;
	const struct target *all = catalogue_targets(&n);
	for (size_t t = 0; t < n; t++)
		for (size_t i = 0; i < p->n_ids && runs_there(m->w, &all[t]); i++)
			if (shows(m->w, &all[t], p->ids[i].id) == ID_ON_SOME_BOARDS)
				return said_make(m->arena, "it is for single boards, and its "
							   "driver is none that is known for "
							   "such a controller");
	return said_make(m->arena, "this Windows does not run on such a machine");
}

static int refuse_folder(struct matching *m, size_t first)
{
	for (size_t i = first; i < m->to->n; i++) {
		struct package *p = &m->to->items[i];
		if (package_folder_is_newer(p, m->w->inst) &&
		    package_refuse(p,
				   said_make(m->arena, "its folder is named after a newer Windows"),
				   m->err) < 0)
			return -1;
		p->fits = !p->why.plain;
		if (p->fits && !p->n_targets && package_refuse(p, no_target(m, p), m->err) < 0)
			return -1;
	}
	return 0;
}

int package_match(const struct package_windows *w, const struct inf *inf,
		  const struct package *from, struct arena *arena, struct package_list *to,
		  struct err *err)
{
	struct package head = *from;
	struct matching m = {
		.w = w, .inf = inf, .from = &head, .arena = arena, .to = to, .err = err};
	struct said none;
	struct err bad = {0};
	size_t first = to->n;
	head.architecture = w->inst->architecture;
	package_folder_words(&head);
	if (take_version(&m, &head) < 0)
		return -1;
	if (!is_for_windows(inf))
		return add_refused(&m, said_make(arena, "its [Version] is not that of Windows NT"));
	if (inf_models(inf, &w->inf, arena, &m.models, &m.n_models, &none, &bad) < 0)
		return bad.code == E_MEMORY
			       ? err_pass(err, &bad)
			       : add_refused(&m, said_make(arena, "%s", ERR_ARG(&bad)));
	if (!m.n_models)
		return add_refused(&m, none);
	return take_models(&m) < 0 ? -1 : refuse_folder(&m, first);
}
