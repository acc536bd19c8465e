/* SPDX-License-Identifier: MIT */
/*
 * The registry part of adding a driver: the edits as text, what hivex reads of the hive with them,
 * and what the judge says then. The file itself is not added here.
 */
#include "test.h"

#include "stop7b/package_registry.h"
#include "stop7b/session.h"

struct opened {
	struct session *s;
	const struct packages *packages;
	struct arena *arena;
	struct edit *edits;
	size_t n;
	char dir[TEST_PATH];
};

static const char *images(void)
{
	const char *path = getenv("S7B_IMAGES");
	if (!path)
		skip();
	return path;
}

static void open_disk(struct opened *o, const char *image, const char *drivers)
{
	static const char *const targets[] = {"kvm-virtio-blk", "physical-vmd"};
	char path[TEST_PATH], places[TEST_PATH];
	const char *place[] = {places};
	struct err err = {0};
	snprintf(path, sizeof(path), "%s/%s", images(), image);
	snprintf(places, sizeof(places), "%s/packages/%s", images(), drivers ? drivers : "");
	const struct session_options options = {
		.targets = targets, .n_targets = 2, .drivers = place, .n_drivers = drivers != NULL};
	*o = (struct opened){.arena = arena_new()};
	o->s = session_open(path, &options, NULL, NULL, &err);
	if (!o->s)
		fail_msg("%s", err.text);
	o->packages = session_packages(o->s, &err);
	if (!o->packages)
		fail_msg("%s", err.text);
	test_scratch(o->dir);
}

static void close_disk(struct opened *o)
{
	session_close(o->s);
	arena_free(o->arena);
	test_scratch_remove(o->dir);
}

static const struct package *best(struct opened *o, const char *target)
{
	size_t n, n_best;
	const struct package **list = packages_for(o->packages, target, false, o->arena, &n,
						   &n_best, NULL);
	assert_non_null(list);
	assert_true(n > 0);
	assert_int_equal(n_best, 1);
	return list[0];
}

static void make_edits(struct opened *o, const struct package *p, bool in_store)
{
	struct err err = {0};
	if (session_package_edits(o->s, p, in_store, o->arena, &o->edits, &o->n, &err) < 0)
		fail_msg("%s", err.text);
}

/* ---- the edits as text ---- */

static const char *list_text(struct span data, struct arena *arena)
{
	const char *text = "";
	for (size_t at = 0; at + 2 < data.len;) {
		const char *word = text_utf16le(arena, span_sub(data, at, data.len - at));
		text = arena_printf(arena, "%s%s<%s>", text, *text ? " " : "", word);
		at += 2 * strlen(word) + 2;
	}
	return text;
}

static const char *data_text(const struct edit *e, struct arena *arena)
{
	const char *text = "";
	if (e->type == REG_SZ || e->type == REG_EXPAND_SZ)
		return text_utf16le(arena, e->data);
	if (e->type == REG_MULTI_SZ)
		return list_text(e->data, arena);
	if (e->type == REG_DWORD)
		return arena_printf(arena, "0x%x", le32(e->data, 0));
	for (size_t i = 0; i < e->data.len; i++)
		text = arena_printf(arena, "%s%s%02x", text, i ? " " : "", e->data.p[i]);
	return text;
}

static const char *edits_as_text(struct opened *o)
{
	const char *text = "";
	for (size_t i = 0; i < o->n; i++) {
		const struct edit *e = &o->edits[i];
		assert_int_equal(e->kind, EDIT_REGISTRY);
		if (e->op == HIVE_CREATE_KEY)
			text = arena_printf(o->arena, "%s[%s]\n", text, e->key);
		else
			text = arena_printf(o->arena, "%s%s: \"%s\" %s %s\n", text,
					    strrchr(e->key, '\\') + 1, e->name,
					    reg_type_name(e->type), data_text(e, o->arena));
	}
	return text;
}

static void check_golden(struct opened *o, const char *name)
{
	char path[TEST_PATH];
	size_t len;
	const char *text = edits_as_text(o), *src = getenv("S7B_SRC");
	snprintf(path, sizeof(path), "%s/tests/goldens/package-%s.txt", src ? src : ".", name);
	if (getenv("S7B_UPDATE"))
		test_write(path, text, strlen(text));
	uint8_t *golden = test_read(path, &len);
	if (len != strlen(text) || memcmp(golden, text, len) != 0) {
		free(golden);
		fail_msg("%s differs:\n%s", path, text);
	}
	free(golden);
}

/* ---- the hive with them ---- */

static void stage(struct opened *o, const char *subject)
{
	struct err err = {0};
	if (session_stage_edits(o->s, subject, o->edits, o->n, &err) < 0)
		fail_msg("%s", err.text);
}

/* What hivexget reads of the edited hive. */
static void check_hivex(struct opened *o, const char *key, const char *name, const char *expected)
{
	char path[TEST_PATH + 8], command[2 * TEST_PATH], line[512] = "";
	struct span bytes = session_hive_view(o->s->chosen->system)->bytes;
	snprintf(path, sizeof(path), "%s/hive", o->dir);
	test_write(path, bytes.p, bytes.len);
	snprintf(command, sizeof(command), "hivexget %s '%s' '%s' 2>&1", path, key, name);
	FILE *f = popen(command, "r");
	assert_non_null(f);
	if (!fgets(line, sizeof(line), f))
		line[0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	pclose(f);
	assert_string_equal(line, expected);
}

/* Every finding that is left for a target says that the file is not there. */
static void check_left(struct opened *o, const char *target, const char *service)
{
	const struct diagnosis *d = &o->s->after;
	size_t files = 0;
	for (size_t t = 0; t < d->n_targets; t++) {
		if (!text_equal(d->targets[t].id, target))
			continue;
		for (size_t i = 0; i < d->targets[t].n; i++) {
			const struct finding *f = &d->findings[d->targets[t].findings[i]];
			if (!text_equal(f->subject, service) || f->severity == SEVERITY_NOTE)
				continue;
			if (!strstr(f->found.plain, "missing"))
				fail_msg("%s: %s", f->rule->id, f->found.plain);
			files++;
		}
	}
	assert_int_equal(files, 1);
}

/* Staged once more there is nothing to add to what the first time left. */
static void check_again(struct opened *o, const struct package *p)
{
	struct session *s = o->s;
	struct install edited = s->edited;
	unsigned sets[] = {edited.boots_with};
	struct err err = {0};
	struct edit *edits;
	size_t n;
	const struct package_install request = {.package = p,
						.inst = &edited,
						.hive = session_hive_view(s->chosen->system),
						.sets = sets,
						.n_sets = 1};
	assert_int_equal(package_registry(&request, o->arena, &edits, &n, &err), 0);
	assert_int_equal(n, 0);
}

static void test_windows10(void **state)
{
	struct opened o;
	(void)state;
	open_disk(&o, "win10-gpt-dynamic.vhd", "virtio.iso");
	const struct package *p = best(&o, "kvm-virtio-blk");
	make_edits(&o, p, false);
	check_golden(&o, "win10-viostor");
	stage(&o, "viostor");
	check_hivex(&o, "\\ControlSet001\\Services\\viostor", "ImagePath",
		    "System32\\drivers\\viostor.sys");
	check_hivex(&o, "\\ControlSet001\\Services\\viostor\\Parameters", "BusType", "1");
	check_hivex(&o, "\\DriverDatabase\\DriverInfFiles\\viostor.inf", "Active",
		    "viostor.inf_amd64_0000000000000000");
	check_left(&o, "kvm-virtio-blk", "viostor");
	check_again(&o, p);
	close_disk(&o);
}

static void test_windows7(void **state)
{
	struct opened o;
	(void)state;
	open_disk(&o, "win7-mbr-dynamic.vhd", "virtio");
	make_edits(&o, best(&o, "kvm-virtio-blk"), false);
	check_golden(&o, "win7-viostor");
	stage(&o, "viostor");
	check_hivex(&o, "\\ControlSet001\\Control\\CriticalDeviceDatabase\\PCI#VEN_1AF4&DEV_1042",
		    "Service", "viostor");
	check_hivex(&o, "\\ControlSet001\\Control\\CriticalDeviceDatabase\\PCI#VEN_1AF4&DEV_1042",
		    "ClassGUID", "{4D36E97B-E325-11CE-BFC1-08002BE10318}");
	check_left(&o, "kvm-virtio-blk", "viostor");
	close_disk(&o);
}

/* XP and 2003 write the names of this database in lower case. */
static void test_lower_case(void **state)
{
	struct opened o;
	struct err err = {0};
	(void)state;
	open_disk(&o, "win7-mbr-dynamic.vhd", "virtio");
	struct install xp = o.s->chosen->install;
	unsigned sets[] = {xp.boots_with};
	xp.release = WIN_XP;
	const struct package_install request = {.package = best(&o, "kvm-virtio-blk"),
						.inst = &xp,
						.hive = &o.s->chosen->system->hive,
						.sets = sets,
						.n_sets = 1};
	assert_int_equal(package_registry(&request, o.arena, &o.edits, &o.n, &err), 0);
	assert_non_null(
		strstr(edits_as_text(&o), "CriticalDeviceDatabase\\pci#ven_1af4&dev_1042]"));
	close_disk(&o);
}

/* Several configurations of one service, all its values. */
static void test_vmd(void **state)
{
	struct opened o;
	(void)state;
	open_disk(&o, "win10-gpt-dynamic.vhd", "vmd.zip");
	make_edits(&o, best(&o, "physical-vmd"), false);
	check_golden(&o, "win10-vmd");
	stage(&o, "iaStorVD");
	check_hivex(&o, "\\ControlSet001\\Services\\iaStorVD\\Parameters", "BusType", "8");
	check_left(&o, "physical-vmd", "iaStorVD");
	close_disk(&o);
}

/* An imported package is completed under the name that Windows gave it. */
static void test_imported(void **state)
{
	struct opened o;
	struct key k;
	(void)state;
	open_disk(&o, "win10-imported.vhd", NULL);
	make_edits(&o, best(&o, "kvm-virtio-blk"), false);
	check_golden(&o, "win10-imported");
	stage(&o, "viostor");
	check_hivex(&o, "\\DriverDatabase\\DriverInfFiles\\oem12.inf", "Active",
		    "viostor.inf_amd64_0f1e2d3c4b5a6978");
	check_left(&o, "kvm-virtio-blk", "viostor");
	const struct hive *h = session_hive_view(o.s->chosen->system);
	assert_int_equal(
		key_find(hive_root(h), "DriverDatabase\\DriverInfFiles\\viostor.inf", &k, NULL),
		-1);
	close_disk(&o);
}

/* The same version from outside completes it too. */
static void test_same_as_imported(void **state)
{
	struct opened o;
	(void)state;
	open_disk(&o, "win10-imported.vhd", "virtio/viostor/w10/amd64");
	assert_int_equal(o.packages->n, 2);
	const struct package *given = &o.packages->items[0];
	if (given->origin == PACKAGE_IN_STORE)
		given = &o.packages->items[1];
	make_edits(&o, given, false);
	assert_non_null(strstr(edits_as_text(&o), "oem12.inf"));
	assert_null(strstr(edits_as_text(&o), "viostor.inf_amd64_00000"));
	close_disk(&o);
}

/* No file is added: the service runs from the DriverStore. */
static void test_in_store(void **state)
{
	struct opened o;
	(void)state;
	open_disk(&o, "win10-imported.vhd", NULL);
	const struct package *p = best(&o, "kvm-virtio-blk");
	make_edits(&o, p, true);
	stage(&o, "viostor");
	check_hivex(&o, "\\ControlSet001\\Services\\viostor", "ImagePath",
		    "\\SystemRoot\\System32\\DriverStore\\FileRepository\\"
		    "viostor.inf_amd64_0f1e2d3c4b5a6978\\viostor.sys");
	close_disk(&o);
}

static void test_refused(void **state)
{
	struct opened o;
	struct edit *edits;
	size_t n;
	struct err err = {0};
	(void)state;
	open_disk(&o, "win10-gpt-dynamic.vhd", "virtio");
	const struct package *p = best(&o, "kvm-virtio-blk");
	assert_int_equal(session_package_edits(o.s, p, true, o.arena, &edits, &n, &err), -1);
	assert_string_equal(err.text, "viostor.inf is not in the DriverStore of this Windows");
	err_clear(&err);
	p = &o.packages->items[o.packages->n - 1];
	assert_int_equal(session_package_edits(o.s, p, false, o.arena, &edits, &n, &err), -1);
	assert_int_equal(err.code, E_USAGE);
	close_disk(&o);
}

/* A service that is there: its parked state ends, values that the .inf would keep are kept. */
static void test_present(void **state)
{
	static const uint32_t numbers[] = {0, 3};
	struct opened o;
	struct err err = {0};
	struct package p;
	struct package_value values[3];
	uint8_t bytes[2][4];
	(void)state;
	open_disk(&o, "win10-gpt-dynamic.vhd", "virtio");
	p = *best(&o, "kvm-virtio-blk");
	p.service = "storvsc"; /* parked for machine 0 */
	p.file = "storvsc.sys";
	for (size_t i = 0; i < 2; i++)
		put_le32(bytes[i], numbers[i]);
	values[0] = (struct package_value){"", "Start", REG_DWORD, {bytes[1], 4}, false};
	values[1] = (struct package_value){"", "Type", REG_DWORD, {bytes[1], 4}, true};
	values[2] = (struct package_value){"", "ErrorControl2", REG_DWORD, {bytes[1], 4}, true};
	p.values = values;
	p.n_values = 3;
	if (session_package_edits(o.s, &p, false, o.arena, &o.edits, &o.n, &err) < 0)
		fail_msg("%s", err.text);
	const char *text = edits_as_text(&o);
	assert_non_null(strstr(text, "StartOverride: \"0\" REG_DWORD 0x0"));
	assert_null(strstr(text, "\"Start\" REG_DWORD 0x3"));
	assert_null(strstr(text, "storvsc: \"Type\""));
	assert_non_null(strstr(text, "\"ErrorControl2\" REG_DWORD 0x3"));
	close_disk(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_windows10), cmocka_unit_test(test_windows7),
		cmocka_unit_test(test_vmd),       cmocka_unit_test(test_lower_case),
		cmocka_unit_test(test_imported),  cmocka_unit_test(test_same_as_imported),
		cmocka_unit_test(test_in_store),  cmocka_unit_test(test_refused),
		cmocka_unit_test(test_present),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
