/* SPDX-License-Identifier: MIT */
/*
 * Driver packages for the chosen Windows: found when somebody asks, once for a choice, because the
 * DriverStore holds hundreds of files and a check has no need of them.
 *
 * What a package means for the registry is asked of the hive as it is: a change that is staged anew
 * must not find its own edits there.
 */
#include "session_internal.h"

#include <string.h>

#include "stop7b/package_registry.h"

const struct packages *session_packages(struct session *s, struct err *err)
{
	struct packages *found;
	if (s->packages)
		return s->packages;
	if (!s->chosen)
		return err_null(err, E_NOWINDOWS, "no Windows is chosen");
	const struct package_request request = {
		.inst = &s->chosen->install,
		.volume = s->chosen->volume,
		.paths = s->options.drivers,
		.n_paths = s->options.n_drivers,
		.store = true,
	};
	found = arena_alloc(s->arena, sizeof(*found), err);
	if (!found || packages_find(&request, s->arena, found, err) < 0)
		return NULL;
	s->packages = found;
	return found;
}

const struct package **session_packages_for(struct session *s, const char *target,
					    struct arena *arena, size_t *n, size_t *n_best,
					    struct err *err)
{
	const struct packages *all = session_packages(s, err);
	bool any = guard_allowed(s, GUARD_UNSIGNED);
	return all ? packages_for(all, target, any, arena, n, n_best, err) : NULL;
}

/* ---- what a finding misses ---- */

/* A controller's driver that nothing on the disk's own terms repairs. */
static bool misses_driver(const struct finding *f)
{
	return !f->fixable && f->step == STEP_CONTROLLER &&
	       (f->severity == SEVERITY_STOP || f->severity == SEVERITY_LIKELY);
}

/* The packages for one of some targets, best first; NULL when none serves. */
struct choice {
	const struct package **list;
	size_t n, n_best;
};

static int choose(struct session *s, const char *const *targets, size_t n, struct arena *arena,
		  struct choice *out, struct err *err)
{
	for (size_t i = 0; i < n && out->n == 0; i++) {
		out->list = session_packages_for(s, targets[i], arena, &out->n, &out->n_best, err);
		if (!out->list)
			return -1;
	}
	return 0;
}

static bool has_finding(const struct target_verdict *t, size_t at)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->findings[i] == at)
			return true;
	return false;
}

static int choose_for(struct session *s, const struct diagnosis *d, const struct finding *f,
		      struct arena *arena, struct choice *out, struct err *err)
{
	for (size_t i = 0; i < d->n_targets && out->n == 0; i++) {
		const struct target_verdict *t = &d->targets[i];
		if (!has_finding(t, (size_t)(f - d->findings)))
			continue;
		const char *const *ids = t->n_stands_for ? (const char *const *)t->stands_for
							 : &t->id;
		if (choose(s, ids, t->n_stands_for ? t->n_stands_for : 1, arena, out, err) < 0)
			return -1;
	}
	return 0;
}

/*
 * The last machine's controller is no target of its own: its service is known by name alone, and a
 * package of it serves whatever its targets are.
 */
static int choose_by_service(struct session *s, const struct finding *f, struct arena *arena,
			     struct choice *out, struct err *err)
{
	const struct packages *all = session_packages(s, err);
	for (size_t i = 0; all && i < all->n && out->n == 0; i++) {
		const struct package *p = &all->items[i];
		if (!p->fits || !text_equal(p->service, f->subject))
			continue;
		if (choose(s, &p->targets[0].target->id, 1, arena, out, err) < 0)
			return -1;
		if (out->n && !text_equal(out->list[0]->service, f->subject))
			out->n = 0;
	}
	return all ? 0 : -1;
}

/* ---- the repair ---- */

struct offer {
	struct session *s;
	struct arena *arena;
	struct diagnosis *d;
	struct finding *f;
	const struct choice *choice;
	const struct package *package;
	struct edit *edits; /* room for those of the registry and the file */
	size_t n;
};

static int add_registry(struct offer *o, bool in_store, struct err *err)
{
	struct edit *edits;
	size_t n;
	if (session_package_edits(o->s, o->package, in_store, o->arena, &edits, &n, err) < 0)
		return -1;
	o->edits = arena_array(o->arena, n + 1, sizeof(*o->edits), err);
	if (!o->edits)
		return -1;
	for (size_t i = 0; i < n; i++)
		o->edits[o->n++] = edits[i];
	return 0;
}

static int file_of(const struct offer *o, struct edit *out, struct err *err)
{
	const struct windows *w = o->s->chosen;
	const struct package *p = o->package;
	*out = (struct edit){
		.kind = EDIT_FILE,
		.name = "",
		.key = "",
		.data = p->bytes,
		.partition = w->partition->number,
		.path = arena_printf(o->arena, "%s\\System32\\drivers\\%s", w->place.root, p->file),
		.linked_from = p->store_path,
		.package = {p->inf, p->source, p->version, p->date[0] ? p->date : NULL},
	};
	return out->path ? 0 : no_memory(err);
}

/*
 * Is the very file there already? An empty one is none, and takes the content: one that is there
 * becomes no second name of another.
 */
static bool is_there(const struct offer *o, struct edit *file)
{
	struct span is;
	if (image_file_bytes(o->s->image, o->s->chosen->partition, file->path, o->arena, &is,
			     NULL) < 0)
		return false;
	if (is.len == 0) {
		file->fills_empty = true;
		file->linked_from = NULL;
	}
	return is.len == file->data.len && memcmp(is.p, file->data.p, is.len) == 0;
}

static int take(struct offer *o, const char *words, struct err *err)
{
	struct finding *f = o->f;
	f->edits = o->edits;
	f->n_edits = o->n;
	f->fixable = f->by_package = true;
	f->no_fix = said_of(NULL);
	f->fix_words = said_make(o->arena, words, o->package->inf);
	return f->fix_words.plain ? 0 : no_memory(err);
}

static int cannot(struct offer *o, const struct err *why, struct err *err)
{
	o->f->no_fix = said_make(o->arena, N_("%s fits, and the disk does not take its file: %s"),
				 o->package->inf, ERR_ARG(why));
	if (o->d->n_unadded++ == 0)
		o->d->unadded = *why;
	return o->f->no_fix.plain ? 0 : no_memory(err);
}

/* What is wrong is where the driver lies: to name that place again mends nothing. */
static bool is_about_place(const struct finding *f)
{
	return !f->rule->absent && text_equal(f->value, "ImagePath");
}

/* With its file where a file can be added; else it runs from where it lies in the DriverStore. */
static int make(struct offer *o, struct err *err)
{
	struct edit file;
	struct err why = {0};
	const struct package *p = o->package;
	if (file_of(o, &file, err) < 0)
		return -1;
	bool there = p->runs_in_store || is_there(o, &file);
	bool goes = there || added_try(o->s, &file, &why) == 0;
	if (why.code == E_MEMORY)
		return err_pass(err, &why);
	if (is_about_place(o->f) && p->runs_in_store)
		return 0;
	if (!goes && (!p->label || o->s->chosen->install.release < WIN_8 || is_about_place(o->f)))
		return cannot(o, &why, err);
	if (add_registry(o, !goes, err) < 0)
		return -1;
	if (goes && !there)
		o->edits[o->n++] = file;
	return take(o, N_("add %s"), err);
}

static int say_tie(struct offer *o, struct err *err)
{
	const struct choice *c = o->choice;
	o->f->no_fix = said_make(
		o->arena,
		N_("choose one (v on the screen, or --drivers with it alone) of %zu packages "
		   "that fit equally well, among them %s and %s"),
		c->n_best, c->list[0]->source, c->list[1]->source);
	return o->f->no_fix.plain ? 0 : no_memory(err);
}

/* ---- why none serves ---- */

static bool serves(const struct package *p, const char *target)
{
	for (size_t k = 0; k < p->n_targets; k++)
		if (text_equal(p->targets[k].target->id, target))
			return true;
	return false;
}

/* A package that would serve but for its signature. */
static const struct package *unsigned_for(const struct offer *o, const struct packages *all)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct package *p = &all->items[i];
		if (!p->fits || !p->unsigned_64bit)
			continue;
		if (text_equal(p->service, o->f->subject))
			return p;
		for (size_t t = 0; t < o->d->n_targets; t++)
			if (has_finding(&o->d->targets[t], (size_t)(o->f - o->d->findings)) &&
			    serves(p, o->d->targets[t].id))
				return p;
	}
	return NULL;
}

static size_t count_given(const struct packages *all, const struct package **last)
{
	size_t n = 0;
	for (size_t i = 0; i < all->n; i++)
		if (all->items[i].origin == PACKAGE_GIVEN) {
			*last = &all->items[i];
			n++;
		}
	return n;
}

/* Somebody named packages, and none of them serves: which, and why. */
static int say_none(struct offer *o, struct err *err)
{
	const struct package *p = NULL;
	const struct packages *all = session_packages(o->s, err);
	if (!all)
		return -1;
	size_t n = count_given(all, &p);
	const struct package *not_signed = unsigned_for(o, all);
	if (not_signed)
		o->f->no_fix = said_make(o->arena,
					 N_("%s fits and has no embedded signature, so Windows may "
					    "refuse it: --allow unsigned takes it"),
					 not_signed->source);
	else if (o->s->options.n_drivers == 0)
		return 0;
	else if (n == 0 && all->n_problems > 0)
		o->f->no_fix = said_make(o->arena,
					 N_("--drivers holds no package that can be read: %s"),
					 said_arg(all->problems[0], o->arena));
	else if (n == 1 && p->why.plain)
		o->f->no_fix = said_make(o->arena, N_("%s does not fit: %s"), p->source,
					 said_arg(p->why, o->arena));
	else if (n == 0)
		o->f->no_fix = said_of(N_("--drivers holds no driver package"));
	else
		o->f->no_fix = said_make(o->arena,
					 N_("none of the %zu packages in --drivers serves it: "
					    "stop7b drivers --all says why"),
					 n);
	return o->f->no_fix.plain ? 0 : no_memory(err);
}

/* The best; of several the one that a person prefers, or NULL. */
static const struct package *pick(const struct session *s, const struct choice *c)
{
	for (size_t i = 0; i < c->n_best; i++)
		if (session_prefers_package(s, c->list[i]))
			return c->list[i];
	return c->n_best > 1 ? NULL : c->list[0];
}

/* A subject's other findings are mended by the same change. */
static bool offered_before(struct diagnosis *d, struct finding *f)
{
	for (struct finding *e = d->findings; e < f; e++) {
		if (!text_equal(e->subject, f->subject) || e->n_edits == 0 || !e->fixable)
			continue;
		f->fixable = f->by_package = true;
		f->fix_words = e->fix_words;
		f->no_fix = said_of(NULL);
		return true;
	}
	return false;
}

static int offer(struct session *s, struct arena *arena, struct diagnosis *d, struct finding *f,
		 struct err *err)
{
	struct choice c = {0};
	struct offer o = {.s = s, .arena = arena, .d = d, .f = f, .choice = &c};
	if (choose_for(s, d, f, arena, &c, err) < 0 ||
	    (c.n == 0 && choose_by_service(s, f, arena, &c, err) < 0))
		return -1;
	o.package = c.n ? pick(s, &c) : NULL;
	return (c.n == 0 ? say_none : o.package ? make : say_tie)(&o, err);
}

static bool any_misses_driver(const struct diagnosis *d)
{
	for (size_t i = 0; i < d->n; i++)
		if (misses_driver(&d->findings[i]))
			return true;
	return false;
}

/* For a release or processor that is not known no package can be judged; then none is offered. */
int packages_offer(struct session *s, struct arena *arena, struct diagnosis *d, struct err *err)
{
	struct err why = {0};
	bool named = s->options.n_drivers > 0;
	if (!named && !any_misses_driver(d))
		return 0;
	if (!session_packages(s, &why))
		return !named && why.code == E_UNSUPPORTED ? 0 : err_pass(err, &why);
	for (size_t i = 0; i < d->n; i++) {
		struct finding *f = &d->findings[i];
		if (misses_driver(f) && !offered_before(d, f) && offer(s, arena, d, f, err) < 0)
			return -1;
	}
	return 0;
}

int session_package_edits(struct session *s, const struct package *package, bool in_store,
			  struct arena *arena, struct edit **out, size_t *n, struct err *err)
{
	unsigned sets[CONTROL_SETS_MAX];
	if (!s->chosen)
		return err_set(err, E_NOWINDOWS, "no Windows is chosen");
	const struct package_install request = {
		.package = package,
		.inst = &s->chosen->install,
		.hive = &s->chosen->system->hive,
		.sets = sets,
		.n_sets = session_edit_sets(s, sets),
		.in_store = in_store,
		.remove_overrides = s->options.remove_overrides,
	};
	return package_registry(&request, arena, out, n, err);
}
