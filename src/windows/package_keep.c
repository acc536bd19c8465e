/* SPDX-License-Identifier: MIT */
/*
 * A package moved out of the memory in which its .inf was taken apart. That takes ten times the file
 * and a package is a few texts of it, so that thousands of files cost no more than what they offer.
 *
 * Kept: nothing in the copy points to the first memory. The driver file is not read yet.
 */
#include "package_internal.h"

#include <string.h>

static bool keep_text(struct arena *arena, const char **text)
{
	*text = *text ? arena_strdup(arena, *text) : NULL;
	return *text != NULL;
}

static int keep_texts(struct arena *arena, struct package *p, struct err *err)
{
	const char **const texts[] = {
		&p->source,  &p->raw_path,    &p->inf,     &p->label, &p->provider, &p->class_name,
		&p->version, &p->description, &p->service, &p->group, &p->file,     &p->raw_file,
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (*texts[i] && !keep_text(arena, texts[i]))
			return no_memory(err);
	if (p->why.plain) {
		p->why = said_copy(p->why, arena);
		return p->why.plain ? 0 : no_memory(err);
	}
	return 0;
}

static int keep_values(struct arena *arena, struct package *p, struct err *err)
{
	struct package_value *to = arena_array(arena, p->n_values, sizeof(*to), err);
	for (size_t i = 0; to && i < p->n_values; i++) {
		to[i] = p->values[i];
		to[i].data.p = arena_copy(arena, to[i].data.p, to[i].data.len);
		if (!to[i].data.p || !keep_text(arena, &to[i].subkey) ||
		    (to[i].name && !keep_text(arena, &to[i].name)))
			return no_memory(err);
	}
	p->values = to;
	return to ? 0 : -1;
}

static int keep_ids(struct arena *arena, struct package *p, struct err *err)
{
	struct package_id *to = arena_array(arena, p->n_ids, sizeof(*to), err);
	for (size_t i = 0; to && i < p->n_ids; i++) {
		to[i] = p->ids[i];
		if (!keep_text(arena, &to[i].id) || !keep_text(arena, &to[i].configuration))
			return no_memory(err);
	}
	p->ids = to;
	return to ? 0 : -1;
}

static int keep_targets(struct arena *arena, struct package *p, struct err *err)
{
	struct package_target *to = arena_array(arena, p->n_targets, sizeof(*to), err);
	if (to && p->n_targets)
		memcpy(to, p->targets, p->n_targets * sizeof(*to));
	p->targets = to;
	return to ? 0 : -1;
}

static int keep_left(struct arena *arena, struct package *p, struct err *err)
{
	struct said *to = arena_array(arena, p->n_left, sizeof(*to), err);
	for (size_t i = 0; to && i < p->n_left; i++) {
		to[i] = said_copy(p->left[i], arena);
		if (!to[i].plain)
			return no_memory(err);
	}
	p->left = to;
	return to ? 0 : -1;
}

int package_keep(const struct package *p, struct arena *arena, struct package *out, struct err *err)
{
	*out = *p;
	return keep_texts(arena, out, err) < 0 || keep_values(arena, out, err) < 0 ||
			       keep_ids(arena, out, err) < 0 || keep_targets(arena, out, err) < 0 ||
			       keep_left(arena, out, err) < 0
		       ? -1
		       : 0;
}
