/* SPDX-License-Identifier: MIT */
/*
 * DriverDatabase, Windows 8 and later: the entry that binds hardware ids to the service of a
 * package.
 *
 * A package that Windows has imported has an entry without configurations: it is completed under
 * the name that it has (oem4.inf). Another one comes under its own name where that is free, and with
 * the smallest set that starts, since none of its files lies in the DriverStore.
 * Source: doc/FORMATS/packages.md, "What binds it".
 */
#include "package_registry_internal.h"

#include <string.h>

#define DATABASE      "DriverDatabase"
#define VERSION_LEN   48u
#define VERSION_GUID  8u
#define VERSION_DATE  24u
#define VERSION_PARTS 32u
#define CONFIG_SCOPE  7u

/* PROCESSOR_ARCHITECTURE_* of the Windows SDK, and how labels call them. */
static const struct {
	const char *name, *label;
	uint16_t number;
} processors[] = {{"x86", "x86", 0}, {"x64", "amd64", 9}, {"arm64", "arm64", 12}};

static size_t processor_of(const struct edits *e)
{
	size_t i = 0, last = sizeof(processors) / sizeof(processors[0]) - 1;
	while (i < last && !text_equal(processors[i].name, e->request->inst->architecture))
		i++;
	return i;
}

struct entry {
	const char *inf, *label;
	const char *inf_key, *package_key;
};

/* ---- Version ---- */

static int make_version(struct edits *e, struct span *out)
{
	const struct package *p = e->request->package;
	uint8_t *v = arena_alloc(e->arena, VERSION_LEN, e->err);
	if (!v)
		return -1;
	v[1] = 0xff; /* somebody else's than Windows' own */
	put_le16(v + 2, processors[processor_of(e)].number);
	memcpy(v + VERSION_GUID, p->class_guid, sizeof(p->class_guid));
	put_le32(v + VERSION_DATE, (uint32_t)p->filetime);
	put_le32(v + VERSION_DATE + 4, (uint32_t)(p->filetime >> 32));
	for (size_t i = 0; i < 4; i++)
		put_le16(v + VERSION_PARTS + 2 * i, p->version_parts[3 - i]);
	*out = (struct span){v, VERSION_LEN};
	return 0;
}

/* The stored Version says the same class, date and version. */
static bool is_same_version(struct edits *e, const char *package_key, struct span version)
{
	struct key k;
	struct value v;
	struct span is;
	return key_find(hive_root(e->hive), package_key, &k, NULL) == 0 &&
	       value_find(k, "Version", &v, NULL) == 0 && value_data(v, e->arena, &is, NULL) == 0 &&
	       is.len == VERSION_LEN &&
	       memcmp(is.p + VERSION_GUID, version.p + VERSION_GUID,
		      VERSION_LEN - VERSION_GUID - 8) == 0;
}

/* ---- names ---- */

static int name_entry(struct edits *e, const char *inf, const char *label, struct entry *out)
{
	out->inf = inf;
	out->label = label;
	out->inf_key = edits_path(e, DATABASE "\\DriverInfFiles", inf);
	out->package_key = edits_path(e, DATABASE "\\DriverPackages", label);
	return out->inf_key && out->package_key ? 0 : -1;
}

/* An imported package of the same .inf name and version: 1 when found. */
static int find_imported(struct edits *e, struct span version, struct entry *out)
{
	const struct package *p = e->request->package;
	struct key packages, k;
	size_t len = strlen(p->inf);
	if (key_find(hive_root(e->hive), DATABASE "\\DriverPackages", &packages, NULL) < 0)
		return 0;
	struct key_iter it = key_subkeys(packages);
	while (key_next(&it, &k)) {
		const char *label = key_raw_name(k, e->arena);
		if (!label)
			return no_memory(e->err);
		if (strncasecmp(label, p->inf, len) != 0 || label[len] != '_')
			continue;
		const char *key = edits_path(e, DATABASE "\\DriverPackages", label);
		const char *inf = key ? edits_text_of(e, key, "") : NULL;
		if (!key)
			return -1;
		if (inf && *inf && is_same_version(e, key, version))
			return name_entry(e, inf, label, out) < 0 ? -1 : 1;
	}
	return 0;
}

/* The entry of a package in the store goes by its folder. */
static int find_stored(struct edits *e, struct entry *out)
{
	const struct package *p = e->request->package;
	const char *key = edits_path(e, DATABASE "\\DriverPackages", p->label);
	const char *inf = key ? edits_text_of(e, key, "") : NULL;
	return key ? name_entry(e, inf && *inf ? inf : p->inf, p->label, out) : -1;
}

/* A name that nobody uses: the .inf's own, else one with a number behind it. */
static int find_free(struct edits *e, struct entry *out)
{
	const struct package *p = e->request->package;
	const char *inf = p->inf;
	struct key k;
	for (unsigned i = 1; i < 1000; i++) {
		const char *label = arena_printf(e->arena, "%s_%s_%016x", inf,
						 processors[processor_of(e)].label, 0);
		if (!label)
			return no_memory(e->err);
		if (name_entry(e, inf, label, out) < 0)
			return -1;
		if (key_find(hive_root(e->hive), out->inf_key, &k, NULL) < 0)
			return 0;
		const char *active = edits_text_of(e, out->inf_key, "Active");
		if (text_equal(active, label))
			return 0; /* ours */
		inf = arena_printf(e->arena, "%.*s%u.inf", (int)strlen(p->inf) - 4, p->inf, i);
		if (!inf)
			return no_memory(e->err);
	}
	return 0;
}

static int find_entry(struct edits *e, struct span version, struct entry *out)
{
	if (e->request->package->label)
		return find_stored(e, out);
	int found = find_imported(e, version, out);
	return found ? (found < 0 ? -1 : 0) : find_free(e, out);
}

/* ---- what is written ---- */

static int bind_id(struct edits *e, const struct entry *entry, const struct package_id *id)
{
	uint8_t *rank = arena_alloc(e->arena, 4, e->err);
	const char *key = edits_path(e, DATABASE "\\DeviceIds", id->id);
	const char *descriptors = edits_path(e, entry->package_key, "Descriptors");
	const char *descriptor = descriptors ? edits_path(e, descriptors, id->id) : NULL;
	if (!rank || !key || !descriptor)
		return -1;
	rank[0] = (uint8_t)(id->position > 0xff ? 0xff : id->position);
	rank[1] = e->request->package->feature_score;
	if (!edits_has(e, key, entry->inf) &&
	    edits_set(e, key, entry->inf, REG_BINARY, (struct span){rank, 4}) < 0)
		return -1;
	return edits_text(e, descriptor, "Configuration", REG_SZ, id->configuration);
}

/* An id may stand in two lines: the better place counts. */
static bool is_best_place(const struct package *p, size_t i)
{
	for (size_t k = 0; k < p->n_ids; k++)
		if (k != i && text_equal(p->ids[k].id, p->ids[i].id) &&
		    (p->ids[k].position < p->ids[i].position ||
		     (p->ids[k].position == p->ids[i].position && k < i)))
			return false;
	return true;
}

static int add_configuration(struct edits *e, const struct entry *entry, const char *name)
{
	const char *all = edits_path(e, entry->package_key, "Configurations");
	const char *key = all ? edits_path(e, all, name) : NULL;
	if (!key || edits_text(e, key, "Service", REG_SZ, e->request->package->service) < 0 ||
	    edits_number(e, key, "ConfigFlags", 0) < 0)
		return -1;
	return e->request->package->label && e->request->inst->release >= WIN_10
		       ? edits_number(e, key, "ConfigScope", CONFIG_SCOPE)
		       : 0;
}

/* Every id once, and each configuration of them. */
static int bind_ids(struct edits *e, const struct entry *entry)
{
	const struct package *p = e->request->package;
	const char **names = arena_array(e->arena, p->n_ids, sizeof(*names), e->err);
	size_t n = 0;
	if (!names)
		return -1;
	for (size_t i = 0; i < p->n_ids; i++) {
		size_t k = 0;
		while (k < n && !text_equal(names[k], p->ids[i].configuration))
			k++;
		if (k == n)
			names[n++] = p->ids[i].configuration;
	}
	if (edits_words(e, entry->inf_key, "Configurations", names, n) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (add_configuration(e, entry, names[i]) < 0)
			return -1;
	for (size_t i = 0; i < p->n_ids; i++)
		if (is_best_place(p, i) && bind_id(e, entry, &p->ids[i]) < 0)
			return -1;
	return 0;
}

int package_bind_database(struct edits *e)
{
	struct span version;
	struct entry entry;
	if (make_version(e, &version) < 0 || find_entry(e, version, &entry) < 0)
		return -1;
	if (!edits_has(e, entry.package_key, "Version") &&
	    edits_set(e, entry.package_key, "Version", REG_BINARY, version) < 0)
		return -1;
	if (edits_words(e, entry.inf_key, "", &entry.label, 1) < 0 ||
	    edits_text(e, entry.inf_key, "Active", REG_SZ, entry.label) < 0)
		return -1;
	return bind_ids(e, &entry);
}
