/* SPDX-License-Identifier: MIT */
/*
 * Sentences that the screen and the commands share. Only the place of a sentence differs between
 * them, so what was promised on the screen is found again in a script's log.
 */
#include "stop7b/words.h"

#include <stdio.h>
#include <string.h>

#include "stop7b/i18n.h"

#define GAP_MAX 32u /* unchanged bytes inside a stretch */

static void new_blocks_words(const struct review *r, char buf[COPIED_WORDS])
{
	const struct patch *p = &r->patch;
	unsigned long long grows = p->file_growth;
	if (r->parent)
		snprintf(
			buf, COPIED_WORDS,
			ngettext("%zu block copied up from %s (%zu sectors); the image file grows "
				 "by %llu bytes.",
				 "%zu blocks copied up from %s (%zu sectors); the image file grows "
				 "by %llu bytes.",
				 p->new_blocks),
			p->new_blocks, r->parent, p->copied, grows);
	else
		snprintf(
			buf, COPIED_WORDS,
			ngettext("%zu block that was all zeros gets a place; the image file grows "
				 "by %llu bytes.",
				 "%zu blocks that were all zeros get a place; the image file grows "
				 "by %llu bytes.",
				 p->new_blocks),
			p->new_blocks, grows);
}

bool copied_words(const struct review *r, char buf[COPIED_WORDS])
{
	const struct patch *p = &r->patch;
	buf[0] = '\0';
	if (p->new_blocks > 0)
		new_blocks_words(r, buf);
	else if (p->copied > 0 && r->parent)
		snprintf(buf, COPIED_WORDS,
			 ngettext("%zu sector copied up from %s into a block that the image has.",
				  "%zu sectors copied up from %s into blocks that the image has.",
				  p->copied),
			 p->copied, r->parent);
	return buf[0] != '\0';
}

static bool belongs(const struct changed_stretch *s, const struct patch_range *r)
{
	bool header = r->hive_at < HIVE_BASE; /* four fields that people look for */
	return !header && !s->value && !r->value && r->file_at >= s->end &&
	       r->file_at - s->end <= GAP_MAX && strcmp(r->what, s->what) == 0;
}

bool next_stretch(const struct patch *p, size_t *i, struct changed_stretch *out)
{
	if (*i >= p->n)
		return false;
	const struct patch_range *r = &p->ranges[(*i)++];
	*out = (struct changed_stretch){r->file_at, r->file_at + r->len, r->len, 1, r->what,
					r->value};
	for (; *i < p->n && belongs(out, &p->ranges[*i]); ++*i) {
		r = &p->ranges[*i];
		out->end = r->file_at + r->len;
		out->bytes += r->len;
		out->places++;
	}
	return true;
}
