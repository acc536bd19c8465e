/* SPDX-License-Identifier: MIT */
/*
 * Rehearsals of real hives, with no files at all and with files made for them: the verdict is the
 * diagnosis' verdict for every target, the whole load list is there, and the steps stop where the
 * reviewed verdicts of these hives say.
 */
#include "rehearsal_test.h"

#include "stop7b/pe.h"
#include "stop7b/rehearsal.h"

#include "pe_test.h"

static const char *const hives[] = {
	"nt4_x86_dc_server",
	"xp_sp3_x86_iecompatvhd",
	"win7_sp1_x86_wks732",
	"win81_x64_sensei_dirty_nolog",
	"win10_190x_x64_2kgm189_dirty_nolog",
	"win10_trimmed_qthivex",
	"xp_x86_ginevra_corrupted",
};

/* hive, target, step that stops or likely stops, its state, the service, words */
static const struct {
	const char *hive, *target;
	enum boot_step place;
	enum rehearsal_state state;
	const char *service, *words;
} stops[] = {
	{"win7_sp1_x86_wks732", "physical-ahci", STEP_CONTROLLER, REHEARSAL_STOPS, "msahci",
	 "3 Manual: not loaded"},
	{"win7_sp1_x86_wks732", "physical-ide", STEP_CONTROLLER, REHEARSAL_STOPS, "pciide",
	 "3 Manual: not loaded"},
	{"win7_sp1_x86_wks732", "hyperv-gen1", STEP_CONTROLLER, REHEARSAL_LIKELY, "storvsc",
	 "3 Manual: not loaded"},
	{"win7_sp1_x86_wks732", "physical-nvme", STEP_CONTROLLER, REHEARSAL_STOPS, "stornvme",
	 "not part of this Windows"},
	{"win81_x64_sensei_dirty_nolog", "physical-nvme", STEP_CONTROLLER, REHEARSAL_DOUBT,
	 "stornvme", "StartOverride\\0 = 3"},
	{"win81_x64_sensei_dirty_nolog", "hyperv-gen2", STEP_BUS, REHEARSAL_DOUBT, "vmbus",
	 "StartOverride\\0 = 3"},
	{"win10_190x_x64_2kgm189_dirty_nolog", "vmware-pvscsi", STEP_CONTROLLER, REHEARSAL_STOPS,
	 "pvscsi", "key without a driver"},
	{"xp_sp3_x86_iecompatvhd", "kvm-ide", STEP_CONTROLLER, REHEARSAL_STOPS, "IntelIde",
	 "PCI\\VEN_8086&DEV_7010 not bound"},
	{"xp_sp3_x86_iecompatvhd", "physical-ide", STEP_CONTROLLER, REHEARSAL_STOPS, "PCIIde",
	 "not loaded"},
};

static const char *const boots[][2] = {
	{"nt4_x86_dc_server", "last"},
	{"xp_sp3_x86_iecompatvhd", "last"},
	{"xp_sp3_x86_iecompatvhd", "virtual-pc"},
	{"win7_sp1_x86_wks732", "last"},
	{"win7_sp1_x86_wks732", "vmware-lsi-sas"},
	{"win81_x64_sensei_dirty_nolog", "last"},
	{"win81_x64_sensei_dirty_nolog", "physical-ahci"},
	{"win10_190x_x64_2kgm189_dirty_nolog", "last"},
	{"win10_190x_x64_2kgm189_dirty_nolog", "vmware-lsi-sas"},
};

static enum verdict ask(struct bench *b, const char *target, struct rehearsal_request *request,
			struct rehearsal *r)
{
	struct diagnose_request ids = {.targets = &target, .n_targets = 1};
	struct err err = {0};
	struct diagnosis *d = arena_alloc(b->arena, sizeof(*d), NULL);
	assert_int_equal(diagnose(&b->inst, &ids, b->arena, d, NULL), 0);
	request->install = &b->inst;
	request->hive = &b->hive;
	request->diagnosis = d;
	if (rehearse(request, b->arena, r, &err) < 0)
		fail_msg("%s: %s", target, err.text);
	return d->targets[0].verdict;
}

/* The worst of the steps that the diagnosis speaks about. */
static enum verdict verdict_of_steps(const struct rehearsal *r)
{
	bool likely = false;
	/* A hive that was read in parts, where it matters for this target. */
	bool unknown = r->verdict == VERDICT_UNKNOWN &&
		       r->steps[STEP_HIVE].state == REHEARSAL_UNKNOWN;
	if (r->steps[STEP_RELEASE].state == REHEARSAL_STOPS)
		return VERDICT_STOPS;
	for (size_t i = STEP_DRIVERS; i < STEP_FILE_SYSTEM; i++) {
		if (r->steps[i].state == REHEARSAL_STOPS)
			return VERDICT_STOPS;
		likely |= r->steps[i].state == REHEARSAL_LIKELY;
		unknown |= r->steps[i].state == REHEARSAL_UNKNOWN;
	}
	return unknown ? VERDICT_UNKNOWN : likely ? VERDICT_LIKELY_STOPS : VERDICT_BOOTS;
}

/* ---- without files ---- */

static void check_target(struct bench *b, const char *hive, const char *target)
{
	struct rehearsal r;
	struct rehearsal_request request = {0};
	enum verdict v = ask(b, target, &request, &r);
	if (r.verdict != v || verdict_of_steps(&r) != (v == VERDICT_DOUBT ? VERDICT_BOOTS : v))
		fail_msg("%s on %s: %s, rehearsed %s, steps %s", hive, target, verdict_name(v),
			 verdict_name(r.verdict), verdict_name(verdict_of_steps(&r)));
	assert_true(r.list.n >= 3);
	assert_false(r.files_checked);
	assert_int_equal(r.n_loading, r.list.n);
}

static void test_every_target(void **state)
{
	struct bench *b = *state;
	size_t n;
	const struct target *all = catalogue_targets(&n);
	for (size_t h = 0; h < COUNT(hives); h++) {
		open_real(b, hives[h]);
		for (size_t i = 0; i < n; i++)
			check_target(b, hives[h], all[i].id);
		check_target(b, hives[h], "portable");
		check_target(b, hives[h], "last");
	}
}

static void test_stops(void **state)
{
	struct bench *b = *state;
	for (size_t i = 0; i < COUNT(stops); i++) {
		struct rehearsal r;
		struct rehearsal_request request = {0};
		open_real(b, stops[i].hive);
		ask(b, stops[i].target, &request, &r);
		const struct rehearsal_step *step = &r.steps[stops[i].place];
		bool here = stops[i].state == REHEARSAL_STOPS    ? r.stops_at == stops[i].place
			    : stops[i].state == REHEARSAL_LIKELY ? r.likely_at == stops[i].place
								 : r.doubt_at == stops[i].place;
		if (!here || step->state != stops[i].state)
			fail_msg("%s on %s: stops at %zu, likely at %zu", stops[i].hive,
				 stops[i].target, r.stops_at, r.likely_at);
		assert_string_equal(step->service, stops[i].service);
		assert_non_null(strstr(step->words.plain, stops[i].words));
		assert_non_null(step->why.plain);
	}
}

static void test_boots(void **state)
{
	struct bench *b = *state;
	for (size_t i = 0; i < COUNT(boots); i++) {
		struct rehearsal r;
		struct rehearsal_request request = {0};
		open_real(b, boots[i][0]);
		assert_int_equal(ask(b, boots[i][1], &request, &r), VERDICT_BOOTS);
		assert_int_equal(r.stops_at, BOOT_STEPS);
		for (size_t k = STEP_DRIVERS; k < BOOT_STEPS; k++)
			assert_int_equal(r.steps[k].state, REHEARSAL_OK);
	}
}

/* ---- with files ---- */

struct volume {
	uint16_t machine;
	const char *missing, *cut;
	bool no_files;
};

static bool ends_with(const char *path, const char *name)
{
	size_t n = strlen(path), m = name ? strlen(name) : 0;
	return name && n >= m && text_equal(path + n - m, name);
}

static int read_made(void *ctx, const char *path, struct arena *arena, struct span *out,
		     struct err *err)
{
	struct volume *v = ctx;
	struct build build = {.machine = v->machine, .exports = {"X"}};
	if (!ends_with(path, "ntoskrnl.exe"))
		build.imports[0] = (struct build_import){"ntoskrnl.exe", {"X", NULL}};
	if (v->no_files || ends_with(path, v->missing))
		return err_set(err, E_NOTFOUND, "not there");
	uint8_t *p = build_pe(&build);
	out->len = ends_with(path, v->cut) ? BUILD_END - 1 : BUILD_END;
	out->p = arena_copy(arena, p, out->len);
	free(p);
	return 0;
}

/* What the model would find on it, by headers alone. */
static void look(struct bench *b, struct volume *v, struct driver_file *f)
{
	struct span bytes = {0};
	struct pe pe;
	struct err err = {0};
	f->state = FILE_MISSING;
	if (read_made(v, f->path, b->arena, &bytes, &err) < 0)
		return;
	assert_int_equal(pe_read_head(bytes, bytes.len, &pe, &err), 0);
	f->fault = pe_unfit(&pe, b->inst.architecture, b->arena, &err);
	f->state = f->fault.plain ? FILE_BAD : FILE_PRESENT;
}

static void look_at_files(struct bench *b, struct volume *v)
{
	struct control_set *set = &b->inst.sets[0];
	for (size_t i = 0; i < set->n; i++) {
		struct service *s = &set->services[i];
		s->file = (struct driver_file){.path = service_path(s, "\\Windows", b->arena),
					       .state = FILE_ELSEWHERE};
		if (s->file.path && s->start != START_ABSENT)
			look(b, v, &s->file);
	}
}

static void expect_volume(struct bench *b, const char *target, struct volume *v,
			  enum verdict verdict, enum boot_step place, const char *needs)
{
	struct rehearsal r;
	struct rehearsal_request request = {.read_file = read_made, .ctx = v};
	look_at_files(b, v);
	ask(b, target, &request, &r);
	assert_string_equal(verdict_name(r.verdict), verdict_name(verdict));
	assert_int_equal(r.stops_at, place);
	assert_string_equal(r.steps[STEP_DRIVERS].needs.plain, needs);
	assert_true(r.files_checked);
	assert_int_equal(r.n_modules, 2);
}

static void test_files_of_7(void **state)
{
	struct bench *b = *state;
	struct volume v = {.machine = 0x14c};
	open_real(b, "win7_sp1_x86_wks732");
	expect_volume(b, "last", &v, VERDICT_BOOTS, BOOT_STEPS, "37 of 37 files");
	v.missing = "\\lsi_sas.sys"; /* ErrorControl 1: the boot disk is not reached */
	expect_volume(b, "last", &v, VERDICT_STOPS, STEP_CONTROLLER, "36 of 37 files");
	expect_volume(b, "virtual-pc", &v, VERDICT_BOOTS, BOOT_STEPS, "36 of 37 files");
	v.missing = "\\volmgr.sys"; /* 3: the loader gives up */
	expect_volume(b, "last", &v, VERDICT_STOPS, STEP_DRIVERS, "36 of 37 files");
	v.missing = NULL;
	v.cut = "\\disk.sys";
	expect_volume(b, "last", &v, VERDICT_STOPS, STEP_DISK, "36 of 37 files");
	v.cut = "\\ntfs.sys";
	expect_volume(b, "last", &v, VERDICT_STOPS, STEP_FILE_SYSTEM, "36 of 37 files");
	v = (struct volume){.machine = 0x8664}; /* a 64-bit disk's files on a 32-bit hive */
	expect_volume(b, "last", &v, VERDICT_STOPS, STEP_DRIVERS, "0 of 37 files");
}

/* Nothing on the volume: still the full list, every line of it with its path and its fault. */
static void test_no_files(void **state)
{
	struct bench *b = *state;
	struct volume v = {.no_files = true};
	struct rehearsal r;
	struct rehearsal_request request = {.read_file = read_made, .ctx = &v};
	open_real(b, "win10_190x_x64_2kgm189_dirty_nolog");
	look_at_files(b, &v);
	ask(b, "last", &request, &r);
	assert_int_equal(r.list.n, 50);
	assert_int_equal(r.n_loading, 0);
	assert_int_equal(r.stops_at, STEP_DRIVERS);
	assert_string_equal(r.steps[STEP_DRIVERS].needs.plain, "0 of 50 files");
	for (size_t i = 0; i < r.list.n; i++) {
		assert_int_equal(r.list.items[i].state, LOAD_FILE_MISSING);
		assert_non_null(r.list.items[i].file);
		assert_true(ends_with(r.list.items[i].file, ".sys"));
		assert_string_equal(r.list.items[i].words.plain, "missing");
	}
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_every_target), TEST(test_stops),    TEST(test_boots),
		TEST(test_files_of_7),   TEST(test_no_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
