/* SPDX-License-Identifier: MIT */
/*
 * Names for files that are no VHD or VHDX: a table of signatures, each with the hint (hint.c) that
 * makes one of it. It opens none of them; a wrong guess costs a wrong sentence, nothing else.
 * The rows are tried in order. A boot signature is no row: what carries one and is none of these is
 * a raw disk, unless its length says that it is damaged.
 *
 * Source: doc/FORMATS/raw.md, "Foreign formats", which names each format's own document.
 */
#include "container.h"
#include "stop7b/hint.h"

#include <stdio.h>
#include <string.h>

#define MAGIC_MAX      24
#define FROM_END       INT64_C(-512) /* a trailer in the last 512 bytes */
#define BOOT_SIGNATURE 510
#define NAME_MAX_SHOWN 32 /* a name stands five times in one message */

struct foreign {
	int64_t off; /* bytes from the start; negative: from the end */
	const char *magic;
	size_t len;
	const char *name;
	enum hint_kind hint;
	const char *driver; /* option of qemu for a format that it writes too; NULL */
};

#define MAGIC(text) text, sizeof(text) - 1

static const struct foreign formats[] = {
	{0, MAGIC("QFI\xfb"), "a QEMU qcow2 image", HINT_CONVERT, "driver=qcow2"},
	{0, MAGIC("QED\0"), "a QEMU QED image", HINT_CONVERT, "driver=qed"},
	{0, MAGIC("KDMV"), "a VMware VMDK image", HINT_CONVERT, "driver=vmdk"},
	{0, MAGIC("COWD"), "a VMware ESX VMDK image", HINT_CONVERT, NULL},
	{0, MAGIC("# Disk DescriptorFile"), "a VMware VMDK descriptor", HINT_DESCRIBED, NULL},
	{0x40, MAGIC("\x7f\x10\xda\xbe"), "a VirtualBox VDI image", HINT_CONVERT, "driver=vdi"},
	{0, MAGIC("WithoutFreeSpace"), "a Parallels image", HINT_CONVERT, "driver=parallels"},
	{0, MAGIC("WithouFreSpacExt"), "a Parallels image", HINT_CONVERT, "driver=parallels"},
	{0, MAGIC("EVF\x09\x0d\x0a\xff"), "an EnCase E01 image", HINT_EWF, NULL},
	{0, MAGIC("EVF2\x0d\x0a\x81"), "an EnCase Ex01 image", HINT_EWF, NULL},
	{0, MAGIC("AFF10\r\n"), "an AFF image", HINT_AFF, NULL},
	{FROM_END, MAGIC("koly"), "an Apple disk image", HINT_DMG, NULL},
	{0x8001, MAGIC("CD001"), "an ISO 9660 image (a CD or DVD)", HINT_INSTALLED, NULL},
	{0, MAGIC("MSWIM\0\0"), "a Windows imaging file (WIM)", HINT_APPLIED, NULL},
	{0, MAGIC("PK\x03\x04"), "a zip archive", HINT_UNPACK, NULL},
	{0, MAGIC("7z\xbc\xaf\x27\x1c"), "a 7z archive", HINT_UNPACK, NULL},
	{0, MAGIC("\x1f\x8b"), "a gzip file", HINT_UNPACK, NULL},
	{0, MAGIC("\3757zXZ\0"), "an xz file", HINT_UNPACK, NULL},
	{0, MAGIC("BZh"), "a bzip2 file", HINT_UNPACK, NULL},
	{0, MAGIC("\x28\xb5\x2f\xfd"), "a zstd file", HINT_UNPACK, NULL},
	{0, MAGIC("Rar!\x1a"), "a RAR archive", HINT_UNPACK, NULL},
	{257, MAGIC("ustar"), "a tar or OVA archive", HINT_UNPACK, NULL},
	{0, MAGIC("LUKS\xba\xbe"), "a LUKS encrypted volume", HINT_DECRYPT, NULL},
	{0, MAGIC("regf"), "a registry hive or boot store, not a disk", HINT_ITS_DISK, NULL},
};

static bool matches(struct image_file *f, const struct foreign *row)
{
	uint64_t size = image_file_size(f);
	uint64_t back = row->off < 0 ? (uint64_t)-row->off : 0;
	if (back > size)
		return false;
	uint64_t off = row->off < 0 ? size - back : (uint64_t)row->off;
	uint8_t bytes[MAGIC_MAX];
	_Static_assert(sizeof("# Disk DescriptorFile") <= MAGIC_MAX, "longest signature");
	return image_file_read(f, off, bytes, row->len, NULL) == 0 &&
	       memcmp(bytes, row->magic, row->len) == 0;
}

static const struct foreign *find(struct image_file *f)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (matches(f, &formats[i]))
			return &formats[i];
	return NULL;
}

bool foreign_is_known(struct image_file *f)
{
	return find(f) != NULL;
}

static bool has_boot_signature(struct image_file *f)
{
	uint8_t signature[2];
	return image_file_read(f, BOOT_SIGNATURE, signature, sizeof(signature), NULL) == 0 &&
	       signature[0] == 0x55 && signature[1] == 0xaa;
}

/* ---- what a person can do ---- */

#define WORDS_MAX 176u /* bytes of all names in the message, which has room for 512 */
#define NAME_ROOM (5 * NAME_MAX_SHOWN + 16) /* bytes of a name when all of it is escaped */

/* The name as one word of a shell; with commas twice, as options of qemu want them. */
static void put_word(const char *name, const char *tail, bool option, char out[NAME_ROOM])
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789._+-/,";
	bool quoted = name[strspn(name, plain)] != '\0';
	/* "-x" would be an option, and what stands before a colon a protocol */
	const char *here = name[0] == '-' || strchr(name, ':') ? "./" : "";
	size_t n = (size_t)snprintf(out, NAME_ROOM, "%s%s", quoted ? "'" : "", here);
	for (; *name; name++)
		n += (size_t)snprintf(out + n, NAME_ROOM - n, "%s%c",
				      *name == '\''            ? "'\\'"
				      : option && *name == ',' ? ","
							       : "",
				      *name);
	snprintf(out + n, NAME_ROOM - n, "%s%s", tail, quoted ? "'" : "");
}

/* A name of this file that can be shown, and leaves room for the words; else a name for any. */
static const char *shown_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	size_t len = strlen(name);
	for (size_t i = 0; i < len; i++)
		if (name[i] < ' ' || name[i] > '~')
			return "FILE";
	return len > 0 && len <= NAME_MAX_SHOWN ? name : "FILE";
}

struct words {
	char file[NAME_ROOM], vhd[NAME_ROOM], raw[NAME_ROOM], in[NAME_ROOM], out[NAME_ROOM];
};

static size_t put_words(const char *name, struct words *w)
{
	put_word(name, "", false, w->file);
	put_word(name, ".vhd", false, w->vhd);
	put_word(name, ".raw", false, w->raw);
	put_word(name, "", true, w->in);
	put_word(name, ".raw", true, w->out);
	return strlen(w->file) + strlen(w->vhd) + strlen(w->raw) + strlen(w->in) + strlen(w->out);
}

/* A copy, or the same bytes as a raw file, by what qemu brings along. */
static int refuse_qemu(const struct foreign *row, const char *path, struct err *err)
{
	struct words w;
	if (put_words(shown_name(path), &w) > WORDS_MAX)
		put_words("FILE", &w);
	return err_set(err, E_FORMAT,
		       "this is %s, not a VHD. A copy: %s %s %s. Or in place, for as long as "
		       "it runs: touch %s; qemu-storage-daemon "
		       "--blockdev driver=file,node-name=f,filename=%s "
		       "--blockdev %s,node-name=d,file=f "
		       "--export type=fuse,id=x,node-name=d,mountpoint=%s,writable=on",
		       row->name, hint_row(row->hint)->command, w.file, w.vhd, w.raw, w.in,
		       row->driver, w.out);
}

int foreign_refuse(struct image_file *f, const char *path, struct err *err)
{
	if (image_file_size(f) == 0)
		return err_set(err, E_FORMAT, "the file is empty");
	const struct foreign *row = find(f);
	if (row && row->driver)
		return refuse_qemu(row, path, err);
	if (row)
		return err_set(err, E_FORMAT, "this is %s, not a VHD: %s", row->name,
			       HINT_ARG(row->hint));
	if (has_boot_signature(f))
		return err_set(err, E_CORRUPT,
			       "this looks like a raw disk image, but its length is no multiple of "
			       "512 bytes: it was cut off or carries something else at its end");
	return err_set(err, E_FORMAT,
		       "no VHD footer at the start or the end of the file, no boot signature, and "
		       "no other disk image format that is known here");
}
