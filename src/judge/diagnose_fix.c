/* SPDX-License-Identifier: MIT */
/*
 * The smallest change that mends a service: its Start and its overrides, in every set that a fix
 * may touch; and the pieces that other fixes are made of.
 *
 * Only numbers that exist, are REG_DWORD and differ are changed, so that a fix is a few bytes in
 * place and a healthy disk gets none. On request the StartOverride key goes instead, as Windows
 * itself takes it away. A driver whose file is missing, empty, bad or out of sight is never made
 * boot-start: that would trade one stop for another.
 */
#include "judge_internal.h"

#include <string.h>

bool file_is_gone(const struct service *s)
{
	return s && (s->file.state == FILE_MISSING || s->file.state == FILE_EMPTY ||
		     s->file.state == FILE_BAD);
}

bool file_fails(const struct service *s)
{
	return file_is_gone(s) || (s && s->file.state == FILE_PACKED);
}

bool is_driver(const struct service *s)
{
	return s && s->start != START_ABSENT;
}

/* ---- pieces ---- */

int fix_add(struct fix *x, struct edit edit, struct err *err)
{
	x->edits = list_grow(x->j->arena, x->edits, x->n, &x->cap, sizeof(edit), err);
	if (!x->edits)
		return -1;
	x->edits[x->n++] = edit;
	return 0;
}

int fix_add_key(struct fix *x, enum hive_op op, const char *key, struct err *err)
{
	return key ? fix_add(x, (struct edit){.op = op, .key = key, .name = ""}, err)
		   : no_memory(err);
}

int fix_add_number(struct fix *x, const char *key, const char *name, uint32_t number,
		   struct err *err)
{
	uint8_t *p = arena_alloc(x->j->arena, 4, err);
	if (!p)
		return -1;
	put_le32(p, number);
	return fix_add(x,
		       (struct edit){.op = HIVE_SET,
				     .key = key,
				     .name = name,
				     .type = REG_DWORD,
				     .data = {p, 4}},
		       err);
}

int fix_add_text(struct fix *x, const char *key, const char *name, uint32_t type, const char *text,
		 struct err *err)
{
	struct edit edit = {.op = HIVE_SET, .key = key, .name = name, .type = type};
	if (text_to_utf16le(x->j->arena, text, &edit.data, err) < 0)
		return -1;
	edit.data.len += 2; /* the NUL behind it is part of the value */
	return fix_add(x, edit, err);
}

void fix_done(const struct fix *x, struct finding *f)
{
	f->edits = x->edits;
	f->n_edits = x->n;
	f->fixable = x->n > 0;
	f->no_fix = said_of(f->fixable ? NULL
				       : N_("the control sets chosen for fixes need no change"));
}

/* ---- Start ---- */

static bool has_bad_override(const struct service *s)
{
	for (size_t i = 0; i < s->n_overrides; i++) {
		if (s->overrides[i].value == START_BAD)
			return true;
	}
	return false;
}

/* A name with characters that cannot be shown comes with backslashes, and leads nowhere. */
static bool is_unnamable(const struct service *s)
{
	bool odd = strchr(s->name, '\\') != NULL;
	for (size_t i = 0; i < s->n_overrides; i++)
		odd |= strchr(s->overrides[i].id, '\\') != NULL;
	return odd;
}

/* Why this service must be left as it is, or NULL. */
static const char *obstacle(const struct judge *j, const struct service *s)
{
	if (is_unnamable(s))
		return N_("its name, or an override's, has characters that cannot be given");
	if (file_is_gone(s))
		return N_("its driver file is missing, empty or bad; Start=0 would stop the boot "
			  "earlier");
	if (file_fails(s))
		return N_("its driver file is compressed as the loader cannot read it");
	if (s->file.state == FILE_ELSEWHERE)
		return N_("its ImagePath names another volume, so its file cannot be checked");
	if (s->start == START_BAD)
		return N_("its Start value is not a REG_DWORD; set the value by hand");
	if (!j->remove_overrides && has_bad_override(s))
		return N_("a StartOverride value is not a REG_DWORD; set the value by hand");
	return NULL;
}

static bool has_override_other_than(const struct service *s, uint32_t becomes)
{
	for (size_t i = 0; i < s->n_overrides; i++) {
		if (s->overrides[i].value != becomes)
			return true;
	}
	return false;
}

static int add_overrides(struct fix *x, const struct service *s, uint32_t becomes, struct err *err)
{
	if (!has_override_other_than(s, becomes))
		return 0;
	const char *key = arena_printf(x->j->arena, "%s\\StartOverride", s->key);
	if (!key)
		return no_memory(err);
	if (x->j->remove_overrides)
		return fix_add_key(x, HIVE_DELETE_KEY, key, err);
	for (size_t i = 0; i < s->n_overrides; i++) {
		if (s->overrides[i].value != becomes &&
		    fix_add_number(x, key, s->overrides[i].id, becomes, err) < 0)
			return -1;
	}
	return 0;
}

int fix_add_start(struct fix *x, const struct service *s, uint32_t becomes, struct err *err)
{
	if (!is_driver(s) || obstacle(x->j, s))
		return 0;
	if (s->start != becomes && fix_add_number(x, s->key, "Start", becomes, err) < 0)
		return -1;
	return add_overrides(x, s, becomes, err);
}

int fix_service(const struct judge *j, const struct service *s, uint32_t becomes, struct finding *f,
		struct err *err)
{
	struct fix x = {.j = j};
	f->no_fix = said_of(obstacle(j, s));
	if (f->no_fix.plain)
		return 0;
	for (size_t i = 0; i < j->n_fix_sets; i++) {
		const struct control_set *set = install_set(j->inst, j->fix_sets[i]);
		if (fix_add_start(&x, set_service(set, s->name), becomes, err) < 0)
			return -1;
	}
	fix_done(&x, f);
	return 0;
}
