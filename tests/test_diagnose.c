/* SPDX-License-Identifier: MIT */
/*
 * The rules: what is found about one service, how sure it is, and what mends it.
 */
#include "diagnose_test.h"

static void expect_edit(const struct finding *f, size_t i, const char *key, const char *name)
{
	assert_true(i < f->n_edits);
	assert_string_equal(f->edits[i].key, key);
	assert_string_equal(f->edits[i].name, name);
	assert_int_equal(f->edits[i].op, HIVE_SET);
	assert_int_equal(f->edits[i].type, REG_DWORD);
	assert_int_equal(f->edits[i].data.len, 4);
	assert_int_equal(le32(f->edits[i].data, 0), 0);
}

/* ---- healthy ---- */

static void test_healthy(void **state)
{
	static const char *const ids[] = {"portable",   "physical-ide", "physical-ahci",
					  "vmware-ide", "hyperv-gen1",  "vmware-lsi-sas",
					  "kvm-sata"};
	struct scene *sc = *state;
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		expect(sc, ids[i], VERDICT_BOOTS, 0);
		assert_int_equal(sc->d.n, 0);
		assert_int_equal(sc->d.n_blocked, 0);
	}
}

/* Start=3 where it belongs, and parked drivers that nobody asks for, are silent. */
static void test_normal_is_silent(void **state)
{
	struct scene *sc = *state;
	set_start(sc, 1, "storvsc", 3);
	set_start(sc, 1, "vmbus", 3);
	set_start(sc, 1, "pciide", 3);
	set_start(sc, 1, "intelide", 4);
	expect(sc, "physical-ahci", VERDICT_BOOTS, 0);
	assert_int_equal(sc->d.n, 0);
	assert_false(has(sc->d.critical, sc->d.n_critical, "vhdmp"));
}

static void test_chain_order(void **state)
{
	static const char *const expected[] = {"ACPI",    "msisadrv", "pci",    "msahci",
					       "disk",    "partmgr",  "volmgr", "volmgrx",
					       "volsnap", "mountmgr", "FltMgr"};
	struct scene *sc = *state;
	struct target_verdict *v = ask(sc, "physical-ahci");
	assert_int_equal(v->n_services, sizeof(expected) / sizeof(expected[0]));
	for (size_t i = 0; i < v->n_services; i++)
		assert_string_equal(v->services[i], expected[i]);
	assert_int_equal(sc->d.n_critical, v->n_services);
	assert_string_equal(v->title, "AHCI on a physical machine");
}

/* ---- R1, R3 ---- */

static void test_r1(void **state)
{
	struct scene *sc = *state;
	set_start(sc, 1, "msahci", 3);
	get(sc, 1, "msahci")->written = 77;
	expect(sc, "physical-ahci", VERDICT_STOPS, 1);
	const struct finding *f = only_finding(sc, "R1", SEVERITY_STOP, "msahci");
	assert_int_equal(f->written, 77);
	assert_string_equal(f->key, "ControlSet001\\Services\\msahci");
	assert_string_equal(f->value, "Start");
	assert_string_equal(f->found.plain, "3 Manual");
	assert_string_equal(f->needed.plain, "0 Boot");
	assert_string_equal(f->fix_words.plain, "0 Boot");
	assert_non_null(strstr(f->why.plain, "Start=3"));
	assert_int_equal(f->control_set, 1);
	assert_int_equal(f->n_edits, 1);
	expect_edit(f, 0, "ControlSet001\\Services\\msahci", "Start");
	assert_int_equal(sc->d.n_blocked, 1);
	expect(sc, "virtual-pc", VERDICT_BOOTS, 0);
}

static void test_every_wrong_start(void **state)
{
	static const struct {
		uint32_t start;
		const char *found, *why;
	} cases[] = {{1, "1 System", "too late"},
		     {2, "2 Automatic", "too late"},
		     {3, "3 Manual", "on demand"},
		     {4, "4 Disabled", "never loads"},
		     {7, "7", "not loaded"}};
	struct scene *sc = *state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		set_start(sc, 1, "msahci", cases[i].start);
		expect(sc, "physical-ahci", VERDICT_STOPS, 1);
		assert_string_equal(sc->d.findings[0].found.plain, cases[i].found);
		assert_non_null(strstr(sc->d.findings[0].why.plain, cases[i].why));
		assert_true(sc->d.findings[0].fixable);
	}
}

static void test_r3(void **state)
{
	struct scene *sc = *state;
	set_start(sc, 1, "pciide", 3);
	expect(sc, "physical-ide", VERDICT_STOPS, 1);
	only_finding(sc, "R3", SEVERITY_STOP, "pciide");
	expect(sc, "virtual-pc", VERDICT_BOOTS, 0);
	set_start(sc, 1, "pciide", 0);
	set_start(sc, 1, "volmgr", 3);
	expect(sc, "virtual-pc", VERDICT_STOPS, 1);
	only_finding(sc, "R3", SEVERITY_STOP, "volmgr");
}

/* What some machines of a kind need, and what Windows can do without. */
static void test_likely_links(void **state)
{
	struct scene *sc = *state;
	set_start(sc, 1, "intelide", 3);
	expect(sc, "physical-ide", VERDICT_LIKELY_STOPS, 1);
	only_finding(sc, "R3", SEVERITY_LIKELY, "intelide");
	expect(sc, "virtual-pc", VERDICT_STOPS, 1);
	set_start(sc, 1, "intelide", 0);
	set_start(sc, 1, "volmgrx", 3);
	expect(sc, "virtual-pc", VERDICT_LIKELY_STOPS, 1);
	remove_service(sc, 1, "volmgrx");
	expect(sc, "virtual-pc", VERDICT_BOOTS, 0);
	assert_false(has(sc->d.critical, sc->d.n_critical, "volmgrx"));
}

static void test_bad_start(void **state)
{
	struct scene *sc = *state;
	set_start(sc, 1, "msahci", START_BAD);
	get(sc, 1, "msahci")->start_type = "REG_SZ";
	expect(sc, "physical-ahci", VERDICT_LIKELY_STOPS, 1);
	const struct finding *f = only_finding(sc, "R1", SEVERITY_LIKELY, "msahci");
	assert_string_equal(f->found.plain, "Start is REG_SZ");
	assert_false(f->fixable);
	assert_string_equal(f->fix_words.plain, "");
}

/* A fix edits the booting set, and Current where it differs; the judged set is the booting one. */
static void test_fix_sets(void **state)
{
	static const unsigned both[] = {1, 2}, second[] = {2}, wrong[] = {3};
	static const char *const ids[] = {"physical-ahci"};
	struct scene *sc = *state;
	struct diagnose_request request = {
		.targets = ids, .n_targets = 1, .fix_sets = both, .n_fix_sets = 2};
	struct err err = {0};
	set_start(sc, 1, "msahci", 3);
	set_start(sc, 2, "msahci", 4);
	sc->inst.select_current = 2;
	expect(sc, "physical-ahci", VERDICT_STOPS, 1);
	assert_int_equal(sc->d.findings[0].n_edits, 2);
	expect_edit(&sc->d.findings[0], 1, "ControlSet002\\Services\\msahci", "Start");
	sc->inst.select_current = 9;
	expect(sc, "physical-ahci", VERDICT_STOPS, 1);
	assert_int_equal(sc->d.findings[0].n_edits, 1);
	assert_int_equal(diagnose(&sc->inst, &request, sc->arena, &sc->d, &err), 0);
	assert_int_equal(sc->d.findings[0].n_edits, 2);
	request.fix_sets = second;
	request.n_fix_sets = 1;
	assert_int_equal(diagnose(&sc->inst, &request, sc->arena, &sc->d, &err), 0);
	assert_int_equal(sc->d.findings[0].n_edits, 1);
	expect_edit(&sc->d.findings[0], 0, "ControlSet002\\Services\\msahci", "Start");
	set_start(sc, 2, "msahci", 0);
	assert_int_equal(diagnose(&sc->inst, &request, sc->arena, &sc->d, &err), 0);
	assert_string_equal(sc->d.findings[0].subject, "msahci");
	assert_false(sc->d.findings[0].fixable);
	request.fix_sets = wrong;
	assert_int_equal(diagnose(&sc->inst, &request, sc->arena, &sc->d, &err), -1);
	assert_int_equal(err.code, E_USAGE);
}

static void test_judged_set(void **state)
{
	static const char *const ids[] = {"physical-ahci"};
	struct scene *sc = *state;
	struct diagnose_request request = {.targets = ids, .n_targets = 1, .control_set = 2};
	struct err err = {0};
	set_start(sc, 2, "msahci", 3);
	expect(sc, "physical-ahci", VERDICT_BOOTS, 0);
	assert_int_equal(diagnose(&sc->inst, &request, sc->arena, &sc->d, &err), 0);
	assert_int_equal(sc->d.targets[0].verdict, VERDICT_STOPS);
	assert_int_equal(sc->d.findings[0].control_set, 2);
	request.control_set = 7;
	assert_int_equal(diagnose(&sc->inst, &request, sc->arena, &sc->d, &err), -1);
	assert_int_equal(err.code, E_USAGE);
	request.control_set = 0;
	sc->inst.boots_with = 0;
	err_clear(&err);
	assert_int_equal(diagnose(&sc->inst, &request, sc->arena, &sc->d, &err), -1);
	assert_int_equal(err.code, E_NOWINDOWS);
}

/* ---- R4, R5 ---- */

static void test_r4(void **state)
{
	struct scene *sc = *state;
	remove_service(sc, 1, "msahci");
	expect(sc, "physical-ahci", VERDICT_STOPS, 1);
	const struct finding *f = only_finding(sc, "R4", SEVERITY_STOP, "msahci");
	assert_null(f->key);
	assert_string_equal(f->found.plain, "no service");
	assert_false(f->fixable);
	assert_string_equal(f->fix_words.plain, "");
	set_start(sc, 1, "pciide", ABSENT);
	expect(sc, "physical-ide", VERDICT_STOPS, 1);
	f = only_finding(sc, "R4", SEVERITY_STOP, "pciide");
	assert_string_equal(f->key, "ControlSet001\\Services\\pciide");
	assert_string_equal(f->found.plain, "key without a driver");
}

/* Where a release cannot run, and where it only lacks a driver, are two answers. */
static void test_not_for_this_windows(void **state)
{
	struct scene *sc = *state;
	struct target_verdict *v = ask(sc, "hyperv-gen2");
	assert_non_null(v->release.plain);
	assert_int_equal(v->verdict, VERDICT_STOPS);
	v = ask(sc, "physical-ahci");
	assert_null(v->release.plain);
	sc->inst.release = WIN_NT4;
	assert_non_null(ask(sc, "physical-ahci")->release.plain);
}

static void test_never_had(void **state)
{
	struct scene *sc = *state;
	struct target_verdict *v = ask(sc, "physical-nvme");
	assert_int_equal(v->verdict, VERDICT_STOPS);
	assert_null(v->release.plain);
	const struct finding *f = only_finding(sc, "R4", SEVERITY_STOP, "stornvme");
	assert_string_equal(f->found.plain, "not part of this Windows");
	assert_string_equal(f->why.plain,
			    "Windows 7 has no NVMe driver of its own: Microsoft's hotfix, "
			    "or a vendor's.");
	assert_false(f->fixable);
	ask(sc, "kvm-virtio-scsi");
	assert_string_equal(sc->d.findings[0].why.plain,
			    "Windows 7 has no virtio SCSI driver of its own: virtio-win brings "
			    "it.");
	sc->inst.release = WIN_XP;
	v = ask(sc, "physical-ahci");
	assert_null(v->release.plain);
	assert_true(has(v->services, v->n_services, "storahci"));
	remove_service(sc, 1, "msahci");
	ask(sc, "kvm-sata");
	assert_string_equal(sc->d.findings[0].found.plain, "not part of this Windows");
}

/* What a catalogue driver needs no driver above it for stands alone: NT 4's atapi. */
static void test_nt4_ide(void **state)
{
	struct scene *sc = *state;
	remove_service(sc, 1, "intelide");
	sc->inst.release = WIN_NT4;
	expect(sc, "kvm-ide", VERDICT_BOOTS, 0);
	assert_false(has(sc->d.targets[0].services, sc->d.targets[0].n_services, "intelide"));
}

static void test_64bit_only(void **state)
{
	struct scene *sc = *state;
	struct target_verdict *v = ask(sc, "hyperv-gen2");
	assert_null(v->release.plain);
	assert_int_equal(v->verdict, VERDICT_BOOTS);
	sc->inst.architecture = "x86";
	v = ask(sc, "hyperv-gen2");
	assert_non_null(v->release.plain);
	assert_int_equal(v->verdict, VERDICT_STOPS);
}

/* An ARM64 Windows is not asked for what only a PC has, portable or not. */
static void test_arm64(void **state)
{
	struct scene *sc = *state;
	remove_service(sc, 1, "pciide");
	remove_service(sc, 1, "intelide");
	remove_service(sc, 1, "LSI_SAS");
	expect(sc, "portable", VERDICT_STOPS, 3);
	sc->inst.architecture = "arm64";
	expect(sc, "portable", VERDICT_BOOTS, 0);
	assert_non_null(ask(sc, "virtual-pc")->release.plain);
	assert_null(ask(sc, "hyperv-gen2")->release.plain);
}

static void test_r5_needed(void **state)
{
	static const struct {
		enum file_state state;
		const char *found;
	} cases[] = {{FILE_MISSING, "msahci.sys missing"},
		     {FILE_EMPTY, "msahci.sys empty"},
		     {FILE_BAD, "msahci.sys: is for x64, this Windows is x86"}};
	struct scene *sc = *state;
	get(sc, 1, "msahci")->file.fault = said_of("is for x64, this Windows is x86");
	for (size_t i = 0; i < 3; i++) {
		for (uint32_t start = 0; start < 5; start += 3) {
			set_start(sc, 1, "msahci", start);
			get(sc, 1, "msahci")->file.state = cases[i].state;
			expect(sc, "physical-ahci", VERDICT_STOPS, 1);
			const struct finding *f = only_finding(sc, "R5", SEVERITY_STOP, "msahci");
			assert_string_equal(f->found.plain, cases[i].found);
			assert_false(f->fixable);
			assert_int_equal(f->n_edits, 0);
			assert_string_equal(f->fix_words.plain, "");
		}
	}
}

/* The file system is loaded whatever its Start says, so its file must be there. */
static void test_r13(void **state)
{
	struct scene *sc = *state;
	struct control_set *set = &sc->inst.sets[0];
	set->services[set->n++] = make_service(sc->arena, set->key, "Ntfs");
	qsort(set->services, set->n, sizeof(struct service), by_name);
	set_start(sc, 1, "Ntfs", 3);
	expect(sc, "physical-ahci", VERDICT_BOOTS, 0);
	get(sc, 1, "Ntfs")->file.state = FILE_EMPTY;
	expect(sc, "physical-ahci", VERDICT_STOPS, 1);
	const struct finding *f = only_finding(sc, "R13", SEVERITY_STOP, "Ntfs");
	assert_int_equal(f->step, STEP_FILE_SYSTEM);
	assert_false(f->fixable);
	set_start(sc, 1, "Ntfs", 0); /* one finding, not R5 besides */
	expect(sc, "physical-ahci", VERDICT_STOPS, 1);
}

/* In the other set the file may be another one: no edit there. */
static void test_file_per_set(void **state)
{
	static const unsigned both[] = {1, 2};
	static const char *const ids[] = {"physical-ahci"};
	struct scene *sc = *state;
	struct diagnose_request request = {
		.targets = ids, .n_targets = 1, .fix_sets = both, .n_fix_sets = 2};
	set_start(sc, 1, "msahci", 3);
	set_start(sc, 2, "msahci", 3);
	get(sc, 2, "msahci")->file.state = FILE_EMPTY;
	assert_int_equal(diagnose(&sc->inst, &request, sc->arena, &sc->d, NULL), 0);
	assert_int_equal(sc->d.findings[0].n_edits, 1);
	expect_edit(&sc->d.findings[0], 0, "ControlSet001\\Services\\msahci", "Start");
}

static void test_files_that_do_not_count(void **state)
{
	struct scene *sc = *state;
	get(sc, 1, "msahci")->file.state = FILE_UNCHECKED;
	expect(sc, "physical-ahci", VERDICT_BOOTS, 0);
	get(sc, 1, "msahci")->file.state = FILE_PRESENT;
	expect(sc, "physical-ahci", VERDICT_BOOTS, 0);
	get(sc, 1, "msahci")->file.state = FILE_ELSEWHERE;
	expect(sc, "physical-ahci", VERDICT_BOOTS, 0);
	set_start(sc, 1, "msahci", 3);
	expect(sc, "physical-ahci", VERDICT_STOPS, 1);
	assert_false(only_finding(sc, "R1", SEVERITY_STOP, "msahci")->fixable);
}

/* Start=0 drivers that no chain needs: ErrorControl decides. */
static void test_r5_bystander(void **state)
{
	struct scene *sc = *state;
	struct service *s = get(sc, 1, "storvsc");
	s->file.state = FILE_MISSING;
	for (uint32_t ec = 0; ec < 3; ec++) {
		s->error_control = ec;
		expect(sc, "physical-ahci", VERDICT_BOOTS, 0);
		only_finding(sc, "R5", SEVERITY_NOTE, "storvsc");
		assert_int_equal(sc->d.n_blocked, 0);
	}
	s->error_control = 3;
	expect(sc, "physical-ahci", VERDICT_STOPS, 1);
	assert_string_equal(only_finding(sc, "R5", SEVERITY_STOP, "storvsc")->found.plain,
			    "storvsc.sys missing");
	assert_int_equal(sc->d.n_blocked, 1);
	assert_true(has(sc->d.critical, sc->d.n_critical, "storvsc"));
	set_override(sc, 1, "storvsc", "0", 3);
	expect(sc, "physical-ahci", VERDICT_LIKELY_STOPS, 1);
	s->start = 3;
	expect(sc, "physical-ahci", VERDICT_BOOTS, 0);
	assert_int_equal(sc->d.n, 0);
}

/* Loaders of 10 and later were seen to stop at one whose ErrorControl lets the boot go on. */
static void test_r5_bystander_by_release(void **state)
{
	struct scene *sc = *state;
	struct service *s = get(sc, 1, "LSI_SAS");
	s->file.state = FILE_MISSING;
	for (uint32_t ec = 0; ec < 3; ec++) {
		s->error_control = ec;
		expect(sc, "physical-ahci", VERDICT_LIKELY_STOPS, 1);
		const struct finding *f = only_finding(sc, "R5", SEVERITY_LIKELY, "LSI_SAS");
		assert_int_equal(f->step, STEP_DRIVERS);
	}
	sc->inst.release = WIN_81;
	expect(sc, "physical-ahci", VERDICT_BOOTS, 0);
	only_finding(sc, "R5", SEVERITY_NOTE, "LSI_SAS");
}

/* There, but in a form that this Windows' loader does not read: as good as missing. */
static void test_r5_packed(void **state)
{
	struct scene *sc = *state;
	struct service *s = get(sc, 1, "msahci");
	s->file.state = FILE_PACKED;
	s->file.packing = NTFS_LZX;
	expect(sc, "physical-ahci", VERDICT_STOPS, 1);
	const struct finding *f = only_finding(sc, "R5", SEVERITY_STOP, "msahci");
	assert_string_equal(f->found.plain, "msahci.sys compressed (LZX)");
	assert_non_null(strstr(f->no_fix.plain, "compact /u"));
	expect(sc, "virtual-pc", VERDICT_BOOTS, 0);
	only_finding(sc, "R5", SEVERITY_NOTE, "msahci");
	s->error_control = 3;
	expect(sc, "virtual-pc", VERDICT_STOPS, 1);
	s->start = 3;
	expect(sc, "physical-ahci", VERDICT_STOPS, 1);
	assert_false(sc->d.findings[0].fixable);
}

/* A dispensable link without its file: only a critical one stops. */
static void test_r5_optional(void **state)
{
	struct scene *sc = *state;
	struct service *s = get(sc, 1, "volmgrx");
	s->file.state = FILE_MISSING;
	expect(sc, "physical-ahci", VERDICT_BOOTS, 0);
	only_finding(sc, "R5", SEVERITY_NOTE, "volmgrx");
	s->error_control = 3;
	expect(sc, "physical-ahci", VERDICT_STOPS, 1);
	set_start(sc, 1, "volmgrx", 3);
	expect(sc, "physical-ahci", VERDICT_LIKELY_STOPS, 1);
	assert_false(only_finding(sc, "R3", SEVERITY_LIKELY, "volmgrx")->fixable);
}

/* ---- R2 ---- */

static void test_r2(void **state)
{
	struct scene *sc = *state;
	set_override(sc, 1, "storahci", "0", 3);
	set_override(sc, 1, "storahci", "1", 0);
	set_override(sc, 1, "storahci", "4", 4);
	get(sc, 1, "storahci")->written = 77;
	get(sc, 1, "storahci")->overrides_written = 78;
	expect(sc, "physical-ahci", VERDICT_DOUBT, 1);
	const struct finding *f = only_finding(sc, "R2", SEVERITY_DOUBT, "storahci");
	assert_string_equal(f->key, "ControlSet001\\Services\\storahci\\StartOverride");
	assert_string_equal(f->value, "0");
	assert_string_equal(f->found.plain, "StartOverride\\0 = 3 and 1 more");
	assert_string_equal(f->needed.plain, "0 Boot");
	assert_string_equal(f->fix_words.plain, "override 0");
	assert_int_equal(f->written, 78);
	assert_int_equal(f->n_edits, 2);
	expect_edit(f, 0, "ControlSet001\\Services\\storahci\\StartOverride", "0");
	expect_edit(f, 1, "ControlSet001\\Services\\storahci\\StartOverride", "4");
	expect(sc, "physical-nvme", VERDICT_BOOTS, 0);
	expect(sc, "portable", VERDICT_DOUBT, 1);
}

/* Zero overrides are no finding; up to 7 Windows knows no overrides at all. */
static void test_r2_silent(void **state)
{
	struct scene *sc = *state;
	set_override(sc, 1, "storahci", "0", 0);
	set_override(sc, 1, "storahci", "1", 0);
	expect(sc, "physical-ahci", VERDICT_BOOTS, 0);
}

static void test_no_overrides_on_7(void **state)
{
	struct scene *sc = *state;
	set_override(sc, 1, "msahci", "0", 3);
	expect(sc, "physical-ahci", VERDICT_BOOTS, 0);
}

/* Start and overrides wrong together: one finding, and its fix mends both. */
static void test_start_and_overrides(void **state)
{
	struct scene *sc = *state;
	set_start(sc, 1, "storahci", 3);
	set_override(sc, 1, "storahci", "0", 3);
	set_override(sc, 1, "storahci", "1", 3);
	expect(sc, "physical-ahci", VERDICT_STOPS, 1);
	const struct finding *f = only_finding(sc, "R1", SEVERITY_STOP, "storahci");
	assert_int_equal(f->n_edits, 3);
	expect_edit(f, 0, "ControlSet001\\Services\\storahci", "Start");
	expect_edit(f, 2, "ControlSet001\\Services\\storahci\\StartOverride", "1");
}

static void test_bad_override(void **state)
{
	struct scene *sc = *state;
	set_override(sc, 1, "stornvme", "\\x01", 3);
	expect(sc, "physical-nvme", VERDICT_DOUBT, 1);
	assert_false(only_finding(sc, "R2", SEVERITY_DOUBT, "stornvme")->fixable);
	set_override(sc, 1, "storahci", "0", START_BAD);
	expect(sc, "physical-ahci", VERDICT_DOUBT, 1);
	assert_false(only_finding(sc, "R2", SEVERITY_DOUBT, "storahci")->fixable);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		ON7(test_healthy),
		ON7(test_normal_is_silent),
		ON7(test_chain_order),
		ON7(test_r1),
		ON7(test_every_wrong_start),
		ON7(test_r3),
		ON7(test_likely_links),
		ON7(test_bad_start),
		ON7(test_fix_sets),
		ON7(test_judged_set),
		ON7(test_r4),
		ON7(test_not_for_this_windows),
		ON7(test_never_had),
		ON7(test_nt4_ide),
		ON10(test_64bit_only),
		ON10(test_arm64),
		ON7(test_r5_needed),
		ON7(test_r13),
		ON7(test_file_per_set),
		ON7(test_files_that_do_not_count),
		ON10(test_healthy),
		ON7(test_r5_bystander),
		ON10(test_r5_bystander_by_release),
		ON7(test_r5_packed),
		ON7(test_r5_optional),
		ON10(test_r2),
		ON10(test_r2_silent),
		ON7(test_no_overrides_on_7),
		ON10(test_start_and_overrides),
		ON10(test_bad_override),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
