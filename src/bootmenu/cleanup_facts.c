/* SPDX-License-Identifier: MIT */
/*
 * What a plan's text checks on the host before it deletes an entry: lines of bcdedit's listing
 * whose name and value are the same in every language. The headings, the word before an id, yes
 * and no are translated; names of elements, paths and descriptions are not. A drive letter is the
 * host's own matter, so a virtual disk is compared by what stands behind the bracket. Where the
 * volume is gone from the host, bcdedit prints "unknown", in every language: right only for an
 * entry that a person chose.
 */
#include "cleanup_internal.h"

#include <string.h>

#define FACT_MAX  512 /* bytes; longer values are not compared, so that no line grows too long */
#define FACTS_MAX 8

/* Does bcdedit print exactly this text: nothing was escaped when it was read? */
static bool is_verbatim(const struct planner *p, const char *text, struct span raw)
{
	struct span again;
	if (text_to_utf16le(p->arena, text, &again, NULL) != 0)
		return false;
	while (raw.len >= 2 && le16(raw, raw.len - 2) == 0)
		raw.len -= 2;
	return raw.len == again.len && (raw.len == 0 || memcmp(raw.p, again.p, raw.len) == 0);
}

/* A line end in a text could pass for lines of bcdedit. */
bool planner_has_control(const struct bcd_object *object)
{
	for (size_t i = 0; i < object->n; i++) {
		const struct bcd_element *e = &object->elements[i];
		for (size_t at = 0; e->string && at + 2 <= e->raw.len; at += 2) {
			if (le16(e->raw, at) == 0)
				break;
			if (le16(e->raw, at) < 0x20)
				return true;
		}
	}
	return false;
}

/* A blank at an end is lost between columns; a long line may be cut or broken. */
static bool is_printable(const char *text)
{
	size_t len = strlen(text);
	return len > 0 && len <= FACT_MAX && text[0] != ' ' && text[len - 1] != ' ';
}

static void add_fact(struct cleanup_block *b, const char *name, const char *value, const char *also,
		     bool vhd)
{
	b->facts[b->n_facts++] = (struct cleanup_fact){
		.name = name, .value = value, .also = also, .vhd = vhd};
}

static void skip_fact(const struct planner *p, struct cleanup_block *b, const char *name)
{
	b->warnings[b->n_warnings++] = arena_printf(
		p->arena, "Its %s is not compared: it is too long or odd to be found again.", name);
}

static void string_fact(const struct planner *p, const struct bcd_element *e,
			struct cleanup_block *b)
{
	if (!e || !e->string || !e->name)
		return;
	if (is_printable(e->string) && is_verbatim(p, e->string, e->raw))
		add_fact(b, e->name, e->string, NULL, false);
	else
		skip_fact(p, b, e->name);
}

/* Only the form that bcdedit prints as "vhd=[...]\path"; partitions have other names there. */
static void device_fact(const struct planner *p, const struct bcd_element *e,
			struct cleanup_block *b)
{
	const struct bcd_device *d = e ? e->device : NULL;
	const struct bcd_device *search = d && d->kind == BCD_DEVICE_LOCATE ? d : NULL;
	const struct bcd_device *vhd = search ? search->parent : d;
	if (!vhd || vhd->kind != BCD_DEVICE_VHD || !vhd->parent || !e->name)
		return;
	const char *path = vhd->parent->path;
	if (!is_printable(path) || !is_verbatim(p, path, vhd->parent->raw_path)) {
		skip_fact(p, b, e->name);
		return;
	}
	const char *also = search && search->element
				   ? arena_printf(p->arena, "%s,locate=custom:%08x", path,
						  search->element)
				   : NULL;
	add_fact(b, e->name, path, also, true);
	b->facts[b->n_facts - 1].or_unknown = b->by_hand;
}

int planner_facts(const struct planner *p, const struct bcd_object *object, struct cleanup_block *b,
		  struct err *err)
{
	b->facts = arena_array(p->arena, FACTS_MAX, sizeof(*b->facts), err);
	if (!b->facts)
		return -1;
	device_fact(p, bcd_element(object, BCD_DEVICE), b);
	string_fact(p, bcd_element(object, BCD_PATH), b);
	string_fact(p, bcd_element(object, BCD_DESCRIPTION), b);
	device_fact(p, bcd_element(object, BCD_OS_DEVICE), b);
	string_fact(p, bcd_element(object, BCD_SYSTEM_ROOT), b);
	if (b->n_facts == 0)
		b->warnings[b->n_warnings++] =
			"Only its id and kind can be compared on the host. Look at it yourself.";
	return 0;
}
