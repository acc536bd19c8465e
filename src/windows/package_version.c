/* SPDX-License-Identifier: MIT */
/*
 * Versions of packages: DriverVer of the .inf, class GUIDs, and the Windows that a folder is named
 * after where a maker puts one file for each Windows into folders of the same .inf.
 * Source: doc/FORMATS/packages.md, "The .inf file", "Which file fits".
 */
#include "package_internal.h"

#include <stdio.h>
#include <string.h>

#define DAYS_TO_1970     134774u /* from 1601-01-01, a FILETIME's beginning */
#define FILETIME_PER_DAY 864000000000ull

/* Days from 1970-01-01 of a date of the Gregorian calendar (March is the first month of the sum). */
static int64_t days_of(unsigned year, unsigned month, unsigned day)
{
	unsigned y = month <= 2 ? year - 1 : year, m = (month + 9) % 12;
	return (int64_t)365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

static bool is_date(unsigned year, unsigned month, unsigned day)
{
	return year >= 1970 && year <= 2999 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

int package_version(const char *date, const char *version, struct package *p, struct arena *arena,
		    struct err *err)
{
	unsigned month, day, year, parts[4] = {0};
	char end;
	if (date && sscanf(date, "%2u%*1[-/]%2u%*1[-/]%4u%c", &month, &day, &year, &end) == 3 &&
	    is_date(year, month, day)) {
		snprintf(p->date, sizeof(p->date), "%04u-%02u-%02u", year, month, day);
		p->filetime = (uint64_t)(days_of(year, month, day) + DAYS_TO_1970) *
			      FILETIME_PER_DAY;
	}
	int n = version ? sscanf(version, "%5u.%5u.%5u.%5u%c", &parts[0], &parts[1], &parts[2],
				 &parts[3], &end)
			: 0;
	if (n < 1 || n > 4)
		return 0;
	for (size_t i = 0; i < 4; i++)
		p->version_parts[i] = (uint16_t)(parts[i] > 0xffff ? 0xffff : parts[i]);
	p->version = text_utf8(arena, version);
	return p->version ? 0 : no_memory(err);
}

bool package_guid(const char *text, uint8_t out[16])
{
	unsigned a, b, c, d[8];
	int end = 0;
	if (strlen(text) != GUID_TEXT - 1 ||
	    sscanf(text, "{%8x-%4x-%4x-%2x%2x-%2x%2x%2x%2x%2x%2x}%n", &a, &b, &c, &d[0], &d[1],
		   &d[2], &d[3], &d[4], &d[5], &d[6], &d[7], &end) != 11 ||
	    end != GUID_TEXT - 1)
		return false;
	put_le32(out, a);
	put_le16(out + 4, (uint16_t)b);
	put_le16(out + 6, (uint16_t)c);
	for (size_t i = 0; i < 8; i++)
		out[8 + i] = (uint8_t)d[i];
	return true;
}

/* ---- folders ---- */

static const struct {
	const char *name;
	uint16_t release;
	unsigned build; /* the first; 0: the release says all */
	bool server;
} folders[] = {
	{"xp", WIN_XP, 0, false},      {"2k3", WIN_2003, 0, true},    {"2k8", WIN_VISTA, 0, true},
	{"w7", WIN_7, 0, false},       {"2k8R2", WIN_7, 0, true},     {"w8", WIN_8, 0, false},
	{"2k12", WIN_8, 0, true},      {"w8.1", WIN_81, 0, false},    {"2k12R2", WIN_81, 0, true},
	{"w10", WIN_10, 10240, false}, {"2k16", WIN_10, 14393, true}, {"2k19", WIN_10, 17763, true},
	{"2k22", WIN_10, 20348, true}, {"w11", WIN_10, 22000, false}, {"2k25", WIN_10, 26100, true},
};

static size_t folder_of(const char *name, size_t len)
{
	size_t i = 0;
	while (i < sizeof(folders) / sizeof(folders[0]) &&
	       (strlen(folders[i].name) != len || strncasecmp(folders[i].name, name, len) != 0))
		i++;
	return i;
}

void package_folder_words(struct package *p)
{
	const char *name = p->raw_path;
	for (size_t len; name[len = strcspn(name, "/\\")]; name += len + 1) {
		size_t i = folder_of(name, len);
		if (i == sizeof(folders) / sizeof(folders[0]))
			continue;
		p->folder_release = folders[i].release;
		p->folder_build = folders[i].build;
		p->folder_server = folders[i].server;
	}
}

bool package_folder_is_newer(const struct package *p, const struct install *inst)
{
	if (p->folder_release != inst->release)
		return p->folder_release > inst->release;
	return inst->build && p->folder_build > inst->build;
}
