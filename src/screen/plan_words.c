/* SPDX-License-Identifier: MIT */
/*
 * A boot entry in words: its id, what it starts, why the plan takes it or leaves it, and the
 * commands that the plan runs. Nothing is decided here.
 *
 * A store holds no drive letters, so a volume is named by what the store has: [locate] where the
 * file is searched for, else nothing before the path.
 */
#include "plan_internal.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "stop7b/i18n.h"

#define GUID_ENDS 5 /* "{b2a1" and "9f0c}" */

/* ---- ids and texts ---- */

const char *plan_short_guid(const char *guid, char buf[PLAN_ID])
{
	size_t len = strlen(guid);
	if (bcd_is_guid(guid))
		snprintf(buf, PLAN_ID, "%.*s..%s", GUID_ENDS, guid, guid + len - GUID_ENDS);
	else
		snprintf(buf, PLAN_ID, "%.*s", (int)text_fit(guid, 2 * GUID_ENDS + 2), guid);
	return buf;
}

const char *plan_id(const struct bcd_object *object, char buf[PLAN_ID])
{
	if (!object->alias)
		return plan_short_guid(object->guid, buf);
	snprintf(buf, PLAN_ID, "%s", object->alias);
	return buf;
}

const char *plan_description(const struct bcd_object *object)
{
	const struct bcd_element *e = bcd_element(object, BCD_DESCRIPTION);
	return e && e->string ? e->string : "";
}

/* ---- what it boots ---- */

static bool is_same_guid(const char *a, const char *b)
{
	size_t n = b ? strlen(b) : 0;
	if (n > 1 && b[0] == '{') {
		b++;
		n -= 2;
	}
	return n > 0 && strlen(a) == n && strncasecmp(a, b, n) == 0;
}

/* The number of this disk's partition that a device names; 0 for another one. */
static unsigned own_partition(const struct app *app, const struct bcd_device *d)
{
	const struct partition_table *t = app->session ? &app->session->table : NULL;
	bool same_disk = t && t->scheme == SCHEME_MBR && t->disk_id &&
			 strtoul(t->disk_id, NULL, 16) == d->signature;
	for (size_t i = 0; t && i < t->n; i++) {
		const struct partition *item = &t->items[i];
		if (d->table == BCD_TABLE_GPT ? is_same_guid(d->partition, item->id)
					      : same_disk && item->start == d->offset)
			return item->number;
	}
	return 0;
}

static void partition_words(const struct app *app, const struct bcd_device *d, char *buf,
			    size_t cap)
{
	unsigned own = own_partition(app, d);
	char guid[GUID_TEXT + 2], id[PLAN_ID];
	snprintf(guid, sizeof(guid), "{%s}", d->partition);
	if (own)
		snprintf(buf, cap, _("partition %u of this disk"), own);
	else if (d->table == BCD_TABLE_GPT)
		snprintf(buf, cap, _("partition %s"), plan_short_guid(guid, id));
	else
		snprintf(buf, cap, _("partition, disk %08x"), d->signature);
}

static void device_words(const struct app *app, const struct bcd_device *d, char *buf, size_t cap)
{
	static const char *const words[] = {
		[BCD_DEVICE_UNKNOWN] = N_("unknown device"),
		[BCD_DEVICE_BOOT] = N_("boot device"),
		[BCD_DEVICE_PARTITION] = NULL,
		[BCD_DEVICE_DISK] = N_("whole disk"),
		[BCD_DEVICE_FLOPPY] = N_("floppy"),
		[BCD_DEVICE_CD] = N_("CD"),
		[BCD_DEVICE_FILE] = N_("file"),
		[BCD_DEVICE_RAMDISK] = N_("ramdisk"),
		[BCD_DEVICE_VHD] = N_("virtual disk"),
		[BCD_DEVICE_LOCATE] = N_("[locate]"),
	};
	if (d->kind == BCD_DEVICE_PARTITION)
		partition_words(app, d, buf, cap);
	else
		snprintf(buf, cap, "%s%s%s", _(words[d->kind]),
			 d->path && d->path[0] && d->kind != BCD_DEVICE_LOCATE ? " " : "",
			 d->path ? d->path : "");
}

static const struct bcd_element *device_of(const struct bcd_object *object)
{
	const struct bcd_element *e = bcd_element(object, BCD_OS_DEVICE);
	return e ? e : bcd_element(object, BCD_DEVICE);
}

const char *plan_boots(const struct app *app, const struct bcd_object *object, char *buf,
		       size_t cap)
{
	const struct bcd_element *e = device_of(object);
	const struct bcd_device *d = e ? e->device : NULL;
	const struct bcd_device *file = d ? bcd_device_vhd(d) : NULL;
	if (file)
		snprintf(buf, cap, "%s%s",
			 file->parent && file->parent->kind == BCD_DEVICE_LOCATE ? "[locate]" : "",
			 file->path);
	else if (d)
		device_words(app, d, buf, cap);
	else
		snprintf(buf, cap, "%s", e ? _("unknown device") : _("no device"));
	return buf;
}

/* ---- why ---- */

static void __attribute__((format(printf, 2, 3))) add(struct plan_why *out, const char *fmt, ...)
{
	va_list args;
	if (out->n == PLAN_WHY)
		return;
	va_start(args, fmt);
	vsnprintf(out->lines[out->n++], PLAN_LINE, fmt, args);
	va_end(args);
}

static void add_match(const struct plan_row *row, struct plan_why *out)
{
	const struct bcd_match *m = row->match;
	char id[PLAN_ID];
	plan_id(row->object, id);
	if (!m)
		add(out, _("%s  Nothing in it names this disk."), id);
	else if (m->how == BCD_MATCH_NONE)
		add(out, _("%s  is not this disk: %s."), id, _(m->why));
	else if (m->certain)
		add(out, _("%s  is this disk: %s."), id, _(m->why));
	else if (row->chosen)
		add(out, _("%s  may be this disk: %s."), id, _(m->why));
	else
		add(out, _("%s  may be this disk: %s. Space chooses it by hand."), id, _(m->why));
}

/* What the plan knows of an entry that it deletes. */
static void add_block(const struct cleanup_block *b, struct plan_why *out)
{
	char id[PLAN_ID];
	for (size_t i = 0; i < b->n_warnings; i++)
		add(out, "%s", b->warnings[i]);
	for (size_t i = 0; i < b->n_related; i++) {
		const struct cleanup_related *r = &b->related[i];
		add(out, "%s %s: %s.", r->what, plan_short_guid(r->guid, id), r->fate);
		char *first = out->lines[out->n - 1];
		if (*first >= 'a' && *first <= 'z')
			*first = (char)(*first - 'a' + 'A');
	}
}

static void add_kept(const struct app *app, const struct plan_row *row, struct plan_why *out)
{
	const struct bcd_match *m = row->match;
	const struct cleanup_plan *plan = plan_state(app)->plan;
	const char *why = plan ? plan_refusal_of(plan, row->object->guid) : NULL;
	bool last = plan && plan->n_others == 1 && strcmp(plan->others[0], row->object->guid) == 0;
	if (m && m->is_default)
		add(out, "%s", _("It is the default entry."));
	if (last)
		add(out, "%s", _("It is the last entry that would start Windows, so it stays."));
	else if (why && !(m && m->why == why)) /* else add_match() said it */
		add(out, _("It stays: %s."), why);
	else if (m && m->resume)
		add(out, "%s",
		    m->resume_shared ? _("Another entry uses its resume object too.")
				     : _("Its resume object would go with it."));
}

static void add_device(const struct plan_row *row, struct plan_why *out)
{
	const struct bcd_element *e = device_of(row->object);
	if (row->object->problem)
		add(out, _("Not understood in it: %s."), row->object->problem);
	if (e && e->text && !e->problem)
		add(out, "%s", e->text);
}

void plan_why_of(const struct app *app, const struct plan_row *row, struct plan_why *out)
{
	const struct cleanup_block *block = plan_block_of(app, row);
	out->n = 0;
	add_match(row, out);
	if (block)
		add_block(block, out);
	else
		add_kept(app, row, out);
	add_device(row, out);
}

/* ---- commands ---- */

static void command_words(const struct cleanup_command *c, char *buf, size_t cap)
{
	size_t used = (size_t)snprintf(buf, cap, "bcdedit");
	for (size_t i = 0; i < c->n && used < cap; i++)
		used += (size_t)snprintf(buf + used, cap - used, " %s", c->words[i]);
}

/* The export, then the commands of every entry. */
size_t plan_command_count(const struct cleanup_plan *plan)
{
	size_t n = plan->n > 0;
	for (size_t i = 0; i < plan->n; i++)
		n += plan->blocks[i].n_commands;
	return n;
}

size_t plan_command_of(const struct cleanup_plan *plan, const struct cleanup_block *block)
{
	size_t at = 1;
	for (const struct cleanup_block *b = plan->blocks; block && b < block; b++)
		at += b->n_commands;
	return block ? at : 0;
}

void plan_command_words(const struct cleanup_plan *plan, size_t i, char *buf, size_t cap)
{
	buf[0] = '\0';
	if (plan->n == 0)
		return;
	if (i == 0) {
		const struct cleanup_command *undo = &plan->blocks[0].undo;
		snprintf(buf, cap, "bcdedit /export %s",
			 undo->n > 1 ? undo->words[1] : plan->backup);
		return;
	}
	i--;
	for (size_t k = 0; k < plan->n; i -= plan->blocks[k++].n_commands)
		if (i < plan->blocks[k].n_commands) {
			command_words(&plan->blocks[k].commands[i], buf, cap);
			return;
		}
}

void plan_undo_words(const struct cleanup_plan *plan, char *buf, size_t cap)
{
	char command[PLAN_LINE];
	if (plan->n == 0) {
		buf[0] = '\0';
		return;
	}
	command_words(&plan->blocks[0].undo, command, sizeof(command));
	snprintf(buf, cap, _("Undo:  %s"), command);
}
