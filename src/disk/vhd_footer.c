/* SPDX-License-Identifier: MIT */
/*
 * Footer and dynamic header of a VHD: every field that placing bytes depends on is checked here,
 * so that vhd.c can believe the numbers. Fields that do not place bytes (original size, features)
 * are not looked at; what is said of a parent is only taken over. All numbers are big-endian.
 *
 * Sources: Virtual Hard Disk Image Format Specification 1.0 (Microsoft, 2006); of creators:
 * doc/FORMATS/vhd.md, "Creators and size".
 */
#include "vhd_footer.h"

#include <inttypes.h>
#include <string.h>

#define FOOTER_COOKIE "conectix"
#define HEADER_COOKIE "cxsparse"
#define COOKIE_LEN    8
#define VERSION_1_0   0x00010000u

#define FOOTER_VERSION         12
#define FOOTER_HEADER_AT       16
#define FOOTER_CREATOR         28
#define FOOTER_CREATOR_VERSION 32
#define FOOTER_SIZE            48
#define FOOTER_GEOMETRY        56
#define FOOTER_TYPE            60
#define FOOTER_CHECKSUM        64
#define FOOTER_ID              68
#define FOOTER_SAVED           84

#define HEADER_TABLE_AT        16
#define HEADER_VERSION         24
#define HEADER_ENTRIES         28
#define HEADER_BLOCK_SIZE      32
#define HEADER_CHECKSUM        36
#define HEADER_PARENT_ID       40
#define HEADER_PARENT_TIME     56
#define HEADER_PARENT_NAME     64
#define HEADER_PARENT_NAME_LEN 512
#define HEADER_LOCATORS        576

#define LOCATOR_LEN      24
#define LOCATOR_DATA_LEN 8
#define LOCATOR_DATA_AT  16

/* Hyper-V and Virtual PC make no larger VHD; qemu-img's limit is the same. */
#define VHD_SIZE_MAX (UINT64_C(2040) << 30)
/* Programs write 512 KiB and 2 MiB; VHDX ends at 256 MiB. Keeps a sector bitmap <= 64 KiB. */
#define VHD_BLOCK_MAX (256u << 20)
/* 2040 GiB in the 512 KiB blocks of Virtual PC, and room; bounds the search for overlaps. */
#define VHD_BLOCKS_MAX (UINT64_C(1) << 25)

bool vhd_has_footer_cookie(struct span s, uint64_t off)
{
	return span_holds(s, off, COOKIE_LEN) && memcmp(s.p + off, FOOTER_COOKIE, COOKIE_LEN) == 0;
}

bool vhd_has_header_cookie(struct span s, uint64_t off)
{
	return span_holds(s, off, COOKIE_LEN) && memcmp(s.p + off, HEADER_COOKIE, COOKIE_LEN) == 0;
}

/* One's complement of the sum of all bytes, the checksum's own four counted as zero. */
static uint32_t checksum(struct span s, size_t field)
{
	uint32_t sum = 0;
	for (size_t i = 0; i < s.len; i++)
		sum += i - field < 4 ? 0 : s.p[i];
	return ~sum;
}

static int check_sum(struct span raw, size_t field, const char *what, uint64_t at, struct err *err)
{
	uint32_t told = be32(raw, field), found = checksum(raw, field);
	if (told == found)
		return 0;
	return err_set(err, E_CORRUPT,
		       "%s at 0x%" PRIx64 ": checksum 0x%08x, but its bytes give 0x%08x", what, at,
		       told, found);
}

static int check_version(uint32_t version, const char *what, uint64_t at, struct err *err)
{
	if (version == VERSION_1_0)
		return 0;
	return err_set(err, E_UNSUPPORTED, "%s at 0x%" PRIx64 ": version %u.%u is not 1.0", what,
		       at, version >> 16, version & 0xffff);
}

static int check_footer_values(const struct vhd_footer *f, uint64_t at, struct err *err)
{
	if (f->type != VHD_FIXED && f->type != VHD_DYNAMIC && f->type != VHD_DIFFERENCING)
		return err_set(err, E_UNSUPPORTED,
			       "VHD footer at 0x%" PRIx64 ": disk type %u is reserved", at,
			       f->type);
	if (f->size == 0 || f->size % VHD_SECTOR != 0)
		return err_set(err, E_CORRUPT,
			       "VHD footer at 0x%" PRIx64 ": a disk of %" PRIu64
			       " bytes is not whole sectors",
			       at, f->size);
	if (f->size > VHD_SIZE_MAX)
		return err_set(err, E_CORRUPT,
			       "VHD footer at 0x%" PRIx64 ": a disk of %" PRIu64
			       " bytes is above the format's 2040 GiB",
			       at, f->size);
	return 0;
}

int vhd_footer_parse(struct span raw, uint64_t at, struct vhd_footer *out, struct err *err)
{
	if (!vhd_has_footer_cookie(raw, 0))
		return err_set(err, E_CORRUPT, "VHD footer at 0x%" PRIx64 ": no \"conectix\"", at);
	if (check_sum(raw, FOOTER_CHECKSUM, "VHD footer", at, err) < 0 ||
	    check_version(be32(raw, FOOTER_VERSION), "VHD footer", at, err) < 0)
		return -1;
	*out = (struct vhd_footer){
		.type = (enum vhd_type)be32(raw, FOOTER_TYPE),
		.header_at = be64(raw, FOOTER_HEADER_AT),
		.size = be64(raw, FOOTER_SIZE),
		.geometry = (uint64_t)be16(raw, FOOTER_GEOMETRY) * u8(raw, FOOTER_GEOMETRY + 2) *
			    u8(raw, FOOTER_GEOMETRY + 3) * VHD_SECTOR,
		.creator_version = be32(raw, FOOTER_CREATOR_VERSION),
		.saved_state = u8(raw, FOOTER_SAVED) != 0,
	};
	for (unsigned i = 0; i < sizeof(out->creator); i++)
		out->creator[i] = u8(raw, FOOTER_CREATOR + i);
	uuid_text(raw, FOOTER_ID, out->id);
	return check_footer_values(out, at, err);
}

static bool is_power_of_two(uint32_t v)
{
	return v != 0 && (v & (v - 1)) == 0;
}

static int check_header_values(const struct vhd_header *h, uint64_t at, uint64_t disk_size,
			       struct err *err)
{
	if (!is_power_of_two(h->block_size) || h->block_size < VHD_SECTOR ||
	    h->block_size > VHD_BLOCK_MAX)
		return err_set(err, E_CORRUPT,
			       "VHD header at 0x%" PRIx64 ": block size %u is not a power of two "
			       "from %u to %u",
			       at, h->block_size, VHD_SECTOR, VHD_BLOCK_MAX);
	uint64_t blocks = (disk_size + h->block_size - 1) / h->block_size;
	if (blocks > VHD_BLOCKS_MAX)
		return err_set(err, E_UNSUPPORTED,
			       "VHD header at 0x%" PRIx64 ": a disk of %" PRIu64
			       " blocks, more than %" PRIu64,
			       at, blocks, VHD_BLOCKS_MAX);
	if (h->entries < blocks)
		return err_set(err, E_CORRUPT,
			       "VHD header at 0x%" PRIx64 ": a table of %u entries for a disk of "
			       "%" PRIu64 " blocks",
			       at, h->entries, blocks);
	return 0;
}

static void parse_parent(struct span raw, struct vhd_header *out)
{
	out->parent_name = span_sub(raw, HEADER_PARENT_NAME, HEADER_PARENT_NAME_LEN);
	out->parent_time = be32(raw, HEADER_PARENT_TIME);
	uuid_text(raw, HEADER_PARENT_ID, out->parent_id);
	for (unsigned i = 0; i < VHD_LOCATORS; i++) {
		uint64_t at = HEADER_LOCATORS + (uint64_t)i * LOCATOR_LEN;
		out->locators[i] = (struct vhd_locator){
			.platform = be32(raw, at),
			.len = be32(raw, at + LOCATOR_DATA_LEN),
			.at = be64(raw, at + LOCATOR_DATA_AT),
		};
	}
}

int vhd_header_parse(struct span raw, uint64_t at, uint64_t disk_size, struct vhd_header *out,
		     struct err *err)
{
	if (!vhd_has_header_cookie(raw, 0))
		return err_set(err, E_CORRUPT, "VHD header at 0x%" PRIx64 ": no \"cxsparse\"", at);
	if (check_sum(raw, HEADER_CHECKSUM, "VHD header", at, err) < 0 ||
	    check_version(be32(raw, HEADER_VERSION), "VHD header", at, err) < 0)
		return -1;
	*out = (struct vhd_header){
		.table_at = be64(raw, HEADER_TABLE_AT),
		.entries = be32(raw, HEADER_ENTRIES),
		.block_size = be32(raw, HEADER_BLOCK_SIZE),
	};
	parse_parent(raw, out);
	return check_header_values(out, at, disk_size, err);
}

/* ---- creators ---- */

struct creator {
	char tag[5];
	const char *name;
	bool by_current_size; /* qemu and its like believe the current size of these */
};

static const struct creator creators[] = {
	{"win ", "Windows", true},
	{"vpc ", "Virtual PC", false},
	{"vs  ", "Virtual Server", false},
	{"qemu", "QEMU", false},
	{"qem2", "QEMU", true},
	{"d2v\0", "Disk2vhd", true},
	{"d2v ", "Disk2vhd", true},
	{"vbox", "VirtualBox", false},
	{"tap\0", "XenServer", true},
	{"CTXS", "Citrix", true},
	{"wa\0\0", "Windows Azure", true},
};

static const struct creator *find_creator(const struct vhd_footer *f)
{
	for (size_t i = 0; i < sizeof(creators) / sizeof(creators[0]); i++)
		if (memcmp(creators[i].tag, f->creator, sizeof(f->creator)) == 0)
			return &creators[i];
	return NULL;
}

const char *vhd_creator_name(const struct vhd_footer *f, struct arena *arena)
{
	const struct creator *c = find_creator(f);
	const char *name = c ? c->name
			     : text_latin1(arena, (struct span){f->creator, sizeof(f->creator)});
	if (!name)
		return NULL;
	return arena_printf(arena, "%s %u.%u", name, f->creator_version >> 16,
			    f->creator_version & 0xffff);
}

bool vhd_size_by_geometry(const struct vhd_footer *f)
{
	const struct creator *c = find_creator(f);
	return !c || !c->by_current_size;
}
