/* SPDX-License-Identifier: MIT */
/*
 * Which driver the device database gives to a target's own controller, and what is said when it is
 * none: by the ids that this controller shows and no others, whoever made the driver.
 */
#include "diagnose_test.h"

#define BINDINGS 16
#define DATABASE "ControlSet001\\Control\\CriticalDeviceDatabase\\"

/* As CriticalDeviceDatabase of Windows up to 7. */
static void bind(struct scene *sc, const char *id, const char *service)
{
	struct control_set *cs = &sc->inst.sets[0];
	if (!cs->bindings)
		cs->bindings = arena_array(sc->arena, BINDINGS, sizeof(struct binding), NULL);
	cs->has_critical_devices = true;
	cs->bindings[cs->n_bindings++] = (struct binding){.id = id, .service = service};
}

/* As DriverDatabase of 8 and later. */
static void bind10(struct scene *sc, const char *id, const char *service)
{
	struct install *inst = &sc->inst;
	if (!inst->bindings)
		inst->bindings = arena_array(sc->arena, BINDINGS, sizeof(struct binding), NULL);
	inst->has_device_ids = true;
	inst->bindings[inst->n_bindings++] = (struct binding){.id = id, .service = service};
}

/* What every healthy Windows up to 7 binds besides. */
static int make_bound7(void **state)
{
	make_win7(state);
	bind(*state, "GenDisk", "disk");
	bind(*state, "Primary_IDE_Channel", "atapi");
	return 0;
}

static const struct finding *find(const struct scene *sc, const char *rule, const char *subject)
{
	for (size_t i = 0; i < sc->d.n; i++) {
		const struct finding *f = &sc->d.findings[i];
		if (strcmp(f->rule->id, rule) == 0 && strcmp(f->subject, subject) == 0)
			return f;
	}
	fail_msg("no %s about %s", rule, subject);
	return NULL;
}

static const char *text_of(const struct scene *sc, const struct edit *e)
{
	return text_utf16le(sc->arena, (struct span){e->data.p, e->data.len - 2});
}

static bool needs(const struct scene *sc, const char *service)
{
	return has(sc->d.targets[0].services, sc->d.targets[0].n_services, service);
}

/* ---- the ids of the target itself ---- */

static void test_own_id(void **state)
{
	struct scene *sc = *state;
	bind(sc, "PCI\\VEN_8086&DEV_7111", "intelide");
	expect(sc, "vmware-ide", VERDICT_BOOTS, 0);
	expect(sc, "virtual-pc", VERDICT_BOOTS, 0);
	expect(sc, "virtualbox-ide", VERDICT_BOOTS, 0);
	expect(sc, "hyperv-gen1", VERDICT_BOOTS, 0);
	expect(sc, "kvm-ide", VERDICT_STOPS, 1);
	const struct finding *f = only_finding(sc, "R7", SEVERITY_STOP, "intelide");
	assert_string_equal(f->found.plain, "PCI\\VEN_8086&DEV_7010 not bound");
	assert_string_equal(f->fix_words.plain, "bind");
	assert_int_equal(f->n_edits, 3);
	assert_int_equal(f->edits[0].op, HIVE_CREATE_KEY);
	assert_string_equal(f->edits[0].key, DATABASE "PCI#VEN_8086&DEV_7010");
	assert_string_equal(f->edits[1].name, "Service");
	assert_string_equal(text_of(sc, &f->edits[1]), "intelide");
	assert_string_equal(f->edits[2].name, "ClassGUID");
	assert_string_equal(text_of(sc, &f->edits[2]), "{4D36E96A-E325-11CE-BFC1-08002BE10318}");
	sc->inst.release = WIN_2003;
	ask(sc, "kvm-ide");
	assert_string_equal(find(sc, "R7", "intelide")->edits[0].key,
			    DATABASE "pci#ven_8086&dev_7010");
}

/* An entry that cannot be read binds; one that names a driver that is gone does not. */
static void test_entries(void **state)
{
	struct scene *sc = *state;
	expect(sc, "vmware-ide", VERDICT_STOPS, 1);
	only_finding(sc, "R7", SEVERITY_STOP, "intelide");
	ask(sc, "last");
	assert_int_equal(sc->d.n, 0);
	bind(sc, "PCI\\VEN_8086&DEV_7111", "nonesuch");
	expect(sc, "vmware-ide", VERDICT_STOPS, 1);
	bind(sc, "PCI\\VEN_8086&DEV_7111", NULL);
	expect(sc, "vmware-ide", VERDICT_BOOTS, 0);
}

/* A class code's absence alone is likely; other faults of the driver speak first. */
static void test_class_code(void **state)
{
	struct scene *sc = *state;
	expect(sc, "physical-ahci", VERDICT_LIKELY_STOPS, 1);
	only_finding(sc, "R7", SEVERITY_LIKELY, "msahci");
	set_start(sc, 1, "msahci", 3);
	ask(sc, "physical-ahci");
	assert_int_equal(sc->d.n, 2);
	get(sc, 1, "msahci")->file.state = FILE_MISSING;
	ask(sc, "physical-ahci");
	only_finding(sc, "R5", SEVERITY_STOP, "msahci");
	remove_service(sc, 1, "msahci");
	ask(sc, "physical-ahci");
	only_finding(sc, "R4", SEVERITY_STOP, "msahci");
}

/* The same controller shows its class, too: what is bound to that drives it. */
static void test_class_instead_of_id(void **state)
{
	struct scene *sc = *state;
	bind(sc, "PCI\\CC_0101", "pciide");
	expect(sc, "kvm-ide", VERDICT_BOOTS, 0);
	assert_true(needs(sc, "pciide") && needs(sc, "atapi") && !needs(sc, "intelide"));
	set_start(sc, 1, "pciide", 3);
	expect(sc, "kvm-ide", VERDICT_STOPS, 1);
	only_finding(sc, "R3", SEVERITY_STOP, "pciide");
	bind(sc, "PCI\\VEN_8086&DEV_7010", "intelide");
	expect(sc, "kvm-ide", VERDICT_BOOTS, 0);
	assert_true(needs(sc, "intelide") && !needs(sc, "pciide"));
}

/* One of two ids, and which one the machine shows is not known. */
static void test_every_id(void **state)
{
	struct scene *sc = *state;
	add_service(sc, "vioscsi");
	expect(sc, "kvm-virtio-scsi", VERDICT_STOPS, 1);
	const struct finding *f = only_finding(sc, "R7", SEVERITY_STOP, "vioscsi");
	assert_int_equal(f->n_edits, 6);
	assert_string_equal(f->edits[0].key, DATABASE "PCI#VEN_1AF4&DEV_1004");
	assert_string_equal(f->edits[3].key, DATABASE "PCI#VEN_1AF4&DEV_1048");
	bind(sc, "PCI\\VEN_1AF4&DEV_1004&REV_00", "vioscsi");
	expect(sc, "kvm-virtio-scsi", VERDICT_LIKELY_STOPS, 1);
	f = only_finding(sc, "R7", SEVERITY_LIKELY, "vioscsi");
	assert_string_equal(f->found.plain, "PCI\\VEN_1AF4&DEV_1048 not bound");
	assert_int_equal(f->n_edits, 3);
	bind(sc, "PCI\\VEN_1AF4&DEV_1048&SUBSYS_11001AF4&REV_01", "vioscsi");
	expect(sc, "kvm-virtio-scsi", VERDICT_BOOTS, 0);
}

/* A board that is not the target's binds nothing; where no board is known it may be the one. */
static void test_boards(void **state)
{
	struct scene *sc = *state;
	add_service(sc, "iaStorVD");
	expect(sc, "physical-vmd", VERDICT_STOPS, 1);
	struct control_set *cs = &sc->inst.sets[0];
	bind(sc, "PCI\\VEN_8086&DEV_9A0B&SUBSYS_88888086", "iaStorVD");
	cs->bindings[cs->n_bindings - 1].some_boards = true;
	expect(sc, "physical-vmd", VERDICT_LIKELY_STOPS, 1);
	const struct finding *f = only_finding(sc, "R7", SEVERITY_LIKELY, "iaStorVD");
	assert_non_null(strstr(f->why.plain, "Single boards"));
}

/* ---- any driver that is bound counts ---- */

static void test_other_vendor(void **state)
{
	struct scene *sc = *state;
	add_service(sc, "virtio_blk");
	expect(sc, "kvm-virtio-blk", VERDICT_STOPS, 1);
	find(sc, "R4", "viostor");
	bind10(sc, "GenDisk", "disk");
	bind10(sc, "PCI\\VEN_1AF4&DEV_1001&REV_00", "virtio_blk");
	expect(sc, "kvm-virtio-blk", VERDICT_LIKELY_STOPS, 1);
	assert_false(find(sc, "R8", "virtio_blk")->fixable);
	bind10(sc, "PCI\\VEN_1AF4&DEV_1042&REV_01", "virtio_blk");
	expect(sc, "kvm-virtio-blk", VERDICT_BOOTS, 0);
	assert_true(needs(sc, "virtio_blk") && !needs(sc, "viostor"));
	set_start(sc, 1, "virtio_blk", 3);
	expect(sc, "kvm-virtio-blk", VERDICT_STOPS, 1);
	only_finding(sc, "R1", SEVERITY_STOP, "virtio_blk");
	ask(sc, "portable");
	find(sc, "R1", "virtio_blk");
}

/* Where several packages have the id, one that starts is taken; the catalogue's own stays. */
static void test_several_packages(void **state)
{
	struct scene *sc = *state;
	add_service(sc, "acmeblk");
	add_service(sc, "pvvxblk");
	set_start(sc, 1, "acmeblk", 3);
	bind10(sc, "PCI\\VEN_1AF4&DEV_1001", "acmeblk");
	bind10(sc, "PCI\\VEN_1AF4&DEV_1001", "pvvxblk");
	bind10(sc, "PCI\\VEN_1AF4&DEV_1042", "pvvxblk");
	expect(sc, "kvm-virtio-blk", VERDICT_BOOTS, 0);
	assert_true(needs(sc, "pvvxblk") && !needs(sc, "acmeblk"));
	add_service(sc, "viostor");
	bind10(sc, "PCI\\VEN_1AF4&DEV_1042", "viostor");
	expect(sc, "kvm-virtio-blk", VERDICT_BOOTS, 0);
	assert_true(needs(sc, "viostor") && !needs(sc, "pvvxblk"));
}

/* A driver that reads the disks itself needs no IDE channels. */
static void test_no_channel(void **state)
{
	struct scene *sc = *state;
	add_service(sc, "acmeide");
	remove_service(sc, 1, "atapi");
	bind(sc, "PCI\\VEN_8086&DEV_7010", "acmeide");
	expect(sc, "kvm-ide", VERDICT_BOOTS, 0);
	assert_true(needs(sc, "acmeide") && !needs(sc, "intelide"));
}

/* Microsoft's hotfix for 7: service, file and entry are there, so the release does not matter. */
static void test_hotfix(void **state)
{
	struct scene *sc = *state;
	expect(sc, "physical-nvme", VERDICT_STOPS, 1);
	only_finding(sc, "R4", SEVERITY_STOP, "stornvme");
	ask(sc, "portable");
	assert_false(needs(sc, "stornvme"));
	add_service(sc, "stornvme");
	expect(sc, "physical-nvme", VERDICT_LIKELY_STOPS, 1);
	find(sc, "R7", "stornvme");
	bind(sc, "PCI\\CC_010802", "stornvme");
	expect(sc, "physical-nvme", VERDICT_BOOTS, 0);
	ask(sc, "portable");
	assert_true(needs(sc, "stornvme"));
	set_start(sc, 1, "stornvme", 3);
	expect(sc, "physical-nvme", VERDICT_STOPS, 1);
	assert_true(only_finding(sc, "R1", SEVERITY_STOP, "stornvme")->fixable);
	get(sc, 1, "stornvme")->file.state = FILE_MISSING;
	ask(sc, "portable");
	assert_false(needs(sc, "stornvme"));
}

/* A vendor's AHCI driver lets even XP run there. */
static void test_vendor_on_xp(void **state)
{
	struct scene *sc = *state;
	sc->inst.release = WIN_XP;
	remove_service(sc, 1, "msahci");
	add_service(sc, "Ftdisk");
	expect(sc, "physical-ahci", VERDICT_STOPS, 1);
	only_finding(sc, "R4", SEVERITY_STOP, "storahci");
	add_service(sc, "acmeahci");
	bind(sc, "PCI\\CC_010601", "acmeahci");
	expect(sc, "physical-ahci", VERDICT_BOOTS, 0);
}

/* XP brings pciide and does not bind it: asked for where it is there with its file. */
static void test_portable_xp(void **state)
{
	struct scene *sc = *state;
	sc->inst.release = WIN_XP;
	add_service(sc, "Ftdisk");
	ask(sc, "portable");
	assert_true(needs(sc, "pciide"));
	get(sc, 1, "pciide")->file.state = FILE_MISSING;
	ask(sc, "portable");
	assert_false(needs(sc, "pciide"));
	assert_true(needs(sc, "intelide"));
	assert_false(needs(sc, "storahci"));
}

int main(void)
{
#define BOUND7(test) cmocka_unit_test_setup_teardown(test, make_bound7, done)
	static const struct CMUnitTest tests[] = {
		BOUND7(test_own_id),         BOUND7(test_entries),
		BOUND7(test_class_code),     BOUND7(test_class_instead_of_id),
		BOUND7(test_every_id),       ON10(test_other_vendor),
		ON10(test_several_packages), BOUND7(test_no_channel),
		BOUND7(test_hotfix),         BOUND7(test_vendor_on_xp),
		BOUND7(test_portable_xp),    BOUND7(test_boards),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
