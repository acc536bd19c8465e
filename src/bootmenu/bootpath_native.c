/* SPDX-License-Identifier: MIT */
/*
 * A disk that its host starts as a virtual disk: what the disk itself says about the hosts that
 * can. Which firmware a host has is not known here, unless its store names a loader
 * (bootpath_host.c); so a Windows that starts on one kind of host only is a note, and one without
 * any loader is certain.
 *
 * Source: doc/FORMATS/boot-path.md, "Native boot".
 */
#include "bootpath_internal.h"

#define FOR_BIOS "\\system32\\winload.exe"
#define FOR_UEFI "\\system32\\winload.efi"

static int has_loader(struct bootpath *b, const char *file)
{
	const char *root = b->q->install->root;
	const char *path = arena_printf(b->arena, "%s%s", text_equal(root, "\\") ? "" : root, file);
	return path ? bootpath_exists(b, b->windows, path) : -1;
}

static int add(struct bootpath *b, enum bootpath_rule rule, const char *value, struct said found,
	       struct said needed)
{
	const char *subject = bootpath_partition(b, b->windows);
	return bootpath_add(b, rule,
			    (struct bootpath_fact){
				    .subject = subject,
				    .key = subject,
				    .value = value,
				    .found = found,
				    .needed = needed,
			    });
}

static int check_loaders(struct bootpath *b)
{
	const int exe = has_loader(b, FOR_BIOS), efi = has_loader(b, FOR_UEFI);
	const bool x86 = text_equal(b->q->install->architecture, "x86");
	if (exe == 0 && efi == 0)
		return add(b, BOOTPATH_LOADER_MISSING, "path",
			   said_make(b->arena, "neither winload.exe nor winload.efi is in %s%s",
				     b->q->install->root, "\\system32"),
			   said_of("winload.exe on a host with BIOS, winload.efi on one with "
				   "UEFI"));
	if (exe == 0)
		return add(b, BOOTPATH_NATIVE_FIRMWARE, "firmware",
			   said_of("without winload.exe it starts on hosts with UEFI only"),
			   said_of("a host with UEFI"));
	if (efi == 0 || x86)
		return add(b, BOOTPATH_NATIVE_FIRMWARE, "firmware",
			   said_of(x86 ? N_("a 32-bit Windows starts on hosts with BIOS, not on "
					    "those with a 64-bit UEFI")
				       : N_("without winload.efi it starts on hosts with BIOS "
					    "only")),
			   said_of("a host with BIOS"));
	return 0;
}

/* Which edition this is stands in SOFTWARE, which is not read for a verdict. */
static int check_edition(struct bootpath *b)
{
	if (b->q->install->release != WIN_7)
		return 0;
	return add(b, BOOTPATH_NATIVE_EDITION, "EditionID",
		   said_of("of Windows 7 only Enterprise and Ultimate start natively, and which "
			   "this is was not looked up"),
		   said_of("Enterprise or Ultimate"));
}

const char *bootpath_not_native(const struct bootpath_request *request)
{
	uint16_t release = request->install->release;
	if (!request->vhdx || release == 0 || release >= WIN_8)
		return NULL;
	return N_("Windows boots natively from a VHDX from Windows 8 on; before, from a VHD only.");
}

int bootpath_check_native(struct bootpath *b)
{
	if (check_edition(b) < 0)
		return -1;
	return b->q->n_host_stores > 0 ? bootpath_check_host(b) : check_loaders(b);
}
