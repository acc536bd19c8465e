/* SPDX-License-Identifier: MIT */
/*
 * Rules about a chain besides the start of its drivers: what kind of driver a link is, and the
 * single values that decide about its disks.
 *
 *   R6   a driver's Type is not that of a driver
 *   F6   Hyper-V's old ACPI nodes are there and the new ones are not
 *   F7   SanPolicy keeps the disk offline
 *   F8   booting from USB is not enabled in BootDriverFlags
 *   F9   the wait for a slow boot disk is short
 *   F14  the boot needs settings that no disk shows
 *   D11  a dynamic VHD that boots natively is expanded to its full size first
 *
 * All but R6 to F8 are notes, because on their own they stop nothing that can be seen here.
 * Source: doc/FORMATS/root-causes.md, rows of the same names.
 */
#include "judge_internal.h"

#include <string.h>

#define TYPE_KERNEL      1u
#define TYPE_FILE_SYSTEM 2u
#define NUMBER_ABSENT    UINT32_MAX

/* VDS_SAN_POLICY of the Windows SDK. */
#define SAN_ONLINE_ALL       1u
#define SAN_OFFLINE_ALL      3u
#define SAN_OFFLINE_INTERNAL 4u

#define POLL_LONG_ENOUGH 30000u /* ms, what Windows 8 and later have */
#define EXPAND_NOT       4u     /* VirtualDiskExpandOnMount: leave a dynamic VHD as it is */

/* ---- R6 ---- */

static bool is_driver_type(const struct service *s)
{
	return s->type == TYPE_KERNEL || s->type == TYPE_FILE_SYSTEM;
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
	if (!form)
		f->no_fix = "the Type of this driver is not known here";
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
	out->found = s->type == NUMBER_ABSENT ? "absent" : arena_printf(j->arena, "%u", s->type);
	out->needed = "1 kernel driver, or 2 file system driver";
	out->why = arena_printf(j->arena,
				"Type of %s is %s: the loader does not take it for a driver.",
				s->name, out->found);
	if (!out->found || !out->why)
		return judge_no_memory(err);
	if (fix_type(j, s->name, out, err) < 0)
		return -1;
	out->fix_words = out->fixable ? "Type" : "";
	return 1;
}

/* ---- values that a fix may set in every chosen set ---- */

/* Set a number below each chosen set where `is` wants it; all sets get what `becomes` says. */
static int fix_number(const struct judge *j, const char *path, const char *name,
		      bool (*is)(const struct control_set *set, uint32_t *becomes),
		      struct finding *f, struct err *err)
{
	struct fix x = {.j = j};
	for (size_t i = 0; i < j->n_fix_sets; i++) {
		const struct control_set *set = install_set(j->inst, j->fix_sets[i]);
		uint32_t becomes;
		if (!is(set, &becomes))
			continue;
		const char *key = arena_printf(j->arena, "%s\\%s", set->key, path);
		if (!key)
			return judge_no_memory(err);
		if (fix_add_number(&x, key, name, becomes, err) < 0)
			return -1;
	}
	fix_done(&x, f);
	return 0;
}

/* ---- F7 ---- */

static bool keeps_offline(const struct control_set *set, uint32_t *becomes)
{
	*becomes = SAN_ONLINE_ALL;
	return set->san_policy.known && (set->san_policy.value == SAN_OFFLINE_ALL ||
					 set->san_policy.value == SAN_OFFLINE_INTERNAL);
}

/* On the last machine it booted like that; a disk on USB is not internal. */
int san_policy_offline(const struct judge *j, const struct question *at, struct finding *out,
		       struct err *err)
{
	const struct chain *chain = at->chain;
	static const char path[] = "Services\\partmgr\\Parameters";
	uint32_t becomes;
	if (chain->last_machine || !keeps_offline(j->set, &becomes))
		return 0;
	uint32_t is = j->set->san_policy.value;
	if (is == SAN_OFFLINE_INTERNAL && (chain->boot_flags & BOOT_FROM_USB))
		return 0;
	out->subject = "partmgr";
	out->severity = SEVERITY_LIKELY;
	out->key = arena_printf(j->arena, "%s\\%s", j->set->key, path);
	out->value = "SanPolicy";
	out->found = is == SAN_OFFLINE_ALL ? "SanPolicy 3, all offline"
					   : "SanPolicy 4, internal offline";
	out->needed = "1, all disks online";
	out->why = "SanPolicy keeps disks offline that Windows has not met before.";
	if (!out->key)
		return judge_no_memory(err);
	if (fix_number(j, path, "SanPolicy", keeps_offline, out, err) < 0)
		return -1;
	out->fix_words = out->fixable ? "online" : "";
	return 1;
}

/* ---- F8, F9 ---- */

static bool lacks_usb(const struct control_set *set, uint32_t *becomes)
{
	uint32_t is = set->boot_driver_flags.known ? set->boot_driver_flags.value : 0;
	*becomes = is | BOOT_FROM_USB | BOOT_FROM_USB3;
	return (is & BOOT_FROM_USB) == 0;
}

static bool lacks_any_usb(const struct control_set *set, uint32_t *becomes)
{
	lacks_usb(set, becomes);
	return !set->boot_driver_flags.known || *becomes != set->boot_driver_flags.value;
}

int usb_not_enabled(const struct judge *j, const struct question *at, struct finding *out,
		    struct err *err)
{
	const struct chain *chain = at->chain;
	bool knows_usb3 = j->inst->release >= WIN_8;
	uint32_t becomes;
	if (!(chain->boot_flags & BOOT_FROM_USB) || j->inst->release < WIN_7)
		return 0;
	if (knows_usb3 ? !lacks_any_usb(j->set, &becomes) : !lacks_usb(j->set, &becomes))
		return 0;
	out->subject = "USBSTOR";
	out->severity = SEVERITY_LIKELY;
	out->key = arena_printf(j->arena, "%s\\Control", j->set->key);
	out->value = "BootDriverFlags";
	out->found = j->set->boot_driver_flags.known
			     ? arena_printf(j->arena, "BootDriverFlags 0x%x",
					    j->set->boot_driver_flags.value)
			     : "no BootDriverFlags";
	out->needed = "bits 0x4 (USB) and 0x10 (USB 3)";
	out->why = "BootDriverFlags leaves out USB, so its drivers are not promoted at boot.";
	if (!out->key || !out->found)
		return judge_no_memory(err);
	if (fix_number(j, "Control", "BootDriverFlags", knows_usb3 ? lacks_any_usb : lacks_usb, out,
		       err) < 0)
		return -1;
	out->fix_words = out->fixable ? "enable" : "";
	return 1;
}

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
	out->found = wait->known ? arena_printf(j->arena, "%u ms", wait->value) : "absent";
	out->needed = "30000 ms or more for a slow disk";
	out->why = "A disk that shows up late may be given up on; reports differ.";
	out->no_fix = "its effect is not certain; set it by hand if the disk is slow to appear";
	return out->key && out->found ? 1 : judge_no_memory(err);
}

/* ---- D11 ---- */

int vhd_expands(const struct judge *j, const struct question *at, struct finding *out,
		struct err *err)
{
	const struct chain *chain = at->chain;
	const struct setting *expand = &j->set->expand_on_mount;
	if (!(chain->boot_flags & BOOT_FROM_VHD) || !expand->known || expand->value == EXPAND_NOT)
		return 0;
	out->subject = "FsDepends";
	out->severity = SEVERITY_NOTE;
	out->key = arena_printf(j->arena, "%s\\Services\\FsDepends\\Parameters", j->set->key);
	out->value = "VirtualDiskExpandOnMount";
	out->found = arena_printf(j->arena, "ExpandOnMount %u", expand->value);
	out->needed = "room on the host volume, or 4";
	out->why = "A dynamic VHD is expanded at boot; without room for that: 0x136.";
	out->no_fix = "4 leaves the file as it is; set it by hand if the host volume is too small";
	return out->key && out->found ? 1 : judge_no_memory(err);
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
	const struct target *t = at->chain->target;
	if (!t || !t->unseen || at->chain->n == 0)
		return 0;
	out->subject = own_link(at->chain)->service;
	out->severity = SEVERITY_NOTE;
	out->found = "not to be seen";
	out->needed = t->unseen;
	out->why = arena_printf(j->arena, "Not seen: %s.", t->unseen);
	out->no_fix = "look at the machine and its firmware";
	return out->why ? 1 : judge_no_memory(err);
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
	out->found = "ACPI\\VMBus, no MSFT1000";
	out->needed = "ACPI\\MSFT1000 on a newer host";
	out->why = "A newer Hyper-V names its bus MSFT1000, which this Windows has not met.";
	out->no_fix =
		"the device's key must be copied with its access rights, which regedit can do";
	return out->key ? 1 : judge_no_memory(err);
}
