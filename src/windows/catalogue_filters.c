/* SPDX-License-Identifier: MIT */
/*
 * The filters of device classes that belong there: what each Windows puts into the lists of disks
 * and volumes, and names of others that are known to do no harm.
 *
 * Without partmgr no disk shows its partitions, and from 10 on volsnap carries the boot volume's
 * stack; what the others add, encryption, caching and rates, a plain boot volume does without. The
 * classes of controllers and system devices have no filter at all on a fresh Windows.
 *
 * Source: doc/FORMATS/boot-drivers.md, "Class filters".
 */
#include "stop7b/catalogue.h"

#include "stop7b/bytes.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct standard_filter filters[] = {
	{"DiskDrive", "UpperFilters", "partmgr", WIN_XP, WIN_LATEST, NEED_CERTAIN},
	{"DiskDrive", "LowerFilters", "EhStorClass", WIN_8, WIN_LATEST, NEED_OPTIONAL},
	{"Volume", "UpperFilters", "volsnap", WIN_XP, WIN_XP, NEED_OPTIONAL},
	{"Volume", "UpperFilters", "volsnap", WIN_10, WIN_LATEST, NEED_LIKELY},
	{"Volume", "LowerFilters", "fvevol", WIN_7, WIN_LATEST, NEED_OPTIONAL},
	{"Volume", "LowerFilters", "iorate", WIN_10, WIN_LATEST, NEED_OPTIONAL},
	{"Volume", "LowerFilters", "rdyboost", WIN_7, WIN_LATEST, NEED_OPTIONAL},
};

static const char *const harmless[] = {
	"storqosflt", "wcifs", "storflt", "iasf",   "iastorf",
	"iaStorAV",   "spldr", "volmgrx", "bttflt",
};

const struct standard_filter *catalogue_filters(size_t *n)
{
	*n = COUNT(filters);
	return filters;
}

bool catalogue_filter_is_harmless(const char *service)
{
	for (size_t i = 0; i < COUNT(harmless); i++) {
		if (text_equal(harmless[i], service))
			return true;
	}
	return false;
}
