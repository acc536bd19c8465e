/* SPDX-License-Identifier: MIT */
/*
 * What the partition table says about the boot path: active flag, types, identifiers, the gap in a
 * GPT, limits of BIOS, of sector sizes and of Azure. No byte of the disk is read here.
 */
#include "bootpath_internal.h"

#include "stop7b/i18n.h"

#include <stdlib.h>
#include <string.h>

#define GUID_ESP     "c12a7328-f81f-11d2-ba4b-00a0c93ec93b"
#define GUID_DATA    "ebd0a0a2-b9e5-4433-87c0-68b6b72699c7"
#define GUID_NONE    "00000000-0000-0000-0000-000000000000"
#define MBR_ESP      "0xef"
#define MBR_NTFS     "0x07"
#define MBR_RECOVERY "0x27"              /* makers put the boot manager there */
#define BIOS_SECTORS (UINT64_C(1) << 32) /* what 32-bit sector numbers of an MBR reach */
#define SECTOR_4K    4096u
#define MIB          (UINT64_C(1) << 20) /* Azure: sizes are whole MiB */
#define ACTIVE_NAME  "active flag"

static int add_partition(struct bootpath *b, enum bootpath_rule rule, const struct partition *p,
			 const char *value, struct said found, struct said needed)
{
	const char *subject = bootpath_partition(b, p);
	return bootpath_add(b, rule,
			    (struct bootpath_fact){
				    .subject = subject,
				    .key = subject,
				    .value = value,
				    .found = found,
				    .needed = needed,
			    });
}

static int add_disk(struct bootpath *b, enum bootpath_rule rule, const char *value,
		    struct said found, struct said needed)
{
	return bootpath_add(b, rule,
			    (struct bootpath_fact){
				    .subject = "disk",
				    .key = "partition table",
				    .value = value,
				    .found = found,
				    .needed = needed,
			    });
}

/* ---- BIOS: which partition is started ---- */

static size_t count_active(const struct partition_table *t)
{
	size_t n = 0;
	for (size_t i = 0; i < t->n; i++)
		n += t->items[i].active;
	return n;
}

static const char *manager_file(const struct bootpath *b)
{
	return b->old_loader ? "\\ntldr" : "\\bootmgr";
}

/* The first partition that holds the boot manager, or NULL. */
static const struct partition *find_manager(struct bootpath *b)
{
	const struct partition_table *t = b->q->table;
	for (size_t i = 0; i < t->n; i++)
		if (bootpath_exists(b, &t->items[i], manager_file(b)) == 1)
			return &t->items[i];
	return NULL;
}

/* p: the one that should be, or NULL. Another active partition may have a manager of its own. */
static int add_active(struct bootpath *b, const struct partition *p, struct said found,
		      struct said needed)
{
	struct bootpath_fact fact = {
		.subject = b->active ? bootpath_partition(b, b->active) : "active-flag",
		.key = b->active ? bootpath_partition(b, b->active) : "partition table",
		.value = ACTIVE_NAME,
		.found = found,
		.needed = needed,
		.doubtful = b->active != NULL,
	};
	struct mending m = {.b = b};
	if (p)
		mend_active(&m, p);
	return mend_done(&m, N_("active flag"), &fact) < 0 ? -1
							   : bootpath_add(b, BOOTPATH_ACTIVE, fact);
}

static int check_active(struct bootpath *b)
{
	const size_t n = count_active(b->q->table);
	if (!b->bios)
		return 0;
	const struct partition *p = find_manager(b);
	struct said needed = p ? said_make(b->arena, "partition %u, with %s", p->number,
					   manager_file(b))
			       : said_of("one partition, with the boot manager");
	if (n == 0)
		return add_active(b, p, said_of("no partition is active"), needed);
	if (n > 1)
		return add_active(b, p, said_make(b->arena, "%zu partitions are active", n),
				  needed);
	if (p && bootpath_exists(b, b->active, manager_file(b)) == 0)
		return add_active(b, p,
				  said_make(b->arena,
					    "partition %u is active, and %s lies on partition %u",
					    b->active->number, manager_file(b), p->number),
				  needed);
	return 0;
}

/* ---- types ---- */

static bool is_one_of(const char *id, const char *const *ids)
{
	while (*ids && !text_equal(id, *ids))
		ids++;
	return *ids != NULL;
}

/* The types that a partition may have for what it is used for, by scheme and use. */
static const char *const dynamic[] = {"0x42", "5808c8aa-7e8f-42e0-85d2-e1e90434cfb3",
				      "af9b60a0-1431-4f62-bc68-3311714a69ad", NULL};
static const char *const data_gpt[] = {GUID_DATA, NULL};
static const char *const data_mbr[] = {MBR_NTFS, NULL};
static const char *const boot_ntfs[] = {MBR_NTFS, MBR_RECOVERY, NULL};
static const char *const boot_fat[] = {"0x01", "0x04", "0x06", "0x0b", "0x0c", "0x0e", NULL};
static const char *const esp_gpt[] = {GUID_ESP, NULL};
static const char *const esp_mbr[] = {MBR_ESP, "0x01", "0x04", "0x06",
				      "0x0b",  "0x0c", "0x0e", NULL};

static int check_type(struct bootpath *b, const struct partition *p, const char *const *right)
{
	if (!p || is_one_of(p->type_id, right) || is_one_of(p->type_id, dynamic))
		return 0;
	return add_partition(b, BOOTPATH_TYPE, p, "type",
			     said_make(b->arena, "partition %u has the type %s (%s)", p->number,
				       p->type_id, p->type),
			     said_as_is(right[0]));
}

bool bootpath_is_esp(const struct partition *p)
{
	return text_equal(p->type_id, GUID_ESP) || text_equal(p->type_id, MBR_ESP);
}

static int check_types(struct bootpath *b)
{
	const bool gpt = b->q->table->scheme == SCHEME_GPT;
	const struct partition *manager = b->bios && b->manager != b->windows ? b->manager : NULL;
	if (check_type(b, b->windows, gpt ? data_gpt : data_mbr) < 0 ||
	    (manager && !gpt &&
	     check_type(b, manager, bootpath_is_fat(manager) ? boot_fat : boot_ntfs) < 0))
		return -1;
	for (size_t i = 0; b->uefi && i < b->q->n_stores; i++) {
		const struct boot_store *s = &b->q->stores[i];
		if (s->efi && bootpath_is_fat(s->partition) &&
		    check_type(b, s->partition, gpt ? esp_gpt : esp_mbr) < 0)
			return -1;
	}
	return bootpath_check_esp(b);
}

/* ---- dynamic disks ---- */

bool bootpath_is_dynamic(const struct bootpath_request *request)
{
	for (size_t i = 0; i < request->table->n; i++)
		if (is_one_of(request->table->items[i].type_id, dynamic))
			return true;
	return false;
}

static int check_dynamic(struct bootpath *b)
{
	if (!bootpath_is_dynamic(b->q))
		return 0;
	const bool native = b->q->native;
	return bootpath_add(
		b, native ? BOOTPATH_NATIVE_DYNAMIC : BOOTPATH_DYNAMIC,
		(struct bootpath_fact){
			.subject = "disk",
			.key = "partition table",
			.value = "type",
			.found = native ? said_of("this is a dynamic disk (LDM), which no host "
						  "starts as a virtual disk")
					: said_make(b->arena,
						    "this is a dynamic disk (LDM): %s must start "
						    "on it",
						    b->old_loader ? "dmio and dmload" : "volmgrx"),
			.needed = said_of(native ? N_("a basic disk")
						 : N_("a basic disk, for native boot")),
			.cure = hint_todo(HINT_DYNAMIC_DISK, b->arena),
		});
}

/* ---- identifiers ---- */

/* Does a store of this disk name any MBR disk by its signature? */
static bool is_named(const struct bootpath *b)
{
	for (size_t s = 0; s < b->q->n_stores; s++) {
		const struct bcd_store *store = &b->q->stores[s].store;
		for (size_t i = 0; i < store->n; i++)
			for (size_t k = 0; k < store->objects[i].n; k++) {
				const struct bcd_device *d = store->objects[i].elements[k].device;
				if (d && d->kind == BCD_DEVICE_PARTITION &&
				    d->table == BCD_TABLE_MBR && d->signature != 0)
					return true;
			}
	}
	return false;
}

static int check_signature(struct bootpath *b)
{
	const struct partition_table *t = b->q->table;
	bool none = !t->disk_id || (t->scheme == SCHEME_GPT ? text_equal(t->disk_id, GUID_NONE)
							    : strtoul(t->disk_id, NULL, 16) == 0);
	if (!none)
		return 0;
	const char *what = t->scheme == SCHEME_GPT ? N_("disk GUID") : N_("disk signature");
	struct bootpath_fact fact = {
		.subject = "disk",
		.key = "partition table",
		.value = what,
		.found = t->disk_id
				 ? said_make(b->arena, "the %s is %s", said_word(what, b->arena),
					     t->disk_id)
				 : said_make(b->arena, "there is no %s", said_word(what, b->arena)),
		.needed = said_of("any other, the same as in the store"),
	};
	if (t->scheme == SCHEME_MBR && !is_named(b))
		fact.cure = said_of(N_("Nothing: no store of this disk names a signature, so none "
				       "is missed, and Windows writes one when it first sees the "
				       "disk. One made up here would only be one more that "
				       "nothing knows."));
	return bootpath_add(b, BOOTPATH_NO_SIGNATURE, fact);
}

/* ---- GPT ---- */

static bool has_number(const struct partition_table *t, unsigned number)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->items[i].number == number)
			return true;
	return false;
}

static int check_gap(struct bootpath *b)
{
	if (b->q->table->scheme != SCHEME_GPT)
		return 0;
	for (unsigned i = 1; i < b->windows->number; i++)
		if (!has_number(b->q->table, i))
			return add_partition(
				b, BOOTPATH_GPT_GAP, b->windows, "entry",
				said_make(
					b->arena,
					"entry %u of the GPT is empty, before that of partition %u",
					i, b->windows->number),
				said_of("no empty entry before it"));
	return 0;
}

static int check_esp(struct bootpath *b)
{
	const struct partition_table *t = b->q->table;
	if (t->scheme != SCHEME_GPT || b->q->native)
		return 0;
	for (size_t i = 0; i < t->n; i++)
		if (text_equal(t->items[i].type_id, GUID_ESP))
			return 0;
	for (size_t i = 0; i < b->q->n_stores; i++)
		if (b->q->stores[i].efi && bootpath_is_fat(b->q->stores[i].partition))
			return 0; /* it is there under another type, which is a finding of its own */
	return add_disk(b, BOOTPATH_NO_ESP, "EFI system partition",
			said_of("the disk has a GPT and no EFI system partition"),
			said_as_is(GUID_ESP ", FAT32"));
}

static int check_firmware(struct bootpath *b)
{
	static const char *const names[] = {
		[FIRMWARE_ANY] = "", [FIRMWARE_BIOS] = "BIOS", [FIRMWARE_UEFI] = "UEFI"};
	if (b->q->native || b->q->firmware == FIRMWARE_ANY || b->bios || b->uefi)
		return 0;
	return add_disk(b, BOOTPATH_FIRMWARE, "firmware",
			said_of(b->q->firmware == FIRMWARE_BIOS
					? N_("the disk is made for UEFI, and the machine starts by "
					     "BIOS only")
					: N_("the disk is made for BIOS, and the machine starts by "
					     "UEFI only")),
			said_as_is(names[b->q->firmware]));
}

/* ---- limits ---- */

static int check_end(struct bootpath *b, const struct partition *p)
{
	uint64_t end;
	if (!p || b->q->table->scheme != SCHEME_MBR || b->q->sector_size == 0)
		return 0;
	if (!__builtin_add_overflow(p->start, p->size, &end) &&
	    end / b->q->sector_size <= BIOS_SECTORS)
		return 0;
	return add_partition(b, BOOTPATH_BEYOND_BIOS, p, "end",
			     said_make(b->arena, "partition %u ends at sector %llu", p->number,
				       (unsigned long long)(end / b->q->sector_size)),
			     said_of("below sector 4,294,967,296"));
}

static int check_ends(struct bootpath *b)
{
	if (check_end(b, b->windows) < 0)
		return -1;
	return b->bios && b->manager != b->windows ? check_end(b, b->manager) : 0;
}

static int check_4k(struct bootpath *b)
{
	const struct install *inst = b->q->install;
	if (b->q->sector_size != SECTOR_4K || inst->release == 0 || inst->release >= WIN_8)
		return 0;
	return add_disk(
		b, BOOTPATH_4K, "sector size", said_of("the disk has sectors of 4096 bytes"),
		said_make(b->arena, "512 for %s",
			  inst->version ? inst->version : said_word(N_("this Windows"), b->arena)));
}

static int check_azure(struct bootpath *b)
{
	if (!b->q->azure || b->q->disk_size % MIB == 0)
		return 0;
	return add_disk(
		b, BOOTPATH_AZURE_SIZE, "disk size",
		said_make(b->arena, "the disk has %llu bytes", (unsigned long long)b->q->disk_size),
		said_of("a multiple of 1,048,576 bytes"));
}

static int check_copies(struct bootpath *b)
{
	const struct partition_table *t = b->q->table;
	struct mending m = {.b = b};
	struct bootpath_fact fact = {
		.subject = "gpt-copy",
		.key = "partition table",
		.value = t->damaged,
		.found = said_make(b->arena, "the %s GPT is damaged, and the other one is sound",
				   t->damaged ? t->damaged : ""),
		.needed = said_of("two equal copies"),
	};
	if (!t->damaged)
		return 0;
	for (size_t i = 0; i < t->mend.n; i++)
		mend_bytes(&m,
			   (struct edit){.at = t->mend.items[i].off,
					 .data = {t->mend.items[i].new_bytes, t->mend.items[i].len},
					 .meaning = t->mend.items[i].what.plain});
	return mend_done(&m, N_("copy it"), &fact) < 0 ? -1
						       : bootpath_add(b, BOOTPATH_GPT_COPY, fact);
}

int bootpath_check_disk(struct bootpath *b)
{
	static int (*const checks[])(struct bootpath * b) = {
		check_active, check_types,   check_signature, check_esp,
		check_gap,    check_ends,    check_firmware,  check_4k,
		check_azure,  check_dynamic, check_copies,
	};
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		if (checks[i](b) < 0)
			return -1;
	return 0;
}
