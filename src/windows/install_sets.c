/* SPDX-License-Identifier: MIT */
/*
 * Control sets: every service with its values.
 *
 * A service key without values, a Start of another type and an absent Start are three different
 * things and stay so. A damaged service is left out and named in the set's problem; the others
 * are read. Nothing here knows which services matter.
 */
#include "install_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SET_PREFIX    "ControlSet"
#define NUMBER_ABSENT UINT32_MAX

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* ---- one service ---- */

/* The type of a value that is not as it should be. */
static const char *type_words(struct reader *r, struct value v)
{
	const char *name = reg_type_name(v.type);
	if (v.type == REG_DWORD && v.size != 4)
		return "REG_DWORD of a wrong size";
	return name ? name : arena_printf(r->arena, "REG_0x%x", v.type);
}

/* The loader leaves a driver out that has such a value; the first one is kept. */
static void refuse(struct reader *r, struct value v, const char *name, struct service *s)
{
	if (s->refused)
		return;
	s->refused = name;
	s->refused_type = type_words(r, v);
}

static int read_start(struct reader *r, struct value v, struct service *s, struct err *err)
{
	(void)err;
	if (value_u32(v, &s->start, NULL) == 0) {
		s->start_at = value_data_at(v);
		return 0;
	}
	s->start = START_BAD;
	s->start_type = type_words(r, v);
	return 0;
}

static bool number(struct value v, uint32_t *out)
{
	bool is = value_u32(v, out, NULL) == 0;
	if (!is)
		*out = NUMBER_ABSENT;
	return is;
}

static int read_type(struct reader *r, struct value v, struct service *s, struct err *err)
{
	(void)r, (void)err;
	number(v, &s->type);
	return 0;
}

static int read_error_control(struct reader *r, struct value v, struct service *s, struct err *err)
{
	(void)err;
	if (!number(v, &s->error_control))
		refuse(r, v, "ErrorControl", s);
	return 0;
}

static int read_tag(struct reader *r, struct value v, struct service *s, struct err *err)
{
	(void)r, (void)err;
	number(v, &s->tag);
	return 0;
}

static int read_boot_flags(struct reader *r, struct value v, struct service *s, struct err *err)
{
	(void)r, (void)err;
	number(v, &s->boot_flags);
	return 0;
}

/* Text of a value; damage and empty text read as absent, as in read_text(). */
static int text_of(struct reader *r, struct value v, const char **out, struct err *err)
{
	struct err why = {0};
	char *text = NULL;
	*out = NULL;
	if (value_text(v, r->arena, &text, &why) < 0)
		return why.code == E_MEMORY ? err_set(err, E_MEMORY, "%s", why.text) : 0;
	if (text && *text)
		*out = text;
	return 0;
}

/* Most text is not; what looks like it may have been stored so. */
static bool may_be_escaped(const char *shown)
{
	return strstr(shown, "\\x") || strstr(shown, "\\u");
}

static int read_group(struct reader *r, struct value v, struct service *s, struct err *err)
{
	if (v.type != REG_SZ)
		refuse(r, v, "Group", s);
	return text_of(r, v, &s->group, err);
}

static int read_image_path(struct reader *r, struct value v, struct service *s, struct err *err)
{
	char *raw = NULL;
	if (v.type != REG_SZ && v.type != REG_EXPAND_SZ)
		refuse(r, v, "ImagePath", s);
	if (text_of(r, v, &s->image_path, err) < 0)
		return -1;
	if (s->image_path && may_be_escaped(s->image_path) &&
	    value_raw_text(v, r->arena, &raw, err) < 0)
		return -1;
	s->raw_image_path = raw;
	return 0;
}

static int read_display_name(struct reader *r, struct value v, struct service *s, struct err *err)
{
	if (text_of(r, v, &s->display_name, err) < 0)
		return -1;
	s->display_name = direct_text(s->display_name);
	return 0;
}

enum { FIELDS = 8 };
static const char *const field_names[FIELDS] = {
	"Start", "Type", "ErrorControl", "ImagePath", "DisplayName", "Group", "Tag", "BootFlags",
};
static int (*const field_readers[FIELDS])(struct reader *r, struct value v, struct service *s,
					  struct err *err) = {
	read_start,        read_type,  read_error_control, read_image_path,
	read_display_name, read_group, read_tag,           read_boot_flags,
};

static int read_field(struct reader *r, struct value v, struct service *s, struct err *err)
{
	size_t i = value_which(v, field_names, FIELDS);
	return i < FIELDS ? field_readers[i](r, v, s, err) : 0;
}

static int read_overrides(struct reader *r, struct key k, struct service *s, struct err *err)
{
	struct key sub;
	size_t cap = 0;
	if (key_subkey_count(k) == 0 || key_find(k, "StartOverride", &sub, NULL) < 0)
		return 0;
	s->has_overrides = true;
	s->overrides_written = key_written(sub);
	struct value_iter it = key_values(sub);
	for (struct value v; value_next(&it, &v);) {
		s->overrides = list_grow(r->arena, s->overrides, s->n_overrides, &cap,
					 sizeof(*s->overrides), err);
		if (!s->overrides)
			return -1;
		struct override *o = &s->overrides[s->n_overrides++];
		o->id = value_name(v, r->arena);
		o->data_at = value_data_at(v);
		if (value_u32(v, &o->value, NULL) < 0)
			o->value = START_BAD;
		if (!o->id)
			return err_set(err, E_MEMORY, "no memory for the name of an override");
	}
	return 0;
}

uint32_t service_start_on(const struct service *s, const char *machine)
{
	for (size_t i = 0; machine && i < s->n_overrides; i++) {
		if (text_equal(s->overrides[i].id, machine) && s->overrides[i].value != START_BAD)
			return s->overrides[i].value;
	}
	return s->start;
}

static int read_service(struct reader *r, struct key k, const char *services_key, struct service *s,
			struct err *err)
{
	*s = (struct service){.start = START_ABSENT,
			      .type = NUMBER_ABSENT,
			      .error_control = NUMBER_ABSENT,
			      .tag = NUMBER_ABSENT,
			      .boot_flags = NUMBER_ABSENT,
			      .written = key_written(k)};
	s->name = key_name(k, r->arena);
	s->key = s->name ? arena_printf(r->arena, "%s\\%s", services_key, s->name) : NULL;
	if (s->key && may_be_escaped(s->name))
		s->raw_name = key_raw_name(k, r->arena);
	if (!s->key)
		return err_set(err, E_MEMORY, "no memory for the name of a service");
	struct value_iter it = key_values(k);
	for (struct value v; value_next(&it, &v);) {
		if (read_field(r, v, s, err) < 0)
			return -1;
	}
	if (read_overrides(r, k, s, err) < 0)
		return -1;
	s->effective_start = service_start_on(s, r->out->last_id);
	if (it.err.code != E_OK)
		return err_set(err, E_CORRUPT, "%s: %s", s->name, ERR_ARG(&it.err));
	return 0;
}

/* ---- one set ---- */

static int by_name(const void *a, const void *b)
{
	const struct service *x = a, *y = b;
	return text_casecmp(x->name, y->name);
}

/* A hive keeps them in this order, but for letters outside ASCII and damage. */
static void sort_services(struct control_set *set)
{
	size_t i = 1;
	while (i < set->n && by_name(&set->services[i - 1], &set->services[i]) <= 0)
		i++;
	if (i < set->n)
		qsort(set->services, set->n, sizeof(*set->services), by_name);
}

/* Damage inside a service is the set's problem, and the service stays with what was read. */
static int read_services(struct reader *r, struct key services, struct control_set *set,
			 struct err *err)
{
	const char *at = arena_printf(r->arena, "%s\\Services", set->key);
	size_t cap = 0;
	if (!at)
		return err_set(err, E_MEMORY, "no memory for the services");
	struct key_iter it = key_subkeys(services);
	for (struct key k; key_next(&it, &k);) {
		struct err why = {0};
		set->services = list_grow(r->arena, set->services, set->n, &cap,
					  sizeof(*set->services), err);
		if (!set->services)
			return -1;
		if (read_service(r, k, at, &set->services[set->n++], &why) < 0) {
			if (why.code == E_MEMORY)
				return err_set(err, E_MEMORY, "%s", ERR_ARG(&why));
			set->problem = err_said(&why, r->arena);
		}
	}
	if (it.err.code != E_OK)
		set->problem = err_said(&it.err, r->arena);
	sort_services(set);
	return 0;
}

static int read_set(struct reader *r, struct key k, struct control_set *set, struct err *err)
{
	struct err why = {0};
	struct key services;
	if (key_find(k, "Services", &services, &why) < 0) {
		set->problem = why.code == E_NOTFOUND ? said_of("has no Services key")
						      : err_said(&why, r->arena);
		return 0;
	}
	if (read_services(r, services, set, err) < 0)
		return -1;
	if (read_filters(r, k, set, err) < 0 || read_policy(r, k, set, err) < 0)
		return -1;
	return read_device_filters(r, k, set, err);
}

/* ---- all sets ---- */

/* 1..999 for "ControlSetNNN", 0 for anything else. */
static unsigned set_number(const char *name)
{
	size_t len = strlen(SET_PREFIX);
	unsigned n = 0;
	if (strncasecmp(name, SET_PREFIX, len) != 0 || strlen(name) != len + 3)
		return 0;
	for (const char *p = name + len; *p; p++) {
		if (*p < '0' || *p > '9')
			return 0;
		n = n * 10 + (unsigned)(*p - '0');
	}
	return n;
}

static int by_number(const void *a, const void *b)
{
	const struct control_set *x = a, *y = b;
	return x->number < y->number ? -1 : x->number > y->number;
}

int read_sets(struct reader *r, struct err *err)
{
	struct install *out = r->out;
	struct key_iter it = key_subkeys(hive_root(r->hive));
	for (struct key k; key_next(&it, &k);) {
		char *name = key_name(k, r->arena);
		if (!name)
			return err_set(err, E_MEMORY, "no memory for the control sets");
		unsigned n = set_number(name);
		if (n == 0)
			continue;
		if (out->n_sets == CONTROL_SETS_MAX) {
			install_note(r, "more than %u control sets; the rest is not read",
				     CONTROL_SETS_MAX);
			break;
		}
		struct control_set *set = &out->sets[out->n_sets++];
		*set = (struct control_set){.number = n, .key = name};
		if (read_set(r, k, set, err) < 0)
			return -1;
		if (set->problem.plain)
			install_note(r, "%s: %s", set->key, said_arg(set->problem, r->arena));
	}
	if (it.err.code != E_OK)
		install_note(r, "the list of control sets is damaged: %s", ERR_ARG(&it.err));
	qsort(out->sets, out->n_sets, sizeof(out->sets[0]), by_number);
	return 0;
}
