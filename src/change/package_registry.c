/* SPDX-License-Identifier: MIT */
/*
 * The registry part of adding a driver: its service in each control set, and what binds it to the
 * hardware. Values come from the .inf alone, but for Start, which is 0 because the disk that
 * Windows starts from hangs on this driver. A Tag differs from machine to machine and is never made
 * up: a driver without one comes last in its group.
 * Source: doc/FORMATS/packages.md, "What binds it".
 */
#include "package_registry_internal.h"

#include <ctype.h>
#include <string.h>

#define KERNEL_DRIVER 1u
#define CRITICAL      "Control\\CriticalDeviceDatabase"

/* ---- the service ---- */

/* Values of the service's own key that the .inf says elsewhere, or that are decided here. */
static bool is_decided(const struct package_value *v)
{
	static const char *const names[] = {"Type",  "Start",     "ErrorControl",
					    "Group", "ImagePath", "Tag"};
	for (size_t i = 0; v->name && !*v->subkey && i < sizeof(names) / sizeof(names[0]); i++)
		if (text_equal(v->name, names[i]))
			return true;
	return false;
}

static int add_values(struct edits *e, const char *key)
{
	const struct package *p = e->request->package;
	for (size_t i = 0; i < p->n_values; i++) {
		const struct package_value *v = &p->values[i];
		const char *below = edits_path(e, key, v->subkey);
		if (!below)
			return -1;
		if (is_decided(v) || (v->keep && v->name && edits_has(e, below, v->name)))
			continue;
		if ((v->name ? edits_set(e, below, v->name, v->type, v->data)
			     : edits_key(e, below)) < 0)
			return -1;
	}
	return 0;
}

/* A machine that it was parked for must load it too. */
static int free_overrides(struct edits *e, const struct control_set *set, const char *key)
{
	const struct service *s = set_service(set, e->request->package->service);
	const char *overrides = s && s->has_overrides ? edits_path(e, key, "StartOverride") : NULL;
	if (!s || !s->has_overrides)
		return 0;
	if (!overrides)
		return -1;
	if (e->request->remove_overrides)
		return edits_delete_key(e, overrides);
	for (size_t i = 0; i < s->n_overrides; i++)
		if (edits_number(e, overrides, s->overrides[i].id, 0) < 0)
			return -1;
	return 0;
}

static bool runs_in_store(const struct package_install *request)
{
	return request->in_store || request->package->runs_in_store;
}

static const char *image_path(struct edits *e)
{
	const struct package *p = e->request->package;
	const char *path = runs_in_store(e->request)
				   ? arena_printf(e->arena, "\\SystemRoot%s",
						  p->store_path + strlen(e->request->inst->root))
				   : arena_printf(e->arena, "System32\\drivers\\%s", p->file);
	if (!path)
		no_memory(e->err);
	return path;
}

static int add_service(struct edits *e, const struct control_set *set)
{
	const struct package *p = e->request->package;
	const char *services = edits_path(e, set->key, "Services"), *path = image_path(e);
	const char *key = services ? edits_path(e, services, p->service) : NULL;
	if (!key || !path || edits_number(e, key, "Type", KERNEL_DRIVER) < 0 ||
	    edits_number(e, key, "Start", 0) < 0 ||
	    edits_number(e, key, "ErrorControl", p->error_control) < 0 ||
	    (p->group && edits_text(e, key, "Group", REG_SZ, p->group) < 0) ||
	    edits_text(e, key, "ImagePath", REG_EXPAND_SZ, path) < 0)
		return -1;
	return add_values(e, key) < 0 ? -1 : free_overrides(e, set, key);
}

/* ---- up to Windows 7 ---- */

/* "PCI#VEN_1AF4&DEV_1001"; XP and 2003 write such names in lower case. */
static const char *critical_name(struct edits *e, const char *id)
{
	bool lower = e->request->inst->release < WIN_VISTA;
	char *name = arena_strdup(e->arena, id);
	for (char *p = name; p && *p; p++)
		*p = *p == '\\' ? '#' : lower ? (char)tolower((unsigned char)*p) : *p;
	if (!name)
		no_memory(e->err);
	return name;
}

static const char *class_text(struct edits *e)
{
	char text[GUID_TEXT];
	guid_text((struct span){e->request->package->class_guid, 16}, 0, text);
	for (char *p = text; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	const char *braced = arena_printf(e->arena, "{%s}", text);
	if (!braced)
		no_memory(e->err);
	return braced;
}

static int bind_critical(struct edits *e, const struct control_set *set)
{
	const struct package *p = e->request->package;
	const char *database = edits_path(e, set->key, CRITICAL), *class = class_text(e);
	if (!database || !class)
		return -1;
	for (size_t i = 0; i < p->n_ids; i++) {
		const char *name = critical_name(e, p->ids[i].id);
		const char *key = name ? edits_path(e, database, name) : NULL;
		if (!key || edits_text(e, key, "ClassGUID", REG_SZ, class) < 0 ||
		    edits_text(e, key, "Service", REG_SZ, p->service) < 0)
			return -1;
	}
	return 0;
}

/* ---- all of it ---- */

static int check(const struct package_install *request, struct err *err)
{
	const struct package *p = request->package;
	if (!p->fits)
		return err_set(err, E_USAGE, "%s does not fit this Windows", p->inf);
	if (runs_in_store(request) && !p->store_path)
		return err_set(err, E_USAGE, "%s is not in the DriverStore of this Windows",
			       p->inf);
	for (size_t i = 0; i < request->n_sets; i++)
		if (!install_set(request->inst, request->sets[i]))
			return err_set(err, E_NOTFOUND, "there is no ControlSet%03u",
				       request->sets[i]);
	return 0;
}

int package_registry(const struct package_install *request, struct arena *arena, struct edit **out,
		     size_t *n, struct err *err)
{
	struct edits e = {.request = request, .hive = request->hive, .arena = arena, .err = err};
	if (check(request, err) < 0)
		return -1;
	bool database = request->inst->release >= WIN_8;
	for (size_t i = 0; i < request->n_sets; i++) {
		const struct control_set *set = install_set(request->inst, request->sets[i]);
		if (add_service(&e, set) < 0 || (!database && bind_critical(&e, set) < 0))
			return -1;
	}
	if (database && package_bind_database(&e) < 0)
		return -1;
	*out = e.items;
	*n = e.n;
	return 0;
}
