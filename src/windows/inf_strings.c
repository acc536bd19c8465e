/* SPDX-License-Identifier: MIT */
/*
 * %Strings% of an .inf file, put in everywhere but in their own sections. A name that is none stays
 * as it stands: %12% is a directory. Texts may grow far beyond the file, so their sum is bounded.
 * Source: "INF Strings Section", Microsoft Learn.
 */
#include "inf.h"

#include <stdlib.h>
#include <string.h>

struct strings {
	const struct inf_line **lines; /* sorted by key, the first of a key counts */
	size_t n;
};

static int by_key(const void *a, const void *b)
{
	const struct inf_line *x = *(const struct inf_line *const *)a,
			      *y = *(const struct inf_line *const *)b;
	int order = text_casecmp(x->key, y->key);
	return order ? order : (x->number > y->number) - (x->number < y->number);
}

/* The neutral section comes first, then the English one, whose strings stand for what it lacks. */
static int collect(const struct inf *inf, struct arena *arena, struct strings *out, struct err *err)
{
	static const char *const names[] = {"Strings", "Strings.0409"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && out->n == 0; i++) {
		const struct inf_section *s = inf_section(inf, names[i]);
		out->lines = arena_array(arena, s ? s->n : 0, sizeof(*out->lines), err);
		if (!out->lines)
			return -1;
		for (size_t k = 0; s && k < s->n; k++)
			if (s->lines[k].key)
				out->lines[out->n++] = &s->lines[k];
	}
	if (out->n)
		qsort(out->lines, out->n, sizeof(*out->lines), by_key);
	return 0;
}

/*
 * The text of %name%; NULL for a name that is none: it stays as it stands, a dirid for one. Of the
 * keys that begin with a name the name itself is sorted first.
 */
static const char *string_of(const struct strings *s, const char *name, size_t len)
{
	size_t low = 0, high = s->n;
	if (len == 0)
		return "%";
	while (low < high) {
		size_t mid = (low + high) / 2;
		const char *key = s->lines[mid]->key;
		int order = strncasecmp(key, name, len);
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	bool found = low < s->n && strncasecmp(s->lines[low]->key, name, len) == 0 &&
		     !s->lines[low]->key[len];
	return found ? inf_field(s->lines[low], 0) : NULL;
}

/* Copy text with strings put in to out, or only count with out NULL. */
static size_t put_in(const struct strings *s, const char *text, char *out)
{
	size_t len = 0;
	while (*text) {
		const char *end = *text == '%' ? strchr(text + 1, '%') : NULL;
		const char *string = end ? string_of(s, text + 1, (size_t)(end - text - 1)) : NULL;
		size_t n = string ? strlen(string) : 1;
		if (out)
			memcpy(out + len, string ? string : text, n);
		len += n;
		text = string ? end + 1 : text + 1;
	}
	return len;
}

struct putting {
	struct arena *arena;
	struct strings strings;
	size_t made; /* bytes of text with strings put in */
};

static int resolve(struct putting *p, const char **text, struct err *err)
{
	if (!*text || !strchr(*text, '%'))
		return 0;
	size_t len = put_in(&p->strings, *text, NULL);
	p->made += len + 1;
	if (p->made > INF_TEXT_MAX)
		return err_set(err, E_UNSUPPORTED, "its strings make more than %u MiB of text",
			       INF_TEXT_MAX >> 20);
	char *made = arena_alloc(p->arena, len + 1, err);
	if (!made)
		return -1;
	put_in(&p->strings, *text, made);
	*text = made;
	return 0;
}

static int resolve_section(struct putting *p, struct inf_section *section, struct err *err)
{
	for (size_t i = 0; i < section->n; i++) {
		struct inf_line *line = &section->lines[i];
		if (resolve(p, &line->key, err) < 0)
			return -1;
		for (size_t k = 0; k < line->n; k++)
			if (resolve(p, &line->fields[k], err) < 0)
				return -1;
	}
	return 0;
}

int inf_put_strings(struct inf *inf, struct arena *arena, struct err *err)
{
	struct putting p = {.arena = arena};
	if (collect(inf, arena, &p.strings, err) < 0)
		return -1;
	for (size_t i = 0; i < inf->n; i++)
		if (strncasecmp(inf->sections[i].name, "Strings", 7) != 0 &&
		    resolve_section(&p, &inf->sections[i], err) < 0)
			return -1;
	return 0;
}
