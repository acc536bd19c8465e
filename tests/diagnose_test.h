/* SPDX-License-Identifier: MIT */
/*
 * Installations made by hand for the tests of diagnose: no hive is involved, so each test says
 * exactly what Windows looks like.
 */
#ifndef DIAGNOSE_TEST_H
#define DIAGNOSE_TEST_H

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "stop7b/diagnose.h"

#define ABSENT       START_ABSENT
#define SERVICES_MAX 64
#define WHY_COLUMNS  120

/* ---- a Windows ---- */

struct scene {
	struct arena *arena;
	struct install inst;
	struct diagnosis d;
};

static const char *const core7[] = {"ACPI",     "msisadrv", "pci",     "disk",
				    "partmgr",  "volmgr",   "volmgrx", "volsnap",
				    "mountmgr", "FltMgr",   NULL};
static const char *const parts7[] = {"intelide", "atapi",   "LSI_SAS", "msahci", "pciide",
				     "vmbus",    "storvsc", "storflt", "vhdmp",  NULL};
static const char *const core10[] = {"ACPI",     "acpiex", "msisadrv",    "pci",    "disk",
				     "partmgr",  "volmgr", "volmgrx",     "volume", "volsnap",
				     "mountmgr", "FltMgr", "EhStorClass", NULL};
static const char *const parts10[] = {"intelide", "atapi", "LSI_SAS", "storahci",
				      "pciide",   "vmbus", "storvsc", "storflt",
				      "stornvme", "vhdmp", NULL};

static int by_name(const void *a, const void *b)
{
	return text_casecmp(((const struct service *)a)->name, ((const struct service *)b)->name);
}

static struct service make_service(struct arena *arena, const char *set, const char *name)
{
	struct service s = {.name = name,
			    .type = 1,
			    .error_control = 1,
			    .tag = UINT32_MAX,
			    .boot_flags = UINT32_MAX};
	s.key = arena_printf(arena, "%s\\Services\\%s", set, name);
	s.file.path = arena_printf(arena, "\\Windows\\System32\\drivers\\%s.sys", name);
	return s;
}

static void make_set(struct scene *sc, unsigned number, const char *const *core,
		     const char *const *parts)
{
	struct control_set *set = &sc->inst.sets[sc->inst.n_sets++];
	set->number = number;
	set->key = arena_printf(sc->arena, "ControlSet%03u", number);
	set->services = arena_array(sc->arena, SERVICES_MAX, sizeof(struct service), NULL);
	for (; *core; core++)
		set->services[set->n++] = make_service(sc->arena, set->key, *core);
	for (; *parts; parts++)
		set->services[set->n++] = make_service(sc->arena, set->key, *parts);
	qsort(set->services, set->n, sizeof(struct service), by_name);
}

static struct service *get(struct scene *sc, unsigned set, const char *name)
{
	for (size_t i = 0; i < sc->inst.n_sets; i++) {
		struct control_set *cs = &sc->inst.sets[i];
		for (size_t k = 0; cs->number == set && k < cs->n; k++) {
			if (text_equal(cs->services[k].name, name))
				return &cs->services[k];
		}
	}
	fail_msg("no service %s in set %u", name, set);
	return NULL;
}

static __attribute__((unused)) void set_start(struct scene *sc, unsigned set, const char *name,
					      uint32_t start)
{
	struct service *s = get(sc, set, name);
	s->start = s->effective_start = start;
}

static __attribute__((unused)) void set_override(struct scene *sc, unsigned set, const char *name,
						 const char *id, uint32_t value)
{
	struct service *s = get(sc, set, name);
	if (!s->overrides)
		s->overrides = arena_array(sc->arena, 8, sizeof(struct override), NULL);
	s->overrides[s->n_overrides++] = (struct override){.id = id, .value = value};
	s->has_overrides = true;
	if (sc->inst.last_id && !strcmp(sc->inst.last_id, id))
		s->effective_start = value;
}

static __attribute__((unused)) void remove_service(struct scene *sc, unsigned set, const char *name)
{
	struct control_set *cs = &sc->inst.sets[0];
	while (cs->number != set)
		cs++;
	size_t at = (size_t)(get(sc, set, name) - cs->services);
	memmove(&cs->services[at], &cs->services[at + 1],
		(cs->n - at - 1) * sizeof(struct service));
	cs->n--;
}

/* Healthy: everything at Start=0; two sets, 1 boots. */
static __attribute__((unused)) int make_win7(void **state)
{
	struct scene *sc = calloc(1, sizeof(*sc));
	sc->arena = arena_new();
	sc->inst = (struct install){.root = "\\Windows",
				    .release = WIN_7,
				    .version = "Windows 7",
				    .architecture = "x86",
				    .select_current = 1,
				    .select_default = 1,
				    .boots_with = 1};
	make_set(sc, 1, core7, parts7);
	make_set(sc, 2, core7, parts7);
	set_start(sc, 1, "vhdmp", 3);
	set_start(sc, 2, "vhdmp", 3);
	*state = sc;
	return 0;
}

static __attribute__((unused)) int make_win10(void **state)
{
	struct scene *sc = calloc(1, sizeof(*sc));
	sc->arena = arena_new();
	sc->inst = (struct install){.root = "\\Windows",
				    .release = WIN_10,
				    .version = "Windows 10",
				    .architecture = "x64",
				    .select_current = 1,
				    .select_default = 1,
				    .boots_with = 1,
				    .last_id = "0",
				    .has_driver_database = true};
	make_set(sc, 1, core10, parts10);
	set_start(sc, 1, "vhdmp", 3);
	*state = sc;
	return 0;
}

static int done(void **state)
{
	struct scene *sc = *state;
	arena_free(sc->arena);
	free(sc);
	return 0;
}

static __attribute__((unused)) struct service *add_service(struct scene *sc, const char *name)
{
	struct control_set *set = &sc->inst.sets[0];
	assert_true(set->n < SERVICES_MAX);
	set->services[set->n++] = make_service(sc->arena, set->key, name);
	qsort(set->services, set->n, sizeof(struct service), by_name);
	return get(sc, set->number, name);
}

/* ---- asking ---- */

/* A single target is the owner of every finding that is more than a note, each once. */
static void check_indices(const struct scene *sc)
{
	const struct target_verdict *v = &sc->d.targets[0];
	size_t n = 0;
	for (size_t i = 0; i < sc->d.n; i++)
		n += sc->d.findings[i].severity != SEVERITY_NOTE;
	assert_int_equal(v->n, n);
	for (size_t i = 0; i < v->n; i++) {
		assert_true(v->findings[i] < n);
		for (size_t k = 0; k < i; k++)
			assert_int_not_equal(v->findings[k], v->findings[i]);
	}
}

static __attribute__((unused)) struct target_verdict *ask(struct scene *sc, const char *id)
{
	const char *ids[1] = {id};
	struct diagnose_request request = {.targets = ids, .n_targets = 1};
	struct err err = {0};
	if (diagnose(&sc->inst, &request, sc->arena, &sc->d, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(sc->d.n_targets, 1);
	for (size_t i = 0; i < sc->d.n; i++) {
		assert_non_null(sc->d.findings[i].why.plain);
		assert_true(strlen(sc->d.findings[i].why.plain) <= WHY_COLUMNS);
		assert_int_equal(sc->d.findings[i].fixable, sc->d.findings[i].no_fix.plain == NULL);
		assert_int_equal(sc->d.findings[i].fixable, sc->d.findings[i].n_edits > 0);
	}
	check_indices(sc);
	return &sc->d.targets[0];
}

static __attribute__((unused)) void expect(struct scene *sc, const char *id, enum verdict verdict,
					   size_t findings)
{
	struct target_verdict *v = ask(sc, id);
	if (v->verdict != verdict || v->n != findings)
		fail_msg("%s: %s with %zu findings, expected %s with %zu", id,
			 verdict_name(v->verdict), v->n, verdict_name(verdict), findings);
}

static __attribute__((unused)) const struct finding *only_finding(struct scene *sc,
								  const char *rule,
								  enum severity severity,
								  const char *subject)
{
	assert_int_equal(sc->d.n, 1);
	assert_string_equal(sc->d.findings[0].rule->id, rule);
	assert_string_equal(severity_name(sc->d.findings[0].severity), severity_name(severity));
	assert_string_equal(sc->d.findings[0].subject, subject);
	return &sc->d.findings[0];
}

static __attribute__((unused)) bool has(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (text_equal(names[i], name))
			return true;
	}
	return false;
}

#define ON7(test)  cmocka_unit_test_setup_teardown(test, make_win7, done)
#define ON10(test) cmocka_unit_test_setup_teardown(test, make_win10, done)

#endif
