/* SPDX-License-Identifier: MIT */
/*
 * The words of steps that nobody had to complain about: counts of files, the hive's state, "0
 * Boot". They are written last, so that no complaint is ever painted over.
 */
#include "rehearsal_internal.h"

#define START_BOOT 0u

const struct load_item *rehearsal_item_of(const struct stage *st, const char *service)
{
	for (size_t i = 0; i < st->out->list.n; i++) {
		if (text_equal(st->out->list.items[i].service->name, service))
			return &st->out->list.items[i];
	}
	return NULL;
}

static const char *all_start(const struct stage *st, const struct rehearsal_step *step)
{
	for (size_t i = 0; i < step->n_services; i++) {
		const struct service *s = set_service(st->set, step->services[i]);
		if (s && s->start != START_BOOT)
			return N_("loaded in time");
	}
	return N_("0 Boot");
}

static void describe_ok_steps(struct stage *st)
{
	for (size_t i = STEP_BUS; i < STEP_FILE_SYSTEM; i++) {
		struct rehearsal_step *step = &st->out->steps[i];
		if (!step->service && step->n_services)
			step->service = step->services[0];
		if (!step->words.plain)
			step->words = said_of(step->n_services ? all_start(st, step)
							       : N_("nothing needed"));
	}
}

static void say(struct rehearsal_step *step, struct said words)
{
	if (!step->words.plain)
		step->words = words;
}

static void not_seen(struct rehearsal_step *step, struct said words)
{
	if (!step->words.plain)
		step->state = REHEARSAL_UNKNOWN;
	say(step, words);
}

/* What only the host of a natively booted disk knows, and what was not looked at. */
static const char *unseen_words(const struct stage *st)
{
	if (!st->verdict->disk_seen)
		return N_("not looked at");
	return st->verdict->native && !st->verdict->host_seen ? N_("the host's, not seen") : NULL;
}

static void describe_path(struct stage *st)
{
	static const char *const made_for[] = {[FIRMWARE_ANY] = N_("BIOS or UEFI"),
					       [FIRMWARE_BIOS] = N_("made for BIOS"),
					       [FIRMWARE_UEFI] = N_("made for UEFI")};
	const char *unseen = unseen_words(st);
	uint16_t release = st->request->install->release;
	bool old = release && release < WIN_VISTA;
	struct rehearsal_step *steps = st->out->steps;
	say(&steps[STEP_RELEASE], said_of("runs there"));
	if (unseen) {
		for (size_t i = STEP_FIRMWARE; i <= STEP_LOADER; i++)
			not_seen(&steps[i], said_of(unseen));
		return;
	}
	say(&steps[STEP_FIRMWARE],
	    said_of(st->verdict->native ? N_("the host's") : made_for[st->verdict->made_for]));
	say(&steps[STEP_BOOT_STORE], said_of(old ? N_("boot.ini leads here") : N_("entry found")));
	say(&steps[STEP_LOADER], said_of(old ? N_("NTLDR found") : N_("winload found")));
}

static int describe_hive(struct stage *st, struct err *err)
{
	struct rehearsal_step *step = &st->out->steps[STEP_HIVE];
	const struct hive *h = st->request->hive;
	const char *how = !h                       ? "%s"
			  : h->dirty               ? N_("not closed cleanly, %s")
			  : st->request->recovered ? N_("recovered from its log, %s")
						   : N_("clean, %s");
	step->needs = said_as_is("SYSTEM");
	if (step->words.plain)
		return 0;
	if (st->set->problem.plain) {
		how = N_("read in parts, %s");
		step->state = REHEARSAL_UNKNOWN;
		step->why = st->set->problem;
	}
	step->words = said_make(st->arena, how, st->set->key);
	return step->words.plain ? 0 : no_memory(err);
}

struct tally {
	size_t failing, unknown;
};

static struct tally count_files(const struct load_list *list)
{
	struct tally t = {0};
	for (size_t i = 0; i < list->n; i++) {
		const struct load_item *item = &list->items[i];
		bool there = item->service->file.state == FILE_PRESENT;
		t.failing += load_file_fails(item->state);
		t.unknown += item->state == LOAD_FILE_UNCHECKED && !there;
	}
	return t;
}

static int describe_drivers(struct stage *st, struct err *err)
{
	struct rehearsal_step *step = &st->out->steps[STEP_DRIVERS];
	size_t n = st->out->list.n;
	struct tally t = count_files(&st->out->list);
	const char *machine = st->request->install->architecture;
	struct said words = said_of("not looked at");
	st->out->n_loading = n - t.failing;
	step->needs = t.unknown == n ? said_make(st->arena, "%zu files", n)
				     : said_make(st->arena, "%zu of %zu files", n - t.failing, n);
	if (t.failing)
		words = said_make(st->arena, "%zu missing or bad", t.failing);
	else if (t.unknown && t.unknown < n)
		words = said_make(st->arena, "%zu not looked at", t.unknown);
	else if (!t.unknown)
		words = machine ? said_make(st->arena, "all present, %s", machine)
				: said_of("all present");
	if (!step->words.plain)
		step->words = words;
	return step->needs.plain && step->words.plain ? 0 : no_memory(err);
}

static void describe_file_system(struct stage *st)
{
	struct rehearsal_step *step = &st->out->steps[STEP_FILE_SYSTEM];
	bool ntldr = st->request->install->release && st->request->install->release < WIN_VISTA;
	step->needs = said_as_is(FILE_SYSTEM);
	if (step->words.plain)
		return;
	if (rehearsal_item_of(st, FILE_SYSTEM)) {
		step->service = FILE_SYSTEM;
		step->words = said_of(ntldr ? N_("loaded by ntldr") : N_("loaded by winload"));
		return;
	}
	step->state = REHEARSAL_UNKNOWN;
	step->words = said_of("no such service in the hive");
}

int rehearsal_describe(struct stage *st, struct err *err)
{
	describe_path(st);
	if (describe_hive(st, err) < 0 || describe_drivers(st, err) < 0)
		return -1;
	describe_ok_steps(st);
	describe_file_system(st);
	return 0;
}
