/* SPDX-License-Identifier: MIT */
/*
 * Rehearsals of installations made by hand, with driver files made by hand: each step of a boot
 * with one thing that stops it, and what must not stop it.
 */
#include "rehearsal_stage.h"
#include "rehearsal_bad_files.h"

/* ---- a boot that goes through ---- */

static void test_boots(void **state)
{
	struct stage_set *s = *state;
	const struct rehearsal *r = go(s, "physical-ahci");
	assert_int_equal(r->verdict, VERDICT_BOOTS);
	assert_int_equal(r->stops_at, BOOT_STEPS);
	assert_int_equal(r->likely_at, BOOT_STEPS);
	assert_string_equal(r->target, "physical-ahci");
	assert_string_equal(r->title, "AHCI on a physical machine");
	expect_step(r, STEP_BOOT_STORE, REHEARSAL_UNKNOWN, "", "not looked at");
	expect_step(r, STEP_HIVE, REHEARSAL_OK, "SYSTEM", "ControlSet001");
	expect_step(r, STEP_DRIVERS, REHEARSAL_OK, "21 of 21 files", "all present, x86");
	expect_step(r, STEP_BUS, REHEARSAL_OK, "pci", "0 Boot");
	expect_step(r, STEP_CONTROLLER, REHEARSAL_OK, "msahci", "0 Boot");
	expect_step(r, STEP_DISK, REHEARSAL_OK, "disk", "0 Boot");
	expect_step(r, STEP_VOLUMES, REHEARSAL_OK, "partmgr volmgr volmgrx mountmgr", "0 Boot");
	expect_step(r, STEP_FILTERS, REHEARSAL_OK, "volsnap FltMgr", "0 Boot");
	expect_step(r, STEP_FILE_SYSTEM, REHEARSAL_OK, "Ntfs", "loaded by winload");
	assert_string_equal(r->steps[STEP_BUS].title, "PCI bus");
	assert_string_equal(r->steps[STEP_CONTROLLER].title, "AHCI controller");
	assert_string_equal(r->steps[STEP_CONTROLLER].service, "msahci");
	assert_int_equal(r->steps[STEP_BUS].n_services, 3);
	assert_int_equal(r->n_loading, 21);
	assert_true(r->files_checked);
	assert_int_equal(r->n_findings, 0);
	expect_file(s, "msahci", LOAD_FILE_GOOD, NULL);
	assert_string_equal(loaded(s, "msahci")->file, DRIVERS "msahci.sys");
}

static void test_modules(void **state)
{
	struct stage_set *s = *state;
	const struct rehearsal *r = go(s, "physical-ahci");
	assert_int_equal(r->n_modules, 3);
	assert_string_equal(r->modules[0].file, SYSTEM32 "ntoskrnl.exe");
	assert_true(r->modules[0].kernel);
	assert_null(r->modules[0].needed_by);
	assert_string_equal(r->modules[1].name, "hal.dll");
	assert_string_equal(r->modules[2].file, DRIVERS "storport.sys");
	assert_string_equal(r->modules[2].needed_by, "LSI_SAS.sys");
	assert_int_equal(r->modules[2].state, LOAD_FILE_GOOD);
	/* every file once: 21 drivers, kernel, HAL, storport */
	assert_int_equal(s->disk.reads, 24);
}

static void test_nothing_to_read(void **state)
{
	struct stage_set *s = *state;
	struct control_set *set = &s->sc.inst.sets[0];
	s->request.read_file = NULL;
	const struct rehearsal *r = go(s, "physical-ahci");
	expect_step(r, STEP_DRIVERS, REHEARSAL_OK, "21 of 21 files", "all present, x86");
	expect_file(s, "msahci", LOAD_FILE_UNCHECKED, NULL);
	assert_false(r->files_checked);
	for (size_t i = 0; i < set->n; i++)
		set->services[i].file.state = FILE_UNCHECKED;
	r = go(s, "physical-ahci");
	expect_step(r, STEP_DRIVERS, REHEARSAL_OK, "21 files", "not looked at");
	get(&s->sc, 1, "pcw")->file.state = FILE_PRESENT;
	r = go(s, "physical-ahci");
	expect_step(r, STEP_DRIVERS, REHEARSAL_OK, "21 of 21 files", "20 not looked at");
}

/* ---- what the diagnosis says, step by step ---- */

static void test_stops(void **state)
{
	static const struct {
		const char *service, *target;
		enum boot_step place;
	} cases[] = {
		{"pci", "physical-ahci", STEP_BUS},
		{"ACPI", "physical-ahci", STEP_BUS},
		{"msahci", "physical-ahci", STEP_CONTROLLER},
		{"atapi", "virtual-pc", STEP_CONTROLLER},
		{"intelide", "virtual-pc", STEP_CONTROLLER},
		{"pciide", "physical-ide", STEP_CONTROLLER},
		{"disk", "physical-ahci", STEP_DISK},
		{"partmgr", "physical-ahci", STEP_VOLUMES},
		{"volmgr", "physical-ahci", STEP_VOLUMES},
		{"mountmgr", "physical-ahci", STEP_VOLUMES},
		{"volsnap", "physical-ahci", STEP_FILTERS},
	};
	struct stage_set *s = *state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		set_start(&s->sc, 1, cases[i].service, 3);
		expect_stop(s, cases[i].target, cases[i].place, cases[i].service,
			    "3 Manual: not loaded");
		assert_non_null(strstr(s->r.steps[cases[i].place].needs.plain, cases[i].service));
		set_start(&s->sc, 1, cases[i].service, 0);
		assert_int_equal(go(s, cases[i].target)->verdict, VERDICT_BOOTS);
	}
}

/* The emulated controller of generation 1 reaches the disk without the synthetic path. */
static void test_parked_synthetic_path(void **state)
{
	struct stage_set *s = *state;
	set_start(&s->sc, 1, "vmbus", 3);
	set_start(&s->sc, 1, "storvsc", 3);
	const struct rehearsal *r = go(s, "hyperv-gen1");
	assert_int_equal(r->verdict, VERDICT_LIKELY_STOPS);
	assert_int_equal(r->likely_at, STEP_BUS);
	assert_int_equal(r->steps[STEP_CONTROLLER].state, REHEARSAL_LIKELY);
}

static void test_waiting(void **state)
{
	struct stage_set *s = *state;
	set_start(&s->sc, 1, "msahci", 3);
	const struct rehearsal *r = go(s, "physical-ahci");
	expect_step(r, STEP_DRIVERS, REHEARSAL_OK, "20 of 20 files", "all present");
	expect_step(r, STEP_BUS, REHEARSAL_OK, "pci", "0 Boot");
	expect_step(r, STEP_DISK, REHEARSAL_WAITS, "disk", "waits for the controller");
	expect_step(r, STEP_VOLUMES, REHEARSAL_WAITS, "partmgr volmgr volmgrx mountmgr",
		    "waits for the disk");
	expect_step(r, STEP_FILTERS, REHEARSAL_WAITS, "volsnap FltMgr", "waits for the volume");
	expect_step(r, STEP_FILE_SYSTEM, REHEARSAL_WAITS, "Ntfs", "waits for the volume");
	assert_null(r->steps[STEP_DISK].why.plain);
	assert_int_equal(r->n_loading, 20);
}

static void test_first_of_two_stops(void **state)
{
	struct stage_set *s = *state;
	set_start(&s->sc, 1, "volmgr", 3);
	set_start(&s->sc, 1, "pci", 3);
	expect_stop(s, "physical-ahci", STEP_BUS, "pci", "3 Manual");
}

static void test_no_driver(void **state)
{
	struct stage_set *s = *state;
	expect_stop(s, "vmware-pvscsi", STEP_CONTROLLER, "pvscsi", "no service");
	expect_stop(s, "hyperv-gen2", STEP_RELEASE, NULL, "does not run there");
	assert_int_equal(s->r.first, STEP_RELEASE);
}

static void test_filter(void **state)
{
	struct stage_set *s = *state;
	static struct class_filter filters[] = {
		{.service = "fvevol",
		 .class_name = "Volume",
		 .key = "ControlSet001\\Control\\Class\\{v}",
		 .value = "LowerFilters"},
		{.service = "leftover",
		 .class_name = "DiskDrive",
		 .key = "ControlSet001\\Control\\Class\\{d}",
		 .value = "UpperFilters"},
	};
	s->sc.inst.sets[0].filters = filters;
	s->sc.inst.sets[0].n_filters = 1;
	const struct rehearsal *r = go(s, "physical-ahci");
	expect_step(r, STEP_FILTERS, REHEARSAL_OK, "volsnap FltMgr fvevol", "0 Boot");
	s->sc.inst.sets[0].n_filters = 2;
	expect_stop(s, "physical-ahci", STEP_FILTERS, "leftover", "no service");
}

static void test_likely(void **state)
{
	struct stage_set *s = *state;
	set_start(&s->sc, 1, "intelide", 3);
	const struct rehearsal *r = go(s, "physical-ide");
	assert_int_equal(r->verdict, VERDICT_LIKELY_STOPS);
	assert_int_equal(r->likely_at, STEP_CONTROLLER);
	assert_int_equal(r->stops_at, BOOT_STEPS);
	expect_step(r, STEP_CONTROLLER, REHEARSAL_LIKELY, "pciide intelide atapi", "3 Manual");
	expect_step(r, STEP_DISK, REHEARSAL_OK, "disk", "0 Boot");
	assert_string_equal(r->steps[STEP_CONTROLLER].title, "IDE controller");
	/* a stop before it takes its place, one behind it does not */
	set_start(&s->sc, 1, "disk", 3);
	r = go(s, "physical-ide");
	assert_int_equal(r->likely_at, STEP_CONTROLLER);
	assert_int_equal(r->stops_at, STEP_DISK);
	set_start(&s->sc, 1, "pci", 3);
	r = go(s, "physical-ide");
	assert_int_equal(r->likely_at, BOOT_STEPS);
	assert_int_equal(r->stops_at, STEP_BUS);
}

static void test_override(void **state)
{
	struct stage_set *s = *state;
	set_override(&s->sc, 1, "storahci", "0", 3);
	const struct rehearsal *r = go(s, "physical-ahci");
	expect_step(r, STEP_CONTROLLER, REHEARSAL_DOUBT, "storahci", "StartOverride\\0 = 3");
	assert_true(loaded(s, "storahci")->parked);
	assert_int_equal(r->doubt_at, STEP_CONTROLLER);
}

/* A driver that any target may park is not in the way of one that does not need it. */
static void test_bystander_parked(void **state)
{
	struct stage_set *s = *state;
	set_start(&s->sc, 1, "LSI_SAS", 3);
	assert_int_equal(go(s, "physical-ahci")->verdict, VERDICT_BOOTS);
}

static void test_unknown(void **state)
{
	struct stage_set *s = *state;
	const struct rehearsal *r = go(s, "last"); /* Enum names no controller */
	assert_int_equal(r->verdict, VERDICT_UNKNOWN);
	expect_step(r, STEP_CONTROLLER, REHEARSAL_UNKNOWN, "", "not known");
	assert_non_null(strstr(r->steps[STEP_CONTROLLER].why.plain, "last machine"));
	assert_non_null(r->target_words.plain);
	static struct controller known = {"msahci", "PCI\\CC_010601", NULL};
	s->sc.inst.controllers = &known;
	s->sc.inst.n_controllers = 1;
	r = go(s, "last");
	assert_int_equal(r->verdict, VERDICT_BOOTS);
	expect_step(r, STEP_CONTROLLER, REHEARSAL_OK, "msahci", "0 Boot");
}

/* A controller driver that the catalogue does not know is one all the same. */
static void test_vendor_controller(void **state)
{
	struct stage_set *s = *state;
	static struct controller known = {"acmeraid", "PCI\\VEN_1234", NULL};
	static const char *const vendor[] = {"acmeraid", NULL};
	s->sc.inst.controllers = &known;
	s->sc.inst.n_controllers = 1;
	add_services(&s->sc, vendor);
	put(&s->disk, DRIVERS "acmeraid.sys", &storport);
	const struct rehearsal *r = go(s, "last");
	expect_step(r, STEP_CONTROLLER, REHEARSAL_OK, "acmeraid", "0 Boot");
	assert_string_equal(r->steps[STEP_CONTROLLER].title, "disk controller");
}

static void test_damaged_set(void **state)
{
	struct stage_set *s = *state;
	s->sc.inst.sets[0].problem = said_as_is("a cell is damaged");
	const struct rehearsal *r = go(s, "physical-ahci");
	expect_step(r, STEP_HIVE, REHEARSAL_UNKNOWN, "SYSTEM", "read in parts");
	assert_string_equal(r->steps[STEP_HIVE].why.plain, "a cell is damaged");
}

/* A finding that another target of the same diagnosis made worse keeps its own target's word. */
static void test_shared_diagnosis(void **state)
{
	struct stage_set *s = *state;
	static const char *const ids[] = {"physical-ide", "virtual-pc"};
	struct diagnose_request request = {.targets = ids, .n_targets = 2};
	set_start(&s->sc, 1, "intelide", 3);
	assert_int_equal(diagnose(&s->sc.inst, &request, s->sc.arena, &s->sc.d, NULL), 0);
	assert_int_equal(rehearse(&s->request, s->sc.arena, &s->r, NULL), 0);
	check_steps(&s->r);
	assert_int_equal(s->r.verdict, VERDICT_LIKELY_STOPS);
	s->request.target = 1;
	assert_int_equal(rehearse(&s->request, s->sc.arena, &s->r, NULL), 0);
	check_steps(&s->r);
	assert_int_equal(s->r.verdict, VERDICT_STOPS);
	s->request.target = 2;
	struct err err = {0};
	assert_int_equal(rehearse(&s->request, s->sc.arena, &s->r, &err), -1);
	assert_int_equal(err.code, E_USAGE);
}

/* ---- all targets at once ---- */

static void test_every_target(void **state)
{
	struct stage_set *s = *state;
	static const char *const starts[] = {"pci", "disk", "volsnap", "storvsc", "atapi"};
	size_t n;
	const struct target *all = catalogue_targets(&n);
	for (size_t k = 0; k <= sizeof(starts) / sizeof(starts[0]); k++) {
		for (size_t i = 0; i < n; i++)
			go(s, all[i].id);
		go(s, "portable");
		go(s, "last");
		if (k < sizeof(starts) / sizeof(starts[0]))
			set_start(&s->sc, 1, starts[k], 3);
	}
}

#define FOR7(t)  cmocka_unit_test_setup_teardown(t, begin7, end)
#define FOR10(t) cmocka_unit_test_setup_teardown(t, begin10, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FOR7(test_boots),
		FOR7(test_modules),
		FOR7(test_nothing_to_read),
		FOR7(test_stops),
		FOR7(test_parked_synthetic_path),
		FOR7(test_waiting),
		FOR7(test_first_of_two_stops),
		FOR7(test_no_driver),
		FOR7(test_filter),
		FOR7(test_likely),
		FOR10(test_override),
		FOR7(test_bystander_parked),
		FOR7(test_unknown),
		FOR7(test_vendor_controller),
		FOR7(test_damaged_set),
		FOR7(test_shared_diagnosis),
		FOR7(test_missing),
		FOR7(test_missing_bystander),
		FOR7(test_found_missing),
		FOR7(test_file_system),
		FOR7(test_kernel_missing),
		FOR7(test_unreadable),
		FOR7(test_elsewhere),
		FOR7(test_resolves_paths),
		FOR7(test_not_pe),
		FOR7(test_machine),
		FOR7(test_truncated),
		FOR7(test_doubtful),
		FOR7(test_missing_dll),
		FOR7(test_missing_symbol),
		FOR7(test_kernel_symbol),
		FOR7(test_imports_of_imports),
		FOR7(test_endless_imports),
		FOR7(test_huge_files),
		FOR7(test_every_target),
		FOR10(test_every_target),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
