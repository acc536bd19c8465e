/* SPDX-License-Identifier: MIT */
/*
 * Which Windows is it? From the SYSTEM hive alone.
 *
 * Windows 8 and later say it in DriverDatabase\Version (major << 24 | minor << 16), and the inbox
 * driver packages there carry the build. Earlier releases are told by services that came with
 * them: the newest release of which any mark is found wins, so one deleted service changes
 * nothing. No mark at all leaves the release unknown (0), which the diagnosis treats with doubt.
 *
 * Vista and 2000 are inferred from what their neighbours have and they must lack.
 * Source: doc/FORMATS/installation.md, "Which release".
 */
#include "install_internal.h"

#include "stop7b/catalogue.h"

#include <stdio.h>
#include <string.h>

#define COUNT(a)  (sizeof(a) / sizeof((a)[0]))
#define MARKS_MAX 6

#define BUILD_WINDOWS_11 22000u
/* DriverPackages\<label>\Version: 8 bytes, class GUID, date, then four u16, lowest first. */
#define PACKAGE_VERSION_BUILD 34u
#define PACKAGE_VERSION_MAJOR 38u
#define PACKAGE_VERSION_LEN   40u

static const struct mark {
	uint16_t release; /* 0: later than 7, but the database that would say it is missing */
	const char *services[MARKS_MAX];
} marks[] = {
	{0, {"storahci", "spaceport", "acpiex"}},
	{WIN_7, {"vdrvroot", "rdyboost", "KSecPkg", "pcw", "hwpolicy"}},
	{WIN_VISTA, {"volmgr", "volmgrx", "CLFS", "msahci", "spldr"}},
	{WIN_2003, {"crcdisk", "DfsDriver"}},
	{WIN_XP, {"VolSnap", "srservice"}},
	{WIN_2000, {"PartMgr", "MountMgr", "ACPI", "dmload"}},
	{WIN_NT4, {"Ftdisk"}},
};

static const struct name {
	uint16_t release;
	const char *client, *server;
} names[] = {
	{WIN_NT4, "Windows NT 4.0", "Windows NT 4.0 Server"},
	{WIN_2000, "Windows 2000", "Windows 2000 Server"},
	{WIN_XP, "Windows XP", "Windows Server 2003"},
	{WIN_2003, "Windows XP x64", "Windows Server 2003"},
	{WIN_VISTA, "Windows Vista", "Windows Server 2008"},
	{WIN_7, "Windows 7", "Windows Server 2008 R2"},
	{WIN_8, "Windows 8", "Windows Server 2012"},
	{WIN_81, "Windows 8.1", "Windows Server 2012 R2"},
	{WIN_10, "Windows 10", "Windows Server"},
};

/* Servers that share the version number 10.0, newest first. */
static const struct {
	unsigned build;
	const char *name;
} servers[] = {
	{26100, "Windows Server 2025"},
	{20348, "Windows Server 2022"},
	{17763, "Windows Server 2019"},
	{14393, "Windows Server 2016"},
};

/* Inbox packages whose version is the build; any of them will do. */
static const char *const inbox_packages[] = {"machine.inf", "disk.inf", "volume.inf", "mshdc.inf"};

/* DriverDatabase\Architecture is PROCESSOR_ARCHITECTURE_* of the Windows SDK. */
static const struct {
	uint32_t number;
	const char *environment, *name;
} architectures[] = {
	{0, "x86", "x86"},
	{9, "AMD64", "x64"},
	{12, "ARM64", "arm64"},
};

static int read_package_build(struct reader *r, struct key database, const char *inf,
			      struct err *err)
{
	const char *label = NULL;
	struct key k;
	struct value v;
	struct span data;
	char path[256];
	snprintf(path, sizeof(path), "DriverInfFiles\\%s", inf);
	if (key_find(database, path, &k, NULL) < 0)
		return 0;
	if (read_text(r, k, "Active", &label, err) < 0)
		return -1;
	if (!label || strlen(label) > sizeof(path) - 32)
		return 0;
	snprintf(path, sizeof(path), "DriverPackages\\%s", label);
	if (key_find(database, path, &k, NULL) < 0 || value_find(k, "Version", &v, NULL) < 0 ||
	    value_data(v, r->arena, &data, NULL) < 0 || !span_holds(data, 0, PACKAGE_VERSION_LEN))
		return 0;
	if (le16(data, PACKAGE_VERSION_MAJOR) == r->out->release >> 8)
		r->out->build = le16(data, PACKAGE_VERSION_BUILD);
	return 0;
}

static int read_database(struct reader *r, struct key database, struct err *err)
{
	uint32_t version = 0, architecture;
	r->out->has_driver_database = true;
	if (key_u32(database, "Version", &version, NULL) == 0)
		r->out->release = (uint16_t)(version >> 16);
	for (size_t i = 0; r->out->build == 0 && i < COUNT(inbox_packages); i++) {
		if (read_package_build(r, database, inbox_packages[i], err) < 0)
			return -1;
	}
	if (key_u32(database, "Architecture", &architecture, NULL) < 0)
		return 0;
	for (size_t i = 0; i < COUNT(architectures); i++) {
		if (architectures[i].number == architecture)
			r->out->architecture = architectures[i].name;
	}
	return 0;
}

static bool has_mark(const struct control_set *set, const struct mark *m)
{
	for (size_t i = 0; i < MARKS_MAX && m->services[i]; i++) {
		if (set_service(set, m->services[i]))
			return true;
	}
	return false;
}

/* XP's own server is 2003; they share every mark but the product type. */
static uint16_t release_by_marks(const struct control_set *set, bool server)
{
	for (size_t i = 0; i < COUNT(marks); i++) {
		if (has_mark(set, &marks[i]))
			return marks[i].release == WIN_XP && server ? WIN_2003 : marks[i].release;
	}
	return 0;
}

static int read_architecture(struct reader *r, struct key set_key, struct err *err)
{
	const char *text = NULL;
	struct key k;
	if (r->out->architecture ||
	    key_find(set_key, "Control\\Session Manager\\Environment", &k, NULL) < 0)
		return 0;
	if (read_text(r, k, "PROCESSOR_ARCHITECTURE", &text, err) < 0)
		return -1;
	for (size_t i = 0; text && i < COUNT(architectures); i++) {
		if (text_equal(text, architectures[i].environment))
			r->out->architecture = architectures[i].name;
	}
	return 0;
}

static const char *name_of_10(unsigned build, bool server, const char *otherwise)
{
	if (!server)
		return build >= BUILD_WINDOWS_11 ? "Windows 11" : otherwise;
	for (size_t i = 0; i < COUNT(servers); i++) {
		if (build >= servers[i].build)
			return servers[i].name;
	}
	return otherwise;
}

static const char *version_name(const struct install *inst, bool server)
{
	for (size_t i = 0; i < COUNT(names); i++) {
		if (names[i].release != inst->release)
			continue;
		const char *name = server ? names[i].server : names[i].client;
		return inst->release == WIN_10 ? name_of_10(inst->build, server, name) : name;
	}
	return "Windows";
}

int read_version(struct reader *r, struct err *err)
{
	struct install *out = r->out;
	const struct control_set *set = install_set(out, out->boots_with);
	const char *product = NULL;
	struct key database, set_key, k;
	if (key_find(hive_root(r->hive), "DriverDatabase", &database, NULL) == 0 &&
	    read_database(r, database, err) < 0)
		return -1;
	if (!set && out->n_sets)
		set = &out->sets[0];
	if (set && key_find(hive_root(r->hive), set->key, &set_key, NULL) == 0) {
		if (key_find(set_key, "Control\\ProductOptions", &k, NULL) == 0 &&
		    read_text(r, k, "ProductType", &product, err) < 0)
			return -1;
		if (read_architecture(r, set_key, err) < 0)
			return -1;
	}
	bool server = product && !text_equal(product, "WinNT");
	out->edition = server ? EDITION_SERVER : product ? EDITION_CLIENT : EDITION_UNKNOWN;
	if (set && !out->has_driver_database)
		out->release = release_by_marks(set, server);
	if (out->release == 0)
		install_note(r, "cannot tell which Windows this is");
	out->version = version_name(out, server);
	return 0;
}
