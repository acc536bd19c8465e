/* SPDX-License-Identifier: MIT */
/*
 * A service that is not there: made again from what this Windows' setup would have written, when
 * its driver file lies where setup would have put it.
 *
 * The values come from the catalogue, never from another image: what the catalogue has not seen
 * for this release is not guessed, and a Tag is left out. A file that was not looked up, or that
 * is not there, makes no service; neither does a control set that could not be read whole, where
 * the service may only be out of sight. Of a key that is there without a driver in it, values that
 * are right stay as they are.
 */
#include "judge_internal.h"

const char *create_obstacle(const struct judge *j, const struct control_set *set,
			    const char *service)
{
	const struct service_form *form = catalogue_form(service, j->inst->release);
	const struct driver_file *file = install_absent_file(j->inst, service);
	const struct driver *d = catalogue_driver(service);
	if (!form && d && release_within(j->inst->release, d->since, d->until))
		return N_("the values of its service key on this Windows are not known");
	if (!form)
		return N_("this Windows needs the driver itself: its files and its service key");
	if (set->problem.plain)
		return N_("this control set is damaged, and its service key may only be out of "
			  "sight");
	if (!file || file->state == FILE_UNCHECKED)
		return N_("whether its driver file is there could not be looked up");
	if (file->state != FILE_PRESENT)
		return N_("this Windows needs the driver itself: its files and its service key");
	return NULL;
}

/* What is left of a service whose key is there: zeros and NULLs when nothing is. */
static struct service remains_of(const struct service *s)
{
	static const struct service nothing = {.type = UINT32_MAX,
					       .start = START_ABSENT,
					       .error_control = UINT32_MAX,
					       .boot_flags = UINT32_MAX};
	return s ? *s : nothing;
}

static bool names_same_file(const struct judge *j, const struct service *s)
{
	const struct driver_file *file = install_absent_file(j->inst, s->name);
	const char *path = service_path(s, j->inst->root, j->arena);
	return s->image_path && file && text_equal(path, file->path);
}

static int add_numbers(struct fix *x, const char *key, const struct service *is,
		       const struct service_form *form, struct err *err)
{
	if (is->type != form->type && fix_add_number(x, key, "Type", form->type, err) < 0)
		return -1;
	if (is->error_control != form->error_control &&
	    fix_add_number(x, key, "ErrorControl", form->error_control, err) < 0)
		return -1;
	if (form->boot_flags && is->boot_flags != form->boot_flags &&
	    fix_add_number(x, key, "BootFlags", form->boot_flags, err) < 0)
		return -1;
	return fix_add_number(x, key, "Start", form->start, err);
}

/* Only what the key lacks, or has otherwise; s is the service as it is, or NULL. */
static int add_form(struct fix *x, const struct control_set *set, const struct service *s,
		    const struct service_form *form, struct err *err)
{
	const struct service is = remains_of(s);
	const char *key = arena_printf(x->j->arena, "%s\\Services\\%s", set->key, form->service);
	if (!s && fix_add_key(x, HIVE_CREATE_KEY, key, err) < 0)
		return -1;
	if (!key || add_numbers(x, key, &is, form, err) < 0)
		return -1;
	if (form->group && !text_equal(form->group, is.group) &&
	    fix_add_text(x, key, "Group", REG_SZ, form->group, err) < 0)
		return -1;
	if (!form->image_path || (s && names_same_file(x->j, s)))
		return 0;
	return fix_add_text(x, key, "ImagePath", REG_EXPAND_SZ, form->image_path, err);
}

/* An empty key may have kept an override, which counts as soon as the service is one again. */
static int drop_overrides(struct fix *x, const struct service *s, struct err *err)
{
	if (!s || !s->has_overrides)
		return 0;
	const char *key = arena_printf(x->j->arena, "%s\\StartOverride", s->key);
	return fix_add_key(x, HIVE_DELETE_KEY, key, err);
}

int fix_absent(const struct judge *j, const char *service, uint32_t becomes, struct finding *f,
	       struct err *err)
{
	struct fix x = {.j = j};
	f->no_fix = said_of(create_obstacle(j, j->set, service));
	if (f->no_fix.plain)
		return 0;
	for (size_t i = 0; i < j->n_fix_sets; i++) {
		const struct control_set *set = install_set(j->inst, j->fix_sets[i]);
		const struct service *s = set_service(set, service);
		if (is_driver(s)) {
			if (fix_add_start(&x, s, becomes, err) < 0)
				return -1;
		} else if (!create_obstacle(j, set, service)) {
			if (drop_overrides(&x, s, err) < 0 ||
			    add_form(&x, set, s, catalogue_form(service, j->inst->release), err) <
				    0)
				return -1;
		}
	}
	fix_done(&x, f);
	return 0;
}
