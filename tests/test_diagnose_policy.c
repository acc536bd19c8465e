/* SPDX-License-Identifier: MIT */
/*
 * Rules besides the start of drivers: each is shown a Windows that breaks exactly it, and the
 * same Windows with one thing different where it must be silent.
 */
#include "diagnose_test.h"

#define VALUES 8

static struct control_set *set_of(struct scene *sc, unsigned number)
{
	struct control_set *cs = &sc->inst.sets[0];
	while (cs->number != number)
		cs++;
	return cs;
}

static void add_class(struct scene *sc, unsigned set, const char *name)
{
	struct control_set *cs = set_of(sc, set);
	if (!cs->classes)
		cs->classes = arena_array(sc->arena, VALUES, sizeof(struct filter_class), NULL);
	cs->classes[cs->n_classes++] = (struct filter_class){
		name, arena_printf(sc->arena, "%s\\Control\\Class\\{%s}", cs->key, name), 0, false};
}

static struct class_filter make_filter(struct scene *sc, const char *name, const char *value,
				       const char *service)
{
	struct class_filter f = {.service = service, .class_name = name, .value = value};
	f.key = arena_printf(sc->arena, "ControlSet001\\Control\\Class\\{%s}", name);
	assert_int_equal(text_to_utf16le(sc->arena, service, &f.stored, NULL), 0);
	return f;
}

static void add_filter(struct scene *sc, const char *name, const char *value, const char *service)
{
	struct control_set *cs = set_of(sc, 1);
	if (!cs->filters)
		cs->filters = arena_array(sc->arena, VALUES, sizeof(struct class_filter), NULL);
	cs->filters[cs->n_filters++] = make_filter(sc, name, value, service);
}

static void add_device_filter(struct scene *sc, const char *driver, const char *service)
{
	struct control_set *cs = set_of(sc, 1);
	if (!cs->device_filters)
		cs->device_filters = arena_array(sc->arena, VALUES, sizeof(struct class_filter),
						 NULL);
	struct class_filter *f = &cs->device_filters[cs->n_device_filters++];
	*f = make_filter(sc, "PCI\\VEN_1\\0", "UpperFilters", service);
	f->key = "ControlSet001\\Enum\\PCI\\VEN_1\\0";
	f->device_service = driver;
}

static const struct finding *of_rule(struct scene *sc, const char *rule)
{
	for (size_t i = 0; i < sc->d.n; i++) {
		if (strcmp(sc->d.findings[i].rule->id, rule) == 0)
			return &sc->d.findings[i];
	}
	return NULL;
}

/* Nothing but this rule speaks, and the verdict is its severity's. */
static const struct finding *expect_rule(struct scene *sc, const char *target, const char *rule,
					 enum severity severity)
{
	static const enum verdict verdicts[] = {[SEVERITY_STOP] = VERDICT_STOPS,
						[SEVERITY_LIKELY] = VERDICT_LIKELY_STOPS,
						[SEVERITY_NOTE] = VERDICT_BOOTS};
	struct target_verdict *v = ask(sc, target);
	for (size_t i = 0; i < sc->d.n; i++) {
		if (strcmp(sc->d.findings[i].rule->id, rule) != 0)
			fail_msg("%s: %s %s", target, sc->d.findings[i].rule->id,
				 sc->d.findings[i].subject);
	}
	assert_int_equal(sc->d.n, 1);
	assert_int_equal(sc->d.findings[0].severity, severity);
	assert_int_equal(v->verdict, verdicts[severity]);
	assert_int_equal(v->n, severity != SEVERITY_NOTE);
	assert_true(severity != SEVERITY_NOTE || !sc->d.findings[0].fixable);
	return &sc->d.findings[0];
}

static void expect_silence(struct scene *sc, const char *target)
{
	ask(sc, target);
	if (sc->d.n)
		fail_msg("%s: %s %s", target, sc->d.findings[0].rule->id,
			 sc->d.findings[0].subject);
}

static void expect_number(const struct finding *f, size_t i, const char *key, const char *name,
			  uint32_t number)
{
	assert_true(i < f->n_edits);
	assert_int_equal(f->edits[i].op, HIVE_SET);
	assert_string_equal(f->edits[i].key, key);
	assert_string_equal(f->edits[i].name, name);
	assert_int_equal(f->edits[i].type, REG_DWORD);
	assert_int_equal(le32(f->edits[i].data, 0), number);
}

/* ---- drivers ---- */

static void test_type(void **state)
{
	struct scene *sc = *state;
	get(sc, 1, "msahci")->type = 0x10;
	const struct finding *f = expect_rule(sc, "physical-ahci", "R6", SEVERITY_LIKELY);
	expect_number(f, 0, "ControlSet001\\Services\\msahci", "Type", 1);
	assert_string_equal(f->found.plain, "16");
	assert_string_equal(f->fix_words.plain, "Type 1");
	get(sc, 1, "msahci")->type = UINT32_MAX;
	assert_string_equal(expect_rule(sc, "physical-ahci", "R6", SEVERITY_LIKELY)->found.plain,
			    "absent");
	expect_silence(sc, "virtual-pc");
	for (uint32_t type = 2; type <= 8; type += 6) {
		get(sc, 1, "msahci")->type = type;
		expect_silence(sc, "physical-ahci");
	}
	get(sc, 1, "volmgrx")->type = 0x10;
	ask(sc, "physical-ahci");
	assert_int_equal(sc->d.findings[0].severity, SEVERITY_NOTE);
}

/* A value that the loader does not take: of boot drivers, whether one needs them or not. */
static void test_refused(void **state)
{
	struct scene *sc = *state;
	struct service *s = get(sc, 1, "msahci");
	s->refused = "Group";
	s->refused_type = "REG_MULTI_SZ";
	const struct finding *f = expect_rule(sc, "virtual-pc", "R12", SEVERITY_NOTE);
	assert_string_equal(f->value, "Group");
	assert_string_equal(f->found.plain, "Group is REG_MULTI_SZ");
	assert_string_equal(f->needed.plain, "REG_SZ");
	expect_rule(sc, "physical-ahci", "R12", SEVERITY_NOTE);
	s->start = 3;
	expect_silence(sc, "virtual-pc");
	s->start = 0;
	s->type = 0x20;
	expect_silence(sc, "virtual-pc");
}

static void test_early_launch(void **state)
{
	struct scene *sc = *state;
	struct service *s = add_service(sc, "WdBoot");
	s->group = "Early-Launch";
	s->error_control = 3;
	expect_silence(sc, "physical-ahci");
	s->file.state = FILE_MISSING;
	expect_rule(sc, "physical-ahci", "R11", SEVERITY_STOP);
	s->group = "early-launch";
	expect_rule(sc, "physical-ahci", "R11", SEVERITY_STOP);
	s->group = "Base";
	expect_rule(sc, "physical-ahci", "R5", SEVERITY_STOP);
}

/* ---- filters ---- */

static void test_standard_filter(void **state)
{
	struct scene *sc = *state;
	expect_silence(sc, "virtual-pc");
	add_class(sc, 1, "DiskDrive");
	const struct finding *f = expect_rule(sc, "virtual-pc", "F3", SEVERITY_STOP);
	assert_string_equal(f->subject, "partmgr");
	assert_int_equal(f->n_edits, 1);
	assert_string_equal(f->edits[0].key, "ControlSet001\\Control\\Class\\{DiskDrive}");
	assert_string_equal(f->edits[0].name, "UpperFilters");
	assert_int_equal(f->edits[0].data.len, 2 * (strlen("partmgr") + 2));
	add_filter(sc, "DiskDrive", "LowerFilters", "partmgr");
	expect_rule(sc, "virtual-pc", "F3", SEVERITY_STOP);
	set_of(sc, 1)->classes[0].unreadable = true;
	expect_silence(sc, "virtual-pc");
	set_of(sc, 1)->classes[0].unreadable = false;
	add_filter(sc, "DiskDrive", "UpperFilters", "PARTMGR");
	expect_silence(sc, "virtual-pc");
}

static void test_standard_filter_10(void **state)
{
	struct scene *sc = *state;
	add_class(sc, 1, "Volume");
	const struct finding *f = expect_rule(sc, "physical-ahci", "F3", SEVERITY_LIKELY);
	assert_string_equal(f->subject, "volsnap");
	assert_int_equal(f->n_edits, 1);
	assert_int_equal(f->edits[0].data.len, 2 * (strlen("volsnap") + 2));
	assert_int_equal(le16(f->edits[0].data, 0), 'v');
	add_filter(sc, "Volume", "UpperFilters", "volsnap");
	expect_silence(sc, "physical-ahci");
	add_service(sc, "fvevol");
	f = expect_rule(sc, "physical-ahci", "F3", SEVERITY_NOTE);
	assert_string_equal(f->subject, "fvevol");
	add_filter(sc, "Volume", "LowerFilters", "fvevol");
	expect_silence(sc, "physical-ahci");
}

/* Of 2003, 7 and 8.1 none has volsnap in the list; XP has, and does without. */
static void test_standard_filter_by_release(void **state)
{
	static const struct {
		uint16_t release;
		int severity; /* -1: silent */
	} cases[] = {
		{WIN_2000, -1}, {WIN_XP, SEVERITY_NOTE},   {WIN_2003, -1}, {WIN_7, -1},
		{WIN_81, -1},   {WIN_10, SEVERITY_LIKELY},
	};
	struct scene *sc = *state;
	add_class(sc, 1, "Volume");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		sc->inst.release = cases[i].release;
		ask(sc, "virtual-pc");
		const struct finding *f = of_rule(sc, "F3");
		assert_int_equal(f ? (int)f->severity : -1, cases[i].severity);
	}
}

/* Bad names go and missing ones come in one value, whichever finding is asked to. */
static void test_one_value_two_findings(void **state)
{
	struct scene *sc = *state;
	add_class(sc, 1, "DiskDrive");
	add_filter(sc, "DiskDrive", "UpperFilters", "ghost");
	add_filter(sc, "DiskDrive", "UpperFilters", "storflt");
	ask(sc, "virtual-pc");
	assert_int_equal(sc->d.n, 2);
	const struct finding *bad = of_rule(sc, "F1"), *missing = of_rule(sc, "F3");
	assert_int_equal(bad->n_edits, 1);
	assert_int_equal(missing->n_edits, 1);
	assert_int_equal(bad->edits[0].data.len, missing->edits[0].data.len);
	assert_memory_equal(bad->edits[0].data.p, missing->edits[0].data.p, bad->edits[0].data.len);
	assert_int_equal(bad->edits[0].data.len, 2 * (strlen("partmgr") + strlen("storflt") + 3));
	assert_int_equal(le16(bad->edits[0].data, 0), 'p');
}

static void test_stranger_filter(void **state)
{
	struct scene *sc = *state;
	struct service *s = add_service(sc, "stdcfltn");
	add_filter(sc, "DiskDrive", "LowerFilters", "EhStorClass");
	add_filter(sc, "DiskDrive", "LowerFilters", "storqosflt");
	add_service(sc, "storqosflt");
	expect_silence(sc, "physical-ahci");
	add_filter(sc, "DiskDrive", "LowerFilters", "stdcfltn");
	expect_rule(sc, "physical-ahci", "F4", SEVERITY_NOTE);
	s->start = 4;
	expect_rule(sc, "physical-ahci", "F2", SEVERITY_STOP);
}

static void test_device_filter(void **state)
{
	struct scene *sc = *state;
	add_device_filter(sc, "pci", "disk");
	expect_silence(sc, "virtual-pc");
	add_device_filter(sc, "pci", "ghost");
	const struct finding *f = expect_rule(sc, "virtual-pc", "F5", SEVERITY_LIKELY);
	assert_int_equal(f->n_edits, 1);
	assert_string_equal(f->edits[0].key, "ControlSet001\\Enum\\PCI\\VEN_1\\0");
	assert_int_equal(f->edits[0].op, HIVE_SET);
	assert_int_equal(f->edits[0].data.len, 2 * (strlen("disk") + 2));
	for (size_t i = 0; i < 2; i++)
		set_of(sc, 1)->device_filters[i].class_name = "PCI\\VEN_\\x01\\0";
	assert_false(expect_rule(sc, "virtual-pc", "F5", SEVERITY_LIKELY)->fixable);
	set_of(sc, 1)->device_filters[0].device_service = "msahci";
	set_of(sc, 1)->device_filters[1].device_service = "msahci";
	expect_silence(sc, "virtual-pc");
	sc->inst.controllers = arena_array(sc->arena, 1, sizeof(struct controller), NULL);
	sc->inst.controllers[0] = (struct controller){.service = "msahci",
						      .hardware = "PCI\\VEN_1"};
	sc->inst.n_controllers = 1;
	expect_rule(sc, "last", "F5", SEVERITY_LIKELY);
	set_of(sc, 1)->device_filters[1].device_service = "usbhub";
	set_of(sc, 1)->device_filters[0].device_service = "usbhub";
	expect_silence(sc, "last");
}

static void make_usb(struct scene *sc)
{
	static const char *const services[] = {"usbehci", "usbhub",  "USBXHCI", "UCX01000",
					       "USBHUB3", "USBSTOR", "UASPStor"};
	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
		struct service *s = add_service(sc, services[i]);
		s->start = s->effective_start = 3;
		s->boot_flags = 0x14;
	}
	set_of(sc, 1)->poll_timeout = (struct setting){true, 30000};
}

static void make_vhd(struct scene *sc)
{
	add_service(sc, "vdrvroot");
	add_service(sc, "FsDepends")->start = 3;
}

/* Filters of USB hubs and controllers stand in the way of a disk on USB and of no other. */
static void test_usb_class(void **state)
{
	static const char *const others[] = {"physical-ahci", "vhd-on-ahci", "portable"};
	struct scene *sc = *state;
	make_usb(sc);
	make_vhd(sc);
	set_of(sc, 1)->boot_driver_flags = (struct setting){true, 0x14};
	add_filter(sc, "USB", "UpperFilters", "USBPcap");
	set_of(sc, 1)->filters[0].boot_flags = BOOT_FROM_USB | BOOT_FROM_USB3;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		expect_silence(sc, others[i]);
	const struct finding *f = expect_rule(sc, "usb", "F1", SEVERITY_STOP);
	assert_string_equal(f->found.plain, "no service");
	assert_int_equal(f->n_edits, 1);
	assert_int_equal(f->edits[0].op, HIVE_DELETE_VALUE);
	expect_rule(sc, "vhd-on-usb", "F1", SEVERITY_STOP);
	struct service *s = add_service(sc, "USBPcap");
	expect_silence(sc, "usb");
	s->file.state = FILE_MISSING;
	s->start = 3;
	expect_rule(sc, "usb", "F1", SEVERITY_STOP);
	expect_silence(sc, "physical-ahci");
	s->file.state = FILE_PRESENT;
	s->start = 4;
	expect_rule(sc, "usb", "F2", SEVERITY_STOP);
	expect_silence(sc, "physical-ahci");
}

/* ---- drivers of guest tools ---- */

/* The edit takes the value away, or leaves one name of so many letters. */
static void expect_unlisted(const struct finding *f, size_t i, const char *class, size_t letters)
{
	char key[64];
	snprintf(key, sizeof(key), "ControlSet001\\Control\\Class\\{%s}", class);
	assert_true(i < f->n_edits);
	assert_string_equal(f->edits[i].key, key);
	assert_string_equal(f->edits[i].name, "UpperFilters");
	assert_int_equal(f->edits[i].op, letters ? HIVE_SET : HIVE_DELETE_VALUE);
	assert_int_equal(f->edits[i].data.len, letters ? 2 * (letters + 2) : 0);
}

/* Out of every list first, then disabled; on its own platform it is right. */
static void test_leftover_filter(void **state)
{
	struct scene *sc = *state;
	struct control_set *set = set_of(sc, 1);
	add_service(sc, "acme");
	struct service *s = add_service(sc, "xenfilt");
	add_filter(sc, "HDC", "UpperFilters", "xenfilt");
	add_filter(sc, "System", "UpperFilters", "XenFilt");
	add_filter(sc, "System", "UpperFilters", "EhStorClass");
	struct class_filter other[] = {make_filter(sc, "Net", "UpperFilters", "acme"),
				       make_filter(sc, "Net", "UpperFilters", "xenfilt")};
	set->other_filters = other;
	set->n_other_filters = 2;
	const struct finding *f = expect_rule(sc, "kvm-ide", "R10", SEVERITY_LIKELY);
	assert_string_equal(f->fix_words.plain, "unlist, Start 4");
	assert_int_equal(f->n_edits, 4);
	expect_unlisted(f, 0, "HDC", 0);
	expect_unlisted(f, 1, "System", strlen("EhStorClass"));
	expect_unlisted(f, 2, "Net", strlen("acme"));
	expect_number(f, 3, "ControlSet001\\Services\\xenfilt", "Start", 4);
	expect_silence(sc, "aws-nitro");
	s->start = 3;
	expect_rule(sc, "physical-ahci", "R10", SEVERITY_LIKELY);
	expect_rule(sc, "portable", "R10", SEVERITY_LIKELY);
	s->file.state = FILE_MISSING;
	ask(sc, "kvm-ide");
	assert_null(of_rule(sc, "R10"));
	s->file.state = FILE_PRESENT;
	ask(sc, "last");
	assert_null(of_rule(sc, "R10"));
	s->start = 4;
	ask(sc, "kvm-ide");
	assert_null(of_rule(sc, "R10"));
	assert_non_null(of_rule(sc, "F2"));
}

/* Nothing is taken from a machine that is asked for and boots by it. */
static void test_leftover_of_asked_machine(void **state)
{
	static const char *const both[] = {"kvm-ide", "xen"};
	struct scene *sc = *state;
	struct diagnose_request request = {.targets = both, .n_targets = 2};
	add_service(sc, "xenbus");
	const struct finding *f = expect_rule(sc, "kvm-ide", "R10", SEVERITY_LIKELY);
	assert_string_equal(f->fix_words.plain, "4 Disabled");
	assert_true(expect_rule(sc, "portable", "R10", SEVERITY_LIKELY)->fixable);
	set_override(sc, 1, "xenbus", "0", 0);
	set_override(sc, 1, "xenbus", "1", 3);
	f = expect_rule(sc, "kvm-ide", "R10", SEVERITY_LIKELY);
	assert_int_equal(f->n_edits, 2);
	expect_number(f, 1, "ControlSet001\\Services\\xenbus\\StartOverride", "0", 4);
	get(sc, 1, "xenbus")->n_overrides = 0;
	add_service(sc, "xenvbd");
	expect_silence(sc, "xen");
	ask(sc, "portable");
	assert_int_equal(sc->d.n, 2);
	assert_false(sc->d.findings[0].fixable);
	ask(sc, "kvm-ide");
	assert_true(sc->d.findings[0].fixable);
	assert_int_equal(diagnose(&sc->inst, &request, sc->arena, &sc->d, NULL), 0);
	assert_false(sc->d.findings[0].fixable);
	assert_int_equal(sc->d.targets[0].verdict, VERDICT_LIKELY_STOPS);
	assert_int_equal(sc->d.targets[1].verdict, VERDICT_BOOTS);
}

/* A bad name beside it: both repairs of the list write the same. */
static void test_leftover_beside_ghost(void **state)
{
	struct scene *sc = *state;
	add_service(sc, "xenfilt");
	add_filter(sc, "HDC", "UpperFilters", "ghost");
	add_filter(sc, "HDC", "UpperFilters", "xenfilt");
	ask(sc, "kvm-ide");
	assert_int_equal(sc->d.n, 2);
	expect_unlisted(of_rule(sc, "F1"), 0, "HDC", 0);
	expect_unlisted(of_rule(sc, "R10"), 0, "HDC", 0);
	ask(sc, "xen");
	expect_unlisted(of_rule(sc, "F1"), 0, "HDC", strlen("xenfilt"));
}

static void test_leftover_platforms(void **state)
{
	static const struct {
		const char *service, *at_home, *abroad;
	} cases[] = {
		{"rhelscsi", NULL, "kvm-sata"},           {"xenpci", NULL, "physical-ahci"},
		{"pvvxblk", "kvm-ide", "vmware-lsi-sas"}, {"virtio_blk", "kvm-sata", "hyperv-gen1"},
		{"prl_strg", NULL, "physical-ahci"},
	};
	struct scene *sc = *state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		add_service(sc, cases[i].service);
		expect_rule(sc, cases[i].abroad, "R10", SEVERITY_LIKELY);
		if (cases[i].at_home)
			expect_silence(sc, cases[i].at_home);
		remove_service(sc, 1, cases[i].service);
	}
}

/* ---- values ---- */

/* About other disks: a note, whatever the target, and never repaired. */
static void test_san_policy(void **state)
{
	struct scene *sc = *state;
	struct control_set *set = set_of(sc, 1);
	for (uint32_t value = 0; value < 6; value++) {
		set->san_policy = (struct setting){true, value};
		if (value != 3 && value != 4) {
			expect_silence(sc, "virtual-pc");
			continue;
		}
		expect_rule(sc, "virtual-pc", "F7", SEVERITY_NOTE);
	}
	set->san_policy = (struct setting){false, 3};
	expect_silence(sc, "virtual-pc");
	set->portable_system = (struct setting){true, 1};
	set->san_policy = (struct setting){true, 4};
	expect_silence(sc, "virtual-pc");
	set->san_policy.value = 3;
	expect_rule(sc, "virtual-pc", "F7", SEVERITY_NOTE);
	set->portable_system.value = 0;
	set->san_policy.value = 4;
	expect_rule(sc, "virtual-pc", "F7", SEVERITY_NOTE);
}

static void test_usb_flags(void **state)
{
	struct scene *sc = *state;
	struct setting *flags = &set_of(sc, 1)->boot_driver_flags;
	make_usb(sc);
	*flags = (struct setting){true, 0x1c};
	expect_silence(sc, "usb");
	*flags = (struct setting){true, 0x0c};
	const struct finding *f = expect_rule(sc, "usb", "F8", SEVERITY_LIKELY);
	expect_number(f, 0, "ControlSet001\\Control", "BootDriverFlags", 0x1c);
	*flags = (struct setting){true, 0x10};
	expect_rule(sc, "usb", "F8", SEVERITY_LIKELY);
	*flags = (struct setting){0};
	f = expect_rule(sc, "usb", "F8", SEVERITY_LIKELY);
	expect_number(f, 0, "ControlSet001\\Control", "BootDriverFlags", 0x14);
	expect_silence(sc, "physical-ahci");
	*flags = (struct setting){true, 0x14};
	get(sc, 1, "USBSTOR")->boot_flags = 2;
	expect_rule(sc, "usb", "R1", SEVERITY_STOP);
}

static struct target_verdict *ask_on(struct scene *sc, const char *target, const char *machine)
{
	struct diagnose_request request = {.targets = &target, .n_targets = 1, .machine = machine};
	assert_int_equal(diagnose(&sc->inst, &request, sc->arena, &sc->d, NULL), 0);
	return &sc->d.targets[0];
}

/* A machine has flags of its own from its first boot on: they count there and nowhere else. */
static void test_usb_flags_of_machines(void **state)
{
	struct scene *sc = *state;
	struct machine machines[] = {
		{.config = "{b}", .id = "1", .boot_driver_flags = {true, 0x1c}},
		{.config = "{a}", .id = "0", .boot_driver_flags = {true, 0x8}},
		{.config = "{c}", .id = "2"},
	};
	make_usb(sc);
	set_of(sc, 1)->boot_driver_flags = (struct setting){true, 0x1c};
	sc->inst.machines = machines;
	sc->inst.n_machines = 3;
	sc->inst.last_id = "1";
	assert_int_equal(ask(sc, "usb")->verdict, VERDICT_DOUBT);
	const struct finding *f = only_finding(sc, "F8", SEVERITY_DOUBT, "USBSTOR");
	assert_string_equal(f->key, "HardwareConfig\\{a}");
	assert_string_equal(f->found.plain, "BootDriverFlags 0x8");
	assert_int_equal(f->n_edits, 1);
	expect_number(f, 0, "HardwareConfig\\{a}", "BootDriverFlags", 0x1c);
	assert_int_equal(ask_on(sc, "usb", "0")->verdict, VERDICT_STOPS);
	only_finding(sc, "F8", SEVERITY_STOP, "USBSTOR");
	assert_int_equal(ask_on(sc, "usb", "last")->verdict, VERDICT_BOOTS);
	assert_int_equal(ask_on(sc, "usb", "2")->verdict, VERDICT_BOOTS);
	machines[1].boot_driver_flags.value = 0x4;
	assert_int_equal(ask_on(sc, "usb", "0")->verdict, VERDICT_LIKELY_STOPS);
	set_of(sc, 1)->boot_driver_flags = (struct setting){true, 0x1};
	assert_int_equal(ask_on(sc, "usb", "1")->verdict, VERDICT_BOOTS);
	assert_int_equal(ask_on(sc, "usb", "2")->verdict, VERDICT_LIKELY_STOPS);
	ask(sc, "usb");
	f = only_finding(sc, "F8", SEVERITY_LIKELY, "USBSTOR");
	assert_int_equal(f->n_edits, 2);
	expect_number(f, 0, "ControlSet001\\Control", "BootDriverFlags", 0x15);
	expect_number(f, 1, "HardwareConfig\\{a}", "BootDriverFlags", 0x14);
	expect_silence(sc, "physical-ahci");
}

static void test_usb_wait(void **state)
{
	struct scene *sc = *state;
	struct setting *wait = &set_of(sc, 1)->poll_timeout;
	make_usb(sc);
	set_of(sc, 1)->boot_driver_flags = (struct setting){true, 0x14};
	*wait = (struct setting){true, 29999};
	expect_rule(sc, "usb", "F9", SEVERITY_NOTE);
	*wait = (struct setting){0};
	expect_rule(sc, "usb", "F9", SEVERITY_NOTE);
	expect_silence(sc, "physical-ahci");
}

/* How often D11 speaks about a disk, whose way to the loader nobody judges. */
static size_t expansions(struct scene *sc, const char *target, bool grows)
{
	const struct partition_table none = {.scheme = SCHEME_NONE};
	const struct bootpath_request disk = {.table = &none, .install = &sc->inst, .grows = grows};
	struct diagnose_request request = {.targets = &target, .n_targets = 1, .disk = &disk};
	assert_int_equal(diagnose(&sc->inst, &request, sc->arena, &sc->d, NULL), 0);
	assert_true(sc->d.n <= 1);
	return sc->d.n && of_rule(sc, "D11")->severity == SEVERITY_NOTE;
}

/* A fixed disk has its full size already. */
static void test_expand(void **state)
{
	struct scene *sc = *state;
	struct setting *expand = &set_of(sc, 1)->expand_on_mount;
	make_vhd(sc);
	assert_int_equal(expansions(sc, "vhd-on-ahci", true), 0);
	*expand = (struct setting){true, 1};
	assert_int_equal(expansions(sc, "vhd-on-ahci", true), 1);
	assert_int_equal(expansions(sc, "vhd-on-ahci", false), 0);
	assert_int_equal(expansions(sc, "physical-ahci", true), 0);
	expect_silence(sc, "vhd-on-ahci");
	*expand = (struct setting){true, 4};
	assert_int_equal(expansions(sc, "vhd-on-ahci", true), 0);
	get(sc, 1, "FsDepends")->start = 4;
	const struct finding *f = expect_rule(sc, "vhd-on-ahci", "R1", SEVERITY_STOP);
	expect_number(f, 0, "ControlSet001\\Services\\FsDepends", "Start", 3);
	set_start(sc, 1, "FsDepends", 3);
	set_start(sc, 1, "vdrvroot", 3);
	expect_rule(sc, "vhd-on-ahci", "R3", SEVERITY_STOP);
}

static void test_hyperv_nodes(void **state)
{
	struct scene *sc = *state;
	struct control_set *set = set_of(sc, 1);
	sc->inst.release = WIN_81;
	set->old_hyperv_nodes = true;
	expect_rule(sc, "hyperv-gen2", "F6", SEVERITY_NOTE);
	expect_rule(sc, "azure", "F6", SEVERITY_NOTE);
	expect_silence(sc, "physical-ahci");
	set->new_hyperv_nodes = true;
	expect_silence(sc, "hyperv-gen2");
	set->new_hyperv_nodes = false;
	sc->inst.release = WIN_10;
	expect_silence(sc, "hyperv-gen2");
}

/* ---- the installation ---- */

static void test_select(void **state)
{
	struct scene *sc = *state;
	sc->inst.select_last_good = 2;
	expect_silence(sc, "virtual-pc");
	sc->inst.select_current = 2;
	assert_string_equal(expect_rule(sc, "virtual-pc", "H3", SEVERITY_NOTE)->value, "Default");
	sc->inst.select_current = 1;
	sc->inst.select_failed = 2;
	assert_string_equal(expect_rule(sc, "virtual-pc", "H3", SEVERITY_NOTE)->value, "Failed");
	sc->inst.select_failed = 0;
	sc->inst.select_last_good = 3;
	assert_string_equal(expect_rule(sc, "virtual-pc", "H3", SEVERITY_NOTE)->value,
			    "LastKnownGood");
}

static void test_setup(void **state)
{
	static const enum setup_state states[] = {SETUP_RUNNING, SETUP_SPECIALIZE, SETUP_OOBE,
						  SETUP_AUDIT};
	struct scene *sc = *state;
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		sc->inst.setup = states[i];
		const struct finding *f = expect_rule(sc, "virtual-pc", "F12", SEVERITY_NOTE);
		assert_string_equal(f->found.plain, setup_words(states[i]));
	}
	sc->inst.setup = SETUP_DONE;
	sc->inst.generalization = 7;
	expect_silence(sc, "virtual-pc");
	sc->inst.generalization = 3;
	expect_rule(sc, "virtual-pc", "F12", SEVERITY_NOTE);
}

/* What runs, whether it is there, and what ends it. */
static void test_setup_command(void **state)
{
	static const struct {
		const char *command;
		enum file_state program;
		const char *found, *needed;
	} cases[] = {
		{"oobe\\windeploy.exe", FILE_PRESENT, "SetupType 2, CmdLine oobe\\windeploy.exe",
		 "a Windows that is set up"},
		{"setup -newsetup", FILE_UNCHECKED, "SetupType 2, CmdLine setup -newsetup",
		 "a Windows that is set up"},
		{"C:\\t\\x.exe", FILE_MISSING,
		 "SetupType 2, CmdLine C:\\t\\x.exe: not on this disk", "SetupType 0"},
		{"cmd.exe /c x", FILE_PRESENT, "SetupType 2, CmdLine cmd.exe /c x", "SetupType 0"},
		{NULL, FILE_UNCHECKED, "SetupType 2, CmdLine absent", "SetupType 0"},
	};
	struct scene *sc = *state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		sc->inst.setup = SETUP_RUNNING;
		sc->inst.setup_type = 2;
		sc->inst.setup_command = cases[i].command;
		sc->inst.setup_program.state = cases[i].program;
		const struct finding *f = expect_rule(sc, "virtual-pc", "F12", SEVERITY_NOTE);
		assert_string_equal(f->found.plain, cases[i].found);
		assert_string_equal(f->needed.plain, cases[i].needed);
		assert_int_equal(strstr(f->no_fix.plain, "SetupType=0") != NULL,
				 !strcmp(cases[i].needed, "SetupType 0"));
	}
	sc->inst.generalization = 3;
	assert_null(
		strstr(expect_rule(sc, "virtual-pc", "F12", SEVERITY_NOTE)->no_fix.plain, "=0"));
	sc->inst.generalization = 7;
	sc->inst.setup = SETUP_DONE;
	sc->inst.setup_type = 0;
	sc->inst.setup_command = "setup -newsetup";
	expect_silence(sc, "virtual-pc");
}

static void test_programs(void **state)
{
	struct scene *sc = *state;
	struct boot_program programs[] = {{"autocheck autochk *", "BootExecute", {0}},
					  {"defrag", "BootExecute", {0}}};
	struct control_set *set = set_of(sc, 1);
	set->programs = programs;
	set->n_programs = 2;
	expect_silence(sc, "virtual-pc");
	programs[0].file.state = FILE_MISSING;
	programs[1].file.state = FILE_PRESENT;
	expect_silence(sc, "virtual-pc");
	programs[1].file.state = FILE_MISSING;
	assert_string_equal(expect_rule(sc, "virtual-pc", "F13", SEVERITY_NOTE)->subject, "defrag");
	programs[1].file.state = FILE_EMPTY;
	expect_rule(sc, "virtual-pc", "F13", SEVERITY_NOTE);
}

static void test_servicing(void **state)
{
	struct scene *sc = *state;
	struct boot_program program = {"poqexec.exe /x", "SetupExecute", {0}};
	struct control_set *set = set_of(sc, 1);
	set->pending_renames = true;
	sc->inst.pending_xml.state = FILE_MISSING;
	expect_silence(sc, "virtual-pc");
	sc->inst.pending_xml.state = FILE_PRESENT;
	assert_string_equal(expect_rule(sc, "virtual-pc", "U1", SEVERITY_NOTE)->found.plain,
			    "pending.xml");
	set->programs = &program;
	set->n_programs = 1;
	expect_rule(sc, "virtual-pc", "U1", SEVERITY_NOTE);
	sc->inst.pending_xml.state = FILE_UNCHECKED;
	assert_string_equal(expect_rule(sc, "virtual-pc", "U1", SEVERITY_NOTE)->found.plain,
			    "SetupExecute");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		ON7(test_type),
		ON7(test_refused),
		ON10(test_early_launch),
		ON10(test_leftover_filter),
		ON10(test_leftover_of_asked_machine),
		ON10(test_leftover_beside_ghost),
		ON10(test_leftover_platforms),
		ON7(test_standard_filter),
		ON10(test_standard_filter_10),
		ON7(test_standard_filter_by_release),
		ON7(test_one_value_two_findings),
		ON10(test_stranger_filter),
		ON7(test_device_filter),
		ON10(test_usb_class),
		ON7(test_san_policy),
		ON10(test_usb_flags),
		ON10(test_usb_flags_of_machines),
		ON10(test_usb_wait),
		ON10(test_expand),
		ON10(test_hyperv_nodes),
		ON7(test_select),
		ON7(test_setup),
		ON7(test_setup_command),
		ON7(test_programs),
		ON7(test_servicing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
