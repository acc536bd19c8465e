/* SPDX-License-Identifier: MIT */
/*
 * Driver packages: versions, which package is the better one, what one .inf offers, and the files
 * that belong to it.
 */
#include "test.h"

#include <sys/stat.h>

#include "pe_test.h"
#include "stop7b/pe.h"
#include "src/windows/package_internal.h"

static const struct install windows10 = {
	.root = "\\Windows",
	.release = WIN_10,
	.build = 19041,
	.version = "Windows 10",
	.architecture = "x64",
	.edition = EDITION_CLIENT,
};

/* ---- versions ---- */

static const struct {
	const char *date, *version; /* as DriverVer has them */
	const char *day, *shown;    /* "" and NULL: none */
	uint64_t filetime;
	uint16_t parts[4];
} versions[] = {
	{"06/21/2006",
	 "6.3.9600.16384",
	 "2006-06-21",
	 "6.3.9600.16384",
	 0x01c694c5a38c8000,
	 {6, 3, 9600, 16384}},
	{"11/04/2024",
	 "100.95.104.26200",
	 "2024-11-04",
	 "100.95.104.26200",
	 0x01db2e4c7dc4c000,
	 {100, 95, 104, 26200}},
	{"2-29-2000", "1", "2000-02-29", "1", 125962560000000000, {1}},
	{"01/01/1970", "1.70000", "1970-01-01", "1.70000", 116444736000000000, {1, 65535}},
	{"13/01/2020", "x", "", NULL, 0, {0}},
	{"00/01/2020", "1.2.3.4.5", "", NULL, 0, {0}},
	{"2020", "", "", NULL, 0, {0}},
	{"01/01/20201", "1.2.3.4x", "", NULL, 0, {0}},
	{NULL, NULL, "", NULL, 0, {0}},
};

static void test_versions(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
		struct arena *arena = arena_new();
		struct package p = {0};
		assert_int_equal(
			package_version(versions[i].date, versions[i].version, &p, arena, NULL), 0);
		assert_string_equal(p.date, versions[i].day);
		assert_true(text_equal(p.version, versions[i].shown));
		assert_true(p.filetime == versions[i].filetime);
		assert_memory_equal(p.version_parts, versions[i].parts, sizeof(p.version_parts));
		arena_free(arena);
	}
}

static void test_guids(void **state)
{
	static const uint8_t scsi[] = {0x7b, 0xe9, 0x36, 0x4d, 0x25, 0xe3, 0xce, 0x11,
				       0xbf, 0xc1, 0x08, 0x00, 0x2b, 0xe1, 0x03, 0x18};
	uint8_t guid[16];
	(void)state;
	assert_true(package_guid("{4D36E97B-e325-11ce-bfc1-08002be10318}", guid));
	assert_memory_equal(guid, scsi, 16);
	assert_false(package_guid("4D36E97B-e325-11ce-bfc1-08002be10318", guid));
	assert_false(package_guid("{4D36E97B-e325-11ce-bfc1-08002be1031g}", guid));
	assert_false(package_guid("{4D36E97B-e325-11ce-bfc1-08002be103180}", guid));
	assert_false(package_guid("", guid));
}

static void test_folders(void **state)
{
	static const struct {
		const char *path;
		uint16_t release;
		unsigned build;
		bool server, newer;
	} paths[] = {
		{"viostor/w10/amd64/viostor.inf", WIN_10, 10240, false, false},
		{"viostor/W8.1/amd64/viostor.inf", WIN_81, 0, false, false},
		{"amd64/2k8r2/viostor.inf", WIN_7, 0, true, false},
		{"viostor\\2k19\\viostor.inf", WIN_10, 17763, true, false},
		{"w11/viostor.inf", WIN_10, 22000, false, true},
		{"drivers/viostor.inf", 0, 0, false, false},
		{"x/w10", 0, 0, false, false},
		{"w7/w10/viostor.inf", WIN_10, 10240, false, false},
	};
	struct install seven = {.release = WIN_7};
	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct package p = {.raw_path = paths[i].path};
		package_folder_words(&p);
		assert_int_equal(p.folder_release, paths[i].release);
		assert_int_equal(p.folder_build, paths[i].build);
		assert_int_equal(p.folder_server, paths[i].server);
		assert_int_equal(package_folder_is_newer(&p, &windows10), paths[i].newer);
		assert_int_equal(package_folder_is_newer(&p, &seven), paths[i].release > WIN_7);
	}
}

/* ---- which is better ---- */

static const struct package_target blk[] = {{.position = 1}};

/* A package for virtio-blk with one thing different. */
static struct package package(const char *source)
{
	struct package p = {.source = source,
			    .service = "viostor",
			    .fits = true,
			    .filetime = 1000,
			    .version_parts = {1, 2, 3, 4},
			    .made_for = WIN_10,
			    .targets = blk,
			    .n_targets = 1};
	memcpy(p.sha256, source, strlen(source));
	return p;
}

enum { TARGETS = 3 };

static struct package_target targets[TARGETS];

static void serve(struct package *p, size_t i, unsigned position, bool partly)
{
	targets[i] = (struct package_target){catalogue_target("kvm-virtio-blk"), position, partly};
	p->targets = &targets[i];
}

/* The best for virtio-blk, and how many are as good. */
static const char *best(struct package *items, size_t n, bool allow, size_t *n_best)
{
	struct arena *arena = arena_new();
	struct packages all = {.items = items, .n = n};
	struct err err = {0};
	size_t count;
	packages_sort(&all, &windows10);
	const struct package **list = packages_for(&all, "kvm-virtio-blk", allow, arena, &count,
						   n_best, &err);
	assert_non_null(list);
	const char *source = count ? list[0]->source : NULL;
	arena_free(arena);
	return source;
}

static void test_rank(void **state)
{
	(void)state;
	for (int rule = 0; rule < 8; rule++) {
		struct package items[2] = {package("a"), package("b")};
		size_t n_best;
		serve(&items[0], 0, rule == 0 ? 2 : 1, rule == 1);
		serve(&items[1], 1, 1, false);
		items[1].filetime += rule == 2;
		items[1].version_parts[3] += rule == 3;
		items[0].made_for = rule == 4 ? WIN_81 : WIN_10;
		items[0].folder_release = items[1].folder_release = WIN_10;
		items[0].folder_server = rule == 5;
		items[1].folder_build = rule == 6;
		assert_string_equal(best(items, 2, false, &n_best), rule == 7 ? "a" : "b");
		assert_int_equal(n_best, rule == 7 ? 2 : 1);
	}
}

static void test_same_file(void **state)
{
	struct package items[3] = {package("a"), package("a"), package("b")};
	size_t n_best;
	(void)state;
	for (size_t i = 0; i < 3; i++)
		serve(&items[i], i, 1, false);
	best(items, 2, false, &n_best);
	assert_int_equal(n_best, 1);
	best(items, 3, false, &n_best);
	assert_int_equal(n_best, 3);
}

static void test_unsigned(void **state)
{
	struct package items[2] = {package("a"), package("b")};
	size_t n_best;
	(void)state;
	serve(&items[0], 0, 1, false);
	serve(&items[1], 1, 2, false);
	items[0].unsigned_64bit = true;
	assert_string_equal(best(items, 2, false, &n_best), "b");
	assert_string_equal(best(items, 2, true, &n_best), "a");
	items[0].fits = items[1].fits = false;
	assert_null(best(items, 2, true, &n_best));
	assert_int_equal(n_best, 0);
}

/* ---- one .inf in a folder ---- */

static const char text[] =
	"[Version]\nSignature=\"$Windows NT$\"\nClass=SCSIAdapter\nProvider=\"Us\xe2\x80\xae\"\n"
	"ClassGuid={4D36E97B-E325-11CE-BFC1-08002BE10318}\nDriverVer=01/02/2020,1.2.3.4\n"
	"[Manufacturer]\nus=M,NTamd64\n[M.NTamd64]\n"
	"first=a,PCI\\VEN_1AF4&DEV_1001\nsecond=b,PCI\\VEN_1AF4&DEV_1042,PCI\\VEN_1AF4\n"
	"third=c,PCI\\VEN_1AF4&DEV_1004\nfourth=d,PCI\\VEN_9999\nfifth=e,\n"
	"[a]\nCopyFiles=files\n[b]\nCopyFiles=files\n[c]\nCopyFiles=files\n"
	"[files]\nx.sys\n[a.Services]\nAddService=x,2,serv\n[b.Services]\nAddService=x,2,serv\n"
	"[c.Services]\nAddService=x,2,serv2\n"
	"[serv]\nServiceType=1\nErrorControl=1\nServiceBinary=%12%\\x.sys\nAddReg=reg\n"
	"[serv2]\nServiceType=1\nErrorControl=1\nServiceBinary=%12%\\x.sys\n"
	"[reg]\nHKR,Parameters,BusType,0x10001,1\n";

struct made {
	char dir[TEST_PATH];
	struct arena *arena;
	struct packages all;
};

static void write_driver(const char *path, const struct build *b, uint16_t major, uint16_t minor)
{
	uint8_t *pe = build_pe(b);
	put_le16(pe + BUILD_OPTIONAL + 48, major);
	put_le16(pe + BUILD_OPTIONAL + 50, minor);
	build_checksum(pe, BUILD_END);
	test_write(path, pe, BUILD_END);
	free(pe);
}

static void find_for(struct made *m, const struct install *inst, const char *inf,
		     const struct build *b, struct ntfs *volume)
{
	char path[TEST_PATH + 16];
	const char *paths[] = {m->dir};
	struct err err = {0};
	test_scratch(m->dir);
	snprintf(path, sizeof(path), "%s/x.inf", m->dir);
	test_write(path, inf, strlen(inf));
	snprintf(path, sizeof(path), "%s/X.Sys", m->dir);
	write_driver(path, b, 10, 0);
	m->arena = arena_new();
	const struct package_request request = {
		.inst = inst, .volume = volume, .paths = paths, .n_paths = 1};
	if (packages_find(&request, m->arena, &m->all, &err) < 0)
		fail_msg("%s", err.text);
}

static void find(struct made *m, const char *inf, const struct build *b, struct ntfs *volume)
{
	find_for(m, &windows10, inf, b, volume);
}

static void forget(struct made *m)
{
	test_scratch_remove(m->dir);
	arena_free(m->arena);
}

static const struct build driver = {.machine = PE_MACHINE_X64, .subsystem = 1};

/* Models that install the same driver are one package; one with other values is another. */
static void test_models(void **state)
{
	struct made m;
	(void)state;
	find(&m, text, &driver, NULL);
	assert_int_equal(m.all.n, 2);
	const struct package *a = &m.all.items[0], *c = &m.all.items[1];
	if (a->n_ids == 1) {
		c = a;
		a = &m.all.items[1];
	}
	if (a->why.plain)
		fail_msg("%s", a->why.plain);
	assert_int_equal(a->n_ids, 3);
	assert_string_equal(a->ids[0].configuration, "a");
	assert_string_equal(a->ids[1].id, "PCI\\VEN_1AF4&DEV_1042");
	assert_string_equal(a->ids[1].configuration, "b");
	assert_int_equal(a->ids[1].position, 1);
	assert_int_equal(a->ids[2].position, 2);
	assert_int_equal(a->n_targets, 1);
	assert_false(a->targets[0].partly);
	assert_string_equal(a->provider, "Us\\u202e");
	assert_int_equal(a->n_values, 1);
	assert_true(a->bytes.len == BUILD_END);
	assert_true(a->unsigned_64bit);
	assert_string_equal(c->ids[0].id, "PCI\\VEN_1AF4&DEV_1004");
	assert_true(c->n_targets > 1);
	assert_true(c->targets[0].partly);
	forget(&m);
}

/* Another FeatureScore ranks the device differently: a package of its own. */
static void test_feature_score(void **state)
{
	struct made m;
	struct arena *arena = arena_new();
	const char *at = strstr(text, "[b]\n");
	(void)state;
	find(&m,
	     arena_printf(arena, "%.*s[b]\nFeatureScore=0x80\n%s", (int)(at - text), text, at + 4),
	     &driver, NULL);
	assert_int_equal(m.all.n, 3);
	forget(&m);
	arena_free(arena);
}

/* text with the first model for id alone, and how that package serves the RAID of a machine. */
static void expect_raid(const char *device, const char *id, bool serves)
{
	struct made m;
	struct arena *arena = arena_new();
	const char *at = strstr(text, "PCI\\VEN_1AF4&DEV_1001");
	struct controller met = {.service = "acmeraid", .hardware = device};
	struct install inst = windows10;
	size_t n, n_best;
	inst.controllers = &met;
	inst.n_controllers = 1;
	find_for(&m, &inst,
		 arena_printf(arena, "%.*s%s%s", (int)(at - text), text, id,
			      at + strlen("PCI\\VEN_1AF4&DEV_1001")),
		 &driver, NULL);
	const struct package **best = packages_for(&m.all, "physical-raid", true, arena, &n,
						   &n_best, NULL);
	assert_non_null(best);
	if (n != serves)
		fail_msg("%s for %s: %zu packages", id, device, n);
	if (serves)
		assert_string_equal(best[0]->ids[0].id, id);
	packages_for(&m.all, "kvm-virtio-blk", true, arena, &n, &n_best, NULL);
	assert_int_equal(n, 1); /* the second model still does */
	forget(&m);
	arena_free(arena);
}

/* A controller that this Windows has met counts for the machine that it knows, whatever it is. */
static void test_met_controller(void **state)
{
	static const char device[] = "PCI\\VEN_9005&DEV_1234&SUBSYS_00019005&REV_01";
	(void)state;
	expect_raid(device, "PCI\\VEN_9005&DEV_1234", true);
	expect_raid(device, "pci\\ven_9005&dev_1234&subsys_00019005", true);
	expect_raid(device, "PCI\\VEN_9005&DEV_1234&SUBSYS_00029005", false);
	expect_raid(device, "PCI\\VEN_9005&DEV_1235", false);
	expect_raid("PCI\\VEN_9005&DEV_1235", "PCI\\VEN_9005&DEV_1234", false);
}

/* One text of the file changed, and why it does not fit then. */
static const struct {
	const char *from, *to, *why;
} changes[] = {
	{"PCI\\VEN_1AF4&DEV_1042", "PCI\\VEN_1AF4 &DEV_1042", NULL},
	{"AddService=x,2,serv\n", "AddService=,2\n", "its device needs no driver ([a])"},
	{"DriverVer=01/02/2020,1.2.3.4\n", "", NULL},
	{"$Windows NT$", "$Windows 95$", "its [Version] is not that of Windows NT"},
	{"M,NTamd64", "M,NTx86", "it is not for this Windows (its sections are for NTx86)"},
	{"[serv]\n", "[serv]\nLoadOrderGroup=\"a/b\"\n", "a name in it is not plain"},
	{"%12%\\x.sys", "%13%\\x.sys", "x.sys runs from the DriverStore, where it is not"},
	{"[files]\nx.sys", "[files]\nx.sys,y.sys", "x.sys is not in the package"},
};

static void test_changes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		struct made m;
		struct arena *arena = arena_new();
		const char *at = strstr(text, changes[i].from);
		assert_non_null(at);
		find(&m,
		     arena_printf(arena, "%.*s%s%s", (int)(at - text), text, changes[i].to,
				  at + strlen(changes[i].from)),
		     &driver, NULL);
		const char *why = NULL;
		for (size_t k = 0; k < m.all.n && !why; k++)
			why = m.all.items[k].why.plain;
		if (!text_equal(why, changes[i].why))
			fail_msg("%zu: %s", i, why ? why : "fits");
		forget(&m);
		arena_free(arena);
	}
}

static void expect_driver(const struct build *b, struct ntfs *volume, const char *why)
{
	struct made m;
	find(&m, text, b, volume);
	if (!text_equal(m.all.items[0].why.plain, why))
		fail_msg("%s", m.all.items[0].why.plain ? m.all.items[0].why.plain : "fits");
	forget(&m);
}

/* A service that runs another file is another driver: its name is not to be had. */
static void test_other_service(void **state)
{
	static const struct {
		const char *path;
		enum file_state file;
		const char *why;
	} services[] = {
		{"\\Windows\\System32\\drivers\\disk.sys", FILE_PRESENT,
		 "this Windows has a driver x already, and its file is disk.sys"},
		{"\\Windows\\System32\\drivers\\disk.sys", FILE_UNCHECKED,
		 "this Windows has a driver x already, and its file is disk.sys"},
		{"\\Windows\\System32\\drivers\\disk.sys", FILE_MISSING, NULL},
		{"\\Windows\\System32\\drivers\\disk.sys", FILE_EMPTY, NULL},
		{"\\Windows\\System32\\DriverStore\\X.SYS", FILE_PRESENT, NULL},
		{NULL, FILE_UNCHECKED, NULL}, /* x.sys, as of every service without a path */
	};
	(void)state;
	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
		struct made m;
		struct install inst = windows10;
		struct service s = {.name = "X",
				    .file = {.path = services[i].path, .state = services[i].file}};
		inst.sets[0] = (struct control_set){.services = &s, .n = 1};
		inst.n_sets = 1;
		find_for(&m, &inst, text, &driver, NULL);
		if (!text_equal(m.all.items[0].why.plain, services[i].why))
			fail_msg("%zu: %s", i, m.all.items[0].why.plain);
		forget(&m);
	}
}

static void test_driver(void **state)
{
	struct build b = driver;
	(void)state;
	b.machine = PE_MACHINE_ARM64;
	expect_driver(&b, NULL, "x.sys is for arm64, this Windows is x64");
	b.machine = 0x1234;
	expect_driver(&b, NULL, "x.sys is for another processor, this Windows is x64");
	b = driver;
	b.subsystem = 2;
	expect_driver(&b, NULL, "x.sys is no driver");
}

/* A port driver that it imports must be on the volume. */
static void test_imports(void **state)
{
	char path[TEST_PATH];
	const char *images = getenv("S7B_IMAGES");
	struct build b = driver;
	struct err err = {0};
	(void)state;
	if (!images)
		skip();
	snprintf(path, sizeof(path), "%s/win10-gpt-dynamic.vhd", images);
	struct image *img = image_open(path, &(struct image_options){0}, &err);
	assert_non_null(img);
	struct ntfs *volume = ntfs_open(img, 73728 * 512u, 73728 * 512u, &err);
	assert_non_null(volume);
	b.imports[0] = (struct build_import){"ntoskrnl.exe", {"x"}};
	b.imports[1] = (struct build_import){"DISK.SYS", {"x"}};
	expect_driver(&b, volume, NULL);
	b.imports[1].dll = "nosuchport.sys";
	expect_driver(&b, volume, "x.sys needs nosuchport.sys, which this Windows does not have");
	expect_driver(&b, NULL, NULL);
	ntfs_close(volume);
	image_close(img);
}

/* ---- archives ---- */

struct part {
	const char *name;
	uint8_t *bytes;
	size_t len;
};

/* A cabinet of two files in one folder, not compressed, in one block. */
static size_t make_cabinet(const struct part parts[2], uint8_t out[65536])
{
	size_t at = 36 + 8, data, total = parts[0].len + parts[1].len, from = 0;
	assert_true(total < 32768);
	memset(out, 0, 65536);
	memcpy(out, "MSCF", 4);
	put_le32(out + 16, (uint32_t)at);
	out[24] = 3;
	out[25] = 1;
	put_le16(out + 26, 1);
	put_le16(out + 28, 2);
	for (size_t i = 0; i < 2; i++) {
		put_le32(out + at, (uint32_t)parts[i].len);
		put_le32(out + at + 4, (uint32_t)from);
		strcpy((char *)out + at + 16, parts[i].name);
		at += 16 + strlen(parts[i].name) + 1;
		from += parts[i].len;
	}
	data = at;
	put_le32(out + 36, (uint32_t)data);
	put_le16(out + 40, 1);
	put_le16(out + data + 4, (uint16_t)total);
	put_le16(out + data + 6, (uint16_t)total);
	at += 8;
	for (size_t i = 0; i < 2; i++) {
		memcpy(out + at, parts[i].bytes, parts[i].len);
		at += parts[i].len;
	}
	put_le32(out + 8, (uint32_t)at);
	return at;
}

static struct packages find_in(const char *path, struct arena *arena)
{
	const char *paths[] = {path};
	const struct package_request request = {.inst = &windows10, .paths = paths, .n_paths = 1};
	struct packages all;
	struct err err = {0};
	if (packages_find(&request, arena, &all, &err) < 0)
		fail_msg("%s", err.text);
	return all;
}

static void read_part(struct part *part, const char *name)
{
	char path[TEST_PATH];
	snprintf(path, sizeof(path), "%s/packages/vmd/%s", getenv("S7B_IMAGES"), name);
	part->name = name;
	part->bytes = test_read(path, &part->len);
}

static void test_cabinet(void **state)
{
	static uint8_t cabinet[65536];
	struct part parts[2];
	char dir[TEST_PATH], path[TEST_PATH + 16];
	(void)state;
	if (!getenv("S7B_IMAGES"))
		skip();
	read_part(&parts[0], "iaStorVD.inf");
	read_part(&parts[1], "iaStorVD.sys");
	size_t len = make_cabinet(parts, cabinet);
	test_scratch(dir);
	snprintf(path, sizeof(path), "%s/v.cab", dir);
	test_write(path, cabinet, len);
	struct arena *arena = arena_new();
	struct packages all = find_in(path, arena);
	assert_int_equal(all.n, 1);
	assert_true(all.items[0].fits);
	assert_int_equal(all.items[0].bytes.len, parts[1].len);
	assert_memory_equal(all.items[0].bytes.p, parts[1].bytes, parts[1].len);
	arena_free(arena);
	free(parts[0].bytes);
	free(parts[1].bytes);
	test_scratch_remove(dir);
}

/* Whatever is damaged, an answer comes, and what fits is whole. */
static void test_damaged_archives(void **state)
{
	static const char *const names[] = {"vmd.zip", "virtio.iso"};
	char dir[TEST_PATH], path[TEST_PATH + 16], from[TEST_PATH];
	unsigned seed = 11;
	(void)state;
	if (!getenv("S7B_IMAGES"))
		skip();
	test_scratch(dir);
	for (size_t round = 0; round < 120; round++) {
		const char *name = names[round % 4 == 3];
		size_t len;
		snprintf(from, sizeof(from), "%s/packages/%s", getenv("S7B_IMAGES"), name);
		snprintf(path, sizeof(path), "%s/%s", dir, name);
		uint8_t *bytes = test_read(from, &len);
		for (size_t k = 0; k < 1 + round % 9; k++) {
			seed = seed * 1103515245 + 12345;
			bytes[(seed >> 4) % (round % 4 == 3 ? 65536 : len)] = (uint8_t)(seed >> 24);
		}
		test_write(path, bytes, round % 5 ? len : len - len * (round % 7) / 8);
		struct arena *arena = arena_new();
		struct packages all = find_in(path, arena);
		for (size_t i = 0; i < all.n; i++)
			assert_true(!all.items[i].fits || all.items[i].bytes.len > 1024);
		arena_free(arena);
		free(bytes);
	}
	test_scratch_remove(dir);
}

static void test_unknown_windows(void **state)
{
	struct install inst = windows10;
	const struct package_request request = {.inst = &inst};
	struct arena *arena = arena_new();
	struct packages all;
	struct err err = {0};
	(void)state;
	inst.architecture = NULL;
	assert_int_equal(packages_find(&request, arena, &all, &err), -1);
	assert_int_equal(err.code, E_UNSUPPORTED);
	err_clear(&err);
	inst = windows10;
	inst.release = 0;
	assert_int_equal(packages_find(&request, arena, &all, &err), -1);
	assert_int_equal(err.code, E_UNSUPPORTED);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_versions),         cmocka_unit_test(test_guids),
		cmocka_unit_test(test_folders),          cmocka_unit_test(test_rank),
		cmocka_unit_test(test_same_file),        cmocka_unit_test(test_unsigned),
		cmocka_unit_test(test_models),           cmocka_unit_test(test_feature_score),
		cmocka_unit_test(test_met_controller),   cmocka_unit_test(test_other_service),
		cmocka_unit_test(test_changes),          cmocka_unit_test(test_driver),
		cmocka_unit_test(test_imports),          cmocka_unit_test(test_cabinet),
		cmocka_unit_test(test_damaged_archives), cmocka_unit_test(test_unknown_windows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
