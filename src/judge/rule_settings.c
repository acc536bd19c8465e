/* SPDX-License-Identifier: MIT */
/*
 * Rules about a chain besides the start of its drivers: what kind of driver a link is, and the
 * single values that decide about its disks.
 *
 *   R6   a driver's Type is not that of a driver
 *   R12  another value of a driver has a type that the loader does not take
 *   R14  a controller's driver that was never bound runs from the DriverStore
 *   F6   Hyper-V's old ACPI nodes are there and the new ones are not
 *   F7   SanPolicy keeps other disks offline
 *   F8   booting from USB is not enabled in BootDriverFlags
 *   F9   the wait for a slow boot disk is short
 *   F14  the boot needs settings that no disk shows
 *   D11  a dynamic VHD that boots natively is expanded to its full size first
 *
 * All but R6, R14 and F8 are notes, because on their own they stop nothing that can be seen here.
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

/* ---- R14 ---- */

/* Enum names a device of it, so Windows itself has started it from where it is. */
static bool was_bound(const struct install *inst, const char *service)
{
	for (size_t i = 0; i < inst->n_controllers; i++)
		if (text_equal(inst->controllers[i].service, service))
			return true;
	return false;
}

int runs_from_store(const struct judge *j, const struct question *at, struct finding *out,
		    struct err *err)
{
	(void)err;
	const struct service *s = at->service;
	if (!at->link->own || !is_driver(s) || s->start != 0 || !s->image_path ||
	    !strcasestr(s->image_path, "\\DriverStore\\FileRepository\\") ||
	    was_bound(j->inst, s->name))
		return 0;
	out->severity = SEVERITY_LIKELY;
	out->key = s->key;
	out->value = "ImagePath";
	out->found = said_of(N_("runs from the DriverStore"));
	out->needed = said_of(N_("its file in System32\\drivers"));
	out->why = said_make(
		j->arena,
		"%s starts from DriverStore\\FileRepository. Windows has such paths for "
		"drivers that start later; at boot it was never seen.",
		s->name);
	out->no_fix = said_of(
		N_("its file can be added to System32\\drivers once Windows, or chkdsk, "
		   "has put the volume in order"));
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
