/* SPDX-License-Identifier: MIT */
/*
 * Is a file that the loader would read a driver at all, for this processor, and as long as it says?
 *
 * Only the headers are read, a few sectors of each file: enough for a file of zeros, of text, of
 * another processor, or cut short. What its code imports and whether its checksum fits is for a
 * rehearsal to tell, which reads files whole. A file that cannot be read is no bad file.
 * Source: doc/FORMATS/driver-files.md, "What makes a file unloadable".
 */
#include "install_internal.h"

#include "stop7b/pe.h"

/* 1 with out filled, 0 when nothing can be told, -1 with E_CORRUPT: it is no program file. */
static int read_pe(struct ntfs_file *f, struct pe *out, struct err *err)
{
	uint8_t head[PE_HEAD];
	size_t len;
	struct err why = {0};
	if (ntfs_file_head(f, head, sizeof(head), &len, NULL) < 0)
		return 0;
	if (pe_read_head((struct span){head, len}, ntfs_file_size(f), out, &why) == 0)
		return 1;
	return why.code == E_CORRUPT ? err_pass(err, &why) : 0;
}

int judge_head(struct ntfs_file *f, const char *wanted, struct arena *arena,
	       struct driver_file *out, struct err *err)
{
	struct pe pe;
	struct err why = {0};
	int found = read_pe(f, &pe, &why);
	if (found == 0)
		return 0;
	out->fault = found < 0 ? err_said(&why, arena) : pe_unfit(&pe, wanted, arena, &why);
	if (out->fault.plain)
		out->state = FILE_BAD;
	return !out->fault.plain && why.code ? no_memory(err) : 0;
}

const char *machine_of_file(struct ntfs_file *f)
{
	struct pe pe;
	return read_pe(f, &pe, NULL) > 0 ? pe_machine_name(pe.machine) : NULL;
}
