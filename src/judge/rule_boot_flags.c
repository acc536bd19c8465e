/* SPDX-License-Identifier: MIT */
/*
 * F8: are the drivers of USB and SD disks promoted to boot start?
 *
 * They have Start=3 and BootFlags; BootDriverFlags says for which kinds of boot such drivers are
 * loaded all the same. A machine that Windows knows has its own value, made at its first boot there
 * and 0 where that was from an internal disk; the control set's counts for machines to come.
 * Source: doc/FORMATS/boot-drivers.md, "BootFlags and BootDriverFlags".
 */
#include "judge_internal.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define USB_BITS (BOOT_FROM_USB | BOOT_FROM_USB3)

static const struct medium {
	uint32_t bits, bits_of_7;
	uint16_t since;
	const char *service; /* that the findings are about */
	const char *name, *needed;
} media[] = {
	{USB_BITS, BOOT_FROM_USB, WIN_7, "USBSTOR", N_("USB"),
	 N_("bits 0x4 (USB) and 0x10 (USB 3)")},
	{BOOT_FROM_SD, BOOT_FROM_SD, WIN_8, "sdstor", N_("SD cards"), N_("bit 0x8 (SD)")},
};

static const struct medium *medium_of(uint32_t boot_flags)
{
	for (size_t i = 0; i < COUNT(media); i++)
		if (media[i].bits & boot_flags)
			return &media[i];
	return NULL;
}

static uint32_t flags_of(const struct setting *flags)
{
	return flags->known ? flags->value : 0;
}

static bool lacks(const struct judge *j, const struct medium *m, const struct setting *flags)
{
	uint32_t bits = j->inst->release >= WIN_8 ? m->bits : m->bits_of_7;
	return (flags_of(flags) & bits) != bits;
}

static bool keeps_out(const struct judge *j, const struct medium *m, const struct machine *pc)
{
	return pc->boot_driver_flags.known && lacks(j, m, &pc->boot_driver_flags);
}

/*
 * Whose flags keep the medium out where the chain goes: those of the machine that is asked for, else
 * the control set's, which count where a machine has none. NULL and *set for the control set's;
 * NULL and not *set for nobody's. On a new machine one that it may turn out to be is the last to ask.
 */
static const struct machine *who_keeps_out(const struct judge *j, const struct chain *chain,
					   const struct medium *m, bool *set)
{
	const struct machine *some = NULL;
	*set = false;
	for (size_t i = 0; i < j->inst->n_machines; i++) {
		const struct machine *pc = &j->inst->machines[i];
		bool asked = chain->machine && text_equal(pc->id, chain->machine);
		if (asked && pc->boot_driver_flags.known)
			return keeps_out(j, m, pc) ? pc : NULL;
		if (!some && keeps_out(j, m, pc))
			some = pc;
	}
	*set = lacks(j, m, &j->set->boot_driver_flags);
	return *set || chain->machine ? NULL : some;
}

/* ---- the repair ---- */

/* Of all media that are asked for: two findings may write one value, and must write the same. */
static uint32_t wanted_bits(const struct judge *j)
{
	uint32_t bits = 0;
	for (size_t i = 0; i < j->request->n_targets; i++) {
		const struct target *t = catalogue_target(j->request->targets[i]);
		const struct medium *m = t ? medium_of(t->boot_flags) : NULL;
		bits |= m && j->inst->release >= m->since ? m->bits : 0;
	}
	return bits;
}

static int add_flags(struct fix *x, const char *key, const struct setting *flags, struct err *err)
{
	uint32_t bits = wanted_bits(x->j);
	if (!key)
		return no_memory(err);
	return fix_add_number(x, key, "BootDriverFlags", flags_of(flags) | bits, err);
}

static char *machine_key(const struct judge *j, const struct machine *pc)
{
	return arena_printf(j->arena, "HardwareConfig\\%s", pc->config);
}

/* Both places: the sets', for machines to come, and those of the machines that it knows. */
static int fix_flags(const struct judge *j, const struct medium *m, struct finding *f,
		     struct err *err)
{
	struct fix x = {.j = j};
	for (size_t i = 0; i < j->n_fix_sets; i++) {
		const struct control_set *set = install_set(j->inst, j->fix_sets[i]);
		char *key = arena_printf(j->arena, "%s\\Control", set->key);
		if (lacks(j, m, &set->boot_driver_flags) &&
		    add_flags(&x, key, &set->boot_driver_flags, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < j->inst->n_machines; i++) {
		const struct machine *pc = &j->inst->machines[i];
		if (keeps_out(j, m, pc) &&
		    add_flags(&x, machine_key(j, pc), &pc->boot_driver_flags, err) < 0)
			return -1;
	}
	fix_done(&x, f);
	if (f->fixable)
		f->fix_words = said_make(j->arena, "flags 0x%x", wanted_bits(j));
	return 0;
}

/* ---- the finding ---- */

/* Some bit is there: whether it is the one for the machine's controller is not known. */
static enum severity severity_of(const struct chain *chain, const struct medium *m,
				 const struct machine *pc)
{
	if (!pc)
		return SEVERITY_LIKELY;
	if (!chain->machine)
		return SEVERITY_DOUBT;
	return pc->boot_driver_flags.value & m->bits ? SEVERITY_LIKELY : SEVERITY_STOP;
}

static struct said why(const struct judge *j, const struct medium *m, const struct machine *pc)
{
	const char *name = said_word(m->name, j->arena);
	if (!pc)
		return said_make(
			j->arena,
			"BootDriverFlags leaves out %s, so its drivers are not promoted at boot.",
			name);
	return said_make(j->arena, "On %s drivers of %s are not promoted at boot.",
			 pc->id ? said_arg(machine_words(j->inst, pc->id, j->arena), j->arena)
				: pc->config,
			 name);
}

int boot_flags_missing(const struct judge *j, const struct question *at, struct finding *out,
		       struct err *err)
{
	const struct chain *chain = at->chain;
	const struct medium *m = medium_of(chain->boot_flags);
	bool set;
	if (!m || j->inst->release < m->since)
		return 0;
	const struct machine *pc = who_keeps_out(j, chain, m, &set);
	const struct setting *flags = pc ? &pc->boot_driver_flags : &j->set->boot_driver_flags;
	if (!pc && !set)
		return 0;
	out->subject = m->service;
	out->severity = severity_of(chain, m, pc);
	out->key = pc ? machine_key(j, pc) : arena_printf(j->arena, "%s\\Control", j->set->key);
	out->value = "BootDriverFlags";
	out->found = flags->known ? said_make(j->arena, "BootDriverFlags 0x%x", flags->value)
				  : said_of("no BootDriverFlags");
	out->needed = said_of(m->needed);
	out->why = why(j, m, pc);
	if (!out->key)
		return no_memory(err);
	return fix_flags(j, m, out, err) < 0 ? -1 : 1;
}
