/* SPDX-License-Identifier: MIT */
/*
 * A row of the driver list in words: what the driver is, its Start, what would mend it, and why.
 * Nothing is judged here.
 */
#include "list_internal.h"

#include <string.h>

#include "stop7b/i18n.h"

#define SERVICE_WIN32 0x30u /* own or shared process: a service, not a driver */

const char *driver_role(const char *name, const struct service *service)
{
	const struct driver *known = catalogue_driver(name);
	if (known)
		return _(known->role);
	if (service && service->type != UINT32_MAX && (service->type & SERVICE_WIN32))
		return _("(service, not boot-critical)");
	return service && service->display_name ? service->display_name : "";
}

const char *row_role(const struct list_row *row)
{
	if (row->finding && finding_is_sentence(row->finding))
		return _(row->finding->rule->title);
	return driver_role(row->name, row->service);
}

char row_glyph(const struct list_row *row)
{
	return row->finding ? finding_glyph(row->finding->severity) : ' ';
}

const char *row_subject(const struct list_row *row)
{
	return row->finding && finding_is_sentence(row->finding) ? row->finding->subject
								 : row->name;
}

bool row_fixable(const struct list_row *row)
{
	return row->finding && row->finding->fixable;
}

const struct change *row_staged(const struct app *app, const struct list_row *row)
{
	return app_staged(app) ? staged_find(app->session->staged, row_subject(row)) : NULL;
}

static bool overridden(const struct service *service)
{
	for (size_t i = 0; i < service->n_overrides; i++)
		if (service->overrides[i].value != service->start)
			return true;
	return false;
}

const char *row_start(const struct list_row *row, char buf[64])
{
	char odd[24];
	if (!row->service)
		return _("absent");
	snprintf(buf, 64, "%s%s", _(start_words(row->service->start, odd)),
		 overridden(row->service) ? _(", override") : "");
	return buf;
}

const char *row_fix(const struct app *app, const struct list_row *row, char buf[64])
{
	const struct change *change = row_staged(app, row);
	char odd[24];
	const char *words = row->finding ? row->finding->fix_words.shown : "";
	if (!change)
		return words;
	if (!words[0] && change->n && change->edits[0].data.len == 4)
		words = _(start_words(le32(change->edits[0].data, 0), odd));
	snprintf(buf, 64, "%s", words);
	return buf;
}

static const char *start_prose(uint32_t start)
{
	static const char *const prose[] = {
		N_("Start=0: loaded by the boot loader."),
		N_("Start=1: loaded after the boot drivers."),
		N_("Start=2: started when the system is up."),
		N_("Start=3: loaded when something asks for it."),
		N_("Start=4: never loaded."),
	};
	return start < 5 ? _(prose[start]) : _("It has no usable Start value.");
}

static void file_words(const struct app *app, const struct service *service, char *buf, size_t cap)
{
	const struct driver_file *file = &service->file;
	const char *name = file->path ? last_part(file->path) : service->name;
	unsigned p = app->session->chosen->install.partition;
	char number[NUMBER_TEXT];
	if (file->state == FILE_PRESENT)
		snprintf(buf, cap, _("%s is present on P%u (%s bytes)."), name, p,
			 number_words(file->size, number));
	else if (file->state == FILE_MISSING)
		snprintf(buf, cap, _("%s is missing on P%u."), name, p);
	else if (file->state == FILE_EMPTY)
		snprintf(buf, cap, _("%s is empty on P%u."), name, p);
	else if (file->state == FILE_BAD)
		snprintf(buf, cap, _("%s on P%u: %s."), name, p, file->fault.shown);
	else if (file->state == FILE_PACKED)
		snprintf(buf, cap, _("%s on P%u is compressed (%s)."), name, p,
			 ntfs_packing_name(file->packing));
	else if (file->state == FILE_ELSEWHERE)
		snprintf(buf, cap, "%s", _("Its file is on another volume."));
	else
		snprintf(buf, cap, "%s", _("Its file was not looked for."));
}

void row_why(const struct app *app, const struct list_row *row, char *why, char *file, size_t cap)
{
	const struct service *service = row->service;
	why[0] = file[0] = '\0';
	if (row->finding)
		snprintf(why, cap, "%s",
			 row->finding->no_fix.plain && !finding_is_sentence(row->finding)
				 ? row->finding->no_fix.shown
				 : row->finding->why.shown);
	else if (service)
		snprintf(why, cap, "%s", start_prose(service->start));
	if (!service)
		return;
	file_words(app, service, file, cap);
	size_t len = strlen(file);
	if (row->finding && service->start_at && len < cap)
		snprintf(file + len, cap - len, _("  Cell at hive byte 0x%llx."),
			 (unsigned long long)service->start_at);
}
