/* SPDX-License-Identifier: MIT */
/*
 * What makes a chain and a verdict: filters, kinds of need, the last machine, the portable set,
 * doubt, and several targets at once.
 */
#include "diagnose_test.h"

#include "src/judge/judge_internal.h"

static void add_controller(struct scene *sc, const char *service, const char *hardware)
{
	if (!sc->inst.controllers)
		sc->inst.controllers = arena_array(sc->arena, 8, sizeof(struct controller), NULL);
	sc->inst.controllers[sc->inst.n_controllers++] = (struct controller){service, hardware,
									     NULL};
}

/* ---- links that no target has yet ---- */

/* The rule that speaks for a service in a chain of the test's own, or "". */
static const char *judge_as(struct scene *sc, const char *service, enum need need,
			    uint32_t boot_flags, struct finding *f)
{
	struct judge j = {.inst = &sc->inst, .set = &sc->inst.sets[0], .arena = sc->arena};
	struct chain chain = {.boot_flags = boot_flags};
	struct chain_link link = {
		.service = service, .need = need, .driver = catalogue_driver(service)};
	unsigned set = 1;
	j.fix_sets = &set;
	j.n_fix_sets = 1;
	const struct question at = {
		.chain = &chain, .link = &link, .service = set_service(j.set, service)};
	const struct rule *rule;
	for (size_t i = 0; (rule = rules_get(i)); i++)
		if (rule->looks_at & OF_LINK && rule_ask(rule, &j, &at, f, NULL) != 0)
			return rule->id;
	return "";
}

static void test_boot_flags(void **state)
{
	struct scene *sc = *state;
	struct finding f;
	set_start(sc, 1, "vhdmp", 3);
	assert_string_equal(judge_as(sc, "vhdmp", NEED_CERTAIN, 2, &f), "R1");
	get(sc, 1, "vhdmp")->boot_flags = 2;
	assert_string_equal(judge_as(sc, "vhdmp", NEED_CERTAIN, 2, &f), "");
	assert_string_equal(judge_as(sc, "vhdmp", NEED_CERTAIN, 4, &f), "R1");
	assert_string_equal(judge_as(sc, "vhdmp", NEED_CERTAIN, 0, &f), "R1");
	get(sc, 1, "vhdmp")->boot_flags = 6;
	assert_string_equal(judge_as(sc, "vhdmp", NEED_CERTAIN, 2, &f), "");
}

static void test_demand(void **state)
{
	struct scene *sc = *state;
	struct finding f;
	set_start(sc, 1, "vhdmp", 3);
	assert_string_equal(judge_as(sc, "vhdmp", NEED_DEMAND, 2, &f), "");
	set_start(sc, 1, "vhdmp", 4);
	assert_string_equal(judge_as(sc, "vhdmp", NEED_DEMAND, 2, &f), "R1");
	assert_string_equal(f.needed.plain, "3 Manual");
	assert_int_equal(f.severity, SEVERITY_STOP);
	assert_int_equal(f.n_edits, 1);
	assert_int_equal(le32(f.edits[0].data, 0), 3);
	set_start(sc, 1, "vhdmp", 3);
	set_override(sc, 1, "vhdmp", "0", 3);
	assert_string_equal(judge_as(sc, "vhdmp", NEED_DEMAND, 2, &f), "");
	set_override(sc, 1, "vhdmp", "1", 4);
	assert_string_equal(judge_as(sc, "vhdmp", NEED_DEMAND, 2, &f), "R2");
	assert_string_equal(f.value, "1");
	get(sc, 1, "vhdmp")->file.state = FILE_EMPTY;
	assert_string_equal(judge_as(sc, "vhdmp", NEED_DEMAND, 2, &f), "R5");
}

/* ---- last ---- */

static void test_last(void **state)
{
	struct scene *sc = *state;
	expect(sc, "last", VERDICT_UNKNOWN, 0);
	assert_non_null(sc->d.targets[0].unknown.plain);
	add_controller(sc, "LSI_SAS", "PCI\\VEN_1000&DEV_0054");
	add_controller(sc, "intelide", "PCI\\VEN_8086&DEV_7111");
	add_controller(sc, "atapi", "PCIIDE\\IDEChannel");
	set_start(sc, 1, "msahci", 3);
	expect(sc, "last", VERDICT_BOOTS, 0);
	assert_null(sc->d.targets[0].unknown.plain);
	assert_true(has(sc->d.critical, sc->d.n_critical, "LSI_SAS"));
	assert_true(has(sc->d.critical, sc->d.n_critical, "atapi"));
	assert_false(has(sc->d.critical, sc->d.n_critical, "msahci"));
	set_start(sc, 1, "LSI_SAS", 3);
	expect(sc, "last", VERDICT_BOOTS, 0);
	assert_false(has(sc->d.critical, sc->d.n_critical, "LSI_SAS"));
	set_start(sc, 1, "intelide", 3);
	expect(sc, "last", VERDICT_STOPS, 2);
	assert_true(has(sc->d.critical, sc->d.n_critical, "LSI_SAS"));
	assert_string_equal(sc->d.findings[0].subject, "LSI_SAS");
	assert_string_equal(sc->d.findings[1].subject, "intelide");
	remove_service(sc, 1, "pci");
	expect(sc, "last", VERDICT_STOPS, 3);
}

/* An IDE controller implies its channels even where Enum has lost them. */
static void test_last_ide_without_channel(void **state)
{
	struct scene *sc = *state;
	add_controller(sc, "IntelIde", "PCI\\VEN_8086&DEV_7111");
	expect(sc, "last", VERDICT_BOOTS, 0);
	set_start(sc, 1, "atapi", 3);
	expect(sc, "last", VERDICT_STOPS, 1);
	only_finding(sc, "R1", SEVERITY_STOP, "atapi");
}

/* The override of the last machine decides for it, the others do not. */
static void test_last_overrides(void **state)
{
	struct scene *sc = *state;
	add_controller(sc, "storahci", "PCI\\VEN_8086&DEV_2829");
	set_override(sc, 1, "storahci", "1", 3);
	expect(sc, "last", VERDICT_BOOTS, 0);
	expect(sc, "physical-ahci", VERDICT_DOUBT, 1);
	set_override(sc, 1, "storahci", "0", 3);
	expect(sc, "last", VERDICT_STOPS, 1);
	const struct finding *f = only_finding(sc, "R2", SEVERITY_STOP, "storahci");
	assert_string_equal(f->value, "0");
	assert_int_equal(f->n_edits, 2);
}

static void test_last_promoted(void **state)
{
	struct scene *sc = *state;
	add_controller(sc, "storahci", "PCI\\VEN_8086&DEV_2829");
	set_start(sc, 1, "storahci", 3);
	expect(sc, "last", VERDICT_STOPS, 1);
	set_override(sc, 1, "storahci", "0", 0);
	expect(sc, "last", VERDICT_BOOTS, 0);
	expect(sc, "physical-ahci", VERDICT_STOPS, 1);
}

static void test_last_bus(void **state)
{
	struct scene *sc = *state;
	add_controller(sc, "storvsc", "VMBUS\\{ba6163d9-04a1-4d29-b605-72e2ffb1dc7f}");
	expect(sc, "last", VERDICT_BOOTS, 0);
	assert_true(has(sc->d.critical, sc->d.n_critical, "vmbus"));
	assert_false(has(sc->d.critical, sc->d.n_critical, "pci"));
	set_start(sc, 1, "vmbus", 3);
	expect(sc, "last", VERDICT_STOPS, 1);
	only_finding(sc, "R3", SEVERITY_STOP, "vmbus");
}

static void test_last_vendor(void **state)
{
	struct scene *sc = *state;
	add_controller(sc, "nvraid", "PCI\\VEN_10DE");
	expect(sc, "last", VERDICT_UNKNOWN, 0);
	add_controller(sc, "acmeraid", "PCI\\VEN_ACME");
	expect(sc, "last", VERDICT_STOPS, 1);
	only_finding(sc, "R9", SEVERITY_STOP, "acmeraid");
}

/* ---- RAID controllers that Enum remembers, and drivers that stand in for each other ---- */

static void test_own_controllers(void **state)
{
	struct scene *sc = *state;
	expect(sc, "physical-raid", VERDICT_UNKNOWN, 0);
	add_controller(sc, "storahci", "PCI\\VEN_8086&DEV_2829");
	add_controller(sc, "storvsc", "VMBUS\\{ba6163d9-04a1-4d29-b605-72e2ffb1dc7f}");
	expect(sc, "physical-raid", VERDICT_UNKNOWN, 0);
	add_controller(sc, "LSI_SAS", "PCI\\VEN_1000&DEV_0054");
	expect(sc, "physical-raid", VERDICT_BOOTS, 0);
	assert_true(has(sc->d.critical, sc->d.n_critical, "LSI_SAS"));
	assert_false(has(sc->d.critical, sc->d.n_critical, "storahci"));
	set_start(sc, 1, "LSI_SAS", 3);
	expect(sc, "physical-raid", VERDICT_STOPS, 1);
	only_finding(sc, "R1", SEVERITY_STOP, "LSI_SAS");
	add_controller(sc, "acmeraid", "PCI\\VEN_ACME");
	expect(sc, "physical-raid", VERDICT_LIKELY_STOPS, 2);
}

static void test_instead(void **state)
{
	struct scene *sc = *state;
	struct control_set *set = &sc->inst.sets[0];
	set_override(sc, 1, "stornvme", "0", 3);
	expect(sc, "aws-nitro", VERDICT_DOUBT, 1);
	struct service s = make_service(sc->arena, set->key, "AWSNVMe");
	set->services[set->n++] = s;
	qsort(set->services, set->n, sizeof(s), by_name);
	expect(sc, "aws-nitro", VERDICT_BOOTS, 0);
	set_start(sc, 1, "AWSNVMe", 3);
	expect(sc, "aws-nitro", VERDICT_DOUBT, 1);
	set_start(sc, 1, "AWSNVMe", 0);
	get(sc, 1, "AWSNVMe")->file.state = FILE_MISSING;
	expect(sc, "aws-nitro", VERDICT_LIKELY_STOPS, 2); /* R5 of a boot-start driver on 10, too */
	get(sc, 1, "AWSNVMe")->file.state = FILE_PRESENT;
	set_override(sc, 1, "AWSNVMe", "0", 3);
	expect(sc, "aws-nitro", VERDICT_DOUBT, 1);
	only_finding(sc, "R2", SEVERITY_DOUBT, "stornvme");
}

/* ---- portable ---- */

static void test_portable_members(void **state)
{
	struct scene *sc = *state;
	struct target_verdict *v = ask(sc, "portable");
	assert_string_equal(v->id, "portable");
	assert_true(has(v->services, v->n_services, "msahci"));
	assert_true(has(v->services, v->n_services, "pciide"));
	assert_false(has(v->services, v->n_services, "stornvme"));
	assert_false(has(v->services, v->n_services, "viostor"));
	set_start(sc, 1, "msahci", 3);
	set_start(sc, 1, "pciide", 3);
	set_start(sc, 1, "intelide", 3);
	expect(sc, "portable", VERDICT_STOPS, 3);
	assert_int_equal(sc->d.n, 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(sc->d.findings[i].severity, SEVERITY_STOP);
}

static void test_portable_with_vendor_driver(void **state)
{
	struct scene *sc = *state;
	struct control_set *set = &sc->inst.sets[0];
	struct service s = make_service(sc->arena, set->key, "viostor");
	s.start = s.effective_start = 3;
	set->services[set->n++] = s;
	qsort(set->services, set->n, sizeof(s), by_name);
	expect(sc, "portable", VERDICT_STOPS, 1);
	get(sc, 1, "viostor")->file.state = FILE_MISSING;
	expect(sc, "portable", VERDICT_BOOTS, 0);
	get(sc, 1, "viostor")->file.state = FILE_PRESENT;
	get(sc, 1, "viostor")->start = ABSENT;
	expect(sc, "portable", VERDICT_BOOTS, 0);
}

/* ---- doubt ---- */

static void test_unknown_release(void **state)
{
	struct scene *sc = *state;
	sc->inst.release = 0;
	expect(sc, "physical-ahci", VERDICT_UNKNOWN, 0);
	assert_non_null(strstr(sc->d.targets[0].unknown.plain, "cannot tell"));
	set_start(sc, 1, "msahci", 3);
	expect(sc, "physical-ahci", VERDICT_UNKNOWN, 1);
	only_finding(sc, "R1", SEVERITY_LIKELY, "msahci");
	assert_null(strstr(sc->d.targets[0].unknown.plain, "no driver"));
	remove_service(sc, 1, "msahci");
	expect(sc, "physical-ahci", VERDICT_UNKNOWN, 0);
	assert_non_null(strstr(sc->d.targets[0].unknown.plain, "no driver"));
	remove_service(sc, 1, "pci");
	add_controller(sc, "LSI_SAS", "PCI\\VEN_1000");
	ask(sc, "last");
	assert_int_equal(sc->d.n, 0);
}

/* In a set that lost services, an absent driver is not certain to be absent. */
static void test_damaged_set(void **state)
{
	struct scene *sc = *state;
	sc->inst.sets[0].problem = said_as_is("list damaged");
	expect(sc, "physical-ahci", VERDICT_BOOTS, 0);
	remove_service(sc, 1, "msahci");
	expect(sc, "physical-ahci", VERDICT_UNKNOWN, 0);
	assert_string_equal(sc->d.targets[0].unknown.plain, "list damaged");
	set_start(sc, 1, "volmgr", 3);
	expect(sc, "physical-ahci", VERDICT_STOPS, 1);
	assert_null(sc->d.targets[0].unknown.plain);
}

static void test_unknown_target(void **state)
{
	static const char *const ids[] = {"physical-ahci", "toaster"};
	struct scene *sc = *state;
	struct diagnose_request request = {.targets = ids, .n_targets = 2};
	struct err err = {0};
	assert_int_equal(diagnose(&sc->inst, &request, sc->arena, &sc->d, &err), -1);
	assert_int_equal(err.code, E_USAGE);
	assert_non_null(strstr(err.text, "toaster"));
}

/* ---- several targets ---- */

static void test_shared_findings(void **state)
{
	static const char *const ids[] = {"physical-ide", "virtual-pc", "physical-ahci"};
	struct scene *sc = *state;
	struct diagnose_request request = {.targets = ids, .n_targets = 3};
	set_start(sc, 1, "intelide", 3);
	set_start(sc, 1, "volmgrx", 3);
	set_start(sc, 1, "mountmgr", 4);
	assert_int_equal(diagnose(&sc->inst, &request, sc->arena, &sc->d, NULL), 0);
	assert_int_equal(sc->d.n, 3);
	assert_string_equal(sc->d.findings[0].subject, "intelide");
	assert_string_equal(sc->d.findings[1].subject, "mountmgr");
	assert_string_equal(sc->d.findings[2].subject, "volmgrx");
	assert_int_equal(sc->d.findings[2].severity, SEVERITY_LIKELY);
	assert_int_equal(sc->d.targets[0].n, 3);
	assert_int_equal(sc->d.targets[1].n, 3);
	assert_int_equal(sc->d.targets[2].n, 2);
	for (size_t i = 0; i < 2; i++)
		assert_int_not_equal(sc->d.targets[2].findings[i], 0);
	assert_int_equal(verdict_worst(sc->d.targets, 3), VERDICT_STOPS);
	assert_int_equal(sc->d.n_blocked, 3);
	for (size_t i = 0; i < 3; i++) {
		const struct target_verdict *v = &sc->d.targets[i];
		for (size_t k = 0; k < v->n; k++)
			assert_true(has(v->services, v->n_services,
					sc->d.findings[v->findings[k]].subject));
	}
	expect(sc, "physical-ide", VERDICT_STOPS, 3);
}

/* What stops the loader stops it on every machine, whoever else needs the driver. */
static void test_shared_bystander(void **state)
{
	static const char *const ids[] = {"physical-ide", "virtual-pc", "physical-ahci",
					  "vmware-lsi-sas"};
	struct scene *sc = *state;
	struct diagnose_request request = {.targets = ids, .n_targets = 4};
	get(sc, 1, "LSI_SAS")->file.state = FILE_MISSING;
	get(sc, 1, "LSI_SAS")->error_control = 3;
	assert_int_equal(diagnose(&sc->inst, &request, sc->arena, &sc->d, NULL), 0);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(sc->d.targets[i].verdict, VERDICT_STOPS);
}

/* The loader of the machine that it is parked for does not look for the file. */
static void test_parked_without_file(void **state)
{
	static const char *const ids[] = {"physical-nvme", "physical-ahci"};
	static const struct {
		const char *machine;
		enum boot_step step;
		enum verdict other;
	} cases[] = {{"0", STEP_CONTROLLER, VERDICT_BOOTS},
		     {"new", STEP_DRIVERS, VERDICT_LIKELY_STOPS}};
	struct scene *sc = *state;
	set_override(sc, 1, "stornvme", "0", 3);
	get(sc, 1, "stornvme")->file.state = FILE_MISSING;
	get(sc, 1, "stornvme")->error_control = 3;
	for (size_t i = 0; i < 2; i++) {
		struct diagnose_request request = {
			.targets = ids, .n_targets = 2, .machine = cases[i].machine};
		assert_int_equal(diagnose(&sc->inst, &request, sc->arena, &sc->d, NULL), 0);
		assert_int_equal(sc->d.targets[0].verdict, VERDICT_STOPS);
		assert_int_equal(sc->d.targets[0].step, cases[i].step);
		assert_int_equal(sc->d.targets[1].verdict, cases[i].other);
	}
}

static void test_worst(void **state)
{
	struct target_verdict v[4] = {{.verdict = VERDICT_BOOTS},
				      {.verdict = VERDICT_LIKELY_STOPS},
				      {.verdict = VERDICT_UNKNOWN},
				      {.verdict = VERDICT_STOPS}};
	(void)state;
	assert_int_equal(verdict_worst(v, 0), VERDICT_BOOTS);
	assert_int_equal(verdict_worst(v, 1), VERDICT_BOOTS);
	assert_int_equal(verdict_worst(v, 2), VERDICT_LIKELY_STOPS);
	assert_int_equal(verdict_worst(v, 3), VERDICT_UNKNOWN);
	assert_int_equal(verdict_worst(v, 4), VERDICT_STOPS);
	assert_string_equal(verdict_name(VERDICT_BOOTS), "boots");
	assert_string_equal(verdict_name(VERDICT_LIKELY_STOPS), "likely-stops");
	assert_string_equal(verdict_name(VERDICT_STOPS), "stops");
	assert_string_equal(verdict_name(VERDICT_UNKNOWN), "unknown");
	assert_string_equal(severity_name(SEVERITY_STOP), "stop");
	assert_string_equal(severity_name(SEVERITY_LIKELY), "likely");
	assert_string_equal(severity_name(SEVERITY_NOTE), "note");
}

/* Whatever a chain may ask for is looked up on the volume. */
static void test_wanted(void **state)
{
	size_t n, n_targets, n_core, n_dynamic;
	struct arena *arena = arena_new();
	const char **wanted = catalogue_wanted(arena, &n, NULL);
	const struct target *targets = catalogue_targets(&n_targets);
	const struct link *core = catalogue_core(&n_core);
	const struct link *dynamic = catalogue_dynamic(&n_dynamic);
	(void)state;
	for (size_t i = 0; i < n_core; i++)
		assert_true(has(wanted, n, core[i].service));
	for (size_t i = 0; i < n_dynamic; i++)
		assert_true(has(wanted, n, dynamic[i].service));
	for (size_t i = 0; i < n_targets; i++) {
		for (const struct link *l = targets[i].links; l->service; l++)
			assert_true(has(wanted, n, l->service));
	}
	for (size_t i = 0; i < n; i++) {
		const struct driver *d = catalogue_driver(wanted[i]);
		assert_non_null(d);
		for (size_t k = 0; d->above && d->above[k]; k++)
			assert_true(has(wanted, n, d->above[k]));
		assert_false(has(wanted, i, wanted[i]));
	}
	arena_free(arena);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		ON10(test_boot_flags),
		ON10(test_demand),
		ON7(test_last),
		ON7(test_last_ide_without_channel),
		ON10(test_last_overrides),
		ON10(test_last_promoted),
		ON10(test_last_bus),
		ON10(test_last_vendor),
		ON10(test_own_controllers),
		ON10(test_instead),
		ON7(test_portable_members),
		ON10(test_portable_with_vendor_driver),
		ON7(test_unknown_release),
		ON7(test_damaged_set),
		ON7(test_unknown_target),
		ON7(test_shared_findings),
		ON7(test_shared_bystander),
		ON10(test_parked_without_file),
		cmocka_unit_test(test_worst),
		cmocka_unit_test(test_wanted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
