/* SPDX-License-Identifier: MIT */
/*
 * Lists of filters, of device classes and of single devices: names in them that can never load
 * keep the devices from starting, and one that must be there may be missing.
 *
 *   F1  the name has no service, or the service no file
 *   F2  the service is disabled while its name still stands in the list
 *   F3  a filter that Windows puts into the list is not there
 *   F5  F1 or F2 in the list of a single bus, controller or disk
 *
 * One finding speaks for all bad names of a list, and every fix of a list writes what the list
 * must be in the end: without its bad names, with those it must have. So fixes of two findings
 * about one list agree, in any order. A list that becomes empty is deleted, because an empty one
 * is not the same as none. Every other name keeps its bytes and its place; the order of filters
 * is no finding, since Windows defines none. Drivers of the core stack are never taken out, and a
 * filter of Windows' own only when it can be neither started nor made again.
 * Source: doc/FORMATS/root-causes.md, "Filters, devices, policy", "Principles".
 */
#include "judge_internal.h"

#include <string.h>

#define START_DISABLED 4u
#define UNIT           2u /* bytes of a UTF-16 unit */

/* A list, by name: what is the same in every control set. */
struct list_id {
	const char *class_name, *value;
	enum list_kind { OF_CLASS, OF_DEVICE, OF_OTHER_CLASS } kind;
};

/* ---- which names are bad ---- */

static bool counts(const struct judge *j, uint16_t since, uint16_t until)
{
	return j->inst->release == 0 || release_within(j->inst->release, since, until);
}

static bool is_core(const struct judge *j, const char *service)
{
	size_t n;
	const struct link *core = catalogue_core(&n);
	for (size_t i = 0; i < n; i++) {
		if (text_equal(core[i].service, service) && counts(j, core[i].since, core[i].until))
			return true;
	}
	return false;
}

static bool is_windows_own(const struct judge *j, const char *service)
{
	const struct driver *d = catalogue_driver(service);
	return d && counts(j, d->since, d->until);
}

static const char *why_dangling(const struct judge *j, const struct control_set *set,
				const char *service)
{
	const struct service *s = set_service(set, service);
	if (!is_driver(s)) {
		bool lost = set->problem.plain || !create_obstacle(j, set, service);
		return lost ? NULL : N_("no service");
	}
	if (file_is_gone(s))
		return s->file.state == FILE_EMPTY ? N_("file empty")
		       : s->file.state == FILE_BAD ? N_("file bad")
						   : N_("file missing");
	if (s->start == START_DISABLED && !is_windows_own(j, service))
		return N_("4 Disabled");
	return NULL;
}

const char *filter_is_dangling(const struct judge *j, const struct control_set *set,
			       const struct class_filter *f)
{
	return is_core(j, f->service) ? NULL : why_dangling(j, set, f->service);
}

bool filter_is_on_the_way(const struct chain *chain, const struct class_filter *f)
{
	return f->boot_flags == 0 || (chain->boot_flags & f->boot_flags) != 0;
}

/* ---- one list ---- */

static const struct class_filter *all_filters(const struct control_set *set, enum list_kind kind,
					      size_t *n)
{
	*n = kind == OF_CLASS    ? set->n_filters
	     : kind == OF_DEVICE ? set->n_device_filters
				 : set->n_other_filters;
	return kind == OF_CLASS    ? set->filters
	       : kind == OF_DEVICE ? set->device_filters
				   : set->other_filters;
}

static bool is_in(const struct class_filter *f, const struct list_id *list)
{
	return text_equal(f->class_name, list->class_name) && text_equal(f->value, list->value);
}

static const struct filter_class *class_of(const struct control_set *set, const char *name)
{
	for (size_t i = 0; i < set->n_classes; i++) {
		if (text_equal(set->classes[i].name, name))
			return &set->classes[i];
	}
	return NULL;
}

/* The class is there and its list lacks a filter that could stand in it. */
static bool lacks(const struct judge *j, const struct control_set *set,
		  const struct standard_filter *standard)
{
	const struct list_id list = {standard->class_name, standard->value, OF_CLASS};
	const struct service *s = set_service(set, standard->service);
	const struct filter_class *class = class_of(set, standard->class_name);
	if (j->inst->release == 0 || !counts(j, standard->since, standard->until) || !class ||
	    class->unreadable || !is_driver(s) || file_is_gone(s))
		return false;
	for (size_t i = 0; i < set->n_filters; i++) {
		if (is_in(&set->filters[i], &list) &&
		    text_equal(set->filters[i].service, standard->service))
			return false;
	}
	return true;
}

/* ---- what a list must be in the end ---- */

struct new_list {
	const struct judge *j;
	const struct control_set *set;
	uint8_t *bytes;
	size_t len, room; /* bytes; room leaves space for the NUL that ends the list */
	size_t changes;
};

static int put_name(struct new_list *to, struct span name, struct err *err)
{
	if (to->len + name.len + 2 * UNIT > to->room) {
		size_t room = 2 * (to->room + name.len + 2 * UNIT);
		uint8_t *more = arena_alloc(to->j->arena, room, err);
		if (!more)
			return -1;
		if (to->len)
			memcpy(more, to->bytes, to->len);
		to->bytes = more;
		to->room = room;
	}
	memcpy(to->bytes + to->len, name.p, name.len);
	put_le16(to->bytes + to->len + name.len, 0);
	to->len += name.len + UNIT;
	put_le16(to->bytes + to->len, 0);
	return 0;
}

/* First the filters that must be there and are not, as they stand on a fresh Windows. */
static int put_missing(struct new_list *to, const struct list_id *list, struct err *err)
{
	size_t n;
	const struct standard_filter *all = catalogue_filters(&n);
	for (size_t i = 0; list->kind == OF_CLASS && i < n; i++) {
		struct span name;
		if (!text_equal(all[i].class_name, list->class_name) ||
		    !text_equal(all[i].value, list->value) || all[i].need == NEED_OPTIONAL ||
		    !lacks(to->j, to->set, &all[i]))
			continue;
		if (text_to_utf16le(to->j->arena, all[i].service, &name, err) < 0 ||
		    put_name(to, name, err) < 0)
			return -1;
		to->changes++;
	}
	return 0;
}

static int put_kept(struct new_list *to, const struct list_id *list, struct err *err)
{
	size_t n;
	const struct class_filter *all = all_filters(to->set, list->kind, &n);
	for (size_t i = 0; i < n; i++) {
		if (!is_in(&all[i], list))
			continue;
		if (filter_is_dangling(to->j, to->set, &all[i]) ||
		    leftover_goes(to->j, to->set, all[i].service))
			to->changes++;
		else if (put_name(to, all[i].stored, err) < 0)
			return -1;
	}
	return 0;
}

/* "PCI\VEN_1\0": with more backslashes a name has characters that cannot be given. */
static bool is_namable(const char *device)
{
	const char *second = strchr(device, '\\');
	second = second ? strchr(second + 1, '\\') : NULL;
	return second && !strchr(second + 1, '\\');
}

/* The key of a list in some control set; NULL when the set has none that can be named. */
static const char *key_of(const struct control_set *set, const struct list_id *list)
{
	size_t n;
	if (list->kind == OF_DEVICE && !is_namable(list->class_name))
		return NULL;
	const struct class_filter *all = all_filters(set, list->kind, &n);
	const struct filter_class *known = list->kind != OF_CLASS ? NULL
								  : class_of(set, list->class_name);
	for (size_t i = 0; !known && i < n; i++) {
		if (is_in(&all[i], list))
			return all[i].key;
	}
	return known ? known->key : NULL;
}

/* What the list must be in one set. */
static int add_list(struct fix *x, const struct control_set *set, const struct list_id *list,
		    struct err *err)
{
	struct new_list to = {.j = x->j, .set = set};
	struct edit edit = {.key = key_of(set, list), .name = list->value};
	if (put_missing(&to, list, err) < 0 || put_kept(&to, list, err) < 0)
		return -1;
	edit.op = to.len ? HIVE_SET : HIVE_DELETE_VALUE;
	edit.type = REG_MULTI_SZ;
	edit.data = (struct span){to.bytes, to.len ? to.len + UNIT : 0};
	return to.changes > 0 && edit.key ? fix_add(x, edit, err) : 0;
}

static int fix_list(const struct judge *j, const struct list_id *list, struct finding *f,
		    struct err *err)
{
	struct fix x = {.j = j};
	for (size_t i = 0; i < j->n_fix_sets; i++) {
		if (add_list(&x, install_set(j->inst, j->fix_sets[i]), list, err) < 0)
			return -1;
	}
	fix_done(&x, f);
	return 0;
}

int fix_add_unlisting(struct fix *x, const struct control_set *set, const char *service,
		      struct err *err)
{
	for (enum list_kind kind = OF_CLASS; kind <= OF_OTHER_CLASS; kind++) {
		size_t n;
		const struct class_filter *all = all_filters(set, kind, &n);
		for (size_t i = 0; i < n; i++) {
			const struct list_id list = {all[i].class_name, all[i].value, kind};
			if (text_equal(all[i].service, service) && add_list(x, set, &list, err) < 0)
				return -1;
		}
	}
	return 0;
}

/* ---- findings about names that cannot load ---- */

struct bad_names {
	const struct class_filter *first;
	const char *state;
	size_t n, n_disabled;
};

size_t filter_list_end(const struct class_filter *all, size_t n, size_t at)
{
	const struct list_id list = {all[at].class_name, all[at].value, OF_CLASS};
	while (at < n && is_in(&all[at], &list))
		at++;
	return at;
}

static struct bad_names bad_names_of(const struct judge *j, enum list_kind kind, size_t at)
{
	size_t n;
	const struct class_filter *all = all_filters(j->set, kind, &n);
	size_t end = filter_list_end(all, n, at);
	struct bad_names bad = {0};
	for (size_t i = at; i < end; i++) {
		const char *state = filter_is_dangling(j, j->set, &all[i]);
		if (!state)
			continue;
		const struct service *s = set_service(j->set, all[i].service);
		bad.n_disabled += is_driver(s) && !file_is_gone(s);
		bad.first = bad.first ? bad.first : &all[i];
		bad.state = bad.state ? bad.state : state;
		bad.n++;
	}
	return bad;
}

static int report(const struct judge *j, const struct bad_names *bad, enum severity severity,
		  enum list_kind kind, struct finding *f, struct err *err)
{
	const struct list_id list = {bad->first->class_name, bad->first->value, kind};
	f->subject = bad->first->service;
	f->severity = severity;
	f->key = bad->first->key;
	f->written = bad->first->written;
	f->value = bad->first->value;
	f->found = bad->n == 1 ? said_of(bad->state)
			       : said_make(j->arena, "%s, and %zu more",
					   said_word(bad->state, j->arena), bad->n - 1);
	f->needed = said_of("a driver that loads, or its name out of the list");
	f->why = said_make(j->arena, "%s of %s names %s, which cannot load: 0x7B.", list.value,
			   kind == OF_DEVICE ? said_word(N_("a device"), j->arena)
					     : list.class_name,
			   bad->first->service);
	if (fix_list(j, &list, f, err) < 0)
		return -1;
	if (f->fixable)
		f->fix_words = said_of("unlist");
	return 1;
}

/* F1 and F2 share a list: the one whose names are all disabled is F2's. */
int filter_dangles(const struct judge *j, const struct question *at, struct finding *out,
		   struct err *err)
{
	struct bad_names bad = bad_names_of(j, OF_CLASS, at->at);
	if (!bad.first || bad.n_disabled == bad.n || !filter_is_on_the_way(at->chain, bad.first))
		return 0;
	return report(j, &bad, SEVERITY_STOP, OF_CLASS, out, err);
}

int filter_disabled(const struct judge *j, const struct question *at, struct finding *out,
		    struct err *err)
{
	if (at->link)
		return disabled_filter_link(j, at, out, err);
	struct bad_names bad = bad_names_of(j, OF_CLASS, at->at);
	if (!bad.first || bad.n_disabled < bad.n || !filter_is_on_the_way(at->chain, bad.first))
		return 0;
	return report(j, &bad, SEVERITY_STOP, OF_CLASS, out, err);
}

static bool is_link(const struct chain *chain, const char *service)
{
	for (size_t i = 0; i < chain->n; i++) {
		if (text_equal(chain->links[i].service, service))
			return true;
	}
	return false;
}

/* A bus on the way to the disk; controllers and disks are those of the last machine. */
static bool counts_for(const struct chain *chain, const struct class_filter *f)
{
	const struct driver *d = catalogue_driver(f->device_service);
	bool bus = d && d->part == PART_BUS && is_link(chain, f->device_service);
	bool disk = d && (d->step == STEP_DISK || d->part == PART_CONTROLLER);
	return bus || (disk && chain->last_machine);
}

int device_filter_dangles(const struct judge *j, const struct question *at, struct finding *out,
			  struct err *err)
{
	struct bad_names bad = bad_names_of(j, OF_DEVICE, at->at);
	if (!bad.first || !counts_for(at->chain, bad.first))
		return 0;
	return report(j, &bad, SEVERITY_LIKELY, OF_DEVICE, out, err);
}

/* ---- filters that are missing ---- */

int standard_filter_missing(const struct judge *j, const struct question *at, struct finding *out,
			    struct err *err)
{
	const struct standard_filter *standard = at->standard;
	static const enum severity of_need[] = {[NEED_CERTAIN] = SEVERITY_STOP,
						[NEED_LIKELY] = SEVERITY_LIKELY,
						[NEED_OPTIONAL] = SEVERITY_NOTE};
	const struct list_id list = {standard->class_name, standard->value, OF_CLASS};
	if (!lacks(j, j->set, standard))
		return 0;
	out->subject = standard->service;
	out->severity = of_need[standard->need];
	out->key = class_of(j->set, standard->class_name)->key;
	out->written = class_of(j->set, standard->class_name)->written;
	out->value = standard->value;
	out->found = said_of("not listed");
	out->needed = said_of("its name in the list");
	out->why = said_make(j->arena, "%s of %s lacks %s, which Windows puts there.",
			     standard->value, standard->class_name, standard->service);
	out->no_fix = said_of(
		"a plain boot volume is found without it; Windows' own repair puts it back");
	if (standard->need == NEED_OPTIONAL)
		return 1;
	if (fix_list(j, &list, out, err) < 0)
		return -1;
	if (out->fixable)
		out->fix_words = said_of("list");
	return 1;
}
