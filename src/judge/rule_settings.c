/* SPDX-License-Identifier: MIT */
/*
 * Rules about a chain besides the start of its drivers: what kind of driver a link is, and the
 * single values that decide about its disks.
 *
 *   R6   a driver's Type is not that of a driver
 *   R12  another value of a driver has a type that the loader does not take
 *   F6   Hyper-V's old ACPI nodes are there and the new ones are not
 *   F7   SanPolicy keeps other disks offline
 *   F8   booting from USB is not enabled in BootDriverFlags
 *   F9   the wait for a slow boot disk is short
 *   F14  the boot needs settings that no disk shows
 *   D11  a dynamic VHD that boots natively is expanded to its full size first
 *
 * All but R6 and F8 are notes, because on their own they stop nothing that can be seen here.
 * Source: doc/FORMATS/root-causes.md, rows of the same names.
 */
#include "judge_internal.h"

#include <string.h>

#define TYPE_KERNEL      1u
#define TYPE_FILE_SYSTEM 2u
#define TYPE_RECOGNIZER  8u /* Fs_Rec */
#define TYPE_PROCESS     16u
#define NUMBER_ABSENT    UINT32_MAX

/* VDS_SAN_POLICY of the Windows SDK. */
#define SAN_OFFLINE_ALL      3u
#define SAN_OFFLINE_INTERNAL 4u

#define POLL_LONG_ENOUGH 30000u /* ms, what Windows 8 and later have */
#define EXPAND_NOT       4u     /* VirtualDiskExpandOnMount: leave a dynamic VHD as it is */

/* ---- R6 ---- */

static bool is_driver_type(const struct service *s)
{
	return s->type == TYPE_KERNEL || s->type == TYPE_FILE_SYSTEM || s->type == TYPE_RECOGNIZER;
}

static int fix_type(const struct judge *j, const char *service, struct finding *f, struct err *err)
{
	const struct service_form *form = catalogue_form(service, j->inst->release);
	struct fix x = {.j = j};
	for (size_t i = 0; form && i < j->n_fix_sets; i++) {
		const struct service *s = set_service(install_set(j->inst, j->fix_sets[i]),
						      service);
		if (is_driver(s) && !is_driver_type(s) && !file_is_gone(s) &&
		    fix_add_number(&x, s->key, "Type", form->type, err) < 0)
			return -1;
	}
	fix_done(&x, f);
	if (f->fixable)
		f->fix_words = said_make(j->arena, "Type %u", form->type);
	if (!form)
		f->no_fix = said_of("the Type of this driver is not known here");
	return 0;
}

int type_is_no_driver(const struct judge *j, const struct question *at, struct finding *out,
		      struct err *err)
{
	const struct service *s = at->service;
	if (!is_driver(s) || is_driver_type(s) || file_is_gone(s))
		return 0;
	out->severity = at->link->need == NEED_OPTIONAL ? SEVERITY_NOTE : SEVERITY_LIKELY;
	out->key = s->key;
	out->value = "Type";
	out->found = s->type == NUMBER_ABSENT ? said_of("absent")
					      : said_make(j->arena, "%u", s->type);
	out->needed = said_of("1 kernel driver, 2 file system driver or 8 recognizer");
	out->why = said_make(j->arena,
			     "Type of %s is %s: the loader does not take it for a driver.", s->name,
			     said_arg(out->found, j->arena));
	return fix_type(j, s->name, out, err) < 0 ? -1 : 1;
}

/* ---- R12 ---- */

int type_refused(const struct judge *j, const struct question *at, struct finding *out,
		 struct err *err)
{
	(void)err;
	const struct service *s = at->service;
	if (!s->refused || s->start != 0 || (s->type != NUMBER_ABSENT && s->type >= TYPE_PROCESS))
		return 0;
	out->severity = SEVERITY_NOTE;
	out->key = s->key;
	out->value = s->refused;
	out->found = said_make(j->arena, "%s is %s", s->refused, s->refused_type);
	out->needed = said_as_is(text_equal(s->refused, "ErrorControl") ? "REG_DWORD"
				 : text_equal(s->refused, "Group")      ? "REG_SZ"
									: "REG_EXPAND_SZ");
	out->why = said_make(j->arena, "The loader leaves a driver out whose %s is %s.", s->refused,
			     s->refused_type);
	out->no_fix = said_of("set the value by hand; what it should be is not known here");
	return 1;
}

/* ---- F7 ---- */

/* Windows To Go keeps the disks of the machine that it visits offline. */
static bool keeps_offline(const struct control_set *set)
{
	uint32_t policy = set->san_policy.known ? set->san_policy.value : 0;
	bool to_go = set->portable_system.known && set->portable_system.value != 0;
	return policy == SAN_OFFLINE_ALL || (policy == SAN_OFFLINE_INTERNAL && !to_go);
}

int san_policy_offline(const struct judge *j, const struct question *at, struct finding *out,
		       struct err *err)
{
	(void)at;
	if (!keeps_offline(j->set))
		return 0;
	out->subject = "partmgr";
	out->severity = SEVERITY_NOTE;
	out->key = arena_printf(j->arena, "%s\\Services\\partmgr\\Parameters", j->set->key);
	out->value = "SanPolicy";
	out->found = said_of(j->set->san_policy.value == SAN_OFFLINE_ALL
				     ? N_("SanPolicy 3, all offline")
				     : N_("SanPolicy 4, internal offline"));
	out->needed = said_of("nothing to boot");
	out->why = said_of("Disks new to Windows stay offline; the one it starts from is exempt.");
	out->no_fix = said_of(
		"it does not stop the boot; onlining disks that others share can destroy "
		"data");
	return out->key ? 1 : no_memory(err);
}

/* ---- F8 ---- */

#define USB_BITS (BOOT_FROM_USB | BOOT_FROM_USB3)

static uint32_t flags_of(const struct setting *flags)
{
	return flags->known ? flags->value : 0;
}

static bool lacks_usb(const struct judge *j, const struct setting *flags)
{
	uint32_t bits = j->inst->release >= WIN_8 ? USB_BITS : BOOT_FROM_USB;
	return (flags_of(flags) & bits) != bits;
}

/* A machine keeps its own flags, from its first boot on. */
static bool keeps_usb_out(const struct judge *j, const struct machine *m)
{
	return m->boot_driver_flags.known && lacks_usb(j, &m->boot_driver_flags);
}

/*
 * Whose flags keep USB out where the chain goes: those of the machine that is asked for, else the
 * control set's, which count where a machine has none. NULL and *set for the control set's; NULL
 * and not *set for nobody's. On a new machine one that it may turn out to be is the last to ask.
 */
static const struct machine *who_keeps_usb_out(const struct judge *j, const struct chain *chain,
					       bool *set)
{
	const struct machine *some = NULL;
	*set = false;
	for (size_t i = 0; i < j->inst->n_machines; i++) {
		const struct machine *m = &j->inst->machines[i];
		bool asked = chain->machine && text_equal(m->id, chain->machine);
		if (asked && m->boot_driver_flags.known)
			return keeps_usb_out(j, m) ? m : NULL;
		if (!some && keeps_usb_out(j, m))
			some = m;
	}
	*set = lacks_usb(j, &j->set->boot_driver_flags);
	return *set || chain->machine ? NULL : some;
}

static int add_flags(struct fix *x, const char *key, const struct setting *flags, struct err *err)
{
	if (!key)
		return no_memory(err);
	return fix_add_number(x, key, "BootDriverFlags", flags_of(flags) | USB_BITS, err);
}

static char *machine_key(const struct judge *j, const struct machine *m)
{
	return arena_printf(j->arena, "HardwareConfig\\%s", m->config);
}

/* Both places: the sets', for machines to come, and those of the machines that it knows. */
static int fix_usb(const struct judge *j, struct finding *f, struct err *err)
{
	struct fix x = {.j = j};
	for (size_t i = 0; i < j->n_fix_sets; i++) {
		const struct control_set *set = install_set(j->inst, j->fix_sets[i]);
		char *key = arena_printf(j->arena, "%s\\Control", set->key);
		if (lacks_usb(j, &set->boot_driver_flags) &&
		    add_flags(&x, key, &set->boot_driver_flags, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < j->inst->n_machines; i++) {
		const struct machine *m = &j->inst->machines[i];
		if (keeps_usb_out(j, m) &&
		    add_flags(&x, machine_key(j, m), &m->boot_driver_flags, err) < 0)
			return -1;
	}
	fix_done(&x, f);
	if (f->fixable)
		f->fix_words = said_of("flags 0x14");
	return 0;
}

/* Some bit is there: whether it is the one for the machine's controller is not known. */
static enum severity flags_severity(const struct chain *chain, const struct machine *m)
{
	if (!m)
		return SEVERITY_LIKELY;
	if (!chain->machine)
		return SEVERITY_DOUBT;
	return m->boot_driver_flags.value & USB_BITS ? SEVERITY_LIKELY : SEVERITY_STOP;
}

static struct said flags_why(const struct judge *j, const struct machine *m)
{
	if (!m)
		return said_of(
			"BootDriverFlags leaves out USB, so its drivers are not promoted at boot.");
	const char *name = m->id ? said_arg(machine_words(j->inst, m->id, j->arena), j->arena)
				 : m->config;
	return said_make(j->arena, "On %s drivers of USB are not promoted at boot.", name);
}

int usb_not_enabled(const struct judge *j, const struct question *at, struct finding *out,
		    struct err *err)
{
	const struct chain *chain = at->chain;
	bool set;
	if (!(chain->boot_flags & BOOT_FROM_USB) || j->inst->release < WIN_7)
		return 0;
	const struct machine *m = who_keeps_usb_out(j, chain, &set);
	const struct setting *flags = m ? &m->boot_driver_flags : &j->set->boot_driver_flags;
	if (!m && !set)
		return 0;
	out->subject = "USBSTOR";
	out->severity = flags_severity(chain, m);
	out->key = m ? machine_key(j, m) : arena_printf(j->arena, "%s\\Control", j->set->key);
	out->value = "BootDriverFlags";
	out->found = flags->known ? said_make(j->arena, "BootDriverFlags 0x%x", flags->value)
				  : said_of("no BootDriverFlags");
	out->needed = said_of("bits 0x4 (USB) and 0x10 (USB 3)");
	out->why = flags_why(j, m);
	if (!out->key)
		return no_memory(err);
	return fix_usb(j, out, err) < 0 ? -1 : 1;
}

/* ---- F9 ---- */

int wait_short(const struct judge *j, const struct question *at, struct finding *out,
	       struct err *err)
{
	const struct chain *chain = at->chain;
	const struct setting *wait = &j->set->poll_timeout;
	if (!(chain->boot_flags & BOOT_FROM_USB) || j->inst->release < WIN_7 ||
	    (wait->known && wait->value >= POLL_LONG_ENOUGH))
		return 0;
	out->subject = "USBSTOR";
	out->severity = SEVERITY_NOTE;
	out->key = arena_printf(j->arena, "%s\\Control\\PnP", j->set->key);
	out->value = "PollBootPartitionTimeout";
	out->found = wait->known ? said_make(j->arena, "%u ms", wait->value) : said_of("absent");
	out->needed = said_of("30000 ms or more for a slow disk");
	out->why = said_of("A disk that shows up late may be given up on; reports differ.");
	out->no_fix = said_of(
		"its effect is not certain; set it by hand if the disk is slow to appear");
	return out->key ? 1 : no_memory(err);
}

/* ---- D11 ---- */

int vhd_expands(const struct judge *j, const struct question *at, struct finding *out,
		struct err *err)
{
	const struct chain *chain = at->chain;
	const struct setting *expand = &j->set->expand_on_mount;
	bool grows = j->request->disk && j->request->disk->grows;
	if (!grows || !(chain->boot_flags & BOOT_FROM_VHD) || !expand->known ||
	    expand->value == EXPAND_NOT)
		return 0;
	out->subject = "FsDepends";
	out->severity = SEVERITY_NOTE;
	out->key = arena_printf(j->arena, "%s\\Services\\FsDepends\\Parameters", j->set->key);
	out->value = "VirtualDiskExpandOnMount";
	out->found = said_make(j->arena, "ExpandOnMount %u", expand->value);
	out->needed = said_of("room on the host volume, or 4");
	out->why = said_of("A dynamic VHD is expanded at boot; without room for that: 0x136.");
	out->no_fix = said_of(
		"4 leaves the file as it is; set it by hand if the host volume is too small");
	return out->key ? 1 : no_memory(err);
}

/* ---- F14 ---- */

static const struct chain_link *own_link(const struct chain *chain)
{
	size_t i = 0;
	while (i + 1 < chain->n && !chain->links[i].own)
		i++;
	return &chain->links[i];
}

int target_unseen(const struct judge *j, const struct question *at, struct finding *out,
		  struct err *err)
{
	(void)err;
	const struct target *t = at->chain->target;
	if (!t || !t->unseen || at->chain->n == 0)
		return 0;
	out->subject = own_link(at->chain)->service;
	out->severity = SEVERITY_NOTE;
	out->found = said_of("not to be seen");
	out->needed = said_of(t->unseen);
	out->why = said_make(j->arena, "Not seen: %s.", said_word(t->unseen, j->arena));
	out->no_fix = said_of("look at the machine and its firmware");
	return 1;
}

/* ---- F6 ---- */

int hyperv_bus_old(const struct judge *j, const struct question *at, struct finding *out,
		   struct err *err)
{
	const struct chain *chain = at->chain;
	bool hyperv = chain->target && chain->target->platform & (PLATFORM_HYPERV | PLATFORM_AZURE);
	if (!hyperv || j->inst->release < WIN_8 || j->inst->release > WIN_81 ||
	    !j->set->old_hyperv_nodes || j->set->new_hyperv_nodes)
		return 0;
	out->subject = "vmbus";
	out->severity = SEVERITY_NOTE;
	out->key = arena_printf(j->arena, "%s\\Enum\\ACPI\\VMBus", j->set->key);
	out->found = said_of("ACPI\\VMBus, no MSFT1000");
	out->needed = said_of("ACPI\\MSFT1000 on a newer host");
	out->why = said_of(
		"A newer Hyper-V names its bus MSFT1000, which this Windows has not met.");
	out->no_fix = said_of(
		"the device's key must be copied with its access rights, which regedit can do");
	return out->key ? 1 : no_memory(err);
}
