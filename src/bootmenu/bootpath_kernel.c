/* SPDX-License-Identifier: MIT */
/*
 * What every loader reads before any driver: the kernel and the HAL. Whether they are there and
 * what their first bytes say stands in the model of the installation; one that was not looked at is
 * not judged.
 *
 * Source: doc/FORMATS/driver-files.md, "The files of every boot".
 */
#include "bootpath_internal.h"

static int check_file(struct bootpath *b, const struct driver_file *f)
{
	const char *name = driver_file_name(f, b->arena);
	const struct said fault = driver_file_fault(f);
	if (!*fault.plain)
		return 0;
	return bootpath_add(
		b, BOOTPATH_KERNEL,
		(struct bootpath_fact){
			.subject = name,
			.key = f->path,
			.found = said_make(b->arena, "%s: %s", name, said_arg(fault, b->arena)),
			.needed = said_of("the file of this Windows"),
		});
}

int bootpath_check_kernel(struct bootpath *b)
{
	for (size_t i = 0; i < KERNEL_FILES; i++)
		if (check_file(b, &b->q->install->kernel[i]) < 0)
			return -1;
	return 0;
}
