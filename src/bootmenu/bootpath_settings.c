/* SPDX-License-Identifier: MIT */
/*
 * What an entry says about the start itself, wherever its devices lead: the folder of Windows, and
 * settings that an ordinary start does not have. Used for entries of the disk's own stores and of
 * its host's.
 */
#include "bootpath_internal.h"

#include <string.h>

/* Settings of a loader; names as bcdedit has them. */
#define BCD_TRUNCATE_MEMORY 0x15000007u
#define BCD_BOOT_DEBUG      0x16000010u
#define BCD_INTEGRITY_OFF   0x16000048u
#define BCD_TEST_SIGNING    0x16000049u
#define BCD_REMOVE_MEMORY   0x25000031u
#define BCD_CPUS            0x25000061u
#define BCD_LAST_GOOD       0x26000025u
#define BCD_VGA             0x26000040u
#define BCD_ONE_CPU         0x26000060u
#define BCD_BOOT_LOG        0x26000090u
#define BCD_DEBUG           0x260000a0u
#define BCD_NO_EARLY_LAUNCH 0x260000e1u

/* ---- what the checks of entries share ---- */

static const char *key_of(const struct judged *j)
{
	if (!j->store->partition)
		return arena_printf(j->b->arena, "%s %s", j->store->path, j->object->guid);
	return arena_printf(j->b->arena, "%u:%s %s", j->store->partition->number, j->store->path,
			    j->object->guid);
}

const char *judged_name(const struct judged *j)
{
	struct arena *arena = j->b->arena;
	const char *description = judged_string(j->object, BCD_DESCRIPTION);
	if (text_equal(j->object->guid, BCD_MANAGER_GUID))
		return said_word(N_("the boot manager's own entry"), arena);
	return said_arg(description ? said_make(arena, "the entry \"%s\"", description)
				    : said_make(arena, "the entry %s", j->object->guid),
			arena);
}

struct said judged_no_path(const struct judged *j)
{
	return said_make(j->b->arena, "%s names no loader: it has no path", judged_name(j));
}

int judged_fact(struct judged *j, enum bootpath_rule rule, struct bootpath_fact fact)
{
	fact.subject = j->object->guid;
	fact.key = key_of(j);
	return bootpath_add(j->b, rule, fact);
}

int judged_add(struct judged *j, enum bootpath_rule rule, const char *value, struct said found,
	       struct said needed)
{
	return judged_fact(
		j, rule, (struct bootpath_fact){.value = value, .found = found, .needed = needed});
}

const char *judged_string(const struct bcd_object *o, uint32_t id)
{
	const struct bcd_element *e = bcd_element(o, id);
	return e && e->string && *e->string ? e->string : NULL;
}

/* ---- the folder ---- */

static bool same_folder(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	n -= n > 1 && a[n - 1] == '\\';
	m -= m > 1 && b[m - 1] == '\\';
	for (size_t i = 0; n == m && i < n; i++) {
		const char x[2] = {a[i], 0}, y[2] = {b[i], 0};
		if (text_casecmp(x, y) != 0)
			return false;
	}
	return n == m;
}

bool judged_names_root(const struct judged *j)
{
	const char *root = judged_string(j->object, BCD_SYSTEM_ROOT);
	return root && same_folder(root, j->b->q->install->root);
}

int judged_check_root(struct judged *j)
{
	const char *root = judged_string(j->object, BCD_SYSTEM_ROOT);
	if (judged_names_root(j))
		return 0;
	struct bootpath_fact fact = {
		.value = "systemroot",
		.found = root ? said_make(j->b->arena, "%s: its systemroot is %s", judged_name(j),
					  root)
			      : said_make(j->b->arena, "%s has no systemroot", judged_name(j)),
		.needed = said_as_is(j->b->q->install->root),
	};
	struct mending m = mend_begin(j->b, j->store);
	mend_root(&m, j);
	return mend_done(&m, "systemroot", &fact) < 0 ? -1
						      : judged_fact(j, BOOTPATH_SYSTEM_ROOT, fact);
}

/* ---- what is set ---- */

/* Elements that mean something when they are there (numbers) or not zero (booleans). */
static const struct {
	uint32_t id;
	enum bootpath_rule rule;
	const char *name;
} settings[] = {
	{BCD_SAFE_BOOT, BOOTPATH_OTHER_MODE, "safeboot"},
	{BCD_WINPE, BOOTPATH_OTHER_MODE, "winpe"},
	{BCD_LAST_GOOD, BOOTPATH_OTHER_MODE, "lastknowngood"},
	{BCD_TEST_SIGNING, BOOTPATH_LEFTOVERS, "testsigning"},
	{BCD_INTEGRITY_OFF, BOOTPATH_LEFTOVERS, "nointegritychecks"},
	{BCD_BOOT_DEBUG, BOOTPATH_LEFTOVERS, "bootdebug"},
	{BCD_DEBUG, BOOTPATH_LEFTOVERS, "debug"},
	{BCD_BOOT_LOG, BOOTPATH_LEFTOVERS, "bootlog"},
	{BCD_DETECT_HAL, BOOTPATH_LEFTOVERS, "detecthal"},
	{BCD_NO_EARLY_LAUNCH, BOOTPATH_LEFTOVERS, "disableelamdrivers"},
	{BCD_VGA, BOOTPATH_LEFTOVERS, "vga"},
	{BCD_ONE_CPU, BOOTPATH_LEFTOVERS, "onecpu"},
	{BCD_CPUS, BOOTPATH_LEFTOVERS, "numproc"},
	{BCD_TRUNCATE_MEMORY, BOOTPATH_LEFTOVERS, "truncatememory"},
	{BCD_REMOVE_MEMORY, BOOTPATH_LEFTOVERS, "removememory"},
};

/* detecthal is what an entry of a virtual disk usually has. */
static bool is_set(const struct judged *j, const struct bcd_element *e)
{
	if (!e || e->problem || (e->id == BCD_DETECT_HAL && !j->store->partition))
		return false;
	return e->format != BCD_FORMAT_BOOLEAN || (e->n > 0 && e->integers[0] != 0);
}

/* One finding for all settings of a rule: "testsigning, bootlog". */
static int check_settings(struct judged *j, enum bootpath_rule rule)
{
	const char *list = NULL, *first = NULL;
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		const struct bcd_element *e = bcd_inherited(&j->store->store, j->object,
							    settings[i].id);
		if (settings[i].rule != rule || !is_set(j, e))
			continue;
		first = first ? first : settings[i].name;
		list = arena_printf(j->b->arena, "%s%s%s %s", list ? list : "", list ? ", " : "",
				    settings[i].name, e->text ? e->text : "");
		if (!list)
			return err_set(j->b->err, E_MEMORY, "no memory for a finding");
	}
	return list ? judged_add(j, rule, first,
				 said_make(j->b->arena, "%s sets %s", judged_name(j), list),
				 said_of("not set"))
		    : 0;
}

int judged_check_settings(struct judged *j)
{
	return check_settings(j, BOOTPATH_OTHER_MODE) < 0 ||
			       check_settings(j, BOOTPATH_LEFTOVERS) < 0
		       ? -1
		       : 0;
}
