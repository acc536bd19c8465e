/* SPDX-License-Identifier: MIT */
/*
 * Part of test_rehearsal.c: a Windows with its driver files, both made by hand, and questions to
 * a rehearsal of it.
 */
#ifndef REHEARSAL_STAGE_H
#define REHEARSAL_STAGE_H

/* Not every helper of the diagnosis' tests is of use here. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#include "diagnose_test.h"
#pragma GCC diagnostic pop

#include "stop7b/rehearsal.h"

#include "pe_test.h"

#define FILES_MAX 96
#define DRIVERS   "\\Windows\\System32\\drivers\\"
#define SYSTEM32  "\\Windows\\System32\\"

struct file {
	char path[128];
	uint8_t *bytes;
	size_t len;
	enum err_code code; /* of reading it; E_OK: the bytes */
};

/* The Windows volume of a test. */
struct disk {
	struct file files[FILES_MAX];
	size_t n;
	size_t reads;
	bool huge;
};

struct stage_set {
	struct scene sc;
	struct disk disk;
	struct rehearsal r;
	struct rehearsal_request request;
};

/* ---- files ---- */

static struct file *file_at(struct disk *d, const char *path)
{
	for (size_t i = 0; i < d->n; i++) {
		if (text_equal(d->files[i].path, path))
			return &d->files[i];
	}
	return NULL;
}

static struct file *put(struct disk *d, const char *path, const struct build *build)
{
	struct file *f = file_at(d, path);
	if (!f) {
		assert_true(d->n < FILES_MAX);
		f = &d->files[d->n++];
		snprintf(f->path, sizeof(f->path), "%s", path);
	}
	free(f->bytes);
	f->bytes = build_pe(build);
	f->len = BUILD_END;
	return f;
}

static void take_away(struct disk *d, const char *path)
{
	struct file *f = file_at(d, path);
	assert_non_null(f);
	free(f->bytes);
	*f = d->files[--d->n];
	d->files[d->n] = (struct file){0};
}

static int read_file(void *ctx, const char *path, struct arena *arena, struct span *out,
		     struct err *err)
{
	struct disk *d = ctx;
	struct file *f = file_at(d, path);
	d->reads++;
	if (!f)
		return err_set(err, E_NOTFOUND, "%s is not there", path);
	if (f->code != E_OK)
		return err_set(err, f->code, "%s cannot be read", path);
	out->len = f->len;
	out->p = arena_copy(arena, f->bytes, f->len);
	return 0;
}

static const struct build kernel = {.imports = {{"hal.dll", {"HalX", NULL}}},
				    .exports = {"IoCreateDevice", "RtlX"}};
static const struct build hal = {.imports = {{"ntoskrnl.exe", {"RtlX", NULL}}},
				 .exports = {"HalX"}};
static const struct build storport = {
	.imports = {{"ntoskrnl.exe", {"IoCreateDevice", NULL}}},
	.exports = {"StorPortInitialize"},
};
static const struct build miniport = {
	.imports = {{"storport.sys", {"StorPortInitialize", NULL}},
		    {"ntoskrnl.exe", {"RtlX", NULL}},
		    {"ext-ms-win-ntos-x-l1-1-0.dll", {"Y", NULL}}},
};

/* ---- a Windows with its files ---- */

static void add_services(struct scene *sc, const char *const *names)
{
	struct control_set *set = &sc->inst.sets[0];
	for (; *names; names++)
		set->services[set->n++] = make_service(sc->arena, set->key, *names);
	qsort(set->services, set->n, sizeof(struct service), by_name);
}

static int begin(void **state, int (*make)(void **state), const char *const *more)
{
	struct stage_set *s = calloc(1, sizeof(*s));
	void *scene;
	make(&scene);
	s->sc = *(struct scene *)scene;
	free(scene);
	add_services(&s->sc, more);
	set_start(&s->sc, 1, "Ntfs", 3);
	s->request = (struct rehearsal_request){.install = &s->sc.inst,
						.diagnosis = &s->sc.d,
						.read_file = read_file,
						.ctx = &s->disk};
	uint16_t machine = s->sc.inst.release == WIN_7 ? 0x14c : 0x8664;
	struct control_set *set = &s->sc.inst.sets[0];
	for (size_t i = 0; i < set->n; i++) {
		struct build b = text_equal(set->services[i].name, "LSI_SAS") ? miniport : storport;
		b.machine = machine;
		set->services[i].file.state = FILE_PRESENT;
		put(&s->disk, set->services[i].file.path, &b);
	}
	const struct build *of[] = {&kernel, &hal, &storport};
	static const char *const paths[] = {SYSTEM32 "ntoskrnl.exe", SYSTEM32 "hal.dll",
					    DRIVERS "storport.sys"};
	for (size_t i = 0; i < 3; i++) {
		struct build b = *of[i];
		b.machine = machine;
		put(&s->disk, paths[i], &b);
	}
	*state = s;
	return 0;
}

static int begin7(void **state)
{
	static const char *const more[] = {"Ntfs", "fvevol", "pcw", NULL};
	return begin(state, make_win7, more);
}

static int begin10(void **state)
{
	static const char *const more[] = {"Ntfs", "fvevol", "pcw", NULL};
	return begin(state, make_win10, more);
}

static int end(void **state)
{
	struct stage_set *s = *state;
	for (size_t i = 0; i < s->disk.n; i++)
		free(s->disk.files[i].bytes);
	arena_free(s->sc.arena);
	free(s);
	return 0;
}

/* ---- asking ---- */

/* No step contradicts the verdict, and every step says something. */
static void check_steps(const struct rehearsal *r)
{
	static const enum verdict of_state[] = {
		[REHEARSAL_OK] = VERDICT_BOOTS,    [REHEARSAL_LIKELY] = VERDICT_LIKELY_STOPS,
		[REHEARSAL_DOUBT] = VERDICT_DOUBT, [REHEARSAL_STOPS] = VERDICT_STOPS,
		[REHEARSAL_WAITS] = VERDICT_BOOTS, [REHEARSAL_UNKNOWN] = VERDICT_UNKNOWN};
	struct target_verdict steps[BOOT_STEPS];
	for (size_t i = 0; i < BOOT_STEPS; i++) {
		steps[i].verdict = of_state[r->steps[i].state];
		assert_non_null(r->steps[i].title);
		assert_non_null(r->steps[i].needs.plain);
		assert_non_null(r->steps[i].words.plain);
		assert_true(*r->steps[i].words.plain);
		if (i <= STEP_HIVE && steps[i].verdict == VERDICT_UNKNOWN)
			steps[i].verdict = VERDICT_BOOTS;
		if (i > r->stops_at)
			assert_int_equal(r->steps[i].state, REHEARSAL_WAITS);
	}
	/* what comes before the drivers, and the file system, can be unknown all the same */
	assert_int_equal(verdict_worst(steps, STEP_FILE_SYSTEM + (steps[STEP_FILE_SYSTEM].verdict !=
								  VERDICT_UNKNOWN)),
			 r->verdict);
	assert_int_equal(r->stops_at < BOOT_STEPS, r->verdict == VERDICT_STOPS);
}

static struct rehearsal *go(struct stage_set *s, const char *target)
{
	struct err err = {0};
	ask(&s->sc, target);
	if (rehearse(&s->request, s->sc.arena, &s->r, &err) < 0)
		fail_msg("%s", err.text);
	check_steps(&s->r);
	if (s->r.n_findings == 0)
		assert_int_equal(s->r.verdict, s->sc.d.targets[0].verdict);
	return &s->r;
}

static void expect_step(const struct rehearsal *r, enum boot_step place, enum rehearsal_state state,
			const char *needs, const char *words)
{
	const struct rehearsal_step *step = &r->steps[place];
	if (step->state != state || strcmp(step->needs.plain, needs) ||
	    !strstr(step->words.plain, words))
		fail_msg("%s: %s, \"%s\", \"%s\"; expected %s, \"%s\", \"%s\"", step->title,
			 rehearsal_state_name(step->state), step->needs.plain, step->words.plain,
			 rehearsal_state_name(state), needs, words);
}

static void expect_stop(struct stage_set *s, const char *target, enum boot_step place,
			const char *service, const char *words)
{
	const struct rehearsal *r = go(s, target);
	assert_int_equal(r->verdict, VERDICT_STOPS);
	if (r->stops_at != place)
		fail_msg("stops at %zu: %s", r->stops_at,
			 r->stops_at < BOOT_STEPS ? r->steps[r->stops_at].words.plain : "");
	assert_true(text_equal(r->steps[place].service, service));
	if (!strstr(r->steps[place].words.plain, words))
		fail_msg("\"%s\" does not say \"%s\"", r->steps[place].words.plain, words);
	assert_non_null(r->steps[place].why.plain);
}

/* Found in a whole file: told beside a verdict that does not rest on it. */
static void expect_told(struct stage_set *s, const char *target, const char *service,
			const char *words)
{
	const struct rehearsal *r = go(s, target);
	assert_int_equal(r->verdict, VERDICT_BOOTS);
	for (size_t i = 0; i < r->n_findings; i++)
		if (text_equal(r->findings[i].service, service) &&
		    strstr(r->findings[i].words.plain, words))
			return;
	fail_msg("%s: \"%s\" is not told", service ? service : "kernel", words);
}

static const struct load_item *loaded(const struct stage_set *s, const char *name)
{
	for (size_t i = 0; i < s->r.list.n; i++) {
		if (text_equal(s->r.list.items[i].service->name, name))
			return &s->r.list.items[i];
	}
	fail_msg("%s is not loaded", name);
	return NULL;
}

static void expect_file(const struct stage_set *s, const char *name, enum load_file state,
			const char *words)
{
	const struct load_item *item = loaded(s, name);
	assert_string_equal(load_file_name(item->state), load_file_name(state));
	if (words && (!item->words.plain || !strstr(item->words.plain, words)))
		fail_msg("\"%s\" does not say \"%s\"", item->words.plain ? item->words.plain : "",
			 words);
	if (!words)
		assert_null(item->words.plain);
}

#endif
