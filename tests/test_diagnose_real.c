/* SPDX-License-Identifier: MIT */
/*
 * Real SYSTEM hives: the verdict about every target, and what is in the way, as the reference says
 * it must be; and that fixes do what they promise on all of them. The hives lie bare, so no driver
 * file could be looked up and none is missed.
 */
#include "diagnose_edit.h"

#include "diagnose_real.h"
#include "install_real.h"

#define FINDINGS_MAX 256
#define TARGETS_MAX  64
#define LINE         1024

static const char *const all_hives[] = {
	"nt4_x86_dc_server",
	"xp_sp3_x86_iecompatvhd",
	"xp_x86_ginevra_corrupted",
	"win7_sp1_x86_wks732",
	"win7_sp1_x86_wks732_compacted",
	"win81_x64_sensei_dirty_nolog",
	"win10_190x_x64_2kgm189_dirty_nolog",
	"win10_trimmed_qthivex",
};

/* ---- verdicts ---- */

static size_t every_target(const char *ids[TARGETS_MAX])
{
	size_t n;
	const struct target *all = catalogue_targets(&n);
	assert_true(n + 2 <= TARGETS_MAX);
	ids[0] = "last";
	ids[1] = "portable";
	for (size_t i = 0; i < n; i++)
		ids[i + 2] = all[i].id;
	return n + 2;
}

/* All findings of a diagnosis in one line: "X R3 pciide, ! R7 pciide". */
static void findings_line(const struct diagnosis *d, char out[LINE])
{
	static const char glyphs[] = "X!~-";
	size_t len = 0;
	out[0] = '\0';
	for (size_t i = 0; i < d->n; i++) {
		const struct finding *f = &d->findings[i];
		len += (size_t)snprintf(out + len, LINE - len, "%s%c %s %s", i ? ", " : "",
					glyphs[f->severity], f->rule->id, f->subject);
		assert_true(len < LINE);
	}
}

static void check_target(struct bench *b, const struct expected_verdict *e, const char *target)
{
	struct diagnosis d;
	char line[LINE];
	const char *verdict = verdict_of(b, target, &d);
	if (d.targets[0].release.plain)
		verdict = NOT_HERE;
	findings_line(&d, line);
	if (strcmp(verdict, e->verdict) != 0 ||
	    (strcmp(e->findings, "*") != 0 && strcmp(line, e->findings) != 0))
		fail_msg("%s: %s: %s: %s", e->hive, target, verdict, line);
}

/* Every target of the row; how many there are. */
static size_t check_row(struct bench *b, const struct expected_verdict *e)
{
	char targets[LINE], *save = NULL;
	size_t n = 0;
	snprintf(targets, sizeof(targets), "%s", e->targets);
	for (char *t = strtok_r(targets, " ", &save); t; t = strtok_r(NULL, " ", &save)) {
		check_target(b, e, t);
		n++;
	}
	return n;
}

static void test_verdicts(void **state)
{
	struct bench *b = *state;
	const char *ids[TARGETS_MAX];
	size_t n_all = every_target(ids), n = 0;
	for (size_t i = 0; i < COUNT(expected_verdicts); i++) {
		const struct expected_verdict *e = &expected_verdicts[i];
		bool first = i == 0 || strcmp(e->hive, e[-1].hive) != 0;
		bool last = i + 1 == COUNT(expected_verdicts) || strcmp(e->hive, e[1].hive) != 0;
		if (first)
			open_real(b, e->hive);
		n = (first ? 0 : n) + check_row(b, e);
		if (last)
			assert_int_equal(n, n_all);
	}
}

/* The same Windows written anew says the same. */
static void test_compacted(void **state)
{
	struct bench *b = *state;
	open_real(b, "win7_sp1_x86_wks732_compacted");
	for (size_t i = 0; i < COUNT(expected_verdicts); i++) {
		if (strcmp(expected_verdicts[i].hive, W7) == 0)
			check_row(b, &expected_verdicts[i]);
	}
}

/* Cut down to a few services: the disk stack itself is missing, whatever the target. */
static void test_trimmed(void **state)
{
	struct bench *b = *state;
	const char *ids[TARGETS_MAX];
	size_t n = every_target(ids);
	open_real(b, "win10_trimmed_qthivex");
	for (size_t i = 0; i < n; i++) {
		struct diagnosis d;
		assert_string_equal(verdict_of(b, ids[i], &d), "stops");
		assert_true(d.n >= 6);
	}
}

/* ---- the catalogue against what healthy hives hold ---- */

static const char *file_part(const char *path)
{
	const char *slash = path ? strrchr(path, '\\') : NULL;
	return slash ? slash + 1 : path;
}

/* A driver that starts as Windows has it carries the values that the catalogue would write. */
static bool check_form(const struct bench *b, const char *name)
{
	const struct service *s = set_service(&b->inst.sets[0], name);
	const struct service_form *form = catalogue_form(name, b->inst.release);
	if (!form || !s || s->start != form->start)
		return false;
	assert_int_equal(s->type, form->type);
	assert_int_equal(s->error_control, form->error_control);
	assert_true(text_equal(s->group, form->group));
	assert_int_equal(s->boot_flags == UINT32_MAX ? 0 : s->boot_flags, form->boot_flags);
	assert_true(text_equal(file_part(s->image_path), file_part(form->image_path)));
	return true;
}

static void test_forms(void **state)
{
	static const char *const sources[] = {XP, W7, W81, W10};
	static const char *const more[] = {"EhStorClass", "fvevol",    "rdyboost",
					   "iorate",      "spaceport", "iaStorV"};
	struct bench *b = *state;
	size_t n, checked = 0;
	const char **wanted = catalogue_wanted(b->arena, &n, NULL);
	for (size_t i = 0; i < COUNT(sources); i++) {
		open_real(b, sources[i]);
		for (size_t k = 0; k < n; k++)
			checked += check_form(b, wanted[k]);
		for (size_t k = 0; k < COUNT(more); k++)
			checked += check_form(b, more[k]);
	}
	assert_true(checked >= 75);
}

/* Every id of the catalogue that an inbox driver serves is bound to it in the hives. */
static void test_devices(void **state)
{
	static const char *const sources[] = {W7, W81, W10};
	struct bench *b = *state;
	size_t n;
	const struct device *all = catalogue_devices(&n);
	for (size_t i = 0; i < COUNT(sources); i++) {
		open_real(b, sources[i]);
		for (size_t k = 0; k < n; k++) {
			const struct driver *d = catalogue_driver(all[k].service);
			uint16_t release = b->inst.release;
			if (d->since > d->until ||
			    !release_within(release, all[k].since, all[k].until))
				continue;
			const struct binding *found = binding_at(&b->inst, &b->inst.sets[0],
								 all[k].id);
			if (!found || !text_equal(found->service, all[k].service))
				fail_msg("%s: %s is not bound to %s", sources[i], all[k].id,
					 all[k].service);
		}
	}
}

/* ---- what fixes do ---- */

/* XP binds one PIIX controller of the two; the fix binds QEMU's and touches nothing else. */
static void test_xp_on_kvm(void **state)
{
	struct bench *b = *state;
	struct diagnosis d;
	open_real(b, XP);
	assert_string_equal(verdict_of(b, "kvm-ide", &d), "stops");
	assert_int_equal(d.n, 1);
	const struct finding *f = &d.findings[0];
	const char *key = "ControlSet001\\Control\\CriticalDeviceDatabase\\"
			  "pci#ven_8086&dev_7010";
	assert_string_equal(f->rule->id, "R7");
	assert_true(f->n_edits > 0 && f->n_edits % 3 == 0);
	for (size_t i = 0; i < f->n_edits; i += 3) {
		assert_string_equal(f->edits[i].key + strlen("ControlSet001"),
				    key + strlen("ControlSet001"));
		assert_string_equal(f->edits[i + 1].name, "Service");
		assert_string_equal(f->edits[i + 2].name, "ClassGUID");
	}
}

static enum verdict worst_of(enum verdict v)
{
	const struct target_verdict one = {.verdict = v};
	return verdict_worst(&one, 1);
}

static bool is_worse(enum verdict a, enum verdict b)
{
	struct target_verdict both[2] = {{.verdict = a}, {.verdict = b}};
	return a != b && verdict_worst(both, 2) == worst_of(a);
}

static void judge_every(struct bench *b, struct diagnosis *d)
{
	const char *ids[TARGETS_MAX];
	struct diagnose_request request = b->request;
	request.targets = ids;
	request.n_targets = every_target(ids);
	assert_int_equal(diagnose(&b->inst, &request, b->arena, d, NULL), 0);
}

/* Fix all that can be fixed for one target of a hive, and judge every target again. */
static void fix_one_target(struct bench *b, const char *hive, const char *target,
			   const struct diagnosis *before)
{
	const struct finding *chosen[FINDINGS_MAX];
	const struct install inst = b->inst;
	const struct hive clean = b->hive;
	struct diagnosis d, after;
	size_t n = 0;
	bool all = true;
	verdict_of(b, target, &d);
	for (size_t i = 0; i < d.n; i++) {
		const struct finding *f = &d.findings[i];
		all &= f->fixable || f->severity == SEVERITY_NOTE;
		if (f->fixable)
			chosen[n++] = f;
		assert_true(!f->fixable || f->severity != SEVERITY_NOTE);
	}
	enum verdict was = d.targets[0].verdict;
	if (n == 0)
		return;
	apply_all(b, chosen, n);
	const char *verdict = verdict_of(b, target, &d);
	if (all && was != VERDICT_UNKNOWN && !d.targets[0].release.plain &&
	    d.targets[0].verdict != VERDICT_BOOTS && !d.targets[0].unknown.plain)
		fail_msg("%s: %s is %s after its fixes", hive, target, verdict);
	judge_every(b, &after);
	for (size_t i = 0; i < after.n_targets; i++) {
		if (is_worse(after.targets[i].verdict, before->targets[i].verdict))
			fail_msg("%s: fixing %s made %s %s", hive, target, after.targets[i].id,
				 verdict_name(after.targets[i].verdict));
	}
	b->inst = inst;
	b->hive = clean;
}

static void fix_every_target(struct bench *b, const char *hive)
{
	const char *ids[TARGETS_MAX];
	struct diagnosis before;
	size_t n = every_target(ids);
	judge_every(b, &before);
	for (size_t i = 0; i < n; i++)
		fix_one_target(b, hive, ids[i], &before);
}

static void fix_every_hive(struct bench *b)
{
	for (size_t i = 0; i < COUNT(all_hives); i++) {
		open_real(b, all_hives[i]);
		give_room(b);
		fix_every_target(b, all_hives[i]);
		arena_free(b->arena);
		b->arena = arena_new();
	}
}

static void test_fixes(void **state)
{
	fix_every_hive(*state);
}

static void test_fixes_without_overrides(void **state)
{
	struct bench *b = *state;
	b->request.remove_overrides = true;
	fix_every_hive(b);
}

/* With the files of all absent drivers in sight, services are made again. */
static void test_fixes_with_files(void **state)
{
	struct bench *b = *state;
	size_t n;
	const char **wanted = catalogue_wanted(b->arena, &n, NULL);
	open_real(b, "win10_trimmed_qthivex");
	give_room(b);
	for (size_t i = 0; i < n; i++)
		suppose_file(b, wanted[i], FILE_PRESENT);
	fix_every_target(b, "win10_trimmed_qthivex");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		IN_SCRATCH(test_verdicts),
		IN_SCRATCH(test_compacted),
		IN_SCRATCH(test_trimmed),
		IN_SCRATCH(test_forms),
		IN_SCRATCH(test_devices),
		IN_SCRATCH(test_xp_on_kvm),
		IN_SCRATCH(test_fixes),
		IN_SCRATCH(test_fixes_without_overrides),
		IN_SCRATCH(test_fixes_with_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
