/* SPDX-License-Identifier: MIT */
/*
 * Filter lists of device classes: of those on the way to the boot volume all names, of the others
 * the lists that name a driver which a hypervisor's guest tools left behind, because such a driver
 * must be out of every list before it is disabled.
 *
 * A list that is no REG_MULTI_SZ is noted and its class marked; nothing here knows which names
 * are good.
 * Source: doc/FORMATS/boot-drivers.md, "Class filters".
 */
#include "install_internal.h"

#include <stdio.h>
#include <string.h>

#include "stop7b/catalogue.h"

#define UNIT 2u /* bytes of a UTF-16 unit */

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define CLASSES "Control\\Class"

/*
 * Classes whose filters sit in the stacks of controller, disk and volume; those of USB hubs and
 * controllers only where the disk is behind them.
 */
static const struct {
	const char *name, *guid;
	uint32_t boot_flags; /* as in struct class_filter */
} filtered_classes[] = {
	{"DiskDrive", "{4d36e967-e325-11ce-bfc1-08002be10318}", 0},
	{"Volume", "{71a27cdd-812a-11d0-bec7-08002be2092f}", 0},
	{"HDC", "{4d36e96a-e325-11ce-bfc1-08002be10318}", 0},
	{"SCSIAdapter", "{4d36e97b-e325-11ce-bfc1-08002be10318}", 0},
	{"System", "{4d36e97d-e325-11ce-bfc1-08002be10318}", 0},
	{"USB", "{36fc9e60-c465-11cf-8056-444553540000}", BOOT_FROM_USB | BOOT_FROM_USB3},
};
static const char *const filter_values[] = {"UpperFilters", "LowerFilters"};

/* ---- one list ---- */

/* The string of a REG_MULTI_SZ that begins at byte `at`, as its bytes lie there. */
static struct span string_at(struct span data, size_t at)
{
	size_t len = 0;
	while (span_holds(data, at + len, UNIT) && le16(data, at + len) != 0)
		len += UNIT;
	return span_sub(data, at, len);
}

int read_filter_list(struct reader *r, struct key k, const struct class_filter *shape,
		     struct class_filter **filters, size_t *n, size_t *cap, struct err *err)
{
	struct err why = {0};
	struct value v;
	char **names = NULL;
	struct span data = {0};
	size_t n_names = 0;
	if (value_find(k, shape->value, &v, NULL) < 0)
		return 0;
	if (value_texts(v, r->arena, &names, &n_names, &why) < 0 ||
	    value_data(v, r->arena, &data, &why) < 0) {
		install_note(r, "%s: %s cannot be read: %s", shape->key, shape->value,
			     ERR_ARG(&why));
		return why.code == E_MEMORY ? err_set(err, E_MEMORY, "%s", why.text) : 1;
	}
	for (size_t i = 0, at = 0; i < n_names; i++) {
		struct span stored = string_at(data, at);
		at += stored.len + UNIT;
		*filters = list_grow(r->arena, *filters, *n, cap, sizeof(**filters), err);
		stored.p = arena_copy(r->arena, stored.p, stored.len);
		if (!*filters || !stored.p)
			return err_set(err, E_MEMORY, "no memory for the filters");
		(*filters)[*n] = *shape;
		(*filters)[*n].stored = stored;
		(*filters)[(*n)++].service = names[i];
	}
	return 0;
}

static int add_class(struct reader *r, struct control_set *set, const struct class_filter *shape,
		     size_t *cap, struct err *err)
{
	set->classes = list_grow(r->arena, set->classes, set->n_classes, cap, sizeof(*set->classes),
				 err);
	if (!set->classes)
		return -1;
	set->classes[set->n_classes++] = (struct filter_class){
		.name = shape->class_name, .key = shape->key, .written = shape->written};
	return 0;
}

static int read_known_classes(struct reader *r, struct key set_key, struct control_set *set,
			      struct err *err)
{
	size_t cap = 0, cap_classes = 0;
	for (size_t i = 0; i < COUNT(filtered_classes); i++) {
		struct class_filter shape = {.class_name = filtered_classes[i].name,
					     .boot_flags = filtered_classes[i].boot_flags};
		struct key k;
		char path[128];
		snprintf(path, sizeof(path), CLASSES "\\%s", filtered_classes[i].guid);
		if (key_find(set_key, path, &k, NULL) < 0)
			continue;
		shape.written = key_written(k);
		shape.key = arena_printf(r->arena, "%s\\%s", set->key, path);
		if (!shape.key)
			return err_set(err, E_MEMORY, "no memory for the class filters");
		if (add_class(r, set, &shape, &cap_classes, err) < 0)
			return -1;
		for (size_t j = 0; j < COUNT(filter_values); j++) {
			shape.value = filter_values[j];
			int rc = read_filter_list(r, k, &shape, &set->filters, &set->n_filters,
						  &cap, err);
			if (rc < 0)
				return -1;
			set->classes[set->n_classes - 1].unreadable |= rc > 0;
		}
	}
	return 0;
}

/* ---- lists of other classes ---- */

static bool has_leftover(const struct control_set *set)
{
	size_t n;
	const struct leftover *all = catalogue_leftovers(&n);
	for (size_t i = 0; i < n; i++) {
		if (set_service(set, all[i].service))
			return true;
	}
	return false;
}

static bool is_known_class(struct key class)
{
	for (size_t i = 0; i < COUNT(filtered_classes); i++) {
		if (key_is(class, filtered_classes[i].guid))
			return true;
	}
	return false;
}

/* The list stays only when it names one. */
static int read_other_list(struct reader *r, struct key class, const struct class_filter *shape,
			   struct control_set *set, size_t *cap, struct err *err)
{
	size_t before = set->n_other_filters;
	bool named = false;
	if (read_filter_list(r, class, shape, &set->other_filters, &set->n_other_filters, cap,
			     err) < 0)
		return -1;
	for (size_t i = before; i < set->n_other_filters; i++)
		named |= catalogue_leftover(set->other_filters[i].service) != NULL;
	if (!named)
		set->n_other_filters = before;
	return 0;
}

static int read_other_classes(struct reader *r, struct key set_key, struct control_set *set,
			      struct err *err)
{
	struct key classes;
	size_t cap = 0;
	if (!has_leftover(set) || key_find(set_key, CLASSES, &classes, NULL) < 0)
		return 0;
	struct key_iter it = key_subkeys(classes);
	for (struct key class; key_next(&it, &class);) {
		struct class_filter shape = {.written = key_written(class)};
		if (is_known_class(class))
			continue;
		shape.class_name = key_name(class, r->arena);
		shape.key = arena_printf(r->arena, "%s\\" CLASSES "\\%s", set->key,
					 shape.class_name ? shape.class_name : "");
		if (!shape.class_name || !shape.key)
			return no_memory(err);
		for (size_t i = 0; i < COUNT(filter_values); i++) {
			shape.value = filter_values[i];
			if (read_other_list(r, class, &shape, set, &cap, err) < 0)
				return -1;
		}
	}
	return 0;
}

int read_filters(struct reader *r, struct key set_key, struct control_set *set, struct err *err)
{
	return read_known_classes(r, set_key, set, err) < 0
		       ? -1
		       : read_other_classes(r, set_key, set, err);
}
