/* SPDX-License-Identifier: MIT */
/*
 * Part of test_rehearsal.c: files that are gone, bad, or without what they import, and disks made
 * to exhaust the reader.
 */
#ifndef REHEARSAL_BAD_FILES_H
#define REHEARSAL_BAD_FILES_H

#include "rehearsal_stage.h"

/* ---- files that are gone ---- */

static void test_missing(void **state)
{
	struct stage_set *s = *state;
	get(&s->sc, 1, "msahci")->file.state = FILE_MISSING;
	take_away(&s->disk, DRIVERS "msahci.sys");
	expect_stop(s, "physical-ahci", STEP_CONTROLLER, "msahci", "msahci.sys missing");
	expect_file(s, "msahci", LOAD_FILE_MISSING, "missing");
	assert_int_equal(s->r.n_findings, 0); /* the diagnosis has said so */
	assert_int_equal(s->r.n_loading, 20);
	get(&s->sc, 1, "msahci")->error_control = 3;
	expect_stop(s, "physical-ahci", STEP_DRIVERS, "msahci", "msahci.sys missing");
	expect_step(&s->r, STEP_DRIVERS, REHEARSAL_STOPS, "20 of 21 files", "missing");
	expect_step(&s->r, STEP_BUS, REHEARSAL_WAITS, "pci", "waits for the drivers");
}

static void test_missing_bystander(void **state)
{
	struct stage_set *s = *state;
	get(&s->sc, 1, "pcw")->file.state = FILE_EMPTY;
	const struct rehearsal *r = go(s, "physical-ahci");
	assert_int_equal(r->verdict, VERDICT_BOOTS);
	expect_step(r, STEP_DRIVERS, REHEARSAL_OK, "20 of 21 files", "1 missing or bad");
	expect_file(s, "pcw", LOAD_FILE_EMPTY, "empty");
	get(&s->sc, 1, "pcw")->error_control = 3;
	expect_stop(s, "physical-ahci", STEP_DRIVERS, "pcw", "pcw.sys empty");
}

/* Gone only for the reader, when the model had not looked: told. */
static void test_found_missing(void **state)
{
	struct stage_set *s = *state;
	get(&s->sc, 1, "msahci")->file.state = FILE_UNCHECKED;
	take_away(&s->disk, DRIVERS "msahci.sys");
	expect_told(s, "physical-ahci", "msahci", "missing");
	assert_int_equal(s->r.n_findings, 1);
	assert_string_equal(s->r.findings[0].file, "msahci.sys");
	assert_int_equal(s->r.findings[0].place, STEP_CONTROLLER);
	file_at(&s->disk, DRIVERS "pci.sys")->len = 0;
	get(&s->sc, 1, "pci")->file.state = FILE_UNCHECKED;
	expect_told(s, "physical-ahci", "pci", "empty");
}

static void test_file_system(void **state)
{
	struct stage_set *s = *state;
	get(&s->sc, 1, "Ntfs")->file.state = FILE_MISSING;
	expect_stop(s, "physical-ahci", STEP_FILE_SYSTEM, "Ntfs", "Ntfs.sys missing");
	assert_int_equal(s->r.n_findings, 0); /* the diagnosis has said so */
	remove_service(&s->sc, 1, "Ntfs");
	const struct rehearsal *r = go(s, "physical-ahci");
	expect_step(r, STEP_FILE_SYSTEM, REHEARSAL_UNKNOWN, "Ntfs", "no such service");
	assert_int_equal(r->verdict, VERDICT_BOOTS);
}

static void test_kernel_missing(void **state)
{
	struct stage_set *s = *state;
	take_away(&s->disk, SYSTEM32 "ntoskrnl.exe");
	expect_told(s, "physical-ahci", NULL, "missing");
	expect_file(s, "pcw", LOAD_FILE_GOOD, NULL); /* not every driver repeats it */
	assert_int_equal(s->r.n_findings, 1);
	assert_int_equal(s->r.findings[0].place, STEP_LOADER);
	s->sc.inst.kernel[0].state = FILE_MISSING; /* the model had seen it: not told twice */
	assert_int_equal(go(s, "physical-ahci")->n_findings, 0);
	put(&s->disk, SYSTEM32 "ntoskrnl.exe", &kernel);
	assert_int_equal(go(s, "physical-ahci")->verdict, VERDICT_BOOTS);
	file_at(&s->disk, SYSTEM32 "hal.dll")->len = 100;
	expect_told(s, "physical-ahci", NULL, "PE header");
	assert_string_equal(s->r.findings[0].file, "hal.dll");
}

static void test_unreadable(void **state)
{
	struct stage_set *s = *state;
	file_at(&s->disk, DRIVERS "msahci.sys")->code = E_UNSUPPORTED;
	file_at(&s->disk, SYSTEM32 "ntoskrnl.exe")->code = E_IO;
	const struct rehearsal *r = go(s, "physical-ahci");
	assert_int_equal(r->verdict, VERDICT_BOOTS);
	expect_file(s, "msahci", LOAD_FILE_UNCHECKED, "cannot be read");
	assert_int_equal(r->modules[0].state, LOAD_FILE_UNCHECKED);
	file_at(&s->disk, DRIVERS "pci.sys")->code = E_MEMORY;
	struct err err = {0};
	assert_int_equal(rehearse(&s->request, s->sc.arena, &s->r, &err), -1);
	assert_int_equal(err.code, E_MEMORY);
}

static void test_elsewhere(void **state)
{
	struct stage_set *s = *state;
	struct service *other = get(&s->sc, 1, "pcw");
	other->image_path = "\\??\\D:\\x.sys";
	other->file = (struct driver_file){.state = FILE_ELSEWHERE};
	assert_int_equal(go(s, "physical-ahci")->verdict, VERDICT_BOOTS);
	expect_file(s, "pcw", LOAD_FILE_UNCHECKED, "another volume");
	assert_null(loaded(s, "pcw")->file);
}

static void test_resolves_paths(void **state)
{
	struct stage_set *s = *state;
	get(&s->sc, 1, "msahci")->file = (struct driver_file){.state = FILE_UNCHECKED};
	get(&s->sc, 1, "msahci")->image_path = "system32\\DRIVERS\\ahci7.sys";
	expect_told(s, "physical-ahci", "msahci", "missing");
	assert_string_equal(s->r.findings[0].file, "ahci7.sys");
	put(&s->disk, "\\Windows\\system32\\DRIVERS\\ahci7.sys", &storport);
	assert_int_equal(go(s, "physical-ahci")->verdict, VERDICT_BOOTS);
	expect_file(s, "msahci", LOAD_FILE_GOOD, NULL);
}

/* ---- files that are bad ---- */

static void test_not_pe(void **state)
{
	struct stage_set *s = *state;
	struct driver_file *f = &get(&s->sc, 1, "msahci")->file;
	memset(file_at(&s->disk, DRIVERS "msahci.sys")->bytes, 0, 64);
	expect_told(s, "physical-ahci", "msahci", "no MZ");
	expect_file(s, "msahci", LOAD_FILE_BAD, "no MZ");
	assert_int_equal(s->r.n_findings, 1);
	/* what the model read already is the diagnosis' word, and not read again */
	f->state = FILE_BAD;
	f->fault = said_of("not a program file");
	expect_stop(s, "physical-ahci", STEP_CONTROLLER, "msahci", "msahci.sys: not a program");
	expect_file(s, "msahci", LOAD_FILE_BAD, "not a program");
	assert_int_equal(s->r.n_findings, 0);
	get(&s->sc, 1, "msahci")->error_control = 3;
	expect_stop(s, "virtual-pc", STEP_DRIVERS, "msahci", "msahci.sys: not a program");
	/* an unneeded one is only told */
	get(&s->sc, 1, "msahci")->error_control = 1;
	f->state = FILE_PRESENT;
	expect_told(s, "virtual-pc", "msahci", "no MZ");
	assert_int_equal(s->r.findings[0].place, STEP_DRIVERS);
}

static void test_machine(void **state)
{
	struct stage_set *s = *state;
	struct build b = storport;
	b.machine = 0x8664;
	put(&s->disk, DRIVERS "msahci.sys", &b);
	expect_told(s, "physical-ahci", "msahci", "is for x64, this Windows is x86");
	b.machine = 0x1c0;
	put(&s->disk, DRIVERS "msahci.sys", &b);
	expect_told(s, "physical-ahci", "msahci", "unknown machine, 0x1c0");
	/* without the model's word the kernel's counts */
	s->sc.inst.architecture = NULL;
	b.machine = 0x8664;
	put(&s->disk, DRIVERS "msahci.sys", &b);
	expect_told(s, "physical-ahci", "msahci", "this Windows is x86");
}

static void test_truncated(void **state)
{
	struct stage_set *s = *state;
	file_at(&s->disk, DRIVERS "pcw.sys")->len--;
	const struct rehearsal *r = go(s, "physical-ahci");
	assert_int_equal(r->verdict, VERDICT_BOOTS);
	expect_file(s, "pcw", LOAD_FILE_BAD, "truncated");
	expect_step(r, STEP_DRIVERS, REHEARSAL_OK, "20 of 21 files", "1 missing or bad");
}

static void test_doubtful(void **state)
{
	struct stage_set *s = *state;
	file_at(&s->disk, DRIVERS "msahci.sys")->bytes[BUILD_CODE + 1] ^= 1;
	put(&s->disk, DRIVERS "pci.sys", &(struct build){.subsystem = 2});
	const struct rehearsal *r = go(s, "physical-ahci");
	assert_int_equal(r->verdict, VERDICT_BOOTS);
	expect_file(s, "msahci", LOAD_FILE_DOUBTFUL, "checksum");
	expect_file(s, "pci", LOAD_FILE_DOUBTFUL, "not marked");
	assert_int_equal(r->n_findings, 2);
	expect_step(r, STEP_DRIVERS, REHEARSAL_OK, "21 of 21 files", "all present");
}

/* ---- imports ---- */

static void test_missing_dll(void **state)
{
	struct stage_set *s = *state;
	take_away(&s->disk, DRIVERS "storport.sys");
	expect_told(s, "vmware-lsi-sas", "LSI_SAS", "imports storport.sys, which is missing");
	/* the other place of DLLs */
	put(&s->disk, SYSTEM32 "storport.sys", &storport);
	const struct rehearsal *r = go(s, "vmware-lsi-sas");
	assert_int_equal(r->verdict, VERDICT_BOOTS);
	assert_string_equal(r->modules[2].file, SYSTEM32 "storport.sys");
	file_at(&s->disk, SYSTEM32 "storport.sys")->len = 0;
	expect_told(s, "vmware-lsi-sas", "LSI_SAS", "imports storport.sys, which is empty");
}

static void test_missing_symbol(void **state)
{
	struct stage_set *s = *state;
	struct build b = storport;
	b.exports[0] = "StorPortOther";
	put(&s->disk, DRIVERS "storport.sys", &b);
	expect_told(s, "vmware-lsi-sas", "LSI_SAS",
		    "imports StorPortInitialize, which storport.sys does not export");
	/* where the exporter could not be read nothing is concluded */
	file_at(&s->disk, DRIVERS "storport.sys")->code = E_IO;
	assert_int_equal(go(s, "vmware-lsi-sas")->verdict, VERDICT_BOOTS);
	b = miniport;
	b.imports[0].names[0] = "#3";
	put(&s->disk, DRIVERS "LSI_SAS.sys", &b);
	file_at(&s->disk, DRIVERS "storport.sys")->code = E_OK;
	expect_told(s, "vmware-lsi-sas", "LSI_SAS", "imports number 3");
}

static void test_kernel_symbol(void **state)
{
	struct stage_set *s = *state;
	struct build b = storport;
	b.imports[0].names[0] = "IoOfTomorrow";
	put(&s->disk, DRIVERS "msahci.sys", &b);
	expect_told(s, "physical-ahci", "msahci",
		    "imports IoOfTomorrow, which ntoskrnl.exe does not export");
}

/* What a DLL lacks, its importers lack, however far; a ring of importers comes to an end. */
static void test_imports_of_imports(void **state)
{
	struct stage_set *s = *state;
	put(&s->disk, DRIVERS "msahci.sys", &(struct build){.imports = {{"a.sys", {NULL}}}});
	put(&s->disk, DRIVERS "a.sys", &(struct build){.imports = {{"b.sys", {NULL}}}});
	put(&s->disk, DRIVERS "b.sys",
	    &(struct build){.imports = {{"a.sys", {NULL}}, {"c.sys", {NULL}}}});
	expect_told(s, "physical-ahci", "msahci", "imports a.sys, which cannot be loaded");
	put(&s->disk, SYSTEM32 "c.sys", &(struct build){.imports = {{"msahci.sys", {NULL}}}});
	const struct rehearsal *r = go(s, "physical-ahci");
	assert_int_equal(r->verdict, VERDICT_BOOTS);
	assert_int_equal(r->n_modules, 6);
}

/* ---- limits ---- */

static int read_endless(void *ctx, const char *path, struct arena *arena, struct span *out,
			struct err *err)
{
	struct disk *d = ctx;
	char dll[5][32];
	struct build b = {0};
	(void)path, (void)err;
	for (size_t i = 0; i < 5; i++) {
		snprintf(dll[i], sizeof(dll[i]), "m%zu.sys", d->reads * 5 + i);
		b.imports[i] = (struct build_import){.dll = dll[i], .names = {NULL}};
	}
	d->reads++;
	uint8_t *p = build_pe(&b);
	out->len = d->huge ? REHEARSAL_FILE_MAX + 1 : BUILD_END;
	uint8_t *copy = arena_alloc(arena, out->len, NULL);
	memcpy(copy, p, BUILD_END);
	out->p = copy;
	free(p);
	return 0;
}

/* Files that each import five new ones. */
static void test_endless_imports(void **state)
{
	struct stage_set *s = *state;
	s->request.read_file = read_endless;
	const struct rehearsal *r = go(s, "physical-ahci");
	assert_int_equal(s->disk.reads, REHEARSAL_FILES_MAX);
	assert_int_equal(r->n_modules, REHEARSAL_FILES_MAX - 21);
}

static void test_huge_files(void **state)
{
	struct stage_set *s = *state;
	s->request.read_file = read_endless;
	s->disk.huge = true;
	const struct rehearsal *r = go(s, "physical-ahci");
	assert_int_equal(r->verdict, VERDICT_BOOTS);
	expect_file(s, "msahci", LOAD_FILE_UNCHECKED, "not checked");
	/* a gigabyte is the end of it */
	assert_true(s->disk.reads <= REHEARSAL_BYTES_MAX / REHEARSAL_FILE_MAX + 1);
}

#endif
