/* SPDX-License-Identifier: MIT */
/*
 * The order in which the loader reads boot-start drivers.
 *
 * The loader makes a list of them from the last service to the first, sorts it by tag, moves the
 * members of each group of ServiceGroupOrder to its front, from the last group to the first, and
 * on Windows 8 and later puts some services and groups of its own choice before all others. A tag
 * counts by its place in the group's GroupOrderList value; one that is not in the value comes
 * behind those that are, no tag behind that, and where the group has no value the tag itself is
 * the place. Drivers of groups that are not in ServiceGroupOrder stand with those of no group at
 * the end: by tag on 8 and later, as the list was made before. Equal ones mostly come out in the
 * registry's order; those that arrive while no greater one has arrived stay in the order of
 * arrival, which is the reverse, so drivers without tag stand from the last name to the first.
 *
 * Certain: lists, tags and groups (Microsoft's "Specifying Driver Load Order"; real hives).
 * Measured by others with a debugger on Windows 10 and 11: how equal ones and unlisted groups are
 * ordered, and the loader's own lists. Inferred: the same for 8 and 8.1; for 7 and older the end
 * of the list, from boot logs. Left out: dependencies between services, which boot-start drivers
 * do not heed, and imported DLLs, which are read with their driver. The order decides no verdict.
 * Source: doc/FORMATS/boot-order.md, "How the loader sorts".
 */
#include "stop7b/load_order.h"

#include <stdlib.h>
#include <string.h>

#include "stop7b/catalogue.h"
#include "stop7b/list.h"

#define COUNT(a)        (sizeof(a) / sizeof((a)[0]))
#define START_BOOT      0u
#define TAG_NOT_IN_LIST 0xfffffffeu
#define TAG_NO_GROUP    0xffffffffu
#define TAG_NONE        0x100000000u
#define TYPE_PROCESS    0x10u /* Type from here on: no driver but a program */

/* Read before everything else, in this order, by image path. */
static const char *const early_files[] = {
	"system32\\drivers\\verifierext.sys", "system32\\drivers\\wdf01000.sys",
	"system32\\drivers\\acpiex.sys",      "system32\\drivers\\cng.sys",
	"system32\\drivers\\mssecflt.sys",    "system32\\drivers\\sgrmagent.sys",
	"system32\\drivers\\lxss.sys",        "system32\\drivers\\palcore.sys",
	"system32\\drivers\\acpisim.sys",     "system32\\drivers\\acpi.sys",
};
/* Then these groups, whatever ServiceGroupOrder says. */
static const char *const early_groups[] = {"Early-Launch", "Core Platform Extensions",
					   "Core Security Extensions"};

struct tag_list {
	const char *group;
	struct span tags; /* u32 each */
	const char *problem;
};

struct draft {
	struct load_item item;
	size_t arrival;   /* in the order of the registry */
	uint64_t tag_key; /* sorts by tag, over all groups */
	uint64_t rank;    /* sorts by the loader's own lists, then by group */
	bool kept;        /* arrived when nothing greater had: stays behind its equals */
};

struct order {
	const struct install *inst;
	const struct control_set *set;
	const struct load_request *request;
	struct arena *arena;
	struct load_list *out;
	struct key services, control; /* keys of the set, when has_keys */
	bool has_services, has_control;
	char **groups;
	size_t n_groups;
	struct tag_list *tags;
	size_t n_tags, cap_tags;
	struct draft *drafts;
	size_t n, cap;
};

/* ---- the registry's lists ---- */

static int read_groups(struct order *o, struct err *err)
{
	struct key k;
	struct value v;
	struct err why = {0};
	o->out->problem = said_of("ServiceGroupOrder cannot be read: the order is by tag alone");
	if (!o->has_control || key_find(o->control, "ServiceGroupOrder", &k, NULL) < 0 ||
	    value_find(k, "List", &v, NULL) < 0)
		return 0;
	if (value_texts(v, o->arena, &o->groups, &o->n_groups, &why) < 0)
		return why.code == E_MEMORY ? err_set(err, E_MEMORY, "%s", why.text) : 0;
	o->out->problem = said_of(NULL);
	if (o->n_groups > LOAD_GROUPS_MAX) {
		o->n_groups = LOAD_GROUPS_MAX;
		o->out->problem = said_of("ServiceGroupOrder is longer than any Windows has it");
	}
	return 0;
}

/* A count, then so many tags; what the count promises and the value does not hold is not there. */
static void read_tags(struct value v, struct arena *arena, struct tag_list *out)
{
	struct span data;
	if (v.type != REG_BINARY)
		out->problem = N_("the tag list of its group is not REG_BINARY");
	else if (v.size > (LOAD_TAGS_MAX + 1) * 4u)
		out->problem = N_("the tag list of its group is longer than any Windows has it");
	if (out->problem)
		return;
	if (value_data(v, arena, &data, NULL) < 0 || data.len < 4) {
		out->problem = N_("the tag list of its group cannot be read");
		return;
	}
	size_t n = (data.len - 4) / 4;
	if (le32(data, 0) > n)
		out->problem = N_("the tag list of its group holds fewer tags than it says");
	else
		n = le32(data, 0);
	out->tags = span_sub(data, 4, n * 4);
}

static int read_tag_lists(struct order *o, struct err *err)
{
	struct key k;
	struct value v;
	if (!o->has_control || key_find(o->control, "GroupOrderList", &k, NULL) < 0)
		return 0;
	struct value_iter it = key_values(k);
	while (o->n_tags < LOAD_GROUPS_MAX && value_next(&it, &v)) {
		struct tag_list list = {.group = value_name(v, o->arena)};
		if (!list.group)
			return no_memory(err);
		read_tags(v, o->arena, &list);
		o->tags = list_grow(o->arena, o->tags, o->n_tags, &o->cap_tags, sizeof(list), err);
		if (!o->tags)
			return -1;
		o->tags[o->n_tags++] = list;
	}
	return 0;
}

static const struct tag_list *tags_of(const struct order *o, const char *group)
{
	for (size_t i = 0; i < o->n_tags; i++) {
		if (text_equal(o->tags[i].group, group))
			return &o->tags[i];
	}
	return NULL;
}

/* ---- one driver's place ---- */

static uint32_t tag_index(const struct tag_list *list, uint32_t tag)
{
	for (size_t i = 0; list && i < list->tags.len / 4; i++) {
		if (le32(list->tags, i * 4) == tag)
			return (uint32_t)i;
	}
	return LOAD_UNLISTED;
}

static uint32_t group_index(const struct order *o, const char *group)
{
	for (size_t i = 0; group && i < o->n_groups; i++) {
		if (text_equal(o->groups[i], group))
			return (uint32_t)i;
	}
	return LOAD_UNLISTED;
}

static uint64_t tag_key(const struct order *o, const struct load_item *item,
			const struct tag_list *list)
{
	bool unsorted = item->group_index == LOAD_UNLISTED && o->inst->release < WIN_8;
	if (item->tag == UINT32_MAX || unsorted)
		return TAG_NONE;
	if (!item->group)
		return TAG_NO_GROUP;
	if (!list)
		return item->tag;
	return item->tag_index == LOAD_UNLISTED ? TAG_NOT_IN_LIST : (uint64_t)item->tag_index + 1;
}

static size_t place_in(const char *const *names, size_t n, const char *name)
{
	size_t i = 0;
	while (i < n && !(name && text_equal(names[i], name)))
		i++;
	return i;
}

/* The loader's own lists, then ServiceGroupOrder, then the rest. */
static uint64_t rank_of(const struct order *o, struct load_item *item)
{
	uint64_t early = COUNT(early_files) + COUNT(early_groups);
	if (o->inst->release >= WIN_8) {
		size_t file = place_in(early_files, COUNT(early_files), item->service->image_path);
		size_t group = place_in(early_groups, COUNT(early_groups), item->group);
		item->early = file < COUNT(early_files) || group < COUNT(early_groups);
		if (item->early)
			return file < COUNT(early_files) ? file : COUNT(early_files) + group;
	}
	return early + item->group_index;
}

/* A Tag that is there and no number: struct service cannot tell it from none. */
static const char *odd_tag(const struct order *o, const struct service *s)
{
	struct key k;
	struct value v;
	if (s->tag != UINT32_MAX || !o->has_services ||
	    key_find(o->services, s->name, &k, NULL) < 0 || value_find(k, "Tag", &v, NULL) < 0)
		return NULL;
	return "its Tag is not a REG_DWORD: taken as none";
}

static bool is_parked(const struct order *o, const struct service *s)
{
	for (size_t i = 0; !o->request->machine && i < s->n_overrides; i++) {
		if (s->overrides[i].value != START_BOOT)
			return true;
	}
	return false;
}

static struct draft place(const struct order *o, const struct service *s, enum load_reason reason)
{
	const struct tag_list *list = s->group ? tags_of(o, s->group) : NULL;
	struct load_item item = {.service = s,
				 .group = s->group,
				 .group_index = group_index(o, s->group),
				 .tag = s->tag,
				 .tag_index = tag_index(list, s->tag),
				 .reason = reason,
				 .file = s->file.path,
				 .raw_file = s->file.raw_path};
	item.parked = reason == LOAD_START && is_parked(o, s);
	item.problem = said_of(odd_tag(o, s));
	if (!item.problem.plain && s->type != UINT32_MAX &&
	    (s->type == 0 || s->type >= TYPE_PROCESS))
		item.problem = said_of("its Type is not that of a driver");
	if (!item.problem.plain && list && s->tag != UINT32_MAX)
		item.problem = said_of(list->problem);
	struct draft d = {.tag_key = tag_key(o, &item, list), .arrival = o->n};
	d.rank = rank_of(o, &item);
	d.item = item;
	return d;
}

/* ---- which drivers ---- */

/* 1 with the reason, or 0 when the loader leaves the service alone. */
static int is_loaded(const struct order *o, const struct service *s, enum load_reason *reason)
{
	uint32_t start = service_start_on(s, o->request->machine);
	*reason = LOAD_START;
	if (start == START_BOOT)
		return 1;
	*reason = LOAD_BOOT_FLAGS;
	return start <= 4 && s->boot_flags != UINT32_MAX &&
	       (s->boot_flags & o->request->boot_flags) != 0;
}

static int add(struct order *o, const struct service *s, enum load_reason reason, struct err *err)
{
	if (o->n == LOAD_ITEMS_MAX) {
		o->out->problem = said_of(
			"more boot-start drivers than any Windows has; the rest is left out");
		return 0;
	}
	o->drafts = list_grow(o->arena, o->drafts, o->n, &o->cap, sizeof(*o->drafts), err);
	if (!o->drafts)
		return -1;
	o->drafts[o->n] = place(o, s, reason);
	o->n++;
	return 0;
}

static bool is_file_system(const struct service *s)
{
	return text_equal(s->name, FILE_SYSTEM);
}

/* The file system comes last, as the loader adds it behind all others. */
static int add_file_system(struct order *o, struct err *err)
{
	const struct service *s = set_service(o->set, FILE_SYSTEM);
	return s ? add(o, s, LOAD_FILE_SYSTEM, err) : 0;
}

/*
 * Services in the order of their key list, which is by upper-case name. A key that a damaged list
 * leads to twice counts once.
 */
static int add_in_key_order(struct order *o, struct err *err)
{
	bool *seen = arena_array(o->arena, o->set->n, sizeof(*seen), err);
	struct arena *scratch = arena_new();
	struct key_iter it = key_subkeys(o->services);
	int rc = seen && scratch ? 0 : no_memory(err);
	for (struct key k; rc == 0 && key_next(&it, &k);) {
		enum load_reason reason;
		const struct service *s = set_service(o->set, key_name(k, scratch));
		if (!s || seen[s - o->set->services] || !is_loaded(o, s, &reason))
			continue;
		seen[s - o->set->services] = true;
		if (!is_file_system(s))
			rc = add(o, s, reason, err);
	}
	arena_free(scratch);
	return rc;
}

static int add_in_set_order(struct order *o, struct err *err)
{
	for (size_t i = 0; i < o->set->n; i++) {
		enum load_reason reason;
		const struct service *s = &o->set->services[i];
		if (!is_file_system(s) && is_loaded(o, s, &reason) && add(o, s, reason, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- the sort ---- */

/* The loader's list begins with the service that the registry names last. */
static void mark_kept(struct order *o)
{
	uint64_t greatest = 0;
	for (size_t i = o->n; i-- > 0;) {
		struct draft *d = &o->drafts[i];
		d->kept = d->tag_key >= greatest;
		greatest = d->kept ? d->tag_key : greatest;
	}
}

static int compare(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int by_place(const void *a, const void *b)
{
	const struct draft *x = a, *y = b;
	if (x->rank != y->rank)
		return compare(x->rank, y->rank);
	if (x->tag_key != y->tag_key)
		return compare(x->tag_key, y->tag_key);
	if (x->kept != y->kept)
		return x->kept ? 1 : -1;
	return x->kept ? compare(y->arrival, x->arrival) : compare(x->arrival, y->arrival);
}

static int finish(struct order *o, struct err *err)
{
	o->out->items = arena_array(o->arena, o->n, sizeof(*o->out->items), err);
	if (!o->out->items)
		return -1;
	mark_kept(o);
	if (o->n)
		qsort(o->drafts, o->n, sizeof(*o->drafts), by_place);
	for (size_t i = 0; i < o->n; i++)
		o->out->items[i] = o->drafts[i].item;
	o->out->n = o->n;
	return 0;
}

static int open_set(struct order *o, const struct hive *h, struct err *err)
{
	unsigned number = o->request->control_set ? o->request->control_set : o->inst->boots_with;
	struct key root, set;
	o->set = install_set(o->inst, number);
	if (!o->set)
		return o->request->control_set
			       ? err_set(err, E_USAGE, "there is no ControlSet%03u", number)
			       : err_set(err, E_NOWINDOWS, "no control set boots");
	if (!h)
		return 0;
	root = hive_root(h);
	if (key_find(root, o->set->key, &set, NULL) < 0)
		return 0;
	o->has_services = key_find(set, "Services", &o->services, NULL) == 0;
	o->has_control = key_find(set, "Control", &o->control, NULL) == 0;
	return 0;
}

int load_order(const struct hive *h, const struct install *inst, const struct load_request *request,
	       struct arena *arena, struct load_list *out, struct err *err)
{
	struct order o = {.inst = inst, .request = request, .arena = arena, .out = out};
	*out = (struct load_list){0};
	if (open_set(&o, h, err) < 0 || read_groups(&o, err) < 0 || read_tag_lists(&o, err) < 0)
		return -1;
	if ((o.has_services ? add_in_key_order(&o, err) : add_in_set_order(&o, err)) < 0)
		return -1;
	if (add_file_system(&o, err) < 0)
		return -1;
	return finish(&o, err);
}
