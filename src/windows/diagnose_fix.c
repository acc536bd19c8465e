/* SPDX-License-Identifier: MIT */
/*
 * The smallest change that mends a service: its Start and its overrides, in every set that a fix
 * may touch.
 *
 * Only numbers that exist, are REG_DWORD and differ are changed, so that a fix is a few bytes in
 * place and a healthy disk gets none. A driver whose file is missing, empty or out of sight is
 * never made boot-start: that would trade one stop for another.
 */
#include "diagnose_internal.h"

#include <string.h>

bool file_is_gone(const struct service *s)
{
	return s && (s->file.state == FILE_MISSING || s->file.state == FILE_EMPTY);
}

bool is_driver(const struct service *s)
{
	return s && s->start != START_ABSENT;
}

/* Why this service must be left as it is, or NULL. */
static const char *obstacle(const struct service *s)
{
	if (file_is_gone(s))
		return "its driver file is missing or empty; Start=0 would stop the boot earlier";
	if (s->file.state == FILE_ELSEWHERE)
		return "its ImagePath names another volume, so its file cannot be checked";
	if (s->start == START_BAD)
		return "its Start value is not a REG_DWORD; set the value by hand";
	for (size_t i = 0; i < s->n_overrides; i++) {
		if (s->overrides[i].value == START_BAD)
			return "a StartOverride value is not a REG_DWORD; set the value by hand";
	}
	return NULL;
}

static size_t edits_at_most(const struct judge *j, const char *name)
{
	size_t n = 0;
	for (size_t i = 0; i < j->n_fix_sets; i++) {
		const struct service *s = set_service(install_set(j->inst, j->fix_sets[i]), name);
		n += s ? 1 + s->n_overrides : 0;
	}
	return n;
}

static int add_number(const struct judge *j, struct finding *f, struct fix_edit edit,
		      uint32_t becomes, struct err *err)
{
	uint8_t *p = arena_alloc(j->arena, 4, err);
	if (!p)
		return -1;
	put_le32(p, becomes);
	edit.op = HIVE_SET;
	edit.type = REG_DWORD;
	edit.data = (struct span){p, 4};
	f->edits[f->n_edits++] = edit;
	return 0;
}

static int edits_of(const struct judge *j, const struct service *s, uint32_t becomes,
		    struct finding *f, struct err *err)
{
	if (!is_driver(s) || obstacle(s))
		return 0;
	if (s->start != becomes &&
	    add_number(j, f, (struct fix_edit){.key = s->key, .name = "Start"}, becomes, err) < 0)
		return -1;
	if (s->n_overrides == 0)
		return 0;
	const char *key = arena_printf(j->arena, "%s\\StartOverride", s->key);
	if (!key)
		return err_set(err, E_MEMORY, "no memory for a fix");
	for (size_t i = 0; i < s->n_overrides; i++) {
		const struct fix_edit edit = {.key = key, .name = s->overrides[i].id};
		if (s->overrides[i].value != becomes &&
		    add_number(j, f, edit, becomes, err) < 0)
			return -1;
	}
	return 0;
}

int fix_service(const struct judge *j, const struct service *s, uint32_t becomes, struct finding *f,
		struct err *err)
{
	f->no_fix = obstacle(s);
	if (f->no_fix)
		return 0;
	size_t room = edits_at_most(j, s->name);
	f->edits = arena_array(j->arena, room, sizeof(*f->edits), err);
	if (!f->edits)
		return -1;
	for (size_t i = 0; i < j->n_fix_sets; i++) {
		const struct control_set *set = install_set(j->inst, j->fix_sets[i]);
		if (edits_of(j, set_service(set, s->name), becomes, f, err) < 0)
			return -1;
	}
	f->fixable = f->n_edits > 0;
	if (!f->fixable)
		f->no_fix = "the control sets chosen for fixes need no change";
	return 0;
}
