/* SPDX-License-Identifier: MIT */
/*
 * Changes to boot.ini of the healthy Windows XP disk of bootpath_test.h, one place each; as in
 * bootpath_store_changes.h.
 */
#ifndef BOOTPATH_INI_CHANGES_H
#define BOOTPATH_INI_CHANGES_H

#include "bootpath_test.h"

#define MULTI "multi(0)disk(0)rdisk(0)"
#define INI(path)                                                                                  \
	"[boot loader]\ndefault=" path "\n[operating systems]\n" path                              \
	"=\"Windows XP\" /fastdetect\n"

UNUSED_OK static void ini_partition(struct stage *s)
{
	set_ini(s, INI(MULTI "partition(2)\\WINDOWS"));
}

UNUSED_OK static void ini_rdisk(struct stage *s)
{
	set_ini(s, INI("multi(0)disk(0)rdisk(1)partition(1)\\WINDOWS"));
}

UNUSED_OK static void ini_folder(struct stage *s)
{
	set_ini(s, INI(MULTI "partition(1)\\WINNT"));
}

UNUSED_OK static void ini_no_folder(struct stage *s)
{
	set_ini(s, INI(MULTI "partition(1)"));
}

UNUSED_OK static void ini_letters(struct stage *s)
{
	set_ini(s,
		"[Boot Loader]\r\n  Default = MULTI(0)disk()rdisk(0)PARTITION(1)\\Windows\\  \r\n"
		"[OPERATING SYSTEMS]\r\nmulti(0)disk()rdisk(0)partition(1)\\windows\\ = \"XP\"");
}

UNUSED_OK static void ini_signature(struct stage *s)
{
	set_ini(s, INI("signature(5B7D0099)disk(0)rdisk(0)partition(1)\\WINDOWS"));
}

UNUSED_OK static void ini_other_signature(struct stage *s)
{
	set_ini(s, INI("signature(12345678)disk(0)rdisk(0)partition(1)\\WINDOWS"));
}

UNUSED_OK static void ini_scsi_no_driver(struct stage *s)
{
	set_ini(s, INI("scsi(0)disk(0)rdisk(0)partition(1)\\WINDOWS"));
}

UNUSED_OK static void ini_scsi(struct stage *s)
{
	ini_scsi_no_driver(s);
	add_file(s, "1:\\ntbootdd.sys");
}

UNUSED_OK static void ini_nonsense(struct stage *s)
{
	set_ini(s, INI("net(0)\\WINDOWS"));
}

UNUSED_OK static void ini_code_page(struct stage *s)
{
	set_ini(s, INI(MULTI "partition(1)\\W\x8fNDOWS"));
}

/*
 * Windows on a logical partition: slots 1 (empty), 2, 3 (extended), 4, then 5. NTLDR counts 2, 4
 * and 5.
 */
UNUSED_OK static void on_the_third(struct stage *s)
{
	const struct partition windows = s->partitions[0];
	s->table.n = 0;
	*add_partition(s, "0x07", 63 * 512, MIB, FS_NTFS) = windows;
	s->partitions[0].number = 2;
	add_partition(s, "0x0f", 60 * MIB, 10 * MIB, FS_UNKNOWN)->number = 3;
	add_partition(s, "0x07", 50 * MIB, MIB, FS_NTFS)->number = 4;
	add_partition(s, "0x07", 61 * MIB, MIB, FS_NTFS)->number = 5;
	write_record(s, 3, NULL);
	write_record(s, 4, NULL);
	s->install.partition = 5;
	s->n_files = 0;
	add_file(s, "2:\\ntldr");
	add_file(s, "2:\\ntdetect.com");
}

UNUSED_OK static void ini_third(struct stage *s)
{
	on_the_third(s);
	set_ini(s, INI(MULTI "partition(3)\\WINDOWS"));
}

UNUSED_OK static void ini_third_by_slot(struct stage *s)
{
	on_the_third(s);
	set_ini(s, INI(MULTI "partition(5)\\WINDOWS"));
}

UNUSED_OK static void ini_other_alone(struct stage *s)
{
	add_partition(s, "0x07", 60 * MIB, MIB, FS_NTFS);
	write_record(s, 2, NULL);
	add_file(s, "2:\\WINNT\\system32\\ntoskrnl.exe");
	set_ini(s, INI(MULTI "partition(2)\\WINNT"));
}

UNUSED_OK static void ini_other_first(struct stage *s)
{
	ini_other_alone(s);
	set_ini(s, INI(MULTI "partition(2)\\WINNT") MULTI "partition(1)\\WINDOWS=\"XP\"");
}

UNUSED_OK static void ini_boot_sector(struct stage *s)
{
	set_ini(s, INI("C:\\bootsect.dos") MULTI "partition(1)\\WINDOWS=\"XP\"");
}

UNUSED_OK static void ini_not_listed(struct stage *s)
{
	set_ini(s, "[boot loader]\ndefault=" MULTI "partition(1)\\WINDOWS\n[operating systems]\n"
		   "multi(0)disk(0)rdisk(0)partition(01)\\WINDOWS=\"XP\"\n");
}

UNUSED_OK static void ini_absent(struct stage *s)
{
	err_set(&s->ini_error, E_NOTFOUND, "no such file");
}

UNUSED_OK static void ini_absent_2000(struct stage *s)
{
	ini_absent(s);
	s->install.release = WIN_2000;
}

UNUSED_OK static void ini_absent_second(struct stage *s)
{
	on_the_third(s);
	ini_absent(s);
}

UNUSED_OK static void ini_no_default(struct stage *s)
{
	set_ini(s, "[boot loader]\ndefault=\n[operating systems]\n" MULTI
		   "partition(1)\\WINDOWS=\"XP\"\n");
}

UNUSED_OK static void ini_no_default_second(struct stage *s)
{
	on_the_third(s);
	set_ini(s, "[operating systems]\n" MULTI "partition(3)\\WINDOWS=\"XP\"\n");
}

UNUSED_OK static void ini_utf16(struct stage *s)
{
	static const uint8_t text[] = {0xff, 0xfe, '[', 0, 'b', 0};
	s->ini = (struct span){text, sizeof(text)};
}

UNUSED_OK static void ini_large(struct stage *s)
{
	err_set(&s->ini_error, E_UNSUPPORTED, "larger than 65536 bytes");
}

/* A name of 60,000 letters, an escape sequence and an override of the writing direction. */
UNUSED_OK static void ini_hostile(struct stage *s)
{
	static const char head[] = "[boot loader]\ndefault=\x1b[2J\xe2\x80\xae";
	char *text = arena_alloc(s->arena, 60000, NULL);
	memset(text, 0xff, 59999);
	memcpy(text, head, sizeof(head) - 1);
	set_ini(s, text);
}

/* What stands behind a NUL is not there. */
UNUSED_OK static void ini_nul(struct stage *s)
{
	static const char text[] = "[boot loader]\n\0default=" MULTI "partition(9)\\X\n";
	s->ini = (struct span){(const uint8_t *)text, sizeof(text) - 1};
}

UNUSED_OK static void ini_unasked(struct stage *s)
{
	ini_partition(s);
	s->request.read_file = NULL;
}

#endif
